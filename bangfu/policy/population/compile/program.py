"""The whole program of a pack: categories, outcome, figures, thresholds and margins of each household."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bangfu.policy.pack.model import Condition, Pack, Rules
from bangfu.policy.population.answer import INCOMPLETE, NONE
from bangfu.policy.population.compile.context import Here
from bangfu.policy.population.compile.numbers import Num
from bangfu.policy.population.compile.plan import Planner
from bangfu.policy.population.compile.reasons import ReasonCompiler
from bangfu.policy.population.compile.shape import Shape
from bangfu.policy.population.ir import Expr, Select
from bangfu.policy.tree import nodes as n


@dataclass
class Program:
    """`table` gives one row a household: `household`, `outcome`, `provisional`, the categories, figures, thresholds and margins of
    `answer.schema`, and `missing_<n>` truths, one for each path of `paths`, whether an incomplete household lacks such a fact."""

    table: Select
    shape: Shape
    paths: list[str] = field(default_factory=list)


def compile_pack(pack: Pack | Rules, shape: Shape | None = None) -> Program:
    """The program of a pack for tables of that shape (None: whatever the layout allows). Raises `NotCompiled`, `NotByPlace`."""
    rules = pack.rules if isinstance(pack, Pack) else pack
    return _Answer(rules, shape or Shape()).program()


class _Answer(ReasonCompiler):
    def program(self) -> Program:
        make, rules = self.make, self.rules
        excluded = {one.code: self.truth(one.formula.node, self.at_home) for one in rules.exclusions}
        results: dict[str, Expr] = {}
        for category in rules.categories:
            met = [self.truth(one.formula.node, self.at_home) for one in category.conditions]
            clear = [make.negation(excluded[one.code]) for one in rules.exclusions if category.code in one.applies_to]
            results[category.code] = make.all_of((*met, *clear))
        outcome, provisional = self.outcome(results)
        made: dict[str, Expr] = {"outcome": outcome, "provisional": provisional}
        made |= {f"category_{code}": result for code, result in results.items()}
        made["household_size"] = self.household_size()
        for code, formula in rules.figures.items():
            figure = self.shown(self.number_over_sizes(formula.node))
            needs = rules.figure_needs.get(code)
            made[code] = figure if needs is None else make.case([(results[needs], figure)], make.no_number)
        for category in rules.categories:
            line = next((one for one in category.conditions if one.code == category.line), None)
            if line is not None:
                made[f"threshold_{category.code}"], made[f"margin_{category.code}"] = self.line_of(line)
        found = self.missing(results)
        paths = list(found)
        made |= {f"missing_{place}": found[path] for place, path in enumerate(paths)}
        table = Planner(self).table(self.households, made)
        return Program(table, self.shape, paths)

    def outcome(self, results: dict[str, Expr]) -> tuple[Expr, Expr]:
        """The first category met while all before it are not; otherwise none, or incomplete with the first that is met."""
        make = self.make
        branches: list[tuple[Expr, Expr]] = []
        for code, result in results.items():
            branches += [(result, make.const(code)), (make.is_null(result), make.const(INCOMPLETE))]
        outcome = make.case(branches, make.const(NONE))
        if all(not result.nullable for result in results.values()):
            return outcome, make.no_text
        first = make.case([(result, make.const(code)) for code, result in results.items()], make.no_text)
        return outcome, make.case([(make.compare("=", outcome, make.const(INCOMPLETE)), first)], make.no_text)

    def household_size(self) -> Expr:
        size = self.sure_size()
        return self.make.case([(self.single_size(), size)], self.make.no_number) if self.doubt() else size

    # --- numbers over every size -----------------------------------------------------------------------------------
    def number_over_sizes(self, node: n.Node) -> Num:
        """The values a number may have over every possible household size."""
        return self.over_sizes(node, lambda here: self.number(node, here))

    def over_sizes(self, node: n.Node, at: Callable[[Here], Num]) -> Num:
        """The same of `at`, already rounded to 分 where the size is in doubt."""
        make, numbers = self.make, self.numbers
        known: Num = at(replace(self.at_home, fixed=True))
        if not self.doubt() or not self.sized(node):
            return known
        sizes = self.size_frame()
        each: Num = at(replace(self.at_home, home=sizes, frame=sizes, fixed=True))
        # Sizes differ in their denominators, so each is compared crosswise with the least: N(n)·m^p = N(m)·n^p.
        # Amounts are told only where single; two sizes that give two values give none.
        if each.low is None or each.high is None:
            return Num(make.no_number, make.no_number)
        size, least = self.size_at(replace(self.at_home, home=sizes)), make.up(sizes, self.sure_size())
        at_least = make.extreme(sizes, "max", make.case([(make.compare("=", size, least), each.low)], make.no_number))
        crossed = (
            numbers.scaled(each.low, 1, least, each.power),
            numbers.scaled(make.up(sizes, at_least), 1, size, each.power),
        )
        mine, its = crossed
        assert mine is not None
        assert its is not None
        same = make.all_of((make.compare("=", each.low, each.high), make.compare("=", mine, its)))
        apart = make.count(sizes, make.negation(make.surely(same)), self.shape.most("members"))
        agreed = Num(at_least, at_least, each.den, each.power, self.sure_size())
        value = make.case(
            [(self.single_size(), self.shown(known)), (make.compare("=", apart, make.zero), self.shown(agreed))], make.no_number
        )  # fmt: skip
        return Num(value, value)

    def shown(self, a: Num) -> Expr:
        """An amount in 分, half away from zero; null when more than one is possible."""
        make = self.make
        if a.low is None or a.high is None:
            return make.no_number
        value = self.numbers.half_away(a.low, self.numbers.denominator(a))
        if a.known:
            return value
        if a.low is a.high:
            return make.case([(make.is_null(a.low), make.no_number)], value)
        return make.case([(make.compare("=", a.low, a.high), value)], make.no_number)

    # --- the line of a category -------------------------------------------------------------------------------------
    def line_of(self, condition: Condition) -> tuple[Expr, Expr]:
        """(threshold, margin) of the comparison of amounts a condition comes down to."""
        make = self.make
        node = condition.formula.node
        nothing = (make.no_number, make.no_number)
        if condition.limbs and isinstance(node, n.Or):
            return nothing
        found = list(self.comparisons(node))
        thresholds, margins = [], []
        for guard, one in found:
            difference = n.Arithmetic(kind="money", op="-", left=one.left, right=one.right)
            self._kept.append(difference)
            thresholds.append((guard, self.shown(self.number_over_sizes(one.right))))
            margins.append((guard, self.shown(self.number_over_sizes(difference))))
        return make.case(thresholds, make.no_number), make.case(margins, make.no_number)

    def comparisons(self, node: n.Node) -> Iterator[tuple[Expr, n.Compare]]:
        """(when, comparison): at most one of them holds in a household."""
        make = self.make
        if isinstance(node, n.Choose):
            test = self.truth(node.test, self.at_home)
            for guard, branch in ((test, node.yes), (make.negation(test), node.no)):
                for inner, one in self.comparisons(branch):
                    yield make.surely(make.all_of((guard, inner))), one
        elif isinstance(node, n.And):
            parts = [list(self.comparisons(part)) for part in node.parts]
            for place, part in enumerate(parts):
                others = [make.negation(guard) for k, other in enumerate(parts) if k != place for guard, _ in other]
                for guard, one in part:
                    alone = make.all_of((guard, *others))
                    if alone is not make.false:
                        yield alone, one
        elif isinstance(node, n.Compare) and "money" in (node.left.kind, node.right.kind):
            yield make.true, node
