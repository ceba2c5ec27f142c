"""The scanner of what goes out in public: reads a finished file (PDF, page, spreadsheet, Word, text, picture) and says where it would
give away a number, an address, a name, an illness or money of a family. It says where and what kind, never the value.

    hits = scan(data, known, name="公示_G2020000001.pdf")

It knows the family's own values from ``Known`` and the forms that such values have in general. What it cannot read it holds back.
"""

from collections.abc import Iterator

from bangfu.common.leaks import numbers, words
from bangfu.common.leaks.folding import CHINESE_DIGITS, LOOK_ALIKES, fold
from bangfu.common.leaks.kinds import NOTHING_KNOWN, Hit, Kind, Known
from bangfu.common.leaks.picture import is_picture, stripped
from bangfu.common.leaks.reading import Piece, read

__all__ = ["NOTHING_KNOWN", "Hit", "Kind", "Known", "is_picture", "scan", "scan_text", "stripped"]

_PERSONAL = (Kind.ID_NUMBER, Kind.BANK_CARD, Kind.PHONE)


def scan(data: bytes, known: Known = NOTHING_KNOWN, *, name: str = "") -> list[Hit]:
    """Everything in a file that must not go out, each place and kind once. An empty list: nothing was found and all of it could be read."""
    found: dict[tuple[str, Kind], Hit] = {}
    for piece in [Piece("文件名", name.rpartition(".")[0] or name)] if name else []:
        _keep(found, _look(piece, known))
    for part in read(data):
        _keep(found, [part] if isinstance(part, Hit) else _look(part, known))
    return list(found.values())


def scan_text(text: str, known: Known = NOTHING_KNOWN, *, where: str = "文字") -> list[Hit]:
    """The same for a text that a person typed."""
    found: dict[tuple[str, Kind], Hit] = {}
    _keep(found, _look(Piece(where, text), known))
    return list(found.values())


def _keep(found: dict[tuple[str, Kind], Hit], hits: "list[Hit] | Iterator[Hit]") -> None:
    for hit in hits:
        found.setdefault((hit.where, hit.kind), hit)


def _look(piece: Piece, known: Known) -> Iterator[Hit]:
    """A piece in its readings: as it stands, with Chinese numerals as digits, with letters that look like digits as digits."""
    source = fold(piece.text)
    if not source.text.strip():
        return
    last = len(piece.text) - 1

    def hit(kind: Kind, place: int) -> Hit:
        return Hit(piece.place(min(place, last)), kind)

    for kind, at in numbers.find(source.text, known, strong=piece.joined):
        yield hit(kind, source.origin[min(at, len(source.origin) - 1)])
    for table in (CHINESE_DIGITS, LOOK_ALIKES):
        if sum(sign in table for sign in source.text) >= 3:
            other = source.mapped(table)
            for kind, at in numbers.find(other.text, known, strong=piece.joined or table is LOOK_ALIKES):
                if kind in _PERSONAL:
                    yield hit(kind, other.origin[min(at, len(other.origin) - 1)])
    if not piece.joined:
        for kind, place in words.find(source, known):
            yield hit(kind, place)
    if piece.cell:
        for kind, place in words.amounts(source, known, cell=True):
            yield hit(kind, place)
