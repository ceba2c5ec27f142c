"""Proposals in the sandbox of a practice installation, tried out: one on its own families, one on invented ones."""

from __future__ import annotations

from datetime import datetime

from bangfu.demo.tree import desk
from bangfu.sandbox import services
from bangfu.sandbox.models import Proposal

POLICY = "tianjin-commerce-2020"
TODAY = {"deep": 50_000, "relative": 30_000, "accident": 30_000, "union": 20_000}


def plant(now: datetime) -> list[Proposal]:
    """Two proposals of the practice leader with their results."""
    leader = desk("lingdao", now)
    register = services.open_proposal(
        leader, title="低保标准提高到1,100元", policy=POLICY, day=None, source="register", at=now
    )
    services.change_numbers(
        leader, register, changes={}, standards={"dibao": "1100.00"}, today=TODAY, amounts=TODAY, per_head=False,
        version=register.version, at=now,
    )  # fmt: skip
    invented = services.open_proposal(
        leader, title="建档线提高到两倍，机动车不再一票否决", policy=POLICY, day=now.date(), source="generated", size=2_000, seed=7,
        at=now,
    )  # fmt: skip
    services.change_numbers(
        leader, invented, changes={"parameters": {"union_multiple": "2"}, "exclusions": {"vehicle": []}}, standards={},
        today=TODAY, amounts=TODAY | {"deep": 60_000}, per_head=False, version=invented.version, at=now,
    )  # fmt: skip
    for proposal in (register, invented):
        services.ask_trial(leader, proposal, at=now)
        services.carry_out_trial(proposal.pk, at=now)
        proposal.refresh_from_db()
    return [register, invented]
