"""The income grid (rows × months) and the expense lines of the wizard: what was posted, what is shown, totals, pasted blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from bangfu.common.errors import Refused
from bangfu.common.money import format_fen
from bangfu.families import choices, months, typing_in
from bangfu.families.fields import LINE_LABELS
from bangfu.families.forms import Parsed
from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.families.services.common import read_typed
from bangfu.families.services.lines import EXPENSE_SUMS, FIELDS_OF

ONE_OFF = frozenset(
    {"compensation", "donation", "relief", "scholarship", "bravery_award", "family_planning_reward", "other_transfer", "other_transfer_out"}
)  # fmt: skip
"""Kinds that come as single payments: an empty month means that nothing came; elsewhere it means that the amount is not known yet."""

CENTRAL_MONTHS = 12


def visible_months(household: Household, window: int, wide: bool) -> list[str]:
    """The months the grid shows: the policy's window (wide: the twelve of the central rule), and the month of application
    once there was an incident, since what it brought then counts too."""
    shown = months.before(household.application_date, CENTRAL_MONTHS if wide else window)
    return [*shown, months.month_of(household.application_date)] if household.has_incident else shown


@dataclass
class GridCell:
    name: str
    month: str
    text: str
    error: str = ""
    central: bool = False
    incident: bool = False


@dataclass
class GridRow:
    """One row as the page shows it."""

    row: int
    member: str
    kind: str
    kind_label: str
    basis: str
    incident: bool
    note: str
    cells: list[GridCell]
    total: str
    support: bool
    outgoing: bool
    one_off: bool
    bases: list[tuple[str, str]]
    items: list[tuple[str, str]]
    net_parts: list[tuple[str, str, str, str]]
    detail: dict[str, Any]
    fields: dict[str, tuple[str, str]]
    elsewhere: str = ""


def bases_for(kind: str) -> list[tuple[str, str]]:
    """The grounds a kind can rest on."""
    only = {
        choices.Basis.DECLARED_FLEXIBLE: "wage",
        choices.Basis.NO_DOCUMENT: "support",
        choices.Basis.CONTRACT: ("wage", "property", "support"),
    }
    found = []
    for value, label in choices.Basis.choices:
        wanted = only.get(choices.Basis(value))
        if wanted is None or kind == wanted or (isinstance(wanted, tuple) and kind in wanted):
            found.append((value, "合同或法律文书" if value == "contract" and kind != "wage" else label))
    return found


def income_cells(lines: Sequence[IncomeLine]) -> dict[str, int | None]:
    """The months a stored row covers, with their amounts."""
    cells: dict[str, int | None] = {}
    for line in lines:
        if line.month:
            cells[line.month] = line.amount
        elif line.from_month and line.to_month:
            cells |= dict.fromkeys(months.span(line.from_month, line.to_month), line.monthly)
    return cells


def income_rows(household: Household) -> dict[int, list[IncomeLine]]:
    rows: dict[int, list[IncomeLine]] = {}
    for line in sorted(household.incomelines.all(), key=lambda line: (line.row, line.pk)):
        rows.setdefault(line.row, []).append(line)
    return rows


def show_incomes(household: Household, window: int, wide: bool) -> tuple[list[GridRow], dict[str, str], str]:
    """Rows of the grid, totals of the months, total of everything shown (known amounts; what goes out is subtracted)."""
    kept = read_typed(household).get("incomes", {})
    shown = visible_months(household, window, wide)
    inside = set(months.before(household.application_date, window))
    app_month = months.month_of(household.application_date)
    rows: list[GridRow] = []
    by_month = dict.fromkeys(shown, 0)
    for number, lines in income_rows(household).items():
        head, stored, prefix = lines[0], income_cells(lines), f"r{number}-"
        outgoing = head.kind in choices.OUTGOING
        cells, total = [], 0
        for month in shown:
            name = prefix + month
            text, error = ("" if stored.get(month) is None else format_fen(stored[month] or 0)), ""
            if name in kept:
                text, error = kept[name], _money_fault(kept[name])
            cells.append(
                GridCell(name, month, text, error, month not in inside and month != app_month, month == app_month)
            )
            total += stored.get(month) or 0
            by_month[month] += (-1 if outgoing else 1) * (stored.get(month) or 0)
        outside = sorted(month for month, value in stored.items() if month not in shown and value is not None)
        support = head.kind == "support" and head.basis == "no_document"
        rows.append(
            GridRow(
                number, f"{head.member_id or ''}", head.kind, head.get_kind_display(), head.basis, head.incident, head.note, cells,
                format_fen(-total if outgoing else total), support, outgoing, head.kind in ONE_OFF, bases_for(head.kind),
                list(choices.INCOME_ITEMS.get(head.kind, {}).items()), _net_parts(prefix, head, kept), head.detail or {},
                _support_fields(prefix, head, kept) if support else {},
                f"另有 {len(outside)} 个月在表外（{outside[0]} 等）" if outside else "",
            )
        )  # fmt: skip
    return rows, {month: format_fen(value) for month, value in by_month.items()}, format_fen(sum(by_month.values()))


def _net_parts(prefix: str, head: IncomeLine, kept: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    parts = choices.NET_PARTS.get(head.kind, {})
    stored = (head.detail or {}).get("net", {})
    answer = []
    for code, label in parts.items():
        name = f"{prefix}net-{code}"
        text = kept.get(name, format_fen(stored[code]) if stored.get(code) is not None else "")
        answer.append((name, label, text, _money_fault(text) if name in kept else ""))
    return answer


def _support_fields(prefix: str, head: IncomeLine, kept: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    shown = {
        "from_month": head.from_month or "", "to_month": head.to_month or "", "obligor_status": head.obligor_status or "",
        "obligor_income": "" if head.obligor_income is None else format_fen(head.obligor_income),
    }  # fmt: skip
    answer = {}
    for name, text in shown.items():
        typed = kept.get(prefix + name)
        answer[name] = (text, "") if typed is None else (typed, "请核对")
    return answer


def _money_fault(text: str) -> str:
    try:
        typing_in.money(text)
    except Refused as fault:
        return fault.message
    return ""


def parse_incomes(
    data: QueryDict, household: Household, window: int, wide: bool
) -> tuple[list[dict[str, Any]], Parsed]:
    """The posted grid as rows for ``save_income_rows``; a cell that did not pass keeps its last good amount in the row."""
    parsed = Parsed()
    shown = visible_months(household, window, wide)
    members = {str(member.pk): member for member in household.members.all()}
    known_rows = income_rows(household)
    rows: list[dict[str, Any]] = []
    for number, lines in known_rows.items():
        prefix, head = f"r{number}-", lines[0]
        if f"{prefix}kind" not in data:
            continue
        basis = data.get(f"{prefix}basis", head.basis)
        if basis not in dict(bases_for(head.kind)):
            basis = choices.Basis.VERIFIED
        row: dict[str, Any] = {
            "row": number, "kind": head.kind, "basis": basis, "member": _posted_member(data, prefix, members),
            "incident": bool(data.get(f"{prefix}incident")), "note": data.get(f"{prefix}note", head.note).strip()[:120],
            "detail": _detail(data, prefix, head, parsed),
        }  # fmt: skip
        if basis == choices.Basis.DECLARED_FLEXIBLE and row["member"] is None:
            parsed.fault(f"{prefix}member", "", "灵活就业申报的收入要选是哪位成员的")
            row["basis"] = head.basis if head.basis != choices.Basis.DECLARED_FLEXIBLE else choices.Basis.VERIFIED
        if row["incident"] and household.has_incident is False:
            parsed.fault(f"{prefix}incident", "on", "“致困与意外”中已选没有发生意外，不能标记")
            row["incident"] = False
        if head.kind == "support" and basis == "no_document":
            _support(data, prefix, head, household, row, parsed)
        else:
            row["cells"] = _cells(data, prefix, lines, head.kind, shown, household, parsed)
        rows.append(row)
    return rows, parsed


def _posted_member(data: QueryDict, prefix: str, members: Mapping[str, Member]) -> Member | None:
    return members.get(data.get(f"{prefix}member", ""))


def _cells(
    data: QueryDict,
    prefix: str,
    lines: Sequence[IncomeLine],
    kind: str,
    shown: Sequence[str],
    household: Household,
    parsed: Parsed,
) -> dict[str, int | None]:
    cells = income_cells(lines)
    for month in shown:
        name = prefix + month
        if name not in data:
            continue
        try:
            value = typing_in.money(str(data[name]))
        except Refused as fault:
            parsed.fault(name, str(data[name]), fault.message)
            cells.setdefault(month, None)
            continue
        if value is None and kind in ONE_OFF:
            cells.pop(month, None)
        else:
            cells[month] = value
    if kind not in ONE_OFF:
        # the central rule asks for twelve months: what was not typed of them is unknown, not nothing
        for month in months.before(household.application_date, CENTRAL_MONTHS):
            cells.setdefault(month, None)
    return cells


def _detail(data: QueryDict, prefix: str, head: IncomeLine, parsed: Parsed) -> dict[str, Any]:
    detail = dict(head.detail or {})
    item = data.get(f"{prefix}item")
    if item is not None:
        detail["item"] = item if item in choices.INCOME_ITEMS.get(head.kind, {}) else ""
    if f"{prefix}in_kind" in data or f"{prefix}kind" in data:
        detail["in_kind"] = bool(data.get(f"{prefix}in_kind"))
        detail["valuation"] = data.get(f"{prefix}valuation", "").strip()[:80]
    net: dict[str, int] = {}
    for code in choices.NET_PARTS.get(head.kind, {}):
        name = f"{prefix}net-{code}"
        try:
            value = typing_in.money(data.get(name, ""))
        except Refused as fault:
            parsed.fault(name, str(data[name]), fault.message)
            continue
        if value is not None:
            net[code] = value
    if net:
        detail["net"] = net
    else:
        detail.pop("net", None)
    return {key: value for key, value in detail.items() if value not in ("", False)}


def net_amount(kind: str, net: Mapping[str, int]) -> int:
    """Income less its costs (附件1 一（二）2、3). Raises ``Refused`` while a figure is open; a loss counts as 0, since no amount of
    the facts may be negative, and the form says so."""
    parts = choices.NET_PARTS[kind]
    open_parts = [label for code, label in parts.items() if code not in net]
    if open_parts:
        raise Refused(f"还差{'、'.join(open_parts)}，没有的请填 0")
    first, *others = parts
    return max(0, net[first] - sum(net[code] for code in others))


def _support(
    data: QueryDict, prefix: str, head: IncomeLine, household: Household, row: dict[str, Any], parsed: Parsed
) -> None:
    for name in ("from_month", "to_month"):
        row[name] = _month(data.get(prefix + name, ""), prefix + name, household, parsed, getattr(head, name))
    if row["from_month"] and row["to_month"] and row["from_month"] > row["to_month"]:
        parsed.fault(
            f"{prefix}to_month",
            data.get(f"{prefix}to_month", ""),
            f"止月 {row['to_month']} 早于起月 {row['from_month']}",
        )
        row["to_month"] = None
    try:
        row["obligor_income"] = typing_in.money(data.get(f"{prefix}obligor_income", ""))
    except Refused as fault:
        parsed.fault(f"{prefix}obligor_income", str(data[f"{prefix}obligor_income"]), fault.message)
        row["obligor_income"] = head.obligor_income
    status = data.get(f"{prefix}obligor_status", "")
    row["obligor_status"] = status if status in choices.ObligorStatus.values else None


def _month(text: str, name: str, household: Household, parsed: Parsed, stored: str | None) -> str | None:
    if not text.strip():
        return None
    try:
        return months.parse_month(text, household.application_date)
    except Refused as fault:
        parsed.fault(name, text, fault.message)
        return stored


# --- quick fills and pasted blocks --------------------------------------------------------------------------------
def fill_same(data: QueryDict, number: int, shown: Sequence[str]) -> QueryDict:
    """The posted grid with one row filled: each shown month gets the row's "每月" amount, or its first typed one."""
    changed = data.copy()
    names = [f"r{number}-{month}" for month in shown]
    amount = data.get(f"r{number}-all", "").strip() or next(
        (data[name] for name in names if data.get(name, "").strip()), ""
    )
    if not amount:
        raise Refused("请先在“每月”或任一月份填写金额")
    for name in names:
        changed[name] = str(amount)
    return changed


def fill_zero(data: QueryDict, number: int, shown: Sequence[str]) -> QueryDict:
    """The posted grid with 0 in the row's empty months."""
    changed = data.copy()
    for month in shown:
        if not data.get(f"r{number}-{month}", "").strip():
            changed[f"r{number}-{month}"] = "0"
    return changed


def paste(data: QueryDict, numbers: Sequence[int], shown: Sequence[str], start: str, block: str) -> QueryDict:
    """The posted grid with a block from a spreadsheet laid over it from the cell ``start`` on (tabs between columns, lines between rows).

    Cells take the text as it is; their own check speaks afterwards. Raises ``Refused`` when the block does not fit.
    """
    lines = [line.split("\t") for line in block.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")]
    head, _, month = start.partition("-")
    if not head.startswith("r") or not head[1:].isdigit() or int(head[1:]) not in numbers or month not in shown:
        raise Refused("请把光标放在要粘贴的第一个格子里")
    top, left = list(numbers).index(int(head[1:])), list(shown).index(month)
    if len(lines) > len(numbers) - top:
        raise Refused(f"粘贴的内容有 {len(lines)} 行，从这里往下只有 {len(numbers) - top} 行收入，请先添加收入行")
    widest = max(len(line) for line in lines)
    if widest > len(shown) - left:
        raise Refused(f"粘贴的内容有 {widest} 列，从这里往右只有 {len(shown) - left} 个月")
    changed = data.copy()
    for down, line in enumerate(lines):
        for right, text in enumerate(line):
            changed[f"r{numbers[top + down]}-{shown[left + right]}"] = text.strip()
    return changed


# --- expenses -----------------------------------------------------------------------------------------------------
@dataclass
class ExpenseView:
    """One expense line as the page shows it."""

    row: int
    kind: str
    kind_label: str
    member: str
    incident: bool
    texts: dict[str, str]
    errors: dict[str, str]
    fields: list[str]
    self_paid: str = ""
    inside: str = ""
    warning: str = ""
    twins: list[str] = field(default_factory=list)
    recognized: str = ""


EXPENSE_ORDER = (
    "bill_kind", "month", "total", "basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief",
    "self_in_scope", "self_out_of_scope", "tuition", "boarding", "travel", "aided", "monthly", "from_month", "to_month", "recognized",
    "voucher_number",
)  # fmt: skip


def show_expenses(household: Household, window: int) -> list[ExpenseView]:
    """The expense lines in order, with what the family bears itself and whether the month counts."""
    kept = read_typed(household).get("expenses", {})
    answer = []
    for line in sorted(household.expenselines.all(), key=lambda line: (line.row, line.pk)):
        prefix = f"e{line.row}-"
        texts, errors = {}, {}
        for name in EXPENSE_ORDER:
            if name not in FIELDS_OF[line.kind]:
                continue
            value = getattr(line, name)
            texts[name] = (
                format_fen(value) if name in EXPENSE_SUMS and value is not None else "" if value is None else str(value)
            )
            if name == "recognized":
                texts[name] = "" if value is None else "yes" if value else "no"
            if prefix + name in kept:
                texts[name] = kept[prefix + name]
                errors[name] = _expense_fault(name, texts[name], household)
        if line.kind == "disability_care" and line.member_id is None:
            errors["member"] = "残疾长期照料要选是照料哪位成员"
        view = ExpenseView(
            line.row, line.kind, line.get_kind_display(), f"{line.member_id or ''}", line.incident, texts, errors, list(texts)
        )  # fmt: skip
        own = self_paid(line)
        view.self_paid = "" if own is None else format_fen(own)
        view.inside = place_in_time(line, household, window)
        view.warning = _disagreement(line, own)
        answer.append(view)
    return answer


def _expense_fault(name: str, text: str, household: Household) -> str:
    if name in {"month", "from_month", "to_month"}:
        parsed = Parsed()
        _month(text, name, household, parsed, None)
        return parsed.faults.get(name, "请核对起止月份")
    return _money_fault(text) or "按月填写和按次填写只能选一种"


def self_paid(line: ExpenseLine) -> int | None:
    """What the family bears of a bill or of schooling in 分; None while a part is unknown."""
    if line.kind == "schooling":
        parts = (line.tuition, line.boarding, line.travel)
        if any(part is None for part in (*parts, line.aided)):
            return None
        return max(0, sum(part or 0 for part in parts) - (line.aided or 0))
    if line.kind in {"illness", "disability_rehab", "disability_care"} and line.total is not None:
        paid = [
            line.basic_insurance,
            line.major_illness_insurance,
            line.commercial_insurance,
            line.mutual_aid,
            line.other_relief,
        ]
        return None if any(part is None for part in paid) else max(0, line.total - sum(part or 0 for part in paid))
    return line.total


def place_in_time(line: ExpenseLine, household: Household, window: int) -> str:
    """``in``, ``out`` or ``partly`` the accounting window; empty while the month is not known."""
    inside = set(months.before(household.application_date, window))
    if line.incident:
        inside.add(months.month_of(household.application_date))
    if line.month:
        return "in" if line.month in inside else "out"
    if line.from_month and line.to_month:
        covered = set(months.span(line.from_month, line.to_month))
        return "in" if covered <= inside else "partly" if covered & inside else "out"
    return ""


def _disagreement(line: ExpenseLine, own: int | None) -> str:
    if own is None or line.self_in_scope is None or line.self_out_of_scope is None:
        return ""
    marked = line.self_in_scope + line.self_out_of_scope
    if marked != own:
        return f"自付与自费合计 {format_fen(marked)} 元，与总额减报销得出的 {format_fen(own)} 元不一致，请核对单据"
    return ""


def patient_subtotals(household: Household) -> list[tuple[str, str]]:
    """Who bears how much of the medical bills in the list (附件1 四（二）3（2）): name and the self-borne sum of the marked bills."""
    sums: dict[int | None, int] = {}
    for line in household.expenselines.all():
        if line.kind == "illness" and line.self_in_scope is not None and line.self_out_of_scope is not None:
            sums[line.member_id] = sums.get(line.member_id, 0) + line.self_in_scope + line.self_out_of_scope
    names = {member.pk: member.name or member.get_relation_display() for member in household.members.all()}
    return [(names.get(pk or 0, "全户"), format_fen(total)) for pk, total in sums.items()]


def parse_expenses(data: QueryDict, household: Household) -> tuple[list[dict[str, Any]], Parsed]:
    """The posted expense lines as rows for ``save_expense_rows``; what did not pass is left out of the row."""
    parsed = Parsed()
    members = {str(member.pk): member for member in household.members.all()}
    rows: list[dict[str, Any]] = []
    for line in household.expenselines.all():
        prefix = f"e{line.row}-"
        if f"{prefix}kind" not in data:
            continue
        row: dict[str, Any] = {
            "row": line.row, "kind": line.kind, "member": _posted_member(data, prefix, members),
            "incident": bool(data.get(f"{prefix}incident")),
        }  # fmt: skip
        if row["incident"] and household.has_incident is False:
            parsed.fault(f"{prefix}incident", "on", "“致困与意外”中已选没有发生意外，不能标记")
            row["incident"] = False
        for name in FIELDS_OF[line.kind]:
            text = data.get(prefix + name)
            if text is not None:
                _expense_field(name, text, prefix, line, household, row, parsed)
        _one_form(row, prefix, data, line, parsed)
        rows.append(row)
    return rows, parsed


def _expense_field(
    name: str, text: str, prefix: str, line: ExpenseLine, household: Household, row: dict[str, Any], parsed: Parsed
) -> None:
    if name in EXPENSE_SUMS:
        try:
            row[name] = typing_in.money(text)
        except Refused as fault:
            parsed.fault(prefix + name, text, fault.message)
    elif name in {"month", "from_month", "to_month"}:
        row[name] = _month(text, prefix + name, household, parsed, getattr(line, name))
    elif name == "recognized":
        row[name] = typing_in.YES_NO.get(text)
    elif name == "bill_kind":
        row[name] = text if text in choices.BillKind.values else ""
    else:
        row[name] = text.strip()[:40]


def _one_form(row: dict[str, Any], prefix: str, data: QueryDict, line: ExpenseLine, parsed: Parsed) -> None:
    def value(name: str) -> Any:
        return row.get(name, getattr(line, name))

    first, last = value("from_month"), value("to_month")
    if first and last and first > last:
        parsed.fault(f"{prefix}to_month", data.get(f"{prefix}to_month", ""), f"止月 {last} 早于起月 {first}")
        row["to_month"] = None
    monthly = [name for name in ("monthly", "from_month", "to_month") if value(name) is not None]
    once = [name for name in ("month", "total") if value(name) is not None]
    if monthly and once and "monthly" in FIELDS_OF[line.kind] and "total" in FIELDS_OF[line.kind]:
        for name in monthly:
            parsed.fault(prefix + name, data.get(prefix + name, ""), "按月填写和按次填写只能选一种：请先清空总额和月份")
            row[name] = None


LABELS = LINE_LABELS
