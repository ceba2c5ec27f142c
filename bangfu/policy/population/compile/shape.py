"""What a compiler may rely on about some tables: where nothing is unknown, which kinds of lines occur, how great numbers get.

A program compiled for a shape is right for every population of that shape and leaner than one that must expect everything. `Shape()` promises
nothing but the layout. `measure` looks at the tables themselves, one pass each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from bangfu.policy.population import layout

#: (kind, basis or "", monthly) → the columns in which lines of that sort hold a null.
Cells = Mapping[tuple[str, str, bool], frozenset[str]]

#: Bounds of the dtypes, closer where the contract bounds an amount: twelve digits before the point.
_MONEY: Final = (0, 10**14 - 1)
_BOUNDS: Final[dict[type[pl.DataType], tuple[int, int]]] = {
    pl.Int64: _MONEY, pl.Int32: (0, 2**31 - 1), pl.Int16: (0, 2**15 - 1),
}  # fmt: skip
_LINES: Final = ("incomes", "expenses")


@dataclass(frozen=True)
class Sort:
    """Which lines a formula is said of: these kinds; with that basis, or (None) with none of `apart`, kind → basis that has a rule of its own;
    monthly, once, or (None) either."""

    kinds: frozenset[str]
    basis: str | None = None
    monthly: bool | None = None
    apart: frozenset[tuple[str, str]] = frozenset()

    def holds(self, kind: str, basis: str, monthly: bool) -> bool:
        if kind not in self.kinds or (self.monthly is not None and monthly is not self.monthly):
            return False
        return (kind, basis) not in self.apart if self.basis is None else basis == self.basis


@dataclass(frozen=True)
class Shape:
    """`nulls`: columns with a null, by table (absent table: all may). `cells`: the same for lines, by sort of line (absent: all may).

    `ranges`: least and greatest value of whole-number columns. `denominators`: that of each standard in `places`. `same_day`: every household has
    one application date, the month of which is `ranges["places", "application_month"]`.
    """

    nulls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cells: Mapping[str, Cells] = field(default_factory=dict)
    ranges: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    denominators: Mapping[str, int] = field(default_factory=dict)
    #: (table, column) of `places` whose two ends are everywhere equal: the standard is known.
    known: frozenset[str] = frozenset()
    #: (table, column) of truths that are true in every row; of `places`, those of `_lacks_` that are true in some
    true: frozenset[tuple[str, str]] = frozenset()
    same_day: bool = False

    def nullable(self, table: str, column: str) -> bool:
        """Whether a column of households, members, vehicles, disabilities or places may hold a null."""
        if column in layout.ALWAYS_KNOWN.get(table, ()):
            return False
        return table not in self.nulls or column in self.nulls[table]

    def line_nullable(self, table: str, column: str, sort: Sort) -> bool:
        """Whether lines of that sort may hold a null there; of `paid_by_known`: a false."""
        if column in layout.ALWAYS_KNOWN[table] and column != "paid_by_known":
            return False
        cells = self.cells.get(table)
        if cells is None:
            return True
        return any(column in nulls for cell, nulls in cells.items() if sort.holds(*cell))

    def occurs(self, table: str, sort: Sort) -> bool:
        """Whether there are lines of that sort."""
        cells = self.cells.get(table)
        return cells is None or any(sort.holds(*cell) for cell in cells)

    def lacks(self, column: str) -> bool:
        """Whether a truth of `places` that tells of something lacking may be true."""
        return "places" not in self.nulls or ("places", column) in self.true

    def range(self, table: str, column: str) -> tuple[int, int]:
        found = self.ranges.get((table, column))
        if found is not None:
            return found
        dtype = layout.TABLES[table][column] if table in layout.TABLES else pl.Int64
        return _BOUNDS.get(dtype, (0, 0))

    def most(self, table: str) -> int:
        """At most so many rows a household has."""
        return self.range(table, "position")[1] + 1


def _numbers(table: str) -> list[str]:
    return [name for name, dtype in layout.TABLES[table].items() if dtype in _BOUNDS and name != "household"]


def _taken(table: str, names: list[str], row: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (table, name): (int(row[f"{name}:min"]), int(row[f"{name}:max"])) if row[f"{name}:min"] is not None else (0, 0)
        for name in names
    }


def measure(tables: Mapping[str, pl.LazyFrame], places: pl.DataFrame, denominators: Mapping[str, int]) -> Shape:
    """The shape of some tables and of the places that belong to them."""
    nulls: dict[str, frozenset[str]] = {}
    ranges: dict[tuple[str, str], tuple[int, int]] = {}
    true: set[tuple[str, str]] = set()
    queries: list[pl.LazyFrame] = []
    for table in ("households", "members", "vehicles", "disabilities"):
        numbers = _numbers(table)
        # Nothing is known of an incident that did not happen, and nothing is asked of it.
        nothing = pl.col("incident_happened").eq(False).fill_null(False) if table == "households" else pl.lit(False)
        counted = [
            (pl.col(name).is_null() & ~nothing).any().alias(f"{name}:null")
            if name.startswith("incident_") and name != "incident_happened"
            else (pl.col(name).null_count() > 0).alias(f"{name}:null")
            for name in layout.TABLES[table]
        ]
        ends = [getattr(pl.col(name), end)().alias(f"{name}:{end}") for name in numbers for end in ("min", "max")]
        listed = [pl.col(name).all().alias(f"{name}:true") for name in layout.TABLES[table] if name.endswith("_known")]
        queries.append(tables[table].select(*counted, *ends, *listed))
    for table in _LINES:
        keys = ["kind", "monthly_line"] + (["basis"] if table == "incomes" else [])
        known = frozenset(layout.ALWAYS_KNOWN[table]) - {"paid_by_known"}
        counted = [
            (pl.col(name).null_count() > 0 if name != "paid_by_known" else pl.col(name).all().not_()).alias(f"{name}:null")
            for name in layout.TABLES[table]
            if name not in known
        ]  # fmt: skip
        ends = [
            getattr(pl.col(name), end)().alias(f"{name}:{end}") for name in _numbers(table) for end in ("min", "max")
        ]
        queries += [tables[table].group_by(keys).agg(*counted), tables[table].select(*ends)]
    found = pl.collect_all(queries, engine="streaming")
    for table, frame in zip(("households", "members", "vehicles", "disabilities"), found[:4], strict=True):
        row = frame.row(0, named=True)
        nulls[table] = frozenset(name for name in layout.TABLES[table] if row[f"{name}:null"])
        ranges |= _taken(table, _numbers(table), row)
        true |= {(table, name[:-5]) for name, value in row.items() if name.endswith(":true") and value}
    cells: dict[str, Cells] = {}
    for table, frame, ends_of in zip(_LINES, found[4::2], found[5::2], strict=True):
        cells[table] = {
            (row["kind"], row.get("basis") or "", row["monthly_line"]): frozenset(
                name for name in layout.TABLES[table] if row.get(f"{name}:null")
            )
            for row in frame.iter_rows(named=True)
        }
        ranges |= _taken(table, _numbers(table), ends_of.row(0, named=True))
    true |= {("places", name) for name in places.columns if "_lacks_" in name and places[name].any()}
    nulls["places"] = frozenset(name for name in places.columns if places[name].null_count())
    for name, dtype in places.schema.items():
        if dtype.is_integer():
            ranges["places", name] = (int(places[name].min() or 0), int(places[name].max() or 0))  # type: ignore[arg-type]
    settled = frozenset(
        code for code in denominators
        if f"{code}_high" in places.columns and (places[f"{code}_low"] == places[f"{code}_high"]).fill_null(False).all()
    )  # fmt: skip
    same_day = places["application_date"].n_unique() == 1
    return Shape(nulls, cells, ranges, denominators, settled, frozenset(true), same_day)
