"""All addresses of the site."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [path("", include("bangfu.organizations.urls"))]
if find_spec("bangfu.casework.views"):
    from bangfu.casework.views import home

    urlpatterns.append(path("", home, name="home"))
for address, room in (("policy/", "library"), ("families/", "families"), ("cases/", "casework"), ("practice/", "demo")):
    if find_spec(f"bangfu.{room}.urls"):
        urlpatterns.append(path(address, include(f"bangfu.{room}.urls")))

handler403 = "bangfu.organizations.views.forbidden"
handler404 = "bangfu.organizations.views.not_found"
handler500 = "bangfu.organizations.views.server_error"
