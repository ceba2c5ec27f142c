"""The union tree, one level at a time; and the search for regions that forms use."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.forms import EditUnionForm, ReasonForm, UnionForm
from bangfu.organizations.models import Post, Union
from bangfu.organizations.permissions import EVERY_ROLE, roles
from bangfu.organizations.scope import below

PAGE = 50


def _union(request: Any, pk: int) -> Union:
    return get_object_or_404(selectors.unions_visible_to(request.desk), pk=pk)


def _show(request: Any, union: Union, *, status: int = 200, **forms: Any) -> HttpResponse:
    chain = [node for node in reversed(selectors.upper_unions(union)) if node.path.startswith(request.desk.union_path)]
    children = Union.objects.filter(below(union.path, "path"), depth=union.depth + 1).order_by("path")
    context = {
        "union": union,
        "chain": chain,
        "region": selectors.region_name(union.region),
        "page": Paginator(children, PAGE).get_page(request.GET.get("page")),
        "posts": Post.objects.filter(selectors.on_day(request.desk.on), union=union)
        .select_related("user")
        .order_by("role", "pk"),
        "may_edit": request.desk.role == Role.ACCOUNT_ADMIN,
        "close_form": ReasonForm(),
        **forms,
    }
    return render(request, "organizations/union.html", context, status=status)


@roles(*EVERY_ROLE)
@require_GET
def unions(request: Any) -> HttpResponse:
    """Her own union with what lies directly below it."""
    return _show(request, _union(request, request.desk.union_id))


@roles(*EVERY_ROLE)
@require_GET
def union(request: Any, pk: int) -> HttpResponse:
    """A union below hers."""
    return _show(request, _union(request, pk))


@roles(Role.ACCOUNT_ADMIN)
@require_http_methods(["GET", "POST"])
def union_new(request: Any, pk: int) -> HttpResponse:
    """Adds a union below one."""
    parent = _union(request, pk)
    form = UnionForm(request.POST or None, initial={"region": parent.region})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.add_union(
                request.desk.actor,
                parent,
                name=given["name"],
                short_name=given["short_name"],
                level=Level(given["level"]),
                region=given["region"],
                hotline=given["hotline"],
                at=request.now,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"已在“{parent.name}”之下增设“{made.name}”")
            return redirect("organizations:union", made.pk)
    return render(
        request, "organizations/union_form.html", {"form": form, "parent": parent}, status=422 if form.errors else 200
    )


@roles(Role.ACCOUNT_ADMIN)
@require_http_methods(["GET", "POST"])
def union_edit(request: Any, pk: int) -> HttpResponse:
    """Name, short name, region, hotline."""
    row = _union(request, pk)
    initial = {"name": row.name, "short_name": row.short_name, "region": row.region, "hotline": row.hotline}
    form = EditUnionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_union(request.desk.actor, row, **form.cleaned_data, at=request.now)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, "已保存")
            return redirect("organizations:union", row.pk)
    return render(
        request, "organizations/union_form.html", {"form": form, "union": row}, status=422 if form.errors else 200
    )


@roles(Role.ACCOUNT_ADMIN)
@require_POST
def union_close(request: Any, pk: int) -> HttpResponse:
    """Takes a union out of use."""
    row = _union(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.close_union(request.desk.actor, row, reason=form.cleaned_data["reason"], at=request.now)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"“{row.name}”已停用")
            return redirect("organizations:union", row.pk)
    return _show(request, row, status=422, close_form=form, closing=True)


@roles(*EVERY_ROLE)
@require_GET
def regions(request: Any) -> HttpResponse:
    """Matches for a region field as ``<option>``s of its ``<datalist>``."""
    return render(request, "organizations/regions.html", {"regions": selectors.find_regions(request.GET.get("q", ""))})
