"""Families that may be one: the list, two beside each other, merging, splitting, taking back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common import clock
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import choices
from bangfu.families.matching import beside, finding, holds, merging
from bangfu.families.models import FamilyChange, Household, TwinFinding
from bangfu.families.services.households import MEMBER_FIELDS, PART_FIELDS
from bangfu.families.tasks import find_twins
from bangfu.families.views.common import READERS, DeskRequest, family
from bangfu.organizations.choices import Role
from bangfu.organizations.models import Union
from bangfu.organizations.permissions import roles
from bangfu.organizations.scope import below

PAGE = 25
AT_ONCE = 3_000
"""Families that are searched while the person waits; more go to the worker beside the site."""
CHANGERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER)
TABS = (("open", "待核实"), ("possible", "可能"), ("elsewhere", "其他工会已有档案"), ("done", "已处理"))
STALE = "这两户刚被别人改过，请按最新内容重新核对。"


@roles(*READERS)
@require_GET
def twins(request: DeskRequest) -> HttpResponse:
    """The findings of the desk's families, by tab."""
    tab = request.GET.get("tab", "open")
    counts = finding.counts(request.desk)
    base = reverse("families:twins")
    rows = finding.across(request.desk) if tab == "elsewhere" else finding.of_tab(request.desk, tab)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "families/twins.html",
        {
            "tabs": [(label, f"{base}?tab={code}", counts[code], code == tab) for code, label in TABS],
            "tab": tab, "page": page, "may": request.desk.role in CHANGERS,
            "elsewhere": finding.tell(request.desk, page, at=request.now) if tab == "elsewhere" else [],
        },
    )  # fmt: skip


@roles(*CHANGERS)
@require_POST
def look(request: DeskRequest) -> HttpResponseBase:
    """Searches the desk's families now, or in the background where they are many."""
    union = Union.objects.get(pk=request.desk.union_id)
    if Household.objects.filter(below(union.path)).count() > AT_ONCE:
        find_twins.enqueue(union.pk)
        messages.success(request, "已开始在后台查找，几分钟后刷新本页查看。")
    else:
        counts = finding.look_for_twins(request.desk.actor, union, at=request.now)
        messages.success(request, f"已查 {counts['families']} 户，新增提示 {counts['fresh']} 条。")
    return redirect("families:twins")


@roles(*READERS)
@require_GET
def compare(request: DeskRequest, pk: int, other: int) -> HttpResponse:
    """Two families side by side, field by field."""
    left, right = family(request, pk), family(request, other)
    found = finding.of_pair(request.desk, pk, other)
    held = holds.of([pk, other])
    standing = left.merged_into_id is None and right.merged_into_id is None
    return render(
        request, "families/twins_compare.html",
        {
            "left": left, "right": right, "finding": found, "groups": beside.household_rows(left, right),
            "pairs": beside.people(left, right), "held_left": held.get(pk, []), "held_right": held.get(other, []),
            "lines_left": beside.lines(left), "lines_right": beside.lines(right),
            "may": request.desk.role in CHANGERS and standing and pk != other,
            "proposed": finding.proposed(left, right, found.kind if found else ""),
        },
    )  # fmt: skip


@roles(*CHANGERS)
@require_POST
def dismiss(request: DeskRequest, pk: int) -> HttpResponseBase:
    """These are two families."""
    row: TwinFinding = get_object_or_404(finding.findings(request.desk), pk=pk)
    try:
        finding.dismiss(request.desk, row, note=request.POST.get("note", ""), at=request.now)
    except Refused as fault:
        messages.error(request, fault.message)
        return redirect("families:twins_compare", row.left_id, row.right_id)
    messages.success(request, "已登记：不是同一家庭。")
    return redirect("families:twins")


@roles(*CHANGERS)
@require_http_methods(["GET", "POST"])
def merge(request: DeskRequest, pk: int, other: int) -> HttpResponseBase:
    """Chooses per field and person what the kept family (``pk``) takes from the other."""
    kept, guest = family(request, pk), family(request, other)
    pairs = beside.people(kept, guest)
    rows = beside.lines(guest)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            change = merging.merge(
                request.desk, kept, guest, _plan(request.POST, guest, rows), reason=request.POST.get("reason", ""),
                at=request.now, versions=_versions(request.POST, kept, guest),
            )  # fmt: skip
        except StaleVersion:
            fault = Refused(STALE)
        except Refused as refusal:
            fault = refusal
        else:
            messages.success(request, f"{guest.number} 已并入 {kept.number}，{merging.UNDO_DAYS} 天内可以撤销。")
            return redirect("families:change", change.pk)
    given = request.POST if request.method == "POST" else None
    moving = [_guest(pair, kept, given) for pair in pairs if pair.right is not None]
    staying = {pair.right.pk for pair in pairs if pair.right is not None and pair.left is not None}
    context = {
        "kept": kept, "guest": guest, "guests": moving, "relations": choices.Relation.choices[1:], "fault": fault,
        "groups": [
            (title, [(row, _takes(f"f-{row.name}", row.only_right, given)) for row in rows_ if row.choice])
            for title, rows_ in beside.household_rows(kept, guest)
        ],
        "lines": [
            (row, given is not None and f"l-{row.key}" in given, row.owner is not None and row.owner not in staying)
            for row in rows
        ],
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "families/merge.html", context, status=422 if fault else 200)


def _takes(name: str, otherwise: bool, given: QueryDict | None) -> bool:
    return given.get(name) == "other" if given is not None else otherwise


def _guest(pair: beside.Pair, kept: Household, given: QueryDict | None) -> dict[str, Any]:
    member = pair.right
    assert member is not None
    into = given.get(f"p{member.pk}", "") if given is not None else str(pair.left.pk) if pair.left else "new"
    relation = given.get(f"r{member.pk}", "") if given is not None else beside.default_relation(member, kept)
    rows = [
        (row, _takes(f"m{member.pk}-{row.name}", row.only_right, given))
        for row in pair.choices
        if pair.left is not None and row.name != "relation"
    ]
    return {"member": member, "into": into, "relation": relation, "rows": rows}


def _plan(given: QueryDict, guest: Household, rows: list[beside.LineRow]) -> merging.MergePlan:
    members = list(guest.members.all())
    return merging.MergePlan(
        people={one.pk: _number(given.get(f"p{one.pk}", "")) for one in members},
        fields=[name for name in PART_FIELDS if given.get(f"f-{name}") == "other"],
        relations={
            one.pk: str(given[f"r{one.pk}"]) for one in members if given.get(f"r{one.pk}") in choices.Relation.values
        },
        person_fields={
            one.pk: [name for name in MEMBER_FIELDS if given.get(f"m{one.pk}-{name}") == "other"] for one in members
        },
        rows={
            kind: [row.row for row in rows if row.kind == kind and f"l-{row.key}" in given] for kind in merging.LINES
        },
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _versions(given: QueryDict, kept: Household, guest: Household) -> tuple[int, int]:
    first, second = _number(given.get("version", "")), _number(given.get("other_version", ""))
    return (kept.version if first is None else first, guest.version if second is None else second)


@roles(*CHANGERS)
@require_http_methods(["GET", "POST"])
def split(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Chooses who leaves for a new family, and who is its worker."""
    household = family(request, pk)
    rows = beside.lines(household)
    given = request.POST
    fault: Refused | None = None
    if request.method == "POST":
        chosen = [number for number in map(_number, given.getlist("people")) if number is not None]
        version = _number(given.get("version", ""))
        try:
            change = merging.split(
                request.desk, household, people=chosen, worker=_number(given.get("worker", "")) or 0,
                relations={one: given[f"r{one}"] for one in chosen if given.get(f"r{one}") in choices.Relation.values},
                rows={kind: [row.row for row in rows if row.kind == kind and f"l-{row.key}" in given] for kind in merging.LINES},
                reason=given.get("reason", ""), at=request.now, version=version,
            )  # fmt: skip
        except StaleVersion:
            fault = Refused("这个家庭刚被别人改过，请按最新内容重新选择。")
        except Refused as refusal:
            fault = refusal
        else:
            messages.success(request, f"已分出新家庭 {change.other_number}，{merging.UNDO_DAYS} 天内可以撤销。")
            return redirect("families:change", change.pk)
    members = [
        {
            "member": one, "leaves": str(one.pk) in given.getlist("people"), "worker": given.get("worker") == str(one.pk),
            "relation": given.get(f"r{one.pk}", one.relation),
        }
        for one in household.members.all()
    ]  # fmt: skip
    context = {
        "household": household, "members": members, "fault": fault, "relations": choices.Relation.choices[1:],
        "lines": [(row, f"l-{row.key}" in given) for row in rows if row.owner is None],
        "reason": given.get("reason", ""),
    }  # fmt: skip
    return render(request, "families/split.html", context, status=422 if fault else 200)


@roles(*READERS)
@require_GET
def change(request: DeskRequest, pk: int) -> HttpResponse:
    """One merge or split: who, when, why, and until when it can be taken back."""
    row: FamilyChange = get_object_or_404(_changes(request), pk=pk)
    last = merging.last_day(row)
    return render(
        request, "families/change.html",
        {
            "row": row, "last_day": last,
            "may_undo": request.desk.role in CHANGERS and row.undone_at is None and clock.day(request.now) <= last,
        },
    )  # fmt: skip


@roles(*CHANGERS)
@require_POST
def undo(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Takes a merge or split back."""
    row: FamilyChange = get_object_or_404(_changes(request), pk=pk)
    try:
        merging.undo(request.desk, row, at=request.now)
    except Refused as fault:
        messages.error(request, fault.message)
    else:
        messages.success(request, "已撤销，恢复到变更之前。")
    return redirect("families:change", pk)


def _changes(request: DeskRequest) -> Any:
    rows = FamilyChange.objects.visible_to(request.desk)
    return rows.select_related("kept__union", "other__union", "made_by", "undone_by")
