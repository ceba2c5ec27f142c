"""The addresses of the sandbox for the access battery."""

from __future__ import annotations

from typing import Any

from bangfu.sandbox.models import Proposal
from bangfu.sandbox.permissions import MAKERS, READERS
from tests.battery import LIST, OPEN, Access, Ground
from tests.casework import kit
from tests.casework.access import file
from tests.sandbox.conftest import altered, opened, tried

TITLE = "沙盘里的方案"


def proposal(ground: Ground) -> Proposal:
    """A proposal that was tried out on a filed family."""
    if "proposal" not in ground.made:
        file(ground)
        leader = kit.Office(ground.tree).leader
        made = opened(leader, title=TITLE)
        altered(leader, made, changes={"parameters": {"deep_multiple": "0.1"}})
        made.refresh_from_db()
        ground.made["proposal"] = tried(leader, made)
    found: Proposal = ground.made["proposal"]
    return found


def _pk(ground: Ground) -> dict[str, Any]:
    return {"pk": proposal(ground).pk}


def _title(ground: Ground) -> list[str]:
    proposal(ground)
    return [TITLE]


ACCESS = [
    Access("sandbox:index", roles=READERS, scope=LIST, hidden=_title),
    Access("sandbox:new", roles=MAKERS, scope=OPEN),
    Access("sandbox:beside", roles=READERS, scope=LIST, hidden=_title),
    Access("sandbox:proposal", roles=READERS, kwargs=_pk),
    Access("sandbox:numbers", roles=MAKERS, kwargs=_pk),
    Access("sandbox:trial", roles=MAKERS, kwargs=_pk, method="post", ok={302}),
    Access("sandbox:progress", roles=READERS, kwargs=_pk),
    Access("sandbox:families", roles=READERS, kwargs=_pk),
    Access("sandbox:lodge", roles=MAKERS, kwargs=_pk, method="post", ok={422}),
    Access(
        "sandbox:decide", roles=MAKERS, kwargs=_pk, method="post", data=lambda ground: {"verdict": "confirm"}, ok={302}
    ),
    Access("sandbox:sheet", roles=READERS, kwargs=_pk),
    Access("sandbox:paper", roles=READERS, kwargs=_pk),
    Access("sandbox:draft", roles=MAKERS, kwargs=_pk, ok={403}),
]
