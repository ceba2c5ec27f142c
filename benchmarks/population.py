"""A million families under Tianjin's full rule, from the Parquet lines to the outcome: compiled, written by hand, and in OpenFisca-Core.

    python benchmarks/population.py [--households 1000000] [--folder DIR] [--engines a,b,…] [--rounds 2]

Every engine runs in a process of its own, one after the other; the best round counts. CPU seconds are those of all threads (a busy machine spoils
wall time); memory is the peak of the process. `wrong` counts households whose outcome is not the judge's, as far as the compiled answer is the
judge's: `--judge 2000` holds it to the judge on so many households first. All facts of the population are known.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

POLICY = "tianjin-commerce-2020"
#: engine → (what it is, the engine its ratio is told against)
ENGINES = {
    "polars": ("bangfu, Polars", "hand_polars"),
    "hand_polars": ("by hand, Polars", "hand_polars"),
    "duckdb": ("bangfu, DuckDB", "hand_duckdb"),
    "hand_duckdb": ("by hand, DuckDB SQL", "hand_duckdb"),
    "command": ("bangfu population assess (whole answer)", "hand_polars"),
    "openfisca": ("OpenFisca-Core", "hand_polars"),
}
COLUMNS = ["household", "outcome", "household_size", "income", "rigid_expense", "net_per_capita_monthly"]


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


# --- what each engine does: reads the folder, writes household, outcome and figures ---------------------------------------
def _program(folder: Path) -> tuple[object, object, object]:
    from bangfu.policy import registry
    from bangfu.policy.population import layout, places
    from bangfu.policy.population.compile.program import compile_pack
    from bangfu.policy.population.compile.shape import measure

    tables = layout.read(folder)
    pack = registry.get_pack(POLICY)
    triples = tables["households"].select(places.KEYS).unique().collect(engine="streaming")
    settled = places.resolve(pack.rules, layout.read_standards(folder), triples)
    program = compile_pack(pack, measure(tables, settled.frame, settled.denominators))
    return program, tables, settled.frame


def _local(folder: Path) -> object:
    import polars as pl

    from bangfu.policy.population import layout
    from benchmarks.by_hand import local

    homes = layout.read(folder)["households"]
    found = homes.select(pl.col("work_region", "huji_region", "application_date").unique().implode()).collect()
    regions = sorted(set(found["work_region"][0]) | set(found["huji_region"][0]))
    return local.table(layout.read_standards(folder), regions, sorted(found["application_date"][0]))


def polars(folder: Path, out: Path) -> None:
    from bangfu.policy.population import polars_engine

    program, tables, places = _program(folder)
    polars_engine.run(program, tables | {"places": places.lazy()}).select(COLUMNS).sink_parquet(out)  # type: ignore[arg-type,operator,attr-defined]


def hand_polars(folder: Path, out: Path) -> None:
    from bangfu.policy.population import layout
    from benchmarks.by_hand import in_polars

    in_polars.run(layout.read(folder), _local(folder)).sink_parquet(out)  # type: ignore[arg-type]


def _duckdb(folder: Path) -> object:
    import duckdb

    from bangfu.policy.population import layout

    database = duckdb.connect(config={"preserve_insertion_order": False})
    for table in layout.TABLES:
        database.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder}/{table}/*/*.parquet', hive_partitioning=false)"
        )
    return database


def duckdb(folder: Path, out: Path) -> None:
    from bangfu.policy.population import sql

    program, _, places = _program(folder)
    database = _duckdb(folder)
    database.register("places", places.to_arrow())  # type: ignore[attr-defined]
    query = sql.render(program, "duckdb")  # type: ignore[arg-type]
    database.execute(f"COPY (SELECT {', '.join(COLUMNS)} FROM ({query})) TO '{out}' (FORMAT parquet)")  # type: ignore[attr-defined]


def hand_duckdb(folder: Path, out: Path) -> None:
    from benchmarks.by_hand import in_sql

    database = _duckdb(folder)
    database.register("local", _local(folder).to_arrow())  # type: ignore[attr-defined]
    database.execute(f"COPY ({in_sql.text()}) TO '{out}' (FORMAT parquet)")  # type: ignore[attr-defined]


def command(folder: Path, out: Path) -> None:
    from bangfu.policy.population import run

    out.unlink(missing_ok=True)
    run.assess_into(out, folder, POLICY, check=False)


def openfisca(folder: Path, out: Path) -> None:
    from benchmarks.by_hand import in_openfisca

    in_openfisca.run(folder, _local(folder), out)  # type: ignore[arg-type]


WORK: dict[str, Callable[[Path, Path], None]] = {
    "polars": polars, "hand_polars": hand_polars, "duckdb": duckdb, "hand_duckdb": hand_duckdb, "command": command, "openfisca": openfisca,
}  # fmt: skip


# --- the harness ------------------------------------------------------------------------------------------------------------
def child(engine: str, folder: Path, out: Path) -> None:
    """One round in this process, programs and the pack being loaded already; its figures as one line of JSON."""
    import polars  # noqa: F401

    from bangfu.policy import registry
    from bangfu.policy.population import run  # noqa: F401

    registry.get_pack(POLICY)
    if "duckdb" in engine:
        import duckdb  # noqa: F401
    if engine == "openfisca":
        import openfisca_core.simulation_builder  # noqa: F401
    began, used = time.monotonic(), cpu()
    WORK[engine](folder, out)
    wall, used = time.monotonic() - began, cpu() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": used, "peak": peak}))


def held_to_the_judge(folder: Path, count: int, answer: Path) -> int:
    """How many of the first households the judge answers differently."""
    import polars as pl

    from bangfu.policy import registry
    from bangfu.policy.population import judge_engine, layout

    tables = {name: frame.filter(pl.col("household") < count).collect() for name, frame in layout.read(folder).items()}
    wanted = judge_engine.run(registry.get_pack(POLICY), tables, layout.read_standards(folder)).select(COLUMNS)
    found = pl.read_parquet(answer).join(wanted, on="household", suffix="_judge")
    return sum(int(found.filter(pl.col(one).ne_missing(pl.col(f"{one}_judge"))).height) for one in COLUMNS[1:])


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--households", type=int, default=1_000_000)
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--folder", type=Path)
    words.add_argument("--engines", default=",".join(ENGINES))
    words.add_argument("--rounds", type=int, default=2)
    words.add_argument("--judge", type=int, default=2000)
    words.add_argument("--child", nargs=2, metavar=("ENGINE", "OUT"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.child:
        child(given.child[0], given.folder, Path(given.child[1]))
        return 0
    import polars as pl

    with tempfile.TemporaryDirectory(prefix="bangfu-population-") as temporary:
        folder = given.folder or Path(temporary) / "population"
        if not folder.exists():
            from bangfu.policy.population import generate

            generate.generate(given.households, folder, seed=given.seed, unknown=0.0)
        chosen = given.engines.split(",")
        figures: dict[str, dict[str, float]] = {}
        for engine in chosen:
            for _ in range(given.rounds):
                out = Path(temporary) / f"{engine}.parquet"
                order = [sys.executable, __file__, "--folder", str(folder), "--child", engine, str(out)]
                done = subprocess.run(order, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(
                        f"{engine}: {done.stderr.strip().splitlines()[-1] if done.stderr else 'ended'}", file=sys.stderr
                    )
                    break
                one = json.loads(done.stdout.strip().splitlines()[-1])
                best = figures.setdefault(engine, one)
                figures[engine] = {
                    key: min(best[key], one[key]) if key != "peak" else max(best[key], one[key]) for key in one
                }
        exact = next((one for one in ("polars", "duckdb", "hand_duckdb") if one in figures), None)
        reference = (
            pl.read_parquet(Path(temporary) / f"{exact}.parquet").select("household", right="outcome")
            if exact
            else None
        )
        total = reference.height if reference is not None else 0
        if given.judge and exact:
            apart = held_to_the_judge(folder, given.judge, Path(temporary) / f"{exact}.parquet")
            print(f"{total:,} households; the judge differs on {apart} of the values of {given.judge:,} of them")
        print(f"{'engine':42}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'× by hand (CPU)':>17}{'wrong':>8}")
        for engine, one in figures.items():
            title, base = ENGINES[engine]
            ratio = f"{one['cpu'] / figures[base]['cpu']:.2f}" if base in figures else "–"
            wrong = "–"
            if reference is not None:
                answer = (
                    pl.read_parquet(Path(temporary) / f"{engine}.parquet")
                    .select("household", "outcome")
                    .join(reference, on="household")
                )
                wrong = str(answer.filter(pl.col("outcome") != pl.col("right")).height)
            print(f"{title:42}{one['cpu']:8.1f}{one['wall']:8.1f}{one['peak']:9.0f}{ratio:>17}{wrong:>8}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
