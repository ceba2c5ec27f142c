"""Re-verification runs: what they find, what they leave alone, how they go on after a break."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.casework.models import CaseFile
from bangfu.common import audit
from bangfu.common.errors import Refused
from bangfu.organizations.scope import Desk
from bangfu.rechecks import services
from bangfu.rechecks.choices import Conclusion, Kind, RunState
from bangfu.rechecks.models import Finding, Run
from tests.casework import kit
from tests.rechecks.conftest import DAY, carried_out, standard

pytestmark = pytest.mark.django_db


def test_a_file_whose_outcome_is_still_its_category_is_no_task(filed: CaseFile, reviewer: Desk) -> None:
    run = carried_out(reviewer, date(2020, 10, 15))
    assert (run.state, run.done, run.total) == (RunState.DONE, 1, 1)
    assert run.counts == {"deep": {"deep": 1}}
    assert not run.findings.exists()


def test_a_changed_outcome_becomes_a_task_and_the_file_stays_as_it_is(
    filed: CaseFile, reviewer: Desk, office: kit.Office
) -> None:
    standard(office, "dibao", "100.00", date(2020, 12, 1))
    before = CaseFile.objects.values().get(pk=filed.pk)
    run = carried_out(reviewer)
    finding = run.findings.get()
    assert (finding.before, finding.waits, finding.policy) == ("deep", True, "tianjin-commerce-2020")
    assert finding.after != "deep"
    assert finding.dibao == 10000
    assert CaseFile.objects.values().get(pk=filed.pk) == before


def test_the_day_asked_for_decides_which_standard_counts(filed: CaseFile, reviewer: Desk, office: kit.Office) -> None:
    standard(office, "dibao", "100.00", date(2020, 12, 1))
    assert not carried_out(reviewer, date(2020, 11, 30)).findings.exists()
    assert carried_out(reviewer, date(2020, 12, 1)).findings.exists()


def test_the_day_asked_for_decides_which_text_counts(filed: CaseFile, reviewer: Desk) -> None:
    # before 2020-09-10 the city's own text was not in force
    run = carried_out(reviewer, date(2020, 9, 9))
    assert run.policies == ["acftu-2020"]


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(filed: CaseFile, reviewer: Desk) -> None:
    run = services.ask_recheck(reviewer, day=DAY, at=kit.AT)
    assert services._next_part(run.pk, kit.AT, 1) is True
    run.refresh_from_db()
    assert (run.state, run.done, run.percent) == (RunState.RUNNING, 1, 100)
    services.carry_out(run.pk, at=kit.AT)
    run.refresh_from_db()
    assert (run.state, run.done) == (RunState.DONE, 1)
    services.carry_out(run.pk, at=kit.AT)  # a second worker finds nothing to do
    assert Finding.objects.filter(run=run).count() <= 1


def test_a_fault_ends_the_run_and_says_why(filed: CaseFile, reviewer: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = services.ask_recheck(reviewer, day=DAY, at=kit.AT)

    def full(*args: object, **kwargs: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(services.population, "judged", full)
    with pytest.raises(MemoryError):
        services.carry_out(run.pk, at=kit.AT)
    run.refresh_from_db()
    assert (run.state, run.fault, run.findings.count()) == (RunState.FAILED, "MemoryError: no room", 0)


def test_a_union_has_one_run_at_a_time(filed: CaseFile, reviewer: Desk) -> None:
    services.ask_recheck(reviewer, day=DAY, at=kit.AT)
    with pytest.raises(Refused, match="还没有完成"):
        services.ask_recheck(reviewer, day=DAY, at=kit.AT)
    assert Run.objects.count() == 1


def test_a_day_without_any_policy_is_refused(filed: CaseFile, reviewer: Desk) -> None:
    with pytest.raises(Refused, match="请换一个日期"):
        services.ask_recheck(reviewer, day=date(2001, 1, 1), at=kit.AT)


def test_a_new_run_takes_the_place_of_what_nobody_has_looked_at(
    filed: CaseFile, reviewer: Desk, office: kit.Office
) -> None:
    standard(office, "dibao", "100.00", date(2020, 12, 1))
    first = carried_out(reviewer).findings.get()
    second = carried_out(reviewer).findings.get()
    first.refresh_from_db()
    assert (first.superseded, first.waits, second.waits) == (True, False, True)


def test_foreign_files_are_no_part_of_a_run(filed: CaseFile, office: kit.Office) -> None:
    from bangfu.organizations.choices import Role
    from tests import factories

    stranger = factories.person(Role.REVIEWER, office.tree.foreign, on=kit.APPLIED)
    assert carried_out(stranger).total == 0


@pytest.fixture
def finding(filed: CaseFile, reviewer: Desk, office: kit.Office) -> Finding:
    standard(office, "dibao", "100.00", date(2020, 12, 1))
    return carried_out(reviewer).findings.get()


def test_a_conclusion_is_kept_with_its_author(finding: Finding, clerk: Desk) -> None:
    done = services.conclude_finding(clerk.actor, finding, Conclusion.REVIEW, note="电话已通知", at=kit.AT)
    assert (done.conclusion, done.concluded_by_id, done.note) == ("review", clerk.user_id, "电话已通知")
    assert audit.verify() is None


def test_a_finding_is_concluded_once(finding: Finding, clerk: Desk) -> None:
    services.conclude_finding(clerk.actor, finding, Conclusion.REVIEW, at=kit.AT)
    with pytest.raises(Refused, match="已经处理过"):
        services.conclude_finding(clerk.actor, finding, Conclusion.ASK, at=kit.AT)


def test_keeping_a_file_as_it_is_needs_a_reason(finding: Finding, clerk: Desk) -> None:
    with pytest.raises(Refused, match="写明理由"):
        services.conclude_finding(clerk.actor, finding, Conclusion.KEEP, note=" ", at=kit.AT)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("deep", "deep", None),
        ("deep", "relative", Kind.CHANGED),
        ("deep", "none", Kind.OUTSIDE),
        ("deep", "incomplete", Kind.UNCLEAR),
        ("deep", "", Kind.NO_POLICY),
    ],
)
def test_why_a_file_is_shown(before: str, after: str, kind: Kind | None) -> None:
    assert services._kind(before, after) == kind
