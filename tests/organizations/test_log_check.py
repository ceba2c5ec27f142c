"""The check of the whole audit log runs beside the site; its page says how it stands."""

import pytest
from django.core.management import call_command

from bangfu.common.models import AuditEntry
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Role
from bangfu.organizations.services.may import NotAllowed
from tests import factories
from tests.common.test_acts import without_triggers
from tests.factories import AT, Tree


def work() -> None:
    call_command("db_worker", batch=True, interval=0, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_log_administrator_has_the_whole_log_checked_and_reads_the_answer(tree: Tree) -> None:
    client = factories.client_for(factories.person(Role.LOG_ADMIN, tree.city))
    assert "从头核对：" not in client.get("/log/").content.decode()
    client.post("/log/check/")
    assert "正在进行" in client.get("/log/").content.decode()
    work()
    state = selectors.last_log_check()
    assert state is not None
    assert (state.done, state.failed, state.broken) == (True, False, None)
    assert f"共 {state.rows} 条，全部相符" in client.get("/log/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_row_changed_below_the_database_rules_is_found_by_the_check(tree: Tree) -> None:
    desk = factories.person(Role.LOG_ADMIN, tree.city)
    with without_triggers():
        AuditEntry.objects.filter(seq=3).update(user_name="某某")
    services.ask_log_check(desk.actor, at=AT)
    work()
    state = selectors.last_log_check()
    assert state is not None
    assert state.broken == 3
    assert "第 3 条起与校验链不符" in factories.client_for(desk).get("/log/").content.decode()


def test_only_a_log_administrator_asks_for_it(db: None, tree: Tree) -> None:
    desk = factories.person(Role.AUDITOR, tree.city)
    with pytest.raises(NotAllowed):
        services.ask_log_check(desk.actor, at=AT)
    assert selectors.last_log_check() is None
