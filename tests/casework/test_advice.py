"""The case page: what to ask next and what is missing, from the frozen facts, while the case is open."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bangfu.casework.models import Determination
from bangfu.casework.selectors.comparison import advice_of
from tests import factories
from tests.casework.kit import Walk

pytestmark = pytest.mark.django_db


def frozen(walk: Walk, **changed: object) -> Determination:
    """The newest determination as it would be with other frozen facts (not saved: rows never change)."""
    made: Determination = Determination.objects.filter(application=walk.application, companion_of__isnull=True).latest(
        "pk"
    )
    for section, value in changed.items():
        made.facts[section] = made.facts[section] | value if isinstance(value, dict) else value
    return made


def test_a_fact_that_was_open_is_named_with_what_its_answers_mean(walk: Walk) -> None:
    found = advice_of(walk.application, frozen(walk, housing={"owned_homes": None}))
    assert (found.path, found.label) == ("housing.owned_homes", "自有住房套数")
    assert any(line.startswith("不超过 1 套：") for line in found.answers)
    assert found.changes == ()


def test_what_is_missing_to_a_better_category_is_named_to_the_fen(walk: Walk) -> None:
    line = {
        "member": "P1",
        "kind": "wage",
        "basis": "contract",
        "monthly": "9000.00",
        "from": "2020-04",
        "to": "2020-09",
    }
    found = advice_of(walk.application, frozen(walk, incomes=[line]))
    assert found.path == ""
    assert found.changes
    assert all("现为" in one and "则为" in one for one in found.changes)


def test_the_page_of_a_case_in_the_first_category_says_nothing_and_asks_the_database_no_more(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("casework:case", kwargs={"pk": walk.application.pk})
    client = factories.client_for(walk.office.clerk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "下一步先问" not in client.get(address).content.decode()
        return len(caught)

    queries()
    advised = queries()
    monkeypatch.setattr("bangfu.casework.views.case.advice_of", lambda *given: None)
    assert queries() == advised


def test_the_page_shows_the_advice_under_the_sheet(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = frozen(walk, housing={"owned_homes": None})
    monkeypatch.setattr("bangfu.casework.views.case.advice_of", lambda *given: advice_of(walk.application, changed))
    page = factories.client_for(walk.office.clerk).get(reverse("casework:case", kwargs={"pk": walk.application.pk}))
    assert "下一步先问" in page.content.decode()
    assert "自有住房套数" in page.content.decode()
