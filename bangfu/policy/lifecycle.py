"""The life of a file after it is opened: reviews, lifting and taper, closing with proof, retention, and the other clocks.

Everything is data in `lifecycle.yaml`. A number that the text does not give is a named parameter without a default: asking for a
date that rests on it raises `ParameterNotSet`, and deletion stays disabled until it is set.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy import clocks
from bangfu.policy.clocks import Calendar, Clock, Due, ParameterNotSet, add_months
from bangfu.policy.procedure import LEVELS, Problem
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
    """脱困: for which categories, over how many months, and which findings and papers it needs.

    `proof_after_raise`: a paper of `proof` counts only when it is dated after the day on which income rose.
    """

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
    proof_after_raise: bool = False


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
    """One reason to close a file. `proof`: any one of these documents; `claims_back`: what was paid is asked back.

    What must be true besides: `ages` (sex → years reached), `after` (a clock of this file has run out), `aided_any` (one of these
    kinds of aid was given), `sole_cause` (no other cause of the file is still there), `confirmed_by` (this level says yes).
    """

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
    ages: Mapping[str, int] = field(default_factory=dict)
    after: str | None = None
    aided_any: tuple[str, ...] = ()
    sole_cause: bool = False
    confirmed_by: str | None = None


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
    """Something to be done at least once in each calendar year, where the text names months: within them (1 to 12, both included)."""

    code: str
    title: str
    clause: str
    duty: str
    origin: str
    first_month: int | None = None
    last_month: int | None = None


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

    def yearly_span(self, code: str, year: int) -> tuple[datetime.date, datetime.date]:
        """The first and last day on which the yearly duty `code` can be done in that year. KeyError for an unknown duty."""
        duty = self.yearly[code]
        first = datetime.date(year, duty.first_month or 1, 1)
        return first, add_months(datetime.date(year, duty.last_month or 12, 1), 1) - datetime.timedelta(days=1)

    def yearly_undone(self, code: str, year: int, done: Iterable[datetime.date]) -> bool:
        """Whether the yearly duty `code` has not been done in that calendar year (in its months, where the text names them)."""
        first, last = self.yearly_span(code, year)
        return not any(first <= day <= last for day in done)

    def reaches_age_on(self, reason: str, sex: str, birth_date: datetime.date) -> datetime.date | None:
        """The birthday on which a closing reason by age begins for this person; None where it sets no age for that sex."""
        years = self.closing[reason].ages.get(sex)
        return None if years is None else add_months(birth_date, 12 * years)


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
    """What is known when somebody proposes to lift a family out of hardship. `out_of_hardship` None = nobody has found it yet.

    `raised_on`: the day income rose; `dated`: the day a document of `documents` bears. Both are asked for only where the rule says so.
    """

    category: str
    filed_on: datetime.date
    causes: Sequence[CauseState]
    months: Sequence[MonthFigures]
    out_of_hardship: bool | None
    reason: str | None
    documents: frozenset[str]
    statement: ExitStatement
    raised_on: datetime.date | None = None
    dated: Mapping[str, datetime.date] = field(default_factory=dict)


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
        problems.append(Problem("proof_missing", "还没有收入提高后的凭证，例如工资条或账户明细", rule.clause))
    elif rule.proof_after_raise and not _dated_after_raise(rule, case):
        problems.append(Problem("proof_too_old", "佐证的日期要在增加收入之后，请补充新的工资单或银行流水", rule.clause))
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


def _dated_after_raise(rule: LiftingRule, case: LiftCase) -> bool:
    days = [case.dated[code] for code in case.documents & set(rule.proof) if code in case.dated]
    return case.raised_on is not None and any(day > case.raised_on for day in days)


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
@dataclass(frozen=True)
class ClosingCase:
    """What is known of a file on the day somebody proposes to close it. Unknown is None, and fulfils nothing.

    `clock_started`: for each clock a reason waits for, the day it last began; `aided`: kinds of aid given under this file;
    `live_causes`: causes still there apart from the one that ended; `confirmed_by`: levels that have said yes.
    """

    on: datetime.date
    sex: str | None = None
    birth_date: datetime.date | None = None
    clock_started: Mapping[str, datetime.date] = field(default_factory=dict)
    aided: frozenset[str] = frozenset()
    live_causes: Collection[str] | None = None
    confirmed_by: frozenset[str] = frozenset()


def closing_problems(
    rules: Lifecycle, reason: str, category: str, documents: Collection[str], case: ClosingCase | None = None
) -> list[Problem]:
    """What stands against closing a file for this reason: a reason that does not apply, no matching proof, a condition not fulfilled.

    `case` is needed where the reason sets conditions of its own (an age, a clock, aid given before …).
    """
    rule = rules.closing.get(reason)
    if rule is None:
        return [Problem("reason_unknown", "没有这种注销原因", "")]
    problems: list[Problem] = []
    if rule.categories and category not in rule.categories:
        problems.append(Problem("reason_not_for_category", "这类档案不适用该注销原因", rule.clause))
    if rule.proof and not set(rule.proof) & set(documents):
        problems.append(Problem("proof_missing", "还没有与注销原因一致的佐证", rule.clause))
    return problems + _condition_problems(rules, rule, case)


def _condition_problems(rules: Lifecycle, rule: ClosingReason, case: ClosingCase | None) -> list[Problem]:
    problems: list[Problem] = []
    if rule.ages:
        known = case is not None and case.birth_date is not None and case.sex in rule.ages
        if case is None or case.birth_date is None or not known:
            problems.append(Problem("age_unknown", "请先填写出生日期和性别", rule.clause))
        else:
            begins = rules.reaches_age_on(rule.code, case.sex or "", case.birth_date)
            if begins is None or case.on < begins:
                problems.append(Problem("age_not_reached", "还没有达到该注销原因的年龄", rule.clause))
    if rule.after is not None:
        started = case.clock_started.get(rule.after) if case else None
        clock = rules.clocks[rule.after]
        if case is None or started is None:
            problems.append(Problem("clock_unknown", f"还不知道“{clock.title}”从哪一天起算", rule.clause))
        elif clocks.elapsed_on(clock, started) > case.on:
            problems.append(Problem("clock_running", f"“{clock.title}”还没有满", rule.clause))
    if rule.aided_any and not (case and case.aided & set(rule.aided_any)):
        problems.append(Problem("aid_missing", "档案中没有与该原因对应的帮扶记录", rule.clause))
    if rule.sole_cause and (case is None or case.live_causes is None or len(case.live_causes) > 0):
        problems.append(Problem("cause_open", "还有其他致困原因没有消除，请先核实", rule.clause))
    if rule.confirmed_by is not None and not (case and rule.confirmed_by in case.confirmed_by):
        problems.append(Problem("confirmation_missing", "还没有上级工会的确认", rule.clause))
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

    def yearly(node: Node, values: dict[str, Any]) -> YearlyDuty:
        first, last = values["first_month"], values["last_month"]
        if (first is None) != (last is None) or (first is not None and not 1 <= first <= last <= 12):
            shape.fault(node, f"{values['code']}: first_month and last_month go together, from 1 to 12")
        return YearlyDuty(**values, origin=shape.origin)

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
                "stops_payments": (shape.boolean, True), "note": (shape.text, ""), "ages": (shape.table(shape.integer), {}),
                "after": (shape.code, None), "aided_any": (shape.codes, ()), "sole_cause": (shape.boolean, False),
                "confirmed_by": (shape.choice(LEVELS), None),
            },
            parent.closing if parent else None,
        ),
        shape.entries(
            top, "retention", numbered(RetentionRule, "years"), head, {"years": (shape.integer, None), **number},
            parent.retention if parent else None,
        ),
        shape.entries(
            top, "yearly", yearly, head,
            {"duty": (shape.text, ""), "first_month": (shape.integer, None), "last_month": (shape.integer, None)},
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
    for reason in rules.closing.values():
        clock = rules.clocks.get(reason.after or "")
        if reason.after is not None and (clock is None or clock.unit not in ("month", "year") or clock.length is None):
            shape.fault(top, f"{reason.code}: no clock {reason.after} of so many months or years", "closing")
        if set(reason.ages) - {"female", "male"}:
            shape.fault(top, f"{reason.code}: ages are given for female and male", "closing")
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
    return LiftingRule(**shape.record(node, table, {"proof_after_raise": (shape.boolean, False)}))


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
