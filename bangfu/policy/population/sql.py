"""A program as one SQL query: the same text for DuckDB, PostgreSQL and Spark but for quotes, types and whole division.

Only what all three mean alike is used: joins, groups, CASE, AND, OR, NOT, comparisons, whole-number arithmetic. No function of the engines but
SUM, MIN, MAX, COALESCE; no division but the dialect's whole one; nothing that looks at dates or floats.
"""

# ruff: noqa: S608  (the text is made of the program's own names; values of the data never stand in it)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bangfu.policy.population.compile.program import Program
from bangfu.policy.population.ir import Expr, Group, Join, Scan, Select, Sizes, Table

Dialect = Literal["duckdb", "postgresql", "spark"]


@dataclass(frozen=True)
class _Words:
    quote: str
    narrow: str
    wide: str
    truth: str
    text: str


_WORDS: Final[dict[str, _Words]] = {
    "duckdb": _Words('"', "BIGINT", "HUGEINT", "BOOLEAN", "VARCHAR"),
    "postgresql": _Words('"', "BIGINT", "NUMERIC", "BOOLEAN", "TEXT"),
    "spark": _Words("`", "BIGINT", "DECIMAL(38,0)", "BOOLEAN", "STRING"),
}
_OPERATORS: Final = frozenset({"+", "-", "*", "=", "<>", "<", "<=", ">", ">="})


@dataclass(frozen=True)
class Step:
    """One step of a query: its name for the later ones, and how many times they read it."""

    name: str
    query: str
    read: int


def steps(program: Program, dialect: Dialect) -> list[Step]:
    """The same query taken apart: each step reads tables and steps before it, the last gives the answer."""
    text = _Text(_WORDS[dialect], dialect)
    text.name(program.table)
    return [Step(name, body, text.read.get(name, 0)) for name, body in text.steps]


def render(program: Program, dialect: Dialect) -> str:
    """The query that gives the columns of `program.table`, over tables named as in the layout and `places`."""
    return _Text(_WORDS[dialect], dialect).query(program.table)


class _Text:
    def __init__(self, words: _Words, dialect: str) -> None:
        self.words = words
        self.dialect = dialect
        self.steps: list[tuple[str, str]] = []
        self.read: dict[str, int] = {}
        self._named: dict[int, str] = {}

    def query(self, table: Table) -> str:
        last = self.name(table)
        # DuckDB plans a step again wherever it is read, unless it is told to keep it; the others have no need or no word for it.
        kept = {name for name, times in self.read.items() if times > 1 and self.dialect == "duckdb"}
        steps = ",\n".join(
            f"{name} AS {'MATERIALIZED ' if name in kept else ''}(\n  {body}\n)" for name, body in self.steps
        )
        return f"WITH {steps}\nSELECT * FROM {last}"

    def quoted(self, name: str) -> str:
        return f"{self.words.quote}{name}{self.words.quote}"

    def type(self, kind: str) -> str:
        words = self.words
        return {"int": words.narrow, "wide": words.wide, "bool": words.truth, "str": words.text, "date": "DATE"}[kind]

    # --- tables --------------------------------------------------------------------------------------------------
    def name(self, table: Table) -> str:
        """The step that makes a table, put in after those it rests on."""
        if isinstance(table, Scan):
            return self.quoted(table.name)
        found = self._named.get(id(table))
        if found is None:
            body = self.body(table)
            found = self._named[id(table)] = f"t{len(self.steps)}"
            self.steps.append((found, body))
        self.read[found] = self.read.get(found, 0) + 1
        return found

    def body(self, table: Table) -> str:
        match table:
            case Select():
                return self.select(table)
            case Join():
                return self.join(table)
            case Group(input=inner, by=by, made=made, columns=columns):
                keys = [self.quoted(key) for key in by]
                sums = [f"{self.gather(fn, column, columns[name])} AS {self.quoted(name)}" for name, (fn, column) in made.items()]  # fmt: skip
                return f"SELECT {', '.join(keys + sums)}\n  FROM {self.name(inner)} GROUP BY {', '.join(keys)}"
            case Sizes():
                return self.sizes(table)
        raise TypeError(type(table))

    def select(self, table: Select) -> str:
        source = isinstance(table.input, Scan)
        made: list[str] = []
        for name, one in table.made.items():
            text = self.expression(one, table.names)
            if source and one.op == "col" and one.type == "int" and name != "household":
                text = f"CAST({text} AS {self.words.narrow})"
            made.append(text if text == self.quoted(name) else f"{text} AS {self.quoted(name)}")
        where = "" if table.where is None else f"\n  WHERE {self.expression(table.where, table.names)}"
        return f"SELECT {', '.join(made)}\n  FROM {self.name(table.input)}{where}"

    def join(self, table: Join) -> str:
        left, right = self.name(table.left), self.name(table.right)
        on = " AND ".join(f"l.{self.quoted(a)} = r.{self.quoted(b)}" for a, b in table.pairs)
        if table.how == "anti":
            names = ", ".join(f"l.{self.quoted(name)}" for name in table.columns)
            return f"SELECT {names}\n  FROM {left} l WHERE NOT EXISTS (SELECT 1 FROM {right} r WHERE {on})"
        kept: list[str] = []
        for name in table.columns:
            quoted = self.quoted(name)
            if name in table.left.columns:
                kept.append(f"l.{quoted}")
            elif name in table.zero:
                kept.append(f"COALESCE(r.{quoted}, 0) AS {quoted}")
            else:
                kept.append(f"r.{quoted}")
        kind = "LEFT JOIN" if table.how == "left" else "JOIN"
        return f"SELECT {', '.join(kept)}\n  FROM {left} l {kind} {right} r ON {on}"

    def gather(self, fn: str, column: str, kind: str) -> str:
        quoted = self.quoted(column)
        if fn != "sum":
            return f"{fn.upper()}({quoted})"
        if kind == "wide":
            return f"CAST(SUM(CAST({quoted} AS {self.words.wide})) AS {self.words.wide})"
        return f"CAST(SUM({quoted}) AS {self.words.narrow})"

    def sizes(self, table: Sizes) -> str:
        """The numbers from low to high, by a join with as many numbers as there may be."""
        places, most = 1, 10
        while most <= table.most:
            places, most = places + 1, most * 10
        if "digits" not in self._named.values():
            self._named[-1] = "digits"
            digits = " UNION ALL ".join(f"SELECT CAST({n} AS {self.words.narrow}) AS d" for n in range(10))
            self.steps.append(("digits", digits))
        inner = self.name(table.input)
        number = " + ".join(f"d{k}.d * {10**k}" for k in range(places))
        froms = " CROSS JOIN ".join(f"digits d{k}" for k in range(places))
        name = f"n{len(self.steps)}"
        self.steps.append((name, f"SELECT {number} AS n FROM {froms}"))
        kept = ", ".join(f"i.{self.quoted(column)}" for column in table.columns if column != table.name)
        low, high = self.quoted(table.low), self.quoted(table.high)
        return (
            f"SELECT {kept}, {name}.n AS {self.quoted(table.name)}\n"
            f"  FROM {inner} i JOIN {name} ON {name}.n >= i.{low} AND {name}.n <= i.{high}"
        )

    # --- expressions ---------------------------------------------------------------------------------------------
    def expression(self, node: Expr, names: Mapping[int, str]) -> str:
        known = names.get(id(node))
        if known is not None:
            return self.quoted(known)
        op = node.op
        if op == "const":
            return self.constant(node)
        args = [self.expression(one, names) for one in node.args]
        if op in ("+", "-", "*") and node.wide:
            args = [text if one.wide else f"CAST({text} AS {self.words.wide})" for text, one in zip(args, node.args, strict=True)]  # fmt: skip
        if op in _OPERATORS:
            return f"({args[0]} {op} {args[1]})"
        if op == "//":
            return self.whole(args[0], args[1], node.args[0].wide or node.args[1].wide)
        if op in ("and", "or"):
            return "(" + f" {op.upper()} ".join(args) + ")"
        if op == "not":
            return f"(NOT {args[0]})"
        if op == "null":
            return f"({args[0]} IS NULL)"
        if op == "in":
            return f"({args[0]} IN ({', '.join(self.text(value) for value in node.data)}))"
        if op == "coalesce":
            return f"COALESCE({args[0]}, {args[1]})"
        if op == "case":
            if node.wide:
                values = [*range(1, len(args), 2), len(args) - 1]
                for k in values:
                    args[k] = args[k] if node.args[k].wide else f"CAST({args[k]} AS {self.words.wide})"
            branches = " ".join(f"WHEN {test} THEN {value}" for test, value in zip(args[:-1:2], args[1:-1:2], strict=True))  # fmt: skip
            return f"CASE {branches} ELSE {args[-1]} END"
        raise AssertionError(f"{op} is not among the columns of its table: {node!r}")

    def constant(self, node: Expr) -> str:
        if node.data is None:
            return f"CAST(NULL AS {self.type(node.type)})"
        if isinstance(node.data, bool):
            return "TRUE" if node.data else "FALSE"
        if isinstance(node.data, int):
            kind = self.words.wide if node.wide else self.words.narrow
            return f"CAST({node.data} AS {kind})"
        return self.text(node.data)

    def text(self, value: str) -> str:
        doubled = value.replace("'", "''")
        return f"'{doubled}'"

    def whole(self, a: str, b: str, wide: bool) -> str:
        """The whole part of a number that is not negative divided by one above zero: the one division there is."""
        if self.dialect == "duckdb":
            return f"({a} // {b})"
        if self.dialect == "postgresql":
            return f"DIV({a}, {b})" if wide else f"({a} / {b})"
        if wide:
            return f"CAST((({a}) - ({a}) % ({b})) / ({b}) AS {self.words.wide})"
        return f"({a} DIV {b})"
