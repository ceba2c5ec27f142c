"""The national text's clauses: complete, citable, and truthful about what realises them."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from pathlib import Path

import pytest

from bangfu.policy import clauses
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.registry import get_pack, in_force, policy_for

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "bangfu" / "policy" / "packs" / "acftu_2020"
FORCES = dict(
    line.split()
    for line in (Path(__file__).parent / "data" / "rows_acftu_2020.txt").read_text(encoding="utf-8").splitlines()
)
ROWS = list(FORCES)


@pytest.fixture(scope="module")
def national() -> clauses.Clauses:
    return clauses.load(PACK)


def test_every_row_of_the_text_stands_exactly_once_and_in_the_order_of_the_text(national: clauses.Clauses) -> None:
    assert [entry.id for entry in national] == ROWS
    assert len(ROWS) == 211


def test_every_row_keeps_the_force_of_the_text(national: clauses.Clauses) -> None:
    assert {entry.id: entry.force for entry in national} == FORCES


def test_rows_of_the_measure_carry_article_numbers_and_rows_of_the_guide_section_numbers(
    national: clauses.Clauses,
) -> None:
    for entry in national:
        starts = ("指引",) if entry.id.startswith("GUIDE20-") else ("第", "通知", "附件")
        assert entry.clause.startswith(starts), entry.id


def test_no_two_rows_say_the_same(national: clauses.Clauses) -> None:
    assert [gist for gist, times in Counter(entry.gist for entry in national).items() if times > 1] == []


@pytest.mark.parametrize(
    ("citation", "rows"),
    [
        ("指引一 1(1)", ["GUIDE20-1.1.1.a"]),
        ("指引一 1(2)", ["GUIDE20-1.1.2.a", "GUIDE20-1.1.2.b"]),
        ("指引一 2", ["GUIDE20-1.2.a", "GUIDE20-1.2.b"]),
        ("指引三 2(4)", ["GUIDE20-3.2.4.a"]),
        ("指引四 3(5)", ["GUIDE20-4.3.5.a", "GUIDE20-4.3.5.b", "GUIDE20-4.3.5.c"]),
        (
            "指引四1（6）",
            ["GUIDE20-4.1.6.a", "GUIDE20-4.1.6.b", "GUIDE20-4.1.6.c", "GUIDE20-4.1.6.z", "GUIDE20-4.1.6.d"],
        ),
        ("第六条（三）", ["FUND20-6.3.a", "FUND20-6.3.b"]),
        ("第九条第二款", ["FUND20-9.b", "FUND20-9.c"]),
    ],
)
def test_a_citation_leads_to_the_rows_of_its_clause(national: clauses.Clauses, citation: str, rows: list[str]) -> None:
    assert [entry.id for entry in national.by_number(citation)] == rows


def test_a_citation_of_a_whole_section_leads_to_everything_below_it(national: clauses.Clauses) -> None:
    below = {entry.id for entry in national.by_number("指引四 3")}
    assert below == {row for row in ROWS if row.startswith("GUIDE20-4.3.")}


def test_a_citation_of_another_text_leads_nowhere(national: clauses.Clauses) -> None:
    assert national.by_number("第九十九条") == ()


def test_rows_that_no_software_can_prove_are_the_listed_ones(national: clauses.Clauses) -> None:
    with (ROOT / "docs" / "not-software.csv").open(newline="", encoding="utf-8") as handle:
        listed = {row["id"] for row in csv.DictReader(handle) if row["id"] in ROWS}
    marked = {entry.id for entry in national if any(item.kind == "not_software" for item in entry.realised_by)}
    assert marked == listed


def test_every_reference_names_something_of_the_pack() -> None:
    assert [str(fault) for fault in clauses.check(get_pack("acftu-2020"))] == []


def test_what_realises_the_text_is_counted_so_that_no_row_slips_back(national: clauses.Clauses) -> None:
    assert national.counts() == {
        "rule": 67,
        "step": 15,
        "evidence": 20,
        "aid": 30,
        "clock": 11,
        "lifecycle": 17,
        "form": 23,
        "paper": 4,
        "page": 5,
        "service": 11,
        "planned": 111,
        "guidance": 2,
    }


def test_what_is_still_to_be_built_is_counted_by_room(national: clauses.Clauses) -> None:
    rooms = Counter(item.ref for entry in national for item in entry.realised_by if item.kind == "planned")
    assert rooms == {
        "funds": 47,
        "lifecycle": 18,
        "oversight": 18,
        "reports": 13,
        "exchange": 10,
        "archives": 5,
        "portal": 2,
        "casework": 3,
        "families": 2,
    }


def test_every_clause_that_the_rules_cite_leads_to_a_row_of_the_text(national: clauses.Clauses) -> None:
    rules = get_pack("acftu-2020").rules
    said = [part.said for part in rules.categories]
    said += [part.said for part in rules.exclusions]
    said += [part.said for part in rules.filing]
    said += [part.said for part in rules.lines]
    said += [condition.said for category in rules.categories for condition in category.conditions]
    cited = {number for found in said for number in found.clauses}
    assert cited
    assert [number for number in sorted(cited) if not national.by_number(number)] == []


@pytest.mark.req("FUND20-0.a", "FUND20-20.c")
def test_measure_and_guide_are_one_text_with_one_number_and_date(national: clauses.Clauses) -> None:
    pack = get_pack("acftu-2020")
    assert (pack.number, pack.issued_on) == ("总工办发〔2020〕13号", datetime.date(2020, 6, 28))
    assert "指引" in pack.title
    assert {entry.pack_id for entry in national if entry.id.startswith("GUIDE20-")} == {pack.id}


@pytest.mark.req("FUND20-20.a")
def test_the_text_applies_from_the_day_of_its_issue() -> None:
    pack = get_pack("acftu-2020")
    assert pack.first_day == pack.issued_on
    assert policy_for(None, datetime.date(2020, 6, 28)) == "acftu-2020"
    with pytest.raises(PolicyNotInForce) as told:
        in_force("acftu-2020", datetime.date(2020, 6, 27))
    assert "acftu-2016" in str(told.value)


@pytest.mark.req("GUIDE20-5.a")
def test_a_place_with_a_text_of_its_own_follows_it_and_every_other_place_the_national_one() -> None:
    day = datetime.date(2020, 10, 15)
    assert policy_for("120101", day) == "tianjin-commerce-2020"
    parent = get_pack("tianjin-commerce-2020").parent
    assert parent is not None
    assert parent.id == "acftu-2020"
    assert policy_for("510100", day) == "acftu-2020"
