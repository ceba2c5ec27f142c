"""From rows to the facts document: what is unknown stays unknown, every amount exact, the judge takes it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bangfu.families import facts, selectors, services
from bangfu.families.models import Household, Member
from bangfu.organizations.scope import Desk
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import facts as contract
from bangfu.policy.assess import assess

pytestmark = pytest.mark.django_db


def judged(household: Household) -> dict[str, Any]:
    document = facts.build(selectors.whole(household))
    return assess(document, "tianjin-commerce-2020", installed_standards(household.application_date)).as_dict()


def test_a_family_of_which_nothing_is_known_makes_a_valid_document_of_unknowns(fresh: Household) -> None:
    document = facts.build(selectors.whole(fresh))
    contract.parse(document)
    assert document["incomes"] is None
    assert document["expenses"] is None
    assert document["causes"] is None
    assert document["vehicles"] is None
    assert document["incident"] is None
    assert set(document["conduct"].values()) == {None}
    assert document["members"][0]["lives_together"] is None
    assert document["worker"] == "P1"


def test_a_whole_family_travels_from_the_rows_to_the_same_facts(family: Household) -> None:
    document = facts.build(family)
    parsed = contract.parse(document)
    assert [member.id for member in parsed.members] == ["P1", "P2", "P3"]
    assert document["incomes"][0] == {
        "member": "P1", "kind": "wage", "basis": "contract", "monthly": "2800.00", "from": "2020-04", "to": "2020-09",
    }  # fmt: skip
    assert document["incomes"][4] == {
        "member": "P1",
        "kind": "relief",
        "basis": "verified",
        "amount": "1000.00",
        "month": "2020-05",
    }
    assert document["expenses"][0]["paid_by"]["basic_insurance"] == "18000.00"
    assert document["expenses"][2] == {
        "member": "P3", "kind": "schooling", "month": "2020-09", "tuition": "1200.00", "boarding": "600.00", "travel": "0.00", "aided": "500.00",
    }  # fmt: skip
    assert document["savings"] == "12000.00"
    assert document["vehicles"] == []
    assert document["incident"] == "none"
    assert facts.labels(family) == {"P1": "陈桂芳", "P2": "周立民", "P3": "周小禾"}


@pytest.mark.req("TJ-A1-1.2.c", "TJ-A1-1.2.1.f", "TJ-A1-1.3.3.c", "TJ-A1-1.2.4.e")
def test_the_family_typed_in_is_judged_to_the_fen(family: Household) -> None:
    found = judged(family)
    assert found["outcome"] == "deep"
    assert found["figures"]["income"] == "27780.00"
    assert found["figures"]["rigid_expense"] == "12100.00"
    assert found["figures"]["net_per_capita_monthly"] == "871.11"
    counted = {(line["list"], line["item"]): line["counted"] for line in found["lines"]}
    assert counted["incomes", 1] == "-2520.00"  # insurance paid lowers the transfer income
    assert counted["incomes", 2] == "12300.00"  # declared 1,200 a month, the minimum wage counts
    assert counted["incomes", 3] == "1200.00"  # the disability subsidy counts
    assert counted["expenses", 2] == "1300.00"  # schooling less what others paid


def test_lists_that_nobody_called_complete_are_unknown_until_somebody_does(
    desk: Desk, family: Household, at: Any
) -> None:
    services.save_income_rows(desk, family, [], known=False, at=at)
    household = selectors.whole(family)
    assert facts.build(household)["incomes"] is None
    assert len(facts.build(household, as_entered=True)["incomes"]) == 5
    assert judged(household)["outcome"] == "incomplete"


def test_months_that_were_left_open_are_unknown_amounts_and_zero_is_known(
    desk: Desk, fresh: Household, at: Any
) -> None:
    worker = fresh.members.get()
    cells = {"2020-04": 230000, "2020-05": 230000, "2020-06": None, "2020-07": 0, "2020-08": 0, "2020-09": 1}
    services.save_income_rows(desk, fresh, [{"member": worker, "kind": "wage", "cells": cells}], known=True, at=at)
    lines = facts.build(selectors.whole(fresh))["incomes"]
    head = {"member": "P1", "kind": "wage", "basis": "verified"}
    assert lines == [
        head | {"monthly": "2300.00", "from": "2020-04", "to": "2020-05"},
        head | {"amount": None, "month": "2020-06"},
        head | {"monthly": "0.00", "from": "2020-07", "to": "2020-08"},
        head | {"amount": "0.01", "month": "2020-09"},
    ]


def test_an_incident_carries_its_details_and_the_marks_of_its_lines(desk: Desk, family: Household, at: Any) -> None:
    services.save_household_part(
        desk,
        family,
        {"has_incident": True, "incident_kind": "traffic_accident", "incident_date": date(2020, 8, 3), "injury_grade": 0, "hospitalised": True, "loss": 500000},
        at=at,
    )  # fmt: skip
    services.save_expense_rows(desk, family, [{"row": 1, "kind": "illness", "incident": True}], at=at)
    document = facts.build(selectors.whole(family))
    contract.parse(document)
    assert document["incident"] == {
        "kind": "traffic_accident", "date": "2020-08-03", "injury_grade": "none", "hospitalised": True, "infected": None, "death": None,
        "loss": "5000.00",
    }  # fmt: skip
    assert document["expenses"][0]["incident"] is True


def test_an_unknown_injury_grade_is_null_and_a_known_one_a_number(desk: Desk, fresh: Household, at: Any) -> None:
    services.save_household_part(desk, fresh, {"has_incident": True}, at=at)
    assert facts.build(selectors.whole(fresh))["incident"]["injury_grade"] is None
    services.save_household_part(desk, fresh, {"injury_grade": 4}, at=at)
    assert facts.build(selectors.whole(fresh))["incident"]["injury_grade"] == 4


@pytest.mark.req("TJ-A1-1.3.1.a", "GUIDE20-3.2.1.a")
def test_only_hospital_and_chronic_bills_are_medical_expense(desk: Desk, family: Household, at: Any) -> None:
    before = judged(family)["figures"]["rigid_expense"]
    services.save_expense_rows(desk, family, [{"row": 1, "kind": "illness", "bill_kind": "chronic"}], at=at)
    assert judged(family)["figures"]["rigid_expense"] == before
    services.save_expense_rows(desk, family, [{"row": 1, "kind": "illness", "bill_kind": "other_outpatient"}], at=at)
    assert judged(family)["figures"]["rigid_expense"] == "3100.00"
    document = facts.build(selectors.whole(family))
    central = assess(document, "acftu-2020", installed_standards(family.application_date)).as_dict()
    assert central["figures"]["rigid_expense"] == "3100.00"


@pytest.mark.req("TJ-A1-1.1.a", "TJ-A1-1.1.b", "TJ-A1-1.1.c")
def test_who_counts_follows_from_living_together_and_register_or_support(
    desk: Desk, family: Household, at: Any
) -> None:
    child = Member.objects.get(household=family, name="周小禾")
    services.save_members(desk, family, [{"pk": child.pk, "same_huji": False}], at=at)
    assert judged(family)["figures"]["household_size"] == 2
    services.save_members(desk, family, [{"pk": child.pk, "support_relation": True, "support_kind": "children"}], at=at)
    assert judged(family)["figures"]["household_size"] == 3
    services.save_members(desk, family, [{"pk": child.pk, "lives_together": False}], at=at)
    assert judged(family)["figures"]["household_size"] == 2


@pytest.mark.req("TJ-A1-1.2.4.h", "TJ-A1-1.2.4.j")
def test_support_without_a_document_names_its_obligor_and_no_sum(desk: Desk, family: Household, at: Any) -> None:
    row = {
        "member": family.members.all()[0], "kind": "support", "basis": "no_document", "from_month": "2020-04", "to_month": "2020-09",
        "obligor_income": 520000, "obligor_status": "none",
    }  # fmt: skip
    services.save_income_rows(desk, family, [row], at=at)
    document = facts.build(selectors.whole(family))
    assert document["incomes"][-1]["obligor"] == {"income_monthly": "5200.00", "status": "none"}
    assert "monthly" not in document["incomes"][-1]
    with_support = judged(family)
    assert with_support["lines"][5]["counted"] == "6060.00"  # the standard of the register, six months
    services.save_income_rows(desk, family, [{**row, "row": 6, "obligor_status": "dibao"}], at=at)
    assert judged(family)["lines"][5]["counted"] == "0.00"


def test_areas_keep_their_decimals(desk: Desk, fresh: Household, at: Any) -> None:
    services.save_household_part(
        desk, fresh, {"owned_area_m2": Decimal("35.99"), "rented_area_m2": Decimal("58")}, at=at
    )
    housing = facts.build(selectors.whole(fresh))["housing"]
    assert housing["owned_area_m2"] == "35.99"
    assert housing["rented_area_m2"] == "58.00"


@pytest.mark.req("TJ-A1-1.4.a", "TJ-A1-1.4.b")
def test_a_family_registered_elsewhere_waits_for_the_figures_of_that_place(
    desk: Desk, family: Household, at: Any
) -> None:
    services.save_household_part(desk, family, {"huji_region": "130102"}, at=at)
    found = judged(family)
    assert found["outcome"] == "incomplete"
    assert "standards.dibao@130102" in found["missing"]


def test_care_without_a_person_makes_the_list_unknown_not_smaller(desk: Desk, family: Household, at: Any) -> None:
    services.save_expense_rows(desk, family, [{"row": 2, "kind": "disability_care", "member": None}], at=at)
    assert facts.build(selectors.whole(family))["expenses"] is None


def test_every_line_of_the_document_names_the_grid_row_it_came_from(family: Household) -> None:
    assert facts.line_rows(family) == {
        "incomes[0]": "income:1", "incomes[1]": "income:2", "incomes[2]": "income:3", "incomes[3]": "income:4", "incomes[4]": "income:5",
        "expenses[0]": "expense:1", "expenses[1]": "expense:2", "expenses[2]": "expense:3",
    }  # fmt: skip


def test_what_changed_is_told_by_name_with_both_values(desk: Desk, family: Household, at: Any) -> None:
    old = facts.build(family)
    spouse = family.members.all()[1]
    services.save_members(desk, family, [{"pk": spouse.pk, "lives_together": None}], at=at)
    services.save_household_part(desk, family, {"savings": 1500000, "huji_region": "120103"}, at=at)
    household = selectors.whole(family)
    changes = selectors.changed_since(old, facts.build(household), facts.labels(household))
    assert [(change.path, change.label, change.before, change.after) for change in changes] == [
        ("huji_region", "户籍地", "120101", "120103"),
        ("members[1].lives_together", "周立民：共同生活", "是", "未知"),
        ("savings", "家庭存款合计", "12,000.00 元", "15,000.00 元"),
    ]


def test_rehabilitation_without_a_word_of_reimbursement_was_paid_by_the_family_a_hospital_bill_is_not_known_yet(
    desk: Desk, family: Household, at: Any
) -> None:
    spouse = family.members.all()[1]
    bills = [
        {
            "row": 1,
            "kind": "illness",
            "member": spouse,
            "month": "2020-08",
            "total": 100000,
            **dict.fromkeys(facts.PAYERS),
        },
        {"kind": "disability_rehab", "member": spouse, "month": "2020-08", "total": 50000},
    ]
    services.save_expense_rows(desk, family, bills, at=at)
    lines = facts.build(selectors.whole(family))["expenses"]
    assert lines[0]["paid_by"] is None
    assert "paid_by" not in lines[-1]
    assert judged(family)["lines"][-1]["counted"] == "500.00"
