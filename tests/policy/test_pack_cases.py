"""The worked cases beside each pack: `packs/*/cases/*.yaml`, checked in full, and that they stand on every line of the pack."""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bangfu.policy import registry, source
from bangfu.policy.assess import assess
from bangfu.policy.determination import Determination
from tests.policy import households as h

#: A pack's own plain family and its standards, where it has them: the cases beside it say what differs.
PLAIN = "base.yaml"
FILES = sorted(file for file in registry.PACKS.glob("*/cases/*.yaml") if file.name != PLAIN)
LAID_OVER = ("conduct", "status", "attested", "housing")
BASE = {h.TIANJIN: h.household, h.NATIONAL: h.national, h.MUCHUAN: h.muchuan}
KEYS = ("case", "note", "given", "standards", "expect")


def cases() -> list[Any]:
    found = []
    for file in FILES:
        pack = file.parent.parent.name.replace("_", "-")
        for node in source.load(file):
            found.append(
                pytest.param(pack, node.plain(), id=f"{file.parent.parent.name}/{file.stem}:{node.get('case')}")
            )
    return found


def judge(pack: str, case: dict[str, Any]) -> Determination:
    rows = [tuple(str(value) for value in row) for row in case.get("standards", [])]
    changes = {"id": str(case["case"]), **case.get("given", {})}
    file = registry.PACKS / pack.replace("-", "_") / "cases" / PLAIN
    if not file.exists():
        return assess(BASE[pack](**changes), pack, h.standards(*rows))
    base = source.load(file).plain()
    family = dict(base["family"])
    for key, value in changes.items():
        family[key] = family[key] | value if key in LAID_OVER and isinstance(value, dict) else value
    listed = [tuple(str(value) for value in row) for row in base["standards"]]
    keys = ("name", "region", "from", "value")
    return assess(
        family,
        pack,
        {"schema": "bangfu.standards/1", "rows": [dict(zip(keys, row, strict=True)) for row in [*listed, *rows]]},
    )


@pytest.mark.parametrize(("pack", "case"), cases())
def test_a_worked_case_comes_out_as_written(pack: str, case: dict[str, Any]) -> None:
    assert set(case) <= set(KEYS)
    assert case["note"]
    expect = dict(case["expect"])
    found = judge(pack, case)
    assert found.outcome == expect.pop("outcome")
    assert found.provisional == expect.pop("provisional", None)
    results = h.results(found)
    for code in expect.pop("met", []):
        assert results.pop(code) == "met", code
    for code in expect.pop("unknown", []):
        assert results.pop(code) == "unknown", code
    assert set(results.values()) <= {"not_met"}, results
    assert list(found.missing) == expect.pop("missing", [])
    for code in expect.pop("barred_by", []):
        assert found.exclusion(code).result == "met", code
    for code, amount in expect.pop("figures", {}).items():
        assert found.figures[code] == amount, code
    assert not expect, f"unknown keys {sorted(expect)}"


@pytest.mark.parametrize("pack_id", registry.pack_ids())
def test_the_cases_stand_on_every_category_and_every_exclusion_of_the_pack(pack_id: str) -> None:
    """In every era of a pack whose parent changes with the dates: a case belongs to the era of its application."""
    folder = registry.get_pack(pack_id).folder
    days = {registry.descent(pack_id, era.first_day): era.first_day for era in registry.heading(pack_id).eras}
    outcomes: dict[tuple[str, ...], set[str]] = {line: set() for line in days}
    barred: dict[tuple[str, ...], set[str]] = {line: set() for line in days}
    for file in FILES:
        if file.parent.parent == folder:
            for node in source.load(file):
                found = judge(pack_id, node.plain())
                line = registry.descent(pack_id, datetime.date.fromisoformat(found.application_date))
                outcomes[line].add(found.outcome)
                barred[line] |= {one.code for one in found.exclusions if one.result == "met"}
    for line, day in days.items():
        pack = registry.get_pack(pack_id, day)
        assert outcomes[line] >= {category.code for category in pack.categories} | {"none", "incomplete"}
        assert barred[line] == {one.code for one in pack.exclusions}


if FURTHER := os.environ.get("BANGFU_CASES"):

    def test_further_cases_hold_too() -> None:
        """With BANGFU_CASES=folder of JSON cases (policy, facts, standards, expect): all for the installed packs hold."""
        held = 0
        for file in sorted(Path(FURTHER).glob("*.json")):
            case = json.loads(file.read_text(encoding="utf-8"))
            if case["policy"] not in registry.pack_ids() or case["expect"].get("error"):
                continue
            found = assess(case["facts"], case["policy"], case["standards"])
            wanted = (case["expect"]["outcome"], case["expect"]["provisional"])
            assert (found.outcome, found.provisional) == wanted, file.name
            assert h.results(found) == case["expect"]["categories"], file.name
            held += 1
        assert held
