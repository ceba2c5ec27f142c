"""Pages: everything a browser gets, seen or not: text, attributes, comments, scripts, pictures inside the page."""

import base64
import binascii
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote

from bangfu.common.leaks.reading import Found, Piece, read

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_DATA = re.compile(r"data:[\w/+.-]*(?:;(?!base64)[\w=-]+)*(;base64)?,([^\"')\s]*)", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.line = 1
        self.found: list[tuple[str, str]] = []
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.text.append("\n")
        line = self.getpos()[0]
        self.found += [
            (f"第 {line} 行的属性 {_attribute(name)}", f"{name}\n{value}" if len(name) > 24 else value)
            for name, value in attrs
            if value
        ]
        if tag in ("script", "style", "title", "textarea", "template", "noscript"):
            self.within = tag

    def handle_endtag(self, tag: str) -> None:
        self.within = "" if tag == self.within else self.within
        if tag not in _INLINE:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self.within in ("script", "style"):
            self.found.append((f"第 {self.getpos()[0]} 行的{'脚本' if self.within == 'script' else '样式'}", data))
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append((f"第 {self.getpos()[0]} 行的注释", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("声明", decl))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("声明", data))

    def handle_pi(self, data: str) -> None:
        self.found.append(("处理指令", data))


def _attribute(name: str) -> str:
    # an unknown attribute may have been named after what is hidden
    return name if re.fullmatch(r"[a-z]{1,12}(-[a-z]{1,12})?", name) else "（自定义）"


def pieces(text: str, inside: str, depth: int) -> Iterator[Found]:
    """The pieces of a page. Its text runs on through words that are only set off, and ends at blocks."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    before = f"{inside}的" if inside else ""
    shown = "".join(reader.text)
    yield Piece(f"{before}页面正文", re.sub(r"\n\s*\n+", "\n", shown), lines=True)
    for where, value in reader.found:
        for place, data in enumerate(_DATA.finditer(value), 1):
            if data.group(1):
                raw = re.sub(r"\s", "", unquote(data.group(2)))
                try:
                    packed = base64.b64decode(raw + "=" * (-len(raw) % 4))
                except (binascii.Error, ValueError):
                    packed = raw.encode()
                yield from read(packed, inside=f"{before}{where}里的第 {place} 个内嵌文件", depth=depth + 1)
        value = _DATA.sub(lambda one: "" if one.group(1) else one.group(), value)
        yield Piece(f"{before}{where}", value)
        if "%" in value:
            yield Piece(f"{before}{where}", unquote(value))
