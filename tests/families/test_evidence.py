"""Papers: what is asked for, what is taken in and refused, how it is kept, who sees it."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from bangfu.common.crypto import CryptoError
from bangfu.common.errors import Refused
from bangfu.families import blobs, panel, selectors, services, uploads
from bangfu.families.models import EvidenceFile, Household
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.families import builders
from tests.families.pages import text

pytestmark = pytest.mark.django_db


def photo(*, colour: str = "white", turned: bool = False, size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG, as a phone takes it: with its place, and turned by a tag where asked."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6  # the camera was held upright
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (39.0, 7.0, 12.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def pdf(**options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.add_blank_page()
        document.save(out, **options)
    return out.getvalue()


def place(household: Household, paper: str, subject: str | None = None) -> selectors.Place:
    whole = selectors.whole(household)
    return next(
        item
        for item in selectors.checklist_state(whole, panel.pack_of(whole))
        if item.paper == paper and subject in {None, item.subject}
    )


def papers(household: Household) -> dict[tuple[str, str], selectors.Place]:
    whole = selectors.whole(household)
    return {(item.paper, item.subject): item for item in selectors.checklist_state(whole, panel.pack_of(whole))}


def upload(
    client: Client,
    household: Household,
    paper: str,
    data: bytes,
    name: str = "材料.jpg",
    subject: str | None = None,
    **more: Any,
) -> Any:
    where = place(household, paper, subject)
    return client.post(
        f"/families/{household.pk}/papers/upload/", {"place": where.key, "file": SimpleUploadedFile(name, data), **more},
        headers={"HX-Request": "true", "X-Requested-With": "XMLHttpRequest"},
    )  # fmt: skip


def save(desk: Desk, household: Household, at: Any, **values: Any) -> None:
    services.save_household_part(desk, household, values, at=at)


# --- what is asked for --------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-4.1.a", "TJ-A1-4.1.b", "TJ-A1-3.2", "TJ-A1-4.2.a")
def test_the_list_follows_from_the_facts_and_every_line_of_the_window(family: Household) -> None:
    asked = papers(family)
    for person in ("P1", "P2", "P3"):
        assert ("id_card", person) in asked
        assert ("huji_book", person) in asked
    subjects = {subject for _, subject in asked}
    assert {f"income:{row}" for row in range(1, 6)} <= subjects
    assert {"expense:1", "expense:2", "expense:3"} <= subjects
    assert ("disability_certificate", "P2") in asked
    assert ("schooling_proof", "") in asked
    assert ("single_parent_proof", "") not in asked
    assert all(not item.done for item in asked.values())


@pytest.mark.req("TJ-A1-4.2.5.a", "TJ-A1-4.2.6.a", "TJ-A1-4.2.1.a", "TJ-A1-4.2.1.b")
def test_causes_and_status_bring_their_papers_and_take_them_away_again(desk: Desk, family: Household, at: Any) -> None:
    save(desk, family, at, causes=["single_parent", "accident"], dibao=True, huji_region="130102")
    asked = papers(family)
    assert len(asked["single_parent_proof", ""].accepts) == 4
    assert {code for code, _ in asked["event_proof", ""].accepts} >= {
        "fire_certificate",
        "police_certificate",
        "residents_committee_certificate",
        "scene_photo",
    }
    certificate = asked["dibao_certificate", ""]
    assert certificate.fields == ("number", "issuer", "valid_to")
    assert certificate.issuer_region == "130102"
    save(desk, family, at, causes=["illness"], dibao=False)
    assert not {"single_parent_proof", "event_proof", "dibao_certificate"} & {paper for paper, _ in papers(family)}


@pytest.mark.req("TJ-A1-3.2")
def test_the_list_says_what_is_there_and_what_is_missing(client: Client, family: Household) -> None:
    total = len(papers(family))
    page = text(client.get(f"/families/{family.pk}/papers/"))
    assert f"还差 <strong>{total}</strong> 项材料" in page
    assert f"还差 <strong>{total - 1}</strong> 项材料" in text(upload(client, family, "id_card", photo(), subject="P1"))
    assert papers(family)["id_card", "P1"].done
    assert not papers(family)["id_card", "P2"].done


@pytest.mark.req("TJ-A1-4.2.3.a", "TJ-A1-4.2.4.a")
@pytest.mark.parametrize(
    ("paper", "subject", "fields"),
    [
        ("diagnosis", "P1", {"patient": "陈桂芳", "hospital": "某医院", "date": "2020-07-02", "diagnosis": "肾病"}),
        ("disability_certificate", "P2", {"number": "1201", "kind": "肢体", "grade": "2", "valid_to": "2029-01-01"}),
    ],
)
def test_a_paper_counts_once_all_that_stands_on_it_is_typed(
    client: Client, family: Household, paper: str, subject: str, fields: dict[str, str]
) -> None:
    upload(client, family, paper, photo(), subject=subject)
    address = f"/families/papers/{EvidenceFile.objects.get().pk}/describe/"
    assert not papers(family)[paper, subject].done
    client.post(address, fields)
    assert papers(family)[paper, subject].done
    for name, value in fields.items():
        client.post(address, {name: ""})
        assert not papers(family)[paper, subject].done, name
        client.post(address, {name: value})


@pytest.mark.req("TJ-A1-4.2.2.a")
def test_schooling_asks_for_its_receipts(client: Client, family: Household) -> None:
    asked = papers(family)["schooling_receipt", "expense:3"]
    assert {code for code, _ in asked.accepts} == {"tuition_receipt", "boarding_receipt", "travel_receipt"}
    upload(client, family, "schooling_receipt", photo(), subject="expense:3", document="boarding_receipt")
    file = EvidenceFile.objects.get()
    assert (file.document, file.line) == ("boarding_receipt", "expense:3")
    assert papers(family)["schooling_receipt", "expense:3"].done


def test_what_is_copied_from_a_paper_is_kept_encrypted(client: Client, family: Household) -> None:
    upload(client, family, "diagnosis", photo(), subject="P1")
    file = EvidenceFile.objects.get()
    client.post(f"/families/papers/{file.pk}/describe/", {"diagnosis": "慢性肾功能不全"})
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM families_evidencefile")
        assert "慢性肾功能不全".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.req("TJ-A1-4.2.3.c")
def test_a_bill_counts_as_proven_once_its_self_borne_parts_are_marked(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    upload(client, family, "medical_bill", photo(), subject="expense:1")
    assert papers(family)["medical_bill", "expense:1"].done
    services.save_expense_rows(desk, family, [{"row": 1, "kind": "illness", "self_out_of_scope": None}], at=at)
    gaps = papers(family)["medical_bill", "expense:1"].gaps
    assert [gap.detail for gap in gaps if gap.blocking] == ["self_paid_out_of_scope"]


@pytest.mark.req("TJ-A1-4.2.7.a")
def test_another_cause_needs_a_paper_with_a_description(client: Client, desk: Desk, family: Household, at: Any) -> None:
    save(desk, family, at, causes=["other"])
    upload(client, family, "supporting_paper", photo(), document="other_document")
    assert not papers(family)["supporting_paper", ""].done
    client.post(f"/families/papers/{EvidenceFile.objects.get().pk}/describe/", {"description": "房屋漏水证明"})
    assert papers(family)["supporting_paper", ""].done


@pytest.mark.req("TJ-A1-4.2.1.b")
def test_a_certificate_from_the_wrong_place_leaves_the_paper_open(
    client: Client, desk: Desk, family: Household, at: Any
) -> None:
    save(desk, family, at, dibao=True, huji_region="130102")
    upload(client, family, "dibao_certificate", photo())
    file = EvidenceFile.objects.get()
    typed = {"number": "1", "issuer": "民政局", "valid_to": "2021-01-01"}
    client.post(f"/families/papers/{file.pk}/describe/", {**typed, "issuer_region": "120101"})
    assert not papers(family)["dibao_certificate", ""].done
    client.post(f"/families/papers/{file.pk}/describe/", {"issuer_region": "130102"})
    assert papers(family)["dibao_certificate", ""].done


@pytest.mark.req("TJ-A1-4.2.1.a")
def test_an_expired_certificate_is_warned_of(client: Client, desk: Desk, family: Household, at: Any) -> None:
    save(desk, family, at, dibao=True)
    upload(client, family, "dibao_certificate", photo())
    file = EvidenceFile.objects.get()
    client.post(f"/families/papers/{file.pk}/describe/", {"valid_to": "2020-10-11"})
    assert "已于 2020-10-11 到期" in text(client.get(f"/families/{family.pk}/papers/"))
    client.post(f"/families/papers/{file.pk}/describe/", {"valid_to": "2020-10-12"})
    assert "已于 2020-10-12 到期" not in text(client.get(f"/families/{family.pk}/papers/"))


@pytest.mark.req("TJ-A1-4.2.a")
def test_who_compared_a_copy_with_its_original_is_on_record(client: Client, desk: Desk, family: Household) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    assert [gap.code for gap in papers(family)["id_card", "P1"].warnings] == ["compare"]
    client.post(f"/families/papers/{EvidenceFile.objects.get().pk}/compare/")
    file = EvidenceFile.objects.get()
    assert (file.compared_by_id, file.compared_at) == (desk.user_id, factories.AT)
    assert papers(family)["id_card", "P1"].warnings == []


@pytest.mark.req("TJ-A1-3.2")
def test_a_paper_is_waived_only_with_a_reason_and_asked_for_again(client: Client, family: Household) -> None:
    where = place(family, "huji_book", "P2").key
    client.post(f"/families/{family.pk}/papers/waive/", {"place": where, "reason": " "})
    assert not papers(family)["huji_book", "P2"].done
    client.post(f"/families/{family.pk}/papers/waive/", {"place": where, "reason": "户口本在补办，已见回执"})
    assert papers(family)["huji_book", "P2"].done
    assert not papers(family)["huji_book", "P1"].done
    client.post(f"/families/{family.pk}/papers/waive/", {"place": where, "undo": "1"})
    assert not papers(family)["huji_book", "P2"].done


@pytest.mark.req("TJ-A2-4.1.a")
@pytest.mark.parametrize("document", ["signed_application", "unit_report_signed"])
def test_the_application_or_the_unions_report_will_do(client: Client, family: Household, document: str) -> None:
    assert not papers(family)["application_form", ""].done
    upload(client, family, "application_form", photo(), document=document)
    assert EvidenceFile.objects.get().document == document
    assert papers(family)["application_form", ""].done


@pytest.mark.req("TJ-A1-4.4.g")
def test_the_place_of_the_paper_copy_is_noted(desk: Desk, client: Client, family: Household, at: Any) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    file = services.file_evidence(desk, EvidenceFile.objects.get(), at=at, shelf="2020-甲-17")
    assert (file.paper_filed, file.shelf) == (True, "2020-甲-17")
    assert [gap.code for gap in papers(family)["id_card", "P1"].gaps] == ["compare"]


# --- what is taken in ---------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A2-3.a")
def test_a_record_has_carrier_date_author_and_hash(client: Client, family: Household) -> None:
    data = photo()
    upload(client, family, "id_card", data, subject="P1")
    file = EvidenceFile.objects.get()
    assert (file.carrier, file.sha256) == ("photo", hashlib.sha256(data).hexdigest())
    for carrier in ("text", "chart", "photo", "sound", "film", "electronic"):
        client.post(
            f"/families/papers/{file.pk}/describe/",
            {"carrier": carrier, "made_on": "2020-09-30", "author": "和平区派出所"},
        )
        file.refresh_from_db()
        assert (file.carrier, str(file.made_on), file.author) == (carrier, "2020-09-30", "和平区派出所")


def test_the_original_is_kept_as_it_came_and_unreadable_on_disk(client: Client, family: Household) -> None:
    data = photo(colour="red")
    upload(client, family, "id_card", data, subject="P1")
    file = EvidenceFile.objects.get()
    assert blobs.read(file.stored) == data
    stored = next(path for name, path in blobs.everything() if name == file.stored)
    assert b"JFIF" not in stored.read_bytes()
    assert data[20:60] not in stored.read_bytes()


@pytest.mark.req("TJ-A2-14.a")
def test_a_changed_or_exchanged_file_is_not_shown(client: Client, family: Household) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    file = EvidenceFile.objects.get()
    path = {name: path for name, path in blobs.everything()}  # noqa: C416
    path[file.viewing].write_bytes(path[file.stored].read_bytes())
    with pytest.raises(CryptoError):
        blobs.read(file.viewing)


def test_a_picture_is_straightened_and_its_place_taken_off_the_copy(client: Client, family: Household) -> None:
    upload(client, family, "id_card", photo(turned=True), subject="P1")
    file = EvidenceFile.objects.get()
    with Image.open(io.BytesIO(blobs.read(file.viewing))) as copy:
        assert copy.size == (40, 60)
        assert dict(copy.getexif()) == {}
        assert "exif" not in copy.info
    with Image.open(io.BytesIO(blobs.read(file.thumbnail))) as small:
        assert max(small.size) <= uploads.THUMB_SIDE
    with Image.open(io.BytesIO(blobs.read(file.stored))) as original:
        assert original.getexif().get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "Office 文档"), (b"MZ\x90", "程序文件"), (b"<html><script>", "网页或文本"), (b"GIF89a", "GIF 图片"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"), (b"RIFF1234WEBP", "WebP"), (b"", "是空的"), (b"hello", "无法识别"),
        (b"\xff\xd8\xff\xe0broken", "已损坏"), (b"%PDF-1.4 nothing", "PDF 已损坏"),
    ],
)  # fmt: skip
def test_what_is_not_a_picture_or_pdf_is_refused_by_what_it_is(
    client: Client, family: Household, data: bytes, message: str
) -> None:
    answer = upload(client, family, "id_card", data, "身份证.jpg", subject="P1")
    assert answer.status_code == 422
    assert message in text(answer)
    assert EvidenceFile.objects.count() == 0
    assert list(blobs.everything()) == []


def test_a_cut_off_photo_is_refused(client: Client, family: Household) -> None:
    data = photo(size=(600, 400), colour="navy")
    assert "已损坏或不完整" in text(upload(client, family, "id_card", data[: len(data) // 2], subject="P1"))


def test_a_photo_beyond_the_limit_is_refused_with_both_sizes(client: Client, family: Household, settings: Any) -> None:
    settings.BANGFU_UPLOAD_BYTES = 2 * 1024 * 1024
    answer = upload(client, family, "id_card", b"\xff\xd8\xff" + b"0" * (6 * 1024 * 1024), subject="P1")
    assert answer.status_code == 413
    assert "文件有 6 MB，超过 2 MB 的上限" in text(answer)
    assert 'data-max-bytes="2097152"' in text(client.get(f"/families/{family.pk}/papers/"))


def test_a_pdf_is_taken_and_handed_out_as_a_file(client: Client, family: Household) -> None:
    upload(client, family, "id_card", pdf(), "身份证.pdf", subject="P1")
    file = EvidenceFile.objects.get()
    assert (file.content_type, file.pages, file.thumbnail) == ("application/pdf", 2, "")
    answer = client.get(f"/families/papers/{file.pk}/original/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_pdf_with_a_password_is_refused(client: Client, family: Household) -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "设了密码" in text(upload(client, family, "id_card", locked, subject="P1"))


def test_the_same_file_in_the_same_place_is_refused_and_elsewhere_noticed(
    client: Client, desk: Desk, family: Household
) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    assert "已经上传在这里" in text(upload(client, family, "id_card", photo(), subject="P1"))
    assert "本户的另一项材料" in text(upload(client, family, "id_card", photo(), subject="P2"))
    other = builders.family(desk, serial=40)
    answer = upload(client, other, "id_card", photo(), subject="P1")
    assert family.number in text(answer)


def test_a_twin_in_a_foreign_union_is_not_given_away(
    client: Client, family: Household, tree: Any, standards: None
) -> None:
    foreign = factories.person(Role.CLERK, tree.foreign_unit)
    theirs = builders.family(foreign, serial=60)
    upload(factories.client_for(foreign), theirs, "id_card", photo(), subject="P1")
    answer = upload(client, family, "id_card", photo(), subject="P1")
    assert answer.status_code == 200
    assert theirs.number not in text(answer)
    assert EvidenceFile.objects.get(household=family).duplicate_of is None


def test_a_withdrawn_file_leaves_the_list_and_stays_in_the_store(client: Client, family: Household) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    file = EvidenceFile.objects.get()
    client.post(f"/families/papers/{file.pk}/withdraw/", {"reason": "传错"})
    assert not papers(family)["id_card", "P1"].done
    assert blobs.read(file.stored) == photo()


def test_files_go_out_only_to_readers_of_the_family_and_are_not_cached(
    client: Client, family: Household, tree: Any
) -> None:
    upload(client, family, "id_card", photo(), '坏"名\n字.jpg', subject="P1")
    file = EvidenceFile.objects.get()
    for which in ("original", "viewing", "thumbnail"):
        answer = client.get(f"/families/papers/{file.pk}/{which}/")
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "\n" not in answer["Content-Disposition"]
        assert '"' not in answer["Content-Disposition"]
    assert client.get(f"/families/papers/{file.pk}/viewing/")["Content-Disposition"].startswith("inline")
    assert client.get(f"/families/papers/{file.pk}/original/")["Content-Disposition"].startswith("attachment")
    foreign = factories.client_for(factories.person(Role.CLERK, tree.foreign_unit))
    assert foreign.get(f"/families/papers/{file.pk}/viewing/").status_code == 404
    finance = factories.client_for(factories.person(Role.FINANCE, tree.industry))
    assert finance.get(f"/families/papers/{file.pk}/viewing/").status_code == 403


def test_a_locked_family_takes_papers_only_in_a_step(desk: Desk, family: Household, at: Any) -> None:
    services.lock(desk, family, at=at)
    with pytest.raises(services.HouseholdLocked):
        services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="id_card")
    assert services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="home_visit_form", by_step=True).pk


def test_no_record_is_left_without_its_file_and_no_file_when_the_record_fails(
    desk: Desk, family: Household, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk of the database is full")

    monkeypatch.setattr(EvidenceFile, "save", broken)
    with pytest.raises(RuntimeError):
        services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="id_card")
    assert list(blobs.everything()) == []


def test_a_store_that_cannot_be_written_leaves_no_record(
    desk: Desk, family: Household, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        services.attach_evidence(desk, family, photo(), "a.jpg", at=at, paper="id_card")
    assert EvidenceFile.objects.count() == 0
    assert list(blobs.everything()) == []


@pytest.mark.req("TJ-A2-14.a")
def test_the_sweep_finds_files_without_a_record_and_records_without_a_file(
    client: Client, family: Household, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    kept = EvidenceFile.objects.get()
    orphan = blobs.write(b"left over")
    assert selectors.store_differences(timedelta(hours=1)) == ([], [])
    call_command("sweep_evidence", "--dry-run", "--older-hours", "0")
    assert f"将删除 {orphan}" in capsys.readouterr().out
    assert blobs.read(orphan) == b"left over"
    call_command("sweep_evidence", "--older-hours", "0")
    with pytest.raises(FileNotFoundError):
        blobs.read(orphan)
    assert blobs.read(kept.stored)
    blobs.remove(kept.thumbnail)
    assert selectors.store_differences(timedelta(0)) == ([], [(kept.pk, kept.thumbnail)])


def test_names_of_files_lose_paths_and_control_signs() -> None:
    assert uploads.safe_name("../../etc/pass\x00wd") == "passwd"
    assert uploads.safe_name("C:\\temp\\身份证‮gpj.exe") == "身份证gpj.exe"
    assert uploads.safe_name("..") == "未命名"
    assert len(uploads.safe_name("长" * 400)) == 120


def test_a_waiver_without_words_is_refused_by_the_verb(desk: Desk, family: Household, at: Any) -> None:
    with pytest.raises(Refused, match="原因"):
        services.waive_paper(desk, family, "id_card", "P1", at=at, reason="")


def test_every_file_of_the_store_lies_below_the_evidence_folder(
    client: Client, family: Household, settings: Any
) -> None:
    upload(client, family, "id_card", photo(), subject="P1")
    root = Path(settings.BANGFU_EVIDENCE_DIR)
    assert len(list(blobs.everything())) == 3
    assert all(root in path.parents for _, path in blobs.everything())
    with pytest.raises(ValueError, match="not the name"):
        blobs.read("../../secret")


def test_the_papers_step_offers_the_application_form_to_be_signed(desk: Desk, family: Household) -> None:
    page = factories.client_for(desk).get(f"/families/{family.pk}/papers/").content.decode()
    assert f"/cases/households/{family.pk}/application_form.pdf" in page
