"""Pages of the policy library."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from bangfu.common.errors import Refused
from bangfu.common.forms import put_refusal
from bangfu.library import atlas, comparing, diagram, drawing, files, selectors, services, timeline
from bangfu.library.forms import OfficialFileForm
from bangfu.library.models import OfficialFile
from bangfu.library.permissions import KEEPERS, READERS
from bangfu.organizations.permissions import roles as allowed
from bangfu.policy import coverage, registry, texts
from bangfu.policy.clauses import KINDS
from bangfu.policy.texts import Text


def _tabs(page: str, titles: dict[str, str], counts: dict[str, int], chosen: str, query: str) -> list[Any]:
    tail = f"&{urlencode({'q': query})}" if query else ""
    return [
        (title, f"{page}?show={key}{tail}", counts[key], key == chosen)
        for key, title in titles.items()
        if counts.get(key) or key == chosen
    ]


@allowed(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All texts on a line of years; with ``q`` the clauses of all of them that say it."""
    query = request.GET.get("q", "").strip()
    today = request.now.date()  # type: ignore[attr-defined]
    line, grouped = selectors.entries(today)
    found = selectors.search(query) if query else []
    context = {
        "line": line,
        "groups": grouped,
        "query": query,
        "found": found,
        "hits": sum(len(group.rows) for _, _, groups in found for group in groups),
        "number": len(texts.all_texts()),
        "ended": [
            (one, selectors.address(one.newer), selectors.address(one.older) if one.older else "")
            for one in texts.successions()
        ],
    }
    return render(request, "library/index.html", context)


@allowed(*READERS)
@require_safe
def pack(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One pack, clause by clause, with what realises each."""
    text = selectors.pack_or_404(pack_id)
    chosen, query = _asked(request)
    counts = selectors.counts(text.clauses)
    carried = selectors.of_pack(pack_id)
    context = {
        "pack": text,
        "groups": selectors.groups(text, chosen, query),
        "query": query,
        "show": chosen,
        "counts": counts,
        "meter": diagram.meter(counts),
        "page": request.path,
        "tabs": _tabs(request.path, selectors.FILTERS, counts, chosen, query),
        "appendices": sorted(
            {group.number.partition(" ")[0] for group in selectors.groups(text) if group.number.startswith("附件")}
        ),
        "carried": [(one, selectors.address(one)) for one in carried] if len(carried) > 1 else [],
        **(_about(request, carried[0]) if len(carried) == 1 else {}),
    }
    return render(request, "library/pack.html", context)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """What to show and to look for. Http404 for a filter that does not exist."""
    chosen = request.GET.get("show", "all")
    if chosen not in selectors.FILTERS:
        raise Http404
    return chosen, request.GET.get("q", "").strip()


def _about(request: Any, text: Text, form: OfficialFileForm | None = None) -> dict[str, Any]:
    """What the side of a text's page shows: its time, what it ended, its official files."""
    ended = texts.replaced_by(text)
    return {
        "text": text,
        "validity": timeline.words(text),
        "state": timeline.state(text, request.now.date()),
        "state_words": timeline.STATES[timeline.state(text, request.now.date())],
        "ends": [
            (one, selectors.address(older) if (older := texts.by_number(one.number)) else "") for one in text.replaces
        ],
        "ended_by": ended,
        "ended_by_url": selectors.address(ended.newer) if ended else "",
        "official": selectors.official_files([text.code]),
        "keeper": request.desk.role in KEEPERS,
        "form": form or OfficialFileForm(initial={"number": text.number}),
        "accept": files.ACCEPT,
        "accept_words": files.WORDS,
    }


@allowed(*READERS)
@require_safe
def text(request: HttpRequest, code: str) -> HttpResponse:
    """One text that shares its pack with others, or that no pack carries. A text with a pack of its own is shown there."""
    found = selectors.text_or_404(code)
    if found.code != code or selectors.address(found) != request.path:
        return HttpResponseRedirect(selectors.address(found))
    return _text_page(request, found)


def _text_page(
    request: HttpRequest, found: Text, form: OfficialFileForm | None = None, status: int = 200
) -> HttpResponse:
    chosen, query = _asked(request)
    counts = selectors.counts(found.rows)
    context = {
        "groups": selectors.text_groups(found, chosen, query),
        "query": query,
        "show": chosen,
        "counts": counts,
        "meter": diagram.meter(counts),
        "tabs": _tabs(selectors.address(found), selectors.FILTERS, counts, chosen, query),
        "page": selectors.address(found),
        "pack": registry.get_pack(found.pack_id) if found.pack_id else None,
        **_about(request, found, form),
    }
    return render(request, "library/register.html", context, status=status)


@allowed(*KEEPERS)
@require_POST
def file_add(request: Any, code: str) -> HttpResponse:
    """Takes the official file of a text; what is wrong with it is said on the text's page."""
    found = selectors.text_or_404(code)
    form = OfficialFileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            row = services.add_official_file(
                request.desk.actor,
                found,
                given.read(),
                given.name or "",
                number=form.cleaned_data["number"],
                at=request.now,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            same = {
                True: "与条款登记所依据的文件一致。",
                False: "与条款登记所依据的文件不是同一个文件，请核对内容。",
                None: "",
            }
            messages.success(request, f"已上传。{same[row.is_source]}")
            return redirect(selectors.address(found))
    return _text_page(request, found, form, 422)


@allowed(*READERS)
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The official file as it was uploaded, as a download."""
    row = get_object_or_404(OfficialFile, pk=pk)
    answer = HttpResponse(bytes(row.content), content_type=row.content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.original_name)}"
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


_SHOW = {"realised": "done"}


@allowed(*READERS)
@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """How far each text is realised, by what, and what the rest waits for."""
    listed = [(one, selectors.address(one), coverage.of_text(one)) for one in texts.all_texts()]
    together = coverage.total([count for _, _, count in listed])
    rows = [
        {
            "text": one,
            "url": url,
            "count": count,
            "states": [(_SHOW.get(key, key), name, count.states[key]) for key, name in coverage.STATES.items()],
            "meter": diagram.meter(selectors.counts(one.rows)),
            "rooms": atlas.room_words(count.rooms),
        }
        for one, url, count in listed
    ]
    context = {
        "rows": rows,
        "total": together,
        "total_states": [(name, together.states[state]) for state, name in coverage.STATES.items()],
        "meter": diagram.meter(selectors.counts(row for one, _, _ in listed for row in one.rows)),
        "heads": list(coverage.STATES.values()),
        "kinds": [(KINDS[kind], together.kinds[kind]) for kind in coverage.REAL if together.kinds[kind]],
        "rooms": atlas.room_words(together.rooms),
    }
    return render(request, "library/coverage.html", context)


@allowed(*READERS)
@require_safe
def two(request: HttpRequest) -> HttpResponse:
    """Two texts clause by clause, side by side where one thing realises both."""
    listed = texts.all_texts()
    chosen = [request.GET.get(name, "") for name in ("a", "b")]
    sides = [selectors.text_or_404(code) if code else None for code in chosen]
    left, right = sides
    context: dict[str, Any] = {
        "texts": listed,
        "left": left,
        "right": right,
        "same": left is not None and left is right,
    }
    if left and right and left is not right:
        context |= {
            "found": comparing.compare(left, right),
            "left_url": selectors.address(left),
            "right_url": selectors.address(right),
        }
    return render(request, "library/two.html", context)


@allowed(*READERS)
@require_safe
def clause(request: HttpRequest, pack_id: str, anchor: str) -> HttpResponse:
    """One clause: where every citation leads. Also takes the number as a sheet writes it; a clause of the parent leads on to the parent."""
    text = selectors.pack_or_404(pack_id)
    try:
        group, before, after = selectors.group_at(text, anchor)
    except Http404:
        link = text.clauses.link(anchor)
        if link is None or link[0] == pack_id:
            raise
        return HttpResponseRedirect(reverse("library:clause", args=link))
    if group.anchor != anchor:
        return HttpResponseRedirect(reverse("library:clause", args=[pack_id, group.anchor]))
    cited = [
        rule for rule in atlas.rules(pack_id).values() if rule.origin == pack_id and _cites(text, rule, group.anchor)
    ]
    context = {"pack": text, "group": group, "before": before, "after": after, "rules": cited}
    return render(request, "library/clause.html", context)


def _cites(text: Any, rule: atlas.Rule, anchor: str) -> bool:
    return any(text.clauses.link(number) == (text.id, anchor) for number in rule.clauses)


@allowed(*READERS)
@require_safe
def rules(request: HttpRequest, pack_id: str) -> HttpResponse:
    """All rules of the effective pack, by section, with who said each."""
    text = selectors.pack_or_404(pack_id)
    known = atlas.rules(pack_id).values()
    sections = [(title, [rule for rule in known if rule.section == code]) for code, title in atlas.SECTIONS.items()]
    titles = {one: registry.get_pack(one).title for one in registry.pack_ids()}
    return render(
        request, "library/rules.html", {"pack": text, "sections": [one for one in sections if one[1]], "titles": titles}
    )


@allowed(*READERS)
@require_safe
def rule(request: HttpRequest, pack_id: str, code: str) -> HttpResponse:
    """One rule: its formula and the same in words, who said it, which standards it reads, and how the text above has it."""
    text = selectors.pack_or_404(pack_id)
    found = atlas.rules(pack_id).get(code)
    pair = next((one for one in atlas.compared(pack_id) if one.code == code), None)
    if found is None and pair is None:
        raise Http404
    sides = []
    if pair is not None and text.parent is not None:
        sides = [(text.parent, pair.above), (text, pair.here)]
    shown = found or (pair.above if pair else None)
    origin = selectors.pack_or_404(shown.origin) if shown else text
    context = {
        "pack": text,
        "rule": shown,
        "origin": origin,
        "pair": pair,
        "sides": sides,
        "how": atlas.HOW.get(pair.how, "") if pair else "",
    }
    return render(request, "library/rule.html", context)


@allowed(*READERS)
@require_safe
def compare(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The rules of a text beside those of the text above it."""
    text = selectors.pack_or_404(pack_id)
    if text.parent is None:
        raise Http404
    pairs = atlas.compared(pack_id)
    chosen = request.GET.get("show", "changed")
    titles = {**atlas.HOW, "all": "全部"}
    if chosen not in titles:
        raise Http404
    counts = {key: sum(pair.how == key for pair in pairs) for key in atlas.HOW} | {"all": len(pairs)}
    context = {
        "pack": text,
        "pairs": [pair for pair in pairs if chosen in ("all", pair.how)],
        "tabs": _tabs(request.path, titles, counts, chosen, ""),
        "how": atlas.HOW,
    }
    return render(request, "library/compare.html", context)


@allowed(*READERS)
@require_safe
def procedure(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The steps of a text: who acts where, what must be there, the clock, and where a case may go back."""
    text = selectors.pack_or_404(pack_id)
    drawn = [(way, drawing.picture(way)) for way in drawing.ways(text)]
    return render(request, "library/procedure.html", {"pack": text, "steps": diagram.steps(text), "drawings": drawn})


@allowed(*READERS)
@require_safe
def part(request: HttpRequest, pack_id: str, room: str) -> HttpResponse:
    """Papers, aid rules or lifecycle of a text: every part with its citation and whose text it is."""
    text = selectors.pack_or_404(pack_id)
    known = atlas.parts(pack_id).get(room)
    if known is None:
        raise Http404
    grouped: dict[str, list[atlas.Part]] = {}
    for one in known.values():
        grouped.setdefault(atlas.GROUPS.get(one.group, one.group), []).append(one)
    titles = {
        "procedure": "办理程序", "evidence": "佐证材料", "aid": "帮扶和用款", "lifecycle": "动态管理和时限",
        "forms": "文书", "workflow": "状态流转", "assistance": "救助口径",
    }  # fmt: skip
    return render(request, "library/part.html", {"pack": text, "room": room, "title": titles[room], "groups": grouped})
