"""Money in integer 分, and the few roundings the texts allow. No floats anywhere."""

from __future__ import annotations

import re

#: Yuan with at most twelve digits before the point and two after it, never negative (the facts contract).
PATTERN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")


def parse_fen(text: str) -> int:
    """分 of a decimal string in yuan: `"2300.5"` → 230050. Raises ValueError for anything else."""
    if not PATTERN.fullmatch(text):
        raise ValueError(f"{text!r} is not an amount in yuan with at most twelve digits and two decimals")
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int((rest + "00")[:2])


def format_fen(fen: int) -> str:
    """Yuan with two decimals: -8667 → `"-86.67"`; zero never carries a sign."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan}.{rest:02d}"


def group_fen(fen: int) -> str:
    """As `format_fen`, with thousands separated for people: 1234567 → `"12,345.67"`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def half_away(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half away from zero. The denominator is positive."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up (towards plus infinity). The denominator is positive."""
    return (2 * numerator + denominator) // (2 * denominator)
