"""The rules of 2016 about work: who files, the steps, the papers, the clocks, leaving hardship, keeping the file."""

import datetime
import itertools
from dataclasses import replace
from typing import Any

import pytest

from bangfu.policy import evidence, lifecycle, owners, registry
from bangfu.policy import procedure as steps
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.evidence import HandedIn
from bangfu.policy.lifecycle import CauseState, ExitStatement, LiftCase, MonthFigures
from tests.policy import households as h
from tests.policy import old_rules as old
from tests.policy.parts import SmallCalendar, day

PACK = registry.get_pack(old.POLICY)
WAY, PAPERS, LIFE = PACK.procedure, PACK.evidence, PACK.lifecycle
CLASSES = ("below_line", "assisted_still_hard", "slightly_above", "accident")


# --- who files ------------------------------------------------------------------------------------------------------
def owner(employment: str, incomes: list[Any] | None = None) -> Any:
    return owners.proposed(
        WAY.owners, old.family(members=old.members({"employment": employment}), incomes=incomes or [])
    )


@pytest.mark.req("FILE16-8.b", "NOTE17-7.a")
def test_who_has_a_job_is_filed_by_the_union_of_the_employer() -> None:
    assert owner("employed").code == "employer_union"


@pytest.mark.req("FILE16-8.c")
def test_a_flexible_worker_is_filed_by_the_union_of_the_street() -> None:
    assert owner("flexible").code == "street_union"


@pytest.mark.req("FILE16-8.d")
@pytest.mark.parametrize("code", ["street_union", "street_union_on_benefit"])
def test_where_the_street_has_no_union_the_next_one_up_or_the_centre_files(code: str) -> None:
    assert WAY.owners[code].otherwise == ("upper_union", "county_center")


@pytest.mark.req("FILE16-9.a")
@pytest.mark.parametrize(
    ("until", "found"),
    [("2018-10", "street_union_on_benefit"), ("2019-03", "street_union_on_benefit"), ("2018-09", None)],
)
def test_the_unemployed_are_filed_by_the_street_while_they_draw_benefit(until: str, found: str | None) -> None:
    benefit = [h.monthly("unemployment_benefit", "900.00", ("2018-05", until))]
    rule = owner("unemployed", benefit)
    assert (rule.code if rule else None) == found


@pytest.mark.req("FILE16-8.a")
def test_nobody_is_filed_before_the_right_union_is_settled() -> None:
    assert "right_unit" in WAY.step("application").guards
    assert WAY.guards["right_unit"].clause == "档案办法 第八条"


# --- the steps ------------------------------------------------------------------------------------------------------
@pytest.mark.req("FILE16-12.a")
@pytest.mark.parametrize(
    ("levels", "circumstances", "way"),
    [
        ((), (), ["application", "public_notice", "filing", "recheck", "record"]),
        ((), ("home_survey",), ["application", "home_visit", "public_notice", "filing", "recheck", "record"]),
        (("U2", "U3"), (), ["application", "public_notice", "filing", "recheck@U2", "recheck@U3", "record"]),
    ],
)  # fmt: skip
def test_survey_or_application_then_notice_verification_recheck_and_record(
    levels: tuple[str, ...], circumstances: tuple[str, ...], way: list[str]
) -> None:
    route = WAY.route(levels, circumstances)
    assert [stop.key for stop in route] == way
    for here, there in itertools.pairwise(route):
        assert WAY.next(here.key, levels, circumstances) == there


@pytest.mark.req("FILE16-12.a")
def test_a_file_begins_with_an_application_or_with_a_survey() -> None:
    assert list(WAY.channels) == ["own_application", "union_survey"]


@pytest.mark.req("NOTE17-7.b")
def test_the_file_goes_up_level_by_level_and_jumps_none() -> None:
    levels = ("U2", "U3", "U4")
    assert [stop.union for stop in WAY.route(levels) if stop.level == "upper"] == list(levels)
    assert WAY.step("recheck").otherwise == "industry"


@pytest.mark.req("FILE16-12.b", "FILE16-12.z")
@pytest.mark.parametrize("done", ["application", "filing", "home_visit"])
def test_who_filed_does_not_recheck_and_who_rechecked_does_not_record(done: str) -> None:
    assert WAY.same_person_conflicts("recheck", "li", [(done, "li"), ("public_notice", "li")]) == [done]
    assert WAY.same_person_conflicts("record", "li", [("recheck@U2", "li")]) == ["recheck"]
    assert {WAY.step("filing").level, WAY.step("recheck").level, WAY.step("record").level} == {
        "unit",
        "upper",
        "industry",
    }


@pytest.mark.req("FILE16-12.z")
def test_the_recheck_closes_only_with_every_item_of_its_sheet_answered() -> None:
    assert {"check_sheet_complete", "not_own_work"} <= set(WAY.step("recheck").guards)


@pytest.mark.req("FILE16-12.e")
def test_what_does_not_comply_goes_back_to_the_union_that_filed_with_a_reason() -> None:
    for code in ("recheck", "record"):
        assert WAY.can_return(code, "application")
        assert WAY.step(WAY.step(code).returns_to[0]).level == "unit"
    assert len(WAY.returns) > 20
    assert all(point.advice and point.clause for point in WAY.returns.values())
    with pytest.raises(ParameterNotSet, match="return_days"):
        LIFE.due("return_bad_file", day("2018-10-15"), SmallCalendar())
    assert LIFE.due("return_bad_file", day("2018-10-15"), SmallCalendar(), 5).last_day == day("2018-10-20")


@pytest.mark.req("NOTE17-4.a")
def test_how_long_a_notice_hangs_is_the_places_to_say() -> None:
    with pytest.raises(ParameterNotSet, match="publicity_days"):
        WAY.opens_on("public_notice", day("2020-09-21"), SmallCalendar())
    assert WAY.opens_on("public_notice", day("2020-09-21"), SmallCalendar(), 5).opens_on == day("2020-09-28")


@pytest.mark.req("NOTE17-4.b", "FILE16-8.e")
def test_where_data_can_be_matched_the_check_stands_before_the_file() -> None:
    way = [stop.key for stop in WAY.route((), ("data_matching",))]
    assert way.index("city_check") < way.index("filing")
    unanswered = steps.check_problems(WAY, ["P1"], [steps.CheckResult("P1", "economic_state", "not_checked")])
    assert [(problem.code, problem.clause) for problem in unanswered] == [("not_checked", "说明 四")]


@pytest.mark.req("NOTE17-4.c")
def test_who_refuses_the_check_gets_no_file() -> None:
    refusal = WAY.refusals["refused_verification"]
    assert (refusal.final, refusal.overridable) == (True, False)
    assert "no_refusal" in WAY.step("filing").guards


@pytest.mark.req("FILE16-11.a")
def test_one_family_one_file_is_asked_at_entry_and_again_at_filing() -> None:
    assert all("one_family_one_file" in WAY.step(code).guards for code in ("application", "filing"))


@pytest.mark.req("FILE16-4.0.a")
def test_no_file_while_an_exclusion_is_not_settled() -> None:
    assert "no_exclusion_open" in WAY.step("filing").guards


def test_rights_finance_and_audit_are_three_hands() -> None:
    pairs = {frozenset(pair[:2]) for pair in WAY.incompatible}
    assert {frozenset(pair) for pair in itertools.combinations(("rights", "finance", "audit"), 2)} <= pairs


# --- papers ---------------------------------------------------------------------------------------------------------
def asked(paper: str, stages: tuple[str, ...] = ("application",), **changes: Any) -> list[Any]:
    return [need for need in evidence.checklist(PACK, old.family(**changes), stages=stages) if need.paper == paper]


@pytest.mark.req("FILE16-6.1.a")
@pytest.mark.parametrize(("document", "wrong"), [("signed_application", []), ("signed_union_submission", []), ("other_document", ["document"])])  # fmt: skip
def test_the_file_begins_with_a_signed_application_or_a_signed_submission(document: str, wrong: list[str]) -> None:
    need = asked("application_form")
    assert [
        gap.code for gap in evidence.gaps(need, [HandedIn("application_form", document, paper_filed=True)])
    ] == wrong
    assert [gap.code for gap in evidence.gaps(need, [])] == ["missing"]
    assert "application_signed" in WAY.step("application").guards


FOLDERS = {
    "application": "application_form", "identity": "id_card", "income": "income_proof", "notice": "notice_proof",
    "information": "information_sheet",
}  # fmt: skip


@pytest.mark.req("FILE16-6.1.b")
@pytest.mark.parametrize("left_out", FOLDERS)
def test_the_original_file_has_five_parts_and_lacks_none(left_out: str) -> None:
    present = [paper for folder, paper in FOLDERS.items() if folder != left_out]
    assert [folder.code for folder in evidence.missing_folders(PACK, present)] == [left_out]
    assert evidence.missing_folders(PACK, FOLDERS.values()) == []


@pytest.mark.req("FILE16-6.1.b")
def test_worker_and_relatives_prove_who_they_are_and_every_income_is_proved() -> None:
    assert [need.subject for need in asked("id_card")] == ["P1", "P2"]
    kinds = ("wage", "business", "property", "pension", "dibao")
    incomes = [old.total("1.00", kind) for kind in kinds]
    papers = {
        need.subject: need.paper for need in evidence.checklist(PACK, old.family(incomes=incomes)) if need.subject
    }
    assert [papers[f"incomes[{place}]"] for place in range(5)] == [
        "income_proof", "business_proof", "property_proof", "transfer_voucher", "transfer_voucher",
    ]  # fmt: skip


@pytest.mark.req("FILE16-6.1.b")
def test_the_notice_leaves_its_own_proof() -> None:
    assert [need.clause for need in asked("notice_proof", ("notice",))] == ["档案办法 第六条（一）"]
    assert asked("notice_proof") == []


@pytest.mark.req("NOTE17-3.2.a")
@pytest.mark.parametrize(
    ("issuer", "wrong"), [("451025", []), ("451000", []), ("450103", ["issuer"]), (None, ["issuer"])]
)
def test_the_dibao_certificate_is_that_of_the_home_place(issuer: str | None, wrong: list[str]) -> None:
    need = asked("dibao_certificate", status={"dibao": True})
    assert need[0].issuer_region == "451025"
    given = HandedIn(
        "dibao_certificate", "dibao_certificate_copy", issuer_region=issuer, compared_by="li", paper_filed=True
    )
    assert [gap.code for gap in evidence.gaps(need, [given])] == wrong
    assert asked("dibao_certificate", status={"dibao": False}) == []


@pytest.mark.req("FILE16-3.4.b")
def test_an_event_is_proved() -> None:
    assert [need.clause for need in asked("event_proof", incident=old.event("illness"))] == ["档案办法 第三条④"]
    assert asked("event_proof") == []


@pytest.mark.req("NOTE17-3.4.a")
def test_after_a_traffic_accident_it_is_told_who_is_liable() -> None:
    assert asked("liability_statement", incident=old.event("traffic_accident"))
    assert asked("liability_statement", incident=old.event("natural_disaster")) == []


@pytest.mark.req("FILE16-3.5.a", "FUND15-4.4.a")
def test_a_migrant_worker_shows_the_union_card() -> None:
    assert asked("union_card", members=old.members({"migrant_worker": True}))
    assert asked("union_card") == []


@pytest.mark.req("NOTE17-8.z")
def test_a_retired_worker_shows_that_the_enterprise_still_looks_after_retired_staff() -> None:
    assert asked("retiree_management", members=old.members({"retired": True, "employment": "retired"}))
    assert asked("retiree_management") == []


# --- clocks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("national_entry", marks=pytest.mark.req("FUND15-8.g", "NOTE17-7.d")),
        pytest.param("allocation_entry", marks=pytest.mark.req("NOTE17-7.d")),
        pytest.param("aid_entry", marks=pytest.mark.req("NOTE17-7.d")),
        pytest.param("copies_in_step", marks=pytest.mark.req("FILE16-13.b")),
    ],
)
def test_thirty_working_days_after_the_day_itself_holidays_left_out(code: str) -> None:
    due = LIFE.due(code, day("2020-09-01"), SmallCalendar())
    assert (due.last_day, due.provisional) == (day("2020-10-19"), False)


def test_when_the_family_is_told_of_a_payment_is_a_number_nobody_invents() -> None:
    with pytest.raises(ParameterNotSet, match="payment_notice_days"):
        LIFE.due("payment_notice", day("2018-10-15"), SmallCalendar())


def test_central_money_is_used_up_by_the_end_of_its_year() -> None:
    assert LIFE.due("central_used_up", day("2018-03-01"), SmallCalendar()).last_day == day("2018-12-31")


@pytest.mark.req("FILE16-13.c")
def test_files_are_cleaned_up_at_least_once_in_each_calendar_year() -> None:
    assert LIFE.yearly_undone("clean_up", 2018, [day("2017-12-31"), day("2019-01-01")])
    assert not LIFE.yearly_undone("clean_up", 2018, [day("2018-12-31")])
    assert {LIFE.next_review_on(code, day("2018-02-28")) for code in CLASSES} == {day("2019-02-28")}


# --- out of hardship (说明 一) ----------------------------------------------------------------------------------------
MONTHS = ("2018-04", "2018-05", "2018-06", "2018-07", "2018-08", "2018-09")


def lift(category: str = "slightly_above", **change: Any) -> list[str]:
    """Two heads at a line of 500.00, six months at 1000.01, everything proved, told on 2018-10-15."""
    case = LiftCase(
        category, day("2018-03-20"), [CauseState("illness", day("2018-05-01"), True)],
        [MonthFigures(month, 100_001, 900_000, 2, 50_000) for month in MONTHS], True, "aided", frozenset({"payslip"}),
        ExitStatement(),
    )  # fmt: skip
    return [problem.code for problem in lifecycle.may_lift(LIFE, replace(case, **change), day("2018-10-15"))]


@pytest.mark.req("NOTE17-1.a")
@pytest.mark.parametrize("category", CLASSES)
def test_every_cause_is_gone_with_proof(category: str) -> None:
    assert lift(category) == []
    gone = CauseState("illness", day("2018-05-01"), True)
    assert lift(category, causes=[gone, CauseState("schooling")]) == ["cause_open"]
    assert lift(category, causes=[CauseState("illness", day("2018-05-01"), False)]) == ["cause_open"]


@pytest.mark.req("NOTE17-1.b")
@pytest.mark.parametrize("place", range(6))
def test_each_of_six_months_is_above_the_line_and_one_at_it_breaks_the_run(place: int) -> None:
    months = [
        MonthFigures(month, 100_000 if number == place else 100_001, 0, 2, 50_000)
        for number, month in enumerate(MONTHS)
    ]
    assert lift(months=months) == ["month_not_above"]
    assert lift(months=months[1:]) == (["month_unknown"] if place == 0 else ["month_unknown", "month_not_above"])


@pytest.mark.req("NOTE17-1.c")
@pytest.mark.parametrize("finding", [None, False])
def test_somebody_has_found_the_family_out_of_hardship(finding: bool | None) -> None:
    assert lift(out_of_hardship=finding) == ["finding_missing"]


def relieved(category: str = "accident", hard: bool | None = True, income: int = 600_000) -> list[str]:
    """Two heads, six months, 500.00: the level of living to reach is 6000.00."""
    return [
        problem.code
        for problem in lifecycle.relief_problems(LIFE, category, hard, income - 100_000, 150_000, 50_000, 2, 6, 50_000)
    ]


@pytest.mark.req("NOTE17-1.e")
@pytest.mark.parametrize("category", CLASSES)
def test_relieved_means_a_level_of_living_at_least_at_the_line_with_all_aid(category: str) -> None:
    assert relieved(category) == []
    assert relieved(category, income=599_999) == ["level_below"]


@pytest.mark.req("NOTE17-1.d")
@pytest.mark.parametrize("hard", [None, False])
def test_relieved_is_for_those_whose_cause_cannot_be_removed(hard: bool | None) -> None:
    assert relieved(hard=hard) == ["cause_removable"]


# --- changes, closing, keeping ------------------------------------------------------------------------------------------
@pytest.mark.req("FILE16-9.b")
def test_a_new_job_moves_the_file_and_asks_for_a_new_recognition() -> None:
    event = LIFE.events["reemployed"]
    assert (event.moves_file, event.reassess, event.clause) == (True, True, "档案办法 第九条")


@pytest.mark.req("FILE16-14.a")
def test_the_files_of_a_dissolved_unit_move() -> None:
    assert LIFE.events["unit_dissolved"].moves_file
    with pytest.raises(ParameterNotSet, match="hand_over_days"):
        LIFE.due("hand_over", day("2018-10-15"), SmallCalendar())


@pytest.mark.req("FILE16-13.a", "FUND15-3.c")
def test_a_file_ends_when_the_hardship_does_and_no_window_closes_entry() -> None:
    assert LIFE.events["family_changed"].reassess
    assert lifecycle.closing_problems(LIFE, "lifted", "accident", {"payslip"}) == []
    assert [one.code for one in lifecycle.closing_problems(LIFE, "lifted", "accident", set())] == ["proof_missing"]
    assert WAY.step("application").clock is None


@pytest.mark.req("NOTE17-4.d")
def test_what_was_got_by_deceit_is_asked_back() -> None:
    assert LIFE.closing["fraud"].claims_back
    assert LIFE.closing["fraud"].stops_payments
    assert LIFE.events["fraud_found"].stops_payments


CLOSED = day("2018-02-28")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("original", marks=pytest.mark.req("FILE16-15.c")),
        pytest.param("audiovisual", marks=pytest.mark.req("FILE16-15.d")),
    ],
)
def test_original_files_and_their_recordings_are_kept_ten_years_from_closing(kind: str) -> None:
    assert LIFE.keep_until(CLOSED, kind) == day("2028-02-28")
    assert not LIFE.may_propose_destruction(CLOSED, day("2028-02-28"), kind)
    assert LIFE.may_propose_destruction(CLOSED, day("2028-02-29"), kind)
    assert not LIFE.may_propose_destruction(None, day("2040-01-01"), kind)


@pytest.mark.req("FILE16-15.a")
@pytest.mark.parametrize("kind", ["finance", "work"])
def test_other_files_are_kept_until_somebody_sets_their_years(kind: str) -> None:
    assert LIFE.keep_until(CLOSED, kind) is None
    assert not LIFE.may_propose_destruction(CLOSED, datetime.date(2090, 1, 1), kind)
    assert LIFE.keep_until(CLOSED, kind, parameters={f"{kind}_retention_years": 15}) == day("2033-02-28")
