"""Printing a paper is an act: who, which paper, and the SHA-256 of what came out."""

from datetime import datetime

from bangfu.casework import papers
from bangfu.casework.decision_models import CollectiveDecision
from bangfu.casework.models import Application, CaseFile, Determination, HomeVisit, PublicNotice
from bangfu.casework.selectors import prints
from bangfu.casework.services import exposure
from bangfu.common.acts import SYSTEM, Actor, act
from bangfu.common.errors import Refused
from bangfu.families.models import Household
from bangfu.organizations.choices import FAMILY_READERS

Thing = Application | Determination | HomeVisit | PublicNotice | CaseFile | CollectiveDecision | Household


def print_paper(
    actor: Actor, thing: Thing, paper: str, *, at: datetime, form: str = "pdf", policy: str = ""
) -> papers.Printed:
    """Makes a paper of a thing: an application, one of its determinations, visits or notices, its file, or a family not yet handed in.

    ``form`` is ``pdf``, or ``docx`` for the application form and ``xlsx`` for a notice, which is read again before anybody gets it; ``policy`` is asked only with a family. Raises ``Refused`` where the thing
    has no such paper.
    """
    inside = bool(actor.union_path) and thing.union_path.startswith(actor.union_path)
    if actor != SYSTEM and not (actor.role in FAMILY_READERS and inside):
        raise Refused("您的岗位不能打印这份文书。")
    with act(actor, "print_paper", at=at) as deed:
        version: dict[str, int | str] = {}
        match thing, paper:
            case Application(), "application_form":
                made = papers.application_form(thing, form=form)
            case Household(), "application_form":
                made = papers.draft_application_form(thing, policy, form=form)
            case Application(), "home_visit_form":
                made = papers.home_visit_form(thing)
            case HomeVisit(), "home_visit_form":
                made = papers.home_visit_form(thing.application, thing)
            case Application(), "authorization_form":
                made = papers.authorization_form(thing)
            case Determination(), "calculation_sheet":
                made = papers.calculation_sheet(thing)
            case PublicNotice(), "public_notice":
                made = papers.public_notice_table([thing]) if form == "xlsx" else papers.public_notice(thing)
                exposure.check_paper(thing, made)
            case CollectiveDecision(), "decision_minutes":
                made = papers.decision_minutes(thing)
            case CaseFile(), "information_sheet":
                # locked: two prints at once must not take one version
                file = CaseFile.objects.select_for_update(of=("self",)).get(pk=thing.pk)
                data, content = papers.information_content(file)
                number = prints.next_version(file, content)
                version = {"version": number, "content": content, "differences": len(data["changes"])}
                made = papers.information_sheet(file, data, number)
            case _:
                raise Refused("没有这种文书，请从案件页面打印。")
        deed.record(
            thing,
            after={
                "paper": paper,
                "number": made.number,
                "format": form,
                "sha256": made.sha256,
                **version,
            },
        )
    return made
