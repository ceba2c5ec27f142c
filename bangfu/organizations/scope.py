"""The scoped door: what a person may read.

``request.desk`` (set by the organizations middleware) is a ``Desk``: the person with the post she works in now. Query sets of rows
that belong to a union (``union_path``) derive from ``ScopedQuerySet`` and are read through ``visible_to(desk)``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Q

from bangfu.common.acts import Actor, GuardedQuerySet
from bangfu.organizations.choices import FAMILY_READERS, Role


def successor(path: str) -> str:
    """The first path after all paths that start with ``path``: prefix search as a range, which both databases can index.

    Paths are digits only (``Union.alphabet``), so they sort alike in every collation; a letter sorts after them all.
    """
    if not path.strip("9"):
        return "z"
    return str(int("1" + path) + 1)[1:]


def below(path: str, field: str = "union_path") -> Q:
    """Rows of the union at ``path`` and of all unions below it."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": successor(path)})


@dataclass(frozen=True)
class Desk:
    """A signed-in person in one post on one day."""

    user_id: int
    user_name: str
    post_id: int
    role: Role
    union_id: int
    union_name: str
    union_path: str
    level: str
    region: str
    on: date
    origin: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(
            user_id=self.user_id,
            name=self.user_name,
            post_id=self.post_id,
            role=str(self.role),
            union_id=self.union_id,
            union_name=self.union_name,
            union_path=self.union_path,
            origin=self.origin,
        )

    @property
    def sees_families(self) -> bool:
        return self.role in FAMILY_READERS


class ScopedQuerySet(GuardedQuerySet):
    """Rows with a ``union_path``; reads start from ``visible_to``."""

    scope_field = "union_path"
    readers: Iterable[Role] = FAMILY_READERS

    def visible_to(self, desk: Desk | None) -> Self:
        """The rows in the subtree of the desk's union, none for a role that may not read them."""
        if desk is None or desk.role not in self.readers:
            return self.none()
        return self.filter(below(desk.union_path, self.scope_field))
