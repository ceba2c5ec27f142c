"""Writes of the library."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Model

from bangfu.common.acts import Actor, act
from bangfu.common.errors import Refused
from bangfu.library import files
from bangfu.library.models import OfficialFile
from bangfu.library.permissions import KEEPERS
from bangfu.organizations.models import User
from bangfu.organizations.services.may import demand
from bangfu.policy.texts import Text

NAME_LENGTH = 200


class SameFile(Refused):
    """The same file, byte for byte, already stands beside the text."""


def add_official_file(actor: Actor, text: Text, data: bytes, name: str, *, number: str, at: datetime) -> OfficialFile:
    """Puts an official file beside its text, with its number and SHA-256.

    ``number`` is the document number printed in the file; it must be that of the text or of one of its documents, so that no file stands
    beside the wrong text. Raises ``NotAllowed``, ``FileFault``, ``SameFile`` or ``Refused``.
    """
    demand(actor, *KEEPERS)
    name = name.replace("\\", "/").rpartition("/")[2].strip()[-NAME_LENGTH:]
    content_type = files.inspect(data, name)
    known = {_plain(one.number) for one in text.documents}
    if _plain(number) not in known:
        raise Refused(f"文号与本文本的“{text.number}”不一致。请核对文件是否属于本文本。", field="number")
    digest = hashlib.sha256(data).hexdigest()
    if OfficialFile.objects.filter(text=text.code, sha256=digest).exists():
        raise _same()
    person: Model = User.objects.get(pk=actor.user_id)
    try:
        with act(actor, "add_official_file", at=at) as deed:
            row: OfficialFile = OfficialFile.objects.create(
                text=text.code,
                number=number.strip(),
                original_name=name,
                content_type=content_type,
                size=len(data),
                sha256=digest,
                content=data,
                uploaded_by=person,
                uploaded_at=at,
            )
            deed.record(
                row, after={"text": text.code, "number": row.number, "name": name, "size": len(data), "sha256": digest}
            )
    except IntegrityError as fault:  # a colleague put the same file there in the same moment
        raise _same() from fault
    return row


def _same() -> SameFile:
    return SameFile("同一个文件已经在这里，不必再传。", field="file")


def _plain(number: str) -> str:
    """A number as people type it: brackets of any kind, no spaces."""
    table = str.maketrans({"[": "〔", "【": "〔", "(": "〔", "（": "〔", "]": "〕", "】": "〕", ")": "〕", "）": "〕"})
    return "".join(number.split()).translate(table)
