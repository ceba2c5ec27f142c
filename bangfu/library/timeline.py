"""When the texts apply, as bars of 1000 on one line of years."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from bangfu.policy.texts import Text

WIDTH = 1000
STATES = {"on": "施行中", "over": "已停用", "ahead": "未到施行日", "undated": "施行日未载明"}
ISSUERS = {"union": "全国总工会", "civil": "民政部门", "local": "地方工会"}


@dataclass(frozen=True)
class Bar:
    """One text on the line: where its bar begins and how long it is; `dated` is False where the first day is not in the text."""

    x: int
    width: int
    dated: bool
    open_end: bool
    words: str


@dataclass(frozen=True)
class Line:
    """The years of the line and where today stands."""

    years: tuple[int, ...]
    ticks: tuple[int, ...]
    today: int
    first: datetime.date
    days: int


def line(listed: tuple[Text, ...], today: datetime.date) -> Line:
    """From the year of the oldest text to the end of this year or of the last change, whichever is later."""
    years = [text.year for text in listed if text.year]
    ends = [text.last_day.year for text in listed if text.last_day]
    low, high = min([*years, today.year]), max([*years, *ends, today.year])
    first = datetime.date(low, 1, 1)
    days = (datetime.date(high + 1, 1, 1) - first).days
    span = tuple(range(low, high + 1))
    ticks = tuple((datetime.date(year, 1, 1) - first).days * WIDTH // days for year in span[1:])
    return Line(span, ticks, (today - first).days * WIDTH // days, first, days)


def state(text: Text, today: datetime.date) -> str:
    """on · over · ahead · undated (key of ``STATES``)."""
    applies = text.in_force(today)
    if applies is None:
        return "undated"
    if applies:
        return "on"
    return "over" if text.last_day is not None and text.last_day < today else "ahead"


def bar(text: Text, scale: Line) -> Bar | None:
    """Where the text stands on the line; None when neither day nor year is known."""
    if text.year is None:
        return None
    start = text.first_day or datetime.date(text.year, 1, 1)
    x = (start - scale.first).days * WIDTH // scale.days
    end = (
        (text.last_day + datetime.timedelta(days=1) - scale.first).days * WIDTH // scale.days
        if text.last_day
        else WIDTH
    )
    return Bar(x, max(end - x, 4), text.first_day is not None, text.last_day is None, words(text))


def words(text: Text) -> str:
    """The validity in words: 2018年12月21日起；2016年（施行日未载明）起，至2020年6月27日."""
    if text.first_day is not None:
        said = f"{_day(text.first_day)}起"
    else:
        said = f"{text.year}年（施行日未载明）起" if text.year else "施行日未载明"
    return f"{said}，至{_day(text.last_day)}" if text.last_day else f"{said}，未规定截止"


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def issuer(text: Text) -> str:
    """Key of ``ISSUERS``: whose text it is, for the order of the page."""
    if text.issuer.startswith("中华全国总工会"):
        return "union"
    return "civil" if text.issuer.startswith("民政部") else "local"
