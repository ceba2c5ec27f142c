"""The list of families, a new family, the page of one family, revealing one value, throwing a draft away."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common.errors import Refused
from bangfu.common.identity import resembles_number
from bangfu.families import choices, grids, panel, selectors, services
from bangfu.families.fields import STEP_LABELS
from bangfu.families.matching import looks
from bangfu.families.matching.holds import CHANGERS
from bangfu.families.models import Household, Member
from bangfu.families.services.households import REVEALED
from bangfu.families.views.common import READERS, DeskRequest, by_script, family, may_edit
from bangfu.families.views.wizard import fact_groups
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles

PAGE = 25
TABS = (("all", "全部"), ("draft", "可修改"), ("locked", "办理中"), ("mine", "我录入的"))
SORTS = {"name": "worker_pinyin", "number": "number", "applied": "application_date", "updated": "updated_at"}


@roles(*READERS)
@require_http_methods(["GET", "POST"])
def household_list(request: DeskRequest) -> HttpResponse:
    """Families of the desk's scope: tabs, search, pages. The search is posted: an ID number stands in no address."""
    given = request.POST if request.method == "POST" else request.GET
    tab = given.get("tab", "all")
    text = given.get("q", "").strip()
    hidden = resembles_number(text)
    if request.method == "POST" and not hidden:
        return redirect(f"{reverse('families:list')}?{urlencode({'tab': tab, 'q': text})}")
    rows = Household.objects.visible_to(request.desk).standing().select_related("union")
    if tab == "draft":
        rows = rows.filter(locked=False)
    elif tab == "locked":
        rows = rows.filter(locked=True)
    elif tab == "mine":
        rows = rows.filter(created_by=request.desk.user_id)
    rows = selectors.search(rows, text)  # type: ignore[assignment]
    order = request.GET.get("sort", "-updated")
    column = SORTS.get(order.lstrip("-"))
    if column:
        rows = rows.order_by(("-" if order.startswith("-") else "") + column, "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = selectors.list_counts(request.desk)
    base = reverse("families:list")
    tabs = [
        (
            label,
            f"{base}?{urlencode({'tab': code, 'q': text} if text and not hidden else {'tab': code})}",
            counts[code],
            code == tab,
        )
        for code, label in TABS
    ]
    sizes = selectors.member_counts([row.pk for row in page])
    entries = [(row, sizes.get(row.pk, 0)) for row in page]
    return render(
        request, "families/list.html",
        {"page": page, "entries": entries, "tabs": tabs, "q": text, "tab": tab, "may_open": request.desk.role == Role.CLERK},
    )  # fmt: skip


@roles(Role.CLERK)
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponseBase:
    """Asks for the worker first: who stands in another family is named before more is typed."""
    context: dict[str, Any] = {
        "name": request.POST.get("name", "").strip(),
        "id_number": request.POST.get("id_number", "").strip(),
        "faults": [],
    }
    if request.method == "POST":
        hits = looks.look_up_person(request.desk, context["id_number"], at=request.now)
        context["hits"] = hits
        try:
            if not context["name"]:
                raise Refused("请填写职工姓名", field="name")
            if not hits or request.POST.get("anyway"):
                household = services.open_household(
                    request.desk, at=request.now, name=context["name"][:40], id_number=context["id_number"]
                )
                return redirect("families:step", household.pk, "basic")
        except Refused as fault:
            context["faults"] = [
                (fault.field or "id_number", "职工姓名" if fault.field == "name" else "证件号码", fault.message)
            ]
        return render(request, "families/new.html", context, status=422 if context["faults"] else 200)
    return render(request, "families/new.html", context)


@roles(*READERS)
@require_GET
def household_page(request: DeskRequest, pk: int) -> HttpResponse:
    """One family as it stands, for reading."""
    household = family(request, pk)
    return render(
        request,
        "families/household.html",
        {
            **facts_context(household),
            "may_edit": may_edit(request, household),
            "delete_url": reverse("families:delete", args=[pk]),
            "papers": papers_of(household),
            "changes": household.changes.order_by("pk"),
            "may_split": request.desk.role in CHANGERS
            and household.merged_into_id is None
            and len(household.members.all()) > 1,
        },
    )


def papers_of(household: Household) -> list[selectors.Place]:
    shown = panel.build(household)
    return [] if shown.trouble else selectors.checklist_state(household, panel.pack_of(household))


def facts_context(household: Household) -> dict[str, Any]:
    """What ``families/_facts.html`` shows; ``household`` comes from ``selectors.whole``. Other rooms include it in their pages."""
    window = panel.window_months(household)
    rows, totals, total = grids.show_incomes(household, window, wide=False)
    return {
        "household": household,
        "members": list(household.members.all()),
        "months": grids.visible_months(household, window, wide=False),
        "income_rows": rows,
        "income_totals": totals,
        "income_total": total,
        "expense_lines": grids.show_expenses(household, window),
        "groups": fact_groups(household),
        "panel": panel.build(household),
        "names": {f"{member.pk}": member.name or member.get_relation_display() for member in household.members.all()},
        "cause_labels": dict(choices.Cause.choices),
        "step_labels": STEP_LABELS,
    }


@roles(*READERS)
@require_POST
def reveal(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Shows one sensitive value once, with a reason, on the record."""
    household = family(request, pk)
    what = request.POST.get("what", "")
    member_pk = request.POST.get("member")
    member = get_object_or_404(Member, pk=member_pk, household=household) if member_pk else None
    if what not in REVEALED or (what in {"id_number", "diagnosis"} and member is None):
        return JsonResponse({"message": "没有这项信息。"}, status=404)
    try:
        value = services.reveal(
            request.desk, household, what, at=request.now, reason=request.POST.get("reason", ""), member=member
        )
    except Refused as fault:
        if by_script(request):
            return JsonResponse({"message": fault.message}, status=422)
        messages.error(request, fault.message)
        return redirect("families:household", pk)
    answer = render(
        request, "families/revealed.html",
        {"household": household, "label": REVEALED[what], "value": value, "who": member.name if member else "", "reason": request.POST.get("reason", "")},
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


@roles(Role.CLERK)
@require_POST
def delete(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Throws a draft away."""
    household = family(request, pk, whole=False)
    try:
        services.delete_draft(request.desk, household, at=request.now, reason=request.POST.get("reason", ""))
    except Refused as fault:
        messages.error(request, fault.message)
        return redirect("families:household", pk)
    messages.success(request, f"草稿 {household.number} 已删除。")
    return redirect("families:list")
