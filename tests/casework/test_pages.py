"""Pages of the casework room: they show what stands, at every step, to whoever may see it."""

from typing import Any

import pytest
from django.urls import reverse

from bangfu.casework.models import CaseFile
from bangfu.organizations.scope import Desk
from tests import factories
from tests.casework.kit import Office, Walk

STEPS = (
    "unit_review",
    "home_visit",
    "public_notice",
    "authorization",
    "report_up",
    "industry_review",
    "city_check",
    "filing",
    "recheck",
    "record",
    "done",
)


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``see(desk, at, name, **kwargs)`` is the page at that moment."""
    from bangfu.common import clock

    def get(desk: Desk, at: Any, name: str, query: str = "", **kwargs: Any) -> Any:
        monkeypatch.setattr(clock, "now", lambda: at)
        return factories.client_for(desk).get(reverse(name, kwargs=kwargs or None) + query)

    return get


def test_the_case_page_opens_at_every_step_for_whoever_is_in_turn_and_for_who_is_not(
    office: Office, walk: Walk, see: Any
) -> None:
    for step in STEPS:
        walk.to(step)
        for desk in (
            office.clerk,
            office.reviewer,
            office.upper_clerk,
            office.upper_reviewer,
            office.industry_reviewer,
            office.recorder,
            office.city,
            office.leader,
        ):
            page = see(desk, walk.at, "casework:case", pk=walk.application.pk)
            shown = walk.application.union_path.startswith(desk.union_path)
            assert page.status_code == (200 if shown else 404), (step, desk.user_name)
    assert CaseFile.objects.get().number in page.content.decode()
