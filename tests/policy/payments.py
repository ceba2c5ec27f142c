"""A payment in order, a file, a year and local settings, for the tests about money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bangfu.policy import aid
from bangfu.policy.aid import (
    AidLine,
    Beneficiary,
    Bill,
    CostShare,
    FamilyYear,
    FileState,
    LocalAid,
    Payee,
    PlannedPayment,
)
from tests.policy.parts import NATIONAL, TIANJIN, day, part

TJ = part("aid", TIANJIN)
CN = part("aid", NATIONAL)
BOTH = pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])
ON = day("2020-11-20")
WANG = Payee("王秀兰", "120101197805020000", "6222020000000000", "王秀兰")
DEEP = FileState("active", "deep", "deep", day("2020-10-30"), ("illness", "schooling"), owner="U1")
FULL = {
    "basic_insurance": 0,
    "major_illness_insurance": 0,
    "commercial_insurance": 0,
    "mutual_aid": 0,
    "other_relief": 0,
}
STANDARDS = {
    (kind, category): 100_000
    for kind in ("living", "medical", "schooling", "training_placement", "legal", "travel")
    for category in ("deep", "relative", "accident", "union", "local")
}
LOCAL = LocalAid((), STANDARDS, own_chain=True)
QUARTERS = {"central": 2500, "city": 2500, "industry": 2500, "base": 2500}


def planned(**change: Any) -> PlannedPayment:
    """1000.00 of central money for the living of a deep family; nothing stands against it."""
    base = PlannedPayment("living", "basic_living", "central", 100_000, "illness", WANG, plan_item="M1")
    return replace(base, **change)


def said(
    payment: PlannedPayment,
    pack: Any = TJ,
    file: FileState = DEEP,
    local: LocalAid = LOCAL,
    year: FamilyYear | None = None,
    on: Any = ON,
) -> list[str]:
    """What is said of a payment: the codes that block it as they are, the others with their severity in front."""
    found = aid.check_payment(pack, payment, year or FamilyYear(), file, local, on)
    return [item.code if item.severity == "block" else f"{item.severity}: {item.code}" for item in found]


def spent(
    amount: int, kind: str = "living", source: str = "central", on: str = "2020-03-01", status: str = "paid"
) -> FamilyYear:
    return FamilyYear((AidLine(kind, source, amount, day(on), status),))


def medical(**change: Any) -> PlannedPayment:
    """1000.00 against a bill of 60000.00 of which 10000.00 stay with the family."""
    paid = {"basic_insurance": 3_000_000, "major_illness_insurance": 1_000_000, "commercial_insurance": 500_000}
    bill = Bill(6_000_000, {**paid, "mutual_aid": 300_000, "other_relief": 200_000})
    base = planned(
        kind="medical",
        purpose="critical_illness",
        beneficiary=Beneficiary(),
        bills=(bill,),
        given=frozenset({"diagnosis"}),
    )
    return replace(base, **change)


def shares(parts: dict[str, int], category: str = "relative", year: int = 2020) -> LocalAid:
    return replace(LOCAL, shares=(CostShare(year, category, parts),))


def modes(category: str, companion: str | None = None, ground: str | None = None, pack: Any = TJ) -> dict[str, str]:
    return {option.source: option.mode for option in aid.sources_for(pack, category, companion, ground)}
