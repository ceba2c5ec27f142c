"""Takes a finished file apart into pieces of text, each with the place where it stands. What cannot be read is itself a finding."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bangfu.common.leaks.kinds import Hit, Kind


@dataclass(frozen=True)
class Piece:
    """Some text. ``lines``: the place is told with its line. ``cell``: a number alone is an amount. ``joined``: put together from pieces
    that are looked at by themselves, so only what cannot be chance counts."""

    where: str
    text: str
    lines: bool = False
    cell: bool = False
    joined: bool = False

    def place(self, at: int) -> str:
        return f"{self.where}第 {self.text.count(chr(10), 0, at) + 1} 行" if self.lines else self.where


Found = Piece | Hit
Reader = Callable[[bytes, str], Iterator[Found]]

MOST_BYTES = 64 * 1024 * 1024
DEPTH = 3


def read(data: bytes, *, inside: str = "", depth: int = 0) -> Iterator[Found]:
    """The pieces of a file, by what it is and not by what it is called. ``inside`` is where the file itself lies."""
    from bangfu.common.leaks import office, page, pdf, picture

    if depth > DEPTH or len(data) > MOST_BYTES:
        yield Hit(inside or "文件", Kind.UNREADABLE)
        return
    head = data[:1024].lstrip()
    if b"%PDF-" in data[:1024]:
        yield from pdf.pieces(data, inside, depth)
    elif data.startswith(b"PK\x03\x04"):
        yield from office.pieces(data, inside, depth)
    elif picture.is_picture(data):
        yield from picture.pieces(data, inside)
    else:
        text = decoded(data)
        if text is None:
            yield Hit(inside or "文件", Kind.UNREADABLE)
        elif head[:1] == b"<" or "<html" in text[:2000].lower():
            yield from page.pieces(text, inside, depth)
        else:
            yield Piece(inside or "文本", text, lines=True)


def decoded(data: bytes) -> str | None:
    """Text in the encodings of office machines; ``None`` for bytes that are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    if b"\x00" in data:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
