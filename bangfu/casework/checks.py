"""Start-up checks: every guard, kind and level that an installed pack names is known here."""

from typing import Any

from django.core.checks import Error, register

from bangfu.casework import guards
from bangfu.casework.services import steps
from bangfu.policy.procedure import Procedure
from bangfu.policy.registry import eras, pack_ids


def faults_of(procedure: Procedure) -> list[str]:
    """What a procedure asks for that casework cannot do, each with the step it stands at."""
    found: list[str] = []
    for step in procedure.steps:
        found += [f"{step.code}: unknown guard {code}" for code in step.guards if code not in guards.GUARDS]
        if step.kind != "entry" and step.kind not in steps.VERBS:
            found.append(f"{step.code}: unknown kind {step.kind}")
        if ("meeting_recorded" in step.guards) != (step.kind == "decision"):
            found.append(
                f"{step.code}: a step of kind decision has the guard meeting_recorded, and no other step has it"
            )
    if procedure.steps and procedure.steps[0].kind != "entry":
        found.append(f"{procedure.steps[0].code}: the first step must be of kind entry")
    return found


@register()
def packs_can_be_worked(app_configs: Any, **kwargs: Any) -> list[Error]:
    """One error per thing that an installed pack names and casework does not know."""
    errors: list[Error] = []
    for pack_id in pack_ids():
        for pack in eras(pack_id):
            errors += [Error(f"{pack_id}: {fault}", id="casework.E001") for fault in faults_of(pack.procedure)]
    return errors
