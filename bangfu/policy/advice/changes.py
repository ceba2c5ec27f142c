"""What would have to change: the smallest change of one amount or one flag that moves the outcome to another category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bangfu.policy.advice import domains, numbers
from bangfu.policy.advice.curves import Unsolvable
from bangfu.policy.advice.domains import Domain
from bangfu.policy.advice.state import Meaning, State
from bangfu.policy.facts import PAYERS, Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards
from bangfu.policy.tree import vocabulary

_AMOUNTS = {
    "incomes": ("monthly", "amount", "obligor.income_monthly"),
    "expenses": ("monthly", "total", "tuition", "boarding", "travel", "aided"),
}
_FLAG_SECTIONS = ("housing", "conduct", "status", "attested", "incident")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would be `to` instead of `now` (both as the facts document writes them) and the outcome it would give.
    `difference`: to − now of a number, in 分, 0.01 m² or pieces. `better`: the outcome stands before the present one."""

    path: str
    kind: str
    unit: str
    now: Any
    to: Any
    difference: int | None
    outcome: str
    better: bool

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"path": self.path, "kind": self.kind, "unit": self.unit or None, "now": self.now, "to": self.to}  # fmt: skip
        if self.difference is not None:
            found["difference"] = domains.signed(self.unit, self.difference)
        return found | {"outcome": self.outcome, "better": self.better}


def smallest_changes(facts: Facts, standards: Standards, pack: Pack) -> list[Change]:
    """For each known amount its nearest values, and for each known flag its other value, that give another decided outcome.

    What betters the outcome stands first; within that, amounts before flags, the smallest difference first. Each amount named is the
    nearest: one 分 less of a change does not do. Empty where no single fact moves anything.
    """
    return of_state(State(facts, standards, pack))


def of_state(state: State) -> list[Change]:
    """As `smallest_changes`, for a household already judged."""
    ranks = {code: place for place, code in enumerate((*state.plan.categories, "none"))}
    now = ranks.get(state.outcome, ranks["none"])
    found = [*_amounts(state, ranks, now), *_flags(state, ranks, now)]
    return sorted(found, key=lambda one: (not one.better, one.difference is None, abs(one.difference or 0)))


def _amounts(state: State, ranks: dict[str, int], now: int) -> Iterator[Change]:
    sums = numbers.Sums(state)
    for path, value in _known_amounts(state):
        domain = domains.of_path(path, state.case, state.plan.rules)
        assert domain.target is not None
        if not state.live(state.reaching(domain.keys)):
            continue
        try:
            if domain.target.of:
                segments = sums.line(path, domain)
            else:
                segments = numbers.solve(state, path, domain, unknown=False)[0]
        except Unsolvable:
            continue
        for to, outcome in _nearest(segments, value, state.outcome):
            yield Change(
                path, "number", domain.unit, domains.written(domain.unit, value), domains.written(domain.unit, to), to - value,
                outcome, ranks[outcome] < now,
            )  # fmt: skip


def _nearest(segments: numbers.Segments, value: int, outcome: str) -> Iterator[tuple[int, str]]:
    """The nearest values below and above at which another decided outcome begins."""
    for place in range(len(segments) - 1, 0, -1):
        end = segments[place][0] - 1
        here: Meaning = segments[place - 1][1]
        if end < value and end >= 0 and here[0] not in ("incomplete", outcome):
            yield end, here[0]
            break
    for start, here in segments[1:]:
        if start > value and start < 10**14 and here[0] not in ("incomplete", outcome):
            yield start, here[0]
            break


def _known_amounts(state: State) -> Iterator[tuple[str, int]]:
    facts = state.case.facts
    for of, names in _AMOUNTS.items():
        for line in getattr(facts, of) or ():
            for name in names:
                holder = line
                *way, last = name.split(".")
                for step in way:
                    holder = getattr(holder, step, None)
                value = getattr(holder, last, None)
                if value is not None:
                    yield f"{of}[{line.position}].{name}", value
            if getattr(line, "paid_by", None) is not None:
                for payer in PAYERS:
                    value = getattr(line.paid_by, payer)
                    if value:
                        yield f"{of}[{line.position}].paid_by.{payer}", value
    for name in ("savings", "investments_net"):
        if getattr(facts, name) is not None:
            yield name, getattr(facts, name)
    for section in _FLAG_SECTIONS:
        for name, kind in vocabulary.SECTIONS[section].items():
            if kind in domains.MOST and name != "injury_grade":
                value = getattr(getattr(facts, section), name)
                if value is not None:
                    yield f"{section}.{name}", value
    for name, kind in vocabulary.MEMBER.items():
        if kind in domains.MOST and getattr(state.case.worker, name) is not None:
            yield f"members[{state.case.worker.position}].{name}", getattr(state.case.worker, name)


def _flags(state: State, ranks: dict[str, int], now: int) -> Iterator[Change]:
    for path, domain, value in _known_flags(state):
        if domain.kind == "flag":
            other = not value
            if not _contradicts(state, path, other):
                outcome = state.probe(path, other, domain.keys)[0][0]
                if outcome not in ("incomplete", state.outcome):
                    yield Change(path, "flag", "", value, other, None, outcome, ranks[outcome] < now)
            continue
        name = path.rpartition(".")[2]
        known = {state.plan.signature(name, value): state.outcome}
        for written, other in domain.values:
            if other == value or _contradicts(state, path, other):
                continue
            alike = state.plan.signature(name, other)
            if alike not in known:
                known[alike] = state.probe(path, other, domain.keys)[0][0]
            outcome = known[alike]
            if outcome not in ("incomplete", state.outcome):
                yield Change(
                    path, domain.kind, "", domains.as_written(value), written, None, outcome, ranks[outcome] < now
                )


def _contradicts(state: State, path: str, other: Any) -> bool:
    """Whether the facts contract refuses the other value beside what is known: retired, and not retired."""
    if not path.startswith("members["):
        return False
    member = state.case.facts.members[int(path[8 : path.index("]")])]
    if path.endswith(".retired"):
        return member.employment == "retired"
    return path.endswith(".employment") and (other == "retired") and member.retired is False


def _known_flags(state: State) -> Iterator[tuple[str, Domain, Any]]:
    facts, plan = state.case.facts, state.plan
    for path, kind in plan.flags:
        section, _, name = path.partition(".")
        holder = getattr(facts, section)
        if section == "incident" and not (holder.happened and name != "happened"):
            continue
        value = getattr(holder, name)
        if value is not None:
            yield path, domains.of_kind(kind, frozenset({path})), value
    for member in facts.members:
        is_worker = member.position == state.case.worker.position
        for name, keys in plan.member_flags(is_worker):
            value = getattr(member, name)
            if value is None or (is_worker and keys.isdisjoint(plan.all_reads)):
                continue
            yield f"members[{member.position}].{name}", domains.of_kind(vocabulary.MEMBER[name], keys), value
    for line in facts.expenses or ():
        if line.recognized is not None:
            path = f"expenses[{line.position}].recognized"
            yield path, domains.of_path(path, state.case, plan.rules), line.recognized
    if facts.causes is not None and "causes" in plan.all_reads:
        yield "causes", _causes(facts.causes), facts.causes
    for place, vehicle in enumerate(facts.vehicles or ()):
        if vehicle.use is not None and "vehicles" in plan.all_reads:
            path = f"vehicles[{place}].use"
            yield path, domains.of_path(path, state.case, plan.rules), vehicle.use


def _causes(listed: tuple[str, ...]) -> Domain:
    """One cause more, or one less."""
    values = [
        (list(other), other)
        for cause in domains.CAUSES
        for other in [tuple(one for one in listed if one != cause) if cause in listed else (*listed, cause)]
    ]
    return Domain("set", frozenset({"causes"}), values=tuple(values))
