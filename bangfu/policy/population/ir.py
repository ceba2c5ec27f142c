"""The small language that a pack is compiled to: scalar expressions, frames they stand on, and tables.

An expression is made by `Maker`, which simplifies what is known at compile time and gives one object for equal expressions, so equal means `is`.
Truths have three values: null is unknown, `and` and `or` are Kleene's, as in SQL and in Polars. A number carries the bounds its values cannot
leave; a renderer widens what may pass 64 bits. There is no division but `//` of a number that is not negative by one above zero.

A `Frame` is what one row stands for: a household, a line of income, a member, a household at one of its possible sizes. Expressions of one
frame meet another frame's in four ways: `col` (its own column), `up` (of the frame it hangs on), `agg` (gathered from a frame below) and
`look` (found in another frame by equal columns). `plan` turns them into joins and groups of `Table`s, which Polars and SQL print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bangfu.policy.errors import PolicyError

#: What fits the plain and the wide integers of every engine.
NARROW: Final = 2**63 - 1
WIDE: Final = 10**38 - 1

Value: TypeAlias = int | bool | str | None


class NotCompiled(PolicyError):
    """What a pack says that no program for columns can say, or not within the numbers the engines have."""


@dataclass(eq=False)
class Frame:
    """What a row is. `keys` are the columns that tell its rows apart.

    `parent` is the frame it hangs on by equal `link` columns (own name, name in the parent). `source` is a table of the layout, "places",
    "sizes" (the parent's rows once for each number from `span[0]` to `span[1]`), or "groups" (the rows of `of` gathered by `keys`).
    Only rows where `where` holds belong to it, and none that `without` finds: (frame, pairs of columns). `derived` are columns made
    from its own, so that they can be keys.
    """

    name: str
    source: str
    keys: tuple[str, ...]
    parent: Frame | None = None
    link: tuple[tuple[str, str], ...] = ()
    where: Expr | None = None
    without: list[tuple[Frame, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    span: tuple[Expr, Expr] | None = None
    of: Frame | None = None
    derived: dict[str, Expr] = field(default_factory=dict)

    @property
    def carried(self) -> dict[str, str]:
        """What the keys of the parent are called on this frame."""
        if self.parent is None:
            return {}
        linked = {its: mine for mine, its in self.link}
        found: dict[str, str] = {}
        for key in self.parent.all_keys:
            found[key] = linked.get(key) or (key if key not in self.keys else f"of_{key}")
        return found

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Its keys, and those of the parent that are not among them."""
        return (
            *self.keys,
            *(name for name in self.carried.values() if name not in self.keys and name not in self._linked),
        )

    @property
    def _linked(self) -> set[str]:
        return {mine for mine, _ in self.link}

    @property
    def multiplies(self) -> bool:
        """Whether a row stands once for each of several rows of the parent."""
        return self.parent is not None and {its for _, its in self.link} != set(self.parent.all_keys)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Expr:
    """One expression. `low` and `high` bound an integer that is not null."""

    __slots__ = ("args", "data", "frame", "high", "low", "nullable", "op", "type")

    def __init__(self, op: str, args: tuple[Expr, ...], data: Any, kind: str, nullable: bool, frame: Frame | None, low: int, high: int) -> None:  # fmt: skip
        self.op = op
        self.args = args
        self.data = data
        self.type = kind  # "int", "bool" or "str"
        self.nullable = nullable
        self.frame = frame
        self.low = low
        self.high = high

    @property
    def wide(self) -> bool:
        """Whether its values may pass 64 bits."""
        return self.type == "int" and (self.high > NARROW or self.low < -NARROW)

    def __repr__(self) -> str:
        if self.op == "const":
            return repr(self.data)
        inner = ", ".join(map(repr, self.args))
        return f"{self.frame!r}.{self.data}" if self.op == "col" else f"{self.op}({inner})"


LEAVES: Final = frozenset({"col", "up", "agg", "look"})
_FLIPPED: Final = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "<>", "<>": "="}


class Maker:
    """Makes expressions; equal ones are one object."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Expr] = {}
        self.true = self.const(True)
        self.false = self.const(False)
        self.unknown = self._make("const", (), None, "bool", True, data_key=("null", "bool"))
        self.no_number = self._make("const", (), None, "int", True, data_key=("null", "int"))
        self.no_text = self._make("const", (), None, "str", True, data_key=("null", "str"))
        self.zero = self.const(0)
        self.one = self.const(1)

    def _make(
        self, op: str, args: tuple[Expr, ...], data: Any, kind: str, nullable: bool, low: int = 0, high: int = 0,
        frame: Frame | None = None, data_key: Any = None,
    ) -> Expr:  # fmt: skip
        key = (op, data if data_key is None else data_key, type(data), frame, *map(id, args))
        found = self._made.get(key)
        if found is None:
            for arg in args if op not in ("up", "agg", "look") else ():
                if arg.frame is not None and frame is not None and arg.frame is not frame:
                    raise AssertionError(f"{op} of {frame} and {arg.frame}")
                frame = frame or arg.frame
            if kind == "int" and max(abs(low), abs(high)) > WIDE:
                raise NotCompiled("a number of this pack may pass 38 digits")
            found = self._made[key] = Expr(op, args, data, kind, nullable, frame, low, high)
        return found

    # --- leaves ------------------------------------------------------------------------------------------------
    def const(self, value: int | bool | str) -> Expr:
        if isinstance(value, bool):
            return self._make("const", (), value, "bool", False)
        if isinstance(value, int):
            return self._make("const", (), value, "int", False, value, value)
        return self._make("const", (), value, "str", False)

    def col(self, frame: Frame, name: str, kind: str, nullable: bool, low: int = 0, high: int = 0) -> Expr:
        return self._make("col", (), name, kind, nullable, low, high, frame, (name, nullable))

    def up(self, frame: Frame, value: Expr) -> Expr:
        """`value`, of the frame's parent or of what that hangs on, seen from `frame`."""
        if value.frame is None or value.frame is frame:
            return value
        if frame.parent is None:
            raise AssertionError(f"{value.frame} cannot be seen from {frame}")
        value = self.up(frame.parent, value)
        return self._make("up", (value,), None, value.type, value.nullable, value.low, value.high, frame)

    def total(self, child: Frame, value: Expr, most: int) -> Expr:
        """The sum over the child's rows, zero without any; `value` is never null. At most `most` rows."""
        assert child.parent is not None
        assert not value.nullable
        if value is self.zero:
            return self.zero
        low, high = min(0, value.low * most), max(0, value.high * most)
        return self._make("agg", (value,), (child, "sum"), "int", False, low, high, child.parent)

    def count(self, child: Frame, test: Expr, most: int) -> Expr:
        """How many of the child's rows pass a test (unknown does not pass)."""
        if test is self.true:
            return self.total(child, self.one, most)
        return self.total(child, self.case([(test, self.one)], self.zero), most)

    def extreme(self, child: Frame, fn: str, value: Expr) -> Expr:
        """`min` or `max` over the child's rows that are not null; null without any."""
        return self._make("agg", (value,), (child, fn), value.type, True, value.low, value.high, child.parent)

    def gathered(self, frame: Frame, child: Frame, fn: str, value: Expr, most: int) -> Expr:
        """`sum`, `min` or `max` of rows gathered into a frame made of groups (never without rows)."""
        if value is self.zero and fn == "sum":
            return value
        if fn == "sum":
            low, high = min(0, value.low * most), max(0, value.high * most)
        else:
            low, high = value.low, value.high
        return self._make("agg", (value,), (child, fn), value.type, value.nullable, low, high, frame)

    def look(self, frame: Frame, target: Frame, pairs: tuple[tuple[str, str], ...], value: Expr, total: bool = False) -> Expr:  # fmt: skip
        """`value` of the row of `target` whose columns equal ours: (ours, its). Null where there is none, unless `total` says there always is."""
        if value.frame is None and total:
            return value
        nullable = value.nullable or not total
        return self._make("look", (value,), (target, pairs, total), value.type, nullable, value.low, value.high, frame)

    # --- numbers -----------------------------------------------------------------------------------------------
    def add(self, a: Expr, b: Expr) -> Expr:
        if a.op == "const" and b.op == "const" and a.data is not None and b.data is not None:
            return self.const(a.data + b.data)
        if a is self.zero:
            return b
        if b is self.zero:
            return a
        return self._make("+", (a, b), None, "int", a.nullable or b.nullable, a.low + b.low, a.high + b.high)

    def minus(self, a: Expr, b: Expr) -> Expr:
        if a.op == "const" and b.op == "const" and a.data is not None and b.data is not None:
            return self.const(a.data - b.data)
        if b is self.zero:
            return a
        return self._make("-", (a, b), None, "int", a.nullable or b.nullable, a.low - b.high, a.high - b.low)

    def times(self, a: Expr, b: Expr) -> Expr:
        if a.op == "const" and b.op == "const" and a.data is not None and b.data is not None:
            return self.const(a.data * b.data)
        if a.op == "const":
            a, b = b, a
        if b is self.zero and not a.nullable:
            return b
        if b is self.one:
            return a
        ends = (a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)
        return self._make("*", (a, b), None, "int", a.nullable or b.nullable, min(ends), max(ends))

    def over(self, a: Expr, b: Expr) -> Expr:
        """The whole part of `a / b`; `a` is never below zero where it is read, `b` above zero."""
        if b is self.one:
            return a
        if a.op == "const" and b.op == "const" and a.data is not None and b.data is not None and a.data >= 0:
            return self.const(a.data // b.data)
        return self._make("//", (a, b), None, "int", a.nullable or b.nullable, min(0, a.low), max(0, a.high))

    def least(self, a: Expr, b: Expr) -> Expr:
        """The smaller; null if either is null."""
        if a is b or (not b.nullable and a.high <= b.low):
            return a
        if not a.nullable and b.high <= a.low:
            return b
        if not a.nullable and not b.nullable:
            return self.case([(self.compare("<=", a, b), a)], b)
        return self.case([(self.compare("<=", a, b), a), (self.compare(">", a, b), b)], self.no_number)

    def greatest(self, a: Expr, b: Expr) -> Expr:
        """The greater; null if either is null."""
        if a is b or (not b.nullable and a.low >= b.high):
            return a
        if not a.nullable and b.low >= a.high:
            return b
        if not a.nullable and not b.nullable:
            found = self.case([(self.compare(">=", a, b), a)], b)
            found.low = max(found.low, a.low, b.low)  # it is at least both
            return found
        return self.case([(self.compare(">=", a, b), a), (self.compare("<", a, b), b)], self.no_number)

    # --- truths ------------------------------------------------------------------------------------------------
    def compare(self, op: str, a: Expr, b: Expr) -> Expr:
        if a.op == "const" and b.op == "const" and a.data is not None and b.data is not None:
            x, y = a.data, b.data
            return self.const({"=": x == y, "<>": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op])
        if a.type == "int" and op in ("<=", "<", ">", ">=") and not a.nullable and not b.nullable:
            sure = {"<=": a.high <= b.low, "<": a.high < b.low, ">": a.low > b.high, ">=": a.low >= b.high}[op]
            never = {"<=": a.low > b.high, "<": a.low >= b.high, ">": a.high <= b.low, ">=": a.high < b.low}[op]
            if sure or never:
                return self.const(sure)
        return self._make(op, (a, b), None, "bool", a.nullable or b.nullable)

    def one_of(self, a: Expr, values: Iterable[str]) -> Expr:
        listed = tuple(sorted(values))
        if not listed:
            return self.false
        if a.op == "const" and a.data is not None:
            return self.const(a.data in listed)
        if len(listed) == 1:
            return self.compare("=", a, self.const(listed[0]))
        return self._make("in", (a,), listed, "bool", a.nullable)

    def all_of(self, parts: Iterable[Expr]) -> Expr:
        return self._joined("and", parts, self.true, self.false)

    def any_of(self, parts: Iterable[Expr]) -> Expr:
        return self._joined("or", parts, self.false, self.true)

    def _joined(self, op: str, parts: Iterable[Expr], neutral: Expr, decisive: Expr) -> Expr:
        flat: dict[int, Expr] = {}
        for part in parts:
            for one in part.args if part.op == op else (part,):
                if one is decisive:
                    return decisive
                if one is not neutral:
                    flat[id(one)] = one
        listed = tuple(flat.values())
        if not listed:
            return neutral
        if len(listed) == 1:
            return listed[0]
        return self._make(op, listed, None, "bool", any(one.nullable for one in listed))

    def negation(self, a: Expr) -> Expr:
        if a is self.true:
            return self.false
        if a is self.false:
            return self.true
        if a is self.unknown:
            return a
        if a.op == "not":
            return a.args[0]
        if a.op == "or":
            return self.all_of(self.negation(one) for one in a.args)
        if a.op in _FLIPPED and a.args[0].type == "int":
            return self.compare(_FLIPPED[a.op], *a.args)
        return self._make("not", (a,), None, "bool", a.nullable)

    def is_null(self, a: Expr) -> Expr:
        if not a.nullable:
            return self.false
        if a.op == "const":
            return self.const(a.data is None)
        return self._make("null", (a,), None, "bool", False)

    def surely(self, a: Expr) -> Expr:
        """True where `a` is true; false where it is false or unknown."""
        return self.case([(a, self.true)], self.false) if a.nullable else a

    def case(self, branches: Sequence[tuple[Expr, Expr]], otherwise: Expr) -> Expr:
        """The value of the first branch whose test is true (unknown is passed over)."""
        kept: list[tuple[Expr, Expr]] = []
        for test, value in branches:
            if test is self.false or test is self.unknown:
                continue
            if test is self.true:
                otherwise = value
                break
            kept.append((test, value))
        while kept and kept[-1][1] is otherwise:
            kept.pop()
        if not kept:
            return otherwise
        values = [value for _, value in kept] + [otherwise]
        if len(kept) == 1 and not kept[0][0].nullable:
            test, value = kept[0]
            if value is self.true and otherwise is self.false:
                return test
            if value is self.false and otherwise is self.true:
                return self.negation(test)
        real = [value for value in values if not (value.op == "const" and value.data is None)]
        kind = values[0].type
        low, high = min((one.low for one in real), default=0), max((one.high for one in real), default=0)
        flat = [item for branch in kept for item in branch] + [otherwise]
        return self._make("case", tuple(flat), None, kind, any(value.nullable for value in values), low, high)

    def or_else(self, a: Expr, b: Expr) -> Expr:
        """`a`, or `b` where it is null."""
        if not a.nullable:
            return a
        if a.op == "const":
            return b
        low, high = min(a.low, b.low), max(a.high, b.high)
        return self._make("coalesce", (a, b), None, a.type, b.nullable, low, high)


# --- tables -----------------------------------------------------------------------------------------------------------
@dataclass(eq=False)
class Table:
    """A relation. `columns` are the names it has, in order, with their type ("int", "wide", "bool", "str", "date")."""

    columns: dict[str, str]


@dataclass(eq=False)
class Scan(Table):
    """A table of the layout or `places`."""

    name: str


@dataclass(eq=False)
class Select(Table):
    """Columns made from the input's: `names` says what the leaves are called there. Rows where `where` is not true are left out."""

    input: Table
    made: dict[str, Expr]
    names: dict[int, str]
    where: Expr | None = None


@dataclass(eq=False)
class Join(Table):
    """Rows of both with equal `pairs` (left, right); `how` is "inner", "left" or "anti". The right's pair columns are not kept.

    Columns in `zero` are 0 where a left join finds nothing.
    """

    left: Table
    right: Table
    pairs: tuple[tuple[str, str], ...]
    how: str
    zero: frozenset[str] = frozenset()


@dataclass(eq=False)
class Group(Table):
    """One row for each distinct `by`; `made` is name → (function, column of the input)."""

    input: Table
    by: tuple[str, ...]
    made: dict[str, tuple[str, str]]


@dataclass(eq=False)
class Sizes(Table):
    """Each row once for every number from column `low` to column `high`, in a new column `name`."""

    input: Table
    low: str
    high: str
    name: str
    most: int


def inputs(table: Table) -> list[Table]:
    """The tables a table is made from."""
    if isinstance(table, Join):
        return [table.left, table.right]
    return [table.input] if isinstance(table, (Select, Group, Sizes)) else []
