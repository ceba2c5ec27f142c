"""From the files of a pack and its parent's raw parts to one flat set of parts, each knowing which text said so.

A pack without a parent lists its parts by section. A pack with a parent speaks in four verbs, each part with its citation:
`set` (a value the parent leaves open), `override` (a part of the same code), `add` (a new one), `disable` (one that does not apply here).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bangfu.policy.source import Node, PackFault

#: section → keys of its parts (those with a star are required)
ACCOUNTING: dict[str, tuple[str, ...]] = {
    "parameters": ("code*", "title*", "value*", "unit*", "clause*", "open", "min", "max"),
    "standards": ("code*", "title*", "standard*", "region*", "clause*"),
    "pots": ("code*", "title*", "of*", "marked", "clause*"),
    "terms": ("code*", "title*", "formula*", "of", "clause*"),
    "incomes": ("code*", "title*", "kinds*", "basis", "group*", "into*", "clause*", "says"),
    "expenses": ("code*", "title*", "kinds*", "basis", "group*", "into*", "clause*", "says"),
    "figures": ("code*", "formula*", "clause*", "only_with", "title"),
    "household": ("code*", "title*", "counts*", "clause*"),
}
CATEGORIES: dict[str, tuple[str, ...]] = {
    "categories": ("code*", "title*", "clause*", "line", "says", "conditions*"),
    "filing": ("code*", "title*", "when*", "clause*", "applies_to*", "says"),
    "exclusions": ("code*", "title*", "when*", "clause*", "applies_to*", "says"),
}
CONDITION = ("code*", "title*", "when*", "clause*", "says", "limbs")
SECTIONS = ACCOUNTING | CATEGORIES
#: Kinds of part that may be named in `disable` and how they are called there.
SINGULAR = {
    "exclusion": "exclusions", "filing": "filing", "category": "categories", "income": "incomes", "expense": "expenses",
    "term": "terms", "parameter": "parameters", "standard": "standards",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One part as written, and the pack that wrote it."""

    section: str
    code: str
    node: Node
    pack: str


@dataclass(frozen=True)
class Disabled:
    """A part of the parent that this text switches off."""

    section: str
    code: str
    node: Node
    pack: str


@dataclass
class Layers:
    """All parts by section and code, in order, after inheritance."""

    parts: dict[str, dict[str, Part]] = field(default_factory=lambda: {section: {} for section in SECTIONS})
    disabled: list[Disabled] = field(default_factory=list)
    order: Node | None = None

    def copy(self) -> Layers:
        return Layers({section: dict(parts) for section, parts in self.parts.items()}, list(self.disabled), self.order)

    def only(self, sections: Iterable[str]) -> Layers:
        """The parts of these sections, and what was switched off among them."""
        kept = Layers(disabled=[one for one in self.disabled if one.section in sections])
        kept.parts |= {section: dict(self.parts[section]) for section in sections}
        return kept


def check_part(node: Node, keys: Iterable[str]) -> list[PackFault]:
    required = [key[:-1] for key in keys if key.endswith("*")]
    return node.check_keys([key.rstrip("*") for key in keys], required)


def _entries(section: str, listed: Node, faults: list[PackFault]) -> list[tuple[str, Node]]:
    if not listed.is_list:
        faults.append(listed.fault(f"{section}: a list is expected"))
        return []
    found: list[tuple[str, Node]] = []
    for node in listed:
        wrong = check_part(node, SECTIONS[section])
        faults += wrong
        if not wrong:
            code = node.get("code")
            if isinstance(code, str):
                found.append((code, node))
            else:
                faults.append(node.fault("code: text is expected", "code"))
    return found


def root_layer(pack: str, files: Iterable[tuple[Node, dict[str, tuple[str, ...]]]], faults: list[PackFault]) -> Layers:
    """The parts of a pack that stands alone."""
    layers = Layers()
    for root, sections in files:
        faults += root.check_keys([*sections, "order"] if "categories" in sections else sections)
        for section in sections:
            listed = root.child(section)
            if listed is not None:
                _add(layers, pack, section, listed, faults)
        layers.order = root.child("order") or layers.order
    return layers


def _add(layers: Layers, pack: str, section: str, listed: Node, faults: list[PackFault]) -> None:
    for code, node in _entries(section, listed, faults):
        if code in layers.parts[section]:
            faults.append(node.fault(f"{code}: stands twice in {section}", "code"))
        else:
            layers.parts[section][code] = Part(section, code, node, pack)


def child_layer(
    pack: str, parent: Layers, files: Iterable[tuple[Node, dict[str, tuple[str, ...]]]], faults: list[PackFault]
) -> Layers:
    """The parent's parts with this pack's changes on top."""
    layers = parent.copy()
    touched: set[tuple[str, str]] = set()
    for root, sections in files:
        extra = ["order"] if "categories" in sections else []
        faults += root.check_keys(["set", "override", "add", "disable", *extra])
        layers.order = root.child("order") or layers.order
        for verb in ("set", "override", "add"):
            block = root.child(verb)
            if block is None:
                continue
            allowed = ["parameters"] if verb == "set" else list(sections)
            wrong = block.check_keys(allowed)
            faults += wrong
            if wrong:
                continue
            for section, listed in block.items():
                if verb == "set":
                    _set(layers, pack, listed, touched, faults)
                elif verb == "add":
                    _add(layers, pack, section, listed, faults)
                else:
                    _override(layers, pack, section, listed, touched, faults)
        block = root.child("disable")
        if block is not None:
            _disable(layers, pack, block, touched, faults)
    return layers


def _set(layers: Layers, pack: str, listed: Node, touched: set[tuple[str, str]], faults: list[PackFault]) -> None:
    if not listed.is_list:
        faults.append(listed.fault("parameters: a list is expected"))
        return
    for node in listed:
        wrong = check_part(node, ("code*", "value*", "clause*"))
        faults += wrong
        if wrong:
            continue
        code = node.get("code")
        part = layers.parts["parameters"].get(code)
        if part is None:
            faults.append(node.fault(f"{code}: the parent has no such parameter", "code"))
        elif not part.node.get("open"):
            faults.append(node.fault(f"{code}: the parent does not leave it open; override it instead", "code"))
        elif ("parameters", code) in touched:
            faults.append(node.fault(f"{code}: set twice", "code"))
        else:
            value, least, most = node.get("value"), part.node.get("min"), part.node.get("max")
            if (least is not None and value < least) or (most is not None and value > most):
                faults.append(node.fault(f"{code}: {value} is outside {least} to {most}, the bounds of {part.pack}", "value"))  # fmt: skip
            merged = Node({**part.node.value, **node.value}, node.file, node.line, node.key_lines)
            layers.parts["parameters"][code] = Part("parameters", code, merged, pack)
            touched.add(("parameters", code))


def _override(
    layers: Layers, pack: str, section: str, listed: Node, touched: set[tuple[str, str]], faults: list[PackFault]
) -> None:
    for code, node in _entries(section, listed, faults):
        if code not in layers.parts[section]:
            faults.append(node.fault(f"{code}: the parent has no such part in {section}; add it instead", "code"))
        elif (section, code) in touched:
            faults.append(node.fault(f"{code}: overridden twice", "code"))
        else:
            layers.parts[section][code] = Part(section, code, node, pack)
            touched.add((section, code))


def _disable(layers: Layers, pack: str, listed: Node, touched: set[tuple[str, str]], faults: list[PackFault]) -> None:
    if not listed.is_list:
        faults.append(listed.fault("disable: a list is expected"))
        return
    for node in listed:
        wrong = check_part(node, ("part*", "code*", "clause*", "why*"))
        faults += wrong
        if wrong:
            continue
        section, code = SINGULAR.get(node.get("part")), node.get("code")
        if section is None:
            faults.append(node.fault(f"part is one of {', '.join(SINGULAR)}", "part"))
        elif code not in layers.parts[section]:
            faults.append(node.fault(f"{code}: the parent has no such part in {section}", "code"))
        elif (section, code) in touched:
            faults.append(node.fault(f"{code}: overridden and disabled", "code"))
        else:
            del layers.parts[section][code]
            layers.disabled.append(Disabled(section, code, node, pack))
            touched.add((section, code))
