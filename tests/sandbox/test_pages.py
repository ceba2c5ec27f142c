"""Pages of the sandbox: from a new proposal to a result, two beside each other, names, the decision."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bangfu.casework.models import CaseFile
from bangfu.organizations.scope import Desk
from bangfu.sandbox import services
from bangfu.sandbox.models import Proposal
from tests import factories
from tests.battery import assert_query_count
from tests.casework import kit
from tests.sandbox.conftest import TIANJIN, altered, opened, tried

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


def typed(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send for the form as it is shown."""
    page = client.get(address).content.decode()
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        text = value.group(1) if value else "on" if 'type="checkbox"' in tag else ""
        if 'type="checkbox"' in tag:
            found.setdefault(name.group(1), []).append(text)
        else:
            found[name.group(1)] = text
    return found


@pytest.fixture
def client(leader: Desk) -> Client:
    return factories.client_for(leader)


def test_from_a_new_proposal_to_its_result(filed: CaseFile, client: Client, leader: Desk) -> None:
    answer = client.post(
        reverse("sandbox:new"),
        {"title": "线提到一半", "policy": TIANJIN, "union": leader.union_id, "source": "register", "day": ""},
    )
    row = Proposal.objects.get()
    assert answer["Location"] == reverse("sandbox:numbers", args=[row.pk])
    address = reverse("sandbox:numbers", args=[row.pk])
    form = typed(client, address) | {"parameter_deep_multiple": "0.5", "today_deep": "300", "amount_deep": "350"}
    assert client.post(address, form).status_code == 302
    row.refresh_from_db()
    assert row.changes == {"parameters": {"deep_multiple": "0.5"}}
    assert (row.today, row.amounts) == ({"deep": 30_000}, {"deep": 35_000})
    services.carry_out_trial(row.pk, at=kit.AT)
    page = client.get(reverse("sandbox:proposal", args=[row.pk])).content.decode()
    assert "户参加试算" in page
    assert "深度困难线（低保标准的倍数）" in page


def test_a_number_that_is_none_is_told_at_the_top_and_stays_typed(
    filed: CaseFile, client: Client, leader: Desk
) -> None:
    row = opened(leader)
    address = reverse("sandbox:numbers", args=[row.pk])
    answer = client.post(address, typed(client, address) | {"parameter_deep_multiple": "半"})
    assert answer.status_code == 422
    assert 'value="半"' in answer.content.decode()


def test_an_exclusion_taken_off_all_categories_is_one_alteration(filed: CaseFile, client: Client, leader: Desk) -> None:
    row = opened(leader)
    address = reverse("sandbox:numbers", args=[row.pk])
    form = typed(client, address)
    form.pop("exclusion_vehicle")
    client.post(address, form)
    row.refresh_from_db()
    assert row.changes == {"exclusions": {"vehicle": []}}


def test_somebody_elses_newer_numbers_are_not_written_over(
    filed: CaseFile, client: Client, leader: Desk, other: Desk
) -> None:
    row = opened(leader)
    address = reverse("sandbox:numbers", args=[row.pk])
    form = typed(client, address) | {"parameter_deep_multiple": "0.5"}
    altered(other, Proposal.objects.get(pk=row.pk), standards={"dibao": "1100.00"})
    answer = client.post(address, form)
    assert answer.status_code == 409
    assert "刚被另一人改过" in answer.content.decode()
    row.refresh_from_db()
    assert row.standards == {"dibao": "1100.00"}


@pytest.fixture
def ready(filed: CaseFile, leader: Desk) -> Proposal:
    return tried(leader, altered(leader, opened(leader), changes={"parameters": {"deep_multiple": "0.1"}}))


def test_two_proposals_stand_side_by_side(ready: Proposal, client: Client, leader: Desk) -> None:
    second = tried(leader, opened(leader, title="不改"))
    page = client.get(reverse("sandbox:beside") + f"?a={ready.pk}&b={second.pk}").content.decode()
    assert "1 → 0 户" in page
    assert "1 → 1 户" in page


def test_the_list_of_families_names_them_for_a_leader(ready: Proposal, filed: CaseFile, client: Client) -> None:
    page = client.get(reverse("sandbox:families", args=[ready.pk])).content.decode()
    assert filed.worker_name in page


def test_confirming_is_for_another_person(ready: Proposal, client: Client, leader: Desk, other: Desk) -> None:
    client.post(
        reverse("sandbox:lodge", args=[ready.pk]), {"effective_on": "2021-01-01", "document": "津工发〔2020〕99号"}
    )
    page = client.get(reverse("sandbox:proposal", args=[ready.pk])).content.decode()
    assert "等待另一人确认" in page
    client.post(reverse("sandbox:decide", args=[ready.pk]), {"verdict": "confirm"})
    ready.refresh_from_db()
    assert ready.state == "lodged"
    second = factories.client_for(other)
    assert second.get(reverse("sandbox:draft", args=[ready.pk]))["Content-Type"] == "application/zip"
    second.post(reverse("sandbox:decide", args=[ready.pk]), {"verdict": "confirm"})
    ready.refresh_from_db()
    assert (ready.state, ready.decided_by_id) == ("adopted", other.user_id)


def test_sending_back_needs_a_reason(ready: Proposal, client: Client, other: Desk) -> None:
    client.post(
        reverse("sandbox:lodge", args=[ready.pk]), {"effective_on": "2021-01-01", "document": "津工发〔2020〕99号"}
    )
    answer = factories.client_for(other).post(reverse("sandbox:decide", args=[ready.pk]), {"verdict": "back"})
    assert answer.status_code == 422


def test_a_reviewer_reads_but_does_not_alter(ready: Proposal, office: kit.Office) -> None:
    reviewer = factories.client_for(office.industry_reviewer)
    assert reviewer.get(reverse("sandbox:proposal", args=[ready.pk])).status_code == 200
    assert reviewer.post(reverse("sandbox:trial", args=[ready.pk])).status_code == 403


def test_the_list_of_proposals_costs_the_same_for_many(ready: Proposal, client: Client, leader: Desk) -> None:
    answer = assert_query_count(client, reverse("sandbox:index"), QUERIES)
    assert "调整建档线" in answer.content.decode()
    for _ in range(3):
        opened(leader)
    assert_query_count(client, reverse("sandbox:index"), QUERIES)


QUERIES = 6
