"""The office of the casework tests: the union tree, everyone who acts, confirmed local figures (``tests/worlds.py`` makes them)."""

from typing import Any

import pytest

from tests.casework import kit
from tests.worlds import World


@pytest.fixture
def _things(world: World, db: Any) -> dict[str, Any]:
    """The things of the test's world, copied together: the office of the walk is the office."""
    return world.copies()


@pytest.fixture
def office(_things: dict[str, Any]) -> kit.Office:
    made: kit.Office = _things["office"]
    return made


@pytest.fixture
def walk(_things: dict[str, Any]) -> kit.Walk:
    """A family whose application is submitted."""
    made: kit.Walk = _things["walk"]
    return made


@pytest.fixture
def at_check(_things: dict[str, Any]) -> kit.Walk:
    """A case that waits for the city's check."""
    made: kit.Walk = _things["at_check"]
    return made
