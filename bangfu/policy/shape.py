"""Turning `Node`s into plain values while collecting every fault with its file and line.

The parts of a pack that are lists of coded entries (steps, papers, kinds of aid, clocks …) are all read the same way:
a `Shape` collects faults, `record` reads one mapping by a table of readers, `entries` reads a list of coded records and
lays it over what the parent pack has. Nothing is raised before the whole file has been read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from bangfu.policy.source import Node, PackFault, PackFaults, load

T = TypeVar("T")
Reader = Callable[[Node], Any]

_CODE = re.compile(r"^[a-z][a-z0-9_]*$")
_MONEY = re.compile(r"^[0-9]{1,12}\.[0-9]{2}$")


def origin_of(pack_dir: Path) -> str:
    """The pack id that a folder name stands for (`tianjin_commerce_2020` → `tianjin-commerce-2020`)."""
    return pack_dir.name.replace("_", "-")


class Shape:
    """Reads one file of a pack. `faults` grows; `finish` raises them all at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.origin = origin_of(path.parent)
        self.faults: list[PackFault] = []

    def open(self, sections: Collection[str]) -> Node | None:
        """The file's top mapping, or None when the pack has no such file (then everything is inherited)."""
        if not self.path.exists():
            return None
        node = load(self.path)
        if node.value is None:  # only comments: nothing is said, everything is inherited
            return Node({}, node.file, node.line)
        self.faults += node.check_keys(sections)
        return node if node.is_map else Node({}, node.file, node.line)

    def fault(self, node: Node, message: str, key: str | None = None) -> None:
        self.faults.append(node.fault(message, key))

    def finish(self) -> None:
        """Raises `PackFaults` with everything found, in the order of the lines."""
        if self.faults:
            raise PackFaults(sorted(self.faults, key=lambda fault: (fault.file, fault.line)))

    @cached_property
    def by_date(self) -> bool:
        """Whether the pack has another parent at other times: then an inherited entry need not be there in every era."""
        heading = self.path.parent / "pack.yaml"
        parent = load(heading).child("parent") if heading.exists() else None
        return parent is not None and parent.is_list

    # --- scalar readers ----------------------------------------------------------------------------------------
    def text(self, node: Node) -> str:
        if isinstance(node.value, str) and node.value.strip():
            return node.value
        self.fault(node, "text is expected here")
        return ""

    def code(self, node: Node) -> str:
        text = self.text(node)
        if text and not _CODE.match(text):
            self.fault(node, f"{text}: a code is small letters, digits and underscores")
        return text

    def integer(self, node: Node) -> int:
        if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= 0:
            return node.value
        self.fault(node, "a whole number, zero or more, is expected here")
        return 0

    def boolean(self, node: Node) -> bool:
        if isinstance(node.value, bool):
            return node.value
        self.fault(node, "true or false is expected here")
        return False

    def money(self, node: Node) -> int:
        """Yuan with two decimals, quoted or not; answers 分."""
        text = str(node.value) if isinstance(node.value, (str, Decimal)) else ""
        if not _MONEY.match(text):
            self.fault(node, "an amount in yuan with two decimals is expected here, like 20000.00")
            return 0
        return int(text.replace(".", ""))

    def choice(self, allowed: Collection[str]) -> Callable[[Node], str]:
        def read(node: Node) -> str:
            if node.value not in allowed:
                self.fault(node, f"{node.value}: one of {', '.join(sorted(allowed))} is expected here")
                return ""
            return str(node.value)

        return read

    # --- composed readers --------------------------------------------------------------------------------------
    def listing(self, reader: Callable[[Node], T]) -> Callable[[Node], tuple[T, ...]]:
        def read(node: Node) -> tuple[T, ...]:
            if not node.is_list:
                self.fault(node, "a list is expected here")
                return ()
            return tuple(reader(item) for item in node.value)

        return read

    def texts(self, node: Node) -> tuple[str, ...]:
        return self.listing(self.text)(node)

    def codes(self, node: Node) -> tuple[str, ...]:
        return self.listing(self.code)(node)

    def table(self, reader: Callable[[Node], T]) -> Callable[[Node], dict[str, T]]:
        def read(node: Node) -> dict[str, T]:
            if not node.is_map:
                self.fault(node, "a mapping is expected here")
                return {}
            return {key: reader(child) for key, child in node.items()}

        return read

    def record(
        self, node: Node, required: Mapping[str, Reader], optional: Mapping[str, tuple[Reader, Any]]
    ) -> dict[str, Any]:
        """One mapping: every required key read, every optional key read or given its default; other keys are faults.

        A missing required key leaves `None` in the answer (and a fault), so that reading can go on to the end.
        """
        self.faults += node.check_keys([*required, *optional], list(required))
        answer: dict[str, Any] = {}
        for key, reader in required.items():
            child = node.child(key)
            answer[key] = None if child is None else reader(child)
        for key, (reader, default) in optional.items():
            child = node.child(key)
            answer[key] = default if child is None or child.value is None else reader(child)
        return answer

    def entries(
        self,
        top: Node,
        section: str,
        build: Callable[[Node, dict[str, Any]], T],
        required: Mapping[str, Reader],
        optional: Mapping[str, tuple[Reader, Any]],
        parent: Mapping[str, T] | None = None,
    ) -> dict[str, T]:
        """A list of coded records laid over the parent's: code → built value, what is only inherited first, then in own order.

        An own entry with the code of an inherited one must say `overrides: true`; an entry that says so must override
        something. `disable: {section: [codes]}` at the top of the file takes inherited entries out. In a pack whose parent
        changes with the dates, both speak of the eras in which the parent has the entry.
        """
        inherited = dict(parent or {})
        for code, node in self._disabled(top, section):
            if inherited.pop(code, None) is None and not self.by_date:
                self.fault(node, f"{code}: cannot be disabled, the parent has no such entry under {section}")
        own: dict[str, T] = {}
        child = top.child(section)
        if child is not None and not child.is_list:
            self.fault(child, f"{section}: a list is expected here")
            child = None
        for node in child.value if child is not None else ():
            values = self.record(
                node, {"code": self.code, **required}, {"overrides": (self.boolean, False), **optional}
            )
            code, overrides = values["code"], values.pop("overrides")
            if not code or any(values[key] is None for key in required):
                continue
            if code in own:
                self.fault(node, f"{code}: stands twice under {section}", "code")
            elif overrides != (code in inherited) and not (overrides and self.by_date):
                why = "overrides nothing" if overrides else "is inherited; say overrides: true to replace it"
                self.fault(node, f"{code}: {why}", "code")
            own[code] = build(node, values)
        return {**{code: value for code, value in inherited.items() if code not in own}, **own}

    def _disabled(self, top: Node, section: str) -> Iterable[tuple[str, Node]]:
        table = top.child("disable")
        if table is None or not table.is_map:
            return
        node = table.child(section)
        if node is not None and node.is_list:
            for item in node.value:
                yield self.code(item), item

    def refer(self, node: Node, key: str, names: Iterable[str], known: Collection[str], what: str) -> None:
        """A fault for each name that is not known."""
        for name in names:
            if name not in known:
                self.fault(node, f"{name}: no such {what}", key)
