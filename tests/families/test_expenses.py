"""Expense lines: what each kind asks for, what the family bears itself, inside or outside the window, vouchers."""

from typing import Any

import pytest
from django.test import Client

from bangfu.common.errors import Refused
from bangfu.families import facts, grids, panel, selectors, services
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families.pages import text, type_in

pytestmark = pytest.mark.django_db


def add(client: Client, household: Household, kind: str) -> str:
    owner = str(household.members.order_by("position")[0].pk)
    type_in(client, household, "expenses", {"new-kind": kind, "new-member": owner}, auto=False, action="add")
    return f"e{household.expenselines.order_by('-row')[0].row}-"


BILL = {
    "month": "2020-07", "total": "60,000", "basic_insurance": "30,000", "major_illness_insurance": "10,000", "commercial_insurance": "5,000",
    "mutual_aid": "3,000", "other_relief": "2,000",
}  # fmt: skip


@pytest.mark.req("TJ-A1-1.3.1.b")
def test_a_bill_less_its_five_payers_is_what_the_family_bears(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "illness")
    answer = type_in(client, fresh, "expenses", {row + name: value for name, value in BILL.items()})
    assert "个人负担 <strong>10,000.00</strong>" in text(answer)
    answer = type_in(client, fresh, "expenses", {f"{row}basic_insurance": "99,000"})
    assert "个人负担 <strong>0.00</strong>" in text(answer)


def test_a_payer_that_was_not_asked_is_unknown(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "illness")
    answer = type_in(
        client, fresh, "expenses", {row + name: value for name, value in BILL.items() if name != "mutual_aid"}
    )
    assert "个人负担 <strong>—</strong>" in text(answer)
    assert facts.build(selectors.whole(fresh), as_entered=True)["expenses"][0]["paid_by"]["mutual_aid"] is None
    type_in(client, fresh, "expenses", {}, auto=False, action="rest:1")
    assert facts.build(selectors.whole(fresh), as_entered=True)["expenses"][0]["paid_by"]["mutual_aid"] == "0.00"


@pytest.mark.req("TJ-A1-4.2.3.c", "TJ-A1-4.2.3.d")
def test_self_paid_inside_and_outside_the_scope_are_two_fields_with_a_subtotal_per_patient(
    client: Client, fresh: Household
) -> None:
    row = add(client, fresh, "illness")
    bill = {row + name: value for name, value in BILL.items()}
    answer = type_in(
        client, fresh, "expenses", {**bill, f"{row}self_in_scope": "6,000", f"{row}self_out_of_scope": "4,000"}
    )
    assert "单大勇 <strong>10,000.00</strong>" in text(answer)
    assert "不一致" not in text(answer)
    answer = type_in(client, fresh, "expenses", {f"{row}self_out_of_scope": "3,000"})
    assert "自付与自费合计 9,000.00 元" in text(answer)
    assert "单大勇 <strong>9,000.00</strong>" in text(answer)
    answer = type_in(client, fresh, "expenses", {f"{row}self_out_of_scope": ""})
    assert "小计" not in text(answer)  # a bill that is not marked on both sides brings no subtotal


@pytest.mark.req("TJ-A1-1.3.3.b")
def test_schooling_has_three_sums_less_what_was_given(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "schooling")
    typed = {
        f"{row}month": "2020-09",
        f"{row}tuition": "8000",
        f"{row}boarding": "1200",
        f"{row}travel": "800",
        f"{row}aided": "12000",
    }
    assert "个人负担 <strong>0.00</strong>" in text(type_in(client, fresh, "expenses", typed))
    assert "个人负担 <strong>5,000.00</strong>" in text(type_in(client, fresh, "expenses", {f"{row}aided": "5000"}))
    assert set(grids.FIELDS_OF["schooling"]) == {"month", "tuition", "boarding", "travel", "aided", "voucher_number"}


@pytest.mark.req("TJ-A1-4.2.3.b")
@pytest.mark.parametrize(
    ("month", "inside", "words"),
    [
        ("2020-04", "in", "核算期内"),
        ("2020-09", "in", "核算期内"),
        ("2020-03", "out", "核算期外"),
        ("2020-10", "out", "核算期外"),
    ],
)
def test_a_bill_outside_the_six_months_is_kept_and_not_counted(
    client: Client, family: Household, month: str, inside: str, words: str
) -> None:
    answer = type_in(client, family, "expenses", {"e1-month": month})
    assert words in text(answer)
    found = panel.build(selectors.whole(family)).determination
    assert found is not None
    assert found.lines[5].counted == ("9000.00" if inside == "in" else "0.00")
    assert facts.build(selectors.whole(family))["expenses"][0]["month"] == month


def test_an_incident_bill_of_the_month_of_application_is_inside(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    services.save_household_part(desk, family, {"has_incident": True}, at=at)
    answer = type_in(client, family, "expenses", {"e1-month": "2020-10", "e1-incident": "1"})
    assert "核算期外" not in text(answer)


@pytest.mark.req("TJ-A1-1.3.4.a", "TJ-A1-1.3.4.b", "TJ-A1-1.3.4.c")
def test_rent_is_monthly_with_its_months_and_counts_only_under_its_three_gates(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    row = add(client, family, "rent")
    type_in(
        client,
        family,
        "expenses",
        {f"{row}monthly": "1,000", f"{row}from_month": "2020-01", f"{row}to_month": "2020-09"},
    )

    def counted(**housing: Any) -> str | None:
        services.save_household_part(desk, family, housing, at=at)
        found = panel.build(selectors.whole(family)).determination
        assert found is not None
        return found.lines[8].counted

    from decimal import Decimal

    good = {"owned_homes": 0, "renting": True, "rented_area_m2": Decimal("99"), "rent_within_market": True}
    assert counted(**good) == "6000.00"
    assert counted(**{**good, "rented_area_m2": Decimal("99.03")}) == "0.00"
    assert counted(**{**good, "rent_within_market": False}) == "0.00"
    assert counted(**{**good, "owned_homes": 1, "owned_area_m2": Decimal("36")}) == "0.00"
    assert counted(**{**good, "owned_homes": 1, "owned_area_m2": Decimal("35.99")}) == "6000.00"


@pytest.mark.req("TJ-A1-1.3.2.b")
@pytest.mark.parametrize(
    ("kind", "grade", "counts"),
    [
        ("limb", "2", True),
        ("limb", "3", False),
        ("mental", "3", True),
        ("intellectual", "4", False),
        ("visual", "1", False),
    ],
)
def test_care_counts_by_the_disability_typed_at_the_member(
    client: Client, family: Household, kind: str, grade: str, counts: bool
) -> None:
    spouse = family.members.all()[1]
    type_in(
        client, family, "members",
        {f"m{spouse.pk}-disabilities-have": "yes", f"m{spouse.pk}-disabilities-kind": [kind, ""], f"m{spouse.pk}-disabilities-grade": [grade, ""]},
    )  # fmt: skip
    found = panel.build(selectors.whole(family)).determination
    assert found is not None
    assert found.lines[6].counted == ("1800.00" if counts else "0.00")


def test_care_by_the_month_and_by_the_bill_do_not_mix(client: Client, family: Household) -> None:
    answer = type_in(
        client, family, "expenses", {"e2-monthly": "300", "e2-from_month": "2020-04", "e2-to_month": "2020-09"}
    )
    assert "只能选一种" in text(answer)
    answer = type_in(
        client,
        family,
        "expenses",
        {"e2-month": "", "e2-total": "", "e2-monthly": "300", "e2-from_month": "2020-04", "e2-to_month": "2020-09"},
    )
    assert "只能选一种" not in text(answer)
    line = facts.build(selectors.whole(family))["expenses"][1]
    assert (line["monthly"], line["from"], line["to"]) == ("300.00", "2020-04", "2020-09")


@pytest.mark.req("TJ-A1-1.3.5.a")
def test_a_voucher_number_that_stands_elsewhere_is_noticed_over_all_files(
    client: Client, family: Household, tree: Any, at: Any
) -> None:
    foreign = factories.person(Role.CLERK, tree.foreign_unit)
    far = services.open_household(foreign, at=at, name="外人甲")
    services.save_expense_rows(foreign, far, [{"kind": "illness", "voucher_number": "YL-2020-0717"}], at=at)
    assert "也在南开机械厂工会" in text(type_in(client, family, "expenses", {}))
    row = add(client, family, "illness")
    body = text(type_in(client, family, "expenses", {f"{row}voucher_number": "YL-2020-0717"}))
    assert "本户另一笔支出" in body
    assert "外人甲" not in body
    assert "也在" not in text(
        type_in(client, family, "expenses", {"e1-voucher_number": "YL-1", f"{row}voucher_number": "YL-2"})
    )


def test_an_expense_keeps_only_what_its_kind_carries(desk: Desk, family: Household, at: Any) -> None:
    services.save_expense_rows(
        desk,
        family,
        [{"row": 1, "kind": "rent", "monthly": 100, "from_month": "2020-04", "to_month": "2020-05"}],
        at=at,
    )
    line = family.expenselines.get(row=1)
    assert (line.kind, line.total, line.basic_insurance, line.month, line.monthly) == ("rent", None, None, None, 100)


def test_a_negative_sum_and_a_backward_span_are_refused_by_the_verb_too(desk: Desk, family: Household, at: Any) -> None:
    with pytest.raises(Refused, match="负数"):
        services.save_expense_rows(desk, family, [{"row": 1, "kind": "illness", "total": -1}], at=at)
    with pytest.raises(Refused, match="晚于止月"):
        services.save_expense_rows(
            desk, family, [{"kind": "rent", "monthly": 1, "from_month": "2020-06", "to_month": "2020-05"}], at=at
        )
    assert family.expenselines.get(row=1).total == 3000000


def test_other_bought_medicine_is_shown_and_does_not_count(client: Client, family: Household) -> None:
    type_in(client, family, "expenses", {"e1-bill_kind": "other_outpatient"})
    found = panel.build(selectors.whole(family)).determination
    assert found is not None
    assert found.figures["rigid_expense"] == "3100.00"
