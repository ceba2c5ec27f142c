"""Who may do what in the rechecks room."""

from bangfu.organizations.choices import FAMILY_READERS, Role

#: Who may start a run over the files of her union and those below.
STARTERS = (Role.REVIEWER, Role.AID_CENTER, Role.LEADER)
#: Who may conclude on a finding: the people who look after files.
CONCLUDERS = (Role.CLERK, Role.REVIEWER, Role.AID_CENTER)
READERS = tuple(sorted(FAMILY_READERS))
#: Runs belong to the union that asked for them; a clerk of a basic union sees what was found of her own families.
WATCHERS = tuple(role for role in READERS if role != Role.CLERK)
