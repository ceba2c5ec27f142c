"""Reading the audit log. Nobody writes here."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bangfu.common import audit
from bangfu.common.models import AuditEntry
from bangfu.organizations.choices import Role
from bangfu.organizations.forms import LogFilter
from bangfu.organizations.permissions import roles
from bangfu.organizations.scope import below
from bangfu.organizations.verbs import label

PAGE = 50
OPEN_ROOMS = ("organizations.", "common.")
RECENT = 200


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _row(entry: AuditEntry, full: bool) -> dict[str, Any]:
    """What the reader sees of an entry. A log administrator sees of families and cases only that, when and by whom; not what."""
    shown = full or entry.object_type.startswith(OPEN_ROOMS)
    return {
        "entry": entry,
        "verb": label(entry.verb),
        "shown": shown,
        "object_id": entry.object_id if shown else "*" * len(entry.object_id),
        "changes": _changes(entry) if shown else [],
        "reason": entry.reason if shown else "",
    }


def _changes(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    keys = list(dict.fromkeys([*entry.before, *entry.after]))
    return [(key, entry.before.get(key, ""), entry.after.get(key, "")) for key in keys]


@roles(Role.LOG_ADMIN, Role.AUDITOR)
@require_GET
def log(request: Any) -> HttpResponse:
    """The log of her subtree with filters, and whether the chain holds: the last rows on each page view, all with ``?verify=1``."""
    form = LogFilter(request.GET)
    entries = AuditEntry.objects.filter(below(request.desk.union_path))
    if form.is_valid():
        given = form.cleaned_data
        if given["who"]:
            entries = entries.filter(user_name=given["who"])
        if given["verb"]:
            entries = entries.filter(verb=given["verb"])
        if given["subject"]:
            entries = entries.filter(object_id=given["subject"])
            if request.desk.role != Role.AUDITOR:
                # finding a family's rows by its number would undo the mask
                entries = entries.filter(object_type__regex=r"^(organizations|common)\.")
        if given["since"]:
            entries = entries.filter(at__gte=_midnight(given["since"]))
        if given["until"]:
            entries = entries.filter(at__lt=_midnight(given["until"] + timedelta(days=1)))
    page = Paginator(entries.order_by("-seq"), PAGE).get_page(request.GET.get("page"))
    last = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    whole = "verify" in request.GET
    start = 1 if whole else max(1, last - RECENT + 1)
    full = request.desk.role == Role.AUDITOR
    context = {
        "form": form,
        "page": page,
        "rows": [_row(entry, full) for entry in page],
        "chain": {"last": last, "start": start, "broken": audit.verify(start), "whole": whole},
    }
    return render(request, "organizations/log.html", context)
