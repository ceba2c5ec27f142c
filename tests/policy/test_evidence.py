"""Which papers a family has to bring: the list follows from causes and facts."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import evidence
from bangfu.policy.evidence import Gap, HandedIn, Required
from tests.policy.parts import NATIONAL, TIANJIN, part

TJ = part("evidence", TIANJIN)
CN = part("evidence", NATIONAL)


def member(ident: str, relation: str = "self", **change: Any) -> dict[str, Any]:
    return {
        "id": ident, "relation": relation, "birth_date": "1980-05-02", "lives_together": True, "same_huji": True,
        "support_relation": False, "disabilities": [], "major_illness": False, "chronic_illness": False,
        "studying": "none", "migrant_worker": False, **change,
    }  # fmt: skip


def family(**change: Any) -> dict[str, Any]:
    """A worker, her husband and a child of ten; no cause, no line, no incident."""
    base = {
        "application_date": "2020-10-15", "worker": "P1", "work_region": "120101", "huji_region": "120101",
        "members": [member("P1"), member("P2", "spouse"), member("P3", "child", birth_date="2010-03-01")],
        "incomes": [], "expenses": [], "causes": [], "incident": "none",
        "status": {"dibao": False, "low_income_certified": False, "work_injury_survivor": False},
    }  # fmt: skip
    return copy.deepcopy({**base, **change})


def asked(facts: dict[str, Any], paper: str, pack: Any = TJ, **options: Any) -> list[Required]:
    return [need for need in evidence.checklist(pack, facts, **options) if need.paper == paper]


def subjects(facts: dict[str, Any], paper: str, **options: Any) -> list[str | None]:
    return [need.subject for need in asked(facts, paper, **options)]


def bill(month: str = "2020-08", **change: Any) -> dict[str, Any]:
    return {"member": "P2", "kind": "illness", "total": "100.00", "month": month, "paid_by": {}, **change}


# --- the basic set ------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-4.1.a")
def test_each_counted_member_brings_id_card_and_household_book() -> None:
    assert subjects(family(), "huji_book") == ["P1", "P2", "P3"]
    assert subjects(family(), "id_card") == ["P1", "P2"]
    child = asked(family(), "child_identity")
    assert [need.subject for need in child] == ["P3"]
    assert "huji_book_copy" in child[0].accepts
    assert TJ.papers["child_identity"].note


@pytest.mark.req("TJ-A1-4.1.a")
def test_who_does_not_count_brings_nothing_and_who_perhaps_counts_is_marked() -> None:
    facts = family()
    facts["members"][1]["lives_together"] = False
    assert subjects(facts, "id_card") == ["P1"]
    facts["members"][1]["lives_together"] = None
    assert [(need.subject, need.certain) for need in asked(facts, "id_card")] == [("P1", True), ("P2", False)]


def test_a_member_of_another_huji_counts_by_support() -> None:
    facts = family()
    facts["members"][1]["same_huji"] = False
    assert subjects(facts, "id_card") == ["P1"]
    facts["members"][1]["support_relation"] = True
    assert subjects(facts, "id_card") == ["P1", "P2"]


def test_a_child_turns_sixteen() -> None:
    facts = family(application_date="2026-02-28")
    assert subjects(facts, "child_identity") == ["P3"]
    facts["application_date"] = "2026-03-01"
    assert subjects(facts, "child_identity") == []
    assert subjects(facts, "id_card") == ["P1", "P2", "P3"]


@pytest.mark.req("TJ-A1-4.1.b")
def test_every_line_of_the_six_months_before_application_has_its_proof() -> None:
    incomes = [
        {"member": "P1", "kind": "wage", "monthly": "2000.00", "from": "2020-01", "to": "2020-03"},
        {"member": "P1", "kind": "wage", "monthly": "2000.00", "from": "2020-03", "to": "2020-04"},
        {"member": None, "kind": "relief", "amount": "300.00", "month": "2020-09"},
        {"member": "P1", "kind": "pension", "amount": "300.00", "month": "2020-10"},
    ]
    assert subjects(family(incomes=incomes), "income_proof") == ["incomes[1]"]
    assert subjects(family(incomes=incomes), "transfer_voucher") == ["incomes[2]"]
    care = {"member": "P2", "kind": "disability_care", "monthly": "100.00", "from": "2020-04", "to": "2020-09"}
    rent = {"member": None, "kind": "rent", "monthly": "100.00", "from": "2020-04", "to": "2020-09"}
    work = {"member": None, "kind": "other", "total": "100.00", "month": "2020-05", "recognized": True}
    facts = family(expenses=[care, rent, work])
    assert subjects(facts, "care_bill") == ["expenses[0]"]
    assert subjects(facts, "rent_contract") == ["expenses[1]"]
    assert subjects(facts, "other_expense_proof") == ["expenses[2]"]


@pytest.mark.req("TJ-A1-4.2.3.b", "TJ-A1-4.1.b")
@pytest.mark.parametrize(
    ("month", "incident", "counts"),
    [
        ("2020-03", False, False), ("2020-04", False, True), ("2020-09", False, True), ("2020-10", False, False),
        ("2020-10", True, True), ("2020-11", True, False),
    ],
)  # fmt: skip
def test_medical_bills_lie_in_the_six_months(month: str, incident: bool, counts: bool) -> None:
    facts = family(expenses=[bill(month, incident=incident)], causes=["illness"])
    assert bool(asked(facts, "medical_bill")) is counts


def test_the_window_of_the_determination_is_taken_where_there_is_one() -> None:
    facts = family(expenses=[bill("2020-03")])
    window = {"window": {"months": 6, "from": "2020-03", "to": "2020-08"}}
    assert subjects(facts, "medical_bill", determination=window) == ["expenses[0]"]


def test_every_kind_of_line_of_the_contract_has_a_paper() -> None:
    incomes = [
        "wage",
        "business",
        "property",
        "pension",
        "basic_pension",
        "unemployment_benefit",
        "survivor_benefit",
        "compensation",
        "donation",
        "support",
        "other_transfer",
        "dibao",
        "disability_subsidy",
        "relief",
        "preferential",
        "family_planning_reward",
        "scholarship",
        "bravery_award",
        "tax",
        "social_insurance",
        "support_paid",
        "other_transfer_out",
    ]
    expenses = ["illness", "disability_rehab", "disability_care", "schooling", "rent", "employment_cost", "other"]
    for pack in (TJ, CN):
        for name, kinds in (("incomes", incomes), ("expenses", expenses)):
            for kind, basis in itertools.product(kinds, evidence.BASES):
                line = {"member": "P1", "kind": kind, "month": "2020-08", "basis": basis}
                needs = [
                    need for need in evidence.checklist(pack, family(**{name: [line]})) if need.subject == f"{name}[0]"
                ]
                assert len(needs) == 1, (pack.pack, kind, basis)


def income(kind: str, basis: str | None = None) -> dict[str, Any]:
    return {"member": "P1", "kind": kind, "amount": "300.00", "month": "2020-08", "basis": basis}


def accepted(pack: Any, line: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The documents accepted for one income line, and the fields that must be typed from them."""
    (need,) = [need for need in evidence.checklist(pack, family(incomes=[line])) if need.subject == "incomes[0]"]
    return set(need.accepts), set(need.fields)


BOTH = pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])


@pytest.mark.req("GUIDE20-3.1.1.b", "TJ-A1-1.2.1.b")
@BOTH
def test_a_wage_recognised_by_contract_brings_the_contract(pack: Any) -> None:
    assert accepted(pack, income("wage", "contract")) == ({"labour_contract_copy"}, set())


@pytest.mark.req("GUIDE20-3.1.1.d", "TJ-A1-1.2.1.d")
@BOTH
def test_a_derived_wage_brings_the_contributions_it_was_derived_from(pack: Any) -> None:
    documents, fields = accepted(pack, income("wage", "estimated"))
    assert documents == {"social_insurance_record", "tax_record", "housing_fund_record"}
    assert fields == {"base", "method"}


@BOTH
def test_a_wage_without_contract_may_rest_on_a_survey(pack: Any) -> None:
    assert "survey_record" in accepted(pack, income("wage"))[0]
    assert "income_statement" not in accepted(pack, income("wage"))[0]
    assert "income_statement" in accepted(pack, income("wage", "declared_flexible"))[0]


@pytest.mark.req("GUIDE20-3.1.3.c", "TJ-A1-1.2.3.e")
@BOTH
def test_rent_received_by_contract_brings_the_contract(pack: Any) -> None:
    assert accepted(pack, income("property", "contract"))[0] == {"lease_or_sale_contract"}


@pytest.mark.req("GUIDE20-3.1.3.e", "GUIDE20-3.1.3.f", "TJ-A1-1.2.3.g", "TJ-A1-1.2.3.h")
@BOTH
def test_interest_and_dividends_rest_on_institution_or_collective_not_on_a_declaration(pack: Any) -> None:
    documents, _ = accepted(pack, income("property"))
    assert {"institution_statement", "distribution_record"} <= documents
    assert documents.isdisjoint({"income_statement", "payslip", "other_document"})


@pytest.mark.req("GUIDE20-3.1.4.d", "GUIDE20-3.1.4.e", "TJ-A1-1.2.4.f", "TJ-A1-1.2.4.g")
@pytest.mark.parametrize("kind", ["support", "other_transfer", "support_paid"])
@BOTH
def test_transfers_rest_on_vouchers_or_legal_documents(pack: Any, kind: str) -> None:
    documents, _ = accepted(pack, income(kind))
    assert {"bank_statement", "legal_document"} <= documents
    assert "income_statement" not in documents
    assert "legal_document" not in accepted(pack, income("support", "no_document"))[0]


# --- causes -------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-4.2.a")
def test_without_a_cause_only_the_basic_set_is_asked_for() -> None:
    basic = {"application_form", "id_card", "child_identity", "huji_book"}
    assert {need.paper for need in evidence.checklist(TJ, family())} == basic
    every_cause = family(
        causes=["illness", "disability", "schooling", "single_parent", "disaster", "accident", "other"],
        status={"dibao": True, "low_income_certified": False, "work_injury_survivor": False},
    )
    every_cause["members"][1]["disabilities"] = [{"kind": "limb", "grade": 2}]
    special = {need.paper for need in evidence.checklist(TJ, every_cause)} - basic
    assert special == {
        "dibao_certificate", "schooling_proof", "diagnosis", "disability_certificate", "single_parent_proof", "event_proof",
        "supporting_paper",
    }  # fmt: skip


@pytest.mark.req("TJ-A1-4.2.1.a")
@pytest.mark.parametrize("status", ["dibao", "low_income_certified"])
def test_dibao_families_bring_their_certificate_with_its_particulars(status: str) -> None:
    facts = family(status={"dibao": False, "low_income_certified": False, status: True})
    (need,) = asked(facts, "dibao_certificate")
    assert set(need.accepts) == {"dibao_certificate_copy", "low_income_certificate_copy"}
    assert {"number", "issuer", "valid_to"} <= set(need.fields)
    assert subjects(family(), "dibao_certificate") == []


@pytest.mark.req("TJ-A1-4.2.1.b")
def test_a_family_from_elsewhere_needs_the_certificate_of_its_own_civil_affairs_office() -> None:
    facts = family(status={"dibao": True}, huji_region="130102")
    (need,) = asked(facts, "dibao_certificate")
    assert need.issuer_region == "130102"
    fields = {"number": "1", "issuer": "民政局", "valid_to": "2021-01-01"}
    for issuer, right in (("130102", True), ("130100", True), ("120101", False), ("130203", False), (None, False)):
        item = HandedIn("dibao_certificate", "dibao_certificate_copy", None, fields, issuer, "li", True)
        assert ([gap.code for gap in evidence.gaps([need], [item])] == []) is right
    (local,) = asked(family(status={"dibao": True}), "dibao_certificate")
    assert local.issuer_region is None


@pytest.mark.req("TJ-A1-4.2.2.a")
def test_schooling_brings_recent_receipts_of_three_kinds() -> None:
    line = {"member": "P3", "kind": "schooling", "month": "2020-09", "tuition": "1.00"}
    (need,) = asked(family(causes=["schooling"], expenses=[line]), "schooling_receipt")
    assert set(need.accepts) == {"tuition_receipt", "boarding_receipt", "travel_receipt"}
    assert need.fields == ("date",)
    (proof,) = asked(family(causes=["schooling"]), "schooling_proof")
    assert set(proof.accepts) == {"tuition_receipt", "boarding_receipt", "travel_receipt", "admission_letter"}
    assert asked(family(), "schooling_proof") == []


@pytest.mark.req("TJ-A1-4.2.3.a")
def test_illness_brings_a_diagnosis_of_each_patient() -> None:
    facts = family(causes=["illness"], expenses=[bill()])
    facts["members"][2]["major_illness"] = True
    needs = asked(facts, "diagnosis")
    assert [need.subject for need in needs] == ["P2", "P3"]
    assert set(needs[0].fields) == {"patient", "hospital", "date", "diagnosis"}
    assert subjects(family(causes=["illness"]), "diagnosis") == [None]  # nobody named yet: still asked for
    chronic = family(causes=["illness"])
    chronic["members"][0]["chronic_illness"] = True
    for pack in (TJ, CN):
        assert [need.subject for need in asked(chronic, "diagnosis", pack)] == ["P1"]


@pytest.mark.req("TJ-A1-4.2.3.c", "TJ-A1-4.2.3.d")
def test_a_bill_counts_only_with_both_parts_of_the_self_borne_sum() -> None:
    (need,) = asked(family(causes=["illness"], expenses=[bill()]), "medical_bill")
    fields = {"date": "2020-08-01", "self_paid_in_scope": 1234, "self_paid_out_of_scope": 0}
    whole = HandedIn("medical_bill", "medical_bill_copy", "expenses[0]", fields, None, "li", True)
    assert evidence.gaps([need], [whole]) == []
    assert evidence.self_borne(fields) == 1234
    for part_name in ("self_paid_in_scope", "self_paid_out_of_scope"):
        unmarked = {**fields, part_name: None}
        item = HandedIn("medical_bill", "medical_bill_copy", "expenses[0]", unmarked, None, "li", True)
        assert [(gap.code, gap.detail) for gap in evidence.gaps([need], [item])] == [("field", part_name)]
        assert evidence.self_borne(unmarked) is None


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_self_borne_sum_is_exact(inside: int, outside: int) -> None:
    assert evidence.self_borne({"self_paid_in_scope": inside, "self_paid_out_of_scope": outside}) == inside + outside


@pytest.mark.req("TJ-A1-4.2.4.a")
def test_disability_brings_the_certificate_of_that_member() -> None:
    facts = family()
    facts["members"][1]["disabilities"] = [{"kind": "mental", "grade": 3}]
    (need,) = asked(facts, "disability_certificate")
    assert need.subject == "P2"
    assert set(need.fields) == {"number", "kind", "grade", "valid_to"}


@pytest.mark.req("TJ-A1-4.2.5.a")
def test_a_single_parent_brings_any_one_of_four() -> None:
    (need,) = asked(family(causes=["single_parent"]), "single_parent_proof")
    assert len(need.accepts) == 4
    for document in ("divorce_certificate", "divorce_judgment", "death_certificate", "other_single_parent_proof"):
        item = HandedIn("single_parent_proof", document, compared_by="li", paper_filed=True)
        assert evidence.gaps([need], [item]) == []
    wrong = HandedIn("single_parent_proof", "id_card_copy", compared_by="li", paper_filed=True)
    assert [gap.code for gap in evidence.gaps([need], [wrong])] == ["document"]


@pytest.mark.req("TJ-A1-4.2.6.a")
@pytest.mark.parametrize(
    "change",
    [{"causes": ["disaster"]}, {"causes": ["accident"]}, {"incident": {"kind": "traffic_accident"}}],
    ids=["disaster", "accident", "incident"],
)
def test_an_event_brings_a_certificate_or_photos(change: dict[str, Any]) -> None:
    (need,) = asked(family(**change), "event_proof")
    for document in (
        "fire_certificate", "police_certificate", "residents_committee_certificate", "department_certificate", "scene_photo",
    ):  # fmt: skip
        assert document in need.accepts
    assert asked(family(incident={"kind": "illness"}), "event_proof") == []


@pytest.mark.req("TJ-A1-4.2.7.a")
def test_another_cause_brings_a_described_paper() -> None:
    (need,) = asked(family(causes=["other"]), "supporting_paper")
    assert "description" in need.fields
    item = HandedIn("supporting_paper", "other_document", None, {"description": ""}, None, "li", True)
    assert [gap.code for gap in evidence.gaps([need], [item])] == ["field"]


@pytest.mark.req("TJ-4.5.b", "TJ-4.6.a", "GUIDE20-1.6.a")
def test_a_migrant_worker_brings_her_contract_and_a_survivor_his_proof() -> None:
    facts = family(status={"work_injury_survivor": True})
    facts["members"][0]["migrant_worker"] = True
    assert asked(facts, "labour_contract")[0].accepts == ("labour_contract_copy",)
    assert "labour_relation_proof" in asked(facts, "labour_contract", CN)[0].accepts
    assert len(asked(facts, "survivor_proof")) == 1
    assert asked(family(), "labour_contract") == asked(family(), "survivor_proof") == []


def test_what_is_unknown_asks_for_nothing_yet() -> None:
    facts = family()
    for key in ("causes", "status", "incident", "expenses", "incomes"):
        facts[key] = None
    del facts["members"][1]["disabilities"]
    papers = {need.paper for need in evidence.checklist(TJ, facts)}
    assert papers == {"application_form", "id_card", "child_identity", "huji_book"}


@given(
    st.sets(st.sampled_from(evidence.CAUSES)),
    st.sampled_from(evidence.CAUSES),
    st.lists(st.sampled_from(["illness", "schooling", "rent", "disability_care"]), max_size=3),
)
def test_one_more_cause_never_takes_a_paper_away(causes: set[str], more: str, kinds: list[str]) -> None:
    lines = [{"member": "P2", "kind": kind, "month": "2020-08"} for kind in kinds]
    before = evidence.checklist(TJ, family(causes=sorted(causes), expenses=lines))
    after = evidence.checklist(TJ, family(causes=sorted(causes | {more}), expenses=lines))
    assert {need.key for need in before} <= {need.key for need in after}
    assert len({need.key for need in after}) == len(after)


# --- what came in -------------------------------------------------------------------------------------------------
def codes(gaps: list[Gap], blocking: bool = True) -> list[str]:
    return [gap.code for gap in gaps if gap.blocking is blocking]


@pytest.mark.req("TJ-A1-3.2")
def test_missing_papers_are_listed_until_handed_in_or_waived_with_a_reason() -> None:
    facts = family(causes=["schooling"])
    needs = evidence.checklist(TJ, facts)
    assert codes(evidence.gaps(needs, [])) == ["missing"] * len(needs)
    proof = next(need for need in needs if need.paper == "schooling_proof")
    assert "admission_letter" in proof.accepts
    letter = HandedIn("schooling_proof", "admission_letter", None, None, None, "li", True)
    assert evidence.gaps([proof], [letter]) == []
    assert codes(evidence.gaps([proof], [], {proof.key: "学校停课，单据补办中"})) == []
    assert codes(evidence.gaps([proof], [], {proof.key: "  "})) == ["missing"]


@pytest.mark.req("TJ-A1-4.4.g", "TJ-A1-4.2.a")
def test_copies_not_compared_and_papers_not_on_the_shelf_are_told_without_blocking() -> None:
    (need,) = asked(family(causes=["single_parent"]), "single_parent_proof")
    bare = HandedIn("single_parent_proof", "divorce_certificate")
    assert codes(evidence.gaps([need], [bare])) == []
    assert codes(evidence.gaps([need], [bare]), blocking=False) == ["compare", "filed"]
    every = evidence.checklist(TJ, family(causes=["illness"]), stages=evidence.STAGES)
    assert all(paper.paper_filed for paper in every)


def test_the_best_of_several_documents_counts() -> None:
    (need,) = asked(family(causes=["single_parent"]), "single_parent_proof")
    wrong = HandedIn("single_parent_proof", "id_card_copy", compared_by="li", paper_filed=True)
    right = HandedIn("single_parent_proof", "divorce_judgment", compared_by="li", paper_filed=True)
    assert evidence.gaps([need], [wrong, right]) == []


@pytest.mark.req("TJ-A1-4.4.b")
def test_every_counted_member_has_an_authorization_among_the_papers() -> None:
    assert subjects(family(), "authorization_form", stages=["authorization"]) == ["P1", "P2", "P3"]
    assert subjects(family(), "authorization_form") == []


# --- the original file --------------------------------------------------------------------------------------------
FILED = {
    "application_form", "id_card", "income_proof", "medical_bill", "diagnosis", "notice_papers", "authorization_form",
    "information_sheet",
}  # fmt: skip


@pytest.mark.req("TJ-A2-4.1.a")
def test_the_file_holds_the_application_or_the_signed_report_of_the_unit() -> None:
    (need,) = asked(family(), "application_form")
    for document in ("signed_application", "unit_report_signed"):
        assert evidence.gaps([need], [HandedIn("application_form", document, paper_filed=True)]) == []
    assert [folder.code for folder in evidence.missing_folders(TJ, FILED - {"application_form"})] == ["application"]


@pytest.mark.req("TJ-A2-4.1.b", "TJ-A2-4.1.c", "TJ-A2-8.c")
@pytest.mark.parametrize(
    ("paper", "folder"),
    [
        ("id_card", "identity"), ("income_proof", "income"), ("medical_bill", "expense"), ("diagnosis", "cause"),
        ("notice_papers", "notice"), ("authorization_form", "authorization"), ("information_sheet", "information"),
    ],
)  # fmt: skip
def test_a_file_without_one_of_its_folders_does_not_pass(paper: str, folder: str) -> None:
    assert evidence.missing_folders(TJ, FILED) == []
    assert [found.code for found in evidence.missing_folders(TJ, FILED - {paper})] == [folder]
    assert "check_sheet_complete" in part("procedure", TIANJIN).step("recheck").guards
