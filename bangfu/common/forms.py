"""What forms of all rooms share."""

from typing import Any

from django import forms

from bangfu.common.errors import Refused
from bangfu.common.money import format_fen, parse_yuan


def put_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Shows what a service refused at the field it belongs to, or on top of the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DateField(forms.DateField):
    """A day, typed or picked; the value always is ISO."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": "请填写日期，如 2020-10-15", "required": "请填写日期"})
        super().__init__(**kwargs)


class YuanField(forms.CharField):
    """An amount in yuan as people write it; cleaned to integer 分, ``None`` when left empty."""

    def prepare_value(self, value: Any) -> Any:
        return format_fen(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_yuan(text)
        except Refused as fault:
            raise forms.ValidationError(fault.message) from fault
