"""A formula of a pack, read out in Chinese. The formula itself stays beside it; this is for people who do not read formulas."""

from __future__ import annotations

from bangfu.policy import labels
from bangfu.policy.pack.model import Pack
from bangfu.policy.tree import nodes as n

_VALUES: dict[str, dict[str, str]] = {
    "employment": {"employed": "在职", "flexible": "灵活就业", "laid_off": "下岗", "unemployed": "失业", "student": "学生", "retired": "退休"},
    "use": {"disability_mobility": "残疾人功能性补偿代步", "private": "自用", "employed_driver": "受雇驾驶", "commercial": "营运"},
    "status": {"none": "无", "dibao": "低保对象", "tekun": "特困人员", "registered_poor": "建档立卡贫困人口", "low_income": "低收入家庭成员"},
    "incident": {
        "natural_disaster": "自然灾害", "major_safety_accident": "重大安全事故", "major_epidemic": "重大疫情",
        "social_security_event": "社会安全事件", "illness": "突发重大疾病", "traffic_accident": "交通事故", "other": "其他意外",
    },
    "disability": {"limb": "肢体", "mental": "精神", "intellectual": "智力", "visual": "视力", "hearing": "听力", "speech": "言语"},
}  # fmt: skip
_OPS = {"<": "低于", "<=": "不高于", ">": "高于", ">=": "不低于", "==": "等于", "!=": "不等于"}
_SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
_SPREAD = {"window": "核算期内", "incident": "意外相关月份", "application": "申请当月"}
_OVER = {"members": "家庭成员", "vehicles": "车辆"}


def _key(node: n.Node) -> str:
    """Which table of values a fact takes."""
    if not isinstance(node, n.Fact):
        return ""
    if node.path.startswith("incident."):
        return "incident"
    if node.name in ("employment", "use"):
        return node.name
    return "status" if node.name.endswith("status") else "disability" if node.name == "kind" else ""


def _fact(node: n.Fact) -> str:
    parts = [part for part in node.name.split(".") if part]
    owner = {"worker": "职工", "incident": "意外事件"}.get(node.scope, "")
    words = "的".join({"status": "身份"}.get(part, labels.KEYS.get(part, part)) for part in parts)
    if node.kind == "truth":
        words = f"“{words}”"
    return f"{owner}{words}" if owner else words


def number(node: n.Literal) -> str:
    """``3/2`` → ``1.5``; what has no short decimal stays a fraction."""
    value, rest = divmod(node.numerator, node.denominator)
    if not rest:
        return str(value)
    for places in range(1, 5):
        if (node.numerator * 10**places) % node.denominator == 0:
            scaled = node.numerator * 10**places // node.denominator
            return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"
    return f"{node.numerator}/{node.denominator}"


class Reader:
    """Reads the formulas of one pack: names become the pack's titles."""

    def __init__(self, pack: Pack) -> None:
        self.rules = pack.rules

    def read(self, formula: n.Formula) -> str:
        return self._say(formula.node)

    def _inner(self, node: n.Node) -> str:
        """A part that must not run into its neighbours."""
        text = self._say(node)
        loose = isinstance(node, (n.And, n.Or, n.Choose)) or (isinstance(node, n.Arithmetic) and node.op in "+-")
        return f"（{text}）" if loose else text

    def _say(self, node: n.Node) -> str:
        match node:
            case n.Literal():
                return self._amount(node)
            case n.Flag(value=value):
                return "是" if value else "否"
            case n.Text(value=value):
                return value
            case n.Fact(kind="truth"):
                return f"{_fact(node)}为是"
            case n.Fact():
                return _fact(node)
            case n.Standard(code=code):
                return self.rules.standards[code].title
            case n.Size():
                return "家庭人口"
            case n.WindowMonths():
                return "核算月数"
            case n.WindowEdge(edge=edge):
                return "核算期第一个月" if edge == "first" else "申请当月"
            case n.Pot(code=code):
                return self.rules.pots[code].title
            case n.Term(code=code):
                return self.rules.terms[code].title
            case n.And(parts=parts):
                return "，并且".join(self._inner(part) for part in parts)
            case n.Or(parts=parts):
                return "，或者".join(self._inner(part) for part in parts)
            case n.Not(part=n.Fact(kind="truth") as fact):
                return f"{_fact(fact)}为否"
            case n.Not(part=part):
                return f"不是（{self._say(part)}）"
            case n.Choose(test=test, yes=yes, no=no):
                return f"{self._inner(test)}时：{self._inner(yes)}；否则：{self._inner(no)}"
            case n.Compare(op=op, left=left, right=right):
                return f"{self._inner(left)} {_OPS[op]} {self._inner(right)}"
            case n.Arithmetic(op=op, left=left, right=right):
                if op == "-" and isinstance(left, n.Literal) and not left.numerator:
                    return f"减去{self._inner(right)}"
                return f"{self._inner(left)} {_SIGNS[op]} {self._inner(right)}"
        return self._say_more(node)

    def _say_more(self, node: n.Node) -> str:
        match node:
            case n.OneOf(fact=fact, values=values, negated=negated):
                table = _VALUES.get(_key(fact), {})
                return f"{self._say(fact)}{'不是' if negated else '是'}{'、'.join(sorted(table.get(value, value) for value in values))}"
            case n.Holds(collection=collection, value=value):
                return f"{self._say(collection)}中有“{labels.CAUSES.get(value, value)}”"
            case n.Some(collection=collection):
                return f"登记了{self._say(collection)}"
            case n.Quantified(how=how, collection=collection, part=part):
                over = _OVER.get(collection, "残疾登记")
                how_words = {"any": f"有{over}", "all": f"每一{over}都", "count": f"{over}中的个数，"}[how]
                return f"{how_words}符合“{self._say(part)}”"
            case n.Published(code=code):
                return f"当地公布了{self.rules.standards[code].title}"
            case n.StartsWith(region=region, digits=digits):
                return f"{self._say(region)}在区划 {digits} 内"
            case n.Extreme(how=how, parts=parts):
                return f"{'、'.join(self._inner(part) for part in parts)}中{'较大' if how == 'max' else '较小'}者"
            case n.RoundHalfUp(part=part):
                return f"{self._inner(part)}，四舍五入到分"
            case n.Spread(months=months, once=once, monthly=monthly):
                return f"{_SPREAD[months]}的{self._spread(once, monthly)}"
            case n.ToppedUp(floor=floor):
                return f"每人每月申报合计不足{self._say(floor)}的，按{self._say(floor)}计"
            case n.Share(whole=whole):
                return f"{self._inner(whole)}，由同一对象的各行平分"
            case n.Last(count=count, part=part):
                return f"最近 {count} 个月：{self._say(part)}"
            case n.EveryMonth(part=part):
                return f"每个月都满足：{self._say(part)}"
        return node.text

    def _spread(self, once: n.Node, monthly: n.Node) -> str:
        said = [self._say(part) for part in (once, monthly) if not (isinstance(part, n.Literal) and not part.numerator)]
        return "和".join(dict.fromkeys(said)) or "0"

    def _amount(self, node: n.Literal) -> str:
        parameter = self.rules.parameters.get(node.text)
        text = f"{node.numerator // 100} 元" if node.kind == "money" and node.numerator % 100 == 0 else number(node)
        return f"{text} 倍" if parameter is not None and "倍数" in parameter.title else text
