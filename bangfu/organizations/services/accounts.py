"""Accounts: open, passwords, suspend, second factor, lock-outs."""

import re
import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from bangfu.common.acts import SYSTEM, Actor, Deed, act
from bangfu.organizations.choices import Role
from bangfu.organizations.errors import BadAccount, NotAllowed
from bangfu.organizations.models import Union, User
from bangfu.organizations.services.may import demand

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
# no letters or digits that look alike on paper
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


def _not_above(actor: Actor, user: User) -> None:
    """A person may be kept by one union and hold a post in a higher one: whoever resets her credentials must reach all her posts."""
    if actor == SYSTEM:
        return
    for post in user.posts.select_related("union"):
        if not post.union_path.startswith(actor.union_path):
            raise NotAllowed(f"{user.name}在“{post.union.name}”任职，请由该会的管理员办理")


def first_password() -> str:
    """A password to hand over on paper: four groups of four legible signs (79 bits)."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(4))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise BadAccount("；".join(fault.messages), field="password") from fault


def _locked(user: User) -> User:
    row: User = User.objects.select_for_update().get(pk=user.pk)
    return row


def open_account(actor: Actor, union: Union, *, username: str, name: str, password: str, at: datetime) -> User:
    """Opens an account that must change ``password`` at its first sign-in. It has no rights until it gets a post."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=union.path)
    username, name = username.strip().lower(), name.strip()
    if not _USERNAME.fullmatch(username):
        raise BadAccount("登录名为 3—40 位小写字母、数字、点、横线，以字母或数字开头", field="username")
    if not name:
        raise BadAccount("请填写姓名", field="name")
    with act(actor, "open_account", at=at) as deed:
        if User.objects.filter(username=username).exists():
            raise BadAccount(f"登录名“{username}”已被使用，请换一个", field="username")
        user = User(username=username, name=name, union=union, created_at=at, must_change_password=True)
        _check_password(password, user)
        user.set_password(password)
        user.save()
        deed.record(user, after={"username": username, "name": name, "union": union.name})
    return user


def _set_password(deed: Deed, row: User, password: str, *, must_change: bool, at: datetime) -> None:
    _check_password(password, row)
    row.set_password(password)
    row.must_change_password, row.password_changed_at = must_change, at
    row.save(update_fields=["password", "must_change_password", "password_changed_at"])
    deed.record(row, after={"must_change_password": must_change})


def set_first_password(actor: Actor, user: User, *, password: str, at: datetime) -> User:
    """Gives an account its own password without the old one, for installations that print accounts (practice) and for set-up."""
    demand(actor)
    with act(actor, "set_first_password", at=at) as deed:
        row = _locked(user)
        _set_password(deed, row, password, must_change=False, at=at)
    return row


def reset_password(actor: Actor, user: User, *, at: datetime) -> str:
    """Gives a person who forgot hers a new first password, to be told to her in person; returns it. Her sessions end."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=user.union_path)
    if actor.user_id == user.pk:
        raise NotAllowed("本人的密码请在“修改密码”中修改")
    _not_above(actor, user)
    password = first_password()
    with act(actor, "reset_password", at=at) as deed:
        _set_password(deed, _locked(user), password, must_change=True, at=at)
    return password


def change_password(actor: Actor, user: User, *, old: str, new: str, at: datetime) -> User:
    """A person changes her own password. Raises ``BadAccount`` with the field at fault."""
    if actor.user_id != user.pk:
        raise NotAllowed("只能修改本人的密码")
    with act(actor, "change_password", at=at) as deed:
        row = _locked(user)
        if not row.check_password(old):
            raise BadAccount("原密码不对，请重新输入", field="old")
        if old == new:
            raise BadAccount("新密码不能与原密码相同", field="password")
        _set_password(deed, row, new, must_change=False, at=at)
    return row


def lock_account(actor: Actor, user: User, *, reason: str, at: datetime) -> User:
    """Suspends an account at once; its sessions end with the next request. Posts stay as they are."""
    demand(actor, Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, union_path=user.union_path)
    if not reason.strip():
        raise BadAccount("请填写停用原因", field="reason")
    if actor.user_id == user.pk:
        raise NotAllowed("不能停用本人的账号")
    with act(actor, "lock_account", at=at, reason=reason.strip()) as deed:
        row = _locked(user)
        row.is_active = False
        row.save(update_fields=["is_active"])
        deed.record(row, before={"is_active": user.is_active}, after={"is_active": False})
    return row


def unlock_account(actor: Actor, user: User, *, reason: str, at: datetime) -> User:
    """Lets a suspended account sign in again."""
    demand(actor, Role.ACCOUNT_ADMIN, union_path=user.union_path)
    if not reason.strip():
        raise BadAccount("请填写恢复原因", field="reason")
    with act(actor, "unlock_account", at=at, reason=reason.strip()) as deed:
        row = _locked(user)
        row.is_active = True
        row.save(update_fields=["is_active"])
        deed.record(row, before={"is_active": user.is_active}, after={"is_active": True})
    return row


def lift_lockout(actor: Actor, user: User, *, at: datetime) -> int:
    """Lets a person try again before the lock-out after wrong passwords ends; the number of attempts that were forgotten."""
    from axes.utils import reset

    demand(actor, Role.SECURITY_ADMIN, union_path=user.union_path)
    with act(actor, "lift_lockout", at=at) as deed:
        row = _locked(user)
        forgotten = int(reset(username=row.username))
        deed.record(row, after={"attempts_forgotten": forgotten})
    return forgotten


def forget_second_factor(actor: Actor, user: User, *, reason: str, at: datetime) -> None:
    """Removes the second factor of a person who lost her device; she enrols anew at the next sign-in."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    demand(actor, Role.SECURITY_ADMIN, union_path=user.union_path)
    if not reason.strip():
        raise BadAccount("请填写重置原因", field="reason")
    if actor.user_id == user.pk:
        raise NotAllowed("本人的动态口令须由另一位安全管理员重置")
    _not_above(actor, user)
    with act(actor, "forget_second_factor", at=at, reason=reason.strip()) as deed:
        count, _ = TOTPDevice.objects.filter(user=user).delete()
        deed.record(user, before={"devices": count}, after={"devices": 0})
