"""What the frame of every page needs: who is at the desk and where she may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """The rooms of the left rail that the present post may enter. The list itself is ``settings.BANGFU_RAIL``."""
    desk = getattr(request, "desk", None)
    if desk is None:
        return []
    match = getattr(request, "resolver_match", None)
    here = match.namespace if match else ""
    shown = []
    for item in settings.BANGFU_RAIL:
        if item["roles"] and desk.role not in item["roles"]:
            continue
        try:
            url = reverse(item["to"])
        except NoReverseMatch:
            continue
        current = (
            request.path == url
            or (item.get("room", "") != "" and here == item["room"])
            or (url != "/" and request.path.startswith(url))
        )
        shown.append({"label": item["label"], "icon": item["icon"], "url": url, "current": current, "name": item["to"]})
    # the longest matching address is where she is
    best = max((entry for entry in shown if entry["current"]), key=lambda entry: len(entry["url"]), default=None)
    for entry in shown:
        entry["current"] = entry is best
    return shown


def frame(request: HttpRequest) -> dict[str, Any]:
    """``desk``, ``desk_posts`` (for the switcher), ``rail`` and the idle time-out in seconds for the page's script."""
    return {
        "desk": getattr(request, "desk", None),
        "desk_posts": getattr(request, "posts", []),
        "rail": rail(request),
        "idle_seconds": settings.BANGFU_IDLE_SECONDS,
        "practice": settings.BANGFU_PRACTICE,
        "now": getattr(request, "now", None),
    }
