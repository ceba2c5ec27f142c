"""The one door for writing, and the log behind it."""

from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from bangfu.common import audit, numbers
from bangfu.common.acts import SYSTEM, Actor, UnrecordedAct, WriteOutsideAct, act
from bangfu.common.models import AuditEntry, AuditHead, CalendarDay, Counter
from tests.factories import AT

pytestmark = pytest.mark.django_db

CLERK = Actor(
    user_id=7,
    name="李静",
    post_id=9,
    role="clerk",
    union_id=3,
    union_name="和平店工会",
    union_path="00010001",
    origin="10.0.0.8",
)


def write(count: int = 1) -> None:
    for _ in range(count):
        with act(CLERK, "take_number", at=AT, reason="测试") as deed:
            number = numbers.take("test")
            deed.record(Counter.objects.get(name="test"), before={"value": number - 1}, after={"value": number})


@contextmanager
def without_triggers() -> Any:
    """As one who owns the database might work behind its back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'common_auditentry'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            cursor.execute("ALTER TABLE common_auditentry DISABLE TRIGGER USER")
            yield
            cursor.execute("ALTER TABLE common_auditentry ENABLE TRIGGER USER")


def test_an_act_leaves_who_what_when_where_and_why() -> None:
    write()
    row = AuditEntry.objects.get()
    assert (row.seq, row.user_id, row.user_name, row.post_id, row.role, row.union_name, row.origin) == (
        1,
        7,
        "李静",
        9,
        "clerk",
        "和平店工会",
        "10.0.0.8",
    )
    assert (row.verb, row.object_type, row.before, row.after, row.reason, row.at) == (
        "take_number",
        "common.counter",
        {"value": 0},
        {"value": 1},
        "测试",
        AT,
    )


@pytest.mark.parametrize(
    "write_outside",
    [
        lambda: Counter(name="x").save(),
        lambda: Counter.objects.create(name="x"),
        lambda: Counter.objects.bulk_create([Counter(name="x")]),
        lambda: Counter.objects.update(value=9),
        lambda: Counter.objects.all().delete(),
        lambda: CalendarDay.objects.first().delete(),
        lambda: Counter.objects.get_or_create(name="x"),
        lambda: Counter.objects.update_or_create(name="x"),
    ],
)
def test_guarded_rows_are_not_written_outside_an_act(write_outside: Any) -> None:
    with pytest.raises(WriteOutsideAct):
        write_outside()


def test_an_act_that_records_nothing_is_refused_and_its_writes_are_gone() -> None:
    def silent() -> None:
        with act(SYSTEM, "silent", at=AT):
            numbers.take("quiet")

    with pytest.raises(UnrecordedAct):
        silent()
    assert not Counter.objects.filter(name="quiet").exists()


def test_an_act_that_fails_leaves_neither_rows_nor_log() -> None:
    def fail() -> None:
        with act(SYSTEM, "fail", at=AT) as deed:
            numbers.take("broken")
            deed.record(Counter.objects.get(name="broken"))
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert not Counter.objects.filter(name="broken").exists()
    assert not AuditEntry.objects.exists()


def test_numbers_have_no_gaps_when_an_act_fails() -> None:
    write(2)

    def fail() -> None:
        with act(SYSTEM, "fail", at=AT):
            assert numbers.take("test") == 3
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    with act(SYSTEM, "take", at=AT) as deed:
        assert numbers.take("test") == 3
        deed.record(Counter.objects.get(name="test"))


@pytest.mark.req("TJ-A2-14.a")
@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(reason="改"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.first().delete(),
    ],
)
def test_the_database_refuses_to_change_or_delete_a_log_row(change: Any) -> None:
    write(3)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        change()
    assert AuditEntry.objects.count() == 3


@pytest.mark.req("TJ-A2-14.a")
@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda: AuditEntry.objects.filter(seq=3).update(after={"value": 99}), 3),
        (lambda: AuditEntry.objects.filter(seq=3).update(user_name="别人"), 3),
        (lambda: AuditEntry.objects.filter(seq=4).delete(), 4),
        (lambda: AuditEntry.objects.filter(seq=5).delete(), 5),
        (lambda: AuditHead.objects.update(seq=4), 5),
    ],
)
def test_the_chain_tells_where_the_log_was_changed_behind_the_databases_back(tamper: Any, found: int) -> None:
    write(5)
    assert audit.verify() is None
    assert audit.verify(start=4) is None
    with without_triggers():
        tamper()
    assert audit.verify() == found
    with pytest.raises(SystemExit):
        call_command("verify_audit", stderr=StringIO())


def test_the_command_says_that_the_log_is_whole() -> None:
    write(2)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "操作记录完整：共 2 条" in out.getvalue()


def test_a_nested_act_records_for_itself_and_ends_with_the_outer_one() -> None:
    with act(CLERK, "outer", at=AT) as outer:
        with act(CLERK, "inner", at=AT) as inner:
            numbers.take("nest")
            inner.record(Counter.objects.get(name="nest"))
        outer.record(Counter.objects.get(name="nest"))
    assert list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True)) == ["inner", "outer"]
    assert audit.verify() is None
