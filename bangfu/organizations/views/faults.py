"""Pages for what went wrong: say what happened and what helps, blame nobody."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.urls import reverse


def _page(request: Any, status: int, heading: str, text: str, *, back: str = "", back_label: str = "") -> HttpResponse:
    if getattr(request, "htmx", False) or request.headers.get("X-Requested-With"):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    context = {"heading": heading, "text": text, "status": status, "back_url": back, "back_label": back_label}
    return render(request, "kit/error.html", context, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: right union, wrong role; the reason comes with the exception."""
    text = str(exception or "") or "如果您还有别的岗位，可以换一个岗位再来；需要办理权限时，请联系本会账号管理员。"
    return _page(request, 403, "您当前的岗位不办理这一项", text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it is not there, or not hers to see; both look alike."""
    return _page(request, 404, "没有找到这一页", "地址可能不完整，或者这份材料不在您所在工会的范围内。")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says that nothing changed; in plain text where the page itself cannot be made."""
    heading, text = (
        "系统出了点问题",
        "刚才的操作没有完成，已保存的内容不受影响。请稍后再试一次；还是这样时，请告诉系统管理员。",
    )
    try:
        return _page(request, 500, heading, text)
    except Exception:
        return HttpResponseServerError(f"{heading}。{text}", content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or did not come from this site."""
    return _page(
        request,
        403,
        "页面放得太久了",
        "为了安全，这次提交没有执行。请返回上一页，刷新后再提交一次；自动保存的内容不会丢失。",
    )


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """After five wrong passwords."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    text = f"密码连续 {settings.AXES_FAILURE_LIMIT} 次不符，为保护账号已暂停登录 {minutes} 分钟。请到时再试，或请本会安全管理员解除。"
    return _page(request, 429, "账号暂停登录", text, back=reverse("organizations:sign_in"), back_label="返回登录")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request is none that a page of this site makes."""
    return _page(request, 400, "这次提交没有看懂", "页面可能已经过时。请返回上一页刷新后再试；已保存的内容没有改动。")
