"""The rule by hand in Polars."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

PLAIN_IN = [
    "business", "property", "pension", "unemployment_benefit", "survivor_benefit", "compensation", "donation", "other_transfer", "dibao",
    "disability_subsidy",
]  # fmt: skip
OUT = ["tax", "social_insurance", "support_paid", "other_transfer_out"]
#: Not income here; counted against an incident's costs over the window and the month of application.
APART = ["basic_pension", "relief", "preferential", "family_planning_reward", "scholarship", "bravery_award"]
BIG = ["natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event"]
CRASH = ["natural_disaster", "major_safety_accident", "traffic_accident"]
CAUSES = [
    "illness", "disability", "schooling", "single_parent", "unemployment", "enterprise_closure", "disaster", "accident", "rights_infringed",
    "other",
]  # fmt: skip
c = pl.col


def months(first: int, last: int) -> pl.Expr:
    """How many months of the span (told from the month of application) a monthly line covers."""
    return (pl.min_horizontal("last", c("app") + last) - pl.max_horizontal("first", c("app") + first) + 1).clip(0)


def spread(first: int, last: int, once: pl.Expr, monthly: pl.Expr) -> pl.Expr:
    inside = c("month").is_between(c("app") + first, c("app") + last)
    return pl.when("monthly_line").then(monthly * months(first, last)).when(inside).then(once).otherwise(0)


def covers(month: int) -> pl.Expr:
    at = c("app") + month
    return pl.when("monthly_line").then((c("first") <= at) & (c("last") >= at)).otherwise(c("month") == at)


def people(t: Mapping[str, pl.LazyFrame], local: pl.DataFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """(households with their month and standards, members with whether they count)."""
    std = local.lazy()
    both = c("work_region").str.starts_with("12") & c("huji_region").str.starts_with("12")
    day = c("application_date")
    h = t["households"].with_columns(
        app=day.dt.year().cast(pl.Int32) * 12 + day.dt.month() - 1,
        place=pl.when(both).then("work_region").otherwise("huji_region"),
    )
    h = h.join(
        std.select("region", "day", "dibao", "minimum_wage"),
        left_on=["place", "application_date"],
        right_on=["region", "day"],
    )
    h = h.join(
        std.select("region", "day", huji_dibao="dibao"),
        left_on=["huji_region", "application_date"],
        right_on=["region", "day"],
    )
    h = h.join(
        std.select("region", "day", "local_multiple"),
        left_on=["work_region", "application_date"],
        right_on=["region", "day"],
    )

    h = h.collect(engine="streaming").lazy()  # read by many below; Polars would make it anew for some

    m = t["members"].join(h.select("household", "worker"), on="household").with_columns(me=c("position") == c("worker"))
    m = m.with_columns(counts=c("me") | (c("lives_together") & (c("same_huji") | c("support_relation"))))
    m = m.collect(engine="streaming").lazy()
    return h, m


def run(t: Mapping[str, pl.LazyFrame], local: pl.DataFrame) -> pl.LazyFrame:
    """household, outcome, income, rigid_expense, net_per_capita_monthly, size."""
    h, m = people(t, local)
    size = m.group_by("household").agg(size=c("counts").sum().cast(pl.Int64))
    worker = m.filter("me").select("household", "retired", "employment", "migrant_worker", "labor_contract")
    outside = m.filter(~c("counts")).select("household", member="position")
    when = h.select("household", "app", "minimum_wage", "huji_dibao")

    # Income
    i = t["incomes"].join(outside, on=["household", "member"], how="anti").join(when, on="household")
    flexible = (c("kind") == "wage") & (c("basis") == "declared_flexible")
    no_paper = (c("kind") == "support") & (c("basis") == "no_document")
    plain = c("kind").is_in(PLAIN_IN) | ((c("kind") == "wage") & ~flexible) | ((c("kind") == "support") & ~no_paper)
    sign = pl.when(plain).then(1).when(c("kind").is_in(OUT)).then(-1).otherwise(0)
    amount, monthly = c("amount"), c("monthly")
    marked = (
        pl.when(plain | flexible)
        .then(spread(0, 0, amount, monthly))
        .when(c("kind").is_in(APART))
        .then(spread(-6, 0, amount, monthly))
        .otherwise(0)
    )
    income = i.group_by("household").agg(
        income=(sign * spread(-6, -1, amount, monthly)).sum(), income3=(sign * spread(-3, -1, amount, monthly)).sum(),
        incident_income=pl.when("incident").then(marked).otherwise(0).sum(),
    )  # fmt: skip
    span = range(-6, 0)
    said = pl.when("monthly_line").then(monthly).otherwise(amount)
    sums = {f"s{k}": pl.when(covers(k)).then(said).otherwise(0).sum() for k in span} | {
        f"c{k}": covers(k).any() for k in span
    }
    earned = i.filter(flexible).group_by("household", "member").agg(c("minimum_wage").first(), **sums)
    month = {k: pl.when(f"c{k}").then(pl.max_horizontal(f"s{k}", "minimum_wage")).otherwise(0) for k in span}
    topped = earned.group_by("household").agg(
        flexible=sum(month.values(), pl.lit(0)).sum(), flexible3=sum((month[k] for k in (-3, -2, -1)), pl.lit(0)).sum()
    )
    owed = t["incomes"].filter(no_paper).join(when, on="household").with_columns(who=c("member").fill_null(-1))
    sharers = owed.group_by("household", "who").agg(**{f"n{k}": covers(k).sum().cast(pl.Int64) for k in span})
    owed = owed.join(outside, on=["household", "member"], how="anti").join(sharers, on=["household", "who"])
    part = {
        k: pl.when(covers(k) & (c("obligor_status") == "none"))
        .then((2 * c("huji_dibao") + c(f"n{k}")) // (2 * c(f"n{k}")))
        .otherwise(0)
        for k in span
    }
    support = owed.group_by("household").agg(
        support=sum(part.values(), pl.lit(0)).sum(), support3=sum((part[k] for k in (-3, -2, -1)), pl.lit(0)).sum()
    )

    # Expenses
    severe = ((c("kind") == "limb") & (c("grade") <= 2)) | (
        c("kind").is_in(["mental", "intellectual"]) & (c("grade") <= 3)
    )
    cared = t["disabilities"].filter(severe).select("household", "member").unique().with_columns(severe=pl.lit(True))
    home = h.join(size, on="household").select(
        "household", "app",
        rent_counts=((c("owned_homes") == 0) | (c("owned_area_m2") < 1200 * c("size"))) & (c("rented_area_m2") <= 3300 * c("size")) & c("rent_within_market"),
    )  # fmt: skip
    e = t["expenses"].join(outside, on=["household", "member"], how="anti").join(home, on="household")
    e = e.join(cared, on=["household", "member"], how="left")
    paid = pl.sum_horizontal(
        [
            c(f"paid_{payer}")
            for payer in (
                "basic_insurance",
                "major_illness_insurance",
                "commercial_insurance",
                "mutual_aid",
                "other_relief",
            )
        ]
    )
    own = (c("total") - paid).clip(0)
    school = (c("tuition") + c("boarding") + c("travel") - c("aided")).clip(0)
    zero = pl.lit(0)
    kind = c("kind")

    def cost(first: int, last: int) -> pl.Expr:
        return (
            pl.when(kind.is_in(["illness", "disability_rehab"])).then(spread(first, last, own, zero))
            .when(kind == "disability_care").then(spread(first, last, own, monthly))
            .when(kind == "schooling").then(spread(first, last, school, zero))
            .when(kind == "rent").then(spread(first, last, zero, monthly))
        )  # fmt: skip

    counts = (
        pl.when(kind == "disability_care")
        .then(c("severe").fill_null(False))
        .when(kind == "rent")
        .then("rent_counts")
        .otherwise(True)
    )
    rest = spread(-6, 0, c("total"), pl.when(kind == "employment_cost").then(monthly).otherwise(0))
    expense = e.group_by("household").agg(
        rigid=pl.when(counts).then(cost(-6, -1).fill_null(0)).otherwise(0).sum(),
        incident_expense=pl.when("incident").then(cost(-6, 0).fill_null(rest)).otherwise(0).sum(),
        incident_medical=pl.when(c("incident") & kind.is_in(["illness", "disability_rehab"])).then(spread(-6, 0, own, zero)).otherwise(0).sum(),
    )  # fmt: skip
    cars = (
        t["vehicles"]
        .filter(c("use") != "disability_mobility")
        .select("household")
        .unique()
        .with_columns(car=pl.lit(True))
    )

    f = h
    for other in (size, worker, income, topped, support, expense, cars):
        f = f.join(other, on="household", how="left")
    sums_ = [
        "income",
        "income3",
        "incident_income",
        "flexible",
        "flexible3",
        "support",
        "support3",
        "rigid",
        "incident_expense",
        "incident_medical",
    ]
    f = f.with_columns(c(sums_).fill_null(0), c("car").fill_null(False)).with_columns(
        income=c("income") + c("flexible") + c("support"), income3=c("income3") + c("flexible3") + c("support3")
    )
    heads = c("size") * 6
    net = c("income") - c("rigid")
    cause = pl.any_horizontal([c(f"cause_{one}") for one in CAUSES])
    out = (
        c("controlling_shareholder")
        | c("private_or_abroad_school")
        | c("refused_verification")
        | c("concealed_facts")
        | c("refused_employment")
        | c("evaded")
        | c("retired")
    )
    filing = ~c("migrant_worker") | c("status_work_injury_survivor") | c("labor_contract")
    deep_out = (
        (c("owned_homes") >= 2) | c("car") | c("owns_shop") | c("employs_others") | (c("declined_dibao") & (c("income") < c("dibao") * heads))
        | (c("unexplained_funds") > 24 * c("dibao") * c("size"))
    )  # fmt: skip
    happened = c("incident_happened")
    ikind = c("incident_kind")
    recent = c("incident_month").is_between(c("app") - 6, c("app"))
    covered = c("dibao") * heads
    hurt = (
        c("incident_injury_grade").is_between(1, 3)
        | (c("incident_infected") & c("incident_hospitalised"))
        | c("incident_death")
    )
    accident = (
        (happened & ikind.is_in(BIG) & hurt)
        | (happened & (ikind == "illness") & recent & (c("income") + c("incident_income") - c("incident_medical") <= covered))
        | (happened & ikind.is_in(CRASH) & recent
           & (c("income") + c("incident_income") - c("incident_expense") - c("incident_loss") <= covered))
        | (c("attested_committee_resolution") & (c("income3") < c("dibao") * c("size") * 3))
    ).fill_null(False)  # fmt: skip
    working = c("employment").is_in(["employed", "flexible", "laid_off"])
    local = c("local_multiple").is_not_null() & (net * 1000 <= c("local_multiple") * covered)
    outcome = (
        pl.when(cause & (net <= covered) & filing & ~out & ~deep_out).then(pl.lit("deep"))
        .when(cause & (net * 2 <= 3 * covered) & filing & ~out).then(pl.lit("relative"))
        .when(c("attested_still_in_difficulty") & accident & filing & ~out).then(pl.lit("accident"))
        .when(working & cause & (net * 5 <= 9 * covered) & ~out).then(pl.lit("union"))
        .when(local.fill_null(False) & working & cause & ~out).then(pl.lit("local"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
    up = (2 * net.abs() + heads) // (2 * heads)
    per_head = pl.when(net < 0).then(-up).otherwise(up)
    return f.select(
        "household",
        outcome=outcome,
        household_size="size",
        income="income",
        rigid_expense="rigid",
        net_per_capita_monthly=per_head,
    )
