"""Gapless numbers: taken inside the act that uses them, given back when it fails."""

from bangfu.common.models import Counter


def take(series: str) -> int:
    """The next number of a series (1, 2, 3 …). The series stays locked until the act's transaction ends."""
    Counter.objects.get_or_create(name=series)
    counter = Counter.objects.select_for_update().get(name=series)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value
