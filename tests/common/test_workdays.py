"""Working days with public holidays and 调休, and what is provisional about them."""

from datetime import date, timedelta
from typing import Any

import pytest
from chinese_calendar import is_workday
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.common import services
from bangfu.common.acts import SYSTEM
from bangfu.common.models import CalendarYear, PracticeClock
from bangfu.common.workdays import WorkCalendar, calendar
from tests.factories import AT

pytestmark = pytest.mark.django_db


def test_every_day_from_2016_to_2026_is_as_published() -> None:
    plan, day, wrong = calendar(), date(2016, 1, 1), []
    while day < date(2027, 1, 1):
        if plan.is_working(day) != is_workday(day) or plan.is_provisional(day):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2020, 9, 28), 5, date(2020, 10, 12)),  # 国庆 1–8 October off, Saturday 10 October worked
        (date(2020, 9, 25), 1, date(2020, 9, 27)),  # Sunday worked
        (date(2020, 10, 12), 5, date(2020, 10, 19)),
        (date(2020, 4, 30), 1, date(2020, 5, 6)),
        (date(2020, 1, 23), 1, date(2020, 2, 3)),  # the holiday of spring 2020 was lengthened
        (date(2020, 10, 12), 0, date(2020, 10, 12)),
        (date(2020, 12, 31), 1, date(2021, 1, 4)),
    ],
)
def test_days_are_counted_from_the_day_after_over_holidays(start: date, count: int, end: date) -> None:
    assert calendar().add_working_days(start, count) == (end, False)
    assert calendar().working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2027, 2, 5), False),  # lunar new year's eve
        (date(2027, 2, 9), False),  # made up for the weekend inside the holiday
        (date(2027, 2, 11), True),
        (date(2027, 4, 5), False),
        (date(2027, 6, 9), False),
        (date(2027, 9, 15), False),
        (date(2027, 10, 1), False),
        (date(2028, 10, 5), False),  # 中秋 inside 国庆
        (date(2028, 10, 6), True),
        (date(2030, 2, 5), False),
    ],
)
def test_a_year_not_yet_published_is_reckoned_from_the_statutory_days_and_provisional(day: date, working: bool) -> None:
    plan = calendar()
    assert plan.is_working(day) is working
    assert plan.is_provisional(day)
    assert not CalendarYear.objects.get(year=day.year).official


def test_what_touches_a_year_not_published_says_so() -> None:
    plan = calendar()
    assert plan.add_working_days(date(2026, 12, 30), 1) == (date(2026, 12, 31), False)
    assert plan.add_working_days(date(2026, 12, 30), 2) == (date(2027, 1, 4), True)
    assert plan.provisional_between(date(2026, 12, 30), date(2027, 1, 2))
    assert not plan.provisional_between(date(2026, 1, 1), date(2026, 12, 31))
    assert plan.add_working_days(date(2040, 1, 2), 1) == (date(2040, 1, 3), True)


@given(start=st.dates(date(2016, 1, 1), date(2026, 6, 1)), count=st.integers(0, 60))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_adding_and_counting_agree_and_end_on_a_working_day(start: date, count: int) -> None:
    plan = calendar()
    end, _ = plan.add_working_days(start, count)
    assert plan.working_days_between(start, end) == count
    assert plan.working_days_between(end, start) == -count
    assert count == 0 or plan.is_working(end)


def test_a_negative_count_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        WorkCalendar({}, frozenset()).add_working_days(date(2020, 1, 1), -1)


def test_the_calendar_takes_two_queries(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        calendar().add_working_days(date(2020, 1, 1), 200)


def test_the_practice_clock_runs_ahead_and_only_on_a_practice_installation(settings: Any) -> None:
    from bangfu.common import clock

    with pytest.raises(services.NoPractice, match="只有练习系统"):
        services.move_practice_clock(SYSTEM, days=5, at=AT)
    settings.BANGFU_PRACTICE = True
    before = clock.now()
    assert services.move_practice_clock(SYSTEM, days=5, at=AT) == 5
    assert services.move_practice_clock(SYSTEM, days=2, at=AT) == 7
    assert timedelta(days=7) <= clock.now() - before < timedelta(days=7, minutes=5)
    for days in (0, -3, 400):
        with pytest.raises(services.NoPractice, match="1—366"):
            services.move_practice_clock(SYSTEM, days=days, at=AT)
    settings.BANGFU_PRACTICE = False
    assert PracticeClock.offset_days() == 7
    assert clock.now() - before < timedelta(minutes=5)
