"""Pages of the policy library."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bangfu.library import atlas, diagram, selectors
from bangfu.library.permissions import READERS
from bangfu.organizations.permissions import roles as allowed
from bangfu.policy import registry


def _tabs(request: HttpRequest, titles: dict[str, str], counts: dict[str, int], chosen: str, query: str) -> list[Any]:
    tail = f"&q={query}" if query else ""
    return [
        (title, f"?show={key}{tail}", counts[key], key == chosen)
        for key, title in titles.items()
        if counts.get(key) or key == chosen
    ]


@allowed(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All installed texts; with ``q`` the clauses of all of them that say it."""
    query = request.GET.get("q", "").strip()
    packs = [registry.get_pack(pack_id) for pack_id in registry.pack_ids()]
    today = request.now.date()  # type: ignore[attr-defined]
    texts: list[dict[str, Any]] = [
        {
            "pack": pack,
            "counts": selectors.counts(pack),
            "meter": diagram.meter(selectors.counts(pack)),
            "in_force": pack.in_force(today),
            "found": selectors.groups(pack, query=query) if query else [],
        }
        for pack in sorted(packs, key=lambda one: (one.parent is not None, one.id))
    ]
    return render(
        request, "library/index.html", {"texts": texts, "query": query, "hits": sum(len(one["found"]) for one in texts)}
    )


@allowed(*READERS)
@require_safe
def pack(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One text, clause by clause, with what realises each."""
    text = selectors.pack_or_404(pack_id)
    chosen = request.GET.get("show", "all")
    if chosen not in selectors.FILTERS:
        raise Http404
    query = request.GET.get("q", "").strip()
    counts = selectors.counts(text)
    context = {
        "pack": text,
        "groups": selectors.groups(text, chosen, query),
        "query": query,
        "show": chosen,
        "counts": counts,
        "meter": diagram.meter(counts),
        "tabs": _tabs(request, selectors.FILTERS, counts, chosen, query),
        "appendices": sorted(
            {group.number.partition(" ")[0] for group in selectors.groups(text) if group.number.startswith("附件")}
        ),
    }
    return render(request, "library/pack.html", context)


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
        "tabs": _tabs(request, titles, counts, chosen, ""),
        "how": atlas.HOW,
    }
    return render(request, "library/compare.html", context)


@allowed(*READERS)
@require_safe
def procedure(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The steps of a text: who acts where, what must be there, the clock, and where a case may go back."""
    text = selectors.pack_or_404(pack_id)
    return render(
        request, "library/procedure.html", {"pack": text, "steps": diagram.steps(text), "drawing": diagram.draw(text)}
    )


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
    titles = {"procedure": "办理程序", "evidence": "佐证材料", "aid": "帮扶和用款", "lifecycle": "动态管理和时限"}
    return render(request, "library/part.html", {"pack": text, "room": room, "title": titles[room], "groups": grouped})
