"""The practice clock: whole days forward, so that a public notice can be followed to its end in one sitting."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bangfu.common.errors import Refused
from bangfu.common.services import move_practice_clock
from bangfu.common.workdays import calendar
from bangfu.organizations.permissions import EVERY_ROLE, roles


@roles(*EVERY_ROLE)
@require_http_methods(["GET", "POST"])
def clock(request: Any) -> HttpResponse:
    """Shows the practice date and moves it forward."""
    if not settings.BANGFU_PRACTICE:
        raise Http404
    today = timezone.localtime(request.now).date()
    choices = _choices(today)
    if request.method == "POST":
        try:
            days = _asked(request, choices)
            move_practice_clock(request.desk.actor, days=days, at=request.now)
        except Refused as fault:
            messages.error(request, str(fault))
        else:
            messages.success(request, f"练习日期已推进到 {today + timedelta(days=days):%Y-%m-%d}。")
        return redirect("demo:clock")
    return render(request, "demo/clock.html", {"today": today, "choices": choices})


def _choices(today: Any) -> list[dict[str, Any]]:
    """The three jumps people want: to the next working day, past a notice of five working days, a month on."""
    work = calendar()
    found = []
    for title, count in (
        ("下一个工作日", 1),
        ("六个工作日后（公示期满可办）", 6),
        ("二十二个工作日后（约一个月）", 22),
    ):
        day, provisional = work.add_working_days(today, count)
        found.append({"title": title, "day": day, "days": (day - today).days, "provisional": provisional})
    return found


def _asked(request: HttpRequest, choices: list[dict[str, Any]]) -> int:
    text = request.POST.get("days", "")
    if not text.isdigit() or int(text) not in {choice["days"] for choice in choices}:
        raise Refused("请选择推进到哪一天。", field="days")
    return int(text)
