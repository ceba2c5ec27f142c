"""The steps of both texts: order, hands, levels, ways back."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import procedure as rules
from bangfu.policy.clocks import ParameterNotSet
from bangfu.policy.procedure import CheckResult, Signature
from tests.policy.parts import NATIONAL, TIANJIN, SmallCalendar, day, part

TJ = part("procedure", TIANJIN)
CN = part("procedure", NATIONAL)
HOUSEHOLD = ["P1", "P2", "P3"]
TICKED = {"no_alteration": True, "prints_clear": True}


def keys(route: list[rules.Stop]) -> list[str]:
    return [stop.key for stop in route]


# --- the way of a case --------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.b")
def test_steps_stand_in_the_order_of_the_text_without_a_gap() -> None:
    numbers = [number for step in TJ.steps for number in step.text_steps]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 9))  # 9 and 10 are what happens to an opened file


@pytest.mark.req("TJ-A1-3.b")
def test_each_step_leads_only_to_the_one_after_it() -> None:
    route = TJ.route()
    for here, there in itertools.pairwise(route):
        assert TJ.next(here.key) == there
    assert TJ.next("record") is None


def test_a_step_that_the_policy_does_not_have_is_told() -> None:
    with pytest.raises(KeyError):
        TJ.next("review_meeting")


@pytest.mark.req("TJ-A1-3.1")
def test_everything_begins_with_an_application_signed_by_the_worker() -> None:
    first = TJ.route()[0].step
    assert (first.code, first.kind, first.level) == ("application", "entry", "unit")
    assert {"papers_complete", "application_signed"} <= set(first.guards)
    assert set(part("evidence", TIANJIN).papers["application_form"].accepts) == {
        "signed_application",
        "unit_report_signed",
    }


@pytest.mark.req("TJ-A1-3.3b")
def test_the_notice_comes_after_a_positive_visit_with_the_sheet() -> None:
    visit = TJ.step("home_visit")
    assert {"visit_positive", "calculation_attached", "determination_decided"} <= set(visit.guards)
    assert TJ.next("home_visit").key == "public_notice"


@pytest.mark.req("TJ-A1-3.4a")
def test_authorizations_may_come_early_but_nothing_goes_up_without_them() -> None:
    assert TJ.step("authorization").open_early
    assert [step.code for step in TJ.steps if step.open_early] == ["authorization"]
    assert "authorizations_complete" in TJ.step("report_up").guards
    order = keys(TJ.route())
    assert order.index("authorization") < order.index("report_up")


@pytest.mark.req("TJ-A1-3.5", "TJ-A2-8.b", "GUIDE20-4.1.4.b", "GUIDE20-4.1.2.b")
@pytest.mark.parametrize("levels", [[], ["U1"], ["U1", "U2", "U3"]])
def test_no_union_on_the_way_up_is_jumped(levels: list[str]) -> None:
    stops = TJ.route(levels)
    going_up = [stop.union for stop in stops if stop.step.code == "report_up"]
    assert going_up == [None, *levels]
    assert [stop.union for stop in CN.route(levels) if stop.step.code == "recheck"] == (levels or [None])
    assert TJ.next(f"report_up@{levels[-1]}" if levels else "report_up", levels).key == "industry_review"


def test_a_union_cannot_stand_twice_on_the_way_up() -> None:
    with pytest.raises(ValueError, match="twice"):
        TJ.route(["U1", "U1"])


@given(st.lists(st.text("ABCDE", min_size=1, max_size=3), unique=True, max_size=5))
def test_walking_by_next_visits_the_whole_route(levels: list[str]) -> None:
    route = TJ.route(levels)
    walked = [route[0]]
    while (stop := TJ.next(walked[-1].key, levels)) is not None:
        walked.append(stop)
    assert walked == route
    assert len(set(keys(route))) == len(route)


@pytest.mark.req("TJ-A1-3.6")
def test_the_industry_union_reviews_what_others_collected_and_may_send_it_back() -> None:
    step = TJ.step("industry_review")
    assert step.level == "industry"
    for earlier in ("application", "unit_review", "report_up"):
        assert TJ.same_person_conflicts("industry_review", "li", [(earlier, "li")]) == [earlier]
    assert TJ.same_person_conflicts("industry_review", "li", [("report_up@U2", "li")]) == ["report_up"]
    assert TJ.same_person_conflicts("industry_review", "wang", [("application", "li")]) == []
    assert TJ.can_return("industry_review", "application")
    assert TJ.next("industry_review").key == "city_check"


@pytest.mark.req("TJ-A1-3.8")
def test_the_unit_opens_the_file_after_the_check_and_reports_it_up() -> None:
    order = keys(TJ.route(["U1"]))
    assert order[order.index("city_check") + 1 :] == ["filing", "recheck@U1", "record"]
    filing = TJ.step("filing")
    assert (filing.level, filing.produces[0]) == ("unit", "case_file")


@pytest.mark.req("TJ-A2-8.a")
def test_filing_recheck_and_record_are_three_acts_by_three_people() -> None:
    order = keys(TJ.route())
    assert order[-3:] == ["filing", "recheck", "record"]
    assert [TJ.step(code).level for code in ("filing", "recheck", "record")] == ["unit", "upper", "industry"]
    acted = [("filing", "zhang"), ("recheck", "li")]
    assert TJ.same_person_conflicts("recheck", "zhang", acted[:1]) == ["filing"]
    assert TJ.same_person_conflicts("record", "zhang", acted) == ["filing"]
    assert TJ.same_person_conflicts("record", "li", acted) == ["recheck"]
    assert TJ.same_person_conflicts("record", "wu", acted) == []


@pytest.mark.req("TJ-A2-8.a")
def test_without_a_level_between_the_industry_union_rechecks() -> None:
    recheck = next(stop for stop in TJ.route() if stop.step.code == "recheck")
    assert (recheck.level, recheck.union) == ("industry", None)
    recheck = next(stop for stop in TJ.route(["U1"]) if stop.step.code == "recheck")
    assert (recheck.level, recheck.union) == ("upper", "U1")


@pytest.mark.req("TJ-A2-8.d", "GUIDE20-4.1.4.d")
@pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])
def test_recheck_and_record_send_a_bad_file_back_to_the_unit_with_points(pack: rules.Procedure) -> None:
    for code in ("recheck", "record"):
        targets = pack.step(code).returns_to
        assert "filing" in targets
        assert {pack.step(target).level for target in targets} == {"unit"}
    assert pack.returns["file_incomplete"].target == "filing"
    assert len(pack.returns) >= 30


HANDS = {
    "application": ("unit", "clerk"), "unit_review": ("unit", "reviewer"), "home_visit": ("unit", "clerk"),
    "public_notice": ("unit", "clerk"), "authorization": ("unit", "clerk"), "report_up": ("unit", "clerk"),
    "industry_review": ("industry", "reviewer"), "city_check": ("city", "aid_center"), "filing": ("unit", "clerk"),
    "recheck": ("upper", "reviewer"), "record": ("industry", "aid_center"),
}  # fmt: skip
BACK = {
    "unit_review": {"application"},
    "home_visit": {"application", "unit_review"},
    "public_notice": {"application", "home_visit"},
    "authorization": {"application", "home_visit", "public_notice"},
    "report_up": {"application", "home_visit", "public_notice", "authorization"},
    "industry_review": {"application", "home_visit", "public_notice", "authorization", "report_up"},
    "city_check": {"application", "authorization", "industry_review"},
    "filing": {"application", "home_visit", "authorization"},
    "recheck": {"application", "home_visit", "authorization", "filing"},
    "record": {"application", "filing"},
}


APART = {
    "unit_review": {"application"},
    "industry_review": {"application", "unit_review", "home_visit", "report_up"},
    "recheck": {"application", "unit_review", "home_visit", "filing"},
    "record": {"application", "unit_review", "filing", "recheck"},
}


@pytest.mark.req("TJ-A2-8.a", "TJ-A1-3.6")
def test_nobody_approves_or_files_upward_what_she_did_herself() -> None:
    assert {step.code: set(step.not_same_person_as) for step in TJ.steps if step.not_same_person_as} == APART
    for step, earlier in ((code, before) for code, befores in APART.items() for before in befores):
        assert TJ.same_person_conflicts(step, "li", [(earlier, "li")]) == [earlier]


@pytest.mark.req("TJ-A1-3.b")
def test_each_step_is_in_the_hands_the_text_names_and_goes_back_only_where_work_can_be_mended() -> None:
    assert {step.code: (step.level, step.role) for step in TJ.steps} == HANDS
    assert {step.code: set(step.returns_to) for step in TJ.steps if step.returns_to} == BACK


def test_a_case_never_returns_forward() -> None:
    for pack in (TJ, CN):
        order = [step.code for step in pack.steps]
        for step in pack.steps:
            assert all(order.index(target) < order.index(step.code) for target in step.returns_to)
            assert pack.can_return(step.code, step.code) is False


def test_every_return_point_points_to_something_real() -> None:
    for name, pack in ((TIANJIN, TJ), (NATIONAL, CN)):
        papers = part("evidence", name).papers
        for point in pack.returns.values():
            if point.target_kind == "paper":
                assert point.target in papers, point.code
            elif point.target_kind == "facts":
                assert point.target.split(".")[0].removesuffix("[]") in {
                    "members", "incomes", "expenses", "housing", "vehicles", "causes", "incident", "conduct",
                }, point.code  # fmt: skip
            assert point.advice.endswith("。")


# --- the national minimum -----------------------------------------------------------------------------------------
@pytest.mark.req("GUIDE20-4.1.4.a")
def test_the_national_minimum_is_visit_recheck_record() -> None:
    numbered = sorted((step.text_steps[0], step.code) for step in CN.steps if step.text_steps)
    assert numbered == [(1, "home_visit"), (2, "recheck"), (3, "record")]
    assert CN.step("home_visit").level == "unit"
    assert CN.step("recheck").repeat == "each_upper"
    assert (CN.step("record").level, CN.step("record").role) == ("industry", "aid_center")
    assert "public_notice" not in keys(CN.route(circumstances={"data_matching"}))


@pytest.mark.req("GUIDE20-4.1.4.c")
def test_the_national_recheck_needs_a_list_and_another_person() -> None:
    assert "check_sheet_complete" in CN.step("recheck").guards
    assert CN.same_person_conflicts("recheck", "li", [("filing", "li")]) == ["filing"]


@pytest.mark.req("GUIDE20-4.2.b")
def test_without_data_matching_meeting_and_notice_come_before_the_recheck() -> None:
    order = keys(CN.route(circumstances={"no_data_matching"}))
    assert order.index("review_meeting") < order.index("public_notice") < order.index("recheck")
    clock = CN.clock("public_notice")
    assert (clock.length, clock.parameter) == (None, "publicity_days")
    with pytest.raises(ParameterNotSet, match="publicity_days"):
        CN.opens_on("public_notice", day("2020-10-12"), SmallCalendar())
    due = CN.opens_on("public_notice", day("2020-10-12"), SmallCalendar(), 7)
    assert (due.last_day, due.opens_on) == (day("2020-10-21"), day("2020-10-22"))
    assert {"notice_elapsed", "no_open_objection"} <= set(CN.step("public_notice").guards)


@pytest.mark.req("GUIDE20-4.2.a")
def test_with_data_matching_the_check_is_part_of_the_way() -> None:
    order = keys(CN.route(circumstances={"data_matching"}))
    assert order.index("city_check") < order.index("filing")
    assert "check_complete" in CN.step("city_check").guards
    assert [problem.code for problem in rules.check_problems(CN, ["P1"], [])] == ["not_checked"]


@pytest.mark.req("GUIDE20-4.2.c")
def test_a_national_refusal_only_waits_for_cooperation() -> None:
    refusal = CN.refusals["refused_verification"]
    assert not refusal.final
    assert refusal.may_reapply
    assert "no_refusal" in CN.step("city_check").guards
    assert "no_refusal" in CN.step("review_meeting").guards


# --- visit --------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.3a")
def test_the_unit_reviews_papers_and_two_people_visit_the_home() -> None:
    order = keys(TJ.route())
    assert order.index("unit_review") < order.index("home_visit") < order.index("public_notice")
    assert TJ.step("home_visit").level == TJ.step("unit_review").level == "unit"
    answers = {"in_difficulty": True, "causes_confirmed": True, "reasons": "长期服药"}
    assert rules.visit_problems(TJ, ["li", "wang"], 1, answers) == []
    assert [p.code for p in rules.visit_problems(TJ, ["li", "li"], 1, answers)] == ["visitors_missing"]
    assert [p.code for p in rules.visit_problems(TJ, ["li", "wang"], 0, answers)] == ["photos_missing"]
    assert [p.code for p in rules.visit_problems(TJ, ["li", "wang"], 2, answers | {"reasons": ""})] == [
        "reasons_missing"
    ]


# --- public notice ------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-4.3.a")
def test_the_notice_shows_four_things_and_a_cause_without_diagnosis() -> None:
    notice = TJ.notice
    assert set(notice.shows) == {"name", "employer", "main_cause", "hotline", "start", "end"}
    assert notice.cause_as == "class"
    assert {"id_number", "address", "income", "family_names", "diagnosis"} <= set(notice.hides)


@pytest.mark.req("TJ-A1-4.3.b")
def test_the_notice_hangs_at_the_employer_or_the_workplace_with_two_photos() -> None:
    assert set(TJ.notice.places) == {"employer", "work_place"}
    assert not TJ.notice.online
    assert TJ.notice.photos == ("start", "end")
    assert "notice_photos" in TJ.step("public_notice").guards


@pytest.mark.req("TJ-A1-4.3.c")
@pytest.mark.parametrize(
    ("posted", "last_day", "opens"),
    [
        ("2020-09-28", "2020-10-12", "2020-10-13"),  # the holiday lies inside, Saturday 10 October is worked
        ("2020-10-12", "2020-10-19", "2020-10-20"),
        ("2020-10-16", "2020-10-23", "2020-10-26"),  # ends on a Friday: opens on Monday
    ],
)
def test_five_full_working_days_and_the_next_step_on_the_day_after(posted: str, last_day: str, opens: str) -> None:
    due = TJ.opens_on("public_notice", day(posted), SmallCalendar())
    assert (due.last_day, due.opens_on) == (day(last_day), day(opens))


@pytest.mark.req("TJ-A1-4.3.c")
def test_an_open_objection_stops_the_notice() -> None:
    assert {"notice_elapsed", "no_open_objection"} <= set(TJ.step("public_notice").guards)


def test_a_notice_across_an_unpublished_year_is_provisional() -> None:
    assert TJ.opens_on("public_notice", day("2020-12-29"), SmallCalendar()).provisional
    assert not TJ.opens_on("public_notice", day("2020-10-12"), SmallCalendar()).provisional


def test_a_step_without_a_clock_has_no_due_day() -> None:
    with pytest.raises(ValueError, match="no clock"):
        TJ.opens_on("home_visit", day("2020-10-12"), SmallCalendar())


# --- authorization ------------------------------------------------------------------------------------------------
def signed(member: str, **change: object) -> Signature:
    return Signature(member, **{"ticks": TICKED, **change})  # type: ignore[arg-type]


@pytest.mark.req("TJ-A1-4.4.b")
def test_each_counted_member_signs_the_form_of_that_name() -> None:
    assert TJ.authorization.form == "天津市困难职工家庭经济状况信息查询授权书"
    entries = [signed(member) for member in HOUSEHOLD]
    assert rules.authorization_problems(TJ, HOUSEHOLD, entries) == []
    left = rules.authorization_problems(TJ, HOUSEHOLD, entries[:2])
    assert [(problem.code, problem.about) for problem in left] == [("signature_missing", "P3")]


@pytest.mark.req("TJ-A1-4.4.c")
def test_an_altered_or_blurred_signature_asks_for_a_new_one() -> None:
    altered = signed("P1", ticks={"no_alteration": False, "prints_clear": True})
    blurred = signed("P1", ticks={"no_alteration": True, "prints_clear": False})
    unseen = signed("P1", ticks={"no_alteration": True, "prints_clear": None})
    found = [rules.authorization_problems(TJ, ["P1"], [entry])[0].code for entry in (altered, blurred, unseen)]
    assert found == ["no_alteration_failed", "prints_clear_failed", "prints_clear_unticked"]


@pytest.mark.req("TJ-A1-4.4.d", "TJ-A1-4.4.e")
@pytest.mark.parametrize("missing", ["proxy", "reason", "statement", "seal"])
def test_a_relative_may_print_for_a_member_with_statement_and_seal(missing: str) -> None:
    needs = {"proxy", "reason", "statement", "seal"}
    whole = signed("P1", mode="proxy_print", given=frozenset(needs))
    assert rules.authorization_problems(TJ, ["P1"], [whole]) == []
    lacking = signed("P1", mode="proxy_print", given=frozenset(needs - {missing}))
    assert [p.code for p in rules.authorization_problems(TJ, ["P1"], [lacking])] == [f"{missing}_missing"]


@pytest.mark.req("TJ-A1-4.4.f")
def test_a_member_far_away_is_signed_for_under_a_letter_of_entrustment() -> None:
    whole = signed("P1", mode="entrusted", given=frozenset({"proxy", "proxy_letter"}))
    assert rules.authorization_problems(TJ, ["P1"], [whole]) == []
    lacking = signed("P1", mode="entrusted", given=frozenset({"proxy"}))
    assert [p.code for p in rules.authorization_problems(TJ, ["P1"], [lacking])] == ["proxy_letter_missing"]


@pytest.mark.req("TJ-A1-3.4b")
def test_one_refusal_ends_the_case_and_nobody_can_override_it() -> None:
    entries = [signed("P1"), signed("P2", refused=True), signed("P3")]
    found = rules.authorization_problems(TJ, HOUSEHOLD, entries)
    assert [(problem.code, problem.about) for problem in found] == [("refused_authorization", "P2")]
    refusal = TJ.refusals["refused_authorization"]
    assert (refusal.final, refusal.overridable, refusal.may_reapply) == (True, False, True)
    assert "no_refusal" in TJ.step("authorization").guards


def test_an_unknown_way_of_signing_is_told() -> None:
    assert [p.code for p in rules.authorization_problems(TJ, ["P1"], [signed("P1", mode="by_phone")])] == [
        "mode_unknown"
    ]


# --- check --------------------------------------------------------------------------------------------------------
def answered(result: str = "none", **change: object) -> list[CheckResult]:
    items = ("vehicles", "homes", "provident_fund", "investment")
    return [CheckResult("P1", item, result, **change) for item in items]  # type: ignore[arg-type]


@pytest.mark.req("TJ-A1-3.7")
def test_an_item_not_checked_is_not_an_absence() -> None:
    assert rules.check_problems(TJ, ["P1"], answered()) == []
    for position, item in enumerate(answered()):
        open_item = answered()
        open_item[position] = CheckResult("P1", item.item, "not_checked")
        assert [p.code for p in rules.check_problems(TJ, ["P1"], open_item)] == ["not_checked"]
    assert len(rules.check_problems(TJ, ["P1", "P2"], answered())) == 4


@pytest.mark.req("TJ-A1-3.7")
def test_a_difference_keeps_the_check_open_and_filing_waits_for_it() -> None:
    results = answered()
    results[1] = CheckResult("P1", "homes", "found", differs=True)
    assert [p.code for p in rules.check_problems(TJ, ["P1"], results)] == ["difference"]
    for code in ("city_check", "filing"):
        assert {"check_complete", "difference_resolved"} <= set(TJ.step(code).guards)


# --- who holds the file -------------------------------------------------------------------------------------------
BOTH = pytest.mark.parametrize("pack", [TJ, CN], ids=["tianjin", "national"])


@pytest.mark.req("TJ-A2-7.b")
@BOTH
def test_the_file_stands_under_the_worker_in_difficulty(pack: rules.Procedure) -> None:
    for head in ("P1", "P2", "P9", None):
        assert rules.file_holder(pack, "P1", None, same_unit=False, head=head).member == "P1"


@pytest.mark.req("TJ-A2-7.c", "GUIDE20-4.1.3.b")
@BOTH
def test_of_two_workers_at_different_units_the_head_of_the_household_holds_it(pack: rules.Procedure) -> None:
    assert rules.file_holder(pack, "P1", "P2", same_unit=False, head="P2").member == "P2"
    assert rules.file_holder(pack, "P1", "P2", same_unit=False, head="P1").member == "P1"
    for same_unit, head in ((True, "P2"), (False, "P9"), (False, None)):  # a grandfather, or nobody, heads the book
        holder = rules.file_holder(pack, "P1", "P2", same_unit=same_unit, head=head)
        assert (holder.member, holder.reason_needed) == (None, True)


@BOTH
def test_nothing_is_filed_on_undecided_or_changed_facts_or_twice(pack: rules.Procedure) -> None:
    wanted = {"determination_decided", "facts_unchanged_since_determination", "one_family_one_file"}
    assert wanted <= set(pack.step("filing").guards)
    assert {"papers_complete", "every_member_causes", "one_family_one_file"} <= set(pack.step("application").guards)
