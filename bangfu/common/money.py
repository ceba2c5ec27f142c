"""Money: integer 分 inside, yuan as people write it outside. No floats."""

import re
import unicodedata

from bangfu.common.errors import Refused

MAX_FEN = 10**13 - 1
"""99,999,999,999.99 元: what the forms take; far above any family's figures and far below the database's limit."""

_PLAIN = re.compile(r"\d+(\.\d*)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


class MoneyFault(Refused):
    """The text is not an amount; the message says what is wrong with it."""


def parse_yuan(text: str) -> int:
    """``"1,234.5"``, ``"１２３４．５"``, ``"￥1234.50"``, ``"1234.5 元"`` → ``123450`` 分. Raises ``MoneyFault`` with the exact reason."""
    clean = unicodedata.normalize("NFKC", text).replace("，", ",").replace("。", ".")
    clean = "".join(clean.split()).removeprefix("¥").removesuffix("元")
    if not clean:
        raise MoneyFault("请填写金额")
    if clean.startswith(("-", "−", "–")):
        raise MoneyFault("金额不能为负数")
    if "," in clean:
        if not _GROUPED.fullmatch(clean):
            raise MoneyFault(f"“{text.strip()}”中的逗号位置不对：逗号只用来分隔千位（如 1,234.50），小数点请用“.”")
        clean = clean.replace(",", "")
    if not _PLAIN.fullmatch(clean) or not clean.isascii():
        raise MoneyFault(f"“{text.strip()}”不是金额，请填写数字，如 1234.50")
    yuan, _, rest = clean.partition(".")
    if len(rest) > 2:
        raise MoneyFault(f"“{text.strip()}”精确到了分以下，金额最多两位小数")
    if len(yuan.lstrip("0")) > 11:
        raise MoneyFault("金额位数过多，请核对（单位为元）")
    return int(yuan or "0") * 100 + int(rest.ljust(2, "0"))


def format_fen(fen: int) -> str:
    """``123450`` → ``"1,234.50"``; negative amounts keep their sign."""
    sign, size = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"


def _group(value: int) -> str:
    """Up to four digits in capitals, with one 零 for each run of zeros inside."""
    out, gap = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit:
            out += ("零" if gap and out else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return out


def _integer(value: int) -> str:
    """Whole yuan in capitals without the word 元; empty for nothing. One 零 stands for each run of zeros inside."""
    if value < 10**4:
        return _group(value)
    unit, size = ("亿", 10**8) if value >= 10**8 else ("万", 10**4)
    head, rest = divmod(value, size)
    joined = "零" if 0 < rest < size // 10 else ""
    return _integer(head) + unit + joined + _integer(rest)


def capital(fen: int) -> str:
    """The amount in the capitals of vouchers (正确填写票据和结算凭证的基本规定): ``123450`` → ``壹仟贰佰叁拾肆元伍角整``."""
    if fen < 0:
        return "负" + capital(-fen)
    yuan, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    if yuan >= 10**16:
        raise MoneyFault("金额位数过多")
    out = _integer(yuan)
    if out:
        out += "元"
    if jiao:
        out += _DIGITS[jiao] + "角"
    elif cent and out:
        out += "零"
    if cent:
        return out + _DIGITS[cent] + "分"
    return (out or "零元") + "整"
