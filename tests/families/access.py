"""The addresses of the families room for the access battery."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from bangfu.common.acts import SYSTEM
from bangfu.families import services
from bangfu.families.matching import finding, merging
from bangfu.families.models import EvidenceFile, Household, TwinFinding
from bangfu.organizations.choices import Role
from tests.battery import LIST, OPEN, Access, Ground
from tests.factories import AT
from tests.families import builders
from tests.families.test_evidence import photo, place

READERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)
WORKERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER)
CLERK = (Role.CLERK,)
CHANGERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER)


def household(ground: Ground) -> Household:
    """A family of the basic union."""
    if "family" not in ground.made:
        builders.standards(ground.tree)
        ground.made["family"] = builders.family(ground.desk(Role.CLERK))
    made: Household = ground.made["family"]
    return made


def evidence(ground: Ground) -> EvidenceFile:
    """A paper of that family."""
    if "evidence" not in ground.made:
        family = household(ground)
        ground.made["evidence"] = services.attach_evidence(
            ground.desk(Role.CLERK), family, photo(), "证.jpg", at=AT, paper="id_card", member=family.members.all()[0]
        )
    made: EvidenceFile = ground.made["evidence"]
    return made


def _family(ground: Ground) -> dict[str, Any]:
    return {"pk": household(ground).pk}


def _step(ground: Ground) -> dict[str, Any]:
    return {"pk": household(ground).pk, "step": "basic"}


def _paper(ground: Ground) -> dict[str, Any]:
    return {"pk": evidence(ground).pk}


def _place(ground: Ground) -> dict[str, Any]:
    return {"place": place(household(ground), "huji_book", "P1").key}


def _twins(ground: Ground) -> dict[str, Any]:
    """That family and one that may be the same."""
    if "twin" not in ground.made:
        desk = ground.desk(Role.CLERK)
        ground.made["twin"] = services.open_household(
            desk, at=AT, name="陈桂芳", id_number=builders.number("1976-03-18", 2)
        )
        household(ground)
    return {"pk": ground.made["twin"].pk, "other": household(ground).pk}


def _finding(ground: Ground) -> dict[str, Any]:
    _twins(ground)
    finding.look_for_twins(SYSTEM, ground.tree.unit, at=AT)
    return {"pk": TwinFinding.objects.get().pk}


def _change(ground: Ground) -> dict[str, Any]:
    if "change" not in ground.made:
        family = household(ground)
        spouse = family.members.all()[1]
        ground.made["change"] = merging.split(
            ground.desk(Role.CLERK), family, people=[spouse.pk], worker=spouse.pk, reason="分户", at=AT
        )
    return {"pk": ground.made["change"].pk}


def _merged_names(ground: Ground) -> list[str]:
    _finding(ground)
    return [ground.made["twin"].number, household(ground).number, "陈桂芳"]


def _merge_form(ground: Ground) -> dict[str, Any]:
    _twins(ground)
    worker, *rest = household(ground).members.all()
    people = {f"p{worker.pk}": ground.made["twin"].members.get().pk} | {f"p{one.pk}": "new" for one in rest}
    return {**people, "reason": "同一家庭"}


def _split_form(ground: Ground) -> dict[str, Any]:
    spouse = household(ground).members.all()[1]
    return {"people": [spouse.pk], "worker": spouse.pk, "reason": "分户"}


ACCESS = [
    Access("families:list", roles=READERS, scope=LIST, hidden=lambda ground: [household(ground).number, "陈桂芳"]),
    Access("families:new", roles=CLERK, scope=OPEN),
    Access("families:household", roles=READERS, kwargs=_family),
    Access(
        "families:reveal", roles=READERS, kwargs=_family, method="post", data=lambda ground: {"what": "phone", "reason": "联系走访"}
    ),
    Access("families:delete", roles=CLERK, kwargs=_family, method="post", ok={302}),
    Access("families:panel", roles=WORKERS, kwargs=_family),
    Access("families:evidence", roles=WORKERS, kwargs=_family, ok={200, 302}),
    Access(
        "families:upload", roles=CLERK, kwargs=_family, method="post", ok={302},
        data=lambda ground: {**_place(ground), "file": SimpleUploadedFile("a.jpg", photo())},
    ),
    Access("families:waive", roles=CLERK, kwargs=_family, method="post", ok={302}, data=lambda ground: {**_place(ground), "reason": "正在补办"}),
    Access("families:step", roles=WORKERS, kwargs=_step, ok={200, 302}),
    Access("families:twins", roles=READERS, scope=LIST, hidden=_merged_names),
    Access("families:twins_look", roles=CHANGERS, scope=OPEN, method="post", ok={302}),
    Access("families:twins_dismiss", roles=CHANGERS, kwargs=_finding, method="post", ok={302}, data=lambda ground: {"note": "已核实"}),
    Access("families:twins_compare", roles=READERS, kwargs=_twins),
    Access("families:merge", roles=CHANGERS, kwargs=_twins, method="post", ok={302}, data=_merge_form),
    Access("families:split", roles=CHANGERS, kwargs=_family, method="post", ok={302}, data=_split_form),
    Access("families:change", roles=READERS, kwargs=_change),
    Access("families:change_undo", roles=CHANGERS, kwargs=_change, method="post", ok={302}),
    Access("families:describe", roles=CLERK, kwargs=_paper, method="post", ok={302}, data=lambda ground: {"number": "1"}),
    Access("families:compare", roles=CLERK, kwargs=_paper, method="post", ok={302}),
    Access("families:withdraw", roles=CLERK, kwargs=_paper, method="post", ok={302}),
    Access("families:content", roles=READERS, kwargs=lambda ground: {"pk": evidence(ground).pk, "which": "viewing"}),
]  # fmt: skip
