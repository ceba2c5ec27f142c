"""The addresses of the policy library for the access battery: every role reads the law, wherever she works."""

from typing import Any

from bangfu.organizations.choices import Role
from tests.battery import OPEN, Access, Ground

EVERY = tuple(Role)
LOCAL = "tianjin-commerce-2020"


def _pack(**more: str) -> Any:
    def kwargs(ground: Ground) -> dict[str, Any]:
        return {"pack_id": LOCAL, **more}

    return kwargs


ACCESS = [
    Access("library:index", roles=EVERY, scope=OPEN),
    Access("library:pack", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:clause", roles=EVERY, scope=OPEN, kwargs=_pack(anchor="c4-p1")),
    Access("library:rules", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:rule", roles=EVERY, scope=OPEN, kwargs=_pack(code="dibao")),
    Access("library:compare", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:procedure", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:part", roles=EVERY, scope=OPEN, kwargs=_pack(room="evidence")),
]
