"""The eight policies of the second reading, as rules.md says them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.policy.oracle import values as v
from tests.policy.oracle.sums import RELIEF, TRANSFER_IN, TRANSFER_OUT, WAGE_TO_PROPERTY, Home
from tests.policy.oracle.values import Range, Sized, Truth

ILL = ("illness", "disability_rehab")
NATIONAL_OUT = (
    "preferential", "family_planning_reward", "scholarship", "bravery_award", "relief", "dibao", "disability_subsidy",
    "basic_pension",
)  # fmt: skip
VALID = {
    "acftu-2016": ("2016-01-01", "2020-06-27", None), "acftu-2020": ("2020-06-28", "9999", None),
    "tianjin-commerce-2020": ("2020-09-10", "9999", "acftu-2020"),
    "provincial-2020": ("2020-06-28", "9999", "acftu-2020"),
    "taian-2020": ("2020-03-01", "9999", "acftu"), "muchuan-2016": ("2016-11-16", "9999", None),
    "dibao-2019": ("2019-01-16", "9999", None), "relief-2018": ("2018-01-23", "9999", None),
}  # fmt: skip


@dataclass
class Category:
    code: str
    truth: Truth
    threshold: str | None = None
    margin: str | None = None
    gap: Fraction | None = None  # of the whole household and window


@dataclass
class Reading:
    """What the second reading says of a household."""

    outcome: str = "none"
    provisional: str | None = None
    results: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    gaps: dict[str, Fraction | None] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def read(facts: dict[str, Any], policy: str, standards: dict[str, Any]) -> Reading | None:
    """The answer; None where the policy does not apply on the date."""
    first, last, _ = VALID[policy]
    if not first <= facts["application_date"] <= last:
        return None
    categories, figures = POLICIES[policy](facts, standards)
    answer = Reading(figures=figures)
    met, open_before = None, False
    missing: v.Why = v.NOTHING
    for one in categories:
        answer.results[one.code] = {True: "met", False: "not_met", None: "unknown"}[one.truth.value]
        answer.lines[one.code] = (one.threshold, one.margin)
        answer.gaps[one.code] = one.gap
        if met is None and one.truth.value:
            met = one.code
        elif met is None and one.truth.value is None:
            open_before, missing = True, missing | one.truth.why
    if open_before:
        answer.outcome, answer.provisional, answer.missing = "incomplete", met, missing
    else:
        answer.outcome = met or "none"
    return answer


def on_line(
    home: Home, code: str, left: Sized, op: str, line: Sized, others: Callable[[Truth], Truth]
) -> Category:  # fmt: skip
    """A category that rests on one comparison of the whole window: left (op) line a head and month."""

    def right(n: int) -> Range:
        return line(n).times(n * home.width)

    truth = others(home.compare(left, op, right))
    gap = left(home.sizes[0]) - right(home.sizes[0])
    return Category(
        code, truth, home.per_head(right, home.width), home.per_head(lambda n: left(n) - right(n), home.width),
        Fraction(gap.low) if gap.single and len(home.sizes) == 1 else None,
    )  # fmt: skip


def figures(home: Home, income: Range, spent: Sized, net: Sized, dibao: Range) -> dict[str, Any]:
    def one(value: Sized) -> str | None:
        found = {(r.low, r.high) for r in (value(n) for n in home.sizes)}
        low, high = found.pop()
        return v.half_away(Fraction(low)) if not found and low == high else None

    return {
        "household_size": home.sizes[0] if len(home.sizes) == 1 else None,
        "income": one(lambda n: income),
        "rigid_expense": one(spent),
        "net_per_capita_monthly": home.per_head(net, home.width),
        "dibao": one(lambda n: dibao),
    }


# --- what the national text of 2020 counts -----------------------------------------------------------------------
@dataclass
class Sums:
    income: Range
    spent: Sized
    employment: Range


def national_sums(home: Home) -> Sums:
    a, b = home.first, home.last
    if home.facts.get("incomes") is None:
        income = v.unknown("incomes")
    else:
        counted = tuple(k for k in WAGE_TO_PROPERTY + TRANSFER_IN + RELIEF if k not in NATIONAL_OUT)
        income = (
            home.plain_income(counted, a, b, flexible=False)
            + home.topped_up(home.standard("minimum_wage", "work_region"), a, b)
            + home.support_by_ratio(a, b)
            - home.plain_income(TRANSFER_OUT, a, b)
        )
    if home.facts.get("expenses") is None:
        return Sums(income, lambda n: v.unknown("expenses"), v.unknown("expenses"))
    always = home.spent(lambda line: line["kind"] in (*ILL, "disability_care", "schooling")) + recognized(home)
    rent = home.spent(lambda line: line["kind"] == "rent")

    def spent(n: int) -> Range:
        small = v.compare(
            home.amount("housing", "rented_area_m2"),
            "<=",
            home.standard("housing_area_per_person", "work_region").times(n),
        )
        return always + v.if_so(small, rent)

    return Sums(income, spent, home.spent(lambda line: line["kind"] == "employment_cost"))


def recognized(home: Home) -> Range:
    found = []
    for place in home.lines("expenses", lambda line: line["kind"] == "other"):
        line = home.facts["expenses"][place]
        test = v.fact(line.get("recognized"), f"expenses[{place}].recognized")
        found.append(home.mine(line, v.if_so(test, home.expense_line(place, home.first, home.last))))
    return v.total(found)


# --- acftu-2020 and its children -----------------------------------------------------------------------------------
def filing_2020(home: Home, migrant_needs: tuple[Truth, ...]) -> Truth:
    """Two conditions; the death of a breadwinner at work lifts both."""
    survivor = home.flag("status", "work_injury_survivor")
    old_enough = v.both(home.of_worker("retired_in_mining_area"), home.somebody_gravely_ill())
    return v.both(
        v.either(survivor, v.no(home.of_worker("migrant_worker")), v.both(*migrant_needs)),
        v.either(survivor, v.no(home.of_worker("retired")), old_enough),
    )


def twelve_months(home: Home) -> Truth:
    value = home.worker.get("labor_relation_months")
    return v.fact(None if value is None else value >= 12, home.worker_path("labor_relation_months"))


def national(
    facts: dict[str, Any],
    standards: dict[str, Any],
    contract: bool = False,
    more: Callable[[Home], Truth] | None = None,
) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 12)
    sums = national_sums(home)
    s = home.standard("dibao", "work_region")
    area = home.standard("housing_area_per_person", "work_region")
    filing = filing_2020(
        home, (home.of_worker("labor_contract" if contract else "long_term_urban"), twelve_months(home))
    )
    if more:
        filing = v.both(filing, more(home))
    common = v.both(
        *(
            v.no(home.flag("conduct", key))
            for key in (
                "private_or_abroad_school", "controlling_shareholder", "high_consumption", "refused_verification",
                "concealed_facts", "refused_employment", "evaded",
            )
        )
    )  # fmt: skip
    many_homes = v.both(
        home.compare(home.amount("housing", "owned_homes"), ">=", v.exactly(2)),
        home.compare(home.amount("housing", "owned_area_m2"), ">", lambda n: area.times(n)),
    )
    deep_only = v.both(v.no(many_homes), v.no(home.vehicle("disability_mobility")))

    def net(n: int) -> Range:
        return sums.income - sums.spent(n)

    deep = on_line(
        home, "deep", lambda n: net(n) - v.if_so(home.cause("enterprise_closure"), sums.employment), "<", lambda n: s,
        lambda under: v.both(
            under, v.either(v.no(home.flag("status", "dibao")), home.compare(sums.spent, ">", v.ZERO)), common, deep_only,
            filing,
        ),
    )  # fmt: skip
    published = home.published("low_income", "work_region")
    low = home.standard("low_income", "work_region")
    ways = [
        on_line(home, "relative", lambda n: net(n) - sums.employment, op, lambda n, line=line: line, lambda x: x)
        for op, line in (("<", low), ("<=", s.times(2)))
    ]
    if published.value is None:
        under = v.both(v.either(v.no(published), ways[0].truth), v.either(published, ways[1].truth))
        if ways[0].truth.value is ways[1].truth.value is True:
            under = v.YES
        relative = Category("relative", v.both(under, common, filing))
    else:
        relative = ways[0] if published.value else ways[1]
        relative.truth = v.both(relative.truth, common, filing)
    hurt = v.either(
        home.of_incident("injury_grade", lambda g: g != "none"), home.of_incident("infected", bool),
        home.of_incident("death", bool),
    )  # fmt: skip
    happened = v.either(
        v.both(
            home.incident_kind("natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event"),
            hurt,
        ),
        v.both(
            home.incident_kind("illness"), home.somebody_gravely_ill(), home.flag("attested", "huge_treatment_cost")
        ),
        v.both(
            home.incident_kind("natural_disaster", "major_safety_accident", "traffic_accident"),
            home.flag("attested", "severe_loss"),
        ),
    )
    accident = Category("accident", v.both(home.flag("attested", "still_in_difficulty"), happened, common, filing))
    return [deep, relative, accident], figures(home, sums.income, sums.spent, net, s)


def provincial(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    return national(facts, standards, contract=True)


def taian(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    def filing(home: Home) -> Truth:
        return v.both(
            home.of_worker("unit_has_union"),
            v.either(home.employed_as("employed", "laid_off"), home.of_worker("migrant_worker")),
        )

    rules = old_national if facts["application_date"] <= "2020-06-27" else national
    return rules(facts, standards, more=filing)


# --- acftu-2016 ---------------------------------------------------------------------------------------------------------
def old_national(
    facts: dict[str, Any], standards: dict[str, Any], more: Callable[[Home], Truth] | None = None
) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 6)
    s, s_huji = home.standard("dibao", "work_region"), home.standard("dibao", "huji_region")

    def disposable(first: int, last: int) -> Range:
        if home.facts.get("incomes") is None:
            return v.unknown("incomes")
        everything = home.plain_income(WAGE_TO_PROPERTY + TRANSFER_IN + RELIEF, first, last)
        return everything - home.plain_income(("tax", "social_insurance"), first, last)

    d = disposable(home.first, home.last)
    if home.facts.get("expenses") is None:
        spent = v.unknown("expenses")
    else:
        spent = home.spent(lambda line: line["kind"] in (*ILL, "disability_care", "schooling")) + recognized(home)
    clear = v.both(
        home.compare(home.amount("housing", "owned_homes"), "<", v.exactly(2)),
        *(
            v.no(home.flag("conduct", key))
            for key in (
                "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification", "concealed_facts",
            )
        ),
        v.no(home.vehicle("disability_mobility", "employed_driver")),
    )  # fmt: skip
    filing = v.both(
        v.either(
            v.no(home.of_worker("retired")),
            v.both(home.of_worker("retired_in_mining_area"), home.somebody_gravely_ill()),
        ),
        v.either(v.no(home.of_worker("migrant_worker")), home.of_worker("union_member")),
    )
    if more:
        filing = v.both(filing, more(home))
    each = v.both(
        *(home.compare(disposable(one, one), "<", lambda n: s.times(n)) for one in range(home.first, home.last + 1))
    )
    below = Category(
        "below_line",
        v.both(each, v.no(home.flag("status", "dibao")), home.flag("attested", "especially_hard"), clear, filing),
    )
    still = on_line(
        home, "assisted_still_hard", lambda n: d - spent, "<", lambda n: s_huji,
        lambda under: v.both(under, home.flag("status", "dibao"), clear, filing),
    )  # fmt: skip
    published = home.published("low_income", "work_region")
    low = home.standard("low_income", "work_region")
    lines = [home.compare(d, "<=", lambda n, x=x: x.times(n * 6)) for x in (low, s.times(Fraction(3, 2)))]
    if published.value is None:
        within = (
            lines[0]
            if lines[0].value is lines[1].value is not None
            else Truth(None, published.why | lines[0].why | lines[1].why)
        )
    else:
        within = lines[0] if published.value else lines[1]
    slightly = Category(
        "slightly_above",
        v.both(
            within, home.cause("illness", "schooling", "disability", "single_parent", "other"),
            home.compare(d - spent, "<=", lambda n: s.times(n * 6)), clear, filing,
        ),
    )  # fmt: skip
    property_ = home.top("investments_net") + home.top("savings")

    def left(n: int) -> Range:
        poor = v.compare(d, "<=", s.times(3 * n * 6))
        return d - (home.marked_spent() + home.loss()) + v.if_so(v.no(poor), property_)

    accident = on_line(
        home, "accident", left, "<=", lambda n: s, lambda under: v.both(under, home.incident(), clear, filing)
    )
    return [below, still, slightly, accident], figures(home, d, lambda n: spent, lambda n: d - spent, s)


# --- tianjin-commerce-2020 -----------------------------------------------------------------------------------------------
def tianjin(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 6)
    work, huji = facts.get("work_region"), facts.get("huji_region")

    def local(name: str) -> Range:
        if (work is not None and work[:2] != "12") or (huji is not None and huji[:2] != "12"):
            return home.standard(name, "huji_region")
        if work is None or huji is None:
            ways = [home.standard(name, key).why for key in ("work_region", "huji_region")]
            unknown = frozenset(key for key in ("work_region", "huji_region") if facts.get(key) is None)
            return Range(Fraction(0), math.inf, unknown.union(*ways))
        return home.standard(name, "work_region")

    s = local("dibao")
    a, b = home.first, home.last
    not_counted = tuple(k for k in NATIONAL_OUT if k not in ("dibao", "disability_subsidy"))

    def income(first: int, last: int) -> Range:
        if home.facts.get("incomes") is None:
            return v.unknown("incomes")
        kinds = tuple(k for k in WAGE_TO_PROPERTY + TRANSFER_IN + RELIEF if k not in not_counted)
        return (
            home.plain_income(kinds, first, last, flexible=False)
            + home.topped_up(local("minimum_wage"), first, last)
            + home.support_in_shares(home.standard("dibao", "huji_region"), first, last)
            - home.plain_income(TRANSFER_OUT, first, last)
        )

    i = income(a, b)
    if home.facts.get("expenses") is None:

        def spent(n: int) -> Range:
            return v.unknown("expenses")
    else:
        always = home.spent(lambda line: line["kind"] in (*ILL, "schooling")) + tianjin_care(home)
        rent = home.spent(lambda line: line["kind"] == "rent")

        def spent(n: int) -> Range:
            test = v.both(
                v.either(
                    v.compare(home.amount("housing", "owned_homes"), "<=", v.ZERO),
                    v.compare(home.amount("housing", "owned_area_m2"), "<", v.exactly(12 * n)),
                ),
                v.compare(home.amount("housing", "rented_area_m2"), "<=", v.exactly(33 * n)),
                home.flag("housing", "rent_within_market"),
            )
            return always + v.if_so(test, rent)

    def conduct(*keys: str) -> Truth:
        return v.both(*(v.no(home.flag("conduct", key)) for key in keys))

    retired = v.no(home.of_worker("retired"))
    light = v.both(
        conduct(
            "controlling_shareholder", "private_or_abroad_school", "refused_verification", "concealed_facts",
            "refused_employment", "evaded",
        ),
        retired,
    )  # fmt: skip
    declined = v.both(home.compare(i, "<", lambda n: s.times(n * 6)), home.flag("conduct", "declined_dibao"))
    deep_clear = v.both(
        light, conduct("owns_shop", "employs_others"),
        home.compare(home.amount("housing", "owned_homes"), "<", v.exactly(2)),
        v.no(home.vehicle("disability_mobility")), v.no(declined),
        v.no(home.compare(home.amount("conduct", "unexplained_funds"), ">", lambda n: s.times(24 * n))),
    )  # fmt: skip
    migrant = v.either(
        home.flag("status", "work_injury_survivor"),
        v.no(home.of_worker("migrant_worker")),
        home.of_worker("labor_contract"),
    )
    cause = home.cause()

    def net(n: int) -> Range:
        return i - spent(n)

    def level(code: str, multiple: Fraction, *others: Truth) -> Category:
        return on_line(home, code, net, "<=", lambda n: s.times(multiple), lambda under: v.both(under, cause, *others))

    extra = home.marked_income(not_counted)

    def within(less: Range) -> Truth:
        return home.compare(i + extra - less, "<=", lambda n: s.times(n * 6))

    hurt = v.either(
        home.of_incident("injury_grade", lambda g: g != "none" and g <= 3),
        v.both(home.of_incident("infected", bool), home.of_incident("hospitalised", bool)),
        home.of_incident("death", bool),
    )
    ways = v.either(
        v.both(
            home.incident_kind("natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event"), hurt
        ),
        v.both(home.incident_kind("illness"), home.incident_recent(), within(home.marked_spent(*ILL))),
        v.both(
            home.incident_kind("natural_disaster", "major_safety_accident", "traffic_accident"), home.incident_recent(),
            within(home.marked_spent() + home.loss()),
        ),
        v.both(
            home.flag("attested", "committee_resolution"),
            home.compare(income(b - 2, b), "<", lambda n: s.times(n * 3)),
        ),
    )  # fmt: skip
    at_work = home.employed_as("employed", "flexible", "laid_off")
    if work is None:
        under = v.both(v.fact(None, "work_region"), home.compare(net, "<=", lambda n: v.unknown("work_region")))
        own = Category("local", v.both(under, at_work, cause, light))
    else:
        multiple = home.row("local_multiple", work)
        own = Category("local", v.NO) if multiple is None else level("local", multiple, at_work, light)
    return [
        level("deep", Fraction(1), deep_clear, migrant),
        level("relative", Fraction(3, 2), light, migrant),
        Category("accident", v.both(home.flag("attested", "still_in_difficulty"), light, ways, migrant)),
        level("union", Fraction(9, 5), at_work, light),
        own,
    ], figures(home, i, spent, net, s)


def tianjin_care(home: Home) -> Range:
    found = []
    for place in home.lines("expenses", lambda line: line["kind"] == "disability_care"):
        line = home.facts["expenses"][place]
        at = home.at[line["member"]]
        listed = home.members[at].get("disabilities")
        if listed is None:
            heavy = v.fact(None, f"members[{at}].disabilities")
        else:
            heavy = v.either(*(_heavy(one, f"members[{at}].disabilities[{k}]") for k, one in enumerate(listed)))
        found.append(home.mine(line, v.if_so(heavy, home.expense_line(place, home.first, home.last))))
    return v.total(found)


def _heavy(one: dict[str, Any], path: str) -> Truth:
    kind, grade = one.get("kind"), one.get("grade")

    def is_(kinds: tuple[str, ...], worst: int) -> Truth:
        return v.both(
            v.fact(None if kind is None else kind in kinds, f"{path}.kind"),
            v.fact(None if grade is None else grade <= worst, f"{path}.grade"),
        )

    return v.either(is_(("limb",), 2), is_(("mental", "intellectual"), 3))


# --- muchuan-2016 -----------------------------------------------------------------------------------------------------------
def muchuan(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 12)
    s = home.standard("dibao", "work_region")
    if facts.get("incomes") is None:
        i = v.unknown("incomes")
    else:
        i = home.plain_income(WAGE_TO_PROPERTY + TRANSFER_IN + RELIEF, home.first, home.last) - home.plain_income(
            TRANSFER_OUT, home.first, home.last
        )
    filing = home.of_worker("union_member")
    hard = home.flag("attested", "still_in_difficulty")
    grave = v.both(home.cause("illness"), home.somebody_gravely_ill())
    return [
        on_line(home, "below_line", lambda n: i, "<", lambda n: s, lambda under: v.both(under, hard, filing)),
        on_line(
            home, "slightly_above", lambda n: i, "<=", lambda n: s.times(Fraction(3, 2)),
            lambda under: v.both(under, v.either(grave, home.cause("schooling", "other")), filing),
        ),
        Category("accident", v.both(home.incident(), hard, filing)),
        Category(
            "migrant",
            v.both(
                home.of_worker("migrant_worker"),
                v.either(grave, home.cause("schooling", "disaster", "accident", "rights_infringed")), filing,
            ),
        ),
        Category("temporary", v.both(hard, home.cause(), filing)),
    ], figures(home, i, lambda n: v.ZERO, lambda n: i, s)  # fmt: skip


# --- dibao-2019 and relief-2018 -------------------------------------------------------------------------------------------
def modest_property(home: Home) -> Truth:
    return v.both(
        home.compare(home.amount("housing", "owned_homes"), "<=", home.standard("dibao_homes_limit", "huji_region")),
        v.no(home.vehicle("disability_mobility")),
        home.compare(home.top("savings"), "<=", lambda n: home.standard("dibao_savings_limit", "huji_region").times(n)),
    )


def dibao(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 12)
    sums = national_sums(home)
    s = home.standard("dibao", "huji_region")
    region = facts.get("huji_region")
    deducts = v.fact(None, "huji_region") if region is None else Truth(home.row("dibao_deduct_expense", region) == 1)

    def left(n: int) -> Range:
        return sums.income - v.if_so(deducts, sums.spent(n))

    one = on_line(home, "dibao", left, "<", lambda n: s, lambda under: v.both(under, modest_property(home)))
    found = figures(home, sums.income, sums.spent, left, s)
    amount = None
    if one.truth.value:
        amounts = {(r.low, r.high) for r in ((s.times(n * 12) - left(n)).floor_zero() for n in home.sizes)}
        low, high = amounts.pop()
        amount = v.half_away(Fraction(low) / 12) if not amounts and low == high else None
    found["suggested_amount"] = amount
    return [one], found


def relief(facts: dict[str, Any], standards: dict[str, Any]) -> tuple[list[Category], dict[str, Any]]:
    home = Home(facts, standards, 12)
    sums = national_sums(home)
    emergency = v.both(
        home.incident(),
        v.either(*(home.flag("attested", key) for key in ("severe_loss", "huge_treatment_cost", "especially_hard"))),
    )
    entitled = v.either(*(home.flag("status", key) for key in ("dibao", "tekun", "registered_poor")))
    modest = v.both(
        home.compare(sums.income, "<", lambda n: home.standard("disposable_income_per_head", "huji_region").times(n)),
        modest_property(home),
    )
    expenditure = v.both(home.compare(sums.spent, ">", v.ZERO), v.either(entitled, modest))
    net: Sized = lambda n: sums.income - sums.spent(n)  # noqa: E731
    return [Category("emergency", emergency), Category("expenditure", expenditure)], figures(
        home, sums.income, sums.spent, net, home.standard("dibao", "huji_region")
    )


POLICIES: dict[str, Callable[[dict[str, Any], dict[str, Any]], tuple[list[Category], dict[str, Any]]]] = {
    "acftu-2016": old_national, "acftu-2020": national, "tianjin-commerce-2020": tianjin,
    "provincial-2020": provincial, "taian-2020": taian, "muchuan-2016": muchuan, "dibao-2019": dibao,
    "relief-2018": relief,
}  # fmt: skip
