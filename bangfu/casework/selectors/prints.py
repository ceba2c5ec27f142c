"""What was printed, by whom and when: read from the audit log, which is the only place that knows."""

from bangfu.casework.models import CaseFile
from bangfu.common.models import AuditEntry


def _printed(file: CaseFile) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(verb="print_paper", object_type="casework.casefile", object_id=str(file.pk))
    return [row for row in rows.order_by("seq") if row.after.get("paper") == "information_sheet"]


def next_version(file: CaseFile, content: str) -> int:
    """The version of 原始信息表 with this content: the last one again when nothing changed since, else the one after it."""
    rows = _printed(file)
    if not rows:
        return 1
    last = rows[-1].after
    version: int = int(last["version"])
    return version if last["content"] == content else version + 1


def versions(file: CaseFile) -> list[AuditEntry]:
    """Every print of 原始信息表, the oldest first; ``after`` names version and digest."""
    return _printed(file)
