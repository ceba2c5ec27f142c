"""Where a formula is being compiled: on which frame, over which months, for which lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from bangfu.policy import household
from bangfu.policy.pack.model import Rules
from bangfu.policy.population import layout
from bangfu.policy.population.compile.numbers import Numbers
from bangfu.policy.population.compile.shape import Shape, Sort
from bangfu.policy.population.ir import Expr, Frame, Maker, NotCompiled
from bangfu.policy.tree import nodes as n

#: Months of a line's formula, told from the month of application.
Span = tuple[int, int]
OWN = (("household", "household"),)


@dataclass(frozen=True)
class Here:
    """`home` is the household, or the household at one of its sizes; `frame` the rows the value is wanted on. `fixed`: one size at a time.

    `kinds`, `basis` and `monthly` say which lines the formula is said of, so far as that is settled.
    """

    home: Frame
    frame: Frame
    span: Span
    fixed: bool = False
    line: Frame | None = None
    of: str = ""
    kinds: frozenset[str] = frozenset()
    basis: str | None = None
    monthly: bool | None = None
    month: int | None = None
    bound: tuple[tuple[str, Frame], ...] = ()

    def on(self, frame: Frame) -> Here:
        return replace(self, frame=frame)


class Frames:
    """The frames of a program, and their columns as expressions."""

    def __init__(self, rules: Rules, shape: Shape) -> None:
        self.rules = rules
        self.shape = shape
        self.make = Maker()
        self.numbers = Numbers(self.make)
        make = self.make
        self.households = Frame("households", "households", ("household",))
        self.places = Frame("places", "places", ("place_work", "place_huji", "application_date"))
        for frame in (self.households, self.places):
            for name, column in (("place_work", "work_region"), ("place_huji", "huji_region")):
                value = make.col(frame, column, "str", shape.nullable(frame.name, column))
                frame.derived[name] = make.or_else(value, make.const(""))
        keys = ("place_work", "place_huji") if shape.same_day else self.places.keys
        self._place_pairs = tuple((key, key) for key in keys)
        self._frames: dict[tuple[object, ...], Frame] = {}
        self.sizes: Frame | None = None

    # --- columns -----------------------------------------------------------------------------------------------
    def column(self, frame: Frame, table: str, name: str, nullable: bool | None = None) -> Expr:
        dtype = layout.TABLES[table][name] if table in layout.TABLES else None
        if nullable is None:
            nullable = self.shape.nullable(table, name)
        kind = "bool" if dtype is pl.Boolean else "str" if dtype is pl.String else "int"
        if kind != "int":
            return self.make.col(frame, name, kind, nullable)
        low, high = self.shape.range(table, name)
        if low == high and not nullable and (table, name) in self.shape.ranges:
            return self.make.const(low)
        return self.make.col(frame, name, "int", nullable, low, high)

    def line_column(self, here: Here, name: str) -> Expr:
        """A column of the line, known where no line of these kinds lacks it."""
        assert here.line is not None
        nullable = self.shape.line_nullable(here.of, name, self.sort(here))
        return self.column(here.line, here.of, name, nullable)

    def sort(self, here: Here, monthly: bool | None = None) -> Sort:
        """The sort of line a formula is said of."""
        apart = frozenset(self.rules.special_basis.items()) if here.of == "incomes" else frozenset()
        return Sort(here.kinds, here.basis, here.monthly if monthly is None else monthly, apart)

    def occurs(self, here: Here, monthly: bool) -> bool:
        """Whether lines of that form occur among those a formula is said of."""
        return self.shape.occurs(here.of, self.sort(here, monthly))

    def place(self, name: str, kind: str, most: int | None = None) -> Expr:
        """A column of `places`, on the household. `most` bounds what the shape does not."""
        nullable = self.shape.nullable("places", name)
        low, high = self.shape.range("places", name) if kind == "int" else (0, 0)
        if most is not None and ("places", name) not in self.shape.ranges:
            high = most
        if kind == "int" and low == high and not nullable and ("places", name) in self.shape.ranges:
            return self.make.const(low)
        value = self.make.col(self.places, name, kind, nullable, low, high)
        return self.make.look(self.households, self.places, self._place_pairs, value, total=True)

    def application_month(self) -> Expr:
        value = self.place("application_month", "int")
        if value.op != "const" and ("places", "application_month") not in self.shape.ranges:
            value.high = value.args[0].high = 120_000
        value.nullable = False
        return value

    # --- members -----------------------------------------------------------------------------------------------
    def worker_place(self) -> Expr:
        return self.column(self.households, "households", "worker")

    def worker(self) -> tuple[Frame, tuple[tuple[str, str], ...]]:
        """The workers' own rows, and how a household finds its."""
        place = self.worker_place()
        frame = self._frames.get(("worker",))
        if frame is None:
            frame = Frame("workers", "members", ("household", "position"), self.households, OWN)
            if place.op == "const":
                frame.where = self.make.compare("=", self.column(frame, "members", "position", False), place)
            self._frames["worker",] = frame
        return frame, OWN if place.op == "const" else (*OWN, ("worker", "position"))

    def members(self, parent: Frame) -> Frame:
        """All members, as rows of a household, of a household at one size, or once more for each line."""
        return self._made("members", "members", ("household", "position"), parent, OWN)

    def vehicles(self, parent: Frame) -> Frame:
        return self._made("vehicles", "vehicles", ("household", "position"), parent, OWN)

    def disabilities(self, member: Frame) -> Frame:
        link = (("household", "household"), ("member", "position"))
        return self._made("disabilities", "disabilities", ("household", "member", "position"), member, link)

    def _made(self, name: str, source: str, keys: tuple[str, ...], parent: Frame, link: tuple[tuple[str, str], ...], *more: object) -> Frame:  # fmt: skip
        key = (name, parent, *more)
        if key not in self._frames:
            title = name if parent is self.households else f"{name}_of_{parent.name}"
            self._frames[key] = Frame(title, source, keys, parent, link)
        return self._frames[key]

    def once(self, key: tuple[object, ...]) -> Frame | None:
        return self._frames.get(key)

    def remember(self, key: tuple[object, ...], frame: Frame) -> Frame:
        self._frames[key] = frame
        return frame


def column_of(node: n.Fact) -> str:
    """The layout's name of a fact."""
    if node.scope in ("incident", "status", "attested"):
        return f"{node.scope}_{node.name}"
    return node.name.replace(".", "_")


def fingerprint(node: n.Node, rules: Rules) -> tuple[object, ...]:
    """Equal for formulas that mean the same, wherever they are written."""
    parts: list[object] = [type(node).__name__, node.kind]
    for name in type(node).__dataclass_fields__:
        if name in ("kind", "text"):
            continue
        value = getattr(node, name)
        if isinstance(value, n.Node):
            parts.append(fingerprint(value, rules))
        elif isinstance(value, tuple) and value and isinstance(value[0], n.Node):
            parts.append(tuple(fingerprint(one, rules) for one in value))
        else:
            parts.append(value)
    return tuple(parts)


def free(node: n.Node, rules: Rules) -> frozenset[str]:
    """What besides the household a formula is about: "line", and the variables that it does not bind itself."""
    if isinstance(node, n.Fact):
        if node.scope in ("line", "line_member"):
            return frozenset({"line"})
        return frozenset() if node.scope in _HOUSEHOLD_SCOPES else frozenset({node.scope})
    if isinstance(node, n.Term):
        term = rules.terms[node.code]
        return free(term.formula.node, rules)
    if isinstance(node, (n.Spread, n.Share, n.ToppedUp)):
        return frozenset({"line"})
    found: frozenset[str] = frozenset()
    for child in n.children(node):
        found |= free(child, rules)
    if isinstance(node, n.Quantified):
        found -= {node.variable}
        owner = node.collection.partition(".")[0]
        if node.collection.endswith(".disabilities") and owner != "worker":
            found |= {"line"} if owner == "member" else {owner}
    return found


_HOUSEHOLD_SCOPES = frozenset({"household", "worker", "housing", "conduct", "status", "attested", "incident"})


def deepest(names: frozenset[str], here: Here) -> Frame:
    """The frame a formula about these names is evaluated on."""
    bound = dict(here.bound)
    frames: list[Frame] = []
    for name in names:
        frame = here.line if name == "line" else bound[name]
        assert frame is not None
        frames.append(frame)
    found = here.home
    for frame in frames:
        if _hangs_on(frame, found):
            found = frame
        elif not _hangs_on(found, frame):
            raise NotCompiled(f"a formula looks at {frame.name} and {found.name} together")
    return found


def _hangs_on(frame: Frame | None, other: Frame) -> bool:
    while frame is not None:
        if frame is other:
            return True
        frame = frame.parent
    return False


CAUSES = tuple(f"cause_{one}" for one in household.CAUSES)
