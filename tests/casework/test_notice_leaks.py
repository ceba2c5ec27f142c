"""A notice that would give something of the family away is neither posted nor printed."""

import io
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from bangfu.casework import paper_data, papers
from bangfu.casework.errors import LeakFound
from bangfu.casework.models import PublicNotice
from bangfu.casework.services.printing import print_paper
from bangfu.common.acts import SYSTEM, act
from bangfu.common.errors import Refused
from bangfu.common.leaks import Kind, scan
from bangfu.families.models import Member
from bangfu.organizations.models import Union
from tests.casework import kit
from tests.casework.kit import Walk


def leaks_of(walk: Walk, **given: Any) -> set[Kind]:
    with pytest.raises(LeakFound) as fault:
        walk.post(**given)
    return {hit.kind for hit in fault.value.hits}


@pytest.mark.req("TJ-A1-4.3.a", "PROV-3.33")
@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("员工通道，女儿李晓雨旁", Kind.NAME),
        ("和平区样例路 1 号", Kind.ADDRESS),
        ("门卫室，找王秀兰", Kind.NAME),
        ("更衣室（编号 A00731 工号：B1234）", Kind.FILE_NUMBER),
        ("找经办人，电话 138 0013 8000", Kind.PHONE),
        ("公告栏，因尿毒症", Kind.DIAGNOSIS),
    ],
)
def test_a_place_that_names_the_family_stops_the_posting_and_says_where(walk: Walk, place: str, kind: Kind) -> None:
    walk.to("public_notice")
    assert kind in leaks_of(walk, place_name=place)
    assert not PublicNotice.objects.exists()
    with pytest.raises(LeakFound, match="第 1 页") as fault:
        walk.post(place_name=place)
    for value in ("李晓雨", "样例路", "王秀兰", "B1234", "13800138000", "0013", "尿毒症"):
        assert value not in fault.value.message
    assert walk.post(place_name="一楼员工通道公告栏").posted_on


def test_the_familys_own_diagnosis_is_known_though_it_lies_encrypted(walk: Walk) -> None:
    walk.to("public_notice")
    child = Member.objects.get(household=walk.household, position=3)
    with act(SYSTEM, "test", at=walk.at) as deed:
        child.diagnosis = "杜氏肌营养不良"
        child.save()
        deed.record(child, after={})
    assert Kind.DIAGNOSIS in leaks_of(walk, place_name="公告栏（杜氏肌营养不良）")


@pytest.mark.parametrize(("style", "shown"), [("stars", "王**"), ("words", "王某某"), ("full", "王秀兰")])
def test_the_name_is_written_as_chosen_in_paper_page_and_table(walk: Walk, style: str, shown: str) -> None:
    walk.to("public_notice")
    notice = walk.post(style=style)
    assert notice.shown["name"] == shown
    text = PdfReader(io.BytesIO(papers.public_notice(notice).body)).pages[0].extract_text()
    page = papers.public_notice_page(notice).decode()
    assert shown in text
    assert shown in page
    assert 'name="robots" content="noindex' in page
    for value in ("王秀兰",) if style != "full" else ():
        assert value not in text + page
    assert paper_data.name_style_of(notice.shown) == style


def test_what_slipped_into_a_posted_notice_is_not_printed(walk: Walk) -> None:
    walk.to("public_notice")
    notice = walk.post()
    clerk = walk.office.clerk.actor
    assert print_paper(clerk, notice, "public_notice", at=walk.at).body
    assert print_paper(clerk, notice, "public_notice", at=walk.at, form="xlsx").body[:2] == b"PK"
    with act(SYSTEM, "test", at=walk.at) as deed:
        notice.place = f"职工所在单位：公告栏 {walk.member(1).id_number}"
        notice.save()
        deed.record(notice, after={})
    for form in ("pdf", "xlsx"):
        with pytest.raises(LeakFound, match="证件号码") as fault:
            print_paper(clerk, notice, "public_notice", at=walk.at, form=form)
        assert walk.member(1).id_number not in str(fault.value)


@pytest.mark.req("PROV-3.33")
def test_a_notice_without_a_hotline_is_not_posted(walk: Walk) -> None:
    walk.to("public_notice")
    with act(SYSTEM, "test", at=walk.at) as deed:
        for union in Union.objects.all():
            union.hotline = ""
            union.save()
            deed.record(union, after={})
    with pytest.raises(Refused, match="监督电话"):
        walk.post()
    assert not PublicNotice.objects.exists()


def test_the_photo_of_the_board_comes_without_its_place(walk: Walk, signed_in: Any) -> None:
    walk.to("public_notice")
    notice = walk.post(start_photo=None)
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x8825] = {1: "N", 2: (39.0, 7.0, 12.0), 3: "E", 4: (117.0, 11.0, 50.0)}
    exif[0x010E] = "13800138000"
    Image.new("RGB", (80, 60), (1, 2, 3)).save(out, "JPEG", exif=exif)
    assert scan(out.getvalue())
    raw = kit.evidence(walk.office.clerk, walk.household, "notice_papers", at=walk.at, data=out.getvalue())
    from bangfu.casework import services

    with pytest.raises(LeakFound, match="GPS"):
        services.add_photo(walk.office.clerk.actor, notice, raw, which="start", at=walk.at)
    out.name, _ = "board.jpg", out.seek(0)
    answer = signed_in(walk.office.clerk).post(
        reverse("casework:notice_photo", args=[notice.pk, "start"]), {"photo": out}
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    from bangfu.families import blobs

    notice.refresh_from_db()
    assert notice.start_photo is not None
    assert scan(blobs.read(notice.start_photo.stored)) == []
