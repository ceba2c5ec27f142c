"""Ask next: which one unknown fact to find out first, and what each answer would mean for the outcome."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from bangfu.policy.advice import domains, numbers
from bangfu.policy.advice.curves import Unsolvable
from bangfu.policy.advice.domains import Domain
from bangfu.policy.advice.state import Meaning, State
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards
from bangfu.policy.tree.values import Truth

#: An answer by which a family would be shut out counts this much less when questions are weighed: it is rare.
_USUAL, _RARE = 10, 1
#: More places than this are not told one by one.
_PLACES = 24


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answer means. `values` are written as in the facts document; for a number they are its least and its most
    value (None: no bound), both included. `possible`: the outcomes it leaves possible, in the policy's order; `left`: how many conditions
    would still be open."""

    values: tuple[Any, ...]
    outcome: str
    provisional: str | None
    possible: tuple[str, ...]
    left: int

    def as_dict(self, *, number: bool) -> dict[str, Any]:
        said: dict[str, Any] = {"from": self.values[0], "to": self.values[1]} if number else {"values": list(self.values)}  # fmt: skip
        return said | {"outcome": self.outcome, "provisional": self.provisional, "possible": list(self.possible)}


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact. `kind`: flag, choice, set, number, month, day, region or nothing; `unit` of a number: money (分), area (0.01 m²),
    count, ratio. `weight`: how many conditions stay open after it on average, in hundredths; less is better."""

    path: str
    kind: str
    unit: str
    answers: tuple[Answer, ...]
    weight: int

    def as_dict(self) -> dict[str, Any]:
        answers = [answer.as_dict(number=self.kind == "number") for answer in self.answers]
        return {"path": self.path, "kind": self.kind, "unit": self.unit or None, "answers": answers}


def next_question(facts: Facts, standards: Standards, pack: Pack) -> list[Question]:
    """The unknown facts an open outcome rests on, the one to find out first at the head. Nothing when the outcome is decided."""
    return of_state(State(facts, standards, pack))


def of_state(state: State) -> list[Question]:
    """As `next_question`, for a household already judged."""
    if state.outcome != "incomplete":
        return []
    found = [_question(state, path) for path in state.missing()]
    return sorted(found, key=lambda question: question.weight)  # stable: ties stay in the order of the facts contract


def _question(state: State, path: str) -> Question:
    domain = domains.of_path(path, state.case, state.plan.rules)
    if domain.kind == "number":
        return _number(state, path, domain)
    if domain.kind in ("month", "day"):
        return _months(state, path, domain)
    if domain.kind == "region":
        return _region(state, path, domain)
    answers, weighed = [], []
    name = path.rpartition(".")[2].partition("[")[0]
    known: dict[Any, tuple[Meaning, int]] = {}
    for written, value in domain.values:
        if _contradicts(state, path, written):
            continue
        alike = state.plan.signature(name, value)
        if alike not in known:
            meaning, changes = state.probe(path, value, domain.keys)
            known[alike] = (meaning, _weight(state, changes))
        answers.append(Answer((written,), *known[alike][0]))
        weighed.append(known[alike])
    return Question(path, domain.kind, "", tuple(answers), _mean(weighed, state))


def _weight(state: State, changes: list[tuple[int, Truth]]) -> int:
    items = state.plan.items
    return _RARE if any(verdict is True and items[place].exclusion for place, verdict in changes) else _USUAL


def _mean(weighed: list[tuple[Meaning, int]], state: State) -> int:
    if not weighed:
        return 100 * state.left
    return 100 * sum(meaning[3] * weight for meaning, weight in weighed) // sum(weight for _, weight in weighed)


def _contradicts(state: State, path: str, written: Any) -> bool:
    """Whether the facts contract refuses the answer beside what is known."""
    facts = state.case.facts
    if path == "incident" and written == "none":
        return any(one.incident for one in facts.incomes or ()) or any(one.incident for one in facts.expenses or ())
    if path.endswith(".employment") and written == "retired":
        return facts.members[int(path[8 : path.index("]")])].retired is False
    return False


def _number(state: State, path: str, domain: Domain) -> Question:
    try:
        segments, steps = numbers.solve(state, path, domain, unknown=True)
    except Unsolvable:
        return Question(path, "nothing", domain.unit, (), 100 * state.left)
    most = 1 if "dibao_deduct_expense" in path else domains.RATIO_PARTS if domain.unit == "ratio" else None
    segments = [one for one in segments if most is None or one[0] <= most]
    exclusions = [steps[place] for place in steps if state.plan.items[place].exclusion]
    answers, weighed = [], []
    for place, (start, meaning) in enumerate(segments):
        end = segments[place + 1][0] - 1 if place + 1 < len(segments) else most
        low, high = domains.written(domain.unit, start), None if end is None else domains.written(domain.unit, end)
        answers.append(Answer((low, high), *meaning))
        shut = any([truth for at, truth in one if at <= start][-1] is True for one in exclusions)
        weighed.append((meaning, _RARE if shut else _USUAL))
    return Question(path, "number", domain.unit, tuple(answers), _mean(weighed, state))


def _months(state: State, path: str, domain: Domain) -> Question:
    """Months one by one; neighbours that mean the same are one answer."""
    answers: list[Answer] = []
    weighed: list[tuple[Meaning, int]] = []
    for written, month in domains.month_values(state.case):
        value: Any = month
        if domain.kind == "day":
            value = datetime.date(month // 12, month % 12 + 1, 1)
        elif _reversed(state, path, month):
            continue
        meaning, changes = state.probe(path, value, domain.keys)
        said = value.isoformat() if domain.kind == "day" else written
        if answers and weighed[-1][0] == meaning:
            answers[-1] = Answer((*answers[-1].values, said), *meaning)
            continue
        answers.append(Answer((said,), *meaning))
        weighed.append((meaning, _weight(state, changes)))
    return Question(path, domain.kind, "", tuple(answers), _mean(weighed, state))


def _reversed(state: State, path: str, month: int) -> bool:
    """Whether the span of a line would end before it begins."""
    of, position = path[: path.index("[")], int(path[path.index("[") + 1 : path.index("]")])
    line = (state.case.lines(of) or ())[position]
    if path.endswith(".from"):
        return line.last is not None and month > line.last
    return path.endswith(".to") and line.first is not None and month < line.first


def _region(state: State, path: str, domain: Domain) -> Question:
    """A place comes first: no local figure is known without it. Its answers are told where the figures name few places."""
    names = {rule.name for rule in state.plan.rules.standards.values()}
    places = sorted({row.region for row in state.case.standards.rows if row.name in names})
    answers = []
    if len(places) <= _PLACES:
        answers = [Answer((place,), *state.probe(path, place, domain.keys)[0]) for place in places]
    return Question(path, "region", "", tuple(answers), 0)
