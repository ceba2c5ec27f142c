"""Accounts and posts: the account administrator's rooms, over her union and those below it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Role
from bangfu.organizations.forms import AccountForm, EndPostForm, PostForm, ReasonForm
from bangfu.organizations.models import Post, User
from bangfu.organizations.permissions import roles
from bangfu.organizations.services.accounts import first_password

PAGE = 30


@roles(Role.ACCOUNT_ADMIN)
@require_GET
def accounts(request: Any) -> HttpResponse:
    """The accounts of her subtree, by name or login name, with the posts they hold today."""
    query, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "active")
    visible = selectors.accounts_visible_to(request.desk)
    rows = visible.filter(is_active=state != "locked")
    if query:
        rows = rows.filter(Q(name__contains=query) | Q(username__startswith=query.lower()))
    now = Post.objects.filter(selectors.on_day(request.desk.on)).select_related("union").order_by("union__path", "role")
    rows = rows.order_by("union__path", "username").prefetch_related(Prefetch("posts", queryset=now, to_attr="held"))
    tabs = [
        ("在用", "?state=active", visible.filter(is_active=True).count(), state != "locked"),
        ("停用", "?state=locked", visible.filter(is_active=False).count(), state == "locked"),
    ]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "organizations/accounts.html", {"page": page, "q": query, "tabs": tabs, "state": state})


@roles(Role.ACCOUNT_ADMIN)
@never_cache
@require_http_methods(["GET", "POST"])
def account_new(request: Any) -> HttpResponse:
    """Opens an account; the first password is shown once, on the page that follows."""
    form = AccountForm(request.POST or None, unions=selectors.unions_visible_to(request.desk))
    if request.method == "POST" and form.is_valid():
        given, password = form.cleaned_data, first_password()
        try:
            user = services.open_account(
                request.desk.actor,
                given["union"],
                username=given["username"],
                name=given["name"],
                password=password,
                at=request.now,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            return render(
                request, "organizations/account_password.html", {"account": user, "password": password, "new": True}
            )
    return render(request, "organizations/account_new.html", {"form": form}, status=422 if form.errors else 200)


def _account(request: Any, pk: int) -> User:
    return get_object_or_404(selectors.accounts_visible_to(request.desk), pk=pk)


def _show(request: Any, user: User, *, status: int = 200, **forms: Any) -> HttpResponse:
    unions = selectors.unions_visible_to(request.desk)
    context = {
        "account": user,
        "posts": Post.objects.filter(user=user).select_related("union").order_by("-starts_on", "-pk"),
        "mine": request.desk.union_path,
        "post_form": PostForm(unions=unions, initial={"starts_on": request.desk.on}),
        "end_form": EndPostForm(initial={"ends_on": request.desk.on}),
        "lock_form": ReasonForm(),
        "today": request.desk.on,
        **forms,
    }
    return render(request, "organizations/account.html", context, status=status)


@roles(Role.ACCOUNT_ADMIN)
@require_GET
def account(request: Any, pk: int) -> HttpResponse:
    """One account with its posts."""
    return _show(request, _account(request, pk))


@roles(Role.ACCOUNT_ADMIN)
@require_POST
def account_appoint(request: Any, pk: int) -> HttpResponse:
    """Gives the person a post."""
    user = _account(request, pk)
    form = PostForm(request.POST, unions=selectors.unions_visible_to(request.desk))
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.appoint(
                request.desk.actor,
                user,
                given["union"],
                Role(given["role"]),
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                at=request.now,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"已安排{user.name}任{given['union'].name}{Role(given['role']).label}")
            return redirect("organizations:account", user.pk)
    return _show(request, user, status=422, post_form=form)


@roles(Role.ACCOUNT_ADMIN)
@require_POST
def post_end(request: Any, pk: int) -> HttpResponse:
    """Ends a post."""
    post = get_object_or_404(selectors.posts_visible_to(request.desk), pk=pk)
    form = EndPostForm(request.POST)
    if form.is_valid():
        try:
            services.end_post(
                request.desk.actor,
                post,
                ends_on=form.cleaned_data["ends_on"],
                reason=form.cleaned_data["reason"],
                at=request.now,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(
                request,
                f"{post.user.name}的{post.get_role_display()}岗位将于 {form.cleaned_data['ends_on']:%Y-%m-%d} 结束",
            )
            return redirect("organizations:account", post.user_id)
    return _show(request, post.user, status=422, end_form=form, ending=post)


@roles(Role.ACCOUNT_ADMIN)
@never_cache
@require_POST
def account_reset(request: Any, pk: int) -> HttpResponse:
    """A new first password, shown once."""
    user = _account(request, pk)
    try:
        password = services.reset_password(request.desk.actor, user, at=request.now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("organizations:account", user.pk)
    return render(request, "organizations/account_password.html", {"account": user, "password": password, "new": False})


@roles(Role.ACCOUNT_ADMIN)
@require_POST
def account_lock(request: Any, pk: int) -> HttpResponse:
    """Suspends an account, or lets it in again."""
    user = _account(request, pk)
    form = ReasonForm(request.POST)
    verb = services.lock_account if user.is_active else services.unlock_account
    if form.is_valid():
        try:
            verb(request.desk.actor, user, reason=form.cleaned_data["reason"], at=request.now)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, f"已{'停用' if user.is_active else '恢复'}{user.name}的账号")
            return redirect("organizations:account", user.pk)
    return _show(request, user, status=422, lock_form=form, locking=True)
