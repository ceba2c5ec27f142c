"""Numbers that may be unknown: closed intervals with exact rational ends.

An interval is a tuple `(low, high, denominator)`: the ends are `low / denominator` and `high / denominator`; the denominator is a positive
integer; `low` None means no lower bound, `high` None no upper bound. Truth is True, False or None (unknown), joined by Kleene's tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from bangfu.policy import money

Interval: TypeAlias = tuple[int | None, int | None, int]
Truth: TypeAlias = bool | None

ZERO: Interval = (0, 0, 1)
NOT_NEGATIVE: Interval = (0, None, 1)
FROM_ZERO_TO_ONE: Interval = (0, 1, 1)


def exactly(numerator: int, denominator: int = 1) -> Interval:
    return (numerator, numerator, denominator)


def is_single(value: Interval) -> bool:
    return value[0] is not None and value[0] == value[1]


def add(a: Interval, b: Interval) -> Interval:
    (al, ah, ad), (bl, bh, bd) = a, b
    if ad == bd:
        return (
            None if al is None or bl is None else al + bl,
            None if ah is None or bh is None else ah + bh,
            ad,
        )
    return (
        None if al is None or bl is None else al * bd + bl * ad,
        None if ah is None or bh is None else ah * bd + bh * ad,
        ad * bd,
    )


def negate(a: Interval) -> Interval:
    low, high, den = a
    return (None if high is None else -high, None if low is None else -low, den)


def subtract(a: Interval, b: Interval) -> Interval:
    return add(a, negate(b))


def multiply(a: Interval, b: Interval) -> Interval:
    (al, ah, ad), (bl, bh, bd) = a, b
    den = ad * bd
    if al is not None and bl is not None and al >= 0 and bl >= 0:
        high = 0 if (ah == 0 or bh == 0) else None if ah is None or bh is None else ah * bh
        return (al * bl, high, den)
    # Mixed signs: the ends are among the four products; an infinite end times zero is zero.
    products: list[tuple[int, int]] = []  # (sign of infinity, finite value)
    for x, x_infinite in ((al, -1), (ah, 1)):
        for y, y_infinite in ((bl, -1), (bh, 1)):
            if x is not None and y is not None:
                products.append((0, x * y))
            elif x == 0 or y == 0:
                products.append((0, 0))
            else:
                x_sign = x_infinite if x is None else (1 if x > 0 else -1)
                y_sign = y_infinite if y is None else (1 if y > 0 else -1)
                products.append((x_sign * y_sign, 0))
    least, most = min(products), max(products)
    return (None if least[0] < 0 else least[1], None if most[0] > 0 else most[1], den)


def divide(a: Interval, by: int, by_denominator: int = 1) -> Interval:
    """Divided by a known positive number."""
    low, high, den = a
    if by_denominator != 1:
        low = None if low is None else low * by_denominator
        high = None if high is None else high * by_denominator
    return (low, high, den * by)


def scale(a: Interval, low_count: int, high_count: int) -> Interval:
    """A value that is not negative, taken between `low_count` and `high_count` times."""
    low, high, den = a
    return (
        None if low is None else low * low_count,
        0 if high_count == 0 else None if high is None else high * high_count,
        den,
    )


def _same_denominator(values: list[Interval]) -> list[Interval]:
    den = values[0][2]
    if all(value[2] == den for value in values):
        return values
    common = 1
    for value in values:
        common *= value[2]
    return [
        (
            None if low is None else low * (common // d),
            None if high is None else high * (common // d),
            common,
        )
        for low, high, d in values
    ]


def union(values: Iterable[Interval]) -> Interval:
    """The narrowest interval that holds them all. At least one value."""
    listed = list(values)
    if len(listed) == 1:
        return listed[0]
    listed = _same_denominator(listed)
    low, high = listed[0][0], listed[0][1]
    for other_low, other_high, _ in listed[1:]:
        low = None if low is None or other_low is None else min(low, other_low)
        high = None if high is None or other_high is None else max(high, other_high)
    return (low, high, listed[0][2])


def maximum(values: Iterable[Interval]) -> Interval:
    listed = _same_denominator(list(values))
    lows = [low for low, _, _ in listed if low is not None]
    highs = [high for _, high, _ in listed]
    return (max(lows) if lows else None, None if any(high is None for high in highs) else max(highs), listed[0][2])  # type: ignore[type-var]


def minimum(values: Iterable[Interval]) -> Interval:
    return negate(maximum([negate(value) for value in values]))


def half_up(a: Interval) -> Interval:
    """Both ends rounded half up to whole units (分)."""
    low, high, den = a
    if den == 1:
        return a
    return (None if low is None else money.half_up(low, den), None if high is None else money.half_up(high, den), 1)


def always(op: str, a: Interval, b: Interval) -> Truth:
    """Whether `a op b` holds for every pair of values (True), for none (False), or for some only (None)."""
    (al, ah, ad), (bl, bh, bd) = a, b
    if ad != bd:  # cross-multiplied: exact, and the denominators are positive
        al, ah = None if al is None else al * bd, None if ah is None else ah * bd
        bl, bh = None if bl is None else bl * ad, None if bh is None else bh * ad
    if op == "<=":
        if ah is not None and bl is not None and ah <= bl:
            return True
        return False if al is not None and bh is not None and al > bh else None
    if op == "<":
        if ah is not None and bl is not None and ah < bl:
            return True
        return False if al is not None and bh is not None and al >= bh else None
    if op == ">=":
        return negation(always("<", a, b))
    if op == ">":
        return negation(always("<=", a, b))
    if op == "==":
        if al is not None and al == ah and bl == bh and al == bl:
            return True
        apart = (ah is not None and bl is not None and ah < bl) or (al is not None and bh is not None and al > bh)
        return False if apart else None
    return negation(always("==", a, b))


def negation(value: Truth) -> Truth:
    return None if value is None else not value


def all_of(values: Iterable[Truth]) -> Truth:
    """Kleene's conjunction; true for nothing at all."""
    unknown = False
    for value in values:
        if value is False:
            return False
        if value is None:
            unknown = True
    return None if unknown else True


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene's disjunction; false for nothing at all."""
    unknown = False
    for value in values:
        if value is True:
            return True
        if value is None:
            unknown = True
    return None if unknown else False
