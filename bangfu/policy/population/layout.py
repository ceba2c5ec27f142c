"""The columnar layout `bangfu.population/1`: the facts of many households as six tables of Parquet files.

docs/population-layout.md says what every column means. Units are those of `bangfu.policy.household`: money in 分, areas in 0.01 m², months as
numbers of `bangfu.policy.months`. Null is *unknown*, never false and never zero. `from_facts` and `to_facts` are inverse to each other, but for
the ids of members (here their place in the list) and the day of an incident (only its month bears on a rule).
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from bangfu.policy import months, standards
from bangfu.policy.household import (
    CAUSES,
    PAYERS,
    Attested,
    Conduct,
    Disability,
    Expense,
    Facts,
    Housing,
    Incident,
    Income,
    Member,
    Obligor,
    PaidBy,
    Status,
    Vehicle,
)

SCHEMA: Final = "bangfu.population/1"
MANIFEST: Final = "population.json"
STANDARDS: Final = "standards.json"
UNKNOWN_REGION: Final = "unknown"

Tables = dict[str, pl.DataFrame]
LazyTables = dict[str, pl.LazyFrame]
_Schema = dict[str, type[pl.DataType]]

_B, _M, _N, _P, _S = pl.Boolean, pl.Int64, pl.Int32, pl.Int16, pl.String

CONDUCT_FLAGS: Final = tuple(name for name in Conduct.__dataclass_fields__ if name != "unexplained_funds")
STATUSES: Final = tuple(Status.__dataclass_fields__)
ATTESTED: Final = tuple(Attested.__dataclass_fields__)
INCIDENT_FLAGS: Final = ("hospitalised", "infected", "death")
MEMBER_FLAGS: Final = (
    "lives_together", "same_huji", "support_relation", "retired", "retired_in_mining_area", "union_member",
    "unit_has_union", "migrant_worker", "labor_contract", "long_term_urban", "work_capable", "major_illness",
    "chronic_illness",
)  # fmt: skip

#: table → column → dtype, in the order of the files. Checked exactly: a column more or less or of another type is a fault.
TABLES: Final[dict[str, _Schema]] = {
    "households": {
        "household": pl.Int64, "id": _S, "application_date": pl.Date, "work_region": _S, "huji_region": _S, "worker": _P,
        "incomes_known": _B, "expenses_known": _B, "vehicles_known": _B,
        "owned_homes": _N, "owned_area_m2": _M, "renting": _B, "rented_area_m2": _M, "rent_within_market": _B,
        "savings": _M, "investments_net": _M, "causes_known": _B, **{f"cause_{one}": _B for one in CAUSES},
        "incident_happened": _B, "incident_kind": _S, "incident_month": _N, "incident_injury_grade": _P,
        **{f"incident_{one}": _B for one in INCIDENT_FLAGS}, "incident_loss": _M,
        **dict.fromkeys(CONDUCT_FLAGS, _B), "unexplained_funds": _M,
        **{f"status_{one}": _B for one in STATUSES}, **{f"attested_{one}": _B for one in ATTESTED},
    },
    "members": {
        "household": pl.Int64, "position": _P, "relation": _S, "birth_date": pl.Date, "sex": _S, "employment": _S,
        **dict.fromkeys(MEMBER_FLAGS, _B), "labor_relation_months": _N, "studying": _S, "disabilities_known": _B,
    },
    "disabilities": {"household": pl.Int64, "member": _P, "position": _P, "kind": _S, "grade": _P},
    "vehicles": {"household": pl.Int64, "position": _P, "use": _S},
    "incomes": {
        "household": pl.Int64, "position": _P, "member": _P, "kind": _S, "basis": _S, "monthly_line": _B,
        "amount": _M, "month": _N, "monthly": _M, "first": _N, "last": _N, "incident": _B,
        "obligor_known": _B, "obligor_income_monthly": _M, "obligor_status": _S,
    },
    "expenses": {
        "household": pl.Int64, "position": _P, "member": _P, "kind": _S, "monthly_line": _B,
        "total": _M, "month": _N, "monthly": _M, "first": _N, "last": _N, "incident": _B,
        "paid_by_known": _B, **{f"paid_{one}": _M for one in PAYERS},
        "tuition": _M, "boarding": _M, "travel": _M, "aided": _M, "recognized": _B,
    },
}  # fmt: skip
#: Columns that are never null: what the facts contract calls always known.
ALWAYS_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "households": ("household", "id", "application_date", "worker", "incomes_known", "expenses_known",
                   "vehicles_known", "causes_known"),
    "members": ("household", "position", "disabilities_known"),
    "disabilities": ("household", "member", "position"),
    "vehicles": ("household", "position"),
    "incomes": ("household", "position", "kind", "basis", "monthly_line", "incident", "obligor_known"),
    "expenses": ("household", "position", "kind", "monthly_line", "incident", "paid_by_known"),
}  # fmt: skip
#: What makes a row of a table one of its kind.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "households": ("household",),
    "members": ("household", "position"),
    "disabilities": ("household", "member", "position"),
    "vehicles": ("household", "position"),
    "incomes": ("household", "position"),
    "expenses": ("household", "position"),
}


def empty(table: str) -> pl.DataFrame:
    """The table without rows, every column in its type."""
    return pl.DataFrame(schema=TABLES[table])


# --- from facts -------------------------------------------------------------------------------------------------------
def _household(number: int, one: Facts, places: dict[str, int]) -> tuple[Any, ...]:
    housing, incident, conduct = one.housing, one.incident, one.conduct
    grade = incident.injury_grade
    causes = (None,) * len(CAUSES) if one.causes is None else tuple(cause in one.causes for cause in CAUSES)
    return (
        number, one.id, one.application_date, one.work_region, one.huji_region, places[one.worker_id],
        one.incomes is not None, one.expenses is not None, one.vehicles is not None,
        housing.owned_homes, housing.owned_area_m2, housing.renting, housing.rented_area_m2, housing.rent_within_market,
        one.savings, one.investments_net, one.causes is not None, *causes,
        incident.happened, incident.kind, None if incident.date is None else months.month_of(incident.date),
        0 if grade == "none" else grade, *(getattr(incident, flag) for flag in INCIDENT_FLAGS), incident.loss,
        *(getattr(conduct, flag) for flag in CONDUCT_FLAGS), conduct.unexplained_funds,
        *(getattr(one.status, name) for name in STATUSES), *(getattr(one.attested, name) for name in ATTESTED),
    )  # fmt: skip


def _member(number: int, one: Member) -> tuple[Any, ...]:
    return (
        number, one.position, one.relation, one.birth_date, one.sex, one.employment,
        *(getattr(one, flag) for flag in MEMBER_FLAGS), one.labor_relation_months, one.studying,
        one.disabilities is not None,
    )  # fmt: skip


def _income(number: int, one: Income, places: dict[str, int]) -> tuple[Any, ...]:
    obligor = one.obligor
    return (
        number, one.position, None if one.member is None else places[one.member], one.kind, one.basis, one.is_monthly,
        one.amount, one.month, one.monthly, one.first, one.last, one.incident, obligor is not None,
        *((None, None) if obligor is None else (obligor.income_monthly, obligor.status)),
    )  # fmt: skip


def _expense(number: int, one: Expense, places: dict[str, int]) -> tuple[Any, ...]:
    paid = one.paid_by
    return (
        number, one.position, None if one.member is None else places[one.member], one.kind, one.is_monthly,
        one.total, one.month, one.monthly, one.first, one.last, one.incident, paid is not None,
        *(None if paid is None else getattr(paid, payer) for payer in PAYERS),
        one.tuition, one.boarding, one.travel, one.aided, one.recognized,
    )  # fmt: skip


def from_facts(facts: Iterable[Facts], *, start: int = 0) -> Tables:
    """The tables of some households, numbered from `start` in their order."""
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    for number, one in enumerate(facts, start):
        places = {member.id: member.position for member in one.members}
        rows["households"].append(_household(number, one, places))
        for member in one.members:
            rows["members"].append(_member(number, member))
            for place, disability in enumerate(member.disabilities or ()):
                rows["disabilities"].append((number, member.position, place, disability.kind, disability.grade))
        rows["vehicles"] += [(number, place, vehicle.use) for place, vehicle in enumerate(one.vehicles or ())]
        rows["incomes"] += [_income(number, line, places) for line in one.incomes or ()]
        rows["expenses"] += [_expense(number, line, places) for line in one.expenses or ()]
    return {table: pl.DataFrame(rows[table], schema=TABLES[table], orient="row") for table in TABLES}


# --- back to facts ----------------------------------------------------------------------------------------------------
Row = dict[str, Any]


def _grouped(frame: pl.DataFrame, key: Sequence[str]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in frame.sort(key).iter_rows(named=True):
        found.setdefault(row["household"], []).append(row)
    return found


def _date_of(month: int | None) -> datetime.date | None:
    return None if month is None else datetime.date(month // 12, month % 12 + 1, 1)


def _name(position: int | None) -> str | None:
    return None if position is None else f"P{position + 1}"


def _facts(row: Row, parts: dict[str, list[Row]]) -> Facts:
    ailments: dict[int, list[Disability]] = {}
    for one in parts["disabilities"]:
        ailments.setdefault(one["member"], []).append(Disability(one["kind"], one["grade"]))
    members = tuple(
        Member(
            id=f"P{one['position'] + 1}",
            disabilities=tuple(ailments.get(one["position"], ())) if one["disabilities_known"] else None,
            **{key: value for key, value in one.items() if key not in ("household", "disabilities_known")},
        )
        for one in parts["members"]
    )
    happened, grade = row["incident_happened"], row["incident_injury_grade"]
    return Facts(
        id=row["id"], application_date=row["application_date"], worker_id=f"P{row['worker'] + 1}", members=members,
        work_region=row["work_region"], huji_region=row["huji_region"],
        incomes=tuple(_income_line(one) for one in parts["incomes"]) if row["incomes_known"] else None,
        expenses=tuple(_expense_line(one) for one in parts["expenses"]) if row["expenses_known"] else None,
        housing=Housing(**{name: row[name] for name in Housing.__dataclass_fields__}),
        vehicles=tuple(Vehicle(one["use"]) for one in parts["vehicles"]) if row["vehicles_known"] else None,
        savings=row["savings"], investments_net=row["investments_net"],
        causes=tuple(cause for cause in CAUSES if row[f"cause_{cause}"]) if row["causes_known"] else None,
        incident=Incident(
            happened=happened, kind=row["incident_kind"], date=_date_of(row["incident_month"]),
            injury_grade="none" if grade == 0 else grade, hospitalised=row["incident_hospitalised"],
            infected=row["incident_infected"], death=row["incident_death"], loss=row["incident_loss"],
        ),
        conduct=Conduct(**{name: row[name] for name in Conduct.__dataclass_fields__}),
        status=Status(**{name: row[f"status_{name}"] for name in STATUSES}),
        attested=Attested(**{name: row[f"attested_{name}"] for name in ATTESTED}),
    )  # fmt: skip


def _income_line(row: Row) -> Income:
    obligor = Obligor(row["obligor_income_monthly"], row["obligor_status"]) if row["obligor_known"] else None
    return Income(
        position=row["position"], kind=row["kind"], member=_name(row["member"]), basis=row["basis"],
        monthly=row["monthly"], first=row["first"], last=row["last"], amount=row["amount"], month=row["month"],
        incident=row["incident"], obligor=obligor, is_monthly=row["monthly_line"],
    )  # fmt: skip


def _expense_line(row: Row) -> Expense:
    paid = PaidBy(**{payer: row[f"paid_{payer}"] for payer in PAYERS}) if row["paid_by_known"] else None
    return Expense(
        position=row["position"], kind=row["kind"], member=_name(row["member"]), monthly=row["monthly"],
        first=row["first"], last=row["last"], month=row["month"], total=row["total"], paid_by=paid,
        tuition=row["tuition"], boarding=row["boarding"], travel=row["travel"], aided=row["aided"],
        recognized=row["recognized"], incident=row["incident"], is_monthly=row["monthly_line"],
    )  # fmt: skip


def to_facts(tables: Tables) -> Iterator[tuple[int, Facts]]:
    """(household, its facts), in the order of the households table. Members are called P1, P2 … by their place."""
    parts = {table: _grouped(tables[table], KEYS[table]) for table in TABLES if table != "households"}
    for row in tables["households"].iter_rows(named=True):
        number = row["household"]
        yield number, _facts(row, {table: rows.get(number, []) for table, rows in parts.items()})


# --- files ------------------------------------------------------------------------------------------------------------
def region_of(work_region: str | None) -> str:
    """The partition a household lies in."""
    return work_region or UNKNOWN_REGION


def write(
    tables: Tables, folder: Path | str, *, part: int = 0, standards_document: dict[str, Any] | None = None,
    made: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Adds the tables to a folder as part number `part` of each region they hold; the standards and the head of the population when given.

    Files of one name in the six tables of a region hold the same households. Rows are sorted by their keys.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    region = pl.col("work_region").fill_null(UNKNOWN_REGION).alias("region")
    regions = tables["households"].select("household", region)
    for table, schema in TABLES.items():
        frame = tables[table].select(list(schema)).sort(KEYS[table])
        placed = frame.join(regions, on="household", how="left", maintain_order="left")
        for (name,), rows in placed.partition_by("region", as_dict=True, maintain_order=True).items():
            file = folder / table / f"region={name}" / f"part-{part:05d}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows.drop("region").write_parquet(file, compression="zstd", statistics=True)
    if standards_document is not None:
        text = json.dumps(standards_document, ensure_ascii=False, indent=1) + "\n"
        (folder / STANDARDS).write_text(text, encoding="utf-8")
    head = {"schema": SCHEMA} | (made or {})
    (folder / MANIFEST).write_text(json.dumps(head, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def regions(folder: Path | str) -> list[str]:
    """Names of the partitions, in order."""
    return sorted(one.name.partition("=")[2] for one in (Path(folder) / "households").glob("region=*") if one.is_dir())


def files(folder: Path | str, table: str, region: str | None = None) -> list[Path]:
    """The Parquet files of a table, of one region where it is named."""
    return sorted((Path(folder) / table).glob(f"region={region or '*'}/*.parquet"))


def scan(paths: Sequence[Path], table: str) -> pl.LazyFrame:
    """A lazy table over some of its files; without any, the empty one."""
    if not paths:
        return empty(table).lazy()
    return pl.scan_parquet(list(paths), hive_partitioning=False).select(list(TABLES[table]))


def read(folder: Path | str, regions: Iterable[str] | None = None) -> LazyTables:
    """All tables as lazy frames, of some regions where they are named. Nothing is checked here: `validate.check` does that."""
    chosen = None if regions is None else list(regions)
    found: LazyTables = {}
    for table in TABLES:
        paths = files(folder, table) if chosen is None else [p for one in chosen for p in files(folder, table, one)]
        found[table] = scan(paths, table)
    return found


def read_standards(folder: Path | str) -> standards.Standards:
    """The population's own standards. Raises `DocumentFaults`, or FileNotFoundError where there are none."""
    return standards.parse(json.loads((Path(folder) / STANDARDS).read_text(encoding="utf-8")))
