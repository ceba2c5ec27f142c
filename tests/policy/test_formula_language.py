"""The formula language: what it takes, what it refuses, what its operations answer with unknown values."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy.tree import nodes, parse, values
from bangfu.policy.tree.parse import FormulaError, Scope

SCOPE = Scope(
    parameters={"times": nodes.Literal(kind="number", numerator=3, denominator=2)},
    standards={"dibao": "money", "area": "area"}, pots=frozenset({"income", "cost"}), terms={"net": "money"},
)  # fmt: skip
LINE = Scope(standards={"dibao": "money"}, lines="incomes")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("income - cost", "money"), ("net / household_size / window_months", "money"), ("times * dibao", "money"),
        ("1.5 * dibao * household_size * 6", "money"), ("max(0, income - cost)", "money"), ("yuan(5) + income", "money"),
        ("housing.owned_area_m2 / household_size", "area"), ("income if worker.retired else 0", "money"),
        ("count(m.retired for m in members) + 1", "ratio"), ("-income", "money"), ("last(3, income)", "money"),
        ("income < dibao", "truth"), ("not worker.retired or some(causes)", "truth"), ('"illness" in causes', "truth"),
        ('incident.kind in ("illness", "other")', "truth"), ('worker.employment != "none"', "truth"),
        ("any(m.major_illness for m in members)", "truth"), ("all(v.use == 'private' for v in vehicles)", "truth"),
        ("any(any(d.grade <= 2 for d in m.disabilities) for m in members)", "truth"), ("published(dibao)", "truth"),
        ("window_start <= incident.month <= application_month", "truth"), ("every_month(income < dibao)", "truth"),
        ('starts_with(work_region, "12")', "truth"), ("true", "truth"), ("m2(12) > housing.rented_area_m2", "truth"),
    ],
)  # fmt: skip
def test_a_formula_has_a_kind(text: str, kind: str) -> None:
    assert parse.parse(text, SCOPE).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "", "income +", "income; cost", "import os", "__import__('os')", "income.__class__", "open('x')", "lambda: 1",
        "[x for x in members]", "income ** 2", "income // 2", "income % 2", "f'{income}'", "income and cost", "luck",
        "worker.luck", "income + household_size", "income * dibao", "income / dibao", "income < housing.owned_area_m2",
        "worker.retired + 1", "income if some(causes) else worker.retired", 'incident.kind == "flood"', '"luck" in causes',
        'incident.kind < "other"', "any(m.luck for m in members)", "any(m.retired for m in causes)", "max(income)",
        "published(income)", "last(0, income)", "in_window(income)", "any(m.retired for m in members if m.retired)",
        "share(dibao)", 'starts_with("12", work_region)', "income / 0", "(income := 5)", "income < 5", "some(worker)",
    ],
)  # fmt: skip
def test_whatever_else_is_refused_and_nothing_is_run(text: str) -> None:
    with pytest.raises(FormulaError):
        parse.parse(text, SCOPE, "truth" if text in ("", "income +") else None)


def test_a_refusal_shows_the_part_and_the_reason() -> None:
    with pytest.raises(FormulaError, match=r"'worker\.luck': unknown name"):
        parse.parse("income < dibao and worker.luck", SCOPE)


def test_the_wanted_kind_is_asked_for() -> None:
    with pytest.raises(FormulaError, match="true or false is needed"):
        parse.parse("income", SCOPE, "truth")


def test_line_formulas_know_their_line() -> None:
    node = parse.parse('in_window(amount, monthly) if obligor.status == "none" else 0', LINE)
    assert node.kind == "money"
    with pytest.raises(FormulaError):
        parse.parse("in_window(tuition)", LINE)


def test_a_decimal_is_exact() -> None:
    node = parse.parse("1.8 * dibao", SCOPE)
    assert isinstance(node, nodes.Arithmetic)
    assert isinstance(node.left, nodes.Literal)
    assert (node.left.numerator, node.left.denominator) == (9, 5)


@pytest.mark.parametrize(("a", "b", "both", "either"), [
    (True, True, True, True), (True, False, False, True), (True, None, None, True), (False, False, False, False),
    (False, None, False, None), (None, None, None, None),
])  # fmt: skip
def test_truth_follows_kleenes_tables(a: bool | None, b: bool | None, both: bool | None, either: bool | None) -> None:
    for pair in ((a, b), (b, a)):
        assert (values.all_of(pair), values.any_of(pair)) == (both, either)


# --- interval arithmetic against exact sampling --------------------------------------------------------------------
ends = st.integers(-50, 50)


@st.composite
def intervals(draw: st.DrawFn) -> values.Interval:
    low, high = sorted((draw(ends), draw(ends)))
    return (None if draw(st.integers(0, 9)) == 0 else low, None if draw(st.integers(0, 9)) == 0 else high, draw(st.integers(1, 4)))  # fmt: skip


def sample(value: values.Interval) -> list[Fraction]:
    low, high, den = value
    bottom = Fraction(low if low is not None else (high if high is not None else 0) - 99, den)
    top = Fraction(high if high is not None else (low if low is not None else 0) + 99, den)
    return [bottom, top, (bottom + top) / 2]


def inside(x: Fraction, value: values.Interval) -> bool:
    low, high, den = value
    return (low is None or x * den >= low) and (high is None or x * den <= high)


@settings(max_examples=200)
@given(intervals(), intervals())
def test_no_possible_value_is_lost(a: values.Interval, b: values.Interval) -> None:
    for x in sample(a):
        for y in sample(b):
            assert inside(x + y, values.add(a, b))
            assert inside(x - y, values.subtract(a, b))
            assert inside(x * y, values.multiply(a, b))
            assert inside(max(x, y), values.maximum([a, b]))
            assert inside(min(x, y), values.minimum([a, b]))
            assert inside(x, values.union([a, b]))
            assert inside(y, values.union([a, b]))


@settings(max_examples=200)
@given(intervals(), intervals(), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_decided_comparison_holds_for_every_pair(a: values.Interval, b: values.Interval, op: str) -> None:
    verdict = values.always(op, a, b)
    for x in sample(a):
        for y in sample(b):
            truth = {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x == y, "!=": x != y}[op]
            assert verdict is None or verdict is truth
