"""Judging a whole population: the door for the command, the sandbox and the re-verification run.

`assess` gives the answer as one frame, `assess_into` writes it to a file piece by piece, so that a population larger than memory passes. Either is
whole or raises: a fault found in the last piece leaves nothing behind.
"""

from __future__ import annotations

import datetime
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from bangfu.policy import registry
from bangfu.policy.errors import PolicyError, PolicyNotInForce
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, engines, layout, pieces, validate
from bangfu.policy.population.engines import Options
from bangfu.policy.population.pieces import Piece
from bangfu.policy.population.validate import PopulationFaults
from bangfu.policy.standards import Standards

#: Told how many households are done, of how many.
Progress = Callable[[int, int], None]
Population = Path | str | layout.Tables


class _Job:
    """One question to a population: which pack on which day."""

    def __init__(self, policy: str | Pack, on: datetime.date | None) -> None:
        self.policy = policy
        self.fixed: Pack | None = None
        if isinstance(policy, Pack):
            self.fixed = policy
        elif on is not None:
            self.fixed = registry.in_force(policy, on)
        packs = [self.fixed] if self.fixed else registry.eras(str(policy))
        self.schema = {name: dtype for pack in packs for name, dtype in answer.schema(pack.rules).items()}
        #: Names of the local figures that the rules read.
        self.standards = {pack.rules.standards[code].name for pack in packs for code in pack.rules.used_standards}
        self.of_day: dict[datetime.date, Pack] = {}

    def split(self, piece: Piece) -> list[tuple[Pack, Piece]]:
        """The piece by the pack its households fall under. Raises `PopulationFaults` where the policy is not in force."""
        if self.fixed is not None:
            return [(self.fixed, piece)]
        days = piece.lazy()["households"].group_by("application_date").len().sort("application_date").collect()
        early: dict[str, list[tuple[datetime.date, int]]] = {}
        by_pack: dict[int, tuple[Pack, list[datetime.date]]] = {}
        for day, count in days.iter_rows():
            try:
                pack = self.of_day.get(day) or registry.in_force(str(self.policy), day)
            except PolicyNotInForce as fault:
                early.setdefault(str(fault).replace(f", not on {day.isoformat()}", ""), []).append((day, count))
                continue
            self.of_day[day] = pack
            by_pack.setdefault(id(pack), (pack, []))[1].append(day)
        if early:
            raise PopulationFaults(_not_in_force(fault, listed) for fault, listed in early.items())
        if len(by_pack) == 1:
            return [(pack, piece) for pack, _ in by_pack.values()]
        return [(pack, piece.of_days(listed)) for pack, listed in by_pack.values()]

    def aligned(self, found: pl.DataFrame) -> pl.DataFrame:
        """The answer with every column of the job, those another era of the pack has as null."""
        missing = [pl.lit(None, dtype).alias(name) for name, dtype in self.schema.items() if name not in found.columns]
        return found.with_columns(missing).select(list(self.schema))


def _not_in_force(fault: str, listed: list[tuple[datetime.date, int]]) -> validate.Finding:
    (first, _), (last, _) = listed[0], listed[-1]
    span = first.isoformat() if first == last else f"{len(listed)} days from {first.isoformat()} to {last.isoformat()}"
    where = f"{span} ({sum(count for _, count in listed)} households)"
    remedy = "choose the policy of that time, or judge all households on one day (--on)"
    return validate.Finding("households", "application_date", where, f"{fault}; {remedy}")


def _standards_of(population: Population, standards: Standards | None) -> Standards:
    if standards is not None:
        return standards
    if isinstance(population, dict):
        raise ValueError("tables in memory need standards=")
    return validate.read_standards(Path(population))


def answers(
    population: Population, policy: str | Pack, *, on: datetime.date | None = None, standards: Standards | None = None,
    engine: str = "polars", regions: Iterable[str] | None = None, progress: Progress | None = None, check: bool = True,
    options: Options | None = None,
) -> Iterator[pl.DataFrame]:  # fmt: skip
    """The answer piece by piece. Raises `PopulationFaults` before the first piece when `check` is not switched off.

    `on` stands for every application date (windows, standards and policy by that day); None leaves each household its own. `policy` is a name, or a
    pack that need not be installed: that is judged whatever its dates.
    """
    chosen = None if regions is None else list(regions)
    job = _Job(policy, on)
    if check:
        faults = validate.check(population, chosen, standards=standards, names=job.standards, on=on)
        if faults:
            raise PopulationFaults(faults)
    rows = _standards_of(population, standards)
    listed = [pieces.of_tables(population, on)] if isinstance(population, dict) else pieces.pieces(population, chosen, on)  # fmt: skip
    total, done = sum(piece.households for piece in listed), 0
    with engines.opened(engine, options) as machine:
        size = (options.batch if options else None) or machine.batch
        for batch in pieces.batches(listed, size):
            for pack, part in job.split(batch):
                yield job.aligned(machine.run(pack, part, rows))
            done += batch.households
            if progress is not None:
                progress(done, total)


def assess(
    population: Population, policy: str | Pack, *, on: datetime.date | None = None, standards: Standards | None = None,
    engine: str = "polars", regions: Iterable[str] | None = None, progress: Progress | None = None, check: bool = True,
    options: Options | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The answer of a population, a folder or tables in memory, one row a household (see `answer`). Arguments as for `answers`."""
    found = list(
        answers(population, policy, on=on, standards=standards, engine=engine, regions=regions, progress=progress,
                check=check, options=options)
    )  # fmt: skip
    if found:
        return pl.concat(found)
    rules = (policy if isinstance(policy, Pack) else registry.get_pack(policy, on)).rules
    return pl.DataFrame(schema=answer.schema(rules))


def assess_into(
    file: Path | str, population: Population, policy: str | Pack, *, on: datetime.date | None = None,
    standards: Standards | None = None, engine: str = "polars", regions: Iterable[str] | None = None,
    progress: Progress | None = None, check: bool = True, options: Options | None = None,
) -> dict[str, int]:  # fmt: skip
    """Writes the answer as one Parquet file and gives the households by outcome. Arguments as for `answers`.

    The file appears under its name only when it is whole; until then it is written beside it under another.
    """
    target = Path(file)
    parts = answers(population, policy, on=on, standards=standards, engine=engine, regions=regions, progress=progress,
                    check=check, options=options)  # fmt: skip
    outcomes: Counter[str] = Counter()
    with whole_or_nothing(target) as unfinished:
        writer: pq.ParquetWriter | None = None
        try:
            for part in parts:
                outcomes.update(answer.counts(part))
                table = part.to_arrow()
                if writer is None:
                    writer = pq.ParquetWriter(unfinished, table.schema, compression="zstd")
                writer.write_table(table)
            if writer is None:
                raise PolicyError("the population has no households")
        finally:
            if writer is not None:
                writer.close()
    return dict(sorted(outcomes.items(), key=lambda item: (-item[1], item[0])))


class whole_or_nothing:
    """Gives the name of an unfinished file beside the target; it takes the target's name when the block ends well, and goes otherwise."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        if not self.target.parent.is_dir():
            raise PolicyError(f"{self.target}: the folder {self.target.parent} does not exist")
        handle, name = tempfile.mkstemp(prefix=f".{self.target.name}.", suffix=".unfinished", dir=self.target.parent)
        os.close(handle)
        self.unfinished = Path(name)
        return self.unfinished

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.unfinished.chmod(0o644)
            self.unfinished.replace(self.target)
        else:
            self.unfinished.unlink(missing_ok=True)
