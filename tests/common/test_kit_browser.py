"""The kit's scripts in a real Chromium: nothing typed is lost, blocks are pasted, lists go by keyboard, axe is content."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser]
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = f"from tests.common.kit_site import serve; serve({port})"
    server = subprocess.Popen([sys.executable, "-c", serve], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(address + "/last", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    urllib.request.urlopen(f"{site}/next/200", timeout=5)
    context = browser.new_context(viewport=DESK)
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    made.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield made
    context.close()
    assert faults == []


def last(site: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{site}/last", timeout=5) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def prepare(site: str, status: int) -> None:
    urllib.request.urlopen(f"{site}/next/{status}", timeout=5)


def state(page: Page) -> Any:
    return expect(page.locator("[data-save-state]"))


class TestDrafts:
    def test_a_change_is_saved_by_itself_and_the_panel_follows(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.fill("#id_name", "李雷")
        state(page).to_contain_text("已保存")
        assert last(site)["name"] == "李雷"
        assert last(site)["autosave"] == "1"
        expect(page.locator("#panel")).to_have_text("已算")
        assert page.input_value("[name=version]") == str(last(site)["version_now"])

    def test_an_ended_session_asks_to_sign_in_in_place_and_loses_nothing(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 401)
        page.fill("#id_name", "韩梅梅")
        expect(page.locator("#sign-in-again")).to_be_visible()
        page.fill("#again-username", "zhang")
        page.fill("#again-password", "wrong")
        page.click("#sign-in-again button[type=submit]")
        expect(page.locator("#sign-in-again [data-fault]")).to_have_text("密码不符")
        page.fill("#again-password", "ok")
        page.click("#sign-in-again button[type=submit]")
        expect(page.locator("#sign-in-again")).to_be_hidden()
        state(page).to_contain_text("已保存")
        assert last(site)["name"] == "韩梅梅"

    def test_another_person_cannot_go_on_in_the_same_page(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 401)
        page.fill("#id_name", "甲")
        page.fill("#again-username", "other")
        page.fill("#again-password", "ok")
        page.click("#sign-in-again button[type=submit]")
        expect(page.locator("#sign-in-again [data-fault]")).to_contain_text("另一个账号")
        expect(page.locator("#sign-in-again")).to_be_visible()

    def test_the_dialog_asks_for_the_second_factor_where_one_is_needed(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 401)
        page.fill("#id_name", "乙")
        page.fill("#again-username", "two")
        page.fill("#again-password", "ok")
        page.click("#sign-in-again button[type=submit]")
        page.fill("#again-token", "123456")
        page.click("#sign-in-again button[type=submit]")
        state(page).to_contain_text("已保存")
        assert last(site)["name"] == "乙"

    def test_two_people_at_one_page_see_both_versions_and_choose(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 409)
        page.fill("#id_name", "张三丰")
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("对方保存：3,000.00")
        dialog.get_by_role("button", name="保留我填写的").click()
        state(page).to_contain_text("已保存")
        assert last(site)["name"] == "张三丰"

    def test_a_lost_line_is_told_and_made_up_for(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.context.set_offline(True)
        page.fill("#id_name", "断网")
        state(page).to_contain_text("未保存—网络中断")
        page.context.set_offline(False)
        state(page).to_contain_text("已保存", timeout=10000)
        assert last(site)["name"] == "断网"

    def test_a_reload_brings_back_what_the_server_never_got(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 503)
        page.check("#id_marital_1")
        page.fill("#id_name", "还在")
        state(page).to_contain_text("系统繁忙")
        assert last(site).get("name") != "还在"
        page.once("dialog", lambda question: question.accept())
        page.reload()
        expect(page.locator("#id_name")).to_have_value("还在")
        state(page).to_contain_text("已保存")
        assert last(site)["marital"] == "b"

    def test_a_server_that_fails_is_asked_again(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        prepare(site, 503)
        page.fill("#id_name", "忙")
        state(page).to_contain_text("系统繁忙")
        state(page).to_contain_text("已保存", timeout=10000)

    def test_sending_the_form_first_saves_what_is_new(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.fill("#id_wage", "100")
        page.fill("#id_name", "提交")
        before = last(site)["saves"]
        page.get_by_role("button", name="下一步").click()
        page.wait_for_url("**/save/")
        assert last(site)["saves"] == before + 2
        assert last(site)["name"] == "提交"
        assert last(site)["autosave"] == ""


class TestGrid:
    PASTE = """text => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }"""

    def test_a_block_from_a_spreadsheet_fills_the_cells_from_the_focus_on(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.focus("[name='工资-2020-02']")
        page.evaluate(self.PASTE, "１００\t200.50\r\n300\t1,400\r\n5\t6\r\n")
        values = [page.input_value(f"[name='{row}-2020-0{month}']") for row in ("工资", "经营") for month in (2, 3)]
        assert values == ["100", "200.50", "300", "1,400"]
        expect(page.locator("[data-row-total=工资]")).to_have_text("300.50")
        expect(page.locator("[data-row-total=经营]")).to_have_text("1,700.00")
        expect(page.locator("#notices")).to_contain_text("另有 2 格超出表格")
        state(page).to_contain_text("已保存")
        assert last(site)["经营-2020-03"] == "1,400"

    def test_the_same_each_month_fills_the_row(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.fill("[name='工资-2020-01']", "88.5")
        page.locator("tr", has=page.locator("[data-row-total=工资]")).get_by_role("button").click()
        expect(page.locator("[data-row-total=工资]")).to_have_text("531.00")

    def test_arrows_and_enter_move_and_send_nothing(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.focus("[name='工资-2020-01']")
        for key, name in (
            ("ArrowDown", "经营-2020-01"),
            ("ArrowRight", "经营-2020-02"),
            ("ArrowUp", "工资-2020-02"),
            ("Enter", "经营-2020-02"),
        ):
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.name") == name
        assert page.url.endswith("/form/")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("1,234.5", "壹仟贰佰叁拾肆元伍角整"),
            ("１００５", "壹仟零伍元整"),
            ("100000.01", "壹拾万元零壹分"),
            ("12,3", "还不是金额"),
        ],
    )
    def test_capitals_on_demand(self, page: Page, site: str, typed: str, said: str) -> None:
        page.goto(site + "/form/")
        page.fill("#id_wage", typed)
        page.click("[data-capital]")
        expect(page.locator("[data-capital-out]")).to_contain_text(said)


class TestPages:
    def test_a_list_goes_by_keyboard_alone(self, page: Page, site: str) -> None:
        page.goto(site + "/")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == "李*"
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "top-search"
        page.locator("tbody tr a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/form/")

    def test_a_dialog_opens_says_what_happens_and_gives_the_focus_back(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        page.get_by_role("button", name="退回").click()
        expect(page.get_by_role("dialog", name="退回 张三 的申请")).to_be_visible()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.textContent") == "退回"

    def test_uploads_are_checked_before_they_go_and_answers_are_shown(self, page: Page, site: str) -> None:
        page.goto(site + "/form/")
        files = [("大.jpg", 2000), ("a.exe", 10), ("好.jpg", 900), ("空.jpg", 0)]
        page.set_input_files(
            "[data-upload] input[type=file]",
            [{"name": name, "mimeType": "image/jpeg", "buffer": b"x" * size} for name, size in files],
        )
        shown = page.locator(".upload-list")
        expect(shown).to_contain_text("文件是空的")
        expect(shown).to_contain_text("上限")
        expect(shown).to_contain_text("这不是图片或 PDF")
        expect(page.locator("#papers")).to_have_text("收到 好.jpg")

    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    @pytest.mark.parametrize("path", ["/", "/form/", "/form/?wrong=1"])
    def test_axe_is_content_and_nothing_scrolls_sideways(
        self, browser: Browser, site: str, path: str, size: Any
    ) -> None:
        context = browser.new_context(viewport=size)
        page = context.new_page()
        page.goto(site + path)
        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        context.close()
