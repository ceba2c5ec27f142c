"""Writes of common: the practice clock, keys, gapless numbers have their own module."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection

from bangfu.common.acts import Actor, act
from bangfu.common.crypto import key_id_of
from bangfu.common.errors import Refused
from bangfu.common.fields import EncryptedTextField
from bangfu.common.models import PracticeClock


class NoPractice(Refused):
    """The clock stands still on an installation that is not for practice, and never goes back."""


def move_practice_clock(actor: Actor, *, days: int, at: datetime) -> int:
    """Moves a practice installation's clock forward by whole days; the days it then runs ahead."""
    if not settings.BANGFU_PRACTICE:
        raise NoPractice("只有练习系统可以调整日期")
    if not 1 <= days <= 366:
        raise NoPractice("一次可以向后调整 1—366 天，不能往回调", field="days")
    with act(actor, "move_practice_clock", at=at) as deed:
        clock, _ = PracticeClock.objects.select_for_update().get_or_create(pk=1)
        before = clock.days
        clock.days += days
        clock.save()
        deed.record(clock, before={"days": before}, after={"days": clock.days})
    return clock.days


class FrozenRows(Refused):
    """The rows are decisions or log rows that the database keeps as they are: their key must stay installed."""


def encrypted_fields() -> Iterator[tuple[Any, EncryptedTextField]]:
    """Every encrypted field of the installation with its model."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def _stored(model: Any, field: EncryptedTextField, after: Any, size: int) -> list[tuple[Any, bytes]]:
    quote = connection.ops.quote_name
    table, key, column = quote(model._meta.db_table), quote(model._meta.pk.column), quote(str(field.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} IS NOT NULL ORDER BY {key} LIMIT %s",  # noqa: S608
            [after, size],
        )
        return [(pk, bytes(value)) for pk, value in cursor.fetchall()]


def count_keys(model: Any, field: EncryptedTextField) -> dict[str, int]:
    """How many values of a field each key id holds."""
    counts: dict[str, int] = {}
    after: Any = -1
    while rows := _stored(model, field, after, 2000):
        for pk, value in rows:
            after = pk
            if value:
                counts[key_id_of(value)] = counts.get(key_id_of(value), 0) + 1
    return counts


def reencrypt(actor: Actor, model: Any, field: EncryptedTextField, *, at: datetime, batch: int = 500) -> int:
    """Writes the values of a field that an older key holds anew with the active key; how many.

    Each batch is one act. A row is only changed if its ciphertext still is the one that was read, so an edit at the same moment wins.
    Raises ``FrozenRows`` where the database refuses changes.
    """
    active, done, after = settings.BANGFU_ACTIVE_KEY, 0, -1
    quote = connection.ops.quote_name
    table, key, column = quote(model._meta.db_table), quote(model._meta.pk.column), quote(str(field.column))
    statement = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    while rows := _stored(model, field, after, batch):
        after = rows[-1][0]
        old = [(pk, value) for pk, value in rows if value and key_id_of(value) != active]
        if not old:
            continue
        try:
            with act(actor, "reencrypt", at=at) as deed, connection.cursor() as cursor:
                for pk, value in old:
                    plain = field.from_db_value(value, None, connection)
                    renewed = field.get_db_prep_value(plain, connection)
                    cursor.execute(statement, [renewed, pk, field.get_db_prep_value(value, connection, prepared=True)])
                    done += cursor.rowcount
                after_values = {"field": field.name, "rows": len(old), "key": active}
                deed.record(model(pk=old[-1][0]), after=after_values, union_path="")
        except IntegrityError as fault:
            raise FrozenRows("冻结记录不能改写，保留原密钥即可继续解密") from fault
    return done
