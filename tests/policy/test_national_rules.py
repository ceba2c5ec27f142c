"""The national text's recognition rules (指引一、三、四 3), each on the line and one fen beside it."""

from __future__ import annotations

from typing import Any

import pytest

from bangfu.policy.assess import assess

LINE = {"dibao": "900.00", "minimum_wage": "1600.00", "housing_area_per_person": "30", "support_ratio": "0.3"}
CONDUCT = [
    "controlling_shareholder",
    "owns_shop",
    "employs_others",
    "private_or_abroad_school",
    "refused_verification",
    "concealed_facts",
    "refused_employment",
    "evaded",
    "high_consumption",
    "declined_dibao",
]
UNPAID = dict.fromkeys(
    ["basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief"], "0"
)
YEAR = {"from": "2020-03", "to": "2021-02"}


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"P{number}",
        "relation": "self" if number == 1 else "child",
        "birth_date": "1978-05-02",
        "sex": "female",
        "lives_together": True,
        "same_huji": True,
        "support_relation": False,
        "employment": "employed",
        "retired": False,
        "retired_in_mining_area": False,
        "union_member": False,
        "unit_has_union": False,
        "migrant_worker": False,
        "labor_relation_months": 120,
        "labor_contract": False,
        "long_term_urban": True,
        "work_capable": True,
        "disabilities": [],
        "major_illness": False,
        "chronic_illness": False,
        "studying": "none",
    } | changes


def wage(monthly: str, **changes: Any) -> dict[str, Any]:
    return {"member": "P1", "kind": "wage", "basis": "contract", "monthly": monthly, **YEAR} | changes


def bill(kind: str, total: str, **changes: Any) -> dict[str, Any]:
    return {"member": "P1", "kind": kind, "month": "2020-12", "total": total, "paid_by": UNPAID} | changes


def family(**changes: Any) -> dict[str, Any]:
    """One worker alone who earns exactly the line of 900.00 a month and spends nothing that counts."""
    facts: dict[str, Any] = {
        "schema": "bangfu.facts/1",
        "id": "H-1",
        "application_date": "2021-03-10",
        "work_region": "510100",
        "huji_region": "510100",
        "worker": "P1",
        "members": [person()],
        "incomes": [wage("900.00")],
        "expenses": [],
        "housing": {"owned_homes": 1, "owned_area_m2": "58.0", "renting": False, "rented_area_m2": None},
        "vehicles": [],
        "savings": "0",
        "investments_net": "0",
        "causes": ["illness"],
        "incident": "none",
        "conduct": dict.fromkeys(CONDUCT, False) | {"unexplained_funds": "0"},
        "status": dict.fromkeys(
            ["dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified"], False
        ),
        "attested": dict.fromkeys(
            ["still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss"],
            False,
        ),
    }
    for key, value in changes.items():
        facts[key] = facts[key] | value if isinstance(facts[key], dict) and isinstance(value, dict) else value
    return facts


def judged(facts: dict[str, Any], **standards: str) -> dict[str, Any]:
    rows = [
        {"name": name, "region": "510000", "from": "2020-01-01", "value": value}
        for name, value in (LINE | standards).items()
    ]
    return assess(facts, "acftu-2020", {"schema": "bangfu.standards/1", "rows": rows}).as_dict()


def outcome(facts: dict[str, Any], **standards: str) -> str:
    return str(judged(facts, **standards)["outcome"])


def category(facts: dict[str, Any], code: str) -> str:
    return {found["code"]: found["result"] for found in judged(facts)["categories"]}[code]


def income_with(*lines: dict[str, Any]) -> str:
    """The yearly income of the family when these lines stand beside its 10,800.00 of wages."""
    return str(judged(family(incomes=[wage("900.00"), *lines]))["figures"]["income"])


def expense_of(*lines: dict[str, Any], **changes: Any) -> str:
    return str(judged(family(expenses=list(lines), **changes))["figures"]["rigid_expense"])


POOR = [wage("899.00")]


@pytest.mark.req("GUIDE20-1.1.a", "GUIDE20-1.1.b")
def test_deep_begins_one_fen_under_the_line() -> None:
    assert outcome(family()) == "relative"
    assert outcome(family(expenses=[bill("illness", "0.01")])) == "deep"


@pytest.mark.req("GUIDE20-1.1.a")
def test_the_net_sum_per_head_and_month_may_be_negative() -> None:
    found = judged(family(expenses=[bill("illness", "12000.00")], members=[person(), person(2)]))
    assert found["figures"]["net_per_capita_monthly"] == "-50.00"


@pytest.mark.req("GUIDE20-1.1.1.a")
def test_a_family_on_dibao_is_deep_only_with_rigid_expense_and_its_dibao_money_does_not_count() -> None:
    lines = [wage("800.00"), {"member": "P1", "kind": "dibao", "monthly": "500.00", **YEAR}]
    assert category(family(incomes=lines, status={"dibao": True}), "deep") == "not_met"
    assert category(family(incomes=lines, status={"dibao": True}, expenses=[bill("illness", "0.01")]), "deep") == "met"


@pytest.mark.req("GUIDE20-1.1.2.b")
def test_the_cost_of_going_to_work_counts_for_deep_only_when_the_enterprise_closes() -> None:
    cost = {"member": "P1", "kind": "employment_cost", "month": "2020-12", "total": "0.01"}
    assert outcome(family(expenses=[cost])) == "relative"
    assert outcome(family(expenses=[cost], causes=["enterprise_closure"])) == "deep"


@pytest.mark.req("GUIDE20-1.2.b")
def test_without_a_published_low_income_line_twice_dibao_is_the_line_and_belongs_to_it() -> None:
    assert outcome(family(incomes=[wage("1800.00")])) == "relative"
    assert outcome(family(incomes=[wage("1800.00"), wage("0.01", to="2020-03")])) == "none"


@pytest.mark.req("GUIDE20-1.2.a", "GUIDE20-1.2.b")
def test_a_published_low_income_line_must_be_undercut_after_expense_and_cost_of_work() -> None:
    on_line = family(incomes=[wage("1500.00")])
    cost = {"member": "P1", "kind": "employment_cost", "month": "2020-12", "total": "0.01"}
    assert outcome(on_line, low_income="1500.00") == "none"
    assert outcome(on_line | {"expenses": [cost]}, low_income="1500.00") == "relative"
    assert outcome(on_line | {"expenses": [bill("illness", "0.01")]}, low_income="1500.00") == "relative"


@pytest.mark.req("GUIDE20-1.2.a")
def test_who_is_deep_and_relative_is_filed_as_deep() -> None:
    poor = family(incomes=POOR)
    assert (category(poor, "relative"), outcome(poor)) == ("met", "deep")


def stricken(
    kind: str, *, members: list[dict[str, Any]] | None = None, attested: str = "", **event: Any
) -> dict[str, Any]:
    """A family well above every line, struck by an incident and still in difficulty."""
    base = {
        "kind": kind,
        "date": "2021-01-05",
        "injury_grade": "none",
        "hospitalised": False,
        "infected": False,
        "death": False,
    }
    findings = {"still_in_difficulty": True} | ({attested: True} if attested else {})
    return family(
        incomes=[wage("9000.00")],
        incident=base | {"loss": "0"} | event,
        attested=findings,
        members=members or [person()],
    )


@pytest.mark.req("GUIDE20-1.3.1.a", "FUND20-4.c")
@pytest.mark.parametrize(
    "kind", ["natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event"]
)
def test_a_great_event_counts_when_somebody_was_maimed_infected_or_killed(kind: str) -> None:
    assert outcome(stricken(kind)) == "none"
    assert [
        outcome(stricken(kind, **what)) for what in ({"injury_grade": 10}, {"infected": True}, {"death": True})
    ] == ["accident"] * 3


@pytest.mark.req("GUIDE20-1.3.2.a")
def test_a_sudden_illness_counts_when_it_is_a_major_one_and_its_cost_was_found_excessive() -> None:
    ill = [person(major_illness=True)]
    assert outcome(stricken("illness", members=ill)) == "none"
    assert outcome(stricken("illness", attested="huge_treatment_cost")) == "none"
    assert outcome(stricken("illness", members=ill, attested="huge_treatment_cost")) == "accident"


@pytest.mark.req("GUIDE20-1.3.3.a")
def test_a_traffic_accident_counts_with_severe_harm_and_an_epidemic_does_not() -> None:
    for kind in ("natural_disaster", "major_safety_accident", "traffic_accident"):
        assert outcome(stricken(kind, attested="severe_loss")) == "accident"
    assert outcome(stricken("traffic_accident", injury_grade=1)) == "none"
    assert outcome(stricken("major_epidemic", attested="severe_loss")) == "none"


def test_nobody_is_filed_for_an_accident_who_is_no_longer_in_difficulty() -> None:
    helped = stricken("traffic_accident", attested="severe_loss")
    helped["attested"]["still_in_difficulty"] = False
    assert outcome(helped) == "none"


@pytest.mark.req("GUIDE20-1.4.a", "GUIDE20-1.4.b")
def test_a_migrant_worker_lives_in_town_and_has_worked_a_full_year_without_needing_union_or_contract() -> None:
    def migrant(**changes: Any) -> str:
        return outcome(family(incomes=POOR, members=[person(migrant_worker=True, labor_relation_months=12) | changes]))

    assert migrant() == "deep"
    assert migrant(labor_relation_months=11) == "none"
    assert migrant(long_term_urban=False) == "none"


@pytest.mark.req("GUIDE20-1.5.a", "GUIDE20-1.5.b")
def test_a_retired_worker_is_filed_only_in_a_mining_area_and_with_major_illness_in_the_family() -> None:
    def retired(*, mining: bool, child_ill: bool) -> str:
        worker = person(employment="retired", retired=True, retired_in_mining_area=mining)
        return outcome(family(incomes=POOR, members=[worker, person(2, major_illness=child_ill)]))

    assert retired(mining=True, child_ill=True) == "deep"
    assert retired(mining=True, child_ill=False) == "none"
    assert retired(mining=False, child_ill=True) == "none"


@pytest.mark.req("GUIDE20-1.6.a")
def test_survivors_need_a_category_but_neither_the_migrants_nor_the_pensioners_condition() -> None:
    survivors = {"work_injury_survivor": True}
    for worker in (person(migrant_worker=True, labor_relation_months=1), person(employment="retired", retired=True)):
        assert outcome(family(incomes=POOR, members=[worker], status=survivors)) == "deep"
        assert outcome(family(incomes=[wage("9000.00")], members=[worker], status=survivors)) == "none"


# --- income --------------------------------------------------------------------------------------------------------


def once(kind: str, amount: str = "100.00", **changes: Any) -> dict[str, Any]:
    return {"member": "P1", "kind": kind, "amount": amount, "month": "2020-12"} | changes


@pytest.mark.req("GUIDE20-3.1.b")
def test_income_is_wages_business_property_and_transfers_together() -> None:
    assert income_with(once("business"), once("property"), once("pension"), once("tax", "40.00")) == "11060.00"


@pytest.mark.req("GUIDE20-3.1.c", "GUIDE20-3.1.d", "GUIDE20-3.1.f")
@pytest.mark.parametrize(
    "kind",
    ["preferential", "family_planning_reward", "scholarship", "bravery_award", "relief", "dibao", "basic_pension"],
)
def test_what_the_state_pays_for_merit_or_need_is_entered_but_not_counted(kind: str) -> None:
    found = judged(family(incomes=[wage("900.00"), once(kind)]))
    assert found["figures"]["income"] == "10800.00"
    line = next(one for one in found["lines"] if (one["list"], one["item"]) == ("incomes", 1))
    assert (line["counted"], line["clause"]) == ("0.00", "指引三 1")


@pytest.mark.req("GUIDE20-3.1.1.a", "GUIDE20-3.1.4.c")
@pytest.mark.parametrize("kind", ["tax", "social_insurance", "support_paid", "other_transfer_out"])
def test_wages_are_gross_and_what_is_paid_out_of_them_is_subtracted_once(kind: str) -> None:
    assert income_with(once(kind)) == "10700.00"


@pytest.mark.req("GUIDE20-3.1.1.e", "GUIDE20-3.1.1.f")
@pytest.mark.parametrize(("declared", "counted"), [("1000.00", "19200.00"), ("1600.01", "19200.12")])
def test_flexible_work_counts_with_the_minimum_wage_or_what_was_declared_above_it(declared: str, counted: str) -> None:
    found = judged(family(incomes=[wage(declared, basis="declared_flexible")]))
    assert found["figures"]["income"] == counted


@pytest.mark.req("GUIDE20-3.1.4.a")
def test_transfers_may_lower_the_income_below_the_wages() -> None:
    assert income_with(once("pension", "100.00"), once("tax", "300.00")) == "10600.00"


@pytest.mark.req("GUIDE20-3.1.4.b")
@pytest.mark.parametrize(
    "kind",
    ["pension", "unemployment_benefit", "survivor_benefit", "compensation", "donation", "support", "other_transfer"],
)
def test_what_others_pay_the_family_counts(kind: str) -> None:
    assert income_with(once(kind)) == "10900.00"


def maintenance(status: str = "none", income: str = "2000.01") -> dict[str, Any]:
    obligor = {"income_monthly": income, "status": status}
    return {
        "member": "P1",
        "kind": "support",
        "basis": "no_document",
        "from": "2020-12",
        "to": "2020-12",
        "obligor": obligor,
    }


@pytest.mark.req("GUIDE20-3.1.4.f", "GUIDE20-3.1.4.g")
def test_maintenance_follows_its_document_and_otherwise_a_share_of_what_the_obligor_has_above_dibao() -> None:
    assert income_with(once("support", "77.00")) == "10877.00"
    assert income_with(maintenance()) == "11130.00"
    assert income_with(maintenance(income="899.99")) == "10800.00"


@pytest.mark.req("GUIDE20-3.1.4.h")
@pytest.mark.parametrize("status", ["tekun", "dibao", "registered_poor", "low_income"])
def test_an_obligor_in_need_himself_owes_nothing(status: str) -> None:
    assert income_with(maintenance(status)) == "10800.00"


# --- rigid expense -------------------------------------------------------------------------------------------------


@pytest.mark.req("GUIDE20-3.2.1.b")
def test_each_bill_counts_with_what_no_one_else_paid_and_never_below_nothing() -> None:
    paid = {
        "basic_insurance": "50",
        "major_illness_insurance": "20",
        "commercial_insurance": "10",
        "mutual_aid": "5",
        "other_relief": "5",
    }
    over = bill("illness", "80.00", paid_by=paid)
    assert expense_of(bill("illness", "100.00", paid_by=paid), over) == "10.00"


@pytest.mark.req("GUIDE20-3.2.2.a")
def test_rehabilitation_and_long_term_care_count_whatever_the_grade() -> None:
    care = {"member": "P1", "kind": "disability_care", "monthly": "20.00", **YEAR}
    assert expense_of(bill("disability_rehab", "30.00"), care) == "270.00"


@pytest.mark.req("GUIDE20-3.2.3.a", "GUIDE20-3.2.3.b")
def test_schooling_counts_tuition_boarding_and_travel_less_what_was_given() -> None:
    fees = {"member": "P1", "kind": "schooling", "month": "2020-09", "tuition": "100", "boarding": "40", "travel": "20"}
    assert expense_of(fees | {"aided": "60"}) == "100.00"
    assert expense_of(fees | {"aided": "500"}) == "0.00"


@pytest.mark.req("GUIDE20-3.2.4.a")
@pytest.mark.parametrize(("area", "counted"), [("30.00", "1200.00"), ("30.01", "0.00")])
def test_rent_counts_for_a_home_within_the_local_area_per_person(area: str, counted: str) -> None:
    rent = {"member": None, "kind": "rent", "monthly": "100.00", **YEAR}
    assert expense_of(rent, housing={"renting": True, "rented_area_m2": area}) == counted


@pytest.mark.req("GUIDE20-3.2.5.a", "GUIDE20-3.2.6.a")
def test_several_expenses_add_up_and_others_only_where_a_government_recognizes_them() -> None:
    other = {"member": None, "kind": "other", "month": "2020-12", "total": "7.00"}
    lines = [bill("illness", "100.00"), bill("disability_rehab", "30.00"), other | {"recognized": True}]
    assert expense_of(*lines) == "137.00"
    assert expense_of(*lines[:2], other | {"recognized": False}) == "130.00"


@pytest.mark.req("GUIDE20-3.3.a", "GUIDE20-3.3.b")
@pytest.mark.parametrize(
    ("together", "same_huji", "relation", "size"),
    [(True, True, False, 2), (True, False, True, 2), (True, False, False, 1), (False, True, True, 1)],
)
def test_who_counts_lives_together_and_shares_the_register_or_a_duty_of_support(
    together: bool, same_huji: bool, relation: bool, size: int
) -> None:
    other = person(2, lives_together=together, same_huji=same_huji, support_relation=relation)
    lines = [wage("900.00"), wage("100.00", member="P2")]
    figures = judged(family(members=[person(), other], incomes=lines))["figures"]
    assert (figures["household_size"], figures["income"]) == (size, "12000.00" if size == 2 else "10800.00")


# --- exclusions ----------------------------------------------------------------------------------------------------


@pytest.mark.req(
    "GUIDE20-4.3.1.a",
    "GUIDE20-4.3.2.a",
    "GUIDE20-4.3.3.a",
    "GUIDE20-4.3.4.a",
    "GUIDE20-4.3.4.b",
    "GUIDE20-4.3.4.z",
    "GUIDE20-4.3.4.c",
    "GUIDE20-4.3.4.d",
)
@pytest.mark.parametrize(
    ("finding", "clause"),
    [
        ("private_or_abroad_school", "指引四 3(1)"),
        ("controlling_shareholder", "指引四 3(2)"),
        ("high_consumption", "指引四 3(3)"),
        ("refused_verification", "指引四 3(4)"),
        ("concealed_facts", "指引四 3(4)"),
        ("refused_employment", "指引四 3(4)"),
        ("evaded", "指引四 3(4)"),
    ],
)
def test_a_finding_of_the_common_list_bars_every_category_under_its_clause(finding: str, clause: str) -> None:
    poor = stricken("traffic_accident", attested="severe_loss") | {"incomes": POOR}
    assert outcome(poor) == "deep"
    poor["conduct"] = poor["conduct"] | {finding: True}
    found = judged(poor)
    assert {one["result"] for one in found["categories"]} == {"not_met"}
    assert [one["clause"] for one in found["exclusions"] if one["result"] == "met"] == [clause]


@pytest.mark.req("GUIDE20-4.3.5.a", "GUIDE20-4.3.5.c")
@pytest.mark.parametrize(
    ("homes", "area", "filed"), [(2, "30.01", "relative"), (2, "30.00", "deep"), (1, "90.00", "deep")]
)
def test_two_homes_above_the_local_area_bar_deep_and_nothing_else(homes: int, area: str, filed: str) -> None:
    assert outcome(family(incomes=POOR, housing={"owned_homes": homes, "owned_area_m2": area})) == filed


@pytest.mark.req("GUIDE20-4.3.5.b", "GUIDE20-4.3.5.c")
@pytest.mark.parametrize(
    ("use", "filed"),
    [
        ("private", "relative"),
        ("commercial", "relative"),
        ("employed_driver", "relative"),
        ("disability_mobility", "deep"),
    ],
)
def test_a_vehicle_bars_deep_unless_it_carries_a_disabled_or_ill_person(use: str, filed: str) -> None:
    assert outcome(family(incomes=POOR, vehicles=[{"use": use}])) == filed
