"""DuckDB: the program as SQL over the Parquet files themselves, within a memory limit. Loads no extension and asks no network."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb
import polars as pl

from bangfu.policy.pack.model import Pack
from bangfu.policy.population import layout, prepare, sql
from bangfu.policy.population.engines import EngineFault, Options
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards

_MEMORY = "2GB"


class Machine:
    """DuckDB in this process."""

    batch = 500_000

    def __init__(self, options: Options) -> None:
        self.memory = options.memory or _MEMORY
        self.folder = Path(tempfile.mkdtemp(prefix="bangfu-duckdb-", dir=options.folder))
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.folder), "home_directory": str(self.folder),
            "extension_directory": str(self.folder / "none"), "autoinstall_known_extensions": False,
            "autoload_known_extensions": False, "preserve_insertion_order": False,
        }  # fmt: skip
        try:
            self.database = duckdb.connect(":memory:", config=config)
            self.database.execute("SET memory_limit = ?", [self.memory])
        except duckdb.Error as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise EngineFault(f"duckdb: {_first(error)}; --memory takes a size such as 2GB") from None

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        return pl.concat([self._part(ready) for ready in prepare.prepare(pack, piece, standards)])

    def _part(self, ready: prepare.Prepared) -> pl.DataFrame:
        try:
            for table in layout.TABLES:
                self._offer(table, ready.piece)
            self.database.register(prepare.PLACES, ready.places.to_arrow())
            found = self.database.sql(sql.render(ready.program, "duckdb")).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise EngineFault(f"duckdb: out of memory at {self.memory} ({_first(error)}); give it more with --memory, or a folder with room with --temp") from None  # fmt: skip
        except duckdb.Error as error:
            raise EngineFault(f"duckdb: {type(error).__name__}: {_first(error)}") from error
        frame = pl.from_arrow(found)
        assert isinstance(frame, pl.DataFrame)
        return prepare.finish(frame, ready.program.paths, ready.heads(), ready.pack)

    def _offer(self, table: str, piece: Piece) -> None:
        """Makes a table of the piece known under its name: its files where it has any, else what is in memory."""
        paths = piece.paths.get(table, ())
        if piece.frames is not None or not paths:
            frame = piece.lazy()[table].collect()
            self.database.register(table, frame.to_arrow())
            return
        day = f"DATE '{piece.on.isoformat()}'" if piece.on is not None else "application_date"
        names = ", ".join(f"{day} AS {name}" if name == "application_date" else name for name in prepare.columns(table))
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        source = f"read_parquet([{files}], hive_partitioning = false)"
        if piece.chosen is not None:
            self.database.register("chosen", piece.chosen[0].to_arrow())
            source += f" {'SEMI' if piece.chosen[1] else 'ANTI'} JOIN chosen USING (household)"
        self.database.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT {names} FROM {source}")  # noqa: S608  (names of the layout, quoted paths)

    def close(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _first(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
