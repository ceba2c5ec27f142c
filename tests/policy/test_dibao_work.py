"""低保 from application to stop: states, moves, guards, documents, clocks, tapering, sanction, closing."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import clocks, evidence, procedure, workflow
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.registry import get_pack
from tests.policy import households as h
from tests.policy.parts import SmallCalendar, day

PACK = get_pack("dibao-2019")
FLOW = PACK.workflow
CASE = FLOW.machine("dibao_case")
EVERYTHING = frozenset(FLOW.guards)
PAPERS = frozenset({paper for state in CASE.states.values() for paper in state.leaves_with}) | frozenset(
    paper for one in CASE.transitions.values() for paper in one.documents
)


def move(
    state: str, event: str, held: frozenset[str] = EVERYTHING, papers: frozenset[str] = PAPERS
) -> workflow.Outcome:
    return workflow.move(FLOW, CASE, state, event, held, papers)


def refused(state: str, event: str, *, without: str = "", paper: str = "") -> set[tuple[str, str | None]]:
    found = move(state, event, EVERYTHING - {without}, PAPERS - {paper})
    assert found.state == state
    assert found.transition is None
    return {(one.code, one.about) for one in found.problems}


# --- the machine ------------------------------------------------------------------------------------------------------
class TestTheWay:
    @pytest.mark.req("MCA18-1.a")
    def test_acceptance_audit_and_approval_follow_each_other_and_none_is_left_without_its_document(self) -> None:
        way = CASE.way(
            "submit", "accept", "send_check", "report", "close_visit", "close_meeting", "post", "close_posting", "send_up",
            "approve", "start_paying",
        )  # fmt: skip
        assert way == (
            "draft", "submitted", "accepted", "checking", "home_visit", "peer_review", "audit", "audit_publicity",
            "township_opinion", "county_review", "approved", "active",
        )  # fmt: skip
        assert refused("draft", "submit", paper="f1") == {("document_missing", "f1")}
        assert refused("checking", "report", paper="check_report") == {("document_missing", "check_report")}
        assert refused("home_visit", "close_visit", paper="f4") == {("document_missing", "f4")}
        assert refused("audit_publicity", "close_posting", paper="f5") == {("document_missing", "f5")}
        assert refused("approved", "start_paying", paper="f8") == {("document_missing", "f8")}

    def test_every_state_is_reached_and_every_one_that_is_not_final_is_left_again(self) -> None:
        reached, todo = {CASE.first}, [CASE.first]
        while todo:
            for one in CASE.moves(todo.pop()):
                if one.to not in reached:
                    reached.add(one.to)
                    todo.append(one.to)
        assert reached == set(CASE.states)
        assert {code for code, state in CASE.states.items() if not CASE.moves(code)} == {
            code for code, state in CASE.states.items() if state.final
        }

    def test_from_every_state_the_file_comes_to_its_end(self) -> None:
        ends = {code for code, state in CASE.states.items() if state.final}
        grown = True
        while grown:
            before = len(ends)
            ends |= {code for one in CASE.transitions.values() if one.to in ends for code in one.origin_states}
            grown = len(ends) > before
        assert ends == set(CASE.states)

    def test_an_event_that_does_not_belong_to_a_state_is_an_error(self) -> None:
        with pytest.raises(LookupError, match="approve does not belong to draft"):
            move("draft", "approve")
        with pytest.raises(KeyError):
            CASE.moves("nowhere")

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.integers(0, 40), max_size=40), st.sets(st.sampled_from(sorted(EVERYTHING))))
    def test_no_way_reaches_payment_without_posting_and_the_county(self, choices: list[int], missing: set[str]) -> None:
        state, seen = CASE.first, {CASE.first}
        held = EVERYTHING - missing
        for choice in choices:
            possible = CASE.moves(state)
            if not possible:
                break
            found = move(state, possible[choice % len(possible)].event, frozenset(held))
            if found.transition is not None:
                assert set(found.transition.guards) <= held
            state = found.state
            seen.add(state)
        if "active" in seen:
            assert {"audit_publicity", "township_opinion", "county_review", "approved"} <= seen

    @pytest.mark.req("DIBAO-F3.20")
    def test_the_county_sends_back_what_it_would_have_otherwise_and_a_refusal_has_its_own_letter(self) -> None:
        assert move("county_review", "return").state == "audit"
        assert refused("county_review", "return", without="reason_written") == {("reason_written", None)}
        assert refused("county_review", "reject", paper="f6") == {("document_missing", "f6")}
        assert move("county_review", "reject").state == "rejected"

    @pytest.mark.req("MCA18-2.n")
    def test_what_is_missing_is_told_once_in_writing_when_the_application_comes_in(self) -> None:
        assert refused("submitted", "ask", without="listed_once") == {("listed_once", None)}
        assert refused("submitted", "ask", paper="supplement_notice") == {("document_missing", "supplement_notice")}
        assert move("submitted", "ask").state == "supplement"
        assert CASE.way("submit", "ask", "supply", "accept")[-1] == "accepted"

    @pytest.mark.req("DIBAO-F1.a", "DIBAO-F1.d")
    def test_a_check_needs_a_living_authorization_that_names_the_asking_body(self) -> None:
        assert refused("accepted", "send_check", without="authorization_valid") == {("authorization_valid", None)}
        assert refused("accepted", "send_check", without="source_authorized") == {("source_authorized", None)}
        opened = move("draft", "submit").transition
        assert opened is not None
        assert opened.starts == ("authorization",)
        ended = {code for code, one in CASE.transitions.items() if "authorization" in one.stops}
        assert ended == {"t19b", "t20", "t25", "t25g", "t29"}

    @pytest.mark.req("DIBAO-F5.b")
    def test_an_objection_is_taken_while_the_posting_runs_and_is_answered_either_way(self) -> None:
        assert move("audit_publicity", "object").state == "objection"
        assert refused("audit_publicity", "object", without="within_posting") == {("within_posting", None)}
        assert move("objection", "answer", EVERYTHING - {"upheld"}).state == "audit_publicity"
        assert move("objection", "answer", EVERYTHING - {"dismissed"}).state == "audit"
        assert refused("audit_publicity", "close_posting", without="no_open_objection") == {("no_open_objection", None)}

    @pytest.mark.req("DIBAO-F6.b")
    def test_a_refusal_without_a_ground_is_refused_itself(self) -> None:
        assert ("ground_given", None) in refused("county_review", "reject", without="ground_given")
        assert ("ground_given", None) in refused("audit", "propose_refusal", without="ground_given")

    def test_an_application_may_be_withdrawn_until_it_is_decided_whatever_papers_it_lacks(self) -> None:
        for state in ("draft", "submitted", "checking", "audit_publicity", "county_review"):
            assert move(state, "withdraw", papers=frozenset()).state == "withdrawn"
        with pytest.raises(LookupError):
            move("active", "withdraw")

    @pytest.mark.req("MCA18-3.c")
    def test_refusal_and_every_change_of_the_money_bring_their_letter(self) -> None:
        letters = {one.event: one.documents for one in CASE.transitions.values() if set(one.documents) & {"f6", "f7"}}
        assert letters == {
            "reject": ("f6",), "adjust": ("f7",), "sanction": ("f7",), "stop": ("f7",), "finish_taper": ("f7", "f9"),
        }  # fmt: skip

    @pytest.mark.req("DIBAO-F3.19")
    def test_handler_head_of_office_and_leader_are_three_persons(self) -> None:
        steps = PACK.procedure
        assert steps.same_person_conflicts("audit", "子", [("acceptance", "子")]) == ["acceptance"]
        assert steps.same_person_conflicts("township_opinion", "丑", [("audit", "丑")]) == ["audit"]
        assert steps.same_person_conflicts("township_opinion", "寅", [("acceptance", "子"), ("audit", "丑")]) == []
        assert steps.same_person_conflicts("decision", "卯", [("county_review", "卯")]) == ["county_review"]


# --- people's part ----------------------------------------------------------------------------------------------------
class TestVisitSignaturesAndNotice:
    @pytest.mark.req("DIBAO-F4.12")
    def test_a_visit_by_one_person_is_not_complete(self) -> None:
        answers = dict.fromkeys(["residence", "economy", "hardship", "consistent"], "x")
        assert procedure.visit_problems(PACK.procedure, ["子", "丑"], 0, answers) == []
        one = procedure.visit_problems(PACK.procedure, ["子", "子"], 0, answers)
        assert [problem.code for problem in one] == ["visitors_missing"]

    @pytest.mark.req("DIBAO-F1.m", "DIBAO-F1.b")
    def test_every_member_signs_and_a_guardian_says_how_she_is_related(self) -> None:
        ticks = {"name": True, "date": True}
        good = procedure.Signature("P1", "signature", ticks=ticks)
        child = procedure.Signature("P2", "guardian", given=frozenset({"guardian_relation"}), ticks=ticks)
        assert procedure.authorization_problems(PACK.procedure, ["P1", "P2"], [good, child]) == []
        bare = procedure.Signature("P2", "guardian", ticks=ticks)
        found = procedure.authorization_problems(PACK.procedure, ["P1", "P2"], [good, bare])
        assert [(one.code, one.about) for one in found] == [("guardian_relation_missing", "P2")]
        assert [one.about for one in procedure.authorization_problems(PACK.procedure, ["P1", "P2"], [good])] == ["P2"]
        no = procedure.Signature("P2", refused=True)
        refusal = procedure.authorization_problems(PACK.procedure, ["P1", "P2"], [good, no])
        assert [one.code for one in refusal] == ["not_authorized"]

    @pytest.mark.req("DIBAO-F5.d")
    def test_the_posting_hangs_on_the_village_board_and_hides_what_it_has_not_to_show(self) -> None:
        notice = PACK.procedure.notice
        assert notice is not None
        assert notice.places == ("village_board",)
        assert {"id_number", "phone", "illness"} <= set(notice.hides)
        assert {one.code for one in PACK.forms.forms["f5"].block("rows")} - {"number"} == set(notice.shows)

    def test_the_check_answers_income_and_property_of_every_member(self) -> None:
        done = [procedure.CheckResult("P1", "income", "none"), procedure.CheckResult("P1", "property", "found")]
        assert procedure.check_problems(PACK.procedure, ["P1"], done) == []
        assert [one.code for one in procedure.check_problems(PACK.procedure, ["P1"], done[:1])] == ["not_checked"]


class TestPapers:
    FAMILY = h.household(
        causes=["unemployment"], incomes=[h.monthly("wage", "1000.00", h.TWELVE)], expenses=[h.bill("100.00")],
        members=[h.worker(), h.person("P2", disabilities=[{"kind": "limb", "grade": 1}])],
    )  # fmt: skip

    def papers(self, *shared: str) -> set[str]:
        return {one.paper for one in evidence.checklist(PACK, self.FAMILY, shared=shared)}

    @pytest.mark.req("MCA18-2.m")
    def test_what_can_be_had_by_sharing_is_not_asked_and_comes_back_when_the_source_is_away(self) -> None:
        everything = self.papers()
        assert {"identity", "deposits", "homes", "disability", "job_loss"} <= everything
        assert everything - self.papers("公安", "银行") == {"identity", "deposits"}
        assert self.papers("残联", "人社") == everything - {"disability", "job_loss"}

    @pytest.mark.req("JOBLESS19-1.g")
    def test_each_item_of_rigid_expense_has_its_own_proof(self) -> None:
        asked = [one for one in evidence.checklist(PACK, self.FAMILY) if one.paper == "rigid_expense"]
        assert [one.subject for one in asked] == ["expenses[0]"]

    @pytest.mark.req("JOBLESS19-1.c")
    def test_loss_of_work_as_a_cause_asks_for_its_proof(self) -> None:
        assert "job_loss" in self.papers()
        calm = h.household(causes=["illness"])
        assert "job_loss" not in {one.paper for one in evidence.checklist(PACK, calm)}

    def test_the_report_of_the_check_is_one_of_the_papers_and_a_part_of_the_file(self) -> None:
        asked = evidence.checklist(PACK, self.FAMILY, stages=["authorization"])
        assert [one.paper for one in asked] == ["check_report_paper"]
        lacking = evidence.missing_folders(PACK, ["application_and_authorization", "visit_paper"])
        assert [one.code for one in lacking] == ["check_documents"]
        assert refused("checking", "report", paper="check_report") == {("document_missing", "check_report")}


# --- clocks -----------------------------------------------------------------------------------------------------------
class TestClocks:
    calendar = SmallCalendar()

    def due(self, code: str, start: str, length: int | None = None) -> datetime.date:
        last: datetime.date = PACK.lifecycle.due(code, day(start), self.calendar, length).last_day
        return last

    @pytest.mark.req("DIBAO-F5.c")
    def test_the_posting_runs_seven_natural_days_over_weekends_and_holidays(self) -> None:
        assert self.due("audit_publicity_period", "2020-09-30") == day("2020-10-07")
        assert PACK.procedure.opens_on("audit_publicity", day("2020-09-30"), self.calendar).last_day == day(
            "2020-10-07"
        )
        assert refused("audit_publicity", "close_posting", without="posting_over") == {("posting_over", None)}

    @pytest.mark.req("DIBAO-F6.c")
    def test_fifteen_days_from_receipt_to_ask_for_review_then_the_refusal_stands(self) -> None:
        assert self.due("review_request", "2020-10-20") == day("2020-11-04")
        begun = move("county_review", "reject").transition
        assert begun is not None
        assert begun.starts == ("review_request",)
        assert move("rejected", "ask_review").state == "review"
        assert refused("rejected", "ask_review", without="within_review_days") == {("within_review_days", None)}
        assert refused("rejected", "close", without="review_days_over") == {("review_days_over", None)}

    @pytest.mark.req("DIBAO-F7.b")
    def test_sixty_days_from_receipt_to_ask_for_reconsideration(self) -> None:
        assert self.due("reconsideration", "2020-10-20") == day("2020-12-19")
        for event in ("stop", "adjust", "sanction"):
            begun = move("active", event).transition
            assert begun is not None
            assert "reconsideration" in begun.starts
        assert move("stopped", "contest").state == "reconsider"
        assert {one.to for one in CASE.moves("reconsider")} == {"active", "stopped"}

    @pytest.mark.req("DIBAO-F1.h")
    def test_thirty_days_from_a_change_to_report_it(self) -> None:
        assert self.due("report_change", "2020-02-01") == day("2020-03-02")

    @pytest.mark.req("DIBAO-F8.b")
    def test_how_long_and_where_the_approval_is_posted_is_set_by_people(self) -> None:
        with pytest.raises(ParameterNotSet) as unset:
            self.due("approval_notice_period", "2020-11-21")
        assert unset.value.parameter == "approval_notice_days"
        assert self.due("approval_notice_period", "2020-11-21", 10) == day("2020-12-01")
        assert "approval_notice_place" in PACK.assistance.parameters

    @pytest.mark.parametrize("code", ["destitute_visit", "coordination_meeting", "supplement", "objection", "revisit"])
    def test_where_the_text_gives_no_number_no_day_is_invented(self, code: str) -> None:
        with pytest.raises(ParameterNotSet):
            self.due(code, "2020-10-20")
        assert self.due(code, "2020-10-20", 10) > day("2020-10-29")

    def test_every_parameter_that_a_clock_rests_on_is_listed_for_people_to_set(self) -> None:
        named = {one.parameter for one in PACK.lifecycle.clocks.values() if one.parameter} - {"days_of_assistance"}
        named |= {step.clock.parameter for step in PACK.procedure.steps if step.clock and step.clock.parameter}
        named |= {one.parameter for one in PACK.lifecycle.retention.values()} | {PACK.lifecycle.taper.parameter}
        assert named <= set(PACK.assistance.parameters)

    def test_every_clock_that_a_move_starts_or_stops_is_a_clock_of_the_pack(self) -> None:
        used = {code for one in CASE.transitions.values() for code in (*one.starts, *one.stops)}
        own = {step.clock.code for step in PACK.procedure.steps if step.clock} | set(PACK.lifecycle.clocks)
        assert used <= own
        assert all(isinstance(one, clocks.Clock) for one in PACK.lifecycle.clocks.values())


# --- in payment -------------------------------------------------------------------------------------------------------
class TestInPayment:
    @pytest.mark.req("JOBLESS19-1.k", "JOBLESS19-1.l")
    def test_tapering_needs_work_or_business_income_above_the_line_and_a_length_that_people_set(self) -> None:
        assert move("active", "grant_taper").state == "gradual_exit"
        for guard in ("job_or_business", "income_above", "period_set"):
            assert refused("active", "grant_taper", without=guard) == {(guard, None)}
        with pytest.raises(ParameterNotSet):
            PACK.lifecycle.taper_end(day("2020-10-15"))
        assert PACK.lifecycle.taper_end(day("2020-10-15"), {"gradual_exit_months": 6}) == day("2021-04-15")

    @pytest.mark.req("JOBLESS19-1.m")
    def test_tapering_ends_with_stable_work_or_goes_back_to_cover_when_the_work_is_lost(self) -> None:
        assert move("gradual_exit", "finish_taper").state == "stopped"
        assert refused("gradual_exit", "finish_taper", without="work_stable") == {("work_stable", None)}
        assert move("gradual_exit", "resume").state == "active"
        assert refused("gradual_exit", "resume", without="income_below_again") == {("income_below_again", None)}
        assert CASE.states["gradual_exit"].paid

    @pytest.mark.req("JOBLESS19-4.h", "JOBLESS19-4.i")
    def test_the_sanction_is_a_decision_on_one_share_after_looking_at_care(self) -> None:
        assert move("active", "sanction").state == "active"
        for guard in ("refused_three_times", "own_share_only", "care_considered"):
            assert refused("active", "sanction", without=guard) == {(guard, None)}

    @pytest.mark.req("DIBAO-F7.a")
    def test_money_changes_only_on_a_new_calculation(self) -> None:
        assert refused("active", "adjust", without="calculated") == {("calculated", None)}
        assert refused("active", "adjust", paper="f7") == {("document_missing", "f7")}

    @pytest.mark.req("DIBAO-F1.g")
    @pytest.mark.parametrize("event", ["members", "income", "property"])
    def test_a_change_of_family_income_or_property_is_judged_anew(self, event: str) -> None:
        assert PACK.lifecycle.events[event].reassess
        assert event in PACK.assistance.undertaking.changes

    @pytest.mark.req("DIBAO-F9.04")
    def test_each_visit_ends_in_one_of_five_conclusions(self) -> None:
        assert PACK.lifecycle.review_outcomes == ("keep", "raise_amount", "lower_amount", "stop", "gradual_exit")
        with pytest.raises(ParameterNotSet):
            PACK.lifecycle.next_review_on("dibao", day("2020-10-15"))
        assert PACK.lifecycle.next_review_on("dibao", day("2020-10-15"), {"revisit_months": 3}) == day("2021-01-15")

    def test_a_file_is_closed_with_its_documents_and_kept_until_people_set_the_years(self) -> None:
        assert refused("stopped", "file_away", without="file_complete") == {("file_complete", None)}
        assert PACK.lifecycle.keep_until(day("2020-12-31"), "dibao_documents") is None
        assert PACK.lifecycle.keep_until(day("2020-12-31"), "dibao_documents", {"archive_years": 10}) == day(
            "2030-12-31"
        )
        assert not PACK.lifecycle.may_propose_destruction(day("2000-01-01"), day("2020-01-01"), "dibao_documents")
