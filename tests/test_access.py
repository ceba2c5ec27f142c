"""Closed by default: the battery over every address (see ``tests/battery.py``)."""

from typing import Any

import pytest

from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import PUBLIC, ROLES, SIGNED_IN
from tests.battery import LIST, OBJECT, Access, Ground, addresses, registered
from tests.factories import client_for
from tests.worlds import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PUBLIC_ADDRESSES = {
    "organizations:sign_in", "organizations:go_on", "portal:ask", "notice:find", "notice:verify", "notice:objection", "notice:answer",
}  # fmt: skip
"""All that anybody may reach without signing in. Think before adding one."""

ENTRIES = registered()
WITH_ROLES = [entry for entry in ENTRIES if entry.roles]
by_name = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
by_role = pytest.mark.parametrize("entry", WITH_ROLES, ids=lambda entry: entry.name)


@pytest.fixture
def ground(world: World, db: Any) -> Ground:
    made: Ground = world.copies()["ground"]
    return made


def test_every_address_is_registered_once_and_only_addresses_are() -> None:
    names = [entry.name for entry in ENTRIES]
    there = {name for name, _ in addresses()}
    assert sorted(there - set(names)) == [], "register these in tests/ROOM/access.py"
    assert sorted(set(names) - there) == [], "these addresses are gone"
    assert len(names) == len(set(names))


def test_every_view_has_a_mark_and_the_registered_roles() -> None:
    views = dict(addresses())
    for entry in ENTRIES:
        view = views[entry.name]
        access = getattr(view, "access", None)
        expected = PUBLIC if entry.public else SIGNED_IN if entry.signed_in else ROLES
        assert access == expected, entry.name
        if access == ROLES:
            assert view.roles == frozenset(entry.roles), entry.name


def test_the_public_addresses_are_these() -> None:
    assert {name for name, view in addresses() if getattr(view, "access", None) == PUBLIC} == PUBLIC_ADDRESSES


@by_name
def test_nobody_comes_in_without_signing_in(entry: Access) -> None:
    answer = entry.knock(client_for(None))
    if entry.public:
        assert answer.status_code in {200, 302, 404, 405, 422}
    elif entry.method == "get":
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    else:
        assert answer.status_code == 401


@by_role
def test_the_right_role_comes_in(entry: Access, ground: Ground) -> None:
    for role in entry.roles[:1] if entry.method == "post" else entry.roles:
        answer = entry.call(client_for(ground.desk(role)), ground)
        assert answer.status_code in entry.ok, (role, answer.status_code, answer.content.decode()[:500])


@by_role
def test_the_wrong_role_is_told_why(entry: Access, ground: Ground) -> None:
    for role in set(Role) - set(entry.roles):
        answer = entry.knock(client_for(ground.desk(role)))
        assert answer.status_code == 403, role
        assert "本页供" in answer.content.decode()


@by_role
def test_a_foreign_union_finds_nothing(entry: Access, ground: Ground) -> None:
    for role in entry.roles:
        answer = entry.call(client_for(ground.foreign(role)), ground)
        if entry.scope == OBJECT:
            assert answer.status_code == 404, role
        elif entry.scope == LIST:
            assert answer.status_code == 200, role
            texts = entry.hidden(ground)
            assert texts, "name what must not be seen"
            page = answer.content.decode()
            assert [text for text in texts if text in page] == [], role
