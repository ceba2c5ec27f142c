"""Households for the rules' tests: one plain family, and short words for what makes each test's family different."""

from __future__ import annotations

import copy
from typing import Any

from bangfu.policy.assess import assess
from bangfu.policy.determination import Determination

TIANJIN, NATIONAL = "tianjin-commerce-2020", "acftu-2020"
MUCHUAN = "muchuan-2016"
#: Six months before 2020-10-15, and the twelve of the national text.
SIX, TWELVE = ("2020-04", "2020-09"), ("2019-10", "2020-09")
ROWS = (
    ("dibao", "120000", "2020-07-01", "1000.00"),
    ("minimum_wage", "120000", "2017-07-01", "2050.00"),
    ("dibao", "370900", "2020-01-01", "800.00"),
    ("minimum_wage", "370000", "2018-06-01", "1550.00"),
    ("housing_area_per_person", "370000", "2020-01-01", "36.0"),
    ("support_ratio", "370000", "2020-01-01", "0.3"),
    ("dibao", "511129", "2020-01-01", "500.00"),
)
NOT_PAID = {
    "basic_insurance": "0", "major_illness_insurance": "0", "commercial_insurance": "0", "mutual_aid": "0",
    "other_relief": "0",
}  # fmt: skip
CONDUCT = (
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao",
)  # fmt: skip


def person(member_id: str, **changes: Any) -> dict[str, Any]:
    """A grown member who lives in the household; everything about him is known."""
    return {
        "id": member_id, "relation": "spouse", "birth_date": "1980-01-01", "sex": "female", "lives_together": True,
        "same_huji": True, "support_relation": False, "employment": "none", "retired": False,
        "retired_in_mining_area": False, "union_member": False, "unit_has_union": False, "migrant_worker": False,
        "labor_relation_months": 0, "labor_contract": False, "long_term_urban": True, "work_capable": True,
        "disabilities": [], "major_illness": False, "chronic_illness": False, "studying": "none",
    } | changes  # fmt: skip


def worker(**changes: Any) -> dict[str, Any]:
    """The worker P1, in a job with a contract of ten years."""
    at_work = {"relation": "self", "sex": "male", "employment": "employed", "labor_relation_months": 120}
    return person("P1", **(at_work | {"union_member": True, "unit_has_union": True, "labor_contract": True} | changes))


def household(**changes: Any) -> dict[str, Any]:
    """A family of two in Tianjin with a cause, no income, no expense, nothing against it. `changes` replace keys;
    a dict for conduct, status, attested or housing is laid over what stands there."""
    document: dict[str, Any] = {
        "schema": "bangfu.facts/1", "id": "H-1", "application_date": "2020-10-15", "work_region": "120101",
        "huji_region": "120102", "worker": "P1", "members": [worker(), person("P2")], "incomes": [], "expenses": [],
        "housing": {"owned_homes": 1, "owned_area_m2": "60", "renting": False, "rented_area_m2": "0",
                    "rent_within_market": False},
        "vehicles": [], "savings": "0", "investments_net": "0", "causes": ["illness"], "incident": "none",
        "conduct": dict.fromkeys(CONDUCT, False) | {"unexplained_funds": "0"},
        "status": {"dibao": False, "work_injury_survivor": False, "registered_poor": False, "tekun": False,
                   "low_income_certified": False},
        "attested": {"still_in_difficulty": False, "especially_hard": False, "committee_resolution": False,
                     "huge_treatment_cost": False, "severe_loss": False},
    }  # fmt: skip
    for key, value in changes.items():
        over = key in ("conduct", "status", "attested", "housing") and isinstance(value, dict)
        document[key] = document[key] | value if over else value
    return copy.deepcopy(document)


def national(**changes: Any) -> dict[str, Any]:
    """The same family in 泰安, where the national text applies: dibao standard 800, 2 persons, 12 months: 19200."""
    return household(**({"work_region": "370902", "huji_region": "370902"} | changes))


def muchuan(**changes: Any) -> dict[str, Any]:
    """The same family in 沐川: dibao standard 500, 2 persons, 12 months: 12000."""
    return household(**({"work_region": "511129", "huji_region": "511129"} | changes))


def monthly(kind: str, amount: str | None, span: tuple[str, str] = SIX, member: str | None = "P1", **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"member": member, "kind": kind, "monthly": amount, "from": span[0], "to": span[1]} | more


def once(kind: str, amount: str | None, month: str = "2020-08", member: str | None = "P1", **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"member": member, "kind": kind, "amount": amount, "month": month} | more


def income(total: str, member: str = "P1") -> list[dict[str, Any]]:
    """All income as one sum inside the window."""
    return [once("wage", total, member=member)]


def bill(total: str, kind: str = "illness", month: str = "2020-08", member: str | None = "P1", **more: Any) -> dict[str, Any]:  # fmt: skip
    """A bill nobody else paid a part of."""
    line = {"member": member, "kind": kind, "month": month, "total": total}
    if kind in ("illness", "disability_rehab", "disability_care"):
        line["paid_by"] = dict(NOT_PAID)
    return line | more


def school(tuition: str = "0", boarding: str = "0", travel: str = "0", aided: str = "0", month: str = "2020-09", **more: Any) -> dict[str, Any]:  # fmt: skip
    """A year's school costs."""
    return {
        "member": "P2", "kind": "schooling", "month": month, "tuition": tuition, "boarding": boarding, "travel": travel,
        "aided": aided,
    } | more  # fmt: skip


def supported(status: str | None = "none", earns: str | None = "5000.00", span: tuple[str, str] = SIX, member: str | None = "P2") -> dict[str, Any]:  # fmt: skip
    """Support that no document fixes."""
    obligor = {"income_monthly": earns, "status": status}
    return {
        "member": member, "kind": "support", "basis": "no_document", "from": span[0], "to": span[1], "obligor": obligor,
    }  # fmt: skip


def incident(kind: str, **more: Any) -> dict[str, Any]:
    """An incident of August 2020 without any harm; `more` says what it did."""
    return {
        "kind": kind, "date": "2020-08-03", "injury_grade": "none", "hospitalised": False, "infected": False,
        "death": False, "loss": "0",
    } | more  # fmt: skip


def standards(*rows: tuple[str, str, str, str], without: str | None = None) -> dict[str, Any]:
    """The usual rows and some more; `without` leaves a standard out."""
    listed = [row for row in (*ROWS, *rows) if row[0] != without]
    keys = ("name", "region", "from", "value")
    return {"schema": "bangfu.standards/1", "rows": [dict(zip(keys, row, strict=True)) for row in listed]}


def decide(document: dict[str, Any], *rows: tuple[str, str, str, str], policy: str = TIANJIN, without: str | None = None) -> Determination:  # fmt: skip
    """The determination of a household with the usual standards."""
    return assess(document, policy, standards(*rows, without=without))


def results(determination: Determination) -> dict[str, str]:
    """Category → met, not_met or unknown."""
    return {one.code: one.result for one in determination.categories}


def condition(determination: Determination, category: str, code: str) -> str:
    """The result of one condition of a category."""
    return next(one.result for one in determination.category(category).conditions if one.code == code)


def counted(determination: Determination, of: str = "incomes") -> list[str | None]:
    """What each line counts, in order."""
    return [line.counted for line in determination.lines if line.of == of]
