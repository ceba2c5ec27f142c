"""The way of a case as a drawing: a strip of lanes (who acts), one row per step, the ways back as arcs. One picture for page and paper.

Everything is data: steps, actors, clocks, papers and ways back of `procedure.yaml`, or states and moves of `workflow.yaml`. Colours are
attributes of the drawing, so that it needs no style sheet and prints the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bangfu.library.diagram import LEVELS, ROLES, clock_words, paper_title
from bangfu.policy.clocks import Clock
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import Step
from bangfu.policy.workflow import Machine

LANE, ROW, HEAD, TEXT, ARC = 14, 62, 10, 236, 7
COLOURS = ("#2f6db5", "#2e7d4f", "#8a4fb0", "#b3541e", "#1f7a8c", "#9c2f4f", "#5b6b1f", "#4b5563", "#a1660a")


@dataclass(frozen=True)
class Row:
    """One step or state: its title, whose lane it is in, and short lines about it."""

    code: str
    title: str
    lane: str
    clock: str = ""
    papers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Link:
    """A way that is not simply the next row. `back` where it leads to an earlier row."""

    source: int
    target: int

    @property
    def back(self) -> bool:
        return self.target <= self.source


@dataclass(frozen=True)
class Way:
    """A drawing's content."""

    code: str
    title: str
    clause: str
    rows: tuple[Row, ...]
    links: tuple[Link, ...]
    spine: tuple[int, ...]
    """Rows from which the next row follows directly."""

    @property
    def lanes(self) -> list[str]:
        """The actors in the order in which they first act."""
        return list(dict.fromkeys(row.lane for row in self.rows))


def actor(step: Step) -> str:
    """Whose union acts and in which post: ``基层工会 · 经办人``."""
    role = ROLES.get(step.role, step.role)
    if step.repeat == "each_upper":
        return f"中间各级工会 · {role}"
    return f"{LEVELS[step.level]} · {role}"


REPEATS = {"each_upper": "逐级", "after_unit": "再逐级往上", "down_to_unit": "自上而下逐级"}


def of_procedure(pack: Pack) -> Way | None:
    """The steps of a policy; None where it has none."""
    steps = pack.procedure.steps
    if not steps:
        return None
    place = {step.code: index for index, step in enumerate(steps)}
    rows = tuple(
        Row(
            step.code,
            step.title,
            actor(step),
            clock_words(step.clock),
            tuple(paper_title(pack, code) for code in step.produces),
            "；".join(
                part
                for part in (REPEATS.get(step.repeat or "", ""), "特定情形" if step.only_when else "", "可提前" if step.open_early else "")
                if part
            ),
        )
        for step in steps
    )  # fmt: skip
    links = tuple(
        Link(place[step.code], place[code])
        for step in steps
        for code in step.returns_to
        if place[code] < place[step.code]
    )
    return Way("procedure", "办理程序", steps[0].clause, rows, links, tuple(range(len(rows) - 1)))


def of_machine(pack: Pack, machine: Machine) -> Way:
    """The states of a workflow in the order of its file; every move that does not lead to the next state is a way of its own."""
    states = list(machine.states.values())
    place = {state.code: index for index, state in enumerate(states)}
    rows = []
    for state in states:
        into = [move for move in machine.transitions.values() if move.to == state.code]
        clocks = [pack.lifecycle.clocks.get(code) or _step_clock(pack, code) for move in into for code in move.starts]
        words = dict.fromkeys(f"{clock.title} {clock_words(clock)}" for clock in clocks if clock is not None)
        rows.append(
            Row(
                state.code,
                state.title,
                pack.workflow.actors.get(state.actor, state.actor),
                "；".join(list(words)[:1]),
                tuple(paper_title(pack, code) for code in state.leaves_with),
                "到此为止" if state.final else "",
            )
        )
    found: set[tuple[int, int]] = set()
    spine: set[int] = set()
    for move in machine.transitions.values():
        for source in move.origin_states:
            here, there = place[source], place[move.to]
            if there == here + 1:
                spine.add(here)
            elif there != here:
                found.add((here, there))
    return Way(
        machine.code, machine.title, machine.clause, tuple(rows), tuple(Link(*pair) for pair in sorted(found)), tuple(sorted(spine))
    )  # fmt: skip


def _step_clock(pack: Pack, code: str) -> Clock | None:
    """A clock that a step of the procedure has."""
    for step in pack.procedure.steps:
        if step.clock is not None and step.clock.code == code:
            clock: Clock = step.clock
            return clock
    return None


def ways(pack: Pack) -> list[Way]:
    """Everything of a policy that can be drawn: its steps, then its workflows."""
    found = of_procedure(pack)
    return ([found] if found else []) + [of_machine(pack, machine) for machine in pack.workflow.machines.values()]


# --- the picture --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Arc:
    """Ways to one row from the rows at `joints`, in a lane of its own at `x`."""

    x: int
    to: int
    joints: tuple[int, ...]
    top: int
    low: int
    back: bool


def short(words: Iterable[str], limit: int) -> str:
    """The words joined, as many as have room; the rest is counted."""
    listed = list(words)
    text = "、".join(listed)
    while len(text) > limit and len(listed) > 1:
        listed.pop()
        text = f"{'、'.join(listed)}等"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def picture(way: Way) -> dict[str, object]:
    """The numbers of the drawing for the template `library/way.svg`."""
    lanes = way.lanes
    left = 8 + LANE * len(lanes)
    column = {name: 8 + LANE * index + LANE // 2 for index, name in enumerate(lanes)}
    colour = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(lanes)}
    height = HEAD * 2 + ROW * len(way.rows)
    middle = [HEAD + ROW * index + ROW // 2 for index in range(len(way.rows))]
    edge = left + TEXT
    arcs = _arcs(way.links, middle, edge)
    width = edge + 12 + ARC * len(arcs)
    return {
        "width": width,
        "height": height,
        "wide": width > 430,
        "edge": edge,
        "left": left + 4,
        "lanes": [
            {"name": name, "x": column[name], "colour": colour[name], "top": HEAD, "low": height - HEAD} for name in lanes
        ],
        "rows": [
            {
                "number": index + 1,
                "title": short([row.title], 15),
                "actor": short([row.lane], 18),
                "extra": short([part for part in (f"时限 {row.clock}" if row.clock else "", row.note) if part], 17)
                or short(row.papers, 17),
                "full": "；".join(part for part in (row.lane, row.clock, row.note, "、".join(row.papers)) if part),
                "x": column[row.lane],
                "y": middle[index],
                "top": middle[index] - 17,
                "second": middle[index] + 2,
                "third": middle[index] + 20,
                "rule": HEAD + ROW * (index + 1),
                "colour": colour[row.lane],
                "next": {"x": column[way.rows[index + 1].lane], "y": middle[index + 1], "half": middle[index] + ROW // 2}
                if index in way.spine
                else None,
            }
            for index, row in enumerate(way.rows)
        ],
        "arcs": arcs,
    }  # fmt: skip


def _arcs(links: Sequence[Link], middle: Sequence[int], edge: int) -> list[Arc]:
    """One lane per target and direction, the shorter ways inside."""
    grouped: dict[tuple[int, bool], list[int]] = {}
    for link in links:
        grouped.setdefault((link.target, link.back), []).append(link.source)
    order = sorted(grouped.items(), key=lambda item: max(abs(source - item[0][0]) for source in item[1]))
    found = []
    for place, ((target, back), sources) in enumerate(order):
        joints = tuple(middle[source] + (6 if back else 10) for source in sources)
        to = middle[target] + (-8 if back else -12)
        found.append(Arc(edge + 12 + ARC * place, to, joints, min(to, *joints), max(to, *joints), back))
    return found
