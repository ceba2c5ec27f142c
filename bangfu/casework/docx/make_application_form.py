"""Writes ``application_form.docx``, the Word template of 困难职工申请表: ``python -m bangfu.casework.docx.make_application_form``.

The template holds names in double braces that ``common.typesetting.docx`` fills from the same data as the PDF. 仿宋 is named as the face
of the text and 黑体 as that of the heads; both stand on every office machine and are not shipped.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TEMPLATE = Path(__file__).with_name("application_form.docx")
TEXT, HEAD = "仿宋", "黑体"
WIDTH = 170
"""Width between the margins in millimetres."""


def face(run: Any, name: str, size: float, *, bold: bool = False) -> None:
    """Sets the face for Latin and for East Asian text: Word takes Chinese from ``w:eastAsia`` only."""
    run.font.name = name
    run.font.size = Pt(size)
    run.font.bold = bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def write(paragraph: Any, text: str, name: str = TEXT, size: float = 10.5, **more: Any) -> Any:
    face(paragraph.add_run(text), name, size, **more)
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def heading(document: Any, text: str) -> None:
    paragraph = write(document.add_paragraph(), text, HEAD, 12)
    paragraph.paragraph_format.space_before = Pt(9)
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.paragraph_format.keep_with_next = True


def table(document: Any, widths: list[float]) -> Any:
    made = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    return made


def row(
    made: Any,
    widths: list[float],
    texts: list[str],
    *,
    heads: tuple[int, ...] = (),
    size: float = 10.5,
    first: bool = False,
) -> Any:
    """A row; ``heads`` are the cells that name what stands beside them. A ``first`` row is repeated on every page."""
    added = made.add_row()
    for place, (cell, text, width) in enumerate(zip(added.cells, texts, widths, strict=True)):
        cell.width = Mm(width)
        write(cell.paragraphs[0], text, HEAD if place in heads else TEXT, size)
        if place in heads:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    properties = added._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if first:
        properties.append(OxmlElement("w:tblHeader"))
    return added


def looped(
    document: Any,
    widths: list[float],
    heads: list[str],
    each: str,
    texts: list[str],
    last: list[str] | None = None,
    height: float = 0,
) -> None:
    """A list with a head on every page and one row for each item, at least ``height`` mm high."""
    made = table(document, widths)
    every = tuple(range(len(heads)))
    row(made, widths, heads, heads=every, size=9.5, first=True)
    blanks = [""] * (len(widths) - 1)
    row(made, widths, [f"{{%tr for row in {each} %}}", *blanks])
    added = row(made, widths, texts, size=9.5)
    if height:
        added.height = Mm(height)
    row(made, widths, ["{%tr endfor %}", *blanks])
    if last:
        row(made, widths, last, heads=(0,), size=9.5)


def facts(document: Any, rows: list[list[str]], widths: list[float]) -> None:
    """Pairs of name and value, two or three to a row; a lone pair takes the whole row."""
    made = table(document, widths)
    heads = tuple(range(0, len(widths), 2))
    for texts in rows:
        filled = texts + [""] * (len(widths) - len(texts))
        added = row(made, widths, filled, heads=heads)
        if len(texts) < len(widths):
            merged = added.cells[len(texts) - 1].merge(added.cells[-1])
            for spare in merged.paragraphs[1:]:
                spare._element.getparent().remove(spare._element)


def field(run: Any, code: str) -> None:
    """A Word field such as PAGE."""
    for kind, text in (("begin", None), (None, code), ("end", None)):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = str(text)
        run._element.append(part)


def footer(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    write(paragraph, "编号：{{ number }}　验证码：{{ code or '（提交后生成）' }}　第 ", TEXT, 9)
    for code, after in (("PAGE", " 页，共 "), ("NUMPAGES", " 页")):
        run = paragraph.add_run()
        face(run, TEXT, 9)
        field(run, code)
        write(paragraph, after, TEXT, 9)


def build() -> Any:
    """The template as a document."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = TEXT, Pt(10.5)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), TEXT)

    title = write(document.add_paragraph(), "{{ title }}", HEAD, 18)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line = write(document.add_paragraph(), "填报单位：{{ union }}　　申请日期：{{ applied_on }}")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER

    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.title = "困难职工申请表"

    heading(document, "一、职工基本情况")
    facts(
        document,
        [
            ["姓名", "{{ worker.name }}", "性别", "{{ worker.sex }}", "出生日期", "{{ worker.birth }}"],
            [
                "工会会员",
                "{{ worker.union_member }}",
                "农民工",
                "{{ worker.migrant_worker }}",
                "劳动合同",
                "{{ worker.labor_contract }}",
            ],
            ["证件号码", "{{ worker.id_number }}"],
            ["联系电话", "{{ worker.phone }}"],
            ["工作单位", "{{ worker.employer }}"],
            ["家庭住址", "{{ worker.address }}"],
            ["工作地", "{{ worker.work_region }}"],
            ["户籍地", "{{ worker.huji_region }}"],
            ["家庭身份", "{{ statuses }}"],
            ["政府救助", "{{ government_cover }}"],
        ],
        [22, 38, 20, 30, 24, 36],
    )
    heading(document, "二、家庭成员")
    looped(
        document,
        [9, 17, 14, 10, 21, 36, 19, 22, 22],
        ["序号", "姓名", "关系", "性别", "出生日期", "证件号码", "就业就学", "健康状况", "单位或学校"],
        "members",
        [
            f"{{{{ row.{name} }}}}"
            for name in ("no", "name", "relation", "sex", "birth", "id_number", "work", "health", "place")
        ],
    )
    heading(document, "三、致困原因和帮扶需求")
    looped(
        document,
        [30, 40, 100],
        ["致困原因", "涉及成员", "情况说明"],
        "causes",
        ["{{ row.cause }}", "{{ row.who }}", "{{ row.note }}"],
    )
    write(
        document.add_paragraph(),
        "帮扶需求：{% for need in needs %}{{ '☑' if need.ticked else '□' }}{{ need.title }}　{% endfor %}",
    )

    heading(document, "四、{{ window }} 家庭收入（申报数，元）")
    looped(
        document,
        [80, 45, 45],
        ["收入项目", "成员", "{{ months }}个月合计"],
        "incomes.rows",
        ["{{ row.title }}", "{{ row.who }}", "{{ row.amount }}"],
        ["合计（支出项目已减去）", "", "{{ incomes.total }}"],
    )
    heading(document, "五、{{ window }} 家庭支出（申报数，元）")
    looped(
        document,
        [50, 30, 30, 30, 30],
        ["支出项目", "成员", "总额", "报销、补偿和资助", "自行负担"],
        "expenses.rows",
        ["{{ row.title }}", "{{ row.who }}", "{{ row.amount }}", "{{ row.covered }}", "{{ row.own }}"],
        ["合计", "", "{{ expenses.total }}", "{{ expenses.covered }}", "{{ expenses.own }}"],
    )
    heading(document, "六、住房、车辆和财产")
    looped(document, [50, 120], ["项目", "情况"], "property", ["{{ row[0] }}", "{{ row[1] }}"])

    heading(document, "七、本人声明")
    for text in (
        "　　我已逐项看过本表，所填家庭成员、收入、支出、财产和困难情况都与实际相符，没有遗漏。情况有变化时，我会及时告知所在单位工会。",
        "　　我知道工会将核对上述情况，并将姓名、单位和主要致困原因在单位公示；如填报不实，由此产生的后果由我承担。",
        "",
        "申请人（签名）：＿＿＿＿＿＿＿＿　　　　　　　　　　年　　月　　日",
    ):
        write(document.add_paragraph(), text)

    heading(document, "八、工会意见")
    looped(
        document,
        [45, 75, 25, 25],
        ["工会", "意见（盖章）", "审核人", "日期"],
        "opinions",
        ["{{ row.title }}：{{ row.union }}", "{{ row.text }}", "{{ row.name }}", "{{ row.day }}"],
        height=22,
    )
    footer(section)
    return document


if __name__ == "__main__":
    build().save(str(TEMPLATE))
