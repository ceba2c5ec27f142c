"""Beside eligibility of 低保: supplements, households of one, refusing work, tapering, the undertaking, payment, price linkage."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import assistance
from bangfu.policy.assistance import Offer, Person
from bangfu.policy.assistance_rules import load
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.registry import get_pack
from bangfu.policy.source import PackFaults

PACK = get_pack("dibao-2019")
RULES = PACK.assistance
TODAY = datetime.date(2020, 10, 15)
SUMS = {
    "supplement_elderly": 5000, "supplement_minor": 4000, "supplement_severely_disabled": 9000, "supplement_seriously_ill": 8000,
}  # fmt: skip


def born(year: int, month: int = 10, number: int = 15, **facts: bool | None) -> Person:
    return Person("P", datetime.date(year, month, number), facts)


# --- parameters -------------------------------------------------------------------------------------------------------
def test_no_number_that_the_text_leaves_open_has_a_default() -> None:
    for code in RULES.parameters:
        with pytest.raises(ParameterNotSet):
            assistance.parameter(PACK, code, {})


def test_a_choice_takes_one_of_its_values_only() -> None:
    assert assistance.parameter(PACK, "gradual_exit_level", {"gradual_exit_level": "tapering"}) == "tapering"
    with pytest.raises(ValueError, match="不在可选范围内"):
        assistance.parameter(PACK, "gradual_exit_level", {"gradual_exit_level": "more"})
    with pytest.raises(KeyError):
        assistance.parameter(PACK, "no_such", {})


def test_every_fault_of_the_file_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "broken_2019"
    folder.mkdir()
    (folder / "assistance.yaml").write_text(
        "parameters:\n  - {code: mode, title: 方式, clause: 一, unit: choice}\n"
        "groups:\n  - {code: elderly, title: 老人, clause: 一, parameter: nowhere, min_age: 60}\nmore: 1\n",
        encoding="utf-8",
    )
    with pytest.raises(PackFaults) as told:
        load(folder)
    text = str(told.value)
    assert "nowhere: no such parameter" in text
    assert "values belong to a choice" in text
    assert "more: unknown key" in text


# --- groups and supplements -------------------------------------------------------------------------------------------
class TestSupplements:
    @pytest.mark.req("JOBLESS19-1.i")
    @pytest.mark.parametrize(
        ("person", "groups"),
        [
            (born(1960), ("elderly",)), (born(1960, 10, 16), ()), (born(2002), ()), (born(2002, 10, 16), ("minor",)),
            (born(1950, severely_disabled=True), ("elderly", "severely_disabled")), (born(1980, seriously_ill=None), ()),
            (born(1980, seriously_ill=True), ("seriously_ill",)), (Person("P"), ()),
        ],
    )  # fmt: skip
    def test_who_is_a_person_to_whom_more_is_paid(self, person: Person, groups: tuple[str, ...]) -> None:
        assert assistance.groups_of(PACK, person, TODAY) == groups

    @pytest.mark.req("JOBLESS19-1.j", "BASIC19-2.h")
    def test_each_gets_the_highest_sum_of_her_groups_once(self) -> None:
        people = [born(1950, severely_disabled=True), born(2010), born(1980)]
        found = assistance.supplements(PACK, people, TODAY, SUMS)
        assert [(line.group, line.amount) for line in found] == [("severely_disabled", 9000), ("minor", 4000)]
        with pytest.raises(ParameterNotSet):
            assistance.supplements(PACK, people, TODAY, {})

    @settings(max_examples=80, deadline=None)
    @given(
        st.integers(1920, 2020), st.booleans(), st.booleans(), st.lists(st.integers(0, 9999), min_size=4, max_size=4)
    )
    def test_the_sum_is_that_of_a_simple_reckoning(self, year: int, disabled: bool, ill: bool, sums: list[int]) -> None:
        given_sums = dict(zip(SUMS, sums, strict=True))
        age = 2020 - year
        mine = [
            amount for holds, amount in
            zip((age >= 60, age < 18, disabled, ill), (sums[0], sums[1], sums[2], sums[3]), strict=True) if holds
        ]  # fmt: skip
        lines = assistance.supplements(
            PACK, [born(year, severely_disabled=disabled, seriously_ill=ill)], TODAY, given_sums
        )
        assert [line.amount for line in lines] == ([max(mine)] if mine else [])


class TestHouseholdOfOne:
    @pytest.mark.req("BASIC19-2.e", "BASIC19-2.f")
    def test_registered_poor_seriously_ill_or_disabled_and_without_capacity_to_work(self) -> None:
        route = assistance.single_person_route(
            PACK, born(1980, registered_poor=True, labour_lost=True, seriously_ill=True), TODAY
        )
        assert route is not None
        assert route.code == "registered_poor_route"
        for left_out in ("registered_poor", "labour_lost", "seriously_ill"):
            facts = dict.fromkeys(["registered_poor", "labour_lost", "seriously_ill"], True) | {left_out: None}
            assert assistance.single_person_route(PACK, Person("P", datetime.date(1980, 1, 1), facts), TODAY) is None

    @pytest.mark.req("BASIC19-2.g")
    def test_grown_without_work_severely_disabled_and_in_difficulty(self) -> None:
        facts = {"severely_disabled": True, "jobless": True, "in_difficulty": True}
        route = assistance.single_person_route(PACK, born(2002, **facts), TODAY)
        assert route is not None
        assert route.code == "disabled_adult_route"
        assert assistance.single_person_route(PACK, born(2002, 10, 16, **facts), TODAY) is None
        for left_out in facts:
            assert assistance.single_person_route(PACK, born(1980, **{**facts, left_out: False}), TODAY) is None
        with pytest.raises(ParameterNotSet):
            assistance.parameter(PACK, "single_family_cap", {})


# --- refusing work ----------------------------------------------------------------------------------------------------
def offers(*answers: str) -> list[Offer]:
    """One offer a month: r refused, a accepted, j refused with reason, u unsuitable, x from elsewhere."""
    return [
        Offer(
            datetime.date(2020, place + 1, 1), "neighbour" if kind == "x" else "human_resources", kind != "u",
            "accepted" if kind == "a" else "refused", kind == "j",
        )
        for place, kind in enumerate(answers)
    ]  # fmt: skip


class TestRefusingWork:
    @pytest.mark.req("JOBLESS19-4.f")
    @pytest.mark.parametrize(
        ("answers", "row"),
        [("rr", 2), ("rrr", 3), ("rar", 1), ("rrjr", 1), ("rrra", 0), ("xxx", 0), ("rxrxr", 3)],
    )
    def test_refusals_in_a_row_without_reason_from_the_named_offices_count(self, answers: str, row: int) -> None:
        assert assistance.refusals_in_a_row(PACK, offers(*answers)) == row
        assert bool(assistance.sanction_choices(PACK, offers(*answers))) == (row >= 3)

    @pytest.mark.req("JOBLESS19-4.g")
    def test_work_that_does_not_suit_health_and_capacity_is_no_offer(self) -> None:
        assert assistance.refusals_in_a_row(PACK, offers("r", "u", "r", "u")) == 2
        assert assistance.sanction_choices(PACK, offers("u", "u", "u")) == ()

    @pytest.mark.req("JOBLESS19-4.h")
    def test_a_person_decides_and_only_the_share_of_the_refuser_changes(self) -> None:
        shares = {"甲": 60000, "乙": 60000}
        assert assistance.sanction_choices(PACK, offers("r", "r", "r")) == ("reduce", "stop", "none")
        assert assistance.sanctioned_shares(PACK, shares, "甲", "stop", {}) == {"甲": 0, "乙": 60000}
        assert assistance.sanctioned_shares(PACK, shares, "甲", "none", {}) == shares
        assert assistance.sanctioned_shares(PACK, shares, "甲", "reduce", {"refusal_cut": 20000}) == {
            "甲": 40000,
            "乙": 60000,
        }
        assert assistance.sanctioned_shares(PACK, shares, "甲", "reduce", {"refusal_cut": 99999})["甲"] == 0
        with pytest.raises(ParameterNotSet):
            assistance.sanctioned_shares(PACK, shares, "甲", "reduce", {})
        with pytest.raises(KeyError):
            assistance.sanctioned_shares(PACK, shares, "甲", "expel", {})

    @settings(max_examples=100, deadline=None)
    @given(st.text("rajux", max_size=12))
    def test_the_row_is_that_of_a_simple_reading(self, answers: str) -> None:
        read = answers.replace("u", "").replace("x", "").replace("a", "|").replace("j", "|")
        assert assistance.refusals_in_a_row(PACK, offers(*answers)) == len(read.rpartition("|")[2])


# --- tapering, undertaking, payment, prices ---------------------------------------------------------------------------
class TestTapering:
    @pytest.mark.req("JOBLESS19-1.k")
    @pytest.mark.parametrize(
        ("active", "event", "income", "codes"),
        [
            (True, "reemployed", 60001, []), (True, "started_business", 60001, []), (True, "inheritance", 60001, ["event_missing"]),
            (True, None, 60001, ["event_missing"]), (True, "reemployed", 60000, ["income_within"]), (False, "reemployed", 60001, ["not_active"]),
        ],
    )  # fmt: skip
    def test_it_opens_for_a_covered_family_whose_work_lifted_it_above_the_line(self, active: bool, event: str | None, income: int, codes: list[str]) -> None:  # fmt: skip
        assert [one.code for one in assistance.gradual_exit_open(PACK, active, event, income, 60000)] == codes

    @pytest.mark.req("JOBLESS19-1.l")
    def test_its_length_and_level_are_set_by_people(self) -> None:
        with pytest.raises(ParameterNotSet):
            assistance.gradual_exit_end(PACK, TODAY, {})
        assert assistance.gradual_exit_end(PACK, TODAY, {"gradual_exit_months": 12}) == datetime.date(2021, 10, 15)
        assert RULES.parameters["gradual_exit_level"].values == ("unchanged", "tapering", "fixed")


class TestUndertaking:
    @pytest.mark.req("DIBAO-F1.i")
    @pytest.mark.parametrize("drawn", [0, 1, 123456])
    def test_the_promised_fine_is_a_range_of_once_to_three_times_what_was_drawn(self, drawn: int) -> None:
        assert assistance.fine_range(PACK, drawn) == (drawn, 3 * drawn)

    @pytest.mark.req("DIBAO-F1.f")
    def test_the_three_ways_of_fraud_end_the_cover_and_ask_the_money_back(self) -> None:
        assert list(RULES.undertaking.frauds.values()) == ["虚报", "隐瞒", "伪造申请材料"]
        closing = PACK.lifecycle.closing["fraud"]
        assert closing.claims_back
        assert closing.stops_payments
        assert PACK.lifecycle.events["fraud_found"].stops_payments

    @pytest.mark.req("DIBAO-F1.c")
    def test_the_eleven_sources_of_the_check_stand_in_the_order_of_the_text_and_more_may_come(self) -> None:
        sources = RULES.vocabularies["check_sources"]
        assert sources.open
        assert list(sources.values.values()) == [
            "公安", "人社", "住建", "交通", "市场监管", "税务", "自然资源", "公积金中心", "银行", "保险", "证券",
        ]  # fmt: skip

    @pytest.mark.req("DIBAO-F2.07")
    def test_eight_relations_make_kin_of_those_who_handle_it(self) -> None:
        assert len(RULES.kin.relations) == 8
        assert RULES.kin.relations == PACK.forms.forms["f2"].fields["kin_relation"].values
        assert list(RULES.kin.posts.values()) == ["最低生活保障经办人员", "村干部"]


class TestPayment:
    @pytest.mark.req("BASIC19-2.q")
    @pytest.mark.parametrize(
        ("in_period", "last"),
        [
            ("2020-01-15", "2020-01-31"),
            ("2020-05-31", "2020-04-30"),
            ("2020-09-01", "2020-07-31"),
            ("2020-12-31", "2020-10-31"),
        ],
    )
    def test_rural_quarterly_money_is_out_in_the_first_month_of_the_quarter(self, in_period: str, last: str) -> None:
        found = assistance.pay_by(PACK, "rural", "quarter", datetime.date.fromisoformat(in_period))
        assert found == datetime.date.fromisoformat(last)

    def test_for_other_ways_of_paying_the_text_names_no_month(self) -> None:
        assert assistance.pay_by(PACK, "urban", "quarter", TODAY) is None
        assert assistance.pay_by(PACK, "rural", "month", TODAY) is None

    @pytest.mark.req("BASIC19-2.p")
    def test_who_was_paid_less_than_approved_is_told_with_the_rest(self) -> None:
        assert assistance.shortfalls({"甲": 60000, "乙": 50000, "丙": 100}, {"甲": 60000, "乙": 49999}) == {
            "乙": 1,
            "丙": 100,
        }
        assert "pay_day" in RULES.parameters

    @pytest.mark.req("BASIC19-2.s")
    def test_price_subsidies_need_a_condition_that_people_set_and_then_go_to_the_named_groups(self) -> None:
        people = {"甲": "dibao", "乙": "tekun", "丙": "other"}
        given_values = {"index_trigger": 350, "index_groups": ("dibao", "tekun"), "index_amount": 3000}
        with pytest.raises(ParameterNotSet) as unset:
            assistance.linkage_lines(PACK, 400, people, {})
        assert unset.value.parameter == "index_trigger"
        assert assistance.linkage_lines(PACK, 349, people, given_values) == {}
        assert assistance.linkage_lines(PACK, 350, people, given_values) == {"甲": 3000, "乙": 3000}

    def test_the_care_standard_of_destitute_persons_is_a_sum_people_set(self) -> None:
        assert RULES.parameters["care_standard"].unit == "money"
        with pytest.raises(ParameterNotSet):
            assistance.parameter(PACK, "care_standard", {})

    def test_the_cost_of_work_of_the_reemployed_is_set_by_people_and_no_rule_deducts_it_unasked(self) -> None:
        with pytest.raises(ParameterNotSet):
            assistance.parameter(PACK, "work_cost", {})
        assert "net_after_work" not in PACK.rules.terms


# --- lists of terms ---------------------------------------------------------------------------------------------------
@pytest.mark.req("JOBLESS19-0.a", "JOBLESS19-3.c", "JOBLESS19-4.b", "DIBAO-F1.a")
@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("service_types", ["生活帮扶", "心理疏导", "资源链接", "能力提升", "社会融入"]),
        ("special_aid", ["医疗", "教育", "住房", "就业"]),
        ("employment_services", ["职业指导", "技能培训", "岗位推荐", "跟踪服务"]),
        ("partner_forms", ["专项基金", "慈善项目", "社会募捐"]),
        ("disaster_partner_work", ["款物捐赠", "心理抚慰", "灾后恢复重建"]),
        ("focus_groups", ["下岗失业人员", "困难企业职工", "未就业大学毕业生", "农民工", "城市灵活就业人员"]),
        ("disability_allowances", ["困难残疾人生活补贴", "重度残疾人护理补贴"]),
        ("children_groups", ["农村留守儿童", "困境儿童", "孤儿", "事实无人抚养儿童"]),
        ("disaster_aid", ["应急救助", "过渡期生活救助", "冬春救助"]),
        ("disaster_uplift", ["因灾损失", "人员伤亡"]),
        ("disaster_priority", ["低保对象", "分散供养特困人员", "散居孤儿", "留守老人", "留守儿童", "残疾人"]),
        ("job_loss_tracks", ["最低生活保障", "临时救助"]),
        ("check_grantees", ["审核机关", "审批机关", "收入核对机构"]),
    ],
)
def test_the_terms_of_the_text_are_a_list_to_choose_from(code: str, terms: list[str]) -> None:
    assert list(RULES.vocabularies[code].values.values()) == terms
