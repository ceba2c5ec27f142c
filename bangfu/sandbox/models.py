"""Proposals: the altered numbers, what they would do, and what became of them."""

from django.db import models

from bangfu.common.acts import Versioned
from bangfu.organizations.models import Union, User
from bangfu.organizations.scope import ScopedQuerySet
from bangfu.sandbox import choices


class Proposal(Versioned):
    """A rule as somebody would have it, tried out on the register or on invented families. Names of families are never stored here."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="工会")
    union_path = models.CharField(max_length=120, db_index=True)
    title = models.CharField("名称", max_length=80)
    policy = models.CharField("政策", max_length=60)
    day = models.DateField("测算日期", null=True, blank=True, help_text="不填：各户按自己的申请日期")
    source = models.CharField(
        "试算对象", max_length=12, choices=choices.Source.choices, default=choices.Source.REGISTER
    )
    size = models.PositiveIntegerField("虚拟家庭户数", default=0)
    seed = models.PositiveIntegerField("随机种子", default=0)
    changes = models.JSONField("改动", default=dict, help_text="parameters、exclusions、filing_off")
    standards = models.JSONField("试用标准", default=dict, help_text="标准名称 → 数值；地区为工会所在地区")
    today = models.JSONField("现行补助", default=dict, help_text="类别 → 每月金额（分）")
    amounts = models.JSONField("拟定补助", default=dict, help_text="类别 → 每月金额（分）")
    per_head = models.BooleanField("补助按人计", default=False)
    state = models.CharField("进度", max_length=12, choices=choices.State.choices, default=choices.State.DRAFT)
    done = models.PositiveSmallIntegerField("已测算", default=0)
    steps = models.PositiveSmallIntegerField("共测算", default=0)
    result = models.JSONField("结果", default=dict)
    fault = models.CharField("未算成的原因", max_length=300, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    made_at = models.DateTimeField("提出时间")
    tried_at = models.DateTimeField("试算时间", null=True, blank=True)
    effective_on = models.DateField("执行日期", null=True, blank=True)
    document = models.CharField("决定文件", max_length=120, blank=True, help_text="文件名称和文号")
    lodged_at = models.DateTimeField("提请确认时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人")
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "政策沙盘方案"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether its numbers may still be changed."""
        return self.state in choices.OPEN

    @property
    def at_work(self) -> bool:
        return self.state in choices.AT_WORK

    @property
    def percent(self) -> int:
        return self.done * 100 // self.steps if self.steps else 0

    @property
    def altered(self) -> bool:
        """Whether anything differs from today."""
        return bool(any(self.changes.values()) or self.standards or self.amounts != self.today)
