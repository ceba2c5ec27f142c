"""Closing a step with a good result. What a step's closing does besides follows from its kind and from what the pack says it produces."""

from datetime import date, datetime
from typing import Any

from bangfu.casework import determinations, flow
from bangfu.casework.choices import FileState, Moment, State, StepResult
from bangfu.casework.errors import Unmet
from bangfu.casework.models import Application, CaseFile, Determination, StepRecord
from bangfu.casework.services import moving, notices, submission
from bangfu.common import numbers
from bangfu.common.acts import Actor, Deed, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.policy.registry import eras

VERBS = {
    "evidence": "check_evidence",
    "review": "pass_review",
    "visit": "close_visit",
    "notice": "close_notice",
    "authorization": "close_authorizations",
    "forward": "report_up",
    "check": "close_check",
    "filing": "open_file",
    "recheck": "recheck",
    "record": "record_filing",
    "decision": "close_decision",
}
"""Kind of step → the verb in the audit log."""


def pass_step(
    actor: Actor,
    application: Application,
    *,
    at: datetime,
    kind: str = "",
    comment: str = "",
    data: dict[str, Any] | None = None,
    answers: dict[int, str] | None = None,
    step: int | None = None,
    version: int | None = None,
) -> Application:
    """Closes the open step with a good result and opens the next one the policy names.

    ``kind`` is the kind the caller means (a second guard against a stale page); ``step`` and ``version`` are what the person saw;
    ``answers`` answer the points of a return that led here. Raises ``GuardsUnmet``, ``NotYourTurn``, ``AlreadyDone``, ``StaleVersion``.
    """
    current = flow.open_record(application)
    verb = VERBS.get(flow.procedure_of(application).step(current.code).kind, "pass_step") if current else "pass_step"
    with act(actor, verb, at=at, reason=comment) as deed:
        row, record = flow.take(application.pk, step, version)
        way = flow.Way.of(row)
        stop = way.stop(record.key)
        flow.check_turn(row, record, actor)
        if stop.step.kind == "entry":
            raise Refused("申报环节请逐条答复后重新提交。")
        if kind and stop.step.kind != kind:
            raise Refused(f"本案现在的环节是“{stop.step.title}”，请刷新后再办理。")
        moving.answer_points(row, record, answers, at=at)
        moving.demand(moving.case_of(row, record, actor, at, data), asked=True)
        if stop.step.kind == "notice":
            notices.take_down(deed, row, at=at)
        moving.freeze_if_produced(deed, row, stop, at=at)
        _produce(deed, row, record, at)
        moving.close_record(deed, record, StepResult.PASSED, at=at, comment=comment, data=data)
        if moving.advance(deed, row, way, record.key, at=at) is None:
            _finish(deed, row, at)
    return row


def unit_review(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """单位工会审核材料 (and every other step of kind review, 商务工会审核 too: see ``industry_review``)."""
    return pass_step(actor, application, at=at, kind="review", **given)


def industry_review(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """审核无误: the approval's determination is frozen and the case goes to the city."""
    return pass_step(actor, application, at=at, kind="review", **given)


def close_visit(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """The visit is complete and positive."""
    return pass_step(actor, application, at=at, kind="visit", **given)


def close_notice(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """The notice hung its full working days, no objection is open; it is taken down today."""
    return pass_step(actor, application, at=at, kind="notice", **given)


def close_authorizations(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """Every counted member has a good entry."""
    return pass_step(actor, application, at=at, kind="authorization", **given)


def report_up(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """To the next union up; no level is jumped."""
    return pass_step(actor, application, at=at, kind="forward", **given)


def close_check(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """Every item of every counted member has an answer, and every difference was decided."""
    return pass_step(actor, application, at=at, kind="check", **given)


def open_file(actor: Actor, application: Application, *, at: datetime, **given: Any) -> CaseFile:
    """建档: the file gets its number, its category from the approved determination, and the day of its next review."""
    pass_step(actor, application, at=at, kind="filing", **given)
    file: CaseFile = CaseFile.objects.get(application=application)
    return file


def recheck(
    actor: Actor, application: Application, *, sheet: dict[str, bool], at: datetime, **given: Any
) -> Application:
    """上级工会复核 with the sheet of folders (附件2 第四条、第八条): ``{"identity": True, …}``."""
    return pass_step(actor, application, at=at, kind="recheck", data={"sheet": sheet}, **given)


def record_filing(actor: Actor, application: Application, *, at: datetime, **given: Any) -> Application:
    """备案: the last step; the case is now on file."""
    return pass_step(actor, application, at=at, kind="record", **given)


# --- what steps produce -------------------------------------------------------------------------------------------
def _produce(deed: Deed, row: Application, record: StepRecord, at: datetime) -> None:
    """Files and dates that a step's products stand for."""
    produces = flow.procedure_of(row).step(record.code).produces
    if "case_file" in produces:
        _case_file(deed, row, at)
    file = CaseFile.objects.filter(application=row).first()
    if file is None:
        return
    if "recheck_sheet" in produces:
        file.rechecked_on = day(at)
        file.save(update_fields=["rechecked_on"])
    if "record_number" in produces:
        file.recorded_on = day(at)
        if not file.record_number:
            file.record_number = f"B{day(at).year}{numbers.take(f'record-{day(at).year}'):06d}"
        file.save(update_fields=["recorded_on", "record_number"])
        deed.record(file, after={"record_number": file.record_number})


def approved(row: Application) -> Determination:
    """The determination a file rests on: the approval's or a later one of a corrected fact; the submission's where a policy has no approval."""
    found = determinations.latest(row, [Moment.APPROVAL, Moment.CHANGE]) or determinations.latest(row)
    if found is None:
        raise Refused("还没有测算书，不能建档。")
    return found


def _case_file(deed: Deed, row: Application, at: datetime) -> CaseFile:
    made = approved(row)
    _residual_only_after_no(made)
    beside = determinations.companion(made)
    central = beside.outcome if beside is not None else made.outcome
    opened = day(at)
    file = CaseFile.objects.filter(application=row).first()
    if file is None:
        submission.register_people(row, moving.case_of(row, _current(row), deed.actor, at))
        series = f"file-{row.union.region}-{opened.year}"
        file = CaseFile(
            application=row,
            household=row.household,
            union=row.union,
            union_path=row.union_path,
            number=f"{row.union.region}-{opened.year}-{numbers.take(series):05d}",
            policy=row.policy,
            opened_on=opened,
            opened_by_id=deed.actor.user_id or 0,
        )
    file.category, file.central_category, file.determination = made.outcome, central, made
    file.state = FileState.ACTIVE
    file.worker_name, file.worker_pinyin, file.worker_initials = row.worker_name, row.worker_pinyin, row.worker_initials
    file.next_review_on = next_review(row.policy, made.outcome, file.opened_on)
    file.save()
    deed.record(
        file,
        after={
            "number": file.number,
            "category": file.category,
            "central_category": file.central_category,
            "determination": made.code,
            "next_review_on": str(file.next_review_on or ""),
        },
    )
    return file


def _current(row: Application) -> StepRecord:
    record = flow.open_record(row)
    assert record is not None  # called while a step is open
    return record


def next_review(policy: str, category: str, last: date) -> date | None:
    """When a file of a category is checked next; None where the text gives no interval and none was set."""
    try:
        pack = next(pack for pack in reversed(eras(policy)) if category in pack.lifecycle.reviews)
        found: date = pack.lifecycle.next_review_on(category, last)
    except (StopIteration, LookupError):
        return None
    return found


def _residual_only_after_no(made: Determination) -> None:
    """A later category may be chosen only when every one before it was answered no, with reasons (第四条（四）)."""
    for row in made.document["categories"]:
        if row["code"] == made.outcome:
            return
        if row["result"] != "not_met" or not row["conditions"]:
            raise Refused("前面的类别还没有逐项认定为不符合，不能按其他困难建档。")
    raise Refused("测算书没有认定类别，不能建档。")


def _finish(deed: Deed, row: Application, at: datetime) -> None:
    before = row.state
    row.state = State.FILED
    row.step = ""
    row.waits_union = None
    row.waits_union_path = row.waits_role = ""
    row.due_on, row.due_provisional = None, False
    row.updated_at = at
    row.save()
    deed.record(row, before={"state": str(before)}, after={"state": str(State.FILED)})


def unmet_now(
    application: Application, *, at: datetime, actor: Actor | None = None, data: dict[str, Any] | None = None
) -> list[Unmet]:
    """What the open step still lacks, for the page."""
    from bangfu.casework import guards

    record = flow.open_record(application)
    return guards.unmet(moving.case_of(application, record, actor, at, data)) if record else []
