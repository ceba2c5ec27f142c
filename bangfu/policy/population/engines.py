"""The machines that judge a population, by name. All give the same answer; they differ in speed and in what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from bangfu.policy.errors import PolicyError
from bangfu.policy.pack.model import Pack
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards

ENGINES: Final = ("polars", "duckdb", "postgresql", "spark", "judge")


class EngineFault(PolicyError):
    """An engine that cannot do its work: the message names what is missing or full, and the remedy."""


@dataclass(frozen=True)
class Options:
    """What an engine needs to know beyond the question. Each reads what concerns it."""

    #: Households looked at together; None lets the engine choose.
    batch: int | None = None
    #: DuckDB: the most memory it takes, such as "2GB"; beyond, it goes to `folder`.
    memory: str | None = None
    #: A folder for what does not fit in memory.
    folder: Path | None = None
    #: PostgreSQL: address of the database, `postgresql://…`.
    database: str | None = None
    #: Spark: `local[2]`, `spark://host:7077` …
    master: str | None = None


class Machine(Protocol):
    """One engine, ready for work."""

    batch: int

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        """The answer of a piece, columns of `answer.schema`. Raises `EngineFault`."""

    def close(self) -> None:
        """Gives back what it holds."""


def _judge(options: Options) -> Machine:
    return import_module("bangfu.policy.population.judge_engine").Machine()  # type: ignore[no-any-return]


def _polars(options: Options) -> Machine:
    return import_module("bangfu.policy.population.polars_runner").Machine()  # type: ignore[no-any-return]


def _duckdb(options: Options) -> Machine:
    return import_module("bangfu.policy.population.duckdb_engine").Machine(options)  # type: ignore[no-any-return]


def _postgresql(options: Options) -> Machine:
    return import_module("bangfu.policy.population.postgresql_engine").Machine(options)  # type: ignore[no-any-return]


def _spark(options: Options) -> Machine:
    return import_module("bangfu.policy.population.spark_engine").Machine(options)  # type: ignore[no-any-return]


_MACHINES: Final[dict[str, Callable[[Options], Machine]]] = {
    "judge": _judge, "polars": _polars, "duckdb": _duckdb, "postgresql": _postgresql, "spark": _spark,
}  # fmt: skip


@contextmanager
def opened(name: str, options: Options | None = None) -> Iterator[Machine]:
    """The engine of that name for the time of a `with`. Raises `EngineFault` for an unknown one or one that cannot start."""
    if name not in _MACHINES:
        raise EngineFault(f"engine {name}: no such engine; choose one of {', '.join(ENGINES)}")
    machine = _MACHINES[name](options or Options())
    try:
        yield machine
    finally:
        machine.close()
