"""Reading YAML so that every fault can name its file and line.

`load` composes a document into `Node` objects and runs no code: only the plain YAML types exist (mapping, list, string, integer, decimal,
date, true/false, null). A decimal number becomes `decimal.Decimal`, never a float. Duplicate keys are faults.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

#: The C parser where PyYAML has it; both compose the same plain nodes.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What plain YAML resolves to by itself; any other tag was written to make something else of a value.
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^[-+]?(0|[1-9][0-9]*)\.[0-9]+$")
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


@dataclass(frozen=True)
class PackFault:
    """One thing wrong in a pack, with the place a person must look at."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackFaults(Exception):
    """All faults of a pack (or of one of its files) at once."""

    def __init__(self, faults: Iterable[PackFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Node:
    """A YAML value with its place: `.value` is a dict of Nodes, a list of Nodes, or a plain scalar."""

    __slots__ = ("file", "key_lines", "line", "value")

    def __init__(self, value: Any, file: str, line: int, key_lines: dict[str, int] | None = None) -> None:
        self.value = value
        self.file = file
        self.line = line
        self.key_lines = key_lines or {}

    def __repr__(self) -> str:
        return f"Node({self.plain()!r}, {self.file}:{self.line})"

    # --- reading -----------------------------------------------------------------------------------------------
    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_scalar(self) -> bool:
        return not isinstance(self.value, (dict, list))

    def __contains__(self, key: str) -> bool:
        return self.is_map and key in self.value

    def __getitem__(self, key: str | int) -> Node:
        """The child under a key (mapping) or at a position (list). KeyError / IndexError when absent."""
        child: Node = self.value[key]
        return child

    def __iter__(self) -> Iterator[Any]:
        """Over the items of a list (Nodes) or the keys of a mapping (str)."""
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def items(self) -> Iterable[tuple[str, Node]]:
        return self.value.items() if self.is_map else ()

    def get(self, key: str, default: Any = None) -> Any:
        """The plain value under `key` (no Nodes), or the default. For children with places use `child`."""
        return self.value[key].plain() if key in self else default

    def child(self, key: str) -> Node | None:
        return self.value[key] if key in self else None

    def line_of(self, key: str) -> int:
        """The line of a key of this mapping; of the mapping itself when the key is absent."""
        return self.key_lines.get(key, self.line)

    def plain(self) -> Any:
        """The value as ordinary dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    # --- faults ------------------------------------------------------------------------------------------------
    def fault(self, message: str, key: str | None = None) -> PackFault:
        """A fault at this node, or at the line of one of its keys."""
        return PackFault(self.file, self.line if key is None else self.line_of(key), message)

    def check_keys(self, allowed: Iterable[str], required: Iterable[str] = ()) -> list[PackFault]:
        """Faults for unknown keys, missing keys, or for not being a mapping at all."""
        if not self.is_map:
            return [self.fault("a mapping is expected here")]
        known = set(allowed) | set(required)
        faults = [self.fault(f"{key}: unknown key", key) for key in self.value if key not in known]
        faults += [self.fault(f"{key}: missing") for key in required if key not in self.value]
        return faults


def _scalar(node: yaml.ScalarNode, file: str, faults: list[PackFault]) -> Any:
    text = node.value
    if node.style:  # quoted or block: always text (plain is None, or "" from the C parser)
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    if _DATE.match(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            faults.append(PackFault(file, node.start_mark.line + 1, f"{text}: no such date"))
            return None
    return text


def _convert(node: yaml.Node, file: str, faults: list[PackFault]) -> Node:
    line = node.start_mark.line + 1
    if node.tag not in _TAGS:
        faults.append(PackFault(file, line, f"{node.tag}: tags are not allowed"))
    if isinstance(node, yaml.MappingNode):
        value: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                faults.append(PackFault(file, key_line, "a key must be plain text"))
                continue
            key = key_node.value
            if key in value:
                faults.append(PackFault(file, key_line, f"{key}: duplicate key"))
                continue
            value[key] = _convert(value_node, file, faults)
            lines[key] = key_line
        return Node(value, file, line, lines)
    if isinstance(node, yaml.SequenceNode):
        return Node([_convert(item, file, faults) for item in node.value], file, line)
    assert isinstance(node, yaml.ScalarNode)
    return Node(_scalar(node, file, faults), file, line)


def loads(text: str, file: str = "<text>") -> Node:
    """Reads YAML text. Raises `PackFaults`."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise PackFaults(
                    [
                        PackFault(
                            file,
                            event.start_mark.line + 1 if event.start_mark else 1,
                            "anchors and aliases are not allowed",
                        )
                    ]
                )
        composed = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PackFaults([PackFault(file, mark.line + 1 if mark else 1, str(error.problem))]) from error
    except yaml.YAMLError as error:
        raise PackFaults([PackFault(file, 1, str(error))]) from error
    if composed is None:
        return Node(None, file, 1)
    faults: list[PackFault] = []
    node = _convert(composed, file, faults)
    if faults:
        raise PackFaults(faults)
    return node


def load(path: Path) -> Node:
    """Reads one YAML file. Raises `PackFaults` (also when the file cannot be read)."""
    file = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackFaults([PackFault(file, 1, f"cannot be read: {error}")]) from error
    return loads(text, file)
