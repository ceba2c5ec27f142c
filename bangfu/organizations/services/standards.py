"""Local figures: one person enters, another confirms; only then do the rules use them."""

import re
from datetime import date, datetime

from bangfu.common.acts import SYSTEM, Actor, act
from bangfu.organizations.choices import Level, Role, StandardName
from bangfu.organizations.errors import BadStandard, NotAllowed
from bangfu.organizations.models import LocalStandard, Region, Union, User
from bangfu.organizations.services.may import demand

KEEPERS = (Role.AID_CENTER, Role.LEADER)

_SHAPES: dict[str, tuple[re.Pattern[str], str]] = {
    "money": (re.compile(r"\d{1,11}(\.\d{1,2})?"), "金额，最多两位小数"),
    "area": (re.compile(r"\d{1,6}(\.\d{1,2})?"), "面积，最多两位小数"),
    "share": (re.compile(r"0(\.\d{1,6})?|1(\.0{1,6})?"), "0 到 1 之间的小数"),
    "multiple": (re.compile(r"\d{1,3}(\.\d{1,6})?"), "倍数"),
    "count": (re.compile(r"\d{1,3}"), "整数"),
    "flag": (re.compile(r"[01]"), "0 或 1"),
}


def _keep(actor: Actor, region: str) -> None:
    """A union keeps the figures of its own region and of those inside it; industry and city unions also those of other
    provinces, where families from elsewhere have their 户籍 (附件1 一（四）)."""
    demand(actor, *KEEPERS)
    if actor == SYSTEM:
        return
    union = Union.objects.filter(pk=actor.union_id).first()
    own = union is not None and (union.level == Level.ACFTU or region.startswith(_stem(union.region)))
    elsewhere = union is not None and union.level in (Level.CITY, Level.INDUSTRY) and region[:2] != union.region[:2]
    if not own and not elsewhere:
        raise NotAllowed(f"“{actor.union_name}”只维护本地区的标准，请由该地区的工会办理")


def _stem(region: str) -> str:
    """The digits that all regions inside a region share."""
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


def propose_standard(
    actor: Actor, *, name: str, region: str, from_date: date, value: str, source: str, at: datetime
) -> LocalStandard:
    """Enters a figure with its source. Raises ``BadStandard``."""
    _keep(actor, region)
    if name not in StandardName.values:
        raise BadStandard("请选择标准名称", field="name")
    value = value.strip().replace(",", "").replace("，", "")
    pattern, words = _SHAPES[StandardName(name).unit]
    if not pattern.fullmatch(value) or not value.isascii():
        raise BadStandard(f"“{StandardName(name).label}”的数值应为{words}", field="value")
    if not Region.objects.filter(pk=region).exists():
        raise BadStandard(f"没有代码为“{region}”的地区，请从列表中选择", field="region")
    if not source.strip():
        raise BadStandard("请填写公布该标准的文件名称和文号", field="source")
    person = User.objects.get(pk=actor.user_id)
    with act(actor, "propose_standard", at=at) as deed:
        if LocalStandard.objects.filter(name=name, region=region, from_date=from_date).exists():
            raise BadStandard("同一地区、同一执行日期的这项标准已经录入；如有错误，请先撤回原记录", field="from_date")
        row = LocalStandard(
            name=name,
            region=region,
            from_date=from_date,
            value=value,
            source=source.strip(),
            entered_by=person,
            entered_at=at,
        )
        row.save()
        deed.record(row, after=row.as_row())
    return row


def _locked(standard: LocalStandard) -> LocalStandard:
    row: LocalStandard = LocalStandard.objects.select_for_update().get(pk=standard.pk)
    return row


def confirm_standard(actor: Actor, standard: LocalStandard, *, at: datetime) -> LocalStandard:
    """A second person confirms a figure after comparing it with its source."""
    _keep(actor, standard.region)
    with act(actor, "confirm_standard", at=at) as deed:
        row = _locked(standard)
        if row.confirmed_by_id is not None:
            raise BadStandard("该标准已确认")
        if row.entered_by_id == actor.user_id:
            raise BadStandard("录入人不能确认自己录入的标准，请由另一人核对后确认")
        row.confirmed_by_id, row.confirmed_at = actor.user_id, at
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        deed.record(row, before={"confirmed": False}, after={"confirmed": True, **row.as_row()})
    return row


def revoke_standard(actor: Actor, standard: LocalStandard, *, reason: str, at: datetime) -> LocalStandard:
    """Takes a confirmation back. Decisions already made keep the figures frozen with them."""
    _keep(actor, standard.region)
    if not reason.strip():
        raise BadStandard("请填写取消确认的原因", field="reason")
    with act(actor, "revoke_standard", at=at, reason=reason.strip()) as deed:
        row = _locked(standard)
        if row.confirmed_by_id is None:
            raise BadStandard("该标准尚未确认")
        row.confirmed_by, row.confirmed_at = None, None
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        deed.record(row, before={"confirmed": True}, after={"confirmed": False, **row.as_row()})
    return row


def withdraw_standard(actor: Actor, standard: LocalStandard, *, at: datetime) -> None:
    """Removes a figure that nobody confirmed."""
    _keep(actor, standard.region)
    with act(actor, "withdraw_standard", at=at) as deed:
        row = _locked(standard)
        if row.confirmed_by_id is not None:
            raise BadStandard("已确认的标准不能撤回，请先取消确认")
        deed.record(row, before=row.as_row())
        row.delete()
