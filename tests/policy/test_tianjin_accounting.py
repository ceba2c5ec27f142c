"""附件1 一 of the Tianjin text: who counts, what is income, what is rigid expense, whose standards."""

from typing import Any

import pytest

from bangfu.policy.errors import DocumentFaults
from tests.policy import households as h


def counts(*lines: dict[str, Any], **changes: Any) -> list[str | None]:
    """What each of some income lines counts."""
    return h.counted(h.decide(h.household(incomes=list(lines), **changes)))


def deducts(*lines: dict[str, Any], **changes: Any) -> list[str | None]:
    """What each of some expense lines deducts."""
    return h.counted(h.decide(h.household(expenses=list(lines), **changes)), "expenses")


# --- （一） ---------------------------------------------------------------------------------------------------------
def size(**member: Any) -> int | None:
    found: int | None = h.decide(h.household(members=[h.worker(), h.person("P2", **member)])).figures["household_size"]
    return found


@pytest.mark.req("TJ-A1-1.1.a")
@pytest.mark.parametrize(("huji", "together", "n"), [(True, True, 2), (True, False, 1), (False, True, 1)])
def test_a_member_of_the_same_huji_counts_when_he_lives_there(huji: bool, together: bool, n: int) -> None:
    assert size(same_huji=huji, lives_together=together) == n


@pytest.mark.req("TJ-A1-1.1.b")
def test_a_dependant_of_another_huji_counts_when_he_lives_there() -> None:
    assert size(same_huji=False, support_relation=True) == 2
    assert size(same_huji=False, support_relation=True, lives_together=False) == 1


@pytest.mark.req("TJ-A1-1.1.c")
def test_the_worker_always_counts_and_one_person_is_a_household() -> None:
    alone = h.household(members=[h.worker(lives_together=False, same_huji=False)])
    assert h.decide(alone).figures["household_size"] == 1


@pytest.mark.req("TJ-A1-1.1.c")
def test_sums_of_someone_who_does_not_count_stay_out() -> None:
    members = [h.worker(), h.person("P2", lives_together=False)]
    lines = h.household(members=members, incomes=h.income("50.00", member="P2"), expenses=[h.bill("9.00", member="P2")])
    found = h.decide(lines)
    assert (found.figures["income"], found.figures["rigid_expense"]) == ("0.00", "0.00")
    assert found.lines[0].reason == "not_member"


# --- （二） ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-1.2.a")
def test_income_is_the_sum_of_all_counted_members_in_six_months() -> None:
    lines = [h.monthly("wage", "100.00"), h.once("wage", "7.00", member="P2"), h.once("property", "3.00", member=None)]
    assert h.decide(h.household(incomes=lines)).figures["income"] == "610.00"


@pytest.mark.req("TJ-A1-1.2.a")
def test_a_monthly_line_counts_its_months_inside_the_window_only() -> None:
    assert counts(h.monthly("wage", "100.00", ("2019-01", "2020-05"))) == ["200.00"]
    assert counts(h.monthly("wage", "100.00", ("2020-09", "2021-12"))) == ["100.00"]


@pytest.mark.req("TJ-A1-1.2.b", "TJ-A1-1.2.1.a")
@pytest.mark.parametrize("kind", ["wage", "business", "property", "other_transfer"])
def test_wages_business_property_and_transfers_are_income(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["12.34"]


@pytest.mark.req("TJ-A1-1.2.c")
@pytest.mark.parametrize("kind", ["dibao", "disability_subsidy"])
def test_dibao_and_disability_subsidy_are_income_here(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["12.34"]


@pytest.mark.parametrize(
    "kind", ["relief", "preferential", "family_planning_reward", "scholarship", "bravery_award", "basic_pension"]
)
def test_what_the_national_text_leaves_out_stays_out_and_cites_it(kind: str) -> None:
    found = h.decide(h.household(incomes=[h.once(kind, "12.34")]))
    assert (found.lines[0].counted, found.lines[0].clause, found.lines[0].reason) == ("0.00", "指引三 1", "not_counted")


@pytest.mark.req("TJ-A1-1.2.1.g")
def test_a_bonus_of_one_month_counts_in_full_and_gross() -> None:
    assert counts(h.once("wage", "30000.00", "2020-04"), h.once("tax", "900.00", "2020-04")) == ["30000.00", "-900.00"]


@pytest.mark.req("TJ-A1-1.2.1.b")
@pytest.mark.parametrize("basis", ["contract", "verified", "estimated", None])
def test_a_known_wage_counts_as_it_is_even_below_the_minimum_wage(basis: str | None) -> None:
    assert counts(h.monthly("wage", "1500.00", basis=basis)) == ["9000.00"]


@pytest.mark.req("TJ-A1-1.2.1.e")
def test_flexible_work_nothing_can_verify_counts_the_minimum_wage() -> None:
    assert counts(h.monthly("wage", "1200.00", basis="declared_flexible")) == ["12300.00"]


@pytest.mark.req("TJ-A1-1.2.1.f")
@pytest.mark.parametrize(("declared", "counted"), [("2050.00", "12300.00"), ("2050.01", "12300.06")])
def test_declared_earnings_above_the_minimum_wage_count_as_declared(declared: str, counted: str) -> None:
    assert counts(h.monthly("wage", declared, basis="declared_flexible")) == [counted]


@pytest.mark.req("TJ-A1-1.2.1.e")
def test_the_minimum_wage_is_taken_once_for_a_person_and_month() -> None:
    first = h.monthly("wage", "1000.00", basis="declared_flexible")
    second = h.monthly("wage", "1500.00", ("2020-07", "2020-09"), basis="declared_flexible")
    found = h.decide(h.household(incomes=[first, second]))
    assert found.figures["income"] == "13650.00"  # three months 2050, three months 1000 + 1500
    assert h.counted(found) == ["9150.00", "4500.00"]


@pytest.mark.req("TJ-A1-1.2.4.a")
def test_transfers_out_lower_income_and_it_may_be_negative() -> None:
    lines = [h.once("pension", "100.00"), h.once("tax", "130.00")]
    assert h.decide(h.household(incomes=lines)).figures["income"] == "-30.00"


@pytest.mark.req("TJ-A1-1.2.4.b")
@pytest.mark.parametrize("kind", ["support", "pension", "unemployment_benefit", "survivor_benefit"])
def test_support_pensions_and_benefits_are_transfers_in(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["12.34"]


@pytest.mark.req("TJ-A1-1.2.4.c")
@pytest.mark.parametrize("kind", ["compensation", "donation"])
def test_compensation_and_gifts_are_transfers_in(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["12.34"]


@pytest.mark.req("TJ-A1-1.2.4.e")
@pytest.mark.parametrize("kind", ["tax", "social_insurance", "support_paid", "other_transfer_out"])
def test_taxes_insurance_and_support_paid_are_subtracted_as_income_not_as_expense(kind: str) -> None:
    found = h.decide(h.household(incomes=[h.once(kind, "12.34")]))
    assert (h.counted(found), found.figures["rigid_expense"]) == (["-12.34"], "0.00")


@pytest.mark.req("TJ-A1-1.2.4.h")
def test_support_without_a_document_counts_as_the_dibao_standard_of_the_huji() -> None:
    found = h.decide(h.household(incomes=[h.supported(earns="1.00")]), ("dibao", "120102", "2020-01-01", "900.00"))
    assert (h.counted(found), found.figures["dibao"]) == (["5400.00"], "1000.00")


@pytest.mark.req("TJ-A1-1.2.4.h")
def test_obligors_share_one_standard_for_each_recipient_rounded_by_line_and_month() -> None:
    three = [h.supported(span=("2020-09", "2020-09")) for _ in range(3)]
    assert counts(*three) == ["333.33"] * 3
    assert counts(*three[:2], h.supported(member="P1")) == ["500.00", "500.00", "6000.00"]


@pytest.mark.req("TJ-A1-1.2.4.i")
def test_support_fixed_by_a_document_counts_what_it_says() -> None:
    assert counts(h.monthly("support", "300.00", basis="contract")) == ["1800.00"]


@pytest.mark.req("TJ-A1-1.2.4.j")
@pytest.mark.parametrize("status", ["dibao", "tekun", "registered_poor", "low_income"])
def test_the_share_of_an_obligor_who_is_poor_himself_drops_out(status: str) -> None:
    assert counts(h.supported(), h.supported(status)) == ["3000.00", "0.00"]


# --- （三） ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-1.3.a", "TJ-4.b")
@pytest.mark.parametrize("line", [h.bill("50.00", "employment_cost"), h.bill("50.00", "other", recognized=True)])
def test_nothing_else_is_rigid_expense(line: dict[str, Any]) -> None:
    assert deducts(line) == ["0.00"]


@pytest.mark.req("TJ-4.b")
@pytest.mark.parametrize("lists", [{"incomes": [{"kind": "luck"}]}, {"expenses": [{"kind": "food"}]}])
def test_an_amount_of_no_known_kind_cannot_enter(lists: dict[str, Any]) -> None:
    with pytest.raises(DocumentFaults, match="kind"):
        h.decide(h.household(**lists))


@pytest.mark.req("TJ-A1-1.3.1.b")
def test_illness_costs_what_is_left_after_all_five_payers() -> None:
    paid = dict(zip(h.NOT_PAID, ["1.00", "2.00", "3.00", "4.00", "5.00"], strict=True))
    assert deducts(h.bill("100.00", paid_by=paid)) == ["85.00"]


@pytest.mark.req("TJ-A1-1.3.1.b")
def test_a_bill_paid_twice_over_costs_nothing_rather_than_less() -> None:
    over = h.bill("100.00", paid_by=h.NOT_PAID | {"mutual_aid": "150.00"})
    found = h.decide(h.household(expenses=[over, h.bill("30.00")]))
    assert found.figures["rigid_expense"] == "30.00"


@pytest.mark.req("TJ-A1-1.3.2.a")
def test_rehabilitation_is_deducted() -> None:
    assert deducts(h.bill("80.00", "disability_rehab")) == ["80.00"]


@pytest.mark.req("TJ-A1-1.3.2.b")
@pytest.mark.parametrize(
    ("kind", "grade", "deducted"),
    [
        ("limb", 2, "470.00"), ("limb", 3, "0.00"), ("mental", 3, "470.00"), ("mental", 4, "0.00"),
        ("intellectual", 3, "470.00"), ("intellectual", 4, "0.00"), ("visual", 1, "0.00"), ("hearing", 1, "0.00"),
    ],
)  # fmt: skip
def test_care_is_deducted_for_three_kinds_of_disability_within_their_grades(kind: str, grade: int, deducted: str) -> None:  # fmt: skip
    members = [h.worker(), h.person("P2", disabilities=[{"kind": kind, "grade": grade}])]
    care = h.monthly("disability_care", "470.00", ("2020-09", "2020-12"), member="P2")
    assert deducts(care, members=members) == [deducted]


@pytest.mark.req("TJ-A1-1.3.2.b")
def test_the_disability_must_be_that_of_the_member_who_is_cared_for() -> None:
    members = [h.worker(disabilities=[{"kind": "limb", "grade": 1}]), h.person("P2")]
    assert deducts(h.bill("470.00", "disability_care", member="P2"), members=members) == ["0.00"]


@pytest.mark.req("TJ-A1-1.3.3.b", "TJ-A1-1.3.3.c")
def test_school_costs_are_fees_boarding_and_travel_less_aid_never_below_zero() -> None:
    lines = [h.school("1000.00", "200.00", "30.00", "400.00"), h.school("500.00", aided="900.00")]
    found = h.decide(h.household(expenses=lines))
    assert (h.counted(found, "expenses"), found.figures["rigid_expense"]) == (["830.00", "0.00"], "830.00")


RENT = h.monthly("rent", "100.00", member=None)
TENANT = {"owned_homes": 0, "owned_area_m2": "0", "rented_area_m2": "66.00", "rent_within_market": True}


@pytest.mark.req("TJ-A1-1.3.4.a")
@pytest.mark.parametrize(
    ("own", "deducted"),
    [
        ({"owned_homes": 0, "owned_area_m2": None}, "600.00"),
        ({"owned_homes": 1, "owned_area_m2": "23.99"}, "600.00"),
        ({"owned_homes": 1, "owned_area_m2": "24.00"}, "0.00"),
    ],
)
def test_rent_is_for_those_without_a_home_or_with_less_than_twelve_square_metres_each(own: dict[str, Any], deducted: str) -> None:  # fmt: skip
    assert deducts(RENT, housing=TENANT | own) == [deducted]


@pytest.mark.req("TJ-A1-1.3.4.b")
@pytest.mark.parametrize(("area", "deducted"), [("66.00", "600.00"), ("66.01", "0.00")])
def test_a_flat_above_thirty_three_square_metres_each_deducts_no_rent_at_all(area: str, deducted: str) -> None:
    assert deducts(RENT, housing=TENANT | {"rented_area_m2": area}) == [deducted]


@pytest.mark.req("TJ-A1-1.3.4.c")
@pytest.mark.parametrize(("market", "deducted"), [(True, "600.00"), (False, "0.00"), (None, None)])
def test_rent_must_lie_within_the_market(market: bool | None, deducted: str | None) -> None:
    assert deducts(RENT, housing=TENANT | {"rent_within_market": market}) == [deducted]


@pytest.mark.req("TJ-A1-1.3.5.a")
def test_several_rigid_expenses_add_up() -> None:
    lines = [h.bill("1.00"), h.bill("2.00", "disability_rehab"), h.school("4.00"), RENT]
    assert h.decide(h.household(expenses=lines, housing=TENANT)).figures["rigid_expense"] == "607.00"


# --- （四） ---------------------------------------------------------------------------------------------------------
HOME = (("dibao", "130900", "2020-01-01", "680.00"), ("minimum_wage", "130000", "2019-11-01", "1580.00"))


@pytest.mark.req("TJ-A1-1.4.a")
def test_a_household_registered_elsewhere_goes_by_its_home_standards() -> None:
    flexible = [h.monthly("wage", "1000.00", basis="declared_flexible")]
    found = h.decide(h.household(huji_region="130921", incomes=flexible), *HOME)
    assert (found.figures["dibao"], found.figures["income"]) == ("680.00", "9480.00")


@pytest.mark.req("TJ-A1-1.4.a")
def test_a_missing_home_standard_is_not_replaced_by_that_of_tianjin() -> None:
    found = h.decide(h.household(huji_region="130921", incomes=h.income("100.00")))
    assert found.figures["dibao"] is None
    assert "standards.dibao@130921" in found.missing


@pytest.mark.req("TJ-A1-1.4.b")
def test_registration_in_another_district_of_tianjin_is_local() -> None:
    found = h.decide(h.household(huji_region="120102"), ("dibao", "120102", "2020-01-01", "900.00"))
    assert found.figures["dibao"] == "1000.00"


def test_where_the_huji_is_unknown_so_is_the_standard() -> None:
    found = h.decide(h.household(huji_region=None, incomes=h.income("100.00")))
    assert (found.figures["dibao"], found.missing) == (None, ("huji_region",))


@pytest.mark.req("TJ-4.1.g")
def test_every_line_stands_in_the_answer_with_amount_clause_and_reason() -> None:
    lines = [h.monthly("wage", "100.00"), h.once("relief", "5.00"), h.once("wage", "5.00", "2020-03")]
    found = h.decide(h.household(incomes=lines, expenses=[h.bill("3.00")]))
    assert [(one.of, one.item, one.counted) for one in found.lines] == [
        ("incomes", 0, "600.00"), ("incomes", 1, "0.00"), ("incomes", 2, "0.00"), ("expenses", 0, "3.00"),
    ]  # fmt: skip
    assert [one.reason for one in found.lines] == ["counted", "not_counted", "outside", "counted"]
    assert all(one.clause and one.note for one in found.lines)
