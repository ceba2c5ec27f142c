"""The clauses of 津商务工〔2020〕13号 with both annexes: none missing, none twice, each with what realises it."""

from pathlib import Path

import pytest

from bangfu.policy import clauses

PACKS = Path(clauses.__file__).parent / "packs"
ROWS = [
    tuple(line.split())
    for line in (Path(__file__).parent / "data" / "rows_tianjin.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def tianjin():
    return clauses.load(PACKS / "tianjin_commerce_2020", clauses.load(PACKS / "acftu_2020"))


def test_every_row_of_the_text_stands_there_once_and_in_order(tianjin):
    assert [found.id for found in tianjin] == [row for row, _ in ROWS]
    assert len(tianjin) == 371


def test_every_row_keeps_the_force_of_the_text(tianjin):
    assert [(found.id, found.force) for found in tianjin] == ROWS


def test_no_two_rows_have_the_same_gist(tianjin):
    assert len({found.gist for found in tianjin}) == len(tianjin)


def test_a_gist_is_a_chinese_sentence_of_some_substance(tianjin):
    assert [found.id for found in tianjin if sum("\u4e00" <= char <= "\u9fff" for char in found.gist) < 8] == []


def test_numbers_have_anchors_of_their_own(tianjin):
    groups = tianjin.groups()
    anchors = [clauses.anchor(number) for number, _ in groups]
    assert len(set(anchors)) == len(groups)
    assert all(anchor.isascii() and anchor.replace("-", "").isalnum() and anchor[0].isalpha() for anchor in anchors)


def test_the_numbers_that_determinations_cite_lead_to_their_clause(tianjin):
    def clause_numbers(citation):
        return sorted({found.clause for found in tianjin.by_number(citation)})

    assert clause_numbers("第四条（一）5（3）") == ["第四条（一）排除5（3）"]
    assert clause_numbers("第四条（一）1") == ["第四条（一）排除1"]
    assert clause_numbers("第四条（一）（三）（四）") == ["第四条（一）", "第四条（三）", "第四条（四）"]
    assert clause_numbers("第四条（四）2") == ["第四条（四）2"]
    assert clause_numbers("附件1 一（二）1") == ["附件1 一（二）1"]
    assert {found.pack_id for found in tianjin.by_number("指引三 1(2)")} == {"acftu-2020"}
