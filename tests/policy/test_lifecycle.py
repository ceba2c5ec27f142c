"""The life of a file: reviews, lifting and taper, closing with proof, retention, and the other clocks."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import clocks, lifecycle
from bangfu.policy.clocks import ParameterNotSet, add_months
from bangfu.policy.lifecycle import CauseState, ExitStatement, LiftCase, MonthFigures
from tests.policy.parts import NATIONAL, TIANJIN, SmallCalendar, day, part

TJ = part("lifecycle", TIANJIN)
CN = part("lifecycle", NATIONAL)
BOTH = pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])
CALENDAR = SmallCalendar()
DATES = st.dates(datetime.date(2016, 1, 1), datetime.date(2100, 12, 31))


# --- counting -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2020-08-31", 6, "2021-02-28"), ("2019-08-31", 6, "2020-02-29"), ("2020-02-29", 12, "2021-02-28"),
        ("2020-12-15", 1, "2021-01-15"), ("2020-11-30", 12, "2021-11-30"), ("2020-01-31", 1, "2020-02-29"),
    ],
)  # fmt: skip
def test_months_end_on_the_same_day_or_on_the_last(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@given(DATES, st.integers(0, 600))
def test_a_month_period_lands_in_the_right_month_and_never_on_a_later_day(start: datetime.date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day
    assert end.day == start.day or (end + datetime.timedelta(days=1)).day == 1


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2021, 12, 31)), st.integers(1, 60))
def test_a_working_day_clock_counts_exactly_its_working_days(start: datetime.date, length: int) -> None:
    clock = replace(TJ.clocks["sync"], length=length)
    last = clocks.due(clock, start, CALENDAR).last_day
    days = [start + datetime.timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(CALENDAR.is_working(date) for date in days) == length
    assert CALENDAR.is_working(last)


# --- reviews ------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A2-10.a", "TJ-A2-10.b", "GUIDE20-4.1.6.a")
@BOTH
def test_deep_files_are_checked_every_twelve_months(pack: lifecycle.Lifecycle) -> None:
    assert pack.next_review_on("deep", day("2020-11-20")) == day("2021-11-20")
    assert pack.next_review_on("deep", day("2020-02-29")) == day("2021-02-28")
    assert pack.reviews["deep"].in_principle


@pytest.mark.req("TJ-A2-10.a", "TJ-A2-10.c", "GUIDE20-4.1.6.b")
@pytest.mark.parametrize("category", ["relative", "accident"])
@BOTH
def test_relative_and_accident_files_are_checked_every_six_months(pack: lifecycle.Lifecycle, category: str) -> None:
    assert pack.next_review_on(category, day("2021-08-31")) == day("2022-02-28")


@pytest.mark.req("TJ-A2-10.c")
@pytest.mark.parametrize("category", ["union", "local"])
def test_other_files_have_no_interval_until_somebody_sets_one(category: str) -> None:
    with pytest.raises(ParameterNotSet, match="other_review_months"):
        TJ.next_review_on(category, day("2020-11-20"))
    assert TJ.next_review_on(category, day("2020-11-20"), {"other_review_months": 12}) == day("2021-11-20")


@BOTH
def test_a_review_ends_in_one_of_four_ways(pack: lifecycle.Lifecycle) -> None:
    assert set(pack.review_outcomes) == {"keep", "transfer", "lift", "close"}


# --- lifting ------------------------------------------------------------------------------------------------------
def lift_case(**change: Any) -> LiftCase:
    """Three heads at a line of 1000.00: six months at 3000.01 in all, no expense, everything proved, told on 2021-03-10."""
    months = [
        MonthFigures(month, 300_001, 0, 3, 100_000)
        for month in ("2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02")
    ]
    base = LiftCase(
        "deep", day("2020-08-20"), [CauseState("illness", day("2020-12-01"), True)], months, True, "member_employed",
        frozenset({"payslip"}), ExitStatement(signed=True),
    )  # fmt: skip
    return replace(base, **change)


def against(case: LiftCase, pack: lifecycle.Lifecycle = TJ, on: str = "2021-03-10") -> list[str]:
    return [problem.code for problem in lifecycle.may_lift(pack, case, day(on))]


@pytest.mark.req("TJ-A1-2.1.a", "GUIDE20-2.1.a")
@BOTH
def test_only_deep_files_are_lifted(pack: lifecycle.Lifecycle) -> None:
    assert against(lift_case(), pack) == []
    assert against(lift_case(category="relative"), pack) == ["not_liftable"]
    assert lifecycle.closing_problems(pack, "lifted", "accident", {"payslip"})[0].code == "reason_not_for_category"


@pytest.mark.req("TJ-A1-2.1.b", "GUIDE20-2.1.b")
@pytest.mark.parametrize(
    "cause",
    [
        CauseState("illness"),
        CauseState("illness", day("2020-12-01"), False),
        CauseState("illness", day("2021-03-11"), True),
    ],
    ids=["open", "unproved", "ends tomorrow"],
)
@BOTH
def test_every_cause_has_ended_with_proof(pack: lifecycle.Lifecycle, cause: CauseState) -> None:
    ended = CauseState("schooling", day("2020-12-01"), True)
    assert against(lift_case(causes=[ended, cause]), pack) == ["cause_open"]


@pytest.mark.req("TJ-A1-2.1.c", "GUIDE20-2.1.b")
@pytest.mark.parametrize("place", range(6))
@BOTH
def test_one_month_at_the_line_breaks_the_run(pack: lifecycle.Lifecycle, place: int) -> None:
    case = lift_case()
    months = list(case.months)
    months[place] = replace(months[place], income=300_000)
    found = lifecycle.may_lift(pack, replace(case, months=months), day("2021-03-10"))
    assert [(problem.code, problem.about) for problem in found] == [("month_not_above", months[place].month)]


@pytest.mark.req("TJ-A1-2.1.c")
def test_the_run_is_the_last_six_months_and_begins_after_filing() -> None:
    assert against(lift_case(), on="2021-04-01") == ["month_unknown"]  # March is not told yet
    assert against(lift_case(filed_on=day("2020-09-02"))) == ["month_unknown"]
    assert against(lift_case(months=lift_case().months[1:])) == ["month_unknown"]


def test_each_month_is_held_against_the_line_of_that_month() -> None:
    months = list(lift_case().months)
    months[5] = replace(months[5], dibao=100_001)
    assert against(lift_case(months=months)) == ["month_not_above"]


@given(st.integers(1, 20), st.integers(1, 500_000))
def test_the_monthly_comparison_is_exact_to_the_fen(size: int, line: int) -> None:
    def months(income: int) -> list[MonthFigures]:
        return [replace(figures, income=income, household_size=size, dibao=line) for figures in lift_case().months]

    assert against(lift_case(months=months(line * size + 1))) == []
    assert against(lift_case(months=months(line * size))) == ["month_not_above"] * 6 + ["net_not_above"]


def test_bills_that_go_on_keep_a_family_in() -> None:
    months = list(lift_case().months)
    months[0] = replace(months[0], rigid_expense=6)
    assert against(lift_case(months=months)) == ["net_not_above"]
    months[0] = replace(months[0], rigid_expense=5)
    assert against(lift_case(months=months)) == []


@pytest.mark.req("TJ-A1-2.1.d", "GUIDE20-2.1.c")
@pytest.mark.parametrize("finding", [None, False])
@BOTH
def test_a_person_has_found_the_family_out_of_hardship(pack: lifecycle.Lifecycle, finding: bool | None) -> None:
    assert against(lift_case(out_of_hardship=finding), pack) == ["finding_missing"]


@pytest.mark.req("TJ-A1-4.5.2.a")
def test_lifting_has_one_of_four_reasons() -> None:
    assert set(TJ.lifting.reasons) == {"member_employed", "child_graduated", "income_raised", "other"}
    assert against(lift_case(reason=None)) == ["reason_missing"]


@pytest.mark.req("TJ-A1-4.5.2.b")
def test_lifting_needs_pay_slips_or_bank_statements() -> None:
    assert against(lift_case(documents=frozenset({"diagnosis_copy"}))) == ["proof_missing"]
    assert against(lift_case(documents=frozenset({"bank_statement"}))) == []


def test_the_worker_signs_a_statement() -> None:
    assert against(lift_case(statement=ExitStatement())) == ["statement_missing"]
    assert against(lift_case(statement=ExitStatement()), CN) == []  # the national text asks for none


@pytest.mark.req("TJ-A1-4.5.3.b", "TJ-A2-4.1.f", "TJ-A2-4.1.g")
def test_a_refused_statement_is_carried_by_the_units_own_with_seal_and_proof() -> None:
    refused = ExitStatement(refused=True, unit_statement=True, sealed=True)
    assert against(lift_case(statement=refused)) == []
    assert against(lift_case(statement=replace(refused, sealed=False))) == ["seal_missing"]
    assert against(lift_case(statement=replace(refused, unit_statement=False))) == ["unit_statement_missing"]
    assert against(lift_case(statement=refused, documents=frozenset())) == ["proof_missing"]


# --- relief -------------------------------------------------------------------------------------------------------
def relief(
    pack: lifecycle.Lifecycle, category: str = "deep", hard: bool | None = True, aid: int = 600_000
) -> list[str]:
    """Three heads, six months, line 1000.00 (18000.00 in all): income 15000.00, expense 3000.00, aid as given."""
    found = lifecycle.relief_problems(pack, category, hard, 1_500_000, aid, 300_000, 3, 6, 100_000)
    return [problem.code for problem in found]


@pytest.mark.req("TJ-A1-2.1.j", "GUIDE20-2.1.g")
@BOTH
def test_relief_needs_a_cause_that_cannot_be_removed(pack: lifecycle.Lifecycle) -> None:
    assert relief(pack) == []
    assert relief(pack, hard=None) == ["cause_removable"]
    assert relief(pack, category="relative") == ["not_relievable"]


@pytest.mark.req("TJ-A1-2.1.k", "GUIDE20-2.1.g")
@BOTH
def test_relief_is_reached_at_the_line_with_all_aid_counted(pack: lifecycle.Lifecycle) -> None:
    assert relief(pack, aid=600_000) == []
    assert relief(pack, aid=599_999) == ["level_below"]


@BOTH
def test_relief_is_a_mark_and_no_way_out(pack: lifecycle.Lifecycle) -> None:
    assert "relieved" not in pack.closing
    assert pack.relief is not None
    assert pack.relief.categories == ("deep",)
    assert pack.next_review_on("deep", day("2020-11-20")) == day("2021-11-20")


# --- taper --------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-2.1.e")
@pytest.mark.parametrize(
    ("lifted", "end"), [("2021-03-10", "2021-09-10"), ("2020-08-31", "2021-02-28"), ("2021-02-28", "2021-08-28")]
)
def test_the_taper_lasts_six_months(lifted: str, end: str) -> None:
    assert TJ.taper_end(day(lifted)) == day(end)
    assert TJ.taper_reminder(day(lifted)) == day(end) - datetime.timedelta(days=30)


def test_the_national_text_gives_the_taper_no_length() -> None:
    with pytest.raises(ParameterNotSet, match="taper_months"):
        CN.taper_end(day("2021-03-10"))
    assert CN.taper_end(day("2021-03-10"), {"taper_months": 3}) == day("2021-06-10")


@pytest.mark.parametrize("name", [TIANJIN, NATIONAL])
def test_a_family_in_taper_stays_deep_and_may_be_paid(name: str) -> None:
    pack = part("lifecycle", name)
    assert pack.has_taper("deep", "lifted")
    assert not pack.closing["lifted"].stops_payments
    assert pack.taper.categories == pack.lifting.categories == ("deep",)
    assert "taper" in part("aid", name).payable_statuses


@pytest.mark.req("TJ-A1-2.1.g")
@pytest.mark.parametrize(
    "reason",
    [
        "retired",
        "death",
        "relation_ended",
        "private_vehicle",
        "two_homes",
        "private_or_abroad_school",
        "investment",
        "other_reason",
    ],
)
def test_other_reasons_close_at_once_without_taper(reason: str) -> None:
    assert not TJ.has_taper("deep", reason)
    assert TJ.closing[reason].stops_payments


def test_only_deep_files_taper() -> None:
    assert not TJ.has_taper("relative", "lifted")


@pytest.mark.req("TJ-A1-2.1.h")
@BOTH
def test_after_the_taper_a_fresh_judgement_decides(pack: lifecycle.Lifecycle) -> None:
    assert pack.after_taper("relative") == ("transfer", "relative")
    assert pack.after_taper("accident") == ("transfer", "accident")
    assert pack.after_taper("none") == pack.after_taper("union") == ("close", None)


# --- closing ------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-4.5.1.a", "TJ-A1-4.5.1.d", "TJ-A2-4.1.e")
@pytest.mark.parametrize(
    ("reason", "proof"),
    [("retired", "retirement_certificate"), ("death", "death_certificate"), ("relation_ended", "ended_relation_proof")],
)
def test_closing_needs_the_proof_of_its_own_reason(reason: str, proof: str) -> None:
    assert lifecycle.closing_problems(TJ, reason, "deep", {proof}) == []
    others = {"retirement_certificate", "death_certificate", "ended_relation_proof", "check_report"} - {proof}
    assert [p.code for p in lifecycle.closing_problems(TJ, reason, "deep", others)] == ["proof_missing"]


@pytest.mark.req("TJ-A1-4.5.1.b", "TJ-A1-4.5.1.c")
@pytest.mark.parametrize("reason", ["private_vehicle", "two_homes", "private_or_abroad_school", "investment"])
def test_the_four_exclusions_close_a_deep_file_on_the_word_of_the_check(reason: str) -> None:
    assert lifecycle.closing_problems(TJ, reason, "deep", {"check_report"}) == []
    assert lifecycle.closing_problems(TJ, reason, "deep", set())[0].code == "proof_missing"


@pytest.mark.parametrize("reason", ["private_vehicle", "two_homes", "investment"])
def test_what_bars_only_deep_files_closes_no_other(reason: str) -> None:
    assert lifecycle.closing_problems(TJ, reason, "relative", {"check_report"})[0].code == "reason_not_for_category"


def test_an_unknown_reason_closes_nothing() -> None:
    assert lifecycle.closing_problems(TJ, "because", "deep", {"payslip"})[0].code == "reason_unknown"


def test_every_proof_is_a_document_of_the_pack() -> None:
    for name, pack in ((TIANJIN, TJ), (NATIONAL, CN)):
        documents = part("evidence", name).documents
        assert {proof for reason in pack.closing.values() for proof in reason.proof} <= set(documents)
        assert set(pack.lifting.proof) <= set(documents)


@BOTH
def test_fraud_closes_the_file_and_stops_money_at_once(pack: lifecycle.Lifecycle) -> None:
    reason = pack.closing["fraud"]
    assert reason.stops_payments
    assert not reason.taper
    assert pack.events["fraud_found"].stops_payments


@pytest.mark.parametrize("event", ["death", "unreachable"])
@BOTH
def test_death_and_silence_stop_payments_and_open_a_task(pack: lifecycle.Lifecycle, event: str) -> None:
    assert pack.events[event].stops_payments
    with pytest.raises(ParameterNotSet, match="adjust_days"):
        pack.due("adjust_file", day("2020-11-20"), CALENDAR)


@BOTH
def test_a_unit_that_ends_or_moves_sends_its_files_on(pack: lifecycle.Lifecycle) -> None:
    moving = {code for code, event in pack.events.items() if event.moves_file}
    assert {"unit_merged", "unit_dissolved", "unit_affiliation"} <= moving


def test_a_new_job_moves_the_same_file() -> None:
    assert CN.events["reemployed"].moves_file
    assert "reemployed" not in CN.closing


def test_changes_of_a_family_call_for_a_new_judgement() -> None:
    anew = {code for code, event in TJ.events.items() if event.reassess}
    assert anew == {"income", "members", "cause", "job", "home", "vehicle", "address"}
    assert "death" in TJ.events


# --- retention ----------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A2-9.d", "GUIDE20-4.1.5.c")
@BOTH
def test_an_original_file_is_kept_ten_years_from_closing(pack: lifecycle.Lifecycle) -> None:
    closed = day("2021-07-01")
    assert pack.keep_until(closed) == day("2031-07-01")
    assert not pack.may_propose_destruction(closed, day("2031-07-01"))
    assert pack.may_propose_destruction(closed, day("2031-07-02"))
    assert not pack.may_propose_destruction(closed, day("2031-07-02"), legal_hold=True)
    assert not pack.may_propose_destruction(None, day("2099-01-01"))
    assert pack.keep_until(day("2020-02-29")) == day("2030-02-28")


@pytest.mark.req("TJ-A2-9.a", "TJ-A2-9.b", "GUIDE20-4.1.5.a")
@BOTH
def test_money_records_are_kept_until_somebody_sets_their_years(pack: lifecycle.Lifecycle) -> None:
    assert set(pack.retention) == {"original", "finance", "work"}
    assert pack.keep_until(day("2021-07-01"), "finance") is None
    assert not pack.may_propose_destruction(day("2021-07-01"), day("2199-01-01"), "finance")
    years = {"finance_retention_years": 30}
    assert pack.keep_until(day("2021-07-01"), "finance", years) == day("2051-07-01")


# --- the other clocks ---------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-7.g")
def test_use_of_money_is_entered_within_thirty_working_days() -> None:
    due = TJ.due("national_entry", day("2020-09-28"), CALENDAR)
    assert (due.last_day, due.provisional) == (day("2020-11-16"), False)
    assert TJ.clocks["national_entry"].starts == "spent_on"


@pytest.mark.req("FUND20-9.d")
def test_the_national_text_gives_the_same_thirty_days() -> None:
    assert CN.due("national_entry", day("2020-09-28"), CALENDAR).last_day == day("2020-11-16")


@pytest.mark.req("TJ-10.c")
def test_quota_reaches_the_workers_within_fifteen_working_days() -> None:
    assert TJ.due("payout", day("2020-09-28"), CALENDAR).last_day == day("2020-10-26")
    assert TJ.clocks["payout"].starts == "quota_received_on"
    assert TJ.clocks["payout"].duty == "industry"


@pytest.mark.req("FUND20-12.a")
def test_quota_goes_down_within_twenty_working_days() -> None:
    assert CN.due("quota_down", day("2020-09-28"), CALENDAR).last_day == day("2020-11-02")


def test_payout_after_arrival_has_no_number_nationally() -> None:
    with pytest.raises(ParameterNotSet, match="payout_days"):
        CN.due("payout", day("2020-09-28"), CALENDAR)
    assert CN.due("payout", day("2020-09-28"), CALENDAR, 10).last_day == day("2020-10-08")
    assert CN.clocks["payout"].starts == "arrived_on"


@pytest.mark.req("TJ-8.h")
@pytest.mark.parametrize(
    ("sent", "state"),
    [("2020-11-09", "in_time"), ("2020-11-10", "at_limit"), ("2020-11-11", "overdue"), ("2020-01-02", "in_time")],
)
def test_the_carry_over_report_comes_before_the_tenth_of_november(sent: str, state: str) -> None:
    assert lifecycle.carryover_state(TJ, day(sent)) == state
    assert TJ.due("carryover_report", day(sent), CALENDAR).last_day == day("2020-11-09")


@pytest.mark.req("FUND20-10.d")
@pytest.mark.parametrize(("sent", "state"), [("2020-11-30", "in_time"), ("2020-12-01", "overdue")])
def test_the_national_carry_over_report_is_in_time_on_the_thirtieth(sent: str, state: str) -> None:
    assert lifecycle.carryover_state(CN, day(sent)) == state


@pytest.mark.req("FUND20-12.d")
def test_the_use_summary_is_due_on_the_last_of_january() -> None:
    assert CN.due("use_summary", day("2020-12-31"), CALENDAR).last_day == day("2021-01-31")


@pytest.mark.req("FUND20-7.d")
def test_adjusted_standards_are_reported_by_the_end_of_the_year() -> None:
    assert CN.due("standards_report", day("2020-03-01"), CALENDAR).last_day == day("2020-12-31")


@pytest.mark.req("TJ-A2-10.i")
def test_paper_and_electronic_files_agree_within_thirty_working_days() -> None:
    assert TJ.due("sync", day("2020-09-28"), CALENDAR).last_day == day("2020-11-16")
    assert TJ.due("sync", day("2020-12-01"), CALENDAR).provisional


def test_archives_are_cleaned_at_least_once_in_each_calendar_year() -> None:
    assert TJ.yearly_undone("cleanup", 2020, [day("2019-12-31"), day("2021-01-01")])
    assert not TJ.yearly_undone("cleanup", 2020, [day("2020-12-31")])


def test_the_special_audit_is_held_in_each_calendar_year() -> None:
    assert TJ.yearly_undone("special_audit", 2021, [day("2020-12-31")])
    assert not TJ.yearly_undone("special_audit", 2021, [day("2021-01-01")])


def test_aid_standards_are_looked_at_in_each_calendar_year() -> None:
    assert CN.yearly_undone("standard_review", 2021, [])
    assert not CN.yearly_undone("standard_review", 2021, [day("2021-06-01")])


def test_a_duty_nobody_knows_is_told() -> None:
    with pytest.raises(KeyError):
        TJ.yearly_undone("spring_cleaning", 2020, [])


@pytest.mark.parametrize(
    "code",
    [
        "performance_monitoring",
        "return_bad_file",
        "first_aid",
        "adjust_file",
        "change_processing",
        "transfer",
        "own_money_record",
    ],
)
def test_what_the_text_leaves_open_stays_open(code: str) -> None:
    with pytest.raises(ParameterNotSet):
        TJ.due(code, day("2020-11-20"), CALENDAR)
    assert TJ.due(code, day("2020-11-20"), CALENDAR, 10).last_day == day("2020-11-30")
