"""Pages of the sandbox: proposals, their numbers, what they would do, the decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common.acts import StaleVersion
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.organizations.models import Union
from bangfu.organizations.permissions import roles
from bangfu.organizations.scope import Desk
from bangfu.sandbox import drafts, exports, selectors, services
from bangfu.sandbox.choices import Source, State
from bangfu.sandbox.forms import LodgeForm, NewForm, NumbersForm, ReasonForm
from bangfu.sandbox.models import Proposal
from bangfu.sandbox.permissions import MAKERS, NAMES, READERS

_PAGE = 25


class _Request(HttpRequest):
    """A request that came through the middleware (for type checks only)."""

    desk: Desk
    now: Any


def _proposal(request: _Request, pk: int) -> Proposal:
    found: Proposal = get_object_or_404(selectors.proposals(request.desk), pk=pk)
    return found


@roles(*READERS)
@require_GET
def index(request: _Request) -> HttpResponse:
    """All proposals of the scope, the latest first."""
    page = Paginator(selectors.proposals(request.desk), _PAGE).get_page(request.GET.get("page"))
    return render(request, "sandbox/index.html", {"page": page, "may": request.desk.role in MAKERS})


@roles(*MAKERS)
@require_http_methods(["GET", "POST"])
def new(request: _Request) -> HttpResponseBase:
    """A new proposal: what, on whom, as of when."""
    own = Union.objects.get(pk=request.desk.union_id)
    form = NewForm(request.POST or None, desk=request.desk, initial={"union": own, "day": day(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_proposal(request.desk, **form.cleaned_data, at=request.now)
        except Refused as refused:
            put_refusal(form, refused)
        else:
            return redirect("sandbox:numbers", made.pk)
    return render(request, "sandbox/new.html", {"form": form}, status=422 if form.errors else 200)


@roles(*MAKERS)
@require_http_methods(["GET", "POST"])
def numbers(request: _Request, pk: int) -> HttpResponseBase:
    """The numbers of a proposal; saving them tries them out at once."""
    row = _proposal(request, pk)
    form = NumbersForm(request.POST if request.method == "POST" else None, proposal=row)
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            version = int(request.POST.get("version", "0") or 0)
            services.change_numbers(request.desk, row, **form.given(), version=version, at=request.now)
            services.ask_trial(request.desk, row, at=request.now)
        except Refused as refused:
            put_refusal(form, refused)
        except (StaleVersion, ValueError):
            stale = True
            row.refresh_from_db()
            form.add_error(None, "这份方案刚被另一人改过。您填的都在，请核对后再保存。")
        else:
            return redirect("sandbox:proposal", row.pk)
    context = {"proposal": row, "form": form, "policy_title": selectors.policy_title(row.policy)}
    return render(request, "sandbox/numbers.html", context, status=409 if stale else 422 if form.errors else 200)


@roles(*READERS)
@require_GET
def proposal(request: _Request, pk: int) -> HttpResponse:
    """What a proposal would do."""
    row = _proposal(request, pk)
    return render(request, "sandbox/proposal.html", _shown(request, row))


def _shown(request: _Request, row: Proposal, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "proposal": row,
        "policy_title": selectors.policy_title(row.policy),
        "alterations": selectors.alterations(row),
        "may": request.desk.role in MAKERS,
        "is_author": row.author_id == request.desk.user_id,
        "own_figures": bool(any(row.changes.values())),
        "lodge_form": LodgeForm(),
        "reason_form": ReasonForm(),
    }
    if row.result:
        context |= {
            "outcomes": selectors.outcomes(row),
            "dimensions": selectors.dimensions(row),
            "spread": selectors.spread(row),
            "shares": [
                (selectors.part_title(row, part), tenths, month) for part, tenths, month in row.result["shares"]
            ],
            "sees_names": row.source == Source.REGISTER and request.desk.role in NAMES,
        }
    return context | more


@roles(*MAKERS)
@require_POST
def ask_trial(request: _Request, pk: int) -> HttpResponseBase:
    """Tries a proposal out again."""
    row = _proposal(request, pk)
    try:
        services.ask_trial(request.desk, row, at=request.now)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("sandbox:proposal", pk)


@roles(*READERS)
@require_GET
def progress(request: _Request, pk: int) -> HttpResponse:
    """The bar alone, asked for every second; when the trial has ended the page is loaded anew."""
    row = _proposal(request, pk)
    answer = render(request, "sandbox/_progress.html", {"proposal": row})
    if not row.at_work:
        answer["HX-Refresh"] = "true"
    return answer


@roles(*READERS)
@require_GET
def families(request: _Request, pk: int) -> HttpResponse:
    """Families whose outcome changes and those next to a line; with names for who may see them."""
    row = _proposal(request, pk)
    if not row.result:
        raise Http404
    which = request.GET.get("show", "changed")
    listed = selectors.near(request.desk, row) if which == "near" else selectors.changed(request.desk, row)
    context = {
        "proposal": row,
        "which": which,
        "tabs": [
            ("结果有变化", "?show=changed", row.result["changed_number"], which != "near"),
            ("在线上下", "?show=near", row.result["near_number"], which == "near"),
        ],
        "page": Paginator(listed, _PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "sandbox/families.html", context)


@roles(*READERS)
@require_GET
def beside(request: _Request) -> HttpResponse:
    """Two proposals side by side."""
    rows = list(selectors.proposals(request.desk).filter(state__in=(State.READY, State.LODGED, State.ADOPTED))[:100])
    chosen = [next((row for row in rows if str(row.pk) == request.GET.get(name)), None) for name in ("a", "b")]
    sides: list[dict[str, Any]] = [
        {
            "proposal": row,
            "policy_title": selectors.policy_title(row.policy),
            "alterations": selectors.alterations(row),
            "outcomes": {one.title: one for one in selectors.outcomes(row)},
        }
        for row in chosen
        if row is not None
    ]
    titles = list(dict.fromkeys(title for side in sides for title in side["outcomes"]))
    table = [(title, [side["outcomes"].get(title) for side in sides]) for title in titles]
    context = {"rows": rows, "sides": sides if len(sides) == 2 else [], "table": table, "chosen": chosen}
    return render(request, "sandbox/beside.html", context)


@roles(*MAKERS)
@require_POST
def lodge(request: _Request, pk: int) -> HttpResponseBase:
    """The author asks a second person to confirm."""
    row, form = _proposal(request, pk), LodgeForm(request.POST)
    if form.is_valid():
        try:
            services.lodge_proposal(request.desk, row, **form.cleaned_data, at=request.now)
        except Refused as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "已提请另一人确认。")
            return redirect("sandbox:proposal", pk)
    return render(request, "sandbox/proposal.html", _shown(request, row, lodge_form=form), status=422)


@roles(*MAKERS)
@require_POST
def decide(request: _Request, pk: int) -> HttpResponseBase:
    """The second person confirms or sends back."""
    row, form = _proposal(request, pk), ReasonForm(request.POST)
    try:
        if request.POST.get("verdict") == "confirm":
            services.confirm_proposal(request.desk, row, at=request.now)
            messages.success(request, "已确认。")
        elif request.POST.get("verdict") == "back" and form.is_valid():
            services.send_back_proposal(request.desk, row, reason=form.cleaned_data["reason"], at=request.now)
            messages.success(request, "已退回提出人。")
        else:
            return render(request, "sandbox/proposal.html", _shown(request, row, reason_form=form), status=422)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("sandbox:proposal", pk)


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def _with_result(request: _Request, pk: int) -> Proposal:
    row = _proposal(request, pk)
    if not row.result:
        raise Http404
    return row


@roles(*READERS)
@require_GET
def sheet(request: _Request, pk: int) -> HttpResponse:
    """The result as an Excel workbook."""
    row = _with_result(request, pk)
    return _file(exports.xlsx(row), exports.XLSX, f"政策试算_{row.title}.xlsx")


@roles(*READERS)
@require_GET
def paper(request: _Request, pk: int) -> HttpResponse:
    """The result as a PDF."""
    row = _with_result(request, pk)
    return _file(exports.pdf(row, request.now), "application/pdf", f"政策试算_{row.title}.pdf")


@roles(*MAKERS)
@require_GET
def draft(request: _Request, pk: int) -> HttpResponseBase:
    """The altered figures of the text as the draft of a policy pack."""
    row = _proposal(request, pk)
    if row.state not in (State.LODGED, State.ADOPTED):
        raise PermissionDenied
    try:
        body = drafts.archive(row)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("sandbox:proposal", pk)
    return _file(body, "application/zip", f"{drafts.folder_name(row)}.zip")
