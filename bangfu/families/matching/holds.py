"""What keeps a family from being merged or split: rooms above say it, through ``settings.BANGFU_FAMILY_HOLDS``."""

from collections.abc import Collection

from django.conf import settings
from django.utils.module_loading import import_string

from bangfu.common.errors import Refused
from bangfu.families.models import Household
from bangfu.families.services.common import NotYourHousehold
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk

CHANGERS = frozenset({Role.CLERK, Role.REVIEWER, Role.AID_CENTER})
REVIEWERS = frozenset({Role.REVIEWER, Role.AID_CENTER})


def of(households: Collection[int]) -> dict[int, list[str]]:
    """Household → what is on its way or on file, in words (``申请 S2020-000001 办理中``). Without a caller above: nothing."""
    found: dict[int, list[str]] = {}
    for path in settings.BANGFU_FAMILY_HOLDS:
        for pk, words in import_string(path)(households).items():
            found.setdefault(pk, []).extend(words)
    return found


def require_changer(desk: Desk, *households: Household) -> None:
    """Clerks, reviewers and aid centres, for families of their own scope. Raises ``NotYourHousehold``."""
    if desk.role not in CHANGERS:
        raise NotYourHousehold("家庭的合并与拆分由经办人、复核人或帮扶中心办理，您的岗位只能查看。")
    if not all(household.union_path.startswith(desk.union_path) for household in households):
        raise NotYourHousehold("这个家庭不在您所在工会的范围内。")


def require_free(desk: Desk, kept: Household, other: Household | None = None) -> None:
    """Refuses where an application or a file stands in the way.

    The family that goes must be free. The family that stays may hold one when a reviewer acts and both belong to one union.
    """
    found = of([kept.pk] if other is None else [kept.pk, other.pk])
    if other is not None and found.get(other.pk):
        words = "、".join(found[other.pk])
        raise Refused(f"{other.number} 有{words}，不能并入别的家庭。请保留这一户，或先撤回申请、按“重复建立”注销档案。")
    if found.get(kept.pk):
        words = "、".join(found[kept.pk])
        if desk.role not in REVIEWERS:
            raise Refused(f"{kept.number} 有{words}，请由本单位的复核人办理，或先撤回申请。")
        if other is not None and other.union_id != kept.union_id:
            raise Refused(f"{kept.number} 有{words}，两户又不在同一单位，请先由两个单位办结后再合并。")
