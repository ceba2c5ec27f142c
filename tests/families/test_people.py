"""Finding families and people, lists, one person in one family, revealing, drafts that go."""

from typing import Any

import pytest
from django.test import Client

from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.families import blobs, selectors, services
from bangfu.families.models import EvidenceFile, Household
from bangfu.families.names import pinyin_of
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.battery import assert_query_count
from tests.families import builders
from tests.families.pages import text, type_in
from tests.families.test_evidence import photo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张三", "zhangsan", "zs"), ("单雄信", "shanxiongxin", "sxx"), ("曾国强", "zengguoqiang", "zgq"), ("解小云", "xiexiaoyun", "xxy"),
        ("仇英", "qiuying", "qy"), ("尉迟恭", "yuchigong", "ycg"), ("欧阳修", "ouyangxiu", "oyx"), ("", "", ""),
    ],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name: str, full: str, initials: str) -> None:
    assert pinyin_of(name) == (full, initials)


def found(client: Client, query: str) -> list[str]:
    answer = client.get("/families/", {"q": query})
    assert answer.status_code == 200
    return [row.worker_name for row, _ in answer.context["entries"]]


def test_families_are_found_by_name_initials_number_and_exact_identity_number(
    client: Client, desk: Desk, family: Household, fresh: Household
) -> None:
    assert found(client, "陈桂") == ["陈桂芳"]
    assert found(client, "sdy") == ["单大勇"]
    assert found(client, "SHANDA") == ["单大勇"]
    assert found(client, "dandayong") == []
    assert found(client, fresh.number.lower()) == ["单大勇"]
    assert found(client, builders.number("1974-11-02", 3)) == ["陈桂芳"]  # the spouse's number leads to the family
    assert found(client, builders.number("1974-11-02", 5)) == []
    assert found(client, builders.number("1974-11-02", 3)[:10]) == []


def test_the_list_shows_only_the_own_scope(family: Household, tree: Any) -> None:
    assert found(factories.client_for(factories.person(Role.CLERK, tree.foreign_unit)), "") == []
    assert found(factories.client_for(factories.person(Role.CLERK, tree.unit2)), "") == []
    assert found(factories.client_for(factories.person(Role.REVIEWER, tree.industry)), "") == ["陈桂芳"]


def test_tabs_part_what_is_open_from_what_is_in_progress(
    client: Client, desk: Desk, family: Household, fresh: Household, at: Any
) -> None:
    services.lock(desk, family, at=at)
    assert [row.worker_name for row, _ in client.get("/families/?tab=locked").context["entries"]] == ["陈桂芳"]
    assert [row.worker_name for row, _ in client.get("/families/?tab=draft").context["entries"]] == ["单大勇"]
    assert [count for _, _, count, _ in client.get("/families/").context["tabs"]] == [2, 1, 1, 2]


def test_the_list_asks_the_database_as_often_for_many_as_for_few(client: Client, desk: Desk, at: Any) -> None:
    for name in ("甲一", "乙二"):
        services.open_household(desk, at=at, name=name)
    assert_query_count(client, "/families/", 8)
    for index in range(30):
        services.open_household(desk, at=at, name=f"丙{index}")
    assert_query_count(client, "/families/", 8)
    assert len(client.get("/families/?page=2").context["entries"]) == 7


@pytest.mark.req("TJ-A1-3.a")
def test_a_person_of_the_own_scope_is_named_with_the_way_to_her_family(client: Client, family: Household) -> None:
    answer = client.post("/families/new/", {"name": "周立民", "id_number": builders.number("1974-11-02", 3)})
    assert family.number in text(answer)
    assert f'href="/families/{family.pk}/"' in text(answer)
    assert Household.objects.count() == 1
    client.post("/families/new/", {"name": "周立民", "id_number": builders.number("1974-11-02", 3), "anyway": "1"})
    assert Household.objects.count() == 2


@pytest.mark.req("TJ-A1-3.a")
def test_a_person_of_a_foreign_union_is_named_by_union_and_phone_only(
    client: Client, desk: Desk, fresh: Household, tree: Any, standards: None
) -> None:
    foreign = factories.person(Role.CLERK, tree.foreign_unit)
    theirs = builders.family(foreign, serial=60)
    number = builders.number("1974-11-02", 61)
    body = text(client.post("/families/new/", {"name": "周立民", "id_number": number}))
    assert "该人员已在 南开机械厂工会 的家庭中，请联系 022-12345678" in body
    for secret in (theirs.number, "陈桂芳", f"/families/{theirs.pk}/"):
        assert secret not in body
    worker = fresh.members.get()
    body = text(type_in(client, fresh, "members", {f"m{worker.pk}-id_number": number}))
    assert "该人员已在 南开机械厂工会 的家庭中" in body
    assert theirs.number not in body
    assert [hit.own for hit in selectors.find_person(desk, number, besides=fresh)] == [False]


def test_a_new_family_needs_a_name_and_a_possible_number(client: Client, frozen_now: Any) -> None:
    answer = client.post("/families/new/", {"name": "", "id_number": ""})
    assert answer.status_code == 422
    assert "请填写职工姓名" in text(answer)
    answer = client.post("/families/new/", {"name": "张三", "id_number": "120101197603180021"})
    assert "第 18 位与前 17 位不符" in text(answer)
    assert 'value="120101197603180021"' in text(answer)
    assert Household.objects.count() == 0
    client.post("/families/new/", {"name": "张三", "id_number": builders.number("1976-03-18")})
    household = Household.objects.get()
    assert (household.worker_name, household.worker_initials, household.work_region) == ("张三", "zs", "120101")
    assert str(household.members.get().birth_date) == "1976-03-18"


def test_an_identity_number_is_shown_once_with_a_reason_and_on_record(client: Client, family: Household) -> None:
    worker = family.members.all()[0]
    number = builders.number("1976-03-18", 2)
    assert number not in text(client.get(f"/families/{family.pk}/"))
    asked = {"what": "id_number", "member": worker.pk}
    assert number not in text(client.post(f"/families/{family.pk}/reveal/", {**asked, "reason": ""}, follow=True))
    assert not AuditEntry.objects.filter(verb="reveal").exists()
    answer = client.post(f"/families/{family.pk}/reveal/", {**asked, "reason": "核对身份证"})
    assert number in text(answer)
    assert answer["Cache-Control"] == "no-store"
    row = AuditEntry.objects.get(verb="reveal")
    assert (row.reason, row.after["revealed"], row.after["member"]) == ("核对身份证", "id_number", "P1")
    assert number not in str(row.after)


@pytest.mark.req("FILE16-17.y")
def test_a_phone_is_revealed_to_readers_of_the_scope_only(family: Household, tree: Any, at: Any) -> None:
    reviewer = factories.person(Role.REVIEWER, tree.industry)
    assert services.reveal(reviewer, family, "phone", at=at, reason="联系走访") == "13800138000"
    for stranger in (factories.person(Role.CLERK, tree.foreign_unit), factories.person(Role.FINANCE, tree.industry)):
        with pytest.raises(Refused, match="不能查看"):
            services.reveal(stranger, family, "phone", at=at, reason="联系走访")


def test_a_draft_goes_with_its_files_and_one_in_progress_stays(
    client: Client, desk: Desk, family: Household, fresh: Household, at: Any
) -> None:
    services.attach_evidence(desk, fresh, photo(), "a.jpg", at=at, paper="id_card", member=fresh.members.get())
    services.lock(desk, family, at=at)
    client.post(f"/families/{family.pk}/delete/")
    assert Household.objects.filter(pk=family.pk).exists()
    services.delete_draft(desk, fresh, at=at)
    assert not Household.objects.filter(pk=fresh.pk).exists()
    assert EvidenceFile.objects.count() == 0
    assert AuditEntry.objects.filter(verb="delete_draft").count() == 1


@pytest.mark.django_db(transaction=True)
def test_files_of_a_deleted_draft_leave_the_store_after_the_commit(
    client: Client, desk: Desk, fresh: Household, at: Any
) -> None:
    services.attach_evidence(desk, fresh, photo(), "a.jpg", at=at, paper="id_card", member=fresh.members.get())
    assert len(list(blobs.everything())) == 3
    services.delete_draft(desk, fresh, at=at)
    assert list(blobs.everything()) == []


def test_foreign_clerks_meet_no_family(family: Household, tree: Any, at: Any) -> None:
    stranger = factories.person(Role.CLERK, tree.foreign_unit)
    page = factories.client_for(stranger)
    for address in ("", "edit/basic/", "papers/", "panel/"):
        assert page.get(f"/families/{family.pk}/{address}").status_code == 404
    with pytest.raises(services.NotYourHousehold):
        services.save_household_part(stranger, family, {"savings": 1}, at=at)


def test_the_household_page_reads_the_same_number_of_rows_however_large_the_family(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/families/{family.pk}/").status_code == 200
        return len(caught)

    queries()
    before = queries()
    rows = [{"name": f"亲属{index}", "relation": "other"} for index in range(5)]
    services.save_members(desk, family, rows, at=at)
    services.save_income_rows(
        desk, family, [{"kind": "pension", "cells": builders.every(100)} for _ in range(5)], at=at
    )
    assert queries() == before
