"""The first machine: interprets a tree for one household, with unknown as a value.

`truth`, `number` and `region` say what an operation means; they are the specification the compilers are held to.
`reasons` tells, for a value that is not decided, on which unknown facts it rests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bangfu.policy import months
from bangfu.policy.facts import PAYERS, Expense, Facts, Income, Member
from bangfu.policy.pack.model import LineRule, Rules
from bangfu.policy.standards import Standards
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import values as v
from bangfu.policy.tree.case import NOTHING, UNKNOWN, Case, attribute
from bangfu.policy.tree.values import Interval, Truth


def open_case(facts: Facts, standards: Standards, rules: Rules) -> Case:
    """The household before the judge, with the verdict on who counts."""
    case = Case(facts, standards, rules)
    node = rules.household.formula.node
    counted: dict[str, Truth] = {}
    for member in facts.members:
        bind_member(member, case)
        counted[member.id] = True if member.id == facts.worker_id else truth(node, case)
    case.settle(counted)
    return case


def bind_member(member: Member, case: Case) -> None:
    """Makes `member` in a formula mean this person."""
    case.bound["member"] = member
    case.bound["member path"] = f"members[{member.position}]"


# --- leaves -----------------------------------------------------------------------------------------------------------
def _holder(node: n.Fact, case: Case) -> Any:
    scope = node.scope
    if scope == "worker":
        return case.worker
    if scope == "household":
        return case.facts
    if scope == "line":
        return case.line
    if scope == "line_member":
        assert case.line is not None
        return None if case.line.member is None else case.by_id[case.line.member]
    if scope in case.bound:
        return case.bound[scope]
    return getattr(case.facts, scope)


def raw(node: n.Fact, case: Case) -> Any:
    """The fact as stored: a value, UNKNOWN, or NOTHING where there is nothing to have it."""
    if node.scope == "incident":
        incident = case.facts.incident
        if node.name == "happened":
            return UNKNOWN if incident.happened is None else incident.happened
        if incident.happened is False:
            return NOTHING
        if node.name == "month":
            return UNKNOWN if incident.date is None else months.month_of(incident.date)
        value = getattr(incident, node.name)
        if value == "none" and node.name == "injury_grade":
            return NOTHING
        return UNKNOWN if value is None else value
    holder = _holder(node, case)
    if holder is None:
        return NOTHING
    if node.scope == "line" and node.name.startswith("obligor."):
        assert isinstance(holder, Income)
        value = None if holder.obligor is None else getattr(holder.obligor, node.name[8:])
    else:
        value = attribute(holder, node.name)
    return UNKNOWN if value is None else value


def path(node: n.Fact, case: Case) -> str:
    """The JSON path of a fact, as `missing` names it."""
    scope, name = node.scope, node.path
    if scope == "incident":
        if case.facts.incident.happened is None:
            return "incident"
        return "incident.date" if node.name == "month" else f"incident.{node.name}"
    if scope == "worker":
        return f"members[{case.worker.position}].{node.name}"
    if scope == "line":
        return f"{_line_path(case)}.{name}"
    if scope == "line_member":
        assert case.line is not None
        assert case.line.member is not None
        return f"members[{case.by_id[case.line.member].position}].{name}"
    if scope in case.bound:
        return f"{case.bound[scope + ' path']}.{name}"
    return name


def _line_path(case: Case) -> str:
    assert case.line is not None
    return f"{'incomes' if isinstance(case.line, Income) else 'expenses'}[{case.line.position}]"


def _paid_by(case: Case) -> Interval:
    line = case.line
    assert isinstance(line, Expense)
    if line.paid_by is None:
        return v.NOT_NEGATIVE if line.kind == "illness" else v.ZERO
    parts = [getattr(line.paid_by, payer) for payer in PAYERS]
    known = sum(part for part in parts if part is not None)
    return (known, None if None in parts else known, 1)


# --- truth ------------------------------------------------------------------------------------------------------------
def truth(node: n.Node, case: Case) -> Truth:
    """Whether it holds, for every value the unknown facts may have (True), for none (False), or open (None)."""
    return _TRUTH[type(node)](node, case)


def _fact_truth(node: n.Fact, case: Case) -> Truth:
    value = raw(node, case)
    return None if value is UNKNOWN else False if value is NOTHING else value


def _choose_truth(node: n.Choose, case: Case) -> Truth:
    test = truth(node.test, case)
    if test is not None:
        return truth(node.yes if test else node.no, case)
    yes, no = truth(node.yes, case), truth(node.no, case)
    return yes if yes is no else None


def _compare(node: n.Compare, case: Case) -> Truth:
    if node.left.kind == "month":
        a, b = month(node.left, case), month(node.right, case)
        if a is NOTHING or b is NOTHING:
            return False
        return None if a is UNKNOWN or b is UNKNOWN else v.always(node.op, (a, a, 1), (b, b, 1))
    if case.size is None and sized(node, case):
        verdict: Truth = None
        for position, _ in enumerate(each_size(case)):
            one = _compare_once(node, case)
            if position == 0:
                verdict = one
            elif verdict is not one:
                return _leave(case, None)
        return verdict
    return _compare_once(node, case)


def _leave(case: Case, value: Truth) -> Truth:
    case.size = None
    return value


def _compare_once(node: n.Compare, case: Case) -> Truth:
    for side in (node.left, node.right):
        if isinstance(side, n.Fact) and raw(side, case) is NOTHING and side.kind != "money":
            return False  # an injury without a grade is within no grade
    return v.always(node.op, number(node.left, case), number(node.right, case))


def month(node: n.Node, case: Case) -> Any:
    """The month a node names; UNKNOWN or NOTHING where there is none."""
    if isinstance(node, n.WindowEdge):
        return case.application_month if node.edge == "application" else case.span[0]
    assert isinstance(node, n.Fact)
    return raw(node, case)


def _one_of(node: n.OneOf, case: Case) -> Truth:
    assert isinstance(node.fact, n.Fact)
    value = raw(node.fact, case)
    if value is UNKNOWN:
        return None
    if value is NOTHING:
        return False
    return (value in node.values) is not node.negated


def _collection(node: n.Node, case: Case) -> Any:
    assert isinstance(node, n.Fact)
    return raw(node, case)


def _holds(node: n.Holds, case: Case) -> Truth:
    listed = _collection(node.collection, case)
    return None if listed is UNKNOWN else node.value in listed


def _some(node: n.Some, case: Case) -> Truth:
    listed = _collection(node.collection, case)
    return None if listed is UNKNOWN else bool(listed)


def bind(node: n.Quantified, case: Case) -> Iterator[Truth]:
    """Sets the variable to each item in turn and yields whether the item counts. Unknown lists yield nothing."""
    listed, where, counts = items_of(node, case)
    for place, item in enumerate(listed or ()):
        case.bound[node.variable] = item
        position = item.position if node.collection == "members" else place
        case.bound[node.variable + " path"] = f"{where}[{position}]"
        yield counts(item)


def items_of(node: n.Quantified, case: Case) -> tuple[Any, str, Callable[[Any], Truth]]:
    if node.collection == "members":
        return case.members, "members", lambda member: case.counted[member.id]
    if node.collection == "vehicles":
        return case.facts.vehicles, "vehicles", lambda item: True
    owner = node.collection.partition(".")[0]
    holder = case.worker if owner == "worker" else case.bound.get(owner)
    if owner == "member":
        assert case.line is not None
        holder = None if case.line.member is None else case.by_id[case.line.member]
    if holder is None:
        return (), "", lambda item: True  # nobody, so no disability
    return holder.disabilities, f"members[{holder.position}].disabilities", lambda item: True


def _quantified(node: n.Quantified, case: Case) -> Truth:
    if items_of(node, case)[0] is None:
        return None
    if node.how == "any":
        return v.any_of(v.all_of((counts, truth(node.part, case))) for counts in bind(node, case))
    return v.all_of(v.any_of((v.negation(counts), truth(node.part, case))) for counts in bind(node, case))


def _published(node: n.Published, case: Case) -> Truth:
    rule = case.rules.standards[node.code]
    places = regions(rule.region.node, case)
    if None in places:
        return None
    found = {case.row_at(rule, place) is not None for place in places if place is not None}
    return found.pop() if len(found) == 1 else None


def _starts_with(node: n.StartsWith, case: Case) -> Truth:
    found = {None if place is None else place.startswith(node.digits) for place in regions(node.region, case)}
    return found.pop() if len(found) == 1 else None


def _every_month(node: n.EveryMonth, case: Case) -> Truth:
    return v.all_of([truth(node.part, case) for _ in each_month(case)])


def each_month(case: Case) -> Iterator[int]:
    """Each month of the window looked at in turn, set on the case as if it were the whole window."""
    outer = case.span
    try:
        for month in range(outer[0], outer[1] + 1):
            case.span = (month, month)
            yield month
    finally:
        case.span = outer


def _last_truth(node: n.Last, case: Case) -> Truth:
    with narrowed(node, case):
        return truth(node.part, case)


@contextmanager
def narrowed(node: n.Last, case: Case) -> Iterator[None]:
    """The window cut to its last months."""
    outer = case.span
    case.span = (max(outer[0], outer[1] - node.count + 1), outer[1])
    try:
        yield
    finally:
        case.span = outer


def each_size(case: Case) -> Iterator[int]:
    """Each possible household size in turn, set on the case."""
    for size in case.sizes:
        case.size = size
        yield size
    case.size = None


# --- numbers ----------------------------------------------------------------------------------------------------------
def number(node: n.Node, case: Case) -> Interval:
    """The values a number may have, as an interval, for the household size the case stands at."""
    return _NUMBER[type(node)](node, case)


def over_sizes(node: n.Node, case: Case) -> Interval:
    """The values a number may have over every possible household size."""
    if case.size is None and sized(node, case):
        return v.union([number(node, case) for _ in each_size(case)])
    return number(node, case)


def sized(node: n.Node, case: Case) -> bool:
    """Whether the value depends on household size."""
    found = _SIZED.get(id(node))
    if found is not None and found[0] is node and found[1] is case.rules:
        return found[2]
    names = n.names(node)
    result = names.size or bool((names.pots | names.terms) & case.rules.sized)
    _SIZED[id(node)] = (node, case.rules, result)
    return result


_SIZED: dict[int, tuple[n.Node, Any, bool]] = {}


def _fact_number(node: n.Fact, case: Case) -> Interval:
    if node.scope == "line" and node.name == "paid_by":
        return _paid_by(case)
    value = raw(node, case)
    if value is UNKNOWN:
        return v.NOT_NEGATIVE
    return v.ZERO if value is NOTHING else (value, value, 1)


def _standard(node: n.Standard, case: Case) -> Interval:
    found = case.memo.get(node.code)
    if found is None:
        rule = case.rules.standards[node.code]
        places = regions(rule.region.node, case)
        found = v.union(
            case.standard_unknown(rule) if place is None else case.standard_value(rule, place) for place in places
        )
        case.memo[node.code] = found
    return found


def _size(node: n.Size, case: Case) -> Interval:
    if case.size is None:
        return (case.sizes[0], case.sizes[-1], 1)
    return (case.size, case.size, 1)


def _window_months(node: n.WindowMonths, case: Case) -> Interval:
    return v.exactly(case.span[1] - case.span[0] + 1)


def _term(node: n.Term, case: Case) -> Interval:
    formula = case.rules.terms[node.code].formula
    if case.line is not None:
        return number(formula.node, case)
    key = ("term", node.code, case.size, case.span)
    found = case.memo.get(key)
    if found is None:
        found = case.memo[key] = number(formula.node, case)
    return found


def _term_truth(node: n.Term, case: Case) -> Truth:
    return truth(case.rules.terms[node.code].formula.node, case)


def _choose_number(node: n.Choose, case: Case) -> Interval:
    test = truth(node.test, case)
    if test is None:
        return v.union((number(node.yes, case), number(node.no, case)))
    return number(node.yes if test else node.no, case)


def _arithmetic(node: n.Arithmetic, case: Case) -> Interval:
    a = number(node.left, case)
    if node.op == "/":
        right = number(node.right, case)
        assert right[0] is not None, "a divisor is one known number"
        return v.divide(a, right[0], right[2])
    b = number(node.right, case)
    return v.add(a, b) if node.op == "+" else v.subtract(a, b) if node.op == "-" else v.multiply(a, b)


def _extreme(node: n.Extreme, case: Case) -> Interval:
    parts = [number(part, case) for part in node.parts]
    return v.maximum(parts) if node.how == "max" else v.minimum(parts)


def _spread(node: n.Spread, case: Case) -> Interval:
    line = case.line
    assert line is not None
    span = spread_span(node, case)
    low, high = case.month_count(line, span)
    if high == 0:
        return v.ZERO
    if not line.is_monthly:
        return v.scale(number(node.once, case), low, high)
    if not node.by_month:
        return v.scale(number(node.monthly, case), low, high)
    total = v.ZERO
    outer = case.month
    for month in range(span[0], span[1] + 1):
        covered = case.covers(line, month)
        if covered is not False:
            case.month = month
            total = v.add(total, v.scale(number(node.monthly, case), int(covered is True), 1))
    case.month = outer
    return total


def spread_span(node: n.Spread, case: Case) -> tuple[int, int]:
    """The months a line is looked at."""
    if node.months == "window":
        return case.span
    return case.incident_window if node.months == "incident" else (case.application_month, case.application_month)


def _share(node: n.Share, case: Case) -> Interval:
    whole = number(node.whole, case)
    fewest, most = sharers(case)
    low, high, den = whole
    return (
        None if low is None else low * fewest,
        None if high is None else high * most,
        den * fewest * most,
    )


def sharers(case: Case) -> tuple[int, int]:
    """(surely, at most) so many lines share with this one in the month looked at, itself included."""
    line, month = case.line, case.month
    assert isinstance(line, Income)
    assert month is not None
    fewest = most = 1
    for other in others(line, case):
        covered = case.covers(other, month)
        fewest += covered is True
        most += covered is not False
    return fewest, most


def others(line: Income, case: Case) -> list[Income]:
    """The other lines of the same sort for the same recipient."""
    return [
        other
        for other in case.facts.incomes or ()
        if other is not line and (other.member, other.kind, other.basis) == (line.member, line.kind, line.basis)
    ]


def _quantified_count(node: n.Quantified, case: Case) -> Interval:
    if items_of(node, case)[0] is None:
        return v.NOT_NEGATIVE
    verdicts = [v.all_of((counts, truth(node.part, case))) for counts in bind(node, case)]
    return (verdicts.count(True), len(verdicts) - verdicts.count(False), 1)


def _last_number(node: n.Last, case: Case) -> Interval:
    with narrowed(node, case):
        return number(node.part, case)


def _round(node: n.RoundHalfUp, case: Case) -> Interval:
    return v.half_up(number(node.part, case))


def _literal(node: n.Literal, case: Case) -> Interval:
    return (node.numerator, node.numerator, node.denominator)


# --- pots: sums over lines --------------------------------------------------------------------------------------------
def _pot(node: n.Pot, case: Case) -> Interval:
    size = case.size if node.code in case.rules.sized else None
    key = ("pot", node.code, size, case.span)
    found = case.memo.get(key)
    if found is None:
        found = v.ZERO
        for _, value in pot_parts(node.code, case):
            found = v.add(found, value)
        case.memo[key] = found
    return found


def pot_parts(code: str, case: Case) -> list[tuple[int | None, Interval]]:
    """(position of the line, what it brings into the pot). Lines topped up together stand at the first of them.
    A list that is unknown is one part without position."""
    key = ("parts", code, case.size if code in case.rules.sized else None, case.span)
    found: list[tuple[int | None, Interval]] | None = case.memo.get(key)
    if found is None:
        found = case.memo[key] = _pot_parts(code, case)
    return found


def _pot_parts(code: str, case: Case) -> list[tuple[int | None, Interval]]:
    rule = case.rules.pots[code]
    lines = case.lines(rule.of)
    if lines is None:
        return [(None, v.NOT_NEGATIVE)]
    parts: list[tuple[int | None, Interval]] = []
    grouped: set[tuple[str, str]] = set()
    for line in lines:
        if rule.marked and not line.incident:
            continue
        line_rule = case.rule_of(rule.of, line)
        formula = None if line_rule is None else line_rule.into.get(code)
        if formula is None:
            continue
        counts = case.owner_counts(line)
        if counts is False:
            continue
        if isinstance(formula.node, n.ToppedUp):
            assert line_rule is not None
            assert line.member is not None
            group = (line_rule.code, line.member)
            if group in grouped:
                continue
            grouped.add(group)
            value = topped_up(formula.node, line_rule, line.member, case)
        else:
            value = line_number(formula.node, line, case)
        parts.append((line.position, value if counts else v.union((v.ZERO, value))))
    return parts


def line_number(node: n.Node, line: Income | Expense, case: Case) -> Interval:
    """What one line brings by its formula, its owner's counting aside."""
    outer, case.line = case.line, line
    try:
        return number(node, case)
    finally:
        case.line = outer


def topped_lines(rule: LineRule, member: str, case: Case) -> list[Income]:
    return [line for line in case.facts.incomes or () if line.member == member and case.rule_of("incomes", line) is rule]  # fmt: skip


def topped_up(node: n.ToppedUp, rule: LineRule, member: str, case: Case) -> Interval:
    """A member's lines together, month by month: max(sum declared, floor) where one of them covers the month."""
    lines = topped_lines(rule, member, case)
    floor = number(node.floor, case)
    total = v.ZERO
    for month in range(case.span[0], case.span[1] + 1):
        covered, declared = declared_in(month, lines, case)
        if covered is False:
            continue
        value = v.maximum((declared, floor))
        total = v.add(total, value if covered else v.union((v.ZERO, value)))
    return total


def declared_in(month: int, lines: list[Income], case: Case) -> tuple[Truth, Interval]:
    """Whether one of the lines covers the month, and the sum they declare for it."""
    covered: Truth = False
    declared = v.ZERO
    for line in lines:
        here = case.covers(line, month)
        if here is False:
            continue
        covered = v.any_of((covered, here))
        amount = line.monthly if line.is_monthly else line.amount
        value = v.NOT_NEGATIVE if amount is None else v.exactly(amount)
        declared = v.add(declared, v.scale(value, int(here is True), 1))
    return covered, declared


# --- regions ----------------------------------------------------------------------------------------------------------
def regions(node: n.Node, case: Case) -> tuple[str | None, ...]:
    """The regions it may be; None stands for one nobody knows."""
    if isinstance(node, n.Choose):
        test = truth(node.test, case)
        if test is None:
            return tuple(dict.fromkeys((*regions(node.yes, case), *regions(node.no, case))))
        return regions(node.yes if test else node.no, case)
    assert isinstance(node, n.Fact)
    value = raw(node, case)
    return (None,) if value is UNKNOWN else (value,)


_TRUTH: dict[type[n.Node], Callable[[Any, Case], Truth]] = {
    n.Flag: lambda node, case: node.value,
    n.Fact: _fact_truth,
    n.And: lambda node, case: v.all_of(truth(part, case) for part in node.parts),
    n.Or: lambda node, case: v.any_of(truth(part, case) for part in node.parts),
    n.Not: lambda node, case: v.negation(truth(node.part, case)),
    n.Choose: _choose_truth,
    n.Compare: _compare,
    n.OneOf: _one_of,
    n.Holds: _holds,
    n.Some: _some,
    n.Quantified: _quantified,
    n.Published: _published,
    n.StartsWith: _starts_with,
    n.EveryMonth: _every_month,
    n.Last: _last_truth,
    n.Term: _term_truth,
}
_NUMBER: dict[type[n.Node], Callable[[Any, Case], Interval]] = {
    n.Literal: _literal,
    n.Fact: _fact_number,
    n.Standard: _standard,
    n.Size: _size,
    n.WindowMonths: _window_months,
    n.Pot: _pot,
    n.Term: _term,
    n.Choose: _choose_number,
    n.Arithmetic: _arithmetic,
    n.Extreme: _extreme,
    n.RoundHalfUp: _round,
    n.Spread: _spread,
    n.Share: _share,
    n.Quantified: _quantified_count,
    n.Last: _last_number,
}
