"""Calendar months as plain numbers: year · 12 + (month − 1), so that windows are subtraction."""

from __future__ import annotations

import datetime
import re

PATTERN = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_month(text: str) -> int:
    """`"2020-09"` → its number. Raises ValueError."""
    if not PATTERN.fullmatch(text):
        raise ValueError(f"{text!r} is not a month like 2020-09")
    return int(text[:4]) * 12 + int(text[5:]) - 1


def format_month(number: int) -> str:
    """The number back as `"2020-09"`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(day: datetime.date) -> int:
    """The month a day lies in."""
    return day.year * 12 + day.month - 1


def parse_date(text: str) -> datetime.date:
    """`"2020-09-30"` → the date. Raises ValueError for other shapes and for days that do not exist."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date like 2020-09-30")
    try:
        return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar") from None
