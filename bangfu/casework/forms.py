"""Forms of the steps. What a form checks is only whether it can be read; whether the step may go on, the guards say."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from bangfu.casework.choices import CheckState, DifferenceDecision
from bangfu.casework.services.notices import PLACES
from bangfu.families.models import EvidenceFile, Member
from bangfu.policy.procedure import Procedure, Step

YES_NO = [("", "未填"), ("yes", "是"), ("no", "否")]


def truth(text: str) -> bool | None:
    """``yes`` / ``no`` / empty → True / False / None."""
    return {"yes": True, "no": False}.get(text)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """A date, typed or picked."""
    messages = {"invalid": "请填写日期，如 2020-10-15", "required": f"请填写{label}"}
    return forms.DateField(label=label, required=required, widget=DayInput(), error_messages=messages)


def text_field(
    label: str, length: int, *, required: bool = True, rows: int = 0, help_text: str = "", initial: str = ""
) -> forms.CharField:
    """A short line, or with ``rows`` a longer text."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    message = {"required": f"请填写{label}", "max_length": f"{label}最多 {length} 字"}
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        widget=widget,
        help_text=help_text,
        initial=initial,
        error_messages=message,
    )


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos; answers a list of uploads."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            widget=ManyFiles(attrs={"multiple": True, "accept": "image/*", "capture": "environment"}), **given
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(file, initial) for file in files]


def photo_field(label: str, help_text: str = "") -> forms.FileField:
    """One photo or scan."""
    return forms.FileField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )


class SeenForm(forms.Form):
    """What the person saw: the step record and the version of the case."""

    step = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CommentForm(SeenForm):
    comment = text_field("意见", 500, required=False, rows=2)


class VisitForm(SeenForm):
    """入户调查表."""

    visited_on = day_field("走访日期")
    place = text_field("走访地点", 120, required=False)
    first_visitor = text_field("走访人一", 40)
    second_visitor = text_field("走访人二", 40, required=False, help_text="两人同行，分别签名")
    interviewed = text_field("受访人", 80, required=False)
    no_kinship = forms.BooleanField(label="两位走访人与申请家庭没有亲属关系", required=False)
    findings = text_field("走访情况", 2000, required=False, rows=4)
    in_difficulty = forms.ChoiceField(
        label="家庭生活确有困难", choices=YES_NO[1:], required=False, widget=forms.RadioSelect
    )
    causes_confirmed = forms.ChoiceField(
        label="困难由所列原因造成", choices=YES_NO[1:], required=False, widget=forms.RadioSelect
    )
    reasons = text_field("判断的理由", 1000, required=False, rows=2)
    positive = forms.ChoiceField(
        label="单位工会确认符合建档标准", choices=YES_NO[1:], required=False, widget=forms.RadioSelect
    )
    known_photos = forms.ModelMultipleChoiceField(
        label="已上传的照片", queryset=EvidenceFile.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PhotosField(label="入户照片", required=False, help_text="可以多选；手机上可直接拍照")

    def __init__(self, *args: Any, step: Step, procedure: Procedure, evidence: Any = None, **given: Any) -> None:
        super().__init__(*args, **given)
        rule = procedure.visit
        wanted = set(rule.answers) if rule else set()
        if rule and rule.visitors > 1:
            wanted.add("second_visitor")
        if "visit_positive" in step.guards:
            wanted |= {"positive", "in_difficulty", "causes_confirmed"}
        for name in wanted & set(self.fields):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = f"请填写{self.fields[name].label}"
        known: Any = self.fields["known_photos"]
        known.queryset = evidence if evidence is not None else EvidenceFile.objects.none()
        known.label_from_instance = lambda file: f"{file.original_name}（{file.uploaded_at:%Y-%m-%d}）"
        if not known.queryset.exists():
            del self.fields["known_photos"]


class NoticeForm(SeenForm):
    """Posting a notice."""

    posted_on = day_field("张贴日期")
    place = forms.ChoiceField(label="张贴地点", widget=forms.RadioSelect, error_messages={"required": "请选择张贴地点"})
    place_name = text_field("具体位置", 80, help_text="如：一楼员工通道公告栏")
    name_shown = forms.ChoiceField(
        label="姓名的写法",
        choices=[("masked", "隐去名字（张*）"), ("words", "写作某某（张某某）"), ("full", "写全名")],
        initial="masked",
        widget=forms.RadioSelect,
    )
    photo = photo_field("张贴时的照片", "也可以以后补传")

    def __init__(self, *args: Any, places: Iterable[str] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        field: Any = self.fields["place"]
        field.choices = [(code, PLACES.get(code, code)) for code in places]


class PhotoForm(SeenForm):
    photo = forms.FileField(
        label="照片", error_messages={"required": "请选择照片"}, widget=forms.FileInput(attrs={"accept": "image/*"})
    )


class ObjectionForm(SeenForm):
    received_on = day_field("收到日期")
    content = text_field("异议内容", 2000, rows=3)


class ObjectionAnswerForm(SeenForm):
    result = forms.ChoiceField(
        label="处理结果",
        choices=[("dismissed", "异议不成立"), ("upheld", "异议成立")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择处理结果"},
    )
    answer = text_field("书面答复", 2000, rows=3)


class AuthorizationForm(SeenForm):
    """One member's entry of the 授权书."""

    refused = forms.BooleanField(
        label="拒绝签署", required=False, help_text="有一人拒签，本户不予建档；以后同意的可以重新申请"
    )
    mode = forms.ChoiceField(label="签署方式", required=False, widget=forms.RadioSelect)
    signed_on = day_field("签署日期", required=False)
    proxy_name = text_field("代签（按）人", 40, required=False)
    proxy_relation = text_field("与本人关系", 40, required=False)
    proxy_reason = text_field("本人不能签署的原因", 200, required=False)
    statement = forms.BooleanField(label="已附说明", required=False)
    sealed = forms.BooleanField(label="说明已由所在单位工会盖章", required=False)
    proxy_letter = forms.BooleanField(label="已附委托授权书", required=False)
    unaltered = forms.ChoiceField(label="没有涂改", choices=YES_NO[1:], required=False, widget=forms.RadioSelect)
    clear = forms.ChoiceField(label="指模清晰", choices=YES_NO[1:], required=False, widget=forms.RadioSelect)
    scan = photo_field("扫描件")

    def __init__(self, *args: Any, procedure: Procedure, **given: Any) -> None:
        super().__init__(*args, **given)
        rule = procedure.authorization
        field: Any = self.fields["mode"]
        field.choices = [(mode.code, mode.title) for mode in rule.modes.values()] if rule else []

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("refused") and not values.get("mode"):
            self.add_error("mode", "请选择签署方式")
        return values


class CheckForm(SeenForm):
    """Results of the check, one row per counted member, one column per item."""

    checked_on = day_field("核对日期")
    serial = text_field("核对流水号", 60, required=False)

    def __init__(
        self, *args: Any, members: list[Member], items: dict[str, str], found: dict[tuple[int, str], Any], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.members, self.items = members, items
        for member in members:
            for item, title in items.items():
                before = found.get((member.pk, item))
                name = f"{member.pk}-{item}"
                self.fields[f"state-{name}"] = forms.ChoiceField(
                    label=f"{member.name} {title}",
                    choices=CheckState.choices,
                    initial=before.state if before else CheckState.NOT_CHECKED,
                )
                self.fields[f"count-{name}"] = forms.IntegerField(
                    label=f"{member.name} {title} 数量",
                    required=False,
                    min_value=0,
                    max_value=999,
                    initial=before.count if before else None,
                    error_messages={"invalid": "请填写整数", "min_value": "不能小于 0", "max_value": "最多 999"},
                )
                self.fields[f"detail-{name}"] = forms.CharField(
                    label=f"{member.name} {title} 内容",
                    required=False,
                    max_length=200,
                    initial=before.detail if before else "",
                )

    def rows(self) -> list[tuple[Member, list[tuple[str, Any, Any, Any]]]]:
        """For the template: a member with the bound fields of each item."""
        return [
            (
                member,
                [
                    (
                        title,
                        self[f"state-{member.pk}-{item}"],
                        self[f"count-{member.pk}-{item}"],
                        self[f"detail-{member.pk}-{item}"],
                    )
                    for item, title in self.items.items()
                ],
            )
            for member in self.members
        ]


class DifferenceForm(SeenForm):
    """The decision on one difference."""

    decision = forms.ChoiceField(
        label="认定",
        choices=DifferenceDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择认定结果"},
    )
    reason = text_field("理由", 200, rows=2)
    owned_homes = forms.IntegerField(label="更正为：自有住房套数", required=False, min_value=0, max_value=99)
    vehicles = forms.IntegerField(label="更正为：自用机动车辆数", required=False, min_value=0, max_value=20)
    controlling_shareholder = forms.ChoiceField(label="更正为：控股股东或实际控制人", choices=YES_NO, required=False)
    owns_shop = forms.ChoiceField(label="更正为：拥有商业店铺", choices=YES_NO, required=False)

    FIELDS = {
        "homes": ("owned_homes",),
        "vehicles": ("vehicles",),
        "investment": ("controlling_shareholder", "owns_shop"),
    }

    def __init__(self, *args: Any, item: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.item = item
        keep = self.FIELDS.get(item, ())
        for name in ("owned_homes", "vehicles", "controlling_shareholder", "owns_shop"):
            if name not in keep:
                del self.fields[name]
        if not keep:
            field: Any = self.fields["decision"]
            field.choices = [
                choice for choice in DifferenceDecision.choices if choice[0] == DifferenceDecision.EXPLAINED
            ]
            field.help_text = "需要更正申报的，请退回经办人。"

    def corrections(self) -> dict[str, Any]:
        """The facts to correct, typed."""
        if self.cleaned_data.get("decision") != DifferenceDecision.CORRECTED:
            return {}
        found: dict[str, Any] = {}
        if (homes := self.cleaned_data.get("owned_homes")) is not None:
            found["owned_homes"] = homes
        if (vehicles := self.cleaned_data.get("vehicles")) is not None:
            found["vehicles"] = [{"use": "private"}] * vehicles
        for name in ("controlling_shareholder", "owns_shop"):
            if (value := truth(self.cleaned_data.get(name) or "")) is not None:
                found[name] = value
        return found


class SheetForm(SeenForm):
    """复核清单: one tick per folder of the original file."""

    comment = text_field("复核意见", 500, required=False, rows=2)

    def __init__(self, *args: Any, folders: dict[str, Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.folders = folders
        for code, folder in folders.items():
            self.fields[f"folder-{code}"] = forms.BooleanField(
                label=folder.title, required=False, help_text=folder.clause
            )

    def boxes(self) -> list[Any]:
        return [self[f"folder-{code}"] for code in self.folders]

    def sheet(self) -> dict[str, bool]:
        return {code: bool(self.cleaned_data[f"folder-{code}"]) for code in self.folders}


class ReasonForm(SeenForm):
    reason = text_field("原因", 500, rows=3)


class RefuseForm(ReasonForm):
    code = forms.ChoiceField(label="情形", required=False)

    def __init__(self, *args: Any, procedure: Procedure, **given: Any) -> None:
        super().__init__(*args, **given)
        field: Any = self.fields["code"]
        field.choices = [("", "其他（在原因中写明）")] + [
            (item.code, item.title) for item in procedure.refusals.values()
        ]
        self.order_fields(["code", "reason"])


class KinshipForm(forms.Form):
    relation = text_field("您与申请家庭的关系", 60)


class ImportForm(forms.Form):
    table = forms.FileField(
        label="核对结果表",
        error_messages={"required": "请选择文件"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=".xlsx 或 .csv，按模板的列填写",
    )


class SubmitForm(forms.Form):
    """Submitting: the version the clerk saw, and what the pack asks at entry."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = text_field("给审核人的说明", 500, required=False, rows=2)


class ResubmitForm(SeenForm):
    """One answer per returned point."""

    comment = text_field("补充说明", 500, required=False, rows=2)

    def __init__(self, *args: Any, points: list[dict[str, Any]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.points = points
        for point in points:
            self.fields[f"answer_{point['pk']}"] = forms.CharField(
                label=point["title"],
                max_length=300,
                required=True,
                error_messages={"required": "请答复这一条"},
                widget=forms.TextInput(attrs={"placeholder": "如：已按身份证更正"}),
            )

    def rows(self) -> list[tuple[dict[str, Any], Any]]:
        return [(point, self[f"answer_{point['pk']}"]) for point in self.points]

    def answers(self) -> dict[int, str]:
        return {point["pk"]: self.cleaned_data[f"answer_{point['pk']}"] for point in self.points}


def today_initial(day: date) -> str:
    return day.isoformat()
