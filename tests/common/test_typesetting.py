"""Papers: what stands in the PDF and in the Word file, read back out of them."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from bangfu.common import typesetting
from bangfu.common.typesetting import PaperFault

SAMPLE = "common/papers/sample.typ"
HOSTILE = '#read("/etc/passwd") $x$ *b* #sys.inputs @ref <a> \\'
NAMES = "镕祎喆䶮"


def content(**more: Any) -> dict[str, Any]:
    rows = [{"title": f"第{place}项", "fen": 123450 + place} for place in range(60)]
    return {"name": f"王{NAMES}", "note": HOSTILE, "rows": rows, "causes": ["单亲"], "on": "2020-10-05"} | more


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


def text(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(made).pages)


class TestPdf:
    def test_every_page_is_a4_with_page_number_document_number_and_code(self) -> None:
        data = typesetting.stamped("sample", "津商工困〔2020〕0001", content())
        pages = read(typesetting.pdf(SAMPLE, data)).pages
        assert len(pages) == 2
        for place, page in enumerate(pages, start=1):
            width, height = (float(size) / 72 * 25.4 for size in page.mediabox[2:])
            assert (round(width), round(height)) == (210, 297)
            said = page.extract_text()
            assert f"第 {place} 页，共 2 页" in said
            assert "津商工困〔2020〕0001" in said
            assert data["code"] in said

    def test_rare_characters_of_names_can_be_read_back(self) -> None:
        assert f"王{NAMES}" in text(typesetting.pdf(SAMPLE, content()))

    def test_all_fonts_are_inside_and_from_the_package(self) -> None:
        names = set()
        for page in read(typesetting.pdf(SAMPLE, content())).pages:
            for font in page["/Resources"]["/Font"].values():
                (child,) = font["/DescendantFonts"]
                names.add(str(font["/BaseFont"]).partition("+")[2].partition("-")[0])
                assert "/FontFile3" in child.get_object()["/FontDescriptor"]
        assert names == {"NotoSerifCJKsc", "NotoSansCJKsc"}

    def test_what_a_family_typed_stays_text(self) -> None:
        said = text(typesetting.pdf(SAMPLE, content()))
        assert '#read("/etc/passwd")' in said
        assert "$x$ *b*" in said
        assert "root:" not in said

    def test_amounts_come_from_fen_with_separators(self) -> None:
        rows = [{"title": "合计", "fen": 100_000_005}, {"title": "差", "fen": -50}, {"title": "未知", "fen": None}]
        said = text(typesetting.pdf(SAMPLE, content(rows=rows)))
        assert "1,000,000.05" in said
        assert "-0.50" in said
        assert "2020年10月5日" in said

    def test_the_same_data_give_the_same_bytes(self) -> None:
        assert typesetting.pdf(SAMPLE, content()) == typesetting.pdf(SAMPLE, content())

    def test_a_paper_with_its_moment_is_made_for_the_archive(self) -> None:
        made = typesetting.pdf(SAMPLE, content(), at=datetime(2020, 10, 5, 9, 30))
        assert b"pdfaid:part" in made
        assert read(made).metadata.creation_date.date().isoformat() == "2020-10-05"
        assert b"pdfaid:part" not in typesetting.pdf(SAMPLE, content())

    def test_missing_data_are_told_with_the_template(self) -> None:
        with pytest.raises(PaperFault, match=r"sample\.typ"):
            typesetting.pdf(SAMPLE, {"name": "王"})

    @pytest.mark.parametrize("template", ["common/papers/none.typ", "../etc/passwd", "config/settings.py"])
    def test_only_templates_of_the_package_are_set(self, template: str) -> None:
        with pytest.raises(PaperFault, match="no such template"):
            typesetting.pdf(template, {})


class TestVerification:
    def test_the_code_changes_with_kind_number_and_content(self) -> None:
        code = typesetting.verification_code("notice", "1", {"a": 1})
        assert len(code.split("-")) == 3
        assert code == typesetting.verification_code("notice", "1", {"a": 1})
        others = [("sheet", "1", {"a": 1}), ("notice", "2", {"a": 1}), ("notice", "1", {"a": 2})]
        assert code not in {typesetting.verification_code(*other) for other in others}

    def test_the_code_needs_the_key(self, settings: Any) -> None:
        from bangfu.common import crypto

        before = typesetting.verification_code("notice", "1", {})
        settings.BANGFU_HASH_KEY = "M" * 43 + "="
        getattr(crypto.provider, "cache_clear", lambda: None)()
        try:
            assert typesetting.verification_code("notice", "1", {}) != before
        finally:
            getattr(crypto.provider, "cache_clear", lambda: None)()

    def test_the_qr_code_is_an_svg_without_foreign_addresses(self) -> None:
        drawing = typesetting.qr_svg("津商工困〔2020〕0001 ABCD")
        assert drawing.startswith("<svg")
        assert drawing.count("http") == drawing.count("http://www.w3.org/2000/svg")


class TestDocx:
    @pytest.fixture
    def template(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        document = docx.Document()
        document.add_paragraph("姓名：{{ name }}")
        document.save(str(tmp_path / "form.docx"))
        monkeypatch.setattr(typesetting, "PACKAGE", tmp_path)
        return "form.docx"

    def test_values_are_filled_in_and_escaped(self, template: str) -> None:
        made = typesetting.docx(template, {"name": f"<王> & {NAMES} {{{{ 1 + 1 }}}}"})
        words = docx.Document(io.BytesIO(made)).paragraphs[0].text
        assert words == f"姓名：<王> & {NAMES} {{{{ 1 + 1 }}}}"

    def test_a_name_the_data_do_not_have_is_a_fault(self, template: str) -> None:
        with pytest.raises(PaperFault, match="name"):
            typesetting.docx(template, {})
