"""The effective pack: what the judge and the sheet read. Every part knows the text (`pack`) and the clause that says it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bangfu.policy.pack.eras import Era
from bangfu.policy.tree import nodes
from bangfu.policy.tree.nodes import Formula


@dataclass(frozen=True)
class Said:
    """Which text says so, and where: the citation of every part of a pack."""

    pack: str
    clauses: tuple[str, ...]
    file: str = ""
    line: int = 0

    @property
    def clause(self) -> str:
        """The citation as a determination prints it."""
        return "、".join(self.clauses)


@dataclass(frozen=True)
class Parameter:
    """A figure of the text itself, such as the multiple 1.5. An open one may be set by a lower text within its bounds."""

    code: str
    title: str
    literal: nodes.Literal
    said: Said
    open: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class StandardRule:
    """Which region's row of a local standard the policy reads."""

    code: str
    title: str
    name: str
    unit: str
    region: Formula
    said: Said


@dataclass(frozen=True)
class PotRule:
    """A sum over lines. `marked` pots take only lines of the incident."""

    code: str
    title: str
    of: str
    marked: bool
    said: Said


@dataclass(frozen=True)
class TermRule:
    """A formula with a name; `of` a list where it is said of one line at a time."""

    code: str
    title: str
    formula: Formula
    said: Said
    of: str | None = None


@dataclass(frozen=True)
class LineRule:
    """What the lines of some kinds bring into which pot."""

    code: str
    title: str
    of: str
    kinds: tuple[str, ...]
    basis: str | None
    group: str
    into: MappingProxyType[str, Formula]
    said: Said
    says: str = ""


@dataclass(frozen=True)
class Limb:
    """One alternative of a condition that is met when one of several holds."""

    title: str
    said: Said


@dataclass(frozen=True)
class Condition:
    """One condition of a category, with the words for a clerk. `limbs` names the alternatives of an `or`, in order."""

    code: str
    title: str
    formula: Formula
    said: Said
    says: MappingProxyType[str, str]
    limbs: tuple[Limb, ...] = ()


@dataclass(frozen=True)
class Exclusion(Condition):
    applies_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filing(Condition):
    """Who may be filed: a condition of each category it applies to."""

    applies_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A category with all its conditions, filing conditions last. `line` names the condition that gives threshold and margin."""

    code: str
    title: str
    conditions: tuple[Condition, ...]
    said: Said
    line: str | None = None
    says: str = ""


@dataclass(frozen=True)
class Predecessor:
    """An earlier text that is known by its dates only."""

    id: str
    first_day: datetime.date
    last_day: datetime.date


@dataclass(frozen=True)
class Ended:
    """An older document whose validity this one ends, and the clause that says so. `last_day` is None where no day can be told."""

    number: str
    title: str
    last_day: datetime.date | None
    clause: str


@dataclass(frozen=True)
class SourceText:
    """One of the documents a pack is made of. `code` begins the ids of its clauses in `clauses.yaml` (`FILE16` of `FILE16-3.1.a`).

    `issued_on` and `first_day` are None where the document gives no day; `last_day` is None while it is in force.
    """

    code: str
    title: str
    number: str
    issuer: str
    issued_on: datetime.date | None
    first_day: datetime.date | None
    last_day: datetime.date | None
    source_sha256: str | None
    replaces: tuple[Ended, ...] = ()


@dataclass(frozen=True)
class Heading:
    """`pack.yaml`: the text and its time. `texts` are the documents it is made of; `issued_on` is None where they give no day.

    `parent` is the parent of the pack's last days; `eras` tells the parent of every day. `placed` is False where the text is made for
    a place it does not name: then nobody finds it by place, unless the installation says where it applies. `scheme` is what the text
    grants (`worker_file`, `dibao`, `relief`): places choose among texts of one scheme only. `accounting_of` names a pack whose
    accounting alone is taken over, without its categories, filing conditions, exclusions, procedure or aid.
    """

    id: str
    title: str
    number: str
    issuer: str
    issued_on: datetime.date | None
    first_day: datetime.date
    last_day: datetime.date | None
    region: str | None
    parent: str | None
    source_sha256: str | None
    replaces: tuple[Predecessor, ...]
    texts: tuple[SourceText, ...] = ()
    eras: tuple[Era, ...] = ()
    placed: bool = True
    scheme: str = "worker_file"
    accounting_of: str | None = None

    def in_force(self, day: datetime.date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def parent_on(self, day: datetime.date | None) -> str | None:
        """The parent of that day; of the nearest era for a day outside the pack's time, of the last one for None."""
        if day is None or not self.eras:
            return self.parent
        fitting = [era for era in self.eras if era.first_day <= day] or [self.eras[0]]
        return fitting[-1].parent


@dataclass(frozen=True)
class Rules:
    """The eligibility half of a pack, flat after inheritance."""

    parameters: MappingProxyType[str, Parameter]
    standards: MappingProxyType[str, StandardRule]
    pots: MappingProxyType[str, PotRule]
    terms: MappingProxyType[str, TermRule]
    lines: tuple[LineRule, ...]
    figures: MappingProxyType[str, Formula]
    household: TermRule
    filing: tuple[Filing, ...]
    exclusions: tuple[Exclusion, ...]
    categories: tuple[Category, ...]
    disabled: tuple[tuple[str, str, Said], ...]
    #: figure → the category that must be met for it to stand; otherwise it is null
    figure_needs: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: figure → the words of the pack for it, where it does not mean what it means in the other texts
    figure_titles: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def window_months(self) -> int:
        return self.parameters["window_months"].literal.numerator

    @cached_property
    def line_rules(self) -> dict[tuple[str, str, bool], LineRule]:
        """(list, kind, with the basis the rule names) → rule."""
        found: dict[tuple[str, str, bool], LineRule] = {}
        for rule in self.lines:
            for kind in rule.kinds:
                found[(rule.of, kind, rule.basis is not None)] = rule
        return found

    @cached_property
    def special_basis(self) -> dict[str, str]:
        """kind → the basis that has a rule of its own."""
        return {kind: rule.basis for rule in self.lines if rule.basis for kind in rule.kinds}

    @cached_property
    def household_terms(self) -> frozenset[str]:
        """Terms said of the household, not of one line."""
        return frozenset(code for code, term in self.terms.items() if term.of is None)

    @cached_property
    def used_standards(self) -> tuple[str, ...]:
        """Codes of the standards that some formula reads, in the pack's order."""
        trees = [condition.formula.node for category in self.categories for condition in category.conditions]
        trees += [one.formula.node for one in self.exclusions] + [one.node for one in self.figures.values()]
        trees += [formula.node for rule in self.lines for formula in rule.into.values()]
        trees += [term.formula.node for term in self.terms.values()]
        used = set().union(*(nodes.names(tree).standards for tree in trees))
        return tuple(code for code in self.standards if code in used)

    @cached_property
    def sized(self) -> frozenset[str]:
        """Pots and terms whose value depends on household size."""
        sized: set[str] = set()
        trees: list[tuple[str, nodes.Names]] = [(code, nodes.names(t.formula.node)) for code, t in self.terms.items()]
        for rule in self.lines:
            trees += [(pot, nodes.names(formula.node)) for pot, formula in rule.into.items()]
        changed = True
        while changed:
            changed = False
            for code, names in trees:
                if code not in sized and (names.size or names.pots & sized or names.terms & sized):
                    sized.add(code)
                    changed = True
        return frozenset(sized)


@dataclass(frozen=True)
class Pack:
    """One effective pack. The parts of other rooms (clauses, procedure …) are read on first use by their owners' modules."""

    heading: Heading
    folder: Path
    rules: Rules
    parent_pack: Pack | None = field(default=None, repr=False)
    accounting_pack: Pack | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return self.heading.id

    @property
    def title(self) -> str:
        return self.heading.title

    @property
    def number(self) -> str:
        return self.heading.number

    @property
    def issuer(self) -> str:
        return self.heading.issuer

    @property
    def issued_on(self) -> datetime.date | None:
        return self.heading.issued_on

    @property
    def texts(self) -> tuple[SourceText, ...]:
        """The documents this pack is made of (its own, not its parent's)."""
        return self.heading.texts

    @property
    def first_day(self) -> datetime.date:
        return self.heading.first_day

    @property
    def last_day(self) -> datetime.date | None:
        return self.heading.last_day

    @property
    def region(self) -> str | None:
        """GB/T 2260 code the text is made for; None is the whole country."""
        return self.heading.region

    @property
    def parent(self) -> Pack | None:
        return self.parent_pack

    @property
    def window_months(self) -> int:
        return self.rules.window_months

    @property
    def categories(self) -> tuple[Category, ...]:
        return self.rules.categories

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        return self.rules.exclusions

    def category(self, code: str) -> Category:
        """The category of that code. Raises KeyError."""
        for category in self.rules.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def in_force(self, day: datetime.date) -> bool:
        return self.heading.in_force(day)

    def rule_codes(self) -> frozenset[str]:
        """All codes a clause may name as the rule that realises it."""
        rules = self.rules
        codes = {category.code for category in rules.categories}
        codes |= {condition.code for category in rules.categories for condition in category.conditions}
        codes |= {one.code for one in rules.exclusions} | {one.code for one in rules.filing}
        codes |= {line.code for line in rules.lines}
        codes |= {
            *rules.parameters,
            *rules.standards,
            *rules.pots,
            *rules.terms,
            *rules.figures,
            rules.household.code,
            "window",
        }
        codes |= {f"{category.code}.{condition.code}" for category in rules.categories for condition in category.conditions}  # fmt: skip
        return frozenset(codes)

    def _part(self, name: str) -> Any:
        from importlib import import_module

        module = import_module(f"bangfu.policy.{name}")
        parent = getattr(self.parent_pack, name) if self.parent_pack else None
        if name == "clauses" and self.accounting_pack is not None:  # its lines cite the text that says how to count
            parent = self.accounting_pack.clauses
        return module.load(self.folder, parent)

    @cached_property
    def clauses(self) -> Any:
        return self._part("clauses")

    @cached_property
    def procedure(self) -> Any:
        return self._part("procedure")

    @cached_property
    def evidence(self) -> Any:
        return self._part("evidence")

    @cached_property
    def aid(self) -> Any:
        return self._part("aid")

    @cached_property
    def lifecycle(self) -> Any:
        return self._part("lifecycle")

    @cached_property
    def assistance(self) -> Any:
        return self._part("assistance")

    @cached_property
    def forms(self) -> Any:
        return self._part("forms")

    @cached_property
    def workflow(self) -> Any:
        return self._part("workflow")
