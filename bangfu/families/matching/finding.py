"""The findings 可能是同一家庭: searching, storing, reading within what a desk may know, and saying that two are not one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from bangfu.common.acts import Actor, act
from bangfu.common.errors import Refused
from bangfu.families.choices import TwinKind, TwinLevel, TwinState
from bangfu.families.matching import holds, looks, pairs
from bangfu.families.models import Household, TwinFinding
from bangfu.families.selectors import hotline_of
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk, below

BATCH = 1_000
TOLD = (TwinLevel.CERTAIN, TwinLevel.LIKELY)
"""Levels that are shown at once; across unions only these are spoken of at all."""


# --- searching --------------------------------------------------------------------------------------------------------
def look_for_twins(actor: Actor, union: Union, *, at: datetime) -> dict[str, int]:
    """Searches the families of a union and of those below it against all families, and brings the findings up to date.

    One act; its audit row holds the counts that are returned: ``families``, ``found``, ``fresh``, ``gone``. A conclusion stays, unless more
    speaks for one family than when it was drawn.
    """
    scope = Household.objects.filter(below(union.path)).standing()
    with act(actor, "look_for_twins", at=at) as deed:
        verdicts = pairs.search(scope, Household.objects.standing())
        counts = {"families": scope.count(), "found": len(verdicts), **_store(verdicts, union, at)}
        deed.record(union, after=counts, union_path=union.path)
    return counts


def _store(verdicts: list[pairs.Verdict], union: Union, at: datetime) -> dict[str, int]:
    inside = TwinFinding.objects.filter(below(union.path, "left_path") | below(union.path, "right_path"))
    there = {(row.left_id, row.right_id): row for row in inside.select_for_update()}
    named = {pk for verdict in verdicts for pk in (verdict.left, verdict.right)}
    paths: dict[int, str] = {}
    ordered = sorted(named)
    for start in range(0, len(ordered), BATCH):
        part = Household.objects.filter(pk__in=ordered[start : start + BATCH])
        paths |= dict(part.order_by().values_list("pk", "union_path"))
    fresh: list[TwinFinding] = []
    changed: list[TwinFinding] = []
    for verdict in verdicts:
        values: dict[str, Any] = {
            "kind": verdict.kind, "level": verdict.level, "score": verdict.score,
            "reasons": [asdict(reason) for reason in verdict.reasons],
            "left_path": paths[verdict.left], "right_path": paths[verdict.right],
        }  # fmt: skip
        row = there.pop((verdict.left, verdict.right), None)
        if row is None:
            fresh.append(TwinFinding(left_id=verdict.left, right_id=verdict.right, found_at=at, **values))
            continue
        state = _state_after(row, verdict)
        if any(getattr(row, name) != value for name, value in values.items()) or row.state != state:
            for name, value in {**values, "state": state}.items():
                setattr(row, name, value)
            changed.append(row)
    gone = [row for row in there.values() if row.state == TwinState.OPEN]
    for row in gone:
        row.state = TwinState.GONE
    TwinFinding.objects.bulk_create(fresh, batch_size=BATCH)
    columns = ["kind", "level", "score", "reasons", "left_path", "right_path", "state"]
    TwinFinding.objects.bulk_update([*changed, *gone], columns, batch_size=200)
    return {"fresh": len(fresh), "gone": len(gone)}


def _state_after(row: TwinFinding, verdict: pairs.Verdict) -> str:
    if row.state in {TwinState.GONE, TwinState.MERGED}:  # a merge that was taken back, or facts that came back
        return TwinState.OPEN
    more = verdict.score > row.score or (verdict.level == TwinLevel.CERTAIN and row.level != TwinLevel.CERTAIN)
    return TwinState.OPEN if row.state == TwinState.DISMISSED and more else row.state


# --- reading ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Elsewhere:
    """What a desk may know of a finding with a foreign union: its own family, the union and its phone."""

    own: Household
    union_name: str
    hotline: str


def findings(desk: Desk) -> QuerySet[TwinFinding]:
    """Findings whose both families the desk may read, with families and unions."""
    if not desk.sees_families:
        return TwinFinding.objects.none()
    inside = below(desk.union_path, "left_path") & below(desk.union_path, "right_path")
    return TwinFinding.objects.filter(inside).select_related("left__union", "right__union")


def across(desk: Desk) -> QuerySet[TwinFinding]:
    """Open findings with one family of the desk and one of a foreign union; ordered by number, which tells nothing."""
    if not desk.sees_families:
        return TwinFinding.objects.none()
    left, right = below(desk.union_path, "left_path"), below(desk.union_path, "right_path")
    rows = TwinFinding.objects.filter((left & ~right) | (right & ~left), state=TwinState.OPEN, level__in=TOLD)
    return rows.select_related("left__union", "right__union").order_by("pk")


def tell(desk: Desk, rows: Iterable[TwinFinding], *, at: datetime) -> list[Elsewhere]:
    """The foreign findings in words a desk may read. Each foreign family that is spoken of gets its audit row."""
    answer: list[Elsewhere] = []
    foreign: list[Household] = []
    phones: dict[int, str] = {}
    for row in rows:
        own, other = (row.left, row.right) if row.left_path.startswith(desk.union_path) else (row.right, row.left)
        if other.union_id not in phones:
            phones[other.union_id] = hotline_of(other.union)
        answer.append(Elsewhere(own, other.union.name, phones[other.union_id]))
        foreign.append(other)
    looks.note(desk, foreign, at=at, about={"what": "twin"})
    return answer


def counts(desk: Desk) -> Counter[str]:
    """How many stand behind each tab: ``open``, ``possible``, ``elsewhere``, ``done``."""
    found: Counter[str] = Counter(elsewhere=across(desk).count())
    rows = findings(desk).select_related(None).values_list("state", "level").annotate(number=Count("pk")).order_by()
    for state, level, number in rows:
        tab = "done" if state != TwinState.OPEN else "possible" if level == TwinLevel.POSSIBLE else "open"
        found[tab] += number
    return found


def of_tab(desk: Desk, tab: str) -> QuerySet[TwinFinding]:
    """The findings of a tab inside the desk's scope."""
    rows = findings(desk)
    if tab == "done":
        return rows.exclude(state=TwinState.OPEN).order_by("-concluded_at", "-pk")
    chosen = Q(level=TwinLevel.POSSIBLE) if tab == "possible" else Q(level__in=TOLD)
    return rows.filter(chosen, state=TwinState.OPEN)


def of_pair(desk: Desk, left: int, right: int) -> TwinFinding | None:
    """The finding of two families, when the desk may read both."""
    low, high = sorted((left, right))
    found: TwinFinding | None = findings(desk).filter(left=low, right=high).first()
    return found


def proposed(left: Household, right: Household, kind: str) -> Household:
    """Which of two to keep: one on file or on its way; of a couple the householder's (户主); else the older.

    TJ-A2 第七条 and GUIDE20 四1(3) ask for the householder when both spouses are hard-up workers of different units.
    """
    held = holds.of([left.pk, right.pk])
    if bool(held.get(left.pk)) != bool(held.get(right.pk)):
        return left if held.get(left.pk) else right
    if kind == TwinKind.COUPLE and left.union_id != right.union_id:
        heads = [row for row in (left, right) if _worker_is_head(row)]
        if len(heads) == 1:
            return heads[0]
    return min(left, right, key=lambda row: (row.created_at, row.pk))


def _worker_is_head(household: Household) -> bool:
    return any(member.relation == "self" and member.head_of_household for member in household.members.all())


# --- concluding -------------------------------------------------------------------------------------------------------
def dismiss(desk: Desk, finding: TwinFinding, *, note: str, at: datetime) -> TwinFinding:
    """Says after a look that two households are two families. Raises ``Refused`` without words, ``NotYourHousehold``."""
    if len(note.strip()) < 2:
        raise Refused("请写明核实情况。", field="note")
    with act(desk.actor, "dismiss_twin", at=at, reason=note.strip()) as deed:
        row = TwinFinding.objects.select_for_update(of=("self",)).select_related("left", "right").get(pk=finding.pk)
        holds.require_changer(desk, row.left, row.right)
        if row.state != TwinState.OPEN:
            raise Refused("这条提示已经处理过了。")
        row.state, row.note = TwinState.DISMISSED, note.strip()[:200]
        row.concluded_by_id, row.concluded_at = desk.user_id, at
        row.save()
        for household in (row.left, row.right):
            deed.record(household, after={"finding": row.pk, "score": row.score, "level": row.level})
    return row
