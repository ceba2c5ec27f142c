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
from bangfu.organizations.services.posts import appoint, end_post
from bangfu.organizations.services.unions import add_union, close_union, edit_union, move_union

__all__ = [
    "add_union",
    "appoint",
    "change_password",
    "close_union",
    "edit_union",
    "end_post",
    "forget_second_factor",
    "lift_lockout",
    "lock_account",
    "move_union",
    "open_account",
    "reset_password",
    "set_first_password",
    "unlock_account",
]
