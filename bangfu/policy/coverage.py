"""How far each policy text is realised: a count of its rows by state and by what realises them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.policy.clauses import KINDS, Clause
from bangfu.policy.texts import Text

#: States of a row; every row is in exactly one.
STATES = {
    "realised": "已实现",
    "partly": "部分实现",
    "planned": "待建",
    "guidance": "工作指引",
    "not_software": "非软件事项",
}

#: Kinds that name something that works today.
REAL = tuple(kind for kind in KINDS if kind not in ("planned", "guidance", "not_software"))

_MARK = re.compile(r"\breq\(\s*(.*?)\)", re.S)
_ID = re.compile(r"[\"']([^\"']+)[\"']")


def state_of(clause: Clause) -> str:
    """realised (all of it) · partly (some is still to be built) · planned (nothing is there yet) · guidance · not_software."""
    kinds = {item.kind for item in clause.realised_by}
    real = bool(kinds & set(REAL))
    if "planned" in kinds:
        return "partly" if real else "planned"
    if real:
        return "realised"
    return "not_software" if "not_software" in kinds else "guidance"


@dataclass(frozen=True)
class Coverage:
    """The count of one text. `kinds` counts rows that name a kind (a row may name several), `rooms` rows that wait for a room.

    `tested` is the number of rows that a test names; None where nobody looked.
    """

    code: str
    codes: tuple[str, ...]
    number: str
    title: str
    rows: int
    states: Mapping[str, int]
    kinds: Mapping[str, int]
    rooms: Mapping[str, int]
    forces: Mapping[str, int]
    tested: int | None = None
    untested: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the keys of `states` and `kinds` are all there, also where nothing counts."""
        found: dict[str, Any] = {
            "text": self.code,
            "codes": list(self.codes),
            "number": self.number,
            "title": self.title,
            "rows": self.rows,
            "states": dict(self.states),
            "kinds": dict(self.kinds),
            "planned": dict(self.rooms),
            "forces": dict(self.forces),
        }
        if self.tested is not None:
            found |= {"tested": self.tested, "untested": list(self.untested)}
        return found


def count(rows: Iterable[Clause]) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """States, kinds, rooms still to be built, and forces of some rows."""
    states, kinds, rooms, forces = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        states[state_of(row)] += 1
        kinds.update({item.kind for item in row.realised_by})
        rooms.update({item.ref for item in row.realised_by if item.kind == "planned"})
        forces[row.force] += 1
    return states, kinds, rooms, forces


def of_text(text: Text, named: Collection[str] | None = None) -> Coverage:
    """The count of one text. `named` are the row ids that tests name, if they were looked for."""
    states, kinds, rooms, forces = count(text.rows)
    ids = [row.id for row in text.rows]
    return Coverage(
        code=text.code,
        codes=text.codes,
        number=text.number,
        title=text.title,
        rows=len(ids),
        states={state: states[state] for state in STATES},
        kinds={kind: kinds[kind] for kind in KINDS},
        rooms=dict(sorted(rooms.items(), key=lambda item: (-item[1], item[0]))),
        forces=dict(forces),
        tested=None if named is None else sum(row in named for row in ids),
        untested=() if named is None else tuple(row for row in ids if row not in named),
    )


def total(counts: Iterable[Coverage]) -> Coverage:
    """All of them together, under the code ALL."""
    listed = list(counts)
    looked = [one.tested for one in listed if one.tested is not None]

    def add(tables: Iterable[Mapping[str, int]]) -> Counter[str]:
        found: Counter[str] = Counter()
        for table in tables:
            found.update(table)
        return found

    rooms = add(one.rooms for one in listed)
    return Coverage(
        code="ALL",
        codes=(),
        number="",
        title="合计",
        rows=sum(one.rows for one in listed),
        states={state: add(one.states for one in listed)[state] for state in STATES},
        kinds={kind: add(one.kinds for one in listed)[kind] for kind in KINDS},
        rooms=dict(sorted(rooms.items(), key=lambda item: (-item[1], item[0]))),
        forces=dict(add(one.forces for one in listed)),
        tested=sum(looked) if looked else None,
    )


def named_by_tests(folder: Path) -> set[str]:
    """The row ids that `@pytest.mark.req("…")` marks under a folder name. Raises `OSError` when a file cannot be read."""
    found: set[str] = set()
    for file in sorted(folder.rglob("test*.py")):
        for block in _MARK.findall(file.read_text(encoding="utf-8")):
            found.update(_ID.findall(block))
    return found


# --- answers ------------------------------------------------------------------------------------------------------


def as_json(counts: list[Coverage]) -> str:
    """`{"texts": […], "total": {…}}`; the total only where there is more than one text."""
    document: dict[str, Any] = {"texts": [one.as_dict() for one in counts]}
    if len(counts) > 1:
        document["total"] = total(counts).as_dict()
        document["total"].pop("untested", None)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_csv(counts: list[Coverage]) -> str:
    """One line for each text: code, number, title, rows, states, kinds, rows waiting for each room."""
    rooms = sorted({room for one in counts for room in one.rooms})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tested = ["tested"] if counts and counts[0].tested is not None else []
    kinds = [kind for kind in KINDS if kind not in ("planned", "guidance", "not_software")]
    writer.writerow(["text", "number", "title", "rows", *STATES, *(f"kind_{kind}" for kind in kinds), *(f"planned_{room}" for room in rooms), *tested])  # fmt: skip
    for one in counts:
        writer.writerow(
            [
                one.code, one.number, one.title, one.rows,
                *(one.states[state] for state in STATES),
                *(one.kinds[kind] for kind in kinds),
                *(one.rooms.get(room, 0) for room in rooms),
                *([one.tested] if tested else []),
            ]
        )  # fmt: skip
    return out.getvalue()


def as_text(counts: list[Coverage]) -> str:
    """A table for people: a line for each text, then what the rows still to be built wait for."""
    tested = bool(counts) and counts[0].tested is not None
    heads = ["text", "rows", *STATES.values(), *(["tests"] if tested else [])]
    lines = [_line(heads)]
    shown = [*counts, total(counts)] if len(counts) > 1 else counts
    for one in shown:
        cells = [one.code, one.rows, *(one.states[state] for state in STATES), *([one.tested] if tested else [])]
        lines.append(_line(cells) + f"  {one.number or one.title}")
    together = total(counts)
    kinds = [f"{KINDS[kind]} {together.kinds[kind]}" for kind in REAL if together.kinds[kind]]
    lines += ["", "realised by  " + " · ".join(kinds)] if kinds else [""]
    if together.rooms:
        lines.append("waiting for  " + " · ".join(f"{room} {number}" for room, number in together.rooms.items()))
    if tested and len(counts) == 1 and counts[0].untested:
        lines += ["no test names  " + " ".join(counts[0].untested)]
    return "\n".join(lines) + "\n"


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _line(cells: list[Any]) -> str:
    first, *others = [str(cell) for cell in cells]
    return first.ljust(9) + "".join(" " * max(1, 11 - _width(one)) + one for one in others)
