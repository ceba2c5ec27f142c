"""The panel of the open step: which template, which forms, what is still missing. One template per kind of step."""

from dataclasses import dataclass, field
from typing import Any

from bangfu.casework import flow, forms, guards
from bangfu.casework.errors import NotYourTurn, Unmet
from bangfu.casework.forms_steps import DecisionForm, LatePaperForm, add_asks
from bangfu.casework.models import Application, StepRecord
from bangfu.casework.selectors import case as reads
from bangfu.casework.selectors import meetings, papers
from bangfu.casework.services import authorizations, moving, notices
from bangfu.casework.services.returns import allowed_points
from bangfu.casework.views.common import place_url
from bangfu.common.clock import day
from bangfu.families.models import EvidenceFile
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from bangfu.policy import collective

Bound = dict[str, Any]


@dataclass
class Panel:
    """What the page shows for the open step. ``closed_to`` is why this person cannot act; empty when she can."""

    title: str
    clause: str
    note: str
    template: str
    record: StepRecord
    closed_to: str
    unmet: list[tuple[Unmet, str]]
    points: list[dict[str, Any]]
    can_return: bool
    can_refuse: bool
    main_label: str
    context: dict[str, Any] = field(default_factory=dict)


LABELS = {
    "entry": "重新提交",
    "evidence": "材料齐全",
    "review": "审核通过",
    "visit": "完成入户调查",
    "notice": "公示期满，进入下一环节",
    "authorization": "授权书已齐",
    "forward": "上报",
    "check": "完成核对",
    "filing": "建档",
    "recheck": "复核通过",
    "record": "备案",
    "decision": "研究同意，进入下一环节",
}


LATE_KINDS = frozenset({"forward", "filing", "recheck", "record"})
"""Kinds of step at which papers of the later stages are handed in: what the unions signed and sealed on the way."""


def closed_to(application: Application, record: StepRecord, desk: Desk) -> str:
    """Why this desk cannot act at the step, in a sentence; empty when it can."""
    try:
        flow.check_turn(application, record, desk.actor)
    except NotYourTurn as fault:
        return fault.message
    return ""


def build(application: Application, record: StepRecord, desk: Desk, at: Any, bound: Bound) -> Panel:
    """The panel of the open step for this desk. ``bound`` holds forms that were sent and refused, by name."""
    way = flow.Way.of(application)
    step = way.procedure.step(record.code)
    case = moving.case_of(application, record, desk.actor, at)
    reason = closed_to(application, record, desk)
    household = application.household
    newest = case.determination
    catalogue = dict(flow.procedure_of(application).returns)
    points = [
        reads.point_view(point, catalogue, case.facts, newest.labels if newest else {}, household)
        for point in moving.open_points(application, record)
    ]
    missing = [] if step.kind in ("recheck",) or step.guards == () else guards.unmet(case)
    panel = Panel(
        title=way.title(way.stop(record.key)),
        clause=step.clause,
        note=step.note,
        template=f"casework/steps/{step.kind}.html",
        record=record,
        closed_to=reason,
        unmet=[(item, place_url(household, item.about) if desk.role == Role.CLERK else "") for item in missing],
        points=points,
        can_return=not reason and bool(step.returns_to) and bool(allowed_points(application)),
        can_refuse=not reason and step.kind not in ("entry", "recheck", "record"),
        main_label=LABELS.get(step.kind, "办结"),
    )
    builder = BUILDERS.get(step.kind)
    panel.context = builder(case, desk, bound) if builder else {}
    panel.context.setdefault(
        "comment_form", bound.get("pass") or add_asks(forms.CommentForm(auto_id="pass_%s"), step.asks)
    )
    if not reason and step.kind in LATE_KINDS:
        panel.context["late_papers"] = [
            bound.get(f"late-{place.key}") or LatePaperForm(place=place, auto_id=f"late_{place.key}_%s")
            for place in papers.late(application, case.pack, case.facts)
        ]
    closing = panel.context.get("sheet_form") or panel.context["comment_form"]
    panel.context["ask_rows"] = closing.ask_rows() if step.asks else []
    if points and step.kind != "entry":
        panel.context["answer_form"] = bound.get("answers") or forms.ResubmitForm(points=points, auto_id="pass_%s")
    return panel


def _entry(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    return {"resubmit_form": bound.get("resubmit")}


def _visit(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    taken = EvidenceFile.objects.filter(household=case.household, paper="home_visit_form", withdrawn_at__isnull=True)
    last = case.visit
    initial: dict[str, Any] = {"visited_on": day(case.at), "first_visitor": desk.user_name}
    if last is not None:
        words = {True: "yes", False: "no", None: ""}
        initial = {
            name: getattr(last, name)
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
        } | {name: words[getattr(last, name)] for name in ("in_difficulty", "causes_confirmed", "positive")}
        initial["known_photos"] = list(last.photos.values_list("pk", flat=True))
    form = bound.get("visit") or forms.VisitForm(
        initial=initial, evidence=taken, step=case.step, procedure=case.pack.procedure, auto_id="visit_%s"
    )
    return {"visit_form": form, "visit": last}


def _notice(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    assert case.application is not None  # the panel of an open step
    rule = case.pack.procedure.notice
    notice = case.notice
    fresh = notice is None or notices.must_renew(case.application)
    posting = bound.get("notice") or forms.NoticeForm(
        initial={"posted_on": day(case.at), "place": rule.places[0] if rule else "", "name_shown": "masked"},
        places=rule.places if rule else (),
        auto_id="notice_%s",
    )
    return {
        "notice": notice,
        "needs_posting": fresh,
        "notice_form": posting,
        "photo_form": bound.get("photo") or forms.PhotoForm(auto_id="photo_%s"),
        "objection_form": bound.get("objection")
        or forms.ObjectionForm(initial={"received_on": day(case.at)}, auto_id="objection_%s"),
        "objection_open": "objection" in bound,
        "objections": [
            (item, bound.get(f"answer-{item.pk}") or forms.ObjectionAnswerForm(auto_id=f"answer{item.pk}_%s"))
            for item in (notice.objections.all() if notice else ())
        ],
    }


def _authorization(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    rows = []
    for member, entry in authorizations.rows_by_member(case):
        form = bound.get(f"authorization-{member.pk}") or forms.AuthorizationForm(
            procedure=case.pack.procedure,
            initial={"mode": "self", "signed_on": day(case.at)},
            auto_id=f"auth{member.pk}_%s",
        )
        rows.append({"member": member, "entry": entry, "form": form, "open": f"authorization-{member.pk}" in bound})
    return {"signature_rows": rows, "authorization_rule": case.pack.procedure.authorization}


def _check(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    assert case.application is not None  # the panel of an open step
    rule = case.pack.procedure.check
    found = guards.latest_results(case.application)
    items = dict(rule.items) if rule else {}
    form = bound.get("check") or forms.CheckForm(
        members=case.counted, items=items, found=found, initial={"checked_on": day(case.at)}, auto_id="check_%s"
    )
    differences = [
        {
            "result": row,
            "title": items.get(row.item, row.item),
            "form": bound.get(f"difference-{row.pk}")
            or forms.DifferenceForm(item=row.item, auto_id=f"diff{row.pk}_%s"),
            "open": f"difference-{row.pk}" in bound,
        }
        for row in found.values()
        if row.differs
    ]
    open_items = any(problem.code == "not_checked" for problem in guards.check_problems(case))
    return {"check_form": form, "differences": differences, "check_items": items, "check_open": open_items}


def _recheck(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    assert case.application is not None  # the panel of an open step
    folders = case.pack.evidence.folders
    lacking = {folder.code for folder in papers.empty_folders(case.application, case.pack, case.facts)}
    return {
        "sheet_form": bound.get("pass")
        or add_asks(forms.SheetForm(folders=folders, auto_id="sheet_%s"), case.step.asks),
        "lacking_folders": [folder.title for code, folder in folders.items() if code in lacking],
    }


def _decision(case: guards.Case, desk: Desk, bound: Bound) -> dict[str, Any]:
    assert case.application is not None  # the panel of an open step
    record = flow.open_record(case.application)
    assert record is not None
    rule, held = case.pack.procedure.decision, case.meeting
    _users, names = meetings.barred(case.application, record)
    if held is not None:
        people = [(voice.name, voice.post, "") for voice in held.voices.all()]
    else:
        people = [
            (name, post, "attends" if name in names else "") for name, post in meetings.colleagues(record, day(case.at))
        ]
    return {
        "decision_form": bound.get("decision")
        or DecisionForm(initial={"held_on": day(case.at)}, people=people, auto_id="decision_%s"),
        "meeting": held,
        "counts": held.counts() if held else {},
        "quorum": collective.quorum(rule, flow.parameter(rule.parameter if rule else None)),
        "share": rule.share if rule else "half",
        "barred": sorted(names - {case.application.worker_name}),
    }


BUILDERS = {
    "entry": _entry,
    "visit": _visit,
    "notice": _notice,
    "authorization": _authorization,
    "check": _check,
    "recheck": _recheck,
    "decision": _decision,
}


def early_signatures(
    application: Application, record: StepRecord, desk: Desk, at: Any, bound: Bound
) -> dict[str, Any] | None:
    """The table of signatures for the union's own clerk while the case is still on its way to that step, where the policy lets it be early."""
    way = flow.Way.of(application)
    keys = [stop.key for stop in way.stops]
    stop = next((item for item in way.stops if item.step.kind == "authorization" and item.step.open_early), None)
    if stop is None or record.key not in keys or keys.index(record.key) >= keys.index(stop.key):
        return None
    if desk.union_id != way.union_of(stop).pk or desk.role != stop.step.role or record.key == keys[0]:
        return None
    return _authorization(moving.case_of(application, record, desk.actor, at), desk, bound)
