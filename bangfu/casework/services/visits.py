"""入户调查: what two visitors found, with photos."""

from collections.abc import Sequence
from datetime import date, datetime

from bangfu.casework import flow
from bangfu.casework.models import Application, HomeVisit
from bangfu.common.acts import Actor, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.models import EvidenceFile


def record_visit(
    actor: Actor,
    application: Application,
    *,
    visited_on: date,
    first_visitor: str,
    second_visitor: str = "",
    at: datetime,
    place: str = "",
    interviewed: str = "",
    findings: str = "",
    no_kinship: bool = False,
    in_difficulty: bool | None = None,
    causes_confirmed: bool | None = None,
    reasons: str = "",
    positive: bool | None = None,
    photos: Sequence[EvidenceFile] = (),
    step: int | None = None,
    version: int | None = None,
) -> HomeVisit:
    """Records a visit while the case stands at the visit; what is still open is told when the step is to be closed.

    That the causes made life hard is a finding of people (``causes_confirmed`` with ``reasons``), never inferred from the formula
    (第四条（一）). Raises ``Refused`` for a day in the future or before the application, and for one visitor entered twice.
    """
    with act(actor, "record_visit", at=at) as deed:
        row, record = flow.take(application.pk, step, version)
        if flow.procedure_of(row).step(record.code).kind != "visit":
            raise Refused("本案现在不在入户调查环节。")
        flow.check_turn(row, record, actor)
        if visited_on > day(at):
            raise Refused("走访日期晚于今天，请核对。", field="visited_on")
        if visited_on < row.applied_on:
            raise Refused(f"走访日期早于申请日期 {row.applied_on:%Y-%m-%d}，请核对。", field="visited_on")
        first, second = first_visitor.strip(), second_visitor.strip()
        if not first:
            raise Refused("请填写走访人姓名。", field="first_visitor")
        if first == second:
            raise Refused("两位走访人不能是同一人。", field="second_visitor")
        for photo in photos:
            if photo.household_id != row.household_id:
                raise Refused("所选照片不是这个家庭的。", field="photos")
        visit: HomeVisit = HomeVisit.objects.create(
            application=row,
            visited_on=visited_on,
            place=place.strip(),
            first_visitor=first,
            second_visitor=second,
            no_kinship=no_kinship,
            interviewed=interviewed.strip(),
            findings=findings.strip(),
            in_difficulty=in_difficulty,
            causes_confirmed=causes_confirmed,
            reasons=reasons.strip(),
            positive=positive,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        )
        visit.photos.set(photos)
        row.updated_at = at
        row.save(update_fields=["updated_at"])
        deed.record(
            row,
            after={
                "visit": visit.pk,
                "visited_on": visited_on.isoformat(),
                "in_difficulty": in_difficulty,
                "causes_confirmed": causes_confirmed,
                "positive": positive,
                "photos": len(photos),
            },
        )
    return visit
