"""What the worker's own pages read: places, local figures of a place, and where to go there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bangfu.organizations.choices import Level
from bangfu.organizations.models import LocalStandard, Region, Union
from bangfu.organizations.selectors import find_regions
from bangfu.policy import standards
from bangfu.policy.standards import Standards, regions_outwards


@dataclass(frozen=True)
class Contact:
    """A union of the place, with the number it published."""

    name: str
    phone: str
    place: str


def places_named(text: str) -> list[Region]:
    """Places whose name holds the text; counties first."""
    return find_regions(text, 12)


def common_places() -> list[Region]:
    """The counties in which this installation's unions work."""
    codes = Union.objects.filter(is_active=True).exclude(region__endswith="0000").order_by().values_list("region", flat=True).distinct()[:40]  # fmt: skip
    return list(Region.objects.filter(pk__in=list(codes)).order_by("code")[:8])


def place(code: str) -> Region | None:
    return Region.objects.filter(pk=code).first()


def figures_of(codes: tuple[str, ...], day: date) -> Standards:
    """The confirmed local figures of some places and of what they lie in."""
    around = {outer for code in codes for outer in regions_outwards(code)}
    rows = LocalStandard.objects.filter(confirmed_by__isnull=False, region__in=around, from_date__lte=day)
    return standards.parse({"schema": standards.SCHEMA, "rows": [row.as_row() for row in rows.order_by("name", "region", "from_date")]})  # fmt: skip


def contacts(code: str) -> list[Contact]:
    """Whom to call there: active county, industry and city unions with a number, nearest first. Unions of single units are for their own people."""
    around = regions_outwards(code)
    rows = (
        Union.objects.filter(is_active=True, region__in=around, level__in=(Level.INDUSTRY, Level.CITY))
        .exclude(hotline="")
        .order_by("path")
    )
    names = dict(Region.objects.filter(pk__in=around).values_list("code", "full_name"))
    listed = sorted(rows, key=lambda row: around.index(row.region))
    return [Contact(row.name, row.hotline, names.get(row.region, "")) for row in listed[:4]]
