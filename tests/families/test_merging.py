"""Two households become one, one becomes two; both are taken back exactly, or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.families import selectors, services
from bangfu.families.matching import finding, merging
from bangfu.families.matching.journal import Drifted
from bangfu.families.matching.merging import MergePlan
from bangfu.families.models import EvidenceFile, FamilyChange, Household, IncomeLine, Member, TwinFinding
from bangfu.families.services.households import MEMBER_FIELDS, PART_FIELDS
from bangfu.organizations.choices import Role
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families import builders
from tests.families.test_evidence import photo
from tests.families.twins import household, image

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(desk: Desk, family: Household, at: Any) -> Household:
    """The husband's own file: himself, his wife (both in the first file too), his mother, her pension and a paper."""
    made = household(
        desk, at, "周立民", builders.number("1974-11-02", 3), phone="13900139000",
        people=(
            {"name": "陈桂芳", "relation": "spouse", "id_number": builders.number("1976-03-18", 2)},
            {"name": "吴秀英", "relation": "parent", "id_number": builders.number("1948-02-01", 8)},
        ),
    )  # fmt: skip
    husband, _, mother = made.members.all()
    services.save_income_rows(
        desk, made,
        [{"member": mother, "kind": "pension", "cells": builders.every(90000)}, {"member": husband, "kind": "wage", "cells": builders.every(1000)}],
        known=True, at=at,
    )  # fmt: skip
    values = {"savings": 500, "causes": ["illness"], "cause_notes": {"illness": {"members": ["P3"], "text": "慢性病"}}}
    services.save_household_part(desk, made, values, at=at)
    services.attach_evidence(desk, made, photo(colour="red"), "a.jpg", at=at, paper="pension", line="income:1")
    services.attach_evidence(desk, made, photo(colour="blue"), "b.jpg", at=at, paper="id_card", member=mother)
    return selectors.whole(made)


def plan(family: Household, other: Household, **more: Any) -> MergePlan:
    """The two spouses are the same people in both, the mother moves over."""
    worker, spouse, _ = family.members.all()
    husband, wife, mother = other.members.all()
    return MergePlan(people={husband.pk: spouse.pk, wife.pk: worker.pk, mother.pk: None}, **more)


def test_a_merge_moves_people_lines_and_papers_and_takes_the_chosen_fields(
    desk: Desk, family: Household, other: Household, at: Any
) -> None:
    husband, _, mother = other.members.all()
    chosen = plan(
        family, other, fields=["phone", "savings", "causes"], relations={mother.pk: "parent"},
        person_fields={husband.pk: ["chronic_illness"]},
    )  # fmt: skip
    change = merging.merge(desk, family, other, chosen, reason="夫妻两处建档", at=at)
    now, gone = selectors.whole(family), selectors.whole(other)
    assert [member.name for member in now.members.all()] == ["陈桂芳", "周立民", "周小禾", "吴秀英"]
    assert (str(now.phone), now.savings, now.address) == ("13900139000", 500, family.address)
    assert now.phone_hash == other.phone_hash
    assert now.cause_notes["illness"]["members"] == ["P4"]  # the mother, under her new number
    assert now.members.all()[1].chronic_illness is None
    pension = IncomeLine.objects.get(household=family, kind="pension")
    assert (pension.member_id, pension.row) == (mother.pk, 6)
    assert not IncomeLine.objects.filter(
        household=family, monthly=1000
    ).exists()  # the husband's line was not asked for
    files = EvidenceFile.objects.filter(household=family).order_by("pk")
    assert [(file.line, file.member_id) for file in files] == [("income:6", None), ("", mother.pk)]
    assert (gone.merged_into_id, gone.locked, gone.members.count()) == (family.pk, True, 2)
    rows = AuditEntry.objects.filter(verb="merge_families")
    assert {row.object_id for row in rows} == {str(family.pk), str(other.pk)}
    assert {row.reason for row in rows} == {"夫妻两处建档"}
    assert "13900139000" not in str([row.after for row in rows])
    assert change.kept_id == family.pk


def test_lines_of_a_person_who_is_the_same_come_along_when_they_are_ticked(
    desk: Desk, family: Household, other: Household, at: Any
) -> None:
    merging.merge(desk, family, other, plan(family, other, rows={"income": [2]}), reason="合并", at=at)
    moved = IncomeLine.objects.get(household=family, monthly=1000)
    assert moved.member_id == family.members.all()[1].pk


def test_undoing_a_merge_restores_every_value(desk: Desk, family: Household, other: Household, at: Any) -> None:
    before = image(family, other)
    chosen = plan(family, other, fields=["phone", "savings", "causes", "needs"], rows={"income": [2]})
    change = merging.merge(desk, family, other, chosen, reason="合并", at=at)
    assert image(family, other) != before
    merging.undo(desk, change, at=at + timedelta(days=30))
    assert image(family, other) == before
    assert AuditEntry.objects.filter(verb="undo_merge").count() == 1
    with pytest.raises(Refused, match="已经撤销"):
        merging.undo(desk, change, at=at)


@given(
    fields=st.sets(st.sampled_from(sorted(PART_FIELDS))), rows=st.sets(st.integers(1, 3)),
    facts=st.sets(st.sampled_from(sorted(MEMBER_FIELDS))), mother=st.booleans(), turned=st.booleans(),
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_merged_can_be_taken_back(
    desk: Desk, family: Household, other: Household, at: Any,
    fields: set[str], rows: set[int], facts: set[str], mother: bool, turned: bool,
) -> None:  # fmt: skip
    home, guest = (other, family) if turned else (family, other)
    same = {member.id_hash: member.pk for member in home.members.all() if member.id_hash}
    people = {member.pk: same.get(member.id_hash) for member in guest.members.all()}
    relations = {pk: "other" for pk, into in people.items() if into is None}
    taken = {pk: facts for pk, into in people.items() if into is not None} if mother else {}
    before = image(family, other)
    chosen = MergePlan(people, fields, relations, taken, {"income": rows, "expense": rows})
    change = merging.merge(desk, home, guest, chosen, reason="合并", at=at)
    merging.undo(desk, change, at=at)
    assert image(family, other) == before


def test_after_thirty_days_or_over_later_work_nothing_is_taken_back(
    desk: Desk, family: Household, other: Household, at: Any
) -> None:
    change = merging.merge(desk, family, other, plan(family, other, fields=["phone"]), reason="合并", at=at)
    with pytest.raises(Refused, match="30 天内"):
        merging.undo(desk, change, at=at + timedelta(days=31))
    services.save_household_part(desk, selectors.whole(family), {"phone": "13700137000"}, at=at)
    after = image(family, other)
    with pytest.raises(Drifted, match="联系电话"):
        merging.undo(desk, change, at=at)
    assert image(family, other) == after
    services.save_household_part(desk, selectors.whole(family), {"phone": "13900139000"}, at=at)
    services.save_household_part(desk, selectors.whole(family), {"savings": 7}, at=at)  # not touched by the merge
    merging.undo(desk, change, at=at)
    assert selectors.whole(family).savings == 7


def test_a_merged_family_is_on_no_list_and_is_not_edited(
    client: Any, desk: Desk, family: Household, other: Household, at: Any
) -> None:
    merging.merge(desk, family, other, plan(family, other), reason="合并", at=at)
    assert [row.pk for row, _ in client.get("/families/").context["entries"]] == [family.pk]
    with pytest.raises(services.HouseholdMerged, match=family.number):
        services.save_household_part(desk, selectors.whole(other), {"savings": 1}, at=at)
    number = builders.number("1974-11-02", 3)
    assert [hit.household for hit in selectors.find_person(desk, number)] == [family]
    from bangfu.casework import services as casework

    with pytest.raises(Refused, match="已并入"):
        casework.submit_application(desk.actor, selectors.whole(other), at=at)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan, worker: {"people": {}}, "成员有变动"),
        (lambda plan, worker: {"people": dict.fromkeys(plan.people, worker)}, "不能对应两个人"),
        (lambda plan, worker: {"people": dict.fromkeys(plan.people)}, "选为同一人"),
    ],
    ids=["forgotten", "two on one", "twice"],
)  # fmt: skip
def test_people_who_do_not_fit_are_refused_and_nothing_changes(
    desk: Desk, family: Household, other: Household, at: Any, change: Any, message: str
) -> None:
    before = image(family, other)
    chosen = MergePlan(**change(plan(family, other), family.members.all()[0].pk))
    with pytest.raises(Refused, match=message):
        merging.merge(desk, family, other, chosen, reason="合并", at=at)
    assert image(family, other) == before


def test_a_merge_needs_a_reason_fresh_versions_and_the_right_desk(
    desk: Desk, tree: Any, family: Household, other: Household, at: Any
) -> None:
    chosen = plan(family, other)
    with pytest.raises(Refused, match="原因"):
        merging.merge(desk, family, other, chosen, reason=" ", at=at)
    with pytest.raises(StaleVersion):
        merging.merge(desk, family, other, chosen, reason="合并", at=at, versions=(family.version, other.version - 1))
    for role, place in ((Role.CLERK, tree.foreign_unit), (Role.AUDITOR, tree.industry), (Role.CLERK, tree.unit2)):
        with pytest.raises(services.NotYourHousehold):
            merging.merge(factories.person(role, place), family, other, chosen, reason="合并", at=at)
    assert not FamilyChange.objects.exists()


@pytest.fixture
def submitted(desk: Desk, family: Household, other: Household, at: Any) -> Any:
    """The first family is on its way."""
    from bangfu.casework.models import Application

    made = Application(
        household=family, union=family.union, union_path=family.union_path, number="S2020-000001", policy="tianjin-commerce-2020",
        applied_on=builders.APPLIED, worker_name="陈桂芳", worker_pinyin="", worker_initials="", state="in_progress",
        entered_by_id=desk.user_id, updated_at=at,
    )  # fmt: skip
    from bangfu.common.acts import SYSTEM, act

    with act(SYSTEM, "test", at=at) as deed:
        made.save()
        deed.record(made)
    services.lock(desk, family, at=at)
    return made


def test_with_an_application_on_its_way_only_a_reviewer_merges_and_only_into_it(
    desk: Desk, tree: Any, family: Household, other: Household, submitted: Any, at: Any
) -> None:
    reviewer = factories.person(Role.REVIEWER, tree.unit)
    with pytest.raises(Refused, match=r"申请 S2020-000001（办理中）.*复核人"):
        merging.merge(desk, family, other, plan(family, other), reason="合并", at=at)
    _, spouse, child = family.members.all()
    husband, wife, _ = other.members.all()
    away = MergePlan({spouse.pk: husband.pk, family.members.all()[0].pk: wife.pk, child.pk: None})
    with pytest.raises(Refused, match="不能并入别的家庭"):
        merging.merge(reviewer, other, family, away, reason="合并", at=at)
    merging.merge(reviewer, family, other, plan(family, other), reason="合并", at=at)
    assert selectors.whole(family).locked
    with pytest.raises(Refused, match="复核人"):
        merging.split(desk, family, people=[child.pk], worker=child.pk, reason="分户", at=at)


def test_two_units_with_an_application_on_its_way_are_not_merged(
    desk: Desk, tree: Any, family: Household, other: Household, submitted: Any, at: Any
) -> None:
    theirs = household(factories.person(Role.CLERK, tree.unit2), at, "吴敏")
    reviewer = factories.person(Role.REVIEWER, tree.industry)
    chosen = MergePlan({theirs.members.get().pk: None}, relations={theirs.members.get().pk: "other"})
    with pytest.raises(Refused, match="不在同一单位"):
        merging.merge(reviewer, family, theirs, chosen, reason="合并", at=at)


# --- splitting --------------------------------------------------------------------------------------------------------
def test_a_split_takes_people_their_lines_and_papers_into_a_new_family_and_back(
    desk: Desk, family: Household, at: Any
) -> None:
    worker, spouse, child = family.members.all()
    services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="id_card", member=spouse)
    services.attach_evidence(desk, family, photo(colour="red"), "b.jpg", at=at, paper="huji_book", member=worker)
    before = image(family)
    change = merging.split(
        desk,
        family,
        people=[spouse.pk, child.pk],
        worker=spouse.pk,
        relations={child.pk: "child"},
        reason="离异分户",
        at=at,
    )
    assert change.other is not None
    fresh = selectors.whole(change.other)
    assert [(row.name, row.relation, row.position) for row in fresh.members.all()] == [
        ("周立民", "self", 1), ("周小禾", "child", 2)
    ]  # fmt: skip
    assert (fresh.worker_name, fresh.worker_initials, str(fresh.phone), fresh.incomes_known) == (
        "周立民",
        "zlm",
        "",
        False,
    )
    assert {line.member_id for line in fresh.incomelines.all()} == {spouse.pk}
    assert {line.member_id for line in fresh.expenselines.all()} == {spouse.pk, child.pk}
    assert [file.member_id for file in EvidenceFile.objects.filter(household=fresh)] == [spouse.pk]
    assert [row.name for row in selectors.whole(family).members.all()] == ["陈桂芳"]
    assert {row.object_id for row in AuditEntry.objects.filter(verb="split_family")} == {str(family.pk), str(fresh.pk)}
    merging.undo(desk, change, at=at)
    assert image(family) == before
    assert not Household.objects.filter(pk=fresh.pk).exists()


@given(leaving=st.sets(st.integers(1, 2), min_size=1), rows=st.sets(st.integers(1, 5)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_split_can_be_taken_back(
    desk: Desk, family: Household, at: Any, leaving: set[int], rows: set[int]
) -> None:
    members = list(family.members.all())
    theirs = [members[place].pk for place in sorted(leaving)]
    before = image(family)
    own = set(IncomeLine.objects.filter(household=family, member__in=theirs).values_list("row", flat=True))
    change = merging.split(
        desk, family, people=theirs, worker=theirs[0], rows={"income": rows & own}, reason="分户", at=at
    )
    assert Member.objects.filter(household=change.other).count() == len(theirs)
    merging.undo(desk, change, at=at)
    assert image(family) == before


def test_the_worker_stays_and_lines_of_who_stays_stay(desk: Desk, family: Household, at: Any) -> None:
    worker, spouse, _ = family.members.all()
    with pytest.raises(Refused, match="留在原家庭"):
        merging.split(desk, family, people=[worker.pk], worker=worker.pk, reason="分户", at=at)
    with pytest.raises(Refused, match="新家庭的职工本人"):
        merging.split(desk, family, people=[spouse.pk], worker=worker.pk, reason="分户", at=at)
    row = IncomeLine.objects.filter(household=family, member=worker).first()
    assert row is not None
    with pytest.raises(Refused, match="留下的成员的"):
        merging.split(
            desk, family, people=[spouse.pk], worker=spouse.pk, rows={"income": [row.row]}, reason="分户", at=at
        )


def test_a_split_is_not_taken_back_over_what_the_new_family_brought(desk: Desk, family: Household, at: Any) -> None:
    spouse = family.members.all()[1]
    change = merging.split(desk, family, people=[spouse.pk], worker=spouse.pk, reason="分户", at=at)
    assert change.other is not None
    fresh = selectors.whole(change.other)
    services.save_members(desk, fresh, [{"name": "吴秀英", "relation": "parent"}], at=at)
    with pytest.raises(Drifted, match="新的登记"):
        merging.undo(desk, change, at=at)
    assert Member.objects.get(pk=spouse.pk).household_id == fresh.pk


@pytest.mark.req("TJ-A2-7.c", "GUIDE20-4.1.3.b")
def test_of_a_couple_in_two_units_the_householders_file_is_proposed(desk: Desk, tree: Any, at: Any) -> None:
    wife, husband = builders.number("1976-03-18", 2), builders.number("1974-11-02", 3)
    first = household(
        desk, at, "陈桂芳", wife, people=({"name": "周立民", "relation": "spouse", "id_number": husband},)
    )
    clerk = factories.person(Role.CLERK, tree.unit2)
    second = household(clerk, at, "周立民", husband, head_of_household=True)
    above = factories.person(Role.REVIEWER, tree.industry)
    finding.look_for_twins(above.actor, Union.objects.get(pk=above.union_id), at=at)
    row = TwinFinding.objects.get()
    assert finding.proposed(first, second, row.kind) == second
    services.save_members(clerk, second, [{"pk": second.members.get().pk, "head_of_household": False}], at=at)
    assert (
        finding.proposed(first, selectors.whole(second), row.kind) == first
    )  # nobody is the householder: the older file


def test_a_merge_closes_its_finding_and_the_undo_opens_it(
    desk: Desk, family: Household, other: Household, at: Any
) -> None:
    finding.look_for_twins(desk.actor, Union.objects.get(pk=desk.union_id), at=at)
    change = merging.merge(desk, family, other, plan(family, other), reason="合并", at=at)
    assert TwinFinding.objects.get().state == "merged"
    merging.undo(desk, change, at=at)
    assert TwinFinding.objects.get().state == "open"
