"""A population cut into pieces that fit in memory: files of one name in the six tables of a region hold the same households."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from bangfu.policy.population import layout


@dataclass(frozen=True)
class Piece:
    """Some households of a population: files, or frames in memory. `on` stands for every application date where it is given.

    `chosen` keeps of them only the households listed (True), or all but those (False).
    """

    households: int
    paths: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    frames: layout.Tables | None = None
    on: datetime.date | None = None
    chosen: tuple[pl.DataFrame, bool] | None = None

    def lazy(self) -> layout.LazyTables:
        """The tables, to be read when they are needed."""
        if self.frames is not None:
            tables = {table: frame.lazy() for table, frame in self.frames.items()}
        else:
            tables = {table: layout.scan(self.paths[table], table) for table in layout.TABLES}
        if self.on is not None:
            tables["households"] = tables["households"].with_columns(application_date=pl.lit(self.on, pl.Date))
        if self.chosen is not None:
            among = pl.col("household").is_in(self.chosen[0]["household"].implode())
            tables = {table: rows.filter(among if self.chosen[1] else ~among) for table, rows in tables.items()}
        return tables

    def loaded(self) -> Piece:
        """The same piece with its tables read into memory."""
        if self.frames is not None and self.on is None and self.chosen is None:
            return self
        names = list(layout.TABLES)
        frames = pl.collect_all([self.lazy()[name] for name in names])
        return Piece(self.households, self.paths, dict(zip(names, frames, strict=True)))

    def of_days(self, days: Iterable[datetime.date]) -> Piece:
        """The households of this piece whose application date is among `days`."""
        tables = self.loaded().frames
        assert tables is not None
        chosen = tables["households"].filter(pl.col("application_date").is_in(list(days)))
        keys = chosen.select("household")
        frames = {name: frame.join(keys, on="household", how="semi") for name, frame in tables.items()}
        return Piece(chosen.height, {}, frames | {"households": chosen})


def of_tables(tables: layout.Tables, on: datetime.date | None = None) -> Piece:
    """Tables in memory as one piece."""
    return Piece(tables["households"].height, {}, tables, on)


def pieces(folder: Path | str, regions: Iterable[str] | None = None, on: datetime.date | None = None) -> list[Piece]:
    """The pieces of a folder, one for each file of households; a region whose files do not pair is one piece."""
    found: list[Piece] = []
    for region in layout.regions(folder) if regions is None else regions:
        files = {table: layout.files(folder, table, region) for table in layout.TABLES}
        names = {path.name for path in files["households"]}
        if all(path.name in names for paths in files.values() for path in paths):
            for name in sorted(names):
                paths = {table: tuple(path for path in files[table] if path.name == name) for table in files}
                found.append(Piece(_rows(paths["households"]), paths, None, on))
        else:
            paths = {table: tuple(listed) for table, listed in files.items()}
            found.append(Piece(_rows(paths["households"]), paths, None, on))
    return found


def _rows(paths: Iterable[Path]) -> int:
    return sum(int(pq.read_metadata(path).num_rows) for path in paths)


def batches(listed: list[Piece], size: int) -> Iterator[Piece]:
    """The pieces put together until each holds about `size` households."""
    gathered: list[Piece] = []
    for piece in listed:
        if gathered and (piece.frames is not None or sum(one.households for one in gathered) + piece.households > size):
            yield _together(gathered)
            gathered = []
        gathered.append(piece)
    if gathered:
        yield _together(gathered)


def _together(gathered: list[Piece]) -> Piece:
    if len(gathered) == 1:
        return gathered[0]
    paths = {table: tuple(path for one in gathered for path in one.paths[table]) for table in layout.TABLES}
    return Piece(sum(one.households for one in gathered), paths, None, gathered[0].on)
