"""Small households on which a second reading of the rules once answered otherwise."""

from typing import Any

import pytest

from bangfu.policy.assess import assess
from bangfu.policy.errors import DocumentFaults
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


def test_a_flexible_line_behind_one_that_may_cover_the_month_has_no_single_sum() -> None:
    line = {"member": "P1", "kind": "wage", "basis": "declared_flexible"}
    found = h.decide(
        h.household(
            incomes=[
                line | {"monthly": "2300.00", "from": "2020-07", "to": None},
                line | {"amount": "1800.00", "month": "2020-09"},
            ],
        )
    )
    assert [one.counted for one in found.lines] == [None, None]


def test_a_flexible_line_that_may_end_earlier_has_no_single_sum() -> None:
    line = {"member": "P1", "kind": "wage", "basis": "declared_flexible", "monthly": "0"}
    found = h.decide(
        h.household(
            incomes=[
                line | {"from": "2020-04", "to": None},
                line | {"from": "2020-04", "to": "2020-09"},
            ],
        )
    )
    assert ([one.counted for one in found.lines], found.figures["income"]) == ([None, None], "12300.00")


def test_the_kind_of_a_disability_is_asked_before_its_grade() -> None:
    found = h.decide(
        h.household(
            members=[h.worker(), h.person("P2", disabilities=[{"kind": None, "grade": None}])],
            incomes=h.income("13000.00"),
            expenses=[h.bill("2000.00", kind="disability_care", member="P2")],
        )
    )
    assert found.missing == ("members[1].disabilities[0].kind", "members[1].disabilities[0].grade")


def test_a_line_break_inside_a_name_does_not_break_the_line_of_a_fault() -> None:
    with pytest.raises(DocumentFaults) as found:
        assess(h.household(**{"id": "A\nB", "savings": "-1", "x\ny": 1}), h.TIANJIN, h.standards())
    found.value.document = "A\nB"
    lines = found.value.lines()
    assert len(lines) == 2
    assert not any("\n" in line for line in lines)
    assert any("x\\ny: unknown key" in line for line in lines)
