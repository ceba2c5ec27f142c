"""What stands where in a pack: every part a clause may name, with its title, its citation, whose text it is and where the library shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse

from bangfu.common import money
from bangfu.library.wording import Reader, number
from bangfu.organizations.verbs import LABELS
from bangfu.policy import assistance_rules, coverage, labels, registry
from bangfu.policy.clauses import PAGES, Clause, Realisation
from bangfu.policy.pack.model import Pack
from bangfu.policy.tree.nodes import Formula, names

SECTIONS = {
    "categories": "类别",
    "filing": "建档条件",
    "exclusions": "不列入的情形",
    "parameters": "文本中的数值",
    "standards": "地方标准",
    "pots": "汇总项",
    "terms": "计算项",
    "lines": "收入和支出项",
    "figures": "另算的数",
    "household": "家庭人口",
}
PAPERS = {
    "application_form": "困难职工申请表",
    "calculation_sheet": "测算书",
    "public_notice": "公示",
    "home_visit_form": "入户调查表",
    "authorization_form": "授权书",
}
_PAGE_ADDRESSES = {
    "policy_library": "library:index",
    "organizations": "organizations:unions",
    "accounts": "organizations:accounts",
    "standards": "organizations:standards",
    "calendar": "organizations:calendar",
    "audit_log": "organizations:log",
    "work_list": "home",
    "household": "families:list",
    "evidence_upload": "families:list",
    "case": "casework:list",
}
_ROOMS = {
    "organizations": "组织与岗位", "families": "家庭录入", "casework": "办理", "funds": "资金", "archives": "档案管理", "oversight": "监督",
    "reports": "报表", "exchange": "数据交换", "portal": "职工自助", "api": "接口", "lifecycle": "动态管理", "population": "批量测算",
}  # fmt: skip
_SERVICES = {
    "casework.return_case": "退回", "casework.submit_application": "提交申请", "families.attach_evidence": "上传材料",
    "families.compare_evidence": "与原件核对", "families.file_evidence": "纸质材料归档", "families.open_household": "新建家庭",
    "families.reveal": "说明理由后查看敏感信息", "families.waive_paper": "说明材料暂缺的理由", "families.withdraw_evidence": "撤下材料",
    "organizations.appoint": "任命岗位", "policy.get_pack": "政策按版本装载", "policy.policy_for": "按地区和日期选用政策",
}  # fmt: skip
#: Where what a verb does is done: the page of its room, or a nearer one.
_ROOM_PAGES = {
    "casework": "casework:list",
    "families": "families:list",
    "organizations": "organizations:unions",
    "policy": "library:index",
}
_SERVICE_PAGES = {
    "organizations.appoint": "organizations:accounts", "casework.post_notice": "casework:notices", "casework.import_check": "casework:import",
    "families.open_household": "families:new",
}  # fmt: skip
_FORMS = {
    "cause_notes": "致困原因说明", "self_in_scope": "目录内自付", "self_out_of_scope": "目录外自费", "voucher_number": "票据号",
    "government_cover": "政府救助情况", "note": "说明", "head_of_household": "户主", "needs": "帮扶需求", "worker": "职工本人",
}  # fmt: skip
_KIND_PARTS = {"evidence": "evidence", "aid": "aid", "lifecycle": "lifecycle", "clock": "lifecycle"}


@dataclass(frozen=True)
class Rule:
    """One rule of the eligibility half. `origin` is the text that says it; `formulas` are (what it gives, formula, in words)."""

    section: str
    code: str
    title: str
    clauses: tuple[str, ...]
    origin: str
    formulas: tuple[tuple[str, str, str], ...]
    standards: tuple[str, ...]
    of: str = ""
    note: str = ""

    @property
    def section_title(self) -> str:
        return SECTIONS[self.section]

    @property
    def content(self) -> tuple[Any, ...]:
        """What makes two rules the same rule."""
        return (self.title, tuple(formula for _, formula, _ in self.formulas), self.note)


def _rule(pack: Pack, section: str, part: Any, formulas: Mapping[str, Formula], **more: str) -> Rule:
    reader = Reader(pack)
    used = dict.fromkeys(code for formula in formulas.values() for code in sorted(names(formula.node).standards))
    return Rule(
        section=section,
        code=more.pop("code", part.code),
        title=part.title,
        clauses=part.said.clauses,
        origin=part.said.pack,
        formulas=tuple((label, formula.text, reader.read(formula)) for label, formula in formulas.items()),
        standards=tuple(pack.rules.standards[code].title for code in used),
        **more,
    )


def _walk(pack: Pack) -> Iterator[Rule]:
    rules = pack.rules
    for category in rules.categories:
        yield _rule(pack, "categories", category, {}, note=category.says or "须符合下列各项，且没有不列入的情形")
        for condition in category.conditions:
            if condition in rules.filing:
                continue
            code = f"{category.code}.{condition.code}"
            yield _rule(pack, "categories", condition, {"": condition.formula}, code=code, of=category.title)
    titles = {category.code: category.title for category in rules.categories}
    for section, parts in (("filing", rules.filing), ("exclusions", rules.exclusions)):
        for one in parts:
            over = "、".join(titles.get(code, code) for code in one.applies_to)
            yield _rule(pack, section, one, {"": one.formula}, note=f"适用于{over}" if over else "")
    for parameter in rules.parameters.values():
        value = _value(parameter.literal)
        bounds = f"，下级可在 {parameter.least} 至 {parameter.most} 内设定" if parameter.open and parameter.most else ""
        yield _rule(pack, "parameters", parameter, {}, note=f"{value}{bounds}")
    for standard in rules.standards.values():
        yield _rule(pack, "standards", standard, {"按哪里的标准": standard.region})
    for pot in rules.pots.values():
        yield _rule(pack, "pots", pot, {}, note="只计与意外事件有关的" if pot.marked else "")
    for term in rules.terms.values():
        yield _rule(pack, "terms", term, {"": term.formula})
    for line in rules.lines:
        into = {rules.pots[code].title: formula for code, formula in line.into.items()}
        basis = f"（依据：{line.basis}）" if line.basis else ""
        yield _rule(pack, "lines", line, into, of="收入" if line.of == "incomes" else "支出", note=line.says or basis)
    for code, title in rules.figure_titles.items():
        formula = rules.figures[code]
        yield Rule("figures", code, title, (), pack.id, (("", formula.text, Reader(pack).read(formula)),), ())
    yield _rule(pack, "household", rules.household, {"计入的家庭成员": rules.household.formula})


def _value(literal: Any) -> str:
    if literal.kind == "money":
        return f"{money.format_fen(literal.numerator)} 元" if literal.denominator == 1 else f"{number(literal)} 分"
    return number(literal)


@cache
def rules(pack_id: str) -> dict[str, Rule]:
    """All rules of the effective pack by code, in the pack's order. A condition stands under ``category.condition``."""
    found: dict[str, Rule] = {}
    for rule in _walk(registry.get_pack(pack_id)):
        found.setdefault(rule.code, rule)
    return found


@cache
def _rule_code(pack_id: str, ref: str) -> str | None:
    """The code under which the library shows the rule a clause names (a condition by its plain name, a line by one of its kinds)."""
    known = rules(pack_id)
    if ref in known:
        return ref
    for code in known:
        if code.partition(".")[2] == ref:
            return code
    for line in registry.get_pack(pack_id).rules.lines:
        if ref in line.kinds:
            return line.code
    return "window_months" if ref == "window" and "window_months" in known else None


@dataclass(frozen=True)
class Part:
    """A step, paper, kind of aid, clock … of a pack: code, title, citation, whose text it is."""

    code: str
    title: str
    clause: str
    origin: str
    group: str


def _collect(holder: Any, group: str) -> Iterator[Part]:
    for name, value in vars(holder).items():
        items = (
            list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else [value]
        )
        for item in items:
            title = getattr(item, "title", None)
            if isinstance(title, str) and isinstance(getattr(item, "code", None), str):
                yield Part(
                    item.code, title, getattr(item, "clause", ""), getattr(item, "origin", ""), f"{group}.{name}"
                )
            if isinstance(getattr(item, "purposes", None), Mapping):
                yield from (
                    Part(one.code, f"{item.title}：{one.title}", one.clause, item.origin, f"{group}.purposes")
                    for one in item.purposes.values()
                )
            timer = getattr(item, "clock", None)
            if timer is not None and isinstance(getattr(timer, "title", None), str):
                yield Part(timer.code, timer.title, timer.clause, timer.origin, f"{group}.clocks")


GROUPS = {
    "procedure.steps": "办理步骤", "procedure.guards": "完成条件", "procedure.returns": "退回要点", "procedure.refusals": "不予建档的情形",
    "procedure.clocks": "办理时限", "evidence.papers": "佐证材料", "evidence.documents": "可用证件和文书", "evidence.folders": "原始档案各部分",
    "aid.sources": "资金来源", "aid.channels": "来款渠道", "aid.kinds": "帮扶项目", "aid.purposes": "项目用途", "aid.bans": "不得使用的情形",
    "aid.caps": "限额", "aid.closures": "不得使用的来源", "aid.approvals": "审批与报备", "aid.gates": "付款前的核对",
    "lifecycle.clocks": "时限", "lifecycle.reviews": "定期复核", "lifecycle.closing": "退出和注销", "lifecycle.retention": "保管期限",
    "lifecycle.yearly": "每年要办", "lifecycle.events": "家庭变化",
}  # fmt: skip


_ASSISTANCE = {
    "parameters": "由当地设定的数",
    "vocabularies": "分类口径",
    "groups": "重点对象",
    "single_person": "单人户",
    "pay_calendar": "发放时间",
}


@cache
def parts(pack_id: str) -> dict[str, dict[str, Part]]:
    """The parts of a pack beside its rules: room (procedure, evidence, aid, lifecycle) → code → part."""
    pack = registry.get_pack(pack_id)
    found: dict[str, dict[str, Part]] = {}
    for room in ("procedure", "evidence", "aid", "lifecycle"):
        table = found.setdefault(room, {})
        for part in _collect(getattr(pack, room), room):
            table.setdefault(part.code, part)
    for room, walk in (("forms", _form_parts), ("workflow", _workflow_parts), ("assistance", _assistance_parts)):
        own: dict[str, Part] = {}
        for part in walk(pack):
            own.setdefault(part.code, part)
        if own:
            found[room] = own
    return found


def _form_parts(pack: Pack) -> Iterator[Part]:
    """The papers of a text with their fields, under the paper's name; then the kinds of occupation."""
    for form in pack.forms.forms.values():
        yield Part(form.code, form.title, form.clause, form.origin, form.title)
        for key, field in form.fields.items():
            yield Part(f"{form.code}.{key}", field.label, field.clause or form.clause, form.origin, form.title)
        for code, words in form.statements.items():
            yield Part(f"{form.code}.{code}", words, form.clause, form.origin, form.title)
        for check in form.checks:
            yield Part(f"{form.code}.{check.code}", check.message, check.clause or form.clause, form.origin, form.title)
    for one in pack.forms.occupations.values():
        yield Part(f"occupation_{one.code}", one.title, one.clause, one.origin, "职业状况")


def _workflow_parts(pack: Pack) -> Iterator[Part]:
    """The states a case of the text may be in, the moves between them and what must hold before."""
    for machine in pack.workflow.machines.values():
        yield Part(machine.code, machine.title, machine.clause, machine.origin, f"{machine.title}：状态")
        for state in machine.states.values():
            yield Part(state.code, state.title, state.clause, machine.origin, f"{machine.title}：状态")
        for move in machine.transitions.values():
            yield Part(move.code, move.title, move.clause, machine.origin, f"{machine.title}：办理")
    for guard in pack.workflow.guards.values():
        yield Part(guard.code, guard.title, guard.clause, guard.origin, "须先具备")


def _assistance_parts(pack: Pack) -> Iterator[Part]:
    """Numbers left to the place, classes, groups and ways of the text."""
    rules = pack.assistance
    for name, title in _ASSISTANCE.items():
        for one in getattr(rules, name).values():
            yield Part(one.code, one.title, one.clause, one.origin, title)
    for code, title in assistance_rules.TITLES.items():
        way = getattr(rules, code)
        if way is not None:
            yield Part(code, title, way.clause, rules.pack, "办理规矩")


def _place(pack_id: str, room: str, code: str) -> str:
    """Where the library shows a part of a pack; empty where it does not."""
    known = code in parts(pack_id).get(room, {})
    return _address("library:part", pack_id, room) + f"#{code}" if known else ""


@dataclass(frozen=True)
class Shown:
    """What realises a clause, ready for a page: kind in words, title, link (empty: none), state (done, planned, guidance, not_software)."""

    kind: str
    title: str
    url: str
    state: str


def _address(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def shown(pack_id: str, item: Realisation) -> Shown:
    """Title and link of one realisation of a clause of that pack."""
    state = item.kind if item.kind in ("planned", "guidance", "not_software") else "done"
    kind, title, url = item.kind_name, item.ref, ""
    if item.kind == "rule":
        code = _rule_code(pack_id, item.ref)
        if code:
            title, url = rules(pack_id)[code].title, _address("library:rule", pack_id, code)
    elif item.kind in ("step", "clock") or item.kind in _KIND_PARTS:
        kind, title, url = _part_link(pack_id, item)
    elif item.kind == "planned":
        title = _ROOMS.get(item.ref, item.ref)
    elif item.kind == "paper":
        title, url = PAPERS.get(item.ref, item.ref), _address("casework:list")
    elif item.kind == "page":
        title, url = PAGES.get(item.ref, item.ref), _address(_PAGE_ADDRESSES.get(item.ref, ""))
    elif item.kind == "form":
        key = item.ref.rpartition(".")[2].removesuffix("[]")
        own = registry.get_pack(pack_id).forms.title_of(item.ref)  # a form of the text itself
        title = own or labels.KEYS.get(key) or _FORMS.get(key, item.ref)
        url = _place(pack_id, "forms", item.ref) if own else _address("families:list")
    elif item.kind == "pack":
        title, url = registry.heading(item.ref).title, _address("library:pack", item.ref)
    elif item.kind == "service":
        room, _, verb = item.ref.partition(".")
        title = _SERVICES.get(item.ref) or LABELS.get(verb) or _ROOMS.get(room, item.ref)
        url = _address(_SERVICE_PAGES.get(item.ref) or _ROOM_PAGES.get(room, ""))
    elif item.kind == "guidance":
        title = "供经办人参考"
    return Shown(kind, title, url, state)


_OUTCOMES = {
    "keep": "复核结果：继续在档",
    "lift": "复核结果：脱困",
    "transfer": "复核结果：转换类别",
    "close": "复核结果：注销",
}
_STEP_KINDS = {
    "procedure.guards": "办结条件",
    "procedure.returns": "退回要点",
    "procedure.refusals": "不予建档",
    "aid.gates": "付款核对",
}


def _part_link(pack_id: str, item: Realisation) -> tuple[str, str, str]:
    rooms = ("procedure", "lifecycle") if item.kind in ("step", "clock") else (_KIND_PARTS[item.kind],)
    ref = item.ref.removeprefix("review_") if item.kind == "lifecycle" else item.ref.rpartition(".")[2]
    for room in rooms:
        part = parts(pack_id)[room].get(ref)
        if part is not None:
            return (
                _STEP_KINDS.get(part.group, item.kind_name),
                part.title,
                _address("library:part", pack_id, room) + f"#{part.code}",
            )
    pack = registry.get_pack(pack_id)
    own = {"step": pack.workflow, "aid": pack.assistance}.get(item.kind)
    if own is not None and (named := own.title_of(item.ref)):
        return item.kind_name, named, _place(pack_id, "workflow" if item.kind == "step" else "assistance", item.ref)
    words = {
        "matrix": "类别与来源对照",
        "companion": "与上级政策从严",
        "lifting": "脱困认定",
        "relief": "解困",
        "taper": "渐退期",
        **_OUTCOMES,
    }
    title = words.get(item.ref.partition("_")[0] if item.ref.startswith("matrix_") else item.ref, item.ref)
    return item.kind_name, title, _address("library:part", pack_id, rooms[-1])


def state_of(clause: Clause) -> str:
    """done · partly (a part is still to be built) · planned (nothing is there yet) · guidance · not_software."""
    found = coverage.state_of(clause)
    return "done" if found == "realised" else found


def room_words(rooms: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rooms still to be built in Chinese, with the rows that wait for them."""
    return [(_ROOMS.get(room, room), number) for room, number in rooms.items()]


def rule_of(pack_id: str, ref: str) -> Rule | None:
    """The rule of a pack that a clause names, None where the pack has none of that name."""
    code = _rule_code(pack_id, ref)
    return rules(pack_id)[code] if code else None


@dataclass(frozen=True)
class Pair:
    """One rule in two texts. `how`: same, changed, added (only here), gone (only above)."""

    code: str
    above: Rule | None
    here: Rule | None
    how: str

    @property
    def title(self) -> str:
        rule = self.here or self.above
        return rule.title if rule else self.code

    @property
    def section_title(self) -> str:
        rule = self.here or self.above
        return rule.section_title if rule else ""


HOW = {"same": "沿用上级", "changed": "另有规定", "added": "本级增加", "gone": "本级不用"}


@cache
def compared(pack_id: str) -> tuple[Pair, ...]:
    """The rules of a pack beside those of its parent; empty where it has none."""
    parent = registry.get_pack(pack_id).parent
    if parent is None:
        return ()
    here, above = rules(pack_id), rules(parent.id)
    pairs = []
    for code in dict.fromkeys([*here, *above]):
        one, other = above.get(code), here.get(code)
        if one and other:
            how = "same" if one.content == other.content else "changed"
        else:
            how = "added" if other else "gone"
        pairs.append(Pair(code, one, other, how))
    return tuple(pairs)
