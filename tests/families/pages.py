"""A page's form as a browser would send it."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from bangfu.families.models import Household


class _Form(HTMLParser):
    """The successful controls of ``<form id="step-form">``."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.inside = False
        self.select: str | None = None
        self.first: str | None = None
        self.chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        if tag == "form":
            self.inside = have.get("id") == "step-form"
        if not self.inside:
            return
        name, value = have.get("name"), have.get("value") or ""
        if tag == "input" and name and have.get("type") != "file":
            if have.get("type") in {"checkbox", "radio"} and "checked" not in have:
                return
            self.values.setdefault(name, []).append(value)
        elif tag == "select":
            self.select, self.first, self.chosen = name, None, False
        elif tag == "option" and self.select:
            self.first = value if self.first is None else self.first
            if "selected" in have:
                self.values.setdefault(self.select, []).append(value)
                self.chosen = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select" and self.select:
            if not self.chosen and self.first is not None:
                self.values.setdefault(self.select, []).append(self.first)
            self.select = None


def fill(client: Client, household: Household, step: str, query: str = "") -> dict[str, list[str]]:
    """What the page of a step would post if nothing were changed."""
    answer = client.get(f"/families/{household.pk}/edit/{step}/{query}")
    assert answer.status_code == 200, answer.status_code
    form = _Form()
    form.feed(answer.content.decode())
    return form.values


def type_in(
    client: Client,
    household: Household,
    step: str,
    changes: dict[str, Any],
    *,
    auto: bool = True,
    query: str = "",
    **form: Any,
) -> Any:
    """Opens the step, changes some inputs and lets it save itself (or sends the form, ``auto=False``). None takes an input away."""
    values = {**fill(client, household, step, query), **form}
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    headers = {"X-Autosave": "1", "HX-Request": "true", "X-Requested-With": "XMLHttpRequest"} if auto else {}
    return client.post(f"/families/{household.pk}/edit/{step}/", values, headers=headers)


def text(answer: Any) -> str:
    return answer.content.decode()
