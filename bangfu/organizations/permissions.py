"""Who may enter a view. Every view carries exactly one of these marks; ``ClosedByDefaultMiddleware`` refuses a view without one.

``@public``       anybody, signed in or not (the public addresses are listed by a test)
``@signed_in``    any signed-in person, even one who must still change her password or give her second factor
``@roles(...)``   a person who is through with all that, whose present post has one of the roles
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from bangfu.organizations.choices import Role

View = Callable[..., HttpResponseBase]

PUBLIC, SIGNED_IN, ROLES = "public", "signed_in", "roles"

ADMIN_ROLES = (Role.ACCOUNT_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN)
EVERY_ROLE = tuple(Role)


def public(view: View) -> View:
    """Lets everybody in."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Lets every signed-in person in, in whatever state her account is. For the sign-in path itself and for signing out."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def roles(*allowed: Role) -> Callable[[View], View]:
    """Lets people in whose present post (``request.desk``) has one of the roles; others get 403 with the reason."""
    if not allowed:
        raise TypeError("name the roles")

    def mark(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            desk = getattr(request, "desk", None)
            if desk is None or desk.role not in allowed:
                names = "、".join(role.label for role in allowed)
                raise PermissionDenied(f"本页供{names}使用。如您另有岗位，可在页面左上角切换。")
            return view(request, *args, **kwargs)

        entered.access = ROLES  # type: ignore[attr-defined]
        entered.roles = frozenset(allowed)  # type: ignore[attr-defined]
        return entered

    return mark
