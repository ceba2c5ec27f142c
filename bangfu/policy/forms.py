"""The official forms of a text as data: their fields in the printed order, who fills and signs them, and what keeps one open.

`forms.yaml` holds the forms. A field has a type; a block is a repeating part with fields of its own; a check compares fields with one
another. `faults` says everything that is wrong with the values of one form; nothing here prints or stores. Money is integer 分,
areas are hundredths of m², dates are `datetime.date`, months `"2020-09"`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bangfu.policy.shape import Shape
from bangfu.policy.source import Node

TYPES = (
    "text", "integer", "money", "area", "number", "date", "month", "choice", "choices", "flag", "id_number", "phone",
    "image", "signature", "seal", "statement",
)  # fmt: skip
FILLERS = ("applicant", "staff", "investigator")
SECTIONS = ("forms", "vocabularies", "occupations", "disable")
_MONTH = re.compile(r"^[0-9]{4}-(0[1-9]|1[0-2])$")
_PHONE = re.compile(r"^[0-9][0-9-]{4,19}$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class FormField:
    """One field. `block`: the repeating part it belongs to. `only_if`: `field=value` under which it must be filled, else it is optional.

    `source` says from where it is taken over, so that nobody types twice (`f1.applicant_name`, `id_number`, `check_report`).
    """

    code: str
    label: str
    type: str
    clause: str
    required: bool
    block: str | None
    values: Mapping[str, str]
    only_if: str | None
    source: str | None
    by_people: int
    note: str


@dataclass(frozen=True)
class FormCheck:
    """A comparison of fields: its `test` is one of `TESTS`, `fields` are its operands, `message` the sentence people read."""

    code: str
    message: str
    test: str
    fields: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Form:
    """One form. `sample`: number of the annex that shows it; `state`: where in the work it is made; `copies`: who keeps one each."""

    code: str
    title: str
    clause: str
    filled_by: str
    state: str
    stage: str
    sample: int
    signed_by: tuple[str, ...]
    sealed_by: str | None
    copies: tuple[str, ...]
    must_have: bool
    numbered: bool
    repeats: bool
    posted: bool
    statements: Mapping[str, str]
    fields: Mapping[str, FormField]
    checks: tuple[FormCheck, ...]
    origin: str

    def block(self, name: str | None) -> tuple[FormField, ...]:
        """The fields of one repeating part (None: of the form itself), in the printed order."""
        return tuple(one for one in self.fields.values() if one.block == name)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Names of the repeating parts, in the printed order."""
        return tuple(dict.fromkeys(one.block for one in self.fields.values() if one.block))


@dataclass(frozen=True)
class Occupation:
    """One class of 职业状况, tried in the order of the file: by age, by employment, or as an adult child who cannot live alone."""

    code: str
    title: str
    clause: str
    min_age: int | None
    under_age: int | None
    dependent_child: bool
    employments: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class FormRules:
    """`forms.yaml`, effective for a pack."""

    pack: str
    forms: Mapping[str, Form] = field(default_factory=dict)
    occupations: Mapping[str, Occupation] = field(default_factory=dict)

    def codes(self) -> frozenset[str]:
        """What a clause may name: a form (`f4`), a field or check of it (`f4.visit_on`), a printed sentence, an occupation."""
        found = set(self.forms) | {f"occupation_{code}" for code in self.occupations}
        for form in self.forms.values():
            parts = [*form.fields, *form.statements, *(check.code for check in form.checks)]
            found |= {f"{form.code}.{part}" for part in parts}
        return frozenset(found)

    def title_of(self, ref: str) -> str | None:
        """The words for what a clause names (`f4`, `f4.visit_on`, `occupation_c1`); None where it is on no form."""
        if ref.startswith("occupation_") and ref.removeprefix("occupation_") in self.occupations:
            return f"职业状况：{self.occupations[ref.removeprefix('occupation_')].title}"
        code, _, part = ref.partition(".")
        form = self.forms.get(code)
        if form is None or not part:
            return form.title if form else None
        words = {check.code: check.message for check in form.checks} | dict(form.statements)
        named = form.fields[part].label if part in form.fields else words.get(part)
        return f"{form.title}：{named}" if named else None

    def required_documents(self) -> tuple[str, ...]:
        """Codes of the forms without which no file may be closed, in the order of the samples."""
        return tuple(form.code for form in self.forms.values() if form.must_have)


@dataclass(frozen=True)
class FormFault:
    """What is wrong with one field: its path (`members[2].id_number`), a code, a sentence for people."""

    path: str
    code: str
    message: str


# --- checking ---------------------------------------------------------------------------------------------------------
def valid_id_number(text: str) -> bool:
    """Whether 18 characters carry a real date and the right check character (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return False
    try:
        datetime.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return "10X98765432"[sum(int(a) * b for a, b in zip(text, _WEIGHTS, strict=False)) % 11] == text[17]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_READS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and bool(value.strip()),
    "integer": _whole,
    "money": _whole,
    "area": _whole,
    "number": _whole,
    "date": lambda value: isinstance(value, datetime.date),
    "month": lambda value: isinstance(value, str) and bool(_MONTH.match(value)),
    "flag": lambda value: isinstance(value, bool),
    "id_number": lambda value: isinstance(value, str) and valid_id_number(value),
    "phone": lambda value: isinstance(value, str) and bool(_PHONE.match(value)),
    "image": lambda value: isinstance(value, str) and bool(value),
    "seal": lambda value: isinstance(value, str) and bool(value),
    "signature": lambda value: isinstance(value, (list, tuple)) and all(isinstance(one, str) and one for one in value),
}


def _one_of(value: Any, one: FormField) -> bool:
    return isinstance(value, str) and value in one.values


def _reads(one: FormField, value: Any) -> bool:
    if one.type == "choice":
        return _one_of(value, one)
    if one.type == "choices":
        return isinstance(value, (list, tuple)) and bool(value) and all(_one_of(entry, one) for entry in value)
    if one.type == "statement":
        return value is True
    return _READS[one.type](value)


def _wanted(one: FormField, values: Mapping[str, Any]) -> bool:
    if one.only_if is None:
        return one.required
    name, _, value = one.only_if.partition("=")
    held = values.get(name)
    return held in value.split("|") or (isinstance(held, bool) and ("yes" if held else "no") in value.split("|"))


def faults(form: Form, values: Mapping[str, Any], today: datetime.date | None = None) -> list[FormFault]:
    """Everything that keeps a form open: unknown keys, missing or unreadable fields, and comparisons that do not hold.

    Dates after `today` are refused where it is given.
    """
    found = _part_faults(form, None, values, "", today)
    for name in form.blocks:
        rows = values.get(name) or []
        for place, row in enumerate(rows):
            found += _part_faults(form, name, row, f"{name}[{place}].", today)
    for check in form.checks:
        if TESTS[check.test](values, check.fields) is False:
            found.append(FormFault(check.fields[0], check.code, check.message))
    return found


def _part_faults(
    form: Form, name: str | None, values: Mapping[str, Any], prefix: str, today: datetime.date | None
) -> list[FormFault]:
    fields = {one.code: one for one in form.block(name)}
    allowed = {*fields, *(form.blocks if name is None else ())}
    found = [FormFault(prefix + key, "unknown", "表上没有这一栏") for key in values if key not in allowed]
    for one in fields.values():
        value = values.get(one.code)
        if value is None or value == "" or value == []:
            if _wanted(one, values):
                found.append(FormFault(prefix + one.code, "missing", f"请填写：{one.label}"))
        elif not _reads(one, value):
            found.append(FormFault(prefix + one.code, "unreadable", f"请更正：{one.label}"))
        elif one.type == "signature" and len(set(value)) < one.by_people:
            found.append(FormFault(prefix + one.code, "too_few", f"{one.label}需要{one.by_people}人签名"))
        elif today is not None and one.type == "date" and value > today:
            found.append(FormFault(prefix + one.code, "future", f"{one.label}不能晚于今天"))
    return found


# --- comparisons (None: an operand is missing, so nothing can be said yet) -----------------------------------------------
def _get(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path; with `=value` behind it: whether it is that one, of a list or a block how many are."""
    path, asked, wanted = path.partition("=")
    if asked:
        held = _get(values, path)
        if isinstance(held, (list, tuple)):
            return sum(one == wanted for one in held)
        return None if held is None else held == wanted
    if path.endswith("[]"):
        return len(values.get(path[:-2]) or [])
    if "[]." in path:
        block, _, key = path.partition("[].")
        return [row.get(key) for row in values.get(block) or []]
    return values.get(path)


def _pair(compare: Callable[[Any, Any], bool]) -> Callable[[Mapping[str, Any], Sequence[str]], bool | None]:
    def test(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
        left, right = (_get(values, path) for path in fields[:2])
        return None if left is None or right is None else compare(left, right)

    return test


def _distinct(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    seen: list[Any] = []
    for path in fields:
        value = _get(values, path)
        seen += value if isinstance(value, (list, tuple)) else [value]
    known = [value for value in seen if value is not None]
    return len(known) == len(set(known))


def _some(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    return any(_get(values, path) not in (None, "", [], 0, False) for path in fields)


def _one_alone(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    return sum(_get(values, path) not in (None, "", []) for path in fields) == 1


def _sums(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """The first is the sum of the second over a block."""
    total, parts = _get(values, fields[0]), _get(values, fields[1])
    return None if total is None or not parts or None in parts else total == sum(parts)


def _product(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """The first is the second times the third, and the fourth beside it."""
    total, each, number, beside = (_get(values, path) for path in fields)
    return None if None in (total, each, number) else total == each * number + (beside or 0)


def _span(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """From the first to the second day are as many days as the third says, both counted."""
    start, end, days = (_get(values, path) for path in fields)
    return None if None in (start, end, days) else (end - start).days + 1 == days


def _every_pair(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    left, right = (_get(values, path) for path in fields[:2])
    return all(a is None or b is None or a <= b for a, b in zip(left, right, strict=True))


def _all_true(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    return all(_get(values, path) is True for path in fields)


def _explained(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """Two fields agree, or a third says why not."""
    left, right, why = (_get(values, path) for path in fields)
    return None if left is None or right is None else left == right or bool(why)


def _direction(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """`up` wants the third above the second, `down` below."""
    how, old, new = (_get(values, path) for path in fields)
    if None in (old, new) or how not in ("up", "down"):
        return None
    return bool(new > old if how == "up" else new < old)


def _implies(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """Where the first holds, one of the others does."""
    return not _get(values, fields[0]) or any(_get(values, path) for path in fields[1:])


def _iff(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """Both hold or neither does."""
    left, right = (_get(values, path) for path in fields)
    return None if left is None or right is None else bool(left) == bool(right)


def _among(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """The first, or every one of the first, stands among the second."""
    held, listed = (_get(values, path) for path in fields)
    wanted = held if isinstance(held, (list, tuple)) else [held]
    return None if held is None else all(one is None or one in (listed or ()) for one in wanted)


def _monthly_mean(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """The first is the second (of a year) by twelve and by the third, rounded half up to the fen."""
    mean, total, people = (_get(values, path) for path in fields)
    if None in (mean, total, people) or not people:
        return None
    return bool(mean == (2 * total + 12 * people) // (24 * people))


def _identity(values: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    """The number, the day of birth and the sex are of one person."""
    number, born, sex = (_get(values, path) for path in fields)
    if not isinstance(number, str) or not valid_id_number(number):
        return None
    wrong = born is not None and f"{born:%Y%m%d}" != number[6:14]
    return not wrong and sex in (None, "male" if int(number[16]) % 2 else "female")


TESTS: Mapping[str, Callable[[Mapping[str, Any], Sequence[str]], bool | None]] = {
    "equal": _pair(lambda a, b: a == b),
    "not_above": _pair(lambda a, b: a <= b),
    "above": _pair(lambda a, b: a > b),
    "distinct": _distinct,
    "some": _some,
    "one_alone": _one_alone,
    "sum": _sums,
    "product": _product,
    "span": _span,
    "every_pair": _every_pair,
    "all_true": _all_true,
    "explained": _explained,
    "direction": _direction,
    "one": lambda values, fields: _get(values, fields[0]) == 1,
    "at_most_one": lambda values, fields: (_get(values, fields[0]) or 0) <= 1,
    "not_both": lambda values, fields: not all(_get(values, path) for path in fields),
    "implies": _implies,
    "iff": _iff,
    "among": _among,
    "monthly_mean": _monthly_mean,
    "identity": _identity,
}


def taken_over(form: Form, values: Mapping[str, Any], filled: Mapping[str, Mapping[str, Any]]) -> list[FormFault]:
    """Fields with the source of another form (`f1.name`) that do not say what that form says: nobody types them anew."""
    found = []
    for one in form.block(None):
        code, _, name = (one.source or "").partition(".")
        if code in filled and one.code in values and values[one.code] != filled[code].get(name):
            found.append(FormFault(one.code, "differs", f"{one.label}与档案不一致，请先变更档案"))
    return found


# --- helpers of the desk ----------------------------------------------------------------------------------------------
def occupation(
    rules: FormRules, age: int, employment: str | None, *, child: bool = False, dependent: bool = False
) -> str | None:
    """The class of 职业状况 of a person of that age; None where no class fits. The first fitting one counts."""
    for one in rules.occupations.values():
        if one.min_age is not None and age < one.min_age:
            continue
        if one.under_age is not None and age >= one.under_age:
            continue
        if one.dependent_child and not (child and dependent):
            continue
        if one.employments and employment not in one.employments:
            continue
        return one.code
    return None


def from_id_number(number: str, on: datetime.date) -> dict[str, Any]:
    """What a valid number says, for fields with the source `id_number`: age in completed years on the day, sex, month of birth.

    ValueError for a number that is not valid.
    """
    if not valid_id_number(number):
        raise ValueError("身份证号码有误")
    born = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return {"age": age, "sex": "male" if int(number[16]) % 2 else "female", "birth_month": f"{born:%Y-%m}"}


def missing_documents(rules: FormRules, present: Sequence[str], waived: Sequence[str] = ()) -> list[Form]:
    """The documents a file must have and does not (`waived`: those that this outcome does not ask for)."""
    return [rules.forms[code] for code in rules.required_documents() if code not in present and code not in waived]


def editable_by(form: Form, filler: str) -> bool:
    """Whether this kind of person may write into the form."""
    return form.filled_by == filler or (form.filled_by == "investigator" and filler == "staff")


def next_number(used: Sequence[int]) -> int:
    """The next serial number of a year's series: no gap, and a number once given is never given again."""
    return max(used, default=0) + 1


# --- loading ----------------------------------------------------------------------------------------------------------
def load(pack_dir: Path, parent: FormRules | None = None) -> FormRules:
    """Reads `forms.yaml` of a pack, laid over the parent's. Raises `PackFaults` with every fault of the file at once."""
    shape = Shape(pack_dir / "forms.yaml")
    top = shape.open(SECTIONS)
    if top is None:
        return replace(parent, pack=shape.origin) if parent else FormRules(shape.origin)
    lists_node = top.child("vocabularies")
    lists = shape.table(shape.table(shape.text))(lists_node) if lists_node is not None else {}
    known = parent or FormRules(shape.origin)
    number = (shape.integer, None)
    occupations = shape.entries(
        top, "occupations", lambda node, values: Occupation(**values, origin=shape.origin),
        {"title": shape.text, "clause": shape.text},
        {"min_age": number, "under_age": number, "dependent_child": (shape.boolean, False), "employments": (shape.codes, ())},
        known.occupations,
    )  # fmt: skip
    forms = shape.entries(
        top, "forms", lambda node, values: _form(shape, node, values, lists),
        {
            "title": shape.text, "clause": shape.text, "filled_by": shape.choice(FILLERS), "state": shape.code,
            "stage": shape.code, "sample": shape.integer, "fields": shape.listing(lambda node: node),
        },
        {
            "signed_by": (shape.codes, ()), "sealed_by": (shape.code, None), "copies": (shape.codes, ()),
            "must_have": (shape.boolean, False), "numbered": (shape.boolean, False), "repeats": (shape.boolean, False),
            "posted": (shape.boolean, False), "statements": (shape.table(shape.text), {}),
            "checks": (shape.listing(lambda node: node), ()),
        },
        known.forms,
    )  # fmt: skip
    shape.finish()
    return FormRules(shape.origin, forms, occupations)


def _form(shape: Shape, node: Node, values: dict[str, Any], lists: Mapping[str, Mapping[str, str]]) -> Form:
    clause = values["clause"]
    fields: dict[str, FormField] = {}
    for item in values["fields"]:
        one = _field(shape, item, clause, lists)
        if one is None:
            continue
        if any(other.code == one.code and other.block == one.block for other in fields.values()):
            shape.fault(item, f"{one.code}: stands twice in {values['code']}", "code")
        fields[one.code if one.block is None else f"{one.block}.{one.code}"] = one
    names = {one.code for one in fields.values()} | {one.block for one in fields.values() if one.block}
    checks = []
    for item in values["checks"]:
        read = shape.record(
            item, {"code": shape.code, "message": shape.text, "test": shape.choice(TESTS), "fields": shape.texts},
            {"clause": (shape.text, clause)},
        )  # fmt: skip
        if None in read.values():
            continue
        for path in read["fields"]:
            named = path.partition("=")[0].replace("[]", "").split(".")
            shape.refer(item, "fields", [part for part in named if part], names, "field")
        checks.append(FormCheck(**read))
    return Form(**(values | {"fields": fields, "checks": tuple(checks)}), origin=shape.origin)


def _field(shape: Shape, item: Node, clause: str, lists: Mapping[str, Mapping[str, str]]) -> FormField | None:
    read = shape.record(
        item, {"code": shape.code, "label": shape.text, "type": shape.choice(TYPES)},
        {
            "clause": (shape.text, clause), "required": (shape.boolean, True), "block": (shape.code, None),
            "values": (shape.choice(lists), None), "only_if": (shape.text, None), "source": (shape.text, None),
            "by_people": (shape.integer, 1), "note": (shape.text, ""),
        },
    )  # fmt: skip
    if None in (read["code"], read["label"], read["type"]):
        return None
    if (read["type"] in ("choice", "choices")) != bool(read["values"]):
        shape.fault(item, f"{read['code']}: values belong to a choice, and only there", "values")
    return FormField(**(read | {"values": lists.get(read["values"] or "", {})}))
