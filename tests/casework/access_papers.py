"""The addresses of papers for the access battery (``tests/casework/access.py`` takes them in)."""

from typing import Any

from bangfu.casework import determinations
from bangfu.casework.models import CaseFile, CollectiveDecision
from bangfu.common.acts import SYSTEM, act
from bangfu.organizations.choices import Role
from tests.battery import Access, Ground
from tests.casework import kit

READERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER, Role.LEADER, Role.AUDITOR)


def _walk(ground: Ground, step: str = "unit_review") -> kit.Walk:
    """A case of the ground's unit that stands at this step."""
    key = f"papers_at_{step}"
    if key not in ground.made:
        kit.standards()
        ground.made[key] = kit.Walk.begin(kit.Office(ground.tree)).to(step)
    walk: kit.Walk = ground.made[key]
    return walk


def _form(ground: Ground) -> dict[str, Any]:
    return {"pk": _walk(ground).application.pk, "paper": "authorization_form"}


def _sheet(ground: Ground) -> dict[str, Any]:
    made = determinations.latest(_walk(ground).application)
    assert made is not None
    return {"pk": made.pk}


def _notice(ground: Ground) -> dict[str, Any]:
    walk = _walk(ground, "public_notice")
    if "paper_notice" not in ground.made:
        ground.made["paper_notice"] = walk.post()
    return {"pk": ground.made["paper_notice"].pk}


def _visit(ground: Ground) -> dict[str, Any]:
    walk = _walk(ground, "home_visit")
    if "paper_visit" not in ground.made:
        ground.made["paper_visit"] = walk.visit_only()
    return {"pk": ground.made["paper_visit"].pk}


def _decision(ground: Ground) -> dict[str, Any]:
    if "paper_decision" not in ground.made:
        walk = _walk(ground)
        with act(SYSTEM, "record_decision", at=walk.at) as deed:
            ground.made["paper_decision"] = CollectiveDecision.objects.create(
                application=walk.application, step=walk.record(), held_on=kit.APPLIED, minutes="讨论", conclusion="agree",
                recorded_by_id=walk.office.clerk.user_id, recorded_at=walk.at,
            )  # fmt: skip
            deed.record(walk.application, after={"decision": ground.made["paper_decision"].pk})
    return {"pk": ground.made["paper_decision"].pk}


def _file(ground: Ground) -> dict[str, Any]:
    return {"pk": CaseFile.objects.get(application=_walk(ground, "recheck").application).pk}


PAPER_ACCESS = [
    Access("casework:paper", roles=READERS, kwargs=_form),
    Access("casework:paper_word", roles=READERS, kwargs=lambda ground: {"pk": _walk(ground).application.pk}),
    Access("casework:paper_sheet", roles=READERS, kwargs=_sheet),
    Access("casework:paper_notice", roles=READERS, kwargs=_notice),
    Access("casework:paper_notice_table", roles=READERS, kwargs=_notice),
    Access("casework:paper_decision", roles=READERS, kwargs=_decision),
    Access("casework:paper_visit", roles=READERS, kwargs=_visit),
    Access("casework:paper_information", roles=READERS, kwargs=_file),
    Access(
        "casework:paper_draft",
        roles=READERS,
        kwargs=lambda ground: {"pk": _walk(ground).household.pk, "form": "pdf"},
    ),
]
