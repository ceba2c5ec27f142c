"""One payment judged: file, payee, use, source, sums, manner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import aid
from bangfu.policy.aid import (
    AidLine,
    Beneficiary,
    Bill,
    CostShare,
    Decision,
    FamilyYear,
    FileState,
    LocalAid,
    Payee,
    PlannedPayment,
    Restriction,
)
from tests.policy.parts import NATIONAL, TIANJIN, day, part

TJ = part("aid", TIANJIN)
CN = part("aid", NATIONAL)
BOTH = pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])
ON = day("2020-11-20")
WANG = Payee("王秀兰", "120101197805020000", "6222020000000000", "王秀兰")
DEEP = FileState("active", "deep", "deep", day("2020-10-30"), ("illness", "schooling"))
FULL = {
    "basic_insurance": 0,
    "major_illness_insurance": 0,
    "commercial_insurance": 0,
    "mutual_aid": 0,
    "other_relief": 0,
}
STANDARDS = {
    (kind, category): 100_000
    for kind in ("living", "medical", "schooling", "training_placement", "legal", "travel")
    for category in ("deep", "relative", "accident", "union", "local")
}
LOCAL = LocalAid((), STANDARDS, own_chain=True)
QUARTERS = {"central": 2500, "city": 2500, "industry": 2500, "base": 2500}


def planned(**change: Any) -> PlannedPayment:
    """1000.00 of central money for the living of a deep family; nothing stands against it."""
    base = PlannedPayment("living", "basic_living", "central", 100_000, "illness", WANG, plan_item="M1")
    return replace(base, **change)


def said(
    payment: PlannedPayment,
    pack: Any = TJ,
    file: FileState = DEEP,
    local: LocalAid = LOCAL,
    year: FamilyYear | None = None,
    on: Any = ON,
) -> list[str]:
    return [finding.code for finding in aid.check_payment(pack, payment, year or FamilyYear(), file, local, on)]


def spent(
    amount: int, kind: str = "living", source: str = "central", on: str = "2020-03-01", status: str = "paid"
) -> FamilyYear:
    return FamilyYear((AidLine(kind, source, amount, day(on), status),))


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


@pytest.mark.req("TJ-2.d")
def test_a_line_names_one_known_source() -> None:
    assert said(planned(source="")) == ["source_known"]
    assert said(planned(source="central,city")) == ["source_known"]
    assert {"donation", "other"} <= {source.code for source in TJ.sources.values() if source.own_rule}


@pytest.mark.req("FUND20-18.a", "FUND20-2.a")
def test_the_national_text_knows_six_sources() -> None:
    assert set(CN.sources) == {"central", "local_fiscal", "same_level_admin", "union_funds", "donation", "other"}
    assert said(planned(source="city"), CN) == ["source_known"]


@pytest.mark.req("TJ-15.a")
def test_received_money_has_one_of_five_channels() -> None:
    assert len(TJ.channels) == 5
    assert {"fiscal", "same_level_admin", "union_funds"} < set(TJ.channels)


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
    assert said(planned(source="base", released_by="unit"), TJ, replace(DEEP, status="closed")) == ["file_active"]


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
        assert said(replace(teach, cause=cause)) == ["cause_answered"]
        assert said(replace(teach, cause=cause, cause_reason="子女入学，病后开支增加")) == []
    (finding,) = aid.check_payment(TJ, replace(teach, cause=None), FamilyYear(), DEEP, LOCAL, ON)
    assert finding.severity == "warn"


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


def medical(**change: Any) -> PlannedPayment:
    """1000.00 against a bill of 60000.00 of which 10000.00 stay with the family."""
    paid = {"basic_insurance": 3_000_000, "major_illness_insurance": 1_000_000, "commercial_insurance": 500_000}
    bill = Bill(6_000_000, {**paid, "mutual_aid": 300_000, "other_relief": 200_000})
    base = planned(
        kind="medical",
        purpose="critical_illness",
        beneficiary=Beneficiary(),
        bills=(bill,),
        given=frozenset({"diagnosis"}),
    )
    return replace(base, **change)


@pytest.mark.req("TJ-5.2.a", "TJ-5.2.b", "FUND20-6.2.a")
@BOTH
def test_medical_aid_is_for_the_worker_or_a_counted_member_with_a_named_reason(pack: Any) -> None:
    reasons = {
        "critical_illness", "rare_disease", "severe_disability_care", "long_term_medication", "major_infectious_disease",
        "other_medical",
    }  # fmt: skip
    assert {purpose.code for purpose in aid.purposes_of(pack, "medical")} == reasons
    for reason in reasons:
        assert said(medical(purpose=reason), pack) == []
    assert said(medical(beneficiary=Beneficiary(is_worker=True, counted=None)), pack) == []
    for outsider in (None, Beneficiary(counted=False), Beneficiary(counted=None)):
        assert said(medical(beneficiary=outsider), pack) == ["beneficiary"]
    assert said(medical(given=frozenset()), pack) == ["needs"]


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
    pytest.param("staff_pay", "ban_staff_pay", marks=pytest.mark.req("TJ-6.a", "TJ-6.1", "FUND20-8.a")),
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
    assert said(planned(payee=replace(WANG, is_staff=True))) == ["staff_payee"]


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


# --- matrix -------------------------------------------------------------------------------------------------------
def modes(category: str, companion: str | None = None, ground: str | None = None, pack: Any = TJ) -> dict[str, str]:
    return {option.source: option.mode for option in aid.sources_for(pack, category, companion, ground)}


@pytest.mark.req("TJ-7.a")
def test_every_category_says_something_about_every_source() -> None:
    assert set(TJ.matrix) == {"deep", "relative", "accident", "union", "local"}
    for category, row in TJ.matrix.items():
        assert set(row) == set(TJ.sources), category


@pytest.mark.req("TJ-7.b", "TJ-9.c", "FUND20-11.c")
def test_central_and_city_money_stand_first_for_deep_families() -> None:
    assert modes("deep", "deep")["central"] == modes("deep", "deep")["city"] == "priority"
    assert modes("deep", pack=CN)["central"] == "priority"
    assert {category for category, row in TJ.matrix.items() if row["central"].mode == "priority"} == {"deep"}


def shares(parts: dict[str, int], category: str = "relative", year: int = 2020) -> LocalAid:
    return replace(LOCAL, shares=(CostShare(year, category, parts),))


@pytest.mark.req("TJ-7.c", "TJ-9.d", "FUND20-11.d")
@pytest.mark.parametrize("category", ["relative", "accident"])
def test_relative_and_accident_families_are_carried_by_four_sources(category: str) -> None:
    found = modes(category, category)
    assert {source for source, mode in found.items() if mode == "shared"} == {"central", "city", "industry", "base"}
    assert modes(category, pack=CN)["central"] == "shared"


@pytest.mark.req("TJ-7.c", "TJ-9.e", "FUND20-11.e")
@BOTH
def test_without_this_years_ratio_nothing_shared_is_paid(pack: Any) -> None:
    file = replace(DEEP, category="relative", companion="relative")
    parts = QUARTERS if pack is TJ else {"central": 5000, "union_funds": 5000}
    assert said(planned(), pack, file) == ["share_ratio"]
    assert said(planned(), pack, file, shares(parts)) == []
    assert said(planned(), pack, file, shares(parts, year=2019)) == ["share_ratio"]
    assert said(planned(), pack, file, shares(parts, "accident")) == ["share_ratio"]


@pytest.mark.req("TJ-7.c")
def test_ratios_make_a_whole_over_sources_that_share() -> None:
    assert aid.share_problems(TJ, CostShare(2020, "relative", QUARTERS)) == []
    assert len(aid.share_problems(TJ, CostShare(2020, "relative", QUARTERS | {"base": 2499}))) == 1
    assert len(aid.share_problems(TJ, CostShare(2020, "relative", QUARTERS | {"base": 2501}))) == 1
    assert len(aid.share_problems(TJ, CostShare(2020, "union", {"central": 10000}))) == 1
    file = replace(DEEP, category="relative", companion="relative")
    assert said(planned(), TJ, file, shares(QUARTERS | {"base": 2499})) == ["share_ratio"]
    nothing = {"central": 0, "city": 5000, "industry": 2500, "base": 2500}
    assert said(planned(), TJ, file, shares(nothing)) == ["share_ratio"]


@pytest.mark.req("FUND20-11.d")
@given(st.integers(0, 10**12), st.lists(st.integers(0, 100), min_size=1, max_size=4).filter(any))
def test_a_grant_splits_without_losing_a_fen(amount: int, weights: list[int]) -> None:
    names = ("central", "city", "industry", "base")[: len(weights)]
    parts = {name: weight * aid.WHOLE // sum(weights) for name, weight in zip(names, weights, strict=True)}
    parts[names[0]] += aid.WHOLE - sum(parts.values())
    share = CostShare(2020, "relative", parts)
    answer = aid.split(amount, share)
    assert sum(answer.values()) == amount
    for name, part_amount in answer.items():
        assert abs(part_amount * aid.WHOLE - amount * parts[name]) < aid.WHOLE


def test_a_broken_ratio_splits_nothing() -> None:
    with pytest.raises(ValueError, match="whole"):
        aid.split(100, CostShare(2020, "relative", {"central": 9999}))


@pytest.mark.req("TJ-7.d")
def test_files_of_the_industry_union_live_on_its_own_money() -> None:
    found = modes("union", "relative")
    assert {source for source in ("central", "city", "industry", "base") if found[source] != "closed"} == {"industry"}
    file = replace(DEEP, category="union", companion="relative")
    assert said(planned(source="central"), file=file) == ["matrix_closed"]
    assert said(planned(source="industry", released_by="industry"), file=file) == []


@pytest.mark.req("TJ-7.e", "TJ-13.b")
def test_files_of_a_basic_union_get_industry_money_only_with_reason_and_approval() -> None:
    file = replace(DEEP, category="local", companion=None)
    assert said(planned(source="base", released_by="unit"), file=file) == []
    pay = planned(source="industry", released_by="industry")
    assert said(pay, file=file) == ["override_reason"]
    assert said(replace(pay, override_reason="单位停产"), file=file) == ["override_reason"]
    assert said(replace(pay, override_reason="单位停产", override_approved_by="陈"), file=file) == []
    reasoned = planned(override_reason="单位停产", override_approved_by="陈")
    assert said(replace(reasoned, source="central"), file=file) == ["matrix_closed"]
    assert "matrix_closed" in said(replace(reasoned, source="city"), file=file)


@pytest.mark.req("TJ-13.b")
def test_the_text_lets_only_one_cell_of_the_matrix_be_overridden() -> None:
    cells = {
        (category, source)
        for category, row in TJ.matrix.items()
        for source, cell in row.items()
        if cell.mode == "override"
    }
    assert cells == {("local", "industry")}


@pytest.mark.req("TJ-15.b")
def test_central_money_follows_the_national_category_and_never_loosens_the_local_one() -> None:
    assert modes("deep", "deep")["central"] == "priority"
    assert modes("deep", "relative")["central"] == "shared"
    assert modes("relative", "deep")["central"] == "shared"
    assert modes("union", "deep")["central"] == "closed"
    for companion in ("none", "incomplete", None):
        assert modes("deep", companion)["central"] == "closed"
        assert modes("deep", companion)["city"] == "priority"
        assert said(planned(), file=replace(DEEP, companion=companion)) == ["companion_closed"]
        assert said(planned(), file=replace(DEEP, companion=companion, central_confirmed=True)) == []
    union = replace(DEEP, category="union", companion=None, central_confirmed=True)
    assert said(planned(), file=union) == ["matrix_closed"]


def test_a_deep_family_that_is_relative_nationally_needs_the_ratio_for_central_money() -> None:
    file = replace(DEEP, companion="relative")
    assert said(planned(), file=file) == ["share_ratio"]
    assert said(planned(), file=file, local=shares(QUARTERS)) == []


def test_an_accident_that_only_the_committee_found_gets_no_central_money() -> None:
    assert modes("accident", "accident", "committee_resolution")["central"] == "closed"
    assert modes("accident", "accident", "committee_resolution")["city"] == "shared"
    assert modes("accident", "accident", None)["central"] == "shared"


# --- sums and approvals -------------------------------------------------------------------------------------------
def needed(payment: PlannedPayment, year: FamilyYear, pack: Any = TJ, on: Any = ON) -> list[tuple[str, str]]:
    return [(need.code, need.level) for need in aid.approvals_needed(pack, payment, year, on)]


@pytest.mark.req("TJ-7.1.b", "TJ-7.1.c")
@pytest.mark.parametrize(
    ("after", "who"),
    [(2_000_000, []), (2_000_001, ["city"]), (5_000_000, ["city"]), (5_000_001, ["city", "national"])],
)
def test_central_sums_need_city_and_national_approval_when_exceeded(after: int, who: list[str]) -> None:
    year = spent(after - 100_000)
    assert [level for _, level in needed(planned(), year)] == who
    found = aid.check_payment(TJ, planned(), year, DEEP, LOCAL, ON)
    assert [finding.severity for finding in found] == ["approval"] * len(who)
    held = planned(approvals=frozenset({"central_20000", "central_50000"}))
    assert said(held, year=year) == []
    if len(who) == 2:
        assert said(planned(approvals=frozenset({"central_50000"})), year=year) == ["central_20000"]


@pytest.mark.req("FUND20-9.b", "FUND20-9.c")
@pytest.mark.parametrize(
    ("after", "who"),
    [(2_000_000, []), (2_000_001, ["province"]), (5_000_000, ["province"]), (5_000_001, ["province", "national"])],
)
def test_national_thresholds_stand_at_the_same_sums(after: int, who: list[str]) -> None:
    assert [level for _, level in needed(planned(), spent(after - 100_000), CN)] == who
    assert len(said(planned(), CN, year=spent(after - 100_000))) == len(who)


@pytest.mark.req("TJ-7.1.a", "TJ-7.3.a", "FUND20-9.b")
def test_sums_run_per_kind_source_and_calendar_year_less_what_came_back() -> None:
    at_limit = spent(1_900_001)
    assert needed(planned(), at_limit) == [("central_20000", "city")]
    for other in (
        spent(1_900_001, kind="medical"), spent(1_900_001, source="city"), spent(1_900_001, on="2019-12-31"),
    ):  # fmt: skip
        assert needed(planned(), other) == []
    waiting = spent(1_900_001, status="approved")
    assert needed(planned(), waiting) == [("central_20000", "city")]
    returned = FamilyYear((*at_limit.lines, AidLine("living", "central", 1, day("2020-04-01"), "returned")))
    assert needed(planned(), returned) == []
    assert needed(planned(), at_limit, on=day("2021-01-01")) == []


@given(
    st.lists(st.tuples(st.integers(1, 3_000_000), st.sampled_from(["paid", "approved", "returned"])), max_size=8),
    st.integers(1, 9_000_000),
)
def test_the_threshold_is_exact_for_any_history(lines: list[tuple[int, str]], amount: int) -> None:
    year = FamilyYear(tuple(AidLine("living", "central", value, ON, status) for value, status in lines))
    total = sum(-value if status == "returned" else value for value, status in lines) + amount
    codes = [code for code, _ in needed(planned(amount=amount), year)]
    assert codes == ["central_20000"] * (total > 2_000_000) + ["central_50000"] * (total > 5_000_000)


@pytest.mark.req("TJ-7.3.b", "TJ-7.3.c")
@pytest.mark.parametrize("source", ["industry", "base"])
@pytest.mark.parametrize(("after", "recorded"), [(1_999_999, False), (2_000_000, True), (2_000_001, True)])
def test_own_money_is_reported_from_exactly_twenty_thousand_and_not_blocked(
    source: str, after: int, recorded: bool
) -> None:
    pay = planned(source=source, released_by={"industry": "industry", "base": "unit"}[source])
    found = aid.check_payment(TJ, pay, spent(after - 100_000, source=source), DEEP, LOCAL, ON)
    assert [(finding.code, finding.severity) for finding in found] == ([("own_20000", "warn")] if recorded else [])
    assert [need.effect for need in aid.approvals_needed(TJ, pay, spent(after - 100_000, source=source), ON)] == [
        "record"
    ] * recorded


@pytest.mark.req("TJ-7.3.c")
def test_a_union_without_its_own_chain_cannot_pay_small_sums() -> None:
    pay = planned(source="base", released_by="unit")
    assert said(pay, local=replace(LOCAL, own_chain=False)) == ["own_chain"]
    assert said(planned(), local=replace(LOCAL, own_chain=False)) == []


def test_a_sum_split_over_sources_is_pointed_out() -> None:
    year = spent(1_500_000)
    pay = planned(source="industry", released_by="industry", amount=800_000)
    assert said(pay, year=year) == ["total_over"]
    assert said(replace(pay, amount=500_000), year=year) == []
    assert said(replace(pay, amount=500_001), year=year) == ["total_over"]


@pytest.mark.req("TJ-7.2.a", "TJ-7.2.b")
def test_city_money_follows_a_decision_and_its_sum() -> None:
    pay = planned(source="city", released_by="industry")
    assert said(pay) == ["decision"]
    decided = Decision("津工会议〔2020〕1号", 300_000, 200_000)
    assert said(replace(pay, decision=decided)) == []
    assert said(replace(pay, decision=replace(decided, used=200_001))) == ["decision_amount"]
    assert said(replace(pay, decision=replace(decided, number=" "))) == ["decision"]
    assert needed(replace(pay, amount=9_000_000), FamilyYear()) == []


@pytest.mark.req("TJ-7.2.c")
def test_only_the_industry_union_releases_city_money() -> None:
    pay = planned(source="city", decision=Decision("1", 300_000))
    for level in ("unit", "upper", "city", None):
        assert said(replace(pay, released_by=level)) == ["released_by"]
    assert said(replace(pay, released_by="industry")) == []


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
    assert said(replace(special, payee=replace(WANG, account="", account_name="")), pack) == ["other_method"]


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
