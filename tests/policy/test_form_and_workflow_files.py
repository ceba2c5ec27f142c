"""What is wrong with a forms.yaml, a workflow.yaml or the heading of a companion pack is told at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.policy import forms, workflow
from bangfu.policy.pack import loader
from bangfu.policy.source import PackFaults


def folder(tmp_path: Path, name: str, text: str) -> Path:
    place = tmp_path / "broken_2019"
    place.mkdir()
    (place / name).write_text(text, encoding="utf-8")
    return place


def test_every_fault_of_a_form_is_told(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        "forms.yaml",
        "vocabularies: {unit: {month: 月}}\n"
        "forms:\n"
        "  - code: f1\n"
        "    title: 表\n"
        "    clause: 一\n"
        "    filled_by: nobody\n"
        "    state: draft\n"
        "    stage: acceptance\n"
        "    sample: 1\n"
        "    fields:\n"
        "      - {code: name, label: 姓名, type: words}\n"
        "      - {code: unit, label: 单位, type: choice}\n"
        "      - {code: unit, label: 单位, type: choice, values: unit}\n"
        "      - {code: sum, label: 金额, type: money, values: unit}\n"
        "    checks:\n"
        "      - {code: c1, message: 不符, test: equal, fields: [sum, nowhere]}\n"
        "      - {code: c2, message: 不符, test: guess, fields: [sum]}\n",
    )
    with pytest.raises(PackFaults) as told:
        forms.load(place)
    text = str(told.value)
    for fault in (
        ":6: nobody: one of", ":11: words: one of", ":12: unit: values belong to a choice", ":13: unit: stands twice in f1",
        ":14: sum: values belong to a choice", ":16: nowhere: no such field", ":17: guess: one of",
    ):  # fmt: skip
        assert fault in text, fault


def test_every_fault_of_a_machine_is_told(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        "workflow.yaml",
        "actors: {clerk: 经办人}\n"
        "guards: [{code: ready, title: 未齐, clause: 一}]\n"
        "machines:\n"
        "  - code: m\n"
        "    title: 办理\n"
        "    clause: 一\n"
        "    first: nowhere\n"
        "    states:\n"
        "      - {code: a, title: 甲, actor: clerk}\n"
        "      - {code: b, title: 乙, actor: stranger, final: true}\n"
        "      - {code: c, title: 丙, actor: clerk, final: true}\n"
        "    transitions:\n"
        "      - {code: t1, event: go, title: 走, from: [a], to: z, actor: clerk}\n"
        "      - {code: t1, event: go, title: 走, from: [c], to: a, actor: clerk, guards: [willing]}\n",
    )
    with pytest.raises(PackFaults) as told:
        workflow.load(place)
    text = str(told.value)
    for fault in (
        ":10: stranger: one of", ":13: z: no such state", ":14: willing: no such guard", ":14: t1: stands twice",
        ":14: c is final", "nowhere: no such state",
    ):  # fmt: skip
        assert fault in text, fault


def test_a_pack_without_these_files_has_none_of_them(tmp_path: Path) -> None:
    place = tmp_path / "plain_2019"
    place.mkdir()
    assert forms.load(place).forms == {}
    assert workflow.load(place).machines == {}


def test_a_pack_has_a_parent_or_takes_over_an_accounting_and_not_both(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        "pack.yaml",
        "id: broken-2019\ntitle: 表\nnumber: 一\nissuer: 某\nissued_on: 2019-01-01\nfirst_day: 2019-01-01\n"
        "parent: acftu-2020\naccounting_of: acftu-2020\n",
    )
    with pytest.raises(PackFaults, match="has its accounting already"):
        loader.load_heading(place)


def test_a_figure_may_stand_only_with_a_category_of_its_pack(tmp_path: Path) -> None:
    from bangfu.policy import registry

    home = registry.PACKS / "dibao_2019"
    place = tmp_path / "dibao_2019"
    place.mkdir()
    for name in ("pack.yaml", "accounting.yaml", "categories.yaml"):
        text = (home / name).read_text(encoding="utf-8").replace("only_with: dibao", "only_with: nobody")
        (place / name).write_text(text, encoding="utf-8")
    national, layers = loader.load_pack(registry.PACKS / "acftu_2020")
    with pytest.raises(PackFaults, match="only_with: nobody is no category of this pack"):
        loader.load_pack(place, national, layers)
