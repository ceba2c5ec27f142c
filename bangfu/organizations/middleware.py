"""Closed by default: decides for every request who is at the desk, and lets nobody through who may not pass."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from bangfu.common import clock
from bangfu.organizations.choices import SECOND_FACTOR_ROLES, Role
from bangfu.organizations.models import Post
from bangfu.organizations.permissions import PUBLIC, ROLES, SIGNED_IN
from bangfu.organizations.selectors import current_posts, desk_of

LAST_SEEN = "last_seen"
POST = "post"
SIGNED_OUT_TRIGGER = "signed-out"
_STEP = 15  # the session is written at most this often (seconds) for being seen


def origin_of(request: HttpRequest) -> str:
    """The address a request came from; behind a trusted proxy the last address that the proxy noted."""
    if settings.BANGFU_TRUSTED_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if forwarded:
            return forwarded[:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def chosen_post(request: HttpRequest, posts: list[Post]) -> Post | None:
    """The post she works in: the one chosen in this session as long as it holds, otherwise her first."""
    wanted = request.session.get(POST)
    return next((post for post in posts if post.pk == wanted), posts[0] if posts else None)


def needs_second_factor(posts: list[Post]) -> bool:
    """Whether any of her present posts asks for a second factor in this installation."""
    return bool(settings.BANGFU_SECOND_FACTOR) and any(Role(post.role) in SECOND_FACTOR_ROLES for post in posts)


class ClosedByDefaultMiddleware:
    """Sets ``request.desk`` and ``request.posts`` and refuses what the view's mark (``permissions``) does not allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.desk, request.posts = None, []
        answer = self.get_response(request)
        if not answer.has_header("Cache-Control"):
            # after signing out, the back button of a shared computer shows nothing
            answer["Cache-Control"] = "no-store, private"
        return answer

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        access = getattr(view, "access", None)
        if access not in {PUBLIC, SIGNED_IN, ROLES}:
            raise PermissionDenied("此页面没有登记访问范围，暂不开放。")
        self._let_go_when_idle(request)
        if not request.user.is_authenticated:
            return None if access == PUBLIC else self._ask_to_sign_in(request)
        request.posts = current_posts(request.user, clock.day(request.now))
        ready, detour = self._ready(request)
        if ready:
            post = chosen_post(request, request.posts)
            if post is not None:
                post.user = request.user
                request.desk = desk_of(post, clock.day(request.now), origin_of(request))
            elif access == ROLES:
                raise PermissionDenied("您目前没有岗位，请联系本会账号管理员。")
        elif access == ROLES:
            return self._again() if self._by_script(request) else redirect(detour)
        return None

    def _let_go_when_idle(self, request: Any) -> None:
        if not request.user.is_authenticated:
            return
        # the machine's clock, not the practice clock: moving the practice day must not sign everybody out
        now = int(time.time())
        seen = request.session.get(LAST_SEEN)
        if seen is None or now - seen > settings.BANGFU_IDLE_SECONDS:
            logout(request)
            request.went_idle = True
        elif now - seen >= _STEP and not request.headers.get("X-Background"):
            request.session[LAST_SEEN] = now

    def _ready(self, request: Any) -> tuple[bool, str]:
        """Whether nothing stands between this person and her work, and otherwise where she must go first."""
        if request.user.must_change_password:
            return False, "organizations:change_password"
        if needs_second_factor(request.posts) and not request.user.is_verified():
            return False, "organizations:second_factor"
        return True, ""

    @staticmethod
    def _by_script(request: Any) -> bool:
        return bool(request.htmx or request.headers.get("X-Requested-With"))

    @staticmethod
    def _again() -> HttpResponseBase:
        return HttpResponse(status=401, headers={"HX-Trigger": SIGNED_OUT_TRIGGER, "HX-Reswap": "none"})

    def _ask_to_sign_in(self, request: Any) -> HttpResponseBase:
        """A page asked for leads to the sign-in page and back. What a script sends gets 401 and an event, so that the page shows the
        sign-in dialog in place and keeps what was typed; a form sent as a whole is kept in the answer."""
        if self._by_script(request):
            return self._again()
        if request.method == "POST":
            from bangfu.organizations.views import sign_in_and_go_on

            return sign_in_and_go_on(request)
        query = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
        if getattr(request, "went_idle", False):
            query["idle"] = "1"
        address = reverse("organizations:sign_in")
        return redirect(f"{address}?{urlencode(query)}" if query else address)
