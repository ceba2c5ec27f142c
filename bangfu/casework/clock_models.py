"""The one table of running clocks: of steps, files and unions (docs/decisions/0008)."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from bangfu.casework.choices import ClockKind, ClockOutcome
from bangfu.common.acts import Guarded
from bangfu.organizations.models import Union, User
from bangfu.organizations.scope import Desk, ScopedQuerySet


class ClockQuerySet(ScopedQuerySet):
    """Clocks: those of the scope for who may read families; for everybody else the duties of her own post, which name no family."""

    def visible_to(self, desk: Desk | None) -> Self:
        if desk is None or desk.role in self.readers:
            return super().visible_to(desk)
        return self.filter(union_id=desk.union_id, role=str(desk.role), application__isnull=True)

    def running(self) -> Self:
        """Clocks that tick: neither stopped nor standing still."""
        return self.filter(stopped_on__isnull=True, paused_on__isnull=True)


class RunningClock(Guarded):
    """One deadline or period that runs, stands still, or is over. It reminds and is counted; it never blocks anything by itself.

    ``period``: a time that must pass (公示期) or whose passing is a ground (连续两年没有帮扶); nobody is late when it ends.
    """

    code = models.CharField("时限", max_length=60)
    kind = models.CharField("类型", max_length=12, choices=ClockKind.choices)
    title = models.CharField("名称", max_length=120)
    clause = models.CharField("依据", max_length=120, blank=True)
    policy = models.CharField("政策", max_length=60, blank=True)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="办理工会")
    union_path = models.CharField(max_length=120, db_index=True)
    role = models.CharField("办理角色", max_length=20)
    application = models.ForeignKey(
        "casework.Application", models.PROTECT, null=True, blank=True, related_name="clocks"
    )
    case_file = models.ForeignKey("casework.CaseFile", models.PROTECT, null=True, blank=True, related_name="clocks")
    step = models.ForeignKey("casework.StepRecord", models.PROTECT, null=True, blank=True, related_name="clocks")
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    unit = models.CharField("单位", max_length=20)
    length = models.PositiveIntegerField("时长", null=True, blank=True)
    period = models.BooleanField("期间", default=False)
    in_principle = models.BooleanField("原则上", default=False)
    stops = models.CharField("终止事件", max_length=40, blank=True)
    started_on = models.DateField("起算日")
    anchor_on = models.DateField("本段起算日", help_text="暂停后恢复的那一天，没有暂停过就是起算日")
    left = models.IntegerField("本段剩余", help_text="从本段起算日起还有多少个单位（工作日或自然日）")
    due_on = models.DateField("到期日")
    warn_on = models.DateField("提醒日")
    provisional = models.BooleanField("暂定", default=False)
    paused_on = models.DateField("暂停日", null=True, blank=True)
    days_paused = models.PositiveIntegerField("累计暂停", default=0, help_text="自然日")
    stopped_on = models.DateField("终止日", null=True, blank=True)
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    outcome = models.CharField("结果", max_length=10, choices=ClockOutcome.choices, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    objects = ClockQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "时限"
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["union", "role", "warn_on"], condition=Q(stopped_on__isnull=True), name="clock_of_a_desk"),
            models.Index(fields=["union_path", "due_on"], condition=Q(stopped_on__isnull=True), name="clock_overdue"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["step", "code"],
                condition=Q(stopped_on__isnull=True, step__isnull=False),
                name="one_clock_of_a_step",
            ),
            models.UniqueConstraint(
                fields=["case_file", "code"],
                condition=Q(stopped_on__isnull=True, case_file__isnull=False),
                name="one_clock_of_a_file",
            ),
            models.UniqueConstraint(
                fields=["union", "code", "due_on"], condition=Q(year__isnull=False), name="one_duty_of_a_union"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"

    def snapshot(self) -> dict[str, Any]:
        """What the audit row of a change says."""
        return {
            "clock": self.code,
            "due_on": self.due_on.isoformat(),
            "paused_on": self.paused_on.isoformat() if self.paused_on else None,
            "stopped_on": self.stopped_on.isoformat() if self.stopped_on else None,
            "outcome": self.outcome,
        }
