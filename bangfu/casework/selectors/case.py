"""Everything one case page shows, gathered in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bangfu.casework import determinations, flow
from bangfu.casework.choices import ObjectionResult, StepResult
from bangfu.casework.models import (
    Application,
    Authorization,
    CaseFile,
    Determination,
    EconomicCheck,
    HomeVisit,
    PublicNotice,
    ReturnPoint,
    StepRecord,
)
from bangfu.families import paths
from bangfu.families.models import Household
from bangfu.families.selectors import Change, changed_since
from bangfu.policy.procedure import ReturnPoint as CataloguePoint
from bangfu.policy.registry import get_pack


@dataclass
class Event:
    """One thing that happened: when, what, by whom, and what was said."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    css: str = ""
    icon: str = ""
    points: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class StripStep:
    """One stop of the route on the strip above the case."""

    title: str
    state: str
    note: str = ""


def point_view(
    point: ReturnPoint,
    catalogue: dict[str, CataloguePoint],
    facts: dict[str, Any],
    names: dict[str, str],
    household: Household,
) -> dict[str, Any]:
    """A returned point in words, with the link to the place it is pinned to."""
    said = catalogue.get(point.code)
    link = ""
    if said is not None and said.target_kind == "facts":
        place = paths.label_of(point.target, facts, names)
        link = paths.link_of(household, point.target)
    elif point.target.startswith("paper:"):
        place = "材料"
    else:
        place = "环节"
    return {
        "pk": point.pk,
        "title": said.title if said else point.code,
        "place": place,
        "note": point.note,
        "advice": said.advice if said else "",
        "answer": point.answer,
        "answered_at": point.answered_at,
        "link": link,
        "target": point.target,
    }


def strip(way: flow.Way, records: list[StepRecord], current: StepRecord | None) -> list[StripStep]:
    """The route as a strip: done, now, to come."""
    last: dict[str, StepRecord] = {}
    for record in records:
        if record.closed_at is not None:
            last[record.key] = record
    keys = [stop.key for stop in way.stops]
    here = keys.index(current.key) if current is not None and current.key in keys else len(keys)
    answer: list[StripStep] = []
    for place, stop in enumerate(way.stops):
        passed = last.get(stop.key)
        if current is not None and place == here:
            state = "now"
        elif place < here and passed is not None and passed.result in (StepResult.PASSED, StepResult.CARRIED):
            state = "done"
        else:
            state = "future"
        answer.append(StripStep(way.title(stop), state))
    return answer


def timeline(
    application: Application,
    records: list[StepRecord],
    *,
    visits: list[HomeVisit],
    notices: list[PublicNotice],
    signatures: list[Authorization],
    checks: list[EconomicCheck],
    made: list[Determination],
    seen_at: datetime | None,
    points: dict[int, list[dict[str, str]]],
    way: flow.Way,
) -> list[Event]:
    """Everything that happened, the newest first, with persons and dates."""
    events: list[Event] = []
    titles = {stop.key: way.title(stop) for stop in way.stops}
    words = dict(StepResult.choices)
    for record in records:
        title = titles.get(record.key, record.code)
        if record.closed_at is None:
            events.append(Event(record.opened_at, f"{title}：开始", record.union.name, css="is-now"))
            continue
        who = record.closed_by.name if record.closed_by else ""
        css = "is-returned" if record.result in (StepResult.RETURNED, StepResult.REFUSED) else ""
        events.append(
            Event(
                record.closed_at,
                f"{title}：{words.get(record.result, '')}",
                who,
                "　".join(filter(None, (record.comment, asked_words(way, record)))),
                css,
                points=points.get(record.pk, []),
            )
        )
    for meeting in application.decisions.select_related("recorded_by").prefetch_related("voices"):
        counts = meeting.counts()
        events.append(
            Event(
                meeting.recorded_at,
                f"会议（{meeting.held_on:%Y-%m-%d}）：{meeting.get_conclusion_display()}",
                meeting.recorded_by.name,
                f"到会 {counts['present']} 人，同意 {counts['for']}，不同意 {counts['against']}，弃权 {counts['abstain']}",
                "" if meeting.conclusion == "agree" else "is-returned",
            )
        )
    for visit in visits:
        verdict = "确认符合建档标准" if visit.positive else "未确认符合建档标准"
        visitors = "、".join(name for name in (visit.first_visitor, visit.second_visitor) if name)
        events.append(
            Event(
                visit.recorded_at,
                f"入户调查（{visit.visited_on:%Y-%m-%d}）：{verdict}",
                visitors,
                visit.reasons or visit.findings,
            )
        )
    for notice in notices:
        moment = datetime.combine(notice.posted_on, datetime.min.time(), tzinfo=application.updated_at.tzinfo)
        events.append(
            Event(
                max(moment, _start(records, "notice", application)),
                f"公示 {notice.number} 张贴",
                notice.posted_by.name,
                f"{notice.place}，至 {notice.ends_on:%Y-%m-%d}",
            )
        )
        for objection in notice.objections.all():
            day = datetime.combine(objection.received_on, datetime.min.time(), tzinfo=application.updated_at.tzinfo)
            answer = f"　答复：{objection.answer}" if objection.answer else ""
            css = "is-returned" if objection.result == ObjectionResult.OPEN else ""
            events.append(
                Event(day, f"公示异议：{objection.get_result_display()}", "", objection.content + answer, css)
            )
    for signature in signatures:
        word = "拒绝签署" if signature.refused else signature.get_mode_display()
        if signature.void:
            word += "（已作废）"
        events.append(
            Event(
                signature.recorded_at,
                f"授权书：{signature.member_name}　{word}",
                signature.recorded_by.name,
                signature.proxy_reason,
                "is-returned" if signature.refused else "",
            )
        )
    for check in checks:
        found = [f"{row.member_name} {row.item}" for row in check.results.all() if row.differs]
        events.append(
            Event(
                check.recorded_at,
                f"核对结果{'（批量导入）' if check.imported else ''}　流水号 {check.serial or '—'}",
                check.recorded_by.name,
                f"{len(found)} 项与申报不一致" if found else "与申报一致",
                "is-returned" if found else "",
            )
        )
    for row in made:
        if row.companion_of_id is None:
            events.append(
                Event(
                    row.made_at,
                    f"测算（{row.get_moment_display()}）：{row.sheet['outcome_title']}",
                    row.made_by.name,
                    f"验证码 {row.code}",
                    icon="calc",
                    url=str(row.pk),
                )
            )
    events.sort(key=lambda event: event.at, reverse=True)
    for event in events:
        event.fresh = seen_at is not None and event.at > seen_at
    return events


def asked_words(way: flow.Way, record: StepRecord) -> str:
    """What was answered to the questions of a step: ``收到材料的日期：2020-10-30；…``."""
    given = record.data.get("asked") or {}
    words = {True: "是", False: "否"}
    titles = {ask.code: ask.title for step in way.procedure.steps if step.code == record.code for ask in step.asks}
    return "；".join(
        f"{titles.get(code, code)}：{words[value] if isinstance(value, bool) else value}"
        for code, value in given.items()
    )


def _start(records: list[StepRecord], kind: str, application: Application) -> datetime:
    codes = {step.code for step in flow.procedure_of(application).steps if step.kind == kind}
    return next((record.opened_at for record in records if record.code in codes), application.updated_at)


def since_return(application: Application, made: list[Determination], records: list[StepRecord]) -> list[Change]:
    """What the family's facts changed from the last return to the newest determination."""
    newest = next((row for row in made if row.companion_of_id is None), None)
    base = next((record for record in reversed(records) if record.facts_before and record.closed_at is not None), None)
    if newest is None or base is None or newest.made_at < base.opened_at:
        return []
    return changed_since(base.facts_before, newest.facts, newest.labels)


def since_seen(before: Determination | None, newest: Determination | None) -> list[Change]:
    """What changed in the frozen facts since the reader last looked."""
    if before is None or newest is None or before.pk == newest.pk:
        return []
    return changed_since(before.facts, newest.facts, newest.labels)


def file_of(application: Application) -> CaseFile | None:
    """The case file an application opened."""
    found: CaseFile | None = (
        CaseFile.objects.filter(application=application).select_related("union", "opened_by").first()
    )
    return found


def needs_of(codes: list[str]) -> list[str]:
    from bangfu.families.choices import Need

    words = dict(Need.choices)
    return [str(words.get(code, code)) for code in codes]


def return_choices(application: Application) -> list[tuple[str, list[dict[str, Any]]]]:
    """The catalogue for the return page, by kind of place, each point with the places of this very case it can be pinned to."""
    facts = determinations.current_facts(application.household)
    newest = determinations.latest(application)
    names = newest.labels if newest else {}
    pack = get_pack(application.policy, application.applied_on)
    groups: dict[str, list[dict[str, Any]]] = {"家庭情况": [], "材料": [], "环节": []}
    for point in pack.procedure.returns.values():
        row: dict[str, Any] = {
            "code": point.code,
            "title": point.title,
            "advice": point.advice,
            "clause": point.clause,
            "targets": [],
        }
        if point.target_kind == "facts":
            if "[]" in point.target:
                listed, _, rest = point.target.partition("[]")
                items = facts.get(listed) or []
                row["targets"] = [
                    (f"{listed}[{index}]{rest}", _whose(f"{listed}[{index}]", facts, names, index))
                    for index in range(len(items))
                ]
                if not items:
                    continue
            groups["家庭情况"].append(row)
        elif point.target_kind == "paper":
            paper = pack.evidence.papers.get(point.target)
            row["hint"] = paper.title if paper else ""
            groups["材料"].append(row)
        else:
            groups["环节"].append(row)
    return [(title, rows) for title, rows in groups.items() if rows]


def _whose(path: str, facts: dict[str, Any], names: dict[str, str], index: int) -> str:
    label = paths.label_of(path, facts, names)
    line = (facts.get(path.partition("[")[0]) or [])[index]
    month = line.get("month") if isinstance(line, dict) else None
    return f"{label} {month}" if month else label


def targets_to_return_to(application: Application, record: StepRecord) -> list[tuple[str, str]]:
    """Steps the open step may send the case back to, the earliest first."""
    procedure = flow.procedure_of(application)
    allowed = procedure.step(record.code).returns_to
    return [(step.code, step.title) for step in procedure.steps if step.code in allowed]


def day_of(value: date | datetime) -> str:
    return value.isoformat()[:10]
