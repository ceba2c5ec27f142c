"""Who may enter the addresses of the casework room (see ``tests/battery.py``)."""

from datetime import date
from typing import Any

from bangfu.casework import services
from bangfu.casework.models import CaseFile, CheckResult, Objection, RunningClock
from bangfu.casework.services import clocks
from bangfu.common import clock
from bangfu.common.acts import SYSTEM, act
from bangfu.organizations.choices import Role
from tests import factories
from tests.battery import LIST, OPEN, Access, Ground
from tests.casework import kit
from tests.casework.access_papers import PAPER_ACCESS

READERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)
WORKERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER)
CLERK = (Role.CLERK,)
AID = (Role.AID_CENTER,)


def walk(ground: Ground, step: str = "home_visit") -> kit.Walk:
    """A case of the ground's unit that stands at this step; one per ground."""
    if "case" not in ground.made:
        kit.standards()
        ground.made["case"] = kit.Walk.begin(kit.Office(ground.tree)).to(step)
    made: kit.Walk = ground.made["case"]
    return made


def case(ground: Ground) -> dict[str, Any]:
    return {"pk": walk(ground).application.pk}


def numbers(ground: Ground) -> list[str]:
    return [walk(ground).application.number, "王秀兰"]


def file(ground: Ground) -> CaseFile:
    walk(ground, "recheck")
    return CaseFile.objects.get()


def notice(ground: Ground) -> int:
    if "notice" not in ground.made:
        ground.made["notice"] = walk(ground, "public_notice").post()
    made: int = ground.made["notice"].pk
    return made


def objection(ground: Ground) -> dict[str, Any]:
    if not Objection.objects.exists():
        notice(ground)
        held = ground.made["notice"]
        services.record_objection(
            walk(ground).office.clerk.actor, held, content="有异议", received_on=held.posted_on, at=walk(ground).later()
        )
    return {"pk": Objection.objects.get().pk}


def result(ground: Ground) -> dict[str, Any]:
    if not CheckResult.objects.exists():
        walk(ground, "city_check").check_only(homes=("found", 2))
    return {"pk": CheckResult.objects.get(differs=True).pk}


def draft(ground: Ground) -> dict[str, Any]:
    if "draft" not in ground.made:
        kit.standards()
        ground.made["draft"] = kit.family(kit.Office(ground.tree))
    return {"pk": ground.made["draft"].pk}


def member(ground: Ground) -> dict[str, Any]:
    return {**case(ground), "member_pk": walk(ground).member(1).pk}


def notice_number(ground: Ground) -> list[str]:
    notice(ground)
    return [ground.made["notice"].number, ground.made["notice"].shown["name"]]


def late(ground: Ground) -> RunningClock:
    """A duty of the ground's unit whose day is past."""
    if "late" not in ground.made:
        clocks.open_duties(ground.tree.acftu.path, factories.AT)
        with act(SYSTEM, "sample_clock", at=factories.AT) as deed:
            row = RunningClock.objects.filter(union=ground.tree.unit).order_by("pk")[0]
            row.due_on, row.warn_on, row.in_principle = date(2020, 10, 1), date(2020, 9, 1), True
            row.save()
            deed.record(row)
        ground.made["late"] = row
    made: RunningClock = ground.made["late"]
    return made


def a_clock(ground: Ground) -> dict[str, Any]:
    return {"pk": late(ground).pk}


def late_union(ground: Ground) -> list[str]:
    late(ground)
    return [str(ground.tree.unit.name)]


OWNERS = (*READERS, Role.FINANCE)
DOERS = (*WORKERS, Role.FINANCE)

ACCESS = [
    Access("home", roles=tuple(Role), scope=LIST, hidden=numbers),
    Access("casework:list", roles=READERS, scope=LIST, hidden=numbers),
    Access("casework:files", roles=READERS, scope=LIST, hidden=lambda ground: [file(ground).number, "王秀兰"]),
    Access("casework:file", roles=READERS, kwargs=lambda ground: {"pk": file(ground).pk}),
    Access("casework:notices", roles=READERS, scope=LIST, hidden=notice_number),
    Access("casework:overdue", roles=READERS, scope=LIST, hidden=late_union),
    # duties name no family: finance sees those of its own post only
    Access("casework:clock", roles=OWNERS, kwargs=a_clock, ok={200, 404}),
    Access("casework:finish_clock", roles=DOERS, kwargs=a_clock, method="post", ok={422, 403, 404}),
    Access("casework:postpone_clock", roles=DOERS, kwargs=a_clock, method="post", ok={422, 403, 404}),
    Access("casework:search", roles=READERS, scope=LIST, hidden=numbers, query="?q=wxl"),
    Access("casework:verify", roles=READERS, scope=OPEN),
    Access("casework:import", roles=AID, scope=OPEN),
    Access("casework:import_template", roles=AID, scope=OPEN),
    Access("casework:submit", roles=CLERK, kwargs=draft),
    Access(
        "casework:determination",
        roles=READERS,
        kwargs=lambda ground: {"pk": walk(ground).application.determinations.first().pk},
    ),
    Access("casework:case", roles=READERS, kwargs=case),
    # whose turn it is decides who goes on: 403 with the reason for everybody else
    Access("casework:return", roles=WORKERS, kwargs=case, ok={200, 403}),
    Access("casework:pass", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access("casework:resubmit", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access(
        "casework:refuse",
        roles=WORKERS,
        kwargs=case,
        method="post",
        data=lambda ground: {"reason": "不属本会"},
        ok={302},
    ),
    Access(
        "casework:withdraw",
        roles=CLERK,
        kwargs=case,
        method="post",
        data=lambda ground: {"reason": "家庭要求"},
        ok={302},
    ),
    Access(
        "casework:kinship",
        roles=WORKERS,
        kwargs=case,
        method="post",
        data=lambda ground: {"relation": "表亲"},
        ok={302},
    ),
    Access("casework:decision", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access("casework:late_paper", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access("casework:visit", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access("casework:notice", roles=WORKERS, kwargs=case, method="post", ok={422}),
    Access("casework:authorize", roles=WORKERS, kwargs=member, method="post", ok={422}),
    Access(
        "casework:check",
        roles=WORKERS,
        kwargs=case,
        method="post",
        data=lambda ground: {"checked_on": clock.day(kit.AT)},
        ok={422},
    ),
    Access(
        "casework:notice_photo",
        roles=WORKERS,
        kwargs=lambda ground: {"pk": notice(ground), "which": "start"},
        method="post",
        ok={422},
    ),
    Access("casework:objection", roles=WORKERS, kwargs=lambda ground: {"pk": notice(ground)}, method="post", ok={422}),
    Access("casework:answer_objection", roles=WORKERS, kwargs=objection, method="post", ok={422}),
    Access("casework:difference", roles=WORKERS, kwargs=result, method="post", ok={422}),
    # only a union above the unit may ask; the ground's aid centre and leader stand in the unit itself
    Access(
        "casework:objection_author",
        roles=(Role.AID_CENTER, Role.LEADER),
        kwargs=objection,
        method="post",
        ok={302, 403},
    ),
    Access("casework:notice_screen", roles=READERS, kwargs=lambda ground: {"pk": notice(ground)}, ok={200, 410}),
    Access("notice:find", public=True),
    Access("notice:verify", public=True),
    Access("notice:objection", public=True),
    Access("notice:answer", public=True),
    *PAPER_ACCESS,
]
