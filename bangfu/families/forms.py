"""The wizard's plain steps: from the table of fields to inputs on a page and back to typed values.

What does not pass its check is carried along exactly as typed, with its message, and is shown again until it is mended.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from bangfu.common.errors import Refused
from bangfu.common.identity import IdFault, check_id_number
from bangfu.common.masking import mask_id, mask_phone
from bangfu.common.money import format_fen
from bangfu.families import choices, typing_in
from bangfu.families.fields import HOUSEHOLD, MEMBER, Options, Spec
from bangfu.families.models import Household, Member
from bangfu.families.services.common import read_typed
from bangfu.organizations.models import Region

LIMITS = {
    "owned_homes": 99,
    "labor_relation_months": 720,
    "name": 40,
    "employer": 120,
    "address": 200,
    "diagnosis": 200,
}
NOT_NULL_TEXT = frozenset(
    {"employer", "address", "phone", "name", "diagnosis", "id_number", "support_kind", "government_cover"}
)
HIDDEN = "*"


@dataclass
class Input:
    """One field on the page: its name there, what it shows, what is wrong with it."""

    spec: Spec
    name: str
    text: str = ""
    error: str = ""
    warning: str = ""
    checked: list[str] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    options: Options = field(default_factory=list)
    note: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass
class Parsed:
    """A posted step: values that passed, texts that did not (by input name), their messages in the order of the page."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def fault(self, name: str, text: str, message: str) -> None:
        self.typed[name] = text
        self.faults[name] = message


def region_known(code: str) -> bool:
    return Region.objects.filter(pk=code).exists()


def text_of(spec: Spec, value: Any) -> str:
    """How a stored value stands in its input."""
    if value is None or value == "":
        return ""
    match spec.kind:
        case "money":
            return format_fen(value)
        case "yesno":
            return "yes" if value else "no"
        case "date":
            return str(value.isoformat())
        case "id":
            return mask_id(value)
        case "phone":
            return mask_phone(value)
        case "area":
            return f"{value:.2f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


# --- reading what was posted --------------------------------------------------------------------------------------
def parse_household(step: str, data: QueryDict, household: Household, today: date) -> Parsed:
    """A posted household step. Inputs that were not posted are left alone."""
    parsed = Parsed()
    for spec in HOUSEHOLD[step]:
        if spec.kind == "vehicles":
            _parse_vehicles(data, parsed)
        elif spec.kind == "many":
            _parse_many(spec, data, parsed)
        elif spec.name in data:
            _parse_one(spec, spec.name, str(data[spec.name]), parsed, today, str(getattr(household, spec.name) or ""))
    if step == "basic" and parsed.values.get("application_date", 0) is None:
        parsed.fault("application_date", data.get("application_date", ""), "请填写申请日期")
        del parsed.values["application_date"]
    if step == "causes":
        parsed.values["cause_notes"] = _cause_notes(data, household)
        _incident_rules(data, household, parsed)
    return parsed


def _parse_one(spec: Spec, name: str, text: str, parsed: Parsed, today: date, stored: str) -> None:
    if spec.kind in {"id", "phone"} and HIDDEN in text:
        # the masked number came back untouched; anything else with a star is a slip
        shown = mask_id(stored) if spec.kind == "id" else mask_phone(stored)
        if text.strip() != shown:
            parsed.fault(name, text, "请重新填写完整的号码（带 * 的是隐去的部分）")
        return
    try:
        value = typing_in.simple(spec, text, today=today, limits=LIMITS, known_region=region_known)
    except Refused as fault:
        parsed.fault(name, text, fault.message)
        return
    if value is None and spec.name in NOT_NULL_TEXT:
        value = ""
    if spec.name == "injury_grade" and value is not None:
        value = int(value)
    parsed.values[spec.name] = value


def _parse_many(spec: Spec, data: QueryDict, parsed: Parsed) -> None:
    if f"{spec.name}-shown" not in data:
        return
    known = dict(spec.options)
    chosen = [value for value in data.getlist(spec.name) if value in known]
    if spec.name == "causes":
        parsed.values["causes"] = chosen if chosen or data.get("causes-none") else None
    else:
        parsed.values[spec.name] = chosen


def _parse_vehicles(data: QueryDict, parsed: Parsed) -> None:
    have = data.get("vehicles-have")
    if have is None:
        return
    if have == "yes":
        uses = [use for use in data.getlist("vehicles-use") if use in choices.VehicleUse.values]
        parsed.values["vehicles"] = [{"use": use} for use in uses] or [{"use": None}]
    else:
        parsed.values["vehicles"] = [] if have == "no" else None


def _cause_notes(data: QueryDict, household: Household) -> dict[str, Any]:
    members = {member.fact_id for member in household.members.all()}
    notes: dict[str, Any] = {}
    for cause in data.getlist("causes"):
        bearers = [who for who in data.getlist(f"cause-{cause}-members") if who in members]
        text = data.get(f"cause-{cause}-text", "").strip()[:120]
        if bearers or text:
            notes[cause] = {"members": bearers, "text": text}
    return notes


def _incident_rules(data: QueryDict, household: Household, parsed: Parsed) -> None:
    if parsed.values.get("has_incident", household.has_incident) is False:
        marked = [
            line
            for lines in (household.incomelines.all(), household.expenselines.all())
            for line in lines
            if line.incident
        ]
        if marked:
            message = f"已有 {len(marked)} 笔收支标记为“意外所致”，请先取消标记再选“否”"
            parsed.fault("has_incident", data.get("has_incident", "no"), message)
            parsed.values.pop("has_incident", None)


def parse_members(data: QueryDict, members: list[Member], today: date) -> tuple[list[dict[str, Any]], Parsed]:
    """The posted member cards: one mapping for ``save_members`` each, and what did not pass."""
    whole = Parsed()
    rows: list[dict[str, Any]] = []
    for member in members:
        prefix = f"m{member.pk}-"
        if f"{prefix}relation" not in data and f"{prefix}name" not in data:
            continue
        one = Parsed()
        for spec in MEMBER:
            name = prefix + spec.name
            if spec.kind == "disabilities":
                _parse_disabilities(data, prefix, one)
            elif name in data:
                _parse_one(spec, name, str(data[name]), one, today, str(member.id_number) if spec.kind == "id" else "")
        _agree_with_number(member, prefix, data, one)
        if one.values.get("relation") is None or "self" in {one.values["relation"], member.relation}:
            one.values.pop("relation", None)
        employment, retired = (one.values.get(key, getattr(member, key)) for key in ("employment", "retired"))
        if employment == "retired" and retired is False:
            one.fault(f"{prefix}retired", data.get(f"{prefix}retired", "no"), "就业状况为“退休”，这里不能选“否”")
            one.values.pop("retired", None)
            if member.retired is False:
                one.values["retired"] = None
        rows.append({"pk": member.pk, **one.values})
        whole.typed |= one.typed
        whole.faults |= one.faults
    return rows, whole


def _agree_with_number(member: Member, prefix: str, data: QueryDict, one: Parsed) -> None:
    """Birth date and sex follow the number; what contradicts it is told at the field."""
    number = one.values.get("id_number", member.id_number if f"{prefix}id_number" not in one.faults else "")
    if not number:
        return
    try:
        found = check_id_number(number)
    except IdFault:
        return
    fresh = bool(one.values.get("id_number")) and one.values["id_number"] != member.id_number
    born, sex = one.values.get("birth_date"), one.values.get("sex")
    if fresh:
        one.values |= {"birth_date": found.birth_date, "sex": found.sex}
        return
    if born is not None and born != found.birth_date:
        one.fault(
            f"{prefix}birth_date", str(data[f"{prefix}birth_date"]), f"与证件号码中的出生日期 {found.birth_date} 不符"
        )
        del one.values["birth_date"]
    if sex is not None and sex != found.sex:
        one.fault(f"{prefix}sex", str(sex), "与证件号码第 17 位不符")
        del one.values["sex"]


def _parse_disabilities(data: QueryDict, prefix: str, one: Parsed) -> None:
    have = data.get(f"{prefix}disabilities-have")
    if have is None:
        return
    if have != "yes":
        one.values["disabilities"] = [] if have == "no" else None
        return
    kinds, grades = data.getlist(f"{prefix}disabilities-kind"), data.getlist(f"{prefix}disabilities-grade")
    found = [
        {"kind": kind or None, "grade": int(grade) if grade in {"1", "2", "3", "4"} else None}
        for kind, grade in zip(kinds, grades, strict=False)
        if (kind in choices.DisabilityKind.values) or grade
    ]
    one.values["disabilities"] = found or [{"kind": None, "grade": None}]


# --- inputs for the page ------------------------------------------------------------------------------------------
def household_inputs(step: str, household: Household, today: date) -> list[Input]:
    """The inputs of a household step as the page shows them now, with kept texts and their messages."""
    kept = read_typed(household).get(step, {})
    found = [_input(spec, spec.name, household, kept, today) for spec in HOUSEHOLD[step]]
    for item in found:
        if item.spec.kind == "region" and item.text and not item.error:
            item.note = str(Region.objects.filter(pk=item.text).values_list("full_name", flat=True).first() or "")
    return found


def member_inputs(member: Member, kept: Mapping[str, str], today: date) -> list[Input]:
    """The inputs of one member card."""
    found = [_input(spec, f"m{member.pk}-{spec.name}", member, kept, today) for spec in MEMBER]
    for item in found:
        if item.spec.name == "relation":
            # one worker per family: the first card is the worker's, the others never become one
            item.options = [
                option for option in item.spec.options if (option[0] == "self") == (member.relation == "self")
            ]
    return found


def _input(spec: Spec, name: str, row: Any, kept: Mapping[str, str], today: date) -> Input:
    value = getattr(row, spec.name)
    item = Input(spec, name, options=spec.options)
    if spec.kind == "many":
        item.checked = list(value or [])
        item.text = "" if value is None else "none" if value == [] else "some"
        return item
    if spec.kind in {"vehicles", "disabilities"}:
        item.text = "" if value is None else "yes" if value else "no"
        item.rows = _list_rows(spec.kind, value or [])
        return item
    item.text = text_of(spec, value)
    if name in kept:
        item.text = kept[name]
        item.error = message_for(spec, name, row, kept[name], today)
    return item


def _list_rows(kind: str, value: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if kind == "vehicles":
        return [(str(item.get("use") or ""), "") for item in value] + [("", "")]
    return [(str(item.get("kind") or ""), str(item.get("grade") or "")) for item in value] + [("", "")]


def message_for(spec: Spec, name: str, row: Any, text: str, today: date) -> str:
    """Why a kept text did not pass; empty when it would pass now."""
    parsed = Parsed()
    stored = str(getattr(row, spec.name) or "") if spec.kind in {"id", "phone"} else ""
    _parse_one(spec, name, text, parsed, today, stored)
    if name in parsed.faults:
        return parsed.faults[name]
    if isinstance(row, Member) and row.id_number and spec.name in {"birth_date", "sex"}:
        return "与证件号码不符"
    if spec.name == "retired" and text == "no":
        return "就业状况为“退休”，这里不能选“否”"
    if spec.name == "has_incident" and text == "no":
        return "还有收支标记为“意外所致”，请先取消标记再选“否”"
    if spec.name == "id_number":
        return "该证件号码与本户另一位成员相同，同一人只登记一次。"
    return "请核对" if text else "请填写"
