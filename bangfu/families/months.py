"""Calendar months as ``"2020-09"``: spans and the months a grid shows."""

import re
from collections.abc import Mapping
from datetime import date

from bangfu.common.errors import Refused

_MONTH = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D?|(\d{4})(\d{2})")
EARLIEST_YEARS = 10
"""A month more than so many years before the application is outside reason."""


def ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def text(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def span(first: str, last: str) -> list[str]:
    """All months from ``first`` to ``last``, both included."""
    return [text(number) for number in range(ordinal(first), ordinal(last) + 1)]


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def before(day: date, count: int) -> list[str]:
    """The ``count`` full months before the month of ``day``."""
    end = ordinal(month_of(day))
    return [text(number) for number in range(end - count, end)]


def parse_month(typed: str, application_date: date) -> str:
    """``2020-09``, ``2020.9``, ``202009``, ``2020年9月`` → ``"2020-09"``. Raises ``Refused`` for what is no month or outside reason."""
    clean = typed.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    found = _MONTH.fullmatch(clean)
    if not found:
        raise Refused(f"“{typed}”不是年月，请写成 2020-09")
    year, month = (int(part) for part in (found.groups()[:2] if found.group(1) else found.groups()[2:]))
    if not 1 <= month <= 12:
        raise Refused(f"“{typed}”中的月份应在 1—12 之间")
    answer = f"{year:04d}-{month:02d}"
    if ordinal(answer) > ordinal(month_of(application_date)):
        raise Refused(f"{answer} 晚于申请月份 {month_of(application_date)}")
    if year < application_date.year - EARLIEST_YEARS:
        raise Refused(f"{answer} 早于申请日期 {EARLIEST_YEARS} 年以上，请核对")
    return answer


def segments(cells: Mapping[str, int | None]) -> list[tuple[str, str, int | None]]:
    """Cells as runs of one value: ``[("2020-04", "2020-07", 230000), ("2020-08", "2020-09", None)]``, in the order of time."""
    runs: list[tuple[str, str, int | None]] = []
    for month in sorted(cells):
        value = cells[month]
        if runs and runs[-1][2] == value and ordinal(month) == ordinal(runs[-1][1]) + 1:
            runs[-1] = (runs[-1][0], month, value)
        else:
            runs.append((month, month, value))
    return runs
