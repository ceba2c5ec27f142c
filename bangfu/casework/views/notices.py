"""The public side of notices: genuine or not, the objection box, the answer; and for the desk the notice as a page, and who objected."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.casework import papers
from bangfu.casework.errors import LeakFound
from bangfu.casework.models import Objection, PublicNotice
from bangfu.casework.services import box, exposure
from bangfu.casework.views.common import READERS, DeskRequest
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.organizations.choices import Role
from bangfu.organizations.middleware import origin_of
from bangfu.organizations.permissions import public, roles

A_MINUTE, WRITTEN_A_DAY = 30, 5
"""How often one address of the network may look in a minute and write in a day."""


def unlisted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Nobody may keep the answer and no search engine may list it."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        add_never_cache_headers(answer)  # type: ignore[arg-type]
        answer["Cache-Control"] = "no-store, private"
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return answer

    return answered


def _too_many(request: Any, what: str, limit: int, seconds: int) -> bool:
    """Whether one address asks too often. Kept as a hash, for the time of the limit, in memory and nowhere else."""
    window = int(request.now.timestamp()) // seconds
    key = "notice-" + hashlib.sha256(f"{what}{window}{origin_of(request)}".encode()).hexdigest()[:32]
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) > limit)
    except ValueError:  # fell out of the cache between the two
        return False


def _by_code(code: str) -> PublicNotice | None:
    clean = re.sub(r"[^0-9A-Z]", "", code.upper())
    if len(clean) != 12:
        return None
    found: PublicNotice | None = PublicNotice.objects.filter(code=clean).select_related("application__union").first()
    return found


def _busy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "casework/notice_gone.html",
        {"heading": "请稍等一会儿", "text": "这会儿看的人有点多，请过一分钟再试。"},
        status=429,
    )


def _unknown(request: HttpRequest) -> HttpResponse:
    text = "没有这个核验码的公示。请对照公示上的十二位核验码再输入一次；仍然没有的，请拨打公示上的监督电话核实。"
    return render(request, "casework/notice_verify.html", {"unknown": text}, status=404)


@public
@unlisted
@require_GET
def verify(request: Any, code: str = "") -> HttpResponseBase:
    """Says that a notice is genuine, its period and its union; of the family nothing."""
    if _too_many(request, "verify", A_MINUTE, 60):
        return _busy(request)
    code = code or request.GET.get("code", "")
    if not code:
        return render(request, "casework/notice_verify.html", {})
    notice = _by_code(code)
    if notice is None:
        return _unknown(request)
    today = day(request.now)
    context = {
        "number": notice.number, "union": notice.application.union.name, "posted_on": notice.posted_on, "ends_on": notice.ends_on,
        "provisional": notice.ends_provisional, "open": box.is_open(notice, today), "code": notice.code, "found": True,
    }  # fmt: skip
    return render(request, "casework/notice_verify.html", context)


@public
@unlisted
@require_http_methods(["GET", "POST"])
def objection_box(request: Any, code: str) -> HttpResponseBase:
    """A form for an objection: a text that the unit reads, and name and contact that it does not."""
    if _too_many(request, "box", A_MINUTE, 60):
        return _busy(request)
    notice = _by_code(code)
    if notice is None:
        return _unknown(request)
    context: dict[str, Any] = {"code": notice.code, "number": notice.number, "union": notice.application.union.name}
    if not box.is_open(notice, day(request.now)):
        text = "公示期已满，意见箱已关闭。如仍有情况反映，请拨打公示上的监督电话。"
        return render(request, "casework/notice_gone.html", {"heading": "公示已结束", "text": text}, status=410)
    if request.method != "POST":
        return render(request, "casework/notice_objection.html", context)
    typed = {name: request.POST.get(name, "") for name in ("content", "name", "contact")}
    try:
        if _too_many(request, f"write{notice.pk}", WRITTEN_A_DAY, 86400):
            raise box.TooMany("您今天写的次数已满，请明天再来，或拨打公示上的监督电话。")
        _, receipt = box.receive_objection(notice, **typed, at=request.now)
    except box.TooMany as fault:
        return render(
            request, "casework/notice_objection.html", context | {"typed": typed, "fault": fault.message}, status=429
        )
    except Refused as fault:
        return render(
            request, "casework/notice_objection.html", context | {"typed": typed, "fault": fault.message}, status=422
        )
    return render(
        request, "casework/notice_objection.html", context | {"receipt": f"{receipt[:4]}-{receipt[4:8]}-{receipt[8:]}"}
    )


@public
@unlisted
@require_http_methods(["GET", "POST"])
def answer(request: Any) -> HttpResponseBase:
    """The answer to an objection, for who has its receipt. The receipt travels in the body, not in the address."""
    if request.method != "POST":
        return render(request, "casework/notice_answer.html", {})
    if _too_many(request, "answer", A_MINUTE // 3, 60):
        return _busy(request)
    found = box.find_answer(request.POST.get("receipt", ""))
    if found is None:
        return render(
            request,
            "casework/notice_answer.html",
            {"fault": "没有这个回执号，请对照提交后给您的十二位回执号再输入一次。"},
            status=422,
        )
    context = {"found": True, "answered": box.answered(found), "result": found.get_result_display(), "text": found.answer,
               "answered_on": found.answered_on}  # fmt: skip
    return render(request, "casework/notice_answer.html", context)


# --- for the desk ---------------------------------------------------------------------------------------------------
@roles(*READERS)
@unlisted
@require_GET
def screen(request: DeskRequest, pk: int) -> HttpResponseBase:
    """公示 as a page by itself, for the screen in the hall of the unit; it ends with its period."""
    notice = get_object_or_404(
        PublicNotice.objects.visible_to(request.desk).select_related("application__union"), pk=pk
    )
    if not box.is_open(notice, day(request.now)):
        return render(
            request,
            "kit/error.html",
            {"status": 410, "heading": "公示已结束", "text": "公示期已满，公示版不再显示。"},
            status=410,
        )
    try:
        exposure.check_notice(notice)
    except LeakFound as fault:
        return render(
            request, "kit/error.html", {"status": 422, "heading": "还不能显示", "text": fault.message}, status=422
        )
    return HttpResponse(papers.public_notice_page(notice), content_type="text/html; charset=utf-8")


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def author(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Who wrote an objection, for the union above, with a reason. The answer is shown once and kept nowhere."""
    rows = Objection.objects.filter(notice__in=PublicNotice.objects.visible_to(request.desk)).select_related(
        "notice__application"
    )
    held: Objection = get_object_or_404(rows, pk=pk)
    if not box.may_see_author(request.desk, held):
        raise PermissionDenied("只有上级工会的帮扶中心或领导可以查看意见的反映人。")
    try:
        told = box.reveal_objector(request.desk, held, reason=request.POST.get("reason", ""), at=request.now)
    except Refused as fault:
        messages.error(request, fault.message)
        return redirect("casework:case", held.notice.application_id)
    return render(
        request,
        "casework/objection_author.html",
        {"objection": held, "told": told, "application": held.notice.application},
    )
