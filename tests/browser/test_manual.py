"""The manual shows the site as it is: its pictures are taken here, and none is missing, unused or heavy."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitors
from tests.browser.pictures import IMAGES, keep

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEAVIEST = 200 * 1024

pytestmark = pytest.mark.browser


def shown_by_the_manual() -> set[str]:
    """File names of all pictures in the manual and in the README."""
    texts = [*(DOCS / "manual").glob("*.md"), DOCS.parent / "README.md"]
    return {name for text in texts for name in re.findall(r"images/([a-z-]+\.png)", text.read_text())}


def test_every_picture_of_the_manual_is_there_light_and_shown() -> None:
    there = {path.name: path.stat().st_size for path in IMAGES.glob("*.png")}
    assert set(there) == shown_by_the_manual()
    assert {name: size for name, size in there.items() if size > HEAVIEST} == {}


def test_every_link_of_the_manual_leads_somewhere() -> None:
    for text in (DOCS / "manual").glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text.read_text()):
            if not target.startswith("http"):
                assert (text.parent / target).exists(), f"{text.name}: {target}"


def test_the_first_screens_of_every_post_are_as_the_manual_shows_them(visitors: Visitors, site: Site) -> None:
    made = site.made
    looks = [
        ("", "/sign-in/", "登录", "sign-in"),
        ("jingban1", "/", "今天要办", "clerk-home"),
        ("jingban1", f"/cases/{made['returned']['application']}/", "退回", "clerk-returned"),
        ("shenhe1", "/", "今天要办", "reviewer-home"),
        ("shangwu1", f"/cases/{made['industry_review']['application']}/return/", "退回补充", "reviewer-return"),
        ("lingdao", "/", "商务工会", "leader-home"),
        ("lingdao", "/standards/", "地方标准", "standards"),
        ("lingdao", "/policy/tianjin-commerce-2020/", "", "policy"),
        ("caiwu", "/", "财务", "finance-home"),
        ("jingshen", "/", "经审", "audit-home"),
        ("jingshen", f"/cases/verify/?code={made['one']['code']}", "核验测算书", "verify"),
        ("rizhi", "/log/", "操作记录", "log"),
        ("zhanghao", "/accounts/", "账号", "accounts"),
        ("anquan", "/security/", "安全", "security"),
    ]
    for username, path, heading, name in looks:
        page = visitors.at_desk(username) if username else visitors.window()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        keep(page, name)
