"""Local figures: read by everyone, entered by one person, confirmed by another."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.organizations import services
from bangfu.organizations.choices import Role, StandardName
from bangfu.organizations.forms import StandardForm
from bangfu.organizations.models import LocalStandard, Region
from bangfu.organizations.permissions import EVERY_ROLE, roles

PAGE = 50


@roles(*EVERY_ROLE)
@require_GET
def standards(request: Any) -> HttpResponse:
    """All figures with source and state; one kind with ``?name=``."""
    name = request.GET.get("name", "")
    rows = LocalStandard.objects.select_related("entered_by", "confirmed_by").order_by("name", "region", "-from_date")
    if name in StandardName.values:
        rows = rows.filter(name=name)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = dict(Region.objects.filter(pk__in={row.region for row in page}).values_list("pk", "full_name"))
    listed = [{"row": row, "kind": StandardName(row.name), "region": names.get(row.region, row.region)} for row in page]
    keeper = request.desk.role in {Role.AID_CENTER, Role.LEADER}
    waiting = LocalStandard.objects.filter(confirmed_by__isnull=True).count()
    context = {"page": page, "rows": listed, "kinds": StandardName, "name": name, "keeper": keeper, "waiting": waiting}
    return render(request, "organizations/standards.html", context)


@roles(Role.AID_CENTER, Role.LEADER)
@require_http_methods(["GET", "POST"])
def standard_new(request: Any) -> HttpResponse:
    """Enters a figure; it counts once a second person confirmed it."""
    form = StandardForm(request.POST or None, initial={"region": request.desk.region})
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_standard(request.desk.actor, **form.cleaned_data, at=request.now)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, "已录入，请另一人核对文件后确认")
            return redirect("organizations:standards")
    return render(request, "organizations/standard_form.html", {"form": form}, status=422 if form.errors else 200)


def _verb(request: Any, pk: int, verb: Callable[[LocalStandard], Any], said: str) -> HttpResponse:
    row = get_object_or_404(LocalStandard, pk=pk)
    try:
        verb(row)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect("organizations:standards")


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def standard_confirm(request: Any, pk: int) -> HttpResponse:
    return _verb(
        request,
        pk,
        lambda row: services.confirm_standard(request.desk.actor, row, at=request.now),
        "已确认，测算从执行日期起采用",
    )


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def standard_withdraw(request: Any, pk: int) -> HttpResponse:
    return _verb(request, pk, lambda row: services.withdraw_standard(request.desk.actor, row, at=request.now), "已撤回")


@roles(Role.AID_CENTER, Role.LEADER)
@require_POST
def standard_revoke(request: Any, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _verb(
        request,
        pk,
        lambda row: services.revoke_standard(request.desk.actor, row, reason=reason, at=request.now),
        "已取消确认，不再采用",
    )
