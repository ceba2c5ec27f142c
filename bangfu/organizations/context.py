"""What the frame of every page needs: who is at the desk and where she may go (``kit/desk.html``)."""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from bangfu.organizations.scope import Desk


def rail(desk: Desk, path: str) -> list[dict[str, Any]]:
    """``label``, ``url``, ``icon``, ``current`` of the rooms that the post may enter; the list itself is ``settings.BANGFU_RAIL``."""
    items: list[dict[str, Any]] = [
        item for item in settings.BANGFU_RAIL if not item["roles"] or desk.role in item["roles"]
    ]
    shown = [(item, reverse(item["to"])) for item in items]
    # she is in the room whose address is the longest beginning of where she is; the first page is only itself
    here = max((url for _, url in shown if path == url or (url != "/" and path.startswith(url))), key=len, default="")
    return [{"label": item["label"], "url": url, "icon": item["icon"], "current": url == here} for item, url in shown]


def frame(request: HttpRequest) -> dict[str, Any]:
    """``rail``, ``desk``, ``desk_posts`` (for the switcher), ``open_clocks``, ``practice``, ``now``, ``idle_seconds`` for every page."""
    desk: Desk | None = getattr(request, "desk", None)
    counted = desk is not None and desk.sees_families and settings.BANGFU_OPEN_CLOCKS
    return {
        "desk": desk,
        "desk_posts": getattr(request, "posts", []),
        "rail": rail(desk, request.path) if desk else [],
        # asked only by pages that show the frame, and once
        "open_clocks": cache(partial(import_string(settings.BANGFU_OPEN_CLOCKS), desk)) if counted else None,
        "practice": settings.BANGFU_PRACTICE,
        "now": getattr(request, "now", None),
        "idle_seconds": settings.BANGFU_IDLE_SECONDS,
    }
