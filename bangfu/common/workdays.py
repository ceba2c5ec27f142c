"""Working days of the People's Republic: the plain week, changed by public holidays and 调休 working weekends.

Years that the State Council published are ``official``; a later year is reckoned from the statutory days (全国年节及纪念日放假办法)
alone, and whatever rests on it is *provisional* (暂定) until the arrangement is published and typed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_ONE = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """An immutable picture of the calendar table.

    ``exceptions`` maps days to whether they are worked, where that differs from Monday–Friday; ``official`` holds the published years.
    """

    exceptions: Mapping[date, bool]
    official: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the day is worked."""
        return self.exceptions.get(day, day.weekday() < 5)

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies in a year whose holidays were not yet published."""
        return day.year not in self.official

    def add_working_days(self, day: date, count: int) -> tuple[date, bool]:
        """The last of ``count`` full working days after ``day`` (which itself does not count), and whether that rests on a provisional
        year. For 0 the day itself. A negative count raises ``ValueError``."""
        if count < 0:
            raise ValueError("count must be 0 or more")
        provisional = False
        while count:
            day += _ONE
            provisional = provisional or self.is_provisional(day)
            if self.is_working(day):
                count -= 1
        return day, provisional

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))

    def provisional_between(self, start: date, end: date) -> bool:
        """Whether counting from ``start`` to ``end`` touches a provisional year."""
        return any(year not in self.official for year in range(min(start, end).year, max(start, end).year + 1))


def calendar() -> WorkCalendar:
    """The calendar as the table has it now. Two small queries; take it once per act or page."""
    from bangfu.common.models import CalendarDay, CalendarYear

    return WorkCalendar(
        exceptions=dict(CalendarDay.objects.values_list("day", "working")),
        official=frozenset(CalendarYear.objects.filter(official=True).values_list("year", flat=True)),
    )
