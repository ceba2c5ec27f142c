"""Sums and formulas on the papers: a line's amount and a condition with its numbers put in, so that a reader can repeat them by hand.

Everything is read from what a determination froze. A working is printed only where it gives the counted amount to the fen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bangfu.common.money import format_fen, parse_yuan
from bangfu.policy import labels as words
from bangfu.policy.pack.model import Pack

SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
COMPARED = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_WHOLE = 3
_PAYERS = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")


def fen(text: Any) -> int | None:
    """``"-1234.5"`` → ``-123450``; unknown stays ``None``."""
    if not isinstance(text, str) or not text:
        return None
    return -parse_yuan(text[1:]) if text.startswith("-") else parse_yuan(text)


def yuan(text: Any) -> str:
    """Decimal text of a document as printed: ``"26580.00"`` → ``26,580.00``; unknown → ``未定``."""
    value = fen(text)
    return "未定" if value is None else format_fen(value).replace("-", "−")


def months_between(first: str, last: str) -> int:
    """How many months from ``2020-04`` to ``2020-09``, both counted; never less than none."""
    year, month = map(int, first.split("-"))
    end_year, end_month = map(int, last.split("-"))
    return max(0, (end_year - year) * 12 + end_month - month + 1)


def months_inside(line: Mapping[str, Any], window: Mapping[str, Any]) -> int:
    """How many months of a line fall into the window."""
    if line.get("month"):
        return 1 if window["from"] <= line["month"] <= window["to"] else 0
    if not line.get("from") or not line.get("to"):
        return 0
    return months_between(max(line["from"], window["from"]), min(line["to"], window["to"]))


def stated(line: Mapping[str, Any]) -> int | None:
    """What the family put down for a line, in 分: of a month, or of a single bill."""
    if line.get("kind") == "schooling":
        parts = [fen(line.get(name)) for name in ("tuition", "boarding", "travel")]
        return None if None in parts else sum(part for part in parts if part is not None)
    for name in ("monthly", "amount", "total"):
        if line.get(name) is not None:
            return fen(line[name])
    return None


def covered(line: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What others paid of an expense, by payer: (name, 分); only what is more than nothing."""
    found: list[tuple[str, int]] = []
    for name in _PAYERS:
        value = fen((line.get("paid_by") or {}).get(name))
        if value:
            found.append((words.KEYS[name], value))
    aided = fen(line.get("aided"))
    if aided:
        found.append((words.KEYS["aided"], aided))
    return found


def working(line: Mapping[str, Any], counted: str | None, window: Mapping[str, Any]) -> str:
    """How the counted amount comes from the line; empty where the line's own figure is already the amount, or no plain sum gives it."""
    amount, given, count = fen(counted), stated(line), months_inside(line, window)
    if amount is None or amount == 0:
        return ""
    size = abs(amount)
    if line.get("monthly") is not None or line.get("from"):
        if count < 1 or size % count:
            return ""
        shown = f"{'−' if amount < 0 else ''}{format_fen(size // count)} × {count}个月"
        return shown if given == size // count or given is None else f"{shown}（填报 {format_fen(given)}）"
    if given is None or given == size:
        return ""
    paid = covered(line)
    if not paid or given - sum(value for _, value in paid) != size:
        return ""
    if line.get("kind") == "schooling":
        head = " + ".join(
            f"{words.KEYS[name]} {yuan(line[name])}"
            for name in ("tuition", "boarding", "travel")
            if fen(line.get(name))
        )
    else:
        head = format_fen(given)
    return head + "".join(f" − {name} {format_fen(value)}" for name, value in paid)


# --- conditions ---------------------------------------------------------------------------------------------------
def comparisons(trace: Mapping[str, Any], where: str, code: str, pack: Pack) -> list[str]:
    """The amounts a condition compares, each as ``（家庭总收入 26,580.00 − …）÷ 3人 ÷ 6个月 = 976.67 ≤ 低保标准 1,010.00``."""
    written = _Written(trace.get("terms") or {}, pack)
    for entry in trace.get("conditions", ()):
        if entry.get("where") == where and entry.get("code") == code:
            return [text for text in (written.comparison(node) for node in _compares(entry)) if text]
    return []


def _compares(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if isinstance(node.get("left"), Mapping):
        yield node
        return
    for part in node.get("parts", ()):
        if isinstance(part, Mapping):
            yield from _compares(part)


def _is_money(node: Mapping[str, Any]) -> bool:
    value = node.get("value")
    return isinstance(value, str) and "." in value


@dataclass(frozen=True)
class _Written:
    """A node of the trace as a person would write it."""

    terms: Mapping[str, Any]
    pack: Pack

    def comparison(self, node: Mapping[str, Any]) -> str:
        left, right = node["left"], node["right"]
        sign = COMPARED.get(str(node.get("op")), "")
        if not sign or not _is_money(left) or not _is_money(right):
            return ""
        held = {"met": "成立", "not_met": "不成立"}.get(str(node.get("result")), "还不能判断")
        return f"{self.side(left)} {sign} {self.side(right)}，{held}"

    def side(self, node: Mapping[str, Any]) -> str:
        text, strength = self.part(node)
        return f"{text} = {yuan(node['value'])}" if strength < _WHOLE else text

    def part(self, node: Mapping[str, Any]) -> tuple[str, int]:
        """A node with its numbers put in, and how tightly its outermost sign binds."""
        op, parts = node.get("op"), node.get("parts") or []
        if op == "term":
            formula = self.terms.get(str(node.get("term")))
            # inside "the last three months" a term has another value than the one that is written out
            if formula and formula.get("value") == node.get("value"):
                return self.part({**formula, "text": formula.get("text") or formula.get("formula")})
        if op == "last" and parts:
            inner, strength = self.part(parts[0])
            return f"〔最近{_months_of(parts[0])}个月〕{inner}", strength
        if op == "arithmetic" and len(parts) == 2:
            sign = _sign(str(node.get("text")), str(parts[0].get("text")))
            if sign:
                mine = _STRENGTH[sign]
                (left, weak), (right, strong) = self.part(parts[0]), self.part(parts[1])
                left = f"（{left}）" if weak < mine else left
                right = f"（{right}）" if strong < mine or (strong == mine and sign in "-/") else right
                return f"{left} {SIGNS[sign]} {right}", mine
        return self.leaf(node), _WHOLE

    def leaf(self, node: Mapping[str, Any]) -> str:
        op, text, value = node.get("op"), str(node.get("text")), node.get("value")
        if op == "size":
            return f"{value}人"
        if op == "windowmonths":
            return f"{value}个月"
        if op == "literal":
            return _fraction(str(value))
        shown = yuan(value) if _is_money(node) else "未定" if not isinstance(value, str | int) else str(value)
        return f"{self.name(str(op), text, node)} {shown}".strip()

    def name(self, op: str, text: str, node: Mapping[str, Any]) -> str:
        rules = self.pack.rules
        if op == "pot" and text in rules.pots:
            return rules.pots[text].title.partition("（")[0]
        if op == "standard" and text in rules.standards:
            return rules.standards[text].title.partition("（")[0]
        if op == "term" and node.get("term") in rules.terms:
            return rules.terms[str(node["term"])].title
        if op == "fact":
            return words.KEYS.get(str(node.get("path")).rpartition(".")[2], "")
        return ""


def _months_of(node: Mapping[str, Any]) -> str:
    if node.get("op") == "windowmonths":
        return str(node.get("value"))
    found = [_months_of(part) for part in node.get("parts") or []]
    return next((one for one in found if one), "")


def _sign(text: str, left: str) -> str:
    """The sign between two parts: the source of the whole begins with the source of its left part, maybe in brackets."""
    start = text.find(left)
    rest = text[start + len(left) :].lstrip(") ") if start >= 0 else ""
    return rest[0] if rest[:1] in SIGNS else ""


def _fraction(text: str) -> str:
    """``3/2`` → ``1.5``; a fraction without a short decimal stays one."""
    top, _, bottom = text.partition("/")
    if not bottom or not top.lstrip("-").isdigit() or not bottom.isdigit():
        return text
    scaled, rest = divmod(int(top) * 10000, int(bottom))
    if rest:
        return text
    whole, part = divmod(scaled, 10000)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".")
