"""Acts on a case. Every one is a POST; what was refused comes back on the case page with the reasons and what was typed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from bangfu.casework import flow, forms, guards, services
from bangfu.casework.forms_steps import add_asks, asked
from bangfu.casework.models import Application, Authorization, CheckResult, Objection, PublicNotice
from bangfu.casework.selectors import case as reads
from bangfu.casework.selectors.comparison import reason_for
from bangfu.casework.selectors.names import category_title
from bangfu.casework.services import moving, submission
from bangfu.casework.services.steps import pass_step
from bangfu.casework.views.case import show
from bangfu.casework.views.common import (
    WORKERS,
    DeskRequest,
    Points,
    act_and_return,
    case_or_404,
    place_url,
    points_of,
    seen,
)
from bangfu.common import leaks
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import blobs, uploads
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile, Household, Member
from bangfu.organizations.choices import Role
from bangfu.organizations.permissions import roles
from bangfu.policy.registry import get_pack


def run(
    request: DeskRequest, application: Application, name: str, form: Any, do: Callable[[Any], str]
) -> HttpResponseBase:
    """Checks a form, does the act, or shows the page again with the form under ``name``."""

    def again(errors: Points, status: int) -> HttpResponseBase:
        return show(request, application, bound={name: form}, errors=errors, status=status)

    if not form.is_valid():
        faults = [
            (f"{bound.label}：{error}", f"#{bound.id_for_label or bound.auto_id}")
            for bound in form
            for error in bound.errors
        ]
        return again(faults + [(str(error), "") for error in form.non_field_errors()], 422)

    def acting() -> str:
        request.taken_in = []
        try:
            _look_into(request)
            # pictures and the act they belong to stand or fall together; the case is locked first, as the verbs lock it
            with transaction.atomic():
                Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
                return do(form.cleaned_data)
        except BaseException as fault:
            for file in request.taken_in:
                for stored in filter(None, (file.stored, file.viewing, file.thumbnail)):
                    blobs.remove(stored)
            if isinstance(fault, Refused) and fault.field in form.fields:
                form.add_error(fault.field, fault.message)
            raise

    return act_and_return(request, application, acting, again)


def _look_into(request: DeskRequest) -> None:
    """Checks and decodes the uploads before anything is locked: a large picture takes seconds."""
    request.looked_into = {}
    for _, uploads_ in request.FILES.lists():
        for upload in uploads_:
            if (upload.size or 0) > settings.BANGFU_UPLOAD_BYTES:
                raise uploads.UploadFault(uploads.too_big(upload.size or 0), field="file")
            data = upload.read()
            request.looked_into[id(upload)] = (data, uploads.inspect(data))


def attach(
    request: DeskRequest,
    household: Household,
    upload: UploadedFile | None,
    paper: str,
    title: str,
    member: Member | None = None,
    *,
    pixels_only: bool = False,
) -> EvidenceFile | None:
    """Takes in a picture that belongs to a step. ``pixels_only``: made anew, so that no place and no small picture goes along."""
    if upload is None:
        return None
    data, found = request.looked_into[id(upload)]
    if pixels_only and found.content_type.startswith("image/"):
        data = leaks.stripped(data)
    file = families.attach_evidence(
        request.desk,
        household,
        data,
        upload.name or "photo",
        at=request.now,
        paper=paper,
        title=title,
        member=member,
        by_step=True,
        inspected=found,
    )
    request.taken_in.append(file)
    return file


# --- submitting ---------------------------------------------------------------------------------------------------
@roles(Role.CLERK)
@require_http_methods(["GET", "POST"])
def submit(request: DeskRequest, pk: int) -> HttpResponseBase:
    """What will be submitted, what is still missing, and the one button."""
    rows = Household.objects.visible_to(request.desk).select_related("union")
    household: Household = get_object_or_404(rows, pk=pk)
    open_one = Application.objects.filter(household=household, state__in=submission.OPEN).first()
    if open_one is not None and request.method == "GET":
        return redirect("casework:case", open_one.pk)
    form = forms.SubmitForm(request.POST or None, initial={"version": household.version})
    entry = _entry_questions(request, household)
    errors: Points = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.submit_application(
                request.desk.actor,
                household,
                at=request.now,
                version=form.cleaned_data["version"],
                data={
                    key: request.POST[key][:60]
                    for key in (*entry["asked"], "channel", "external_number")
                    if request.POST.get(key)
                },
                circumstances=tuple(
                    code for code in entry["circumstances"] if code == request.POST.get("circumstance")
                ),
                comment=form.cleaned_data["comment"],
            )
        except StaleVersion:
            errors, status = [("这个家庭刚刚被修改过，请看过最新情况后再提交。", "")], 409
        except Refused as fault:
            errors, status = points_of(fault, household), 422
        else:
            return redirect("casework:case", made.pk)
    context: dict[str, Any] = {
        "household": Household.objects.select_related("union").get(pk=pk),
        "form": form,
        "errors": errors,
        "entry": entry,
        "today": request.now,
    }
    context |= _preview(request, household)
    return render(request, "casework/submit.html", context, status=status)


def _entry_questions(request: DeskRequest, household: Household) -> dict[str, Any]:
    """What this policy asks at entry beside the facts: who files, which circumstances lead the way."""
    try:
        procedure = get_pack(submission.policy_of(household), household.application_date).procedure
    except Refused:
        return {"asked": {}, "circumstances": []}
    entry = procedure.steps[0]
    asked = {"right_unit": guards.FILING_UNITS} if "right_unit" in entry.guards else {}
    return {
        "asked": asked,
        "channels": list(procedure.channels.values()),
        "circumstances": sorted({step.only_when for step in procedure.steps if step.only_when}),
        "chosen": request.POST,
    }


def _preview(request: DeskRequest, household: Household) -> dict[str, Any]:
    """The conclusion as it would be frozen, and what still stands in the way."""
    from bangfu.casework import determinations
    from bangfu.families import facts as family_facts
    from bangfu.organizations.selectors import installed_standards

    answer: dict[str, Any] = {"unmet": [], "pack": None}
    try:
        policy = submission.policy_of(household)
        answer["pack"] = get_pack(policy, household.application_date)
        answer["why"] = reason_for(household)
        facts = determinations.current_facts(household)
        judged = determinations.judge_facts(facts, policy, installed_standards())
        answer["outcome_title"] = category_title(policy, judged.outcome)
        answer["outcome"] = judged.outcome
        data = dict.fromkeys(("right_unit",), request.POST.get("right_unit") or "employer")
        case = submission.submission_case(household, request.desk.actor, request.now, data)
        answer["unmet"] = [
            (item, place_url(household, item.about)) for item in guards.unmet(case) if item.code != "right_unit"
        ]
        answer["labels"] = family_facts.labels(household)
    except Refused as fault:
        answer["fault"] = fault.message
    return answer


@roles(*WORKERS)
@require_POST
def resubmit(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Answers the returned points and submits again."""
    application = case_or_404(request, pk)
    record = flow.open_record(application)
    open_points = moving.open_points(application, record) if record else []
    catalogue = dict(flow.procedure_of(application).returns)
    points = [reads.point_view(point, catalogue, {}, {}, application.household) for point in open_points]
    form = forms.ResubmitForm(request.POST, points=points, auto_id="resubmit_%s")

    def do(values: dict[str, Any]) -> str:
        services.resubmit(
            request.desk.actor,
            application,
            at=request.now,
            answers=form.answers(),
            comment=values["comment"],
            **seen(request),
        )
        return "已重新提交，审核人将看到您的答复和修改处。"

    return run(request, application, "resubmit", form, do)


# --- passing a step -----------------------------------------------------------------------------------------------
@roles(*WORKERS)
@require_POST
def pass_on(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Closes the open step with a good result; the form belongs to the kind of the step."""
    application = case_or_404(request, pk)
    record = flow.open_record(application)
    step = flow.procedure_of(application).step(record.code) if record else None
    form: Any = forms.CommentForm(request.POST, auto_id="pass_%s")
    if step is not None and step.kind == "recheck":
        form = forms.SheetForm(
            request.POST,
            folders=get_pack(application.policy, application.applied_on).evidence.folders,
            auto_id="sheet_%s",
        )
    if step is not None:
        form = add_asks(form, step.asks)

    def do(values: dict[str, Any]) -> str:
        data: dict[str, Any] = {}
        if isinstance(form, forms.SheetForm):
            data["sheet"] = form.sheet()
        if step is not None and step.asks:
            data["asked"] = asked(form, step.asks)
        answers = {
            int(name[7:]): str(text)
            for name, text in request.POST.items()
            if name.startswith("answer_") and name[7:].isdigit()
        }
        pass_step(
            request.desk.actor,
            application,
            at=request.now,
            comment=values["comment"],
            data=data,
            answers=answers,
            **seen(request),
        )
        return f"“{step.title}”已办结。" if step else "已办结。"

    return run(request, application, "pass", form, do)


@roles(*WORKERS)
@require_POST
def refuse(request: DeskRequest, pk: int) -> HttpResponseBase:
    """不予建档."""
    application = case_or_404(request, pk)
    form = forms.RefuseForm(request.POST, procedure=flow.procedure_of(application), auto_id="refuse_%s")

    def do(values: dict[str, Any]) -> str:
        services.refuse(
            request.desk.actor,
            application,
            reason=values["reason"],
            code=values["code"],
            at=request.now,
            **seen(request),
        )
        return "已作不予建档，经办人将告知申请人原因；以后可以重新申请。"

    return run(request, application, "refuse", form, do)


@roles(Role.CLERK)
@require_POST
def withdraw(request: DeskRequest, pk: int) -> HttpResponseBase:
    """The family takes its application back."""
    application = case_or_404(request, pk)
    form = forms.ReasonForm(request.POST, auto_id="withdraw_%s")

    def do(values: dict[str, Any]) -> str:
        services.withdraw(request.desk.actor, application, reason=values["reason"], at=request.now, **seen(request))
        return "申请已撤回，家庭信息可以继续修改。"

    return run(request, application, "withdraw", form, do)


@roles(*WORKERS)
@require_POST
def kinship(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Declares kinship with the family."""
    application = case_or_404(request, pk)
    form = forms.KinshipForm(request.POST, auto_id="kinship_%s")

    def do(values: dict[str, Any]) -> str:
        services.declare_kinship(request.desk.actor, application, relation=values["relation"], at=request.now)
        return "已登记回避，本案请由其他同事办理。"

    return run(request, application, "kinship", form, do)


# --- visit --------------------------------------------------------------------------------------------------------
@roles(*WORKERS)
@require_POST
def visit(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Records a home visit with its photos."""
    application = case_or_404(request, pk)
    taken = EvidenceFile.objects.filter(
        household=application.household, paper="home_visit_form", withdrawn_at__isnull=True
    )
    procedure = flow.procedure_of(application)
    step = next((item for item in procedure.steps if item.kind == "visit"), procedure.steps[0])
    form = forms.VisitForm(
        request.POST, request.FILES, evidence=taken, step=step, procedure=procedure, auto_id="visit_%s"
    )

    def do(values: dict[str, Any]) -> str:
        photos = list(values.get("known_photos") or [])
        for upload in values.get("photos") or []:
            found = attach(request, application.household, upload, "home_visit_form", "入户照片")
            photos += [found] if found else []
        services.record_visit(
            request.desk.actor,
            application,
            at=request.now,
            photos=photos,
            in_difficulty=forms.truth(values["in_difficulty"]),
            causes_confirmed=forms.truth(values["causes_confirmed"]),
            positive=forms.truth(values["positive"]),
            **{
                name: values[name]
                for name in (
                    "visited_on",
                    "place",
                    "first_visitor",
                    "second_visitor",
                    "interviewed",
                    "no_kinship",
                    "findings",
                    "reasons",
                )
            },
            **seen(request),
        )
        return "入户调查已登记。"

    return run(request, application, "visit", form, do)


# --- notice -------------------------------------------------------------------------------------------------------
@roles(*WORKERS)
@require_POST
def post_notice(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Registers the posting of a notice."""
    application = case_or_404(request, pk)
    rule = flow.procedure_of(application).notice
    form = forms.NoticeForm(request.POST, request.FILES, places=rule.places if rule else (), auto_id="notice_%s")

    def do(values: dict[str, Any]) -> str:
        photo = attach(
            request,
            application.household,
            values["photo"],
            rule.paper if rule else "notice_papers",
            "公示张贴照片",
            pixels_only=True,
        )
        notice = services.post_notice(
            request.desk.actor,
            application,
            posted_on=values["posted_on"],
            place=values["place"],
            place_name=values["place_name"],
            style={"masked": "stars"}.get(values["name_shown"], values["name_shown"]),
            start_photo=photo,
            at=request.now,
            **seen(request),
        )
        return f"公示 {notice.number} 已登记，{notice.ends_on:%Y-%m-%d} 满期。"

    return run(request, application, "notice", form, do)


def _notice(request: DeskRequest, pk: int) -> PublicNotice:
    rows = PublicNotice.objects.visible_to(request.desk).select_related("application__household")
    found: PublicNotice = get_object_or_404(rows, pk=pk)
    return found


@roles(*WORKERS)
@require_POST
def notice_photo(request: DeskRequest, pk: int, which: str) -> HttpResponseBase:
    """Adds the photo of the posting or of the last day."""
    notice = _notice(request, pk)
    form = forms.PhotoForm(request.POST, request.FILES, auto_id="photo_%s")

    def do(values: dict[str, Any]) -> str:
        title = "公示张贴照片" if which == "start" else "公示撤下前照片"
        rule = flow.procedure_of(notice.application).notice
        paper = rule.paper if rule else "notice_papers"
        photo = attach(request, notice.application.household, values["photo"], paper, title, pixels_only=True)
        assert photo is not None  # the form demands one
        services.add_photo(
            request.desk.actor, notice, photo, which=which, at=request.now, version=seen(request)["version"]
        )
        return "照片已保存。"

    return run(request, notice.application, "photo", form, do)


@roles(*WORKERS)
@require_POST
def objection(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Registers an objection to a notice."""
    notice = _notice(request, pk)
    form = forms.ObjectionForm(request.POST, auto_id="objection_%s")

    def do(values: dict[str, Any]) -> str:
        services.record_objection(
            request.desk.actor, notice, content=values["content"], received_on=values["received_on"], at=request.now
        )
        return "异议已登记，答复之前本案不进入下一环节。"

    return run(request, notice.application, "objection", form, do)


@roles(*WORKERS)
@require_POST
def answer_objection(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Answers an objection in writing."""
    rows = Objection.objects.filter(notice__in=PublicNotice.objects.visible_to(request.desk)).select_related(
        "notice__application__household"
    )
    held: Objection = get_object_or_404(rows, pk=pk)
    form = forms.ObjectionAnswerForm(request.POST, auto_id=f"answer{pk}_%s")

    def do(values: dict[str, Any]) -> str:
        services.answer_objection(
            request.desk.actor, held, upheld=values["result"] == "upheld", answer=values["answer"], at=request.now
        )
        return "异议已答复。"

    return run(request, held.notice.application, f"answer-{pk}", form, do)


# --- authorization ------------------------------------------------------------------------------------------------
@roles(*WORKERS)
@require_POST
def authorize(request: DeskRequest, pk: int, member_pk: int) -> HttpResponseBase:
    """Records one member's entry of the 授权书."""
    application = case_or_404(request, pk)
    member: Member = get_object_or_404(Member, pk=member_pk, household=application.household)
    form = forms.AuthorizationForm(
        request.POST, request.FILES, procedure=flow.procedure_of(application), auto_id=f"auth{member_pk}_%s"
    )

    def do(values: dict[str, Any]) -> str:
        rule = flow.procedure_of(application).authorization
        paper = rule.paper if rule else "authorization_form"
        scan = attach(request, application.household, values["scan"], paper, "授权书扫描件", member)
        entry: Authorization = services.record_authorization(
            request.desk.actor,
            application,
            member,
            at=request.now,
            scan=scan,
            unaltered=forms.truth(values["unaltered"]),
            clear=forms.truth(values["clear"]),
            version=seen(request)["version"],
            **{
                name: values[name]
                for name in (
                    "refused",
                    "mode",
                    "signed_on",
                    "proxy_name",
                    "proxy_relation",
                    "proxy_reason",
                    "statement",
                    "sealed",
                    "proxy_letter",
                )
            },
        )
        if entry.refused:
            return f"已登记{member.name}拒绝签署，本户不予建档。以后同意的可以重新申请。"
        return (
            f"{member.name}的这一份不合要求，已作废留存，请重新签署。"
            if entry.void
            else f"{member.name}的授权书已登记。"
        )

    return run(request, application, f"authorization-{member_pk}", form, do)


# --- check --------------------------------------------------------------------------------------------------------
@roles(*WORKERS)
@require_POST
def check(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Records typed results of the check."""
    application = case_or_404(request, pk)
    record = flow.open_record(application)
    rule = flow.procedure_of(application).check
    members = moving.case_of(application, record, request.desk.actor, request.now).counted if record else []
    form = forms.CheckForm(
        request.POST, members=members, items=dict(rule.items) if rule else {}, found={}, auto_id="check_%s"
    )

    def do(values: dict[str, Any]) -> str:
        answers = [
            services.Answer(
                member,
                item,
                values[f"state-{member.pk}-{item}"],
                values[f"count-{member.pk}-{item}"],
                values[f"detail-{member.pk}-{item}"],
            )
            for member in form.members
            for item in form.items
        ]
        run_ = services.record_check(
            request.desk.actor,
            application,
            answers=answers,
            checked_on=values["checked_on"],
            serial=values["serial"],
            at=request.now,
            **seen(request),
        )
        differing = run_.results.filter(differs=True).count()
        return (
            f"核对结果已登记，{differing} 项与申报不一致，请逐项认定。" if differing else "核对结果已登记，与申报一致。"
        )

    return run(request, application, "check", form, do)


@roles(*WORKERS)
@require_POST
def difference(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Decides one difference."""
    visible = Application.objects.visible_to(request.desk)
    rows = CheckResult.objects.filter(check_run__application__in=visible).select_related(
        "check_run__application__household"
    )
    result: CheckResult = get_object_or_404(rows, pk=pk)
    form = forms.DifferenceForm(request.POST, item=result.item, auto_id=f"diff{pk}_%s")

    def do(values: dict[str, Any]) -> str:
        services.decide_difference(
            request.desk.actor,
            result,
            decision=values["decision"],
            reason=values["reason"],
            corrections=form.corrections(),
            at=request.now,
            **seen(request),
        )
        return "差异已认定，并按更正后的情况重新测算。" if form.corrections() else "差异已认定。"

    return run(request, result.check_run.application, f"difference-{pk}", form, do)
