"""核对: what the city's checking system found, per counted member and item, against what the family declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bangfu.casework import determinations, flow, guards
from bangfu.casework.choices import CheckState, DifferenceDecision, Moment
from bangfu.casework.models import Application, CheckResult, EconomicCheck
from bangfu.casework.services import freezing
from bangfu.common.acts import Actor, Deed, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.models import Household, Member


@dataclass(frozen=True)
class Answer:
    """One answer: ``state`` is a ``CheckState``; ``count`` how many were found (homes, vehicles)."""

    member: Member
    item: str
    state: str
    count: int | None = None
    detail: str = ""


def declared(household: Household, facts: Mapping[str, Any], item: str, member: Member) -> int | bool | None:
    """What the family declared for an item: a number for the household, yes or no for the member; None = nothing to compare with."""
    if item == "homes":
        homes: int | None = (facts.get("housing") or {}).get("owned_homes")
        return homes
    if item == "vehicles":
        vehicles = facts.get("vehicles")
        return None if vehicles is None else len(vehicles)
    if item == "provident_fund":
        incomes = facts.get("incomes")
        return (
            None
            if incomes is None
            else any(line["member"] == member.fact_id and line["kind"] == "wage" for line in incomes)
        )
    if item == "investment":
        conduct = facts.get("conduct") or {}
        net = facts.get("investments_net")
        answers = [
            conduct.get("controlling_shareholder"),
            conduct.get("owns_shop"),
            None if net is None else net not in ("0", "0.00"),
        ]
        return True if True in answers else None if None in answers else False
    return None


def differs(household: Household, facts: Mapping[str, Any], answer: Answer, found_in_all: int) -> bool:
    """Whether an answer contradicts the declaration. ``found_in_all`` is the number found for this item over all members."""
    said = declared(household, facts, answer.item, answer.member)
    if answer.item in ("homes", "vehicles"):
        if answer.state == CheckState.FOUND:
            return said is None or found_in_all != said
        return False
    if answer.state == CheckState.FOUND:
        return said is not True
    return False


def record_check(
    actor: Actor,
    application: Application,
    *,
    answers: Sequence[Answer],
    checked_on: date,
    at: datetime,
    serial: str = "",
    imported: bool = False,
    step: int | None = None,
    version: int | None = None,
) -> EconomicCheck:
    """Records a run of the check. An item without an answer stays 未核对, which is not 无; differences are marked at once.

    Raises ``Refused`` for a person outside the family, an item the policy does not check, a day outside reason.
    """
    with act(actor, "record_check", at=at) as deed:
        row, record = flow.take(application.pk, step, version)
        flow.check_turn(row, record, actor)
        return _record(deed, row, record.code, answers, checked_on, serial, imported, at)


def _record(
    deed: Deed,
    row: Application,
    code: str,
    answers: Sequence[Answer],
    checked_on: date,
    serial: str,
    imported: bool,
    at: datetime,
) -> EconomicCheck:
    procedure = flow.procedure_of(row)
    if procedure.step(code).kind != "check" or procedure.check is None:
        raise Refused("本案现在不在核对环节。")
    if not row.applied_on <= checked_on <= day(at):
        raise Refused("核对日期应在申请之后、今天之前。", field="checked_on")
    facts = determinations.current_facts(row.household)
    run: EconomicCheck = EconomicCheck.objects.create(
        application=row,
        serial=serial.strip(),
        checked_on=checked_on,
        imported=imported,
        recorded_by_id=deed.actor.user_id,
        recorded_at=at,
    )
    totals: dict[str, int] = {}
    for answer in answers:
        if answer.member.household_id != row.household_id:
            raise Refused("核对结果中有人不在本户，请核对。", field="answers")
        if answer.item not in procedure.check.items or answer.state not in CheckState.values:
            raise Refused("核对项目或结果不在目录中。", field="answers")
        if answer.state == CheckState.FOUND:
            totals[answer.item] = totals.get(answer.item, 0) + (1 if answer.count is None else answer.count)
    for answer in answers:
        CheckResult.objects.create(
            check_run=run,
            member=answer.member,
            member_name=answer.member.name,
            item=answer.item,
            state=answer.state,
            detail=answer.detail.strip()[:200],
            count=answer.count,
            differs=differs(row.household, facts, answer, totals.get(answer.item, 0)),
        )
    _nothing_found_of_what_was_declared(row, run, facts, answers)
    row.updated_at = at
    row.save(update_fields=["updated_at"])
    found = run.results.filter(state=CheckState.FOUND).count()
    deed.record(
        row,
        after={
            "check": run.pk,
            "serial": run.serial,
            "found": found,
            "differs": run.results.filter(differs=True).count(),
        },
    )
    return run


def _nothing_found_of_what_was_declared(
    row: Application, run: EconomicCheck, facts: Mapping[str, Any], answers: Sequence[Answer]
) -> None:
    """Fewer homes or vehicles than declared is a difference too; it is marked on the first member that was asked."""
    for item in ("homes", "vehicles"):
        asked = [answer for answer in answers if answer.item == item]
        if not asked or any(answer.state != CheckState.NONE for answer in asked):
            continue
        said = declared(row.household, facts, item, asked[0].member)
        if said is not None and said is not False and int(said) > 0:
            run.results.filter(member=asked[0].member, item=item).update(differs=True)


CORRECTIONS: dict[str, tuple[str, ...]] = {
    "homes": ("owned_homes", "owned_area_m2"),
    "vehicles": ("vehicles",),
    "investment": ("controlling_shareholder", "owns_shop", "employs_others", "investments_net"),
    "provident_fund": (),
}
"""Which declared facts the person who decides a difference may correct; anything else goes back to the clerk."""


def decide_difference(
    actor: Actor,
    result: CheckResult,
    *,
    decision: str,
    reason: str,
    at: datetime,
    corrections: Mapping[str, Any] | None = None,
    step: int | None = None,
    version: int | None = None,
) -> CheckResult:
    """A named person decides a difference: the declaration is right (explained), or the check is (facts corrected, judged anew).

    A correction changes the family's facts and freezes a new determination beside the old one; the old one stays as it was.
    """
    with act(actor, "decide_difference", at=at, reason=reason) as deed:
        row, record = flow.take(result.check_run.application_id, step, version)
        flow.check_turn(row, record, actor)
        held: CheckResult = CheckResult.objects.select_for_update(of=("self",)).get(pk=result.pk)
        if flow.procedure_of(row).step(record.code).kind != "check" or not held.differs or held.decision:
            raise Refused("这一项没有待认定的差异。")
        if decision not in DifferenceDecision.values:
            raise Refused("请选择认定结果。", field="decision")
        if not reason.strip():
            raise Refused("请写明认定的理由。", field="reason")
        given = dict(corrections or {})
        strange = set(given) - set(CORRECTIONS.get(held.item, ()))
        if strange:
            raise Refused("这一项不能更正所填的内容，请退回经办人更正。", field="corrections")
        if decision == DifferenceDecision.CORRECTED and not given:
            raise Refused("请填写更正后的情况；不能在这里更正的请退回经办人。", field="corrections")
        if decision == DifferenceDecision.EXPLAINED and given:
            raise Refused("申报属实时不需要更正。", field="corrections")
        held.decision, held.decision_reason = decision, reason.strip()[:200]
        held.decided_by_id, held.decided_at = actor.user_id, at
        held.save()
        deed.record(row, after={"result": held.pk, "item": held.item, "decision": decision})
        if given:
            _correct(deed, row.household, given, at)
            freezing.freeze(deed, row, Moment.CHANGE, actor, at=at)
            _settle_same_item(row, held, actor, at)
        row.updated_at = at
        row.save()
    return held


def _correct(deed: Deed, household: Household, values: Mapping[str, Any], at: datetime) -> None:
    before = {name: getattr(household, name) for name in values}
    for name, value in values.items():
        setattr(household, name, value)
    household.updated_at = at
    household.bump(household.version)
    household.save()
    deed.record(household, before={k: str(v) for k, v in before.items()}, after={k: str(v) for k, v in values.items()})


def _settle_same_item(row: Application, held: CheckResult, actor: Actor, at: datetime) -> None:
    """A number of homes or vehicles is the household's: one correction settles the same item of the other members."""
    if held.item not in ("homes", "vehicles"):
        return
    for other in guards.latest_results(row).values():
        if other.item == held.item and other.pk != held.pk and other.differs and not other.decision:
            other.decision, other.decision_reason = held.decision, held.decision_reason
            other.decided_by_id, other.decided_at = actor.user_id, at
            other.save()
