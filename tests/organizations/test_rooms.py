"""The administrators' rooms, the tree, local standards and the working-day calendar, in the browser's way."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from bangfu.common.acts import SYSTEM, act
from bangfu.common.models import AuditEntry, CalendarYear
from bangfu.common.workdays import calendar
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Level, Role, StandardName
from bangfu.organizations.errors import BadStandard, BadUnion, NotAllowed
from bangfu.organizations.models import LocalStandard, Post, Region, Union, User
from bangfu.policy.standards import UNITS
from tests.battery import assert_query_count
from tests.factories import AT, TODAY, Tree, client_for, person, post, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


# --- accounts and posts -------------------------------------------------------------------------------------------


def test_an_account_is_opened_with_a_password_shown_once_and_must_change_it(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    answer = admin.post("/accounts/new/", {"union": tree.unit.pk, "name": "韩梅", "username": "hanmei"})
    made = User.objects.get(username="hanmei")
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert made.check_password(password)
    assert made.must_change_password
    assert password not in admin.get(f"/accounts/{made.pk}/").content.decode()
    assert not AuditEntry.objects.filter(after__icontains=password).exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": "A"}, "登录名为 3—40 位"),
        ({"name": " "}, "请填写此项"),
        ({"union": ""}, "请填写此项"),
        ({"username": "taken"}, "已被使用"),
    ],
)
def test_a_faulty_account_is_told_at_its_field_and_keeps_what_was_typed(
    tree: Tree, change: dict[str, str], message: str
) -> None:
    user(username="taken")
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    before = User.objects.count()
    answer = admin.post("/accounts/new/", {"union": tree.unit.pk, "name": "韩梅梅", "username": "hanmei"} | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "name" in change or "韩梅梅" in answer.content.decode()
    assert User.objects.count() == before


def test_a_post_in_a_foreign_union_cannot_be_chosen(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    who = user(union=tree.unit)
    data = {"union": tree.foreign_unit.pk, "role": "clerk", "starts_on": "2020-10-12"}
    assert admin.post(f"/accounts/{who.pk}/appoint/", data).status_code == 422
    assert not Post.objects.filter(user=who).exists()


def test_an_incompatible_post_is_refused_in_place_with_the_reason(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    who = user(union=tree.unit)
    post(who, Role.CLERK, tree.unit)
    answer = admin.post(
        f"/accounts/{who.pk}/appoint/", {"union": tree.unit.pk, "role": "finance", "starts_on": "2020-10-12"}
    )
    assert answer.status_code == 422
    assert "同一时期不能再任财务" in answer.content.decode()


def test_a_post_ends_with_a_reason(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    held = post(user(union=tree.unit), Role.CLERK, tree.unit)
    url = f"/posts/{held.pk}/end/"
    assert admin.post(url, {"ends_on": "2020-10-12", "reason": ""}).status_code == 422
    assert admin.post(url, {"ends_on": "2015-01-01", "reason": "调岗"}).status_code == 422
    assert admin.post(url, {"ends_on": "2020-10-12", "reason": "调岗"}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == TODAY


def test_a_reset_password_is_new_ends_the_sessions_and_is_not_for_oneself(tree: Tree) -> None:
    desk = person(Role.ACCOUNT_ADMIN, tree.industry)
    clerk = person(Role.CLERK, tree.unit)
    at_work, admin = client_for(clerk), client_for(desk)
    answer = admin.post(f"/accounts/{clerk.user_id}/reset/")
    assert User.objects.get(pk=clerk.user_id).check_password(answer.context["password"])
    assert at_work.get("/unions/").status_code == 302
    assert admin.post(f"/accounts/{desk.user_id}/reset/").status_code == 302
    with pytest.raises(NotAllowed):
        services.reset_password(desk.actor, User.objects.get(pk=desk.user_id), at=AT)


def test_the_accounts_page_takes_the_same_number_of_queries_however_many_there_are(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    person(Role.CLERK, tree.unit)
    assert_query_count(admin, "/accounts/", 8)
    for _ in range(12):
        person(Role.CLERK, tree.unit)
    assert_query_count(admin, "/accounts/", 8)


# --- the tree -----------------------------------------------------------------------------------------------------


def test_a_union_is_added_below_ones_own_with_a_region_found_by_name(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    data = {"name": "津华粮油工会", "level": "unit", "region": "天津市和平区", "hotline": "022-1"}
    assert admin.post(f"/unions/{tree.upper.pk}/new/", data).status_code == 302
    made = Union.objects.get(name="津华粮油工会")
    assert made.path.startswith(tree.upper.path)
    assert made.region == "120101"
    assert "已有同名工会" in admin.post(f"/unions/{tree.upper.pk}/new/", data).content.decode()
    faulty = admin.post(f"/unions/{tree.upper.pk}/new/", data | {"name": "另一工会", "region": "没有这里"})
    assert "没有找到“没有这里”" in faulty.content.decode()


@pytest.mark.parametrize(("level", "allowed"), [(Level.UNIT, False), (Level.CITY, False), (Level.UPPER, False)])
def test_below_a_basic_union_stands_nothing(tree: Tree, level: Level, allowed: bool) -> None:
    with pytest.raises(BadUnion, match="之下不能设"):
        services.add_union(SYSTEM, tree.unit, name="新", level=level, region="120101", at=AT)


def test_a_union_closes_only_when_empty(tree: Tree) -> None:
    admin = client_for(person(Role.ACCOUNT_ADMIN, tree.industry))
    assert "还有在用的工会" in admin.post(f"/unions/{tree.upper.pk}/close/", {"reason": "撤并"}).content.decode()
    held = post(user(), Role.CLERK, tree.unit)
    assert "还有在任人员" in admin.post(f"/unions/{tree.unit.pk}/close/", {"reason": "撤并"}).content.decode()
    services.end_post(SYSTEM, held, ends_on=date(2020, 10, 11), reason="撤并", at=AT)
    assert admin.post(f"/unions/{tree.unit.pk}/close/", {"reason": "撤并"}).status_code == 302
    assert not Union.objects.get(pk=tree.unit.pk).is_active


def test_a_union_without_records_moves_with_all_below_it(tree: Tree) -> None:
    below_upper = services.add_union(
        SYSTEM, tree.industry, name="第二集团工会", level=Level.UPPER, region="120000", at=AT
    )
    child = services.add_union(SYSTEM, below_upper, name="第二集团门店工会", level=Level.UNIT, region="120000", at=AT)
    moved = services.move_union(SYSTEM, below_upper, tree.upper, reason="合并", at=AT)
    assert moved.path.startswith(tree.upper.path)
    assert Union.objects.get(pk=child.pk).path.startswith(moved.path)
    with pytest.raises(BadUnion, match="自己或下级"):
        services.move_union(SYSTEM, moved, Union.objects.get(pk=moved.pk), reason="合并", at=AT)


def test_upper_unions_go_from_the_unit_to_the_root(tree: Tree) -> None:
    assert selectors.upper_unions(tree.unit) == [tree.unit, tree.upper, tree.industry, tree.city, tree.acftu]


def test_post_holders_are_those_of_exactly_this_union_and_day(tree: Tree) -> None:
    here, above = person(Role.REVIEWER, tree.upper), person(Role.REVIEWER, tree.industry)
    assert [who.pk for who in selectors.post_holders(tree.upper, Role.REVIEWER, TODAY)] == [here.user_id]
    assert [who.pk for who in selectors.post_holders(tree.industry, Role.REVIEWER, TODAY)] == [above.user_id]
    assert selectors.post_holders(tree.upper, Role.REVIEWER, date(2015, 12, 31)) == []


def test_the_regions_come_with_the_installation() -> None:
    assert Region.objects.get(pk="120101").full_name == "天津市和平区"
    assert Region.objects.count() > 3300
    assert selectors.region_name("330113") == "浙江省杭州市临平区"
    assert selectors.find_regions("河西区")[0].pk == "120103"


# --- local standards ----------------------------------------------------------------------------------------------

FIGURE: dict[str, Any] = {
    "name": "dibao",
    "region": "120000",
    "from_date": "2020-07-01",
    "value": "1,010.00",
    "source": "津民发〔2020〕29号",
}


@pytest.mark.req("TJ-A1-1.4.a")
def test_a_figure_counts_only_after_a_second_person_confirmed_it(tree: Tree) -> None:
    first, second = person(Role.AID_CENTER, tree.industry), person(Role.LEADER, tree.industry)
    assert client_for(first).post("/standards/new/", FIGURE).status_code == 302
    row = LocalStandard.objects.get()
    assert selectors.installed_standards()["rows"] == []
    client_for(first).post(f"/standards/{row.pk}/confirm/")
    assert selectors.installed_standards()["rows"] == []
    client_for(second).post(f"/standards/{row.pk}/confirm/")
    assert selectors.installed_standards()["rows"] == [
        {"name": "dibao", "region": "120000", "from": "2020-07-01", "value": "1010.00", "source": "津民发〔2020〕29号"}
    ]
    page = client_for(first).get("/standards/").content.decode()
    assert "津民发〔2020〕29号" in page
    assert "天津市" in page


def test_the_database_refuses_a_figure_confirmed_by_the_person_who_entered_it(tree: Tree) -> None:
    desk = person(Role.AID_CENTER, tree.industry)
    row = services.propose_standard(desk.actor, **FIGURE | {"from_date": date(2020, 7, 1)}, at=AT)

    def confirm() -> None:
        with act(desk.actor, "force", at=AT) as deed:
            deed.record(row)
            LocalStandard.objects.filter(pk=row.pk).update(confirmed_by_id=desk.user_id)

    with pytest.raises(IntegrityError):
        confirm()


def test_a_confirmed_figure_is_taken_back_with_a_reason_and_entered_anew(tree: Tree) -> None:
    first, second = person(Role.AID_CENTER, tree.industry), person(Role.LEADER, tree.industry)
    client_for(first).post("/standards/new/", FIGURE)
    row = LocalStandard.objects.get()
    services.confirm_standard(second.actor, row, at=AT)
    with pytest.raises(BadStandard, match="先取消确认"):
        services.withdraw_standard(first.actor, row, at=AT)
    with pytest.raises(BadStandard, match="原因"):
        services.revoke_standard(first.actor, row, reason=" ", at=AT)
    services.revoke_standard(first.actor, row, reason="数值录错", at=AT)
    assert selectors.installed_standards()["rows"] == []
    services.withdraw_standard(first.actor, row, at=AT)
    assert client_for(first).post("/standards/new/", FIGURE).status_code == 302


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "12,3.456"}, "金额，最多两位小数"),
        ({"value": "-5"}, "金额，最多两位小数"),
        ({"name": "support_ratio", "value": "1.5"}, "0 到 1 之间"),
        ({"region": "999999"}, "没有找到"),
        ({"source": ""}, "请填写此项"),
        ({"from_date": "2020-13-01"}, "请填写日期"),
    ],
)
def test_a_faulty_figure_is_told_at_its_field(tree: Tree, change: dict[str, str], message: str) -> None:
    answer = client_for(person(Role.AID_CENTER, tree.industry)).post("/standards/new/", FIGURE | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not LocalStandard.objects.exists()


def test_the_names_of_figures_are_those_the_rules_know() -> None:
    assert set(StandardName.values) == set(UNITS)
    assert all(name.unit_label is not None for name in StandardName)


def test_the_standards_page_takes_the_same_number_of_queries_however_many_there_are(tree: Tree) -> None:
    desk = person(Role.AID_CENTER, tree.industry)
    client = client_for(desk)

    def enter(year: int) -> None:
        services.propose_standard(desk.actor, **FIGURE | {"from_date": date(year, 7, 1)}, at=AT)

    enter(2010)
    assert_query_count(client, "/standards/", 8)
    for year in range(2011, 2020):
        enter(year)
    assert_query_count(client, "/standards/", 8)


# --- the working-day calendar -------------------------------------------------------------------------------------


def test_a_year_is_published_and_its_dates_are_no_longer_provisional(tree: Tree) -> None:
    client = client_for(person(Role.AID_CENTER, tree.industry))
    assert calendar().add_working_days(date(2027, 3, 1), 3) == (date(2027, 3, 4), True)
    assert "暂定" in client.get("/calendar/?year=2027").content.decode()
    assert client.post("/calendar/2027/publish/", {"source": ""}).status_code == 422
    client.post("/calendar/2027/publish/", {"source": "国务院办公厅关于2027年部分节假日安排的通知"})
    assert CalendarYear.objects.get(year=2027).official
    assert calendar().add_working_days(date(2027, 3, 1), 3) == (date(2027, 3, 4), False)
    assert "暂定" not in client.get("/calendar/?year=2027").content.decode()


def test_a_day_is_changed_and_changed_back_on_the_record(tree: Tree) -> None:
    client = client_for(person(Role.AID_CENTER, tree.industry))
    saturday = {"day": "2027-02-20", "working": "1", "name": "春节调休"}
    assert client.post("/calendar/day/", saturday | {"name": ""}).status_code == 422
    client.post("/calendar/day/", saturday)
    assert calendar().is_working(date(2027, 2, 20))
    client.post("/calendar/day/", saturday | {"working": "0"})
    assert not calendar().is_working(date(2027, 2, 20))
    assert AuditEntry.objects.filter(verb="edit_calendar_day").count() == 2


# --- the log ------------------------------------------------------------------------------------------------------


def test_the_log_shows_what_was_done_in_her_subtree_with_filters(tree: Tree) -> None:
    person(Role.CLERK, tree.unit, name="岳小满")
    reader = client_for(person(Role.LOG_ADMIN, tree.industry))
    page = reader.get("/log/").content.decode()
    assert "安排岗位" in page
    assert "岳小满" in page
    assert "与校验链相符" in page
    assert "岳小满" not in reader.get("/log/?verb=add_union").content.decode()
    assert "岳小满" not in reader.get("/log/?until=2020-10-11").content.decode()
    assert "岳小满" not in client_for(person(Role.LOG_ADMIN, tree.foreign)).get("/log/").content.decode()


def test_a_log_administrator_sees_no_family_and_an_auditor_does(tree: Tree) -> None:
    from bangfu.families.models import Household

    clerk = person(Role.CLERK, tree.unit)
    with act(clerk.actor, "save_household_part", at=AT) as deed:
        deed.record(Household(pk=987654), after={"worker": "方小舟"}, reason="随访", union_path=tree.unit.path)
    hidden = client_for(person(Role.LOG_ADMIN, tree.industry)).get("/log/").content.decode()
    assert "保存家庭情况" in hidden
    assert "困难职工家庭 ******" in hidden
    for text in ("987654", "方小舟", "随访"):
        assert text not in hidden
    searched = client_for(person(Role.LOG_ADMIN, tree.industry)).get("/log/?subject=987654").content.decode()
    assert "没有符合条件的记录" in searched
    full = client_for(person(Role.AUDITOR, tree.industry)).get("/log/?subject=987654").content.decode()
    assert "方小舟" in full


def test_the_log_page_takes_the_same_number_of_queries_however_long_it_is(tree: Tree) -> None:
    reader = client_for(person(Role.LOG_ADMIN, tree.industry))
    assert_query_count(reader, "/log/", 9)
    for _ in range(15):
        person(Role.CLERK, tree.unit)
    assert_query_count(reader, "/log/", 9)


def test_administrators_enter_no_room_with_families(tree: Tree) -> None:
    for role in (Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN):
        desk = person(role, tree.industry)
        assert not desk.sees_families
        rail = client_for(desk).get("/unions/").context["rail"]
        assert not {item["label"] for item in rail} & {"家庭", "办理"}
