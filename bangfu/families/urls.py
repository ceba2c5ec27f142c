"""Addresses of the families room."""

from django.urls import path

from bangfu.families.views import evidence, lists, twins, wizard

app_name = "families"
urlpatterns = [
    path("", lists.household_list, name="list"),
    path("new/", lists.new, name="new"),
    path("twins/", twins.twins, name="twins"),
    path("twins/look/", twins.look, name="twins_look"),
    path("twins/<int:pk>/dismiss/", twins.dismiss, name="twins_dismiss"),
    path("twins/<int:pk>/<int:other>/", twins.compare, name="twins_compare"),
    path("changes/<int:pk>/", twins.change, name="change"),
    path("changes/<int:pk>/undo/", twins.undo, name="change_undo"),
    path("<int:pk>/merge/<int:other>/", twins.merge, name="merge"),
    path("<int:pk>/split/", twins.split, name="split"),
    path("<int:pk>/", lists.household_page, name="household"),
    path("<int:pk>/reveal/", lists.reveal, name="reveal"),
    path("<int:pk>/delete/", lists.delete, name="delete"),
    path("<int:pk>/panel/", wizard.panel_fragment, name="panel"),
    path("<int:pk>/papers/", evidence.papers, name="evidence"),
    path("<int:pk>/papers/upload/", evidence.upload, name="upload"),
    path("<int:pk>/papers/waive/", evidence.waive, name="waive"),
    path("<int:pk>/edit/<slug:step>/", wizard.step, name="step"),
    path("papers/<int:pk>/describe/", evidence.describe, name="describe"),
    path("papers/<int:pk>/compare/", evidence.compare, name="compare"),
    path("papers/<int:pk>/withdraw/", evidence.withdraw, name="withdraw"),
    path("papers/<int:pk>/<slug:which>/", evidence.content, name="content"),
]
