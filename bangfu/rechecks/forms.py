"""Forms of the rechecks room."""

from __future__ import annotations

from django import forms

from bangfu.common.forms import DateField
from bangfu.rechecks.choices import Conclusion

_REQUIRED = {"required": "请填写。"}


class AskForm(forms.Form):
    """Which day's rules and standards to judge by."""

    day = DateField(label="按哪一天的政策和标准测算")
    reason = forms.CharField(label="缘由", max_length=120, required=False, help_text="如：低保标准 7 月调整")


class ConcludeForm(forms.Form):
    """What follows from a finding."""

    conclusion = forms.ChoiceField(
        label="怎样处理", choices=Conclusion.choices, widget=forms.RadioSelect, error_messages=_REQUIRED
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="维持现状的，请写明理由",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
