"""`bangfu population`: counts at the end, progress beside, one line for each fault, and an answer that is whole or not there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from bangfu import cli
from bangfu.policy import registry
from bangfu.policy.population import answer, engines, layout, run

DAY = "2020-10-15"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("command") / "p"
    assert cli.main(["population", "generate", "90", str(made), "--seed", "5", "--dates", f"{DAY}..2020-11-30", "--regions", "120101,120102,370902"]) == 0  # fmt: skip
    return made


def test_generate_check_and_assess_go_hand_in_hand(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    out = tmp_path / "answer.parquet"
    assert cli.main(["population", "check", str(folder)]) == 0
    assert cli.main(["population", "assess", str(folder), "--policy", "acftu-2020", "--out", str(out)]) == 0
    told = capsys.readouterr()
    found = pl.read_parquet(out)
    assert found.schema == answer.schema(registry.get_pack("acftu-2020").rules)
    assert found.height == 90
    counted = {line.split()[0]: int(line.split()[1]) for line in told.out.splitlines() if len(line.split()) == 2}
    assert counted == answer.counts(found)
    assert "90 households" in told.out
    assert "assess [##############################] 100% 90/90" in told.err
    assert "#" not in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--policy", "acftu-1999"], "acftu-1999: no such policy is installed"),
        (["--policy", "acftu-2020", "--on", "2016-05-01"], "acftu-2020 applies from 2020-06-28, not on 2016-05-01"),
        (["--policy", "acftu-2016"], "households.application_date: "),
        (["--policy", "acftu-2020", "--regions", "999999"], "households: 999999: no such region in this population"),
        (["--policy", "acftu-2020", "--standards", "nowhere.json"], "standards nowhere.json: No such file"),
        (["--policy", "acftu-2020", "--engine", "postgresql", "--database", "sqlite:///x"], "postgresql: no database is named"),
        (["--policy", "acftu-2020", "--engine", "postgresql", "--database", "postgresql://127.0.0.1:1/x"], "postgresql: the server does not answer"),
        (["--policy", "acftu-2020", "--engine", "duckdb", "--memory", "lots"], "--memory takes a size"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_told_in_one_line_and_leaves_no_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    out = tmp_path / "answer.parquet"
    assert cli.main(["population", "assess", str(folder), "--out", str(out), *words]) == 2
    told = capsys.readouterr()
    lines = [line for line in told.err.splitlines() if not line.startswith("assess [")]
    assert len(lines) == 1
    assert said in lines[0]
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_answer_in_a_folder_that_is_not_there_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    out = tmp_path / "no" / "answer.parquet"
    assert cli.main(["population", "assess", str(folder), "--policy", "acftu-2020", "--out", str(out)]) == 2
    assert f"the folder {out.parent} does not exist" in capsys.readouterr().err


def test_duckdb_that_runs_out_of_memory_says_so_and_names_the_remedy(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    words = ["--engine", "duckdb", "--memory", "1MB", "--out", str(tmp_path / "answer.parquet")]
    assert cli.main(["population", "assess", str(folder), "--policy", "acftu-2020", *words]) == 2
    assert "duckdb: out of memory at 1MB" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_one_day_for_all_is_judged_as_if_each_had_applied_on_it(folder: Path) -> None:
    tables = {table: frame.collect() for table, frame in layout.read(folder).items()}
    day = pl.date(2020, 12, 1)
    moved = tables | {"households": tables["households"].with_columns(application_date=day)}
    rows = layout.read_standards(folder)
    wanted = run.assess(moved, "acftu-2020", standards=rows, engine="judge")
    found = run.assess(folder, "acftu-2020", on=wanted["application_date"][0])
    assert found.sort("household").equals(wanted.sort("household"))
    assert not found.equals(run.assess(folder, "acftu-2020"))


def test_pieces_and_regions_change_nothing_about_a_household(folder: Path) -> None:
    whole = run.assess(folder, "tianjin-commerce-2020")
    bits = run.assess(folder, "tianjin-commerce-2020", options=engines.Options(batch=1))
    assert bits.sort("household").equals(whole.sort("household"))
    one = run.assess(folder, "tianjin-commerce-2020", regions=["120102"])
    assert set(one["region"]) == {"120102"}
    assert one.sort("household").equals(whole.filter(pl.col("region") == "120102").sort("household"))


def test_a_pack_whose_parent_changes_is_read_by_the_day_of_each_household(tmp_path: Path) -> None:
    """taian-2020 rests on acftu-2016 until 2020-06-27 and on acftu-2020 from the next day on."""
    words = ["--seed", "2", "--dates", "2020-06-20..2020-07-05", "--regions", "370902"]
    assert cli.main(["population", "generate", "60", str(tmp_path / "p"), *words]) == 0
    found = run.assess(tmp_path / "p", "taian-2020")
    early = found.filter(pl.col("application_date") <= pl.date(2020, 6, 27))
    late = found.filter(pl.col("application_date") > pl.date(2020, 6, 27))
    assert early.height > 0
    assert late.height > 0
    assert early["category_deep"].null_count() == early.height
    assert late["category_below_line"].null_count() == late.height
    assert found.sort("household").equals(run.assess(tmp_path / "p", "taian-2020", engine="judge").sort("household"))


def test_a_fault_found_in_the_last_piece_leaves_no_answer(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    seen: list[int] = []

    def fail_late(done: int, total: int) -> None:
        seen.append(done)
        if done == total:
            raise engines.EngineFault("the last piece fails")

    with pytest.raises(engines.EngineFault):
        run.assess_into(tmp_path / "a.parquet", folder, "acftu-2020", progress=fail_late, options=engines.Options(batch=1))  # fmt: skip
    assert len(seen) > 1
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_leaves_no_answer_that_looks_whole(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.parquet"
    code = (
        "import sys, time; from bangfu.policy.population import run, engines\n"
        "def slow(done, total):\n"
        "    print(done, flush=True); time.sleep(60)\n"
        f"run.assess_into({str(out)!r}, {str(folder)!r}, 'acftu-2020', progress=slow, engine='judge', options=engines.Options(batch=1))"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert int(running.stdout.readline()) > 0  # the first piece is written, others are to come
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not out.exists()
    assert all(path.name.endswith(".unfinished") for path in tmp_path.iterdir())


def test_spark_without_java_or_pyspark_says_what_is_missing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(engines.EngineFault, match="no Java is found; install Java 17"):
        run.assess(folder, "acftu-2020", engine="spark")
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(engines.EngineFault, match=r"pyspark is not installed; pip install 'bangfu\[spark\]'"):
        run.assess(folder, "acftu-2020", engine="spark")


def test_an_engine_nobody_knows_is_refused(folder: Path) -> None:
    with pytest.raises(engines.EngineFault, match="choose one of polars, duckdb, postgresql, spark, judge"):
        run.assess(folder, "acftu-2020", engine="abacus")


def test_progress_is_told_piece_by_piece(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    begun = time.monotonic()
    run.assess(folder, "acftu-2020", progress=lambda done, total: told.append((done, total)), options=engines.Options(batch=1))  # fmt: skip
    assert told[-1] == (90, 90)
    assert len(told) >= 3
    assert told == sorted(told)
    assert time.monotonic() - begun < 120
