"""Papers to open, print or download. Each is made anew from frozen rows and written down as an act; nothing of it stays in a cache."""

from urllib.parse import quote

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bangfu.casework import papers
from bangfu.casework.decision_models import CollectiveDecision
from bangfu.casework.models import Application, CaseFile, Determination, HomeVisit, PublicNotice
from bangfu.casework.services.printing import Thing, print_paper
from bangfu.casework.services.submission import policy_of
from bangfu.casework.views.common import READERS, DeskRequest
from bangfu.common.errors import Refused
from bangfu.families.models import Household
from bangfu.organizations.permissions import roles

OF_APPLICATION = ("application_form", "home_visit_form", "authorization_form")


def links(application: Application, newest: Determination | None) -> list[tuple[str, str]]:
    """What can be printed for a case now: (title, address), in the order of its way."""
    if newest is None:
        return []
    found = [
        ("困难职工申请表", reverse("casework:paper", args=[application.pk, "application_form"])),
        ("困难职工申请表（Word）", reverse("casework:paper_word", args=[application.pk])),
        (f"测算书（{newest.get_moment_display()}）", reverse("casework:paper_sheet", args=[newest.pk])),
        ("入户调查表（空白）", reverse("casework:paper", args=[application.pk, "home_visit_form"])),
    ]
    for visit in application.visits.order_by("pk"):
        found.append((f"入户调查表（{visit.visited_on:%Y-%m-%d}）", reverse("casework:paper_visit", args=[visit.pk])))
    for meeting in application.decisions.select_related("step").order_by("pk"):
        found.append(
            (f"集体研究记录（{meeting.held_on:%Y-%m-%d}）", reverse("casework:paper_decision", args=[meeting.pk]))
        )
    for notice in application.notices.order_by("pk"):
        found.append((f"公示 {notice.number}", reverse("casework:paper_notice", args=[notice.pk])))
        found.append((f"公示 {notice.number}（Excel）", reverse("casework:paper_notice_table", args=[notice.pk])))
    found.append(("查询授权书", reverse("casework:paper", args=[application.pk, "authorization_form"])))
    file = CaseFile.objects.filter(application=application).first()
    if file is not None:
        found.append(("困难职工原始信息表", reverse("casework:paper_information", args=[file.pk])))
    return found


@roles(*READERS)
@require_GET
def paper(request: DeskRequest, pk: int, paper: str) -> HttpResponseBase:
    """A form of an application as PDF."""
    if paper not in OF_APPLICATION:
        raise Http404
    return _print(request, get_object_or_404(Application.objects.visible_to(request.desk), pk=pk), paper)


@roles(*READERS)
@require_GET
def word(request: DeskRequest, pk: int) -> HttpResponseBase:
    """困难职工申请表 as a Word file."""
    return _print(
        request, get_object_or_404(Application.objects.visible_to(request.desk), pk=pk), "application_form", "docx"
    )


@roles(*READERS)
@require_GET
def draft(request: DeskRequest, pk: int, form: str) -> HttpResponseBase:
    """困难职工申请表 of a family that has not handed in yet, to be signed."""
    if form not in ("pdf", "docx"):
        raise Http404
    household = get_object_or_404(Household.objects.visible_to(request.desk), pk=pk)
    return _print(request, household, "application_form", form)


@roles(*READERS)
@require_GET
def sheet(request: DeskRequest, pk: int) -> HttpResponseBase:
    """测算书 of one determination."""
    rows = Determination.objects.visible_to(request.desk).filter(companion_of__isnull=True)
    return _print(request, get_object_or_404(rows, pk=pk), "calculation_sheet")


@roles(*READERS)
@require_GET
def notice(request: DeskRequest, pk: int) -> HttpResponseBase:
    """公示, as it hangs."""
    return _print(request, get_object_or_404(PublicNotice.objects.visible_to(request.desk), pk=pk), "public_notice")


@roles(*READERS)
@require_GET
def decision(request: DeskRequest, pk: int) -> HttpResponseBase:
    """集体研究（评议）记录 of one meeting."""
    rows = CollectiveDecision.objects.visible_to(request.desk).select_related("application", "step__union")
    return _print(request, get_object_or_404(rows, pk=pk), "decision_minutes")


@roles(*READERS)
@require_GET
def notice_table(request: DeskRequest, pk: int) -> HttpResponseBase:
    """公示 as a spreadsheet."""
    return _print(
        request, get_object_or_404(PublicNotice.objects.visible_to(request.desk), pk=pk), "public_notice", "xlsx"
    )


@roles(*READERS)
@require_GET
def visit(request: DeskRequest, pk: int) -> HttpResponseBase:
    """入户调查表 with what one visit found."""
    return _print(request, get_object_or_404(HomeVisit.objects.visible_to(request.desk), pk=pk), "home_visit_form")


@roles(*READERS)
@require_GET
def information(request: DeskRequest, pk: int) -> HttpResponseBase:
    """困难职工原始信息表 of a file, in its present version."""
    return _print(request, get_object_or_404(CaseFile.objects.visible_to(request.desk), pk=pk), "information_sheet")


def _print(request: DeskRequest, thing: Thing, paper: str, form: str = "pdf") -> HttpResponseBase:
    try:
        policy = policy_of(thing) if isinstance(thing, Household) else ""
        made = print_paper(request.desk.actor, thing, paper, at=request.now, form=form, policy=policy)
    except Refused as fault:
        context = {"status": 422, "heading": "还不能打印", "text": fault.message}
        return render(request, "kit/error.html", context, status=422)
    return _file(made)


def _file(made: papers.Printed) -> HttpResponse:
    answer = HttpResponse(made.body, content_type=made.content_type)
    shown = "inline" if made.content_type == papers.PDF else "attachment"
    # RFC 5987: the Chinese name, and an ASCII one for what cannot read it
    ending = made.filename.rpartition(".")[2]
    answer["Content-Disposition"] = (
        f"{shown}; filename=\"{made.number}.{ending}\"; filename*=UTF-8''{quote(made.filename, safe='')}"
    )
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
