"""A proposal as the draft of a policy pack: a folder below the policy it alters, in force from the day that was decided.

Figures that the text itself sets are changed by whoever issues a text, and in this system a text is a folder. The draft says what the proposal
alters and nothing else; ``bangfu pack check`` reads it, and an administrator installs it among the packs of the site.
"""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from typing import Any

import yaml

from bangfu.common.errors import Refused
from bangfu.policy import variants
from bangfu.policy.pack.model import Condition, Parameter
from bangfu.sandbox import trial
from bangfu.sandbox.models import Proposal


def folder_name(proposal: Proposal) -> str:
    """The name of the pack: the policy it is made from, and the proposal's number."""
    return f"{proposal.policy}-draft-{proposal.pk}"


def files(proposal: Proposal) -> dict[str, str]:
    """name → text of the files of the pack. Raises ``Refused`` where the proposal alters no figure of the text or has no day yet."""
    if not any(proposal.changes.values()):
        raise Refused("方案没有改动政策文本里的数字或条件，不需要政策包。")
    if proposal.effective_on is None:
        raise Refused("请先填写执行日期并提请确认。")
    pack, changes = trial.pack_of(proposal), trial.changes_of(proposal)
    clauses: list[dict[str, Any]] = []

    def clause(gist: str, rule: str) -> str:
        number = f"第{len(clauses) + 1}项"
        clauses.append(
            {"id": f"LOCAL{proposal.pk}-{len(clauses) + 1}", "clause": number, "force": "M", "gist": gist[:60],
             "realised_by": [{"rule": rule}]}
        )  # fmt: skip
        return number

    parameters = [
        _parameter(pack.rules.parameters[code], value, clause(f"{pack.rules.parameters[code].title}改为{value}", code))
        for code, value in changes.parameters.items()
    ]
    exclusions, disabled = [], []
    for one in pack.rules.exclusions:
        if one.code in changes.exclusions:
            on = changes.exclusions[one.code]
            number = clause(f"调整排除情形的适用类别：{one.title}", one.code)
            if on:
                exclusions.append(_condition(one, number) | {"applies_to": list(on)})
            else:
                disabled.append({"part": "exclusion", "code": one.code, "clause": number, "why": "决定不再适用"})
    for condition in pack.rules.filing:
        if condition.code in changes.filing_off:
            number = clause(f"不再适用建档条件：{condition.title}", condition.code)
            disabled.append({"part": "filing", "code": condition.code, "clause": number, "why": "决定不再适用"})
    heading = {
        "id": folder_name(proposal), "title": proposal.title, "number": proposal.document or "草案",
        "issuer": proposal.union.name, "issued_on": proposal.effective_on, "first_day": proposal.effective_on,
        "last_day": None, "region": proposal.union.region, "parent": pack.id, "source_sha256": None,
    }  # fmt: skip
    categories: dict[str, Any] = {}
    if exclusions:
        categories["override"] = {"exclusions": exclusions}
    if disabled:
        categories["disable"] = disabled
    return {
        "pack.yaml": _text(heading),
        "clauses.yaml": _text(clauses),
        "accounting.yaml": _text({"override": {"parameters": parameters}} if parameters else {}),
        "categories.yaml": _text(categories),
    }


def _parameter(one: Parameter, value: str, number: str) -> dict[str, Any]:
    exact = Fraction(value)
    shown = exact.numerator if exact.denominator == 1 else _Number(variants.decimal_text(exact))
    unit = {"money": "money", "area": "area"}.get(one.literal.kind, "count" if exact.denominator == 1 else "ratio")
    return {"code": one.code, "title": one.title, "value": shown, "unit": unit, "clause": number}


def _condition(one: Condition, number: str) -> dict[str, Any]:
    return {
        "code": one.code, "title": one.title, "when": one.formula.text, "clause": number, "says": dict(one.says),
    }  # fmt: skip


class _Number(str):
    """A decimal written as it is, without passing through a float."""


class _Dumper(yaml.SafeDumper):
    """Writes the decimals of a pack, and everything in full: packs have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(_Number, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))


def _text(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def archive(proposal: Proposal) -> bytes:
    """The folder as a .zip."""
    buffer = io.BytesIO()
    folder = folder_name(proposal).replace("-", "_")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in files(proposal).items():
            book.writestr(zipfile.ZipInfo(f"{folder}/{name}", (2020, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()
