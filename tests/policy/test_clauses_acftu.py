"""The national text's clauses: complete, citable, and truthful about what realises them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bangfu.policy import clauses

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "bangfu" / "policy" / "packs" / "acftu_2020"
ROWS = (Path(__file__).parent / "data" / "rows_acftu_2020.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def national() -> clauses.Clauses:
    return clauses.load(PACK)


def test_every_row_of_the_text_stands_exactly_once_and_in_the_order_of_the_text(national: clauses.Clauses) -> None:
    assert [entry.id for entry in national] == ROWS
    assert len(set(ROWS)) == 211


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
