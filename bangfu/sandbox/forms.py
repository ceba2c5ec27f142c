"""Forms of the sandbox. The fields of a proposal's numbers come from its pack."""

from __future__ import annotations

from typing import Any

from django import forms

from bangfu.common.forms import DateField, YuanField
from bangfu.organizations.models import Union
from bangfu.organizations.scope import Desk
from bangfu.policy import variants
from bangfu.sandbox import selectors, trial
from bangfu.sandbox.choices import Source
from bangfu.sandbox.models import Proposal

_REQUIRED = {"required": "请填写。"}


class UnionField(forms.ModelChoiceField):
    def label_from_instance(self, union: Any) -> str:
        return f"{'　' * (union.depth - 1)}{union.name}"


class NewForm(forms.Form):
    """What is tried out, on whom, as of when."""

    title = forms.CharField(label="方案名称", max_length=80, error_messages=_REQUIRED)
    policy = forms.ChoiceField(label="政策", error_messages=_REQUIRED)
    day = DateField(
        label="按哪一天的标准测算", required=False, help_text="不填：各户按自己的申请日期，结果就是现在的认定"
    )
    union = UnionField(label="范围", queryset=Union.objects.none(), error_messages=_REQUIRED)
    source = forms.ChoiceField(
        label="试算对象", choices=Source.choices, widget=forms.RadioSelect, initial=Source.REGISTER
    )
    size = forms.IntegerField(
        label="虚拟家庭户数", required=False, min_value=1, max_value=trial.MOST_GENERATED, initial=10_000,
        help_text="只用于“虚拟家庭”",
    )  # fmt: skip
    seed = forms.IntegerField(label="随机种子", required=False, min_value=0, max_value=2**31 - 1, initial=2020, help_text="同一种子每次得到同样的家庭")  # fmt: skip

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "请选择"), *selectors.packs()]  # type: ignore[attr-defined]
        self.fields["union"].queryset = Union.objects.filter(  # type: ignore[attr-defined]
            path__startswith=desk.union_path, is_active=True
        ).order_by("path")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["size"], given["seed"] = given.get("size") or 0, given.get("seed") or 0
        return given


class NumbersForm(forms.Form):
    """Every number of the pack that can be altered: empty or unaltered means as it is."""

    per_head = forms.BooleanField(label="补助按人计（不勾选为按户）", required=False)

    def __init__(self, data: Any = None, *, proposal: Proposal) -> None:
        self.proposal = proposal
        self.pack = trial.pack_of(proposal)
        rules = self.pack.rules
        kept = proposal.changes
        initial: dict[str, Any] = {"per_head": proposal.per_head}
        initial |= {f"parameter_{code}": value for code, value in kept.get("parameters", {}).items()}
        initial |= {
            f"exclusion_{one.code}": list(kept.get("exclusions", {}).get(one.code, one.applies_to))
            for one in rules.exclusions
        }
        initial |= {f"filing_{one.code}": one.code not in kept.get("filing_off", ()) for one in rules.filing}
        initial |= {f"standard_{name}": value for name, value in proposal.standards.items()}
        for category in self.pack.categories:
            initial[f"today_{category.code}"] = proposal.today.get(category.code)
            initial[f"amount_{category.code}"] = proposal.amounts.get(category.code)
        super().__init__(data, initial=initial)
        for code, parameter in rules.parameters.items():
            self._plain(f"parameter_{code}", parameter.title, f"现为 {variants.shown(parameter)}")
        for name, title in selectors.standards_used(self.pack):
            self._plain(f"standard_{name}", title, "不填按现行标准")
        categories = [(category.code, category.title) for category in self.pack.categories]
        for one in rules.exclusions:
            self.fields[f"exclusion_{one.code}"] = forms.MultipleChoiceField(
                label=one.title, choices=categories, required=False, widget=forms.CheckboxSelectMultiple
            )
        for condition in rules.filing:
            self.fields[f"filing_{condition.code}"] = forms.BooleanField(label=condition.title, required=False)
        for code, title in categories:
            self.fields[f"today_{code}"] = YuanField(label=f"{title}（现行）", required=False)
            self.fields[f"amount_{code}"] = YuanField(label=f"{title}（拟定）", required=False)

    def _plain(self, name: str, title: str, help_text: str) -> None:
        self.fields[name] = forms.CharField(label=title, required=False, max_length=16, help_text=help_text)
        self.fields[name].widget.attrs["inputmode"] = "decimal"

    # --- groups for the template -----------------------------------------------------------------------------------
    def _of(self, start: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(start)]

    @property
    def parameters(self) -> list[Any]:
        return self._of("parameter_")

    @property
    def standards(self) -> list[Any]:
        return self._of("standard_")

    @property
    def exclusions(self) -> list[Any]:
        return self._of("exclusion_")

    @property
    def filing(self) -> list[Any]:
        return self._of("filing_")

    @property
    def money(self) -> list[tuple[Any, Any]]:
        return [(self[f"today_{one.code}"], self[f"amount_{one.code}"]) for one in self.pack.categories]

    # --- what was altered ------------------------------------------------------------------------------------------
    def given(self) -> dict[str, Any]:
        """The arguments of ``services.change_numbers``."""
        rules, values = self.pack.rules, self.cleaned_data
        parameters = {
            code: values[f"parameter_{code}"].strip()
            for code, one in rules.parameters.items()
            if values[f"parameter_{code}"].strip() not in ("", variants.shown(one))
        }
        exclusions = {
            one.code: values[f"exclusion_{one.code}"]
            for one in rules.exclusions
            if set(values[f"exclusion_{one.code}"]) != set(one.applies_to)
        }
        filing_off = [one.code for one in rules.filing if not values[f"filing_{one.code}"]]
        sums = {
            which: {
                one.code: values[f"{which}_{one.code}"]
                for one in self.pack.categories
                if values[f"{which}_{one.code}"] is not None
            }
            for which in ("today", "amount")
        }
        return {
            "changes": {
                key: value
                for key, value in (("parameters", parameters), ("exclusions", exclusions), ("filing_off", filing_off))
                if value
            },
            "standards": {
                name: values[f"standard_{name}"].strip()
                for name, _ in selectors.standards_used(self.pack)
                if values[f"standard_{name}"].strip()
            },
            "today": sums["today"],
            # a category left open is paid as it is today
            "amounts": sums["today"] | sums["amount"],
            "per_head": values["per_head"],
        }


class LodgeForm(forms.Form):
    """When it shall begin, and by which document."""

    effective_on = DateField(label="从哪一天起执行")
    document = forms.CharField(label="决定文件的名称和文号", max_length=120, error_messages=_REQUIRED)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, error_messages=_REQUIRED)
