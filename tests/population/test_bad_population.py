"""A population that breaks its layout is refused as a whole: every fault names table, column, household and remedy."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from bangfu.policy import standards
from bangfu.policy.population import generate, layout, run, validate

REGIONS = ("120101", "370902")
DAY = datetime.date(2020, 10, 15)
Damage = Callable[[layout.Tables], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population") / "good"
    generate.generate(60, folder, seed=11, unknown=0.2, regions=REGIONS, dates=(DAY, DAY))
    return folder


@pytest.fixture
def tables(made: Path) -> layout.Tables:
    return {table: frame.collect() for table, frame in layout.read(made).items()}


def set_first(tables: layout.Tables, table: str, where: pl.Expr, **values: object) -> None:
    """Changes the first row that fits."""
    frame = tables[table].with_row_index("row")
    at = frame.filter(where)["row"][0]
    changes = [pl.when(pl.col("row") == at).then(pl.lit(value)).otherwise(pl.col(name)).cast(layout.TABLES[table][name]).alias(name) for name, value in values.items()]  # fmt: skip
    tables[table] = frame.with_columns(changes).drop("row")


ANY = pl.lit(True)
ONCE = ~pl.col("monthly_line")
DAMAGES: list[tuple[str, str, str, Damage]] = [
    ("incomes.amount", "never negative", "(-500)", lambda t: set_first(t, "incomes", ONCE, amount=-500)),
    ("expenses.total", "twelve digits", "(100000000000000)", lambda t: set_first(t, "expenses", ONCE & (pl.col("kind") == "illness"), total=10**14)),
    ("incomes.kind", "is not one of wage, business", "('salary')", lambda t: set_first(t, "incomes", pl.col("basis") == "verified", kind="salary")),
    ("expenses.kind", "is not one of illness", "('food')", lambda t: set_first(t, "expenses", pl.col("kind") == "rent", kind="food")),
    ("members.relation", "is not one of self", "('uncle')", lambda t: set_first(t, "members", ANY, relation="uncle")),
    ("incomes.first", "is after last", "", lambda t: set_first(t, "incomes", pl.col("monthly_line"), first=24400, last=24200)),
    ("incomes.member", "no member at this position", "(99)", lambda t: set_first(t, "incomes", ANY, member=99)),
    ("incomes.household", "no such household", "household 777777", lambda t: set_first(t, "incomes", ANY, household=777777)),
    ("members.household", "no such household", "household 777777", lambda t: set_first(t, "members", ANY, household=777777)),
    ("households.huji_region", "six digits", "('12010')", lambda t: set_first(t, "households", ANY, huji_region="12010")),
    ("households.huji_region", "no province begins", "('990101')", lambda t: set_first(t, "households", ANY, huji_region="990101")),
    ("households", "stand twice", "household", lambda t: t.update(households=pl.concat([t["households"], t["households"].head(1)]))),
    ("incomes", "stand twice", "household", lambda t: t.update(incomes=pl.concat([t["incomes"], t["incomes"].head(1)]))),
    ("households.worker", "no member at this position", "(44)", lambda t: set_first(t, "households", ANY, worker=44)),
    ("households.application_date", "always known", "household", lambda t: set_first(t, "households", ANY, application_date=None)),
    ("households.incident_injury_grade", "between 0 and 10", "(11)", lambda t: set_first(t, "households", pl.col("incident_happened"), incident_injury_grade=11)),
    ("households.incident_kind", "incident_happened is not true", "household", lambda t: set_first(t, "households", ~pl.col("incident_happened"), incident_kind="illness")),
    ("households.cause_illness", "causes_known is true", "household", lambda t: set_first(t, "households", pl.col("causes_known"), cause_illness=None)),
    ("incomes", "incomes_known is false", "household", lambda t: set_first(t, "households", pl.col("household").is_in(t["incomes"]["household"].implode()), incomes_known=False)),
    ("members.retired", "employment is retired", "household", lambda t: set_first(t, "members", pl.col("employment") == "retired", retired=False)),
    ("members.position", "without a gap", "household", lambda t: t.update(members=t["members"].with_columns(position=pl.col("position") * 2))),
    ("incomes.basis", "for support only", "household", lambda t: set_first(t, "incomes", (pl.col("kind") == "wage") & pl.col("monthly_line"), basis="no_document")),
    ("expenses.tuition", "belongs to schooling", "household", lambda t: set_first(t, "expenses", pl.col("kind") == "rent", tuition=1)),
    ("incomes.amount", "monthly line", "household", lambda t: set_first(t, "incomes", pl.col("monthly_line"), amount=1)),
    ("incomes.incident", "incident_happened is false", "household", lambda t: set_first(t, "incomes", pl.col("household").is_in(t["households"].filter(~pl.col("incident_happened"))["household"].implode()), incident=True)),
    ("incomes.month", "no month between", "(202009)", lambda t: set_first(t, "incomes", ONCE, month=202009)),
    ("disabilities.grade", "between 1 and 4", "(7)", lambda t: set_first(t, "disabilities", ANY, grade=7)),
    ("households.savings", "the column is missing", "", lambda t: t.update(households=t["households"].drop("savings"))),
    ("households.saving", "no column of the layout", "", lambda t: t.update(households=t["households"].with_columns(saving=1))),
    ("incomes.amount", "must hold Int64", "", lambda t: t.update(incomes=t["incomes"].with_columns(pl.col("amount").cast(pl.Float64)))),
]  # fmt: skip


def test_a_generated_population_is_without_fault(made: Path, tables: layout.Tables) -> None:
    assert validate.check(made) == []
    assert validate.check(tables) == []


@pytest.mark.parametrize(("place", "message", "where", "damage"), DAMAGES, ids=[f"{one[0]} {one[1]}" for one in DAMAGES])  # fmt: skip
def test_a_damaged_population_names_place_and_remedy(
    tables: layout.Tables, made: Path, place: str, message: str, where: str, damage: Damage
) -> None:
    damage(tables)
    lines = [str(one) for one in validate.check(tables)]
    fitting = [line for line in lines if line.startswith(f"{place}: ") and message in line and where in line]
    assert len(fitting) == 1, lines
    with pytest.raises(validate.PopulationFaults) as refused:
        run.assess(tables, "acftu-2020", standards=layout.read_standards(made), engine="judge")
    assert fitting[0] in refused.value.lines()


def test_all_faults_come_at_once_with_their_number_and_the_first_places(tables: layout.Tables) -> None:
    set_first(tables, "households", ANY, savings=-1)
    tables["incomes"] = tables["incomes"].with_columns(kind=pl.lit("salary"))
    lines = [str(one) for one in validate.check(tables)]
    assert any(line.startswith("households.savings: household 0 (-1)") for line in lines)
    many = next(line for line in lines if line.startswith("incomes.kind: "))
    assert f"and {tables['incomes'].height - 3} more" in many
    assert many.count("('salary')") == 3


def rewritten(made: Path, folder: Path) -> Path:
    """The population as files of our own, to be damaged."""
    tables = {table: frame.collect() for table, frame in layout.read(made).items()}
    layout.write(tables, folder, standards_document=json.loads((made / layout.STANDARDS).read_text()))
    return folder


def test_a_file_of_another_shape_is_named(made: Path, tmp_path: Path) -> None:
    folder = rewritten(made, tmp_path / "p")
    file = layout.files(folder, "expenses", "120101")[0]
    pl.read_parquet(file).rename({"total": "sum"}).write_parquet(file)
    layout.files(folder, "vehicles", "370902")[0].write_bytes(b"no parquet")
    lines = [str(one) for one in validate.check(folder)]
    assert any(line.startswith("expenses.total: expenses/region=120101/part-00000.parquet: the column is missing") for line in lines)  # fmt: skip
    assert any(line.startswith("expenses.sum: ") and "no column of the layout" in line for line in lines)
    assert any(line.startswith("vehicles: vehicles/region=370902/part-00000.parquet: no Parquet file") for line in lines)  # fmt: skip


def test_a_household_in_the_folder_of_another_region_and_in_two_files_is_named(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "BATCH", 1)
    folder = rewritten(made, tmp_path / "p")
    source = layout.files(folder, "households", "120101")[0]
    (folder / "households" / "region=370902" / "part-00009.parquet").write_bytes(source.read_bytes())
    lines = [str(one) for one in validate.check(folder)]
    assert any(line.startswith("households.work_region: ") and "region=370902" in line for line in lines)
    assert any(line.startswith("households.household: ") and "more than one file" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [row for row in rows if not (row["name"] == "dibao" and row["from"] < "2020-10-16")], "standards.json.dibao: 120101 from 2020-10-15"),
        (lambda rows: [*rows, rows[0] | {"value": "1.00"}], "same name, region and date as rows[0]"),
        (lambda rows: [*rows, rows[0] | {"name": "wage"}], "'wage' is not one of dibao"),
    ],
    ids=["gap", "double", "unknown name"],
)  # fmt: skip
def test_standards_with_a_gap_or_doubles_are_refused(
    made: Path, tmp_path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]], said: str
) -> None:
    folder = rewritten(made, tmp_path / "p")
    document = json.loads((made / layout.STANDARDS).read_text())
    (folder / layout.STANDARDS).write_text(json.dumps(document | {"rows": change(document["rows"])}))
    lines = [str(one) for one in validate.check(folder)]
    assert any(said in line for line in lines), lines
    with pytest.raises(validate.PopulationFaults):
        run.assess_into(tmp_path / "answer.parquet", folder, "acftu-2020", engine="judge")
    assert not (tmp_path / "answer.parquet").exists()


def test_a_standard_that_no_row_speaks_of_is_unknown_and_no_gap(tables: layout.Tables) -> None:
    assert validate.check(tables, standards=standards.parse({"schema": "bangfu.standards/1", "rows": []})) == []


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda folder: None, "no such folder"),
        (lambda folder: folder.mkdir(), "holds none, so it is no population"),
        (lambda folder: (folder.mkdir(), (folder / "population.json").write_text('{"schema": "bangfu.facts/1"}')), "must be 'bangfu.population/1'"),
    ],
    ids=["nothing", "empty", "another"],
)  # fmt: skip
def test_what_is_no_population_is_told_so(tmp_path: Path, write: Callable[[Path], object], said: str) -> None:
    write(tmp_path / "p")
    (finding,) = validate.check(tmp_path / "p")
    assert said in str(finding)
