"""今天要办: one list per person over all her posts, in order, each row with its reason and the one button."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from bangfu.casework import services
from bangfu.casework.choices import ClockKind
from bangfu.casework.clock_models import RunningClock
from bangfu.casework.models import Application, ReturnPoint
from bangfu.casework.services import clocks
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Role
from bangfu.organizations.models import LocalStandard, Post, User
from bangfu.organizations.scope import Desk
from bangfu.organizations.selectors import desk_of
from bangfu.organizations.today import Line, Today
from tests import factories
from tests.battery import assert_query_count
from tests.casework import kit
from tests.casework.kit import Office, Walk
from tests.casework.test_pages import Browser, browser

__all__ = ["browser"]


def listed(*desks: Desk, day: Any = kit.APPLIED, tab: str = "all", number: int = 1) -> list[Line]:
    return list(Today.of(desks[0], desks, day).page(number, 25, tab))


def begun(office: Office, days: int) -> Walk:
    """A case submitted so many days after the first."""
    walk = Walk(office, kit.family(office), at=kit.AT + timedelta(days=days))
    walk.submit()
    return walk


def second_post(desk: Desk, role: Role, union: Any) -> Desk:
    held = factories.post(User.objects.get(pk=desk.user_id), role, union)
    return desk_of(Post.objects.select_related("user", "union").get(pk=held.pk), desk.on)


def test_the_list_begins_with_what_came_back_then_what_is_late_due_seen_and_new(office: Office, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"step_days": 5}
    late, due, back = begun(office, 0), begun(office, 8), begun(office, 0)
    settings.BANGFU_PARAMETERS = {}
    seen, new = begun(office, 9), begun(office, 9)
    services.look(office.reviewer.user_id, seen.application, at=seen.later())
    services.return_case(office.reviewer.actor, back.application, points=[{"code": "homes_unclear"}], at=back.later())
    day = kit.APPLIED + timedelta(days=14)
    rows = listed(office.reviewer, day=day)
    assert [(row.about.split(" · ")[1], row.state) for row in rows] == [
        (late.application.number, "overdue"),
        (due.application.number, "due"),
        (seen.application.number, "waiting"),
        (new.application.number, "new"),
    ]
    clerk = listed(office.clerk, day=day)
    assert [row.state for row in clerk] == ["returned"]


def test_a_returned_case_says_what_is_asked_and_leads_to_the_place_of_the_answer(walk: Walk) -> None:
    points = [{"code": "homes_unclear"}, {"code": "medical_bill_missing"}]
    services.return_case(walk.office.reviewer.actor, walk.application, points=points, at=walk.later())
    (row,) = listed(walk.office.clerk)
    assert row.reason.startswith("请补充：")
    assert row.reason.count("；") == 1
    assert row.url.startswith(reverse("casework:case", args=[walk.application.pk]))
    assert row.button == "去补正"


def test_a_notice_on_the_wall_asks_for_nothing_until_its_days_are_over(walk: Walk) -> None:
    walk.to("public_notice")
    notice = walk.post()
    (before,) = listed(walk.office.clerk, day=notice.ends_on)
    assert (before.state, before.button) == ("running", "去办公示")
    (after,) = listed(walk.office.clerk, day=notice.ends_on + timedelta(days=1))
    assert (after.state, after.settled) == ("due", True)
    assert "满期" in after.reason


def test_a_person_of_two_posts_has_one_list_and_the_button_takes_her_to_the_other_desk(
    walk: Walk, browser: Browser
) -> None:
    upper = walk.office.upper_reviewer
    here = second_post(upper, Role.REVIEWER, walk.office.tree.unit)
    (row,) = listed(upper, here)
    assert (row.elsewhere, row.post_id) == (True, here.post_id)
    client = factories.client_for(upper)
    page = client.get(reverse("home")).content.decode()
    assert walk.application.number in page
    assert f'href="{row.url}"' not in page, "an address that her present desk cannot open is no link"
    answer = client.post(reverse("organizations:choose_post", args=[row.post_id]), {"next": row.url})
    assert answer["Location"] == row.url
    opened = client.get(answer["Location"]).content.decode()
    assert "单位工会审核" in opened or walk.application.number in opened


def test_the_switch_of_posts_leads_to_addresses_of_this_site_only(walk: Walk) -> None:
    clerk = walk.office.clerk
    client = factories.client_for(clerk)
    for bad in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        answer = client.post(reverse("organizations:choose_post", args=[clerk.post_id]), {"next": bad})
        assert answer["Location"] == reverse("home")
    assert client.get(reverse("organizations:choose_post", args=[clerk.post_id])).status_code == 405


def test_a_colleagues_or_a_foreign_post_brings_nothing_into_the_list(walk: Walk) -> None:
    tree = walk.office.tree
    for desk in (
        factories.person(Role.REVIEWER, tree.unit2, on=kit.APPLIED),
        factories.person(Role.REVIEWER, tree.foreign, on=kit.APPLIED),
        factories.person(Role.LEADER, tree.unit, on=kit.APPLIED),
    ):
        assert listed(desk) == []


def test_a_check_of_a_file_comes_into_the_list_with_its_warning_and_turns_late(at_check: Walk) -> None:
    at_check.check()
    file = at_check.file()
    clerk, due = at_check.office.clerk, file.next_review_on
    RunningClock.objects.filter(code="sync")._raw_delete("default")

    def states(day: Any) -> list[str]:
        return [row.state for row in listed(clerk, day=day) if file.number in row.about]

    assert states(due - timedelta(days=31)) == []
    assert states(due - timedelta(days=30)) == ["due"]
    assert states(due) == ["due"]
    assert states(due + timedelta(days=1)) == ["overdue"]
    (row,) = [row for row in listed(clerk, day=due + timedelta(days=1)) if file.number in row.about]
    assert "已逾期 1 天" in row.reason
    assert "附件2 第十条" in row.reason


def test_duties_of_the_year_stand_in_the_list_when_their_time_comes(office: Office, browser: Browser) -> None:
    page = browser.get(office.clerk, "home").content.decode()
    assert "档案集中清理" not in page
    assert "结转结余报告商务工会" in page, "from thirty days before"
    browser.at = kit.AT + timedelta(days=60)
    page = browser.get(office.clerk, "home").content.decode()
    assert "档案集中清理" in page
    assert "已逾期" in page


def test_a_standard_entered_by_somebody_else_waits_for_the_keepers_of_its_region(office: Office) -> None:
    city2 = factories.person(Role.LEADER, office.tree.city, on=kit.APPLIED)
    row = organizations.propose_standard(
        office.city.actor,
        name="dibao",
        region="120000",
        from_date=kit.APPLIED,
        value="1100",
        source="津民发",
        at=kit.AT,
    )
    (line,) = [line for line in listed(city2) if line.button == "去核对"]
    assert "城市低保标准" in line.title
    assert not [line for line in listed(office.city) if line.button == "去核对"], "not for who entered it"
    assert not [line for line in listed(office.reviewer) if line.button == "去核对"]
    organizations.confirm_standard(city2.actor, row, at=kit.AT)
    assert LocalStandard.objects.get(pk=row.pk).confirmed_by_id
    assert not [line for line in listed(city2) if line.button == "去核对"]


def test_tabs_count_the_whole_list_and_show_one_kind(office: Office, browser: Browser) -> None:
    for _ in range(3):
        Walk.begin(office)
    back = Walk.begin(office)
    services.return_case(office.reviewer.actor, back.application, points=[{"code": "homes_unclear"}], at=back.later())
    today = Today.of(office.reviewer, [office.reviewer], kit.APPLIED)
    assert (today.counts["new"], today.counts["all"], today.counts["returned"]) == (3, 3, 0)
    assert len(listed(office.clerk, tab="returned")) == 1
    assert listed(office.clerk, tab="overdue") == []
    page = browser.get(office.clerk, "home", "?tab=returned").content.decode()
    assert back.application.number in page
    assert browser.get(office.clerk, "home", "?tab=nonsense&page=99").status_code == 200


def test_pages_of_the_list_hold_every_row_once(office: Office) -> None:
    for _ in range(5):
        Walk.begin(office)
    today = Today.of(office.reviewer, [office.reviewer], kit.APPLIED)
    pages = [list(today.page(number, 2)) for number in (1, 2, 3)]
    numbers = [row.about for page in pages for row in page]
    assert len(numbers) == len(set(numbers)) == 5
    assert [len(page) for page in pages] == [2, 2, 1]


def test_an_empty_list_is_kind(office: Office, browser: Browser) -> None:
    page = browser.get(office.upper_reviewer, "home").content.decode()
    assert "今天没有等您办的事" in page


def test_the_queries_of_the_list_do_not_grow_with_its_rows(office: Office, browser: Browser) -> None:
    def grow() -> None:
        walk = Walk.begin(office)
        services.return_case(
            office.reviewer.actor, walk.application, points=[{"code": "homes_unclear"}], at=walk.later()
        )
        Walk.begin(office).to("public_notice").post()

    grow()
    client = factories.client_for(office.clerk)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as caught:
        client.get(reverse("home"))
    grow()
    grow()
    assert_query_count(client, reverse("home"), len(caught))
    assert len(caught) <= 20


# --- what is late below -------------------------------------------------------------------------------------------
@pytest.fixture
def late(office: Office, settings: Any) -> Walk:
    settings.BANGFU_PARAMETERS = {"step_days": 2}
    return Walk.begin(office)


def test_late_work_is_shown_above_with_counts_by_unit_and_the_oldest(late: Walk, browser: Browser) -> None:
    office = late.office
    browser.at = late.later(days=20)
    due = RunningClock.objects.get(kind=ClockKind.STEP, stopped_on__isnull=True).due_on
    for desk in (office.leader, office.upper_reviewer, office.city):
        home = browser.get(desk, "home").content.decode()
        assert "下级有 1 件已逾期" in home
        page = browser.get(desk, "casework:overdue").content.decode()
        assert "津华百货和平店工会" in page
        assert due.isoformat() in page
        assert "王*" in page or "王**" in page
        assert "王秀兰" not in page
    foreign = factories.person(Role.LEADER, office.tree.foreign, on=kit.APPLIED)
    assert "下级有" not in browser.get(foreign, "home").content.decode()
    assert late.application.number not in browser.get(foreign, "casework:overdue").content.decode()
    late.unit_review()
    assert "下级有" not in browser.get(office.upper_reviewer, "home").content.decode()


def test_a_case_that_is_back_with_the_clerk_is_not_the_reviewers_delay(late: Walk, browser: Browser) -> None:
    from bangfu.casework.selectors import overdue

    office = late.office
    services.return_case(office.reviewer.actor, late.application, points=[{"code": "homes_unclear"}], at=late.later())
    day = kit.APPLIED + timedelta(days=30)
    (row,) = overdue.by_unit(office.leader, day)
    assert row.count == 1
    assert [held.role for held in overdue.rows(office.leader, day, None)] == ["clerk"]


def test_the_page_of_late_work_narrows_to_one_union_and_does_not_grow(late: Walk, browser: Browser) -> None:
    office = late.office
    browser.at = late.later(days=20)
    address = f"{reverse('casework:overdue')}?union={office.tree.unit.pk}"
    client = factories.client_for(office.leader)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        text = client.get(address).content.decode()
    assert late.application.number in text
    Walk.begin(office)
    Walk.begin(office)
    assert_query_count(client, address, len(caught))


# --- one clock ----------------------------------------------------------------------------------------------------
def test_a_duty_is_ticked_off_on_its_page_and_what_lacks_is_said(office: Office, browser: Browser) -> None:
    clocks.open_duties(office.tree.industry.path, kit.AT)
    row = RunningClock.objects.get(union=office.tree.unit, code="cleanup")
    page = browser.get(office.clerk, "casework:clock", pk=row.pk).content.decode()
    assert "登记完成" in page
    assert "登记完成" not in browser.get(office.leader, "casework:clock", pk=row.pk).content.decode()
    lacking = browser.post(office.clerk, "casework:finish_clock", {"done_on": "2020-10-14", "note": " "}, pk=row.pk)
    assert lacking.status_code == 422
    assert "请写明完成的情况" in lacking.content.decode()
    assert (
        browser.post(office.clerk, "casework:finish_clock", {"done_on": "昨天", "note": "好"}, pk=row.pk).status_code
        == 422
    )
    sent = {"done_on": "2020-10-14", "note": "清理 12 份"}
    assert browser.post(office.leader, "casework:finish_clock", sent, pk=row.pk).status_code == 403
    assert browser.post(office.clerk, "casework:finish_clock", sent, pk=row.pk).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.note, row.stopped_by_id) == ("met", "清理 12 份", office.clerk.user_id)


def test_a_check_is_put_off_on_its_page_only_with_a_reason(at_check: Walk, browser: Browser) -> None:
    at_check.check()
    file = at_check.file()
    browser.at = at_check.at
    row = RunningClock.objects.get(kind=ClockKind.REVIEW, case_file=file)
    to = (row.due_on + timedelta(days=10)).isoformat()
    clerk = at_check.office.clerk
    assert browser.post(clerk, "casework:postpone_clock", {"to": to, "reason": ""}, pk=row.pk).status_code == 422
    assert browser.post(clerk, "casework:postpone_clock", {"to": to, "reason": "住院"}, pk=row.pk).status_code == 302
    file.refresh_from_db()
    assert file.next_review_on.isoformat() == to


def test_case_and_clock_agree_after_a_whole_walk(walk: Walk) -> None:
    walk.to("done")
    assert not RunningClock.objects.filter(
        application=walk.application, kind=ClockKind.STEP, stopped_on__isnull=True
    ).exists()
    assert Application.objects.get(pk=walk.application.pk).due_on is None
    assert not ReturnPoint.objects.exists()
