"""Reading the audit log. Nobody writes here."""

from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from bangfu.common import audit
from bangfu.common.models import AuditEntry
from bangfu.organizations import selectors, services
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
        "role": Role(entry.role).label if entry.role in Role.values else entry.role,
        "kind": str(model._meta.verbose_name) if (model := _subject(entry)) else entry.object_type,
        "shown": shown,
        "object_id": entry.object_id if shown else "*" * len(entry.object_id),
        "changes": _changes(entry) if shown else [],
        "reason": entry.reason if shown else "",
    }


def _subject(entry: AuditEntry) -> type[Model] | None:
    try:
        return apps.get_model(entry.object_type)
    except (LookupError, ValueError):
        return None


def _changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What changed, with the words of the model for its fields."""
    model = _subject(entry)
    words = (
        {field.name: str(getattr(field, "verbose_name", field.name)) for field in model._meta.get_fields()}
        if model
        else {}
    )
    keys = list(dict.fromkeys([*entry.before, *entry.after]))
    return [(words.get(key, key), _value(entry.before.get(key)), _value(entry.after.get(key))) for key in keys]


def _value(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value in Role.values:
        return Role(value).label
    return str(value)


@roles(Role.LOG_ADMIN, Role.AUDITOR)
@require_GET
def log(request: Any) -> HttpResponse:
    """The log of her subtree with filters, and whether the chain holds: its last rows at each look, all of it by the worker."""
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
    start = max(1, last - RECENT + 1)
    full = request.desk.role == Role.AUDITOR
    context = {
        "form": form,
        "page": page,
        "rows": [_row(entry, full) for entry in page],
        "chain": {"last": last, "start": start, "broken": audit.verify(start)},
        "check": selectors.last_log_check(),
        "may_check": request.desk.role == Role.LOG_ADMIN,
    }
    return render(request, "organizations/log.html", context)


@roles(Role.LOG_ADMIN)
@require_POST
def log_check(request: Any) -> HttpResponse:
    """Has the worker walk the whole log."""
    services.ask_log_check(request.desk.actor, at=request.now)
    messages.success(request, "已安排从头核对，完成后结果显示在本页。")
    return redirect("organizations:log")
