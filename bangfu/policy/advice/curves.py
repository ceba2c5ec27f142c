"""Numbers as functions of one amount: closed intervals whose ends are piecewise linear, exactly, over whole numbers.

A *piece* is a tuple `(start, low, low slope, high, high slope, denominator)`: from the whole number `start` on (until the next piece), the
value at `t` lies between `(low + low slope · t) / denominator` and `(high + high slope · t) / denominator`; an end that is None is
open. A *curve* is a list of pieces in order; the first starts where the amount's range starts. *Steps* are a list of
`(start, truth)`: a truth as a function of the amount. Every switch lies on a whole number, so a result is exact to the 分.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from bangfu.policy.tree import values as v
from bangfu.policy.tree.values import Interval, Truth

Piece: TypeAlias = tuple[int, int | None, int, int | None, int, int]
Curve: TypeAlias = list[Piece]
Steps: TypeAlias = list[tuple[int, Truth]]
_ZERO: Interval = (0, 0, 1)


class Unsolvable(Exception):
    """The amount stands in a formula in a way that has no closed form."""


def constant(value: Interval, start: int) -> Curve:
    low, high, den = value
    return [(start, low, 0, high, 0, den)]


def together(a: Curve, b: Curve) -> list[tuple[int, Piece, Piece]]:
    """Both curves over the same pieces."""
    if len(a) == 1 and len(b) == 1:
        return [(a[0][0], a[0], b[0])]
    found = []
    i = j = 0
    for start in sorted({one[0] for one in a} | {one[0] for one in b}):
        while i + 1 < len(a) and a[i + 1][0] <= start:
            i += 1
        while j + 1 < len(b) and b[j + 1][0] <= start:
            j += 1
        found.append((start, a[i], b[j]))
    return found


def _plus(a: int | None, b: int | None, ad: int, bd: int) -> int | None:
    return None if a is None or b is None else a * bd + b * ad


def add(a: Curve, b: Curve) -> Curve:
    found: Curve = []
    for start, (_, al, als, ah, ahs, ad), (_, bl, bls, bh, bhs, bd) in together(a, b):
        if ad == bd:
            low = None if al is None or bl is None else al + bl
            high = None if ah is None or bh is None else ah + bh
            found.append((start, low, als + bls, high, ahs + bhs, ad))
        else:
            low, high = _plus(al, bl, ad, bd), _plus(ah, bh, ad, bd)
            found.append((start, low, als * bd + bls * ad, high, ahs * bd + bhs * ad, ad * bd))
    return found


def negate(a: Curve) -> Curve:
    return [
        (start, None if high is None else -high, -hs, None if low is None else -low, -ls, den)
        for start, low, ls, high, hs, den in a
    ]


def subtract(a: Curve, b: Curve) -> Curve:
    return add(a, negate(b))


def divide(a: Curve, by: int, by_denominator: int) -> Curve:
    """Divided by a known positive number."""
    m = by_denominator
    return [
        (start, None if low is None else low * m, ls * m, None if high is None else high * m, hs * m, den * by)
        for start, low, ls, high, hs, den in a
    ]


def scale(a: Curve, low_count: int, high_count: int) -> Curve:
    """A value that is not negative, taken between so many times."""
    return [
        (
            start,
            None if low is None else low * low_count,
            ls * low_count,
            0 if high_count == 0 else None if high is None else high * high_count,
            hs * high_count,
            den,
        )
        for start, low, ls, high, hs, den in a
    ]


# --- where a line crosses zero ------------------------------------------------------------------------------------------
def _turns(base: int | None, slope: int) -> tuple[int, ...]:
    """The whole numbers at which the sign of `base + slope · t` changes its word: negative, zero, positive."""
    if base is None or slope == 0:
        return ()
    quotient, rest = divmod(-base, slope)
    return (quotient + 1,) if rest else (quotient, quotient + 1)


def split(a: Curve, ends: Callable[[Piece], Iterable[tuple[int | None, int]]]) -> Curve:
    """The same curve, cut wherever one of the lines `ends` names changes its sign."""
    found: Curve = []
    for place, piece in enumerate(a):
        start = piece[0]
        end = a[place + 1][0] if place + 1 < len(a) else None
        cuts = {start}
        for base, slope in ends(piece):
            cuts.update(turn for turn in _turns(base, slope) if turn > start and (end is None or turn < end))
        found += [(cut, *piece[1:]) for cut in sorted(cuts)] if len(cuts) > 1 else [piece]
    return found


def multiply(a: Curve, b: Interval) -> Curve:
    """Times a known number, or an interval that does not reach below nothing or is wholly below it."""
    bl, bh, bd = b
    if bh is not None and bh < 0:
        return negate(multiply(a, v.negate(b)))
    if bl is None or bl < 0:
        raise Unsolvable
    if bl == bh:
        return [
            (start, None if low is None else low * bl, ls * bl, None if high is None else high * bl, hs * bl, den * bd)
            if bl else (start, 0, 0, 0, 0, 1)
            for start, low, ls, high, hs, den in a
        ]  # fmt: skip
    found: Curve = []
    for start, low, ls, high, hs, den in split(a, lambda piece: ((piece[1], piece[2]), (piece[3], piece[4]))):
        low_factor = bl if low is not None and low + ls * start >= 0 else bh
        high_factor = bh if high is None or high + hs * start >= 0 else bl
        # nothing times something without a bound is nothing; where a slope passes zero, `split` made a piece of that one number
        zero_low = low is not None and low + ls * start == 0
        zero_high = high is not None and high + hs * start == 0
        if low is None or low_factor is None:
            new_low: tuple[int | None, int] = (0, 0) if zero_low else (None, 0)
        else:
            new_low = (low * low_factor, ls * low_factor)
        if high is None or high_factor is None:
            new_high: tuple[int | None, int] = (0, 0) if zero_high else (None, 0)
        else:
            new_high = (high * high_factor, hs * high_factor)
        found.append((start, *new_low, *new_high, den * bd))
    return found


def _larger(a: Curve, b: Curve, *, low_open_loses: bool) -> Curve:
    """Piecewise maximum of both ends. An open low end loses (maximum) or wins (for hulls, see `union`)."""
    found: Curve = []
    listed = together(a, b)
    for place, (start, (_, al, als, ah, ahs, ad), (_, bl, bls, bh, bhs, bd)) in enumerate(listed):
        end = listed[place + 1][0] if place + 1 < len(listed) else None
        den = ad
        if ad != bd:
            al, als, ah, ahs = None if al is None else al * bd, als * bd, None if ah is None else ah * bd, ahs * bd
            bl, bls, bh, bhs = None if bl is None else bl * ad, bls * ad, None if bh is None else bh * ad, bhs * ad
            den = ad * bd
        cuts = {start}
        for x, xs, y, ys in ((al, als, bl, bls), (ah, ahs, bh, bhs)):
            if x is not None and y is not None:
                turns = _turns(x - y, xs - ys)
                cuts.update(turn for turn in turns if turn > start and (end is None or turn < end))
        for cut in sorted(cuts):
            if al is None or bl is None:
                low = ((bl, bls) if al is None else (al, als)) if low_open_loses else (None, 0)
            elif low_open_loses:
                low = (al, als) if al + als * cut >= bl + bls * cut else (bl, bls)
            else:
                low = (al, als) if al + als * cut <= bl + bls * cut else (bl, bls)
            if ah is None or bh is None:
                high: tuple[int | None, int] = (None, 0)
            else:
                high = (ah, ahs) if ah + ahs * cut >= bh + bhs * cut else (bh, bhs)
            found.append((cut, *low, *high, den))
    return found


def maximum(parts: Sequence[Curve]) -> Curve:
    found = parts[0]
    for part in parts[1:]:
        found = _larger(found, part, low_open_loses=True)
    return found


def minimum(parts: Sequence[Curve]) -> Curve:
    return negate(maximum([negate(part) for part in parts]))


def union(parts: Sequence[Curve]) -> Curve:
    """The narrowest curve that holds them all."""
    found = parts[0]
    for part in parts[1:]:
        found = _larger(found, part, low_open_loses=False)
    return found


def half_up(a: Curve) -> Curve:
    """Rounded to whole 分; a slope through a fraction has no closed form."""
    found: Curve = []
    for start, low, ls, high, hs, den in a:
        if den == 1 or (
            (low is None or low % den == 0) and (high is None or high % den == 0) and ls % den == hs % den == 0
        ):
            found.append((start, None if low is None else low // den, ls // den, None if high is None else high // den, hs // den, 1))  # fmt: skip
        elif ls or hs:
            raise Unsolvable
        else:
            low, high, _ = v.half_up((low, high, den))
            found.append((start, low, 0, high, 0, 1))
    return found


# --- truths -------------------------------------------------------------------------------------------------------------
def compare(op: str, left: Curve, right: Curve) -> Steps:
    """`left op right` as steps: what the judge's comparison of intervals says at every whole number."""
    steps: Steps = []
    for start, low, ls, high, hs, _ in split(
        subtract(left, right), lambda piece: ((piece[1], piece[2]), (piece[3], piece[4]))
    ):
        here = (None if low is None else low + ls * start, None if high is None else high + hs * start, 1)
        truth = v.always(op, here, _ZERO)
        if not steps or steps[-1][1] is not truth:
            steps.append((start, truth))
    return steps


def join(parts: Sequence[Steps], how: Callable[[Iterable[Truth]], Truth]) -> Steps:
    """Steps of a truth made of several."""
    if len(parts) == 1 and len(parts[0]) == 1:
        return [(parts[0][0][0], how((parts[0][0][1],)))]
    return [(start, how(truths)) for start, truths in merged(parts)]


def merged(parts: Sequence[Sequence[tuple[int, Any]]]) -> list[tuple[int, list[Any]]]:
    """Several lists of steps over the same starts: (start, what each says there)."""
    starts = sorted({start for part in parts for start, _ in part})
    at = [0] * len(parts)
    found = []
    for start in starts:
        for place, part in enumerate(parts):
            while at[place] + 1 < len(part) and part[at[place] + 1][0] <= start:
                at[place] += 1
        found.append((start, [part[k][1] for part, k in zip(parts, at, strict=True)]))
    return found


def tidy(steps: Sequence[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Without starts at which nothing changes."""
    found: list[tuple[int, Any]] = []
    for start, value in steps:
        if not found or found[-1][1] != value:
            found.append((start, value))
    return found
