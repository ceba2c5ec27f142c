"""Why this text decides a case, and what the others would say of the family as it was frozen."""

from bangfu.casework.models import Application, Determination
from bangfu.families.models import Household
from bangfu.organizations.selectors import region_name
from bangfu.policy import compare, facts, registry, standards
from bangfu.policy.advice import Glance, glance
from bangfu.policy.compare import Comparison
from bangfu.policy.errors import PolicyError


def _named(region: str | None) -> str | None:
    """The region's full name; None where the table does not have it (then its code is written out)."""
    name = region_name(region)
    return name if name and name != region else None


def advice_of(application: Application, made: Determination) -> Glance:
    """What to ask next, or what is missing to a better category, on the frozen facts and standards of a determination."""
    try:
        pack = registry.in_force(made.policy, application.applied_on)
        return glance(facts.parse(made.facts), standards.parse(made.standards), pack, made.labels)
    except PolicyError:
        return Glance()


def comparison_of(application: Application, made: Determination) -> Comparison | None:
    """The choice of the case's policy with its reason, and local, national and other texts judged on the frozen facts and standards.

    None where the frozen documents or the day fit no installed text any more: then the frozen sheet alone speaks.
    """
    try:
        known, rows = facts.parse(made.facts), standards.parse(made.standards)
        region, day = known.work_region or application.union.region, known.application_date
        choice = registry.choose(region, day, name_of=_named)
        if choice.pack.id != made.policy:  # a text that came, or was set, after this case began
            choice = registry.choose(region, day, assigned=made.policy, name_of=_named)
        return compare.side_by_side(known, rows, choice)
    except PolicyError:
        return None


def reason_for(household: Household) -> str:
    """Why the policy of a family that has not applied yet is the one it is; empty where none is in force."""
    try:
        region = household.work_region or household.union.region
        return registry.choose(region, household.application_date, name_of=_named).reason
    except PolicyError:
        return ""
