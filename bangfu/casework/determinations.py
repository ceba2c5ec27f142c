"""Reading and judging for determinations: what the facts are now, what the pack's hash is, which determination is the latest."""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from typing import Any

from bangfu.casework.choices import Moment
from bangfu.casework.errors import FactsUnreadable
from bangfu.casework.models import Application, Determination
from bangfu.common.errors import Refused
from bangfu.families import facts as family_facts
from bangfu.families.models import Household
from bangfu.policy import assess as judge
from bangfu.policy import registry
from bangfu.policy.determination import Determination as JudgedBy
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.pack.model import Pack
from bangfu.policy.registry import get_pack


def canonical_hash(document: Any) -> str:
    """SHA-256 (hex) of a JSON document in one fixed form."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def engine_version() -> str:
    """The version of the installed package; ``"source"`` where it runs from a source tree that was never installed."""
    try:
        return metadata.version("bangfu")
    except metadata.PackageNotFoundError:
        return "source"


@lru_cache(maxsize=32)
def pack_hash(pack_id: str, on: date | None = None) -> str:
    """SHA-256 over the files of a pack and of the packs it stands on that day (without a day: as it reads last)."""
    digest = sha256()
    pack: Pack | None = get_pack(pack_id, on)
    while pack is not None:
        for path in sorted(pack.folder.glob("*.yaml")):
            digest.update(f"{pack.id}/{path.name}\n".encode() + path.read_bytes())
        pack = pack.parent
    return digest.hexdigest()


def central_policy(pack_id: str, facts: dict[str, Any]) -> str:
    """The text that central money follows for a family: the national one of its application date."""
    return central_on(pack_id, date.fromisoformat(facts["application_date"]))


def central_on(pack_id: str, day: date) -> str:
    """The national text of that day; where none is installed for it, the text at the bottom of the pack."""
    try:
        return registry.national(day)
    except PolicyNotInForce:
        return registry.descent(pack_id, day)[-1]


def relevant_standards(document: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The rows that can decide this household: those of its two regions, their prefectures and provinces. Others never win."""
    regions: set[str] = set()
    for code in (facts.get("work_region"), facts.get("huji_region")):
        if code:
            regions |= {code, f"{code[:4]}00", f"{code[:2]}0000"}
    return {"schema": document["schema"], "rows": [row for row in document["rows"] if row["region"] in regions]}


def judge_facts(facts: dict[str, Any], policy: str, standards: dict[str, Any]) -> JudgedBy:
    """The judge's answer. ``FactsUnreadable`` with every fault where the facts cannot be judged."""
    try:
        return judge.assess(facts, policy, standards)
    except judge.FactsFault as fault:
        raise FactsUnreadable([(item.path, item.message) for item in fault.faults]) from fault
    except PolicyNotInForce as fault:
        raise Refused(
            f"{get_pack(policy).title}在申请日期没有施行，请核对申请日期。", field="application_date"
        ) from fault


def header_of(household: Household) -> dict[str, Any]:
    """What the papers print besides the facts, as it stood at that moment: numbers, address, employers, causes, needs."""
    members = household.members.all().order_by("position")
    return {
        "household": household.number,
        "employer": household.employer,
        "address": household.address,
        "phone": household.phone,
        "cause_notes": household.cause_notes,
        "needs": household.needs,
        "government_cover": household.get_government_cover_display(),
        "members": [
            {
                "id": member.fact_id,
                "name": member.name,
                "relation": member.get_relation_display(),
                "id_number": member.id_number,
                "employer": member.employer,
                "diagnosis": member.diagnosis,
            }
            for member in members
        ],
    }


def current_facts(household: Household) -> dict[str, Any]:
    """The facts as they stand in the database now."""
    return family_facts.build(household, prefetched=False)


def evidence_references(household: Household) -> list[dict[str, Any]]:
    """The papers at hand, each with what it is, whose it is and which lines of the facts it proves."""
    rows = family_facts.line_rows(household)
    files = household.evidence.filter(withdrawn_at__isnull=True).select_related("member").order_by("pk")
    return [
        file.as_reference()
        | {
            "document": file.document,
            "member": file.member.fact_id if file.member else None,
            "lines": [path for path, row in rows.items() if file.line and row == file.line],
        }
        for file in files
    ]


def latest(application: Application, moments: Iterable[Moment] | None = None) -> Determination | None:
    """The newest determination under the application's own policy, of some moments or of any."""
    rows = Determination.objects.filter(application=application, companion_of__isnull=True)
    if moments is not None:
        rows = rows.filter(moment__in=list(moments))
    found: Determination | None = rows.order_by("-pk").first()
    return found


def companion(determination: Determination) -> Determination | None:
    """The determination of the root text beside this one."""
    found: Determination | None = determination.companions.first()
    return found
