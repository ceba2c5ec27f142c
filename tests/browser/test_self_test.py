"""The self-test on a phone: by thumb from the place to the answer, back and again, with nothing in the address."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.pictures import keep_every

pytestmark = pytest.mark.browser

TYPED = {"people": "3", "income": "2500", "expense": "3000"}


def asked(page: Page) -> str:
    """The question on the page."""
    page.wait_for_selector("main:not([aria-busy])")
    return (
        page.input_value("form.ask-ways input[name=now]")
        if page.locator("form.ask-ways input[name=now]").count()
        else ""
    )


def answer(page: Page) -> None:
    """Gives the kindest answer there is to the question on the page, and waits for the next one."""
    before, now = page.locator("h1").inner_text(), asked(page)
    if now in TYPED:
        page.fill("#low", TYPED[now])
        page.get_by_role("button", name="下一步").click()
    elif now == "causes":
        page.get_by_label("因病").check()
        page.get_by_role("button", name="下一步").click()
    elif page.locator("button.ask-option[value=no]").count():
        page.locator("button.ask-option[value=no]").click()
    elif page.locator("button.ask-go[value=none]").count():
        page.locator("button.ask-go[value=none]").click()
    else:
        page.locator("button.ask-option").first.click()
    expect(page.locator("h1")).not_to_have_text(before)


def test_a_worker_finds_out_on_a_phone_and_the_address_tells_nothing(visitors: Visitors) -> None:
    page = visitors.window("phone")
    axe = Axe()
    page.goto("/sign-in/")
    page.get_by_role("link", name="职工自测").click()
    page.fill("#q", "和平区")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="天津市和平区").click()
    expect(page.locator("h1")).to_have_text("家里一共几口人？")
    faults = []
    for number in range(11):
        if page.locator(".ask-verdict").count():
            break
        keep_every(page, f"portal-ask-{number}-phone")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        small = page.evaluate("[...document.querySelectorAll('main button, main input:not([type=hidden]):not([type=checkbox])')].filter(one => one.offsetHeight < 44).length")  # fmt: skip
        grave = [one["id"] for one in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"] if one["impact"] in {"serious", "critical"}]  # fmt: skip
        if wide > 0 or small or grave:
            faults.append((page.locator("h1").inner_text(), wide, small, grave))
        answer(page)
    assert not faults
    expect(page.locator("h1")).to_contain_text("您家可能符合")
    keep_every(page, "portal-ask-answer-phone")
    assert page.url.endswith("/ask/")
    assert {one["name"] for one in page.context.cookies()} <= {"csrftoken"}

    result = page.locator("h1").inner_text()
    page.go_back()
    expect(page.locator("h1")).not_to_have_text(result)
    question = page.locator("h1").inner_text()
    page.reload()
    expect(page.locator("h1")).to_have_text(question)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(result)
    assert page.url.endswith("/ask/")
    page.get_by_role("button", name="清空，重新来").click()
    expect(page.locator("h1")).to_have_text("您在哪里工作？")


def test_the_self_test_works_without_scripts(visitors: Visitors) -> None:
    page = visitors.window("phone", java_script_enabled=False)
    page.goto("/ask/")
    page.fill("#q", "和平区")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="天津市和平区").click()
    page.fill("#low", "3")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("h1")).not_to_have_text("家里一共几口人？")
    assert page.url.endswith("/ask/")
