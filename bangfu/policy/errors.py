"""Errors of the rules floor: what a caller can catch, with messages fit to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def one_line(text: str) -> str:
    """The text with what would break or hide a line written out, as a name in a document may hold it."""
    return "".join(char if char.isprintable() or char == "\u3000" else repr(char)[1:-1] for char in text)


class PolicyError(Exception):
    """Anything this floor refuses."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a document: the JSON path of the place and what is wrong there."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class DocumentFaults(PolicyError):
    """A facts or standards document that breaks its contract. Carries all faults, in document order."""

    def __init__(self, faults: Iterable[Fault], document: str = "") -> None:
        self.faults = tuple(faults)
        self.document = document
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line for each fault, with the document's id in front where it is known."""
        prefix = f"{self.document}: " if self.document else ""
        return [one_line(f"{prefix}{fault}") for fault in self.faults]


class UnknownPolicy(PolicyError):
    """No pack of that name is installed."""


class PolicyNotInForce(PolicyError):
    """The policy does not apply on that date. `in_force` names the one that does, or is None."""

    def __init__(self, message: str, in_force: str | None) -> None:
        self.in_force = in_force
        super().__init__(message)
