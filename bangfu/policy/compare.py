"""What each text would say of one family: the chosen one, the national one, and the others worth a look, side by side.

Nothing is decided here: the chosen text decides, the national one opens or shuts central money, the others are for comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bangfu.policy import labels as words
from bangfu.policy import registry, sheet
from bangfu.policy.assess import judge
from bangfu.policy.determination import Determination
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.registry import Choice
from bangfu.policy.standards import Standards

SCHEMA = "bangfu.comparison/1"
ROLES = {"local": "本案适用", "national": "中央资金依据", "other": "对照"}
#: Figures every text has, in the order of the page; further ones of a text follow.
FIGURES = {
    "household_size": "家庭人口（人）", "income": "核算期收入（元）", "rigid_expense": "核算期刚性支出（元）",
    "net_per_capita_monthly": "测算的人均每月（元）", "dibao": "低保标准（元/人/月）", "suggested_amount": "低保金建议数（元/月）",
}  # fmt: skip


@dataclass(frozen=True)
class CategoryView:
    """One category of a text: its result, its line and the distance to it per head and month (None where it has no single line)."""

    code: str
    title: str
    result: str
    word: str
    threshold: str | None
    margin: str | None
    margin_text: str


@dataclass(frozen=True)
class Column:
    """One text's answer. `role`: local, national or other. `barred_by` are the titles of the exclusions that are met."""

    policy: str
    title: str
    number: str
    role: str
    role_title: str
    outcome: str
    outcome_title: str
    provisional: str | None
    provisional_title: str
    window: str
    figures: dict[str, Any]
    categories: tuple[CategoryView, ...]
    barred_by: tuple[str, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "policy": self.policy, "title": self.title, "role": self.role, "outcome": self.outcome,
            "outcome_title": self.outcome_title, "provisional": self.provisional, "window": self.window,
            "figures": dict(self.figures),
            "categories": [
                {"code": one.code, "title": one.title, "result": one.result, "threshold": one.threshold, "margin": one.margin}
                for one in self.categories
            ],
            "barred_by": list(self.barred_by), "missing": list(self.missing),
        }  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """The side-by-side of one family. `reason` tells why the first column's text applies; `central_differs` that the national text
    grants no category where the local one does, or the other way round.
    """

    facts_id: str
    day: str
    reason: str
    columns: tuple[Column, ...]
    not_compared: tuple[tuple[str, str, str], ...]

    @property
    def central_differs(self) -> bool:
        """Whether the local and the national answer part ways: one grants a category and the other surely or possibly does not."""
        granted = {column.role: column.outcome not in ("none", "incomplete") for column in self.columns}
        return "national" in granted and granted["national"] != granted["local"]

    def figure_rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(label, one value for each column) for a table; 还不能算出 for what is not known, — for what a text does not have."""
        codes = [code for code in FIGURES if any(code in column.figures for column in self.columns)]
        return tuple((FIGURES[code], tuple(_shown(column, code) for column in self.columns)) for code in codes)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "schema": SCHEMA, "facts_id": self.facts_id, "application_date": self.day, "reason": self.reason,
            "central_differs": self.central_differs, "policies": [column.as_dict() for column in self.columns],
            "not_compared": [
                {"policy": policy, "title": title, "reason": reason} for policy, title, reason in self.not_compared
            ],
        }  # fmt: skip


def _shown(column: Column, code: str) -> str:
    if code not in column.figures:
        return "—"
    value = column.figures[code]
    if value is None and code == "suggested_amount" and column.outcome == "none":
        return "—"
    return "还不能算出" if value is None else str(value)


def side_by_side(facts: Facts, standards: Standards, choice: Choice) -> Comparison:
    """The family under the chosen text, the national one and the others of the choice, each as it reads on that day. Pure."""
    columns = []
    for pack_id in choice.compared:
        pack = registry.in_force(pack_id, choice.day)
        role = "local" if pack_id == choice.pack.id else "national" if pack_id == choice.national else "other"
        columns.append(_column(judge(facts, standards, pack), pack, role))
    left_out = tuple(
        (one.pack_id, one.title, one.reason) for one in choice.candidates if one.pack_id not in choice.compared
    )
    return Comparison(facts.id, choice.day.isoformat(), choice.reason, tuple(columns), left_out)


def column_of(determination: Determination, pack: Pack, role: str) -> Column:
    """A column from a determination already made, for a page that holds the frozen one."""
    return _column(determination, pack, role)


def _column(found: Determination, pack: Pack, role: str) -> Column:
    titles = {category.code: category.title for category in pack.categories}
    categories = tuple(
        CategoryView(
            one.code, titles[one.code], one.result, words.RESULTS[one.result], one.threshold, one.margin,
            sheet.margin_text(one.margin),
        )
        for one in found.categories
    )  # fmt: skip
    barred = tuple(
        rule.title
        for one, rule in zip(found.exclusions, pack.exclusions, strict=True)
        if one.result == "met"
    )  # fmt: skip
    ends = {"none": "不符合", "incomplete": "还不能判断"}
    months_count, first, last = found.window
    national_too = role == "local" and pack.heading.region is None and pack.heading.placed
    return Column(
        pack.id, pack.title, pack.number, role, "本案适用，也是中央资金依据" if national_too else ROLES[role],
        found.outcome, ends.get(found.outcome) or titles[found.outcome], found.provisional,
        titles.get(found.provisional or "", ""), f"{first} 至 {last}（{months_count}个月）",
        found.figures, categories, barred, found.missing,
    )  # fmt: skip


# --- in a terminal ------------------------------------------------------------------------------------------------
def as_text(comparison: Comparison) -> str:
    """The comparison in aligned columns; one text under the other where they would not fit beside each other."""
    rule = "─" * 78
    out = [
        f"适用政策对照    {comparison.facts_id}    申请日期：{comparison.day}",
        f"为什么用这一份：{comparison.reason}",
        rule,
    ]
    for column in comparison.columns:
        out.append(f"【{column.role_title}】{column.title}（{column.number}）")
        provisional = f"，暂按{column.provisional_title}" if column.provisional_title else ""
        out.append(f"  结论：{column.outcome_title}{provisional}    核算期：{column.window}")
        for one in column.categories:
            line = f"，{one.margin_text}" if one.margin_text else ""
            out.append(f"  {sheet.pad(one.title, 30)}{one.word}{line}")
        if column.barred_by:
            out.append(f"  有排除情形：{'、'.join(column.barred_by)}")
        if column.missing:
            out.append(f"  还要补充：{'、'.join(column.missing)}")
    out += [rule, "主要数据（次序同上）"]
    out += ["  " + sheet.pad(label, 26) + "".join(sheet.pad(value, 14, True) for value in values) for label, values in comparison.figure_rows()]  # fmt: skip
    if comparison.central_differs:
        out.append("提示：本案适用的规定与中央资金依据的结论不同，能否使用中央财政资金按后者。")
    out += [rule, "没有对照的文件", *(f"  {title}：{reason}" for _, title, reason in comparison.not_compared)]
    return "\n".join(out) + "\n"
