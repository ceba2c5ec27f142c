"""One case on one page: where it stands and what is next, facts and proof, the frozen sheet, everything that happened."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bangfu.casework import determinations, flow, forms, services
from bangfu.casework.choices import State
from bangfu.casework.models import Application, Determination, Recusal
from bangfu.casework.selectors import case as reads
from bangfu.casework.selectors import papers
from bangfu.casework.selectors.comparison import advice_of, comparison_of
from bangfu.casework.views import panels
from bangfu.casework.views.common import READERS, WORKERS, DeskRequest, Points, case_or_404
from bangfu.common.clock import day
from bangfu.families.selectors import whole
from bangfu.families.views.lists import facts_context
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles
from bangfu.policy.registry import get_pack


@roles(*READERS)
@require_GET
def case(request: DeskRequest, pk: int) -> HttpResponse:
    """The case page."""
    return show(request, case_or_404(request, pk), look=True)


def show(
    request: DeskRequest,
    application: Application,
    *,
    bound: panels.Bound | None = None,
    errors: Points | None = None,
    status: int = 200,
    look: bool = False,
) -> HttpResponse:
    """Renders the case page; after a refusal with the forms as they were typed."""
    application = case_or_404(request, application.pk)
    desk, at = request.desk, request.now
    way = flow.Way.of(application)
    record = flow.open_record(application)
    records = list(application.steps.select_related("closed_by", "union").order_by("pk"))
    made = list(Determination.objects.filter(application=application).select_related("made_by").order_by("-pk"))
    own = [row for row in made if row.companion_of_id is None]
    newest = own[0] if own else None
    glance = services.look(desk.user_id, application, at=at) if look else None
    household = whole(application.household)
    catalogue = dict(way.procedure.returns)
    names = newest.labels if newest else {}
    points: dict[int, list[dict[str, Any]]] = {}
    for row in records:
        points[row.pk] = []
    for point in _points(application):
        points[point.step_id].append(
            reads.point_view(point, catalogue, newest.facts if newest else {}, names, household)
        )
    panel = panels.build(application, record, desk, at, bound or {}) if record is not None else None
    file = reads.file_of(application)
    context: dict[str, Any] = {
        **facts_context(household),
        "application": application,
        "case_title": application.worker_name,
        "today": day(at),
        "pack": get_pack(application.policy, application.applied_on),
        "way": reads.strip(way, records, record),
        "step": panel,
        "record": record,
        "errors": errors or [],
        "newest": newest,
        "older": own[1:],
        "companion": next((row for row in made if newest and row.companion_of_id == newest.pk), None),
        "comparison": comparison_of(application, newest) if newest else None,
        "advice": advice_of(application, newest)
        if newest and application.state in (State.IN_PROGRESS, State.RETURNED)
        else None,
        "timeline": reads.timeline(
            application,
            records,
            visits=list(application.visits.select_related("recorded_by")),
            notices=list(application.notices.select_related("posted_by").prefetch_related("objections")),
            signatures=list(application.authorizations.select_related("recorded_by")),
            checks=list(application.checks.select_related("recorded_by").prefetch_related("results")),
            made=made,
            seen_at=glance.at if glance else None,
            points=points,
            way=way,
        ),
        "seen_at": glance.at if glance else None,
        "fresh_facts": reads.since_seen(glance.determination, newest) if glance else [],
        "after_return": reads.since_return(application, made, records),
        "places": papers.places(
            household,
            get_pack(application.policy, application.applied_on),
            newest.facts,
            ("application", "visit", "notice", "authorization"),
        )
        if newest
        else [],
        "made_papers": papers.made_keys(application),
        "paper_links": paper_links(application, newest),
        "case_file": file,
        "needs": reads.needs_of(household.needs or []),
        "works": desk.role in WORKERS,
        "may_withdraw": desk.role == Role.CLERK
        and desk.union_id == application.union_id
        and record is not None
        and file is None,
        "withdraw_form": (bound or {}).get("withdraw") or forms.ReasonForm(auto_id="withdraw_%s"),
        "refuse_form": (bound or {}).get("refuse") or forms.RefuseForm(procedure=way.procedure, auto_id="refuse_%s"),
        "kinship_form": (bound or {}).get("kinship") or forms.KinshipForm(auto_id="kinship_%s"),
        "recused": Recusal.objects.filter(application=application, user_id=desk.user_id).exists(),
        "bound": bound or {},
        "early_signatures": panels.early_signatures(application, record, desk, at, bound or {}) if record else None,
        "early_open": any(name.startswith("authorization-") for name in bound or {}),
        "entry_open": record is not None
        and panel is not None
        and application.state == State.RETURNED
        and way.procedure.step(record.code).kind == "entry",
    }
    if context["entry_open"] and panel is not None:
        panel.context["resubmit_form"] = (bound or {}).get("resubmit") or forms.ResubmitForm(
            points=panel.points, auto_id="resubmit_%s"
        )
        panel.context["household_changed"] = newest is not None and newest.facts_hash != determinations.canonical_hash(
            determinations.current_facts(household)
        )
    return render(request, "casework/case.html", context, status=status)


def _points(application: Application) -> Any:
    from bangfu.casework.models import ReturnPoint

    return ReturnPoint.objects.filter(step__application=application).select_related("step").order_by("pk")


def paper_links(application: Application, newest: Determination | None) -> list[tuple[str, str]]:
    """Papers that can be downloaded for this case; empty where the room of papers is not installed."""
    try:
        from bangfu.casework.views.printing import links
    except ImportError:
        return []
    return links(application, newest)
