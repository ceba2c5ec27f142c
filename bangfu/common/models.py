"""Rows that belong to no room: the audit log, the working-day calendar, the practice clock, gapless numbers."""

from typing import Any

from django.db import models

from bangfu.common.acts import Guarded


class AuditHead(models.Model):
    """The end of the audit chain; its row is locked while an act appends."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计链尾"


class AuditEntry(models.Model):
    """One line of the audit log. Never changed or deleted: the database refuses it (see the migration)."""

    seq = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    user_id = models.BigIntegerField("账号", null=True, db_index=True)
    user_name = models.CharField("姓名", max_length=80)
    post_id = models.BigIntegerField("岗位", null=True)
    role = models.CharField("角色", max_length=30, blank=True)
    union_id = models.BigIntegerField("工会", null=True)
    union_name = models.CharField("工会名称", max_length=120, blank=True)
    origin = models.CharField("来源地址", max_length=64, blank=True)
    verb = models.CharField("行为", max_length=60, db_index=True)
    object_type = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象", max_length=40)
    union_path = models.CharField("对象所属工会", max_length=120, blank=True, db_index=True)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    reason = models.TextField("原因", blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计记录"
        ordering = ["-seq"]
        indexes = [models.Index(fields=["object_type", "object_id", "seq"])]

    def content(self) -> dict[str, Any]:
        """All that the hash covers. The moment is taken in UTC to the microsecond."""
        from datetime import UTC

        return {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "user_id": self.user_id,
            "user_name": self.user_name,
            "post_id": self.post_id,
            "role": self.role,
            "union_id": self.union_id,
            "union_name": self.union_name,
            "origin": self.origin,
            "verb": self.verb,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "union_path": self.union_path,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
        }


class CalendarYear(Guarded):
    """A year of the working-day calendar: published by the State Council, or provisional from the statutory days."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    official = models.BooleanField("正式公布", default=False)
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "工作日历年度"
        ordering = ["year"]


class CalendarDay(Guarded):
    """A day that differs from the plain week: a holiday on a weekday, or 调休 work on a weekend."""

    day = models.DateField("日期", unique=True)
    working = models.BooleanField("上班")
    name = models.CharField("节日", max_length=30, blank=True)

    class Meta:
        verbose_name = "节假日与调休"
        ordering = ["day"]


class PracticeClock(models.Model):
    """How many days a practice installation's clock runs ahead. Not used anywhere else."""

    days = models.PositiveIntegerField("提前天数", default=0)

    class Meta:
        verbose_name = "练习时钟"

    @classmethod
    def offset_days(cls) -> int:
        return cls.objects.filter(pk=1).values_list("days", flat=True).first() or 0


class Counter(Guarded):
    """A gapless number series; its row is locked while a number is taken (``common.numbers.take``)."""

    name = models.CharField(max_length=80, unique=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "编号"
