"""What must hold of each row of the layout's tables, as column expressions: what the facts contract holds a document to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from bangfu.policy import household as words
from bangfu.policy.population import layout

MOST_MONEY: Final = 10**14 - 1  # twelve digits of yuan
MOST_HOUSEHOLD: Final = 10**14
#: The first two digits of GB/T 2260: the provinces.
PROVINCES: Final = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44"),
    *("45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"),
)
_MONEY: Final[dict[str, tuple[str, ...]]] = {
    "households": ("savings", "investments_net", "incident_loss", "unexplained_funds"),
    "incomes": ("amount", "monthly", "obligor_income_monthly"),
    "expenses": ("total", "monthly", *(f"paid_{one}" for one in words.PAYERS), "tuition", "boarding", "travel", "aided"),
}  # fmt: skip
_COUNTS: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "households": {"household": (0, MOST_HOUSEHOLD), "owned_homes": (0, 10**6), "owned_area_m2": (0, 10**12),
                   "rented_area_m2": (0, 10**12), "worker": (0, 32767), "incident_injury_grade": (0, 10)},
    "members": {"position": (0, 32767), "labor_relation_months": (0, 2**31 - 1)},
    "disabilities": {"position": (0, 32767), "grade": (1, 4)},
    "vehicles": {"position": (0, 32767)},
    "incomes": {"position": (0, 32767)},
    "expenses": {"position": (0, 32767)},
}  # fmt: skip
_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "households": ("incident_month",), "incomes": ("month", "first", "last"), "expenses": ("month", "first", "last"),
}  # fmt: skip
_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "households": {"incident_kind": words.INCIDENT_KINDS},
    "members": {"relation": words.RELATIONS, "sex": ("male", "female"), "employment": words.EMPLOYMENTS,
                "studying": words.STUDIES},
    "disabilities": {"kind": words.DISABILITIES},
    "vehicles": {"use": words.VEHICLE_USES},
    "incomes": {"kind": words.INCOME_KINDS, "basis": words.BASES, "obligor_status": words.OBLIGOR_STATUSES},
    "expenses": {"kind": words.EXPENSE_KINDS},
}  # fmt: skip
#: Amounts an expense of a kind may carry besides member, kind and incident.
_CARRIES: Final[dict[str, tuple[str, ...]]] = {
    "tuition": ("schooling",), "boarding": ("schooling",), "travel": ("schooling",), "aided": ("schooling",),
    "recognized": ("other",),
    "total": ("illness", "disability_rehab", "disability_care", "employment_cost", "other"),
    "monthly": ("disability_care", "rent", "employment_cost"),
}  # fmt: skip
_PAID: Final = ("illness", "disability_rehab", "disability_care")
_MONTHLY_KINDS: Final = ("disability_care", "rent", "employment_cost")
_INCIDENT: Final = ("kind", "month", "injury_grade", *layout.INCIDENT_FLAGS, "loss")


@dataclass(frozen=True)
class RowRule:
    """`bad` is true for a row that breaks the rule. `shown` is a column whose value is quoted."""

    table: str
    column: str
    name: str
    bad: pl.Expr
    message: str
    shown: str | None = None


def rules(table: str) -> list[RowRule]:
    """The rules of one table, the simple ones of single columns first."""
    return [*_columns(table), *_OWN.get(table, lambda: iter(()))()]


def _columns(table: str) -> Iterator[RowRule]:
    for column in layout.ALWAYS_KNOWN[table]:
        yield RowRule(table, column, "null", pl.col(column).is_null(), "is empty, but this is always known; fill it in")
    for column in _MONEY.get(table, ()):
        value = pl.col(column)
        yield RowRule(table, column, "negative", value < 0, "an amount is never negative; what goes out has a kind of its own", column)  # fmt: skip
        yield RowRule(table, column, "digits", value > MOST_MONEY, "more than twelve digits of yuan; amounts are in 分, check the unit", column)  # fmt: skip
    for column, (least, most) in _COUNTS[table].items():
        bad = (pl.col(column) < least) | (pl.col(column) > most)
        yield RowRule(table, column, "range", bad, f"must lie between {least} and {most}", column)
    for column in _MONTHS.get(table, ()):
        bad = ~pl.col(column).is_between(1900 * 12, 2200 * 12)
        yield RowRule(table, column, "month", bad, "no month between 1900 and 2200; a month is the number year · 12 + month − 1", column)  # fmt: skip
    for column, allowed in _WORDS[table].items():
        bad = ~pl.col(column).is_in(list(allowed))
        yield RowRule(table, column, "word", bad, f"is not one of {', '.join(allowed)}", column)


def _households() -> Iterator[RowRule]:
    t, known = "households", pl.col("causes_known")
    for column in ("work_region", "huji_region"):
        value = pl.col(column)
        six = value.str.contains("^[0-9]{6}$")
        yield RowRule(t, column, "six", ~six, "a region is six digits of GB/T 2260", column)
        yield RowRule(t, column, "province", six & ~value.str.slice(0, 2).is_in(list(PROVINCES)), "no province begins with these two digits; correct the region, or leave it empty where nobody knows it", column)  # fmt: skip
    yield RowRule(t, "id", "empty", pl.col("id") == "", "is empty text; give the id of the facts")
    for cause in words.CAUSES:
        column = f"cause_{cause}"
        yield RowRule(t, column, "cause_null", known & pl.col(column).is_null(), "is null although causes_known is true; write false")  # fmt: skip
        yield RowRule(t, column, "cause_said", ~known & pl.col(column).is_not_null(), "has a value although causes_known is false; write null, or make it true")  # fmt: skip
    none = pl.col("incident_happened").fill_null(False).not_()
    for name in _INCIDENT:
        column = f"incident_{name}"
        yield RowRule(t, column, "no_incident", none & pl.col(column).is_not_null(), "has a value although incident_happened is not true; write null")  # fmt: skip


def _members() -> Iterator[RowRule]:
    bad = (pl.col("employment") == "retired") & pl.col("retired").fill_null(False).not_()
    yield RowRule("members", "retired", "retired", bad, "must be true where employment is retired")


def _lines(table: str, once: tuple[str, ...]) -> Iterator[RowRule]:
    monthly = pl.col("monthly_line")
    for column in once:
        yield RowRule(table, column, "once", monthly & pl.col(column).is_not_null(), "has a value on a monthly line; a line is either monthly with first and last, or one sum with its month")  # fmt: skip
    for column in ("monthly", "first", "last"):
        yield RowRule(table, column, "monthly", ~monthly & pl.col(column).is_not_null(), "has a value on a line of one sum; a line is either monthly with first and last, or one sum with its month")  # fmt: skip
    yield RowRule(table, "first", "order", pl.col("first") > pl.col("last"), "is after last; a line begins before it ends", "first")  # fmt: skip


def _incomes() -> Iterator[RowRule]:
    t, basis, kind = "incomes", pl.col("basis"), pl.col("kind")
    bare = basis == "no_document"
    yield from _lines(t, ("amount", "month"))
    yield RowRule(t, "basis", "support", bare & (kind != "support"), "no_document is for support only")
    yield RowRule(t, "monthly_line", "support", bare & ~pl.col("monthly_line"), "support without a document is a monthly line; write true")  # fmt: skip
    yield RowRule(t, "monthly", "support", bare & pl.col("monthly").is_not_null(), "support that no document fixes carries no sum; write null")  # fmt: skip
    flexible = basis == "declared_flexible"
    yield RowRule(t, "basis", "flexible", flexible & (kind != "wage"), "declared_flexible is for wage only")
    yield RowRule(t, "member", "flexible", flexible & pl.col("member").is_null(), "declared_flexible earnings need the member who earns them")  # fmt: skip
    named = pl.col("obligor_known")
    yield RowRule(t, "obligor_known", "obligor", named & ~bare, "only support with no_document names an obligor")
    for column in ("obligor_income_monthly", "obligor_status"):
        yield RowRule(t, column, "obligor", ~named & pl.col(column).is_not_null(), "has a value although obligor_known is false")  # fmt: skip


def _expenses() -> Iterator[RowRule]:
    t, kind = "expenses", pl.col("kind")
    paid = tuple(f"paid_{one}" for one in words.PAYERS)
    yield from _lines(t, ("total", "month", *paid))
    for column, kinds in _CARRIES.items():
        said = pl.col(column).is_not_null()
        yield RowRule(t, column, "kind", said & ~kind.is_in(list(kinds)), f"has a value on a line of another kind; it belongs to {', '.join(kinds)}")  # fmt: skip
    yield RowRule(t, "monthly_line", "kind", pl.col("monthly_line") & ~kind.is_in(list(_MONTHLY_KINDS)), f"only {', '.join(_MONTHLY_KINDS)} run by the month")  # fmt: skip
    yield RowRule(t, "monthly_line", "rent", (kind == "rent") & ~pl.col("monthly_line"), "rent is a monthly line; write true")  # fmt: skip
    known = pl.col("paid_by_known")
    yield RowRule(t, "paid_by_known", "kind", known & ~kind.is_in(list(_PAID)), f"reimbursement belongs to {', '.join(_PAID)}")  # fmt: skip
    yield RowRule(t, "paid_by_known", "monthly", known & pl.col("monthly_line"), "a monthly line has no reimbursement; write false")  # fmt: skip
    for column in paid:
        yield RowRule(t, column, "paid", ~known & pl.col(column).is_not_null(), "has a value although paid_by_known is false")  # fmt: skip
    yield RowRule(t, "member", "care", (kind == "disability_care") & pl.col("member").is_null(), "disability_care needs the member who is cared for")  # fmt: skip


_OWN = {"households": _households, "members": _members, "incomes": _incomes, "expenses": _expenses}
