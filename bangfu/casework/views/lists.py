"""Lists: all cases, case files, notices, search."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.casework.choices import FileState
from bangfu.casework.selectors import work
from bangfu.casework.services import box
from bangfu.casework.views.common import READERS, DeskRequest, page_of
from bangfu.common.clock import day
from bangfu.common.identity import resembles_number
from bangfu.organizations.permissions import roles


@roles(*READERS)
@require_GET
def cases(request: DeskRequest) -> HttpResponse:
    """All cases of the scope, by state."""
    codes = [code for code, _, _ in work.CASE_TABS]
    tab = request.GET.get("tab", codes[0])
    tab = tab if tab in codes else codes[0]
    counts = work.case_counts(request.desk)
    context = {
        "today": day(request.now),
        "tab": tab,
        "tabs": [(title, f"?tab={code}", counts[code], code == tab) for code, title, _ in work.CASE_TABS],
        "page": page_of(request, work.cases(request.desk, tab, request.GET.get("sort", ""))),
    }
    return render(request, "casework/list.html", context)


@roles(*READERS)
@require_GET
def files(request: DeskRequest) -> HttpResponse:
    """Case files of the scope."""
    state = request.GET.get("state", "")
    state = state if state in FileState.values else ""
    category = request.GET.get("category", "")
    context: dict[str, Any] = {
        "today": day(request.now),
        "state": state,
        "page": page_of(request, work.files(request.desk, state=state, category=category)),
        "tabs": [
            ("全部", "?", None, not state),
            *((label, f"?state={code}", None, code == state) for code, label in FileState.choices),
        ],
    }
    return render(request, "casework/files.html", context)


@roles(*READERS)
@require_GET
def notices(request: DeskRequest) -> HttpResponse:
    """Notices of the scope."""
    today = day(request.now)
    codes = [code for code, _ in work.NOTICE_TABS]
    tab = request.GET.get("tab", codes[0])
    tab = tab if tab in codes else codes[0]
    counts = work.notice_counts(request.desk, today)
    context = {
        "today": today,
        "tab": tab,
        "tabs": [(title, f"?tab={code}", counts[code], code == tab) for code, title in work.NOTICE_TABS],
        "page": (page := page_of(request, work.notices(request.desk, tab, today))),
        "box": box.from_the_box(request.desk, [row.pk for row in page]) if tab == "objected" else [],
    }
    return render(request, "casework/notices.html", context)


@roles(*READERS)
@require_http_methods(["GET", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    """By name, pinyin initials, exact ID number (by its hash), case, file or family number.

    The form is posted, so that an ID number stands in no address, history or proxy's log; anything else is led to an address to keep.
    """
    text = (request.POST if request.method == "POST" else request.GET).get("q", "").strip()[:60]
    if request.method == "POST" and not resembles_number(text):
        return redirect(f"{reverse('casework:search')}?{urlencode({'q': text})}")
    found, homes = work.search(request.desk, text)
    context = {
        "q": text,
        "today": day(request.now),
        "page": page_of(request, found.order_by("-updated_at", "-pk")),
        "homes": list(homes.order_by("-updated_at")[:20]) if text else [],
    }
    return render(request, "casework/search.html", context)
