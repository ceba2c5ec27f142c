"""`bangfu population export`: the command in front of the management command."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu import cli

pytestmark = pytest.mark.django_db


def test_a_folder_in_use_is_refused_with_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept.txt").write_text("x")
    assert cli.main(["population", "export", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "已有内容" in told.err
