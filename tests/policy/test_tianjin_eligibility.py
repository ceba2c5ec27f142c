"""第四条 of the Tianjin text: five categories, what bars from each, who may be filed. Two persons, S = 1000: deep line 12000 in six months."""

import pytest

from tests.policy import households as h


@pytest.mark.req("TJ-4.a")
def test_the_text_knows_five_categories_in_this_order() -> None:
    assert list(h.results(h.decide(h.household()))) == ["deep", "relative", "accident", "union", "local"]


# --- （一）（二） ---------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-4.1.c", "TJ-4.1.d")
def test_net_income_on_the_dibao_line_is_deep() -> None:
    assert h.decide(h.household(incomes=h.income("12000.00"))).outcome == "deep"


@pytest.mark.req("TJ-4.1.d", "TJ-4.2.a")
def test_one_fen_above_the_dibao_line_is_relative() -> None:
    found = h.decide(h.household(incomes=h.income("12000.01")))
    assert (found.category("deep").result, found.outcome) == ("not_met", "relative")


@pytest.mark.req("TJ-4.1.d")
def test_net_income_is_income_less_expense_and_may_be_negative() -> None:
    found = h.decide(h.household(incomes=h.income("100.00"), expenses=[h.bill("1300.00")]))
    assert (found.figures["net_per_capita_monthly"], found.outcome) == ("-100.00", "deep")


@pytest.mark.req("TJ-4.1.e")
def test_income_and_expense_come_from_the_same_six_whole_months_before_the_application() -> None:
    inside = ["2020-04", "2020-09"]
    outside = ["2020-03", "2020-10"]
    incomes = [h.once("wage", "10.00", month) for month in inside + outside]
    expenses = [h.bill("1.00", month=month) for month in inside + outside]
    found = h.decide(h.household(incomes=incomes, expenses=expenses))
    assert found.window == (6, "2020-04", "2020-09")
    assert (found.figures["income"], found.figures["rigid_expense"]) == ("20.00", "2.00")


@pytest.mark.req("TJ-4.1.f")
def test_the_household_is_judged_as_one_with_all_its_members_sums() -> None:
    found = h.decide(h.household(incomes=h.income("7000.00") + h.income("5000.00", member="P2")))
    assert (found.figures["household_size"], found.figures["income"]) == (2, "12000.00")


@pytest.mark.req("TJ-4.1.a", "TJ-4.2.a")
def test_without_a_cause_neither_deep_nor_relative_is_met() -> None:
    found = h.results(h.decide(h.household(causes=[])))
    assert (found["deep"], found["relative"]) == ("not_met", "not_met")


@pytest.mark.req("TJ-4.1.a")
def test_the_list_of_causes_is_open() -> None:
    assert h.decide(h.household(causes=["other"])).outcome == "deep"


@pytest.mark.req("TJ-4.2.b", "TJ-4.2.c")
@pytest.mark.parametrize(("total", "result"), [("18000.00", "met"), ("18000.01", "not_met")])
def test_relative_reaches_to_one_and_a_half_times_dibao_inclusive(total: str, result: str) -> None:
    assert h.decide(h.household(incomes=h.income(total))).category("relative").result == result


@pytest.mark.req("TJ-4.2.d")
def test_a_poor_family_kept_out_of_deep_is_relative_for_there_is_no_lower_bound() -> None:
    found = h.decide(h.household(vehicles=[{"use": "private"}]))
    assert (found.category("deep").result, found.outcome) == ("not_met", "relative")


# --- what bars from deep -------------------------------------------------------------------------------------------
DEEP_ONLY = {
    "two_homes": {"housing": {"owned_homes": 2}},
    "owns_shop": {"conduct": {"owns_shop": True}},
    "employs_others": {"conduct": {"employs_others": True}},
    "vehicle": {"vehicles": [{"use": "commercial"}]},
    "declined_dibao": {"conduct": {"declined_dibao": True}},
    "unexplained_funds": {"conduct": {"unexplained_funds": "48000.01"}},
}


def outcome_with(**changes: object) -> str:
    return h.decide(h.household(**changes)).outcome


@pytest.mark.req("TJ-4.1.E1")
@pytest.mark.parametrize(("homes", "outcome"), [(1, "deep"), (2, "relative"), (3, "relative")])
def test_two_homes_bar_from_deep_whatever_their_area(homes: int, outcome: str) -> None:
    assert outcome_with(housing={"owned_homes": homes, "owned_area_m2": "20"}) == outcome


@pytest.mark.req("TJ-4.1.E2a")
def test_a_controlling_shareholder_is_not_deep() -> None:
    assert h.results(h.decide(h.household(conduct={"controlling_shareholder": True})))["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E2b")
def test_owning_a_shop_bars_from_deep_only() -> None:
    assert outcome_with(conduct={"owns_shop": True}) == "relative"


@pytest.mark.req("TJ-4.1.E2c")
def test_employing_others_bars_from_deep_only() -> None:
    assert outcome_with(conduct={"employs_others": True}) == "relative"


@pytest.mark.req("TJ-4.1.E3")
def test_a_high_fee_school_bars_from_deep() -> None:
    assert h.results(h.decide(h.household(conduct={"private_or_abroad_school": True})))["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E4")
@pytest.mark.parametrize(
    ("use", "outcome"),
    [("private", "relative"), ("employed_driver", "relative"), ("commercial", "relative"), ("disability_mobility", "deep")],
)  # fmt: skip
def test_any_vehicle_but_a_disabled_persons_own_bars_from_deep(use: str, outcome: str) -> None:
    assert outcome_with(vehicles=[{"use": "disability_mobility"}, {"use": use}]) == outcome


BARS_ALL = {
    "controlling_shareholder": {"conduct": {"controlling_shareholder": True}},
    "private_or_abroad_school": {"conduct": {"private_or_abroad_school": True}},
    "refused_verification": {"conduct": {"refused_verification": True}},
    "concealed_facts": {"conduct": {"concealed_facts": True}},
    "refused_employment": {"conduct": {"refused_employment": True}},
    "evaded": {"conduct": {"evaded": True}},
    "retired": {"members": [h.worker(retired=True), h.person("P2")]},
}
#: An accident by the committee's way, so that every category is met unless something bars it.
ALL_MET = {"attested": {"still_in_difficulty": True, "committee_resolution": True}}
LOCAL = ("local_multiple", "120100", "2020-01-01", "2")


def with_everything_met(code: str) -> dict[str, str]:
    return h.results(h.decide(h.household(**ALL_MET, **BARS_ALL[code]), LOCAL))


def test_the_family_used_below_is_met_in_every_category_when_nothing_bars_it() -> None:
    assert set(h.results(h.decide(h.household(**ALL_MET), LOCAL)).values()) == {"met"}


@pytest.mark.req("TJ-4.1.E5")
def test_refusing_verification_bars_from_deep() -> None:
    assert with_everything_met("refused_verification")["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E5.1", "TJ-4.1.E5.1b")
def test_concealing_facts_or_false_papers_bar_from_deep() -> None:
    assert with_everything_met("concealed_facts")["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E5.2")
def test_refusing_employment_bars_from_deep() -> None:
    assert with_everything_met("refused_employment")["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E5.3a")
@pytest.mark.parametrize(("total", "result"), [("11999.99", "met"), ("12000.00", "not_met")])
def test_declining_dibao_bars_only_while_income_before_expenses_is_below_the_standard(total: str, result: str) -> None:
    found = h.decide(h.household(incomes=h.income(total), conduct={"declined_dibao": True}))
    assert found.exclusion("declined_dibao").result == result


@pytest.mark.req("TJ-4.1.E5.3a")
def test_expenses_do_not_make_a_declined_dibao_count() -> None:
    found = h.decide(
        h.household(incomes=h.income("12000.00"), expenses=[h.bill("5000.00")], conduct={"declined_dibao": True})
    )
    assert found.outcome == "deep"


@pytest.mark.req("TJ-4.1.E5.3b")
@pytest.mark.parametrize(("funds", "outcome"), [("48000.00", "deep"), ("48000.01", "relative")])
def test_unexplained_funds_bar_above_twenty_four_months_of_dibao_per_head(funds: str, outcome: str) -> None:
    assert outcome_with(conduct={"unexplained_funds": funds}) == outcome


@pytest.mark.req("TJ-4.1.E5.4")
def test_evasion_bars_from_deep() -> None:
    assert with_everything_met("evaded")["deep"] == "not_met"


@pytest.mark.req("TJ-4.1.E6")
def test_a_retired_worker_is_not_deep_but_a_retired_spouse_is_no_bar() -> None:
    assert with_everything_met("retired")["deep"] == "not_met"
    assert outcome_with(members=[h.worker(), h.person("P2", employment="retired", retired=True)]) == "deep"


@pytest.mark.req("TJ-4.1.E0")
@pytest.mark.parametrize("code", sorted(DEEP_ONLY))
def test_one_exclusion_alone_bars_from_deep_and_leaves_relative_open(code: str) -> None:
    found = h.decide(h.household(**DEEP_ONLY[code]))
    assert [one.code for one in found.exclusions if one.result == "met"] == [code]
    assert found.outcome == "relative"


@pytest.mark.req("TJ-4.1.E0")
def test_an_exclusion_nobody_has_checked_leaves_deep_undecided() -> None:
    found = h.decide(h.household(conduct={"owns_shop": None}))
    assert (found.outcome, found.provisional, found.missing) == ("incomplete", "relative", ("conduct.owns_shop",))


# --- the lists after （三） and （四） --------------------------------------------------------------------------------
def barred(code: str, *categories: str) -> bool:
    found = with_everything_met(code)
    return all(found[category] == "not_met" for category in categories)


@pytest.mark.req("TJ-4.3.E0")
@pytest.mark.parametrize("code", sorted(DEEP_ONLY))
def test_the_list_for_relative_and_accident_is_shorter_than_that_for_deep(code: str) -> None:
    found = h.results(h.decide(h.household(**ALL_MET | DEEP_ONLY[code])))
    assert (found["deep"], found["relative"], found["accident"]) == ("not_met", "met", "met")


@pytest.mark.req("TJ-4.3.E0")
@pytest.mark.parametrize("code", sorted(BARS_ALL))
def test_one_exclusion_of_the_light_list_bars_relative_and_accident(code: str) -> None:
    assert barred(code, "relative", "accident")


@pytest.mark.req("TJ-4.3.E1")
def test_a_controlling_shareholder_is_neither_relative_nor_accident() -> None:
    assert barred("controlling_shareholder", "relative", "accident")


@pytest.mark.req("TJ-4.3.E2")
def test_a_high_fee_school_bars_relative_and_accident() -> None:
    assert barred("private_or_abroad_school", "relative", "accident")


@pytest.mark.req("TJ-4.3.E3")
def test_refusing_verification_bars_relative_and_accident() -> None:
    assert barred("refused_verification", "relative", "accident")


@pytest.mark.req("TJ-4.3.E3.1", "TJ-4.3.E3.1b")
def test_concealing_facts_bars_relative_and_accident() -> None:
    assert barred("concealed_facts", "relative", "accident")


@pytest.mark.req("TJ-4.3.E3.2")
def test_refusing_employment_bars_relative_and_accident() -> None:
    assert barred("refused_employment", "relative", "accident")


@pytest.mark.req("TJ-4.3.E3.3")
def test_evasion_bars_relative_and_accident() -> None:
    assert barred("evaded", "relative", "accident")


@pytest.mark.req("TJ-4.3.E4")
def test_a_retired_worker_is_neither_relative_nor_accident() -> None:
    assert barred("retired", "relative", "accident")


@pytest.mark.req("TJ-4.4.E0")
@pytest.mark.parametrize("code", sorted(BARS_ALL))
def test_one_exclusion_bars_both_other_categories_and_a_local_line_lifts_none(code: str) -> None:
    assert barred(code, "union", "local")


@pytest.mark.req("TJ-4.4.E1")
def test_a_controlling_shareholder_gets_no_other_file() -> None:
    assert barred("controlling_shareholder", "union", "local")


@pytest.mark.req("TJ-4.4.E2")
def test_a_high_fee_school_bars_the_other_files() -> None:
    assert barred("private_or_abroad_school", "union", "local")


@pytest.mark.req("TJ-4.4.E3")
def test_refusing_verification_bars_the_other_files() -> None:
    assert barred("refused_verification", "union", "local")


@pytest.mark.req("TJ-4.4.E3.1")
def test_concealing_facts_bars_the_other_files() -> None:
    assert barred("concealed_facts", "union", "local")


@pytest.mark.req("TJ-4.4.E3.2")
def test_refusing_employment_bars_the_other_files() -> None:
    assert barred("refused_employment", "union", "local")


@pytest.mark.req("TJ-4.4.E3.3")
def test_evasion_bars_the_other_files() -> None:
    assert barred("evaded", "union", "local")


@pytest.mark.req("TJ-4.4.E4")
def test_a_retired_worker_gets_no_other_file() -> None:
    assert barred("retired", "union", "local")


# --- （四） ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-4.4.1.b", "TJ-4.4.1.c")
@pytest.mark.parametrize(("total", "outcome"), [("21600.00", "union"), ("21600.01", "none")])
def test_union_reaches_to_one_point_eight_times_dibao_inclusive(total: str, outcome: str) -> None:
    assert outcome_with(incomes=h.income(total)) == outcome


@pytest.mark.req("TJ-4.4.a")
def test_union_is_the_outcome_only_when_the_first_three_are_surely_not_met() -> None:
    met_all = h.decide(h.household())
    open_accident = h.decide(h.household(incomes=h.income("20000.00"), **ALL_MET, incident=None))
    assert (met_all.category("union").result, met_all.outcome) == ("met", "deep")
    assert (open_accident.outcome, open_accident.provisional) == ("incomplete", "union")


@pytest.mark.req("TJ-4.4.b")
@pytest.mark.parametrize("employment", ["employed", "flexible", "laid_off"])
def test_union_is_for_workers_in_service(employment: str) -> None:
    family = h.household(incomes=h.income("20000.00"), members=[h.worker(employment=employment), h.person("P2")])
    assert h.decide(family).outcome == "union"


@pytest.mark.req("TJ-4.4.b")
@pytest.mark.parametrize("employment", ["unemployed", "student", "minor", "none"])
def test_union_is_not_for_people_out_of_service(employment: str) -> None:
    family = h.household(incomes=h.income("20000.00"), members=[h.worker(employment=employment), h.person("P2")])
    assert h.decide(family).outcome == "none"


@pytest.mark.req("TJ-4.4.1.a")
def test_single_parenthood_is_a_cause_for_union() -> None:
    assert outcome_with(incomes=h.income("20000.00"), causes=["single_parent"]) == "union"
    assert outcome_with(incomes=h.income("20000.00"), causes=[]) == "none"


@pytest.mark.req("TJ-4.4.2.a")
@pytest.mark.parametrize(("total", "outcome"), [("24000.00", "local"), ("24000.01", "none")])
def test_a_basic_union_judges_by_the_multiple_it_has_published(total: str, outcome: str) -> None:
    assert h.decide(h.household(incomes=h.income(total)), LOCAL).outcome == outcome


@pytest.mark.req("TJ-4.4.2.a")
def test_without_a_published_line_there_is_no_local_category() -> None:
    found = h.decide(h.household(incomes=h.income("22000.00")))
    assert (found.category("local").result, found.category("local").threshold, found.outcome) == ("not_met", None, "none")  # fmt: skip


# --- （五）（六） ---------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-4.5.a", "TJ-4.5.b", "TJ-4.5.c")
def test_a_migrant_worker_with_a_contract_is_judged_by_the_same_lines() -> None:
    members = [h.worker(migrant_worker=True, labor_contract=True, labor_relation_months=1), h.person("P2")]
    assert outcome_with(members=members, incomes=h.income("12000.00")) == "deep"
    assert outcome_with(members=members, incomes=h.income("12000.01")) == "relative"
    assert outcome_with(members=members, conduct={"evaded": True}) == "none"


@pytest.mark.req("TJ-4.5.b")
def test_a_migrant_worker_without_a_contract_is_in_none_of_the_first_three() -> None:
    members = [h.worker(migrant_worker=True, labor_contract=False), h.person("P2")]
    found = h.results(h.decide(h.household(members=members, **ALL_MET)))
    assert [found[code] for code in ("deep", "relative", "accident", "union")] == ["not_met"] * 3 + ["met"]


@pytest.mark.req("TJ-4.6.a", "TJ-4.6.b")
def test_a_survivors_family_needs_no_contract_but_meets_the_same_lines() -> None:
    members = [h.worker(migrant_worker=True, labor_contract=False), h.person("P2")]
    survivor = {"work_injury_survivor": True}
    assert outcome_with(members=members, status=survivor) == "deep"
    assert outcome_with(members=members, status=survivor, incomes=h.income("12000.01")) == "relative"
    assert outcome_with(members=members, status=survivor, conduct={"concealed_facts": True}) == "none"
