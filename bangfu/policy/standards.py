"""Local parameters `bangfu.standards/1`: dated figures by region, looked up narrowest region first, then latest.

Values are exact: money in 分, an area in 0.01 m², ratios and multiples as (numerator, denominator).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from bangfu.policy import months
from bangfu.policy.errors import DocumentFaults, Fault

SCHEMA: Final = "bangfu.standards/1"
#: name → unit of its value, in the order of the contract.
UNITS: Final[dict[str, str]] = {
    "dibao": "money",
    "minimum_wage": "money",
    "low_income": "money",
    "housing_area_per_person": "area",
    "support_ratio": "ratio",
    "basic_living_cost": "money",
    "disposable_income_per_head": "money",
    "dibao_homes_limit": "count",
    "dibao_savings_limit": "money",
    "dibao_deduct_expense": "count",
    "local_multiple": "ratio",
    "training_cap": "money",
    "legal_aid_cap": "money",
}
_PATTERNS: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "money": (re.compile(r"[0-9]+(?:\.[0-9]{1,2})?"), "yuan with at most two decimals"),
    "area": (re.compile(r"[0-9]+(?:\.[0-9]{1,2})?"), "m² with at most two decimals"),
    "count": (re.compile(r"[0-9]+"), "a whole number"),
    "ratio": (re.compile(r"[0-9]+(?:\.[0-9]+)?"), "a decimal number"),
    "support_ratio": (re.compile(r"0(?:\.[0-9]+)?|1(?:\.0+)?"), "a number from 0 to 1"),
    "dibao_deduct_expense": (re.compile(r"[01]"), "0 or 1"),
}
_REGION = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One published figure: from `first_day` on, in `region` and what lies inside it."""

    name: str
    region: str
    first_day: datetime.date
    value: str
    source: str = ""

    @property
    def exact(self) -> tuple[int, int]:
        """(numerator, denominator) in the unit's smallest part: 分, 0.01 m², or the plain number."""
        whole, _, rest = self.value.partition(".")
        if UNITS[self.name] in ("money", "area"):
            return int(whole) * 100 + int((rest + "00")[:2]), 1
        return int(whole + rest), 10 ** len(rest)

    def as_dict(self) -> dict[str, str]:
        row = {"name": self.name, "region": self.region, "from": self.first_day.isoformat(), "value": self.value}
        return row | ({"source": self.source} if self.source else {})


def regions_outwards(region: str) -> tuple[str, ...]:
    """The region and what holds it: county, prefecture, province, without repeats."""
    return tuple(dict.fromkeys((region, region[:4] + "00", region[:2] + "0000")))


class Standards:
    """A set of rows without doubles. Build it with `parse` or from `StandardRow`s."""

    def __init__(self, rows: Iterable[StandardRow] = ()) -> None:
        self.rows = tuple(rows)
        self._by_place: dict[tuple[str, str], list[StandardRow]] = {}
        seen: dict[tuple[str, str, datetime.date], int] = {}
        faults: list[Fault] = []
        for position, row in enumerate(self.rows):
            key = (row.name, row.region, row.first_day)
            first = seen.setdefault(key, position)
            if first != position:
                faults.append(Fault(f"rows[{position}]", f"same name, region and date as rows[{first}]"))
            self._by_place.setdefault((row.name, row.region), []).append(row)
        if faults:
            raise DocumentFaults(faults, "standards")
        for rows_here in self._by_place.values():
            rows_here.sort(key=lambda row: row.first_day, reverse=True)

    def find(self, name: str, region: str, on: datetime.date) -> StandardRow | None:
        """The row in force on that day: narrowest region first, then the latest. None when nothing is published."""
        for place in regions_outwards(region):
            for row in self._by_place.get((name, place), ()):
                if row.first_day <= on:
                    return row
        return None

    def as_dict(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "rows": [row.as_dict() for row in self.rows]}


def _row_faults(row: Any, path: str) -> list[Fault]:
    if not isinstance(row, dict):
        return [Fault(path, "an object is expected")]
    keys = ("name", "region", "from", "value", "source")
    faults = [Fault(f"{path}.{key}", "unknown key") for key in row if key not in keys]
    faults += [Fault(f"{path}.{key}", "missing") for key in keys[:4] if row.get(key) is None]
    faults += [Fault(f"{path}.{key}", "text is expected") for key in keys if row.get(key) is not None and not isinstance(row[key], str)]  # fmt: skip
    if "source" in row and row["source"] is None:
        faults.append(Fault(f"{path}.source", "text is expected"))
    if faults:
        return faults
    if row["name"] not in UNITS:
        faults.append(Fault(f"{path}.name", f"{row['name']!r} is not one of {', '.join(UNITS)}"))
    else:
        pattern, words = _PATTERNS.get(row["name"]) or _PATTERNS[UNITS[row["name"]]]
        if not pattern.fullmatch(row["value"]):
            faults.append(Fault(f"{path}.value", f"{row['value']!r} is not {words}"))
    if not _REGION.fullmatch(row["region"]):
        faults.append(Fault(f"{path}.region", "a region is six digits of GB/T 2260"))
    try:
        months.parse_date(row["from"])
    except ValueError as error:
        faults.append(Fault(f"{path}.from", str(error)))
    return faults


def parse(document: Any) -> Standards:
    """Standards of a decoded `bangfu.standards/1` document. Raises `DocumentFaults` with every fault."""
    if not isinstance(document, dict):
        raise DocumentFaults([Fault("", "a standards document is an object")], "standards")
    faults = [Fault(key, "unknown key") for key in document if key not in ("schema", "rows")]
    if document.get("schema") != SCHEMA:
        faults.append(Fault("schema", f"must be {SCHEMA!r}"))
    rows = document.get("rows")
    if not isinstance(rows, list):
        faults.append(Fault("rows", "a list is expected"))
        rows = []
    good: list[StandardRow] = []
    for position, row in enumerate(rows):
        found = _row_faults(row, f"rows[{position}]")
        faults += found
        if not found:
            day = months.parse_date(row["from"])
            good.append(StandardRow(row["name"], row["region"], day, row["value"], row.get("source", "")))
    try:
        standards = Standards(good)
    except DocumentFaults as doubles:
        # Positions of doubles are those of the good rows only when every row was good; say the names as well.
        if not faults:
            raise
        faults += doubles.faults
    if faults:
        raise DocumentFaults(faults, "standards")
    return standards
