"""One family, one file: what points at the same family, what a desk learns of a foreign one, and the record of each look."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.families import selectors, services
from bangfu.families.choices import TwinKind, TwinLevel, TwinState
from bangfu.families.matching import finding, keys, looks, pairs
from bangfu.families.models import Household, Member, TwinFinding
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families import builders
from tests.families.pages import text
from tests.families.test_evidence import photo
from tests.families.twins import household

pytestmark = pytest.mark.django_db
ADDRESS = "天津市和平区南京路八号 3 号楼 2 单元 301 室"


def verdicts(desk: Desk) -> list[tuple[TwinKind, TwinLevel, set[str]]]:
    rows = Household.objects.visible_to(desk).standing()
    return [
        (one.kind, one.level, {reason.code for reason in one.reasons})
        for one in pairs.search(rows, Household.objects.standing())
    ]


# --- normal forms -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADDRESS, "和平区南京路8号3-2-301"), ("河北省石家庄市长安区建设北大街十二号", "长安区建设北大街１２号"),
        ("河西区友谊路二十号院5栋1门102", "天津市 河西区友谊路20号院5号楼1单元102室"),
    ],
)  # fmt: skip
def test_an_address_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert keys.address_form(one) == keys.address_form(other) != ""


def test_other_houses_are_other_addresses_and_a_street_alone_is_none() -> None:
    assert keys.address_form("和平区南京路8号3-2-301") != keys.address_form("和平区南京路8号3-2-302")
    assert keys.address_form("和平区南京路8号") != keys.address_form("河西区南京路8号")
    assert keys.address_form("和平区南京路") == ""


def test_a_number_of_fifteen_digits_finds_the_one_that_replaced_it_and_other_papers_stay_apart() -> None:
    new = builders.number("1976-03-18", 2)
    old = new[:6] + new[8:17]
    assert keys.number_form(old) == new
    assert keys.number_form("g 1234-5678") == "P:G12345678"
    assert keys.number_form("120101197603180021") == ""  # a wrong check digit is nobody's number
    assert keys.number_form("12345678") == ""


def test_a_name_is_found_by_its_sound_and_birth_date() -> None:
    born = date(1976, 3, 18)
    assert (
        keys.person_form("陈桂芳", born) == keys.person_form("陳 桂芳", born) == keys.person_form("Chen Guifang", born)
    )
    assert keys.person_form("陈桂芳", born) != keys.person_form("陈桂芳", born + timedelta(days=1))
    assert keys.person_form("陈桂芳", None) == ""
    assert keys.phone_form("+86 138-0013-8000") == keys.phone_form("13800138000")


# --- judging ----------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A2-7.a", "FILE16-11.a")
def test_the_same_number_in_two_families_is_certain_and_the_couple_is_called_a_couple(
    desk: Desk, tree: Any, at: Any
) -> None:
    wife, husband = builders.number("1976-03-18", 2), builders.number("1974-11-02", 3)
    household(desk, at, "陈桂芳", wife, people=({"name": "周立民", "relation": "spouse", "id_number": husband},))
    household(
        factories.person(Role.CLERK, tree.unit2), at, "周立民", husband,
        people=({"name": "陈桂芳", "relation": "spouse", "id_number": wife},),
    )  # fmt: skip
    above = factories.person(Role.REVIEWER, tree.industry)
    assert verdicts(above) == [(TwinKind.COUPLE, TwinLevel.CERTAIN, {"same_id", "couple_crossed"})]


def test_divorced_halves_are_found_by_their_child(desk: Desk, at: Any) -> None:
    child = {"name": "周小禾", "relation": "child", "id_number": builders.number("2010-06-25", 4)}
    household(desk, at, "陈桂芳", builders.number("1976-03-18", 2), address=ADDRESS, people=(child,))
    household(desk, at, "周立民", builders.number("1974-11-02", 3), address="河西区友谊路 20 号", people=(child,))
    assert verdicts(desk) == [(TwinKind.SHARED_CHILD, TwinLevel.CERTAIN, {"same_id"})]


def test_a_child_without_number_at_the_same_address_is_likely_and_alone_only_possible(desk: Desk, at: Any) -> None:
    child = {"name": "周小禾", "relation": "child", "birth_date": date(2010, 6, 25)}
    household(desk, at, "陈桂芳", people=(child,), address=ADDRESS)
    household(desk, at, "周立民", people=(child,), address="和平区南京路8号3-2-301")
    assert verdicts(desk) == [(TwinKind.SHARED_CHILD, TwinLevel.LIKELY, {"child_name_birth", "same_address"})]
    services.save_household_part(desk, Household.objects.get(worker_name="周立民"), {"address": "西康路 1 号"}, at=at)
    assert verdicts(desk) == [(TwinKind.SHARED_CHILD, TwinLevel.POSSIBLE, {"child_name_birth"})]


def test_namesakes_with_different_numbers_are_two_people(desk: Desk, at: Any) -> None:
    household(desk, at, "王伟", builders.number("1980-01-01", 1), phone="13800138000")
    household(desk, at, "王伟", builders.number("1980-01-01", 3), phone="13900139000")
    assert verdicts(desk) == []


def test_no_sum_of_other_signs_makes_a_finding_certain(desk: Desk, at: Any) -> None:
    people = tuple({"name": f"周小{sign}", "relation": "child", "birth_date": date(2010, 6, 25)} for sign in "禾苗")
    for _ in range(2):
        household(desk, at, "陈桂芳", birth=date(1976, 3, 18), people=people, phone="13800138000", address=ADDRESS)
    (kind, level, _), *rest = verdicts(desk)
    assert (kind, level, rest) == (TwinKind.SAME_WORKER, TwinLevel.LIKELY, [])


def test_a_slip_in_a_birth_date_counts_only_beside_something_else(desk: Desk, at: Any) -> None:
    household(desk, at, "陈桂芳", birth=date(1976, 3, 18), phone="13800138000")
    household(desk, at, "陈桂芳", birth=date(1976, 3, 8), phone="13900139000")
    assert verdicts(desk) == []
    services.save_household_part(desk, Household.objects.latest("pk"), {"phone": "138 0013 8000"}, at=at)
    assert verdicts(desk) == [(TwinKind.SAME_WORKER, TwinLevel.POSSIBLE, {"birth_slip", "same_phone"})]


def test_a_phone_or_house_that_many_share_points_at_nobody(desk: Desk, at: Any) -> None:
    for index in range(9):
        household(desk, at, f"甲{chr(0x4E00 + index)}", phone="022-12345678", address="和平区宿舍 8 号")
    assert verdicts(desk) == []


def test_the_same_card_number_on_papers_of_two_families_is_a_sign(desk: Desk, at: Any) -> None:
    for name in ("陈桂芳", "周立民"):
        family = household(desk, at, name)
        file = services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="id_card")
        services.describe_evidence(desk, file, at=at, details={"number": "6222 0000 1111 2222"})
    assert verdicts(desk) == [(TwinKind.NEAR, TwinLevel.LIKELY, {"same_paper"})]


# --- findings ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def twins(desk: Desk, tree: Any, at: Any) -> tuple[Household, Household]:
    """The same worker in two units of one industry union."""
    number = builders.number("1976-03-18", 2)
    second = factories.person(Role.CLERK, tree.unit2)
    return household(desk, at, "陈桂芳", number), household(second, at, "陈桂芳", number)


@pytest.fixture
def foreign(tree: Any, at: Any, twins: Any) -> Household:
    """The same worker once more, in the other branch of the tree."""
    stranger = factories.person(Role.CLERK, tree.foreign_unit)
    return household(stranger, at, "陈桂芳", builders.number("1976-03-18", 2), phone="13800138000")


def look(desk: Desk, at: Any) -> dict[str, int]:
    from bangfu.organizations.models import Union

    return finding.look_for_twins(desk.actor, Union.objects.get(pk=desk.union_id), at=at)


def test_a_search_keeps_conclusions_drops_what_is_no_longer_so_and_is_on_record(
    tree: Any, at: Any, twins: tuple[Household, Household]
) -> None:
    above = factories.person(Role.REVIEWER, tree.industry)
    assert look(above, at) == {"families": 2, "found": 1, "fresh": 1, "gone": 0}
    row = TwinFinding.objects.get()
    assert AuditEntry.objects.get(verb="look_for_twins").after["found"] == 1
    with pytest.raises(Refused, match="核实情况"):
        finding.dismiss(above, row, note=" ", at=at)
    finding.dismiss(above, row, note="已查户口本，两人同名", at=at)
    look(above, at)
    assert TwinFinding.objects.get().state == TwinState.DISMISSED
    TwinFinding.objects.get()  # still one row
    clerk = factories.person(Role.CLERK, tree.unit2)
    services.save_members(
        clerk, twins[1], [{"pk": twins[1].members.get().pk, "id_number": builders.number("1976-03-18", 4)}], at=at
    )
    assert look(above, at)["found"] == 0


def test_more_signs_than_at_the_conclusion_open_a_finding_again(desk: Desk, at: Any) -> None:
    one = household(desk, at, "陈桂芳", birth=date(1976, 3, 18), phone="13800138000")
    other = household(desk, at, "陈桂芳", birth=date(1976, 3, 18))
    look(desk, at)
    finding.dismiss(desk, TwinFinding.objects.get(), note="同名不同人", at=at)
    services.save_household_part(desk, other, {"phone": "13800138000"}, at=at)
    look(desk, at)
    assert (TwinFinding.objects.get().state, TwinFinding.objects.get().left_id) == (TwinState.OPEN, one.pk)


@pytest.mark.req("TJ-A1-3.a", "MC-A-5.01")
def test_across_unions_only_the_union_and_its_phone_are_told_and_the_look_is_on_record(
    client: Client, desk: Desk, tree: Any, at: Any, twins: Any, foreign: Household
) -> None:
    look(factories.person(Role.REVIEWER, tree.city), at)
    assert TwinFinding.objects.count() == 3
    page = text(client.get("/families/twins/?tab=elsewhere"))
    assert "另一个工会已有档案，请联系 南开机械厂工会（022-12345678）" in page
    for secret in (foreign.number, f"/families/{foreign.pk}/", "证件号码在两户相同", "确定", "138"):
        assert secret not in page
    told = AuditEntry.objects.filter(verb="look_across_unions")
    assert {(row.object_id, row.union_path) for row in told} == {
        (str(foreign.pk), foreign.union_path), (str(twins[1].pk), twins[1].union_path)
    }  # fmt: skip
    client.get("/families/twins/?tab=elsewhere")
    assert told.count() == 2  # the same page on the same day


def test_a_possible_finding_is_never_told_across_unions(client: Client, desk: Desk, tree: Any, at: Any) -> None:
    household(desk, at, "陈桂芳", phone="13800138000", address=ADDRESS)
    household(factories.person(Role.CLERK, tree.foreign_unit), at, "周立民", phone="13800138000", address=ADDRESS)
    look(desk, at)
    assert TwinFinding.objects.get().level == TwinLevel.POSSIBLE
    answer = client.get("/families/twins/?tab=elsewhere")
    assert answer.status_code == 200
    assert "另一个工会已有档案" not in text(answer)


@pytest.mark.req("TJ-A1-3.a")
def test_asking_for_a_number_leaves_a_row_here_and_one_with_the_foreign_union(
    client: Client, desk: Desk, tree: Any, at: Any, standards: None
) -> None:
    theirs = builders.family(factories.person(Role.CLERK, tree.foreign_unit), serial=60)
    number = builders.number("1974-11-02", 61)
    answer = client.post("/families/new/", {"name": "周立民", "id_number": number})
    assert "请联系 022-12345678" in text(answer)
    rows = AuditEntry.objects.filter(verb="look_across_unions").order_by("seq")
    assert [(row.union_path, row.user_id) for row in rows] == [
        (desk.union_path, desk.user_id), (theirs.union_path, desk.user_id)
    ]  # fmt: skip
    assert rows[0].after == {"what": "id_number", "masked": "1201**********" + number[-4:], "own": 0, "foreign": 1}
    assert number not in str([row.after for row in rows])
    old = number[:6] + number[8:17]
    assert [hit.own for hit in looks.look_up_person(desk, old, at=at)] == [
        False
    ]  # the number of 15 digits finds her too


def test_a_foreign_twin_on_the_members_page_is_recorded_once_a_day(
    client: Client, desk: Desk, tree: Any, at: Any, standards: None
) -> None:
    builders.family(factories.person(Role.CLERK, tree.foreign_unit), serial=60)
    mine = household(desk, at, "周立民", builders.number("1974-11-02", 61))
    for _ in range(2):
        assert "南开机械厂工会" in text(client.get(f"/families/{mine.pk}/edit/members/"))
    assert AuditEntry.objects.filter(verb="look_across_unions").count() == 1


# --- filling ----------------------------------------------------------------------------------------------------------
def test_rows_from_before_the_hashes_are_filled_and_a_dry_run_only_counts(desk: Desk, at: Any, capsys: Any) -> None:
    from bangfu.common.acts import SYSTEM, act

    family = household(desk, at, "陈桂芳", builders.number("1976-03-18"), phone="13800138000", address=ADDRESS)
    with act(SYSTEM, "test", at=at) as deed:  # as an older version left them
        Household.objects.update(phone_hash="", address_hash="")
        Member.objects.update(person_hash="", id_hash="")
        deed.record(family)
    call_command("fill_lookup_hashes", "--dry-run")
    assert "families.Household.phone_hash: 待补算 1 条" in capsys.readouterr().out
    assert Household.objects.get().phone_hash == ""
    call_command("fill_lookup_hashes")
    now = selectors.whole(family)
    assert (now.phone_hash, now.address_hash) == (family.phone_hash, family.address_hash) != ("", "")
    assert now.members.all()[0].id_hash == family.members.all()[0].id_hash != ""
    assert now.members.all()[0].person_hash == family.members.all()[0].person_hash != ""
    assert AuditEntry.objects.filter(verb="fill_lookup_hashes").count() == 2
    call_command("fill_lookup_hashes")
    assert AuditEntry.objects.filter(verb="fill_lookup_hashes").count() == 2


def test_the_search_command_counts_before_it_writes(twins: Any, capsys: Any) -> None:
    call_command("find_twins", "--dry-run")
    assert "会提示 1 对" in capsys.readouterr().out
    assert not TwinFinding.objects.exists()
    call_command("find_twins")
    assert TwinFinding.objects.get().level == TwinLevel.CERTAIN
