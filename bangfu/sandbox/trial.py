"""A proposal as the rules see it, the families it is tried on, and its result as it is kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import polars as pl
from django.conf import settings

from bangfu.common.errors import Refused
from bangfu.families import population
from bangfu.families.models import Household
from bangfu.organizations.scope import below
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import registry, variants
from bangfu.policy import standards as standards_module
from bangfu.policy.errors import PolicyError
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import effects, generate, layout, made_places
from bangfu.policy.population.effects import Amount, Effects
from bangfu.policy.standards import StandardRow, Standards
from bangfu.policy.variants import Changes
from bangfu.sandbox.choices import Source
from bangfu.sandbox.models import Proposal

#: At most so many invented families: they are judged once for every set of altered numbers.
MOST_GENERATED = 200_000
#: Lists kept with a result: families whose outcome changes, and those next to a line.
KEPT = 2_000


def pack_of(proposal: Proposal) -> Pack:
    """The text the proposal is about, as it stands on its day."""
    return registry.get_pack(proposal.policy, proposal.day)


def changes_of(proposal: Proposal) -> Changes:
    """The altered figures and exclusions."""
    kept = proposal.changes
    return Changes(
        dict(kept.get("parameters", {})),
        {code: tuple(on) for code, on in kept.get("exclusions", {}).items()},
        frozenset(kept.get("filing_off", ())),
    )


def rows_of(proposal: Proposal) -> tuple[StandardRow, ...]:
    """The altered standards, in force from the day looked at (or from ever, where each family has its own day)."""
    since = proposal.day or datetime.date(2000, 1, 1)
    return tuple(
        variants.standard_row(name, proposal.union.region, since, value) for name, value in proposal.standards.items()
    )


def amounts_of(proposal: Proposal, which: dict[str, int]) -> dict[str, Amount]:
    return {code: Amount(fen, proposal.per_head) for code, fen in which.items()}


def question(proposal: Proposal) -> effects.Proposal:
    """The proposal in the words of the rules. Aid counts as altered only where its amounts differ."""
    altered = proposal.amounts if proposal.amounts != proposal.today else {}
    return effects.Proposal(changes_of(proposal), rows_of(proposal), amounts_of(proposal, altered))


def families_of(proposal: Proposal) -> Any:
    """The families of the register it is tried on: all of the union and those below it whose application has been handed in."""
    return Household.objects.filter(below(proposal.union_path), applications__isnull=False).distinct()


def people(proposal: Proposal) -> tuple[layout.Tables, pl.DataFrame, Standards]:
    """The tables, what to count them by, and the standards in force for them."""
    if proposal.source == Source.GENERATED:
        day = _made_on(proposal.day)
        places = _regions(proposal.union.region)
        made = generate.chunks(proposal.size, seed=proposal.seed, unknown=0.05, regions=places, dates=(day, day))
        parts = [tables for tables, _ in made]
        found = {table: pl.concat([part[table] for part in parts]) for table in layout.TABLES}
        document = made_places.standards_document(places)
        return found, effects.traits_of(found), standards_module.parse(document)
    families = families_of(proposal)
    found = population.tables(families)
    unions = pl.DataFrame(
        list(families.values_list("pk", "union__short_name")),
        schema={"household": pl.Int64, "union": pl.String},
        orient="row",
    )
    traits = effects.traits_of(found).drop("region").join(unions, on="household", how="left")
    return found, traits, standards_module.parse(installed_standards())


def _made_on(day: datetime.date | None) -> datetime.date:
    """The day as of which families are invented: their incomes lie before it. The last for which figures are made, where it is later."""
    return min(max(day or generate.DATES[1], generate.FIRST_DAY), generate.LAST_DAY)


def _regions(region: str) -> tuple[str, ...]:
    """Places of the union's province that invented families live in; any, where none is prepared."""
    near = tuple(one for one in made_places.REGIONS if one[:2] == region[:2])
    return near or tuple(made_places.REGIONS)


def carry_out(proposal: Proposal, told: Callable[[int, int], None] | None = None) -> Effects:
    """The answer. Raises ``Refused`` where a number cannot be changed so, or the policy is not in force on the day."""
    try:
        tables, traits, rows = people(proposal)
        if tables["households"].height == 0:
            raise Refused("这个范围里还没有提交过申请的家庭，可以改用虚拟家庭试算。")
        judge = effects.judge_of(tables, proposal.day, settings.BANGFU_POPULATION_ENGINE)
        return effects.try_out(
            pack_of(proposal), rows, question(proposal), judge, traits=traits,
            today=amounts_of(proposal, proposal.today), progress=told,
        )  # fmt: skip
    except (PolicyError, variants.VariantFault) as fault:
        raise Refused(str(fault)) from fault


# --- kept -------------------------------------------------------------------------------------------------------------
def kept(found: Effects) -> dict[str, Any]:
    """The result as JSON. Families stand in it by their keys only, at most ``KEPT`` of each list."""
    return {
        "households": found.households,
        "before": found.before,
        "after": found.after,
        "moved": [[a, b, number] for (a, b), number in found.moved.items()],
        "came_in": found.came_in,
        "went_out": found.went_out,
        "by": {name: [[value, *counts] for value, counts in rows.items()] for name, rows in found.by.items()},
        "spread": [list(row) for row in found.spread],
        "money_before": [asdict(one) for one in found.money_before],
        "money_after": [asdict(one) for one in found.money_after],
        "month": list(found.month),
        "shares": [[one.part, _rounded(one.households * 10), _rounded(one.month)] for one in found.shares],
        "changed": _rows(found.changed.select("household", "before", "after", "net_before", "net_after")),
        "changed_number": found.changed.height,
        "near": _rows(found.near),
        "near_number": found.near.height,
    }


def _rows(frame: pl.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.head(KEPT).iter_rows()]


def _rounded(exact: Fraction) -> int:
    """To the nearest whole number, halves away from zero."""
    doubled = abs(exact) * 2 + 1
    whole = int(doubled) // 2
    return whole if exact >= 0 else -whole


def keys(result: dict[str, Any]) -> Iterator[int]:
    """Households named in a result."""
    yield from {row[0] for name in ("changed", "near") for row in result.get(name, ())}
