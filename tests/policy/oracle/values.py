"""Three values and intervals of the second reading, each with the unknown facts that it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | float  # float only for the infinities
Why = frozenset[str]
NOTHING: Why = frozenset()


@dataclass(frozen=True)
class Truth:
    value: bool | None
    why: Why = NOTHING


YES, NO = Truth(True), Truth(False)


def fact(value: bool | None, path: str) -> Truth:
    return Truth(value, frozenset({path}) if value is None else NOTHING)


def both(*parts: Truth) -> Truth:
    if any(part.value is False for part in parts):
        return NO
    open_parts = [part.why for part in parts if part.value is None]
    return Truth(None, NOTHING.union(*open_parts)) if open_parts else YES


def no(part: Truth) -> Truth:
    return Truth(None if part.value is None else not part.value, part.why)


def either(*parts: Truth) -> Truth:
    return no(both(*(no(part) for part in parts)))


@dataclass(frozen=True)
class Range:
    """From `low` to `high` yuan; `why` holds the unknown facts unless one value alone is possible."""

    low: Number
    high: Number
    why: Why = NOTHING

    @property
    def single(self) -> bool:
        return self.low == self.high

    def because(self, why: Iterable[str]) -> Range:
        return self if self.single else Range(self.low, self.high, self.why | frozenset(why))

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high, self.why | other.why)

    def __sub__(self, other: Range) -> Range:
        return Range(self.low - other.high, self.high - other.low, self.why | other.why)

    def times(self, factor: Fraction | int) -> Range:
        """By a known factor of zero or more; nothing times without end is nothing."""
        if factor == 0:
            return ZERO
        return Range(self.low * factor, self.high * factor, self.why)

    def or_zero(self, why: Why) -> Range:
        return Range(min(self.low, 0), max(self.high, 0), self.why).because(why)

    def floor_zero(self) -> Range:
        low, high = max(self.low, 0), max(self.high, 0)
        return Range(low, high, self.why if low != high else NOTHING)


ZERO = Range(Fraction(0), Fraction(0))


def exactly(value: Fraction | int | str) -> Range:
    return Range(Fraction(value), Fraction(value))


def unknown(path: str, high: Number = math.inf) -> Range:
    return Range(Fraction(0), high, frozenset({path}))


def money(value: str | int | None, path: str) -> Range:
    return unknown(path) if value is None else exactly(value)


def total(parts: Iterable[Range]) -> Range:
    result = ZERO
    for part in parts:
        result = result + part
    return result


def if_so(test: Truth, value: Range) -> Range:
    """The value where the test holds, otherwise nothing."""
    if test.value is None:
        return value.or_zero(test.why)
    return value if test.value else ZERO


def compare(left: Range, op: str, right: Range) -> Truth:
    if op in (">", ">="):
        return compare(right, "<" if op == ">" else "<=", left)
    if op == "<":
        sure, never = left.high < right.low, left.low >= right.high
    else:
        sure, never = left.high <= right.low, left.low > right.high
    if sure or never:
        return Truth(sure)
    return Truth(None, left.why | right.why)


Sized = Callable[[int], Range]


def half_away(value: Fraction, digits: int = 2) -> str:
    """Rounded half away from zero; never a minus before zero."""
    scaled = abs(value) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    text = f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return f"-{text}" if value < 0 and whole else text


def half_up(value: Number) -> Number:
    """A sum of zero or more, to the 分."""
    return value if value == math.inf else Fraction(math.floor(Fraction(value) * 100 + Fraction(1, 2)), 100)
