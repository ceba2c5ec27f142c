"""Addresses of the rechecks room."""

from django.urls import path

from bangfu.rechecks import views

app_name = "rechecks"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.ask, name="ask"),
    path("waiting/", views.waiting, name="waiting"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("findings/<int:pk>/", views.finding, name="finding"),
]
