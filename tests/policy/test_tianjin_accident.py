"""第四条（三）: the four ways into 意外致困. Income 20000 keeps the family out of deep and relative; the line is 12000 in six months."""

from typing import Any

import pytest

from tests.policy import households as h

STILL = {"still_in_difficulty": True}


def accident(**changes: Any) -> str:
    family = {"causes": [], "incomes": h.income("20000.00"), "attested": STILL} | changes
    return h.decide(h.household(**family)).category("accident").result


def marked(total: str, **more: Any) -> dict[str, Any]:
    return h.bill(total, incident=True, **more)


def paid(kind: str, amount: str, month: str = "2020-08", **more: Any) -> dict[str, Any]:
    return h.once(kind, amount, month, incident=True, **more)


@pytest.mark.req("TJ-4.3.a")
def test_without_an_event_and_without_the_committee_there_is_no_accident() -> None:
    assert accident(expenses=[h.bill("20000.00")]) == "not_met"


@pytest.mark.req("TJ-4.3.e")
@pytest.mark.parametrize(("still", "result"), [(True, "met"), (False, "not_met"), (None, "unknown")])
def test_someone_must_find_that_the_hardship_remains(still: bool | None, result: str) -> None:
    event = h.incident("natural_disaster", death=True)
    assert accident(incident=event, attested={"still_in_difficulty": still}) == result


@pytest.mark.req("TJ-4.3.1.a")
@pytest.mark.parametrize(
    "kind", ["natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event"]
)
def test_the_first_way_is_for_four_kinds_of_event(kind: str) -> None:
    assert accident(incident=h.incident(kind, death=True)) == "met"


@pytest.mark.req("TJ-4.3.1.a")
@pytest.mark.parametrize("kind", ["illness", "traffic_accident", "other"])
def test_other_events_do_not_open_the_first_way(kind: str) -> None:
    assert accident(incident=h.incident(kind, death=True)) == "not_met"


@pytest.mark.req("TJ-4.3.1.b")
@pytest.mark.parametrize(
    ("harm", "result"),
    [
        ({"injury_grade": 1}, "met"),
        ({"injury_grade": 3}, "met"),
        ({"injury_grade": 4}, "not_met"),
        ({"injury_grade": "none"}, "not_met"),
        ({"infected": True, "hospitalised": True}, "met"),
        ({"infected": True}, "not_met"),
        ({"hospitalised": True}, "not_met"),
        ({"death": True}, "met"),
        ({"injury_grade": None}, "unknown"),
    ],
)
def test_the_first_way_asks_for_grade_three_a_hospital_stay_or_death(harm: dict[str, Any], result: str) -> None:
    assert accident(incident=h.incident("major_epidemic", **harm)) == result


@pytest.mark.req("TJ-4.3.2.a", "TJ-4.3.2.b")
@pytest.mark.parametrize(("cost", "result"), [("8000.00", "met"), ("7999.99", "not_met")])
def test_the_second_way_subtracts_what_the_family_paid_for_treatment(cost: str, result: str) -> None:
    assert accident(incident=h.incident("illness"), expenses=[marked(cost, member="P2")]) == result


@pytest.mark.req("TJ-4.3.2.b")
def test_what_insurance_paid_of_the_bill_is_not_the_familys_cost() -> None:
    line = marked("9000.00", paid_by=h.NOT_PAID | {"basic_insurance": "1000.01"})
    assert accident(incident=h.incident("illness"), expenses=[line]) == "not_met"


@pytest.mark.req("TJ-4.3.2.b")
@pytest.mark.parametrize("kind", ["relief", "scholarship", "basic_pension"])
def test_help_received_for_the_event_is_added_though_it_is_no_income(kind: str) -> None:
    bills = [marked("8000.00")]
    event = h.incident("illness")
    with_help = [*h.income("20000.00"), paid(kind, "0.01")]
    assert accident(incident=event, expenses=bills) == "met"
    assert accident(incident=event, expenses=bills, incomes=with_help) == "not_met"


@pytest.mark.req("TJ-4.3.2.b")
def test_each_yuan_of_compensation_is_counted_once() -> None:
    """Compensation in the window is income already; adding it again would pass the line."""
    incomes = [*h.income("19000.00"), paid("compensation", "1000.00")]
    assert accident(incident=h.incident("illness"), expenses=[marked("8000.00")], incomes=incomes) == "met"


@pytest.mark.req("TJ-4.3.2.b")
def test_only_what_is_marked_belongs_to_the_event() -> None:
    incomes = [*h.income("20000.00"), h.once("relief", "500.00")]
    assert accident(incident=h.incident("illness"), expenses=[marked("8000.00")], incomes=incomes) == "met"
    assert accident(incident=h.incident("illness"), expenses=[h.bill("8000.00")]) == "not_met"


@pytest.mark.req("TJ-4.3.2.c")
def test_bills_and_payments_of_the_month_of_application_belong_to_the_event_but_not_to_the_window() -> None:
    bills = [marked("8000.00", month="2020-10")]
    event = h.incident("illness", date="2020-10-15")
    family = h.household(causes=[], incomes=h.income("20000.00"), expenses=bills, incident=event, attested=STILL)
    found = h.decide(family)
    assert (found.outcome, found.figures["rigid_expense"]) == ("accident", "0.00")
    late = [*h.income("20000.00"), paid("compensation", "0.01", "2020-10")]
    assert accident(incident=event, expenses=bills, incomes=late) == "not_met"


@pytest.mark.req("TJ-4.3.2.c")
@pytest.mark.parametrize(
    ("date", "result"),
    [("2020-03-31", "not_met"), ("2020-04-01", "met"), ("2020-10-31", "met"), ("2020-11-01", "not_met"), (None, "unknown")],
)  # fmt: skip
def test_the_event_lies_in_the_window_or_the_month_of_application(date: str | None, result: str) -> None:
    assert accident(incident=h.incident("illness", date=date), expenses=[marked("8000.00")]) == result


def test_only_treatment_counts_in_the_second_way() -> None:
    lines = [marked("7999.99"), marked("5000.00", kind="other")]
    assert accident(incident=h.incident("illness"), expenses=lines) == "not_met"


def test_rehabilitation_is_treatment() -> None:
    assert accident(incident=h.incident("illness"), expenses=[marked("8000.00", kind="disability_rehab")]) == "met"


@pytest.mark.req("TJ-4.3.3.a")
@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("natural_disaster", "met"), ("major_safety_accident", "met"), ("traffic_accident", "met"),
        ("major_epidemic", "not_met"), ("social_security_event", "not_met"), ("other", "not_met"),
    ],
)  # fmt: skip
def test_the_third_way_is_for_disasters_and_accidents(kind: str, result: str) -> None:
    assert accident(incident=h.incident(kind, loss="8000.00")) == result


@pytest.mark.req("TJ-4.3.3.c")
@pytest.mark.parametrize(("loss", "result"), [("6000.00", "met"), ("5999.99", "not_met")])
def test_the_third_way_subtracts_spending_and_loss(loss: str, result: str) -> None:
    lines = [marked("2000.00", kind="other")]  # not recognised as rigid expense, yet spent because of the event
    assert accident(incident=h.incident("traffic_accident", loss=loss), expenses=lines) == result


@pytest.mark.req("TJ-4.3.3.c")
def test_compensation_for_the_accident_is_added() -> None:
    incomes = [*h.income("20000.00"), paid("relief", "0.01")]
    assert accident(incident=h.incident("traffic_accident", loss="8000.00"), incomes=incomes) == "not_met"


@pytest.mark.req("TJ-4.3.4.a")
@pytest.mark.parametrize(("resolution", "result"), [(True, "met"), (False, "not_met"), (None, "unknown")])
def test_the_fourth_way_needs_the_committees_resolution(resolution: bool | None, result: str) -> None:
    attested = STILL | {"committee_resolution": resolution}
    assert accident(incomes=h.income("100.00"), attested=attested) == result


@pytest.mark.req("TJ-4.3.4.b")
@pytest.mark.parametrize(("amount", "result"), [("5999.99", "met"), ("6000.00", "not_met")])
def test_the_fourth_way_looks_at_three_months_of_income_below_dibao(amount: str, result: str) -> None:
    attested = STILL | {"committee_resolution": True}
    before = h.once("wage", "90000.00", "2020-06")
    assert accident(incomes=[before, h.once("wage", amount, "2020-07")], attested=attested) == result


@pytest.mark.req("TJ-4.3.4.b")
def test_the_fourth_way_subtracts_no_expense() -> None:
    attested = STILL | {"committee_resolution": True}
    lines = {"incomes": [h.once("wage", "6000.00", "2020-09")], "expenses": [h.bill("3000.00")]}
    assert accident(attested=attested, **lines) == "not_met"


def test_the_fourth_way_needs_no_incident() -> None:
    assert accident(incomes=[], attested=STILL | {"committee_resolution": True}, incident="none") == "met"
