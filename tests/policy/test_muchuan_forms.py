"""The two forms of Muchuan: every column in its order, what keeps a form open, and what is taken over from the file."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest

from bangfu.policy import forms, registry
from tests.policy import households as h

RULES = registry.get_pack(h.MUCHUAN).forms
F1, F2 = RULES.forms["f1"], RULES.forms["f2"]


def day(number: int, month: int = 10) -> datetime.date:
    return datetime.date(2020, month, number)


def number(body: str) -> str:
    """Seventeen digits with their check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, weights, strict=True)) % 11]


WANG, LI, CHILD = number("51112919780502002"), number("51112919760311001"), number("51112920080910004")
MEMBERS = [
    {"name": "王秀兰", "relation": "self", "unit_or_school": "沐川纸业", "monthly_income": 150_000, "id_number": WANG, "dibao": False, "insurance": "worker"},
    {"name": "李国强", "relation": "spouse", "unit_or_school": "无", "monthly_income": 0, "id_number": LI, "dibao": False, "insurance": "rural"},
    {"name": "李晓雨", "relation": "daughter", "unit_or_school": "沐川中学", "monthly_income": 0, "id_number": CHILD, "dibao": False, "insurance": "rural"},
]  # fmt: skip
FILING: dict[str, Any] = {
    "file_unit": "沐川纸业工会", "name": "王秀兰", "birth_date": datetime.date(1978, 5, 2), "sex": "female", "ethnicity": "汉族",
    "political": "masses", "health": "healthy", "marital": "married", "single_parent": False, "dibao": False, "insurance": "worker",
    "work_status": "staff", "category": "slightly_above", "nature": "lasting", "id_number": WANG, "hukou_address": "沐溪镇", "address": "沐溪镇样例路1号",
    "employer": "沐川纸业", "phone": "13800138000", "members": MEMBERS, "people": 3, "annual_income": 1_800_000, "mean_income": 50_000,
    "hukou_kind": "urban_family", "area": 6000, "ownership": "private", "use": "own", "disabled": [],
    "attachments": ["huji_book", "id_card", "difficulty_certificate", "member_card"], "cause_text": "子女上学", "causes": ["schooling"],
    "applicant_signature": ["王秀兰"], "applicant_on": day(23), "handler_signature": ["甲"], "handler_on": day(23), "notice_place": "厂门口",
    "notice_from": day(15), "notice_to": day(22), "objections": False, "union_opinion": "recommend", "union_signature": ["乙"], "union_seal": "印",
    "union_on": day(23), "county_opinion": "agree", "county_signature": ["戊"], "county_seal": "印", "county_on": day(28),
}  # fmt: skip
AID: dict[str, Any] = {
    "name": "王秀兰", "sex": "female", "birth_month": "1978-05", "ethnicity": "汉族", "id_number": WANG, "address": "沐溪镇样例路1号", "method": "bank",
    "bank_card": "6222020000000000", "employer": "沐川纸业", "phone": "13800138000", "aid_kind": "schooling", "file_no": "511129-2020-00001", "filed_on": day(28),
    "file_unit": "沐川纸业工会", "unit_kind": "enterprise", "nature": "lasting", "history": [{"aided_on": day(1, 1), "kind": "living", "amount": 100_000}],
    "cause_text": "子女上学", "causes": ["schooling"], "proofs": "录取通知书", "confirmed_by": ["王秀兰"], "notice_place": "厂门口", "notice_to": day(10, 11),
    "objections": False, "union_opinion": "recommend", "union_seal": "印", "union_on": day(11, 11), "meeting_no": "3", "county_opinion": "agree",
    "approved_amount": 300_000, "county_seal": "印", "county_on": day(20, 11),
}  # fmt: skip
FILED = {"f1": FILING | {"file_no": "511129-2020-00001", "bank_card": "6222020000000000"}}


def wrong(
    base: dict[str, Any] = FILING, form: forms.Form = F1, without: str | None = None, **change: Any
) -> set[tuple[str, str]]:
    values = {key: value for key, value in (copy.deepcopy(base) | change).items() if key != without}
    return {(one.path, one.code) for one in forms.faults(form, values)}


def aid(without: str | None = None, **change: Any) -> set[tuple[str, str]]:
    return wrong(AID, F2, without, **change)


def people(*changes: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    rows = copy.deepcopy(MEMBERS)
    for place, change in changes:
        rows[place] |= change
    return rows


def codes(found: set[tuple[str, str]]) -> set[str]:
    return {code for _, code in found}


def test_both_filled_forms_are_in_order() -> None:
    assert wrong() == set()
    assert aid() == set()


@pytest.mark.req("MC-FORM1-01", "MC-FORM2-01")
def test_the_titles_are_those_of_the_text_one_in_two_copies_and_one_for_each_round() -> None:
    assert (F1.title, F1.copies, F1.repeats) == ("沐川县困难职工（农民工）建档申请表", ("county", "unit"), False)
    assert (F2.title, F2.repeats) == ("沐川县困难职工（农民工）帮扶审批表", True)


def test_the_columns_stand_in_the_printed_order() -> None:
    labels = [one.label for one in F1.block(None) if not one.note]
    assert labels[:21] == [
        "建档单位", "申请人姓名", "出生日期", "性别", "民族", "政治面貌", "健康状况", "婚姻状况", "是否单亲", "是否低保", "医保类型", "工作状态", "困难类别", "档案性质",
        "身份证号码", "户籍地址", "家庭住址", "工作单位", "联系电话", "总人口", "家庭年度总收入",
    ]  # fmt: skip
    assert F1.blocks == ("members", "disabled")


@pytest.mark.req("MC-FORM1-02")
def test_the_file_number_is_given_at_recognition_and_never_again() -> None:
    assert wrong(without="file_no") == set()
    assert F1.numbered
    assert forms.next_number([1, 2, 7]) == 8


@pytest.mark.req(
    "MC-FORM1-04", "MC-FORM1-07", "MC-FORM1-08", "MC-FORM1-13", "MC-FORM1-18", "MC-FORM1-20", "MC-FORM1-31", "MC-FORM1-33", "MC-FORM1-34", "MC-FORM1-39"
)  # fmt: skip
@pytest.mark.parametrize(
    "column",
    [
        "name", "ethnicity", "political", "insurance", "hukou_address", "address", "hukou_kind", "ownership", "use", "applicant_signature", "applicant_on",
        "file_unit", "health", "marital", "single_parent", "dibao", "work_status", "category", "nature", "id_number", "phone", "cause_text", "causes",
    ],
)  # fmt: skip
def test_a_column_that_must_be_filled_keeps_the_form_open(column: str) -> None:
    assert (column, "missing") in wrong(without=column)


@pytest.mark.req("MC-FORM1-31", "MC-FORM1-33", "MC-FORM1-34")
@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("hukou_kind", ["非农家庭户", "非农集体户", "农业家庭户", "其他户"]), ("ownership", ["私有", "集体", "国有", "其他"]), ("use", ["自住", "租赁", "借住", "其他"]),
    ],
)  # fmt: skip
def test_exactly_one_of_the_printed_values_is_chosen(column: str, values: list[str]) -> None:
    assert list(F1.fields[column].values.values()) == values
    assert wrong(**{column: "both"}) == {(column, "unreadable")}
    assert wrong(**{column: ["own", "rented"]}) == {(column, "unreadable")}


@pytest.mark.req("MC-FORM1-05", "MC-FORM1-06", "MC-FORM1-17")
def test_birth_date_and_sex_are_those_of_the_identity_number_and_no_number_stands_twice() -> None:
    assert codes(wrong(birth_date=datetime.date(1978, 5, 3))) == {"identity"}
    assert codes(wrong(sex="male")) == {"identity"}
    assert ("id_number", "unreadable") in wrong(id_number=WANG[:-1] + ("0" if WANG[-1] != "0" else "1"))
    assert "numbers_once" in codes(wrong(members=people((1, {"id_number": CHILD}))))


@pytest.mark.req("MC-FORM1-09")
def test_illness_and_disability_ask_for_their_papers() -> None:
    assert codes(wrong(health="ill")) == {"illness_proved"}
    for paper in ("illness_statement", "hospital_statement", "outpatient_receipt"):
        assert wrong(health="ill", attachments=[*FILING["attachments"], paper]) == set()
    assert codes(wrong(health="disabled")) == {"disability_proved"}


@pytest.mark.req("MC-FORM1-10")
def test_the_married_have_a_spouse_in_the_table() -> None:
    alone = [MEMBERS[0], MEMBERS[2]]
    assert codes(wrong(members=alone, people=2, mean_income=75_000)) == {"married_with_spouse"}
    assert wrong(members=alone, people=2, mean_income=75_000, marital="widowed") == set()


@pytest.mark.req("MC-FORM1-11", "MC-A-3.19")
def test_a_single_parent_has_a_child_and_no_spouse() -> None:
    assert codes(wrong(single_parent=True)) == {"single_without_spouse"}
    childless = [MEMBERS[0]]
    assert codes(wrong(single_parent=True, members=childless, people=1, mean_income=150_000, marital="single")) == {
        "single_with_child"
    }
    both = [MEMBERS[0], MEMBERS[2]]
    assert wrong(single_parent=True, members=both, people=2, mean_income=75_000, marital="divorced") == set()


@pytest.mark.req("MC-FORM1-12", "MC-A-3.19")
def test_dibao_and_its_certificate_go_together() -> None:
    certified = [*FILING["attachments"], "dibao_certificate"]
    assert codes(wrong(dibao=True)) == codes(wrong(attachments=certified)) == {"dibao_certified"}
    assert wrong(dibao=True, attachments=certified) == set()


@pytest.mark.req("MC-FORM1-14", "MC-FORM1-21")
@pytest.mark.parametrize(("status", "column"), [("staff", "employer"), ("temporary", "employer"), ("migrant_contract", "employer"), ("migrant_factual", "employer"), ("laid_off", "last_job_end"), ("unemployed", "last_job_end")])  # fmt: skip
def test_who_works_names_the_unit_and_who_does_not_names_the_day_the_last_job_ended(status: str, column: str) -> None:
    found = wrong(work_status=status, without="employer") if column == "employer" else wrong(work_status=status)
    assert found == {(column, "missing")}


@pytest.mark.req("MC-FORM1-15")
def test_the_category_comes_from_the_calculation_and_is_one_of_the_packs() -> None:
    assert F1.fields["category"].source == "determination"
    assert list(F1.fields["category"].values) == [one.code for one in registry.get_pack(h.MUCHUAN).categories]


@pytest.mark.req("MC-FORM1-16", "MC-A-2.09", "MC-FORM2-24")
def test_temporary_files_are_those_of_temporary_relief() -> None:
    assert (
        list(F1.fields["nature"].values.values())
        == list(F2.fields["nature"].values.values())
        == ["临时档案", "长期档案"]
    )
    assert codes(wrong(nature="temporary")) == codes(wrong(category="temporary")) == {"nature_fits"}
    assert wrong(category="temporary", nature="temporary") == set()
    assert "nature_note" in F2.statements


@pytest.mark.req("MC-FORM1-22")
@pytest.mark.parametrize(
    ("phone", "good"), [("13800138000", True), ("0833-4600000", True), ("138 0013", False), ("1", False)]
)
def test_the_phone_is_a_number_somebody_can_call(phone: str, good: bool) -> None:
    assert (wrong(phone=phone) == set()) is good


@pytest.mark.req("MC-FORM1-23", "MC-FORM1-24")
def test_the_applicant_stands_once_in_the_table_of_members_and_a_spouse_at_most_once() -> None:
    assert codes(wrong(members=people((0, {"relation": "other"})))) == {"self_once"}
    assert "self_once" in codes(wrong(members=people((2, {"relation": "self"}))))
    assert codes(wrong(members=people((2, {"relation": "spouse"})))) == {"spouse_once"}
    assert codes(wrong(members=people((0, {"id_number": number("51112919780502022")})))) == {"applicant_listed"}
    assert ("members[1].relation", "unreadable") in wrong(members=people((1, {"relation": "boss"})))


@pytest.mark.req("MC-FORM1-25", "MC-FORM1-26", "MC-FORM1-27")
@pytest.mark.parametrize("column", ["unit_or_school", "monthly_income", "dibao", "insurance"])
def test_every_row_names_unit_income_dibao_and_insurance_and_nothing_is_taken_for_zero(column: str) -> None:
    assert (f"members[2].{column}", "missing") in wrong(members=people((2, {column: None})))
    assert wrong(members=people((2, {"monthly_income": 0}))) == set()
    assert ("members[2].monthly_income", "unreadable") in wrong(members=people((2, {"monthly_income": -1})))


@pytest.mark.req("MC-FORM1-28", "MC-A-3.18")
def test_the_number_of_people_is_the_number_of_rows() -> None:
    assert codes(wrong(people=4, mean_income=37_500)) == {"people_counted"}


@pytest.mark.req("MC-FORM1-30", "MC-A-3.19")
@pytest.mark.parametrize(
    ("total", "mean", "good"),
    [(1_800_000, 50_000, True), (1_800_000, 50_001, False), (1_800_017, 50_000, True), (1_800_018, 50_001, True)],
)
def test_the_mean_is_the_year_by_twelve_and_by_heads_rounded_to_the_fen(total: int, mean: int, good: bool) -> None:
    assert (wrong(annual_income=total, mean_income=mean) == set()) is good
    assert F1.fields["mean_income"].source == "computed"


@pytest.mark.req("MC-FORM1-32")
def test_a_home_has_an_area_or_a_word_why_not() -> None:
    assert codes(wrong(area=0)) == {"area_or_note"}
    assert wrong(area=0, area_note="借住亲戚家") == set()


@pytest.mark.req("MC-FORM1-35")
def test_the_disabled_are_members_with_a_certificate_number() -> None:
    known = {"name": "李国强", "certificate_no": f"{LI}42"}
    assert wrong(disabled=[known]) == set()
    assert codes(wrong(disabled=[known | {"name": "张三"}])) == {"disabled_are_members"}
    assert ("disabled[0].certificate_no", "missing") in wrong(disabled=[{"name": "李国强"}])


@pytest.mark.req("MC-FORM1-36", "MC-FORM1-37", "MC-A-3.18")
def test_the_thirteen_attachments_stand_in_their_order_and_one_at_least_is_ticked() -> None:
    assert list(F1.fields["attachments"].values.values()) == [
        "户口簿", "身份证", "低保证", "困难证明", "再就业优惠证", "失业证", "残疾证", "录取通知书", "病情证明", "住院证明", "门诊药品费发票", "工伤认定书", "会员证", "其他",
    ]  # fmt: skip
    assert ("attachments", "missing") in wrong(attachments=[])


@pytest.mark.req("MC-FORM1-38")
def test_the_cause_is_told_in_words_and_by_code() -> None:
    assert ("cause_text", "missing") in wrong(cause_text="")
    assert ("causes", "missing") in wrong(causes=[])
    assert ("causes", "unreadable") in wrong(causes=["bad_luck"])


@pytest.mark.req("MC-FORM1-40")
def test_the_handler_signs_after_the_applicant_and_is_not_who_gives_the_opinion() -> None:
    assert codes(wrong(handler_on=day(22))) == {"handler_after_applicant"}
    assert codes(wrong(handler_signature=["乙"])) == {"handler_not_signer"}


@pytest.mark.req("MC-A-5.07", "MC-A-5.09")
def test_unit_and_county_answer_by_different_signatures_with_a_day() -> None:
    assert codes(wrong(county_signature=["乙"])) == {"handler_not_signer"}
    for column in ("union_signature", "union_on", "union_seal", "county_signature", "county_on", "county_seal"):
        assert (column, "missing") in wrong(without=column)


@pytest.mark.req("MC-FORM1-41", "MC-A-3.13", "MC-A-3.17")
def test_the_recommendation_follows_the_notice_and_leaves_no_objection_open() -> None:
    assert codes(wrong(union_on=day(22))) == {"after_notice"}
    assert codes(wrong(objections=True)) == {"no_objection"}
    assert wrong(objections=True, union_opinion="refuse") == set()
    for column in ("notice_place", "notice_from", "notice_to"):
        assert (column, "missing") in wrong(without=column)


@pytest.mark.req("MC-FORM1-42")
def test_the_countys_opinion_is_agreed_or_returned_and_comes_last() -> None:
    assert {"agree", "returned"} <= set(F1.fields["county_opinion"].values)
    assert codes(wrong(county_on=day(22))) == {"county_last"}


# --- 帮扶审批表 -----------------------------------------------------------------------------------------------------
@pytest.mark.req(
    "MC-FORM2-02", "MC-FORM2-03", "MC-FORM2-05", "MC-FORM2-07", "MC-FORM2-09", "MC-FORM2-10", "MC-FORM2-14"
)
@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("name", "王秀英"), ("sex", "male"), ("ethnicity", "彝族"), ("address", "别处"), ("employer", "别的单位"), ("phone", "13900139000"), ("file_unit", "别的工会"),
        ("id_number", LI), ("bank_card", "1"), ("file_no", "2"), ("filed_on", day(1)), ("nature", "temporary"),
    ],
)  # fmt: skip
def test_what_the_file_says_is_taken_over_and_not_typed_anew(column: str, typed: Any) -> None:
    assert forms.taken_over(F2, AID, FILED) == []
    found = forms.taken_over(F2, AID | {column: typed}, FILED)
    assert [(one.path, one.code) for one in found] == [(column, "differs")]


@pytest.mark.req("MC-FORM2-04")
def test_only_year_and_month_of_birth_are_printed() -> None:
    assert aid(birth_month="1978-05-02") == {("birth_month", "unreadable")}
    assert forms.from_id_number(WANG, day(1))["birth_month"] == AID["birth_month"]


@pytest.mark.req("MC-FORM2-08")
def test_the_card_is_needed_unless_cash_is_paid() -> None:
    assert aid(without="bank_card") == {("bank_card", "missing")}
    assert aid(without="bank_card", method="cash") == set()


@pytest.mark.req("MC-FORM2-11")
def test_one_form_asks_for_one_kind_of_aid() -> None:
    assert list(F2.fields["aid_kind"].values.values()) == [
        "生活救助",
        "医疗救助",
        "子女助学",
        "职业培训",
        "法律援助",
        "元旦送温暖",
        "春节送温暖",
        "其他",
    ]
    assert aid(aid_kind=["living", "medical"]) == {("aid_kind", "unreadable")}


@pytest.mark.req("MC-FORM2-13")
def test_the_file_is_older_than_the_decision() -> None:
    assert codes(aid(filed_on=day(20, 11))) == {"filed_before"}


@pytest.mark.req("MC-FORM2-14")
def test_the_filing_unit_has_a_kind_and_an_authority_may_be_one() -> None:
    assert list(F2.fields["unit_kind"].values.values()) == ["企事业", "乡镇", "社区", "机关"]
    assert aid(without="unit_kind") == {("unit_kind", "missing")}


@pytest.mark.req("MC-FORM2-16", "MC-FORM2-17", "MC-FORM2-18", "MC-FORM2-19")
@pytest.mark.parametrize("column", ["aided_on", "kind", "amount"])
def test_earlier_aid_comes_from_the_ledger_with_day_kind_and_amount(column: str) -> None:
    assert F2.fields[f"history.{column}"].source == "ledger"
    assert aid(history=[AID["history"][0] | {column: None}]) == {(f"history[0].{column}", "missing")}
    assert aid(history=[]) == set()


@pytest.mark.req("MC-FORM2-20", "MC-FORM2-21", "MC-F-3.12")
@pytest.mark.parametrize("column", ["cause_text", "causes", "proofs", "confirmed_by"])
def test_cause_proofs_and_the_workers_own_confirmation_are_there(column: str) -> None:
    assert aid(without=column) == {(column, "missing")}


@pytest.mark.req("MC-FORM2-22")
def test_the_unions_opinion_follows_the_notice_of_aid() -> None:
    assert codes(aid(union_on=day(10, 11))) == {"after_notice"}
    assert codes(aid(objections=True)) == {"no_objection"}


@pytest.mark.req("MC-FORM2-23")
def test_the_county_writes_the_meeting_and_the_amount() -> None:
    assert aid(without="meeting_no") == {("meeting_no", "missing")}
    assert aid(without="approved_amount") == {("approved_amount", "missing")}
    assert aid(without="approved_amount", county_opinion="refuse") == set()
    assert codes(aid(county_on=day(10, 11))) == {"county_last"}
