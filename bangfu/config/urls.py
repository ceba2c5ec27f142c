"""All addresses of the site."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path

from bangfu.organizations.views import first_room

_home = getattr(import_module("bangfu.casework.views"), "home", None) if find_spec("bangfu.casework.views") else None
urlpatterns = [
    path("", _home or first_room, name="home"),
    path("", include("bangfu.organizations.urls")),
]
for address, room in (("policy/", "library"), ("families/", "families"), ("cases/", "casework"), ("practice/", "demo")):
    if find_spec(f"bangfu.{room}.urls"):
        urlpatterns.append(path(address, include(f"bangfu.{room}.urls")))

handler403 = "bangfu.organizations.views.forbidden"
handler404 = "bangfu.organizations.views.not_found"
handler500 = "bangfu.organizations.views.server_error"
