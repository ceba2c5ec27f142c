"""How a case goes on: closing a step, opening the next, carrying over what still stands. Used by all verbs, always inside their act."""

from datetime import date, datetime
from typing import Any

from bangfu.casework import flow, guards
from bangfu.casework.choices import Moment, State, StepResult
from bangfu.casework.errors import GuardsUnmet
from bangfu.casework.models import ActiveIdentity, Application, Determination, ReturnPoint, StepRecord
from bangfu.casework.services import clocks, freezing
from bangfu.common import clock
from bangfu.common.acts import Actor, Deed
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.policy.procedure import Stop

CARRIED_KINDS = frozenset({"visit", "notice", "authorization"})
"""Kinds whose result may still stand after a return: a visit is not repeated for a missing copy."""


def open_stop(
    application: Application, way: flow.Way, stop: Stop, *, at: datetime, returned: bool = False
) -> StepRecord:
    """Opens a step: a record, whose turn it is, its clock where it starts by itself."""
    union = way.union_of(stop)
    due_on, provisional = _due_at_opening(application, stop, at)
    record: StepRecord = StepRecord.objects.create(
        application=application,
        code=stop.step.code,
        key=stop.key,
        round=StepRecord.objects.filter(application=application, key=stop.key).count() + 1,
        union=union,
        role=stop.step.role,
        opened_at=at,
        due_on=due_on,
        due_provisional=provisional,
    )
    application.state = State.RETURNED if returned else State.IN_PROGRESS
    application.step = stop.key
    application.waits_union = union
    application.waits_union_path = union.path
    application.waits_role = stop.step.role
    application.due_on, application.due_provisional = record.due_on, record.due_provisional
    application.updated_at = at
    application.save()
    return record


def _due_at_opening(application: Application, stop: Stop, at: datetime) -> tuple[date | None, bool]:
    """When a step that opens falls due: a posting that still hangs and still says the truth keeps its end, a clock that stood still
    while the case was back goes on with what was left, any other begins anew."""
    if stop.step.kind == "notice":
        from bangfu.casework.services.notices import must_renew

        hanging = application.notices.order_by("-pk").first()
        if hanging is not None and hanging.taken_down_on is None and not must_renew(application):
            return hanging.ends_on, hanging.ends_provisional
        return None, False
    today = clock.day(at)
    gone_on = clocks.left_over(application, stop.key, today)
    if gone_on is not None:
        return gone_on.due_on, gone_on.provisional
    due = flow.clock_of(stop.step, today) if flow.starts_when_opened(stop.step) else None
    return (due.last_day, due.provisional) if due else (None, False)


def set_due(application: Application, record: StepRecord, day: Any, provisional: bool, *, at: datetime) -> None:
    """The clock of the open step now runs to ``day``."""
    record.due_on = application.due_on = day
    record.due_provisional = application.due_provisional = provisional
    record.save(update_fields=["due_on", "due_provisional"])
    application.updated_at = at
    application.save()


def close_record(
    deed: Deed,
    record: StepRecord,
    result: StepResult,
    *,
    at: datetime,
    comment: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Closes a step by the acting person, with its audit row."""
    record.closed_at = at
    record.closed_by_id = deed.actor.user_id
    record.closed_post_id = deed.actor.post_id
    record.result = result
    record.comment = comment.strip()
    if data:
        record.data = {**record.data, **data}
    record.save()
    deed.record(
        record.application,
        before={"step": record.key},
        after={"step": record.key, "result": str(result), "round": record.round, **({"data": data} if data else {})},
        reason=record.comment,
    )


def demand(case: guards.Case, *, asked: bool = False) -> None:
    """Raises ``GuardsUnmet`` with everything the step still lacks; with ``asked`` also what whoever closes it has to answer."""
    missing = guards.unmet(case) + (guards.unanswered(case) if asked else [])
    if missing:
        raise GuardsUnmet(missing)


def case_of(
    application: Application, record: StepRecord, actor: Actor | None, at: datetime, data: dict[str, Any] | None = None
) -> guards.Case:
    """The guards' view of an open step."""
    step = flow.procedure_of(application).step(record.code)
    return guards.Case(
        household=application.household,
        policy=application.policy,
        step=step,
        at=at,
        actor=actor,
        application=application,
        data=data or {},
    )


def answer_points(
    application: Application, record: StepRecord, answers: dict[int, str] | None, *, at: datetime
) -> None:
    """Every point of the return that led here gets its answer before the step can be closed again."""
    points = list(open_points(application, record))
    given = answers or {}
    unanswered = [point for point in points if not given.get(point.pk, "").strip()]
    if unanswered:
        titles = [flow.procedure_of(application).returns[point.code].title for point in unanswered]
        raise Refused(
            f"请逐条答复退回要点，还差 {len(unanswered)} 条：{'；'.join(titles)}", field=f"answer_{unanswered[0].pk}"
        )
    for point in points:
        point.answer = given[point.pk].strip()
        point.answered_at = at
        point.save(update_fields=["answer", "answered_at"])


def open_points(application: Application, record: StepRecord) -> list[ReturnPoint]:
    """The points of returns that wait for an answer at this step."""
    rows = ReturnPoint.objects.filter(
        step__application=application, answered_at__isnull=True, step__data__returned_to=record.key
    ).order_by("pk")
    return list(rows)


def advance(deed: Deed, application: Application, way: flow.Way, key: str, *, at: datetime) -> StepRecord | None:
    """Opens what follows the stop ``key``. Steps whose result still stands from an earlier round are carried over, visibly."""
    stop = way.after(key)
    while stop is not None:
        earlier = flow.carried_rows(application, stop.key)
        if earlier is None or not _still_stands(application, stop, earlier, at):
            return open_stop(application, way, stop, at=at)
        StepRecord.objects.create(
            application=application,
            code=stop.step.code,
            key=stop.key,
            round=StepRecord.objects.filter(application=application, key=stop.key).count() + 1,
            union=way.union_of(stop),
            role=stop.step.role,
            opened_at=at,
            closed_at=at,
            result=StepResult.CARRIED,
            carried_from=earlier,
            comment=f"沿用第 {earlier.round} 轮的结果",
        )
        deed.record(
            application, after={"step": stop.key, "result": str(StepResult.CARRIED), "from_round": earlier.round}
        )
        stop = way.after(stop.key)
    return None


def _still_stands(application: Application, stop: Stop, earlier: StepRecord, at: datetime) -> bool:
    if stop.step.kind not in CARRIED_KINDS:
        return False
    case = guards.Case(application.household, application.policy, stop.step, at, None, application)
    if guards.unmet(case):
        return False
    if stop.step.kind == "visit":
        return _same_family(application, earlier)
    if stop.step.kind == "notice":
        from bangfu.casework.services.notices import must_renew

        return not must_renew(application)
    return True


def _same_family(application: Application, earlier: StepRecord) -> bool:
    """Whether members and causes are those of the visit: a visit saw these people and confirmed these causes."""
    rows = Determination.objects.filter(application=application, companion_of__isnull=True)
    then = rows.filter(made_at__lte=earlier.closed_at).order_by("-pk").first() or rows.order_by("pk").first()
    now = rows.order_by("-pk").first()
    if then is None or now is None:
        return False

    def seen(row: Determination) -> Any:
        return (
            [member["id"] for member in row.facts["members"]],
            sorted(row.labels.items()),
            sorted(row.facts.get("causes") or []),
        )

    return bool(seen(then) == seen(now))


def end(deed: Deed, application: Application, state: State, *, at: datetime, reason: str = "") -> None:
    """The case ends without a file: nobody waits, the people are free for another application, the family can be edited again."""
    before = application.state
    application.state = state
    application.step = ""
    application.waits_union = None
    application.waits_union_path = application.waits_role = ""
    application.due_on, application.due_provisional = None, False
    application.updated_at = at
    application.save()
    ActiveIdentity.objects.filter(application=application).delete()
    deed.record(application, before={"state": str(before)}, after={"state": str(state)}, reason=reason)
    families.unlock(deed.actor, application.household, at=at, reason=reason)


def freeze_if_produced(deed: Deed, application: Application, stop: Stop, *, at: datetime) -> None:
    """A step that produces a determination freezes one: the approval's."""
    if "determination" in stop.step.produces:
        freezing.freeze(deed, application, Moment.APPROVAL, deed.actor, at=at)
        application.save()
