"""What a person should do today, from all rooms, as one ordered list over all her posts.

A room adds its own by a ``Source`` named in ``settings.BANGFU_TODAY_SOURCES``. A source answers its rows as a query whose columns are
always the same (``shaped``), so that the database joins, orders and pages them together whatever they are; then it says in words what
the few rows of one page are. The number of queries follows from how many sources have something, never from how much.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, DateField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import LocalStandard
from bangfu.organizations.scope import Desk

RETURNED, OVERDUE, DUE, WAITING, NEW, RUNNING = range(6)
"""The order of the list. ``RUNNING``: something ticks that nobody can hasten (a notice on the wall)."""

RANKS: tuple[tuple[int, str, str], ...] = (
    (RETURNED, "returned", "退回"),
    (OVERDUE, "overdue", "已逾期"),
    (DUE, "due", "到期"),
    (WAITING, "waiting", "等我办"),
    (NEW, "new", "新到"),
    (RUNNING, "running", "计时中"),
)
LATEST = date(9999, 12, 31)
COLUMNS = ("today_rank", "today_day", "today_source", "today_key", "today_post")


@dataclass(frozen=True)
class Line:
    """One row in words: what it is about, why it stands here, its clock, and the one button."""

    title: str
    about: str
    reason: str
    url: str
    button: str
    due_on: date | None = None
    provisional: bool = False
    rank: int = WAITING
    post_id: int = 0
    desk: Desk | None = None
    elsewhere: bool = False

    @property
    def state(self) -> str:
        return RANKS[self.rank][1]

    @property
    def word(self) -> str:
        return RANKS[self.rank][2]

    @property
    def settled(self) -> bool:
        """Whether its date is no deadline any more (a period that has passed)."""
        return self.rank in (DUE, RUNNING) and self.due_on is not None and self.period

    period: bool = False


class Source(Protocol):
    """What a room has for the list."""

    code: ClassVar[str]

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        """The person's rows, shaped; None where none of her posts can have any."""
        ...

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        """The rows of one page in words, by key. One that has gone in the meantime is left out."""
        ...


def shaped(rows: "QuerySet[Any]", source: str, *, rank: Any, day: Any, post: Any) -> "QuerySet[Any]":
    """A query as the list needs it: where the row stands, by which day, and at which of her posts."""
    found: QuerySet[Any] = (
        rows.order_by()
        .annotate(
            today_rank=Cast(rank, IntegerField()),
            today_day=Coalesce(Cast(day, DateField()), Value(LATEST, output_field=DateField())),
            today_source=Cast(Value(source), CharField(max_length=20)),
            today_key=F("pk"),
            today_post=Cast(post, IntegerField()),
        )
        .values_list(*COLUMNS)
    )
    return found


def post_case(desks: Sequence[Desk], condition: Any) -> Case:
    """Which of her posts a row belongs to, by the condition that ties a row to a desk."""
    whens = [When(condition(desk), then=Value(desk.post_id)) for desk in desks]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def any_of(desks: Sequence[Desk], condition: Any) -> Q:
    """Rows that belong to any of the desks."""
    found = Q(pk__in=[])
    for desk in desks:
        found |= condition(desk)
    return found


@dataclass
class Today:
    """The list of one person on one day. ``desk``: where she sits now; the others are one press away."""

    desk: Desk
    desks: Sequence[Desk]
    day: date
    sources: list[Source] = field(default_factory=list)

    @classmethod
    def of(cls, desk: Desk, desks: Sequence[Desk], day: date) -> "Today":
        return cls(desk, desks, day, [import_string(path)() for path in settings.BANGFU_TODAY_SOURCES])

    @cached_property
    def _queries(self) -> dict[str, "QuerySet[Any]"]:
        asked = {source.code: source.rows(self.desks, self.day) for source in self.sources}
        return {code: rows for code, rows in asked.items() if rows is not None}

    @cached_property
    def _counted(self) -> dict[str, dict[int, int]]:
        counted: dict[str, dict[int, int]] = {}
        for code, rows in self._queries.items():
            found = rows.values_list("today_rank").annotate(n=Count("pk")).order_by()
            counted[code] = dict(found)
        return counted

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are, and of all."""
        by_rank = {code: sum(held.get(rank, 0) for held in self._counted.values()) for rank, code, _ in RANKS}
        return {**by_rank, "all": sum(by_rank.values())}

    def page(self, number: Any, size: int, tab: str = "all") -> Any:
        """A page of the list, or of one kind of it, in order."""
        ranks = [rank for rank, code, _ in RANKS if tab in ("all", code)]
        parts = [
            rows.filter(today_rank__in=ranks) if tab != "all" else rows
            for code, rows in self._queries.items()
            if any(self._counted[code].get(rank) for rank in ranks)
        ]
        total = sum(held.get(rank, 0) for held in self._counted.values() for rank in ranks)
        pages = _Pages(self, parts, total, size)
        return pages.get_page(number)

    def in_words(self, rows: Sequence[tuple[int, date, str, int, int]]) -> list[Line]:
        """Rows of the joined query as lines; sources are asked once each."""
        places = {desk.post_id: desk for desk in self.desks}
        wanted: dict[str, list[int]] = {}
        for _, _, source, key, _ in rows:
            wanted.setdefault(source, []).append(key)
        said = {
            source.code: source.lines(wanted[source.code], self.day) for source in self.sources if source.code in wanted
        }
        return [
            replace(
                line, rank=rank, post_id=post, desk=places.get(post),
                elsewhere=bool(post) and post != self.desk.post_id,
            )
            for rank, _, source, key, post in rows
            if (line := said[source].get(key)) is not None
        ]  # fmt: skip


class _Pages(Paginator):
    """Pages over the joined query; the number of rows is known from the tabs."""

    def __init__(self, today: Today, parts: list["QuerySet[Any]"], total: int, size: int) -> None:
        self.today, self.parts, self.total = today, parts, total
        super().__init__((), size)

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return self.total

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows: list[Any] = []
        if self.parts:
            joined = self.parts[0].union(*self.parts[1:], all=True) if len(self.parts) > 1 else self.parts[0]
            rows = list(joined.order_by(*COLUMNS[:4])[first : first + self.per_page])
        return Page(self.today.in_words(rows), number, self)


# --- what this room has -------------------------------------------------------------------------------------------
def _stem(region: str) -> str:
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


class Standards:
    """Local figures that a second person must confirm before the rules use them."""

    code: ClassVar[str] = "standard"

    def rows(self, desks: Sequence[Desk], today: date) -> "QuerySet[Any] | None":
        keepers = [desk for desk in desks if desk.role in (Role.AID_CENTER, Role.LEADER)]
        if not keepers:
            return None
        waiting = LocalStandard.objects.filter(any_of(keepers, self._keeps), confirmed_by__isnull=True)
        rows = waiting.exclude(entered_by_id=keepers[0].user_id)
        return shaped(rows, self.code, rank=Value(WAITING), day=F("from_date"), post=post_case(keepers, self._keeps))

    @staticmethod
    def _keeps(desk: Desk) -> Q:
        if desk.level == Level.ACFTU:
            return Q(region__gt="")
        own = Q(region__startswith=_stem(desk.region))
        return own | ~Q(region__startswith=desk.region[:2]) if desk.level in (Level.CITY, Level.INDUSTRY) else own

    def lines(self, keys: Collection[int], today: date) -> Mapping[int, Line]:
        from django.urls import reverse

        rows = LocalStandard.objects.filter(pk__in=keys).select_related("entered_by")
        return {
            row.pk: Line(
                title=_standard(row.name),
                about=f"{row.value} · {row.region} · {row.from_date:%Y-%m-%d} 起",
                reason=f"{row.entered_by.name}已录入，请您对照文件核对；确认之后测算才会使用",
                url=reverse("organizations:standards"),
                button="去核对",
            )
            for row in rows
        }


def _standard(name: str) -> str:
    from bangfu.organizations.choices import StandardName

    return str(dict(StandardName.choices).get(name, name))
