"""Which papers a family has to bring, and why: the list follows from the facts, by conditions that are data.

`evidence.yaml` names documents (what a person can hold in her hand) and papers (what the text asks for, satisfied by any
one of the documents it accepts). A paper is asked for once per household, per counted member, or per line of income or
expense inside the accounting window. Facts are the JSON document of bangfu.facts/1; an absent or null key is unknown.

Conditions have three values. A paper is asked for when its `when` is known to hold, and dropped when its `unless` is known to
hold; something unknown asks for nothing, except where it is unknown whether a person counts: then the paper is listed with
`certain=False`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

PER = ("household", "member", "line")
STAGES = ("application", "visit", "notice", "authorization", "record")
LISTS = ("incomes", "expenses")
BASES = ("contract", "verified", "estimated", "declared_flexible", "no_document")
SECTIONS = ("window_months", "local_region", "documents", "papers", "folders", "disable")
CAUSES = (
    "illness", "disability", "schooling", "single_parent", "unemployment", "enterprise_closure", "disaster", "accident",
    "rights_infringed", "other",
)  # fmt: skip

Facts = Mapping[str, Any]
Truth = bool | None


@dataclass(frozen=True)
class Document:
    """One kind of document. `copy`: handed in as a copy, so somebody notes that she compared it with the original."""

    code: str
    title: str
    copy: bool
    origin: str


@dataclass(frozen=True)
class Condition:
    """Tests of the facts, all of which must hold (`any_of`: at least one of these). An empty condition holds."""

    causes_any: tuple[str, ...] = ()
    status_any: tuple[str, ...] = ()
    incident_any: tuple[str, ...] = ()
    nonlocal_huji: bool | None = None
    worker: Mapping[str, Any] | None = None
    member: Mapping[str, Any] | None = None
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One thing the text asks for; any document of `accepts` will do.

    `bases` narrows a paper per line to lines recognised on that basis (a line without one is `verified`).
    `fields` must be typed from the document before it counts. `issuer_from` names the facts key of the region whose office must
    have issued it, for families from elsewhere (for all, where the text belongs to no place). `household_otherwise`: where `when` holds but no member fits, ask the household.
    """

    code: str
    title: str
    clause: str
    per: str
    stage: str
    accepts: tuple[str, ...]
    when: Condition
    unless: Condition | None
    of: Condition
    household_otherwise: bool
    lists: str | None
    kinds: tuple[str, ...]
    bases: tuple[str, ...]
    fields: tuple[str, ...]
    issuer_from: str | None
    paper_filed: bool
    reason: str
    note: str
    origin: str
    shared: str | None = None  # the office from which it can be had by sharing: then nobody is asked to bring it


@dataclass(frozen=True)
class Folder:
    """A part of the original file that 复核 looks for: at least one of its papers must be there."""

    code: str
    title: str
    clause: str
    papers: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class EvidenceRules:
    """`evidence.yaml`, effective for a pack. `window_months` is None where the text names no window."""

    pack: str
    window_months: int | None
    local_region: str | None
    documents: Mapping[str, Document]
    papers: Mapping[str, Paper]
    folders: Mapping[str, Folder]


@dataclass(frozen=True)
class Required:
    """One paper to bring. `subject` is a member id, a line path (`expenses[2]`) or None for the household.

    `issuer_region` is set when only that region's office may have issued it. `key` is stable for one set of facts.
    """

    paper: str
    title: str
    clause: str
    reason: str
    subject: str | None
    accepts: tuple[str, ...]
    fields: tuple[str, ...]
    issuer_region: str | None
    compare: bool
    paper_filed: bool
    certain: bool

    @property
    def key(self) -> tuple[str, str | None]:
        return (self.paper, self.subject)


@dataclass(frozen=True)
class HandedIn:
    """One document that came in: for which paper and whom, of which kind, with the fields typed from it."""

    paper: str
    document: str
    subject: str | None = None
    fields: Mapping[str, Any] | None = None
    issuer_region: str | None = None
    compared_by: str | None = None
    paper_filed: bool = False


@dataclass(frozen=True)
class Gap:
    """What is wrong with one required paper: `missing`, `document`, `field`, `issuer` block; `compare`, `filed` warn."""

    required: Required
    code: str
    detail: str
    blocking: bool


# --- three-valued tests -------------------------------------------------------------------------------------------
def _all(parts: Iterable[Truth]) -> Truth:
    seen: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is None:
            seen = None
    return seen


def _any(parts: Iterable[Truth]) -> Truth:
    seen: Truth = False
    for part in parts:
        if part is True:
            return True
        if part is None:
            seen = None
    return seen


def counted(member: Mapping[str, Any], worker: str) -> Truth:
    """Whether a member counts in the household size: the worker, or who lives together and shares 户籍 or support."""
    if member.get("id") == worker:
        return True
    return _all((member.get("lives_together"), _any((member.get("same_huji"), member.get("support_relation")))))


def _age_on(birth: Any, date: datetime.date) -> int | None:
    if not birth:
        return None
    born = datetime.date.fromisoformat(birth)
    return date.year - born.year - ((date.month, date.day) < (born.month, born.day))


def _member_tests(facts: Facts, member: Mapping[str, Any]) -> dict[str, Callable[[Any], Truth]]:
    def flag(key: str) -> Callable[[Any], Truth]:
        def test(wanted: Any) -> Truth:
            value = member.get(key)
            return None if value is None else value == wanted

        return test

    def one_of(key: str) -> Callable[[Any], Truth]:
        def test(wanted: Any) -> Truth:
            value = member.get(key)
            return None if value is None else value in wanted

        return test

    def under_age(limit: Any) -> Truth:
        age = _age_on(member.get("birth_date"), datetime.date.fromisoformat(facts["application_date"]))
        return None if age is None else age < limit

    def disabled(wanted: Any) -> Truth:
        found = member.get("disabilities")
        return None if found is None else bool(found) == wanted

    def bears(kinds: Any) -> Truth:
        lines = facts.get("expenses")
        if lines is None:
            return None
        return any(line.get("member") == member.get("id") and line["kind"] in kinds for line in lines)

    def studying(wanted: Any) -> Truth:
        value = member.get("studying")
        return None if value is None else (value != "none") == wanted

    return {
        "under_age": under_age, "disabled": disabled, "bears": bears, "studying": studying,
        "relation": one_of("relation"), "employment": one_of("employment"), "migrant_worker": flag("migrant_worker"),
        "major_illness": flag("major_illness"), "chronic_illness": flag("chronic_illness"), "retired": flag("retired"),
    }  # fmt: skip


MEMBER_KEYS = {
    "under_age": "integer", "disabled": "boolean", "bears": "codes", "studying": "boolean", "relation": "codes",
    "employment": "codes", "migrant_worker": "boolean", "major_illness": "boolean", "chronic_illness": "boolean",
    "retired": "boolean",
}  # fmt: skip


def holds(
    condition: Condition, facts: Facts, local_region: str | None = None, member: Mapping[str, Any] | None = None
) -> Truth:
    """Whether a condition holds of the facts (and of one member): True, False, or None when that is unknown."""
    parts: list[Truth] = []
    if condition.causes_any:
        causes = facts.get("causes")
        parts.append(None if causes is None else any(cause in causes for cause in condition.causes_any))
    if condition.status_any:
        status = facts.get("status") or {}
        parts.append(_any(status.get(key) for key in condition.status_any))
    if condition.incident_any:
        incident = facts.get("incident")
        kind = None if incident is None else "none" if incident == "none" else incident.get("kind")
        parts.append(None if kind is None else kind in condition.incident_any)
    if condition.nonlocal_huji is not None:
        huji = facts.get("huji_region")
        if huji is None or local_region is None:
            parts.append(None)
        else:  # the first two digits of a region code are its province
            parts.append((huji[:2] != local_region[:2]) == condition.nonlocal_huji)
    if condition.worker is not None:
        worker = next(entry for entry in facts["members"] if entry["id"] == facts["worker"])
        parts.append(_holds_of(condition.worker, facts, worker))
    if condition.member is not None:
        parts.append(None if member is None else _holds_of(condition.member, facts, member))
    if condition.any_of:
        parts.append(_any(holds(part, facts, local_region, member) for part in condition.any_of))
    return _all(parts)


def _holds_of(wanted: Mapping[str, Any], facts: Facts, member: Mapping[str, Any]) -> Truth:
    tests = _member_tests(facts, member)
    return _all(tests[key](value) for key, value in wanted.items())


# --- the window ---------------------------------------------------------------------------------------------------
def window(application_date: str, months: int) -> tuple[str, str]:
    """The first and last of the `months` full calendar months before the month of application (`"2020-04"`, `"2020-09"`)."""
    year, month = int(application_date[:4]), int(application_date[5:7])
    last = year * 12 + month - 2
    first = last - months + 1
    return (f"{first // 12:04}-{first % 12 + 1:02}", f"{last // 12:04}-{last % 12 + 1:02}")


def _in_window(line: Mapping[str, Any], span: tuple[str, str] | None, application_month: str) -> bool:
    """Whether a line touches the window. A line of the incident counts in the month of application too."""
    if span is None:
        return True
    first, last = span
    if line.get("incident"):
        last = max(last, application_month)
    start, end = line.get("month") or line.get("from"), line.get("month") or line.get("to")
    if start is None or end is None:
        return True  # when it was is unknown: ask for the paper, it will say
    return bool(start <= last and end >= first)


# --- the list -----------------------------------------------------------------------------------------------------
def checklist(
    pack: Any,
    facts: Facts,
    determination: Mapping[str, Any] | None = None,
    stages: Collection[str] = ("application",),
    shared: Collection[str] = (),
) -> list[Required]:
    """The papers this family has to bring, in the order of `evidence.yaml`, then of members and lines.

    `pack` is a pack (its `.evidence` is used) or an `EvidenceRules`. The accounting window is that of the determination where
    one is given, else `window_months` before the application. `stages` chooses which part of the way the papers belong to.
    `shared`: offices whose data can be had today; what can be had from one of them is not asked of the family.
    """
    rules: EvidenceRules = getattr(pack, "evidence", pack)
    span: tuple[str, str] | None = None
    if determination and determination.get("window"):
        span = (determination["window"]["from"], determination["window"]["to"])
    elif rules.window_months is not None:
        span = window(facts["application_date"], rules.window_months)
    answer: list[Required] = []
    for paper in rules.papers.values():
        if (
            paper.shared in shared
            or paper.stage not in stages
            or holds(paper.when, facts, rules.local_region) is not True
        ):
            continue
        if paper.per == "household":
            if not (paper.unless and holds(paper.unless, facts, rules.local_region)):
                answer.append(_required(rules, paper, facts, None, True))
        elif paper.per == "member":
            answer += _for_members(rules, paper, facts)
        else:
            answer += _for_lines(rules, paper, facts, span)
    return answer


def _for_members(rules: EvidenceRules, paper: Paper, facts: Facts) -> list[Required]:
    found: list[Required] = []
    for member in facts["members"]:
        counts = counted(member, facts["worker"])
        if counts is False or holds(paper.of, facts, rules.local_region, member) is not True:
            continue
        if paper.unless and holds(paper.unless, facts, rules.local_region, member):
            continue
        found.append(_required(rules, paper, facts, member["id"], counts is True))
    if not found and paper.household_otherwise:
        found.append(_required(rules, paper, facts, None, True))
    return found


def _for_lines(rules: EvidenceRules, paper: Paper, facts: Facts, span: tuple[str, str] | None) -> list[Required]:
    assert paper.lists is not None  # the loader refuses a line paper without a list
    members = {member["id"]: member for member in facts["members"]}
    found: list[Required] = []
    for index, line in enumerate(facts.get(paper.lists) or ()):
        if line["kind"] not in paper.kinds or not _in_window(line, span, facts["application_date"][:7]):
            continue
        if paper.bases and (line.get("basis") or "verified") not in paper.bases:
            continue
        owner = members.get(line.get("member") or "")
        counts = True if owner is None else counted(owner, facts["worker"])
        if counts is not False:
            found.append(_required(rules, paper, facts, f"{paper.lists}[{index}]", counts is True))
    if not found and paper.household_otherwise:
        found.append(_required(rules, paper, facts, None, True))
    return found


def _required(rules: EvidenceRules, paper: Paper, facts: Facts, subject: str | None, certain: bool) -> Required:
    issuer = None
    elsewhere = rules.local_region is None or holds(Condition(nonlocal_huji=True), facts, rules.local_region)
    if paper.issuer_from and elsewhere:
        issuer = facts.get(paper.issuer_from)
    return Required(
        paper.code,
        paper.title,
        paper.clause,
        paper.reason,
        subject,
        paper.accepts,
        paper.fields,
        issuer,
        any(rules.documents[code].copy for code in paper.accepts),
        paper.paper_filed,
        certain,
    )


def gaps(
    required: Sequence[Required],
    handed_in: Iterable[HandedIn],
    waived: Mapping[tuple[str, str | None], str] | None = None,
) -> list[Gap]:
    """What is still wrong, paper by paper. `waived` maps keys to the written reason of a waiver; an empty reason waives nothing.

    A paper is there when one document of an accepted kind has all its fields and the right issuer. That nobody noted the comparison
    with the original, or that the paper copy is not on the shelf, is told but does not block.
    """
    waivers = waived or {}
    by_key: dict[tuple[str, str | None], list[HandedIn]] = {}
    for item in handed_in:
        by_key.setdefault((item.paper, item.subject), []).append(item)
    found: list[Gap] = []
    for need in required:
        items = by_key.get(need.key, [])
        candidates = [_faults_of(need, item) for item in items]
        best = min(candidates, key=lambda faults: [fault.blocking for fault in faults].count(True), default=None)
        if best is None:
            best = [Gap(need, "missing", "还没有提交", True)]
        if waivers.get(need.key, "").strip():
            best = [gap for gap in best if not gap.blocking]
        found += best
    return found


def _faults_of(need: Required, item: HandedIn) -> list[Gap]:
    found: list[Gap] = []
    if item.document not in need.accepts:
        found.append(Gap(need, "document", item.document, True))
    given = item.fields or {}
    found += [Gap(need, "field", name, True) for name in need.fields if given.get(name) in (None, "")]
    if need.issuer_region is not None and not _same_place(item.issuer_region, need.issuer_region):
        found.append(Gap(need, "issuer", need.issuer_region, True))
    if need.compare and not item.compared_by:
        found.append(Gap(need, "compare", "还没有登记与原件核对的人", False))
    if need.paper_filed and not item.paper_filed:
        found.append(Gap(need, "filed", "纸质材料还没有归入档案", False))
    return found


def _same_place(issuer: str | None, wanted: str) -> bool:
    """Whether the office belongs to the wanted region: the same county, its prefecture or its province."""
    if issuer is None:
        return False
    stem = issuer[:2] if issuer.endswith("0000") else issuer[:4] if issuer.endswith("00") else issuer
    return wanted.startswith(stem)


def self_borne(fields: Mapping[str, int | None]) -> int | None:
    """The self-borne part of a medical bill in 分: inside the insurance scope plus outside it. None while one is not marked."""
    inside, outside = fields.get("self_paid_in_scope"), fields.get("self_paid_out_of_scope")
    return None if inside is None or outside is None else inside + outside


def missing_folders(pack: Any, papers_present: Collection[str]) -> list[Folder]:
    """The parts of the original file of which no paper is there yet: with one of these a file does not pass 复核."""
    rules: EvidenceRules = getattr(pack, "evidence", pack)
    return [folder for folder in rules.folders.values() if not set(folder.papers) & set(papers_present)]


# --- loading ------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: EvidenceRules | None = None) -> EvidenceRules:
    """Reads `evidence.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "evidence.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        if parent is None:
            return EvidenceRules(shape.origin, None, None, {}, {}, {})
        return replace(parent, pack=shape.origin)
    documents = shape.entries(
        top, "documents", lambda node, values: Document(**values, origin=shape.origin),
        {"title": shape.text}, {"copy": (shape.boolean, True)}, parent.documents if parent else None,
    )  # fmt: skip
    papers = shape.entries(
        top, "papers", lambda node, values: _paper(shape, node, values, documents),
        {"title": shape.text, "clause": shape.text, "per": shape.choice(PER), "accepts": shape.codes, "reason": shape.text},
        {
            "stage": (shape.choice(STAGES), "application"), "when": (lambda n: _condition(shape, n), Condition()),
            "unless": (lambda n: _condition(shape, n), None), "of": (lambda n: _condition(shape, n), Condition()),
            "household_otherwise": (shape.boolean, False), "lists": (shape.choice(LISTS), None), "kinds": (shape.codes, ()), "bases": (shape.listing(shape.choice(BASES)), ()),
            "fields": (shape.codes, ()), "issuer_from": (shape.choice(("huji_region",)), None),
            "paper_filed": (shape.boolean, True), "note": (shape.text, ""), "shared": (shape.text, None),
        },
        parent.papers if parent else None,
    )  # fmt: skip

    def folder(node: Node, values: dict[str, Any]) -> Folder:
        shape.refer(node, "papers", values["papers"], papers, "paper")
        return Folder(**values, origin=shape.origin)

    folders = shape.entries(
        top, "folders", folder, {"title": shape.text, "clause": shape.text, "papers": shape.codes}, {},
        parent.folders if parent else None,
    )  # fmt: skip
    months, region = top.child("window_months"), top.child("local_region")
    rules = EvidenceRules(
        shape.origin,
        shape.integer(months) if months is not None else (parent.window_months if parent else None),
        shape.text(region) if region is not None else (parent.local_region if parent else None),
        documents,
        papers,
        folders,
    )
    shape.finish()
    return rules


def _paper(shape: Shape, node: Node, values: dict[str, Any], documents: Mapping[str, Document]) -> Paper:
    shape.refer(node, "accepts", values["accepts"], documents, "document")
    if not values["accepts"]:
        shape.fault(node, f"{values['code']}: no document would satisfy it", "accepts")
    if (values["per"] == "line") != (values["lists"] is not None and bool(values["kinds"])):
        shape.fault(node, f"{values['code']}: lists and kinds belong to a paper per line, and only there")
    if values["per"] != "member" and values["of"] != Condition():
        shape.fault(node, f"{values['code']}: of belongs to a paper per member", "of")
    return Paper(**values, origin=shape.origin)


def _condition(shape: Shape, node: Node) -> Condition:
    def person(child: Node) -> dict[str, Any]:
        readers = {key: (getattr(shape, kind), None) for key, kind in MEMBER_KEYS.items()}
        return {key: value for key, value in shape.record(child, {}, readers).items() if value is not None}

    values = shape.record(
        node,
        {},
        {
            "causes_any": (shape.listing(shape.choice(CAUSES)), ()),
            "status_any": (shape.codes, ()),
            "incident_any": (shape.codes, ()),
            "nonlocal_huji": (shape.boolean, None),
            "worker": (person, None),
            "member": (person, None),
            "any_of": (shape.listing(lambda child: _condition(shape, child)), ()),
        },
    )
    condition = Condition(**values)
    if condition == Condition():
        shape.fault(node, "an empty condition; leave it out instead")
    return condition
