"""Places and local figures of generated populations. The figures are invented, in the order of size of published ones."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bangfu.policy import money
from bangfu.policy import standards as standards_module
from bangfu.policy.standards import Standards

#: Regions of a generated population where none are named: four counties of one city that has a pack, and others of other provinces.
REGIONS: Final = (
    "120101", "120102", "120104", "120111", "370902", "370911", "370982", "511129", "511102", "610102", "440305",
    "411502",
)  # fmt: skip
#: Province → (dibao, minimum wage) in yuan a month in mid-2020; others have the last.
_BASES: Final = {"11": (1170, 2200), "12": (1010, 2050), "31": (1240, 2480), "37": (800, 1910), "44": (1180, 2200),
                 "51": (620, 1780), "61": (680, 1800), "41": (570, 1900)}  # fmt: skip
_OTHER: Final = (640, 1750)
_FIRST_YEAR, _LAST_YEAR, _BASE_YEAR = 2012, 2027, 2020


def _grown(base: int, year: int, permille: int = 62) -> int:
    """A figure that grows yearly, in whole tens of yuan."""
    value = base * 1000
    for _ in range(abs(year - _BASE_YEAR)):
        value = value * (1000 + permille) // 1000 if year > _BASE_YEAR else value * 1000 // (1000 + permille)
    return max(10, value // 10000 * 10)


def standards_document(regions: Iterable[str]) -> dict[str, Any]:
    """`bangfu.standards/1` for the provinces of the regions: every standard, a step each July, and narrower rows for some counties."""
    rows: list[dict[str, str]] = []

    def add(name: str, region: str, year: int, value: str, month: int = 7) -> None:
        rows.append({"name": name, "region": region, "from": f"{year}-{month:02d}-01", "value": value})

    listed = sorted(set(regions))
    for province in sorted({region[:2] for region in listed}):
        place = province + "0000"
        dibao, wage = _BASES.get(province, _OTHER)
        for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
            here = _grown(dibao, year)
            add("dibao", place, year, f"{here}.00")
            add("low_income", place, year, f"{here * 3 // 2}.00")
            add("disposable_income_per_head", place, year, f"{here * 40}.00", 1)
            if year % 2 == 0:
                add("minimum_wage", place, year, f"{_grown(wage, year)}.00")
                add("dibao_savings_limit", place, year, f"{here * 24}.00")
                add("basic_living_cost", place, year, f"{here}.50", 9)
        add("housing_area_per_person", place, _FIRST_YEAR, f"{26 + int(province) % 13}.5")
        add("support_ratio", place, _FIRST_YEAR, f"0.{25 + int(province) % 11}")
        add("dibao_homes_limit", place, _FIRST_YEAR, "2")
        add("dibao_deduct_expense", place, _FIRST_YEAR, str(int(province) % 2))
        add("training_cap", place, _FIRST_YEAR, "1500.00")
        add("legal_aid_cap", place, _FIRST_YEAR, "3000.00")
    for county in listed:
        if int(county) % 3 == 0:  # a county with figures of its own, above the province's
            dibao, _ = _BASES.get(county[:2], _OTHER)
            for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
                add("dibao", county, year, f"{_grown(dibao, year) + 30}.00")
        if int(county) % 5 == 1:
            add("local_multiple", county, _FIRST_YEAR, "2.25")
    return {"schema": standards_module.SCHEMA, "rows": rows}


def in_force(
    rows: Standards, name: str, region: str, days: npt.NDArray[np.datetime64]
) -> npt.NDArray[np.int64]:  # fmt: skip
    """The standard at a region in 分 on each of some days (all in the time the rows cover)."""
    changes = sorted({row.first_day for row in rows.rows if row.name == name})
    values = []
    for day in changes:
        found = rows.find(name, region, day)
        values.append(money.parse_fen(found.value) if found is not None else 0)
    at = np.searchsorted(np.array(changes, dtype="datetime64[D]"), days, side="right") - 1
    return np.array(values, dtype=np.int64)[np.maximum(at, 0)]


def day_numbers(first: datetime.date, last: datetime.date) -> tuple[int, int]:
    """Two days as counts from 1970-01-01."""
    epoch = datetime.date(1970, 1, 1)
    return (first - epoch).days, (last - epoch).days
