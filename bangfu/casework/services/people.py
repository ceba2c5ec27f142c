"""Who keeps away from a case, and who saw what."""

from dataclasses import dataclass
from datetime import datetime

from bangfu.casework import determinations, flow
from bangfu.casework.models import Application, Determination, Recusal, Seen
from bangfu.common.acts import Actor, act
from bangfu.common.errors import Refused


def declare_kinship(actor: Actor, application: Application, *, relation: str, at: datetime) -> Recusal:
    """A person declares kinship with the family; she takes no further step of this case (第十三条)."""
    with act(actor, "declare_kinship", at=at) as deed:
        row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        if not relation.strip():
            raise Refused("请写明与申请家庭的关系。", field="relation")
        if flow.recused(row, actor):
            raise Refused("您已声明过回避。")
        recusal: Recusal = Recusal.objects.create(
            application=row, user_id=actor.user_id, relation=relation.strip()[:60], declared_at=at
        )
        deed.record(row, after={"recusal": actor.user_id})
    return recusal


@dataclass(frozen=True)
class Glance:
    """When a person last looked at a case, and the determination that was the newest then."""

    at: datetime
    determination: Determination | None


def look(user_id: int, application: Application, *, at: datetime) -> Glance | None:
    """Notes that a person looks at a case now; answers when she last did. Not a record of the case, so not an act."""
    latest = determinations.latest(application)
    row, made = Seen.objects.select_related("determination").get_or_create(
        user_id=user_id, application=application, defaults={"at": at, "determination": latest}
    )
    if made:
        return None
    before = Glance(row.at, row.determination)
    Seen.objects.filter(pk=row.pk).update(at=at, determination=latest)
    return before
