"""All policy texts the installation knows: those that packs carry, and those that hold no rule of eligibility (`texts/`).

A text is one official file. It may print several documents (a measure and its annex), each with a code that begins the ids of its rows.
Rows of a code that is no document (a form's fields, a check list drawn from the text) belong to the document before them in `clauses.yaml`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from bangfu.policy import clauses as registers
from bangfu.policy import registry, source
from bangfu.policy.clauses import Clause, Clauses
from bangfu.policy.errors import PolicyError
from bangfu.policy.pack import loader
from bangfu.policy.pack.model import Ended, Heading, SourceText
from bangfu.policy.source import PackFault, PackFaults

TEXTS = Path(__file__).parent / "texts"
FILE = "text.yaml"

_YEAR = re.compile(r"〔([0-9]{4})〕")


class UnknownText(PolicyError):
    """No text of that code is known."""


@dataclass(frozen=True)
class Text:
    """One official file: its documents (the first names it), the pack that carries it (None: it has no rules), its rows in order.

    `realised_in` is the pack whose rules, steps, papers … the rows name (its own, where a pack carries it).
    """

    documents: tuple[SourceText, ...]
    pack_id: str | None
    realised_in: str
    folder: Path
    register: Clauses = field(repr=False, compare=False)
    rows: tuple[Clause, ...] = field(repr=False, compare=False)

    @property
    def code(self) -> str:
        """The code of its first document: `FUND20`."""
        return self.documents[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        """All beginnings of its rows, in order: documents first, then what is drawn from them (`FUND19`, `ALERT`)."""
        return tuple(dict.fromkeys([*(one.code for one in self.documents), *(prefix(row.id) for row in self.rows)]))

    @property
    def title(self) -> str:
        return self.documents[0].title

    @property
    def number(self) -> str:
        return self.documents[0].number

    @property
    def issuer(self) -> str:
        return self.documents[0].issuer

    @property
    def issued_on(self) -> datetime.date | None:
        return self.documents[0].issued_on

    @property
    def first_day(self) -> datetime.date | None:
        return self.documents[0].first_day

    @property
    def last_day(self) -> datetime.date | None:
        return self.documents[0].last_day

    @property
    def source_sha256(self) -> str | None:
        """SHA-256 of the official file the rows were read from, where it is known."""
        return self.documents[0].source_sha256

    @property
    def replaces(self) -> tuple[Ended, ...]:
        """Older documents whose validity it ends, as its own clauses say."""
        return tuple(ended for document in self.documents for ended in document.replaces)

    @property
    def year(self) -> int | None:
        """The year of issue; of its number where the text has no date; None where it has neither."""
        if day := self.issued_on or self.first_day:
            return day.year
        found = _YEAR.search(self.number)
        return int(found[1]) if found else None

    @property
    def has_rules(self) -> bool:
        """Whether a family can be judged by it."""
        return self.pack_id is not None

    def in_force(self, day: datetime.date) -> bool | None:
        """Whether it applies on that day; None where the text does not say from when."""
        if self.last_day is not None and day > self.last_day:
            return False
        return None if self.first_day is None else self.first_day <= day

    @cached_property
    def groups(self) -> tuple[tuple[str, tuple[Clause, ...]], ...]:
        """The rows by clause number, in the order in which the numbers first appear."""
        found: dict[str, list[Clause]] = {}
        for row in self.rows:
            found.setdefault(row.clause, []).append(row)
        return tuple((number, tuple(rows)) for number, rows in found.items())


def prefix(row_id: str) -> str:
    """The text a row id names: `DIBAO` of `DIBAO-F1.01`."""
    return row_id.partition("-")[0]


def read_folder(folder: Path) -> tuple[Text, ...]:
    """The texts of a folder that holds `text.yaml` and `clauses.yaml`. Raises `PackFaults` with every fault of both."""
    root = source.load(folder / FILE)
    faults = root.check_keys(("realised_in", "documents"), ("realised_in", "documents"))
    documents = loader.read_texts(root, "documents", faults) if not faults else ()
    if not faults and not documents:
        faults.append(root.fault("documents: at least one is expected", "documents"))
    home = root.get("realised_in")
    if not faults and home not in registry.pack_ids():
        faults.append(root.fault(f"realised_in: {home}: no such policy is installed", "realised_in"))
    if faults:
        raise PackFaults(faults)
    register = registers.load(folder)
    return tuple(_texts(documents, None, home, folder, register))


def _read_pack(folder: Path) -> tuple[Text, ...]:
    """The texts a pack carries. Its rules are not compiled for that: a register can be read while a rule is at fault."""
    heading = loader.load_heading(folder)
    register = registers.load(folder) if (folder / registers.FILE).exists() else Clauses(())
    documents = heading.texts or (_only_document(heading, register),)
    return tuple(_texts(documents, heading.id, heading.id, folder, register))


def _only_document(heading: Heading, register: Clauses) -> SourceText:
    """The one document of a pack that lists none: what the pack says of itself; its code begins the pack's first row."""
    first = next(iter(register), None)
    code = prefix(first.id) if first else "".join(re.findall("[A-Z0-9]", heading.id.upper()))
    return SourceText(
        code, heading.title, heading.number, heading.issuer, heading.issued_on, heading.first_day, heading.last_day,
        heading.source_sha256,
    )  # fmt: skip


def _texts(
    documents: tuple[SourceText, ...], pack_id: str | None, home: str, folder: Path, register: Clauses
) -> Iterator[Text]:
    """Documents that were read from one and the same file are one text; rows go to the document they stand behind."""
    of_document: dict[str, list[Clause]] = {document.code: [] for document in documents}
    current = documents[0].code
    for row in register:
        current = prefix(row.id) if prefix(row.id) in of_document else current
        of_document[current].append(row)
    files: dict[str, list[SourceText]] = {}
    for document in documents:
        files.setdefault(document.source_sha256 or document.code, []).append(document)
    for together in files.values():
        codes = {document.code for document in together}
        yield Text(
            documents=tuple(together),
            pack_id=pack_id,
            realised_in=home,
            folder=folder,
            register=register,
            rows=tuple(row for code, found in of_document.items() if code in codes for row in found),
        )


@cache
def all_texts() -> tuple[Text, ...]:
    """Every text once, the oldest first. Raises `PackFaults` when a register cannot be read or two texts share a code."""
    found: list[Text] = []
    faults: list[PackFault] = []
    readers = [(folder, _read_pack) for folder in registry.folders()]
    readers += [(file.parent, read_folder) for file in sorted(TEXTS.glob(f"*/{FILE}"))]
    for folder, read in readers:
        try:
            found += read(folder)
        except PackFaults as bad:
            faults += bad.faults
    faults += _twice(found)
    if faults:
        raise PackFaults(faults)
    return tuple(
        sorted(found, key=lambda text: (text.year or 9999, str(text.issued_on or text.first_day or ""), text.code))
    )


def _twice(found: Iterable[Text]) -> list[PackFault]:
    seen: dict[str, Text] = {}
    faults: list[PackFault] = []
    for text in found:
        for code in text.codes:
            other = seen.setdefault(code, text)
            if other is not text:
                message = f"{code}: already a text of {other.folder.name}"
                faults.append(PackFault(f"{text.folder.name}/{registers.FILE}", 1, message))
    return faults


def get_text(code: str) -> Text:
    """The text of one of its codes (`GUIDE20` finds the file it is annexed to). Raises `UnknownText`, which lists what there is."""
    wanted = code.upper()
    for text in all_texts():
        if wanted in text.codes:
            return text
    known = ", ".join(text.code for text in all_texts())
    raise UnknownText(f"{code}: no such text; known: {known}")


def by_number(number: str) -> Text | None:
    """The text with that document number, if it is known."""
    return next((text for text in all_texts() if any(one.number == number for one in text.documents)), None)


def check(text: Text) -> list[PackFault]:
    """A fault, with file and line, for every reference of its rows to something the pack they name has not. Compiles that pack."""
    codes = registers.pack_codes(registry.get_pack(text.realised_in))
    return registers.reference_faults(Clauses(text.rows), codes)


@dataclass(frozen=True)
class Succession:
    """`newer` ended `ended` by a clause of its own; `older` is the text of that number, None where only its number is known."""

    newer: Text
    ended: Ended
    older: Text | None


def successions() -> tuple[Succession, ...]:
    """What replaced what, as the newer text says it, in the order of the texts."""
    return tuple(Succession(text, ended, by_number(ended.number)) for text in all_texts() for ended in text.replaces)


def replaced_by(text: Text) -> Succession | None:
    """The text that ended this one, if one did."""
    return next((one for one in successions() if one.older is text), None)
