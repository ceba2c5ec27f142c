"""The first page of each role."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET

from bangfu.casework.models import Application, CaseFile, Determination, PublicNotice
from bangfu.casework.selectors import names, work
from bangfu.casework.views.common import DeskRequest, page_of
from bangfu.common.clock import day
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import EVERY_ROLE, roles

TABS = (("all", "全部待办"), ("returned", "退回"), ("due", "到期"), ("clock", "计时中"))


@roles(*EVERY_ROLE)
@require_GET
def home(request: DeskRequest) -> HttpResponse:
    """What this desk should do today; for roles without cases what is there for them."""
    role = request.desk.role
    if role == Role.LEADER:
        return _leader(request)
    if role in (Role.CLERK, Role.REVIEWER, Role.AID_CENTER):
        return _work(request)
    return _others(request)


def _notes(request: DeskRequest) -> list[dict[str, Any]]:
    """Lines that other rooms have for the first page of this desk: ``text``, ``to`` (a named address), ``icon``."""
    return [note for path in settings.BANGFU_HOME_NOTES for note in import_string(path)(request.desk)]


def _tabs(request: DeskRequest, counts: dict[str, int], current: str) -> list[tuple[str, str, int, bool]]:
    return [(title, f"?tab={code}", counts[code], code == current) for code, title in TABS]


def _work(request: DeskRequest) -> HttpResponse:
    desk, today = request.desk, day(request.now)
    tab = request.GET.get("tab", "all")
    counts = work.tab_counts(desk, today)
    context: dict[str, Any] = {"today": today, "tab": tab, "open_clocks": counts["clock"], "counts": counts}
    context["notes"] = _notes(request)
    tabs = _tabs(request, counts, tab if tab in counts else "all" if tab != "drafts" else tab)
    if desk.role == Role.CLERK:
        drafts = work.drafts(desk)
        if tab == "drafts":
            context["draft_page"] = page_of(request, drafts)
            count = context["draft_page"].paginator.count
        else:
            count = drafts.count()
            if tab == "all":
                context["drafts"] = list(drafts[:6]) if count else []
        tabs.append(("草稿", "?tab=drafts", count, tab == "drafts"))
        context["draft_count"] = count
    if tab != "drafts":
        context["page"] = page_of(request, work.tab_rows(desk, tab, today))
    context["tabs"] = tabs
    return render(request, "casework/home.html", context)


def _leader(request: DeskRequest) -> HttpResponse:
    desk, today = request.desk, day(request.now)
    steps: dict[str, dict[str, Any]] = {}
    for row in work.by_step(desk):
        title = names.step_title(row["policy"], row["step"])
        held = steps.setdefault(title, {"title": title, "n": 0, "oldest": row["oldest"]})
        held["n"] += row["n"]
        held["oldest"] = min(held["oldest"], row["oldest"])
    counts = work.tab_counts(desk, today)
    context = {
        "today": today,
        "notes": _notes(request),
        "steps": sorted(steps.values(), key=lambda item: item["oldest"]),
        "waiting": sum(item["n"] for item in steps.values()),
        "categories": work.by_category(desk),
        "page": page_of(request, work.tab_rows(desk, "all", today)),
        "case_counts": work.case_counts(desk),
        "open_clocks": counts["clock"],
    }
    return render(request, "casework/home_leader.html", context)


def _others(request: DeskRequest) -> HttpResponse:
    desk = request.desk
    context: dict[str, Any] = {"links": _links(desk.role)}
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
