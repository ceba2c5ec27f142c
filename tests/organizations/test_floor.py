import pytest

from bangfu.organizations.choices import Role
from tests.factories import Tree, client_for, person

pytestmark = pytest.mark.django_db


def test_the_tree_of_the_tests_stands_and_a_clerk_sits_in_it(tree: Tree) -> None:
    desk = person(Role.CLERK, tree.unit)
    assert desk.union_path.startswith(tree.industry.path)
    assert client_for(desk).session["post"] == desk.post_id
