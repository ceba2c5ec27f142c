"""The working-day calendar: single days, and the publication of a year."""

from datetime import date, datetime
from typing import Any

from bangfu.common.acts import SYSTEM, Actor, act
from bangfu.common.models import CalendarDay, CalendarYear
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.errors import BadCalendar, NotAllowed
from bangfu.organizations.models import Union
from bangfu.organizations.services.may import demand

KEEPERS = (Role.AID_CENTER, Role.LEADER)


def may_keep(actor: Actor) -> bool:
    """Whether this desk keeps the calendar. It is one for all unions: a unit or a group below the county does not change it."""
    if actor == SYSTEM:
        return True
    union = Union.objects.filter(pk=actor.union_id).first() if actor.role in KEEPERS else None
    return union is not None and (union.depth == 1 or union.level not in {Level.UPPER, Level.UNIT})


def _keep(actor: Actor) -> None:
    demand(actor, *KEEPERS)
    if not may_keep(actor):
        raise NotAllowed("工作日历全系统共用，由产业（县）工会以上的帮扶中心或领导维护")


def _describe(row: CalendarDay | None, day: date) -> dict[str, Any]:
    if row is None:
        return {"day": day.isoformat(), "working": day.weekday() < 5}
    return {"day": day.isoformat(), "working": row.working, "name": row.name}


def edit_calendar_day(actor: Actor, day: date, *, working: bool, name: str, at: datetime) -> CalendarDay | None:
    """Says whether a day is worked, as the published arrangement has it; ``None`` when it again is what its weekday says."""
    _keep(actor)
    if not 2000 <= day.year <= 2100:
        raise BadCalendar("日期不在工作日历的范围内", field="day")
    plain = working == (day.weekday() < 5)
    if not plain and not name.strip():
        raise BadCalendar("请填写节日或调休名称", field="name")
    with act(actor, "edit_calendar_day", at=at) as deed:
        CalendarYear.objects.get_or_create(year=day.year)
        CalendarYear.objects.select_for_update().get(year=day.year)
        row = CalendarDay.objects.filter(day=day).first()
        before = _describe(row, day)
        if plain:
            subject = row or CalendarYear.objects.get(year=day.year)
            deed.record(subject, before=before, after=_describe(None, day))
            if row is not None:
                row.delete()
            return None
        row = row or CalendarDay(day=day)
        row.working, row.name = working, name.strip()
        row.save()
        deed.record(row, before=before, after=_describe(row, day))
    return row


def publish_calendar_year(actor: Actor, year: int, *, source: str, at: datetime) -> CalendarYear:
    """Marks a year as published once its days are entered: dates that rest on it are no longer 暂定."""
    _keep(actor)
    if not 2000 <= year <= 2100:
        raise BadCalendar("年份不在工作日历的范围内", field="year")
    if not source.strip():
        raise BadCalendar("请填写国务院办公厅放假安排通知的名称和文号", field="source")
    with act(actor, "publish_calendar_year", at=at) as deed:
        CalendarYear.objects.get_or_create(year=year)
        row = CalendarYear.objects.select_for_update().get(year=year)
        before = {"official": row.official, "source": row.source}
        row.official, row.source = True, source.strip()
        row.save()
        deed.record(row, before=before, after={"official": True, "source": row.source})
    return row
