"""What a stolen password alone can do where a second factor is in force: nothing."""

from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from bangfu.organizations.choices import Role
from bangfu.organizations.models import User
from tests.factories import PASSWORD, Tree, post, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def reviewer(tree: Tree, settings: Any) -> User:
    settings.BANGFU_SECOND_FACTOR = True
    who = user("周复核", union=tree.industry, username="fuhe")
    post(who, Role.REVIEWER, tree.industry)
    TOTPDevice.objects.create(user=who, name="动态口令", confirmed=True)
    return who


def inside(who: User) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": who.username, "password": PASSWORD}).status_code == 302
    return client


def test_the_password_alone_does_not_change_the_password(reviewer: User) -> None:
    client = inside(reviewer)
    given = {"old": PASSWORD, "password": "shut-her-out-5", "again": "shut-her-out-5"}
    answer = client.post("/password/", given)
    assert answer["Location"] == "/second-factor/?next=%2Fpassword%2F"
    assert User.objects.get(pk=reviewer.pk).check_password(PASSWORD)
    device = TOTPDevice.objects.get(user=reviewer)
    token = f"{totp(device.bin_key):06d}"
    assert client.post("/second-factor/", {"token": token, "next": "/password/"})["Location"] == "/password/"
    assert client.post("/password/", given)["Location"] == "/"
    assert User.objects.get(pk=reviewer.pk).check_password("shut-her-out-5")


@pytest.mark.parametrize("header", [{}, {"HX-Request": "true"}, {"X-Requested-With": "fetch"}, {"X-Background": "1"}])
def test_no_kind_of_request_goes_past_the_second_factor(reviewer: User, header: dict[str, str]) -> None:
    client = inside(reviewer)
    for address in ("/", "/families/", "/cases/", "/cases/search/?q=w", "/unions/"):
        answer = client.get(address, headers=header)
        assert answer.status_code in {302, 401}, address
        assert answer.get("Location", "/second-factor/").startswith("/second-factor/")


def test_a_code_opens_one_session_only(reviewer: User) -> None:
    device = TOTPDevice.objects.get(user=reviewer)
    token = f"{totp(device.bin_key):06d}"
    first, second = inside(reviewer), inside(reviewer)
    assert first.post("/second-factor/", {"token": token}).status_code == 302
    assert second.post("/second-factor/", {"token": token}).status_code == 422
    assert second.get("/families/").status_code == 302


def test_the_secret_in_force_is_never_shown_again(reviewer: User) -> None:
    page = inside(reviewer).get("/second-factor/").content.decode()
    assert "data:image" not in page
    assert TOTPDevice.objects.filter(user=reviewer).count() == 1
