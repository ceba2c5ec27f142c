"""What the verbs share: who may edit, the lock, the version, what an audit row may hold."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from bangfu.common.acts import Actor
from bangfu.common.errors import Refused
from bangfu.families.models import Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk

SENSITIVE = frozenset({"id_number", "id_hash", "phone", "address", "diagnosis", "as_typed", "details"})
"""Fields whose values never stand in an audit row, not even masked: only that they changed."""


class HouseholdLocked(Refused):
    """The family is in progress; its data are changed only after a return."""

    def __init__(self) -> None:
        super().__init__("这个家庭正在办理中，资料已锁定。需要修改时，请由当前环节退回，或先撤回申请。")


class HouseholdMerged(Refused):
    """The family was merged into another and only stands for the record."""

    def __init__(self, into: Household) -> None:
        super().__init__(f"这个家庭已并入 {into.number}，请在那一户中修改；并错了可以在合并记录中撤销。")


class NotYourHousehold(Refused):
    """The desk may not change this family."""


class DuplicateMember(Refused):
    """The same person twice in one family."""


def actor_of(who: Desk | Actor) -> Actor:
    return who.actor if isinstance(who, Desk) else who


def require_editor(desk: Desk, household: Household) -> None:
    """Only a clerk of the family's union or of one above it changes a family. Raises ``NotYourHousehold``."""
    if desk.role != Role.CLERK:
        raise NotYourHousehold("家庭资料由经办人录入和修改，您的岗位只能查看。")
    if not household.union_path.startswith(desk.union_path):
        raise NotYourHousehold("这个家庭不在您所在工会的范围内。")


def locked_row(household: Household) -> Household:
    """The household's row as the database has it, locked until the act ends."""
    row: Household = Household.objects.select_for_update().get(pk=household.pk)
    return row


def refuse_merged(household: Household) -> None:
    """A family that was merged into another is not worked on. Raises ``HouseholdMerged``."""
    if household.merged_into is not None:
        raise HouseholdMerged(household.merged_into)


def take_for_edit(desk: Desk, household: Household, version: int | None, at: datetime) -> Household:
    """The row, locked, checked for the right to edit and the expected version, one version further on.

    ``version`` None means "as it is now", for callers that just made the row. Raises ``StaleVersion``.
    """
    row = locked_row(household)
    require_editor(desk, row)
    refuse_merged(row)
    if row.locked:
        raise HouseholdLocked
    row.bump(row.version if version is None else version)
    row.updated_at = at
    return row


def put_typed(row: Household, step: str, typed: Mapping[str, str] | None) -> None:
    """Keeps what did not pass its check, exactly as typed, for one step; None leaves what is there."""
    if typed is None:
        return
    kept = read_typed(row)
    kept.pop(step, None)
    if typed:
        kept[step] = dict(typed)
    row.as_typed = json.dumps(kept, ensure_ascii=False, sort_keys=True)


def read_typed(household: Household) -> dict[str, dict[str, str]]:
    """What did not pass its check, by step and field name."""
    loaded: dict[str, dict[str, str]] = json.loads(str(household.as_typed or "{}"))
    return loaded


def plain(value: Any) -> Any:
    """A JSON value for the audit row."""
    if isinstance(value, date | datetime | Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return value.pk
    return value


def differences(row: models.Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sets the values that differ on the row; what they were and are, sensitive ones only as ``"（已修改）"``."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old == value:
            continue
        setattr(row, name, value)
        before[name] = "（原值）" if name in SENSITIVE else plain(old)
        after[name] = "（已修改）" if name in SENSITIVE else plain(value)
    return before, after


def unknown_names(given: Iterable[str], allowed: Iterable[str]) -> None:
    """A programming fault, not a person's: refuse field names the verb does not know."""
    strange = sorted(set(given) - set(allowed))
    if strange:
        raise TypeError(f"unknown fields: {', '.join(strange)}")
