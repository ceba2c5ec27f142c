"""Spreadsheets and Word documents: cells, hidden sheets, notes, names, properties, headers, deleted text, and every other part."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from bangfu.common.leaks.kinds import Hit, Kind
from bangfu.common.leaks.reading import Found, Piece, read

_MOST_PARTS = 4000
_MOST_BYTES = 256 * 1024 * 1024
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PROPERTIES = {
    "title": "标题", "subject": "主题", "creator": "作者", "keywords": "关键词", "description": "备注", "lastModifiedBy": "最后修改人", "category": "类别",
    "Company": "单位", "Manager": "经理", "contentStatus": "状态", "HyperlinkBase": "链接", "Template": "模板",
}  # fmt: skip
_WORD = {
    "document": "正文", "comments": "批注", "footnotes": "脚注", "endnotes": "尾注", "people": "批注作者", "glossary": "自动图文集",
    "header": "页眉", "footer": "页脚",
}  # fmt: skip
APART = "\n\u241e\n"
"""Stands between texts that have nothing to do with each other: no number and no word goes on over it."""
_CODED = re.compile(
    r"[0-9A-Fa-f]{8}|[A-Za-z]{1,5}|\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?|-?\d{1,9}"
)


def pieces(data: bytes, inside: str, depth: int) -> Iterator[Found]:
    """The pieces of an .xlsx or .docx. Macros, encrypted parts and binary parts that nobody can read are findings."""
    name = inside or "文件"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            parts = box.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
                yield Hit(name, Kind.UNREADABLE)
                return
            if box.comment:
                yield Piece(f"{name}的压缩说明", box.comment.decode("utf-8", "ignore"))
            yield from _Package(box, f"{inside}的" if inside else "", depth).pieces()
            if data[: parts[0].header_offset if parts else 0]:
                yield Hit(f"{name}的开头", Kind.UNREADABLE)
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        OSError,
        ElementTree.ParseError,
        KeyError,
        ValueError,
    ):
        yield Hit(name, Kind.UNREADABLE)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Package:
    """An opened document."""

    def __init__(self, box: zipfile.ZipFile, before: str, depth: int) -> None:
        self.box, self.before, self.depth = box, before, depth
        self.names = [part.filename for part in box.infolist() if not part.is_dir()]

    def pieces(self) -> Iterator[Found]:
        if "xl/workbook.xml" in self.names:
            yield from self.workbook()
        elif "word/document.xml" not in self.names:
            yield Hit(f"{self.before}文件（不是 .xlsx 或 .docx）", Kind.UNREADABLE)
            return
        for number, name in enumerate(self.names, 1):
            yield Piece(f"{self.before}第 {number} 个内部部件的名称", name)
            part = next(one for one in self.box.infolist() if one.filename == name)
            if part.comment:
                yield Piece(f"{self.before}第 {number} 个内部部件的说明", part.comment.decode("utf-8", "ignore"))
            yield from self.part(name, number)

    def tree(self, name: str) -> ElementTree.Element:
        data = self.box.read(name)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or "<!DOCTYPE".encode("utf-16-le") in data:
            raise ValueError("entities are not read")
        return ElementTree.fromstring(data)  # noqa: S314  # nosec B314 - no entities, and the size is bounded

    # --- any part ------------------------------------------------------------------------------------------------
    def part(self, name: str, number: int) -> Iterator[Found]:
        """One part: its text by paragraphs, its attributes, its comments. Cells are told by ``workbook``."""
        if name.endswith((".xml", ".rels", ".vml")):
            raw = self.box.read(name)
            for comment in re.findall(rb"<!--(.*?)-->", raw, re.DOTALL):
                yield Piece(f"{self.before}第 {number} 个内部部件的注释", comment.decode("utf-8", "ignore"))
            where = self.title(name, number)
            yield from self.element(
                self.tree(name), where, sheet=name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml"
            )
        elif name.endswith((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tiff", ".tif", ".emf", ".wmf", ".svg", ".webp")):
            yield Hit(f"{self.before}文件里的图片", Kind.PICTURE)
            yield from read(self.box.read(name), inside=f"{self.before}文件里的图片", depth=self.depth + 1)
        else:
            yield Hit(f"{self.before}第 {number} 个内部部件（宏、对象或字体）", Kind.UNREADABLE)

    def title(self, name: str, number: int) -> str:
        if name.startswith("docProps/"):
            return f"{self.before}文档属性"
        if name.startswith(("xl/comments", "xl/threadedComments")):
            return f"{self.before}批注"
        if name.startswith("word/"):
            stem = re.sub(r"\d*\.xml.*$", "", name.removeprefix("word/")).rpartition("/")[2]
            return self.before + _WORD.get(stem, f"第 {number} 个内部部件")
        return f"{self.before}第 {number} 个内部部件"

    def element(self, root: ElementTree.Element, where: str, *, sheet: bool) -> Iterator[Found]:
        paragraph, cells = 0, []
        aside: dict[str, None] = {}
        for one in root.iter():
            tag = _local(one.tag) if isinstance(one.tag, str) else ""
            if not (sheet and tag in ("c", "row")):
                aside |= {value: None for value in one.attrib.values() if not _CODED.fullmatch(value)}
            if tag in ("p", "si", "comment", "txBody", "text", "is") and not (sheet and tag == "p"):
                paragraph += 1
                text = "".join(one.itertext())
                said = (
                    f"{where}{one.attrib['ref']}"
                    if "ref" in one.attrib and re.fullmatch(r"[A-Z]{1,3}\d{1,7}", one.attrib["ref"])
                    else ""
                )
                yield Piece(said or f"{where}第 {paragraph} 段", text)
                cells.append(text)
            elif tag in ("tc", "tr"):
                yield Piece(
                    f"{where}表格",
                    "".join(one.itertext()) if tag == "tc" else " ".join("".join(cell.itertext()) for cell in one),
                    joined=tag == "tr",
                )
            elif (
                (not sheet or tag not in ("v", "f", "t", "row", "c", "sheetData", "worksheet"))
                and one.text
                and one.text.strip()
                and tag not in ("t", "r")
            ):
                yield Piece(self._told(where, tag), one.text)
            if one.tail and one.tail.strip():
                yield Piece(self._told(where, tag), one.tail)
        if aside:
            yield Piece(f"{where}的属性", APART.join(aside))
        if len(cells) > 1:
            yield Piece(f"{where}相邻段落", "\n".join(cells), joined=True)

    def _told(self, where: str, tag: str) -> str:
        return f"{where} {_PROPERTIES[tag]}" if tag in _PROPERTIES else where

    # --- cells ---------------------------------------------------------------------------------------------------
    def workbook(self) -> Iterator[Found]:
        """Cells by sheet and address, hidden sheets and defined names by their number: their names may be what is hidden."""
        book = self.tree("xl/workbook.xml")
        rels = {one.attrib["Id"]: one.attrib["Target"] for one in self.tree("xl/_rels/workbook.xml.rels")}
        shared = (
            ["".join(one.itertext()) for one in self.tree("xl/sharedStrings.xml")]
            if "xl/sharedStrings.xml" in self.names
            else []
        )
        number = 0
        for one in book.iter():
            tag = _local(one.tag)
            if tag == "sheet":
                number += 1
                hidden = "（隐藏）" if one.attrib.get("state", "visible") != "visible" else ""
                title = f"{self.before}第 {number} 张工作表{hidden}"
                yield Piece(f"{title}的名称", one.attrib.get("name", ""))
                target = rels[one.attrib[_REL]]
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                if "worksheets/" in path:
                    yield from self.sheet(self.tree(path), title, shared)
            elif tag == "definedName":
                yield Piece(
                    f"{self.before}定义名称",
                    f"{one.attrib.get('name', '')}\n{one.text or ''}\n{one.attrib.get('comment', '')}",
                )

    def sheet(self, root: ElementTree.Element, title: str, shared: list[str]) -> Iterator[Found]:
        columns: dict[str, list[str]] = {}
        for row in root.iter():
            if _local(row.tag) != "row":
                continue
            texts = []
            for cell in row:
                text, number = self.cell(cell, shared)
                if not text:
                    continue
                place = cell.attrib.get("r", "")
                yield Piece(f"{title} {place}", text, cell=number)
                texts.append(text)
                columns.setdefault(place.rstrip("0123456789"), []).append(text)
            if len(texts) > 1:
                where = f"{title}第 {row.attrib.get('r', '')} 行相邻单元格"
                yield Piece(where, "".join(texts), joined=True)
                yield Piece(where, " ".join(texts), joined=True)
        for column, texts in columns.items():
            if len(texts) > 1:
                yield Piece(f"{title} {column} 列相邻单元格", "\n".join(texts), joined=True)

    @staticmethod
    def cell(cell: ElementTree.Element, shared: list[str]) -> tuple[str, bool]:
        """What a cell shows and computes, and whether it is a number."""
        kind, texts, number = cell.attrib.get("t", "n"), [], False
        for one in cell:
            tag = _local(one.tag)
            text = "".join(one.itertext())
            if tag == "v" and kind == "s":
                text = shared[int(text)]
            elif tag == "v":
                number = kind == "n"
                text = re.sub(r"^(-?\d+)\.0+$", r"\1", text)
            texts.append(text)
        return "\n".join(texts), number
