"""Two households beside each other: every field, differences marked, the sensitive ones masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bangfu.common.masking import mask_id, mask_phone
from bangfu.families import fields, forms, paths
from bangfu.families.choices import Relation
from bangfu.families.fields import Spec
from bangfu.families.matching import keys
from bangfu.families.matching.pairs import Family, Person, same_people
from bangfu.families.models import Household, Member
from bangfu.organizations.selectors import region_name

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Row:
    """One field of both: what each says, whether they differ, whether only the right one knows it."""

    name: str
    label: str
    left: str
    right: str
    differs: bool
    only_right: bool = False

    @property
    def choice(self) -> bool:
        """Whether the right one says something that could be taken over."""
        return self.differs and self.right != "—"


@dataclass(frozen=True)
class Pair:
    """A person of both households, or of one."""

    left: Member | None
    right: Member | None
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        known = self.left or self.right
        return known.name or known.get_relation_display() if known else ""

    @property
    def choices(self) -> list[Row]:
        return [row for row in self.rows if row.choice]


@dataclass(frozen=True)
class LineRow:
    """A grid row of incomes or expenses."""

    kind: str
    row: int
    label: str
    owner: int | None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.row}"


def household_rows(left: Household, right: Household) -> list[tuple[str, list[Row]]]:
    """The fields of the households by step of the wizard."""
    groups: list[tuple[str, list[Row]]] = []
    for step, specs in fields.HOUSEHOLD.items():
        groups.append((fields.STEP_LABELS[step], [_row(spec, left, right) for spec in specs]))
    return groups


def people(left: Household, right: Household) -> list[Pair]:
    """Who is the same in both (as matching sees it), then who stands in one only. Households come from ``selectors.whole``."""
    one, two = _family(left), _family(right)
    members = {id(person): member for family, household in ((one, left), (two, right))
               for person, member in zip(family.people, household.members.all(), strict=True)}  # fmt: skip
    found = {id(first): second for first, second, _ in same_people(one, two, ())}
    taken = {id(second) for second in found.values()}
    pairs: list[Pair] = []
    for person in one.people:
        member, twin = members[id(person)], found.get(id(person))
        other = members[id(twin)] if twin is not None else None
        pairs.append(Pair(member, other, [_row(spec, member, other) for spec in fields.MEMBER]))
    for person in two.people:
        if id(person) not in taken:
            member = members[id(person)]
            pairs.append(Pair(None, member, [_row(spec, None, member) for spec in fields.MEMBER]))
    return pairs


def lines(household: Household) -> list[LineRow]:
    """Incomes and expenses by grid row."""
    found: dict[tuple[str, int], LineRow] = {}
    for kind, rows in (("income", household.incomelines.all()), ("expense", household.expenselines.all())):
        for line in rows:
            label = paths.row_label(household, f"{kind}:{line.row}")
            found.setdefault((kind, line.row), LineRow(kind, line.row, label, line.member_id))
    return list(found.values())


def default_relation(member: Member, kept: Household) -> str:
    """What a person who moves over most likely is to the kept worker."""
    if member.relation != Relation.SELF:
        return str(member.relation)
    taken = any(one.relation == Relation.SPOUSE for one in kept.members.all())
    return str(Relation.OTHER if taken else Relation.SPOUSE)


def _family(household: Household) -> Family:
    members = [
        Person(household.pk, one.relation, one.name, one.birth_date, one.id_hash, one.person_hash)
        for one in household.members.all()
    ]
    return Family(household.pk, household.union_path, household.phone_hash, household.address_hash, members)


def _row(spec: Spec, left: Any, right: Any) -> Row:
    first = getattr(left, spec.name) if left is not None else None
    second = getattr(right, spec.name) if right is not None else None
    alike = _normal(spec, first) == _normal(spec, second)
    return Row(
        spec.name, spec.label, word(spec, first), word(spec, second), differs=not alike,
        only_right=first in EMPTY and second not in EMPTY,
    )  # fmt: skip


def _normal(spec: Spec, value: Any) -> Any:
    """What is compared: an address or phone that is only written otherwise does not differ."""
    if value in EMPTY and not isinstance(value, list):
        return None
    if spec.kind == "address":
        return keys.address_form(str(value)) or keys.fold(str(value))
    if spec.kind == "phone":
        return keys.phone_form(str(value)) or keys.fold(str(value))
    return value


def word(spec: Spec, value: Any) -> str:
    """A value as both columns show it; identity number and phone masked, address and diagnosis only as 已填."""
    if value in (None, ""):
        return "—"
    if spec.name in {"address", "diagnosis"}:
        return "已填（隐去）"
    if spec.kind == "id":
        return mask_id(str(value))
    if spec.kind == "phone":
        return mask_phone(str(value))
    if spec.kind == "region":
        return region_name(value)
    options: Mapping[str, str] = dict(spec.options)
    if options and isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(options.get(item, item)) for item in value) or "无"
    if options:
        return str(options.get(str(value), value))
    if spec.kind in {"money", "area", "date", "count"}:
        return f"{forms.text_of(spec, value)} {spec.unit}".strip()
    return paths.word_of(spec.path, value)
