"""What differs between two packs, in words: figures, sums, categories, conditions, steps, papers, money and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bangfu.policy.pack.model import Condition, Pack
from bangfu.policy.tools.words import in_words

KINDS = {"count": "", "ratio": "", "money": " 元", "area": " 平方米"}


@dataclass(frozen=True)
class Said:
    """One thing a pack says: how people call it, what it says, and the clause. `key` is what is compared: names of sums do not matter."""

    title: str
    text: str
    clause: str
    key: str = ""

    @property
    def compared(self) -> str:
        return self.key or self.text


@dataclass(frozen=True)
class Difference:
    """One line of the comparison. `was` or `now` is None where only one of the two says something."""

    section: str
    was: Said | None
    now: Said | None

    @property
    def text(self) -> str:
        """The line as people read it."""
        if self.now is None and self.was is not None:
            return f"不再有：{self.was.title}（原{self.was.clause}）"
        assert self.now is not None  # one of the two is there
        if self.was is None:
            return f"新增：{self.now.title}：{self.now.text}（{self.now.clause}）"
        same = self.now.title == self.was.title or self.section in ("收入", "支出")
        name = self.now.title if same else f"{self.now.title}（原称“{self.was.title}”）"
        if self.was.compared == self.now.compared:
            return f"改称：{name}（{self.now.clause}）"
        return f"{name}：{self.was.text} → {self.now.text}（{self.now.clause}）"


def differences(own: Pack, against: Pack) -> list[Difference]:
    """Everything that the first pack says otherwise than the second, in the order of a text. Clauses alone make no difference."""
    found: list[Difference] = []
    mine, other = dict(_sections(own)), dict(_sections(against))
    for section in dict.fromkeys([*mine, *other]):
        now, was = mine.get(section, {}), other.get(section, {})
        for code in [*was, *(code for code in now if code not in was)]:
            before, after = was.get(code), now.get(code)
            if section in ("收入", "支出") and before and after and before.compared == after.compared:
                continue  # only names of sums differ
            if (
                before is None
                or after is None
                or (before.title, before.compared)
                != (
                    after.title,
                    after.compared,
                )
            ):
                found.append(Difference(section, before, after))
    return found


def _sections(pack: Pack) -> Iterator[tuple[str, Mapping[str, Said]]]:
    rules = pack.rules
    yield "适用", _heading(pack)
    figures = {}
    for code, one in rules.parameters.items():
        value = one.literal.numerator / (100 if one.literal.kind in ("money", "area") else 1)
        shown = f"{value / one.literal.denominator:g}"
        figures[code] = Said(one.title, f"{shown}{KINDS.get(one.literal.kind, '')}", one.said.clause)
    yield "数字", figures
    yield (
        "地方标准",
        {
            code: Said(one.title, f"按{in_words(one.region.text, pack)}", one.said.clause)
            for code, one in rules.standards.items()
        },
    )
    size = rules.household
    yield "家庭人口", {"household_size": Said(size.title, in_words(size.formula.text, pack), size.said.clause)}
    for of, name in (("incomes", "收入"), ("expenses", "支出")):
        lines = {}
        for line in rules.lines:
            for pot in (one for one in rules.pots.values() if one.of == of):
                formula = line.into.get(pot.code)
                text = in_words(formula.text, pack) if formula else "不计"
                lines[f"{line.code}>{pot.code}"] = Said(
                    f"{line.title}计入〔{pot.title}〕", text, line.said.clause, formula.text if formula else "不计"
                )
        yield name, lines
    yield (
        "算式",
        {
            code: Said(one.title, in_words(one.formula.text, pack), one.said.clause, one.formula.text)
            for code, one in rules.terms.items()
        },
    )
    order = "、".join(one.title for one in pack.categories)
    yield "类别次序", {"order": Said("认定次序", order, pack.categories[0].said.clause if pack.categories else "")}
    for category in pack.categories:
        own = {"": Said(f"类别“{category.title}”", "有此类别", category.said.clause, "有")}
        own |= {one.code: _condition(one, pack) for one in category.conditions}
        yield f"类别“{category.title}”", own
    titles = {category.code: category.title for category in pack.categories}
    yield (
        "排除情形",
        {
            one.code: Said(
                one.title,
                f"{in_words(one.formula.text, pack)}；适用于{'、'.join(titles[code] for code in one.applies_to)}",
                one.said.clause,
            )
            for one in pack.exclusions
        },
    )
    yield from _work(pack)


def _heading(pack: Pack) -> dict[str, Said]:
    span = f"{pack.first_day.isoformat()} 起" + (f"，至 {pack.last_day.isoformat()}" if pack.last_day else "")
    return {
        "region": Said("适用地区", pack.region or "全国", "文头"),
        "span": Said("施行时间", span, "文头"),
    }


def _condition(one: Condition, pack: Pack) -> Said:
    return Said(one.title, in_words(one.formula.text, pack), one.said.clause, " ".join(one.formula.text.split()))


_LEVELS = {"unit": "单位工会", "upper": "上级工会", "industry": "产业（县）工会", "city": "省（市）总工会"}
_WHEN = {"data_matching": "有数据比对", "no_data_matching": "没有数据比对"}
_UNITS = {"working_day": "个工作日", "calendar_day": "天", "month": "个月", "year": "年"}


def _work(pack: Pack) -> Iterator[tuple[str, Mapping[str, Said]]]:
    procedure, papers, aid, life = pack.procedure, pack.evidence, pack.aid, pack.lifecycle
    steps = {}
    for place, step in enumerate(procedure.steps, start=1):
        clock = f"，{_length(step.clock)}" if step.clock else ""
        when = f"，仅在{_WHEN.get(step.only_when, step.only_when)}时" if step.only_when else ""
        back = "、".join(procedure.step(code).title for code in step.returns_to)
        steps[step.code] = Said(
            step.title,
            f"第{place}步，{_LEVELS[step.level]}办理{when}{clock}" + (f"，可退回{back}" if back else ""),
            step.clause,
        )
    yield "步骤", steps
    yield (
        "材料",
        {
            code: Said(one.title, "、".join(papers.documents[name].title for name in one.accepts), one.clause)
            for code, one in papers.papers.items()
        },
    )
    yield "资金来源", {code: Said(one.title, "可以使用", one.clause) for code, one in aid.sources.items()}
    yield (
        "帮扶项目",
        {
            code: Said(one.title, "、".join(purpose.title for purpose in one.purposes.values()), one.clause)
            for code, one in aid.kinds.items()
        },
    )
    yield "限额", {code: Said(one.title, _cap(one), one.clause) for code, one in aid.caps.items()}
    yield (
        "审批额度",
        {
            code: Said(one.title, f"{'达到' if one.inclusive else '超过'} {one.amount // 100} 元", one.clause)
            for code, one in aid.approvals.items()
        },
    )
    yield (
        "复核间隔",
        {
            code: Said(one.title, f"{one.months} 个月" if one.months else "由本级设定", one.clause)
            for code, one in life.reviews.items()
        },
    )
    yield (
        "注销原因",
        {
            code: Said(
                one.title,
                "、".join(papers.documents[name].title if name in papers.documents else name for name in one.proof),
                one.clause,
            )
            for code, one in life.closing.items()
        },
    )
    yield "时限", {code: Said(one.title, _length(one), one.clause) for code, one in life.clocks.items()}


def _cap(one: object) -> str:
    standard = getattr(one, "standard", None)
    return "个人承担部分" if standard is None else f"{standard} × {getattr(one, 'times', 1)}"


def _length(clock: object) -> str:
    unit, length = getattr(clock, "unit", ""), getattr(clock, "length", None)
    if unit == "date":
        return f"每年 {getattr(clock, 'month', '')} 月 {getattr(clock, 'day', '')} 日"
    return f"{length}{_UNITS.get(unit, '')}" if length is not None else "由本级设定"


def as_text(own: Pack, against: Pack) -> str:
    """The comparison for the terminal, section by section."""
    lines = [f"《{own.title}》（{own.id}）与《{against.title}》（{against.id}）不同之处："]
    found = differences(own, against)
    section = ""
    for one in found:
        if one.section != section:
            section = one.section
            lines += ["", f"【{section}】"]
        lines.append(f"  {one.text}")
    lines += ["", f"共 {len(found)} 处。" if found else "两份文件的规则完全一样。"]
    return "\n".join(lines) + "\n"
