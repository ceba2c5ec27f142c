"""Households that may be one family, for the tests of matching."""

from datetime import date, datetime
from typing import Any

from bangfu.families import selectors, services
from bangfu.families.models import EvidenceFile, ExpenseLine, Household, IncomeLine, Member
from bangfu.organizations.scope import Desk
from tests.families.builders import APPLIED


def household(
    desk: Desk, at: datetime, name: str, number: str = "", *, birth: date | None = None, phone: str = "", address: str = "",
    people: tuple[dict[str, Any], ...] = (), **worker: Any,
) -> Household:  # fmt: skip
    """A family with little more than its people."""
    made = services.open_household(desk, at=at, application_date=APPLIED, name=name, id_number=number)
    first = made.members.get()
    if phone or address:
        services.save_household_part(desk, made, {"phone": phone, "address": address}, at=at)
    services.save_members(
        desk, made, [{"pk": first.pk, **({"birth_date": birth} if birth else {}), **worker}, *people], at=at
    )
    return selectors.whole(made)


def image(*households: Household) -> dict[str, Any]:
    """Every stored value of these households, their people, lines and papers; versions only go forward and are left out."""
    pks = [row.pk for row in households]
    chosen = [Household.objects.filter(pk__in=pks)] + [
        model.objects.filter(household__in=pks) for model in (Member, IncomeLine, ExpenseLine, EvidenceFile)
    ]
    return {
        f"{row._meta.label}:{row.pk}": {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.name not in {"version", "updated_at"}
        }
        for rows in chosen
        for row in rows
    }
