"""A pack with changed figures: what changes, what stays, what is refused."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.policy import facts, registry, standards, variants
from bangfu.policy.assess import judge
from bangfu.policy.pack.model import Pack
from bangfu.policy.variants import Changes, VariantFault
from tests.policy import households as h

TIANJIN = registry.get_pack("tianjin-commerce-2020")


def outcome(pack: Pack, document: dict[str, object], rows: standards.Standards | None = None) -> str:
    return judge(facts.parse(document), rows or standards.parse(h.standards(without="local_multiple")), pack).outcome


def family(total: str, **more: object) -> dict[str, object]:
    return h.household(members=[h.worker()], incomes=h.income(total), expenses=[], **more)


def test_no_change_gives_the_pack_itself() -> None:
    assert variants.vary(TIANJIN, Changes()) is TIANJIN


def test_the_figures_of_the_text_written_again_decide_the_same() -> None:
    same = variants.vary(
        TIANJIN, Changes({code: variants.shown(one) for code, one in TIANJIN.rules.parameters.items()})
    )
    for total in ("6000.00", "6000.01", "9000.00", "9000.01", "10800.00", "10800.01"):
        assert outcome(same, family(total)) == outcome(TIANJIN, family(total))


def test_a_higher_multiple_moves_the_line_to_the_fen() -> None:
    # 低保 1000 元，一人，6个月：1.8 倍的线在 10,800.00 元，2 倍的线在 12,000.00 元
    higher = variants.vary(TIANJIN, Changes({"union_multiple": "2"}))
    assert outcome(TIANJIN, family("12000.00")) == "none"
    assert outcome(higher, family("12000.00")) == "union"
    assert outcome(higher, family("12000.01")) == "none"


def test_the_pack_tried_out_leaves_the_text_as_it_is() -> None:
    variants.vary(TIANJIN, Changes({"union_multiple": "3"}))
    assert variants.shown(TIANJIN.rules.parameters["union_multiple"]) == "1.8"
    assert outcome(TIANJIN, family("10800.01")) == "none"


def test_an_exclusion_off_no_longer_counts() -> None:
    document = family("5000.00", vehicles=[{"use": "private"}])
    without = variants.vary(TIANJIN, Changes(exclusions={"vehicle": ()}))
    assert (outcome(TIANJIN, document), outcome(without, document)) == ("relative", "deep")


def test_an_exclusion_on_for_more_categories_counts_there_too() -> None:
    document = family("5000.00", vehicles=[{"use": "private"}])
    stricter = variants.vary(TIANJIN, Changes(exclusions={"vehicle": ("relative", "deep")}))
    assert outcome(stricter, document) == "union"


def test_a_longer_window_takes_in_more_months() -> None:
    assert variants.vary(TIANJIN, Changes({"window_months": "12"})).window_months == 12
    assert TIANJIN.window_months == 6


def test_a_tried_out_standard_takes_the_place_of_the_published_one() -> None:
    day = datetime.date(2020, 10, 15)
    rows = variants.with_standards(
        standards.parse(h.standards()), [variants.standard_row("dibao", "120101", day, "2000.00")]
    )
    assert outcome(TIANJIN, family("12000.00"), rows) == "deep"


@given(st.integers(min_value=10, max_value=40))
def test_any_multiple_in_tenths_puts_the_line_where_the_arithmetic_does(tenths: int) -> None:
    pack = variants.vary(TIANJIN, Changes({"union_multiple": f"{tenths // 10}.{tenths % 10}"}))
    line = 100000 * 6 * tenths // 10
    on, over = (f"{fen // 100}.{fen % 100:02d}" for fen in (line, line + 1))
    assert outcome(pack, family(on)) != "none"
    assert (outcome(pack, family(over)) == "none") is (tenths >= 15)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (Changes({"nothing": "1"}), "nothing：本政策没有这个数"),
        (Changes({"union_multiple": "高"}), "商务工会建档线（低保标准的倍数）：请填数字，如 1.8"),
        (Changes({"union_multiple": "-1"}), "不能小于0"),
        (Changes({"window_months": "6.5"}), "请填整数"),
        (Changes({"window_months": "0"}), "不能小于1"),
        (Changes(exclusions={"poor": ()}), "poor：本政策没有这种排除情形"),
        (Changes(exclusions={"vehicle": ("rich",)}), "vehicle：本政策没有类别 rich"),
        (Changes(filing_off=frozenset({"height"})), "height：本政策没有这个建档条件"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(changes: Changes, says: str) -> None:
    with pytest.raises(VariantFault, match=says):
        variants.vary(TIANJIN, changes)
