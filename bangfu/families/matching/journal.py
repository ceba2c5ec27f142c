"""What an act changed, row by row, so that it can be taken back exactly: field → value before and after."""

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction

from bangfu.common.errors import Refused
from bangfu.families.models import ExpenseLine, IncomeLine, TwinFinding


class Drifted(Refused):
    """A row no longer is as the act left it, so taking the act back would overwrite later work."""


class Journal:
    """Writes rows and remembers. ``text`` is what ``FamilyChange.journal`` keeps (encrypted)."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def change(self, row: models.Model, /, **values: Any) -> None:
        """Sets fields (by ``attname``) and saves the row; nothing happens where all are as they were."""
        before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        for name in before:
            setattr(row, name, values[name])
        if before:
            row.save()
            after = {name: values[name] for name in before}
            self.entries.append({"model": row._meta.label_lower, "pk": row.pk, "before": before, "after": after})

    def made(self, row: models.Model) -> None:
        """Notes a row that the act created."""
        self.entries.append({"model": row._meta.label_lower, "pk": row.pk, "made": True})

    @property
    def text(self) -> str:
        return json.dumps(self.entries, cls=DjangoJSONEncoder, ensure_ascii=False)


def take_back(text: str) -> list[str]:
    """Restores what the entries changed, last first; returns the labels of the rows. Raises ``Drifted`` and then changes nothing.

    Must run inside an act. A row the act made is deleted when it is empty again.
    """
    done: list[str] = []
    try:
        with transaction.atomic():
            for entry in reversed(json.loads(text)):
                done.append(_back(entry))
    except (IntegrityError, models.ProtectedError) as fault:
        raise Drifted("这两户后来又有新的登记，撤销会覆盖它们，请改用“拆分”或“合并”处理。") from fault
    return done


def _back(entry: dict[str, Any]) -> str:
    model = apps.get_model(entry["model"])
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=entry["pk"]).first()
    title = str(model._meta.verbose_name)
    if row is None:
        raise Drifted(f"后来删改过{title}，不能原样恢复。请改用“拆分”或“合并”处理。")
    if entry.get("made"):
        holders = [one for one in row._meta.related_objects if one.on_delete is not models.SET_NULL]
        if any(_has_rows(row, one) for one in holders if one.related_model is not TwinFinding):
            raise Drifted(f"分出的{title}后来又有新的登记，不能撤销。")
        row.delete()
        return f"{entry['model']}:{entry['pk']}"
    for name, value in entry["after"].items():
        if getattr(row, name) != _typed(model, name, value):
            raise Drifted(f"{title}的“{_label(model, name)}”后来又改过，不能原样恢复。请改用“拆分”或“合并”处理。")
    for name, value in entry["before"].items():
        setattr(row, name, _typed(model, name, value))
    row.save()
    return f"{entry['model']}:{entry['pk']}"


def _has_rows(row: models.Model, relation: Any) -> bool:
    found: bool = relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
    return found


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    field = _field(model, name)
    if isinstance(field, models.ForeignKey) or value is None:
        return value
    return field.to_python(value)


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _label(model: type[models.Model], name: str) -> str:
    return str(_field(model, name).verbose_name)


def next_rows(kept: int, model: type[IncomeLine] | type[ExpenseLine], rows: Iterable[int]) -> dict[int, int]:
    """Old row number → a free row number in the family ``kept``, in the same order."""
    taken = max(model.objects.filter(household=kept).values_list("row", flat=True), default=0)
    return {row: taken + place for place, row in enumerate(sorted(set(rows)), 1)}
