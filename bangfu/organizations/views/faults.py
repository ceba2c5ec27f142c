"""Pages for what went wrong: say what happened and what helps, blame nobody."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import TemplateDoesNotExist


def _page(request: Any, status: int, heading: str, text: str) -> HttpResponse:
    if getattr(request, "htmx", False) or request.headers.get("X-Requested-With"):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return render(
        request, "organizations/fault.html", {"heading": heading, "text": text, "status": status}, status=status
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: right union, wrong role; the reason comes with the exception."""
    return _page(request, 403, "此页面不在您的岗位范围内", str(exception or "") or "如需办理，请联系本会账号管理员。")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it is not there, or not hers to see; both look alike."""
    return _page(request, 404, "没有找到", "地址可能有误，或该记录不在本会及下级工会范围内。")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither database nor template tags."""
    try:
        return _page(
            request,
            500,
            "系统出了点问题",
            "您的操作没有完成，已有数据没有改变。请返回上一页重试；仍不行请联系系统管理员。",
        )
    except (TemplateDoesNotExist, Exception):  # whatever broke the page may break this one too
        return HttpResponseServerError(
            "系统出了点问题，您的操作没有完成，请返回上一页重试。", content_type="text/plain; charset=utf-8"
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or did not come from this site."""
    return _page(request, 403, "页面已过期", "请返回上一页，刷新后再提交；浏览器一般会保留您填写的内容。")


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """After five wrong passwords."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return _page(
        request,
        429,
        "暂停登录",
        f"密码连续 5 次不对，为保护您的账号已暂停登录 {minutes} 分钟。请稍后再试；忘记密码请联系本会账号管理员。",
    )
