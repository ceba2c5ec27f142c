"""Names of policy codes for casework's templates."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from bangfu.casework.selectors.names import category_title, step_title
from bangfu.organizations.choices import Role

register = template.Library()


@register.filter
def step_name(application: Any) -> str:
    """The step an application stands at."""
    return step_title(application.policy, application.step)


@register.filter
def category(row: Any) -> str:
    """The category of a file, or the outcome of an application or determination."""
    code = getattr(row, "category", None) or getattr(row, "outcome", "")
    return category_title(row.policy, str(code or ""))


@register.filter
def central_category(file: Any) -> str:
    """The category of a file for central money, named by the national text of its application date."""
    from bangfu.casework.determinations import central_on

    return category_title(central_on(file.policy, file.application.applied_on), file.central_category)


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` where a template knows the key only as a variable."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def clause_url(citation: Any) -> str:
    """Where the library shows a cited clause; empty where it has no such entry."""
    if not citation or not citation.get("anchor"):
        return ""
    for args in ([citation["policy"], citation["anchor"]],):
        try:
            return reverse("library:clause", args=args)
        except NoReverseMatch:
            continue
    return ""


@register.filter
def grouped(text: Any) -> str:
    """``"-12345.67"`` (yuan as the sheet has it) → ``-12,345.67``; what is no amount stays as it is."""
    parts = str(text).lstrip("-").split(".")
    if text is None or not parts[0].isdigit():
        return "—" if text is None else str(text)
    whole = f"{'-' if str(text).startswith('-') else ''}{int(parts[0]):,}"
    return f"{whole}.{parts[1]}" if len(parts) > 1 else whole


@register.filter
def sheet_lines(sheet: Any) -> list[tuple[str, Any]]:
    """The two lists of a sheet with their titles; an empty one is left out."""
    return [
        (title, sheet.get(key))
        for title, key in (("收入", "incomes"), ("支出", "expenses"))
        if sheet and sheet.get(key)
    ]


@register.filter
def role_name(code: str) -> str:
    """What a role is called."""
    return str(dict(Role.choices).get(code, code))


CIRCUMSTANCES = {
    "data_matching": "可以与政府部门数据比对",
    "no_data_matching": "暂不具备数据比对条件，经评议和公示",
    "home_survey": "由建档工会入户调查摸底",
}


@register.filter
def circumstance(code: str) -> str:
    """What a circumstance of a procedure is called."""
    return CIRCUMSTANCES.get(code, code)


@register.filter
def sign(op: str | None) -> str:
    """``<=`` → ``≤``."""
    return {"<=": "≤", ">=": "≥"}.get(op or "", op or "")
