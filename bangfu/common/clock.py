"""What time it is, asked in one place so that it can be injected.

Rules and services never ask for today: views read ``request.now`` (set by ``ClockMiddleware``) and pass it on as ``at``.
On a practice installation the clock can be moved forward by whole days, so that a public notice of five working days can be
followed to its end in one sitting; everywhere else it is the machine's clock.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def now() -> datetime:
    """The present moment in the installation's time zone, moved by the practice clock where there is one."""
    moment = timezone.localtime()
    if settings.BANGFU_PRACTICE:
        from bangfu.common.models import PracticeClock

        moment += timedelta(days=PracticeClock.offset_days())
    return moment


def day(moment: datetime) -> date:
    """The calendar day of a moment in the installation's time zone."""
    return timezone.localtime(moment).date()


class ClockMiddleware:
    """Puts one moment on each request, so that everything a request does happens at the same time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = now()  # type: ignore[attr-defined]
        return self.get_response(request)
