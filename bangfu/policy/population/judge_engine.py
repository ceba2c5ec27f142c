"""The reference engine: rebuilds each household's facts from the tables and asks the judge. Slow, and right by definition."""

from __future__ import annotations

import datetime

import polars as pl

from bangfu.policy.assess import judge
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, layout
from bangfu.policy.standards import Standards


def run(pack: Pack, tables: layout.Tables, standards: Standards) -> pl.DataFrame:
    """The answer of every household in the tables, at the application date that stands there."""
    schema = answer.schema(pack.rules)
    rows: list[tuple[object, ...]] = []
    for number, facts in layout.to_facts(tables):
        rows.append(answer.of_determination(number, facts.work_region, judge(facts, standards, pack), pack.rules))
    place = list(schema).index("application_date")
    dated = [(*row[:place], datetime.date.fromisoformat(str(row[place])), *row[place + 1 :]) for row in rows]
    return pl.DataFrame(dated, schema=schema, orient="row")
