"""Generated populations: the same from the same seed, likely in their proportions, whole or not there."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from bangfu.policy import registry
from bangfu.policy.errors import PolicyError
from bangfu.policy.household import CAUSES, EXPENSE_KINDS, INCIDENT_KINDS, INCOME_KINDS
from bangfu.policy.population import generate, judge_engine, layout, split, validate
from bangfu.policy.population.pieces import of_tables
from bangfu.policy.population.places import KEYS, resolve

REGIONS = ("120101", "370902", "511129")
DATES = (datetime.date(2020, 10, 1), datetime.date(2020, 12, 31))


def made(count: int = 4000, **changes: object) -> layout.Tables:
    settings: dict[str, object] = {"seed": 3, "unknown": 0.1, "regions": REGIONS, "dates": DATES} | changes
    chunks = [tables for tables, _ in generate.chunks(count, **settings)]  # type: ignore[arg-type]
    return {table: pl.concat([one[table] for one in chunks]) for table in layout.TABLES}


@pytest.fixture(scope="module")
def likely() -> layout.Tables:
    return made()


def test_the_same_seed_gives_the_same_content(likely: layout.Tables, tmp_path: Path) -> None:
    again = made()
    assert all(frame.equals(again[table]) for table, frame in likely.items())
    assert not made(seed=4)["incomes"].equals(likely["incomes"])
    for name in ("one", "two"):
        generate.generate(200, tmp_path / name, seed=9, regions=REGIONS)
    files = {name: {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*") if path.is_file()} for name in ("one", "two")}  # fmt: skip
    assert files["one"] == files["two"]
    assert len(files["one"]) > 10


def test_a_household_has_some_three_members_six_incomes_and_two_expenses(likely: layout.Tables) -> None:
    homes = likely["households"].height
    assert homes == 4000
    assert 2.7 < likely["members"].height / homes < 3.3
    assert 5.5 < likely["incomes"].height / homes < 7
    assert 1.6 < likely["expenses"].height / homes < 2.4


def test_all_causes_incidents_and_kinds_of_lines_occur_in_several_regions_on_many_days(likely: layout.Tables) -> None:
    homes = likely["households"]
    assert all(homes[f"cause_{cause}"].sum() > 0 for cause in CAUSES)
    assert set(homes["incident_kind"].drop_nulls()) == set(INCIDENT_KINDS)
    assert set(likely["incomes"]["kind"]) == set(INCOME_KINDS)
    assert set(likely["expenses"]["kind"]) == set(EXPENSE_KINDS)
    assert set(homes["work_region"].drop_nulls()) == set(REGIONS)
    assert homes["work_region"].null_count() > 0
    assert homes["application_date"].n_unique() > 60
    assert (homes["application_date"].min(), homes["application_date"].max()) == DATES


def test_the_share_of_households_with_unknown_facts_is_what_was_asked_for() -> None:
    pack, rows = registry.get_pack("acftu-2020", DATES[0]), generate.standards_of(REGIONS)
    for share in (0.0, 0.5):
        tables = made(1500, unknown=share)
        settled = resolve(pack.rules, rows, tables["households"].select(KEYS))
        doubtful = split.in_doubt(of_tables(tables).lazy(), pack.rules, settled).height / 1500
        assert doubtful == 0 if share == 0 else 0.3 < doubtful <= 0.51


def test_the_layout_holds_whatever_is_unknown() -> None:
    assert validate.check(made(1500, unknown=1.0)) == []


def test_some_households_lie_exactly_on_a_line_and_some_one_fen_off() -> None:
    pack = registry.get_pack("acftu-2020", DATES[0])
    answer = judge_engine.run(pack, made(3000, unknown=0.0), generate.standards_of(REGIONS))
    for category in ("deep", "relative"):
        assert (answer[f"margin_{category}"] == 0).sum() >= 3
    assert {"deep", "relative", "accident", "none"} == set(answer["outcome"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"households": 0}, "at least one"),
        ({"unknown": 1.5}, "between 0 and 1"),
        ({"regions": ["12010"]}, "six digits"),
        ({"regions": []}, "at least one"),
        ({"dates": (DATES[1], DATES[0])}, "the earlier first"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(tmp_path: Path, changes: dict[str, object], said: str) -> None:  # fmt: skip
    settings: dict[str, object] = {"households": 5, "folder": tmp_path / "p", "seed": 1} | changes
    with pytest.raises(PolicyError, match=said):
        generate.generate(**settings)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    with pytest.raises(PolicyError, match="is there already"):
        generate.generate(5, tmp_path / "p", seed=1)


def test_a_population_that_breaks_off_leaves_no_folder(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate.generate(50, tmp_path / "p", seed=1, progress=stop)
    assert list(tmp_path.iterdir()) == []
