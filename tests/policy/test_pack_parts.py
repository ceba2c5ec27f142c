"""Faults in the parts of a pack: all at once, each with file and line; and how a pack lies over its parent."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bangfu.policy import aid, evidence, lifecycle, procedure
from bangfu.policy.source import PackFaults
from tests.policy.parts import NATIONAL, TIANJIN, part

PARTS = pytest.mark.parametrize(
    "module", [aid, evidence, lifecycle, procedure], ids=lambda module: module.__name__[14:]
)


def write(tmp_path: Path, module: ModuleType, text: str) -> Path:
    folder = tmp_path / "some_county_2021"
    folder.mkdir(exist_ok=True)
    (folder / f"{module.__name__.rpartition('.')[2]}.yaml").write_text(text, encoding="utf-8")
    return folder


def faults(tmp_path: Path, module: Any, text: str, parent: Any = None) -> list[str]:
    with pytest.raises(PackFaults) as caught:
        module.load(write(tmp_path, module, text), parent)
    return [str(fault).removeprefix("some_county_2021/") for fault in caught.value.faults]


@PARTS
def test_a_pack_without_the_file_has_what_its_parent_has(tmp_path: Path, module: Any) -> None:
    folder = tmp_path / "some_county_2021"
    folder.mkdir()
    parent = part(module.__name__.rpartition(".")[2], NATIONAL)
    loaded = module.load(folder, parent)
    assert loaded.pack == "some-county-2021"
    assert {**vars(loaded), "pack": ""} == {**vars(parent), "pack": ""}
    assert module.load(folder, None).pack == "some-county-2021"


@PARTS
def test_an_unknown_section_is_a_fault_with_its_line(tmp_path: Path, module: Any) -> None:
    name = module.__name__.rpartition(".")[2]
    assert faults(tmp_path, module, "disable: {}\nmood: good\n") == [f"{name}.yaml:2: mood: unknown key"]


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = """\
guards:
  - {code: here, title: 有, clause: 第一条}
  - {code: here, title: 又有, clause: 第一条}
steps:
  - {code: first, title: 一, clause: 第一条, kind: dance, level: unit, role: clerk, guards: [nowhere], returns_to: [second]}
  - {code: second, title: 二, clause: 第一条, kind: recheck, level: upper, role: reviewer, repeat: each_upper, colour: red}
returns:
  - {code: lost, title: 丢, advice: 找。}
  - {code: gone, title: 去, advice: 回。, step: third}
"""
    found = faults(tmp_path, procedure, text)
    for expected in (
        "procedure.yaml:3: here: stands twice under guards",
        "procedure.yaml:5: dance: one of",
        "procedure.yaml:5: nowhere: no such guard",
        "procedure.yaml:5: second: no such earlier step",
        "procedure.yaml:6: colour: unknown key",
        "procedure.yaml:6: second: repeats at each upper union",
        "procedure.yaml:8: lost: exactly one of facts, paper, step",
        "gone: returns to a step third",
    ):
        assert any(expected in line for line in found), expected


def test_an_inherited_entry_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    parent = part("lifecycle", NATIONAL)
    text = """\
reviews:
  - {code: deep, title: 核查, clause: 第一条, months: 3}
  - {code: fresh, overrides: true, title: 核查, clause: 第一条, months: 3}
disable:
  events: [rain]
"""
    assert faults(tmp_path, lifecycle, text, parent) == [
        "lifecycle.yaml:2: deep: is inherited; say overrides: true to replace it",
        "lifecycle.yaml:3: fresh: overrides nothing",
        "lifecycle.yaml:5: rain: cannot be disabled, the parent has no such entry under events",
    ]


def test_what_is_set_disabled_and_inherited_knows_its_origin(tmp_path: Path) -> None:
    parent = part("lifecycle", NATIONAL)
    text = """\
reviews:
  - {code: deep, overrides: true, title: 核查, clause: 第一条, months: 3}
disable:
  events: [death]
"""
    loaded = lifecycle.load(write(tmp_path, lifecycle, text), parent)
    assert (loaded.reviews["deep"].months, loaded.reviews["deep"].origin) == (3, "some-county-2021")
    assert loaded.reviews["relative"].origin == "acftu-2020"
    assert "death" not in loaded.events
    assert "death" in parent.events


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "clocks: [{code: c, title: 时, clause: 一, unit: working_day}]",
            "needs a length, or the name of the parameter",
        ),
        ("clocks: [{code: c, title: 时, clause: 一, unit: month, length: 1, parameter: p}]", "only one can decide"),
        ("clocks: [{code: c, title: 时, clause: 一, unit: date, month: 2, day: 30}]", "a month and a day that exist"),
        ("reviews: [{code: deep, title: 查, clause: 一}]", "exactly one of months and parameter"),
        ("retention: [{code: o, title: 档, clause: 一, years: 1, parameter: p}]", "exactly one of years and parameter"),
        ("taper: {categories: [deep], then: [], clause: 一}", "exactly one of months and parameter"),
        ("reviews: [{code: Deep, title: 查, clause: 一, months: 3}]", "a code is small letters"),
        ("reviews: [{code: deep, title: '', clause: 一, months: 3}]", "text is expected"),
        ("reviews: [{code: deep, title: 查, clause: 一, months: -3}]", "a whole number"),
        ("reviews: [{code: deep, title: 查, clause: 一, months: 3, in_principle: 是}]", "true or false"),
        ("reviews: {deep: 12}", "a list is expected"),
    ],
)
def test_a_lifecycle_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in line for line in faults(tmp_path, lifecycle, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("papers: [{code: p, title: 纸, clause: 一, per: household, accepts: [x], reason: 因}]", "x: no such document"),
        (
            "papers: [{code: p, title: 纸, clause: 一, per: household, accepts: [], reason: 因}]",
            "no document would satisfy",
        ),
        ("papers: [{code: p, title: 纸, clause: 一, per: line, accepts: [], reason: 因}]", "lists and kinds belong"),
        (
            "papers: [{code: p, title: 纸, clause: 一, per: household, accepts: [], reason: 因, when: {}}]",
            "empty condition",
        ),
        (
            "papers: [{code: p, title: 纸, clause: 一, per: household, accepts: [], reason: 因, when: {causes_any: [love]}}]",
            "love: one of",
        ),
        (
            "papers: [{code: p, title: 纸, clause: 一, per: member, accepts: [], reason: 因, of: {member: {tall: true}}}]",
            "tall: unknown key",
        ),
        ("folders: [{code: f, title: 夹, clause: 一, papers: [p]}]", "p: no such paper"),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in line for line in faults(tmp_path, evidence, text))


KINDS = "kinds: [{code: k, title: 项, clause: 一, beneficiary: household, purposes: [{code: food, title: 食, clause: 一}]}]\n"
SOURCES = "sources: [{code: a, title: 甲, clause: 一}, {code: b, title: 乙, clause: 一}]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (KINDS + "bans: [{code: b, title: 禁, clause: 一, purposes: [food]}]", "food: forbidden, yet a purpose"),
        (SOURCES + "matrix: {deep: {a: {mode: shared, clause: 一}}}", "deep: nothing is said about the source b"),
        (SOURCES + "matrix: {deep: {a: {mode: free, clause: 一}, b: {mode: closed, clause: 一}}}", "free: one of"),
        ("gates: [{code: weather, title: 雨, clause: 一, severity: block}]", "weather: no such check"),
        ("gates: [{code: needs, title: 缺, clause: 一, severity: loud}]", "loud: one of"),
        ("caps: [{code: c, title: 顶, clause: 一, kind: k, measure: self_borne, deductions: []}]", "k: no such kind"),
        (
            SOURCES + "approvals: [{code: t, title: 批, clause: 一, sources: [z], amount: 1.00, inclusive: true, level: u, effect: record}]",
            "z: no such source",
        ),
        (
            SOURCES + "approvals: [{code: t, title: 批, clause: 一, sources: [a], amount: 1, inclusive: true, level: u, effect: record}]",
            "an amount in yuan with two decimals",
        ),
    ],
)  # fmt: skip
def test_aid_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in line for line in faults(tmp_path, aid, text))


def test_new_sources_ask_for_a_new_matrix(tmp_path: Path) -> None:
    found = faults(tmp_path, aid, SOURCES, part("aid", NATIONAL))
    assert any("the matrix (deep) must be given anew" in line for line in found)


def test_amounts_of_a_pack_are_whole_fen() -> None:
    assert part("aid", TIANJIN).approvals["own_20000"].amount == 2_000_000
    assert part("aid", NATIONAL).approvals["central_50000"].amount == 5_000_000
