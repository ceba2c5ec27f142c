"""The rule by hand in OpenFisca-Core.

OpenFisca knows persons and groups of persons, no lines: Polars makes the monthly sums of each person and household first (what a line brings in a month,
the shares of support, what a bill left to pay), which is counted in the time. Months are told from the month of application. OpenFisca then does the
rest of the rule in its own arrays, which are 32-bit floats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bangfu.policy.population import layout
from benchmarks.by_hand.in_polars import APART, BIG, CAUSES, CRASH, OUT, PLAIN_IN, covers, people, spread

SPAN = range(-6, 0)
MONTHS = [f"2020-{4 + k:02d}" for k in range(6)]  # the six months before the month of application
NOW = "2020-10"
c = pl.col


def sums(t: dict[str, pl.LazyFrame], h: pl.LazyFrame, m: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Monthly sums in yuan: (of each member, of each household)."""
    outside = m.filter(~c("counts")).select("household", member="position")
    when = h.select("household", "app", "huji_dibao")
    i = t["incomes"].join(outside, on=["household", "member"], how="anti").join(when, on="household")
    flexible = (c("kind") == "wage") & (c("basis") == "declared_flexible")
    no_paper = (c("kind") == "support") & (c("basis") == "no_document")
    plain = c("kind").is_in(PLAIN_IN) | ((c("kind") == "wage") & ~flexible) | ((c("kind") == "support") & ~no_paper)
    sign = pl.when(plain).then(1).when(c("kind").is_in(OUT)).then(-1).otherwise(0)
    amount, monthly = c("amount"), c("monthly")
    said = pl.when("monthly_line").then(monthly).otherwise(amount)
    marked = (
        pl.when(plain | flexible)
        .then(spread(0, 0, amount, monthly))
        .when(c("kind").is_in(APART))
        .then(spread(-6, 0, amount, monthly))
        .otherwise(0)
    )
    earned = {f"plain{k}": (sign * spread(k, k, amount, monthly)).sum() / 100 for k in SPAN}
    declared = {f"said{k}": pl.when(flexible & covers(k)).then(said).otherwise(0).sum() / 100 for k in SPAN}
    running = {f"runs{k}": (flexible & covers(k)).any() for k in SPAN}
    marks = {"incident_income": pl.when("incident").then(marked).otherwise(0).sum() / 100}
    by_member = (
        i.filter(c("member").is_not_null())
        .group_by("household", "member")
        .agg(**earned, **declared, **running, **marks)
    )
    by_home = i.filter(c("member").is_null()).group_by("household").agg(**earned, **marks)
    owed = t["incomes"].filter(no_paper).join(when, on="household").with_columns(who=c("member").fill_null(-1))
    sharers = owed.group_by("household", "who").agg(**{f"n{k}": covers(k).sum().cast(pl.Int64) for k in SPAN})
    owed = owed.join(outside, on=["household", "member"], how="anti").join(sharers, on=["household", "who"])
    part = {f"support{k}": pl.when(covers(k) & (c("obligor_status") == "none")).then((2 * c("huji_dibao") + c(f"n{k}")) // (2 * c(f"n{k}"))).otherwise(0).sum() / 100 for k in SPAN}  # fmt: skip
    support = owed.group_by("household").agg(**part)
    severe = ((c("kind") == "limb") & (c("grade") <= 2)) | (
        c("kind").is_in(["mental", "intellectual"]) & (c("grade") <= 3)
    )
    cared = t["disabilities"].filter(severe).select("household", "member").unique().with_columns(severe=pl.lit(True))
    e = (
        t["expenses"]
        .join(outside, on=["household", "member"], how="anti")
        .join(when, on="household")
        .join(cared, on=["household", "member"], how="left")
    )
    paid = pl.sum_horizontal(
        [
            c(f"paid_{one}")
            for one in (
                "basic_insurance",
                "major_illness_insurance",
                "commercial_insurance",
                "mutual_aid",
                "other_relief",
            )
        ]
    )
    own, school = (c("total") - paid).clip(0), (c("tuition") + c("boarding") + c("travel") - c("aided")).clip(0)
    kind, zero = c("kind"), pl.lit(0)

    def cost(first: int, last: int, care: Any) -> pl.Expr:
        return (
            pl.when(kind.is_in(["illness", "disability_rehab"])).then(spread(first, last, own, zero))
            .when((kind == "disability_care") & care).then(spread(first, last, own, monthly))
            .when(kind == "schooling").then(spread(first, last, school, zero))
        )  # fmt: skip

    rest = spread(-6, 0, c("total"), pl.when(kind.is_in(["employment_cost", "rent"])).then(monthly).otherwise(0))
    costs = {f"cost{k}": cost(k, k, c("severe").fill_null(False)).fill_null(0).sum() / 100 for k in SPAN}
    rents = {
        f"rent{k}": pl.when(kind == "rent").then(spread(k, k, zero, monthly)).otherwise(0).sum() / 100 for k in SPAN
    }
    expense = e.group_by("household").agg(
        **costs, **rents,
        incident_expense=pl.when("incident").then(cost(-6, 0, True).fill_null(rest)).otherwise(0).sum() / 100,
        incident_medical=pl.when(c("incident") & kind.is_in(["illness", "disability_rehab"])).then(spread(-6, 0, own, zero)).otherwise(0).sum() / 100,
    )  # fmt: skip
    cars = (
        t["vehicles"]
        .filter(c("use") != "disability_mobility")
        .select("household")
        .unique()
        .with_columns(car=pl.lit(True))
    )
    homes = h.sort("household")
    for other in (by_home, support, expense, cars):
        homes = homes.join(other, on="household", how="left", maintain_order="left")
    persons = m.sort("household", "position").join(
        by_member,
        left_on=["household", "position"],
        right_on=["household", "member"],
        how="left",
        maintain_order="left",
    )
    found = pl.collect_all([persons, homes])
    return found[0], found[1]


def system() -> Any:
    """The rule as a tax and benefit system: inputs of persons and households, formulas of households."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="", is_person=True)
    home = build_entity(key="household", plural="households", label="", roles=[{"key": "member", "plural": "members"}])
    found = TaxBenefitSystem([person, home])

    def add(name: str, of: Any, kind: Any = float, formula: Any = None) -> None:
        body = {"value_type": kind, "entity": of, "definition_period": MONTH, "label": name}
        found.add_variable(type(name, (Variable,), body | ({"formula": formula} if formula else {})))

    def back(entity: Any, period: Any, name: str, count: int) -> Any:
        return sum(entity(name, period.offset(-k, "month")) for k in range(1, count + 1))

    def topped(entity: Any, period: Any) -> Any:
        floor = entity.household("minimum_wage", NOW)
        return np.where(entity("runs", period), np.maximum(entity("said", period), floor), 0)

    def month_income(entity: Any, period: Any) -> Any:
        own = entity.sum(entity.members("plain", period) + entity.members("topped", period))
        return own + entity("home_plain", period) + entity("support", period)

    def size(entity: Any, period: Any) -> Any:
        return entity.sum(entity.members("counts", period))

    def rigid(entity: Any, period: Any) -> Any:
        heads = entity("size", period)
        small = (entity("owned_homes", period) == 0) | (entity("owned_area", period) / heads < 12)
        counts = small & (entity("rented_area", period) / heads <= 33) & entity("rent_within_market", period)
        return back(entity, period, "cost", 6) + np.where(counts, back(entity, period, "rent", 6), 0)

    def outcome(entity: Any, period: Any) -> Any:
        def h(name: str) -> Any:
            return entity(name, period)

        heads, line = h("size"), h("dibao")
        income, net = back(entity, period, "month_income", 6), back(entity, period, "month_income", 6) - h("rigid")
        average = net / heads / 6
        deep_out = h("deep_out") | (h("declined") & (income / heads / 6 < line)) | (h("funds") / heads > 24 * line)
        marked = income + entity.sum(entity.members("marked", period)) + h("home_marked")
        accident = (
            h("hurt") | (h("sudden_illness") & ((marked - h("incident_medical")) / heads / 6 <= line))
            | (h("crash") & ((marked - h("incident_expense") - h("loss")) / heads / 6 <= line))
            | (h("resolution") & (back(entity, period, "month_income", 3) / heads / 3 < line))
        )  # fmt: skip
        cause, open_, filing, working = h("cause"), ~h("shut"), h("filing"), h("working")
        tests = [
            cause & (average <= line) & filing & open_ & ~deep_out, cause & (average <= 1.5 * line) & filing & open_, h("attested") & accident & filing & open_,
            working & cause & (average <= 1.8 * line) & open_, working & cause & open_ & (h("multiple") >= 0) & (average <= h("multiple") * line),
        ]  # fmt: skip
        return np.select(tests, [0, 1, 2, 3, 4], 5)

    for name in ("plain", "said", "marked"):
        add(name, person)
    for name in ("runs", "counts"):
        add(name, person, bool)
    add("topped", person, float, topped)
    for name in ("minimum_wage", "dibao", "home_plain", "support", "cost", "rent", "home_marked", "incident_medical", "incident_expense", "loss", "funds",
                 "multiple", "owned_homes", "owned_area", "rented_area"):  # fmt: skip
        add(name, home)
    for name in FLAGS:
        add(name, home, bool)
    add("month_income", home, float, month_income)
    add("size", home, float, size)
    add("rigid", home, float, rigid)
    add("outcome", home, int, outcome)
    return found


FLAGS = (
    "rent_within_market", "deep_out", "declined", "hurt", "sudden_illness", "crash", "resolution", "cause", "shut", "filing", "working", "attested",
)  # fmt: skip
CODES = ("deep", "relative", "accident", "union", "local", "none")


def run(folder: Path, local: pl.DataFrame, out: Path) -> None:
    """Writes household and outcome."""
    from openfisca_core.simulation_builder import SimulationBuilder

    tables = layout.read(folder)
    persons, homes = sums(tables, *people(tables, local))
    worker = persons.filter("me").sort("household")
    ill = c("incident_kind")
    recent = c("incident_month").is_between(c("app") - 6, c("app"))
    hurt = (
        c("incident_injury_grade").is_between(1, 3)
        | (c("incident_infected") & c("incident_hospitalised"))
        | c("incident_death")
    )
    homes = homes.with_columns(
        worker.select("retired", "employment", "migrant_worker", "labor_contract"), deep_out=(c("owned_homes") >= 2) | c("car").fill_null(False) | c("owns_shop") | c("employs_others"),
        hurt=c("incident_happened") & ill.is_in(BIG) & hurt, sudden_illness=c("incident_happened") & (ill == "illness") & recent,
        crash=c("incident_happened") & ill.is_in(CRASH) & recent, cause=pl.any_horizontal([c(f"cause_{one}") for one in CAUSES]),
    ).with_columns(
        shut=c("controlling_shareholder") | c("private_or_abroad_school") | c("refused_verification") | c("concealed_facts") | c("refused_employment") | c("evaded") | c("retired"),
        filing=~c("migrant_worker") | c("status_work_injury_survivor") | c("labor_contract"), working=c("employment").is_in(["employed", "flexible", "laid_off"]),
        declined=c("declined_dibao"), resolution=c("attested_committee_resolution"), attested=c("attested_still_in_difficulty"),
    )  # fmt: skip
    rules = system()
    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("person", np.arange(persons.height))
    group = builder.declare_entity("household", homes["household"].to_numpy())
    builder.join_with_persons(group, persons["household"].to_numpy(), np.array(["member"] * persons.height))
    simulation = builder.build(rules)

    def give(name: str, month: str, frame: pl.DataFrame, column: str, empty: Any = 0, factor: float = 1.0) -> None:
        values = frame[column].fill_null(empty).to_numpy()
        simulation.set_input(name, month, values if factor == 1.0 else values * factor)

    for k, month in zip(SPAN, MONTHS, strict=True):
        for name in ("plain", "said", "runs"):
            give(name, month, persons, f"{name}{k}", False if name == "runs" else 0)
        give("home_plain", month, homes, f"plain{k}")
        for name in ("support", "cost", "rent"):
            give(name, month, homes, f"{name}{k}")
    give("marked", NOW, persons, "incident_income")
    give("counts", NOW, persons, "counts")
    for name, column in (
        ("home_marked", "incident_income"),
        ("incident_medical", "incident_medical"),
        ("incident_expense", "incident_expense"),
        ("owned_homes", "owned_homes"),
    ):
        give(name, NOW, homes, column)
    for name, column in (("minimum_wage", "minimum_wage"), ("dibao", "dibao"), ("loss", "incident_loss"), ("funds", "unexplained_funds"),
                         ("owned_area", "owned_area_m2"), ("rented_area", "rented_area_m2")):  # fmt: skip
        give(name, NOW, homes, column, 0, 0.01)
    give("multiple", NOW, homes, "local_multiple", -1000, 0.001)
    for name in FLAGS:
        give(name, NOW, homes, name, False)
    codes = simulation.calculate("outcome", NOW)
    pl.DataFrame({"household": homes["household"], "outcome": np.array(CODES)[codes]}).write_parquet(out)
