"""集体研究、评议: when a collective decision stands. The pack names the rule, casework the record; nothing here reads a database.

Nobody decides alone (档案办法 三（二）: the list is set by the collective): two votes are the least, whatever a text or an installation says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

SHARES = {"half": (1, 2), "two_thirds": (2, 3)}
"""What a yes needs of those who vote: more than a half, or at least two thirds."""
VOTES = ("for", "against", "abstain")
LEAST = 2


@dataclass(frozen=True)
class DecisionRule:
    """How a collective decides. `present` is the number of voters the text names; `parameter` names it where it is left open."""

    share: str
    clause: str
    present: int | None
    parameter: str | None
    scan: bool


@dataclass(frozen=True)
class Vote:
    """One person at the meeting. `vote` is for, against, abstain, or anything else for somebody who is there and does not vote."""

    name: str
    vote: str
    barred: bool = False


def quorum(rule: DecisionRule | None, length: int | None = None) -> int:
    """How many must vote: the text's number, else the installation's (`length`), never less than two."""
    named = rule.present if rule is not None and rule.present is not None else length
    return max(LEAST, named or 0)


def carried(rule: DecisionRule | None, votes: Sequence[Vote]) -> bool:
    """Whether the yes votes are enough. An abstention counts among those who vote."""
    voting = [vote for vote in votes if vote.vote in VOTES]
    yes = sum(vote.vote == "for" for vote in voting)
    over, under = SHARES[rule.share if rule is not None else "half"]
    return yes * 2 > len(voting) if (over, under) == (1, 2) else bool(voting) and yes * under >= len(voting) * over


def problems(
    rule: DecisionRule | None,
    votes: Sequence[Vote],
    *,
    conclusion: str,
    minutes: str,
    scan: bool,
    length: int | None = None,
) -> list[tuple[str, str]]:
    """What a record lacks, as (code, sentence): too few voters, somebody who must not vote, minutes, a conclusion the votes do not bear."""
    found: list[tuple[str, str]] = []
    voting = [vote for vote in votes if vote.vote in VOTES]
    need = quorum(rule, length)
    if len({vote.name for vote in votes}) != len(votes):
        found.append(("person_twice", "同一人只能登记一次"))
    barred = [vote.name for vote in voting if vote.barred]
    if barred:
        found.append(("barred_voter", f"{'、'.join(barred)}应当回避或只列席，不参加表决"))
    if len(voting) < need:
        found.append(("quorum", f"参加表决的不少于 {need} 人，现在是 {len(voting)} 人"))
    if not minutes.strip():
        found.append(("minutes", "请写明会议记录"))
    if rule is not None and rule.scan and not scan:
        found.append(("scan", "请上传签字的会议记录"))
    if conclusion == "agree" and voting and not carried(rule, votes):
        words = "过半数" if rule is None or rule.share == "half" else "三分之二以上"
        found.append(("majority", f"同意的没有达到{words}，结论不能是“同意”"))
    if conclusion == "not" and carried(rule, votes):
        found.append(("majority", "同意的已达到规定人数，结论不能是“不同意”"))
    return found


def read(shape: Shape, node: Node) -> DecisionRule:
    """The section `decision` of `procedure.yaml`."""
    values = shape.record(
        node,
        {"share": shape.choice(tuple(SHARES)), "clause": shape.text},
        {"present": (shape.integer, None), "parameter": (shape.code, None), "scan": (shape.boolean, False)},
    )
    if values["present"] is not None and values["parameter"] is not None:
        shape.fault(node, "decision: has a number from the text and a parameter; only one can decide", "present")
    return DecisionRule(**values)
