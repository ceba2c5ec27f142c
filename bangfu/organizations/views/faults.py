"""Pages for what went wrong: say what happened and what helps, blame nobody."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.urls import reverse


def _page(request: Any, status: int, code: str | int, reason: str = "", *, back: str = "/") -> HttpResponse:
    if getattr(request, "htmx", False) or request.headers.get("X-Requested-With"):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    return render(request, "kit/error.html", {"code": code, "reason": reason, "back_url": back}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: right union, wrong role; the reason comes with the exception."""
    return _page(request, 403, 403, str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it is not there, or not hers to see; both look alike."""
    return _page(request, 404, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says that nothing changed; in plain text where the page itself cannot be made."""
    try:
        return _page(request, 500, 500)
    except Exception:
        text = "系统出了点问题，刚才的操作没有完成，已保存的内容不受影响。请稍后再试一次。"
        return HttpResponseServerError(text, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or did not come from this site."""
    return _page(request, 403, "csrf")


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """After five wrong passwords."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    reason = f"密码连续 {settings.AXES_FAILURE_LIMIT} 次不符，为保护账号已暂停登录 {minutes} 分钟。请到时再试，或请本会安全管理员解除。"
    return _page(request, 429, "locked", reason, back=reverse("organizations:sign_in"))
