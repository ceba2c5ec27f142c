"""What re-verification has for the list of the day: findings of her own unit's families that nobody has looked at."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q, QuerySet, Value
from django.urls import reverse

from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from bangfu.organizations.today import WAITING, Line, any_of, post_case, shaped
from bangfu.rechecks.models import Finding
from bangfu.rechecks.selectors import WAITING as UNCONCLUDED


class Findings:
    """A file whose outcome is not its category any more waits for the clerk of its own union; upper unions see how many there are."""

    code: ClassVar[str] = "finding"

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        clerks = [desk for desk in desks if desk.role == Role.CLERK]
        if not clerks:
            return None
        rows = Finding.objects.filter(any_of(clerks, _own)).filter(UNCONCLUDED)
        return shaped(rows, self.code, rank=Value(WAITING), day=Value(None), post=post_case(clerks, _own))

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        rows = Finding.objects.filter(pk__in=keys).select_related("case_file", "union", "run")
        return {
            row.pk: Line(
                title=row.case_file.worker_name,
                about=f"{row.union.short_name} · {row.case_file.number}",
                reason=f"{row.run.day:%Y-%m-%d} 复测：{row.get_kind_display()}，请您看一看怎么处理",
                url=reverse("rechecks:finding", args=[row.pk]),
                button="去查看",
            )
            for row in rows
        }


def _own(desk: Desk) -> Q:
    return Q(union_id=desk.union_id)
