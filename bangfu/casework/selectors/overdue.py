"""Work that is late below a union, for those who answer for it: counts by unit, the oldest, and the rows behind them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from bangfu.casework.choices import ClockKind
from bangfu.casework.clock_models import RunningClock
from bangfu.organizations.scope import Desk


@dataclass(frozen=True)
class Late:
    """What is late in one union: how many, of which kind, and since when the oldest."""

    union_id: int
    union: str
    count: int
    steps: int
    reviews: int
    duties: int
    oldest: date
    days: int

    @property
    def others(self) -> int:
        return self.count - self.steps - self.reviews - self.duties


def late(desk: Desk, today: date) -> "QuerySet[RunningClock]":
    """Clocks of the desk's scope that ran out before today. Periods are never late; what stands still is not counted."""
    rows: QuerySet[RunningClock] = RunningClock.objects.visible_to(desk).running()
    return rows.filter(due_on__lt=today, period=False)


def summary(desk: Desk, today: date) -> dict[str, Any] | None:
    """How much is late in the unions below, and since when; None where nothing is."""
    found = late(desk, today).exclude(union_id=desk.union_id).aggregate(n=Count("pk"), oldest=Min("due_on"))
    return {**found, "days": (today - found["oldest"]).days} if found["n"] else None


def by_unit(desk: Desk, today: date) -> list[Late]:
    """Late work by the union that owes it, the oldest first."""
    found = (
        late(desk, today)
        .order_by()
        .values("union_id", "union__name")
        .annotate(
            n=Count("pk"),
            oldest=Min("due_on"),
            steps=Count("pk", filter=Q(kind=ClockKind.STEP)),
            reviews=Count("pk", filter=Q(kind=ClockKind.REVIEW)),
            duties=Count("pk", filter=Q(kind=ClockKind.DUTY)),
        )
        .order_by("oldest", "union__path")
    )
    return [
        Late(
            row["union_id"], row["union__name"], row["n"], row["steps"], row["reviews"], row["duties"], row["oldest"],
            (today - row["oldest"]).days,
        )
        for row in found
    ]  # fmt: skip


def rows(desk: Desk, today: date, union_id: int | None) -> "QuerySet[RunningClock]":
    """The late clocks themselves, the oldest first, of one union or of all."""
    found = late(desk, today).select_related("union", "application", "case_file")
    return (found.filter(union_id=union_id) if union_id else found).order_by("due_on", "pk")
