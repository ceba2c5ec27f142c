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
