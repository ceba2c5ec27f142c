"""A pack with some of its figures changed, for trying a rule out before it is decided. The pack itself stays as it is.

Three things can be changed: a figure of the text (`parameters`: a multiple, the window, a limit of the rule), an exclusion (off, or
on for other categories), a filing condition (off). Local figures such as the dibao standard are no part of a pack: `with_standards`
puts rows on top of those in force.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from bangfu.policy.pack.model import Category, Condition, Pack, Parameter, Rules
from bangfu.policy.standards import StandardRow, Standards
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree.nodes import Formula


class VariantFault(ValueError):
    """A change that cannot be made to this pack: says which and what can be done instead."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a variant changes.

    `parameters`: code → value as people write it (`"1.8"`, 元 for money, m² for areas, months). `exclusions`: code → the categories it shall
    count for, none at all switches it off. `filing_off`: codes of filing conditions that shall not count.
    """

    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    exclusions: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    filing_off: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.parameters or self.exclusions or self.filing_off)


def shown(parameter: Parameter) -> str:
    """A figure as people write it: 元 for money, m² for areas."""
    exact = Fraction(parameter.literal.numerator, parameter.literal.denominator)
    if parameter.literal.kind in ("money", "area"):
        exact /= 100
    return decimal_text(exact)


def decimal_text(exact: Fraction) -> str:
    """An exact number as people write it; a fraction where no decimal is exact."""
    if exact.denominator == 1:
        return str(exact.numerator)
    for digits in range(1, 10):
        scaled = exact * 10**digits
        if scaled.denominator == 1:
            sign, whole = ("-", -scaled.numerator) if scaled < 0 else ("", scaled.numerator)
            return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return f"{exact.numerator}/{exact.denominator}"


def vary(pack: Pack, changes: Changes) -> Pack:
    """The pack with the changes made. No changes give the pack itself. Raises `VariantFault` with every fault, one to a line."""
    if not changes:
        return pack
    faults: list[str] = []
    rules = pack.rules
    values = _parameters(rules, changes.parameters, faults)
    _known(rules, changes, faults)
    if faults:
        raise VariantFault("\n".join(faults))
    rewritten = _rewrite_rules(rules, _literal_changer(values))
    exclusions = tuple(
        dataclasses.replace(one, applies_to=_in_order(changes.exclusions.get(one.code, one.applies_to), rules))
        for one in rewritten.exclusions
        if changes.exclusions.get(one.code, one.applies_to)
    )
    off = {one.code for one in rules.filing} & changes.filing_off
    categories = tuple(
        dataclasses.replace(
            one, conditions=tuple(condition for condition in one.conditions if condition.code not in off)
        )
        for one in rewritten.categories
    )
    filing = tuple(one for one in rewritten.filing if one.code not in off)
    return dataclasses.replace(
        pack, rules=dataclasses.replace(rewritten, exclusions=exclusions, filing=filing, categories=categories)
    )


def with_standards(standards: Standards, rows: Iterable[StandardRow]) -> Standards:
    """The standards with some rows on top: a row of the same name, region and day takes the place of the old one."""
    new = tuple(rows)
    keys = {(row.name, row.region, row.first_day) for row in new}
    kept = (row for row in standards.rows if (row.name, row.region, row.first_day) not in keys)
    return Standards((*kept, *new))


def standard_row(name: str, region: str, on: datetime.date, value: str) -> StandardRow:
    """A tried-out row, in force from the day looked at."""
    return StandardRow(name, region, on, value, "试算")


# --- checks -----------------------------------------------------------------------------------------------------------
def _parameters(rules: Rules, wanted: Mapping[str, str], faults: list[str]) -> dict[str, n.Literal]:
    found: dict[str, n.Literal] = {}
    for code, text in wanted.items():
        parameter = rules.parameters.get(code)
        if parameter is None:
            faults.append(f"{code}：本政策没有这个数，可改的有{'、'.join(rules.parameters)}")
            continue
        try:
            exact = Fraction(str(text).strip())
        except (ValueError, ZeroDivisionError):
            faults.append(f"{parameter.title}：请填数字，如 {shown(parameter)}")
            continue
        if exact < 0 or (code == "window_months" and exact < 1):
            faults.append(f"{parameter.title}：不能小于{1 if code == 'window_months' else 0}")
            continue
        literal = parameter.literal
        if literal.kind in ("money", "area"):
            exact *= 100
        whole = code.endswith("_months") or code == "worst_grade"
        if exact.denominator != 1 and (whole or literal.kind in ("money", "area")):
            faults.append(f"{parameter.title}：{'请填整数' if whole else '最多两位小数'}")
            continue
        if code == "window_months" and exact > 24:
            faults.append(f"{parameter.title}：最多24个月")
            continue
        found[code] = dataclasses.replace(literal, numerator=exact.numerator, denominator=exact.denominator)
    return found


def _known(rules: Rules, changes: Changes, faults: list[str]) -> None:
    exclusions = {one.code for one in rules.exclusions}
    categories = {one.code for one in rules.categories}
    for code, on in changes.exclusions.items():
        if code not in exclusions:
            faults.append(f"{code}：本政策没有这种排除情形")
        faults += [f"{code}：本政策没有类别 {one}" for one in on if one not in categories]
    faults += [
        f"{code}：本政策没有这个建档条件"
        for code in changes.filing_off
        if code not in {one.code for one in rules.filing}
    ]


def _in_order(codes: tuple[str, ...], rules: Rules) -> tuple[str, ...]:
    return tuple(one.code for one in rules.categories if one.code in codes)


# --- rewriting --------------------------------------------------------------------------------------------------------
def _literal_changer(values: Mapping[str, n.Literal]) -> Callable[[n.Node], n.Node]:
    def change(node: n.Node) -> n.Node:
        if isinstance(node, n.Literal) and node.text in values:
            new = values[node.text]
            return dataclasses.replace(node, numerator=new.numerator, denominator=new.denominator)
        return node

    return change


def rewrite(node: n.Node, change: Callable[[n.Node], n.Node]) -> n.Node:
    """The tree with `change` made to every node, leaves first. Parts that stay the same are shared with the old tree."""
    new: dict[str, Any] = {}
    for place in dataclasses.fields(node):
        value = getattr(node, place.name)
        if isinstance(value, n.Node):
            found: Any = rewrite(value, change)
            if found is not value:
                new[place.name] = found
        elif isinstance(value, tuple) and value and isinstance(value[0], n.Node):
            found = tuple(rewrite(part, change) for part in value)
            if any(a is not b for a, b in zip(found, value, strict=True)):
                new[place.name] = found
    return change(dataclasses.replace(node, **new) if new else node)


def _rewrite_rules(rules: Rules, change: Callable[[n.Node], n.Node]) -> Rules:
    def formula(one: Formula) -> Formula:
        node = rewrite(one.node, change)
        return one if node is one.node else dataclasses.replace(one, node=node)

    def condition(one: Any) -> Any:
        new = formula(one.formula)
        return one if new is one.formula else dataclasses.replace(one, formula=new)

    conditions: dict[int, Condition] = {}

    def shared(one: Condition) -> Condition:
        return conditions.setdefault(id(one), condition(one))

    def category(one: Category) -> Category:
        return dataclasses.replace(one, conditions=tuple(shared(part) for part in one.conditions))

    def literal(code: str, one: Parameter) -> Parameter:
        new = change(dataclasses.replace(one.literal, text=code))
        assert isinstance(new, n.Literal)
        return dataclasses.replace(one, literal=new)

    return dataclasses.replace(
        rules,
        parameters=MappingProxyType({code: literal(code, one) for code, one in rules.parameters.items()}),
        standards=MappingProxyType(
            {code: dataclasses.replace(one, region=formula(one.region)) for code, one in rules.standards.items()}
        ),
        terms=MappingProxyType(
            {code: dataclasses.replace(one, formula=formula(one.formula)) for code, one in rules.terms.items()}
        ),
        lines=tuple(
            dataclasses.replace(one, into=MappingProxyType({pot: formula(found) for pot, found in one.into.items()}))
            for one in rules.lines
        ),
        figures=MappingProxyType({code: formula(one) for code, one in rules.figures.items()}),
        household=dataclasses.replace(rules.household, formula=formula(rules.household.formula)),
        filing=tuple(shared(one) for one in rules.filing),  # type: ignore[misc]
        exclusions=tuple(condition(one) for one in rules.exclusions),
        categories=tuple(category(one) for one in rules.categories),
    )
