"""The conformance table: every operation, with known and unknown facts, on every engine."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import polars as pl
import pytest

from bangfu.policy.population import answer, engines, judge_engine
from bangfu.policy.population.compile.program import compile_pack
from bangfu.policy.population.compile.shape import Shape
from bangfu.policy.population.pieces import of_tables
from bangfu.policy.tree import judge, nodes
from tests import postgres
from tests.population import conformance
from tests.population.judged import compared


@pytest.fixture(scope="module")
def wanted() -> pl.DataFrame:
    return judge_engine.run(conformance.pack(), conformance.tables(), conformance.standards())


def found(machine: engines.Machine) -> pl.DataFrame:
    return machine.run(conformance.pack(), of_tables(conformance.tables()), conformance.standards()).sort("household")


@pytest.fixture(scope="module")
def database() -> Iterator[engines.Options]:
    with postgres.server() as url:
        yield engines.Options(database=url)


@pytest.mark.parametrize("name", ["polars", "duckdb", "spark"])
def test_every_operation_means_the_same_on(name: str, wanted: pl.DataFrame) -> None:
    with engines.opened(name, engines.Options(master="local[2]")) as machine:
        assert compared(wanted, found(machine)) == []


def test_every_operation_means_the_same_on_postgresql(wanted: pl.DataFrame, database: engines.Options) -> None:
    with engines.opened("postgresql", database) as machine:
        assert compared(wanted, found(machine)) == []


def _kinds(tree: nodes.Node) -> set[type]:
    return {type(tree)}.union(*(_kinds(child) for child in nodes.children(tree)))


def test_the_table_leaves_no_operation_out() -> None:
    """Whatever the judge can evaluate stands in some row."""
    rules = conformance.rules()
    trees = [category.conditions[0].formula.node for category in rules.categories]
    trees += [one.node for one in rules.figures.values()]
    trees += [formula.node for rule in rules.lines for formula in rule.into.values()]
    shown = set().union(*(_kinds(tree) for tree in trees))
    known = {*judge._TRUTH, *judge._NUMBER, nodes.ToppedUp} - {nodes.Flag}
    assert known - shown == set()


#: Rows about rounding and bounds, where an unknown fact is shown elsewhere or decides nothing.
_DECIDED = {
    "<", ">=", "* by zero", "half away from zero", "round_half_up below zero", "min", "share, not rounded", "some of a list",
}  # fmt: skip


def test_each_operation_is_shown_with_a_known_and_an_unknown_value(wanted: pl.DataFrame) -> None:
    rows = wanted.rows(named=True)
    values: dict[str, set[bool]] = {}
    for (one, _, _), row in zip(conformance.households(), rows, strict=True):
        values.setdefault(one.name, set()).add(row[f"category_{one.code}" if one.of == "truth" else one.code] is None)
    assert {name for name, seen in values.items() if True not in seen} <= _DECIDED
    assert {name for name, seen in values.items() if False not in seen} == set()


def test_the_page_of_the_docs_is_up_to_date(wanted: pl.DataFrame) -> None:
    assert conformance.PAGE.read_text(encoding="utf-8") == conformance.page(wanted)


def test_a_program_that_expects_everything_gives_the_columns_of_the_answer() -> None:
    """Without any knowledge of the data the compiler still makes the same columns."""
    pack = conformance.pack()
    rules = pack.rules
    unrounded = {one.code for one in conformance.operations() if one.name == "share, not rounded"}
    lean = {code: formula for code, formula in rules.figures.items() if code not in unrounded}
    program = compile_pack(replace(rules, figures=MappingProxyType(lean)), Shape())
    assert {name for name in program.table.columns if not name.startswith("missing_")} <= set(answer.schema(rules))
