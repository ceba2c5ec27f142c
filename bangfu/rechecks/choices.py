"""Choices of the rechecks room."""

from django.db import models


class RunState(models.TextChoices):
    """How far a run is."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "正在测算"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


class Kind(models.TextChoices):
    """Why a file is shown to a person."""

    CHANGED = "changed", "类别有变化"
    OUTSIDE = "outside", "不再符合"
    UNCLEAR = "unclear", "资料不全"
    NO_POLICY = "no_policy", "没有适用政策"


class Conclusion(models.TextChoices):
    """What the person who looked at it decided to do."""

    REVIEW = "review", "安排核查"
    ASK = "ask", "补充资料"
    KEEP = "keep", "维持现状"
