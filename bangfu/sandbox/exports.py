"""A result on paper and on a sheet."""

from __future__ import annotations

import datetime
import io
from typing import Any

from bangfu.common import clock, typesetting
from bangfu.sandbox import selectors
from bangfu.sandbox.models import Proposal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def content(proposal: Proposal) -> dict[str, Any]:
    """What paper and sheet say: no family is named."""
    result = proposal.result
    return {
        "title": proposal.title,
        "policy": selectors.policy_title(proposal.policy),
        "union": proposal.union.name,
        "day": proposal.day.isoformat() if proposal.day else "各户申请日期",
        "source": proposal.get_source_display() if proposal.source == "register" else f"虚拟家庭 {proposal.size} 户（种子 {proposal.seed}）",
        "author": proposal.author.name,
        "tried_at": clock.day(proposal.tried_at).isoformat() if proposal.tried_at else None,
        "decided": f"{proposal.decided_by.name} {clock.day(proposal.decided_at).isoformat()}"
        if proposal.decided_by and proposal.decided_at
        else None,
        "document": proposal.document or None,
        "effective_on": proposal.effective_on.isoformat() if proposal.effective_on else None,
        "households": result["households"],
        "came_in": result["came_in"],
        "went_out": result["went_out"],
        "month": result["month"],
        "alterations": [list(row) for row in selectors.alterations(proposal)],
        "outcomes": [
            [one.title, one.before, one.after, one.difference, one.month_before, one.month_after]
            for one in selectors.outcomes(proposal)
        ],
        "dimensions": [{"title": one.title, "rows": [list(row) for row in one.rows]} for one in selectors.dimensions(proposal)],
        "shares": [[selectors.part_title(proposal, part), tenths, month] for part, tenths, month in result["shares"]],
    }  # fmt: skip


def pdf(proposal: Proposal, at: datetime.datetime) -> bytes:
    """The result as an A4 paper."""
    return typesetting.pdf("sandbox/typst/result.typ", content(proposal), at=at)


def xlsx(proposal: Proposal) -> bytes:
    """The result as a workbook: 概况, 类别, who comes and goes, 收入分布, 各项影响. Amounts are numbers in 元."""
    import xlsxwriter

    data = content(proposal)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1})
    yuan = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True, "font_size": 14})

    def sheet(name: str, heads: list[str], rows: list[list[Any]], money: tuple[int, ...] = ()) -> None:
        page = book.add_worksheet(name)
        page.set_column(0, 0, 28)
        page.set_column(1, 8, 16)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, heads, head)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if column in money and value is not None:
                    page.write_number(line, column, value / 100, yuan)
                elif isinstance(value, int):
                    page.write_number(line, column, value)
                else:
                    page.write_string(line, column, "" if value is None else str(value))

    page = book.add_worksheet("概况")
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, data["title"], bold)
    facts: list[tuple[str, Any]] = [
        ("政策", data["policy"]), ("范围", data["union"]), ("测算日期", data["day"]), ("试算对象", data["source"]),
        ("提出人", data["author"]), ("试算日期", data["tried_at"]), ("决定文件", data["document"]),
        ("执行日期", data["effective_on"]), ("确认", data["decided"]), ("家庭", data["households"]),
        ("新纳入", data["came_in"]), ("不再符合", data["went_out"]),
    ]  # fmt: skip
    for line, (name, value) in enumerate(facts, 2):
        page.write_string(line, 0, name, head)
        if isinstance(value, int):
            page.write_number(line, 1, value)
        else:
            page.write_string(line, 1, value or "—")
    sheet("改动", ["项目", "现行", "拟定"], data["alterations"])
    sheet(
        "类别", ["类别", "现有户数", "调整后", "增减", "现每月补助（元）", "调整后每月（元）"], data["outcomes"], (4, 5)
    )
    for one in data["dimensions"]:
        sheet(f"按{one['title']}", [one["title"], "新纳入", "不再符合", "换类别"], one["rows"])
    bars = [[bar.label, bar.before, bar.after] for bar in selectors.spread(proposal)]
    sheet("收入分布", ["人均月净收入是低保标准的", "现有户数", "调整后"], bars)
    shares = [[title, tenths / 10, month] for title, tenths, month in data["shares"]]
    page = book.add_worksheet("各项影响")
    page.set_column(0, 2, 24)
    page.write_row(0, 0, ["改动的数", "带来的户数变化", "带来的每月补助变化（元）"], head)
    for line, (title, households, month) in enumerate(shares, 1):
        page.write_string(line, 0, title)
        page.write_number(line, 1, households)
        page.write_number(line, 2, month / 100, yuan)
    book.close()
    return buffer.getvalue()
