"""The local standards of a benchmark population as small tables, by region and day: what both programs written by hand join."""

from __future__ import annotations

import polars as pl

from bangfu.policy.standards import Standards

NAMES = ("dibao", "minimum_wage", "local_multiple")


def table(standards: Standards, regions: list[str], days: list[object]) -> pl.DataFrame:
    """region, day, dibao, minimum_wage (分), local_multiple in thousandths (null where none is published)."""
    rows = []
    for region in regions:
        for day in days:
            row: list[object] = [region, day]
            for name in NAMES:
                found = standards.find(name, region, day)  # type: ignore[arg-type]
                if found is None:
                    row.append(None)
                else:
                    numerator, denominator = found.exact
                    row.append(numerator * (1000 if name == "local_multiple" else 1) // denominator)
            rows.append(row)
    schema = {"region": pl.String, "day": pl.Date} | dict.fromkeys(NAMES, pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row")
