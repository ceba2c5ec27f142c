"""What the compiled engines share: before, the places of a piece, its shape and the program for it; after, the rows of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, layout, places, split
from bangfu.policy.population.compile import shape as shapes
from bangfu.policy.population.compile.program import Program, compile_pack
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards
from bangfu.policy.tree import reasons

PLACES = "places"
#: What the answer tells of a household beside what a program works out.
_OWN = ("household", "id", "work_region", "application_date")


@dataclass(frozen=True)
class Prepared:
    """A program with the tables it reads (those of the layout and `places`) and the heads of the households it judges."""

    pack: Pack
    piece: Piece
    program: Program
    tables: Mapping[str, pl.LazyFrame]
    places: pl.DataFrame

    def heads(self) -> pl.LazyFrame:
        return self.tables["households"].select(_OWN)


def prepare(pack: Pack, piece: Piece, standards: Standards) -> Iterator[Prepared]:
    """The programs of a pack for one piece: a simple one for the households without a doubt, then one for the others.

    Raises `NotCompiled` or `NotByPlace`, `PolicyError`s both.
    """
    settled = settle(pack, piece, standards)
    for part in split.parts(piece, pack.rules, settled):
        if part.frames is not None:
            part = part.loaded()
        own = settled if part is piece else settle(pack, part, standards)
        tables = part.lazy()
        shape = shapes.measure(tables, own.frame, own.denominators)
        yield Prepared(pack, part, compile_pack(pack.rules, shape), tables | {PLACES: own.frame.lazy()}, own.frame)


def settle(pack: Pack, piece: Piece, standards: Standards) -> places.Places:
    """The places of a piece."""
    homes = piece.lazy()["households"]
    triples = homes.select(places.KEYS).unique().collect(engine="streaming").sort(places.KEYS)
    return places.resolve(pack.rules, standards, triples)


def finish(found: pl.DataFrame, paths: Sequence[str], heads: pl.LazyFrame, pack: Pack) -> pl.DataFrame:
    """What a program worked out (`household`, results, `missing_<n>` for each path) as the rows of the answer."""
    schema = answer.schema(pack.rules)
    flags = [f"missing_{place}" for place in range(len(paths))]
    flag_of = dict(zip(paths, flags, strict=True))
    ordered = reasons.in_order(set(paths))
    own = heads.rename({"work_region": "region"})
    rows = found.lazy().drop(flags).join(own, on="household", how="left").with_columns(policy=pl.lit(pack.id))
    lacking = (
        found.lazy()
        .filter(pl.col("outcome") == answer.INCOMPLETE)
        .select(
            "household", missing=pl.concat_list(_said(ordered, [flag_of[path] for path in ordered])).list.drop_nulls()
        )
    )
    whole = rows.join(lacking, on="household", how="left").with_columns(
        pl.col("missing").fill_null(pl.lit([], pl.List(pl.String)))
    )
    return whole.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).collect()


def _said(paths: Sequence[str], flags: Sequence[str]) -> list[pl.Expr]:
    said = [pl.when(pl.col(flag)).then(pl.lit(path)) for path, flag in zip(paths, flags, strict=True)]
    return [pl.lit(None, pl.String), *said]


def columns(table: str) -> tuple[str, ...]:
    """Names of a table of the layout in order."""
    return tuple(layout.TABLES[table])
