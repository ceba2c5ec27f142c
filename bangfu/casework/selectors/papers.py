"""The papers of a family as casework needs them: what blocks a step, what a folder of the original file still lacks."""

from collections.abc import Iterable, Mapping
from typing import Any

from bangfu.casework.models import Application, CaseFile
from bangfu.families.models import EvidenceFile, Household
from bangfu.families.selectors import Place, checklist_state, whole
from bangfu.policy.evidence import STAGES, Folder, Gap
from bangfu.policy.pack.model import Pack
from bangfu.policy.procedure import AuthorizationRule, NoticeRule
from bangfu.policy.registry import get_pack

STEP_PAPERS = frozenset({"home_visit_form", "information_sheet"})
"""Papers that a visit and the filing make themselves."""


def places(
    household: Household, pack: Pack, facts: Mapping[str, Any], stages: Iterable[str] = ("application",)
) -> list[Place]:
    """The checklist of some stages as it stands in the database now."""
    return checklist_state(whole(household), pack, facts=facts, stages=tuple(stages))


def gaps(household: Household, pack: Pack, facts: Mapping[str, Any]) -> list[Gap]:
    """What is wrong with the papers of the application stage; only ``blocking`` ones keep it from being submitted."""
    return [gap for place in places(household, pack, facts) for gap in place.gaps]


def has_paper(household: Household, paper: str) -> bool:
    """Whether some document stands for a paper."""
    return (
        EvidenceFile.objects.filter(household=household, paper=paper, withdrawn_at__isnull=True)
        .exclude(document="")
        .exists()
    )


def rules_of(application: Application) -> tuple[NoticeRule | None, AuthorizationRule | None]:
    """What the policy of a case says of its notice and of its signatures."""
    procedure = get_pack(application.policy, application.applied_on).procedure
    return procedure.notice, procedure.authorization


def made_by_steps(application: Application) -> set[str]:
    """Papers that come out of steps of this system and not out of the checklist's uploads."""
    found: set[str] = set()
    if application.visits.exists():
        found.add("home_visit_form")
    notice, authorization = rules_of(application)
    if notice is not None:
        wanted = {f"{which}_photo__isnull": False for which in notice.photos}
        if application.notices.filter(**wanted).exists():
            found.add(notice.paper)
    if authorization is not None and application.authorizations.filter(void=False, refused=False).exists():
        found.add(authorization.paper)
    if CaseFile.objects.filter(application=application).exists():
        found.add("information_sheet")
    return found


def made_keys(application: Application) -> set[str]:
    """Places of the checklist (``Place.key``) that a step has filled: the visit's form, the notice, each member's signature."""
    made = made_by_steps(application)
    rule = rules_of(application)[1]
    by_member = rule.paper if rule is not None else ""
    found = {f"{paper}~" for paper in made - {by_member}}
    signed = application.authorizations.filter(void=False, refused=False, member__isnull=False).select_related("member")
    return found | {f"{by_member}~{row.member.fact_id}" for row in signed if row.member is not None}


def late(application: Application, pack: Pack, facts: Mapping[str, Any]) -> list[Place]:
    """Papers of later stages that no step of this system makes: whoever works on the case hands them in."""
    made = made_by_steps(application) | STEP_PAPERS | {rule.paper for rule in rules_of(application) if rule is not None}
    asked = places(application.household, pack, facts, STAGES[1:])
    return [place for place in asked if not place.done and place.paper not in made]


def empty_folders(application: Application, pack: Pack, facts: Mapping[str, Any]) -> list[Folder]:
    """Folders of the original file in which something required is missing (附件2 第四条（一）)."""
    made = made_by_steps(application)
    asked = places(application.household, pack, facts, STAGES)
    lacking = {place.paper for place in asked if not place.done and place.paper not in made}
    return [folder for folder in pack.evidence.folders.values() if lacking & set(folder.papers)]
