"""Who may hold which roles together."""

from datetime import date

import pytest
from django.db import IntegrityError

from bangfu.common.acts import SYSTEM, act
from bangfu.organizations.choices import Role
from bangfu.organizations.errors import IncompatibleRoles, NotAllowed
from bangfu.organizations.models import Post
from bangfu.organizations.services import appoint, end_post
from tests.factories import AT, START, TODAY, Tree, person, post, user

pytestmark = pytest.mark.django_db

PAIRS = [
    (Role.CLERK, Role.REVIEWER),
    (Role.CLERK, Role.LEADER),
    (Role.REVIEWER, Role.FINANCE),
    (Role.AUDITOR, Role.CLERK),
    (Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN),
    (Role.LOG_ADMIN, Role.CLERK),
    (Role.AID_CENTER, Role.FINANCE),
    (Role.AID_CENTER, Role.AUDITOR),
    (Role.FINANCE, Role.AUDITOR),
]


def force(tree: Tree, who: object, role: Role, starts_on: date = START, ends_on: date | None = None) -> None:
    """Writes a post past the service, as a faulty program would."""
    with act(SYSTEM, "force", at=AT) as deed:
        row = Post(user=who, union=tree.foreign_unit, role=role, starts_on=starts_on, ends_on=ends_on)
        row.save()
        deed.record(row)


@pytest.mark.req("TJ-12.b")
@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_incompatible_roles_are_refused_across_unions_by_the_service(tree: Tree, held: Role, wanted: Role) -> None:
    who = user("王敏")
    post(who, held, tree.unit)
    with pytest.raises(IncompatibleRoles, match="同一时期不能再任") as refusal:
        appoint(SYSTEM, who, tree.foreign_unit, wanted, starts_on=TODAY, at=AT)
    assert refusal.value.field == "role"
    assert tree.unit.name in refusal.value.message


@pytest.mark.req("TJ-12.b", "FUND20-14.z")
@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_incompatible_roles_are_refused_by_the_database_itself(tree: Tree, held: Role, wanted: Role) -> None:
    who = user()
    post(who, held, tree.unit)
    with pytest.raises(IntegrityError, match="incompatible roles"):
        force(tree, who, wanted, starts_on=TODAY)


def test_a_change_of_a_post_into_an_incompatible_one_is_refused_by_the_database(tree: Tree) -> None:
    who = user()
    post(who, Role.CLERK, tree.unit)
    other = post(who, Role.CLERK, tree.unit2)

    def change() -> None:
        with act(SYSTEM, "force", at=AT) as deed:
            deed.record(other)
            Post.objects.filter(pk=other.pk).update(role=Role.REVIEWER)

    with pytest.raises(IntegrityError, match="incompatible roles"):
        change()


def test_roles_that_follow_each_other_are_fine(tree: Tree) -> None:
    who = user()
    first = post(who, Role.CLERK, tree.unit)
    end_post(SYSTEM, first, ends_on=date(2020, 10, 11), reason="调岗", at=AT)
    assert appoint(SYSTEM, who, tree.unit, Role.REVIEWER, starts_on=TODAY, at=AT).role == Role.REVIEWER


def test_roles_that_share_one_day_are_refused(tree: Tree) -> None:
    who = user()
    first = post(who, Role.CLERK, tree.unit)
    end_post(SYSTEM, first, ends_on=TODAY, reason="调岗", at=AT)
    with pytest.raises(IncompatibleRoles):
        appoint(SYSTEM, who, tree.unit, Role.REVIEWER, starts_on=TODAY, at=AT)
    with pytest.raises(IntegrityError):
        force(tree, who, Role.REVIEWER, starts_on=TODAY)


def test_reviewer_aid_center_and_leader_go_together(tree: Tree) -> None:
    who = user()
    for role in (Role.REVIEWER, Role.AID_CENTER, Role.LEADER):
        post(who, role, tree.industry)
    assert Post.objects.filter(user=who).count() == 3


def test_an_account_admin_appoints_in_her_subtree_only(tree: Tree) -> None:
    admin = person(Role.ACCOUNT_ADMIN, tree.industry)
    who = user()
    assert appoint(admin.actor, who, tree.unit, Role.CLERK, starts_on=TODAY, at=AT).union == tree.unit
    with pytest.raises(NotAllowed, match="只能办理"):
        appoint(admin.actor, user(), tree.foreign_unit, Role.CLERK, starts_on=TODAY, at=AT)


def test_nobody_appoints_herself_and_only_account_admins_appoint(tree: Tree) -> None:
    admin = person(Role.ACCOUNT_ADMIN, tree.industry)
    with pytest.raises(NotAllowed, match="本人"):
        appoint(admin.actor, Post.objects.get(pk=admin.post_id).user, tree.unit, Role.CLERK, starts_on=TODAY, at=AT)
    for role in (Role.CLERK, Role.LEADER, Role.SECURITY_ADMIN, Role.AUDITOR):
        desk = person(role, tree.industry)
        with pytest.raises(NotAllowed, match="账号管理员"):
            appoint(desk.actor, user(), tree.unit, Role.CLERK, starts_on=TODAY, at=AT)
