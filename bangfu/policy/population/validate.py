"""Holds a population to its layout: all faults at once, each with table, column, household and remedy, and no loop over rows."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import polars as pl

from bangfu.policy import standards as standards_module
from bangfu.policy.errors import DocumentFaults
from bangfu.policy.population import layout, pieces, row_rules
from bangfu.policy.population.findings import NAMED, Faults, Finding, PopulationFaults
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import UNITS, Standards, regions_outwards

__all__ = ["Finding", "PopulationFaults", "check", "read_standards"]

#: Households checked together.
BATCH: Final = 250_000
_WIDTH: Final = 2**16  # more than any position
_KNOWN_LISTS: Final = {"incomes": "incomes_known", "expenses": "expenses_known", "vehicles": "vehicles_known"}


def check(
    population: Path | str | layout.Tables, regions: Iterable[str] | None = None, *,
    standards: Standards | None = None, names: Iterable[str] = UNITS, on: datetime.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:  # fmt: skip
    """Everything that is wrong with a population; empty when all is well.

    `standards` (a folder's own, where none are given) are looked through for gaps in those named `names`, on the application dates or `on` a day.
    """
    faults = Faults()
    listed: list[Piece] = []
    rows = standards
    if isinstance(population, dict):
        listed = [pieces.of_tables(population, on)] if _frames(population, faults) else []
    else:
        folder = Path(population)
        head = _head(folder)
        if head is not None:
            return [head]
        if rows is None:
            try:
                rows = read_standards(folder)
            except PopulationFaults as bad:
                for one in bad.findings:
                    faults.add(one.table, one.column, one.message, one.message, 1, [one.where] if one.where else [])
        chosen = _chosen(folder, regions, faults)
        if _files(folder, chosen, faults):
            listed = pieces.pieces(folder, chosen, on)
        elif not faults.findings():
            faults.add("households", "", "none", f"{folder} holds no household; bangfu population generate or export makes a population", 1, [])  # fmt: skip
    _contents(listed, faults, rows, names, progress)
    return faults.findings()


def read_standards(folder: Path) -> Standards:
    """The standards of a folder. Raises `PopulationFaults`: no file, no JSON, rows that are wrong or stand twice."""
    file = folder / layout.STANDARDS
    try:
        return standards_module.parse(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise PopulationFaults([Finding(layout.STANDARDS, "", "", f"{file} cannot be read ({error.strerror}); a population carries its local figures")]) from None  # fmt: skip
    except ValueError as error:
        raise PopulationFaults([Finding(layout.STANDARDS, "", "", f"not a JSON document: {error}")]) from None
    except DocumentFaults as bad:
        raise PopulationFaults([Finding(layout.STANDARDS, "", one.path, one.message) for one in bad.faults]) from None


def _head(folder: Path) -> Finding | None:
    """The folder is a population of this layout."""
    file = folder / layout.MANIFEST
    if not folder.is_dir():
        return Finding(str(folder), "", "", "no such folder")
    try:
        head = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return Finding(layout.MANIFEST, "", "", f"{folder} holds none, so it is no population; bangfu population generate makes one")  # fmt: skip
    except ValueError as error:
        return Finding(layout.MANIFEST, "", "", f"not a JSON document: {error}")
    if not isinstance(head, dict) or head.get("schema") != layout.SCHEMA:
        return Finding(layout.MANIFEST, "schema", "", f"must be {layout.SCHEMA!r}")
    return None


def _chosen(folder: Path, regions: Iterable[str] | None, faults: Faults) -> list[str] | None:
    if regions is None:
        return None
    there = layout.regions(folder)
    chosen = list(regions)
    for name in chosen:
        if name not in there:
            faults.add("households", "", "region", f"no such region in this population; it has {', '.join(there[:8])}{' …' if len(there) > 8 else ''}", 1, [name])  # fmt: skip
    return [name for name in chosen if name in there]


def _types(found: dict[str, pl.DataType], table: str, where: list[str], faults: Faults) -> bool:
    wanted = layout.TABLES[table]
    good = True
    for column, dtype in wanted.items():
        if column not in found:
            faults.add(table, column, "missing", f"the column is missing; it holds {dtype.__name__} (docs/population-layout.md)", 1, where)  # fmt: skip
            good = False
        elif found[column] != dtype:
            faults.add(table, column, f"type {found[column]}", f"holds {found[column]}, but must hold {dtype.__name__}", 1, where)  # fmt: skip
            good = False
    for column in found:
        if column not in wanted:
            faults.add(table, column, "unknown", "no column of the layout; take it out, or correct its name", 1, where)
            good = False
    return good


def _frames(tables: layout.Tables, faults: Faults) -> bool:
    good = [_types(dict(tables[t].schema), t, [], faults) if t in tables else False for t in layout.TABLES]
    for table in layout.TABLES:
        if table not in tables:
            faults.add(table, "", "missing", "the table is missing", 1, [])
    return all(good)


def _files(folder: Path, regions: list[str] | None, faults: Faults) -> bool:
    """Whether every file has the columns of its table in their types; no content is read."""
    good, some = True, False
    for table in layout.TABLES:
        for region in [None] if regions is None else regions:
            for path in layout.files(folder, table, region):
                some = some or table == "households"
                where = [str(path.relative_to(folder))]
                try:
                    found = pl.read_parquet_schema(path)
                except (pl.exceptions.PolarsError, OSError) as error:
                    faults.add(table, "", "file", f"no Parquet file ({str(error).splitlines()[0]}); write it again", 1, where)  # fmt: skip
                    good = False
                    continue
                good = _types(dict(found), table, where, faults) and good
        if table != "households":
            homes = set(layout.regions(folder))
            for place in sorted((folder / table).glob("region=*")):
                if place.name.partition("=")[2] not in homes:
                    faults.add(table, "", "region", "households has no such region; a line must lie in the region of its household", 1, [place.name])  # fmt: skip
                    good = False
    return good and some


# --- contents ---------------------------------------------------------------------------------------------------------
def _contents(
    listed: list[Piece],
    faults: Faults,
    rows: Standards | None,
    names: Iterable[str],
    progress: Callable[[int, int], None] | None,
) -> None:
    numbers: list[pl.Series] = []
    places: list[pl.DataFrame] = []
    total, done = sum(piece.households for piece in listed), 0
    for batch in pieces.batches(listed, BATCH):
        tables = batch.loaded().frames
        assert tables is not None
        for table in layout.TABLES:
            _rows(table, tables[table], faults)
            _doubles(table, tables[table], faults)
        _partitions(batch, faults)
        _relations(tables, faults)
        numbers.append(tables["households"]["household"])
        if rows is not None:
            places.append(_days(tables["households"]))
        done += batch.households
        if progress is not None:
            progress(done, total)
    _across(numbers, faults)
    if rows is not None and places:
        _gaps(pl.concat(places), rows, names, faults)


def _where(row: dict[str, object], table: str, shown: str | None = None) -> str:
    words = [f"household {row['household']}"]
    words += [f"{key} {row[key]}" for key in layout.KEYS[table][1:]]
    return " ".join(words) + (f" ({row[shown]!r})" if shown else "")


def _first(bad: pl.DataFrame, table: str, shown: str | None = None) -> list[str]:
    columns = list(dict.fromkeys([*layout.KEYS[table], *([shown] if shown else [])]))
    return [_where(row, table, shown) for row in bad.head(NAMED).select(columns).iter_rows(named=True)]


def _rows(table: str, frame: pl.DataFrame, faults: Faults) -> None:
    rules = row_rules.rules(table)
    found = frame.lazy().select(rule.bad.sum().alias(str(k)) for k, rule in enumerate(rules)).collect().row(0)
    for rule, count in zip(rules, found, strict=True):
        if count:
            faults.add(table, rule.column, rule.name, rule.message, count, _first(frame.filter(rule.bad), table, rule.shown))  # fmt: skip


def _key(table: str, second: str | None = None) -> pl.Expr:
    """The key of a row as one number."""
    columns = layout.KEYS[table] if second is None else ("household", second)
    key = pl.col(columns[0]).cast(pl.Int64)
    for column in columns[1:]:
        key = key * _WIDTH + pl.col(column).cast(pl.Int64)
    return key


def _doubles(table: str, frame: pl.DataFrame, faults: Faults) -> None:
    keys = list(layout.KEYS[table])
    if table != "disabilities":
        key = frame.lazy().select(key=_key(table)).collect()["key"]
        if bool((key.diff().drop_nulls() > 0).all()):  # in order, as files are written: no search needed
            return
    bad = frame.filter(pl.struct(keys).is_duplicated() & pl.col("household").is_not_null())
    if bad.height:
        faults.add(table, "", "double", f"{', '.join(keys)} stand twice; each row has its own", bad.height, _first(bad.sort(keys), table))  # fmt: skip


def _partitions(batch: Piece, faults: Faults) -> None:
    """Households lie in the folder of their work region."""
    for path in batch.paths.get("households", ()):
        name = path.parent.name.partition("=")[2]
        wrong = (
            layout.scan([path], "households")
            .filter(pl.col("work_region").fill_null(layout.UNKNOWN_REGION) != name)
            .select("household", "work_region")
            .collect()
        )
        if wrong.height:
            faults.add("households", "work_region", "partition", f"does not lie in the folder of its region (it lies in {path.parent.name}); write the file where it belongs", wrong.height, _first(wrong, "households", "work_region"))  # fmt: skip


def _relations(tables: layout.Tables, faults: Faults) -> None:
    homes, members = tables["households"], tables["members"]
    known = homes.select("household").unique()
    people = members.select(key=_key("members"))
    for table in layout.TABLES:
        if table == "households":
            continue
        frame = tables[table]
        lost = frame.join(known, on="household", how="anti").filter(pl.col("household").is_not_null())
        if lost.height:
            faults.add(table, "household", "lost", "no such household in the file of households of the same region and name; add it, or take the row out", lost.height, _first(lost, table))  # fmt: skip
        if "member" in frame.columns:
            owned = frame.filter(pl.col("member").is_not_null()).join(known, on="household", how="semi")
            lost = owned.with_columns(key=_key(table, "member")).join(people, on="key", how="anti")
            if lost.height:
                faults.add(table, "member", "lost", "the household has no member at this position; correct it, or leave it empty for the household's own line", lost.height, _first(lost, table, "member"))  # fmt: skip
        flag = _KNOWN_LISTS.get(table)
        if flag is not None:
            _unsaid(table, frame, homes.filter(~pl.col(flag)), f"stands there although {flag} is false; make it true, or take the row out", faults)  # fmt: skip
    ill = tables["disabilities"].with_columns(key=_key("disabilities", "member"))
    blank = members.filter(~pl.col("disabilities_known")).select(key=_key("members"))
    bad = ill.join(blank, on="key", how="semi")
    if bad.height:
        faults.add("disabilities", "", "unsaid", "stands there although disabilities_known of the member is false", bad.height, _first(bad, "disabilities"))  # fmt: skip
    worker = homes.with_columns(key=_key("households", "worker")).join(people, on="key", how="anti")
    worker = worker.filter(pl.col("worker").is_not_null())
    if worker.height:
        faults.add("households", "worker", "lost", "the household has no member at this position; every household has at least its worker", worker.height, _first(worker, "households", "worker"))  # fmt: skip
    none = homes.filter(pl.col("incident_happened") == False)  # noqa: E712  (null is not false)
    for table in ("incomes", "expenses"):
        marked = tables[table].filter(pl.col("incident")).join(none, on="household", how="semi")
        if marked.height:
            faults.add(table, "incident", "none", "marked, but the household's incident_happened is false", marked.height, _first(marked, table))  # fmt: skip
    _without_gap(tables, faults)


def _unsaid(table: str, frame: pl.DataFrame, blank: pl.DataFrame, message: str, faults: Faults) -> None:
    bad = frame.join(blank.select("household"), on="household", how="semi")
    if bad.height:
        faults.add(table, "", "unsaid", message, bad.height, _first(bad, table))


def _without_gap(tables: layout.Tables, faults: Faults) -> None:
    """Positions count from 0: how many there are says what the last one is."""
    for table in ("members", "incomes", "expenses", "vehicles"):
        ends = tables[table].lazy().group_by("household").agg(pl.len().alias("n"), pl.col("position").max())
        bad = ends.filter(pl.col("n") != pl.col("position").cast(pl.UInt32) + 1).sort("household").collect()
        if bad.height:
            places = [f"household {number}" for number in bad["household"].head(NAMED)]
            faults.add(table, "position", "gap", "positions count from 0 without a gap; number them again", bad.height, places)  # fmt: skip


def _across(numbers: list[pl.Series], faults: Faults) -> None:
    """No household number stands in two pieces. Pieces whose ranges lie apart need no search."""
    ranges = sorted((int(one.min()), int(one.max())) for one in numbers if one.len() > one.null_count())  # type: ignore[arg-type]
    if all(left[1] < right[0] for left, right in itertools.pairwise(ranges)):
        return
    each = pl.concat([one.drop_nulls().unique() for one in numbers])
    doubles = each.filter(each.is_duplicated()).unique().sort()
    if doubles.len():
        places = [f"household {number}" for number in doubles.head(NAMED)]
        faults.add("households", "household", "across", "stands in more than one file; each household has its own number", doubles.len(), places)  # fmt: skip


# --- standards --------------------------------------------------------------------------------------------------------
def _days(homes: pl.DataFrame) -> pl.DataFrame:
    frames = [
        homes.select(region=pl.col(column), day="application_date").drop_nulls().group_by("region", "day").len()
        for column in ("work_region", "huji_region")
    ]
    return pl.concat(frames)


def _gaps(days: pl.DataFrame, rows: Standards, names: Iterable[str], faults: Faults) -> None:
    """A standard that has rows for a place must be in force on every day somebody applies there. (None at all is unknown, and may be.)"""
    listed = list(names)
    firsts: dict[tuple[str, str], datetime.date] = {}
    for row in rows.rows:
        key = (row.name, row.region)
        firsts[key] = min(firsts.get(key, row.first_day), row.first_day)
    begins: list[tuple[str, str, datetime.date]] = []
    for region in days["region"].unique().sort():
        for name in listed:
            known = [firsts[name, place] for place in regions_outwards(region) if (name, place) in firsts]
            if known:
                begins.append((region, name, min(known)))
    table = pl.DataFrame(begins, schema={"region": pl.String, "name": pl.String, "first": pl.Date}, orient="row")
    early = (
        days.join(table, on="region")
        .filter(pl.col("day") < pl.col("first"))
        .group_by("region", "name", "first")
        .agg(pl.col("len").sum(), pl.col("day").min())
        .sort("name", "region")
    )
    for region, name, first, count, day in early.iter_rows():
        faults.add(layout.STANDARDS, name, "gap", "nothing is in force on days when households apply; add the row that was in force before, or judge on a later day", count, [f"{region} from {day} (first row from {first}, {count} households)"])  # fmt: skip
