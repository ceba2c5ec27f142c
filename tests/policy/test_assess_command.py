"""`bangfu assess` as people and scripts use it: files, lists, standard input, exit codes, faults."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bangfu import cli
from tests.policy import households as h


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(name: str, document: Any) -> str:
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return str(path)

    return write


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["assess", *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def rows(files: Any) -> list[str]:
    return ["--standards", files("standards.json", h.standards())]


def test_one_household_gives_one_document(capsys: Any, files: Any, rows: list[str]) -> None:
    code, out, err = run(capsys, files("f.json", h.household()), "--policy", h.TIANJIN, *rows, "--format", "json")
    assert (code, json.loads(out)["outcome"], err) == (0, "deep", "")


def test_a_household_that_fits_nothing_is_no_failure(capsys: Any, files: Any, rows: list[str]) -> None:
    code, out, _ = run(capsys, files("f.json", h.household(causes=[])), "--policy", h.TIANJIN, *rows)
    assert (code, json.loads(out)["outcome"]) == (0, "none")


def test_a_list_gives_a_list_in_the_same_order(capsys: Any, files: Any, rows: list[str]) -> None:
    listed = [h.household(id="b"), h.household(id="a", causes=[])]
    code, out, _ = run(capsys, files("f.json", listed), "--policy", h.TIANJIN, *rows)
    assert code == 0
    assert [(one["facts_id"], one["outcome"]) for one in json.loads(out)] == [("b", "deep"), ("a", "none")]


def test_an_empty_list_gives_an_empty_list(capsys: Any, files: Any, rows: list[str]) -> None:
    assert run(capsys, files("f.json", []), "--policy", h.TIANJIN, *rows)[:2] == (0, "[]\n")


def test_one_bad_document_fails_the_whole_list_and_is_named(capsys: Any, files: Any, rows: list[str]) -> None:
    listed = [
        h.household(id="good"),
        h.household(id="bad", colour=1, worker="x"),
        h.household(id="worse", savings="-1"),
    ]
    code, out, err = run(capsys, files("f.json", listed), "--policy", h.TIANJIN, *rows)
    assert (code, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [
        ["bad", "colour"], ["bad", "worker"], ["worse", "savings"],
    ]  # fmt: skip


def test_faults_of_facts_and_standards_are_told_together(capsys: Any, files: Any) -> None:
    bad_rows = h.standards(("dibao", "120000", "2020-07-01", "1.00"))
    words = [files("f.json", h.household(colour=1)), "--policy", h.TIANJIN, "--standards", files("s.json", bad_rows)]
    code, out, err = run(capsys, *words)
    assert (code, out, len(err.splitlines())) == (2, "", 2)
    assert f"rows[{len(h.ROWS)}]" in err
    assert "colour: unknown key" in err


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000])
def test_what_is_no_json_is_refused(capsys: Any, files: Any, rows: list[str], text: str) -> None:
    code, out, err = run(capsys, files("f.json", text), "--policy", h.TIANJIN, *rows)
    assert (code, out) == (2, "")
    assert "not a JSON document" in err


def test_a_missing_file_is_refused(capsys: Any, rows: list[str]) -> None:
    code, out, err = run(capsys, "/nowhere.json", "--policy", h.TIANJIN, *rows)
    assert (code, out) == (2, "")
    assert "/nowhere.json" in err


def test_an_unknown_policy_is_refused(capsys: Any, files: Any, rows: list[str]) -> None:
    code, out, err = run(capsys, files("f.json", h.household()), "--policy", "atlantis", *rows)
    assert (code, out) == (2, "")
    assert "acftu-2020" in err


def test_a_policy_outside_its_dates_is_refused_and_names_the_one_in_force(capsys: Any, files: Any, rows: list[str]) -> None:  # fmt: skip
    early = files("f.json", h.household(application_date="2020-09-09"))
    code, out, err = run(capsys, early, "--policy", h.TIANJIN, *rows)
    assert (code, out) == (2, "")
    assert "acftu-2020" in err


@pytest.mark.parametrize(("date", "policy"), [("2020-10-15", h.TIANJIN), ("2020-09-09", "acftu-2020")])
def test_without_a_policy_the_narrowest_in_force_is_taken(capsys: Any, files: Any, rows: list[str], date: str, policy: str) -> None:  # fmt: skip
    _, out, _ = run(capsys, files("f.json", h.household(application_date=date)), *rows)
    assert json.loads(out)["policy"] == policy


def test_standard_input_is_read(monkeypatch: Any, capsys: Any, rows: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(h.household()).encode())))
    code, out, _ = run(capsys, "-", "--policy", h.TIANJIN, *rows)
    assert (code, json.loads(out)["outcome"]) == (0, "deep")


def test_text_is_a_sheet_in_chinese(capsys: Any, files: Any, rows: list[str]) -> None:
    code, out, _ = run(capsys, files("f.json", h.household()), "--policy", h.TIANJIN, *rows, "--format", "text")
    assert code == 0
    assert "结论：深度困难" in out


def test_the_standards_of_the_installation_are_missed_clearly(monkeypatch: Any, capsys: Any, files: Any) -> None:
    def no_database() -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr("django.setup", no_database)
    code, out, err = run(capsys, files("f.json", h.household()), "--policy", h.TIANJIN)
    assert (code, out) == (2, "")
    assert "--standards" in err


def test_the_command_runs_as_a_program_without_django(files: Any, rows: list[str]) -> None:
    path = files("f.json", h.household())
    program = (
        "import sys; from bangfu import cli; code = cli.main(sys.argv[1:]); sys.exit(code or 'django' in sys.modules)"
    )
    words = [sys.executable, "-c", program, "assess", path, "--policy", h.TIANJIN, *rows]
    done = subprocess.run(words, capture_output=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["outcome"]) == (0, "deep")


def test_no_command_shows_the_usage(capsys: Any) -> None:
    assert cli.main([]) == 2
    assert "bangfu assess" in capsys.readouterr().err
    assert cli.main(["--help"]) == 0
