"""Pages of the rechecks room: asking, progress, findings, the line on the first page."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from bangfu.casework.models import CaseFile
from bangfu.organizations.scope import Desk
from bangfu.rechecks.models import Finding, Run
from tests import factories
from tests.casework import kit
from tests.rechecks.conftest import DAY, carried_out, standard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(frozen_now: object) -> None:
    """Pages ask what day it is."""


@pytest.fixture
def finding(filed: CaseFile, reviewer: Desk, office: kit.Office) -> Finding:
    standard(office, "dibao", "100.00", date(2020, 12, 1))
    return carried_out(reviewer).findings.get()


def test_asking_for_a_run_leads_to_its_progress(filed: CaseFile, reviewer: Desk) -> None:
    client = factories.client_for(reviewer)
    answer = client.post(reverse("rechecks:ask"), {"day": "2020-12-15", "reason": "低保标准调整"}, follow=True)
    assert "测算进度" in answer.content.decode()
    assert Run.objects.get().reason == "低保标准调整"


def test_what_was_typed_stays_when_a_date_is_wrong(filed: CaseFile, reviewer: Desk) -> None:
    answer = factories.client_for(reviewer).post(reverse("rechecks:ask"), {"day": "2001-01-01", "reason": "试一试"})
    assert answer.status_code == 422
    assert "试一试" in answer.content.decode()
    assert not Run.objects.exists()


def test_progress_asks_for_the_whole_page_when_the_run_has_ended(filed: CaseFile, reviewer: Desk) -> None:
    run = carried_out(reviewer, DAY)
    answer = factories.client_for(reviewer).get(reverse("rechecks:progress", args=[run.pk]))
    assert answer["HX-Refresh"] == "true"


def test_the_run_shows_what_became_of_the_files(finding: Finding, reviewer: Desk) -> None:
    page = factories.client_for(reviewer).get(reverse("rechecks:run", args=[finding.run_id])).content.decode()
    assert "深度困难" in page
    assert finding.case_file.worker_name in page


def test_the_clerk_is_told_on_her_first_page_and_concludes(finding: Finding, clerk: Desk) -> None:
    client = factories.client_for(clerk)
    assert "2020-12-15 复测：" in client.get(reverse("home")).content.decode()
    answer = client.post(reverse("rechecks:finding", args=[finding.pk]), {"conclusion": "review", "note": ""})
    assert answer.status_code == 302
    assert "2020-12-15 复测：" not in client.get(reverse("home")).content.decode()


def test_keeping_without_a_reason_is_told_at_the_field(finding: Finding, clerk: Desk) -> None:
    answer = factories.client_for(clerk).post(reverse("rechecks:finding", args=[finding.pk]), {"conclusion": "keep"})
    assert answer.status_code == 422
    assert "写明理由" in answer.content.decode()


def test_a_list_of_findings_costs_few_queries(
    finding: Finding, reviewer: Desk, django_assert_max_num_queries: object
) -> None:
    client = factories.client_for(reviewer)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(reverse("rechecks:run", args=[finding.run_id]))
