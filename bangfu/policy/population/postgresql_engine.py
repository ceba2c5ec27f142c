"""PostgreSQL: the program as SQL in the site's own database.

`Machine` streams a population's files into temporary tables that go with the connection. `in_place` judges tables or views of the layout that stand
in the database already, over the caller's own cursor. Neither writes anything but temporary tables.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from typing import Any, Final, LiteralString

import polars as pl
import psycopg
from psycopg import sql as names

from bangfu.policy.errors import one_line
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import layout, places, prepare, sql
from bangfu.policy.population.compile.program import compile_pack
from bangfu.policy.population.compile.shape import Shape
from bangfu.policy.population.engines import EngineFault, Options
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards

_TYPES: Final[dict[Any, LiteralString]] = {
    pl.Int64: "bigint", pl.Int32: "integer", pl.Int16: "smallint", pl.Boolean: "boolean", pl.String: "text", pl.Date: "date",
}  # fmt: skip
_NULL: Final = "\\N"
_SLICE: Final = 200_000


class Machine:
    """One connection to a PostgreSQL server."""

    batch = 200_000

    def __init__(self, options: Options) -> None:
        if not options.database or not options.database.startswith(("postgres://", "postgresql://")):
            raise EngineFault("postgresql: no database is named; give --database postgresql://user@host/name, or set BANGFU_DATABASE_URL")  # fmt: skip
        try:
            self.connection = psycopg.connect(options.database, connect_timeout=10)
        except psycopg.Error as error:
            raise EngineFault(f"postgresql: the server does not answer ({_first(error)}); is it running, and is the address right?") from None  # fmt: skip

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        try:
            with self.connection.cursor() as cursor:
                found = self._loaded(cursor, pack, piece, standards)
            self.connection.rollback()  # the temporary tables go
            return found
        except psycopg.Error as error:
            self.connection.rollback()
            raise EngineFault(f"postgresql: {type(error).__name__}: {_first(error)}{_remedy(error)}") from error

    def close(self) -> None:
        self.connection.close()

    # --- a population of files -----------------------------------------------------------------------------------------
    def _loaded(self, cursor: psycopg.Cursor[Any], pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        parts: list[pl.DataFrame] = []
        for ready in prepare.prepare(pack, piece.loaded(), standards):
            for table in layout.TABLES:
                load(cursor, table, ready.tables[table].collect())
            load(cursor, prepare.PLACES, ready.places)
            found = _answer(cursor, sql.render(ready.program, "postgresql"))
            parts.append(prepare.finish(found, ready.program.paths, ready.heads(), pack))
            self.connection.rollback()  # the temporary tables go
        return pl.concat(parts)


def in_place(
    cursor: psycopg.Cursor[Any], sources: Mapping[str, names.Composable], pack: Pack, standards: Standards,
    on: datetime.date | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The answer of tables or views of the layout that stand in the database of a cursor, by the names in `sources`.

    The rows are copied within the database into temporary tables, so that every step sees one state; they go with the transaction.
    """
    for table in layout.TABLES:
        day = names.SQL("application_date") if on is None else names.SQL("CAST({} AS date) AS application_date").format(on.isoformat())  # fmt: skip
        columns = [day if name == "application_date" else names.Identifier(name) for name in prepare.columns(table)]
        cursor.execute(
            names.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {}").format(
                names.Identifier(table), names.SQL(", ").join(columns), sources[table]
            )
        )
        cursor.execute(names.SQL("ANALYZE pg_temp.{}").format(names.Identifier(table)))
    triples = _answer(
        cursor, "SELECT DISTINCT work_region, huji_region, application_date FROM households ORDER BY 1, 2, 3"
    )
    settled = places.resolve(pack.rules, standards, triples.cast(dict.fromkeys(places.KEYS[:2], pl.String)))  # type: ignore[arg-type]
    load(cursor, prepare.PLACES, settled.frame)
    program = compile_pack(pack.rules, Shape(denominators=settled.denominators))
    found = _answer(cursor, sql.render(program, "postgresql"))
    heads = _answer(cursor, "SELECT household, id, work_region, application_date FROM households")
    return prepare.finish(found, program.paths, heads.lazy(), pack)


def load(cursor: psycopg.Cursor[Any], table: str, frame: pl.DataFrame) -> None:
    """A temporary table with the rows of a frame, streamed."""
    columns = [names.SQL("{} {}").format(names.Identifier(name), names.SQL(_TYPES[dtype.base_type()])) for name, dtype in frame.schema.items()]  # fmt: skip
    cursor.execute(
        names.SQL("CREATE TEMP TABLE {} ({})").format(names.Identifier(table), names.SQL(", ").join(columns))
    )
    take = names.SQL("COPY {} FROM STDIN (FORMAT csv, NULL {})").format(names.Identifier(table), _NULL)
    with cursor.copy(take) as copy:
        for rows in frame.iter_slices(_SLICE):
            copy.write(rows.write_csv(include_header=False, null_value=_NULL).encode())
    cursor.execute(names.SQL("ANALYZE {}").format(names.Identifier(table)))


def _answer(cursor: psycopg.Cursor[Any], text: str) -> pl.DataFrame:
    """The rows of a query as a frame. `text` is made by the compiler, from no input of a user."""
    query = names.SQL(text)
    cursor.execute(names.SQL("CREATE TEMP TABLE answer_of_program ON COMMIT DROP AS ") + query)
    kinds = cursor.execute(
        "SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'pg_temp.answer_of_program'::regclass AND attnum > 0 ORDER BY attnum"
    ).fetchall()
    schema = {name: _KINDS.get(kind, pl.String) for name, kind in kinds}
    gathered = io.BytesIO()
    with cursor.copy(names.SQL("COPY answer_of_program TO STDOUT (FORMAT csv, NULL {})").format(_NULL)) as copy:
        for block in copy:
            gathered.write(block)
    cursor.execute("DROP TABLE pg_temp.answer_of_program")
    if not gathered.tell():
        return pl.DataFrame(schema=schema)
    gathered.seek(0)
    plain = {name: pl.String if dtype == pl.Boolean else dtype for name, dtype in schema.items()}
    found = pl.read_csv(gathered, has_header=False, new_columns=list(schema), schema=plain, null_values=[_NULL])
    flags = [name for name, dtype in schema.items() if dtype == pl.Boolean]
    return found.with_columns(pl.col(flags) == "t")


_KINDS: Final[dict[str, type[pl.DataType]]] = {
    "bigint": pl.Int64, "integer": pl.Int64, "smallint": pl.Int64, "numeric": pl.Int64, "boolean": pl.Boolean, "date": pl.Date,
}  # fmt: skip


def _remedy(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.OutOfMemory | psycopg.errors.DiskFull):
        return "; the server is out of room: judge fewer regions at a time with --regions"
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return "; the sources must be tables of docs/population-layout.md"
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return "; the role needs TEMPORARY on the database"
    return ""


def _first(error: BaseException) -> str:
    return one_line(str(error).strip().partition("\n")[0])
