"""The live panel beside the wizard: what the rules say about the draft as it stands, and what they still want to know."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from bangfu.common.money import parse_yuan
from bangfu.families import facts, paths
from bangfu.families.models import Household
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import facts as policy_facts
from bangfu.policy import registry
from bangfu.policy import standards as policy_standards
from bangfu.policy.advice import Glance, glance
from bangfu.policy.assess import FactsFault, assess
from bangfu.policy.determination import CategoryResult, Determination
from bangfu.policy.errors import PolicyError, PolicyNotInForce
from bangfu.policy.pack.model import Pack

CENTRAL_LABEL = "中央口径"
MANY_MISSING = 8


@dataclass(frozen=True)
class Bar:
    """Net sum per head and month against one line, in 分. ``holds`` None: not decided."""

    label: str
    line: int
    value: int | None
    holds: bool | None
    margin: str
    clause: str
    url: str


@dataclass(frozen=True)
class Missing:
    label: str
    url: str


@dataclass
class Panel:
    """What the panel shows. ``certain`` is False while lists are not marked complete: the word then stands for what was entered."""

    word: str = ""
    tone: str = "open"
    certain: bool = True
    provisional: str = ""
    bars: list[Bar] = field(default_factory=list)
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    more_missing: int = 0
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    size: int | None = None
    window: str = ""
    policy_title: str = ""
    companion: str = ""
    companion_tone: str = "open"
    companion_missing: list[Missing] = field(default_factory=list)
    advice: Glance = field(default_factory=Glance)
    advice_url: str = ""
    trouble: str = ""
    determination: Determination | None = None


def pack_of(household: Household) -> Pack:
    """The policy that applies to the family on its application date. Raises ``PolicyNotInForce``."""
    day = household.application_date
    return registry.get_pack(registry.policy_for(household.work_region or household.union.region, day), day)


def window_months(household: Household) -> int:
    """The accounting window of that policy; six where none is in force."""
    try:
        return pack_of(household).rules.window_months
    except PolicyError:
        return 6


def clause_url(pack_id: str, clause: str) -> str:
    """The clause's page in the policy library; empty where the library has none."""
    first = clause.split("、")[0]
    for args in ([pack_id, first], [first]):
        try:
            return reverse("library:clause", args=args)
        except NoReverseMatch:
            continue
    return ""


def build(household: Household) -> Panel:
    """Judges the draft under the local policy and beside it under the central one. ``household`` comes from ``selectors.whole``."""
    panel = Panel()
    try:
        pack = pack_of(household)
    except PolicyNotInForce:
        panel.trouble = f"{household.application_date} 没有可适用的政策文本，请核对申请日期"
        return panel
    document = facts.build(household, as_entered=True)
    standards = installed_standards(household.application_date)
    panel.policy_title = pack.title
    try:
        known, rows = policy_facts.parse(document), policy_standards.parse(standards)
        local = assess(known, pack.id, rows)
        national = registry.national(household.application_date)
        central = assess(known, national, rows) if pack.id != national else None
    except FactsFault as fault:
        names = facts.labels(household)
        panel.trouble = "这些内容互相矛盾，请先核对：" + "、".join(
            paths.label_of(item.path, document, names) for item in fault.faults
        )
        return panel
    except PolicyError as fault:
        panel.trouble = str(fault)
        return panel
    panel.determination = local
    _head(panel, pack, local, household)
    _amounts(panel, pack, local)
    names = facts.labels(household)
    panel.missing = [*_open_lists(household), *_missing(local, document, names, household)]
    panel.more_missing = max(0, len(panel.missing) - MANY_MISSING)
    if household.incomes_known and household.expenses_known:
        # before the lists are whole, the panel asks for them; a line missing from a list would make any advice wrong
        panel.advice = glance(known, rows, pack, names)
        panel.advice_url = paths.link_of(household, panel.advice.path) if panel.advice.path else ""
    if central is not None:
        panel.companion, panel.companion_tone = _word(registry.get_pack(national), central)
        panel.companion_missing = _central_missing(central, document, names, household)[:3]
    return panel


def title_of(pack: Pack, code: str | None) -> str:
    return next((category.title for category in pack.rules.categories if category.code == code), "")


def _word(pack: Pack, found: Determination) -> tuple[str, str]:
    if found.outcome == "incomplete":
        return "还不能判断", "open"
    if found.outcome == "none":
        return "不符合各类建档标准", "no"
    return title_of(pack, found.outcome), "yes"


def _head(panel: Panel, pack: Pack, found: Determination, household: Household) -> None:
    panel.word, panel.tone = _word(pack, found)
    panel.certain = household.incomes_known and household.expenses_known
    if found.outcome == "incomplete" and found.provisional:
        panel.provisional = title_of(pack, found.provisional)
    panel.size = found.figures.get("household_size")
    _, first, last = found.window
    panel.window = f"{first} 至 {last}"
    for one in found.exclusions:
        if one.result == "met":
            rule = next(rule for rule in pack.rules.exclusions if rule.code == one.code)
            barred = "、".join(title_of(pack, code) for code in one.applies_to)
            panel.hits.append((rule.title, barred, clause_url(pack.id, one.clause)))


def _amounts(panel: Panel, pack: Pack, found: Determination) -> None:
    labels = (("income", "家庭收入"), ("rigid_expense", "刚性支出"), ("net_per_capita_monthly", "人均月净收入"))
    panel.figures = [
        (label, _text(found.figures.get(code)), "元" if code != "net_per_capita_monthly" else "元/月")
        for code, label in labels
    ]
    by_code = {category.code: category for category in pack.rules.categories}
    for result in found.categories:
        if result.threshold is None:
            continue
        line = by_code[result.code].line
        shown = next((one for one in result.conditions if one.code == line), None)
        if shown is None or shown.right is None:
            continue
        holds = {"met": True, "not_met": False}.get(shown.result)
        panel.bars.append(
            Bar(
                by_code[result.code].title, _fen(result.threshold) or 0, _fen(shown.left), holds, _margin(result),
                shown.clause, clause_url(pack.id, shown.clause),
            )
        )  # fmt: skip


def _fen(text: str | None) -> int | None:
    if text is None:
        return None
    return -parse_yuan(text[1:]) if text.startswith("-") else parse_yuan(text)


def _text(amount: Any) -> str:
    from bangfu.common.money import format_fen

    fen = _fen(amount)
    return "—" if fen is None else format_fen(fen)


def _margin(result: CategoryResult) -> str:
    fen = _fen(result.margin)
    if fen is None:
        return "还算不出"
    from bangfu.common.money import format_fen

    return (
        "等于标准"
        if fen == 0
        else f"低于标准 {format_fen(-fen)} 元/月"
        if fen < 0
        else f"高于标准 {format_fen(fen)} 元/月"
    )


def _open_lists(household: Household) -> list[Missing]:
    found = []
    for known, step, label in (
        (household.incomes_known, "incomes", "收入是否已录全"),
        (household.expenses_known, "expenses", "支出是否已录全"),
    ):
        if not known:
            found.append(Missing(label, reverse("families:step", args=[household.pk, step]) + "#id_known"))
    return found


def _central_missing(
    found: Determination, document: dict[str, Any], names: dict[str, str], household: Household
) -> list[Missing]:
    """What the central rule lacks; months of income before the local window are asked for together."""
    early = [path for path in found.missing if path.startswith("incomes[")]
    items = _missing(found, document, names, household)
    if len(early) < 2:
        return items
    labels = {paths.label_of(path, document, names) for path in early}
    where = reverse("families:step", args=[household.pk, "incomes"]) + "?wide=1"
    return [Missing(f"{len(labels)} 行收入的部分月份", where), *(item for item in items if item.label not in labels)]


def _missing(
    found: Determination, document: dict[str, Any], names: dict[str, str], household: Household
) -> list[Missing]:
    skip = {
        name
        for name, known in (("incomes", household.incomes_known), ("expenses", household.expenses_known))
        if not known
    }
    answer: list[Missing] = []
    for path in found.missing:
        if path in skip:
            continue
        item = Missing(paths.label_of(path, document, names), paths.link_of(household, path))
        if item not in answer:
            answer.append(item)
    return answer
