"""Numbers that name a person: certificates, bank cards, telephones. Found in runs of digits with whatever stands between them."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bangfu.common.identity import PROVINCES, check_digit
from bangfu.common.leaks.kinds import Kind, Known

BETWEEN = r"[\s\-‐‑–—_./\\·•,，、:：()\[\]【】|~+;；'\"]"
_RUN = re.compile(rf"\d(?:{BETWEEN}{{0,4}}\d)*(?:{BETWEEN}{{0,3}}[Xx](?![A-Za-z]))?")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)")
_MONEY = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)|(?<![\d.,])\d+\.\d{2}(?![\d.])")
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d)\.(\d{5,})[Ee]\+?(1[0-8])(?!\d)")
_MASK = "*×#•●■□◆○?xX"
_MASKED = re.compile(rf"(?<![\dA-Za-z])[\d{re.escape(_MASK)}](?:[ \-]?[\d{re.escape(_MASK)}]){{10,18}}(?![\dA-Za-z])")
_SAID = re.compile(
    r"(?:电话|手机|联系方式|联系人|微信|致电|QQ|tel|phone|mobile)[^\d\n]{0,8}(\d(?:[ \-]?\d){6,7})(?![\d\-])",
    re.IGNORECASE,
)
_LANDLINE = re.compile(
    r"(?<!\d)(?:\+?86[\s\-]*)?[(]?(0(?:10|2\d|[3-9]\d\d))[)]?[\s\-—–_.·/]{0,3}((?:\d[ \-._·]{0,2}){7,8})(?!\d)"
)
_CODE = re.compile(r"[0-9A-Za-z]{16,}")


@dataclass(frozen=True)
class Window:
    """Some whole groups of a run: the digits, the sizes of the groups, what stands between them, the span in the text."""

    digits: str
    sizes: tuple[int, ...]
    between: tuple[str, ...]
    start: int
    end: int


def find(text: str, known: Known, *, strong: bool = False) -> Iterator[tuple[Kind, int]]:
    """Kinds with their place in a folded text. ``strong``: only what cannot be chance, for texts that were joined together."""
    text = _SCIENTIFIC.sub(_written_out, text)
    allowed = frozenset(_plain_phone(one) for one in known.allowed_phones)
    yield from _own(text, known, allowed)
    for run in _RUN.finditer(text):
        windows = list(_windows(run.group(), run.start()))
        dates = [found.span() for found in _DATE.finditer(text, max(run.start() - 4, 0), run.end() + 4)]
        money = [found.span() for found in _MONEY.finditer(text, max(run.start() - 4, 0), run.end() + 4)]
        yield from _id_numbers(run.group(), run.start(), windows, dates, money)
        if not strong:
            yield from _cards(windows, dates, money, text)
            yield from _mobiles(windows, dates, money, allowed, text)
    if strong:
        return
    for found in _LANDLINE.finditer(text):
        if not _allowed(found.group(1) + found.group(2), allowed) and not _inside(_DATE, text, found.start()):
            yield Kind.PHONE, found.start()
    for found in _SAID.finditer(text):
        if not _allowed(found.group(1), allowed):
            yield Kind.PHONE, found.start(1)
    yield from _masked(text, known)


def _written_out(found: re.Match[str]) -> str:
    """``1.20101197603181E+17`` is how a spreadsheet keeps a number of eighteen digits."""
    digits = found.group(1) + found.group(2)
    return digits.ljust(int(found.group(3)) + 1, "0")


def _only_digits(text: str) -> str:
    return re.sub(r"[^\dXx]", "", text).upper()


def _plain_phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return re.sub(r"^(?:0086|86)(?=1[3-9]\d{9}$|0\d{9,11}$)", "", digits)


def _allowed(text: str, allowed: frozenset[str]) -> bool:
    digits = _plain_phone(text)
    return any(digits == one or (len(digits) >= 7 and one.endswith(digits)) for one in allowed)


def _own(text: str, known: Known, allowed: frozenset[str]) -> Iterator[tuple[Kind, int]]:
    """The family's own numbers, whatever stands between their signs."""
    kept = [(sign.upper(), place) for place, sign in enumerate(text) if sign.isdigit() or sign in "Xx"]
    digits = "".join(sign for sign, _ in kept)
    for kind, values in (
        (Kind.ID_NUMBER, known.id_numbers),
        (Kind.BANK_CARD, known.cards),
        (Kind.PHONE, known.phones),
    ):
        for value in values:
            if kind is Kind.PHONE and _allowed(value, allowed):
                continue  # the family gave the union's telephone as its own
            wanted = _only_digits(value)
            place = digits.find(wanted) if len(wanted) >= 7 else -1
            if place >= 0 and _near(kept[place : place + len(wanted)]):
                yield kind, kept[place][1]
    for value in known.id_numbers:
        wanted = _only_digits(value)
        if len(wanted) == 18:  # the year of birth without its century, no check digit: the old form
            short = wanted[:6] + wanted[8:17]
            place = digits.find(short)
            if place >= 0 and _near(kept[place : place + 15]):
                yield Kind.ID_NUMBER, kept[place][1]


def _near(kept: list[tuple[str, int]]) -> bool:
    """Whether the signs stand together: nothing but a little between them, and not gathered from a whole page."""
    return kept[-1][1] - kept[0][1] <= len(kept) * 6


def _windows(run: str, offset: int) -> Iterator[Window]:
    """All sequences of whole groups that have 11 to 19 digits."""
    groups = [(found.group(), found.start(), found.end()) for found in re.finditer(r"\d+[Xx]?|[Xx]", run)]
    for first in range(len(groups)):
        total = 0
        for last in range(first, len(groups)):
            total += len(groups[last][0])
            if total > 19:
                break
            if total >= 11:
                part = groups[first : last + 1]
                between = tuple(run[left[2] : right[1]] for left, right in itertools.pairwise(part))
                yield Window(
                    "".join(group[0] for group in part).upper(), tuple(len(group[0]) for group in part), between,
                    offset + part[0][1], offset + part[-1][2],
                )  # fmt: skip


Spans = list[tuple[int, int]]


def _cut(window: Window, spans: Spans) -> bool:
    """Whether a date or an amount lies partly in the window: then its digits are not one number."""
    return any(
        start < window.end and end > window.start and not (start <= window.start and end >= window.end)
        for start, end in spans
    )


def is_id_number(digits: str, *, checked: bool = True) -> bool:
    """Whether 18 (or 15) digits are a certificate's number: province, a real day, and the check digit if asked."""
    if digits[:2] not in PROVINCES:
        return False
    born = digits[6:14] if len(digits) == 18 else f"19{digits[6:12]}"
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        return False
    if not 1890 <= day.year <= 2100:
        return False
    if len(digits) == 15:
        return digits.isdigit()
    return not checked or check_digit(digits[:17]) == digits[17]


def _id_numbers(run: str, offset: int, windows: list[Window], dates: Spans, money: Spans) -> Iterator[tuple[Kind, int]]:
    for found in re.finditer(r"(?=(\d{17}[\dXx]))", run):  # together, wherever they begin
        digits, whole = found.group(1).upper(), not run[max(found.start() - 1, 0) : found.start()].isdigit()
        ends = not run[found.start() + 18 : found.start() + 19].isdigit()
        if is_id_number(digits, checked=not (whole and ends)):
            yield Kind.ID_NUMBER, offset + found.start()
    for window in windows:
        size = len(window.digits)
        if size == 18 and window.digits[:17].isdigit() and is_id_number(window.digits):
            birth = _span_of(window, 6, 14)
            loose = [span for span in dates if span != birth]
            if not _cut(window, loose) and not _cut(window, money):
                yield Kind.ID_NUMBER, window.start
        elif size == 15 and is_id_number(window.digits) and not _cut(window, dates) and not _cut(window, money):
            sizes = window.sizes
            tight = (
                len(sizes) <= 2 or sizes in ((6, 6, 3), (6, 2, 2, 2, 3)) or set(sizes) <= {1} or set(sizes) <= {3, 5}
            )
            if tight:
                yield Kind.ID_NUMBER, window.start


def _span_of(window: Window, first: int, last: int) -> tuple[int, int]:
    """Where the digits ``first`` to ``last`` of a window stand, if they begin and end with its groups; else nowhere."""
    place, at = window.start, 0
    start = end = -1
    for number, size in enumerate(window.sizes):
        if at == first:
            start = place
        at += size
        place += size
        if at == last:
            end = place
        if number < len(window.between):
            place += len(window.between[number])
    return start, end


def luhn(digits: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_credit_code(digits: str) -> bool:
    """统一社会信用代码 that happens to be digits only (GB 32100): it names an employer, not a person."""
    if len(digits) != 18 or digits[:2] not in ("91", "92", "93", "81", "51", "52", "53", "11", "12"):
        return False
    total = sum(int(digit) * pow(3, place, 31) for place, digit in enumerate(digits[:17]))
    return (31 - total % 31) % 31 == int(digits[17])


def _cards(windows: list[Window], dates: Spans, money: Spans, text: str) -> Iterator[tuple[Kind, int]]:
    for window in windows:
        digits, sizes = window.digits, window.sizes
        if not (16 <= len(digits) <= 19 and digits.isdigit() and digits[0] in "34569" and luhn(digits)):
            continue
        if _is_credit_code(digits) or _cut(window, dates) or _cut(window, money) or _in_code(text, window):
            continue
        fours = set(sizes[:-1]) == {4} and sizes[-1] <= 4
        if len(sizes) <= 2 or fours or set(sizes) <= {1} or (len(sizes) == 3 and not _spaced(window)) or sizes[0] == 6:
            yield Kind.BANK_CARD, window.start


def _spaced(window: Window) -> bool:
    return all(between.strip(" ") == "" for between in window.between)


def _mobiles(
    windows: list[Window], dates: Spans, money: Spans, allowed: frozenset[str], text: str
) -> Iterator[tuple[Kind, int]]:
    for window in windows:
        digits, sizes = window.digits, window.sizes
        if len(digits) in (13, 15) and re.fullmatch(r"(?:86|0086)1[3-9]\d{9}", digits) and sizes[0] in (2, 4, 13, 15):
            digits = digits[-11:]
        elif len(digits) != 11 or not re.fullmatch(r"1[3-9]\d{9}", digits):
            continue
        if _allowed(digits, allowed) or _in_code(text, window):
            continue
        if len(sizes) > 1 and (_cut(window, dates) or _cut(window, money) or _is_year(sizes, digits)):
            continue
        if _grouped_like_a_phone(window):
            yield Kind.PHONE, window.start


def _is_year(sizes: tuple[int, ...], digits: str) -> bool:
    return sizes[0] == 4 and digits.startswith("19") and sizes[1] <= 2


def _grouped_like_a_phone(window: Window) -> bool:
    sizes = window.sizes if window.sizes[0] not in (2, 4) or len(window.digits) == 11 else window.sizes[1:]
    if len(sizes) <= 2 or set(sizes) <= {1, 2}:
        return True
    if len(sizes) == 3:
        return not _spaced(window) or sizes in ((3, 4, 4), (4, 4, 3), (3, 3, 5), (4, 3, 4), (3, 5, 3), (1, 5, 5))
    same = len(set(window.between)) == 1
    return len(sizes) <= 5 and same and not _spaced(window)


def _in_code(text: str, window: Window) -> bool:
    """Whether the digits stand inside a long mixed code (the digest of a file, a token), where any digits come by chance."""
    if len(window.sizes) > 1:
        return False
    start, end = window.start, window.end
    while start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isascii() and text[end].isalnum():
        end += 1
    code = text[start:end]
    return bool(_CODE.fullmatch(code)) and sum(sign.isalpha() for sign in code) >= 4


def _inside(pattern: re.Pattern[str], text: str, place: int) -> bool:
    return any(found.start() <= place < found.end() for found in pattern.finditer(text, max(place - 12, 0), place + 24))


def _masked(text: str, known: Known) -> Iterator[tuple[Kind, int]]:
    """Numbers of which too little is hidden: more than six signs of a certificate, seven of a telephone, eight of a card are readable."""
    for found in _MASKED.finditer(text):
        signs = re.sub(r"[ \-]", "", found.group())
        hidden = sum(sign in _MASK for sign in signs)
        if not hidden or (hidden == 1 and signs[-1] in "Xx"):
            continue
        seen = len(signs) - hidden - (signs[-1] in "Xx" and hidden > 1)
        if len(signs) in (15, 18) and (seen > 6 or (known.id_numbers and seen >= 6 and _fits(signs, known.id_numbers))):
            yield Kind.ID_NUMBER, found.start()
        elif len(signs) == 11 and re.match(rf"1[3-9{re.escape(_MASK)}]", signs):
            if seen > 7 or (seen >= 6 and _fits(signs, known.phones)):
                yield Kind.PHONE, found.start()
        elif 16 <= len(signs) <= 19 and seen > 8:
            yield Kind.BANK_CARD, found.start()


def _fits(signs: str, values: frozenset[str]) -> bool:
    return any(
        len(value) == len(signs)
        and all(sign in _MASK or sign == digit for sign, digit in zip(signs, value.upper(), strict=True))
        for value in (_only_digits(value) for value in values)
    )
