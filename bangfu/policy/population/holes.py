"""Makes facts of a generated population unknown, without breaking its layout."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from bangfu.policy import household as words
from bangfu.policy.population import layout

#: How often one fact of a household with unknown facts is among them, by table.
_CHANCE: Final = {
    "households": 0.03,
    "members": 0.02,
    "disabilities": 0.08,
    "vehicles": 0.1,
    "incomes": 0.04,
    "expenses": 0.06,
}
#: Lists that may be unknown as a whole.
_LISTS: Final = {"incomes": "incomes_known", "expenses": "expenses_known", "vehicles": "vehicles_known"}
#: Never dug: who a row is about.
_FIXED: Final = frozenset(
    {"household", "id", "member", "position", "worker", "application_date", "work_region", "basis"}
)


def dig(tables: layout.Tables, rng: np.random.Generator, share: float) -> layout.Tables:
    """The tables with facts made unknown in a share of the households."""
    homes = tables["households"]
    open_ones = homes.select("household", holed=pl.Series(rng.random(homes.height) < share))
    found: layout.Tables = {}
    for table, frame in tables.items():
        found[table] = _dig(table, frame.join(open_ones, on="household", how="left", maintain_order="left"), rng)
    return _lists(found, open_ones, rng)


def _dig(table: str, frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    known = layout.ALWAYS_KNOWN[table]
    exprs: list[pl.Expr] = []
    for column in layout.TABLES[table]:
        draw = pl.Series(
            rng.random(frame.height) < _CHANCE[table]
        )  # drawn for each column, so that one more changes no other
        if column in known or column in _FIXED or column.startswith("cause_"):
            continue
        hole = pl.lit(draw) & pl.col("holed")
        if column == "retired":
            hole = hole & (pl.col("employment").fill_null("") != "retired")
        if column == "employment":
            hole = hole & (pl.col("employment") != "retired")
        if column in ("incident_happened",):
            hole = hole & False
        exprs.append(pl.when(hole).then(None).otherwise(pl.col(column)).alias(column))
    rows = frame.with_columns(exprs)
    return rows.select(list(layout.TABLES[table])) if table != "households" else rows


def _lists(tables: layout.Tables, open_ones: pl.DataFrame, rng: np.random.Generator) -> layout.Tables:
    homes = tables["households"]
    changes: dict[str, pl.Series] = {}
    for name in ("causes_known", "incident_happened", *_LISTS.values()):
        changes[name] = homes["holed"] & pl.Series(rng.random(homes.height) < 0.04)
    causes = [f"cause_{one}" for one in words.CAUSES]
    incident = [column for column in layout.TABLES["households"] if column.startswith("incident_")]
    homes = homes.with_columns(
        *(pl.when(pl.lit(changes["causes_known"])).then(None).otherwise(pl.col(one)).alias(one) for one in causes),
        *(pl.when(pl.lit(changes["incident_happened"])).then(None).otherwise(pl.col(one)).alias(one) for one in incident),
        *((pl.col(one) & ~pl.lit(changes[one])).alias(one) for one in ("causes_known", *_LISTS.values())),
    )  # fmt: skip
    found = dict(tables) | {"households": homes.select(list(layout.TABLES["households"]))}
    for table, flag in _LISTS.items():
        blank = homes.filter(~pl.col(flag)).select("household")
        found[table] = tables[table].join(blank, on="household", how="anti", maintain_order="left")
    members = tables["members"].join(open_ones, on="household", how="left", maintain_order="left")
    unsaid = members["holed"] & pl.Series(rng.random(members.height) < 0.03)
    members = members.with_columns(disabilities_known=pl.col("disabilities_known") & ~unsaid)
    found["members"] = members.select(list(layout.TABLES["members"]))
    blank = members.filter(~pl.col("disabilities_known")).select("household", member="position")
    found["disabilities"] = tables["disabilities"].join(blank, on=["household", "member"], how="anti", maintain_order="left")  # fmt: skip
    return found
