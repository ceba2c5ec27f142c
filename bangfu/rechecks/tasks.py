"""The run itself, in the worker beside the site."""

from django_tasks import task

from bangfu.common import clock


@task()
def recheck(run_pk: int) -> None:
    """Carries a run out to its end, or on from where it was interrupted."""
    from bangfu.rechecks import services

    services.carry_out(run_pk, at=clock.now())
