"""Pages of the rechecks room: runs, what they found, and the conclusion on each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.organizations.permissions import roles
from bangfu.organizations.scope import Desk
from bangfu.rechecks import selectors, services
from bangfu.rechecks.choices import Kind
from bangfu.rechecks.forms import AskForm, ConcludeForm
from bangfu.rechecks.models import Finding, Run
from bangfu.rechecks.permissions import CONCLUDERS, READERS, STARTERS, WATCHERS

_PAGE = 25


class _Request(HttpRequest):
    """A request that came through the middleware (for type checks only)."""

    desk: Desk
    now: Any


def _tabs(counts: dict[str, int], chosen: str) -> list[tuple[str, str, int, bool]]:
    listed = [("全部", "?", sum(counts.values()), chosen == "")]
    return listed + [(kind.label, f"?kind={kind}", counts[kind], chosen == kind) for kind in Kind if kind in counts]


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in Kind.values else ""


@roles(*WATCHERS)
@require_GET
def index(request: _Request) -> HttpResponse:
    """All runs of the scope, the latest first."""
    page = Paginator(selectors.runs(request.desk), _PAGE).get_page(request.GET.get("page"))
    return render(request, "rechecks/index.html", {"page": page, "may_ask": request.desk.role in STARTERS})


@roles(*STARTERS)
@require_http_methods(["GET", "POST"])
def ask(request: _Request) -> HttpResponseBase:
    """Asks for a run."""
    form = AskForm(request.POST or None, initial={"day": day(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask_recheck(request.desk, **form.cleaned_data, at=request.now)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, f"已开始测算 {made.total} 份档案，您可以先做别的。")
            return redirect("rechecks:run", made.pk)
    files = services.open_files(request.desk.union_path).count()
    return render(request, "rechecks/ask.html", {"form": form, "files": files}, status=422 if form.errors else 200)


@roles(*WATCHERS)
@require_GET
def run(request: _Request, pk: int) -> HttpResponse:
    """One run: how far it is, what became of the files, the findings."""
    made: Run = get_object_or_404(selectors.runs(request.desk), pk=pk)
    kind = _kind(request)
    page = Paginator(selectors.findings(request.desk, made, kind), _PAGE).get_page(request.GET.get("page"))
    context = {
        "run": made,
        "moved": selectors.moved(made),
        "tabs": _tabs(selectors.kind_counts(request.desk, made), kind),
        "page": page,
    }
    return render(request, "rechecks/run.html", context)


@roles(*WATCHERS)
@require_GET
def progress(request: _Request, pk: int) -> HttpResponse:
    """The bar alone, asked for every two seconds; when the run has ended the page is loaded anew."""
    made: Run = get_object_or_404(selectors.runs(request.desk), pk=pk)
    answer = render(request, "rechecks/_progress.html", {"run": made})
    if not made.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@roles(*READERS)
@require_GET
def waiting(request: _Request) -> HttpResponse:
    """What still waits for somebody, of all runs."""
    kind = _kind(request)
    page = Paginator(selectors.findings(request.desk, kind=kind), _PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(selectors.kind_counts(request.desk), kind),
        "page": page,
        "watches": request.desk.role in WATCHERS,
    }
    return render(request, "rechecks/waiting.html", context)


@roles(*READERS)
@require_http_methods(["GET", "POST"])
def finding(request: _Request, pk: int) -> HttpResponseBase:
    """One finding, and the conclusion on it."""
    rows = Finding.objects.visible_to(request.desk).select_related(
        "case_file__union", "case_file__application", "run__union", "concluded_by"
    )
    row: Finding = get_object_or_404(rows, pk=pk)
    may = request.desk.role in CONCLUDERS
    form = ConcludeForm(request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            try:
                services.conclude_finding(request.desk.actor, row, **form.cleaned_data, at=request.now)
            except Refused as refused:
                form.add_error(refused.field or None, refused.message)
            else:
                messages.success(request, "已登记。")
                return redirect("rechecks:waiting")
    context = {
        "row": row,
        "form": form,
        "may": may and row.waits,
        "missing": selectors.missing_words(row.missing),
    }
    return render(request, "rechecks/finding.html", context, status=422 if form.errors else 200)
