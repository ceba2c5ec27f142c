"""The way of a case on paper, and the ways of several policies beside each other."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from bangfu.common import typesetting
from bangfu.library import drawing, selectors, ways
from bangfu.library.diagram import steps
from bangfu.library.permissions import READERS
from bangfu.organizations.permissions import roles as allowed
from bangfu.policy import registry


@allowed(*READERS)
@require_safe
def procedure_pdf(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The drawing and the list of steps of a policy as PDF, to print and hang up."""
    pack = selectors.pack_or_404(pack_id)
    drawn = drawing.ways(pack)
    if not drawn:
        raise Http404
    data = {
        "title": "办理程序",
        "policy_title": pack.title,
        "policy_number": pack.number,
        "drawings": [
            {
                "title": way.title,
                "lanes": way.lanes,
                "svg": render_to_string("library/way.svg", {"way": way, "p": drawing.picture(way)}),
            }
            for way in drawn
        ],
        "steps": [
            {
                "no": str(one.number),
                "title": one.step.title,
                "actor": drawing.actor(one.step),
                "clock": one.clock,
                "papers": "、".join(one.papers),
                "back": "、".join(step.title for step in one.returns_to),
                "clause": one.step.clause,
            }
            for one in steps(pack)
        ],
    }
    answer = HttpResponse(typesetting.pdf("library/typst/procedure.typ", data), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="procedure_{pack.id}.pdf"'
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allowed(*READERS)
@require_safe
def ways_page(request: HttpRequest) -> HttpResponse:
    """The steps of two to four policies beside each other, matched by kind, and what each asks of the same record."""
    known = [pack for pack in map(registry.get_pack, registry.pack_ids()) if pack.procedure.steps]
    by_id = {pack.id: pack for pack in known}
    asked = list(dict.fromkeys(one for one in request.GET.getlist("p") if one))
    if any(one not in by_id for one in asked) or len(asked) > ways.MOST:
        raise Http404
    chosen = [by_id[one] for one in asked]
    numbers = [pack.number for pack in chosen]
    context = {
        "known": known,
        "chosen": chosen,
        "slots": [asked[place] if place < len(asked) else "" for place in range(ways.MOST)],
        "lines": [
            {"title": line.title, "how": line.how, "columns": _columns(numbers, "cell", line.cells)}
            for line in (ways.lines(chosen) if len(chosen) > 1 else ())
        ],
        "rules": [
            {"title": rule.title, "differs": rule.differs, "columns": _columns(numbers, "value", rule.values)}
            for rule in (ways.rules(chosen) if len(chosen) > 1 else ())
        ],
    }
    return render(request, "library/ways.html", context)


def _columns(numbers: Sequence[str], name: str, values: Sequence[object]) -> list[dict[str, object]]:
    return [{"number": number, name: value} for number, value in zip(numbers, values, strict=True)]
