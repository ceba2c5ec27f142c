"""Every page at both sizes: no serious fault for axe-core, nothing to scroll sideways, and the whole desk by keyboard."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.battery import addresses
from tests.browser.addresses import NO_PAGE, ONLY_IN_PRODUCTION, pages
from tests.browser.conftest import Site, Visitors
from tests.browser.pictures import keep_every

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}


def test_every_address_is_looked_at_or_shows_no_page() -> None:
    looked_at = set(pages(_any_ids()))
    assert {name for name, _ in addresses()} == looked_at | NO_PAGE | ONLY_IN_PRODUCTION


class _Anything(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        return self if key not in {"household", "application"} else 1


def _any_ids() -> dict[str, Any]:
    return _Anything()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_no_page_has_a_grave_fault_or_scrolls_sideways(visitors: Visitors, site: Site, size: str) -> None:
    axe = Axe()
    windows: dict[str, Page] = {}
    faults: list[str] = []
    for name, looks in pages(site.made).items():
        for username, path in looks:
            if username not in windows:
                windows[username] = visitors.at_desk(username, size) if username else visitors.window(size)
            page = windows[username]
            page.goto(path)
            page.wait_for_load_state()
            keep_every(page, f"{name.replace(':', '-')}-{username or 'anonymous'}-{size}")
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                faults.append(f"{username} {path}: {wide} px wider than the window")
            for found in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                if found["impact"] in GRAVE:
                    where = "; ".join(str(node["target"][0]) for node in found["nodes"][:3])
                    faults.append(f"{username} {path}: {found['id']} ({found['impact']}) at {where}")
    assert not faults, "\n".join(faults)


def test_a_case_is_found_and_passed_on_without_a_mouse(visitors: Visitors, site: Site) -> None:
    page = visitors.window()
    page.goto("/sign-in/")
    keys = page.keyboard
    keys.type("shangwu1")
    keys.press("Tab")
    keys.type(site.password)
    keys.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    _tab_to(page, "办理")
    keys.press("Enter")
    page.wait_for_url("**/cases/")
    first = page.locator("table[data-rows] tbody tr a").first
    page.locator("main").focus()
    keys.press("ArrowDown")
    expect(first).to_be_focused()
    keys.press("/")
    expect(page.locator("[data-search-key]")).to_be_focused()
    page.goto(f"/cases/{site.made['for_the_keyboard']['application']}/")
    _tab_to(page, "意见", limit=60)
    keys.type("键盘办理，同意。")
    _tab_to(page, "审核通过")
    keys.press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("市总工会核对")


def _tab_to(page: Page, name: str, limit: int = 40) -> None:
    """Presses Tab until the element of this name has the focus, and sees that the focus can be seen."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const now = document.activeElement;
                const label = now.labels && now.labels.length ? now.labels[0].textContent : now.textContent;
                const style = getComputedStyle(now);
                return [label.trim(), style.outlineStyle !== 'none' || style.boxShadow !== 'none']; }"""
        )
        if here[0].startswith(name):
            assert here[1], f"{name}: the focus cannot be seen"
            return
    raise AssertionError(f"{name} is not reached by {limit} presses of Tab")
