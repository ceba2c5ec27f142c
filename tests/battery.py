"""The access battery: every address of the site, as anonymous, as a foreign union, as the wrong role, as the right role.

A room registers its addresses in ``tests/ROOM/access.py``::

    ACCESS = [
        Access("families:list", roles=(Role.CLERK, Role.REVIEWER), scope=LIST, hidden=lambda ground: [ground.made["household"].number]),
        Access("families:detail", roles=(...), kwargs=lambda ground: {"pk": household(ground).pk}),
        Access("families:save", roles=(Role.CLERK,), kwargs=..., method="post", data=lambda ground: {...}, ok={302}),
    ]

``tests/test_access.py`` walks them; an address without an entry fails it. Factories get a ``Ground``: the union tree with a desk per role.
Rows that a factory makes belong to ``ground.tree.unit``.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bangfu.organizations.choices import Role
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk
from tests import factories

OBJECT = "object"
"""A foreign desk of the right role gets 404."""
LIST = "list"
"""A foreign desk of the right role gets the page without the texts of ``hidden``."""
OPEN = "open"
"""The page belongs to no union (the law, one's own password): a foreign desk gets what everybody gets."""


@dataclass
class Ground:
    """The world of one battery test."""

    tree: factories.Tree
    made: dict[str, Any] = field(default_factory=dict)
    desks: dict[tuple[Role, int], Desk] = field(default_factory=dict)

    def desk(self, role: Role, union: Union | None = None) -> Desk:
        """A desk of that role; clerks sit in the basic union, all others in the industry union, unless a union is named."""
        place = union or (self.tree.unit if role == Role.CLERK else self.tree.industry)
        key = (role, place.pk)
        if key not in self.desks:
            self.desks[key] = factories.person(role, place)
        return self.desks[key]

    def foreign(self, role: Role) -> Desk:
        """The same role in the other branch of the tree."""
        return self.desk(role, self.tree.foreign_unit if role == Role.CLERK else self.tree.foreign)


Factory = Callable[[Ground], dict[str, Any]]


def _nothing(ground: Ground) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Access:
    """One address: who may enter it, and what a foreign desk meets."""

    name: str
    roles: tuple[Role, ...] = ()
    kwargs: Factory = _nothing
    method: str = "get"
    data: Factory = _nothing
    ok: Collection[int] = (200,)
    scope: str = OBJECT
    hidden: Callable[[Ground], list[str]] = lambda ground: []
    query: str = ""
    public: bool = False
    signed_in: bool = False

    def call(self, client: Client, ground: Ground) -> HttpResponse:
        """Sends the request as registered."""
        address = reverse(self.name, kwargs=self.kwargs(ground)) + self.query
        sent: HttpResponse = getattr(client, self.method)(address, self.data(ground))
        return sent

    def knock(self, client: Client) -> HttpResponse:
        """Sends the request for rows that need not exist: who may not enter is turned away before anything is looked up."""
        given = {name: _SAMPLES[type(converter).__name__] for name, converter in converters()[self.name].items()}
        sent: HttpResponse = getattr(client, self.method)(reverse(self.name, kwargs=given) + self.query)
        return sent


def registered() -> list[Access]:
    """The entries of all rooms."""
    here = Path(__file__).parent
    rooms = sorted(path.parent.name for path in here.glob("*/access.py"))
    return [entry for room in rooms for entry in import_module(f"tests.{room}.access").ACCESS]


def addresses() -> Iterator[tuple[str, Any]]:
    """The full name and the view of every address of the site."""

    def walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = ":".join(part for part in (namespace, pattern.namespace) if part)
                yield from walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern):
                yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name), pattern.callback

    yield from walk(get_resolver().url_patterns, "")


_SAMPLES = {"IntConverter": 1, "StringConverter": "a", "SlugConverter": "a", "PathConverter": "a"}


@cache
def converters() -> dict[str, dict[str, Any]]:
    """The converters of each address, from the outermost part on."""

    def walk(patterns: list[Any], namespace: str, outer: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for pattern in patterns:
            held = outer | pattern.pattern.converters
            if isinstance(pattern, URLResolver):
                yield from walk(
                    pattern.url_patterns, ":".join(part for part in (namespace, pattern.namespace) if part), held
                )
            else:
                yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name), held

    return dict(walk(get_resolver().url_patterns, "", {}))


def assert_query_count(client: Client, address: str, expected: int) -> HttpResponse:
    """Asks for a page and holds the number of its SQL queries to ``expected``. Measure with two different row counts: it must not grow."""
    client.get(address)  # session and content types are warm
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    listing = "\n".join(query["sql"][:200] for query in caught.captured_queries)
    assert len(caught) == expected, f"{address}: {len(caught)} queries instead of {expected}:\n{listing}"
    sent: HttpResponse = answer
    return sent
