"""A program as a Polars query."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Final

import polars as pl

from bangfu.policy.population.compile.program import Program
from bangfu.policy.population.ir import Expr, Group, Join, Scan, Select, Sizes, Table, inputs

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv,
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_DTYPES: Final = {"int": pl.Int64, "bool": pl.Boolean, "str": pl.String}


def run(program: Program, tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The answer of a program over tables of its shape: those of the layout, and `places`.

    Steps that several others read are worked out at once, when this is called, and kept until the answer is collected: Polars would repeat some.
    """
    return _Query(tables, _shared(program.table)).frame(program.table)


def _shared(root: Table) -> set[int]:
    """Tables that more than one other reads."""
    readers: dict[int, int] = {}
    stack = [root]
    while stack:
        for one in inputs(stack.pop()):
            readers[id(one)] = readers.get(id(one), 0) + 1
            if readers[id(one)] == 1:
                stack.append(one)
    return {key for key, count in readers.items() if count > 1}


class _Query:
    def __init__(self, tables: Mapping[str, pl.LazyFrame], shared: set[int]) -> None:
        self.tables = tables
        self.shared = shared
        self._done: dict[int, pl.LazyFrame] = {}

    def frame(self, table: Table) -> pl.LazyFrame:
        found = self._done.get(id(table))
        if found is None:
            found = self._made(table)
            if id(table) in self.shared and not isinstance(table, Scan):
                found = found.collect(engine="streaming").lazy()
            self._done[id(table)] = found
        return found

    def _made(self, table: Table) -> pl.LazyFrame:
        match table:
            case Scan(name=name, columns=columns):
                return self.tables[name].select(list(columns))
            case Select():
                return self._select(table)
            case Join(left=left, right=right, pairs=pairs, how=how):
                a, b = self.frame(left), self.frame(right)
                mine, its = [one for one, _ in pairs], [one for _, one in pairs]
                if how == "anti":
                    return a.join(b, left_on=mine, right_on=its, how="anti")
                joined = a.join(b, left_on=mine, right_on=its, how=how)  # type: ignore[arg-type]
                filled = [pl.col(name).fill_null(0) for name in sorted(table.zero)]
                return joined.with_columns(filled) if filled else joined
            case Group(input=inner, by=by, made=made, columns=columns):
                aggs = [_gather(fn, column, columns[name]).alias(name) for name, (fn, column) in made.items()]
                return self.frame(inner).group_by(list(by)).agg(aggs)
            case Sizes(input=inner, low=low, high=high, name=name):
                numbers = pl.int_ranges(pl.col(low), pl.col(high) + 1, dtype=pl.Int64).alias(name)
                return self.frame(inner).with_columns(numbers).drop(low, high).explode(name)
        raise TypeError(type(table))

    def _select(self, table: Select) -> pl.LazyFrame:
        names = table.names
        frame = self.frame(table.input)
        if table.where is not None:
            frame = frame.filter(expression(table.where, names))
        source = isinstance(table.input, Scan)
        columns: list[pl.Expr] = []
        for name, made in table.made.items():
            one = expression(made, names)
            if made.op == "const" or (source and made.op == "col" and made.type == "int"):
                one = one.cast(_DTYPES[made.type])
            columns.append(one.alias(name))
        return frame.select(columns)


def _gather(fn: str, column: str, kind: str) -> pl.Expr:
    value = pl.col(column)
    if fn == "sum":
        return value.cast(pl.Int128 if kind == "wide" else pl.Int64).sum()
    return value.min() if fn == "min" else value.max()


def expression(node: Expr, names: Mapping[int, str]) -> pl.Expr:
    """One expression over the columns of its input."""
    known = names.get(id(node))
    if known is not None:
        return pl.col(known)
    op = node.op
    if op == "const":
        if node.data is None:
            return pl.lit(None, dtype=_DTYPES[node.type])
        return (
            pl.lit(node.data, dtype=(pl.Int128 if node.wide else pl.Int64)) if node.type == "int" else pl.lit(node.data)
        )
    args = [expression(one, names) for one in node.args]
    if op in ("+", "-", "*") and node.wide:
        args = [one.cast(pl.Int128) for one in args]
    if op in _OPERATORS:
        return _OPERATORS[op](args[0], args[1])  # type: ignore[no-any-return]
    if op == "and":
        return reduce(operator.and_, args)
    if op == "or":
        return reduce(operator.or_, args)
    if op == "not":
        return ~args[0]
    if op == "null":
        return args[0].is_null()
    if op == "in":
        return args[0].is_in(list(node.data))
    if op == "coalesce":
        return args[0].fill_null(args[1])
    if op == "case":
        chain: Any = pl
        for test, value in zip(args[:-1:2], args[1:-1:2], strict=True):
            chain = chain.when(test).then(value)
        return chain.otherwise(args[-1])  # type: ignore[no-any-return]
    raise AssertionError(f"{op} is not among the columns of its table: {node!r}")
