"""Sending a case back: the catalogue on one page, every point pinned to a place of this very case."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bangfu.casework import flow, services
from bangfu.casework.selectors import case as reads
from bangfu.casework.views.common import WORKERS, DeskRequest, Points, act_and_return, case_or_404, seen
from bangfu.casework.views.panels import closed_to
from bangfu.organizations.permissions import roles


def chosen(data: QueryDict) -> list[dict[str, str]]:
    """The points of the form: ``point`` holds ``code`` or ``code|target``, ``note-code`` the note."""
    points: list[dict[str, str]] = []
    for value in data.getlist("point"):
        code, _, target = value.partition("|")
        points.append({"code": code, "target": target, "note": data.get(f"note-{code}", "")})
    return points


@roles(*WORKERS)
@require_http_methods(["GET", "POST"])
def return_case(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Choose the points, say where to, send back. Every point is told at once."""
    application = case_or_404(request, pk)
    record = flow.open_record(application)
    if record is None:
        return redirect("casework:case", pk)
    reason = closed_to(application, record, request.desk)
    if reason:
        raise PermissionDenied(reason)

    def page(errors: Points, status: int) -> HttpResponseBase:
        fresh = case_or_404(request, pk)
        context: dict[str, Any] = {
            "application": fresh,
            "record": record,
            "groups": reads.return_choices(fresh),
            "targets": reads.targets_to_return_to(fresh, record),
            "errors": errors,
            "marked": set(request.POST.getlist("point")),
            "notes": {
                name.removeprefix("note-"): text for name, text in request.POST.items() if name.startswith("note-")
            },
            "to": request.POST.get("to", ""),
            "comment": request.POST.get("comment", ""),
            "step_title": flow.procedure_of(fresh).step(record.code).title,
        }
        return render(request, "casework/return.html", context, status=status)

    if request.method == "GET":
        return page([], 200)

    def do() -> str:
        points = chosen(request.POST)
        services.return_case(
            request.desk.actor,
            application,
            points=points,
            to=request.POST.get("to", ""),
            comment=request.POST.get("comment", "")[:500],
            at=request.now,
            **seen(request),
        )
        return f"已退回 {application.worker_name} 的申请，经办人将收到 {len(points)} 条说明。"

    return act_and_return(request, application, do, page)
