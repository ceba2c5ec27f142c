"""A site of two pages made of the kit alone, for ``test_kit_browser``: no database, no room. Run as ``python -c 'from tests.common.kit_site import serve; serve(PORT)'``.

``/next/STATUS`` makes the next save answer with that status; the values of the last save are at ``/last``.
"""

import json
import os
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ.pop("DJANGO_SETTINGS_MODULE", None)

import django
from csp.constants import NONE, SELF
from django import forms
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="only-for-the-pages-of-the-kit",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="tests.common.kit_site",
    INSTALLED_APPS=["django.contrib.staticfiles", "django.contrib.messages", "django_htmx", "csp", "bangfu.common"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=[
        "csp.middleware.CSPMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    ],
    STATIC_URL="/static/",
    USE_TZ=True,
    CONTENT_SECURITY_POLICY={
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "connect-src": [SELF],
            "form-action": [SELF],
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "builtins": ["bangfu.common.templatetags.house"],
            },
        }
    ],
)
django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.template import RequestContext, Template  # noqa: E402
from django.urls import include, path  # noqa: E402

USER = 7
STATE: dict[str, Any] = {"next": 200, "version": 3, "last": {}, "saves": 0}
MONTHS = [f"2020-{month:02d}" for month in range(1, 7)]


class Worker(forms.Form):
    name = forms.CharField(label="姓名")
    wage = forms.CharField(label="月工资")
    marital = forms.ChoiceField(
        label="婚姻", widget=forms.RadioSelect, choices=[("a", "未婚"), ("b", "已婚")], required=False
    )


LIST = """{% extends "kit/desk.html" %}{% block title %}名单{% endblock %}{% block heading %}名单{% endblock %}
{% block content %}{% include "kit/tabs.html" %}<div class="table-box"><table class="list stack" data-rows><caption class="visually-hidden">名单</caption>
<thead><tr>{% sort_th "name" "姓名" %}<th scope="col">状态</th><th scope="col">期限</th></tr></thead>
<tbody>{% for name, code in rows %}<tr data-href="/form/"><th scope="row"><a href="/form/">{{ name }}</a></th><td data-label="状态">{% state code %}</td>
<td data-label="期限">{% clock due True today %}</td></tr>{% endfor %}</tbody></table></div>{% include "kit/empty.html" with title="没有别的了" %}{% endblock %}"""
FORM = """{% extends "kit/desk.html" %}{% block title %}家庭{% endblock %}{% block heading %}家庭{% endblock %}
{% block actions %}<span data-save-state="draft"></span>{% include "kit/confirm.html" with id="back" label="退回" title="退回 张三 的申请" action_url="/save/" %}
<button class="btn btn-primary" form="draft">下一步</button>{% endblock %}
{% block content %}{% include "kit/errors.html" %}<div class="card"><div class="card-body">
<form id="draft" method="post" action="/save/" data-autosave="/save/" data-autosave-target="#panel" data-autosave-delay="200">{% csrf_token %}
<input type="hidden" name="version" value="{{ version }}"><div class="form-grid">{% field form.name %}{% field form.wage unit="元/月" capital=True %}{% field form.marital %}</div></form></div></div>
<div class="month-grid" tabindex="0" role="region" aria-label="月度收入"><table data-grid><caption class="visually-hidden">月度收入</caption>
<thead><tr><th scope="col">项目</th><th scope="col">每月相同</th>{% for month in months %}<th scope="col">{{ month }}</th>{% endfor %}<th scope="col">合计</th></tr></thead>
<tbody>{% for row in rows %}<tr><th scope="row">{{ row }}</th><td><button type="button" class="btn btn-sm btn-quiet" data-fill-right>相同</button></td>
{% for month in months %}<td><input form="draft" inputmode="decimal" aria-label="{{ row }} {{ month }}" name="{{ row }}-{{ month }}" data-row="{{ row }}" data-col="{{ month }}"></td>{% endfor %}
<td class="row-total" data-row-total="{{ row }}"></td></tr>{% endfor %}</tbody></table></div>
<form data-upload action="/upload/" method="post" enctype="multipart/form-data" data-max-bytes="1000" data-upload-target="#papers">{% csrf_token %}
<div class="drop"><label class="btn btn-quiet">选择文件<input type="file" name="file" multiple></label></div></form><div id="papers"></div>{% endblock %}
{% block aside %}<section class="card"><div class="card-body">{% bar 96000 101000 label="低保标准" holds=True %}<div id="panel"></div></div></section>{% endblock %}"""


def _page(request: HttpRequest, source: str, **more: Any) -> HttpResponse:
    from datetime import date

    rail = [
        {"label": label, "url": "/", "icon": name, "current": name == "work"}
        for label, name in (("今天要办", "work"), ("家庭", "family"))
    ]
    desk = {
        "user_id": USER,
        "user_name": "张晓梅",
        "union_name": "和平店工会",
        "role": {"label": "经办人"},
        "sees_families": True,
    }
    context = {
        "rail": rail,
        "desk": desk,
        "today": date(2020, 10, 15),
        "due": date(2020, 10, 14),
        "practice": True,
        "now": date(2020, 10, 15),
    }
    return HttpResponse(Template(source).render(RequestContext(request, context | more)))


def listing(request: HttpRequest) -> HttpResponse:
    rows = [("王*", "in_progress"), ("李*", "returned"), ("赵*", "filed")]
    return _page(request, LIST, rows=rows, tabs=[("全部", "?", 3, True), ("退回", "?s=1", 1, False)])


def form(request: HttpRequest) -> HttpResponse:
    bound = Worker({"name": "王芳", "wage": "12,3"} if "wrong" in request.GET else None)
    if bound.is_bound:
        bound.is_valid()
        bound.add_error("wage", "逗号位置不对")
    return _page(request, FORM, form=bound, months=MONTHS, rows=["工资", "经营"], version=STATE["version"])


def save(request: HttpRequest) -> HttpResponse:
    status, STATE["next"] = STATE["next"], 200 if STATE["next"] != 401 else 401
    if status == 401:
        return HttpResponse(status=401)
    if status == 409:
        STATE["version"] += 5
        return HttpResponse("<p>对方保存：3,000.00</p>", status=409, headers={"X-Version": str(STATE["version"])})
    if status >= 500:
        return HttpResponse(status=status)
    STATE["version"] += 1
    STATE["saves"] += 1
    STATE["last"] = request.POST.dict() | {"autosave": request.headers.get("X-Autosave", "")}
    return HttpResponse("<p>已算</p>", headers={"X-Version": str(STATE["version"])})


def sign_in(request: HttpRequest) -> HttpResponse:
    """``ok`` is the password; the account ``other`` is somebody else; ``two`` asks for a second factor first."""
    if request.POST.get("password") != "ok":
        return HttpResponse('<p role="alert">密码不符</p>', status=422 if request.method == "POST" else 200)
    if request.POST["username"] == "two":
        return HttpResponse("<p>验证码</p>")
    return _let_in(8 if request.POST["username"] == "other" else USER)


def _let_in(user: int) -> HttpResponse:
    STATE["next"] = 200
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"signed-in": {"user": user}})})


def second_factor(request: HttpRequest) -> HttpResponse:
    return (
        _let_in(USER)
        if request.POST.get("token") == "123456"
        else HttpResponse('<p role="alert">验证码不符</p>', status=422)
    )


def next_status(request: HttpRequest, status: int) -> HttpResponse:
    STATE["next"] = status
    return HttpResponse("ok")


def last(request: HttpRequest) -> HttpResponse:
    return JsonResponse(STATE["last"] | {"saves": STATE["saves"], "version_now": STATE["version"]})


def upload(request: HttpRequest) -> HttpResponse:
    name = request.FILES["file"].name  # type: ignore[union-attr]
    if str(name).endswith(".exe"):
        return JsonResponse({"message": "这不是图片或 PDF"}, status=415)
    return HttpResponse(f"<p>收到 {name}</p>")


_organizations = [
    path("in/", sign_in, name="sign_in"),
    path("token/", second_factor, name="second_factor"),
    path("out/", sign_in, name="sign_out"),
    path("password/", sign_in, name="change_password"),
]
urlpatterns = [
    path("", listing, name="home"),
    path("form/", form),
    path("save/", save),
    path("next/<int:status>", next_status),
    path("last", last),
    path("upload/", upload),
    path("", include((_organizations, "organizations"))),
    path("cases/", include(([path("search/", listing, name="search")], "casework"))),
]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def serve(port: int) -> None:
    """Serves until it is killed."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIServer

    class _Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    make_server(
        "127.0.0.1", port, StaticFilesHandler(get_wsgi_application()), server_class=_Server, handler_class=_Quiet
    ).serve_forever()
