"""Signing in and out, the second factor, the choice of a post."""

import time
from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.hashers import identify_hasher
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from bangfu.common.acts import Actor, act
from bangfu.organizations.errors import SignInRefused
from bangfu.organizations.middleware import LAST_SEEN, POST, origin_of
from bangfu.organizations.models import Post, User


def person(request: Any, user: User) -> Actor:
    """The actor of a person who has no desk yet."""
    return Actor(user_id=user.pk, name=user.name, union_path=user.union_path, origin=origin_of(request))


def sign_in(request: Any, *, username: str, password: str, at: datetime) -> User:
    """Checks name and password and opens a session. Raises ``SignInRefused``; after five failures django-axes locks the account for a
    while and marks the request, so that the lock-out page is shown."""
    username = username.strip().lower()
    user = authenticate(request, username=username, password=password)
    if user is None:
        known = User.objects.filter(username=username).first()
        if known is not None:
            # an unknown name is not kept: people type passwords into the wrong field
            with act(Actor(user_id=None, name="未登录", origin=origin_of(request)), "sign_in_refused", at=at) as deed:
                deed.record(known, union_path=known.union_path)
        raise SignInRefused(
            "登录名或密码不对。连续 5 次不对将暂停登录 30 分钟；忘记密码请联系账号管理员", field="password"
        )
    assert isinstance(user, User)
    with act(person(request, user), "sign_in", at=at) as deed:
        login(request, user)
        user.last_login = at
        if identify_hasher(user.password).must_update(user.password):
            user.set_password(password)
        user.save(update_fields=["last_login", "password"])
        deed.record(user)
    request.session[LAST_SEEN] = int(time.time())
    return user


def sign_out(request: Any, *, at: datetime) -> None:
    """Ends the session."""
    with act(person(request, request.user), "sign_out", at=at) as deed:
        deed.record(request.user)
    logout(request)


def begin_second_factor(request: Any, *, at: datetime) -> TOTPDevice:
    """The device to enrol: a new secret, or the one already begun. Not in force until a first code confirmed it."""
    begun = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if begun is not None:
        return begun
    with act(person(request, request.user), "begin_second_factor", at=at) as deed:
        device: TOTPDevice = TOTPDevice.objects.create(user=request.user, name="动态口令", confirmed=False)
        deed.record(request.user, after={"confirmed": False})
    return device


def confirmed_device(user: User) -> TOTPDevice | None:
    """The second factor in force."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def give_second_factor(request: Any, *, token: str, at: datetime) -> None:
    """Checks a six-digit code; confirms a device that was being enrolled. Raises ``SignInRefused``. The device itself slows guessing."""
    token = "".join(token.split())
    device = confirmed_device(request.user) or TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if device is None:
        raise SignInRefused("请先绑定动态口令", field="token")
    allowed, _ = device.verify_is_allowed()
    if not allowed:
        raise SignInRefused("尝试过于频繁，请等待片刻再输入", field="token")
    if not device.verify_token(token):
        raise SignInRefused("动态口令不对：请输入手机上当前的 6 位数字，并核对手机时间", field="token")
    with act(person(request, request.user), "give_second_factor", at=at) as deed:
        if not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
        deed.record(request.user)
    otp_login(request, device)


def choose_post(request: Any, post: Post, *, at: datetime) -> None:
    """Takes a seat at another of her desks."""
    with act(person(request, request.user), "choose_post", at=at) as deed:
        deed.record(post, after={"role": post.role, "union": post.union.name})
    request.session[POST] = post.pk
