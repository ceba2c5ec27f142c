"""Reference data that every installation starts with: the working-day calendar. Loaded after ``migrate`` into an empty table."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

from django.db import connections
from django.db.models import QuerySet


def rows(package: str, name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in a package's ``data`` folder."""
    with files(package).joinpath("data", name).open(encoding="utf-8") as source:
        yield from csv.DictReader(source)


def tables_exist(using: str, *models: Any) -> bool:
    """Whether the tables are there: ``migrate`` may have stopped before them."""
    present = set(connections[using].introspection.table_names())
    return all(model._meta.db_table in present for model in models)


def load_calendar(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """The published years 2016–2026 and the reckoned ones behind them. Past the guard: reference data are nobody's act."""
    from bangfu.common.models import CalendarDay, CalendarYear

    if not tables_exist(using, CalendarDay, CalendarYear) or CalendarYear.objects.using(using).exists():
        return
    years: QuerySet[CalendarYear] = QuerySet(CalendarYear, using=using)
    years.bulk_create(
        CalendarYear(year=int(row["year"]), official=row["official"] == "1", source=row["source"])
        for row in rows("bangfu.common", "years.csv")
    )
    days: QuerySet[CalendarDay] = QuerySet(CalendarDay, using=using)
    days.bulk_create(
        CalendarDay(day=date.fromisoformat(row["day"]), working=row["working"] == "1", name=row["name"])
        for row in rows("bangfu.common", "holidays.csv")
    )
