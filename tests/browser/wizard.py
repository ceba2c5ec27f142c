"""The clerk's hands: what a person does in the wizard, by label and by button."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.family import Expense, Income, Person

DETAILS = {
    "number": "津0102-2019-0077", "issuer": "和平区民政局", "valid_to": "2030-12-31", "hospital": "天津市第一中心医院", "patient": "王秀兰",
    "diagnosis": "慢性肾病", "kind": "limb", "grade": "2", "description": "与原件一致", "date": "2020-09-01", "school": "和平区第二十中学",
}  # fmt: skip
"""What is written on the papers, by the name of the field in which the clerk registers it."""


class Wizard:
    """One family's wizard in one window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # --- the frame -------------------------------------------------------------------------------------------------
    def open_family(self, person: Person) -> None:
        self.page.goto("/families/")
        self.page.get_by_role("link", name="新建家庭").first.click()
        self.main.get_by_label("职工姓名").fill(person.name)
        self.main.get_by_label("证件号码").fill(person.number)
        self.page.get_by_role("button", name="开始录入").click()
        self.page.wait_for_url(re.compile(r"/families/\d+/edit/basic/"))

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def pk(self) -> int:
        found = re.search(r"/families/(\d+)/", self.page.url)
        assert found, self.page.url
        return int(found.group(1))

    @property
    def form(self) -> Locator:
        return self.page.locator("#step-form")

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    def go(self, step: str) -> None:
        self.page.goto(f"/families/{self.pk}/edit/{step}/")

    def onward(self, step: str) -> None:
        """Saves and goes to the next step."""
        self.page.get_by_role("button", name="保存，下一步").click()
        self.page.wait_for_url(re.compile(rf"/{step}/"))

    def saved(self) -> None:
        """Waits until the draft says that it is saved."""
        expect(self.page.locator("[data-save-state=step-form]")).to_contain_text("已保存", timeout=15_000)

    def answer(self, within: Locator, question: str, word: str) -> None:
        """A question with 是, 否 and 未知."""
        within.get_by_role("group", name=question, exact=True).get_by_label(word, exact=True).check(force=True)

    # --- members ---------------------------------------------------------------------------------------------------
    def card(self, person: Person) -> Locator:
        return self.page.get_by_role("region", name=re.compile(person.relation))

    def add_member(self, person: Person) -> None:
        self.page.get_by_label("添加成员").select_option(label=person.relation)
        self.page.get_by_role("button", name="添加", exact=True).click()
        expect(self.card(person)).to_be_visible()

    def fill_member(self, person: Person) -> None:
        card = self.card(person)
        for folded in card.locator("details:not([open]) > summary").all():
            folded.click()
        card.get_by_label("姓名", exact=True).fill(person.name)
        number = card.get_by_label("证件号码", exact=True)
        number.fill(person.number)
        number.blur()
        expect(card.get_by_label("出生日期", exact=True)).to_have_value(
            f"{person.number[6:10]}-{person.number[10:12]}-{person.number[12:14]}"
        )
        for label, word in person.chosen.items():
            card.get_by_label(label, exact=True).select_option(label=word)
        for label, text in person.texts.items():
            card.get_by_label(label, exact=True).fill(text)
        for question in person.yes:
            self.answer(card, question, "是")
        for question in {"有赡养、抚养、扶养或收养关系", "户主"} - set(person.yes):
            self.answer(card, question, "否")
        kind, grade = person.disability
        illness = card.get_by_role("group", name="残疾", exact=True)
        illness.get_by_label("有" if kind else "没有", exact=True).check(force=True)
        if kind:
            illness.get_by_label("残疾类别").first.select_option(label=kind)
            illness.get_by_label("残疾等级").first.select_option(label=grade)
        for button in card.get_by_role("button", name="以上均否").all():
            button.click()

    # --- incomes ---------------------------------------------------------------------------------------------------
    def add_income(self, income: Income) -> None:
        """An empty row of the month grid."""
        before = self.rows.count()
        self.page.locator("select[name=new-member]").select_option(label=income.who)
        self.page.locator("select[name=new-kind]").select_option(label=income.kind)
        self.page.locator("select[name=new-basis]").select_option(label=income.basis)
        self.page.get_by_role("button", name="添加一行").click()
        expect(self.rows).to_have_count(before + 1)

    @property
    def rows(self) -> Locator:
        return self.page.locator("table[data-grid] tbody tr[id^=row-]")

    def cell(self, row: int, month: str) -> Locator:
        return self.rows.nth(row).locator(f"input[data-col='{month}']")

    def same_each_month(self, row: int, income: Income) -> None:
        """The quick way: the first month, then 每月相同."""
        self.cell(row, income.months[0]).fill(income.amount)
        self.rows.nth(row).get_by_title("每月相同").click()

    def paste(self, row: int, month: str, block: str) -> None:
        """A block copied out of a spreadsheet, put in with the keyboard."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.evaluate("text => navigator.clipboard.writeText(text)", block)
        self.cell(row, month).click()
        self.page.keyboard.press("Control+V")

    def known(self) -> None:
        self.page.get_by_label(re.compile("已录全")).check()

    # --- expenses --------------------------------------------------------------------------------------------------
    def add_expense(self, expense: Expense) -> None:
        cards = self.page.locator("section.expense")
        before = cards.count()
        self.page.locator("select[name=new-member]").select_option(label=expense.who)
        self.page.locator("select[name=new-kind]").select_option(label=expense.kind)
        self.page.get_by_role("button", name="添加", exact=True).click()
        expect(cards).to_have_count(before + 1)
        card = cards.nth(before)
        for label, text in expense.values.items():
            card.get_by_label(label, exact=True).fill(text)
        if expense.kind == "因病费用":
            card.get_by_label("就诊类别").select_option(label="住院")
        self.saved()
        rest = card.get_by_role("button", name="其余报销填 0")
        if rest.count() and "基本医保" not in expense.values:
            rest.click()
            expect(card.get_by_label("基本医保", exact=True)).to_have_value(re.compile(r"^0(\.00)?$"))

    # --- papers ----------------------------------------------------------------------------------------------------
    def bring_papers(self, scan: "Papers") -> int:
        """Uploads one paper for each open place of the checklist and registers what is written on it; how many there were."""
        brought = 0
        open_places = self.page.locator("section.paper:not(.is-done)")
        while open_places.count():
            place = open_places.first
            key = place.get_attribute("id") or ""
            place = self.page.locator(f"section.paper[id='{key}']")
            if not place.locator(".file").count():
                place.locator("input[type=file][name=file]").set_input_files(
                    scan.next(place.locator("strong").first.inner_text())
                )
                expect(place.locator(".file").first).to_be_visible(timeout=20_000)
                brought += 1
            if "is-done" not in (place.get_attribute("class") or ""):
                self._register(place)
                expect(place).to_have_class(re.compile("is-done"))
            assert brought < 60, "the checklist does not end"
        return brought

    def _register(self, place: Locator) -> None:
        """Writes down number, issuer and what else the place asks for."""
        form = place.locator("form.file-form").first
        if not form.is_visible():
            place.get_by_text("登记内容").first.click()
        for box in form.locator("input.form-control").all():
            name = box.get_attribute("name") or ""
            if name in DETAILS and not box.input_value():
                box.fill(DETAILS[name])
        if form.locator("input[name=issuer_region]").count():
            asked = re.search(r"须由 (\d{6})", place.inner_text())
            form.locator("input[name=issuer_region]").fill(asked.group(1) if asked else "120101")
        form.get_by_role("button", name="保存").click()


class Papers:
    """Small photos and scans, no two alike, made in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0

    def next(self, title: str) -> Path:
        """The next one: every third a PDF, the others photos."""
        self.made += 1
        return self.scan(title) if self.made % 3 == 0 else self.photo(title)

    def photo(self, title: str) -> Path:
        from PIL import Image, ImageDraw

        self.made += 1
        image = Image.new("RGB", (420, 560), (246, 243, 235))
        draw = ImageDraw.Draw(image)
        draw.rectangle((18, 18, 402, 542), outline=(120, 110, 95), width=3)
        for line in range(4 + self.made % 7):
            draw.line((48, 90 + line * 40, 360 - (line * self.made) % 90, 90 + line * 40), fill=(90, 84, 70), width=3)
        path = self.folder / f"{self._name(title)}.jpg"
        image.save(path, "JPEG", quality=80)
        return path

    def scan(self, title: str) -> Path:
        import io

        from pypdf import PdfWriter

        writer = PdfWriter()
        writer.add_blank_page(width=595, height=842)
        writer.add_metadata({"/Title": f"{title} {self.made}"})
        out = io.BytesIO()
        writer.write(out)
        path = self.folder / f"{self._name(title)}.pdf"
        path.write_bytes(out.getvalue())
        return path

    def _name(self, title: str) -> str:
        return f"{re.sub(r'[^0-9A-Za-z一-龥]', '', title)[:20]}{self.made:02d}"
