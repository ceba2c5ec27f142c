"""A request is read before anybody knows who sends it: what it may bring is bounded."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bangfu.common.uploading import FILES_AT_ONCE


@pytest.mark.django_db
@pytest.mark.parametrize("claimed", [True, False], ids=["by its length", "while it comes"])
def test_a_request_that_brings_more_than_a_form_can_hold_is_cut_off(settings: Any, claimed: bool) -> None:
    settings.BANGFU_UPLOAD_BYTES = 100_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000 if claimed else 10_000_000
    body = SimpleUploadedFile("a.jpg", b"x" * (100_000 * FILES_AT_ONCE + 10_000))
    assert Client().post("/sign-in/", {"file": body}).status_code == 400


@pytest.mark.django_db
def test_one_photo_over_the_limit_arrives_so_that_the_page_can_say_what_helps(settings: Any) -> None:
    settings.BANGFU_UPLOAD_BYTES = 100_000
    assert Client().post("/sign-in/", {"file": SimpleUploadedFile("a.jpg", b"x" * 300_000)}).status_code == 422
