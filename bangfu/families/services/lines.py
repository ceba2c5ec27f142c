"""Income and expense rows of a family."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from bangfu.common.acts import act
from bangfu.common.errors import Refused
from bangfu.families import facts, months
from bangfu.families.choices import Basis, ExpenseKind, IncomeKind
from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.families.services.common import put_typed, take_for_edit, unknown_names
from bangfu.organizations.scope import Desk

INCOME_KEYS = frozenset(
    {
        "row",
        "member",
        "kind",
        "basis",
        "incident",
        "note",
        "detail",
        "cells",
        "from_month",
        "to_month",
        "obligor_income",
        "obligor_status",
    }
)
EXPENSE_SUMS = (
    "total", *facts.PAYERS, "self_in_scope", "self_out_of_scope", "tuition", "boarding", "travel", "aided", "monthly",
)  # fmt: skip
EXPENSE_KEYS = frozenset(
    {
        "row", "member", "kind", "incident", "note", "month", "from_month", "to_month", "bill_kind", "recognized", "voucher_number",
        *EXPENSE_SUMS,
    }
)  # fmt: skip
_BILL = ("month", "total", *facts.PAYERS, "self_in_scope", "self_out_of_scope", "voucher_number")
FIELDS_OF: dict[str, frozenset[str]] = {
    ExpenseKind.ILLNESS: frozenset({*_BILL, "bill_kind"}),
    ExpenseKind.DISABILITY_REHAB: frozenset(_BILL),
    ExpenseKind.DISABILITY_CARE: frozenset(
        {*_BILL, "monthly", "from_month", "to_month"} - {"self_in_scope", "self_out_of_scope"}
    ),
    ExpenseKind.SCHOOLING: frozenset({"month", "tuition", "boarding", "travel", "aided", "voucher_number"}),
    ExpenseKind.RENT: frozenset({"monthly", "from_month", "to_month", "voucher_number"}),
    ExpenseKind.EMPLOYMENT_COST: frozenset({"month", "total", "monthly", "from_month", "to_month", "voucher_number"}),
    ExpenseKind.OTHER: frozenset({"month", "total", "recognized", "voucher_number"}),
}
"""What an expense of each kind carries; everything else stays empty."""


def _member_ids(household: Household) -> dict[int, Member]:
    return {member.pk: member for member in Member.objects.filter(household=household)}


def _owner(given: Any, members: Mapping[int, Member]) -> Member | None:
    if given is None or given == "":
        return None
    pk = given.pk if isinstance(given, Member) else int(given)
    if pk not in members:
        raise Refused("所选成员不在本户，请重新选择。", field="member")
    return members[pk]


def save_income_rows(
    desk: Desk,
    household: Household,
    rows: Iterable[Mapping[str, Any]],
    *,
    at: datetime,
    remove: Collection[int] = (),
    known: bool | None = None,
    version: int | None = None,
    as_typed: Mapping[str, str] | None = None,
) -> Household:
    """Saves grid rows. Each: ``row`` (None = new), ``member`` (None = household), ``kind``, ``basis``, ``incident``, ``note``,
    ``detail`` and ``cells`` (month → 分, None = unknown); support without a document instead ``from_month``, ``to_month``,
    ``obligor_income``, ``obligor_status``. Rows not given stay; ``remove`` names rows to take out; ``known`` says that the list is
    complete. Runs of the same amount become one monthly line, a single month becomes one sum.
    """
    with act(desk.actor, "save_income_rows", at=at) as deed:
        row = take_for_edit(desk, household, version, at)
        members = _member_ids(row)
        taken = max(IncomeLine.objects.filter(household=row).values_list("row", flat=True), default=0)
        before, after = _list_known(row, "incomes_known", known)
        for number in remove:
            deleted, _ = IncomeLine.objects.filter(household=row, row=number).delete()
            if deleted:
                after[f"row {number}"] = "removed"
        for values in rows:
            unknown_names(values, INCOME_KEYS)
            number = taken + 1 if values.get("row") is None else int(values["row"])
            taken = max(taken, number)
            old = list(IncomeLine.objects.filter(household=row, row=number).order_by("pk"))
            fresh = _income_lines(row, number, values, members)
            if [_content(line) for line in old] == [_content(line) for line in fresh]:
                continue
            IncomeLine.objects.filter(household=row, row=number).delete()
            IncomeLine.objects.bulk_create(fresh)
            if old:
                before[f"row {number}"] = [_content(line) for line in old]
            after[f"row {number}"] = [_content(line) for line in fresh]
        put_typed(row, "incomes", as_typed)
        row.save()
        deed.record(row, before=before, after={"step": "incomes", **after})
    return row


def _list_known(row: Household, name: str, known: bool | None) -> tuple[dict[str, Any], dict[str, Any]]:
    if known is None or getattr(row, name) == known:
        return {}, {}
    setattr(row, name, known)
    return {name: not known}, {name: known}


def _income_lines(
    household: Household, number: int, values: Mapping[str, Any], members: Mapping[int, Member]
) -> list[IncomeLine]:
    kind, basis = values["kind"], values.get("basis") or Basis.VERIFIED
    owner = _owner(values.get("member"), members)
    if basis == Basis.NO_DOCUMENT and kind != IncomeKind.SUPPORT:
        raise Refused("“无法律文书”只用于赡养（抚养、扶养）费。", field="basis")
    if basis == Basis.DECLARED_FLEXIBLE and kind != IncomeKind.WAGE:
        raise Refused("“灵活就业申报”只用于工资性收入。", field="basis")
    if basis == Basis.DECLARED_FLEXIBLE and owner is None:
        raise Refused("灵活就业申报的收入要选是哪位成员的。", field="member")
    head: dict[str, Any] = {
        "household": household, "row": number, "member": owner, "kind": kind, "basis": basis,
        "incident": bool(values.get("incident")), "note": values.get("note") or "", "detail": values.get("detail") or {},
    }  # fmt: skip
    if kind == IncomeKind.SUPPORT and basis == Basis.NO_DOCUMENT:
        first, last = values.get("from_month"), values.get("to_month")
        if first and last and first > last:
            raise Refused(f"起月 {first} 晚于止月 {last}", field="to_month")
        return [
            IncomeLine(
                **head, from_month=first, to_month=last,
                obligor_income=values.get("obligor_income"), obligor_status=values.get("obligor_status") or None,
            )
        ]  # fmt: skip
    lines: list[IncomeLine] = []
    for first, last, amount in months.segments(values.get("cells") or {}):
        if amount is not None and amount < 0:
            raise Refused("金额不能为负数", field="cells")
        if first == last:
            lines.append(IncomeLine(**head, month=first, amount=amount))
        else:
            lines.append(IncomeLine(**head, monthly=amount, from_month=first, to_month=last))
    return lines or [IncomeLine(**head)]


def _content(line: IncomeLine | ExpenseLine) -> dict[str, Any]:
    """What a line holds, without what is empty. A known 0 is not empty."""
    skip = {"id", "household", "row"}
    found = {field.name: getattr(line, field.attname) for field in line._meta.concrete_fields if field.name not in skip}
    return {name: value for name, value in found.items() if not (value is None or value is False or value in ("", {}))}


def save_expense_rows(
    desk: Desk,
    household: Household,
    rows: Iterable[Mapping[str, Any]],
    *,
    at: datetime,
    remove: Collection[int] = (),
    known: bool | None = None,
    version: int | None = None,
    as_typed: Mapping[str, str] | None = None,
) -> Household:
    """Saves expense lines, one per ``row`` (None = new); sums in 分, None = unknown. What a kind does not carry is left empty.

    Raises ``Refused`` with the field for a span that ends before it begins or a line of both forms (monthly and one sum).
    """
    with act(desk.actor, "save_expense_rows", at=at) as deed:
        row = take_for_edit(desk, household, version, at)
        members = _member_ids(row)
        present = {line.row: line for line in ExpenseLine.objects.filter(household=row)}
        taken = max(present, default=0)
        before, after = _list_known(row, "expenses_known", known)
        for number in remove:
            gone = present.pop(number, None)
            if gone is not None:
                after[f"row {number}"] = "removed"
                gone.delete()
        for values in rows:
            unknown_names(values, EXPENSE_KEYS)
            number = taken + 1 if values.get("row") is None else int(values["row"])
            taken = max(taken, number)
            line = present.get(number) or ExpenseLine(household=row, row=number)
            old = _content(line) if line.pk else None
            _fill_expense(line, values, members)
            if old == _content(line):
                continue
            line.save()
            if old is not None:
                before[f"row {number}"] = old
            after[f"row {number}"] = _content(line)
        put_typed(row, "expenses", as_typed)
        row.save()
        deed.record(row, before=before, after={"step": "expenses", **after})
    return row


def _fill_expense(line: ExpenseLine, values: Mapping[str, Any], members: Mapping[int, Member]) -> None:
    line.kind = values["kind"]
    if "member" in values:
        line.member = _owner(values["member"], members)
    line.incident = bool(values.get("incident", line.incident))
    line.note = values.get("note", line.note) or ""
    carried = FIELDS_OF[line.kind]
    for name in EXPENSE_KEYS - {"row", "member", "kind", "incident", "note"}:
        blank: Any = "" if name in {"voucher_number", "bill_kind"} else None
        if name not in carried:
            setattr(line, name, blank)
        elif name in values:
            setattr(line, name, blank if values[name] is None else values[name])
    if any(getattr(line, name) is not None and getattr(line, name) < 0 for name in EXPENSE_SUMS):
        raise Refused("金额不能为负数")
    monthly = any(getattr(line, name) is not None for name in ("monthly", "from_month", "to_month"))
    if monthly and any(getattr(line, name) is not None for name in ("month", "total")):
        raise Refused("按月填写和按次填写只能选一种。", field="monthly")
    if line.from_month and line.to_month and line.from_month > line.to_month:
        raise Refused(f"起月 {line.from_month} 晚于止月 {line.to_month}", field="to_month")
