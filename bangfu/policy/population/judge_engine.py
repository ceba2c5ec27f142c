"""The reference engine: rebuilds each household's facts from the tables and asks the judge. Slow, and right by definition."""

from __future__ import annotations

import datetime

import polars as pl

from bangfu.policy.assess import judge
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, layout
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards


def run(pack: Pack, tables: layout.Tables, standards: Standards) -> pl.DataFrame:
    """The answer of every household in the tables, at the application date that stands there."""
    schema = answer.schema(pack.rules)
    place = list(schema).index("application_date")
    rows: list[tuple[object, ...]] = []
    for number, facts in layout.to_facts(tables):
        row = answer.of_determination(number, facts.work_region, judge(facts, standards, pack), pack.rules)
        rows.append((*row[:place], datetime.date.fromisoformat(str(row[place])), *row[place + 1 :]))
    return pl.DataFrame(rows, schema=schema, orient="row")


class Machine:
    """The judge as an engine."""

    batch = 20_000

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        tables = piece.loaded().frames
        assert tables is not None
        return run(pack, tables, standards)

    def close(self) -> None:
        return None
