"""Papers: the checklist, uploads, what stands on them, and the files themselves (only through here, never by address alone)."""

from datetime import date
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from bangfu.common import clock
from bangfu.common.errors import Refused
from bangfu.families import blobs, choices, panel, selectors, services, typing_in, uploads
from bangfu.families.models import EvidenceFile, Household
from bangfu.families.services.evidence import DETAIL_LABELS
from bangfu.families.views.common import READERS, WORKERS, DeskRequest, by_script, family, may_edit
from bangfu.families.views.wizard import step_bar
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles
from bangfu.policy.errors import PolicyError


@roles(*WORKERS)
@require_GET
def papers(request: DeskRequest, pk: int) -> HttpResponse:
    """The step 材料 of the wizard: what to bring, what is there, what is missing."""
    household = family(request, pk)
    if not may_edit(request, household):
        return redirect("families:household", pk)
    context = paper_context(request, household)
    context |= {
        "step": "evidence", "step_label": "材料", "steps": step_bar(household, "evidence"), "panel": panel.build(household),
        "next_step": "review",
    }  # fmt: skip
    return render(request, "families/evidence.html", context)


def paper_context(request: DeskRequest, household: Household) -> dict[str, Any]:
    """The checklist with its files, for the page and for what an upload answers."""
    trouble, places = "", []
    try:
        pack = panel.pack_of(household)
        places = selectors.checklist_state(household, pack)
    except PolicyError as fault:
        trouble = str(fault)
    today = clock.day(request.now)
    asked = {(place.paper, place.subject) for place in places}
    files = [file for place in places for file in place.files]
    loose = (
        household.evidence.filter(withdrawn_at__isnull=True)
        .exclude(pk__in=[file.pk for file in files])
        .select_related("member")
    )
    return {
        "household": household,
        "places": places,
        "trouble": trouble,
        "open": sum(not place.done for place in places),
        "details": {file.pk: selectors.details_of(file) for file in files},
        "expired": {file.pk: selectors.expired(file, today) for file in files},
        "detail_labels": DETAIL_LABELS,
        "carriers": choices.Carrier.choices,
        "loose": [file for file in loose if (file.paper, selectors.subject_of(file)) not in asked],
        "max_bytes": settings.BANGFU_UPLOAD_BYTES,
        "max_megabytes": settings.BANGFU_UPLOAD_BYTES // 1024 // 1024,
        "user_id": request.desk.user_id,
    }


def _answer(request: DeskRequest, household: Household, message: str = "", anchor: str = "") -> HttpResponseBase:
    """The renewed checklist for a script, a redirect for a plain form."""
    if by_script(request):
        context = paper_context(request, selectors.whole(household)) | {"said": message}
        return render(request, "families/_papers.html", context)
    if message:
        messages.success(request, message)
    return redirect(reverse("families:evidence", args=[household.pk]) + anchor)


def _refuse(request: DeskRequest, household: Household, fault: Refused, status: int = 422) -> HttpResponseBase:
    if by_script(request):
        return HttpResponse(fault.message, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, fault.message)
    return redirect("families:evidence", household.pk)


@roles(Role.CLERK)
@require_POST
def upload(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Takes one file (or several of a plain form) for one place of the checklist."""
    household = family(request, pk)
    try:
        place = _place(household, request.POST.get("place", ""))
        document = request.POST.get("document", "")
        if document not in dict(place.accepts):
            document = place.accepts[0][0]
        given = [file for name in ("file", "camera") for file in request.FILES.getlist(name)]
        if not given:
            raise Refused("请选择要上传的文件。", field="file")
        notes = [_take(request, household, place, document, file) for file in given]
    except Refused as fault:
        return _refuse(request, household, fault, 413 if "上限" in fault.message else 422)
    return _answer(request, household, "；".join(filter(None, notes)) or "已上传。", f"#place-{place.key}")


def _place(household: Household, key: str) -> selectors.Place:
    for place in selectors.checklist_state(household, panel.pack_of(household)):
        if place.key == key:
            return place
    raise Refused("这项材料已不在清单上，请刷新页面。")


def _take(request: DeskRequest, household: Household, place: selectors.Place, document: str, file: UploadedFile) -> str:
    if (file.size or 0) > settings.BANGFU_UPLOAD_BYTES:
        raise uploads.UploadFault(uploads.too_big(file.size or 0), field="file")
    member = next((row for row in household.members.all() if row.fact_id == place.subject), None)
    saved = services.attach_evidence(
        request.desk, household, file.read(), file.name or "", at=request.now, paper=place.paper, document=document,
        member=member, line=place.subject if ":" in place.subject else "",
    )  # fmt: skip
    twin = saved.duplicate_of
    if twin is None:
        return ""
    where = (
        "本户的另一项材料"
        if twin.household_id == household.pk
        else f"家庭 {twin.household.number}（{twin.household.worker_name}）"
    )
    return f"已上传。请注意：同一份文件也在{where}中"


def _file(request: DeskRequest, pk: int) -> EvidenceFile:
    found: EvidenceFile = get_object_or_404(
        selectors.evidence_visible_to(request.desk).select_related("household__union"), pk=pk
    )
    return found


@roles(Role.CLERK)
@require_POST
def describe(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Notes what stands on the paper."""
    file = _file(request, pk)
    try:
        details = {name: request.POST[name][:200] for name in DETAIL_LABELS if name in request.POST}
        for name in ("date", "valid_to"):
            if details.get(name):
                future = date(2200, 1, 1) if name == "valid_to" else clock.day(request.now)
                found = typing_in.day(details[name], today=future)
                details[name] = found.isoformat() if found else ""
        region = request.POST.get("issuer_region", "").strip()[:6]
        if region and not region.isdigit():
            raise Refused("颁发机关所在地请填写 6 位行政区划代码")
        made_on = typing_in.day(request.POST.get("made_on", ""), today=clock.day(request.now))
        carrier = request.POST.get("carrier", "")
        services.describe_evidence(
            request.desk, file, at=request.now, document=request.POST.get("document") or None, details=details,
            issuer_region=region if "issuer_region" in request.POST else None,
            carrier=carrier if carrier in choices.Carrier.values else None, made_on=made_on,
            author=request.POST["author"].strip()[:80] if "author" in request.POST else None,
        )  # fmt: skip
    except Refused as fault:
        return _refuse(request, file.household, fault)
    return _answer(request, file.household, "已保存。", f"#file-{file.pk}")


@roles(Role.CLERK)
@require_POST
def compare(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Notes who compared the copy with the original."""
    file = _file(request, pk)
    try:
        services.compare_evidence(request.desk, file, at=request.now)
    except Refused as fault:
        return _refuse(request, file.household, fault)
    return _answer(request, file.household, "已登记与原件核对。", f"#file-{file.pk}")


@roles(Role.CLERK)
@require_POST
def withdraw(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Takes a file off the list."""
    file = _file(request, pk)
    try:
        services.withdraw_evidence(request.desk, file, at=request.now, reason=request.POST.get("reason", ""))
    except Refused as fault:
        return _refuse(request, file.household, fault)
    return _answer(request, file.household, "已撤下。")


@roles(Role.CLERK)
@require_POST
def waive(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Closes an open place with a reason, or asks for the paper again (``undo``)."""
    household = family(request, pk)
    try:
        place = _place(household, request.POST.get("place", ""))
        if request.POST.get("undo"):
            services.unwaive_paper(request.desk, household, place.paper, place.subject, at=request.now)
        else:
            services.waive_paper(
                request.desk,
                household,
                place.paper,
                place.subject,
                at=request.now,
                reason=request.POST.get("reason", ""),
            )
    except Refused as fault:
        return _refuse(request, household, fault)
    return _answer(request, household, "已登记。", f"#place-{place.key}")


@roles(*READERS)
@require_GET
def content(request: DeskRequest, pk: int, which: str) -> HttpResponse:
    """The file itself: ``viewing`` and ``thumbnail`` are copies without EXIF data, ``original`` is a download."""
    file = _file(request, pk)
    name = {"original": file.stored, "viewing": file.viewing or file.stored, "thumbnail": file.thumbnail}.get(which, "")
    if not name:
        raise Http404
    try:
        data = blobs.read(name)
    except FileNotFoundError as fault:
        raise Http404 from fault
    copy = which != "original" and name != file.stored
    kind = "image/jpeg" if copy else file.content_type
    # a picture's copy is shown; an original, and every PDF, is handed out as a file and not run in the page
    inline = copy and kind.startswith("image/")
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(file.original_name)}"
    )
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
