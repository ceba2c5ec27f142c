"""What a place may lay under the rules of 2016: its own papers, its own tier of files; the national classes stay as they are."""

import datetime
from pathlib import Path

import pytest

from bangfu.policy import aid, evidence, facts, registry, standards
from bangfu.policy.assess import judge
from bangfu.policy.pack import loader
from bangfu.policy.pack.model import Pack
from tests.policy import old_rules as old
from tests.policy.old_rules import HARD, total, wages

HEADING = """\
id: river-2018
title: t
number: n
issuer: i
issued_on: 2018-01-01
first_day: 2018-01-01
region: "450100"
parent: acftu-2016
"""
TIER = """\
order: [below_line, assisted_still_hard, slightly_above, accident, city]
add:
  categories:
    - code: city
      title: 市级建档
      clause: 第一条
      line: within_twice
      conditions:
        - {code: within_twice, title: 不超过低保标准2倍, when: net / household_size / window_months <= 2 * dibao, clause: 第一条}
"""
PAPER = """\
documents:
  - {code: photo, title: 家庭照片, copy: false}
papers:
  - {code: family_photo, title: 家庭照片, clause: 第二条, per: household, accepts: [photo], reason: 本地要求}
"""


@pytest.fixture
def river(tmp_path: Path) -> Pack:
    """A city's text under the national one: a tier of its own, and a paper more."""
    folder = tmp_path / "river_2018"
    folder.mkdir()
    for name, text in (("pack", HEADING), ("accounting", "add: {}\n"), ("categories", TIER), ("evidence", PAPER)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    national = registry.get_pack(old.POLICY)
    _, layers = loader.load_pack(national.folder)
    return loader.load_pack(folder, national, layers)[0]


def outcome(pack: Pack, **changes: object) -> str:
    return judge(facts.parse(old.family(**changes)), standards.parse(old.standards()), pack).outcome


@pytest.mark.req("NOTE17-5.c", "FILE16-20.a")
def test_a_place_adds_a_tier_for_families_above_the_national_lines(river: Pack) -> None:
    above = {"incomes": [total("12000.00")]}
    assert outcome(registry.get_pack(old.POLICY), **above) == "none"
    assert outcome(river, **above) == "city"
    assert outcome(river, incomes=[total("12000.01")]) == "none"


@pytest.mark.req("NOTE17-5.a")
def test_the_national_classes_come_first_and_their_exclusions_stay(river: Pack) -> None:
    poor = {"incomes": [wages("100.00")], "attested": HARD}
    assert outcome(river, **poor) == "below_line"
    with_homes = judge(
        facts.parse(old.family(**poor, housing={"owned_homes": 2})), standards.parse(old.standards()), river
    )
    assert with_homes.category("below_line").result == "not_met"


@pytest.mark.req("NOTE17-6.g")
def test_a_file_of_the_tier_of_a_place_opens_no_money_of_the_national_classes(river: Pack) -> None:
    assert {option.mode for option in aid.sources_for(river, "city")} == {"closed"}


@pytest.mark.req("FILE16-6.1.d")
def test_a_place_may_ask_for_more_papers_and_for_none_less(river: Pack) -> None:
    asked = [need.paper for need in evidence.checklist(river, old.family())]
    national = [need.paper for need in evidence.checklist(registry.get_pack(old.POLICY), old.family())]
    assert asked == [*national, "family_photo"]


@pytest.mark.req("FILE16-21.a")
def test_an_old_case_is_read_by_the_rules_of_its_day() -> None:
    names = {registry.policy_for("450103", day) for day in (datetime.date(2018, 1, 1), datetime.date(2020, 6, 27))}
    assert names == {old.POLICY}
    assert registry.policy_for("450103", datetime.date(2020, 6, 28)) == "acftu-2020"
