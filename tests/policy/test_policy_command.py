"""`bangfu policy`: the texts, one text, the coverage; exit codes and messages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from bangfu import cli
from bangfu.policy import coverage, texts


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["policy", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_list_has_every_text_with_its_days(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, len(texts.all_texts()))
    (warm,) = [line for line in lines if line.startswith("WARM18")]
    assert "2018-12-21" in warm
    assert "63 rows" in warm
    (relief,) = [line for line in lines if line.startswith("REL16")]
    assert "2016 (no day)" in relief


def test_one_text_is_shown_row_by_row_with_what_realises_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "WARM18")
    assert code == 0
    assert "ended 总工发〔2006〕54号" in out
    assert "WARM18-15.a  必须" in out
    assert "帮扶规则 banned_goods · 待建 funds" in out


def test_one_text_as_json_says_the_state_of_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "show", "PAY12", "--format", "json")[1])
    assert (document["code"], document["pack"], len(document["clauses"])) == ("PAY12", None, 36)
    states = {row["id"]: row["state"] for row in document["clauses"]}
    assert (states["PAY12-9.a"], states["PAY12-2.a"]) == ("realised", "partly")
    assert (states["PAY12-7.c"], states["PAY12-7.d"]) == ("planned", "guidance")


def test_every_row_counts_in_exactly_one_state(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "coverage", "--format", "json")[1])
    for one in [*document["texts"], document["total"]]:
        assert sum(one["states"].values()) == one["rows"], one["text"]
    assert document["total"]["rows"] == sum(len(text.rows) for text in texts.all_texts())


def test_the_coverage_of_one_text_counts_kinds_and_rooms(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = json.loads(run(capsys, "coverage", "--text", "GUIDE20", "--format", "json")[1])["texts"]
    rows = texts.get_text("FUND20").rows
    assert (one["text"], one["rows"]) == ("FUND20", len(rows))
    assert one["kinds"]["rule"] == sum(any(item.kind == "rule" for item in row.realised_by) for row in rows)
    assert one["planned"]["funds"] == sum(any(i.kind == "planned" and i.ref == "funds" for i in r.realised_by) for r in rows)  # fmt: skip
    assert "tested" not in one


def test_the_table_for_people_ends_with_a_sum_and_what_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "coverage")
    assert code == 0
    assert sum(line.startswith("ALL ") for line in out.splitlines()) == 1
    assert "waiting for  " in out


def test_the_table_for_spreadsheets_has_a_line_for_each_text(capsys: pytest.CaptureFixture[str]) -> None:
    lines = list(csv.DictReader(io.StringIO(run(capsys, "coverage", "--format", "csv")[1])))
    assert [line["text"] for line in lines] == [text.code for text in texts.all_texts()]
    assert all(sum(int(line[state]) for state in coverage.STATES) == int(line["rows"]) for line in lines)


def test_rows_that_tests_name_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "room" / "test_one.py"
    file.parent.mkdir()
    mark = "pytest.mark.{}".format("req")  # put together, so that nobody takes the sample for a claim of this file
    marks = f'{mark}("PAY12-9.a",\n    "PAY12-2.b")  {mark}("TJ-1.a")  other("PAY12-1.a")'
    file.write_text(marks, encoding="utf-8")
    (tmp_path / "helper.py").write_text(f'{mark}("PAY12-0.a")', encoding="utf-8")
    words = ("coverage", "--text", "PAY12", "--tests", str(tmp_path))
    (one,) = json.loads(run(capsys, *words, "--format", "json")[1])["texts"]
    assert one["tested"] == 2
    assert len(one["untested"]) == 34
    assert "PAY12-0.a" in run(capsys, *words)[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "NOPE"), "text: NOPE: no such text; known: "),
        (("coverage", "--text", "NOPE"), "text: NOPE: no such text; known: "),
        (("coverage", "--tests", "/nowhere/at/all"), "tests /nowhere/at/all: no such directory"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert len(err.splitlines()) == 1


def test_a_verb_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(capsys, "sing")
    assert stopped.value.code == 2


def test_a_register_at_fault_is_told_with_file_and_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "text.yaml").write_text("documents: []\n", encoding="utf-8")
    texts.all_texts.cache_clear()
    monkeypatch.setattr(texts, "TEXTS", tmp_path)
    try:
        code, out, err = run(capsys, "list")
    finally:
        texts.all_texts.cache_clear()
    assert (code, out, err) == (2, "", "odd/text.yaml:1: realised_in: missing\n")
