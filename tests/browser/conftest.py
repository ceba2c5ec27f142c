"""A real site on its own database and a real Chromium in front of it.

The browser tests know nothing but the pages: no model, no settings. A missing browser fails them; nothing is skipped.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
SIZES = {"desk": DESK, "phone": PHONE}


@dataclass
class Site:
    """The running site: its address, the one password of all practice accounts, and the families that stand in it by state."""

    url: str
    password: str
    made: dict[str, dict[str, Any]]
    log: Path

    def at(self, path: str) -> str:
        return self.url + path


def _environment(var: Path) -> dict[str, str]:
    """The environment without what the test run itself sets, so that the site is the one that ``bangfu demo`` starts."""
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("BANGFU_", "DJANGO_", "COV_", "PYTEST_"))
    }
    return clean | {"BANGFU_PRACTICE": "1", "BANGFU_VAR": str(var), "DJANGO_SETTINGS_MODULE": "bangfu.config.settings"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.15)
    raise RuntimeError(f"the site did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The practice site on a free port, with its own database, one family per state and nothing shared with other runs."""
    home = tmp_path_factory.mktemp("site")
    environment, planted, log = _environment(home / "var"), home / "planted.json", home / "server.log"
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.plant", str(planted)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    made = json.loads(planted.read_text())
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "bangfu.config.wsgi:application"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/sign-in/", server, log)
        yield Site(url, made["password"], made["made"], log)
    finally:
        server.terminate()
        server.wait(timeout=15)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium from ``CHROMIUM`` or ``/usr/bin/chromium``; without one the tests fail.

    One per module: other rooms drive a browser of their own, and a thread holds only one at a time.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.fail(f"no Chromium at {path}: install it or name it in CHROMIUM", pytrace=False)
    # the browser's event loop lives in this thread; Django must not take its own synchronous calls for asynchronous ones
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What no page may do: errors on the console, breaches of the content policy, failed requests, requests to other hosts.

    A test that provokes a refusal names its status in ``expected`` beforehand.
    """

    host: str
    faults: list[str] = field(default_factory=list)
    # a notice that has ended says so with 410: other tests move the clock of the site they share
    expected: set[int] = field(default_factory=lambda: {410})

    def follow(self, page: Page) -> None:
        page.on("console", lambda message: self._said(message, page))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._left(request.url))
        page.on("requestfailed", lambda request: self._failed(request))
        page.on("response", lambda answer: self._answered(answer))

    def _said(self, message: Any, page: Page) -> None:
        # a refused request is judged by its status below; the browser's own line about it says nothing more
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{page.url}: {message.text}")

    def _left(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.faults.append(f"request left the host: {url}")

    def _failed(self, request: Any) -> None:
        # what the browser itself gives up on leaving a page, or turns into a download, has not failed
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, answer: Any) -> None:
        if answer.status >= 400 and answer.status not in self.expected:
            self.faults.append(f"{answer.request.method} {answer.url}: {answer.status}")


@dataclass
class Visitors:
    """Opens browser windows: anonymous ones and those of practice accounts, at either size."""

    site: Site
    browser: Browser
    watch: Watch
    cookies: dict[str, Any]
    open: list[BrowserContext] = field(default_factory=list)

    def window(self, size: str = "desk", **given: Any) -> Page:
        """A fresh window in which nobody is signed in."""
        context = self.browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.site.url,
            accept_downloads=True,
            has_touch=size == "phone",
            reduced_motion="reduce",
            **given,
        )
        context.set_default_timeout(10_000)
        self.open.append(context)
        context.on("page", self.watch.follow)
        return context.new_page()

    def sign_in(self, page: Page, username: str) -> None:
        """Through the form, as a person does."""
        page.goto("/sign-in/")
        page.get_by_label("登录名").fill(username)
        page.get_by_label("密码").fill(self.site.password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def at_desk(self, username: str, size: str = "desk") -> Page:
        """A window in which this person is signed in; the sign-in form is walked once per person."""
        if username not in self.cookies:
            page = self.window()
            self.sign_in(page, username)
            self.cookies[username] = page.context.storage_state()
            page.context.close()
        return self.window(size, storage_state=self.cookies[username])


@pytest.fixture(scope="session")
def _cookies() -> dict[str, Any]:
    return {}


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    guard = Watch(urlsplit(site.url).netloc)
    yield guard
    said = "\n".join(guard.faults)
    if re.search(r": 5\d\d$", said, re.MULTILINE):
        said += "\n" + site.log.read_text()[-4000:]
    assert not guard.faults, said


@pytest.fixture
def visitors(site: Site, chromium: Browser, watch: Watch, _cookies: dict[str, Any]) -> Iterator[Visitors]:
    people = Visitors(site, chromium, watch, _cookies)
    yield people
    for context in people.open:
        context.close()


@pytest.fixture
def picture_of() -> Callable[[Page, str], None]:
    """Keeps a screenshot for the manual when ``BANGFU_SCREENSHOTS`` is set; else only makes sure that one can be taken."""
    from tests.browser.pictures import keep

    return keep
