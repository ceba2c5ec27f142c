"""What casework has for the list of the day: cases that wait, and clocks of files and unions that need somebody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse

from bangfu.casework.choices import ClockKind, State
from bangfu.casework.clock_models import RunningClock
from bangfu.casework.models import Application, ReturnPoint, Seen
from bangfu.casework.selectors.names import step_of
from bangfu.casework.selectors.work import OPEN, waiting_here
from bangfu.common.workdays import WorkCalendar, calendar
from bangfu.organizations.choices import CASEWORK_ROLES
from bangfu.organizations.scope import Desk, below
from bangfu.organizations.today import DUE, NEW, OVERDUE, RETURNED, RUNNING, WAITING, Line, any_of, post_case, shaped
from bangfu.policy.registry import get_pack

BUTTONS = {
    "entry": "去补正", "evidence": "去核对材料", "review": "去审核", "visit": "去办入户调查", "notice": "去办公示",
    "authorization": "去收授权书", "forward": "去上报", "check": "去填核对结果", "filing": "去建档", "recheck": "去复核",
    "record": "去备案", "decision": "去登记决议",
}  # fmt: skip


def days_left(due_on: date, today: date, days: WorkCalendar | None = None) -> str:
    """How far a deadline is, in words; in working days where the calendar is given."""
    unit = "个工作日" if days else "天"
    left = days.working_days_between(today, due_on) if days else (due_on - today).days
    if due_on < today:
        late = days.working_days_between(due_on, today) if days else (today - due_on).days
        return f"已逾期 {late} {unit}" if late else "已过期限"
    if due_on == today:
        return "今天到期"
    return f"还有 {left} {unit}" if left else "就在眼前"


class Cases:
    """Cases that wait for one of her posts: returned, late, due, looked at before, never opened, or only ticking."""

    code: ClassVar[str] = "case"

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        workers = [desk for desk in desks if desk.role in CASEWORK_ROLES]
        if not workers:
            return None
        ticks = RunningClock.objects.running().filter(
            application=OuterRef("pk"), step__closed_at__isnull=True, step__isnull=False
        )
        seen = Seen.objects.filter(application=OuterRef("pk"), user_id=workers[0].user_id)
        rows = Application.objects.filter(any_of(workers, _of_desk)).annotate(
            clock_due=Subquery(ticks.order_by("due_on").values("due_on")[:1]),
            clock_warn=Subquery(ticks.order_by("due_on").values("warn_on")[:1]),
            clock_period=Subquery(ticks.order_by("due_on").values("period")[:1]),
        )
        rank = Case(
            When(state=State.RETURNED, then=Value(RETURNED)),
            When(clock_period=True, clock_due__gte=today, then=Value(RUNNING)),
            When(clock_period=True, then=Value(DUE)),
            When(clock_due__lt=today, then=Value(OVERDUE)),
            When(clock_warn__lte=today, then=Value(DUE)),
            When(Exists(seen), then=Value(WAITING)),
            default=Value(NEW),
            output_field=IntegerField(),
        )
        return shaped(rows, self.code, rank=rank, day=F("clock_due"), post=post_case(workers, waiting_here))

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        rows = Application.objects.filter(pk__in=keys).select_related("union")
        ticks: dict[int, RunningClock] = {}
        for clock in (
            RunningClock.objects.running()
            .filter(application__in=keys, step__closed_at__isnull=True, step__isnull=False)
            .order_by("-due_on")
        ):
            ticks[clock.application_id or 0] = clock
        points: dict[int, list[str]] = {}
        asked = ReturnPoint.objects.filter(step__application__in=keys, answered_at__isnull=True).order_by("pk")
        for application, code in asked.values_list("step__application", "code"):
            points.setdefault(application, []).append(code)
        days = calendar()
        return {row.pk: self._line(row, ticks.get(row.pk), points.get(row.pk, []), today, days) for row in rows}

    def _line(
        self, row: Application, clock: RunningClock | None, points: list[str], today: date, days: WorkCalendar
    ) -> Line:
        step = step_of(row.policy, row.step)
        title = step.title if step else ""
        if row.state == State.RETURNED:
            reason = _returned(row, points)
        elif clock is not None and clock.period:
            over = clock.due_on < today
            reason = f"“{title}”已满期，可以办结了" if over else f"“{title}”满期之前不用做什么"
        elif clock is not None:
            reason = f"请办理“{title}”，{days_left(clock.due_on, today, days if clock.unit == 'working_day' else None)}"
        else:
            reason = f"请办理“{title}”"
        return Line(
            title=row.worker_name or "（未填姓名）",
            about=f"{row.union.short_name} · {row.number}",
            reason=reason,
            url=f"{reverse('casework:case', args=[row.pk])}#step-title",
            button=BUTTONS.get(step.kind if step else "", "去办理"),
            due_on=clock.due_on if clock else None,
            provisional=bool(clock and clock.provisional),
            period=bool(clock and clock.period),
        )


def _returned(row: Application, points: list[str]) -> str:
    if not points:
        return "退回补正，请看过说明后重新提交"
    catalogue = get_pack(row.policy, row.applied_on).procedure.returns
    titles = [catalogue[code].title if code in catalogue else code for code in points]
    more = f"等 {len(titles)} 条" if len(titles) > 2 else ""
    return f"请补充：{'；'.join(titles[:2])}{more}"


def _of_desk(desk: Desk) -> Q:
    return waiting_here(desk) & below(desk.union_path)


def _owes(desk: Desk) -> Q:
    return Q(union_id=desk.union_id, role=str(desk.role))


class Clocks:
    """Reviews, entries, copies to keep in step, signatures and duties whose time has come near or gone by."""

    code: ClassVar[str] = "clock"

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        rows = (
            RunningClock.objects.running()
            .filter(any_of(desks, _owes), warn_on__lte=today, step__isnull=True)
            .exclude(period=True, due_on__gte=today)
        )
        rank = Case(
            When(period=True, then=Value(DUE)),
            When(due_on__lt=today, then=Value(OVERDUE)),
            default=Value(DUE),
            output_field=IntegerField(),
        )
        return shaped(rows, self.code, rank=rank, day=F("due_on"), post=post_case(desks, _owes))

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        rows = RunningClock.objects.filter(pk__in=keys).select_related("union", "case_file", "application")
        days = calendar()
        return {row.pk: self._line(row, today, days) for row in rows}

    def _line(self, row: RunningClock, today: date, days: WorkCalendar) -> Line:
        left = days_left(row.due_on, today, days if row.unit == "working_day" else None)
        if row.period:
            left = "期间已满，请看一看该怎么办"
        elif row.in_principle and row.due_on < today:
            left += "；确需推迟的，请写明原因"
        by = f"（{row.clause}）" if row.clause else ""
        whose, about = row.title, row.union.short_name
        if row.case_file is not None:
            whose, about = row.case_file.worker_name, f"{row.union.short_name} · {row.case_file.number}"
        elif row.application is not None:
            whose, about = row.application.worker_name, f"{row.union.short_name} · {row.application.number}"
        return Line(
            title=whose,
            about=about,
            reason=f"{row.title}{by}：{left}" if whose != row.title else f"{row.clause or '按年度办理'}：{left}",
            url=reverse("casework:clock", args=[row.pk]),
            button="去核查" if row.kind == ClockKind.REVIEW else "去登记",
            due_on=row.due_on,
            provisional=row.provisional,
            period=row.period,
        )


def open_clocks(desk: Desk) -> int:
    """How many clocks of this post have come near or gone by: the number on every page."""
    rows = RunningClock.objects.running().filter(_owes(desk), warn_on__lte=desk.on)
    return int(rows.exclude(period=True, due_on__gte=desk.on).count())


__all__ = ["OPEN", "Cases", "Clocks", "days_left", "open_clocks"]
