"""The wizard through its pages: saved as typed, faults in place, nothing lost, two people at one family, the panel."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from bangfu.common.models import AuditEntry
from bangfu.families import facts, panel, selectors, services
from bangfu.families.models import Household, Member
from bangfu.families.services.common import read_typed
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families import builders
from tests.families.pages import fill, text, type_in

pytestmark = pytest.mark.django_db
STEPS = ["basic", "members", "incomes", "expenses", "property", "causes", "findings", "review"]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_opens_for_an_empty_and_for_a_whole_family(
    client: Client, fresh: Household, family: Household, step: str
) -> None:
    for household in (fresh, family):
        assert client.get(f"/families/{household.pk}/edit/{step}/").status_code == 200


@pytest.mark.parametrize("step", STEPS[:-1])
def test_sending_a_page_back_unchanged_changes_no_fact(client: Client, family: Household, step: str) -> None:
    before = facts.build(family)
    answer = type_in(client, family, step, {})
    assert answer.status_code == 200
    after = facts.build(selectors.whole(family))
    if step == "incomes":  # months before the window were never asked for: the grid says that they are unknown
        after["incomes"] = [line for line in after["incomes"] if line.get("monthly", line.get("amount")) is not None]
    assert after == before


@pytest.mark.req("TJ-A1-3.1", "TJ-4.1.e")
def test_the_date_of_application_fixes_the_six_months(client: Client, family: Household) -> None:
    answer = type_in(client, family, "basic", {"application_date": "2020年9月30日"})
    assert "2020-03 至 2020-08" in text(answer)
    assert selectors.whole(family).application_date.isoformat() == "2020-09-30"


def test_what_is_typed_is_saved_and_the_panel_answers_with_the_new_version(client: Client, fresh: Household) -> None:
    answer = type_in(
        client, fresh, "property", {"owned_homes": "１", "savings": "１２，０００．５", "owned_area_m2": "58"}
    )
    household = selectors.whole(fresh)
    assert answer.status_code == 200
    assert answer["X-Version"] == str(household.version)
    assert (household.owned_homes, household.savings) == (1, 1200050)
    assert str(household.owned_area_m2) == "58.00"


def test_three_way_answers_are_yes_no_and_unknown(client: Client, fresh: Household) -> None:
    type_in(client, fresh, "findings", {"owns_shop": "yes", "evaded": "no"})
    household = selectors.whole(fresh)
    assert (household.owns_shop, household.evaded, household.high_consumption) == (True, False, None)
    type_in(client, household, "findings", {"owns_shop": ""})
    assert selectors.whole(fresh).owns_shop is None


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("savings", "12,3", "逗号位置不对"),
        ("savings", "10.125", "最多两位小数"),
        ("savings", "一万", "不是金额"),
        ("savings", "-5", "不能为负"),
        ("owned_homes", "两套", "不是整数"),
        ("owned_area_m2", "58.123", "最多两位小数"),
    ],
)
def test_a_slip_is_told_at_its_field_and_in_the_list_and_the_rest_is_saved(
    client: Client, fresh: Household, field: str, typed: str, message: str
) -> None:
    other = {"owned_homes": "1"} if field != "owned_homes" else {"savings": "100"}
    answer = type_in(client, fresh, "property", {field: typed, **other})
    assert message in text(answer)
    assert f'href="#id_{field}"' in text(answer)
    household = selectors.whole(fresh)
    assert getattr(household, field) is None
    assert getattr(household, next(iter(other))) is not None
    page = text(client.get(f"/families/{fresh.pk}/edit/property/"))
    assert f'value="{typed}"' in page  # as it was typed, also after a reload
    assert message in page


@pytest.mark.req("GUIDE20-4.1.1.b")
def test_all_slips_of_a_page_are_told_at_once_and_the_check_page_leads_back_to_them(
    client: Client, fresh: Household
) -> None:
    worker = fresh.members.get()
    wrong = {"id_number": "120101197603180021", "birth_date": "2030-01-01", "labor_relation_months": "很久"}
    body = text(type_in(client, fresh, "members", {f"m{worker.pk}-{name}": value for name, value in wrong.items()}))
    assert "还有 3 处需要您看一下" in body
    for message in ("第 18 位与前 17 位不符", "出生日期晚于今天", "不是整数"):
        assert message in body
    page = text(client.get(f"/families/{fresh.pk}/edit/review/"))
    assert f'<a href="/families/{fresh.pk}/edit/members/">成员：3 处</a>' in page
    assert "收入还没有标记为录全" in page


def test_a_mended_slip_is_forgotten(client: Client, fresh: Household) -> None:
    type_in(client, fresh, "property", {"savings": "12,3"})
    assert read_typed(selectors.whole(fresh)) == {"property": {"savings": "12,3"}}
    type_in(client, fresh, "property", {"savings": "12.3"})
    household = selectors.whole(fresh)
    assert read_typed(household) == {}
    assert household.savings == 1230


def test_what_was_typed_wrongly_is_kept_encrypted(client: Client, fresh: Household) -> None:
    type_in(client, fresh, "property", {"savings": "秘密的数"})
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT as_typed FROM families_household WHERE id = %s", [fresh.pk])
        stored = bytes(cursor.fetchone()[0])
    assert "秘密的数".encode() not in stored


def test_a_birth_date_in_the_future_is_refused_in_place(client: Client, fresh: Household) -> None:
    worker = fresh.members.get()
    answer = type_in(
        client, fresh, "members", {f"m{worker.pk}-birth_date": "2021-01-01", f"m{worker.pk}-employer": "某厂"}
    )
    assert "出生日期晚于今天" in text(answer)
    worker.refresh_from_db()
    assert (worker.birth_date, worker.employer) == (None, "某厂")


def test_an_identity_number_fills_birth_date_and_sex_at_once(client: Client, fresh: Household) -> None:
    worker = fresh.members.get()
    number = builders.number("1981-04-05", 7)
    answer = type_in(client, fresh, "members", {f"m{worker.pk}-id_number": number.lower()})
    worker.refresh_from_db()
    assert (str(worker.birth_date), worker.sex, worker.id_number) == ("1981-04-05", "male", number)
    body = text(answer)
    assert f'id="id_m{worker.pk}-birth_date" value="1981-04-05"' in body
    assert number not in body
    assert number not in text(client.get(f"/families/{fresh.pk}/edit/members/"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda number: number[:17] + ("0" if number[17] != "0" else "1"), "第 18 位与前 17 位不符"),
        (lambda number: number[:17], "现为 17 位"),
        (lambda number: number[:6] + "20991301" + number[14:], "不是一个日期"),
        (lambda number: number[:3] + "A" + number[4:], "第 4 位"),
    ],
)
def test_a_wrong_number_is_told_exactly_and_stays_as_typed(
    client: Client, fresh: Household, spoil: Any, message: str
) -> None:
    worker = fresh.members.get()
    wrong = spoil(builders.number("1981-04-05", 7))
    answer = type_in(client, fresh, "members", {f"m{worker.pk}-id_number": wrong, f"m{worker.pk}-name": "单大勇"})
    assert message in text(answer)
    assert wrong in text(client.get(f"/families/{fresh.pk}/edit/members/"))
    worker.refresh_from_db()
    assert worker.id_number == ""


def test_a_birth_date_that_contradicts_the_number_is_refused(client: Client, family: Household) -> None:
    worker = family.members.all()[0]
    answer = type_in(client, family, "members", {f"m{worker.pk}-birth_date": "1976-03-19"})
    assert "与证件号码中的出生日期 1976-03-18 不符" in text(answer)
    worker.refresh_from_db()
    assert str(worker.birth_date) == "1976-03-18"


@pytest.mark.req("TJ-A1-3.a")
def test_the_same_person_is_entered_once_in_a_family(client: Client, family: Household) -> None:
    child = family.members.all()[2]
    answer = type_in(
        client,
        family,
        "members",
        {f"m{child.pk}-id_number": builders.number("1976-03-18", 2), f"m{child.pk}-diagnosis": "哮喘"},
    )
    assert "与本户成员“陈桂芳”相同" in text(answer)
    child.refresh_from_db()
    assert (child.id_number, child.diagnosis) == ("", "哮喘")


def test_members_are_added_and_taken_out_and_the_worker_stays(client: Client, family: Household) -> None:
    type_in(client, family, "members", {"new-relation": "parent"}, auto=False, action="add")
    added = Member.objects.filter(household=family).latest("pk")
    assert (added.relation, added.position) == ("parent", 4)
    type_in(client, family, "members", {}, auto=False, action=f"remove:{added.pk}")
    assert not Member.objects.filter(pk=added.pk).exists()
    worker = family.members.all()[0]
    type_in(client, family, "members", {}, auto=False, action=f"remove:{worker.pk}")
    assert Member.objects.filter(pk=worker.pk).exists()


def test_retired_by_employment_cannot_be_answered_no(client: Client, family: Household) -> None:
    worker = family.members.all()[0]
    answer = type_in(client, family, "members", {f"m{worker.pk}-employment": "retired", f"m{worker.pk}-retired": "no"})
    assert "这里不能选" in text(answer)
    document = facts.build(selectors.whole(family))
    from bangfu.policy.facts import parse

    assert parse(document).worker.retired is True


def test_two_people_at_one_family_the_second_sees_both_versions(
    client: Client, desk: Desk, family: Household, tree: Any, at: Any
) -> None:
    other = factories.client_for(factories.person(Role.CLERK, tree.unit))
    mine = fill(client, family, "property")
    type_in(other, family, "property", {"savings": "13000"})
    mine["savings"] = ["15000"]
    answer = client.post(
        f"/families/{family.pk}/edit/property/",
        mine,
        headers={"X-Autosave": "1", "HX-Request": "true", "X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.status_code == 409
    assert "13,000.00" in text(answer)
    assert "15000" in text(answer)
    household = selectors.whole(family)
    assert household.savings == 1300000
    mine["version"] = [answer["X-Version"]]
    assert client.post(f"/families/{family.pk}/edit/property/", mine, headers={"X-Autosave": "1"}).status_code == 200
    assert selectors.whole(family).savings == 1500000


def test_without_a_script_the_second_person_gets_a_page_that_keeps_what_she_typed(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    mine = fill(client, family, "property")
    services.save_household_part(desk, family, {"savings": 1}, at=at)
    mine["savings"] = ["15000"]
    answer = client.post(f"/families/{family.pk}/edit/property/", mine)
    assert answer.status_code == 409
    assert '<input type="hidden" name="savings" value="15000">' in text(answer)


def test_a_session_that_ended_gets_401_and_saves_nothing(fresh: Household) -> None:
    answer = Client().post(
        f"/families/{fresh.pk}/edit/property/", {"savings": "1"}, headers={"X-Autosave": "1", "HX-Request": "true"}
    )
    assert answer.status_code == 401
    assert selectors.whole(fresh).savings is None


def test_she_signs_in_in_the_dialog_and_the_same_save_goes_through(
    client: Client, desk: Desk, fresh: Household
) -> None:
    from bangfu.organizations.models import User

    page = fill(client, fresh, "property") | {"savings": ["12000"]}
    script = {"X-Autosave": "1", "HX-Request": "true", "X-Requested-With": "XMLHttpRequest"}
    again = Client()
    assert again.post(f"/families/{fresh.pk}/edit/property/", page, headers=script).status_code == 401
    username = User.objects.get(pk=desk.user_id).username
    wrong = again.post("/sign-in/", {"username": username, "password": "no"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    answer = again.post(
        "/sign-in/", {"username": username, "password": factories.PASSWORD}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"]) == {"signed-in": {"user": desk.user_id}}
    assert again.post(f"/families/{fresh.pk}/edit/property/", page, headers=script).status_code == 200
    assert selectors.whole(fresh).savings == 1200000


def test_a_family_in_progress_refuses_changes_in_words(client: Client, desk: Desk, family: Household, at: Any) -> None:
    page = fill(client, family, "property")
    services.lock(desk, family, at=at)
    page["version"] = [str(family.version)]
    page["savings"] = ["1"]
    answer = client.post(
        f"/families/{family.pk}/edit/property/", page, headers={"X-Autosave": "1", "HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "资料已锁定" in text(answer)
    assert client.get(f"/families/{family.pk}/edit/property/").status_code == 302
    services.unlock(desk, family, at=at)
    assert client.get(f"/families/{family.pk}/edit/property/").status_code == 200


def test_each_save_stands_in_the_audit_log_without_sensitive_values(client: Client, fresh: Household) -> None:
    worker = fresh.members.get()
    number = builders.number("1981-04-05", 7)
    type_in(client, fresh, "basic", {"phone": "138 0013 8000", "address": "和平区某路 8 号", "employer": "某厂"})
    type_in(client, fresh, "members", {f"m{worker.pk}-id_number": number, f"m{worker.pk}-diagnosis": "肺炎"})
    rows = AuditEntry.objects.filter(verb__in=["save_household_part", "save_members"])
    assert rows.count() == 2
    whole = json.dumps([[row.before, row.after] for row in rows], ensure_ascii=False)
    for secret in ("13800138000", "和平区某路", number, "肺炎"):
        assert secret not in whole
    assert '"employer": "某厂"' in whole
    assert '"phone": "（已修改）"' in whole


def test_the_masked_phone_comes_back_untouched(client: Client, family: Household) -> None:
    page = text(client.get(f"/families/{family.pk}/edit/basic/"))
    assert "138****8000" in page
    assert "13800138000" not in page
    type_in(client, family, "basic", {"employer": "新单位"})
    assert selectors.whole(family).phone == "13800138000"
    answer = type_in(client, family, "basic", {"phone": "138****8001"})
    assert "请重新填写完整的号码" in text(answer)


@pytest.mark.req("TJ-4.1.a", "TJ-A1-2.2.1.a", "GUIDE20-2.2.1.a", "TJ-A1-2.2.3.a", "GUIDE20-2.2.3.a")
def test_causes_name_who_bears_them_and_needs_and_cover_are_noted(client: Client, fresh: Household) -> None:
    type_in(
        client, fresh, "causes",
        {"causes": ["illness", "other"], "cause-illness-members": ["P1"], "cause-illness-text": "慢性肾病", "needs": ["medical", "living"],
         "government_cover": "insufficient"},
    )  # fmt: skip
    household = selectors.whole(fresh)
    assert household.causes == ["illness", "other"]
    assert household.cause_notes == {"illness": {"members": ["P1"], "text": "慢性肾病"}}
    assert household.needs == ["medical", "living"]
    assert household.government_cover == "insufficient"


def test_no_cause_is_known_only_when_it_was_said(client: Client, fresh: Household) -> None:
    type_in(client, fresh, "causes", {"causes": None})
    assert selectors.whole(fresh).causes is None
    type_in(client, fresh, "causes", {"causes-none": "1"})
    assert selectors.whole(fresh).causes == []


@pytest.mark.req("TJ-4.1.E4")
def test_vehicles_are_unknown_none_or_listed_by_use(client: Client, family: Household) -> None:
    for have, uses, expected, excluded in (
        ("", [], None, "unknown"), ("no", [], [], "not_met"), ("yes", ["disability_mobility"], [{"use": "disability_mobility"}], "not_met"),
        ("yes", ["private", ""], [{"use": "private"}], "met"),
    ):  # fmt: skip
        type_in(client, family, "property", {"vehicles-have": have, "vehicles-use": uses})
        household = selectors.whole(family)
        assert household.vehicles == expected
        found = panel.build(household).determination
        assert found is not None
        assert found.exclusion("vehicle").result == excluded


def test_the_panel_says_category_margin_clause_and_what_is_missing(client: Client, family: Household) -> None:
    body = text(type_in(client, family, "property", {"owned_homes": ""}))
    assert "还不能判断" in body
    assert "已经符合相对困难" in body
    assert f"/families/{family.pk}/edit/property/#id_owned_homes" in body
    body = text(type_in(client, family, "property", {"owned_homes": "1"}))
    assert "深度困难" in body
    assert "低于标准 138.89 元" in body
    assert "第四条（一）" in body
    assert "中央口径" in body
    body = text(type_in(client, family, "property", {"owned_homes": "2"}))
    assert "相对困难" in body
    assert "不列入深度困难" in body


def test_until_the_lists_are_called_complete_the_panel_speaks_of_what_was_entered(
    client: Client, family: Household
) -> None:
    body = text(type_in(client, family, "incomes", {"known": None}))
    assert "按已录入的内容" in body
    assert "收入是否已录全" in body


def test_the_panel_is_ready_well_within_the_time_of_a_keystroke(family: Household) -> None:
    panel.build(selectors.whole(family))
    started = time.perf_counter()
    for _ in range(5):
        panel.build(selectors.whole(family))
    assert (time.perf_counter() - started) / 5 < 0.15


def test_a_date_without_a_policy_is_told_not_thrown(client: Client, family: Household) -> None:
    body = text(type_in(client, family, "basic", {"application_date": "1999-01-01"}))
    assert "没有可适用的政策文本" in body


def test_a_region_that_does_not_exist_is_refused_and_a_known_one_named(client: Client, fresh: Household) -> None:
    assert "不在代码表中" in text(type_in(client, fresh, "basic", {"huji_region": "129999"}))
    assert "和平区" in text(type_in(client, fresh, "basic", {"huji_region": "120101 和平区"}))
    assert selectors.whole(fresh).huji_region == "120101"


def test_an_auditor_or_reviewer_reads_and_does_not_write(family: Household, tree: Any, at: Any) -> None:
    reviewer = factories.person(Role.REVIEWER, tree.industry)
    with pytest.raises(services.NotYourHousehold):
        services.save_household_part(reviewer, family, {"savings": 1}, at=at)
    page = factories.client_for(reviewer)
    assert page.get(f"/families/{family.pk}/edit/basic/").status_code == 302
    assert page.get(f"/families/{family.pk}/").status_code == 200


@pytest.mark.parametrize(
    "given", [{"version": "x"}, {"action": "remove:abc"}, {"action": "add", "new-kind": "wage", "new-member": "１"}]
)
def test_a_form_that_no_page_made_is_answered_kindly_and_changes_nothing(
    client: Client, family: Household, given: dict[str, str]
) -> None:
    before = Household.objects.get(pk=family.pk).version
    answer = client.post(f"/families/{family.pk}/edit/incomes/", given)
    assert answer.status_code == 400
    assert "刷新后再试" in answer.content.decode()
    assert Household.objects.get(pk=family.pk).version == before
