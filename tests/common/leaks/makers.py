"""Files of every kind that a union could hang out, made in memory."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import docx
import pikepdf
import xlsxwriter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bangfu.common import typesetting
from tests.common.leaks.family import HOTLINE, PLACE

AT = datetime(2020, 10, 16, tzinfo=UTC)
ROW = {
    "name": "王某某", "employer": "津华百货和平店", "main_cause": "因病", "hotline": HOTLINE, "start": "2020年10月16日", "end": "2020年10月23日",
    "place": f"职工所在单位：{PLACE}", "number": "G2020000017", "union": "津华百货和平店工会", "title": "公示",
}  # fmt: skip
COLUMNS = ("职工姓名", "工作单位", "主要致困原因", "公示期", "监督电话")


def pdf(change: dict[str, Any] | None = None, edit: Callable[[pikepdf.Pdf], None] | None = None) -> bytes:
    """The official notice with some fields changed, and then with whatever an editor does to it."""
    made = typesetting.pdf(
        "casework/typst/public_notice.typ", ROW | {"qr": typesetting.qr_svg("G2020000017")} | (change or {}), at=AT
    )
    if edit is None:
        return made
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as document:
        edit(document)
        document.save(out)
    return out.getvalue()


def page(body: str = "", head: str = "") -> bytes:
    cells = "".join(
        f"<tr><th>{title}</th><td>{value}</td></tr>"
        for title, value in zip(
            COLUMNS, (ROW["name"], ROW["employer"], ROW["main_cause"], ROW["start"], HOTLINE), strict=True
        )
    )
    return f"<!doctype html><html lang=zh><head><meta charset=utf-8><title>公示</title>{head}</head><body><h1>公示</h1><table>{cells}</table>{body}</body></html>".encode()


def excel(
    change: Callable[[Any, Any], None] | None = None,
    rows: list[list[Any]] | None = None,
    properties: dict[str, str] | None = None,
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": AT.replace(tzinfo=None)} | (properties or {}))
        sheet = book.add_worksheet("公示")
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(
            rows or [[ROW["name"], ROW["employer"], ROW["main_cause"], "2020-10-16 至 2020-10-23", HOTLINE]], 1
        ):
            sheet.write_row(number, 0, row)
        if change:
            change(book, sheet)
    return out.getvalue()


def word(change: Callable[[Any], None] | None = None, paragraphs: tuple[str, ...] = ()) -> bytes:
    document = docx.Document()
    document.core_properties.author = "津华百货和平店工会"
    document.add_heading("公示", 0)
    table = document.add_table(rows=1, cols=len(COLUMNS))
    for cell, title in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.text = title
    for cell, value in zip(
        table.add_row().cells, (ROW["name"], ROW["employer"], ROW["main_cause"], ROW["start"], HOTLINE), strict=True
    ):
        cell.text = value
    for text in paragraphs:
        document.add_paragraph(text)
    if change:
        change(document)
    out, lean = io.BytesIO(), io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(lean, "w", zipfile.ZIP_DEFLATED) as target:
        for (
            part
        ) in source.namelist():  # the library's template brings a picture of an empty page and styles that nobody uses
            if part not in ("docProps/thumbnail.jpeg", "word/stylesWithEffects.xml"):
                target.writestr(part, source.read(part))
    return lean.getvalue()


def text(line: str = "") -> bytes:
    return f"公示\n{ROW['name']}，{ROW['employer']}，{ROW['main_cause']}。\n公示期：2020年10月16日至2020年10月23日\n监督电话：{HOTLINE}\n{line}\n".encode()


def jpeg(**more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 150)).save(out, "JPEG", **more)
    return out.getvalue()


def png(chunks: dict[str, str] | None = None, **more: Any) -> bytes:
    out, info = io.BytesIO(), PngInfo()
    for key, value in (chunks or {}).items():
        info.add_itxt(key, value, zip=len(value) > 30)
    Image.new("RGB", (64, 48), (90, 120, 150)).save(out, "PNG", pnginfo=info, **more)
    return out.getvalue()
