"""Submitting a family's application, answering a return, withdrawing, refusing."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from bangfu.casework import flow, guards
from bangfu.casework.choices import Moment, State, StepResult
from bangfu.casework.decision_models import Conclusion
from bangfu.casework.errors import NotYourTurn, PersonElsewhere, Unmet
from bangfu.casework.models import ActiveIdentity, Application, CaseFile
from bangfu.casework.selectors import meetings
from bangfu.casework.services import freezing, moving
from bangfu.common import numbers
from bangfu.common.acts import Actor, Deed, StaleVersion, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.families.fields import STEP_LABELS
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.procedure import Step
from bangfu.policy.registry import get_pack, policy_for

OPEN = (State.IN_PROGRESS, State.RETURNED)


def policy_of(household: Household) -> str:
    """The policy that decides this household: the narrowest in force at its place of work on the application date."""
    try:
        return policy_for(household.work_region or household.union.region, household.application_date)
    except PolicyNotInForce as fault:
        raise Refused(
            f"{household.application_date:%Y-%m-%d} 没有施行中的政策，请核对申请日期。", field="application_date"
        ) from fault


def entry_step(policy: str, day: date) -> Step:
    """The step with which a policy begins, as it reads on that day."""
    first: Step = get_pack(policy, day).procedure.steps[0]
    return first


def submission_case(
    household: Household, actor: Actor | None, at: datetime, data: dict[str, Any] | None = None
) -> guards.Case:
    """The guards' view of a family that is to be submitted."""
    policy = policy_of(household)
    return guards.Case(household, policy, entry_step(policy, household.application_date), at, actor, None, data or {})


def unmet_for_submission(household: Household, *, at: datetime, data: dict[str, Any] | None = None) -> list[Unmet]:
    """What a family still lacks before it can be submitted."""
    return guards.unmet(submission_case(household, None, at, data))


def submit_application(
    actor: Actor,
    household: Household,
    *,
    at: datetime,
    version: int | None = None,
    data: dict[str, Any] | None = None,
    circumstances: tuple[str, ...] = (),
    comment: str = "",
) -> Application:
    """Submits a family: determination and companion frozen, every counted member registered, the first step closed, the next opened.

    A second submit of the same household is answered with the first application. Raises ``GuardsUnmet``, ``PersonElsewhere``,
    ``NotYourTurn``, ``StaleVersion`` (the family was changed since ``version``), ``FactsUnreadable``.
    """
    # the check answers a double click before anything is locked; the constraint answers two clicks at the same moment
    with act(actor, "submit_application", at=at) as deed:
        family: Household = (
            Household.objects.select_for_update(of=("self",)).select_related("union").get(pk=household.pk)
        )
        _may_enter(actor, family)
        already: Application | None = Application.objects.filter(household=family, state__in=OPEN).first()
        if already is None:
            if version is not None and family.version != version:
                raise StaleVersion(family)
            _refuse_second_file(family)
            families.refuse_merged(family)
            _refuse_unchecked_typing(family)
            return _submit(deed, actor, family, at, data or {}, circumstances, comment)
        deed.record(already, after={"again": True}, reason="重复提交，未重复受理")
    return already


def _may_enter(actor: Actor, family: Household) -> None:
    if actor.role != Role.CLERK or actor.union_id != family.union_id:
        raise NotYourTurn(f"请由{family.union.name}的经办人提交。")


def _refuse_unchecked_typing(family: Household) -> None:
    """What was typed and did not pass its check is not in the facts: judging the rest would pretend it was never said."""
    kept = families.read_typed(family)
    if kept:
        places = "、".join(f"“{STEP_LABELS.get(step, step)}”{len(values)} 处" for step, values in kept.items())
        raise Refused(f"还有填写内容没有通过检查：{places}。请回到对应步骤改正后再提交。")


def _refuse_second_file(family: Household) -> None:
    file = CaseFile.objects.filter(household=family).exclude(state="closed").first()
    if file is not None:
        raise Refused(f"这个家庭已有在册档案 {file.number}，不需要再次申请。")


def _submit(
    deed: Deed,
    actor: Actor,
    family: Household,
    at: datetime,
    data: dict[str, Any],
    circumstances: tuple[str, ...],
    comment: str,
) -> Application:
    case = submission_case(family, actor, at, data)
    _check_channel(case)
    moving.demand(case)
    year = day(at).year
    application: Application = Application.objects.create(
        household=family,
        union=family.union,
        union_path=family.union_path,
        number=f"S{year}{numbers.take(f'application-{year}'):06d}",
        policy=case.policy,
        applied_on=family.application_date,
        worker_name=family.worker_name,
        worker_pinyin=family.worker_pinyin,
        worker_initials=family.worker_initials,
        state=State.IN_PROGRESS,
        circumstances=list(circumstances),
        entered_by_id=actor.user_id,
        submitted_at=at,
        updated_at=at,
    )
    register_people(application, case)
    freezing.freeze(deed, application, Moment.SUBMISSION, actor, at=at)
    deed.record(
        application, after={"state": str(State.IN_PROGRESS), "number": application.number, "policy": case.policy}
    )
    families.lock(actor, family, at=at, reason=f"提交申请 {application.number}")
    way = flow.Way.of(application)
    entry = moving.open_stop(application, way, way.stops[0], at=at)
    moving.close_record(deed, entry, StepResult.PASSED, at=at, comment=comment, data=data)
    _go_on(deed, application, way, entry.key, at)
    return application


def _check_channel(case: guards.Case) -> None:
    """How the application came in, where the person says it: a way the policy knows, with the other system's number where it brings one."""
    code = str(case.data.get("channel") or "")
    channel = case.pack.procedure.channels.get(code)
    if code and channel is None:
        raise Refused("请从本政策规定的申请途径中选择。", field="channel")
    if channel is not None and channel.external_number and not str(case.data.get("external_number") or "").strip():
        raise Refused(f"{channel.title}请填写原系统中的申请编号。", field="external_number")


def _go_on(deed: Deed, application: Application, way: flow.Way, key: str, at: datetime) -> None:
    if moving.advance(deed, application, way, key, at=at) is None:
        raise Refused("政策的办理流程在提交之后没有下一环节，请由账号管理员核对政策包。")


def register_people(application: Application, case: guards.Case) -> None:
    """Holds every counted member for this application; the database refuses a person who stands in another (一户一档)."""
    people = case.counted
    wanted = {member.id_hash for member in people if member.id_hash}
    mine = ActiveIdentity.objects.filter(application=application)
    mine.exclude(id_hash__in=wanted).delete()
    missing = wanted - set(mine.values_list("id_hash", flat=True))
    try:
        with transaction.atomic():
            ActiveIdentity.objects.bulk_create(
                [
                    ActiveIdentity(id_hash=value, application=application, union_id=application.union_id)
                    for value in sorted(missing)
                ]
            )
    except IntegrityError as fault:
        other = (
            ActiveIdentity.objects.filter(id_hash__in=missing)
            .exclude(application=application)
            .select_related("union")
            .first()
        )
        names = [member.name for member in people if other is not None and member.id_hash == other.id_hash]
        raise PersonElsewhere(names or ["家庭成员"], other.union.name if other else "另一工会") from fault


def resubmit(
    actor: Actor,
    application: Application,
    *,
    at: datetime,
    answers: dict[int, str] | None = None,
    step: int | None = None,
    version: int | None = None,
    data: dict[str, Any] | None = None,
    comment: str = "",
) -> Application:
    """Answers every point of the return and submits again: a new determination beside the old, people registered anew."""
    with act(actor, "resubmit", at=at) as deed:
        case_row, record = flow.take(application.pk, step, version)
        if flow.procedure_of(case_row).step(record.code).kind != "entry":
            raise Refused("本案没有退回到申报环节，不需要重新提交。")
        flow.check_turn(case_row, record, actor)
        _refuse_unchecked_typing(case_row.household)
        moving.answer_points(case_row, record, answers, at=at)
        given = {**guards._entry_data(case_row), **(data or {})}
        case = moving.case_of(case_row, record, actor, at, given)
        moving.demand(case)
        _refresh_names(case_row)
        register_people(case_row, case)
        freezing.freeze(deed, case_row, Moment.SUBMISSION, actor, at=at)
        families.lock(actor, case_row.household, at=at, reason="重新提交")
        moving.close_record(deed, record, StepResult.PASSED, at=at, comment=comment, data=given)
        _go_on(deed, case_row, flow.Way.of(case_row), record.key, at)
    return case_row


def _refresh_names(application: Application) -> None:
    family = application.household
    application.worker_name, application.worker_pinyin = family.worker_name, family.worker_pinyin
    application.worker_initials, application.applied_on = family.worker_initials, family.application_date


def withdraw(
    actor: Actor,
    application: Application,
    *,
    reason: str,
    at: datetime,
    step: int | None = None,
    version: int | None = None,
) -> Application:
    """The family takes its application back, at any step before the file is opened. Only its own union's clerk records that."""
    with act(actor, "withdraw_application", at=at, reason=reason) as deed:
        row, record = flow.take(application.pk, step, version)
        if actor.role != Role.CLERK or actor.union_id != row.union_id:
            raise NotYourTurn(f"撤回申请请由{row.union.name}的经办人登记。")
        _no_file_yet(row, "撤回")
        if not reason.strip():
            raise Refused("请写明撤回的原因。", field="reason")
        moving.close_record(deed, record, StepResult.WITHDRAWN, at=at, comment=reason)
        moving.end(deed, row, State.WITHDRAWN, at=at, reason=reason)
    return row


def refuse(
    actor: Actor,
    application: Application,
    *,
    reason: str,
    at: datetime,
    code: str = "",
    step: int | None = None,
    version: int | None = None,
) -> Application:
    """不予建档, by the person whose turn it is, with a reason; the family may apply again. ``code`` is one of the policy's refusals."""
    with act(actor, "refuse_application", at=at, reason=reason) as deed:
        row, record = flow.take(application.pk, step, version)
        flow.check_turn(row, record, actor)
        if flow.procedure_of(row).step(record.code).kind == "entry":
            raise Refused("申报环节请撤回申请，不作不予建档。")
        held = meetings.latest(row, record)
        agreed = held is not None and held.conclusion == Conclusion.AGREE
        if agreed and not guards.unmet(moving.case_of(row, record, actor, at)):
            raise Refused("会议的结论是“同意”，不能由一个人改为不予建档；情况有变的，请再次开会并登记。")
        _no_file_yet(row, "不予建档")
        if not reason.strip():
            raise Refused("请写明不予建档的原因，申请人将看到。", field="reason")
        refuse_open(deed, row, record, reason=reason, code=code, at=at)
    return row


def refuse_open(deed: Deed, row: Application, record: Any, *, reason: str, code: str, at: datetime) -> None:
    """Ends a case at its open step; used where a refusal follows from something else (授权书)."""
    if code and code not in flow.procedure_of(row).refusals:
        raise Refused("请从目录中选择不予建档的情形。", field="code")
    moving.close_record(
        deed, record, StepResult.REFUSED, at=at, comment=reason, data={"refusal": code} if code else None
    )
    moving.end(deed, row, State.REFUSED, at=at, reason=reason)


def _no_file_yet(application: Application, what: str) -> None:
    if CaseFile.objects.filter(application=application).exists():
        raise Refused(f"已经建档，不能{what}；档案的调整按动态管理办理。")
