"""What the papers say, built from frozen rows (determination, visit, notice, signatures), so that a print of today and one of next year agree."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from bangfu.casework import determinations
from bangfu.casework.models import Application, Authorization, Determination, HomeVisit, PublicNotice
from bangfu.common.masking import mask_name
from bangfu.families.choices import Cause
from bangfu.families.selectors import hotline_of
from bangfu.policy.registry import get_pack

NOTICE_FIELDS = ("name", "employer", "main_cause", "hotline", "start", "end")
"""The allow-list of a notice. A pack may show fewer, never more."""


def notice_fields(application: Application, posted_on: date, ends_on: date, *, masked: bool) -> dict[str, Any]:
    """What a notice shows, from the allow-list only; the cause as a class, never a diagnosis. Frozen in the notice's row.

    ``masked`` is remembered so that a later notice shows the name in the same way; it is not printed.
    """
    made = determinations.latest(application)
    head = header(made) if made is not None else {}
    facts = made.facts if made is not None else {}
    causes = facts.get("causes") or []
    name = application.worker_name
    values = {
        "name": mask_name(name) if masked else name,
        "employer": head.get("employer") or application.union.name,
        "main_cause": Cause(causes[0]).label if causes else "",
        "hotline": hotline_of(application.union),
        "start": posted_on.isoformat(),
        "end": ends_on.isoformat(),
    }
    rule = get_pack(application.policy).procedure.notice
    shown = rule.shows if rule is not None else NOTICE_FIELDS
    return {key: values[key] for key in NOTICE_FIELDS if key in shown} | {"masked": masked}


def header(determination: Determination) -> dict[str, Any]:
    """The frozen head of a determination: numbers, address, employers, causes, needs."""
    found: dict[str, Any] = json.loads(determination.header or "{}")
    return found


def _common(application: Application) -> dict[str, Any]:
    pack = get_pack(application.policy)
    return {
        "number": application.number,
        "union": application.union.name,
        "hotline": hotline_of(application.union),
        "policy_title": pack.title,
        "policy_number": pack.number,
        "applied_on": application.applied_on.isoformat(),
    }


def _members(determination: Determination) -> list[dict[str, Any]]:
    head = {row["id"]: row for row in header(determination).get("members", [])}
    return [{**head.get(member["id"], {}), **member} for member in determination.facts["members"]]


def application_form(application: Application, determination: Determination) -> dict[str, Any]:
    """困难职工申请表: head, members with numbers, facts, causes with who bears them, needs, and the summed figures."""
    head = header(determination)
    notes: Mapping[str, Any] = head.get("cause_notes") or {}
    return {
        **_common(application),
        "household": head.get("household", ""),
        "employer": head.get("employer", ""),
        "address": head.get("address", ""),
        "phone": head.get("phone", ""),
        "worker": application.worker_name,
        "members": _members(determination),
        "facts": determination.facts,
        "causes": [
            {"code": code, "title": Cause(code).label, "note": notes.get(code)}
            for code in determination.facts.get("causes") or []
        ],
        "needs": head.get("needs") or [],
        "figures": determination.document["figures"],
        "window": determination.document["window"],
        "outcome_title": determination.sheet["outcome_title"],
        "code": determination.code,
        "made_at": determination.made_at,
        "evidence": determination.evidence,
    }


def calculation_sheet(determination: Determination) -> dict[str, Any]:
    """测算书: the frozen sheet with its code, and the companion's conclusion for central money."""
    beside = determinations.companion(determination)
    return {
        **_common(determination.application),
        "sheet": determination.sheet,
        "names": determination.labels,
        "code": determination.code,
        "moment": determination.get_moment_display(),
        "made_at": determination.made_at,
        "made_by": determination.made_by.name,
        "pack_hash": determination.pack_hash,
        "facts_hash": determination.facts_hash,
        "engine": determination.engine,
        "central": None
        if beside is None
        else {
            "policy": beside.sheet["policy_title"],
            "outcome_title": beside.sheet["outcome_title"],
            "code": beside.code,
        },
    }


def public_notice(notice: PublicNotice) -> dict[str, Any]:
    """公示: what the row froze, its number and place, nothing else."""
    return {
        "number": notice.number,
        "union": notice.application.union.name,
        "place": notice.place,
        "provisional": notice.ends_provisional,
        **{key: notice.shown[key] for key in NOTICE_FIELDS if key in notice.shown},
    }


def home_visit_form(application: Application, visit: HomeVisit | None) -> dict[str, Any]:
    """入户调查表; without a visit the empty form with its head filled."""
    made = determinations.latest(application)
    return {
        **_common(application),
        "worker": application.worker_name,
        "employer": header(made).get("employer", "") if made else "",
        "address": header(made).get("address", "") if made else "",
        "members": _members(made) if made else [],
        "visit": None
        if visit is None
        else {
            "visited_on": visit.visited_on.isoformat(),
            "place": visit.place,
            "visitors": [name for name in (visit.first_visitor, visit.second_visitor) if name],
            "no_kinship": visit.no_kinship,
            "interviewed": visit.interviewed,
            "findings": visit.findings,
            "in_difficulty": visit.in_difficulty,
            "causes_confirmed": visit.causes_confirmed,
            "reasons": visit.reasons,
            "positive": visit.positive,
            "photos": visit.photos.count(),
        },
    }


def authorization_form(application: Application) -> dict[str, Any]:
    """查询授权书: one line per counted member, minors included, with what is recorded so far."""
    from bangfu.policy import evidence

    made = determinations.latest(application)
    rule = get_pack(application.policy).procedure.authorization
    members = _members(made) if made else []
    worker = made.facts["worker"] if made else ""
    counted = [member for member in members if evidence.counted(member, worker) is not False]
    entries: dict[str, Authorization] = {
        row.member.fact_id: row
        for row in application.authorizations.filter(void=False, member__isnull=False).select_related("member")
        if row.member
    }
    return {
        **_common(application),
        "title": rule.form if rule else "查询授权书",
        "items": dict(get_pack(application.policy).procedure.check.items)
        if get_pack(application.policy).procedure.check
        else {},
        "ticks": dict(rule.ticks) if rule else {},
        "members": [
            {
                "name": member.get("name", ""),
                "relation": member.get("relation", ""),
                "id_number": member.get("id_number", ""),
                "entry": _entry(entries.get(member["id"])),
            }
            for member in counted
        ],
    }


def _entry(row: Authorization | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "mode": row.get_mode_display(),
        "signed_on": row.signed_on.isoformat() if row.signed_on else "",
        "proxy_name": row.proxy_name,
        "proxy_relation": row.proxy_relation,
        "proxy_reason": row.proxy_reason,
        "refused": row.refused,
    }
