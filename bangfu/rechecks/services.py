"""Writes of the rechecks room: asking for a run, carrying it out in parts, concluding on what it found."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bangfu.casework.choices import FileState
from bangfu.casework.models import CaseFile
from bangfu.common.acts import SYSTEM, Actor, act
from bangfu.common.errors import Refused
from bangfu.families import population
from bangfu.families.models import Household
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk, below
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import registry
from bangfu.policy import standards as standards_module
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.population import answer
from bangfu.rechecks import tasks
from bangfu.rechecks.choices import Conclusion, Kind, RunState
from bangfu.rechecks.models import Finding, Run

#: Files per part: one transaction, one step of the progress bar.
PART = 10_000
#: A file is open for re-verification unless it is closed.
_CLOSED = (FileState.CLOSED,)


def ask_recheck(desk: Desk, *, day: datetime.date, reason: str = "", at: datetime.datetime) -> Run:
    """Asks for a run over all open files of the desk's union and those below it, by the rules of ``day``.

    The standards in force are frozen with the run. Raises ``Refused`` when one is under way or no policy is in force on the day.
    """
    union = Union.objects.get(pk=desk.union_id)
    try:
        registry.policy_for(None, day)
    except PolicyNotInForce:
        raise Refused("这一天还没有可以适用的政策，请换一个日期。", field="day") from None
    try:
        with act(desk.actor, "ask_recheck", at=at, reason=reason) as deed:
            run: Run = Run.objects.create(
                union=union,
                union_path=union.path,
                day=day,
                reason=reason.strip(),
                standards=installed_standards(),
                total=open_files(union.path).count(),
                asked_by_id=desk.user_id,
                asked_at=at,
            )
            deed.record(run, after={"day": day.isoformat(), "total": run.total})
            transaction.on_commit(lambda: tasks.recheck.enqueue(run.pk))
    except IntegrityError:
        raise Refused("本工会的上一次复测还没有完成，请等它结束后再发起。") from None
    return run


def open_files(union_path: str) -> QuerySet[CaseFile]:
    """The files a run looks at."""
    return CaseFile.objects.filter(below(union_path)).exclude(state__in=_CLOSED)


def carry_out(run_pk: int, *, at: datetime.datetime, part: int = PART) -> None:
    """Judges the files of a run in parts. Each part is one act; a run that was interrupted goes on where it stopped.

    A fault of the rules or of the register ends the run as 未完成 with its reason; what was found until then stays.
    """
    try:
        while _next_part(run_pk, at, part):
            pass
    except Exception as fault:
        with act(SYSTEM, "break_off_recheck", at=at) as deed:
            run = Run.objects.select_for_update().get(pk=run_pk)
            run.state, run.fault = RunState.FAILED, f"{type(fault).__name__}: {fault}"[:300]
            run.save(update_fields=["state", "fault"])
            deed.record(run, after={"fault": run.fault, "done": run.done})
        raise


def _next_part(run_pk: int, at: datetime.datetime, part: int) -> bool:
    """One part of the run; False when nothing is left."""
    with act(SYSTEM, "carry_on_recheck", at=at) as deed:
        run = Run.objects.select_for_update().get(pk=run_pk)
        if not run.is_open:
            deed.record(run, after={"state": run.state})
            return False
        files = open_files(run.union_path).filter(pk__gt=run.reached).order_by("pk")
        keys = list(files.values_list("pk", flat=True)[:part])
        if keys:
            found, counts, policies = _judge(run, files.filter(pk__lte=keys[-1]))
            _supersede(files.filter(pk__lte=keys[-1]))
            Finding.objects.bulk_create(found, batch_size=2000)
            _count(run, counts)
            run.policies = sorted({*run.policies, *policies})
            run.reached, run.done, run.state = keys[-1], run.done + len(keys), RunState.RUNNING
        else:
            run.state, run.finished_at, run.total = RunState.DONE, at, run.done
        run.save()
        deed.record(run, after={"state": run.state, "done": run.done, "total": run.total})
        return bool(keys)


def _judge(run: Run, files: QuerySet[CaseFile]) -> tuple[list[Finding], Counter[tuple[str, str]], list[str]]:
    """What the rules of the day say of the families of these files, beside what their files say."""
    rows = standards_module.parse(run.standards)
    before = {
        household: (pk, category, union, path)
        for pk, household, category, union, path in files.values_list(
            "pk", "household_id", "category", "union_id", "union_path"
        )
    }
    found: list[Finding] = []
    counts: Counter[tuple[str, str]] = Counter()
    policies: list[str] = []
    families = Household.objects.filter(files__in=files)
    for policy, regions in _by_policy(families, run.day).items():
        meant = families.filter(work_region__in=regions) if None not in regions else _anywhere(families, regions)
        if policy is None:
            answers: Any = ({"household": pk} for pk in meant.values_list("pk", flat=True))
        else:
            policies.append(policy)
            answers = population.judged(meant, policy, on=run.day, standards=rows).iter_rows(named=True)
        for one in answers:
            pk, category, union, path = before[one["household"]]
            after = one.get("outcome", "")
            counts[category, after or Kind.NO_POLICY] += 1
            kind = _kind(category, after)
            if kind is not None:
                found.append(
                    Finding(
                        run=run, case_file_id=pk, union_id=union, union_path=path, kind=kind, policy=policy or "",
                        before=category, after=after, provisional=one.get("provisional") or "",
                        household_size=one.get("household_size"), net=one.get("net_per_capita_monthly"),
                        dibao=one.get("dibao"), missing=one.get("missing") or [],
                    )
                )  # fmt: skip
    return found, counts, policies


def _kind(before: str, after: str) -> Kind | None:
    if not after:
        return Kind.NO_POLICY
    if after == answer.INCOMPLETE:
        return Kind.UNCLEAR
    if after == answer.NONE:
        return Kind.OUTSIDE
    return Kind.CHANGED if after != before else None


def _by_policy(families: QuerySet[Household], day: datetime.date) -> dict[str | None, list[str | None]]:
    """The policy of each place of work on the day; None where there is none."""
    found: dict[str | None, list[str | None]] = {}
    for region in families.order_by("work_region").values_list("work_region", flat=True).distinct():
        try:
            policy: str | None = registry.policy_for(region or None, day)
        except PolicyNotInForce:
            policy = None
        found.setdefault(policy, []).append(region)
    return found


def _anywhere(families: QuerySet[Household], regions: list[str | None]) -> QuerySet[Household]:
    named = [region for region in regions if region is not None]
    return families.filter(work_region__isnull=True) | families.filter(work_region__in=named)


def _supersede(files: QuerySet[CaseFile]) -> None:
    """What earlier runs found of these files and nobody has concluded on is out of date."""
    Finding.objects.filter(case_file__in=files, conclusion="", superseded=False).update(superseded=True)


def _count(run: Run, counts: Counter[tuple[str, str]]) -> None:
    for (category, after), number in counts.items():
        row = run.counts.setdefault(category, {})
        row[after] = row.get(after, 0) + number


def conclude_finding(
    actor: Actor, finding: Finding, conclusion: str, *, note: str = "", at: datetime.datetime
) -> Finding:
    """A person says what follows from a finding. The file itself is changed by a review of its own, never from here."""
    if conclusion not in Conclusion.values:
        raise Refused("请选择怎样处理。", field="conclusion")
    if conclusion == Conclusion.KEEP and not note.strip():
        raise Refused("维持现状请写明理由。", field="note")
    with act(actor, "conclude_finding", at=at) as deed:
        row: Finding = Finding.objects.select_for_update().get(pk=finding.pk)
        if not row.waits:
            raise Refused("这一户已经处理过，或已有新的复测结果，请刷新后再看。")
        row.conclusion, row.note = conclusion, note.strip()
        row.concluded_by_id, row.concluded_at = actor.user_id, at
        row.save(update_fields=["conclusion", "note", "concluded_by", "concluded_at"])
        deed.record(row, after={"conclusion": conclusion, "note": row.note})
    return row
