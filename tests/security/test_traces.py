"""What stays behind where it should not: logs, caches, cookies; and what the log says when somebody cut it."""

import io
import logging
from typing import Any

import pytest
from django.db import connection

from bangfu.common import audit
from bangfu.common.acts import SYSTEM, act
from bangfu.common.logs import NoPersonalData
from bangfu.common.models import AuditEntry, AuditHead
from bangfu.organizations.choices import Role
from tests.factories import AT, Tree, client_for, person


def test_an_error_in_the_log_does_not_carry_the_number_or_the_row_that_caused_it() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(NoPersonalData())
    log = logging.Logger("sample")
    log.addHandler(handler)
    said = "\n".join(("bad value 120101197603182345", "DETAIL:  Failing row contains (7, 王秀兰, 13800138000)."))
    try:
        raise ValueError(said)
    except ValueError:
        log.exception("saving 13800138000 failed")
    text = out.getvalue()
    assert "Traceback" in text
    assert "ValueError" in text
    for trace in ("120101197603182345", "13800138000", "王秀兰"):
        assert trace not in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/families/", "/cases/", "/unions/"])
def test_pages_of_signed_in_people_are_not_kept_by_the_browser(tree: Tree, address: str) -> None:
    answer = client_for(person(Role.CLERK, tree.unit)).get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_messages_that_name_people_do_not_go_into_a_cookie(tree: Tree) -> None:
    desk = person(Role.ACCOUNT_ADMIN, tree.city)
    client = client_for(desk)
    answer = client.post(f"/unions/{tree.unit.pk}/edit/", {"name": tree.unit.name, "region": "120101"})
    assert answer.status_code == 302
    assert set(client.cookies) <= {"sessionid", "csrftoken"}
    assert "已保存" in client.get(answer["Location"]).content.decode()


def rows(count: int) -> None:
    for number in range(count):
        with act(SYSTEM, "sample", at=AT) as deed:
            deed.record(AuditHead(pk=1), after={"number": number})


def cut(statement: str) -> None:
    """Changes the log as somebody with the database in hand does: the triggers are taken away first."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute('DROP TRIGGER "common_auditentry_stays_delete"')
        else:
            cursor.execute("ALTER TABLE common_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        if connection.vendor != "sqlite":
            cursor.execute("ALTER TABLE common_auditentry ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_a_log_whose_end_was_taken_away_is_not_whole(db: Any) -> None:
    rows(3)
    assert audit.verify() is None
    AuditHead.objects.all().delete()
    assert audit.verify() == 1


@pytest.mark.django_db
def test_a_missing_row_just_before_the_checked_part_is_found_and_not_stumbled_over(db: Any) -> None:
    rows(4)
    last = AuditEntry.objects.order_by("-seq").first()
    assert last is not None
    cut(f"DELETE FROM common_auditentry WHERE seq = {last.seq - 1}")
    assert audit.verify(last.seq) == last.seq - 1
