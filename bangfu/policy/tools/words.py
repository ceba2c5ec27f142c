"""A formula in Chinese words: every name by its title, every sign by its meaning. For people who compare texts, not for machines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bangfu.policy import labels
from bangfu.policy.pack.model import Pack

_TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign><=|>=|==|!=|[-+*/<>(),])|(?P<space>\s+)|(?P<other>.)'
)
_SIGNS = {
    "<=": "不超过", ">=": "不低于", "==": "为", "!=": "不为", "<": "低于", ">": "高于", "+": "＋", "-": "－", "*": "×", "/": "÷",
    "(": "（", ")": "）", ",": "，",
}  # fmt: skip
_WORDS = {
    "and": "，并且", "or": "，或者", "not": "并非", "in": "属于", "if": "，如果", "else": "；否则为", "any": "其中有", "all": "全部", "count": "个数",
    "members": "家庭成员", "vehicles": "车辆", "disabilities": "残疾登记", "max": "取高", "min": "取低", "some": "至少一项",
    "published": "已公布", "true": "是", "false": "否", "in_window": "核算期内合计", "in_incident_months": "核算期和申请当月合计",
    "in_application_month": "申请当月", "topped_up": "与底线取高", "share": "均摊", "last": "最后几个月", "every_month": "每个月都：",
    "round_half_up": "四舍五入", "starts_with": "地区代码开头", "household_size": "家庭人口", "window_months": "核算月数",
    "window_start": "核算期首月", "application_month": "申请月份", "yuan": "元", "m2": "平方米", "happened": "确有发生", "causes": "致困原因",
}  # fmt: skip
_VALUES = {
    "natural_disaster": "自然灾害", "major_safety_accident": "重大安全事故", "major_epidemic": "重大疫情", "social_security_event": "社会安全事件",
    "traffic_accident": "交通事故", "employed": "在职", "flexible": "灵活就业", "laid_off": "下岗", "unemployed": "失业", "student": "学生",
    "minor": "未成年", "retired": "退休", "none": "无", "limb": "肢体", "mental": "精神", "intellectual": "智力", "visual": "视力",
    "hearing": "听力", "speech": "言语", "private": "自用", "disability_mobility": "残疾代步", "employed_driver": "受雇驾驶", "commercial": "营运",
    "self": "本人", "spouse": "配偶", "child": "子女", "parent": "父母", "tekun": "特困", "registered_poor": "建档立卡", "low_income": "低收入",
    "other": "其他",
}  # fmt: skip
_LOOP = re.compile(r"\s+for\s+\w+\s+in\s+[\w.]+")
_OWNERS = {"worker", "member", "m", "v", "d", "incident", "housing", "conduct", "status", "attested", "obligor"}


def titles(pack: Pack) -> dict[str, str]:
    """Code → title of everything a formula of this pack may name."""
    rules = pack.rules
    tables: tuple[Mapping[str, object], ...] = (rules.pots, rules.terms, rules.standards, rules.parameters)
    return {code: str(getattr(one, "title", code)) for table in tables for code, one in table.items()}


def in_words(text: str, pack: Pack) -> str:
    """The formula in words. Names nobody has a word for stay as they are."""
    known = titles(pack)
    found: list[str] = []
    for match in _TOKEN.finditer(_LOOP.sub("", " ".join(text.split()))):
        kind, token = match.lastgroup, match.group()
        if kind == "text":
            found.append(f"“{_value(match.group('text'))}”")
        elif kind == "name":
            found.append(_name(token, known))
        elif kind == "sign":
            found.append(_SIGNS[token])
        elif kind != "space":
            found.append(token)
    return "".join(found)


def _name(token: str, known: Mapping[str, str]) -> str:
    if token in known:
        return f"〔{known[token]}〕"
    if token in _WORDS:
        return _WORDS[token]
    head, _, rest = token.partition(".")
    if head in _OWNERS:
        who = {"worker": "本人", "member": "该成员", "m": "其", "incident": "意外事件", "obligor": "义务人"}.get(
            head, ""
        )
        if not rest:
            return who
        return f"{who}{_WORDS.get(rest) or _plain(labels.KEYS.get(rest, rest))}"
    return _plain(labels.KEYS.get(token, token))


def _plain(label: str) -> str:
    """A label as a statement: 是否退休 is asked, 退休 is said."""
    for start in ("是否", "有无"):
        label = label.removeprefix(start)
    return label


def _value(text: str) -> str:
    for table in (labels.CAUSES, labels.INCOME_KINDS, labels.EXPENSE_KINDS, *_further()):
        if text in table:
            return table[text]
    return _VALUES.get(text, text)


def _further() -> tuple[Mapping[str, str], ...]:
    return tuple(
        table for name, table in vars(labels).items() if name.isupper() and isinstance(table, dict) and name != "KEYS"
    )
