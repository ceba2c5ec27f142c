"""Two households become one, one becomes two, and either can be taken back for 30 days.

No row is lost: people and lines move, the row that goes stays as it was (``merged_into``) and a ``FamilyChange`` keeps every value before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bangfu.common import numbers
from bangfu.common.acts import act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families import facts
from bangfu.families.choices import ChangeKind, Relation, TwinState
from bangfu.families.matching import holds
from bangfu.families.matching.journal import Journal, next_rows, take_back
from bangfu.families.models import (
    EvidenceFile,
    ExpenseLine,
    FamilyChange,
    Household,
    IncomeLine,
    Member,
    TwinFinding,
)
from bangfu.families.names import pinyin_of
from bangfu.families.services.common import locked_row, refuse_merged
from bangfu.families.services.households import MEMBER_FIELDS, PART_FIELDS
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk

UNDO_DAYS = 30
Lines = Mapping[str, Collection[int]]
"""``{"income": rows, "expense": rows}``."""
LINES: dict[str, type[IncomeLine] | type[ExpenseLine]] = {"income": IncomeLine, "expense": ExpenseLine}
_KNOWN = {"income": "incomes_known", "expense": "expenses_known"}


@dataclass(frozen=True)
class MergePlan:
    """What a person decided about two households. Everything not named stays as the kept family has it.

    ``fields``: of the household, taken from the other. ``people``: pk of the other's member → pk of the same person in the kept family, or
    None to move her over. ``relations``: pk of a moved member → relation to the kept worker. ``person_fields``: pk of the other's member →
    fields taken over from her. ``rows``: rows of the other's lines that come along.
    """

    people: Mapping[int, int | None]
    fields: Collection[str] = ()
    relations: Mapping[int, str] = field(default_factory=dict)
    person_fields: Mapping[int, Collection[str]] = field(default_factory=dict)
    rows: Lines = field(default_factory=dict)


def merge(
    desk: Desk, kept: Household, other: Household, plan: MergePlan, *, reason: str, at: datetime,
    versions: tuple[int, int] | None = None,
) -> FamilyChange:  # fmt: skip
    """Brings ``other`` into ``kept``. Raises ``NotYourHousehold``, ``StaleVersion``, ``Refused`` (a file or application in the way, no
    reason, a person forgotten or named twice).
    """
    reason = _reason(reason)
    if kept.pk == other.pk:
        raise Refused("请选择两个不同的家庭。")
    with act(desk.actor, "merge_families", at=at, reason=reason) as deed:
        first, second = (locked_row(row) for row in sorted((kept, other), key=lambda row: row.pk))
        home, guest = (first, second) if first.pk == kept.pk else (second, first)
        holds.require_changer(desk, home, guest)
        refuse_merged(home)
        refuse_merged(guest)
        holds.require_free(desk, home, guest)
        for row, version in zip((home, guest), versions or (home.version, guest.version), strict=True):
            row.bump(version)
        journal = Journal()
        at_home = {member.pk: member for member in Member.objects.filter(household=home)}
        guests = {member.pk: member for member in Member.objects.filter(household=guest).order_by("position")}
        _check_people(plan, at_home, guests)
        names = _fact_names(plan, at_home, guests)
        _take_fields(journal, home, guest, plan, names)
        owner = _bring_people(journal, home, plan, at_home, guests)
        rows = _bring_lines(journal, home, guest, plan, owner)
        files = _bring_files(journal, home, guest, owner, rows)
        _name_worker(journal, home)
        journal.change(guest, merged_into_id=home.pk, locked=True)
        _touch(at, home, guest)
        change = _keep(desk, ChangeKind.MERGE, home, guest, journal, reason, at)
        _close_findings(home, guest, desk, at)
        summary = {
            "fields": sorted(plan.fields), "people": sum(into is None for into in plan.people.values()),
            "same_people": sum(into is not None for into in plan.people.values()),
            "lines": sum(map(len, rows.values())), "files": files,
        }  # fmt: skip
        deed.record(home, after={"from": guest.number, "change": change.pk, **summary})
        deed.record(guest, before={"merged_into": None}, after={"merged_into": home.number})
    return change


def split(
    desk: Desk, household: Household, *, people: Collection[int], worker: int, reason: str, at: datetime,
    relations: Mapping[int, str] | None = None, rows: Lines | None = None, union: Union | None = None, version: int | None = None,
) -> FamilyChange:  # fmt: skip
    """Moves ``people`` into a new household whose worker is ``worker``; their lines and papers go with them, ``rows`` names lines of the
    whole family that go too. Address and phone of the new household stay open. Raises what ``merge`` raises.
    """
    reason = _reason(reason)
    with act(desk.actor, "split_family", at=at, reason=reason) as deed:
        home = locked_row(household)
        holds.require_changer(desk, home)
        refuse_merged(home)
        holds.require_free(desk, home)
        home.bump(home.version if version is None else version)
        there = {member.pk: member for member in Member.objects.filter(household=home).order_by("position")}
        leaving = [there[pk] for pk in there if pk in set(people)]
        if len(leaving) != len(set(people)) or not leaving:
            raise Refused("请勾选要分出的成员。", field="people")
        if any(member.relation == Relation.SELF for member in leaving):
            raise Refused("职工本人留在原家庭，请勾选其他成员。", field="people")
        if worker not in {member.pk for member in leaving}:
            raise Refused("请在分出的成员中选一位作为新家庭的职工本人。", field="worker")
        journal = Journal()
        place = union or home.union
        if not place.path.startswith(desk.union_path):
            raise Refused("新家庭的工会不在您的范围内。", field="union")
        fresh = _new_household(desk, home, there[worker], place, at)
        journal.made(fresh)
        for position, member in enumerate(sorted(leaving, key=lambda member: member.pk != worker), 1):
            relation = Relation.SELF if member.pk == worker else (relations or {}).get(member.pk, member.relation)
            if relation == Relation.SELF and member.pk != worker:
                raise Refused("一户有且只有一位职工本人。", field="relations")
            journal.change(member, household_id=fresh.pk, position=position, relation=relation)
        moved = {member.pk: member.pk for member in leaving}
        chosen = _rows_of(home, moved, rows or {})
        numbers_of = {kind: _move(journal, kind, home, fresh, chosen[kind], moved) for kind in LINES}
        files = _bring_files(journal, fresh, home, moved, numbers_of, only_named=True)
        _forget_bearers(
            journal, home, {f"P{member.position}" for member in there.values() if member.household_id == home.pk}
        )
        _name_worker(journal, home)
        _touch(at, home)
        change = _keep(desk, ChangeKind.SPLIT, home, fresh, journal, reason, at)
        lines = sum(map(len, numbers_of.values()))
        deed.record(
            home,
            after={"to": fresh.number, "change": change.pk, "people": len(leaving), "lines": lines, "files": files},
        )
        deed.record(fresh, after={"from": home.number, "number": fresh.number})
    return change


def undo(desk: Desk, change: FamilyChange, *, at: datetime) -> FamilyChange:
    """Takes a merge or split back as it was. Raises ``Refused`` after 30 days or a second time, ``Drifted`` where later work would be lost."""
    verb = "undo_merge" if change.kind == ChangeKind.MERGE else "undo_split"
    with act(desk.actor, verb, at=at) as deed:
        row: FamilyChange = FamilyChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        home = locked_row(row.kept)
        holds.require_changer(desk, home, *([row.other] if row.other else []))
        if row.undone_at is not None:
            raise Refused("这次变更已经撤销过了。")
        if day(at) > last_day(row):
            raise Refused(f"只能在 {UNDO_DAYS} 天内撤销（到 {last_day(row):%Y-%m-%d}）。请改用“拆分”或“合并”处理。")
        holds.require_free(desk, home)
        back = take_back(str(row.journal))
        for pk in [one for one in (row.kept_id, row.other_id) if one is not None]:
            now = Household.objects.select_for_update().filter(pk=pk).first()
            if now is not None:
                now.bump(now.version)
                _touch(at, now)
        row.undone_at, row.undone_by_id = at, desk.user_id
        if row.other_id is not None and not Household.objects.filter(pk=row.other_id).exists():
            row.other_id = None  # the new family of a split went with it
        row.save()
        if row.kind == ChangeKind.MERGE and row.other_id:
            pair = sorted((row.kept_id, row.other_id))
            TwinFinding.objects.filter(left=pair[0], right=pair[1], state=TwinState.MERGED).update(
                state=TwinState.OPEN, concluded_by=None, concluded_at=None
            )
        deed.record(home, after={"change": row.pk, "other": row.other_number, "rows": len(back)})
    return row


def last_day(change: FamilyChange) -> date:
    """The last day on which a change can be taken back."""
    return day(change.made_at) + timedelta(days=UNDO_DAYS)


# --- parts ------------------------------------------------------------------------------------------------------------
def _reason(text: str) -> str:
    if len(text.strip()) < 2:
        raise Refused("请写明原因。", field="reason")
    return text.strip()[:200]


def _check_people(plan: MergePlan, at_home: Mapping[int, Member], guests: Mapping[int, Member]) -> None:
    if set(plan.people) != set(guests):
        raise Refused("并入一户的成员有变动，请刷新页面后重新核对。", field="people")
    into = [pk for pk in plan.people.values() if pk is not None]
    if len(into) != len(set(into)) or not set(into) <= set(at_home):
        raise Refused("同一位成员不能对应两个人，请重新选择。", field="people")
    for pk, target in plan.people.items():
        one, other = guests[pk], at_home.get(target) if target is not None else None
        if other is not None and one.id_hash and other.id_hash and one.id_hash != other.id_hash:
            raise Refused(f"{one.name} 与 {other.name} 的证件号码不同，不是同一个人。", field="people")
        if target is None and one.id_hash and any(one.id_hash == row.id_hash for row in at_home.values()):
            raise Refused(f"{one.name} 的证件号码已在保留的一户中，请选为同一人。", field="people")
        if target is None and plan.relations.get(pk, one.relation) == Relation.SELF:
            raise Refused(f"一户有且只有一位职工本人，请另选 {one.name} 与职工的关系。", field="relations")


def _fact_names(plan: MergePlan, at_home: Mapping[int, Member], guests: Mapping[int, Member]) -> dict[str, str]:
    """The other's ids in facts (``P2``) → the kept family's, after the merge."""
    free = max((member.position for member in at_home.values()), default=0)
    names: dict[str, str] = {}
    for pk, member in guests.items():
        target = plan.people[pk]
        if target is None:
            free += 1
        names[member.fact_id] = f"P{free}" if target is None else at_home[target].fact_id
    return names


def _take_fields(
    journal: Journal, home: Household, guest: Household, plan: MergePlan, names: Mapping[str, str]
) -> None:
    strange = set(plan.fields) - PART_FIELDS
    if strange:
        raise TypeError(f"unknown fields: {sorted(strange)}")
    values = {name: getattr(guest, name) for name in plan.fields if name not in _KNOWN.values()}
    if "causes" in plan.fields or "cause_notes" in plan.fields:
        notes = {cause: dict(note) for cause, note in (guest.cause_notes or {}).items()}
        for note in notes.values():
            note["members"] = [names[one] for one in note.get("members", []) if one in names]
        values |= {"causes": guest.causes, "cause_notes": notes}
    # a list is complete only where both lists were
    values |= {name: getattr(home, name) and getattr(guest, name) for name in _KNOWN.values()}
    journal.change(home, **values)


def _bring_people(
    journal: Journal, home: Household, plan: MergePlan, at_home: Mapping[int, Member], guests: Mapping[int, Member]
) -> dict[int, int]:
    """The other's member → who owns her lines afterwards."""
    position = max((member.position for member in at_home.values()), default=0)
    owner: dict[int, int] = {}
    for pk, member in guests.items():
        target = plan.people[pk]
        if target is None:
            position += 1
            relation = plan.relations.get(pk, member.relation)
            journal.change(member, household_id=home.pk, position=position, relation=relation)
            owner[pk] = pk
            continue
        owner[pk] = target
        wanted = set(plan.person_fields.get(pk, ()))
        if wanted - MEMBER_FIELDS:
            raise TypeError(f"unknown fields: {sorted(wanted - MEMBER_FIELDS)}")
        wanted -= {"relation"}  # to which worker: hers in the kept family
        wanted |= {"id_hash"} if "id_number" in wanted else set()
        journal.change(at_home[target], **{name: getattr(member, name) for name in wanted})
    return owner


def _bring_lines(
    journal: Journal, home: Household, guest: Household, plan: MergePlan, owner: Mapping[int, int]
) -> dict[str, dict[int, int]]:
    """Lines of people who move come along in any case; of the others those the plan names."""
    moved = {pk for pk, target in plan.people.items() if target is None}
    chosen = _rows_of(guest, dict.fromkeys(moved, 0), plan.rows)
    return {kind: _move(journal, kind, guest, home, chosen[kind], owner) for kind in LINES}


def _rows_of(household: Household, people: Mapping[int, int], rows: Lines) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for kind, model in LINES.items():
        theirs = model.objects.filter(household=household, member__in=list(people)).values_list("row", flat=True)
        there = set(model.objects.filter(household=household).values_list("row", flat=True))
        found[kind] = set(theirs) | (set(rows.get(kind, ())) & there)
    return found


def _move(
    journal: Journal, kind: str, source: Household, target: Household, rows: Iterable[int], owner: Mapping[int, int]
) -> dict[int, int]:
    model = LINES[kind]
    fresh = next_rows(target.pk, model, rows)
    for line in model.objects.filter(household=source, row__in=list(fresh)).order_by("row", "pk"):
        if line.member_id is not None and line.member_id not in owner:
            raise Refused("这笔收支是留下的成员的，不能分出去。", field="rows")
        member = owner[line.member_id] if line.member_id is not None else None
        journal.change(line, household_id=target.pk, row=fresh[line.row], member_id=member)
    return fresh


def _bring_files(
    journal: Journal, target: Household, source: Household, owner: Mapping[int, int], rows: Mapping[str, Mapping[int, int]],
    *, only_named: bool = False,
) -> int:  # fmt: skip
    """Papers follow their person or their line; papers of the whole family only in a merge. Those of lines that stay behind stay."""
    count = 0
    for file in EvidenceFile.objects.filter(household=source):
        kind, _, row = file.line.partition(":")
        line = file.line
        if line:
            fresh = rows.get(kind, {}).get(int(row)) if row.isdigit() else None
            if fresh is None:
                continue
            line = f"{kind}:{fresh}"
        elif file.member_id is None and only_named:
            continue
        if file.member_id is not None and file.member_id not in owner:
            continue
        member = owner[file.member_id] if file.member_id is not None else None
        journal.change(file, household_id=target.pk, member_id=member, line=line)
        count += 1
    return count


def _touch(at: datetime, *households: Household) -> None:
    for household in households:
        household.updated_at = at
        household.save(update_fields=["updated_at"])


def _name_worker(journal: Journal, household: Household) -> None:
    worker = facts.worker_of(Member.objects.filter(household=household))
    sound, initials = pinyin_of(worker.name)
    journal.change(household, worker_name=worker.name, worker_pinyin=sound, worker_initials=initials)


def _forget_bearers(journal: Journal, household: Household, staying: Collection[str]) -> None:
    """Somebody who left no longer bears a cause here."""
    notes = {
        cause: {**note, "members": [one for one in note.get("members", []) if one in staying]}
        if "members" in note else note
        for cause, note in (household.cause_notes or {}).items()
    }  # fmt: skip
    journal.change(household, cause_notes=notes)


def _new_household(desk: Desk, home: Household, worker: Member, place: Union, at: datetime) -> Household:
    sound, initials = pinyin_of(worker.name)
    fresh = Household(
        union=place, union_path=place.path, application_date=day(at), employer=worker.employer, work_region=home.work_region,
        huji_region=home.huji_region, worker_name=worker.name, worker_pinyin=sound, worker_initials=initials,
        created_by_id=desk.user_id, created_at=at, updated_at=at,
    )  # fmt: skip
    year = day(at).year
    fresh.number = f"H{year}-{numbers.take(f'household:{year}'):06d}"
    fresh.save()
    return fresh


def _keep(
    desk: Desk, kind: ChangeKind, home: Household, other: Household, journal: Journal, reason: str, at: datetime
) -> FamilyChange:
    change: FamilyChange = FamilyChange.objects.create(
        kind=kind, kept=home, other=other, other_number=other.number, union_path=home.union_path, journal=journal.text,
        reason=reason, made_by_id=desk.user_id, made_at=at,
    )  # fmt: skip
    return change


def _close_findings(home: Household, guest: Household, desk: Desk, at: datetime) -> None:
    left, right = sorted((home.pk, guest.pk))
    TwinFinding.objects.filter(left=left, right=right).update(
        state=TwinState.MERGED, concluded_by=desk.user_id, concluded_at=at
    )
