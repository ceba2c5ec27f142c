"""The golden population has the same answer, to the last figure, from every engine and in every version. A rule changed on purpose:
``python -m tests.population.golden``."""

import json

import pytest

from bangfu.policy import registry
from bangfu.policy.population import answer, engines
from bangfu.policy.population.pieces import of_tables
from tests.population import golden

WRITTEN = json.loads(golden.FILE.read_text())
PACKS = golden.packs()
each_pack = pytest.mark.parametrize("name", sorted(PACKS))
#: The national text and the richest local one: what the slower engines are held to here (all packs: test_engines_agree).
SOME = [name for name in sorted(PACKS) if name.startswith(("acftu-2020", "tianjin-commerce-2020"))]
some_packs = pytest.mark.parametrize("name", SOME)


def digest(machine: engines.Machine, name: str) -> str:
    pack_id, day = PACKS[name]
    pack = registry.get_pack(pack_id, day)
    return answer.digest(machine.run(pack, of_tables(golden.population(day)), golden.rows()))


def test_every_pack_has_its_hash() -> None:
    assert sorted(WRITTEN) == sorted(PACKS)
    assert len({one["answer"] for one in WRITTEN.values()}) == len(WRITTEN)


@each_pack
def test_the_golden_population_itself_is_unchanged(name: str) -> None:
    assert golden.population_digest(golden.population(PACKS[name][1])) == WRITTEN[name]["population"]


@each_pack
def test_the_judge_gives_the_golden_answer(name: str) -> None:
    with engines.opened("judge") as machine:
        assert digest(machine, name) == WRITTEN[name]["answer"]


@each_pack
def test_polars_gives_the_golden_answer(name: str) -> None:
    with engines.opened("polars") as machine:
        assert digest(machine, name) == WRITTEN[name]["answer"]


@some_packs
def test_duckdb_gives_the_golden_answer(duckdb: engines.Machine, name: str) -> None:
    assert digest(duckdb, name) == WRITTEN[name]["answer"]


@some_packs
def test_postgresql_gives_the_golden_answer(postgresql: engines.Machine, name: str) -> None:
    assert digest(postgresql, name) == WRITTEN[name]["answer"]


@some_packs
def test_spark_gives_the_golden_answer(spark: engines.Machine, name: str) -> None:
    assert digest(spark, name) == WRITTEN[name]["answer"]
