"""Spark: the program as SQL on a cluster, or on this machine with `local[2]`. An extra of the package: pip install bangfu[spark], and Java 17."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bangfu.policy.errors import one_line
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import layout, prepare, sql
from bangfu.policy.population.engines import EngineFault, Options
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards

_MASTER = "local[2]"
_MEMORY = "2g"
_SMALL = 20_000


class Machine:
    """One Spark session. A session that is there already (of another machine in this process) is taken up and left running."""

    batch = 2_000_000

    def __init__(self, options: Options) -> None:
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise EngineFault(
                "spark: pyspark is not installed; pip install 'bangfu[spark]', or choose another engine"
            ) from None
        if not _java():
            raise EngineFault("spark: no Java is found; install Java 17 and set JAVA_HOME, or choose another engine")
        self.master = options.master or _MASTER
        self.memory = options.memory or _MEMORY
        self.folder = Path(tempfile.mkdtemp(prefix="bangfu-spark-", dir=options.folder))
        self.found = SparkSession.getActiveSession()
        if self.found is not None:
            self.session = self.found
            return
        settings = {
            "spark.ui.enabled": "false", "spark.driver.memory": self.memory.lower().removesuffix("b"),
            "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true", "spark.sql.warehouse.dir": str(self.folder),
            "spark.sql.catalogImplementation": "in-memory", "spark.local.dir": str(self.folder),
            "spark.sql.execution.arrow.pyspark.enabled": "true", "spark.log.level": "OFF",
            # Adaptive planning would run every kept step on its own; guessing filters from filters takes longer than it saves here.
            "spark.sql.adaptive.enabled": "false", "spark.sql.constraintPropagation.enabled": "false",
            "spark.sql.autoBroadcastJoinThreshold": "-1",
        }  # fmt: skip
        if self.master.startswith("local"):  # nothing of it is to be seen from outside, and no name is looked up
            settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
                         "spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}  # fmt: skip
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder: Any = SparkSession.builder.master(self.master).appName("bangfu population")
        for key, value in settings.items():
            builder = builder.config(key, value)
        try:
            with _quiet():
                self.session = builder.getOrCreate()
        except (PySparkException, OSError, RuntimeError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise EngineFault(f"spark: {self.master} does not start ({_first(error)}); check --master and that Java 17 is there") from None  # fmt: skip
        except Exception as error:  # what the Java side throws has no common class in Python
            shutil.rmtree(self.folder, ignore_errors=True)
            raise EngineFault(f"spark: {self.master} cannot be reached or started ({_first(error)}); check --master") from None  # fmt: skip

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        return pl.concat([self._part(ready) for ready in prepare.prepare(pack, piece, standards)])

    def _part(self, ready: prepare.Prepared) -> pl.DataFrame:
        # To compile the programs to Java classes takes longer than to run them over a small piece.
        compiled = ready.piece.households > _SMALL
        self.session.conf.set("spark.sql.codegen.wholeStage", "true" if compiled else "false")
        self.session.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
        try:
            for table in layout.TABLES:
                self._offer(table, ready.piece)
            self._frame(ready.places).createOrReplaceTempView(prepare.PLACES)
            found = pl.from_arrow(self._answer(ready).toArrow())
        except Exception as error:  # Py4J wraps what Java throws in classes of its own
            text = str(error)
            if any(word in text for word in ("OutOfMemory", "Java heap space", "GC overhead", "Container killed")):
                raise EngineFault(f"spark: out of memory ({self.memory} for the driver); give it more with --memory, a cluster with --master, or fewer regions with --regions") from None  # fmt: skip
            raise EngineFault(f"spark: {type(error).__name__}: {_first(error)}") from error
        assert isinstance(found, pl.DataFrame)
        return prepare.finish(found, ready.program.paths, ready.heads(), ready.pack)

    def _answer(self, ready: prepare.Prepared) -> Any:
        """The query step by step. What several steps read is worked out once and kept: as one text, Spark would plan and run it each time."""
        frame: Any = None
        for step in sql.steps(ready.program, "spark"):
            frame = self.session.sql(step.query)
            if step.read > 1:
                frame = frame.localCheckpoint(eager=False)
            frame.createOrReplaceTempView(step.name)
        return frame

    def _offer(self, table: str, piece: Piece) -> None:
        paths = piece.paths.get(table, ())
        if piece.frames is not None or not paths:
            self._frame(piece.lazy()[table].collect()).createOrReplaceTempView(table)
            return
        from pyspark.sql import functions as F

        frame = self.session.read.parquet(*(str(path) for path in paths)).select(*prepare.columns(table))
        if table == "households" and piece.on is not None:
            frame = frame.withColumn("application_date", F.lit(piece.on))
        if piece.chosen is not None:
            keys, kept = piece.chosen
            frame = frame.join(F.broadcast(self._frame(keys)), "household", "left_semi" if kept else "left_anti")
        frame.createOrReplaceTempView(table)

    def _frame(self, rows: pl.DataFrame) -> Any:
        """Rows in memory as a Spark frame. By way of a file: from Arrow, Spark has lost nulls of whole numbers."""
        file = Path(tempfile.mkstemp(suffix=".parquet", dir=self.folder)[1])
        rows.write_parquet(file)
        return self.session.read.parquet(str(file))

    def close(self) -> None:
        if self.found is None:
            with contextlib.suppress(Exception):
                self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


@contextlib.contextmanager
def _quiet() -> Any:
    """Java's own words at the start say nothing to the user; they go nowhere."""
    saved = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _first(error: BaseException) -> str:
    return one_line(str(error).strip().partition("\n")[0][:300])
