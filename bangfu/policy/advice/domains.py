"""What a fact may be: which kind of answer each path of the facts document takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bangfu.policy import facts as f
from bangfu.policy import months
from bangfu.policy.advice import reads
from bangfu.policy.advice.solve import Target
from bangfu.policy.pack.model import Rules
from bangfu.policy.standards import UNITS
from bangfu.policy.tree import vocabulary
from bangfu.policy.tree.case import Case

#: The largest number of each kind that the facts contract can say; None: no bound.
MOST = {"money": 10**14 - 1, "area": None, "count": None, "ratio": None}
#: Parts of one that a ratio is asked in.
RATIO_PARTS = 10_000
_LINE_NAMES = {"incomes": vocabulary.INCOME_LINE, "expenses": vocabulary.EXPENSE_LINE}


@dataclass(frozen=True, slots=True)
class Domain:
    """`kind`: flag, choice, set, number, month, day, region or nothing (no closed list of answers)."""

    kind: str
    keys: frozenset[str]
    unit: str = ""
    #: (value as the facts document has it, value as the records have it)
    values: tuple[tuple[Any, Any], ...] = ()
    target: Target | None = None


def _choices(names: tuple[str, ...]) -> tuple[tuple[Any, Any], ...]:
    return tuple((name, name) for name in names)


CAUSES = f.CAUSES
_FLAGS = ((True, True), (False, False))
_VEHICLES = (([], ()), *(([{"use": use}], (f.Vehicle(use),)) for use in f.VEHICLE_USES))
_CAUSES = (([], ()), *(([cause], (cause,)) for cause in f.CAUSES))
_DISABILITIES = (
    ([], ()),
    *(
        ([{"kind": kind, "grade": grade}], (f.Disability(kind, grade),))
        for kind in f.DISABILITIES
        for grade in (1, 2, 3, 4)
    ),
)
_INCIDENTS = (
    ("none", f.Incident(happened=False)),
    *(({"kind": kind}, f.Incident(happened=True, kind=kind)) for kind in f.INCIDENT_KINDS),
)
_GRADES = (("none", "none"), *((grade, grade) for grade in range(1, 11)))


def line_keys(case: Case, of: str, position: int) -> frozenset[str]:
    """The sums a line enters."""
    rule = case.rule_of(of, (case.lines(of) or ())[position])
    return frozenset() if rule is None else frozenset(f"pot:{pot}" for pot in rule.into)


@lru_cache(maxsize=1024)
def of_kind(kind: str, keys: frozenset[str], target: Target | None = None) -> Domain:
    """The domain of a plain kind of the vocabulary."""
    if kind == "truth":
        return Domain("flag", keys, values=_FLAGS)
    if kind.startswith("enum:"):
        return Domain("choice", keys, values=_choices(vocabulary.ENUMS[kind[5:]]))
    if kind in MOST:
        return Domain("number", keys, kind, target=target)
    return Domain("nothing", keys)


def of_path(path: str, case: Case, rules: Rules) -> Domain:
    """The domain of the fact at a path. Kept with the rules, since the same paths come again and again."""
    known: dict[Any, Domain] = rules.__dict__.setdefault("_advice_domains", {})
    root, bracket, rest = path.partition("[")
    key: Any = path
    if bracket and root in _LINE_NAMES:
        rule = case.rule_of(root, (case.lines(root) or ())[int(rest[: rest.index("]")])])
        key = (path, None if rule is None else rule.code)
    elif bracket and root == "members":
        key = (path, case.worker.position)
    found = known.get(key)
    if found is None:
        if len(known) > 4096:
            known.clear()
        found = known[key] = _of_path(path, case, rules)
    return found


def _of_path(path: str, case: Case, rules: Rules) -> Domain:
    if path.startswith("standards."):
        return _standard(path, rules)
    steps = reads.steps(path)
    (root, index), last = steps[0], steps[-1][0]
    if root == "members":
        return _member(steps, case)
    if root in _LINE_NAMES:
        return _line(steps, case)
    keys = frozenset({path})
    if root == "vehicles":
        if index is None:
            return Domain("set", frozenset({"vehicles"}), values=_VEHICLES)
        return Domain("choice", frozenset({"vehicles"}), values=_choices(f.VEHICLE_USES))
    if root == "causes":
        return Domain("set", keys, values=_CAUSES)
    if root in ("work_region", "huji_region"):
        return Domain("region", keys)
    if root == "incident":
        return _incident(steps)
    if len(steps) == 1:
        return of_kind(vocabulary.HOUSEHOLD[root], keys, Target(keys, last, "household"))
    return of_kind(vocabulary.SECTIONS[root][last], keys, Target(keys, last, root))


def _member(steps: Any, case: Case) -> Domain:
    position, name = steps[0][1], steps[1][0]
    keys = {f"members.{name}"}
    if position == case.worker.position:
        keys.add(f"worker.{name}")
    if name == "disabilities":
        if len(steps) == 2 and steps[1][1] is None:
            return Domain("set", frozenset(keys), values=_DISABILITIES)
        if steps[2][0] == "grade":
            return Domain("choice", frozenset(keys), values=_GRADES[1:5])
        return Domain("choice", frozenset(keys), values=_choices(f.DISABILITIES))
    found = frozenset(keys)
    return of_kind(vocabulary.MEMBER[name], found, Target(found, name, "member", position=position))


def _line(steps: Any, case: Case) -> Domain:
    (of, position), (name, _) = steps[0], steps[1] if len(steps) > 1 else ("", None)
    if position is None:
        # A whole list that is unknown is asked as one sum: income by the month, expenses as a bill.
        target = Target(frozenset({f"pot:{pot.code}" for pot in case.rules.pots.values() if pot.of == of}), "monthly" if of == "incomes" else "total", of=of, position=0)  # fmt: skip
        return Domain("number", target.keys, "money", target=target)
    keys = line_keys(case, of, position)
    if name in ("from", "to", "month"):
        return Domain("month", keys)
    whole = ".".join(step[0] for step in steps[1:])
    if name == "paid_by":
        whole = "paid_by.basic_insurance" if len(steps) == 2 else whole
        return Domain("number", keys, "money", target=Target(keys, whole, of=of, position=position))
    return of_kind(_LINE_NAMES[of][whole], keys, Target(keys, whole, of=of, position=position))


def _incident(steps: Any) -> Domain:
    if len(steps) == 1:
        return Domain("set", frozenset(f"incident.{name}" for name in vocabulary.INCIDENT), values=_INCIDENTS)
    name = steps[1][0]
    if name == "date":
        return Domain("day", frozenset({"incident.month"}))
    keys = frozenset({f"incident.{name}"})
    if name == "injury_grade":
        return Domain("choice", keys, values=_GRADES)
    return of_kind(vocabulary.INCIDENT[name], keys, Target(keys, name, "incident"))


def _standard(path: str, rules: Rules) -> Domain:
    name, _, place = path.removeprefix("standards.").partition("@")
    keys = frozenset(f"standard:{code}" for code, rule in rules.standards.items() if rule.name == name)
    unit = UNITS[name]
    parts = RATIO_PARTS if unit == "ratio" else 1
    target = Target(keys, standard=name, place=place, denominator=parts)
    return Domain("number", keys, unit, target=target)


# --- values in words of the document --------------------------------------------------------------------------------
def written(unit: str, value: int) -> Any:
    """A number as the facts document writes it."""
    if unit == "money":
        return f"{value // 100}.{value % 100:02d}"
    if unit == "area":
        return f"{value // 100}.{value % 100:02d}"
    if unit == "ratio":
        return f"{value // RATIO_PARTS}.{value % RATIO_PARTS:04d}"
    return value


def signed(unit: str, value: int) -> Any:
    """A difference as text: `"-84.00"`; a count is a plain number."""
    return value if unit == "count" else ("-" if value < 0 else "") + written(unit, abs(value))


def as_written(value: Any) -> Any:
    """A known value of a flag, choice or set as the facts document has it."""
    return list(value) if isinstance(value, tuple) else value


def month_values(case: Case) -> tuple[tuple[str, int], ...]:
    """Months that can make a difference: one before the window, the window, the month of application."""
    first, last = case.window
    return tuple((months.format_month(month), month) for month in range(first - 1, last + 2))
