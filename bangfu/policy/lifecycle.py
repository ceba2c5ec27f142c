"""The life of a file after it is opened: reviews, lifting and taper, closing with proof, retention, and the other clocks.

Everything is data in `lifecycle.yaml`. A number that the text does not give is a named parameter without a default: asking for a
date that rests on it raises `ParameterNotSet`, and deletion stays disabled until it is set.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bangfu.policy import clocks
from bangfu.policy.clocks import Calendar, Clock, Due, ParameterNotSet, add_months
from bangfu.policy.procedure import Problem
from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

SECTIONS = (
    "clocks", "reviews", "review_outcomes", "lifting", "relief", "taper", "closing", "retention", "yearly", "events",
    "disable",
)  # fmt: skip


@dataclass(frozen=True)
class ReviewRule:
    """How often a category is checked. `months` is None where the text gives no interval (then `parameter`)."""

    code: str
    title: str
    clause: str
    months: int | None
    parameter: str | None
    in_principle: bool
    origin: str


@dataclass(frozen=True)
class LiftingRule:
    """脱困: for which categories, over how many months, and which findings and papers it needs."""

    categories: tuple[str, ...]
    months: int
    strict: bool
    net_too: bool
    statement: bool
    reasons: Mapping[str, str]
    proof: tuple[str, ...]
    clause: str
    run_clause: str
    net_clause: str
    finding_clause: str
    statement_clause: str


@dataclass(frozen=True)
class ReliefRule:
    """解困: a mark on a file that stays open."""

    categories: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class TaperRule:
    """渐退期: how long, for whom, and where a family may go afterwards. `months` None = the text gives no number."""

    categories: tuple[str, ...]
    months: int | None
    parameter: str | None
    remind_days: int | None
    then: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class ClosingReason:
    """One reason to close a file. `proof`: any one of these documents; `claims_back`: what was paid is asked back."""

    code: str
    title: str
    clause: str
    proof: tuple[str, ...]
    taper: bool
    categories: tuple[str, ...]
    claims_back: bool
    stops_payments: bool
    note: str
    origin: str


@dataclass(frozen=True)
class RetentionRule:
    """How long a class of records is kept from the day its file is closed. No years and no parameter set = kept."""

    code: str
    title: str
    clause: str
    years: int | None
    parameter: str | None
    origin: str


@dataclass(frozen=True)
class YearlyDuty:
    """Something to be done at least once in each calendar year."""

    code: str
    title: str
    clause: str
    duty: str
    origin: str


@dataclass(frozen=True)
class ChangeEvent:
    """Something that happens to a family or a unit: whether payments stop, the file moves, or facts are judged anew."""

    code: str
    title: str
    clause: str
    stops_payments: bool
    moves_file: bool
    reassess: bool
    origin: str


@dataclass(frozen=True)
class Lifecycle:
    """`lifecycle.yaml`, effective for a pack."""

    pack: str
    clocks: Mapping[str, Clock]
    reviews: Mapping[str, ReviewRule]
    review_outcomes: tuple[str, ...]
    lifting: LiftingRule | None
    relief: ReliefRule | None
    taper: TaperRule | None
    closing: Mapping[str, ClosingReason]
    retention: Mapping[str, RetentionRule]
    yearly: Mapping[str, YearlyDuty]
    events: Mapping[str, ChangeEvent]

    def codes(self) -> frozenset[str]:
        """Every code that a clause may name as what realises it."""
        parts: list[Collection[str]] = [self.reviews, self.closing, self.retention, self.yearly, self.events]
        named = [name for name in ("lifting", "relief", "taper") if getattr(self, name) is not None]
        reviews = [f"review_{code}" for code in self.reviews]
        return frozenset(code for part in [*parts, named, reviews, self.review_outcomes, self.clocks] for code in part)

    def due(self, code: str, start: datetime.date, calendar: Calendar, length: int | None = None) -> Due:
        """When the clock `code`, started on `start`, runs out. `length` sets a parameter that the text leaves open.

        Raises KeyError for an unknown clock and `ParameterNotSet` where nobody has set the number.
        """
        return clocks.due(self.clocks[code], start, calendar, length)

    def next_review_on(
        self, category: str, last: datetime.date, parameters: Mapping[str, int] | None = None
    ) -> datetime.date:
        """When a file of this category is checked next, after its filing or last check on `last`.

        Files in taper or marked relieved keep the interval of their category. KeyError for a category without a rule,
        `ParameterNotSet` where the text gives no interval and `parameters` has none.
        """
        rule = self.reviews[category]
        return add_months(last, _number(rule.months, rule.parameter, parameters))

    def taper_end(self, lifted_on: datetime.date, parameters: Mapping[str, int] | None = None) -> datetime.date:
        """The last day of the taper of a family lifted on that day. LookupError where the policy has none."""
        if self.taper is None:
            raise LookupError("this policy has no taper")
        return add_months(lifted_on, _number(self.taper.months, self.taper.parameter, parameters))

    def taper_reminder(
        self, lifted_on: datetime.date, parameters: Mapping[str, int] | None = None
    ) -> datetime.date | None:
        """The day on which the end of the taper is announced, where the pack sets a lead time."""
        if self.taper is None or self.taper.remind_days is None:
            return None
        return self.taper_end(lifted_on, parameters) - datetime.timedelta(days=self.taper.remind_days)

    def after_taper(self, reassessed: str) -> tuple[str, str | None]:
        """What follows the taper: `("transfer", category)` where a fresh judgement fits, else `("close", None)`."""
        if self.taper is None:
            raise LookupError("this policy has no taper")
        return ("transfer", reassessed) if reassessed in self.taper.then else ("close", None)

    def has_taper(self, category: str, reason: str) -> bool:
        """Whether a file of this category that ends for this reason runs through the taper first."""
        return self.taper is not None and category in self.taper.categories and self.closing[reason].taper

    def keep_until(
        self, closed_on: datetime.date, record_class: str = "original", parameters: Mapping[str, int] | None = None
    ) -> datetime.date | None:
        """The last day on which the records must be kept; None while their number of years is not set (keep them)."""
        rule = self.retention[record_class]
        try:
            years = _number(rule.years, rule.parameter, parameters)
        except ParameterNotSet:
            return None
        return add_months(closed_on, 12 * years)

    def may_propose_destruction(
        self,
        closed_on: datetime.date | None,
        on: datetime.date,
        record_class: str = "original",
        legal_hold: bool = False,
        parameters: Mapping[str, int] | None = None,
    ) -> bool:
        """Whether destruction may be *proposed* on that day: the file is closed, its years are over, nothing holds it."""
        if closed_on is None or legal_hold:
            return False
        last = self.keep_until(closed_on, record_class, parameters)
        return last is not None and on > last

    def yearly_undone(self, code: str, year: int, done: Iterable[datetime.date]) -> bool:
        """Whether the yearly duty `code` has not been done in that calendar year."""
        if code not in self.yearly:
            raise KeyError(code)
        return not any(day.year == year for day in done)


def _number(number: int | None, parameter: str | None, parameters: Mapping[str, int] | None) -> int:
    if number is not None:
        return number
    value = (parameters or {}).get(parameter or "")
    if value is None:
        raise ParameterNotSet(parameter or "")
    return value


# --- lifting and relief -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CauseState:
    """A registered cause: when it ended (None = still there) and whether proof of that is on the file."""

    code: str
    ended_on: datetime.date | None = None
    proved: bool = False


@dataclass(frozen=True)
class MonthFigures:
    """One month of the family: its income and its rigid expense in 分, its size, and the dibao line of that month in 分 a head."""

    month: str
    income: int
    rigid_expense: int
    household_size: int
    dibao: int


@dataclass(frozen=True)
class ExitStatement:
    """The 脱困说明: signed, or refused and then carried by the unit with a statement, proof and its seal."""

    signed: bool = False
    refused: bool = False
    unit_statement: bool = False
    sealed: bool = False


@dataclass(frozen=True)
class LiftCase:
    """What is known when somebody proposes to lift a family out of hardship. `out_of_hardship` None = nobody has found it yet."""

    category: str
    filed_on: datetime.date
    causes: Sequence[CauseState]
    months: Sequence[MonthFigures]
    out_of_hardship: bool | None
    reason: str | None
    documents: frozenset[str]
    statement: ExitStatement


def may_lift(rules: Lifecycle, case: LiftCase, on: datetime.date) -> list[Problem]:
    """What stands against lifting this family on that day; an empty answer means it may be lifted.

    Per-head income must exceed the line in each of the run's months (an equal month breaks the run: 超过), compared exactly as
    income > line × size; the run is the last complete months before `on`, all after the file was opened. Where the pack says so
    income less rigid expense of the same months must exceed the line too.
    """
    rule = rules.lifting
    if rule is None or case.category not in rule.categories:
        return [Problem("not_liftable", "这类档案不适用脱困", rule.clause if rule else "")]
    problems: list[Problem] = []
    problems += [
        Problem("cause_open", "致困原因还没有消除，或还没有佐证", rule.clause, cause.code)
        for cause in case.causes
        if cause.ended_on is None or cause.ended_on > on or not cause.proved
    ]
    problems += _run_problems(rule, case, on)
    if case.out_of_hardship is not True:
        problems.append(Problem("finding_missing", "还没有入户确认家庭状况已脱离困境", rule.finding_clause))
    if case.reason not in rule.reasons:
        problems.append(Problem("reason_missing", "请选择脱困原因", rule.clause))
    if not case.documents & set(rule.proof):
        problems.append(Problem("proof_missing", "还缺少增加收入后的工资单、银行流水等佐证", rule.clause))
    return problems + (_statement_problems(rule, case.statement) if rule.statement else [])


def _run_problems(rule: LiftingRule, case: LiftCase, on: datetime.date) -> list[Problem]:
    wanted = [_month_back(on, back) for back in range(rule.months, 0, -1)]
    known = {figures.month: figures for figures in case.months}
    problems: list[Problem] = []
    run: list[MonthFigures] = []
    for month in wanted:
        figures = known.get(month)
        if figures is None or month <= f"{case.filed_on:%Y-%m}":
            problems.append(Problem("month_unknown", "还没有建档后连续各月的收入", rule.run_clause, month))
            continue
        run.append(figures)
        line = figures.dibao * figures.household_size
        if not (figures.income > line or (figures.income == line and not rule.strict)):
            problems.append(Problem("month_not_above", "该月人均收入没有超过低保标准", rule.run_clause, month))
    if rule.net_too and len(run) == rule.months:
        net = sum(figures.income - figures.rigid_expense for figures in run)
        if net <= sum(figures.dibao * figures.household_size for figures in run):
            problems.append(Problem("net_not_above", "扣减刚性支出后仍没有超过低保标准", rule.net_clause))
    return problems


def _statement_problems(rule: LiftingRule, statement: ExitStatement) -> list[Problem]:
    if statement.signed:
        return []
    if not statement.refused:
        return [Problem("statement_missing", "还没有本人签署的脱困说明", rule.statement_clause)]
    parts = {"unit_statement": statement.unit_statement, "seal": statement.sealed}
    return [
        Problem(f"{part}_missing", "本人不认可时，需要单位工会的说明、佐证和公章", rule.statement_clause)
        for part, there in parts.items()
        if not there
    ]


def _month_back(on: datetime.date, months: int) -> str:
    index = on.year * 12 + on.month - 1 - months
    return f"{index // 12:04}-{index % 12 + 1:02}"


def relief_problems(
    rules: Lifecycle,
    category: str,
    cause_hard_to_remove: bool | None,
    income: int,
    aid_not_in_income: int,
    rigid_expense: int,
    household_size: int,
    months: int,
    dibao: int,
) -> list[Problem]:
    """What stands against the mark 解困: a cause that can be removed, or a level of living below the line.

    The level counts government and union aid that income leaves out, less rigid expense; reaching the line suffices (达到). All in 分.
    """
    rule = rules.relief
    if rule is None or category not in rule.categories:
        return [Problem("not_relievable", "这类档案不适用解困", rule.clause if rule else "")]
    problems: list[Problem] = []
    if cause_hard_to_remove is not True:
        problems.append(Problem("cause_removable", "还没有认定致困原因难以消除", rule.clause))
    if income + aid_not_in_income - rigid_expense < dibao * household_size * months:
        problems.append(Problem("level_below", "家庭生活水平还没有达到低保标准", rule.clause))
    return problems


# --- closing ------------------------------------------------------------------------------------------------------
def closing_problems(rules: Lifecycle, reason: str, category: str, documents: Collection[str]) -> list[Problem]:
    """What stands against closing a file for this reason: a reason that does not apply, or no matching proof."""
    rule = rules.closing.get(reason)
    if rule is None:
        return [Problem("reason_unknown", "没有这种注销原因", "")]
    problems: list[Problem] = []
    if rule.categories and category not in rule.categories:
        problems.append(Problem("reason_not_for_category", "这类档案不适用该注销原因", rule.clause))
    if rule.proof and not set(rule.proof) & set(documents):
        problems.append(Problem("proof_missing", "还没有与注销原因一致的佐证", rule.clause))
    return problems


def carryover_state(rules: Lifecycle, on: datetime.date, code: str = "carryover_report") -> str:
    """Where a report sent on that day stands to the yearly limit: `in_time`, `at_limit` (the named day of a 前) or `overdue`."""
    clock = rules.clocks[code]
    named = clocks.named_day(clock, on.year)
    if on < named or (on == named and not clock.before):
        return "in_time"
    return "at_limit" if on == named else "overdue"


# --- loading ------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: Lifecycle | None = None) -> Lifecycle:
    """Reads `lifecycle.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "lifecycle.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        if parent is None:
            return Lifecycle(shape.origin, {}, {}, (), None, None, None, {}, {}, {}, {})
        return replace(parent, pack=shape.origin)
    number = {"parameter": (shape.code, None)}
    head = {"title": shape.text, "clause": shape.text}

    def numbered(kind: Any, key: str) -> Any:
        def build(node: Node, values: dict[str, Any]) -> Any:
            if (values[key] is None) == (values["parameter"] is None):
                shape.fault(node, f"{values['code']}: exactly one of {key} and parameter is expected")
            return kind(**values, origin=shape.origin)

        return build

    outcomes = top.child("review_outcomes")
    rules = Lifecycle(
        shape.origin,
        shape.entries(
            top, "clocks", lambda node, values: clocks.build(shape, node, values), clocks.required(shape),
            clocks.optional(shape), parent.clocks if parent else None,
        ),
        shape.entries(
            top, "reviews", numbered(ReviewRule, "months"), head,
            {"months": (shape.integer, None), **number, "in_principle": (shape.boolean, True)},
            parent.reviews if parent else None,
        ),
        shape.codes(outcomes) if outcomes is not None else (parent.review_outcomes if parent else ()),
        _part(shape, top, "lifting", _lifting, parent.lifting if parent else None),
        _part(shape, top, "relief", _relief, parent.relief if parent else None),
        _part(shape, top, "taper", _taper, parent.taper if parent else None),
        shape.entries(
            top, "closing", lambda node, values: ClosingReason(**values, origin=shape.origin), {**head, "proof": shape.codes},
            {
                "taper": (shape.boolean, False), "categories": (shape.codes, ()), "claims_back": (shape.boolean, False),
                "stops_payments": (shape.boolean, True), "note": (shape.text, ""),
            },
            parent.closing if parent else None,
        ),
        shape.entries(
            top, "retention", numbered(RetentionRule, "years"), head, {"years": (shape.integer, None), **number},
            parent.retention if parent else None,
        ),
        shape.entries(
            top, "yearly", lambda node, values: YearlyDuty(**values, origin=shape.origin), head, {"duty": (shape.text, "")},
            parent.yearly if parent else None,
        ),
        shape.entries(
            top, "events", lambda node, values: ChangeEvent(**values, origin=shape.origin), head,
            {
                "stops_payments": (shape.boolean, False), "moves_file": (shape.boolean, False),
                "reassess": (shape.boolean, False),
            },
            parent.events if parent else None,
        ),
    )  # fmt: skip
    shape.finish()
    return rules


def _part(shape: Shape, top: Node, key: str, reader: Any, inherited: Any) -> Any:
    node = top.child(key)
    return inherited if node is None else reader(shape, node)


def _lifting(shape: Shape, node: Node) -> LiftingRule:
    table = {
        "categories": shape.codes, "months": shape.integer, "strict": shape.boolean, "net_too": shape.boolean,
        "statement": shape.boolean, "reasons": shape.table(shape.text), "proof": shape.codes, "clause": shape.text,
        "run_clause": shape.text, "net_clause": shape.text, "finding_clause": shape.text, "statement_clause": shape.text,
    }  # fmt: skip
    return LiftingRule(**shape.record(node, table, {}))


def _relief(shape: Shape, node: Node) -> ReliefRule:
    return ReliefRule(**shape.record(node, {"categories": shape.codes, "clause": shape.text}, {}))


def _taper(shape: Shape, node: Node) -> TaperRule:
    values = shape.record(
        node,
        {"categories": shape.codes, "then": shape.codes, "clause": shape.text},
        {"months": (shape.integer, None), "parameter": (shape.code, None), "remind_days": (shape.integer, None)},
    )
    if (values["months"] is None) == (values["parameter"] is None):
        shape.fault(node, "taper: exactly one of months and parameter is expected")
    return TaperRule(**values)
