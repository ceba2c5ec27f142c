"""Addresses of the sandbox."""

from django.urls import path

from bangfu.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("beside/", views.beside, name="beside"),
    path("<int:pk>/", views.proposal, name="proposal"),
    path("<int:pk>/numbers/", views.numbers, name="numbers"),
    path("<int:pk>/trial/", views.ask_trial, name="trial"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/families/", views.families, name="families"),
    path("<int:pk>/lodge/", views.lodge, name="lodge"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/result.xlsx", views.sheet, name="sheet"),
    path("<int:pk>/result.pdf", views.paper, name="paper"),
    path("<int:pk>/pack.zip", views.draft, name="draft"),
]
