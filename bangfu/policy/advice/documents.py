"""Answers and changes written into documents: what the facts document says once somebody has answered."""

from __future__ import annotations

import copy
from typing import Any

from bangfu.policy import facts, months
from bangfu.policy.advice import reads
from bangfu.policy.facts import PAYERS


def with_value(document: dict[str, Any], path: str, value: Any, window: tuple[str, str]) -> dict[str, Any]:
    """A copy of a facts document with the value at a path. A whole list of lines is answered by one sum: the income of each month
    of the window (`window`: its first and last month), or one bill nobody else paid a part of, in the last one."""
    found = copy.deepcopy(document)
    if path == "incomes" and isinstance(value, str):
        value = [{"member": found["worker"], "kind": "wage", "monthly": value, "from": window[0], "to": window[1]}]
    elif path == "expenses" and isinstance(value, str):
        value = [{"member": found["worker"], "kind": "illness", "month": window[1], "total": value, "paid_by": dict.fromkeys(PAYERS, "0")}]  # fmt: skip
    elif path.endswith(".paid_by") and isinstance(value, str):
        value = dict.fromkeys(PAYERS, "0") | {"basic_insurance": value}
    spot: Any = found
    *way, (last, index) = reads.steps(path)
    for name, place in way:
        if spot.get(name) is None:
            spot[name] = {}
        spot = spot[name] if place is None else spot[name][place]
    if index is None:
        spot[last] = copy.deepcopy(value)
    else:
        spot[last][index] = copy.deepcopy(value)
    return found


def with_standard(document: dict[str, Any], path: str, value: str | int, day: str) -> dict[str, Any]:
    """A copy of a standards document with the figure a path `standards.dibao@120101` asks for, from `day` on."""
    name, _, place = path.removeprefix("standards.").partition("@")
    row = {"name": name, "region": place, "from": day, "value": str(value)}
    return document | {"rows": [*document["rows"], row]}


def window_of(document: dict[str, Any], window_months: int) -> tuple[str, str]:
    """First and last month of the window of a facts document."""
    last = months.month_of(facts.parse(document).application_date) - 1
    return months.format_month(last - window_months + 1), months.format_month(last)
