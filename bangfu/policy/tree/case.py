"""One household before the judge: its known and unknown numbers, who counts, which months, which standards.

A `Case` answers the leaves of a tree. Everything it looks up is remembered, since the same leaf stands in many formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from bangfu.policy import months
from bangfu.policy.facts import Expense, Facts, Income, Member
from bangfu.policy.pack.model import LineRule, Rules, StandardRule
from bangfu.policy.standards import StandardRow, Standards
from bangfu.policy.tree import values
from bangfu.policy.tree.values import Interval, Truth

UNKNOWN = object()  # an enumerated fact nobody knows
NOTHING = object()  # a property of an incident that did not happen, or an injury without a grade

_BOUNDS: dict[str, Interval] = {"support_ratio": values.FROM_ZERO_TO_ONE, "dibao_deduct_expense": (0, 1, 1)}
_getters: dict[str, Callable[[Any], Any]] = {}


def attribute(thing: Any, name: str) -> Any:
    """`thing.a.b`, where a missing link is unknown."""
    getter = _getters.get(name)
    if getter is None:
        getter = _getters[name] = attrgetter(name)
    return getter(thing)


class Case:
    """Facts, standards and rules together, with what follows from them at once: window, size, counted members."""

    def __init__(self, facts: Facts, standards: Standards, rules: Rules) -> None:
        self.facts = facts
        self.standards = standards
        self.rules = rules
        self.worker = facts.worker
        self.application_month = months.month_of(facts.application_date)
        self.window = (self.application_month - rules.window_months, self.application_month - 1)
        self.incident_window = (self.window[0], self.application_month)
        self.by_id: dict[str, Member] = {member.id: member for member in facts.members}
        self.counted: dict[str, Truth] = {}
        self.members: list[Member] = []
        self.sizes = range(1, 2)
        self.size: int | None = None
        # What the formula under the judge's eyes is about; the judge moves these.
        self.span: tuple[int, int] = self.window
        self.line: Income | Expense | None = None
        self.month: int | None = None
        self.bound: dict[str, Any] = {}
        self.memo: dict[Any, Any] = {}
        self._rows: dict[str, tuple[str | None, StandardRow | None]] = {}
        self._rules_of: dict[tuple[str, int], LineRule | None] = {}

    # --- who counts ----------------------------------------------------------------------------------------------
    def settle(self, counted: dict[str, Truth]) -> None:
        """Takes the verdict on each member: counted, not counted, or open. The worker always counts."""
        self.counted = counted
        sure = sum(1 for counts in counted.values() if counts is True)
        maybe = sum(1 for counts in counted.values() if counts is None)
        self.sizes = range(sure, sure + maybe + 1)
        self.members = [member for member in self.facts.members if counted[member.id] is not False]
        self.size = sure if maybe == 0 else None

    # --- standards -----------------------------------------------------------------------------------------------
    def row_at(self, rule: StandardRule, region: str) -> StandardRow | None:
        return self.standards.find(rule.name, region, self.facts.application_date)

    def standard_value(self, rule: StandardRule, region: str) -> Interval:
        row = self.row_at(rule, region)
        if row is None:
            return _BOUNDS.get(rule.name, values.NOT_NEGATIVE)
        return values.exactly(*row.exact)

    def standard_unknown(self, rule: StandardRule) -> Interval:
        return _BOUNDS.get(rule.name, values.NOT_NEGATIVE)

    # --- lines ---------------------------------------------------------------------------------------------------
    def lines(self, of: str) -> tuple[Income, ...] | tuple[Expense, ...] | None:
        return self.facts.incomes if of == "incomes" else self.facts.expenses

    def rule_of(self, of: str, line: Income | Expense) -> LineRule | None:
        """The rule the pack has for a line; None when the policy does not speak of its kind."""
        key = (of, line.position)
        if key in self._rules_of:
            return self._rules_of[key]
        special = isinstance(line, Income) and self.rules.special_basis.get(line.kind) == line.basis
        rule = self.rules.line_rules.get((of, line.kind, special))
        self._rules_of[key] = rule
        return rule

    def forget_rules(self) -> None:
        """To be called when a list of lines was another one for a while."""
        self._rules_of.clear()

    def owner_counts(self, line: Income | Expense) -> Truth:
        return True if line.member is None else self.counted[line.member]

    @staticmethod
    def covers(line: Income | Expense, month: int) -> Truth:
        """Whether the line runs in that month. A span with one end unknown holds its known end at least."""
        if not line.is_monthly:
            return None if line.month is None else line.month == month
        first, last = line.first, line.last
        if first is not None and last is not None:
            return first <= month <= last
        if first is not None:
            return None if month > first else month == first
        if last is not None:
            return None if month < last else month == last
        return None

    def month_count(self, line: Income | Expense, span: tuple[int, int]) -> tuple[int, int]:
        """(surely, at most) so many months of the span the line covers."""
        if line.is_monthly and line.first is not None and line.last is not None:
            count = max(0, min(line.last, span[1]) - max(line.first, span[0]) + 1)
            return count, count
        if not line.is_monthly and line.month is not None:
            inside = int(span[0] <= line.month <= span[1])
            return inside, inside
        covered = [self.covers(line, month) for month in range(span[0], span[1] + 1)]
        most = sum(1 for one in covered if one is not False)
        if not line.is_monthly:
            most = min(most, 1)
        return sum(1 for one in covered if one is True), most

    def span_in_doubt(self, line: Income | Expense) -> list[str]:
        """The unknown facts that leave the months of a line open."""
        of = "incomes" if isinstance(line, Income) else "expenses"
        path = f"{of}[{line.position}]"
        if not line.is_monthly:
            return [f"{path}.month"] if line.month is None else []
        return [f"{path}.{key}" for key, value in (("from", line.first), ("to", line.last)) if value is None]
