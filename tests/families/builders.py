"""Families for tests, typed in through the services as a clerk would."""

from datetime import date, datetime
from typing import Any

from bangfu.common.identity import check_digit
from bangfu.families import selectors, services
from bangfu.families.models import Household, Member
from bangfu.organizations import services as organization_services
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories

MONTHS = ["2020-04", "2020-05", "2020-06", "2020-07", "2020-08", "2020-09"]
APPLIED = date(2020, 10, 12)


def number(born: str, serial: int = 2, region: str = "120101") -> str:
    """A well-formed identity number (an even serial is a woman's)."""
    body = f"{region}{born.replace('-', '')}{serial:03d}"
    return body + check_digit(body)


def standards(tree: factories.Tree, at: datetime = factories.AT) -> None:
    """低保 1,010.00 and 最低工资 2,050.00 in Tianjin, entered and confirmed by two people."""
    first, second = (factories.person(Role.AID_CENTER, tree.industry) for _ in range(2))
    for name, from_date, value in (
        ("dibao", date(2020, 7, 1), "1010.00"),
        ("minimum_wage", date(2017, 7, 1), "2050.00"),
    ):
        row = organization_services.propose_standard(
            first.actor, name=name, region="120000", from_date=from_date, value=value, source="测试用数值", at=at
        )
        organization_services.confirm_standard(second.actor, row, at=at)


def known_member(**changes: Any) -> dict[str, Any]:
    """Every fact of an adult answered with no."""
    values: dict[str, Any] = {
        "lives_together": True, "same_huji": True, "support_relation": False, "employment": "employed", "retired": False,
        "retired_in_mining_area": False, "union_member": True, "unit_has_union": True, "migrant_worker": False,
        "labor_relation_months": 172, "labor_contract": True, "long_term_urban": True, "work_capable": True, "disabilities": [],
        "major_illness": False, "chronic_illness": False, "studying": "none",
    }  # fmt: skip
    return values | changes


ALL_NO: dict[str, Any] = dict.fromkeys(("controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification", "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao", "dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified", "still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss"), False)  # fmt: skip


def every(amount: int | None, months: list[str] | None = None) -> dict[str, int | None]:
    return dict.fromkeys(months or MONTHS, amount)


def family(desk: Desk, at: datetime = factories.AT, *, serial: int = 2) -> Household:
    """陈桂芳 (works in a shop), 周立民 (mends bicycles, limb disability of grade 2), 周小禾 (high school): in Tianjin's rules a deep case."""
    household = services.open_household(
        desk, at=at, application_date=APPLIED, name="陈桂芳", id_number=number("1976-03-18", serial)
    )
    worker = household.members.get()
    services.save_household_part(
        desk,
        household,
        {
            "employer": "津华百货和平店",
            "work_region": "120101",
            "huji_region": "120101",
            "phone": "13800138000",
            "address": "和平区某路 8 号",
        },
        at=at,
    )
    services.save_members(
        desk,
        household,
        [
            {"pk": worker.pk, **known_member()},
            {"name": "周立民", "relation": "spouse", "id_number": number("1974-11-02", serial + 1)}
            | known_member(employment="flexible", disabilities=[{"kind": "limb", "grade": 2}], chronic_illness=True, union_member=False, unit_has_union=False, labor_relation_months=0, labor_contract=False),
            {"name": "周小禾", "relation": "child", "birth_date": date(2004, 6, 25), "sex": "female"}
            | known_member(employment="student", studying="high_school", work_capable=False, union_member=False, unit_has_union=False, labor_relation_months=0, labor_contract=False),
        ],
        at=at,
    )  # fmt: skip
    spouse, child = Member.objects.filter(household=household).exclude(pk=worker.pk).order_by("position")
    services.save_income_rows(
        desk,
        household,
        [
            {"member": worker, "kind": "wage", "basis": "contract", "cells": every(280000)},
            {"member": worker, "kind": "social_insurance", "cells": every(42000)},
            {"member": spouse, "kind": "wage", "basis": "declared_flexible", "cells": every(120000)},
            {"member": spouse, "kind": "disability_subsidy", "cells": every(20000)},
            {"member": worker, "kind": "relief", "cells": {"2020-05": 100000}},
        ],
        known=True,
        at=at,
    )
    services.save_expense_rows(
        desk,
        household,
        [
            {
                "member": worker, "kind": "illness", "bill_kind": "inpatient", "month": "2020-07", "total": 3000000, "basic_insurance": 1800000,
                "major_illness_insurance": 300000, "commercial_insurance": 0, "mutual_aid": 0, "other_relief": 0,
                "self_in_scope": 600000, "self_out_of_scope": 300000, "voucher_number": "YL-2020-0717",
            },
            {"member": spouse, "kind": "disability_care", "month": "2020-08", "total": 180000, **dict.fromkeys(PAYERS, 0)},
            {"member": child, "kind": "schooling", "month": "2020-09", "tuition": 120000, "boarding": 60000, "travel": 0, "aided": 50000},
        ],
        known=True,
        at=at,
    )  # fmt: skip
    services.save_household_part(
        desk,
        household,
        {
            "owned_homes": 1, "renting": False, "vehicles": [], "savings": 1200000, "investments_net": 0,
            "causes": ["illness", "disability", "schooling"], "has_incident": False, "unexplained_funds": 0, "needs": ["medical"],
            "cause_notes": {"illness": {"members": ["P1"], "text": "手术"}}, "government_cover": "none", **ALL_NO,
        },
        at=at,
    )  # fmt: skip
    return selectors.whole(household)


PAYERS = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")
