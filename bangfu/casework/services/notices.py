"""公示: posted, objections answered, taken down after its full working days."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from bangfu.casework import flow, paper_data, papers
from bangfu.casework.choices import ObjectionResult
from bangfu.casework.models import Application, Objection, PublicNotice
from bangfu.casework.services import exposure, moving
from bangfu.common import numbers
from bangfu.common.acts import Actor, Deed, act
from bangfu.common.clock import day
from bangfu.common.errors import Refused
from bangfu.families.models import EvidenceFile
from bangfu.policy.procedure import NoticeRule

PLACES = {"employer": "职工所在单位", "work_place": "具体工作地点"}


def rule_of(application: Application) -> NoticeRule:
    rule = flow.procedure_of(application).notice
    if rule is None:
        raise Refused("本政策没有规定公示。")
    return rule


def post_notice(
    actor: Actor,
    application: Application,
    *,
    posted_on: date,
    place: str,
    place_name: str,
    at: datetime,
    masked: bool = True,
    style: str = "",
    start_photo: EvidenceFile | None = None,
    step: int | None = None,
    version: int | None = None,
) -> PublicNotice:
    """Registers the posting; the full working days are counted from the day after. What it shows is frozen from the policy's allow-list.

    ``style`` is how the name is written (``paper_data.NAME_STYLES``; without one ``masked`` decides). What would hang is made and read
    before the posting is registered: ``LeakFound`` says where it would give something of the family away, and nothing is posted.

    ``place`` is one of the policy's places, ``place_name`` where exactly. Not before the step opened and not in the future.
    """
    with act(actor, "post_notice", at=at) as deed:
        row, record = flow.take(application.pk, step, version)
        procedure = flow.procedure_of(row)
        if procedure.step(record.code).kind != "notice":
            raise Refused("本案现在不在公示环节。")
        flow.check_turn(row, record, actor)
        rule = rule_of(row)
        if place not in rule.places:
            raise Refused(f"公示应张贴在{'或'.join(PLACES[code] for code in rule.places)}。", field="place")
        if not place_name.strip():
            raise Refused("请写明张贴的具体位置。", field="place_name")
        if style and style not in paper_data.NAME_STYLES:
            raise Refused("请选择姓名的写法。", field="name_shown")
        if posted_on > day(at):
            raise Refused("张贴日期晚于今天，请核对。", field="posted_on")
        if posted_on < day(record.opened_at):
            raise Refused(f"公示环节 {day(record.opened_at):%Y-%m-%d} 才开始，张贴日期不能更早。", field="posted_on")
        _no_running_notice(row)
        due = flow.clock_of(procedure.step(record.code), posted_on)
        if due is None:
            raise Refused("政策没有写明公示期，请由账号管理员核对政策包。")
        notice: PublicNotice = PublicNotice.objects.create(
            application=row,
            number=f"G{posted_on.year}{numbers.take(f'notice-{posted_on.year}'):06d}",
            shown=paper_data.notice_fields(row, posted_on, due.last_day, masked=masked, style=style),
            place=f"{PLACES[place]}：{place_name.strip()}",
            posted_on=posted_on,
            ends_on=due.last_day,
            ends_provisional=due.provisional,
            start_photo=_own(start_photo, row),
            posted_by_id=actor.user_id,
        )
        _complete(notice)
        exposure.check_notice(notice)
        exposure.check_photo(notice.start_photo, notice)
        _close_by_itself(due.last_day)
        moving.set_due(row, record, due.last_day, due.provisional, at=at)
        deed.record(
            row,
            after={"notice": notice.number, "posted_on": posted_on.isoformat(), "ends_on": due.last_day.isoformat()},
        )
    return notice


def _close_by_itself(last_day: date) -> None:
    """The worker closes the public side on the morning after the last day; the pages look at the day themselves, worker or not."""
    from bangfu.casework.tasks import close_notices

    morning = datetime.combine(last_day + timedelta(days=1), time(0, 10), timezone.get_current_timezone())
    transaction.on_commit(lambda: close_notices.using(run_after=morning).enqueue())


def _complete(notice: PublicNotice) -> None:
    """A notice says all that the policy asks of it (佐证3: name, unit, main cause, hotline); an empty line is no notice."""
    empty = [title for key, title in papers.NOTICE_COLUMNS.items() if key in notice.shown and not notice.shown[key]]
    if empty:
        raise Refused(f"公示缺少{'、'.join(empty)}，请先补全再张贴。")


def _own(photo: EvidenceFile | None, application: Application) -> EvidenceFile | None:
    if photo is not None and photo.household_id != application.household_id:
        raise Refused("所选照片不是这个家庭的。", field="photo")
    return photo


def _no_running_notice(application: Application) -> None:
    running = application.notices.filter(taken_down_on__isnull=True).first()
    if running is not None and not must_renew(application):
        raise Refused(f"公示 {running.number} 正在张贴，不需要重复登记。")


def must_renew(application: Application) -> bool:
    """Whether what the last notice said (name, employer, main cause: the policy names which) is no longer true."""
    last = application.notices.order_by("-pk").first()
    if last is None:
        return True
    now = paper_data.notice_fields(
        application, last.posted_on, last.ends_on, style=paper_data.name_style_of(last.shown)
    )
    return any(now.get(name) != last.shown.get(name) for name in rule_of(application).renew_when)


def add_photo(
    actor: Actor, notice: PublicNotice, photo: EvidenceFile, *, which: str, at: datetime, version: int | None = None
) -> PublicNotice:
    """Adds the photo of the posting (``start``) or of the last day (``end``)."""
    with act(actor, "add_notice_photo", at=at) as deed:
        row, _record, held = _take_notice(notice, actor, version)
        if which not in ("start", "end"):
            raise Refused("请选择是张贴时还是撤下前的照片。", field="which")
        exposure.check_photo(_own(photo, row), held)
        setattr(held, f"{which}_photo", photo)
        held.save(update_fields=[f"{which}_photo"])
        deed.record(row, after={"notice": held.number, f"{which}_photo": photo.pk})
    return held


def _take_notice(notice: PublicNotice, actor: Actor, version: int | None) -> tuple[Application, object, PublicNotice]:
    row, record = flow.take(notice.application_id, None, version)
    if flow.procedure_of(row).step(record.code).kind != "notice":
        raise Refused("本案现在不在公示环节。")
    flow.check_turn(row, record, actor)
    return row, record, PublicNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def record_objection(actor: Actor, notice: PublicNotice, *, content: str, received_on: date, at: datetime) -> Objection:
    """Registers an objection; while it is open the case does not go on."""
    with act(actor, "record_objection", at=at) as deed:
        row, _record, held = _take_notice(notice, actor, None)
        if not content.strip():
            raise Refused("请写明异议的内容。", field="content")
        if not held.posted_on <= received_on <= day(at):
            raise Refused("收到日期应在张贴之后、今天之前。", field="received_on")
        objection: Objection = Objection.objects.create(notice=held, received_on=received_on, content=content.strip())
        deed.record(
            row, after={"objection": objection.pk, "notice": held.number, "received_on": received_on.isoformat()}
        )
    return objection


def answer_objection(actor: Actor, objection: Objection, *, upheld: bool, answer: str, at: datetime) -> Objection:
    """Answers an objection in writing. An upheld one keeps the case from going on: it is returned or refused."""
    with act(actor, "answer_objection", at=at) as deed:
        row, _record, _held = _take_notice(objection.notice, actor, None)
        held = Objection.objects.select_for_update().get(pk=objection.pk)
        if held.result != ObjectionResult.OPEN:
            raise Refused("这条异议已经答复。")
        if not answer.strip():
            raise Refused("请写明答复内容。", field="answer")
        if held.from_box:
            exposure.check_answer(objection.notice, answer)
        held.result = ObjectionResult.UPHELD if upheld else ObjectionResult.DISMISSED
        held.answer = answer.strip()
        held.answered_by_id = actor.user_id
        held.answered_on = day(at)
        held.save()
        deed.record(row, before={"result": "open"}, after={"objection": held.pk, "result": str(held.result)})
    return held


def take_down(deed: Deed, application: Application, *, at: datetime) -> None:
    """Closes the last notice when its step is passed."""
    notice = application.notices.order_by("-pk").first()
    if notice is not None and notice.taken_down_on is None:
        notice.taken_down_on = day(at)
        notice.save(update_fields=["taken_down_on"])
        deed.record(application, after={"notice": notice.number, "taken_down_on": notice.taken_down_on.isoformat()})


def running(application: Application) -> PublicNotice | None:
    """The last notice of a case."""
    notice: PublicNotice | None = application.notices.order_by("-pk").first()
    return notice
