"""What the frame of every page needs: who is at the desk and where she may go (``kit/desk.html`` reads ``frame``)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from bangfu.organizations.models import Post
from bangfu.organizations.scope import Desk

RailEntry = tuple[str, str, str, bool]


def rail(desk: Desk, path: str) -> list[RailEntry]:
    """``(label, address, icon, active)`` of the rooms that the post may enter; the list itself is ``settings.BANGFU_RAIL``."""
    items = [item for item in settings.BANGFU_RAIL if not item["roles"] or desk.role in item["roles"]]
    items = [item for item in items if _address(item["to"])]
    addresses = [_address(item["to"]) for item in items]
    # she is in the room whose address is the longest beginning of where she is; the first page is only itself
    here = max((a for a in addresses if path == a or (a != "/" and path.startswith(a))), key=len, default="")
    return [
        (item["label"], address, item["icon"], address == here) for item, address in zip(items, addresses, strict=True)
    ]


def post_label(post: Post) -> str:
    return f"{post.union.name} · {post.get_role_display()}"


def _address(name: str) -> str:
    """The address of an optional page, empty where the installation does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """``desk`` and ``frame``; without a desk only what the plain pages need."""
    desk: Desk | None = getattr(request, "desk", None)
    given: dict[str, Any] = {
        "sign_out_url": reverse("organizations:sign_out"),
        "idle_seconds": settings.BANGFU_IDLE_SECONDS,
    }
    if desk is None:
        return {"desk": None, "frame": given}
    given |= {
        "rail": rail(desk, request.path),
        "union_name": desk.union_name,
        "user_name": desk.user_name,
        "role_name": desk.role.label,
        "posts": [(post.pk, post_label(post), post.pk == desk.post_id) for post in getattr(request, "posts", [])],
        "switch_url": reverse("organizations:choose_post"),
        "account_url": reverse("organizations:change_password"),
        "open_clocks": import_string(settings.BANGFU_OPEN_CLOCKS)(desk)
        if settings.BANGFU_OPEN_CLOCKS and desk.sees_families
        else None,
        "clocks_url": reverse("home"),
        "search_url": _address(settings.BANGFU_SEARCH) if desk.sees_families else "",
        "practice_date": desk.on if settings.BANGFU_PRACTICE else None,
        "practice_url": _address("demo:clock"),
    }
    return {"desk": desk, "frame": given}
