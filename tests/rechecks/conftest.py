"""A file in the register, and the desks that look after it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.casework.models import CaseFile
from bangfu.organizations import services as organization_services
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from bangfu.rechecks import services
from bangfu.rechecks.models import Run
from tests import factories
from tests.casework import kit
from tests.casework.conftest import _things, at_check, office  # noqa: F401

#: Rules are asked as of this day, two months after the application.
DAY = date(2020, 12, 15)


@pytest.fixture
def filed(at_check: kit.Walk) -> CaseFile:  # noqa: F811
    """A family filed as 深度困难."""
    at_check.check()
    made: CaseFile = at_check.file()
    return made


@pytest.fixture
def reviewer(office: kit.Office) -> Desk:  # noqa: F811
    return office.industry_reviewer


@pytest.fixture
def clerk(office: kit.Office) -> Desk:  # noqa: F811
    return office.clerk


def standard(office: kit.Office, name: str, value: str, since: date) -> None:  # noqa: F811
    """A local figure of Tianjin, entered by one person and confirmed by another."""
    first, second = (factories.person(Role.AID_CENTER, office.tree.industry) for _ in range(2))
    row = organization_services.propose_standard(
        first.actor, name=name, region="120000", from_date=since, value=value, source="测试用数值", at=factories.AT
    )
    organization_services.confirm_standard(second.actor, row, at=factories.AT)


def carried_out(desk: Desk, day: date = DAY, **more: Any) -> Run:
    """A run that has come to its end."""
    run = services.ask_recheck(desk, day=day, at=kit.AT)
    services.carry_out(run.pk, at=kit.AT, **more)
    run.refresh_from_db()
    return run
