"""Addresses that anybody may reach from the QR code of a notice. Nothing of a family is behind them."""

from django.urls import path

from bangfu.casework.views import notices

app_name = "notice"
urlpatterns = [
    path("verify/", notices.verify, name="find"),
    path("verify/<str:code>/", notices.verify, name="verify"),
    path("objection/<str:code>/", notices.objection_box, name="objection"),
    path("answer/", notices.answer, name="answer"),
]
