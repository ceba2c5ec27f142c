"""The nine forms of 低保: what stands on each in which order, who fills and signs it, and what keeps it open."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from bangfu.policy import forms
from bangfu.policy.registry import get_pack
from tests.policy.dibao_forms import VALUES, day, faults, filled, form, person, row

RULES = get_pack("dibao-2019").forms


def printed(code: str, block: str | None = None) -> list[tuple[str, str]]:
    """(label, type) of a part, in the printed order."""
    return [(one.label, one.type) for one in form(code).block(block)]


@pytest.mark.parametrize("code", VALUES)
def test_a_form_filled_in_whole_has_no_fault(code: str) -> None:
    assert faults(code) == set()


@pytest.mark.parametrize("code", VALUES)
def test_every_required_field_is_asked_for_and_an_unknown_one_is_refused(code: str) -> None:
    one = form(code)
    wanted = {field.code for field in one.block(None) if field.required and field.only_if is None}
    assert {path for path, why in faults(code, {}) if why == "missing"} >= wanted
    assert ("nowhere", "unknown") in faults(code, nowhere=1)


# --- all nine ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("MCA18-A", "DIBAO-F0.a", "DIBAO-F0.d", "MCA18-1.f")
def test_there_are_nine_forms_in_the_order_of_the_annexes_under_their_titles_without_the_word_sample() -> None:
    assert [(one.sample, one.title) for one in RULES.forms.values()] == [
        (1, "最低生活保障申请及授权书"),
        (2, "申请家庭经济状况信息表"),
        (3, "最低生活保障审核审批表"),
        (4, "入户调查表"),
        (5, "新增最低生活保障对象审核公示单"),
        (6, "申请最低生活保障不予批准告知书"),
        (7, "最低生活保障金调整（停发）告知书"),
        (8, "审批公示单"),
        (9, "城乡居民最低生活保障对象动态管理记录"),
    ]


@pytest.mark.req("DIBAO-F0.b", "DIBAO-F0.c", "MCA18-2.h")
def test_the_applicant_writes_into_the_first_two_only() -> None:
    assert [one.code for one in RULES.forms.values() if forms.editable_by(one, "applicant")] == ["f1", "f2"]
    by_staff = [one.code for one in RULES.forms.values() if forms.editable_by(one, "staff")]
    assert by_staff == ["f3", "f4", "f5", "f6", "f7", "f8", "f9"]


@pytest.mark.req("MCA18-2.c")
def test_a_file_without_one_of_the_documents_that_must_be_there_is_not_complete() -> None:
    must = ("f1", "f3", "f4", "f5", "f6", "f8")
    assert RULES.required_documents() == must
    approved = [one.code for one in forms.missing_documents(RULES, ["f1", "f3", "f4", "f5", "f8"], waived=["f6"])]
    assert approved == []
    for left_out in must:
        present = [code for code in must if code != left_out]
        assert [one.code for one in forms.missing_documents(RULES, present)] == [left_out]


@pytest.mark.req("MCA18-1.g")
def test_the_forms_are_indexed_by_the_three_stages_of_the_text() -> None:
    stages = get_pack("dibao-2019").assistance.vocabularies["document_stages"]
    assert list(stages.values.values()) == ["申请受理", "审核审批", "公开公示"]
    assert {one.stage for one in RULES.forms.values()} - {"review"} == set(stages.values)


@pytest.mark.req("MCA18-1.b", "DIBAO-F2.01")
def test_what_the_application_says_is_taken_over_and_not_asked_again() -> None:
    for code in ("f2", "f3", "f4", "f6"):
        name = form(code).fields["name" if code == "f6" else "applicant_name"]
        assert name.source == "f1.applicant_name"
    assert form("f2").fields["members.age"].source == form("f3").fields["sex"].source == "id_number"


@pytest.mark.req("DIBAO-F2.25", "DIBAO-F2.26", "DIBAO-F3.02", "DIBAO-F3.07")
def test_age_sex_and_month_of_birth_come_from_the_id_number_on_the_day() -> None:
    number = person(2)["id_number"]
    assert forms.from_id_number(number, day(5, 4)) == {"age": 9, "sex": "male", "birth_month": "2010-05"}
    assert forms.from_id_number(number, day(5, 5))["age"] == 10
    assert forms.from_id_number(person(1)["id_number"], day(5, 5))["sex"] == "female"
    with pytest.raises(ValueError, match="身份证号码有误"):
        forms.from_id_number(number[:17] + ("1" if number[17] != "1" else "2"), day(5, 5))
    for code, field in (("f2", "members.age"), ("f2", "members.sex"), ("f3", "sex"), ("f3", "birth_month")):
        assert form(code).fields[field].source == "id_number"


# --- F1 ---------------------------------------------------------------------------------------------------------------
class TestApplicationAndAuthorization:
    @pytest.mark.req("DIBAO-F1.01", "DIBAO-F1.02")
    def test_name_and_one_of_the_two_kinds(self) -> None:
        assert printed("f1")[:2] == [("本人姓名", "text"), ("城市最低生活保障/农村最低生活保障", "choice")]
        assert list(form("f1").fields["apply_type"].values) == ["urban", "rural"]
        assert faults("f1", applicant_name=None) == {("applicant_name", "missing")}
        assert faults("f1", apply_type="both") == {("apply_type", "unreadable")}

    @pytest.mark.req("DIBAO-F1.03")
    def test_one_entry_per_member_with_its_picture_and_day(self) -> None:
        assert ("member_count", "everyone_signs") in faults("f1", member_count=3)
        twice = row("f1", "signatures", 1, member="甲")
        assert ("signatures[].member", "one_entry_each") in faults("f1", twice)
        assert faults("f1", row("f1", "signatures", 0, image=None, signed_at=None)) == {
            ("signatures[0].image", "missing"), ("signatures[0].signed_at", "missing"),
        }  # fmt: skip

    @pytest.mark.req("DIBAO-F1.04")
    def test_the_day_of_application_is_asked_beside_the_sample_and_the_number_is_optional(self) -> None:
        assert faults("f1", applied_on=None) == {("applied_on", "missing")}
        assert not form("f1").fields["form_no"].required

    @pytest.mark.req("DIBAO-F1.l", "DIBAO-F1.n")
    def test_a_member_signs_or_gives_a_fingerprint_in_one_of_the_ways_of_the_note(self) -> None:
        assert {"signature", "fingerprint"} < set(form("f1").fields["signatures.mode"].values)
        assert faults("f1", row("f1", "signatures", 0, mode="by_post")) == {("signatures[0].mode", "unreadable")}
        assert faults("f1", row("f1", "signatures", 0, writes=None)) == {("signatures[0].writes", "missing")}

    @pytest.mark.req("DIBAO-F1.m")
    def test_for_a_member_without_capacity_the_guardian_signs_and_is_named(self) -> None:
        unnamed = row("f1", "signatures", 1, mode="guardian_signature", capable=False)
        assert faults("f1", unnamed) == {("signatures[1].guardian", "missing")}
        named = row("f1", "signatures", 1, mode="guardian_fingerprint", capable=False, guardian="母亲")
        assert faults("f1", named) == set()

    @pytest.mark.req("DIBAO-F1.e")
    def test_without_the_statement_of_truth_the_form_stays_open(self) -> None:
        assert faults("f1", accepts_undertaking=False) == {("accepts_undertaking", "unreadable")}
        assert faults("f1", accepts_authorization=None) == {("accepts_authorization", "missing")}

    @pytest.mark.req("DIBAO-F1.k")
    def test_every_sentence_of_the_sample_has_its_place_in_print(self) -> None:
        assert list(form("f1").statements) == [
            "grantees", "persons", "sources", "validity", "integrity", "fraud", "report_changes", "fine", "credit", "liability",
            "note_capable", "note_guardian", "note_fingerprint",
        ]  # fmt: skip


# --- F2 ---------------------------------------------------------------------------------------------------------------
class TestEconomicInformation:
    @pytest.mark.req("DIBAO-F2.04", "DIBAO-F2.05", "DIBAO-F2.08", "DIBAO-F2.09", "DIBAO-F2.10")
    def test_the_rows_of_the_household(self) -> None:
        assert printed("f2") == [
            ("申请人姓名", "text"), ("共同生活家庭成员", "integer"), ("家庭月（年）收入", "money"), ("收入单位", "choice"),
            ("家庭主要支出", "text"), ("现家庭住址", "text"), ("家庭成员近亲属中有无最低生活保障经办人员或村干部", "choice"),
            ("近亲属姓名", "text"), ("与家庭成员关系", "choice"), ("职务", "text"), ("银行存款", "money"), ("有价证券", "money"),
            ("债权", "money"),
        ]  # fmt: skip
        assert faults("f2", address=None) == {("address", "missing")}
        for asset in ("deposit", "securities", "claims"):
            assert faults("f2", filled("f2") | {asset: -1}) == {(asset, "unreadable")}

    @pytest.mark.req("DIBAO-F2.02", "DIBAO-F2.23")
    def test_the_number_of_members_is_the_number_of_rows(self) -> None:
        assert faults("f2", member_count=3) == {("member_count", "count_of_members")}
        assert ("member_count", "count_of_members") in faults("f2", members=[])

    @pytest.mark.req("DIBAO-F2.03", "DIBAO-F2.31")
    def test_the_income_of_the_family_is_the_sum_of_its_members(self) -> None:
        assert faults("f2", family_income=150001) == {("family_income", "sum_of_income")}
        assert faults("f2", income_unit=None) == {("income_unit", "missing")}
        assert list(form("f2").fields["income_unit"].values) == ["month", "year"]

    @pytest.mark.req("DIBAO-F2.06", "DIBAO-F2.07")
    def test_kin_who_work_on_it_are_named_with_relation_and_post(self) -> None:
        assert faults("f2", kin_flag=None) == {("kin_flag", "missing")}
        assert faults("f2", kin_flag="yes") == {
            ("kin_name", "missing"), ("kin_relation", "missing"), ("kin_post", "missing"),
        }  # fmt: skip
        assert list(form("f2").fields["kin_relation"].values.values()) == [
            "配偶", "父母", "子女", "兄弟姐妹", "祖父母", "外祖父母", "孙子女", "外孙子女",
        ]  # fmt: skip

    @pytest.mark.req("DIBAO-F2.11", "DIBAO-F2.12", "DIBAO-F2.13", "DIBAO-F2.15")
    def test_each_house_has_address_area_nature_and_time(self) -> None:
        assert printed("f2", "houses") == [
            ("房屋地址", "text"), ("建筑面积（m²）", "area"), ("房屋性质", "choice"), ("房屋来源", "choice"), ("购（建）房时间", "month"),
        ]  # fmt: skip
        nature = form("f2").fields["houses.house_nature"].values
        assert list(nature.values()) == ["自有私房", "租用公房", "租用私房", "临时搭建房", "借住房", "其他"]
        house = {"house_address": "某街1号", "house_area": 5850, "house_nature": "own", "house_source": "built"}
        assert faults("f2", houses=[house, house | {"house_nature": "borrowed"}]) == set()
        assert faults("f2", houses=[house | {"house_area": "58.5"}]) == {("houses[0].house_area", "unreadable")}
        assert faults("f2", houses=[house | {"house_acquired": "2005年"}]) == {
            ("houses[0].house_acquired", "unreadable")
        }

    @pytest.mark.req("DIBAO-F2.14")
    def test_where_a_house_comes_from_is_asked_of_owned_and_public_ones_only(self) -> None:
        house = {"house_address": "某街1号", "house_area": 5850}
        assert faults("f2", houses=[house | {"house_nature": "own"}]) == {("houses[0].house_source", "missing")}
        assert faults("f2", houses=[house | {"house_nature": "public_rented"}]) == {
            ("houses[0].house_source", "missing")
        }
        assert faults("f2", houses=[house | {"house_nature": "private_rented"}]) == set()
        sources = form("f2").fields["houses.house_source"].values
        assert list(sources.values()) == ["自购房", "自建房", "回迁房", "承租公房"]

    @pytest.mark.req("DIBAO-F2.16", "DIBAO-F2.17", "DIBAO-F2.18", "DIBAO-F2.19", "DIBAO-F2.20", "DIBAO-F2.21")
    def test_each_vehicle_or_boat_has_its_six_fields(self) -> None:
        assert printed("f2", "vehicles") == [
            ("车（船）主姓名", "text"), ("车（船）型", "text"), ("车（船）牌号", "text"), ("排气量（ml）", "number"), ("购买时间", "date"), ("购买金额", "money"),
        ]  # fmt: skip
        assert {why for path, why in faults("f2", vehicles=[{"vehicle_owner": "甲"}])} == {"missing"}
        assert len(faults("f2", vehicles=[{"vehicle_owner": "甲"}])) == 5

    @pytest.mark.req("DIBAO-F2.22")
    def test_other_assets_are_free_lines_with_a_value(self) -> None:
        assert faults("f2", other_assets=[{"asset_kind": "古董", "asset_value": 100}]) == set()
        assert faults("f2", other_assets=[{"asset_kind": "古董"}]) == {("other_assets[0].asset_value", "missing")}

    @pytest.mark.req("DIBAO-F2.24", "DIBAO-F2.27", "DIBAO-F2.28", "DIBAO-F2.29", "DIBAO-F2.30")
    def test_each_member_has_nine_columns(self) -> None:
        assert printed("f2", "members") == [
            ("姓名", "text"), ("年龄", "integer"), ("性别", "choice"), ("与申请人关系", "text"), ("婚姻状况", "text"),
            ("健康状况（残疾类别、等级）", "text"), ("职业状况", "choice"), ("月/年收入", "money"), ("身份证号码", "id_number"),
        ]  # fmt: skip
        assert len(form("f2").fields["members.occupation"].values) == 7

    @pytest.mark.req("DIBAO-F2.32")
    def test_an_id_number_has_eighteen_characters_a_real_day_the_right_check_and_stands_once(self) -> None:
        good = person(0)["id_number"]
        for bad in (
            good[:17],
            good[:17] + ("1" if good[17] != "1" else "2"),
            "370902198013011011",
            "3709021980010110111",
        ):
            assert faults("f2", row("f2", "members", 0, id_number=bad)) == {("members[0].id_number", "unreadable")}, bad
        assert faults("f2", row("f2", "members", 1, id_number=good)) == {("members[].id_number", "id_once")}

    @pytest.mark.req("DIBAO-F2.33", "DIBAO-F2.34")
    def test_supporters_may_be_none_and_carry_what_they_give_in_a_year(self) -> None:
        assert faults("f2") == set()
        assert ("年赡（抚、扶）养费", "money") in printed("f2", "supporters")
        supporter = person(2, relation="子", support_per_year=360000)
        assert faults("f2", supporters=[supporter]) == set()
        del supporter["support_per_year"]
        assert faults("f2", supporters=[supporter]) == {("supporters[0].support_per_year", "missing")}

    @pytest.mark.req("DIBAO-F2.a")
    def test_the_five_notes_have_their_place_in_print(self) -> None:
        assert list(form("f2").statements) == ["note_1", "note_2", "note_3", "note_4", "note_5"]


# --- F3 ---------------------------------------------------------------------------------------------------------------
class TestApprovalForm:
    @pytest.mark.req(
        "DIBAO-F3.01",
        "DIBAO-F3.02",
        "DIBAO-F3.03",
        "DIBAO-F3.05",
        "DIBAO-F3.06",
        "DIBAO-F3.07",
        "DIBAO-F3.08",
        "DIBAO-F3.10",
    )
    def test_the_head_of_the_form(self) -> None:
        assert printed("f3")[:10] == [
            ("申请人姓名", "text"), ("性别", "choice"), ("民族", "text"), ("家庭人口数", "integer"), ("照片粘贴处", "image"),
            ("户籍地", "text"), ("出生年月", "month"), ("居住地", "text"), ("保障类别", "choice"), ("所在单位", "text"),
        ]  # fmt: skip
        assert not form("f3").fields["employer"].required
        assert faults("f3", birth_month="1980-13") == {("birth_month", "unreadable")}

    @pytest.mark.req("DIBAO-F3.04", "DIBAO-F3.09")
    def test_the_size_of_the_family_and_exactly_one_kind(self) -> None:
        assert ("family_size", "size_of_family") in faults("f3", family_size=3)
        assert list(form("f3").fields["category"].values.values()) == ["城市低保", "农村低保"]
        assert faults("f3", category=["urban", "rural"]) != set()

    @pytest.mark.req("DIBAO-F3.11", "DIBAO-F3.12")
    def test_members_and_supporters_with_the_four_words_of_health(self) -> None:
        assert [label for label, _ in printed("f3", "members")] == [
            "姓名", "年龄", "性别", "与申请人关系", "婚姻状况", "健康状况（健康、一般、残疾、患病）", "职业状况", "月/年收入", "身份证号码",
        ]  # fmt: skip
        assert [label for label, _ in printed("f3", "supporters")] == [
            "姓名", "年赡（抚、扶）养费", "性别", "与申请人关系", "婚姻状况", "健康状况（健康、一般、残疾、患病）", "职业状况", "月/年收入", "身份证号码",
        ]  # fmt: skip
        assert list(form("f3").fields["members.health"].values.values()) == ["健康", "一般", "残疾", "患病"]
        assert faults("f3", row("f3", "members", 0, health=["tired"])) == {("members[0].health", "unreadable")}

    @pytest.mark.req("DIBAO-F3.13")
    def test_the_economy_of_the_family_has_three_parts(self) -> None:
        for part in ("economy_income", "economy_assets", "economy_expense"):
            assert faults("f3", **{part: None}) == {(part, "missing")}

    @pytest.mark.req("DIBAO-F3.14", "MCA18-1.e")
    def test_what_staff_confirm_about_kin_agrees_with_the_family_or_is_explained(self) -> None:
        assert faults("f3", kin_confirmed="yes") == {("kin_confirmed", "kin_agrees")}
        assert faults("f3", kin_confirmed="yes", kin_note="调查时得知") == set()

    @pytest.mark.req("DIBAO-F3.15")
    @pytest.mark.parametrize("fact", ["audit_done", "review_done", "publicity_clear"])
    def test_the_opinion_stands_on_audit_review_and_posting(self, fact: str) -> None:
        assert ("audit_done", "heard_and_posted") in faults("f3", **{fact: None})

    @pytest.mark.req("DIBAO-F3.16")
    def test_village_family_and_number_of_persons_within_the_family(self) -> None:
        for field in ("village", "family", "covered_count"):
            assert (field, "missing") in faults("f3", **{field: None})
        assert ("covered_count", "covered_within_family") in faults("f3", covered_count=3, subsidy_family=95000)

    @pytest.mark.req("DIBAO-F3.17", "DIBAO-F3.18")
    def test_the_sum_of_the_family_is_persons_times_amount_and_the_supplements(self) -> None:
        assert faults("f3", subsidy_unit=None) == {("subsidy_unit", "missing")}
        assert faults("f3", subsidy_family=65001) == {("subsidy_family", "family_sum")}
        assert faults("f3", subsidy_supplements=None, subsidy_family=60000) == set()

    @pytest.mark.req("DIBAO-F3.19", "DIBAO-F3.22")
    def test_three_persons_sign_for_the_township_and_two_with_seal_and_day_for_the_county(self) -> None:
        assert faults("f3", township_signatures=["子", "丑", "丑"]) == {("township_signatures", "too_few")}
        assert faults("f3", county_signatures=["卯"]) == {("county_signatures", "too_few")}
        assert faults("f3", county_seal=None, approved_on=None) == {
            ("county_seal", "missing"),
            ("approved_on", "missing"),
        }

    @pytest.mark.req("DIBAO-F3.20", "DIBAO-F3.21")
    def test_the_county_box_is_for_consent_alone_and_names_the_first_month(self) -> None:
        assert faults("f3", county_agrees=False) == {("county_agrees", "unreadable")}
        assert faults("f3", start_month=None) == {("start_month", "missing")}

    @pytest.mark.req("DIBAO-F3.23", "DIBAO-F3.24", "DIBAO-F3.25", "DIBAO-F3.26")
    @pytest.mark.parametrize(
        ("age", "employment", "child", "dependent", "code"),
        [
            (60, "employed", False, False, "c1"), (59, "employed", False, False, "c2"), (30, "flexible", False, False, "c3"),
            (30, "registered_unemployed", False, False, "c4"), (30, "unemployed", False, False, "c5"),
            (20, "none", True, True, "c6"), (20, "none", False, True, "c5"), (18, "employed", False, False, "c2"),
            (17, "employed", False, False, "c7"), (17, "none", True, True, "c7"), (30, "student", False, False, None),
        ],
    )  # fmt: skip
    def test_the_class_of_occupation_of_a_person(self, age: int, employment: str, child: bool, dependent: bool, code: str | None) -> None:  # fmt: skip
        assert forms.occupation(RULES, age, employment, child=child, dependent=dependent) == code


# --- F4 ---------------------------------------------------------------------------------------------------------------
class TestHomeVisit:
    @pytest.mark.req("DIBAO-F4.01", "DIBAO-F4.03", "DIBAO-F4.04", "DIBAO-F4.05", "DIBAO-F4.06", "DIBAO-F4.07")
    def test_place_applicant_and_what_was_found(self) -> None:
        labels = [label for label, _ in printed("f4")]
        assert labels[:2] == ["镇/乡", "社区（村）"]
        assert labels[3:11] == [
            "调查时间", "申请人姓名", "家庭人口数", "户籍地址", "实际居住地", "家庭经济状况·收入", "家庭经济状况·财产", "家庭经济状况·支出",
        ]  # fmt: skip
        for field in ("town", "village", "family_size_found", "residence_found", "economy_expense"):
            assert faults("f4", **{field: None}) == {(field, "missing")}

    @pytest.mark.req("DIBAO-F4.02")
    def test_the_visit_is_not_before_acceptance_and_not_in_the_future(self) -> None:
        assert faults("f4", visit_on=day(10, 15)) == {("accepted_on", "visit_after_acceptance")}
        assert faults("f4", visit_on=datetime.date(2021, 1, 1)) == {("visit_on", "future")}

    @pytest.mark.req("DIBAO-F4.08", "DIBAO-F4.09")
    def test_members_and_supporters_found_with_their_income_by_the_month(self) -> None:
        columns = [
            "姓名",
            "与申请人关系",
            "性别",
            "婚姻状况",
            "健康状况（健康、一般、残疾、患病）",
            "职业状况",
            "月收入",
            "身份证号码",
        ]
        assert [label for label, _ in printed("f4", "members")] == columns
        assert [label for label, _ in printed("f4", "supporters")] == columns

    @pytest.mark.req("DIBAO-F4.10")
    def test_the_main_causes_of_hardship_are_asked_for(self) -> None:
        assert faults("f4", hardship=None) == {("hardship", "missing")}

    @pytest.mark.req("DIBAO-F4.11")
    def test_a_difference_from_the_application_must_be_explained(self) -> None:
        assert faults("f4", consistent=None) == {("consistent", "missing")}
        assert faults("f4", consistent=False) == {("difference", "missing")}
        assert faults("f4", consistent=False, difference="多一口人") == set()

    @pytest.mark.req("DIBAO-F4.12", "DIBAO-F4.13")
    def test_two_investigators_and_somebody_of_the_family_sign(self) -> None:
        assert faults("f4", investigators=["子"]) == {("investigators", "too_few")}
        assert faults("f4", investigators=["子", "子"]) == {("investigators", "too_few")}
        assert faults("f4", family_sign=None) == {("family_sign", "missing")}


# --- F5 to F9 ---------------------------------------------------------------------------------------------------------
class TestNoticesAndRecords:
    @pytest.mark.req("DIBAO-F5.01", "DIBAO-F5.c")
    def test_the_posting_runs_for_the_days_it_says_from_its_first_to_its_last(self) -> None:
        assert faults("f5", posted_to=day(11, 9)) == {("posted_from", "full_period")}
        assert faults("f5", posted_to=day(11, 7)) == {("posted_from", "full_period")}
        assert faults("f5", posted_from=None) == {("posted_from", "missing")}

    @pytest.mark.req("DIBAO-F5.02", "DIBAO-F5.03", "DIBAO-F5.d")
    def test_phone_seal_day_place_and_photo(self) -> None:
        for field in ("report_phone", "seal", "issued_on", "place", "photo"):
            assert faults("f5", **{field: None}) == {(field, "missing")}
        assert faults("f5", report_phone="请致电") == {("report_phone", "unreadable")}
        assert form("f5").sealed_by == "township"

    @pytest.mark.req("DIBAO-F5.04", "DIBAO-F5.05")
    def test_the_columns_of_the_posting_and_no_amount_among_them(self) -> None:
        assert [label for label, _ in printed("f5", "rows")] == [
            "序号", "保障对象姓名", "申请人姓名", "家庭所在村（居）", "家庭人口数", "拟保障人口数", "家庭成员月人均收入（元）",
        ]  # fmt: skip
        over = row("f5", "rows", 0, covered_count=4)
        assert faults("f5", over) == {("rows[].covered_count", "covered_within_family")}

    @pytest.mark.req("DIBAO-F5.e")
    def test_no_new_family_of_the_batch_is_left_out(self) -> None:
        assert faults("f5", batch_size=2) == {("batch_size", "nobody_left_out")}

    @pytest.mark.req("DIBAO-F5.a", "DIBAO-F5.b")
    def test_the_sentences_of_the_posting_have_their_place(self) -> None:
        assert list(form("f5").statements) == ["notice", "objection", "place_note"]
        assert form("f5").posted

    @pytest.mark.req("DIBAO-F6.01", "DIBAO-F7.01")
    def test_refusals_and_changes_are_numbered_each_in_its_own_series_of_the_year(self) -> None:
        for code in ("f6", "f7"):
            assert form(code).numbered
            assert faults(code, year=None) == {("year", "missing")}
        assert (forms.next_number([]), forms.next_number([1, 2, 3])) == (1, 4)

    @pytest.mark.req("DIBAO-F6.02", "DIBAO-F6.03", "DIBAO-F6.07", "DIBAO-F6.08")
    def test_a_refusal_names_its_reader_the_day_of_the_application_who_served_it_and_is_sealed(self) -> None:
        for field in ("town", "village", "name", "applied_on", "served_by", "seal", "issued_on"):
            assert faults("f6", **{field: None}) == {(field, "missing")}
        assert form("f6").fields["received_on"].label == "收到日期"

    @pytest.mark.req("DIBAO-F6.04", "DIBAO-F6.05", "DIBAO-F6.06", "DIBAO-F6.b")
    def test_a_refusal_has_a_ground_and_income_as_a_ground_is_above_the_standard(self) -> None:
        assert faults("f6", income_per_head=None) == {("income_per_head", "a_ground")}
        assert faults("f6", income_per_head=None, property_detail="两套住房") == set()
        assert faults("f6", property_detail="两套住房") == set()
        assert faults("f6", income_per_head=60000) == {("income_per_head", "income_over")}

    @pytest.mark.req("DIBAO-F6.d", "DIBAO-F7.c")
    @pytest.mark.parametrize("code", ["f6", "f7"])
    def test_three_copies_are_made_for_county_township_and_the_person(self, code: str) -> None:
        assert form(code).copies == ("county", "township", "person_served")

    @pytest.mark.req("DIBAO-F6.a")
    def test_a_refusal_prints_its_legal_basis(self) -> None:
        assert "社会救助暂行办法" in form("f6").statements["legal_basis"]

    @pytest.mark.req("DIBAO-F7.02", "DIBAO-F7.03", "DIBAO-F7.a", "DIBAO-F7.09")
    def test_a_change_names_its_reader_its_cause_and_the_new_calculation(self) -> None:
        for field in ("town", "village", "name", "cause", "calculation", "served_by", "seal", "issued_on"):
            assert faults("f7", **{field: None}) == {(field, "missing")}

    @pytest.mark.req("DIBAO-F7.04", "DIBAO-F7.05", "DIBAO-F7.06")
    def test_an_adjustment_goes_the_way_it_says_for_family_and_head_with_a_reason(self) -> None:
        assert faults("f7", action="up") == {
            ("action", "direction_of_family"), ("action", "direction_of_head"),
        }  # fmt: skip
        assert faults("f7", family_new=65000) == {("action", "direction_of_family")}
        assert ("adjust_reason", "missing") in faults("f7", adjust_reason=None)
        assert faults("f7", head_old=None) == {("head_old", "missing")}

    @pytest.mark.req("DIBAO-F7.07", "DIBAO-F7.08", "DIBAO-F7.d")
    def test_a_stop_names_month_and_reason_and_leaves_the_other_block_empty(self) -> None:
        empty: dict[str, Any] = dict.fromkeys(["family_old", "family_new", "head_old", "head_new", "adjust_reason"])
        stop: dict[str, Any] = {**empty, "action": "stop"}
        assert faults("f7", **stop) >= {("stop_month", "missing"), ("stop_reason", "missing")}
        assert faults("f7", **stop, stop_month="2021-01", stop_reason="收入超过标准") == set()
        assert ("adjust_reason", "one_block") in faults("f7", stop_reason="收入超过标准")

    @pytest.mark.req("DIBAO-F8.01", "DIBAO-F8.02", "DIBAO-F8.03", "DIBAO-F8.04")
    def test_the_posting_after_approval_has_phone_columns_and_seal(self) -> None:
        assert [label for label, _ in printed("f8", "rows")] == [
            "申请人姓名", "保障人口数", "家庭人口数", "拟保障金额（元/月）", "家庭所在村（居）",
        ]  # fmt: skip
        for field in ("phone", "seal", "issued_on"):
            assert faults("f8", **{field: None}) == {(field, "missing")}
        assert form("f8").fields["rows.amount"].source == "f3.subsidy_family"
        assert form("f8").sealed_by == "approving_body"

    @pytest.mark.req("DIBAO-F8.a")
    def test_the_posting_after_approval_lists_the_approved_families_and_no_others(self) -> None:
        assert faults("f8", approved_count=0) == {("approved_count", "approved_alone")}

    @pytest.mark.req("DIBAO-F9.01", "DIBAO-F9.02", "DIBAO-F9.03", "DIBAO-F9.04", "DIBAO-F9.05")
    def test_each_visit_of_the_running_record_has_its_five_parts(self) -> None:
        assert [label for label, _ in printed("f9", "records")] == [
            "入户时间",
            "调查人",
            "调查情况",
            "调查结论",
            "调查单位（盖章）",
        ]
        assert {path for path, _ in faults("f9", {"records": [{}]})} == {
            f"records[0].{name}" for name in ("visit_on", "investigators", "findings", "conclusion", "seal")
        }
        assert list(form("f9").fields["records.conclusion"].values.values()) == [
            "继续保障",
            "调增",
            "调减",
            "停发",
            "渐退",
        ]

    @pytest.mark.req("DIBAO-F9.a")
    def test_the_running_record_takes_any_number_of_visits(self) -> None:
        assert form("f9").repeats
        assert faults("f9", {"records": filled("f9")["records"] * 5}) == set()
