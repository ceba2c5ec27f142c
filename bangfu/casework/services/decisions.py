"""集体研究、评议: the record of a meeting that decides on a case. Who handled the case or is kin to the family does not vote."""

from collections.abc import Sequence
from datetime import date, datetime

from bangfu.casework import flow
from bangfu.casework.decision_models import CollectiveDecision, Conclusion, Voice, VoteKind
from bangfu.casework.models import Application
from bangfu.casework.selectors import meetings
from bangfu.casework.selectors.meetings import Present
from bangfu.common.acts import Actor, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.models import EvidenceFile
from bangfu.policy import collective


def record_decision(
    actor: Actor,
    application: Application,
    *,
    held_on: date,
    present: Sequence[Present],
    minutes: str,
    conclusion: str,
    at: datetime,
    place: str = "",
    scan: EvidenceFile | None = None,
    step: int | None = None,
    version: int | None = None,
) -> CollectiveDecision:
    """Records a meeting while the case stands at a collective decision. The step is closed by ``pass_step`` (agree), ``refuse`` or ``return_case``.

    Raises ``Refused`` for a day before the step began or in the future, and for everything that ``policy.collective.problems`` finds:
    too few voters, a handler or relative among them, no minutes, a conclusion that the votes do not bear.
    """
    with act(actor, "record_decision", at=at) as deed:
        row, record = flow.take(application.pk, step, version)
        procedure = flow.procedure_of(row)
        if procedure.step(record.code).kind != "decision":
            raise Refused("本案现在不在集体研究环节。")
        flow.check_turn(row, record, actor)
        if held_on > day(at):
            raise Refused("会议日期晚于今天，请核对。", field="held_on")
        if held_on < day(record.opened_at):
            raise Refused(f"这一环节 {day(record.opened_at):%Y-%m-%d} 才开始，会议日期不能更早。", field="held_on")
        if conclusion not in Conclusion.values:
            raise Refused("请选择会议的结论。", field="conclusion")
        if any(one.vote not in VoteKind.values or not one.name.strip() for one in present):
            raise Refused("请写明每位到会人的姓名和表决。", field="present")
        if scan is not None and scan.household_id != row.household_id:
            raise Refused("所选会议记录不是这个家庭的。", field="scan")
        known = meetings.people_by_name(record, held_on)
        people = [(one, known.get(one.name.strip())) for one in present]
        found = collective.problems(
            procedure.decision,
            meetings.votes(row, record, people),
            conclusion=conclusion,
            minutes=minutes,
            scan=scan is not None,
            length=flow.parameter(procedure.decision.parameter if procedure.decision else None),
        )
        if found:
            fields = {"minutes": "minutes", "scan": "scan", "majority": "conclusion"}
            raise Refused("；".join(text for _, text in found), field=fields.get(found[0][0], "present"))
        decision: CollectiveDecision = CollectiveDecision.objects.create(
            application=row,
            step=record,
            held_on=held_on,
            place=place.strip(),
            minutes=minutes.strip(),
            conclusion=conclusion,
            scan=scan,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        )
        Voice.objects.bulk_create(
            Voice(
                decision=decision, position=place_, name=one.name.strip(), post=one.post.strip(), vote=one.vote, user_id=user
            )
            for place_, (one, user) in enumerate(people, start=1)
        )  # fmt: skip
        row.updated_at = at
        row.save(update_fields=["updated_at"])
        deed.record(
            row,
            after={
                "decision": decision.pk,
                "held_on": held_on.isoformat(),
                "conclusion": conclusion,
                "votes": {name: sum(one.vote == name for one in present) for name in VoteKind.values},
                "scan": scan.pk if scan else None,
            },
        )
    return decision
