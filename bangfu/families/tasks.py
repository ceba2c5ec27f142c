"""Searches that are too long for a page."""

from django_tasks import task

from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.organizations.models import Union


@task()
def find_twins(union: int) -> dict[str, int]:
    """Searches the families of a union and of those below it."""
    from bangfu.families.matching import finding

    return finding.look_for_twins(SYSTEM, Union.objects.get(pk=union), at=clock.now())
