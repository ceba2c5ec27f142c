"""查询授权书: one entry per counted member, in one of three ways; one refusal ends the application (附件1 三、四（四）)."""

from datetime import date, datetime

from bangfu.casework import flow, guards
from bangfu.casework.choices import AuthorizationMode
from bangfu.casework.errors import NotYourTurn
from bangfu.casework.models import Application, Authorization
from bangfu.casework.services import submission
from bangfu.common.acts import Actor, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.models import EvidenceFile, Member


def _place(application: Application, actor: Actor) -> None:
    """Signatures may be taken by the union's own step holder from the application on, until the case has gone up (open_early)."""
    way = flow.Way.of(application)
    stop = next((item for item in way.stops if item.step.kind == "authorization"), None)
    if stop is None:
        raise Refused("本政策没有授权书环节。")
    keys = [item.key for item in way.stops]
    if application.step in keys and keys.index(application.step) > keys.index(stop.key):
        raise Refused("本案已经上报，授权书不能再改；需要重签的请由上级工会退回。")
    if not stop.step.open_early and application.step != stop.key:
        raise Refused("还没有到签署授权书的环节。")
    if actor.union_id != way.union_of(stop).pk or actor.role != stop.step.role:
        raise NotYourTurn(f"授权书由{way.union_of(stop).name}登记。")


def record_authorization(
    actor: Actor,
    application: Application,
    member: Member,
    *,
    at: datetime,
    refused: bool = False,
    mode: str = AuthorizationMode.SELF,
    signed_on: date | None = None,
    proxy_name: str = "",
    proxy_relation: str = "",
    proxy_reason: str = "",
    statement: bool = False,
    sealed: bool = False,
    proxy_letter: bool = False,
    scan: EvidenceFile | None = None,
    unaltered: bool | None = None,
    clear: bool | None = None,
    version: int | None = None,
) -> Authorization:
    """Records one member's entry. A form that was altered or whose print is not clear is kept as void and must be signed anew.

    ``refused``: the whole application ends (不予建档, no override), the refusal stays on record, the family may apply again.
    """
    with act(actor, "record_authorization", at=at) as deed:
        row, record = flow.take(application.pk, None, version)
        _place(row, actor)
        if member.household_id != row.household_id:
            raise Refused("所选成员不在本户，请重新选择。", field="member")
        rule = flow.procedure_of(row).authorization
        if rule is None or (not refused and mode not in rule.modes):
            raise Refused("请选择签署方式。", field="mode")
        signed = signed_on or day(at)
        if not row.applied_on <= signed <= day(at):
            raise Refused("签署日期应在申请之后、今天之前。", field="signed_on")
        if scan is not None and scan.household_id != row.household_id:
            raise Refused("所选扫描件不是这个家庭的。", field="scan")
        void = not refused and (unaltered is False or clear is False)
        Authorization.objects.filter(application=row, member=member, void=False).update(void=True)
        entry: Authorization = Authorization.objects.create(
            application=row,
            member=member,
            member_name=member.name,
            refused=refused,
            mode="" if refused else mode,
            signed_on=None if refused else signed,
            proxy_name=proxy_name.strip(),
            proxy_relation=proxy_relation.strip(),
            proxy_reason=proxy_reason.strip(),
            statement=statement,
            sealed=sealed,
            proxy_letter=proxy_letter,
            scan=scan,
            unaltered=unaltered,
            clear=clear,
            void=void,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        )
        row.updated_at = at
        row.save(update_fields=["updated_at"])
        deed.record(
            row,
            after={"authorization": entry.pk, "member": member.fact_id, "mode": mode, "refused": refused, "void": void},
        )
        if refused:
            refusal = flow.procedure_of(row).refusals[rule.refusal]
            submission.refuse_open(deed, row, record, reason=refusal.title, code=refusal.code, at=at)
    return entry


def tick_authorization(
    actor: Actor, entry: Authorization, *, unaltered: bool, clear: bool, at: datetime, version: int | None = None
) -> Authorization:
    """The two checks of a signed form: no alteration, prints clear. A failed one voids it; a new form is needed."""
    with act(actor, "tick_authorization", at=at) as deed:
        row, _record = flow.take(entry.application_id, None, version)
        _place(row, actor)
        held: Authorization = Authorization.objects.select_for_update().get(pk=entry.pk)
        if held.void or held.refused:
            raise Refused("这一份已经作废或拒签，不能核对。")
        held.unaltered, held.clear = unaltered, clear
        held.void = not (unaltered and clear)
        held.save()
        deed.record(row, after={"authorization": held.pk, "unaltered": unaltered, "clear": clear, "void": held.void})
    return held


def rows_by_member(case: guards.Case) -> list[tuple[Member, Authorization | None]]:
    """Every counted member with the entry that holds, for the panel and the form."""
    assert case.application is not None  # a signature belongs to an application
    entries = {row.member_id: row for row in case.application.authorizations.filter(void=False)}
    return [(member, entries.get(member.pk)) for member in case.counted]
