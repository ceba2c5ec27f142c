"""What the papers say, built from frozen rows (determination, visit, notice, signatures), so that a print of today and one of next year agree.

Each builder gives the data of one template of ``bangfu/casework/typst``: finished text, nothing for the template to work out. Numbers of
certificates and phones stand whole on the forms that are signed and masked on the sheet; the notice has its own allow-list.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from bangfu.casework import determinations, flow, paper_facts
from bangfu.casework.choices import StepResult
from bangfu.casework.models import (
    Application,
    Authorization,
    CaseFile,
    Determination,
    HomeVisit,
    PublicNotice,
    StepRecord,
)
from bangfu.casework.paper_facts import OPEN, Source, yes_no, zh_day
from bangfu.casework.paper_sums import COMPARED, comparisons, months_inside, working, yuan
from bangfu.common.clock import day
from bangfu.common.masking import mask_name, mask_name_in_words
from bangfu.families import facts as family_facts
from bangfu.families.choices import Cause
from bangfu.families.models import Household
from bangfu.families.selectors import changed_since, hotline_of
from bangfu.organizations.choices import Level
from bangfu.organizations.models import Union
from bangfu.organizations.selectors import region_name, upper_unions
from bangfu.policy.pack.model import Pack
from bangfu.policy.registry import get_pack

NOTICE_FIELDS = ("name", "employer", "main_cause", "hotline", "start", "end")
"""The allow-list of a notice. A pack may show fewer, never more."""
OUTCOMES = {"none": "不符合建档条件", "incomplete": "资料不全，还不能认定"}


NAME_STYLES = {"full": lambda name: name, "stars": mask_name, "words": mask_name_in_words}
"""How the worker's name is written on a notice: whole, ``张*``, ``张某某``."""


def name_style_of(shown: Mapping[str, Any]) -> str:
    """How a posted notice writes the name."""
    return str(shown.get("name_style") or ("stars" if shown.get("masked") else "full"))


def notice_fields(
    application: Application, posted_on: date, ends_on: date, *, masked: bool = True, style: str = ""
) -> dict[str, Any]:
    """What a notice shows, from the allow-list only; the cause as a class, never a diagnosis. Frozen in the notice's row.

    ``style`` (see ``NAME_STYLES``; without one ``masked`` decides) is remembered so that a later notice shows the name in the same way;
    it is not printed.
    """
    style = style or ("stars" if masked else "full")
    made = determinations.latest(application)
    head = header(made) if made is not None else {}
    facts = made.facts if made is not None else {}
    causes = facts.get("causes") or []
    name = application.worker_name
    values = {
        "name": NAME_STYLES[style](name),
        "employer": head.get("employer") or application.union.name,
        "main_cause": Cause(causes[0]).label if causes else "",
        "hotline": hotline_of(application.union),
        "start": posted_on.isoformat(),
        "end": ends_on.isoformat(),
    }
    rule = get_pack(application.policy, application.applied_on).procedure.notice
    shown = rule.shows if rule is not None else NOTICE_FIELDS
    return {key: values[key] for key in NOTICE_FIELDS if key in shown} | {
        "masked": style != "full",
        "name_style": style,
    }


def header(determination: Determination) -> dict[str, Any]:
    """The frozen head of a determination: numbers, address, employers, causes, needs."""
    found: dict[str, Any] = json.loads(str(determination.header or "{}"))
    return found


def source_of(determination: Determination) -> Source:
    """The frozen facts of a determination."""
    return Source(determination.facts, header(determination), determination.labels, determination.document["window"])


def source_of_draft(household: Household, policy: str) -> Source:
    """A family's facts as they stand now, for the form that is signed before the application is handed in.

    Raises ``FactsUnreadable`` where the facts cannot be read by the policy at all.
    """
    from bangfu.organizations.selectors import installed_standards

    facts = determinations.current_facts(household)
    standards = determinations.relevant_standards(installed_standards(), facts)
    judged = determinations.judge_facts(facts, policy, standards).as_dict()
    return Source(facts, determinations.header_of(household), family_facts.labels(household), judged["window"])


def _head(pack: Pack, union: Union, number: str, title: str, code: str | None) -> dict[str, Any]:
    """What every paper of a case says of itself. ``code`` finds the frozen determination it rests on; a draft has none."""
    return {
        "title": title,
        "number": number,
        "code": code,
        "union": union.name,
        "hotline": hotline_of(union),
        "policy_title": pack.title,
        "policy_number": pack.number,
    }


def _application_head(application: Application, suffix: str, title: str, code: str) -> dict[str, Any]:
    head = _head(
        get_pack(application.policy, application.applied_on),
        application.union,
        f"{application.number}-{suffix}",
        title,
        code,
    )
    return head | {"applied_on": zh_day(application.applied_on.isoformat())}


# --- 困难职工申请表 -------------------------------------------------------------------------------------------------
def application_form(application: Application, determination: Determination) -> dict[str, Any]:
    """困难职工申请表 from what was frozen, with the opinions that are given by now and blanks for the others."""
    head = _application_head(application, "SQ", "困难职工申请表", determination.code)
    return head | _application_body(source_of(determination)) | {"opinions": opinions(application)}


def draft_application_form(household: Household, policy: str) -> dict[str, Any]:
    """The same form before the application is handed in: the worker signs this one. Nothing is frozen yet."""
    source = source_of_draft(household, policy)
    head = _head(
        get_pack(policy, household.application_date), household.union, f"{household.number}-SQ", "困难职工申请表", None
    )
    return (
        head
        | {"applied_on": zh_day(household.application_date.isoformat())}
        | _application_body(source)
        | {"opinions": [_blank(union) for union in _asked(household.union)]}
    )


def _application_body(source: Source) -> dict[str, Any]:
    worker = source.worker
    window = source.window
    return {
        "worker": {
            "name": str(worker.get("name") or ""),
            "sex": paper_facts.members(source)[_place(source)]["sex"],
            "birth": str(worker.get("birth_date") or OPEN),
            "id_number": str(worker.get("id_number") or ""),
            "phone": str(source.header.get("phone") or ""),
            "employer": str(source.header.get("employer") or worker.get("employer") or ""),
            "address": str(source.header.get("address") or ""),
            "work_region": region_name(source.facts.get("work_region")) or OPEN,
            "huji_region": region_name(source.facts.get("huji_region")) or OPEN,
            "union_member": yes_no(worker.get("union_member")),
            "migrant_worker": yes_no(worker.get("migrant_worker")),
            "labor_contract": yes_no(worker.get("labor_contract"), "已签订", "未签订"),
        },
        "statuses": paper_facts.statuses(source),
        "government_cover": str(source.header.get("government_cover") or ""),
        "members": paper_facts.members(source),
        "causes": paper_facts.causes(source),
        "needs": paper_facts.needs(source),
        "window": f"{_month(window['from'])}至{_month(window['to'])}",
        "months": window["months"],
        "incomes": paper_facts.incomes(source),
        "expenses": paper_facts.expenses(source),
        "property": [list(pair) for pair in paper_facts.property_rows(source)],
    }


def _place(source: Source) -> int:
    ids = [member["id"] for member in source.facts["members"]]
    return ids.index(source.facts["worker"]) if source.facts.get("worker") in ids else 0


def _month(text: str) -> str:
    year, month = text.split("-")
    return f"{year}年{int(month)}月"


LEVEL_TITLES = {Level.UNIT: "单位工会意见", Level.UPPER: "上级工会意见", Level.INDUSTRY: "产业（县）工会意见"}
REVIEWS = {"review": 0, "decision": 0, "recheck": 1, "forward": 2}
"""Which kinds of step give an opinion, the weightiest first."""


def _asked(union: Union) -> list[Union]:
    return [one for one in upper_unions(union) if one.level in LEVEL_TITLES]


def _blank(union: Union) -> dict[str, str]:
    return {"title": LEVEL_TITLES[Level(union.level)], "union": union.name, "text": "", "name": "", "day": ""}


def opinions(application: Application) -> list[dict[str, str]]:
    """The opinion of each union from the unit to the industry: from its passed review, else blank for pen and seal."""
    procedure = flow.procedure_of(application)
    kinds = {step.code: step.kind for step in procedure.steps}
    passed: dict[int, tuple[int, StepRecord]] = {}
    rows = StepRecord.objects.filter(application=application, closed_at__isnull=False).select_related(
        "closed_by", "carried_from__closed_by"
    )
    for row in rows.order_by("pk"):
        weight = REVIEWS.get(kinds.get(row.code, ""))
        if weight is None or row.result not in (StepResult.PASSED, StepResult.CARRIED):
            continue
        held = passed.get(row.union_id)
        if held is None or weight <= held[0]:
            passed[row.union_id] = (weight, row)
    return [_opinion(union, passed.get(union.pk)) for union in _asked(application.union)]


def _opinion(union: Union, found: tuple[int, StepRecord] | None) -> dict[str, str]:
    if found is None:
        return _blank(union)
    weight, row = found
    said = row.carried_from or row
    if weight == REVIEWS["forward"] and not said.comment:
        return _blank(union)  # passing a case on is not an opinion
    words = said.comment or StepResult(said.result).label
    return _blank(union) | {
        "text": words,
        "name": said.closed_by.name if said.closed_by else "",
        "day": zh_day(day(said.closed_at).isoformat()) if said.closed_at else "",
    }


# --- 测算书 --------------------------------------------------------------------------------------------------------
def calculation_sheet(determination: Determination) -> dict[str, Any]:
    """测算书: the frozen sheet with every number put in, the standards used, the papers it rests on, and the conclusion for central money."""
    application, sheet = determination.application, determination.sheet
    pack = get_pack(determination.policy, determination.application.applied_on)
    source = source_of(determination)
    beside = determinations.companion(determination)
    earlier = Determination.objects.filter(
        application=application, companion_of__isnull=True, pk__lt=determination.pk
    ).count()
    proofs = _proofs(determination, pack, source)
    head = _application_head(application, f"CS-{earlier + 1}", "困难职工家庭测算书", determination.code)
    return head | {
        "worker": str(source.worker.get("name") or application.worker_name),
        "employer": str(source.header.get("employer") or ""),
        "moment": determination.get_moment_display(),
        "made_on": zh_day(day(determination.made_at).isoformat()),
        "made_by": determination.made_by.name,
        "window": sheet["window"],
        "outcome_title": sheet["outcome_title"],
        "summary": sheet["summary"],
        "figures": [
            {"label": row["label"], "value": _figure(row), "unit": row["unit"] if row["value"] is not None else ""}
            for row in sheet["figures"]
        ],
        "calculation": [text.replace("-", "−") if "-" in text else text for text in sheet["calculation"]],
        "members": _counted_members(source, sheet),
        "incomes": _sheet_lines(determination, "incomes", proofs),
        "expenses": _sheet_lines(determination, "expenses", proofs),
        "income_total": _total_of(sheet, "income"),
        "expense_total": _total_of(sheet, "rigid_expense"),
        "categories": _categories(determination.sheet, determination.trace, pack),
        "exclusions": _exclusions(determination.sheet, determination.trace, pack),
        "missing": [row["label"] for row in sheet["missing"]],
        "standards": [_standard(text) for text in sheet["standards"]],
        "proofs": proofs,
        "central": None if beside is None else _central(beside),
        "pack_hash": determination.pack_hash,
        "facts_hash": determination.facts_hash,
        "engine": determination.engine,
    }


def _figure(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return "还不能算出"
    return str(row["value"]) if row["unit"] == "人" else yuan(row["value"])


def _total_of(sheet: Mapping[str, Any], code: str) -> str:
    return next((_figure(row) for row in sheet["figures"] if row["code"] == code), "")


def _counted_members(source: Source, sheet: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = paper_facts.members(source, masked=True)
    return [
        {key: row[key] for key in ("no", "name", "relation", "birth", "id_number")} | {"counted": counted}
        for row, (_, counted) in zip(rows, sheet["members"], strict=True)
    ]


def _proofs(determination: Determination, pack: Pack, source: Source) -> list[dict[str, Any]]:
    """The papers that were there at that moment, numbered; ``lines`` are the income and expense lines they speak for."""
    found: list[dict[str, Any]] = []
    for place, row in enumerate(determination.evidence, start=1):
        paper = pack.evidence.papers.get(row["paper"])
        document = pack.evidence.documents.get(row.get("document", ""))
        found.append(
            {
                "no": place,
                "title": paper.title if paper else row["paper"],
                "document": document.title if document else "",
                "who": source.name(row.get("member")) if row.get("member") else "",
                "sha256": row["sha256"][:16],
                "lines": row.get("lines") or [],
            }
        )
    return found


def _sheet_lines(determination: Determination, of: str, proofs: list[dict[str, Any]]) -> list[dict[str, str]]:
    lines, window = determination.facts.get(of) or [], determination.document["window"]
    rows: list[dict[str, str]] = []
    for row in determination.sheet[of]:
        place = row["item"]
        numbers = [str(proof["no"]) for proof in proofs if f"{of}[{place}]" in proof["lines"]]
        sum_of = working(lines[place], row["counted"], window)
        told = {row["months"], f"{months_inside(lines[place], window)}个月"} if sum_of else {row["months"]}
        rows.append(
            {
                "no": str(place + 1),
                "title": row["title"],
                "who": row["who"],
                "months": row["months"],
                "stated": row["stated"],
                "working": sum_of,
                "counted": yuan(row["counted"]),
                "why": "" if row["why"] in told else row["why"],
                "proofs": "、".join(numbers),
                "clause": _clauses(row),
            }
        )
    return rows


def _clauses(row: Mapping[str, Any]) -> str:
    return "、".join(one["text"] for one in row["citations"])


def _condition(row: Mapping[str, Any], formulas: list[str], *, limb: bool = False) -> dict[str, Any]:
    compared = ""
    if row["op"]:
        compared = f"{yuan(row['left'])} {COMPARED[row['op']]} {yuan(row['right'])}"
    return {
        "title": row["title"],
        "word": row["word"],
        "says": row["says"],
        "compared": compared,
        "margin": row["margin_text"],
        "formulas": formulas,
        "clause": _clauses(row),
        "limb": limb,
    }


def _categories(sheet: Mapping[str, Any], trace: Mapping[str, Any], pack: Pack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for category in sheet["categories"]:
        rows: list[dict[str, Any]] = []
        for row in category["conditions"]:
            rows.append(_condition(row, comparisons(trace, category["code"], row["code"], pack)))
            rows += [_condition(limb, [], limb=True) for limb in row["limbs"]]
        found.append(
            {
                "title": category["title"],
                "word": category["word"],
                "margin": category["margin_text"],
                "threshold": "" if category["threshold"] is None else yuan(category["threshold"]),
                "barred_by": list(category["barred_by"]),
                "clause": _clauses(category),
                "rows": rows,
            }
        )
    return found


def _exclusions(sheet: Mapping[str, Any], trace: Mapping[str, Any], pack: Pack) -> list[dict[str, Any]]:
    titles = {row["code"]: row["title"] for row in sheet["categories"]}
    return [
        {
            "title": row["title"],
            "word": row["word"],
            "applies": "各类" if set(row["applies_to"]) >= set(titles) else "、".join(titles[code] for code in row["applies_to"] if code in titles),
            "formulas": comparisons(trace, "exclusions", row["code"], pack),
            "clause": _clauses(row),
        }
        for row in sheet["exclusions"]
    ]  # fmt: skip


_STANDARD = re.compile(
    r"(?P<title>.*?)：(?P<value>.*?)（(?P<region>\d{6})，(?P<start>\d{4}-\d\d-\d\d)起(?:，(?P<source>.*))?）"
)


def _standard(text: str) -> dict[str, str]:
    """A standard of the sheet as a row: what, how much, where, since when, from which text."""
    found = _STANDARD.fullmatch(text)
    if found is None:
        return {"title": text, "value": "", "region": "", "start": "", "source": ""}
    part = found.groupdict(default="")
    return part | {
        "region": region_name(part["region"]),
        "value": yuan(part["value"]) if "." in part["value"] else part["value"],
    }


def _central(beside: Determination) -> dict[str, Any]:
    """What the national text says of the same family: central money follows it."""
    sheet = beside.sheet
    return {
        "policy_title": sheet["policy_title"],
        "policy_number": sheet["policy_number"],
        "window": sheet["window"],
        "outcome_title": sheet["outcome_title"],
        "calculation": [text.replace("-", "−") for text in sheet["calculation"]],
        "categories": [
            {"title": row["title"], "word": row["word"], "margin": row["margin_text"], "clause": _clauses(row)}
            for row in sheet["categories"]
        ],
        "barred_by": [row["title"] for row in sheet["exclusions"] if row["result"] == "met"],
        "code": beside.code,
    }


# --- 公示 ----------------------------------------------------------------------------------------------------------
def public_address(notice: PublicNotice) -> str:
    """Where anybody can verify the notice; empty where the installation has not said under which name people reach it."""
    base = str(settings.BANGFU_PUBLIC_URL).rstrip("/")
    return f"{base}/notice/verify/{notice.code}/" if base else ""


def public_notice(notice: PublicNotice) -> dict[str, Any]:
    """公示: what the row froze from the allow-list, its number, place and union, nothing else."""
    shown = {key: str(notice.shown[key]) for key in NOTICE_FIELDS if key in notice.shown}
    return {
        "title": "公示",
        "number": notice.number,
        "union": notice.application.union.name,
        "place": notice.place,
        "code": notice.code,
        "address": public_address(notice),
        **shown,
        "start": zh_day(shown.get("start")),
        "end": zh_day(shown.get("end")),
    }


# --- 入户调查表 ------------------------------------------------------------------------------------------------------
def home_visit_form(application: Application, visit: HomeVisit | None) -> dict[str, Any]:
    """入户调查表: without a visit the form to take along, its head filled; with one what was found."""
    made = determinations.latest(application)
    if visit is not None:
        rows = Determination.objects.filter(
            application=application, companion_of__isnull=True, made_at__lte=visit.recorded_at
        )
        made = rows.order_by("-pk").first() or made
    if made is None:
        raise LookupError("an application has a determination from its submission on")
    source = source_of(made)
    rule = get_pack(application.policy, application.applied_on).procedure.visit
    earlier = application.visits.filter(pk__lt=visit.pk).count() + 1 if visit is not None else 0
    head = _application_head(application, f"RH-{earlier}" if earlier else "RH", "困难职工家庭入户调查表", made.code)
    return head | {
        "worker": application.worker_name,
        "employer": str(source.header.get("employer") or ""),
        "address": str(source.header.get("address") or ""),
        "phone": str(source.header.get("phone") or ""),
        "members": paper_facts.members(source, masked=True),
        "causes": paper_facts.cause_classes(source),
        "property": [list(pair) for pair in paper_facts.property_rows(source)],
        "outcome_title": made.sheet["outcome_title"],
        "visitors_asked": rule.visitors if rule is not None else 2,
        "filled": visit is not None,
        "visit": _visit(visit),
    }


def _visit(visit: HomeVisit | None) -> dict[str, Any]:
    if visit is None:
        empty = ("visited_on", "place", "interviewed", "findings", "reasons", "photos", "first", "second")
        return dict.fromkeys(empty, "") | dict.fromkeys(("in_difficulty", "causes_confirmed", "positive", "no_kinship"))
    return {
        "visited_on": zh_day(visit.visited_on.isoformat()),
        "place": visit.place,
        "interviewed": visit.interviewed,
        "findings": visit.findings,
        "reasons": visit.reasons,
        "photos": f"{visit.photos.count()} 张",
        "first": visit.first_visitor,
        "second": visit.second_visitor,
        "in_difficulty": visit.in_difficulty,
        "causes_confirmed": visit.causes_confirmed,
        "positive": visit.positive,
        "no_kinship": visit.no_kinship or None,  # an open box stays open: the visitors tick it by hand
    }


# --- 授权书 ----------------------------------------------------------------------------------------------------------
def authorization_form(application: Application) -> dict[str, Any]:
    """查询授权书: one line per counted member, minors included, with what is recorded so far and room for prints."""
    pack = get_pack(application.policy, application.applied_on)
    made = determinations.latest(application)
    if made is None:
        raise LookupError("an application has a determination from its submission on")
    source, rule, check = source_of(made), pack.procedure.authorization, pack.procedure.check
    entries: dict[str, Authorization] = {
        row.member.fact_id: row
        for row in application.authorizations.filter(void=False, member__isnull=False).select_related("member")
        if row.member
    }
    head = _application_head(application, "CX", rule.form if rule else "家庭经济状况信息查询授权书", made.code)
    return head | {
        "worker": application.worker_name,
        "employer": str(source.header.get("employer") or ""),
        "address": str(source.header.get("address") or ""),
        "items": list(check.items.values()) if check else [],
        "modes": [mode.title for mode in rule.modes.values()] if rule else [],
        "ticks": list(rule.ticks.values()) if rule else [],
        "members": [
            {
                "no": str(place),
                "name": str(person.get("name") or ""),
                "relation": str(person.get("relation") or ""),
                "id_number": str(person.get("id_number") or ""),
                **_entry(entries.get(person["id"])),
            }
            for place, person in enumerate(source.counted_people(), start=1)
        ],
    }


def _entry(row: Authorization | None) -> dict[str, Any]:
    if row is None:
        return {"mode": "", "signed_on": "", "proxy": "", "reason": "", "refused": False}
    return {
        "mode": row.get_mode_display(),
        "signed_on": zh_day(row.signed_on.isoformat()) if row.signed_on else "",
        "proxy": f"{row.proxy_name}（{row.proxy_relation}）"
        if row.proxy_relation and row.proxy_name
        else row.proxy_name,
        "reason": row.proxy_reason,
        "refused": row.refused,
    }


# --- 困难职工原始信息表 ------------------------------------------------------------------------------------------------
def information_sheet(file: CaseFile) -> dict[str, Any]:
    """困难职工原始信息表 of a file: the facts of its latest determination, and every field in which the electronic file differs by now."""
    application = file.application
    made = determinations.latest(application) or file.determination
    source = source_of(made)
    now = determinations.current_facts(file.household)
    changes = changed_since(made.facts, now, source.names)
    head = _application_head(application, "XX", "困难职工原始信息表", made.code)
    return head | _application_body(source) | {
        "file_number": file.number,
        "category": _outcome(made.sheet, file.category),
        "central_category": _central_outcome(made, file.central_category),
        "opened_on": zh_day(file.opened_on.isoformat()),
        "rechecked_on": zh_day(file.rechecked_on.isoformat()) if file.rechecked_on else "",
        "recorded_on": zh_day(file.recorded_on.isoformat()) if file.recorded_on else "",
        "record_number": file.record_number,
        "next_review_on": zh_day(file.next_review_on.isoformat()) if file.next_review_on else "",
        "state": file.get_state_display(),
        "figures": [
            {"label": row["label"], "value": _figure(row), "unit": row["unit"] if row["value"] is not None else ""}
            for row in made.sheet["figures"]
        ],
        "proofs": _proofs(made, get_pack(made.policy, made.application.applied_on), source),
        "changes": [{"label": change.label, "before": change.before, "after": change.after} for change in changes],
    }  # fmt: skip


def _outcome(sheet: Mapping[str, Any], code: str) -> str:
    titles = {row["code"]: row["title"] for row in sheet["categories"]}
    return str(titles.get(code) or OUTCOMES.get(code, code))


def _central_outcome(made: Determination, code: str) -> str:
    beside = determinations.companion(made)
    return _outcome(beside.sheet, code) if beside is not None and code else ""
