"""An act that is refused leaves nothing behind: no picture in the store, no row, no line that it happened."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bangfu.casework.models import HomeVisit
from bangfu.common.models import AuditEntry
from bangfu.families import blobs
from bangfu.families.models import EvidenceFile
from tests.casework import kit
from tests.factories import Tree, client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> kit.Walk:
    """A case that waits for its home visit; requests happen at its time."""
    from bangfu.common import clock

    kit.standards()
    made = kit.Walk.begin(kit.Office(tree))
    made.to("home_visit")
    monkeypatch.setattr(clock, "now", lambda: made.at.astimezone(clock.timezone.get_current_timezone()))
    return made


def visit(picture: bytes, **changed: Any) -> dict[str, Any]:
    return {
        "visited_on": "2020-10-15",
        "first_visitor": "王经办",
        "second_visitor": "赵同事",
        "no_kinship": "on",
        **dict.fromkeys(("in_difficulty", "causes_confirmed", "positive"), "yes"),
        "reasons": "药费占去大半收入",
        "photos": SimpleUploadedFile("door.png", picture),
    } | changed


def left(walk: kit.Walk) -> tuple[int, int, int]:
    files = EvidenceFile.objects.filter(household=walk.household)
    return files.count(), len(list(blobs.everything())), AuditEntry.objects.count()


def test_a_visit_that_is_refused_keeps_no_picture_and_the_same_picture_goes_through_afterwards(walk: kit.Walk) -> None:
    client, address, picture = client_for(walk.office.clerk), f"/cases/{walk.application.pk}/visit/", kit.photo()
    before = left(walk)
    assert client.post(address, visit(picture, second_visitor="王经办")).status_code == 422
    assert left(walk) == before
    answer = client.post(address, visit(picture))
    assert answer.status_code == 302, answer.context["errors"]
    assert HomeVisit.objects.get().photos.count() == 1


def test_whoever_has_no_turn_puts_nothing_into_a_family_s_papers(walk: kit.Walk) -> None:
    before = left(walk)
    for desk in (walk.office.industry_reviewer, walk.office.city, walk.office.leader, walk.office.reviewer):
        answer = client_for(desk).post(f"/cases/{walk.application.pk}/visit/", visit(kit.photo()))
        assert answer.status_code == 403
    assert left(walk) == before


def test_a_stale_page_keeps_no_picture(walk: kit.Walk) -> None:
    before = left(walk)
    answer = client_for(walk.office.clerk).post(f"/cases/{walk.application.pk}/visit/", visit(kit.photo(), version="0"))
    assert answer.status_code == 409
    assert left(walk) == before
