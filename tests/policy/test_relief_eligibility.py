"""Who gets 临时救助: the urgent kind and the kind for expense; against an oracle of its own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy.determination import Determination
from bangfu.policy.registry import get_pack
from tests.policy import households as h

RELIEF = "relief-2018"
ROWS = (
    ("dibao", "370902", "2019-01-01", "600.00"),
    ("disposable_income_per_head", "370900", "2019-01-01", "30000.00"),
    ("dibao_homes_limit", "370902", "2019-01-01", "1"),
    ("dibao_savings_limit", "370902", "2019-01-01", "10000.00"),
)
SCHOOL = [h.school("8000.00")]


def decide(*rows: tuple[str, str, str, str], **changes: Any) -> Determination:
    """A family of two registered in 泰安, where income per head of last year is 30000: 60000.00 for both."""
    return h.decide(h.household(huji_region="370902", **changes), *(rows or ROWS), policy=RELIEF)


class TestEmergency:
    @pytest.mark.req("RELIEF18-2.1.b", "RELIEF18-2.1.c")
    @pytest.mark.parametrize("kind", ["other", "traffic_accident", "illness", "natural_disaster"])
    @pytest.mark.parametrize("finding", ["severe_loss", "huge_treatment_cost", "especially_hard"])
    def test_a_cause_and_severe_difficulty_together_and_no_question_of_income_or_property(
        self, kind: str, finding: str
    ) -> None:
        rich: dict[str, Any] = {
            "incomes": h.income("900000.00"),
            "savings": "999999.00",
            "vehicles": [{"use": "private"}],
        }
        assert decide(incident=h.incident(kind), attested={finding: True}, **rich).outcome == "emergency"
        assert decide(incident=h.incident(kind), **rich).outcome == "none"
        assert decide(attested={finding: True}, **rich).outcome == "none"

    @pytest.mark.req("RELIEF19-3.d")
    def test_it_is_open_to_everybody_and_not_only_to_registered_poor(self) -> None:
        found = decide(incident=h.incident("other"), attested={"severe_loss": True})
        assert found.outcome == "emergency"
        terms = get_pack(RELIEF).assistance.vocabularies
        assert list(terms["subjects_emergency"].values.values()) == ["家庭", "个人"]

    @pytest.mark.req("BASIC19-3.c")
    def test_a_family_struck_by_a_disaster_is_of_the_kind_that_is_aided_first(self) -> None:
        found = decide(incident=h.incident("natural_disaster"), attested={"severe_loss": True})
        fast = get_pack(RELIEF).assistance.fast_track
        assert fast is not None
        assert found.outcome in fast.categories

    def test_an_unknown_incident_leaves_the_urgent_kind_open(self) -> None:
        found = decide(incident=None, attested={"severe_loss": True}, expenses=SCHOOL)
        assert (found.outcome, found.provisional, found.missing) == ("incomplete", "expenditure", ("incident",))


class TestExpenditure:
    @pytest.mark.req("RELIEF18-2.1.f")
    @pytest.mark.parametrize(
        ("total", "outcome"), [("59999.99", "expenditure"), ("60000.00", "none"), ("60000.01", "none")]
    )
    def test_income_per_head_is_below_that_of_last_year_before_the_expense(self, total: str, outcome: str) -> None:
        assert decide(incomes=h.income(total), expenses=SCHOOL).outcome == outcome

    @pytest.mark.req("RELIEF18-2.1.g")
    @pytest.mark.parametrize(
        "changes",
        [{"housing": {"owned_homes": 2}}, {"vehicles": [{"use": "private"}]}, {"savings": "20000.01"}],
        ids=["homes", "vehicle", "savings"],
    )
    def test_the_property_must_fit_too(self, changes: dict[str, Any]) -> None:
        assert decide(expenses=SCHOOL).outcome == "expenditure"
        assert decide(expenses=SCHOOL, **changes).outcome == "none"

    @pytest.mark.req("RELIEF19-2.m", "RELIEF19-2.e", "RELIEF18-2.2.i")
    @pytest.mark.parametrize("status", ["dibao", "tekun", "registered_poor"])
    def test_three_kinds_of_family_are_asked_for_their_expense_alone(self, status: str) -> None:
        rich: dict[str, Any] = {"incomes": h.income("900000.00"), "savings": "999999.00", "housing": {"owned_homes": 3}}
        assert decide(status={status: True}, expenses=SCHOOL, **rich).outcome == "expenditure"
        assert decide(status={status: True}, **rich).outcome == "none"
        assert decide(status={"low_income_certified": True}, expenses=SCHOOL, **rich).outcome == "none"

    @pytest.mark.req("JOBLESS19-4.m")
    def test_who_lost_work_and_already_gets_an_allowance_for_living_is_aided_all_the_same(self) -> None:
        jobless = [h.worker(employment="unemployed"), h.person("P2")]
        allowance = [
            h.monthly("other_transfer", "800.00", h.TWELVE),
            h.monthly("unemployment_benefit", "900.00", h.TWELVE),
        ]
        found = decide(members=jobless, causes=["unemployment"], incomes=allowance, expenses=SCHOOL)
        assert found.outcome == "expenditure"

    def test_what_others_paid_of_a_bill_is_no_expense(self) -> None:
        paid = h.NOT_PAID | {"basic_insurance": "5000.00"}
        assert decide(expenses=[h.bill("5000.00", paid_by=paid)]).outcome == "none"
        assert decide(expenses=[h.bill("5000.01", paid_by=paid)]).outcome == "expenditure"

    def test_without_the_published_income_it_is_open_and_named(self) -> None:
        found = decide(ROWS[0], *ROWS[2:], expenses=SCHOOL, incomes=h.income("100.00"))
        assert (found.outcome, found.missing) == ("incomplete", ("standards.disposable_income_per_head@370902",))


@pytest.mark.req("RELIEF18-2.1.a")
def test_each_case_is_of_one_of_two_kinds_and_urgency_is_asked_first() -> None:
    both = decide(incident=h.incident("other"), attested={"severe_loss": True}, expenses=SCHOOL)
    assert h.results(both) == {"emergency": "met", "expenditure": "met"}
    assert both.outcome == "emergency"
    assert list(get_pack(RELIEF).assistance.vocabularies["categories"].values.values()) == ["急难型", "支出型"]


def test_no_exclusion_of_the_union_text_bars_from_relief() -> None:
    for conduct in h.CONDUCT:
        assert decide(expenses=SCHOOL, conduct={conduct: True}).outcome == "expenditure"


# --- an oracle that shares no code ------------------------------------------------------------------------------------
@st.composite
def families(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "size": draw(st.integers(1, 4)), "income": draw(st.one_of(st.sampled_from([3_000_000, 6_000_000, 5_999_999]), st.integers(0, 13_000_000))),
        "expense": draw(st.sampled_from([0, 1, 800_000])), "homes": draw(st.integers(0, 2)),
        "savings": draw(st.sampled_from([0, 1_000_000, 1_000_001, 4_000_000])), "car": draw(st.booleans()),
        "status": draw(st.sampled_from(["none", "dibao", "tekun", "registered_poor", "low_income_certified"])),
        "incident": draw(st.booleans()), "hard": draw(st.booleans()),
    }  # fmt: skip


def oracle(family: dict[str, Any]) -> str:
    if family["incident"] and family["hard"]:
        return "emergency"
    within = (
        Fraction(family["income"], 100) < 30000 * family["size"] and family["homes"] <= 1 and not family["car"]
        and Fraction(family["savings"], 100) <= 10000 * family["size"]
    )  # fmt: skip
    listed = family["status"] in ("dibao", "tekun", "registered_poor")
    return "expenditure" if family["expense"] and (listed or within) else "none"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@settings(max_examples=150, deadline=None)
@given(families())
def test_the_answer_is_that_of_the_oracle(family: dict[str, Any]) -> None:
    found = decide(
        members=[h.worker(), *(h.person(f"P{place}") for place in range(2, family["size"] + 1))],
        incomes=h.income(yuan(family["income"])), expenses=[h.bill(yuan(family["expense"]), member="P1")],
        housing={"owned_homes": family["homes"]}, savings=yuan(family["savings"]),
        vehicles=[{"use": "private"}] if family["car"] else [],
        status={family["status"]: True} if family["status"] != "none" else {},
        incident=h.incident("other") if family["incident"] else "none", attested={"especially_hard": family["hard"]},
    )  # fmt: skip
    assert found.outcome == oracle(family)
