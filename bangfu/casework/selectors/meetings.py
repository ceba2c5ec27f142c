"""Reads of collective decisions: the one that counts, what speaks against it, who must not vote, whom the form proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.casework import flow
from bangfu.casework.decision_models import CollectiveDecision
from bangfu.casework.models import Application, StepRecord
from bangfu.organizations.models import Post
from bangfu.policy import collective


@dataclass(frozen=True)
class Present:
    """One of those present, as typed. ``vote`` is one of ``VoteKind``."""

    name: str
    vote: str
    post: str = ""


def latest(application: Application, record: StepRecord | None) -> CollectiveDecision | None:
    """The newest record of the open step; None before there is one. A later round needs a meeting of its own."""
    if record is None:
        return None
    found: CollectiveDecision | None = (
        CollectiveDecision.objects.filter(application=application, step=record)
        .select_related("scan", "recorded_by")
        .prefetch_related("voices")
        .order_by("-pk")
        .first()
    )
    return found


def problems(application: Application, record: StepRecord, decision: CollectiveDecision) -> list[tuple[str, str]]:
    """What speaks against a record now: somebody may have declared kinship since."""
    rule = flow.procedure_of(application).decision
    people = [(Present(voice.name, voice.vote), voice.user_id) for voice in decision.voices.all()]
    return collective.problems(
        rule,
        votes(application, record, people),
        conclusion=decision.conclusion,
        minutes=decision.minutes,
        scan=decision.scan_id is not None,
        length=flow.parameter(rule.parameter if rule else None),
    )


def colleagues(record: StepRecord, on: date) -> list[tuple[str, str]]:
    """Name and post of the people of the step's union on a day: whom the form proposes."""
    rows = Post.objects.filter(union_id=record.union_id, starts_on__lte=on).exclude(ends_on__lt=on)
    found: dict[str, str] = {}
    for row in rows.select_related("user").order_by("pk"):
        found.setdefault(row.user.name, row.get_role_display())
    return list(found.items())


def people_by_name(record: StepRecord, on: date) -> dict[str, int]:
    """Name → person, for the names that only one person of the union has."""
    rows = Post.objects.filter(union_id=record.union_id, starts_on__lte=on).exclude(ends_on__lt=on)
    people: dict[str, set[int]] = {}
    for name, pk in rows.values_list("user__name", "user_id"):
        people.setdefault(name, set()).add(pk)
    return {name: pks.pop() for name, pks in people.items() if len(pks) == 1}


def votes(
    application: Application, record: StepRecord, people: Sequence[tuple[Present, int | None]]
) -> list[collective.Vote]:
    users, names = barred(application, record)
    return [
        collective.Vote(one.name.strip(), one.vote, user in users if user else one.name.strip() in names)
        for one, user in people
    ]


def barred(application: Application, record: StepRecord) -> tuple[set[int], set[str]]:
    """Who must not vote, as persons and as names: kin of the family, the worker, and whoever worked on a step that the policy keeps apart."""
    procedure = flow.procedure_of(application)
    apart = set(procedure.step(record.code).not_same_person_as)
    rows = list(application.recusals.select_related("user"))
    users = {row.user_id for row in rows}
    names = {row.user.name for row in rows} | {application.worker_name}
    if apart:
        worked = {int(person) for code, person in flow.acted(application) if code in apart and person.isdigit()}
        users |= worked
        names |= set(Post.objects.filter(user_id__in=worked).values_list("user__name", flat=True))
        if any(procedure.step(code).kind == "visit" for code in apart):
            for pair in application.visits.values_list("first_visitor", "second_visitor"):
                names |= {name for name in pair if name}
    return users, names
