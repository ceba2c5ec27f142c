"""Sign-in, second factor, first password, choice of post, sign-out."""

import json
from typing import Any

import segno
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bangfu.common import clock
from bangfu.organizations import selectors, services
from bangfu.organizations.errors import BadAccount, SignInRefused
from bangfu.organizations.middleware import needs_second_factor
from bangfu.organizations.models import Post
from bangfu.organizations.permissions import public, signed_in
from bangfu.organizations.services import entrance

KEPT, TARGET = "kept", "target"


def _own(address: str, request: HttpRequest) -> str:
    """The address if it is one of this site, otherwise the first page."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours and address.startswith("/") else reverse("home")


def _asks_token(request: Any) -> bool:
    return (
        needs_second_factor(selectors.current_posts(request.user, clock.day(request.now)))
        and not request.user.is_verified()
    )


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """Name and password. The dialog of a page whose session ended (``js/session.js``) posts here too."""
    going = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET":
        if request.desk is not None:
            return redirect(_own(going, request))
        return render(request, "organizations/sign_in.html", {"next": going, "idle": "idle" in request.GET})
    try:
        entrance.sign_in(
            request,
            username=request.POST.get("username", ""),
            password=request.POST.get("password", ""),
            at=request.now,
        )
    except SignInRefused as fault:
        given = {"next": going, "fault": fault, "username": request.POST.get("username", "")}
        return render(request, "organizations/sign_in.html", given, status=422)
    return _in_dialog(request) if request.htmx else HttpResponseRedirect(_own(going, request))


def _in_dialog(request: Any) -> HttpResponse:
    """What ``js/session.js`` waits for: 204 with who is in (and where she must go first), 200 while the second factor is open."""
    if _asks_token(request):
        return HttpResponse("second factor", content_type="text/plain")
    answer = HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"signed-in": {"user": request.user.pk}})})
    if request.user.must_change_password:
        answer["HX-Redirect"] = reverse("organizations:change_password")
    return answer


@signed_in
@require_POST
def sign_out(request: Any) -> HttpResponse:
    """Ends the session and shows the sign-in page."""
    entrance.sign_out(request, at=request.now)
    return redirect("organizations:sign_in")


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: Any) -> HttpResponse:
    """Asks for the six digits; for a person without a device first shows the code to scan."""
    going = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_verified():
        return redirect(_own(going, request))
    fault = None
    if request.method == "POST":
        try:
            entrance.give_second_factor(request, token=request.POST.get("token", ""), at=request.now)
        except SignInRefused as refused:
            fault = refused
        else:
            return _in_dialog(request) if request.htmx else HttpResponseRedirect(_own(going, request))
    context: dict[str, Any] = {"next": going, "fault": fault}
    if entrance.confirmed_device(request.user) is None:
        device = entrance.begin_second_factor(request, at=request.now)
        context["qr"] = segno.make(device.config_url).svg_data_uri(scale=5, border=2)
        context["secret"] = _secret(device)
    return render(request, "organizations/second_factor.html", context, status=422 if fault else 200)


def _secret(device: Any) -> str:
    """The secret in groups, for those who cannot scan."""
    from base64 import b32encode

    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: Any) -> HttpResponse:
    """A person's own password; the first one must be changed before anything else."""
    if _asks_token(request) and entrance.confirmed_device(request.user) is not None:
        # a stolen password alone must not be enough to shut its owner out
        return redirect(f"{reverse('organizations:second_factor')}?{urlencode({'next': request.path})}")
    faults: dict[str, str] = {}
    if request.method == "POST":
        new = request.POST.get("password", "")
        if new != request.POST.get("again", ""):
            faults["again"] = "两次输入的新密码不一致"
        else:
            try:
                actor = entrance.person(request, request.user)
                user = services.change_password(
                    actor, request.user, old=request.POST.get("old", ""), new=new, at=request.now
                )
            except BadAccount as fault:
                faults[fault.field] = fault.message
            else:
                update_session_auth_hash(request, user)
                return redirect("home")
    return render(
        request,
        "organizations/change_password.html",
        {"faults": faults, "forced": request.user.must_change_password},
        status=422 if faults else 200,
    )


@signed_in
@require_POST
def choose_post(request: Any, pk: int) -> HttpResponse:
    """Switches to another of her posts, and on to the place she was sent to (``next``, an address of this site)."""
    posts = selectors.current_posts(request.user, clock.day(request.now))
    post = get_object_or_404(Post.objects.select_related("union").filter(pk__in=[one.pk for one in posts]), pk=pk)
    entrance.choose_post(request, post, at=request.now)
    return redirect(_own(request.POST.get("next", ""), request))


def _kept(request: Any) -> list[list[str]]:
    return [[key, value] for key, values in request.POST.lists() if key != "csrfmiddlewaretoken" for value in values]


def sign_in_and_go_on(request: Any) -> HttpResponse:
    """The answer to a form that arrives after the session ended: sign-in fields, with everything that was typed kept in the page.

    Only reached once the CSRF check has passed, so nobody else can have put the kept fields there.
    """
    context = {
        "kept": json.dumps(_kept(request), ensure_ascii=False),
        "target": request.get_full_path(),
        "files": bool(request.FILES),
    }
    return render(request, "organizations/go_on.html", context, status=401)


@public
@never_cache
@sensitive_post_parameters("password", "token")
@require_POST
def go_on(request: Any) -> HttpResponse:
    """Signs in and hands back the kept form, ready to be sent once more with one press."""
    target, kept_text = request.POST.get(TARGET, ""), request.POST.get(KEPT, "[]")
    try:
        kept = [(str(key), str(value)) for key, value in json.loads(kept_text)]
        resolve(target.partition("?")[0])
    except (ValueError, TypeError, Resolver404):
        return redirect("home")
    context: dict[str, Any] = {"kept": kept_text, "target": _own(target, request), "fields": kept}
    try:
        if not request.user.is_authenticated:
            request.user = entrance.sign_in(
                request,
                username=request.POST.get("username", ""),
                password=request.POST.get("password", ""),
                at=request.now,
            )
        elif request.POST.get("token"):
            entrance.give_second_factor(request, token=request.POST["token"], at=request.now)
    except SignInRefused as fault:
        context |= {"fault": fault, "username": request.POST.get("username", "")}
        context["asks_token"] = request.user.is_authenticated
        return render(request, "organizations/go_on.html", context, status=422)
    if request.user.must_change_password:
        return redirect("organizations:change_password")
    if _asks_token(request):
        return render(request, "organizations/go_on.html", context | {"asks_token": True}, status=401)
    return render(request, "organizations/go_on_ready.html", context)
