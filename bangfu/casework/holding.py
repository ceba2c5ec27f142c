"""What of a family is on its way or on file: the families room asks before it merges or splits one."""

from collections.abc import Collection

from bangfu.casework.choices import FileState, State
from bangfu.casework.models import Application, CaseFile

_OPEN = (State.IN_PROGRESS, State.RETURNED)


def held(households: Collection[int]) -> dict[int, list[str]]:
    """Household → its open application and its file, in words."""
    found: dict[int, list[str]] = {}
    rows = Application.objects.filter(household__in=households, state__in=_OPEN)
    for pk, number, state in rows.order_by("pk").values_list("household", "number", "state"):
        found.setdefault(pk, []).append(f"申请 {number}（{State(state).label}）")
    files = CaseFile.objects.filter(household__in=households).exclude(state=FileState.CLOSED)
    for pk, number in files.order_by("pk").values_list("household", "number"):
        found.setdefault(pk, []).append(f"档案 {number}")
    return found
