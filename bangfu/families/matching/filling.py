"""Writing the look-up hashes of rows that lack them: after the migration that brought them, or after a new hash key."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bangfu.common.acts import Actor, act
from bangfu.families.matching import keys
from bangfu.families.models import EvidenceFile, Household, Member

Hash = Callable[[Any], str]
COLUMNS: tuple[tuple[Any, dict[str, Hash]], ...] = (
    (Household, {"phone_hash": keys.phone_hash, "address_hash": keys.address_hash}),
    (Member, {"person_hash": keys.person_hash, "id_hash": lambda member: keys.id_hash(str(member.id_number))}),
    (EvidenceFile, {"number_hash": keys.paper_hash}),
)


def fill(actor: Actor, *, at: datetime, dry_run: bool = False, batch: int = 500) -> dict[str, int]:
    """Model and column → how many rows had another hash than their facts give; written unless ``dry_run``. A batch is one act.

    This reads every encrypted value once: it is a command for the administrator of the machine, never called by a page.
    """
    found: dict[str, int] = {}
    for model, columns in COLUMNS:
        names = {column: f"{model._meta.label}.{column}" for column in columns}
        found |= dict.fromkeys(names.values(), 0)
        after = 0
        while rows := list(model.objects.filter(pk__gt=after).order_by("pk")[:batch]):
            after = rows[-1].pk
            changed: list[Any] = []
            for row in rows:
                fresh = {column: make(row) for column, make in columns.items()}
                differ = [column for column, value in fresh.items() if getattr(row, column) != value]
                for column in differ:
                    found[names[column]] += 1
                    setattr(row, column, fresh[column])
                if differ:
                    changed.append(row)
            if changed and not dry_run:
                with act(actor, "fill_lookup_hashes", at=at) as deed:
                    model.objects.bulk_update(changed, list(columns))
                    deed.record(changed[-1], after={"rows": len(changed), "columns": sorted(columns)}, union_path="")
    return found
