"""Work lists: what waits for a desk, in the order in which it should be done, and the counts on the tabs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Value, When

from bangfu.casework.choices import FileState, State
from bangfu.casework.models import Application, CaseFile, PublicNotice
from bangfu.casework.selectors.names import category_title
from bangfu.common.crypto import lookup_hash
from bangfu.common.identity import IdFault, check_id_number
from bangfu.families.models import Household, Member
from bangfu.organizations.scope import Desk

OPEN = (State.IN_PROGRESS, State.RETURNED)


def waiting_here(desk: Desk) -> Q:
    """Cases that this desk must act on next."""
    return Q(state__in=OPEN, waits_union_id=desk.union_id, waits_role=str(desk.role))


def in_order(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Returned first, then the clock that runs out first, then the oldest."""
    first = Case(When(state=State.RETURNED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(turn=first).order_by("turn", F("due_on").asc(nulls_last=True), "submitted_at", "pk")


def _listed(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.select_related("union", "waits_union")


def mine(desk: Desk) -> QuerySet[Application]:
    """What waits for this desk, ready to be listed."""
    rows: QuerySet[Application] = Application.objects.visible_to(desk).filter(waiting_here(desk))
    return in_order(_listed(rows))


def drafts(desk: Desk) -> QuerySet[Household]:
    """Families of the desk's own union that have no application on its way and no file."""
    taken = Application.objects.filter(household=OuterRef("pk"), state__in=(*OPEN, State.FILED))
    rows: QuerySet[Household] = (
        Household.objects.visible_to(desk)
        .standing()
        .filter(union_id=desk.union_id)
        .filter(~Exists(taken))
        .order_by("-updated_at", "-pk")
    )
    return rows


def tab_rows(desk: Desk, tab: str, today: date) -> QuerySet[Application]:
    """The cases behind a tab of the first page."""
    rows = mine(desk)
    if tab == "returned":
        return rows.filter(state=State.RETURNED)
    if tab == "due":
        return rows.filter(due_on__lte=today)
    if tab == "clock":
        return rows.filter(due_on__isnull=False)
    return rows


def tab_counts(desk: Desk, today: date) -> dict[str, int]:
    """Counts of the tabs, in one query over the cases."""
    row = (
        Application.objects.visible_to(desk)
        .filter(waiting_here(desk))
        .aggregate(
            all=Count("pk"),
            returned=Count("pk", filter=Q(state=State.RETURNED)),
            due=Count("pk", filter=Q(due_on__lte=today)),
            clock=Count("pk", filter=Q(due_on__isnull=False)),
        )
    )
    return {key: int(value) for key, value in row.items()}


# --- all cases of the scope ---------------------------------------------------------------------------------------
CASE_TABS: tuple[tuple[str, str, Q], ...] = (
    ("open", "办理中", Q(state=State.IN_PROGRESS)),
    ("returned", "退回", Q(state=State.RETURNED)),
    ("filed", "已建档", Q(state=State.FILED)),
    ("ended", "未建档", Q(state__in=(State.REFUSED, State.WITHDRAWN))),
)
SORTS = {
    "updated": "updated_at",
    "due": "due_on",
    "name": "worker_pinyin",
    "number": "number",
}


def cases(desk: Desk, tab: str, sort: str = "") -> QuerySet[Application]:
    """The cases of a desk's scope behind a tab, sorted."""
    wanted = next((q for code, _, q in CASE_TABS if code == tab), CASE_TABS[0][2])
    rows = _listed(Application.objects.visible_to(desk).filter(wanted))
    key = sort.lstrip("-")
    if key not in SORTS:
        return rows.order_by("-updated_at", "-pk")
    order = F(SORTS[key]).desc(nulls_last=True) if sort.startswith("-") else F(SORTS[key]).asc(nulls_last=True)
    return rows.order_by(order, "-pk")


def case_counts(desk: Desk) -> dict[str, int]:
    """Counts of the tabs of all cases."""
    row = Application.objects.visible_to(desk).aggregate(**{code: Count("pk", filter=q) for code, _, q in CASE_TABS})
    return {key: int(value) for key, value in row.items()}


def files(desk: Desk, *, state: str = "", category: str = "") -> QuerySet[CaseFile]:
    """Case files of a desk's scope."""
    rows: QuerySet[CaseFile] = CaseFile.objects.visible_to(desk).select_related("union")
    if state:
        rows = rows.filter(state=state)
    if category:
        rows = rows.filter(category=category)
    return rows.order_by("-opened_on", "-pk")


NOTICE_TABS: tuple[tuple[str, str], ...] = (
    ("running", "正在公示"),
    ("elapsed", "已满期"),
    ("objected", "有异议"),
    ("done", "已撤下"),
)


def notices(desk: Desk, tab: str, today: date) -> QuerySet[PublicNotice]:
    """Notices of a desk's scope behind a tab."""
    rows: QuerySet[PublicNotice] = PublicNotice.objects.visible_to(desk).select_related("application__union")
    rows = rows.annotate(open_objections=Count("objections", filter=Q(objections__result="open")))
    return rows.filter(_notice_filter(tab, today)).order_by("ends_on" if tab != "done" else "-ends_on", "-pk")


def _notice_filter(tab: str, today: date) -> Q:
    down = Q(taken_down_on__isnull=True)
    return {
        "running": down & Q(ends_on__gte=today),
        "elapsed": down & Q(ends_on__lt=today),
        "objected": Q(objections__result="open"),
        "done": ~down,
    }.get(tab, down)


def notice_counts(desk: Desk, today: date) -> dict[str, int]:
    row = PublicNotice.objects.visible_to(desk).aggregate(
        **{code: Count("pk", filter=_notice_filter(code, today), distinct=True) for code, _ in NOTICE_TABS}
    )
    return {key: int(value) for key, value in row.items()}


# --- the leader's page --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bar:
    """One category on the leader's page: its count and its share of the longest one in percent."""

    title: str
    count: int
    share: int


def by_category(desk: Desk) -> list[Bar]:
    """Open files by category."""
    rows = (
        CaseFile.objects.visible_to(desk)
        .exclude(state=FileState.CLOSED)
        .values("policy", "category")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    counted: dict[str, int] = {}
    for row in rows:
        title = category_title(row["policy"], row["category"])
        counted[title] = counted.get(title, 0) + row["n"]
    longest = max(counted.values(), default=1)
    return [Bar(title, n, n * 100 // longest) for title, n in counted.items()]


def by_step(desk: Desk) -> list[dict[str, Any]]:
    """Cases on their way by the step they stand at, with the oldest of each."""
    return list(
        Application.objects.visible_to(desk)
        .filter(state__in=OPEN)
        .values("policy", "waits_role", "step")
        .annotate(n=Count("pk"), oldest=Min("submitted_at"))
        .order_by("-n")
    )


# --- search -------------------------------------------------------------------------------------------------------
def _starts(field: str, text: str) -> Q:
    # a range, not LIKE: both databases can use the index
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})


def search(desk: Desk, text: str) -> tuple[QuerySet[Application], QuerySet[Household]]:
    """Cases, and families without one, by name, pinyin or initials, exact ID number (keyed hash), file, case or family number."""
    text = "".join(text.split())
    visible: QuerySet[Application] = _listed(Application.objects.visible_to(desk)).select_related("case_file")
    homes: QuerySet[Household] = drafts_of_scope(desk)
    if not text:
        return visible.none(), homes.none()
    try:
        number = check_id_number(text).number
    except IdFault:
        pass
    else:
        holders = Member.objects.filter(id_hash=lookup_hash("id_number", number)).values("household")
        return visible.filter(household__in=holders), homes.filter(pk__in=holders)
    if text.isascii():
        upper, lower = text.upper(), text.lower()
        found = Q(number=upper) | Q(case_file__number=upper) | Q(household__number=upper)
        return (
            visible.filter(found | _starts("worker_initials", lower) | _starts("worker_pinyin", lower)),
            homes.filter(Q(number=upper) | _starts("worker_initials", lower) | _starts("worker_pinyin", lower)),
        )
    return visible.filter(_starts("worker_name", text)), homes.filter(_starts("worker_name", text))


def drafts_of_scope(desk: Desk) -> QuerySet[Household]:
    """Families of the whole scope that never applied."""
    applied = Application.objects.filter(household=OuterRef("pk"))
    rows: QuerySet[Household] = (
        Household.objects.visible_to(desk).standing().select_related("union").filter(~Exists(applied))
    )
    return rows
