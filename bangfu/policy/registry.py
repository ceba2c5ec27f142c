"""The installed packs: by name, by date, by region."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

from bangfu.policy import clauses, standards
from bangfu.policy.errors import PolicyNotInForce, UnknownPolicy
from bangfu.policy.pack import loader
from bangfu.policy.pack.layers import Layers
from bangfu.policy.pack.model import Heading, Pack

PACKS = Path(__file__).parent / "packs"


@cache
def _headings() -> dict[str, tuple[Heading, Path]]:
    found: dict[str, tuple[Heading, Path]] = {}
    for file in sorted(PACKS.glob("*/pack.yaml")):
        heading = loader.load_heading(file.parent)
        found[heading.id] = (heading, file.parent)
    return found


def pack_ids() -> tuple[str, ...]:
    """Names of all installed packs."""
    return tuple(_headings())


@cache
def _load(pack_id: str) -> tuple[Pack, Layers]:
    if pack_id not in _headings():
        raise UnknownPolicy(f"{pack_id}: no such policy is installed; installed: {', '.join(pack_ids())}")
    heading, folder = _headings()[pack_id]
    parent, parent_layers = _load(heading.parent) if heading.parent else (None, None)
    return loader.load_pack(folder, parent, parent_layers, clauses=_known_clauses(pack_id))


def _known_clauses(pack_id: str) -> dict[str, loader.ClauseCheck]:
    """For a pack and each above it: whether its text has a clause. Every citation of the rules is held to it."""
    heading, folder = _headings()[pack_id]
    known = _known_clauses(heading.parent) if heading.parent else {}
    return known | {pack_id: clauses.load(folder).knows}


def get_pack(pack_id: str) -> Pack:
    """The effective pack of that name, loaded once. Raises `UnknownPolicy`, or `PackFaults` when its files are wrong."""
    return _load(pack_id)[0]


def policy_for(region: str | None, day: datetime.date) -> str:
    """Name of the narrowest pack in force for a region (None: national ones only) on that day. Raises `PolicyNotInForce`."""
    places = [*standards.regions_outwards(region), None] if region else [None]
    for place in places:
        fitting = [
            heading
            for heading, _ in _headings().values()
            if heading.region == place
            and heading.first_day <= day
            and (heading.last_day is None or day <= heading.last_day)
        ]
        if fitting:
            return max(fitting, key=lambda heading: heading.first_day).id
    raise PolicyNotInForce(f"no installed policy is in force on {day.isoformat()}", _earlier(day))


def _earlier(day: datetime.date) -> str | None:
    """A text known by its dates only that was in force on that day."""
    for heading, _ in _headings().values():
        for before in heading.replaces:
            if before.first_day <= day <= before.last_day:
                return before.id
    return None


def in_force(pack_id: str, day: datetime.date) -> Pack:
    """The pack, if it applies on that day. Raises `UnknownPolicy` or `PolicyNotInForce`, which names the one in force."""
    pack = get_pack(pack_id)
    if pack.in_force(day):
        return pack
    instead = _instead(pack.heading, day)
    span = f"from {pack.first_day.isoformat()}" + (f" to {pack.last_day.isoformat()}" if pack.last_day else "")
    named = f"; in force then: {instead}" if instead else ""
    raise PolicyNotInForce(f"{pack_id} applies {span}, not on {day.isoformat()}{named}", instead)


def _instead(heading: Heading, day: datetime.date) -> str | None:
    headings = _headings()
    later = [
        other
        for other, _ in headings.values()
        if other.id != heading.id and other.region == heading.region and other.first_day <= day
        and (other.last_day is None or day <= other.last_day)
    ]  # fmt: skip
    if later:
        return max(later, key=lambda other: other.first_day).id
    for before in heading.replaces:
        if before.first_day <= day <= before.last_day:
            return before.id
    if heading.parent:
        parent = headings[heading.parent][0]
        inside = parent.first_day <= day and (parent.last_day is None or day <= parent.last_day)
        return parent.id if inside else _instead(parent, day)
    return None
