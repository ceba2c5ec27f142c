"""What an encrypted fact is found again by: a normal form of the fact, hashed with the installation's key.

The normal forms fold what people write differently for the same thing (blanks, full-width signs, ``3-2-301`` and ``3号楼2单元301室``, 陳
and 陈, a number of 15 digits and the one of 18 that replaced it). A fact that is too vague to point at anybody has no hash.
"""

import json
import re
import unicodedata
from datetime import date
from typing import Any

from bangfu.common.crypto import lookup_hash
from bangfu.common.identity import IdFault, check_digit, check_id_number
from bangfu.families.names import pinyin_of

_PREFIX = re.compile(r"^(?:中国)?(?:[^\d省市区县]{2,7}(?:省|自治区|特别行政区))?(?:[^\d省市区县]{2,9}市)?")
_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "两": "2"}
_COUNTED = re.compile(r"([〇零一二两三四五六七八九十百]+)(?=号|栋|幢|座|楼|单元|门|室|户|层|弄|院|组|队)")
_BETWEEN = re.compile(r"(?:号院|号楼|单元|号|栋|幢|座|楼|门|室|户|层|[-—–~#/,，.。、()（）])+")
_OTHER_PAPER = re.compile(r"[A-Z0-9]{5,20}")


def fold(text: str) -> str:
    """Without blanks, full-width letters and digits as plain ones, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def number_form(text: str) -> str:
    """The normal form of a number of an identity paper; empty for what cannot be one.

    An identity number of 15 digits becomes the one of 18 (births of 1900–1999, GB 11643). Numbers of other papers (passport, permit)
    are letters and digits; ``P:`` before them keeps them apart from identity numbers.
    """
    number = re.sub(r"[-—–·.]", "", fold(text))
    if re.fullmatch(r"\d{15}", number):
        body = f"{number[:6]}19{number[6:]}"
        number = body + check_digit(body)
    try:
        return check_id_number(number).number
    except IdFault:
        pass
    if not _OTHER_PAPER.fullmatch(number) or not any(sign.isdigit() for sign in number) or number.isdigit():
        return ""
    return "" if len(number) == 18 and number[:17].isdigit() else f"P:{number}"


def id_hash(text: str) -> str:
    """The look-up hash of an identity paper's number in any of its forms; empty where there is none."""
    form = number_form(text)
    return lookup_hash("id_number", form) if form else ""


def phone_form(text: str) -> str:
    """Digits only, without the country code; empty below seven digits."""
    digits = re.sub(r"\D", "", fold(text))
    for code in ("0086", "86"):
        if digits.startswith(code) and len(digits) == len(code) + 11:
            digits = digits[len(code) :]
    return digits if len(digits) >= 7 else ""


def address_form(text: str) -> str:
    """Words and house numbers, without province and city; empty where no number says which house.

    >>> address_form("天津市和平区南京路 八号 3号楼2单元301室") == address_form("和平区南京路8号3-2-301")
    True
    """
    plain = _PREFIX.sub("", _COUNTED.sub(lambda found: _count(found.group(1)), fold(text)))
    parts = [part for part in re.split(r"(\d+)", _BETWEEN.sub("|", plain)) if part.strip("|")]
    form = "|".join(part.strip("|") for part in parts)
    return form if re.search(r"\d", form) and len(form) >= 5 else ""


def _count(words: str) -> str:
    if "十" not in words and "百" not in words:
        return "".join(_DIGITS[word] for word in words)
    total, hand = 0, 0
    for word in words:
        if word in "十百":
            total += (hand or 1) * (10 if word == "十" else 100)
            hand = 0
        else:
            hand = int(_DIGITS[word])
    return str(total + hand)


def name_form(name: str) -> str:
    """A name without blanks and middle dots."""
    return re.sub(r"[·•・．.\-']", "", fold(name))


def person_form(name: str, born: date | None) -> str:
    """How a name sounds, with the birth date: writings of one name (陈 and 陳, pinyin on a bank's list) fall together."""
    plain = name_form(name)
    sound = pinyin_of(plain)[0] or plain.lower()
    return f"{sound}|{born.isoformat()}" if born is not None and len(plain) >= 2 else ""


def details_of(raw: Any) -> dict[str, Any]:
    """What was copied from a paper."""
    loaded: dict[str, Any] = json.loads(str(raw or "{}"))
    return loaded


# --- what the hash columns hold (named by the models) -----------------------------------------------------------------
def phone_hash(household: Any) -> str:
    return _hash("phone", phone_form(str(household.phone or "")))


def address_hash(household: Any) -> str:
    return _hash("address", address_form(str(household.address or "")))


def person_hash(member: Any) -> str:
    return _hash("person", person_form(member.name, member.birth_date))


def paper_hash(file: Any) -> str:
    """By the number that was copied from a paper (a bank card, a certificate): letters and digits, six or more."""
    number = re.sub(r"[^A-Z0-9]", "", fold(str(details_of(file.details).get("number") or "")))
    return _hash("paper", number if len(number) >= 6 else "")


def _hash(purpose: str, form: str) -> str:
    return lookup_hash(purpose, form) if form else ""
