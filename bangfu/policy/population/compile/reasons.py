"""Which kinds of facts an incomplete household lacks: `tree.reasons` for columns.

Every method gives path → truth on `here.frame`, whether a fact of that kind is one that an open value rests on. Paths name kinds of facts
(`incomes.amount`), not places in a list. Nothing is made where the shape leaves nothing unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from bangfu.policy.household import PAYERS
from bangfu.policy.population import places
from bangfu.policy.population.compile.context import OWN, Here
from bangfu.policy.population.compile.lines import LineCompiler
from bangfu.policy.population.compile.numbers import Num
from bangfu.policy.population.ir import Expr, Frame
from bangfu.policy.tree import nodes as n

Why: TypeAlias = dict[str, Expr]
_SPAN_PATHS = (("first", "from"), ("last", "to"))


class ReasonCompiler(LineCompiler):
    """Adds to the lines and the tree what they lack."""

    def missing(self, results: Mapping[str, Expr]) -> Why:
        """On the household: the kinds of facts that its open conditions and exclusions rest on, before the first category met."""
        make, rules = self.make, self.rules
        found: list[Why] = []
        clear: list[Expr] = []  # no category before is met
        for category in rules.categories:
            result = results[category.code]
            if result.nullable:
                asked = [one.formula.node for one in category.conditions]
                asked += [one.formula.node for one in rules.exclusions if category.code in one.applies_to]
                active = make.all_of((*clear, make.is_null(result)))
                found += [self.only(active, self.why_truth(node, self.at_home)) for node in asked]
            clear.append(make.negation(make.surely(result)))
        return self.merged(*found)

    # --- joining -----------------------------------------------------------------------------------------------------
    def merged(self, *parts: Why) -> Why:
        gathered: dict[str, list[Expr]] = {}
        for part in parts:
            for path, test in part.items():
                gathered.setdefault(path, []).append(test)
        joined = {path: self.make.any_of(tests) for path, tests in gathered.items()}
        return {path: test for path, test in joined.items() if test is not self.make.false}

    def only(self, test: Expr, part: Why) -> Why:
        """The same where a test holds."""
        if not part:
            return part
        test = self.make.surely(test)
        joined = {path: self.make.all_of((test, one)) for path, one in part.items()}
        return {path: one for path, one in joined.items() if one is not self.make.false}

    def up_why(self, frame: Frame, part: Why) -> Why:
        return {path: self.make.up(frame, one) for path, one in part.items()}

    def lifted(self, frame: Frame, part: Why) -> Why:
        """On the frame above: whether it is so for some row below."""
        make, most = self.make, self.shape.most(frame.source if frame.source in ("incomes", "expenses", "members", "vehicles", "disabilities") else "members")  # fmt: skip
        return {
            path: make.compare(">", make.count(frame, make.surely(one), most), make.zero) for path, one in part.items()
        }

    # --- truths ------------------------------------------------------------------------------------------------------
    def why_truth(self, node: n.Node, here: Here) -> Why:
        """Why a truth is open; nothing where it is decided."""
        inner = self.settle(node, here)
        key = ("why truth", id(node), inner)
        found: Why | None = self._done.get(key)
        if found is None:
            value = self.truth(node, inner)
            found = self.only(self.make.is_null(value), self._why_truth(node, inner)) if value.nullable else {}
            self._done[key] = found
        return self.up_why(here.frame, found)

    def _why_truth(self, node: n.Node, here: Here) -> Why:
        make = self.make
        match node:
            case n.Fact():
                return self.path_of(node, here)
            case n.And(parts=parts) | n.Or(parts=parts):
                return self.merged(*(self.why_truth(part, here) for part in parts))
            case n.Not(part=part):
                return self.why_truth(part, here)
            case n.Choose(test=test, yes=yes, no=no):
                decided = self.truth(test, here)
                return self.merged(
                    self.why_truth(test, here),
                    self.only(make.negation(make.surely(make.negation(decided))), self.why_truth(yes, here)),
                    self.only(make.negation(make.surely(decided)), self.why_truth(no, here)),
                )
            case n.Compare():
                return self._why_compare(node, here)
            case n.OneOf(fact=fact) | n.Holds(collection=fact) | n.Some(collection=fact):
                assert isinstance(fact, n.Fact)
                return self.path_of(fact, here)
            case n.Quantified():
                return self._why_quantified(node, here)
            case n.Published(code=code):
                return self._lacking(code, ("work_region", "huji_region"))
            case n.StartsWith():
                return self._lacking(places.starts_column(node), ("work_region", "huji_region"))
            case n.EveryMonth(part=part):
                spans = [replace(here, span=(m, m)) for m in range(here.span[0], here.span[1] + 1)]
                return self.merged(*(self.why_truth(part, one) for one in spans))
            case n.Last(part=part):
                return self.why_truth(part, self.narrowed(node, here))
            case n.Term(code=code):
                return self.why_truth(self.rules.terms[code].formula.node, here)
        return {}

    def path_of(self, node: n.Fact, here: Here) -> Why:
        """The path of a fact where it is unknown. What is not unknown is left out by who asks."""
        make, scope, name = self.make, node.scope, node.name
        if scope == "incident":
            happened = self.column(self.households, "households", "incident_happened")
            path = "incident.date" if name == "month" else f"incident.{name}"
            if name == "happened":
                return {"incident": make.true}
            return {"incident": make.is_null(happened), path: make.negation(make.is_null(happened))}
        if scope == "line":
            return {f"{here.of}.{node.path}": make.true}
        if scope in ("worker", "line_member"):
            return {f"members.{name}": make.true}
        bound = dict(here.bound)
        if scope in bound:
            where = {"disabilities": "members.disabilities"}.get(bound[scope].source, bound[scope].source)
            return {f"{where}.{node.path}": make.true}
        return {node.path: make.true}

    def _unknown(self, node: n.Fact, here: Here) -> Expr:
        value, nothing = self.fact(node, here)
        return self.make.all_of((self.make.is_null(value), self.make.negation(nothing)))

    def _why_compare(self, node: n.Compare, here: Here) -> Why:
        make = self.make
        if node.left.kind == "month":
            facts = [side for side in (node.left, node.right) if isinstance(side, n.Fact)]
            return self.merged(*(self.only(self._unknown(one, here), self.path_of(one, here)) for one in facts))
        if here.fixed or not self.doubt() or not self.sized(node):
            return self._why_sides(node, here)
        sizes = self.size_frame()
        there = replace(here, home=sizes, frame=sizes, fixed=True)
        open_ = make.is_null(self.truth(node, there))
        each = self.only(open_, self._why_sides(node, there))
        single = self.single_size()
        return self.merged(
            self.only(single, self._why_sides(node, replace(here, fixed=True))),
            self.only(
                make.negation(single), self.merged(self.why_size(), self.lifted(sizes, self.up_why(sizes, each)))
            ),
        )

    def _why_sides(self, node: n.Compare, here: Here) -> Why:
        return self.merged(self.why_number(node.left, here), self.why_number(node.right, here))

    def _why_quantified(self, node: n.Quantified, here: Here) -> Why:
        make = self.make
        owner = node.collection.partition(".")[0]
        if (
            node.collection.endswith(".disabilities")
            and owner in ("worker", "member")
            and owner not in dict(here.bound)
        ):
            return self._why_of_person(node, here)
        frame, counts, part, known = self.verdicts(node, here)
        item = make.any_of((make.negation(counts), part)) if node.how == "all" else make.all_of((counts, part))
        where = "members.disabilities" if node.collection.endswith(".disabilities") else node.collection
        found: list[Why] = []
        if known is not make.true:
            found.append({where: make.negation(known)})
        if item.nullable:
            inside = replace(here, frame=frame, bound=(*here.bound, (node.variable, frame)))
            rows = self.why_truth(node.part, inside)
            if counts.nullable:
                rows = self.merged(rows, self.only(make.is_null(counts), self.why_member(frame)))
            found.append(self.only(known, self.lifted(frame, self.only(make.is_null(item), rows))))
        return self.merged(*found)

    def _why_of_person(self, node: n.Quantified, here: Here) -> Why:
        make = self.make
        groups, item = self.ailments(node, here)
        own = groups.of
        assert own is not None
        worker = node.collection.startswith("worker.")
        at = self.households if worker else here.line
        assert at is not None
        pairs = (*OWN, ("worker" if worker else "member", "member"))
        found: Why = {"members.disabilities": self.ailments_unknown(at, pairs)}
        if item.nullable:
            inside = Here(self.households, own, here.span, True, bound=((node.variable, own),))
            rows = self.only(make.is_null(item), self.why_truth(node.part, inside))
            for path, one in rows.items():
                row = make.case([(make.surely(one), make.one)], make.zero)
                some = make.gathered(groups, own, "sum", row, self.shape.most("disabilities"))
                held = make.surely(make.look(at, groups, pairs, make.compare(">", some, make.zero)))
                found[path] = make.any_of((found.get(path, make.false), held))
        return found

    # --- who counts, and where ---------------------------------------------------------------------------------------
    def why_member(self, frame: Frame) -> Why:
        """On members: why it is open whether one counts."""
        here = Here(self.households, frame, self.window, True, bound=(("member", frame),))
        return self.why_truth(self.rules.household.formula.node, here)

    def why_size(self) -> Why:
        frame = self.members(self.households)
        counts = self.counted(frame)
        return self.lifted(frame, self.only(self.make.is_null(counts), self.why_member(frame)))

    def _lacking(self, column: str, paths: tuple[str, ...]) -> Why:
        """What a standard or a region lacks, as settled by place."""
        found: Why = {}
        for path in paths:
            name = f"{column}_lacks_{path}"
            if self.shape.lacks(name):
                title = path if path != "row" else f"standards.{self.rules.standards[column].name}"
                found[title] = self.make.surely(self.place(name, "bool"))
        return found

    # --- numbers -----------------------------------------------------------------------------------------------------
    def open(self, a: Num) -> Expr:
        """Whether more than one value is possible."""
        if a.known:
            return self.make.false
        if a.low is None or a.high is None:
            return self.make.true
        return self.make.negation(self.make.surely(self.make.compare("=", a.low, a.high)))

    def why_number(self, node: n.Node, here: Here) -> Why:
        """Why a number is not a single one, at the household size looked at."""
        inner = self.settle(node, here)
        key = ("why number", id(node), inner)
        found: Why | None = self._done.get(key)
        if found is None:
            open_ = self.open(self.number(node, inner))
            found = {} if open_ is self.make.false else self.only(open_, self._why_number(node, inner))
            self._done[key] = found
        return self.up_why(here.frame, found)

    def _why_number(self, node: n.Node, here: Here) -> Why:
        make = self.make
        match node:
            case n.Fact(scope="line", name="paid_by"):
                return self._why_paid_by(here)
            case n.Fact():
                return self.path_of(node, here)
            case n.Standard(code=code):
                return self._lacking(code, ("work_region", "huji_region", "row"))
            case n.Pot():
                return self._why_pot(node, here)
            case n.Term(code=code):
                return self.why_number(self.rules.terms[code].formula.node, here)
            case n.Choose(test=test, yes=yes, no=no):
                decided = self.truth(test, here)
                return self.merged(
                    self.why_truth(test, here),
                    self.only(make.negation(make.surely(make.negation(decided))), self.why_number(yes, here)),
                    self.only(make.negation(make.surely(decided)), self.why_number(no, here)),
                )
            case n.Spread():
                return self._why_spread(node, here)
            case n.Share(whole=whole) | n.RoundHalfUp(part=n.Share(whole=whole)):
                return self.merged(self.why_number(whole, here), self._why_sharers(here))
            case n.Quantified():
                return self._why_quantified(node, here)
            case n.Last(part=part):
                return self.why_number(part, self.narrowed(node, here))
            case n.Size():
                return {}  # one at a time
        return self.merged(*(self.why_number(child, here) for child in n.children(node)))

    def _why_paid_by(self, here: Here) -> Why:
        make = self.make
        assert here.line is not None
        known = make.col(here.line, "paid_by_known", "bool", False)
        found: Why = {}
        if self.shape.line_nullable(here.of, "paid_by_known", self.sort(here)):
            found[f"{here.of}.paid_by"] = make.negation(known)
        for payer in PAYERS:
            value = self.line_column(here, f"paid_{payer}")
            if value.nullable:
                found[f"{here.of}.paid_by.{payer}"] = make.all_of((known, make.is_null(value)))
        return found

    def span_in_doubt(self, here: Here, monthly: bool) -> Why:
        """The unknown facts that leave the months of a line open."""
        there = replace(here, monthly=monthly)
        named = _SPAN_PATHS if monthly else (("month", "month"),)
        found = {f"{here.of}.{path}": self.make.is_null(self.line_column(there, column)) for column, path in named}
        return {path: test for path, test in found.items() if test is not self.make.false}

    def _forms(self, here: Here) -> list[tuple[bool, Expr]]:
        """The forms of line that occur, with the test for each."""
        assert here.line is not None
        make = self.make
        forms = [form for form in (False, True) if self.occurs(here, form)]
        if len(forms) == 1:
            return [(forms[0], make.true)]
        flag = make.col(here.line, "monthly_line", "bool", False)
        return [(form, flag if form else make.negation(flag)) for form in forms]

    def _why_spread(self, node: n.Spread, here: Here) -> Why:
        make = self.make
        span = self.spread_span(node, here)
        found: list[Why] = []
        for monthly, test in self._forms(here):
            there = replace(here, monthly=monthly)
            if monthly:
                fewest, most = self.month_count(here, span)
                doubtful = make.compare("<>", fewest, most)
            else:
                doubtful = make.is_null(self.line_column(there, "month"))
            rows = [self.only(doubtful, self.span_in_doubt(here, monthly))]
            if monthly and node.by_month:
                for month in range(span[0], span[1] + 1):
                    may = make.negation(make.surely(make.negation(self.covers(here, month, True))))
                    rows.append(self.only(may, self.why_number(node.monthly, replace(there, month=month))))
            else:
                rows.append(self.why_number(node.monthly if monthly else node.once, there))
            found.append(self.only(test, self.merged(*rows)))
        return self.merged(*found)

    def _why_sharers(self, here: Here) -> Why:
        """The months of the lines that may or may not share."""
        make = self.make
        fewest, most = self.sharers(here)
        if fewest is most:
            return {}
        assert here.line is not None
        assert here.month is not None
        groups = self.once(("sharers", here.kinds, here.basis))
        assert groups is not None
        own = groups.of
        assert own is not None
        there = replace(here, home=self.households, frame=own, line=own)
        doubtful = make.is_null(self._runs(there, here.month))
        pairs = (*OWN, ("recipient", "recipient"), ("kind", "kind"), ("basis", "basis"))
        found: Why = {}
        for monthly, test in self._forms(there):
            for path, one in self.span_in_doubt(there, monthly).items():
                row = make.case([(make.all_of((test, doubtful, one)), make.one)], make.zero)
                some = make.gathered(groups, own, "sum", row, self.shape.most("incomes"))
                held = make.look(here.line, groups, pairs, make.compare(">", some, make.zero), total=True)
                found = self.merged(found, {path: held})
        return self.only(make.compare("<>", fewest, most), found)

    # --- pots ----------------------------------------------------------------------------------------------------------
    def _why_pot(self, node: n.Pot, here: Here) -> Why:
        make, pot = self.make, self.rules.pots[node.code]
        frame = self.line_frame(pot.of, here.home)
        found: list[Why] = []
        for rules, formula, inside in self.formulas(node.code, here):
            if isinstance(formula, n.ToppedUp):
                found.append(self._why_topped_up(formula, inside, pot.marked))
                continue
            value = self.with_owner(self.number(formula, inside), inside)
            open_ = self.open(value)
            if open_ is make.false:
                continue
            lines = inside.line
            assert lines is not None
            test = (
                open_ if lines is not frame else make.all_of((self.rows_of(frame, inside.kinds, rules[0].basis), open_))
            )
            if pot.marked:
                test = make.all_of((make.col(lines, "incident", "bool", False), test))
            rows = self.merged(self.why_number(formula, inside), self._why_owner(inside))
            found.append(self.lifted(lines, self.only(test, rows)))
        known = f"{pot.of}_known"
        if ("households", known) not in self.shape.true:
            listed = make.up(here.frame, make.col(self.households, known, "bool", False))
            found = [self.only(listed, self.merged(*found)), {pot.of: make.negation(listed)}]
        return self.merged(*found)

    def _why_owner(self, here: Here) -> Why:
        """Why it is open whether the member a line belongs to counts."""
        assert here.line is not None
        doubt = self.owner_in_doubt(here)
        if doubt is self.make.false:
            return {}
        outsiders, make = self.outsiders(), self.make
        pairs = (*OWN, ("member", "position"))
        rows = {path: make.surely(make.look(here.line, outsiders, pairs, make.surely(one))) for path, one in self.why_member(outsiders).items()}  # fmt: skip
        return self.only(doubt, rows)

    def _why_topped_up(self, node: n.ToppedUp, here: Here, marked: bool) -> Why:
        make = self.make
        groups, own = self.earners(here)
        there = replace(here, home=self.households, frame=own, line=own)
        amount = self._declared(there)
        found: list[Why] = []
        for step in self.months(node, here):
            open_value = self.open(step.value)
            if step.maybe is step.surely and open_value is make.false:
                continue
            asked = make.any_of((make.negation(step.some), open_value))
            may = step.perhaps
            rows: list[Why] = []
            covered = self._runs(there, step.month)
            unsaid = make.is_null(amount.high) if amount.high is not None else make.true
            # A line that may not run in a month that counts anyway matters only when it declares something.
            telling = make.any_of((unsaid, make.negation(make.surely(make.compare("=", amount.low or make.zero, make.zero)))))  # fmt: skip
            for monthly, test in self._forms(there):
                for path, one in self.span_in_doubt(there, monthly).items():
                    doubtful = make.all_of((test, make.is_null(covered), one))
                    some_sum = self._any_row(groups, own, make.all_of((doubtful, telling)))
                    any_line = self._any_row(groups, own, doubtful)
                    rows.append({path: make.any_of((some_sum, make.all_of((make.negation(step.some), any_line))))})
                runs = make.negation(make.surely(make.negation(covered)))
                nameless = self._any_row(groups, own, make.all_of((test, runs, unsaid)))
                rows.append({f"incomes.{'monthly' if monthly else 'amount'}": nameless})
            floor = self.up_why(groups, self.why_number(node.floor, replace(here, frame=here.home, line=None)))
            whole = self.merged(self.only(asked, self.merged(*rows)), self.only(open_value, floor))
            found.append(self.only(may, whole))
        inside = replace(here, line=groups, frame=groups)
        value = self.with_owner(self.months_total(node, here), inside)
        rows_of_group = self.merged(*found, self._why_owner(inside))
        test = self.open(value)
        if marked:
            test = make.all_of((test, self.marked(groups, own)))
        return self.lifted(groups, self.only(test, rows_of_group))

    def _any_row(self, groups: Frame, own: Frame, test: Expr) -> Expr:
        make = self.make
        if test is make.false:
            return make.false
        count = make.gathered(groups, own, "sum", make.case([(make.surely(test), make.one)], make.zero), self.shape.most("incomes"))  # fmt: skip
        return make.compare(">", count, make.zero)
