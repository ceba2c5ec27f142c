"""Muchuan's money (资金办法): sources, kinds, five caps, what must be on record before it leaves, and to whom it goes."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import aid, registry, standards
from bangfu.policy.aid import (
    AidLine,
    Beneficiary,
    Bill,
    Decision,
    FamilyYear,
    FileState,
    LocalAid,
    Payee,
    PlannedPayment,
    Restriction,
)
from tests.policy import households as h
from tests.policy.parts import day

RULES = registry.get_pack(h.MUCHUAN).aid
ON = day("2021-05-20")
STAGES = ["allocation", "unit_meeting", "proposed_list", "aid_notice", "aid_form", "union_opinion", "chair_meeting"]
WANG = Payee("王秀兰", "511129197805020000", "6222020000000000", "王秀兰")
FILE = FileState("active", "below_line", None, day("2021-03-01"), ("illness", "schooling"), national_record="QG-1")
PUBLISHED = standards.parse(
    h.standards(
        ("dibao", "511129", "2021-07-01", "550.00"), ("basic_living_cost", "511100", "2020-01-01", "600.00"),
        ("training_cap", "510000", "2020-01-01", "1200.00"), ("legal_aid_cap", "510000", "2020-01-01", "2000.00"),
    )
)  # fmt: skip
LOCAL = LocalAid(limits=aid.cap_limits(RULES, PUBLISHED, "511129", ON))
STUDENT = Beneficiary(relation="child", studying="college")


def living(**change: Any) -> PlannedPayment:
    """1000.00 of county money for living, with everything on record."""
    base = PlannedPayment("living", "basic_living", "union_county", 100_000, "illness", WANG, given=frozenset(STAGES))
    return replace(base, **change)


def medical(amount: int = 100_000, **change: Any) -> PlannedPayment:
    """Against a bill of 60000.00 of which 10000.00 stay with the family."""
    paid = {"basic_insurance": 3_000_000, "major_illness_insurance": 1_000_000, "commercial_insurance": 500_000}
    bill = Bill(6_000_000, {**paid, "mutual_aid": 300_000, "other_relief": 200_000})
    base = living(
        kind="medical", purpose="medical_cost", amount=amount, beneficiary=Beneficiary(), bills=(bill,),
        given=frozenset([*STAGES, "bills"]),
    )  # fmt: skip
    return replace(base, **change)


def schooling(amount: int = 100_000, member: str | None = "P3", **change: Any) -> PlannedPayment:
    base = living(
        kind="schooling", purpose="student_living", amount=amount, cause="schooling", beneficiary=STUDENT, member=member,
        given=frozenset([*STAGES, "school_proof"]),
    )  # fmt: skip
    return replace(base, **change)


def legal(amount: int, case: str | None = "F-1", **change: Any) -> PlannedPayment:
    base = living(
        kind="legal", purpose="legal_case", amount=amount, cause="rights_infringed", beneficiary=Beneficiary(is_worker=True),
        case=case, given=frozenset([*STAGES, "case_papers"]),
    )  # fmt: skip
    return replace(base, **change)


def training(amount: int, **change: Any) -> PlannedPayment:
    able = Beneficiary(is_worker=True, work_capable=True)
    base = living(
        kind="training", purpose="training_course", amount=amount, cause="unemployment", beneficiary=able,
        given=frozenset([*STAGES, "training_record"]),
    )  # fmt: skip
    return replace(base, **change)


FILED_FOR = ("illness", "schooling", "rights_infringed", "unemployment")


def said(
    payment: PlannedPayment,
    file: FileState = FILE,
    local: LocalAid = LOCAL,
    year: FamilyYear | None = None,
    on: datetime.date = ON,
) -> list[str]:
    """The codes that block, and the others with their severity in front."""
    found = aid.check_payment(RULES, payment, year or FamilyYear(), replace(file, causes=FILED_FOR), local, on)
    return [item.code if item.severity == "block" else f"{item.severity}: {item.code}" for item in found]


def spent(amount: int, kind: str = "living", on: str = "2021-02-01", **more: Any) -> FamilyYear:
    return FamilyYear((AidLine(kind, "central", amount, day(on), **more),))


# --- sources and kinds --------------------------------------------------------------------------------------------
@pytest.mark.req("MC-F-1.01", "MC-F-1.02", "MC-F-1.03", "MC-F-1.04")
def test_each_level_of_money_is_a_source_of_its_own() -> None:
    assert list(RULES.sources) == [
        "central", "province", "city_match", "county_match", "union_province", "union_city", "union_county", "union_base", "donation",
    ]  # fmt: skip
    assert [RULES.sources[code].clause for code in ("central", "province", "city_match", "county_match", "union_base")] == [
        "资金办法 一1", "资金办法 一2", "资金办法 一3", "资金办法 一3", "资金办法 一4",
    ]  # fmt: skip
    assert said(living(source="lottery")) == ["source_known"]


@pytest.mark.req("MC-F-1.05")
def test_a_donation_is_paid_only_as_the_donor_wished() -> None:
    wish = Restriction(kinds=("schooling",), approved_on=day("2021-01-01"))
    assert said(living(source="donation")) == ["account_rule"]
    assert said(living(source="donation", restriction=wish)) == ["restriction"]
    assert said(schooling(source="donation", restriction=wish)) == []


@pytest.mark.req("MC-F-2.01")
def test_five_kinds_of_daily_aid_and_others_with_a_project_document() -> None:
    other = living(kind="other_aid", purpose="by_project")
    assert said(other) == ["needs"]
    assert said(replace(other, given=frozenset([*STAGES, "project_document"]))) == []
    assert said(living(kind="holiday", purpose="trip")) == ["kind_known"]
    assert {"living", "medical", "schooling", "training", "legal"} <= set(RULES.kinds)


@pytest.mark.req("MC-F-2.02")
def test_warmth_has_two_occasions_and_counts_into_the_years_cap_of_living() -> None:
    assert list(RULES.kinds["warmth"].purposes) == ["new_year", "spring_festival"]
    festival = living(kind="warmth", purpose="spring_festival", amount=100_001)
    assert said(festival, year=spent(529_999)) == []
    assert said(festival, year=spent(530_000)) == ["living_year"]


# --- the five caps ------------------------------------------------------------------------------------------------
@pytest.mark.req("MC-F-2.05")
def test_living_aid_of_a_year_is_at_most_the_twelve_monthly_standards_whatever_the_number_of_heads() -> None:
    assert LOCAL.limits["living_year"] == 6 * 50_000 + 6 * 55_000
    assert said(living(amount=630_000)) == []
    assert said(living(amount=630_001)) == ["living_year"]
    assert said(living(amount=30_000), year=spent(600_000)) == []
    assert said(living(amount=30_001), year=spent(600_000)) == ["living_year"]
    assert said(living(amount=630_000), year=spent(600_000, on="2020-12-31")) == []
    assert said(living(amount=630_000), year=spent(600_000, status="returned")) == []


def test_what_the_bank_returned_does_not_count() -> None:
    line = AidLine("living", "central", 600_000, day("2021-02-01"))
    both = FamilyYear((line, replace(line, status="returned")))
    assert said(living(amount=630_000), year=both) == []


@pytest.mark.req("MC-F-2.06")
def test_medical_aid_is_at_most_what_stays_with_the_family_and_each_bill_is_used_once() -> None:
    assert said(medical(1_000_000)) == []
    assert said(medical(1_000_001)) == ["self_borne_cap"]
    used = replace(medical().bills[0], claimed=400_000)
    assert said(medical(600_001, bills=(used,))) == ["self_borne_cap"]
    half = replace(medical().bills[0], paid_by={"basic_insurance": 0})
    assert said(medical(bills=(half,))) == ["deductions_complete"]


@pytest.mark.req("MC-F-2.07")
def test_aid_for_schooling_is_at_most_ten_months_of_living_cost_for_each_student() -> None:
    assert said(schooling(600_000)) == []
    assert said(schooling(600_001)) == ["schooling_year"]
    other = spent(600_000, "schooling", member="P4")
    assert said(schooling(600_000), year=other) == []
    assert said(schooling(1), year=spent(600_000, "schooling", member="P3")) == ["schooling_year"]
    assert said(schooling(1, member=None)) == ["schooling_year_unknown"]


@pytest.mark.req("MC-F-2.07")
def test_without_a_published_figure_nothing_is_invented() -> None:
    unpublished = standards.parse({"schema": "bangfu.standards/1", "rows": []})
    limits = aid.cap_limits(RULES, unpublished, "511129", ON)
    assert set(limits.values()) == {None}
    assert said(schooling(1), local=LocalAid(limits=limits)) == ["schooling_year_unknown"]


@pytest.mark.req("MC-F-2.08")
@pytest.mark.parametrize(
    ("amount", "wanted"), [(120_000, []), (119_999, ["training_price"]), (120_001, ["training_price"])]
)
def test_training_is_paid_at_the_listed_price_neither_more_nor_less(amount: int, wanted: list[str]) -> None:
    assert said(training(amount)) == wanted


@pytest.mark.req("MC-F-2.09")
def test_legal_aid_is_capped_per_case_and_more_needs_a_reason_and_the_meeting() -> None:
    assert said(legal(200_000)) == []
    assert said(legal(200_001)) == ["legal_case_cap"]
    before = spent(150_000, "legal", on="2019-01-01", case="F-1")
    assert said(legal(50_001), year=before) == ["legal_case_cap"]
    assert said(legal(200_000, case="F-2"), year=before) == []
    assert said(legal(200_000, case=None)) == ["legal_case_cap_unknown"]
    decided = {"deviation_reason": "跨省取证", "decision": Decision("主席会议〔2021〕3号", 300_000)}
    assert said(legal(300_000, **decided)) == ["warn: legal_case_cap"]
    assert said(legal(300_000, deviation_reason="跨省取证")) == ["legal_case_cap"]


@pytest.mark.req("MC-F-2.03", "MC-F-2.04")
def test_money_with_a_standard_of_its_own_follows_that_and_the_cap_only_warns() -> None:
    own = replace(LOCAL, standards={("living", "below_line"): 700_000})
    assert said(living(amount=700_000), local=own) == ["warn: living_year"]
    assert said(living(amount=699_999), local=own) == ["standard_followed", "warn: living_year"]
    assert said(living(amount=700_000)) == ["living_year"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 400_000), max_size=4), st.integers(1, 700_000))
def test_the_years_sum_alone_decides(before: list[int], amount: int) -> None:
    year = FamilyYear(tuple(AidLine("living", "central", one, day("2021-02-01")) for one in before))
    assert (said(living(amount=amount), year=year) == []) == (sum(before) + amount <= 630_000)


# --- before money leaves ------------------------------------------------------------------------------------------
@pytest.mark.req("MC-F-3.04", "MC-F-3.06", "MC-F-3.07", "MC-F-3.10", "MC-F-3.12", "MC-F-3.13", "MC-F-3.14")
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_paid_while_one_part_of_the_way_is_not_on_record(stage: str) -> None:
    assert said(living(given=frozenset(STAGES) - {stage})) == [stage]


@pytest.mark.req("MC-FORM2-22", "MC-FORM2-23")
def test_the_parts_of_the_way_cite_the_paragraph_that_asks_for_them() -> None:
    clauses = {code: RULES.records[code].clause for code in STAGES}
    assert clauses == {
        "allocation": "资金办法 三", "unit_meeting": "资金办法 三（一）", "proposed_list": "资金办法 三（一）", "aid_notice": "资金办法 三（二）",
        "aid_form": "资金办法 三（三）", "union_opinion": "资金办法 三（三）", "chair_meeting": "资金办法 三（三）",
    }  # fmt: skip
    assert said(living(given=frozenset())) == STAGES


@pytest.mark.req("MC-F-3.01", "MC-A-3.26", "MC-A-3.27", "MC-FORM2-12")
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"national_record": None}, ["national_record"]), ({"national_record": " "}, ["national_record"]),
        ({"status": "closed"}, ["file_active"]), ({"status": "taper"}, ["file_active"]),
    ],
)  # fmt: skip
def test_only_a_file_in_force_and_in_the_national_system_is_aided(change: dict[str, Any], wanted: list[str]) -> None:
    assert said(living(), replace(FILE, **change)) == wanted


@pytest.mark.req("MC-F-3.09", "MC-FORM2-13")
def test_filing_comes_before_aid() -> None:
    assert said(living(), replace(FILE, opened_on=day("2021-05-21"))) == ["after_filing"]
    assert said(living(), replace(FILE, opened_on=None)) == ["after_filing"]


@pytest.mark.req("MC-F-3.02")
def test_four_things_are_looked_at_before_each_payment() -> None:
    broken = living(payee=replace(WANG, id_number=""), given=frozenset(STAGES) - {"chair_meeting"}, source="none")
    assert set(said(broken, replace(FILE, status="closed"))) == {
        "file_active",
        "real_name",
        "chair_meeting",
        "source_known",
    }


@pytest.mark.req("MC-F-3.17", "MC-FORM2-06", "MC-FORM2-08")
def test_the_money_goes_to_the_worker_of_the_file_and_to_nobody_for_her() -> None:
    son = replace(WANG, is_holder=False, proxy_reason="住院")
    assert said(living(payee=son)) == ["holder_only"]
    assert said(living(payee=replace(WANG, account_name="王强"))) == ["account_holder"]
    assert said(living(payee=replace(WANG, id_number=""))) == ["real_name"]


@pytest.mark.req("MC-F-3.15")
def test_a_bank_transfer_needs_her_own_card() -> None:
    assert said(living(payee=replace(WANG, account="", account_name=""))) == ["real_name"]
    assert said(living()) == []


CASH = {"method": "cash", "method_reason": "没有银行网点", "method_approved_by": "县总工会"}
SHOWN = {"id_card_shown", "signature", "fingerprint"}


@pytest.mark.req("MC-F-3.16")
def test_cash_needs_reason_approval_identity_card_signature_and_fingerprint() -> None:
    everything = frozenset([*STAGES, *SHOWN])
    assert said(living(**CASH, given=everything)) == ["warn: other_method"]
    for one in sorted(SHOWN):
        assert said(living(**CASH, given=everything - {one})) == [one, "warn: other_method"]
    assert said(living(method="cash", given=everything)) == ["bank_transfer"]


@pytest.mark.req("MC-F-4.01")
def test_money_is_never_moved_to_another_use() -> None:
    for purpose in ("office_cost", "staff_pay", "unrelated", "transfer_between_sources"):
        assert "ban_diversion" in said(living(purpose=purpose)), purpose


@pytest.mark.req("MC-F-4.17", "MC-FORM2-20")
def test_aid_answers_a_cause_of_the_file_or_says_why_not() -> None:
    assert said(medical(cause="schooling")) == ["cause_answered"]
    assert said(medical(cause="schooling", cause_reason="子女突发疾病")) == []
    assert said(legal(1, cause="illness")) == ["cause_answered"]


@pytest.mark.req("MC-FORM2-21")
@pytest.mark.parametrize("payment", [medical(), schooling(), training(120_000), legal(1)], ids=lambda one: one.kind)
def test_each_project_has_its_own_papers(payment: PlannedPayment) -> None:
    assert said(payment) == []
    assert said(replace(payment, given=frozenset(STAGES))) == ["needs"]


@pytest.mark.req("MC-A-2.10", "MC-FORM2-15")
def test_a_temporary_file_is_aided_once() -> None:
    temporary = replace(FILE, category="temporary")
    assert said(living(event="2021-05"), temporary) == []
    assert said(living(event="2021-05"), replace(temporary, one_time_paid=frozenset({("2021-05", "living")}))) == [
        "one_time"
    ]
    assert said(living(event="2021-05"), replace(FILE, one_time_paid=frozenset({("2021-05", "living")}))) == []


@pytest.mark.req("MC-FORM2-11")
def test_a_form_asks_for_one_of_the_kinds_of_the_measure() -> None:
    assert said(living(kind="medical")) != []
    assert set(RULES.kinds) == {
        "living",
        "warmth",
        "medical",
        "schooling",
        "training",
        "legal",
        "counselling",
        "other_aid",
    }


@pytest.mark.req("MC-FORM2-19")
def test_earlier_payments_feed_the_cap() -> None:
    found = aid.check_payment(RULES, living(amount=200_000), spent(500_000), FILE, LOCAL, ON)
    assert [item.message for item in found] == ["生活救助以一户一年十二个月低保之和为限：还可补助 1,300.00 元"]


def test_every_category_says_something_about_every_source() -> None:
    assert list(RULES.matrix) == [category.code for category in registry.get_pack(h.MUCHUAN).categories]
    for row in RULES.matrix.values():
        assert set(row) == set(RULES.sources)
