"""The sheet for people: the same numbers as the determination, in words, with clauses that lead into the library."""

from typing import Any

import pytest

from bangfu.policy import facts, registry, sheet
from bangfu.policy.labels import path_label
from tests.policy import households as h


def of(document: dict[str, Any], policy: str = h.TIANJIN, names: dict[str, str] | None = None) -> sheet.Sheet:
    return sheet.build(h.decide(document, policy=policy), facts.parse(document), registry.get_pack(policy), names)


@pytest.mark.req("TJ-4.1.g")
def test_the_sheet_repeats_the_sum_so_that_it_can_be_done_by_hand() -> None:
    found = of(h.household(incomes=h.income("27780.00"), expenses=[h.bill("12100.00")]))
    assert found.calculation == ("（27,780.00 − 12,100.00）÷ 2人 ÷ 6个月 = 1,306.67 元/人·月",)
    assert [(line.stated, line.counted) for line in (*found.incomes, *found.expenses)] == [
        ("27,780.00", "27780.00"), ("12,100.00", "12100.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("total", "words"),
    [
        ("13008.00", "高于标准 84.00 元/月"),
        ("10992.00", "低于标准 84.00 元/月"),
        ("12000.00", "与标准相差不到 0.01 元/月"),
    ],
)
def test_a_margin_is_told_in_words(total: str, words: str) -> None:
    assert of(h.household(incomes=h.income(total))).categories[0].margin_text == words


@pytest.mark.parametrize(
    ("changes", "title"),
    [({}, "深度困难"), ({"causes": []}, "不符合建档条件"), ({"incomes": None}, "资料不全，还不能认定")],
)
def test_the_outcome_has_a_title(changes: dict[str, Any], title: str) -> None:
    assert of(h.household(**changes)).outcome_title == title


@pytest.mark.parametrize("policy", [h.TIANJIN, h.NATIONAL])
def test_every_clause_of_the_sheet_leads_to_an_entry_of_the_library(policy: str) -> None:
    found = of(h.household(incomes=[h.once("relief", "5.00")], expenses=[h.bill("3.00")]), policy)
    parts = [*found.categories, *found.exclusions, *found.incomes, *found.expenses]
    parts += [one for category in found.categories for one in category.conditions]
    citations = [one for part in parts for one in part.citations]
    assert citations
    assert all(one.anchor and one.policy in registry.pack_ids() for one in citations)


def test_an_inherited_rule_leads_to_the_parents_text() -> None:
    found = of(h.household(incomes=[h.once("relief", "5.00")]))
    assert {one.policy for one in found.incomes[0].citations} == {"acftu-2020"}


def test_what_bars_from_a_category_is_named() -> None:
    found = of(h.household(vehicles=[{"use": "private"}]))
    assert found.categories[0].barred_by == ("拥有或经常使用机动车（残疾人代步车除外）",)
    assert found.categories[1].barred_by == ()


def test_missing_facts_have_a_name_and_a_path() -> None:
    members = [h.worker(), h.person("P2", lives_together=None)]
    found = of(h.household(members=members, incomes=h.income("12000.00")), names={"P2": "李国强"})
    assert [(one.path, one.label) for one in found.missing] == [("members[1].lives_together", "李国强：是否共同生活")]


def test_the_four_ways_of_an_accident_are_told_one_by_one() -> None:
    event = h.incident("natural_disaster", death=True)
    found = of(h.household(incident=event, attested={"still_in_difficulty": True}, incomes=h.income("30000.00")))
    limbs = next(one for one in found.categories[2].conditions if one.code == "one_of_four").limbs
    assert [one.result for one in limbs] == ["met", "not_met", "not_met", "not_met"]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("standards.dibao@120101", "低保标准（120101）"), ("housing.owned_homes", "自有住房套数"), ("incident", "意外事件"),
        ("expenses[0].paid_by.mutual_aid", "支出第1项（因病）：已报销和救助的金额：互助保障已付"), ("status.dibao", "是否享受低保"),
        ("incomes[0].obligor.status", "收入第1项（赡养、抚养、扶养费）：义务人：身份"), ("vehicles[0].use", "第1辆车：用途"),
        ("members[0].disabilities[0].grade", "P1：第1项残疾：等级"),
    ],
)  # fmt: skip
def test_a_path_has_a_chinese_name(path: str, label: str) -> None:
    known = facts.parse(h.household(incomes=[h.supported()], expenses=[h.bill("1.00")]))
    assert path_label(path, known) == label


def test_columns_line_up_though_chinese_characters_are_wide() -> None:
    assert (sheet.width("低保ab"), sheet.pad("低保", 6), sheet.pad("1.00", 6, right=True)) == (6, "低保  ", "  1.00")
    text = sheet.as_text(of(h.household(incomes=[h.monthly("wage", "1234.50"), h.once("relief", "5.00")])))
    rows = [line for line in text.splitlines() if "附件1 一（二）1" in line or "指引三 1" in line]
    assert len({sheet.width(row[: row.rindex("附件1" if "附件1" in row else "指引三")]) for row in rows}) == 1


def test_a_sum_longer_than_any_single_amount_is_still_printed() -> None:
    lines = [h.once("wage", "999999999999.99") for _ in range(3)]
    assert "2,999,999,999,999.97" in sheet.as_text(of(h.household(incomes=lines)))
