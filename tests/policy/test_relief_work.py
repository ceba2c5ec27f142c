"""临时救助 at work: the two ways, aid before paperwork, who approves, tiers and stages, reserve, referral, mistakes, papers, clocks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import aid, assistance, evidence, workflow
from bangfu.policy.assistance import Stage
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.registry import get_pack
from tests.policy import households as h
from tests.policy.parts import SmallCalendar, day

PACK = get_pack("relief-2018")
FLOW, RULES = PACK.workflow, PACK.assistance
URGENT, EXPENSE = FLOW.machine("emergency_relief"), FLOW.machine("expenditure_relief")
EVERYTHING = frozenset(FLOW.guards)
PAPERS = frozenset(
    paper
    for machine in FLOW.machines.values()
    for part in (*machine.states.values(), *machine.transitions.values())
    for paper in (part.leaves_with if isinstance(part, workflow.State) else part.documents)
)


def move(machine: workflow.Machine, state: str, event: str, *, without: str = "", paper: str = "") -> workflow.Outcome:
    return workflow.move(FLOW, machine, state, event, EVERYTHING - {without}, PAPERS - {paper})


def problems(machine: workflow.Machine, state: str, event: str, **less: str) -> set[tuple[str, str | None]]:
    found = move(machine, state, event, **less)
    assert found.transition is None
    return {(one.code, one.about) for one in found.problems}


# --- two ways ---------------------------------------------------------------------------------------------------------
class TestTwoWays:
    @pytest.mark.req("RELIEF18-2.2.a")
    def test_each_kind_has_its_own_way_and_every_state_of_it_leads_to_an_end(self) -> None:
        assert set(FLOW.machines) == {"emergency_relief", "expenditure_relief"}
        for machine in FLOW.machines.values():
            reached, todo = {machine.first}, [machine.first]
            while todo:
                for one in machine.moves(todo.pop()):
                    if one.to not in reached:
                        reached.add(one.to)
                        todo.append(one.to)
            assert reached == set(machine.states)
            ends = {code for code, state in machine.states.items() if state.final}
            grown = True
            while grown:
                before = len(ends)
                ends |= {code for one in machine.transitions.values() if one.to in ends for code in one.origin_states}
                grown = len(ends) > before
            assert ends == set(machine.states)

    @pytest.mark.req("RELIEF18-2.2.b", "RELIEF19-2.g", "RELIEF19-2.h", "RELIEF18-2.2.c", "BASIC19-2.i")
    def test_urgent_aid_comes_before_check_review_and_posting_and_says_which_it_left_out(self) -> None:
        found = move(URGENT, "accepted", "aid_first")
        assert found.transition is not None
        assert (found.state, found.transition.skips) == ("urgent_aid", ("economic_check", "peer_review", "publicity"))
        for guard in ("severe_now", "needs_aid_at_once", "urgency_written", "right_body"):
            assert problems(URGENT, "accepted", "aid_first", without=guard) == {(guard, None)}

    @pytest.mark.req("RELIEF18-2.2.e", "RELIEF18-2.2.f", "RELIEF19-2.i")
    def test_when_the_urgency_has_passed_object_cause_amount_signature_and_seal_are_completed(self) -> None:
        eased = move(URGENT, "urgent_aid", "ease").transition
        assert eased is not None
        assert eased.starts == ("paperwork",)
        assert problems(URGENT, "urgent_aid", "ease", without="mitigated_on_known") == {("mitigated_on_known", None)}
        assert problems(URGENT, "paperwork_open", "complete", without="registered") == {("registered", None)}
        assert problems(URGENT, "paperwork_open", "complete", without="signed_and_sealed") == {
            ("signed_and_sealed", None)
        }
        assert [one.code for one in assistance.paperwork_missing(PACK, ["object", "amount", "seal"])] == [
            "cause_missing", "handler_signature_missing",
        ]  # fmt: skip
        assert assistance.paperwork_missing(PACK, ["object", "cause", "amount", "handler_signature", "seal"]) == []

    @pytest.mark.req("RELIEF18-2.2.g", "RELIEF19-2.j")
    def test_for_expense_all_stages_follow_each_other_and_none_is_left_out(self) -> None:
        way = EXPENSE.way(
            "apply", "accept", "check", "review", "audit", "post", "send_up", "approve", "finish", "close"
        )
        assert way == (
            "lead", "applied", "accepted", "economic_check", "peer_review", "audit", "publicity", "approval", "aiding", "outcome",
            "closed",
        )  # fmt: skip
        assert not any(one.skips for one in EXPENSE.transitions.values())
        assert "urgent_aid" not in EXPENSE.states
        assert list(RULES.vocabularies["stages_of_work"].values.values()) == ["申请", "受理", "审核", "审批"]

    @settings(max_examples=120, deadline=None)
    @given(st.lists(st.integers(0, 30), max_size=40))
    def test_nobody_is_aided_for_expense_without_acceptance_audit_and_approval(self, choices: list[int]) -> None:
        state, seen = EXPENSE.first, [EXPENSE.first]
        for choice in choices:
            possible = EXPENSE.moves(state)
            if not possible:
                break
            state = move(EXPENSE, state, possible[choice % len(possible)].event).state
            seen.append(state)
        if "aiding" in seen:
            assert {"applied", "accepted", "economic_check", "audit", "publicity", "approval"} <= set(seen)

    @pytest.mark.req("RELIEF18-2.1.e")
    def test_expense_is_a_matter_of_families(self) -> None:
        assert problems(EXPENSE, "lead", "apply", without="is_family") == {("is_family", None)}
        assert list(RULES.vocabularies["subjects_expenditure"].values) == ["family"]

    @pytest.mark.req("RELIEF18-2.1.d")
    def test_the_expense_with_what_others_paid_is_on_record_and_found_to_be_beyond_the_family(self) -> None:
        assert problems(EXPENSE, "lead", "apply", without="bills_known") == {("bills_known", None)}
        assert problems(EXPENSE, "peer_review", "audit", without="beyond_capacity") == {("beyond_capacity", None)}
        assert list(RULES.vocabularies["expenditure_causes"].values.values()) == ["教育", "医疗"]

    @pytest.mark.req("RELIEF19-2.l", "RELIEF18-2.2.i")
    def test_a_registered_family_passes_on_its_expense_alone_and_every_other_on_income_and_property_too(self) -> None:
        assert move(EXPENSE, "economic_check", "review", without="economy_verified").state == "peer_review"
        others = EVERYTHING - {"registered_family"}
        checked = workflow.move(FLOW, EXPENSE, "economic_check", "review", others, PAPERS)
        assert checked.transition is not None
        assert checked.transition.documents == ("check_report",)
        blind = workflow.move(FLOW, EXPENSE, "economic_check", "review", others - {"economy_verified"}, PAPERS)
        assert blind.transition is None

    def test_a_refusal_is_written_and_delivered(self) -> None:
        assert problems(EXPENSE, "approval", "refuse", without="reason_delivered") == {("reason_delivered", None)}
        assert problems(URGENT, "approval", "refuse", paper="refusal_notice") == {
            ("document_missing", "refusal_notice")
        }

    @pytest.mark.req("RELIEF18-2.3.f", "RELIEF19-5.g", "JOBLESS19-2.j", "BASIC19-2.k")
    def test_major_hardship_goes_to_the_county_mechanism_after_the_ordinary_measures_and_leaves_a_resolution(
        self,
    ) -> None:
        for machine, state in ((URGENT, "accepted"), (EXPENSE, "approval")):
            assert problems(machine, state, "to_mechanism", without="major_hardship") == {("major_hardship", None)}
            assert problems(machine, state, "to_mechanism", without="ordinary_measures_used") == {
                ("ordinary_measures_used", None)
            }
            assert problems(machine, "mechanism", "resolve", paper="resolution") == {("document_missing", "resolution")}
            assert move(machine, "mechanism", "resolve").state == "aiding"


# --- fast track -------------------------------------------------------------------------------------------------------
class TestFastTrack:
    def codes(self, *args: Any) -> list[str]:
        return [one.code for one in assistance.fast_track_problems(PACK, *args)]

    @pytest.mark.req("RELIEF18-2.2.c", "RELIEF19-2.h", "RELIEF19-2.j")
    def test_three_steps_may_be_left_out_for_the_urgent_kind_alone_with_a_reason(self) -> None:
        skipped = ["economic_check", "peer_review", "publicity"]
        assert self.codes("emergency", "township", skipped, "房屋烧毁") == []
        assert self.codes("emergency", "township", skipped, " ") == ["reason_missing"]
        assert self.codes("emergency", "township", ["approval_record"], "房屋烧毁") == ["step_stays"]
        assert self.codes("expenditure", "township", ["publicity"], "房屋烧毁") == ["all_steps"]
        assert self.codes("expenditure", "township", [], "") == []

    @pytest.mark.req("RELIEF18-2.2.d")
    @pytest.mark.parametrize(
        ("body", "found"), [("township", []), ("county", []), ("village", ["wrong_body"]), ("charity", ["wrong_body"])]
    )
    def test_township_and_county_alone_may_do_it(self, body: str, found: list[str]) -> None:
        assert self.codes("emergency", body, ["publicity"], "房屋烧毁") == found

    @pytest.mark.req("RELIEF19-2.m")
    @pytest.mark.parametrize("status", ["dibao", "tekun", "registered_poor"])
    def test_for_three_kinds_of_family_income_and_property_are_not_surveyed(self, status: str) -> None:
        assert assistance.narrowed(PACK, {status: True}) == (("living_expense",), ("income_survey", "property_survey"))
        assert assistance.narrowed(PACK, {status: None}) is None
        asked = {one.paper for one in evidence.checklist(PACK, h.household(status={status: True}))}
        assert not asked & {"income_survey", "property_survey"}
        assert {"income_survey", "property_survey"} <= {one.paper for one in evidence.checklist(PACK, h.household())}


# --- who approves -----------------------------------------------------------------------------------------------------
class TestApproval:
    LIMIT = {"township_limit": 200_000, "split_days": 30}

    @pytest.mark.req("RELIEF18-2.2.k", "RELIEF18-2.2.j", "RELIEF19-2.o", "BASIC19-2.j", "JOBLESS19-2.d")
    @pytest.mark.parametrize(
        ("amount", "delegated", "body"),
        [(200_000, True, "township"), (200_001, True, "county"), (1, False, "county"), (999_999, False, "county")],
    )
    def test_up_to_the_limit_and_within_a_live_delegation_the_township_else_the_county(self, amount: int, delegated: bool, body: str) -> None:  # fmt: skip
        assert assistance.approver(PACK, amount, delegated, self.LIMIT)[0] == body

    def test_the_limit_is_set_by_people(self) -> None:
        with pytest.raises(ParameterNotSet) as unset:
            assistance.approver(PACK, 1, True, {})
        assert unset.value.parameter == "township_limit"

    @pytest.mark.req("RELIEF18-2.3.f")
    def test_major_hardship_is_decided_case_by_case_whatever_the_sum(self) -> None:
        assert assistance.approver(PACK, 10_000_000, True, {}, major=True) == (
            "county_mechanism",
            "民发〔2018〕23号 二（三）",
        )

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 250_000)), max_size=6))
    def test_a_sum_in_small_parts_is_seen(self, paid: list[tuple[int, int]]) -> None:
        start = datetime.date(2020, 1, 1)
        payments = [(start + datetime.timedelta(days=offset), amount) for offset, amount in paid]
        small = [(offset, amount) for offset, amount in paid if amount <= 200_000]
        expected = any(
            sum(amount for offset, amount in small if first <= offset <= first + 30) > 200_000 for first in range(91)
        )
        assert assistance.split_payments(PACK, payments, self.LIMIT) == expected


# --- amounts, stages --------------------------------------------------------------------------------------------------
class TestAmountsAndStages:
    @pytest.mark.req("RELIEF18-2.3.d", "RELIEF18-2.3.e")
    def test_a_line_of_the_table_is_a_fixed_sum_or_follows_the_dibao_standard_persons_and_months(self) -> None:
        assert assistance.relief_amount(PACK, {"fixed": 100_000}, 60_000, 3, 2, [], {}) == 100_000
        assert assistance.relief_amount(PACK, {"hundredths": 150}, 60_000, 3, 2, [], {}) == 540_000
        assert assistance.relief_amount(PACK, {"hundredths": 150, "cap": 300_000}, 60_000, 3, 2, [], {}) == 300_000
        for line in ({}, {"fixed": 1, "hundredths": 100}):
            with pytest.raises(ValueError, match="never both"):
                assistance.relief_amount(PACK, line, 60_000, 3, 2, [], {})

    @pytest.mark.req("RELIEF19-3.c", "RELIEF19-5.f")
    @pytest.mark.parametrize("status", ["registered_poor", "dibao", "tekun"])
    def test_three_kinds_of_family_get_more_by_a_sum_that_people_set(self, status: str) -> None:
        line = {"fixed": 100_000}
        assert assistance.relief_amount(PACK, line, 60_000, 3, 2, [status], {"group_uplift": 20_000}) == 120_000
        with pytest.raises(ParameterNotSet):
            assistance.relief_amount(PACK, line, 60_000, 3, 2, [status], {})
        assert assistance.relief_amount(PACK, line, 60_000, 3, 2, ["low_income_certified"], {}) == 100_000

    @pytest.mark.req("RELIEF18-2.3.a", "RELIEF19-5.d")
    def test_the_table_is_keyed_by_kind_and_degree_of_difficulty(self) -> None:
        assert RULES.tiers.keys == ("kind_of_difficulty", "degree_of_difficulty")

    @pytest.mark.req("RELIEF18-2.4.e", "RELIEF19-4.g")
    @pytest.mark.parametrize("subject", ["emergency", "returned_to_poverty"])
    def test_one_approval_covers_several_payments_within_its_sum_each_later_one_after_a_look(
        self, subject: str
    ) -> None:
        plan = [Stage(1, 30_000, paid=True), Stage(2, 30_000, paid=True, needed=True), Stage(3, 40_000)]
        assert assistance.stage_problems(PACK, subject, 100_000, plan) == []
        assert [one.code for one in assistance.stage_problems(PACK, subject, 99_999, plan)] == ["over_approved"]
        blind = [plan[0], Stage(2, 30_000, paid=True), Stage(3, 1, paid=True, needed=False)]
        found = assistance.stage_problems(PACK, subject, 100_000, blind)
        assert [(one.code, one.about) for one in found] == [("need_not_checked", "2"), ("need_not_checked", "3")]
        assert problems(URGENT, "aiding", "pay_stage", without="need_persists") == {("need_persists", None)}

    @pytest.mark.req("RELIEF18-2.4.e")
    def test_nobody_else_gets_stages(self) -> None:
        assert [one.code for one in assistance.stage_problems(PACK, "expenditure", 1, [])] == ["no_stages"]

    @pytest.mark.req("RELIEF18-2.4.a", "RELIEF18-2.4.f")
    def test_money_goods_and_referral_are_the_ways_and_what_is_handed_over_is_on_record(self) -> None:
        assert list(RULES.vocabularies["methods"].values.values()) == ["发放临时救助金", "发放实物", "提供转介服务"]
        needs = {one.code: one.needs for one in aid.purposes_of(PACK, "temporary_relief")}
        assert needs["cash"] == needs["goods"] == ("hand_out_record",)
        assert problems(URGENT, "urgent_aid", "ease", paper="hand_out_record") == {
            ("document_missing", "hand_out_record")
        }


# --- reserve, referral, mistakes --------------------------------------------------------------------------------------
class TestReserve:
    SET = {"reserve_ceiling": 500_000, "reserve_single": 50_000}

    def entry(self, amount: int, **changes: Any) -> dict[str, Any]:
        return {"amount": amount, "use": "temporary_relief", "case": "L-1", "keeper": "子", "approver": "丑"} | changes

    def codes(self, balance: int, *entries: dict[str, Any]) -> list[str]:
        return [one.code for one in assistance.reserve_problems(PACK, balance, entries, self.SET)]

    @pytest.mark.req("RELIEF19-5.l", "RELIEF18-3.3.c")
    def test_the_ledger_keeps_ceiling_single_payment_use_and_two_persons(self) -> None:
        assert self.codes(100_000, self.entry(-50_000), self.entry(450_000)) == []
        assert self.codes(100_000, self.entry(-50_001)) == ["over_single"]
        assert self.codes(10_000, self.entry(-10_001)) == ["overdrawn"]
        assert self.codes(100_000, self.entry(400_001)) == ["over_ceiling"]
        assert self.codes(100_000, self.entry(-1, use="office_cost")) == ["wrong_use"]
        assert self.codes(100_000, self.entry(-1, keeper="丑")) == ["same_person"]
        with pytest.raises(ParameterNotSet):
            assistance.reserve_problems(PACK, 0, [], {})

    def test_every_payment_out_of_it_leads_to_a_case(self) -> None:
        assert self.codes(100_000, self.entry(-1, case="")) == ["case_missing"]

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, 500_000), st.lists(st.integers(-60_000, 60_000), max_size=8))
    def test_it_is_quiet_just_when_every_balance_and_payment_is_within_its_bounds(
        self, balance: int, amounts: list[int]
    ) -> None:
        running, fine = balance, True
        for amount in amounts:
            running += amount
            fine = fine and 0 <= running <= 500_000 and -amount <= 50_000
        assert (self.codes(balance, *map(self.entry, amounts)) == []) == fine


class TestReferral:
    @pytest.mark.req("RELIEF18-2.4.c", "RELIEF18-2.4.d")
    def test_other_schemes_charity_and_services_take_referrals_and_some_need_consent(self) -> None:
        assert set(RULES.referral.targets) == {
            "dibao", "tekun", "medical", "education", "housing", "employment", "charity", "social_work", "union",
        }  # fmt: skip
        assert assistance.referral_problems(PACK, "dibao", False, False) == []
        assert [one.code for one in assistance.referral_problems(PACK, "union", False, True)] == ["consent_missing"]
        assert [one.code for one in assistance.referral_problems(PACK, "bank", True, True)] == ["target_unknown"]
        sent = move(URGENT, "outcome", "refer").transition
        assert sent is not None
        assert sent.starts == ("referral_answer",)
        assert problems(URGENT, "referred", "close", without="referrals_answered") == {("referrals_answered", None)}

    @pytest.mark.req("RELIEF18-2.5.b")
    def test_charity_takes_over_after_the_aid_of_the_government(self) -> None:
        assert [one.code for one in assistance.referral_problems(PACK, "charity", True, False)] == ["aid_first"]
        assert assistance.referral_problems(PACK, "charity", True, True) == []


@pytest.mark.req("RELIEF18-3.2.b", "RELIEF18-3.2.c", "RELIEF18-3.2.d")
def test_a_deliberate_mistake_is_pursued_and_one_of_deviation_or_reform_may_be_excused() -> None:
    assert list(RULES.accountability.titles.values()) == ["主观故意", "客观偏差", "改革创新", "其他"]
    assert assistance.erroneous_outcomes(PACK, "deliberate") == ("pursued",)
    for cause in ("objective_deviation", "innovation"):
        assert assistance.erroneous_outcomes(PACK, cause) == ("lighter", "reduced", "exempt")
    with pytest.raises(KeyError):
        assistance.erroneous_outcomes(PACK, "bad_luck")


# --- papers, clocks, lists --------------------------------------------------------------------------------------------
class TestPapersAndClocks:
    @pytest.mark.req("RELIEF19-2.l")
    def test_the_status_comes_from_the_registers_and_is_not_asked_of_the_family(self) -> None:
        family = h.household(status={"dibao": True})
        assert "status" in {one.paper for one in evidence.checklist(PACK, family)}
        assert "status" not in {one.paper for one in evidence.checklist(PACK, family, shared=["民政和扶贫登记"])}

    @pytest.mark.req("RELIEF18-2.1.b")
    def test_the_event_or_the_sudden_illness_has_its_proof(self) -> None:
        fire = {one.paper for one in evidence.checklist(PACK, h.household(incident=h.incident("other")))}
        ill = {one.paper for one in evidence.checklist(PACK, h.household(incident=h.incident("illness")))}
        assert ("event" in fire, "sudden_illness" in fire) == (True, False)
        assert ("event" in ill, "sudden_illness" in ill) == (False, True)
        assert list(RULES.vocabularies["emergency_causes"].values.values()) == [
            "火灾", "交通事故", "其他意外事件", "家庭成员突发重大疾病", "其他特殊困难",
        ]  # fmt: skip

    @pytest.mark.req("RELIEF19-2.i")
    @pytest.mark.parametrize(
        ("step", "parameter"), [("acceptance", "relief_step_days"), ("paperwork", "paperwork_days")]
    )
    def test_the_days_of_a_step_and_of_the_paperwork_afterwards_are_set_by_people(
        self, step: str, parameter: str
    ) -> None:
        calendar = SmallCalendar()
        with pytest.raises(ParameterNotSet) as unset:
            PACK.procedure.opens_on(step, day("2020-10-12"), calendar)
        assert unset.value.parameter == parameter
        assert PACK.procedure.opens_on(step, day("2020-10-12"), calendar, 5).last_day == day("2020-10-19")

    @pytest.mark.parametrize(
        "code", ["mitigation_reminder", "referral_answer", "daily_visit", "register_match", "reserve_settlement"]
    )
    def test_where_the_texts_give_no_number_no_day_is_invented(self, code: str) -> None:
        clock = PACK.lifecycle.clocks[code]
        assert (clock.length, clock.parameter in RULES.parameters) == (None, True)
        with pytest.raises(ParameterNotSet):
            PACK.lifecycle.due(code, day("2020-10-12"), SmallCalendar())

    def test_every_clock_that_a_move_starts_or_stops_is_a_clock_of_the_pack(self) -> None:
        own = {step.clock.code for step in PACK.procedure.steps if step.clock} | set(PACK.lifecycle.clocks)
        used = {
            code
            for machine in FLOW.machines.values()
            for one in machine.transitions.values()
            for code in (*one.starts, *one.stops)
        }
        assert used <= own

    def test_the_route_of_each_kind(self) -> None:
        assert [stop.key for stop in PACK.procedure.route(circumstances=["emergency"])] == [
            "application", "acceptance", "aid_first", "paperwork", "outcome",
        ]  # fmt: skip
        assert [stop.key for stop in PACK.procedure.route(circumstances=["expenditure"])] == [
            "application", "acceptance", "expense_check", "peer_review", "audit", "publicity", "approval", "outcome",
        ]  # fmt: skip

    def test_no_number_that_the_texts_leave_open_has_a_default(self) -> None:
        for code in RULES.parameters:
            with pytest.raises(ParameterNotSet):
                assistance.parameter(PACK, code, {})


@pytest.mark.req("RELIEF18-2.4.b")
@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("nature", ["突发性", "紧迫性", "临时性"]),
        ("purposes", ["应急", "过渡", "衔接", "补充"]),
        ("three_guarantees", ["子女就学", "疾病治疗", "住房"]),
        ("uplift_groups", ["建档立卡贫困户", "低保对象", "特困人员"]),
        ("housing_groups", ["建档立卡贫困户", "低保对象", "分散供养特困人员"]),
        ("risk_factors", ["收入不稳定", "持续增收能力较弱", "返贫风险较高"]),
        ("poverty_register", ["未脱贫", "已脱贫", "返贫", "边缘"]),
        ("return_causes", ["因病", "因灾", "因急难事件"]),
        ("lead_sources", ["驻村干部", "结对帮扶干部"]),
        ("tier_inputs", ["家庭经济状况", "抗击风险能力"]),
    ],
)
def test_the_terms_of_the_texts_are_a_list_to_choose_from(code: str, terms: list[str]) -> None:
    assert list(RULES.vocabularies[code].values.values()) == terms


@pytest.mark.req("RELIEF18-3.3.a", "RELIEF19-5.o")
def test_fiscal_money_donations_and_the_public_fund_are_sources_of_their_own() -> None:
    assert list(PACK.aid.sources) == ["relief_subsidy", "local_fiscal", "reserve_fund", "donation", "public_fund"]
    assert list(RULES.vocabularies["fund_sources"].values.values()) == [
        "中央补助",
        "省级",
        "市级",
        "县级",
        "社会捐赠",
        "公益基金",
    ]


def test_who_sets_the_standard_is_a_choice_of_three_levels() -> None:
    assert RULES.parameters["standard_owner"].values == ("province", "prefecture", "county")


def test_aid_at_the_place_of_the_event_is_a_switch_that_is_off_until_people_set_it() -> None:
    assert RULES.parameters["place_of_event"].unit == "switch"
    with pytest.raises(ParameterNotSet):
        assistance.parameter(PACK, "place_of_event", {})
