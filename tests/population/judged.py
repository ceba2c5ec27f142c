"""Random populations with the judge's answer, made once for all engines."""

import datetime
import os
from dataclasses import dataclass
from functools import cache

import polars as pl

from bangfu.policy import registry
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import engines, judge_engine, layout, pieces
from tests.population import random_households as r

#: How many households each engine is held to, by pack; the whole measure is asked for with an environment variable.
SAMPLE = int(os.environ.get("BANGFU_POPULATION_SAMPLE", "0"))
USUAL = {"polars": 1000, "duckdb": 300, "postgresql": 300, "spark": 200}
#: A pack as it reads in each span of its time.
ERAS = [(pack_id, era.first_day) for pack_id in registry.pack_ids() for era in registry.heading(pack_id).eras] or [
    (pack_id, datetime.date(2020, 10, 15)) for pack_id in registry.pack_ids()
]


@dataclass(frozen=True)
class Judged:
    """A population and what the judge says of it."""

    pack: Pack
    tables: layout.Tables
    answer: pl.DataFrame


@cache
def judged(pack_id: str, day: datetime.date, count: int) -> Judged:
    """Half of the households may have holes and huge sums, some lie exactly on a line."""
    pack = registry.get_pack(pack_id, day)
    tables = layout.from_facts(r.households(pack, count, huge=True))
    return Judged(pack, tables, judge_engine.run(pack, tables, r.ALL_STANDARDS))


def sample(engine: str) -> int:
    return SAMPLE or USUAL[engine]


def differences(machine: engines.Machine, known: Judged) -> list[str]:
    """Every column in which an engine's answer is not the judge's, with the first household."""
    found = machine.run(known.pack, pieces.of_tables(known.tables), r.ALL_STANDARDS).sort("household")
    return compared(known.answer, found)


def compared(wanted: pl.DataFrame, found: pl.DataFrame) -> list[str]:
    assert wanted.schema == found.schema
    assert wanted["household"].to_list() == found["household"].to_list()
    told: list[str] = []
    for column in wanted.columns:
        wrong = wanted.select("household", "id", a=column, b=found[column]).filter(pl.col("a").ne_missing(pl.col("b")))
        if wrong.height:
            row = wrong.row(0, named=True)
            a, b = (value.to_list() if isinstance(value, pl.Series) else value for value in (row["a"], row["b"]))
            told.append(f"{column}: {wrong.height} households differ, {row['id']} first: judge {a!r}, engine {b!r}")
    return told
