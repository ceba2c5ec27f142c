"""The working-day calendar: read by everyone, kept by aid center and leader."""

import calendar as months
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.common.models import CalendarDay, CalendarYear
from bangfu.common.workdays import calendar as work_calendar
from bangfu.organizations import services
from bangfu.organizations.choices import Role
from bangfu.organizations.forms import CalendarDayForm, PublishYearForm
from bangfu.organizations.permissions import EVERY_ROLE, roles
from bangfu.organizations.services.workcalendar import may_keep


def _sheet(year: int) -> list[dict[str, Any]]:
    """Twelve months of weeks, Monday first; each day with whether it is worked and the name of its exception."""
    plan = work_calendar()
    names = dict(CalendarDay.objects.filter(day__year=year).values_list("day", "name"))
    return [
        {
            "month": month,
            "weeks": [
                [
                    {
                        "day": day,
                        "inside": day.month == month,
                        "working": plan.is_working(day),
                        "name": names.get(day, ""),
                    }
                    for day in week
                ]
                for week in months.Calendar().monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]


def _show(request: Any, year: int, *, status: int = 200, **forms: Any) -> HttpResponse:
    if not 2000 <= year <= 2100:
        raise Http404
    row = CalendarYear.objects.filter(year=year).first()
    context = {
        "year": year,
        "row": row,
        "provisional": row is None or not row.official,
        "years": sorted({*CalendarYear.objects.values_list("year", flat=True), year}),
        "sheet": _sheet(year),
        "days": CalendarDay.objects.filter(day__year=year).order_by("day"),
        "keeper": may_keep(request.desk.actor),
        "day_form": CalendarDayForm(initial={"day": date(year, 1, 1)}),
        "publish_form": PublishYearForm(),
        **forms,
    }
    return render(request, "organizations/calendar.html", context, status=status)


@roles(*EVERY_ROLE)
@require_GET
def calendar(request: Any) -> HttpResponse:
    """A year of the calendar (``?year=``, this year where none is named)."""
    text = request.GET.get("year", "")
    return _show(request, int(text) if text.isascii() and text.isdigit() and len(text) == 4 else request.desk.on.year)


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def calendar_day(request: Any) -> HttpResponse:
    """Changes one day."""
    form = CalendarDayForm(request.POST)
    year = request.desk.on.year
    if form.is_valid():
        given = form.cleaned_data
        year = given["day"].year
        try:
            services.edit_calendar_day(
                request.desk.actor, given["day"], working=given["working"] == "1", name=given["name"], at=request.now
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"{given['day']:%Y-%m-%d} 已改为{'上班' if given['working'] == '1' else '放假'}")
            return _to(year)
    return _show(request, year if 2000 <= year <= 2100 else request.desk.on.year, status=422, day_form=form)


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def calendar_publish(request: Any, year: int) -> HttpResponse:
    """Marks a year as published."""
    form = PublishYearForm(request.POST)
    if form.is_valid():
        try:
            services.publish_calendar_year(request.desk.actor, year, source=form.cleaned_data["source"], at=request.now)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"{year} 年放假安排已登记为正式公布")
            return _to(year)
    return _show(request, year, status=422, publish_form=form)


def _to(year: int) -> HttpResponse:
    answer = redirect("organizations:calendar")
    answer["Location"] += f"?year={year}"
    return answer
