"""Looking for a person across unions. What a desk learns about a foreign union's family is its union and phone; the look is on record."""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone

from bangfu.common.acts import act
from bangfu.common.clock import day
from bangfu.common.masking import mask_id
from bangfu.common.models import AuditEntry
from bangfu.families import selectors
from bangfu.families.matching.keys import fold
from bangfu.families.models import Household
from bangfu.families.selectors import PersonHit
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk

VERB = "look_across_unions"


def look_up_person(desk: Desk, id_number: str, *, at: datetime, besides: Household | None = None) -> list[PersonHit]:
    """``selectors.find_person`` with its audit rows: one for the question, one for each foreign family that answered it.

    The rows about foreign families carry their union's path, so that union's log shows who asked. Numbers stand masked.
    """
    foreign: list[Household] = []
    hits = selectors.find_person(desk, id_number, besides=besides, foreign=foreign)
    if not id_number.strip():
        return hits
    with act(desk.actor, VERB, at=at) as deed:
        asked = {"what": "id_number", "masked": mask_id(fold(id_number)[:18])}
        own = sum(hit.own for hit in hits)
        deed.record(
            Union(pk=desk.union_id), after={**asked, "own": own, "foreign": len(foreign)}, union_path=desk.union_path
        )
        for household in foreign:
            deed.record(household, after=asked)
    return hits


def people_elsewhere(desk: Desk, household: Household, *, at: datetime) -> dict[int, list[PersonHit]]:
    """``selectors.people_elsewhere`` with an audit row for each foreign family it found, once a day for one family and person."""
    foreign: list[Household] = []
    hits = selectors.people_elsewhere(desk, household, foreign=foreign)
    note(desk, foreign, at=at, about={"what": "id_number", "from": household.number})
    return hits


def voucher_twins(desk: Desk, household: Household, numbers: Iterable[str], *, at: datetime) -> dict[str, list[str]]:
    """``selectors.voucher_twins`` with the same record."""
    foreign: list[Household] = []
    found = selectors.voucher_twins(desk, household, numbers, foreign=foreign)
    note(desk, foreign, at=at, about={"what": "voucher", "from": household.number})
    return found


def note(desk: Desk, foreign: Iterable[Household], *, at: datetime, about: dict[str, str]) -> None:
    """Records that this person met these foreign families in an answer; a page that is opened again the same day adds nothing."""
    households = {household.pk: household for household in foreign}
    if not households:
        return
    start = timezone.make_aware(datetime.combine(day(at), time.min))
    there = AuditEntry.objects.filter(
        verb=VERB, user_id=desk.user_id, at__gte=start, object_type=Household._meta.label_lower,
        object_id__in=[str(pk) for pk in households],
    )  # fmt: skip
    known = {int(key) for key, after in there.values_list("object_id", "after") if after == about}
    fresh = [household for pk, household in sorted(households.items()) if pk not in known]
    if not fresh:
        return
    with act(desk.actor, VERB, at=at) as deed:
        for household in fresh:
            deed.record(household, after=about)
