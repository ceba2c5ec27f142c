"""Writes of the sandbox: a proposal, its numbers, its trial, and the decision by a second person."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.db import transaction

from bangfu.common.acts import SYSTEM, act
from bangfu.common.errors import Refused
from bangfu.organizations import services as organizations
from bangfu.organizations.models import LocalStandard, Union, User
from bangfu.organizations.scope import Desk
from bangfu.policy import registry, variants
from bangfu.policy.errors import PolicyError
from bangfu.sandbox import tasks, trial
from bangfu.sandbox.choices import Source, State
from bangfu.sandbox.models import Proposal

_VALUE = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,4})?")


def open_proposal(
    desk: Desk, *, title: str, policy: str, day: datetime.date | None, source: str, size: int = 0, seed: int = 0,
    union: Union | None = None, at: datetime.datetime,
) -> Proposal:  # fmt: skip
    """A new proposal that changes nothing yet. ``union``: the desk's own, or one below it. Raises ``Refused``."""
    place = union or Union.objects.get(pk=desk.union_id)
    if not place.path.startswith(desk.union_path):
        raise Refused("只能选择本工会或下级工会。", field="union")
    try:
        if day is not None:
            registry.in_force(policy, day)
        else:
            registry.get_pack(policy)
    except PolicyError as fault:
        raise Refused(f"这一天不适用所选政策，请换一个日期或政策。（{fault}）", field="day") from fault
    if source not in Source.values:
        raise Refused("请选择试算对象。", field="source")
    if source == Source.GENERATED and not 1 <= size <= trial.MOST_GENERATED:
        raise Refused(f"虚拟家庭请填 1 到 {trial.MOST_GENERATED} 户。", field="size")
    with act(desk.actor, "open_proposal", at=at) as deed:
        made: Proposal = Proposal.objects.create(
            union=place, union_path=place.path, title=title.strip(), policy=policy, day=day, source=source,
            size=size if source == Source.GENERATED else 0, seed=seed if source == Source.GENERATED else 0,
            author_id=desk.user_id, made_at=at,
        )  # fmt: skip
        deed.record(made, after={"title": made.title, "policy": policy, "source": source})
    return made


def change_numbers(
    desk: Desk, proposal: Proposal, *, changes: dict[str, Any], standards: dict[str, str], today: dict[str, int],
    amounts: dict[str, int], per_head: bool, version: int, at: datetime.datetime,
) -> Proposal:  # fmt: skip
    """Saves the altered numbers; a result that was there is out of date and goes. Raises ``Refused`` and ``StaleVersion``."""
    with act(desk.actor, "change_proposal", at=at) as deed:
        row: Proposal = Proposal.objects.select_for_update().select_related("union").get(pk=proposal.pk)
        if not row.is_open:
            raise Refused("方案正在试算或已经提请确认，数字不能再改；可以另建一份。")
        row.bump(version)
        before = _numbers(row)
        row.changes, row.standards = changes, {name: value.strip() for name, value in standards.items()}
        row.today, row.amounts, row.per_head = today, amounts, per_head
        _sensible(row)
        row.state, row.result, row.fault = State.DRAFT, {}, ""
        row.save()
        deed.record(row, before=before, after=_numbers(row))
    return row


def _numbers(row: Proposal) -> dict[str, Any]:
    return {"changes": row.changes, "standards": row.standards, "today": row.today, "amounts": row.amounts}


def _sensible(row: Proposal) -> None:
    for name, value in row.standards.items():
        if not _VALUE.fullmatch(value):
            raise Refused("请填数字，如 1010.00", field=f"standard_{name}")
    try:
        variants.vary(trial.pack_of(row), trial.changes_of(row))
    except variants.VariantFault as fault:
        raise Refused(str(fault)) from fault


def ask_trial(desk: Desk, proposal: Proposal, *, at: datetime.datetime) -> Proposal:
    """Puts the trial on the worker's list."""
    with act(desk.actor, "ask_trial", at=at) as deed:
        row: Proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if not row.is_open:
            raise Refused("方案正在试算或已经提请确认。")
        row.state, row.done, row.steps, row.fault, row.result = State.WAITING, 0, 0, "", {}
        row.save()
        deed.record(row, after={"state": row.state})
        transaction.on_commit(lambda: tasks.try_out.enqueue(row.pk))
    return row


def carry_out_trial(pk: int, *, at: datetime.datetime) -> None:
    """Tries the proposal out and keeps the result. The register is only read. Does nothing when the trial is no longer asked for."""
    proposal = Proposal.objects.select_related("union").get(pk=pk)
    if not proposal.at_work:
        return

    def told(done: int, of: int) -> None:
        with act(SYSTEM, "carry_on_trial", at=at) as deed:
            Proposal.objects.filter(pk=pk).update(state=State.RUNNING, done=done, steps=of)
            deed.record(proposal, after={"done": done, "of": of})

    state, result, fault = State.READY, {}, ""
    try:
        result = trial.kept(trial.carry_out(proposal, told))
    except Refused as refused:
        state, fault = State.FAILED, refused.message[:300]
    except Exception as broken:
        state, fault = State.FAILED, f"{type(broken).__name__}: {broken}"[:300]
        _finish(pk, state, result, fault, at)
        raise
    _finish(pk, state, result, fault, at)


def _finish(pk: int, state: str, result: dict[str, Any], fault: str, at: datetime.datetime) -> None:
    with act(SYSTEM, "finish_trial", at=at) as deed:
        row: Proposal = Proposal.objects.select_for_update().get(pk=pk)
        if row.at_work:
            row.state, row.result, row.fault, row.tried_at = state, result, fault, at
            row.done = row.steps
            row.version = row.version + 1
            row.save()
        deed.record(
            row, after={"state": row.state, "came_in": result.get("came_in"), "went_out": result.get("went_out")}
        )


def lodge_proposal(
    desk: Desk, proposal: Proposal, *, effective_on: datetime.date, document: str, at: datetime.datetime
) -> Proposal:
    """The author asks a second person to confirm. Altered standards are entered with the day and the document; they count once confirmed.

    Figures of the text itself are set by whoever issued it: for those a draft of a policy pack can be taken along (see ``drafts``).
    """
    if not document.strip():
        raise Refused("请填写决定文件的名称和文号。", field="document")
    with act(desk.actor, "lodge_proposal", at=at) as deed:
        row: Proposal = Proposal.objects.select_for_update().select_related("union").get(pk=proposal.pk)
        if row.author_id != desk.user_id:
            raise Refused("由提出人提请确认。")
        if row.state != State.READY:
            raise Refused("请先试算，看过结果再提请确认。")
        if not row.altered:
            raise Refused("方案还没有改动任何数字。")
        for name, value in row.standards.items():
            organizations.propose_standard(
                desk.actor, name=name, region=row.union.region, from_date=effective_on, value=value,
                source=document.strip(), at=at,
            )  # fmt: skip
        row.state, row.effective_on, row.document, row.lodged_at = State.LODGED, effective_on, document.strip(), at
        row.save()
        deed.record(row, after={"effective_on": effective_on.isoformat(), "document": row.document})
    return row


def confirm_proposal(desk: Desk, proposal: Proposal, *, at: datetime.datetime) -> Proposal:
    """A second person confirms: the altered standards are in force from their day. Raises ``Refused``."""
    with act(desk.actor, "confirm_proposal", at=at) as deed:
        row = _lodged(proposal)
        if row.author_id == desk.user_id:
            raise Refused("提出人不能确认自己的方案，请由另一人确认。")
        for standard in LocalStandard.objects.filter(**_entered(row)):
            if standard.confirmed_by_id is None:
                organizations.confirm_standard(desk.actor, standard, at=at)
        row.state, row.decided_by, row.decided_at = State.ADOPTED, User.objects.get(pk=desk.user_id), at
        row.save()
        deed.record(row, after={"state": row.state, "standards": row.standards})
    return row


def send_back_proposal(desk: Desk, proposal: Proposal, *, reason: str, at: datetime.datetime) -> Proposal:
    """The second person does not confirm, with a reason; standards entered for it are withdrawn, the numbers can be changed again."""
    if not reason.strip():
        raise Refused("请写明理由。", field="reason")
    with act(desk.actor, "send_back_proposal", at=at, reason=reason.strip()) as deed:
        row = _lodged(proposal)
        for standard in LocalStandard.objects.filter(**_entered(row), confirmed_by__isnull=True):
            organizations.withdraw_standard(desk.actor, standard, at=at)
        row.state, row.effective_on, row.document, row.lodged_at = State.READY, None, "", None
        row.fault = reason.strip()[:300]
        row.save()
        deed.record(row, after={"state": row.state, "reason": reason.strip()})
    return row


def _entered(row: Proposal) -> dict[str, Any]:
    """Where the standards of a lodged proposal are found."""
    return {"name__in": list(row.standards), "region": row.union.region, "from_date": row.effective_on}


def _lodged(proposal: Proposal) -> Proposal:
    row: Proposal = Proposal.objects.select_for_update().select_related("union").get(pk=proposal.pk)
    if row.state != State.LODGED:
        raise Refused("方案现在不在待确认，请刷新后再看。")
    return row
