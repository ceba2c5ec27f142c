"""What all tests share: no network, fast passwords, small scrap folders, the union tree, a fixed moment."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bangfu.organizations.scope import Desk
from tests import factories, worlds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Says for each test which world it starts from; pytest puts those of one world together."""
    name = worlds.world_of(metafunc.definition)
    metafunc.parametrize("world", [name], indirect=True, scope="session", ids=[pytest.HIDDEN_PARAM])


@pytest.fixture(scope="session", autouse=True)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[worlds.World]:
    """The world of the test (see ``tests/worlds.py``)."""
    name = request.param
    if name != worlds.EMPTY:
        request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with worlds.made(name, blocker, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """No test pulls the plug: bytes need not reach the platter (``test_evidence`` and ``test_kill`` ask for it themselves)."""
    real = os.fsync
    os.fsync = lambda fd: None
    yield
    os.fsync = real


@pytest.fixture(autouse=True)
def _own_ground(settings: Any, tmp_path: Path) -> None:
    """Each test has its own folder for evidence files, and passwords that cost no second (tests that ask for Argon2 say so)."""
    settings.BANGFU_EVIDENCE_DIR = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = worlds.FAST_HASHERS


@pytest.fixture
def at() -> datetime:
    return factories.AT


@pytest.fixture
def tree(world: worlds.World, db: Any) -> factories.Tree:
    made: factories.Tree = world.copies()["tree"] if "tree" in world else factories.tree()
    return made


@pytest.fixture
def frozen_now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Requests happen at ``factories.AT``."""
    from bangfu.common import clock

    monkeypatch.setattr(clock, "now", lambda: factories.AT.astimezone(clock.timezone.get_current_timezone()))
    return factories.AT


@pytest.fixture
def signed_in() -> Any:
    """``signed_in(desk)`` is a test client at that desk."""

    def make(desk: Desk | None) -> Client:
        return factories.client_for(desk)

    return make


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Any:
    """Tests with real transactions empty the tables behind them; rows that never go away in an installation must go away there."""
    from django.db import connection

    operations: Any = type(connection.ops)
    plain = operations.sql_flush

    def lite(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drop, *plain(self, style, tables, **kwargs), *[sql for _, sql in triggers]]

    def post(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%%_truncate'"
            )
            names = [name for (name,) in cursor.fetchall()]
        off = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        on = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
        return [*off, *plain(self, style, tables, **kwargs), *on]

    operations.sql_flush = lite if connection.vendor == "sqlite" else post
    yield
    operations.sql_flush = plain
