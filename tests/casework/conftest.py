"""The office of the casework tests: the union tree, everyone who acts, confirmed local figures."""

import pytest

from tests import factories
from tests.casework import kit


@pytest.fixture
def office(tree: factories.Tree) -> kit.Office:
    kit.standards()
    return kit.Office(tree)


@pytest.fixture
def walk(office: kit.Office) -> kit.Walk:
    """A family whose application is submitted."""
    return kit.Walk.begin(office)
