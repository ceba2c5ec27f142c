"""The self-test: one address, without signing in. Answers travel in the body of the request and are kept nowhere."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bangfu.common import clock
from bangfu.common.money import MoneyFault, parse_yuan
from bangfu.organizations.middleware import origin_of
from bangfu.organizations.permissions import public
from bangfu.policy import registry
from bangfu.policy.errors import PolicyNotInForce
from bangfu.portal import selectors, services
from bangfu.portal.flow import MOST_QUESTIONS, SelfTest, setting_for
from bangfu.portal.topics import NONE, TOPICS, UNSURE, Setting, Topic

MOST_A_MINUTE = 90
_CODE = re.compile(r"[0-9]{6}")


class Unreadable(Exception):
    """What was typed is no answer to the question; the message says what would be."""


@dataclass
class Posted:
    """What a page sent back: the place, the answers so far, and what was pressed."""

    place: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    do: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> Posted:
        found = cls(do=request.POST.getlist("do")[-1] if "do" in request.POST else "")
        place = request.POST.get("place", "")
        found.place = place if _CODE.fullmatch(place) else ""
        for one in request.POST.getlist("a")[: MOST_QUESTIONS + 2]:
            code, _, value = one.partition("=")
            if code in TOPICS and len(value) <= 200:
                found.answers[code] = value
        return found


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The whole self-test. GET is its first page; every further page is the answer to a POST."""
    if request.method != "POST":
        return _place_page(request)
    if _too_many(request):
        return render(request, "portal/busy.html", status=429)
    posted = Posted.read(request)
    if posted.do == "again" or (posted.do == "back" and not posted.answers):
        return _place_page(request)
    if not posted.place:
        return _choose_place(request, posted)
    return _go_on(request, posted)


def _too_many(request: HttpRequest) -> bool:
    """Whether one address asks more often than people do. Kept for a minute in memory, as a hash, and nowhere else."""
    minute = int(request.now.timestamp()) // 60  # type: ignore[attr-defined]
    key = "ask-" + hashlib.sha256(f"{minute}{origin_of(request)}".encode()).hexdigest()[:32]
    cache.add(key, 0, 60)
    try:
        return bool(cache.incr(key) > MOST_A_MINUTE)
    except ValueError:  # fell out of the cache between the two
        return False


# --- the place -----------------------------------------------------------------------------------------------------------
def _place_page(request: HttpRequest, *, typed: str = "", fault: str = "", status: int = 200) -> HttpResponse:
    found = selectors.places_named(typed) if typed and not fault else []
    if typed and not found and not fault:
        fault, status = f"没有找到“{typed[:20]}”。请写区县的名字，例如“和平区”。", 422
    context = {"typed": typed, "found": found, "fault": fault, "common": [] if typed else selectors.common_places()}
    return render(request, "portal/place.html", context, status=status)


def _choose_place(request: HttpRequest, posted: Posted) -> HttpResponse:
    chosen = request.POST.get("v", "")
    if _CODE.fullmatch(chosen) and selectors.place(chosen):
        posted.place = chosen
        return _go_on(request, posted)
    typed = request.POST.get("q", "").strip()
    if not typed:
        return _place_page(request, fault="请写下您工作的区县，或在下面选一个。", status=422)
    return _place_page(request, typed=typed)


# --- questions and the answer ----------------------------------------------------------------------------------------------
def _go_on(request: Any, posted: Posted) -> HttpResponse:
    day = clock.day(request.now)
    region = selectors.place(posted.place)
    if region is None:
        return _place_page(request, fault="请重新选择工作的地方。", status=422)
    try:
        setting = setting_for(region.code, region.full_name, day)
    except PolicyNotInForce:
        return _place_page(request, fault="这个地方今天没有可用的规定，请直接联系当地工会。", status=422)
    if posted.do == "back":
        posted.answers.popitem()
    fault, typed, asked = "", "", None
    if posted.do in ("next", "unsure", "search"):
        asked = TOPICS.get(request.POST.get("now", ""))
        if asked is not None and asked.code not in posted.answers:
            try:
                posted.answers[asked.code] = UNSURE if posted.do == "unsure" else _read(request, asked, setting)
            except Unreadable as bad:
                fault, typed = str(bad), request.POST.get("low", "")[:40]
    places = selectors.places_named(request.POST.get("q", "")) if posted.do == "search" else []
    codes = (region.code, posted.answers.get("huji", region.code))
    test = SelfTest(setting, posted.answers, selectors.figures_of(codes, day), day)
    topic = asked if fault or places else test.next_topic()
    said = [(TOPICS[code].shown(setting), TOPICS[code].said(value, setting)) for code, value in test.answers.items()]
    context: dict[str, Any] = {
        "setting": setting,
        "national": setting.pack.id == registry.national(day),
        "answers": [f"{code}={value}" for code, value in test.answers.items()],
        "said": said,
    }
    if topic is None:
        services.count_self_test(day)
        context |= {"outcome": test.outcome(), "contacts": selectors.contacts(region.code)}
        return render(request, "portal/outcome.html", context)
    context |= _question(topic, setting, len(test.answers) + 1)
    context |= {"fault": "" if places else fault, "typed": typed, "places": places, "query": request.POST.get("q", "")[:40]}  # fmt: skip
    return render(request, "portal/question.html", context, status=422 if fault and not places else 200)


def _question(topic: Topic, setting: Setting, number: int) -> dict[str, Any]:
    return {
        "topic": topic,
        "title": topic.shown(setting),
        "hint": topic.hint(setting),
        "options": topic.options(setting),
        "number": number,
        "most": MOST_QUESTIONS,
        "sure": topic.code == "people",
    }


def _read(request: HttpRequest, topic: Topic, setting: Setting) -> str:
    """The answer as text. Raises `Unreadable` with what would be one."""
    given = request.POST.getlist("v")
    if topic.kind == "amount":
        value = _amount(request.POST.get("low", ""), request.POST.get("high", ""))
    elif topic.kind == "number":
        typed = unicodedata.normalize("NFKC", request.POST.get("low", "")).strip()
        if not re.fullmatch(r"\d{1,9}", typed):
            raise Unreadable(f"请填写一个整数，单位是{topic.unit}")
        value = str(int(typed))
        if not topic.least <= int(value) <= topic.most:
            raise Unreadable(f"请填写 {topic.least} 到 {topic.most} 之间的数")
    elif topic.kind == "several":
        value = NONE if NONE in given else ",".join(dict.fromkeys(given))
        if not value:
            raise Unreadable(f"请选出符合的；没有的话，请按“{topic.none}”")
    else:
        value = given[-1] if given else ""
    if not topic.valid(value, setting) or (topic.kind == "place" and selectors.place(value) is None):
        raise Unreadable(
            "没有找到这个地方，请写区县的名字" if topic.kind == "place" else "请选一个答案，或者按“不清楚”"
        )
    return value


def _amount(low: str, high: str) -> str:
    try:
        first = parse_yuan(low)
        last = parse_yuan(high) if high.strip() else first
    except MoneyFault as fault:
        raise Unreadable(str(fault)) from None
    if last < first:
        raise Unreadable("范围的后一个数要比前一个大")
    return str(first) if first == last else f"{first}-{last}"
