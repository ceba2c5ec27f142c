"""The parent of a pack: one for all its time, or one for each span of dates.

A local text that says "the national standards" without a year changes its parent when the national text changes. In `pack.yaml`
such a pack lists its parents with their days; every part of the pack is then laid over the parent of the day asked for.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from bangfu.policy.source import Node, PackFault


@dataclass(frozen=True)
class Era:
    """A span of a pack's time in which one parent stands below it (None: the pack stands alone). Both days are included."""

    parent: str | None
    first_day: datetime.date
    last_day: datetime.date | None

    def holds(self, day: datetime.date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


def read(root: Node, faults: list[PackFault]) -> tuple[Era, ...]:
    """The eras of a heading, oldest first: without a gap, from its first day to its last. Faults are added, nothing is raised."""
    first, last = root.get("first_day"), root.get("last_day")
    listed = root.child("parent")
    if listed is None or not listed.is_list:
        parent = root.get("parent")
        if parent is not None and not isinstance(parent, str):
            faults.append(
                root.fault("parent: the id of a pack, or a list of ids with their days, is expected", "parent")
            )
        return (Era(parent, first, last),)
    eras: list[Era] = []
    for node in listed:
        wrong = node.check_keys(("id", "first_day", "last_day"), ("id",))
        wrong += [] if wrong else _days(node)
        if not wrong:
            begins, expected = _begin(node, first, eras)
            if begins != expected:
                wrong.append(
                    node.fault(f"first_day: {expected} is expected here, the day after the span before", "first_day")
                )
            eras.append(Era(node.get("id"), begins, node.get("last_day") or last))
        faults += wrong
    if not eras:
        faults.append(root.fault("parent: the list names no pack", "parent"))
    elif eras[-1].last_day != last:
        faults.append(root.fault("parent: the last span must end with the pack", "parent"))
    elif any(era.last_day is None for era in eras[:-1]):
        faults.append(root.fault("parent: only the last span may be without a last day", "parent"))
    return tuple(eras)


def _begin(node: Node, first: Any, eras: list[Era]) -> tuple[Any, Any]:
    """The first day of a span as written (or as it follows), and the day it must have."""
    if not eras:
        expected = first
    else:
        ended = eras[-1].last_day
        expected = ended + datetime.timedelta(days=1) if ended is not None else None
    return node.get("first_day") or expected, expected


def _days(node: Node) -> list[PackFault]:
    return [
        node.fault(f"{key}: a date is expected", key)
        for key in ("first_day", "last_day")
        if node.get(key) is not None and not isinstance(node.get(key), datetime.date)
    ]
