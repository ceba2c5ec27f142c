"""Runs over the open files of a union, and what they found. A run never changes a file: a person concludes on every finding."""

from django.db import models
from django.db.models import Q

from bangfu.casework.models import CaseFile
from bangfu.common.acts import Guarded
from bangfu.common.fields import FenField
from bangfu.organizations.models import Union, User
from bangfu.organizations.scope import ScopedQuerySet
from bangfu.rechecks import choices


class Run(Guarded):
    """One re-verification: all open files below a union, by the rules and the standards of one day."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="工会")
    union_path = models.CharField(max_length=120, db_index=True)
    day = models.DateField("测算日期", help_text="按这一天的政策、标准和核算期")
    reason = models.CharField("缘由", max_length=120, blank=True)
    state = models.CharField("进度", max_length=12, choices=choices.RunState.choices, default=choices.RunState.WAITING)
    total = models.PositiveIntegerField("档案数", default=0)
    done = models.PositiveIntegerField("已测算", default=0)
    reached = models.PositiveBigIntegerField(
        "已测算到", default=0, help_text="最后一份档案的主键：中断后从这里接着测算"
    )
    counts = models.JSONField("结果", default=dict, help_text="原类别 → 现结果 → 户数")
    standards = models.JSONField("地方标准", default=dict, help_text="测算所用的标准，冻结")
    policies = models.JSONField("适用政策", default=list, help_text="用到的政策包及摘要")
    fault = models.CharField("未完成原因", max_length=300, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发起人")
    asked_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "复测"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["union"],
                condition=Q(state__in=("waiting", "running")),
                name="one_recheck_of_a_union_at_a_time",
            ),
        ]

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        if self.state == choices.RunState.DONE:
            return 100
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in (choices.RunState.WAITING, choices.RunState.RUNNING)


class Finding(Guarded):
    """A file whose outcome on the day is not its category any more: a task for a person."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="findings")
    case_file = models.ForeignKey(CaseFile, models.PROTECT, related_name="findings")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    union_path = models.CharField(max_length=120, db_index=True)
    kind = models.CharField("情形", max_length=12, choices=choices.Kind.choices)
    policy = models.CharField("政策", max_length=60, blank=True)
    before = models.CharField("现档类别", max_length=30)
    after = models.CharField("测算结果", max_length=30, blank=True)
    provisional = models.CharField("暂按", max_length=30, blank=True)
    household_size = models.PositiveSmallIntegerField("家庭人口", null=True)
    net = models.BigIntegerField("人均月净收入", null=True, help_text="分")
    dibao = FenField("低保标准", null=True)
    missing = models.JSONField("还缺", default=list)
    superseded = models.BooleanField("已有新的复测", default=False)
    conclusion = models.CharField("处理", max_length=12, choices=choices.Conclusion.choices, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    concluded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "复测结果"
        ordering = ["pk"]
        indexes = [models.Index(fields=["union_path", "superseded", "conclusion"])]
        constraints = [models.UniqueConstraint(fields=["run", "case_file"], name="finding_once")]

    @property
    def waits(self) -> bool:
        """Whether a person still has to look at it."""
        return not self.conclusion and not self.superseded
