"""The trial itself, in the worker beside the site."""

from django_tasks import task

from bangfu.common import clock


@task()
def try_out(pk: int) -> None:
    """Tries a proposal out."""
    from bangfu.sandbox import services

    services.carry_out_trial(pk, at=clock.now())
