"""The determination document: its shape, figures for people, dates of policies."""

import datetime
import json

import pytest

from bangfu.policy import errors, registry
from bangfu.policy.assess import assess
from tests.policy import households as h


def test_the_document_has_its_keys_in_the_order_of_the_contract() -> None:
    found = h.decide(h.household(incomes=h.income("1.00"))).as_dict()
    assert list(found) == [
        "schema", "facts_id", "policy", "application_date", "outcome", "provisional", "window", "figures", "categories",
        "exclusions", "missing", "lines",
    ]  # fmt: skip
    assert list(found["figures"]) == ["household_size", "income", "rigid_expense", "net_per_capita_monthly", "dibao"]
    assert list(found["categories"][0]["conditions"][1]) == ["code", "result", "clause", "left", "op", "right"]
    assert list(found["lines"][0]) == ["list", "item", "counted", "clause", "note"]


@pytest.mark.parametrize(("total", "net"), [("0.06", "0.01"), ("0.05", "0.00"), ("100.00", "8.33"), ("100.02", "8.34")])
def test_figures_are_rounded_half_away_from_zero(total: str, net: str) -> None:
    assert h.decide(h.household(incomes=h.income(total))).figures["net_per_capita_monthly"] == net
    negative = h.decide(h.household(expenses=[h.bill(total)])).figures["net_per_capita_monthly"]
    assert negative == (f"-{net}" if net != "0.00" else "0.00")


def test_threshold_and_margin_are_per_head_and_month() -> None:
    found = h.decide(h.household(incomes=h.income("13008.00"))).category("deep")
    assert (found.threshold, found.margin) == ("1000.00", "84.00")
    accident = h.decide(h.household()).category("accident")
    assert (accident.threshold, accident.margin) == (None, None)


def test_a_margin_of_less_than_half_a_fen_decides_though_it_shows_as_zero() -> None:
    found = h.decide(h.household(incomes=h.income("12000.01"))).category("deep")
    assert (found.result, found.margin) == ("not_met", "0.00")


def test_every_condition_exclusion_and_line_cites_a_clause() -> None:
    for policy in registry.pack_ids():
        day = (registry.heading(policy).last_day or datetime.date(2020, 10, 15)).isoformat()
        family = h.household(application_date=day, incomes=h.income("1.00"), expenses=[h.bill("1.00")])
        found = h.decide(family, policy=policy).as_dict()
        cited = [one for category in found["categories"] for one in category["conditions"]]
        assert all(one["clause"] for one in [*cited, *found["exclusions"], *found["lines"]])


def test_the_same_input_gives_the_same_bytes() -> None:
    family = h.household(incomes=None, conduct=None, members=[h.worker(), h.person("P2", lives_together=None)])
    first = json.dumps([h.decide(family).as_dict(), h.decide(family).trace()], ensure_ascii=False)
    assert json.dumps([h.decide(family).as_dict(), h.decide(family).trace()], ensure_ascii=False) == first


def test_the_trace_names_formula_place_and_values() -> None:
    trace = h.decide(h.household(incomes=h.income("1000.00"))).trace()
    net = next(one for one in trace["conditions"] if one["code"] == "net_within_1.0_dibao")
    assert net["said_by"] == "tianjin-commerce-2020"
    assert net["place"].startswith("tianjin_commerce_2020/categories.yaml:")
    assert (net["left"]["value"], net["right"]["value"], net["result"]) == ("83.33", "1000.00", "met")
    assert trace["pots"]["income"] == "1000.00"
    json.dumps(trace)


@pytest.mark.parametrize(
    ("policy", "date", "instead"),
    [("acftu-2020", "2020-06-27", "acftu-2016"), (h.TIANJIN, "2020-09-09", "acftu-2020"), (h.TIANJIN, "2020-06-27", "acftu-2016")],
)  # fmt: skip
def test_a_policy_outside_its_dates_names_the_one_in_force(policy: str, date: str, instead: str) -> None:
    with pytest.raises(errors.PolicyNotInForce, match=instead) as caught:
        assess(h.household(application_date=date), policy, h.standards())
    assert caught.value.in_force == instead


@pytest.mark.req("TJ-0.d")
@pytest.mark.parametrize(("policy", "date"), [("acftu-2020", "2020-06-28"), (h.TIANJIN, "2020-09-10")])
def test_a_policy_applies_from_its_first_day(policy: str, date: str) -> None:
    assert assess(h.household(application_date=date), policy, h.standards()).policy == policy


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(errors.UnknownPolicy, match=r"installed: .*acftu-2020"):
        assess(h.household(), "atlantis-2020", h.standards())


@pytest.mark.parametrize(
    ("region", "date", "policy"),
    [
        ("120101", "2020-10-15", h.TIANJIN), ("120101", "2020-09-09", "acftu-2020"), ("410102", "2020-10-15", "acftu-2020"),
        ("410102", "2020-06-27", "acftu-2016"), ("370902", "2020-10-15", "taian-2020"), (None, "2020-10-15", "acftu-2020"),
    ],
)  # fmt: skip
def test_the_narrowest_policy_in_force_is_chosen(region: str | None, date: str, policy: str) -> None:
    from bangfu.policy.months import parse_date

    assert registry.policy_for(region, parse_date(date)) == policy


def test_before_every_policy_there_is_none() -> None:
    from bangfu.policy.months import parse_date

    with pytest.raises(errors.PolicyNotInForce):
        registry.policy_for("120101", parse_date("2015-12-31"))
