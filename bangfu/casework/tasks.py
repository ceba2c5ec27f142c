"""Work of the casework room that no person waits for."""

from django_tasks import task

from bangfu.casework.services import box
from bangfu.common import clock


@task()
def close_notices() -> int:
    """Closes the public side of notices whose period is over."""
    now = clock.now()
    return box.close_expired(clock.day(now), at=now)
