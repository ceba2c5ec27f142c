"""What a step asks of the person who closes it, beside the records of its kind: a date received, a number given, a seal set.

A pack lists them at the step (`asks`), so that a report, a feedback or an entry into another system is recorded without a line of code.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

KINDS = ("text", "date", "number", "yes")


@dataclass(frozen=True)
class Ask:
    """One question. A `yes` is a statement to be confirmed; a required one must be true."""

    code: str
    title: str
    kind: str
    required: bool
    clause: str


def problems(asks: Sequence[Ask], given: Mapping[str, object], today: datetime.date) -> list[tuple[Ask, str]]:
    """Every question without a good answer, with what to do. Answers are JSON values; a date is `YYYY-MM-DD` and not after `today`."""
    found: list[tuple[Ask, str]] = []
    for ask in asks:
        value = given.get(ask.code)
        missing = value in (None, "") or (ask.kind == "yes" and value is not True)
        if missing:
            if ask.required:
                found.append((ask, f"请确认：{ask.title}" if ask.kind == "yes" else f"请填写{ask.title}"))
        elif ask.kind == "date":
            try:
                day = datetime.date.fromisoformat(str(value))
            except ValueError:
                found.append((ask, f"{ask.title}应是日期，如 2020-10-15"))
                continue
            if day > today:
                found.append((ask, f"{ask.title}晚于今天，请核对"))
        elif ask.kind == "number" and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            found.append((ask, f"{ask.title}应是整数"))
    return found


def read(shape: Shape, node: Node) -> Ask:
    """One entry of a step's `asks`."""
    return Ask(
        **shape.record(
            node,
            {"code": shape.code, "title": shape.text, "kind": shape.choice(KINDS)},
            {"required": (shape.boolean, True), "clause": (shape.text, "")},
        )
    )
