"""The hands of everyone at a case: who opens it, fills the panel of its open step and passes it on."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.wizard import Papers


class Case:
    """One case, seen through the windows of the people who work on it."""

    def __init__(self, visitors: Visitors, page: Page, scan: Papers, keep: Callable[..., None]) -> None:
        self.visitors, self.scan, self.keep = visitors, scan, keep
        self.path = re.sub(r"^https?://[^/]+", "", page.url)
        self.windows: dict[str, Page] = {}

    def page(self, username: str) -> Page:
        """The case in this person's window."""
        if username not in self.windows:
            self.windows[username] = self.visitors.at_desk(username)
        page = self.windows[username]
        page.goto(self.path)
        return page

    def stands_at(self, title: str, username: str = "jingban1") -> None:
        page = self.page(username)
        expect(page.locator("[aria-current=step]")).to_contain_text(title)

    def passes(self, username: str, button: str, comment: str = "", picture: str = "") -> None:
        """The main action of the open step."""
        page = self.page(username)
        if picture:
            self.keep(page, picture)
        if comment:
            page.get_by_label("意见").fill(comment)
        self._press(page, button)

    def _press(self, page: Page, button: str) -> None:
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        expect(page.locator(".alert-error")).to_have_count(0)

    # --- single steps ----------------------------------------------------------------------------------------------
    def visit(self, username: str) -> None:
        page = self.page(username)
        page.get_by_label("走访地点").fill("家庭住址")
        page.get_by_label("走访人二").fill("孙建华")
        page.get_by_label("受访人").fill("王秀兰、李国强")
        page.get_by_label("两位走访人与申请家庭没有亲属关系").check()
        page.get_by_label("走访情况").fill("住房陈旧，家中有残疾人和学生，主要靠一人工资生活。")
        for question in ("家庭生活确有困难", "困难由所列原因造成", "单位工会确认符合建档标准"):
            page.get_by_role("group", name=re.compile(question)).get_by_label("是", exact=True).check()
        page.get_by_label("判断的理由").fill("票据、残疾证与走访所见一致。")
        page.locator("input[type=file][name=photos]").set_input_files(
            [self.scan.photo("入户一"), self.scan.photo("入户二")]
        )
        self.keep(page, "clerk-visit")
        self._press(page, "保存入户调查")
        self.passes(username, "完成入户调查", "符合建档标准，同意公示。")

    def post_notice(self, username: str) -> None:
        page = self.page(username)
        page.get_by_label("具体位置").fill("一楼员工通道公告栏")
        page.locator("input[type=file][name=photo]").set_input_files(self.scan.photo("张贴"))
        self._press(page, "登记公示")
        self.keep(self.page(username), "clerk-notice")

    def move_the_clock(self, choice: str) -> None:
        """The practice clock, forward."""
        page = self.page("jingban1")
        page.goto("/practice/clock/")
        page.locator("form", has_text=choice).get_by_role("button").click()
        expect(page.get_by_text("练习日期已推进到")).to_be_visible()

    def close_notice(self, username: str) -> None:
        page = self.page(username)
        page.get_by_label("撤下前的照片").set_input_files(self.scan.photo("撤下"))
        page.get_by_role("button", name="保存照片").last.click()
        page.wait_for_load_state()
        self.passes(username, "公示期满，进入下一环节", "公示期内没有异议。")

    def sign(self, username: str, names: list[str]) -> None:
        """Every member's 授权书, one dialog each."""
        for name in names:
            page = self.page(username)
            row = page.get_by_role("table", name="查询授权书").get_by_role("row", name=re.compile(name))
            row.get_by_role("button", name="登记").click()
            dialog = page.get_by_role("dialog", name=re.compile(name))
            for question in ("没有涂改", "指模清晰"):
                dialog.get_by_role("group", name=re.compile(question)).get_by_label("是", exact=True).check()
            dialog.locator("input[type=file]").set_input_files(self.scan.photo(f"授权书{name}"))
            dialog.get_by_role("button", name="登记", exact=True).click()
            page.wait_for_load_state()
            expect(row).to_contain_text("已签")
        self.keep(self.page(username), "clerk-authorizations")

    def check(self, username: str) -> None:
        """The city union types what its inquiries found: one home, nothing else."""
        page = self.page(username)
        page.get_by_label("核对流水号").fill("HD-2020-0001")
        for state in page.locator("table.check-table select").all():
            state.select_option(label="无")
        self._found(page, "王秀兰 房产", "1", "自有住房一套")
        self.keep(page, "city-check")
        self._press(page, "保存核对结果")
        self.passes(username, "完成核对", "核对完毕，与申报一致。")

    def _found(self, page: Page, label: str, count: str, detail: str) -> None:
        page.get_by_label(label, exact=True).select_option(label="有")
        page.get_by_label(f"{label} 数量").fill(count)
        page.get_by_label(f"{label} 内容").fill(detail)

    def file(self, username: str) -> None:
        self.passes(username, "建档")

    def recheck(self, username: str) -> None:
        page = self.page(username)
        for box in page.locator(".folder-ticks input[type=checkbox]").all():
            box.check()
        self.keep(page, "reviewer-recheck")
        page.get_by_label("复核意见").fill("原始档案逐项复核，齐全。")
        self._press(page, "复核通过")

    def recheck_while_open(self, usernames: tuple[str, ...]) -> None:
        """Further rechecks by the unions above, where the way asks for them."""
        for username in usernames:
            page = self.page(username)
            now = page.locator("[aria-current=step]").inner_text()
            if "上级工会复核" not in now or not page.get_by_role("button", name="复核通过").count():
                continue
            self.recheck(username)

    def is_filed(self, word: str) -> None:
        page = self.page("jingban1")
        self.keep(page, "case-desk")
        page.get_by_role("link", name=re.compile("档案 ")).first.click()
        expect(page.locator("h1 .state")).to_have_text(word)
        self.keep(page, "case-file")

    def papers(self, username: str) -> list[tuple[str, str, bytes]]:
        """Every paper that the case page offers: title, pdf or docx, content. They are downloads, so the page itself stays."""
        page = self.page(username)
        page.get_by_text("打印与下载").click()
        self.keep(page, "case-papers")
        found = []
        for link in page.locator(".menu-panel a[href*='.pdf'], .menu-panel a[href*='.docx']").all():
            answer = page.request.get(link.get_attribute("href") or "")
            assert answer.ok, f"{answer.url}: {answer.status}"
            kind = "docx" if "wordprocessingml" in answer.headers["content-type"] else "pdf"
            found.append((link.inner_text().strip(), kind, answer.body()))
        return found
