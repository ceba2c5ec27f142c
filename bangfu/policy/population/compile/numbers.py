"""Numbers that may be unknown, as expressions: the intervals of `tree.values`, one column or two.

Where nothing is unknown the two ends are one expression, and the program is as lean as if unknown numbers did not exist.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bangfu.policy.population.ir import Expr, Maker


@dataclass(frozen=True)
class Num:
    """From `low` to `high`, each over `den · size**power`. None has no bound at all; where an end is null it has none in that row."""

    low: Expr | None
    high: Expr | None
    den: int = 1
    power: int = 0
    size: Expr | None = None

    @property
    def known(self) -> bool:
        return self.low is self.high and self.low is not None and not self.low.nullable

    @property
    def finite(self) -> bool:
        return self.low is not None and self.high is not None and not (self.low.nullable or self.high.nullable)


class Numbers:
    """Operations on `Num`, the same as those of `tree.values`."""

    def __init__(self, make: Maker) -> None:
        self.make = make
        self.zero = Num(make.zero, make.zero)
        self.not_negative = Num(make.zero, None)

    def exactly(self, numerator: int, denominator: int = 1) -> Num:
        one = self.make.const(numerator)
        return Num(one, one, denominator)

    def single(self, value: Expr) -> Num:
        """A number that is known wherever it is not null, and at least zero where it is."""
        if not value.nullable:
            return Num(value, value)
        return Num(self.make.or_else(value, self.make.zero), value)

    def scaled(self, value: Expr | None, times: int, size: Expr | None, power: int) -> Expr | None:
        if value is None:
            return None
        value = self.make.times(value, self.make.const(times))
        for _ in range(power):
            assert size is not None
            value = self.make.times(value, size)
        return value

    def alike(self, numbers: Sequence[Num]) -> list[Num]:
        """The same numbers over one denominator."""
        den = math.lcm(*(one.den for one in numbers))
        power = max(one.power for one in numbers)
        size = next((one.size for one in numbers if one.size is not None), None)
        found: list[Num] = []
        for one in numbers:
            times, by = den // one.den, power - one.power
            low = self.scaled(one.low, times, size, by)
            high = low if one.low is one.high else self.scaled(one.high, times, size, by)
            found.append(Num(low, high, den, power, size))
        return found

    def add(self, a: Num, b: Num) -> Num:
        a, b = self.alike((a, b))
        low = None if a.low is None or b.low is None else self.make.add(a.low, b.low)
        if a.known and b.known:
            return replace(a, low=low, high=low)
        high = None if a.high is None or b.high is None else self.make.add(a.high, b.high)
        return replace(a, low=low, high=high)

    def negate(self, a: Num) -> Num:
        low = None if a.high is None else self.make.minus(self.make.zero, a.high)
        if a.known:
            return replace(a, low=low, high=low)
        return replace(a, low=low, high=None if a.low is None else self.make.minus(self.make.zero, a.low))

    def subtract(self, a: Num, b: Num) -> Num:
        a, b = self.alike((a, b))
        low = None if a.low is None or b.high is None else self.make.minus(a.low, b.high)
        if a.known and b.known:
            return replace(a, low=low, high=low)
        high = None if a.high is None or b.low is None else self.make.minus(a.high, b.low)
        return replace(a, low=low, high=high)

    def multiply(self, a: Num, b: Num) -> Num:
        m = self.make
        den, power, size = a.den * b.den, a.power + b.power, a.size or b.size

        def made(low: Expr | None, high: Expr | None) -> Num:
            return Num(low, high, den, power, size)

        if a.known and b.known:
            assert a.low is not None
            assert b.low is not None
            product = m.times(a.low, b.low)
            return made(product, product)
        for one, other in ((a, b), (b, a)):
            constant = one.low
            if one.known and constant is not None and (constant.low >= 0 or constant.high <= 0):
                ends = [None if end is None else m.times(end, constant) for end in (other.low, other.high)]
                if constant is m.zero:
                    return made(m.zero, m.zero)
                if constant.low > 0:
                    return made(ends[0], ends[1])
                if constant.high < 0:
                    return made(ends[1], ends[0])
        if all(one.low is not None and not one.low.nullable and one.low.low >= 0 for one in (a, b)):
            assert a.low is not None
            assert b.low is not None
            nothing = [m.compare("=", end, m.zero) for end in (a.high, b.high) if end is not None]
            both = None if a.high is None or b.high is None else m.times(a.high, b.high)
            if both is not None and not both.nullable:
                return made(m.times(a.low, b.low), both)
            return made(m.times(a.low, b.low), m.case([(one, m.zero) for one in nothing], both or m.no_number))
        return made(*self._mixed(a, b))

    def _mixed(self, a: Num, b: Num) -> tuple[Expr, Expr]:
        """Of mixed signs: the ends are among the four products; a missing end times zero is zero, else without bound."""
        m = self.make
        ends = {"al": a.low or m.no_number, "ah": a.high or m.no_number, "bl": b.low or m.no_number, "bh": b.high or m.no_number}  # fmt: skip
        down: list[Expr] = []  # some product goes down without bound
        up: list[Expr] = []
        products: list[Expr] = []
        for x_name, y_name in (("al", "bl"), ("al", "bh"), ("ah", "bl"), ("ah", "bh")):
            x, y = ends[x_name], ends[y_name]
            products.append(m.or_else(m.times(x, y), m.zero))
            for one, name, other, other_name in ((x, x_name, y, y_name), (y, y_name, x, x_name)):
                if not one.nullable:
                    continue
                missing, grows = m.is_null(one), name[1] == "h"
                # The sign of the other factor: where it too is missing, that of its own side.
                other_up, other_down = (m.true, m.false) if other_name[1] == "h" else (m.false, m.true)
                above = m.case([(m.is_null(other), other_up)], m.surely(m.compare(">", other, m.zero)))
                below = m.case([(m.is_null(other), other_down)], m.surely(m.compare("<", other, m.zero)))
                up.append(m.all_of((missing, above if grows else below)))
                down.append(m.all_of((missing, below if grows else above)))
        least, most = products[0], products[0]
        for one in products[1:]:
            least, most = m.least(least, one), m.greatest(most, one)
        low = m.case([(m.any_of(down), m.no_number)], least)
        high = m.case([(m.any_of(up), m.no_number)], most)
        return low, high

    def divide(self, a: Num, by: int, by_denominator: int = 1) -> Num:
        """Divided by a known positive number."""
        factor = math.gcd(by, by_denominator)
        low = self.scaled(a.low, by_denominator // factor, None, 0)
        high = low if a.low is a.high else self.scaled(a.high, by_denominator // factor, None, 0)
        return replace(a, low=low, high=high, den=a.den * (by // factor))

    def by_size(self, a: Num, size: Expr) -> Num:
        return replace(a, power=a.power + 1, size=size)

    def union(self, a: Num, b: Num) -> Num:
        a, b = self.alike((a, b))
        if a.low is b.low and a.high is b.high:
            return a
        low = None if a.low is None or b.low is None else self.make.least(a.low, b.low)
        high = None if a.high is None or b.high is None else self.make.greatest(a.high, b.high)
        return replace(a, low=low, high=high)

    def maximum(self, numbers: Sequence[Num]) -> Num:
        m = self.make
        listed = self.alike(numbers)
        best = listed[0]
        for one in listed[1:]:
            if best.known and one.known:
                assert best.low is not None
                assert one.low is not None
                top = m.greatest(best.low, one.low)
                best = replace(best, low=top, high=top)
                continue
            high = None if best.high is None or one.high is None else m.greatest(best.high, one.high)
            best = replace(best, low=self._greater_known(best.low, one.low), high=high)
        return best

    def _greater_known(self, a: Expr | None, b: Expr | None) -> Expr | None:
        """The greater of two lower ends, of which a missing one is below all."""
        if a is None or b is None:
            return b if a is None else a
        if not a.nullable and not b.nullable:
            return self.make.greatest(a, b)
        m = self.make
        return m.case([(m.is_null(a), b), (m.is_null(b), a), (m.compare(">=", a, b), a)], b)

    def minimum(self, numbers: Sequence[Num]) -> Num:
        return self.negate(self.maximum([self.negate(one) for one in numbers]))

    def choose(self, test: Expr, yes: Num, no: Num) -> Num:
        """`yes` where the test is true, `no` where it is false, both where it is unknown."""
        m = self.make
        if test.op == "const" and test.data is not None:
            return yes if test.data else no
        yes, no = self.alike((yes, no))
        if not test.nullable:
            low = m.case([(test, yes.low or m.no_number)], no.low or m.no_number)
            if yes.known and no.known:
                return replace(yes, low=low, high=low)
            return replace(yes, low=low, high=m.case([(test, yes.high or m.no_number)], no.high or m.no_number))
        both = self.union(yes, no)
        ends = [
            m.case([(test, a or m.no_number), (m.negation(test), b or m.no_number)], c or m.no_number)
            for a, b, c in ((yes.low, no.low, both.low), (yes.high, no.high, both.high))
        ]
        return replace(yes, low=ends[0], high=ends[1])

    def when(self, test: Expr, a: Num) -> Num:
        """`a` where the test is true, zero where it is false; where it is unknown, between none and one time `a`."""
        m = self.make
        if test is m.true:
            return a
        if test is m.false:
            return self.zero
        if not test.nullable:
            return self.choose(test, a, self.zero)
        low = a.low or m.no_number
        none = m.zero if not low.nullable else m.case([(m.is_null(low), m.no_number)], m.zero)
        low = m.case([(test, low), (m.negation(test), m.zero)], none)
        high = m.case([(m.negation(test), m.zero)], a.high or m.no_number)
        return replace(a, low=low, high=high)

    def scale(self, a: Num, fewest: Expr, most: Expr) -> Num:
        """A number that is not negative, taken between `fewest` and `most` times."""
        m = self.make
        if a.known and fewest is most:
            assert a.low is not None
            product = m.times(a.low, fewest)
            return replace(a, low=product, high=product)
        never = m.compare("=", most, m.zero)
        low = None if a.low is None else m.times(a.low, fewest)
        high = None if a.high is None else m.times(a.high, most)
        if low is None or low.nullable:
            low = m.case([(never, m.zero)], low or m.no_number)
        if high is None or high.nullable:
            high = m.case([(never, m.zero)], high or m.no_number)
        return replace(a, low=low, high=high)

    # --- roundings: the only divisions --------------------------------------------------------------------------
    def denominator(self, a: Num) -> Expr:
        found = self.scaled(self.make.const(a.den), 1, a.size, a.power)
        assert found is not None
        return found

    def floor(self, x: Expr, d: Expr) -> Expr:
        """`x / d` rounded down; d is above zero."""
        m = self.make
        if x.low >= 0:
            return m.over(x, d)
        up = m.minus(m.zero, m.over(m.minus(m.add(m.minus(m.zero, x), d), m.one), d))
        above = (m.compare(">=", x, m.zero), m.over(x, d))
        if not x.nullable:
            return m.case([above], up)
        return m.case([above, (m.compare("<", x, m.zero), up)], m.no_number)

    def rounded_up(self, value: Expr | None, den: Expr) -> Expr | None:
        """value / den, half up to whole units."""
        m = self.make
        if value is None or den is m.one:
            return value
        return self.floor(m.add(m.times(value, m.const(2)), den), m.times(den, m.const(2)))

    def half_up(self, a: Num) -> Num:
        den = self.denominator(a)
        low = self.rounded_up(a.low, den)
        return Num(low, low if a.low is a.high else self.rounded_up(a.high, den))

    def half_away(self, value: Expr, den: Expr) -> Expr:
        """value / den, half away from zero to whole units. The value is not null where it is read."""
        m = self.make
        if den is m.one:
            return value
        twice = m.times(den, m.const(2))
        up = m.over(m.add(m.times(value, m.const(2)), den), twice)
        if value.low >= 0:
            return up
        down = m.minus(m.zero, m.over(m.add(m.times(value, m.const(-2)), den), twice))
        return m.case([(m.compare(">=", value, m.zero), up)], down)

    # --- comparing ----------------------------------------------------------------------------------------------
    def always(self, op: str, a: Num, b: Num) -> Expr:
        """Whether it holds for every pair of values, for none, or (null) for some only. Cross-multiplied: exact."""
        m = self.make
        a, b = self.alike((a, b))
        if a.known and b.known:
            assert a.low is not None
            assert b.low is not None
            return m.compare({"==": "=", "!=": "<>"}.get(op, op), a.low, b.low)
        if op in (">=", ">", "!="):
            return m.negation(self.always({">=": "<", ">": "<=", "!=": "=="}[op], a, b))
        none = m.no_number
        al, ah, bl, bh = a.low or none, a.high or none, b.low or none, b.high or none
        if op == "==":
            same = m.all_of((m.compare("=", al, ah), m.compare("=", bl, bh), m.compare("=", al, bl)))
            apart = [(m.compare("<", ah, bl), m.false), (m.compare(">", al, bh), m.false)]
            return m.case([(same, m.true), *apart], m.unknown)
        holds, fails = (m.compare("<=", ah, bl), m.compare(">", al, bh)) if op == "<=" else (m.compare("<", ah, bl), m.compare(">=", al, bh))  # fmt: skip
        return m.case([(holds, m.true), (fails, m.false)], m.unknown)
