"""Choices of the casework room. Step codes, return points and papers come from the packs, not from here."""

from django.db import models


class State(models.TextChoices):
    """Where an application stands; one word and one colour each, everywhere. (A draft is a household without an application.)"""

    IN_PROGRESS = "in_progress", "办理中"
    RETURNED = "returned", "退回"
    REFUSED = "refused", "不予建档"
    WITHDRAWN = "withdrawn", "已撤回"
    FILED = "filed", "在册"


class FileState(models.TextChoices):
    """The life of a case file."""

    ACTIVE = "active", "在册"
    TAPER = "taper", "渐退"
    CLOSED = "closed", "已注销"


class StepResult(models.TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"
    REFUSED = "refused", "不予建档"
    WITHDRAWN = "withdrawn", "撤回"
    CARRIED = "carried", "沿用"


class AuthorizationMode(models.TextChoices):
    """How a member's authorization was given (附件1 四（四）)."""

    SELF = "self", "本人按指模"
    PROXY_PRINT = "proxy_print", "家属代按指模"
    ENTRUSTED = "entrusted", "委托授权"


class Moment(models.TextChoices):
    """When a determination was frozen."""

    SUBMISSION = "submission", "提交"
    APPROVAL = "approval", "审批"
    CHANGE = "change", "情况变化"


class CheckState(models.TextChoices):
    """An item that was not checked is not "none"."""

    NOT_CHECKED = "not_checked", "未核对"
    NONE = "none", "无"
    FOUND = "found", "有"


class ObjectionResult(models.TextChoices):
    OPEN = "open", "待答复"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class DifferenceDecision(models.TextChoices):
    """What a named person found out about a difference between the check and the declaration."""

    EXPLAINED = "explained", "申报属实，差异已说明"
    CORRECTED = "corrected", "以核对结果为准，更正申报"


class ClockKind(models.TextChoices):
    """What a clock belongs to."""

    STEP = "step", "环节"
    EVENT = "event", "事项"
    REVIEW = "review", "核查"
    AUTHORIZATION = "signature", "授权书"
    DUTY = "duty", "年度事项"


class ClockOutcome(models.TextChoices):
    """How a clock ended. ``void``: what it measured fell away (withdrawn, closed, replaced)."""

    MET = "met", "按期"
    LATE = "late", "逾期办结"
    VOID = "void", "不再计时"
