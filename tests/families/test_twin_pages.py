"""The pages of 一户一档: the list, two beside each other, merging and splitting by form, taking back."""

from typing import Any

import pytest
from django.test import Client

from bangfu.common.models import AuditEntry
from bangfu.families import selectors, services
from bangfu.families.matching import finding
from bangfu.families.models import FamilyChange, Household, TwinFinding
from bangfu.organizations.choices import Role
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk
from tests import factories
from tests.battery import assert_query_count
from tests.families import builders
from tests.families.pages import text
from tests.families.twins import household, image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def twin(desk: Desk, family: Household, at: Any) -> Household:
    """The husband's own file in the same union, with his phone and a wage."""
    made = household(desk, at, "周立民", builders.number("1974-11-02", 3), phone="13900139000", address="西康路 9 号")
    wage = {"member": made.members.all()[0], "kind": "wage", "cells": builders.every(1000)}
    services.save_income_rows(desk, made, [wage], known=True, at=at)
    return selectors.whole(made)


@pytest.fixture
def found(desk: Desk, twin: Household, at: Any) -> TwinFinding:
    finding.look_for_twins(desk.actor, Union.objects.get(pk=desk.union_id), at=at)
    row: TwinFinding = TwinFinding.objects.get()
    return row


def test_the_button_searches_and_the_list_gives_kind_sureness_reasons_and_points(
    client: Client, family: Household, twin: Household
) -> None:
    answer = client.post("/families/twins/look/", follow=True)
    page = text(answer)
    assert "已查 2 户，新增提示 1 条" in page
    assert "夫妻分别建档" in page
    assert "周立民的证件号码在两户相同（一户为配偶，一户为本人）" in page
    assert "100 分" in page
    assert f"/families/twins/{family.pk}/{twin.pk}/" in page


def test_two_families_stand_beside_each_other_with_differences_marked_and_secrets_hidden(
    client: Client, family: Household, twin: Household, found: TwinFinding
) -> None:
    answer = client.get(f"/families/twins/{family.pk}/{twin.pk}/")
    page = text(answer)
    rows = {row.name: row for _, group in answer.context["groups"] for row in group}
    assert (rows["phone"].left, rows["phone"].right, rows["phone"].differs) == ("138****8000", "139****9000", True)
    assert (rows["work_region"].differs, rows["savings"].left) == (False, "12,000.00 元")
    for secret in ("13800138000", "13900139000", "和平区某路", "西康路", builders.number("1974-11-02", 3)):
        assert secret not in page
    pairs = {pair.name: (pair.left is not None, pair.right is not None) for pair in answer.context["pairs"]}
    assert pairs == {"陈桂芳": (True, False), "周立民": (True, True), "周小禾": (True, False)}


def test_an_address_written_otherwise_does_not_differ(client: Client, desk: Desk, at: Any) -> None:
    one = household(desk, at, "甲一", address="天津市和平区南京路八号 3 号楼 2 单元 301 室", phone="13800138000")
    other = household(desk, at, "乙二", address="和平区南京路8号3-2-301", phone="+86 138 0013 8000")
    answer = client.get(f"/families/twins/{one.pk}/{other.pk}/")
    rows = {row.name: row for _, group in answer.context["groups"] for row in group}
    assert (rows["address"].differs, rows["phone"].differs) == (False, False)


def test_a_merge_by_form_and_its_undo(client: Client, family: Household, twin: Household, found: TwinFinding) -> None:
    before = image(family, twin)
    address = f"/families/{family.pk}/merge/{twin.pk}/"
    answer = client.get(address)
    (guest,) = answer.context["guests"]
    husband = twin.members.get()
    assert guest["into"] == str(family.members.all()[1].pk)  # proposed as the same person
    form = {
        "version": family.version, "other_version": twin.version, f"p{husband.pk}": guest["into"], f"r{husband.pk}": "spouse",
        "f-phone": "other", "f-address": "kept", "l-income-1": "1", "reason": "夫妻两处建档",
    }  # fmt: skip
    refused = client.post(address, {**form, "reason": ""})
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)
    assert image(family, twin) == before
    done = client.post(address, form, follow=True)
    change = FamilyChange.objects.get()
    assert done.redirect_chain[-1][0] == f"/families/changes/{change.pk}/"
    assert "2020年11月11日" in text(done)  # thirty days
    now = selectors.whole(family)
    assert (str(now.phone), now.address, now.incomelines.filter(monthly=1000).count()) == (
        "13900139000",
        family.address,
        1,
    )
    assert "已并入" in text(client.get(f"/families/{twin.pk}/"))
    assert "已撤销，恢复到变更之前" in text(client.post(f"/families/changes/{change.pk}/undo/", follow=True))
    assert image(family, twin) == before


def test_a_merge_over_somebody_elses_edit_is_refused(
    client: Client, desk: Desk, family: Household, twin: Household, at: Any
) -> None:
    husband = twin.members.get()
    form = {
        "version": family.version,
        "other_version": twin.version,
        f"p{husband.pk}": family.members.all()[1].pk,
        "reason": "合并",
    }
    services.save_household_part(desk, twin, {"savings": 5}, at=at)
    answer = client.post(f"/families/{family.pk}/merge/{twin.pk}/", form)
    assert answer.status_code == 422
    assert "刚被别人改过" in text(answer)
    assert not FamilyChange.objects.exists()


def test_a_split_by_form(client: Client, family: Household) -> None:
    spouse = family.members.all()[1]
    form = {
        "version": family.version,
        "people": [spouse.pk],
        "worker": spouse.pk,
        f"r{spouse.pk}": "spouse",
        "reason": "离异分户",
    }
    assert client.get(f"/families/{family.pk}/split/").status_code == 200
    assert "请勾选要分出的成员" in text(client.post(f"/families/{family.pk}/split/", {"reason": "离异分户"}))
    done = client.post(f"/families/{family.pk}/split/", form, follow=True)
    assert "已分出新家庭" in text(done)
    assert Household.objects.latest("pk").worker_name == "周立民"


def test_two_families_are_said_to_be_two_with_words(client: Client, found: TwinFinding) -> None:
    client.post(f"/families/twins/{found.pk}/dismiss/", {"note": ""})
    assert TwinFinding.objects.get().state == "open"
    client.post(f"/families/twins/{found.pk}/dismiss/", {"note": "已查户口本"})
    assert TwinFinding.objects.get().state == "dismissed"
    assert "已查户口本" in text(client.get("/families/twins/?tab=done"))
    assert AuditEntry.objects.filter(verb="dismiss_twin").count() == 2


def test_a_foreign_family_is_not_compared_or_merged(client: Client, family: Household, tree: Any, at: Any) -> None:
    theirs = household(factories.person(Role.CLERK, tree.foreign_unit), at, "陈桂芳", builders.number("1976-03-18", 2))
    for address in (f"/families/twins/{family.pk}/{theirs.pk}/", f"/families/{family.pk}/merge/{theirs.pk}/"):
        assert client.get(address).status_code == 404


def test_the_lists_ask_the_database_as_often_for_many_as_for_few(
    client: Client, desk: Desk, tree: Any, at: Any
) -> None:
    stranger = factories.person(Role.CLERK, tree.foreign_unit)
    top = Union.objects.get(pk=tree.city.pk)

    def two_more(serial: int) -> None:
        for who in (desk, desk, stranger):
            household(who, at, "陈桂芳", builders.number("1976-03-18", serial))
        finding.look_for_twins(desk.actor, top, at=at)

    two_more(2)
    client.get("/families/twins/?tab=elsewhere")
    few = [8, 9]
    assert_query_count(client, "/families/twins/", few[0])
    assert_query_count(client, "/families/twins/?tab=elsewhere", few[1])
    for serial in (4, 6, 8):
        two_more(serial)
    assert_query_count(client, "/families/twins/", few[0])
    assert_query_count(client, "/families/twins/?tab=elsewhere", few[1])
