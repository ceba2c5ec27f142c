"""Running clocks: begun with what they belong to, paused while a case is back, never lost, never in the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.casework import services
from bangfu.casework.choices import ClockKind, ClockOutcome, FileState
from bangfu.casework.clock_models import RunningClock
from bangfu.casework.duties import owed
from bangfu.casework.errors import NotYourTurn
from bangfu.casework.models import CaseFile, PublicNotice, ReturnPoint, StepRecord
from bangfu.casework.selectors.today import open_clocks
from bangfu.casework.services import clocks
from bangfu.common import clock
from bangfu.common.acts import SYSTEM, act
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry, CalendarDay, CalendarYear
from bangfu.common.workdays import calendar
from bangfu.organizations.choices import Role
from bangfu.organizations.models import Union
from tests import factories
from tests.casework import kit
from tests.casework.kit import Office, Walk

POINT = [{"code": "homes_unclear"}]


def running(**which: Any) -> RunningClock:
    return RunningClock.objects.get(stopped_on__isnull=True, **which)


def send_back(walk: Walk, days: int = 0) -> None:
    services.return_case(walk.office.reviewer.actor, walk.application, points=POINT, at=walk.later(days))
    walk.reload()


def answer(walk: Walk, days: int = 0) -> None:
    said = {point.pk: "已补" for point in ReturnPoint.objects.filter(answered_at__isnull=True)}
    services.resubmit(walk.office.clerk.actor, walk.application, answers=said, at=walk.later(days))
    walk.reload()


@pytest.mark.req("TJ-A1-4.3.c")
def test_the_posting_of_a_notice_runs_five_full_working_days_and_nobody_is_late_when_they_are_over(walk: Walk) -> None:
    walk.to("public_notice")
    assert not RunningClock.objects.filter(kind=ClockKind.STEP, stopped_on__isnull=True).exists()
    notice = walk.post()
    held = running(kind=ClockKind.STEP)
    assert held.period
    assert calendar().working_days_between(held.started_on, held.due_on) == 5
    assert (held.due_on, held.union_id, held.role) == (notice.ends_on, walk.office.clerk.union_id, "clerk")
    walk.later(days=20)
    end = kit.evidence(walk.office.clerk, walk.household, "notice_papers", at=walk.at)
    services.add_photo(walk.office.clerk.actor, notice, end, which="end", at=walk.at)
    services.close_notice(walk.office.clerk.actor, walk.application, at=walk.at)
    held.refresh_from_db()
    assert held.outcome == ClockOutcome.MET


def test_a_posting_that_still_hangs_keeps_its_end_when_the_case_comes_back_to_it(walk: Walk) -> None:
    walk.to("public_notice")
    notice = walk.post()
    services.return_case(
        walk.office.clerk.actor, walk.application, points=[{"code": "homes_unclear"}], to="application", at=walk.later()
    )
    walk.reload()
    assert not RunningClock.objects.filter(kind=ClockKind.STEP, stopped_on__isnull=True).exists()
    answer(walk)
    walk.unit_review()
    assert walk.application.step == "public_notice", "the visit still stands"
    assert walk.application.due_on == notice.ends_on
    assert running(kind=ClockKind.STEP).due_on == notice.ends_on


def test_a_step_without_a_number_has_no_clock_unless_the_installation_sets_one(walk: Walk, settings: Any) -> None:
    assert walk.application.due_on is None
    settings.BANGFU_PARAMETERS = {"step_days": 3}
    send_back(walk)
    held = running(kind=ClockKind.STEP)
    assert (held.code, held.length, held.due_on) == ("step", 3, walk.application.due_on)
    assert calendar().working_days_between(clock.day(walk.at), held.due_on) == 3


def test_a_returned_case_stops_the_reviewers_clock_which_goes_on_with_what_was_left(walk: Walk, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"step_days": 10}
    send_back(walk)
    answer(walk)
    first = running(kind=ClockKind.STEP)
    assert first.role == "reviewer"
    days = calendar()
    send_back(walk, days=5)
    first.refresh_from_db()
    used = days.working_days_between(first.started_on, clock.day(walk.at))
    assert first.paused_on == clock.day(walk.at)
    assert first.left == 10 - used
    assert walk.application.waits_role == "clerk"
    answer(walk, days=30)
    first.refresh_from_db()
    assert first.paused_on is None
    assert first.step_id == walk.record().pk
    assert days.working_days_between(clock.day(walk.at), first.due_on) == 10 - used
    assert walk.application.due_on == first.due_on
    assert first.days_paused == 30
    walk.unit_review()
    first.refresh_from_db()
    assert first.outcome == ClockOutcome.MET


def test_being_late_blocks_nothing_and_stays_on_record(walk: Walk, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"step_days": 2}
    send_back(walk)
    answer(walk)
    late = running(kind=ClockKind.STEP)
    walk.later(days=40)
    walk.unit_review()
    late.refresh_from_db()
    assert late.outcome == ClockOutcome.LATE
    assert walk.application.step == "home_visit"


def test_the_clocks_of_an_application_end_with_it(walk: Walk, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"step_days": 5}
    send_back(walk)
    services.withdraw(walk.office.clerk.actor, walk.application, reason="家庭要求", at=walk.later())
    assert not RunningClock.objects.filter(application=walk.application, stopped_on__isnull=True).exists()


def clocks_agree() -> None:
    """Every open step with a date has one clock with that date; nothing that is over still ticks; nothing is there to be settled."""
    for record in StepRecord.objects.filter(closed_at__isnull=True):
        dues = list(record.clocks.running().filter(kind=ClockKind.STEP).values_list("due_on", flat=True))
        assert dues == ([record.due_on] if record.due_on else [])
        assert record.application.due_on == record.due_on
    assert not RunningClock.objects.running().filter(step__closed_at__isnull=False).exists()
    found = clocks.settle(kit.AT, dry_run=True)
    assert (found["steps"], found["files"]) == (0, 0)


ACTS = st.lists(st.tuples(st.sampled_from(["on", "back", "answer"]), st.integers(0, 12)), min_size=3, max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_to_a_case_no_clock_is_lost(walk: Walk, settings: Any, acts: list[tuple[str, int]]) -> None:
    from django.db import transaction

    settings.BANGFU_PARAMETERS = {"step_days": 4}
    at = walk.at
    try:
        with transaction.atomic():
            for what, days in acts:
                walk.later(days)
                step = walk.record().code
                if what == "back" and step in ("unit_review", "home_visit", "public_notice"):
                    who = walk.office.reviewer if step == "unit_review" else walk.office.clerk
                    services.return_case(who.actor, walk.application, points=POINT, to="application", at=walk.at)
                elif what == "answer" and step == "application":
                    answer(walk)
                elif what == "on" and step == "unit_review":
                    walk.unit_review()
                elif what == "on" and step == "home_visit":
                    walk.visit()
                elif what == "on" and step == "public_notice" and not PublicNotice.objects.exists():
                    walk.post()
                walk.reload()
                clocks_agree()
            raise InterruptedError
    except InterruptedError:
        walk.at = at
        walk.reload()


# --- files --------------------------------------------------------------------------------------------------------
@pytest.fixture
def file(at_check: Walk) -> CaseFile:
    at_check.check()
    made: CaseFile = at_check.file()
    return made


@pytest.mark.req("TJ-A2-10.b")
def test_a_deep_file_is_checked_twelve_months_after_it_was_opened_with_a_warning_before(file: CaseFile) -> None:
    held = running(kind=ClockKind.REVIEW)
    assert file.category == "deep"
    assert held.due_on == file.next_review_on
    assert held.due_on == file.opened_on.replace(year=file.opened_on.year + 1)
    assert held.warn_on == held.due_on - timedelta(days=30)
    assert (held.union_id, held.role, held.in_principle) == (file.union_id, "clerk", True)


@pytest.mark.req("TJ-A2-10.c")
@pytest.mark.parametrize("category", ["relative", "accident"])
def test_a_change_of_category_moves_the_check_to_six_months(file: CaseFile, category: str) -> None:
    from bangfu.casework.services.steps import next_review

    with act(SYSTEM, "change", at=kit.AT) as deed:
        file.category = category
        file.next_review_on = next_review(file.policy, category, file.opened_on)
        file.save()
        deed.record(file)
    held = running(kind=ClockKind.REVIEW)
    months = (held.due_on.year - file.opened_on.year) * 12 + held.due_on.month - file.opened_on.month
    assert (months, held.due_on.day) == (6, file.opened_on.day)
    assert "核查" in held.title


def test_a_check_that_holds_in_principle_is_put_off_with_a_reason_and_one_of_a_number_is_not(
    file: CaseFile, at_check: Walk
) -> None:
    held, sync = running(kind=ClockKind.REVIEW), running(code="sync")
    clerk, later = at_check.office.clerk.actor, held.due_on + timedelta(days=20)
    with pytest.raises(Refused, match="原因"):
        clocks.postpone_clock(clerk, held, to=later, reason=" ", at=at_check.at)
    clocks.postpone_clock(clerk, held, to=later, reason="职工住院", at=at_check.at)
    file.refresh_from_db()
    assert file.next_review_on == later == running(kind=ClockKind.REVIEW).due_on
    assert AuditEntry.objects.filter(verb="postpone_clock", reason="职工住院").exists()
    with pytest.raises(Refused, match="不能推迟"):
        clocks.postpone_clock(clerk, sync, to=sync.due_on + timedelta(days=9), reason="忙", at=at_check.at)


@pytest.mark.req("TJ-A2-10.i")
def test_paper_follows_the_electronic_file_within_thirty_working_days_and_the_earliest_change_counts(
    file: CaseFile, at_check: Walk
) -> None:
    held = running(code="sync")
    assert calendar().working_days_between(file.opened_on, held.due_on) == 30
    with act(SYSTEM, "change", at=at_check.at) as deed:
        again = clocks.happened(
            "changed_on", file.opened_on + timedelta(days=9), application=file.application, file=file
        )
        deed.record(file)
    assert again == []
    assert running(code="sync").due_on == held.due_on
    at = at_check.later(days=90)
    done = clocks.finish_clock(at_check.office.clerk.actor, held, done_on=held.due_on, note="纸质档案已补", at=at)
    assert done.outcome == ClockOutcome.MET, "the last day counts"
    with pytest.raises(Refused, match="不需要重复"):
        clocks.finish_clock(at_check.office.clerk.actor, held, done_on=held.due_on, note="再来", at=at)


@pytest.mark.parametrize(("days", "outcome"), [(0, ClockOutcome.MET), (1, ClockOutcome.LATE)])
def test_what_is_done_after_its_last_day_is_taken_and_marked_late(
    file: CaseFile, at_check: Walk, days: int, outcome: str
) -> None:
    held = running(code="sync")
    on = held.due_on + timedelta(days=days)
    at = datetime.combine(on + timedelta(days=5), datetime.min.time(), tzinfo=UTC)
    assert clocks.finish_clock(at_check.office.clerk.actor, held, done_on=on, note="已办", at=at).outcome == outcome


def test_only_who_owes_it_says_that_it_was_done_and_not_for_a_day_to_come(file: CaseFile, at_check: Walk) -> None:
    held, office = running(code="sync"), at_check.office
    for desk in (office.reviewer, office.upper_clerk, office.leader):
        with pytest.raises(NotYourTurn):
            clocks.finish_clock(desk.actor, held, done_on=file.opened_on, note="已办", at=at_check.at)
    tomorrow = clock.day(at_check.at) + timedelta(days=1)
    with pytest.raises(Refused, match="晚于今天"):
        clocks.finish_clock(office.clerk.actor, held, done_on=tomorrow, note="已办", at=at_check.at)
    with pytest.raises(Refused, match="随办理自动结束"):
        clocks.finish_clock(
            office.clerk.actor, running(kind=ClockKind.REVIEW), done_on=file.opened_on, note="已办", at=at_check.at
        )


def test_a_closed_file_owes_no_check_but_its_paper_still_follows(file: CaseFile) -> None:
    with act(SYSTEM, "close", at=kit.AT) as deed:
        file.state = FileState.CLOSED
        file.save()
        deed.record(file)
    assert [row.code for row in RunningClock.objects.running().filter(case_file=file)] == ["sync"]


def test_money_that_was_spent_starts_thirty_working_days_for_the_national_system(file: CaseFile) -> None:
    with act(SYSTEM, "pay", at=kit.AT) as deed:
        (held,) = clocks.happened("spent_on", date(2020, 12, 1), application=file.application, file=file)
        deed.record(file)
    assert held.code == "national_entry"
    assert calendar().working_days_between(date(2020, 12, 1), held.due_on) == 30


def test_signatures_run_out_only_where_the_installation_says_after_how_long(at_check: Walk, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"authorization_months": 12}
    at_check.check()
    at_check.file()
    held = running(kind=ClockKind.AUTHORIZATION)
    assert held.due_on == date(2021, held.started_on.month, held.started_on.day)


def test_what_rests_on_a_year_not_published_says_so_and_is_counted_again_when_it_is(
    file: CaseFile, at_check: Walk
) -> None:
    with act(SYSTEM, "unpublish", at=kit.AT) as deed:
        CalendarYear.objects.filter(year=2021).delete()
        CalendarDay.objects.filter(day__year=2021).delete()
        deed.record(file)
    with act(SYSTEM, "pay", at=kit.AT) as deed:
        (held,) = clocks.happened("spent_on", date(2020, 12, 18), application=file.application, file=file)
        deed.record(file)
    assert held.provisional
    assert clocks.settle(at_check.at, dry_run=True)["recounted"] == 0, "nothing was published yet"
    with act(SYSTEM, "publish", at=kit.AT) as deed:
        CalendarYear.objects.create(year=2021, official=True)
        CalendarDay.objects.create(day=date(2021, 1, 1), working=False)
        deed.record(file)
    assert clocks.settle(at_check.at, dry_run=True)["recounted"] == 1
    clocks.settle(at_check.at)
    after = RunningClock.objects.get(pk=held.pk)
    assert not after.provisional
    assert calendar().working_days_between(date(2020, 12, 18), after.due_on) == 30


def test_clocks_of_rows_older_than_the_table_are_found_and_begun(file: CaseFile, at_check: Walk) -> None:
    RunningClock.objects.filter(kind=ClockKind.REVIEW)._raw_delete("default")
    assert clocks.settle(at_check.at, dry_run=True)["files"] == 1
    assert not RunningClock.objects.filter(kind=ClockKind.REVIEW).exists(), "a dry run writes nothing"
    clocks.settle(at_check.at)
    assert running(kind=ClockKind.REVIEW).due_on == file.next_review_on


# --- what unions owe by the calendar ------------------------------------------------------------------------------
def by_code(level: str, region: str, year: int, **parameters: int) -> dict[str, Any]:
    return {duty.code: duty for duty in owed(level, region, date(year, 12, 1), parameters)}


def test_the_carry_over_is_reported_before_the_tenth_of_november() -> None:
    assert by_code("unit", "120101", 2020)["carryover_report"].due_on == date(2020, 11, 9)


@pytest.mark.req("FUND20-12.d", "FUND20-7.d")
def test_a_province_reports_by_the_national_text_in_november_december_and_january() -> None:
    duties = by_code("city", "130000", 2021)
    assert duties["carryover_report"].due_on == date(2021, 11, 30)
    assert duties["standards_report"].due_on == date(2021, 12, 31)
    assert duties["use_summary"].due_on == date(2021, 1, 31)


def test_muchuan_cleans_up_in_september_and_checks_all_files_once_a_year() -> None:
    duties = by_code("unit", "511129", 2021)
    assert (duties["clean_up"].opens_on, duties["clean_up"].due_on) == (date(2021, 9, 1), date(2021, 9, 30))
    assert duties["full_check"].due_on == date(2021, 12, 31)
    assert "september_clean_up" not in duties, "the last day of the months is no second duty"


def test_the_province_cleans_up_in_september_and_october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_POLICY_PLACES", '{"410000": "provincial-2020"}')
    duties = by_code("unit", "410000", 2021)
    assert (duties["cleanup"].opens_on, duties["cleanup"].due_on) == (date(2021, 9, 1), date(2021, 10, 31))
    assert not {"cleanup_start", "cleanup_end"} & set(duties)


@pytest.mark.req("TA-F-7.01")
def test_taian_plans_its_money_in_the_last_month_of_each_quarter() -> None:
    plans = [duty for duty in owed("industry", "370900", date(2021, 7, 1)) if duty.code == "quarterly_budget"]
    assert [(duty.opens_on, duty.due_on) for duty in plans] == [
        (date(2021, 3, 1), date(2021, 3, 31)),
        (date(2021, 6, 1), date(2021, 6, 30)),
        (date(2021, 9, 1), date(2021, 9, 30)),
        (date(2021, 12, 1), date(2021, 12, 31)),
    ]


@pytest.mark.req("MC-A-0.01")
def test_rules_of_the_county_were_owed_in_2016_only() -> None:
    assert by_code("industry", "511129", 2016)["rule_set"].due_on == date(2016, 12, 31)
    assert "rule_set" not in by_code("industry", "511129", 2017)


def test_every_unit_owes_a_clean_up_each_year(office: Office) -> None:
    clocks.open_duties(office.tree.industry.path, kit.AT)
    for union in (office.tree.unit, office.tree.unit2):
        held = RunningClock.objects.get(union=union, code="cleanup", year=2020)
        assert (held.due_on, held.role) == (date(2020, 12, 31), "clerk")
    clocks.open_duties(office.tree.industry.path, kit.AT + timedelta(days=366))
    assert RunningClock.objects.filter(union=office.tree.unit, code="cleanup").count() == 2


def test_the_audit_of_the_year_stands_with_the_auditors_of_the_industry_union(office: Office) -> None:
    clocks.open_duties(office.tree.acftu.path, kit.AT)
    held = RunningClock.objects.get(code="special_audit", union=office.tree.industry)
    assert (held.role, held.due_on) == ("auditor", date(2020, 12, 31))
    assert not RunningClock.objects.filter(code="special_audit", union=office.tree.unit).exists()


def test_the_list_of_a_year_is_made_once_and_begins_with_what_is_ahead(office: Office) -> None:
    late = kit.AT + timedelta(days=40)  # 24 November: the report of the 9th is past
    made = clocks.open_duties(office.tree.industry.path, late)
    assert made > 0
    assert clocks.open_duties(office.tree.industry.path, late) == 0
    assert not RunningClock.objects.filter(code="carryover_report", year=2020).exists()
    clocks.open_duties(office.tree.industry.path, late + timedelta(days=365))
    assert RunningClock.objects.filter(code="carryover_report", year=2021).exists(), "from then on nothing is left out"


def test_a_foreign_county_sees_no_clock_and_an_administrator_none(file: CaseFile, at_check: Walk) -> None:
    tree = at_check.office.tree
    foreign = factories.person(Role.REVIEWER, tree.foreign, on=kit.APPLIED)
    finance = factories.person(Role.FINANCE, tree.industry, on=kit.APPLIED)
    assert RunningClock.objects.visible_to(at_check.office.leader).filter(case_file=file).exists()
    assert not RunningClock.objects.visible_to(foreign).exists()
    assert not RunningClock.objects.visible_to(finance).filter(application__isnull=False).exists()
    assert not RunningClock.objects.visible_to(None).exists()


def test_the_number_on_every_page_counts_what_is_near_or_past_for_this_post_alone(
    file: CaseFile, at_check: Walk
) -> None:
    from dataclasses import replace

    clerk = at_check.office.clerk
    due = running(code="sync").due_on
    assert open_clocks(replace(clerk, on=file.opened_on)) == 0
    assert open_clocks(replace(clerk, on=due)) == 1
    assert open_clocks(replace(at_check.office.upper_clerk, on=due)) == 0


def test_one_union_of_the_tree_answers_where_the_text_names_no_level_that_exists(office: Office) -> None:
    lonely = Union.objects.get(pk=office.tree.acftu.pk)
    assert clocks.desk_for("aid_center", lonely) == (lonely, Role.AID_CENTER)
    union, role = clocks.desk_for("aid_center", Union.objects.get(pk=office.tree.unit.pk))
    assert (union.pk, role) == (office.tree.industry.pk, Role.AID_CENTER)


def test_the_daily_run_says_what_it_would_do_and_then_does_it(file: CaseFile, capsys: Any) -> None:
    from django.core.management import call_command

    RunningClock.objects.filter(kind=ClockKind.REVIEW)._raw_delete("default")
    call_command("settle_clocks", "--dry-run")
    assert "补上核查时限的档案：1" in capsys.readouterr().out
    assert not RunningClock.objects.filter(kind=ClockKind.REVIEW).exists()
    call_command("settle_clocks")
    said = capsys.readouterr().out
    assert "补上核查时限的档案：1" in said
    assert running(kind=ClockKind.REVIEW).due_on == file.next_review_on
    call_command("settle_clocks")
    assert "补上核查时限的档案：0" in capsys.readouterr().out
