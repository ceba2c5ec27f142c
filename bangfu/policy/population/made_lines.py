"""Income and expense lines of generated households, all columns at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from bangfu.policy.household import PAYERS
from bangfu.policy.population import layout

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
#: Stands for null in whole numbers while columns are made.
NULL: Final = np.iinfo(np.int64).min


class Lines:
    """Gathers rows of one table, block by block, and numbers them within each household."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.blocks: list[pl.DataFrame] = []

    def add(self, household: Ints, **columns: Any) -> None:
        """Rows for some households. A column is an array, one value for all, or left out (null; false for flags that are never null)."""
        if not len(household):
            return
        named: dict[str, Any] = {"household": household}
        schema = layout.TABLES[self.table]
        for column, dtype in schema.items():
            if column in ("household", "position"):
                continue
            value = columns.pop(column, None)
            if value is None and column in layout.ALWAYS_KNOWN[self.table]:
                value = "verified" if column == "basis" else False
            if isinstance(value, np.ndarray):
                series = pl.Series(column, value)
                if value.dtype == np.int64:
                    series = series.set(series == NULL, None)
                named[column] = series.cast(dtype)
            else:
                named[column] = pl.repeat(value, len(household), dtype=dtype, eager=True)
        assert not columns, columns
        self.blocks.append(pl.DataFrame(named))

    def frame(self) -> pl.DataFrame:
        """All rows in the order of households, with positions from 0."""
        schema = layout.TABLES[self.table]
        if not self.blocks:
            return layout.empty(self.table)
        rows = pl.concat(self.blocks).sort("household", maintain_order=True)
        places = pl.int_range(pl.len()).over("household").cast(schema["position"])
        return rows.with_columns(position=places).select(list(schema))


@dataclass
class Families:
    """What the lines of some households hang on. Arrays by household, and by member (`owner` is the place of the household in the arrays)."""

    rng: np.random.Generator
    number: Ints  # the household's number in the population
    month: Ints  # month of application
    size: Ints  # members listed
    budget: Ints  # what the household lives on, 分 a month
    incident: Flags
    owner: Ints
    position: Ints
    role: npt.NDArray[np.str_]
    employment: npt.NDArray[np.str_]
    studying: npt.NDArray[np.str_]
    exact: Flags  # households whose one wage is laid exactly on a line
    exact_sum: Ints  # that wage, 分 a month
    status_dibao: Flags
    dibao: Ints  # standard at the place of work, 分
    causes: dict[str, Flags] = field(default_factory=dict)

    def some(self, share: float, of: Flags) -> Ints:
        """Places of a random share of those that fit."""
        return np.flatnonzero(of & (self.rng.random(len(of)) < share))

    def round_amounts(self, value: npt.NDArray[np.float64]) -> Ints:
        """分: mostly whole tens of yuan, some to the fen."""
        exact = self.rng.random(len(value)) < 0.25
        fen = np.maximum(value, 0).astype(np.int64)
        return np.where(exact, fen, (fen + 500) // 1000 * 1000)


def incomes(f: Families) -> pl.DataFrame:
    """Some six lines a household: wages in spans, bonuses, pensions, benefits, what goes out."""
    rng, lines = f.rng, Lines("incomes")
    usual = ~f.exact[f.owner]
    earns = usual & np.isin(f.employment, ["employed", "flexible"])
    pensioned = usual & (f.employment == "retired")
    sources = np.bincount(f.owner, weights=(earns + 0.8 * pensioned), minlength=len(f.number))
    share = (f.budget / np.maximum(sources, 1))[f.owner]

    def monthly(of: Ints, kind: Any, amount: Ints, first: Ints, last: Ints, **more: Any) -> None:
        lines.add(f.number[f.owner[of]], member=f.position[of], kind=kind, monthly_line=True, monthly=amount,
                  first=f.month[f.owner[of]] - first, last=f.month[f.owner[of]] - last, **more)  # fmt: skip

    def once(of: Ints, kind: Any, amount: Ints, **more: Any) -> None:
        back = rng.integers(0, 14, len(of))
        lines.add(f.number[f.owner[of]], member=f.position[of], kind=kind, amount=amount,
                  month=f.month[f.owner[of]] - back, **more)  # fmt: skip

    def several(of: Ints, amounts: Ints, kind: str, **more: Any) -> None:
        """A sum that may change once or twice: spans one after another."""
        long, cut, late = rng.integers(14, 30, len(of)), rng.integers(5, 13, len(of)), rng.integers(1, 5, len(of))
        spans = rng.random(len(of))
        one, three = spans < 0.5, (spans > 0.85) & (late > 1)
        monthly(of[~one], kind, (amounts * 19 // 20)[~one], long[~one], cut[~one], **more)
        monthly(of, kind, amounts, np.where(one, long, cut - 1), np.where(three, late, late // 3), **more)
        monthly(of[three], kind, (amounts * 21 // 20)[three], late[three] - 1, np.zeros(three.sum(), np.int64), **more)

    # The exact ones: one wage through the window, nothing else.
    laid = np.flatnonzero(f.exact[f.owner] & (f.role == "self"))
    monthly(laid, "wage", f.exact_sum[f.owner[laid]], np.full(len(laid), 15), np.full(len(laid), -1))

    work = np.flatnonzero(earns)
    basis = np.where(f.employment[work] == "flexible", np.where(rng.random(len(work)) < 0.5, "declared_flexible", "estimated"),
                     np.where(rng.random(len(work)) < 0.6, "contract", "verified"))  # fmt: skip
    wage = f.round_amounts(share[work] * rng.uniform(0.7, 1.25, len(work)))
    for kind in ("contract", "verified", "estimated", "declared_flexible"):
        chosen = basis == kind
        several(work[chosen], wage[chosen], "wage", basis=kind)
    paid_in = f.some(0.75, earns)
    monthly(paid_in, "social_insurance", f.round_amounts(share[paid_in] * 0.09), np.full(len(paid_in), 14), np.full(len(paid_in), 0))  # fmt: skip
    bonus = f.some(0.45, earns)
    once(bonus, "wage", f.round_amounts(share[bonus] * rng.uniform(0.1, 1.1, len(bonus))))
    taxed = f.some(0.12, earns)
    monthly(taxed, "tax", f.round_amounts(share[taxed] * 0.02), np.full(len(taxed), 12), np.full(len(taxed), 1))

    old = np.flatnonzero(pensioned)
    several(old, f.round_amounts(share[old] * 0.8 * rng.uniform(0.7, 1.2, len(old))), "pension")
    aged = f.some(0.7, usual & np.isin(f.role, ["parent", "grandparent"]) & (f.employment != "retired"))
    monthly(
        aged, "basic_pension", rng.integers(93, 250, len(aged)) * 100, np.full(len(aged), 16), np.full(len(aged), 0)
    )
    jobless = f.some(0.35, usual & (f.employment == "unemployed"))
    monthly(jobless, "unemployment_benefit", rng.integers(900, 1500, len(jobless)) * 100, rng.integers(4, 12, len(jobless)), rng.integers(0, 3, len(jobless)))  # fmt: skip
    for kind, chance, low, high in (
        ("business", 0.02, 200, 2600), ("property", 0.02, 100, 1500), ("compensation", 0.012, 1000, 60000),
        ("donation", 0.02, 200, 20000), ("other_transfer", 0.03, 100, 3000), ("relief", 0.04, 200, 5000),
        ("disability_subsidy", 0.02, 50, 400), ("preferential", 0.006, 300, 2000), ("scholarship", 0.012, 500, 8000),
        ("family_planning_reward", 0.008, 80, 300), ("bravery_award", 0.001, 1000, 20000),
        ("survivor_benefit", 0.006, 400, 1500), ("support_paid", 0.03, 200, 1500), ("other_transfer_out", 0.02, 50, 600),
        ("support", 0.02, 200, 1500),
    ):  # fmt: skip
        some = f.some(chance, usual)
        marked = f.incident[f.owner[some]] & (rng.random(len(some)) < 0.5) & (kind not in ("support_paid", "other_transfer_out"))  # fmt: skip
        once(some, kind, rng.integers(low * 100, high * 100, len(some)), incident=marked)
    # Support no document fixes: one or two children who live elsewhere, for a parent of the household.
    held = f.some(0.25, usual & (f.role == "parent"))
    for turn in (held, held[rng.random(len(held)) < 0.4]):
        lines.add(
            f.number[f.owner[turn]], member=f.position[turn], kind="support", basis="no_document", monthly_line=True,
            first=f.month[f.owner[turn]] - rng.integers(6, 20, len(turn)), last=f.month[f.owner[turn]] + 0 * turn, obligor_known=True,
            obligor_income_monthly=rng.integers(1000, 9000, len(turn)) * 100,
            obligor_status=rng.choice(["none", "dibao", "tekun", "registered_poor", "low_income"], len(turn), p=[0.8, 0.08, 0.02, 0.05, 0.05]),
        )  # fmt: skip
    on_dibao = np.flatnonzero(f.status_dibao & ~f.exact)
    lines.add(f.number[on_dibao], kind="dibao", monthly_line=True, monthly=f.dibao[on_dibao] // 3 * f.size[on_dibao],
              first=f.month[on_dibao] - 18, last=f.month[on_dibao])  # fmt: skip
    # Payments of the incident to the household itself.
    struck = f.some(0.5, f.incident & ~f.exact)
    lines.add(f.number[struck], kind="compensation", amount=rng.integers(100_000, 8_000_000, len(struck)),
              month=f.month[struck] - rng.integers(0, 5, len(struck)), incident=True)  # fmt: skip
    # Small change of every day: red packets, second-hand sales, odd jobs, told one by one.
    for kind, chance in (("other_transfer", 0.3), ("donation", 0.15), ("wage", 0.2)):
        some = f.some(chance, ~f.exact)
        lines.add(f.number[some], kind=kind, amount=rng.integers(100, 60_000, len(some)),
                  month=f.month[some] - rng.integers(0, 15, len(some)))  # fmt: skip
    return lines.frame()


def expenses(f: Families) -> pl.DataFrame:
    """Some two lines a household, where its causes make them."""
    rng, lines = f.rng, Lines("expenses")
    usual = ~f.exact[f.owner]

    def paid(total: Ints) -> dict[str, Ints]:
        shares = rng.dirichlet([6, 1, 0.7, 0.5, 0.5, 5], len(total))
        return {f"paid_{payer}": (total * shares[:, k]).astype(np.int64) // 100 * 100 for k, payer in enumerate(PAYERS)}

    def bill(of: Ints, kind: str, low: int, high: int, incident: Flags) -> None:
        total = np.exp(rng.uniform(np.log(low * 100), np.log(high * 100), len(of))).astype(np.int64)
        lines.add(f.number[f.owner[of]], member=f.position[of], kind=kind, total=total,
                  month=f.month[f.owner[of]] - rng.integers(0, 14, len(of)), incident=incident, paid_by_known=True, **paid(total))  # fmt: skip

    ill, disabled = f.causes["illness"][f.owner], f.causes["disability"][f.owner]
    for chance, low, high in ((0.4, 200, 90_000), (0.15, 50, 9_000), (0.1, 20, 2_000)):
        some = f.some(chance, usual & ill)
        bill(some, "illness", low, high, f.incident[f.owner[some]] & (rng.random(len(some)) < 0.6))
    some = f.some(0.25, usual & f.incident[f.owner])
    bill(some, "illness", 1_000, 200_000, np.ones(len(some), np.bool_))
    some = f.some(0.08, usual)
    bill(some, "illness", 20, 3_000, np.zeros(len(some), np.bool_))
    some = f.some(0.4, usual & disabled)
    bill(some, "disability_rehab", 100, 20_000, np.zeros(len(some), np.bool_))
    some = f.some(0.12, usual & disabled)
    lines.add(f.number[f.owner[some]], member=f.position[some], kind="disability_care", monthly_line=True,
              monthly=rng.integers(300, 4500, len(some)) * 100, first=f.month[f.owner[some]] - rng.integers(3, 15, len(some)),
              last=f.month[f.owner[some]] - rng.integers(0, 3, len(some)))  # fmt: skip
    some = f.some(0.05, usual & disabled)
    bill(some, "disability_care", 300, 9_000, np.zeros(len(some), np.bool_))
    pupil = f.some(0.85, usual & ~np.isin(f.studying, ["none"]))
    fee = np.select([np.isin(f.studying[pupil], ["undergraduate", "college", "graduate"]), f.studying[pupil] == "compulsory"], [6000, 300], 1800)  # fmt: skip
    tuition = (fee * rng.uniform(0.5, 1.8, len(pupil))).astype(np.int64) * 100
    lines.add(f.number[f.owner[pupil]], member=f.position[pupil], kind="schooling", tuition=tuition,
              boarding=rng.integers(0, 1500, len(pupil)) * 100, travel=rng.integers(0, 600, len(pupil)) * 100,
              aided=np.where(rng.random(len(pupil)) < 0.25, tuition // 2, 0), month=f.month[f.owner[pupil]] - rng.integers(0, 13, len(pupil)))  # fmt: skip
    homes = f.some(0.17, ~f.exact)
    lines.add(f.number[homes], kind="rent", monthly_line=True, monthly=rng.integers(200, 2600, len(homes)) * 100,
              first=f.month[homes] - rng.integers(2, 30, len(homes)), last=f.month[homes] - rng.integers(0, 2, len(homes)))  # fmt: skip
    work = f.some(0.12, usual & np.isin(f.employment, ["employed", "flexible"]))
    half = rng.random(len(work)) < 0.6
    for chosen, by_month in ((work[half], True), (work[~half], False)):
        amount, at = rng.integers(30, 500, len(chosen)) * 100, f.month[f.owner[chosen]]
        form: dict[str, Any] = {"monthly": amount, "first": at - 14, "last": at - 1} if by_month else {"total": amount, "month": at - rng.integers(0, 13, len(chosen))}  # fmt: skip
        lines.add(f.number[f.owner[chosen]], member=f.position[chosen], kind="employment_cost", monthly_line=by_month, **form)  # fmt: skip
    others = f.some(0.15, ~f.exact)
    lines.add(f.number[others], kind="other", total=rng.integers(50, 9000, len(others)) * 100,
              month=f.month[others] - rng.integers(0, 14, len(others)), recognized=rng.random(len(others)) < 0.2)  # fmt: skip
    return lines.frame()
