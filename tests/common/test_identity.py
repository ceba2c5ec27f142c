"""What an identity number says, and exactly what is wrong with one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.common.identity import IdFault, check_digit, check_id_number
from bangfu.common.masking import mask_id, mask_name, mask_phone

TODAY = date(2020, 10, 12)
BODY = "12010119800307123"
GOOD = BODY + check_digit(BODY)


def test_a_number_gives_birth_date_sex_and_region() -> None:
    read = check_id_number(GOOD, today=TODAY)
    assert (read.birth_date, read.sex, read.region) == (date(1980, 3, 7), "male", "120101")
    woman = "12010119800307124"
    assert check_id_number(woman + check_digit(woman)).sex == "female"


def test_the_published_example_holds() -> None:
    assert check_id_number("11010519491231002x").number == "11010519491231002X"


@pytest.mark.parametrize(
    "text",
    [f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} ", GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９"))],
)
def test_blanks_and_full_width_digits_do_not_matter(text: str) -> None:
    assert check_id_number(text).number == GOOD


WRONG_LAST = BODY + ("0" if GOOD[-1] != "0" else "1")
FUTURE = "12010120211012123"
IMPOSSIBLE = "12010119800230123"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WRONG_LAST, "该证件号码第 18 位与前 17 位不符"),
        (FUTURE + check_digit(FUTURE), "晚于今天"),
        (IMPOSSIBLE + check_digit(IMPOSSIBLE), "不是一个日期"),
        ("12010118990101123" + check_digit("12010118990101123"), "过早"),
        ("120101800307123", "15 位旧号码"),
        ("1201011980030712", "应为 18 位，现为 16 位"),
        ("12010119800307I23X", "第 15 位“I”应为数字"),
        (BODY + "Y", "第 18 位“Y”应为数字或 X"),
        ("99010119800307123" + check_digit("99010119800307123"), "不是省级行政区划代码"),
        ("", "请填写证件号码"),
    ],
)
def test_a_wrong_number_is_told_exactly_why(text: str, reason: str) -> None:
    with pytest.raises(IdFault, match=reason):
        check_id_number(text, today=TODAY)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_taken(region: str) -> None:
    body = region + "19900101001"
    assert check_id_number(body + check_digit(body)).residence_permit


@given(st.integers(0, 16), st.integers(1, 9))
@settings(max_examples=100)
def test_one_mistyped_digit_never_goes_unnoticed(place: int, shift: int) -> None:
    wrong = GOOD[:place] + str((int(GOOD[place]) + shift) % 10) + GOOD[place + 1 :]
    with pytest.raises(IdFault):
        check_id_number(wrong, today=TODAY)


@given(st.integers(0, 15))
@settings(max_examples=50)
def test_two_neighbours_changed_over_never_go_unnoticed(place: int) -> None:
    swapped = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]
    if swapped != GOOD:
        with pytest.raises(IdFault):
            check_id_number(swapped, today=TODAY)


def test_masks_hide_what_the_reader_does_not_need() -> None:
    assert mask_name("张三") == "张*"
    assert mask_name("欧阳小明") == "欧***"
    assert mask_name("") == ""
    assert mask_id("120101198003071234") == "1201**********1234"
    assert mask_id("1234567890") == "**********"
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("12345678") == "******78"
