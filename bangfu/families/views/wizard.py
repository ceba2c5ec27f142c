"""The wizard: one page per step, saved as it is typed, with the live panel beside it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.common import clock
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import choices, fields, forms, grids, panel, selectors, services
from bangfu.families.forms import Parsed
from bangfu.families.matching import looks
from bangfu.families.models import Household
from bangfu.families.services.common import read_typed
from bangfu.families.views.common import WORKERS, DeskRequest, by_script, family, may_edit
from bangfu.organizations.models import Region
from bangfu.organizations.permissions import roles
from bangfu.organizations.selectors import region_name

TYPED_STEPS = ("basic", "members", "incomes", "expenses", "property", "causes", "findings")


@dataclass
class Reading:
    """What a posted step holds: the keywords for the verb that saves it, and what did not pass."""

    step: str
    parsed: Parsed
    rows: list[dict[str, Any]] = field(default_factory=list)
    known: bool | None = None

    def save(self, request: DeskRequest, household: Household, version: int | None) -> Household:
        common: dict[str, Any] = {"at": request.now, "version": version, "as_typed": self.parsed.typed}
        if self.step == "members":
            return services.save_members(request.desk, household, self.rows, **common)
        if self.step == "incomes":
            return services.save_income_rows(request.desk, household, self.rows, known=self.known, **common)
        if self.step == "expenses":
            return services.save_expense_rows(request.desk, household, self.rows, known=self.known, **common)
        return services.save_household_part(request.desk, household, self.parsed.values, step=self.step, **common)


def read_step(step: str, data: QueryDict, household: Household, today: date) -> Reading:
    """Parses a posted step against the family as it is."""
    if step == "members":
        rows, parsed = forms.parse_members(data, list(household.members.all()), today)
        _twins_in_family(household, rows, parsed)
        return Reading(step, parsed, rows)
    if step == "incomes":
        rows, parsed = grids.parse_incomes(data, household, panel.window_months(household), wide=bool(data.get("wide")))
        return Reading(step, parsed, rows, _known(data))
    if step == "expenses":
        rows, parsed = grids.parse_expenses(data, household)
        return Reading(step, parsed, rows, _known(data))
    return Reading(step, forms.parse_household(step, data, household, today))


def _known(data: QueryDict) -> bool | None:
    return bool(data.get("known")) if "known-shown" in data else None


def _twins_in_family(household: Household, rows: list[dict[str, Any]], parsed: Parsed) -> None:
    """The same number at two members is told at the second one's field; everything else is saved."""
    seen = {member.id_number: member for member in household.members.all() if member.id_number}
    for row in rows:
        number = row.get("id_number")
        if not number:
            continue
        other = seen.get(number)
        if other is not None and other.pk != row["pk"]:
            who = other.name or other.get_relation_display()
            parsed.fault(f"m{row['pk']}-id_number", number, f"该证件号码与本户成员“{who}”相同，同一人只登记一次。")
            for name in ("id_number", "birth_date", "sex"):
                row.pop(name, None)
            continue
        seen[number] = next(member for member in household.members.all() if member.pk == row["pk"])


@roles(*WORKERS)
@require_http_methods(["GET", "POST"])
def step(request: DeskRequest, pk: int, step: str) -> HttpResponseBase:
    """One step of the wizard. POST saves; from the script it answers with the panel and what changed on the page."""
    household = family(request, pk)
    if step not in fields.STEP_LABELS:
        return redirect("families:step", pk, "basic")
    if request.method == "POST" and step in TYPED_STEPS:
        return _posted(request, household, step)
    if not may_edit(request, household):
        return redirect("families:household", pk)
    if step == "evidence":
        return redirect("families:evidence", pk)
    return render(request, f"families/step_{_template(step)}.html", page_context(request, household, step))


def _template(step: str) -> str:
    return step if step in {"members", "incomes", "expenses", "review"} else "fields"


def _posted(request: DeskRequest, household: Household, step: str) -> HttpResponseBase:
    started = time.perf_counter()
    auto = bool(request.headers.get("X-Autosave"))
    _demand_whole_numbers(request.POST)
    data, trouble = _with_quick_fill(request, household, step)
    reading = read_step(step, data, household, clock.day(request.now))
    try:
        version = int(data.get("version") or household.version)
        saved = reading.save(request, household, version)
        anchor = "" if trouble else _act(request, saved, step, data)
    except StaleVersion:
        return _conflict(request, household, step, reading, auto)
    except Refused as fault:
        if auto:
            context = {
                "panel": panel.build(household),
                "faults": [(fault.field, fields.STEP_LABELS[step], fault.message)],
                "refused": True,
            }
            return render(request, "families/_refused.html", context, status=422)
        messages.error(request, fault.message)
        return redirect(
            "families:step" if not household.locked else "families:household",
            *([household.pk, step] if not household.locked else [household.pk]),
        )
    household = selectors.whole(saved)
    if auto:
        answer = _saved_fragment(request, household, step, reading)
        answer["X-Version"] = str(household.version)
        answer["Server-Timing"] = f"save;dur={(time.perf_counter() - started) * 1000:.0f}"
        return answer
    if trouble:
        messages.warning(request, trouble)
    here = reverse("families:step", args=[household.pk, step]) + ("?wide=1" if data.get("wide") else "")
    if data.get("action") or trouble or reading.parsed.faults:
        return redirect(here + anchor)
    following = data.get("go") or _next(step)
    return redirect("families:step", household.pk, following if following in fields.STEP_LABELS else _next(step))


def _demand_whole_numbers(data: QueryDict) -> None:
    """The numbers that the page itself puts into the form; a request with others was not made by it (400)."""
    for text in (data.get("version", ""), data.get("new-member", ""), data.get("action", "").partition(":")[2]):
        if text and not (text.isascii() and text.isdigit() and len(text) < 16):
            raise BadRequest


def _next(step: str) -> str:
    codes = [code for code, _ in fields.STEPS]
    return codes[min(codes.index(step) + 1, len(codes) - 1)]


def _with_quick_fill(request: DeskRequest, household: Household, step: str) -> tuple[QueryDict, str]:
    """The posted data, with a quick fill or a pasted block applied; and what was wrong with that."""
    data, action = request.POST, request.POST.get("action", "")
    verb, _, target = action.partition(":")
    if step != "incomes" or verb not in {"same", "zero", "paste"}:
        return data, ""
    shown = grids.visible_months(household, panel.window_months(household), bool(data.get("wide")))
    try:
        if verb == "paste":
            return grids.paste(
                data, list(grids.income_rows(household)), shown, data.get("paste-at", ""), data.get("paste-text", "")
            ), ""
        return (grids.fill_same if verb == "same" else grids.fill_zero)(data, int(target), shown), ""
    except Refused as fault:
        return data, fault.message


def _act(request: DeskRequest, household: Household, step: str, data: QueryDict) -> str:
    """What a button of the step asks for besides saving. Returns the anchor to come back to."""
    verb, _, target = data.get("action", "").partition(":")
    desk, at = request.desk, request.now
    match (step, verb):
        case ("members", "add"):
            relation = data.get("new-relation", "")
            row = {"relation": relation if relation in choices.Relation.values and relation != "self" else "other"}
            services.save_members(desk, household, [row], at=at)
            return f"#member-{max(household.members.values_list('pk', flat=True))}"
        case ("members", "remove"):
            services.save_members(desk, household, [], remove=[int(target or 0)], at=at)
        case ("incomes", "add"):
            kind = data.get("new-kind", "")
            if kind not in choices.IncomeKind.values:
                raise Refused("请选择收入项目。")
            basis = data.get("new-basis") or "verified"
            if basis not in dict(grids.bases_for(kind)):
                basis = "verified"
            member = data.get("new-member") or None
            if basis == "declared_flexible" and member is None:
                raise Refused("灵活就业申报的收入要选是哪位成员的。")
            cells = _fresh_cells(household, kind, basis)
            services.save_income_rows(
                desk, household, [{"member": member, "kind": kind, "basis": basis, "cells": cells}], at=at
            )
            return f"#row-{max(household.incomelines.values_list('row', flat=True))}"
        case ("incomes", "remove"):
            services.save_income_rows(desk, household, [], remove=[int(target or 0)], at=at)
        case ("incomes", "net"):
            _fill_net(request, household, int(target or 0))
            return f"#row-{target}"
        case ("expenses", "add"):
            kind = data.get("new-kind", "")
            if kind not in choices.ExpenseKind.values:
                raise Refused("请选择支出项目。")
            services.save_expense_rows(
                desk, household, [{"member": data.get("new-member") or None, "kind": kind}], at=at
            )
            return f"#row-{max(household.expenselines.values_list('row', flat=True))}"
        case ("expenses", "remove"):
            services.save_expense_rows(desk, household, [], remove=[int(target or 0)], at=at)
        case ("expenses", "rest"):
            line = household.expenselines.filter(row=int(target or 0)).first()
            if line is None:
                raise Refused("这一行已被移除，请刷新页面。")
            payers = {name: 0 for name in ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief") if getattr(line, name) is None}  # fmt: skip
            services.save_expense_rows(desk, household, [{"row": line.row, "kind": line.kind, **payers}], at=at)
            return f"#row-{target}"
    return ""


def _fresh_cells(household: Household, kind: str, basis: str) -> dict[str, int | None]:
    from bangfu.families import months

    if kind in grids.ONE_OFF or (kind == "support" and basis == "no_document"):
        return {}
    return dict.fromkeys(months.before(household.application_date, grids.CENTRAL_MONTHS))


def _fill_net(request: DeskRequest, household: Household, number: int) -> None:
    """Works a net income out of its parts and puts it into every month of the policy's window."""
    from bangfu.families import months

    lines = list(household.incomelines.filter(row=number).order_by("pk"))
    if not lines:
        raise Refused("这一行已被移除，请刷新页面。")
    head = lines[0]
    amount = grids.net_amount(head.kind, (head.detail or {}).get("net", {}))
    cells = grids.income_cells(lines) | dict.fromkeys(
        months.before(household.application_date, panel.window_months(household)), amount
    )
    row = {
        "row": number,
        "member": head.member_id,
        "kind": head.kind,
        "basis": head.basis,
        "incident": head.incident,
        "note": head.note,
    }
    services.save_income_rows(request.desk, household, [{**row, "detail": head.detail, "cells": cells}], at=request.now)


# --- pages ----------------------------------------------------------------------------------------------------------
def page_context(request: DeskRequest, household: Household, step: str) -> dict[str, Any]:
    """Everything a step's page shows."""
    today = clock.day(request.now)
    context: dict[str, Any] = {
        "household": household,
        "step": step,
        "step_label": fields.STEP_LABELS[step],
        "steps": step_bar(household, step),
        "panel": panel.build(household),
        "next_step": _next(step),
        "today": today,
        "typed_steps": TYPED_STEPS,
    }
    context |= step_context(request, household, step, today)
    context["faults"] = faults_of(context, household, step)
    return context


def step_context(request: DeskRequest, household: Household, step: str, today: date) -> dict[str, Any]:
    members = list(household.members.all())
    if step == "members":
        kept = read_typed(household).get("members", {})
        hits = looks.people_elsewhere(request.desk, household, at=request.now)
        cards = [(member, forms.member_inputs(member, kept, today), hits.get(member.pk, [])) for member in members]
        return {
            "cards": cards,
            "member_groups": MEMBER_GROUPS,
            "disability_kinds": choices.DisabilityKind.choices,
            "grades": ["1", "2", "3", "4"],
            "relations": [item for item in choices.Relation.choices if item[0] != "self"],
        }
    if step == "incomes":
        wide = bool(request.GET.get("wide") or request.POST.get("wide"))
        window = panel.window_months(household)
        rows, totals, total = grids.show_incomes(household, window, wide)
        shown = grids.visible_months(household, window, wide)
        return {
            "rows": rows, "months": shown, "totals": totals, "total": total, "wide": wide, "window": window, "members": members,
            "kinds": income_groups(), "statuses": choices.ObligorStatus.choices, "central_open": central_open(household, window),
            "app_month": f"{household.application_date:%Y-%m}", "bases": choices.Basis.choices,
        }  # fmt: skip
    if step == "expenses":
        lines = grids.show_expenses(household, panel.window_months(household))
        numbers = [line.voucher_number for line in household.expenselines.all()]
        twins = looks.voucher_twins(request.desk, household, numbers, at=request.now)
        for view in lines:
            view.twins = twins.get(view.texts.get("voucher_number", ""), [])
        return {
            "lines": lines, "members": members, "kinds": choices.ExpenseKind.choices, "labels": fields.LINE_LABELS,
            "bill_kinds": choices.BillKind.choices, "subtotals": grids.patient_subtotals(household), "payers": PAYERS,
        }  # fmt: skip
    if step == "review":
        return review_context(request, household)
    inputs = forms.household_inputs(step, household, today)
    groups: dict[str, list[forms.Input]] = {}
    for item in inputs:
        groups.setdefault(item.spec.group, []).append(item)
    return {
        "inputs": inputs, "groups": list(groups.items()), "members": members, "regions": regions_near(household),
        "vehicle_uses": choices.VehicleUse.choices,
    }  # fmt: skip


MEMBER_GROUPS = ("家庭人口", "就业", "健康", "工会与劳动关系")
PAYERS = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")


def review_context(request: DeskRequest, household: Household) -> dict[str, Any]:
    from bangfu.families.views.lists import facts_context

    open_faults = [
        (fields.STEP_LABELS[code], reverse("families:step", args=[household.pk, code]), len(kept))
        for code, kept in read_typed(household).items()
    ]
    papers: list[selectors.Place] = []
    shown = panel.build(household)
    if not shown.trouble:
        papers = selectors.checklist_state(household, panel.pack_of(household))
    return {
        "open_faults": open_faults,
        "papers_missing": [place for place in papers if not place.done],
        "papers": papers,
        **facts_context(household),
        "edit_links": True,
        "submit_url": submit_url(household),
    }


def submit_url(household: Household) -> str:
    """Where an application is submitted: the casework room's page, where it is installed."""
    try:
        return reverse("casework:submit", args=[household.pk])
    except NoReverseMatch:
        return ""


def income_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Kinds of income as the text groups them (附件1 一（二）)."""
    every = list(choices.IncomeKind.choices)
    cut = {"工资性收入": every[0:1], "经营净收入": every[1:2], "财产净收入": every[2:3], "转移性收入": every[3:11], "社会救助与奖励": every[11:18], "转移性支出（扣减）": every[18:22]}  # fmt: skip
    return list(cut.items())


def central_open(household: Household, window: int) -> bool:
    """Whether a month before the policy's window, which the central rule wants, is still unknown in some row."""
    from bangfu.families import months

    if window >= grids.CENTRAL_MONTHS:
        return False
    early = months.before(household.application_date, grids.CENTRAL_MONTHS)[:-window]
    for lines in grids.income_rows(household).values():
        cells = grids.income_cells(lines)
        if lines[0].kind not in grids.ONE_OFF and any(month in cells and cells[month] is None for month in early):
            return True
    return False


def regions_near(household: Household) -> list[tuple[str, str]]:
    """Counties of the union's province, to choose from; any other code can be typed."""
    stem = household.union.region[:2]
    found = Region.objects.filter(code__gte=f"{stem}0000", code__lt=f"{int(stem) + 1:02d}0000").order_by("code")
    return [(row.code, row.full_name) for row in found[:400] if not row.code.endswith("00")]


def step_bar(household: Household, now: str) -> list[dict[str, Any]]:
    """The steps with their state: what is filled, what has a fault, where she is."""
    kept = read_typed(household)
    members = list(household.members.all())
    done = {
        "basic": bool(household.work_region and household.huji_region),
        "members": all(member.birth_date and member.lives_together is not None and member.name for member in members),
        "incomes": household.incomes_known,
        "expenses": household.expenses_known,
        "property": household.owned_homes is not None
        and household.vehicles is not None
        and household.savings is not None,
        "causes": household.causes is not None and household.has_incident is not None,
        "findings": all(getattr(household, spec.name) is not None for spec in fields.HOUSEHOLD["findings"]),
    }
    return [
        {
            "code": code, "label": label, "now": code == now, "done": done.get(code, False) and code != now, "fault": code in kept,
            "url": reverse("families:evidence", args=[household.pk]) if code == "evidence" else reverse("families:step", args=[household.pk, code]),
        }
        for code, label in fields.STEPS
    ]  # fmt: skip


def faults_of(context: Mapping[str, Any], household: Household, step: str) -> list[tuple[str, str, str]]:
    """What does not pass on this step now: input name, label, message."""
    found: list[tuple[str, str, str]] = []
    for item in context.get("inputs", []):
        if item.error:
            found.append((item.name, item.spec.label, item.error))
    for member, inputs, _ in context.get("cards", []):
        who = member.name or member.get_relation_display()
        found += [(item.name, f"{who} {item.spec.label}", item.error) for item in inputs if item.error]
    for row in context.get("rows", []):
        found += [(cell.name, f"{row.kind_label} {cell.month}", cell.error) for cell in row.cells if cell.error]
        found += [(name, f"{row.kind_label} {label}", error) for name, label, _, error in row.net_parts if error]
        found += [
            (f"r{row.row}-{name}", f"{row.kind_label} {fields.LINE_LABELS[name]}", error)
            for name, (_, error) in row.fields.items()
            if error
        ]
    for line in context.get("lines", []):
        found += [
            (f"e{line.row}-{name}", f"{line.kind_label} {fields.LINE_LABELS[name]}", error)
            for name, error in line.errors.items()
        ]
    return found


def _saved_fragment(request: DeskRequest, household: Household, step: str, reading: Reading) -> HttpResponse:
    today = clock.day(request.now)
    context = step_context(request, household, step, today)
    context |= {"household": household, "step": step, "panel": panel.build(household), "posted": request.POST}
    # the messages of this very post come first: they are exact where a kept text alone could not say why
    faults = [(name, label_of_input(context, name), message) for name, message in reading.parsed.faults.items()]
    named = {name for name, _, _ in faults}
    faults += [item for item in faults_of(context, household, step) if item[0] not in named]
    context["faults"] = faults
    context["filled"] = _filled(context, reading) if step == "members" else []
    context["steps"] = step_bar(household, step)
    return render(request, "families/_saved.html", context)


def label_of_input(context: Mapping[str, Any], name: str) -> str:
    """What the input of that name is called on the page."""
    for item in context.get("inputs", []):
        if item.name == name:
            return str(item.spec.label)
    for member, inputs, _ in context.get("cards", []):
        for item in inputs:
            if item.name == name:
                return f"{member.name or member.get_relation_display()} {item.spec.label}"
    head, _, rest = name.partition("-")
    for row in [*context.get("rows", []), *context.get("lines", [])]:
        if head[1:] == str(row.row):
            return f"{row.kind_label} {fields.LINE_LABELS.get(rest, rest)}"
    return fields.LINE_LABELS.get(rest, rest)


def _filled(context: Mapping[str, Any], reading: Reading) -> list[forms.Input]:
    """Birth date and sex of members whose number was typed just now: the page shows them at once."""
    fresh = {row["pk"] for row in reading.rows if row.get("id_number")}
    return [
        item
        for member, inputs, _ in context["cards"]
        if member.pk in fresh
        for item in inputs
        if item.spec.name in {"birth_date", "sex"}
    ]


def _conflict(request: DeskRequest, household: Household, step: str, reading: Reading, auto: bool) -> HttpResponse:
    """Both versions side by side; the later one decides which to keep."""
    current = selectors.whole(household)
    rows = both_versions(request, current, step, reading)
    context = {"household": current, "step": step, "rows": rows, "posted": [(k, v) for k in request.POST for v in request.POST.getlist(k) if k not in {"version", "csrfmiddlewaretoken", "action"}]}  # fmt: skip
    answer = render(
        request,
        "families/_conflict.html" if auto or by_script(request) else "families/conflict.html",
        context,
        status=409,
    )
    answer["X-Version"] = str(current.version)
    return answer


def both_versions(request: DeskRequest, current: Household, step: str, reading: Reading) -> list[tuple[str, str, str]]:
    """Label, what is saved now, what was typed here: only where they differ."""
    saved = _texts(request, current, step)
    rows = []
    for name, (label, text) in saved.items():
        mine = request.POST.get(name)
        if (
            mine is None
            or mine.strip() == text
            or (mine.replace(",", "").strip() == text.replace(",", "").removesuffix(".00"))
        ):
            continue
        rows.append((label, _shown(text), _shown(mine)))
    return rows


def _shown(text: str) -> str:
    return {"yes": "是", "no": "否", "": "（空）"}.get(text, text)


def _texts(request: DeskRequest, household: Household, step: str) -> dict[str, tuple[str, str]]:
    context = step_context(request, household, step, clock.day(request.now))
    found = {
        item.name: (item.spec.label, item.text)
        for item in context.get("inputs", [])
        if item.spec.kind not in {"many", "vehicles"}
    }
    for member, inputs, _ in context.get("cards", []):
        who = member.name or member.get_relation_display()
        found |= {
            item.name: (f"{who} {item.spec.label}", item.text) for item in inputs if item.spec.kind != "disabilities"
        }
    for row in context.get("rows", []):
        found |= {cell.name: (f"{row.kind_label} {cell.month}", cell.text) for cell in row.cells}
    for line in context.get("lines", []):
        found |= {
            f"e{line.row}-{name}": (f"{line.kind_label} {fields.LINE_LABELS[name]}", text)
            for name, text in line.texts.items()
        }
    return found


def fact_groups(household: Household) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Household facts for reading: title, step, label and value of every field, unknown ones too."""
    from bangfu.families.paths import word_of

    groups: list[tuple[str, str, list[tuple[str, str]]]] = []
    for code, specs in fields.HOUSEHOLD.items():
        by_group: dict[str, list[tuple[str, str]]] = {}
        for spec in specs:
            if spec.group == "意外" and spec.name != "has_incident" and not household.has_incident:
                continue
            if spec.kind in {"phone", "address"}:
                continue
            value = getattr(household, spec.name)
            text = forms.text_of(spec, value) if spec.kind in {"money", "area", "date", "count"} else ""
            if spec.kind == "region":
                text = region_name(value)
            if spec.options and not isinstance(value, list):
                text = dict(spec.options).get(str(value), "") if value not in (None, "") else ""
            elif spec.options and isinstance(value, list):
                text = "、".join(str(dict(spec.options).get(item, item)) for item in value) or "无"
            shown = f"{text} {spec.unit}".strip() if text else word_of(spec.path, None if value == "" else value)
            by_group.setdefault(spec.group or fields.STEP_LABELS[code], []).append((spec.label, shown))
        groups += [(title, code, items) for title, items in by_group.items()]
    return groups


@roles(*WORKERS)
@require_GET
def panel_fragment(request: DeskRequest, pk: int) -> HttpResponse:
    """The panel alone, for pages that show it without the wizard."""
    household = family(request, pk)
    return render(request, "families/_panel.html", {"panel": panel.build(household), "household": household})
