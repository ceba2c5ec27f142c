"""Addresses of the practice room; they answer only on a practice installation."""

from django.urls import path

from bangfu.demo import views

app_name = "demo"
urlpatterns = [
    path("clock/", views.clock, name="clock"),
]
