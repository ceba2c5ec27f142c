"""The plain questions of the self-test: which facts each one covers, how its answer is read, and what it says in a facts document.

An answer travels in the page as text (`"230000-250000"`, `"illness,schooling"`, `"?"` for not knowing) and is written into the
document only while an answer is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bangfu.policy import labels, months
from bangfu.policy.advice import reads, words
from bangfu.policy.facts import PAYERS
from bangfu.policy.household import INCIDENT_KINDS
from bangfu.policy.pack.model import Pack

UNSURE = "?"
NONE = "none"
Document = dict[str, Any]
#: Facts nobody is asked about himself: they are taken not to hold, and the answer says so.
ASSUMED: dict[str, tuple[Any, str]] = {
    "conduct.refused_verification": (False, "您愿意配合工会核实收入和财产"),
    "conduct.concealed_facts": (False, "您如实填写了收入和人口"),
    "conduct.refused_employment": (False, "有劳动能力的家人没有无故拒绝工作"),
    "conduct.evaded": (False, "没有为了申请而故意放弃收入来源"),
    "conduct.declined_dibao": (False, "没有无故不申请低保"),
    "conduct.unexplained_funds": ("0", "没有说不清去向的大笔钱"),
    "attested.committee_resolution": (False, "工会委员会还没有就您家专门作出决定"),
}


@dataclass(frozen=True)
class Setting:
    """What a question may depend on: the pack, the day's window, the place."""

    pack: Pack
    window: tuple[str, str]
    month: str
    region: str
    place: str

    @property
    def reads(self) -> frozenset[str]:
        return reads.plan(self.pack.rules).all_reads

    @property
    def months(self) -> int:
        return self.pack.window_months


@dataclass(frozen=True)
class Topic:
    """One question. `kind`: amount (分, a range is allowed), number, choice, several, flag or place. `against`: it looks for what
    speaks against a family. `after`: it makes sense once another one is answered."""

    code: str
    kind: str
    title: str
    covers: re.Pattern[str]
    write: Callable[[Document, str, Setting], None]
    hint: Callable[[Setting], str] = lambda setting: ""
    options: Callable[[Setting], list[tuple[str, str]]] = lambda setting: []
    unit: str = "元"
    none: str = "都没有"
    most: int = 10**9
    least: int = 0
    against: bool = False
    after: str = ""

    def shown(self, setting: Setting) -> str:
        """The title for a place: {n} is the number of months looked at."""
        return self.title.format(n=setting.months)

    def valid(self, value: str, setting: Setting) -> bool:
        """Whether a text is an answer to this question."""
        if value == UNSURE:
            return self.code != "people"
        codes = {code for code, _ in self.options(setting)}
        if self.kind == "amount":
            match = re.fullmatch(r"(\d{1,13})(?:-(\d{1,13}))?", value)
            return bool(match) and (match[2] is None or int(match[1]) <= int(match[2]))  # type: ignore[index]
        if self.kind == "number":
            return bool(re.fullmatch(r"\d{1,9}", value)) and self.least <= int(value) <= self.most
        if self.kind == "flag":
            return value in ("yes", "no")
        if self.kind == "place":
            return bool(re.fullmatch(r"\d{6}", value))
        if self.kind == "several":
            return value == NONE or (bool(value) and set(value.split(",")) <= codes)
        return value in codes

    def said(self, value: str, setting: Setting) -> str:
        """The answer in words, for the list of what was answered."""
        if value == UNSURE:
            return "不清楚"
        if self.kind == "amount":
            parts = [words.number_word("", "money", f"{int(one) // 100}.{int(one) % 100:02d}") for one in value.split("-")]  # fmt: skip
            return " 至 ".join(dict.fromkeys(parts))
        if self.kind == "number":
            return f"{value} {self.unit}"
        if self.kind == "flag":
            return "是" if value == "yes" else "不是"
        if self.kind == "place":
            return setting.place if value == setting.region else "别的地方"
        names = dict(self.options(setting))
        return "、".join(names[one] for one in value.split(",") if one in names) or self.none


# --- writing answers ------------------------------------------------------------------------------------------------------
def _people(document: Document, value: str, setting: Setting) -> None:
    document["members"] = [
        {"id": f"P{number}", "lives_together": True, "same_huji": True, **({"relation": "self"} if number == 1 else {})}
        for number in range(1, int(value) + 1)
    ]


def _income(document: Document, value: str, setting: Setting) -> None:
    first, last = setting.window
    line = {"member": "P1", "kind": "wage", "monthly": _yuan(value), "from": first, "to": last}
    document["incomes"] = [line] if value != "0" else []


def _expense(document: Document, value: str, setting: Setting) -> None:
    line = {"member": "P1", "kind": "illness", "month": setting.window[1], "total": _yuan(value), "paid_by": dict.fromkeys(PAYERS, "0")}  # fmt: skip
    document["expenses"] = [line] if value != "0" else []


def _yuan(value: str) -> str:
    fen = int(value)
    return f"{fen // 100}.{fen % 100:02d}"


def _causes(document: Document, value: str, setting: Setting) -> None:
    document["causes"] = [] if value == NONE else value.split(",")


def _work(document: Document, value: str, setting: Setting) -> None:
    document["members"][0] |= {"employment": value, "retired": value == "retired"}


def _worker(name: str) -> Callable[[Document, str, Setting], None]:
    def write(document: Document, value: str, setting: Setting) -> None:
        document["members"][0][name] = int(value) if value.isdigit() else value == "yes"

    return write


def _major_illness(document: Document, value: str, setting: Setting) -> None:
    for place, member in enumerate(document["members"]):
        member["major_illness"] = value == "yes" and place == 0


def _studying(document: Document, value: str, setting: Setting) -> None:
    members = document["members"]
    for place, member in enumerate(members):
        member["studying"] = "compulsory" if place >= len(members) - int(value) else "none"


def _section(section: str, name: str) -> Callable[[Document, str, Setting], None]:
    def write(document: Document, value: str, setting: Setting) -> None:
        document.setdefault(section, {})[name] = value == "yes"

    return write


def _ticked(section: str) -> Callable[[Document, str, Setting], None]:
    """Several flags of one section: what is ticked holds, the rest of the list does not."""

    def write(document: Document, value: str, setting: Setting) -> None:
        ticked = value.split(",")
        for code, _ in TOPICS[section].options(setting):
            document.setdefault(section, {})[code] = code in ticked

    return write


def _property(document: Document, value: str, setting: Setting) -> None:
    ticked = value.split(",")
    document.setdefault("housing", {})["owned_homes"] = 2 if "two_homes" in ticked else 1
    document["vehicles"] = [{"use": "private"}] if "car" in ticked else []
    for code, _ in _CONDUCT:
        document.setdefault("conduct", {})[code] = code in ticked


def _area(document: Document, value: str, setting: Setting) -> None:
    document.setdefault("housing", {})["owned_area_m2"] = value


def _money(name: str) -> Callable[[Document, str, Setting], None]:
    def write(document: Document, value: str, setting: Setting) -> None:
        document[name] = _yuan(value)

    return write


def _incident(document: Document, value: str, setting: Setting) -> None:
    document["incident"] = "none" if value == NONE else {"kind": value}


def _happened(document: Document) -> dict[str, Any] | None:
    held = document.get("incident")
    return held if isinstance(held, dict) else None


def _when(document: Document, value: str, setting: Setting) -> None:
    if (held := _happened(document)) is not None:
        before = months.format_month(months.parse_month(setting.window[0]) - 1)
        held["date"] = f"{setting.window[1] if value == 'inside' else before}-01"


def _harm(document: Document, value: str, setting: Setting) -> None:
    if (held := _happened(document)) is not None:
        ticked = value.split(",")
        grade: int | str = 3 if "grade_3" in ticked else 10 if "grade_10" in ticked else "none"
        held |= {"injury_grade": grade} | {name: name in ticked for name in ("death", "infected", "hospitalised")}


def _loss(document: Document, value: str, setting: Setting) -> None:
    if (held := _happened(document)) is not None:
        held["loss"] = _yuan(value)


def _huji(document: Document, value: str, setting: Setting) -> None:
    document["huji_region"] = value


# --- what may be ticked ------------------------------------------------------------------------------------------------------
_CONDUCT = (
    ("owns_shop", "有店铺（商业用房）"), ("employs_others", "雇人做生意"), ("controlling_shareholder", "是公司的控股股东或实际控制人"),
    ("private_or_abroad_school", "孩子读高收费私立学校或自费留学"), ("high_consumption", "有当地规定的高消费"),
)  # fmt: skip
_STATUS = (
    ("dibao", "正在享受低保"), ("tekun", "特困人员"), ("registered_poor", "建档立卡贫困户"), ("work_injury_survivor", "因工死亡职工的家属"),
    ("low_income_certified", "有低收入家庭证"),
)  # fmt: skip
_ATTESTED = (
    ("huge_treatment_cost", "治疗费用特别大"), ("severe_loss", "人受重伤，或房屋、家什严重损毁"), ("especially_hard", "生活特别困难，维持不下去"),
)  # fmt: skip


def _read(listed: tuple[tuple[str, str], ...], section: str) -> Callable[[Setting], list[tuple[str, str]]]:
    """The options whose facts the text of the place looks at."""
    return lambda setting: [one for one in listed if f"{section}.{one[0]}" in setting.reads]


def _property_options(setting: Setting) -> list[tuple[str, str]]:
    found = [("two_homes", "有两套或更多住房")] if "housing.owned_homes" in setting.reads else []
    found += [("car", "有汽车（残疾人代步车不算）")] if "vehicles" in setting.reads else []
    return found + _read(_CONDUCT, "conduct")(setting)


def _income_hint(setting: Setting) -> str:
    rule = setting.pack.rules.line_rules.get(("incomes", "dibao", False))
    counts = rule is not None and "income" in rule.into
    relief = "低保金、残疾人补贴也算在内。" if counts else "低保金、残疾人补贴不用算。"
    return f"全家人的工资、退休金、做生意和打零工挣的钱、房租、子女给的钱，加在一起，最近 {setting.months} 个月平均每个月多少。扣掉自己交的社保和税。{relief}"


def _months_options(setting: Setting) -> list[tuple[str, str]]:
    return [("inside", f"最近 {setting.months} 个月里，或这个月"), ("before", "更早以前")]


def _choices(*listed: tuple[str, str]) -> Callable[[Setting], list[tuple[str, str]]]:
    return lambda setting: list(listed)


_CAUSES = [(code, labels.CAUSES[code]) for code in ("illness", "disability", "schooling", "single_parent", "unemployment", "enterprise_closure", "disaster", "accident", "rights_infringed", "other")]  # fmt: skip
_EVENTS = [(code, words.CHOICES.get(code, "突发重病") if code != "other" else "其他意外") for code in INCIDENT_KINDS]


def _topic(code: str, kind: str, title: str, covers: str, write: Callable[[Document, str, Setting], None], **more: Any) -> Topic:  # fmt: skip
    return Topic(code, kind, title, re.compile(covers), write, **more)


_ALL = (
    _topic("people", "number", "家里一共几口人？", r"members", _people, unit="人", least=1, most=20,
           hint=lambda setting: "和您一起生活，而且在同一个户口本上，或者要靠您养、由您赡养的家人。连您自己算在内。"),
    _topic("income", "amount", "家里一个月一共收入多少？", r"incomes", _income, hint=_income_hint),
    _topic("expense", "amount", "最近 {n} 个月，看病和上学自己掏了多少钱？", r"expenses", _expense,
           hint=lambda setting: "看病、康复、孩子上学的学费和住宿费。报销过的、别人资助过的不算，只算自己付的。没有就填 0。"),
    _topic("causes", "several", "家里困难，主要因为什么？", r"causes", _causes, options=lambda setting: _CAUSES, none="没有这些原因"),
    _topic("work", "choice", "您现在的工作情况是？", r"members\[0\]\.(employment|retired)", _work,
           options=_choices(("employed", "在单位上班"), ("flexible", "打零工、灵活就业"), ("laid_off", "下岗、待岗"),
                            ("unemployed", "失业"), ("retired", "已经退休"), ("none", "没有工作"))),
    _topic("migrant", "flag", "您是农民工吗？", r"members\[0\]\.migrant_worker", _worker("migrant_worker"),
           hint=lambda setting: "户口在农村，在城镇的单位做工。"),
    _topic("contract", "flag", "您和单位签了劳动合同吗？", r"members\[0\]\.labor_contract", _worker("labor_contract"), after="migrant"),
    _topic("tenure", "number", "您在现在的单位做了几个月？", r"members\[0\]\.labor_relation_months", _worker("labor_relation_months"),
           unit="个月", most=720, hint=lambda setting: "满一年就是 12 个月，只算整月。", after="migrant"),
    _topic("urban", "flag", "您长期住在城里吗？", r"members\[0\]\.long_term_urban", _worker("long_term_urban"), after="migrant"),
    _topic("member", "flag", "您是工会会员吗？", r"members\[0\]\.union_member", _worker("union_member")),
    _topic("union", "flag", "您的单位有工会吗？", r"members\[0\]\.unit_has_union", _worker("unit_has_union")),
    _topic("mining", "flag", "您退休以后住在独立工矿区吗？", r"members\[0\]\.retired_in_mining_area", _worker("retired_in_mining_area"), after="work"),
    _topic("illness", "flag", "家里有人得了重大疾病吗？", r"members\[\d+\]\.major_illness", _major_illness,
           hint=lambda setting: "例如癌症、尿毒症、严重的心脑血管病。以医院的诊断为准。"),
    _topic("students", "number", "家里有几个人在上学？", r"members\[\d+\]\.studying", _studying, unit="人", most=20,
           hint=lambda setting: "小学到大学都算。没有就填 0。"),
    _topic("status", "several", "您家有下面的身份吗？", r"status\..*", _ticked("status"), options=_read(_STATUS, "status")),
    _topic("property", "several", "下面这些，您家有吗？", r"housing\.owned_homes|vehicles|conduct\..*", _property,
           options=_property_options, against=True, hint=lambda setting: "有的规定里，有这些情况不能建档或只能建另一类档。"),
    _topic("area", "number", "家里的房子一共多少平方米？", r"housing\.owned_area_m2", _area, unit="平方米", most=100_000, against=True, after="property",
           hint=lambda setting: "几套加在一起，按房产证上的面积。"),
    _topic("incident", "choice", "家里最近遇到过突发的大事吗？", r"incident", _incident,
           options=lambda setting: [*_EVENTS, (NONE, "没有")]),
    _topic("when", "choice", "那件事是什么时候的？", r"incident\.date", _when, options=_months_options, after="incident"),
    _topic("harm", "several", "那件事造成了什么？", r"incident\.(injury_grade|infected|hospitalised|death)", _harm,
           options=_choices(("death", "有人去世"), ("grade_3", "有人残疾（一至三级）"), ("grade_10", "有人残疾（四至十级）"),
                            ("infected", "有人染病"), ("hospitalised", "有人住院")), after="incident"),
    _topic("loss", "amount", "房屋和家里的东西损失了多少钱？", r"incident\.loss", _loss, after="incident"),
    _topic("still", "flag", "算上得到的救助、保险和赔偿，生活还是很难吗？", r"attested\.still_in_difficulty",
           _section("attested", "still_in_difficulty"), hint=lambda setting: "最后由工会核实认定，这里按您自己的感受填。"),
    _topic("attested", "several", "您家是下面的情况吗？", r"attested\.(huge_treatment_cost|severe_loss|especially_hard)", _ticked("attested"),
           options=_read(_ATTESTED, "attested"), hint=lambda setting: "最后由工会核实认定，这里按您自己的感受填。"),
    _topic("savings", "amount", "家里的存款大约有多少？", r"savings", _money("savings")),
    _topic("investments", "amount", "股票、基金、理财大约有多少？", r"investments_net", _money("investments_net")),
    _topic("huji", "place", "您的户口在哪里？", r"huji_region", _huji),
)  # fmt: skip
TOPICS: dict[str, Topic] = {topic.code: topic for topic in _ALL}
"""Every question by its code."""


def covering(path: str) -> Topic | None:
    """The question that finds out a fact."""
    return next((topic for topic in _ALL if topic.covers.fullmatch(path)), None)
