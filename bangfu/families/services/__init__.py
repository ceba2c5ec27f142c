"""Verbs of the families room. Each is one act with its audit rows; sensitive values stand in them masked or only by name."""

from bangfu.families.services.common import (
    DuplicateMember,
    HouseholdLocked,
    HouseholdMerged,
    NotYourHousehold,
    read_typed,
    refuse_merged,
    require_editor,
)
from bangfu.families.services.evidence import (
    attach_evidence,
    compare_evidence,
    describe_evidence,
    file_evidence,
    unwaive_paper,
    waive_paper,
    withdraw_evidence,
)
from bangfu.families.services.households import (
    delete_draft,
    lock,
    open_household,
    reveal,
    save_household_part,
    save_members,
    unlock,
)
from bangfu.families.services.lines import save_expense_rows, save_income_rows

__all__ = [
    "DuplicateMember",
    "HouseholdLocked",
    "HouseholdMerged",
    "NotYourHousehold",
    "attach_evidence",
    "compare_evidence",
    "delete_draft",
    "describe_evidence",
    "file_evidence",
    "lock",
    "open_household",
    "read_typed",
    "refuse_merged",
    "require_editor",
    "reveal",
    "save_expense_rows",
    "save_household_part",
    "save_income_rows",
    "save_members",
    "unlock",
    "unwaive_paper",
    "waive_paper",
    "withdraw_evidence",
]
