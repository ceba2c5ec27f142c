"""Parts the households of a piece about which everything is known from those with unknown facts.

The first go through a program that knows no doubt (every interval is one value), the others, few as a rule, through the general one. Both programs
come from one compiler; the parting only decides how much each household costs, never what it is answered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from bangfu.policy.household import PAYERS
from bangfu.policy.pack.model import Rules
from bangfu.policy.population import layout, places
from bangfu.policy.population.pieces import Piece

#: Above this share of households with a doubt, parting them does not pay.
_MOST: Final = 0.6
#: A standard that is unknown for more households than this is left to the program: parting would leave no simple part.
_MOST_PLACES: Final = 0.3


def parts(piece: Piece, rules: Rules, settled: places.Places) -> list[Piece]:
    """The piece as one or two: those with a doubt last."""
    doubtful = in_doubt(piece.lazy(), rules, settled)
    if not doubtful.height or doubtful.height > piece.households * _MOST:
        return [piece]
    sure = piece.households - doubtful.height
    return [
        replace(piece, households=sure, chosen=(doubtful, False)),
        replace(piece, households=doubtful.height, chosen=(doubtful, True)),
    ]


def in_doubt(tables: layout.LazyTables, rules: Rules, settled: places.Places) -> pl.DataFrame:
    """Numbers of the households with an unknown fact or an unknown standard, each once, in order."""
    found = [tables[table].filter(_doubts(table)).select("household") for table in layout.TABLES]
    frames = [*found, _unsettled(tables["households"], rules, settled)]
    return pl.concat(pl.collect_all(frames)).unique().sort("household")


def _doubts(table: str) -> pl.Expr:
    own = {"households": _households, "incomes": _incomes, "expenses": _expenses}.get(table)
    if own is not None:
        return own()
    flags = [~pl.col(name) for name in ("disabilities_known",) if name in layout.TABLES[table]]
    return pl.any_horizontal(*_nulls(*_nullable(table)), *flags)


def _nullable(table: str) -> list[str]:
    return [name for name in layout.TABLES[table] if name not in layout.ALWAYS_KNOWN[table]]


def _nulls(*columns: str) -> list[pl.Expr]:
    return [pl.col(column).is_null() for column in columns]


def _households() -> pl.Expr:
    incident = [name for name in layout.TABLES["households"] if name.startswith("incident_")]
    plain = [name for name in _nullable("households") if name not in incident]
    incident.remove("incident_happened")
    known = [~pl.col(name) for name in ("incomes_known", "expenses_known", "vehicles_known", "causes_known")]
    blow = pl.col("incident_happened") & pl.any_horizontal(*_nulls(*incident))
    return pl.any_horizontal(*_nulls(*plain, "incident_happened"), *known, blow.fill_null(True))


def _incomes() -> pl.Expr:
    monthly, bare = pl.col("monthly_line"), pl.col("basis") == "no_document"
    once = ~monthly & pl.any_horizontal(*_nulls("amount", "month"))
    span = monthly & pl.any_horizontal(*_nulls("first", "last"), ~bare & pl.col("monthly").is_null())
    owed = bare & pl.any_horizontal(~pl.col("obligor_known"), *_nulls("obligor_income_monthly", "obligor_status"))
    return pl.any_horizontal(once, span, owed)


def _expenses() -> pl.Expr:
    monthly, kind = pl.col("monthly_line"), pl.col("kind")
    school = kind == "schooling"
    once = ~monthly & pl.any_horizontal(
        pl.col("month").is_null(), ~school & pl.col("total").is_null(),
        school & pl.any_horizontal(*_nulls("tuition", "boarding", "travel", "aided")),
        (kind == "other") & pl.col("recognized").is_null(), (kind == "illness") & ~pl.col("paid_by_known"),
    )  # fmt: skip
    span = monthly & pl.any_horizontal(*_nulls("monthly", "first", "last"))
    paid = pl.col("paid_by_known") & pl.any_horizontal(*_nulls(*(f"paid_{payer}" for payer in PAYERS)))
    return pl.any_horizontal(once, span, paid)


def _unsettled(homes: pl.LazyFrame, rules: Rules, settled: places.Places) -> pl.LazyFrame:
    """Households whose place leaves a standard open that is known for most others."""
    counted = homes.group_by(places.KEYS).len()
    here = settled.frame.lazy().join(counted, on=places.KEYS, how="left", nulls_equal=True).collect()
    total = float(here["len"].sum())
    open_ = pl.lit(False)
    for code in rules.used_standards:
        doubt = pl.col(f"{code}_high").is_null() | (pl.col(f"{code}_low") != pl.col(f"{code}_high"))
        if float(here.filter(doubt)["len"].sum()) <= total * _MOST_PLACES:
            open_ = open_ | doubt
    wrong = here.filter(open_).select(places.KEYS).lazy()
    return homes.join(wrong, on=places.KEYS, how="semi", nulls_equal=True).select("household")
