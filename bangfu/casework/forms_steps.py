"""Forms that follow from what a policy asks at a step: the record of a meeting, and the questions of the step itself."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from bangfu.casework.decision_models import Conclusion, VoteKind
from bangfu.casework.forms import SeenForm, day_field, photo_field, text_field
from bangfu.families.selectors import Place
from bangfu.families.services.evidence import DETAIL_LABELS
from bangfu.policy.asks import Ask

SHOWN, MORE = 6, 12
"""Rows for those present that stand open, and rows below “还有更多人”."""


def _line(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "placeholder": placeholder})


class DecisionForm(SeenForm):
    """集体研究、评议: the day, those present and their votes, minutes, conclusion."""

    held_on = day_field("会议日期")
    place = text_field("会议地点", 80, required=False)
    minutes = text_field("会议记录", 4000, rows=5, help_text="讨论的情况、不同的意见和理由")
    conclusion = forms.ChoiceField(
        label="结论", choices=Conclusion.choices, widget=forms.RadioSelect, error_messages={"required": "请选择结论"}
    )
    scan = photo_field("签字的会议记录", "照片或扫描件；存入本户材料")

    def __init__(self, *args: Any, people: Sequence[tuple[str, str, str]] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.rows_open = max(SHOWN, len(people) + 1)
        for place in range(self.rows_open + MORE):
            name, post, vote = people[place] if place < len(people) else ("", "", "")
            label = f"到会人 {place + 1}"
            self.fields[f"name_{place}"] = forms.CharField(
                label=f"{label} 姓名", max_length=40, required=False, initial=name, widget=_line("姓名")
            )
            self.fields[f"post_{place}"] = forms.CharField(
                label=f"{label} 职务", max_length=60, required=False, initial=post, widget=_line("职务")
            )
            self.fields[f"vote_{place}"] = forms.ChoiceField(
                label=f"{label} 表决",
                choices=[("", "未到会"), *VoteKind.choices],
                required=False,
                initial=vote,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The rows that stand open."""
        return [self._row(place) for place in range(self.rows_open)]

    def more_rows(self) -> list[tuple[Any, Any, Any]]:
        """The rows for a larger meeting."""
        return [self._row(place) for place in range(self.rows_open, self.rows_open + MORE)]

    def _row(self, place: int) -> tuple[Any, Any, Any]:
        return self[f"name_{place}"], self[f"post_{place}"], self[f"vote_{place}"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for place in range(self.rows_open + MORE):
            if values.get(f"vote_{place}") and not (values.get(f"name_{place}") or "").strip():
                self.add_error(f"name_{place}", "请写明姓名")
        if not self.present() and not self.errors:
            self.add_error("name_0", "请登记到会的人和各人的表决")
        return values

    def present(self) -> list[tuple[str, str, str]]:
        """Name, post and vote of everybody whose vote was given; a name without one was not there."""
        values = self.cleaned_data
        found = []
        for place in range(self.rows_open + MORE):
            name, vote = (values.get(f"name_{place}") or "").strip(), values.get(f"vote_{place}")
            if name and vote:
                found.append((name, (values.get(f"post_{place}") or "").strip(), vote))
        return found


def add_asks(form: forms.Form, asks: Iterable[Ask]) -> forms.Form:
    """Puts the questions of a step into the form that closes it; the answers are read by ``asked``."""
    made: dict[str, Any] = {
        "text": lambda ask: text_field(ask.title, 200, required=ask.required),
        "date": lambda ask: day_field(ask.title, required=ask.required),
        "number": lambda ask: forms.IntegerField(
            label=ask.title,
            required=ask.required,
            min_value=0,
            error_messages={"required": f"请填写{ask.title}", "invalid": "请填写整数", "min_value": "不能小于 0"},
        ),
        "yes": lambda ask: forms.BooleanField(
            label=ask.title, required=ask.required, error_messages={"required": f"请确认：{ask.title}"}
        ),
    }
    names = []
    for ask in asks:
        form.fields[f"ask-{ask.code}"] = made[ask.kind](ask)
        form.fields[f"ask-{ask.code}"].help_text = ask.clause
        names.append(f"ask-{ask.code}")
    form.ask_rows = lambda: [form[name] for name in names]  # type: ignore[attr-defined]
    return form


def asked(form: forms.Form, asks: Iterable[Ask]) -> dict[str, Any]:
    """The answers as JSON values by the question's code."""
    found: dict[str, Any] = {}
    for ask in asks:
        value = form.cleaned_data.get(f"ask-{ask.code}")
        if value not in (None, ""):
            found[ask.code] = value.isoformat() if ask.kind == "date" else value
    return found


class LatePaperForm(SeenForm):
    """One paper of a later stage: which document it is, what stands on it, the file."""

    paper = forms.CharField(widget=forms.HiddenInput)
    document = forms.ChoiceField(label="哪一种材料", error_messages={"required": "请选择材料"})
    file = forms.FileField(
        label="文件",
        error_messages={"required": "请选择文件"},
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, place: Place, **given: Any) -> None:
        super().__init__(*args, **given)
        self.place = place
        self.fields["paper"].initial = place.key
        field: Any = self.fields["document"]
        field.choices = place.accepts
        field.initial = place.accepts[0][0] if place.accepts else ""
        for name in place.fields:
            self.fields[f"detail_{name}"] = text_field(DETAIL_LABELS.get(name, name), 120)

    def detail_fields(self) -> list[Any]:
        return [self[f"detail_{name}"] for name in self.place.fields]

    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"detail_{name}"] for name in self.place.fields}
