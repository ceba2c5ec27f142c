"""A clerk at her desk, her family, the figures of Tianjin."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from bangfu.families import services
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families import builders


@pytest.fixture
def desk(tree: factories.Tree, frozen_now: datetime) -> Desk:
    return factories.person(Role.CLERK, tree.unit, name="李敏")


@pytest.fixture
def client(desk: Desk) -> Client:
    return factories.client_for(desk)


@pytest.fixture
def standards(tree: factories.Tree) -> None:
    builders.standards(tree)


@pytest.fixture
def family(desk: Desk, standards: None) -> Household:
    """A family whose facts are all known (deep under Tianjin's rules)."""
    return builders.family(desk)


@pytest.fixture
def fresh(desk: Desk, at: Any) -> Household:
    """A family of which only the worker's name is known."""
    return services.open_household(desk, at=at, application_date=builders.APPLIED, name="单大勇")
