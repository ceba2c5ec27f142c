"""All addresses of the site."""

from django.urls import include, path

from bangfu.casework.views import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("bangfu.organizations.urls")),
    path("policy/", include("bangfu.library.urls")),
    path("families/", include("bangfu.families.urls")),
    path("cases/", include("bangfu.casework.urls")),
    path("notice/", include("bangfu.casework.public_urls")),
    path("sandbox/", include("bangfu.sandbox.urls")),
    path("rechecks/", include("bangfu.rechecks.urls")),
    path("ask/", include("bangfu.portal.urls")),
    path("practice/", include("bangfu.demo.urls")),
]

handler403 = "bangfu.organizations.views.forbidden"
handler400 = "bangfu.organizations.views.bad_request"
handler404 = "bangfu.organizations.views.not_found"
handler500 = "bangfu.organizations.views.server_error"
