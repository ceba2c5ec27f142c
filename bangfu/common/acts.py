"""The one door for writing: an act by a person, in one transaction, with its audit rows inside it.

    with act(actor, "submit_application", at=at) as deed:
        application.state = State.IN_PROGRESS
        application.save()
        deed.record(application, before={"state": "draft"}, after={"state": "in_progress"})

Models that derive from ``Guarded`` refuse to be saved, created, updated or deleted outside an act, and an act that records
nothing is refused, so no write can go by without its audit row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db import models, transaction


class WriteOutsideAct(RuntimeError):
    """A guarded row was to be written without an act: the code must go through a service."""


class UnrecordedAct(RuntimeError):
    """An act ended without saying what it did."""


@dataclass(frozen=True)
class Actor:
    """Who acts, in which post, from where. ``role`` and ``union_*`` are those of the post at that moment."""

    user_id: int | None
    name: str
    post_id: int | None = None
    role: str = ""
    union_id: int | None = None
    union_name: str = ""
    union_path: str = ""
    origin: str = ""


SYSTEM = Actor(user_id=None, name="系统", role="system", origin="internal")


@dataclass
class Entry:
    verb: str
    object_type: str
    object_id: str
    union_path: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


@dataclass
class Deed:
    """What one act did so far."""

    actor: Actor
    verb: str
    at: datetime
    reason: str = ""
    entries: list[Entry] = field(default_factory=list)

    def record(
        self,
        obj: models.Model,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str = "",
        union_path: str | None = None,
    ) -> None:
        """Adds an audit row for ``obj``. ``before``/``after`` hold JSON values of the fields that changed; sensitive ones only masked."""
        path = union_path if union_path is not None else str(getattr(obj, "union_path", "") or self.actor.union_path)
        self.entries.append(
            Entry(self.verb, obj._meta.label_lower, str(obj.pk), path, before or {}, after or {}, reason or self.reason)
        )


_current: ContextVar[Deed | None] = ContextVar("bangfu_current_deed", default=None)


def current_deed() -> Deed | None:
    return _current.get()


@contextmanager
def act(actor: Actor, verb: str, *, at: datetime, reason: str = "") -> Iterator[Deed]:
    """One act: a transaction whose audit rows are written before it commits. Acts may nest; each records for itself."""
    from bangfu.common.audit import append

    with transaction.atomic():
        deed = Deed(actor, verb, at, reason)
        token = _current.set(deed)
        try:
            yield deed
        finally:
            _current.reset(token)
        if not deed.entries:
            raise UnrecordedAct(verb)
        append(deed)


def _demand_act(what: str) -> None:
    if _current.get() is None:
        raise WriteOutsideAct(f"{what}: writes go through a service that opens an act")


class GuardedQuerySet(models.QuerySet[Any]):
    """A query set whose writes demand an act."""

    def create(self, **kwargs: Any) -> Any:
        _demand_act(self.model._meta.label)
        return super().create(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        _demand_act(self.model._meta.label)
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        _demand_act(self.model._meta.label)
        return super().bulk_update(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        _demand_act(self.model._meta.label)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        _demand_act(self.model._meta.label)
        return super().delete()


class GuardedMixin:
    """``save`` and ``delete`` demand an act (a mixin so that tree nodes can have it too)."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        _demand_act(type(self).__name__)
        super().save(*args, **kwargs)  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        _demand_act(type(self).__name__)
        return super().delete(*args, **kwargs)  # type: ignore[misc]


class Guarded(GuardedMixin, models.Model):
    """Base of all rows that people's acts write."""

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True


class StaleVersion(Exception):
    """Somebody else saved in between; carries the row as it is now."""

    def __init__(self, row: models.Model) -> None:
        self.row = row
        super().__init__("stale version")


class Versioned(Guarded):
    """A row that two people may edit: ``bump`` refuses a save over a newer version."""

    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True

    def bump(self, expected: int) -> Self:
        """Takes the next version in SQL if the row still is at ``expected``; otherwise raises ``StaleVersion``."""
        _demand_act(type(self).__name__)
        manager = type(self)._default_manager
        if not manager.filter(pk=self.pk, version=expected).update(version=expected + 1):
            raise StaleVersion(manager.get(pk=self.pk))
        self.version = expected + 1
        return self
