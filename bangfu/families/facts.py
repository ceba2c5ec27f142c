"""The facts document (``bangfu.facts/1``) of a household: what is judged, frozen with a decision and compared later.

Unknown is ``None`` here as in the database; a list that nobody called complete is unknown as a whole. Amounts go from 分 to decimal
text without a float in between.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from bangfu.families.choices import Basis, ExpenseKind, IncomeKind
from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member

SCHEMA = "bangfu.facts/1"

MEMBER_FACTS = (
    "lives_together", "same_huji", "support_relation", "employment", "retired", "retired_in_mining_area", "union_member",
    "unit_has_union", "migrant_worker", "labor_relation_months", "labor_contract", "long_term_urban", "work_capable",
)  # fmt: skip
CONDUCT = (
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao",
)  # fmt: skip
STATUS = ("dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified")
ATTESTED = ("still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss")
PAYERS = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")
WITH_PAYERS = frozenset({ExpenseKind.ILLNESS, ExpenseKind.DISABILITY_REHAB, ExpenseKind.DISABILITY_CARE})


def decimal_text(fen: int | None) -> str | None:
    """``230000`` → ``"2300.00"``; unknown stays ``None``."""
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


def _area(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def build(household: Household, *, prefetched: bool = True, as_entered: bool = False) -> dict[str, Any]:
    """The household as a facts document.

    ``prefetched``: members and lines were fetched with it (``selectors.with_facts``) and are taken as they are; otherwise they are
    read again. ``as_entered`` is for the panel beside the wizard only: income and expense lists count as they stand even though
    nobody has said yet that they are complete.
    """
    members, incomes, expenses = _rows(household, prefetched)
    by_pk = {member.pk: member.fact_id for member in members}
    return {
        "schema": SCHEMA,
        "id": household.number,
        "application_date": household.application_date.isoformat(),
        "work_region": household.work_region or None,
        "huji_region": household.huji_region or None,
        "worker": worker_of(members).fact_id,
        "members": [_member(member) for member in members],
        "incomes": _incomes(household, incomes, by_pk, as_entered),
        "expenses": _expenses(household, expenses, by_pk, as_entered),
        "housing": {
            "owned_homes": household.owned_homes,
            "owned_area_m2": _area(household.owned_area_m2),
            "renting": household.renting,
            "rented_area_m2": _area(household.rented_area_m2),
            "rent_within_market": household.rent_within_market,
        },
        "vehicles": None
        if household.vehicles is None
        else [{"use": item.get("use") or None} for item in household.vehicles],
        "savings": decimal_text(household.savings),
        "investments_net": decimal_text(household.investments_net),
        "causes": None if household.causes is None else list(household.causes),
        "incident": _incident(household),
        "conduct": {name: getattr(household, name) for name in CONDUCT}
        | {"unexplained_funds": decimal_text(household.unexplained_funds)},
        "status": {name: getattr(household, name) for name in STATUS},
        "attested": {name: getattr(household, name) for name in ATTESTED},
    }


def worker_of(members: Iterable[Member]) -> Member:
    """The worker the file is for: the member marked 本人, else the first."""
    listed = list(members)
    return next((member for member in listed if member.relation == "self"), listed[0])


def labels(household: Household) -> dict[str, str]:
    """Member ids of the document → names to show (``P2`` → ``李国强``; a nameless one by her place in the family)."""
    return {member.fact_id: member.name or member.get_relation_display() for member in household.members.all()}


def line_rows(household: Household, *, as_entered: bool = False) -> dict[str, str]:
    """Document path of every line → the grid row it comes from (``incomes[3]`` → ``income:2``), as evidence files name it."""
    _, incomes, expenses = _rows(household, True)
    answer: dict[str, str] = {}
    if household.incomes_known or (as_entered and incomes):
        answer |= {f"incomes[{index}]": f"income:{line.row}" for index, line in enumerate(incomes)}
    if household.expenses_known or (as_entered and expenses):
        answer |= {f"expenses[{index}]": f"expense:{line.row}" for index, line in enumerate(expenses)}
    return answer


def _rows(household: Household, prefetched: bool) -> tuple[list[Member], list[IncomeLine], list[ExpenseLine]]:
    if prefetched:
        found = household.members.all(), household.incomelines.all(), household.expenselines.all()
    else:
        found = (
            Member.objects.filter(household=household),
            IncomeLine.objects.filter(household=household),
            ExpenseLine.objects.filter(household=household),
        )
    members, incomes, expenses = found
    return (
        sorted(members, key=lambda row: row.position),
        sorted(incomes, key=lambda row: (row.row, row.pk)),
        sorted(expenses, key=lambda row: (row.row, row.pk)),
    )


def _member(member: Member) -> dict[str, Any]:
    disabilities = member.disabilities
    return {
        "id": member.fact_id,
        "relation": member.relation,
        "birth_date": _day(member.birth_date),
        "sex": member.sex or None,
        **{name: _blank_is_unknown(getattr(member, name)) for name in MEMBER_FACTS},
        "disabilities": None
        if disabilities is None
        else [{"kind": item.get("kind") or None, "grade": item.get("grade")} for item in disabilities],
        "major_illness": member.major_illness,
        "chronic_illness": member.chronic_illness,
        "studying": member.studying or None,
    }


def _blank_is_unknown(value: Any) -> Any:
    return None if value == "" else value


def _marked(household: Household, line: IncomeLine | ExpenseLine) -> dict[str, Any]:
    # beside a known "no incident" the contract allows no mark; the form tells the clerk, the document stays valid meanwhile
    return {"incident": True} if line.incident and household.has_incident is not False else {}


def _incomes(
    household: Household, lines: list[IncomeLine], by_pk: dict[int, str], as_entered: bool
) -> list[dict[str, Any]] | None:
    if not household.incomes_known and not (as_entered and lines):
        return None
    return [_income(line, by_pk) | _marked(household, line) for line in lines]


def _income(line: IncomeLine, by_pk: dict[int, str]) -> dict[str, Any]:
    owner = by_pk.get(line.member_id) if line.member_id is not None else None
    head: dict[str, Any] = {"member": owner, "kind": line.kind, "basis": line.basis}
    if line.kind == IncomeKind.SUPPORT and line.basis == Basis.NO_DOCUMENT:
        obligor = {"income_monthly": decimal_text(line.obligor_income), "status": line.obligor_status or None}
        return head | {"from": line.from_month, "to": line.to_month, "obligor": obligor}
    if line.month is not None:
        return head | {"amount": decimal_text(line.amount), "month": line.month}
    return head | {"monthly": decimal_text(line.monthly), "from": line.from_month, "to": line.to_month}


def _expenses(
    household: Household, lines: list[ExpenseLine], by_pk: dict[int, str], as_entered: bool
) -> list[dict[str, Any]] | None:
    if not household.expenses_known and not (as_entered and lines):
        return None
    if any(line.kind == ExpenseKind.DISABILITY_CARE and line.member_id is None for line in lines):
        return None  # care that nobody is named for can be counted by no rule: the list is not known yet
    return [_expense(line, by_pk) | _marked(household, line) for line in lines]


def _expense(line: ExpenseLine, by_pk: dict[int, str]) -> dict[str, Any]:
    owner = by_pk.get(line.member_id) if line.member_id is not None else None
    if line.kind == ExpenseKind.ILLNESS and line.bill_kind == "other_outpatient":
        # 附件1 一（三）1 takes hospital bills and 门诊慢性病 only; what was bought otherwise is no 因病费用 of any text
        return {
            "member": owner,
            "kind": "other",
            "month": line.month,
            "total": decimal_text(line.total),
            "recognized": False,
        }
    head: dict[str, Any] = {"member": owner, "kind": line.kind}
    if line.kind == ExpenseKind.SCHOOLING:
        sums = {name: decimal_text(getattr(line, name)) for name in ("tuition", "boarding", "travel", "aided")}
        return head | {"month": line.month} | sums
    if line.kind == ExpenseKind.RENT or line.from_month is not None or line.to_month is not None:
        return head | {"monthly": decimal_text(line.monthly), "from": line.from_month, "to": line.to_month}
    head |= {"month": line.month, "total": decimal_text(line.total)}
    if line.kind == ExpenseKind.OTHER:
        return head | {"recognized": line.recognized}
    if line.kind in WITH_PAYERS:
        paid = {name: decimal_text(getattr(line, name)) for name in PAYERS}
        if any(value is not None for value in paid.values()):
            return head | {"paid_by": paid}
        # of a hospital bill nobody has asked yet what was reimbursed; rehabilitation and care without a word of it were paid by the family
        return head | {"paid_by": None} if line.kind == ExpenseKind.ILLNESS else head
    return head


def _incident(household: Household) -> Any:
    if household.has_incident is None:
        return None
    if household.has_incident is False:
        return "none"
    grade = household.injury_grade
    return {
        "kind": household.incident_kind or None,
        "date": _day(household.incident_date),
        "injury_grade": "none" if grade == 0 else grade,
        "hospitalised": household.hospitalised,
        "infected": household.infected,
        "death": household.death,
        "loss": decimal_text(household.loss),
    }
