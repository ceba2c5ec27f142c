"""Households drawn at random to find where two machines differ: every kind of line, unknown facts anywhere, sums exactly on a line.

Nothing is likely here; `bangfu.policy.population.generate` makes likely families. A household follows from its seed alone.
"""

import random
from dataclasses import replace
from typing import Any

from bangfu.policy import facts as facts_module
from bangfu.policy import money, months, registry, standards
from bangfu.policy.assess import judge
from bangfu.policy.facts import (
    BASES,
    CAUSES,
    DISABILITIES,
    EMPLOYMENTS,
    EXPENSE_KINDS,
    INCIDENT_KINDS,
    INCOME_KINDS,
    OBLIGOR_STATUSES,
    PAYERS,
    RELATIONS,
    STUDIES,
    VEHICLE_USES,
    Facts,
    Income,
)
from bangfu.policy.household import Attested, Conduct, Status
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards

#: Places with every standard, with some, with odd fractions, and with none.
REGIONS = ("120101", "120102", "370902", "511129", "610102", "440305", "130984", "650101")
ROWS = [
    *(("dibao", place, day, value) for place, day, value in (
        ("120000", "2015-01-01", "705.00"), ("120000", "2020-07-01", "1010.00"), ("120102", "2018-01-01", "1012.34"),
        ("370000", "2015-01-01", "550.00"), ("370900", "2020-01-01", "800.00"), ("511100", "2016-01-01", "400.00"),
        ("610000", "2016-01-01", "599.99"), ("440300", "2014-01-01", "1200.00"),
    )),
    *(("minimum_wage", place, "2015-01-01", value) for place, value in (("120000", "2050.00"), ("370000", "1550.01"), ("510000", "1500.00"), ("610000", "1680.00"))),
    ("minimum_wage", "120100", "2020-08-01", "2180.00"),
    ("low_income", "120000", "2016-01-01", "1515.00"), ("low_income", "370900", "2019-01-01", "1200.00"), ("low_income", "610000", "2016-01-01", "899.99"),
    ("housing_area_per_person", "120000", "2015-01-01", "33.3"), ("housing_area_per_person", "370000", "2020-01-01", "36.55"), ("housing_area_per_person", "510000", "2015-01-01", "30"),
    ("support_ratio", "120000", "2015-01-01", "0.333"), ("support_ratio", "370900", "2020-01-01", "0.3"), ("support_ratio", "610000", "2015-01-01", "1"), ("support_ratio", "510000", "2015-01-01", "0"),
    ("basic_living_cost", "120000", "2016-01-01", "650.50"), ("basic_living_cost", "510000", "2016-01-01", "400.00"), ("basic_living_cost", "370000", "2016-01-01", "500.00"),
    ("disposable_income_per_head", "120000", "2016-01-01", "43854.00"), ("disposable_income_per_head", "370000", "2016-01-01", "32886.00"),
    ("dibao_homes_limit", "120000", "2016-01-01", "2"), ("dibao_homes_limit", "370000", "2016-01-01", "1"),
    ("dibao_savings_limit", "120000", "2016-01-01", "24240.00"), ("dibao_savings_limit", "370000", "2016-01-01", "10000.00"),
    ("dibao_deduct_expense", "120000", "2016-01-01", "1"), ("dibao_deduct_expense", "370000", "2016-01-01", "0"),
    ("local_multiple", "120101", "2016-01-01", "2.125"), ("local_multiple", "370900", "2016-01-01", "2"),
    ("training_cap", "120000", "2016-01-01", "1500.00"), ("legal_aid_cap", "120000", "2016-01-01", "3000.00"),
]  # fmt: skip
_KEYS = ("name", "region", "from", "value")
STANDARDS_DOCUMENT: dict[str, Any] = {
    "schema": "bangfu.standards/1", "rows": [dict(zip(_KEYS, row, strict=True)) for row in ROWS],
}  # fmt: skip
ALL_STANDARDS: Standards = standards.parse(STANDARDS_DOCUMENT)
_SUMS = ("0", "0.01", "1", "100.00", "333.33", "705.00", "1010.00", "2020.00", "2050.00", "6060.00", "9090.00", "12120.00", "24240.00", "3000.00")  # fmt: skip


class Draw:
    """One household's luck. `holes` is how often a fact is unknown."""

    def __init__(self, seed: str, month: int, huge: bool) -> None:
        self.random = random.Random(seed)
        self.holes = self.random.choice((0, 0, 0, 0.01, 0.03, 0.1, 0.3))
        self.month = month
        self.huge = huge and self.random.random() < 0.02

    def flag(self, often: float = 0.5) -> bool:
        return self.random.random() < often

    def known(self, value: Any) -> Any:
        return None if self.flag(self.holes) else value

    def one(self, values: Any) -> Any:
        return self.random.choice(values)

    def sum(self) -> Any:
        kind = self.random.random()
        if self.huge and kind < 0.2:
            return self.known("999999999999.99")
        if kind < 0.6:
            return self.known(self.one(_SUMS))
        return self.known(f"{self.random.randrange(0, 9000)}.{self.random.randrange(100):02d}")

    def at(self) -> str:
        """A month about the window, its edges often."""
        back = self.one((-1, 0, 0, 1, 1, 2, 3, 5, 6, 6, 7, 8, 11, 12, 12, 13, 14))
        return months.format_month(self.month - back)

    def span(self) -> dict[str, Any]:
        first, last = sorted((self.at(), self.at()))
        return {"from": self.known(first), "to": self.known(last)}


def _member(d: Draw, position: int, worker: bool) -> dict[str, Any]:
    employment = d.known(d.one(EMPLOYMENTS))
    ill = [
        {"kind": d.known(d.one(DISABILITIES)), "grade": d.known(d.one((1, 2, 3, 4)))}
        for _ in range(d.one((0, 0, 0, 1, 2)))
    ]
    return {
        "id": f"P{position + 1}", "relation": d.known("self" if worker else d.one(RELATIONS)),
        "birth_date": d.known(f"{d.random.randrange(1930, 2020)}-0{d.random.randrange(1, 10)}-15"),
        "sex": d.known(d.one(("male", "female"))), "lives_together": d.known(d.flag(0.8)),
        "same_huji": d.known(d.flag(0.8)), "support_relation": d.known(d.flag(0.4)), "employment": employment,
        "retired": d.known(True) if employment == "retired" else d.known(d.flag(0.1)), "retired_in_mining_area": d.known(d.flag(0.2)),
        "union_member": d.known(d.flag(0.9 if worker else 0.4)), "unit_has_union": d.known(d.flag(0.9 if worker else 0.4)),
        "migrant_worker": d.known(d.flag(0.3)), "labor_relation_months": d.known(d.one((0, 5, 6, 11, 12, 60))),
        "labor_contract": d.known(d.flag(0.8)), "long_term_urban": d.known(d.flag(0.8)), "work_capable": d.known(d.flag(0.7)),
        "disabilities": d.known(ill), "major_illness": d.known(d.flag(0.2)), "chronic_illness": d.known(d.flag(0.2)),
        "studying": d.known(d.one(STUDIES)),
    }  # fmt: skip


def _income(d: Draw, ids: list[str], incident: bool) -> dict[str, Any]:
    kind = d.one(INCOME_KINDS) if d.flag(0.6) else d.one(("wage", "support", "pension"))
    basis = d.one(BASES[:3])
    if kind == "wage" and d.flag(0.5):
        basis = "declared_flexible"
    if kind == "support" and d.flag(0.7):
        basis = "no_document"
    member = d.one(ids) if basis == "declared_flexible" else d.one([*ids, None])
    line: dict[str, Any] = {"member": member, "kind": kind, "basis": basis, "incident": incident and d.flag(0.5)}
    if basis == "no_document":
        obligor = {"income_monthly": d.sum(), "status": d.known(d.one((*OBLIGOR_STATUSES, "none", "none")))}
        return line | d.span() | {"obligor": d.known(obligor)}
    if d.flag():
        return line | d.span() | {"monthly": d.sum()}
    return line | {"month": d.known(d.at()), "amount": d.sum()}


def _expense(d: Draw, ids: list[str], incident: bool) -> dict[str, Any]:
    kind = d.one(EXPENSE_KINDS)
    member = d.one(ids) if kind == "disability_care" else d.one([*ids, None])
    line: dict[str, Any] = {"member": member, "kind": kind, "incident": incident and d.flag(0.5)}
    if kind == "rent" or (kind in ("disability_care", "employment_cost") and d.flag()):
        return line | d.span() | {"monthly": d.sum()}
    line["month"] = d.known(d.at())
    if kind == "schooling":
        return line | {key: d.sum() for key in ("tuition", "boarding", "travel", "aided")}
    line["total"] = d.sum()
    if kind in ("illness", "disability_rehab", "disability_care"):
        line["paid_by"] = d.known({payer: d.known(d.one(("0", "0", "100.00", "333.33"))) for payer in PAYERS})
    if kind == "other":
        line["recognized"] = d.known(d.flag())
    return line


def household(seed: str, pack: Pack, *, huge: bool = False) -> Facts:
    """One household on a day when the pack is in force."""
    luck = random.Random(f"{seed} day")
    days = [f"{year}-{month:02d}-{day:02d}" for year in range(2016, 2022) for month in (1, 3, 6, 7, 9, 10, 12) for day in (1, 28)]  # fmt: skip
    days = [day for day in [*days, pack.first_day.isoformat()] if _of(pack, day)]
    day = luck.choice(days[-20:] if luck.random() < 0.8 else days)
    d = Draw(seed, months.month_of(months.parse_date(day)), huge)
    count = d.one((1, 2, 2, 3, 3, 4, 5))
    me = d.random.randrange(count)
    ids = [f"P{position + 1}" for position in range(count)]
    home = pack.region if pack.region and d.flag(0.6) else d.one(REGIONS)
    happened = d.flag(0.3)
    incident: Any = "none"
    if happened:
        incident = {
            "kind": d.known(d.one(INCIDENT_KINDS)), "date": d.known(d.at() + "-03"),
            "injury_grade": d.known(d.one(("none", 1, 2, 3, 4, 10))), "hospitalised": d.known(d.flag()),
            "infected": d.known(d.flag()), "death": d.known(d.flag(0.2)), "loss": d.sum(),
        }  # fmt: skip
    known_incident = d.known(incident)
    clear = 0.03 if d.flag(0.7) else 0.2
    document = {
        "schema": "bangfu.facts/1", "id": f"R {seed}", "application_date": day,
        "work_region": d.known(_county(home)), "huji_region": d.known(_county(home) if d.flag(0.7) else d.one(REGIONS)),
        "worker": ids[me], "members": [_member(d, position, position == me) for position in range(count)],
        "incomes": d.known([_income(d, ids, happened) for _ in range(d.one((0, 1, 1, 2, 3, 5)))]),
        "expenses": d.known([_expense(d, ids, happened) for _ in range(d.one((0, 0, 1, 1, 2, 3)))]),
        "housing": {"owned_homes": d.known(d.one((0, 1, 1, 1, 2))), "owned_area_m2": d.known(d.one(("0", "12", "24", "36.00", "60.5"))),
                    "renting": d.known(d.flag()), "rented_area_m2": d.known(d.one(("0", "33", "66", "66.01", "99.9"))),
                    "rent_within_market": d.known(d.flag(0.8))},
        "vehicles": d.known([{"use": d.known(d.one(VEHICLE_USES))} for _ in range(d.one((0, 0, 0, 1, 2)))]),
        "savings": d.sum(), "investments_net": d.sum(),
        "causes": d.known([cause for cause in CAUSES if d.flag(0.25)]), "incident": known_incident,
        "conduct": {name: d.known(d.flag(clear)) for name in Conduct.__dataclass_fields__ if name != "unexplained_funds"}
        | {"unexplained_funds": d.known(d.one(("0", "0", "0", "24240.00", "50000.00")))},
        "status": {name: d.known(d.flag(0.15)) for name in Status.__dataclass_fields__},
        "attested": {name: d.known(d.flag(0.6)) for name in Attested.__dataclass_fields__},
    }  # fmt: skip
    found = facts_module.parse(document)
    return _on_a_line(found, pack, d) if d.flag(0.3) else found


def _of(pack: Pack, day: str) -> bool:
    """Whether the pack reads as it does here on that day."""
    on = months.parse_date(day)
    return pack.in_force(on) and registry.get_pack(pack.id, on) is pack


def _county(region: str) -> str:
    """A pack is made for a province or a county; a household lies in a county."""
    return region[:4] + "01" if region.endswith("00") and not region.endswith("0000") else region[:2] + "0101" if region.endswith("0000") else region  # fmt: skip


def _on_a_line(found: Facts, pack: Pack, d: Draw) -> Facts:
    """The household with one more wage that brings it exactly to the line of a category, or one 分 off, where that can be."""
    first = judge(found, ALL_STANDARDS, pack)
    margins = [one.margin for one in first.categories if one.margin is not None and one.margin.startswith("-")]
    size = first.figures["household_size"]
    if not margins or size is None or found.incomes is None:
        return found
    per_head = money.parse_fen(d.one(margins)[1:])
    lacking = per_head * size * pack.window_months + d.one((-1, 0, 0, 0, 1))
    if lacking < 0 or lacking > 10**13:
        return found
    line = Income(len(found.incomes), "wage", found.worker_id, "verified", amount=lacking, month=d.month - 1)
    return replace(found, incomes=(*found.incomes, line))


def households(pack: Pack, count: int, *, seed: int = 0, huge: bool = False) -> list[Facts]:
    """So many of them, each of its own seed."""
    return [household(f"{pack.id} {seed} {number}", pack, huge=huge) for number in range(count)]
