"""Worlds that many tests start from, made once and put back by a savepoint after each test.

Each test names its world by the fixtures it asks for (``world_of``); pytest runs tests of the same world one after another, in
random order among themselves. A world is made inside a transaction that stays open while its tests run; each test runs inside it
and is rolled back to it, so no test sees another's rows, and a test that needs an empty database gets one.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from tests import factories

FAST_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
EMPTY = "empty"


@dataclass
class World:
    """What a world holds under names; tests get copies, so that what they do to an object stays with them."""

    name: str = EMPTY
    evidence: Path | None = None
    things: dict[str, Any] = field(default_factory=dict)

    def __contains__(self, what: str) -> bool:
        return what in self.things

    def copies(self) -> dict[str, Any]:
        """Copies of the things that know each other, with the world's evidence files in the test's own folder."""
        if self.evidence is not None and self.evidence.exists():
            shutil.copytree(self.evidence, settings.BANGFU_EVIDENCE_DIR, dirs_exist_ok=True)
        return copy.deepcopy(self.things)


def _tree() -> dict[str, Any]:
    return {"tree": factories.tree()}


def _battery() -> dict[str, Any]:
    """The ground of the access battery with a desk of every role on both sides."""
    from bangfu.organizations.choices import Role
    from tests.battery import Ground

    ground = Ground(factories.tree())
    for role in Role:
        ground.desk(role)
        ground.foreign(role)
    return {"ground": ground, "tree": ground.tree}


def _office() -> dict[str, Any]:
    from tests.casework import kit

    tree = factories.tree()
    kit.standards()
    return {"tree": tree, "office": kit.Office(tree)}


def _walk() -> dict[str, Any]:
    from tests.casework import kit

    made = _office()
    return made | {"walk": kit.Walk.begin(made["office"])}


def _at_check() -> dict[str, Any]:
    made = _walk()
    return made | {"at_check": made["walk"].to("city_check")}


WORLDS: dict[str, Callable[[], dict[str, Any]]] = {
    "tree": _tree, "ground": _battery, "office": _office, "walk": _walk, "at_check": _at_check,
}  # fmt: skip
"""By the fixture that asks for it; where a test asks for several, the last one holds the others."""

_REAL = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


def world_of(item: pytest.Function) -> str:
    """The world a test starts from: empty where it commits for real, or asks for none."""
    names = set(item.fixturenames)
    if names & _REAL or any(
        mark.kwargs.get("transaction") or mark.args[:1] == (True,) for mark in item.iter_markers("django_db")
    ):
        return EMPTY
    # a room that makes these things itself starts from the tree it makes them on
    own = {name for name in names & set(WORLDS) if _is_ours(item, name)}
    return next((name for name in reversed(WORLDS) if name in own), EMPTY)


def _is_ours(item: pytest.Function, name: str) -> bool:
    found = item._fixtureinfo.name2fixturedefs.get(name)
    return bool(found) and found[-1].func.__module__ in {
        "tests.conftest",
        "tests.casework.conftest",
        "tests.test_access",
    }


@contextmanager
def made(name: str, blocker: Any, folder: Path) -> Iterator[World]:
    """The world as long as its tests run."""
    if name == EMPTY:
        yield World()
        return
    world = World(name, folder / "evidence")
    with blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
    try:
        with blocker.unblock(), override_settings(BANGFU_EVIDENCE_DIR=world.evidence, PASSWORD_HASHERS=FAST_HASHERS):
            world.things = WORLDS[name]()
        yield world
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
