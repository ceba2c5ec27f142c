"""Unions, regions, people's accounts and posts, local standards."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from bangfu.common.acts import Guarded, GuardedMixin, GuardedQuerySet
from bangfu.organizations.choices import Level, Role


class Region(models.Model):
    """A region of GB/T 2260 (six digits); ``valid_to`` marks codes that are no longer handed out but stand on ID cards."""

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField("全称", max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.full_name


class UnionQuerySet(GuardedQuerySet, MP_NodeQuerySet):  # type: ignore[misc]
    """Tree rows whose writes demand an act."""


class UnionManager(MP_NodeManager):  # type: ignore[misc]
    def get_queryset(self) -> UnionQuerySet:
        return UnionQuerySet(self.model, using=self._db).order_by("path")


class Union(GuardedMixin, MP_Node):  # type: ignore[misc]
    """A trade union in the tree 全总 → 省（市） → 产业（县） → (中间层) → 基层. ``path`` orders and scopes everything below it."""

    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=40)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    region = models.CharField("所在地区", max_length=6)
    hotline = models.CharField("监督电话", max_length=40, blank=True)
    is_active = models.BooleanField("在用", default=True)

    # digits only, so that paths sort alike in every database collation; 9,999 unions below one
    alphabet = "0123456789"
    steplen = 4
    node_order_by: list[str] = []
    objects = UnionManager()

    class Meta:
        verbose_name = "工会"

    def __str__(self) -> str:
        return self.name

    @property
    def union_path(self) -> str:
        return str(self.path)


class UserManager(BaseUserManager.from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    """Accounts are opened by ``services.open_account``; there is no superuser."""

    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(username=username)
        return found


class User(GuardedMixin, AbstractBaseUser):
    """An account of one person, kept by the account administrators of ``union``. Rights come only from posts."""

    username = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    union = models.ForeignKey(
        Union, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="所属工会"
    )
    is_active = models.BooleanField("在用", default=True)  # type: ignore[misc]
    must_change_password = models.BooleanField("须修改初始密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    created_at = models.DateTimeField("开户时间")

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.name

    @property
    def union_path(self) -> str:
        """Where the account is administered; its posts may lie in other unions."""
        return str(self.union.path) if self.union else ""


class Post(Guarded):
    """A person's role in one union for a period (both days included; no end = open)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="人员")
    union = models.ForeignKey(Union, models.PROTECT, related_name="posts", verbose_name="工会")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    starts_on = models.DateField("任职起")
    ends_on = models.DateField("任职止", null=True, blank=True)

    class Meta:
        verbose_name = "岗位"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_period"
            ),
        ]
        indexes = [models.Index(fields=["union", "role"])]

    def __str__(self) -> str:
        return f"{self.user} {self.union} {self.get_role_display()}"

    @property
    def union_path(self) -> str:
        return str(self.union.path)


class RolePair(models.Model):
    """Two roles that exclude each other; filled by the migration from ``choices.INCOMPATIBLE``, read by the trigger on ``Post``."""

    one = models.CharField(max_length=20)
    other = models.CharField(max_length=20)

    class Meta:
        verbose_name = "不相容角色"
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="role_pair_once")]


class LocalStandard(Guarded):
    """A local figure (低保标准, 最低工资 …) from a day on; used only once a second person confirmed it."""

    name = models.CharField("标准", max_length=40)
    region = models.CharField("地区", max_length=6)
    from_date = models.DateField("执行日期")
    value = models.CharField("数值", max_length=20, help_text="十进制文本，单位见标准名称")
    source = models.CharField("文件依据", max_length=200)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "地方标准"
        ordering = ["name", "region", "-from_date"]
        constraints = [
            models.UniqueConstraint(fields=["name", "region", "from_date"], name="local_standard_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="local_standard_second_person",
            ),
        ]

    def as_row(self) -> dict[str, Any]:
        """The row as ``bangfu.standards/1`` has it."""
        return {
            "name": self.name,
            "region": self.region,
            "from": self.from_date.isoformat(),
            "value": self.value,
            "source": self.source,
        }
