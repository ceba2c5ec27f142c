"""Money for a filed family: which source may pay what, for whom, up to which sum, and who must have said yes before.

`aid.yaml` holds sources, kinds of aid with their purposes, forbidden uses, the matrix category × source, approval thresholds and the
gates with their clauses and severities; a gate that a pack does not name is not checked. All amounts are integer 分.
`bangfu.policy.aid` judges payments by these rules.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy import standards
from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

MODES = ("priority", "allowed", "shared", "override", "closed")
SEVERITIES = ("block", "approval", "warn")
CARRY_OVER = ("free", "never", "as_approved")
EFFECTS = ("approval", "record")
MEASURES = ("self_borne", "standard")
CAP_PER = ("household", "member", "case", "payment")
#: Local standards that are sums of money.
MONEY_STANDARDS = tuple(name for name, unit in standards.UNITS.items() if unit == "money")
BENEFICIARIES = ("household", "member", "child_student", "work_capable", "worker")
SECTIONS = (
    "sources", "channels", "kinds", "bans", "matrix", "closures", "companion", "approvals", "gates", "caps", "disable",
    "payable_statuses", "records",
)  # fmt: skip

#: What `aid` can check. The code of a gate is one of these.
GATES = frozenset(
    [
        "file_active",
        "after_filing",
        "in_plan",
        "cause_answered",
        "real_name",
        "proxy_reason",
        "holder_only",
        "card_only",
        "national_record",
        "account_holder",
        "kind_known",
        "purpose_known",
        "source_known",
        "beneficiary",
        "needs",
        "deductions_complete",
        "self_borne_cap",
        "matrix_closed",
        "override_reason",
        "share_ratio",
        "companion_closed",
        "released_by",
        "owner",
        "decision",
        "decision_amount",
        "own_chain",
        "bank_transfer",
        "other_method",
        "procurement",
        "banned_goods",
        "staff_payee",
        "one_time",
        "no_reduction",
        "total_over",
        "standard_in_force",
        "standard_followed",
        "restriction",
        "account_rule",
    ]
)


@dataclass(frozen=True)
class Source:
    """A source of money. `released_by`: the level whose union alone releases it. `decided`: needs a decision record.

    `own_rule`: target and scope are set per account, or by the donor, and approved before the first payment.
    `own_files`: spent only on the files of the union whose money it is. `carry_over`: whether what is left at the end of the year goes on
    (`free`), never does (`never`), or only as the authority that gave it has approved (`as_approved`); empty: the text does not say.
    """

    code: str
    title: str
    clause: str
    released_by: str | None
    decided: bool
    own_rule: bool
    own_files: bool
    origin: str
    carry_over: str = ""

    def may_carry_over(self, into: datetime.date, approved_until: datetime.date | None = None) -> bool | None:
        """Whether money of this source may still be spent on a day of a later year; None where the text does not say.

        `approved_until` is the last day that a written approval gives, for a source that needs one.
        """
        if self.carry_over == "as_approved":
            return approved_until is not None and into <= approved_until
        return {"free": True, "never": False}.get(self.carry_over)


@dataclass(frozen=True)
class Channel:
    """Where received money came from."""

    code: str
    title: str
    clause: str
    origin: str


@dataclass(frozen=True)
class Purpose:
    """One use within a kind of aid. `needs`: what must be on record (`employment_proof`). `answers`: causes; empty = the kind's."""

    code: str
    title: str
    clause: str
    needs: tuple[str, ...]
    beneficiary: str | None


@dataclass(frozen=True)
class Kind:
    """A kind of aid (帮扶项目) with its closed list of purposes and the causes it answers (empty: any)."""

    code: str
    title: str
    clause: str
    beneficiary: str
    purposes: Mapping[str, Purpose]
    needs: tuple[str, ...]
    answers: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Ban:
    """A forbidden use, whatever the source."""

    code: str
    title: str
    clause: str
    purposes: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Cap:
    """A limit of one kind of aid. `self_borne`: what the family itself carries of its bills; `standard`: so many `times` a local standard.

    A cap by a standard sums what was granted `per` household or member in the calendar year, per case over all years, or looks at the
    payment alone; kinds of `with_kinds` count in. `by_month`: the values of the year's twelve months are added. `equal`: neither more nor
    less. `sources`: only money of these counts and is held to it (none named: all). `yields`: money with a standard of its own follows that one, and the cap only warns. `in_principle`: more is possible with a
    written reason and a decision.
    """

    code: str
    title: str
    clause: str
    kind: str
    measure: str
    deductions: tuple[str, ...]
    origin: str
    standard: str | None = None
    times: int = 1
    by_month: bool = False
    per: str = "household"
    with_kinds: tuple[str, ...] = ()
    equal: bool = False
    yields: bool = False
    in_principle: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """Something that must be on record before money leaves (a meeting, a notice, a form). `cash`: only where it is no bank transfer."""

    code: str
    title: str
    clause: str
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    cash: bool
    origin: str


@dataclass(frozen=True)
class Cell:
    """One field of the matrix category × source."""

    mode: str
    clause: str


@dataclass(frozen=True)
class Closure:
    """A ground of a category on which one source stays shut (an accident found only by the committee, say)."""

    code: str
    title: str
    clause: str
    category: str
    ground: str
    source: str
    origin: str


@dataclass(frozen=True)
class Companion:
    """Sources that follow the category the family has under another policy: the stricter of the two decides."""

    policy: str
    sources: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Threshold:
    """From which yearly sum per family, kind and source somebody above must approve, or be told.

    `inclusive`: reaching the amount suffices (≥), else it must be exceeded (>). `effect` approval blocks until given, record does not.
    """

    code: str
    title: str
    clause: str
    sources: tuple[str, ...]
    amount: int
    inclusive: bool
    level: str
    effect: str
    origin: str


@dataclass(frozen=True)
class Gate:
    """One check of a payment: its code (of `GATES`), the sentence a person reads, its clause, its severity, and for which sources,
    kinds of aid and categories of file (none named: all)."""

    code: str
    title: str
    clause: str
    severity: str
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    origin: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class AidRules:
    """`aid.yaml`, effective for a pack."""

    pack: str
    sources: Mapping[str, Source]
    channels: Mapping[str, Channel]
    kinds: Mapping[str, Kind]
    bans: Mapping[str, Ban]
    caps: Mapping[str, Cap]
    matrix: Mapping[str, Mapping[str, Cell]]
    closures: Mapping[str, Closure]
    companion: Companion | None
    approvals: Mapping[str, Threshold]
    gates: Mapping[str, Gate]
    payable_statuses: tuple[str, ...]
    records: Mapping[str, Record] = field(default_factory=dict)

    def codes(self) -> frozenset[str]:
        """Every code that a clause may name as what realises it (purposes as `kind.purpose` and plain, cells as `matrix`)."""
        tables: list[Mapping[str, Any]] = [
            self.sources, self.channels, self.kinds, self.bans, self.caps, self.closures, self.approvals, self.gates,
            self.records,
        ]  # fmt: skip
        found = {code for table in tables for code in table}
        for kind in self.kinds.values():
            found |= set(kind.purposes) | {f"{kind.code}.{purpose}" for purpose in kind.purposes}
        found |= {f"matrix_{category}" for category in self.matrix} | ({"matrix"} if self.matrix else set())
        return frozenset(found | ({"companion"} if self.companion else set()))

    def shared_categories(self) -> tuple[str, ...]:
        """Categories whose aid several sources carry by the year's ratios."""
        return tuple(code for code, row in self.matrix.items() if any(cell.mode == "shared" for cell in row.values()))


# --- loading ------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: AidRules | None = None) -> AidRules:
    """Reads `aid.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "aid.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        if parent is None:
            return AidRules(shape.origin, {}, {}, {}, {}, {}, {}, {}, None, {}, {}, ())
        return replace(parent, pack=shape.origin)
    head = {"title": shape.text, "clause": shape.text}
    sources = shape.entries(
        top, "sources", lambda node, values: Source(**values, origin=shape.origin), head,
        {"released_by": (shape.code, None), "decided": (shape.boolean, False), "own_rule": (shape.boolean, False), "own_files": (shape.boolean, False), "carry_over": (shape.choice(CARRY_OVER), "")},
        parent.sources if parent else None,
    )  # fmt: skip
    kinds = _kinds(shape, top, parent)
    known_sources = list(sources)

    def threshold(node: Node, values: dict[str, Any]) -> Threshold:
        shape.refer(node, "sources", values["sources"], known_sources, "source")
        return Threshold(**values, origin=shape.origin)

    def gate(node: Node, values: dict[str, Any]) -> Gate:
        shape.refer(node, "code", [values["code"]], GATES, "check")
        shape.refer(node, "sources", values["sources"], known_sources, "source")
        shape.refer(node, "kinds", values["kinds"], kinds, "kind of aid")
        return Gate(**values, origin=shape.origin)

    def ban(node: Node, values: dict[str, Any]) -> Ban:
        for purpose in values["purposes"]:
            if any(purpose in kind.purposes for kind in kinds.values()):
                shape.fault(node, f"{purpose}: forbidden, yet a purpose of a kind of aid", "purposes")
        return Ban(**values, origin=shape.origin)

    def cap(node: Node, values: dict[str, Any]) -> Cap:
        shape.refer(node, "kind", [values["kind"]], kinds, "kind of aid")
        shape.refer(node, "with_kinds", values["with_kinds"], kinds, "kind of aid")
        shape.refer(node, "sources", values["sources"], known_sources, "source")
        if (values["measure"] == "standard") != (values["standard"] is not None):
            shape.fault(node, f"{values['code']}: a standard belongs to a cap by standard, and only there")
        if (values["measure"] == "self_borne") != bool(values["deductions"]):
            shape.fault(node, f"{values['code']}: deductions belong to a cap by what is self-borne, and only there")
        if values["by_month"] and values["per"] not in ("household", "member"):
            shape.fault(
                node, f"{values['code']}: the months of a year are added for a household or a member", "by_month"
            )
        return Cap(**values, origin=shape.origin)

    def record(node: Node, values: dict[str, Any]) -> Record:
        shape.refer(node, "sources", values["sources"], known_sources, "source")
        shape.refer(node, "kinds", values["kinds"], kinds, "kind of aid")
        return Record(**values, origin=shape.origin)

    def closure(node: Node, values: dict[str, Any]) -> Closure:
        shape.refer(node, "source", [values["source"]], sources, "source")
        return Closure(**values, origin=shape.origin)

    payable = top.child("payable_statuses")
    rules = AidRules(
        shape.origin,
        sources,
        shape.entries(
            top, "channels", lambda node, values: Channel(**values, origin=shape.origin), head, {},
            parent.channels if parent else None,
        ),
        kinds,
        shape.entries(top, "bans", ban, {**head, "purposes": shape.codes}, {}, parent.bans if parent else None),
        shape.entries(
            top, "caps", cap, {**head, "kind": shape.code, "measure": shape.choice(MEASURES)},
            {
                "deductions": (shape.codes, ()), "standard": (shape.choice(MONEY_STANDARDS), None), "times": (shape.integer, 1),
                "by_month": (shape.boolean, False), "per": (shape.choice(CAP_PER), "household"), "with_kinds": (shape.codes, ()),
                "equal": (shape.boolean, False), "yields": (shape.boolean, False), "in_principle": (shape.boolean, False),
                "sources": (shape.codes, ()),
            },
            parent.caps if parent else None,
        ),
        _matrix(shape, top, sources, parent),
        shape.entries(
            top, "closures", closure, {**head, "category": shape.code, "ground": shape.code, "source": shape.code}, {},
            parent.closures if parent else None,
        ),
        _companion(shape, top, sources, parent),
        shape.entries(
            top, "approvals", threshold,
            {
                **head, "sources": shape.codes, "amount": shape.money, "inclusive": shape.boolean, "level": shape.code,
                "effect": shape.choice(EFFECTS),
            },
            {}, parent.approvals if parent else None,
        ),
        shape.entries(
            top, "gates", gate, {**head, "severity": shape.choice(SEVERITIES)},
            {"sources": (shape.codes, ()), "kinds": (shape.codes, ()), "categories": (shape.codes, ())},
            parent.gates if parent else None,
        ),
        shape.codes(payable) if payable is not None else (parent.payable_statuses if parent else ()),
        shape.entries(
            top, "records", record, head,
            {"kinds": (shape.codes, ()), "sources": (shape.codes, ()), "cash": (shape.boolean, False)},
            parent.records if parent else None,
        ),
    )  # fmt: skip
    shape.finish()
    return rules


def _kinds(shape: Shape, top: Node, parent: AidRules | None) -> dict[str, Kind]:
    def purpose(node: Node) -> Purpose:
        values = shape.record(
            node,
            {"code": shape.code, "title": shape.text, "clause": shape.text},
            {"needs": (shape.codes, ()), "beneficiary": (shape.choice(BENEFICIARIES), None)},
        )
        return Purpose(**values)

    def build(node: Node, values: dict[str, Any]) -> Kind:
        purposes: dict[str, Purpose] = {}
        for item in values["purposes"]:
            if item.code in purposes:
                shape.fault(node, f"{item.code}: stands twice among the purposes", "purposes")
            purposes[item.code] = item
        values["purposes"] = purposes
        return Kind(**values, origin=shape.origin)

    return shape.entries(
        top,
        "kinds",
        build,
        {
            "title": shape.text,
            "clause": shape.text,
            "beneficiary": shape.choice(BENEFICIARIES),
            "purposes": shape.listing(purpose),
        },
        {"needs": (shape.codes, ()), "answers": (shape.codes, ())},
        parent.kinds if parent else None,
    )


def _matrix(
    shape: Shape, top: Node, sources: Mapping[str, Source], parent: AidRules | None
) -> Mapping[str, Mapping[str, Cell]]:
    """Category → source → cell. A pack's own matrix replaces the parent's; a row keeps the parent's cell of a source it leaves out, and
    every source must then have one. In a pack whose parent changes with the dates, rows of another era's categories are left out.
    """
    node = top.child("matrix")
    if node is None:
        inherited = parent.matrix if parent else {}
        for category, row in inherited.items():
            if set(row) != set(sources):
                shape.fault(top, f"the sources differ from the parent's, so the matrix ({category}) must be given anew")
        return inherited

    def cell(child: Node) -> Cell:
        return Cell(**shape.record(child, {"mode": shape.choice(MODES), "clause": shape.text}, {}))

    matrix: dict[str, Mapping[str, Cell]] = {}
    for category, line in node.items():
        above = parent.matrix.get(category, {}) if parent else {}
        if shape.by_date and not above:
            continue  # a category of another era
        matrix[category] = {
            **{code: kept for code, kept in above.items() if code in sources},
            **shape.table(cell)(line),
        }
        for source in sources:
            if source not in matrix[category]:
                shape.fault(line, f"{category}: nothing is said about the source {source}")
        shape.refer(line, category, matrix[category], sources, "source")
    return matrix


def _companion(shape: Shape, top: Node, sources: Mapping[str, Source], parent: AidRules | None) -> Companion | None:
    node = top.child("companion")
    if node is None:
        return parent.companion if parent else None
    values = shape.record(node, {"policy": shape.text, "sources": shape.codes, "clause": shape.text}, {})
    shape.refer(node, "sources", values["sources"] or (), sources, "source")
    return Companion(**values)
