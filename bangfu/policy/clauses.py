"""Every clause of a policy text: what it asks, in our own words, and what in the system realises it.

`clauses.yaml` of a pack is a list with one entry per requirement row of the text. `load` reads it and tells all faults at once with file
and line; `Clauses` looks entries up by row id or by the clause number a determination cites; `check` holds the references against the
other parts of the pack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.policy import source
from bangfu.policy.source import Node, PackFault, PackFaults

FILE = "clauses.yaml"
GIST_LIMIT = 60

#: D: not a sentence of the text but an item of a check list or form drawn from it, which has the force of the clause it comes from.
FORCES = {"M": "必须", "P": "允许", "E": "鼓励", "C": "背景", "D": "派生"}

KINDS = {
    "rule": "认定规则",
    "step": "办理步骤",
    "evidence": "佐证材料",
    "aid": "帮扶规则",
    "clock": "时限",
    "lifecycle": "档案动态管理",
    "form": "填报项",
    "paper": "打印件",
    "page": "页面",
    "service": "系统动作",
    "pack": "另一份政策",
    "planned": "待建",
    "guidance": "工作指引",
    "not_software": "非软件事项",
}

#: Kinds whose reference names something in another part of the same pack.
CHECKED_KINDS = ("rule", "step", "evidence", "aid", "clock", "lifecycle")

#: Rooms and topics that may stand behind `planned`.
PLANNED_FOR = frozenset(
    [
        "organizations",
        "families",
        "casework",
        "funds",
        "archives",
        "oversight",
        "reports",
        "exchange",
        "portal",
        "api",
        "lifecycle",
        "population",
    ]
)

PAPERS = frozenset(["application_form", "calculation_sheet", "public_notice", "home_visit_form", "authorization_form"])

#: Pages a clause may name; the library knows their addresses.
PAGES = {
    "policy_library": "政策",
    "organizations": "工会",
    "accounts": "账号与岗位",
    "standards": "地方标准",
    "calendar": "工作日历",
    "audit_log": "操作记录",
    "work_list": "今天要办",
    "household": "家庭录入",
    "evidence_upload": "佐证材料",
    "case": "办理",
}

_KEYS = ("id", "clause", "force", "gist", "realised_by")
_DOCUMENT = re.compile(r"([^\s、；;，,]*〔[0-9]{4}〕[0-9]+号)")
_ROW_ID = re.compile(r"^[A-Z][A-Z0-9]*-[0-9A-Za-z.\-]+$")
_PACK = re.compile(r"^[a-z]+(-[a-z]+)*-[0-9]{4}$")
_SERVICE = re.compile(r"^[a-z_]+\.[a-z_]+$")


@dataclass(frozen=True)
class Realisation:
    """One thing that realises a clause: `kind` of `KINDS`, `ref` its code, room or reason (empty for guidance)."""

    kind: str
    ref: str
    line: int = field(default=0, compare=False)

    @property
    def kind_name(self) -> str:
        """The kind in Chinese, for pages."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Clause:
    """One row of a policy text. `clause` is the number as the text has it; `force` is M, P, E, C or D (see `FORCES`)."""

    id: str
    clause: str
    force: str
    gist: str
    realised_by: tuple[Realisation, ...]
    file: str
    line: int

    @property
    def anchor(self) -> str:
        """The anchor of its clause number: rows of one clause share it."""
        return anchor(self.clause)

    @property
    def pack_id(self) -> str:
        """The policy whose text this is (`tianjin-commerce-2020`), also when it was found through a pack below."""
        return self.file.partition("/")[0].replace("_", "-")

    @property
    def force_name(self) -> str:
        return FORCES[self.force]

    @property
    def is_planned(self) -> bool:
        """Whether a part of it is still to be built."""
        return any(item.kind == "planned" for item in self.realised_by)


# --- clause numbers -----------------------------------------------------------------------------------------------

Token = tuple[str, str]
ClausePath = tuple[Token, ...]

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_CIRCLED = {chr(0x2460 + index): index + 1 for index in range(20)}
_WORDS = {
    "文头": "head",
    "落款": "foot",
    "排除": "e",
    "后列": "list",
    "末款": "end",
    "步": "step",
    "指引": "g",
    "通知": "notice",
    "前言": "preface",
    "档案办法": "files",
    "资金办法": "fund",
    "说明": "notes",
    "申请表": "application",
    "审批表": "approval",
}
#: Words that say where in a clause something stands; a citation may leave them out.
_MARKERS = frozenset({"e", "list", "end", "step"})
#: Numbers that begin anew after a separator: 第四条（一）；附件2 第十条.
_TOPS = frozenset(
    {"a", "c", "g", "head", "foot", "notice", "preface", "files", "fund", "notes", "application", "approval"}
)
_SEPARATORS = "、，,；;和及与/"
_LEXER = re.compile(
    r"(?P<d>[^\s、；;，,〔]*〔[0-9]{4}〕[0-9]+号)"
    r"|附件(?P<a>[0-9]*)"
    r"|第(?P<c>[一二三四五六七八九十百0-9]+)条"
    r"|第(?P<k>[一二三四五六七八九十0-9]+)款|¶(?P<k2>[0-9]+)"
    r"|\((?P<p>[一二三四五六七八九十]+)\)"
    r"|\((?P<q>[0-9]+)\)"
    r"|(?P<o>[①-⑳])"
    r"|(?P<n>[0-9]+)"
    r"|(?P<w>文头|落款|排除|后列|末款|步|指引|通知|前言|档案办法|资金办法|说明|申请表|审批表)"
    r"|(?P<s>[一二三四五六七八九十]+)"
    rf"|(?P<sep>[{_SEPARATORS}])"
    r"|(?P<x>.)"
)
_NORMAL = str.maketrans(
    {"（": "(", "）": ")", "．": ".", "０": "0", "《": None, "》": None, ".": None, " ": None, "\u3000": None}
)


def _number(text: str) -> int:
    """An Arabic or Chinese numeral below 1000."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def _tokens(number: str) -> Iterator[Token]:
    for match in _LEXER.finditer(number.translate(_NORMAL)):
        kind, text = match.lastgroup or "x", match.group(match.lastgroup or 0)
        if kind == "w":
            yield _WORDS[text], ""
        elif kind == "o":
            yield "o", str(_CIRCLED[text])
        elif kind == "a":
            yield "a", text
        elif kind in ("sep", "x", "d"):
            yield kind, text
        else:
            yield kind[0], str(_number(text))


def parse_citation(number: str) -> tuple[ClausePath, ...]:
    """The clauses a citation names, each as a path: 第四条（一）（三） are two, 附件1 一（二）1 is one."""
    paths: list[ClausePath] = []
    path: list[Token] = []
    after_separator = False
    for token in _tokens(number):
        kind = token[0]
        if kind == "sep":
            after_separator = bool(path)
            continue
        positions = [index for index, (other, _) in enumerate(path) if other == kind and kind != "x"]
        if after_separator and not positions and kind in _TOPS:
            positions = [0]
        if positions and (after_separator or positions[-1] == len(path) - 1):
            paths.append(tuple(path))
            del path[positions[-1] :]
        path.append(token)
        after_separator = False
    if path:
        paths.append(tuple(path))
    return tuple(paths)


def _part(token: Token) -> str:
    kind, value = token
    if kind == "x":
        return "x" + value.encode().hex()
    if kind == "d":  # a document number, of a pack that is made of several texts
        issuer, _, rest = value.partition("〔")
        return "-".join(["d" + rest.rstrip("号").replace("〕", "-"), issuer.encode().hex()])
    return value if kind == "n" else kind + value


def anchor(clause_number: str) -> str:
    """A stable, URL-safe ASCII name for a clause number, the same wherever the number is written in another width.

    第四条（一）排除5（3） becomes `c4-p1-e-5-q3`, 附件1 一（二）1 becomes `a1-s1-p2-1`. Two different numbers never share one.
    """
    text = "--".join("-".join(_part(token) for token in path) for path in parse_citation(clause_number))
    return f"n{text}" if text[:1].isdigit() else text or "top"


def _bare(path: ClausePath) -> ClausePath:
    return tuple(token for token in path if token[0] not in _MARKERS)


# --- a text's clauses ---------------------------------------------------------------------------------------------


class Clauses:
    """The clauses of one text in their order, and those of its parent behind them."""

    def __init__(self, entries: Iterable[Clause], parent: Clauses | None = None, number: str | None = None) -> None:
        """`number` is the text's document number (津商务工〔2020〕13号), by which a citation may name it."""
        self.entries = tuple(entries)
        self.parent = parent
        self.number = number
        self._by_id = {entry.id: entry for entry in self.entries}
        self._by_path: dict[ClausePath, list[Clause]] = {}
        self._by_bare: dict[ClausePath, list[Clause]] = {}
        #: Of a pack made of several texts: the document numbers that stand in front of its clause numbers.
        self._documents = {found.group(1) for entry in self.entries if (found := _DOCUMENT.match(entry.clause))}
        for entry in self.entries:
            for path in parse_citation(entry.clause):
                self._by_path.setdefault(path, []).append(entry)
                self._by_bare.setdefault(_bare(path), []).append(entry)

    def __iter__(self) -> Iterator[Clause]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._by_id or (self.parent is not None and row_id in self.parent)

    def by_id(self, row_id: str) -> Clause:
        """The entry of a row id, of this text or of the parent's. Raises `KeyError`."""
        if row_id in self._by_id:
            return self._by_id[row_id]
        if self.parent is not None:
            return self.parent.by_id(row_id)
        raise KeyError(row_id)

    def by_number(self, citation: str) -> tuple[Clause, ...]:
        """The entries a citation leads to, in the text's order; empty when no text knows it.

        A citation may name several clauses, leave out words such as 排除, stand above the entries (all below it are meant) or be finer
        than any entry (the nearest clause above it is meant). This text comes before its parent; an exact hit there before a near one here.
        A document number in front (总工办发〔2020〕13号 第四条) says which text is meant.
        """
        found: list[Clause] = []
        parts = _DOCUMENT.split(citation)
        for document, numbers in [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
            text = self._of_document(document)
            if text is None:
                continue
            if document in text._documents:
                numbers = f"{document} {numbers}"
            for path in parse_citation(numbers):
                found += [entry for entry in text._find(path) if entry not in found]
        return tuple(found)

    def _of_document(self, document: str | None) -> Clauses | None:
        """The text with that document number, here or above; this one when none is named, None when nobody has it."""
        if document is None or document == self.number or document in self._documents:
            return self
        return self.parent._of_document(document) if self.parent is not None else None

    def _find(self, path: ClausePath) -> list[Clause]:
        upper = self.parent
        return (
            self._exact(path)
            or (upper._exact(path) if upper else [])
            or self._nearest(path)
            or (upper._nearest(path) if upper else [])
        )

    def knows(self, citation: str) -> bool:
        """Whether every clause a citation names stands in this text itself, as an entry or above some."""
        paths = parse_citation(citation)
        return bool(paths) and all(self._exact(path) for path in paths)

    def _exact(self, path: ClausePath) -> list[Clause]:
        if hits := self._by_path.get(path) or self._by_bare.get(_bare(path)):
            return hits
        length = len(path)
        return [entry for other, entries in self._by_path.items() if other[:length] == path for entry in entries]

    def _nearest(self, path: ClausePath) -> list[Clause]:
        for length in range(len(path) - 1, 0, -1):
            if hits := self._by_path.get(path[:length]) or self._by_bare.get(_bare(path[:length])):
                return hits
        return []

    def link(self, citation: str) -> tuple[str, str] | None:
        """(policy id, anchor) of the first entry a citation leads to, for links; None when there is none."""
        hits = self.by_number(citation)
        return (hits[0].pack_id, hits[0].anchor) if hits else None

    def groups(self) -> list[tuple[str, tuple[Clause, ...]]]:
        """The entries of this text by clause number, in the order in which the numbers first appear."""
        grouped: dict[str, list[Clause]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.clause, []).append(entry)
        return [(number, tuple(entries)) for number, entries in grouped.items()]

    def realised_by(self, kind: str, ref: str) -> tuple[Clause, ...]:
        """The entries of this text that name (kind, ref)."""
        return tuple(e for e in self.entries if any(r.kind == kind and r.ref == ref for r in e.realised_by))

    def unrealised(self) -> tuple[Clause, ...]:
        """The entries of this text of which a part is still to be built."""
        return tuple(entry for entry in self.entries if entry.is_planned)

    def counts(self) -> dict[str, int]:
        """How many entries of this text name each kind (an entry with two kinds counts under both)."""
        return {
            kind: number
            for kind in KINDS
            if (number := sum(any(r.kind == kind for r in entry.realised_by) for entry in self.entries))
        }


# --- loading ------------------------------------------------------------------------------------------------------


def load(pack_dir: Path, parent: Clauses | None = None) -> Clauses:
    """Reads `clauses.yaml` of a pack folder. Raises `PackFaults` with every fault of the file."""
    root = source.load(pack_dir / FILE)
    if not root.is_list:
        raise PackFaults([root.fault("a list of clauses is expected here")])
    faults: list[PackFault] = []
    entries: list[Clause] = []
    seen: dict[str, int] = {}
    anchors: dict[str, str] = {}
    for node in root:
        entry = _entry(node, faults)
        if entry is None:
            continue
        if entry.id in seen:
            faults.append(node.fault(f"{entry.id}: already stands in line {seen[entry.id]}", "id"))
        seen.setdefault(entry.id, entry.line)
        if anchors.setdefault(entry.anchor, entry.clause) != entry.clause:
            faults.append(node.fault(f"{entry.clause}: shares its anchor with {anchors[entry.anchor]}", "clause"))
        entries.append(entry)
    if faults:
        raise PackFaults(faults)
    return Clauses(entries, parent, _document_number(pack_dir))


def _document_number(pack_dir: Path) -> str | None:
    heading = pack_dir / "pack.yaml"
    if not heading.exists():
        return None
    number = source.load(heading).get("number")
    return number if isinstance(number, str) else None


def _entry(node: Node, faults: list[PackFault]) -> Clause | None:
    before = len(faults)
    faults += node.check_keys(_KEYS, _KEYS)
    if not node.is_map:
        return None
    values = {key: node.get(key) for key in _KEYS[:4]}
    for key, value in values.items():
        if key in node and not (isinstance(value, str) and value.strip()):
            faults.append(node.fault(f"{key}: text is missing", key))
    if isinstance(values["id"], str) and not _ROW_ID.match(values["id"]):
        faults.append(node.fault(f"{values['id']}: not the id of a row", "id"))
    if isinstance(values["force"], str) and values["force"] not in FORCES:
        faults.append(node.fault(f"{values['force']}: force is one of {' '.join(FORCES)}", "force"))
    if isinstance(values["gist"], str) and len(values["gist"]) > GIST_LIMIT:
        faults.append(node.fault(f"gist: {len(values['gist'])} characters, at most {GIST_LIMIT}", "gist"))
    realised = _realisations(node, faults)
    if len(faults) > before:
        return None
    return Clause(**values, realised_by=realised, file=node.file, line=node.line)


def _realisations(node: Node, faults: list[PackFault]) -> tuple[Realisation, ...]:
    listed = node.child("realised_by")
    if listed is None:
        return ()
    if not listed.is_list or not len(listed):
        faults.append(node.fault("realised_by: a list with at least one entry is expected", "realised_by"))
        return ()
    items: list[Realisation] = []
    for item in listed:
        if not item.is_map or len(item) != 1:
            faults.append(item.fault("realised_by: one `kind: reference` per entry is expected"))
            continue
        ((kind, value),) = item.items()
        fault = _reference_fault(kind, value.plain())
        if fault:
            faults.append(item.fault(fault))
            continue
        realisation = Realisation(kind, "" if kind == "guidance" else value.plain(), item.line)
        if realisation in items:
            faults.append(item.fault(f"{kind}: {realisation.ref} stands here twice"))
        items.append(realisation)
    return tuple(items)


def _reference_fault(kind: str, value: Any) -> str | None:
    if kind not in KINDS:
        return f"{kind}: unknown kind"
    if kind == "guidance":
        return None if value is True else "guidance: only true can stand here"
    if not (isinstance(value, str) and value.strip()):
        return f"{kind}: a reference is missing"
    if kind == "planned" and value not in PLANNED_FOR:
        return f"planned: {value}: no such room or topic"
    if kind == "paper" and value not in PAPERS:
        return f"paper: {value}: no such printed document"
    if kind == "page" and value not in PAGES:
        return f"page: {value}: no such page"
    if kind == "pack" and not _PACK.match(value):
        return f"pack: {value}: the id of a policy is expected"
    if kind == "service" and not _SERVICE.match(value):
        return f"service: {value}: room.verb is expected"
    return None


# --- references ---------------------------------------------------------------------------------------------------


def reference_faults(clauses: Clauses, codes: Mapping[str, Collection[str]]) -> list[PackFault]:
    """A fault for every reference of a checked kind that is not among `codes[kind]`."""
    return [
        PackFault(entry.file, item.line or entry.line, f"{entry.id}: {item.kind} {item.ref} is not in this pack")
        for entry in clauses
        for item in entry.realised_by
        if item.kind in CHECKED_KINDS and item.ref not in codes.get(item.kind, ())
    ]


def pack_codes(pack: Any) -> dict[str, frozenset[str]]:
    """What an entry of `pack` may name under each checked kind, collected from the other parts of the pack."""
    procedure, evidence, lifecycle = pack.procedure, pack.evidence, pack.lifecycle
    line_kinds = {kind for rule in pack.rules.lines for kind in rule.kinds}
    steps = {step.code for step in procedure.steps}
    step_clocks = {step.clock.code for step in procedure.steps if step.clock is not None}
    return {
        "rule": frozenset(pack.rule_codes() | line_kinds),
        "step": frozenset(
            steps.union(
                procedure.guards,
                procedure.returns,
                procedure.refusals,
                procedure.owners,
                procedure.channels,
                pack.workflow.codes(),
            )
        ),
        "evidence": frozenset({*evidence.documents, *evidence.papers, *evidence.folders}),
        "aid": frozenset(pack.aid.codes() | pack.assistance.codes()),
        "clock": frozenset(step_clocks.union(lifecycle.clocks)),
        "lifecycle": frozenset(lifecycle.codes()),
    }


def check(pack: Any) -> list[PackFault]:
    """A fault, with file and line, for every reference of a pack's clauses to a rule, step, paper, aid code or clock that it has not."""
    return reference_faults(pack.clauses, pack_codes(pack))
