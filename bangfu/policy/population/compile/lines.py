"""Lines of income and expense: how many months they cover, what they bring, and the pots they are summed in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bangfu.policy.household import PAYERS
from bangfu.policy.pack.model import LineRule
from bangfu.policy.population.compile.context import OWN, Here, Span, fingerprint
from bangfu.policy.population.compile.numbers import Num
from bangfu.policy.population.compile.shape import Sort
from bangfu.policy.population.compile.tree import TreeCompiler
from bangfu.policy.population.ir import Expr, Frame, NotCompiled
from bangfu.policy.tree import nodes as n

#: How many lines may share one sum before their common denominator would be too long.
_SHARERS = 24


@dataclass(frozen=True)
class Month:
    """A month of lines that are topped up together: of each line whether it surely and perhaps runs, of the member whether some does, and
    what they come to if so."""

    month: int
    surely: Expr
    maybe: Expr
    some: Expr
    perhaps: Expr
    value: Num


class LineCompiler(TreeCompiler):
    """Adds to the tree what a formula of a line may say."""

    # --- frames --------------------------------------------------------------------------------------------------
    def line_frame(self, of: str, home: Frame) -> Frame:
        """The lines of a list whose owner may count, hanging on the household (or on it at each size)."""
        key = ("lines", of, home)
        found = self.once(key)
        if found is None:
            name = of if home is self.households else f"{of}_by_size"
            found = self.remember(key, Frame(name, of, ("household", "position"), home, OWN))
            if self.strangers().where is not self.make.false:
                found.without.append((self.strangers(), (*OWN, ("member", "position"))))
        return found

    def few_lines(self, home: Frame, kinds: frozenset[str], basis: str | None) -> Frame:
        """The lines of income of some kinds apart from all others: what is asked of them is not asked of the rest."""
        key = ("few", home, kinds, basis)
        found = self.once(key)
        if found is None:
            whole = self.line_frame("incomes", home)
            found = self.remember(key, Frame(f"few_{whole.name}", "incomes", ("household", "position"), home, OWN))
            found.where = self.rows_of(found, kinds, basis)
            found.without = list(whole.without)
        return found

    def owner_in_doubt(self, here: Here) -> Expr:
        """Whether it is open that the line's owner counts."""
        assert here.line is not None
        if not self.doubt():
            return self.make.false
        outsiders = self.outsiders()
        # Those who surely do not count are gone already, so whoever is found here is in doubt.
        found = self.make.look(here.line, outsiders, (*OWN, ("member", "position")), self.make.true)
        return self.make.negation(self.make.is_null(found))

    # --- months --------------------------------------------------------------------------------------------------
    def month_at(self, frame: Frame, offset: int) -> Expr:
        return self.make.add(self.make.up(frame, self.application_month()), self.make.const(offset))

    def covers(self, here: Here, month: int, monthly: bool) -> Expr:
        """Whether the line runs in a month told from the month of application."""
        make, here = self.make, replace(here, monthly=monthly)
        assert here.line is not None
        that = self.month_at(here.line, month)
        if not monthly:
            return make.compare("=", self.line_column(here, "month"), that)
        first, last = self.line_column(here, "first"), self.line_column(here, "last")
        inside = make.all_of((make.compare("<=", first, that), make.compare(">=", last, that)))
        if not inside.nullable:
            return inside
        no_first, no_last = make.is_null(first), make.is_null(last)
        after = make.case([(make.compare("=", first, that), make.true), (make.compare(">", first, that), make.false)], make.unknown)  # fmt: skip
        before = make.case([(make.compare("=", last, that), make.true), (make.compare("<", last, that), make.false)], make.unknown)  # fmt: skip
        both_missing = make.all_of((no_first, no_last))
        return make.case([(both_missing, make.unknown), (no_first, before), (no_last, after)], inside)

    def month_count(self, here: Here, span: Span) -> tuple[Expr, Expr]:
        """(surely, at most) so many months of the span a monthly line covers."""
        make, here = self.make, replace(here, monthly=True)
        assert here.line is not None
        start, end = self.month_at(here.line, span[0]), self.month_at(here.line, span[1])
        first, last = self.line_column(here, "first"), self.line_column(here, "last")
        from_ = self._later(start, make.or_else(first, start))
        to = self._earlier(end, make.or_else(last, end))
        most = make.greatest(make.zero, make.add(make.minus(to, from_), make.one))
        most.low, most.high = max(0, most.low), min(most.high, span[1] - span[0] + 1)
        if not first.nullable and not last.nullable:
            return most, most

        def inside(month: Expr) -> Expr:
            held = make.all_of((make.compare(">=", month, start), make.compare("<=", month, end)))
            return make.case([(held, make.one)], make.zero)

        no_first, no_last = make.is_null(first), make.is_null(last)
        both_missing = make.all_of((no_first, no_last))
        surely = make.case([(both_missing, make.zero), (no_first, inside(last)), (no_last, inside(first))], most)
        surely.high = min(surely.high, span[1] - span[0] + 1)
        return surely, most

    def _later(self, a: Expr, b: Expr) -> Expr:
        found = self.make.greatest(a, b)
        found.low = max(a.low, b.low)
        return found

    def _earlier(self, a: Expr, b: Expr) -> Expr:
        found = self.make.least(a, b)
        found.high = min(a.high, b.high)
        return found

    def spread_span(self, node: n.Spread, here: Here) -> Span:
        if node.months == "window":
            return here.span
        return (self.window[0], 0) if node.months == "incident" else (0, 0)

    def _spread(self, node: n.Spread, here: Here) -> Num:
        make, numbers = self.make, self.numbers
        once = replace(here, monthly=False)
        regular = replace(here, monthly=True)
        span = self.spread_span(node, here)
        assert here.line is not None
        both = [self.occurs(here, monthly) for monthly in (False, True)]
        found: list[Num] = [numbers.zero, numbers.zero]
        if both[0]:
            start, end = self.month_at(here.line, span[0]), self.month_at(here.line, span[1])
            month = self.line_column(once, "month")
            inside = make.all_of((make.compare(">=", month, start), make.compare("<=", month, end)))
            found[0] = numbers.when(inside, self.number(node.once, once))
        if both[1]:
            if node.by_month:
                for month_at in range(span[0], span[1] + 1):
                    covered = self.covers(here, month_at, True)
                    value = self.number(node.monthly, replace(regular, month=month_at))
                    found[1] = numbers.add(found[1], numbers.when(covered, value))
            else:
                fewest, most = self.month_count(here, span)
                found[1] = numbers.scale(self.number(node.monthly, regular), fewest, most)
        if not both[0] or not both[1]:
            return found[1] if both[1] else found[0]
        return numbers.choose(make.col(here.line, "monthly_line", "bool", False), found[1], found[0])

    # --- facts of a line ------------------------------------------------------------------------------------------
    def _fact_number(self, node: n.Fact, here: Here) -> Num:
        if node.scope == "line" and node.name == "paid_by":
            return self._paid_by(here)
        return super()._fact_number(node, here)

    def _paid_by(self, here: Here) -> Num:
        make, numbers = self.make, self.numbers
        assert here.line is not None
        total = numbers.zero
        for payer in PAYERS:
            total = numbers.add(total, numbers.single(self.line_column(here, f"paid_{payer}")))
        if not self.shape.line_nullable(here.of, "paid_by_known", self.sort(here)):
            return total
        kind, known = make.col(here.line, "kind", "str", False), make.col(here.line, "paid_by_known", "bool", False)
        nothing = numbers.zero
        if "illness" in here.kinds:
            is_illness = make.compare("=", kind, make.const("illness")) if len(here.kinds) > 1 else make.true
            nothing = numbers.choose(is_illness, numbers.not_negative, numbers.zero)
        return numbers.choose(known, total, nothing)

    # --- sharing --------------------------------------------------------------------------------------------------
    def sharers(self, here: Here) -> tuple[Expr, Expr]:
        """(surely, at most) so many lines of one sort and recipient cover the month, this one included. It may cover it."""
        make = self.make
        assert here.line is not None
        assert here.month is not None
        month = here.month
        key = ("sharers", here.kinds, here.basis)
        groups = self.once(key)
        own: Frame | None
        if groups is None:
            own = Frame("sharing", "incomes", ("household", "position"), self.households, OWN)
            own.derived["recipient"] = self.recipient(own)
            own.where = self.rows_of(own, here.kinds, here.basis)
            groups = Frame("sharers", "groups", ("household", "recipient", "kind", "basis"), self.households, OWN)
            groups.of = own
            self.remember(key, groups)
        own = groups.of
        assert own is not None
        most_lines = self.shape.most("incomes")
        there = replace(here, home=self.households, frame=own, line=own)
        covered = self._runs(there, month)
        surely, maybe = make.surely(covered), make.negation(make.surely(make.negation(covered)))

        def counted(test: Expr) -> Expr:
            one = make.case([(test, make.one)], make.zero)
            found = make.gathered(groups, own, "sum", one, most_lines)
            here.line.derived.setdefault("recipient", self.recipient(here.line))  # type: ignore[union-attr,arg-type]
            pairs = (*OWN, ("recipient", "recipient"), ("kind", "kind"), ("basis", "basis"))
            return make.look(here.line, groups, pairs, found, total=True)  # type: ignore[arg-type]

        most = self._at_least_one(counted(maybe))
        if surely is maybe:
            return most, most
        mine = make.case([(self._runs(here, month), make.one)], make.zero)
        return self._at_least_one(make.minus(make.add(counted(surely), make.one), mine)), most

    def _at_least_one(self, count: Expr) -> Expr:
        """The count itself wherever it is read; engines may work it out elsewhere too, and must not divide by zero there."""
        found = self.make.case([(self.make.compare(">", count, self.make.zero), count)], self.make.one)
        found.low = max(1, found.low)
        return found

    def _runs(self, here: Here, month: int) -> Expr:
        """Whether a line of either form covers the month."""
        assert here.line is not None
        forms = [self.occurs(here, monthly) for monthly in (False, True)]
        if forms[0] != forms[1]:
            return self.covers(here, month, forms[1])
        flag = self.make.col(here.line, "monthly_line", "bool", False)
        return self.make.case([(flag, self.covers(here, month, True))], self.covers(here, month, False))

    def recipient(self, frame: Frame) -> Expr:
        """The member a line is for; -1 for the household itself, so that it equals itself."""
        member = self.make.col(frame, "member", "int", True, 0, self.shape.most("members"))
        return self.make.or_else(member, self.make.const(-1))

    def _share(self, node: n.Share, here: Here) -> Num:
        """Without rounding: over a denominator that every possible number of sharers divides."""
        make, numbers = self.make, self.numbers
        whole = self.number(node.whole, here)
        fewest, most = self.sharers(here)
        limit = min(self.shape.most("incomes"), fewest.high, most.high)
        if limit > _SHARERS:
            raise NotCompiled(f"{node.text!r}: a household has up to {limit} lines of income; a share that is not rounded allows {_SHARERS}")  # fmt: skip
        common = math.lcm(*range(1, limit + 1))

        def part(value: Expr | None, by: Expr) -> Expr | None:
            parts = [(make.compare("=", by, make.const(k)), make.const(common // k)) for k in range(2, limit + 1)]
            return None if value is None else make.times(value, make.case(parts, make.const(common)))

        low = part(whole.low, most)
        high = low if whole.known and fewest is most else part(whole.high, fewest)
        return replace(whole, low=low, high=high, den=whole.den * common) if numbers else whole

    def _round(self, node: n.RoundHalfUp, here: Here) -> Num:
        if not isinstance(node.part, n.Share):
            return super()._round(node, here)
        make, numbers = self.make, self.numbers
        whole = self.number(node.part.whole, here)
        fewest, most = self.sharers(here)
        den = numbers.denominator(whole)
        low = numbers.rounded_up(whole.low, make.times(den, most))
        if whole.known and fewest is most:
            return Num(low, low)
        return Num(low, numbers.rounded_up(whole.high, make.times(den, fewest)))

    # --- pots -----------------------------------------------------------------------------------------------------
    def rows_of(self, frame: Frame, kinds: frozenset[str], basis: str | None) -> Expr:
        """Whether a line is of these kinds; with that basis, or (None) with none that has a rule of its own."""
        make, special = self.make, self.rules.special_basis
        kind, of = make.col(frame, "kind", "str", False), make.col(frame, "basis", "str", False)
        if basis is not None:
            return make.all_of((make.one_of(kind, kinds), make.compare("=", of, make.const(basis))))
        apart = [
            one for one in kinds
            if frame.source == "incomes" and one in special and self.shape.occurs("incomes", Sort(frozenset({one}), special[one]))
        ]  # fmt: skip
        tests = [make.one_of(kind, kinds - set(apart))]
        tests += [make.all_of((make.compare("=", kind, make.const(one)), make.compare("<>", of, make.const(special[one])))) for one in sorted(apart)]  # fmt: skip
        return make.any_of(tests)

    def _kinds(self, rule: LineRule) -> frozenset[str]:
        """The kinds of a rule that occur."""
        apart = frozenset(self.rules.special_basis.items()) if rule.of == "incomes" else frozenset()
        return frozenset(
            kind for kind in rule.kinds if self.shape.occurs(rule.of, Sort(frozenset({kind}), rule.basis, None, apart))
        )

    def formulas(self, code: str, here: Here) -> Iterator[tuple[list[LineRule], n.Node, Here]]:
        """The formulas that bring lines into a pot, each once: (its rules, the formula, where it is said)."""
        pot = self.rules.pots[code]
        frame = self.line_frame(pot.of, here.home)
        same: dict[tuple[object, ...], list[LineRule]] = {}
        for rule in self.rules.lines:
            if rule.of == pot.of and code in rule.into and self._kinds(rule):
                formula = rule.into[code].node
                key: tuple[object, ...] = (fingerprint(formula, self.rules), rule.basis)
                if isinstance(formula, n.ToppedUp):
                    key = (rule.code, rule.basis)
                same.setdefault(key, []).append(rule)
        for rules in same.values():
            kinds: frozenset[str] = frozenset().union(*(self._kinds(rule) for rule in rules))
            formula = rules[0].into[code].node
            lines = self.few_lines(here.home, kinds, rules[0].basis) if _shares(formula) else frame
            inside = replace(here, line=lines, frame=lines, of=pot.of, kinds=kinds, basis=rules[0].basis)
            yield rules, rules[0].into[code].node, inside

    def _pot(self, node: n.Pot, here: Here) -> Num:
        make, numbers, pot = self.make, self.numbers, self.rules.pots[node.code]
        assert here.frame is here.home
        frame = self.line_frame(pot.of, here.home)
        most = self.shape.most(pot.of)
        parts: list[tuple[Expr, Num]] = []
        total = numbers.zero
        for rules, formula, inside in self.formulas(node.code, here):
            if isinstance(formula, n.ToppedUp):
                total = numbers.add(total, self.topped_up(formula, inside, pot.marked))
                continue
            value = self.number(formula, inside)
            if self._is_zero(value):
                continue
            if inside.line is frame:
                parts.append((self.rows_of(frame, inside.kinds, rules[0].basis), value))
            else:
                assert inside.line is not None
                total = numbers.add(total, self._sum([(make.true, value)], inside.line, inside, pot.marked, most))
        whole = replace(here, line=frame, of=pot.of)
        total = numbers.add(total, self._sum(parts, frame, whole, pot.marked, most))
        known = f"{pot.of}_known"
        if ("households", known) in self.shape.true:
            return total
        listed = make.up(here.frame, make.col(self.households, known, "bool", False))
        return numbers.choose(listed, total, numbers.not_negative)

    def _is_zero(self, value: Num) -> bool:
        return value.low is self.make.zero and value.high is self.make.zero

    def with_owner(self, value: Num, here: Here) -> Num:
        """What a line brings when it may be that its owner does not count."""
        doubt = self.owner_in_doubt(here)
        if doubt is self.make.false:
            return value
        numbers = self.numbers
        return numbers.choose(self.make.negation(doubt), value, numbers.union(numbers.zero, value))

    def _sum(self, parts: Sequence[tuple[Expr, Num]], frame: Frame, here: Here, marked: bool, most: int) -> Num:
        """The sum over the lines of what the first fitting part says of each."""
        make, numbers = self.make, self.numbers
        if not parts:
            return numbers.zero
        values = numbers.alike([self.with_owner(value, here) for _, value in parts])
        tests = [test for test, _ in parts]
        if marked:
            flag = make.col(frame, "incident", "bool", False)
            tests = [make.all_of((flag, test)) for test in tests]
        first = values[0]
        home_size = None if first.size is None else self.size_at(here)
        low = self._total([one.low for one in values], tests, frame, most)
        if all(one.low is one.high for one in values):
            return Num(low, low, first.den, first.power, home_size)
        high = self._total([one.high for one in values], tests, frame, most)
        return Num(low, high, first.den, first.power, home_size)

    def _total(self, ends: Sequence[Expr | None], tests: Sequence[Expr], frame: Frame, most: int) -> Expr:
        """The sum of one end over the lines; null where some line has no bound."""
        make = self.make
        summed = make.case([(test, make.or_else(end, make.zero) if end is not None else make.zero) for test, end in zip(tests, ends, strict=True)], make.zero)  # fmt: skip
        found = make.total(frame, summed, most)
        open_ = make.case([(test, make.true if end is None else make.is_null(end)) for test, end in zip(tests, ends, strict=True)], make.false)  # fmt: skip
        if open_ is make.false:
            return found
        return make.case([(make.compare("=", make.count(frame, open_, most), make.zero), found)], make.no_number)

    def earners(self, here: Here) -> tuple[Frame, Frame]:
        """(members with lines that are topped up together, those lines)."""
        make = self.make
        key = ("topped", here.kinds, here.basis, here.home)
        groups = self.once(key)
        if groups is None:
            own = Frame("declared", "incomes", ("household", "position"), self.households, OWN)
            member = make.col(own, "member", "int", True, 0, self.shape.most("members"))
            own.where = make.all_of((self.rows_of(own, here.kinds, here.basis), make.negation(make.is_null(member))))
            name = "earners" if here.home is self.households else "earners_by_size"
            groups = self.remember(key, Frame(name, "groups", ("household", "member"), here.home, OWN))
            groups.of = own
            groups.without = list(self.line_frame("incomes", here.home).without)
        assert groups.of is not None
        return groups, groups.of

    def marked(self, groups: Frame, own: Frame) -> Expr:
        """Whether one of a member's lines is marked as of the incident."""
        make, flag = self.make, self.make.col(own, "incident", "bool", False)
        marks = make.gathered(groups, own, "sum", make.case([(flag, make.one)], make.zero), self.shape.most("incomes"))
        return make.compare(">", marks, make.zero)

    def topped_up(self, node: n.ToppedUp, here: Here, marked: bool) -> Num:
        """Per member: month by month the greater of what the lines declare together and the floor."""
        groups, own = self.earners(here)
        test = self.marked(groups, own) if marked else self.make.true
        inside = replace(here, line=groups, frame=groups)
        return self._sum([(test, self.months_total(node, here))], groups, inside, False, self.shape.most("members"))

    def months_total(self, node: n.ToppedUp, here: Here) -> Num:
        """On the earner: the sum over the months."""
        numbers = self.numbers
        total = numbers.zero
        for step in self.months(node, here):
            if step.surely is step.maybe:
                total = numbers.add(total, numbers.choose(step.some, step.value, numbers.zero))
                continue
            open_value = numbers.choose(step.perhaps, numbers.union(numbers.zero, step.value), numbers.zero)
            total = numbers.add(total, numbers.choose(step.some, step.value, open_value))
        return total

    def months(self, node: n.ToppedUp, here: Here) -> Iterator[Month]:
        """What a member's lines that are topped up together come to, month by month."""
        make, numbers = self.make, self.numbers
        groups, own = self.earners(here)
        there = replace(here, home=self.households, frame=own, line=own)
        lines = self.shape.most("incomes")
        amount = self._declared(there)
        floor = self.number(node.floor, replace(here, frame=groups, line=None))

        def summed(value: Expr) -> Expr:
            return make.gathered(groups, own, "sum", value, lines)

        for month in range(here.span[0], here.span[1] + 1):
            covered = self._runs(there, month)
            surely, maybe = make.surely(covered), make.negation(make.surely(make.negation(covered)))
            low = summed(make.case([(surely, amount.low or make.zero)], make.zero))
            some = make.compare(">", summed(make.case([(surely, make.one)], make.zero)), make.zero)
            if surely is maybe and amount.known:
                value = numbers.maximum((Num(low, low), floor))
            else:
                assert amount.high is not None
                open_ = make.all_of((maybe, make.is_null(amount.high)))
                top = summed(make.case([(maybe, make.or_else(amount.high, make.zero))], make.zero))
                if open_ is not make.false:
                    opened = summed(make.case([(open_, make.one)], make.zero))
                    top = make.case([(make.compare("=", opened, make.zero), top)], make.no_number)
                value = numbers.maximum((Num(low, top), floor))
            perhaps = some
            if surely is not maybe:
                perhaps = make.compare(">", summed(make.case([(maybe, make.one)], make.zero)), make.zero)
            yield Month(month, surely, maybe, some, perhaps, value)

    def _declared(self, here: Here) -> Num:
        """What a line of either form declares for a month."""
        assert here.line is not None
        values: list[Num] = []
        for monthly, name in ((False, "amount"), (True, "monthly")):
            if self.occurs(here, monthly):
                values.append(self.numbers.single(self.line_column(replace(here, monthly=monthly), name)))
        if len(values) == 1:
            return values[0]
        flag = self.make.col(here.line, "monthly_line", "bool", False)
        return self.numbers.choose(flag, values[1], values[0])


def _shares(node: n.Node) -> bool:
    return isinstance(node, n.Share) or any(_shares(child) for child in n.children(node))
