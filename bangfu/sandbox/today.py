"""What the sandbox has for the list of the day: proposals that wait for a second person's word."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse

from bangfu.organizations.scope import Desk, below
from bangfu.organizations.today import WAITING, Line, any_of, post_case, shaped
from bangfu.sandbox.choices import State
from bangfu.sandbox.models import Proposal
from bangfu.sandbox.permissions import MAKERS


class Proposals:
    """Lodged proposals that somebody else made."""

    code: ClassVar[str] = "proposal"

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        makers = [desk for desk in desks if desk.role in MAKERS]
        if not makers:
            return None
        lodged = Proposal.objects.filter(any_of(makers, _scope), state=State.LODGED).exclude(
            author_id=makers[0].user_id
        )
        return shaped(lodged, self.code, rank=Value(WAITING), day=F("effective_on"), post=post_case(makers, _scope))

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        rows = Proposal.objects.filter(pk__in=keys).select_related("author", "union")
        return {
            row.pk: Line(
                title=row.title,
                about=f"政策沙盘 · {row.union.short_name}",
                reason=f"{row.author.name}提请您确认"
                + (f"，拟自 {row.effective_on:%Y-%m-%d} 执行" if row.effective_on else ""),
                url=reverse("sandbox:proposal", args=[row.pk]),
                button="去确认",
            )
            for row in rows
        }


def _scope(desk: Desk) -> Q:
    return below(desk.union_path)
