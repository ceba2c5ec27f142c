"""Reckoning with the rules of social assistance: supplements, sanctions, fines, dates of payment, approval, fast track, stages, reserve.

Pure functions over `assistance.yaml` (see `assistance_rules`). Amounts are integer 分, dates are given. `given` are the parameters that
people have set (code → value); what the text leaves open and nobody has set raises `ParameterNotSet`. Nothing here decides: where
the text says 可 or 视情 the answer is what *may* be decided, with the clause.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bangfu.policy.assistance_rules import AssistanceRules, Group, SinglePerson, Tiers, load
from bangfu.policy.clocks import ParameterNotSet, add_months
from bangfu.policy.procedure import Problem

__all__ = [
    "AssistanceRules", "Offer", "Person", "Stage", "Supplement", "approver", "erroneous_outcomes", "fast_track_problems",
    "fine_range", "gradual_exit_open", "groups_of", "linkage_lines", "load", "narrowed", "paperwork_missing", "parameter", "pay_by",
    "referral_problems", "refusals_in_a_row", "relief_amount", "reserve_problems", "sanction_choices", "sanctioned_shares",
    "shortfalls", "single_person_route", "split_payments", "stage_problems", "supplements",
]  # fmt: skip

Given = Mapping[str, Any]


def _rules(pack: Any) -> AssistanceRules:
    rules: AssistanceRules = getattr(pack, "assistance", pack)
    return rules


def parameter(pack: Any, code: str, given: Given) -> Any:
    """What people have set for a parameter of the text. KeyError for an unknown one, `ParameterNotSet` where nobody has."""
    setting = _rules(pack).parameters[code]
    value = given.get(code)
    if value is None:
        raise ParameterNotSet(code)
    if setting.values and value not in setting.values:
        raise ValueError(f"{code}：{value} 不在可选范围内")
    return value


# --- persons: groups, supplements, households of one ------------------------------------------------------------------
@dataclass(frozen=True)
class Person:
    """A person as social assistance looks at her. `facts`: code → known or not (None and absent are unknown)."""

    id: str
    born: datetime.date | None = None
    facts: Mapping[str, bool | None] = field(default_factory=dict)

    def age(self, on: datetime.date) -> int | None:
        """Completed years on that day; None where the date of birth is unknown."""
        if self.born is None:
            return None
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Supplement:
    """What one person gets beside the base amount, and for which group."""

    person: str
    group: str
    amount: int
    clause: str


def _in_group(group: Group, person: Person, on: datetime.date) -> bool | None:
    age = person.age(on)
    if group.min_age is not None:
        return None if age is None else age >= group.min_age
    if group.under_age is not None:
        return None if age is None else age < group.under_age
    return person.facts.get(group.fact or "")


def groups_of(pack: Any, person: Person, on: datetime.date) -> tuple[str, ...]:
    """The groups a person is known to belong to on that day, in the order of the text."""
    return tuple(g.code for g in _rules(pack).groups.values() if _in_group(g, person, on) is True)


def supplements(pack: Any, people: Iterable[Person], on: datetime.date, given: Given) -> list[Supplement]:
    """One supplement per person: the highest of her groups' sums (which is the first of equal ones)."""
    rules = _rules(pack)
    found = []
    for person in people:
        lines = [
            Supplement(
                person.id, code, parameter(rules, rules.groups[code].parameter, given), rules.groups[code].clause
            )
            for code in groups_of(rules, person, on)
        ]
        if lines:
            found.append(max(lines, key=lambda line: line.amount))
    return found


def single_person_route(pack: Any, person: Person, on: datetime.date) -> SinglePerson | None:
    """The route by which this person may be treated as a household of one; None where none is known to hold."""
    for route in _rules(pack).single_person.values():
        age = person.age(on)
        old_enough = route.min_age is None or (age is not None and age >= route.min_age)
        every = all(person.facts.get(code) is True for code in route.all)
        some = not route.any or any(person.facts.get(code) is True for code in route.any)
        if old_enough and every and some:
            return route
    return None


# --- refusing work ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Offer:
    """A job offered. `suitable` to health and capacity; `answer` accepted or refused; `justified`: the refusal had a valid reason."""

    on: datetime.date
    source: str
    suitable: bool
    answer: str
    justified: bool = False


def refusals_in_a_row(pack: Any, offers: Iterable[Offer]) -> int:
    """Refusals without a valid reason since the row was last broken. Offers from elsewhere or not suitable are no offers."""
    rule = _rules(pack).refusals
    if rule is None:
        return 0
    row = 0
    for offer in sorted(offers, key=lambda one: one.on):
        if offer.source in rule.sources and offer.suitable:
            row = row + 1 if offer.answer == "refused" and not offer.justified else 0
    return row


def sanction_choices(pack: Any, offers: Iterable[Offer]) -> tuple[str, ...]:
    """What a person may decide now; empty while the row is too short. Nothing happens by itself."""
    rule = _rules(pack).refusals
    if rule is None or refusals_in_a_row(pack, offers) < rule.count:
        return ()
    return tuple(rule.outcomes)


def sanctioned_shares(pack: Any, shares: Mapping[str, int], person: str, outcome: str, given: Given) -> dict[str, int]:
    """The household's shares after the decision: only the refuser's own share changes. KeyError for an unknown outcome."""
    rule = _rules(pack).refusals
    if rule is None or outcome not in rule.outcomes:
        raise KeyError(outcome)
    own = shares[person]
    if outcome == "stop":
        own = 0
    elif outcome == "reduce":
        own = max(0, own - parameter(pack, rule.cut_parameter, given))
    return {**shares, person: own}


# --- tapering, undertakings, dates of payment -------------------------------------------------------------------------
def gradual_exit_open(pack: Any, active: bool, event: str | None, income: int, line: int) -> list[Problem]:
    """What stands against a 渐退: not covered now, no such event, or income that is not above the line (both 分, same basis)."""
    rule = _rules(pack).gradual_exit
    if rule is None:
        return [Problem("no_gradual_exit", "本政策没有渐退", "")]
    found = []
    if not active:
        found.append(Problem("not_active", "家庭不在保，不适用渐退", rule.clause))
    if event not in rule.events:
        found.append(Problem("event_missing", "渐退只适用于重新就业或创业", rule.clause))
    if income <= line:
        found.append(Problem("income_within", "人均收入没有超过低保标准，照常保障", rule.clause))
    return found


def gradual_exit_end(pack: Any, start: datetime.date, given: Given) -> datetime.date:
    """The last day of a 渐退 granted on `start`; its length is a parameter. LookupError where the policy has none."""
    rule = _rules(pack).gradual_exit
    if rule is None:
        raise LookupError("this policy has no 渐退")
    return add_months(start, parameter(pack, rule.months_parameter, given))


def fine_range(pack: Any, drawn: int) -> tuple[int, int]:
    """The least and most an applicant promised to pay on what was drawn wrongly (分). A range to decide in, never a fine."""
    rule = _rules(pack).undertaking
    if rule is None:
        raise LookupError("this policy has no undertaking")
    return drawn * rule.fine_least, drawn * rule.fine_most


def pay_by(pack: Any, area: str, cycle: str, period: datetime.date) -> datetime.date | None:
    """The last day on which the money of the period that holds `period` is in time; None where the text sets no month."""
    for rule in _rules(pack).pay_calendar.values():
        if (rule.area, rule.cycle) == (area, cycle):
            first = period.month - (period.month - 1) % 3 if cycle == "quarter" else period.month
            start = datetime.date(period.year, first, 1)
            return add_months(start, rule.month) - datetime.timedelta(days=1)
    return None


def shortfalls(approved: Mapping[str, int], paid: Mapping[str, int]) -> dict[str, int]:
    """What each person still lacks of what was approved for the period (分); empty when everybody was paid in full."""
    return {key: amount - paid.get(key, 0) for key, amount in approved.items() if paid.get(key, 0) < amount}


def linkage_lines(pack: Any, rise: int, people: Mapping[str, str], given: Given) -> dict[str, int]:
    """价格临时补贴 per person when the recorded rise of the index (hundredths of a percent) meets the condition people have set.

    `people`: person → group. Empty while the condition is not met. Raises `ParameterNotSet` before it is set.
    """
    rule = _rules(pack).linkage
    if rule is None or rise < parameter(pack, rule.trigger_parameter, given):
        return {}
    groups, amount = parameter(pack, rule.groups_parameter, given), parameter(pack, rule.amount_parameter, given)
    return {person: amount for person, group in people.items() if group in groups}


# --- approval, fast track, stages, amounts ----------------------------------------------------------------------------
def approver(pack: Any, amount: int, delegated: bool, given: Given, *, major: bool = False) -> tuple[str, str]:
    """(who approves this sum, the clause): the lower body up to its limit and within a live delegation, else the upper one."""
    rule = _rules(pack).approval
    if rule is None:
        raise LookupError("this policy has no levels of approval")
    if major:
        return rule.special, rule.special_clause
    if not delegated:
        return rule.upper, rule.delegation_clause
    lower = amount <= parameter(pack, rule.limit_parameter, given)
    return (rule.lower if lower else rule.upper), rule.clause


def split_payments(pack: Any, payments: Sequence[tuple[datetime.date, int]], given: Given) -> bool:
    """Whether payments to one family, each within the lower body's limit, exceed it together within the days that people have set."""
    rule = _rules(pack).approval
    if rule is None:
        return False
    limit, days = parameter(pack, rule.limit_parameter, given), parameter(pack, rule.split_parameter, given)
    small = sorted(payment for payment in payments if payment[1] <= limit)
    return any(
        sum(amount for day, amount in small[place:] if (day - start).days <= days) > limit
        for place, (start, _) in enumerate(small)
    )


def fast_track_problems(pack: Any, category: str, body: str, skipped: Iterable[str], reason: str) -> list[Problem]:
    """What stands against leaving steps out: a category that keeps all steps, the wrong body, a step that stays, no reason."""
    rule = _rules(pack).fast_track
    left_out = tuple(skipped)
    if rule is None or not left_out:
        return []
    if category not in rule.categories:
        return [Problem("all_steps", "这一类型须逐项办理，不能简化环节", rule.strict_clause)]
    found = []
    if body not in rule.bodies:
        found.append(Problem("wrong_body", "先行救助只能由乡镇（街道）或县级民政部门实施", rule.clause))
    found += [
        Problem("step_stays", "这一环节不能省略", rule.clause, step) for step in left_out if step not in rule.may_skip
    ]
    if not reason.strip():
        found.append(Problem("reason_missing", "请写明急难情形", rule.clause))
    return found


def paperwork_missing(pack: Any, done: Iterable[str]) -> list[Problem]:
    """What must still be registered or completed after aid that was given first."""
    rule = _rules(pack).fast_track
    if rule is None:
        return []
    have = set(done)
    wanted = {**rule.registers, **rule.completes}
    return [Problem(f"{code}_missing", f"还没有补登：{title}", rule.after_clause) for code, title in wanted.items() if code not in have]  # fmt: skip


def narrowed(pack: Any, status: Mapping[str, bool | None]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """(what alone is verified, what is not done) for a family with one of the statuses; None for every other family."""
    rule = _rules(pack).narrowed_check
    if rule is None or not any(status.get(code) is True for code in rule.status_any):
        return None
    return rule.verifies, rule.drops


@dataclass(frozen=True)
class Stage:
    """One payment under one approval. `needed`: whether the need was found to persist before it (None = not looked at yet)."""

    number: int
    amount: int
    paid: bool = False
    needed: bool | None = None


def stage_problems(pack: Any, subject: str, approved: int, stages: Sequence[Stage]) -> list[Problem]:
    """What is wrong with a staged plan: a subject that gets none, more than was approved, a later stage paid without a look."""
    rule = _rules(pack).stages
    if rule is None or subject not in rule.allowed_for:
        return [Problem("no_stages", "这类对象不适用一次审批、分阶段救助", rule.clause if rule else "")]
    found = []
    if sum(stage.amount for stage in stages) > approved:
        found.append(Problem("over_approved", "各阶段合计超过批准的金额", rule.clause))
    found += [
        Problem("need_not_checked", "发放前请先核实困难是否仍在", rule.clause, str(stage.number))
        for stage in stages
        if stage.number > 1 and stage.paid and stage.needed is not True
    ]
    return found


def relief_amount(
    pack: Any, line: Mapping[str, int], dibao: int, persons: int, months: int, statuses: Iterable[str], given: Given
) -> int:
    """The sum that a line of the local table gives, in 分: a fixed sum, or hundredths of the dibao standard × persons × months.

    `line` holds `fixed` or `hundredths`, and may hold `cap`. Families of the named statuses get the uplift people have set (分).
    """
    rule: Tiers | None = _rules(pack).tiers
    if rule is None:
        raise LookupError("this policy has no table of standards")
    if ("fixed" in line) == ("hundredths" in line):
        raise ValueError("a line has a fixed sum or a multiple of the dibao standard, never both")
    amount = line["fixed"] if "fixed" in line else (dibao * line["hundredths"] * persons * months + 50) // 100
    if set(statuses) & set(rule.uplift_for):
        amount += parameter(pack, rule.uplift_parameter, given)
    return min(amount, line["cap"]) if "cap" in line else amount


# --- reserve, referral, accountability --------------------------------------------------------------------------------
def reserve_problems(pack: Any, balance: int, entries: Sequence[Mapping[str, Any]], given: Given) -> list[Problem]:
    """What is wrong with entries of a reserve ledger (`amount` in 分, below 0 = paid out, `use`, `case`, `keeper`, `approver`)."""
    rule = _rules(pack).reserve
    if rule is None:
        return [Problem("no_reserve", "本政策没有备用金", "")]
    ceiling, single = (parameter(pack, code, given) for code in (rule.ceiling_parameter, rule.single_parameter))
    found = []
    for place, entry in enumerate(entries):
        about, amount = str(place), entry["amount"]
        balance += amount
        if balance < 0:
            found.append(Problem("overdrawn", "备用金余额不能小于零", rule.clause, about))
        if balance > ceiling:
            found.append(Problem("over_ceiling", "备用金超过规定的额度", rule.clause, about))
        if amount >= 0:
            continue
        if -amount > single:
            found.append(Problem("over_single", "单笔超过规定的额度", rule.clause, about))
        if entry.get("use") not in rule.uses:
            found.append(Problem("wrong_use", "备用金只能用于临时救助", rule.clause, about))
        if not entry.get("case"):
            found.append(Problem("case_missing", "请登记对应的救助对象", rule.clause, about))
        if entry.get("keeper") == entry.get("approver"):
            found.append(Problem("same_person", "保管人与批准人不能是同一人", rule.clause, about))
    return found


def referral_problems(pack: Any, target: str, consent: bool, aid_given: bool) -> list[Problem]:
    """What stands against sending a case on: an unknown target, no consent where one is due, charity before the aid itself."""
    rule = _rules(pack).referral
    if rule is None or target not in rule.targets:
        return [Problem("target_unknown", "没有这个转介去向", rule.clause if rule else "")]
    found = []
    if target in rule.consent_for and not consent:
        found.append(Problem("consent_missing", "转介前请先征得本人同意", rule.clause))
    if target in rule.after_aid and not aid_given:
        found.append(Problem("aid_first", "请先实施政府救助，再转介慈善力量", rule.clause))
    return found


def erroneous_outcomes(pack: Any, cause: str) -> tuple[str, ...]:
    """What may be recorded as the consequence of a mistake of that cause. KeyError for an unknown cause."""
    rule = _rules(pack).accountability
    if rule is None:
        raise KeyError(cause)
    return rule.outcomes[cause]
