"""The printed papers: what stands on them, what never does, and that a print is written down."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from bangfu.casework import determinations, paper_data, papers
from bangfu.casework.models import Application, Determination, PublicNotice
from bangfu.casework.services.printing import print_paper
from bangfu.common import typesetting
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.families import services as families
from bangfu.families.models import Household, Member
from tests.casework import kit

A4 = (595, 842)


def pages(body: bytes) -> list[str]:
    """The text of each page without blanks: line breaks of a table say nothing."""
    return [re.sub(r"[\s\u200b]", "", page.extract_text()) for page in PdfReader(io.BytesIO(body)).pages]


def text(made: papers.Printed) -> str:
    return "".join(pages(made.body))


def number(person: Member) -> str:
    return str(person.id_number)


def application_form(walk: kit.Walk, **more: Any) -> papers.Printed:
    return print_paper(walk.office.clerk.actor, walk.application, "application_form", at=walk.at, **more)


def newest(walk: kit.Walk) -> Determination:
    found = determinations.latest(walk.application)
    assert found is not None
    return found


def sheet_of(walk: kit.Walk) -> papers.Printed:
    return print_paper(walk.office.clerk.actor, newest(walk), "calculation_sheet", at=walk.at)


@pytest.fixture
def changed(office: kit.Office) -> Callable[..., kit.Walk]:
    """``changed(address=…)`` is a submitted family in which these fields were typed before."""

    def make(**values: Any) -> kit.Walk:
        walk = kit.Walk(office, kit.family(office))
        families.save_household_part(office.clerk, walk.household, values, at=walk.at)
        walk.household = Household.objects.get(pk=walk.household.pk)
        walk.submit()
        return walk

    return make


# --- 困难职工申请表 ---------------------------------------------------------------------------------------------------
def test_the_application_form_carries_the_family_in_full_on_a4_with_numbered_pages(walk: kit.Walk) -> None:
    made = application_form(walk)
    read = PdfReader(io.BytesIO(made.body))
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in read.pages} == {A4}
    whole, count = text(made), len(read.pages)
    for person in walk.household.members.all():
        assert person.name in whole
        assert number(person) in whole
    for part in ("13800138000", "和平区样例路1号", "津华百货和平店", "肢体残疾2级、慢性病", "因病王秀兰", "因残李国强", "16,800.00", "−2,520.00",
                 "21,480.00", "30,000.0021,000.009,000.00", "12,000.00元", "已覆盖仍有困难", "高中"):  # fmt: skip
        assert part in whole, part
    for place, page in enumerate(pages(made.body), start=1):
        assert f"第{place}页，共{count}页" in page
        assert made.number in page
        assert newest(walk).code in page


def test_opinions_are_blank_until_the_step_is_passed_and_then_name_who_said_what_when(walk: kit.Walk) -> None:
    before = paper_data.application_form(walk.application, newest(walk))["opinions"]
    assert [(row["title"], row["text"], row["name"], row["day"]) for row in before] == [
        ("单位工会意见", "", "", ""), ("上级工会意见", "", "", ""), ("产业（县）工会意见", "", "", ""),
    ]  # fmt: skip
    walk.to("home_visit")
    whole = text(application_form(walk))
    assert "材料齐全" in whole
    assert "审核人：李审核" in whole
    assert "负责人：" in whole  # the unions above have not spoken


def test_a_family_that_has_not_handed_in_gets_the_form_to_sign_without_a_code(office: kit.Office) -> None:
    household = kit.family(office)
    made = print_paper(office.clerk.actor, household, "application_form", at=kit.AT, policy="tianjin-commerce-2020")
    whole = text(made)
    assert "王秀兰" in whole
    assert "申请人（签名）：" in whole
    assert household.number in made.number
    assert "验证码" not in whole


def test_the_same_frozen_case_gives_the_same_bytes(walk: kit.Walk) -> None:
    assert application_form(walk).sha256 == application_form(walk).sha256


# --- 测算书 ----------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-4.1.g", "FUND20-5.b")
def test_the_sheet_shows_every_line_with_its_sum_and_the_formula_with_its_numbers(walk: kit.Walk) -> None:
    whole = text(sheet_of(walk))
    for part in (
        "2,800.00×6个月16,800.00", "−420.00×6个月−2,520.00", "2,050.00×6个月（填报1,200.00）", "12,300.00",
        "30,000.00−基本医疗保险已付18,000.00−大病保险已付3,000.009,000.00", "家庭总收入26,580.00", "刚性总支出9,000.00",
        "（26,580.00−9,000.00）÷3人÷6个月=976.67元/人·月",
    ):  # fmt: skip
        assert part in whole, part
    made = newest(walk)
    assert [row["counted"] for row in made.sheet["incomes"]] == ["16800.00", "-2520.00", "12300.00"]
    assert [row["counted"] for row in made.sheet["expenses"]] == ["9000.00"]
    assert made.outcome == "deep"


@pytest.mark.req("TJ-4.1.e")
def test_the_sheet_prints_the_first_and_last_month_that_both_sums_use(walk: kit.Walk) -> None:
    whole = text(sheet_of(walk))
    assert "核算期2020-04至2020-09（6个月）" in whole
    window = newest(walk).document["window"]
    assert (window["months"], window["from"], window["to"]) == (6, "2020-04", "2020-09")


def test_the_sheet_tests_every_category_with_left_right_and_margin(walk: kit.Walk) -> None:
    whole = text(sheet_of(walk))
    for part in (
        "深度困难：符合", "（家庭总收入26,580.00−刚性总支出9,000.00）÷3人÷6个月=976.67≤1×低保标准1,010.00=1,010.00，成立", "低于标准33.33元/月",
        "976.67≤1.5×低保标准1,010.00=1,515.00，成立", "低于标准538.33元/月", "意外致困：不符合", "1,476.67≤低保标准1,010.00，不成立",
        "高于标准466.67元/月", "1.8×低保标准1,010.00=1,818.00",
    ):  # fmt: skip
        assert part in whole, part


def test_the_sheet_answers_every_exclusion_and_names_the_standards_with_their_source(walk: kit.Walk) -> None:
    whole = text(sheet_of(walk))
    for row in newest(walk).sheet["exclusions"]:
        assert re.sub(r"\s", "", row["title"]) in whole
    assert whole.count("无此情形") >= len(newest(walk).sheet["exclusions"])
    assert "低保标准1,010.00天津市2020-07-01样例" in whole
    assert "最低工资标准2,050.00天津市2017-07-01样例" in whole


@pytest.mark.req("GUIDE20-1.1.a")
def test_the_sheet_says_what_the_national_text_decides_for_central_money(walk: kit.Walk) -> None:
    whole, beside = text(sheet_of(walk)), determinations.companion(newest(walk))
    assert beside is not None
    central = whole[whole.index("中央资金口径") :]
    assert "（26,580.00−9,000.00）÷3人÷12个月=488.33元/人·月" in central
    assert "核算期2019-10至2020-09（12个月）" in central
    assert beside.code in central


def test_the_sheet_names_policy_hashes_and_code_and_masks_every_number(walk: kit.Walk) -> None:
    whole, made = text(sheet_of(walk)), newest(walk)
    for part in ("津商务工〔2020〕13号", made.pack_hash, made.facts_hash, made.code):
        assert part in whole
    for person in walk.household.members.all():
        assert number(person) not in whole
        assert number(person)[:4] + "**********" + number(person)[-4:] in whole
    assert "13800138000" not in whole


def test_the_sheet_names_the_papers_it_rests_on_and_the_lines_they_prove(office: kit.Office) -> None:
    walk = kit.Walk(office, kit.family(office, papers=False))
    kit.hand_in(office.clerk, walk.household, by_waiver=False)
    walk.household.refresh_from_db()
    walk.submit()
    data = paper_data.calculation_sheet(newest(walk))
    files = list(walk.household.evidence.order_by("pk"))
    assert [proof["sha256"] for proof in data["proofs"]] == [file.sha256[:16] for file in files]
    wage = next(proof for proof in data["proofs"] if "incomes[0]" in proof["lines"])
    assert str(wage["no"]) in data["incomes"][0]["proofs"].split("、")
    assert f"佐证：材料{data['incomes'][0]['proofs']}" in text(sheet_of(walk))


def test_a_sheet_without_all_facts_lists_what_is_missing_and_does_not_guess(changed: Callable[..., kit.Walk]) -> None:
    walk = changed(still_in_difficulty=None, savings=None, owned_homes=None)
    made = newest(walk)
    assert made.outcome == "incomplete"
    whole = text(sheet_of(walk))
    assert "还不能判断" in whole
    assert made.sheet["missing"]
    for row in made.sheet["missing"]:
        assert re.sub(r"\s", "", row["label"]) in whole


def test_a_sheet_printed_later_is_the_sheet_of_its_day(walk: kit.Walk) -> None:
    made = newest(walk)
    before = print_paper(walk.office.clerk.actor, made, "calculation_sheet", at=walk.at)
    families.unlock(walk.office.clerk.actor, walk.household, at=walk.at)
    household = Household.objects.get(pk=walk.household.pk)
    families.save_household_part(walk.office.clerk, household, {"savings": 99_000_000, "employer": "别处"}, at=walk.at)
    after = print_paper(walk.office.clerk.actor, made, "calculation_sheet", at=walk.later(days=400))
    assert after.sha256 == before.sha256


# --- 公示 ------------------------------------------------------------------------------------------------------------
def notice_of(walk: kit.Walk, **given: Any) -> PublicNotice:
    walk.to("public_notice")
    walk.post(**given)
    found: PublicNotice = PublicNotice.objects.get(application=walk.application)
    return found


@pytest.mark.req("TJ-A1-4.3.a")
def test_the_notice_names_exactly_person_employer_cause_phone_and_days_and_nothing_else(office: kit.Office) -> None:
    walk = kit.Walk(office, kit.family(office))
    worker = walk.household.members.get(relation="self")
    families.save_members(office.clerk, walk.household, [{"pk": worker.pk, "diagnosis": "慢性肾功能衰竭"}], at=walk.at)
    walk.household = Household.objects.get(pk=walk.household.pk)
    walk.submit()
    notice = notice_of(walk, masked=False)
    made = print_paper(office.clerk.actor, notice, "public_notice", at=walk.at)
    whole = text(made)
    assert len(pages(made.body)) == 1
    for part in (
        "王秀兰",
        "津华百货和平店",
        "因病",
        "022-12345678",
        "2020年10月15日至2020年10月22日",
        notice.number,
        "一楼公告栏",
    ):
        assert part in whole, part
    hidden = [
        "李国强",
        "李晓雨",
        "慢性肾功能衰竭",
        "和平区样例路",
        "13800138000",
        "深度",
        "因残",
        "残疾",
        "配偶",
        "26,580",
        "976.67",
        "16,800",
        "低保",
    ]
    hidden += [number(person) for person in walk.household.members.all()]
    hidden += [number(person)[:4] + "*" for person in walk.household.members.all()]
    hidden += [newest(walk).code, walk.application.number]
    assert [one for one in hidden if one in whole] == []
    assert not re.search(r"\d{15}", whole)


def test_the_notice_template_gets_no_other_data_than_the_allow_list(walk: kit.Walk) -> None:
    data = paper_data.public_notice(notice_of(walk))
    assert set(data) == {"title", "number", "code", "address", "union", "place", *paper_data.NOTICE_FIELDS}
    assert data["name"] == "王**"


def test_the_notice_has_large_type_and_codes_its_number_and_how_to_verify_it_only(
    walk: kit.Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded: list[str] = []
    plain = typesetting.qr_svg
    monkeypatch.setattr(typesetting, "qr_svg", lambda content: coded.append(content) or plain(content))  # type: ignore[func-returns-value]
    notice = notice_of(walk)
    made = print_paper(walk.office.clerk.actor, notice, "public_notice", at=walk.at)
    assert {tuple(re.split(r"\W+", one)) for one in coded} == {(notice.number, notice.code)}
    sizes: dict[str, float] = {}
    page = PdfReader(io.BytesIO(made.body)).pages[0]
    page.extract_text(
        visitor_text=lambda part, cm, tm, font, size: sizes.update({part.strip()[:1]: size * abs(tm[3] * cm[3])})
    )
    assert sizes["王"] >= 18


# --- 入户调查表 --------------------------------------------------------------------------------------------------------
def test_the_visit_form_to_take_along_knows_the_family_and_leaves_room_for_two_signatures(walk: kit.Walk) -> None:
    made = print_paper(walk.office.clerk.actor, walk.application, "home_visit_form", at=walk.at)
    whole = text(made)
    for part in ("王秀兰", "李国强", "和平区样例路1号", "走访人一", "走访人二", "受访人", "因病、因残"):
        assert part in whole, part
    assert whole.count("签名、日期") == 3
    assert "赵同事" not in whole


def test_the_visit_form_after_the_visit_says_what_was_found_and_by_whom(walk: kit.Walk) -> None:
    walk.to("home_visit")
    visit = walk.visit_only()
    whole = text(print_paper(walk.office.clerk.actor, visit, "home_visit_form", at=walk.at))
    for part in (
        "2020年10月15日",
        "王经办",
        "赵同事",
        "住房简陋，药费单据属实",
        "本人患病，配偶残疾",
        "√是",
        "√属实",
        "√符合",
        "1张",
    ):
        assert part in whole, part


# --- 授权书 ------------------------------------------------------------------------------------------------------------
def test_the_authorization_has_the_name_of_the_text_and_a_line_with_room_for_a_print_for_every_counted_member(
    walk: kit.Walk,
) -> None:
    whole = text(print_paper(walk.office.clerk.actor, walk.application, "authorization_form", at=walk.at))
    assert whole.startswith("天津市困难职工家庭经济状况信息查询授权书")
    lines = [
        f"{person.name}{person.get_relation_display()}{number(person)}指模" for person in walk.household.members.all()
    ]
    for line in lines:
        assert line in whole, line
    assert whole.count("指模年月日") == len(lines) == 3
    assert "车辆、房产、公积金缴纳、投资经营" in whole


def test_who_does_not_count_in_the_household_has_no_line_on_the_authorization(office: kit.Office) -> None:
    walk = kit.Walk(office, kit.family(office))
    child = walk.household.members.get(relation="child")
    families.save_members(office.clerk, walk.household, [{"pk": child.pk, "lives_together": False}], at=walk.at)
    walk.household = Household.objects.get(pk=walk.household.pk)
    walk.submit()
    whole = text(print_paper(office.clerk.actor, walk.application, "authorization_form", at=walk.at))
    assert "李国强" in whole
    assert "李晓雨" not in whole


def test_the_authorization_shows_who_signed_for_whom_and_why(walk: kit.Walk) -> None:
    walk.to("authorization")
    walk.sign(walk.member(1))
    walk.sign(
        walk.member(2),
        mode="proxy_print",
        proxy_name="王秀兰",
        proxy_relation="配偶",
        proxy_reason="手部残疾",
        statement=True,
        sealed=True,
    )
    whole = text(print_paper(walk.office.clerk.actor, walk.application, "authorization_form", at=walk.at))
    for part in ("本人按指模", "家属代按指模王秀兰（配偶）手部残疾"):
        assert part in whole, part


# --- 困难职工原始信息表 --------------------------------------------------------------------------------------------------
def test_each_print_of_the_information_sheet_has_a_version_that_grows_only_when_the_file_changed(
    walk: kit.Walk,
) -> None:
    walk.to("done")
    file = walk.application.case_file
    clerk = walk.office.clerk

    def printed() -> tuple[papers.Printed, dict[str, Any]]:
        made = print_paper(clerk.actor, file, "information_sheet", at=walk.at)
        return made, AuditEntry.objects.filter(verb="print_paper").latest("seq").after

    first, row = printed()
    assert row["version"] == 1
    assert f"档案编号：{file.number}第1版" in text(first)
    assert "本表与电子档案逐项一致" in text(first)
    assert printed()[1]["version"] == 1
    families.unlock(clerk.actor, walk.household, at=walk.at)
    household = Household.objects.get(pk=walk.household.pk)
    families.save_household_part(clerk, household, {"savings": 2_500_000}, at=walk.at)
    second, row = printed()
    assert row["version"] == 2
    assert row["differences"] == 1
    assert "第2版" in text(second)
    assert "12,000.00元25,000.00元" in text(second)


# --- every paper -------------------------------------------------------------------------------------------------------
def test_each_print_is_an_act_with_who_which_paper_and_the_digest_of_what_came_out(walk: kit.Walk) -> None:
    made = application_form(walk)
    row = AuditEntry.objects.filter(verb="print_paper").latest("seq")
    assert (row.user_name, row.object_type, row.object_id) == (
        "王经办",
        "casework.application",
        str(walk.application.pk),
    )
    assert (row.after["paper"], row.after["number"], row.after["sha256"]) == (
        "application_form",
        made.number,
        made.sha256,
    )
    assert "12010" not in json.dumps(row.after)  # the audit row itself carries nothing of the family


def test_a_paper_that_a_thing_does_not_have_is_refused(walk: kit.Walk) -> None:
    with pytest.raises(Refused, match="没有这种文书"):
        print_paper(walk.office.clerk.actor, walk.application, "public_notice", at=walk.at)
    assert not AuditEntry.objects.filter(verb="print_paper").exists()


@pytest.mark.parametrize(
    "typed", ['#read("/etc/passwd")', "{{ 7*7 }}{% if 1 %}", "$x$ *粗* _斜_ = 题", "<b>&amp;]</b>\\u{41}"]
)
def test_what_a_family_typed_stays_text(changed: Callable[..., kit.Walk], typed: str) -> None:
    walk = changed(
        address=typed,
        cause_notes={"illness": {"members": ["P1"], "text": typed}, "disability": {"members": ["P2"], "text": ""}},
    )
    whole = text(application_form(walk))
    assert whole.count(re.sub(r"\s", "", typed)) == 2
    assert "49" not in re.sub(r"\d{6,}", "", whole[whole.index("家庭住址") : whole.index("工作地")])


def test_rare_characters_are_in_the_faces_of_the_package(office: kit.Office) -> None:
    walk = kit.Walk(office, kit.family(office))
    child = walk.household.members.get(relation="child")
    families.save_members(office.clerk, walk.household, [{"pk": child.pk, "name": "李䶮镕喆"}], at=walk.at)
    walk.household = Household.objects.get(pk=walk.household.pk)
    walk.submit()
    made = application_form(walk)
    assert "李䶮镕喆" in text(made)
    reader = PdfReader(io.BytesIO(made.body))
    listed: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = {str(font.get_object()["/BaseFont"]) for held in listed for font in held["/Font"].values()}
    assert all("Noto" in name for name in fonts), fonts  # no other face stands in for a missing sign


def test_long_texts_wrap_and_long_tables_repeat_their_head_on_the_next_page(walk: kit.Walk) -> None:
    data = paper_data.application_form(walk.application, newest(walk))
    one = data["members"][0]
    data["members"] = [
        one | {"no": str(place), "place": "津华商业集团第一百货和平路中心店" * 3} for place in range(1, 41)
    ]
    data["causes"] = [{"cause": "因病", "who": "王秀兰", "note": "q" * 900}]
    body = typesetting.pdf("casework/typst/application_form.typ", data | {"qr": None})
    with_members = [page for page in pages(body) if one["id_number"] in page]
    assert len(with_members) >= 2
    assert all("证件号码就业就学健康状况" in page for page in with_members)
    assert "".join(pages(body)).count("q") == 900  # nothing ran out of its cell
    width = PdfReader(io.BytesIO(body)).pages[0].mediabox.width
    spots: list[float] = []
    for page in PdfReader(io.BytesIO(body)).pages:
        page.extract_text(visitor_text=lambda part, cm, tm, font, size: spots.append(tm[4]) if part.strip() else None)
    assert max(spots) < width


def test_an_application_is_needed_before_its_papers(office: kit.Office) -> None:
    household = kit.family(office)
    assert not Application.objects.filter(household=household).exists()
    with pytest.raises(Refused, match="没有这种文书"):
        print_paper(office.clerk.actor, household, "authorization_form", at=kit.AT)
