"""What the street may do about a notice: write an objection whose author the unit does not see, and read the answer."""

import json
import secrets
from datetime import date, datetime

from bangfu.casework.choices import ObjectionResult
from bangfu.casework.models import Application, Objection, PublicNotice
from bangfu.common.acts import SYSTEM, Actor, act
from bangfu.common.clock import day
from bangfu.common.crypto import lookup_hash
from bangfu.common.errors import Refused
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk

BOX = Actor(user_id=None, name="公示意见箱", role="public", origin="")
"""Who writes through the box: nobody. No address of the network is kept with it."""
PER_DAY = 20
"""Objections to one notice and day. More is no longer a public opinion; the telephone stays open."""
LONGEST = 2000
RECEIPT = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
OVERSEERS = frozenset({Role.AID_CENTER, Role.LEADER})


class TooMany(Refused):
    """The box of this notice is full for today."""


def is_open(notice: PublicNotice, today: date) -> bool:
    """Whether the notice hangs: from the day of posting to its last day, unless it was taken down before."""
    down = notice.taken_down_on is not None or notice.closed_on is not None
    return not down and notice.posted_on <= today <= notice.ends_on


def receive_objection(
    notice: PublicNotice, *, content: str, name: str = "", contact: str = "", at: datetime
) -> tuple[Objection, str]:
    """Takes an objection from the box. Returns it with the receipt by which its author finds the answer; only its hash is kept.

    Raises ``Refused`` when the period is over or the text names its author, ``TooMany`` above the day's number.
    """
    text, name, contact = content.strip(), name.strip(), contact.strip()
    if not text:
        raise Refused("请写下您要反映的情况。", field="content")
    if len(text) > LONGEST:
        raise Refused(f"反映的情况请写在 {LONGEST} 字以内。", field="content")
    said = "".join(text.split())
    if any(len(own) >= 2 and "".join(own.split()) in said for own in (name, contact)):
        raise Refused(
            "正文单位看得到，请不要在正文里写自己的姓名和联系方式；写在下面两栏里，单位看不到。", field="content"
        )
    with act(BOX, "receive_objection", at=at) as deed:
        # the case first, as the verbs of the case lock it
        application = Application.objects.select_for_update(of=("self",)).get(pk=notice.application_id)
        held = PublicNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        if not is_open(held, day(at)):
            raise Refused("公示期已满，意见箱已关闭。如仍有情况反映，请拨打公示上的监督电话。")
        if Objection.objects.filter(notice=held, from_box=True, received_on=day(at)).count() >= PER_DAY:
            raise TooMany("这份公示今天收到的意见已满，请明天再来，或拨打公示上的监督电话。")
        receipt = "".join(secrets.choice(RECEIPT) for _ in range(12))
        objection: Objection = Objection.objects.create(
            notice=held,
            received_on=day(at),
            content=text,
            from_box=True,
            author=json.dumps({"name": name[:40], "contact": contact[:80]}, ensure_ascii=False),
            receipt_hash=lookup_hash("objection_receipt", receipt),
        )
        deed.record(
            application,
            after={"objection": objection.pk, "notice": held.number, "received_on": objection.received_on.isoformat(), "from_box": True},
        )  # fmt: skip
    return objection, receipt


def find_answer(receipt: str) -> Objection | None:
    """The objection behind a receipt, or None."""
    clean = "".join(sign for sign in receipt.upper() if sign in RECEIPT)
    if len(clean) != 12:
        return None
    found: Objection | None = Objection.objects.filter(
        receipt_hash=lookup_hash("objection_receipt", clean), from_box=True
    ).first()
    return found


def may_see_author(desk: Desk, objection: Objection) -> bool:
    """Only an aid centre or leader of a union above the unit whose notice it is."""
    unit = objection.notice.application.union_path
    above = bool(desk.union_path) and unit.startswith(desk.union_path) and unit != desk.union_path
    return above and desk.role in OVERSEERS


def from_the_box(desk: Desk, notices: list[int]) -> list[Objection]:
    """Objections from the box to these notices whose author this desk may ask for."""
    if desk.role not in OVERSEERS:
        return []
    rows = Objection.objects.filter(notice__in=notices, from_box=True).select_related("notice__application")
    return [row for row in rows.defer("author") if may_see_author(desk, row)]


def reveal_objector(desk: Desk, objection: Objection, *, reason: str, at: datetime) -> dict[str, str]:
    """``name`` and ``contact`` of who wrote an objection; who looked and why is written down."""
    if not may_see_author(desk, objection):
        raise Refused("只有上级工会的帮扶中心或领导可以查看意见的反映人。")
    if not objection.from_box:
        raise Refused("这条异议不是从意见箱收到的，没有保存反映人。")
    if len(reason.strip()) < 4:
        raise Refused("请写明为什么需要查看反映人。", field="reason")
    with act(desk.actor, "reveal_objector", at=at, reason=reason.strip()) as deed:
        # recorded in the union that looked: the unit reads the log of its own cases and need not learn of it
        deed.record(objection, after={"notice": objection.notice.number}, union_path=desk.union_path)
    found: dict[str, str] = json.loads(str(objection.author))
    return found


def close_expired(today: date, *, at: datetime) -> int:
    """Closes the public side of every notice whose last day is over. Returns how many. Running it twice changes nothing."""
    rows = PublicNotice.objects.filter(closed_on__isnull=True, ends_on__lt=today).order_by("pk")
    done = 0
    for pk in rows.values_list("pk", flat=True)[:5000]:
        with act(SYSTEM, "close_public_notice", at=at) as deed:
            notice = PublicNotice.objects.select_for_update(of=("self",)).get(pk=pk)
            if notice.closed_on is None:
                notice.closed_on = today
                notice.save(update_fields=["closed_on"])
                done += 1
            deed.record(notice, after={"notice": notice.number, "closed_on": today.isoformat()})
    return done


def answered(objection: Objection) -> bool:
    return objection.result != ObjectionResult.OPEN
