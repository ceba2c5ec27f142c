"""Outcomes over one amount: where an amount changes the outcome, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bangfu.policy.advice.curves import Curve, Steps, Unsolvable
from bangfu.policy.advice.domains import Domain
from bangfu.policy.advice.solve import Solver, Target
from bangfu.policy.advice.state import Meaning, State
from bangfu.policy.facts import Expense, Income, PaidBy
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree.judge import spread_span

#: (first value, what it means), in order; each holds until the value before the next.
Segments = list[tuple[int, Meaning]]


class Rounded(Solver):
    """A solver for an amount that is rounded on its way: the rounded figure is the open leaf, `inner` leads back to the amount."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.inner: Curve | None = None

    def number(self, node: n.Node) -> Curve:
        if isinstance(node, n.RoundHalfUp) and self.depends(node):
            inner = Solver.number(self, node.part)
            if self.inner is not None and self.inner != inner:
                raise Unsolvable
            self.inner = inner
            return [self._free]
        return super().number(node)


def back(segments: Segments, curve: Curve, shift: int, *, rounded: bool = False) -> Segments:
    """Segments over a figure, told over the amount that makes it: figure = curve(amount) − shift, rounded half up if asked."""
    found: Segments = []
    for place, (start, low, slope, high, high_slope, den) in enumerate(curve):
        end = curve[place + 1][0] if place + 1 < len(curve) else None
        if low is None or high is None or (low, slope) != (high, high_slope) or (den != 1 and not rounded):
            raise Unsolvable
        twice = 2 if rounded else 1

        def reached(
            at: int, level: int, low: int = low, slope: int = slope, den: int = den, twice: int = twice
        ) -> bool:
            """Whether the figure is at least `level` there."""
            return twice * (low + slope * at) + (den if twice == 2 else 0) >= twice * den * (level + shift)

        cuts = {start}
        for level, _ in segments[1:] if slope else ():
            goal = twice * den * (level + shift) - (den if twice == 2 else 0) - twice * low
            factor = twice * slope
            cut = -(-goal // factor) if factor > 0 else goal // factor + 1
            if cut > start and (end is None or cut < end):
                cuts.add(cut)
        for cut in sorted(cuts):
            here = segments[0][1]
            for level, meaning in segments[1:]:
                if not reached(cut, level):
                    break
                here = meaning
            if not found or found[-1][1] != here:
                found.append((cut, here))
    return found


def _blank_line(state: State, of: str) -> tuple[Any, ...]:
    """The one line by which a whole list that is unknown is asked: income of each month, or a bill of the last one."""
    first, last = state.case.window
    worker = state.case.facts.worker_id
    if of == "incomes":
        return (Income(0, "wage", worker, monthly=0, first=first, last=last, is_monthly=True),)
    return (Expense(0, "illness", worker, month=last, total=0, paid_by=PaidBy(0, 0, 0, 0, 0)),)


@contextmanager
def _known(state: State, path: str, target: Target, *, unknown: bool) -> Iterator[None]:
    """The case with the amount at zero if it was unknown, so that nothing else is open because of it."""
    case = state.case
    if target.standard or target.pot:
        kept = case.memo
        case.memo = state.still_true(state.reaching(target.keys))
        try:
            yield
        finally:
            case.memo = kept
        return
    value: Any = 0
    if path in ("incomes", "expenses"):
        value = _blank_line(state, path)
    elif path.endswith(".paid_by"):
        value = PaidBy(0, 0, 0, 0, 0)
    if not unknown:
        yield
        return
    with state.different(path, value, target.keys):
        try:
            yield
        finally:
            if path in ("incomes", "expenses"):
                case.forget_rules()


def solve(state: State, path: str, domain: Domain, *, unknown: bool) -> tuple[Segments, dict[int, Steps]]:
    """The outcome as a function of the amount at a path, and the verdicts that make it. Raises `Unsolvable`."""
    assert domain.target is not None
    with _known(state, path, domain.target, unknown=unknown):
        reached = state.reaching(domain.target.keys)
        target = domain.target if reached is domain.target.keys else replace(domain.target, keys=reached)
        return _over(state, target)


def _over(state: State, target: Target) -> tuple[Segments, dict[int, Steps]]:
    items, places = state.plan.items, state.live(target.keys)
    if ".income_monthly" in target.name:
        solver = Rounded(state.case, state.plan, target)
        steps = {place: solver.truth(items[place].node) for place in places}
        segments = state.over(steps)
        if solver.inner is not None:
            return back(segments, solver.inner, 0, rounded=True), {}
        return segments, steps
    plain = Solver(state.case, state.plan, target)
    steps = {place: plain.truth(items[place].node) for place in places}
    return state.over(steps), steps


class Sums:
    """Outcomes over the sums of a household, worked out once for each sum and then told for each line that enters it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._pots: dict[str, tuple[Segments, bool, bool]] = {}

    def pot(self, code: str) -> tuple[Segments, bool, bool]:
        """(outcomes over what is added to a sum, whether only a part of the window is looked at somewhere, whether any condition
        turns with it: alone it may change no outcome, and together with another sum it may)."""
        found = self._pots.get(code)
        if found is None:
            state = self.state
            target = Target(frozenset({f"pot:{code}"}), pot=code, start=-(10**18))
            solver = Solver(state.case, state.plan, target)
            steps = {place: solver.truth(state.plan.items[place].node) for place in state.live(target.keys)}
            turns = any(len(one) > 1 for one in steps.values())
            found = self._pots[code] = (state.over(steps), solver.narrowed, turns)
        return found

    def line(self, path: str, domain: Domain) -> Segments:
        """Outcomes over a known amount of a line."""
        state, target = self.state, domain.target
        assert target is not None
        case = state.case
        line = (case.lines(target.of) or ())[target.position]
        rule = case.rule_of(target.of, line)
        if rule is None or case.owner_counts(line) is False:
            return []
        live: list[str] = []
        direct = case.owner_counts(line) is None or case.size is None or ".income_monthly" in target.name
        for code in rule.into:
            if state.pot_marked(code) and not line.incident:
                continue
            _, narrowed, turns = self.pot(code)
            if narrowed or turns:
                live.append(code)
                direct = direct or narrowed
        if not live:
            return []
        if len(live) == 1 and not direct:
            formula = rule.into[live[0]].node
            try:
                times = self._times(formula, line, target)
                if times is not None:
                    return _stretched(self.pot(live[0])[0], times, _now(line, target.name))
                curve = Solver(case, state.plan, target).line(formula, rule, line)
                shift = _at(curve, _now(line, target.name))
                return back(self.pot(live[0])[0], curve, shift)
            except Unsolvable:
                pass
        return solve(state, path, domain, unknown=False)[0]

    def _times(self, formula: n.Node, line: Any, target: Target) -> int | None:
        """How often a line brings its amount, where it brings just that for each month, as most do."""
        if not isinstance(formula, n.Spread) or (formula.by_month and line.is_monthly):
            return None
        leaf = formula.monthly if line.is_monthly else formula.once
        if not isinstance(leaf, n.Fact) or leaf.scope != "line" or leaf.name != target.name:
            return None
        low, high = self.state.case.month_count(line, spread_span(formula, self.state.case))
        return low if low == high else None


def _stretched(segments: Segments, times: int, now: int) -> Segments:
    """Segments over what is added to a sum, told over the amount that enters it so many times and is `now`."""
    if times == 0:
        return []
    found: Segments = [(0, segments[0][1])]
    for start, meaning in segments[1:]:
        cut = now - (-start // times)  # the least amount at which so much is added
        if cut <= found[-1][0]:
            found[-1] = (found[-1][0], meaning)  # a segment between two whole 分 of the amount is never met
        else:
            found.append((cut, meaning))
    return found


def _now(line: Any, name: str) -> int:
    value = line
    for part in name.split("."):
        value = getattr(value, part)
    assert isinstance(value, int)
    return value


def _at(curve: Curve, amount: int) -> int:
    """What the line brings now."""
    _, low, slope, _, _, den = [piece for piece in curve if piece[0] <= amount][-1]
    if low is None or (low + slope * amount) % den:
        raise Unsolvable
    return (low + slope * amount) // den
