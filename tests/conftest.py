"""What all tests share: no network, fast passwords, small scrap folders, the union tree, a fixed moment."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bangfu.organizations.scope import Desk
from tests import factories


@pytest.fixture(autouse=True)
def _own_ground(settings: Any, tmp_path: Path) -> None:
    """Each test has its own folder for evidence files, and passwords that cost no second (tests that ask for Argon2 say so)."""
    settings.BANGFU_EVIDENCE_DIR = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
    ]


@pytest.fixture
def at() -> datetime:
    return factories.AT


@pytest.fixture
def tree(db: Any) -> factories.Tree:
    return factories.tree()


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
