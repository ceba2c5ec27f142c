"""Judging one planned payment: which source may pay what, for whom, up to which sum, and who must have said yes before.

Pure functions over the rules of `aid.yaml` (see `aid_rules`), for the room that pays. All amounts are integer 分, all dates are
given. `check_payment` tells everything at once: a finding that blocks, one that waits for an approval, one that only warns.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bangfu.policy.aid_facts import (
    AidLine,
    ApprovalNeeded,
    Beneficiary,
    Bill,
    CostShare,
    Decision,
    FamilyYear,
    FileState,
    Finding,
    LocalAid,
    Payee,
    PlannedPayment,
    Restriction,
    SourceOption,
)
from bangfu.policy.aid_rules import AidRules, Cap, Cell, Kind, Purpose, Source, Threshold, load
from bangfu.policy.money import group_fen
from bangfu.policy.standards import Standards

__all__ = [
    "AidLine", "AidRules", "ApprovalNeeded", "Beneficiary", "Bill", "CostShare", "Decision", "FamilyYear", "FileState",
    "Finding", "LocalAid", "Payee", "PlannedPayment", "Restriction", "approvals_needed", "cap_limits", "check_payment",
    "load", "share_problems", "sources_for", "split",
]  # fmt: skip

WHOLE = 10_000  # shares are ten-thousandths: 100 % = 10000

#: From the freest to the strictest; of two policies the stricter word counts.
_STRICTNESS = {"priority": 0, "allowed": 1, "shared": 2, "override": 3, "closed": 4}


def _rules(pack: Any) -> AidRules:
    rules: AidRules = getattr(pack, "aid", pack)
    return rules


# --- sources ------------------------------------------------------------------------------------------------------
def _cell(rules: AidRules, category: str | None, source: str) -> Cell:
    row = rules.matrix.get(category or "")
    return row[source] if row and source in row else Cell("closed", "")


def _effective(
    rules: AidRules, category: str, companion: str | None, ground: str | None, source: str
) -> tuple[Cell, str | None]:
    """The cell that counts, and what made it stricter than the pack's own: `closure`, `companion`, or None."""
    own = _cell(rules, category, source)
    for closure in rules.closures.values():
        if (closure.category, closure.ground, closure.source) == (category, ground, source):
            return Cell("closed", closure.clause), "closure"
    if rules.companion is None or source not in rules.companion.sources:
        return own, None
    other = _cell(rules, companion, source)
    if _STRICTNESS[other.mode] > _STRICTNESS[own.mode]:
        return Cell(other.mode, rules.companion.clause), "companion"
    return own, None


def sources_for(
    pack: Any, category: str, companion: str | None = None, ground: str | None = None
) -> list[SourceOption]:
    """Every source with how it may be used for a family of this category, the pack's order.

    `companion` is the category under the companion policy; sources that follow it are shut where it is None or none of its own.
    """
    rules = _rules(pack)
    answer = []
    for source in rules.sources.values():
        cell, _ = _effective(rules, category, companion, ground, source.code)
        answer.append(SourceOption(source.code, source.title, cell.mode, cell.clause))
    return answer


# --- shares -------------------------------------------------------------------------------------------------------
def share_problems(pack: Any, share: CostShare) -> list[str]:
    """What is wrong with a year's ratios: an unknown or closed source, a part below nothing, a sum that is no whole."""
    rules = _rules(pack)
    problems = []
    for source, part in share.parts.items():
        if _cell(rules, share.category, source).mode != "shared":
            problems.append(f"{source}：这类档案不由该来源按比例承担")
        if part < 0:
            problems.append(f"{source}：比例不能小于 0")
    if sum(share.parts.values()) != WHOLE:
        whole, rest = divmod(sum(share.parts.values()), 100)
        problems.append(f"各来源比例合计应为 100%，现在是 {whole}.{rest:02d}%")
    return problems


def split(amount: int, share: CostShare) -> dict[str, int]:
    """The parts of a grant by source, in 分; they add up to the amount exactly (largest remainder, then the share's order).

    ValueError when the ratios are no whole or an amount is below nothing.
    """
    if amount < 0 or sum(share.parts.values()) != WHOLE or any(part < 0 for part in share.parts.values()):
        raise ValueError("the shares of a grant must be whole and the amount not below nothing")
    parts = {source: amount * part // WHOLE for source, part in share.parts.items()}
    left = amount - sum(parts.values())
    by_remainder = sorted(share.parts, key=lambda source: -(amount * share.parts[source] % WHOLE))
    for source in by_remainder[:left]:
        parts[source] += 1
    return parts


# --- approvals ----------------------------------------------------------------------------------------------------
def approvals_needed(pack: Any, planned: PlannedPayment, year: FamilyYear, on: datetime.date) -> list[ApprovalNeeded]:
    """The thresholds that this payment reaches, lowest first: sums per family, kind, source and calendar year of `on`."""
    found = []
    for threshold in sorted(_rules(pack).approvals.values(), key=lambda item: item.amount):
        if planned.source not in threshold.sources:
            continue
        after = year.total(on.year, planned.kind, [planned.source]) + planned.amount
        if _reached(threshold, after):
            found.append(
                ApprovalNeeded(
                    threshold.code,
                    threshold.title,
                    threshold.level,
                    threshold.effect,
                    after,
                    threshold.amount,
                    threshold.clause,
                    threshold.origin,
                )
            )
    return found


def _reached(threshold: Threshold, total: int) -> bool:
    return total >= threshold.amount if threshold.inclusive else total > threshold.amount


# --- one payment --------------------------------------------------------------------------------------------------
@dataclass
class _Judge:
    """The state of one check: the rules, what is planned, what is known, what was found."""

    rules: AidRules
    planned: PlannedPayment
    year: FamilyYear
    file: FileState
    local: LocalAid
    on: datetime.date
    found: list[Finding] = field(default_factory=list)

    def say(self, gate: str, detail: str = "") -> None:
        """Adds the finding of a gate, if this pack has it for this source and kind."""
        rule = self.rules.gates.get(gate)
        if rule is None or (rule.sources and self.planned.source not in rule.sources):
            return
        if rule.kinds and self.planned.kind not in rule.kinds:
            return
        if rule.categories and self.file.category not in rule.categories:
            return
        self.found.append(Finding(gate, rule.severity, rule.title + detail, rule.clause, rule.origin))

    def unless(self, holds: bool | None, gate: str, detail: str = "") -> None:
        """The gate speaks when something is known not to hold, and also when it is unknown."""
        if holds is not True:
            self.say(gate, detail)


def check_payment(
    pack: Any,
    planned: PlannedPayment,
    year: FamilyYear,
    file: FileState,
    local: LocalAid,
    on: datetime.date,
) -> list[Finding]:
    """Everything the policy has to say about paying this line on that day; empty when it may simply be paid.

    Raises ValueError for an amount that is not positive. Blocks come first, then approvals, then warnings.
    """
    if planned.amount <= 0:
        raise ValueError("a payment is more than nothing")
    judge = _Judge(_rules(pack), planned, year, file, local, on)
    for check in _CHECKS:
        check(judge)
    order = {"block": 0, "approval": 1, "warn": 2}
    return sorted(judge.found, key=lambda finding: order[finding.severity])


def _check_file(judge: _Judge) -> None:
    file, planned = judge.file, judge.planned
    judge.unless(file.status in judge.rules.payable_statuses, "file_active")
    judge.unless(file.opened_on is not None and file.opened_on <= judge.on, "after_filing")
    judge.unless(bool((file.national_record or "").strip()), "national_record")
    judge.unless(bool(planned.plan_item), "in_plan")


def _check_payee(judge: _Judge) -> None:
    payee = judge.planned.payee
    complete = bool(payee.name and payee.id_number) and (judge.planned.method != "bank_transfer" or bool(payee.account))
    judge.unless(complete, "real_name")
    if not payee.is_holder:
        judge.say("holder_only")
        judge.unless(payee.in_household and bool(payee.proxy_reason.strip()), "proxy_reason")
    if payee.account:
        judge.unless(payee.account_name == payee.name, "account_holder")
    if payee.is_staff:
        judge.say("staff_payee")


def _check_use(judge: _Judge) -> None:
    planned, rules = judge.planned, judge.rules
    for ban in rules.bans.values():
        if planned.purpose in ban.purposes:
            judge.found.append(Finding(ban.code, "block", ban.title, ban.clause, ban.origin))
    kind = rules.kinds.get(planned.kind)
    if kind is None:
        judge.say("kind_known")
        return
    purpose = kind.purposes.get(planned.purpose)
    judge.unless(purpose is not None, "purpose_known")
    _check_cause(judge, kind)
    if purpose is None:
        return
    judge.unless(_fits(purpose.beneficiary or kind.beneficiary, planned.beneficiary), "beneficiary")
    missing = [need for need in (*kind.needs, *purpose.needs) if need not in planned.given]
    if missing:
        judge.say("needs", f"：{'、'.join(missing)}")


def _check_cause(judge: _Judge, kind: Kind) -> None:
    cause = judge.planned.cause
    registered = cause is not None and cause in judge.file.causes
    answered = registered and (not kind.answers or cause in kind.answers)
    if not answered and not judge.planned.cause_reason.strip():
        judge.say("cause_answered")


def _fits(wanted: str, person: Beneficiary | None) -> bool:
    if wanted == "household":
        return True
    if person is None:
        return False
    tests: Mapping[str, Callable[[], bool]] = {
        "member": lambda: person.is_worker or person.counted is True,
        "worker": lambda: person.is_worker,
        "child_student": lambda: (
            person.counted is True and person.relation == "child" and person.studying not in (None, "none")
        ),
        "work_capable": lambda: (person.is_worker or person.counted is True) and person.work_capable is True,
    }
    return tests[wanted]()


def _check_caps(judge: _Judge) -> None:
    for cap in judge.rules.caps.values():
        if cap.sources and judge.planned.source not in cap.sources:
            continue
        if cap.measure == "self_borne" and cap.kind == judge.planned.kind:
            _check_self_borne(judge, cap)
        elif cap.measure == "standard" and judge.planned.kind in (cap.kind, *cap.with_kinds):
            _check_standard_cap(judge, cap)


def _check_standard_cap(judge: _Judge, cap: Cap) -> None:
    planned = judge.planned
    own = cap.yields and (planned.kind, judge.file.category) in judge.local.standards
    severity = "warn" if own else "block"
    limit = judge.local.limits.get(cap.code)
    if limit is None:
        text = f"{cap.title}：还没有登记当地标准，算不出限额"
        judge.found.append(Finding(f"{cap.code}_unknown", severity, text, cap.clause, cap.origin))
        return
    if (cap.per == "member" and planned.member is None) or (cap.per == "case" and planned.case is None):
        who = "受助人" if cap.per == "member" else "案件"
        judge.found.append(
            Finding(f"{cap.code}_unknown", severity, f"{cap.title}：请写明{who}", cap.clause, cap.origin)
        )
        return
    before = 0 if cap.per == "payment" else judge.year.granted(cap, planned, judge.on.year)
    after = before + planned.amount
    if after == limit if cap.equal else after <= limit:
        return
    decided = planned.decision is not None and bool(planned.decision.number.strip())
    if cap.in_principle and planned.deviation_reason.strip() and decided:
        severity = "warn"
    rest = f"标准为 {group_fen(limit)} 元" if cap.equal else f"还可补助 {group_fen(max(0, limit - before))} 元"
    judge.found.append(Finding(cap.code, severity, f"{cap.title}：{rest}", cap.clause, cap.origin))


def cap_limits(pack: Any, standards: Standards, region: str, on: datetime.date) -> dict[str, int | None]:
    """What each cap by a local standard comes to for a payment on that day, in 分; None where a standard is not published.

    A cap by month adds the values in force on the first day of each month of the year of payment.
    """
    found: dict[str, int | None] = {}
    for cap in _rules(pack).caps.values():
        if cap.standard is None:
            continue
        days = [datetime.date(on.year, month, 1) for month in range(1, 13)] if cap.by_month else [on]
        rows = [standards.find(cap.standard, region, day) for day in days]
        values = [row.exact[0] for row in rows if row is not None]
        found[cap.code] = sum(values) * cap.times if len(values) == len(days) else None
    return found


def _check_records(judge: _Judge) -> None:
    planned = judge.planned
    for record in judge.rules.records.values():
        asked = (not record.kinds or planned.kind in record.kinds) and (
            not record.sources or planned.source in record.sources
        )
        asked = asked and (not record.cash or planned.method != "bank_transfer")
        if asked and record.code not in planned.given:
            judge.found.append(Finding(record.code, "block", record.title, record.clause, record.origin))


def _check_self_borne(judge: _Judge, cap: Cap) -> None:
    bills = judge.planned.bills
    known = bool(bills) and all(bill.paid_by.get(part) is not None for bill in bills for part in cap.deductions)
    if not known:
        judge.say("deductions_complete")
        return
    left = 0
    for bill in bills:
        borne = max(0, bill.total - sum(bill.paid_by[part] or 0 for part in cap.deductions))
        left += max(0, borne - bill.claimed)
    if judge.planned.amount > left:
        judge.say("self_borne_cap", f"：还可补助 {group_fen(left)} 元")


def _check_source(judge: _Judge) -> None:
    planned, file, rules = judge.planned, judge.file, judge.rules
    source = rules.sources.get(planned.source)
    if source is None:
        judge.say("source_known")
        return
    cell, stricter = _effective(rules, file.category, file.companion, file.ground, planned.source)
    confirmable = stricter == "closure" or (stricter == "companion" and file.companion not in rules.matrix)
    if cell.mode == "closed" and confirmable and file.central_confirmed:
        cell, stricter = _cell(rules, file.category, planned.source), None
    if cell.mode == "closed":
        judge.say("companion_closed" if stricter == "companion" else "matrix_closed")
    elif cell.mode == "override":
        judge.unless(bool(planned.override_reason.strip() and planned.override_approved_by.strip()), "override_reason")
    elif cell.mode == "shared":
        _check_share(judge, file.companion if stricter == "companion" else file.category)
    if source.own_files:
        judge.unless(planned.owner is not None and planned.owner == file.owner, "owner")
    if source.released_by is not None:
        judge.unless(planned.released_by == source.released_by, "released_by")
    if source.decided:
        _check_decision(judge)
    if source.own_rule:
        _check_own_rule(judge, source)


def _check_share(judge: _Judge, category: str | None) -> None:
    shares = [s for s in judge.local.shares if (s.year, s.category) == (judge.on.year, category)]
    usable = [s for s in shares if not share_problems(judge.rules, s) and s.parts.get(judge.planned.source, 0) > 0]
    judge.unless(bool(usable), "share_ratio")


def _check_decision(judge: _Judge) -> None:
    decision = judge.planned.decision
    if decision is None or not decision.number.strip():
        judge.say("decision")
    elif judge.planned.amount > decision.amount - decision.used:
        judge.say("decision_amount", f"：还可发放 {group_fen(max(0, decision.amount - decision.used))} 元")


def _check_own_rule(judge: _Judge, source: Source) -> None:
    rule, planned = judge.planned.restriction, judge.planned
    if rule is None or rule.approved_on is None or rule.approved_on > judge.on:
        judge.say("account_rule")
        return
    inside = (
        (not rule.kinds or planned.kind in rule.kinds)
        and (not rule.purposes or planned.purpose in rule.purposes)
        and (not rule.categories or judge.file.category in rule.categories)
    )
    judge.unless(inside, "restriction")


def _check_sums(judge: _Judge) -> None:
    planned = judge.planned
    reached = approvals_needed(judge.rules, planned, judge.year, judge.on)
    for need in reached:
        if need.code in planned.approvals:
            continue
        severity = "approval" if need.effect == "approval" else "warn"
        message = f"{need.title}（全年累计 {group_fen(need.cumulative)} 元）"
        judge.found.append(Finding(need.code, severity, message, need.clause, need.origin))
    if not any(need.effect == "record" for need in reached) and not judge.local.own_chain:
        judge.say("own_chain")
    if not reached and judge.rules.approvals:
        lowest = min(judge.rules.approvals.values(), key=lambda item: item.amount)
        total = judge.year.total(judge.on.year, planned.kind) + planned.amount
        if _reached(lowest, total):
            judge.say("total_over", f"：{group_fen(total)} 元")


def _check_standard(judge: _Judge) -> None:
    planned, category = judge.planned, judge.file.category
    standard = judge.local.standards.get((planned.kind, category))
    if standard is None:
        judge.say("standard_in_force")
    elif planned.amount != standard and not planned.deviation_reason.strip():
        judge.say("standard_followed", f"：标准为 {group_fen(standard)} 元")


def _check_manner(judge: _Judge) -> None:
    planned = judge.planned
    if planned.method != "bank_transfer":
        judge.say("card_only")
        special = bool(planned.method_reason.strip() and planned.method_approved_by.strip())
        judge.say("other_method" if special else "bank_transfer")
    if planned.procurement != "none":
        judge.unless(planned.procurement_papers, "procurement")
    if set(planned.goods) & judge.local.banned_goods:
        judge.say("banned_goods")


def _check_history(judge: _Judge) -> None:
    planned, file = judge.planned, judge.file
    if "one_time" in judge.rules.gates:
        paid = planned.event is None or (planned.event, planned.kind) in file.one_time_paid
        judge.unless(not paid, "one_time")
    if planned.usual_amount is not None and planned.amount < planned.usual_amount:
        judge.unless(planned.change_approved, "no_reduction")


_CHECKS: Sequence[Callable[[_Judge], None]] = (
    _check_file, _check_payee, _check_use, _check_records, _check_caps, _check_source, _check_sums, _check_standard, _check_manner,
    _check_history,
)  # fmt: skip


def purposes_of(pack: Any, kind: str) -> list[Purpose]:
    """The purposes a person may choose for a kind of aid, in the order of the text. KeyError for an unknown kind."""
    return list(_rules(pack).kinds[kind].purposes.values())
