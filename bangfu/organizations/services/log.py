"""What a log administrator may do: have the log checked. Nobody changes it."""

from datetime import datetime

from django.db import transaction

from bangfu.common.acts import Actor, act
from bangfu.common.models import AuditHead
from bangfu.common.tasks import check_whole_log
from bangfu.organizations.choices import Role
from bangfu.organizations.services.may import demand


def ask_log_check(actor: Actor, *, at: datetime) -> None:
    """Puts a walk through the whole audit chain on the worker's list. Raises ``NotAllowed``."""
    demand(actor, Role.LOG_ADMIN)
    with act(actor, "ask_log_check", at=at) as deed:
        head = AuditHead.objects.get(pk=1)
        deed.record(head, after={"rows": head.seq})
        transaction.on_commit(check_whole_log.enqueue)
