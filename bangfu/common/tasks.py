"""Work that is too long for a page; the worker beside the site runs it (``bangfu demo`` and ``bangfu serve`` start one)."""

from typing import TypedDict

from django_tasks import task

from bangfu.common import audit
from bangfu.common.models import AuditHead


class LogCheck(TypedDict):
    """What a walk through the whole log found: ``broken`` is the first row that does not fit."""

    rows: int
    broken: int | None


@task()
def check_whole_log() -> LogCheck:
    """Walks the audit chain from its first row."""
    rows = AuditHead.objects.values_list("seq", flat=True).first() or 0
    return {"rows": rows, "broken": audit.verify()}
