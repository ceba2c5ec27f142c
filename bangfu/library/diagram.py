"""The meter of a text, as numbers for an SVG template, and the steps of a policy in words; the way of a case is drawn in ``drawing``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bangfu.policy.clocks import Clock
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import Step

LEVELS = {
    "unit": "基层工会", "upper": "中间层工会", "industry": "产业（县）工会", "city": "省（市）总工会", "applicant": "申请人",
    "village": "村（居）委会", "township": "乡镇（街道）", "county": "县级民政部门", "check_body": "核对机构",
}  # fmt: skip
ROLES = {
    "clerk": "经办人", "reviewer": "复核人", "aid_center": "帮扶中心", "leader": "领导", "applicant": "申请人", "handler": "经办人员",
    "office_head": "民政办负责人", "auditor": "审核人", "investigator": "入户调查人员",
}  # fmt: skip
UNITS = {"working_day": "个工作日", "calendar_day": "天", "month": "个月", "year": "年", "parameter": "天"}
_STATES = (
    ("done", "done"),
    ("partly", "partly"),
    ("planned", "planned"),
    ("guidance", "guidance"),
    ("not_software", "not"),
)


PRODUCTS = {
    "application": "申请书", "application_form": "申请表", "approval_form": "审批表", "archive_file": "归档文书", "audit_opinion": "审核意见",
    "authorization_form": "查询授权书", "calculation_sheet": "测算书", "case_file": "困难职工档案", "check_record": "核对记录",
    "check_report": "核对报告", "contact_card": "联系卡", "county_form": "建档申请表一式两份", "county_opinion": "认定意见",
    "determination": "认定结论", "feedback": "反馈记录", "file_form": "困难职工档案表", "hand_out_record": "发放记录",
    "home_visit_form": "入户调查表", "information_sheet": "档案信息表", "meeting_minutes": "会议记录", "national_record": "全国系统记录",
    "objection_result": "异议处理结果", "outcome_note": "救助结果", "payment_record": "发放记录", "posting_photo": "公示照片",
    "posting_record": "公示记录", "proposed_list": "建议名单", "public_notice": "公示", "receipt": "受理回执", "recheck_sheet": "复核表",
    "record_number": "备案编号", "relief_registration": "救助登记表", "returned_copy": "退回的申请表", "review_opinion": "审核意见",
    "review_record": "评议记录", "review_result": "复查结果", "review_sheet": "书面审核表", "sealed_submission": "盖章的上报材料",
    "submission": "上报材料", "union_opinion": "工会审核意见",
}  # fmt: skip
"""What steps produce, in words, where the text has no form or paper of that code."""


def paper_title(pack: Pack, code: str) -> str:
    """What a product of a step is called: by the text's own form or paper, else by ours."""
    paper = pack.evidence.papers.get(code)
    return pack.forms.title_of(code) or (paper.title if paper else "") or PRODUCTS.get(code) or code


def meter(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The states of a text as parts of a bar of 1000."""
    total, start, bars = max(counts["all"], 1), 0, []
    for state, css in _STATES:
        width = counts[state] * 1000 // total
        bars.append({"css": css, "x": start, "width": width, "state": state, "count": counts[state]})
        start += width
    return bars


def clock_words(clock: Clock | None) -> str:
    """``5 个工作日``; where the text leaves the number to the office, that it does."""
    if clock is None:
        return ""
    if clock.unit == "date":
        return f"每年 {clock.month} 月 {clock.day} 日前"
    unit = UNITS.get(clock.unit, clock.unit)
    return f"{clock.length} {unit}" if clock.length is not None else "由本级设定的期限"


@dataclass(frozen=True)
class ShownStep:
    """A step for the page: number, who acts, what must hold, what comes of it, where it may go back."""

    number: int
    step: Step
    actor: str
    clock: str
    guards: tuple[Any, ...]
    returns_to: tuple[Step, ...]
    barred: tuple[str, ...]
    papers: tuple[str, ...] = ()


def steps(pack: Pack) -> list[ShownStep]:
    """The steps in the order in which a case meets them."""
    procedure = pack.procedure
    by_code = {step.code: step for step in procedure.steps}
    found = []
    for number, step in enumerate(procedure.steps, start=1):
        actor = f"{LEVELS[step.level]} · {ROLES.get(step.role, step.role)}"
        if step.repeat == "each_upper":
            actor = f"中间各级工会逐级 · {ROLES.get(step.role, step.role)}"
        elif step.repeat == "after_unit":
            actor += "，再到上面各级"
        found.append(
            ShownStep(
                number=number,
                step=step,
                actor=actor,
                clock=clock_words(step.clock),
                guards=tuple(procedure.guards[code] for code in step.guards if code in procedure.guards),
                returns_to=tuple(by_code[code] for code in step.returns_to if code in by_code),
                barred=tuple(
                    by_code[code].title if code != step.code else "本环节另一人"
                    for code in step.not_same_person_as
                    if code in by_code
                ),
                papers=tuple(paper_title(pack, code) for code in step.produces),
            )
        )
    return found
