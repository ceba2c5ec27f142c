"""Reads of the organizations room."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from bangfu.common.tasks import check_whole_log
from bangfu.organizations.choices import Role
from bangfu.organizations.models import LocalStandard, Post, Region, Union, User
from bangfu.organizations.scope import Desk, below


def on_day(on: date) -> Q:
    """Posts that hold on a day."""
    return Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def current_posts(user: User, on: date) -> list[Post]:
    """The posts a person holds on a day, with their unions, in a steady order."""
    return list(
        Post.objects.filter(on_day(on), user=user, union__is_active=True)
        .select_related("union")
        .order_by("union__path", "role", "pk")
    )


def desk_of(post: Post, on: date, origin: str = "") -> Desk:
    """The desk of a post on a day."""
    return Desk(
        user_id=post.user_id,
        user_name=post.user.name,
        post_id=post.pk,
        role=Role(post.role),
        union_id=post.union_id,
        union_name=post.union.name,
        union_path=post.union.path,
        level=post.union.level,
        region=post.union.region,
        on=on,
        origin=origin,
    )


def post_holders(union: Union, role: Role, on: date) -> list[User]:
    """The people who hold a role in exactly this union on a day."""
    return list(
        User.objects.filter(posts__in=Post.objects.filter(on_day(on), union=union, role=role), is_active=True)
        .distinct()
        .order_by("pk")
    )


def upper_unions(union: Union) -> list[Union]:
    """The unions above, from the next one upwards to the root; the union itself is the first element."""
    step = Union.steplen
    paths = [union.path[:end] for end in range(step, len(union.path) + 1, step)]
    return list(Union.objects.filter(path__in=paths).order_by("-path"))


def unions_visible_to(desk: Desk) -> QuerySet[Union]:
    """The desk's union and all below it, in tree order."""
    rows: QuerySet[Union] = Union.objects.filter(below(desk.union_path, "path")).order_by("path")
    return rows


def installed_standards(on: date | None = None) -> dict[str, Any]:
    """All confirmed local figures as a ``bangfu.standards/1`` document; ``on`` leaves out those that begin later."""
    rows = LocalStandard.objects.filter(confirmed_by__isnull=False)
    if on is not None:
        rows = rows.filter(from_date__lte=on)
    return {
        "schema": "bangfu.standards/1",
        "rows": [row.as_row() for row in rows.order_by("name", "region", "from_date")],
    }


def region_name(code: str | None) -> str:
    """The full name of a region code; the code itself where it is not in the table, empty for none."""
    if not code:
        return ""
    return Region.objects.filter(pk=code).values_list("full_name", flat=True).first() or code


def accounts_visible_to(desk: Desk) -> QuerySet[User]:
    """Accounts that belong to the desk's union or one below it. For the administrators' pages."""
    rows: QuerySet[User] = User.objects.filter(below(desk.union_path, "union__path")).select_related("union")
    return rows


def posts_visible_to(desk: Desk) -> QuerySet[Post]:
    """Posts in the desk's union or one below it."""
    return Post.objects.filter(below(desk.union_path, "union__path")).select_related("union", "user")


def find_regions(text: str, limit: int = 20) -> list[Region]:
    """Regions whose code begins with, or whose full name contains, the text; counties first."""
    text = "".join(text.split())[:40]
    if not text:
        return []
    rows = (
        Region.objects.filter(code__startswith=text)
        if text.isdigit()
        else Region.objects.filter(full_name__contains=text)
    )
    return sorted(rows[:200], key=lambda row: (row.code.endswith("00"), row.code))[:limit]


@dataclass(frozen=True)
class LogCheckState:
    """The latest walk through the whole log: still waiting or running (``done`` false), or what it found and when."""

    done: bool
    asked_at: datetime
    finished_at: datetime | None = None
    rows: int = 0
    broken: int | None = None
    failed: bool = False


def last_log_check() -> LogCheckState | None:
    """How the latest check of the whole log stands; None where nobody asked for one."""
    row = DBTaskResult.objects.filter(task_path=check_whole_log.module_path).order_by("-enqueued_at").first()
    if row is None:
        return None
    if row.status == TaskResultStatus.FAILED:
        return LogCheckState(True, row.enqueued_at, row.finished_at, failed=True)
    found = row.return_value
    if row.status != TaskResultStatus.SUCCESSFUL or found is None:
        return LogCheckState(False, row.enqueued_at)
    return LogCheckState(True, row.enqueued_at, row.finished_at, found["rows"], found["broken"])
