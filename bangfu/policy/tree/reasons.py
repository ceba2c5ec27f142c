"""On which unknown facts an undecided value rests: the smallest unknown things, named by JSON path.

Only what can still matter is named: what an already decided part of a formula hides is left out.
"""

from __future__ import annotations

from bangfu.policy.facts import PAYERS, Expense, Income, Member
from bangfu.policy.tree import judge
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import values as v
from bangfu.policy.tree.case import NOTHING, UNKNOWN, Case


def of_truth(node: n.Node, case: Case, out: set[str]) -> None:
    """Adds the reasons why the truth of `node` is open. Adds nothing when it is decided."""
    if judge.truth(node, case) is not None:
        return
    match node:
        case n.Fact():
            out.add(judge.path(node, case))
        case n.And(parts=parts) | n.Or(parts=parts):
            for part in parts:
                of_truth(part, case, out)
        case n.Not(part=part):
            of_truth(part, case, out)
        case n.Choose(test=test, yes=yes, no=no):
            decided = judge.truth(test, case)
            of_truth(test, case, out)
            for branch in (yes, no) if decided is None else ((yes,) if decided else (no,)):
                of_truth(branch, case, out)
        case n.Compare():
            _compare(node, case, out)
        case (
            n.OneOf(fact=n.Fact() as fact) | n.Holds(collection=n.Fact() as fact) | n.Some(collection=n.Fact() as fact)
        ):
            out.add(judge.path(fact, case))
        case n.Quantified():
            _quantified(node, case, out)
        case n.Published(code=code):
            of_region(case.rules.standards[code].region.node, case, out)
        case n.StartsWith(region=region):
            of_region(region, case, out)
        case n.EveryMonth(part=part):
            for _ in judge.each_month(case):
                of_truth(part, case, out)
        case n.Last(part=part):
            with judge.narrowed(node, case):
                of_truth(part, case, out)
        case n.Term(code=code):
            of_truth(case.rules.terms[code].formula.node, case, out)


def _compare(node: n.Compare, case: Case, out: set[str]) -> None:
    if node.left.kind == "month":
        for side in (node.left, node.right):
            if isinstance(side, n.Fact) and judge.raw(side, case) is UNKNOWN:
                out.add(judge.path(side, case))
        return
    if case.size is None and judge.sized(node, case):
        of_size(case, out)
        for _ in judge.each_size(case):
            if judge.truth(node, case) is None:
                of_number(node.left, case, out)
                of_number(node.right, case, out)
        return
    of_number(node.left, case, out)
    of_number(node.right, case, out)


def _quantified(node: n.Quantified, case: Case, out: set[str]) -> None:
    listed, where, _ = judge.items_of(node, case)
    if listed is None:
        out.add(where)
        return
    for counts in judge.bind(node, case):
        verdict = judge.truth(node.part, case)
        if node.how == "all":
            counted = v.any_of((v.negation(counts), verdict))
        else:
            counted = v.all_of((counts, verdict))
        if counted is None:
            if counts is None:
                of_member(case.bound[node.variable], case, out)
            of_truth(node.part, case, out)


def of_member(member: Member, case: Case, out: set[str]) -> None:
    """Why it is open whether a member counts."""
    outer = case.bound.get("member"), case.bound.get("member path")
    judge.bind_member(member, case)
    of_truth(case.rules.household.formula.node, case, out)
    case.bound["member"], case.bound["member path"] = outer


def of_size(case: Case, out: set[str]) -> None:
    """Why household size is open."""
    for member in case.members:
        if case.counted[member.id] is None:
            of_member(member, case, out)


def of_region(node: n.Node, case: Case, out: set[str]) -> None:
    """Why it is open which region is meant."""
    if isinstance(node, n.Choose):
        decided = judge.truth(node.test, case)
        if decided is None:
            of_truth(node.test, case, out)
        for branch in (node.yes, node.no) if decided is None else ((node.yes,) if decided else (node.no,)):
            of_region(branch, case, out)
    elif isinstance(node, n.Fact) and judge.raw(node, case) is UNKNOWN:
        out.add(judge.path(node, case))


def of_standard(code: str, case: Case, out: set[str]) -> None:
    rule = case.rules.standards[code]
    places = judge.regions(rule.region.node, case)
    if len(places) > 1 or None in places:
        of_region(rule.region.node, case, out)
    for place in places:
        if place is not None and case.row_at(rule, place) is None:
            out.add(f"standards.{rule.name}@{place}")


def of_number(node: n.Node, case: Case, out: set[str]) -> None:
    """Adds the reasons why a number is not a single one, for the household size the case stands at."""
    if v.is_single(judge.number(node, case)):
        return
    match node:
        case n.Fact(scope="line", name="paid_by"):
            line = case.line
            assert isinstance(line, Expense)
            path = judge.path(node, case)
            if line.paid_by is None:
                out.add(path)
            else:
                out.update(f"{path}.{payer}" for payer in PAYERS if getattr(line.paid_by, payer) is None)
        case n.Fact():
            if judge.raw(node, case) is not NOTHING:
                out.add(judge.path(node, case))
        case n.Standard(code=code):
            of_standard(code, case, out)
        case n.Size():
            of_size(case, out)
        case n.Pot(code=code):
            _pot(code, case, out)
        case n.Term(code=code):
            of_number(case.rules.terms[code].formula.node, case, out)
        case n.Choose(test=test, yes=yes, no=no):
            decided = judge.truth(test, case)
            of_truth(test, case, out)
            for branch in (yes, no) if decided is None else ((yes,) if decided else (no,)):
                of_number(branch, case, out)
        case n.Spread(once=once, monthly=monthly):
            line = case.line
            assert line is not None
            low, high = case.month_count(line, judge.spread_span(node, case))
            if low != high:
                out.update(case.span_in_doubt(line))
            if not node.by_month or not line.is_monthly:
                of_number(monthly if line.is_monthly else once, case, out)
            else:
                _by_month(node, case, out)
        case n.Share(whole=whole):
            of_number(whole, case, out)
            fewest, most = judge.sharers(case)
            if fewest != most:
                line, month = case.line, case.month
                assert isinstance(line, Income)
                assert month is not None
                for other in judge.others(line, case):
                    if case.covers(other, month) is None:
                        out.update(case.span_in_doubt(other))
        case n.Quantified():
            _quantified(node, case, out)
        case n.Last(part=part):
            with judge.narrowed(node, case):
                of_number(part, case, out)
        case _:
            for child in n.children(node):
                of_number(child, case, out)


def _by_month(node: n.Spread, case: Case, out: set[str]) -> None:
    assert case.line is not None
    outer = case.month
    span = judge.spread_span(node, case)
    for month in range(span[0], span[1] + 1):
        if case.covers(case.line, month) is not False:
            case.month = month
            of_number(node.monthly, case, out)
    case.month = outer


def _pot(code: str, case: Case, out: set[str]) -> None:
    pot = case.rules.pots[code]
    lines = case.lines(pot.of)
    if lines is None:
        out.add(pot.of)
        return
    open_positions = {position for position, value in judge.pot_parts(code, case) if not v.is_single(value)}
    for line in lines:
        if line.position not in open_positions:
            continue
        rule = case.rule_of(pot.of, line)
        assert rule is not None
        node = rule.into[code].node
        if line.member is not None and case.counted[line.member] is None:
            of_member(case.by_id[line.member], case, out)
        if isinstance(node, n.ToppedUp):
            assert line.member is not None
            _topped_up(node, judge.topped_lines(rule, line.member, case), case, out)
        else:
            outer, case.line = case.line, line
            of_number(node, case, out)
            case.line = outer


def _topped_up(node: n.ToppedUp, lines: list[Income], case: Case, out: set[str]) -> None:
    floor = judge.number(node.floor, case)
    for month in range(case.span[0], case.span[1] + 1):
        covered, declared = judge.declared_in(month, lines, case)
        if covered is False:
            continue
        value = v.maximum((declared, floor))
        if covered is None or not v.is_single(value):
            for line in lines:
                here = case.covers(line, month)
                sum_named = line.monthly if line.is_monthly else line.amount
                if here is None and (covered is None or sum_named != 0):  # nothing, in a month that counts anyway
                    out.update(case.span_in_doubt(line))
                if here is not False and sum_named is None:
                    key = "monthly" if line.is_monthly else "amount"
                    out.add(f"incomes[{line.position}].{key}")
        if not v.is_single(value):
            of_number(node.floor, case, out)


# --- the order of the contract --------------------------------------------------------------------------------------
_TOP = (
    "work_region", "huji_region", "members", "incomes", "expenses", "housing", "vehicles", "savings", "investments_net",
    "causes", "incident", "conduct", "status", "attested", "standards",
)  # fmt: skip
_KEYS = (
    # members
    "relation", "birth_date", "sex", "lives_together", "same_huji", "support_relation", "employment", "retired",
    "retired_in_mining_area", "union_member", "unit_has_union", "migrant_worker", "labor_relation_months",
    "labor_contract", "long_term_urban", "work_capable", "disabilities", "grade", "major_illness", "chronic_illness",
    "studying",
    # incomes
    "basis", "monthly", "from", "to", "amount", "obligor", "income_monthly",
    # expenses
    "total", "paid_by", *PAYERS, "month", "tuition", "boarding", "travel", "aided", "recognized",
    # housing, vehicles
    "owned_homes", "owned_area_m2", "renting", "rented_area_m2", "rent_within_market", "use",
    # incident
    "kind", "date", "injury_grade", "hospitalised", "infected", "death", "loss",
    # conduct
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao", "unexplained_funds",
    # status, attested
    "status", "dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified",
    "still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss",
)  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_KEYS)}
_ORDER_TOP = {name: place for place, name in enumerate(_TOP)}


def in_order(paths: set[str]) -> tuple[str, ...]:
    """Paths in the order of the facts contract, standards last."""
    return tuple(sorted(paths, key=_place))


def _place(path: str) -> tuple[object, ...]:
    head, _, rest = path.partition(".")
    if head == "standards":
        from bangfu.policy.standards import UNITS

        name, _, region = rest.partition("@")
        return (_ORDER_TOP[head], list(UNITS).index(name), region)
    place: list[object] = []
    for depth, part in enumerate(path.split(".")):
        name, _, index = part.partition("[")
        rank: float = (_ORDER_TOP if depth == 0 else _ORDER).get(name, 999)
        if name == "month" and head.startswith("expenses"):
            rank = _ORDER["total"] - 0.5  # an expense names its month before its sums
        if name == "kind" and head.startswith("members"):
            rank = _ORDER["grade"] - 0.5  # of a disability
        place.append(rank)
        place.append(int(index.rstrip("]")) if index else -1)
    return tuple(place)
