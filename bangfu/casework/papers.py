"""The printed papers of a case: which there are, from which template, how a file is called.

``make_*`` give a ``Printed``: the bytes with their name. They only read; a person prints through ``services.print_paper``, which writes
down who printed what. The same frozen data give the same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256
from typing import Any

import xlsxwriter
from django.template.loader import render_to_string
from django.utils import timezone

from bangfu.casework import determinations, paper_data, paper_decisions
from bangfu.casework.decision_models import CollectiveDecision
from bangfu.casework.models import Application, CaseFile, Determination, HomeVisit, PublicNotice
from bangfu.common import typesetting
from bangfu.common.errors import Refused
from bangfu.families.models import Household

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NOTICE_COLUMNS = {
    "name": "职工姓名", "employer": "工作单位", "main_cause": "主要致困原因", "start": "公示开始", "end": "公示期满", "hotline": "监督电话", "place": "公示地点",
    "number": "公示编号",
}  # fmt: skip

TITLES = {
    "application_form": "困难职工申请表",
    "calculation_sheet": "测算书",
    "home_visit_form": "入户调查表",
    "decision_minutes": "集体研究记录",
    "public_notice": "公示",
    "authorization_form": "查询授权书",
    "information_sheet": "困难职工原始信息表",
}
"""The papers in the order of the way a case goes."""


@dataclass(frozen=True)
class Printed:
    """A finished paper."""

    paper: str
    number: str
    filename: str
    content_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()


def _pdf(paper: str, data: dict[str, Any], name: str, at: datetime) -> Printed:
    signs = f"{data['number']} {data['code']}" if data.get("code") else data["number"]
    body = typesetting.pdf(
        f"casework/typst/{paper}.typ", data | {"qr": typesetting.qr_svg(data.get("address") or signs)}, at=at
    )
    return Printed(paper, data["number"], f"{TITLES[paper]}_{name}_{data['number']}.pdf", PDF, body)


def _latest(application: Application) -> Determination:
    found = determinations.latest(application)
    if found is None:
        raise Refused("本案还没有测算书，提交后才能打印。")
    return found


def application_form(application: Application, *, form: str = "pdf") -> Printed:
    """困难职工申请表 of an application, as ``pdf`` or ``docx``."""
    made = _latest(application)
    return _application_form(
        paper_data.application_form(application, made), application.worker_name, made.made_at, form
    )


def draft_application_form(household: Household, policy: str, *, form: str = "pdf") -> Printed:
    """The form the worker signs before the application is handed in. Raises ``Refused`` where the facts cannot be read yet."""
    data = paper_data.draft_application_form(household, policy)
    return _application_form(data, household.worker_name, household.updated_at, form)


def _application_form(data: dict[str, Any], name: str, at: datetime, form: str) -> Printed:
    if form == "docx":
        body = typesetting.docx("casework/docx/application_form.docx", data)
        return Printed("application_form", data["number"], f"困难职工申请表_{name}_{data['number']}.docx", DOCX, body)
    return _pdf("application_form", data, name, at)


def calculation_sheet(determination: Determination) -> Printed:
    """测算书 of one determination; its verification code was frozen with it."""
    data = paper_data.calculation_sheet(determination)
    return _pdf("calculation_sheet", data, determination.application.worker_name, determination.made_at)


def public_notice(notice: PublicNotice) -> Printed:
    """公示: on the paper and in its name nothing but what the notice froze."""
    data = paper_data.public_notice(notice)
    posted = datetime.combine(notice.posted_on, time.min, timezone.get_current_timezone())
    made = _pdf("public_notice", data, "", posted)
    return Printed(made.paper, made.number, f"公示_{notice.number}.pdf", PDF, made.body)


def decision_minutes(decision: CollectiveDecision) -> Printed:
    """集体研究（评议）记录 of one meeting, for the signatures of those present."""
    data = paper_decisions.decision_minutes(decision)
    return _pdf("decision_minutes", data, decision.application.worker_name, decision.recorded_at)


def public_notice_table(notices: Sequence[PublicNotice]) -> Printed:
    """公示 as a spreadsheet: the columns of the allow-list, one line for each notice, and nothing about who made it."""
    out = io.BytesIO()
    rows = [paper_data.public_notice(notice) for notice in notices]
    columns = [key for key in NOTICE_COLUMNS if any(key in row for row in rows)]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime.combine(notices[0].posted_on, time.min)})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#F3F4F6"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        sheet = book.add_worksheet("公示")
        sheet.set_column(0, len(columns) - 1, 22)
        sheet.write_row(0, 0, [NOTICE_COLUMNS[key] for key in columns], head)
        for line, row in enumerate(rows, 1):
            sheet.write_row(line, 0, [row.get(key, "") for key in columns], cell)
        sheet.set_landscape()
        sheet.set_paper(9)
    number = notices[0].number
    return Printed("public_notice", number, f"公示_{number}.xlsx", XLSX, out.getvalue())


def public_notice_page(notice: PublicNotice) -> bytes:
    """公示 as a page by itself, for a screen in the hall: nothing of the desk around it."""
    data = paper_data.public_notice(notice)
    rows = [(NOTICE_COLUMNS[key], data[key]) for key in NOTICE_COLUMNS if data.get(key)]
    return render_to_string("casework/public_notice.html", {"data": data, "rows": rows}).encode()


def home_visit_form(application: Application, visit: HomeVisit | None = None) -> Printed:
    """入户调查表: empty to take along, or what a visit found."""
    at = _latest(application).made_at if visit is None else visit.recorded_at
    return _pdf("home_visit_form", paper_data.home_visit_form(application, visit), application.worker_name, at)


def authorization_form(application: Application) -> Printed:
    """查询授权书: one line for every counted member."""
    at = _latest(application).made_at
    return _pdf("authorization_form", paper_data.authorization_form(application), application.worker_name, at)


def information_content(file: CaseFile) -> tuple[dict[str, Any], str]:
    """What 原始信息表 would say now, and the digest that tells a new version from the old one."""
    data = paper_data.information_sheet(file)
    return data, determinations.canonical_hash(data)


def information_sheet(file: CaseFile, data: dict[str, Any], version: int) -> Printed:
    """困难职工原始信息表 in the given version."""
    at = _latest(file.application).made_at
    return _pdf("information_sheet", data | {"version": version}, file.worker_name, at)
