"""What the judge answers: `bangfu.determination/1`, with the trace that explains it.

`as_dict()` is the document of the contract, keys in its order. Amounts there are for people: rounded half away from zero to 0.01 and never
compared again; None where more than one value is possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SCHEMA = "bangfu.determination/1"
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition. `left op right` are amounts per head and month (or plain sums) where it compares such.
    `limbs` are the alternatives of a condition that has named ones, or the months of one on every month; they stay out of the document."""

    code: str
    result: str
    clause: str
    left: str | None = None
    op: str | None = None
    right: str | None = None
    margin: str | None = None
    limbs: tuple[ConditionResult, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"code": self.code, "result": self.result, "clause": self.clause}
        if self.op is not None:
            found |= {"left": self.left, "op": self.op, "right": self.right}
        return found


@dataclass(frozen=True, slots=True)
class CategoryResult:
    code: str
    result: str
    threshold: str | None
    margin: str | None
    conditions: tuple[ConditionResult, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "result": self.result,
            "threshold": self.threshold,
            "margin": self.margin,
            "conditions": [condition.as_dict() for condition in self.conditions],
        }


@dataclass(frozen=True, slots=True)
class ExclusionResult:
    code: str
    result: str
    clause: str
    applies_to: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "result": self.result,
            "clause": self.clause,
            "applies_to": list(self.applies_to),
        }


@dataclass(frozen=True, slots=True)
class LineResult:
    """What one income or expense line brought. `reason` says in a word why: counted, not_member, not_counted, outside, refused, unknown."""

    of: str
    item: int
    counted: str | None
    clause: str
    note: str
    rule: str
    months: tuple[int, int]
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "list": self.of,
            "item": self.item,
            "counted": self.counted,
            "clause": self.clause,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Determination:
    """The answer for one household under one policy."""

    facts_id: str
    policy: str
    application_date: str
    outcome: str
    provisional: str | None
    window: tuple[int, str, str]
    figures: dict[str, Any]
    categories: tuple[CategoryResult, ...]
    exclusions: tuple[ExclusionResult, ...]
    missing: tuple[str, ...]
    lines: tuple[LineResult, ...]
    _trace: Callable[[], dict[str, Any]] = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The document `bangfu.determination/1`."""
        months, first, last = self.window
        return {
            "schema": SCHEMA,
            "facts_id": self.facts_id,
            "policy": self.policy,
            "application_date": self.application_date,
            "outcome": self.outcome,
            "provisional": self.provisional,
            "window": {"months": months, "from": first, "to": last},
            "figures": dict(self.figures),
            "categories": [category.as_dict() for category in self.categories],
            "exclusions": [exclusion.as_dict() for exclusion in self.exclusions],
            "missing": list(self.missing),
            "lines": [line.as_dict() for line in self.lines],
        }

    def trace(self) -> dict[str, Any]:
        """How each condition came to its result: formulas with their place, values of every part, standards used. Plain JSON."""
        return self._trace()

    def category(self, code: str) -> CategoryResult:
        """The result of one category. Raises KeyError."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def exclusion(self, code: str) -> ExclusionResult:
        """The result of one exclusion. Raises KeyError."""
        for exclusion in self.exclusions:
            if exclusion.code == code:
                return exclusion
        raise KeyError(code)
