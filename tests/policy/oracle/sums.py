"""The household of the second reading: who counts, what a line says, and the sums of rules.md."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.policy.oracle import values as v
from tests.policy.oracle.values import Number, Range, Sized, Truth

WAGE_TO_PROPERTY = ("wage", "business", "property")
TRANSFER_IN = (
    "pension", "basic_pension", "unemployment_benefit", "survivor_benefit", "compensation", "donation", "support",
    "other_transfer",
)  # fmt: skip
RELIEF = (
    "dibao", "disability_subsidy", "relief", "preferential", "family_planning_reward", "scholarship", "bravery_award",
)  # fmt: skip
TRANSFER_OUT = ("tax", "social_insurance", "support_paid", "other_transfer_out")
PAYERS = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")


def month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7]) - 1


class Home:
    """Facts and standards of one household, read for a window of so many months."""

    def __init__(self, facts: dict[str, Any], standards: dict[str, Any], window: int) -> None:
        self.facts, self.rows, self.width = facts, standards["rows"], window
        self.date: str = facts["application_date"]
        self.applied = month(self.date)
        self.first, self.last = self.applied - window, self.applied - 1
        self.members: list[dict[str, Any]] = facts["members"]
        self.at = {member["id"]: place for place, member in enumerate(self.members)}
        self.counts = {member["id"]: self._counts(place) for place, member in enumerate(self.members)}
        self.worker = self.members[self.at[facts["worker"]]]
        sure = sum(one.value is True for one in self.counts.values())
        self.sizes = range(sure, sure + sum(one.value is None for one in self.counts.values()) + 1)

    # --- members ------------------------------------------------------------------------------------------------
    def _counts(self, place: int) -> Truth:
        member = self.members[place]
        if member["id"] == self.facts["worker"]:
            return v.YES
        lives, same, support = (
            v.fact(member.get(key), f"members[{place}].{key}")
            for key in ("lives_together", "same_huji", "support_relation")
        )
        return v.both(lives, v.either(same, support))

    def counted(self, line: dict[str, Any]) -> Truth:
        return v.YES if line.get("member") is None else self.counts[line["member"]]

    def doubts(self) -> v.Why:
        return v.NOTHING.union(*(one.why for one in self.counts.values()))

    def of_worker(self, key: str) -> Truth:
        value = self.worker.get(key)
        if key == "retired" and value is None and self.worker.get("employment") == "retired":
            value = True
        return v.fact(value, f"members[{self.at[self.facts['worker']]}].{key}")

    def worker_path(self, key: str) -> str:
        return f"members[{self.at[self.facts['worker']]}].{key}"

    def employed_as(self, *kinds: str) -> Truth:
        kind = self.worker.get("employment")
        return v.fact(None if kind is None else kind in kinds, self.worker_path("employment"))

    def somebody_gravely_ill(self) -> Truth:
        return v.either(
            *(
                v.both(self.counts[one["id"]], v.fact(one.get("major_illness"), f"members[{place}].major_illness"))
                for place, one in enumerate(self.members)
            )
        )

    # --- single facts -------------------------------------------------------------------------------------------
    def get(self, group: str, key: str) -> Any:
        return (self.facts.get(group) or {}).get(key)

    def flag(self, group: str, key: str) -> Truth:
        return v.fact(self.get(group, key), f"{group}.{key}")

    def amount(self, group: str, key: str) -> Range:
        return v.money(self.get(group, key), f"{group}.{key}")

    def top(self, key: str) -> Range:
        return v.money(self.facts.get(key), key)

    def cause(self, *among: str) -> Truth:
        causes = self.facts.get("causes")
        if causes is None:
            return v.fact(None, "causes")
        return Truth(any(one in among for one in causes) if among else bool(causes))

    def vehicle(self, *allowed: str) -> Truth:
        """Whether there is a vehicle of another use than these."""
        vehicles = self.facts.get("vehicles")
        if vehicles is None:
            return v.fact(None, "vehicles")
        return v.either(
            *(
                v.fact(None if one.get("use") is None else one["use"] not in allowed, f"vehicles[{place}].use")
                for place, one in enumerate(vehicles)
            )
        )

    # --- the incident -------------------------------------------------------------------------------------------
    def incident(self) -> Truth:
        value = self.facts.get("incident")
        return v.fact(None if value is None else value != "none", "incident")

    def of_incident(self, key: str, test: Callable[[Any], bool]) -> Truth:
        value = self.facts.get("incident")
        if value is None or value == "none":
            return v.fact(None if value is None else False, "incident")
        known = value.get(key)
        return v.fact(None if known is None else test(known), f"incident.{key}")

    def incident_kind(self, *kinds: str) -> Truth:
        return self.of_incident("kind", lambda kind: kind in kinds)

    def incident_recent(self) -> Truth:
        return self.of_incident("date", lambda day: self.first <= month(day) <= self.applied)

    def loss(self) -> Range:
        value = self.facts.get("incident")
        if value == "none":
            return v.ZERO
        return v.unknown("incident") if value is None else v.money(value.get("loss"), "incident.loss")

    # --- standards ----------------------------------------------------------------------------------------------
    def row(self, name: str, region: str) -> Fraction | None:
        for one in dict.fromkeys((region, region[:4] + "00", region[:2] + "0000")):
            rows = [r for r in self.rows if r["name"] == name and r["region"] == one and r["from"] <= self.date]
            if rows:
                return Fraction(max(rows, key=lambda r: r["from"])["value"])
        return None

    def standard(self, name: str, which: str, high: Number = math.inf) -> Range:
        region = self.facts.get(which)
        if region is None:
            return v.unknown(which, high)
        value = self.row(name, region)
        return v.unknown(f"standards.{name}@{region}", high) if value is None else v.exactly(value)

    def published(self, name: str, which: str) -> Truth:
        region = self.facts.get(which)
        return v.fact(None if region is None else self.row(name, region) is not None, which)

    # --- comparisons --------------------------------------------------------------------------------------------
    def compare(self, left: Sized | Range, op: str, right: Sized | Range) -> Truth:
        """For one household size at a time; all sizes must agree."""
        pairs = [
            (left if isinstance(left, Range) else left(n), right if isinstance(right, Range) else right(n))
            for n in self.sizes
        ]
        found = [v.compare(one, op, other) for one, other in pairs]
        if all(one.value is found[0].value for one in found) and found[0].value is not None:
            return found[0]
        why = v.NOTHING.union(*(one.why for one in found))
        if callable(left) or callable(right):  # a sum or line that hangs on the size, if only by the test of the rent
            why |= self.doubts()
        return Truth(None, why)

    def per_head(self, value: Sized, divided: Fraction | int = 1) -> str | None:
        """The single figure per head, if there is one."""
        found = {(r.low / (n * divided), r.high / (n * divided)) for n in self.sizes for r in [value(n)]}
        if len(found) > 1:
            return None
        low, high = found.pop()
        return v.half_away(Fraction(low)) if low == high else None

    # --- lines --------------------------------------------------------------------------------------------------
    def spans(self, line: dict[str, Any], first: int, last: int, runs: bool) -> tuple[set[tuple[int, ...]], v.Why]:
        """The sets of months from first to last that the line may cover, and the names of what is unknown of them."""
        if not runs:
            if line.get("month") is not None:
                here = month(line["month"])
                return {(here,) if first <= here <= last else ()}, v.NOTHING
            return {()} | {(one,) for one in range(first, last + 1)}, frozenset({"month"})
        start, end = line.get("from"), line.get("to")
        starts = [month(start)] if start is not None else range(first - 1, last + 2)
        ends = [month(end)] if end is not None else range(first - 1, last + 2)
        starts = starts if start is not None else [*starts, *ends]
        ends = ends if end is not None else [*ends, *starts]
        found = {tuple(one for one in range(max(a, first), min(b, last) + 1)) for a in starts for b in ends if a <= b}
        return found, frozenset(key for key in ("from", "to") if line.get(key) is None)

    def spread(self, path: str, line: dict[str, Any], value: Range, runs: bool, first: int, last: int) -> Range:
        """What a line says within these months, by the amount of one month or the single sum."""
        options, open_keys = self.spans(line, first, last, runs)
        lengths = {len(one) for one in options}
        low, high = value.times(min(lengths)), value.times(max(lengths))
        result = Range(low.low, high.high, low.why | high.why)
        return result.because(f"{path}.{key}" for key in open_keys) if len(lengths) > 1 else result

    def mine(self, line: dict[str, Any], value: Range) -> Range:
        return v.if_so(self.counted(line), value)

    def income_line(self, place: int, first: int, last: int) -> Range:
        """As declared, whether or not the member counts."""
        line, path = self.facts["incomes"][place], f"incomes[{place}]"
        runs = any(line.get(key) is not None for key in ("monthly", "from", "to"))
        if not runs and line.get("amount") is None and line.get("month") is None:
            return Range(Fraction(0), math.inf, frozenset({f"{path}.amount", f"{path}.month"}))
        key = "monthly" if runs else "amount"
        return self.spread(path, line, v.money(line.get(key), f"{path}.{key}"), runs, first, last)

    def self_paid(self, place: int) -> Range:
        line, path = self.facts["expenses"][place], f"expenses[{place}]"
        whole, paid = v.money(line.get("total"), f"{path}.total"), line.get("paid_by")
        if paid is None:
            others = v.ZERO if line["kind"] != "illness" else v.unknown(f"{path}.paid_by")
        else:
            others = v.total(v.money(paid.get(one), f"{path}.paid_by.{one}") for one in PAYERS)
        return (whole - others).floor_zero()

    def expense_line(self, place: int, first: int, last: int) -> Range:
        """What the family paid itself, whether or not the policy recognises it."""
        line, path = self.facts["expenses"][place], f"expenses[{place}]"
        kind = line["kind"]
        runs = kind == "rent" or any(line.get(key) is not None for key in ("monthly", "from", "to"))
        if runs:
            value = v.money(line.get("monthly"), f"{path}.monthly")
        elif kind in ("illness", "disability_rehab", "disability_care"):
            value = self.self_paid(place)
        elif kind == "schooling":
            parts = [v.money(line.get(one), f"{path}.{one}") for one in ("tuition", "boarding", "travel")]
            value = (v.total(parts) - v.money(line.get("aided"), f"{path}.aided")).floor_zero()
        else:
            value = v.money(line.get("total"), f"{path}.total")
        return self.spread(path, line, value, runs, first, last)

    def lines(self, of: str, where: Callable[[dict[str, Any]], bool]) -> list[int]:
        return [place for place, line in enumerate(self.facts[of]) if where(line)]

    # --- sums ---------------------------------------------------------------------------------------------------
    def spent(
        self, where: Callable[[dict[str, Any]], bool], first: int | None = None, last: int | None = None
    ) -> Range:
        a, b = self.first if first is None else first, self.last if last is None else last
        return v.total(
            self.mine(self.facts["expenses"][place], self.expense_line(place, a, b))
            for place in self.lines("expenses", where)
        )

    def plain_income(self, kinds: tuple[str, ...], first: int, last: int, *, flexible: bool = True) -> Range:
        """The lines of these kinds as they say; support without a document never."""
        return v.total(
            self.mine(self.facts["incomes"][place], self.income_line(place, first, last))
            for place in self.lines("incomes", lambda line: line["kind"] in kinds)
            if self.facts["incomes"][place].get("basis") != "no_document"
            and (flexible or self.facts["incomes"][place].get("basis") != "declared_flexible")
        )

    def topped_up(self, wage: Range, first: int, last: int) -> Range:
        """Flexible wages: each member's sum of a month that a line covers, at least the minimum wage. Month by month: where
        a line's one month is unknown, it is not followed from month to month."""
        groups: dict[str, list[int]] = {}
        for place in self.lines("incomes", lambda line: line.get("basis") == "declared_flexible"):
            groups.setdefault(self.facts["incomes"][place]["member"], []).append(place)
        found = []
        for places in groups.values():
            parts = [self._topped_month(places, wage, here) for here in range(first, last + 1)]
            found.append(self.mine(self.facts["incomes"][places[0]], v.total(parts)))
        return v.total(found)

    def _topped_month(self, places: list[int], wage: Range, here: int) -> Range:
        covers = {place: self.covers(place, here) for place in places}
        there = [place for place in places if covers[place].value is not False]
        if not there:
            return v.ZERO
        declared = v.total(v.if_so(covers[place], self._declared(place)) for place in there)
        low, high = max(declared.low, wage.low), max(declared.high, wage.high)
        value = Range(low, high).because(declared.why | wage.why)
        return v.if_so(v.either(*(covers[place] for place in there)), value)

    def covers(self, place: int, here: int) -> Truth:
        """Whether the line covers the month."""
        line = self.facts["incomes"][place]
        runs = line["kind"] == "support" or any(line.get(key) is not None for key in ("monthly", "from", "to"))
        options, open_keys = self.spans(line, here, here, runs)
        why = frozenset(f"incomes[{place}].{key}" for key in open_keys)
        return v.NO if options == {()} else v.YES if () not in options else Truth(None, why)

    def _declared(self, place: int) -> Range:
        line = self.facts["incomes"][place]
        runs = any(line.get(key) is not None for key in ("monthly", "from", "to"))
        key = "monthly" if runs else "amount"
        return v.money(line.get(key), f"incomes[{place}].{key}")

    # --- support that no document fixes --------------------------------------------------------------------------
    def _without_document(self) -> list[int]:
        return self.lines("incomes", lambda line: line.get("basis") == "no_document")

    def _has_status(self, place: int) -> Truth:
        status = (self.facts["incomes"][place].get("obligor") or {}).get("status")
        return v.fact(None if status is None else status != "none", f"incomes[{place}].obligor.status")

    def support_by_ratio(self, first: int, last: int) -> Range:
        found = []
        ratio = self.standard("support_ratio", "huji_region", Fraction(1))
        for place in self._without_document():
            line = self.facts["incomes"][place]
            obligor = line.get("obligor") or {}
            income = v.money(obligor.get("income_monthly"), f"incomes[{place}].obligor.income_monthly")
            excess = (income - self.standard("dibao", "huji_region")).floor_zero()
            low = v.half_up(excess.low * ratio.low if excess.low and ratio.low else Fraction(0))
            high = v.half_up(excess.high * ratio.high if excess.high and ratio.high else Fraction(0))
            each = v.if_so(v.no(self._has_status(place)), Range(low, high).because(excess.why | ratio.why))
            found.append(self.mine(line, self.spread(f"incomes[{place}]", line, each, True, first, last)))
        return v.total(found)

    def support_in_shares(self, standard: Range, first: int, last: int) -> Range:
        groups: dict[str | None, list[int]] = {}
        for place in self._without_document():
            groups.setdefault(self.facts["incomes"][place].get("member"), []).append(place)

        found = []
        for places in groups.values():
            parts = [self._share(place, places, standard, here) for place in places for here in range(first, last + 1)]
            found.append(self.mine(self.facts["incomes"][places[0]], v.total(parts)))
        return v.total(found)

    def _share(self, place: int, places: list[int], standard: Range, here: int) -> Range:
        """One line in one month; as with the months of flexible wages, each line stands for itself."""
        mine = self.covers(place, here)
        if mine.value is False:
            return v.ZERO
        beside = [self.covers(other, here) for other in places if other != place]
        fewest = 1 + sum(one.value is True for one in beside)
        most = 1 + sum(one.value is not False for one in beside)
        high = standard.high if standard.high == math.inf else standard.high / fewest
        share = Range(v.half_up(standard.low / most), v.half_up(high)).because(
            standard.why.union(*(one.why for one in beside))
        )
        return v.if_so(mine, v.if_so(v.no(self._has_status(place)), share))

    # --- the incident's sums -------------------------------------------------------------------------------------
    def marked_spent(self, *kinds: str) -> Range:
        if self.facts.get("expenses") is None:
            return v.unknown("expenses")
        return self.spent(
            lambda line: line.get("incident") is True and (not kinds or line["kind"] in kinds), self.first, self.applied
        )

    def marked_income(self, not_counted: tuple[str, ...]) -> Range:
        """What the policy's own income would leave out of the marked lines."""
        if self.facts.get("incomes") is None:
            return v.unknown("incomes")
        found = []
        for place, line in enumerate(self.facts["incomes"]):
            if line.get("incident") is True and line["kind"] not in TRANSFER_OUT and line.get("basis") != "no_document":
                start = self.first if line["kind"] in not_counted else self.applied
                found.append(self.mine(line, self.income_line(place, start, self.applied)))
        return v.total(found)
