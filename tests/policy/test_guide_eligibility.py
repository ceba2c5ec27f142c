"""The national guide 指引 of 2020: categories, accounting, exclusions. Two persons, S = 800, twelve months: deep line 19200."""

from typing import Any

import pytest

from bangfu.policy.determination import Determination
from tests.policy import households as h


def decide(*rows: tuple[str, str, str, str], without: str | None = None, **changes: Any) -> Determination:
    return h.decide(h.national(**changes), *rows, policy=h.NATIONAL, without=without)


def result(category: str, *rows: tuple[str, str, str, str], **changes: Any) -> str:
    return decide(*rows, **changes).category(category).result


# --- 一: deep and relative -----------------------------------------------------------------------------------------
@pytest.mark.req("GUIDE20-1.1.b")
@pytest.mark.parametrize(("total", "found"), [("19199.99", "met"), ("19200.00", "not_met")])
def test_deep_is_strictly_below_the_dibao_standard(total: str, found: str) -> None:
    assert result("deep", incomes=h.income(total)) == found


@pytest.mark.req("GUIDE20-1.1.a")
def test_net_is_income_less_rigid_expense_over_heads_and_months() -> None:
    found = decide(incomes=h.income("24000.00"), expenses=[h.bill("6000.00")])
    assert (found.figures["net_per_capita_monthly"], found.outcome) == ("750.00", "deep")


@pytest.mark.req("GUIDE20-1.1.a")
def test_employment_cost_is_not_subtracted_in_deep_as_such() -> None:
    assert result("deep", incomes=h.income("19200.00"), expenses=[h.bill("500.00", "employment_cost")]) == "not_met"


@pytest.mark.req("GUIDE20-1.1.1.a")
@pytest.mark.parametrize(("expenses", "found"), [([], "not_met"), ([h.bill("0.01")], "met")])
def test_a_dibao_family_is_deep_only_with_a_rigid_expense(expenses: list[Any], found: str) -> None:
    assert result("deep", status={"dibao": True}, expenses=expenses) == found


@pytest.mark.req("GUIDE20-1.1.2.b")
@pytest.mark.parametrize(("cost", "found"), [("500.01", "met"), ("500.00", "not_met")])
def test_where_the_enterprise_closed_employment_cost_is_subtracted_too(cost: str, found: str) -> None:
    lines = {"incomes": h.income("19700.00"), "expenses": [h.bill(cost, "employment_cost")]}
    assert result("deep", causes=["enterprise_closure"], **lines) == found


@pytest.mark.req("GUIDE20-1.2.b")
@pytest.mark.parametrize(("total", "found"), [("38400.00", "met"), ("38400.01", "not_met")])
def test_without_a_low_income_standard_relative_reaches_to_twice_dibao_inclusive(total: str, found: str) -> None:
    assert result("relative", incomes=h.income(total)) == found


LOW_INCOME = ("low_income", "370900", "2020-01-01", "1200.00")


@pytest.mark.req("GUIDE20-1.2.a")
@pytest.mark.parametrize(("total", "found"), [("28799.99", "met"), ("28800.00", "not_met")])
def test_with_a_low_income_standard_relative_is_strictly_below_it(total: str, found: str) -> None:
    assert result("relative", LOW_INCOME, incomes=h.income(total)) == found


@pytest.mark.req("GUIDE20-1.2.a")
def test_employment_cost_is_always_subtracted_in_relative() -> None:
    cost = [h.bill("0.01", "employment_cost")]
    assert result("relative", LOW_INCOME, incomes=h.income("28800.00"), expenses=cost) == "met"


# --- 一 3: accident ------------------------------------------------------------------------------------------------
STILL = {"still_in_difficulty": True}


def accident(event: dict[str, Any], attested: dict[str, Any] | None = None, **changes: Any) -> str:
    return result("accident", incident=event, attested=STILL | (attested or {}), **changes)


@pytest.mark.req("GUIDE20-1.3.1.a")
@pytest.mark.parametrize(
    ("kind", "harm", "found"),
    [
        ("major_epidemic", {"infected": True}, "met"), ("natural_disaster", {"injury_grade": 10}, "met"),
        ("social_security_event", {"death": True}, "met"), ("major_safety_accident", {}, "not_met"),
        ("traffic_accident", {"injury_grade": 1, "death": True}, "not_met"),
    ],
)  # fmt: skip
def test_a_great_event_that_injured_infected_or_killed_is_an_accident(kind: str, harm: dict[str, Any], found: str) -> None:  # fmt: skip
    assert accident(h.incident(kind, **harm)) == found


@pytest.mark.req("GUIDE20-1.3.2.a")
@pytest.mark.parametrize(
    ("ill", "huge", "found"), [(True, True, "met"), (False, True, "not_met"), (True, False, "not_met")]
)
def test_a_grave_illness_with_huge_cost_is_an_accident(ill: bool, huge: bool, found: str) -> None:
    members = [h.worker(), h.person("P2", major_illness=ill)]
    assert accident(h.incident("illness"), {"huge_treatment_cost": huge}, members=members) == found


def test_the_ill_person_must_be_a_counted_member() -> None:
    members = [h.worker(), h.person("P2", major_illness=True, lives_together=False)]
    assert accident(h.incident("illness"), {"huge_treatment_cost": True}, members=members) == "not_met"


@pytest.mark.req("GUIDE20-1.3.3.a")
@pytest.mark.parametrize(
    ("kind", "found"), [("traffic_accident", "met"), ("natural_disaster", "met"), ("major_epidemic", "not_met")]
)
def test_a_disaster_or_accident_with_severe_loss_is_an_accident(kind: str, found: str) -> None:
    assert accident(h.incident(kind), {"severe_loss": True}) == found


@pytest.mark.req("GUIDE20-1.3.a")
def test_without_an_event_there_is_no_accident() -> None:
    assert result("accident", attested=STILL | {"severe_loss": True, "huge_treatment_cost": True}) == "not_met"


@pytest.mark.req("GUIDE20-1.3.d")
def test_someone_must_find_that_the_hardship_remains() -> None:
    assert accident(h.incident("natural_disaster", death=True), {"still_in_difficulty": False}) == "not_met"


# --- 一 4–6: who may be filed --------------------------------------------------------------------------------------
@pytest.mark.req("GUIDE20-1.4.a", "GUIDE20-1.4.b")
@pytest.mark.parametrize(
    ("urban", "months", "found"), [(True, 12, "met"), (True, 11, "not_met"), (False, 120, "not_met")]
)
def test_a_migrant_worker_needs_city_life_and_a_year_of_work(urban: bool, months: int, found: str) -> None:
    members = [h.worker(migrant_worker=True, long_term_urban=urban, labor_relation_months=months), h.person("P2")]
    assert result("deep", members=members) == found


@pytest.mark.req("GUIDE20-1.5.a", "GUIDE20-1.5.b")
@pytest.mark.parametrize(
    ("mining", "ill", "found"), [(True, True, "met"), (True, False, "not_met"), (False, True, "not_met")]
)
def test_a_retired_worker_needs_the_mining_area_and_a_grave_illness_at_home(mining: bool, ill: bool, found: str) -> None:  # fmt: skip
    members = [h.worker(retired=True, retired_in_mining_area=mining), h.person("P2", major_illness=ill)]
    assert result("deep", members=members) == found


@pytest.mark.req("GUIDE20-1.6.a")
def test_a_survivors_family_needs_neither_but_meets_the_same_lines() -> None:
    members = [h.worker(migrant_worker=True, long_term_urban=False, retired=True), h.person("P2")]
    survivor = {"members": members, "status": {"work_injury_survivor": True}}
    assert result("deep", **survivor) == "met"
    assert result("deep", **survivor, incomes=h.income("19200.00")) == "not_met"
    assert result("deep", **survivor, conduct={"evaded": True}) == "not_met"


# --- 三 1: income --------------------------------------------------------------------------------------------------
def counts(*lines: dict[str, Any], **changes: Any) -> list[str | None]:
    return h.counted(decide(incomes=list(lines), **changes))


@pytest.mark.req("GUIDE20-3.1.a")
def test_income_is_that_of_twelve_whole_months_before_the_application() -> None:
    found = decide(incomes=[h.once("wage", "1.00", month) for month in ("2019-09", "2019-10", "2020-09", "2020-10")])
    assert (found.window, found.figures["income"]) == ((12, "2019-10", "2020-09"), "2.00")


@pytest.mark.req("GUIDE20-3.1.b")
def test_the_headings_of_income_add_up() -> None:
    kinds = ("wage", "business", "property", "pension", "other_transfer")
    lines = [h.once(kind, str(10**place)) for place, kind in enumerate(kinds)]
    assert decide(incomes=lines).figures["income"] == "11111.00"


def test_other_items_count() -> None:
    assert counts(h.once("other_transfer", "12.34")) == ["12.34"]


@pytest.mark.req("GUIDE20-3.1.c")
@pytest.mark.parametrize("kind", ["preferential", "family_planning_reward", "scholarship"])
def test_state_allowances_rewards_and_scholarships_do_not_count(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["0.00"]


@pytest.mark.req("GUIDE20-3.1.d")
@pytest.mark.parametrize("kind", ["bravery_award", "relief", "dibao"])
def test_awards_and_social_relief_do_not_count(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["0.00"]


def test_a_disability_subsidy_does_not_count() -> None:
    assert counts(h.once("disability_subsidy", "12.34")) == ["0.00"]


@pytest.mark.req("GUIDE20-3.1.f")
def test_the_basic_pension_does_not_count_but_a_pension_does() -> None:
    assert counts(h.once("basic_pension", "12.34"), h.once("pension", "12.34")) == ["0.00", "12.34"]


@pytest.mark.req("GUIDE20-3.1.1.a")
def test_a_wage_counts_gross() -> None:
    assert counts(h.monthly("wage", "1000.00", h.TWELVE), h.monthly("tax", "10.00", h.TWELVE)) == ["12000.00", "-120.00"]  # fmt: skip


@pytest.mark.req("GUIDE20-3.1.1.e")
def test_flexible_work_counts_the_minimum_wage_of_the_place_of_work() -> None:
    line = h.monthly("wage", "1000.00", h.TWELVE, basis="declared_flexible")
    home = ("minimum_wage", "370921", "2018-06-01", "1300.00")
    found = decide(home, incomes=[line], huji_region="370921")
    assert found.figures["income"] == "18600.00"


@pytest.mark.req("GUIDE20-3.1.1.f")
def test_a_higher_declaration_counts_as_declared() -> None:
    assert counts(h.monthly("wage", "1550.01", h.TWELVE, basis="declared_flexible")) == ["18600.12"]


@pytest.mark.req("GUIDE20-3.1.4.a", "GUIDE20-3.1.4.c")
@pytest.mark.parametrize("kind", ["tax", "social_insurance", "support_paid", "other_transfer_out"])
def test_transfers_out_are_subtracted_and_income_may_be_negative(kind: str) -> None:
    assert decide(incomes=[h.once(kind, "12.34")]).figures["income"] == "-12.34"


@pytest.mark.req("GUIDE20-3.1.4.b")
@pytest.mark.parametrize(
    "kind", ["support", "pension", "unemployment_benefit", "survivor_benefit", "compensation", "donation"]
)
def test_transfers_in_count(kind: str) -> None:
    assert counts(h.once(kind, "12.34")) == ["12.34"]


@pytest.mark.req("GUIDE20-3.1.4.f")
def test_support_fixed_by_a_document_counts_what_it_says() -> None:
    assert counts(h.monthly("support", "300.00", h.TWELVE, basis="contract")) == ["3600.00"]


@pytest.mark.req("GUIDE20-3.1.4.g")
@pytest.mark.parametrize(("earns", "counted"), [("5200.00", "1320.00"), ("800.05", "0.02"), ("600.00", "0.00")])
def test_support_without_one_is_a_share_of_what_the_obligor_earns_above_dibao(earns: str, counted: str) -> None:
    assert counts(h.supported(earns=earns, span=("2020-09", "2020-09"))) == [counted]


@pytest.mark.req("GUIDE20-3.1.4.g")
def test_the_dibao_standard_subtracted_is_that_of_the_huji() -> None:
    home = ("dibao", "370921", "2020-01-01", "700.00")
    line = h.supported(earns="5200.00", span=("2020-09", "2020-09"))
    assert h.counted(decide(home, incomes=[line], huji_region="370921")) == ["1350.00"]


@pytest.mark.req("GUIDE20-3.1.4.h")
@pytest.mark.parametrize("status", ["dibao", "tekun", "registered_poor", "low_income"])
def test_an_obligor_who_is_poor_himself_owes_nothing(status: str) -> None:
    assert counts(h.supported(status, earns=None)) == ["0.00"]


# --- 三 2: rigid expense -------------------------------------------------------------------------------------------
def deducts(*lines: dict[str, Any], **changes: Any) -> list[str | None]:
    return h.counted(decide(expenses=list(lines), **changes), "expenses")


@pytest.mark.req("GUIDE20-3.2.1.b")
def test_illness_costs_what_the_family_paid_itself() -> None:
    paid = dict(zip(h.NOT_PAID, ["1.00", "2.00", "3.00", "4.00", "5.00"], strict=True))
    assert deducts(h.bill("100.00", paid_by=paid), h.bill("10.00", paid_by=paid)) == ["85.00", "0.00"]


@pytest.mark.req("GUIDE20-3.2.2.a")
def test_rehabilitation_and_care_are_deducted_without_a_limit_of_grade() -> None:
    care = h.monthly("disability_care", "10.00", ("2020-08", "2020-10"), member="P2")
    assert deducts(h.bill("80.00", "disability_rehab"), care) == ["80.00", "20.00"]


@pytest.mark.req("GUIDE20-3.2.3.a", "GUIDE20-3.2.3.b")
def test_school_costs_are_fees_boarding_and_travel_less_aid() -> None:
    assert deducts(h.school("1000.00", "200.00", "30.00", "400.00"), h.school("5.00", aided="9.00")) == ["830.00", "0.00"]  # fmt: skip


@pytest.mark.req("GUIDE20-3.2.4.a")
@pytest.mark.parametrize(("area", "deducted"), [("72.00", "1200.00"), ("72.01", "0.00")])
def test_rent_is_deducted_within_the_local_area_per_head(area: str, deducted: str) -> None:
    rent = h.monthly("rent", "100.00", h.TWELVE, member=None)
    assert deducts(rent, housing={"rented_area_m2": area}) == [deducted]


@pytest.mark.req("GUIDE20-3.2.5.a")
def test_several_rigid_expenses_add_up() -> None:
    lines = [h.bill("1.00"), h.bill("2.00", "disability_rehab"), h.school("4.00"), h.bill("8.00", "other", recognized=True)]  # fmt: skip
    assert decide(expenses=lines).figures["rigid_expense"] == "15.00"


@pytest.mark.req("GUIDE20-3.2.6.a")
@pytest.mark.parametrize(("recognized", "deducted"), [(True, "8.00"), (False, "0.00"), (None, None)])
def test_other_expenses_count_where_a_government_lists_them(recognized: bool | None, deducted: str | None) -> None:
    assert deducts(h.bill("8.00", "other", recognized=recognized)) == [deducted]


# --- 三 3: household size ------------------------------------------------------------------------------------------
@pytest.mark.req("GUIDE20-3.3.a", "GUIDE20-3.3.b")
@pytest.mark.parametrize(
    ("member", "size"),
    [
        ({}, 2), ({"lives_together": False}, 1), ({"same_huji": False}, 1),
        ({"same_huji": False, "support_relation": True}, 2), ({"support_relation": True, "lives_together": False}, 1),
    ],
)  # fmt: skip
def test_members_count_by_huji_or_dependence_and_living_together(member: dict[str, Any], size: int) -> None:
    assert decide(members=[h.worker(), h.person("P2", **member)]).figures["household_size"] == size


def test_sums_of_someone_who_does_not_count_stay_out() -> None:
    members = [h.worker(), h.person("P2", lives_together=False)]
    found = decide(members=members, incomes=h.income("5.00", member="P2"), expenses=[h.bill("3.00", member="P2")])
    assert (found.figures["income"], found.figures["rigid_expense"]) == ("0.00", "0.00")


# --- 四 3: exclusions ----------------------------------------------------------------------------------------------
ALL_MET = {"incident": h.incident("traffic_accident"), "attested": STILL | {"severe_loss": True}}


def with_conduct(name: str) -> set[str]:
    return set(h.results(decide(conduct={name: True}, **ALL_MET)).values())


def test_the_family_used_below_is_met_in_every_category_when_nothing_bars_it() -> None:
    assert set(h.results(decide(**ALL_MET)).values()) == {"met"}


@pytest.mark.req("GUIDE20-4.3.1.a")
def test_a_high_fee_school_bars_from_all() -> None:
    assert with_conduct("private_or_abroad_school") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.2.a")
def test_a_controlling_shareholder_is_barred_from_all() -> None:
    assert with_conduct("controlling_shareholder") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.3.a")
def test_high_consumption_bars_from_all() -> None:
    assert with_conduct("high_consumption") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.4.a")
def test_refusing_verification_bars_from_all() -> None:
    assert with_conduct("refused_verification") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.4.b", "GUIDE20-4.3.4.z")
def test_concealment_or_false_papers_bar_from_all() -> None:
    assert with_conduct("concealed_facts") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.4.c")
def test_refusing_employment_bars_from_all() -> None:
    assert with_conduct("refused_employment") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.4.d")
def test_evasion_bars_from_all() -> None:
    assert with_conduct("evaded") == {"not_met"}


@pytest.mark.req("GUIDE20-4.3.5.a")
@pytest.mark.parametrize(
    ("homes", "area", "found"), [(2, "72.00", "met"), (2, "72.01", "not_met"), (1, "300.00", "met")]
)
def test_two_homes_bar_only_with_more_than_the_local_area_per_head(homes: int, area: str, found: str) -> None:
    assert result("deep", housing={"owned_homes": homes, "owned_area_m2": area}) == found


@pytest.mark.req("GUIDE20-4.3.5.b")
@pytest.mark.parametrize(
    ("use", "found"), [("private", "not_met"), ("employed_driver", "not_met"), ("disability_mobility", "met")]
)
def test_a_vehicle_bars_unless_it_replaces_walking(use: str, found: str) -> None:
    assert result("deep", vehicles=[{"use": use}]) == found


@pytest.mark.req("GUIDE20-4.3.5.c")
@pytest.mark.parametrize(
    "changes", [{"housing": {"owned_homes": 2, "owned_area_m2": "80"}}, {"vehicles": [{"use": "private"}]}]
)
def test_homes_and_vehicles_bar_from_deep_only(changes: dict[str, Any]) -> None:
    found = h.results(decide(**ALL_MET, **changes))
    assert found == {"deep": "not_met", "relative": "met", "accident": "met"}
