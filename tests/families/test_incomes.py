"""The income grid: months, quick fills, pasted blocks, grounds, nets, support; and its totals."""

from typing import Any

import pytest
from django.test import Client

from bangfu.common.errors import Refused
from bangfu.families import facts, grids, months, panel, selectors, services
from bangfu.families.models import Household
from bangfu.organizations.scope import Desk
from tests.families import builders
from tests.families.builders import MONTHS
from tests.families.pages import fill, text, type_in

pytestmark = pytest.mark.django_db


def lines(household: Household) -> list[dict[str, Any]]:
    """Income lines of the six months that the local rule reads."""
    found = facts.build(selectors.whole(household), as_entered=True)["incomes"] or []
    return [line for line in found if (line.get("month") or line.get("to") or "9999") >= MONTHS[0]]


def add(client: Client, household: Household, kind: str, basis: str = "verified", member: str | None = None) -> str:
    """A fresh row; the prefix of its inputs."""
    owner = member or str(household.members.order_by("position")[0].pk)
    type_in(
        client,
        household,
        "incomes",
        {"new-kind": kind, "new-basis": basis, "new-member": owner},
        auto=False,
        action="add",
    )
    return f"r{household.incomelines.order_by('-row')[0].row}-"


@pytest.mark.req("TJ-A1-1.2.a")
def test_amounts_stand_month_by_month_and_an_empty_month_is_unknown(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "wage", "contract")
    typed = {f"{row}2020-04": "2,300", f"{row}2020-05": "2300.00", f"{row}2020-06": "0"}
    type_in(client, fresh, "incomes", typed)
    head = {"member": "P1", "kind": "wage", "basis": "contract"}
    assert lines(fresh) == [
        head | {"monthly": "2300.00", "from": "2020-04", "to": "2020-05"},
        head | {"amount": "0.00", "month": "2020-06"},
        head | {"monthly": None, "from": "2020-07", "to": "2020-09"},
    ]


def test_the_grid_shows_the_window_and_the_month_of_application_after_an_incident(
    client: Client, desk: Desk, fresh: Household, at: Any
) -> None:
    add(client, fresh, "wage")
    names = fill(client, fresh, "incomes")
    assert {name[-7:] for name in names if name.startswith("r1-20")} == set(MONTHS)
    services.save_household_part(desk, fresh, {"has_incident": True}, at=at)
    names = fill(client, fresh, "incomes")
    assert {name[-7:] for name in names if name.startswith("r1-20")} == {*MONTHS, "2020-10"}
    names = fill(client, fresh, "incomes", "?wide=1")
    assert len([name for name in names if name.startswith("r1-20")]) == 13


def test_the_central_rule_stays_open_until_its_twelve_months_are_told(client: Client, family: Household) -> None:
    type_in(client, family, "incomes", {})
    shown = panel.build(selectors.whole(family))
    assert (shown.word, shown.companion) == ("深度困难", "还不能判断")
    page = fill(client, family, "incomes", "?wide=1")
    early = {
        f"r{row}-{month}": "100" for row in range(1, 5) for month in months.before(family.application_date, 12)[:6]
    }
    assert set(early) <= set(page)
    type_in(client, family, "incomes", early, query="?wide=1")
    assert panel.build(selectors.whole(family)).companion == "深度困难"


def test_the_same_each_month_is_one_press(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "wage")
    type_in(client, fresh, "incomes", {f"{row}2020-06": "3,210.5"}, auto=False, action="same:1")
    assert lines(fresh) == [
        {"member": "P1", "kind": "wage", "basis": "verified", "monthly": "3210.50", "from": "2020-04", "to": "2020-09"}
    ]


def test_empty_months_become_zero_on_demand(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "pension")
    type_in(client, fresh, "incomes", {f"{row}2020-06": "100"}, auto=False, action="zero:1")
    assert [(line.get("monthly", line.get("amount"))) for line in lines(fresh)] == ["0.00", "100.00", "0.00"]


def test_a_block_from_a_spreadsheet_lands_where_the_cursor_stands(client: Client, fresh: Household) -> None:
    add(client, fresh, "wage")
    add(client, fresh, "tax")
    block = "1,000\t1,100\t1,200\r\n10\t11\t12,3\r\n"
    type_in(client, fresh, "incomes", {}, auto=False, action="paste", **{"paste-at": "r1-2020-07", "paste-text": block})
    cells = {number: grids.income_cells(rows) for number, rows in grids.income_rows(selectors.whole(fresh)).items()}
    assert [cells[1][month] for month in MONTHS] == [None, None, None, 100000, 110000, 120000]
    assert [cells[2][month] for month in MONTHS] == [None, None, None, 1000, 1100, None]
    page = text(client.get(f"/families/{fresh.pk}/edit/incomes/"))
    assert 'value="12,3"' in page
    assert "逗号位置不对" in page


@pytest.mark.parametrize(
    ("start", "block", "message"),
    [
        ("r1-2020-09", "1\t2", "只有 1 个月"),
        ("r1-2020-04", "1\n2", "只有 1 行收入"),
        ("r9-2020-04", "1\t2", "光标"),
        ("r1-2019-01", "1\t2", "光标"),
    ],
)
def test_a_block_that_does_not_fit_changes_nothing_and_says_why(
    client: Client, fresh: Household, start: str, block: str, message: str
) -> None:
    add(client, fresh, "wage")
    before = lines(fresh)
    type_in(client, fresh, "incomes", {}, auto=False, action="paste", **{"paste-at": start, "paste-text": block})
    assert message in text(client.get(f"/families/{fresh.pk}/edit/incomes/"))
    assert lines(fresh) == before


def test_a_wrong_cell_keeps_its_text_and_the_last_good_amount(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "wage")
    type_in(client, fresh, "incomes", {f"{row}2020-04": "100"})
    answer = type_in(client, fresh, "incomes", {f"{row}2020-04": "100.001", f"{row}2020-05": "200"})
    assert "最多两位小数" in text(answer)
    cells = grids.income_cells(list(fresh.incomelines.order_by("pk")))
    assert (cells["2020-04"], cells["2020-05"]) == (10000, 20000)


@pytest.mark.req(
    "TJ-A1-1.2.b",
    "TJ-A1-1.2.1.a",
    "TJ-A1-1.2.1.g",
    "TJ-A1-1.2.2.b",
    "TJ-A1-1.2.2.c",
    "TJ-A1-1.2.3.b",
    "TJ-A1-1.2.3.c",
    "TJ-A1-1.2.3.d",
    "GUIDE20-3.1.1.a",
    "GUIDE20-3.1.2.b",
    "GUIDE20-3.1.3.b",
)
def test_each_group_offers_the_items_of_the_text(client: Client, fresh: Household) -> None:
    wage, business, property_ = (
        add(client, fresh, "wage"),
        add(client, fresh, "business"),
        add(client, fresh, "property"),
    )
    page = text(client.get(f"/families/{fresh.pk}/edit/incomes/"))
    words = [
        "工资",
        "薪金",
        "奖金",
        "劳动分红",
        "津贴",
        "补贴",
        "福利",
        "其他任职受雇所得",
        "农林牧渔业",
        "工业",
        "建筑业",
        "手工业",
        "交通运输业",
        "批发和零售贸易业",
        "餐饮业",
        "文教卫生业",
        "社会服务业",
        "储蓄存款利息",
        "有价证券红利",
        "储蓄性保险投资",
        "其他股息和红利",
        "集体财产分红",
        "其他动产",
        "转租承包土地经营权",
        "出租或出让房产",
        "其他不动产",
    ]
    assert [word for word in words if f">{word}</option>" not in page] == []
    for group in ("工资性收入", "经营净收入", "财产净收入", "转移性收入", "转移性支出（扣减）"):
        assert f'<optgroup label="{group}">' in page
    type_in(
        client, fresh, "incomes", {f"{wage}item": "bonus", f"{business}item": "transport", f"{property_}item": "land"}
    )
    assert fresh.incomelines.filter(row=1)[0].detail["item"] == "bonus"
    type_in(client, fresh, "incomes", {f"{wage}item": "lottery"})
    assert "item" not in fresh.incomelines.filter(row=1)[0].detail


@pytest.mark.req("TJ-A1-1.2.4.b", "TJ-A1-1.2.4.c")
def test_transfer_items_of_the_text_can_be_entered(client: Client, fresh: Household) -> None:
    page = text(client.get(f"/families/{fresh.pk}/edit/incomes/"))
    for word in (
        "赡养（抚养、扶养）费",
        "离退休金",
        "失业保险金",
        "遗属补助金",
        "赔偿收入",
        "接受捐赠",
        "缴纳税款",
        "缴纳社会保险",
        "赡养支出",
        "其他转移性支出",
    ):
        assert f">{word}</option>" in page


@pytest.mark.req("TJ-A1-1.2.1.b", "TJ-A1-1.2.1.d", "GUIDE20-3.1.1.b", "GUIDE20-3.1.1.d")
@pytest.mark.parametrize("basis", ["contract", "verified", "estimated", "declared_flexible"])
def test_the_ground_of_a_wage_is_kept_with_each_month(client: Client, fresh: Household, basis: str) -> None:
    row = add(client, fresh, "wage", basis)
    type_in(client, fresh, "incomes", {f"{row}2020-04": "100"})
    assert {line["basis"] for line in lines(fresh)} == {basis}


@pytest.mark.parametrize(
    ("kind", "refused"), [("pension", "declared_flexible"), ("wage", "no_document"), ("relief", "contract")]
)
def test_grounds_are_offered_only_where_the_rules_know_them(
    client: Client, fresh: Household, kind: str, refused: str
) -> None:
    row = add(client, fresh, kind)
    type_in(client, fresh, "incomes", {f"{row}basis": refused})
    assert fresh.incomelines.order_by("-pk")[0].basis == "verified"


def test_flexible_earnings_need_their_earner(client: Client, desk: Desk, fresh: Household, at: Any) -> None:
    row = add(client, fresh, "wage", "declared_flexible")
    answer = type_in(client, fresh, "incomes", {f"{row}member": "", f"{row}2020-04": "5"})
    assert "要选是哪位成员的" in text(answer)
    with pytest.raises(Refused, match="哪位成员"):
        services.save_income_rows(
            desk, fresh, [{"member": None, "kind": "wage", "basis": "declared_flexible", "cells": {}}], at=at
        )


@pytest.mark.req("TJ-A1-1.2.2.a", "GUIDE20-3.1.2.a")
def test_a_net_business_income_is_worked_out_of_its_four_figures(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "business")
    parts = {
        f"{row}net-gross": "5,000",
        f"{row}net-cost": "1,200.5",
        f"{row}net-depreciation": "300",
        f"{row}net-production_tax": "99.5",
    }
    type_in(client, fresh, "incomes", parts, auto=False, action="net:1")
    assert lines(fresh) == [
        {
            "member": "P1",
            "kind": "business",
            "basis": "verified",
            "monthly": "3400.00",
            "from": "2020-04",
            "to": "2020-09",
        }
    ]
    assert fresh.incomelines.filter(row=1)[0].detail["net"]["depreciation"] == 30000


def test_a_net_income_with_a_figure_missing_is_not_guessed(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "business")
    before = lines(fresh)
    type_in(client, fresh, "incomes", {f"{row}net-gross": "5,000"}, auto=False, action="net:1")
    assert "还差经营费用、生产性固定资产折旧、生产税" in text(client.get(f"/families/{fresh.pk}/edit/incomes/"))
    assert lines(fresh) == before


@pytest.mark.req("TJ-A1-1.2.3.a", "GUIDE20-3.1.3.a", "TJ-A1-1.2.3.e")
def test_a_net_property_income_is_what_is_left_after_its_costs(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "property", "contract")
    type_in(client, fresh, "incomes", {f"{row}net-gross": "1,500", f"{row}net-cost": "200"}, auto=False, action="net:1")
    assert lines(fresh)[0]["monthly"] == "1300.00"
    assert lines(fresh)[0]["basis"] == "contract"


@pytest.mark.req("TJ-A1-1.2.4.a")
def test_what_goes_out_lowers_the_totals_of_the_grid(client: Client, family: Household) -> None:
    rows, totals, total = grids.show_incomes(family, 6, wide=False)
    assert totals["2020-04"] == "3,780.00"
    assert totals["2020-05"] == "4,780.00"
    assert total == "23,680.00"
    assert next(row for row in rows if row.kind == "social_insurance").total == "-2,520.00"


@pytest.mark.req("TJ-A1-1.2.4.i")
def test_support_asks_for_its_legal_document_or_for_the_obligor(client: Client, fresh: Household) -> None:
    legal = add(client, fresh, "support", "contract")
    type_in(client, fresh, "incomes", {f"{legal}2020-04": "600"})
    assert lines(fresh)[0]["amount"] == "600.00"
    other = add(client, fresh, "support", "no_document")
    type_in(
        client, fresh, "incomes",
        {f"{other}from_month": "2020.4", f"{other}to_month": "202009", f"{other}obligor_income": "5,200", f"{other}obligor_status": "low_income"},
    )  # fmt: skip
    assert lines(fresh)[-1] == {
        "member": "P1", "kind": "support", "basis": "no_document", "from": "2020-04", "to": "2020-09",
        "obligor": {"income_monthly": "5200.00", "status": "low_income"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [("2020-13", "2020-09", "1—12"), ("2020-04", "2021-01", "晚于申请月份"), ("1999-01", "2020-09", "10 年以上"), ("2020-09", "2020-04", "早于起月"), ("四月", "2020-09", "不是年月")],
)  # fmt: skip
def test_a_month_outside_reason_is_told_and_not_saved(
    client: Client, fresh: Household, first: str, last: str, message: str
) -> None:
    row = add(client, fresh, "support", "no_document")
    answer = type_in(
        client, fresh, "incomes", {f"{row}from_month": first, f"{row}to_month": last, f"{row}obligor_income": "1"}
    )
    assert message in text(answer)
    line = fresh.incomelines.get()
    assert line.obligor_income == 100
    assert not (line.from_month and line.to_month)


def test_a_mark_of_the_incident_beside_a_known_no_is_refused_on_both_sides(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    assert "不能标记" in text(type_in(client, family, "incomes", {"r5-incident": "1"}))
    services.save_household_part(desk, family, {"has_incident": None}, at=at)
    type_in(client, family, "incomes", {"r5-incident": "1"})
    assert family.incomelines.filter(row=5)[0].incident is True
    assert "1 笔收支标记为" in text(type_in(client, family, "causes", {"has_incident": "no"}))
    assert selectors.whole(family).has_incident is None


@pytest.mark.req("TJ-A1-1.2.a", "GUIDE20-3.1.a")
def test_income_in_kind_is_noted_with_how_it_was_valued(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "donation")
    type_in(client, fresh, "incomes", {f"{row}2020-05": "300", f"{row}in_kind": "1", f"{row}valuation": "按市价估算"})
    line = fresh.incomelines.get()
    assert line.detail == {"in_kind": True, "valuation": "按市价估算"}
    assert line.amount == 30000


def test_a_row_taken_out_is_gone_and_the_others_keep_their_numbers(client: Client, family: Household) -> None:
    type_in(client, family, "incomes", {}, auto=False, action="remove:2")
    assert sorted(set(family.incomelines.values_list("row", flat=True))) == [1, 3, 4, 5]
    add(client, family, "pension")
    assert max(family.incomelines.values_list("row", flat=True)) == 6


def test_the_same_grid_over_a_moved_window_keeps_what_was_typed(
    client: Client, family: Household, desk: Desk, at: Any
) -> None:
    services.save_household_part(desk, family, {"application_date": builders.APPLIED.replace(month=9)}, at=at)
    type_in(client, family, "incomes", {})
    cells = grids.income_cells(grids.income_rows(selectors.whole(family))[1])
    assert cells["2020-09"] == 280000  # now beyond the grid, still known
    assert cells["2020-03"] is None


def test_an_unknown_month_that_turns_out_to_be_nothing_is_saved_as_zero(client: Client, fresh: Household) -> None:
    row = add(client, fresh, "pension")
    type_in(client, fresh, "incomes", {f"{row}2020-04": "0"})
    assert grids.income_cells(list(fresh.incomelines.order_by("pk")))["2020-04"] == 0
