"""What the compiler makes of a pack: lean where nothing is unknown, exact where numbers get long, and silent about nothing it cannot say."""

from dataclasses import replace
from types import MappingProxyType

import polars as pl
import pytest

from bangfu.policy import facts, registry, standards
from bangfu.policy.pack.model import Pack, Rules
from bangfu.policy.population import judge_engine, layout, places, polars_engine, sql
from bangfu.policy.population.compile.program import Program, compile_pack
from bangfu.policy.population.compile.shape import Shape, measure
from bangfu.policy.population.ir import Expr, Group, Join, NotCompiled, Scan, Select, Sizes, Table, inputs
from bangfu.policy.tree import parse
from bangfu.policy.tree.nodes import Formula
from tests.policy import households as h

Tables = dict[str, pl.DataFrame]


def made(pack: Pack, *documents: dict[str, object], rows: dict[str, object] | None = None) -> tuple[Program, Tables, pl.DataFrame]:  # fmt: skip
    """The program for some households, with their tables and places."""
    tables = layout.from_facts(facts.parse(one) for one in documents)
    settled = places.resolve(
        pack.rules, standards.parse(rows or h.standards()), tables["households"].select(places.KEYS)
    )
    shape = measure({name: frame.lazy() for name, frame in tables.items()}, settled.frame, settled.denominators)
    return compile_pack(pack, shape), tables, settled.frame


def answer(program: Program, tables: Tables, settled: pl.DataFrame) -> pl.DataFrame:
    lazy = {name: frame.lazy() for name, frame in tables.items()} | {"places": settled.lazy()}
    return polars_engine.run(program, lazy).collect().sort("household")


def steps(root: Table) -> list[Table]:
    found: dict[int, Table] = {}
    stack = [root]
    while stack:
        one = stack.pop()
        if id(one) not in found:
            found[id(one)] = one
            stack += inputs(one)
    return list(found.values())


def parts(value: Expr) -> list[Expr]:
    found: dict[int, Expr] = {}
    stack = [value]
    while stack:
        one = stack.pop()
        if id(one) not in found:
            found[id(one)] = one
            stack += one.args
    return list(found.values())


def tianjin() -> Pack:
    return registry.get_pack(h.TIANJIN)


def family(**changes: object) -> dict[str, object]:
    return h.household(**({"incomes": [h.monthly("wage", "3000.00")], "expenses": [h.bill("500.00")]} | changes))


def test_where_everything_is_known_no_column_holds_a_bound() -> None:
    published = h.standards(("local_multiple", "120000", "2020-01-01", "2"))
    lean, *_ = made(tianjin(), family(), rows=published)
    doubtful, *_ = made(tianjin(), family(members=[h.worker(), h.person("P2", lives_together=None)]), rows=published)
    assert lean.paths == []
    assert doubtful.paths == ["members.lives_together"]
    assert [any(isinstance(one, Sizes) for one in steps(program.table)) for program in (lean, doubtful)] == [
        False,
        True,
    ]
    tests = [
        one
        for step in steps(lean.table)
        if isinstance(step, Select)
        for made in step.made.values()
        for one in parts(made)
    ]
    assert not [one for one in tests if one.op == "null"]


def test_each_list_of_lines_is_read_once_and_summed_once_where_its_lines_are_ordinary() -> None:
    program, *_ = made(tianjin(), family())
    read = [one.name for one in steps(program.table) if isinstance(one, Scan)]
    sums = [
        one for one in steps(program.table) if isinstance(one, Group) and any("incomes" in name for name in one.made)
    ]
    assert read.count("incomes") == 1
    assert len(sums) == 1


def test_households_of_one_day_are_judged_without_a_look_at_days() -> None:
    program, *_ = made(tianjin(), family())
    pairs = {pair for one in steps(program.table) if isinstance(one, Join) for pair in one.pairs}
    assert not any("application_date" in name for pair in pairs for name in pair)


def test_no_step_keeps_a_column_that_no_later_step_reads() -> None:
    program, *_ = made(tianjin(), family(), family(expenses=None))
    for one in steps(program.table):
        if isinstance(one, Select) and one is not program.table:
            assert set(one.made) == set(one.columns)
    scans = [one for one in steps(program.table) if isinstance(one, Scan) and one.name == "households"]
    assert all("savings" not in one.columns for one in scans)  # no Tianjin rule asks for them


def test_amounts_of_twelve_digits_are_multiplied_without_loss() -> None:
    """A sum that passes 64 bits when it is cross-multiplied."""
    huge = h.household(
        incomes=[h.once("wage", "999999999999.99")] * 40, conduct={"unexplained_funds": "999999999999.99"}
    )
    program, tables, settled = made(tianjin(), huge)
    found = answer(program, tables, settled)
    wanted = judge_engine.run(tianjin(), tables, standards.parse(h.standards()))
    assert found["income"].to_list() == wanted["income"].to_list() == [39_999_999_999_999_60]
    assert found["margin_union"].to_list() == wanted["margin_union"].to_list()


def rules_with(figure: str) -> Rules:
    rules = tianjin().rules
    scope = parse.Scope({}, {code: one.unit for code, one in rules.standards.items()}, frozenset(rules.pots))
    tree = parse.parse(figure, scope, "money")
    return replace(rules, figures=MappingProxyType({"figure": Formula(figure, tree)}), categories=(), exclusions=())


def test_numbers_no_engine_can_hold_are_refused_by_name() -> None:
    longest = "savings" + " * 1000000000" * 4
    with pytest.raises(NotCompiled, match="38 digits"):
        compile_pack(rules_with(longest), Shape())


def test_the_sql_of_all_dialects_differs_in_words_only() -> None:
    program, *_ = made(tianjin(), family(), family(incomes=None))
    texts = {name: sql.render(program, name) for name in ("duckdb", "postgresql", "spark")}  # type: ignore[arg-type]
    assert len({text.count(" JOIN ") for text in texts.values()}) == 1
    for text in texts.values():
        for word in ("FLOAT", "DOUBLE", "ROUND(", "LEAST(", "GREATEST(", "EXTRACT", "DATE_"):
            assert word not in text.upper()
