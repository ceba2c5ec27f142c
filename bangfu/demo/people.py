"""Invented families for practice: names, numbers and amounts are made up, from a seed, so that every practice installation is alike.

ID numbers are valid in form but carry 天津市's own code (120000), under which none are handed out, so they belong to nobody.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
GIVEN_MALE = (
    "建军",
    "国强",
    "志远",
    "海涛",
    "永刚",
    "文斌",
    "立新",
    "振华",
    "晓东",
    "家明",
    "德顺",
    "卫国",
    "俊杰",
    "少华",
    "保田",
    "宏伟",
)
GIVEN_FEMALE = (
    "秀兰",
    "桂英",
    "海燕",
    "丽华",
    "玉梅",
    "春霞",
    "晓红",
    "淑珍",
    "敏",
    "雅琴",
    "慧芳",
    "建华",
    "莉",
    "凤英",
    "爱云",
    "雪梅",
)
GIVEN_CHILD = ("子涵", "晓雨", "浩然", "欣怡", "梓轩", "思远", "雨桐", "宇航", "佳宁", "天佑")
EMPLOYERS = (
    "海河百货商场",
    "津门食品公司",
    "北方仓储物流公司",
    "渤海宾馆",
    "利民菜市场管理公司",
    "新华贸易公司",
    "和平超市",
    "滨江饭店",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PRACTICE_REGION = "120000"


def id_number(birth: date, sequence: int, *, male: bool) -> str:
    """An ID number with a right check digit under the practice region."""
    body = f"{PRACTICE_REGION}{birth:%Y%m%d}{sequence * 2 + male:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


@dataclass
class Family:
    """One invented family: what the clerk would type, in 分 and months counted back from the window's end."""

    note: str
    members: list[dict[str, Any]]
    incomes: list[dict[str, Any]] = field(default_factory=list)
    expenses: list[dict[str, Any]] = field(default_factory=list)
    part: dict[str, Any] = field(default_factory=dict)
    employer: str = ""


CONDUCT = (
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao",
)  # fmt: skip
STATUS = ("dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified")
ATTESTED = ("especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss")


class Maker:
    """Makes families one after another; the same seed makes the same families."""

    def __init__(self, seed: int = 2020) -> None:
        self.random = random.Random(seed)
        self.sequence = 0

    def name(self, male: bool, surname: str | None = None, *, child: bool = False) -> str:
        given = GIVEN_CHILD if child else GIVEN_MALE if male else GIVEN_FEMALE
        return (surname or self.random.choice(SURNAMES)) + self.random.choice(given)

    def member(self, relation: str, birth_year: int, male: bool, name: str, **facts: Any) -> dict[str, Any]:
        """One member with every fact known, as a plain household has them."""
        self.sequence += 1
        birth = date(birth_year, 1, 1) + timedelta(days=self.random.randrange(365))
        values: dict[str, Any] = {
            "relation": relation, "name": name, "id_number": id_number(birth, self.sequence % 400 + 50, male=male),
            "lives_together": True, "same_huji": True, "employment": "none", "retired": False, "retired_in_mining_area": False,
            "union_member": relation == "self", "unit_has_union": relation == "self", "migrant_worker": False,
            "labor_relation_months": 0, "labor_contract": False, "long_term_urban": True, "work_capable": True, "disabilities": [],
            "major_illness": False, "chronic_illness": False, "studying": "none",
        }  # fmt: skip
        return values | facts

    def worker(self, surname: str, male: bool, **facts: Any) -> dict[str, Any]:
        base = {
            "employment": "employed",
            "labor_contract": True,
            "labor_relation_months": self.random.randrange(14, 200),
            "head_of_household": True,
        }
        return self.member("self", self.random.randrange(1968, 1990), male, self.name(male, surname), **(base | facts))

    def families(self, count: int) -> Iterator[Family]:
        kinds = (
            self.illness,
            self.schooling,
            self.disability,
            self.single_parent,
            self.accident,
            self.comfortable,
            self.migrant,
        )
        weights = (30, 22, 16, 12, 10, 6, 4)
        for _ in range(count):
            family: Family = self.random.choices(kinds, weights)[0]()
            family.employer = self.random.choice(EMPLOYERS)
            yield family

    def wage(self, low: int, high: int) -> int:
        """A monthly wage in 分, to the jiao."""
        return self.random.randrange(low * 10, high * 10) * 10

    def _plain(self, causes: list[str], **part: Any) -> dict[str, Any]:
        known: dict[str, Any] = dict.fromkeys((*CONDUCT, *STATUS, *ATTESTED), False)
        known |= {
            "still_in_difficulty": True, "unexplained_funds": 0, "vehicles": [], "savings": self.random.randrange(0, 40) * 50_000,
            "investments_net": 0, "owned_homes": 1, "owned_area_m2": f"{self.random.randrange(38, 80)}.0", "renting": False,
            "rented_area_m2": "0", "rent_within_market": False, "causes": causes, "has_incident": False,
            "needs": ["living", *(["medical"] if "illness" in causes else []), *(["schooling"] if "schooling" in causes else [])],
            "government_cover": "insufficient" if part.get("dibao") else "none",
        }  # fmt: skip
        return known | part

    def _couple(self, **spouse: Any) -> tuple[str, list[dict[str, Any]]]:
        male = self.random.random() < 0.55
        surname = self.random.choice(SURNAMES)
        partner = self.member("spouse", self.random.randrange(1968, 1990), not male, self.name(not male), **spouse)
        return surname, [self.worker(surname, male), partner]

    def _wage_lines(self, amount: int) -> list[dict[str, Any]]:
        return [
            {"who": 0, "kind": "wage", "basis": "contract", "monthly": amount},
            {"who": 0, "kind": "social_insurance", "basis": "verified", "monthly": amount * 105 // 1000 // 100 * 100},
        ]

    def _bill(self, who: int, total: int, back: int = 2, *, incident: bool = False) -> dict[str, Any]:
        paid = {
            "basic_insurance": total * 55 // 100, "major_illness_insurance": total * 8 // 100, "commercial_insurance": 0,
            "mutual_aid": total * 3 // 100, "other_relief": 0,
        }  # fmt: skip
        own = total - sum(paid.values())
        return {
            "who": who, "kind": "illness", "total": total, "back": back, "incident": incident, "paid": paid,
            "self_in_scope": own * 6 // 10, "self_out_of_scope": own - own * 6 // 10,
        }  # fmt: skip

    def illness(self) -> Family:
        _, members = self._couple(major_illness=True, chronic_illness=True, work_capable=False)
        incomes = self._wage_lines(self.wage(2100, 5200))
        bills = [
            self._bill(1, self.random.randrange(90, 900) * 10_000, back)
            for back in range(1, self.random.randrange(2, 5))
        ]
        return Family("配偶患病", members, incomes, bills, self._plain(["illness"], huge_treatment_cost=True))

    def schooling(self) -> Family:
        surname, members = self._couple(employment="flexible")
        members.append(
            self.member(
                "child",
                2004,
                self.random.random() < 0.5,
                self.name(True, surname, child=True),
                employment="student",
                studying="undergraduate",
            )
        )
        incomes = [
            *self._wage_lines(self.wage(2300, 4600)),
            {"who": 1, "kind": "wage", "basis": "declared_flexible", "monthly": 120_000},
        ]
        tuition = self.random.randrange(40, 90) * 10_000
        fees = {
            "who": 2,
            "kind": "schooling",
            "back": 1,
            "tuition": tuition,
            "boarding": 120_000,
            "travel": 36_000,
            "aided": self.random.choice((0, 150_000)),
        }
        return Family("子女上大学", members, incomes, [fees], self._plain(["schooling"]))

    def disability(self) -> Family:
        grade = self.random.randrange(1, 4)
        _, members = self._couple(
            disabilities=[{"kind": self.random.choice(("limb", "mental")), "grade": grade}], work_capable=False
        )
        incomes = [
            *self._wage_lines(self.wage(2200, 4200)),
            {"who": 1, "kind": "disability_subsidy", "basis": "verified", "monthly": 20_000},
        ]
        care = {"who": 1, "kind": "disability_care", "monthly": self.random.randrange(8, 22) * 10_000}
        return Family("配偶残疾需照料", members, incomes, [care], self._plain(["disability"]))

    def single_parent(self) -> Family:
        surname = self.random.choice(SURNAMES)
        members = [
            self.worker(surname, False),
            self.member(
                "child", 2011, True, self.name(True, surname, child=True), employment="student", studying="compulsory"
            ),
        ]
        rent = {"who": None, "kind": "rent", "monthly": self.random.randrange(9, 22) * 10_000}
        part = self._plain(
            ["single_parent"],
            owned_homes=0,
            owned_area_m2="0",
            renting=True,
            rented_area_m2="45.0",
            rent_within_market=True,
        )
        return Family("单亲租房", members, self._wage_lines(self.wage(2400, 5200)), [rent], part)

    def accident(self) -> Family:
        surname, members = self._couple()
        members.append(
            self.member(
                "child", 2013, False, self.name(False, surname, child=True), employment="student", studying="compulsory"
            )
        )
        incomes = [
            *self._wage_lines(self.wage(4600, 7200)),
            {"who": 0, "kind": "compensation", "basis": "verified", "amount": 800_000, "back": 1, "incident": True},
        ]
        bills = [self._bill(0, self.random.randrange(600, 2200) * 10_000, 1, incident=True)]
        part = self._plain(
            ["accident"], has_incident=True, incident_kind="traffic_accident", incident_back=1, injury_grade=0, hospitalised=True, infected=False,
            death=False, loss=self.random.randrange(0, 80) * 10_000, severe_loss=True, huge_treatment_cost=True,
        )  # fmt: skip
        return Family("交通事故", members, incomes, bills, part)

    def comfortable(self) -> Family:
        _, members = self._couple(employment="employed", labor_contract=True, labor_relation_months=60)
        incomes = [
            *self._wage_lines(self.wage(6500, 9000)),
            {"who": 1, "kind": "wage", "basis": "contract", "monthly": self.wage(4200, 5200)},
        ]
        return Family(
            "收入高于各条线",
            members,
            incomes,
            [self._bill(1, 800_000)],
            self._plain(["illness"], vehicles=[{"use": "private"}]),
        )

    def migrant(self) -> Family:
        family = self.illness()
        family.members[0] |= {"migrant_worker": True, "long_term_urban": True}
        family.note = "农民工，配偶患病"
        return family
