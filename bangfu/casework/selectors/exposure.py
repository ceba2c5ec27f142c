"""What must not get out of a family with its notice: gathered for the scanner, from the rows of today and from what was frozen."""

import json
import re
from typing import Any

from bangfu.casework import paper_data
from bangfu.casework.models import Application, CaseFile, PublicNotice
from bangfu.common.leaks import Known
from bangfu.families.choices import Relation
from bangfu.families.models import ExpenseLine, IncomeLine, Member
from bangfu.families.selectors import hotline_of
from bangfu.organizations.selectors import upper_unions

SERVICE_LINES = ("12351", "12345")
_SPLIT = re.compile(r"[，,、；;。/\s]+|伴|合并|及|和")


def known_of(application: Application, notice: PublicNotice | None = None) -> Known:
    """The values of one family, and what its notice may show: hotlines of the unions above, the place of the board, its own number."""
    household = application.household
    members = list(Member.objects.filter(household=household))
    frozen = [paper_data.header(one) for one in application.determinations.filter(companion_of__isnull=True)]
    told = [row for head in frozen for row in head.get("members", [])]
    shown = notice.shown if notice is not None else {}
    worker = application.worker_name
    others = {member.name for member in members if member.relation != Relation.SELF}
    others |= {row["name"] for row in told if row.get("name") not in (None, "", worker)}
    if paper_data.name_style_of(shown) != "full" if shown else True:
        others.add(worker)
    else:
        others.discard(worker)
    own_place = {household.employer, shown.get("employer")} | {head.get("employer") for head in frozen}
    schools = {member.employer for member in members if member.relation != Relation.SELF} - own_place
    diagnoses = _phrases([member.diagnosis for member in members] + [row.get("diagnosis") for row in told])
    diagnoses |= _phrases(one for one in _texts(_evidence_details(application), "diagnosis"))
    unions = upper_unions(application.union)
    return Known(
        id_numbers=_full({member.id_number for member in members} | {row.get("id_number") for row in told}),
        cards=_full(one for one in _texts(_evidence_details(application), "card", "account", "bank_account")),
        phones=_full({household.phone} | {head.get("phone") for head in frozen}),
        names=_full(others),
        births=frozenset(member.birth_date.isoformat() for member in members if member.birth_date),
        addresses=_full({household.address} | {head.get("address") for head in frozen}),
        schools=_full(schools),
        diagnoses=diagnoses,
        file_numbers=_full(
            {application.number, household.number, *CaseFile.objects.filter(household=household).values_list("number", flat=True)}
            | set(ExpenseLine.objects.filter(household=household).values_list("voucher_number", flat=True))
        ),
        amounts=frozenset(_amounts(application)),
        allowed_phones=_full({shown.get("hotline"), hotline_of(application.union), *SERVICE_LINES} | {one.hotline for one in unions}),
        allowed_places=_full({notice.place if notice else ""}),
        allowed_texts=_full({*(one.name for one in unions)}),
    )  # fmt: skip


def _full(values: Any) -> frozenset[str]:
    return frozenset(str(value).strip() for value in values if value and str(value).strip())


def _phrases(texts: Any) -> frozenset[str]:
    """Whole diagnoses and their parts of two signs or more; words that only say the class of a cause are none."""
    found = {part for text in texts if text for part in [str(text), *_SPLIT.split(str(text))] if len(part) >= 2}
    return frozenset(found - {"因病", "疾病", "大病", "慢性病", "重大疾病", "无", "健康", "良好", "残疾", "因残"})


def _evidence_details(application: Application) -> list[dict[str, Any]]:
    rows = application.household.evidence.filter(withdrawn_at__isnull=True)
    return [json.loads(str(row.details or "{}")) for row in rows]


def _texts(details: list[dict[str, Any]], *names: str) -> list[str]:
    return [str(row[name]) for row in details for name in names if row.get(name)]


def _amounts(application: Application) -> set[int]:
    household = application.household
    found: set[int] = set()
    for income in IncomeLine.objects.filter(household=household):
        found |= {one for one in (income.monthly, income.amount, income.obligor_income) if one}
    for expense in ExpenseLine.objects.filter(household=household):
        found |= {
            one
            for one in (
                expense.monthly,
                expense.total,
                expense.self_in_scope,
                expense.self_out_of_scope,
                expense.tuition,
            )
            if one
        }
    for one in application.determinations.filter(companion_of__isnull=True):
        figures = one.sheet.get("figures") or []
        found |= {row["value"] for row in figures if isinstance(row.get("value"), int) and row.get("unit") != "人"}
    found |= {one for one in (household.savings, household.investments_net) if one}
    return {one for one in found if one >= 10000}
