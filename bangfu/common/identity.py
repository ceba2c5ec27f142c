"""The citizen identity number (GB 11643): check digit, birth date, sex, region of first registration."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bangfu.common.errors import Refused

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
OLDEST = date(1900, 1, 1)

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
PROVINCES = frozenset(_PROVINCES.split())
"""First two digits in use; 81, 82 and 83 are residence permits of people from Hong Kong, Macao and Taiwan."""


class IdFault(Refused):
    """The number cannot be right; the message says exactly why and what helps."""


@dataclass(frozen=True)
class IdNumber:
    """What an identity number says. ``region`` is the six-digit code of first registration, not today's household register."""

    number: str
    birth_date: date
    sex: Literal["male", "female"]
    region: str

    @property
    def residence_permit(self) -> bool:
        """Whether this is the residence permit of a person from Hong Kong, Macao or Taiwan."""
        return self.region[:2] in {"81", "82", "83"}


def resembles_number(text: str) -> bool:
    """Whether a text that was typed into a search may be an identity number, right or wrong: such a text stays out of addresses."""
    signs = "".join(unicodedata.normalize("NFKC", text).split())
    return len(signs) >= 15 and signs[:-1].isdigit()


def check_digit(body: str) -> str:
    """The 18th character that belongs to the first 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def check_id_number(text: str, *, today: date | None = None) -> IdNumber:
    """Reads an 18-character number; ``today`` bounds the birth date. Raises ``IdFault``. The region table is not asked here."""
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not number:
        raise IdFault("请填写证件号码", field="id_number")
    if re.fullmatch(r"\d{15}", number):
        raise IdFault("这是 15 位旧号码，已停止使用：请按第二代居民身份证或户口簿填写 18 位号码", field="id_number")
    if len(number) != 18:
        raise IdFault(f"证件号码应为 18 位，现为 {len(number)} 位", field="id_number")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        where = next(i for i, sign in enumerate(number, 1) if not (sign in "0123456789" or (i == 18 and sign == "X")))
        raise IdFault(
            f"证件号码第 {where} 位“{number[where - 1]}”应为数字" + ("或 X" if where == 18 else ""), field="id_number"
        )
    if number[:2] not in PROVINCES:
        raise IdFault(f"证件号码前 2 位“{number[:2]}”不是省级行政区划代码，请核对", field="id_number")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdFault(f"证件号码第 7—14 位“{number[6:14]}”不是一个日期，请核对", field="id_number") from None
    if born < OLDEST:
        raise IdFault(f"证件号码中的出生日期 {born:%Y-%m-%d} 过早，请核对第 7—10 位", field="id_number")
    if today is not None and born > today:
        raise IdFault(f"证件号码中的出生日期 {born:%Y-%m-%d} 晚于今天，请核对第 7—14 位", field="id_number")
    if number[17] != check_digit(number[:17]):
        raise IdFault("该证件号码第 18 位与前 17 位不符，请对照证件逐位核对", field="id_number")
    return IdNumber(number, born, "male" if int(number[16]) % 2 else "female", number[:6])
