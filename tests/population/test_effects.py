"""What a change of the rules would do: counted by hand on a few families."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from bangfu.policy import facts, registry, standards, variants
from bangfu.policy.population import effects, layout
from bangfu.policy.population.effects import Amount, Effects, Proposal
from bangfu.policy.variants import Changes
from tests.policy import households as h

TIANJIN = registry.get_pack("tianjin-commerce-2020")
ROWS = standards.parse(h.standards(without="local_multiple"))
DAY = datetime.date(2020, 10, 15)
#: One person each, dibao 1000: six months' income. Lines at 6000 (deep), 9000 (relative), 10800 (union).
TOTALS = ("5000.00", "6000.00", "6000.01", "9000.00", "9500.00", "10800.00", "11000.00", "12000.00", "20000.00")


def family(number: int, total: str, **more: Any) -> facts.Facts:
    return facts.parse(
        h.household(id=f"H-{number}", members=[h.worker()], incomes=h.income(total), expenses=[], **more)
    )


@pytest.fixture(scope="module")
def tables() -> layout.Tables:
    families = [family(number, total) for number, total in enumerate(TOTALS)]
    families.append(family(9, "5000.00", vehicles=[{"use": "private"}], causes=["schooling"]))
    families.append(family(10, "1000.00", incident=None, conduct={"evaded": None}))
    return layout.from_facts(families)


def tried(tables: layout.Tables, proposal: Proposal, today: dict[str, Amount] | None = None) -> Effects:
    judge = effects.judge_of(tables, DAY, "judge")
    return effects.try_out(TIANJIN, ROWS, proposal, judge, traits=effects.traits_of(tables), today=today)


def test_todays_rule_changes_nothing(tables: layout.Tables) -> None:
    found = tried(tables, Proposal())
    assert found.before == found.after
    assert found.changed.height == 0
    assert found.shares == []
    assert (found.came_in, found.went_out) == (0, 0)


def test_a_higher_multiple_lets_families_in(tables: layout.Tables) -> None:
    found = tried(tables, Proposal(Changes({"union_multiple": "2"})))
    assert found.before == {"relative": 3, "deep": 2, "none": 3, "union": 2, "incomplete": 1}
    assert found.after == {"union": 4, "relative": 3, "deep": 2, "incomplete": 1, "none": 1}
    assert found.moved["none", "union"] == found.came_in == 2
    assert found.changed["id"].to_list() == ["H-6", "H-7"]


def test_a_lower_dibao_standard_puts_families_out(tables: layout.Tables) -> None:
    row = variants.standard_row("dibao", "120000", DAY, "500.00")
    found = tried(tables, Proposal(standards=(row,)))
    assert found.came_in == 0
    assert found.went_out == 5


def test_who_comes_in_is_counted_by_cause_type_and_place(tables: layout.Tables) -> None:
    found = tried(tables, Proposal(Changes(exclusions={"vehicle": ()})))
    assert found.by["cause"]["schooling"] == (0, 0, 1)
    assert found.by["type"]["single"] == (0, 0, 1)
    assert found.by["region"] == {"120101": (0, 0, 1)}


def test_money_by_the_month_and_the_year(tables: layout.Tables) -> None:
    today = {"deep": Amount(30_000), "union": Amount(10_000)}
    found = tried(tables, Proposal(Changes({"union_multiple": "2"}), amounts={"union": Amount(20_000)}), today)
    assert found.month == (2 * 30_000 + 2 * 10_000, 2 * 30_000 + 4 * 20_000)
    assert {one.category: one.year for one in found.money_after} == {
        "deep": 720_000, "relative": 0, "union": 960_000,
    }  # fmt: skip


def test_living_aid_is_never_more_than_the_dibao_standard_for_every_member(tables: layout.Tables) -> None:
    found = tried(tables, Proposal(), {"deep": Amount(500_000), "relative": Amount(500_000, capped=False)})
    assert {one.category: one.month for one in found.money_before} == {
        "deep": 2 * 100_000, "relative": 3 * 500_000, "union": 0,
    }  # fmt: skip


def test_the_shares_of_the_altered_numbers_add_up_to_the_whole(tables: layout.Tables) -> None:
    proposal = Proposal(
        Changes({"union_multiple": "2", "relative_multiple": "1.9"}, exclusions={"vehicle": ()}),
        amounts={"union": Amount(20_000)},
    )
    found = tried(tables, proposal, {"deep": Amount(30_000), "relative": Amount(15_000), "union": Amount(10_000)})
    assert [one.part for one in found.shares] == [
        "parameter:union_multiple", "parameter:relative_multiple", "exclusion:vehicle", "amounts",
    ]  # fmt: skip
    assert sum((one.households for one in found.shares), Fraction()) == found.came_in - found.went_out
    assert sum((one.month for one in found.shares), Fraction()) == found.month[1] - found.month[0]


def test_numbers_that_do_the_same_share_it_equally(tables: layout.Tables) -> None:
    # 9500 is above 1.5 and below 1.6 and 1.8 of the standard: either number alone would move nobody out of aid, both together neither
    raised = Proposal(Changes({"union_multiple": "1.85", "relative_multiple": "1.85"}))
    found = tried(tables, raised)
    assert [one.households for one in found.shares] == [Fraction(1, 2), Fraction(1, 2)]


def test_the_spread_counts_every_family_with_a_known_income_once(tables: layout.Tables) -> None:
    found = tried(tables, Proposal())
    assert sum(before for _, before, _ in found.spread) == len(TOTALS) + 2
    assert {tenth: before for tenth, before, _ in found.spread}[10] == 2  # 6000.00 and 6000.01


def test_who_stands_at_a_line_is_named_with_the_distance(tables: layout.Tables) -> None:
    near = tried(tables, Proposal()).near
    at_deep = near.filter(pl.col("category") == "deep").sort("household").rows()
    assert at_deep == [(1, "deep", 0), (2, "deep", 0)]


def test_a_change_that_cannot_be_made_is_refused_before_anything_is_judged(tables: layout.Tables) -> None:
    with pytest.raises(variants.VariantFault, match="没有这个数"):
        tried(tables, Proposal(Changes({"height": "2"})))


def test_more_numbers_than_can_be_put_in_every_order_still_add_up(
    tables: layout.Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "EXACT_SHARES", 1)
    found = tried(tables, Proposal(Changes({"union_multiple": "2", "relative_multiple": "1.6"})))
    assert sum((one.households for one in found.shares), Fraction()) == found.came_in
