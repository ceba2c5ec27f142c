"""Applications on their way through the steps of a pack, what each step leaves behind, determinations, and the case file."""

import secrets

from django.db import models
from django.db.models import Q

from bangfu.casework import choices
from bangfu.common.acts import Guarded, Versioned
from bangfu.common.fields import EncryptedTextField
from bangfu.families.models import EvidenceFile, Household, Member
from bangfu.organizations.models import Post, Union, User
from bangfu.organizations.scope import ScopedQuerySet


class CaseRowQuerySet(ScopedQuerySet):
    """Rows that belong to an application: seen by whoever sees it."""

    scope_field = "application__union_path"


class Application(Versioned):
    """One application of one family under one policy."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="applications", verbose_name="家庭")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="所在单位工会")
    union_path = models.CharField(max_length=120, db_index=True)
    number = models.CharField("受理编号", max_length=30, unique=True)
    policy = models.CharField("适用政策", max_length=60)
    applied_on = models.DateField("申请日期")
    worker_name = models.CharField("职工姓名", max_length=40, db_index=True)
    worker_pinyin = models.CharField(max_length=120, db_index=True)
    worker_initials = models.CharField(max_length=20, db_index=True)
    state = models.CharField("状态", max_length=20, choices=choices.State.choices, db_index=True)
    circumstances = models.JSONField("办理情形", default=list, blank=True, help_text="政策包中 only_when 所列的情形")
    step = models.CharField("当前环节", max_length=60, blank=True, help_text="路线上的位置，如 report_up@17")
    # the desk that must act next: a union and a role, or one person (a return goes back to who entered)
    waits_union = models.ForeignKey(Union, models.PROTECT, null=True, related_name="+", verbose_name="待办工会")
    waits_union_path = models.CharField(max_length=120, blank=True)
    waits_role = models.CharField("待办角色", max_length=20, blank=True)
    due_on = models.DateField("到期日", null=True, blank=True, db_index=True)
    due_provisional = models.BooleanField("到期日暂定", default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", db_index=True)
    outcome = models.CharField("测算类别", max_length=30, blank=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "申请"
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["waits_union_path", "waits_role", "state", "due_on"]),
            models.Index(fields=["union_path", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state__in=["in_progress", "returned"]), name="one_open_application"
            )
        ]

    def __str__(self) -> str:
        return self.number


class StepRecord(Guarded):
    """One passage through one step: opened when it fell due, closed by a person with a result."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    code = models.CharField("环节", max_length=40)
    key = models.CharField("路线位置", max_length=60)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="办理工会")
    role = models.CharField("办理角色", max_length=20)
    opened_at = models.DateTimeField("开始时间")
    due_on = models.DateField("到期日", null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    closed_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.CharField("结果", max_length=20, blank=True, choices=choices.StepResult.choices)
    comment = models.TextField("意见", blank=True)
    data = models.JSONField(default=dict, blank=True)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="沿用的记录"
    )
    # what waited when a paper came back: a household changed after a return is compared with these facts
    facts_before = models.JSONField(default=dict, blank=True)

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "环节记录"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(closed_at__isnull=True), name="one_open_step"),
        ]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class ReturnPoint(Guarded):
    """One coded point of a return, pinned to a field, a paper or a step."""

    step = models.ForeignKey(StepRecord, models.PROTECT, related_name="points")
    code = models.CharField("退回要点", max_length=60)
    target = models.CharField(
        "位置", max_length=120, help_text="事实路径（members[1].birth_date）、paper:代码 或 step:代码"
    )
    note = models.CharField("说明", max_length=300, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("答复", max_length=300, blank=True)

    class Meta:
        verbose_name = "退回要点"
        ordering = ["pk"]

    @property
    def union_path(self) -> str:
        return self.step.application.union_path


class HomeVisit(Guarded):
    """入户调查: two visitors, photos, what was found and whether the cause is confirmed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="visits")
    visited_on = models.DateField("走访日期")
    place = models.CharField("走访地点", max_length=120, blank=True)
    first_visitor = models.CharField("走访人一", max_length=40)
    second_visitor = models.CharField("走访人二", max_length=40)
    no_kinship = models.BooleanField("走访人与申请家庭无亲属关系", default=False)
    interviewed = models.CharField("受访人", max_length=80, blank=True)
    findings = models.TextField("走访情况", blank=True)
    in_difficulty = models.BooleanField("确有困难", null=True, blank=True)
    causes_confirmed = models.BooleanField("致困原因属实", null=True, blank=True)
    reasons = models.TextField("理由", blank=True)
    positive = models.BooleanField("确认符合建档标准", null=True, blank=True)
    photos = models.ManyToManyField(EvidenceFile, related_name="+", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "入户调查"
        ordering = ["-visited_on", "-pk"]

    @property
    def union_path(self) -> str:
        return self.application.union_path


def notice_code() -> str:
    """A code by which anybody can ask whether a notice is genuine: by chance, made of nothing that the notice or the family is."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(12))


class PublicNotice(Guarded):
    """公示: what the public version says (frozen, from an allow-list of fields), where and for how many full working days."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="notices")
    number = models.CharField("公示编号", max_length=30, unique=True)
    shown = models.JSONField("公示内容", help_text="姓名（可掩码）、单位、主要致困原因、监督电话、起止日期")
    place = models.CharField("公示地点", max_length=120)
    posted_on = models.DateField("张贴日期")
    ends_on = models.DateField("公示期满日")
    ends_provisional = models.BooleanField(default=False)
    start_photo = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+")
    end_photo = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+")
    taken_down_on = models.DateField("撤下日期", null=True, blank=True)
    code = models.CharField("核验码", max_length=16, unique=True, default=notice_code)
    closed_on = models.DateField(
        "公示版停用日期", null=True, blank=True, help_text="期满后自动停用：不再显示、不再收意见"
    )
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "公示"
        ordering = ["-posted_on", "-pk"]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class Objection(Guarded):
    """An objection to a notice; an open one holds the case."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    received_on = models.DateField("收到日期")
    from_box = models.BooleanField("来自公示意见箱", default=False)
    # the unit of the notice sees neither; a union above it may, with a reason that is written down
    author = EncryptedTextField("反映人", default="{}", help_text="JSON：姓名、联系方式，只有上级帮扶中心可以查看")
    receipt_hash = models.CharField(max_length=64, blank=True, db_index=True)
    content = models.TextField("异议内容")
    result = models.CharField(
        "处理结果", max_length=20, choices=choices.ObjectionResult.choices, default=choices.ObjectionResult.OPEN
    )
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = "公示异议"
        ordering = ["pk"]

    @property
    def union_path(self) -> str:
        return self.notice.application.union_path


class Authorization(Guarded):
    """授权书 of one member: signed in one of three ways, or refused."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="authorizations")
    # the family may change while a case is back with the clerk; what a former member signed stays
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField("成员姓名", max_length=40)
    refused = models.BooleanField("拒绝签署", default=False)
    mode = models.CharField("方式", max_length=20, blank=True, choices=choices.AuthorizationMode.choices)
    signed_on = models.DateField("签署日期", null=True, blank=True)
    proxy_name = models.CharField("代签（按）人", max_length=40, blank=True)
    proxy_relation = models.CharField("与本人关系", max_length=40, blank=True)
    proxy_reason = models.CharField("原因说明", max_length=200, blank=True)
    sealed = models.BooleanField("说明已加盖单位工会公章", default=False)
    scan = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+")
    unaltered = models.BooleanField("没有涂改", null=True, blank=True)
    clear = models.BooleanField("指模清晰", null=True, blank=True)
    statement = models.BooleanField("后附说明", default=False)
    proxy_letter = models.BooleanField("后附委托授权书", default=False)
    void = models.BooleanField("作废", default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "查询授权书"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "member"], condition=Q(void=False), name="one_valid_authorization"
            ),
        ]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class EconomicCheck(Guarded):
    """家庭经济状况核对 by the city: one answer per member and item, typed or imported."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    serial = models.CharField("核对流水号", max_length=60, blank=True)
    checked_on = models.DateField("核对日期")
    imported = models.BooleanField("批量导入", default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "经济状况核对"
        ordering = ["-checked_on", "-pk"]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class CheckResult(Guarded):
    """One item of one member in a check."""

    check_run = models.ForeignKey(EconomicCheck, models.PROTECT, related_name="results")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField("成员姓名", max_length=40)
    item = models.CharField("项目", max_length=40, help_text="政策包 procedure.yaml 的 check.items")
    state = models.CharField(
        "结果", max_length=20, choices=choices.CheckState.choices, default=choices.CheckState.NOT_CHECKED
    )
    detail = models.CharField("内容", max_length=200, blank=True)
    count = models.PositiveSmallIntegerField("数量", null=True, blank=True)
    differs = models.BooleanField("与申报不符", default=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="差异认定人"
    )
    decision = models.CharField("差异认定", max_length=20, blank=True, choices=choices.DifferenceDecision.choices)
    decision_reason = models.CharField("认定理由", max_length=200, blank=True)
    decided_at = models.DateTimeField("认定时间", null=True, blank=True)

    class Meta:
        verbose_name = "核对结果"
        constraints = [models.UniqueConstraint(fields=["check_run", "member", "item"], name="check_item_once")]

    @property
    def union_path(self) -> str:
        return self.check_run.application.union_path


class Determination(Guarded):
    """A decision's arithmetic, frozen with everything it rests on. Never changed; a changed fact makes a new one beside it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="determinations")
    companion_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="companions")
    moment = models.CharField("时点", max_length=20, choices=choices.Moment.choices)
    policy = models.CharField("政策", max_length=60)
    pack_hash = models.CharField("政策包摘要", max_length=64)
    engine = models.CharField("引擎版本", max_length=20)
    facts = models.JSONField("事实")
    facts_hash = models.CharField(max_length=64)
    standards = models.JSONField("地方标准")
    labels = models.JSONField("成员姓名", default=dict)
    header = EncryptedTextField("抬头", default="{}", help_text="证件号码、住址、电话、单位等，打印用，加密")
    evidence = models.JSONField("佐证材料", default=list)
    document = models.JSONField("测算结果", help_text="bangfu.determination/1")
    trace = models.JSONField("推算过程", default=dict)
    sheet = models.JSONField("测算书", default=dict, help_text="policy.sheet 的内容，屏幕与打印都从这里取")
    outcome = models.CharField("类别", max_length=30, db_index=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("测算时间")
    code = models.CharField("验证码", max_length=16, unique=True)

    objects = CaseRowQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "测算"
        ordering = ["-pk"]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class CaseFile(Guarded):
    """困难职工档案: one per family, opened at the filing step."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="case_file")
    household = models.ForeignKey(Household, models.PROTECT, related_name="files")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    union_path = models.CharField(max_length=120, db_index=True)
    number = models.CharField("档案编号", max_length=30, unique=True)
    category = models.CharField("类别", max_length=30, db_index=True)
    central_category = models.CharField("中央口径类别", max_length=30, blank=True)
    policy = models.CharField("适用政策", max_length=60)
    state = models.CharField(
        "状态", max_length=20, choices=choices.FileState.choices, default=choices.FileState.ACTIVE, db_index=True
    )
    worker_name = models.CharField("职工姓名", max_length=40, db_index=True)
    worker_pinyin = models.CharField(max_length=120, db_index=True)
    worker_initials = models.CharField(max_length=20, db_index=True)
    determination = models.ForeignKey(Determination, models.PROTECT, related_name="+")
    opened_on = models.DateField("建档日期")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    rechecked_on = models.DateField("复核日期", null=True, blank=True)
    recorded_on = models.DateField("备案日期", null=True, blank=True)
    record_number = models.CharField("备案编号", max_length=30, blank=True)
    next_review_on = models.DateField("下次核查", null=True, blank=True, db_index=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "困难职工档案"
        ordering = ["-opened_on", "-pk"]
        indexes = [models.Index(fields=["union_path", "state", "category"])]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=~Q(state="closed"), name="one_open_file_per_household"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ActiveIdentity(Guarded):
    """Which file or open application holds a person, by keyed hash: the database refuses a person in two families (一户一档)."""

    id_hash = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(Application, models.CASCADE, related_name="identities")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "在册人员"

    @property
    def union_path(self) -> str:
        return self.application.union_path


class Recusal(Guarded):
    """A person declares kinship with the family and takes no further step of the case (第十三条)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="recusals")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    relation = models.CharField("与申请家庭的关系", max_length=60)
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = "回避"
        constraints = [models.UniqueConstraint(fields=["application", "user"], name="recusal_once")]

    @property
    def union_path(self) -> str:
        return self.application.union_path


class Seen(models.Model):
    """When a person last looked at a case, so that what changed since can be marked. Not a record of the case."""

    user = models.ForeignKey(User, models.CASCADE)
    application = models.ForeignKey(Application, models.CASCADE)
    at = models.DateTimeField()
    determination = models.ForeignKey(Determination, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "application"], name="seen_once")]


# one import finds every model of the room; this one stands in a file of its own because this one is long
from bangfu.casework.clock_models import RunningClock as RunningClock  # noqa: E402
from bangfu.casework.decision_models import CollectiveDecision as CollectiveDecision  # noqa: E402
from bangfu.casework.decision_models import Voice as Voice  # noqa: E402
