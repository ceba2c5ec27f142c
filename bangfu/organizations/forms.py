"""Forms of the organizations room. They check shape only; the verbs decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from bangfu.common.forms import DateField
from bangfu.organizations.choices import Level, Role, StandardName
from bangfu.organizations.models import Region, Union
from bangfu.organizations.verbs import LABELS

REQUIRED = {"required": "请填写此项", "invalid_choice": "请从列表中选择"}


class UnionChoice(forms.ModelChoiceField):
    """A union of the desk's subtree, indented as the tree is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Union.objects.none(), empty_label="请选择", error_messages=REQUIRED, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{'　' * (obj.depth - 1)}{obj.name}"


class RegionField(forms.CharField):
    """A region code, typed or found by name (``data-region`` lets the page's script offer matches)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"list": "regions", "data-region": "", "autocomplete": "off", "maxlength": "60"}),
        )
        kwargs.setdefault("help_text", "6 位行政区划代码，或地区全称，如 120101、天津市和平区")
        kwargs.setdefault("error_messages", REQUIRED)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = "".join(str(super().clean(value) or "").split())
        if not text:
            return ""
        code = text[:6] if text[:6].isascii() and text[:6].isdigit() else None
        found = Region.objects.filter(pk=code) if code else Region.objects.filter(full_name=text).order_by("-code")
        region = found.first()
        if region is None:
            raise forms.ValidationError(f"没有找到“{text}”，请填写 6 位行政区划代码或地区全称")
        return region.pk


class AccountForm(forms.Form):
    union = UnionChoice(label="所属工会")
    name = forms.CharField(label="姓名", max_length=40, error_messages=REQUIRED)
    username = forms.CharField(
        label="登录名", max_length=40, error_messages=REQUIRED, help_text="3—40 位小写字母、数字、点、横线"
    )

    def __init__(self, *args: Any, unions: QuerySet[Union], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].queryset = unions.filter(is_active=True)  # type: ignore[attr-defined]


class PostForm(forms.Form):
    union = UnionChoice(label="工会")
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices], error_messages=REQUIRED)
    starts_on = DateField(label="任职起")
    ends_on = DateField(label="任职止", required=False, help_text="不填为长期")

    def __init__(self, *args: Any, unions: QuerySet[Union], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].queryset = unions.filter(is_active=True)  # type: ignore[attr-defined]


class EndPostForm(forms.Form):
    ends_on = DateField(label="任职止（含当日）")
    reason = forms.CharField(label="原因", max_length=200, error_messages=REQUIRED)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, error_messages=REQUIRED)


class UnionForm(forms.Form):
    name = forms.CharField(label="名称", max_length=120, error_messages=REQUIRED)
    short_name = forms.CharField(label="简称", max_length=40, required=False)
    level = forms.ChoiceField(label="层级", choices=[("", "请选择"), *Level.choices[1:]], error_messages=REQUIRED)
    region = RegionField(label="所在地区")
    hotline = forms.CharField(label="监督电话", max_length=40, required=False)


class EditUnionForm(UnionForm):
    level = None  # type: ignore[assignment]


class StandardForm(forms.Form):
    name = forms.ChoiceField(label="标准", choices=[("", "请选择"), *StandardName.choices], error_messages=REQUIRED)
    region = RegionField(label="地区")
    from_date = DateField(label="执行日期")
    value = forms.CharField(label="数值", max_length=20, error_messages=REQUIRED)
    source = forms.CharField(
        label="文件依据", max_length=200, error_messages=REQUIRED, help_text="公布该标准的文件名称和文号"
    )


class CalendarDayForm(forms.Form):
    day = DateField(label="日期")
    working = forms.ChoiceField(label="当日", choices=[("0", "放假"), ("1", "上班")], error_messages=REQUIRED)
    name = forms.CharField(label="节日或调休名称", max_length=30, required=False)


class PublishYearForm(forms.Form):
    source = forms.CharField(
        label="放假安排通知", max_length=200, error_messages=REQUIRED, help_text="国务院办公厅通知的名称和文号"
    )


class LogFilter(forms.Form):
    who = forms.CharField(label="操作人", max_length=40, required=False)
    verb = forms.ChoiceField(label="行为", choices=[("", "全部"), *LABELS.items()], required=False)
    subject = forms.CharField(label="对象编号", max_length=40, required=False)
    since = DateField(label="从", required=False)
    until = DateField(label="到", required=False)
