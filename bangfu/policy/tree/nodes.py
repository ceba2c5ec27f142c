"""The typed tree. Nodes are plain data: what an operation means is said once by the judge, and by each compiler for its machine.

Every node knows its `kind` (the type of its value) and `text` (how the pack wrote it). The operations, all total:

====================  ==========================================================================================
truth                 `and` `or` `not`, `a if t else b`, `== != < <= > >=`, `in` a list, `"x" in causes`
members and lists     `any(… for m in members)`, `all(…)`, `count(…)`, `some(list)` (known not to be empty)
numbers               `+ - * /` (by a count), unary `-`, `max`, `min`, `round_half_up`, `a if t else b`
units                 `yuan(x)`, `m2(x)`
lines                 `in_window(once, monthly)`, `in_incident_months(…)`, `in_application_month(…)`
groups of lines       `topped_up(floor)`, `share(whole)`
windows               `last(k, x)`, `every_month(condition)`
standards             `published(standard)`
regions               `starts_with(region, "12")`
====================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from typing import Literal as Constant

#: Kinds: "truth", "money", "area", "count", "ratio", "number" (a bare literal), "zero" (the literal 0),
#: "month", "region", "enum:<name>", "set:<name>", "standard:<unit>"
Kind: TypeAlias = str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Node:
    kind: Kind
    text: str = ""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Literal(Node):
    """A number of the pack: exact numerator and denominator, in the smallest unit of its kind."""

    numerator: int
    denominator: int = 1


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Flag(Node):
    """true or false."""

    value: bool


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Text(Node):
    """One value of an enumeration, or the first digits of a region."""

    value: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fact(Node):
    """A fact. `scope` says whose: "household", "worker", "incident", or the variable it hangs on."""

    scope: str
    name: str
    path: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Standard(Node):
    """A local parameter, found at the region its declaration names. `code` is the pack's name for it."""

    code: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Size(Node):
    """Household size n."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class WindowMonths(Node):
    """The number of months of the window looked at."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class WindowEdge(Node):
    """First month of the window, or the month of application."""

    edge: Constant["first", "application"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Pot(Node):
    """The sum of what the lines bring into one pot, over the window looked at."""

    code: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Term(Node):
    """A formula with a name."""

    code: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Or(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Not(Node):
    part: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Choose(Node):
    """`yes if test else no`, of truths or of numbers."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Compare(Node):
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OneOf(Node):
    """An enumerated fact that equals one of some values (`negated`: none of them)."""

    fact: Node
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Holds(Node):
    """A set of the facts that holds a value."""

    collection: Node
    value: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Some(Node):
    """A list of the facts that is not empty."""

    collection: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Quantified(Node):
    """`any`, `all` or `count` over counted members, vehicles or a member's disabilities."""

    how: Constant["any", "all", "count"]
    variable: str
    collection: str
    part: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Published(Node):
    """Whether a row of the standard is in force."""

    code: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class StartsWith(Node):
    region: Node
    digits: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Arithmetic(Node):
    op: Constant["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Extreme(Node):
    how: Constant["max", "min"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class RoundHalfUp(Node):
    part: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Spread(Node):
    """A line's sum in some months: `once` when its month is among them, `monthly` for each month it covers."""

    months: Constant["window", "incident", "application"]
    once: Node
    monthly: Node
    by_month: bool


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ToppedUp(Node):
    """Per member and month that such lines cover: max(sum declared, floor). A whole formula, never a part."""

    floor: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Share(Node):
    """`whole` divided equally among the lines of this kind that cover the month for the same recipient."""

    whole: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Last(Node):
    """`part`, looked at over the last `count` months of the window."""

    count: int
    part: Node


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class EveryMonth(Node):
    """`part`, which must hold for each month of the window by itself."""

    part: Node


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula with its place, for messages and for the trace."""

    text: str
    node: Node
    file: str = ""
    line: int = 0


NUMERIC: frozenset[str] = frozenset({"money", "area", "count", "ratio", "number", "zero"})


_CHILDREN: dict[type[Node], Callable[[Any], tuple[Node, ...]]] = {
    And: lambda node: node.parts,
    Or: lambda node: node.parts,
    Extreme: lambda node: node.parts,
    Not: lambda node: (node.part,),
    RoundHalfUp: lambda node: (node.part,),
    Last: lambda node: (node.part,),
    EveryMonth: lambda node: (node.part,),
    Quantified: lambda node: (node.part,),
    Choose: lambda node: (node.test, node.yes, node.no),
    Compare: lambda node: (node.left, node.right),
    Arithmetic: lambda node: (node.left, node.right),
    OneOf: lambda node: (node.fact,),
    Holds: lambda node: (node.collection,),
    Some: lambda node: (node.collection,),
    StartsWith: lambda node: (node.region,),
    Spread: lambda node: (node.once, node.monthly),
    ToppedUp: lambda node: (node.floor,),
    Share: lambda node: (node.whole,),
}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in reading order."""
    below = _CHILDREN.get(type(node))
    return below(node) if below else ()


@dataclass(slots=True)
class Names:
    """What a tree refers to: gathered for checks and for compilers."""

    pots: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)
    standards: set[str] = field(default_factory=set)
    size: bool = False


def names(node: Node) -> Names:
    """All pots, terms and standards a tree names, and whether household size stands in it."""
    found = Names()
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, Pot):
            found.pots.add(one.code)
        elif isinstance(one, Term):
            found.terms.add(one.code)
        elif isinstance(one, (Standard, Published)):
            found.standards.add(one.code)
        elif isinstance(one, Size):
            found.size = True
        stack.extend(children(one))
    return found
