"""What the pages share: the family behind an address, who may do what, answers to a script."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from bangfu.families import selectors
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk

READERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)
WORKERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER)


class DeskRequest(HttpRequest):
    """A request that came through the middleware (for type checks only)."""

    desk: Desk
    now: Any
    htmx: Any


def family(request: DeskRequest, pk: int, *, whole: bool = True) -> Household:
    """The family at this address for this desk, or 404."""
    rows = Household.objects.visible_to(request.desk).select_related("union")
    found: Household = get_object_or_404(selectors.with_facts(rows) if whole else rows, pk=pk)
    return found


def may_edit(request: DeskRequest, household: Household) -> bool:
    return request.desk.role == Role.CLERK and not household.locked


def by_script(request: HttpRequest) -> bool:
    """Whether the kit's scripts sent this (they take fragments and plain messages)."""
    return bool(request.headers.get("X-Requested-With")) or bool(request.headers.get("HX-Request"))
