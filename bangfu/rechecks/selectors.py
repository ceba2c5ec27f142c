"""Reads of the rechecks room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from bangfu.casework.selectors.names import category_title
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from bangfu.policy import labels
from bangfu.rechecks.choices import Kind
from bangfu.rechecks.models import Finding, Run

#: A finding that a person still has to look at.
WAITING = Q(conclusion="", superseded=False)


def runs(desk: Desk) -> QuerySet[Run]:
    """Runs over the desk's union or those below it."""
    found: QuerySet[Run] = Run.objects.visible_to(desk).select_related("union", "asked_by")
    return found.annotate(
        waiting=Count("findings", filter=Q(findings__conclusion="", findings__superseded=False))
    ).order_by("-pk")


def findings(desk: Desk, run: Run | None = None, kind: str = "") -> QuerySet[Finding]:
    """Findings in the desk's scope; without a run those that wait, of all runs."""
    rows: QuerySet[Finding] = Finding.objects.visible_to(desk).select_related("case_file__union", "run")
    rows = rows.filter(WAITING) if run is None else rows.filter(run=run)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("conclusion", "pk")


def kind_counts(desk: Desk, run: Run | None = None) -> dict[str, int]:
    """How many findings of each kind the desk sees."""
    rows = findings(desk, run).order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


def waiting(desk: Desk) -> int:
    """How many findings wait for somebody in the desk's scope, apart from those that stand in her own list of the day."""
    rows = Finding.objects.visible_to(desk).filter(WAITING)
    return int((rows.exclude(union_id=desk.union_id) if desk.role == Role.CLERK else rows).count())


@dataclass(frozen=True)
class Moved:
    """One cell of the table before → after."""

    before: str
    after: str
    number: int
    same: bool


def moved(run: Run) -> list[Moved]:
    """What became of the files, category by category, as a table to read."""
    policy = run.policies[0] if run.policies else ""
    return [
        Moved(category_title(policy, before), _title(policy, after), number, before == after)
        for before, row in sorted(run.counts.items())
        for after, number in sorted(row.items(), key=lambda item: (item[0] != before, -item[1]))
    ]


def _title(policy: str, after: str) -> str:
    return Kind.NO_POLICY.label if after == Kind.NO_POLICY else category_title(policy, after)


def missing_words(paths: list[str]) -> list[str]:
    """Kinds of facts in words: ``members.lives_together`` → 家庭成员的是否共同生活."""
    words: list[str] = []
    for path in paths:
        room, _, key = path.partition(".")
        if room == "standards":
            words.append(labels.STANDARDS.get(key, key))
            continue
        last = labels.KEYS.get(key.rpartition(".")[2], key)
        words.append(
            last
            if not key or room in ("conduct", "status", "attested", "housing")
            else f"{labels.KEYS.get(room, room)}的{last}"
        )
    return [word for word in dict.fromkeys(words) if word]


def home_notes(desk: Desk) -> list[dict[str, Any]]:
    """A line for the first page: what the last run left for people to look at."""
    number = waiting(desk)
    if not number:
        return []
    return [{"to": "rechecks:waiting", "icon": "clock", "text": f"复测后有 {number} 户结果与档案不一致，请您看一看。"}]
