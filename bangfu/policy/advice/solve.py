"""Conditions as functions of one amount: the same formulas the judge reads, with one leaf left open.

Only what depends on the open leaf is walked; everything else is asked of the judge. The meaning of each operation is the
judge's: tests hold every break point to a fresh judgement on both sides of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bangfu.policy.advice import curves as c
from bangfu.policy.advice.curves import Curve, Steps, Unsolvable
from bangfu.policy.advice.reads import Plan
from bangfu.policy.facts import PAYERS, Expense, Income, Member
from bangfu.policy.tree import judge
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import values as v
from bangfu.policy.tree.case import NOTHING, Case
from bangfu.policy.tree.values import Truth


@dataclass(frozen=True, slots=True)
class Target:
    """The open leaf. `keys` as in `reads`; one of the forms: a sum (`pot`), a standard, a line's amount, or a plain fact."""

    keys: frozenset[str]
    name: str = ""
    scope: str = ""  # household, a section, or "member"
    pot: str = ""
    standard: str = ""
    place: str = ""
    denominator: int = 1
    of: str = ""
    position: int = -1
    start: int = 0


@lru_cache(maxsize=1024)
def _line_keys(target: Target) -> frozenset[str]:
    """The keys under which a line's formula reads the open leaf."""
    if not target.of:
        return target.keys
    names = (target.name, target.name.split(".")[0])
    return target.keys | {f"{of}.{name}" for of in ("", target.of) for name in names}


class Solver:
    """Truths as steps over one open leaf."""

    def __init__(self, case: Case, plan: Plan, target: Target) -> None:
        self.case = case
        self.plan = plan
        self.target = target
        self.line_keys = _line_keys(target)
        self._outside = plan.dependence(target.keys)
        self._inside = self._outside if self.line_keys is target.keys else plan.dependence(self.line_keys)
        self.narrowed = False  # whether a part of the window alone was looked at
        self._terms: dict[Any, Curve] = {}
        self._free: tuple[int, int | None, int, int | None, int, int] = (target.start, 0, 1, 0, 1, target.denominator)

    def depends(self, node: n.Node) -> bool:
        known = self._outside if self.case.line is None else self._inside
        found = known.get(id(node))
        if found is None:
            keys = self.target.keys if self.case.line is None else self.line_keys
            found = known[id(node)] = not self.plan.reads(node).isdisjoint(keys)
        return found

    # --- truths ------------------------------------------------------------------------------------------------------
    def truth(self, node: n.Node) -> Steps:
        if not self.depends(node):
            return [(self.target.start, judge.truth(node, self.case))]
        how = _TRUTH.get(type(node))
        if how is None:
            raise Unsolvable
        return how(self, node)

    def _several(self, parts: tuple[n.Node, ...], stop: Truth, how: Callable[..., Truth]) -> Steps:
        """A conjunction or disjunction; what is decided without the leaf is looked at first."""
        rest, known = [], []
        for part in parts:
            if self.depends(part):
                rest.append(part)
                continue
            verdict = judge.truth(part, self.case)
            if verdict is stop:
                return [(self.target.start, stop)]
            known.append(verdict)
        steps = [self.truth(part) for part in rest]
        if known:
            steps.append([(self.target.start, how(known))])
        return c.tidy(c.join(steps, how))

    def _compare(self, node: n.Compare) -> Steps:
        case = self.case
        if node.left.kind == "month":
            raise Unsolvable
        if case.size is None and judge.sized(node, case):
            try:
                one_for_each = [self._compare_once(node) for _ in judge.each_size(case)]
            finally:
                case.size = None
            return c.tidy([(start, truths[0] if all(one is truths[0] for one in truths) else None) for start, truths in c.merged(one_for_each)])  # fmt: skip
        return self._compare_once(node)

    def _compare_once(self, node: n.Compare) -> Steps:
        for side in (node.left, node.right):
            plain = isinstance(side, n.Fact) and side.kind != "money" and not self._is_target(side)
            if plain and judge.raw(side, self.case) is NOTHING:  # type: ignore[arg-type]
                return [(self.target.start, False)]
        return c.compare(node.op, self.number(node.left), self.number(node.right))

    def _choose_truth(self, node: n.Choose) -> Steps:
        if not self.depends(node.test):
            test = judge.truth(node.test, self.case)
            if test is not None:
                return self.truth(node.yes if test else node.no)
            steps = c.merged([self.truth(node.yes), self.truth(node.no)])
            return c.tidy([(start, yes if yes is no else None) for start, (yes, no) in steps])
        parts = c.merged([self.truth(node.test), self.truth(node.yes), self.truth(node.no)])
        return c.tidy([
            (start, (yes if yes is no else None) if test is None else yes if test else no)
            for start, (test, yes, no) in parts
        ])  # fmt: skip

    def _every_month(self, node: n.EveryMonth) -> Steps:
        self.narrowed = True
        outer, steps = self.case.span, []
        try:
            for month in range(outer[0], outer[1] + 1):
                self.case.span = (month, month)
                steps.append(self.truth(node.part))
        finally:
            self.case.span = outer
        return c.tidy(c.join(steps, v.all_of))

    def _last_truth(self, node: n.Last) -> Steps:
        self.narrowed = True
        with judge.narrowed(node, self.case):
            return self.truth(node.part)

    def _quantified(self, node: n.Quantified) -> Steps:
        steps = []
        for counts in judge.bind(node, self.case):
            here = self.truth(node.part)
            if node.how == "any":
                steps.append([(start, v.all_of((counts, truth))) for start, truth in here])
            else:
                steps.append([(start, v.any_of((v.negation(counts), truth))) for start, truth in here])
        if not steps:
            return [(self.target.start, node.how == "all")]
        return c.tidy(c.join(steps, v.any_of if node.how == "any" else v.all_of))

    def _published(self, node: n.Published) -> Steps:
        # A figure that is asked for is one that is published; what is not published is decided without asking.
        return [(self.target.start, True)]

    # --- numbers -----------------------------------------------------------------------------------------------------
    def number(self, node: n.Node) -> Curve:
        if not self.depends(node):
            return c.constant(judge.number(node, self.case), self.target.start)
        how = _NUMBER.get(type(node))
        if how is None:
            raise Unsolvable
        return how(self, node)

    def _is_target(self, node: n.Fact) -> bool:
        target, case = self.target, self.case
        if node.scope == "line":
            line = case.line
            if line is None or line.position != target.position:
                return False
            if target.of != ("incomes" if isinstance(line, Income) else "expenses"):
                return False
            return node.name == target.name or (node.name == "paid_by" and target.name.startswith("paid_by"))
        if node.name != target.name:
            return False
        if target.scope == "member":
            if node.scope == "worker":
                return case.worker.position == target.position
            held = case.bound.get(node.scope)
            return isinstance(held, Member) and held.position == target.position
        return node.scope == target.scope

    def _fact(self, node: n.Fact) -> Curve:
        if not self._is_target(node):
            return c.constant(judge.number(node, self.case), self.target.start)
        if node.name != "paid_by":
            return [self._free]
        line, payer = self.case.line, self.target.name.partition(".")[2]
        assert isinstance(line, Expense)
        assert line.paid_by is not None
        others = [getattr(line.paid_by, one) for one in PAYERS if one != payer]
        known = sum(one for one in others if one is not None)
        return [(self.target.start, known, 1, None if None in others else known, 1, 1)]

    def _standard(self, node: n.Standard) -> Curve:
        rule = self.case.rules.standards[node.code]
        parts: list[Curve] = []
        for place in judge.regions(rule.region.node, self.case):
            if rule.name == self.target.standard and place == self.target.place:
                parts.append([self._free])
            else:
                known = self.case.standard_unknown(rule) if place is None else self.case.standard_value(rule, place)
                parts.append(c.constant(known, self.target.start))
        return c.union(parts)

    def _pot(self, node: n.Pot) -> Curve:
        case, target = self.case, self.target
        if target.pot == node.code:
            low, high, den = judge.number(node, case)
            return [(target.start, low, den, high, den, den)]
        pot = case.rules.pots[node.code]
        lines = case.lines(pot.of)
        assert lines is not None, "an unknown list is filled before its sum is asked"
        total, found = v.ZERO, []
        for position, value in judge.pot_parts(node.code, case):
            assert position is not None
            line = lines[position]
            rule = case.rule_of(pot.of, line)
            assert rule is not None
            formula = rule.into[node.code].node
            if not self._line_depends(formula, line, rule):
                total = v.add(total, value)
                continue
            curve = self.line(formula, rule, line)
            found.append(curve if case.owner_counts(line) else c.union([c.constant(v.ZERO, target.start), curve]))
        curve = c.constant(total, target.start)
        for one in found:
            curve = c.add(curve, one)
        return curve

    def _line_depends(self, formula: n.Node, line: Income | Expense, rule: Any) -> bool:
        target = self.target
        if not target.of:
            return not self.plan.reads(formula).isdisjoint(self.line_keys)
        if line.position == target.position:
            return target.of == ("incomes" if isinstance(line, Income) else "expenses")
        if isinstance(formula, n.ToppedUp) and target.of == "incomes":
            varied = (self.case.facts.incomes or ())[target.position]
            return varied.member == line.member and self.case.rule_of("incomes", varied) is rule
        return False

    def line(self, formula: n.Node, rule: Any, line: Income | Expense) -> Curve:
        """What one line brings by its formula, its owner's counting aside."""
        if isinstance(formula, n.ToppedUp):
            assert line.member is not None
            return self._topped_up(formula, judge.topped_lines(rule, line.member, self.case))
        outer, self.case.line = self.case.line, line
        try:
            return self.number(formula)
        finally:
            self.case.line = outer

    def _topped_up(self, node: n.ToppedUp, lines: list[Income]) -> Curve:
        case, target, start = self.case, self.target, self.target.start
        floor = self.number(node.floor)
        total = c.constant(v.ZERO, start)
        for month in range(case.span[0], case.span[1] + 1):
            covered, declared = judge.declared_in(month, [one for one in lines if not self._varies(one)], case)
            curve = c.constant(declared, start)
            for one in lines:
                here = case.covers(one, month) if self._varies(one) else False
                if here is not False:
                    covered = v.any_of((covered, here))
                    curve = c.add(curve, c.scale([(start, 0, 1, 0, 1, 1)], int(here is True), 1))
            if covered is False:
                continue
            value = c.maximum([curve, floor])
            total = c.add(total, value if covered else c.union([c.constant(v.ZERO, start), value]))
        assert not target.pot
        return total

    def _varies(self, line: Income) -> bool:
        return self.target.of == "incomes" and line.position == self.target.position

    def _term(self, node: n.Term) -> Curve:
        formula = self.case.rules.terms[node.code].formula.node
        if self.case.line is not None:
            return self.number(formula)
        key = (node.code, self.case.size, self.case.span)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self.number(formula)
        return found

    def _choose_number(self, node: n.Choose) -> Curve:
        if not self.depends(node.test):
            test = judge.truth(node.test, self.case)
            if test is None:
                return c.union([self.number(node.yes), self.number(node.no)])
            return self.number(node.yes if test else node.no)
        tests, yes, no = self.truth(node.test), self.number(node.yes), self.number(node.no)
        starts = sorted({start for start, _ in tests} | {piece[0] for piece in yes} | {piece[0] for piece in no})
        found: Curve = []
        for place, start in enumerate(starts):
            test = [truth for at, truth in tests if at <= start][-1]
            y, w = [p for p in yes if p[0] <= start][-1], [p for p in no if p[0] <= start][-1]
            if test is None:
                end = starts[place + 1] if place + 1 < len(starts) else None
                both = c.union([[(start, *y[1:])], [(start, *w[1:])]])
                found += [piece for piece in both if end is None or piece[0] < end]
            else:
                found.append((start, *(y if test else w)[1:]))
        return found

    def _arithmetic(self, node: n.Arithmetic) -> Curve:
        left, right = self.number(node.left), None
        if node.op == "/":
            by = judge.number(node.right, self.case)
            assert by[0] is not None, "a divisor is one known number"
            return c.divide(left, by[0], by[2])
        if node.op == "*":
            if not self.depends(node.left):
                return c.multiply(self.number(node.right), judge.number(node.left, self.case))
            if self.depends(node.right):
                raise Unsolvable
            return c.multiply(left, judge.number(node.right, self.case))
        right = self.number(node.right)
        return c.add(left, right) if node.op == "+" else c.subtract(left, right)

    def _extreme(self, node: n.Extreme) -> Curve:
        parts = [self.number(part) for part in node.parts]
        return c.maximum(parts) if node.how == "max" else c.minimum(parts)

    def _spread(self, node: n.Spread) -> Curve:
        case = self.case
        line = case.line
        assert line is not None
        span = judge.spread_span(node, case)
        low, high = case.month_count(line, span)
        if high == 0:
            return c.constant(v.ZERO, self.target.start)
        if not line.is_monthly:
            return c.scale(self.number(node.once), low, high)
        if not node.by_month:
            return c.scale(self.number(node.monthly), low, high)
        total, outer = c.constant(v.ZERO, self.target.start), case.month
        try:
            for month in range(span[0], span[1] + 1):
                covered = case.covers(line, month)
                if covered is not False:
                    case.month = month
                    total = c.add(total, c.scale(self.number(node.monthly), int(covered is True), 1))
        finally:
            case.month = outer
        return total

    def _share(self, node: n.Share) -> Curve:
        whole = self.number(node.whole)
        fewest, most = judge.sharers(self.case)
        return [
            (start, None if low is None else low * fewest, ls * fewest, None if high is None else high * most, hs * most,
             den * fewest * most)
            for start, low, ls, high, hs, den in whole
        ]  # fmt: skip

    def _last_number(self, node: n.Last) -> Curve:
        self.narrowed = True
        with judge.narrowed(node, self.case):
            return self.number(node.part)


_TRUTH: dict[type[n.Node], Callable[[Solver, Any], Steps]] = {
    n.And: lambda solver, node: solver._several(node.parts, False, v.all_of),
    n.Or: lambda solver, node: solver._several(node.parts, True, v.any_of),
    n.Not: lambda solver, node: [(start, v.negation(truth)) for start, truth in solver.truth(node.part)],
    n.Choose: Solver._choose_truth,
    n.Compare: Solver._compare,
    n.EveryMonth: Solver._every_month,
    n.Last: Solver._last_truth,
    n.Quantified: Solver._quantified,
    n.Published: Solver._published,
    n.Term: lambda solver, node: solver.truth(solver.case.rules.terms[node.code].formula.node),
}
_NUMBER: dict[type[n.Node], Callable[[Solver, Any], Curve]] = {
    n.Fact: Solver._fact,
    n.Standard: Solver._standard,
    n.Pot: Solver._pot,
    n.Term: Solver._term,
    n.Choose: Solver._choose_number,
    n.Arithmetic: Solver._arithmetic,
    n.Extreme: Solver._extreme,
    n.RoundHalfUp: lambda solver, node: c.half_up(solver.number(node.part)),
    n.Spread: Solver._spread,
    n.Share: Solver._share,
    n.Last: Solver._last_number,
}
