"""The case page tells why its policy applies and what the other texts say of the family as it was frozen."""

import datetime

import pytest
from django.urls import reverse

from bangfu.casework import services
from bangfu.casework.models import Determination
from bangfu.casework.selectors.comparison import comparison_of, reason_for
from bangfu.policy import registry
from tests import factories
from tests.casework.kit import Walk

pytestmark = pytest.mark.django_db


def newest(walk: Walk) -> Determination:
    made: Determination = Determination.objects.filter(application=walk.application, companion_of__isnull=True).latest(
        "pk"
    )
    return made


def test_local_and_national_stand_beside_each_other_as_they_were_frozen(walk: Walk) -> None:
    made = newest(walk)
    found = comparison_of(walk.application, made)
    assert found is not None
    local, central = found.columns[:2]
    assert (local.policy, local.role, local.outcome) == (made.policy, "local", made.outcome)
    assert (central.policy, central.role) == ("acftu-2020", "national")
    assert central.outcome == made.companions.get().outcome
    assert dict(local.figures) == made.document["figures"]


def test_the_page_shows_the_reason_the_other_texts_and_those_not_compared(walk: Walk) -> None:
    address = reverse("casework:case", kwargs={"pk": walk.application.pk})
    page = factories.client_for(walk.office.clerk).get(address)
    text = page.content.decode()
    found = comparison_of(walk.application, newest(walk))
    assert found is not None
    assert found.reason in text
    assert "适用政策与对照" in text
    for column in found.columns:
        assert column.title in text
    assert all(reason in text for _, _, reason in found.not_compared)


def test_a_case_keeps_the_text_it_began_under_when_the_place_would_choose_another_today(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = newest(walk)
    choose = registry.choose

    def elsewhere(region: str | None, day: datetime.date, **options: object) -> registry.Choice:
        return choose("110101" if not options.get("assigned") else region, day, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "choose", elsewhere)
    found = comparison_of(walk.application, made)
    assert found is not None
    assert found.columns[0].policy == made.policy
    assert "由人指定" in found.reason


def test_frozen_facts_that_no_text_can_read_any_more_leave_the_sheet_alone(walk: Walk) -> None:
    made = newest(walk)
    made.facts = {**made.facts, "application_date": "1999-01-01"}
    assert comparison_of(walk.application, made) is None


def test_before_submission_the_page_says_why_this_policy(walk: Walk) -> None:
    household = walk.household
    services.withdraw(walk.office.clerk.actor, walk.application, reason="再核对一次", at=walk.later())
    address = reverse("casework:submit", kwargs={"pk": household.pk})
    text = factories.client_for(walk.office.clerk).get(address).content.decode()
    assert reason_for(household) in text
    assert "在册规定中范围最窄的一份" in reason_for(household)
    household.application_date = datetime.date(1999, 1, 1)
    assert reason_for(household) == ""
