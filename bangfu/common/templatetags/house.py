"""Filters and tags that every template has (``builtins`` in the settings): amounts, dates, masks, fields, states, clocks, icons, bars.

All of them take what the rooms have at hand (分, ``date``, bound fields, choices) and never compute anything the reader could dispute.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bangfu.common import masking, money

register = template.Library()

# --- amounts, dates, names ----------------------------------------------------------------------------------------


@register.filter
def yuan(fen: int | str | None) -> str:
    """分 → ``1,010.00``; nothing known → ``—``."""
    return "—" if fen is None or fen == "" else money.format_fen(int(fen))


@register.filter
def capital(fen: int | str | None) -> str:
    """分 → the amount in capitals (大写); empty when nothing is known."""
    return "" if fen is None or fen == "" else money.capital(int(fen))


def _as_date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return None


@register.filter
def zh_date(value: date | datetime | str | None) -> str:
    """``2020年10月15日``, for running text. Also takes ISO text; what is no date gives ``—``."""
    day = _as_date(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


@register.filter
def iso_date(value: date | datetime | str | None) -> str:
    """``2020-10-15``, for tables."""
    day = _as_date(value)
    return day.isoformat() if day else "—"


@register.filter
def zh_time(value: datetime | None) -> str:
    """``2020-10-15 09:30`` in the installation's time zone."""
    if not isinstance(value, datetime):
        return "—"
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return moment.strftime("%Y-%m-%d %H:%M")


@register.filter
def month_zh(value: str | date | None) -> str:
    """``"2020-03"`` or a date → ``2020年3月``."""
    if isinstance(value, str) and len(value) >= 7:
        value = _as_date(value[:7] + "-01")
    day = _as_date(value)
    return f"{day.year}年{day.month}月" if day else "—"


@register.filter
def mask_name(value: str | None) -> str:
    return masking.mask_name(str(value or ""))


@register.filter
def mask_id(value: str | None) -> str:
    return masking.mask_id(str(value or ""))


@register.filter
def mask_phone(value: str | None) -> str:
    return masking.mask_phone(str(value or ""))


@register.filter
def union_short(union: Any) -> str:
    """The short name of a union, or the text itself."""
    return str(getattr(union, "short_name", "") or union or "")


@register.filter
def under(row: Iterable[Any], heads: Iterable[tuple[str, str]]) -> list[tuple[Any, str]]:
    """The cells of a row, each with the class of its heading (``kit/table.html``)."""
    return [(cell, css) for cell, (_, css) in zip(row, heads, strict=True)]


# --- icons --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of ``static/bangfu/icons.svg``. Without a label it is decoration and hidden from screen readers."""
    href = f"{static('bangfu/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


# --- fields -------------------------------------------------------------------------------------------------------

_GROUPS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)
_CLASS_OF: tuple[tuple[type, str], ...] = (
    (widgets.CheckboxInput, "form-check-input"),
    (widgets.Select, "form-select"),
    (widgets.Input, "form-control"),
    (widgets.Textarea, "form-control"),
)


@register.simple_tag
def field(
    bound: BoundField,
    unit: str = "",
    help: str | None = None,
    label: str | None = None,
    width: str = "",
    capital: bool = False,
    **attrs: Any,
) -> SafeString:
    """A field with label above, unit inside, its help and its errors: ``{% field form.amount unit="元/月" capital=True %}``.

    ``width`` is one of ``xs sm md lg`` (or empty: full width); ``capital`` offers 大写 on demand; other keywords become attributes of the
    control, with ``_`` for ``-`` (``hx_get=…``, ``data_money=""``).
    """
    widget = bound.field.widget
    attributes = {key.replace("_", "-"): value for key, value in attrs.items()}
    kind = "hidden" if bound.is_hidden else "group" if isinstance(widget, _GROUPS) else "check"
    if kind == "check" and not isinstance(widget, widgets.CheckboxInput):
        kind = "plain"
    own = next((name for cls, name in _CLASS_OF if isinstance(widget, cls)), "") if kind != "group" else ""
    classes = [
        own,
        str(widget.attrs.get("class", "")),
        str(attributes.get("class", "")),
        "is-invalid" if bound.errors else "",
    ]
    attributes["class"] = " ".join(part for part in classes if part)
    if capital:
        attributes["data-money"] = "capital"
    if unit and "inputmode" not in attributes and unit.startswith(("元", "%")):
        attributes["inputmode"] = "decimal"
    described = [
        f"{bound.auto_id}_help" if (help if help is not None else bound.help_text) else "",
        f"{bound.auto_id}_error" if bound.errors else "",
    ]
    if kind != "group" and any(described):
        attributes["aria-describedby"] = " ".join(part for part in described if part)
    if not attributes["class"]:
        del attributes["class"]
    context = {
        "bound": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes),
        "unit": unit,
        "help": help if help is not None else bound.help_text,
        "label": label if label is not None else bound.label,
        "width": width,
        "capital": capital,
    }
    return render_to_string("kit/field.html", context)


# --- states, clocks, headings -------------------------------------------------------------------------------------

STATES: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "grey"),
    "in_progress": ("办理中", "blue"),
    "returned": ("退回", "amber"),
    "overdue": ("到期", "red"),
    "filed": ("在册", "green"),
    "active": ("在册", "green"),
    "taper": ("渐退", "teal"),
    "closed": ("已注销", "dark"),
    "refused": ("不予建档", "dark"),
    "withdrawn": ("已撤回", "grey"),
    # how a rule came out
    "yes": ("符合", "green"),
    "no": ("不符合", "dark"),
    "unknown": ("还不能判断", "amber"),
    # small answers of steps, papers and policies
    "passed": ("通过", "green"),
    "open": ("待办", "blue"),
    "missing": ("还差", "amber"),
    "ready": ("已齐", "green"),
    "provisional": ("暂定", "amber"),
    "planned": ("待建", "amber"),
    "done": ("已实现", "green"),
    "guidance": ("工作指引", "grey"),
    "not_software": ("不属软件", "grey"),
}
"""One word and one colour for each state, everywhere."""


@register.inclusion_tag("kit/state.html")
def state(value: Any, label: str = "") -> dict[str, str]:
    """The badge of a state: its word and its colour. Choices bring their own word; an unknown code is shown grey, as it is."""
    if value is True or value is False:
        value = "yes" if value else "no"
    elif value is None:
        value = "unknown"
    word, colour = STATES.get(str(getattr(value, "value", value)), (str(value), "grey"))
    return {"word": label or str(getattr(value, "label", "") or word), "colour": colour}


@register.inclusion_tag("kit/clock.html")
def clock(
    due_on: date | None, provisional: bool = False, today: date | None = None, done: bool = False
) -> dict[str, Any]:
    """A due date with its word: ``已到期 2 天`` red, ``今天到期`` and ``明天到期`` amber, else grey. Days are calendar days; ``done`` stops the clock."""
    kind, word = "calm", ""
    if due_on and today and not done:
        left = (due_on - today).days
        if left < 0:
            kind, word = "late", f"已到期 {-left} 天"
        elif left <= 1:
            kind, word = "soon", "今天到期" if left == 0 else "明天到期"
        else:
            word = f"还有 {left} 天"
    return {"due_on": due_on, "provisional": provisional, "kind": kind, "word": word}


@register.inclusion_tag("kit/sort_th.html", takes_context=True)
def sort_th(context: template.Context, key: str, label: str, parameter: str = "sort", css: str = "") -> dict[str, Any]:
    """A sortable column heading: a link that turns ``?sort=key`` into ``?sort=-key`` and back."""
    request = context["request"]
    current = request.GET.get(parameter, "")
    query = request.GET.copy()
    query[parameter] = f"-{key}" if current == key else key
    query.pop("page", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"href": f"?{query.urlencode()}", "label": label, "order": order, "css": css}


# --- bars ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("kit/bar.html")
def bar(
    value: int | None, line: int, label: str = "", high: int | None = None, holds: bool | None = None
) -> dict[str, Any]:
    """An amount against a line, as a small SVG bar. All in 分.

    ``high`` makes it a range (``value`` … ``high``) for what is not known yet; ``value=None`` shows the line alone.
    ``holds`` colours the bar by whether the condition holds (None: still open).
    """
    width = 240
    low = 0 if value is None else max(value, 0)
    top = max([low, line, high or 0, 1]) * 6 // 5
    scale: Iterable[int] = (low * width // top, max(high or 0, low) * width // top, max(line, 0) * width // top)
    x_low, x_high, x_line = scale
    return {
        "value": value,
        "high": high,
        "line": line,
        "label": label,
        "width": width,
        "x_low": max(x_low, 2) if value is not None else 0,
        "x_line": x_line,
        "x_range": x_high - x_low,
        "margin": None if value is None or high is not None else line - value,
        "tone": "open" if holds is None else "yes" if holds else "no",
    }
