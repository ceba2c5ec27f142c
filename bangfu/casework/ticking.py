"""How a clock runs, stands still and goes on: arithmetic on days, with nothing of the database in it.

A clock is counted from an anchor: so many days of its unit are left after that day. Standing still keeps what is left; going on takes a
new anchor with the same number. So the days that ran, taken together, are always the days the text gives, and no pause ever brings the
end nearer. Working days are counted by the calendar of the house; every other unit is counted in calendar days once its end is known.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bangfu.common.workdays import WorkCalendar

WORKING = "working_day"
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class Ticking:
    """One running clock: ``left`` days of ``unit`` after ``anchor`` end on ``due_on``. ``paused_on``: the day on which it stopped ticking."""

    unit: str
    anchor: date
    left: int
    due_on: date
    provisional: bool = False
    paused_on: date | None = None

    def pause(self, on: date, calendar: WorkCalendar) -> "Ticking":
        """Stands still from ``on``: that day has been used. What is left may be negative (it was late when it stopped).

        ``ValueError`` before the anchor or when it stands still already."""
        if self.paused_on is not None or on < self.anchor:
            raise ValueError("a clock stands still once, and not before it ran")
        return replace(self, left=left_after(self.unit, on, self.due_on, calendar), paused_on=on)

    def resume(self, on: date, calendar: WorkCalendar) -> "Ticking":
        """Goes on with what was left, counted from the day after ``on``. ``ValueError`` when it runs, or before it stopped."""
        if self.paused_on is None or on < self.paused_on:
            raise ValueError("only a clock that stands still goes on, and not before it stopped")
        due_on, provisional = end_of(self.unit, on, self.left, calendar)
        return Ticking(self.unit, on, self.left, due_on, provisional)

    def again(self, calendar: WorkCalendar) -> "Ticking":
        """The same clock by another calendar: a year was published since it began."""
        if self.unit != WORKING or self.paused_on is not None:
            return self
        due_on, provisional = end_of(self.unit, self.anchor, self.left, calendar)
        return replace(self, due_on=due_on, provisional=provisional)


def begin(unit: str, anchor: date, due_on: date, provisional: bool, calendar: WorkCalendar) -> Ticking:
    """A clock that ends on ``due_on`` as the policy reckoned it."""
    return Ticking(unit, anchor, left_after(unit, anchor, due_on, calendar), due_on, provisional)


def left_after(unit: str, on: date, due_on: date, calendar: WorkCalendar) -> int:
    """Days of the unit after ``on`` up to and including ``due_on``; negative when it is over."""
    return calendar.working_days_between(on, due_on) if unit == WORKING else (due_on - on).days


def end_of(unit: str, anchor: date, left: int, calendar: WorkCalendar) -> tuple[date, bool]:
    """The day on which ``left`` days after ``anchor`` are used up, and whether that rests on a year not yet published."""
    if unit != WORKING:
        return anchor + timedelta(days=left), False
    if left >= 0:
        return calendar.add_working_days(anchor, left)
    return before(anchor, -left, calendar), calendar.is_provisional(anchor)


def before(day: date, count: int, calendar: WorkCalendar) -> date:
    """The working day after which ``count`` working days lie up to and including ``day``."""
    while count > 0 or not calendar.is_working(day):
        count -= calendar.is_working(day)
        day -= _ONE
    return day


def warning_day(ticking: Ticking, length: int | None, remind: int | None, calendar: WorkCalendar) -> date:
    """When a clock begins to be shown amber: the text's own lead where it has one (calendar days), else by its length.

    Up to ten days: one day ahead; up to sixty: five; longer ones and named days of the year: thirty. Never before it began.
    """
    days = length if length is not None and ticking.unit in (WORKING, "calendar_day", "parameter") else 365
    ahead = 1 if days <= 10 else 5 if days <= 60 else 30
    if remind is not None:
        day = ticking.due_on - timedelta(days=remind)
    elif ticking.unit == WORKING:
        day = before(ticking.due_on, ahead, calendar)
    else:
        day = ticking.due_on - timedelta(days=ahead)
    return min(max(day, ticking.anchor), ticking.due_on)
