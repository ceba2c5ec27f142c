"""The register as a population (`bangfu.population/1`): one SQL text per table, so that no household becomes a Python object.

`selects(vendor)` gives for every table of the layout the SELECT that reads it from the tables of this room; it is what `facts.build` says of one
household, said of all at once, and a test holds the two to each other. The households meant stand in a temporary table CHOSEN.
`tables` brings them into memory, `export` writes them to a folder in parts, `temporary_views` leaves the data where they are, `judged` asks the
engine of the installation.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.policy import registry
from bangfu.policy.household import CAUSES, PAYERS
from bangfu.policy.pack.model import Pack
from bangfu.policy.population import layout, postgresql_engine, run
from bangfu.policy.standards import Standards

CHOSEN = "population_chosen"
#: Households per part: six frames of this many families take some hundred MB at most.
PART = 20_000

_FAMILY, _MEMBER, _INCOME, _EXPENSE = (model._meta.db_table for model in (Household, Member, IncomeLine, ExpenseLine))
_PAYERS_OF = "('illness', 'disability_rehab', 'disability_care')"
_PLAIN: dict[Any, Any] = {pl.Boolean: pl.Int8, pl.Date: pl.String}


class _Words:
    """Where the two databases have different words for one thing."""

    def __init__(self, vendor: str) -> None:
        if vendor not in ("postgresql", "sqlite"):
            raise ValueError(f"{vendor}: populations are read from PostgreSQL and SQLite")
        self.postgresql = vendor == "postgresql"

    def holds(self, column: str, value: str) -> str:
        if self.postgresql:
            return f"{column} @> '[\"{value}\"]'::jsonb"
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = '{value}')"  # noqa: S608

    def items(self, column: str) -> str:
        if self.postgresql:
            return (
                f"CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof({column}) = 'array' THEN {column} ELSE "
                "'[]'::jsonb END) WITH ORDINALITY AS item(value, place)"
            )
        return f"CROSS JOIN json_each(COALESCE({column}, '[]')) AS item"

    @property
    def place(self) -> str:
        return "item.place - 1" if self.postgresql else "item.key"

    def text(self, key: str) -> str:
        inner = f"item.value ->> '{key}'" if self.postgresql else f"json_extract(item.value, '$.{key}')"
        return f"NULLIF({inner}, '')"

    def count(self, key: str) -> str:
        return f"CAST({self.text(key)} AS integer)" if self.postgresql else f"json_extract(item.value, '$.{key}')"

    def known_list(self, column: str) -> str:
        if self.postgresql:
            return f"({column} IS NOT NULL AND jsonb_typeof({column}) = 'array')"
        return f"({column} IS NOT NULL AND json_type({column}) = 'array')"

    def hundredths(self, column: str) -> str:
        return f"CAST(ROUND({column} * 100) AS {'bigint' if self.postgresql else 'integer'})"

    def typed(self, value: str, dtype: Any) -> str:
        """SQLite knows neither truth nor dates: plain numbers and text, whatever the driver would make of a column."""
        if self.postgresql or dtype not in _PLAIN:
            return value
        return f"CAST({value} AS {'text' if dtype == pl.Date else 'integer'})"

    @property
    def false(self) -> str:
        return "false" if self.postgresql else "0"

    @property
    def true(self) -> str:
        return "true" if self.postgresql else "1"

    def month_of_day(self, column: str) -> str:
        if self.postgresql:
            return f"CAST(EXTRACT(YEAR FROM {column}) * 12 + EXTRACT(MONTH FROM {column}) - 1 AS integer)"
        return f"(CAST(substr({column}, 1, 4) AS integer) * 12 + CAST(substr({column}, 6, 2) AS integer) - 1)"


def _month(column: str) -> str:
    return f"(CAST(substr({column}, 1, 4) AS integer) * 12 + CAST(substr({column}, 6, 2) AS integer) - 1)"


def selects(vendor: str) -> dict[str, str]:
    """table → SELECT with the columns of the layout, in their order, of the households in CHOSEN."""
    w = _Words(vendor)
    columns: dict[str, tuple[dict[str, str], str]] = {
        "households": (_household(w), _households_from()),
        "members": (_member(w), f"FROM ({_ranked(_MEMBER, 'position')}) m"),
        "disabilities": (
            {
                "household": "m.household_id", "member": "m.place", "position": w.place,
                "kind": w.text("kind"), "grade": w.count("grade"),
            },
            f"FROM ({_ranked(_MEMBER, 'position')}) m {w.items('m.disabilities')}",
        ),
        "vehicles": (
            {"household": "h.id", "position": w.place, "use": w.text("use")},
            f"FROM {_FAMILY} h JOIN {CHOSEN} c ON c.id = h.id {w.items('h.vehicles')}",
        ),
        "incomes": (_income(w), _lines_from(_INCOME, "h.incomes_known")),
        "expenses": (_expense(w), _lines_from(_EXPENSE, _expenses_known())),
    }  # fmt: skip
    found: dict[str, str] = {}
    for table, (given, source) in columns.items():
        listed = ", ".join(
            f"{w.typed(given[column], dtype)} AS {_quoted(column)}" for column, dtype in layout.TABLES[table].items()
        )
        found[table] = f"SELECT {listed} {source}"
    return found


def _quoted(column: str) -> str:
    return f'"{column}"'


def _ranked(table: str, order: str) -> str:
    """The rows of the chosen households with their place from 0, as the facts document numbers them."""
    return (
        f"SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.household_id ORDER BY r.{order}) - 1 AS place "  # noqa: S608
        f"FROM {table} r JOIN {CHOSEN} c ON c.id = r.household_id"
    )


def _households_from() -> str:
    worker = f"SELECT w.household_id, MIN(CASE WHEN w.relation = 'self' THEN w.place END) AS place FROM ({_ranked(_MEMBER, 'position')}) w GROUP BY w.household_id"  # noqa: S608
    return f"FROM {_FAMILY} h JOIN {CHOSEN} c ON c.id = h.id LEFT JOIN ({worker}) self ON self.household_id = h.id"


def _lines_from(table: str, known: str) -> str:
    ranked = _ranked(table, "row, r.id")
    members = _ranked(_MEMBER, "position")
    return (
        f"FROM ({ranked}) l JOIN {_FAMILY} h ON h.id = l.household_id "
        f"LEFT JOIN ({members}) m ON m.id = l.member_id WHERE {known}"
    )


def _expenses_known() -> str:
    # care that nobody is named for can be counted by no rule: the list is not known yet
    return (
        f"(h.expenses_known AND NOT EXISTS (SELECT 1 FROM {_EXPENSE} x WHERE x.household_id = h.id "  # noqa: S608
        "AND x.kind = 'disability_care' AND x.member_id IS NULL))"
    )


def _household(w: _Words) -> dict[str, str]:
    found = {column: f"h.{column}" for column in layout.TABLES["households"]}
    found |= {
        "household": "h.id", "id": "h.number", "worker": "COALESCE(self.place, 0)",
        "work_region": "NULLIF(h.work_region, '')", "huji_region": "NULLIF(h.huji_region, '')",
        "expenses_known": _expenses_known(), "vehicles_known": w.known_list("h.vehicles"),
        "causes_known": w.known_list("h.causes"),
        "owned_area_m2": w.hundredths("h.owned_area_m2"), "rented_area_m2": w.hundredths("h.rented_area_m2"),
        "incident_happened": "h.has_incident",
    }  # fmt: skip
    for cause in CAUSES:
        found[f"cause_{cause}"] = f"CASE WHEN {w.known_list('h.causes')} THEN {w.holds('h.causes', cause)} END"
    happened = {
        "incident_kind": "NULLIF(h.incident_kind, '')", "incident_month": w.month_of_day("h.incident_date"),
        "incident_injury_grade": "h.injury_grade", "incident_loss": "h.loss",
        **{f"incident_{flag}": f"h.{flag}" for flag in layout.INCIDENT_FLAGS},
    }  # fmt: skip
    found |= {column: f"CASE WHEN h.has_incident THEN {value} END" for column, value in happened.items()}
    found |= {f"status_{name}": f"h.{name}" for name in layout.STATUSES}
    found |= {f"attested_{name}": f"h.{name}" for name in layout.ATTESTED}
    return found


def _member(w: _Words) -> dict[str, str]:
    found = {column: f"m.{column}" for column in layout.TABLES["members"] if column != "disabilities_known"}
    return found | {
        "household": "m.household_id", "position": "m.place", "sex": "NULLIF(m.sex, '')",
        "employment": "NULLIF(m.employment, '')", "studying": "NULLIF(m.studying, '')",
        "retired": f"CASE WHEN m.employment = 'retired' THEN {w.true} ELSE m.retired END",
        "disabilities_known": w.known_list("m.disabilities"),
    }  # fmt: skip


def _marked(w: _Words) -> str:
    # beside a known "no incident" the contract allows no mark
    return f"(l.incident AND COALESCE(h.has_incident, {w.true}))"


def _income(w: _Words) -> dict[str, str]:
    support = "(l.kind = 'support' AND l.basis = 'no_document')"
    once = f"(NOT {support} AND l.month IS NOT NULL)"
    span = f"({support} OR l.month IS NULL)"
    return {
        "household": "l.household_id", "position": "l.place", "member": "m.place", "kind": "l.kind", "basis": "l.basis",
        "monthly_line": f"({support} OR (l.month IS NULL AND (l.monthly IS NOT NULL OR l.from_month IS NOT NULL "
                        "OR l.to_month IS NOT NULL)))",
        "amount": f"CASE WHEN {once} THEN l.amount END", "month": f"CASE WHEN {once} THEN {_month('l.month')} END",
        "monthly": f"CASE WHEN NOT {support} AND l.month IS NULL THEN l.monthly END",
        "first": f"CASE WHEN {span} THEN {_month('l.from_month')} END",
        "last": f"CASE WHEN {span} THEN {_month('l.to_month')} END",
        "incident": _marked(w), "obligor_known": support,
        "obligor_income_monthly": f"CASE WHEN {support} THEN l.obligor_income END",
        "obligor_status": f"CASE WHEN {support} THEN NULLIF(l.obligor_status, '') END",
    }  # fmt: skip


def _expense(w: _Words) -> dict[str, str]:
    # hospital bills and 门诊慢性病 only are costs of illness; what was bought otherwise is `other`, not recognized
    bought = "(l.kind = 'illness' AND l.bill_kind = 'other_outpatient')"
    school = "(l.kind = 'schooling')"
    span = (
        f"(NOT {bought} AND NOT {school} AND (l.kind = 'rent' OR l.from_month IS NOT NULL OR l.to_month IS NOT NULL))"
    )
    once = f"(NOT {school} AND NOT {span})"
    billed = f"(NOT {bought} AND NOT {span} AND l.kind IN {_PAYERS_OF})"
    paid = f"({billed} AND ({' OR '.join(f'l.{payer} IS NOT NULL' for payer in PAYERS)}))"
    return {
        "household": "l.household_id", "position": "l.place", "member": "m.place",
        "kind": f"CASE WHEN {bought} THEN 'other' ELSE l.kind END", "monthly_line": span,
        "total": f"CASE WHEN {once} THEN l.total END",
        "month": f"CASE WHEN NOT {span} THEN {_month('l.month')} END",
        "monthly": f"CASE WHEN {span} THEN l.monthly END",
        "first": f"CASE WHEN {span} THEN {_month('l.from_month')} END",
        "last": f"CASE WHEN {span} THEN {_month('l.to_month')} END",
        "incident": _marked(w),
        "paid_by_known": paid, **{f"paid_{payer}": f"CASE WHEN {paid} THEN l.{payer} END" for payer in PAYERS},
        **{name: f"CASE WHEN {school} THEN l.{name} END" for name in ("tuition", "boarding", "travel", "aided")},
        "recognized": f"CASE WHEN {bought} THEN {w.false} WHEN {once} AND l.kind = 'other' THEN l.recognized END",
    }  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------
@contextmanager
def chosen(households: QuerySet[Household]) -> Iterator[None]:
    """The temporary table of the households meant; it goes when the block is left."""
    text, values = households.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {CHOSEN} AS {text}", values)
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE UNIQUE INDEX ON {CHOSEN} (id)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {CHOSEN}")


@contextmanager
def temporary_views(households: QuerySet[Household]) -> Iterator[dict[str, str]]:
    """table of the layout → name of a temporary view on the live tables, for SQL that runs where the data are."""
    with chosen(households):
        names = {table: f"population_{table}" for table in layout.TABLES}
        with connection.cursor() as cursor:
            for table, text in selects(connection.vendor).items():
                cursor.execute(f"CREATE TEMPORARY VIEW {names[table]} AS {text}")
        try:
            yield names
        finally:
            with connection.cursor() as cursor:
                for name in names.values():
                    cursor.execute(f"DROP VIEW {name}")


def tables(households: QuerySet[Household]) -> layout.Tables:
    """The households as tables in memory."""
    with chosen(households), connection.cursor() as cursor:
        return {table: _read(cursor, table, text) for table, text in selects(connection.vendor).items()}


def _read(cursor: Any, table: str, text: str) -> pl.DataFrame:
    cursor.execute(text)
    schema: dict[str, Any] = dict(layout.TABLES[table])
    plain = connection.vendor == "sqlite"
    if plain:  # SQLite knows neither truth nor dates
        schema = {name: _PLAIN.get(dtype, dtype) for name, dtype in schema.items()}
    frames = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(50_000):
        frames.append(pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row"))
    found = pl.concat(frames)
    if plain:
        found = found.with_columns(
            pl.col(name).str.to_date() if dtype == pl.Date else pl.col(name).cast(dtype)
            for name, dtype in layout.TABLES[table].items()
            if dtype in _PLAIN
        )
    return found.select(list(layout.TABLES[table]))


def judged(
    households: QuerySet[Household], policy: str | Pack, *, on: datetime.date | None, standards: Standards
) -> pl.DataFrame:
    """The answer of the households by the engine of the installation (``settings.BANGFU_POPULATION_ENGINE``).

    ``postgresql``, on a site whose database is one, judges where the data are: nothing but the answer leaves the database. Every other
    engine reads the tables first.
    """
    engine = settings.BANGFU_POPULATION_ENGINE
    if engine != "postgresql" or connection.vendor != "postgresql":
        engine = "polars" if engine == "postgresql" else engine
        return run.assess(tables(households), policy, on=on, standards=standards, engine=engine, check=False)
    pack = policy if isinstance(policy, Pack) else registry.get_pack(policy, on) if on is None else registry.in_force(policy, on)  # fmt: skip
    with transaction.atomic():
        with temporary_views(households) as views, connection.cursor() as cursor:
            sources = {table: sql.Identifier(name) for table, name in views.items()}
            found = postgresql_engine.in_place(cursor.cursor, sources, pack, standards, on)
        transaction.set_rollback(True)  # the temporary tables go with it
    return found


def export(
    households: QuerySet[Household], folder: Path | str, standards_document: dict[str, Any], *,
    made: dict[str, Any] | None = None, progress: Callable[[int, int], None] | None = None, part: int = PART,
) -> int:  # fmt: skip
    """Writes the households to a folder in parts; the number of households. `progress(done, of)` is told after each part."""
    total = households.count()
    if total == 0:
        nothing = {table: layout.empty(table) for table in layout.TABLES}
        layout.write(nothing, folder, standards_document=standards_document, made=made)
        return 0
    last, done, number = 0, 0, 0
    while keys := list(households.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:part]):
        found = tables(households.filter(pk__gt=last, pk__lte=keys[-1]))
        layout.write(found, folder, part=number, standards_document=standards_document, made=made)
        last, number, done = keys[-1], number + 1, done + len(keys)
        if progress is not None:
            progress(done, total)
    return total
