"""Which households may be one family: candidates by shared hashes, judged by weighted signs. Nothing is decrypted here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from django.db.models import QuerySet

from bangfu.families.choices import Relation, TwinKind, TwinLevel
from bangfu.families.matching.keys import name_form
from bangfu.families.matching.weights import Weights, installed
from bangfu.families.models import EvidenceFile, Household, Member

CHUNK = 500
"""Hashes asked for at once (SQLite takes 999 parameters on old machines)."""
LABELS = dict(Relation.choices)


@dataclass(frozen=True, slots=True)
class Person:
    """A member as far as matching reads her."""

    household: int
    relation: str
    name: str
    birth: date | None
    id_hash: str
    person_hash: str


@dataclass(slots=True)
class Family:
    """A household as far as matching reads it."""

    pk: int
    path: str
    phone: str
    address: str
    people: list[Person] = field(default_factory=list)
    papers: set[str] = field(default_factory=set)

    def traces(self) -> Iterator[tuple[str, str]]:
        """(kind, hash) of everything this family can be found by."""
        yield "phone", self.phone
        yield "address", self.address
        for number in self.papers:
            yield "paper", number
        for person in self.people:
            yield "id", person.id_hash
            yield "person", person.person_hash


@dataclass(frozen=True)
class Reason:
    """One sign that was found, with its points and its words."""

    code: str
    points: int
    text: str


@dataclass(frozen=True)
class Verdict:
    """How two households look beside each other."""

    left: int
    right: int
    kind: TwinKind
    level: TwinLevel
    score: int
    reasons: tuple[Reason, ...]


def search(
    scope: QuerySet[Household], everybody: QuerySet[Household], *, weights: Weights | None = None
) -> list[Verdict]:
    """All pairs with at least one household in ``scope`` (the other in ``everybody``), best first.

    Reads the hashes of the scope, then only those rows elsewhere that share one.
    """
    table = weights or installed()
    families = load(scope)
    own = set(families)
    for part in _parts(sorted(_elsewhere(families, own))):
        families |= load(everybody.filter(pk__in=part))
    return judge_all(families, own, table)


def judge_all(families: dict[int, Family], own: Collection[int], table: Weights) -> list[Verdict]:
    """Judges every pair of ``families`` that shares something and touches ``own``."""
    blocks: dict[tuple[str, str], set[int]] = defaultdict(set)
    for family in families.values():
        for key in family.traces():
            if key[1]:
                blocks[key].add(family.pk)
    crowded: set[tuple[str, str]] = set()
    pairs: set[tuple[int, int]] = set()
    for key, holders in blocks.items():
        if len(holders) < 2:
            continue
        if len(holders) > table.crowd.get(key[0], 1_000):
            crowded.add(key)
            continue
        pairs |= {pair for pair in combinations(sorted(holders), 2) if pair[0] in own or pair[1] in own}
    found = (judge(families[left], families[right], table, crowded) for left, right in pairs)
    return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.left, one.right))


def judge(left: Family, right: Family, table: Weights, crowded: Collection[tuple[str, str]] = ()) -> Verdict | None:
    """The signs two households share, added up; None below the lowest level."""
    reasons: list[Reason] = []
    counts: Counter[str] = Counter()

    def add(code: str, who: str = "", roles: str = "") -> None:
        counts[code] += 1
        if counts[code] <= table.most.get(code, 100):
            sign = table.signs[code]
            reasons.append(Reason(code, sign.points, sign.text.format(who=who, roles=roles)))

    same = list(same_people(left, right, crowded))
    for one, other, code in same:
        both_children = one.relation == other.relation == Relation.CHILD
        add(
            "child_name_birth" if code == "name_birth" and both_children else code,
            one.name or other.name,
            _roles(one, other),
        )
    if any({one.relation, other.relation} == {Relation.SELF, Relation.SPOUSE} for one, other, _ in same):
        add("couple_crossed")
    if (left.papers & right.papers) - {number for kind, number in crowded if kind == "paper"}:
        add("same_paper")
    for code, kind, one_hash, other_hash in (
        ("same_address", "address", left.address, right.address), ("same_phone", "phone", left.phone, right.phone),
    ):  # fmt: skip
        if one_hash and one_hash == other_hash and (kind, one_hash) not in crowded:
            add(code)
    score = min(100, sum(reason.points for reason in reasons))
    level = table.level(score, sure=counts["same_id"] > 0)
    if level is None:
        return None
    reasons.sort(key=lambda reason: -reason.points)
    return Verdict(left.pk, right.pk, _kind(same), level, score, tuple(reasons))


def same_people(
    left: Family, right: Family, crowded: Collection[tuple[str, str]]
) -> Iterator[tuple[Person, Person, str]]:
    """Who stands in both households, each person once, by the best sign. Two numbers that differ are two people."""
    taken: set[int] = set()
    near = bool(left.phone and left.phone == right.phone) or bool(left.address and left.address == right.address)
    numbers = {person.id_hash for person in left.people if person.id_hash} & {
        person.id_hash for person in right.people if person.id_hash
    }
    near = near or bool(numbers)
    for test in (_by_number, _by_birth, _by_sound, _by_slip, _by_name):
        for one in left.people:
            if id(one) in taken:
                continue
            for other in right.people:
                if id(other) in taken or (one.id_hash and other.id_hash and one.id_hash != other.id_hash):
                    continue
                code = test(one, other)
                if code is None or (code in {"birth_slip", "same_name_near"} and not near):
                    continue
                if code == "sounds_alike" and ("person", one.person_hash) in crowded:
                    continue
                taken |= {id(one), id(other)}
                yield one, other, code
                break


def _by_number(one: Person, other: Person) -> str | None:
    return "same_id" if one.id_hash and one.id_hash == other.id_hash else None


def _by_birth(one: Person, other: Person) -> str | None:
    same = one.birth is not None and one.birth == other.birth and name_form(one.name) == name_form(other.name)
    return "name_birth" if same and len(name_form(one.name)) > 1 else None


def _by_sound(one: Person, other: Person) -> str | None:
    return "sounds_alike" if one.person_hash and one.person_hash == other.person_hash else None


def _by_slip(one: Person, other: Person) -> str | None:
    """The same name, birth dates one slip of the pen apart: one digit, two digits changed round, or day and month."""
    if one.birth is None or other.birth is None or name_form(one.name) != name_form(other.name) or len(one.name) < 2:
        return None
    first, second = f"{one.birth:%Y%m%d}", f"{other.birth:%Y%m%d}"
    differ = [place for place in range(8) if first[place] != second[place]]
    turned = (
        len(differ) == 2
        and first[differ[0]] == second[differ[1]]
        and first[differ[1]] == second[differ[0]]
    )  # fmt: skip
    swapped = first[:4] == second[:4] and first[4:6] == second[6:] and first[6:] == second[4:6]
    return "birth_slip" if len(differ) == 1 or turned or swapped else None


def _by_name(one: Person, other: Person) -> str | None:
    if one.birth is not None and other.birth is not None:
        return None
    return "same_name_near" if len(name_form(one.name)) > 1 and name_form(one.name) == name_form(other.name) else None


def _roles(one: Person, other: Person) -> str:
    first, second = LABELS.get(one.relation, ""), LABELS.get(other.relation, "")
    return f"两户都是{first}" if first == second else f"一户为{first}，一户为{second}"


def _kind(same: Sequence[tuple[Person, Person, str]]) -> TwinKind:
    roles = [{one.relation, other.relation} for one, other, _ in same]
    if any(role == {Relation.SELF} for role in roles):
        return TwinKind.SAME_WORKER
    if any(role == {Relation.SELF, Relation.SPOUSE} for role in roles):
        return TwinKind.COUPLE
    if roles and all(role == {Relation.CHILD} for role in roles):
        return TwinKind.SHARED_CHILD
    return TwinKind.SHARED_PERSON if roles else TwinKind.NEAR


# --- reading ----------------------------------------------------------------------------------------------------------
def load(households: QuerySet[Household]) -> dict[int, Family]:
    """The households as matching reads them, in three queries: hashes, names, birth dates."""
    chosen = households.order_by()
    families = {
        row[0]: Family(*row)
        for row in chosen.values_list("pk", "union_path", "phone_hash", "address_hash").iterator(chunk_size=20_000)
    }
    inside = chosen.values("pk")
    people = Member.objects.filter(household__in=inside).order_by("household", "position")
    columns = ("household", "relation", "name", "birth_date", "id_hash", "person_hash")
    for row in people.values_list(*columns).iterator(chunk_size=20_000):
        families[row[0]].people.append(Person(*row))
    papers = EvidenceFile.objects.filter(household__in=inside, withdrawn_at__isnull=True).exclude(number_hash="")
    for pk, number in papers.order_by().values_list("household", "number_hash").iterator(chunk_size=20_000):
        families[pk].papers.add(number)
    return families


def _elsewhere(families: dict[int, Family], own: set[int]) -> set[int]:
    """The households outside ``own`` that share a hash with one inside."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for family in families.values():
        for kind, value in family.traces():
            if value:
                wanted[kind].add(value)
    places: tuple[tuple[str, Any, str, str], ...] = (
        ("phone", Household, "phone_hash", "pk"), ("address", Household, "address_hash", "pk"),
        ("paper", EvidenceFile, "number_hash", "household"), ("id", Member, "id_hash", "household"),
        ("person", Member, "person_hash", "household"),
    )  # fmt: skip
    found: set[int] = set()
    for kind, model, column, owner in places:
        for part in _parts(sorted(wanted[kind])):
            found |= set(model.objects.filter(**{f"{column}__in": part}).order_by().values_list(owner, flat=True))
    return found - own


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
