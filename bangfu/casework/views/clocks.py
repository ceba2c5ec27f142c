"""Pages of clocks: one clock with what can be done about it, and what is late below a union."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from bangfu.casework.clock_models import RunningClock
from bangfu.casework.errors import NotYourTurn
from bangfu.casework.selectors import overdue
from bangfu.casework.selectors.today import days_left
from bangfu.casework.services import clocks
from bangfu.casework.views.common import READERS, WORKERS, DeskRequest, page_of, points_of
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.common.workdays import calendar
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles

OWNERS = (*READERS, Role.FINANCE)
#: Who may say that a duty is done, or move its day: an auditor only reads.
DOERS = (*WORKERS, Role.FINANCE)


def _clock(request: DeskRequest, pk: int) -> RunningClock:
    rows = RunningClock.objects.visible_to(request.desk).select_related(
        "union", "application", "case_file", "stopped_by"
    )
    found: RunningClock = get_object_or_404(rows, pk=pk)
    return found


def _show(request: DeskRequest, row: RunningClock, faults: Any = (), status: int = 200) -> HttpResponse:
    today = day(request.now)
    mine = (row.union_id, row.role) == (request.desk.union_id, str(request.desk.role))
    context = {
        "clock": row,
        "today": today,
        "left": days_left(row.due_on, today, calendar() if row.unit == "working_day" else None),
        "may_finish": mine and row.stopped_on is None and row.kind not in clocks.BY_ACT,
        "may_postpone": mine and row.stopped_on is None and row.in_principle,
        "typed": request.POST,
        "faults": list(faults),
        "by_field": {place.removeprefix("#id_"): text for text, place in faults},
    }
    return render(request, "casework/clock.html", context, status=status)


@roles(*OWNERS)
@require_GET
def clock(request: DeskRequest, pk: int) -> HttpResponse:
    """One clock: since when, until when, by which clause, and what ends it."""
    return _show(request, _clock(request, pk))


def _day(request: DeskRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError as fault:
        raise Refused("请选择日期。", field=name) from fault


def _do(request: DeskRequest, pk: int, do: Callable[[RunningClock], str]) -> HttpResponseBase:
    row = _clock(request, pk)
    try:
        said = do(row)
    except NotYourTurn as fault:
        raise PermissionDenied(fault.message) from fault
    except Refused as fault:
        return _show(request, row, points_of(fault, None), 422)
    messages.success(request, said)
    return redirect("home")


@roles(*DOERS)
@require_POST
def finish(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Says that it was done, when, and what shows it."""

    def do(row: RunningClock) -> str:
        done = clocks.finish_clock(
            request.desk.actor, row, done_on=_day(request, "done_on"), note=request.POST.get("note", ""), at=request.now
        )
        return f"“{row.title}”已登记：{done.get_outcome_display()}。"

    return _do(request, pk, do)


@roles(*DOERS)
@require_POST
def postpone(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Moves the end of a clock that holds in principle, with a reason."""

    def do(row: RunningClock) -> str:
        to = _day(request, "to")
        clocks.postpone_clock(request.desk.actor, row, to=to, reason=request.POST.get("reason", ""), at=request.now)
        return f"“{row.title}”推迟到 {to:%Y-%m-%d}，原因已记录。"

    return _do(request, pk, do)


@roles(*READERS)
@require_GET
def overdue_work(request: DeskRequest) -> HttpResponse:
    """What is late in the scope: by unit, and the rows of one unit or of all."""
    today = day(request.now)
    chosen = request.GET.get("union", "")
    union = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    units = overdue.by_unit(request.desk, today)
    context = {
        "today": today,
        "units": units,
        "total": sum(unit.count for unit in units),
        "chosen": next((unit for unit in units if unit.union_id == union), None),
        "page": page_of(request, overdue.rows(request.desk, today, union)),
    }
    return render(request, "casework/overdue.html", context)
