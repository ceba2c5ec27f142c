"""`bangfu.facts/1` and `bangfu.standards/1`: what is refused, with the path of each fault, all at once."""

from typing import Any

import pytest

from bangfu.policy import facts, standards
from bangfu.policy.errors import DocumentFaults
from tests.policy import households as h


def faults(document: Any) -> list[str]:
    with pytest.raises(DocumentFaults) as caught:
        facts.parse(document)
    return [str(fault) for fault in caught.value.faults]


def only_path(document: Any) -> str:
    found = faults(document)
    assert len(found) == 1, found
    return found[0].split(": ")[0]


def with_income(**line: Any) -> dict[str, Any]:
    return h.household(incomes=[{"member": "P1", "kind": "wage"} | line])


def with_expense(kind: str, **line: Any) -> dict[str, Any]:
    return h.household(expenses=[{"member": "P1", "kind": kind} | line])


def with_member(**changes: Any) -> dict[str, Any]:
    return h.household(members=[h.worker(), h.person("P2", **changes)])


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (h.household(colour="red"), "colour"),
        (with_member(wages="1"), "members[1].wages"),
        (with_income(wages="1"), "incomes[0].wages"),
        (with_expense("rent", total="1.00"), "expenses[0].total"),
        (with_expense("illness", monthly="1.00"), "expenses[0].monthly"),
        (h.household(housing={"rooms": 2}), "housing.rooms"),
        (h.household(vehicles=[{"plate": "x"}]), "vehicles[0].plate"),
        (h.household(conduct={"rude": True}), "conduct.rude"),
        (h.household(incident=h.incident("illness", cost="1")), "incident.cost"),
        (with_expense("illness", paid_by={"uncle": "1"}), "expenses[0].paid_by.uncle"),
    ],
)
def test_an_unknown_key_is_named_never_ignored(document: dict[str, Any], path: str) -> None:
    assert only_path(document) == path


@pytest.mark.parametrize(
    "amount", ["-1.00", "1234567890123.00", "1.234", "12,3", "1e3", "", " 1", "1.", ".5", "１.00", 5, 5.0, True, ["1"]]
)
def test_money_is_yuan_as_text_with_two_decimals_and_twelve_digits(amount: Any) -> None:
    assert only_path(with_income(amount=amount, month="2020-08")) == "incomes[0].amount"


@pytest.mark.parametrize("amount", ["0", "0.5", "999999999999.99"])
def test_the_largest_and_smallest_money_is_taken(amount: str) -> None:
    assert facts.parse(with_income(amount=amount, month="2020-08")).incomes is not None


@pytest.mark.parametrize("month", ["2020-13", "2020-00", "2020-9", "2020-09-01", 202009, "二零二零"])
def test_a_month_out_of_reason_is_refused(month: Any) -> None:
    assert only_path(with_income(amount="1.00", month=month)) == "incomes[0].month"


@pytest.mark.parametrize("date", ["2020-02-30", "2020-2-3", "15.10.2020", 20201015])
def test_a_day_that_does_not_exist_is_refused(date: Any) -> None:
    assert only_path(h.household(application_date=date)) == "application_date"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (with_income(member="P9", amount="1.00"), "incomes[0].member"),
        (with_expense("illness", member="P9"), "expenses[0].member"),
        (h.household(worker="P9"), "worker"),
        (with_income(monthly="1.00", **{"from": "2020-09", "to": "2020-04"}), "incomes[0].from"),
        (with_income(monthly="1.00", amount="1.00"), "incomes[0]"),
        (with_expense("disability_care", monthly="1.00", total="1.00"), "expenses[0]"),
        (with_expense("disability_care", member=None, total="1.00"), "expenses[0].member"),
        (with_income(member=None, basis="declared_flexible"), "incomes[0].member"),
        (with_income(kind="business", basis="declared_flexible"), "incomes[0].basis"),
        (with_income(kind="pension", basis="no_document"), "incomes[0].basis"),
        (with_income(kind="support", basis="no_document", monthly="1.00"), "incomes[0].monthly"),
        (with_income(kind="support", obligor={"status": "none"}), "incomes[0].obligor"),
        (with_income(incident=True, amount="1.00", month="2020-08"), "incomes[0].incident"),
        (with_expense("illness", incident=True), "expenses[0].incident"),
        (with_member(id="P1"), "members[1].id"),
        (with_member(id=None), "members[1].id"),
        (with_member(employment="retired", retired=False), "members[1].retired"),
        (with_member(disabilities=[{"kind": "limb", "grade": 5}]), "members[1].disabilities[0].grade"),
        (with_member(labor_relation_months=-1), "members[1].labor_relation_months"),
        (with_member(retired="no"), "members[1].retired"),
        (h.household(members=[]), "members"),
        (h.household(causes=["illness", "illness"]), "causes[1]"),
        (h.household(causes=["bad luck"]), "causes[0]"),
        (h.household(work_region="12010"), "work_region"),
        (h.household(housing={"owned_homes": True}), "housing.owned_homes"),
        (h.household(housing={"owned_area_m2": "58.123"}), "housing.owned_area_m2"),
        (h.household(incident="maybe"), "incident"),
        (h.household(incident=h.incident("illness", injury_grade=11)), "incident.injury_grade"),
        (h.household(schema="bangfu.facts/2"), "schema"),
        (h.household(id=None), "id"),
        (h.household(incomes={"wage": 1}), "incomes"),
        (with_income(kind=None), "incomes[0].kind"),
        (with_expense("food"), "expenses[0].kind"),
    ],
)
def test_one_wrong_thing_is_told_with_its_path(document: dict[str, Any], path: str) -> None:
    assert only_path(document) == path


def test_all_faults_are_told_at_once() -> None:
    document = h.household(
        colour="red", worker="P9", incomes=[{"member": "P7", "kind": "wage", "amount": "-1"}, {"kind": "luck"}]
    )
    assert [fault.split(": ")[0] for fault in faults(document)] == [
        "colour", "worker", "incomes[0].amount", "incomes[0].member", "incomes[1].kind",
    ]  # fmt: skip


@pytest.mark.parametrize("document", [None, [], "text", 5, {}])
def test_what_is_no_document_is_refused(document: Any) -> None:
    assert faults(document)


def test_the_least_that_must_be_known_is_enough() -> None:
    known = facts.parse({"schema": "bangfu.facts/1", "id": "a", "application_date": "2020-10-15", "worker": "P", "members": [{"id": "P"}]})  # fmt: skip
    assert (known.incomes, known.housing.owned_homes, known.incident.happened, known.worker.retired) == (None,) * 4


def test_null_is_as_unknown_as_an_absent_key() -> None:
    absent = h.household()
    del absent["housing"], absent["causes"], absent["incident"]
    assert facts.parse(absent) == facts.parse(h.household(housing=None, causes=None, incident=None))


def test_employment_retired_makes_an_unknown_retired_true() -> None:
    assert facts.parse(with_member(employment="retired", retired=None)).members[1].retired is True


# --- standards -----------------------------------------------------------------------------------------------------
def row(**changes: Any) -> dict[str, Any]:
    return {"name": "dibao", "region": "120000", "from": "2020-07-01", "value": "1010.00"} | changes


def standards_faults(*rows: Any, **document: Any) -> list[str]:
    with pytest.raises(DocumentFaults) as caught:
        standards.parse({"schema": "bangfu.standards/1", "rows": list(rows)} | document)
    return [fault.path for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "luck"}, "rows[0].name"),
        ({"value": "-1"}, "rows[0].value"),
        ({"value": 1010}, "rows[0].value"),
        ({"value": "1010.001"}, "rows[0].value"),
        ({"name": "support_ratio", "value": "1.1"}, "rows[0].value"),
        ({"name": "dibao_homes_limit", "value": "1.5"}, "rows[0].value"),
        ({"region": "12"}, "rows[0].region"),
        ({"from": "2020-02-30"}, "rows[0].from"),
        ({"from": None}, "rows[0].from"),
        ({"until": "2021"}, "rows[0].until"),
    ],
)
def test_a_wrong_row_is_told_with_its_path(changes: dict[str, Any], path: str) -> None:
    assert standards_faults(row(**changes)) == [path]


def test_two_rows_of_one_name_region_and_date_are_an_error_even_when_equal() -> None:
    assert standards_faults(row(), row(value="1.00"), row(region="120100"), row()) == ["rows[1]", "rows[3]"]


def test_all_faults_of_the_rows_are_told_at_once() -> None:
    assert standards_faults(row(value="x"), "row", row(), row(), extra=1) == ["extra", "rows[0].value", "rows[1]", "rows[1]"]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([row(), row(region="120101", value="2.00", **{"from": "2010-01-01"})], "2.00"),
        ([row(), row(region="120100", value="3.00", **{"from": "2010-01-01"})], "3.00"),
        ([row(), row(value="4.00", **{"from": "2020-10-15"})], "4.00"),
        ([row(), row(value="5.00", **{"from": "2020-10-16"})], "1010.00"),
        ([row(region="120102")], None),
    ],
)
def test_the_narrowest_region_comes_first_then_the_latest_row_in_force(rows: list[Any], value: str | None) -> None:
    known = standards.parse({"schema": "bangfu.standards/1", "rows": rows})
    found = known.find("dibao", "120101", facts.parse(h.household()).application_date)
    assert (found.value if found else None) == value
