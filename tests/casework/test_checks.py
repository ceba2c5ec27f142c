"""核对: typed and imported results, what is not checked, differences and what follows from them."""

import io
from typing import Any

import pytest
import xlsxwriter

from bangfu.casework import services
from bangfu.casework.errors import GuardsUnmet, ImportFaults, NotYourTurn
from bangfu.casework.models import CheckResult, Determination, EconomicCheck, ReturnPoint
from bangfu.casework.services import check_import
from bangfu.common.errors import Refused
from tests.casework import kit
from tests.casework.kit import Office, Walk


@pytest.mark.req("TJ-A1-3.7")
def test_an_item_that_nobody_checked_is_not_none_and_keeps_the_case(at_check: Walk) -> None:
    walk = at_check
    partial = [answer for answer in walk.answers() if answer.item != "provident_fund"]
    run = services.record_check(
        walk.office.city.actor,
        walk.application,
        answers=partial,
        checked_on=kit.clock.day(walk.at),
        serial="HD-7",
        at=walk.later(),
    )
    with pytest.raises(GuardsUnmet, match="公积金") as fault:
        services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    assert [item.code for item in fault.value.unmet] == ["check_complete"]
    walk.check_only()
    services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    assert walk.reload().step == "filing"
    assert (run.serial, run.checked_on) == ("HD-7", kit.clock.day(walk.at))
    assert run.results.count() == 9


@pytest.mark.req("TJ-A1-3.7", "MATCH17-4.2.b")
@pytest.mark.parametrize(
    "found",
    [{"homes": ("found", 2)}, {"vehicles": ("found", 1)}, {"homes": ("none", None)}, {"investment": ("found", None)}],
)
def test_a_difference_from_the_declaration_is_marked_and_must_be_decided_by_a_named_person(
    at_check: Walk, found: dict[str, tuple[str, int | None]]
) -> None:
    walk = at_check
    run = walk.check_only(**found)
    differing = run.results.get(differs=True)
    assert differing.item == next(iter(found))
    with pytest.raises(GuardsUnmet) as fault:
        services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    assert [item.code for item in fault.value.unmet] == ["difference_resolved"]
    with pytest.raises(Refused, match="理由"):
        services.decide_difference(walk.office.city.actor, differing, decision="explained", reason=" ", at=walk.later())
    held = services.decide_difference(
        walk.office.city.actor, differing, decision="explained", reason="登记信息已过期，凭证已核", at=walk.later()
    )
    assert held.decided_by_id == walk.office.city.user_id
    services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    assert walk.reload().step == "filing"
    assert Determination.objects.filter(moment="change").count() == 0


def test_provident_fund_without_declared_wage_is_a_difference(at_check: Walk) -> None:
    walk = at_check
    answers = [
        kit.Answer(answer.member, answer.item, "found", None)
        if answer.item == "provident_fund" and answer.member.position != 2
        else answer
        for answer in walk.answers()
    ]
    run = services.record_check(
        walk.office.city.actor, walk.application, answers=answers, checked_on=kit.clock.day(walk.at), at=walk.later()
    )
    # the wage of the worker was declared, that of the daughter was not
    assert [row.member.position for row in run.results.filter(differs=True)] == [3]


@pytest.mark.req("TJ-A1-3.7")
def test_a_corrected_fact_makes_a_new_determination_beside_the_old_and_a_changed_category_is_approved_anew(
    at_check: Walk,
) -> None:
    walk = at_check
    before = Determination.objects.get(moment="approval", companion_of=None)
    run = walk.check_only(homes=("found", 2))
    services.decide_difference(
        walk.office.city.actor,
        run.results.get(differs=True),
        decision="corrected",
        reason="核对属实",
        corrections={"owned_homes": 2},
        at=walk.later(),
    )
    after = Determination.objects.get(moment="change", companion_of=None)
    before.refresh_from_db()
    assert (before.facts["housing"]["owned_homes"], after.facts["housing"]["owned_homes"]) == (1, 2)
    assert (before.outcome, after.outcome) == ("deep", "relative")  # two homes keep a family out of 深度
    hit = {row["code"]: row["result"] for row in after.document["exclusions"]}
    assert hit["two_homes"] == "met"
    assert after.companions.count() == 1
    with pytest.raises(GuardsUnmet, match="重新审核"):
        services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    services.return_case(
        walk.office.city.actor,
        walk.application,
        points=[{"code": "check_difference"}],
        to="industry_review",
        at=walk.later(),
    )
    point = walk.reload().steps.last()
    answers = {row.pk: "已按核对结果重新审核" for row in ReturnPoint.objects.all()}
    services.industry_review(walk.office.industry_reviewer.actor, walk.application, answers=answers, at=walk.later())
    assert point.code == "industry_review"
    services.close_check(walk.office.city.actor, walk.reload(), at=walk.later())
    walk.reload()
    assert walk.file().category == "relative"


def test_a_correction_that_keeps_the_category_goes_straight_on(at_check: Walk) -> None:
    walk = at_check
    run = walk.check_only(homes=("none", None))
    services.decide_difference(
        walk.office.city.actor,
        run.results.get(differs=True),
        decision="corrected",
        reason="房产已出售",
        corrections={"owned_homes": 0},
        at=walk.later(),
    )
    services.close_check(walk.office.city.actor, walk.application, at=walk.later())
    assert walk.reload().step == "filing"
    file = walk.file()
    assert (file.determination.moment, file.category) == ("change", "deep")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"decision": "corrected", "corrections": {}}, "更正后"),
        ({"decision": "corrected", "corrections": {"dibao": True}}, "不能更正"),
        ({"decision": "explained", "corrections": {"owned_homes": 2}}, "不需要更正"),
        ({"decision": "guessed", "corrections": {}}, "认定结果"),
    ],
)
def test_a_decision_must_fit_what_it_decides(at_check: Walk, given: dict[str, Any], says: str) -> None:
    run = at_check.check_only(homes=("found", 2))
    with pytest.raises(Refused, match=says):
        services.decide_difference(
            at_check.office.city.actor, run.results.get(differs=True), reason="核实", at=at_check.later(), **given
        )
    assert CheckResult.objects.filter(decided_by=None, differs=True).count() == 1


# --- import -------------------------------------------------------------------------------------------------------
HEAD = list(check_import.COLUMNS)


def rows_of(walk: Walk) -> list[list[Any]]:
    titles = {"vehicles": "车辆", "homes": "房产", "provident_fund": "公积金缴纳", "investment": "投资经营"}
    words = {"none": "无", "found": "有"}
    day = kit.clock.day(walk.at).isoformat()
    return [
        [walk.application.number, answer.member.name, answer.member.id_number, titles[answer.item], words[answer.state], answer.count or "", "", day, "PL-1"]
        for answer in walk.answers()
    ]  # fmt: skip


def xlsx(rows: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([HEAD, *rows]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return buffer.getvalue()


def csv_of(rows: list[list[Any]], encoding: str) -> bytes:
    return "\r\n".join(",".join(str(cell) for cell in row) for row in [HEAD, *rows]).encode(encoding)


@pytest.mark.parametrize("kind", ["xlsx", "utf-8-sig", "gb18030"])
def test_a_table_is_imported_whole_from_excel_or_csv(at_check: Walk, kind: str) -> None:
    rows = rows_of(at_check)
    data = xlsx(rows) if kind == "xlsx" else csv_of(rows, kind)
    name = "核对.xlsx" if kind == "xlsx" else "核对.csv"
    made = services.import_check(at_check.office.city.actor, data, name, at=at_check.later())
    assert [(run.imported, run.serial, run.results.count()) for run in made] == [(True, "PL-1", 12)]
    services.close_check(at_check.office.city.actor, at_check.application, at=at_check.later())
    assert at_check.reload().step == "filing"


def test_all_faults_are_told_at_once_by_excels_row_number_and_nothing_is_imported(at_check: Walk) -> None:
    rows = rows_of(at_check)
    rows[1][2] = rows[1][2][:-1] + ("0" if rows[1][2][-1] != "0" else "1")  # row 3: check digit
    rows[3][4] = "可能有"  # row 5
    rows[4][5] = "两辆"  # row 6
    rows[6][0] = "S2020999999"  # row 8
    rows[7][3] = "存款"  # row 9
    rows[8][7] = "十月"  # row 10
    rows[10][1] = "张三"  # row 12
    rows.append(rows[0])  # row 14 repeats row 2
    with pytest.raises(ImportFaults) as fault:
        services.import_check(at_check.office.city.actor, xlsx(rows), "核对.xlsx", at=at_check.later())
    assert [row for row, _ in fault.value.faults] == [3, 5, 6, 8, 9, 10, 12, 14]
    said = dict(fault.value.faults)
    assert "第 18 位" in said[3]
    assert "第 2 行" in said[14]
    assert EconomicCheck.objects.count() == 0
    assert CheckResult.objects.count() == 0


def test_two_cases_are_imported_together_or_not_at_all(office: Office) -> None:
    first, second = Walk.begin(office).to("city_check"), Walk.begin(office).to("unit_review")
    second.at = first.at
    with pytest.raises(ImportFaults) as fault:
        services.import_check(office.city.actor, xlsx([*rows_of(first), *rows_of(second)]), "x.xlsx", at=first.later())
    assert {row for row, _ in fault.value.faults} == set(range(14, 26))
    assert EconomicCheck.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"PK\x03\x04 broken", "x.xlsx", "打不开"),
        (b"hello", "x.txt", "xlsx 或"),
        ("姓名,结果\r\n王,无".encode(), "x.csv", "表头缺少"),
        (",".join(HEAD).encode(), "x.csv", "只有表头"),
        (b"", "x.csv", "没有内容"),
    ],
)
def test_what_is_not_such_a_table_is_refused_in_plain_words(at_check: Walk, data: bytes, name: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        services.import_check(at_check.office.city.actor, data, name, at=at_check.later())


def test_the_template_can_be_filled_and_read_back(at_check: Walk) -> None:
    assert check_import.template()[:2] == b"PK"
    with pytest.raises(Refused, match="只有表头"):
        check_import.read_table(check_import.template(), "t.xlsx")


def test_only_the_citys_aid_center_records_results(at_check: Walk) -> None:
    with pytest.raises(NotYourTurn, match="天津市总工会"):
        services.record_check(
            at_check.office.recorder.actor, at_check.application, answers=at_check.answers(), checked_on=kit.clock.day(at_check.at), at=at_check.later()
        )  # fmt: skip
    assert EconomicCheck.objects.count() == 0
