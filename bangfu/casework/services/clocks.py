"""Running clocks: begun, stopped, paused and set going again in the same transaction as the thing they belong to.

Steps and files are followed by the receivers at the end: whoever saves a step or a file inside an act moves its clocks with it, so that
no verb can forget one. Events that a pack's clocks start or stop with are told by ``happened``. People close what no event closes.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.signals import post_save

from bangfu.casework import ticking
from bangfu.casework.choices import ClockKind, ClockOutcome, FileState, State, StepResult
from bangfu.casework.clock_models import RunningClock
from bangfu.casework.duties import DESKS, owed
from bangfu.casework.errors import NotYourTurn
from bangfu.casework.models import Application, Authorization, CaseFile, StepRecord
from bangfu.casework.ticking import Ticking
from bangfu.common.acts import SYSTEM, Actor, act, current_deed
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.common.workdays import WorkCalendar, calendar
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import Union
from bangfu.organizations.scope import below
from bangfu.organizations.selectors import upper_unions
from bangfu.policy import clocks as rules
from bangfu.policy.clocks import Clock
from bangfu.policy.registry import eras, get_pack

OPEN = (State.IN_PROGRESS, State.RETURNED)
BY_ACT = (ClockKind.STEP, ClockKind.REVIEW)
"""Clocks that end with an act of their own; nobody ticks them off."""


def parameters() -> dict[str, int]:
    """Numbers that the texts leave to the installation."""
    return {name: int(value) for name, value in getattr(settings, "BANGFU_PARAMETERS", {}).items()}


# --- one clock ----------------------------------------------------------------------------------------------------
def _ticking(row: RunningClock) -> Ticking:
    return Ticking(row.unit, row.anchor_on, row.left, row.due_on, row.provisional, row.paused_on)


def _put(row: RunningClock, now: Ticking, days: WorkCalendar, remind: int | None = None) -> RunningClock:
    row.anchor_on, row.left, row.due_on = now.anchor, now.left, now.due_on
    row.provisional, row.paused_on = now.provisional, now.paused_on
    if now.paused_on is None:
        # a period is not warned of before its end: until then there is nothing to do
        row.warn_on = now.due_on if row.period else ticking.warning_day(now, row.length, remind, days)
    row.save()
    return row


def _begin(now: Ticking, days: WorkCalendar, remind: int | None = None, **given: Any) -> RunningClock:
    row = RunningClock(unit=now.unit, started_on=now.anchor, **given)
    row.union_path = row.union.path
    return _put(row, now, days, remind)


def stop(rows: Iterable[RunningClock], on: date, outcome: str = "", *, by: int | None = None, note: str = "") -> None:
    """Ends clocks on a day: in time or late as that day says, unless ``outcome`` names it."""
    for row in rows:
        late = on > row.due_on and not row.period and row.paused_on is None
        row.outcome = outcome or (ClockOutcome.LATE if late else ClockOutcome.MET)
        row.stopped_on, row.paused_on, row.stopped_by_id = on, None, by
        row.note = note[:300] or row.note
        row.save()


def pause(rows: Iterable[RunningClock], on: date) -> None:
    """Lets clocks stand still from a day on."""
    days = calendar()
    for row in rows:
        if row.paused_on is None:
            _put(row, _ticking(row).pause(max(on, row.anchor_on), days), days)


def resume(rows: Iterable[RunningClock], on: date) -> None:
    """Lets clocks go on with what was left."""
    days = calendar()
    for row in rows:
        if row.paused_on is not None:
            row.days_paused += (on - row.paused_on).days
            _put(row, _ticking(row).resume(on, days), days)


def _unstopped(**which: Any) -> "QuerySet[RunningClock]":
    rows: QuerySet[RunningClock] = RunningClock.objects.filter(stopped_on__isnull=True, **which)
    return rows


def left_over(application: Application, key: str, on: date) -> Ticking | None:
    """How the clock of this stop goes on after a return: with what was left when the case went back. None where none stands still."""
    row = _unstopped(application=application, step__key=key, kind=ClockKind.STEP, paused_on__isnull=False).first()
    return _ticking(row).resume(on, calendar()) if row is not None else None


# --- who owes it --------------------------------------------------------------------------------------------------
def desk_for(duty: str, unit: Union) -> tuple[Union, Role]:
    """The union and role that a text means, seen from the family's union; its own union where the tree has no such level."""
    level, role = DESKS.get(duty, DESKS[""])
    if level == Level.UNIT:
        return unit, role
    return next((union for union in upper_unions(unit) if union.level == level), unit), role


# --- events of the packs ------------------------------------------------------------------------------------------
def happened(
    event: str,
    on: date,
    *,
    application: Application,
    file: CaseFile | None = None,
    step: StepRecord | None = None,
) -> list[RunningClock]:
    """Tells the clocks of the case's policy that something happened (``filed_on``, ``changed_on``, ``spent_on`` …). Inside an act.

    Ends the running clocks of this case that stop with it, and begins those that start with it and have a number: the text's, or a
    parameter that is set. One that runs already goes on, for the earliest change counts. Answers those that began.
    """
    stop(_unstopped(application=application, stops=event), on)
    pack = get_pack(application.policy, application.applied_on)
    begun: list[RunningClock] = []
    grounds = {reason.after for reason in pack.lifecycle.closing.values() if reason.after}
    given = parameters()
    for clock in pack.lifecycle.clocks.values():
        number = clock.length if clock.length is not None else given.get(clock.parameter or "")
        if clock.starts != event or clock.unit in ("date", "quarter") or number is None:
            continue
        union, role = desk_for(clock.duty, application.union)
        if step is not None and (step.union_id, step.role) != (union.pk, role):
            continue
        if _unstopped(application=application, case_file=file, code=clock.code).exists():
            continue
        begun.append(_of_event(clock, number, on, application, file, union, role, clock.code in grounds))
    return begun


def _of_event(
    clock: Clock,
    number: int,
    on: date,
    case: Application,
    file: CaseFile | None,
    union: Union,
    role: Role,
    ground: bool,
) -> RunningClock:
    days = calendar()
    due = rules.due(clock, on, days, number)
    return _begin(
        ticking.begin(clock.unit, on, due.last_day, due.provisional, days), days, clock.remind_before,
        code=clock.code, kind=ClockKind.EVENT, title=clock.title, clause=clock.clause, policy=case.policy, union=union,
        role=role, application=case, case_file=file, length=number, period=clock.full or ground, stops=clock.stops,
        in_principle=clock.in_principle,
    )  # fmt: skip


# --- steps --------------------------------------------------------------------------------------------------------
def follow_step(record: StepRecord, on: date) -> None:
    """Brings the clocks of a step in line with its row."""
    mine = _unstopped(step=record)
    if record.closed_at is not None:
        if record.result == StepResult.RETURNED:
            # a posting hangs on the wall whatever happens to the case; every other clock waits for the papers
            stop(mine.filter(period=True), on, ClockOutcome.VOID)
            pause(mine.filter(period=False), on)
        else:
            stop(mine, on, ClockOutcome.VOID if record.result == StepResult.WITHDRAWN else "")
        return
    if record.due_on is None:
        return
    row = mine.filter(kind=ClockKind.STEP).first()
    if row is None:
        row = _unstopped(
            application=record.application, step__key=record.key, kind=ClockKind.STEP, paused_on__isnull=False
        ).first()
        if row is not None:
            row.step = record
            resume([row], on)
    if row is None:
        _begin_step(record, on)
    elif row.due_on != record.due_on:
        days = calendar()
        _put(row, ticking.begin(row.unit, on, record.due_on, record.due_provisional, days), days)


def _begin_step(record: StepRecord, on: date) -> None:
    from bangfu.casework import flow

    application = record.application
    step = flow.procedure_of(application).step(record.code)
    clock = flow.clock_for(step)
    anchor = on
    if step.kind == "notice":
        posted = application.notices.order_by("-pk").values_list("posted_on", flat=True).first()
        anchor = posted or on
    assert record.due_on is not None  # asked by the caller
    days = calendar()
    _begin(
        ticking.begin(clock.unit if clock else ticking.WORKING, anchor, record.due_on, record.due_provisional, days),
        days,
        clock.remind_before if clock else None,
        code=clock.code if clock else "step",
        kind=ClockKind.STEP,
        title=clock.title if clock else step.title,
        clause=clock.clause if clock else step.clause,
        policy=application.policy,
        union=record.union,
        role=record.role,
        application=application,
        step=record,
        length=clock.length if clock else None,
        period=bool(clock and clock.full),
        in_principle=bool(clock and clock.in_principle),
    )


# --- files --------------------------------------------------------------------------------------------------------
def follow_file(file: CaseFile, on: date) -> None:
    """Brings the review clock of a file in line with its row; a closed file has none."""
    mine = _unstopped(case_file=file, kind=ClockKind.REVIEW)
    if file.state == FileState.CLOSED:
        stop(_unstopped(case_file=file).exclude(kind=ClockKind.EVENT, code__in=SYNC), on, ClockOutcome.VOID)
        return
    row = mine.first()
    if row is not None and row.due_on == file.next_review_on:
        return
    if row is not None:
        stop([row], on)
    if file.next_review_on is None:
        return
    rule = _review_rule(file)
    days = calendar()
    last = max(filter(None, (on if row is not None else None, file.opened_on)))
    _begin(
        ticking.begin("month", last, file.next_review_on, False, days), days,
        code="review", kind=ClockKind.REVIEW, title=rule.title if rule else "档案核查", clause=rule.clause if rule else "",
        policy=file.policy, union=file.union, role=Role.CLERK, application=file.application, case_file=file,
        in_principle=bool(rule and rule.in_principle),
    )  # fmt: skip


SYNC = ("sync", "copies_in_step")
"""Clocks that outlive a file: its closing is itself a change that paper must follow."""


def _review_rule(file: CaseFile) -> Any:
    packs = reversed(eras(file.policy))
    return next(
        (pack.lifecycle.reviews[file.category] for pack in packs if file.category in pack.lifecycle.reviews), None
    )


def _authorizations(file: CaseFile) -> None:
    """Signatures run out only where the installation set after how many months (``authorization_months``); the texts name none."""
    months = parameters().get("authorization_months")
    signed = Authorization.objects.filter(application=file.application, void=False, refused=False)
    first = signed.exclude(signed_on=None).order_by("signed_on").values_list("signed_on", flat=True).first()
    if not months or first is None:
        return
    days = calendar()
    _begin(
        ticking.begin("month", first, rules.add_months(first, months), False, days), days,
        code="authorization", kind=ClockKind.AUTHORIZATION, title="查询授权书到期", policy=file.policy, union=file.union,
        role=Role.CLERK, application=file.application, case_file=file, length=months,
    )  # fmt: skip


# --- duties of unions ---------------------------------------------------------------------------------------------
def list_of_the_year(path: str, at: datetime) -> None:
    """Sees to it that what the unions at and below ``path`` owe this year is listed, where nobody has listed it yet.

    The daily run does the same; this way a missed run loses nothing as soon as somebody of the union comes in.
    """
    if not RunningClock.objects.filter(below(path), kind=ClockKind.DUTY, year=day(at).year).exists():
        open_duties(path, at)


def open_duties(path: str, at: datetime) -> int:
    """Lists what the unions at and below ``path`` owe in the year of ``at``; answers how many were new. Can be repeated at any time.

    The first list that a union ever gets begins with what is still ahead: the system says nothing about days before it was there. A
    later year's list is whole, however late it is made.
    """
    on, made = day(at), 0
    unions = list(
        Union.objects.filter(below(path, "path"), is_active=True, level__in=(Level.UNIT, Level.INDUSTRY, Level.CITY))
    )
    old = RunningClock.objects.filter(below(path), kind=ClockKind.DUTY)
    known = set(old.filter(year=on.year).values_list("union_id", "code", "due_on"))
    listed = {union for union, _, _ in known}
    met = set(old.filter(year__lt=on.year).values_list("union_id", flat=True).distinct()) - listed
    days, given = calendar(), parameters()
    lists: dict[tuple[str, str], Any] = {}
    rows: list[RunningClock] = []
    for union in unions:
        place = (union.level, union.region)
        if place not in lists:
            lists[place] = owed(union.level, union.region, on, given)
        for duty in lists[place]:
            new = (union.pk, duty.code, duty.due_on) not in known
            if not new or (union.pk not in met and duty.due_on < on):
                continue
            now = Ticking(duty.unit, duty.opens_on, (duty.due_on - duty.opens_on).days, duty.due_on)
            warn = duty.opens_on if duty.windowed else ticking.warning_day(now, None, duty.remind, days)
            rows.append(
                RunningClock(
                    code=duty.code, kind=ClockKind.DUTY, title=duty.title, clause=duty.clause, policy=duty.policy,
                    union=union, union_path=union.path, role=duty.role, year=on.year, unit=duty.unit,
                    started_on=duty.opens_on, anchor_on=duty.opens_on, left=now.left, due_on=duty.due_on, warn_on=warn,
                )
            )  # fmt: skip
    if rows:
        with act(SYSTEM, "open_duties", at=at) as deed:
            # two people may open their first page of the year at the same moment
            RunningClock.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
            made = len(rows)
            deed.record(Union.objects.get(path=path), after={"year": on.year, "duties": made})
    return made


# --- acts of people -----------------------------------------------------------------------------------------------
def _take(actor: Actor, clock: RunningClock) -> RunningClock:
    row: RunningClock = RunningClock.objects.select_for_update(of=("self",)).select_related("union").get(pk=clock.pk)
    if actor.union_id != row.union_id or actor.role != row.role:
        raise NotYourTurn(f"“{row.title}”由{row.union.name}的{Role(row.role).label}办理。")
    if row.stopped_on is not None:
        raise Refused(f"“{row.title}”已于 {row.stopped_on:%Y-%m-%d} 登记，不需要重复登记。")
    return row


def finish_clock(actor: Actor, clock: RunningClock, *, done_on: date, note: str, at: datetime) -> RunningClock:
    """A person says that what the clock reminds of was done on a day, and what shows it. Late is late, and stays on record."""
    with act(actor, "finish_clock", at=at, reason=note.strip()) as deed:
        row = _take(actor, clock)
        if row.kind in BY_ACT:
            raise Refused("这项时限随办理自动结束，请到办理页面办结。")
        if done_on > day(at):
            raise Refused("完成日期晚于今天，请核对。", field="done_on")
        if done_on < row.started_on:
            raise Refused(f"这项工作从 {row.started_on:%Y-%m-%d} 开始，完成日期不能更早。", field="done_on")
        if not note.strip():
            raise Refused("请写明完成的情况或文件名称、文号。", field="note")
        before = row.snapshot()
        stop([row], done_on, by=actor.user_id, note=note.strip())
        deed.record(row, before=before, after=row.snapshot())
    return row


def postpone_clock(actor: Actor, clock: RunningClock, *, to: date, reason: str, at: datetime) -> RunningClock:
    """Moves the end of a clock that the text sets only in principle (原则上), with a reason that stays on record."""
    with act(actor, "postpone_clock", at=at, reason=reason.strip()) as deed:
        row = _take(actor, clock)
        if not row.in_principle:
            raise Refused(f"“{row.title}”的期限由{row.clause or '政策'}规定，不能推迟。")
        if to <= max(row.due_on, day(at)):
            raise Refused("推迟后的日期应晚于今天和原来的到期日。", field="to")
        if not reason.strip():
            raise Refused("请写明推迟的原因。", field="reason")
        before, days = row.snapshot(), calendar()
        row.note = f"由 {row.due_on:%Y-%m-%d} 推迟：{reason.strip()}"[:300]
        _put(row, ticking.begin(row.unit, row.anchor_on, to, False, days), days)
        if row.kind == ClockKind.REVIEW and row.case_file is not None:
            CaseFile.objects.filter(pk=row.case_file.pk).update(next_review_on=to)
        deed.record(row, before=before, after=row.snapshot(), reason=reason.strip())
    return row


# --- keeping them right -------------------------------------------------------------------------------------------
def settle(at: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Finds steps and files whose clocks are missing or run on, and clocks that rest on a year published since; puts them right.

    Answers how many of each (``steps``, ``files``, ``recounted``, ``duties``). On a sound installation all but ``duties`` are 0.
    """
    counts = {"steps": 0, "files": 0, "recounted": 0, "duties": 0}
    running = _unstopped()
    lost = StepRecord.objects.filter(closed_at__isnull=True, due_on__isnull=False).exclude(
        pk__in=running.filter(step__isnull=False).values("step")
    )
    files = CaseFile.objects.exclude(state=FileState.CLOSED).filter(next_review_on__isnull=False)
    bare = files.exclude(pk__in=running.filter(kind=ClockKind.REVIEW).values("case_file"))
    for found, follow, name in ((lost, follow_step, "steps"), (bare, follow_file, "files")):
        for thing in found.select_related("application__union").iterator(chunk_size=500):
            counts[name] += 1
            if not dry_run:
                with act(SYSTEM, "settle_clocks", at=at) as deed:
                    follow(thing, day(at))
                    deed.record(thing, after={"clock": "begun"})
    counts["recounted"] = _recount(at, dry_run)
    if not dry_run:
        roots = Union.objects.filter(depth=1).values_list("path", flat=True)
        counts["duties"] = sum(open_duties(path, at) for path in roots)
    return counts


def _recount(at: datetime, dry_run: bool) -> int:
    """Clocks in working days that rested on a year without an official calendar, by the calendar as it is now. What a public notice
    says on the wall is left as it was posted."""
    days, changed = calendar(), 0
    for row in _unstopped(provisional=True, paused_on__isnull=True, period=False).select_related("step__application"):
        now = _ticking(row).again(days)
        if (now.due_on, now.provisional) == (row.due_on, row.provisional):
            continue
        changed += 1
        if dry_run:
            continue
        with act(SYSTEM, "settle_clocks", at=at) as deed:
            before = row.snapshot()
            _put(row, now, days)
            if row.step is not None:
                StepRecord.objects.filter(pk=row.step.pk).update(due_on=now.due_on, due_provisional=now.provisional)
                held = {"due_on": now.due_on, "due_provisional": now.provisional}
                Application.objects.filter(pk=row.step.application_id, step=row.step.key).update(**held)
            deed.record(row, before=before, after=row.snapshot())
    return changed


# --- receivers ----------------------------------------------------------------------------------------------------
def _today() -> date:
    deed = current_deed()
    assert deed is not None  # guarded rows are saved inside an act only
    return day(deed.at)


def _step_saved(sender: Any, instance: StepRecord, created: bool, **kwargs: Any) -> None:
    on = _today()
    follow_step(instance, on)
    if created and instance.closed_at is None:
        happened("received_on", on, application=instance.application, step=instance)


def _application_saved(sender: Any, instance: Application, created: bool, **kwargs: Any) -> None:
    if created:
        happened("applied_on", instance.applied_on, application=instance)
    elif instance.state not in OPEN:
        # what measured the application falls away with it; what belongs to the file goes on
        outcome = ClockOutcome.VOID if instance.state != State.FILED else ""
        stop(_unstopped(application=instance, case_file__isnull=True), _today(), outcome)


def _file_saved(sender: Any, instance: CaseFile, created: bool, **kwargs: Any) -> None:
    on = _today()
    follow_file(instance, on)
    if created:
        _authorizations(instance)
        for event in ("filed_on", "recognised_on", "last_aid_or_filing", "changed_on"):
            happened(event, on, application=instance.application, file=instance)


def connect() -> None:
    """Called once when the room is ready."""
    for sender, receiver in ((StepRecord, _step_saved), (Application, _application_saved), (CaseFile, _file_saved)):
        post_save.connect(receiver, sender=sender, dispatch_uid=f"clocks-{receiver.__name__}")
