"""Prepares the practice installation of the browser tests: ``python -m tests.browser.plant FILE``.

Unions, accounts and standards as ``bangfu demo`` makes them, and one family per state; what was made goes into FILE as JSON. It runs in its
own process because the site under test has its own settings, database and keys.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

STATES: tuple[tuple[str, str, int], ...] = (
    ("filed", "filed", 60),
    ("record", "record", 30),
    ("recheck", "recheck", 30),
    ("filing", "filing", 26),
    ("city_check", "city_check", 24),
    ("industry_review", "industry_review", 22),
    ("report_up", "report_up", 20),
    ("authorization", "authorization", 18),
    ("notice_elapsed", "notice_elapsed", 16),
    ("public_notice", "public_notice", 3),
    ("home_visit", "home_visit", 5),
    ("unit_review", "unit_review", 3),
    ("returned", "returned", 9),
    ("refused", "refused", 20),
    ("withdrawn", "withdrawn", 12),
    ("draft", "draft", 2),
    ("for_a_double_click", "unit_review", 3),
    ("for_the_keyboard", "industry_review", 22),
)
"""Name of a practice family, the state it is in, how many days before today the clerk opened it; tests that move a case have one of their own."""


def main(target: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.config.settings"
    import django

    django.setup()
    from datetime import datetime, timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from bangfu.casework.models import Application, CaseFile, Determination, PublicNotice, RunningClock
    from bangfu.casework.services import clocks
    from bangfu.common import clock
    from bangfu.common.acts import SYSTEM, act
    from bangfu.demo import running, seeding, tree, trials
    from bangfu.demo.people import Maker
    from bangfu.families import services as families
    from bangfu.families.matching import finding as matching
    from bangfu.families.matching import merging
    from bangfu.families.models import Household
    from bangfu.organizations import selectors
    from bangfu.organizations.models import Post, Union
    from bangfu.rechecks import services as rechecks
    from bangfu.rechecks.models import Finding

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=running.UNUSED)
    now = timezone.localtime(clock.now())
    tree.plant(timezone.make_aware(datetime.combine(now.date() - timedelta(days=400), datetime.min.time())))
    maker, made = Maker(), dict[str, dict[str, Any]]()
    for serial, (name, state, days) in enumerate(STATES, 1):
        start = seeding._working(now.date() - timedelta(days=days))
        # every family at the first unit, so that one clerk and one reviewer see them all; such serials give a posted notice, a whole draft
        # with one paper still open
        seeding._one(state, seeding.UNITS[0], start, serial * 6 + 1, maker, now)
        household = Household.objects.order_by("-pk")[0]
        application = Application.objects.filter(household=household).first()
        made[name] = {"household": household.pk, "application": application.pk if application else None}
    newest = Determination.objects.filter(application=made["filed"]["application"]).order_by("pk")[0]
    clerk = Post.objects.get(user__username="jingban1")
    # all files by the rules of a day on which the family's income of today lies outside the window: something to look at
    recheck = rechecks.ask_recheck(
        selectors.desk_of(Post.objects.get(user__username="shangwu1"), now.date()),
        day=now.date() + timedelta(days=250),
        reason="标准调整",
        at=now,
    )
    rechecks.carry_out(recheck.pk, at=now)
    tried = [proposal.pk for proposal in trials.plant(now)]
    # what the unions owe this year, and one duty of the first unit whose day is past
    clocks.open_duties(Union.objects.get(depth=1).path, now)
    duty = RunningClock.objects.filter(union=clerk.union, kind="duty").order_by("due_on")[0]
    with act(SYSTEM, "sample_clock", at=now) as deed:
        duty.due_on, duty.warn_on = now.date() - timedelta(days=12), now.date() - timedelta(days=42)
        duty.save()
        deed.record(duty)
    running = PublicNotice.objects.filter(taken_down_on__isnull=True).order_by("-ends_on", "-pk")[0]
    # the draft's worker once more in a file of his own, and a family that somebody left
    desk, draft = selectors.desk_of(clerk, now.date()), Household.objects.get(pk=made["draft"]["household"])
    worker = draft.members.get(relation="self")
    twin = families.open_household(desk, at=now, name=worker.name, id_number=worker.id_number)
    families.save_members(desk, twin, [{"name": "吴秀英", "relation": "parent"}], at=now)
    left = merging.split(
        desk, twin, people=[twin.members.all()[1].pk], worker=twin.members.all()[1].pk, reason="分户", at=now
    )
    matching.look_for_twins(desk.actor, clerk.union, at=now)
    made["one"] = {
        "twin": twin.pk,
        "change": left.pk,
        "clock": duty.pk,
        "proposal": tried[0],
        "proposals": tried,
        "recheck": recheck.pk,
        "finding": Finding.objects.filter(run=recheck).order_by("pk")[0].pk,
        "notice": running.pk,
        "notice_code": running.code,
        "file": CaseFile.objects.get(application=made["filed"]["application"]).pk,
        "determination": newest.pk,
        "code": newest.code,
        "account": clerk.user_id,
        "union": clerk.union_id,
    }
    target.write_text(json.dumps({"password": tree.PASSWORD, "made": made}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
