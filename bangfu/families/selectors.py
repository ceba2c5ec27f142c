"""Reads of the families room."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from bangfu.common.crypto import lookup_hash
from bangfu.common.identity import IdFault, check_id_number
from bangfu.families import blobs, paths
from bangfu.families import facts as facts_of
from bangfu.families.matching import keys
from bangfu.families.models import EvidenceFile, ExpenseLine, Household, IncomeLine, Member
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk, below
from bangfu.policy import evidence as evidence_rules


def with_facts(households: QuerySet[Household]) -> QuerySet[Household]:
    """The households with everything ``facts.build`` reads, in four queries."""
    return households.prefetch_related(
        Prefetch("members", Member.objects.order_by("position")),
        Prefetch("incomelines", IncomeLine.objects.order_by("row", "pk")),
        Prefetch("expenselines", ExpenseLine.objects.order_by("row", "pk")),
    )


def whole(household: Household) -> Household:
    """The household as the database has it now, with its facts."""
    return with_facts(Household.objects.filter(pk=household.pk).select_related("union")).get()


# --- finding people and families ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class PersonHit:
    """Where a person already stands. ``household`` only inside the desk's own scope; elsewhere the union and its phone, nothing else."""

    union_name: str
    hotline: str
    household: Household | None = None
    member_name: str = ""

    @property
    def own(self) -> bool:
        return self.household is not None


def find_person(
    desk: Desk, id_number: str, *, besides: Household | None = None, foreign: list[Household] | None = None
) -> list[PersonHit]:
    """In which families a person stands, over all unions, by keyed hash. Own scope first; a foreign union is named once.

    Takes numbers of 18 or 15 digits and of other papers. Pages ask ``matching.looks.look_up_person``, which leaves its audit rows;
    ``foreign`` collects for it the families that stand behind a foreign answer.
    """
    wanted = keys.id_hash(id_number)
    if not wanted:
        return []
    rows = Member.objects.filter(id_hash=wanted, household__merged_into=None).select_related("household__union")
    if besides is not None:
        rows = rows.exclude(household=besides)
    own: list[PersonHit] = []
    elsewhere: dict[int, PersonHit] = {}
    for row in rows.order_by("-household__updated_at"):
        union = row.household.union
        if desk.sees_families and row.household.union_path.startswith(desk.union_path):
            own.append(PersonHit(union.name, union.hotline, row.household, row.name))
        else:
            elsewhere.setdefault(union.pk, PersonHit(union.name, hotline_of(union)))
            if foreign is not None:
                foreign.append(row.household)
    return own + list(elsewhere.values())


def hotline_of(union: Union) -> str:
    """The union's phone, or that of the nearest union above it that has one."""
    if union.hotline:
        return union.hotline
    step = Union.steplen
    above = [union.path[:end] for end in range(step, len(union.path), step)]
    found = (
        Union.objects.filter(path__in=above)
        .exclude(hotline="")
        .order_by("-path")
        .values_list("hotline", flat=True)
        .first()
    )
    return found or ""


def search(households: QuerySet[Household], text: str) -> QuerySet[Household]:
    """Families by name, pinyin or its initials, family number, or an exact ID number of any member (by keyed hash)."""
    text = "".join(text.split())
    if not text:
        return households
    try:
        number = check_id_number(text).number
    except IdFault:
        pass
    else:
        return households.filter(
            pk__in=Member.objects.filter(id_hash=lookup_hash("id_number", number)).values("household")
        )
    if text.isascii():
        plain = text.lower()
        return households.filter(
            _prefix("worker_initials", plain) | _prefix("worker_pinyin", plain) | Q(number=text.upper())
        )
    return households.filter(_prefix("worker_name", text))


def _prefix(field: str, text: str) -> Q:
    # a range, not LIKE: both databases can use the index
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})


def list_counts(desk: Desk) -> dict[str, int]:
    """How many families stand behind each tab of the list."""
    row = Household.objects.visible_to(desk).standing().aggregate(
        all=Count("pk"), draft=Count("pk", filter=Q(locked=False)), locked=Count("pk", filter=Q(locked=True)),
        mine=Count("pk", filter=Q(created_by=desk.user_id)),
    )  # fmt: skip
    return {name: int(value) for name, value in row.items()}


def member_counts(households: Iterable[int]) -> dict[int, int]:
    """How many people each family has."""
    rows = (
        Member.objects.filter(household__in=list(households)).values("household").annotate(size=Count("pk")).order_by()
    )
    return {row["household"]: row["size"] for row in rows}


def voucher_twins(
    desk: Desk, household: Household, numbers: Iterable[str], *, foreign: list[Household] | None = None
) -> dict[str, list[str]]:
    """Voucher number → where else it stands. Own scope: the family's number; elsewhere only the union's name."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return {}
    answer: dict[str, list[str]] = {}
    rows = (
        ExpenseLine.objects.filter(voucher_number__in=wanted, household__merged_into=None)
        .select_related("household__union", "member")
        .order_by("pk")
    )
    seen_here: set[str] = set()
    for row in rows:
        if row.household_id == household.pk:
            if row.voucher_number in seen_here:
                answer.setdefault(row.voucher_number, []).append("本户另一笔支出")
            seen_here.add(row.voucher_number)
            continue
        own = row.household.union_path.startswith(desk.union_path)
        if not own and foreign is not None:
            foreign.append(row.household)
        answer.setdefault(row.voucher_number, []).append(
            f"家庭 {row.household.number}（{row.household.worker_name}）" if own else row.household.union.name
        )
    return answer


# --- the checklist ------------------------------------------------------------------------------------------------
@dataclass
class Place:
    """One place of the checklist: what is asked, for whom or what, the files there, what is still wrong."""

    paper: str
    subject: str
    title: str
    clause: str
    reason: str
    subject_label: str
    accepts: list[tuple[str, str]]
    fields: tuple[str, ...]
    issuer_region: str | None
    certain: bool
    compare: bool
    files: list[EvidenceFile]
    gaps: list[evidence_rules.Gap]
    waived: str = ""

    @property
    def key(self) -> str:
        return f"{self.paper}~{self.subject.replace(':', '-')}"

    @property
    def done(self) -> bool:
        return not any(gap.blocking for gap in self.gaps)

    @property
    def warnings(self) -> list[evidence_rules.Gap]:
        return [gap for gap in self.gaps if not gap.blocking and gap.code == "compare"]


def checklist_state(
    household: Household,
    pack: Any,
    *,
    facts: Mapping[str, Any] | None = None,
    determination: Mapping[str, Any] | None = None,
    stages: Iterable[str] = ("application",),
    on: date | None = None,
) -> list[Place]:
    """The papers this family has to bring and where each stands. ``household`` comes from ``whole``.

    Lines of one grid row share one proof, so a wage of six months is asked for once. An expired certificate is told as a gap
    that does not block.
    """
    document = facts if facts is not None else facts_of.build(household, as_entered=True)
    rows = facts_of.line_rows(household, as_entered=True)
    names = facts_of.labels(household)
    files = list(
        household.evidence.filter(withdrawn_at__isnull=True).select_related(
            "member", "uploaded_by", "compared_by", "duplicate_of__household"
        )
    )
    waivers = {(waiver.paper, waiver.subject): waiver.reason for waiver in household.waivers.all()}
    answer: dict[tuple[str, str], Place] = {}
    for need in evidence_rules.checklist(pack, document, determination, tuple(stages)):
        subject = rows.get(need.subject or "", need.subject or "")
        if (need.paper, subject) in answer:
            continue
        there = [file for file in files if file.paper == need.paper and subject_of(file) == subject]
        handed = [_handed_in(file, need.subject, household) for file in there]
        reason = waivers.get((need.paper, subject), "")
        gaps = evidence_rules.gaps([need], handed, {need.key: reason})
        documents = pack.evidence.documents
        answer[need.paper, subject] = Place(
            paper=need.paper, subject=subject, title=need.title, clause=need.clause, reason=need.reason,
            subject_label=_subject_label(household, subject, names),
            accepts=[(code, documents[code].title) for code in need.accepts], fields=need.fields,
            issuer_region=need.issuer_region, certain=need.certain, compare=need.compare, files=there, gaps=gaps, waived=reason,
        )  # fmt: skip
    return list(answer.values())


def subject_of(file: EvidenceFile) -> str:
    """Whom or what a file belongs to, as the checklist names it: ``P2``, ``income:3``, or empty for the household."""
    return file.line or (file.member.fact_id if file.member is not None else "")


def _handed_in(file: EvidenceFile, subject: str | None, household: Household) -> evidence_rules.HandedIn:
    details = json.loads(str(file.details or "{}"))
    if file.line.startswith("expense:"):
        line = next((row for row in household.expenselines.all() if f"expense:{row.row}" == file.line), None)
        if line is not None:
            details |= {
                "self_paid_in_scope": line.self_in_scope, "self_paid_out_of_scope": line.self_out_of_scope,
                "date": details.get("date") or line.month,
            }  # fmt: skip
    return evidence_rules.HandedIn(
        paper=file.paper,
        document=file.document,
        subject=subject,
        fields=details,
        issuer_region=file.issuer_region or None,
        compared_by=str(file.compared_by_id) if file.compared_by_id else None,
        paper_filed=file.paper_filed,
    )


def _subject_label(household: Household, subject: str, names: Mapping[str, str]) -> str:
    if not subject:
        return "全户"
    if ":" not in subject:
        return names.get(subject, subject)
    return paths.row_label(household, subject)


def expired(file: EvidenceFile, on: date) -> str:
    """The day a certificate ran out, when it is before ``on``; else empty."""
    until = str(json.loads(str(file.details or "{}")).get("valid_to", ""))
    try:
        return until if until and date.fromisoformat(until) < on else ""
    except ValueError:
        return ""


def evidence_visible_to(desk: Desk) -> QuerySet[EvidenceFile]:
    """The files of the families a desk may read."""
    if not desk.sees_families:
        return EvidenceFile.objects.none()
    return EvidenceFile.objects.filter(below(desk.union_path, "household__union_path")).select_related("household")


# --- what changed -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """One fact that differs between two documents."""

    path: str
    label: str
    before: str
    after: str


def changed_since(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> list[Change]:
    """What differs between two facts documents, with labels and words a reader understands; in the order of the document."""
    found: list[Change] = []
    _compare("", old, new, found)
    return [
        Change(
            path,
            paths.label_of(path, new if _has(new, path) else old, names or {}),
            paths.word_of(path, before),
            paths.word_of(path, after),
        )
        for path, before, after in ((item.path, item.before, item.after) for item in found)
    ]


def _compare(path: str, old: Any, new: Any, found: list[Any]) -> None:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            _compare(f"{path}.{key}" if path else str(key), old.get(key), new.get(key), found)
        return
    if isinstance(old, list) and isinstance(new, list) and path in {"incomes", "expenses", "members"}:
        for index in range(max(len(old), len(new))):
            left, right = (old[index] if index < len(old) else None), (new[index] if index < len(new) else None)
            _compare(f"{path}[{index}]", left, right, found)
        return
    found.append(_Raw(path, old, new))


@dataclass(frozen=True)
class _Raw:
    path: str
    before: Any
    after: Any


def _has(document: Mapping[str, Any], path: str) -> bool:
    head = path.split(".")[0]
    name, _, rest = head.partition("[")
    return not rest or int(rest.rstrip("]")) < len(document.get(name) or [])


def people_elsewhere(
    desk: Desk, household: Household, *, foreign: list[Household] | None = None
) -> dict[int, list[PersonHit]]:
    """Member pk → where else this person stands, for all members of a family in two queries."""
    mine = {member.id_hash: member.pk for member in household.members.all() if member.id_hash}
    answer: dict[int, list[PersonHit]] = {}
    rows = Member.objects.filter(id_hash__in=mine, household__merged_into=None).exclude(household=household)
    rows = rows.select_related("household__union")
    for row in rows.order_by("-household__updated_at"):
        union = row.household.union
        if desk.sees_families and row.household.union_path.startswith(desk.union_path):
            hit = PersonHit(union.name, union.hotline, row.household, row.name)
        else:
            hit = PersonHit(union.name, hotline_of(union))
            if foreign is not None:
                foreign.append(row.household)
        found = answer.setdefault(mine[row.id_hash], [])
        if hit not in found:
            found.append(hit)
    return answer


def details_of(file: EvidenceFile) -> dict[str, str]:
    """What was copied from the paper."""
    loaded: dict[str, str] = json.loads(str(file.details or "{}"))
    return loaded


def store_differences(older: timedelta) -> tuple[list[tuple[str, Path]], list[tuple[int, str]]]:
    """Files of the store that no record names and that were written before ``older`` ago, and records whose file is gone."""
    named: dict[str, int] = {}
    for pk, *names in EvidenceFile.objects.values_list("pk", "stored", "viewing", "thumbnail").iterator():
        named |= {name: pk for name in names if name}
    limit = time.time() - older.total_seconds()
    there = dict(blobs.everything())
    orphans = [(name, path) for name, path in there.items() if name not in named and path.stat().st_mtime < limit]
    lost = [(pk, name) for name, pk in named.items() if name not in there]
    return orphans, lost
