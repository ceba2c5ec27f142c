"""The addresses of the policy library for the access battery: every role reads the law, wherever she works."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from bangfu.library.services import add_official_file
from bangfu.organizations.choices import Role
from bangfu.policy.texts import get_text
from tests.battery import OPEN, Access, Ground

EVERY = tuple(Role)
LOCAL = "tianjin-commerce-2020"
NUMBER = "总工发〔2012〕16号"
NOW = datetime(2020, 10, 15, 2, 0, tzinfo=UTC)


def _pack(**more: str) -> Any:
    def kwargs(ground: Ground) -> dict[str, Any]:
        return {"pack_id": LOCAL, **more}

    return kwargs


def _file(ground: Ground) -> dict[str, Any]:
    if "official" not in ground.made:
        ground.made["official"] = add_official_file(
            ground.desk(Role.ACCOUNT_ADMIN).actor, get_text("PAY12"), b"%PDF-1.7 x", "a.pdf", number=NUMBER, at=NOW
        )
    return {"pk": ground.made["official"].pk}


ACCESS = [
    Access("library:coverage", roles=EVERY, scope=OPEN),
    Access("library:two", roles=EVERY, scope=OPEN, query="?a=TJ&b=FUND20"),
    Access("library:text", roles=EVERY, scope=OPEN, kwargs=lambda ground: {"code": "PAY12"}),
    Access("library:file", roles=EVERY, scope=OPEN, kwargs=_file),
    Access(
        "library:file_add",
        roles=(Role.ACCOUNT_ADMIN,),
        scope=OPEN,
        kwargs=lambda ground: {"code": "PAY12"},
        method="post",
        data=lambda ground: {"number": NUMBER, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 y")},
        ok=(302, 422),
    ),
    Access("library:index", roles=EVERY, scope=OPEN),
    Access("library:pack", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:clause", roles=EVERY, scope=OPEN, kwargs=_pack(anchor="c4-p1")),
    Access("library:rules", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:rule", roles=EVERY, scope=OPEN, kwargs=_pack(code="dibao")),
    Access("library:compare", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:ways", roles=EVERY, scope=OPEN, query="?p=muchuan-2016&p=taian-2020"),
    Access("library:procedure_pdf", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:procedure", roles=EVERY, scope=OPEN, kwargs=_pack()),
    Access("library:part", roles=EVERY, scope=OPEN, kwargs=_pack(room="evidence")),
]
