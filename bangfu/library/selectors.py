"""Reads of the library: clauses of a pack in order, filtered and searched."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from django.http import Http404

from bangfu.library import atlas
from bangfu.policy import registry
from bangfu.policy.clauses import Clause
from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.pack.model import Pack

FILTERS = {"all": "全部", "done": "已实现", "planned": "待建", "guidance": "工作指引", "not_software": "不属软件"}


@dataclass(frozen=True)
class Row:
    """A row of a text with what realises it."""

    clause: Clause
    state: str
    shown: tuple[atlas.Shown, ...]


@dataclass(frozen=True)
class Group:
    """All rows of one clause number."""

    number: str
    anchor: str
    rows: tuple[Row, ...]


def pack_or_404(pack_id: str) -> Pack:
    """The installed pack of that name; what is not installed does not exist."""
    try:
        return registry.get_pack(pack_id)
    except UnknownPolicy as fault:
        raise Http404 from fault


def _row(pack: Pack, clause: Clause) -> Row:
    return Row(
        clause, atlas.state_of(clause), tuple(dict.fromkeys(atlas.shown(pack.id, item) for item in clause.realised_by))
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@cache
def _groups(pack_id: str) -> tuple[Group, ...]:
    pack = registry.get_pack(pack_id)
    found = []
    for number, clauses in pack.clauses.groups():
        rows = tuple(_row(pack, clause) for clause in clauses)
        found.append(Group(number, rows[0].clause.anchor, rows))
    return tuple(found)


def groups(pack: Pack, show: str = "all", query: str = "") -> list[Group]:
    """The clauses of a text in its order. ``show`` is a key of ``FILTERS``; every word of ``query`` must stand in number, gist or title."""
    wanted = [_plain(word) for word in query.split()]
    found = []
    for group in _groups(pack.id):
        kept = tuple(row for row in group.rows if show in ("all", row.state) and _matches(row, wanted))
        if kept:
            found.append(Group(group.number, group.anchor, kept))
    return found


def _matches(row: Row, wanted: list[str]) -> bool:
    text = _plain(" ".join([row.clause.id, row.clause.clause, row.clause.gist, *(one.title for one in row.shown)]))
    return all(word in text for word in wanted)


def counts(pack: Pack) -> dict[str, int]:
    """How many rows of the text are in which state, and all of them."""
    found = Counter(atlas.state_of(clause) for clause in pack.clauses)
    return {"all": len(pack.clauses), **{key: found.get(key, 0) for key in FILTERS if key != "all"}}


def group_at(pack: Pack, anchor: str) -> tuple[Group, Group | None, Group | None]:
    """The clause of that anchor (or of that citation, as a sheet writes it) with its neighbours. Http404 where the text has none."""
    everything = _groups(pack.id)
    places = [place for place, group in enumerate(everything) if group.anchor == anchor]
    if not places:
        link = pack.clauses.link(anchor)
        places = [place for place, group in enumerate(everything) if link == (pack.id, group.anchor)]
    if not places:
        raise Http404
    place = places[0]
    before = everything[place - 1] if place else None
    after = everything[place + 1] if place + 1 < len(everything) else None
    return everything[place], before, after
