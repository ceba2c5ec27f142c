"""From application to the national system in Muchuan (档案办法 三), the papers it asks for, and how a file ends (四、五)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from bangfu.policy import evidence, lifecycle, registry
from bangfu.policy import procedure as rules
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.lifecycle import ClosingCase
from tests.policy import households as h
from tests.policy.parts import SmallCalendar, day

PACK = registry.get_pack(h.MUCHUAN)
WAY, LIFE, PAPERS = PACK.procedure, PACK.lifecycle, PACK.evidence
CALENDAR = SmallCalendar()
UNIT_STEPS = ["application", "home_visit", "collective_decision", "public_notice", "report_up"]


def codes(problems: list[rules.Problem]) -> list[str]:
    return [problem.code for problem in problems]


# --- the way ------------------------------------------------------------------------------------------------------
def test_the_way_has_the_six_parts_of_the_text_in_its_order() -> None:
    order = [stop.key for stop in WAY.route()]
    assert order == [*UNIT_STEPS, "county_review", "recognition", "national_entry"]
    numbers = [number for step in WAY.steps for number in step.text_steps]
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3, 4, 5, 6}


@pytest.mark.req("MC-A-3.01")
def test_it_begins_with_a_written_signed_application_at_the_unit_the_community_or_the_township() -> None:
    first = WAY.steps[0]
    assert (first.kind, first.level) == ("entry", "unit")
    assert {"application_signed", "right_unit"} <= set(first.guards)
    assert "application_form" in {paper.paper for paper in evidence.checklist(PACK, h.muchuan())}


@pytest.mark.req("MC-A-3.06")
def test_a_helped_application_bears_the_workers_own_signature_too() -> None:
    assert "helped_application" in PAPERS.papers["application_form"].accepts
    assert "application_signed" in WAY.step("application").guards
    with pytest.raises(ParameterNotSet, match="help_days"):
        LIFE.due("help_to_apply", day("2020-10-15"), CALENDAR)


@pytest.mark.req("MC-A-3.08")
def test_every_application_is_visited_at_home_by_the_receiving_union() -> None:
    visit = WAY.step("home_visit")
    assert (visit.kind, visit.level, visit.only_when) == ("visit", "unit", None)
    assert {"visit_complete", "visit_positive"} <= set(visit.guards)
    assert codes(rules.visit_problems(WAY, [], 0, {})) == [
        "visitors_missing", "in_difficulty_missing", "causes_confirmed_missing", "reasons_missing",
    ]  # fmt: skip
    found = {"in_difficulty": True, "causes_confirmed": True, "reasons": "住房漏雨"}
    assert rules.visit_problems(WAY, ["李"], 0, found) == []


@pytest.mark.req("MC-A-3.09")
def test_the_visit_is_closed_with_a_calculation_of_the_present_facts() -> None:
    assert "calculation_attached" in WAY.step("home_visit").guards
    assert "calculation_sheet" in WAY.step("application").produces


@pytest.mark.req("MC-A-3.10")
def test_a_meeting_after_the_visit_and_before_the_notice_decides_and_nobody_alone() -> None:
    order = [step.code for step in WAY.steps]
    assert order.index("home_visit") < order.index("collective_decision") < order.index("public_notice")
    assert "meeting_recorded" in WAY.step("collective_decision").guards
    assert WAY.same_person_conflicts("collective_decision", "li", [("application", "li")]) == ["application"]
    assert WAY.same_person_conflicts("collective_decision", "li", [("home_visit", "li")]) == ["home_visit"]
    assert WAY.same_person_conflicts("collective_decision", "wang", [("home_visit", "li")]) == []


@pytest.mark.req("MC-A-3.11")
def test_the_list_hangs_in_the_workers_own_unit() -> None:
    assert WAY.notice is not None
    assert WAY.notice.places == ("employer",)
    assert (WAY.step("public_notice").level, WAY.notice.photos) == ("unit", ("start",))


@pytest.mark.req("MC-A-3.12")
@pytest.mark.parametrize(
    ("posted", "last", "opens"),
    [("2020-09-14", "2020-09-21", "2020-09-22"), ("2020-09-25", "2020-10-09", "2020-10-10"), ("2020-09-26", "2020-10-09", "2020-10-10")],
)  # fmt: skip
def test_five_full_working_days_pass_after_the_day_of_posting(posted: str, last: str, opens: str) -> None:
    due = WAY.opens_on("public_notice", day(posted), CALENDAR)
    assert (due.last_day, due.opens_on) == (day(last), day(opens))
    assert "notice_elapsed" in WAY.step("public_notice").guards


@pytest.mark.req("MC-A-3.13")
def test_an_open_objection_stops_the_notice_and_the_report() -> None:
    assert "no_open_objection" in WAY.step("public_notice").guards
    assert "no_open_objection" in WAY.step("report_up").guards
    assert WAY.can_return("public_notice", "home_visit")


@pytest.mark.req("MC-A-3.14")
def test_the_countys_form_is_made_after_the_notice() -> None:
    assert [step.code for step in WAY.steps if "county_form" in step.produces] == ["report_up"]
    assert WAY.next("public_notice").key == "report_up"


@pytest.mark.req("MC-A-3.15")
def test_the_report_goes_to_the_county_with_papers_and_the_unions_opinion() -> None:
    step = WAY.step("report_up")
    assert {"papers_complete", "determination_decided"} <= set(step.guards)
    assert "union_opinion" in step.produces
    assert WAY.next("report_up").step.level == "industry"
    assert [stop.key for stop in WAY.route(["T1"])][5] == "report_up@T1"  # no union on the way up is left out


@pytest.mark.req("MC-A-3.16")
def test_the_county_answers_four_groups_of_questions_from_the_papers() -> None:
    step = WAY.step("county_review")
    assert (step.level, step.kind) == ("industry", "recheck")
    assert "check_sheet_complete" in step.guards
    assert list(PAPERS.folders) == ["notice_check", "form_check", "logic_check", "standard_check"]


@pytest.mark.req("MC-A-3.17", "MC-A-3.18", "MC-A-3.19", "MC-A-3.20", "MC-A-3.21")
@pytest.mark.parametrize(
    "reason", ["no_proper_notice", "form_incomplete", "contradictions", "standard_misapplied", "other_doubt"]
)
def test_each_reason_of_return_leads_to_a_new_investigation(reason: str) -> None:
    point = WAY.returns[reason]
    assert (point.target_kind, point.target, point.clause) == ("step", "home_visit", "档案办法 三（五）")
    for step in ("county_review", "recognition"):
        assert WAY.step(step).returns_to == ("home_visit",)
    after = [stop.key for stop in WAY.route()]
    again = after[after.index("home_visit") :]
    assert {"collective_decision", "public_notice", "report_up"} <= set(again)


@pytest.mark.req("MC-A-3.22", "MC-A-5.09")
def test_the_countys_centre_recognises_and_is_nobody_who_worked_on_it_below() -> None:
    step = WAY.step("recognition")
    assert (step.kind, step.level, step.role) == ("filing", "industry", "aid_center")
    for earlier in UNIT_STEPS:
        if earlier != "public_notice":
            assert WAY.same_person_conflicts("recognition", "li", [(earlier, "li")]) == [earlier]


@pytest.mark.req("MC-A-3.24", "MC-A-3.25")
def test_the_reporting_union_gets_a_copy_back_and_enters_the_family_after_recognition() -> None:
    last = WAY.steps[-1]
    assert (last.code, last.level) == ("national_entry", "unit")
    assert set(last.produces) == {"national_record", "returned_copy"}
    assert WAY.next("recognition").key == "national_entry"
    with pytest.raises(ParameterNotSet, match="entry_days"):
        LIFE.due("electronic_entry", day("2020-10-15"), CALENDAR)


@pytest.mark.req("MC-A-3.07")
def test_for_a_year_after_the_end_of_work_the_community_or_the_township_receives_the_application() -> None:
    assert LIFE.due("unemployed_route", day("2020-03-10"), CALENDAR).last_day == day("2021-03-10")
    assert "right_unit" in WAY.step("application").guards


@pytest.mark.req("MC-A-5.01")
def test_one_family_has_one_file_at_application_and_at_recognition() -> None:
    assert [step.code for step in WAY.steps if "one_family_one_file" in step.guards] == ["application", "recognition"]


@pytest.mark.req("MC-A-5.02", "MC-A-5.03")
def test_the_file_bears_the_workers_name_and_of_two_at_different_units_the_heads() -> None:
    assert rules.file_holder(WAY, "P1", None, False, "P3").member == "P1"
    assert rules.file_holder(WAY, "P1", "P2", False, "P2").member == "P2"
    same = rules.file_holder(WAY, "P1", "P2", True, "P2")
    neither = rules.file_holder(WAY, "P1", "P2", False, "P3")
    assert [(found.member, found.reason_needed) for found in (same, neither)] == [(None, True)] * 2


@pytest.mark.req("MC-A-5.11", "MC-A-5.19")
def test_recognition_follows_the_result_both_ways() -> None:
    assert "determination_decided" in WAY.step("recognition").guards
    assert {code: refusal.may_reapply for code, refusal in WAY.refusals.items()} == {
        "concealed": False,
        "not_eligible": True,
    }


@pytest.mark.req("MC-A-5.14")
def test_who_obtained_a_file_by_falsehood_may_not_apply_again() -> None:
    refusal = WAY.refusals["concealed"]
    assert (refusal.final, refusal.may_reapply, refusal.clause) == (True, False, "档案办法 五（三）")


@pytest.mark.req("MC-F-4.19")
def test_relatives_of_the_family_keep_out_of_every_decision() -> None:
    for step in ("home_visit", "collective_decision", "report_up", "county_review", "recognition"):
        assert "no_kinship" in WAY.step(step).guards, step


def test_centre_finance_and_audit_are_never_one_person() -> None:
    pairs = {frozenset(pair[:2]) for pair in WAY.incompatible}
    assert {
        frozenset(pair) for pair in (("aid_center", "finance"), ("finance", "audit"), ("aid_center", "audit"))
    } <= pairs


# --- papers -------------------------------------------------------------------------------------------------------
def asked(**changes: Any) -> set[tuple[str, str | None]]:
    return {paper.key for paper in evidence.checklist(PACK, h.muchuan(causes=[]) | changes)}


def papers(**changes: Any) -> set[str]:
    return {paper for paper, _ in asked(**changes)}


ALWAYS = {"application_form", "id_card", "huji_book", "difficulty_certificate", "member_card"}


@pytest.mark.req("MC-A-3.02")
def test_everybody_brings_identity_card_and_booklet() -> None:
    assert {("id_card", "P1"), ("id_card", "P2"), ("huji_book", "P1"), ("huji_book", "P2")} <= asked()
    baby = [h.worker(), h.person("P2", birth_date="2018-01-01")]
    assert ("id_card", "P2") not in asked(members=baby)
    assert ("huji_book", "P2") in asked(members=baby)


@pytest.mark.req("MC-A-3.03", "MC-FORM1-36")
def test_further_copies_follow_from_what_the_family_says() -> None:
    assert papers() == ALWAYS
    assert papers(status={"dibao": True}) - ALWAYS == {"dibao_certificate"}
    assert papers(members=[h.worker(employment="laid_off")]) - ALWAYS == {"jobless_certificate"}
    assert papers(members=[h.worker(employment="unemployed")]) - ALWAYS == {"jobless_certificate"}
    disabled = [h.worker(), h.person("P2", disabilities=[{"kind": "limb", "grade": 3}])]
    assert asked(members=disabled) - asked() == {("disability_certificate", "P2")}
    ill = [h.worker(), h.person("P2", major_illness=True)]
    assert asked(causes=["illness"], members=ill) - asked() == {("illness_proof", "P2")}
    assert set(PAPERS.papers["illness_proof"].accepts) == {"illness_statement", "hospital_statement"}


@pytest.mark.req("MC-FORM1-12")
def test_dibao_said_and_no_certificate_is_a_gap() -> None:
    needed = evidence.checklist(PACK, h.muchuan(causes=[], status={"dibao": True}))
    handed = [
        evidence.HandedIn(need.paper, need.accepts[0], need.subject, compared_by="li", paper_filed=True)
        for need in needed
    ]
    assert evidence.gaps(needed, handed) == []
    without = [item for item in handed if item.paper != "dibao_certificate"]
    assert [gap.required.paper for gap in evidence.gaps(needed, without) if gap.blocking] == ["dibao_certificate"]


@pytest.mark.req("MC-A-3.04")
def test_a_work_injury_asks_for_its_decision_other_causes_for_other_papers_and_copies_are_compared() -> None:
    assert "work_injury" in papers(incident=h.incident("major_safety_accident"))
    assert "other_proof" in papers(causes=["other"])
    card = next(need for need in evidence.checklist(PACK, h.muchuan()) if need.paper == "id_card")
    seen = evidence.HandedIn("id_card", "id_card_copy", card.subject, paper_filed=True)
    assert [gap.code for gap in evidence.gaps([card], [seen])] == ["compare"]


@pytest.mark.req("MC-FORM1-37")
def test_the_forms_own_attachments_are_papers_too() -> None:
    assert papers(causes=["schooling"], members=[h.worker(), h.person("P2", studying="college")]) - ALWAYS == {
        "schooling_proof"
    }
    assert "outpatient_receipt" in papers(expenses=[h.bill("100.00")])
    titles = {PAPERS.documents[code].title for code in ("admission_letter", "outpatient_receipt", "member_card")}
    assert titles == {"录取通知书复印件", "门诊药品费发票复印件", "工会会员证复印件"}


@pytest.mark.req("MC-FORM1-35")
def test_a_disability_certificate_belongs_to_a_member_who_counts() -> None:
    away = h.person("P3", lives_together=False, disabilities=[{"kind": "limb", "grade": 1}])
    assert ("disability_certificate", "P3") not in asked(members=[h.worker(), away])


@pytest.mark.req("MC-A-1.04")
def test_a_migrant_worker_shows_a_contract_or_another_proof_of_work() -> None:
    assert papers(members=[h.worker(migrant_worker=True)]) - ALWAYS == {"labour_relation"}
    assert len(PAPERS.papers["labour_relation"].accepts) == 3


# --- the end of a file --------------------------------------------------------------------------------------------
ON = day("2021-09-15")
GROUNDS = {
    1: ["moved_away"], 2: ["relation_elsewhere"], 3: ["out_of_hardship", "death", "unreachable"], 4: ["age_reached"],
    5: ["both_farming"], 6: ["in_work"], 7: ["studies_finished"], 8: ["one_off_done"], 9: ["cured"],
    10: ["two_years_without_aid"], 11: ["refused_work"], 12: ["duplicate"], 13: ["other_reason"],
}  # fmt: skip
FULL = ClosingCase(
    ON, "female", day("1960-01-01"), {"without_aid": day("2018-01-01")},
    frozenset({"training", "schooling", "legal"}), (), frozenset({"industry"}),
)  # fmt: skip


def against(
    reason: str, case: ClosingCase | None = FULL, proof: bool = True, category: str = "below_line"
) -> list[str]:
    documents = {LIFE.closing[reason].proof[0]} if proof else set()
    return codes(lifecycle.closing_problems(LIFE, reason, category, documents, case))


@pytest.mark.req("MC-A-4.03")
def test_there_are_thirteen_grounds_each_with_a_proof_and_any_one_is_enough() -> None:
    for number, reasons in GROUNDS.items():
        for reason in reasons:
            assert LIFE.closing[reason].clause == f"档案办法 四（一）{number}"
            assert against(reason) == []
            assert against(reason, proof=False) == ["proof_missing"]
    assert set(LIFE.closing) == {code for reasons in GROUNDS.values() for code in reasons} | {"fraud"}


@pytest.mark.req("MC-A-4.04", "MC-A-4.05", "MC-A-4.08", "MC-A-4.15", "MC-A-4.16")
@pytest.mark.parametrize(
    ("reason", "proof"),
    [
        ("moved_away", "residence_finding"), ("relation_elsewhere", "relation_ended_proof"), ("both_farming", "farming_statement"),
        ("refused_work", "refusal_record"), ("duplicate", "duplicate_finding"),
    ],
)  # fmt: skip
def test_what_a_person_finds_is_closed_only_with_the_record_of_it(reason: str, proof: str) -> None:
    assert codes(lifecycle.closing_problems(LIFE, reason, "migrant", {"id_card_copy"}, FULL)) == ["proof_missing"]
    assert codes(lifecycle.closing_problems(LIFE, reason, "migrant", {proof}, FULL)) == []


@pytest.mark.req("MC-A-4.06")
def test_out_of_hardship_death_and_no_contact_are_three_codes_with_their_own_proof() -> None:
    proofs = {code: LIFE.closing[code].proof for code in GROUNDS[3]}
    assert proofs == {
        "out_of_hardship": ("reassessment_sheet",),
        "death": ("death_proof",),
        "unreachable": ("contact_record",),
    }


@pytest.mark.req("MC-A-4.07")
@pytest.mark.parametrize(("sex", "born"), [("female", "1966-09-15"), ("male", "1961-09-15")])
def test_women_of_55_and_men_of_60_leave_on_their_birthday(sex: str, born: str) -> None:
    assert LIFE.reaches_age_on("age_reached", sex, day(born)) == ON
    assert against("age_reached", ClosingCase(ON, sex, day(born))) == []
    assert against("age_reached", ClosingCase(ON, sex, day(born) + datetime.timedelta(days=1))) == ["age_not_reached"]
    assert against("age_reached", ClosingCase(ON, sex, None)) == ["age_unknown"]
    assert against("age_reached", ClosingCase(ON, None, day(born))) == ["age_unknown"]
    assert against("age_reached", None) == ["age_unknown"]


@pytest.mark.req("MC-A-4.09")
def test_work_after_training_closes_only_where_training_was_given_and_nothing_else_is_wrong() -> None:
    def told(aided: set[str], live: tuple[str, ...] | None) -> list[str]:
        return against("in_work", ClosingCase(ON, aided=frozenset(aided), live_causes=live))

    assert told({"training"}, ()) == []
    assert told({"medical"}, ()) == ["aid_missing"]
    assert told({"training"}, ("illness",)) == told({"training"}, None) == ["cause_open"]


@pytest.mark.req("MC-A-4.10")
def test_finished_studies_close_only_a_file_that_had_aid_for_schooling() -> None:
    assert against("studies_finished", ClosingCase(ON, aided=frozenset({"schooling"}))) == []
    assert against("studies_finished", ClosingCase(ON)) == ["aid_missing"]


@pytest.mark.req("MC-A-4.11")
@pytest.mark.parametrize("kind", ["legal", "counselling"])
def test_one_off_aid_that_is_done_closes_a_file_without_another_cause(kind: str) -> None:
    assert against("one_off_done", ClosingCase(ON, aided=frozenset({kind}), live_causes=())) == []
    assert against("one_off_done", ClosingCase(ON, aided=frozenset({kind}), live_causes=("illness",))) == ["cause_open"]
    assert against("one_off_done", ClosingCase(ON, live_causes=())) == ["aid_missing"]


@pytest.mark.req("MC-A-4.12")
def test_a_cured_illness_closes_with_its_statement_and_no_other_cause() -> None:
    assert against("cured", ClosingCase(ON, live_causes=())) == []
    assert against("cured", ClosingCase(ON, live_causes=("schooling",))) == ["cause_open"]
    assert against("cured", ClosingCase(ON, live_causes=()), proof=False) == ["proof_missing"]


@pytest.mark.req("MC-A-4.13", "MC-A-4.14")
def test_two_years_without_aid_are_over_on_the_anniversary_of_the_last_aid_or_of_filing() -> None:
    def told(started: str | None) -> list[str]:
        running = {"without_aid": day(started)} if started else {}
        return against("two_years_without_aid", ClosingCase(ON, clock_started=running))

    assert told("2019-09-15") == []
    assert told("2019-09-16") == ["clock_running"]
    assert told(None) == ["clock_unknown"]
    assert LIFE.clocks["without_aid"].starts == "last_aid_or_filing"


@pytest.mark.req("MC-A-4.17")
def test_any_other_reason_needs_the_county() -> None:
    assert against("other_reason", ClosingCase(ON, confirmed_by=frozenset({"industry"}))) == []
    assert against("other_reason", ClosingCase(ON, confirmed_by=frozenset({"unit"}))) == ["confirmation_missing"]


@pytest.mark.req("MC-A-5.12")
def test_a_file_obtained_by_falsehood_is_closed_paid_back_and_stopped_at_once() -> None:
    reason = LIFE.closing["fraud"]
    assert (reason.claims_back, reason.stops_payments, reason.proof) == (True, True, ("fraud_finding",))
    assert LIFE.events["fraud_found"].stops_payments


# --- the year -----------------------------------------------------------------------------------------------------
@pytest.mark.req("MC-A-4.01")
def test_all_files_are_checked_at_least_once_in_every_calendar_year() -> None:
    assert LIFE.yearly_undone("full_check", 2021, [day("2020-12-31"), day("2022-01-01")])
    assert not LIFE.yearly_undone("full_check", 2021, [day("2021-01-01")])
    for category in PACK.categories:
        assert LIFE.next_review_on(category.code, day("2020-11-20")) == day("2021-11-20")


@pytest.mark.req("MC-A-4.23")
def test_the_clean_up_is_done_in_september_both_its_ends_included() -> None:
    assert LIFE.yearly_span("clean_up", 2021) == (day("2021-09-01"), day("2021-09-30"))
    assert LIFE.yearly_undone("clean_up", 2021, [day("2021-08-31"), day("2021-10-01")])
    assert not LIFE.yearly_undone("clean_up", 2021, [day("2021-09-30")])
    assert LIFE.due("september_clean_up", day("2021-09-01"), CALENDAR).last_day == day("2021-09-30")


@pytest.mark.req("MC-A-4.25")
def test_every_year_has_its_report_to_the_county() -> None:
    assert LIFE.yearly_undone("analysis_report", 2021, [])
    assert LIFE.yearly["analysis_report"].clause == "档案办法 四（三）"


@pytest.mark.req("MC-F-4.15")
def test_every_years_audit_plan_holds_the_aid_money() -> None:
    assert LIFE.yearly_undone("audit_plan", 2021, [day("2020-06-01")])
    assert not LIFE.yearly_undone("audit_plan", 2021, [day("2021-06-01")])


@pytest.mark.req("MC-A-4.20", "MC-A-4.21")
def test_a_change_is_judged_anew_and_a_new_family_goes_the_whole_way() -> None:
    assert LIFE.events["family_change"].reassess
    assert LIFE.events["newly_qualifying"].reassess
    assert WAY.steps[-1].code == "national_entry"
    assert [step.code for step in WAY.steps if step.only_when is not None or step.open_early] == []


@pytest.mark.req("MC-A-4.19")
def test_changes_have_no_invented_number_of_days() -> None:
    with pytest.raises(ParameterNotSet, match="change_days"):
        LIFE.due("change_entry", day("2020-10-15"), CALENDAR)
    assert LIFE.due("change_entry", day("2020-10-15"), CALENDAR, 3).last_day == day("2020-10-18")


@pytest.mark.req("MC-A-4.22", "MC-F-3.18")
def test_aid_is_entered_within_thirty_working_days_of_payment() -> None:
    due = LIFE.due("aid_entry", day("2020-09-14"), CALENDAR)
    days = [
        day("2020-09-14") + datetime.timedelta(days=n) for n in range(1, (due.last_day - day("2020-09-14")).days + 1)
    ]
    assert sum(CALENDAR.is_working(one) for one in days) == 30
    assert CALENDAR.is_working(due.last_day)


@pytest.mark.req("MC-A-0.01")
def test_the_other_counties_have_until_the_end_of_the_year() -> None:
    assert LIFE.due("rule_set", day("2016-11-16"), CALENDAR).last_day == day("2016-12-31")


@pytest.mark.req("MC-A-5.04", "MC-A-5.05")
@pytest.mark.parametrize("event", ["unit_closed", "unit_abolished", "contract_signed"])
def test_the_file_moves_when_the_unit_ends_or_a_new_contract_is_signed(event: str) -> None:
    assert LIFE.events[event].moves_file
    assert not LIFE.events[event].reassess
    with pytest.raises(ParameterNotSet, match="transfer_days"):
        LIFE.due("transfer", day("2020-10-15"), CALENDAR)
