"""What the judge and the second reading say differently of a household."""

from __future__ import annotations

from typing import Any

from bangfu.policy.assess import assess
from tests.policy.oracle import rules

PAGE = (
    "work_region", "huji_region", "members", "incomes", "expenses", "housing", "vehicles", "savings", "investments_net",
    "causes", "incident", "conduct", "status", "attested", "standards",
)  # fmt: skip


def place(path: str) -> tuple[int, int]:
    """Where on the page of the facts a name stands."""
    head = path.split(".")[0].split("[")[0]
    number = path.split("[")[1].split("]")[0] if "[" in path.split(".")[0] else "0"
    return PAGE.index(head), int(number)


def differences(facts: dict[str, Any], policy: str, standards: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(what, the judge's, the second reading's); empty when both agree."""
    mine = rules.read(facts, policy, standards)
    assert mine is not None
    found = assess(facts, policy, standards).as_dict()
    theirs = {
        "outcome": found["outcome"], "provisional": found["provisional"],
        "results": {one["code"]: one["result"] for one in found["categories"]},
        "lines": {one["code"]: (one["threshold"], one["margin"]) for one in found["categories"]},
        "figures": found["figures"], "missing": sorted(found["missing"]),
    }  # fmt: skip
    said = {
        "outcome": mine.outcome, "provisional": mine.provisional, "results": mine.results, "lines": mine.lines,
        "figures": mine.figures, "missing": sorted(mine.missing),
    }  # fmt: skip
    result = [(key, theirs[key], said[key]) for key in said if theirs[key] != said[key]]
    order = [place(path) for path in found["missing"]]
    if order != sorted(order):
        result.append(("order of missing", found["missing"], None))
    lines = [one["counted"] for one in found["lines"] if one["list"] == "incomes"]
    if found["figures"]["income"] is not None and facts.get("incomes") is not None and None not in lines:
        whole = sum(int(one.replace(".", "")) for one in lines)
        if whole != int(found["figures"]["income"].replace(".", "")):
            result.append(("sum of the income lines", whole, found["figures"]["income"]))
    return result
