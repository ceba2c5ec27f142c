"""The official file of a text: put there by an administrator, shown with number and hash, handed to everybody signed in."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from bangfu.common.acts import WriteOutsideAct
from bangfu.common.models import AuditEntry
from bangfu.library import files, services
from bangfu.library.models import OfficialFile
from bangfu.organizations.choices import Role
from bangfu.organizations.errors import NotAllowed
from bangfu.policy import texts
from tests.battery import assert_query_count
from tests.factories import AT, Tree, client_for, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
NUMBER = "总工发〔2012〕16号"
PAGE = "/policy/texts/PAY12/"


@pytest.fixture
def keeper(tree: Tree) -> Client:
    return client_for(person(Role.ACCOUNT_ADMIN, tree.industry))


@pytest.fixture
def reader(tree: Tree) -> Client:
    return client_for(person(Role.CLERK, tree.unit))


def put(
    client: Client, data: bytes = PDF, name: str = "办法.pdf", number: str = NUMBER, code: str = "PAY12"
) -> HttpResponse:
    given = {"number": number, "file": SimpleUploadedFile(name, data)}
    answer: HttpResponse = client.post(f"/policy/texts/{code}/file/", given)
    return answer


def bundle(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def test_an_administrator_puts_the_file_beside_the_text_and_everybody_sees_number_and_hash(
    keeper: Client, reader: Client
) -> None:
    answer = put(keeper)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = reader.get(PAGE).content.decode()
    assert "办法.pdf" in page
    assert hashlib.sha256(PDF).hexdigest() in page
    assert f"{NUMBER} · " in page
    assert "不是同一个文件" in page
    assert "上传正式文件" not in page


def test_one_act_is_on_record_with_number_and_hash(keeper: Client) -> None:
    put(keeper)
    row = OfficialFile.objects.get()
    event = AuditEntry.objects.filter(verb="add_official_file").get()
    assert event.object_id == str(row.pk)
    assert event.after == {
        "text": "PAY12", "number": NUMBER, "name": "办法.pdf", "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest(),
    }  # fmt: skip
    row.number = "别的"
    with pytest.raises(WriteOutsideAct):
        row.save()


def test_the_file_that_the_rows_were_read_from_is_recognised(
    keeper: Client, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = texts.get_text("PAY12")
    source = dataclasses.replace(text.documents[0], source_sha256=hashlib.sha256(PDF).hexdigest())
    known = dataclasses.replace(text, documents=(source,))
    monkeypatch.setattr(texts, "get_text", lambda code: known)
    answer = put(keeper)
    assert answer.status_code == 302
    page = reader.get(PAGE).content.decode()
    assert "与条款登记所依据的文件一致" in page
    assert "不是同一个文件" not in page


def test_the_file_comes_back_byte_for_byte_as_a_download_that_no_page_runs(keeper: Client, reader: Client) -> None:
    put(keeper, b"<html><script>alert(1)</script></html>", "原文.html")
    answer = reader.get(f"/policy/files/{OfficialFile.objects.get().pk}/")
    assert answer.content == b"<html><script>alert(1)</script></html>"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reader.get("/policy/files/999999/").status_code == 404


@pytest.mark.parametrize("number", ["总工发[2012]16号", "总工发（2012） 16号"])
def test_the_number_may_be_typed_with_any_brackets(keeper: Client, number: str) -> None:
    assert put(keeper, number=number).status_code == 302


def test_the_number_of_another_text_is_refused(keeper: Client) -> None:
    answer = put(keeper, number="总工发〔2018〕39号")
    assert answer.status_code == 422
    assert "文号与本文本的“总工发〔2012〕16号”不一致" in answer.content.decode()
    assert not OfficialFile.objects.exists()


def test_an_annex_may_be_given_with_its_own_number(keeper: Client) -> None:
    assert put(keeper, number="总工办发〔2020〕13号附件", code="FUND20").status_code == 302
    assert OfficialFile.objects.get().text == "FUND20"


def test_the_same_file_twice_is_refused(keeper: Client) -> None:
    put(keeper)
    answer = put(keeper, name="另一个名字.pdf")
    assert answer.status_code == 422
    assert "同一个文件已经在这里" in answer.content.decode()
    assert put(keeper, number="总工发〔2018〕39号", code="WARM18").status_code == 302


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "空.pdf", ""),
        (b"MZ\x90\x00 program", "办法.exe", "认不出这个文件的格式"),
        (b"MZ\x90\x00 program", "办法.txt", "认不出这个文件的格式"),
        (PDF, "办法.docx", "后缀与内容不符：内容是 PDF"),
        (bundle("word/document.xml"), "办法.pdf", "后缀与内容不符：内容是 DOCX"),
        (bundle("other.txt"), "办法.docx", "认不出这个文件的格式"),
        (b"PK\x03\x04broken", "办法.docx", "已损坏或不完整"),
    ],
)
def test_what_is_no_official_file_is_refused_with_the_reason(keeper: Client, data: bytes, name: str, why: str) -> None:
    answer = put(keeper, data, name)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not OfficialFile.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(keeper: Client, settings: object) -> None:
    settings.BANGFU_UPLOAD_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    answer = put(keeper, PDF + b"0" * 1024 * 1024)
    assert answer.status_code == 422
    assert "超过 1 MB 的上限" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "a.PDF", "application/pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.doc", "application/msword"),
        (bundle("word/document.xml"), "a.docx", files.DOCX.content_type),
        (bundle("OFD.xml"), "a.ofd", "application/ofd"),
        (b"\xff\xd8\xff\xe0rest", "a.jpeg", "image/jpeg"),
        ("第一条".encode("gb18030"), "a.txt", "text/plain"),
        ("<p>第一条</p>".encode(), "a.htm", "text/html"),
    ],
)
def test_every_kind_an_office_has_is_taken(data: bytes, name: str, kind: str) -> None:
    assert files.inspect(data, name) == kind


def test_the_page_of_a_text_costs_the_same_with_many_files(keeper: Client, reader: Client) -> None:
    assert_query_count(reader, PAGE, 5)
    for number in range(3):
        put(keeper, PDF + str(number).encode())
    assert_query_count(reader, PAGE, 5)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ACCOUNT_ADMIN])
def test_past_the_page_too_nobody_else_puts_a_file_there(tree: Tree, role: Role) -> None:
    desk = person(role, tree.industry)
    with pytest.raises(NotAllowed, match="账号管理员"):
        services.add_official_file(desk.actor, texts.get_text("PAY12"), PDF, "a.pdf", number=NUMBER, at=AT)
    assert not OfficialFile.objects.exists()


def test_two_who_upload_the_same_file_at_once_leave_one(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = person(Role.ACCOUNT_ADMIN, tree.industry).actor
    text = texts.get_text("PAY12")
    services.add_official_file(actor, text, PDF, "a.pdf", number=NUMBER, at=AT)
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: False)  # neither saw the other's yet
    with pytest.raises(services.SameFile):
        services.add_official_file(actor, text, PDF, "b.pdf", number=NUMBER, at=AT)
    monkeypatch.undo()
    assert OfficialFile.objects.count() == 1
