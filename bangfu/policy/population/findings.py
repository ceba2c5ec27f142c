"""What is wrong with a population: each kind of fault once, with how often it was seen and the first places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bangfu.policy.errors import PolicyError, one_line

#: So many places are named for each kind of fault; the rest is counted.
NAMED: Final = 3


@dataclass(frozen=True)
class Finding:
    """One fault: `table` and `column` (empty for the table as a whole), `where` in it, and what is wrong with the remedy."""

    table: str
    column: str
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        return one_line(f"{place}: {self.where}: {self.message}" if self.where else f"{place}: {self.message}")


class PopulationFaults(PolicyError):
    """A population that breaks its layout. Carries every kind of fault found, in the order of the tables."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        return [str(finding) for finding in self.findings]


@dataclass
class _Seen:
    message: str
    count: int = 0
    places: list[str] = field(default_factory=list)


class Faults:
    """Gathers faults over all pieces."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], _Seen] = {}

    def add(self, table: str, column: str, rule: str, message: str, count: int, places: Iterable[str]) -> None:
        """`count` rows of a table break a rule; `places` are some of them."""
        seen = self._seen.setdefault((table, column, rule), _Seen(message))
        seen.count += count
        for place in places:
            if len(seen.places) < NAMED:
                seen.places.append(place)

    def findings(self) -> list[Finding]:
        """One finding for each rule and column, in the order first seen."""
        found: list[Finding] = []
        for (table, column, _), seen in self._seen.items():
            more = seen.count - len(seen.places)
            where = "; ".join(seen.places) + (f" and {more} more" if more > 0 and seen.places else "")
            found.append(Finding(table, column, where, seen.message))
        return found
