"""Screenshots for the manual, written only when ``BANGFU_SCREENSHOTS=1`` so that a test run leaves the tree as it is."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "manual" / "images"
COLOURS = 128


def keep(page: Page, name: str, *, full: bool = False) -> None:
    """The page as it stands, as ``docs/manual/images/NAME.png`` with a small palette."""
    if os.environ.get("BANGFU_SCREENSHOTS") != "1":
        return
    page.evaluate("window.scrollTo(0, 0)")
    shot = page.screenshot(full_page=full, caret="initial")
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    IMAGES.mkdir(parents=True, exist_ok=True)
    image.save(IMAGES / f"{name}.png", optimize=True)


def keep_every(page: Page, name: str) -> None:
    """The whole page into the folder ``BANGFU_EVERY_PAGE``, to be looked at by a person; nothing without it."""
    folder = os.environ.get("BANGFU_EVERY_PAGE")
    if not folder:
        return
    path = Path(folder) / f"{name}.png"
    number = 1
    while path.exists():
        number += 1
        path = Path(folder) / f"{name}-{number}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, caret="initial")
