"""What social-assistance texts (低保, 临时救助) rule beside eligibility: groups, sanctions, tapering, amounts, approval, fast track.

`assistance.yaml` holds it as data; `bangfu.policy.assistance` reckons with it. A number that the text does not give is a *parameter*
without a value: whoever reckons hands it in, and `ParameterNotSet` is raised where nobody has set it. Amounts are integer 分.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

UNITS = ("money", "ratio", "multiple", "count", "days", "months", "choice", "switch", "text")
SECTIONS = (
    "parameters", "vocabularies", "groups", "single_person", "refusals", "gradual_exit", "undertaking", "pay_calendar",
    "linkage", "approval", "fast_track", "narrowed_check", "stages", "tiers", "reserve", "referral", "accountability", "kin",
    "disable",
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """A figure or choice that a person sets. `values` are the allowed choices; `reading` is a recommended one, shown and never applied."""

    code: str
    title: str
    clause: str
    unit: str
    values: tuple[str, ...]
    reading: str
    origin: str


@dataclass(frozen=True)
class Vocabulary:
    """A list of terms that the text names. `open`: the text says 等, so a place may add its own."""

    code: str
    title: str
    clause: str
    values: Mapping[str, str]
    open: bool
    origin: str


@dataclass(frozen=True)
class Group:
    """重点救助对象: who belongs, by age or by a fact of the person, and which parameter gives the supplement."""

    code: str
    title: str
    clause: str
    parameter: str
    min_age: int | None
    under_age: int | None
    fact: str | None
    origin: str


@dataclass(frozen=True)
class SinglePerson:
    """A route to be treated as a household of one: every fact of `all`, one of `any`, and an age where one is named."""

    code: str
    title: str
    clause: str
    all: tuple[str, ...]
    any: tuple[str, ...]
    min_age: int | None
    origin: str


@dataclass(frozen=True)
class Refusals:
    """How many unjustified refusals in a row open a decision, from whom an offer must come, and what may be decided."""

    count: int
    sources: Mapping[str, str]
    outcomes: Mapping[str, str]
    cut_parameter: str
    clause: str


@dataclass(frozen=True)
class GradualExit:
    """渐退: which events open it, and the parameters of its length and of the amount paid meanwhile."""

    events: Mapping[str, str]
    months_parameter: str
    level_parameter: str
    clause: str


@dataclass(frozen=True)
class Undertaking:
    """What the applicant promises: kinds of fraud, changes to report, and the range of the fine in multiples of what was drawn."""

    frauds: Mapping[str, str]
    changes: Mapping[str, str]
    fine_least: int
    fine_most: int
    clause: str


@dataclass(frozen=True)
class PayRule:
    """For an area and a cycle of payment: within which month of the period the money must be out."""

    code: str
    title: str
    clause: str
    area: str
    cycle: str
    month: int
    origin: str


@dataclass(frozen=True)
class Linkage:
    """Price linkage: the parameters of the condition that opens it and of the sum per person."""

    trigger_parameter: str
    amount_parameter: str
    groups_parameter: str
    clause: str


@dataclass(frozen=True)
class Approval:
    """Who approves: up to the parameter the lower body, within a live delegation; major hardship goes to the county mechanism."""

    lower: str
    upper: str
    special: str
    limit_parameter: str
    split_parameter: str
    clause: str
    delegation_clause: str
    special_clause: str


@dataclass(frozen=True)
class FastTrack:
    """先行救助: for which category, by whom, which steps it may leave out, and what is registered and completed afterwards."""

    categories: tuple[str, ...]
    bodies: tuple[str, ...]
    may_skip: tuple[str, ...]
    registers: Mapping[str, str]
    completes: Mapping[str, str]
    days_parameter: str
    clause: str
    after_clause: str
    strict_clause: str


@dataclass(frozen=True)
class NarrowedCheck:
    """Families of these statuses are asked for `verifies` only; `drops` is not done for them."""

    status_any: tuple[str, ...]
    verifies: tuple[str, ...]
    drops: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Stages:
    """一次审批、分阶段救助: for whom one approval may cover several payments."""

    allowed_for: Mapping[str, str]
    clause: str


@dataclass(frozen=True)
class Tiers:
    """分类分档: the two keys of the table of standards and what a line multiplies."""

    keys: tuple[str, ...]
    factors: tuple[str, ...]
    uplift_for: tuple[str, ...]
    uplift_parameter: str
    clause: str


@dataclass(frozen=True)
class Reserve:
    """备用金 of a township: what it may be used for and the parameters of its ceiling, single payment and settlement."""

    uses: tuple[str, ...]
    ceiling_parameter: str
    single_parameter: str
    days_parameter: str
    clause: str


@dataclass(frozen=True)
class Referral:
    """转介: where a case may be sent, which of these need the person's consent, and which come only after the aid itself."""

    targets: Mapping[str, str]
    consent_for: tuple[str, ...]
    after_aid: tuple[str, ...]
    days_parameter: str
    clause: str


@dataclass(frozen=True)
class Accountability:
    """What may follow from a mistake, by its cause. No outcome of another cause may be recorded."""

    outcomes: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    clause: str


@dataclass(frozen=True)
class Kin:
    """Relations that make somebody 近亲属 of a person who handles the aid."""

    relations: Mapping[str, str]
    posts: Mapping[str, str]
    clause: str


@dataclass(frozen=True)
class AssistanceRules:
    """`assistance.yaml`, effective for a pack. A part is None where the text has no such rule."""

    pack: str
    parameters: Mapping[str, Setting] = field(default_factory=dict)
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    single_person: Mapping[str, SinglePerson] = field(default_factory=dict)
    pay_calendar: Mapping[str, PayRule] = field(default_factory=dict)
    refusals: Refusals | None = None
    gradual_exit: GradualExit | None = None
    undertaking: Undertaking | None = None
    linkage: Linkage | None = None
    approval: Approval | None = None
    fast_track: FastTrack | None = None
    narrowed_check: NarrowedCheck | None = None
    stages: Stages | None = None
    tiers: Tiers | None = None
    reserve: Reserve | None = None
    referral: Referral | None = None
    accountability: Accountability | None = None
    kin: Kin | None = None

    def codes(self) -> frozenset[str]:
        """Every code that a clause may name as what realises it."""
        tables: list[Mapping[str, Any]] = [
            self.parameters, self.vocabularies, self.groups, self.single_person, self.pay_calendar,
        ]  # fmt: skip
        return frozenset(
            {code for table in tables for code in table} | {n for n in PARTS if getattr(self, n) is not None}
        )

    def title_of(self, code: str) -> str | None:
        """The words for a code a clause names; None for a code of another part."""
        tables: list[Mapping[str, Any]] = [
            self.parameters, self.vocabularies, self.groups, self.single_person, self.pay_calendar,
        ]  # fmt: skip
        found = next((str(table[code].title) for table in tables if code in table), None)
        return found or (TITLES.get(code) if getattr(self, code, None) is not None else None)


#: Names of the parts that have no title of their own.
TITLES = {
    "refusals": "拒绝就业的处理", "gradual_exit": "渐退", "undertaking": "诚信承诺", "linkage": "物价联动", "approval": "分级审批",
    "fast_track": "先行救助", "narrowed_check": "只核实必需支出", "stages": "一次审批、分阶段救助", "tiers": "分类分档标准",
    "reserve": "备用金", "referral": "转介", "accountability": "责任区分", "kin": "近亲属",
}  # fmt: skip


#: part → (its class, readers of its keys by the name of a method of Shape; a dict for a table of texts)
PARTS: dict[str, tuple[type, dict[str, str]]] = {
    "refusals": (Refusals, {"count": "integer", "sources": "table", "outcomes": "table", "cut_parameter": "code", "clause": "text"}),
    "gradual_exit": (GradualExit, {"events": "table", "months_parameter": "code", "level_parameter": "code", "clause": "text"}),
    "undertaking": (Undertaking, {"frauds": "table", "changes": "table", "fine_least": "integer", "fine_most": "integer", "clause": "text"}),
    "linkage": (Linkage, {"trigger_parameter": "code", "amount_parameter": "code", "groups_parameter": "code", "clause": "text"}),
    "approval": (Approval, {"lower": "code", "upper": "code", "special": "code", "limit_parameter": "code", "split_parameter": "code", "clause": "text", "delegation_clause": "text", "special_clause": "text"}),
    "fast_track": (FastTrack, {"categories": "codes", "bodies": "codes", "may_skip": "codes", "registers": "table", "completes": "table", "days_parameter": "code", "clause": "text", "after_clause": "text", "strict_clause": "text"}),
    "narrowed_check": (NarrowedCheck, {"status_any": "codes", "verifies": "codes", "drops": "codes", "clause": "text"}),
    "stages": (Stages, {"allowed_for": "table", "clause": "text"}),
    "tiers": (Tiers, {"keys": "codes", "factors": "codes", "uplift_for": "codes", "uplift_parameter": "code", "clause": "text"}),
    "reserve": (Reserve, {"uses": "codes", "ceiling_parameter": "code", "single_parameter": "code", "days_parameter": "code", "clause": "text"}),
    "referral": (Referral, {"targets": "table", "consent_for": "codes", "after_aid": "codes", "days_parameter": "code", "clause": "text"}),
    "accountability": (Accountability, {"outcomes": "lists", "titles": "table", "clause": "text"}),
    "kin": (Kin, {"relations": "table", "posts": "table", "clause": "text"}),
}  # fmt: skip


def load(pack_dir: Path, parent: AssistanceRules | None = None) -> AssistanceRules:
    """Reads `assistance.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "assistance.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        return replace(parent, pack=shape.origin) if parent else AssistanceRules(shape.origin)
    head = {"title": shape.text, "clause": shape.text}
    known = parent or AssistanceRules(shape.origin)
    number = (shape.integer, None)

    def entries(section: str, kind: Any, required: dict[str, Any], optional: dict[str, Any]) -> Any:
        def build(node: Node, values: dict[str, Any]) -> Any:
            return kind(**values, origin=shape.origin)

        return shape.entries(top, section, build, {**head, **required}, optional, getattr(known, section))

    parameters = entries(
        "parameters", Setting, {"unit": shape.choice(UNITS)}, {"values": (shape.codes, ()), "reading": (shape.text, "")}
    )
    tables = {
        "vocabularies": entries(
            "vocabularies", Vocabulary, {"values": shape.table(shape.text)}, {"open": (shape.boolean, False)}
        ),
        "groups": entries(
            "groups", Group, {"parameter": shape.code},
            {"min_age": number, "under_age": number, "fact": (shape.code, None)},
        ),
        "single_person": entries(
            "single_person", SinglePerson, {"all": shape.codes}, {"any": (shape.codes, ()), "min_age": number}
        ),
        "pay_calendar": entries(
            "pay_calendar", PayRule, {"area": shape.code, "cycle": shape.choice(("month", "quarter")), "month": shape.integer}, {},
        ),
    }  # fmt: skip
    parts = {name: _part(shape, top, name, getattr(known, name)) for name in PARTS}
    rules = AssistanceRules(shape.origin, parameters, **tables, **parts)
    for part in [*rules.groups.values(), *(one for one in parts.values() if one is not None)]:
        for key, value in vars(part).items():
            if key.endswith("parameter") and value not in parameters:
                shape.fault(top, f"{value}: no such parameter")
    for setting in parameters.values():
        if (setting.unit == "choice") != bool(setting.values):
            shape.fault(top, f"{setting.code}: values belong to a choice, and only there")
    shape.finish()
    return rules


def _part(shape: Shape, top: Node, name: str, inherited: Any) -> Any:
    node = top.child(name)
    if node is None:
        return inherited
    kind, keys = PARTS[name]
    readers = {"table": shape.table(shape.text), "lists": shape.table(shape.codes)}
    values = shape.record(node, {key: readers.get(how) or getattr(shape, how) for key, how in keys.items()}, {})
    return None if any(value is None for value in values.values()) else kind(**values)
