"""Households as the clerk enters them: members, incomes, expenses, property, causes, findings, evidence files.

Every fact may be unknown (``NULL``); unknown is not false. ``families.facts.build`` turns a household into the facts document that is
judged and frozen. Amounts are integer 分, months are ``"2020-09"``.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from bangfu.common.acts import Guarded, GuardedQuerySet, Versioned
from bangfu.common.fields import EncryptedTextField, FenField, LookupHashField
from bangfu.families import choices
from bangfu.organizations.models import Union, User
from bangfu.organizations.scope import ScopedQuerySet

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class HouseholdQuerySet(ScopedQuerySet):
    """Families; ``standing`` leaves out those that were merged into another."""

    def standing(self) -> Self:
        return self.filter(merged_into__isnull=True)


class Household(Versioned):
    """One family, as its union last described it. Decisions never read it: they read the facts frozen with them."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+", verbose_name="所在单位工会")
    union_path = models.CharField(max_length=120, db_index=True)
    number = models.CharField("家庭编号", max_length=30, unique=True)
    application_date = models.DateField("申请日期")
    employer = models.CharField("工作单位", max_length=120, blank=True)
    work_region = models.CharField("工作地", max_length=6, null=True, blank=True)
    huji_region = models.CharField("户籍地", max_length=6, null=True, blank=True)
    address = EncryptedTextField("家庭住址", default="")
    phone = EncryptedTextField("联系电话", default="")
    address_hash = LookupHashField(of="bangfu.families.matching.keys.address_hash")
    phone_hash = LookupHashField(of="bangfu.families.matching.keys.phone_hash")

    # found by name, pinyin and initials of the worker on lists
    worker_name = models.CharField("职工姓名", max_length=40, blank=True, db_index=True)
    worker_pinyin = models.CharField(max_length=120, blank=True, db_index=True)
    worker_initials = models.CharField(max_length=20, blank=True, db_index=True)

    incomes_known = models.BooleanField("收入已问清", default=False)
    expenses_known = models.BooleanField("支出已问清", default=False)

    owned_homes = models.PositiveSmallIntegerField("自有住房套数", null=True, blank=True)
    owned_area_m2 = models.DecimalField("自有住房面积", max_digits=8, decimal_places=2, null=True, blank=True)
    renting = models.BooleanField("租房", null=True, blank=True)
    rented_area_m2 = models.DecimalField("租房面积", max_digits=8, decimal_places=2, null=True, blank=True)
    rent_within_market = models.BooleanField("租金在当地市场价范围内", null=True, blank=True)
    vehicles = models.JSONField("机动车", null=True, blank=True, help_text='[{"use": "private"}]；NULL 为未知')
    savings = FenField("存款", null=True, blank=True)
    investments_net = FenField("投资净值", null=True, blank=True)

    causes = models.JSONField("致困原因", null=True, blank=True, help_text='["illness"]；NULL 为未知')
    cause_notes = models.JSONField("致困原因说明", default=dict, blank=True, help_text="原因 → 承受成员与说明")
    needs = models.JSONField("帮扶需求", default=list, blank=True)
    government_cover = models.CharField(
        "政府救助情况", max_length=20, blank=True, choices=[("none", "未覆盖"), ("insufficient", "已覆盖仍有困难")]
    )

    has_incident = models.BooleanField("发生意外", null=True, blank=True)
    incident_kind = models.CharField(
        "意外类型", max_length=30, null=True, blank=True, choices=choices.IncidentKind.choices
    )
    incident_date = models.DateField("发生日期", null=True, blank=True)
    injury_grade = models.PositiveSmallIntegerField(
        "致残等级", null=True, blank=True, help_text="0 为无，1–10 级；NULL 为未知"
    )
    hospitalised = models.BooleanField("住院", null=True, blank=True)
    infected = models.BooleanField("染病", null=True, blank=True)
    death = models.BooleanField("死亡", null=True, blank=True)
    loss = FenField("财产损失", null=True, blank=True)

    controlling_shareholder = models.BooleanField("公司控股股东或实际控制人", null=True, blank=True)
    owns_shop = models.BooleanField("拥有商业店铺", null=True, blank=True)
    employs_others = models.BooleanField("雇佣他人经营", null=True, blank=True)
    private_or_abroad_school = models.BooleanField("高收费私立学校或自费留学", null=True, blank=True)
    refused_verification = models.BooleanField("拒绝配合核查", null=True, blank=True)
    concealed_facts = models.BooleanField("隐瞒情况或提供虚假材料", null=True, blank=True)
    refused_employment = models.BooleanField("无正当理由拒绝就业", null=True, blank=True)
    evaded = models.BooleanField("故意规避", null=True, blank=True)
    high_consumption = models.BooleanField("高消费行为", null=True, blank=True)
    declined_dibao = models.BooleanField("无正当理由未申请低保", null=True, blank=True)
    unexplained_funds = FenField("不能说明去向的大额资金", null=True, blank=True)

    dibao = models.BooleanField("低保", null=True, blank=True)
    work_injury_survivor = models.BooleanField("因公牺牲遗属或工亡家属", null=True, blank=True)
    registered_poor = models.BooleanField("建档立卡", null=True, blank=True)
    tekun = models.BooleanField("特困人员", null=True, blank=True)
    low_income_certified = models.BooleanField("低收入家庭证", null=True, blank=True)

    still_in_difficulty = models.BooleanField("获各类救助后仍有困难", null=True, blank=True)
    especially_hard = models.BooleanField("生活特别困难", null=True, blank=True)
    committee_resolution = models.BooleanField("委员会研究决定", null=True, blank=True)
    huge_treatment_cost = models.BooleanField("救治费用数额过大", null=True, blank=True)
    severe_loss = models.BooleanField("人身伤害或财产损毁严重", null=True, blank=True)

    as_typed = EncryptedTextField("未通过检查的原样输入", default="{}")
    locked = models.BooleanField("办理中不可修改", default=False, help_text="提交后由办理环节打开或关闭")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已并入"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    created_at = models.DateTimeField("录入时间")
    updated_at = models.DateTimeField("修改时间", db_index=True)

    objects = HouseholdQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "困难职工家庭"
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["union_path", "-updated_at"])]

    def __str__(self) -> str:
        return self.number


class Member(Guarded):
    """A person of a household. The ID number is encrypted and found by its keyed hash, across unions."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField("序号")
    relation = models.CharField("与职工关系", max_length=20, choices=choices.Relation.choices)
    name = models.CharField("姓名", max_length=40, blank=True)
    id_number = EncryptedTextField("证件号码", default="")
    id_hash = models.CharField(max_length=64, blank=True, db_index=True)
    person_hash = LookupHashField(of="bangfu.families.matching.keys.person_hash")
    birth_date = models.DateField("出生日期", null=True, blank=True)
    sex = models.CharField("性别", max_length=6, null=True, blank=True, choices=choices.Sex.choices)
    lives_together = models.BooleanField("共同生活", null=True, blank=True)
    same_huji = models.BooleanField("同一户籍", null=True, blank=True)
    support_relation = models.BooleanField("赡养抚养扶养收养关系", null=True, blank=True)
    support_kind = models.CharField("关系类别", max_length=12, blank=True, choices=choices.SupportKind.choices)
    head_of_household = models.BooleanField("户主", null=True, blank=True)
    employment = models.CharField("就业状况", max_length=20, null=True, blank=True, choices=choices.Employment.choices)
    employer = models.CharField("工作单位或学校", max_length=120, blank=True)
    retired = models.BooleanField("退休", null=True, blank=True)
    retired_in_mining_area = models.BooleanField("独立工矿区退休", null=True, blank=True)
    union_member = models.BooleanField("工会会员", null=True, blank=True)
    unit_has_union = models.BooleanField("单位已建会", null=True, blank=True)
    migrant_worker = models.BooleanField("农民工", null=True, blank=True)
    labor_relation_months = models.PositiveSmallIntegerField("劳动关系月数", null=True, blank=True)
    labor_contract = models.BooleanField("签订劳动合同", null=True, blank=True)
    long_term_urban = models.BooleanField("长期居住城市", null=True, blank=True)
    work_capable = models.BooleanField("有劳动能力", null=True, blank=True)
    disabilities = models.JSONField(
        "残疾", null=True, blank=True, help_text='[{"kind": "limb", "grade": 2}]；NULL 为未知'
    )
    major_illness = models.BooleanField("重大疾病", null=True, blank=True)
    chronic_illness = models.BooleanField("慢性病", null=True, blank=True)
    diagnosis = EncryptedTextField("诊断", default="")
    studying = models.CharField("在学", max_length=20, null=True, blank=True, choices=choices.Studying.choices)

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "家庭成员"
        ordering = ["household", "position"]
        constraints = [models.UniqueConstraint(fields=["household", "position"], name="member_position_once")]

    @property
    def fact_id(self) -> str:
        """The member's id in the facts document."""
        return f"P{self.position}"

    @property
    def union_path(self) -> str:
        return self.household.union_path


class Line(Guarded):
    """What income and expense lines share. ``row`` groups the lines of one grid row (one person, one kind, many months)."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="%(class)ss")
    member = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, related_name="+")
    row = models.PositiveIntegerField("表行")
    monthly = FenField("月金额", null=True, blank=True)
    from_month = models.CharField(max_length=7, null=True, blank=True)
    to_month = models.CharField(max_length=7, null=True, blank=True)
    month = models.CharField(max_length=7, null=True, blank=True)
    incident = models.BooleanField("意外所致", default=False)
    note = models.CharField("说明", max_length=120, blank=True)

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        ordering = ["row", "pk"]

    @property
    def union_path(self) -> str:
        return self.household.union_path


class IncomeLine(Line):
    """An income line: ``monthly`` with ``from_month``/``to_month``, or ``amount`` with ``month``."""

    kind = models.CharField("项目", max_length=30, choices=choices.IncomeKind.choices)
    basis = models.CharField("认定依据", max_length=20, choices=choices.Basis.choices, default=choices.Basis.VERIFIED)
    amount = FenField("金额", null=True, blank=True)
    detail = models.JSONField(
        "认定细目", default=dict, blank=True, help_text="收入细目、行业、净额的四个组成（分）、估价依据；不参与测算"
    )
    obligor_income = FenField("义务人月收入", null=True, blank=True)
    obligor_status = models.CharField(
        "义务人身份", max_length=20, null=True, blank=True, choices=choices.ObligorStatus.choices
    )

    class Meta(Line.Meta):
        verbose_name = "收入"
        constraints = [
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="income_not_negative")
        ]


class ExpenseLine(Line):
    """An expense line; which amounts it carries depends on its kind (facts contract, section expenses)."""

    kind = models.CharField("项目", max_length=30, choices=choices.ExpenseKind.choices)
    total = FenField("总额", null=True, blank=True)
    bill_kind = models.CharField("就诊类别", max_length=20, blank=True, choices=choices.BillKind.choices)
    basic_insurance = FenField("基本医保", null=True, blank=True)
    major_illness_insurance = FenField("大病保险", null=True, blank=True)
    commercial_insurance = FenField("商业保险", null=True, blank=True)
    mutual_aid = FenField("互助保障", null=True, blank=True)
    other_relief = FenField("其他部门救助", null=True, blank=True)
    self_in_scope = FenField("医保内自付", null=True, blank=True)
    self_out_of_scope = FenField("医保外自费", null=True, blank=True)
    tuition = FenField("学费", null=True, blank=True)
    boarding = FenField("住宿费", null=True, blank=True)
    travel = FenField("必要长途路费", null=True, blank=True)
    aided = FenField("政府或社会资助", null=True, blank=True)
    recognized = models.BooleanField("县级以上政府列入刚性支出", null=True, blank=True)
    voucher_number = models.CharField("票据号", max_length=40, blank=True, db_index=True)

    class Meta(Line.Meta):
        verbose_name = "支出"
        constraints = [
            models.CheckConstraint(condition=Q(total__isnull=True) | Q(total__gte=0), name="expense_not_negative")
        ]


class EvidenceFile(Guarded):
    """A paper that was uploaded. The original is kept encrypted with its SHA-256; a straightened copy and a thumbnail stand beside it."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="evidence")
    paper = models.CharField("材料", max_length=60, help_text="政策包 evidence.yaml 中的材料代码")
    document = models.CharField("证件或单据种类", max_length=60, blank=True, help_text="该材料 accepts 中的一种")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="evidence")
    line = models.CharField("对应收支行", max_length=40, blank=True, help_text="income:3 / expense:1（表行号）")
    title = models.CharField("名称", max_length=120, blank=True)
    details = EncryptedTextField("从材料上抄录的内容", default="{}", help_text="JSON：编号、有效期、诊断等")
    number_hash = LookupHashField(of="bangfu.families.matching.keys.paper_hash")
    issuer_region = models.CharField("颁发机关所在地", max_length=6, blank=True)
    carrier = models.CharField(
        "载体", max_length=12, choices=choices.Carrier.choices, default=choices.Carrier.ELECTRONIC
    )
    made_on = models.DateField("形成日期", null=True, blank=True)
    author = models.CharField("形成人或机关", max_length=80, blank=True)
    pages = models.PositiveSmallIntegerField("页数", default=1)
    paper_filed = models.BooleanField("纸质材料已归档", default=False)
    shelf = models.CharField("档案位置", max_length=40, blank=True)
    original_name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField("类型", max_length=60)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    stored = models.CharField("原件", max_length=80, unique=True)
    viewing = models.CharField("校正件", max_length=80, blank=True)
    thumbnail = models.CharField("缩略图", max_length=80, blank=True)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    compared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="与原件核对人"
    )
    compared_at = models.DateTimeField("核对时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["paper", "pk"]

    @property
    def union_path(self) -> str:
        return self.household.union_path

    def as_reference(self) -> dict[str, Any]:
        """How a determination or a step names this file."""
        return {"id": self.pk, "paper": self.paper, "sha256": self.sha256}


class EvidenceWaiver(Guarded):
    """A paper that need not be brought, with the written reason; an open place on the list is closed by it."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="waivers")
    paper = models.CharField("材料", max_length=60)
    subject = models.CharField(
        "对应人员或收支行", max_length=40, blank=True, help_text="P2 / income:3 / expense:1；空为全户"
    )
    reason = models.CharField("免交原因", max_length=200)
    waived_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    waived_at = models.DateTimeField("登记时间")

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "免交材料"
        constraints = [models.UniqueConstraint(fields=["household", "paper", "subject"], name="waiver_once")]

    @property
    def union_path(self) -> str:
        return self.household.union_path


class TwinFinding(Guarded):
    """Two households that may be one family, as the last search saw them; ``left`` is the older row."""

    left = models.ForeignKey(Household, models.CASCADE, related_name="+", verbose_name="家庭一")
    right = models.ForeignKey(Household, models.CASCADE, related_name="+", verbose_name="家庭二")
    left_path = models.CharField(max_length=120)
    right_path = models.CharField(max_length=120)
    kind = models.CharField("情形", max_length=20, choices=choices.TwinKind.choices)
    level = models.CharField("把握", max_length=12, choices=choices.TwinLevel.choices)
    score = models.PositiveSmallIntegerField("分值")
    reasons = models.JSONField(
        "依据", default=list, help_text='[{"code": …, "text": …, "weight": …}]；不含证件、电话、住址'
    )
    found_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=12, choices=choices.TwinState.choices, default=choices.TwinState.OPEN)
    concluded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "疑似同一家庭"
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="twins_once")]
        indexes = [
            models.Index(fields=["left_path", "state", "-score"]), models.Index(fields=["right_path", "state", "-score"])
        ]  # fmt: skip


class FamilyChange(Guarded):
    """A merge or a split: what every touched row held before and after, so that it can be taken back for 30 days."""

    kind = models.CharField("变更", max_length=8, choices=choices.ChangeKind.choices)
    kept = models.ForeignKey(Household, models.PROTECT, related_name="changes", verbose_name="保留的家庭")
    other = models.ForeignKey(Household, models.SET_NULL, null=True, related_name="+", verbose_name="并入或分出的家庭")
    other_number = models.CharField("另一户编号", max_length=30)
    union_path = models.CharField(max_length=120, db_index=True)
    journal = EncryptedTextField("逐行变动", default="[]")
    reason = models.CharField("原因", max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    made_at = models.DateTimeField("办理时间")
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "家庭合并与拆分"
        ordering = ["-made_at", "-pk"]
