"""What a step takes in beside its own kind: the record of a meeting, a paper of a later stage."""

from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from bangfu.casework import flow, services
from bangfu.casework.forms_steps import DecisionForm, LatePaperForm
from bangfu.casework.selectors import papers
from bangfu.casework.services import Present
from bangfu.casework.views.acts import attach, run
from bangfu.casework.views.case import show
from bangfu.casework.views.common import WORKERS, DeskRequest, case_or_404, seen
from bangfu.common.errors import Refused
from bangfu.families import facts as family_facts
from bangfu.families import services as families
from bangfu.families.selectors import whole
from bangfu.organizations.permissions import roles
from bangfu.policy.registry import get_pack


@roles(*WORKERS)
@require_POST
def decision(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Records the meeting: those present with their votes, the minutes with their scan, the conclusion."""
    application = case_or_404(request, pk)
    form = DecisionForm(request.POST, request.FILES, auto_id="decision_%s")

    def do(values: dict[str, Any]) -> str:
        scan = attach(request, application.household, values["scan"], "meeting_minutes", "会议记录")
        made = services.record_decision(
            request.desk.actor,
            application,
            held_on=values["held_on"],
            place=values["place"],
            present=[Present(name, vote, post) for name, post, vote in form.present()],
            minutes=values["minutes"],
            conclusion=values["conclusion"],
            scan=scan,
            at=request.now,
            **seen(request),
        )
        return f"会议已登记，结论：{made.get_conclusion_display()}。"

    return run(request, application, "decision", form, do)


@roles(*WORKERS)
@require_POST
def late_paper(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Takes in a paper that the policy asks for after the application (审批表, 联系卡 …), by whoever's turn it is."""
    application = case_or_404(request, pk)
    facts = family_facts.build(whole(application.household))
    asked = papers.late(application, get_pack(application.policy, application.applied_on), facts)
    place = next((place for place in asked if place.key == request.POST.get("paper")), None)
    if place is None:
        return show(request, application, errors=[("这份材料已经交齐，或本案不需要，没有重复收下。", "")], status=422)
    form = LatePaperForm(request.POST, request.FILES, place=place, auto_id=f"late_{place.key}_%s")

    def do(values: dict[str, Any]) -> str:
        record = flow.open_record(application)
        if record is None:
            raise Refused("本案没有待办环节，不能再补充材料。")
        flow.check_turn(application, record, request.desk.actor)
        member = next((one for one in application.household.members.all() if one.fact_id == place.subject), None)
        file = attach(request, application.household, values["file"], place.paper, place.title, member)
        assert file is not None  # the form demands one
        families.describe_evidence(
            request.desk, file, at=request.now, document=values["document"], details=form.details(), by_step=True
        )
        return f"{place.title}已收下。"

    return run(request, application, f"late-{place.key}", form, do)
