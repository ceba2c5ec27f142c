"""The golden population: a small one from a fixed seed, and the hash of its answer under every pack.

`python -m tests.population.golden` writes the hashes anew after a rule was changed on purpose: from the judge, to which every engine is then held.
"""

import datetime
import hashlib
import json
from functools import cache
from pathlib import Path

import polars as pl

from bangfu.policy import registry
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, generate, judge_engine, layout
from bangfu.policy.standards import Standards

FILE = Path(__file__).parent / "golden.json"
REGIONS = ("120101", "120102", "370902", "511129")


def key(pack_id: str, day: datetime.date) -> str:
    return f"{pack_id} from {day.isoformat()}"


def packs() -> dict[str, tuple[str, datetime.date]]:
    """Every pack in each span of its time."""
    return {key(pack_id, era.first_day): (pack_id, era.first_day) for pack_id in registry.pack_ids() for era in registry.heading(pack_id).eras}  # fmt: skip


@cache
def population(day: datetime.date) -> layout.Tables:
    """240 households that apply in the three months after a day, a third of them with unknown facts."""
    last = day + datetime.timedelta(days=90)
    chunks = [tables for tables, _ in generate.chunks(240, seed=2020, unknown=0.3, regions=REGIONS, dates=(day, last))]
    return {table: pl.concat([one[table] for one in chunks]) for table in layout.TABLES}


def rows() -> Standards:
    return generate.standards_of(REGIONS)


def population_digest(tables: layout.Tables) -> str:
    found = hashlib.sha256()
    for table, frame in tables.items():
        found.update(table.encode() + frame.write_csv().encode())
    return found.hexdigest()


def judged(pack: Pack, day: datetime.date) -> str:
    return answer.digest(judge_engine.run(pack, population(day), rows()))


def main() -> None:
    found = {name: {"population": population_digest(population(day)), "answer": judged(registry.get_pack(pack_id, day), day)} for name, (pack_id, day) in packs().items()}  # fmt: skip
    FILE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
