"""Signing in, being locked out, idling, first passwords, second factors, choosing a post."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from bangfu.common.acts import SYSTEM
from bangfu.common.models import AuditEntry
from bangfu.organizations import services
from bangfu.organizations.choices import Role
from bangfu.organizations.middleware import LAST_SEEN
from bangfu.organizations.models import User
from tests.factories import AT, PASSWORD, Tree, client_for, person, post, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

SIGN_IN = "/sign-in/"
ROOM = "/unions/"


@pytest.fixture
def clerk(tree: Tree) -> User:
    who = user("李静", union=tree.unit, username="lijing")
    post(who, Role.CLERK, tree.unit)
    return who


def enter(client: Client, username: str = "lijing", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_name_and_password_open_the_page_she_wanted(clerk: User) -> None:
    client = Client()
    asked = client.get(ROOM)
    assert asked["Location"] == "/sign-in/?next=%2Funions%2F"
    assert enter(client, next=ROOM)["Location"] == ROOM
    page = client.get(ROOM)
    assert page.status_code == 200
    assert "李静" in page.content.decode()
    assert AuditEntry.objects.filter(verb="sign_in", user_id=clerk.pk, origin="127.0.0.1").count() == 1


def test_passwords_are_kept_with_argon2(tree: Tree, settings: Any) -> None:
    from bangfu.config import settings as installed

    settings.PASSWORD_HASHERS = installed.PASSWORD_HASHERS
    who = user("周宁", union=tree.unit)
    assert who.password.startswith("argon2$argon2id$")
    assert PASSWORD not in who.password


def test_a_stranger_address_is_not_followed_after_sign_in(clerk: User) -> None:
    assert enter(Client(), next="https://elsewhere.example/")["Location"] == "/"
    assert enter(Client(), next="//elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_is_told_kindly_and_the_name_stays(clerk: User) -> None:
    answer = enter(Client(), password="wrong")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "登录名或密码不对" in page
    assert 'value="lijing"' in page
    assert "wrong" not in page
    assert AuditEntry.objects.filter(verb="sign_in_refused", object_id=str(clerk.pk)).count() == 1


def test_an_unknown_name_gets_the_same_answer_and_is_not_written_down(clerk: User) -> None:
    known, unknown = enter(Client(), password="wrong"), enter(Client(), username="hunter2-oops", password="wrong")
    same = "登录名或密码不对"
    assert same in known.content.decode()
    assert same in unknown.content.decode()
    assert not AuditEntry.objects.filter(after__icontains="hunter2").exists()


def test_five_wrong_passwords_lock_the_account_for_a_while_with_a_kind_page(clerk: User) -> None:
    client = Client()
    answers = [enter(client, password="wrong").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    locked = enter(client)
    assert locked.status_code == 429
    assert "暂停登录 30 分钟" in locked.content.decode()
    assert client.get(ROOM).status_code == 302


def test_a_security_admin_lifts_the_lockout(clerk: User, tree: Tree) -> None:
    client = Client()
    for _ in range(5):
        enter(client, password="wrong")
    admin = client_for(person(Role.SECURITY_ADMIN, tree.industry))
    assert "lijing" in admin.get("/security/").content.decode()
    admin.post(f"/security/{clerk.pk}/lift/")
    assert enter(client).status_code == 302


def test_a_suspended_account_is_out_at_once_and_cannot_sign_in(clerk: User) -> None:
    client = Client()
    enter(client)
    services.lock_account(SYSTEM, clerk, reason="离职", at=AT)
    assert client.get(ROOM).status_code == 302
    assert enter(Client()).status_code == 422


def idle(client: Client) -> None:
    session = client.session
    session[LAST_SEEN] = int(time.time()) - 20 * 60 - 5
    session.save()


def test_an_idle_session_ends(clerk: User) -> None:
    client = Client()
    enter(client)
    idle(client)
    answer = client.get(ROOM)
    assert answer["Location"] == "/sign-in/?next=%2Funions%2F&idle=1"
    assert "一段时间没有操作" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Requested-With": "XMLHttpRequest"}])
def test_what_a_script_sends_after_the_session_ended_gets_401_and_an_event(clerk: User, header: dict[str, str]) -> None:
    client = Client()
    enter(client)
    idle(client)
    answer = client.post("/calendar/day/", {"day": "2020-10-10"}, headers=header)
    assert (answer.status_code, answer["HX-Trigger"], answer.content) == (401, "signed-out", b"")
    assert enter(client).status_code == 302
    assert client.get(ROOM, headers=header).status_code == 200


def test_a_form_sent_after_the_session_ended_is_kept_and_goes_through_after_signing_in(tree: Tree) -> None:
    center = person(Role.AID_CENTER, tree.industry)
    name = User.objects.get(pk=center.user_id).username
    client = client_for(center)
    idle(client)
    typed = {"day": "2027-02-13", "working": "1", "name": "春节调休"}
    kept = client.post("/calendar/day/", typed)
    assert kept.status_code == 401
    assert "春节调休" in kept.content.decode()
    wrong = client.post(
        "/sign-in/go-on/",
        {"target": kept.context["target"], "kept": kept.context["kept"], "username": name, "password": "x"},
    )
    assert wrong.status_code == 422
    assert json.loads(wrong.context["kept"]) == [["day", "2027-02-13"], ["working", "1"], ["name", "春节调休"]]
    ready = client.post(
        "/sign-in/go-on/",
        {"target": kept.context["target"], "kept": wrong.context["kept"], "username": name, "password": PASSWORD},
    )
    assert ready.status_code == 200
    assert dict(ready.context["fields"]) == typed
    assert client.post(ready.context["target"], dict(ready.context["fields"])).status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(tree: Tree) -> None:
    who = services.open_account(SYSTEM, tree.unit, username="xinren", name="新人", password="first-Pass-001", at=AT)
    post(who, Role.CLERK, tree.unit)
    client = Client()
    enter(client, "xinren", "first-Pass-001")
    assert client.get(ROOM)["Location"] == "/password/"
    assert "请先修改初始密码" in client.get("/password/").content.decode()
    change = {"old": "first-Pass-001", "password": "my-own-words-9", "again": "my-own-words-9"}
    assert "两次输入" in client.post("/password/", change | {"again": "other"}).content.decode()
    assert "原密码不对" in client.post("/password/", change | {"old": "other"}).content.decode()
    assert (
        "不能与原密码相同"
        in client.post("/password/", {**change, "password": change["old"], "again": change["old"]}).content.decode()
    )
    assert client.post("/password/", change).status_code == 302
    assert client.get(ROOM).status_code == 200
    assert enter(Client(), "xinren", "first-Pass-001").status_code == 422
    assert enter(Client(), "xinren", "my-own-words-9").status_code == 302


@pytest.mark.parametrize("weak", ["short1", "123456789012", "password123", "lijing2020"])
def test_weak_passwords_are_refused(clerk: User, weak: str) -> None:
    client = Client()
    enter(client)
    answer = client.post("/password/", {"old": PASSWORD, "password": weak, "again": weak})
    assert answer.status_code == 422
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        (Role.REVIEWER, True),
        (Role.FINANCE, True),
        (Role.SECURITY_ADMIN, True),
        (Role.LOG_ADMIN, True),
        (Role.CLERK, False),
    ],
)
def test_reviewers_finance_and_administrators_need_a_second_factor(
    tree: Tree, settings: Any, role: Role, asked: bool
) -> None:
    settings.BANGFU_SECOND_FACTOR = True
    answer = client_for(person(role, tree.industry)).get(ROOM)
    assert answer.get("Location", "") == ("/second-factor/" if asked else "")


def test_a_second_factor_is_enrolled_and_then_asked_for(tree: Tree, settings: Any) -> None:
    settings.BANGFU_SECOND_FACTOR = True
    who = user(union=tree.industry, username="fuhe")
    post(who, Role.REVIEWER, tree.industry)
    client = Client()
    enter(client, "fuhe")
    page = client.get("/second-factor/").content.decode()
    assert "data:image/svg+xml" in page
    device = TOTPDevice.objects.get(user=who)
    assert not device.confirmed
    assert client.get(ROOM).status_code == 302
    good = f"{totp(device.bin_key):06d}"
    bad = "000000" if good != "000000" else "000001"
    assert "动态口令不对" in client.post("/second-factor/", {"token": bad}).content.decode()
    TOTPDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/second-factor/", {"token": good}).status_code == 302
    assert client.get(ROOM).status_code == 200
    again = Client()
    enter(again, "fuhe")
    asked = again.get("/second-factor/").content.decode()
    assert "data:image/svg+xml" not in asked
    assert again.post("/second-factor/", {"token": good}).status_code == 422, "a code counts once"


def test_a_script_is_told_when_only_the_second_factor_is_missing(tree: Tree, settings: Any) -> None:
    settings.BANGFU_SECOND_FACTOR = True
    answer = client_for(person(Role.REVIEWER, tree.industry)).get(ROOM, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_security_admin_resets_a_lost_second_factor_with_a_reason_but_not_her_own(tree: Tree) -> None:
    who = user(union=tree.industry)
    TOTPDevice.objects.create(user=who, confirmed=True)
    desk = person(Role.SECURITY_ADMIN, tree.industry)
    client = client_for(desk)
    client.post(f"/security/{who.pk}/forget/", {"reason": ""})
    assert TOTPDevice.objects.filter(user=who).exists()
    client.post(f"/security/{who.pk}/forget/", {"reason": "手机遗失"})
    assert not TOTPDevice.objects.filter(user=who).exists()
    assert AuditEntry.objects.get(verb="forget_second_factor").reason == "手机遗失"
    TOTPDevice.objects.create(user_id=desk.user_id, confirmed=True)
    client.post(f"/security/{desk.user_id}/forget/", {"reason": "手机遗失"})
    assert TOTPDevice.objects.filter(user_id=desk.user_id).exists()


def test_a_person_with_two_posts_switches_between_them(tree: Tree, clerk: User) -> None:
    second = post(clerk, Role.CLERK, tree.unit2)
    client = Client()
    enter(client)
    assert f"<h1>{tree.unit.name}</h1>" in client.get(ROOM).content.decode()
    assert client.post(f"/posts/{second.pk}/choose/").status_code == 302
    assert f"<h1>{tree.unit2.name}</h1>" in client.get(ROOM).content.decode()
    stranger = person(Role.CLERK, tree.foreign_unit)
    assert client.post(f"/posts/{stranger.post_id}/choose/").status_code == 404


def test_a_person_whose_post_ended_comes_in_nowhere(tree: Tree, clerk: User) -> None:
    client = Client()
    enter(client)
    held = clerk.posts.get()
    from datetime import date

    services.end_post(SYSTEM, held, ends_on=date(2020, 10, 11), reason="退休", at=AT)
    answer = client.get(ROOM)
    assert answer.status_code == 403
    assert "没有岗位" in answer.content.decode()


def test_sign_out_takes_a_post_request_and_ends_the_session(clerk: User) -> None:
    client = Client()
    enter(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get(ROOM).status_code == 302


def test_a_form_without_the_token_of_the_page_is_refused(clerk: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = enter(client)
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.content.decode()


def test_pages_carry_a_strict_content_policy(clerk: User) -> None:
    policy = Client().get(SIGN_IN)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
