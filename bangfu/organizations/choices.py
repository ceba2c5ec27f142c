"""Choices of the organizations room."""

from django.db import models


class Level(models.TextChoices):
    """Where a union stands in the tree. The values are the levels that packs name in their procedures."""

    ACFTU = "acftu", "全国总工会"
    CITY = "city", "省（市）总工会"
    INDUSTRY = "industry", "产业（县）工会"
    UPPER = "upper", "中间层工会"
    UNIT = "unit", "基层工会"


class Role(models.TextChoices):
    """What a post lets a person do in its union."""

    CLERK = "clerk", "经办人"
    REVIEWER = "reviewer", "复核人"
    AID_CENTER = "aid_center", "帮扶中心"
    LEADER = "leader", "领导"
    FINANCE = "finance", "财务"
    AUDITOR = "auditor", "经审"
    ACCOUNT_ADMIN = "account_admin", "账号管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    LOG_ADMIN = "log_admin", "日志管理员"


CASEWORK_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER})
"""Roles that may see families (finance sees payees in the funds room, auditors read everything of their union, administrators see none)."""

FAMILY_READERS = CASEWORK_ROLES | {Role.AUDITOR}

_ADMINS = frozenset({Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN})


def _incompatible() -> frozenset[frozenset[Role]]:
    pairs = {frozenset({Role.CLERK, other}) for other in (Role.REVIEWER, Role.AID_CENTER, Role.LEADER)}
    for role in Role:
        pairs |= {frozenset({Role.FINANCE, role})} if role not in {Role.FINANCE} else set()
        pairs |= {frozenset({Role.AUDITOR, role})} if role is not Role.AUDITOR else set()
        pairs |= {frozenset({admin, role}) for admin in _ADMINS if role is not admin}
    return frozenset(pairs)


INCOMPATIBLE: frozenset[frozenset[Role]] = _incompatible()
"""Pairs that one person may never hold at the same time, in any union: who enters does not approve, who approves does not pay, an
auditor does nothing else, an administrator sees no family. The database holds the same list (table and trigger of the migration)."""

SECOND_FACTOR_ROLES = frozenset(
    {Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.FINANCE, Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN}
)


class StandardName(models.TextChoices):
    """Local figures that the rules ask for; the values are the names of ``bangfu.standards/1``."""

    DIBAO = "dibao", "城市低保标准"
    MINIMUM_WAGE = "minimum_wage", "最低工资标准"
    LOW_INCOME = "low_income", "低收入家庭标准"
    HOUSING_AREA = "housing_area_per_person", "人均住房面积"
    SUPPORT_RATIO = "support_ratio", "赡养抚养费比例"
    BASIC_LIVING_COST = "basic_living_cost", "学生基本生活费"
    DISPOSABLE_INCOME = "disposable_income_per_head", "人均可支配收入"
    HOMES_LIMIT = "dibao_homes_limit", "低保住房套数上限"
    SAVINGS_LIMIT = "dibao_savings_limit", "低保人均存款上限"
    DEDUCT_EXPENSE = "dibao_deduct_expense", "低保计算扣减刚性支出"
    LOCAL_MULTIPLE = "local_multiple", "基层工会自定低保倍数"
    TRAINING_CAP = "training_cap", "培训补助上限"
    LEGAL_AID_CAP = "legal_aid_cap", "法律援助补助上限"

    @property
    def unit(self) -> str:
        """``money``, ``area``, ``share`` (0–1), ``multiple``, ``count`` or ``flag``."""
        special = {
            "housing_area_per_person": "area",
            "support_ratio": "share",
            "local_multiple": "multiple",
            "dibao_homes_limit": "count",
            "dibao_deduct_expense": "flag",
        }
        return special.get(self.value, "money")

    @property
    def unit_label(self) -> str:
        """The unit as it stands behind the figure."""
        special = {
            "dibao": "元/人/月",
            "minimum_wage": "元/月",
            "low_income": "元/人/月",
            "housing_area_per_person": "平方米/人",
            "support_ratio": "",
            "basic_living_cost": "元/人/月",
            "disposable_income_per_head": "元/人/年",
            "dibao_homes_limit": "套",
            "dibao_savings_limit": "元/人",
            "dibao_deduct_expense": "（1 是，0 否）",
            "local_multiple": "倍低保",
            "training_cap": "元/人",
            "legal_aid_cap": "元/案",
        }
        return special[self.value]
