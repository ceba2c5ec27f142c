"""Truths and numbers of a formula as expressions: the judge's operations, said once for all columnar engines.

Each method mirrors the one of the same meaning in `tree.judge`, which is the specification.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bangfu.policy.pack.model import Rules
from bangfu.policy.population import places
from bangfu.policy.population.compile.context import (
    CAUSES,
    OWN,
    Frames,
    Here,
    column_of,
    deepest,
    free,
)
from bangfu.policy.population.compile.numbers import Num
from bangfu.policy.population.compile.shape import Shape
from bangfu.policy.population.ir import Expr, Frame, NotCompiled
from bangfu.policy.tree import nodes as n

#: Ratios and counts a place may publish stay below this, where nothing more is known of them.
_PLAIN_MOST = 10**9


class TreeCompiler(Frames):
    """Compiles the nodes that are about households, members and standards. Lines are added by `lines.LineCompiler`."""

    def __init__(self, rules: Rules, shape: Shape) -> None:
        super().__init__(rules, shape)
        self._done: dict[tuple[Any, ...], Any] = {}
        self._free: dict[int, frozenset[str]] = {}
        self._kept: list[n.Node] = []  # ids in the memo stay those of living nodes
        window = rules.window_months
        self.window = (-window, -1)
        self.at_home = Here(self.households, self.households, self.window)

    # --- where a node is evaluated -------------------------------------------------------------------------------
    def free(self, node: n.Node) -> frozenset[str]:
        found = self._free.get(id(node))
        if found is None:
            self._kept.append(node)
            found = self._free[id(node)] = free(node, self.rules)
        return found

    def sized(self, node: n.Node) -> bool:
        names = n.names(node)
        return names.size or bool((names.pots | names.terms) & self.rules.sized)

    def settle(self, node: n.Node, here: Here) -> Here:
        """The smallest place a node can be evaluated at: nothing is done once a line that can be done once a household."""
        about = self.free(node)
        home = here.home
        if home is not self.households and not about and not self.sized(node):
            home = self.households
        inner = replace(here, home=home)
        return inner.on(deepest(about, inner) if about else home)

    def truth(self, node: n.Node, here: Here) -> Expr:
        """A nullable truth on `here.frame`."""
        inner = self.settle(node, here)
        key = ("truth", id(node), inner)
        found = self._done.get(key)
        if found is None:
            self._kept.append(node)
            found = self._done[key] = _TRUTH[type(node)](self, node, inner)
        return self.make.up(here.frame, found)

    def number(self, node: n.Node, here: Here) -> Num:
        """A number on `here.frame`."""
        inner = self.settle(node, here)
        key = ("number", id(node), inner)
        found = self._done.get(key)
        if found is None:
            self._kept.append(node)
            found = self._done[key] = _NUMBER[type(node)](self, node, inner)
        return self.up(here.frame, found)

    def up(self, frame: Frame, a: Num) -> Num:
        def lifted(value: Expr | None) -> Expr | None:
            return None if value is None else self.make.up(frame, value)

        low = lifted(a.low)
        return Num(low, low if a.low is a.high else lifted(a.high), a.den, a.power, lifted(a.size))

    # --- facts ---------------------------------------------------------------------------------------------------
    def fact(self, node: n.Fact, here: Here) -> tuple[Expr, Expr]:
        """(the value, null where unknown; whether there is nothing to have it)."""
        make, scope, name = self.make, node.scope, column_of(node)
        if scope == "worker":
            frame, pairs = self.worker()
            return make.look(self.households, frame, pairs, self.column(frame, "members", name), total=True), make.false
        if scope == "line":
            return self.line_column(here, name), make.false
        if scope == "line_member":
            return self.of_owner(here, lambda frame: self.column(frame, "members", name))
        bound = dict(here.bound)
        if scope in bound:
            frame = bound[scope]
            return self.column(frame, frame.source, name), make.false
        value = self.column(self.households, "households", name)
        if scope != "incident" or node.name == "happened":
            return value, make.false
        happened = self.column(self.households, "households", "incident_happened")
        nothing = make.surely(make.negation(happened))
        if node.name == "injury_grade":
            nothing = make.any_of((nothing, make.surely(make.compare("=", value, make.zero))))
        return value, nothing

    def of_owner(self, here: Here, value: Callable[[Frame], Expr]) -> tuple[Expr, Expr]:
        """Something of the member a line belongs to, and whether it belongs to none."""
        assert here.line is not None
        member = self.column(here.line, here.of, "member", self.line_owner_nullable(here))
        frame = self.members(self.households)
        pairs = (*OWN, ("member", "position"))
        return self.make.look(here.line, frame, pairs, value(frame), total=True), self.make.is_null(member)

    def line_owner_nullable(self, here: Here) -> bool:
        return self.shape.line_nullable(here.of, "member", self.sort(replace(here, monthly=None)))

    # --- truths --------------------------------------------------------------------------------------------------
    def _fact_truth(self, node: n.Fact, here: Here) -> Expr:
        value, nothing = self.fact(node, here)
        return self.make.case([(nothing, self.make.false)], value)

    def _one_of(self, node: n.OneOf, here: Here) -> Expr:
        assert isinstance(node.fact, n.Fact)
        value, nothing = self.fact(node.fact, here)
        found = self.make.one_of(value, node.values)
        return self.make.case([(nothing, self.make.false)], self.make.negation(found) if node.negated else found)

    def _choose_truth(self, node: n.Choose, here: Here) -> Expr:
        test, yes, no = (self.truth(part, here) for part in (node.test, node.yes, node.no))
        make = self.make
        if not test.nullable:
            return make.case([(test, yes)], no)
        same = make.case([(make.all_of((yes, no)), make.true), (make.negation(make.any_of((yes, no))), make.false)], make.unknown)  # fmt: skip
        return make.case([(test, yes), (make.negation(test), no)], same)

    def _compare(self, node: n.Compare, here: Here) -> Expr:
        if node.left.kind == "month":
            return self._compare_months(node, here)
        if here.fixed or not self.doubt() or not self.sized(node):
            return self._compare_once(node, here)
        if here.frame is not self.households:
            raise NotCompiled(f"{node.text!r}: household size inside a list while it is in doubt who belongs to it")
        sizes = self.size_frame()
        known = self._compare_once(node, replace(here, fixed=True))
        one = self.truth(node, replace(here, home=sizes, frame=sizes, fixed=True))
        return self.make.case([(self.single_size(), known)], self.agreed(one))

    def _compare_once(self, node: n.Compare, here: Here) -> Expr:
        make = self.make
        nothing: list[tuple[Expr, Expr]] = []
        for side in (node.left, node.right):
            if isinstance(side, n.Fact) and side.kind != "money":
                _, none = self.fact(side, here.on(self.settle(side, here).frame))
                nothing.append((make.up(here.frame, none), make.false))
        holds = self.numbers.always(node.op, self.number(node.left, here), self.number(node.right, here))
        return make.case(nothing, holds)

    def _compare_months(self, node: n.Compare, here: Here) -> Expr:
        make = self.make
        sides: list[Expr] = []
        nothing: list[tuple[Expr, Expr]] = []
        for side in (node.left, node.right):
            if isinstance(side, n.WindowEdge):
                month = self.application_month()
                if side.edge == "first":
                    month = make.add(month, make.const(here.span[0]))
            else:
                assert isinstance(side, n.Fact)
                month, none = self.fact(side, here)
                nothing.append((none, make.false))
            sides.append(make.up(here.frame, month))
        return make.case(nothing, make.compare({"==": "=", "!=": "<>"}.get(node.op, node.op), *sides))

    def _holds(self, node: n.Holds, here: Here) -> Expr:
        return self.column(self.households, "households", f"cause_{node.value}")

    def _some(self, node: n.Some, here: Here) -> Expr:
        make = self.make
        assert isinstance(node.collection, n.Fact)
        if node.collection.name == "causes":
            return make.any_of(self.column(self.households, "households", cause) for cause in CAUSES)
        known = self.always_true("vehicles_known") or self.column(
            self.households, "households", "vehicles_known", False
        )
        found = make.compare(">", make.count(self.vehicles(self.households), make.true, self.shape.most("vehicles")), make.zero)  # fmt: skip
        return make.case([(known, found)], make.unknown)

    def _published(self, node: n.Published, here: Here) -> Expr:
        return self.place(f"{node.code}_published", "bool")

    def _starts_with(self, node: n.StartsWith, here: Here) -> Expr:
        return self.place(places.starts_column(node), "bool")

    def _every_month(self, node: n.EveryMonth, here: Here) -> Expr:
        first, last = here.span
        return self.make.all_of(self.truth(node.part, replace(here, span=(m, m))) for m in range(first, last + 1))

    def narrowed(self, node: n.Last, here: Here) -> Here:
        first, last = here.span
        return replace(here, span=(max(first, last - node.count + 1), last))

    # --- lists ---------------------------------------------------------------------------------------------------
    def items(self, node: n.Quantified, here: Here) -> tuple[Frame, Expr, Expr]:
        """(the rows to look through; whether each counts; whether the list is known), for lists of the household or of a bound member."""
        make = self.make
        if node.collection == "members":
            frame = self.members(here.frame)
            return frame, self.counted(frame), make.true
        if node.collection == "vehicles":
            known = self.column(self.households, "households", "vehicles_known", False)
            return (
                self.vehicles(here.frame),
                make.true,
                make.up(here.frame, self.always_true("vehicles_known") or known),
            )
        owner = dict(here.bound)[node.collection.partition(".")[0]]
        return self.disabilities(owner), make.true, self.always_true("disabilities_known") or self.column(owner, "members", "disabilities_known")  # fmt: skip

    def always_true(self, column: str) -> Expr | None:
        """True, where the shape says that a list is known everywhere."""
        table = "members" if column == "disabilities_known" else "households"
        return self.make.true if (table, column) in self.shape.true else None

    def verdicts(self, node: n.Quantified, here: Here) -> tuple[Frame, Expr, Expr, Expr]:
        """(rows, whether each counts, whether the part holds for each, whether the list is known)."""
        frame, counts, known = self.items(node, here)
        inside = replace(here, frame=frame, bound=(*here.bound, (node.variable, frame)))
        return frame, counts, self.truth(node.part, inside), known

    def _quantified(self, node: n.Quantified, here: Here) -> Expr:
        owner = node.collection.partition(".")[0]
        if (
            node.collection.endswith(".disabilities")
            and owner in ("worker", "member")
            and owner not in dict(here.bound)
        ):
            return self._of_person(node, here)
        make = self.make
        frame, counts, part, known = self.verdicts(node, here)
        most = self.shape.most(frame.source)
        if node.how == "any":
            item, decisive, found = make.all_of((counts, part)), make.true, make.false
        else:
            item = make.negation(make.any_of((make.negation(counts), part)))
            decisive, found = make.false, make.true
        some = make.compare(">", make.count(frame, item, most), make.zero)
        open_ = make.compare(">", make.count(frame, make.is_null(item), most), make.zero)
        found = make.case([(some, decisive), (open_, make.unknown)], found)
        return make.case([(known, found)], make.unknown)

    def _quantified_count(self, node: n.Quantified, here: Here) -> Num:
        owner = node.collection.partition(".")[0]
        if (
            node.collection.endswith(".disabilities")
            and owner in ("worker", "member")
            and owner not in dict(here.bound)
        ):
            raise NotCompiled(f"{node.text!r}: count the disabilities of a bound member instead")
        make = self.make
        frame, counts, part, known = self.verdicts(node, here)
        most = self.shape.most(frame.source)
        item = make.all_of((counts, part))
        low = make.count(frame, item, most)
        high = low if not item.nullable else make.add(low, make.count(frame, make.is_null(item), most))
        return self.numbers.choose(make.surely(known), Num(low, high), self.numbers.not_negative)

    def _of_person(self, node: n.Quantified, here: Here) -> Expr:
        """`any` or `all` over the disabilities of the worker, or of the member a line belongs to."""
        if self.free(node.part) - {node.variable}:
            raise NotCompiled(f"{node.text!r}: the part may ask of the disability and of the household only")
        make = self.make
        groups, item = self.ailments(node, here)
        pairs = (*OWN, ("worker" if node.collection.startswith("worker.") else "member", "member"))
        at = self.households if node.collection.startswith("worker.") else here.line
        assert at is not None
        decisive, empty = (make.true, make.false) if node.how == "any" else (make.false, make.true)
        own, most = groups.of, self.shape.most("disabilities")
        assert own is not None
        found = empty
        if item.nullable:
            open_ = make.gathered(groups, own, "sum", make.case([(make.is_null(item), make.one)], make.zero), most)
            open_here = make.surely(make.look(at, groups, pairs, make.compare(">", open_, make.zero)))
            found = make.case([(open_here, make.unknown)], found)
        some = make.gathered(groups, own, "sum", make.case([(item, make.one)], make.zero), most)
        some_here = make.surely(make.look(at, groups, pairs, make.compare(">", some, make.zero)))
        found = make.case([(some_here, decisive)], found)
        return make.case([(self.ailments_unknown(at, pairs), make.unknown)], found)

    def ailments(self, node: n.Quantified, here: Here) -> tuple[Frame, Expr]:
        """(members with disabilities, whether one of these decides the question)."""
        make = self.make
        key = ("ailing",)
        groups = self.once(key)
        if groups is None:
            own = Frame("ailments", "disabilities", ("household", "member", "position"), self.households, OWN)
            groups = self.remember(key, Frame("ailing", "groups", ("household", "member"), self.households, OWN))
            groups.of = own
        assert groups.of is not None
        inside = Here(self.households, groups.of, here.span, True, bound=((node.variable, groups.of),))
        part = self.truth(node.part, inside)
        return groups, part if node.how == "any" else make.negation(part)

    def ailments_unknown(self, at: Frame, pairs: tuple[tuple[str, str], ...]) -> Expr:
        """Whether nobody knows which disabilities the person has."""
        if self.always_true("disabilities_known") is not None:
            return self.make.false
        key = ("unknown ailments",)
        frame = self.once(key)
        if frame is None:
            frame = self.remember(key, Frame("unasked", "members", ("household", "position"), self.households, OWN))
            frame.where = self.make.negation(self.make.col(frame, "disabilities_known", "bool", False))
        there = tuple((mine, "position" if its == "member" else its) for mine, its in pairs)
        found = self.make.look(at, frame, there, self.make.true)
        return self.make.negation(self.make.is_null(found))

    # --- who counts ----------------------------------------------------------------------------------------------
    def belongs(self, frame: Frame) -> Expr:
        """The text's own test whether a member counts, the worker aside."""
        here = Here(self.households, frame, self.window, True, bound=(("member", frame),))
        return self.truth(self.rules.household.formula.node, here)

    def counted(self, frame: Frame) -> Expr:
        make = self.make
        is_worker = make.compare("=", self.column(frame, "members", "position", False), make.up(frame, self.worker_place()))  # fmt: skip
        return make.any_of((is_worker, self.belongs(frame)))

    def outsiders(self) -> Frame:
        """Members who do not surely count: few, so that lines are compared with few."""
        found = self.once(("outsiders",))
        if found is not None:
            return found
        make = self.make
        frame = self.remember(("outsiders",), Frame("outsiders", "members", ("household", "position"), self.households, OWN))  # fmt: skip
        counts = self.counted(frame)
        frame.where = make.negation(make.surely(counts)) if counts.nullable else make.negation(counts)
        return frame

    def strangers(self) -> Frame:
        """Members who surely do not count."""
        found = self.once(("strangers",))
        if found is not None:
            return found
        frame = self.remember(("strangers",), Frame("strangers", "members", ("household", "position"), self.households, OWN))  # fmt: skip
        counts = self.counted(frame)
        frame.where = self.make.surely(self.make.negation(counts)) if counts.nullable else self.make.negation(counts)
        return frame

    def doubt(self) -> bool:
        """Whether it may be open who counts."""
        return self.counted(self.members(self.households)).nullable

    def sure_size(self) -> Expr:
        """How many members surely count: all but the few who do not, or may not."""
        most = self.shape.most("members")
        everybody = self.make.count(self.members(self.households), self.make.true, most)
        found = self.make.minus(everybody, self.make.count(self.outsiders(), self.make.true, most))
        found.low, found.high = 1, most  # the worker counts
        return found

    def maybe_size(self) -> Expr:
        """How many members may or may not count."""
        outsiders = self.outsiders()
        return self.make.count(outsiders, self.make.is_null(self.counted(outsiders)), self.shape.most("members"))

    def single_size(self) -> Expr:
        return self.make.compare("=", self.maybe_size(), self.make.zero)

    def size_frame(self) -> Frame:
        """Households whose size is in doubt, once for each size they may have."""
        if self.sizes is None:
            make, home = self.make, self.households
            frame = Frame("sizes", "sizes", ("household", "size"), home, OWN)
            frame.where = make.compare(">", self.maybe_size(), make.zero)  # of the household
            frame.span = (self.sure_size(), make.add(self.sure_size(), self.maybe_size()))
            self.sizes = frame
        return self.sizes

    def agreed(self, one: Expr) -> Expr:
        """The verdict over all sizes: that of each, or open."""
        make, sizes = self.make, self.size_frame()
        one = make.up(sizes, one)
        most = self.shape.most("members")
        refuted = make.count(sizes, make.negation(make.surely(one)), most)
        upheld = make.count(sizes, make.negation(make.surely(make.negation(one))), most)
        return make.case([(make.compare("=", refuted, make.zero), make.true), (make.compare("=", upheld, make.zero), make.false)], make.unknown)  # fmt: skip

    # --- numbers -------------------------------------------------------------------------------------------------
    def _literal(self, node: n.Literal, here: Here) -> Num:
        return self.numbers.exactly(node.numerator, node.denominator)

    def _fact_number(self, node: n.Fact, here: Here) -> Num:
        value, nothing = self.fact(node, here)
        return self.numbers.choose(nothing, self.numbers.zero, self.numbers.single(value))

    def _standard(self, node: n.Standard, here: Here) -> Num:
        most = None if self.rules.standards[node.code].unit in ("money", "area") else _PLAIN_MOST
        low = self.place(f"{node.code}_low", "int", most)
        low.nullable = False
        den = self.shape.denominators.get(node.code, 1)
        high = low if node.code in self.shape.known else self.place(f"{node.code}_high", "int", most)
        return Num(low, high, den)

    def size_at(self, here: Here) -> Expr:
        if here.home is self.sizes:
            sizes = self.size_frame()
            return self.make.col(sizes, "size", "int", False, 1, self.shape.most("members"))
        return self.sure_size()

    def _size(self, node: n.Size, here: Here) -> Num:
        size = self.size_at(here)
        if here.fixed or here.home is self.sizes or not self.doubt():
            return Num(size, size)
        return Num(size, self.make.add(size, self.maybe_size()))

    def _window_months(self, node: n.WindowMonths, here: Here) -> Num:
        return self.numbers.exactly(here.span[1] - here.span[0] + 1)

    def _choose_number(self, node: n.Choose, here: Here) -> Num:
        return self.numbers.choose(self.truth(node.test, here), self.number(node.yes, here), self.number(node.no, here))

    def _arithmetic(self, node: n.Arithmetic, here: Here) -> Num:
        a, numbers = self.number(node.left, here), self.numbers
        if node.op == "/":
            if isinstance(node.right, n.Size):
                return numbers.by_size(a, self.make.up(here.frame, self.size_at(here)))
            if isinstance(node.right, n.WindowMonths):
                return numbers.divide(a, here.span[1] - here.span[0] + 1)
            assert isinstance(node.right, n.Literal)
            return numbers.divide(a, node.right.numerator, node.right.denominator)
        b = self.number(node.right, here)
        return numbers.add(a, b) if node.op == "+" else numbers.subtract(a, b) if node.op == "-" else numbers.multiply(a, b)  # fmt: skip

    def _extreme(self, node: n.Extreme, here: Here) -> Num:
        parts = [self.number(part, here) for part in node.parts]
        return self.numbers.maximum(parts) if node.how == "max" else self.numbers.minimum(parts)

    def _pot(self, node: n.Pot, here: Here) -> Num:
        raise NotImplementedError

    def _spread(self, node: n.Spread, here: Here) -> Num:
        raise NotImplementedError

    def _share(self, node: n.Share, here: Here) -> Num:
        raise NotImplementedError

    def _round(self, node: n.RoundHalfUp, here: Here) -> Num:
        return self.numbers.half_up(self.number(node.part, here))


_TRUTH: dict[type[n.Node], Callable[[TreeCompiler, Any, Here], Expr]] = {
    n.Flag: lambda c, node, here: c.make.const(node.value),
    n.Fact: TreeCompiler._fact_truth,
    n.And: lambda c, node, here: c.make.all_of(c.truth(part, here) for part in node.parts),
    n.Or: lambda c, node, here: c.make.any_of(c.truth(part, here) for part in node.parts),
    n.Not: lambda c, node, here: c.make.negation(c.truth(node.part, here)),
    n.Choose: TreeCompiler._choose_truth,
    n.Compare: TreeCompiler._compare,
    n.OneOf: TreeCompiler._one_of,
    n.Holds: TreeCompiler._holds,
    n.Some: TreeCompiler._some,
    n.Quantified: TreeCompiler._quantified,
    n.Published: TreeCompiler._published,
    n.StartsWith: TreeCompiler._starts_with,
    n.EveryMonth: TreeCompiler._every_month,
    n.Last: lambda c, node, here: c.truth(node.part, c.narrowed(node, here)),
    n.Term: lambda c, node, here: c.truth(c.rules.terms[node.code].formula.node, here),
}
_NUMBER: dict[type[n.Node], Callable[[TreeCompiler, Any, Here], Num]] = {
    n.Literal: TreeCompiler._literal,
    n.Fact: lambda c, node, here: c._fact_number(node, here),
    n.Standard: TreeCompiler._standard,
    n.Size: TreeCompiler._size,
    n.WindowMonths: TreeCompiler._window_months,
    n.Pot: lambda c, node, here: c._pot(node, here),
    n.Term: lambda c, node, here: c.number(c.rules.terms[node.code].formula.node, here),
    n.Choose: TreeCompiler._choose_number,
    n.Arithmetic: TreeCompiler._arithmetic,
    n.Extreme: TreeCompiler._extreme,
    n.RoundHalfUp: lambda c, node, here: c._round(node, here),
    n.Spread: lambda c, node, here: c._spread(node, here),
    n.Share: lambda c, node, here: c._share(node, here),
    n.Quantified: TreeCompiler._quantified_count,
    n.Last: lambda c, node, here: c.number(node.part, c.narrowed(node, here)),
}
