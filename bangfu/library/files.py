"""What an official file really is: by its first bytes and what it holds, never by its name alone."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from django.conf import settings

from bangfu.common.errors import Refused

ACCEPT = ".pdf,.doc,.docx,.ofd,.txt,.html,.htm,.jpg,.jpeg"
WORDS = "PDF、Word（doc、docx）、OFD、文本（txt）、网页（html）或 JPG"
_TEXTS = {"txt": "text/plain", "html": "text/html", "htm": "text/html"}
_ENCODINGS = ("utf-8-sig", "gb18030")


class FileFault(Refused):
    """The file is not taken; the message says what is wrong and what helps."""


@dataclass(frozen=True)
class Kind:
    """The kind found, and the endings a name of that kind has."""

    content_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
DOC = Kind("application/msword", ("doc",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
OFD = Kind("application/ofd", ("ofd",))
JPG = Kind("image/jpeg", ("jpg", "jpeg"))


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def inspect(data: bytes, name: str) -> str:
    """The content type of an official file. Raises ``FileFault`` when it is empty, too big, of another kind or named otherwise."""
    if not data:
        raise FileFault("文件是空的，请重新选择。", field="file")
    limit = settings.BANGFU_UPLOAD_BYTES
    if len(data) > limit:
        raise FileFault(
            f"文件有 {len(data) / 1024 / 1024:.0f} MB，超过 {limit // 1024 // 1024} MB 的上限。请另存为较小的 PDF 后再传。",
            field="file",
        )
    kind = _kind(data)
    if kind is None:
        kind = _text(data, name)
    if kind is None:
        raise FileFault(f"认不出这个文件的格式。请上传 {WORDS}。", field="file")
    if ending(name) not in kind.endings:
        raise FileFault(f"文件名的后缀与内容不符：内容是 {kind.endings[0].upper()}。请核对后重新选择。", field="file")
    return kind.content_type


def _kind(data: bytes) -> Kind | None:
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return DOC
    if data.startswith(b"\xff\xd8\xff"):
        return JPG
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                names = set(bundle.namelist())
        except zipfile.BadZipFile as fault:
            raise FileFault("这个文件已损坏或不完整，打不开。请重新保存后再传。", field="file") from fault
        if "word/document.xml" in names:
            return DOCX
        if "OFD.xml" in names:
            return OFD
    return None


def _text(data: bytes, name: str) -> Kind | None:
    """Plain text or a page: something that can be read as Chinese text and holds no control characters."""
    if ending(name) not in _TEXTS or b"\x00" in data:
        return None
    for encoding in _ENCODINGS:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Kind(_TEXTS[ending(name)], (ending(name),))
    return None
