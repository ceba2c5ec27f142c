"""One household under one policy: the library's front door.

`judge(facts, standards, pack)` is the work itself; `assess` takes documents and checks that the policy applies on the day.
"""

from __future__ import annotations

from typing import Any

from bangfu.policy import facts as facts_module
from bangfu.policy import money, months, registry
from bangfu.policy import standards as standards_module
from bangfu.policy.determination import (
    MET,
    NOT_MET,
    UNKNOWN,
    CategoryResult,
    ConditionResult,
    Determination,
    ExclusionResult,
    LineResult,
)
from bangfu.policy.errors import DocumentFaults
from bangfu.policy.facts import Expense, Facts, Income
from bangfu.policy.pack.model import Condition, LineRule, Pack
from bangfu.policy.standards import Standards
from bangfu.policy.tree import judge as machine
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import reasons, trace
from bangfu.policy.tree import values as v
from bangfu.policy.tree.case import Case
from bangfu.policy.tree.values import Interval, Truth

#: The error of a facts or standards document; `.faults` carries path and message of each.
FactsFault = DocumentFaults

_RESULT = {True: MET, False: NOT_MET, None: UNKNOWN}


def assess(
    facts: dict[str, Any] | Facts, policy_id: str, standards: dict[str, Any] | Standards
) -> Determination:  # fmt: skip
    """The determination of one household under a policy in force on its application date.

    Raises `DocumentFaults` (all faults of a document), `UnknownPolicy`, `PolicyNotInForce` (names the one in force).
    """
    known = facts if isinstance(facts, Facts) else facts_module.parse(facts)
    rows = standards if isinstance(standards, Standards) else standards_module.parse(standards)
    return judge(known, rows, registry.in_force(policy_id, known.application_date))


def judge(facts: Facts, standards: Standards, pack: Pack) -> Determination:
    """The determination by a pack, whatever its dates."""
    case = machine.open_case(facts, standards, pack.rules)
    rules = pack.rules
    excluded = {one.code: machine.truth(one.formula.node, case) for one in rules.exclusions}
    verdicts: dict[int, Truth] = {}

    def verdict(condition: Condition) -> Truth:
        key = id(condition)
        if key not in verdicts:
            verdicts[key] = machine.truth(condition.formula.node, case)
        return verdicts[key]

    categories: list[CategoryResult] = []
    results: dict[str, Truth] = {}
    for category in rules.categories:
        met = [verdict(condition) for condition in category.conditions]
        clear = [v.negation(excluded[one.code]) for one in rules.exclusions if category.code in one.applies_to]
        results[category.code] = v.all_of((*met, *clear))
        shown = tuple(_condition(condition, verdict(condition), case) for condition in category.conditions)
        line = next((one for one in shown if one.code == category.line), None)
        categories.append(
            CategoryResult(
                category.code, _RESULT[results[category.code]], line.right if line else None,
                line.margin if line else None, shown,
            )
        )  # fmt: skip
    outcome, provisional = _outcome(results)
    missing: tuple[str, ...] = ()
    if outcome == "incomplete":
        missing = _missing(pack, case, results, provisional)
    first, last = case.window
    return Determination(
        facts_id=facts.id,
        policy=pack.id,
        application_date=facts.application_date.isoformat(),
        outcome=outcome,
        provisional=provisional,
        window=(rules.window_months, months.format_month(first), months.format_month(last)),
        figures=_figures(pack, case, results),
        categories=tuple(categories),
        exclusions=tuple(
            ExclusionResult(one.code, _RESULT[excluded[one.code]], one.said.clause, one.applies_to)
            for one in rules.exclusions
        ),
        missing=missing,
        lines=_lines(case),
        _trace=lambda: trace.of_case(
            case,
            [(category.code, condition) for category in rules.categories for condition in category.conditions]
            + [("exclusions", one) for one in rules.exclusions],
        ),
    )


def _outcome(results: dict[str, Truth]) -> tuple[str, str | None]:
    """The first category met while all before it are not; otherwise none, or incomplete with a provisional one."""
    unknown = False
    for code, result in results.items():
        if result is True:
            return ("incomplete", code) if unknown else (code, None)
        unknown = unknown or result is None
    return ("incomplete", None) if unknown else ("none", None)


def _missing(pack: Pack, case: Case, results: dict[str, Truth], provisional: str | None) -> tuple[str, ...]:
    """The unknown facts that the open conditions and exclusions rest on, in the categories before the first met one."""
    found: set[str] = set()
    for category in pack.rules.categories:
        if category.code == provisional:
            break
        if results[category.code] is not None:
            continue
        for condition in category.conditions:
            reasons.of_truth(condition.formula.node, case, found)
        for one in pack.rules.exclusions:
            if category.code in one.applies_to:
                reasons.of_truth(one.formula.node, case, found)
    return reasons.in_order(found)


# --- figures ----------------------------------------------------------------------------------------------------------
def _amount(value: Interval) -> str | None:
    """A single value in yuan, rounded half away from zero; None when more than one is possible."""
    if not v.is_single(value):
        return None
    assert value[0] is not None
    return money.format_fen(money.half_away(value[0], value[2]))


def _figures(pack: Pack, case: Case, results: dict[str, Truth]) -> dict[str, Any]:
    figures: dict[str, Any] = {"household_size": case.size}
    for code, formula in pack.rules.figures.items():
        needs = pack.rules.figure_needs.get(code)
        stands = needs is None or results[needs] is True
        figures[code] = _amount(machine.over_sizes(formula.node, case)) if stands else None
    return figures


def _comparison(node: n.Node, case: Case) -> n.Compare | None:
    """The comparison of amounts a condition comes down to, where it is one."""
    if isinstance(node, n.Choose):
        decided = machine.truth(node.test, case)
        return None if decided is None else _comparison(node.yes if decided else node.no, case)
    if isinstance(node, n.And):
        found = [one for one in (_comparison(part, case) for part in node.parts) if one is not None]
        return found[0] if len(found) == 1 else None
    if isinstance(node, n.Compare) and "money" in (node.left.kind, node.right.kind):
        return node
    return None


def _condition(condition: Condition, verdict: Truth, case: Case) -> ConditionResult:
    node = condition.formula.node
    if condition.limbs and isinstance(node, n.Or):
        limbs = tuple(
            _result(f"{condition.code}.{place}", limb.said.clause, part, machine.truth(part, case), case)
            for place, (limb, part) in enumerate(zip(condition.limbs, node.parts, strict=True), start=1)
        )
        return ConditionResult(condition.code, _RESULT[verdict], condition.said.clause, limbs=limbs)
    if isinstance(node, n.EveryMonth):
        limbs = tuple(
            _result(
                f"{condition.code}.{months.format_month(month)}",
                condition.said.clause,
                node.part,
                machine.truth(node.part, case),
                case,
            )
            for month in machine.each_month(case)
        )
        return ConditionResult(condition.code, _RESULT[verdict], condition.said.clause, limbs=limbs)
    return _result(condition.code, condition.said.clause, node, verdict, case)


def _result(code: str, clause: str, node: n.Node, verdict: Truth, case: Case) -> ConditionResult:
    result = _RESULT[verdict]
    comparison = _comparison(node, case)
    if comparison is None:
        return ConditionResult(code, result, clause)
    left, right = machine.over_sizes(comparison.left, case), machine.over_sizes(comparison.right, case)
    return ConditionResult(
        code, result, clause, _amount(left), comparison.op, _amount(right), _amount(v.subtract(left, right))
    )  # fmt: skip


# --- lines ------------------------------------------------------------------------------------------------------------
_POTS = {"incomes": "income", "expenses": "rigid_expense"}


def _lines(case: Case) -> tuple[LineResult, ...]:
    found: list[LineResult] = []
    for of, pot in _POTS.items():
        known: dict[int | None, Interval] = {}
        if case.size is not None or pot not in case.rules.sized:
            known = dict(machine.pot_parts(pot, case))  # what the sum already asked of each line
        for line in case.lines(of) or ():
            found.append(_line(of, pot, line, case, known))
    return tuple(found)


def _line(of: str, pot: str, line: Income | Expense, case: Case, known: dict[int | None, Interval]) -> LineResult:
    rule = case.rule_of(of, line)
    assert rule is not None, "the loader asks for a rule for each kind"
    formula = rule.into.get(pot)
    span = case.month_count(line, case.window)
    counts = case.owner_counts(line)
    clause = rule.said.clause
    if counts is False:
        clause = case.rules.household.said.clause
        return LineResult(
            of, line.position, "0.00", clause, "不计入家庭人口，其收支不算", rule.code, span, "not_member"
        )
    if formula is None:
        note = rule.says or "政策规定不计入"
        return LineResult(of, line.position, "0.00", clause, note, rule.code, span, "not_counted")
    if span[1] == 0:
        return LineResult(of, line.position, "0.00", clause, "不在核算期内", rule.code, span, "outside")
    if line.position in known and not isinstance(formula.node, n.ToppedUp):
        value = known[line.position]
    else:
        value = _line_value(formula.node, rule, line, case)
        if counts is None:
            value = v.union((v.ZERO, value))
    counted = _amount(value)
    if counted is None:
        return LineResult(of, line.position, None, clause, "还缺数据，算不出", rule.code, span, "unknown")
    if value[0] == 0 and rule.says and not _says_nothing(line):
        return LineResult(of, line.position, counted, clause, rule.says, rule.code, span, "refused")
    note = f"{span[0]}个月" if line.is_monthly else months.format_month(line.month) if line.month is not None else ""
    if isinstance(formula.node, n.ToppedUp) and rule.says:
        note = f"{note}，{rule.says}"
    return LineResult(of, line.position, counted, clause, note, rule.code, span, "counted")


def _says_nothing(line: Income | Expense) -> bool:
    """Whether the line itself is about zero yuan."""
    if isinstance(line, Expense):
        return (line.monthly if line.is_monthly else line.total) == 0
    return line.basis != "no_document" and (line.monthly if line.is_monthly else line.amount) == 0


def _line_value(node: n.Node, rule: LineRule, line: Income | Expense, case: Case) -> Interval:
    if not isinstance(node, n.ToppedUp):
        if case.size is None and machine.sized(node, case):
            return v.union([machine.line_number(node, line, case) for _ in machine.each_size(case)])
        return machine.line_number(node, line, case)
    # Lines topped up together: each brings what it declares; the first that covers a month brings the rest.
    assert isinstance(line, Income)
    assert line.member is not None
    together = machine.topped_lines(rule, line.member, case)
    if together == [line]:
        return machine.topped_up(node, rule, line.member, case)
    floor, total = machine.number(node.floor, case), v.ZERO
    for month in range(case.window[0], case.window[1] + 1):
        covering = [one for one in together if case.covers(one, month) is not False]
        if line not in covering:
            continue
        _, own = machine.declared_in(month, [line], case)
        _, declared = machine.declared_in(month, covering, case)
        total = v.add(total, own)
        before = [case.covers(one, month) for one in covering[: covering.index(line)]]
        if True not in before:
            rest = v.subtract(v.maximum((declared, floor)), declared)
            first = not before and case.covers(line, month)  # else it may be the first, or may not
            total = v.add(total, rest if first else v.union((v.ZERO, rest)))
    return total
