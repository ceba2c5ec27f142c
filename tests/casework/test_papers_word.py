"""The application form as a Word file."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from docx import Document
from docx.oxml.ns import qn

from bangfu.casework.docx import make_application_form
from bangfu.casework.services.printing import print_paper
from bangfu.common import typesetting
from bangfu.families import services as families
from bangfu.families.models import Household
from tests.casework import kit


def cells(document: object) -> Iterator[str]:
    for table in document.tables:  # type: ignore[attr-defined]
        for row in table.rows:
            for cell in row.cells:
                yield cell.text


def word(walk: kit.Walk) -> bytes:
    return print_paper(walk.office.clerk.actor, walk.application, "application_form", at=walk.at, form="docx").body


def test_the_word_form_opens_with_the_values_of_the_family(walk: kit.Walk) -> None:
    walk.to("home_visit")
    found = list(cells(Document(io.BytesIO(word(walk)))))
    for person in walk.household.members.all():
        assert person.name in found
        assert str(person.id_number) in found
    for value in (
        "13800138000",
        "和平区样例路 1 号",
        "16,800.00",
        "−2,520.00",
        "9,000.00",
        "肢体残疾2级、慢性病",
        "材料齐全",
        "李审核",
    ):
        assert value in found, value
    assert not [text for text in found if "{{" in text or "{%" in text]


def test_the_word_form_is_a4_and_names_fangsong_for_chinese(walk: kit.Walk) -> None:
    document = Document(io.BytesIO(word(walk)))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    faces = {
        run._element.rPr.rFonts.get(qn("w:eastAsia"))
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        for run in paragraph.runs
    }
    assert faces == {"仿宋", "黑体"}


@pytest.mark.parametrize("typed", ["{{ 7*7 }}", "{% for x in y %}", "<w:br/>&<b>", '#read("x") $x$'])
def test_what_a_family_typed_stays_text_in_word(office: kit.Office, typed: str) -> None:
    walk = kit.Walk(office, kit.family(office))
    families.save_household_part(office.clerk, walk.household, {"address": typed}, at=walk.at)
    walk.household = Household.objects.get(pk=walk.household.pk)
    walk.submit()
    assert typed in list(cells(Document(io.BytesIO(word(walk)))))


def test_the_committed_template_is_what_the_script_writes() -> None:
    fresh = io.BytesIO()
    make_application_form.build().save(fresh)

    def part(source: object, name: str) -> bytes:
        with zipfile.ZipFile(source) as archive:  # type: ignore[call-overload]
            return bytes(archive.read(name))

    for name in ("word/document.xml", "word/footer1.xml", "word/styles.xml"):
        assert part(fresh, name) == part(str(make_application_form.TEMPLATE), name), name


def test_a_name_that_the_data_do_not_have_is_a_fault_and_not_a_blank() -> None:
    with pytest.raises(typesetting.PaperFault, match="undefined"):
        typesetting.docx("casework/docx/application_form.docx", {"title": "x"})
