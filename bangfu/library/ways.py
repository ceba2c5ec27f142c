"""What differs between places: the steps of several policies beside each other, matched by kind; and what each asks of the same record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.library import drawing
from bangfu.library.diagram import clock_words, paper_title
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import KINDS, Step

KIND_TITLES = {
    "entry": "申请", "evidence": "受理、材料", "review": "审核", "visit": "入户调查", "notice": "公示", "authorization": "查询授权",
    "forward": "上报、反馈", "check": "经济状况核对", "filing": "建档、审批", "recheck": "复核", "record": "备案、录入", "decision": "集体研究、评议",
}  # fmt: skip
MOST = 4
"""Policies beside each other."""
_CONTENT = {
    "name": "姓名", "employer": "单位", "main_cause": "致困原因", "hotline": "监督电话", "start": "开始", "end": "截止",
    "covered_names": "保障对象", "applicant_name": "申请人", "village": "村（居）", "family_size": "家庭人口", "covered_count": "保障人数",
    "income_per_head": "人均收入",
}  # fmt: skip
_PLACES = {"employer": "工作单位", "work_place": "工作场所", "village_board": "村（居）公示栏"}


@dataclass(frozen=True)
class Cell:
    """A step as it stands in a comparison."""

    title: str
    actor: str
    clock: str
    papers: tuple[str, ...]
    asks: tuple[str, ...]
    back: tuple[str, ...]
    apart: bool
    number: int
    clause: str
    origin: str

    @property
    def likeness(self) -> tuple[object, ...]:
        """What has to agree for two steps to be the same: who acts, by when, with what, and where it may go back."""
        return self.actor, self.clock, self.papers, self.back, self.apart


@dataclass(frozen=True)
class Line:
    """One kind of step (its first, second … time) in every policy; None where a policy has no such step."""

    kind: str
    title: str
    cells: tuple[Cell | None, ...]

    @property
    def how(self) -> str:
        """same · differs · partly (not every policy has it)."""
        if None in self.cells:
            return "partly"
        return "same" if len({cell.likeness for cell in self.cells if cell}) == 1 else "differs"


def cell(pack: Pack, number: int, step: Step) -> Cell:
    """A step for the table."""
    repeat = drawing.REPEATS.get(step.repeat or "", "")
    return Cell(
        step.title,
        drawing.actor(step) + (f"，{repeat}" if repeat and step.repeat != "each_upper" else ""),
        clock_words(step.clock),
        tuple(paper_title(pack, code) for code in step.produces),
        tuple(ask.title for ask in step.asks),
        tuple(pack.procedure.step(code).title for code in step.returns_to),
        bool(step.not_same_person_as),
        number,
        step.clause,
        step.origin,
    )


def lines(packs: Sequence[Pack]) -> list[Line]:
    """The steps of the policies, row by row: the first step of a kind beside the first of that kind, and so on.

    Rows stand where the step comes on average in the policies that have it; each cell keeps its own number, so that a different order shows.
    """
    found: dict[tuple[str, int], list[Cell | None]] = {}
    places: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for side, pack in enumerate(packs):
        seen: dict[str, int] = {}
        steps = pack.procedure.steps
        for number, step in enumerate(steps, start=1):
            seen[step.kind] = seen.get(step.kind, 0) + 1
            key = (step.kind, seen[step.kind])
            found.setdefault(key, [None] * len(packs))[side] = cell(pack, number, step)
            places.setdefault(key, []).append((number, len(steps)))

    def place(key: tuple[str, int]) -> tuple[int, int, int]:
        given = places[key]
        return sum(number * 10_000 // total for number, total in given) // len(given), KINDS.index(key[0]), key[1]

    return [
        Line(kind, KIND_TITLES[kind] + (f"（第 {time} 次）" if time > 1 else ""), tuple(found[kind, time]))
        for kind, time in sorted(found, key=place)
    ]


@dataclass(frozen=True)
class Rule:
    """One thing that every policy says or does not say."""

    title: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def rules(packs: Sequence[Pack]) -> list[Rule]:
    """What each policy asks of visits, notices, signatures, checks, meetings; who files; how an application comes in; grounds of refusal."""
    table: list[tuple[str, list[str]]] = [
        ("谁来建档", [_listed(rule.title for rule in pack.procedure.owners.values()) for pack in packs]),
        ("申请的途径", [_listed(one.title for one in pack.procedure.channels.values()) for pack in packs]),
        ("入户调查", [_visit(pack) for pack in packs]),
        ("集体研究", [_decision(pack) for pack in packs]),
        ("公示的内容", [_notice(pack) for pack in packs]),
        ("公示的地点", [_places(pack) for pack in packs]),
        ("公示的时间", [_days(pack) for pack in packs]),
        ("查询授权", [pack.procedure.authorization.form if pack.procedure.authorization else "" for pack in packs]),
        (
            "核对的项目",
            [_listed(pack.procedure.check.items.values()) if pack.procedure.check else "" for pack in packs],
        ),
        ("不予建档的情形", [_listed(one.title for one in pack.procedure.refusals.values()) for pack in packs]),
        ("核算期", [f"{pack.evidence.window_months} 个月" if pack.evidence.window_months else "" for pack in packs]),
    ]
    return [Rule(title, tuple(value or "没有规定" for value in values)) for title, values in table if any(values)]


def _listed(words: object) -> str:
    return "；".join(str(word) for word in words)  # type: ignore[attr-defined]


def _visit(pack: Pack) -> str:
    rule = pack.procedure.visit
    if rule is None:
        return ""
    photos = f"，照片至少 {rule.photos} 张" if rule.photos else ""
    return f"至少 {rule.visitors} 人{photos}（{rule.clause}）"


def _decision(pack: Pack) -> str:
    rule = pack.procedure.decision
    if rule is None or not any(step.kind == "decision" for step in pack.procedure.steps):
        return ""
    share = "过半数" if rule.share == "half" else "三分之二以上"
    number = f"至少 {rule.present} 人" if rule.present else "人数由工会设定，最少 2 人"
    return f"{number}，{share}同意（{rule.clause}）"


def _notice(pack: Pack) -> str:
    rule = pack.procedure.notice
    return "、".join(_CONTENT.get(name, name) for name in rule.shows) if rule else ""


def _places(pack: Pack) -> str:
    rule = pack.procedure.notice
    if rule is None:
        return ""
    return "、".join(_PLACES.get(name, name) for name in rule.places) + (
        "，可以网上公示" if rule.online else "，不以网上公示代替"
    )


def _days(pack: Pack) -> str:
    return "；".join(clock_words(step.clock) for step in pack.procedure.steps if step.kind == "notice" and step.clock)
