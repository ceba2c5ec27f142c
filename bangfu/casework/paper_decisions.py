"""What the printed minutes of a collective decision say: built from the record alone, so that every print of it agrees."""

from typing import Any

from bangfu.casework import flow
from bangfu.casework.decision_models import CollectiveDecision
from bangfu.casework.models import Determination
from bangfu.casework.paper_facts import zh_day
from bangfu.policy.registry import get_pack


def decision_minutes(decision: CollectiveDecision) -> dict[str, Any]:
    """集体研究（评议）记录: the day, those present with post and vote, the count, the minutes, the conclusion."""
    application = decision.application
    pack = get_pack(application.policy, application.applied_on)
    step = flow.procedure_of(application).step(decision.step.code)
    made = (
        Determination.objects.filter(
            application=application, companion_of__isnull=True, made_at__lte=decision.recorded_at
        )
        .order_by("-pk")
        .first()
    )
    number = application.decisions.filter(pk__lte=decision.pk).count()
    return {
        "title": f"{step.title}记录",
        "number": f"{application.number}-YJ-{number}",
        "code": made.code if made is not None else None,
        "union": decision.step.union.name,
        "policy_title": pack.title,
        "policy_number": pack.number,
        "clause": step.clause,
        "worker": application.worker_name,
        "applied_on": zh_day(application.applied_on.isoformat()),
        "outcome_title": made.sheet["outcome_title"] if made is not None else "",
        "held_on": zh_day(decision.held_on.isoformat()),
        "place": decision.place,
        "people": [
            {"no": str(voice.position), "name": voice.name, "post": voice.post, "vote": voice.get_vote_display()}
            for voice in decision.voices.all()
        ],
        "counts": decision.counts(),
        "minutes": decision.minutes,
        "conclusion": decision.get_conclusion_display(),
        "recorded_by": decision.recorded_by.name,
        "scanned": decision.scan_id is not None,
    }
