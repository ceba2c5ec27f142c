"""How clocks run, stand still and go on: properties over days, calendars and orders of pauses."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.casework import ticking
from bangfu.casework.ticking import WORKING, Ticking
from bangfu.common.workdays import WorkCalendar

START = date(2020, 1, 1)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """A year or two with some holidays and some worked weekends; the second year may not be published."""
    days = draw(st.dictionaries(st.integers(0, 500), st.booleans(), max_size=40))
    official = draw(st.sampled_from([frozenset({2020}), frozenset({2020, 2021})]))
    return WorkCalendar({START + timedelta(days=n): worked for n, worked in days.items()}, official)


def begun(unit: str, start: date, length: int, calendar: WorkCalendar) -> Ticking:
    due_on, provisional = ticking.end_of(unit, start, length, calendar)
    return ticking.begin(unit, start, due_on, provisional, calendar)


starts = st.integers(0, 200).map(lambda n: START + timedelta(days=n))
units = st.sampled_from([WORKING, "calendar_day", "month"])


@settings(max_examples=150, deadline=None)
@given(
    calendars(),
    starts,
    units,
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40)), max_size=5),
)
def test_the_days_that_ran_are_always_the_days_the_text_gives(
    calendar: WorkCalendar, start: date, unit: str, length: int, pauses: list[tuple[int, int]]
) -> None:
    clock = begun(unit, start, length, calendar)
    ran, here = 0, start
    for run, stand in pauses:
        paused_on = here + timedelta(days=run)
        ran += ticking.left_after(unit, here, paused_on, calendar)
        here = paused_on + timedelta(days=stand)
        clock = clock.pause(paused_on, calendar).resume(here, calendar)
    ran += ticking.left_after(unit, here, clock.due_on, calendar)
    assert ran == length


@settings(max_examples=150, deadline=None)
@given(calendars(), starts, units, st.integers(1, 40), st.integers(0, 80), st.integers(0, 60))
def test_a_pause_never_brings_the_end_nearer_and_none_at_all_changes_nothing(
    calendar: WorkCalendar, start: date, unit: str, length: int, run: int, stand: int
) -> None:
    clock = begun(unit, start, length, calendar)
    paused = clock.pause(start + timedelta(days=run), calendar)
    assert paused.resume(paused.paused_on or start, calendar).due_on == clock.due_on
    assert paused.resume(start + timedelta(days=run + stand), calendar).due_on >= clock.due_on


@settings(max_examples=100, deadline=None)
@given(calendars(), starts, st.integers(1, 40))
def test_a_working_day_clock_ends_on_a_worked_day_and_says_when_that_is_not_certain(
    calendar: WorkCalendar, start: date, length: int
) -> None:
    clock = begun(WORKING, start, length, calendar)
    assert calendar.is_working(clock.due_on)
    assert clock.provisional == any(year not in calendar.official for year in range(start.year, clock.due_on.year + 1))


@settings(max_examples=100, deadline=None)
@given(calendars(), calendars(), starts, st.integers(1, 40))
def test_a_year_that_is_published_later_moves_the_end_to_where_it_would_have_been(
    before: WorkCalendar, after: WorkCalendar, start: date, length: int
) -> None:
    clock = begun(WORKING, start, length, before)
    assert clock.again(after) == begun(WORKING, start, length, after)
    still = clock.pause(start, before)
    assert still.again(after) == still


@settings(max_examples=100, deadline=None)
@given(calendars(), starts, units, st.integers(1, 400))
def test_amber_comes_before_red_and_not_before_the_beginning(
    calendar: WorkCalendar, start: date, unit: str, length: int
) -> None:
    clock = begun(unit, start, length, calendar)
    assert start <= ticking.warning_day(clock, length, None, calendar) <= clock.due_on
    assert start <= ticking.warning_day(clock, length, 400, calendar) <= clock.due_on


def test_a_clock_that_stood_still_late_goes_on_as_late_as_it_was() -> None:
    week = WorkCalendar({}, frozenset({2020}))
    clock = begun(WORKING, date(2020, 3, 2), 3, week)  # Monday; ends on Thursday
    late = clock.pause(date(2020, 3, 9), week)  # the next Monday: two working days late
    gone_on = late.resume(date(2020, 3, 20), week)
    assert week.working_days_between(gone_on.due_on, date(2020, 3, 20)) == 2


def test_a_clock_is_not_paused_twice_nor_set_going_while_it_runs() -> None:
    week = WorkCalendar({}, frozenset({2020}))
    clock = begun(WORKING, START, 3, week)
    with pytest.raises(ValueError, match="goes on"):
        clock.resume(START, week)
    with pytest.raises(ValueError, match="stands still"):
        clock.pause(START - timedelta(days=1), week)
    with pytest.raises(ValueError, match="stands still"):
        clock.pause(START, week).pause(START, week)
