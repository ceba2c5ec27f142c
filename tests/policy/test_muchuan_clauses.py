"""Muchuan's two measures and two forms: every row once, citable, and truthful about what realises it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bangfu.policy import clauses, registry
from tests.policy import households as h

FORCES = dict(
    line.split()
    for line in (Path(__file__).parent / "data" / "rows_muchuan.txt").read_text(encoding="utf-8").splitlines()
)
TEXT = registry.get_pack(h.MUCHUAN).clauses
PLACES = {"MC-A": ("通知", "前言", "档案办法"), "MC-F": ("资金办法",), "MC-FORM1": ("申请表",), "MC-FORM2": ("审批表",)}


def test_every_row_of_the_text_stands_exactly_once_in_its_order_with_its_force() -> None:
    assert [(entry.id, entry.force) for entry in TEXT] == list(FORCES.items())
    assert len(FORCES) == 217


def test_each_row_says_in_which_of_the_two_measures_or_forms_it_stands() -> None:
    for entry in TEXT:
        assert entry.clause.startswith(PLACES[entry.id.rpartition("-")[0]]), entry.id


def test_no_two_rows_say_the_same() -> None:
    assert [gist for gist, times in Counter(entry.gist for entry in TEXT).items() if times > 1] == []


def test_what_the_clauses_name_is_there() -> None:
    assert [str(fault) for fault in clauses.check(registry.get_pack(h.MUCHUAN))] == []


@pytest.mark.parametrize(
    ("citation", "rows"),
    [
        ("档案办法 四（一）4", ["MC-A-4.07"]), ("资金办法 四（一）", [f"MC-F-4.{n:02}" for n in range(5, 13)]),
        ("档案办法 三（三）、资金办法 三（二）", ["MC-A-3.11", "MC-A-3.12", "MC-F-3.10"]), ("申请表 月人均收入", ["MC-FORM1-30"]),
        ("资金办法 二1", ["MC-F-2.05"]), ("审批表 档案性质", ["MC-FORM2-15"]), ("档案办法 九", []),
    ],
)  # fmt: skip
def test_a_citation_leads_to_the_rows_of_the_measure_it_names(citation: str, rows: list[str]) -> None:
    assert [entry.id for entry in TEXT.by_number(citation)] == rows


def test_both_measures_are_one_document_with_number_and_hash() -> None:
    pack = registry.get_pack(h.MUCHUAN)
    assert (pack.number, pack.issuer) == ("乐工经〔2016〕29号", "沐川县总工会")
    assert [(text.code, text.number) for text in pack.texts] == [("MC", pack.number)]
    assert pack.texts[0].source_sha256 == pack.heading.source_sha256


def test_what_is_still_to_be_built_waits_for_named_rooms() -> None:
    waiting = {item.ref for entry in TEXT.unrealised() for item in entry.realised_by if item.kind == "planned"}
    assert waiting == {
        "archives",
        "casework",
        "exchange",
        "families",
        "funds",
        "lifecycle",
        "organizations",
        "oversight",
        "reports",
    }
    assert sum(all(item.kind == "planned" for item in entry.realised_by) for entry in TEXT) < 60
