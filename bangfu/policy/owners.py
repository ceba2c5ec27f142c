"""Which union makes a worker's file: by how the worker is employed on the day of application, with those who stand in.

`owners` in `procedure.yaml` lists the cases of the text; the system proposes, a person confirms (`right_unit`). What the text does not speak
of gets no owner from here: somebody decides and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

EMPLOYMENT = ("employed", "flexible", "laid_off", "unemployed", "student", "minor", "retired", "none")


@dataclass(frozen=True)
class OwnerRule:
    """One case. `receiving`: kinds of income of which one must run in the month of application; `otherwise`: who stands in, in order."""

    code: str
    title: str
    clause: str
    employment: tuple[str, ...]
    receiving: tuple[str, ...]
    otherwise: tuple[str, ...]
    note: str
    origin: str


def proposed(owners: Mapping[str, OwnerRule], facts: Mapping[str, Any]) -> OwnerRule | None:
    """The first case that the worker surely is in; None where none fits or the facts do not tell (then a person decides).

    `facts` is a bangfu.facts/1 document. A line of income runs in the month of application when it covers that month, both ends included.
    """
    worker = next(member for member in facts["members"] if member["id"] == facts["worker"])
    for rule in owners.values():
        if worker.get("employment") not in rule.employment:
            continue
        if not rule.receiving or _receives(facts, rule.receiving):
            return rule
    return None


def _receives(facts: Mapping[str, Any], kinds: tuple[str, ...]) -> bool:
    month = facts["application_date"][:7]
    return any(
        line["kind"] in kinds and line.get("member") == facts["worker"] and _covers(line, month)
        for line in facts.get("incomes") or ()
    )


def _covers(line: Mapping[str, Any], month: str) -> bool:
    if line.get("month"):
        return bool(line["month"] == month)
    return bool(line.get("from") and line.get("to") and line["from"] <= month <= line["to"])


def load(shape: Shape, top: Node, parent: Mapping[str, OwnerRule] | None) -> dict[str, OwnerRule]:
    """The section `owners` laid over the parent's."""
    return shape.entries(
        top, "owners", lambda node, values: OwnerRule(**values, origin=shape.origin),
        {"title": shape.text, "clause": shape.text, "employment": shape.listing(shape.choice(EMPLOYMENT))},
        {"receiving": (shape.codes, ()), "otherwise": (shape.codes, ()), "note": (shape.text, "")},
        parent,
    )  # fmt: skip
