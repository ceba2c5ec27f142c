"""The contract `bangfu.facts/1`: reads a document into the typed records of `household`, with all faults at once.

Unknown is not false: a key that is absent or null is None. An unknown key is a fault that names its path, never ignored.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from bangfu.policy import money, months
from bangfu.policy.errors import DocumentFaults, Fault
from bangfu.policy.household import (
    BASES,
    CAUSES,
    DISABILITIES,
    EMPLOYMENTS,
    EXPENSE_KINDS,
    INCIDENT_KINDS,
    INCOME_KINDS,
    OBLIGOR_STATUSES,
    PAYERS,
    RELATIONS,
    STUDIES,
    VEHICLE_USES,
    Attested,
    Conduct,
    Disability,
    Expense,
    Facts,
    Housing,
    Incident,
    Income,
    Member,
    Obligor,
    PaidBy,
    Status,
    Vehicle,
)

__all__ = [
    "BASES",
    "CAUSES",
    "DISABILITIES",
    "EMPLOYMENTS",
    "EXPENSE_KINDS",
    "INCIDENT_KINDS",
    "INCOME_KINDS",
    "OBLIGOR_STATUSES",
    "PAYERS",
    "RELATIONS",
    "SCHEMA",
    "STUDIES",
    "VEHICLE_USES",
    "Attested",
    "Conduct",
    "Disability",
    "Expense",
    "Facts",
    "Housing",
    "Incident",
    "Income",
    "Member",
    "Obligor",
    "PaidBy",
    "Status",
    "Vehicle",
    "parse",
]

SCHEMA: Final = "bangfu.facts/1"

_REGION = re.compile(r"[0-9]{6}")
_AREA = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")

# --- reading one value: each returns the value or raises ValueError with the message of the fault ---------------------
Reader = Callable[[Any], Any]


def _kind_of(value: Any) -> str:
    names = {bool: "true/false", int: "a number", float: "a number with a point", str: "text", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, dict) else "null" if value is None else "a value")


def _flag(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise ValueError(f"true, false or null is expected, not {_kind_of(value)}")


def _count(value: Any) -> int:
    if type(value) is int:
        if value >= 0:
            return value
        raise ValueError("must not be negative")
    raise ValueError(f"a whole number is expected, not {_kind_of(value)}")


def _money(value: Any) -> int:
    if type(value) is not str:
        raise ValueError(f'an amount is text like "2300.00", not {_kind_of(value)}')
    try:
        return money.parse_fen(value)
    except ValueError:
        pass
    if value.startswith("-"):
        raise ValueError(f"{value}: an amount must not be negative")
    if re.fullmatch(r"[0-9]{13,}(?:\.[0-9]*)?", value):
        raise ValueError(f"{value}: an amount has at most twelve digits before the point")
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", value):
        raise ValueError(f"{value}: an amount has at most two decimals")
    raise ValueError(f'{value!r} is no amount; write yuan like "2300.00"')


def _area(value: Any) -> int:
    if type(value) is str and _AREA.fullmatch(value):
        whole, _, rest = value.partition(".")
        return int(whole) * 100 + int((rest + "00")[:2])
    raise ValueError('an area is text in m² like "58.0", with at most two decimals')


def _text(value: Any) -> str:
    if type(value) is str and value:
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("holds half a character")
        return value
    raise ValueError("text is expected, and it must not be empty")


def _month(value: Any) -> int:
    if type(value) is not str:
        raise ValueError(f'a month is text like "2020-09", not {_kind_of(value)}')
    return months.parse_month(value)


def _date(value: Any) -> datetime.date:
    if type(value) is not str:
        raise ValueError(f'a date is text like "2020-09-30", not {_kind_of(value)}')
    return months.parse_date(value)


def _region(value: Any) -> str:
    if type(value) is str and _REGION.fullmatch(value):
        return value
    raise ValueError("a region is text of six digits of GB/T 2260")


def _one_of(values: tuple[str, ...]) -> Reader:
    allowed = frozenset(values)

    def read(value: Any) -> str:
        if type(value) is str and value in allowed:
            return value
        raise ValueError(f"{value!r} is not one of {', '.join(values)}")

    return read


def _grade(value: Any) -> int:
    if type(value) is int and 1 <= value <= 4:
        return value
    raise ValueError("a grade is a whole number from 1 to 4")


def _injury(value: Any) -> int | str:
    if value == "none" or (type(value) is int and 1 <= value <= 10):
        result: int | str = value
        return result
    raise ValueError('an injury grade is "none" or a whole number from 1 to 10')


def _fields(**readers: Reader) -> dict[str, Reader]:
    return readers


_DISABILITY_FIELDS = _fields(kind=_one_of(DISABILITIES), grade=_grade)
_MEMBER_FIELDS = _fields(
    id=_text, relation=_one_of(RELATIONS), birth_date=_date, sex=_one_of(("male", "female")), lives_together=_flag,
    same_huji=_flag, support_relation=_flag, employment=_one_of(EMPLOYMENTS), retired=_flag,
    retired_in_mining_area=_flag, union_member=_flag, unit_has_union=_flag, migrant_worker=_flag,
    labor_relation_months=_count, labor_contract=_flag, long_term_urban=_flag, work_capable=_flag,
    major_illness=_flag, chronic_illness=_flag, studying=_one_of(STUDIES),
)  # fmt: skip
_OBLIGOR_FIELDS = _fields(income_monthly=_money, status=_one_of(OBLIGOR_STATUSES))
_INCOME_FIELDS = _fields(
    member=_text, kind=_one_of(INCOME_KINDS), basis=_one_of(BASES), monthly=_money, amount=_money, month=_month,
    incident=_flag, **{"from": _month, "to": _month},
)  # fmt: skip
_PAID_BY_FIELDS = dict.fromkeys(PAYERS, _money)
_EXPENSE_KIND = _one_of(EXPENSE_KINDS)
_EXPENSE_COMMON = _fields(member=_text, kind=_EXPENSE_KIND, incident=_flag)
_SPAN = _fields(monthly=_money, **{"from": _month, "to": _month})
_EXPENSE_FIELDS: dict[str, dict[str, Reader]] = {
    "illness": _EXPENSE_COMMON | _fields(month=_month, total=_money),
    "disability_rehab": _EXPENSE_COMMON | _fields(month=_month, total=_money),
    "disability_care": _EXPENSE_COMMON | _fields(month=_month, total=_money) | _SPAN,
    "schooling": _EXPENSE_COMMON | _fields(month=_month, tuition=_money, boarding=_money, travel=_money, aided=_money),
    "rent": _EXPENSE_COMMON | _SPAN,
    "employment_cost": _EXPENSE_COMMON | _fields(month=_month, total=_money) | _SPAN,
    "other": _EXPENSE_COMMON | _fields(month=_month, total=_money, recognized=_flag),
}
_WITH_PAID_BY = frozenset({"illness", "disability_rehab", "disability_care"})
_ONE_OFF_KEYS = ("month", "total", "paid_by", "amount")
_HOUSING_FIELDS = _fields(
    owned_homes=_count, owned_area_m2=_area, renting=_flag, rented_area_m2=_area, rent_within_market=_flag
)
_INCIDENT_FIELDS = _fields(
    kind=_one_of(INCIDENT_KINDS), date=_date, injury_grade=_injury, hospitalised=_flag, infected=_flag, death=_flag,
    loss=_money,
)  # fmt: skip
_CONDUCT_FIELDS = {
    name: (_money if name == "unexplained_funds" else _flag) for name in Conduct.__dataclass_fields__
}  # fmt: skip
_STATUS_FIELDS = dict.fromkeys(Status.__dataclass_fields__, _flag)
_ATTESTED_FIELDS = dict.fromkeys(Attested.__dataclass_fields__, _flag)
_TOP_FIELDS = _fields(
    schema=_text, id=_text, application_date=_date, work_region=_region, huji_region=_region, worker=_text,
    savings=_money, investments_net=_money,
)  # fmt: skip
_SECTIONS = ("members", "incomes", "expenses", "housing", "vehicles", "causes", "incident", "conduct", "status", "attested")  # fmt: skip


class _Reader:
    """Reads a document and gathers its faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def record(
        self, value: Any, path: str, readers: Mapping[str, Reader], extra: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The known values of one object; unknown keys and bad values become faults."""
        if not isinstance(value, dict):
            self.fault(path, f"an object is expected, not {_kind_of(value)}")
            return {}
        found: dict[str, Any] = {}
        dot = path + "." if path else ""
        for key, item in value.items():
            reader = readers.get(key)
            if reader is None:
                if key not in extra:
                    self.fault(f"{dot}{key}", "unknown key")
            elif item is not None:
                try:
                    found[key] = reader(item)
                except ValueError as error:
                    self.fault(f"{dot}{key}", str(error))
        return found

    def items(self, value: Any, path: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self.fault(path, f"a list is expected, not {_kind_of(value)}")
        return []

    # --- the parts ---------------------------------------------------------------------------------------------
    def members(self, value: Any) -> tuple[Member, ...]:
        if value is None:
            self.fault("members", "missing")
            return ()
        items = self.items(value, "members")
        if isinstance(value, list) and not items:
            self.fault("members", "at least one member is needed")
        members: list[Member] = []
        seen: dict[str, int] = {}
        for position, item in enumerate(items):
            path = f"members[{position}]"
            found = self.record(item, path, _MEMBER_FIELDS, ("disabilities",))
            if "id" not in found:
                if isinstance(item, dict) and item.get("id") is None:
                    self.fault(f"{path}.id", "missing")
                continue
            first = seen.setdefault(found["id"], position)
            if first != position:
                self.fault(f"{path}.id", f"{found['id']!r} is already the id of members[{first}]")
            listed = item.get("disabilities")
            if listed is not None:
                found["disabilities"] = tuple(
                    Disability(**self.record(one, f"{path}.disabilities[{k}]", _DISABILITY_FIELDS))
                    for k, one in enumerate(self.items(listed, f"{path}.disabilities"))
                )
            if found.get("employment") == "retired":
                if found.get("retired") is False:
                    self.fault(f"{path}.retired", "false contradicts employment retired")
                found["retired"] = True
            members.append(Member(position=position, **found))
        return tuple(members)

    def span(self, found: dict[str, Any], path: str) -> None:
        """`from` and `to` under names Python can use; a span that ends before it begins is a fault."""
        if "from" in found:
            found["first"] = found.pop("from")
        if "to" in found:
            found["last"] = found.pop("to")
        if "first" in found and "last" in found and found["first"] > found["last"]:
            first, last = months.format_month(found["first"]), months.format_month(found["last"])
            self.fault(f"{path}.from", f"{first} is after to {last}")

    def both_forms(self, item: dict[str, Any], path: str) -> bool:
        """Whether the line is monthly; a line of both forms is a fault."""
        get = item.get
        monthly = get("monthly") is not None or get("from") is not None or get("to") is not None
        if monthly and any(item.get(key) is not None for key in _ONE_OFF_KEYS):
            self.fault(path, "either monthly with from and to, or one sum with its month, not both")
        return monthly

    def owner(self, found: dict[str, Any], path: str, ids: frozenset[str]) -> None:
        if "member" in found and found["member"] not in ids:
            self.fault(f"{path}.member", f"{found['member']!r} is the id of no member")

    def incomes(self, value: Any, ids: frozenset[str]) -> tuple[Income, ...] | None:
        if value is None:
            return None
        incomes: list[Income] = []
        for position, item in enumerate(self.items(value, "incomes")):
            path = f"incomes[{position}]"
            found = self.record(item, path, _INCOME_FIELDS, ("obligor",))
            if not isinstance(item, dict):
                continue
            if "kind" not in found:
                if item.get("kind") is None:
                    self.fault(f"{path}.kind", "missing")
                continue
            self.owner(found, path, ids)
            monthly = self.both_forms(item, path)
            basis = found.get("basis", "verified")
            no_document = basis == "no_document"
            if no_document and found["kind"] != "support":
                self.fault(f"{path}.basis", "no_document is for support only")
            if basis == "declared_flexible":
                if found["kind"] != "wage":
                    self.fault(f"{path}.basis", "declared_flexible is for wage only")
                if item.get("member") is None:
                    self.fault(f"{path}.member", "declared_flexible earnings need the member who earns them")
            if no_document and found["kind"] == "support":
                monthly = True
                for key in ("amount", "month", "monthly"):
                    if item.get(key) is not None:
                        self.fault(f"{path}.{key}", "support that no document fixes carries no sum")
            if item.get("obligor") is not None:
                if not no_document:
                    self.fault(f"{path}.obligor", "only support with no_document names an obligor")
                found["obligor"] = Obligor(**self.record(item["obligor"], f"{path}.obligor", _OBLIGOR_FIELDS))
            self.span(found, path)
            found["incident"] = bool(found.get("incident"))
            incomes.append(Income(position=position, is_monthly=monthly, **found))
        return tuple(incomes)

    def expenses(self, value: Any, ids: frozenset[str]) -> tuple[Expense, ...] | None:
        if value is None:
            return None
        expenses: list[Expense] = []
        for position, item in enumerate(self.items(value, "expenses")):
            path = f"expenses[{position}]"
            if not isinstance(item, dict):
                self.fault(path, f"an object is expected, not {_kind_of(item)}")
                continue
            kind = item.get("kind")
            if kind is None:
                self.fault(f"{path}.kind", "missing")
                continue
            if not isinstance(kind, str) or kind not in _EXPENSE_FIELDS:
                self.fault(f"{path}.kind", f"{kind!r} is not one of {', '.join(EXPENSE_KINDS)}")
                continue
            extra = ("paid_by",) if kind in _WITH_PAID_BY else ()
            found = self.record(item, path, _EXPENSE_FIELDS[kind], extra)
            self.owner(found, path, ids)
            if kind == "disability_care" and item.get("member") is None:
                self.fault(f"{path}.member", "disability_care needs the member who is cared for")
            if kind in _WITH_PAID_BY and item.get("paid_by") is not None:
                found["paid_by"] = PaidBy(**self.record(item["paid_by"], f"{path}.paid_by", _PAID_BY_FIELDS))
            monthly = kind == "rent" or self.both_forms(item, path) if "from" in _EXPENSE_FIELDS[kind] else False
            self.span(found, path)
            found["incident"] = bool(found.get("incident"))
            expenses.append(Expense(position=position, is_monthly=monthly, **found))
        return tuple(expenses)

    def vehicles(self, value: Any) -> tuple[Vehicle, ...] | None:
        if value is None:
            return None
        readers = _fields(use=_one_of(VEHICLE_USES))
        items = self.items(value, "vehicles")
        return tuple(Vehicle(**self.record(one, f"vehicles[{k}]", readers)) for k, one in enumerate(items))

    def causes(self, value: Any) -> tuple[str, ...] | None:
        if value is None:
            return None
        read = _one_of(CAUSES)
        causes: list[str] = []
        for position, item in enumerate(self.items(value, "causes")):
            try:
                cause = read(item)
            except ValueError as error:
                self.fault(f"causes[{position}]", str(error))
                continue
            if cause in causes:
                self.fault(f"causes[{position}]", f"{cause} stands twice")
            causes.append(cause)
        return tuple(causes)

    def incident(self, value: Any) -> Incident:
        if value is None:
            return Incident()
        if value == "none":
            return Incident(happened=False)
        if not isinstance(value, dict):
            self.fault("incident", 'an object, "none" or null is expected')
            return Incident()
        return Incident(happened=True, **self.record(value, "incident", _INCIDENT_FIELDS))

    def section(self, document: dict[str, Any], name: str, readers: Mapping[str, Reader]) -> dict[str, Any]:
        value = document.get(name)
        return {} if value is None else self.record(value, name, readers)

    def document(self, document: dict[str, Any]) -> Facts | None:
        top = self.record(document, "", _TOP_FIELDS, _SECTIONS)
        for key in ("schema", "id", "application_date", "worker"):
            if document.get(key) is None:
                self.fault(key, "missing")
        if "schema" in top and top["schema"] != SCHEMA:
            self.fault("schema", f"{top['schema']!r} is not {SCHEMA!r}")
        members = self.members(document.get("members"))
        ids = frozenset(member.id for member in members)
        if "worker" in top and members and top["worker"] not in ids:
            self.fault("worker", f"{top['worker']!r} is the id of no member")
        incomes = self.incomes(document.get("incomes"), ids)
        expenses = self.expenses(document.get("expenses"), ids)
        housing = Housing(**self.section(document, "housing", _HOUSING_FIELDS))
        vehicles = self.vehicles(document.get("vehicles"))
        causes = self.causes(document.get("causes"))
        incident = self.incident(document.get("incident"))
        if incident.happened is False:
            lines: tuple[tuple[str, tuple[Income | Expense, ...]], ...] = (
                ("incomes", incomes or ()),
                ("expenses", expenses or ()),
            )
            for name, listed in lines:
                for line in listed:
                    if line.incident:
                        self.fault(f"{name}[{line.position}].incident", 'marked, but incident is "none"')
        conduct = Conduct(**self.section(document, "conduct", _CONDUCT_FIELDS))
        status = Status(**self.section(document, "status", _STATUS_FIELDS))
        attested = Attested(**self.section(document, "attested", _ATTESTED_FIELDS))
        if self.faults:
            return None
        return Facts(
            id=top["id"], application_date=top["application_date"], worker_id=top["worker"], members=members,
            work_region=top.get("work_region"), huji_region=top.get("huji_region"), incomes=incomes,
            expenses=expenses, housing=housing, vehicles=vehicles, savings=top.get("savings"),
            investments_net=top.get("investments_net"), causes=causes, incident=incident, conduct=conduct,
            status=status, attested=attested,
        )  # fmt: skip


def parse(document: Any) -> Facts:
    """Typed facts of a decoded `bangfu.facts/1` document. Raises `DocumentFaults` with every fault and its path."""
    if not isinstance(document, dict):
        raise DocumentFaults([Fault("", f"a facts document is an object, not {_kind_of(document)}")])
    reader = _Reader()
    facts = reader.document(document)
    if facts is None:
        name = document.get("id")
        raise DocumentFaults(reader.faults, name if isinstance(name, str) else "")
    return facts
