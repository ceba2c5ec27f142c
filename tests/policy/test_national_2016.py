"""The rules of 2016 (档案办法 第三、四、十条; 说明 二、三、四、八): who is filed, and the sums. Two persons, S = 500, six months: 6000."""

import datetime
from typing import Any

import pytest

from bangfu.policy import facts, registry, sheet, standards
from bangfu.policy.assess import judge
from bangfu.policy.errors import PolicyNotInForce
from tests.policy import households as h
from tests.policy import old_rules as old
from tests.policy.old_rules import HARD, LOW_INCOME, bill, decide, event, result, total, wages


# --- ① ------------------------------------------------------------------------------------------------------------
@pytest.mark.req("FILE16-3.1.a")
@pytest.mark.parametrize(("each", "found"), [("999.99", "met"), ("1000.00", "not_met")])
def test_each_month_is_strictly_below_the_standard(each: str, found: str) -> None:
    assert result("below_line", incomes=[wages(each)], attested=HARD) == found


@pytest.mark.req("FILE16-3.1.a")
@pytest.mark.parametrize("month", ["2018-04", "2018-06", "2018-09"])
def test_one_month_at_the_standard_breaks_the_six(month: str) -> None:
    poor = [wages("100.00")]
    assert result("below_line", incomes=[*poor, total("899.99", month=month)], attested=HARD) == "met"
    assert result("below_line", incomes=[*poor, total("900.00", month=month)], attested=HARD) == "not_met"


@pytest.mark.req("FILE16-3.1.a")
@pytest.mark.parametrize("month", ["2018-03", "2018-10"])
def test_months_outside_the_last_six_do_not_matter(month: str) -> None:
    assert result("below_line", incomes=[total("50000.00", month=month)], attested=HARD) == "met"


def test_a_sheet_shows_every_month_with_its_own_figures() -> None:
    found = decide(incomes=[wages("100.00"), total("950.00", month="2018-08")], attested=HARD).category("below_line")
    months = found.conditions[0].limbs
    assert [one.code.rpartition(".")[2] for one in months] == [f"2018-0{number}" for number in range(4, 10)]
    assert [one.left for one in months] == ["50.00", "50.00", "50.00", "50.00", "525.00", "50.00"]
    assert [one.result for one in months].count("not_met") == 1


def test_the_trace_tells_each_month_of_the_six() -> None:
    trace = decide(incomes=[wages("100.00")], attested=HARD).trace()
    listed = next(one for one in trace["conditions"] if one["code"] == "below_in_each_month")["by_month"]
    first = listed[0]
    assert (first["month"], first["left"]["value"], first["right"]["value"]) == ("2018-04", "50.00", "500.00")
    assert len(listed) == 6


def test_a_sum_of_unknown_month_leaves_each_month_open_and_the_month_is_named() -> None:
    found = decide(incomes=[wages("100.00"), total("900.00", month=None)], attested=HARD)
    assert (found.outcome, found.missing) == ("incomplete", ("incomes[1].month",))
    found = decide(incomes=[wages("100.00"), total("899.99", month=None)], attested=HARD)
    assert found.outcome == "below_line"


def test_a_span_with_an_unknown_end_is_settled_by_the_months_that_are_sure() -> None:
    line = wages("1000.00") | {"to": None}
    assert result("below_line", incomes=[line], attested=HARD) == "not_met"
    late = {**line, "from": None, "to": "2018-09", "monthly": "999.99"}
    assert result("below_line", incomes=[late], attested=HARD) == "met"


@pytest.mark.req("FILE16-3.1.b")
@pytest.mark.parametrize(
    ("changes", "found"),
    [({"attested": HARD}, "met"), ({"attested": {"especially_hard": False}}, "not_met"), ({"attested": {"especially_hard": None}}, "unknown"), ({"attested": HARD, "status": {"dibao": True}}, "not_met"), ({"attested": HARD, "status": {"dibao": None}}, "unknown")],
)  # fmt: skip
def test_the_first_class_is_without_relief_and_found_especially_hard(changes: dict[str, Any], found: str) -> None:
    assert result("below_line", incomes=[wages("100.00")], **changes) == found


# --- ② ------------------------------------------------------------------------------------------------------------
DIBAO = {"dibao": True}


@pytest.mark.req("FILE16-3.2.a", "NOTE17-3.2.b", "FUND15-4.1.a")
@pytest.mark.parametrize(("sum_", "found"), [("4799.99", "met"), ("4800.00", "not_met")])
def test_on_dibao_the_rest_is_strictly_below_the_standard_of_the_home_place(sum_: str, found: str) -> None:
    assert result("assisted_still_hard", incomes=[total(sum_, "dibao")], status=DIBAO) == found


@pytest.mark.req("NOTE17-3.2.a")
def test_the_second_class_is_for_families_on_dibao_only() -> None:
    assert result("assisted_still_hard", incomes=[total("100.00")], status={"dibao": False}) == "not_met"
    assert result("assisted_still_hard", incomes=[total("100.00")], status={"dibao": None}) == "unknown"


@pytest.mark.req("NOTE17-3.2.b", "NOTE17-3.0.a")
def test_necessary_expenses_come_off_in_the_second_class() -> None:
    lines = {"incomes": [total("5800.00", "dibao")], "status": DIBAO}
    assert result("assisted_still_hard", expenses=[bill("1000.01")], **lines) == "met"
    assert result("assisted_still_hard", expenses=[bill("1000.00")], **lines) == "not_met"


def test_the_threshold_of_the_second_class_is_that_of_the_home_place() -> None:
    found = decide(incomes=[total("4900.00", "dibao")], status=DIBAO).category("assisted_still_hard")
    assert (found.threshold, found.margin) == ("400.00", "8.33")


# --- ③ ------------------------------------------------------------------------------------------------------------
ILL = ["illness"]


@pytest.mark.req("FILE16-3.3.a", "NOTE17-3.3.b", "FUND15-4.2.a")
@pytest.mark.parametrize(("sum_", "found"), [("9000.00", "met"), ("9000.01", "not_met")])
def test_without_a_low_income_standard_income_reaches_to_half_more(sum_: str, found: str) -> None:
    assert result("slightly_above", incomes=[total(sum_)], expenses=[bill("4000.00")], causes=ILL) == found


@pytest.mark.req("FILE16-3.3.b", "NOTE17-3.3.a")
@pytest.mark.parametrize(("sum_", "found"), [("10800.00", "met"), ("10800.01", "not_met")])
def test_a_low_income_standard_of_the_work_place_takes_its_place(sum_: str, found: str) -> None:
    assert result("slightly_above", LOW_INCOME, incomes=[total(sum_)], expenses=[bill("5000.00")], causes=ILL) == found


@pytest.mark.req("NOTE17-3.3.a")
def test_a_low_income_standard_counts_even_where_it_is_lower_and_only_that_of_the_work_place() -> None:
    lines: dict[str, Any] = {"incomes": [total("8400.01")], "expenses": [bill("4000.00")], "causes": ILL}
    assert result("slightly_above", ("low_income", "450100", "2018-01-01", "700.00"), **lines) == "not_met"
    assert result("slightly_above", ("low_income", "451025", "2018-01-01", "700.00"), **lines) == "met"


@pytest.mark.req("FILE16-3.3.c")
@pytest.mark.parametrize("cause", ["illness", "schooling", "disability", "single_parent", "other"])
def test_five_causes_open_the_third_class(cause: str) -> None:
    assert result("slightly_above", incomes=[wages("900.00")], causes=["unemployment", cause]) == "met"


@pytest.mark.req("FILE16-3.3.c")
@pytest.mark.parametrize("cause", ["unemployment", "enterprise_closure", "disaster", "accident", "rights_infringed"])
def test_no_other_cause_opens_the_third_class(cause: str) -> None:
    assert result("slightly_above", incomes=[wages("900.00")], causes=[cause]) == "not_met"
    assert result("slightly_above", incomes=[wages("900.00")], causes=[]) == "not_met"


@pytest.mark.req("NOTE17-3.3.c", "NOTE17-3.0.a")
@pytest.mark.parametrize(("cost", "found"), [("1000.00", "met"), ("999.99", "not_met")])
def test_after_expenses_the_third_class_is_at_most_at_the_standard(cost: str, found: str) -> None:
    assert result("slightly_above", incomes=[total("7000.00")], expenses=[bill(cost)], causes=ILL) == found


# --- ④ ------------------------------------------------------------------------------------------------------------
@pytest.mark.req("FILE16-3.4.b", "FUND15-4.3.a")
@pytest.mark.parametrize("kind", ["natural_disaster", "major_safety_accident", "illness", "traffic_accident", "other"])
def test_any_event_opens_the_fourth_class_and_none_does_not(kind: str) -> None:
    assert result("accident", incomes=[total("6000.00")], incident=event(kind)) == "met"
    assert result("accident", incomes=[total("6000.00")], incident="none") == "not_met"
    assert result("accident", incomes=[total("6000.00")], incident=None) == "unknown"


@pytest.mark.req("NOTE17-3.4.d")
@pytest.mark.parametrize(("cost", "found"), [("4000.00", "met"), ("3999.99", "not_met")])
def test_costs_of_the_event_come_off_up_to_the_standard_inclusive(cost: str, found: str) -> None:
    lines = {"incomes": [total("10000.00")], "incident": event()}
    assert result("accident", expenses=[bill(cost, incident=True)], **lines) == found
    assert result("accident", expenses=[bill(cost)], **lines) == "not_met"


@pytest.mark.req("NOTE17-3.4.c")
@pytest.mark.parametrize(("loss", "found"), [("4000.00", "met"), ("3999.99", "not_met")])
def test_what_a_disaster_destroyed_counts_too(loss: str, found: str) -> None:
    assert result("accident", incomes=[total("10000.00")], incident=event("natural_disaster", loss=loss)) == found


@pytest.mark.req("NOTE17-3.4.b")
def test_the_cost_of_a_sudden_illness_opens_the_fourth_class() -> None:
    lines = {"incomes": [total("16000.00")], "incident": event("illness")}
    paid = h.NOT_PAID | {"basic_insurance": "20000.00"}
    assert result("accident", expenses=[bill("30000.00", incident=True, paid_by=paid)], **lines) == "met"
    assert result("accident", expenses=[bill("29999.99", incident=True, paid_by=paid)], **lines) == "not_met"


def test_every_kind_of_expense_of_the_event_counts_in_the_month_of_application_too() -> None:
    lines = [
        {"member": None, "kind": "rent", "monthly": "100.00", "from": "2018-09", "to": "2018-10", "incident": True},
        {"member": "P1", "kind": "employment_cost", "month": "2018-10", "total": "300.00", "incident": True},
        {"member": "P1", "kind": "other", "month": "2018-04", "total": "500.00", "recognized": False, "incident": True},
    ]
    lines.append(bill("50.00", month="2018-10", incident=True))
    assert result("accident", incomes=[total("7050.00")], expenses=lines, incident=event()) == "met"
    assert result("accident", incomes=[total("7050.01")], expenses=lines, incident=event()) == "not_met"


@pytest.mark.req("FILE16-3.4.a")
def test_up_to_three_times_the_standard_inclusive_savings_do_not_count() -> None:
    lines = {"expenses": [bill("15000.00", incident=True)], "incident": event(), "savings": "90000.00"}
    assert result("accident", incomes=[total("18000.00")], **lines) == "met"
    assert result("accident", incomes=[total("18000.01")], **lines) == "not_met"


@pytest.mark.req("NOTE17-3.5.a", "NOTE17-3.5.b")
@pytest.mark.parametrize(
    ("savings", "invested", "found"),
    [("600.00", "400.00", "met"), ("600.01", "400.00", "not_met"), ("600.00", "400.01", "not_met"), (None, "0", "unknown"), ("0", None, "unknown"), (None, "1000.01", "not_met")],
)  # fmt: skip
def test_above_three_times_savings_and_investments_are_added(savings: Any, invested: Any, found: str) -> None:
    lines = {"incomes": [total("18500.00")], "expenses": [bill("13500.00", incident=True)], "incident": event()}
    assert result("accident", savings=savings, investments_net=invested, **lines) == found


def test_unknown_savings_are_named_only_where_they_matter() -> None:
    lines = {"incident": event(), "savings": None, "investments_net": None}
    within = decide(incomes=[total("18000.00")], expenses=[bill("12000.00", incident=True)], **lines)
    assert (within.outcome, within.missing) == ("accident", ())
    above = decide(incomes=[total("18000.06")], expenses=[bill("13000.00", incident=True)], **lines)
    assert above.missing == ("savings", "investments_net")


# --- income and people (说明 二) ------------------------------------------------------------------------------------
def money(**changes: Any) -> Any:
    return decide(**changes).figures["income"]


@pytest.mark.req("NOTE17-2.c")
@pytest.mark.parametrize("kind", ["wage", "business", "property", "other_transfer", "donation", "compensation"])
def test_wages_business_property_and_transfers_make_the_gross_income(kind: str) -> None:
    assert money(incomes=[total("12.34", kind)]) == "12.34"


@pytest.mark.req("NOTE17-2.d")
def test_interest_dividends_and_rent_are_property_income() -> None:
    found = decide(incomes=[total("77.00", "property")])
    assert (found.lines[0].counted, found.lines[0].clause) == ("77.00", "说明 二")


@pytest.mark.req("NOTE17-2.e")
@pytest.mark.parametrize("kind", ["pension", "basic_pension", "dibao", "relief", "disability_subsidy", "preferential", "scholarship"])  # fmt: skip
def test_pensions_and_social_relief_count(kind: str) -> None:
    assert money(incomes=[total("12.34", kind)]) == "12.34"


@pytest.mark.req("NOTE17-2.b")
@pytest.mark.parametrize(("kind", "left"), [("tax", "900.00"), ("social_insurance", "900.00"), ("support_paid", "1000.00"), ("other_transfer_out", "1000.00")])  # fmt: skip
def test_only_tax_and_social_insurance_are_taken_off(kind: str, left: str) -> None:
    assert money(incomes=[total("1000.00"), total("100.00", kind)]) == left


def test_support_that_no_document_fixes_counts_nothing_and_declared_wages_as_declared() -> None:
    assert money(incomes=[h.supported(span=old.WINDOW)]) == "0.00"
    assert money(incomes=[wages("10.00") | {"basis": "declared_flexible"}]) == "60.00"


@pytest.mark.req("NOTE17-2.a")
def test_income_per_head_is_disposable_income_over_members_and_months() -> None:
    found = decide(incomes=[total("3601.00"), total("1.00", "tax")])
    assert (found.figures["household_size"], found.figures["net_per_capita_monthly"]) == (2, "300.00")


@pytest.mark.req("NOTE17-2.f")
@pytest.mark.parametrize(
    ("child", "size"),
    [({}, 2), ({"lives_together": False}, 1), ({"same_huji": False}, 1), ({"same_huji": False, "support_relation": True}, 2)],
)  # fmt: skip
def test_the_household_is_who_shares_the_huji_and_lives_together(child: dict[str, Any], size: int) -> None:
    assert decide(members=old.members(child=child)).figures["household_size"] == size


@pytest.mark.req("NOTE17-3.0.b")
@pytest.mark.parametrize(
    ("line", "counts"),
    [
        (bill("70.00"), "70.00"), (bill("70.00", paid_by=h.NOT_PAID | {"mutual_aid": "30.00"}), "40.00"),
        (bill("70.00", "disability_rehab"), "70.00"), (bill("70.00", "disability_care"), "70.00"),
        (h.school("60.00", "20.00", "10.00", "15.00", month="2018-09"), "75.00"),
        ({"member": "P1", "kind": "other", "month": "2018-05", "total": "70.00", "recognized": True}, "70.00"),
        ({"member": "P1", "kind": "other", "month": "2018-05", "total": "70.00", "recognized": False}, "0.00"),
        ({"member": None, "kind": "rent", "monthly": "70.00", "from": "2018-04", "to": "2018-09"}, "0.00"),
    ],
)  # fmt: skip
def test_necessary_expense_is_illness_schooling_disability_and_what_is_recognised(line: Any, counts: str) -> None:
    assert decide(expenses=[line]).figures["rigid_expense"] == counts


# --- who may be filed -----------------------------------------------------------------------------------------------
POOR: dict[str, Any] = {"incomes": [wages("100.00")], "attested": HARD}


@pytest.mark.req("FILE16-3.5.a", "FUND15-4.4.a", "FUND15-2.b")
@pytest.mark.parametrize(("member", "found"), [(True, "below_line"), (False, "none"), (None, "incomplete")])
def test_a_migrant_worker_has_joined_the_union(member: bool | None, found: str) -> None:
    worker = {"migrant_worker": True, "union_member": member}
    assert decide(members=old.members(worker), **POOR).outcome == found


@pytest.mark.req("FILE16-3.5.a")
def test_the_standard_is_that_of_the_place_of_work() -> None:
    away = {"work_region": "440103", "members": old.members({"migrant_worker": True})}
    found = decide(("dibao", "440100", "2018-01-01", "900.00"), **away)
    assert found.figures["dibao"] == "900.00"


RETIRED = {"employment": "retired", "retired": True}


@pytest.mark.req("FILE16-10.a", "NOTE17-8.b")
def test_a_retired_worker_is_not_filed() -> None:
    found = decide(members=old.members(RETIRED), **POOR)
    assert (found.outcome, found.category("below_line").conditions[-1].clause) == ("none", "档案办法 第十条、说明 八")


@pytest.mark.req("NOTE17-8.c", "NOTE17-8.z")
@pytest.mark.parametrize(("mining", "ill", "found"), [(True, True, "below_line"), (True, False, "none"), (False, True, "none")])  # fmt: skip
def test_a_retired_worker_of_a_mining_area_with_a_grave_illness_at_home_may_be(mining: bool, ill: bool, found: str) -> None:  # fmt: skip
    people = old.members(RETIRED | {"retired_in_mining_area": mining}, {"major_illness": ill})
    assert decide(members=people, **POOR).outcome == found


# --- exclusions ---------------------------------------------------------------------------------------------------
ALL = ("below_line", "assisted_still_hard", "slightly_above", "accident")


def barred(**changes: Any) -> list[str]:
    found = decide(**POOR, **changes)
    return [
        one.code
        for one in found.exclusions
        if one.result == "met" and one.applies_to == ALL and found.outcome == "none"
    ]


@pytest.mark.req("FILE16-4.1.a", "FILE16-4.0.a")
@pytest.mark.parametrize(("homes", "found"), [(1, []), (2, ["two_homes"]), (3, ["two_homes"])])
def test_two_homes_bar_every_class_whatever_their_size(homes: int, found: list[str]) -> None:
    assert barred(housing={"owned_homes": homes, "owned_area_m2": "10"}) == found


@pytest.mark.req("FILE16-4.0.a")
@pytest.mark.parametrize(
    "changes",
    [{"housing": {"owned_homes": None}}, {"vehicles": None}, {"conduct": {"owns_shop": None}}, {"conduct": {"private_or_abroad_school": None}}],
)  # fmt: skip
def test_what_nobody_has_asked_yet_is_not_a_no(changes: dict[str, Any]) -> None:
    assert decide(**POOR, **changes).outcome == "incomplete"


CONDUCT = [
    pytest.param("owns_shop", marks=pytest.mark.req("FILE16-4.2.a")),
    pytest.param("employs_others", marks=pytest.mark.req("FILE16-4.2.a")),
    pytest.param("private_or_abroad_school", marks=pytest.mark.req("FILE16-4.3.a")),
    pytest.param("refused_verification", marks=pytest.mark.req("NOTE17-4.c")),
    pytest.param("concealed_facts"),
]


@pytest.mark.parametrize("code", CONDUCT)
def test_each_of_these_bars_every_class(code: str) -> None:
    assert barred() == []
    assert barred(conduct={code: True}) == [code]


@pytest.mark.parametrize("code", ["controlling_shareholder", "high_consumption", "refused_employment", "evaded", "declined_dibao"])  # fmt: skip
def test_what_only_later_rules_exclude_is_no_bar(code: str) -> None:
    assert decide(**POOR, conduct={code: True}).outcome == "below_line"


@pytest.mark.req("FILE16-4.4.a")
@pytest.mark.parametrize(
    ("use", "found"),
    [("private", ["vehicle"]), ("commercial", ["vehicle"]), ("disability_mobility", []), ("employed_driver", [])],
)
def test_a_vehicle_of_ones_own_bars_and_that_of_the_employer_does_not(use: str, found: list[str]) -> None:
    assert barred(vehicles=[{"use": use}]) == found


# --- the answer -----------------------------------------------------------------------------------------------------
def test_only_the_second_and_the_fourth_class_rest_on_one_comparison() -> None:
    found = decide(incomes=[total("6300.00")], incident=event())
    shown = {one.code: (one.threshold, one.margin) for one in found.categories}
    assert shown == {
        "below_line": (None, None), "assisted_still_hard": ("400.00", "125.00"), "slightly_above": (None, None),
        "accident": ("500.00", "25.00"),
    }  # fmt: skip


def test_missing_names_the_smallest_unknown_things_standards_last() -> None:
    people = old.members(child={"lives_together": None})
    found = decide(members=people, incomes=[wages("700.00")], attested={"especially_hard": None}, work_region="530102")
    assert found.missing == ("members[1].lives_together", "attested.especially_hard", "standards.dibao@530102")


def test_an_unknown_month_of_a_sum_that_cannot_matter_is_not_named() -> None:
    found = decide(incomes=[wages("100.00"), total("899.99", month=None)], attested={"especially_hard": None})
    assert found.missing == ("attested.especially_hard",)


# --- the text and its time ------------------------------------------------------------------------------------------
def on(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.req("FILE16-21.a")
@pytest.mark.parametrize(
    ("day", "policy"),
    [("2016-01-01", "acftu-2016"), ("2018-10-15", "acftu-2016"), ("2020-06-27", "acftu-2016"), ("2020-06-28", "acftu-2020")],
)  # fmt: skip
def test_the_text_rules_from_2016_until_the_day_before_the_next(day: str, policy: str) -> None:
    assert registry.policy_for(None, on(day)) == policy
    assert registry.in_force(policy, on(day)).id == policy


@pytest.mark.req("FILE16-21.a")
@pytest.mark.parametrize(("policy", "day", "instead"), [("acftu-2016", "2020-06-28", "acftu-2020"), ("acftu-2020", "2020-06-27", "acftu-2016")])  # fmt: skip
def test_outside_its_time_the_text_in_force_is_named(policy: str, day: str, instead: str) -> None:
    with pytest.raises(PolicyNotInForce, match=instead) as told:
        registry.in_force(policy, on(day))
    assert told.value.in_force == instead


def test_before_the_first_text_nothing_is_in_force_and_nothing_is_named() -> None:
    with pytest.raises(PolicyNotInForce) as told:
        registry.in_force("acftu-2016", on("2015-12-31"))
    assert told.value.in_force is None


@pytest.mark.req("FILE16-21.z", "FUND15-13.a")
def test_three_documents_make_the_pack_and_two_say_what_they_end() -> None:
    texts = {text.code: text for text in registry.get_pack("acftu-2016").texts}
    assert {code: text.number for code, text in texts.items()} == {
        "FILE16": "总工办发〔2016〕36号", "NOTE17": "厅字〔2017〕18号", "FUND15": "总工发〔2015〕20号",
    }  # fmt: skip
    assert [one.number for one in texts["FILE16"].replaces] == ["总工办发〔2006〕36号"]
    assert [one.number for one in texts["FUND15"].replaces] == ["总工发〔2009〕36号"]
    assert len({text.source_sha256 for text in texts.values()}) == 3


@pytest.mark.req("NOTE17-5.a")
def test_no_figure_of_the_national_text_is_open_to_change_below() -> None:
    assert [one.code for one in registry.get_pack("acftu-2016").rules.parameters.values() if one.open] == []


@pytest.mark.req("NOTE17-2.a")
def test_the_sheet_calls_disposable_income_and_necessary_expense_by_their_names() -> None:
    pack = registry.get_pack(old.POLICY)
    parsed = facts.parse(old.family(incomes=[wages("500.00")]))
    shown = sheet.build(judge(parsed, standards.parse(old.standards()), pack), parsed, pack)
    assert [(one.label, one.value) for one in shown.figures[1:3]] == [
        ("核算期内家庭可支配收入", "3000.00"),
        ("核算期内必要支出", "0.00"),
    ]
    months = shown.categories[0].conditions[0].limbs
    assert [(one.title, one.left, one.right) for one in months][:2] == [
        ("2018年4月", "250.00", "500.00"),
        ("2018年5月", "250.00", "500.00"),
    ]
