"""The named conditions that packs put on their steps: code → ``check(case) -> Unmet | None``.

A pack only names guards; what each of them looks at stands here, once, whatever the jurisdiction. A code that nobody implements
is found when the system starts (``checks.py``), not when a case gets there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from bangfu.casework import determinations, flow
from bangfu.casework.choices import CheckState, DifferenceDecision, Moment, ObjectionResult
from bangfu.casework.decision_models import CollectiveDecision, Conclusion
from bangfu.casework.errors import Unmet
from bangfu.casework.models import (
    ActiveIdentity,
    Application,
    CheckResult,
    Determination,
    HomeVisit,
    PublicNotice,
)
from bangfu.casework.selectors import meetings, papers
from bangfu.common import clock
from bangfu.common.acts import Actor
from bangfu.families.models import Household, Member
from bangfu.policy import asks
from bangfu.policy import evidence as papers_of_policy
from bangfu.policy import procedure as rules
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import Problem, Step
from bangfu.policy.registry import get_pack

FILING_UNITS = {
    "employer": "用人单位工会",
    "street": "街道（社区）工会（灵活就业或下岗失业人员）",
    "upper": "上一级工会或帮扶中心（没有街道、社区工会）",
}


@dataclass
class Case:
    """What a guard may look at: the family, the application (none before submission), the step and what the person typed for it."""

    household: Household
    policy: str
    step: Step
    at: datetime
    actor: Actor | None = None
    application: Application | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def pack(self) -> Pack:
        return get_pack(self.policy, self.household.application_date)

    @cached_property
    def facts(self) -> dict[str, Any]:
        return determinations.current_facts(self.household)

    @cached_property
    def members(self) -> list[Member]:
        return list(self.household.members.order_by("position"))

    @cached_property
    def counted(self) -> list[Member]:
        """Members that count, or of whom nobody knows yet whether they count."""
        worker = self.facts["worker"]
        out = {member["id"] for member in self.facts["members"] if papers_of_policy.counted(member, worker) is False}
        return [member for member in self.members if member.fact_id not in out]

    @cached_property
    def determination(self) -> Determination | None:
        return determinations.latest(self.application) if self.application else None

    @cached_property
    def visit(self) -> HomeVisit | None:
        return self.application.visits.order_by("-pk").first() if self.application else None

    @cached_property
    def meeting(self) -> CollectiveDecision | None:
        """The newest collective decision of the open step; a later round needs its own."""
        return meetings.latest(self.application, flow.open_record(self.application)) if self.application else None

    @cached_property
    def notice(self) -> PublicNotice | None:
        return self.application.notices.order_by("-pk").first() if self.application else None


Check = Callable[[Case], Unmet | None]
GUARDS: dict[str, Check] = {}


def guard(code: str) -> Callable[[Check], Check]:
    """Registers what a guard's code means."""

    def mark(check: Check) -> Check:
        GUARDS[code] = check
        return check

    return mark


def unmet(case: Case) -> list[Unmet]:
    """Every condition of the case's step that does not hold now, in the pack's order."""
    found = [GUARDS[code](case) for code in case.step.guards]
    return [item for item in found if item is not None]


def unanswered(case: Case) -> list[Unmet]:
    """What the step asks of whoever closes it and was not answered well (``data["asked"]``)."""
    given = case.data.get("asked") or {}
    found = asks.problems(case.step.asks, given, clock.day(case.at))
    return [Unmet(f"ask_{ask.code}", ask.title, remedy, ask.clause or case.step.clause, "") for ask, remedy in found]


def _no(case: Case, code: str, remedy: str, about: str = "") -> Unmet:
    said = case.pack.procedure.guards[code]
    return Unmet(code, said.title, remedy, said.clause, about)


def _names(names: Iterable[str], limit: int = 3) -> str:
    listed = list(dict.fromkeys(names))
    return "、".join(listed[:limit]) + (f"等 {len(listed)} 项" if len(listed) > limit else "")


# --- papers, causes, identity -------------------------------------------------------------------------------------
@guard("papers_complete")
def papers_complete(case: Case) -> Unmet | None:
    gaps = [gap for gap in papers.gaps(case.household, case.pack, case.facts) if gap.blocking]
    if not gaps:
        return None
    titles = [gap.required.title for gap in gaps]
    return _no(case, "papers_complete", f"请补充{_names(titles)}，或写明免交理由", f"paper:{gaps[0].required.paper}")


@guard("application_signed")
def application_signed(case: Case) -> Unmet | None:
    if papers.has_paper(case.household, "application_form"):
        return None
    return _no(
        case,
        "application_signed",
        "请上传本人签字的申请书，或经本人签字认可的单位工会申报材料",
        "paper:application_form",
    )


@guard("every_member_causes")
def every_member_causes(case: Case) -> Unmet | None:
    causes = case.facts.get("causes")
    if not causes:
        return _no(case, "every_member_causes", "请登记致困原因", "causes")
    notes = case.household.cause_notes or {}
    bare = [cause for cause in causes if not _bearers(notes.get(cause))]
    if bare:
        return _no(case, "every_member_causes", "请写明每项致困原因由哪位家庭成员承受", "causes")
    if not case.household.needs:
        return _no(case, "every_member_causes", "请登记家庭的帮扶需求", "causes")
    return None


def _bearers(note: Any) -> bool:
    """Whether a cause's note names the members who bear it."""
    return isinstance(note, dict) and bool(note.get("members"))


@guard("one_family_one_file")
def one_family_one_file(case: Case) -> Unmet | None:
    nameless = [member for member in case.counted if not member.id_hash]
    if nameless:
        names = _names(member.name or member.get_relation_display() for member in nameless)
        place = case.members.index(nameless[0])
        return _no(case, "one_family_one_file", f"请补全{names}的证件号码，才能核对一户一档", f"members[{place}]")
    others = ActiveIdentity.objects.filter(id_hash__in=[member.id_hash for member in case.counted]).select_related(
        "union"
    )
    if case.application is not None:
        others = others.exclude(application=case.application)
    other = others.first()
    if other is None:
        return None
    return _no(
        case, "one_family_one_file", f"请先与{other.union.name}核实：家庭中有人已在该工会的一户档案或申请中", "members"
    )


@guard("right_unit")
def right_unit(case: Case) -> Unmet | None:
    """指引四1（2）: who files depends on the worker's employment; a deviation is the next union up, and said so."""
    given = case.data.get("right_unit") or (case.application and _entry_data(case.application).get("right_unit"))
    if given not in FILING_UNITS:
        return _no(case, "right_unit", "请选择由哪一级工会为这位职工建档", "right_unit")
    worker = next(member for member in case.facts["members"] if member["id"] == case.facts["worker"])
    if worker.get("employment") == "employed" and worker.get("unit_has_union") and given != "employer":
        return _no(case, "right_unit", "职工在职且单位已建会，请由用人单位工会建档", "right_unit")
    if worker.get("employment") in ("flexible", "laid_off", "unemployed") and given == "employer":
        return _no(
            case,
            "right_unit",
            "灵活就业和下岗失业人员由街道（社区）工会建档；没有的由上一级工会或帮扶中心建档",
            "right_unit",
        )
    return None


def _entry_data(application: Application) -> dict[str, Any]:
    first = application.steps.order_by("pk").first()
    return dict(first.data) if first else {}


# --- the determination --------------------------------------------------------------------------------------------
@guard("determination_decided")
def determination_decided(case: Case) -> Unmet | None:
    made = case.determination
    if made is None:
        return _no(case, "determination_decided", "请先提交，形成测算书")
    if made.outcome == "incomplete":
        missing = made.document.get("missing") or [""]
        return _no(
            case, "determination_decided", f"还有 {len(missing)} 项情况不明，请退回补充后重新测算", str(missing[0])
        )
    if made.outcome == "none":
        return _no(case, "determination_decided", "按现有情况不符合任何类别，请退回核实，或按不予建档办理")
    return None


@guard("calculation_attached")
def calculation_attached(case: Case) -> Unmet | None:
    made = case.determination
    if made is None or made.facts_hash != determinations.canonical_hash(case.facts):
        return _no(case, "calculation_attached", "请按现在的家庭情况重新测算，测算书附在本案后再公示")
    return None


@guard("facts_unchanged_since_determination")
def facts_unchanged(case: Case) -> Unmet | None:
    made = case.determination
    if made is not None and made.facts_hash == determinations.canonical_hash(case.facts):
        return None
    return _no(case, "facts_unchanged_since_determination", "家庭情况在测算之后改动过，请退回经办人重新提交测算")


@guard("no_exclusion_open")
def no_exclusion_open(case: Case) -> Unmet | None:
    made = case.determination
    open_ones = [row["code"] for row in (made.document["exclusions"] if made else []) if row["result"] == "unknown"]
    if made is not None and not open_ones:
        return None
    return _no(case, "no_exclusion_open", f"还有 {len(open_ones) or 1} 项排除性条件没有查清，请逐项核实", "conduct")


# --- visit --------------------------------------------------------------------------------------------------------
def _visit_problems(case: Case) -> list[Problem]:
    visit = case.visit
    if visit is None:
        return [Problem("visit_missing", "还没有登记入户调查", "")]
    visitors = [name for name in (visit.first_visitor.strip(), visit.second_visitor.strip()) if name]
    answers = {
        "in_difficulty": visit.in_difficulty,
        "causes_confirmed": visit.causes_confirmed,
        "reasons": visit.reasons.strip(),
    }
    return rules.visit_problems(
        case.pack.procedure, visitors, visit.photos.filter(withdrawn_at__isnull=True).count(), answers
    )


@guard("two_visitors")
def two_visitors(case: Case) -> Unmet | None:
    problem = next((item for item in _visit_problems(case) if item.code in ("visitors_missing", "visit_missing")), None)
    return _no(case, "two_visitors", problem.message) if problem else None


@guard("visit_complete")
def visit_complete(case: Case) -> Unmet | None:
    problems = [item.message for item in _visit_problems(case)]
    return _no(case, "visit_complete", _names(problems)) if problems else None


@guard("visit_positive")
def visit_positive(case: Case) -> Unmet | None:
    visit = case.visit
    if visit and visit.positive and visit.in_difficulty and visit.causes_confirmed:
        return None
    return _no(
        case, "visit_positive", "请在入户调查中写明困难与致困原因属实，并确认符合建档标准；不符合的请退回或不予建档"
    )


# --- notice -------------------------------------------------------------------------------------------------------
@guard("notice_elapsed")
def notice_elapsed(case: Case) -> Unmet | None:
    notice = case.notice
    if notice is None:
        return _no(case, "notice_elapsed", "请先张贴公示并登记")
    due = flow.clock_of(case.step, notice.posted_on)
    if due is None or clock.day(case.at) >= (due.opens_on or due.last_day):
        return None
    mark = "（暂定）" if due.provisional else ""
    opens = due.opens_on or due.last_day
    return _no(
        case, "notice_elapsed", f"公示到 {due.last_day:%Y-%m-%d}{mark} 满期，{opens:%Y-%m-%d} 起可以进入下一环节"
    )


@guard("no_open_objection")
def no_open_objection(case: Case) -> Unmet | None:
    objections = list(case.notice.objections.all()) if case.notice else []
    waiting = sum(item.result == ObjectionResult.OPEN for item in objections)
    if waiting:
        return _no(case, "no_open_objection", f"请先答复 {waiting} 条异议")
    if any(item.result == ObjectionResult.UPHELD for item in objections):
        return _no(case, "no_open_objection", "有异议成立，请退回核实或不予建档")
    return None


@guard("notice_photos")
def notice_photos(case: Case) -> Unmet | None:
    notice = case.notice
    rule = case.pack.procedure.notice
    if notice is None or rule is None:
        return _no(case, "notice_photos", "请先张贴公示并登记")
    have = {"start": notice.start_photo_id, "end": notice.end_photo_id}
    lacking = [{"start": "张贴时", "end": "撤下前"}.get(code, code) for code in rule.photos if have.get(code) is None]
    return _no(case, "notice_photos", f"请上传公示{_names(lacking)}的照片") if lacking else None


# --- authorization ------------------------------------------------------------------------------------------------
def authorization_problems(case: Case) -> list[Problem]:
    """What the authorization step still lacks, per counted member."""
    rows = (
        case.application.authorizations.filter(void=False, member__isnull=False).select_related("member")
        if case.application
        else []
    )
    signatures = [
        rules.Signature(
            row.member.fact_id,
            row.mode or "self",
            row.refused,
            frozenset(
                need
                for need, there in {
                    "proxy": row.proxy_name.strip() and row.proxy_relation.strip(),
                    "reason": row.proxy_reason.strip(),
                    "statement": row.statement,
                    "seal": row.sealed,
                    "proxy_letter": row.proxy_letter,
                }.items()
                if there
            ),
            {"no_alteration": row.unaltered, "prints_clear": row.clear},
        )
        for row in rows
    ]
    return rules.authorization_problems(case.pack.procedure, [member.fact_id for member in case.counted], signatures)


@guard("authorizations_complete")
def authorizations_complete(case: Case) -> Unmet | None:
    refusal = case.pack.procedure.authorization
    problems = [item for item in authorization_problems(case) if refusal is None or item.code != refusal.refusal]
    if not problems:
        return None
    labels = {member.fact_id: member.name for member in case.members}
    who = _names(labels.get(item.about or "", "") for item in problems)
    return _no(case, "authorizations_complete", f"{who}：{problems[0].message}", problems[0].about or "")


@guard("no_refusal")
def no_refusal(case: Case) -> Unmet | None:
    refused = case.application and case.application.authorizations.filter(void=False, refused=True).exists()
    if refused or case.facts.get("conduct", {}).get("refused_verification") is True:
        return _no(case, "no_refusal", "家庭不同意查询核实，本案不能继续；同意后可以重新申请")
    return None


# --- check --------------------------------------------------------------------------------------------------------
def latest_results(application: Application) -> dict[tuple[int, str], CheckResult]:
    """The newest answer for each member and item."""
    rows = (
        CheckResult.objects.filter(check_run__application=application, member__isnull=False)
        .select_related("member", "decided_by")
        .order_by("pk")
    )
    found: dict[tuple[int, str], CheckResult] = {}
    for row in rows:
        assert row.member_id is not None  # filtered above
        if row.state != CheckState.NOT_CHECKED or (row.member_id, row.item) not in found:
            found[(row.member_id, row.item)] = row
    return found


def check_problems(case: Case) -> list[Problem]:
    """What the check still lacks: items without an answer, differences nobody decided."""
    results = latest_results(case.application) if case.application else {}
    given = [
        rules.CheckResult(row.member.fact_id, row.item, row.state, bool(row.differs and not row.decision))
        for row in results.values()
        if row.member is not None
    ]
    return rules.check_problems(case.pack.procedure, [member.fact_id for member in case.counted], given)


@guard("check_complete")
def check_complete(case: Case) -> Unmet | None:
    problems = [item for item in check_problems(case) if item.code == "not_checked"]
    if not problems:
        return None
    return _no(
        case,
        "check_complete",
        f"还有 {len(problems)} 项没有核对结果：{_names(item.message for item in problems)}。未核对不等于没有",
    )


@guard("difference_resolved")
def difference_resolved(case: Case) -> Unmet | None:
    problems = [item for item in check_problems(case) if item.code == "difference"]
    if problems:
        return _no(case, "difference_resolved", f"{len(problems)} 项与申报不一致，请逐项认定，更正的重新测算")
    assert case.application is not None  # a check belongs to an application
    corrected = any(row.decision == DifferenceDecision.CORRECTED for row in latest_results(case.application).values())
    approved = determinations.latest(case.application, [Moment.APPROVAL])
    if corrected and approved and case.determination and case.determination.outcome != approved.outcome:
        return _no(case, "difference_resolved", "更正后认定类别有变化，请退回上一审核环节重新审核")
    return None


# --- recheck, meeting, people -------------------------------------------------------------------------------------
@guard("check_sheet_complete")
def check_sheet_complete(case: Case) -> Unmet | None:
    ticked = case.data.get("sheet") or {}
    folders = case.pack.evidence.folders
    open_ones = [folder.title for code, folder in folders.items() if ticked.get(code) is not True]
    if open_ones:
        return _no(case, "check_sheet_complete", f"请逐项复核{_names(open_ones)}；不齐的请退回")
    assert case.application is not None  # a recheck belongs to an application
    empty = [folder.title for folder in papers.empty_folders(case.application, case.pack, case.facts)]
    return _no(case, "check_sheet_complete", f"档案里还没有{_names(empty)}，请退回补齐") if empty else None


@guard("meeting_recorded")
def meeting_recorded(case: Case) -> Unmet | None:
    meeting = case.meeting
    if meeting is None:
        return _no(case, "meeting_recorded", "请登记会议日期、到会人和各人的表决、会议记录和结论")
    assert case.application is not None  # a meeting belongs to an application
    found = meetings.problems(case.application, meeting.step, meeting)
    if found:
        return _no(case, "meeting_recorded", "；".join(text for _, text in found) + "。请重新登记")
    if meeting.conclusion != Conclusion.AGREE:
        way = "按不予建档办理" if meeting.conclusion == Conclusion.NOT else "退回补充"
        return _no(
            case, "meeting_recorded", f"会议的结论是“{meeting.get_conclusion_display()}”，请{way}；再次开会的请另行登记"
        )
    return None


@guard("not_own_work")
def not_own_work(case: Case) -> Unmet | None:
    if case.application is None or case.actor is None or case.actor.user_id is None:
        return None
    before = flow.own_work(case.application, case.step, case.actor.user_id)
    if not before:
        return None
    return _no(case, "not_own_work", f"您经手过“{_names(step.title for step in before)}”，请由另一位同事办理")


@guard("no_kinship")
def no_kinship(case: Case) -> Unmet | None:
    if case.application is None:
        return None
    if flow.recused(case.application, case.actor):
        return _no(case, "no_kinship", "您已声明与该家庭有亲属关系，请由其他同事办理")
    if case.step.kind == "visit" and case.visit and not case.visit.no_kinship:
        return _no(case, "no_kinship", "请确认走访人与申请家庭没有亲属关系；有的请换人走访")
    return None
