"""What depends on region and day, settled by the judge's own code once for each distinct pair of regions and day.

So no compiled program looks a standard up or reads the digits of a region: it joins `Places.frame` on work_region, huji_region (null equals null)
and application_date. Columns of the frame beside these three:

- `application_month`, the number of the month of application
- `<code>_low`, `<code>_high` for each standard the pack reads: exact ends as whole numbers over `denominators[code]`; a null high is no bound
- `<code>_published` for each standard that a formula asks `published` of; null where it hangs on an unknown region
- `starts_column(node)` for each `starts_with` outside the regions of standards; null as above
- `<code>_lacks_work_region`, `_lacks_huji_region`, `_lacks_row` (nothing is published) for each standard, the first two for each `starts_column`:
  what is to be found out first where the value is open
"""

from __future__ import annotations

import bisect
import datetime
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from bangfu.policy.errors import PolicyError
from bangfu.policy.household import Facts, Member
from bangfu.policy.pack.model import Rules
from bangfu.policy.standards import Standards
from bangfu.policy.tree import judge, reasons
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree.case import Case

KEYS = ("work_region", "huji_region", "application_date")
REGION_KEYS = ("work_region", "huji_region")


class NotByPlace(PolicyError):
    """A region hangs on other facts than the two regions: it cannot be settled by place."""


@dataclass(frozen=True)
class Places:
    """One row for each distinct pair of regions and day of a population."""

    frame: pl.DataFrame
    denominators: dict[str, int]


def trees(rules: Rules) -> Iterator[n.Node]:
    """Every formula of the rules, but for the regions of standards."""
    for category in rules.categories:
        yield from (condition.formula.node for condition in category.conditions)
    yield from (one.formula.node for one in rules.exclusions)
    yield from (one.node for one in rules.figures.values())
    yield from (formula.node for rule in rules.lines for formula in rule.into.values())
    yield from (term.formula.node for term in rules.terms.values())
    yield rules.household.formula.node


def _walk(tree: n.Node) -> Iterator[n.Node]:
    stack = [tree]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(n.children(one))


def starts_column(node: n.StartsWith) -> str:
    """The column that holds the truth of a `starts_with`."""
    plain = node.region.name if isinstance(node.region, n.Fact) else ""
    if not re.fullmatch(r"\w+", plain):
        plain = f"{zlib.crc32(node.region.text.encode()):08x}"
    return f"starts_{plain}_{node.digits}"


def asked(rules: Rules) -> tuple[list[n.Published], dict[str, n.StartsWith]]:
    """The `published` (one for each code) and `starts_with` nodes that formulas ask. Raises `NotByPlace`."""
    published: dict[str, n.Published] = {}
    starts: dict[str, n.StartsWith] = {}
    for tree in trees(rules):
        for node in _walk(tree):
            if isinstance(node, n.Published):
                published.setdefault(node.code, node)
            elif isinstance(node, n.StartsWith):
                _only_regions(node.region, node.text)
                starts.setdefault(starts_column(node), node)
    for code in rules.standards:
        _only_regions(rules.standards[code].region.node, f"region of standard {code}")
    return list(published.values()), starts


def _only_regions(tree: n.Node, what: str) -> None:
    for node in _walk(tree):
        if isinstance(node, n.Fact) and not (node.scope == "household" and node.kind == "region"):
            raise NotByPlace(f"{what}: it rests on {node.text or node.path}; a population settles regions by work_region and huji_region only")  # fmt: skip


def denominators(rules: Rules, standards: Standards) -> dict[str, int]:
    """For each standard of the pack, one denominator that fits all its rows."""
    by_name: dict[str, int] = {}
    for row in standards.rows:
        by_name[row.name] = math.lcm(by_name.get(row.name, 1), row.exact[1])
    return {code: by_name.get(rule.name, 1) for code, rule in rules.standards.items()}


def steps(standards: Standards) -> list[datetime.date]:
    """The days on which some standard changes."""
    return sorted({row.first_day for row in standards.rows})


def resolve(rules: Rules, standards: Standards, triples: pl.DataFrame) -> Places:
    """The places of distinct (work_region, huji_region, application_date) rows. Raises `NotByPlace`.

    Days between two changes of the standards are alike, so the judge is asked once for each pair of regions and change.
    """
    changes = steps(standards)
    days = triples["application_date"].unique().sort().to_list()
    alike = {day: changes[at - 1] if (at := bisect.bisect_right(changes, day)) else datetime.date.min for day in days}
    first_of: dict[datetime.date, datetime.date] = {}
    for day in days:
        first_of.setdefault(alike[day], day)
    asked_on = pl.DataFrame(
        {"application_date": days, "asked_on": [first_of[alike[day]] for day in days]},
        schema={"application_date": pl.Date, "asked_on": pl.Date},
    )
    keyed = triples.select(KEYS).unique(maintain_order=True).join(asked_on, on="application_date", how="left")
    distinct = keyed.select("work_region", "huji_region", "asked_on").unique(maintain_order=True)
    published, starts = asked(rules)
    common = denominators(rules, standards)
    columns: dict[str, list[object]] = {name: [] for name in _schema(rules, published, starts)}
    for work_region, huji_region, day in distinct.iter_rows():
        case = _case(work_region, huji_region, day, standards, rules)
        for code in rules.standards:
            low, high, den = judge.number(n.Standard(kind="money", code=code), case)
            assert low is not None, "no standard is negative"
            times = common[code] // den
            columns[f"{code}_low"].append(low * times)
            columns[f"{code}_high"].append(None if high is None else high * times)
            why: set[str] = set()
            reasons.of_standard(code, case, why)
            for what in (*REGION_KEYS, "row"):
                columns[f"{code}_lacks_{what}"].append(
                    what in why or (what == "row" and any(one.startswith("standards.") for one in why))
                )
        for node in published:
            columns[f"{node.code}_published"].append(judge.truth(node, case))
        for name, start in starts.items():
            columns[name].append(judge.truth(start, case))
            why = set()
            reasons.of_region(start.region, case, why)
            for what in REGION_KEYS:
                columns[f"{name}_lacks_{what}"].append(what in why)
    answered = distinct.hstack(pl.DataFrame(columns, schema=_schema(rules, published, starts)))
    frame = keyed.join(answered, on=("work_region", "huji_region", "asked_on"), how="left", nulls_equal=True)
    month = pl.col("application_date").dt.year() * 12 + pl.col("application_date").dt.month().cast(pl.Int32) - 1
    return Places(frame.drop("asked_on").with_columns(application_month=month), common)


def _schema(
    rules: Rules, published: list[n.Published], starts: dict[str, n.StartsWith]
) -> dict[str, type[pl.DataType]]:
    schema: dict[str, type[pl.DataType]] = {}
    for code in rules.standards:
        schema |= {f"{code}_low": pl.Int64, f"{code}_high": pl.Int64}
        schema |= {f"{code}_lacks_{what}": pl.Boolean for what in (*REGION_KEYS, "row")}
    schema |= {f"{node.code}_published": pl.Boolean for node in published}
    for name in starts:
        schema |= {name: pl.Boolean} | {f"{name}_lacks_{what}": pl.Boolean for what in REGION_KEYS}
    return schema


def _case(work_region: str | None, huji_region: str | None, day: datetime.date, standards: Standards, rules: Rules) -> Case:  # fmt: skip
    facts = Facts("", day, "P1", (Member("P1", 0),), work_region, huji_region)
    return Case(facts, standards, rules)
