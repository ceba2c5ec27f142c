"""Sending a case back with all points at once, each from the policy's catalogue and pinned to a field, a paper or a step."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bangfu.casework import determinations, flow
from bangfu.casework.choices import StepResult
from bangfu.casework.models import Application, ReturnPoint
from bangfu.casework.services import moving
from bangfu.common.acts import Actor, act
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.policy import procedure as rules
from bangfu.policy.procedure import Procedure


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\[\]", r"\[\d+\]") + r"(\..+)?")


def _exists(facts: Any, path: str) -> bool:
    """Whether a path of the facts document leads somewhere (its value may be unknown)."""
    here = facts
    for name, index in re.findall(r"([a-z_0-9]+)|\[(\d+)\]", path):
        if name:
            if not isinstance(here, Mapping) or name not in here:
                return here is None  # below an unknown part everything is unknown
            here = here[name]
        else:
            if not isinstance(here, list) or int(index) >= len(here):
                return here is None
            here = here[int(index)]
    return True


def target_of(procedure: Procedure, code: str, given: str, facts: Mapping[str, Any]) -> str:
    """Where a point is pinned. Raises ``Refused`` where the code is not in the catalogue or the place is not one of its kind."""
    point = procedure.returns.get(code)
    if point is None:
        raise Refused("请从退回要点目录中选择。", field="points")
    if point.target_kind != "facts":
        whole = f"{point.target_kind}:{point.target}"
        if given and given != whole and not given.startswith(f"{whole}@"):
            raise Refused(
                f"“{point.title}”应指向{'材料' if point.target_kind == 'paper' else '环节'} {point.target}。",
                field="points",
            )
        return given or whole
    if "[]" in point.target and not given:
        raise Refused(f"“{point.title}”请指明是哪一位成员或哪一笔。", field="points")
    path = given or point.target
    if not _pattern(point.target).fullmatch(path) or not _exists(facts, path):
        raise Refused(f"“{point.title}”没有指到本案的具体内容，请重新选择。", field="points")
    return path


def default_target(application: Application, record_code: str, codes: Sequence[str]) -> str:
    """The step to go back to when the person names none: the earliest step that one of the points needs."""
    procedure = flow.procedure_of(application)
    allowed = list(procedure.step(record_code).returns_to)
    only = allowed[0] if len(allowed) == 1 else ""
    entry = next((code for code in allowed if procedure.step(code).kind == "entry"), only)
    wanted: set[str] = set()
    for code in codes:
        point = procedure.returns[code]
        named = point.target if point.target_kind == "step" else ""
        if point.target_kind == "paper":
            # a paper of a later stage is mended at the step that produces it
            named = next(
                (step.code for step in procedure.steps if point.target in step.produces and step.kind != "entry"), ""
            )
        wanted.add(named if named in allowed else entry)
    return next((step.code for step in procedure.steps if step.code in wanted), entry)


def return_case(
    actor: Actor,
    application: Application,
    *,
    points: Sequence[Mapping[str, str]],
    at: datetime,
    to: str = "",
    comment: str = "",
    step: int | None = None,
    version: int | None = None,
) -> Application:
    """Sends a case back to an earlier step with all points: ``[{"code": …, "target": …, "note": …}]``.

    ``to`` is a step the policy allows to go back to from here; without it the earliest one that the points need. The family's data are
    opened for editing when it goes back to the entry. Raises ``Refused``, ``NotYourTurn``, ``AlreadyDone``, ``StaleVersion``.
    """
    with act(actor, "return_case", at=at, reason=comment) as deed:
        row, record = flow.take(application.pk, step, version)
        flow.check_turn(row, record, actor)
        procedure = flow.procedure_of(row)
        if not points:
            raise Refused("请至少选择一条退回要点，并指明位置。", field="points")
        facts = determinations.current_facts(row.household)
        pinned = [
            (
                str(item["code"]),
                target_of(procedure, str(item["code"]), item.get("target", ""), facts),
                item.get("note", ""),
            )
            for item in points
        ]
        if len({(code, target) for code, target, _ in pinned}) != len(pinned):
            raise Refused("同一条要点在同一位置只需列一次。", field="points")
        target = to or default_target(row, record.code, [code for code, _, _ in pinned])
        if not target or not procedure.can_return(record.code, target):
            raise Refused("这一环节不能退回到所选的环节，请重新选择。", field="to")
        way = flow.Way.of(row)
        stop = way.first_of(target)
        moving.close_record(deed, record, StepResult.RETURNED, at=at, comment=comment, data={"returned_to": stop.key})
        for code, place, note in pinned:
            ReturnPoint.objects.create(step=record, code=code, target=place, note=note.strip()[:300])
        deed.record(row, after={"to": target, "points": [[code, place] for code, place, _ in pinned]})
        opened = moving.open_stop(row, way, stop, at=at, returned=True)
        opened.facts_before = facts
        opened.save(update_fields=["facts_before"])
        if stop.step.kind == "entry":
            families.unlock(
                actor,
                row.household,
                at=at,
                reason=f"退回：{'、'.join(procedure.returns[code].title for code, _, _ in pinned)}",
            )
    return row


def allowed_points(application: Application) -> list[rules.ReturnPoint]:
    """The catalogue in the policy's order: its own points first, inherited ones after."""
    procedure = flow.procedure_of(application)
    return sorted(procedure.returns.values(), key=lambda point: point.origin != procedure.pack)
