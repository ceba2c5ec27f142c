"""The steps of a policy: who acts at which level, what must be there, what it produces, its clock, where a case may go back.

All of it is data in `procedure.yaml`; a workflow is a whole, so a pack that has its own `steps` replaces the parent's list,
while guards, return points and refusals are laid over the parent's by code. Nothing here reads a database: casework asks
`Procedure` where a case stands and what comes next, and evaluates the named guards itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy import asks, clocks, collective, owners
from bangfu.policy.asks import Ask
from bangfu.policy.clocks import Calendar, Clock, Due
from bangfu.policy.collective import DecisionRule
from bangfu.policy.owners import OwnerRule
from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

KINDS = (
    "entry", "evidence", "review", "visit", "notice", "authorization", "forward", "check", "filing", "recheck", "record",
    "decision",
)  # fmt: skip
LEVELS = ("unit", "upper", "industry", "city", "applicant", "village", "township", "county", "check_body")
ROLES = ("clerk", "reviewer", "aid_center", "leader", "applicant", "handler", "office_head", "auditor", "investigator")
REPEATS = ("each_upper", "after_unit", "down_to_unit")
SECTIONS = (
    "steps", "guards", "returns", "refusals", "disable", "visit", "notice", "authorization", "check", "incompatible", "holder",
    "owners", "channels", "decision",
)  # fmt: skip


@dataclass(frozen=True)
class Guard:
    """A named condition on a step. `title` is what the person reads when it does not hold."""

    code: str
    title: str
    clause: str
    note: str
    origin: str


@dataclass(frozen=True)
class ReturnPoint:
    """One reason to send a case back. `target_kind` is facts (a path pattern of bangfu.facts/1), paper or step."""

    code: str
    title: str
    target_kind: str
    target: str
    advice: str
    clause: str
    origin: str


@dataclass(frozen=True)
class Refusal:
    """A hard end: the family gets no file. `final` is False where it only waits for their cooperation (暂不)."""

    code: str
    title: str
    clause: str
    final: bool
    overridable: bool
    may_reapply: bool
    origin: str


@dataclass(frozen=True)
class Step:
    """One step. `text_steps` are the numbers of the text's own list that it performs; `level` says whose union acts.

    `repeat`: `each_upper` = once at every union between unit and industry (where there is none, at `otherwise`);
    `after_unit` = at the unit and then at each union above it, so that none is jumped;
    `down_to_unit` = at each union above the unit from the highest, and at the unit last.
    `asks`: what whoever closes it answers beside the records of its kind.
    `not_same_person_as` names earlier steps whose person may not act here; the code of the step itself means
    that no person acts twice in it. `open_early`: may be worked on from the start, is only closed in its place.
    """

    code: str
    title: str
    clause: str
    kind: str
    level: str
    role: str
    guards: tuple[str, ...]
    produces: tuple[str, ...]
    clock: Clock | None
    returns_to: tuple[str, ...]
    not_same_person_as: tuple[str, ...]
    text_steps: tuple[int, ...]
    repeat: str | None
    otherwise: str | None
    open_early: bool
    only_when: str | None
    note: str
    origin: str
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Stop:
    """One place of a case's route: a step at a union. `union` is the caller's name of an upper union, else None."""

    key: str
    step: Step
    level: str
    union: str | None


@dataclass(frozen=True)
class VisitRule:
    """入户调查: how many visitors and photos, and what the form must answer."""

    visitors: int
    photos: int
    answers: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class NoticeRule:
    """公示: what it shows and must not show, where it hangs, which changes ask for a new one; `paper` of the checklist it stands for."""

    shows: tuple[str, ...]
    hides: tuple[str, ...]
    cause_as: str
    places: tuple[str, ...]
    online: bool
    photos: tuple[str, ...]
    renew_when: tuple[str, ...]
    clause: str
    paper: str = "notice_papers"


@dataclass(frozen=True)
class SigningMode:
    """One way in which a member may sign: what it needs beside the signature itself."""

    code: str
    title: str
    clause: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class AuthorizationRule:
    """查询授权书: which form, the ways of signing, what the reviewer ticks, what a refusal means."""

    form: str
    modes: Mapping[str, SigningMode]
    ticks: Mapping[str, str]
    refusal: str
    clause: str
    paper: str = "authorization_form"


@dataclass(frozen=True)
class CheckRule:
    """核对: which items, per member or household, must have an answer before the step closes."""

    items: Mapping[str, str]
    clause: str


@dataclass(frozen=True)
class HolderRule:
    """Of two spouses in difficulty at different units: the `head` of the household book holds the file, or they choose."""

    spouses_apart: str
    clause: str


@dataclass(frozen=True)
class EntryChannel:
    """One way in which an application comes in. `external_number`: it brings the number of another system with it.

    `completes`: the unit fetches what is missing itself instead of sending the application back for it.
    """

    code: str
    title: str
    clause: str
    external_number: bool
    completes: bool
    origin: str


@dataclass(frozen=True)
class Holder:
    """Whose name the file bears. `member` None: the couple chooses, and why is written down."""

    member: str | None
    reason_needed: bool
    clause: str


@dataclass(frozen=True)
class Problem:
    """Something that keeps a step open: a stable code, a sentence for people, the clause, and whom it concerns."""

    code: str
    message: str
    clause: str
    about: str | None = None


@dataclass(frozen=True)
class Procedure:
    """The workflow of a pack."""

    pack: str
    steps: tuple[Step, ...]
    guards: Mapping[str, Guard]
    returns: Mapping[str, ReturnPoint]
    refusals: Mapping[str, Refusal]
    visit: VisitRule | None
    notice: NoticeRule | None
    authorization: AuthorizationRule | None
    check: CheckRule | None
    incompatible: tuple[tuple[str, str, str], ...]
    holder: HolderRule | None = None
    owners: Mapping[str, OwnerRule] = field(default_factory=dict)
    channels: Mapping[str, EntryChannel] = field(default_factory=dict)
    decision: DecisionRule | None = None

    def step(self, code: str) -> Step:
        """The step with this code. KeyError when the policy has none."""
        for step in self.steps:
            if step.code == code:
                return step
        raise KeyError(code)

    def clock(self, code: str) -> Clock | None:
        """The clock of a step, or None where the text sets none."""
        return self.step(code).clock

    def route(self, levels: Sequence[str] = (), circumstances: Collection[str] = ()) -> list[Stop]:
        """The whole way of a case. `levels` are the unions between unit and industry, the nearest first.

        Level by level: a step that repeats stops at every one of them in order, and no union is left out.
        `circumstances` brings in the steps that the text asks for only then.
        """
        if len(set(levels)) != len(levels):
            raise ValueError("a union stands twice on the way up")
        stops: list[Stop] = []
        for step in self.steps:
            if step.only_when is not None and step.only_when not in circumstances:
                continue
            if step.repeat == "each_upper":
                if levels:
                    stops += [Stop(f"{step.code}@{union}", step, "upper", union) for union in levels]
                else:
                    stops.append(Stop(step.code, step, step.otherwise or step.level, None))
                continue
            if step.repeat == "down_to_unit":
                stops += [Stop(f"{step.code}@{union}", step, "upper", union) for union in reversed(levels)]
            stops.append(Stop(step.code, step, step.level, None))
            if step.repeat == "after_unit":
                stops += [Stop(f"{step.code}@{union}", step, "upper", union) for union in levels]
        return stops

    def next(self, code: str, upper_levels: Sequence[str] = (), circumstances: Collection[str] = ()) -> Stop | None:
        """The stop after `code` (a key of the route, `report_up@U2` for a step at an upper union); None at the end."""
        stops = self.route(upper_levels, circumstances)
        keys = [stop.key for stop in stops]
        if code not in keys:
            raise KeyError(code)
        place = keys.index(code) + 1
        return stops[place] if place < len(stops) else None

    def can_return(self, origin: str, target: str) -> bool:
        """Whether a case that stands at step `origin` may be sent back to step `target`."""
        return target in self.step(origin.partition("@")[0]).returns_to

    def same_person_conflicts(self, code: str, person: str, acted: Iterable[tuple[str, str]]) -> list[str]:
        """Earlier steps that forbid `person` to act in step `code`. `acted` are (step code or key, person) pairs."""
        barred = self.step(code.partition("@")[0]).not_same_person_as
        done = {step.partition("@")[0] for step, who in acted if who == person}
        return [step for step in barred if step in done]

    def opens_on(self, code: str, start: datetime.date, calendar: Calendar, length: int | None = None) -> Due:
        """For a step with a clock: its last day, and the day on which the next step opens. ValueError without a clock.

        `length` gives the number where the text has none; `ParameterNotSet` when nobody gives it.
        """
        clock = self.clock(code)
        if clock is None:
            raise ValueError(f"step {code} has no clock")
        return clocks.due(clock, start, calendar, length)


# --- records that casework hands in -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Signature:
    """One member's entry on the authorization form. Unknown ticks are None."""

    member: str
    mode: str = "self"
    refused: bool = False
    given: frozenset[str] = frozenset()
    ticks: Mapping[str, bool | None] | None = None


def authorization_problems(
    procedure: Procedure, counted_members: Sequence[str], signatures: Iterable[Signature]
) -> list[Problem]:
    """What keeps the authorization step open: a refusal, a member without an entry, a missing enclosure, a failed tick.

    One entry per counted member, minors included (附件1 四（四）). `given` holds what came with the entry, by the codes of the
    signing mode's needs (`proxy`, `reason`, `statement`, `seal`, `proxy_letter`). An empty answer means complete.
    """
    rule = procedure.authorization
    if rule is None:
        return []
    refusal = procedure.refusals[rule.refusal]
    entries = {entry.member: entry for entry in signatures}
    problems: list[Problem] = []
    for member in counted_members:
        entry = entries.get(member)
        if entry is None:
            problems.append(Problem("signature_missing", "还有家庭成员没有签署授权书", rule.clause, member))
            continue
        if entry.refused:
            problems.append(Problem(refusal.code, refusal.title, refusal.clause, member))
            continue
        mode = rule.modes.get(entry.mode)
        if mode is None:
            problems.append(Problem("mode_unknown", "没有这种签署方式", rule.clause, member))
            continue
        problems += [
            Problem(f"{need}_missing", f"{mode.title}还缺少一项随附材料", mode.clause, member)
            for need in mode.needs
            if need not in entry.given
        ]
        ticks = entry.ticks or {}
        for code, title in rule.ticks.items():
            if ticks.get(code) is None:
                problems.append(Problem(f"{code}_unticked", f"请核对：{title}", rule.clause, member))
            elif not ticks[code]:
                problems.append(Problem(f"{code}_failed", f"请重新签署一份：{title}", rule.clause, member))
    return problems


@dataclass(frozen=True)
class CheckResult:
    """One answer of the check: `none`, `found` or `not_checked` for an item of one member."""

    member: str
    item: str
    result: str
    differs: bool = False


def check_problems(procedure: Procedure, members: Sequence[str], results: Iterable[CheckResult]) -> list[Problem]:
    """What keeps the check open: an item nobody answered (未核对 is no answer) or a difference not yet worked in."""
    rule = procedure.check
    if rule is None:
        return []
    by_key = {(result.member, result.item): result for result in results}
    problems: list[Problem] = []
    for member in members:
        for item, title in rule.items.items():
            result = by_key.get((member, item))
            if result is None or result.result not in ("none", "found"):
                problems.append(Problem("not_checked", f"{title}尚未核对", rule.clause, member))
            elif result.differs:
                problems.append(Problem("difference", f"{title}与申报不一致，需要重新测算", rule.clause, member))
    return problems


def file_holder(
    procedure: Procedure, worker: str, other_worker: str | None, same_unit: bool, head: str | None
) -> Holder:
    """Under whom the one file of a family stands (附件2 第七条, 指引四1（3）).

    `other_worker` is the spouse where both are workers in difficulty, else None; `head` the member who heads the household book. Both in
    difficulty at different units: the head, if it is one of them. In every other case of two the couple chooses, with a reason.
    LookupError where the policy has no such rule.
    """
    rule = procedure.holder
    if rule is None:
        raise LookupError("this policy does not say who holds the file")
    if other_worker is None:
        return Holder(worker, False, rule.clause)
    if not same_unit and head in (worker, other_worker) and rule.spouses_apart == "head":
        return Holder(head, False, rule.clause)
    return Holder(None, True, rule.clause)


def visit_problems(
    procedure: Procedure, visitors: Iterable[str], photos: int, answers: Mapping[str, object]
) -> list[Problem]:
    """What the home visit still lacks: a second visitor, photos, or an answer of the form (None is no answer)."""
    rule = procedure.visit
    if rule is None:
        return []
    problems: list[Problem] = []
    if len(set(visitors)) < rule.visitors:
        problems.append(Problem("visitors_missing", f"入户调查需要{rule.visitors}人同行", rule.clause))
    if photos < rule.photos:
        problems.append(Problem("photos_missing", f"入户照片至少{rule.photos}张", rule.clause))
    problems += [
        Problem(f"{answer}_missing", "入户调查表还有没有填写的结论", rule.clause)
        for answer in rule.answers
        if answers.get(answer) in (None, "")
    ]
    return problems


# --- loading ------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: Procedure | None = None) -> Procedure:
    """Reads `procedure.yaml` of a pack. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "procedure.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        if parent is None:
            return Procedure(shape.origin, (), {}, {}, {}, None, None, None, None, ())
        return replace(parent, pack=shape.origin)
    guards = shape.entries(
        top, "guards", lambda node, values: Guard(**values, origin=shape.origin),
        {"title": shape.text, "clause": shape.text}, {"note": (shape.text, "")},
        parent.guards if parent else None,
    )  # fmt: skip
    refusals = shape.entries(
        top, "refusals", lambda node, values: Refusal(**values, origin=shape.origin),
        {"title": shape.text, "clause": shape.text, "final": shape.boolean},
        {"overridable": (shape.boolean, False), "may_reapply": (shape.boolean, True)},
        parent.refusals if parent else None,
    )  # fmt: skip
    steps = _steps(shape, top, guards) if "steps" in top else (parent.steps if parent else ())
    returns = shape.entries(
        top, "returns", lambda node, values: _return_point(shape, node, values),
        {"title": shape.text, "advice": shape.text},
        {"facts": (shape.text, None), "paper": (shape.code, None), "step": (shape.code, None), "clause": (shape.text, "")},
        parent.returns if parent else None,
    )  # fmt: skip
    codes = {step.code for step in steps}
    for point in returns.values():
        if point.target_kind == "step" and point.target not in codes:
            shape.fault(top, f"{point.code}: returns to a step {point.target} that this policy does not have")
    procedure = Procedure(
        shape.origin,
        steps,
        guards,
        returns,
        refusals,
        _part(shape, top, "visit", _visit, parent.visit if parent else None),
        _part(shape, top, "notice", _notice, parent.notice if parent else None),
        _part(shape, top, "authorization", _authorization, parent.authorization if parent else None),
        _part(shape, top, "check", _check, parent.check if parent else None),
        _incompatible(shape, top, parent),
        _part(shape, top, "holder", _holder, parent.holder if parent else None),
        owners.load(shape, top, parent.owners if parent else None),
        shape.entries(
            top, "channels", lambda node, values: EntryChannel(**values, origin=shape.origin),
            {"title": shape.text, "clause": shape.text},
            {"external_number": (shape.boolean, False), "completes": (shape.boolean, False)},
            parent.channels if parent else None,
        ),
        _part(shape, top, "decision", collective.read, parent.decision if parent else None),
    )  # fmt: skip
    rule = procedure.authorization
    if rule and rule.refusal not in refusals:
        shape.fault(top, f"{rule.refusal}: no such refusal", "authorization")
    shape.finish()
    return procedure


def _steps(shape: Shape, top: Node, guards: Mapping[str, Guard]) -> tuple[Step, ...]:
    def clock(node: Node) -> Clock:
        values = shape.record(node, {"code": shape.code, **clocks.required(shape)}, clocks.optional(shape))
        return clocks.build(shape, node, values)

    places: dict[str, Node] = {}

    def build(node: Node, values: dict[str, Any]) -> Step:
        places[values["code"]] = node
        shape.refer(node, "guards", values["guards"], guards, "guard")
        return Step(**values, origin=shape.origin)

    steps = shape.entries(
        top,
        "steps",
        build,
        {
            "title": shape.text,
            "clause": shape.text,
            "kind": shape.choice(KINDS),
            "level": shape.choice(LEVELS),
            "role": shape.choice(ROLES),
        },
        {
            "guards": (shape.codes, ()),
            "produces": (shape.codes, ()),
            "clock": (clock, None),
            "returns_to": (shape.codes, ()),
            "not_same_person_as": (shape.codes, ()),
            "text_steps": (shape.listing(shape.integer), ()),
            "repeat": (shape.choice(REPEATS), None),
            "otherwise": (shape.choice(LEVELS), None),
            "open_early": (shape.boolean, False),
            "only_when": (shape.code, None),
            "note": (shape.text, ""),
            "asks": (shape.listing(lambda child: asks.read(shape, child)), ()),
        },
    )
    order = list(steps)
    for place, step in enumerate(steps.values()):
        node = places[step.code]
        shape.refer(node, "returns_to", step.returns_to, order[: place + 1], "earlier step")
        shape.refer(node, "not_same_person_as", step.not_same_person_as, order[: place + 1], "earlier step")
        if step.repeat == "each_upper" and step.otherwise is None:
            shape.fault(
                node, f"{step.code}: repeats at each upper union; `otherwise` says who acts where there is none"
            )
    return tuple(steps.values())


def _return_point(shape: Shape, node: Node, values: dict[str, Any]) -> ReturnPoint:
    targets = [(kind, values[kind]) for kind in ("facts", "paper", "step") if values[kind] is not None]
    if len(targets) != 1:
        shape.fault(node, f"{values['code']}: exactly one of facts, paper, step must say what it points to")
        targets = [*targets, ("step", "")]
    kind, target = targets[0]
    return ReturnPoint(values["code"], values["title"], kind, target, values["advice"], values["clause"], shape.origin)


def _part(shape: Shape, top: Node, key: str, reader: Any, inherited: Any) -> Any:
    node = top.child(key)
    return inherited if node is None else reader(shape, node)


def _visit(shape: Shape, node: Node) -> VisitRule:
    table = {"visitors": shape.integer, "photos": shape.integer, "answers": shape.codes, "clause": shape.text}
    return VisitRule(**shape.record(node, table, {}))


def _notice(shape: Shape, node: Node) -> NoticeRule:
    table = {
        "shows": shape.codes, "hides": shape.codes, "cause_as": shape.choice(("class", "text")), "places": shape.codes,
        "online": shape.boolean, "photos": shape.codes, "renew_when": shape.codes, "clause": shape.text,
    }  # fmt: skip
    rule = NoticeRule(**shape.record(node, table, {"paper": (shape.code, "notice_papers")}))
    for name in sorted(set(rule.shows or ()) & set(rule.hides or ())):
        shape.fault(node, f"{name}: cannot be both shown and hidden", "hides")
    return rule


def _authorization(shape: Shape, node: Node) -> AuthorizationRule:
    def mode(child: Node) -> SigningMode:
        table = {"code": shape.code, "title": shape.text, "clause": shape.text, "needs": shape.codes}
        return SigningMode(**shape.record(child, table, {}))

    table = {
        "form": shape.text, "modes": shape.listing(mode), "ticks": shape.table(shape.text), "refusal": shape.code,
        "clause": shape.text,
    }  # fmt: skip
    values = shape.record(node, table, {"paper": (shape.code, "authorization_form")})
    values["modes"] = {item.code: item for item in values["modes"] or ()}
    return AuthorizationRule(**values)


def _check(shape: Shape, node: Node) -> CheckRule:
    return CheckRule(**shape.record(node, {"items": shape.table(shape.text), "clause": shape.text}, {}))


def _holder(shape: Shape, node: Node) -> HolderRule:
    table = {"spouses_apart": shape.choice(("head", "choice")), "clause": shape.text}
    return HolderRule(**shape.record(node, table, {}))


def _incompatible(shape: Shape, top: Node, parent: Procedure | None) -> tuple[tuple[str, str, str], ...]:
    inherited = parent.incompatible if parent else ()
    node = top.child("incompatible")
    if node is None:
        return inherited
    pairs = []
    for item in node.value if node.is_list else ():
        values = shape.record(item, {"pair": shape.codes, "clause": shape.text}, {})
        if len(values["pair"] or ()) != 2:
            shape.fault(item, "a pair of acts is expected here", "pair")
            continue
        pairs.append((*values["pair"], values["clause"]))
    return (*inherited, *pairs)
