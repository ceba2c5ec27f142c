"""Reference data of this room: regions, and the pairs of roles that exclude each other (read by the trigger on ``Post``)."""

from typing import Any

from bangfu.common.seed import rows, tables_exist
from bangfu.organizations.choices import INCOMPATIBLE


def load(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """After ``migrate``: regions into an empty table; the role pairs made equal to ``choices.INCOMPATIBLE``."""
    from bangfu.organizations.models import Region, RolePair

    if not tables_exist(using, Region, RolePair):
        return
    regions = Region.objects.using(using)
    if not regions.exists():
        regions.bulk_create(
            Region(code=row["code"], name=row["name"], full_name=row["full_name"], parent_id=row["parent"] or None)
            for row in rows("bangfu.organizations", "regions.csv")
        )
    wanted = {(str(one), str(other)) for pair in INCOMPATIBLE for one in pair for other in pair if one != other}
    pairs = RolePair.objects.using(using)
    held = set(pairs.values_list("one", "other"))
    if wanted != held:
        pairs.all().delete()
        pairs.bulk_create(RolePair(one=one, other=other) for one, other in sorted(wanted))
