"""Populations made up for trials and measurements: invented families in the proportions of a union's register.

Everything follows from the seed: the same call gives the same content. Households come in chunks of their own random stream, so that memory does
not grow with their number. Nothing here is taken from a real person.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from bangfu.policy import household as words
from bangfu.policy import standards as standards_module
from bangfu.policy.errors import PolicyError
from bangfu.policy.population import layout, made_lines, made_places
from bangfu.policy.population.holes import dig
from bangfu.policy.population.made_lines import NULL, Families, Flags, Ints

#: Households made together, of one region: also the size of a file.
CHUNK: Final = 100_000
FIRST_DAY: Final = datetime.date(made_places._FIRST_YEAR + 2, 1, 1)
LAST_DAY: Final = datetime.date(made_places._LAST_YEAR, 12, 31)
DATES: Final = (datetime.date(2020, 10, 1), datetime.date(2021, 3, 31))
#: Families of which nobody knows the place of work, where facts may be unknown at all.
_PLACELESS: Final = 0.002
_SIZES: Final = (0.12, 0.27, 0.32, 0.17, 0.08, 0.03, 0.01)
_CAUSES: Final = {
    "illness": 0.36, "disability": 0.13, "schooling": 0.2, "single_parent": 0.05, "unemployment": 0.12,
    "enterprise_closure": 0.03, "disaster": 0.02, "accident": 0.05, "rights_infringed": 0.01, "other": 0.06,
}  # fmt: skip
_LINES: Final = ((1, 1), (3, 2), (9, 5), (2, 1), (3, 1))  # the multiples that texts draw their lines at
_RARE: Final = 0.004


@dataclass(frozen=True)
class Plan:
    """One chunk: so many households of one region (None: unknown), the first with this number."""

    place: int
    region: str | None
    start: int
    count: int


def plan(households: int, regions: Sequence[str], seed: int, unknown: float) -> list[Plan]:
    """The chunks of a population, region by region."""
    rng = np.random.default_rng([seed, 0])
    weights = rng.dirichlet(np.full(len(regions), 4.0))
    placeless = round(households * _PLACELESS) if unknown else 0
    ends = np.round(np.cumsum(weights) * (households - placeless)).astype(int)
    counts = [int(n) for n in np.diff(np.concatenate([[0], ends]))]
    found: list[Plan] = []
    start = 0
    for region, count in [*zip(regions, counts, strict=True), (None, placeless)]:
        for at in range(0, count, CHUNK):
            one = min(CHUNK, count - at)
            found.append(Plan(at // CHUNK, region, start, one))
            start += one
    return found


def generate(
    households: int, folder: Path | str, *, seed: int, unknown: float = 0.05, regions: Sequence[str] | None = None,
    dates: tuple[datetime.date, datetime.date] = DATES, progress: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Writes a population of so many households into a new folder. `unknown` is the share of households with facts nobody knows.

    Raises `PolicyError` when the folder is there already, or a number makes no sense. The folder appears only when it is whole.
    """
    target = Path(folder)
    listed = tuple(made_places.REGIONS if regions is None else regions)
    _sensible(households, target, unknown, listed, dates)
    unfinished = target.with_name(f".{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    document = made_places.standards_document(listed)
    made = {"made": {"households": households, "seed": seed, "unknown": f"{unknown:g}", "regions": list(listed),
                     "dates": [day.isoformat() for day in dates]}}  # fmt: skip
    done = 0
    try:
        unfinished.mkdir(parents=True)
        for tables, one in chunks(households, seed=seed, unknown=unknown, regions=listed, dates=dates):
            layout.write(tables, unfinished, part=one.place, made=made, standards_document=document)
            done += one.count
            if progress is not None:
                progress(done, households)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _sensible(households: int, target: Path, unknown: float, regions: Sequence[str], dates: tuple[datetime.date, datetime.date]) -> None:  # fmt: skip
    if households < 1:
        raise PolicyError(f"{households} households: at least one is needed")
    if target.exists():
        raise PolicyError(f"{target}: is there already; name a new folder, or remove it first")
    if not target.absolute().parent.is_dir():
        raise PolicyError(f"{target}: the folder {target.absolute().parent} does not exist")
    if not 0 <= unknown <= 1:
        raise PolicyError(f"unknown {unknown}: a share lies between 0 and 1")
    if not regions:
        raise PolicyError("regions: at least one is needed")
    for region in regions:
        if not (len(region) == 6 and region.isdigit() and region.isascii()):
            raise PolicyError(f"region {region}: six digits of GB/T 2260 are expected")
    first, last = dates
    low, high = datetime.date(made_places._FIRST_YEAR + 2, 1, 1), datetime.date(made_places._LAST_YEAR, 12, 31)
    if not low <= first <= last <= high:
        raise PolicyError(f"dates {first}..{last}: from {low} to {high}, the earlier first; the figures made cover that time")  # fmt: skip


def standards_of(regions: Sequence[str]) -> standards_module.Standards:
    """The local figures of a population of these regions."""
    return standards_module.parse(made_places.standards_document(regions))


def chunks(
    households: int, *, seed: int, unknown: float = 0.05, regions: Sequence[str] = made_places.REGIONS,
    dates: tuple[datetime.date, datetime.date] = DATES,
) -> Any:  # fmt: skip
    """(tables, plan) of one chunk after another, for who needs no files."""
    rows = standards_of(regions)
    for number, one in enumerate(plan(households, regions, seed, unknown), 1):
        rng = np.random.default_rng([seed, number])
        tables = _chunk(one, rng, regions, dates, rows)
        yield (dig(tables, rng, unknown) if unknown else tables), one


# --- one chunk --------------------------------------------------------------------------------------------------------
def _pick(rng: np.random.Generator, values: Sequence[str], count: int, p: Sequence[float]) -> npt.NDArray[np.str_]:
    at = np.searchsorted(np.cumsum(p) / np.sum(p), rng.random(count), side="right")
    return np.array(values)[np.minimum(at, len(values) - 1)]


def _chunk(
    one: Plan, rng: np.random.Generator, regions: Sequence[str], dates: tuple[datetime.date, datetime.date],
    rows: standards_module.Standards,
) -> layout.Tables:  # fmt: skip
    count = one.count
    first, last = made_places.day_numbers(*dates)
    days = rng.integers(first, last + 1, count).astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    size = 1 + np.searchsorted(np.cumsum(_SIZES), rng.random(count), side="right").clip(0, len(_SIZES) - 1)
    dibao = made_places.in_force(rows, "dibao", one.region or regions[0], days)
    exact = rng.random(count) < 0.02
    line = rng.integers(0, len(_LINES), count)
    times, over = np.array(_LINES).T[:, line]
    off = rng.choice([-1, 0, 0, 0, 0, 1], count)
    multiple = np.exp(rng.normal(np.log(1.7), 0.6, count))
    status_dibao = (rng.random(count) < 0.05) & ~exact
    incident = rng.random(count) < 0.06
    people = _people(rng, size, exact, days)
    owner = people.pop("owner")
    families = Families(
        rng=rng, number=one.start + np.arange(count), month=month, size=size, budget=(multiple * dibao * size).astype(np.int64),
        incident=incident, owner=owner, position=people["position"], role=people["relation"],
        employment=people["employment"], studying=people["studying"], exact=exact,
        exact_sum=dibao * size * times // over + off, status_dibao=status_dibao, dibao=dibao, causes=_causes(rng, count),
    )  # fmt: skip
    homes = _households(one, families, days, regions)
    members, disabilities = _members(families, people)
    cars = np.flatnonzero(rng.random(count) < 0.09)
    vehicles = made_lines.Lines("vehicles")
    vehicles.add(families.number[cars], use=_pick(rng, words.VEHICLE_USES, len(cars), (0.55, 0.2, 0.15, 0.1)))
    return {
        "households": homes, "members": members, "disabilities": disabilities, "vehicles": vehicles.frame(),
        "incomes": made_lines.incomes(families), "expenses": made_lines.expenses(families),
    }  # fmt: skip


def _causes(rng: np.random.Generator, count: int) -> dict[str, Flags]:
    none = rng.random(count) < 0.12
    return {cause: (rng.random(count) < share) & ~none for cause, share in _CAUSES.items()}


def _people(rng: np.random.Generator, size: Ints, exact: Flags, days: npt.NDArray[np.datetime64]) -> dict[str, Any]:
    """Members of all households one after another: place of the household, position, relation, age and what goes with it."""
    owner = np.repeat(np.arange(len(size)), size)
    position = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    total = len(owner)
    relation = _pick(rng, ("child", "parent", "grandparent", "grandchild", "sibling", "other"), total, (0.62, 0.26, 0.03, 0.03, 0.03, 0.03))  # fmt: skip
    relation[(position == 1) & (rng.random(total) < 0.78)] = "spouse"
    second = (rng.random(len(size)) < 0.03) & (size > 1)  # the worker is not the first on the list
    me = position == second[owner]
    relation[second[owner] & (position == 0)] = "spouse"
    relation[me] = "self"
    base = rng.integers(24, 60, len(size))[owner]
    gap = rng.integers(21, 34, total)
    shift = {"child": -gap, "parent": gap, "grandparent": 2 * gap, "grandchild": -2 * gap}
    age = np.clip(base + np.select([relation == r for r in shift], list(shift.values()), rng.integers(-5, 6, total)), 0, 97)  # fmt: skip
    age[np.isin(relation, ["self", "spouse"])] = np.maximum(age[np.isin(relation, ["self", "spouse"])], 20)
    born = days[owner] - (age * 365.25 + rng.integers(0, 365, total)).astype(np.int64)
    adult = _pick(rng, ("employed", "flexible", "laid_off", "unemployed", "none"), total, (0.5, 0.16, 0.06, 0.14, 0.14))
    at_work = _pick(
        rng, ("employed", "flexible", "laid_off", "unemployed", "none"), total, (0.66, 0.12, 0.07, 0.12, 0.03)
    )
    draw = rng.random(total)
    learning = np.select(
        [age < 3, age < 6, age < 15, age < 18, age < 22, age < 25],
        [np.full(total, "none"), np.where(draw < 0.8, "preschool", "none"), np.full(total, "compulsory"),
         np.where(draw < 0.6, "high_school", "vocational"),
         np.where(draw < 0.35, "undergraduate", np.where(draw < 0.6, "college", "none")), np.where(draw < 0.12, "graduate", "none")],
        "none",
    )  # fmt: skip
    learning[me] = "none"
    employment = np.select(
        [me, age < 16, learning != "none", age >= 60],
        [at_work, np.full(total, "minor"), np.full(total, "student"), np.where(draw < 0.6, "retired", "none")],
        adult,
    )
    return {"owner": owner, "position": position, "relation": relation, "age": age, "birth_date": born, "employment": employment,
            "studying": learning, "self": me, "exact": exact[owner]}  # fmt: skip


def _members(f: Families, people: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    rng, total, employment, age = f.rng, len(f.owner), people["employment"], people["age"]
    me, sure = people["self"], people["self"] | people["exact"]
    job = employment == "employed"

    def often(share: float) -> Flags:
        return np.asarray(rng.random(total) < share)

    columns: dict[str, Any] = {
        "relation": people["relation"], "birth_date": people["birth_date"],
        "sex": np.where(often(0.5), "male", "female"), "employment": employment, "studying": people["studying"],
        "lives_together": sure | often(0.96), "same_huji": sure | often(0.93), "support_relation": often(0.5),
        "retired": employment == "retired", "retired_in_mining_area": (employment == "retired") & often(0.03),
        "union_member": (me & often(0.97)) | (job & often(0.6)), "unit_has_union": (me & often(0.95)) | (job & often(0.5)),
        "migrant_worker": (me | job) & often(0.12), "labor_relation_months": np.where(me | job, rng.integers(0, 300, total), 0),
        "labor_contract": (me | job) & often(0.85), "long_term_urban": often(0.95),
        "work_capable": (age >= 16) & (age < 60) & often(0.9),
        "major_illness": f.causes["illness"][f.owner] & often(0.25), "chronic_illness": often(0.1),
        "disabilities_known": np.ones(total, np.bool_),
    }  # fmt: skip
    members = made_lines.Lines("members")
    members.add(f.number[f.owner], **columns)
    ill = np.flatnonzero((f.causes["disability"][f.owner] & often(0.45)) | often(0.01))
    twice = ill[rng.random(len(ill)) < 0.06]
    both = np.sort(np.concatenate([ill, twice]), kind="stable")
    place = np.concatenate([[0], (np.diff(both) == 0).astype(np.int64)]) if len(both) else both
    disabilities = pl.DataFrame({
        "household": f.number[f.owner[both]], "member": f.position[both], "position": place,
        "kind": _pick(rng, words.DISABILITIES, len(both), (0.45, 0.12, 0.12, 0.13, 0.12, 0.06)),
        "grade": rng.integers(1, 5, len(both)),
    }).cast(layout.TABLES["disabilities"])  # type: ignore[arg-type]  # fmt: skip
    return members.frame(), disabilities


def _households(one: Plan, f: Families, days: npt.NDArray[np.datetime64], regions: Sequence[str]) -> pl.DataFrame:
    rng, count = f.rng, one.count
    second = np.zeros(count, np.int64)
    second[f.owner[(f.role == "self") & (f.position == 1)]] = 1
    homes = np.searchsorted(np.cumsum([0.2, 0.71, 0.08]), rng.random(count), side="right")
    renting = np.where(homes == 0, rng.random(count) < 0.75, rng.random(count) < 0.03)
    abroad = rng.random(count) < 0.13
    elsewhere = _pick(rng, regions, count, np.ones(len(regions)).tolist())
    lost = f.incident
    kind = _pick(rng, words.INCIDENT_KINDS, count, (0.1, 0.06, 0.1, 0.02, 0.4, 0.22, 0.1))
    columns: dict[str, Any] = {
        "application_date": days, "work_region": one.region,
        "huji_region": elsewhere if one.region is None else np.where(abroad, elsewhere, one.region),
        "worker": second, "incomes_known": True, "expenses_known": True, "vehicles_known": True,
        "owned_homes": homes, "owned_area_m2": np.where(homes > 0, rng.integers(1800, 14000, count), 0) * 1,
        "renting": renting, "rented_area_m2": np.where(renting, rng.integers(1000, 9000, count), 0),
        "rent_within_market": renting & (rng.random(count) < 0.9),
        "savings": f.round_amounts(np.exp(rng.normal(13.5, 1.8, count))),
        "investments_net": np.where(rng.random(count) < 0.06, rng.integers(0, 8_000_000, count), 0),
        "causes_known": True, **{f"cause_{cause}": flags for cause, flags in f.causes.items()},
        "incident_happened": lost, "incident_kind": pl.Series(kind).set(pl.Series(~lost), None),
        "incident_month": np.where(lost, f.month - rng.integers(0, 14, count), NULL),
        "incident_injury_grade": np.where(lost, np.maximum(rng.integers(-12, 11, count), 0), NULL),
        "incident_loss": np.where(lost, np.where(rng.random(count) < 0.4, rng.integers(0, 6_000_000, count), 0), NULL),
        "unexplained_funds": np.where(rng.random(count) < _RARE, rng.integers(0, 9_000_000, count), 0),
    }  # fmt: skip
    for flag, share in (("hospitalised", 0.5), ("infected", 0.12), ("death", 0.04)):
        columns[f"incident_{flag}"] = pl.Series(rng.random(count) < share).set(pl.Series(~lost), None)
    columns |= {flag: rng.random(count) < _RARE for flag in layout.CONDUCT_FLAGS}
    shares = {"work_injury_survivor": 0.004, "registered_poor": 0.01, "tekun": 0.004, "low_income_certified": 0.05}
    columns |= {f"status_{name}": rng.random(count) < share for name, share in shares.items()} | {"status_dibao": f.status_dibao}  # fmt: skip
    columns |= {f"attested_{name}": rng.random(count) < share for name, share in zip(layout.ATTESTED, (0.8, 0.05, 0.03, 0.04, 0.03), strict=True)}  # fmt: skip
    frame = pl.DataFrame({"household": f.number, **{name: _column(value, count) for name, value in columns.items()}})
    name = pl.format("G{}", pl.col("household").cast(pl.String).str.zfill(8))
    schema = layout.TABLES["households"]
    return frame.with_columns(id=name).select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _column(value: Any, count: int) -> pl.Series:
    if isinstance(value, pl.Series):
        return value
    if isinstance(value, np.ndarray):
        series = pl.Series(value)
        return series.set(series == NULL, None) if value.dtype == np.int64 else series
    return pl.repeat(value, count, eager=True) if value is not None else pl.Series([None] * count, dtype=pl.String)
