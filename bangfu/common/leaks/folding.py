"""Brings text into one form, so that what is spread out, full-width or hidden between invisible signs is still found."""

import unicodedata
from dataclasses import dataclass

CHINESE_DIGITS = {
    **dict(zip("一二三四五六七八九", "123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    "〇": "0",
    "零": "0",
    "○": "0",
    "幺": "1",
    "两": "2",
    "貳": "2",
    "參": "3",
    "陸": "6",
}
LOOK_ALIKES = {"O": "0", "o": "0", "О": "0", "l": "1", "I": "1", "|": "1", "丨": "1"}


@dataclass(frozen=True)
class Folded:
    """A text in its plain form; ``origin[i]`` is the place in the source of its sign ``i``."""

    text: str
    origin: tuple[int, ...]

    def without(self, drop: str) -> "Folded":
        """The same without some signs (white space is always among them)."""
        kept = [
            (sign, at) for sign, at in zip(self.text, self.origin, strict=True) if not (sign.isspace() or sign in drop)
        ]
        return Folded("".join(sign for sign, _ in kept), tuple(at for _, at in kept))

    def mapped(self, table: dict[str, str]) -> "Folded":
        return Folded("".join(table.get(sign, sign) for sign in self.text), self.origin)


def fold(text: str) -> Folded:
    """NFKC sign by sign, all digits of the world as 0–9, nothing invisible."""
    out: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        if sign.isascii():
            plain = sign if sign.isprintable() or sign == "\n" else " "
        else:
            category = unicodedata.category(sign)
            if category in ("Cf", "Mn", "Me") or sign in "\u115f\u1160\u3164\u2800":
                continue
            number = unicodedata.digit(sign, None)
            plain = str(number) if number is not None else unicodedata.normalize("NFKC", sign)
            if category in ("Zs", "Zl", "Zp", "Cc"):
                plain = "\n" if category in ("Zl", "Zp") else " "
        out.append(plain)
        origin += [place] * len(plain)
    return Folded("".join(out), tuple(origin))


PUNCTUATION = "·.-_|/\\,，、:：;；'\"“”‘’()（）[]【】{}<>《》~+*=…—–‐‑!！?？。•#@&^`"
"""Signs that may stand between the letters of one word to hide it."""
LIGHT = "·.-_|/"
"""Signs that may stand inside a short name."""
