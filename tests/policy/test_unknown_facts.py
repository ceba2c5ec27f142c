"""Unknown is a value: what is decided all the same, what is not, and which facts are named."""

from typing import Any

import pytest

from tests.policy import households as h


def missing(**changes: Any) -> tuple[str, ...]:
    return h.decide(h.household(**changes)).missing


def test_an_unknown_that_cannot_matter_is_not_named() -> None:
    found = h.decide(h.household(incomes=h.income("12000.00"), expenses=None))
    assert (found.outcome, found.missing, found.figures["rigid_expense"]) == ("deep", (), None)


def test_unknown_incomes_are_named_as_a_list() -> None:
    found = h.decide(h.household(incomes=None))
    assert (found.outcome, found.provisional, found.missing) == ("incomplete", None, ("incomes",))


def test_what_stands_behind_the_first_met_category_is_not_asked() -> None:
    found = h.decide(h.household(vehicles=[{"use": "private"}], incident=None, attested={"still_in_difficulty": None}))
    assert (found.outcome, found.missing) == ("relative", ())


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"housing": None}, ("housing.owned_homes",)),
        ({"vehicles": None}, ("vehicles",)),
        ({"vehicles": [{"use": None}]}, ("vehicles[0].use",)),
        ({"vehicles": [{"use": None}, {"use": "private"}]}, ()),
        ({"members": [h.worker(retired=None), h.person("P2")]}, ("members[0].retired",)),
        ({"causes": None}, ("causes",)),
        ({"incomes": [h.monthly("wage", None)]}, ("incomes[0].monthly",)),
        ({"incomes": [h.monthly("wage", "3000.00") | {"to": None}]}, ("incomes[0].to",)),
        ({"incomes": [h.once("wage", "50000.00", None)]}, ("incomes[0].month",)),
        ({"incomes": [h.supported(None), *h.income("9000.00")]}, ("incomes[0].obligor.status",)),
        ({"incomes": h.income("15000.00"), "expenses": [h.bill("9000.00", paid_by=None)]}, ("expenses[0].paid_by",)),
        (
            {
                "incomes": h.income("15000.00"),
                "expenses": [h.bill("9000.00", paid_by=h.NOT_PAID | {"mutual_aid": None})],
            },
            ("expenses[0].paid_by.mutual_aid",),
        ),
        ({"conduct": {"unexplained_funds": None}}, ("conduct.unexplained_funds",)),
        ({"conduct": None}, None),
    ],
)
def test_the_smallest_unknown_thing_is_named(changes: dict[str, Any], names: tuple[str, ...] | None) -> None:
    found = missing(**changes)
    if names is None:  # a whole section: each of its facts that a rule reads
        assert "conduct" not in found
        assert "conduct.owns_shop" in found
        assert "conduct.high_consumption" not in found
    else:
        assert found == names


def test_a_bill_already_paid_by_others_leaves_nothing_open() -> None:
    paid = h.NOT_PAID | {"basic_insurance": "9000.00", "mutual_aid": None}
    assert missing(incomes=h.income("15000.00"), expenses=[h.bill("9000.00", paid_by=paid)]) == ()


def test_a_missing_standard_is_named_with_the_region_asked() -> None:
    found = h.decide(h.household(incomes=h.income("100.00")), without="dibao")
    assert found.missing[-2:] == ("standards.dibao@120101",) or found.missing == ("standards.dibao@120101",)


def test_without_income_a_missing_standard_does_not_matter() -> None:
    assert h.decide(h.household(), without="dibao").outcome == "deep"


def test_a_member_in_doubt_leaves_size_and_his_sums_open() -> None:
    members = [h.worker(), h.person("P2"), h.person("P3", lives_together=None)]
    found = h.decide(h.household(members=members, incomes=h.income("12000.00") + h.income("6000.00", member="P3")))
    assert (found.figures["household_size"], found.figures["income"]) == (None, None)
    assert found.missing == ("members[2].lives_together",)
    assert found.category("relative").result == "met"


def test_each_household_size_is_looked_at_by_itself() -> None:
    """With two or three persons 12000 is within the line either way."""
    members = [h.worker(), h.person("P2"), h.person("P3", lives_together=None)]
    assert h.decide(h.household(members=members, incomes=h.income("12000.00"))).outcome == "deep"


def test_a_person_surely_out_is_not_asked_about() -> None:
    members = [h.worker(), h.person("P2"), h.person("P3", lives_together=False, same_huji=None)]
    assert missing(members=members, incomes=h.income("12000.00")) == ()


def test_names_come_in_the_order_of_the_contract_with_standards_last() -> None:
    found = h.decide(
        h.household(
            members=[h.worker(retired=None), h.person("P2")],
            incomes=[h.monthly("wage", "900.00", basis="declared_flexible"), h.monthly("wage", None)],
            expenses=None, housing=None, vehicles=None, causes=None,
            conduct={"owns_shop": None, "declined_dibao": None}, incident=None, attested=None,
        ),
        without="minimum_wage",
    )  # fmt: skip
    assert found.missing == (
        "members[0].retired", "incomes[1].monthly", "expenses", "housing.owned_homes", "vehicles", "causes", "incident",
        "conduct.owns_shop", "conduct.declined_dibao", "attested.still_in_difficulty",
        "attested.committee_resolution", "standards.minimum_wage@120101",
    )  # fmt: skip


def test_a_gate_that_fails_makes_the_rest_not_matter() -> None:
    rent = h.monthly("rent", "100.00", member=None)
    too_large = {"owned_homes": 0, "rented_area_m2": "80", "rent_within_market": None}
    assert h.counted(h.decide(h.household(expenses=[rent], housing=too_large)), "expenses") == ["0.00"]
