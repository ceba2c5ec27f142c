"""Check results from a table (.xlsx or .csv): every fault at once by Excel's row number, and nothing half imported."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from bangfu.casework import flow
from bangfu.casework.choices import CheckState
from bangfu.casework.errors import ImportFaults
from bangfu.casework.models import Application, EconomicCheck
from bangfu.casework.services import checks
from bangfu.common.acts import Actor, act
from bangfu.common.clock import day
from bangfu.common.crypto import lookup_hash
from bangfu.common.errors import Refused
from bangfu.common.identity import IdFault, check_id_number
from bangfu.families.models import Member

COLUMNS = ("受理编号", "姓名", "证件号码", "核对项目", "结果", "数量", "内容", "核对日期", "流水号")
STATES = {"无": CheckState.NONE, "有": CheckState.FOUND, "未核对": CheckState.NOT_CHECKED}
LIMIT_ROWS = 20_000
LIMIT_BYTES = 8 * 1024 * 1024
LIMIT_UNPACKED = 64 * 1024 * 1024
LIMIT_COLUMNS = 200

Row = tuple[int, dict[str, str]]


def read_table(data: bytes, name: str) -> list[Row]:
    """The rows of a table with their numbers as Excel shows them. Raises ``Refused`` where it is not a table of this kind."""
    if len(data) > LIMIT_BYTES:
        raise Refused("文件超过 8 MB，请分批导入。", field="table")
    rows = list(_cells(data, name))
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise Refused("表中没有内容，请核对。", field="table")
    head = [cell.strip() for cell in rows[0]]
    missing = [column for column in COLUMNS if column not in head]
    if missing:
        raise Refused(f"表头缺少：{'、'.join(missing)}。请使用下载的模板。", field="table")
    if len(rows) - 1 > LIMIT_ROWS:
        raise Refused(f"一次最多导入 {LIMIT_ROWS} 行，请分批导入。", field="table")
    answer: list[Row] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        answer.append(
            (
                number,
                {
                    column: cells[head.index(column)].strip() if head.index(column) < len(cells) else ""
                    for column in COLUMNS
                },
            )
        )
    if not answer:
        raise Refused("表中只有表头，没有核对结果。", field="table")
    return answer


def _cells(data: bytes, name: str) -> Iterator[list[str]]:
    if data[:4] == b"PK\x03\x04":
        from python_calamine import CalamineError, CalamineWorkbook

        _bounded(data)
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
            for row in sheet.to_python(skip_empty_area=False):
                yield [_text(cell) for cell in row]
        except (CalamineError, ValueError, OverflowError, OSError) as fault:
            raise Refused("这个 Excel 文件打不开，请另存为 .xlsx 后重试。", field="table") from fault
        return
    if not name.lower().endswith(".csv"):
        raise Refused("请上传 .xlsx 或 .csv 文件。", field="table")
    try:
        yield from csv.reader(io.StringIO(_decode(data)))
    except csv.Error as fault:
        raise Refused("这个 .csv 文件读不出来，请另存为 UTF-8 的 .csv 或 .xlsx。", field="table") from fault


_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br=[\"']([A-Z]{0,3})(\d{1,9})[\"']", re.IGNORECASE)
"""Where a cell or a row of a sheet says it stands."""


def _bounded(data: bytes) -> None:
    """Refuses a workbook that is small in the file and enormous in memory: the reader makes room for every cell up to the last one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LIMIT_UNPACKED:
                raise Refused("表格展开后过大，请分批导入。", field="table")
            names = set(parts.namelist())
            if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
                raise Refused("请上传 .xlsx 或 .csv 文件。", field="table")
            sheets = [parts.read(name) for name in names if name.lower().endswith(".xml")]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as fault:
        raise Refused("这个 Excel 文件打不开，请另存为 .xlsx 后重试。", field="table") from fault
    for sheet in sheets:
        for column, row in _PLACE.findall(sheet):
            if int(row) > LIMIT_ROWS + 1:
                raise Refused(
                    f"表格一直用到第 {int(row)} 行，一次最多导入 {LIMIT_ROWS} 行。请删除表下方多余的单元格，或分批导入。",
                    field="table",
                )
            place = 0
            for letter in column.upper():
                place = place * 26 + letter - 64
            if place > LIMIT_COLUMNS:
                raise Refused("表格右侧很远处还有内容，请删除多余的列后再导入。", field="table")


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("文件编码无法识别，请另存为 UTF-8 的 .csv 或 .xlsx。", field="table")


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return "" if cell is None else str(cell)


def import_check(actor: Actor, data: bytes, name: str, *, at: datetime) -> list[EconomicCheck]:
    """Imports a table into the cases it names, one run per case. Either all rows or, with ``ImportFaults``, none."""
    rows = read_table(data, name)
    with act(actor, "import_check", at=at):
        faults, groups = _sort_out(actor, rows, at)
        if faults:
            raise ImportFaults(sorted(faults))
        # all cases are locked first and in one order, so that two imports never wait for each other
        list(Application.objects.select_for_update(of=("self",)).filter(number__in=list(groups)).order_by("pk"))
        made: list[EconomicCheck] = []
        for number, (answers, checked_on, serial, first_row) in groups.items():
            application = Application.objects.get(number=number)
            try:
                made.append(
                    checks.record_check(
                        actor, application, answers=answers, checked_on=checked_on, serial=serial, imported=True, at=at
                    )
                )
            except Refused as fault:
                raise ImportFaults([(first_row, fault.message)]) from fault
        from bangfu.common.acts import current_deed

        deed = current_deed()
        assert deed is not None  # inside the act above
        for run in made:
            deed.record(run, after={"application": run.application.number, "results": run.results.count()})
    return made


Group = tuple[list[checks.Answer], date, str, int]


def _sort_out(actor: Actor, rows: list[Row], at: datetime) -> tuple[list[tuple[int, str]], dict[str, Group]]:
    faults: list[tuple[int, str]] = []
    groups: dict[str, Group] = {}
    seen: dict[tuple[str, int, str], int] = {}
    numbers = {row["受理编号"] for _, row in rows}
    known = {
        item.number: item
        for item in Application.objects.filter(
            number__in=numbers, waits_union_id=actor.union_id, waits_role=actor.role
        ).select_related("household")
    }
    people: dict[int, dict[str, Member]] = {}
    for item in known.values():
        people[item.pk] = {member.id_hash: member for member in item.household.members.all() if member.id_hash}
    for number, row in rows:
        application = known.get(row["受理编号"])
        if (
            application is None
            or flow.procedure_of(application).step(application.step.partition("@")[0]).kind != "check"
        ):
            faults.append((number, f"受理编号“{row['受理编号']}”不在贵会待核对的申请中"))
            continue
        before = len(faults)
        member = _member(row, people[application.pk], number, faults, day(at))
        item = _item(application, row, number, faults)
        state = STATES.get(row["结果"])
        if state is None:
            faults.append((number, f"结果“{row['结果']}”应填 有、无 或 未核对"))
        count = _count(row, number, faults)
        checked_on = _day(row, number, faults, application.applied_on, day(at))
        if len(faults) > before or member is None or item is None or state is None or checked_on is None:
            continue
        place = (application.number, member.pk, item)
        if place in seen:
            faults.append((number, f"与第 {seen[place]} 行重复：同一人同一项目只填一行"))
            continue
        seen[place] = number
        answers, first_day, _serial, first_row = groups.setdefault(
            application.number, ([], checked_on, row["流水号"], number)
        )
        if checked_on != first_day:
            faults.append((number, f"同一申请的核对日期应与第 {first_row} 行一致"))
        answers.append(checks.Answer(member, item, state, count, row["内容"]))
    return faults, groups


def _member(
    row: dict[str, str], people: dict[str, Member], number: int, faults: list[tuple[int, str]], today: date
) -> Member | None:
    try:
        given = check_id_number(row["证件号码"], today=today).number
    except IdFault as fault:
        faults.append((number, fault.message))
        return None
    member = people.get(lookup_hash("id_number", given))
    if member is None:
        faults.append((number, "该证件号码不是这份申请中的家庭成员"))
        return None
    if row["姓名"] and member.name != row["姓名"]:
        faults.append((number, f"姓名“{row['姓名']}”与该证件号码登记的姓名不一致"))
        return None
    return member


def _item(application: Application, row: dict[str, str], number: int, faults: list[tuple[int, str]]) -> str | None:
    rule = flow.procedure_of(application).check
    titles = {title: code for code, title in rule.items.items()} if rule else {}
    found = titles.get(row["核对项目"])
    if found is None:
        faults.append((number, f"核对项目“{row['核对项目']}”应为 {'、'.join(titles)} 之一"))
    return found


def _count(row: dict[str, str], number: int, faults: list[tuple[int, str]]) -> int | None:
    text = row["数量"]
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > 999:
        faults.append((number, f"数量“{text}”应为 0 到 999 的整数"))
        return None
    return int(text)


def _day(row: dict[str, str], number: int, faults: list[tuple[int, str]], earliest: date, latest: date) -> date | None:
    text = row["核对日期"].replace("/", "-").replace(".", "-")
    try:
        found = date(*(int(part) for part in text.split("-")))
    except (ValueError, TypeError, OverflowError):
        faults.append((number, f"核对日期“{row['核对日期']}”应写成 2020-10-15"))
        return None
    if not earliest <= found <= latest:
        faults.append((number, f"核对日期 {found:%Y-%m-%d} 应在申请之后、今天之前"))
        return None
    return found


def template() -> bytes:
    """An empty table with the columns, as .xlsx, with one example row in the note sheet."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("核对结果")
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True})
    for column, title in enumerate(COLUMNS):
        sheet.write(0, column, title, bold)
        sheet.set_column(column, column, 20, text)
    notes = book.add_worksheet("填写说明")
    for line, note in enumerate(
        (
            "每人每项填一行；结果填 有、无 或 未核对，未核对不等于没有。",
            "核对项目按政策列出的名称填写：车辆、房产、公积金缴纳、投资经营。",
            "核对日期写成 2020-10-15；证件号码列请保持文本格式。",
        )
    ):
        notes.write(line, 0, note)
    book.close()
    return buffer.getvalue()
