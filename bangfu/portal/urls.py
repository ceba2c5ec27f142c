"""Addresses of the worker's own pages."""

from django.urls import path

from bangfu.portal import views

app_name = "portal"
urlpatterns = [path("", views.ask, name="ask")]
