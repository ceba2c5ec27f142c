"""The addresses of the rechecks room for the access battery."""

from __future__ import annotations

from datetime import date
from typing import Any

from bangfu.organizations.choices import Role
from bangfu.rechecks import services
from bangfu.rechecks.models import Finding
from bangfu.rechecks.permissions import READERS, STARTERS, WATCHERS
from tests.battery import LIST, OPEN, Access, Ground
from tests.casework import kit
from tests.casework.access import file
from tests.rechecks.conftest import standard


def finding(ground: Ground) -> Finding:
    """A file that is not what the rules of a later day say."""
    if "finding" not in ground.made:
        file(ground)
        standard(kit.Office(ground.tree), "dibao", "100.00", date(2020, 12, 1))
        run = services.ask_recheck(
            ground.desk(Role.REVIEWER), day=date(2020, 12, 15), reason="标准调整后的复测", at=kit.AT
        )
        services.carry_out(run.pk, at=kit.AT)
        ground.made["finding"] = run.findings.get()
    found: Finding = ground.made["finding"]
    return found


def _run(ground: Ground) -> dict[str, Any]:
    return {"pk": finding(ground).run_id}


def _reason(ground: Ground) -> list[str]:
    return [finding(ground).run.reason]


def _worker(ground: Ground) -> list[str]:
    return [finding(ground).case_file.worker_name]


ACCESS = [
    Access("rechecks:index", roles=WATCHERS, scope=LIST, hidden=_reason),
    Access("rechecks:ask", roles=STARTERS, scope=OPEN),
    Access("rechecks:waiting", roles=READERS, scope=LIST, hidden=_worker),
    Access("rechecks:run", roles=WATCHERS, kwargs=_run),
    Access("rechecks:progress", roles=WATCHERS, kwargs=_run),
    Access("rechecks:finding", roles=READERS, kwargs=lambda ground: {"pk": finding(ground).pk}),
]
