"""Advice in Chinese sentences, for a terminal, a page and a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bangfu.policy import labels, money
from bangfu.policy.advice.changes import Change
from bangfu.policy.advice.questions import Answer, Question
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack

CHOICES: dict[str, str] = {
    "employed": "在岗", "flexible": "灵活就业", "laid_off": "下岗待岗", "unemployed": "失业", "student": "学生", "minor": "未成年",
    "retired": "退休", "male": "男", "female": "女", "self": "本人", "spouse": "配偶", "child": "子女", "parent": "父母",
    "grandparent": "祖父母", "grandchild": "孙子女", "sibling": "兄弟姐妹", "preschool": "学前", "compulsory": "义务教育",
    "high_school": "高中", "vocational": "中职", "college": "大专", "undergraduate": "本科", "graduate": "研究生",
    "limb": "肢体残疾", "mental": "精神残疾", "intellectual": "智力残疾", "visual": "视力残疾", "hearing": "听力残疾",
    "speech": "言语残疾", "private": "自用", "disability_mobility": "残疾人代步", "employed_driver": "受雇开车", "commercial": "营运",
    "natural_disaster": "自然灾害", "major_safety_accident": "重大安全事故", "major_epidemic": "重大疫情",
    "social_security_event": "社会安全事件", "traffic_accident": "交通事故", "dibao": "低保对象", "tekun": "特困人员",
    "registered_poor": "建档立卡贫困", "low_income": "低收入家庭", "other": "其他", "none": "没有",
}  # fmt: skip
_OWN = {"incident": CHOICES | {"illness": "突发重病"}, "causes": labels.CAUSES}
_UNITS = {"money": " 元", "area": " 平方米", "count": "", "ratio": ""}
_BY_COUNT = {"owned_homes": " 套", "labor_relation_months": " 个月"}


def outcome_word(outcome: str, pack: Pack) -> str:
    """What an outcome is called: the category's title, or that none fits."""
    if outcome == "none":
        return "不符合建档条件" if pack.heading.scheme == "worker_file" else "不符合"
    return "还不能判断" if outcome == "incomplete" else pack.category(outcome).title


def label(path: str, facts: Facts, names: Mapping[str, str] | None = None) -> str:
    """What a fact is called."""
    if path == "incomes":
        return "家庭每月收入合计"
    if path == "expenses":
        return "核算期内自付的医药费等支出合计"
    return labels.path_label(path, facts, names)


def number_word(path: str, unit: str, value: Any) -> str:
    """A number with its unit: `1,234.50 元`."""
    if unit == "money":
        return f"{money.group_fen(int(value.replace('.', '')))} 元"
    return f"{value}{_BY_COUNT.get(path.rpartition('.')[2], _UNITS[unit])}"


def value_word(path: str, value: Any) -> str:
    """A flag, a choice, a set, a month or a place in words."""
    if value is True or value is False:
        return "是" if value else "否"
    words = _OWN.get(path.partition(".")[0], CHOICES)
    if isinstance(value, list):
        return "、".join(value_word(path, one) for one in value) or "没有"
    if isinstance(value, dict):
        return "".join(value_word(path, one) for one in value.values())
    if isinstance(value, int):
        return f"{value}级"
    return words.get(str(value), str(value))


def meaning(answer: Answer, pack: Pack) -> str:
    """What an answer leads to."""
    if answer.outcome != "incomplete":
        return outcome_word(answer.outcome, pack)
    titles = [outcome_word(one, pack) for one in answer.possible]
    return "还要再问，仍有可能：" + "、".join(titles)


def answers(question: Question, pack: Pack) -> list[str]:
    """One sentence for each thing the answers may mean."""
    if question.kind == "number":
        return [f"{_range(question, answer)}：{meaning(answer, pack)}" for answer in question.answers]
    found: dict[str, list[str]] = {}
    for answer in question.answers:
        found.setdefault(meaning(answer, pack), []).append("、".join(_values(question, answer)))
    return [f"{'、'.join(values)}：{what}" for what, values in found.items()]


def _values(question: Question, answer: Answer) -> list[str]:
    words = [value_word(question.path, value) for value in answer.values]
    if question.kind in ("month", "day") and len(words) > 2:
        return [f"{words[0][:7]} 至 {words[-1][:7]}"]
    return words


def _range(question: Question, answer: Answer) -> str:
    low, high = answer.values
    first, last = (number_word(question.path, question.unit, one) if one is not None else "" for one in (low, high))
    if high is None:
        return f"{first}以上" if low not in (0, "0.00", "0.0000") else "不论多少"
    if low == high:
        return first
    return f"不超过 {last}" if low in (0, "0.00", "0.0000") else f"{first} 至 {last}"


def change(one: Change, facts: Facts, pack: Pack, names: Mapping[str, str] | None = None) -> str:
    """A change in one sentence: what, by how much, and what it would be then."""
    what, then = label(one.path, facts, names), outcome_word(one.outcome, pack)
    if one.difference is None:
        return f"{what}：现为“{value_word(one.path, one.now)}”，如为“{value_word(one.path, one.to)}”，则为{then}"
    now, to = (number_word(one.path, one.unit, value) for value in (one.now, one.to))
    away = number_word(one.path, one.unit, str(one.as_dict()["difference"]).lstrip("-"))
    return f"{what}：现为 {now}，{'多' if one.difference > 0 else '少'} {away}（{to}），则为{then}"


def as_text(
    questions: Sequence[Question] | None, changes: Sequence[Change] | None, facts: Facts, pack: Pack
) -> str:  # fmt: skip
    """Both for a terminal."""
    out: list[str] = []
    if questions is not None:
        out.append("下一步先问")
        if not questions:
            out.append("  结论已定，不用再问")
        for place, question in enumerate(questions, start=1):
            out.append(f"  {place}. {label(question.path, facts)}（{question.path}）")
            out += [f"     {line}" for line in answers(question, pack)]
    if changes is not None:
        out.append("差多少")
        if not changes:
            out.append("  没有哪一项事实单独改变就能改变结论")
        out += [f"  · {change(one, facts, pack)}" for one in changes]
    return "\n".join(out) + "\n"
