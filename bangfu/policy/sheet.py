"""The sheet a person reads: every figure, condition, exclusion and line of a determination in plain Chinese, with its clause.

One `Sheet` serves the web page, the printed 测算书 and the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bangfu.policy import labels as words
from bangfu.policy import money, months, registry
from bangfu.policy.determination import CategoryResult, ConditionResult, Determination, LineResult
from bangfu.policy.facts import Expense, Facts, Income
from bangfu.policy.pack.model import Category, Condition, Pack, Said
from bangfu.policy.tree import nodes


@dataclass(frozen=True)
class Citation:
    """A clause as printed, and where the library shows it: `policy` and `anchor` make the link (None: no such entry)."""

    text: str
    policy: str
    anchor: str | None


@dataclass(frozen=True)
class Figure:
    """One figure of the head: yuan (or persons), None when it cannot be told yet."""

    code: str
    label: str
    value: str | None
    unit: str

    @property
    def shown(self) -> str:
        return f"{self.value} {self.unit}" if self.value is not None else "还不能算出"


@dataclass(frozen=True)
class SheetCondition:
    """A condition with its result in words. `left op right` are yuan; `margin_text` says how far from the line."""

    code: str
    title: str
    result: str
    word: str
    says: str
    left: str | None
    op: str | None
    right: str | None
    margin_text: str
    citations: tuple[Citation, ...]
    limbs: tuple[SheetCondition, ...] = ()

    @property
    def clause(self) -> str:
        return "、".join(one.text for one in self.citations)


@dataclass(frozen=True)
class SheetCategory:
    """A category: its conditions and the exclusions that hit it."""

    code: str
    title: str
    result: str
    word: str
    threshold: str | None
    margin_text: str
    conditions: tuple[SheetCondition, ...]
    barred_by: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class SheetExclusion:
    code: str
    title: str
    result: str
    word: str
    says: str
    applies_to: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class SheetLine:
    """One income or expense line: what, whose, what the family said, what counts and why."""

    of: str
    item: int
    title: str
    who: str
    stated: str
    months: str
    counted: str | None
    why: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Missing:
    """An unknown fact that would decide: its JSON path and what it is called."""

    path: str
    label: str


@dataclass(frozen=True)
class Sheet:
    """Everything a clerk, a reviewer or the family needs to repeat the calculation by hand."""

    facts_id: str
    policy: str
    policy_title: str
    policy_number: str
    application_date: str
    window: str
    outcome: str
    outcome_title: str
    summary: str
    figures: tuple[Figure, ...]
    calculation: tuple[str, ...]
    categories: tuple[SheetCategory, ...]
    exclusions: tuple[SheetExclusion, ...]
    incomes: tuple[SheetLine, ...]
    expenses: tuple[SheetLine, ...]
    members: tuple[tuple[str, str], ...]
    missing: tuple[Missing, ...]
    standards: tuple[str, ...]


# --- building ---------------------------------------------------------------------------------------------------------
def build(
    determination: Determination, facts: Facts, pack: Pack, labels: Mapping[str, str] | None = None
) -> Sheet:  # fmt: skip
    """The sheet of a determination. `labels` gives names for member ids; without it the ids stand."""
    exclusions = tuple(
        SheetExclusion(
            one.code, rule.title, one.result, words.EXCLUSION_RESULTS[one.result],
            rule.says.get(one.result, ""), one.applies_to, cite(rule.said),
        )
        for one, rule in zip(determination.exclusions, pack.rules.exclusions, strict=True)
    )  # fmt: skip
    categories = tuple(
        _category(one, rule, exclusions) for one, rule in zip(determination.categories, pack.categories, strict=True)
    )
    titles = {one.code: one.title for one in categories}
    lines = [_line(one, facts, pack, labels) for one in determination.lines]
    months_count, first, last = determination.window
    trace = determination.trace()
    return Sheet(
        facts_id=determination.facts_id,
        policy=pack.id,
        policy_title=pack.title,
        policy_number=pack.number,
        application_date=determination.application_date,
        window=f"{first} 至 {last}（{months_count}个月）",
        outcome=determination.outcome,
        outcome_title=_outcome_title(determination, titles, pack),
        summary=_summary(determination, titles),
        figures=_figures(determination, pack),
        calculation=_calculation(determination),
        categories=categories,
        exclusions=exclusions,
        incomes=tuple(line for line in lines if line.of == "incomes"),
        expenses=tuple(line for line in lines if line.of == "expenses"),
        members=tuple(
            (words.person(facts, place, labels), {"met": "计入", "not_met": "不计入", "unknown": "还不能判断"}[one["counted"]])
            for place, one in enumerate(trace["members"])
        ),
        missing=tuple(Missing(path, words.path_label(path, facts, labels)) for path in determination.missing),
        standards=_standards(trace, pack, determination.missing),
    )  # fmt: skip


def cite(said: Said) -> tuple[Citation, ...]:
    """The clauses of a part, each with its place in the library of the text that says so."""
    return tuple(Citation(clause, *_place(said.pack, clause)) for clause in said.clauses)


@cache
def _place(pack_id: str, clause: str) -> tuple[str, str | None]:
    found = registry.get_pack(pack_id).clauses.link(clause)
    return found if found else (pack_id, None)


def margin_text(margin: str | None, threshold: str | None = None) -> str:
    """How far a household stands from a line, in words: `"84.00"` → 高于标准 84.00 元/月."""
    if margin is None:
        return ""
    if margin == "0.00":
        return "与标准相差不到 0.01 元/月"
    return f"低于标准 {margin[1:]} 元/月" if margin.startswith("-") else f"高于标准 {margin} 元/月"


def _condition_margin(one: ConditionResult, rule: Condition) -> str:
    """The same for a condition; one that compares no monthly sum tells plain yuan, and one against nothing says nothing."""
    if one.margin is None or one.right == "0.00":
        return ""
    if _by_month(rule.formula.node):
        return margin_text(one.margin)
    less = one.margin.startswith("-")
    return f"{'低于' if less else '高于'}限额 {one.margin.lstrip('-')} 元" if one.margin != "0.00" else ""


def _by_month(node: nodes.Node) -> bool:
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, (nodes.WindowMonths, nodes.Last, nodes.EveryMonth)):
            return True
        stack.extend(nodes.children(one))
    return False


def _condition(one: ConditionResult, rule: Condition) -> SheetCondition:
    # The parts are named alternatives or, of a condition on every month, the months.
    named = [(limb.title, limb.said) for limb in rule.limbs] or [
        (_month_of(limb.code), rule.said) for limb in one.limbs
    ]
    limbs = tuple(
        SheetCondition(
            limb.code, title, limb.result, words.RESULTS[limb.result], "", limb.left, limb.op, limb.right,
            margin_text(limb.margin), cite(said),
        )
        for limb, (title, said) in zip(one.limbs, named, strict=False)
    )  # fmt: skip
    return SheetCondition(
        one.code, rule.title, one.result, words.RESULTS[one.result], rule.says.get(one.result, ""), one.left, one.op,
        one.right, _condition_margin(one, rule), cite(rule.said), limbs,
    )  # fmt: skip


def _month_of(code: str) -> str:
    """`below_in_each_month.2018-04` → 2018年4月."""
    year, month = code.rpartition(".")[2].split("-")
    return f"{year}年{int(month)}月"


def _category(one: CategoryResult, rule: Category, exclusions: tuple[SheetExclusion, ...]) -> SheetCategory:
    conditions = tuple(_condition(*pair) for pair in zip(one.conditions, rule.conditions, strict=True))
    barred = tuple(found.title for found in exclusions if found.result == "met" and one.code in found.applies_to)
    return SheetCategory(
        one.code, rule.title, one.result, words.RESULTS[one.result], one.threshold, margin_text(one.margin), conditions,
        barred, cite(rule.said),
    )  # fmt: skip


def _outcome_title(determination: Determination, titles: Mapping[str, str], pack: Pack) -> str:
    if determination.outcome == "none":
        return "不符合建档条件" if pack.heading.scheme == "worker_file" else "不符合条件"
    if determination.outcome == "incomplete":
        return "资料不全，还不能认定"
    return titles[determination.outcome]


def _summary(determination: Determination, titles: Mapping[str, str]) -> str:
    if determination.outcome == "none":
        return "按现有资料，各类困难的条件都不符合。"
    if determination.outcome == "incomplete":
        count = len(determination.missing)
        if determination.provisional:
            return f"按现有资料至少可认定为{titles[determination.provisional]}；还差{count}项资料，补齐后可能认定为更困难的类别。"
        return f"还差{count}项资料，补齐后才能认定。"
    return f"按现有资料，可认定为{titles[determination.outcome]}。"


_TITLES = {"worker_file": "困难职工家庭测算书", "dibao": "最低生活保障测算书", "relief": "临时救助测算书"}
_FIGURES = {
    "household_size": ("家庭人口", "人"),
    "income": ("核算期内家庭总收入", "元"),
    "rigid_expense": ("核算期内刚性支出", "元"),
    "net_per_capita_monthly": ("扣减刚性支出后人均月收入", "元/人·月"),
    "dibao": ("低保标准", "元/人·月"),
}


def _figures(determination: Determination, pack: Pack) -> tuple[Figure, ...]:
    found: list[Figure] = []
    for code, value in determination.figures.items():
        label, unit = _FIGURES.get(code, (code, "元"))
        label = pack.rules.figure_titles.get(code, label)
        found.append(Figure(code, label, None if value is None else str(value), unit))
    return tuple(found)


def _calculation(determination: Determination) -> tuple[str, ...]:
    """The sum as a person would write it, where every part is known."""
    figures, months_count = determination.figures, determination.window[0]
    net, size = figures["net_per_capita_monthly"], figures["household_size"]
    if net is None or None in (figures["income"], figures["rigid_expense"], size):
        return ()
    income, expense = figures["income"], figures["rigid_expense"]
    # Not every text takes the expense off: the sum is written as it comes out.
    sums = [
        (f"（{_yuan(income)} − {_yuan(expense)}）", _fen(income) - _fen(expense)),
        (f"{_yuan(income)} ", _fen(income)),
    ]
    for written, fen in sums:
        if money.half_away(fen, size * months_count) == _fen(net):
            return (f"{written}÷ {size}人 ÷ {months_count}个月 = {_yuan(net)} 元/人·月",)
    return ()


def _fen(text: str) -> int:
    return int(text.replace(".", ""))


def _yuan(text: str) -> str:
    """`"-12345.67"` → `-12,345.67`, however long."""
    whole, _, rest = text.lstrip("-").partition(".")
    return f"{'-' if text.startswith('-') else ''}{int(whole):,}.{rest}"


def _standards(trace: dict[str, object], pack: Pack, missing: tuple[str, ...]) -> tuple[str, ...]:
    """The rows the formulas read; one that nobody has published stands here only where it decides."""
    found: list[str] = []
    listed = trace["standards"]
    assert isinstance(listed, dict)
    for code, rows in listed.items():
        title = pack.rules.standards[code].title
        for one in rows:
            row = one["row"]
            if row is None:
                if f"standards.{pack.rules.standards[code].name}@{one['asked']}" in missing:
                    found.append(f"{title}：{one['asked']} 没有登记的标准")
            else:
                source = f"，{row['source']}" if row.get("source") else ""
                found.append(f"{title}：{row['value']}（{row['region']}，{row['from']}起{source}）")
    return tuple(dict.fromkeys(found))


def _line(one: LineResult, facts: Facts, pack: Pack, labels: Mapping[str, str] | None) -> SheetLine:
    listed: tuple[Income, ...] | tuple[Expense, ...] = (facts.incomes or ()) if one.of == "incomes" else (facts.expenses or ())  # fmt: skip
    line = listed[one.item]
    rule = next(rule for rule in pack.rules.lines if rule.of == one.of and rule.code == one.rule)
    said = pack.rules.household.said if one.reason == "not_member" else rule.said
    who = "全家" if line.member is None else (labels or {}).get(line.member, line.member)
    return SheetLine(
        one.of, one.item, rule.title, who, _stated(line), _months(line), one.counted, one.note, cite(said),
    )  # fmt: skip


def _stated(line: Income | Expense) -> str:
    """What the family put down, in yuan."""
    if line.is_monthly:
        return "—" if line.monthly is None else f"{money.group_fen(line.monthly)}/月"
    if isinstance(line, Income):
        return "—" if line.amount is None else money.group_fen(line.amount)
    if line.kind == "schooling":
        parts = (line.tuition, line.boarding, line.travel)
        return "—" if None in parts else money.group_fen(sum(part for part in parts if part is not None))
    return "—" if line.total is None else money.group_fen(line.total)


def _months(line: Income | Expense) -> str:
    def shown(number: int | None) -> str:
        return "？" if number is None else months.format_month(number)

    return f"{shown(line.first)} 至 {shown(line.last)}" if line.is_monthly else shown(line.month)


# --- the sheet in a terminal ------------------------------------------------------------------------------------------
def width(text: str) -> int:
    """Columns a text takes in a terminal: CJK characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, columns: int, right: bool = False) -> str:
    """The text filled with spaces to so many columns."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def _table(rows: Sequence[tuple[str, ...]], right: tuple[int, ...]) -> list[str]:
    if not rows:
        return []
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [pad(cell, widths[column], column in right) for column, cell in enumerate(row)]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _line_rows(lines: tuple[SheetLine, ...]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("序号", "项目", "谁的", "月份", "填报", "计入", "说明", "依据")]
    for line in lines:
        counted = "未定" if line.counted is None else _yuan(line.counted)
        clause = "、".join(one.text for one in line.citations)
        rows.append((str(line.item + 1), line.title, line.who, line.months, line.stated, counted, line.why, clause))
    return rows


def _compared(one: SheetCondition) -> str:
    if one.op is None:
        return one.says
    sign = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}[one.op]
    left = "未定" if one.left is None else _yuan(one.left)
    right = "未定" if one.right is None else _yuan(one.right)
    margin = f"，{one.margin_text}" if one.margin_text else ""
    return f"{left} {sign} {right}{margin}"


def as_text(sheet: Sheet) -> str:
    """The sheet for a terminal, in aligned columns."""
    rule = "─" * 78
    out = [
        f"{_TITLES[registry.heading(sheet.policy).scheme]}    {sheet.facts_id}",
        f"政策：{sheet.policy_title}（{sheet.policy_number}）",
        f"申请日期：{sheet.application_date}    核算期：{sheet.window}",
        rule,
        f"结论：{sheet.outcome_title}",
        f"      {sheet.summary}",
        rule,
        "家庭人口",
        *_table([(name, counted) for name, counted in sheet.members], ()),
        "主要数据",
        *_table([(f"{one.label}", "还不能算出" if one.value is None else _yuan(one.value) if one.unit != "人" else one.value, one.unit) for one in sheet.figures], (1,)),
    ]  # fmt: skip
    out += [f"  {line}" for line in sheet.calculation]
    if sheet.missing:
        out += ["还要补充", *_table([(f"· {one.label}", one.path) for one in sheet.missing], ())]
    for category in sheet.categories:
        out += [rule, f"{category.title}：{category.word}" + (f"（{category.margin_text}）" if category.margin_text else "")]  # fmt: skip
        rows = []
        for one in category.conditions:
            rows.append((f"[{one.word}]", one.title, _compared(one), one.clause))
            rows += [(f"  [{limb.word}]", f"  · {limb.title}", _compared(limb), limb.clause) for limb in one.limbs]
        out += _table(rows, ())
        out += [f"  排除情形：{title}" for title in category.barred_by]
    if sheet.exclusions:
        out += [rule, "排除情形"]
    out += _table([(f"[{one.word}]", one.title, "、".join(c.text for c in one.citations)) for one in sheet.exclusions], ())  # fmt: skip
    for title, lines in (("收入明细（元）", sheet.incomes), ("支出明细（元）", sheet.expenses)):
        if lines:
            out += [rule, title, *_table(_line_rows(lines), (4, 5))]
    out += [rule, "采用的标准", *(f"  {line}" for line in sheet.standards)]
    return "\n".join(out) + "\n"
