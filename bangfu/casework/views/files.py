"""A determination, its verification code, a case file, the import of check results."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.casework import forms, services
from bangfu.casework.models import CaseFile, Determination
from bangfu.casework.services import check_import
from bangfu.casework.views.common import READERS, DeskRequest, points_of
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.selectors import changed_since
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles


@roles(*READERS)
@require_GET
def determination(request: DeskRequest, pk: int) -> HttpResponse:
    """A frozen sheet, its companion, and the others of the case beside it."""
    rows = Determination.objects.visible_to(request.desk).select_related(
        "application__union", "made_by", "companion_of"
    )
    made: Determination = get_object_or_404(rows, pk=pk)
    others = list(
        Determination.objects.filter(application=made.application, policy=made.policy)
        .select_related("made_by")
        .order_by("-pk")
    )
    before = next((row for row in others if row.pk < made.pk), None)
    context = {
        "made": made,
        "application": made.application,
        "others": others,
        "companion": made.companions.first() if made.companion_of_id is None else made.companion_of,
        "before": before,
        "changes": changed_since(before.facts, made.facts, made.labels) if before else [],
    }
    return render(request, "casework/determination.html", context)


@roles(*READERS)
@require_GET
def verify(request: DeskRequest) -> HttpResponse:
    """Finds the frozen original behind a code from a printed sheet, within the reader's scope."""
    code = re.sub(r"[^0-9A-Z]", "", request.GET.get("code", "").upper())[:16]
    found = None
    if code:
        rows = Determination.objects.visible_to(request.desk).select_related("application__union", "made_by")
        found = rows.filter(code=code).first()
    return render(
        request, "casework/verify.html", {"code": code, "found": found}, status=404 if code and found is None else 200
    )


@roles(*READERS)
@require_GET
def case_file(request: DeskRequest, pk: int) -> HttpResponse:
    """A case file: its head, the determination it rests on, what comes next."""
    rows = CaseFile.objects.visible_to(request.desk).select_related(
        "union", "opened_by", "application__household", "determination__made_by"
    )
    file: CaseFile = get_object_or_404(rows, pk=pk)
    context: dict[str, Any] = {
        "file": file,
        "application": file.application,
        "made": file.determination,
        "companion": file.determination.companions.first(),
        "others": list(
            Determination.objects.filter(application=file.application, companion_of__isnull=True)
            .exclude(pk=file.determination_id)
            .select_related("made_by")
            .order_by("-pk")
        ),
        "today": day(request.now),
    }
    return render(request, "casework/file.html", context)


@roles(Role.AID_CENTER)
@require_http_methods(["GET", "POST"])
def import_check(request: DeskRequest) -> HttpResponseBase:
    """Imports check results: all rows, or none with every fault by its row number."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["table"]
        try:
            made = services.import_check(request.desk.actor, upload.read(), upload.name, at=request.now)
        except Refused as fault:
            errors = points_of(fault, None)
        else:
            rows = sum(run.results.count() for run in made)
            messages.success(request, f"已导入 {len(made)} 份申请的 {rows} 条核对结果。")
            return redirect("home")
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "casework/import.html",
        {"form": form, "errors": errors, "columns": check_import.COLUMNS},
        status=status,
    )


@roles(Role.AID_CENTER)
@require_GET
def import_template(request: DeskRequest) -> HttpResponse:
    """The empty table."""
    answer = HttpResponse(
        check_import.template(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = "attachment; filename=check-results.xlsx"
    return answer
