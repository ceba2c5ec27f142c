"""How numbers of a result are written."""

from __future__ import annotations

from typing import Any

from django import template

from bangfu.sandbox import selectors
from bangfu.sandbox.models import Proposal

register = template.Library()


@register.filter
def policy_title(row: Proposal) -> str:
    """The title of the text a proposal is about."""
    return selectors.policy_title(row.policy)


@register.filter
def signed(number: int) -> str:
    """``3`` → ``+3``."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


@register.filter
def by_year(fen: int) -> int:
    """An amount a month, by the year."""
    return fen * 12


@register.filter
def in_tenths(tenths: int) -> str:
    """Tenths of a household: ``25`` → ``+2.5``."""
    size = abs(tenths)
    return f"{'+' if tenths > 0 else '−' if tenths < 0 else ''}{size // 10}.{size % 10}"


@register.filter
def as_multiple(tenth: int) -> str:
    """Tenths of the standard: ``15`` → ``1.5``."""
    return f"{tenth // 10}.{tenth % 10}"


@register.filter
def from_top(height: int) -> int:
    """Where a bar of that height begins."""
    return 112 - height


@register.filter
def without_sign(number: int) -> int:
    return abs(number)


@register.filter
def with_names(chosen: list[Any]) -> list[tuple[str, str, Any]]:
    """The two sides with the names of their fields."""
    return [("a", "第一份", chosen[0]), ("b", "第二份", chosen[1])]
