"""Security settings, keys, lock-outs, second factors: the security administrator's room. No family is seen here."""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from bangfu.common.errors import Refused
from bangfu.common.services import count_keys, encrypted_fields
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import SECOND_FACTOR_ROLES, Role
from bangfu.organizations.permissions import roles


def rules() -> list[tuple[str, str]]:
    """The security settings in force, in words. They are set outside, by the environment (docs)."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    factor = "、".join(role.label for role in Role if role in SECOND_FACTOR_ROLES)
    return [
        ("密码", "至少 10 位，不能全为数字或常见密码；首次登录须修改；Argon2 存储"),
        ("登录失败", f"连续 {settings.AXES_FAILURE_LIMIT} 次不符暂停登录 {minutes} 分钟"),
        ("无操作退出", f"{settings.BANGFU_IDLE_SECONDS // 60} 分钟"),
        ("动态口令", f"启用：{factor}" if settings.BANGFU_SECOND_FACTOR else "未启用（练习系统或由环境关闭）"),
        ("仅限 HTTPS", "是" if getattr(settings, "SECURE_SSL_REDIRECT", False) else "否（练习系统或由环境关闭）"),
    ]


@roles(Role.SECURITY_ADMIN)
@require_GET
def security(request: Any) -> HttpResponse:
    """Settings, keys, lock-outs of her subtree; ``?count=1`` counts the values each key holds (reads every encrypted row)."""
    visible = selectors.accounts_visible_to(request.desk)
    locked = AccessAttempt.objects.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT).values_list(
        "username", flat=True
    )
    query = request.GET.get("q", "").strip()[:40]
    found = (
        visible.filter(Q(name__contains=query) | Q(username__startswith=query.lower())).order_by("username")[:30]
        if query
        else []
    )
    counts = None
    if "count" in request.GET:
        counts = [
            (f"{model._meta.verbose_name}·{field.verbose_name}", count_keys(model, field))
            for model, field in encrypted_fields()
        ]
    context = {
        "rules": rules(),
        "active_key": settings.BANGFU_ACTIVE_KEY,
        "other_keys": sorted(set(settings.BANGFU_KEYS) - {settings.BANGFU_ACTIVE_KEY}),
        "counts": counts,
        "lockouts": visible.filter(username__in=list(locked)).order_by("username"),
        "q": query,
        "found": found,
        "enrolled": set(TOTPDevice.objects.filter(confirmed=True, user__in=found).values_list("user_id", flat=True))
        if query
        else set(),
    }
    return render(request, "organizations/security.html", context)


@roles(Role.SECURITY_ADMIN)
@require_POST
def lockout_lift(request: Any, pk: int) -> HttpResponse:
    """Lets a locked-out person try again at once."""
    user = get_object_or_404(selectors.accounts_visible_to(request.desk), pk=pk)
    services.lift_lockout(request.desk.actor, user, at=request.now)
    messages.success(request, f"{user.name}现在可以重新登录")
    return redirect("organizations:security")


@roles(Role.SECURITY_ADMIN)
@require_POST
def second_factor_forget(request: Any, pk: int) -> HttpResponse:
    """Resets the second factor of a person who lost her device."""
    user = get_object_or_404(selectors.accounts_visible_to(request.desk), pk=pk)
    try:
        services.forget_second_factor(request.desk.actor, user, reason=request.POST.get("reason", ""), at=request.now)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已重置{user.name}的动态口令，下次登录时重新绑定")
    return redirect("organizations:security")
