"""Choices of the sandbox room."""

from django.db import models


class State(models.TextChoices):
    """How far a proposal is."""

    DRAFT = "draft", "未试算"
    WAITING = "waiting", "排队中"
    RUNNING = "running", "正在试算"
    READY = "ready", "已试算"
    FAILED = "failed", "未算成"
    LODGED = "lodged", "待确认"
    ADOPTED = "adopted", "已确认"


class Source(models.TextChoices):
    """Which families it is tried on."""

    REGISTER = "register", "本工会及下级的家庭资料"
    GENERATED = "generated", "虚拟家庭"


#: States in which the numbers may still be changed.
OPEN = (State.DRAFT, State.READY, State.FAILED)
#: States in which the worker has it.
AT_WORK = (State.WAITING, State.RUNNING)
