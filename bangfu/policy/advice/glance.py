"""Advice at a glance: the one question to ask first, and how far the family is from a better category. For panels beside a form or a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bangfu.policy.advice import changes, questions, words
from bangfu.policy.advice.state import State
from bangfu.policy.facts import Facts
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards

#: So many answers are read at a glance.
_ANSWERS = 5
_AMOUNTS = ("incomes[", "expenses[")


@dataclass(frozen=True, slots=True)
class Glance:
    """`ask`: path and name of the fact to find out first, with a line for each thing its answer may mean. `changes`: how much of one
    income, and of one expense, is missing to a better category. Both are empty where they would say nothing."""

    path: str = ""
    label: str = ""
    answers: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.path or self.changes)


def glance(facts: Facts, standards: Standards, pack: Pack, names: Mapping[str, str] | None = None) -> Glance:
    """What to ask next while the outcome is open; once it is decided, what is missing to a better one."""
    state = State(facts, standards, pack)
    if state.outcome == "incomplete":
        first = next((one for one in questions.of_state(state) if one.answers and not one.path.startswith("standards.")), None)  # fmt: skip
        if first is None:
            return Glance()
        lines = words.answers(first, pack)
        return Glance(first.path, words.label(first.path, facts, names), tuple(lines) if len(lines) <= _ANSWERS else ())
    if state.outcome == state.plan.categories[0]:
        return Glance()
    better = [one for one in changes.of_state(state) if one.better]
    nearest = (next((one for one in better if one.path.startswith(of)), None) for of in _AMOUNTS)
    return Glance(changes=tuple(words.change(one, facts, pack, names) for one in nearest if one is not None))
