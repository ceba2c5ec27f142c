"""A family's facts as the tables of a paper: members, causes, incomes, expenses, housing. Text only, nothing is judged here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bangfu.casework.paper_sums import covered, fen, months_inside, stated
from bangfu.common.masking import mask_id
from bangfu.common.money import format_fen
from bangfu.families.choices import (
    OUTGOING,
    Cause,
    DisabilityKind,
    Employment,
    ExpenseKind,
    IncidentKind,
    IncomeKind,
    Need,
    Relation,
    Sex,
    Studying,
    VehicleUse,
)
from bangfu.policy import evidence

OPEN = "未填"
"""What stands where the family's answer is not known."""
WHOLE_FAMILY = "全户"


@dataclass(frozen=True)
class Source:
    """The facts a paper is printed from: those frozen with a determination, or a draft family's as they stand now."""

    facts: Mapping[str, Any]
    header: Mapping[str, Any]
    names: Mapping[str, str]
    window: Mapping[str, Any]
    by_id: dict[str, Mapping[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {row["id"]: row for row in self.header.get("members", [])})

    @property
    def worker(self) -> dict[str, Any]:
        """The worker's facts with name, number and employer."""
        found = next((row for row in self.people() if row["id"] == self.facts.get("worker")), None)
        return found or {}

    def people(self) -> list[dict[str, Any]]:
        """Every member: facts, and from the head name, number, employer and the word for the relation."""
        return [
            {**member, **self.by_id.get(member["id"], {}), "relation_code": member.get("relation")}
            for member in self.facts["members"]
        ]

    def counted_people(self) -> list[dict[str, Any]]:
        """Members who count in the household size, and those of whom it is not known yet."""
        worker = str(self.facts.get("worker", ""))
        codes = {member["id"]: member for member in self.facts["members"]}
        return [row for row in self.people() if evidence.counted(codes[row["id"]], worker) is not False]

    def name(self, member: str | None) -> str:
        return self.names.get(member, member) if member else WHOLE_FAMILY


def zh_day(text: Any) -> str:
    """``2020-10-15`` → ``2020年10月15日``; empty for nothing."""
    parts = str(text or "")[:10].split("-")
    return f"{int(parts[0])}年{int(parts[1])}月{int(parts[2])}日" if len(parts) == 3 else ""


def yes_no(value: Any, yes: str = "是", no: str = "否") -> str:
    return OPEN if value is None else yes if value else no


def _word(choices: Any, value: Any) -> str:
    return OPEN if not value else str(choices(value).label) if value in choices.values else str(value)


def members(source: Source, *, masked: bool = False) -> list[dict[str, str]]:
    """The members' table."""
    rows: list[dict[str, str]] = []
    for place, person in enumerate(source.people(), start=1):
        number = str(person.get("id_number") or "")
        rows.append(
            {
                "no": str(place),
                "name": str(person.get("name") or ""),
                "relation": str(_word(Relation, person.get("relation_code"))),
                "sex": _word(Sex, person.get("sex")),
                "birth": str(person.get("birth_date") or OPEN),
                "id_number": mask_id(number) if masked else number,
                "work": _work(person),
                "health": _health(person),
                "place": str(person.get("employer") or ""),
            }
        )
    return rows


def _work(person: Mapping[str, Any]) -> str:
    work = _word(Employment, person.get("employment"))
    studying = person.get("studying")
    if studying and studying != Studying.NONE:
        return _word(Studying, studying) if work in (OPEN, "学生", "未成年") else f"{work}、{_word(Studying, studying)}"
    return work


def _health(person: Mapping[str, Any]) -> str:
    found: list[str] = []
    for item in person.get("disabilities") or []:
        grade = f"{item['grade']}级" if item.get("grade") else ""
        found.append(f"{_word(DisabilityKind, item.get('kind'))}残疾{grade}")
    if person.get("major_illness"):
        found.append("重大疾病")
    if person.get("chronic_illness"):
        found.append("慢性病")
    if person.get("work_capable") is False and person.get("employment") not in ("student", "minor"):
        found.append("无劳动能力")
    if found:
        return "、".join(found)
    asked = (person.get("disabilities"), person.get("major_illness"), person.get("chronic_illness"))
    return OPEN if None in asked else "无残疾和重病"


def causes(source: Source) -> list[dict[str, str]]:
    """The causes, each with the members who bear it, what was written about it, and the illness where one is named."""
    notes: Mapping[str, Any] = source.header.get("cause_notes") or {}
    diagnoses = {row["id"]: str(row.get("diagnosis") or "") for row in source.people()}
    rows: list[dict[str, str]] = []
    for code in source.facts.get("causes") or []:
        note = notes.get(code) or {}
        borne = [one for one in note.get("members") or [] if one in source.names]
        text = str(note.get("text") or "")
        if code in (Cause.ILLNESS, Cause.DISABILITY):
            told = [f"{source.name(one)}：{diagnoses[one]}" for one in borne if diagnoses.get(one)]
            text = "；".join([*told, text] if text else told)
        rows.append(
            {
                "cause": _word(Cause, code),
                "who": "、".join(source.name(one) for one in borne) or WHOLE_FAMILY,
                "note": text,
            }
        )
    return rows


def cause_classes(source: Source) -> str:
    return "、".join(_word(Cause, code) for code in source.facts.get("causes") or []) or OPEN


def needs(source: Source) -> list[dict[str, Any]]:
    """Every kind of need with whether it was named, for boxes that are ticked."""
    wanted = set(source.header.get("needs") or [])
    return [{"title": need.label, "ticked": need.value in wanted} for need in Need]


@dataclass
class _Sum:
    title: str
    who: str
    amount: int = 0
    covered: int = 0
    known: bool = True


def _summed(source: Source, lines: list[Mapping[str, Any]], kinds: Any) -> tuple[list[_Sum], int]:
    """Lines inside the window, one sum for each kind and member; and how many lines lie outside."""
    sums: dict[tuple[str, str], _Sum] = {}
    outside = 0
    for line in lines:
        count = months_inside(line, source.window)
        if count == 0:
            outside += 1
            continue
        who = source.name(line.get("member"))
        held = sums.setdefault((line["kind"], who), _Sum(_word(kinds, line["kind"]), who))
        given = stated(line)
        if given is None:
            held.known = False
            continue
        held.amount += given * (count if line.get("monthly") is not None else 1)
        held.covered += sum(value for _, value in covered(line))
    order = {code: place for place, code in enumerate(kinds.values)}
    return [sums[key] for key in sorted(sums, key=lambda key: order.get(key[0], 99))], outside


def _total(parts: list[tuple[int, bool]]) -> str:
    return format_fen(sum(part for part, _ in parts)).replace("-", "−") if all(known for _, known in parts) else OPEN


def incomes(source: Source) -> dict[str, Any]:
    """What the family declared for the months of the window, by kind and member; what it paid out of it is subtracted."""
    listed = source.facts.get("incomes")
    rows, outside = _summed(source, list(listed or []), IncomeKind)
    signs = [-1 if row.title in {IncomeKind(code).label for code in OUTGOING} else 1 for row in rows]
    shown = [
        {
            "title": row.title,
            "who": row.who,
            "amount": (("−" if sign < 0 else "") + format_fen(row.amount)) if row.known else OPEN,
        }
        for row, sign in zip(rows, signs, strict=True)
    ]
    total = _total([(row.amount * sign, row.known) for row, sign in zip(rows, signs, strict=True)])
    return {
        "known": listed is not None,
        "rows": shown,
        "total": total if listed is not None else OPEN,
        "outside": outside,
    }


def expenses(source: Source) -> dict[str, Any]:
    """What the family declared as spent in the window, what others paid of it, and what it bore itself."""
    listed = source.facts.get("expenses")
    rows, outside = _summed(source, list(listed or []), ExpenseKind)
    shown = [
        {
            "title": row.title,
            "who": row.who,
            "amount": format_fen(row.amount) if row.known else OPEN,
            "covered": format_fen(row.covered) if row.known else OPEN,
            "own": format_fen(max(0, row.amount - row.covered)) if row.known else OPEN,
        }
        for row in rows
    ]
    known = listed is not None
    return {
        "known": known,
        "rows": shown,
        "total": _total([(row.amount, row.known) for row in rows]) if known else OPEN,
        "covered": _total([(row.covered, row.known) for row in rows]) if known else OPEN,
        "own": _total([(max(0, row.amount - row.covered), row.known) for row in rows]) if known else OPEN,
        "outside": outside,
    }


def property_rows(source: Source) -> list[tuple[str, str]]:
    """Housing, vehicles and savings as pairs of name and answer."""
    housing, facts = source.facts["housing"], source.facts

    def counted(value: Any, unit: str) -> str:
        return OPEN if value is None else f"{value} {unit}"

    own = counted(housing.get("owned_homes"), "套")
    if housing.get("owned_area_m2"):
        own += f"，{housing['owned_area_m2']} 平方米"
    rent = yes_no(housing.get("renting"), "租房", "不租房")
    if housing.get("renting"):
        rent += f"，{counted(housing.get('rented_area_m2'), '平方米')}"
    vehicles = facts.get("vehicles")
    cars = OPEN if vehicles is None else "、".join(_word(VehicleUse, item.get("use")) for item in vehicles) or "无"

    def money(name: str) -> str:
        value = fen(facts.get(name))
        return OPEN if value is None else f"{format_fen(value)} 元"

    return [
        ("自有住房", own),
        ("租住情况", rent),
        ("机动车", cars if vehicles in (None, []) else f"{len(vehicles)} 辆（{cars}）"),
        ("存款", money("savings")),
        ("投资净值", money("investments_net")),
        ("意外事件", _incident(facts.get("incident"))),
    ]


def _incident(incident: Any) -> str:
    if incident is None:
        return OPEN
    if incident == "none":
        return "无"
    return "，".join(
        part for part in (_word(IncidentKind, incident.get("kind")), str(incident.get("date") or "")) if part
    )


STATUS = {
    "dibao": "低保家庭",
    "low_income_certified": "低收入家庭",
    "tekun": "特困人员",
    "registered_poor": "建档立卡",
    "work_injury_survivor": "因公牺牲遗属或工亡家属",
}


def statuses(source: Source) -> str:
    """The public standings the family has."""
    known: Mapping[str, Any] = source.facts.get("status") or {}
    held = [title for code, title in STATUS.items() if known.get(code)]
    if held:
        return "、".join(held)
    return OPEN if any(known.get(code) is None for code in STATUS) else "无"
