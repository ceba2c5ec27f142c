"""What the pages share: the case behind an address, how a refusal is shown, who may enter."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from bangfu.casework.errors import AlreadyDone, GuardsUnmet, ImportFaults, NotYourTurn
from bangfu.casework.models import Application
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import paths
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk

READERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)
WORKERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER)
PAGE_SIZE = 25

Points = list[tuple[str, str]]
Show = Callable[[Points, int], HttpResponseBase]


class DeskRequest(HttpRequest):
    """A request that came through the middleware (for type checks only)."""

    desk: Desk
    now: Any
    htmx: Any
    looked_into: dict[int, Any]
    """What the uploads of an act were found to be, by the identity of the upload: bytes and ``Inspected``."""
    taken_in: list[Any]
    """Files that the act put into the store; taken out again when it fails."""


def case_or_404(request: DeskRequest, pk: int) -> Application:
    """The case at this address for this desk, or 404: what is foreign does not exist."""
    rows = Application.objects.visible_to(request.desk).select_related(
        "household__union", "union", "waits_union", "entered_by"
    )
    found: Application = get_object_or_404(rows, pk=pk)
    return found


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The page a list shows; a number outside is brought inside."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def seen(request: HttpRequest) -> dict[str, Any]:
    """The step and the version that the person saw when she pressed the button."""

    def number(name: str) -> int | None:
        text = request.POST.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else None

    return {"step": number("step"), "version": number("version")}


def place_url(household: Household, about: str) -> str:
    """Where an unmet condition can be mended: a field of the wizard, the papers, or nowhere."""
    from django.urls import reverse

    if about.startswith("paper:"):
        return reverse("families:evidence", args=[household.pk])
    return paths.link_of(household, about) if about and not about.startswith("step:") else ""


def points_of(fault: Refused, household: Household | None) -> Points:
    """A refusal as a list of sentences, each with the place that helps."""
    if isinstance(fault, GuardsUnmet):
        return [
            (f"{item.title}：{item.remedy}", place_url(household, item.about) if household else "")
            for item in fault.unmet
        ]
    if isinstance(fault, ImportFaults):
        return [(f"第 {row} 行：{text}", "") for row, text in fault.faults]
    return [(fault.message, f"#id_{fault.field}" if fault.field else "")]


def act_and_return(
    request: DeskRequest, application: Application, do: Callable[[], str], show: Show
) -> HttpResponseBase:
    """Does an act and goes back to the case; when it is refused, ``show`` renders the page with the reasons and what was typed."""
    try:
        done = do()
    except AlreadyDone as fault:
        messages.info(request, fault.message)
        return redirect("casework:case", application.pk)
    except StaleVersion:
        return show([("本案刚刚被另一位同事办理过。下面是最新的情况，您填写的内容还在，看过后再提交即可。", "")], 409)
    except NotYourTurn as fault:
        # right union, wrong person: the reason, and nothing to correct
        raise PermissionDenied(fault.message) from fault
    except Refused as fault:
        return show(points_of(fault, application.household), 422)
    messages.success(request, done)
    return redirect("casework:case", application.pk)
