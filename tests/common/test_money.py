"""Amounts as people write them, and in the capitals of vouchers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.common.money import MAX_FEN, MoneyFault, capital, format_fen, parse_yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.5", 123450),
        ("1234.5", 123450),
        ("１２３４．５", 123450),
        ("１，２３４．５０元", 123450),
        ("￥1,234.50", 123450),
        ("¥ 1234.50 元", 123450),
        (" 0 ", 0),
        ("0.01", 1),
        (".5", 50),
        ("12.", 1200),
        ("1,010", 101000),
        ("99,999,999,999.99", MAX_FEN),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,3", "逗号位置不对"),
        ("1,23,456", "逗号位置不对"),
        ("1234,567", "逗号位置不对"),
        ("-5", "不能为负数"),
        ("－5", "不能为负数"),
        ("1.234", "分以下"),
        ("100000000000", "位数过多"),
        ("", "请填写金额"),
        ("  元", "请填写金额"),
        ("一百", "不是金额"),
        ("1e5", "不是金额"),
        ("1.2.3", "不是金额"),
        ("0x10", "不是金额"),
        ("٣", "不是金额"),
        ("NaN", "不是金额"),
    ],
)
def test_what_is_no_amount_is_told_exactly(text: str, reason: str) -> None:
    with pytest.raises(MoneyFault, match=reason):
        parse_yuan(text)


@given(st.integers(0, MAX_FEN))
@settings(max_examples=200)
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_yuan(format_fen(fen)) == fen
    assert parse_yuan(format_fen(fen) + "元") == fen


def test_amounts_are_written_in_groups_of_three() -> None:
    assert format_fen(123450) == "1,234.50"
    assert format_fen(-5) == "-0.05"
    assert format_fen(0) == "0.00"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (1000, "壹拾元整"),
        (10050000, "壹拾万零伍佰元整"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (100000000, "壹佰万元整"),
        (1000000000001, "壹佰亿元零壹分"),
        (1000050000000, "壹佰亿零伍拾万元整"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (600007000, "陆佰万零柒拾元整"),
    ],
)
def test_capitals_follow_the_rules_of_vouchers(fen: int, words: str) -> None:
    assert capital(fen) == words


def read(words: str) -> int:
    """Reads capitals back, independently of how they are written."""
    digits = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}

    def section(text: str) -> int:
        total, digit = 0, 0
        for sign in text:
            if sign in units:
                total, digit = total + digit * units[sign], 0
            else:
                digit = digits[sign]
        return total + digit

    def whole(text: str) -> int:
        for sign, size in (("亿", 10**8), ("万", 10**4)):
            if sign in text:
                head, _, rest = text.rpartition(sign)
                return whole(head) * size + whole(rest)
        return section(text)

    yuan, sign, small = words.removesuffix("整").rpartition("元")
    fen = whole(yuan) * 100 if sign else 0
    digit = 0
    for sign in small:
        if sign == "角":
            fen, digit = fen + digit * 10, 0
        elif sign == "分":
            fen, digit = fen + digit, 0
        else:
            digit = digits[sign]
    return fen


@given(
    st.one_of(st.integers(0, MAX_FEN), st.integers(0, 10**6), st.integers(0, 10**9).map(lambda value: value * 10**4))
)
@settings(max_examples=200)
def test_capitals_are_read_back_to_the_same_amount_and_have_one_zero_in_a_row(fen: int) -> None:
    words = capital(fen)
    assert read(words) == fen
    assert "零零" not in words
    assert words.endswith("分") != words.endswith("整")
