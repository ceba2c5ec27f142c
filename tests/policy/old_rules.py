"""The plain family of the rules of 2016 (Nanning, two persons, April to September 2018, 500 a head: 6000) and words to change it."""

from __future__ import annotations

import copy
from typing import Any

from bangfu.policy import registry, source
from bangfu.policy.assess import assess
from bangfu.policy.determination import Determination
from tests.policy import households as h

POLICY = "acftu-2016"
WINDOW = ("2018-04", "2018-09")
KEYS = ("name", "region", "from", "value")
_BASE = source.load(registry.PACKS / "acftu_2016" / "cases" / "base.yaml").plain()
HARD = {"especially_hard": True}
LOW_INCOME = ("low_income", "450100", "2018-01-01", "900.00")


def family(**changes: Any) -> dict[str, Any]:
    """The plain family; `changes` replace keys, a dict for conduct, status, attested or housing is laid over."""
    document: dict[str, Any] = copy.deepcopy(_BASE["family"])
    for key, value in changes.items():
        over = key in ("conduct", "status", "attested", "housing") and isinstance(value, dict)
        document[key] = document[key] | value if over else value
    return copy.deepcopy(document)


def members(worker: dict[str, Any] | None = None, child: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The two of them, changed."""
    first, second = family()["members"]
    return [first | (worker or {}), second | (child or {})]


def standards(*rows: tuple[str, str, str, str]) -> dict[str, Any]:
    listed = [[str(value) for value in row] for row in _BASE["standards"]] + [list(row) for row in rows]
    return {"schema": "bangfu.standards/1", "rows": [dict(zip(KEYS, row, strict=True)) for row in listed]}


def decide(*rows: tuple[str, str, str, str], **changes: Any) -> Determination:
    return assess(family(**changes), POLICY, standards(*rows))


def result(category: str, *rows: tuple[str, str, str, str], **changes: Any) -> str:
    return decide(*rows, **changes).category(category).result


def wages(monthly: str, span: tuple[str, str] = WINDOW) -> dict[str, Any]:
    return h.monthly("wage", monthly, span)


def total(amount: str, kind: str = "wage", month: str | None = "2018-07", member: str | None = "P1") -> dict[str, Any]:
    """One sum inside the window, or at a month nobody knows."""
    return {"member": member, "kind": kind, "amount": amount, "month": month}


def bill(amount: str, kind: str = "illness", month: str = "2018-06", **more: Any) -> dict[str, Any]:
    return h.bill(amount, kind, month, "P2", **more)


def event(kind: str = "traffic_accident", **more: Any) -> dict[str, Any]:
    return h.incident(kind) | {"date": "2018-06-02"} | more
