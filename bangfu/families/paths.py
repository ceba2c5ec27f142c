"""Paths of the facts document in people's words: what a missing or changed fact is called, and where it is typed."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from bangfu.common.money import format_fen
from bangfu.families import choices
from bangfu.families.fields import BY_PATH, LINE_LABELS, MEMBER_BY_NAME, STANDARD_LABELS, STEP_OF
from bangfu.families.models import Household

_INDEXED = re.compile(r"(members|incomes|expenses|vehicles)\[(\d+)\](?:\.(.*))?")
_WORDS: dict[str, str] = {
    str(value): str(label)
    for of in (
        choices.Cause, choices.IncidentKind, choices.IncomeKind, choices.ExpenseKind, choices.Basis, choices.Relation,
        choices.Employment, choices.Studying, choices.Sex, choices.VehicleUse, choices.ObligorStatus, choices.DisabilityKind,
    )
    for value, label in of.choices
}  # fmt: skip
_LISTS = {
    "incomes": "收入",
    "expenses": "支出",
    "members": "成员",
    "vehicles": "机动车",
    "causes": "致困原因",
    "incident": "意外",
}
_MONEY = frozenset(
    {
        "monthly", "amount", "total", "tuition", "boarding", "travel", "aided", "savings", "investments_net", "loss",
        "unexplained_funds", "income_monthly", "basic_insurance", "major_illness_insurance", "commercial_insurance",
        "mutual_aid", "other_relief",
    }
)  # fmt: skip


def label_of(path: str, document: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """``members[1].lives_together`` → ``李国强：共同生活``; ``standards.dibao@120101`` → ``低保标准（120101）``."""
    if path.startswith("standards."):
        name, _, region = path.removeprefix("standards.").partition("@")
        return f"{STANDARD_LABELS.get(name, name)}（{region}）" if region else STANDARD_LABELS.get(name, name)
    if path in BY_PATH:
        return BY_PATH[path].label
    found = _INDEXED.fullmatch(path)
    if not found:
        return _LISTS.get(path, path)
    listed, index, rest = found.group(1), int(found.group(2)), found.group(3) or ""
    items = document.get(listed) or []
    item = items[index] if index < len(items) else {}
    if listed == "members":
        who = names.get(str(item.get("id", "")), "") or f"第 {index + 1} 位成员"
        field = rest.split("[")[0]
        spec = MEMBER_BY_NAME.get(field)
        return f"{who}：{spec.label}" if spec else f"{who}" if not rest else f"{who}：{rest}"
    if listed == "vehicles":
        return f"第 {index + 1} 辆机动车的用途"
    who = names.get(str(item.get("member") or ""), "全户")
    kind = _WORDS.get(str(item.get("kind", "")), _LISTS[listed])
    last = rest.rsplit(".", 1)[-1]
    return f"{who}的{kind}" + (f"：{LINE_LABELS.get(last, last)}" if last else "")


def word_of(path: str, value: Any) -> str:
    """A value of the document as people read it."""
    last = path.rsplit(".", 1)[-1]
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(word_of(path, item) for item in value) or "无"
    if isinstance(value, Mapping):
        if "grade" in value:
            return f"{word_of(path, value.get('kind'))} {value.get('grade') or '?'} 级"
        if "kind" in value:
            sums = [str(value[key]) for key in ("monthly", "amount", "total", "tuition") if value.get(key)]
            when = value.get("month") or (f"{value.get('from')}—{value.get('to')}" if value.get("from") else "")
            return " ".join(part for part in (word_of(path, value["kind"]), when, *sums) if part)
        return "、".join(word_of(path, item) for item in value.values())
    if last in _MONEY and isinstance(value, str):
        yuan, _, cents = value.partition(".")
        return f"{format_fen(int(yuan) * 100 + int((cents + '00')[:2]))} 元"
    if value == "none":
        return "无"
    return _WORDS.get(str(value), str(value))


def place_of(household: Household, path: str) -> tuple[str, str]:
    """Step and element id where a fact of this household is typed; ``("", "")`` for what is not typed here (standards)."""
    if path.startswith("standards."):
        return "", ""
    if path in BY_PATH:
        spec = BY_PATH[path]
        return STEP_OF[spec.name], f"id_{spec.name}"
    found = _INDEXED.fullmatch(path)
    if not found:
        return {
            "incomes": ("incomes", "id_known"),
            "expenses": ("expenses", "id_known"),
            "members": ("members", ""),
        }.get(path, ("", ""))
    listed, index, rest = found.group(1), int(found.group(2)), (found.group(3) or "").split("[")[0]
    if listed == "members":
        members = sorted(household.members.all(), key=lambda member: member.position)
        return (
            ("members", f"id_m{members[index].pk}-{rest}" if rest else f"member-{members[index].pk}")
            if index < len(members)
            else ("members", "")
        )
    if listed == "vehicles":
        return "property", "id_vehicles"
    lines = household.incomelines.all() if listed == "incomes" else household.expenselines.all()
    ordered = sorted(lines, key=lambda line: (line.row, line.pk))
    return (listed, f"row-{ordered[index].row}") if index < len(ordered) else (listed, "")


def link_of(household: Household, path: str) -> str:
    """The address of the field of a fact; empty where it is not typed in the wizard."""
    step, anchor = place_of(household, path)
    if not step:
        return ""
    return reverse("families:step", args=[household.pk, step]) + (f"#{anchor}" if anchor else "")


def row_label(household: Household, subject: str) -> str:
    """``income:3`` → ``王秀兰 工资性收入``; ``expense:1`` → ``王秀兰 因病费用 2020-07``."""
    listed, _, row = subject.partition(":")
    lines = household.incomelines.all() if listed == "income" else household.expenselines.all()
    members = {member.pk: member for member in household.members.all()}
    for line in lines:
        if line.row == int(row):
            owner = members.get(line.member_id or 0)
            who = (owner.name or owner.get_relation_display()) if owner else "全户"
            when = f" {line.month}" if listed == "expense" and line.month else ""
            return f"{who} {line.get_kind_display()}{when}"
    return "已删除的收支行"
