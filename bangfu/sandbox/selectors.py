"""Reads of the sandbox: lists, what the numbers are called, a result ready to be shown, printed or put on a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from bangfu.casework.selectors.names import category_title
from bangfu.families.models import Household
from bangfu.organizations.models import Region
from bangfu.organizations.scope import Desk
from bangfu.policy import labels, registry, variants
from bangfu.policy.errors import UnknownPolicy
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import effects
from bangfu.sandbox import trial
from bangfu.sandbox.choices import Source
from bangfu.sandbox.models import Proposal
from bangfu.sandbox.permissions import NAMES

TYPES = {
    "single": "单人户", "couple": "夫妻二人", "one_parent": "单亲有子女", "with_children": "有子女", "others": "其他",
}  # fmt: skip
DIMENSIONS = {"cause": "致困原因", "type": "家庭类型", "union": "工会", "region": "地区"}


def proposals(desk: Desk) -> QuerySet[Proposal]:
    """Proposals of the desk's union and those below it."""
    found: QuerySet[Proposal] = Proposal.objects.visible_to(desk).select_related("union", "author", "decided_by")
    return found


def packs() -> list[tuple[str, str]]:
    """Policies that can be tried out."""
    return [(pack_id, registry.get_pack(pack_id).title) for pack_id in registry.pack_ids()]


def policy_title(policy: str) -> str:
    try:
        return registry.get_pack(policy).title
    except UnknownPolicy:
        return policy


def standards_used(pack: Pack) -> list[tuple[str, str]]:
    """(name of the standard, its title) the pack's rules read."""
    rules = pack.rules
    found = {rules.standards[code].name: labels.STANDARDS[rules.standards[code].name] for code in rules.used_standards}
    return list(found.items())


def alterations(proposal: Proposal) -> list[tuple[str, str, str]]:
    """(what, as it is, as it would be): every altered number in words."""
    pack = trial.pack_of(proposal)
    rules = pack.rules
    found: list[tuple[str, str, str]] = []
    for code, value in proposal.changes.get("parameters", {}).items():
        found.append((rules.parameters[code].title, variants.shown(rules.parameters[code]), value))
    for one in rules.exclusions:
        if one.code in proposal.changes.get("exclusions", {}):
            now, then = one.applies_to, proposal.changes["exclusions"][one.code]
            found.append((f"排除情形：{one.title}", _categories(pack, now), _categories(pack, then)))
    for condition in rules.filing:
        if condition.code in proposal.changes.get("filing_off", ()):
            found.append((f"建档条件：{condition.title}", "适用", "不适用"))
    for name, value in proposal.standards.items():
        found.append((labels.STANDARDS.get(name, name), "现行标准", value))
    unit = "元/人/月" if proposal.per_head else "元/户/月"
    for category in pack.categories:
        old, new = proposal.today.get(category.code, 0), proposal.amounts.get(category.code, 0)
        if old != new:
            found.append((f"{category.title}补助", f"{_yuan(old)} {unit}", f"{_yuan(new)} {unit}"))
    return found


def _categories(pack: Pack, codes: Iterable[str]) -> str:
    titles = [category.title for category in pack.categories if category.code in codes]
    return "、".join(titles) or "不适用"


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def part_title(proposal: Proposal, part: str) -> str:
    """What an altered number is called where its share is shown."""
    kind, _, code = part.partition(":")
    rules = trial.pack_of(proposal).rules
    if kind == "parameter":
        return rules.parameters[code].title
    if kind == "exclusion":
        return "排除情形：" + next((one.title for one in rules.exclusions if one.code == code), code)
    if kind == "filing":
        return "建档条件：" + next((one.title for one in rules.filing if one.code == code), code)
    if kind == "standard":
        return labels.STANDARDS.get(code.partition("@")[0], code)
    return "补助金额"


@dataclass(frozen=True)
class Outcome:
    """One row of the table by category."""

    code: str
    title: str
    before: int
    after: int
    month_before: int
    month_after: int

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def month_difference(self) -> int:
        return self.month_after - self.month_before


def outcomes(proposal: Proposal) -> list[Outcome]:
    """Households and money by category, then those outside."""
    result, pack = proposal.result, trial.pack_of(proposal)
    codes = [*(category.code for category in pack.categories), "none", "incomplete"]
    money = {
        side: {row["category"]: row["month"] for row in result[f"money_{side}"]} for side in ("before", "after")
    }  # fmt: skip
    return [
        Outcome(
            code, category_title(proposal.policy, code), result["before"].get(code, 0), result["after"].get(code, 0),
            money["before"].get(code, 0), money["after"].get(code, 0),
        )
        for code in codes
    ]  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """Who comes in, goes out or changes category, by one thing."""

    title: str
    rows: list[tuple[str, int, int, int]]


def dimensions(proposal: Proposal) -> list[Dimension]:
    """By cause, household type, and union (or place, for invented families)."""
    found: list[Dimension] = []
    for name, title in DIMENSIONS.items():
        rows = proposal.result["by"].get(name)
        if rows:
            places = _places(row[0] for row in rows) if name == "region" else {}
            listed = [
                (places.get(row[0]) or _value(name, row[0]), row[1], row[2], row[3]) for row in rows if any(row[1:])
            ]
            found.append(Dimension(title, listed))
    return found


def _places(codes: Iterable[str]) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "name")) | {"unknown": "还没填"}


def _value(dimension: str, value: str) -> str:
    if dimension == "cause":
        return {"none": "没有登记", "unknown": "还没填"}.get(value) or labels.CAUSES.get(value, value)
    return TYPES.get(value, value) if dimension == "type" else value


@dataclass(frozen=True)
class Bar:
    """One step of the spread of income: so many tenths of the dibao standard, and the heights of its two bars (0 to 100)."""

    tenth: int
    label: str
    before: int
    after: int
    x: int
    before_height: int
    after_height: int


def spread(proposal: Proposal) -> list[Bar]:
    """Households by net income per head in tenths of the dibao standard."""
    rows = proposal.result["spread"]
    top = max((max(before, after) for _, before, after in rows), default=0) or 1
    return [
        Bar(
            tenth, _tenths(tenth), before, after, place * 20, before * 100 // top, after * 100 // top,
        )
        for place, (tenth, before, after) in enumerate(rows)
    ]  # fmt: skip


def _tenths(tenth: int) -> str:
    if tenth >= effects.SPREAD_TENTHS:
        return f"{tenth // 10}倍以上"
    return f"{tenth // 10}.{tenth % 10}—{(tenth + 1) // 10}.{(tenth + 1) % 10}倍"


@dataclass(frozen=True)
class Family:
    """A family whose outcome changes, or that stands next to a line."""

    pk: int
    name: str
    union: str
    first: str
    second: str
    fen: int | None


def changed(desk: Desk, proposal: Proposal) -> list[Family]:
    """Families whose outcome changes, with names for those who may see them."""
    who = _who(desk, proposal, [row[0] for row in proposal.result["changed"]])
    return [
        Family(pk, *who.get(pk, ("", "")), category_title(proposal.policy, a), category_title(proposal.policy, b), net)
        for pk, a, b, _, net in proposal.result["changed"]
    ]


def near(desk: Desk, proposal: Proposal) -> list[Family]:
    """Families just below or above a line; ``fen`` is the distance per head and month, above 0 over the line."""
    who = _who(desk, proposal, [row[0] for row in proposal.result["near"]])
    return [
        Family(pk, *who.get(pk, ("", "")), category_title(proposal.policy, code), "", margin)
        for pk, code, margin in proposal.result["near"]
    ]


def _who(desk: Desk, proposal: Proposal, keys: list[int]) -> dict[int, tuple[str, str]]:
    """Name and union of the families this desk may see; invented families have no names."""
    if proposal.source != Source.REGISTER or desk.role not in NAMES:
        return {}
    rows = Household.objects.visible_to(desk).filter(pk__in=keys).values_list("pk", "worker_name", "union__short_name")
    return {pk: (name, union) for pk, name, union in rows}
