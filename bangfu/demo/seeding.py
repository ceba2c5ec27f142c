"""Fills a practice installation: the union tree and 120 families in every state, made through the services, day by day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from bangfu.casework import services
from bangfu.casework.flow import procedure_of
from bangfu.casework.services.returns import allowed_points, target_of
from bangfu.common.errors import Refused
from bangfu.common.workdays import calendar
from bangfu.demo import tree, trials
from bangfu.demo.people import Maker
from bangfu.demo.walk import Walk
from bangfu.families import services as families

UNITS = (("jingban1", "shenhe1"), ("jingban2", "shenhe2"), ("jingban3", "shenhe3"))

# state wanted → how many families; the days tell how long before today the clerk opened them
PLAN: tuple[tuple[str, int, int], ...] = (
    ("filed", 38, 120),
    ("record", 5, 30),
    ("recheck", 5, 30),
    ("filing", 4, 26),
    ("city_check", 6, 24),
    ("industry_review", 8, 22),
    ("report_up", 4, 20),
    ("authorization", 5, 18),
    ("notice_elapsed", 3, 16),
    ("public_notice", 7, 7),
    ("home_visit", 7, 5),
    ("unit_review", 8, 3),
    ("returned", 8, 9),
    ("refused", 2, 20),
    ("withdrawn", 2, 12),
    ("draft", 8, 2),
)
"""Codes of steps stand for applications waiting at that step."""

ANY_OUTCOME = ("draft", "withdrawn", "returned", "unit_review")


def total() -> int:
    return sum(count for _, count, _ in PLAN)


def seed(now: datetime, say: Callable[[str], None] = lambda text: None) -> None:
    """Everything a practice installation needs. Takes a minute or two; the families' days lie before ``now``."""
    now = timezone.localtime(now)
    tree.plant(timezone.make_aware(datetime.combine(now.date() - timedelta(days=400), datetime.min.time())))
    maker = Maker()
    made = 0
    for state, count, days in PLAN:
        for number in range(count):
            unit = UNITS[made % len(UNITS)]
            start = _working(now.date() - timedelta(days=days + number % 5 + (number * 7 if state == "filed" else 0)))
            made += 1
            _one(state, unit, start, made, maker, now)
        say(f"  {made:3d} / {total()}  {state}")
    trials.plant(now)


def _working(day: date) -> date:
    while not calendar().is_working(day):
        day -= timedelta(days=1)
    return day


def _one(state: str, unit: tuple[str, str], start: date, serial: int, maker: Maker, now: datetime) -> None:
    """One family in a state. For states behind the review a family that no category fits is put away and another one taken."""
    while True:
        walk = Walk(*unit, start, serial)
        half = state == "draft" and serial % 2 == 0
        walk.enter(next(maker.families(1)), half=half)
        if state in ANY_OUTCOME or walk.outcome() not in ("none", "incomplete"):
            break
        families.delete_draft(walk.clerk, walk.household, at=walk.tick(), reason="练习数据另取一户")
    if state == "draft":
        if not half:
            walk.papers(leave_out=serial % 3)
        return
    walk.papers()
    walk.submit()
    if state == "withdrawn":
        services.withdraw(walk.clerk.actor, walk.application, reason="职工表示暂缓申请", at=walk.tick())
    elif state == "returned":
        walk.send_back(_points(walk, serial))
    elif state == "refused":
        walk.forward("authorization")
        member = list(walk.household.members.order_by("position"))[-1]
        services.record_authorization(walk.clerk.actor, walk.application, member, refused=True, at=walk.tick())
    else:
        _forward(walk, state, now)


def _forward(walk: Walk, state: str, now: datetime) -> None:
    if state == "public_notice":
        walk.forward("public_notice")
        if walk.serial % 3:
            walk.post_notice()
        return
    if state == "notice_elapsed":
        walk.forward("public_notice")
        walk.post_notice()
        return
    walk.forward("" if state == "filed" else state)


def _points(walk: Walk, serial: int) -> list[tuple[str, str, str]]:
    """Two points of the catalogue that the reviewer may raise about this family."""
    facts = walk.facts()
    procedure = procedure_of(walk.application)
    chosen: list[tuple[str, str, str]] = []
    for point in allowed_points(walk.application):
        try:
            target = target_of(procedure, point.code, "", facts)
        except Refused:
            continue
        if procedure.can_return("unit_review", "application"):
            chosen.append((point.code, target, "请对照原件核对后补充。"))
        if len(chosen) == 1 + serial % 2 + 1:
            break
    return chosen
