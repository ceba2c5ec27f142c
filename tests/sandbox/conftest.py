"""A register with a filed family, a leader who tries a rule out and another who decides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.casework.models import CaseFile
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from bangfu.sandbox import services
from bangfu.sandbox.models import Proposal
from tests import factories
from tests.casework import kit
from tests.casework.conftest import _things, at_check, office  # noqa: F401

TIANJIN = "tianjin-commerce-2020"


@pytest.fixture
def filed(at_check: kit.Walk) -> CaseFile:  # noqa: F811
    """A family filed as 深度困难."""
    at_check.check()
    made: CaseFile = at_check.file()
    return made


@pytest.fixture
def leader(office: kit.Office) -> Desk:  # noqa: F811
    return office.leader


@pytest.fixture
def other(office: kit.Office) -> Desk:  # noqa: F811
    """A second leader of the same union."""
    return factories.person(Role.LEADER, office.tree.industry, on=kit.APPLIED)


def opened(desk: Desk, **more: Any) -> Proposal:
    """A proposal on the register, each family on its own day, unless said otherwise."""
    given: dict[str, Any] = {"title": "调整建档线", "policy": TIANJIN, "day": None, "source": "register"}
    return services.open_proposal(desk, **(given | more), at=kit.AT)


def altered(desk: Desk, proposal: Proposal, **more: Any) -> Proposal:
    """Some numbers changed."""
    given: dict[str, Any] = {"changes": {}, "standards": {}, "today": {}, "amounts": {}, "per_head": False}
    return services.change_numbers(desk, proposal, **(given | more), version=proposal.version, at=kit.AT)


def tried(desk: Desk, proposal: Proposal) -> Proposal:
    """The trial carried out, as the worker does it."""
    services.ask_trial(desk, proposal, at=kit.AT)
    services.carry_out_trial(proposal.pk, at=kit.AT)
    proposal.refresh_from_db()
    return proposal


#: A day on which the sample family's dibao standard is in force.
DAY = date(2020, 10, 15)
