"""Filled forms of 民办发〔2019〕10号 for the tests: each complete and without a fault, to be changed by each test."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from bangfu.policy import forms
from bangfu.policy.registry import get_pack

#: Three numbers with a real date and the right check character.
IDS = ("370902198001011011", "370902198203032027", "37090220100505301X")


def _checked(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number[:17] + "10X98765432"[sum(int(a) * b for a, b in zip(number, weights, strict=False)) % 11]


def day(month: int, number: int) -> datetime.date:
    return datetime.date(2020, month, number)


def person(place: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "name": "甲乙丙"[place], "age": 40, "sex": "male", "relation": "本人", "marital": "已婚", "health": "健康",
        "occupation": "c2", "income": 0, "id_number": _checked(IDS[place]),
    } | changes  # fmt: skip


def found(place: int = 0) -> dict[str, Any]:
    """A person as a home visit writes her down: no age, income by the month."""
    known = person(place, health=["healthy"])
    del known["age"], known["income"]
    return known | {"monthly_income": 100000}


VALUES: dict[str, dict[str, Any]] = {
    "f1": {
        "applicant_name": "甲", "apply_type": "urban", "accepts_authorization": True, "accepts_undertaking": True,
        "member_count": 2, "applied_on": day(10, 15),
        "signatures": [
            {"member": "甲", "mode": "signature", "capable": True, "writes": True, "image": "s1", "signed_at": day(10, 15)},
            {"member": "乙", "mode": "fingerprint", "capable": True, "writes": False, "image": "s2", "signed_at": day(10, 15)},
        ],
    },
    "f2": {
        "applicant_name": "甲", "member_count": 2, "family_income": 150000, "income_unit": "month", "address": "某街1号",
        "kin_flag": "no", "deposit": 0, "securities": 0, "claims": 0,
        "members": [person(0, income=100000), person(1, income=50000)],
    },
    "f3": {
        "applicant_name": "甲", "sex": "male", "ethnicity": "汉", "family_size": 2, "photo": "p1", "hukou_address": "某街1号",
        "birth_month": "1980-01", "residence": "某街1号", "category": "urban",
        "members": [person(0, health=["healthy"]), person(1, health=["disabled", "ill"])],
        "economy_income": "工资", "economy_assets": "无", "economy_expense": "医药费", "kin_confirmed": "no", "kin_declared": "no",
        "audit_done": True, "review_done": True, "publicity_clear": True, "village": "某社区", "family": "甲",
        "covered_count": 2, "subsidy_unit": "month", "subsidy_per_head": 30000, "subsidy_supplements": 5000,
        "subsidy_family": 65000, "township_signatures": ["子", "丑", "寅"], "county_agrees": True, "start_month": "2020-11",
        "county_signatures": ["卯", "辰"], "county_seal": "seal", "approved_on": day(11, 20),
    },
    "f4": {
        "town": "某镇", "village": "某社区", "accepted_on": day(10, 16), "visit_on": day(10, 20), "applicant_name": "甲",
        "family_size_found": 2, "hukou_address": "某街1号", "residence_found": "某街1号", "economy_income": "工资",
        "economy_assets": "无", "economy_expense": "医药费", "members": [found(0), found(1)], "hardship": "患病",
        "consistent": True, "investigators": ["子", "丑"], "family_sign": ["甲"],
    },
    "f5": {
        "posted_from": day(11, 2), "posted_to": day(11, 8), "days": 7, "report_phone": "0538-1234567", "seal": "seal",
        "issued_on": day(11, 1), "batch_size": 1, "place": "村务公开栏", "photo": "p2",
        "rows": [{"number": 1, "covered_names": "甲、乙", "applicant_name": "甲", "village": "某村", "family_size": 3,
                  "covered_count": 2, "income_per_head": 40000}],
    },
    "f6": {
        "year": 2020, "number": 1, "town": "某镇", "village": "某社区", "name": "甲", "applied_on": day(10, 15),
        "income_per_head": 70000, "standard": 60000, "unit": "month", "served_by": "子", "seal": "seal", "issued_on": day(11, 20),
    },
    "f7": {
        "year": 2020, "number": 1, "town": "某镇", "village": "某社区", "name": "甲", "cause": "就业", "calculation": "第3号",
        "action": "down", "family_old": 65000, "family_new": 40000, "head_old": 30000, "head_new": 20000,
        "adjust_reason": "工资增加", "served_by": "子", "seal": "seal", "issued_on": day(12, 1),
    },
    "f8": {
        "phone": "0538-1234567", "approved_count": 1, "seal": "seal", "issued_on": day(11, 21),
        "rows": [{"applicant_name": "甲", "covered_count": 2, "family_size": 3, "amount": 65000, "village": "某村"}],
    },
    "f9": {
        "records": [{"visit_on": day(12, 1), "investigators": ["子", "丑"], "findings": "工资增加", "conclusion": "down", "seal": "seal"}]
    },
}  # fmt: skip


def form(code: str) -> forms.Form:
    found_form: forms.Form = get_pack("dibao-2019").forms.forms[code]
    return found_form


def filled(code: str, **changes: Any) -> dict[str, Any]:
    """The complete form with some fields changed; `None` empties one."""
    values = copy.deepcopy(VALUES[code]) | changes
    return {key: value for key, value in values.items() if value is not None}


def faults(code: str, values: dict[str, Any] | None = None, **changes: Any) -> set[tuple[str, str]]:
    """(path, code) of everything wrong with the form."""
    given = filled(code, **changes) if values is None else values
    return {(one.path, one.code) for one in forms.faults(form(code), given, datetime.date(2020, 12, 31))}


def row(code: str, block: str, place: int = 0, **changes: Any) -> dict[str, Any]:
    """The complete form with some fields of one row of a block changed."""
    values = filled(code)
    values[block][place] = {key: value for key, value in (values[block][place] | changes).items() if value is not None}
    return values
