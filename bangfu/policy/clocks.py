"""Deadlines as data: a clock has a length, a unit and a way of counting; dates are always given, never asked of the machine.

Counting (附件1 四（三）, 附件2 第十条 and 总工办发〔2020〕13号 第九条 leave it open; the rules of the house): the day something starts is
day 0, so the day after is day 1; the last day counts in full; months end on the same day number or, where the month has no
such day, on its last day.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Protocol

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

UNITS = ("working_day", "calendar_day", "month", "year", "date", "quarter", "parameter")


class Calendar(Protocol):
    """What the rules need of a working-day calendar."""

    def add_working_days(self, date: datetime.date, n: int) -> tuple[datetime.date, bool]:
        """The nth working day after `date`, and whether the answer rests on a year not yet published."""
        ...


@dataclass(frozen=True)
class Clock:
    """One deadline or period. `length` is None where the text gives no number; then it is a named parameter.

    `month` and `day` stand for a clock of unit `date`. `full`: the whole last day must have passed before anything goes on.
    `before`: the named day itself is no longer safely in time. `stops`: the event that ends it by itself (as `starts` names the one that
    begins it); without one a person says that it was done. `year`: a named day of that one year only.
    """

    code: str
    title: str
    clause: str
    unit: str
    length: int | None
    month: int | None
    day: int | None
    full: bool
    before: bool
    starts: str
    duty: str
    remind_before: int | None
    parameter: str | None
    in_principle: bool
    origin: str
    stops: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Due:
    """A date that something is due. `provisional`: it rests on a calendar year not yet published (暂定).

    `last_day` is the last day in time; `opens_on` the first day on which the next thing may happen (of a full period).
    """

    last_day: datetime.date
    opens_on: datetime.date | None
    provisional: bool


class ParameterNotSet(LookupError):
    """The text gives no number and nobody has set one: no date is invented."""

    def __init__(self, parameter: str) -> None:
        self.parameter = parameter
        super().__init__(f"参数 {parameter} 尚未设定")


def add_months(date: datetime.date, months: int) -> datetime.date:
    """The same day number `months` later, or the last day of that month where it has no such day."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    following = datetime.date(year + (month == 12), month % 12 + 1, 1)
    last = (following - datetime.timedelta(days=1)).day
    return datetime.date(year, month, min(date.day, last))


def named_day(clock: Clock, year: int) -> datetime.date:
    """The day that a clock of unit `date` names, in that year. ValueError for a clock of another unit."""
    if clock.month is None or clock.day is None:
        raise ValueError(f"clock {clock.code} names no day of the year")
    return datetime.date(year, clock.month, clock.day)


def last_month_of_quarter(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the last month of the quarter that `day` lies in."""
    first = datetime.date(day.year, (day.month + 2) // 3 * 3, 1)
    return first, add_months(first, 1) - datetime.timedelta(days=1)


def due(clock: Clock, start: datetime.date, calendar: Calendar, length: int | None = None) -> Due:
    """When `clock`, started on `start`, runs out.

    `length` gives the number where the text has none. Raises `ParameterNotSet` when there is neither. A clock of unit `date`
    answers the day of `start`'s year; where the text says "before" that day, the last safe day is the day before. One of unit `quarter`
    may be met in the last month of each quarter: the answer is the last day of the quarter of `start`.
    """
    if clock.unit == "date":
        named = named_day(clock, start.year)
        return Due(named - datetime.timedelta(days=1) if clock.before else named, None, False)
    if clock.unit == "quarter":
        return Due(last_month_of_quarter(start)[1], None, False)
    number = clock.length if clock.length is not None else length
    if number is None:
        raise ParameterNotSet(clock.parameter or clock.code)
    if clock.unit == "working_day":
        last, provisional = calendar.add_working_days(start, number)
        if not clock.full:
            return Due(last, None, provisional)
        opens, later = calendar.add_working_days(last, 1)
        return Due(last, opens, provisional or later)
    if clock.unit in ("calendar_day", "parameter"):
        return Due(start + datetime.timedelta(days=number), None, False)
    return Due(add_months(start, number * (12 if clock.unit == "year" else 1)), None, False)


def elapsed_on(clock: Clock, start: datetime.date) -> datetime.date:
    """The anniversary on which a clock in months or years is over. ValueError for one of another unit or without a number."""
    if clock.unit not in ("month", "year") or clock.length is None:
        raise ValueError(f"clock {clock.code} does not run by months or years")
    return add_months(start, clock.length * (12 if clock.unit == "year" else 1))


def required(shape: Shape) -> dict[str, Any]:
    return {"title": shape.text, "clause": shape.text, "unit": shape.choice(UNITS)}


def optional(shape: Shape) -> dict[str, Any]:
    return {
        "length": (shape.integer, None),
        "month": (shape.integer, None),
        "day": (shape.integer, None),
        "full": (shape.boolean, False),
        "before": (shape.boolean, False),
        "starts": (shape.text, ""),
        "duty": (shape.text, ""),
        "remind_before": (shape.integer, None),
        "parameter": (shape.code, None),
        "in_principle": (shape.boolean, False),
        "stops": (shape.text, ""),
        "year": (shape.integer, None),
    }


def build(shape: Shape, node: Node, values: dict[str, Any]) -> Clock:
    """A clock from its record; a clock with neither a number nor the name of a parameter is a fault."""
    if values["unit"] == "date":
        try:
            datetime.date(2001, values["month"] or 0, values["day"] or 0)
        except ValueError:
            shape.fault(node, f"{values['code']}: a date clock needs a month and a day that exist every year")
    elif values["unit"] == "quarter":
        pass
    elif values["length"] is None and values["parameter"] is None:
        shape.fault(node, f"{values['code']}: needs a length, or the name of the parameter that gives it")
    elif values["length"] is not None and values["parameter"] is not None:
        shape.fault(node, f"{values['code']}: has a number from the text and a parameter; only one can decide")
    if values["year"] is not None and values["unit"] != "date":
        shape.fault(node, f"{values['code']}: only a clock that names a day can name its year")
    return Clock(**values, origin=shape.origin)
