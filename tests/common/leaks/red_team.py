"""The red team: artefacts that give something away. Every one has a name, what it gives away, and the bytes."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image

from bangfu.common.leaks import Kind
from bangfu.common.money import capital
from tests.common.leaks import makers
from tests.common.leaks.family import (
    ADDRESS,
    CARD,
    CARD_16,
    CARD_19,
    CHILD,
    DIAGNOSIS,
    FILE_NUMBER,
    FOREIGN_PHONE,
    ID_CHILD,
    ID_WORKER,
    PHONE,
    SCHOOL,
    SPOUSE,
    card,
    whole,
)


@dataclass(frozen=True)
class Leak:
    name: str
    form: str
    kind: Kind
    data: bytes
    file: str = ""


FOREIGN_ID = whole("51010119900307451")  # of somebody the scanner has never heard of
OLD_ID = "510101900307451"


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def chinese(text: str, table: str = "零一二三四五六七八九") -> str:
    return "".join(table[int(sign)] if sign.isdigit() else sign for sign in text)


def between(text: str, sizes: tuple[int, ...], mark: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return mark.join([*parts, text[at:]] if text[at:] else parts)


def texts() -> list[tuple[str, Kind, str]]:
    """What is given away, in the disguises people use without meaning to and with."""
    i, c, p, a, n, d = Kind.ID_NUMBER, Kind.BANK_CARD, Kind.PHONE, Kind.ADDRESS, Kind.NAME, Kind.DIAGNOSIS
    return [
        ("id", i, f"身份证号：{ID_WORKER}"),
        ("id of a stranger", i, f"经办人证件 {FOREIGN_ID}"),
        ("id with x", i, next(one for one in (whole(f"1201011974110210{tail}") for tail in range(10)) if one.endswith("X")).lower()),
        ("id of 15 digits", i, f"旧证 {OLD_ID}"),
        ("id of 15 digits from the family's own", i, ID_CHILD[:6] + ID_CHILD[8:17]),
        ("id in groups", i, between(ID_WORKER, (6, 8, 4), " ")),
        ("id in fours", i, between(FOREIGN_ID, (4, 4, 4, 4, 2), " ")),
        ("id with dashes", i, between(FOREIGN_ID, (6, 4, 2, 2, 4), "-")),
        ("id with dots", i, between(FOREIGN_ID, (6, 8, 4), "·")),
        ("id over two lines", i, between(FOREIGN_ID, (9,), "\n")),
        ("id sign by sign", i, " ".join(FOREIGN_ID)),
        ("id full width", i, wide(FOREIGN_ID)),
        ("id with invisible signs", i, "\u200b".join(FOREIGN_ID)),
        ("id in Chinese digits", i, chinese(FOREIGN_ID)),
        ("id in voucher digits", i, chinese(FOREIGN_ID, "零壹贰叁肆伍陆柒捌玖")),
        ("id inside letters", i, f"NO{FOREIGN_ID}A"),
        ("id with O and l", i, FOREIGN_ID.replace("0", "O").replace("1", "l")),
        ("id in Arabic-Indic digits", i, "".join(chr(0x660 + int(sign)) for sign in FOREIGN_ID)),
        ("id masked too little", i, ID_WORKER[:14] + "****"),
        ("id masked in the middle of the birthday", i, FOREIGN_ID[:8] + "******" + FOREIGN_ID[14:]),
        ("id masked with x", i, FOREIGN_ID[:10] + "xxxx" + FOREIGN_ID[14:]),
        ("id with a slip", i, FOREIGN_ID[:-1] + str((int(FOREIGN_ID[-1]) + 1) % 10)),
        ("card", c, f"开户行 工商银行 {CARD}"),
        ("card of a stranger in fours", c, between(CARD_19, (4, 4, 4, 4), " ")),
        ("card with dashes", c, between(card("622848040256489001"), (4, 4, 4, 4), "-")),
        ("card of 16 full width", c, wide(CARD_16)),
        ("card over two lines", c, between(CARD_19, (10,), "\n")),
        ("card in Chinese digits", c, chinese(CARD_19)),
        ("card masked too little", c, CARD_19[:6] + "****" + CARD_19[10:]),
        ("mobile", p, f"联系电话：{PHONE}"),
        ("mobile of a stranger", p, f"联系人：{FOREIGN_PHONE}"),
        ("mobile spaced", p, between(FOREIGN_PHONE, (3, 4, 4), " ")),
        ("mobile with dashes", p, between(FOREIGN_PHONE, (3, 4, 4), "-")),
        ("mobile with a country", p, f"+86 {FOREIGN_PHONE}"),
        ("mobile with 0086", p, f"0086{FOREIGN_PHONE}"),
        ("mobile full width", p, wide(FOREIGN_PHONE)),
        ("mobile in Chinese digits", p, chinese(FOREIGN_PHONE)),
        ("mobile over two lines", p, between(FOREIGN_PHONE, (7,), "\n")),
        ("mobile in pairs", p, between(FOREIGN_PHONE, (2, 2, 2, 2, 2), " ")),
        ("mobile masked too little", p, PHONE[:3] + "***" + PHONE[6:]),
        ("own mobile masked", p, PHONE[:3] + "****" + PHONE[7:]),
        ("landline", p, "家庭电话 022-87651234"),
        ("landline in brackets", p, "（0354）7654321"),
        ("landline full width", p, wide("010") + "－" + wide("66554433")),
        ("landline without its code", p, "联系电话 87651234"),
        ("address", a, ADDRESS),
        ("address without the city", a, "样例路12号金泉里3栋2单元501室"),
        ("door of a stranger", a, "住解放南路 256 号"),
        ("house and room", a, "幸福小区 7 号楼 3 单元 402 室"),
        ("house, unit, room in figures", a, "阳光花园 5-2-301"),
        ("village and group", a, "沐溪镇茶元村三组"),
        ("village with a number", a, "大楠乡白果村 5 社"),
        ("lane", a, "复兴胡同 27 号"),
        ("address in Chinese figures", a, "人民路一百二十号"),
        ("child's name", n, f"女儿{CHILD}在读"),
        ("child's name spaced", n, " ".join(CHILD)),
        ("child's name with points", n, "·".join(CHILD)),
        ("child's name over two lines", n, f"{CHILD[:2]}\n{CHILD[2:]}"),
        ("child's name half masked", n, f"{CHILD[:2]}*"),
        ("child's name spelt", n, "Li Xiaoyu"),
        ("spouse's name", n, f"配偶：{SPOUSE}"),
        ("worker's whole name", n, "王秀兰"),
        ("birthday of the child", Kind.BIRTH, "2004年6月25日出生"),
        ("school", Kind.SCHOOL, f"就读于{SCHOOL}"),
        ("diagnosis", d, f"本人患{DIAGNOSIS}"),
        ("diagnosis spaced", d, " ".join(DIAGNOSIS)),
        ("disease of the list", d, "因尿毒症长期透析"),
        ("cancer", d, "肺癌晚期"),
        ("disease with points", d, "白·血·病"),
        ("disease in English", d, "Leukemia"),
        ("code of a disease", d, "诊断 C50.9"),
        ("number of the file", Kind.FILE_NUMBER, f"档案 {FILE_NUMBER}"),
        ("staff number", Kind.FILE_NUMBER, "工号：A00731"),
        ("number in another script", Kind.FILE_NUMBER, "津商会字 0457"),
        ("income", Kind.MONEY, "本人月收入 2,860.50 元"),
        ("income bare", Kind.MONEY, "2860.50"),
        ("income full width", Kind.MONEY, wide("2860.50") + "元"),
        ("income in capitals", Kind.MONEY, capital(2658000)),
        ("income spoken", Kind.MONEY, "两万六千五百八十元"),
        ("income in 万", Kind.MONEY, "医药费 2.658 万元"),
        ("income of nobody known", Kind.MONEY, "家庭人均收入：655.20元"),
    ]  # fmt: skip


def in_every_form(form: str) -> Iterator[Leak]:
    for number, (name, kind, said) in enumerate(texts()):
        if form == "text":
            yield Leak(name, form, kind, makers.text(said))
        elif form == "page":
            yield Leak(name, form, kind, makers.page(f"<p>{said}</p>"))
        elif form == "excel":
            yield Leak(name, form, kind, makers.excel(lambda book, sheet, said=said: sheet.write_string(4, 2, said)))
        elif form == "word" and number % 2:
            yield Leak(name, form, kind, makers.word(paragraphs=(said,)))
        elif form == "pdf" and "\n" not in said and number % 2 == 0:
            field = ("place", "employer", "main_cause")[number % 3]
            yield Leak(name, form, kind, makers.pdf({field: f"{makers.ROW[field]} {said}"}))


def hidden_in_pdf() -> Iterator[Leak]:
    def leak(name: str, kind: Kind, edit: Any) -> Leak:
        return Leak(name, "pdf", kind, makers.pdf(edit=edit))

    for key, value, kind in (
        ("/Title", f"公示 {ID_WORKER}", Kind.ID_NUMBER),
        ("/Author", f"经办 {FOREIGN_PHONE}", Kind.PHONE),
        ("/Subject", CHILD, Kind.NAME),
        ("/Keywords", DIAGNOSIS, Kind.DIAGNOSIS),
        ("/Custom", ADDRESS, Kind.ADDRESS),
    ):
        yield leak(f"property {key}", kind, lambda doc, key=key, value=value: doc.docinfo.__setitem__(key, value))

    def xmp(doc: pikepdf.Pdf) -> None:
        with doc.open_metadata() as meta:
            meta["dc:description"] = f"号码 {ID_CHILD}"

    yield leak("XMP", Kind.ID_NUMBER, xmp)

    def note(doc: pikepdf.Pdf, **given: Any) -> None:
        entry = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 10, 10], **given)
        doc.pages[0].obj["/Annots"] = doc.make_indirect(pikepdf.Array([doc.make_indirect(entry)]))

    yield leak("note", Kind.PHONE, lambda doc: note(doc, Subtype=pikepdf.Name.Text, Contents=f"请打 {PHONE}"))
    yield leak("note's author", Kind.NAME, lambda doc: note(doc, Subtype=pikepdf.Name.Text, T=SPOUSE))
    yield leak(
        "link",
        Kind.PHONE,
        lambda doc: note(
            doc, Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"tel:{FOREIGN_PHONE}")
        ),
    )
    yield leak(
        "field",
        Kind.ID_NUMBER,
        lambda doc: note(doc, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="x", V=FOREIGN_ID),
    )
    yield leak(
        "script",
        Kind.BANK_CARD,
        lambda doc: doc.Root.__setitem__(
            "/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"var a='{CARD_19}'")
        ),
    )

    def bookmark(doc: pikepdf.Pdf) -> None:
        with doc.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(f"{CHILD}的材料", 0))

    yield leak("bookmark", Kind.NAME, bookmark)
    yield leak("attachment", Kind.ID_NUMBER, lambda doc: doc.attachments.__setitem__("a.txt", makers.text(FOREIGN_ID)))
    yield leak(
        "attached list",
        Kind.PHONE,
        lambda doc: doc.attachments.__setitem__(
            "a.xlsx", makers.excel(lambda book, sheet: sheet.write(9, 9, FOREIGN_PHONE))
        ),
    )
    yield leak(
        "name of an attachment", Kind.ID_NUMBER, lambda doc: doc.attachments.__setitem__(f"{FOREIGN_ID}.txt", b"x")
    )

    def unseen(doc: pikepdf.Pdf) -> None:
        doc.pages[0].contents_add(b"BT /F9 1 Tf 3 Tr 10 10 Td (%s) Tj ET" % FOREIGN_ID.encode())
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        doc.pages[0].resources["/Font"]["/F9"] = doc.make_indirect(font)

    yield leak("text that is not drawn", Kind.ID_NUMBER, unseen)

    def stray(doc: pikepdf.Pdf) -> None:
        doc.Root["/PieceInfo"] = doc.make_indirect(pikepdf.Stream(doc, f"phone {FOREIGN_PHONE}".encode()))

    yield leak("a stream that no page asks for", Kind.PHONE, stray)

    def picture(doc: pikepdf.Pdf) -> None:
        image = pikepdf.Stream(doc, b"\x00" * 12)
        image.update(
            {
                "/Type": pikepdf.Name.XObject,
                "/Subtype": pikepdf.Name.Image,
                "/Width": 2,
                "/Height": 2,
                "/ColorSpace": pikepdf.Name.DeviceRGB,
                "/BitsPerComponent": 8,
            }
        )
        doc.pages[0].resources["/XObject"] = pikepdf.Dictionary(Im1=doc.make_indirect(image))

    yield leak("a photographed card", Kind.PICTURE, picture)
    plain = makers.pdf()
    yield Leak("behind the end", "pdf", Kind.UNREADABLE, plain + f"\n{FOREIGN_ID}\n".encode())
    yield Leak("an older version", "pdf", Kind.ID_NUMBER, _older(makers.pdf({"place": f"一楼 {FOREIGN_ID}"})))
    yield Leak("behind a password", "pdf", Kind.UNREADABLE, _locked(plain))
    yield Leak("in the file's name", "pdf", Kind.NAME, plain, f"公示_{CHILD}.pdf")


def _older(data: bytes) -> bytes:
    """A file whose page was exchanged by appending, as editors save: the first version is still in it."""
    with pikepdf.open(io.BytesIO(data)) as document:
        page, size = document.pages[0].obj.objgen[0], int(document.trailer["/Size"])
        root, pages = document.Root.objgen[0], document.pages[0].obj["/Parent"].objgen[0]
    previous = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    new = len(data) + 1
    stream = b"BT /F1 12 Tf 50 700 Td (notice) Tj ET"
    body = b"\n"
    offsets = {}
    for number, text in (
        (
            page,
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Contents %d 0 R >>"
            % (pages, size),
        ),
        (size, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)),
    ):
        offsets[number] = new + len(body) - 1
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(data) + len(body)
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, at) for number, at in sorted(offsets.items()))
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size + 1,
        root,
        previous,
        start,
    )
    return data + body + table + trailer


def _locked(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def hidden_in_pages() -> Iterator[Leak]:
    def leak(name: str, kind: Kind, body: str = "", head: str = "") -> Leak:
        return Leak(name, "page", kind, makers.page(body, head))

    import base64

    yield leak("not displayed", Kind.ID_NUMBER, f'<p style="display:none">{FOREIGN_ID}</p>')
    yield leak(
        "over inline tags", Kind.ID_NUMBER, f"<p>{FOREIGN_ID[:6]}<b>{FOREIGN_ID[6:14]}</b><i>{FOREIGN_ID[14:]}</i></p>"
    )
    yield leak(
        "as character references", Kind.ID_NUMBER, "<p>" + "".join(f"&#{ord(sign)};" for sign in FOREIGN_ID) + "</p>"
    )
    yield leak("attribute", Kind.PHONE, f'<a href="tel:{FOREIGN_PHONE}">电话</a>')
    yield leak("data attribute", Kind.ID_NUMBER, f'<tr data-id="{FOREIGN_ID}"><td>王某某</td></tr>')
    yield leak("comment", Kind.NAME, f"<!-- 子女 {CHILD} -->")
    yield leak("script", Kind.BANK_CARD, f"<script>var card = '{CARD}';</script>")
    yield leak("style", Kind.PHONE, f"<style>p::after {{ content: '{FOREIGN_PHONE}' }}</style>")
    yield leak("title", Kind.NAME, head=f"<title>{SPOUSE}</title>")
    yield leak("meta", Kind.DIAGNOSIS, head=f'<meta name="description" content="{DIAGNOSIS}">')
    yield leak("hidden field", Kind.ID_NUMBER, f'<input type="hidden" value="{FOREIGN_ID}">')
    yield leak("alternative text", Kind.NAME, f'<img alt="{CHILD}" src="x.png">')
    yield leak("address of a link", Kind.ID_NUMBER, f'<a href="/x/?id={FOREIGN_ID}">更多</a>')
    yield leak("escaped in a link", Kind.NAME, '<a href="/x/?n=%E6%9D%8E%E6%99%93%E9%9B%A8">更多</a>')
    yield leak("name of an attribute", Kind.ID_NUMBER, f"<p data-x{FOREIGN_ID}-longer-than-usual='1'>王</p>")
    yield leak(
        "embedded text",
        Kind.ID_NUMBER,
        f'<a href="data:text/plain;base64,{base64.b64encode(FOREIGN_ID.encode()).decode()}">x</a>',
    )
    yield leak(
        "embedded picture with a place",
        Kind.PLACE_DATA,
        f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(_gps()).decode()}">',
    )
    yield leak("template", Kind.PHONE, f"<template><p>{FOREIGN_PHONE}</p></template>")
    yield leak("no script", Kind.PHONE, f"<noscript>{FOREIGN_PHONE}</noscript>")
    yield leak(
        "split in cells",
        Kind.ID_NUMBER,
        f"<table><tr><td>{FOREIGN_ID[:6]}</td><td>{FOREIGN_ID[6:14]}</td><td>{FOREIGN_ID[14:]}</td></tr></table>",
    )


def hidden_in_excel() -> Iterator[Leak]:
    def leak(name: str, kind: Kind, change: Any, **more: Any) -> Leak:
        return Leak(name, "excel", kind, makers.excel(change, **more))

    def sheet_named(book: Any, state: str) -> None:
        other = book.add_worksheet("底稿")
        other.write(0, 0, FOREIGN_ID)
        other.hide() if state == "hidden" else other.very_hidden()

    yield leak("hidden sheet", Kind.ID_NUMBER, lambda book, sheet: sheet_named(book, "hidden"))
    yield leak("deeply hidden sheet", Kind.ID_NUMBER, lambda book, sheet: sheet_named(book, "very"))
    yield leak(
        "hidden column",
        Kind.PHONE,
        lambda book, sheet: (sheet.write(1, 30, FOREIGN_PHONE), sheet.set_column(30, 30, None, None, {"hidden": True})),
    )
    yield leak(
        "hidden row",
        Kind.NAME,
        lambda book, sheet: (sheet.write(50, 0, CHILD), sheet.set_row(50, None, None, {"hidden": True})),
    )
    yield leak("comment", Kind.DIAGNOSIS, lambda book, sheet: sheet.write_comment("A2", f"患{DIAGNOSIS}"))
    yield leak(
        "author of a comment", Kind.NAME, lambda book, sheet: sheet.write_comment("A2", "已核", {"author": SPOUSE})
    )
    yield leak("defined name", Kind.PHONE, lambda book, sheet: book.define_name("电话", f'="{FOREIGN_PHONE}"'))
    yield leak("name of a sheet", Kind.NAME, lambda book, sheet: book.add_worksheet(CHILD))
    for key in ("title", "subject", "author", "manager", "company", "category", "keywords", "comments"):
        yield leak(f"property {key}", Kind.ID_NUMBER, None, properties={key: f"x {FOREIGN_ID}"})
    yield leak("own property", Kind.PHONE, lambda book, sheet: book.set_custom_property("联系", FOREIGN_PHONE))
    yield leak("number as a number", Kind.ID_NUMBER, lambda book, sheet: sheet.write_number(1, 9, int(FOREIGN_ID)))
    yield leak("mobile as a number", Kind.PHONE, lambda book, sheet: sheet.write_number(1, 9, int(FOREIGN_PHONE)))
    yield leak("card as a number", Kind.BANK_CARD, lambda book, sheet: sheet.write_string(1, 9, CARD_19))
    yield leak("income as a number", Kind.MONEY, lambda book, sheet: sheet.write_number(1, 9, 2860.5))
    yield leak("whole income as a number", Kind.MONEY, lambda book, sheet: sheet.write_number(1, 9, 26580))
    yield leak(
        "formula",
        Kind.ID_NUMBER,
        lambda book, sheet: sheet.write_formula(1, 9, f'=LEFT("{FOREIGN_ID}",3)', None, "510"),
    )
    yield leak(
        "result of a formula", Kind.ID_NUMBER, lambda book, sheet: sheet.write_formula(1, 9, "=A1", None, FOREIGN_ID)
    )
    yield leak(
        "split over cells",
        Kind.ID_NUMBER,
        lambda book, sheet: sheet.write_row(5, 5, [FOREIGN_ID[:6], FOREIGN_ID[6:14], FOREIGN_ID[14:]]),
    )
    yield leak(
        "split down a column",
        Kind.ID_NUMBER,
        lambda book, sheet: sheet.write_column(5, 5, [FOREIGN_ID[:6], FOREIGN_ID[6:14], FOREIGN_ID[14:]]),
    )
    yield leak("header", Kind.PHONE, lambda book, sheet: sheet.set_header(f"&C{FOREIGN_PHONE}"))
    yield leak(
        "list of a cell",
        Kind.NAME,
        lambda book, sheet: sheet.data_validation("A9", {"validate": "list", "source": [CHILD, "其他"]}),
    )
    yield leak(
        "hint of a cell",
        Kind.PHONE,
        lambda book, sheet: sheet.data_validation(
            "A9", {"validate": "any", "input_title": "电话", "input_message": FOREIGN_PHONE}
        ),
    )
    yield leak(
        "link",
        Kind.PHONE,
        lambda book, sheet: sheet.write_url("A9", f"https://example.cn/?p={FOREIGN_PHONE}", string="查看"),
    )
    yield leak(
        "text box", Kind.ADDRESS, lambda book, sheet: sheet.insert_textbox("A9", "幸福小区 7 号楼 3 单元 402 室")
    )
    yield leak(
        "picture",
        Kind.PICTURE,
        lambda book, sheet: sheet.insert_image("A9", "x.png", {"image_data": io.BytesIO(makers.png())}),
    )
    yield leak(
        "rich text",
        Kind.ID_NUMBER,
        lambda book, sheet: sheet.write_rich_string(
            6, 6, FOREIGN_ID[:9], book.add_format({"bold": True}), FOREIGN_ID[9:]
        ),
    )
    yield Leak("macro", "excel", Kind.UNREADABLE, _with_part(makers.excel(), "xl/vbaProject.bin", b"\x00macro"))
    yield Leak(
        "own part",
        "excel",
        Kind.ID_NUMBER,
        _with_part(makers.excel(), "customXml/item1.xml", f"<a>{FOREIGN_ID}</a>".encode()),
    )
    yield Leak("old format", "excel", Kind.UNREADABLE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512)


def _with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as box:
        box.writestr(name, content)
    return out.getvalue()


def hidden_in_word() -> Iterator[Leak]:
    def leak(name: str, kind: Kind, change: Any) -> Leak:
        return Leak(name, "word", kind, makers.word(change))

    yield leak("header", Kind.PHONE, lambda doc: doc.sections[0].header.paragraphs[0].add_run(FOREIGN_PHONE))
    yield leak("footer", Kind.ADDRESS, lambda doc: doc.sections[0].footer.paragraphs[0].add_run("解放南路 256 号"))
    yield leak("author", Kind.NAME, lambda doc: setattr(doc.core_properties, "author", SPOUSE))
    yield leak("last author", Kind.NAME, lambda doc: setattr(doc.core_properties, "last_modified_by", CHILD))
    yield leak("remarks", Kind.ID_NUMBER, lambda doc: setattr(doc.core_properties, "comments", FOREIGN_ID))
    yield leak(
        "comment",
        Kind.DIAGNOSIS,
        lambda doc: doc.add_comment(doc.add_paragraph("已核").runs, text=DIAGNOSIS, author="经办"),
    )
    yield leak(
        "hidden letters",
        Kind.ID_NUMBER,
        lambda doc: setattr(doc.add_paragraph("").add_run(FOREIGN_ID).font, "hidden", True),
    )
    yield leak(
        "split into runs",
        Kind.ID_NUMBER,
        lambda doc: [doc.paragraphs[0].add_run(part) for part in (FOREIGN_ID[:5], FOREIGN_ID[5:11], FOREIGN_ID[11:])],
    )
    yield leak("cell", Kind.PHONE, lambda doc: setattr(doc.tables[0].rows[1].cells[0], "text", FOREIGN_PHONE))
    yield leak(
        "split over cells",
        Kind.ID_NUMBER,
        lambda doc: [
            setattr(cell, "text", part)
            for cell, part in zip(
                doc.tables[0].add_row().cells, (FOREIGN_ID[:6], FOREIGN_ID[6:14], FOREIGN_ID[14:]), strict=False
            )
        ],
    )

    def deleted(doc: Any) -> None:
        from docx.oxml import parse_xml

        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        doc.paragraphs[0]._p.append(
            parse_xml(f'<w:del {space} w:id="1" w:author="x"><w:r><w:delText>{FOREIGN_ID}</w:delText></w:r></w:del>')
        )

    yield leak("deleted text", Kind.ID_NUMBER, deleted)
    yield leak("picture", Kind.PICTURE, lambda doc: doc.add_picture(io.BytesIO(makers.png())))
    yield Leak(
        "own part",
        "word",
        Kind.PHONE,
        _with_part(makers.word(), "customXml/item9.xml", f"<a b='{FOREIGN_PHONE}'/>".encode()),
    )


def _gps() -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (39.0, 7.0, 12.0), 3: "E", 4: (117.0, 11.0, 50.0)}
    return makers.jpeg(exif=exif)


def in_pictures() -> Iterator[Leak]:
    def exif(tag: int, value: Any, ifd: int | None = None) -> bytes:
        made = Image.Exif()
        if ifd is None:
            made[tag] = value
        else:
            made[ifd] = {tag: value}
        return makers.jpeg(exif=made)

    yield Leak("place", "picture", Kind.PLACE_DATA, _gps())
    yield Leak("description", "picture", Kind.ID_NUMBER, exif(0x010E, f"id {FOREIGN_ID}"))
    yield Leak("artist", "picture", Kind.PHONE, exif(0x013B, f"zhang {FOREIGN_PHONE}"))
    yield Leak("title of an editor", "picture", Kind.NAME, exif(0x9C9B, CHILD.encode("utf-16-le")))
    yield Leak("remark of an editor", "picture", Kind.ID_NUMBER, exif(0x9C9C, FOREIGN_ID.encode("utf-16-le")))
    yield Leak("user comment", "picture", Kind.PHONE, exif(0x9286, b"ASCII\0\0\0" + FOREIGN_PHONE.encode(), 0x8769))
    yield Leak("comment", "picture", Kind.PHONE, makers.jpeg(comment=FOREIGN_PHONE.encode()))
    yield Leak(
        "XMP", "picture", Kind.NAME, makers.jpeg(xmp=f"<x:xmpmeta><dc:title>{CHILD}</dc:title></x:xmpmeta>".encode())
    )
    yield Leak("place in XMP", "picture", Kind.PLACE_DATA, makers.jpeg(xmp=b'<x:xmpmeta exif:GPSLatitude="39,7.2N"/>'))
    for key in ("Description", "Author", "Comment", "XML:com.adobe.xmp"):
        yield Leak(f"chunk {key}", "picture", Kind.ID_NUMBER, makers.png({key: f"号码 {FOREIGN_ID}"}))
    yield Leak("name of a chunk", "picture", Kind.ID_NUMBER, makers.png({FOREIGN_ID: "x"}))
    yield Leak("exif of a png", "picture", Kind.PLACE_DATA, makers.png(exif=_exif_of(_gps())))
    yield Leak("small picture", "picture", Kind.PREVIEW, _with_thumbnail())
    yield Leak("behind the picture", "picture", Kind.UNREADABLE, makers.jpeg() + FOREIGN_ID.encode())
    yield Leak("a picture behind the picture", "picture", Kind.UNREADABLE, makers.jpeg() + makers.jpeg())
    yield Leak("behind a png", "picture", Kind.UNREADABLE, makers.png() + makers.text(FOREIGN_ID))
    yield Leak("second frame", "picture", Kind.PREVIEW, _frames())
    yield Leak("name of the file", "picture", Kind.NAME, makers.jpeg(), f"{CHILD}.jpg")
    yield Leak("broken", "picture", Kind.UNREADABLE, b"\xff\xd8\xff\xe0broken")


def _exif_of(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.getexif().tobytes()


def _with_thumbnail() -> bytes:
    """EXIF with a second directory that holds a small JPEG, as cameras write it."""
    small = makers.jpeg()
    ifd0 = b"II*\x00\x08\x00\x00\x00" + b"\x00\x00" + (14).to_bytes(4, "little")
    entries = [(0x0103, 3, 1, 6), (0x0201, 4, 1, 14 + 2 + 3 * 12 + 4), (0x0202, 4, 1, len(small))]
    ifd1 = (3).to_bytes(2, "little") + b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + count.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, count, value in entries
    )
    return makers.jpeg(exif=b"Exif\0\0" + ifd0 + ifd1 + b"\x00" * 4 + small)


def _frames() -> bytes:
    out = io.BytesIO()
    first, second = Image.new("RGB", (20, 20), "white"), Image.new("RGB", (20, 20), "black")
    first.save(out, "GIF", save_all=True, append_images=[second])
    return out.getvalue()


def in_text() -> Iterator[Leak]:
    yield Leak("utf-16", "text", Kind.ID_NUMBER, f"公示 {FOREIGN_ID}".encode("utf-16"))
    yield Leak("gb18030", "text", Kind.NAME, f"公示 {CHILD}".encode("gb18030"))
    yield Leak("csv", "text", Kind.PHONE, f"姓名,电话\n王某某,{FOREIGN_PHONE}\n".encode(), "list.csv")
    yield Leak("unknown bytes", "text", Kind.UNREADABLE, b"\x00\x01\x02\x03" * 30)


ASIDE = {
    "text": in_text, "page": hidden_in_pages, "excel": hidden_in_excel, "word": hidden_in_word, "pdf": hidden_in_pdf, "picture": in_pictures,
}  # fmt: skip
FORMS = tuple(ASIDE)


def of(form: str) -> Iterator[Leak]:
    """All artefacts of a form: in its text, and aside from it."""
    yield from in_every_form(form)
    yield from ASIDE[form]()
