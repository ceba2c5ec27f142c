"""What to ask next and what would have to change: every word of both is held to a fresh judgement."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import advice, facts, registry, standards
from bangfu.policy.advice import documents, domains
from bangfu.policy.assess import judge
from bangfu.policy.determination import Determination
from tests.policy import households as h
from tests.policy.test_properties import blanked, known_families, places

ROWS = (
    ("housing_area_per_person", "120000", "2020-01-01", "33"), ("support_ratio", "120000", "2020-01-01", "0.35"),
    ("local_multiple", "120000", "2020-01-01", "2.2"), ("disposable_income_per_head", "120000", "2020-01-01", "9000"),
    ("dibao_homes_limit", "120000", "2020-01-01", "1"), ("dibao_savings_limit", "120000", "2020-01-01", "24000"),
)  # fmt: skip
FEW = st.integers(0, 12).map(lambda number: number**4 * 100)
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example-pack" / "qinghe_2022"
PACKS = [pack_id for pack_id in registry.pack_ids() if registry.get_pack(pack_id).categories] + ["qinghe-2022"]
"""Every installed text, and the invented one, whose expenses are capped by a share of the income."""


@pytest.fixture(scope="module", autouse=True)
def _example() -> Iterator[None]:
    registry.add(EXAMPLE)
    yield
    registry.remove(EXAMPLE)


def judged(document: dict[str, Any], rows: dict[str, Any], pack_id: str) -> Determination:
    return judge(facts.parse(document), standards.parse(rows), registry.get_pack(pack_id))


def possible(found: Determination) -> tuple[str, ...]:
    """The outcomes a determination leaves open."""
    if found.outcome != "incomplete":
        return (found.outcome,)
    open_ones = []
    for category in found.categories:
        if category.result != "not_met":
            open_ones.append(category.code)
        if category.result == "met":
            return tuple(open_ones)
    return (*open_ones, "none")


def asked(document: dict[str, Any], rows: dict[str, Any], pack_id: str) -> list[advice.Question]:
    return advice.next_question(facts.parse(document), standards.parse(rows), registry.get_pack(pack_id))


def changes(document: dict[str, Any], rows: dict[str, Any], pack_id: str) -> list[advice.Change]:
    return advice.smallest_changes(facts.parse(document), standards.parse(rows), registry.get_pack(pack_id))


def answered(document: dict[str, Any], rows: dict[str, Any], pack_id: str, path: str, value: Any) -> Determination:
    """A fresh judgement of the household with one answer written into its documents."""
    if path.startswith("standards."):
        return judged(document, documents.with_standard(rows, path, value, "2020-01-01"), pack_id)
    window = documents.window_of(document, registry.get_pack(pack_id).window_months)
    return judged(documents.with_value(document, path, value, window), rows, pack_id)


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=25, deadline=None)
@given(family=known_families(), data=st.data())
def test_each_answer_means_what_a_fresh_judgement_with_it_says(pack_id: str, family: dict[str, Any], data: st.DataObject) -> None:  # fmt: skip
    rows = h.standards(*ROWS, without=data.draw(st.sampled_from([None, None, "minimum_wage", "dibao", "support_ratio", "housing_area_per_person"])))  # fmt: skip
    holes = data.draw(st.lists(st.sampled_from(places(family)), max_size=5, unique=True))
    for hole in sorted(holes, key=len, reverse=True):
        family = blanked(family, hole)
    base = judged(family, rows, pack_id)
    questions = asked(family, rows, pack_id)
    assert sorted(one.path for one in questions) == sorted(base.missing)
    for question in questions:
        for answer in question.answers:
            values = answer.values
            if question.kind == "number" and values[1] is None:
                values = (values[0], "900000000000.00" if question.unit == "money" else None)
            for value in values:
                if value is None:
                    continue
                found = answered(family, rows, pack_id, question.path, value)
                assert (found.outcome, found.provisional) == (answer.outcome, answer.provisional), (
                    question.path,
                    value,
                )
                assert set(answer.possible) <= set(possible(found)), (question.path, value)
                assert (len(answer.possible) == 1) == (found.outcome != "incomplete") or "none" not in answer.possible


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=25, deadline=None)
@given(family=known_families(), data=st.data())
def test_the_outcome_of_the_whole_truth_is_among_the_possible_ones(pack_id: str, family: dict[str, Any], data: st.DataObject) -> None:  # fmt: skip
    rows = h.standards(*ROWS)
    truth = judged(family, rows, pack_id).outcome
    holed = family
    for hole in sorted(data.draw(st.lists(st.sampled_from(places(family)), min_size=1, max_size=6, unique=True)), key=len, reverse=True):  # fmt: skip
        holed = blanked(holed, hole)
    for question in asked(holed, rows, pack_id):
        if question.answers and question.kind in ("flag", "number", "choice"):
            assert truth in {one for answer in question.answers for one in answer.possible}, question


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=25, deadline=None)
@given(family=known_families(), data=st.data())
def test_a_proposed_change_moves_the_outcome_and_one_fen_less_does_not(pack_id: str, family: dict[str, Any], data: st.DataObject) -> None:  # fmt: skip
    rows = h.standards(*ROWS)
    for hole in data.draw(st.lists(st.sampled_from(places(family)), max_size=2, unique=True)):
        family = blanked(family, hole)
    base = judged(family, rows, pack_id)
    for change in changes(family, rows, pack_id):
        found = answered(family, rows, pack_id, change.path, change.to)
        assert found.outcome == change.outcome, change
        assert found.outcome not in (base.outcome, "incomplete")
        if change.kind != "number" or change.difference is None:
            continue
        fewer = domains_value(change, -1 if change.difference > 0 else 1)
        near = answered(family, rows, pack_id, change.path, fewer)
        assert near.outcome in (base.outcome, "incomplete"), change


def domains_value(change: advice.Change, by: int) -> Any:
    """The change's value, one smallest part nearer to what is now."""
    if change.unit == "count":
        return change.to + by
    yuan, _, rest = change.to.partition(".")
    return domains.written(change.unit, int(yuan) * 100 + int(rest) + by)


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=25, deadline=None)
@given(family=known_families(), steps=st.lists(st.integers(-60, 60), min_size=3, max_size=3))
def test_no_smaller_change_of_an_amount_moves_the_outcome(
    pack_id: str, family: dict[str, Any], steps: list[int]
) -> None:
    """Between what is now and the change named, nothing moves: looked at in a few places drawn at random."""
    rows = h.standards(*ROWS)
    base = judged(family, rows, pack_id)
    for change in changes(family, rows, pack_id):
        if change.unit != "money" or change.difference is None:
            continue
        for step in steps:
            part = domains_value(change, -change.difference * abs(step) // 61)
            if part != change.to:
                assert answered(family, rows, pack_id, change.path, part).outcome in (base.outcome, "incomplete"), (
                    change
                )


@settings(max_examples=25, deadline=None)
@given(family=known_families(), data=st.data())
def test_an_amount_for_which_no_change_is_named_never_moves_the_outcome(family: dict[str, Any], data: st.DataObject) -> None:  # fmt: skip
    rows = h.standards(*ROWS)
    base = judged(family, rows, h.TIANJIN)
    named = {(one.path, (one.difference or 0) > 0) for one in changes(family, rows, h.TIANJIN)}
    lines = [(f"incomes[{k}].{key}", line[key]) for k, line in enumerate(family["incomes"]) for key in ("monthly", "amount") if key in line]  # fmt: skip
    lines += [(f"expenses[{k}].total", line["total"]) for k, line in enumerate(family["expenses"]) if "total" in line]
    for path, now in lines:
        for value in (*data.draw(st.lists(FEW, min_size=2, max_size=2)), 0, 10**13):
            fen = int(now.replace(".", ""))
            if value != fen and (path, value > fen) not in named:
                assert answered(family, rows, h.TIANJIN, path, domains.written("money", value)).outcome == base.outcome


# --- single scenes ------------------------------------------------------------------------------------------------------
def test_an_unknown_wage_is_told_with_its_break_points_to_the_fen() -> None:
    """Two persons, six months, 1000 a head: the lines are 12000, 18000 and 21600 in all, less 3500 from the other wage."""
    lines = [h.monthly("wage", None), h.once("wage", "3500.00")]
    questions = asked(h.household(incomes=lines), h.standards(), h.TIANJIN)
    assert [(one.path, one.kind, one.unit) for one in questions] == [("incomes[0].monthly", "number", "money")]
    assert [(one.values, one.outcome) for one in questions[0].answers] == [
        (("0.00", "1416.66"), "deep"), (("1416.67", "2416.66"), "relative"), (("2416.67", "3016.66"), "union"),
        (("3016.67", None), "none"),
    ]  # fmt: skip


def test_a_flag_that_shuts_out_is_asked_after_the_amount_that_decides() -> None:
    family = h.household(incomes=[h.monthly("wage", None)], conduct={"evaded": None})
    assert [one.path for one in asked(family, h.standards(), h.TIANJIN)] == ["incomes[0].monthly", "conduct.evaded"]


def test_a_decided_household_is_asked_nothing() -> None:
    assert asked(h.household(), h.standards(), h.TIANJIN) == []


def test_incomes_nobody_named_are_asked_as_one_monthly_sum() -> None:
    questions = asked(h.household(incomes=None), h.standards(), h.TIANJIN)
    assert [(one.values, one.outcome) for one in questions[0].answers][:2] == [(("0.00", "2000.00"), "deep"), (("2000.01", "3000.00"), "relative")]  # fmt: skip


def test_a_missing_local_figure_is_told_with_its_break_points() -> None:
    questions = asked(h.household(incomes=h.income("12000.00")), h.standards(without="dibao"), h.TIANJIN)
    assert questions[0].path == "standards.dibao@120101"
    assert [(one.values, one.outcome) for one in questions[0].answers] == [
        (("0.00", "555.55"), "none"), (("555.56", "666.66"), "union"), (("666.67", "999.99"), "relative"),
        (("1000.00", None), "deep"),
    ]  # fmt: skip


def test_one_fen_over_a_line_is_one_fen_to_change() -> None:
    found = changes(h.household(incomes=h.income("12000.01")), h.standards(), h.TIANJIN)
    first = found[0]
    assert (first.path, first.now, first.to, first.difference, first.outcome, first.better) == (
        "incomes[0].amount", "12000.01", "12000.00", -1, "deep", True,
    )  # fmt: skip


def test_a_bill_below_what_others_paid_must_first_pass_that() -> None:
    """Self-paid is never below nothing: the bill rises by the 500 others paid too much, and then by the missing 100."""
    paid = h.NOT_PAID | {"basic_insurance": "1500.00"}
    family = h.household(incomes=h.income("12100.00"), expenses=[h.bill("1000.00", paid_by=paid)])
    found = {one.path: (one.to, one.outcome) for one in changes(family, h.standards(), h.TIANJIN) if one.better}
    assert found["expenses[0].total"] == ("1600.00", "deep")
    assert found["expenses[0].paid_by.basic_insurance"] == ("900.00", "deep")


def test_a_flag_that_keeps_a_family_out_is_named() -> None:
    family = h.household(conduct={"refused_employment": True})
    better = [one for one in changes(family, h.standards(), h.TIANJIN) if one.better]
    assert [(one.path, one.now, one.to, one.outcome) for one in better] == [("conduct.refused_employment", True, False, "deep")]  # fmt: skip


def test_declared_work_below_the_minimum_wage_changes_nothing_until_it_passes_it() -> None:
    """2050 a month counts for flexible work, whatever less is declared: 6 × 2050 = 12300, the line of relative lies at 18000."""
    lines = [h.monthly("wage", "500.00", basis="declared_flexible")]
    found = [one for one in changes(h.household(incomes=lines), h.standards(), h.TIANJIN) if one.path == "incomes[0].monthly"]  # fmt: skip
    assert [(one.to, one.outcome) for one in found] == [("3000.01", "union")]


def test_what_is_paid_out_betters_the_outcome_when_it_grows() -> None:
    """Tax is subtracted: one fen more of it brings the family back on the line."""
    lines = [h.once("wage", "12500.00"), h.once("tax", "499.99")]
    found = {one.path: one.to for one in changes(h.household(incomes=lines), h.standards(), h.TIANJIN) if one.better}
    assert found == {"incomes[0].amount": "12499.99", "incomes[1].amount": "500.00"}


def test_a_whole_bill_others_paid_in_an_unknown_part_is_told_by_that_part() -> None:
    """12000 is the line; 12500 income less what the family paid itself of a bill of 2000."""
    family = h.household(incomes=h.income("12500.00"), expenses=[h.bill("2000.00", paid_by=None)])
    (question,) = asked(family, h.standards(), h.TIANJIN)
    assert question.path == "expenses[0].paid_by"
    assert [(one.values, one.outcome) for one in question.answers] == [(("0.00", "1500.00"), "deep"), (("1500.01", None), "relative")]  # fmt: skip


def test_a_ratio_of_nothing_makes_an_income_nobody_knows_harmless() -> None:
    """Support that no document fixes is a share of what the obligor earns beyond the standard: a share of nothing is nothing."""
    family = h.national(incomes=[h.supported(earns=None, span=h.TWELVE)])
    question = next(
        one for one in asked(family, h.standards(without="support_ratio"), h.NATIONAL) if "ratio" in one.path
    )
    assert [(one.values, one.outcome) for one in question.answers] == [(("0.0000", "0.0000"), "deep"), (("0.0001", "1.0000"), "incomplete")]  # fmt: skip


def test_a_bill_of_an_incident_changes_two_sums_at_once() -> None:
    """Under the 2016 text it is both an expense and a loss by the accident: with less of it neither category is left."""
    family = h.household(
        incomes=h.income("12500.00"), expenses=[h.bill("1000.00", incident=True)], incident=h.incident("illness")
    )
    found = [one for one in changes(family, h.standards(), "acftu-2016") if one.path == "expenses[0].total"]
    assert [(one.to, one.outcome) for one in found] == [("499.99", "none")]


def test_advice_is_the_same_every_time() -> None:
    family = h.household(incomes=[h.monthly("wage", None)], conduct={"evaded": None})
    texts = {json.dumps([one.as_dict() for one in asked(json.loads(json.dumps(family)), h.standards(), h.TIANJIN)]) for _ in range(3)}  # fmt: skip
    assert len(texts) == 1


def test_asking_leaves_the_household_as_it_was() -> None:
    family = facts.parse(h.household(incomes=[h.monthly("wage", None)], conduct={"evaded": None}))
    rows, pack = standards.parse(h.standards()), registry.get_pack(h.TIANJIN)
    before = (repr(family), judge(family, rows, pack).as_dict())
    advice.next_question(family, rows, pack)
    advice.smallest_changes(family, rows, pack)
    assert (repr(family), judge(family, rows, pack).as_dict()) == before
