"""The panel beside the wizard: which fact to find out first, and how far it is to a better category."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bangfu.families import panel, selectors, services
from bangfu.families.models import Household
from bangfu.organizations.scope import Desk
from tests.families import builders
from tests.families.pages import text, type_in

pytestmark = pytest.mark.django_db


def richer(desk: Desk, family: Household, at: Any) -> Household:
    """The family with a second wage: above the line of deep, below that of relative."""
    worker = family.members.order_by("position")[0]
    services.save_income_rows(
        desk, family, [{"member": worker, "kind": "wage", "basis": "contract", "cells": builders.every(150000)}], known=True, at=at
    )  # fmt: skip
    return selectors.whole(family)


def test_the_fact_that_decides_is_asked_first_with_what_each_answer_means(client: Client, family: Household) -> None:
    body = text(type_in(client, family, "property", {"owned_homes": ""}))
    assert "下一步先问" in body
    assert "不超过 1 套：深度困难" in body
    assert "2 套以上：相对困难" in body
    shown = panel.build(selectors.whole(family))
    assert shown.advice.path == "housing.owned_homes"
    assert shown.advice_url == f"/families/{family.pk}/edit/property/#id_owned_homes"


def test_a_decided_family_just_over_a_line_sees_how_much_it_is(desk: Desk, family: Household, at: Any) -> None:
    shown = panel.build(richer(desk, family, at))
    assert shown.determination is not None
    assert shown.determination.outcome == "relative"
    assert shown.advice.path == ""
    assert [line.endswith("则为深度困难") for line in shown.advice.changes] == [True] * len(shown.advice.changes)
    assert shown.advice.changes


def test_nothing_is_said_where_it_would_say_nothing(family: Household) -> None:
    """The family is already in the first category."""
    assert not panel.build(selectors.whole(family)).advice


def test_no_advice_rests_on_a_list_that_is_not_whole(client: Client, family: Household) -> None:
    body = text(type_in(client, family, "incomes", {"known": None}))
    assert "下一步先问" not in body
    assert "差多少" not in body


def test_advice_asks_the_database_nothing(family: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    def queries() -> int:
        household = selectors.whole(family)
        with CaptureQueriesContext(connection) as caught:
            panel.build(household)
        return len(caught)

    queries()  # what the first call of a process loads is not what is measured
    advised = queries()
    monkeypatch.setattr(panel, "glance", lambda *given: panel.Glance())
    assert queries() == advised
