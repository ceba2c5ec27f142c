"""One payment judged: file, payee, use, manner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import aid
from bangfu.policy.aid import (
    Beneficiary,
    Bill,
    FamilyYear,
    FileState,
    Restriction,
)
from tests.policy.parts import day
from tests.policy.payments import (
    BOTH,
    CN,
    DEEP,
    FULL,
    LOCAL,
    ON,
    QUARTERS,
    TJ,
    WANG,
    medical,
    planned,
    said,
    shares,
)


@BOTH
def test_a_payment_in_order_is_simply_paid(pack: Any) -> None:
    assert said(planned(), pack) == []


def test_a_payment_of_nothing_is_no_payment() -> None:
    for amount in (0, -1):
        with pytest.raises(ValueError, match="more than nothing"):
            said(planned(amount=amount))


# --- sources ------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-2.a", "TJ-2.b", "TJ-2.c")
def test_tianjin_knows_central_city_and_two_levels_of_union_money() -> None:
    assert set(TJ.sources) == {"central", "city", "industry", "base", "donation", "other"}
    assert TJ.sources["industry"].released_by == "industry"
    assert TJ.sources["base"].released_by == "unit"


def test_a_line_names_one_known_source() -> None:
    assert said(planned(source="")) == ["source_known"]
    assert said(planned(source="central,city")) == ["source_known"]
    assert {"donation", "other"} <= {source.code for source in TJ.sources.values() if source.own_rule}


@pytest.mark.req("FUND20-18.a")
def test_the_national_text_knows_six_sources() -> None:
    assert set(CN.sources) == {"central", "local_fiscal", "same_level_admin", "union_funds", "donation", "other"}
    assert said(planned(source="city"), CN) == ["source_known"]
    for source in ("local_fiscal", "same_level_admin", "donation", "other"):
        assert said(planned(source=source), CN) == ["account_rule"]


@pytest.mark.req("TJ-15.a")
def test_received_money_has_one_of_five_channels() -> None:
    assert set(TJ.channels) == {"fiscal", "same_level_admin", "union_funds", "donation_received", "other_channel"}


@pytest.mark.req("TJ-15.b", "TJ-15.d", "FUND20-18.b")
@BOTH
def test_other_money_has_its_own_rule_approved_before_the_first_payment(pack: Any) -> None:
    pay = planned(source="other")
    assert said(pay, pack) == ["account_rule"]
    wide = Restriction(approved_on=ON)
    assert said(replace(pay, restriction=wide), pack) == []
    assert said(replace(pay, restriction=replace(wide, approved_on=day("2020-11-21"))), pack) == ["account_rule"]
    assert said(replace(pay, restriction=replace(wide, kinds=("schooling",))), pack) == ["restriction"]
    assert said(replace(pay, restriction=replace(wide, categories=("relative",))), pack) == ["restriction"]
    assert said(replace(pay, restriction=replace(wide, purposes=("basic_living",))), pack) == []


def test_a_donor_may_help_those_whom_central_money_may_not() -> None:
    union = replace(DEEP, category="union", companion=None)
    assert said(planned(source="donation", restriction=Restriction(approved_on=ON)), file=union) == []


# --- file, payee --------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-3.a", "FUND20-3.a")
@pytest.mark.parametrize(
    ("status", "paid"), [("active", True), ("taper", True), ("closed", False), ("draft", False), ("", False)]
)
@BOTH
def test_money_leaves_only_against_a_living_file(pack: Any, status: str, paid: bool) -> None:
    assert (said(planned(), pack, replace(DEEP, status=status)) == []) is paid
    assert said(planned(source="base", released_by="unit", owner="U1"), TJ, replace(DEEP, status="closed")) == [
        "file_active"
    ]


@pytest.mark.req("TJ-A1-3.9")
@pytest.mark.parametrize(("opened", "paid"), [("2020-11-20", True), ("2020-11-21", False), (None, False)])
def test_money_leaves_only_after_the_file_was_opened(opened: str | None, paid: bool) -> None:
    file = replace(DEEP, opened_on=day(opened) if opened else None)
    assert said(planned(), file=file) == ([] if paid else ["after_filing"])


@pytest.mark.req("TJ-3.b")
def test_aid_answers_a_registered_cause_or_says_why_not() -> None:
    teach = planned(
        kind="schooling", purpose="student_living", beneficiary=Beneficiary(relation="child", studying="college")
    )
    assert said(replace(teach, cause="schooling")) == []
    for cause in ("illness", "disaster", None):
        assert said(replace(teach, cause=cause)) == ["warn: cause_answered"]
        assert said(replace(teach, cause=cause, cause_reason="子女入学，病后开支增加")) == []
    (finding,) = aid.check_payment(TJ, replace(teach, cause=None), FamilyYear(), DEEP, LOCAL, ON)
    assert finding.severity == "warn"


@pytest.mark.req("TJ-4.4.d")
@pytest.mark.parametrize("category", ["union", "local"])
def test_files_of_the_fourth_group_tie_help_to_a_cause_too(category: str) -> None:
    source = {"union": "industry", "local": "base"}[category]
    pay = planned(source=source, released_by={"union": "industry", "local": "unit"}[category], owner="U1")
    file = replace(DEEP, category=category, companion=None)
    assert said(pay, file=file) == []
    assert said(replace(pay, cause="disaster"), file=file) == ["warn: cause_answered"]
    assert said(pay, file=replace(file, status="closed")) == ["file_active"]


@pytest.mark.req("TJ-3.c", "FUND20-3.a")
@pytest.mark.parametrize("blank", ["name", "id_number", "account"])
@BOTH
def test_the_payee_is_a_real_person_with_an_account(pack: Any, blank: str) -> None:
    assert "real_name" in said(planned(payee=replace(WANG, **{blank: ""})), pack)


@pytest.mark.req("TJ-3.c", "FUND20-3.a")
@BOTH
def test_the_account_is_the_payees_own_and_a_proxy_is_of_the_family(pack: Any) -> None:
    assert said(planned(payee=replace(WANG, account_name="李国强")), pack) == ["account_holder"]
    proxy = replace(WANG, is_holder=False)
    assert said(planned(payee=proxy), pack) == ["proxy_reason"]
    assert said(planned(payee=replace(proxy, proxy_reason="住院")), pack) == []
    assert said(planned(payee=replace(proxy, proxy_reason="住院", in_household=False)), pack) == ["proxy_reason"]


@pytest.mark.req("FUND20-3.a")
def test_central_money_follows_the_familys_plan() -> None:
    assert said(planned(plan_item=None), CN) == ["in_plan"]
    assert said(planned(plan_item=None, source="union_funds"), CN) == []


# --- kinds and purposes -------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-5.a")
def test_there_are_five_kinds_of_aid_and_no_sixth() -> None:
    assert list(TJ.kinds) == ["living", "medical", "schooling", "training_placement", "legal"]
    assert said(planned(kind="travel")) == ["kind_known"]


@pytest.mark.req("TJ-5.1.a", "FUND20-6.1.a")
@BOTH
def test_living_aid_has_its_closed_list_of_uses(pack: Any) -> None:
    assert {purpose.code for purpose in aid.purposes_of(pack, "living")} == {
        "basic_living", "housing", "heating", "cooling", "other_living",
    }  # fmt: skip
    assert said(planned(purpose="heating"), pack) == []
    assert said(planned(purpose="student_travel"), pack) == ["purpose_known"]


@pytest.mark.req("TJ-5.2.a", "TJ-5.2.b", "FUND20-6.2.a")
@BOTH
def test_medical_aid_is_for_the_worker_or_a_counted_member_with_a_named_reason(pack: Any) -> None:
    reasons = {
        "critical_illness", "rare_disease", "severe_disability_care", "long_term_medication", "major_infectious_disease",
        "other_medical",
    }  # fmt: skip
    assert {purpose.code for purpose in aid.purposes_of(pack, "medical")} == reasons
    for reason in reasons - {"long_term_medication"}:
        assert said(medical(purpose=reason), pack) == []
    assert said(medical(beneficiary=Beneficiary(is_worker=True, counted=None)), pack) == []
    for outsider in (None, Beneficiary(counted=False), Beneficiary(counted=None)):
        assert said(medical(beneficiary=outsider), pack) == ["beneficiary"]
    assert said(medical(given=frozenset()), pack) == ["needs"]


@pytest.mark.req("TJ-5.2.b", "FUND20-6.2.b")
@BOTH
def test_long_term_medication_brings_its_prescription(pack: Any) -> None:
    pay = medical(purpose="long_term_medication")
    assert said(pay, pack) == ["needs"]
    assert said(replace(pay, given=pay.given | {"prescription"}), pack) == []


@pytest.mark.req("TJ-5.2.c", "TJ-5.2.d", "FUND20-6.2.c")
@pytest.mark.parametrize("part_name", list(FULL))
@BOTH
def test_insurance_and_others_pay_first_and_each_sum_is_told(pack: Any, part_name: str) -> None:
    known = Bill(200_000, FULL)
    assert said(medical(bills=(known,)), pack) == []
    for unknown in ({**FULL, part_name: None}, {key: 0 for key in FULL if key != part_name}):
        assert said(medical(bills=(replace(known, paid_by=unknown),)), pack) == ["deductions_complete"]
    assert said(medical(bills=(known, replace(known, paid_by={}))), pack) == ["deductions_complete"]
    assert said(medical(bills=()), pack) == ["deductions_complete"]


@pytest.mark.req("TJ-5.2.e", "TJ-5.2.c", "FUND20-6.2.d")
@BOTH
def test_medical_aid_ends_exactly_at_what_the_family_bears(pack: Any) -> None:
    own = "industry" if pack is TJ else "union_funds"
    pay = medical(source=own, released_by="industry")
    assert said(replace(pay, amount=1_000_000), pack) == []
    assert said(replace(pay, amount=1_000_001), pack) == ["self_borne_cap"]
    claimed = replace(pay.bills[0], claimed=400_000)  # another union has already given 4000.00 for it
    assert said(replace(pay, amount=600_000, bills=(claimed,)), pack) == []
    assert said(replace(pay, amount=600_001, bills=(claimed,)), pack) == ["self_borne_cap"]
    overpaid = replace(pay.bills[0], total=1)
    assert said(replace(pay, amount=1, bills=(overpaid,)), pack) == ["self_borne_cap"]


@given(
    st.integers(1, 10**9),
    st.lists(st.integers(0, 10**8), min_size=5, max_size=5),
    st.integers(0, 10**8),
    st.integers(1, 10**9),
)
def test_the_medical_cap_is_the_remaining_own_part_to_the_fen(
    total: int, parts: list[int], claimed: int, amount: int
) -> None:
    bill = Bill(total, dict(zip(FULL, parts, strict=True)), claimed)
    left = max(0, max(0, total - sum(parts)) - claimed)
    pay = medical(bills=(bill,), amount=amount, source="industry", released_by="industry")
    assert ("self_borne_cap" in said(pay)) is (amount > left)


CHILD = Beneficiary(relation="child", studying="undergraduate")


@pytest.mark.req("TJ-5.3.a", "FUND20-6.3.a")
@BOTH
def test_schooling_aid_is_for_a_child_at_school(pack: Any) -> None:
    pay = planned(kind="schooling", purpose="student_living", cause="schooling", beneficiary=CHILD)
    for purpose in ("student_living", "student_travel", "other_schooling"):
        assert said(replace(pay, purpose=purpose), pack) == []
    for person in (
        replace(CHILD, studying="none"), replace(CHILD, studying=None), replace(CHILD, relation="spouse"),
        replace(CHILD, counted=False), None,
    ):  # fmt: skip
        assert said(replace(pay, beneficiary=person), pack) == ["beneficiary"]


@pytest.mark.req("TJ-5.3.b", "FUND20-6.3.b")
@BOTH
def test_a_work_study_post_is_paid_for_with_its_record_and_is_no_forbidden_allowance(pack: Any) -> None:
    pay = planned(kind="schooling", purpose="workstudy_allowance", cause="schooling", beneficiary=CHILD)
    assert said(pay, pack) == ["needs"]
    assert said(replace(pay, given=frozenset({"workstudy_post"})), pack) == []
    assert "ban_bonus" in said(replace(pay, purpose="allowance"), pack)


@pytest.mark.req("TJ-5.4.a", "FUND20-6.4.a")
@BOTH
def test_training_is_for_who_can_work_and_has_a_record(pack: Any) -> None:
    file = replace(DEEP, causes=("unemployment",))
    able = Beneficiary(work_capable=True)
    pay = planned(
        kind="training_placement",
        purpose="training",
        cause="unemployment",
        beneficiary=able,
        given=frozenset({"training_record"}),
    )
    assert said(pay, pack, file) == []
    assert said(replace(pay, given=frozenset()), pack, file) == ["needs"]
    for person in (replace(able, work_capable=False), replace(able, work_capable=None), replace(able, counted=False)):
        assert said(replace(pay, beneficiary=person), pack, file) == ["beneficiary"]


@pytest.mark.req("TJ-5.4.b", "FUND20-6.4.b")
@BOTH
def test_the_employment_subsidy_needs_proof_of_the_job(pack: Any) -> None:
    file = replace(DEEP, causes=("unemployment",))
    able = Beneficiary(work_capable=True)
    pay = planned(kind="training_placement", purpose="employment_subsidy", cause="unemployment", beneficiary=able)
    assert said(pay, pack, file) == ["needs"]
    assert said(replace(pay, given=frozenset({"employment_proof"})), pack, file) == []


@pytest.mark.req("TJ-5.5.a", "FUND20-6.5.a")
@BOTH
def test_legal_aid_is_for_the_worker_with_a_dispute(pack: Any) -> None:
    file = replace(DEEP, causes=("rights_infringed",))
    pay = planned(
        kind="legal", purpose="legal_aid", cause="rights_infringed", beneficiary=Beneficiary(is_worker=True),
        given=frozenset({"dispute_record"}),
    )  # fmt: skip
    assert said(pay, pack, file) == []
    assert said(replace(pay, beneficiary=Beneficiary(relation="spouse")), pack, file) == ["beneficiary"]
    assert said(replace(pay, given=frozenset()), pack, file) == ["needs"]


# --- forbidden uses -----------------------------------------------------------------------------------------------
BANS = [
    pytest.param("staff_pay", "ban_staff_pay", marks=pytest.mark.req("TJ-6.1", "FUND20-8.a")),
    pytest.param("office_cost", "ban_staff_pay", marks=pytest.mark.req("TJ-6.1", "FUND20-8.a")),
    pytest.param("bonus", "ban_bonus", marks=pytest.mark.req("TJ-6.2", "FUND20-8.b")),
    pytest.param("allowance", "ban_bonus", marks=pytest.mark.req("TJ-6.2", "FUND20-8.b")),
    pytest.param("welfare", "ban_bonus", marks=pytest.mark.req("TJ-6.2", "FUND20-8.b")),
    pytest.param("vehicle", "ban_vehicles_phones", marks=pytest.mark.req("TJ-6.3", "FUND20-8.c")),
    pytest.param("phone", "ban_vehicles_phones", marks=pytest.mark.req("TJ-6.3", "FUND20-8.c")),
    pytest.param("construction", "ban_construction", marks=pytest.mark.req("TJ-6.4", "FUND20-8.d")),
    pytest.param("unrelated", "ban_unrelated", marks=pytest.mark.req("TJ-6.5", "FUND20-8.z")),
    pytest.param("prohibited_goods", "ban_prohibited_goods", marks=pytest.mark.req("TJ-6.6", "FUND20-8.e")),
]


@pytest.mark.parametrize(("purpose", "ban"), BANS)
@BOTH
def test_forbidden_uses_are_refused_whatever_the_source(pack: Any, purpose: str, ban: str) -> None:
    for source in pack.sources:
        found = aid.check_payment(pack, planned(purpose=purpose, source=source), FamilyYear(), DEEP, LOCAL, ON)
        assert ("block", ban) in {(finding.severity, finding.code) for finding in found}


@pytest.mark.req("TJ-6.1")
def test_a_payee_of_the_staff_is_pointed_out() -> None:
    assert said(planned(payee=replace(WANG, is_staff=True))) == ["warn: staff_payee"]


@pytest.mark.req("TJ-6.5", "FUND20-8.z")
@BOTH
def test_a_spend_that_belongs_to_no_file_is_refused(pack: Any) -> None:
    nobody = FileState("", "", None, None)
    assert "file_active" in said(planned(), pack, nobody)


@pytest.mark.req("TJ-6.6", "FUND20-8.e")
@BOTH
def test_goods_on_the_local_list_of_banned_things_are_refused(pack: Any) -> None:
    local = replace(LOCAL, banned_goods=frozenset({"烟花"}))
    assert said(planned(goods=("米", "烟花")), pack, local=local) == ["banned_goods"]
    assert said(planned(goods=("米",)), pack, local=local) == []


@pytest.mark.req("TJ-6.b", "FUND20-8.f")
@pytest.mark.parametrize("kind", ["government_procurement", "service_purchase", "tender"])
@BOTH
def test_procurement_needs_its_papers(pack: Any, kind: str) -> None:
    assert said(planned(procurement=kind), pack) == ["procurement"]
    assert said(planned(procurement=kind, procurement_papers=True), pack) == []


# --- standards, manner, history -----------------------------------------------------------------------------------
@pytest.mark.req("FUND20-7.b")
@BOTH
def test_central_money_needs_a_standard_in_force(pack: Any) -> None:
    bare = replace(LOCAL, standards={})
    assert said(planned(), pack, local=bare) == ["standard_in_force"]
    own = planned(source="industry", released_by="industry") if pack is TJ else planned(source="union_funds")
    assert said(own, pack, local=bare) == []


@pytest.mark.req("TJ-10.d")
def test_what_differs_from_the_standard_sent_down_needs_a_reason() -> None:
    assert said(planned(amount=100_001)) == ["standard_followed"]
    assert said(planned(amount=99_999)) == ["standard_followed"]
    assert said(planned(amount=99_999, deviation_reason="年中建档")) == []


@pytest.mark.req("TJ-7.f", "TJ-13.b", "FUND20-9.a")
@BOTH
def test_money_goes_by_bank_unless_a_special_case_is_approved(pack: Any) -> None:
    cash = planned(method="cash")
    assert said(cash, pack) == ["bank_transfer"]
    assert said(replace(cash, method_reason="卧床"), pack) == ["bank_transfer"]
    special = replace(cash, method_reason="卧床，无法办理银行卡", method_approved_by="陈")
    (finding,) = aid.check_payment(pack, special, FamilyYear(), DEEP, LOCAL, ON)
    assert (finding.code, finding.severity) == ("other_method", "warn")
    assert said(replace(special, payee=replace(WANG, account="", account_name="")), pack) == ["warn: other_method"]


@pytest.mark.req("TJ-4.3.f")
def test_an_accident_is_helped_once_for_each_kind() -> None:
    file = replace(DEEP, category="accident", companion="accident", one_time_paid=frozenset({("E1", "living")}))
    local = shares(QUARTERS, "accident")
    assert said(planned(event="E1"), file=file, local=local) == ["one_time"]
    assert said(planned(event="E2"), file=file, local=local) == []
    assert said(planned(event=None), file=file, local=local) == ["one_time"]
    assert said(medical(event="E1"), file=file, local=local) == []


@pytest.mark.req("TJ-A2-10.e", "GUIDE20-4.1.6.d")
@BOTH
def test_help_is_not_lowered_without_an_approved_change(pack: Any) -> None:
    own = "industry" if pack is TJ else "union_funds"
    pay = planned(source=own, released_by="industry", amount=99_999, usual_amount=100_000)
    assert said(pay, pack) == ["no_reduction"]
    assert said(replace(pay, change_approved=True), pack) == []
    assert said(replace(pay, amount=100_000), pack) == []


# --- telling ------------------------------------------------------------------------------------------------------
def test_everything_is_told_at_once_blocks_first() -> None:
    pay = planned(
        purpose="phone", method="cash", payee=replace(WANG, id_number="", is_staff=True), cause=None, amount=2_000_001
    )
    found = aid.check_payment(TJ, pay, FamilyYear(), replace(DEEP, status="closed"), LOCAL, ON)
    assert {finding.code for finding in found} >= {
        "file_active", "real_name", "ban_vehicles_phones", "purpose_known", "bank_transfer", "central_20000", "staff_payee",
        "cause_answered",
    }  # fmt: skip
    order = [finding.severity for finding in found]
    assert order == sorted(order, key=["block", "approval", "warn"].index)
    assert all(finding.clause and finding.origin for finding in found)


@BOTH
def test_every_gate_has_sentence_and_clause(pack: Any) -> None:
    for gate in pack.gates.values():
        assert gate.clause
        assert not gate.title.endswith("。")
