"""Households full of traps, from a seed: lines met to the 分, unknown facts, members in doubt, figures that change or are not there."""

from __future__ import annotations

import random
from typing import Any

from tests.policy.oracle import rules, sums

TIANJIN, TAIAN, MUCHUAN = "120101", "370902", "511129"
REGIONS = (TIANJIN, "120102", "120100", "120000", TAIAN, "370900", "370103", MUCHUAN, "511100")
DATES = {
    "acftu-2016": ("2019-10-15", "2020-06-27", "2016-01-01", "2016-03-02"),
    "acftu-2020": ("2020-10-15", "2020-06-28", "2021-01-01"),
    "tianjin-commerce-2020": ("2020-10-15", "2020-09-10", "2021-02-28"),
    "provincial-2020": ("2020-10-15", "2020-06-28"),
    "taian-2020": ("2020-10-15", "2020-03-01", "2020-06-27", "2020-06-28"),
    "muchuan-2016": ("2017-03-20", "2016-11-16", "2020-10-15"),
    "dibao-2019": ("2020-10-15", "2019-01-16"),
    "relief-2018": ("2020-10-15", "2018-01-23"),
}
BORDERS = (
    "2015-12-31", "2016-01-01", "2016-11-15", "2016-11-16", "2018-01-22", "2018-01-23", "2019-01-15", "2019-01-16",
    "2020-02-29", "2020-03-01", "2020-06-27", "2020-06-28", "2020-09-09", "2020-09-10", "2020-10-15", "2026-01-01",
)  # fmt: skip
CAUSES = (
    "illness", "disability", "schooling", "single_parent", "unemployment", "enterprise_closure", "disaster", "accident",
    "rights_infringed", "other",
)  # fmt: skip
INCIDENTS = (
    "natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event", "illness", "traffic_accident",
    "other",
)  # fmt: skip
CONDUCT = (
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao",
)  # fmt: skip
KINDS = sums.WAGE_TO_PROPERTY + sums.TRANSFER_IN + sums.RELIEF + sums.TRANSFER_OUT
ATTESTED = ("still_in_difficulty", "especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss")
STATUS = ("dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified")


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def month_text(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


class Maker:
    """One seed, one household after the other."""

    def __init__(self, seed: int | str, policy: str) -> None:
        self.rng, self.policy = random.Random(f"{seed}/{policy}"), policy
        self.loss = 0.0

    def chance(self, of: float) -> bool:
        return self.rng.random() < of

    def maybe(self, value: Any) -> Any:
        """The value, or now and then unknown."""
        return None if self.chance(self.loss) else value

    def flag(self, often: float = 0.5) -> bool | None:
        result: bool | None = self.maybe(self.chance(often))
        return result

    def amount(self, top: int = 400_000) -> str:
        kind = self.rng.random()
        if kind < 0.1:
            return "0"
        return yuan(self.rng.randrange(top)) if kind < 0.6 else yuan(self.rng.randrange(top // 10_000 + 1) * 10_000)

    def month(self) -> str:
        return month_text(self.applied + self.rng.randint(-14, 1))

    # --- parts ---------------------------------------------------------------------------------------------------------
    def member(self, place: int) -> dict[str, Any]:
        rng = self.rng
        job = rng.choice(("employed", "employed", "flexible", "laid_off", "none", "retired", "unemployed"))
        retired: bool | None = job == "retired" or (self.chance(0.03) and job != "retired")
        if job == "retired" and self.chance(0.3):
            retired = None
        one = {
            "id": f"P{place + 1}", "relation": "self" if place == 0 else "spouse",
            "lives_together": self.flag(0.9), "same_huji": self.flag(0.8), "support_relation": self.flag(0.4),
            "employment": self.maybe(job), "retired": self.maybe(retired), "retired_in_mining_area": self.flag(0.6),
            "union_member": self.flag(0.85), "unit_has_union": self.flag(0.85), "migrant_worker": self.flag(0.25),
            "labor_relation_months": self.maybe(rng.choice((0, 11, 12, 13, 120))), "labor_contract": self.flag(0.7),
            "long_term_urban": self.flag(0.8), "major_illness": self.flag(0.4),
            "disabilities": self.maybe([self.disability() for _ in range(rng.choice((0, 0, 1, 1, 2)))]),
        }  # fmt: skip
        if one["employment"] == "retired" and one["retired"] is False:
            one["retired"] = True
        return self.drop(one, keep=("id",))

    def disability(self) -> dict[str, Any]:
        kinds = ("limb", "mental", "intellectual", "visual")
        return {"kind": self.maybe(self.rng.choice(kinds)), "grade": self.maybe(self.rng.randint(1, 4))}

    def drop(self, one: dict[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
        """Null and absent say the same; both are tried."""
        return {key: value for key, value in one.items() if value is not None or key in keep or self.chance(0.5)}

    def run(self) -> dict[str, Any]:
        a, b = sorted(self.applied + self.rng.randint(-15, 1) for _ in range(2))
        if self.chance(0.4):
            a, b = self.applied - 12, self.applied - 1
        return {"from": self.maybe(month_text(a)), "to": self.maybe(month_text(b))}

    def who(self) -> str | None:
        return self.rng.choice([*self.ids, None])

    def income(self) -> dict[str, Any]:
        rng, kind = self.rng, self.rng.choice((*KINDS, "wage", "wage", "support", "support"))
        line: dict[str, Any] = {"member": self.who(), "kind": kind}
        if kind == "support" and self.chance(0.7):
            status = rng.choice(("none", "none", "none", "dibao", "tekun", "low_income"))
            obligor = {"income_monthly": self.maybe(self.amount(600_000)), "status": self.maybe(status)}
            return line | {"basis": "no_document", "obligor": self.maybe(self.drop(obligor))} | self.run()
        if kind == "wage" and self.chance(0.4):
            line |= {"basis": "declared_flexible", "member": rng.choice(self.ids)}
        elif self.chance(0.2):
            line["basis"] = rng.choice(("contract", "verified", "estimated", None))
        if self.chance(0.5):
            line |= {"monthly": self.maybe(self.amount(250_000))} | self.run()
        else:
            line |= {"amount": self.maybe(self.amount(800_000)), "month": self.maybe(self.month())}
        return line

    def paid_by(self) -> dict[str, Any]:
        payers = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")
        return self.drop({key: self.maybe(self.amount(60_000)) for key in payers})

    def expense(self) -> dict[str, Any]:
        kind = self.rng.choice(
            ("illness", "illness", "disability_rehab", "disability_care", "disability_care", "schooling", "rent", "rent",
             "employment_cost", "employment_cost", "other")
        )  # fmt: skip
        line: dict[str, Any] = {"member": self.who(), "kind": kind}
        if kind == "disability_care":
            line["member"] = self.rng.choice(self.ids)
        if kind == "rent" or (kind in ("disability_care", "employment_cost") and self.chance(0.5)):
            return line | {"monthly": self.maybe(self.amount(100_000))} | self.run()
        line["month"] = self.maybe(self.month())
        if kind == "schooling":
            return line | {
                "tuition": self.maybe(self.amount(600_000)), "boarding": self.maybe(self.amount(100_000)),
                "travel": self.maybe("0"), "aided": self.maybe(self.amount(200_000)),
            }  # fmt: skip
        line["total"] = self.maybe(self.amount(900_000))
        if kind == "other":
            line["recognized"] = self.flag(0.6)
        elif kind != "employment_cost" and (kind == "illness" or self.chance(0.5)):
            line["paid_by"] = self.maybe(self.paid_by())
        return line

    def incident(self) -> Any:
        if self.chance(0.35):
            return self.maybe("none")
        day = (
            f"{month_text(self.applied + self.rng.choice((-13, -12, -7, -6, -1, 0, 0)))}-{self.rng.choice((1, 15)):02d}"
        )
        return self.maybe(
            self.drop({
                "kind": self.maybe(self.rng.choice(INCIDENTS)), "date": self.maybe(day),
                "injury_grade": self.maybe(self.rng.choice(("none", "none", 1, 3, 4, 10))),
                "hospitalised": self.flag(), "infected": self.flag(0.4), "death": self.flag(0.2),
                "loss": self.maybe(self.amount(3_000_000)),
            })
        )  # fmt: skip

    # --- standards -------------------------------------------------------------------------------------------------------
    def standards(self, regions: list[str | None]) -> dict[str, Any]:
        rng = self.rng
        rows: dict[tuple[str, str, str], str] = {}
        day = self.date
        before = (day, f"{month_text(self.applied - 3)}-01", f"{month_text(self.applied - 12)}-01", "2015-01-01")
        after = (f"{month_text(self.applied + 1)}-01", "2030-01-01")
        values = {
            "dibao": ("800.00", "1010.00", "560", "1000.01", "333.33"), "minimum_wage": ("1550.00", "2050.00", "0.01"),
            "low_income": ("1515.00", "1500.00", "1600.5"), "housing_area_per_person": ("36.0", "20", "0"),
            "support_ratio": ("0.3", "0", "1", "0.333"), "disposable_income_per_head": ("30000.00", "9000.00"),
            "dibao_homes_limit": ("1", "0", "2"), "dibao_savings_limit": ("20000.00", "0", "333.33"),
            "dibao_deduct_expense": ("0", "1"), "local_multiple": ("2.2", "2", "2.005", "1"),
        }  # fmt: skip
        gone = rng.choice((0.0, 0.0, 0.0, 0.15, 0.5))
        for name, some in values.items():
            if self.chance(gone) or (name == "low_income" and self.chance(0.6)):
                continue
            for region in {one for one in regions if one}:
                for level in {region, region[:4] + "00", region[:2] + "0000"}:
                    for _ in range(rng.choice((0, 0, 1, 2) if level == region else (0, 1, 2, 2))):
                        rows[name, level, rng.choice(before if self.chance(0.85) else after)] = rng.choice(some)
        found = [{"name": n, "region": r, "from": d, "value": value} for (n, r, d), value in rows.items()]
        rng.shuffle(found)
        return {"schema": "bangfu.standards/1", "rows": found}

    # --- the whole ----------------------------------------------------------------------------------------------------------
    def shared_standards(self) -> dict[str, Any]:
        """Figures for many households, as a population has them."""
        self.of_day(DATES[self.policy][0])
        return self.standards(list(REGIONS))

    def of_day(self, date: str) -> None:
        self.date, self.applied = date, sums.month(date)

    def household(self, name: str, shared: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """(facts, standards): standards of its own, unless they are given."""
        rng = self.rng
        self.loss = rng.choice((0.0, 0.0, 0.0, 0.01, 0.03, 0.1, 0.3))
        bad = rng.choice((0.0, 0.0, 0.02, 0.15))
        self.of_day(rng.choice(DATES[self.policy]))
        members = [self.member(place) for place in range(rng.choice((1, 1, 2, 3, 4)))]
        members[0] |= {} if self.chance(0.5) else {"migrant_worker": False}
        if self.chance(0.8):
            members[0] |= {"retired": False, "employment": "employed"}
        self.ids = [one["id"] for one in members]
        rng.shuffle(members)
        work = rng.choice(REGIONS)
        huji = work if self.chance(0.5) else rng.choice(REGIONS)
        facts: dict[str, Any] = {
            "work_region": self.maybe(work), "huji_region": self.maybe(huji),
            "incomes": self.maybe([self.income() for _ in range(rng.randrange(5))]),
            "expenses": self.maybe([self.expense() for _ in range(rng.randrange(5))]),
            "housing": self.maybe(self.drop({
                "owned_homes": self.maybe(rng.choice((0, 1, 1, 1, 2, 3))),
                "owned_area_m2": self.maybe(rng.choice(("0", "36.0", "36.01", "24", "23.99", "72", "108", "12"))),
                "renting": self.flag(), "rent_within_market": self.flag(0.8),
                "rented_area_m2": self.maybe(rng.choice(("0", "33", "33.01", "36", "66", "72.01", "99", "108"))),
            })),
            "vehicles": self.maybe([
                {"use": self.maybe(rng.choice(("private", "disability_mobility", "employed_driver", "commercial")))}
                for _ in range(rng.choice((0, 0, 0, 1, 2)) if self.chance(bad + 0.2) else 0)
            ]),
            "savings": self.maybe(rng.choice(("0", "333.33", "666.66", "666.67", "20000.00", "40000", "900000"))),
            "investments_net": self.maybe(rng.choice(("0", "100.01", "50000"))),
            "causes": self.maybe(rng.sample(CAUSES, rng.choice((0, 1, 1, 2, 3)))),
            "incident": self.incident(),
            "conduct": self.maybe(self.drop(
                {key: self.flag(bad) for key in CONDUCT}
                | {"unexplained_funds": self.maybe("0" if self.chance(0.6) else self.amount(9_000_000))}
            )),
            "status": self.maybe(self.drop({key: self.flag(0.2) for key in STATUS})),
            "attested": self.maybe(self.drop({key: self.flag(0.65) for key in ATTESTED})),
        }  # fmt: skip
        head = {
            "schema": "bangfu.facts/1",
            "id": name,
            "application_date": self.date,
            "worker": "P1",
            "members": members,
        }
        whole = head | self.drop(facts)
        for line in (*(whole.get("incomes") or ()), *(whole.get("expenses") or ())):
            if self.chance(0.4) and whole.get("incident") != "none":
                line["incident"] = True
            elif self.chance(0.1):
                line["incident"] = rng.choice((False, None))
        standards = shared or self.standards([work, huji])
        if self.chance(0.5):
            self.to_the_line(whole, standards)
        return whole, standards

    def to_the_line(self, facts: dict[str, Any], standards: dict[str, Any]) -> None:
        """One line more, so that a category's sum meets its line, or misses it by a 分."""
        answer = rules.read(facts, self.policy, standards)
        gaps = [gap for gap in answer.gaps.values() if gap is not None] if answer else []
        if not gaps or facts.get("incomes") is None:
            return
        fen = int(self.rng.choice(gaps) * 100 // 1) + self.rng.choice((-1, 0, 0, 0, 1))
        if fen:
            day = month_text(self.applied - self.rng.randint(1, 3))
            kind = "wage" if fen < 0 else "tax"
            facts["incomes"].append({"member": "P1", "kind": kind, "amount": yuan(abs(fen)), "month": day})
