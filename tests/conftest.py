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
