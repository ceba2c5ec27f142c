"""Small helpers of the families pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from bangfu.families import choices
from bangfu.families.forms import Input
from bangfu.families.models import Household

register = template.Library()


@register.simple_tag
def tri_words() -> list[tuple[str, str]]:
    """The three answers of a fact."""
    return [("yes", "是"), ("no", "否"), ("", "未知")]


@register.simple_tag
def have_words() -> list[tuple[str, str]]:
    """The three answers of a list of things."""
    return [("yes", "有"), ("no", "没有"), ("", "未知")]


@register.filter
def has_yesno(items: list[Input]) -> bool:
    return sum(item.spec.kind == "yesno" for item in items) > 1


@register.filter
def only_yesno(items: list[Input]) -> list[Input]:
    return [item for item in items if item.spec.kind == "yesno"]


@register.filter
def without_yesno(items: list[Input]) -> list[Input]:
    return [item for item in items if item.spec.kind != "yesno"]


@register.filter
def in_group(items: list[Input], group: str) -> list[Input]:
    return [item for item in items if item.spec.group == group]


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """A value of a mapping, empty where there is none."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def cause_bearers(household: Household, cause: str) -> list[str]:
    """Ids of the members who bear a cause."""
    return list((household.cause_notes or {}).get(cause, {}).get("members", []))


@register.filter
def cause_text(household: Household, cause: str) -> str:
    return str((household.cause_notes or {}).get(cause, {}).get("text", ""))


@register.simple_tag
def cause_choices() -> list[tuple[str, str]]:
    return list(choices.Cause.choices)


@register.filter
def disability(item: Mapping[str, Any]) -> str:
    """``{"kind": "limb", "grade": 2}`` → ``肢体二级``-like words."""
    kind = dict(choices.DisabilityKind.choices).get(item.get("kind") or "", "残疾")
    return f"{kind} {item['grade']} 级" if item.get("grade") else str(kind)
