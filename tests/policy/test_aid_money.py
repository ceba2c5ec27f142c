"""Which source may pay whom, by which shares, and from which sum somebody above is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import aid
from bangfu.policy.aid import (
    AidLine,
    CostShare,
    Decision,
    FamilyYear,
    PlannedPayment,
)
from tests.policy.parts import day
from tests.policy.payments import (
    BOTH,
    CN,
    DEEP,
    LOCAL,
    ON,
    QUARTERS,
    TJ,
    modes,
    planned,
    said,
    shares,
    spent,
)


# --- matrix -------------------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-7.a")
def test_every_category_says_something_about_every_source() -> None:
    assert set(TJ.matrix) == {"deep", "relative", "accident", "union", "local"}
    for category, row in TJ.matrix.items():
        assert set(row) == set(TJ.sources), category


@pytest.mark.req("TJ-7.b")
def test_central_and_city_money_stand_first_for_deep_families() -> None:
    assert modes("deep", "deep")["central"] == modes("deep", "deep")["city"] == "priority"
    assert modes("deep", pack=CN)["central"] == "priority"
    assert {category for category, row in TJ.matrix.items() if row["central"].mode == "priority"} == {"deep"}


@pytest.mark.req("TJ-7.c", "TJ-9.d", "FUND20-11.d")
@pytest.mark.parametrize("category", ["relative", "accident"])
def test_relative_and_accident_families_are_carried_by_four_sources(category: str) -> None:
    found = modes(category, category)
    assert {source for source, mode in found.items() if mode == "shared"} == {"central", "city", "industry", "base"}
    assert modes(category, pack=CN)["central"] == "shared"


@pytest.mark.req("TJ-7.c", "FUND20-11.e")
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
    assert said(planned(source="base", released_by="unit", owner="U1"), file=file) == []
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


@pytest.mark.req("TJ-4.3.4.c")
def test_an_accident_that_only_the_committee_found_gets_no_central_money_unless_the_city_confirms() -> None:
    assert modes("accident", "accident", "committee_resolution")["central"] == "closed"
    assert modes("accident", "accident", "committee_resolution")["city"] == "shared"
    assert modes("accident", "accident", None)["central"] == "shared"
    file = replace(DEEP, category="accident", companion="accident", ground="committee_resolution")
    local = shares(QUARTERS, "accident")
    assert said(planned(event="E1"), file=file, local=local) == ["matrix_closed"]
    assert said(planned(event="E1"), file=replace(file, central_confirmed=True), local=local) == []


@pytest.mark.req("TJ-4.4.2.b")
def test_a_basic_union_pays_for_its_own_files() -> None:
    file = replace(DEEP, category="local", companion=None)
    pay = planned(source="base", released_by="unit", owner="U1")
    assert said(pay, file=file) == []
    for owner in ("U2", None):
        assert said(replace(pay, owner=owner), file=file) == ["owner"]


@pytest.mark.req("FUND20-5.c")
def test_classes_that_a_place_adds_to_the_national_three_get_no_central_money() -> None:
    assert set(CN.matrix) == {"deep", "relative", "accident"}
    added = set(TJ.matrix) - set(CN.matrix)
    assert added == {"union", "local"}
    assert {TJ.matrix[category]["central"].mode for category in added} == {"closed"}


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
        assert said(planned(approvals=frozenset({"central_50000"})), year=year) == ["approval: central_20000"]


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
    pay = planned(source=source, released_by={"industry": "industry", "base": "unit"}[source], owner="U1")
    found = aid.check_payment(TJ, pay, spent(after - 100_000, source=source), DEEP, LOCAL, ON)
    assert [(finding.code, finding.severity) for finding in found] == ([("own_20000", "warn")] if recorded else [])
    needs = aid.approvals_needed(TJ, pay, spent(after - 100_000, source=source), ON)
    assert [(need.effect, need.level) for need in needs] == [("record", "city")] * recorded


@pytest.mark.req("TJ-7.3.c")
def test_a_union_without_its_own_chain_cannot_pay_small_sums() -> None:
    pay = planned(source="base", released_by="unit", owner="U1")
    assert said(pay, local=replace(LOCAL, own_chain=False)) == ["own_chain"]
    assert said(planned(), local=replace(LOCAL, own_chain=False)) == []


def test_a_sum_split_over_sources_is_pointed_out() -> None:
    year = spent(1_500_000)
    pay = planned(source="industry", released_by="industry", amount=800_000)
    assert said(pay, year=year) == ["warn: total_over"]
    assert said(replace(pay, amount=500_000), year=year) == []
    assert said(replace(pay, amount=500_001), year=year) == ["warn: total_over"]


@pytest.mark.req("TJ-7.2.a", "TJ-7.2.b")
def test_city_money_follows_a_decision_and_its_sum() -> None:
    pay = planned(source="city", released_by="industry")
    assert said(pay) == ["decision"]
    decided = Decision("津工会议〔2020〕1号", 300_000, 200_000)
    assert said(replace(pay, decision=decided)) == []
    assert said(replace(pay, decision=replace(decided, used=200_001))) == ["decision_amount"]
    assert said(replace(pay, decision=replace(decided, number=" "))) == ["decision"]
    assert needed(replace(pay, amount=9_000_000), FamilyYear()) == []


def test_only_the_industry_union_releases_city_money() -> None:
    pay = planned(source="city", decision=Decision("1", 300_000))
    for level in ("unit", "upper", "city", None):
        assert said(replace(pay, released_by=level)) == ["released_by"]
    assert said(replace(pay, released_by="industry")) == []
