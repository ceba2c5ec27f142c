"""The answer of a population: one row a household, the same columns from every engine.

Amounts are 分, rounded half away from zero as a determination prints them, null unless a single value is possible. `missing` names kinds of facts
(`incomes.amount`), not places in a list: the determination of the household names those.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import polars as pl

from bangfu.policy.determination import MET, UNKNOWN, Determination
from bangfu.policy.pack.model import Rules
from bangfu.policy.tree import reasons

NONE: Final = "none"
INCOMPLETE: Final = "incomplete"
_PLACE: Final = re.compile(r"\[[0-9]+\]|@[0-9]+$")

HEAD: Final[dict[str, type[pl.DataType]]] = {
    "household": pl.Int64, "id": pl.String, "policy": pl.String, "region": pl.String, "application_date": pl.Date,
    "outcome": pl.String, "provisional": pl.String,
}  # fmt: skip


def schema(rules: Rules) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of the answer under some rules, in order."""
    found: dict[str, pl.DataType | type[pl.DataType]] = dict(HEAD)
    found |= {f"category_{category.code}": pl.Boolean for category in rules.categories}
    found["household_size"] = pl.Int32
    found |= dict.fromkeys(rules.figures, pl.Int64)
    for category in with_line(rules):
        found |= {f"threshold_{category}": pl.Int64, f"margin_{category}": pl.Int64}
    found["missing"] = pl.List(pl.String)
    return found


def with_line(rules: Rules) -> list[str]:
    """Codes of the categories that rest on one comparison of amounts, which gives threshold and margin."""
    return [category.code for category in rules.categories if category.line is not None]


def general(path: str) -> str:
    """The kind of fact a path names: `members[2].lives_together` → `members.lives_together`, `standards.dibao@120101` → `standards.dibao`."""
    return _PLACE.sub("", path)


def _fen(amount: str | None) -> int | None:
    return None if amount is None else int(amount.replace(".", ""))


def of_determination(household: int, region: str | None, found: Determination, rules: Rules) -> tuple[object, ...]:
    """The row of one household, from its determination."""
    figures = found.figures
    lines: list[int | None] = []
    for code in with_line(rules):
        category = found.category(code)
        lines += [_fen(category.threshold), _fen(category.margin)]
    return (
        household, found.facts_id, found.policy, region, found.application_date, found.outcome, found.provisional,
        *(None if one.result == UNKNOWN else one.result == MET for one in found.categories),
        figures["household_size"], *(_fen(figures[code]) for code in rules.figures), *lines,
        list(reasons.in_order({general(path) for path in found.missing})),
    )  # fmt: skip


def counts(answer: pl.DataFrame) -> dict[str, int]:
    """Households by outcome, most first."""
    grouped = answer.group_by("outcome").len().sort(["len", "outcome"], descending=[True, False])
    return dict(grouped.iter_rows())


def digest(answer: pl.DataFrame, *, without: tuple[str, ...] = ()) -> str:
    """A hash of the content: the same answer gives the same hash whatever engine wrote it and in whatever order."""
    rows = answer.drop(*without).sort("household")
    found = hashlib.sha256(",".join(rows.columns).encode())
    for row in rows.iter_rows():
        found.update(repr(row).encode())
    return found.hexdigest()
