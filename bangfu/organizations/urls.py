"""Addresses of the organizations room."""

from django.urls import path

from bangfu.organizations.views import accounts, entrance, log, security, standards, unions, workcalendar

app_name = "organizations"
urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-in/go-on/", entrance.go_on, name="go_on"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("second-factor/", entrance.second_factor, name="second_factor"),
    path("password/", entrance.change_password, name="change_password"),
    path("posts/<int:pk>/choose/", entrance.choose_post, name="choose_post"),
    path("posts/<int:pk>/end/", accounts.post_end, name="post_end"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/appoint/", accounts.account_appoint, name="account_appoint"),
    path("accounts/<int:pk>/reset/", accounts.account_reset, name="account_reset"),
    path("accounts/<int:pk>/lock/", accounts.account_lock, name="account_lock"),
    path("unions/", unions.unions, name="unions"),
    path("unions/<int:pk>/", unions.union, name="union"),
    path("unions/<int:pk>/new/", unions.union_new, name="union_new"),
    path("unions/<int:pk>/edit/", unions.union_edit, name="union_edit"),
    path("unions/<int:pk>/close/", unions.union_close, name="union_close"),
    path("regions/", unions.regions, name="regions"),
    path("standards/", standards.standards, name="standards"),
    path("standards/new/", standards.standard_new, name="standard_new"),
    path("standards/<int:pk>/confirm/", standards.standard_confirm, name="standard_confirm"),
    path("standards/<int:pk>/withdraw/", standards.standard_withdraw, name="standard_withdraw"),
    path("standards/<int:pk>/revoke/", standards.standard_revoke, name="standard_revoke"),
    path("calendar/", workcalendar.calendar, name="calendar"),
    path("calendar/day/", workcalendar.calendar_day, name="calendar_day"),
    path("calendar/<int:year>/publish/", workcalendar.calendar_publish, name="calendar_publish"),
    path("security/", security.security, name="security"),
    path("security/<int:pk>/lift/", security.lockout_lift, name="lockout_lift"),
    path("security/<int:pk>/forget/", security.second_factor_forget, name="second_factor_forget"),
    path("log/", log.log, name="log"),
    path("log/check/", log.log_check, name="log_check"),
]
