"""PDF: the text of each page, seen or not, and everything beside it: properties, notes, fields, bookmarks, scripts, attachments, old versions."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdf
from pypdf.errors import PyPdfError

from bangfu.common.leaks.kinds import Hit, Kind
from bangfu.common.leaks.reading import Found, Piece, decoded, read

_WHERE = {
    "/Title": "属性 标题", "/Author": "属性 作者", "/Subject": "属性 主题", "/Keywords": "属性 关键词", "/Creator": "属性 制作程序",
    "/Producer": "属性 转换程序", "/Contents": "批注", "/RC": "批注", "/T": "表单域或批注作者", "/V": "表单域的值", "/DV": "表单域的值", "/TU": "表单域说明",
    "/JS": "脚本", "/URI": "链接", "/F": "附件名", "/UF": "附件名", "/Desc": "附件说明", "/Alt": "替代文字", "/ActualText": "替代文字", "/E": "替代文字",
    "/Lang": "语言",
}  # fmt: skip
_BINARY = frozenset(
    {
        "/ID",
        "/O",
        "/U",
        "/OE",
        "/UE",
        "/Perms",
        "/Registry",
        "/Ordering",
        "/CharSet",
        "/Panose",
        "/CheckSum",
        "/Cert",
        "/Indexed",
    }
)
_STREAMS_ASIDE = frozenset({"/XObject", "/Font", "/ObjStm", "/XRef", "/Pattern"})


def pieces(data: bytes, inside: str, depth: int) -> Iterator[Found]:
    """The pieces of a PDF and of every earlier version that is still in the file."""
    before = f"{inside}的" if inside else ""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            yield from _objects(document, before, depth)
            linear = document.is_linearized
            pages = len(document.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError):
        yield Hit(inside or "PDF 文件", Kind.UNREADABLE)
        return
    yield from _pages(data, before, pages)
    ends = [found.end() for found in re.finditer(rb"%%EOF\r?\n?", data)]
    if ends and data[ends[-1] :].strip(b"\x00\r\n "):
        yield Hit(f"{before}文件末尾", Kind.UNREADABLE)
    for number, end in enumerate([] if linear else ends[:-1], 1):
        yield from _pages(data[:end], f"{before}第 {number} 个旧版本的", None)
        try:
            with pikepdf.open(io.BytesIO(data[:end])) as document:
                yield from _objects(document, f"{before}第 {number} 个旧版本的", depth)
        except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError):
            yield Hit(f"{before}第 {number} 个旧版本", Kind.UNREADABLE)


def _pages(data: bytes, before: str, expected: int | None) -> Iterator[Found]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        texts = [page.extract_text() for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        NotImplementedError,
    ):
        yield Hit(f"{before}正文", Kind.UNREADABLE)
        return
    if expected is not None and expected != len(texts):
        yield Hit(f"{before}正文", Kind.UNREADABLE)
    for number, text in enumerate(texts, 1):
        where = f"{before}第 {number} 页"
        strange = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" for sign in text)
        if not text.strip() or strange * 10 > len(text):
            yield Hit(f"{where}（没有文字层）", Kind.UNREADABLE)
        yield Piece(where, text)
    if len(texts) > 1:
        yield Piece(f"{before}跨页处", "\n".join(texts), joined=True)


def _objects(document: pikepdf.Pdf, before: str, depth: int) -> Iterator[Found]:
    """Every string and every stream of the file, whether a page asks for it or not."""
    if document.is_encrypted:
        yield Hit(f"{before}文件", Kind.UNREADABLE)
    contents = {_key(stream) for page in document.pages for stream in _streams(page.obj.get("/Contents"))}
    for place in document.trailer.get("/Info", pikepdf.Dictionary()).keys() if "/Info" in document.trailer else ():
        yield Piece(f"{before}{_WHERE.get(place, '属性')}", place.lstrip("/"))
    for item in document.objects:
        yield from _strings(item, before, "", 0)
        if isinstance(item, pikepdf.Stream):
            yield from _stream(item, before, depth, shown=_key(item) in contents)


def _key(item: Any) -> tuple[int, int]:
    return tuple(item.objgen)  # type: ignore[return-value]


def _streams(contents: Any) -> Iterator[Any]:
    if isinstance(contents, pikepdf.Stream):
        yield contents
    elif isinstance(contents, pikepdf.Array):
        for one in contents:  # type: ignore[attr-defined]
            yield from _streams(one)


def _strings(item: Any, before: str, name: str, level: int) -> Iterator[Found]:
    if level > 30:
        return
    if isinstance(item, pikepdf.String):
        if name not in _BINARY:
            yield Piece(f"{before}{_WHERE.get(name, '内部文字')}", str(item))
    elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        for key, value in item.items():
            if key not in ("/Parent", "/P", "/StructParent") and (
                level == 0 or not getattr(value, "is_indirect", False)
            ):
                yield from _strings(value, before, key, level + 1)
            if len(key) > 8:
                yield Piece(f"{before}内部名称", key.lstrip("/"))
    elif isinstance(item, pikepdf.Array):
        for value in item:  # type: ignore[attr-defined]
            if not getattr(value, "is_indirect", False):
                yield from _strings(value, before, name, level + 1)
    elif isinstance(item, pikepdf.Name) and len(str(item)) > 10:
        yield Piece(f"{before}内部名称", str(item).lstrip("/"))


def _stream(item: pikepdf.Stream, before: str, depth: int, *, shown: bool) -> Iterator[Found]:
    kind, sub = str(item.get("/Type", "")), str(item.get("/Subtype", ""))
    if sub == "/Image":
        yield Hit(f"{before}文件里的图片", Kind.PICTURE)
        return
    if (
        shown
        or kind in _STREAMS_ASIDE
        or sub in ("/Form", "/Type1C", "/CIDFontType0C", "/OpenType", "/CIDFontType2")
        or "/Length1" in item
    ):
        return
    try:
        data = item.read_bytes()
    except (pikepdf.PdfError, RuntimeError):
        yield Hit(f"{before}内部数据", Kind.UNREADABLE)
        return
    if kind == "/EmbeddedFile":
        yield from read(data, inside=f"{before}附件", depth=depth + 1)
    elif kind == "/Metadata" or b"<x:xmpmeta" in data or data[:5] == b"<?xml":
        yield Piece(f"{before}XMP 元数据", decoded(data) or data.decode("utf-8", "ignore"))
    elif b"begincmap" in data or "/N" in item or "/FunctionType" in item:
        return  # a table of glyphs, a colour profile or a function
    else:
        yield Piece(f"{before}内部数据", decoded(data) or data.decode("latin-1"))
