"""Addresses of the organizations room."""

from django.urls import path

from bangfu.organizations.views import entrance

app_name = "organizations"
urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-in/go-on/", entrance.go_on, name="go_on"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("second-factor/", entrance.second_factor, name="second_factor"),
    path("password/", entrance.change_password, name="change_password"),
    path("posts/<int:pk>/choose/", entrance.choose_post, name="choose_post"),
]
