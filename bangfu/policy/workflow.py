"""Workflows that are more than a row of steps: states, and the events that lead from one to another under named guards.

`workflow.yaml` holds the machines of a text. Casework rows are not needed to ask it: `moves` says what may happen in a state, `move` what
an event leads to and which documents and clocks it brings, or what stands against it. A guard is a sentence with a code; the caller
says which of them hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy.procedure import Problem
from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

SECTIONS = ("actors", "guards", "machines", "disable")


@dataclass(frozen=True)
class WorkflowGuard:
    """A condition of a move. `title` is what a person reads when it does not hold."""

    code: str
    title: str
    clause: str
    origin: str


@dataclass(frozen=True)
class State:
    """Where a case may rest. `leaves_with`: documents that must be there before it moves on. `final`: nothing follows."""

    code: str
    title: str
    actor: str
    leaves_with: tuple[str, ...]
    final: bool
    paid: bool
    clause: str


@dataclass(frozen=True)
class Transition:
    """One move. `starts` and `stops` are clocks; `skips` says which states this move leaves out, so that it can be logged."""

    code: str
    event: str
    title: str
    origin_states: tuple[str, ...]
    to: str
    actor: str
    guards: tuple[str, ...]
    documents: tuple[str, ...]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    skips: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Machine:
    """One workflow: its first state, its states and its moves."""

    code: str
    title: str
    clause: str
    first: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    origin: str

    def moves(self, state: str) -> tuple[Transition, ...]:
        """What may happen in a state, in the order of the file. KeyError for an unknown state."""
        self.states[state]
        return tuple(one for one in self.transitions.values() if state in one.origin_states)

    def way(self, *events: str) -> tuple[str, ...]:
        """The states that a row of events runs through, guards left aside. LookupError where an event does not belong."""
        state, states = self.first, [self.first]
        for event in events:
            fitting = [one for one in self.moves(state) if one.event == event]
            if not fitting:
                raise LookupError(f"{self.code}: {event} does not belong to {state}")
            state = fitting[0].to
            states.append(state)
        return tuple(states)


@dataclass(frozen=True)
class Workflows:
    """`workflow.yaml`, effective for a pack."""

    pack: str
    actors: Mapping[str, str] = field(default_factory=dict)
    guards: Mapping[str, WorkflowGuard] = field(default_factory=dict)
    machines: Mapping[str, Machine] = field(default_factory=dict)

    def codes(self) -> frozenset[str]:
        """What a clause may name: a machine, a guard, a state or a move of any machine."""
        found = {*self.guards, *self.machines}
        for machine in self.machines.values():
            found |= {*machine.states, *machine.transitions}
        return frozenset(found)

    def title_of(self, code: str) -> str | None:
        """The words for a code a clause names; None for a code of another part."""
        tables: list[Mapping[str, Any]] = [self.guards, self.machines]
        for machine in self.machines.values():
            tables += [machine.states, machine.transitions]
        return next((str(table[code].title) for table in tables if code in table), None)

    def machine(self, code: str) -> Machine:
        """The machine with this code. KeyError when the policy has none."""
        return self.machines[code]


@dataclass(frozen=True)
class Outcome:
    """What comes of an event: the move and its state, or the problems that stand against it."""

    transition: Transition | None
    state: str
    problems: tuple[Problem, ...]


def move(rules: Workflows, machine: Machine, state: str, event: str, held: Collection[str], documents: Collection[str]) -> Outcome:  # fmt: skip
    """Where `event` leads from `state`. `held` are the guards that hold, `documents` the documents on file.

    Of several moves of one event the first whose guards all hold counts; otherwise the problems of the first one are told and
    the case stays. LookupError where the event does not belong to the state.
    """
    fitting = [one for one in machine.moves(state) if one.event == event]
    if not fitting:
        raise LookupError(f"{machine.code}: {event} does not belong to {state}")
    answers = [(one, _problems(rules, machine, one, state, held, documents)) for one in fitting]
    for one, problems in answers:
        if not problems:
            return Outcome(one, one.to, ())
    return Outcome(None, state, tuple(answers[0][1]))


def _problems(
    rules: Workflows, machine: Machine, one: Transition, state: str, held: Collection[str], documents: Collection[str]
) -> list[Problem]:
    found = [
        Problem(code, rules.guards[code].title, rules.guards[code].clause) for code in one.guards if code not in held
    ]
    stays = one.to == state or bool(one.skips)  # a move within a state, or past its work, does not close the state
    asked = one.documents if stays else (*machine.states[state].leaves_with, *one.documents)
    return found + [
        Problem("document_missing", "还缺少这一环节的文书", one.clause, code)
        for code in dict.fromkeys(asked)
        if code not in documents
    ]


# --- loading ----------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: Workflows | None = None) -> Workflows:
    """Reads `workflow.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "workflow.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        return replace(parent, pack=shape.origin) if parent else Workflows(shape.origin)
    known = parent or Workflows(shape.origin)
    actors_node = top.child("actors")
    actors = {**known.actors, **(shape.table(shape.text)(actors_node) if actors_node is not None else {})}
    guards = shape.entries(
        top, "guards", lambda node, values: WorkflowGuard(**values, origin=shape.origin),
        {"title": shape.text, "clause": shape.text}, {}, known.guards,
    )  # fmt: skip
    machines = shape.entries(
        top, "machines", lambda node, values: _machine(shape, node, values, actors, guards),
        {
            "title": shape.text, "clause": shape.text, "first": shape.code,
            "states": shape.listing(lambda node: node), "transitions": shape.listing(lambda node: node),
        },
        {}, known.machines,
    )  # fmt: skip
    shape.finish()
    return Workflows(shape.origin, actors, guards, machines)


def _machine(
    shape: Shape, node: Node, values: dict[str, Any], actors: Mapping[str, str], guards: Mapping[str, WorkflowGuard]
) -> Machine:
    clause = values["clause"]
    states: dict[str, State] = {}
    for item in values["states"]:
        read = shape.record(
            item, {"code": shape.code, "title": shape.text, "actor": shape.choice(actors)},
            {"leaves_with": (shape.codes, ()), "final": (shape.boolean, False), "paid": (shape.boolean, False), "clause": (shape.text, clause)},
        )  # fmt: skip
        if None not in read.values():
            states[read["code"]] = State(**read)
    transitions: dict[str, Transition] = {}
    for item in values["transitions"]:
        read = shape.record(
            item,
            {"code": shape.code, "event": shape.code, "title": shape.text, "from": shape.codes, "to": shape.code, "actor": shape.choice(actors)},
            {
                "guards": (shape.codes, ()), "documents": (shape.codes, ()), "starts": (shape.codes, ()),
                "stops": (shape.codes, ()), "skips": (shape.codes, ()), "clause": (shape.text, clause),
            },
        )  # fmt: skip
        if None in read.values():
            continue
        shape.refer(item, "from", [*read["from"], read["to"], *read["skips"]], states, "state")
        shape.refer(item, "guards", read["guards"], guards, "guard")
        if read["code"] in transitions:
            shape.fault(item, f"{read['code']}: stands twice", "code")
        for code in read["from"]:
            if code in states and states[code].final:
                shape.fault(item, f"{code} is final, nothing leads on from it", "from")
        read["origin_states"] = read.pop("from")
        transitions[read["code"]] = Transition(**read)
    if values["first"] not in states:
        shape.fault(node, f"{values['first']}: no such state", "first")
    return Machine(**(values | {"states": states, "transitions": transitions}), origin=shape.origin)
