"""What the worker's own pages keep: a number for each day, and nothing about anybody."""

from django.db import models


class SelfTestDay(models.Model):
    """How many self-tests came to an answer on a day. No person, no place, no answer, no time of day.

    Not `Guarded`: nobody acts here, and an audit row for each test would keep its hour, which is more than may be kept. The only writer
    is ``services.count_self_test``.
    """

    day = models.DateField("日期", primary_key=True)
    finished = models.PositiveIntegerField("得出答案的次数", default=0)

    class Meta:
        verbose_name = "自测次数"

    def __str__(self) -> str:
        return f"{self.day} {self.finished}"
