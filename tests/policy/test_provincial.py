"""The provincial rules on files: who may be filed, the papers, the way, who makes the file, ending, clocks."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from bangfu.policy import evidence, lifecycle, owners, registry
from bangfu.policy import procedure as rules
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.evidence import HandedIn, Required
from bangfu.policy.lifecycle import CauseState, ExitStatement, LiftCase, MonthFigures
from tests.policy import households as h
from tests.policy import payments as p
from tests.policy.parts import SmallCalendar, day

ID = "provincial-2020"
PACK = registry.get_pack(ID)
WAY, PAPERS, LIFE = PACK.procedure, PACK.evidence, PACK.lifecycle
CALENDAR = SmallCalendar()
TWELVE_BEFORE = ("2019-10", "2020-09")


def family(**changes: Any) -> dict[str, Any]:
    """A worker and a boy of ten in a place with a dibao standard of 800; applied for on 2020-10-15."""
    boy = h.person("P2", relation="child", birth_date="2010-03-01", studying="compulsory", employment="student")
    return h.national(**({"members": [h.worker(), boy], "causes": []} | changes))


def asked(facts: dict[str, Any], paper: str, stage: str = "application") -> list[Required]:
    return [need for need in evidence.checklist(PACK, facts, stages=(stage,)) if need.paper == paper]


def subjects(facts: dict[str, Any], paper: str, stage: str = "application") -> list[str | None]:
    return [need.subject for need in asked(facts, paper, stage)]


def blocked(needs: list[Required], *items: HandedIn) -> list[str]:
    return [gap.code for gap in evidence.gaps(needs, items) if gap.blocking]


# --- one category, inherited rules --------------------------------------------------------------------------------
@pytest.mark.req("PROV-1.01")
def test_a_file_has_one_category_of_three_and_the_first_that_fits_is_it() -> None:
    found = h.decide(h.national(), policy=ID)
    assert [one.code for one in found.categories] == ["deep", "relative", "accident"]
    assert h.results(found)["relative"] == "met"
    assert found.outcome == "deep"


@pytest.mark.req("PROV-1.04")
def test_what_the_text_does_not_speak_of_is_the_national_texts() -> None:
    said = {one.code: one.said.pack for one in PACK.rules.filing}
    assert said == {"migrant_worker": ID, "retired_worker": h.NATIONAL}
    assert {one.said.pack for one in PACK.exclusions} == {h.NATIONAL}
    for document in (h.national(), h.national(incomes=h.income("19200.00")), h.national(vehicles=[{"use": "private"}])):
        assert h.results(h.decide(document, policy=ID)) == h.results(h.decide(document, policy=h.NATIONAL))


@pytest.mark.req("PROV-13.01")
def test_an_application_before_the_first_day_is_referred_to_the_text_in_force() -> None:
    with pytest.raises(PolicyNotInForce, match="acftu-2016"):
        h.decide(h.national(application_date="2020-06-27"), policy=ID)
    assert h.decide(h.national(application_date="2020-06-28"), policy=ID).outcome == "deep"


@pytest.mark.req("PROV-3.27")
@pytest.mark.parametrize(
    ("months", "contract", "outcome"),
    [(12, True, "deep"), (11, True, "none"), (120, False, "none"), (None, True, "incomplete")],
)
def test_a_migrant_worker_needs_a_contract_of_a_year(months: int | None, contract: bool, outcome: str) -> None:
    migrant = h.worker(
        migrant_worker=True, labor_relation_months=months, labor_contract=contract, long_term_urban=False
    )
    assert h.decide(h.national(members=[migrant, h.person("P2")]), policy=ID).outcome == outcome


@pytest.mark.req("PROV-3.20")
@pytest.mark.parametrize(("month", "income"), [("2019-09", "0.00"), ("2019-10", "90.00"), ("2020-09", "90.00"), ("2020-10", "0.00")])  # fmt: skip
def test_income_of_the_twelve_months_before_the_application_counts(month: str, income: str) -> None:
    found = h.decide(h.national(incomes=[h.once("wage", "90.00", month)]), policy=ID)
    assert (found.figures["income"], found.window) == (income, (12, *TWELVE_BEFORE))


# --- papers -------------------------------------------------------------------------------------------------------
@pytest.mark.req("PROV-3.02")
@pytest.mark.parametrize(
    ("document", "left"),
    [("signed_application", []), ("unit_report_signed", []), ("other_document", ["document"]), (None, ["missing"])],
)
def test_a_signed_application_or_a_unit_report_the_worker_signed(document: str | None, left: list[str]) -> None:
    items = [HandedIn("application_form", document)] if document else []
    assert blocked(asked(family(), "application_form"), *items) == left
    assert "application_signed" in WAY.step("application").guards


@pytest.mark.req("PROV-3.06", "PROV-3.19")
def test_every_member_shows_identity_and_household_book_and_a_child_its_page() -> None:
    assert subjects(family(), "huji_book") == ["P1", "P2"]
    assert subjects(family(), "id_card") == ["P1"]
    child = asked(family(), "child_identity")
    assert [need.subject for need in child] == ["P2"]
    assert blocked(child, HandedIn("child_identity", "huji_book_copy", "P2")) == []


@pytest.mark.req("PROV-3.07", "PROV-3.20")
def test_each_wage_of_the_twelve_months_has_its_proof() -> None:
    wages = [h.once("wage", "1.00", month, "P1", basis="verified") for month in ("2019-09", "2019-10", "2020-09")]
    needs = asked(family(incomes=wages), "income_proof")
    assert [need.subject for need in needs] == ["incomes[1]", "incomes[2]"]
    assert blocked(needs, HandedIn("income_proof", "payslip", "incomes[1]")) == ["missing"]


@pytest.mark.req("PROV-3.08", "PROV-3.25")
def test_each_bill_of_the_twelve_months_is_asked_for_and_an_older_one_is_not() -> None:
    bills = [h.bill("10.00", month=month) for month in ("2019-09", "2019-10", "2020-09")]
    assert subjects(family(expenses=bills), "medical_bill") == ["expenses[1]", "expenses[2]"]
    assert "missing" in blocked(asked(family(expenses=bills), "medical_bill"))
    found = h.decide(h.national(expenses=bills), policy=ID)
    assert found.figures["rigid_expense"] == "20.00"


@pytest.mark.req("PROV-3.25")
def test_of_a_bill_only_the_own_part_counts() -> None:
    paid = h.NOT_PAID | {"basic_insurance": "30.00", "other_relief": "5.00"}
    found = h.decide(h.national(expenses=[h.bill("100.00", paid_by=paid)]), policy=ID)
    assert found.figures["rigid_expense"] == "65.00"


@pytest.mark.req("PROV-3.21")
def test_the_list_is_the_basic_papers_and_those_of_every_cause() -> None:
    basic = {need.paper for need in evidence.checklist(PACK, family())}
    more = {need.paper for need in evidence.checklist(PACK, family(causes=["schooling", "single_parent", "other"]))}
    assert more - basic == {"schooling_proof", "single_parent_proof", "supporting_paper"}
    assert basic <= more
    assert "papers_complete" in WAY.step("application").guards


@pytest.mark.req("PROV-3.22")
@pytest.mark.parametrize("document", ["admission_letter", "student_card", "school_certificate"])
def test_schooling_is_shown_by_one_of_three_papers_for_each_student(document: str) -> None:
    needs = asked(family(causes=["schooling"]), "schooling_proof")
    assert [need.subject for need in needs] == ["P2"]
    assert blocked(needs, HandedIn("schooling_proof", document, "P2")) == []
    assert blocked(needs, HandedIn("schooling_proof", "tuition_receipt", "P2")) == ["document"]


@pytest.mark.req("PROV-3.23")
def test_school_costs_count_with_their_receipts_of_the_window() -> None:
    costs = [h.school("30.00", "20.00", "5.00", month="2020-09"), h.school("9.00", month="2019-09")]
    assert subjects(family(expenses=costs), "schooling_receipt") == ["expenses[0]"]
    assert h.decide(h.national(expenses=costs), policy=ID).figures["rigid_expense"] == "55.00"


@pytest.mark.req("PROV-3.24")
def test_each_sick_member_has_a_diagnosis() -> None:
    sick = family(causes=["illness"], expenses=[h.bill("10.00", member="P2")])
    assert subjects(sick, "diagnosis") == ["P2"]
    assert subjects(family(causes=["illness"]), "diagnosis") == [None]
    assert subjects(family(), "diagnosis") == []


@pytest.mark.req("PROV-3.26")
def test_each_disabled_member_has_the_certificate_with_number_kind_and_grade() -> None:
    disabled = family()
    disabled["members"][1]["disabilities"] = [{"kind": "limb", "grade": 2}]
    needs = asked(disabled, "disability_certificate")
    assert [need.subject for need in needs] == ["P2"]
    bare = HandedIn("disability_certificate", "disability_certificate_copy", "P2")
    assert blocked(needs, bare) == ["field"] * 4


@pytest.mark.req("PROV-3.28")
def test_the_contract_of_a_migrant_worker_bears_the_seal_of_the_union() -> None:
    needs = asked(family(members=[h.worker(migrant_worker=True)]), "labour_contract")
    sealed = HandedIn(
        "labour_contract", "sealed_contract", None, {"start": "2019-01-01", "end": "2021-12-31", "union_seal": "有"}
    )
    assert blocked(needs, sealed) == []
    assert blocked(needs, replace(sealed, fields={**(sealed.fields or {}), "union_seal": ""})) == ["field"]
    assert blocked(needs, HandedIn("labour_contract", "labour_contract_copy")) != []
    assert asked(family(), "labour_contract") == []


@pytest.mark.req("PROV-3.29")
def test_homes_and_vehicles_are_declared_and_decide_over_deep_hardship() -> None:
    assert blocked(asked(family(), "property_list")) == ["missing"]
    with_car = h.decide(h.national(vehicles=[{"use": "commercial"}]), policy=ID)
    assert (with_car.outcome, with_car.exclusion("vehicle").result) == ("relative", "met")
    unknown = h.decide(h.national(vehicles=None), policy=ID)
    assert (unknown.outcome, unknown.missing) == ("incomplete", ("vehicles",))


@pytest.mark.req("PROV-3.30")
@pytest.mark.parametrize("document", ["divorce_certificate", "divorce_judgment", "death_certificate", "other_single_parent_proof"])  # fmt: skip
def test_a_single_parent_shows_one_of_four_papers(document: str) -> None:
    needs = asked(family(causes=["single_parent"]), "single_parent_proof")
    assert blocked(needs) == ["missing"]
    assert blocked(needs, HandedIn("single_parent_proof", document)) == []


@pytest.mark.req("PROV-3.31")
@pytest.mark.parametrize("document", ["fire_certificate", "police_certificate", "residents_committee_certificate", "department_certificate", "scene_photo"])  # fmt: skip
def test_an_incident_is_shown_by_an_office_or_a_photo(document: str) -> None:
    needs = asked(family(incident=h.incident("traffic_accident")), "event_proof")
    assert blocked(needs, HandedIn("event_proof", document)) == []
    assert asked(family(), "event_proof") == []


@pytest.mark.req("PROV-3.32")
def test_another_cause_may_be_shown_by_any_paper_that_is_described() -> None:
    needs = asked(family(causes=["other"]), "supporting_paper")
    assert blocked(needs, HandedIn("supporting_paper", "other_document", None, {"description": "房屋漏雨"})) == []
    assert blocked(needs, HandedIn("supporting_paper", "other_document")) == ["field"]


@pytest.mark.req("PROV-3.05", "PROV-3.33")
def test_the_notice_hangs_before_filing_and_shows_only_what_the_text_names() -> None:
    order = [stop.key for stop in WAY.route()]
    assert order.index("public_notice") < order.index("filing")
    assert subjects(family(), "notice_papers", "notice") == [None]
    assert set(WAY.notice.shows) >= {"name", "employer", "main_cause", "hotline"}
    assert set(WAY.notice.shows) <= {"name", "employer", "main_cause", "hotline", "start", "end"}
    assert {"id_number", "address", "phone", "diagnosis", "family_names"} <= set(WAY.notice.hides)


def test_the_length_of_the_notice_is_not_invented() -> None:
    with pytest.raises(ParameterNotSet, match="publicity_days"):
        WAY.opens_on("public_notice", day("2020-09-30"), CALENDAR)
    due = WAY.opens_on("public_notice", day("2020-09-30"), CALENDAR, 5)
    assert (due.last_day, due.opens_on) == (day("2020-10-14"), day("2020-10-15"))


@pytest.mark.req("PROV-3.34")
def test_without_the_authorization_of_every_member_nothing_is_checked() -> None:
    assert subjects(family(), "authorization_form", "authorization") == ["P1", "P2"]
    assert "authorizations_complete" in WAY.step("city_check").guards
    signed = [rules.Signature("P1")]
    missing = rules.authorization_problems(WAY, ["P1", "P2"], signed)
    assert [(one.code, one.about) for one in missing] == [("signature_missing", "P2")]
    child = rules.Signature("P2", "guardian", given=frozenset({"proxy", "reason"}))
    assert rules.authorization_problems(WAY, ["P1", "P2"], [*signed, child]) == []
    refused = rules.authorization_problems(WAY, ["P1"], [rules.Signature("P1", refused=True)])
    assert [one.code for one in refused] == ["refused_verification"]


# --- the way ------------------------------------------------------------------------------------------------------
@pytest.mark.req("PROV-5.03")
def test_a_case_is_reported_up_level_by_level_and_recorded_at_the_top() -> None:
    keys = [stop.key for stop in WAY.route(["U2", "U3"])]
    start = keys.index("report_up")
    assert keys[start : start + 3] == ["report_up", "report_up@U2", "report_up@U3"]
    assert keys[-1] == "record"
    assert keys.index("filing") < start


@pytest.mark.req("PROV-6.01")
@pytest.mark.parametrize(
    ("employment", "income", "owner"),
    [
        pytest.param("employed", [], "employer_union", marks=pytest.mark.req("PROV-6.02")),
        pytest.param("flexible", [], "street_union", marks=pytest.mark.req("PROV-6.03")),
        pytest.param("unemployed", [h.monthly("unemployment_benefit", "900.00", ("2020-01", "2020-10"))], "street_union_on_benefit", marks=pytest.mark.req("PROV-6.05")),
        pytest.param("laid_off", [h.once("unemployment_benefit", "900.00", "2020-10")], "street_union_on_benefit", marks=pytest.mark.req("PROV-6.05")),
        pytest.param("unemployed", [h.monthly("unemployment_benefit", "900.00", ("2020-01", "2020-09"))], None, marks=pytest.mark.req("PROV-6.05")),
        pytest.param("retired", [], None),
        pytest.param(None, [], None),
    ],
)  # fmt: skip
def test_the_union_that_makes_the_file_follows_from_the_workers_state(
    employment: str | None, income: list[dict[str, Any]], owner: str | None
) -> None:
    facts = family(incomes=income)
    facts["members"][0]["employment"] = employment
    found = owners.proposed(WAY.owners, facts)
    assert (found.code if found else None) == owner
    assert "right_unit" in WAY.step("application").guards


@pytest.mark.req("PROV-6.04", "PROV-6.06")
def test_where_a_street_has_no_union_the_one_above_or_a_county_centre_stands_in() -> None:
    for code in ("street_union", "street_union_on_benefit"):
        assert WAY.owners[code].otherwise == ("upper_union", "county_center")


@pytest.mark.req("PROV-6.07")
def test_a_new_job_means_a_new_check_at_the_new_union_or_the_end_of_the_file() -> None:
    event = LIFE.events["reemployed"]
    assert event.moves_file
    assert event.reassess
    assert lifecycle.closing_problems(LIFE, "not_requalified", "relative", {"payslip"}) == []


# --- money --------------------------------------------------------------------------------------------------------
def said(payment: Any = None, **changes: Any) -> list[str]:
    file = replace(p.DEEP, **changes)
    return p.said(payment or p.planned(), PACK, file)


@pytest.mark.req("PROV-5.04")
def test_aid_goes_only_to_a_file_that_stands() -> None:
    assert said() == []
    assert said(status="closed") == ["file_active"]


@pytest.mark.req("PROV-5.05")
def test_first_the_file_then_the_aid_to_a_named_person() -> None:
    assert said(opened_on=day("2020-11-21")) == ["after_filing"]
    assert said(opened_on=p.ON) == []
    assert said(p.planned(payee=replace(p.WANG, id_number=""))) == ["real_name"]
    assert said(p.planned(payee=replace(p.WANG, account_name="李四"))) == ["account_holder"]


@pytest.mark.req("PROV-1.02")
def test_a_project_is_open_by_category_and_source() -> None:
    assert said(category="relative") == ["share_ratio"]
    assert said(category="local") == ["matrix_closed"]


# --- ending -------------------------------------------------------------------------------------------------------
@pytest.mark.req("PROV-3.36", "PROV-3.37")
@pytest.mark.parametrize(
    ("reason", "proof"),
    [
        ("retired", "retirement_certificate"), ("death", "death_certificate"), ("relation_ended", "ended_relation_proof"),
        ("other_reason", "other_document"),
    ],
)  # fmt: skip
def test_an_end_needs_the_paper_of_its_reason(reason: str, proof: str) -> None:
    def problems(*documents: str) -> list[str]:
        return [one.code for one in lifecycle.closing_problems(LIFE, reason, "relative", documents)]

    assert problems(proof) == []
    assert problems("payslip") == ["proof_missing"]
    assert problems() == ["proof_missing"]


def lifting(**changes: Any) -> LiftCase:
    """A deep family whose income was 100.01 a head and month for half a year against a line of 100.00, with all papers."""
    months = [MonthFigures(f"2020-{number:02}", 20_002, 0, 2, 10_000) for number in range(4, 10)]
    causes = [CauseState("unemployment", day("2020-03-01"), proved=True)]
    base = LiftCase(
        "deep", day("2019-11-01"), causes, months, True, "member_employed", frozenset({"payslip"}), ExitStatement(signed=True),
        day("2020-03-20"), {"payslip": day("2020-04-05")},
    )  # fmt: skip
    return replace(base, **changes)


def against(**changes: Any) -> list[str]:
    return [one.code for one in lifecycle.may_lift(LIFE, lifting(**changes), day("2020-10-15"))]


@pytest.mark.req("PROV-3.38")
@pytest.mark.parametrize("reason", ["member_employed", "child_graduated", "income_raised", "other"])
def test_a_family_is_lifted_for_one_of_the_reasons_of_the_text(reason: str) -> None:
    assert against(reason=reason) == []
    assert against(reason="retired") == ["reason_missing"]


@pytest.mark.req("PROV-3.39")
@pytest.mark.parametrize("paper", ["payslip", "bank_statement"])
def test_the_payslip_or_statement_is_dated_after_the_rise(paper: str) -> None:
    papers = frozenset({paper})
    assert against(documents=papers, dated={paper: day("2020-03-21")}) == []
    assert against(documents=papers, dated={paper: day("2020-03-20")}) == ["proof_too_old"]
    assert against(documents=papers, dated={}) == ["proof_too_old"]
    assert against(documents=papers, raised_on=None, dated={paper: day("2020-03-21")}) == ["proof_too_old"]
    assert against(documents=frozenset({"other_document"})) == ["proof_missing"]


@pytest.mark.req("PROV-3.40")
def test_lifting_needs_the_signed_statement_and_other_ends_do_not() -> None:
    assert against(statement=ExitStatement()) == ["statement_missing"]
    assert lifecycle.closing_problems(LIFE, "death", "deep", {"death_certificate"}) == []


@pytest.mark.req("PROV-3.41")
def test_who_does_not_agree_may_be_lifted_by_a_sealed_statement_of_the_unit_with_proof() -> None:
    carried = ExitStatement(refused=True, unit_statement=True, sealed=True)
    assert against(statement=carried) == []
    assert against(statement=replace(carried, sealed=False)) == ["seal_missing"]
    assert against(statement=replace(carried, unit_statement=False)) == ["unit_statement_missing"]
    assert against(statement=carried, documents=frozenset()) == ["proof_missing"]


# --- clocks -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "clock",
    [
        pytest.param("national_entry", marks=pytest.mark.req("PROV-5.06")),
        pytest.param("transfer_entry", marks=pytest.mark.req("PROV-5.07")),
        pytest.param("sync", marks=pytest.mark.req("PROV-8.08")),
    ],
)
def test_thirty_working_days_run_over_the_autumn_holiday(clock: str) -> None:
    """From Friday 2020-09-18: 1 to 8 October off, Sunday 27 September and Saturday 10 October worked."""
    assert LIFE.due(clock, day("2020-09-18"), CALENDAR).last_day == day("2020-11-05")


@pytest.mark.parametrize(
    ("clock", "parameter"),
    [
        pytest.param("approval", "approval_days", marks=pytest.mark.req("PROV-8.03")),
        pytest.param("deregistration", "dereg_days", marks=pytest.mark.req("PROV-8.04")),
        pytest.param("transfer", "transfer_days", marks=pytest.mark.req("PROV-7.01")),
    ],
)
def test_a_prompt_without_a_number_waits_for_the_provinces_own(clock: str, parameter: str) -> None:
    with pytest.raises(ParameterNotSet, match=parameter):
        LIFE.due(clock, day("2020-10-12"), CALENDAR)
    assert LIFE.due(clock, day("2020-10-12"), CALENDAR, 10).last_day == day("2020-10-22")


@pytest.mark.req("PROV-7.01")
def test_a_dissolved_unit_moves_its_files() -> None:
    assert LIFE.events["unit_dissolved"].moves_file


@pytest.mark.req("PROV-8.01")
def test_every_category_has_a_next_review() -> None:
    for category in PACK.categories:
        assert LIFE.next_review_on(category.code, day("2020-10-15")) > day("2020-10-15")


@pytest.mark.req("PROV-8.04")
@pytest.mark.parametrize("event", ["retired", "death", "relation_ended"])
def test_what_ends_a_file_stops_its_payments_at_once(event: str) -> None:
    assert LIFE.events[event].stops_payments


@pytest.mark.req("PROV-8.05")
def test_a_file_is_adjusted_once_in_each_calendar_year() -> None:
    assert not LIFE.yearly_undone("adjustment", 2021, [day("2021-01-01")])
    assert LIFE.yearly_undone("adjustment", 2021, [day("2020-12-31"), day("2022-01-01")])


@pytest.mark.req("PROV-8.06")
@pytest.mark.parametrize(
    ("done", "undone"), [("2021-08-31", True), ("2021-09-01", False), ("2021-10-31", False), ("2021-11-01", True)]
)
def test_the_clean_up_is_in_september_and_october(done: str, undone: bool) -> None:
    assert LIFE.yearly_undone("cleanup", 2021, [day(done)]) is undone
    assert LIFE.due("cleanup_end", day("2021-09-15"), CALENDAR).last_day == day("2021-10-31")


@pytest.mark.req("PROV-9.04")
@pytest.mark.parametrize(("closed", "last"), [("2021-03-31", "2031-03-31"), ("2024-02-29", "2034-02-28")])
def test_the_original_file_is_kept_ten_years_from_its_withdrawal(closed: str, last: str) -> None:
    assert LIFE.keep_until(day(closed)) == day(last)
    assert not LIFE.may_propose_destruction(day(closed), day(last))
    assert LIFE.may_propose_destruction(day(closed), day(last) + datetime.timedelta(days=1))


@pytest.mark.req("PROV-9.02")
def test_the_years_of_accounting_files_come_from_elsewhere_and_until_then_they_are_kept() -> None:
    assert LIFE.keep_until(day("2021-03-31"), "finance") is None
    assert not LIFE.may_propose_destruction(day("2021-03-31"), day("2099-01-01"), "finance")
    assert LIFE.keep_until(day("2021-03-31"), "finance", {"finance_retention_years": 30}) == day("2051-03-31")
