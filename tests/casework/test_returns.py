"""Returns: every point coded and pinned, the family opened, answered, and what changed is shown."""

from datetime import date
from typing import Any

import pytest

from bangfu.casework import services
from bangfu.casework.errors import GuardsUnmet, NotYourTurn
from bangfu.casework.models import ActiveIdentity, Determination, PublicNotice, ReturnPoint, StepRecord
from bangfu.casework.selectors import case as reads
from bangfu.casework.selectors import work
from bangfu.common.errors import Refused
from bangfu.families import services as families
from tests.casework.kit import Walk

POINTS = [
    {"code": "birth_date_mismatch", "target": "members[1].birth_date", "note": "身份证上为 11 月 3 日"},
    {"code": "medical_bill_missing", "target": "", "note": ""},
]


def send_back(walk: Walk, points: Any = POINTS, **given: Any) -> None:
    services.return_case(
        walk.office.reviewer.actor, walk.application, points=points, at=walk.later(), comment="请补齐", **given
    )
    walk.reload()


def answers(walk: Walk) -> dict[int, str]:
    return {point.pk: "已更正" for point in ReturnPoint.objects.filter(answered_at=None)}


@pytest.mark.req("TJ-A2-8.d", "TJ-A1-3.6", "GUIDE20-4.1.4.d")
def test_a_return_lists_all_points_pinned_and_goes_to_the_unit_that_made_the_file(walk: Walk) -> None:
    walk.to("industry_review")
    services.return_case(
        walk.office.industry_reviewer.actor, walk.application, points=POINTS, at=walk.later(), comment="请补齐"
    )
    walk.reload()
    assert (walk.application.state, walk.application.step) == ("returned", "application")
    assert (walk.application.waits_union_id, walk.application.waits_role) == (walk.office.tree.unit.pk, "clerk")
    kept = [(point.code, point.target, point.note) for point in ReturnPoint.objects.order_by("pk")]
    assert kept == [
        ("birth_date_mismatch", "members[1].birth_date", "身份证上为 11 月 3 日"),
        ("medical_bill_missing", "paper:medical_bill", ""),
    ]
    walk.household.refresh_from_db()
    assert not walk.household.locked
    record = StepRecord.objects.get(code="industry_review", result="returned")
    assert (record.closed_by_id, record.comment) == (walk.office.industry_reviewer.user_id, "请补齐")


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([], "至少选择一条"),
        ([{"code": "no_such_code", "target": ""}], "目录"),
        ([{"code": "birth_date_mismatch", "target": ""}], "哪一位"),
        ([{"code": "birth_date_mismatch", "target": "members[9].birth_date"}], "没有指到"),
        ([{"code": "birth_date_mismatch", "target": "members[1].sex"}], "没有指到"),
        ([{"code": "medical_bill_missing", "target": "paper:id_card"}], "应指向"),
        ([POINTS[0], POINTS[0]], "只需列一次"),
    ],
)
def test_a_point_must_be_in_the_catalogue_and_lead_to_a_place_of_this_case(walk: Walk, points: Any, says: str) -> None:
    with pytest.raises(Refused, match=says):
        send_back(walk, points)
    assert not ReturnPoint.objects.exists()
    send_back(walk)
    assert walk.application.state == "returned"


def test_a_case_goes_back_only_to_steps_that_the_policy_names(walk: Walk) -> None:
    with pytest.raises(Refused, match="不能退回到"):
        send_back(walk, to="home_visit")
    send_back(walk, to="application")
    assert walk.application.step == "application"


def test_a_return_comes_first_on_the_clerks_list_before_any_clock(walk: Walk) -> None:
    due = Walk.begin(walk.office).to("public_notice")
    due.post()
    send_back(walk)
    listed = list(work.mine(walk.office.clerk))
    assert [row.pk for row in listed] == [walk.application.pk, due.application.pk]
    assert work.tab_counts(walk.office.clerk, date(2020, 10, 15)) == {"all": 2, "returned": 1, "due": 0, "clock": 1}


def test_resubmitting_answers_every_point_and_freezes_a_new_determination_beside_the_old(walk: Walk) -> None:
    send_back(walk)
    families.save_household_part(walk.office.clerk, walk.household, {"savings": 990000}, at=walk.later())
    actor = walk.office.clerk.actor
    with pytest.raises(Refused, match="还差 1 条"):
        services.resubmit(actor, walk.application, answers=dict(list(answers(walk).items())[:1]), at=walk.later())
    services.resubmit(actor, walk.application, answers=answers(walk), at=walk.later())
    walk.reload()
    assert (walk.application.state, walk.application.step) == ("in_progress", "unit_review")
    own = list(Determination.objects.filter(companion_of=None).order_by("pk"))
    assert [row.facts["savings"] for row in own] == ["12000.00", "9900.00"]
    assert not ReturnPoint.objects.filter(answered_at=None).exists()
    assert ReturnPoint.objects.first().answer == "已更正"
    changes = reads.since_return(walk.application, own[::-1], list(walk.application.steps.order_by("pk")))
    assert [(change.path, change.before, change.after) for change in changes] == [
        ("savings", "12,000.00 元", "9,900.00 元")
    ]
    walk.household.refresh_from_db()
    assert walk.household.locked


def test_a_member_taken_out_after_a_return_is_free_again_and_a_new_one_is_held(walk: Walk) -> None:
    send_back(walk)
    child = walk.member(3)
    gone = child.id_hash
    families.save_members(walk.office.clerk, walk.household, [], remove=[child.pk], at=walk.later())
    services.resubmit(walk.office.clerk.actor, walk.application, answers=answers(walk), at=walk.later())
    held = set(ActiveIdentity.objects.values_list("id_hash", flat=True))
    assert (len(held), gone in held) == (2, False)


def test_what_still_stands_is_carried_over_and_what_does_not_is_done_again(walk: Walk) -> None:
    walk.to("industry_review")
    services.return_case(walk.office.industry_reviewer.actor, walk.application, points=[POINTS[1]], at=walk.later())
    services.resubmit(walk.office.clerk.actor, walk.reload(), answers=answers(walk), at=walk.later())
    walk.reload()
    walk.unit_review()
    assert walk.application.step == "report_up"  # visit, notice and signatures stand
    carried = StepRecord.objects.filter(result="carried").order_by("pk")
    assert [row.code for row in carried] == ["home_visit", "public_notice", "authorization"]
    assert all(row.carried_from_id for row in carried)


def test_a_changed_main_cause_asks_for_a_new_visit_and_a_new_notice(walk: Walk) -> None:
    walk.to("industry_review")
    services.return_case(
        walk.office.industry_reviewer.actor, walk.application, points=[{"code": "cause_unclear"}], at=walk.later()
    )
    notes = {"disability": {"members": ["P2"], "text": ""}}
    families.save_household_part(
        walk.office.clerk, walk.household, {"causes": ["disability"], "cause_notes": notes}, at=walk.later()
    )
    services.resubmit(walk.office.clerk.actor, walk.reload(), answers=answers(walk), at=walk.later())
    walk.reload()
    assert walk.unit_review().step == "home_visit"
    walk.visit()
    assert walk.application.step == "public_notice"
    walk.notice()
    assert PublicNotice.objects.count() == 2
    assert [row.shown["main_cause"] for row in PublicNotice.objects.order_by("pk")] == ["因病", "因残"]


def test_a_return_to_a_middle_step_is_answered_there_and_does_not_open_the_family(walk: Walk) -> None:
    walk.to("industry_review")
    services.return_case(
        walk.office.industry_reviewer.actor, walk.application, points=[{"code": "visit_incomplete"}], at=walk.later()
    )
    walk.reload()
    assert (walk.application.state, walk.application.step) == ("returned", "home_visit")
    walk.household.refresh_from_db()
    assert walk.household.locked
    walk.visit_only()
    with pytest.raises(Refused, match="退回要点"):
        services.close_visit(walk.office.clerk.actor, walk.application, at=walk.later())
    services.close_visit(walk.office.clerk.actor, walk.application, answers=answers(walk), at=walk.later())
    assert walk.reload().step == "report_up"


def test_only_whose_turn_it_is_returns_and_only_the_clerk_resubmits(walk: Walk) -> None:
    with pytest.raises(NotYourTurn):
        services.return_case(walk.office.industry_reviewer.actor, walk.application, points=POINTS, at=walk.later())
    send_back(walk)
    with pytest.raises(NotYourTurn):
        services.resubmit(walk.office.reviewer.actor, walk.application, answers=answers(walk), at=walk.later())
    services.resubmit(walk.office.clerk2.actor, walk.application, answers=answers(walk), at=walk.later())
    assert walk.reload().step == "unit_review"


def test_a_resubmission_that_lacks_papers_tells_so_and_keeps_the_return_open(walk: Walk) -> None:
    send_back(walk)
    families.save_household_part(walk.office.clerk, walk.household, {"needs": []}, at=walk.later())
    with pytest.raises(GuardsUnmet, match="帮扶需求"):
        services.resubmit(walk.office.clerk.actor, walk.application, answers=answers(walk), at=walk.later())
    assert walk.reload().state == "returned"
    assert ReturnPoint.objects.filter(answered_at=None).count() == 2


def test_refusing_ends_the_case_with_its_reason_and_frees_the_people(walk: Walk) -> None:
    with pytest.raises(Refused, match="原因"):
        services.refuse(walk.office.reviewer.actor, walk.application, reason="", at=walk.later())
    services.refuse(walk.office.reviewer.actor, walk.application, reason="职工不属本单位", at=walk.later())
    assert walk.reload().state == "refused"
    assert not ActiveIdentity.objects.exists()
    assert walk.application.steps.last().comment == "职工不属本单位"
