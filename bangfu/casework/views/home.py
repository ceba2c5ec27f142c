"""The first page of each role: what she should do today over all her posts, and what else is there for her."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET

from bangfu.casework.models import Application, CaseFile, Determination, PublicNotice
from bangfu.casework.selectors import names, overdue, work
from bangfu.casework.services import clocks
from bangfu.casework.views.common import PAGE_SIZE, DeskRequest, page_of
from bangfu.common.clock import day
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import ADMIN_ROLES, EVERY_ROLE, roles
from bangfu.organizations.scope import Desk
from bangfu.organizations.selectors import desk_of
from bangfu.organizations.today import RANKS, Today

ABOVE = (Role.REVIEWER, Role.AID_CENTER, Role.LEADER)
"""Roles that are told when something below their union is late."""


@roles(*EVERY_ROLE)
@require_GET
def home(request: DeskRequest) -> HttpResponse:
    """What this person should do today; for roles without cases also what is there for them."""
    if request.desk.role in ADMIN_ROLES:
        return render(request, "casework/home_other.html", {"links": _links(request.desk.role)})
    clocks.list_of_the_year(request.desk.union_path, request.now)
    context, today = _today(request)
    role = request.desk.role
    if role == Role.LEADER:
        return _leader(request, context)
    if role in (Role.CLERK, Role.REVIEWER, Role.AID_CENTER):
        return _work(request, context, today)
    return _others(request, context)


def _desks(request: Any) -> list[Desk]:
    """All her desks of this day, the present one first."""
    held = [request.desk]
    for post in request.posts:
        if post.pk != request.desk.post_id:
            post.user = request.user
            held.append(desk_of(post, request.desk.on, request.desk.origin))
    return held


def _today(request: DeskRequest) -> tuple[dict[str, Any], Today]:
    """The list of the day with its tabs, and how late it is below."""
    now = day(request.now)
    today = Today.of(request.desk, _desks(request), now)
    tab = request.GET.get("tab", "all")
    known = {code for _, code, _ in RANKS}
    tab = tab if tab in known or tab == "drafts" else "all"
    counts = today.counts
    tabs = [("全部待办", "?tab=all", counts["all"], tab == "all")]
    tabs += [
        (word, f"?tab={code}", counts[code], code == tab) for _, code, word in RANKS if counts[code] or code == tab
    ]
    context: dict[str, Any] = {
        "today": now,
        "tab": tab,
        "tabs": tabs,
        "counts": counts,
        "notes": _notes(request),
        "late_below": overdue.summary(request.desk, now) if request.desk.role in ABOVE else None,
        "page": today.page(request.GET.get("page"), PAGE_SIZE, "all" if tab == "drafts" else tab),
    }
    return context, today


def _notes(request: DeskRequest) -> list[dict[str, Any]]:
    """Lines that other rooms have for the first page of this desk: ``text``, ``to`` (a named address), ``icon``."""
    found: list[dict[str, Any]] = []
    for path in settings.BANGFU_HOME_NOTES:
        ask: Callable[[Desk], list[dict[str, Any]]] = import_string(path)
        found += ask(request.desk)
    return found


def _work(request: DeskRequest, context: dict[str, Any], today: Today) -> HttpResponse:
    desk = request.desk
    if desk.role == Role.CLERK:
        drafts = work.drafts(desk)
        if context["tab"] == "drafts":
            context["draft_page"] = page_of(request, drafts)
            count = context["draft_page"].paginator.count
        else:
            count = drafts.count()
            if context["tab"] == "all":
                context["drafts"] = list(drafts[:6]) if count else []
        context["tabs"].append(("草稿", "?tab=drafts", count, context["tab"] == "drafts"))
        context["draft_count"] = count
    return render(request, "casework/home.html", context)


def _leader(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    desk = request.desk
    steps: dict[str, dict[str, Any]] = {}
    for row in work.by_step(desk):
        title = names.step_title(row["policy"], row["step"])
        held = steps.setdefault(title, {"title": title, "n": 0, "oldest": row["oldest"]})
        held["n"] += row["n"]
        held["oldest"] = min(held["oldest"], row["oldest"])
    context |= {
        "steps": sorted(steps.values(), key=lambda item: item["oldest"]),
        "waiting": sum(item["n"] for item in steps.values()),
        "categories": work.by_category(desk),
        "case_counts": work.case_counts(desk),
        "late_units": overdue.by_unit(desk, context["today"])[:5] if context["late_below"] else [],
    }
    return render(request, "casework/home_leader.html", context)


def _others(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    desk = request.desk
    context["links"] = _links(desk.role)
    if desk.role == Role.AUDITOR:
        context["figures"] = [
            ("在办申请", Application.objects.visible_to(desk).filter(state__in=work.OPEN).count()),
            ("在册档案", CaseFile.objects.visible_to(desk).exclude(state="closed").count()),
            ("冻结的测算", Determination.objects.visible_to(desk).filter(companion_of__isnull=True).count()),
            ("公示", PublicNotice.objects.visible_to(desk).count()),
        ]
    return render(request, "casework/home_other.html", context)


LINKS: dict[Role, tuple[tuple[str, str, str, str], ...]] = {
    Role.FINANCE: (
        ("政策条文", "library:index", "哪些钱可以用在谁身上、限额多少，逐条列出并注明落在哪里。", "book"),
        ("地方标准", "organizations:standards", "本地低保标准等数字，及其文件依据。", "ruler"),
    ),
    Role.AUDITOR: (
        ("申请与档案", "casework:list", "本会及下级的全部申请，每一步由谁在何时办理。", "folders"),
        ("公示", "casework:notices", "正在公示和已撤下的公示，异议与答复。", "notice"),
        ("操作记录", "organizations:log", "谁在什么时候做了什么，逐条相扣，可以核验。", "history"),
        ("核验测算书", "casework:verify", "用打印件上的验证码找到冻结的原件。", "check"),
    ),
    Role.ACCOUNT_ADMIN: (
        ("账号与岗位", "organizations:accounts", "开户、任职、停用；不相容的岗位系统不让兼任。", "user-cog"),
        ("工会", "organizations:unions", "工会树与隶属关系，案件按它逐级上报。", "sitemap"),
    ),
    Role.SECURITY_ADMIN: (("安全", "organizations:security", "登录锁定、第二因子与密钥。", "shield"),),
    Role.LOG_ADMIN: (("操作记录", "organizations:log", "审计链及其核验。", "history"),),
}


def _links(role: Role) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for title, name, text, icon in LINKS.get(role, ()):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if role in getattr(resolve(url).func, "roles", EVERY_ROLE):
            found.append({"title": title, "url": url, "text": text, "icon": icon})
    return found
