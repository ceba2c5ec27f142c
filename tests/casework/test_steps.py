"""The steps in their order, each refusal beside its success."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from bangfu.casework import services
from bangfu.casework.errors import AlreadyDone, GuardsUnmet, NotYourTurn
from bangfu.casework.models import Authorization, CaseFile, Determination, StepRecord
from bangfu.common.acts import SYSTEM, StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Level, Role
from bangfu.policy.registry import get_pack
from tests import factories
from tests.casework import kit
from tests.casework.kit import Office, Walk


@pytest.mark.req("TJ-A1-3.b", "TJ-A2-8.b", "GUIDE20-4.1.4.b")
def test_every_step_leaves_person_role_union_date_and_result_and_opens_only_the_next(walk: Walk) -> None:
    walk.to("done")
    rows = list(walk.application.steps.select_related("closed_by", "union").order_by("pk"))
    assert [(row.code, row.union.level) for row in rows] == [
        ("application", "unit"), ("unit_review", "unit"), ("home_visit", "unit"), ("public_notice", "unit"), ("authorization", "unit"),
        ("report_up", "unit"), ("report_up", "upper"), ("industry_review", "industry"), ("city_check", "city"), ("filing", "unit"),
        ("recheck", "upper"), ("record", "industry"),
    ]  # fmt: skip
    for before, after in pairwise(rows):
        assert before.closed_at is not None
        assert before.closed_at <= after.opened_at
    assert all(row.closed_by and row.role and row.result == "passed" for row in rows)
    assert rows[1].comment == "材料齐全"
    assert (walk.application.state, walk.application.step, walk.application.waits_role) == ("filed", "", "")


@pytest.mark.req("TJ-A1-3.b")
def test_a_later_step_cannot_be_done_before_its_turn(walk: Walk) -> None:
    with pytest.raises(NotYourTurn, match="复核人"):
        services.industry_review(walk.office.industry_reviewer.actor, walk.application, at=walk.later())
    with pytest.raises(Refused, match="单位工会审核材料"):
        services.close_visit(walk.office.clerk.actor, walk.application, at=walk.later())
    with pytest.raises(Refused, match="不在核对环节"):
        services.record_check(
            walk.office.reviewer.actor, walk.application, answers=[], checked_on=kit.APPLIED, at=walk.later()
        )
    assert walk.reload().step == "unit_review"
    assert walk.unit_review().step == "home_visit"


@pytest.mark.req("TJ-A1-3.5", "GUIDE20-4.1.2.b")
def test_the_case_goes_up_level_by_level_and_no_union_is_jumped(walk: Walk) -> None:
    walk.to("report_up")
    assert walk.application.waits_union_id == walk.office.tree.unit.pk
    services.report_up(walk.office.clerk.actor, walk.application, at=walk.later())
    assert walk.reload().waits_union_id == walk.office.tree.upper.pk
    with pytest.raises(NotYourTurn, match="津华商业集团工会"):
        services.industry_review(walk.office.industry_reviewer.actor, walk.application, at=walk.later())
    services.report_up(walk.office.upper_clerk.actor, walk.application, at=walk.later())
    assert (walk.reload().step, walk.application.waits_union_id) == ("industry_review", walk.office.tree.industry.pk)


@pytest.mark.req("TJ-A1-3.6", "GUIDE20-4.1.4.c")
def test_who_collected_cannot_review_and_the_approval_freezes_its_own_determination(walk: Walk) -> None:
    walk.to("industry_review")
    collector = replace(walk.office.industry_reviewer.actor, user_id=walk.office.clerk.user_id)
    with pytest.raises(NotYourTurn, match="另一位同事"):
        services.industry_review(collector, walk.application, at=walk.later())
    reporter = replace(walk.office.industry_reviewer.actor, user_id=walk.office.upper_clerk.user_id)
    with pytest.raises(NotYourTurn, match="逐级上报"):
        services.industry_review(reporter, walk.application, at=walk.later())
    walk.industry()
    moments = list(Determination.objects.filter(companion_of=None).order_by("pk").values_list("moment", flat=True))
    assert moments == ["submission", "approval"]
    assert (walk.application.step, walk.application.waits_role) == ("city_check", "aid_center")


# --- home visit ---------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.3a")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"second_visitor": ""}, "two_visitors"),
        ({"photos": []}, "visit_complete"),
        ({"causes_confirmed": None}, "visit_complete"),
        ({"reasons": ""}, "visit_complete"),
        ({"no_kinship": False}, "no_kinship"),
    ],
)
def test_a_visit_needs_two_visitors_photos_answers_and_no_kinship(
    walk: Walk, change: dict[str, Any], code: str
) -> None:
    walk.to("home_visit")
    walk.visit_only(**change)
    with pytest.raises(GuardsUnmet) as fault:
        services.close_visit(walk.office.clerk.actor, walk.application, at=walk.later())
    assert code in [item.code for item in fault.value.unmet]
    assert walk.visit().step == "public_notice"


@pytest.mark.req("TJ-4.1.b", "TJ-A1-3.3b")
@pytest.mark.parametrize(
    "change", [{"causes_confirmed": False}, {"in_difficulty": False}, {"positive": None}, {"positive": False}]
)
def test_the_formula_alone_never_confirms_the_cause_and_without_a_positive_finding_there_is_no_notice(
    walk: Walk, change: dict[str, Any]
) -> None:
    walk.to("home_visit")
    assert Determination.objects.filter(outcome="deep").exists()  # the formula is met already
    walk.visit_only(**change)
    with pytest.raises(GuardsUnmet) as fault:
        services.close_visit(walk.office.clerk.actor, walk.application, at=walk.later())
    assert "visit_positive" in [item.code for item in fault.value.unmet]
    with pytest.raises(Refused, match="不在公示环节"):
        walk.post()
    walk.visit()
    held = walk.application.visits.first()
    assert (held.causes_confirmed, held.reasons, held.recorded_by_id) == (
        True,
        "本人患病，配偶残疾",
        walk.office.clerk.user_id,
    )
    assert held.visited_on == date(2020, 10, 15)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"visited_on": date(2020, 10, 17)}, "晚于今天"),
        ({"visited_on": date(2020, 10, 14)}, "早于申请日期"),
        ({"second_visitor": "王经办"}, "同一人"),
        ({"first_visitor": " "}, "走访人"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_at_its_field(walk: Walk, change: dict[str, Any], says: str) -> None:
    walk.to("home_visit")
    with pytest.raises(Refused, match=says) as fault:
        walk.visit_only(**change)
    assert fault.value.field
    assert not walk.application.visits.exists()


# --- authorization ------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.4a", "TJ-A1-4.4.b")
def test_every_counted_member_minors_included_signs_before_the_case_goes_up(walk: Walk) -> None:
    walk.to("authorization")
    for position in (1, 2):
        walk.sign(walk.member(position))
    with pytest.raises(GuardsUnmet, match="李晓雨"):
        services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    walk.sign(
        walk.member(3),
        mode="proxy_print",
        proxy_name="李国强",
        proxy_relation="父亲",
        proxy_reason="未成年",
        statement=True,
        sealed=True,
    )
    services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    assert walk.reload().step == "report_up"
    assert Authorization.objects.filter(void=False).count() == 3


@pytest.mark.req("TJ-A1-3.4a")
def test_signatures_may_be_taken_from_the_application_on_but_not_after_reporting(walk: Walk) -> None:
    walk.sign_all()
    walk.to("report_up")
    with pytest.raises(Refused, match="已经上报"):
        walk.sign(walk.member(1))


@pytest.mark.req("TJ-A1-3.4b")
@pytest.mark.parametrize("step", ["unit_review", "authorization"])
def test_one_refusal_ends_the_application_and_the_family_may_apply_again(walk: Walk, step: str) -> None:
    walk.to(step)
    entry = walk.sign(walk.member(2), refused=True)
    assert walk.reload().state == "refused"
    assert (entry.refused, walk.application.steps.last().result) == (True, "refused")
    with pytest.raises(Refused, match="没有待办环节"):
        services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    assert not CaseFile.objects.exists()
    walk.household.refresh_from_db()
    assert not walk.household.locked
    again = services.submit_application(walk.office.clerk.actor, walk.household, at=walk.later())
    assert (again.state, again.number != walk.application.number) == ("in_progress", True)


@pytest.mark.req("TJ-A1-4.4.c")
@pytest.mark.parametrize("fault", [{"unaltered": False}, {"clear": False}])
def test_an_altered_form_or_an_unclear_print_is_kept_as_void_and_signed_anew(
    walk: Walk, fault: dict[str, bool]
) -> None:
    walk.to("authorization")
    walk.sign_all()
    bad = walk.sign(walk.member(1), **fault)
    assert bad.void
    with pytest.raises(GuardsUnmet, match="王秀兰"):
        services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    walk.sign(walk.member(1))
    services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    assert Authorization.objects.filter(pk=bad.pk, void=True).exists()


@pytest.mark.req("TJ-A1-4.4.c")
def test_a_form_nobody_checked_keeps_the_step_open_until_it_is_ticked(walk: Walk) -> None:
    walk.to("authorization")
    walk.sign_all()
    entry = walk.sign(walk.member(1), unaltered=None, clear=None)
    with pytest.raises(GuardsUnmet, match="没有涂改"):
        services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    assert services.tick_authorization(
        walk.office.clerk.actor, entry, unaltered=True, clear=False, at=walk.later()
    ).void
    entry = walk.sign(walk.member(1), unaltered=None, clear=None)
    services.tick_authorization(walk.office.clerk.actor, entry, unaltered=True, clear=True, at=walk.later())
    services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())


PROXY = {
    "mode": "proxy_print",
    "proxy_name": "李国强",
    "proxy_relation": "配偶",
    "proxy_reason": "住院",
    "statement": True,
    "sealed": True,
}
ENTRUSTED = {"mode": "entrusted", "proxy_name": "李国强", "proxy_relation": "父亲", "proxy_letter": True}


@pytest.mark.req("TJ-A1-4.4.d", "TJ-A1-4.4.e", "TJ-A1-4.4.f")
@pytest.mark.parametrize(
    ("good", "lacking"),
    [
        (PROXY, {"proxy_name": ""}),
        (PROXY, {"proxy_relation": ""}),
        (PROXY, {"statement": False}),
        (PROXY, {"sealed": False}),
        (ENTRUSTED, {"proxy_letter": False}),
        (ENTRUSTED, {"proxy_name": ""}),
    ],
)
def test_a_relative_may_sign_with_the_papers_that_this_way_asks_for(
    walk: Walk, good: dict[str, Any], lacking: dict[str, Any]
) -> None:
    walk.to("authorization")
    walk.sign_all()
    walk.sign(walk.member(1), **{**good, **lacking})
    with pytest.raises(GuardsUnmet, match="王秀兰"):
        services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    walk.sign(walk.member(1), **good)
    services.close_authorizations(walk.office.clerk.actor, walk.application, at=walk.later())
    assert walk.reload().step == "report_up"


# --- filing, recheck, record --------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.8", "TJ-A2-10.b", "GUIDE20-4.1.6.a", "TJ-A2-7.b")
def test_filing_gives_number_day_and_category_of_the_approval_and_the_yearly_review(walk: Walk) -> None:
    walk.to("filing")
    file = walk.file()
    opened = walk.application.steps.get(code="filing").closed_at
    assert (file.category, file.central_category) == ("deep", "deep")
    assert file.number == "120101-2020-00001"
    assert file.opened_on == opened.date()
    assert file.next_review_on == file.opened_on.replace(year=2021)
    assert (file.determination.moment, file.determination.companion_of_id) == ("approval", None)
    assert file.worker_name == "王秀兰"
    assert (walk.application.state, walk.application.waits_union_id) == ("in_progress", walk.office.tree.upper.pk)


@pytest.mark.req("TJ-A2-10.a", "TJ-A2-10.b", "TJ-A2-10.c", "GUIDE20-4.1.6.a", "GUIDE20-4.1.6.b")
@pytest.mark.parametrize(("wage", "category", "months"), [(280000, "deep", 12), (300000, "relative", 6)])
def test_the_category_decides_when_the_file_is_checked_next(
    office: Office, wage: int, category: str, months: int
) -> None:
    household = kit.family(office)
    worker = household.members.get(position=1)
    row = household.incomelines.filter(member=worker, kind="wage").first().row
    families.save_income_rows(
        office.clerk, household, [{"row": row, "member": worker.pk, "kind": "wage", "basis": "contract", "cells": dict.fromkeys(kit.MONTHS, wage)}], at=kit.AT
    )  # fmt: skip
    walk = Walk(office, household)
    walk.submit()
    file = walk.to("filing").file()
    assert file.category == category
    moved = (file.next_review_on.year - file.opened_on.year) * 12 + file.next_review_on.month - file.opened_on.month
    assert (moved, file.next_review_on.day) == (months, file.opened_on.day)


@pytest.mark.req("TJ-4.4.a")
def test_the_residual_category_stands_only_behind_a_reasoned_no_to_the_three_before(office: Office) -> None:
    household = kit.family(office)
    worker = household.members.get(position=1)
    row = household.incomelines.filter(member=worker, kind="wage").first().row
    families.save_income_rows(
        office.clerk, household, [{"row": row, "member": worker.pk, "kind": "wage", "basis": "contract", "cells": dict.fromkeys(kit.MONTHS, 450000)}], at=kit.AT
    )  # fmt: skip
    walk = Walk(office, household)
    walk.submit()
    file = walk.to("filing").file()
    stored = {row["code"]: row for row in file.determination.document["categories"]}
    assert file.category == "union"
    for code in ("deep", "relative", "accident"):
        assert stored[code]["result"] == "not_met"
        assert [one for one in stored[code]["conditions"] if one["result"] == "not_met" and one["clause"]]


@pytest.mark.req("TJ-A2-8.a", "TJ-A2-8.c", "GUIDE20-4.1.4.a")
def test_filing_recheck_and_record_are_three_acts_of_three_persons(walk: Walk) -> None:
    walk.to("recheck")
    actor = walk.office.upper_reviewer.actor
    for incomplete in ({}, {**walk.sheet(), "identity": False}):
        with pytest.raises(GuardsUnmet, match="逐项复核"):
            services.recheck(actor, walk.application, sheet=incomplete, at=walk.later())
    with pytest.raises(NotYourTurn):
        services.recheck(
            replace(actor, user_id=walk.office.clerk.user_id), walk.application, sheet=walk.sheet(), at=walk.later()
        )
    walk.recheck()
    rechecker = replace(walk.office.recorder.actor, user_id=actor.user_id)
    with pytest.raises(NotYourTurn, match="复核"):
        services.record_filing(rechecker, walk.application, at=walk.later())
    walk.filing()
    file = CaseFile.objects.get(application=walk.application)
    done = {row.code: row for row in walk.application.steps.filter(code__in=["filing", "recheck", "record"])}
    assert len({row.closed_by_id for row in done.values()}) == 3
    assert file.opened_on <= file.rechecked_on <= file.recorded_on
    assert file.record_number.startswith("B2020")
    assert done["recheck"].data["sheet"] == walk.sheet()


@pytest.mark.req("TJ-A2-4.1.b", "TJ-A2-4.1.c")
def test_a_file_with_an_empty_folder_does_not_pass_the_recheck(walk: Walk) -> None:
    walk.to("recheck")
    paper = walk.household.evidence.get(paper="application_form", withdrawn_at=None)
    families.withdraw_evidence(walk.office.clerk, paper, at=walk.later(), by_step=True)
    with pytest.raises(GuardsUnmet, match="申请书"):
        services.recheck(walk.office.upper_reviewer.actor, walk.application, sheet=walk.sheet(), at=walk.later())
    kit.hand_in(walk.office.clerk, walk.household, at=walk.later(), by_step=True)
    assert walk.recheck().step == "record"


@pytest.mark.req("TJ-A2-8.a")
def test_without_a_union_between_the_industry_union_rechecks_and_records_by_two_persons(office: Office) -> None:
    unit = organizations.add_union(
        SYSTEM, office.tree.industry, name="直属商场工会", level=Level.UNIT, region="120101", short_name="直属商场", hotline="022-1", at=factories.AT
    )  # fmt: skip
    office.tree = replace(office.tree, unit=unit)
    office.clerk = factories.person(Role.CLERK, unit, name="直属经办", on=kit.APPLIED)
    office.reviewer = factories.person(Role.REVIEWER, unit, name="直属审核", on=kit.APPLIED)
    walk = Walk.begin(office).to("report_up")
    services.report_up(office.clerk.actor, walk.application, at=walk.later())
    walk.reload()
    walk.to("recheck")
    assert walk.application.waits_union_id == office.tree.industry.pk
    services.recheck(office.industry_reviewer.actor, walk.application, sheet=walk.sheet(), at=walk.later())
    same = replace(office.recorder.actor, user_id=office.industry_reviewer.user_id)
    with pytest.raises(NotYourTurn):
        services.record_filing(same, walk.reload(), at=walk.later())
    assert walk.filing().state == "filed"


@pytest.mark.req("TJ-A2-2.b", "TJ-1.c")
def test_every_file_belongs_to_one_union_and_is_seen_from_above_only(walk: Walk) -> None:
    walk.to("done")
    file = CaseFile.objects.get()
    assert file.union_id == walk.office.tree.unit.pk
    for desk, sees in ((walk.office.clerk, True), (walk.office.leader, True), (walk.office.city, True)):
        assert CaseFile.objects.visible_to(desk).exists() is sees
    for role, union in (
        (Role.CLERK, walk.office.tree.unit2),
        (Role.LEADER, walk.office.tree.foreign),
        (Role.FINANCE, walk.office.tree.industry),
    ):
        assert not CaseFile.objects.visible_to(factories.person(role, union, on=kit.APPLIED)).exists()


# --- people and clicks --------------------------------------------------------------------------------------------
def test_who_declares_kinship_takes_no_further_step_of_the_case(walk: Walk) -> None:
    services.declare_kinship(walk.office.reviewer.actor, walk.application, relation="表妹", at=walk.later())
    with pytest.raises(NotYourTurn, match="亲属关系"):
        services.unit_review(walk.office.reviewer.actor, walk.application, at=walk.later())
    other = factories.person(Role.REVIEWER, walk.office.tree.unit, name="另一审核", on=kit.APPLIED)
    services.unit_review(other.actor, walk.application, at=walk.later())
    assert walk.reload().step == "home_visit"


def test_a_double_click_closes_a_step_once_and_says_who_was_quicker(walk: Walk) -> None:
    seen = {"step": walk.record().pk, "version": walk.application.version}
    services.unit_review(walk.office.reviewer.actor, walk.application, at=walk.later(), **seen)
    with pytest.raises(AlreadyDone, match=r"李\*\*"):
        services.unit_review(walk.office.reviewer.actor, walk.application, at=walk.later(), **seen)
    assert StepRecord.objects.filter(code="unit_review").count() == 1
    assert StepRecord.objects.filter(code="home_visit").count() == 1


def test_of_two_reviewers_with_the_same_page_the_second_learns_what_happened(walk: Walk) -> None:
    second = factories.person(Role.REVIEWER, walk.office.tree.unit, name="另一审核", on=kit.APPLIED)
    seen = {"step": walk.record().pk, "version": walk.application.version}
    services.return_case(
        walk.office.reviewer.actor, walk.application, points=[{"code": "medical_bill_missing"}], at=walk.later(), **seen
    )
    with pytest.raises(AlreadyDone, match="退回"):
        services.unit_review(second.actor, walk.application, at=walk.later(), **seen)
    assert walk.reload().state == "returned"


def test_a_page_older_than_the_case_is_refused_until_it_is_seen_again(walk: Walk) -> None:
    walk.to("home_visit")
    seen = {"step": walk.record().pk, "version": walk.application.version}
    walk.visit_only()
    with pytest.raises(StaleVersion):
        services.close_visit(walk.office.clerk.actor, walk.application, at=walk.later(), **seen)
    walk.reload()
    services.close_visit(
        walk.office.clerk.actor, walk.application, at=walk.later(), step=seen["step"], version=walk.application.version
    )
    assert walk.reload().step == "public_notice"


def test_a_case_whose_facts_moved_behind_its_determination_does_not_go_on(walk: Walk) -> None:
    walk.to("industry_review")
    families.unlock(walk.office.clerk, walk.household, at=walk.later())
    families.save_household_part(walk.office.clerk, walk.household, {"savings": 5}, at=walk.later())
    with pytest.raises(GuardsUnmet) as fault:
        services.industry_review(walk.office.industry_reviewer.actor, walk.application, at=walk.later())
    assert [item.code for item in fault.value.unmet] == ["facts_unchanged_since_determination"]
    families.save_household_part(walk.office.clerk, walk.household, {"savings": 1200000}, at=walk.later())
    assert walk.industry().step == "city_check"


def test_an_undecided_family_may_be_submitted_but_goes_no_further_than_the_visit(office: Office) -> None:
    household = families.save_household_part(office.clerk, kit.family(office), {"owned_homes": None}, at=kit.AT)
    walk = Walk(office, household)
    walk.submit()
    assert walk.application.outcome == "incomplete"
    walk.unit_review()
    walk.visit_only()
    with pytest.raises(GuardsUnmet, match="情况不明") as fault:
        services.close_visit(office.clerk.actor, walk.application, at=walk.later())
    assert [item.about for item in fault.value.unmet] == ["housing.owned_homes"]


def test_a_pack_that_names_an_unknown_guard_is_told_at_start_up() -> None:
    from bangfu.casework.checks import faults_of, packs_can_be_worked

    procedure = get_pack("tianjin-commerce-2020").procedure
    assert packs_can_be_worked(None) == []
    strange = replace(procedure.steps[1], guards=("full_moon",))
    faults = faults_of(replace(procedure, steps=(procedure.steps[0], strange, *procedure.steps[2:])))
    assert faults == ["unit_review: unknown guard full_moon"]


def test_withdrawing_frees_the_family_and_needs_a_reason_and_is_over_once_the_file_is_open(walk: Walk) -> None:
    with pytest.raises(Refused, match="原因"):
        services.withdraw(walk.office.clerk.actor, walk.application, reason=" ", at=walk.later())
    walk.to("recheck")
    with pytest.raises(Refused, match="已经建档"):
        services.withdraw(walk.office.clerk.actor, walk.application, reason="不办了", at=walk.later())
    second = Walk.begin(walk.office)
    services.withdraw(walk.office.clerk.actor, second.application, reason="家庭要求撤回", at=second.later())
    assert second.reload().state == "withdrawn"
    second.household.refresh_from_db()
    assert not second.household.locked
