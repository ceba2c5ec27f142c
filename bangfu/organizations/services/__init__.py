"""Writes of the organizations room, by subject. Import the verbs from here."""

from bangfu.organizations.services.accounts import (
    change_password,
    forget_second_factor,
    lift_lockout,
    lock_account,
    open_account,
    reset_password,
    set_first_password,
    unlock_account,
)
from bangfu.organizations.services.log import ask_log_check
from bangfu.organizations.services.posts import appoint, end_post
from bangfu.organizations.services.standards import (
    confirm_standard,
    propose_standard,
    revoke_standard,
    withdraw_standard,
)
from bangfu.organizations.services.unions import add_union, close_union, edit_union, move_union
from bangfu.organizations.services.workcalendar import edit_calendar_day, publish_calendar_year

__all__ = [
    "add_union",
    "appoint",
    "ask_log_check",
    "change_password",
    "close_union",
    "confirm_standard",
    "edit_calendar_day",
    "edit_union",
    "end_post",
    "forget_second_factor",
    "lift_lockout",
    "lock_account",
    "move_union",
    "open_account",
    "propose_standard",
    "publish_calendar_year",
    "reset_password",
    "revoke_standard",
    "set_first_password",
    "unlock_account",
    "withdraw_standard",
]
