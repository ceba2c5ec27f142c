"""What a change of the rules would do to a population: who comes in, who goes out, what it costs, which altered number does how much.

`try_out` judges the same households twice, as the rule is and as it would be, and once more for every set of the altered numbers, so that the
whole change is shared out among them: each number's share is the mean of what it adds over all orders in which the numbers could be changed
(Shapley). All counts are of households; money is 分.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import polars as pl

from bangfu.policy import variants
from bangfu.policy.household import CAUSES
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import answer, run
from bangfu.policy.population.layout import Tables
from bangfu.policy.standards import StandardRow, Standards
from bangfu.policy.variants import Changes

#: More altered numbers than this are shared out in the order given, not over all orders: 2 ** 6 runs at the most.
EXACT_SHARES: Final = 6
#: Net income per head is counted in tenths of the dibao standard from 0 to this many tenths; what lies outside is counted at the ends.
SPREAD_TENTHS: Final = 30
#: A household is near a line when its margin is within this part (1/n) of the dibao standard.
NEAR_PART: Final = 20

Judge = Callable[[Pack, Standards], pl.DataFrame]


@dataclass(frozen=True)
class Amount:
    """Living aid of a category: `fen` a month for a household; `per_head` makes it a month for each member.

    `capped`: never more than the dibao standard for every member, which is the yearly cap of living aid, by the month.
    """

    fen: int
    per_head: bool = False
    capped: bool = True


@dataclass(frozen=True)
class Proposal:
    """What would be different: figures of the text, exclusions, local standards, amounts of aid."""

    changes: Changes = field(default_factory=Changes)
    standards: tuple[StandardRow, ...] = ()
    amounts: Mapping[str, Amount] = field(default_factory=dict)

    def parts(self) -> list[tuple[str, Proposal]]:
        """The proposal taken apart: one altered number each, with a name for it."""
        found: list[tuple[str, Proposal]] = []
        for code, value in self.changes.parameters.items():
            found.append((f"parameter:{code}", Proposal(Changes({code: value}))))
        for code, on in self.changes.exclusions.items():
            found.append((f"exclusion:{code}", Proposal(Changes(exclusions={code: on}))))
        for code in sorted(self.changes.filing_off):
            found.append((f"filing:{code}", Proposal(Changes(filing_off=frozenset({code})))))
        found += [(f"standard:{row.name}@{row.region}", Proposal(standards=(row,))) for row in self.standards]
        if self.amounts:
            found.append(("amounts", Proposal(amounts=self.amounts)))
        return found


def together(parts: Iterable[Proposal]) -> Proposal:
    """Several altered numbers at once."""
    listed = list(parts)
    return Proposal(
        Changes(
            {code: value for one in listed for code, value in one.changes.parameters.items()},
            {code: on for one in listed for code, on in one.changes.exclusions.items()},
            frozenset().union(*(one.changes.filing_off for one in listed)),
        ),
        tuple(row for one in listed for row in one.standards),
        {code: amount for one in listed for code, amount in one.amounts.items()},
    )


@dataclass(frozen=True)
class Money:
    """Living aid of a category at the amounts given."""

    category: str
    households: int
    month: int

    @property
    def year(self) -> int:
        return self.month * 12


@dataclass(frozen=True)
class Share:
    """What one altered number does of the whole change: households that are aided, and money a month."""

    part: str
    households: Fraction
    month: Fraction


@dataclass(frozen=True)
class Effects:
    """The whole answer. `moved` counts (before, after); `by` holds dimension → value → (came in, went out, changed category)."""

    households: int
    before: dict[str, int]
    after: dict[str, int]
    moved: dict[tuple[str, str], int]
    by: dict[str, dict[str, tuple[int, int, int]]]
    spread: list[tuple[int, int, int]]
    money_before: list[Money]
    money_after: list[Money]
    shares: list[Share]
    near: pl.DataFrame = field(repr=False)
    changed: pl.DataFrame = field(repr=False)

    @property
    def came_in(self) -> int:
        """Households that have no category now and would have one."""
        return sum(number for (a, b), number in self.moved.items() if not aided(a) and aided(b))

    @property
    def went_out(self) -> int:
        return sum(number for (a, b), number in self.moved.items() if aided(a) and not aided(b))

    @property
    def month(self) -> tuple[int, int]:
        """Money a month (before, after)."""
        return sum(one.month for one in self.money_before), sum(one.month for one in self.money_after)


def aided(outcome: str) -> bool:
    """Whether an outcome is a category."""
    return outcome not in (answer.NONE, answer.INCOMPLETE)


def judge_of(tables: Tables, on: datetime.date | None, engine: str = "polars") -> Judge:
    """How a population in memory is judged."""

    def judge(pack: Pack, standards: Standards) -> pl.DataFrame:
        return run.assess(tables, pack, on=on, standards=standards, engine=engine, check=False)

    return judge


def try_out(
    pack: Pack, standards: Standards, proposal: Proposal, judge: Judge, *, traits: pl.DataFrame,
    today: Mapping[str, Amount] | None = None, progress: Callable[[int, int], None] | None = None,
) -> Effects:  # fmt: skip
    """What the proposal does. `traits` has a row a household and a String column for each dimension to count by (see `traits_of`).

    `today`: the amounts of aid as they are; a category that neither names costs nothing. Raises `VariantFault` for a change that cannot be made.
    """
    parts = proposal.parts()
    before_amounts = dict(today or {})
    seen: dict[frozenset[int], pl.DataFrame] = {}
    wanted = _sets(len(parts))

    def judged(chosen: frozenset[int]) -> pl.DataFrame:
        if chosen not in seen:
            one = together(parts[place][1] for place in sorted(chosen))
            rows = variants.with_standards(standards, one.standards) if one.standards else standards
            seen[chosen] = judge(variants.vary(pack, one.changes), rows)
            if progress is not None:
                progress(len(seen), len(wanted))
        return seen[chosen]

    everything = frozenset(range(len(parts)))
    before, after = judged(frozenset()), judged(everything)
    values = {
        chosen: _value(judged(chosen), before_amounts | dict(together(parts[p][1] for p in chosen).amounts))
        for chosen in wanted
    }
    pairs = _pairs(before, after, traits)
    amounts = before_amounts | dict(proposal.amounts)
    return Effects(
        households=before.height,
        before=answer.counts(before),
        after=answer.counts(after),
        moved=_moved(pairs),
        by={name: _by(pairs, name) for name in traits.columns if name != "household"},
        spread=_spread(before, after),
        money_before=_money(before, before_amounts),
        money_after=_money(after, amounts),
        shares=_shares([name for name, _ in parts], values),
        near=_near(after, pack),
        changed=pairs.filter(pl.col("before") != pl.col("after")).sort("household"),
    )


# --- counting ---------------------------------------------------------------------------------------------------------
def _pairs(before: pl.DataFrame, after: pl.DataFrame, traits: pl.DataFrame) -> pl.DataFrame:
    left = before.select("household", "id", before="outcome", net_before="net_per_capita_monthly")
    right = after.select("household", after="outcome", net_after="net_per_capita_monthly")
    return left.join(right, on="household", validate="1:1").join(traits, on="household", how="left")


def _moved(pairs: pl.DataFrame) -> dict[tuple[str, str], int]:
    grouped = pairs.group_by("before", "after").len().sort("before", "after")
    return {(a, b): number for a, b, number in grouped.iter_rows()}


def _by(pairs: pl.DataFrame, dimension: str) -> dict[str, tuple[int, int, int]]:
    was, is_now = ~pl.col("before").is_in(["none", "incomplete"]), ~pl.col("after").is_in(["none", "incomplete"])
    grouped = (
        pairs.group_by(dimension)
        .agg(
            came=(~was & is_now).sum(), went=(was & ~is_now).sum(),
            changed=(was & is_now & (pl.col("before") != pl.col("after"))).sum(),
        )
        .sort(pl.col("came") + pl.col("went") + pl.col("changed"), dimension, descending=[True, False])
    )  # fmt: skip
    return {str(name): (came, went, changed) for name, came, went, changed in grouped.iter_rows()}


def _spread(before: pl.DataFrame, after: pl.DataFrame) -> list[tuple[int, int, int]]:
    """(tenth of the dibao standard, households before, after)."""

    def counted(frame: pl.DataFrame) -> dict[int, int]:
        known = frame.filter(pl.col("net_per_capita_monthly").is_not_null() & (pl.col("dibao") > 0))
        tenth = (pl.col("net_per_capita_monthly") * 10).floordiv(pl.col("dibao")).clip(0, SPREAD_TENTHS)
        return dict(known.group_by(tenth=tenth).len().iter_rows())

    a, b = counted(before), counted(after)
    return [(tenth, a.get(tenth, 0), b.get(tenth, 0)) for tenth in range(SPREAD_TENTHS + 1)]


def _near(frame: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """household, category, margin (分 per head and month; above 0 is over the line): those closest to a line, closest first."""
    columns = [name for name in answer.with_line(pack.rules) if f"margin_{name}" in frame.columns]
    found = [
        frame.filter(
            pl.col(f"margin_{name}").is_not_null() & (pl.col(f"margin_{name}").abs() * NEAR_PART <= pl.col("dibao"))
        ).select("household", pl.lit(name).alias("category"), margin=f"margin_{name}")
        for name in columns
    ]
    empty = pl.DataFrame(schema={"household": pl.Int64, "category": pl.String, "margin": pl.Int64})
    return pl.concat([empty, *found]).sort(pl.col("margin").abs(), "household")


# --- money ------------------------------------------------------------------------------------------------------------
def _monthly(amounts: Mapping[str, Amount]) -> pl.Expr:
    """分 a month of each household."""
    found = pl.lit(0, pl.Int64)
    for code, amount in amounts.items():
        sum_of = pl.lit(amount.fen, pl.Int64)
        size = pl.col("household_size").fill_null(1).cast(pl.Int64)
        if amount.per_head:
            sum_of = sum_of * size
        if amount.capped:
            sum_of = pl.min_horizontal(sum_of, pl.col("dibao").fill_null(amount.fen) * size)
        found = pl.when(pl.col("outcome") == code).then(sum_of).otherwise(found)
    return found


def _money(frame: pl.DataFrame, amounts: Mapping[str, Amount]) -> list[Money]:
    grouped = frame.group_by("outcome").agg(pl.len(), month=_monthly(amounts).sum()).sort("outcome")
    return [Money(code, number, month) for code, number, month in grouped.iter_rows() if aided(code)]


# --- shares -----------------------------------------------------------------------------------------------------------
def _sets(number: int) -> list[frozenset[int]]:
    """The sets of altered numbers that have to be judged."""
    if number > EXACT_SHARES:
        return [frozenset(range(upto)) for upto in range(number + 1)]
    places = range(number)
    return [frozenset(one) for size in range(number + 1) for one in itertools.combinations(places, size)]


def _value(frame: pl.DataFrame, amounts: Mapping[str, Amount]) -> tuple[int, int]:
    return sum(number for code, number in answer.counts(frame).items() if aided(code)), sum(
        one.month for one in _money(frame, amounts)
    )


def _shares(names: Sequence[str], values: Mapping[frozenset[int], tuple[int, int]]) -> list[Share]:
    found: list[Share] = []
    number = len(names)
    for place, name in enumerate(names):
        households = month = Fraction(0)
        for chosen, (has, costs) in values.items():
            if place in chosen or chosen | {place} not in values:
                continue
            more, dearer = values[chosen | {place}]
            weight = _weight(len(chosen), number)
            households += weight * (more - has)
            month += weight * (dearer - costs)
        found.append(Share(name, households, month))
    return found


def _weight(size: int, number: int) -> Fraction:
    """How often, of all orders, the numbers changed before this one are exactly these."""
    if number > EXACT_SHARES:
        return Fraction(1)
    return Fraction(math.factorial(size) * math.factorial(number - size - 1), math.factorial(number))


# --- traits -----------------------------------------------------------------------------------------------------------
def traits_of(tables: Tables) -> pl.DataFrame:
    """household, cause (the first one named), type (by size and who lives there), region: what a population itself knows."""
    households = tables["households"]
    cause = pl.coalesce(
        *(pl.when(pl.col(f"cause_{name}")).then(pl.lit(name)) for name in CAUSES),
        pl.when(pl.col("causes_known")).then(pl.lit("none")),
        pl.lit("unknown"),
    )
    people = tables["members"].group_by("household").agg(
        size=pl.len(),
        children=pl.col("relation").is_in(["child", "grandchild"]).sum(),
        spouse=(pl.col("relation") == "spouse").any(),
    )  # fmt: skip
    kind = (
        pl.when(pl.col("size") == 1)
        .then(pl.lit("single"))
        .when((pl.col("children") > 0) & ~pl.col("spouse"))
        .then(pl.lit("one_parent"))
        .when(pl.col("children") > 0)
        .then(pl.lit("with_children"))
        .when(pl.col("spouse") & (pl.col("size") == 2))
        .then(pl.lit("couple"))
        .otherwise(pl.lit("others"))
    )
    return households.join(people, on="household", how="left").select(
        "household", cause=cause, type=kind, region=pl.col("work_region").fill_null("unknown")
    )
