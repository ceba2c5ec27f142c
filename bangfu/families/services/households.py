"""Opening, describing and letting go of a family."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from bangfu.common import numbers
from bangfu.common.acts import SYSTEM, Actor, Deed, act
from bangfu.common.clock import day
from bangfu.common.crypto import lookup_hash
from bangfu.common.errors import Refused
from bangfu.common.identity import check_id_number
from bangfu.common.masking import mask_id, mask_phone
from bangfu.families import blobs, facts
from bangfu.families.choices import Relation
from bangfu.families.models import EvidenceFile, Household, Member
from bangfu.families.names import pinyin_of
from bangfu.families.services.common import (
    DuplicateMember,
    NotYourHousehold,
    actor_of,
    differences,
    locked_row,
    put_typed,
    require_editor,
    take_for_edit,
    unknown_names,
)
from bangfu.organizations.choices import CASEWORK_ROLES, FAMILY_READERS
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk

PART_FIELDS = frozenset(
    {
        "application_date", "employer", "work_region", "huji_region", "address", "phone", "incomes_known", "expenses_known",
        "owned_homes", "owned_area_m2", "renting", "rented_area_m2", "rent_within_market", "vehicles", "savings",
        "investments_net", "causes", "cause_notes", "needs", "government_cover", "has_incident", "incident_kind",
        "incident_date", "injury_grade", "hospitalised", "infected", "death", "loss", "unexplained_funds",
    }
    | set(facts.CONDUCT) | set(facts.STATUS) | set(facts.ATTESTED)
)  # fmt: skip

MEMBER_FIELDS = frozenset(
    {
        "relation", "name", "id_number", "birth_date", "sex", "support_kind", "head_of_household", "employer", "disabilities",
        "major_illness", "chronic_illness", "diagnosis", "studying",
    }
    | set(facts.MEMBER_FACTS)
)  # fmt: skip


def open_household(
    desk: Desk,
    *,
    at: datetime,
    application_date: date | None = None,
    union: Union | None = None,
    name: str = "",
    id_number: str = "",
) -> Household:
    """A new family in the desk's union, with the worker as its first member; regions start as the union's.

    Raises ``NotYourHousehold`` for anybody but a clerk, ``IdFault`` for an impossible number.
    """
    union = union or Union.objects.get(pk=desk.union_id)
    household = Household(
        union=union,
        union_path=union.path,
        application_date=application_date or day(at),
        work_region=union.region if not union.region.endswith("00") else None,
        created_by_id=desk.user_id,
        created_at=at,
        updated_at=at,
    )
    require_editor(desk, household)
    with act(desk.actor, "open_household", at=at) as deed:
        year = day(at).year
        household.number = f"H{year}-{numbers.take(f'household:{year}'):06d}"
        household.save()
        worker = Member(household=household, position=1, relation=Relation.SELF)
        _apply_member(worker, {"name": name, "id_number": id_number}, day(at))
        worker.save()
        _name_of_worker(household, [worker])
        household.save(update_fields=["worker_name", "worker_pinyin", "worker_initials"])
        deed.record(household, after={"number": household.number, "application_date": str(household.application_date)})
    return household


def save_household_part(
    desk: Desk,
    household: Household,
    values: Mapping[str, Any],
    *,
    at: datetime,
    version: int | None = None,
    step: str = "",
    as_typed: Mapping[str, str] | None = None,
) -> Household:
    """Saves some fields of the household (typed values: 分, dates, True/False/None). Returns the row at its new version.

    ``as_typed`` is what did not pass its check in this ``step``; it is kept beside the row. Raises ``HouseholdLocked``,
    ``NotYourHousehold``, ``StaleVersion``.
    """
    unknown_names(values, PART_FIELDS)
    with act(desk.actor, "save_household_part", at=at) as deed:
        row = take_for_edit(desk, household, version, at)
        before, after = differences(row, values)
        put_typed(row, step, as_typed)
        row.save()
        deed.record(row, before=before, after={"step": step, **after})
    return row


def save_members(
    desk: Desk,
    household: Household,
    rows: Iterable[Mapping[str, Any]],
    *,
    at: datetime,
    remove: Collection[int] = (),
    version: int | None = None,
    as_typed: Mapping[str, str] | None = None,
) -> Household:
    """Saves members: each mapping holds ``pk`` (or none for a new person) and the fields to set; ``remove`` names pks to take out.

    An ``id_number`` fills birth date, sex and its look-up hash. Raises ``IdFault``, ``DuplicateMember`` (twice in this family),
    ``Refused`` (the worker cannot be taken out; only one 本人), and what ``save_household_part`` raises.
    """
    with act(desk.actor, "save_members", at=at) as deed:
        row = take_for_edit(desk, household, version, at)
        present = {member.pk: member for member in Member.objects.filter(household=row)}
        next_position = max((member.position for member in present.values()), default=0) + 1
        for pk in remove:
            member = present.pop(pk, None)
            if member is None:
                continue
            if member.relation == Relation.SELF:
                raise Refused("职工本人不能从家庭中移除。", field="relation")
            deed.record(row, before={"member": member.fact_id, "name": member.name}, after={"removed": member.fact_id})
            member.delete()
        for values in rows:
            values = dict(values)
            pk = values.pop("pk", None)
            unknown_names(values, MEMBER_FIELDS)
            if pk is None:
                member = Member(
                    household=row, position=next_position, relation=values.get("relation") or Relation.OTHER
                )
                next_position += 1
            elif pk in present:
                member = present[pk]
            else:
                raise Refused("这位成员已被移除，请刷新页面。")
            _save_member(row, member, values, day(at), deed)
            present[member.pk] = member
        _one_worker(present.values())
        _name_of_worker(row, present.values())
        put_typed(row, "members", as_typed)
        row.save()
        if not deed.entries:
            deed.record(row, after={"step": "members"})
    return row


def _save_member(household: Household, member: Member, values: Mapping[str, Any], today: date, deed: Deed) -> None:
    before, after = _apply_member(member, values, today)
    if member.id_hash:
        twin = Member.objects.filter(household=household, id_hash=member.id_hash).exclude(pk=member.pk).first()
        if twin is not None:
            raise DuplicateMember(
                f"该证件号码与本户成员“{twin.name or twin.get_relation_display()}”相同，同一人只登记一次。",
                field="id_number",
            )
    if member.pk is None or after:
        member.save()
        deed.record(household, before={"member": member.fact_id, **before}, after={"member": member.fact_id, **after})


def _apply_member(member: Member, values: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    values = dict(values)
    number = values.get("id_number")
    if number:
        found = check_id_number(number, today=today)
        values |= {"id_number": found.number, "birth_date": found.birth_date, "sex": found.sex}
        member.id_hash = lookup_hash("id_number", found.number)
    elif number == "":
        member.id_hash = ""
    return differences(member, values)


def _one_worker(members: Iterable[Member]) -> None:
    if sum(member.relation == Relation.SELF for member in members) != 1:
        raise Refused("一户有且只有一位职工本人，请核对“与职工关系”。", field="relation")


def _name_of_worker(household: Household, members: Iterable[Member]) -> None:
    worker = facts.worker_of(members)
    household.worker_name = worker.name
    household.worker_pinyin, household.worker_initials = pinyin_of(worker.name)


def lock(who: Desk | Actor, household: Household, *, at: datetime, reason: str = "") -> Household:
    """Closes the family's data: they are in progress. Called by casework, which knows the state of the case."""
    return _set_lock(actor_of(who), household, True, at, reason)


def unlock(who: Desk | Actor, household: Household, *, at: datetime, reason: str = "") -> Household:
    """Opens the family's data again, after a return, a withdrawal or the end of the case."""
    return _set_lock(actor_of(who), household, False, at, reason)


def _set_lock(actor: Actor, household: Household, locked: bool, at: datetime, reason: str) -> Household:
    inside = bool(actor.union_path) and household.union_path.startswith(actor.union_path)
    if actor != SYSTEM and not (actor.role in CASEWORK_ROLES and inside):
        raise NotYourHousehold("这个家庭不在您的办理范围内。")
    with act(actor, "lock_household" if locked else "unlock_household", at=at, reason=reason) as deed:
        row = locked_row(household)
        was = row.locked
        row.locked = locked
        row.bump(row.version)
        row.save()
        deed.record(row, before={"locked": was}, after={"locked": locked})
    household.locked, household.version = row.locked, row.version
    return row


def delete_draft(desk: Desk, household: Household, *, at: datetime, reason: str = "") -> None:
    """Throws a draft away with everything in it, files too. A family that ever applied is kept: raises ``Refused``."""
    names: list[str] = []
    try:
        with act(desk.actor, "delete_draft", at=at, reason=reason) as deed:
            row = locked_row(household)
            require_editor(desk, row)
            if row.locked:
                raise Refused("这个家庭已提交申请，不能删除。")
            for file in EvidenceFile.objects.filter(household=row):
                names += [name for name in (file.stored, file.viewing, file.thumbnail) if name]
            deed.record(row, before={"number": row.number, "worker_name": row.worker_name, "files": len(names)})
            EvidenceFile.objects.filter(household=row).delete()
            row.delete()
            transaction.on_commit(partial(_drop, names))
    except (ProtectedError, IntegrityError) as fault:
        raise Refused("这个家庭已有申请或档案，依规定保留，不能删除。") from fault


def _drop(names: Iterable[str]) -> None:
    for name in names:
        blobs.remove(name)


REVEALED = {"id_number": "证件号码", "phone": "联系电话", "address": "家庭住址", "diagnosis": "诊断"}


def reveal(
    desk: Desk, household: Household, what: str, *, at: datetime, reason: str, member: Member | None = None
) -> str:
    """Shows one sensitive value in clear; who saw what, why and when is on the record. Raises ``Refused`` without a reason."""
    if what not in REVEALED:
        raise TypeError(what)
    if desk.role not in FAMILY_READERS or not household.union_path.startswith(desk.union_path):
        raise Refused("您的岗位不能查看这项信息。")
    if member is not None and member.household_id != household.pk:
        raise Refused("所选成员不在本户，请重新选择。", field="member")
    if len(reason.strip()) < 2:
        raise Refused("请写明查看原因，查看会留下记录。", field="reason")
    value = str(getattr(member if what in {"id_number", "diagnosis"} else household, what))
    with act(desk.actor, "reveal", at=at, reason=reason.strip()) as deed:
        shown = mask_id(value) if what == "id_number" else mask_phone(value) if what == "phone" else ""
        deed.record(household, after={"revealed": what, "member": member.fact_id if member else None, "masked": shown})
    return value
