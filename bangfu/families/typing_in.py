"""From what a person typed to a value, or to a message that says what is wrong with it.

Every function takes the text of one input and the day it is typed on. Empty text is unknown. Faults are ``Refused`` with a Chinese
message; the caller puts them at the field and keeps the text.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bangfu.common.errors import Refused
from bangfu.common.identity import check_id_number
from bangfu.common.money import parse_yuan
from bangfu.families.fields import Spec

YES_NO = {"": None, "yes": True, "no": False}


def clean(typed: str) -> str:
    """Full-width digits and letters become plain, blanks at the ends go."""
    return unicodedata.normalize("NFKC", typed).strip()


def money(typed: str) -> int | None:
    return parse_yuan(typed) if typed.strip() else None


def count(typed: str, *, limit: int = 999) -> int | None:
    text = clean(typed)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]+", text):
        raise Refused(f"“{typed.strip()}”不是整数，请填写数字")
    if int(text) > limit:
        raise Refused(f"{text} 过大，请核对")
    return int(text)


def area(typed: str) -> Decimal | None:
    text = clean(typed).removesuffix("平方米").removesuffix("m2").removesuffix("㎡").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", text):
        raise Refused(f"“{typed.strip()}”不是面积，请填写数字，最多两位小数")
    return Decimal(text)


def day(
    typed: str, *, today: date, earliest: date = date(1900, 1, 1), future: str = "日期晚于今天，请核对"
) -> date | None:
    """``2020-10-15``, ``2020.10.15``, ``2020年10月15日``, ``20201015``."""
    text = clean(typed)
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", text)
    if not found:
        raise Refused(f"“{typed.strip()}”不是日期，请写成 2020-10-15")
    year, month, number = (int(part) for part in (found.groups()[:3] if found.group(1) else found.groups()[3:]))
    try:
        answer = date(year, month, number)
    except ValueError:
        raise Refused(f"“{typed.strip()}”这一天不存在，请核对") from None
    if answer > today:
        raise Refused(future)
    if answer < earliest:
        raise Refused(f"{answer} 过早，请核对年份")
    return answer


def yesno(typed: str) -> bool | None:
    if typed not in YES_NO:
        raise Refused("请选择 是、否 或 未知")
    return YES_NO[typed]


def region(typed: str, known: Callable[[str], bool]) -> str | None:
    """A code of six digits that stands in the table, alone or in front of its name (``120101 天津市和平区``)."""
    text = clean(typed)
    if not text:
        return None
    found = re.match(r"(\d{6})(?:\s|$)", text)
    if not found:
        raise Refused("请填写 6 位行政区划代码，或从列表中选择")
    if not known(found.group(1)):
        raise Refused(f"行政区划代码 {found.group(1)} 不在代码表中，请核对")
    return found.group(1)


def phone(typed: str) -> str:
    text = re.sub(r"[\s\-—()（）]", "", clean(typed))
    if not text:
        return ""
    if not re.fullmatch(r"\+?[0-9]{7,15}", text):
        raise Refused("电话号码应为 7—15 位数字，请核对")
    return text


def choice(spec: Spec, typed: str) -> str | None:
    if not typed:
        return None
    if typed not in dict(spec.options):
        raise Refused("请从列表中选择")
    return typed


def short_text(typed: str, limit: int) -> str:
    text = "".join(sign for sign in typed.strip() if sign.isprintable())
    if len(text) > limit:
        raise Refused(f"最多 {limit} 个字，现有 {len(text)} 个")
    return text


def id_number(typed: str, today: date) -> str:
    text = typed.strip()
    return check_id_number(text, today=today).number if text else ""


def simple(
    spec: Spec, typed: str, *, today: date, limits: Mapping[str, int], known_region: Callable[[str], bool]
) -> Any:
    """The value of a plain input (not a list). Raises ``Refused``."""
    match spec.kind:
        case "money":
            return money(typed)
        case "yesno":
            return yesno(typed)
        case "count":
            return count(typed, limit=limits.get(spec.name, 999))
        case "area":
            return area(typed)
        case "region":
            return region(typed, known_region)
        case "phone":
            return phone(typed)
        case "id":
            return id_number(typed, today)
        case "date":
            future = "出生日期晚于今天，请核对" if spec.name == "birth_date" else "日期晚于今天，请核对"
            return day(typed, today=today, future=future)
        case "choice":
            return choice(spec, typed)
        case _:
            return short_text(typed, limits.get(spec.name, 120))
