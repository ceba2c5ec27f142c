"""Who reads what: her own union and what lies below it, and only with a role that may."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bangfu.common.acts import act
from bangfu.families.models import Household
from bangfu.organizations.choices import FAMILY_READERS, Role
from bangfu.organizations.models import Post, Union, User
from bangfu.organizations.scope import below, successor
from tests.battery import addresses, registered
from tests.factories import AT, TODAY, Tree, client_for, person

pytestmark = pytest.mark.django_db


def household(tree: Tree, union: Union, number: str) -> Household:
    desk = person(Role.CLERK, union)
    with act(desk.actor, "open", at=AT) as deed:
        row = Household(
            union=union,
            union_path=union.path,
            number=number,
            application_date=TODAY,
            created_by_id=desk.user_id,
            created_at=AT,
            updated_at=AT,
        )
        row.save()
        deed.record(row)
    return row


@pytest.mark.req("TJ-1.c", "FILE16-7.a")
def test_an_upper_union_reads_downwards_and_nobody_reads_sideways_or_upwards(tree: Tree) -> None:
    here, beside, foreign = (
        household(tree, union, name) for union, name in ((tree.unit, "A"), (tree.unit2, "B"), (tree.foreign_unit, "C"))
    )

    def seen(role: Role, union: Union) -> set[str]:
        return set(Household.objects.visible_to(person(role, union)).values_list("number", flat=True))

    assert seen(Role.CLERK, tree.unit) == {"A"}
    assert seen(Role.CLERK, tree.unit2) == {"B"}
    assert seen(Role.REVIEWER, tree.upper) == {"A", "B"}
    assert seen(Role.REVIEWER, tree.industry) == {"A", "B"}
    assert seen(Role.AID_CENTER, tree.city) == {"A", "B", "C"}
    assert seen(Role.AID_CENTER, tree.foreign) == {"C"}
    assert {row.union_id for row in (here, beside, foreign)} == {tree.unit.pk, tree.unit2.pk, tree.foreign_unit.pk}


@pytest.mark.parametrize("role", sorted(set(Role) - FAMILY_READERS))
def test_administrators_and_finance_read_no_family_of_their_own_union(tree: Tree, role: Role) -> None:
    household(tree, tree.unit, "A")
    assert not Household.objects.visible_to(person(role, tree.industry)).exists()
    assert not Household.objects.visible_to(None).exists()


@pytest.mark.req("TJ-1.c")
def test_every_post_and_account_belongs_to_one_node_of_the_tree(tree: Tree) -> None:
    person(Role.CLERK, tree.unit)
    assert not Post.objects.filter(union__isnull=True).exists()
    assert not User.objects.filter(union__isnull=True).exists()
    assert {union.level for union in Union.objects.filter(below(tree.industry.path, "path"))} == {
        "industry",
        "upper",
        "unit",
    }


@pytest.mark.parametrize(
    ("path", "after"), [("0001", "0002"), ("00010009", "00010010"), ("00019999", "00020000"), ("9999", "z")]
)
def test_the_range_of_a_subtree_ends_before_the_next_union(path: str, after: str) -> None:
    assert successor(path) == after
    assert path + "9999" < after


FILE_ROOMS = ("families:", "casework:")


def test_finance_enters_no_address_that_makes_changes_or_approves_a_file() -> None:
    views = {name: view for name, view in addresses() if name.startswith(FILE_ROOMS)}
    assert any(Role.CLERK in view.roles for view in views.values())
    assert any(Role.LEADER in view.roles for view in views.values())
    # the clocks of her own duties (report dates) hold no family: RunningClock.visible_to shows her nothing else
    duties = {"casework:clock", "casework:finish_clock", "casework:postpone_clock"}
    assert {name for name, view in views.items() if Role.FINANCE in view.roles} == duties


def test_an_auditor_reads_and_never_writes() -> None:
    reading = [entry.name for entry in registered() if Role.AUDITOR in entry.roles and entry.method == "get"]
    assert "organizations:log" in reading
    writing = {entry.name for entry in registered() if Role.AUDITOR in entry.roles and entry.method != "get"}
    # a look behind a mask changes nothing and is itself put on the record
    assert writing <= {"families:reveal"}


def test_every_room_on_the_rail_opens_for_every_post_that_sees_it(tree: Tree) -> None:
    for role in Role:
        client = client_for(person(role, tree.industry))
        rail = client.get("/unions/").context["rail"]
        labels = [item["label"] for item in rail]
        assert [item["label"] for item in rail if item["current"]] == (["工会"] if "工会" in labels else [])
        closed = [item["label"] for item in rail if client.get(item["url"]).status_code != 200]
        assert closed == [], role


def test_only_the_aid_side_edits_recognition_standards(tree: Tree) -> None:
    for role in Role:
        status = client_for(person(role, tree.industry)).get("/standards/new/").status_code
        assert status == (200 if role in {Role.AID_CENTER, Role.LEADER} else 403), role


def test_a_new_installation_gets_three_administrators_once() -> None:
    out = StringIO()
    options = {"union": "天津市总工会", "region": "120000"}
    call_command("first_accounts", **options, dry_run=True, stdout=out)
    assert not Union.objects.exists()
    call_command("first_accounts", **options, stdout=out)
    assert {post.role for post in Post.objects.all()} == {Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN}
    assert len({post.user_id for post in Post.objects.all()}) == 3
    assert all(user.must_change_password for user in User.objects.all())
    with pytest.raises(CommandError, match="已有工会"):
        call_command("first_accounts", **options)
