"""Who gets 低保: the income line, the property of the place of registration, the suggestion; against an oracle of its own."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import facts, sheet
from bangfu.policy.determination import Determination
from bangfu.policy.registry import get_pack
from tests.policy import households as h

DIBAO = "dibao-2019"
ROWS = (
    ("dibao", "370902", "2019-01-01", "600.00"),
    ("dibao_homes_limit", "370902", "2019-01-01", "1"),
    ("dibao_savings_limit", "370902", "2019-01-01", "10000.00"),
)
DEDUCTS = ("dibao_deduct_expense", "370902", "2019-01-01", "1")


def decide(*rows: tuple[str, str, str, str], **changes: Any) -> Determination:
    """A family of two that works in Tianjin and is registered in 泰安, where the line is 600: 14400.00 in twelve months."""
    return h.decide(h.household(huji_region="370902", **changes), *(rows or ROWS), policy=DIBAO)


class TestTheIncomeLine:
    @pytest.mark.req("JOBLESS19-1.a")
    @pytest.mark.parametrize(("total", "outcome"), [("14399.99", "dibao"), ("14400.00", "none"), ("14400.01", "none")])
    def test_income_per_head_must_be_below_the_standard_and_equal_is_not_below(self, total: str, outcome: str) -> None:
        found = decide(incomes=h.income(total))
        assert found.outcome == outcome
        assert found.category("dibao").threshold == "600.00"

    def test_the_standard_is_that_of_the_registration_and_not_of_the_place_of_work(self) -> None:
        assert decide(incomes=h.income("20000.00")).outcome == "none"
        at_home = h.household(incomes=h.income("20000.00"))
        rows = (
            ("dibao_homes_limit", "120000", "2019-01-01", "1"),
            ("dibao_savings_limit", "120000", "2019-01-01", "1"),
        )
        assert h.decide(at_home, *rows, policy=DIBAO).outcome == "dibao"

    @pytest.mark.req("JOBLESS19-1.f", "BASIC19-2.b")
    def test_each_income_line_says_how_it_counts_and_why(self) -> None:
        lines = [
            h.once("wage", "1000.00"), h.once("scholarship", "500.00"), h.once("tax", "100.00"),
            h.monthly("wage", "500.00", ("2020-03", "2020-03"), basis="declared_flexible"),
        ]  # fmt: skip
        found = decide(incomes=lines)
        assert h.counted(found) == ["1000.00", "0.00", "-100.00", "2050.00"]
        assert all(line.clause and line.note for line in found.lines)
        assert found.figures["income"] == "2950.00"

    @pytest.mark.req("JOBLESS19-1.g", "BASIC19-2.c")
    def test_rigid_expense_is_always_shown_and_deducted_only_where_the_place_says_so(self) -> None:
        family: dict[str, Any] = {"incomes": h.income("15000.00"), "expenses": [h.bill("5000.00")]}
        shown = decide(**family)
        assert (shown.outcome, shown.figures["rigid_expense"], shown.figures["net_per_capita_monthly"]) == (
            "none",
            "5000.00",
            "625.00",
        )
        deducted = decide(*ROWS, DEDUCTS, **family)
        assert (deducted.outcome, deducted.figures["net_per_capita_monthly"]) == ("dibao", "416.67")
        assert decide(*ROWS, (*DEDUCTS[:3], "0"), **family).outcome == "none"
        setting = get_pack(DIBAO).assistance.parameters["rigid_mode"]
        assert setting.values == ("note_only", "deduct")


class TestProperty:
    @pytest.mark.req("JOBLESS19-1.b")
    @pytest.mark.parametrize(
        "changes",
        [{"housing": {"owned_homes": 2}}, {"vehicles": [{"use": "private"}]}, {"savings": "20000.01"}],
        ids=["homes", "vehicle", "savings"],
    )
    def test_a_family_below_the_line_fails_on_its_property(self, changes: dict[str, Any]) -> None:
        assert decide().outcome == "dibao"
        found = decide(**changes)
        assert found.outcome == "none"
        assert h.condition(found, "dibao", "below_dibao") == "met"
        assert found.figures["suggested_amount"] is None

    def test_a_limit_that_the_place_has_not_published_is_unknown_and_named(self) -> None:
        found = decide(ROWS[0], ROWS[2])
        assert (found.outcome, found.missing) == ("incomplete", ("standards.dibao_homes_limit@370902",))
        assert decide(ROWS[0], ROWS[2], housing={"owned_homes": 0}).outcome == "dibao"

    def test_a_missing_limit_does_not_matter_where_income_already_fails(self) -> None:
        assert decide(ROWS[0], incomes=h.income("99999.00")).outcome == "none"


class TestTheSuggestion:
    @pytest.mark.req("DIBAO-F3.17")
    @pytest.mark.parametrize(
        ("total", "amount"), [("0.00", "1200.00"), ("7200.00", "600.00"), ("14395.86", "0.35"), ("14395.87", "0.34"), ("14399.99", "0.00")]
    )  # fmt: skip
    def test_it_is_the_standard_of_all_less_a_month_of_income_half_up(self, total: str, amount: str) -> None:
        assert decide(incomes=h.income(total)).figures["suggested_amount"] == amount

    def test_it_stands_only_with_a_met_decision_and_only_in_this_policy(self) -> None:
        assert decide(savings=None).figures["suggested_amount"] is None
        assert decide(incomes=h.income("14400.00")).figures["suggested_amount"] is None
        assert "suggested_amount" not in h.decide(h.household()).figures

    def test_it_is_a_figure_for_people_with_its_own_citation(self) -> None:
        pack = get_pack(DIBAO)
        assert pack.rules.figure_needs == {"suggested_amount": "dibao"}
        assert list(pack.rules.figures)[-1] == "suggested_amount"


class TestUnionRulesStayBehind:
    @pytest.mark.parametrize("conduct", h.CONDUCT)
    def test_no_exclusion_of_the_union_text_bars_from_dibao(self, conduct: str) -> None:
        assert decide(conduct={conduct: True}).outcome == "dibao"

    def test_nor_does_being_retired_or_a_migrant_worker(self) -> None:
        retired = h.worker(retired=True, employment="retired", migrant_worker=True, labor_relation_months=0)
        assert decide(members=[retired, h.person("P2")]).outcome == "dibao"

    def test_a_worker_in_hardship_may_have_both_answers_side_by_side(self) -> None:
        family = h.household(huji_region="370902", incomes=h.income("9000.00"))
        assert (h.decide(family, *ROWS, policy=DIBAO).outcome, h.decide(family, *ROWS).outcome) == ("dibao", "relative")


# --- an oracle that shares no code ------------------------------------------------------------------------------------
amounts = st.one_of(st.sampled_from([0, 1_440_000, 1_439_999, 1_440_001, 2_160_000]), st.integers(0, 3_000_000))


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def families(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "size": draw(st.integers(1, 4)), "income": draw(amounts), "expense": draw(st.integers(0, 900_000)),
        "homes": draw(st.integers(0, 3)), "savings": draw(st.sampled_from([0, 1_000_000, 2_000_000, 2_000_001, 4_000_000])),
        "vehicles": draw(st.lists(st.sampled_from(["private", "disability_mobility", "commercial"]), max_size=2)),
        "deducts": draw(st.booleans()),
    }  # fmt: skip


def oracle(family: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether the family gets 低保, and the suggestion, in exact fractions of yuan."""
    income = Fraction(family["income"] - (family["expense"] if family["deducts"] else 0), 100)
    granted = (
        income < 600 * 12 * family["size"]
        and family["homes"] <= 1
        and set(family["vehicles"]) <= {"disability_mobility"}
        and Fraction(family["savings"], 100) <= 10000 * family["size"]
    )
    left = max(Fraction(0), 600 * family["size"] - income / 12)
    amount = (Decimal(left.numerator) / Decimal(left.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return granted, f"{amount}" if granted else None


@settings(max_examples=150, deadline=None)
@given(families())
def test_the_answer_is_that_of_the_oracle(family: dict[str, Any]) -> None:
    members = [h.worker(), *(h.person(f"P{place}") for place in range(2, family["size"] + 1))]
    found = decide(
        *ROWS, *([DEDUCTS] if family["deducts"] else []), members=members, incomes=h.income(yuan(family["income"])),
        expenses=[h.bill(yuan(family["expense"]), member="P1")], housing={"owned_homes": family["homes"]},
        vehicles=[{"use": use} for use in family["vehicles"]], savings=yuan(family["savings"]),
    )  # fmt: skip
    granted, amount = oracle(family)
    assert found.outcome == ("dibao" if granted else "none")
    assert found.figures["suggested_amount"] == amount


@settings(max_examples=60, deadline=None)
@given(families(), st.sampled_from(["savings", "vehicles", "homes", "expense", "income"]))
def test_what_is_unknown_never_turns_a_yes_into_a_no(family: dict[str, Any], hidden: str) -> None:
    members = [h.worker(), *(h.person(f"P{place}") for place in range(2, family["size"] + 1))]
    known: dict[str, Any] = {
        "members": members, "incomes": h.income(yuan(family["income"])), "expenses": [], "savings": yuan(family["savings"]),
        "housing": {"owned_homes": family["homes"]}, "vehicles": [{"use": use} for use in family["vehicles"]],
    }  # fmt: skip
    whole = decide(**known)
    changes: dict[str, dict[str, Any]] = {
        "savings": {"savings": None}, "vehicles": {"vehicles": None}, "homes": {"housing": {"owned_homes": None}},
        "expense": {"expenses": None}, "income": {"incomes": None},
    }  # fmt: skip
    open_answer = decide(**(known | changes[hidden]))
    assert open_answer.outcome in (whole.outcome, "incomplete")


# --- the sheet --------------------------------------------------------------------------------------------------------
class TestTheSheet:
    FAMILY = h.household(huji_region="370902", incomes=h.income("15000.00"), expenses=[h.bill("5000.00")])

    def text(self, *rows: tuple[str, str, str, str]) -> str:
        found = h.decide(self.FAMILY, *ROWS, *rows, policy=DIBAO)
        return sheet.as_text(sheet.build(found, facts.parse(self.FAMILY), get_pack(DIBAO)))

    def test_it_is_headed_by_its_own_name_and_calls_the_suggestion_a_suggestion(self) -> None:
        shown = self.text(DEDUCTS)
        assert shown.startswith("最低生活保障测算书")
        assert "困难职工" not in shown
        line = next(line for line in shown.splitlines() if "建议每月保障金额（由人决定）" in line)
        assert "366.67" in line
        assert "suggested_amount" not in shown

    def test_the_sum_is_written_as_it_was_done(self) -> None:
        assert "（15,000.00 − 5,000.00）÷ 2人 ÷ 12个月 = 416.67 元/人·月" in self.text(DEDUCTS)
        assert "15,000.00 ÷ 2人 ÷ 12个月 = 625.00 元/人·月" in self.text()

    def test_savings_are_held_against_a_limit_and_not_against_a_month(self) -> None:
        line = next(line for line in self.text().splitlines() if "人均存款" in line and "≤" in line)
        assert "低于限额 10000.00 元" in line
        assert "元/月" not in line
