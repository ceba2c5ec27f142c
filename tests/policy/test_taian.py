"""泰安: two conditions over the national rules of the day, the way from application to file, and the rules about the fund."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from bangfu.policy import aid, evidence, registry
from bangfu.policy import procedure as rules
from bangfu.policy.aid import FileState
from bangfu.policy.clocks import ParameterNotSet, last_month_of_quarter
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.evidence import HandedIn
from tests.policy import households as h
from tests.policy import payments as p
from tests.policy.parts import day

ID, OLD_NATIONAL = "taian-2020", "acftu-2016"
OLD, NEW = registry.eras(ID)
WAY, LIFE = NEW.procedure, NEW.lifecycle
BOTH = pytest.mark.parametrize("pack", [OLD, NEW], ids=["2016 rules", "2020 rules"])
ERAS = pytest.mark.parametrize("on", ["2020-06-27", "2020-06-28"])


class SpringCalendar:
    """The first months of 2021 as published: 11 to 17 February off, Sunday 7 and Saturday 20 February worked."""

    off = frozenset(datetime.date(2021, 2, number) for number in range(11, 18))
    worked = frozenset({datetime.date(2021, 2, 7), datetime.date(2021, 2, 20)})

    def add_working_days(self, date: datetime.date, n: int) -> tuple[datetime.date, bool]:
        while n:
            date += datetime.timedelta(days=1)
            n -= date in self.worked or (date.weekday() < 5 and date not in self.off)
        return date, False


CALENDAR = SpringCalendar()


def decide(on: str = "2020-10-15", **changes: Any) -> str:
    return h.decide(h.national(application_date=on, **changes), policy=ID).outcome


def with_worker(**changes: Any) -> dict[str, Any]:
    return {"members": [h.worker(**changes), h.person("P2")]}


# --- validity and standards -----------------------------------------------------------------------------------------
@pytest.mark.req("TA-F-0.01", "TA-F-16.01", "TA-A-0.01")
def test_the_text_applies_from_the_first_of_march_2020() -> None:
    assert registry.choose("370902", day("2020-03-01")).pack.id == ID
    assert h.decide(h.national(application_date="2020-03-01"), policy=ID).policy == ID


@pytest.mark.req("TA-F-0.02")
def test_on_the_day_before_the_older_text_counts() -> None:
    with pytest.raises(PolicyNotInForce, match=OLD_NATIONAL):
        h.decide(h.national(application_date="2020-02-29"), policy=ID)
    ended = {one.title: one.last_day for one in NEW.heading.texts[0].replaces}
    assert set(ended.values()) == {day("2020-02-29")}
    assert len(ended) == 2


@pytest.mark.req("TA-F-3.02")
@pytest.mark.parametrize(
    ("on", "months", "first", "codes"),
    [
        ("2020-06-27", 6, "2019-12", ["below_line", "assisted_still_hard", "slightly_above", "accident"]),
        ("2020-06-28", 12, "2019-06", ["deep", "relative", "accident"]),
    ],
)
def test_categories_and_window_are_the_national_texts_of_the_day(
    on: str, months: int, first: str, codes: list[str]
) -> None:
    found = h.decide(h.national(application_date=on), policy=ID)
    assert [one.code for one in found.categories] == codes
    assert found.window == (months, first, "2020-05")


@pytest.mark.req("TA-F-3.02")
@pytest.mark.parametrize(("on", "national"), [("2020-06-27", OLD_NATIONAL), ("2020-06-28", h.NATIONAL)])
@pytest.mark.parametrize("income", ["0.00", "9600.00", "14400.01", "19200.00", "38400.01"])
def test_who_works_in_a_unit_with_a_union_gets_the_national_answer(on: str, national: str, income: str) -> None:
    document = h.national(application_date=on, incomes=[h.once("wage", income, "2020-03")])
    local, above = (h.decide(document, policy=one) for one in (ID, national))
    assert (local.outcome, h.results(local), local.figures) == (above.outcome, h.results(above), above.figures)


@pytest.mark.req("TA-A-5.01")
@ERAS
@pytest.mark.parametrize(
    ("worker", "inside"),
    [
        ({"employment": "employed"}, True), ({"employment": "laid_off"}, True), ({"employment": "flexible"}, False),
        ({"employment": "unemployed"}, False), ({"employment": "flexible", "migrant_worker": True}, True),
        ({"unit_has_union": False}, False), ({"unit_has_union": False, "migrant_worker": True}, False),
        ({"employment": None}, None), ({"unit_has_union": None}, None),
    ],
)  # fmt: skip
def test_only_staff_of_a_unit_with_a_union_and_migrant_workers_are_filed(on: str, worker: dict[str, Any], inside: bool | None) -> None:  # fmt: skip
    found = decide(on, **with_worker(**worker))
    assert found == ("incomplete" if inside is None else found if inside else "none")
    assert (found in ("deep", "slightly_above")) is (inside is True)


@pytest.mark.req("TA-A-5.01")
def test_a_refusal_tells_which_of_the_two_conditions_fails() -> None:
    found = h.decide(h.national(**with_worker(employment="flexible")), policy=ID)
    assert h.condition(found, "deep", "on_the_job") == "not_met"
    assert h.condition(found, "deep", "unit_has_union") == "met"
    assert {one.clause for one in found.category("deep").conditions if one.code in ("on_the_job", "unit_has_union")} == {"附件2 第五条1"}  # fmt: skip


# --- the way ------------------------------------------------------------------------------------------------------
@pytest.mark.req("TA-F-9.01")
@BOTH
def test_the_stages_come_in_the_order_of_the_text(pack: Any) -> None:
    order = [stop.key for stop in pack.procedure.route()]
    assert order == [
        "application", "authorization", "first_check", "unit_meeting", "public_notice", "report_up", "economic_check",
        "home_visit", "sealed_report", "recognition", "feedback", "filing", "record",
    ]  # fmt: skip


@pytest.mark.req("TA-A-12.04")
def test_an_application_comes_in_on_paper_at_the_unit() -> None:
    assert (WAY.steps[0].kind, WAY.steps[0].level) == ("entry", "unit")
    assert not WAY.channels["paper_form"].external_number


@pytest.mark.req("TA-A-12.07")
def test_the_unit_completes_an_online_application_itself_within_the_time_the_city_sets() -> None:
    online = WAY.channels["online_app"]
    assert online.external_number
    assert online.completes
    assert not WAY.channels["paper_form"].completes
    with pytest.raises(ParameterNotSet, match="verify_days"):
        LIFE.due("verify_online", day("2021-01-20"), CALENDAR)


@pytest.mark.req("TA-A-12.01")
@BOTH
def test_the_worker_fills_in_two_forms(pack: Any) -> None:
    needs = [n for n in evidence.checklist(pack, h.national()) if n.paper in ("approval_form", "file_form")]
    assert len(needs) == 2
    one = HandedIn("approval_form", "approval_form_signed", compared_by="x", paper_filed=True)
    assert [gap.required.paper for gap in evidence.gaps(needs, [one]) if gap.blocking] == ["file_form"]


@pytest.mark.req("TA-A-12.02", "TA-A-12.12")
def test_every_grown_member_authorizes_and_pledges_before_anything_is_checked() -> None:
    document = h.national(
        members=[h.worker(), h.person("P2"), h.person("P3", relation="child", birth_date="2010-01-01")]
    )
    needs = evidence.checklist(NEW, document, stages=("authorization",))
    assert [(need.paper, need.subject) for need in needs] == [("authorization_pledge", "P1"), ("authorization_pledge", "P2")]  # fmt: skip
    assert "authorizations_complete" in WAY.step("economic_check").guards
    assert "authorizations_complete" in WAY.step("report_up").guards
    missing = rules.authorization_problems(WAY, ["P1", "P2"], [rules.Signature("P1")])
    assert [(one.code, one.about) for one in missing] == [("signature_missing", "P2")]


@pytest.mark.req("TA-A-12.03")
@BOTH
def test_hardship_is_shown_for_each_cause(pack: Any) -> None:
    document = h.national(causes=["illness"], incident=h.incident("traffic_accident"))
    papers = {need.paper for need in evidence.checklist(pack, document)}
    assert {"diagnosis", "event_proof"} <= papers
    assert "diagnosis" not in {need.paper for need in evidence.checklist(pack, h.national(causes=[]))}
    assert "papers_complete" in pack.procedure.step("first_check").guards


@pytest.mark.req("TA-A-12.06")
def test_somebody_else_of_the_unit_checks_the_papers_and_may_send_them_back() -> None:
    assert WAY.step("first_check").level == "unit"
    assert WAY.same_person_conflicts("first_check", "7", [("application", "7")]) == ["application"]
    assert WAY.can_return("first_check", "application")


@pytest.mark.req("TA-A-12.08")
def test_the_unit_decides_first_and_then_posts_the_notice_on_paper_with_a_photo() -> None:
    order = [stop.key for stop in WAY.route()]
    assert order.index("unit_meeting") + 1 == order.index("public_notice")
    assert "meeting_recorded" in WAY.step("unit_meeting").guards
    assert "notice_photos" in WAY.step("public_notice").guards
    assert (WAY.notice.online, WAY.notice.places) == (False, ("employer",))


@pytest.mark.req("TA-A-12.09")
def test_the_length_of_the_notice_must_be_set_and_must_be_over() -> None:
    with pytest.raises(ParameterNotSet, match="publicity_days"):
        WAY.opens_on("public_notice", day("2021-02-08"), CALENDAR)
    due = WAY.opens_on("public_notice", day("2021-02-08"), CALENDAR, 5)
    assert (due.last_day, due.opens_on) == (day("2021-02-20"), day("2021-02-22"))
    assert "notice_elapsed" in WAY.step("public_notice").guards


@pytest.mark.req("TA-A-12.10", "TA-A-12.11")
def test_the_unit_signs_two_documents_and_sends_them_with_the_notice_to_the_union_above() -> None:
    step = WAY.step("report_up")
    assert {"approval_form", "contact_card", "submission"} <= set(step.produces)
    assert [stop.union for stop in WAY.route(["U2"]) if stop.step.code == "report_up"] == [None, "U2"]
    papers = {need.paper for need in evidence.checklist(NEW, h.national(), stages=("notice",))}
    assert {"contact_card", "notice_proof"} <= papers


@pytest.mark.req("TA-A-12.13")
def test_the_family_is_not_checked_until_every_answer_is_in() -> None:
    assert "check_complete" in WAY.step("economic_check").guards
    answers = [rules.CheckResult("P1", "family_information", "none")]
    assert [one.about for one in rules.check_problems(WAY, ["P1", "P2"], answers)] == ["P2"]
    not_asked = [rules.CheckResult("P1", "family_information", "not_checked")]
    assert rules.check_problems(WAY, ["P1"], not_asked) != []
    with pytest.raises(ParameterNotSet, match="check_days"):
        LIFE.due("information_check", day("2021-01-20"), CALENDAR)


@pytest.mark.req("TA-A-12.14")
def test_two_different_people_visit_and_only_after_the_check() -> None:
    order = [stop.key for stop in WAY.route()]
    assert order.index("economic_check") + 1 == order.index("home_visit")
    answers = {"in_difficulty": True, "causes_confirmed": True, "reasons": "见记录"}
    problems = {n: [one.code for one in rules.visit_problems(WAY, people, 1, answers)] for n, people in enumerate([["a"], ["a", "a"], ["a", "b"]])}  # fmt: skip
    assert problems == {0: ["visitors_missing"], 1: ["visitors_missing"], 2: []}


@pytest.mark.req("TA-A-12.15")
def test_a_visit_with_an_open_answer_or_without_a_photo_stays_open() -> None:
    answers = {"in_difficulty": True, "causes_confirmed": True, "reasons": ""}
    assert [one.code for one in rules.visit_problems(WAY, ["a", "b"], 0, answers)] == ["photos_missing", "reasons_missing"]  # fmt: skip
    assert "visit_complete" in WAY.step("home_visit").guards


@pytest.mark.req("TA-A-12.16")
def test_the_union_that_visited_seals_and_the_city_gets_the_papers() -> None:
    visit, sealed = WAY.step("home_visit"), WAY.step("sealed_report")
    assert visit.level == sealed.level == "industry"
    assert WAY.next("home_visit").key == "sealed_report"
    assert WAY.step("record").level == "city"


@pytest.mark.req("TA-A-12.17")
def test_the_county_recognises_by_the_standards_and_nobody_recognises_own_work() -> None:
    step = WAY.step("recognition")
    assert {"determination_decided", "facts_unchanged_since_determination", "not_own_work"} <= set(step.guards)
    assert "calculation_sheet" in step.produces
    assert WAY.same_person_conflicts("recognition", "7", [("home_visit", "7"), ("report_up", "7")]) == ["home_visit"]


@pytest.mark.req("TA-A-12.18")
def test_the_result_goes_down_level_by_level_to_the_unit() -> None:
    stops = [(stop.union, stop.level) for stop in WAY.route(["U2", "U3"]) if stop.step.code == "feedback"]
    assert stops == [("U3", "upper"), ("U2", "upper"), (None, "unit")]
    assert WAY.next("feedback@U2", ["U2", "U3"]).key == "feedback"


@pytest.mark.req("TA-A-12.19")
def test_the_unit_makes_the_file_only_after_recognition_and_feedback() -> None:
    order = [stop.key for stop in WAY.route(["U2"])]
    assert order.index("recognition") < order.index("feedback") < order.index("filing")
    assert WAY.step("filing").level == "unit"
    assert "determination_decided" in WAY.step("filing").guards
    assert LIFE.due("build_file", day("2021-01-20"), CALENDAR, 5).last_day == day("2021-01-25")
    with pytest.raises(ParameterNotSet, match="file_days"):
        LIFE.due("build_file", day("2021-01-20"), CALENDAR)


# --- money ----------------------------------------------------------------------------------------------------------
DECIDED = aid.Decision("泰工发〔2020〕8号", 1_000_000)
FILES = {
    "2016 rules": FileState("active", "slightly_above", None, day("2020-03-30"), ("illness", "schooling")),
    "2020 rules": FileState("active", "deep", "deep", day("2020-10-30"), ("illness", "schooling")),
}


def pay(pack: Any = NEW, file: Any = None, on: str = "2020-11-20", **changes: Any) -> list[str]:
    """What blocks 1000.00 of city money for the living of a family; nothing, unless something is changed."""
    base = p.planned(source="city_match", decision=DECIDED)
    kept = file or (FILES["2016 rules"] if pack is OLD else FILES["2020 rules"])
    return p.said(replace(base, **changes), pack, kept, on=day(on))


@BOTH
def test_a_payment_in_order_passes(pack: Any) -> None:
    assert pay(pack) == []


@pytest.mark.req("TA-F-4.01", "TA-A-16.01")
@BOTH
def test_first_a_file_that_stands_then_aid_to_a_named_person(pack: Any) -> None:
    file = FILES["2016 rules"] if pack is OLD else FILES["2020 rules"]
    assert pay(pack, replace(file, status="closed")) == ["file_active"]
    assert pay(pack, replace(file, opened_on=day("2020-11-21"))) == ["after_filing"]
    assert pay(pack, payee=replace(p.WANG, id_number="")) == ["real_name"]


@pytest.mark.req("TA-F-4.02")
@BOTH
def test_there_is_no_cash_whatever_the_reason(pack: Any) -> None:
    assert "card_only" in pay(pack, method="cash", method_reason="卧床", method_approved_by="主席")


@pytest.mark.req("TA-F-5.03")
@BOTH
def test_only_the_workers_own_card_or_passbook_is_paid(pack: Any) -> None:
    wife = replace(p.WANG, name="李梅", account_name="李梅", is_holder=False, proxy_reason="本人卧床")
    assert pay(pack, payee=wife) == ["holder_only"]
    assert pay(pack, payee=replace(p.WANG, account_name="李梅")) == ["account_holder"]
    needs = evidence.checklist(pack, h.national(), stages=("record",))
    assert "bank_card" in {need.paper for need in needs}


@pytest.mark.req("TA-A-14.01")
@BOTH
def test_only_three_kinds_of_aid_are_open(pack: Any) -> None:
    assert set(pack.aid.kinds) == {"living", "medical", "schooling"}
    for kind in ("training", "training_placement", "legal"):
        assert "kind_known" in pay(pack, kind=kind, purpose="training")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("central", marks=pytest.mark.req("TA-F-2.01")),
        pytest.param("province", marks=pytest.mark.req("TA-F-2.01")),
        pytest.param("city_match", marks=pytest.mark.req("TA-F-2.02")),
        pytest.param("county_match", marks=pytest.mark.req("TA-F-2.02")),
        pytest.param("union_funds", marks=pytest.mark.req("TA-F-2.03")),
        pytest.param("donation", marks=pytest.mark.req("TA-F-2.04")),
        pytest.param("interest", marks=pytest.mark.req("TA-F-2.05")),
        pytest.param("other", marks=pytest.mark.req("TA-F-2.06")),
    ],
)
@BOTH
def test_each_source_of_the_text_is_open_to_every_filed_family(pack: Any, source: str) -> None:
    assert list(pack.aid.sources).count(source) == 1
    options = {one.source: one.mode for one in aid.sources_for(pack, pack.categories[0].code)}
    assert options[source] in ("allowed", "priority")


@pytest.mark.req("TA-F-2.06")
@BOTH
def test_money_of_another_source_needs_its_ground_first(pack: Any) -> None:
    assert pay(pack, source="other") == ["account_rule"]
    assert pay(pack, source="interest") == []


@pytest.mark.req("TA-F-8.02")
@BOTH
def test_a_plan_nobody_decided_pays_nothing_and_a_decided_one_no_more_than_its_sum(pack: Any) -> None:
    assert pay(pack, decision=None) == ["decision"]
    assert pay(pack, decision=replace(DECIDED, used=900_001)) == ["decision_amount"]
    assert pay(pack, decision=replace(DECIDED, used=900_000)) == []


@pytest.mark.req("TA-F-10.03")
@BOTH
@pytest.mark.parametrize("source", ["central", "province"])
def test_central_and_provincial_money_ends_with_the_year(pack: Any, source: str) -> None:
    rule = pack.aid.sources[source]
    assert rule.may_carry_over(day("2022-01-01")) is False
    assert rule.may_carry_over(day("2022-01-01"), day("2022-06-30")) is False
    assert pack.lifecycle.due("central_used_up", day("2021-05-01"), CALENDAR).last_day == day("2021-12-31")


@pytest.mark.req("TA-F-10.04")
@pytest.mark.parametrize("source", ["city_match", "county_match"])
def test_matching_money_goes_on_only_as_long_as_the_approval_says(source: str) -> None:
    rule = NEW.aid.sources[source]
    assert rule.may_carry_over(day("2022-06-30"), day("2022-06-30")) is True
    assert rule.may_carry_over(day("2022-07-01"), day("2022-06-30")) is False
    assert rule.may_carry_over(day("2022-01-01")) is False
    assert NEW.aid.sources["donation"].may_carry_over(day("2022-01-01")) is None


# --- clocks ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("TA-F-5.07")
@BOTH
def test_use_is_entered_within_thirty_working_days_over_the_spring_festival(pack: Any) -> None:
    assert pack.lifecycle.due("national_entry", day("2021-01-20"), CALENDAR).last_day == day("2021-03-08")


@pytest.mark.req("TA-F-7.01")
@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        ("2020-10-01", "2020-12-01", "2020-12-31"), ("2020-12-31", "2020-12-01", "2020-12-31"),
        ("2021-01-01", "2021-03-01", "2021-03-31"), ("2021-05-31", "2021-06-01", "2021-06-30"),
        ("2021-09-01", "2021-09-01", "2021-09-30"),
    ],
)  # fmt: skip
def test_the_budget_of_the_next_quarter_is_sent_in_the_last_month_of_each(on: str, first: str, last: str) -> None:
    assert LIFE.due("quarterly_budget", day(on), CALENDAR).last_day == day(last)
    assert last_month_of_quarter(day(on)) == (day(first), day(last))


@pytest.mark.parametrize(
    ("duty", "done", "undone"),
    [
        pytest.param("audit", "2021-12-31", False, marks=pytest.mark.req("TA-F-12.03")),
        pytest.param("audit", "2022-01-01", True, marks=pytest.mark.req("TA-F-12.03")),
        pytest.param("audit_plan", "2021-01-31", False, marks=pytest.mark.req("TA-F-12.07")),
        pytest.param("audit_plan", "2021-02-01", True, marks=pytest.mark.req("TA-F-12.07")),
        pytest.param("performance", "2021-07-01", False, marks=pytest.mark.req("TA-F-13.01")),
        pytest.param("performance", "2020-12-31", True, marks=pytest.mark.req("TA-F-13.01")),
    ],
)
def test_audit_and_evaluation_are_due_in_every_year(duty: str, done: str, undone: bool) -> None:
    assert LIFE.yearly_undone(duty, 2021, [day(done)]) is undone


def test_how_soon_a_filed_family_gets_aid_is_measured_by_the_citys_own_number() -> None:
    with pytest.raises(ParameterNotSet, match="cover_days"):
        LIFE.due("first_cover", day("2021-01-20"), CALENDAR)
    assert LIFE.due("first_cover", day("2021-01-20"), CALENDAR, 30).last_day == day("2021-02-19")
