"""Addresses of the policy library."""

from django.urls import path

from bangfu.library import views, views_ways

app_name = "library"
urlpatterns = [
    path("", views.index, name="index"),
    path("coverage/", views.coverage_page, name="coverage"),
    path("compare/", views.two, name="two"),
    path("ways/", views_ways.ways_page, name="ways"),
    path("texts/<slug:code>/", views.text, name="text"),
    path("texts/<slug:code>/file/", views.file_add, name="file_add"),
    path("files/<int:pk>/", views.file, name="file"),
    path("<slug:pack_id>/", views.pack, name="pack"),
    path("<slug:pack_id>/clause/<str:anchor>/", views.clause, name="clause"),
    path("<slug:pack_id>/rules/", views.rules, name="rules"),
    path("<slug:pack_id>/rules/<str:code>/", views.rule, name="rule"),
    path("<slug:pack_id>/compare/", views.compare, name="compare"),
    path("<slug:pack_id>/procedure/", views.procedure, name="procedure"),
    path("<slug:pack_id>/procedure.pdf", views_ways.procedure_pdf, name="procedure_pdf"),
    path("<slug:pack_id>/parts/<slug:room>/", views.part, name="part"),
]
