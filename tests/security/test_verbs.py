"""Verbs called with the wrong person, past the views: each asks again who it is."""

from datetime import date

import pytest

from bangfu.casework.services.printing import print_paper
from bangfu.common.acts import SYSTEM
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry, CalendarDay
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile, Household, Member
from bangfu.organizations import services
from bangfu.organizations.choices import Role
from bangfu.organizations.errors import NotAllowed
from bangfu.organizations.models import LocalStandard, User
from tests.casework import kit
from tests.factories import AT, Tree, person, post, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tree: Tree) -> kit.Office:
    return kit.Office(tree)


@pytest.fixture
def household(office: kit.Office) -> Household:
    return families.open_household(office.clerk, at=kit.AT, name="王秀兰", id_number=kit.id_number("1976-03-18"))


@pytest.mark.parametrize("role", [Role.FINANCE, Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN, Role.AUDITOR])
def test_whoever_has_no_part_in_cases_neither_locks_nor_opens_a_family(
    office: kit.Office, household: Household, role: Role
) -> None:
    desk = person(role, office.tree.unit)
    for verb in (families.lock, families.unlock):
        with pytest.raises(families.NotYourHousehold):
            verb(desk, household, at=kit.AT)
    assert families.lock(office.clerk, household, at=kit.AT).locked


def test_a_foreign_clerk_neither_locks_nor_reveals_nor_prints(office: kit.Office, household: Household) -> None:
    foreign = person(Role.CLERK, office.tree.foreign_unit)
    with pytest.raises(Refused):
        families.lock(foreign, household, at=kit.AT)
    with pytest.raises(Refused):
        families.reveal(foreign, household, "phone", at=kit.AT, reason="核对电话")
    with pytest.raises(Refused, match="打印"):
        print_paper(foreign.actor, household, "application_form", at=kit.AT, policy="tianjin-commerce-2020")
    assert not AuditEntry.objects.filter(
        user_id=foreign.user_id, verb__in=["reveal", "print_paper", "lock_household"]
    ).exists()


def test_a_family_of_ones_own_does_not_open_a_stranger_s_number(office: kit.Office, household: Household) -> None:
    foreign = person(Role.CLERK, office.tree.foreign_unit)
    number = kit.id_number("1980-01-01")
    theirs = families.open_household(foreign, at=kit.AT, name="赵远", id_number=number)
    stranger = Member.objects.get(household=theirs)
    with pytest.raises(Refused, match="不在本户"):
        families.reveal(office.clerk, household, "id_number", at=kit.AT, reason="核对号码", member=stranger)
    assert families.reveal(foreign, theirs, "id_number", at=kit.AT, reason="核对号码", member=stranger) == number


def test_a_page_that_is_older_than_the_lock_changes_no_paper(office: kit.Office, household: Household) -> None:
    file = families.attach_evidence(office.clerk, household, kit.photo(), "a.png", at=kit.AT, paper="id_card")
    seen = EvidenceFile.objects.select_related("household").get(pk=file.pk)
    families.lock(office.clerk, Household.objects.get(pk=household.pk), at=kit.AT)
    with pytest.raises(families.HouseholdLocked):
        families.withdraw_evidence(office.clerk, seen, at=kit.AT)
    with pytest.raises(families.HouseholdLocked):
        families.compare_evidence(office.clerk, seen, at=kit.AT)
    with pytest.raises(families.HouseholdLocked):
        families.describe_evidence(office.clerk, seen, at=kit.AT, author="某院")
    with pytest.raises(families.HouseholdLocked):
        families.waive_paper(office.clerk, household, "id_card", at=kit.AT, reason="原件已核对")
    file.refresh_from_db()
    assert (file.withdrawn_at, file.compared_at) == (None, None)


def test_what_one_person_withdrew_another_s_older_page_does_not_bring_back(
    office: kit.Office, household: Household
) -> None:
    file = families.attach_evidence(office.clerk, household, kit.photo(), "a.png", at=kit.AT, paper="id_card")
    older = EvidenceFile.objects.select_related("household").get(pk=file.pk)
    families.withdraw_evidence(office.clerk, file, at=kit.AT)
    with pytest.raises(Refused, match="撤下"):
        families.describe_evidence(office.clerk2, older, at=kit.AT, author="某院")
    assert EvidenceFile.objects.get(pk=file.pk).withdrawn_at is not None


@pytest.fixture
def lent(tree: Tree) -> User:
    """Kept by the county's administrators, at work in the city."""
    who = user("顾明", union=tree.foreign)
    post(who, Role.LEADER, tree.city)
    return who


def test_administrators_of_a_county_do_not_take_over_somebody_who_works_in_the_city(tree: Tree, lent: User) -> None:
    below = person(Role.ACCOUNT_ADMIN, tree.foreign)
    guard = person(Role.SECURITY_ADMIN, tree.foreign)
    password = User.objects.get(pk=lent.pk).password
    with pytest.raises(NotAllowed, match="天津市总工会"):
        services.reset_password(below.actor, lent, at=AT)
    with pytest.raises(NotAllowed, match="天津市总工会"):
        services.forget_second_factor(guard.actor, lent, reason="手机丢失", at=AT)
    assert User.objects.get(pk=lent.pk).password == password
    services.reset_password(person(Role.ACCOUNT_ADMIN, tree.city).actor, lent, at=AT)
    assert User.objects.get(pk=lent.pk).password != password


def test_a_unit_does_not_change_the_calendar_by_which_every_union_counts(tree: Tree) -> None:
    given = {"working": True, "name": "调休", "at": AT}
    with pytest.raises(NotAllowed, match="全系统共用"):
        services.edit_calendar_day(person(Role.LEADER, tree.unit).actor, date(2027, 2, 13), **given)
    with pytest.raises(NotAllowed, match="全系统共用"):
        services.publish_calendar_year(person(Role.LEADER, tree.upper).actor, 2027, source="通知", at=AT)
    assert not CalendarDay.objects.filter(day=date(2027, 2, 13)).exists()
    assert services.edit_calendar_day(person(Role.LEADER, tree.city).actor, date(2027, 2, 13), **given)


def test_local_figures_are_kept_by_the_unions_of_that_place(tree: Tree) -> None:
    figure = {"name": "dibao", "from_date": date(2030, 7, 1), "value": "1010", "source": "津民发〔2020〕1号", "at": AT}
    county, city = person(Role.LEADER, tree.foreign), person(Role.LEADER, tree.city)
    with pytest.raises(NotAllowed, match="本地区"):
        services.propose_standard(county.actor, region="120000", **figure)
    with pytest.raises(NotAllowed, match="本地区"):
        services.propose_standard(county.actor, region="120101", **figure)
    row = services.propose_standard(city.actor, region="120000", **figure)
    for verb, given in ((services.confirm_standard, {}), (services.withdraw_standard, {})):
        with pytest.raises(NotAllowed, match="本地区"):
            verb(county.actor, row, at=AT, **given)
    assert services.propose_standard(county.actor, region="120104", **figure)
    assert services.propose_standard(person(Role.LEADER, tree.acftu).actor, region="130100", **figure)
    assert LocalStandard.objects.filter(confirmed_by__isnull=True).count() == 3


def test_only_the_installation_itself_sets_a_password_without_the_old_one(tree: Tree) -> None:
    who = user(union=tree.unit)
    with pytest.raises(NotAllowed):
        services.set_first_password(person(Role.ACCOUNT_ADMIN, tree.city).actor, who, password="another-one-9", at=AT)
    services.set_first_password(SYSTEM, who, password="another-one-9", at=AT)
