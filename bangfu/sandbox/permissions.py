"""Who may do what in the sandbox."""

from bangfu.organizations.choices import FAMILY_READERS, Role

#: Who makes proposals and decides on them; two different persons.
MAKERS = (Role.LEADER, Role.AID_CENTER)
#: Who may look: those, and who reviews or audits.
READERS = (Role.LEADER, Role.AID_CENTER, Role.REVIEWER, Role.AUDITOR)
#: Who may see the names behind the numbers.
NAMES = FAMILY_READERS
