"""Drawings of the library, as numbers for an SVG template: the meter of a text and the way of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bangfu.policy.clocks import Clock
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import Step

LEVELS = {
    "unit": "基层工会", "upper": "中间层工会", "industry": "产业（县）工会", "city": "省（市）总工会", "applicant": "申请人",
    "village": "村（居）委会", "township": "乡镇（街道）", "county": "县级民政部门", "check_body": "核对机构",
}  # fmt: skip
ROLES = {
    "clerk": "经办人", "reviewer": "复核人", "aid_center": "帮扶中心", "leader": "领导", "applicant": "申请人", "handler": "经办人员",
    "office_head": "民政办负责人", "auditor": "审核人", "investigator": "入户调查人员",
}  # fmt: skip
UNITS = {"working_day": "个工作日", "calendar_day": "天", "month": "个月", "year": "年", "parameter": "天"}
_STATES = (
    ("done", "done"),
    ("partly", "partly"),
    ("planned", "planned"),
    ("guidance", "guidance"),
    ("not_software", "not"),
)

ROW, TOP, BOX = 44, 6, 214


def meter(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The states of a text as parts of a bar of 1000."""
    total, start, bars = max(counts["all"], 1), 0, []
    for state, css in _STATES:
        width = counts[state] * 1000 // total
        bars.append({"css": css, "x": start, "width": width, "state": state, "count": counts[state]})
        start += width
    return bars


def clock_words(clock: Clock | None) -> str:
    """``5 个工作日``; where the text leaves the number to the office, that it does."""
    if clock is None:
        return ""
    if clock.unit == "date":
        return f"每年 {clock.month} 月 {clock.day} 日前"
    unit = UNITS.get(clock.unit, clock.unit)
    return f"{clock.length} {unit}" if clock.length is not None else "由工会设定的期限"


@dataclass(frozen=True)
class ShownStep:
    """A step for the page: number, who acts, what must hold, what comes of it, where it may go back."""

    number: int
    step: Step
    actor: str
    clock: str
    guards: tuple[Any, ...]
    returns_to: tuple[Step, ...]
    barred: tuple[str, ...]


def steps(pack: Pack) -> list[ShownStep]:
    """The steps in the order in which a case meets them."""
    procedure = pack.procedure
    by_code = {step.code: step for step in procedure.steps}
    found = []
    for number, step in enumerate(procedure.steps, start=1):
        actor = f"{LEVELS[step.level]} · {ROLES.get(step.role, step.role)}"
        if step.repeat == "each_upper":
            actor = f"中间各级工会逐级 · {ROLES.get(step.role, step.role)}"
        elif step.repeat == "after_unit":
            actor += "，再到上面各级"
        found.append(
            ShownStep(
                number=number,
                step=step,
                actor=actor,
                clock=clock_words(step.clock),
                guards=tuple(procedure.guards[code] for code in step.guards if code in procedure.guards),
                returns_to=tuple(by_code[code] for code in step.returns_to if code in by_code),
                barred=tuple(
                    by_code[code].title if code != step.code else "本环节另一人"
                    for code in step.not_same_person_as
                    if code in by_code
                ),
            )
        )
    return found


def draw(pack: Pack) -> dict[str, Any]:
    """Boxes one below the other, ways back as arcs on the right; each arc in its own lane so that none covers another."""
    shown = steps(pack)
    place = {one.step.code: index for index, one in enumerate(shown)}
    boxes = [
        {
            "y": TOP + index * ROW, "middle": TOP + index * ROW + 16, "below": TOP + index * ROW + 32, "next": TOP + (index + 1) * ROW,
            "number": one.number, "title": one.step.title, "actor": one.actor, "clock": one.clock, "last": index == len(shown) - 1,
        }
        for index, one in enumerate(shown)
    ]  # fmt: skip
    targets: dict[str, list[int]] = {}
    for one in shown:
        for step in one.returns_to:
            if place[step.code] < place[one.step.code]:
                targets.setdefault(step.code, []).append(place[one.step.code])
    lanes = []
    for lane, (code, sources) in enumerate(sorted(targets.items(), key=lambda item: -place[item[0]])):
        joints = [TOP + source * ROW + 23 for source in sources]
        lanes.append(
            {"x": BOX + 22 + lane * 15, "to": TOP + place[code] * ROW + 10, "low": max(joints), "joints": joints}
        )
    width = BOX + 30 + 15 * len(lanes)
    return {
        "boxes": boxes,
        "lanes": lanes,
        "height": TOP * 2 + len(boxes) * ROW - 12,
        "width": width,
        "box": BOX,
        "edge": BOX + 8,
    }
