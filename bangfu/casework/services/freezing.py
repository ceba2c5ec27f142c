"""Freezing a determination: facts, standards, pack, evidence and answer at one moment, with its companion for central money.

A determination is never changed; when facts change, a new one is made beside it.
"""

import json
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bangfu.casework import determinations as reads
from bangfu.casework.choices import Moment
from bangfu.casework.models import Application, Determination
from bangfu.common.acts import Actor, Deed
from bangfu.families import facts as family_facts
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import facts as fact_rules
from bangfu.policy import sheet
from bangfu.policy.registry import get_pack

CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: the code is read from paper


def new_code() -> str:
    """A verification code of twelve signs."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(12))


def freeze(deed: Deed, application: Application, moment: Moment, actor: Actor, *, at: datetime) -> Determination:
    """Judges the household as it stands and keeps everything the answer rests on; the same for the root text beside it."""
    household = application.household
    facts = reads.current_facts(household)
    standards = reads.relevant_standards(installed_standards(), facts)
    common: dict[str, Any] = {
        "application": application,
        "moment": moment,
        "engine": reads.engine_version(),
        "facts": facts,
        "facts_hash": reads.canonical_hash(facts),
        "standards": standards,
        "labels": family_facts.labels(household),
        "header": json.dumps(reads.header_of(household), ensure_ascii=False),
        "evidence": reads.evidence_references(household),
        "made_by_id": actor.user_id,
        "made_at": at,
    }
    made = _one(application.policy, None, common)
    root = reads.central_policy(application.policy, common["facts"])
    if root != application.policy:
        _one(root, made, common)
    application.outcome = made.outcome
    deed.record(
        made,
        after={
            "moment": str(moment),
            "policy": made.policy,
            "outcome": made.outcome,
            "facts_hash": made.facts_hash,
            "code": made.code,
        },
    )
    return made


def _one(policy: str, companion_of: Determination | None, common: dict[str, Any]) -> Determination:
    judged = reads.judge_facts(common["facts"], policy, common["standards"])
    known = fact_rules.parse(common["facts"])
    page = sheet.build(judged, known, get_pack(policy, known.application_date), common["labels"])
    made: Determination = Determination.objects.create(
        **common,
        companion_of=companion_of,
        policy=policy,
        pack_hash=reads.pack_hash(policy, known.application_date),
        document=judged.as_dict(),
        trace=judged.trace(),
        sheet=asdict(page),
        outcome=judged.outcome,
        code=new_code(),
    )
    return made
