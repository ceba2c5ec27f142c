"""集体研究、评议 as records: the day, those present with their votes, the minutes and the conclusion. A record is never changed; a new one replaces it."""

from django.db import models

from bangfu.common.acts import Guarded
from bangfu.organizations.scope import ScopedQuerySet


class Conclusion(models.TextChoices):
    """What the meeting came to."""

    AGREE = "agree", "同意"
    NOT = "not", "不同意"
    RETURN = "return", "退回补充"


class VoteKind(models.TextChoices):
    """What one of those present did. The last two are there and do not vote."""

    FOR = "for", "同意"
    AGAINST = "against", "不同意"
    ABSTAIN = "abstain", "弃权"
    RECUSED = "recused", "回避"
    ATTENDS = "attends", "列席，不表决"


class DecisionQuerySet(ScopedQuerySet):
    """Decisions: seen by whoever sees the case."""

    scope_field = "application__union_path"


class CollectiveDecision(Guarded):
    """One meeting on one case. The newest one of the open step counts."""

    application = models.ForeignKey("casework.Application", models.PROTECT, related_name="decisions")
    step = models.ForeignKey("casework.StepRecord", models.PROTECT, related_name="decisions")
    held_on = models.DateField("会议日期")
    place = models.CharField("会议地点", max_length=80, blank=True)
    minutes = models.TextField("会议记录")
    conclusion = models.CharField("结论", max_length=20, choices=Conclusion.choices)
    scan = models.ForeignKey("families.EvidenceFile", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "集体研究"
        ordering = ["-pk"]

    @property
    def union_path(self) -> str:
        return str(self.application.union_path)

    def counts(self) -> dict[str, int]:
        """How many voted for, against, or abstained; how many were there."""
        votes = [voice.vote for voice in self.voices.all()]
        return {kind: votes.count(kind) for kind in ("for", "against", "abstain")} | {"present": len(votes)}


class Voice(Guarded):
    """One of those present: name, post, vote. ``user`` where the name is that of one person of the union."""

    decision = models.ForeignKey(CollectiveDecision, models.PROTECT, related_name="voices")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=60, blank=True)
    vote = models.CharField("表决", max_length=20, choices=VoteKind.choices)
    user = models.ForeignKey("organizations.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "到会人"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["decision", "name"], name="voice_once")]

    @property
    def union_path(self) -> str:
        return self.decision.union_path
