"""Reads of the library: the texts and their clauses in order, filtered and searched."""

from __future__ import annotations

import datetime
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from bangfu.library import atlas, diagram, timeline
from bangfu.library.models import OfficialFile
from bangfu.policy import registry, texts
from bangfu.policy.clauses import Clause
from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.pack.model import Pack
from bangfu.policy.texts import Succession, Text, UnknownText

FILTERS = {
    "all": "全部",
    "done": "已实现",
    "partly": "部分实现",
    "planned": "待建",
    "guidance": "工作指引",
    "not_software": "不属软件",
}


@dataclass(frozen=True)
class Row:
    """A row of a text with what realises it."""

    clause: Clause
    state: str
    shown: tuple[atlas.Shown, ...]


@dataclass(frozen=True)
class Group:
    """All rows of one clause number. `url` is the page of the clause."""

    number: str
    anchor: str
    rows: tuple[Row, ...]
    url: str = ""


def pack_or_404(pack_id: str) -> Pack:
    """The installed pack of that name; what is not installed does not exist."""
    try:
        return registry.get_pack(pack_id)
    except UnknownPolicy as fault:
        raise Http404 from fault


def text_or_404(code: str) -> Text:
    """The text of that code (of an annex: the text it belongs to)."""
    try:
        return texts.get_text(code)
    except UnknownText as fault:
        raise Http404 from fault


def _row(pack_id: str, clause: Clause) -> Row:
    return Row(
        clause, atlas.state_of(clause), tuple(dict.fromkeys(atlas.shown(pack_id, item) for item in clause.realised_by))
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@cache
def _groups(pack_id: str) -> tuple[Group, ...]:
    pack = registry.get_pack(pack_id)
    found = []
    for number, clauses in pack.clauses.groups():
        rows = tuple(_row(pack.id, clause) for clause in clauses)
        anchor = rows[0].clause.anchor
        found.append(Group(number, anchor, rows, reverse("library:clause", args=[pack.id, anchor])))
    return tuple(found)


@cache
def _text_groups(code: str) -> tuple[Group, ...]:
    text = texts.get_text(code)
    found = []
    for number, clauses in text.groups:
        rows = tuple(_row(text.realised_in, clause) for clause in clauses)
        anchor = rows[0].clause.anchor
        url = reverse("library:clause", args=[text.pack_id, anchor]) if text.pack_id else f"{address(text)}#{anchor}"
        found.append(Group(number, anchor, rows, url))
    return tuple(found)


def _kept(everything: Iterable[Group], show: str, query: str) -> list[Group]:
    wanted = [_plain(word) for word in query.split()]
    found = []
    for group in everything:
        kept = tuple(row for row in group.rows if show in ("all", row.state) and _matches(row, wanted))
        if kept:
            found.append(Group(group.number, group.anchor, kept, group.url))
    return found


def groups(pack: Pack, show: str = "all", query: str = "") -> list[Group]:
    """The clauses of a pack in its order. ``show`` is a key of ``FILTERS``; every word of ``query`` must stand in number, gist or title."""
    return _kept(_groups(pack.id), show, query)


def text_groups(text: Text, show: str = "all", query: str = "") -> list[Group]:
    """The clauses of one text, filtered like ``groups``."""
    return _kept(_text_groups(text.code), show, query)


def _matches(row: Row, wanted: list[str]) -> bool:
    text = _plain(" ".join([row.clause.id, row.clause.clause, row.clause.gist, *(one.title for one in row.shown)]))
    return all(word in text for word in wanted)


def counts(rows: Iterable[Clause]) -> dict[str, int]:
    """How many rows are in which state, and all of them."""
    found = Counter(atlas.state_of(clause) for clause in rows)
    return {"all": found.total(), **{key: found.get(key, 0) for key in FILTERS if key != "all"}}


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


# --- all texts ----------------------------------------------------------------------------------------------------


def address(text: Text) -> str:
    """The page of a text: that of its pack where the pack carries no other."""
    if text.pack_id and sum(one.pack_id == text.pack_id for one in texts.all_texts()) == 1:
        return reverse("library:pack", args=[text.pack_id])
    return reverse("library:text", args=[text.code])


def of_pack(pack_id: str) -> tuple[Text, ...]:
    """The texts a pack carries."""
    return tuple(text for text in texts.all_texts() if text.pack_id == pack_id)


@dataclass(frozen=True)
class Entry:
    """A text in the list: its page, its state today, its bar on the line of years, how far it is realised."""

    text: Text
    url: str
    state: str
    bar: timeline.Bar | None
    counts: dict[str, int]
    meter: list[dict[str, Any]]
    ended: Succession | None

    @property
    def state_words(self) -> str:
        return timeline.STATES[self.state]

    @property
    def ended_url(self) -> str:
        return address(self.ended.newer) if self.ended else ""


def entries(today: datetime.date) -> tuple[timeline.Line, list[tuple[str, list[Entry]]]]:
    """The line of years and all texts on it, by whose they are."""
    listed = texts.all_texts()
    scale = timeline.line(listed, today)
    grouped: dict[str, list[Entry]] = {key: [] for key in timeline.ISSUERS}
    for text in listed:
        grouped[timeline.issuer(text)].append(_entry(text, scale, today))
    return scale, [(timeline.ISSUERS[key], found) for key, found in grouped.items() if found]


def _entry(text: Text, scale: timeline.Line, today: datetime.date) -> Entry:
    counted = counts(text.rows)
    return Entry(
        text, address(text), timeline.state(text, today), timeline.bar(text, scale), counted, diagram.meter(counted),
        texts.replaced_by(text),
    )  # fmt: skip


def search(query: str) -> list[tuple[Text, str, list[Group]]]:
    """In which texts the words stand: text, its page, the clauses that say them."""
    found = [(text, address(text), text_groups(text, query=query)) for text in texts.all_texts()]
    return [one for one in found if one[2]]


def official_files(codes: Iterable[str]) -> QuerySet[OfficialFile]:
    """The official files of some texts, the newest first, without their content."""
    rows: QuerySet[OfficialFile] = OfficialFile.objects.filter(text__in=list(codes)).defer("content")
    return rows.select_related("uploaded_by")
