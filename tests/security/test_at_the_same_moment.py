"""Two people, one moment, real transactions in two connections.

On PostgreSQL as an installation has it. On SQLite only where the test database is a file: the one in memory has one lock for all its
connections and no patience, which no installation has.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from bangfu.casework import services
from bangfu.casework.errors import PersonElsewhere
from bangfu.casework.models import ActiveIdentity, Application, PublicNotice
from bangfu.common import audit, numbers
from bangfu.common.acts import SYSTEM, act
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry, Counter
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile
from tests import factories
from tests.casework import kit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite' and connection.settings_dict['TEST'].get('NAME') is None",
        reason="a database in memory has no second connection to race with",
    ),
]


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Starts all at once; what each gave back, or the exception it ended with."""
    found: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            found[place] = deed()
        except Exception as fault:
            found[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def office() -> kit.Office:
    made = kit.Office(factories.tree())
    kit.standards()
    return made


def test_numbers_have_no_gap_and_no_twin_and_the_log_stays_one_chain() -> None:
    def take() -> list[int]:
        taken = []
        for _ in range(5):
            with act(SYSTEM, "sample", at=factories.AT) as deed:
                taken.append(numbers.take("race"))
                deed.record(Counter.objects.get(name="race"))
        return taken

    found = together(take, take, take)
    assert sorted(number for taken in found for number in taken) == list(range(1, 16))
    assert AuditEntry.objects.filter(verb="sample").count() == 15
    assert audit.verify() is None


def test_one_person_in_two_families_handed_in_at_the_same_moment_stands_in_one(office: kit.Office) -> None:
    shared = kit.id_number("1974-11-02", "male")
    other = factories.person(kit.Role.CLERK, office.tree.unit2, on=kit.APPLIED)
    first = kit.family(office, numbers={"spouse": shared})
    second = kit.family(office, desk=other, numbers={"spouse": shared})
    found = together(
        lambda: services.submit_application(office.clerk.actor, first, at=kit.AT),
        lambda: services.submit_application(other.actor, second, at=kit.AT),
    )
    assert sum(isinstance(item, Application) for item in found) == 1, found
    assert sum(isinstance(item, PersonElsewhere | Refused) for item in found) == 1, found
    assert Application.objects.count() == 1
    assert ActiveIdentity.objects.count() == 3
    assert audit.verify() is None


def test_the_same_family_handed_in_twice_at_the_same_moment_is_one_application(office: kit.Office) -> None:
    household = kit.family(office)
    found = together(*[lambda: services.submit_application(office.clerk.actor, household, at=kit.AT)] * 2)
    assert [type(item) for item in found] == [Application, Application], found
    assert found[0].pk == found[1].pk
    assert Application.objects.get().determinations.filter(companion_of__isnull=True).count() == 1


def test_a_notice_posted_twice_at_the_same_moment_hangs_once(office: kit.Office) -> None:
    walk = kit.Walk.begin(office)
    walk.to("public_notice")
    seen = {"step": walk.record().pk, "version": walk.reload().version}

    def post() -> PublicNotice:
        return services.post_notice(
            office.clerk.actor,
            walk.application,
            posted_on=kit.clock.day(walk.at),
            place="employer",
            place_name="门厅",
            at=walk.at,
            **seen,
        )

    found = together(post, post)
    assert sum(isinstance(item, PublicNotice) for item in found) == 1, found
    assert PublicNotice.objects.count() == 1


def test_one_file_sent_twice_at_the_same_moment_is_kept_once(office: kit.Office) -> None:
    household = families.open_household(office.clerk, at=kit.AT, name="王秀兰", id_number=kit.id_number("1976-03-18"))
    picture = kit.photo()

    def send() -> EvidenceFile:
        return families.attach_evidence(office.clerk, household, picture, "a.png", at=kit.AT, paper="id_card")

    found = together(send, send)
    assert sum(isinstance(item, EvidenceFile) for item in found) == 1, found
    assert EvidenceFile.objects.count() == 1
