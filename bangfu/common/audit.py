"""The audit log: who did what, when, in which post, from where and why; each row carries the hash of the row before it."""

import json
from typing import Any

from django.db import transaction

from bangfu.common.acts import Deed
from bangfu.common.crypto import provider
from bangfu.common.models import AuditEntry, AuditHead

GENESIS = "0" * 64


def canonical(values: dict[str, Any]) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no blanks, Chinese as it is."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def row_hash(previous: str, values: dict[str, Any]) -> str:
    """SM3 over the previous row's hash and this row's content (hex)."""
    return provider().digest(previous.encode() + b"\n" + canonical(values)).hex()


def append(deed: Deed) -> None:
    """Writes the deed's rows at the end of the chain; must run inside the act's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit rows are written inside the transaction of the act")
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})
    rows: list[AuditEntry] = []
    for entry in deed.entries:
        head.seq += 1
        row = AuditEntry(
            seq=head.seq,
            at=deed.at,
            user_id=deed.actor.user_id,
            user_name=deed.actor.name,
            post_id=deed.actor.post_id,
            role=deed.actor.role,
            union_id=deed.actor.union_id,
            union_name=deed.actor.union_name,
            origin=deed.actor.origin,
            verb=entry.verb,
            object_type=entry.object_type,
            object_id=entry.object_id,
            union_path=entry.union_path,
            before=json.loads(canonical(entry.before)),
            after=json.loads(canonical(entry.after)),
            reason=entry.reason,
            previous_hash=head.hash,
        )
        row.hash = head.hash = row_hash(head.hash, row.content())
        rows.append(row)
    AuditEntry.objects.bulk_create(rows)
    head.save()


def verify(start: int = 1) -> int | None:
    """Walks the chain from ``start`` to its present end; the number of the first row that does not fit, or ``None`` when all fit.

    The end is read first: rows that people add while the walk goes on belong to the next one.
    """
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        # the end is gone: with rows still there somebody took it away
        return 1 if AuditEntry.objects.exists() else None
    end, end_hash = head.seq, head.hash
    before = AuditEntry.objects.filter(seq=start - 1).values_list("hash", flat=True).first() if start > 1 else GENESIS
    if before is None:
        return start - 1
    previous = before
    expected = start
    for row in AuditEntry.objects.filter(seq__gte=start, seq__lte=end).order_by("seq").iterator(chunk_size=2000):
        if row.seq != expected or row.previous_hash != previous or row.hash != row_hash(previous, row.content()):
            return expected
        previous, expected = row.hash, expected + 1
    if expected != end + 1 or previous != end_hash:
        return expected
    return None
