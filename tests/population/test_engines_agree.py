"""The same answer to the fen: every engine against the judge, on random households of every pack, unknown facts and sums on a line included."""

import datetime

import polars as pl
import psycopg
import pytest
from psycopg import sql

from bangfu.policy.population import engines, generate, judge_engine, layout, places, postgresql_engine, prepare, split
from bangfu.policy.population.pieces import of_tables
from tests.population import random_households as r
from tests.population.judged import ERAS, compared, differences, judged, sample

each_era = pytest.mark.parametrize(("pack_id", "day"), ERAS, ids=[f"{name}-{day}" for name, day in ERAS])


@each_era
def test_polars_answers_as_the_judge_does(pack_id: str, day: datetime.date) -> None:
    with engines.opened("polars") as machine:
        assert differences(machine, judged(pack_id, day, sample("polars"))) == []


@each_era
def test_duckdb_answers_as_the_judge_does(duckdb: engines.Machine, pack_id: str, day: datetime.date) -> None:
    assert differences(duckdb, judged(pack_id, day, sample("duckdb"))) == []


@each_era
def test_postgresql_answers_as_the_judge_does(postgresql: engines.Machine, pack_id: str, day: datetime.date) -> None:
    assert differences(postgresql, judged(pack_id, day, sample("postgresql"))) == []


def test_postgresql_judges_tables_that_stand_in_its_database_without_reading_them_out(database_url: str) -> None:
    """The site's way: views of its own, one day for all, nothing left behind."""
    day = datetime.date(2021, 3, 10)
    known = judged("acftu-2020", datetime.date(2020, 6, 28), 60)
    moved = known.tables | {"households": known.tables["households"].with_columns(application_date=pl.lit(day))}
    wanted = judge_engine.run(known.pack, moved, r.ALL_STANDARDS)
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        for table, frame in known.tables.items():
            postgresql_engine.load(cursor, f"own_{table}", frame)
        sources = {table: sql.Identifier(f"own_{table}") for table in known.tables}
        found = postgresql_engine.in_place(cursor, sources, known.pack, r.ALL_STANDARDS, day)
        connection.rollback()
    assert compared(wanted, found.sort("household")) == []


@each_era
def test_spark_answers_as_the_judge_does(spark: engines.Machine, pack_id: str, day: datetime.date) -> None:
    assert differences(spark, judged(pack_id, day, sample("spark"))) == []


@each_era
def test_the_random_households_are_worth_comparing(pack_id: str, day: datetime.date) -> None:
    """A population where all households came out alike, or nothing was unknown or on a line, would prove little."""
    found = judged(pack_id, day, sample("polars")).answer
    assert found["outcome"].n_unique() >= 3
    assert 0.05 < (found["outcome"] == "incomplete").mean() < 0.7
    assert 0.02 < found["household_size"].null_count() / found.height < 0.4
    margins = [column for column in found.columns if column.startswith("margin_")]
    assert not margins or any((found[column] == 0).sum() > found.height // 200 for column in margins)


def test_likely_families_with_few_holes_are_parted_and_answered_alike() -> None:
    """Those without a doubt go through another program than the others: together they are the judge's answer."""
    pack = judged(*ERAS[0], 10).pack
    rows = generate.standards_of(("120101", "370902"))
    days = (max(pack.first_day, datetime.date(2016, 6, 1)),) * 2
    tables = next(generate.chunks(800, seed=5, unknown=0.3, regions=("120101", "370902"), dates=days))[0]
    parts = split.parts(of_tables(tables), pack.rules, prepare.settle(pack, of_tables(tables), rows))
    assert len(parts) == 2
    assert sum(part.households for part in parts) == tables["households"].height
    doubtful = set(parts[1].loaded().frames["households"]["household"])  # type: ignore[index]
    wanted = judge_engine.run(pack, tables, rows)
    open_ones = wanted.filter(pl.any_horizontal(pl.col("^category_.*$").is_null()) | pl.col("household_size").is_null())
    assert set(open_ones["household"]) <= doubtful
    with engines.opened("polars") as machine:
        assert compared(wanted, machine.run(pack, of_tables(tables), rows).sort("household")) == []


def test_places_say_what_the_judge_says_of_each_standard() -> None:
    known = judged(*ERAS[0], 300)
    triples = known.tables["households"].select(places.KEYS)
    settled = places.resolve(known.pack.rules, r.ALL_STANDARDS, triples)
    assert settled.frame.height == triples.unique().height
    rule = next(rule for rule in known.pack.rules.standards.values() if rule.name == "dibao")
    for row in settled.frame.filter(pl.col("work_region") == "120102").iter_rows(named=True):
        if rule.region.text == "work_region":
            found = r.ALL_STANDARDS.find("dibao", "120102", row["application_date"])
            assert found is not None
            assert row[f"{rule.code}_low"] == found.exact[0] * settled.denominators[rule.code]


def test_tables_of_the_layout_give_back_the_facts() -> None:
    known = judged(*ERAS[-1], 300)
    again = layout.from_facts(facts for _, facts in layout.to_facts(known.tables))
    for table, frame in known.tables.items():
        assert frame.equals(again[table]), table
