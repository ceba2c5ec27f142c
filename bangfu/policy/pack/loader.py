"""Loads a pack folder to an effective pack, or to the list of all its faults with file and line. Runs no code of the pack."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bangfu.policy import facts, source, standards
from bangfu.policy.pack import eras
from bangfu.policy.pack import layers as inherit
from bangfu.policy.pack.layers import Layers, Part
from bangfu.policy.pack.model import (
    Category,
    Condition,
    Ended,
    Exclusion,
    Filing,
    Heading,
    Limb,
    LineRule,
    Pack,
    Parameter,
    PotRule,
    Predecessor,
    Rules,
    Said,
    SourceText,
    StandardRule,
    TermRule,
)
from bangfu.policy.source import Node, PackFault, PackFaults
from bangfu.policy.tree import nodes, parse
from bangfu.policy.tree.nodes import Formula

#: What every pack must compute, and the kind each figure has.
FIGURES = ("income", "rigid_expense", "net_per_capita_monthly", "dibao")
#: The sums that every answer shows line by line; a text that subtracts nothing leaves the second one empty.
POTS = {"income": "incomes", "rigid_expense": "expenses"}
GROUPS = {
    "incomes": ("wage", "business", "property", "transfer_in", "relief", "transfer_out"),
    "expenses": ("illness", "disability", "schooling", "housing", "employment", "other"),
}
_HEADING = (
    "id*", "title*", "number*", "issuer*", "issued_on*", "first_day*", "last_day", "region", "parent", "source_sha256",
    "replaces", "texts", "scheme", "accounting_of",
)  # fmt: skip
_TEXT = ("code*", "title*", "number*", "issuer*", "issued_on*", "first_day*", "last_day", "source_sha256", "replaces")
_ENDED = ("number*", "title*", "last_day", "clause*")
_DAYS = ("issued_on", "first_day", "last_day")

#: What a text grants. Choosing by place stays inside one scheme.
SCHEMES = ("worker_file", "dibao", "relief")
#: `region` of a text made for one place that it does not name.
UNNAMED = "unnamed"

ClauseCheck = Callable[[str], bool]


def load_heading(folder: Path) -> Heading:
    """Reads `pack.yaml`. Raises `PackFaults`."""
    root = source.load(folder / "pack.yaml")
    faults = inherit.check_part(root, _HEADING)
    if faults:
        raise PackFaults(faults)
    faults += _days(root)
    if not isinstance(root.get("first_day"), datetime.date):
        faults.append(root.fault("first_day: a date is expected", "first_day"))
    replaces: list[Predecessor] = []
    for node in root.child("replaces") or ():
        wrong = inherit.check_part(node, ("id*", "first_day*", "last_day*"))
        faults += wrong
        if not wrong:
            replaces.append(Predecessor(node.get("id"), node.get("first_day"), node.get("last_day")))
    texts = read_texts(root, "texts", faults)
    region = root.get("region")
    named = isinstance(region, str) and len(region) == 6 and region.isdigit()
    if region is not None and region != UNNAMED and not named:
        faults.append(root.fault(f"region: six digits in quotes, or {UNNAMED}, are expected", "region"))
    scheme = root.get("scheme") or SCHEMES[0]
    if scheme not in SCHEMES:
        faults.append(root.fault(f"scheme is one of {', '.join(SCHEMES)}", "scheme"))
    spans = eras.read(root, faults)
    if root.get("parent") is not None and root.get("accounting_of") is not None:
        faults.append(root.fault("accounting_of: a pack with a parent has its accounting already", "accounting_of"))
    if faults:
        raise PackFaults(faults)
    values = {key.rstrip("*"): root.get(key.rstrip("*")) for key in _HEADING} | {
        "replaces": tuple(replaces), "texts": texts, "number": str(root.get("number")), "scheme": scheme,
        "region": region if named else None, "placed": region != UNNAMED, "parent": spans[-1].parent, "eras": spans,
    }  # fmt: skip
    return Heading(**values)


def _days(node: Node) -> list[PackFault]:
    """Faults of a mapping's dates: what is there must be a date, and the last day is not before the first."""
    found = [
        node.fault(f"{key}: a date is expected", key)
        for key in _DAYS
        if node.get(key) is not None and not isinstance(node.get(key), datetime.date)
    ]
    first, last = node.get("first_day"), node.get("last_day")
    if not found and first is not None and last is not None and last < first:
        found.append(node.fault("last_day: is before first_day", "last_day"))
    return found


def read_texts(root: Node, key: str, faults: list[PackFault]) -> tuple[SourceText, ...]:
    """The documents listed under a key (those a pack is made of), each with a code of its own. `faults` grows."""
    listed = root.child(key)
    if listed is None:
        return ()
    if not listed.is_list:
        faults.append(root.fault(f"{key}: a list is expected", key))
        return ()
    found: list[SourceText] = []
    for node in listed:
        wrong = inherit.check_part(node, _TEXT)
        wrong += [] if wrong else _days(node)
        code, digest = (node.get("code"), node.get("source_sha256")) if not wrong else (None, None)
        if not wrong and not (isinstance(code, str) and re.fullmatch("[A-Z]+[0-9]*", code)):
            wrong.append(node.fault("code: capital letters and digits are expected, such as FILE16", "code"))
        if code in [text.code for text in found]:
            wrong.append(node.fault(f"{code}: stands twice in {key}", "code"))
        if digest is not None and not re.fullmatch("[0-9a-f]{64}", str(digest)):
            wrong.append(node.fault("source_sha256: 64 hexadecimal digits are expected", "source_sha256"))
        ended = _ended(node, wrong)
        faults += wrong
        if not wrong:
            values = {name.rstrip("*"): node.get(name.rstrip("*")) for name in _TEXT}
            found.append(SourceText(**(values | {"replaces": ended})))
    return tuple(found)


def _ended(node: Node, faults: list[PackFault]) -> tuple[Ended, ...]:
    """The older documents that a document says it ends."""
    listed = node.child("replaces") if node.is_map else None
    if listed is None or listed.value is None:
        return ()
    if not listed.is_list:
        faults.append(node.fault("replaces: a list is expected", "replaces"))
        return ()
    found: list[Ended] = []
    for one in listed:
        wrong = inherit.check_part(one, _ENDED)
        wrong += [] if wrong else _days(one)
        faults += wrong
        if not wrong:
            found.append(Ended(one.get("number"), one.get("title"), one.get("last_day"), one.get("clause")))
    return tuple(found)


def read_layers(folder: Path, heading: Heading, parent: Layers | None) -> Layers:
    """The raw parts of the pack after inheritance. Raises `PackFaults`.

    `parent` are the layers of the pack above, or of the pack whose accounting alone this one takes over (`accounting_of`):
    then its categories, filing conditions and exclusions stay behind, and the pack lists its own.
    """
    faults: list[PackFault] = []
    files = []
    for name, sections in (("accounting.yaml", inherit.ACCOUNTING), ("categories.yaml", inherit.CATEGORIES)):
        try:
            node = source.load(folder / name)
            files.append((node if node.value is not None else Node({}, node.file, node.line), sections))
        except PackFaults as found:
            faults += found.faults
    if faults:
        raise PackFaults(faults)
    if parent is None:
        found_layers = inherit.root_layer(heading.id, files, faults)
    elif heading.accounting_of:
        found_layers = inherit.child_layer(heading.id, parent.only(inherit.ACCOUNTING), files[:1], faults)
        own = inherit.root_layer(heading.id, files[1:], faults)
        found_layers.parts |= {section: own.parts[section] for section in inherit.CATEGORIES}
        found_layers.order = own.order
    else:
        found_layers = inherit.child_layer(heading.id, parent, files, faults)
    if faults:
        raise PackFaults(faults)
    return found_layers


def load_pack(folder: Path, parent: Pack | None = None, parent_layers: Layers | None = None, *, clauses: dict[str, ClauseCheck] | None = None) -> tuple[Pack, Layers]:  # fmt: skip
    """The effective pack of a folder and its raw parts (for packs below it). Raises `PackFaults` with all faults.

    `clauses` says for each pack id whether a clause number is known there; packs not in it are not checked.
    """
    heading = load_heading(folder)
    found_layers = read_layers(folder, heading, parent_layers)
    rules = _Compiler(found_layers, clauses or {}, folder.name).rules()
    if heading.accounting_of:
        return Pack(heading, folder, rules, None, parent), found_layers
    return Pack(heading, folder, rules, parent), found_layers


class _Compiler:
    """Turns raw parts into rules and gathers the faults."""

    def __init__(self, found: Layers, clauses: dict[str, ClauseCheck], folder: str) -> None:
        self.folder = folder
        self.parts = found.parts
        self.disabled = found.disabled
        self.order = found.order
        self.clause_checks = clauses
        self.faults: list[PackFault] = []
        self.broken: set[str] = set()  # terms whose formula cannot be taken
        self.scope = parse.Scope()

    def fault(self, node: Node, message: str, key: str | None = None) -> None:
        found = node.fault(message, key)
        if found not in self.faults:
            self.faults.append(found)

    def section(self, name: str) -> list[Part]:
        return list(self.parts[name].values())

    # --- small readers -----------------------------------------------------------------------------------------
    def said(self, node: Node, pack: str) -> Said:
        value = node.get("clause")
        clauses = tuple(value) if isinstance(value, list) else (value,)
        for clause in clauses:
            if clauses.count(clause) > 1:
                self.fault(node, f"clause {clause}: cited twice for one thing", "clause")
            if not isinstance(clause, str) or not clause:
                self.fault(node, "clause: the number of a clause is expected", "clause")
            elif pack in self.clause_checks and not self.clause_checks[pack](clause):
                self.fault(node, f"clause {clause}: {pack} has no such clause", "clause")
        return Said(pack, tuple(str(clause) for clause in clauses), node.file, node.line)

    def formula(self, node: Node, key: str, scope: parse.Scope, wanted: str | None) -> Formula:
        child = node[key]
        text = child.plain()
        text = {True: "true", False: "false"}.get(text, text) if isinstance(text, bool) else str(text)
        try:
            return Formula(text, parse.parse(text, scope, wanted), child.file, child.line)
        except parse.FormulaError as error:
            if not self.broken & set(
                re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", text)
            ):  # else its own fault is told already
                self.fault(child, str(error))
            return Formula(text, nodes.Flag(kind="truth", value=False), child.file, child.line)

    def text(self, node: Node, key: str) -> str:
        value = node.get(key)
        if not isinstance(value, str) or not value:
            self.fault(node, f"{key}: text is expected", key)
        return str(value)

    def says(self, node: Node) -> MappingProxyType[str, str]:
        child = node.child("says")
        if child is None:
            return MappingProxyType({})
        self.faults += child.check_keys(("met", "not_met", "unknown"))
        return MappingProxyType({key: str(value.plain()) for key, value in child.items()})

    # --- sections ----------------------------------------------------------------------------------------------
    def parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for part in self.section("parameters"):
            node = part.node
            value, unit = node.get("value"), node.get("unit")
            if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
                self.fault(node, "value: a number is expected", "value")
                continue
            if unit not in ("count", "ratio", "money", "area"):
                self.fault(node, "unit is one of count, ratio, money, area", "unit")
                continue
            exact = Fraction(value) * (100 if unit in ("money", "area") else 1)
            kind = "number" if unit in ("count", "ratio") else unit
            literal = nodes.Literal(kind=kind, text=part.code, numerator=exact.numerator, denominator=exact.denominator)
            found[part.code] = Parameter(
                part.code, self.text(node, "title"), literal, self.said(node, part.pack), bool(node.get("open")),
                node.get("min"), node.get("max"),
            )  # fmt: skip
        if "window_months" not in found:
            self.faults.append(PackFault(f"{self.folder}/accounting.yaml", 1, "parameters: window_months is missing"))
        return found

    def standards(self) -> dict[str, StandardRule]:
        found: dict[str, StandardRule] = {}
        for part in self.section("standards"):
            name = part.node.get("standard")
            if name not in standards.UNITS:
                self.fault(part.node, f"standard: {name!r} is not one of {', '.join(standards.UNITS)}", "standard")
                continue
            region = self.formula(part.node, "region", parse.Scope(), "region")
            said = self.said(part.node, part.pack)
            title = self.text(part.node, "title")
            found[part.code] = StandardRule(part.code, title, name, standards.UNITS[name], region, said)
        return found

    def pots(self) -> dict[str, PotRule]:
        found: dict[str, PotRule] = {}
        for part in self.section("pots"):
            of = part.node.get("of")
            if of not in ("incomes", "expenses"):
                self.fault(part.node, "of is incomes or expenses", "of")
                continue
            said = self.said(part.node, part.pack)
            found[part.code] = PotRule(part.code, self.text(part.node, "title"), of, bool(part.node.get("marked")), said)  # fmt: skip
        for pot, of in POTS.items():
            if pot not in found or found[pot].of != of:
                self.faults.append(PackFault(f"{self.folder}/accounting.yaml", 1, f"pots: {pot} of {of} is missing"))
        return found

    def terms(self, base: parse.Scope) -> tuple[dict[str, TermRule], dict[str, str | None]]:
        """Terms in an order in which each stands after those it uses. A circle is a fault, and its terms are left out."""
        found: dict[str, TermRule] = {}
        of: dict[str, str | None] = {}
        kinds: dict[str | None, dict[str, str]] = {None: {}, "incomes": {}, "expenses": {}}
        for part in self.by_need(self.section("terms")):
            where = part.node.get("of")
            if where not in (None, "incomes", "expenses"):
                self.fault(part.node, "of is incomes or expenses", "of")
                continue
            scope = self.scoped(base, kinds[where], where)
            formula = self.formula(part.node, "formula", scope, None)
            if isinstance(formula.node, nodes.Flag):  # no term is plainly true or false: it could not be read
                self.broken.add(part.code)
            said = self.said(part.node, part.pack)
            found[part.code] = TermRule(part.code, self.text(part.node, "title"), formula, said, where)
            of[part.code] = where
            kinds[where][part.code] = formula.node.kind
        self.kinds = kinds
        return found, of

    def by_need(self, parts: list[Part]) -> list[Part]:
        """The terms as written, but none before one that its formula names; so a pack may add what an inherited term then uses."""
        by_code = {part.code: part for part in parts}
        needs = {
            part.code: [
                name
                for name in dict.fromkeys(re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", str(part.node.get("formula"))))
                if name in by_code and by_code[name].node.get("of") == part.node.get("of")
            ]
            for part in parts
        }
        ordered: dict[str, Part] = {}
        circular: set[str] = set()

        def place(code: str, way: tuple[str, ...]) -> None:
            if code in way:
                circle = way[way.index(code) :]
                if not circular & set(circle):
                    self.fault(
                        by_code[code].node, f"terms: {' → '.join([*circle, code])}: goes round in a circle", "formula"
                    )
                circular.update(circle)
            elif code not in ordered:
                for name in needs[code]:
                    place(name, (*way, code))
                ordered[code] = by_code[code]

        for part in parts:
            place(part.code, ())
        self.broken |= circular
        return [part for code, part in ordered.items() if code not in circular]

    @staticmethod
    def scoped(base: parse.Scope, terms: dict[str, str], lines: str | None) -> parse.Scope:
        pots = frozenset() if lines else base.pots
        return parse.Scope(base.parameters, base.standards, pots, dict(terms), lines, base.members)

    def lines(self, base: parse.Scope, pots: dict[str, PotRule]) -> list[LineRule]:
        found: list[LineRule] = []
        allowed = {"incomes": facts.INCOME_KINDS, "expenses": facts.EXPENSE_KINDS}
        for of in ("incomes", "expenses"):
            taken: dict[tuple[str, bool], str] = {}
            scope = self.scoped(base, self.kinds[of], of)
            for part in self.section(of):
                node = part.node
                kinds, basis = node.get("kinds"), node.get("basis")
                if not isinstance(kinds, list) or not kinds:
                    self.fault(node, "kinds: a list is expected", "kinds")
                    continue
                for kind in kinds:
                    if kind not in allowed[of]:
                        self.fault(node, f"kinds: {kind!r} is no kind of {of}", "kinds")
                    other = taken.setdefault((kind, basis is not None), part.code)
                    if other != part.code:
                        self.fault(node, f"kinds: {kind} already belongs to {other}", "kinds")
                if basis is not None and (of != "incomes" or basis not in facts.BASES):
                    self.fault(node, f"basis: {basis!r} is no basis of an income", "basis")
                if node.get("group") not in GROUPS[of]:
                    self.fault(node, f"group is one of {', '.join(GROUPS[of])}", "group")
                into: dict[str, Formula] = {}
                if not node["into"].is_map:
                    self.fault(node, "into: pots and formulas are expected", "into")
                    continue
                for pot in node["into"]:
                    if pot not in pots or pots[pot].of != of:
                        self.fault(node["into"], f"{pot}: no pot of {of}", pot)
                        continue
                    into[pot] = self.formula(node["into"], pot, scope, "money")
                    self.topped_up_alone(node["into"][pot], into[pot])
                found.append(
                    LineRule(
                        part.code, self.text(node, "title"), of, tuple(kinds), basis, str(node.get("group")),
                        MappingProxyType(into), self.said(node, part.pack), node.get("says", ""),
                    )
                )  # fmt: skip
            missing = [kind for kind in allowed[of] if (kind, False) not in taken]
            if missing:
                self.faults.append(
                    PackFault(f"{self.folder}/accounting.yaml", 1, f"{of}: no rule for {', '.join(missing)}")
                )
        return found

    def topped_up_alone(self, node: Node, formula: Formula) -> None:
        stack = list(nodes.children(formula.node))
        while stack:
            one = stack.pop()
            if isinstance(one, nodes.ToppedUp):
                self.fault(node, "topped_up(…) is a whole formula, never a part of one")
            stack.extend(nodes.children(one))

    def codes_of(self, node: Node, known: tuple[str, ...]) -> tuple[str, ...]:
        value = node.get("applies_to")
        if value == "all":
            return known
        if not isinstance(value, list):
            self.fault(node, "applies_to: all, or a list of categories", "applies_to")
            return ()
        for code in value:
            if code not in known:
                self.fault(node, f"applies_to: {code} is no category of this pack", "applies_to")
        return tuple(code for code in known if code in value)

    def condition(self, node: Node, pack: str, scope: parse.Scope) -> dict[str, Any]:
        return {
            "code": self.text(node, "code"),
            "title": self.text(node, "title"),
            "formula": self.formula(node, "when", scope, "truth"),
            "said": self.said(node, pack),
            "says": self.says(node),
        }

    def limbs(self, node: Node, pack: str, formula: Formula) -> tuple[Limb, ...]:
        """The named alternatives of a condition, one for each part of its `or`."""
        listed = node.child("limbs")
        if listed is None:
            return ()
        found: list[Limb] = []
        for one in listed if listed.is_list else ():
            wrong = inherit.check_part(one, ("title*", "clause*"))
            self.faults += wrong
            if not wrong:
                found.append(Limb(self.text(one, "title"), self.said(one, pack)))
        parts = len(formula.node.parts) if isinstance(formula.node, nodes.Or) else 1
        if len(found) != parts:
            self.fault(node, f"limbs: {len(found)} named, but the formula has {parts} alternatives", "limbs")
        return tuple(found)

    def category_order(self) -> tuple[str, ...]:
        codes = tuple(self.parts["categories"])
        if self.order is None:
            self.faults.append(PackFault(f"{self.folder}/categories.yaml", 1, "order: missing"))
            return codes
        order = self.order.plain()
        if not isinstance(order, list) or sorted(map(str, order)) != sorted(codes):
            self.fault(self.order, f"order: must name each category once: {', '.join(codes)}")
            return codes
        return tuple(order)

    def rules(self) -> Rules:
        parameters = self.parameters()
        rows = self.standards()
        pots = self.pots()
        base = parse.Scope(
            {code: parameter.literal for code, parameter in parameters.items() if code != "window_months"},
            {code: rule.unit for code, rule in rows.items()},
            frozenset(pots),
        )
        terms, _ = self.terms(base)
        lines = self.lines(base, pots)
        scope = self.scoped(base, self.kinds[None], None)
        figures: dict[str, Formula] = {}
        figure_needs: dict[str, str] = {}
        figure_titles: dict[str, str] = {}
        for part in self.section("figures"):
            self.said(part.node, part.pack)
            figures[part.code] = self.formula(part.node, "formula", scope, "money")
            if "title" in part.node:
                figure_titles[part.code] = self.text(part.node, "title")
            if (category := part.node.get("only_with")) is not None:
                figure_needs[part.code] = category
                if category not in self.parts["categories"]:
                    self.fault(part.node, f"only_with: {category} is no category of this pack", "only_with")
        for figure in FIGURES:
            if figure not in figures:
                self.faults.append(PackFault(f"{self.folder}/accounting.yaml", 1, f"figures: {figure} is missing"))
        household = self.household()
        order = self.category_order()
        filing = [
            Filing(**self.condition(part.node, part.pack, scope), applies_to=self.codes_of(part.node, order))
            for part in self.section("filing")
        ]
        exclusions = [
            Exclusion(**self.condition(part.node, part.pack, scope), applies_to=self.codes_of(part.node, order))
            for part in self.section("exclusions")
        ]
        categories = [self.category(self.parts["categories"][code], filing, scope) for code in order]
        disabled = tuple((d.section, d.code, self.said(d.node, d.pack)) for d in self.disabled)
        if self.faults:
            raise PackFaults(sorted(self.faults, key=lambda fault: (fault.file, fault.line)))
        assert household is not None
        return Rules(
            MappingProxyType(parameters), MappingProxyType(rows), MappingProxyType(pots), MappingProxyType(terms),
            tuple(lines), MappingProxyType(figures), household, tuple(filing), tuple(exclusions), tuple(categories),
            disabled, MappingProxyType(figure_needs), MappingProxyType(figure_titles),
        )  # fmt: skip

    def household(self) -> TermRule | None:
        parts = self.section("household")
        if len(parts) != 1 or parts[0].code != "household_size":
            self.faults.append(
                PackFault(f"{self.folder}/accounting.yaml", 1, "household: one part household_size is needed")
            )
            return None
        node = parts[0].node
        formula = self.formula(node, "counts", parse.Scope(members={"member": "members"}), "truth")
        return TermRule("household_size", self.text(node, "title"), formula, self.said(node, parts[0].pack))

    def category(self, part: Part, filing: list[Filing], scope: parse.Scope) -> Category:
        node = part.node
        conditions: list[Condition] = []
        listed = node["conditions"]
        if not listed.is_list:
            self.fault(node, "conditions: a list is expected", "conditions")
        for one in listed if listed.is_list else ():
            wrong = inherit.check_part(one, inherit.CONDITION)
            self.faults += wrong
            if not wrong:
                values = self.condition(one, part.pack, scope)
                conditions.append(Condition(**values, limbs=self.limbs(one, part.pack, values["formula"])))
        conditions += [one for one in filing if part.code in one.applies_to]
        codes = [one.code for one in conditions]
        for code in {code for code in codes if codes.count(code) > 1}:
            self.fault(node, f"{code}: two conditions of this code", "conditions")
        line = node.get("line")
        if line is not None and line not in codes:
            self.fault(node, f"line: {line} is no condition of {part.code}", "line")
        title = self.text(node, "title")
        return Category(part.code, title, tuple(conditions), self.said(node, part.pack), line, node.get("says", ""))
