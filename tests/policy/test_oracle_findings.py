"""Small households on which a second reading of the rules once answered otherwise."""

from typing import Any

import pytest

from tests.policy import households as h


def asked(**changes: Any) -> tuple[str, ...]:
    """What is asked of a family in 370902 under the national text."""
    return h.decide(h.national(**changes), policy=h.NATIONAL).missing


def test_the_cause_is_not_asked_where_no_employment_cost_could_be_subtracted() -> None:
    assert asked(causes=None, incomes=[h.monthly("wage", None)]) == ("incomes[0].monthly",)


def test_the_cause_is_asked_where_an_employment_cost_stands_beside_it() -> None:
    assert "causes" in asked(
        causes=None,
        incomes=[h.once("wage", "19300.00", "2020-08")],
        expenses=[{"kind": "employment_cost", "total": "500.00", "month": "2020-08"}],
    )


@pytest.mark.parametrize(("declared", "named"), [("0", False), ("2000.00", True)])
def test_the_end_of_flexible_work_is_asked_only_where_its_sum_could_matter(declared: str, named: bool) -> None:
    line = {"member": "P1", "kind": "wage", "basis": "declared_flexible"}
    found = h.decide(
        h.household(
            incomes=[
                line | {"monthly": declared, "from": "2020-04", "to": None},
                line | {"monthly": "900.00", "from": "2020-04", "to": "2020-09"},
                line | {"monthly": None, "from": "2020-08", "to": "2020-09"},
            ],
        )
    ).missing
    assert ("incomes[0].to" in found, "incomes[2].monthly" in found) == (named, True)
