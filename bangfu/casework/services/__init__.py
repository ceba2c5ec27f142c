"""Verbs of the casework room. Each is one act: one transaction, its audit rows inside it, typed errors out."""

from bangfu.casework.selectors.meetings import Present
from bangfu.casework.services.authorizations import record_authorization, tick_authorization
from bangfu.casework.services.check_import import import_check
from bangfu.casework.services.checks import Answer, decide_difference, record_check
from bangfu.casework.services.decisions import record_decision
from bangfu.casework.services.notices import add_photo, answer_objection, post_notice, record_objection
from bangfu.casework.services.people import declare_kinship, look
from bangfu.casework.services.returns import return_case
from bangfu.casework.services.steps import (
    close_authorizations,
    close_check,
    close_notice,
    close_visit,
    industry_review,
    open_file,
    pass_step,
    recheck,
    record_filing,
    report_up,
    unit_review,
)
from bangfu.casework.services.submission import refuse, resubmit, submit_application, withdraw
from bangfu.casework.services.visits import record_visit

__all__ = [
    "Answer",
    "Present",
    "add_photo",
    "answer_objection",
    "close_authorizations",
    "close_check",
    "close_notice",
    "close_visit",
    "decide_difference",
    "declare_kinship",
    "import_check",
    "industry_review",
    "look",
    "open_file",
    "pass_step",
    "post_notice",
    "recheck",
    "record_authorization",
    "record_check",
    "record_decision",
    "record_filing",
    "record_objection",
    "record_visit",
    "refuse",
    "report_up",
    "resubmit",
    "return_case",
    "submit_application",
    "tick_authorization",
    "unit_review",
    "withdraw",
]
