"""The processes of ``tests/casework/test_kill.py``: a desk that works until it is killed, and the look at what it left behind.

    python -m tests.casework.kill_ground torment SEED KILLS     kills workers, looks after each, prints a report as JSON
    python -m tests.casework.kill_ground go_on                  a new start: finishes what lies open, prints a report as JSON

Both work in the database of ``BANGFU_DATABASE_URL`` with the files below ``BANGFU_VAR``.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from bangfu.casework import services  # noqa: E402
from bangfu.casework.models import ActiveIdentity, Application, Determination  # noqa: E402
from bangfu.common import audit  # noqa: E402
from bangfu.common.models import AuditEntry, Counter  # noqa: E402
from bangfu.families import blobs, selectors  # noqa: E402
from bangfu.families import services as families  # noqa: E402
from bangfu.families.models import EvidenceFile, Household  # noqa: E402
from bangfu.organizations.models import Post  # noqa: E402
from bangfu.organizations.scope import Desk  # noqa: E402
from bangfu.organizations.selectors import desk_of  # noqa: E402
from tests import factories  # noqa: E402
from tests.casework import kit  # noqa: E402

PHASES = ("enter", "attach", "submit", "review")
LINES = {"incomes_known": ("incomelines", 3), "expenses_known": ("expenselines", 1)}
"""The lines of the sample family where the flag says that all are there."""


def desk(name: str) -> Desk:
    return desk_of(Post.objects.select_related("user", "union").get(user__name=name), kit.APPLIED, "127.0.0.1")


def numbers(serial: int) -> dict[str, str]:
    """The numbers of the people of one family; every family of the database has its own."""
    born = {"self": ("19760318", 0), "spouse": ("19741102", 1), "child": ("20040625", 0)}
    bodies = {who: f"120101{day}{serial * 2 + male:03d}" for who, (day, male) in born.items()}
    return {who: body + kit.check_digit(body) for who, body in bodies.items()}


# --- the worker -------------------------------------------------------------------------------------------------------
def carry(clerk: Desk, reviewer: Desk, household: Household | None, tell: Callable[[str], None]) -> None:
    """One family from wherever it stands through 单位工会审核, by the same services a person at the desk uses."""
    tell("enter")
    if household is None:
        last = Household.objects.order_by("number").last()
        given = numbers(int(last.number.rpartition("-")[2]) + 1 if last else 1)
        household = families.open_household(
            clerk, at=kit.AT, application_date=kit.APPLIED, name="王秀兰", id_number=given["self"]
        )
    application = Application.objects.filter(household=household).first()
    if application is None:
        household = kit.describe(
            clerk, household, at=kit.AT, papers=False, numbers=numbers(int(household.number.rpartition("-")[2]))
        )
        tell("attach")
        held = household.evidence.count()
        for number in range(held, 4):
            families.attach_evidence(
                clerk, household, picture(household, number), f"{number}.png", at=kit.AT, paper="other", title="照片"
            )
        kit.hand_in(clerk, household, at=kit.AT)
        tell("submit")
        application = services.submit_application(clerk.actor, household, at=kit.AT)
    tell("review")
    if application.step.partition("@")[0] == "unit_review":
        services.unit_review(reviewer.actor, application, at=kit.AT + timedelta(hours=1), comment="材料齐全")


def picture(household: Household, number: int) -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), (household.pk % 256, household.pk // 256, number)).save(out, "PNG")
    return out.getvalue()


def left_open() -> list[Household]:
    """Families that a worker before did not carry through."""
    done = Application.objects.exclude(step__startswith="unit_review").values("household")
    return list(Household.objects.exclude(pk__in=done).order_by("number"))


def work(pipe: int) -> None:
    """Takes up what lies open, then one family after another, and says on the pipe where it is; ends only by being killed."""

    def tell(phase: str) -> None:
        os.write(pipe, f"{phase}\n".encode())

    clerk, reviewer = desk("王经办"), desk("李审核")
    for household in left_open():
        carry(clerk, reviewer, household, tell)
    while True:
        carry(clerk, reviewer, None, tell)


@contextmanager
def worker() -> Iterator[tuple[int, Iterator[str]]]:
    """A process of its own with its own connection; on leaving it is killed, and the database has noticed."""
    connections.close_all()
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(out)
            work(into)
        except BaseException as fault:
            print(f"worker: {type(fault).__name__}: {fault}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)
    os.close(into)
    try:
        with os.fdopen(out) as told:
            yield pid, (line.strip() for line in told)
            os.kill(pid, signal.SIGKILL)
    finally:
        _, status = os.waitpid(pid, 0)
        _settled()
    if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
        raise RuntimeError("the worker ended by itself, not by the kill")


def _settled() -> None:
    """PostgreSQL learns of a death when it next reads the line: until then a commit under way may still come through."""
    if connection.vendor != "postgresql":
        return
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)
    raise RuntimeError("the killed worker's session did not end")


# --- the look at what is there ----------------------------------------------------------------------------------------
def faults() -> list[str]:
    """Everything that is half done or does not fit; empty when every act is there whole or not at all."""
    found: list[str] = []
    for household in Household.objects.prefetch_related("members", "incomelines", "expenselines", "evidence"):
        found += [f"{household.number}: {text}" for text in _of_household(household)]
    for application in Application.objects.select_related("household").prefetch_related("steps", "identities"):
        found += [f"{application.number}: {text}" for text in _of_application(application)]
    found += _of_numbers()
    broken = audit.verify()
    if broken is not None:
        found.append(f"audit chain breaks at {broken}")
    return found + list(_of_files())


def _of_household(household: Household) -> Iterator[str]:
    members = list(household.members.all())
    if len(members) not in (1, 3):
        yield f"{len(members)} members"
    if not household.worker_name or any(not member.id_hash or not member.birth_date for member in members):
        yield "a member without name or number"
    for flag, (lines, count) in LINES.items():
        there = {line.row for line in getattr(household, lines).all()}
        if len(there) != (count if getattr(household, flag) else 0):
            yield f"{flag} is {getattr(household, flag)}, rows {sorted(there)}"
    part = (household.still_in_difficulty, household.causes, household.phone or None, household.savings)
    if len({value is None for value in part}) != 1:
        yield "its circumstances are half there"
    applied = Application.objects.filter(household=household).count()
    if applied > 1 or household.locked != bool(applied):
        yield f"locked is {household.locked} with {applied} applications"


def _of_application(application: Application) -> Iterator[str]:
    made = list(Determination.objects.filter(application=application, moment="submission").order_by("pk"))
    if len(made) != 2 or made[0].companion_of_id or made[1].companion_of_id != made[0].pk:
        yield f"{len(made)} determinations at submission"
    elif {one.policy for one in made} != {"tianjin-commerce-2020", "acftu-2020"} or not all(one.trace for one in made):
        yield "determination or companion incomplete"
    held = {row.id_hash for row in application.identities.all()}
    if held != set(application.household.members.values_list("id_hash", flat=True)) or len(held) != 3:
        yield f"{len(held)} people registered"
    steps = list(application.steps.all())
    waiting = [step for step in steps if step.closed_at is None]
    if len(waiting) != 1 or waiting[0].key != application.step:
        yield f"open steps {[step.key for step in waiting]}, the case says {application.step}"
    if any(not step.result or not step.closed_by_id for step in steps if step.closed_at):
        yield "a closed step without its result"
    if [step.code for step in steps] not in (
        ["application", "unit_review"],
        ["application", "unit_review", "home_visit"],
    ):
        yield f"steps {[step.code for step in steps]}"
    verbs = AuditEntry.objects.filter(object_type="casework.application", object_id=str(application.pk))
    if not verbs.filter(verb="submit_application").exists():
        yield "no audit row of its submission"
    if len(steps) > 2 and not AuditEntry.objects.filter(verb="lock_household", object_id=str(application.household_id)):
        yield "no audit row of its lock"


def _of_numbers() -> Iterator[str]:
    for series, model, start in (("household:2020", Household, "H2020-"), ("application-2020", Application, "S2020")):
        given = sorted(model.objects.values_list("number", flat=True))
        expected = [f"{start}{number:06d}" for number in range(1, len(given) + 1)]
        if given != expected:
            yield f"numbers with a gap: {given}"
        counted = Counter.objects.filter(name=series).values_list("value", flat=True).first() or 0
        if counted != len(given):
            yield f"{series} counts {counted}, there are {len(given)}"
    if ActiveIdentity.objects.count() != 3 * Application.objects.count():
        yield "people registered without an application"


def _of_files() -> Iterator[str]:
    named: set[str] = set()
    for file in EvidenceFile.objects.all():
        names = [name for name in (file.stored, file.viewing, file.thumbnail) if name]
        named.update(names)
        try:
            contents = [blobs.read(name) for name in names]
        except Exception as fault:
            yield f"file {file.pk} cannot be read: {type(fault).__name__}"
            continue
        if hashlib.sha256(contents[0]).hexdigest() != file.sha256:
            yield f"file {file.pk} is not what was uploaded"
    orphans, lost = selectors.store_differences(timedelta(0))
    there = {name for name, _ in blobs.everything()}
    if lost:
        yield f"records without a file: {lost}"
    if {name for name, _ in orphans} != there - named:
        yield "the sweep would not find every file without a record"


def look() -> list[str]:
    """``faults`` in one snapshot."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return faults()


# --- the two commands -------------------------------------------------------------------------------------------------
def torment(seed: int, kills: int) -> dict[str, Any]:
    """Migrates, plants the office, lets one worker carry a family undisturbed, then kills one worker after another."""
    call_command("migrate", verbosity=0)
    tree = factories.tree()
    kit.standards()
    kit.Office(tree)
    dice = random.Random(seed)  # seeded: the delays are the same in each run
    lasts = _measure()
    found: list[str] = []
    caught = dict.fromkeys(PHASES, 0)
    for number in range(kills):
        phase = PHASES[number % len(PHASES)]
        with worker() as (_, told):
            for line in told:
                if line == phase:
                    break
            else:
                raise RuntimeError("the worker ended by itself")
            time.sleep(dice.random() * lasts[phase])
        caught[phase] += 1
        found += [f"after kill {number + 1} in {phase}: {text}" for text in look()]
    return {"faults": found, "killed": caught} | counts()


def _measure() -> dict[str, float]:
    """How long each phase takes on this machine, by a worker's third family."""
    marks: list[tuple[str, float]] = []
    with worker() as (_, told):
        for line in told:
            marks.append((line, time.monotonic()))
            if len(marks) > 2 * len(PHASES):
                break
    return {phase: marks[at + 1][1] - marks[at][1] for at, (phase, _) in enumerate(marks[:-1])}


def go_on() -> dict[str, Any]:
    """A new start: no repair, no command; the clerk carries on with what she finds, and one new family goes through."""
    before = counts()
    clerk, reviewer = desk("王经办"), desk("李审核")
    open_before = left_open()
    for household in open_before:
        carry(clerk, reviewer, household, lambda phase: None)
    carry(clerk, reviewer, None, lambda phase: None)
    found = look()
    said = StringIO()
    call_command("sweep_evidence", older_hours=0, stdout=said, stderr=said)
    after = counts()
    found += [f"after the sweep: {text}" for text in look()]
    return {
        "faults": found,
        "before": before,
        "after": after,
        "taken_up": len(open_before),
        "still_open": len(left_open()),
    }


def counts() -> dict[str, int]:
    orphans, _ = selectors.store_differences(timedelta(0))
    return {
        "families": Household.objects.count(),
        "applications": Application.objects.count(),
        "reviewed": Application.objects.filter(step__startswith="home_visit").count(),
        "files": EvidenceFile.objects.count(),
        "orphans": len(orphans),
    }


if __name__ == "__main__":
    answer = torment(int(sys.argv[2]), int(sys.argv[3])) if sys.argv[1] == "torment" else go_on()
    print(json.dumps(answer, ensure_ascii=False))
