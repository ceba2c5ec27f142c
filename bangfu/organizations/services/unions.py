"""The union tree: add, edit, close, move."""

from datetime import datetime
from typing import Any

from bangfu.common.acts import Actor, act
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.errors import BadUnion
from bangfu.organizations.models import Union
from bangfu.organizations.scope import below
from bangfu.organizations.selectors import on_day
from bangfu.organizations.services.may import demand

_RANK = {Level.ACFTU: 0, Level.CITY: 1, Level.INDUSTRY: 2, Level.UPPER: 3, Level.UNIT: 4}


def _describe(union: Union) -> dict[str, Any]:
    return {
        "name": union.name,
        "short_name": union.short_name,
        "level": union.level,
        "region": union.region,
        "hotline": union.hotline,
        "path": union.path,
        "is_active": union.is_active,
    }


def _check(name: str, level: Level, region: str, parent: Union | None) -> None:
    if not name.strip():
        raise BadUnion("请填写工会名称", field="name")
    if not (len(region) == 6 and region.isascii() and region.isdigit()):
        raise BadUnion("所在地区应为 6 位行政区划代码", field="region")
    if parent is None:
        return
    upper, own = _RANK[Level(parent.level)], _RANK[level]
    if own < upper or (own == upper and level not in {Level.CITY, Level.UPPER}):
        raise BadUnion(f"{parent.get_level_display()}之下不能设{level.label}", field="level")
    if not parent.is_active:
        raise BadUnion(f"“{parent.name}”已停用，不能在其下增设工会", field="parent")


def add_union(
    actor: Actor,
    parent: Union | None,
    *,
    name: str,
    level: Level,
    region: str,
    short_name: str = "",
    hotline: str = "",
    at: datetime,
) -> Union:
    """Adds a union below ``parent`` (``None``: the root). Raises ``BadUnion``, ``NotAllowed``."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=parent.path if parent else None)
    _check(name, level, region, parent)
    name = name.strip()
    with act(actor, "add_union", at=at) as deed:
        node = Union(
            name=name, short_name=short_name.strip() or name, level=level, region=region, hotline=hotline.strip()
        )
        if parent is None:
            if Union.objects.exists():
                raise BadUnion("最上级工会已经存在，请选择上级工会", field="parent")
            union: Union = Union.objects.add_root(instance=node)
        else:
            # the row of the parent is locked: two people adding below one union take different places
            upper = Union.objects.select_for_update().get(pk=parent.pk)
            if Union.objects.filter(below(upper.path, "path"), depth=upper.depth + 1, name=name).exists():
                raise BadUnion(f"“{upper.name}”之下已有同名工会", field="name")
            union = Union.objects.add_child(upper, instance=node)
        deed.record(union, after=_describe(union))
    return union


def edit_union(
    actor: Actor, union: Union, *, name: str, short_name: str, region: str, hotline: str, at: datetime
) -> Union:
    """Changes name, short name, region or hotline."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=union.path)
    _check(name, Level(union.level), region, None)
    with act(actor, "edit_union", at=at) as deed:
        row: Union = Union.objects.select_for_update().get(pk=union.pk)
        before = _describe(row)
        row.name, row.short_name, row.region, row.hotline = (
            name.strip(),
            short_name.strip() or name.strip(),
            region,
            hotline.strip(),
        )
        row.save()
        deed.record(row, before=before, after=_describe(row))
    return row


def close_union(actor: Actor, union: Union, *, reason: str, at: datetime) -> Union:
    """Takes a union out of use; refused while people hold posts in it or unions below it are in use."""
    from bangfu.common.clock import day
    from bangfu.organizations.models import Post

    demand(actor, Role.ACCOUNT_ADMIN, union_path=union.path)
    if not reason.strip():
        raise BadUnion("请填写停用原因", field="reason")
    with act(actor, "close_union", at=at, reason=reason.strip()) as deed:
        row: Union = Union.objects.select_for_update().get(pk=union.pk)
        if Union.objects.filter(below(row.path, "path"), depth__gt=row.depth, is_active=True).exists():
            raise BadUnion(f"“{row.name}”之下还有在用的工会，请先停用或迁移下级工会")
        if Post.objects.filter(on_day(day(at)), union=row).exists():
            raise BadUnion(f"“{row.name}”还有在任人员，请先结束其岗位")
        row.is_active = False
        row.save()
        deed.record(row, before={"is_active": True}, after={"is_active": False})
    return row


def move_union(actor: Actor, union: Union, parent: Union, *, reason: str, at: datetime) -> Union:
    """Hangs a union below another one.

    Only while nothing outside this room rests on its path: rows of families and cases carry the path they were made under, so a union
    with such rows is closed and a new one opened instead.
    """
    demand(actor, Role.ACCOUNT_ADMIN, union_path=union.path)
    demand(actor, Role.ACCOUNT_ADMIN, union_path=parent.path)
    _check(union.name, Level(union.level), union.region, parent)
    if not reason.strip():
        raise BadUnion("请填写迁移原因", field="reason")
    if parent.path.startswith(union.path):
        raise BadUnion("不能迁移到自己或下级工会之下", field="parent")
    with act(actor, "move_union", at=at, reason=reason.strip()) as deed:
        row: Union = Union.objects.select_for_update().get(pk=union.pk)
        if _carries_paths(row.path):
            raise BadUnion(f"“{row.name}”已有家庭或业务记录，不能迁移：请停用后在新的上级之下另行增设", field="parent")
        before = {"path": row.path}
        Union.objects.move(row, Union.objects.get(pk=parent.pk), pos="last-child")
        row = Union.objects.get(pk=union.pk)
        deed.record(row, before=before, after={"path": row.path})
    return row


def _carries_paths(path: str) -> bool:
    """Whether any table with a ``union_path`` column holds a row of this subtree (the audit log keeps the path of its day)."""
    from django.apps import apps

    from bangfu.common.models import AuditEntry

    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if model is not AuditEntry and "union_path" in names and model._default_manager.filter(below(path)).exists():
            return True
    return False
