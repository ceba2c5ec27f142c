"""`bangfu assess --next --change`: advice beside the determination, and nothing else changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bangfu import cli
from tests.policy import households as h

OPEN = h.household(incomes=[h.monthly("wage", None)], conduct={"evaded": None})
OVER = h.household(incomes=h.income("12000.01"))


def run(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], document: Any, *words: str) -> str:
    facts, rows = tmp_path / "facts.json", tmp_path / "standards.json"
    facts.write_text(json.dumps(document), encoding="utf-8")
    rows.write_text(json.dumps(h.standards()), encoding="utf-8")
    assert cli.main(["assess", str(facts), "--policy", h.TIANJIN, "--standards", str(rows), *words]) == 0
    return capsysbinary.readouterr().out.decode()


def test_advice_stands_beside_the_determination_only_when_asked(tmp_path: Path, capsysbinary: Any) -> None:
    plain = json.loads(run(tmp_path, capsysbinary, OPEN))
    advised = json.loads(run(tmp_path, capsysbinary, OPEN, "--next", "--change"))
    assert list(advised) == [*plain, "next", "change"]
    assert {key: advised[key] for key in plain} == plain
    assert [one["path"] for one in advised["next"]] == ["incomes[0].monthly", "conduct.evaded"]
    assert list(json.loads(run(tmp_path, capsysbinary, OPEN, "--next"))) == [*plain, "next"]


def test_each_document_of_a_list_has_advice_of_its_own(tmp_path: Path, capsysbinary: Any) -> None:
    first, second = json.loads(run(tmp_path, capsysbinary, [OPEN, OVER], "--next", "--change"))
    assert second["next"] == []
    assert second["change"][0] == {
        "path": "incomes[0].amount", "kind": "number", "unit": "money", "now": "12000.01", "to": "12000.00",
        "difference": "-0.01", "outcome": "deep", "better": True,
    }  # fmt: skip
    assert first["next"]


def test_the_text_says_in_chinese_what_to_ask_and_how_much_is_missing(tmp_path: Path, capsysbinary: Any) -> None:
    text = run(tmp_path, capsysbinary, OPEN, "--format", "text", "--next")
    assert "下一步先问\n  1. 收入第1项（工资）：每月金额" in text
    assert "不超过 2,000.00 元：还要再问，仍有可能：深度困难、不符合建档条件" in text
    text = run(tmp_path, capsysbinary, OVER, "--format", "text", "--change")
    assert "收入第1项（工资）：金额：现为 12,000.01 元，少 0.01 元（12,000.00 元），则为深度困难" in text
    assert "差多少" not in run(tmp_path, capsysbinary, OVER, "--format", "text")


def test_advice_is_not_mixed_with_a_comparison_of_texts(tmp_path: Path, capsysbinary: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path, capsysbinary, OPEN, "--next", "--compare")
    assert stopped.value.code == 2
