"""The installed packs: by name, by date, by region; and the choice among them, with its reason in words.

A pack whose parent changes with the dates (`pack.yaml`, a list under `parent`) is another pack before and after: whoever reads the
rules of a case asks for them with the day of its application, `get_pack(id, day)` or `in_force(id, day)`.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bangfu.policy import clauses, shape, source, standards
from bangfu.policy.errors import PolicyNotInForce, UnknownPolicy
from bangfu.policy.pack import loader
from bangfu.policy.pack.layers import Layers
from bangfu.policy.pack.model import Heading, Pack
from bangfu.policy.source import PackFault, PackFaults

PACKS = Path(__file__).parent / "packs"
#: Environment variable with further folders of packs, separated like a PATH: each is a pack, or holds packs.
FURTHER = "BANGFU_PACKS"
#: Environment variable that says where a text applies that does not name its own place: `{"610000": "provincial-2020"}`.
PLACES = "BANGFU_POLICY_PLACES"
WORKER_FILE = "worker_file"


_added: list[Path] = []


def folders() -> tuple[Path, ...]:
    """The folder of every installed pack: those of the package, those of `BANGFU_PACKS`, those added. Raises `UnknownPolicy`."""
    found = [file.parent for file in sorted(PACKS.glob("*/pack.yaml"))]
    for named in os.environ.get(FURTHER, "").split(os.pathsep):
        if not named.strip():
            continue
        place = Path(named.strip())
        if not place.is_dir():
            raise UnknownPolicy(f"{FURTHER}: {place}: no such folder")
        own = place / "pack.yaml"
        found += [place] if own.exists() else [file.parent for file in sorted(place.glob("*/pack.yaml"))]
    seen: dict[Path, Path] = {}
    for folder in [*found, *_added]:
        seen.setdefault(folder.resolve(), folder)
    return tuple(seen.values())


def add(folder: Path) -> str:
    """Makes the pack of a folder known to this process, beside those installed; answers its id. Raises `PackFaults`."""
    own = loader.load_heading(folder)
    if folder.resolve() not in {known.resolve() for known in folders()}:
        _added.append(folder)
    forget(own.id)
    try:
        _headings()
    except PackFaults:
        remove(folder)
        raise
    return own.id


def remove(folder: Path) -> None:
    """Takes back an `add`; a pack that is installed otherwise stays."""
    _added[:] = [known for known in _added if known.resolve() != folder.resolve()]
    forget(shape.origin_of(folder))


def forget(pack_id: str) -> None:
    """Reads this pack, and those below it, anew when they are next asked for: its folder was added or its files were changed."""
    _headings.cache_clear()
    for line in [line for line in _loads if pack_id in line]:
        del _loads[line]


@cache
def _headings() -> dict[str, tuple[Heading, Path]]:
    found: dict[str, tuple[Heading, Path]] = {}
    faults: list[PackFault] = []
    for folder in folders():
        one = loader.load_heading(folder)
        node = source.load(folder / "pack.yaml")
        if shape.origin_of(folder) != one.id:
            name = one.id.replace("-", "_")
            faults.append(node.fault(f"id: the folder of {one.id} must be called {name}, not {folder.name}", "id"))
        if one.id in found:
            faults.append(node.fault(f"id: {one.id} is already the id of {found[one.id][1]}", "id"))
        found.setdefault(one.id, (one, folder))
    faults += _circles(found)
    if faults:
        raise PackFaults(faults)
    return found


def _circles(found: Mapping[str, tuple[Heading, Path]]) -> list[PackFault]:
    """A fault for each pack that stands below itself."""
    faults: list[PackFault] = []
    for start, (_, folder) in found.items():
        above = {start: _above(found, start)}
        path, todo = {start: start}, [start]
        while todo:
            here = todo.pop()
            for parent in above.setdefault(here, _above(found, here)):
                if parent == start:
                    node = source.load(folder / "pack.yaml")
                    faults.append(node.fault(f"parent: goes round in a circle: {path[here]} → {start}", "parent"))
                elif parent not in path:
                    path[parent] = f"{path[here]} → {parent}"
                    todo.append(parent)
    return faults


def _above(found: Mapping[str, tuple[Heading, Path]], pack_id: str) -> list[str]:
    if pack_id not in found:
        return []
    one = found[pack_id][0]
    named = [*(era.parent for era in one.eras), one.accounting_of]
    return [parent for parent in dict.fromkeys(named) if parent is not None]


def pack_ids() -> tuple[str, ...]:
    """Names of all installed packs."""
    return tuple(_headings())


def heading(pack_id: str) -> Heading:
    """`pack.yaml` of a pack, without loading its rules. Raises `UnknownPolicy`."""
    if pack_id not in _headings():
        raise UnknownPolicy(f"{pack_id}: no such policy is installed; installed: {', '.join(pack_ids())}")
    return _headings()[pack_id][0]


def descent(pack_id: str, on: datetime.date | None = None) -> tuple[str, ...]:
    """The pack, its parent on that day, that one's parent, and so on (without a day: as they stand last).

    A pack that takes over another's accounting alone (`accounting_of`) stands before that one.
    """
    parent = heading(pack_id).parent_on(on) or heading(pack_id).accounting_of
    return (pack_id, *(descent(parent, on) if parent else ()))


_loads: dict[tuple[str, ...], tuple[Pack, Layers]] = {}


def _load(line: tuple[str, ...]) -> tuple[Pack, Layers]:
    found = _loads.get(line)
    if found is None:
        parent, parent_layers = _load(line[1:]) if len(line) > 1 else (None, None)
        found = loader.load_pack(_headings()[line[0]][1], parent, parent_layers, clauses=_known_clauses(line))
        _loads[line] = found
    return found


def folder(pack_id: str) -> Path:
    """Where the files of an installed pack lie. Raises `UnknownPolicy`."""
    heading(pack_id)
    return _headings()[pack_id][1]


def loaded(line: tuple[str, ...]) -> tuple[Pack, Layers]:
    """The pack at the head of a line of descent with its raw parts, for whatever is laid over it. Raises `PackFaults`."""
    return _load(line)


def _known_clauses(line: tuple[str, ...]) -> dict[str, loader.ClauseCheck]:
    """For a pack and each above it: whether its text has a clause. Every citation of the rules is held to it."""
    return {pack_id: clauses.load(_headings()[pack_id][1]).knows for pack_id in line}


def get_pack(pack_id: str, on: datetime.date | None = None) -> Pack:
    """The effective pack of that name as it reads on that day (None: as it reads last), loaded once.

    Whether it applies on the day is not asked here, see `in_force`. Raises `UnknownPolicy`, or `PackFaults` when its files are wrong.
    """
    return _load(descent(pack_id, on))[0]


def eras(pack_id: str) -> tuple[Pack, ...]:
    """The pack as it reads in each span of its time, oldest first. One, where the parent never changes."""
    return tuple(get_pack(pack_id, era.first_day) for era in heading(pack_id).eras)


# --- choosing -----------------------------------------------------------------------------------------------------
def configured_places() -> dict[str, str]:
    """Region → pack for texts that do not name their place, from the environment (`PLACES`). Raises `UnknownPolicy`."""
    raw = os.environ.get(PLACES, "").strip()
    if not raw:
        return {}
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise UnknownPolicy(f"{PLACES}: not a JSON object of region codes and policies: {error}") from None
    if not isinstance(found, dict):
        raise UnknownPolicy(f"{PLACES}: not a JSON object of region codes and policies")
    for region, pack_id in found.items():
        if not (len(region) == 6 and region.isdigit()):
            raise UnknownPolicy(f"{PLACES}: {region}: a region code has six digits")
        if heading(pack_id).placed:
            raise UnknownPolicy(
                f"{PLACES}: {pack_id} names its own place; only a text that names none can be given one"
            )
    return found


def _outwards(region: str | None) -> list[str | None]:
    """The region itself, what holds it, and the whole country."""
    return [*standards.regions_outwards(region), None] if region else [None]


def _places(places: Mapping[str, str]) -> dict[str, list[str | None]]:
    """Pack → where it applies. None is the whole country; an empty list is a text whose place nobody has said."""
    found: dict[str, list[str | None]] = {}
    for pack_id, (one, _) in _headings().items():
        found[pack_id] = (
            [one.region] if one.placed else [region for region, named in places.items() if named == pack_id]
        )
    return found


def policy_for(
    region: str | None, day: datetime.date, *, scheme: str = WORKER_FILE, places: Mapping[str, str] | None = None
) -> str:
    """Name of the narrowest pack in force for a region (None: national ones only) on that day. Raises `PolicyNotInForce`."""
    where = _places(configured_places() if places is None else places)
    for place in _outwards(region):
        fitting = [
            one
            for one, _ in _headings().values()
            if one.scheme == scheme and place in where[one.id] and one.in_force(day)
        ]
        if fitting:
            return max(fitting, key=lambda one: one.first_day).id
    raise PolicyNotInForce(f"no installed policy is in force on {day.isoformat()}", _earlier(day))


def national(day: datetime.date) -> str:
    """The national text on workers' files of that day: central money follows it. Raises `PolicyNotInForce`."""
    return policy_for(None, day)


def _earlier(day: datetime.date) -> str | None:
    """A text known by its dates only that was in force on that day."""
    for one, _ in _headings().values():
        for before in one.replaces:
            if before.first_day <= day <= before.last_day:
                return before.id
    return None


def in_force(pack_id: str, day: datetime.date) -> Pack:
    """The pack as it reads on that day, if it applies then. Raises `UnknownPolicy` or `PolicyNotInForce`, which names the one in force."""
    own = heading(pack_id)
    if own.in_force(day):
        return get_pack(pack_id, day)
    instead = _instead(own, day)
    span = f"from {own.first_day.isoformat()}" + (f" to {own.last_day.isoformat()}" if own.last_day else "")
    named = f"; in force then: {instead}" if instead else ""
    raise PolicyNotInForce(f"{pack_id} applies {span}, not on {day.isoformat()}{named}", instead)


def _instead(own: Heading, day: datetime.date) -> str | None:
    later = [
        other
        for other, _ in _headings().values()
        if other.id != own.id and other.placed and own.placed
        and (other.region, other.scheme) == (own.region, own.scheme) and other.in_force(day)
    ]  # fmt: skip
    if later:
        return max(later, key=lambda other: other.first_day).id
    for before in own.replaces:
        if before.first_day <= day <= before.last_day:
            return before.id
    parent_id = own.parent_on(day)
    if parent_id is None:  # whatever its place went by on that day: of a county without a parent, the national text
        try:
            return policy_for(own.region, day, scheme=own.scheme)
        except PolicyNotInForce as nothing:
            return nothing.in_force
    parent = heading(parent_id)
    return parent.id if parent.in_force(day) else _instead(parent, day)


@dataclass(frozen=True)
class Candidate:
    """One installed text and where it stood in the choice.

    `standing`: `chosen`; `wider` (in force, for a wider place); `earlier` (in force, but a later text of the same place came);
    `not_yet` or `ended` (not in force on the day); `elsewhere`; `unplaced` (its place is not said); `scheme` (grants something else).
    `compare`: worth a look beside the chosen one.
    """

    pack_id: str
    title: str
    region: str | None
    first_day: datetime.date
    last_day: datetime.date | None
    standing: str
    reason: str
    compare: bool


@dataclass(frozen=True)
class Choice:
    """The pack for a place and a day, the reason in Chinese words, and every other text with why it was not chosen.

    `national` is the national text of the day (None when no one is installed for it); `others` are the further packs worth comparing.
    """

    pack: Pack
    region: str | None
    day: datetime.date
    reason: str
    candidates: tuple[Candidate, ...]
    national: str | None
    others: tuple[str, ...]
    assigned: bool = False

    @property
    def compared(self) -> tuple[str, ...]:
        """The packs of the side-by-side: the chosen one, the national one, the others; each once."""
        named = [self.pack.id, *([self.national] if self.national else []), *self.others]
        return tuple(dict.fromkeys(named))


def zh_day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _span(first: datetime.date, last: datetime.date | None) -> str:
    return f"{zh_day(first)}起施行" if last is None else f"{zh_day(first)}至{zh_day(last)}施行"


def place_zh(region: str | None) -> str:
    """A place in words: its code with its level, as this floor knows no names."""
    if region is None:
        return "全国"
    level = "省级" if region.endswith("0000") else "市级" if region.endswith("00") else "县级"
    return f"{level}地区{region}"


def choose(
    region: str | None,
    day: datetime.date,
    *,
    assigned: str | None = None,
    places: Mapping[str, str] | None = None,
    name_of: Callable[[str], str | None] | None = None,
) -> Choice:
    """The pack for a place and a day, and why: the narrowest place, and of that place the latest text in force.

    `assigned` names a pack that somebody has set for this case: it is taken if it applies on the day. `name_of` gives a region's
    name. Raises `UnknownPolicy` or `PolicyNotInForce`.
    """

    def named(place: str | None) -> str:
        return (name_of(place) if name_of and place else None) or place_zh(place)

    where = _places(configured_places() if places is None else places)
    chosen = in_force(assigned, day).id if assigned else policy_for(region, day, places=places)
    outwards = _outwards(region)
    candidates = [_candidate(one, chosen, where[one.id], outwards, day, named) for one, _ in _headings().values()]
    order = {standing: place for place, standing in enumerate(_STANDINGS)}
    candidates.sort(key=lambda one: (order[one.standing], outwards.index(one.region) if one.region in outwards else 9))
    try:
        central = national(day)
    except PolicyNotInForce:
        central = None
    return Choice(
        get_pack(chosen, day), region, day, _reason(heading(chosen), where[chosen], region, day, assigned, outwards, named),
        tuple(candidates), central,
        tuple(one.pack_id for one in candidates if one.compare and one.pack_id not in (chosen, central)),
        assigned is not None,
    )  # fmt: skip


_STANDINGS = ("chosen", "wider", "earlier", "scheme", "not_yet", "ended", "unplaced", "elsewhere")


def _candidate(
    one: Heading, chosen: str, where: list[str | None], outwards: list[str | None], day: datetime.date,
    named: Callable[[str | None], str],
) -> Candidate:  # fmt: skip
    here = [place for place in outwards if place in where]
    taken = heading(chosen)
    standing, compare = "wider", True
    if one.id == chosen:
        standing, compare, reason = "chosen", False, "选用的就是这一份"
    elif not where:
        standing, compare, reason = "unplaced", False, "文件没有写明是哪个地方的，系统里也没有指定适用地区"
    elif not here:
        standing, compare, reason = (
            "elsewhere",
            False,
            f"适用于{'、'.join(named(place) for place in where)}，不含工作地",
        )
    elif day < one.first_day:
        standing, compare, reason = "not_yet", False, f"{zh_day(one.first_day)}起施行，申请日还没有施行"
    elif one.last_day is not None and day > one.last_day:
        standing, compare, reason = "ended", False, f"施行到{zh_day(one.last_day)}为止，申请日已经不再施行"
    elif one.scheme != taken.scheme:
        standing, reason = "scheme", _SCHEMES[one.scheme]
    elif one.region == taken.region and one.placed and taken.placed:
        standing, compare = "earlier", False
        reason = f"同一地方另有{zh_day(taken.first_day)}起施行的新规定"
    else:
        reason = f"适用于{named(here[0])}，范围比选用的更宽"
    place = here[0] if here else (where[0] if where else None)
    return Candidate(one.id, one.title, place, one.first_day, one.last_day, standing, reason, compare)


_SCHEMES = {
    "worker_file": "是困难职工建档的规定，与选用的不是一类待遇",
    "dibao": "是政府最低生活保障的规定，不是困难职工建档，可以对照",
    "relief": "是政府临时救助的规定，不是困难职工建档，可以对照",
}


def _reason(
    own: Heading, where: list[str | None], region: str | None, day: datetime.date, assigned: str | None,
    outwards: list[str | None], named: Callable[[str | None], str],
) -> str:  # fmt: skip
    dates = f"{_span(own.first_day, own.last_day)}，申请日{zh_day(day)}在施行期内"
    era = _era_note(own, day)
    if assigned:
        return f"由人指定适用《{own.title}》；{dates}{era}"
    place = next(place for place in outwards if place in where)
    if region is None:
        start = "没有填写工作地，只能按全国的规定"
    elif place is None:
        start = f"工作地{named(region)}没有在册的地方规定，按全国的规定"
    elif place == region:
        start = f"工作地就是{named(place)}，有本地的规定"
    else:
        start = f"工作地{named(region)}在{named(place)}范围内，这是在册规定中范围最窄的一份"
    given = "" if own.placed else "；文件没有写明地方，适用地区由系统设置指定"
    return f"{start}，选用《{own.title}》；{dates}{era}{given}"


def _era_note(own: Heading, day: datetime.date) -> str:
    """What a pack whose parent changes with the dates adds to the reason."""
    if len(own.eras) < 2:
        return ""
    parent = heading(str(own.parent_on(day)))
    return f"；认定标准按当日的上级规定《{parent.title}》（{parent.number}）"
