"""Official papers: typst templates to A4 PDF, Word templates to .docx. Nothing is taken from the network or from the system's fonts.

A paper is a template of a room (``casework/papers/notice.typ``) on the frame ``common/papers/house.typ``. Data reach it as JSON and are
printed as text: what a family typed is never read as markup or as code. Given the same data the bytes are the same.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import noto_cjk_sans_otc
import segno
import typst
from docxtpl import DocxTemplate

from bangfu.common import crypto

PACKAGE = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"


class PaperFault(Exception):
    """A template could not be set; the message names the place in the template. Always a fault of the program, never of the data."""


# One compiler keeps the fonts in memory (a form then takes some milliseconds); it is not to be entered twice at once.
_lock = threading.Lock()


@cache
def _compiler() -> Any:
    sans = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    return typst.Compiler(root=PACKAGE, font_paths=[FONTS, sans], ignore_system_fonts=True)


def _path(template: str, ending: str) -> Path:
    path = (PACKAGE / template).resolve()
    if not path.is_relative_to(PACKAGE) or path.suffix != ending or not path.is_file():
        raise PaperFault(f"{template}: no such template in the package")
    return path


def pdf(template: str, data: dict[str, Any], *, at: datetime | None = None) -> bytes:
    """The paper as PDF. ``template`` is a path inside the package (``casework/papers/notice.typ``), ``data`` what JSON can hold.

    ``at``, the moment the paper was made, goes into the file, which then is PDF/A-2b for the archive; without it the file has no date.
    Raises ``PaperFault`` when the template is missing or asks for data that are not there.
    """
    path = _path(template, ".typ")
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        with _lock:
            made = _compiler().compile(
                input=path,
                format="pdf",
                sys_inputs={"data": text, "dated": "yes" if at else "no"},
                pdf_standards="a-2b" if at else "1.7",
                timestamp=int(at.timestamp()) if at else None,
            )
    except typst.TypstError as fault:
        raise PaperFault(f"{template}: {getattr(fault, 'diagnostic', '') or fault}") from fault
    return bytes(made)


def docx(template: str, data: dict[str, Any]) -> bytes:
    """The Word template filled in. Values are escaped; a name that the data do not have raises ``PaperFault`` instead of printing nothing."""
    document = DocxTemplate(_path(template, ".docx"))
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    try:
        document.render(data, jinja_env=environment, autoescape=True)
    except jinja2.TemplateError as fault:
        raise PaperFault(f"{template}: {fault}") from fault
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """A QR code as SVG text, for ``qr:`` of a paper."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def verification_code(kind: str, number: str, content: dict[str, Any]) -> str:
    """``ABCD-2345-WXYZ``: a keyed hash over the paper's kind, number and frozen content. Who holds the key can tell a changed paper."""
    text = json.dumps([kind, number, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = crypto.provider().keyed_hash(text.encode(), purpose=b"paper")
    code = base64.b32encode(digest).decode()[:12]
    return "-".join(code[place : place + 4] for place in (0, 4, 8))


def stamped(kind: str, number: str, content: dict[str, Any]) -> dict[str, Any]:
    """``content`` with what the frame of a paper prints at its foot: ``number``, ``code`` and the ``qr`` of both."""
    code = verification_code(kind, number, content)
    return content | {"number": number, "code": code, "qr": qr_svg(f"{number} {code}")}
