"""The acceptance of the first whole path: a family typed in by hand becomes a filed case, and every paper of it prints.

One test, because one case walks through it: the steps stand in the order of the text, each done by the account that holds it.
"""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import family
from tests.browser.case import Case
from tests.browser.conftest import Visitors
from tests.browser.wizard import Papers, Wizard

pytestmark = pytest.mark.browser
Keep = Callable[..., None]


@pytest.mark.req("TJ-4.1.g", "TJ-A1-3.b", "TJ-A1-4.3.a", "TJ-A2-8.a", "TJ-A2-8.b")
def test_a_family_typed_in_by_hand_is_filed_and_every_paper_prints(
    visitors: Visitors, tmp_path: Path, picture_of: Keep
) -> None:
    scan = Papers(tmp_path)
    wizard = Wizard(visitors.at_desk("jingban1"))
    wizard.open_family(family.WANG)
    type_the_basics(wizard)
    type_the_members(wizard, picture_of)
    type_the_incomes(wizard, picture_of)
    type_the_expenses(wizard, picture_of)
    type_the_rest(wizard, picture_of)
    the_panel_says_what_the_rules_make_of_it(wizard)
    assert wizard.bring_papers(scan) >= 10
    picture_of(wizard.page, "clerk-papers")
    wizard.page.get_by_role("link", name="下一步").click()
    picture_of(wizard.page, "clerk-review")
    wizard.page.get_by_role("link", name="提交申请").click()
    expect(wizard.page.get_by_text(family.EXPECTED["outcome"]).first).to_be_visible()
    wizard.page.get_by_role("button", name="提交 王秀兰 的申请").click()
    wizard.page.wait_for_url(re.compile(r"/cases/\d+/$"))
    case = Case(visitors, wizard.page, scan, picture_of)
    the_case_walks_the_steps_of_the_text(case)
    every_paper_prints(case)


# --- typing in ------------------------------------------------------------------------------------------------------
def type_the_basics(wizard: Wizard) -> None:
    page = wizard.page
    page.get_by_label("申请日期").fill(family.APPLIED)
    page.get_by_label("工作单位").fill("津华百货和平店")
    page.get_by_label("工作地").fill("120101")
    page.get_by_label("户籍地").fill("120101")
    page.get_by_label("联系电话").fill("02200000000")
    page.get_by_label("家庭住址").fill("和平区练习街道1号")
    wizard.saved()
    wizard.onward("members")


def type_the_members(wizard: Wizard, keep: Keep) -> None:
    wizard.fill_member(family.WANG)
    keep(wizard.page, "clerk-members")
    for person in family.PEOPLE[1:]:
        wizard.add_member(person)
        wizard.fill_member(person)
    wizard.saved()
    wizard.onward("incomes")


def type_the_incomes(wizard: Wizard, keep: Keep) -> None:
    wage, insurance, flexible, subsidy, relief = family.INCOMES
    for income in family.INCOMES:
        wizard.add_income(income)
    wizard.same_each_month(0, wage)
    wizard.paste(1, "2020-04", "\t".join([insurance.amount] * 6) + "\r\n" + "\t".join([flexible.amount] * 6) + "\r\n")
    wizard.same_each_month(3, subsidy)
    wizard.cell(4, relief.months[0]).fill(relief.amount)
    wizard.known()
    wizard.saved()
    for row, income in enumerate(family.INCOMES[:4]):
        for month in family.MONTHS:
            expect(wizard.cell(row, month)).to_have_value(re.compile(rf"^{income.amount}(\.00)?$"))
    expect(wizard.panel).to_contain_text(family.EXPECTED["income"])
    keep(wizard.page, "clerk-incomes")
    wizard.onward("expenses")


def type_the_expenses(wizard: Wizard, keep: Keep) -> None:
    for expense in family.EXPENSES:
        wizard.add_expense(expense)
    wizard.known()
    wizard.saved()
    keep(wizard.page, "clerk-expenses")
    wizard.onward("property")


def type_the_rest(wizard: Wizard, keep: Keep) -> None:
    page, form = wizard.page, wizard.form
    page.get_by_label("自有住房", exact=True).fill("1")
    page.get_by_label("自有住房面积合计").fill("58.0")
    wizard.answer(form, "是否租房", "否")
    page.get_by_label("租住面积").fill("0")
    form.get_by_role("group", name=re.compile("机动车")).get_by_label("没有", exact=True).check(force=True)
    page.get_by_label("家庭存款合计").fill("１２，０００")  # full-width digits, as an input method leaves them
    page.get_by_label("投资净值").fill("0")
    wizard.saved()
    wizard.onward("causes")
    for cause, who in (("因病", "王秀兰"), ("因残", "李国强"), ("因子女上学", "李晓雨")):
        form.get_by_role("group", name="致困原因").get_by_label(cause, exact=True).check()
        more = page.locator(".cause-more", has=page.get_by_text(cause, exact=True))
        more.get_by_label(who).check()
        more.get_by_label(f"{cause}的说明").fill("近半年支出较大，收入不足以负担")
    for need in ("生活", "医疗", "助学"):
        form.get_by_role("group", name="帮扶需求").get_by_label(need, exact=True).check()
    page.get_by_label("政府救助情况").select_option(label="未覆盖")
    wizard.answer(form, "是否发生意外或突发事件", "否")
    wizard.saved()
    keep(page, "clerk-causes")
    wizard.onward("findings")
    page.get_by_label("不能说明去向的大额资金").fill("0")
    for button in form.get_by_role("button", name="以上均否").all():
        button.click()
    wizard.saved()


def the_panel_says_what_the_rules_make_of_it(wizard: Wizard) -> None:
    panel, expected = wizard.panel, family.EXPECTED
    expect(panel.locator(".verdict")).to_contain_text(expected["outcome"])
    for figure in ("income", "expense", "per_head", "dibao"):
        expect(panel).to_contain_text(expected[figure])
    expect(panel).not_to_contain_text("按已录入的内容")
    wizard.onward("papers")


# --- the steps of the text ------------------------------------------------------------------------------------------
def the_case_walks_the_steps_of_the_text(case: Case) -> None:
    case.stands_at("单位工会审核材料")
    case.passes("shenhe1", "审核通过", "材料齐全，情况属实，同意。", picture="reviewer-case")
    case.stands_at("入户调查走访")
    case.visit("jingban1")
    case.stands_at("公示")
    case.post_notice("jingban1")
    case.move_the_clock("六个工作日后")
    case.close_notice("jingban1")
    case.stands_at("签署查询授权书")
    case.sign("jingban1", [person.name for person in family.PEOPLE])
    case.passes("jingban1", "授权书已齐")
    case.stands_at("逐级上报")
    case.passes("jingban1", "上报", "情况属实，报请审核。")
    case.stands_at("逐级上报（津华集团工会）")
    case.passes("jituan1", "上报", "同意上报。")
    case.stands_at("商务工会审核")
    case.passes("shangwu1", "审核通过", "符合深度困难，同意。")
    case.stands_at("市总工会核对")
    case.check("shizong")
    case.stands_at("建档")
    case.move_the_clock("下一个工作日")
    case.file("jingban1")
    case.stands_at("上级工会复核")
    case.recheck("jituan2")
    case.recheck_while_open(("shangwu3", "shangwu1"))
    case.stands_at("商务工会备案")
    case.passes("shangwu2", "备案", "准予备案。")
    case.is_filed("在册")


def every_paper_prints(case: Case) -> None:
    """Every PDF that the case page offers opens and says whom it is about; the application form also comes as .docx."""
    pdfs: dict[str, bytes] = {}
    words: dict[str, bytes] = {}
    for title, kind, content in case.papers("jingban1"):
        (words if kind == "docx" else pdfs)[title] = content
    for asked in ("申请表", "测算书", "公示", "入户调查表（2", "授权书"):
        assert any(asked in title for title in pdfs), f"{asked}: only {sorted(pdfs)}"
    for title, content in pdfs.items():
        assert content.startswith(b"%PDF"), title
        # the notice masks the name on purpose
        assert ("王" if "公示" in title else "王秀兰") in text_of(content), title
    notice = text_of(next(content for title, content in pdfs.items() if "公示" in title))
    assert "022-00000000" in notice
    for kept_back in ("王秀兰", family.WANG.number, "练习街道", "27780.00"):
        assert kept_back not in notice
    letter = text_of(next(content for title, content in pdfs.items() if "授权书" in title))
    assert all(person.name in letter for person in family.PEOPLE)
    sheet = text_of(next(content for title, content in pdfs.items() if "测算书" in title))
    for figure in ("27780.00", "12100.00", "871.11", "1010.00"):
        assert figure in sheet, f"{figure} is not on the sheet"
    assert len(words) == 1
    for content in words.values():
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert "王秀兰" in parts.read("word/document.xml").decode()


def text_of(pdf: bytes) -> str:
    """The words of a PDF without blanks, zero-width places for line breaks, and separators of thousands."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u200b,]", "", text)
