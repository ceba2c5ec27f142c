"""What a union owes by the calendar, read from the packs: yearly work, reports with a day, quarterly plans. No database here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.organizations.choices import Level, Role
from bangfu.policy import clocks
from bangfu.policy.clocks import Clock
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.lifecycle import Lifecycle
from bangfu.policy.registry import get_pack, policy_for

DESKS: dict[str, tuple[Level, Role]] = {
    "": (Level.UNIT, Role.CLERK),
    "unit": (Level.UNIT, Role.CLERK),
    "archive_officer": (Level.UNIT, Role.CLERK),
    "payer": (Level.UNIT, Role.CLERK),
    "aid_center": (Level.INDUSTRY, Role.AID_CENTER),
    "welfare": (Level.INDUSTRY, Role.AID_CENTER),
    "industry": (Level.INDUSTRY, Role.AID_CENTER),
    "county": (Level.INDUSTRY, Role.AID_CENTER),
    "finance": (Level.INDUSTRY, Role.FINANCE),
    "audit": (Level.INDUSTRY, Role.AUDITOR),
    "audit_committee": (Level.INDUSTRY, Role.AUDITOR),
    "province": (Level.CITY, Role.AID_CENTER),
}
"""Whom a text means by the one who owes something → the level of her union and her role in it."""


@dataclass(frozen=True)
class Duty:
    """Something a union owes by a day. ``opens_on``: not before, where the text names the months; else the day the year begins."""

    code: str
    title: str
    clause: str
    policy: str
    role: Role
    unit: str
    opens_on: date
    due_on: date
    remind: int | None
    windowed: bool


def owed(level: str, region: str, on: date, parameters: Mapping[str, int] | None = None) -> list[Duty]:
    """What a union of this level and region owes in the year of ``on``, by the policy in force there on that day, the earliest first.

    A day that only marks the border of the months of a yearly duty of the same clause is that duty, not another one.
    """
    try:
        policy = policy_for(region, on)
    except PolicyNotInForce:
        return []
    rules: Lifecycle = get_pack(policy, on).lifecycle
    found = [
        duty
        for who, duty in (*_yearly(rules, policy, on.year), *_dated(rules, policy, on.year, parameters or {}))
        if DESKS.get(who, DESKS[""])[0] == level
    ]
    return sorted(found, key=lambda duty: (duty.due_on, duty.code))


def _role(who: str) -> Role:
    return DESKS.get(who, DESKS[""])[1]


def _yearly(rules: Lifecycle, policy: str, year: int) -> Iterator[tuple[str, Duty]]:
    for duty in rules.yearly.values():
        first, last = rules.yearly_span(duty.code, year)
        windowed = duty.first_month is not None
        yield (
            duty.duty,
            Duty(duty.code, duty.title, duty.clause, policy, _role(duty.duty), "year", first, last, None, windowed),
        )


def _dated(rules: Lifecycle, policy: str, year: int, parameters: Mapping[str, int]) -> Iterator[tuple[str, Duty]]:
    windowed = [duty for duty in rules.yearly.values() if duty.first_month is not None]
    borders = {(duty.clause, day) for duty in windowed for day in rules.yearly_span(duty.code, year)}
    for clock in rules.clocks.values():
        for opens_on, due_on in _days(clock, year, parameters):
            if (clock.clause, due_on) in borders:
                continue
            yield (
                clock.duty,
                Duty(
                    clock.code, clock.title, clock.clause, policy, _role(clock.duty), clock.unit, opens_on, due_on,
                    clock.remind_before, clock.unit == "quarter",
                ),
            )  # fmt: skip


def _days(clock: Clock, year: int, parameters: Mapping[str, int]) -> list[tuple[date, date]]:
    """First and last day of each time that a clock of the calendar falls due in a year; none for a clock that some event starts."""
    january = date(year, 1, 1)
    if clock.unit == "date":
        if clock.year not in (None, year):
            return []
        named = clocks.named_day(clock, year)
        return [(january, named - timedelta(days=1) if clock.before else named)]
    if clock.unit == "quarter":
        return [clocks.last_month_of_quarter(date(year, month, 1)) for month in (3, 6, 9, 12)]
    if clock.starts == "year_end" and clock.length is not None:
        months = clock.length * (12 if clock.unit == "year" else 1)
        return [(january, clocks.add_months(date(year - 1, 12, 31), months))]
    every = parameters.get(clock.parameter or "")
    if clock.starts == "" and every:
        # 定期: once in every so many days of the year
        return [
            (january + timedelta(days=start), january + timedelta(days=min(start + every, 366) - 1))
            for start in range(0, 365 - every + 1, every)
        ]
    return []
