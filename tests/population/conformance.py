"""Every operation of the formula language in one small pack, with households in which its facts are known and unknown.

`OPERATIONS` is the table; `rules()` the pack; `page(answer)` the page docs/population-conformance.md. `python -m tests.population.conformance`
writes the page anew.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from bangfu.policy import facts as facts_module
from bangfu.policy import registry
from bangfu.policy import standards as standards_module
from bangfu.policy.household import Facts
from bangfu.policy.pack.model import Category, Condition, LineRule, Pack, PotRule, Rules, Said
from bangfu.policy.population import judge_engine, layout
from bangfu.policy.standards import Standards
from bangfu.policy.tree import parse
from bangfu.policy.tree.nodes import Formula
from tests.policy import households as h

PAGE = Path(__file__).parents[2] / "docs" / "population-conformance.md"
Changes = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One row: `of` is "truth" or "money" for a formula of the household, "incomes" or "expenses" for one of a line of `kind`."""

    name: str
    formula: str
    of: str
    cases: dict[str, Changes]
    kind: str = ""
    code: str = field(default="")


def _two(**second: Any) -> Changes:
    return {"members": [h.worker(), h.person("P2", **second)]}


def _line(line: Any, **more: Any) -> Changes:
    return {"incomes": line if isinstance(line, list) else [line], **more}


def _cost(line: Any, **more: Any) -> Changes:
    return {"expenses": [line], **more}


IN = ("2020-08", "2020-09")
PART = {
    "basic_insurance": None,
    "major_illness_insurance": "0",
    "commercial_insurance": "0",
    "mutual_aid": "0",
    "other_relief": "10.00",
}
OPERATIONS = [
    Operation("fact", "status.dibao", "truth", {"true": {"status": {"dibao": True}}, "false": {}, "unknown": {"status": {"dibao": None}}}),
    Operation("fact of an incident", "incident.death", "truth", {
        "true": {"incident": h.incident("illness", death=True)}, "no incident": {}, "unknown": {"incident": h.incident("illness", death=None)},
        "incident unknown": {"incident": None},
    }),
    Operation("fact of the worker", "worker.migrant_worker", "truth", {
        "true": {"members": [h.worker(migrant_worker=True)]}, "unknown": {"members": [h.worker(migrant_worker=None)]},
    }),
    Operation("and", "status.dibao and conduct.evaded", "truth", {
        "true, unknown": {"status": {"dibao": True}, "conduct": {"evaded": None}}, "false, unknown": {"conduct": {"evaded": None}},
        "true, true": {"status": {"dibao": True}, "conduct": {"evaded": True}},
    }),
    Operation("or", "status.dibao or conduct.evaded", "truth", {
        "true, unknown": {"status": {"dibao": True}, "conduct": {"evaded": None}}, "false, unknown": {"conduct": {"evaded": None}}, "false, false": {},
    }),
    Operation("not", "not status.dibao", "truth", {"false": {}, "unknown": {"status": {"dibao": None}}}),
    Operation("if, of truths", "status.tekun if status.dibao else conduct.evaded", "truth", {
        "test unknown, both false": {"status": {"dibao": None}}, "test unknown, they differ": {"status": {"dibao": None, "tekun": True}},
        "test false": {"conduct": {"evaded": True}}, "test true, value unknown": {"status": {"dibao": True, "tekun": None}},
    }),
    Operation("==", "housing.owned_homes == 2", "truth", {"2": {"housing": {"owned_homes": 2}}, "1": {}, "unknown": {"housing": {"owned_homes": None}}}),
    Operation("!=", "housing.owned_homes != 2", "truth", {"2": {"housing": {"owned_homes": 2}}, "1": {}, "unknown": {"housing": {"owned_homes": None}}}),
    Operation("<", "savings < yuan(0)", "truth", {"0": {}, "unknown, never below zero": {"savings": None}}),
    Operation("<=", "savings <= yuan(100.01)", "truth", {"on the line": {"savings": "100.01"}, "one 分 over": {"savings": "100.02"}, "unknown": {"savings": None}}),
    Operation(">", "savings > yuan(100.01)", "truth", {"on the line": {"savings": "100.01"}, "one 分 over": {"savings": "100.02"}, "unknown": {"savings": None}}),
    Operation(">=", "savings >= yuan(0)", "truth", {"0": {}, "unknown, never below zero": {"savings": None}}),
    Operation("compare months", "window_start <= incident.month <= application_month", "truth", {
        "inside": {"incident": h.incident("illness")}, "no incident": {}, "unknown": {"incident": h.incident("illness", date=None)},
    }),
    Operation("compare what nothing has", "incident.injury_grade <= 3", "truth", {
        "grade 3": {"incident": h.incident("illness", injury_grade=3)}, "no grade": {"incident": h.incident("illness")},
        "no incident": {}, "unknown": {"incident": h.incident("illness", injury_grade=None)},
    }),
    Operation("in", 'worker.employment in ("employed", "flexible")', "truth", {"yes": {}, "no": {"members": [h.worker(employment="minor")]}, "unknown": {"members": [h.worker(employment=None)]}}),
    Operation("not in", 'incident.kind not in ("illness", "other")', "truth", {
        "not among them": {"incident": h.incident("traffic_accident")}, "no incident": {}, "unknown": {"incident": h.incident(None)},  # type: ignore[arg-type]
    }),
    Operation("in a set", '"illness" in causes', "truth", {"yes": {}, "no": {"causes": ["disability"]}, "unknown": {"causes": None}}),
    Operation("some", "some(causes)", "truth", {"one": {}, "none": {"causes": []}, "unknown": {"causes": None}}),
    Operation("some of a list", "some(vehicles)", "truth", {"none": {}, "one": {"vehicles": [{"use": None}]}, "unknown": {"vehicles": None}}),
    Operation("any", "any(m.major_illness for m in members)", "truth", {
        "one": _two(major_illness=True), "none": {}, "unknown": _two(major_illness=None),
        "of one who may not count": _two(major_illness=True, lives_together=None), "of one who does not": _two(major_illness=None, lives_together=False),
    }),
    Operation("all", "all(m.work_capable for m in members)", "truth", {
        "all": {}, "not one": _two(work_capable=False), "unknown": _two(work_capable=None),
        "but one who may not count": _two(work_capable=False, lives_together=None),
    }),
    Operation("count", "count(m.chronic_illness for m in members) >= 1", "truth", {"one": _two(chronic_illness=True), "none": {}, "unknown": _two(chronic_illness=None)}),
    Operation("any of vehicles", 'any(v.use != "disability_mobility" for v in vehicles)', "truth", {
        "private": {"vehicles": [{"use": "private"}]}, "none": {}, "use unknown": {"vehicles": [{"use": None}]}, "list unknown": {"vehicles": None},
    }),
    Operation("any of disabilities", "any(any(d.grade <= 2 for d in m.disabilities) for m in members)", "truth", {
        "grade 2": _two(disabilities=[{"kind": "limb", "grade": 2}]), "none": {}, "grade unknown": _two(disabilities=[{"kind": "limb", "grade": None}]),
        "list unknown": _two(disabilities=None),
    }),
    Operation("published", "published(local_multiple)", "truth", {"yes": {"work_region": "120103"}, "no": {}, "region unknown": {"work_region": None}}),
    Operation("starts_with", 'starts_with(huji_region, "12")', "truth", {"yes": {}, "no": {"huji_region": "370902"}, "unknown": {"huji_region": None}}),
    Operation("size in doubt", "savings / household_size <= yuan(100)", "truth", {
        "of two": {"savings": "200.00"}, "of one or two, it matters": {"savings": "200.00", **_two(lives_together=None)},
        "of one or two, it does not": {"savings": "500.00", **_two(lives_together=None)},
    }),
    Operation("+", "savings + investments_net", "money", {"known": {"savings": "0.10", "investments_net": "0.20"}, "unknown": {"savings": None}}),
    Operation("-", "savings - investments_net", "money", {"below zero": {"savings": "0.10", "investments_net": "0.25"}, "unknown": {"investments_net": None}}),
    Operation("*", "1.8 * savings", "money", {"known": {"savings": "0.03"}, "unknown": {"savings": None}}),
    Operation("* by zero", "0 * savings", "money", {"unknown": {"savings": None}}),
    Operation("/", "savings / household_size / 3", "money", {"rounded in the answer only": {"savings": "100.00"}, "unknown": {"savings": None}, "size in doubt": {"savings": "100.00", **_two(lives_together=None)}}),
    Operation("window_months", "last(3, savings / window_months)", "money", {"three": {"savings": "1.00"}, "unknown": {"savings": None}}),
    Operation("unary -", "-savings", "money", {"half a 分 goes away from zero": {"savings": "0.01"}, "unknown": {"savings": None}}),
    Operation("half away from zero", "-savings / 2", "money", {"-0.5 分": {"savings": "0.01"}}),
    Operation("max", "max(savings, investments_net)", "money", {"known": {"savings": "2.00", "investments_net": "3.00"}, "one unknown": {"savings": None, "investments_net": "3.00"}}),
    Operation("min", "min(savings, investments_net)", "money", {"known": {"savings": "2.00", "investments_net": "3.00"}, "one unknown, the other zero": {"savings": None}}),
    Operation("round_half_up", "round_half_up(savings / 2)", "money", {"0.5 分": {"savings": "0.01"}, "unknown": {"savings": None}}),
    Operation("round_half_up below zero", "round_half_up(-savings / 2)", "money", {"-0.5 分": {"savings": "0.01"}}),
    Operation("if, of numbers", "yuan(1) if status.dibao else yuan(2)", "money", {"false": {}, "unknown": {"status": {"dibao": None}}}),
    Operation("standard", "dibao", "money", {"published": {}, "region unknown": {"work_region": None}, "not published": {"work_region": "440305", "huji_region": "440305"}}),
    Operation("m2", "yuan(1) if housing.owned_area_m2 <= m2(60) else yuan(2)", "money", {"on the line": {}, "unknown": {"housing": {"owned_area_m2": None}}}),
    Operation("pot", "income", "money", {"a line": _line(h.once("wage", "5.00")), "list unknown": {"incomes": None}, "owner in doubt": _line(h.once("wage", "5.00", member="P2"), **_two(lives_together=None))}),
    Operation("last", "last(3, income)", "money", {"before": _line(h.once("wage", "5.00", "2020-05")), "inside": _line(h.once("wage", "5.00", "2020-07")), "month unknown": _line(h.once("wage", "5.00", None))}),  # type: ignore[arg-type]
    Operation("every_month", "every_month(income <= yuan(100))", "truth", {
        "each": _line(h.monthly("wage", "100.00")), "not one": _line(h.once("wage", "100.01")), "month unknown": _line(h.once("wage", "100.01", None)),  # type: ignore[arg-type]
        "amount unknown": _line(h.once("wage", None)),
    }),
    Operation("in_window", "in_window(amount, monthly)", "incomes", {
        "once": _line(h.once("pension", "5.00")), "two months": _line(h.monthly("pension", "5.00", IN)), "outside": _line(h.once("pension", "5.00", "2020-10")),
        "amount unknown": _line(h.once("pension", None)), "month unknown": _line(h.once("pension", "5.00", None)),  # type: ignore[arg-type]
        "end unknown": _line(h.monthly("pension", "5.00", ("2020-09", None))), "beginning unknown": _line(h.monthly("pension", "5.00", (None, "2020-09"))),  # type: ignore[arg-type]
    }, "pension"),
    Operation("in_application_month", "in_application_month(amount, monthly)", "incomes", {
        "in it": _line(h.once("donation", "5.00", "2020-10")), "before": _line(h.once("donation", "5.00")), "month unknown": _line(h.once("donation", "5.00", None)),  # type: ignore[arg-type]
    }, "donation"),
    Operation("in_incident_months", "in_incident_months(amount, monthly)", "incomes", {
        "month of application": _line(h.once("relief", "5.00", "2020-10")), "seven months": _line(h.monthly("relief", "5.00", ("2020-01", "2020-12"))),
        "unknown": _line(h.monthly("relief", None, IN)),
    }, "relief"),
    Operation("topped_up", "topped_up(yuan(100))", "incomes", {
        "below": _line(h.monthly("business", "5.00", IN)), "two lines together": _line([h.monthly("business", "60.00", IN), h.monthly("business", "50.00", IN)]),
        "amount unknown": _line(h.monthly("business", None, IN)), "end unknown": _line(h.monthly("business", "5.00", ("2020-09", None))),  # type: ignore[arg-type]
    }, "business"),
    Operation("share", "in_window(0, round_half_up(share(yuan(100))))", "incomes", {
        "alone": _line(h.monthly("compensation", "1.00", IN)), "among three": _line([h.monthly("compensation", "1.00", IN)] * 3),
        "another's months unknown": _line([h.monthly("compensation", "1.00", IN), h.monthly("compensation", "1.00", (None, "2020-09"))]),  # type: ignore[arg-type]
    }, "compensation"),
    Operation("share, not rounded", "in_window(0, share(yuan(100)))", "incomes", {"among three": _line([h.monthly("property", "1.00", IN)] * 3)}, "property"),
    Operation("paid_by", "in_window(max(0, total - paid_by))", "expenses", {
        "known": _cost(h.bill("100.00")), "one payer unknown": _cost(h.bill("100.00", paid_by=PART)), "nobody asked": _cost(h.bill("100.00", paid_by=None)),
    }, "illness"),
    Operation("fact of a line", "in_window(total) if recognized else 0", "expenses", {
        "recognized": _cost(h.bill("7.00", "other", recognized=True)), "not": _cost(h.bill("7.00", "other", recognized=False)), "unknown": _cost(h.bill("7.00", "other", recognized=None)),
    }, "other"),
    Operation("disabilities of the line's member", "in_window(total, monthly) if any(d.grade <= 2 for d in member.disabilities) else 0", "expenses", {
        "grade 1": _cost(h.bill("7.00", "disability_care", member="P2"), **_two(disabilities=[{"kind": "limb", "grade": 1}])), "none": _cost(h.bill("7.00", "disability_care", member="P2")),
        "unknown": _cost(h.bill("7.00", "disability_care", member="P2"), **_two(disabilities=None)),
    }, "disability_care"),
]  # fmt: skip
NOT_COMPILED = [
    "## What is refused",
    "",
    "A pack that says one of these is refused by name before anything is judged (`NotCompiled`, `NotByPlace`); the judge still answers each household.",
    "No pack here says any of them.",
    "",
    "- a comparison by household size inside `any`, `all` or `count`, where it may be in doubt who belongs to the household",
    "- `count` over the disabilities of the worker or of a line's member, or a part of `any` over them that asks of the line itself",
    "- a share that is not rounded, where a household may have more than 24 lines of income",
    "- a number that may pass 38 digits",
    "- a standard whose region hangs on other facts than the two regions",
]
SAID = Said("conformance", ("1",))


def operations() -> list[Operation]:
    return [replace(one, code=f"op_{place}") for place, one in enumerate(OPERATIONS)]


def rules() -> Rules:
    """The national text's accounting, with a category, figure, or pot and line rule for each operation."""
    base = registry.get_pack("acftu-2020", h_day()).rules
    literals = {code: one.literal for code, one in base.parameters.items() if code != "window_months"}
    tianjin = registry.get_pack("tianjin-commerce-2020", h_day()).rules
    standards = dict(base.standards) | {"local_multiple": tianjin.standards["local_multiple"]}
    units = {code: one.unit for code, one in standards.items()}
    pots, lines, figures, categories = dict(base.pots), list(base.lines), {}, []
    for one in operations():
        if one.of in ("incomes", "expenses"):
            pots[one.code] = PotRule(one.code, one.name, one.of, False, SAID)
    everything = parse.Scope(literals, units, frozenset(pots))
    for one in operations():
        if one.of in ("incomes", "expenses"):
            formula = Formula(one.formula, parse.parse(one.formula, replace(everything, lines=one.of), "money"))
            into = MappingProxyType({one.code: formula})
            lines = [replace(old, kinds=tuple(kind for kind in old.kinds if kind != one.kind)) if old.of == one.of and old.basis is None else old for old in lines]  # fmt: skip
            lines.append(LineRule(one.code, one.name, one.of, (one.kind,), None, "other", into, SAID))
            figures[one.code] = Formula(one.code, parse.parse(one.code, everything, "money"))
        elif one.of == "money":
            figures[one.code] = Formula(one.formula, parse.parse(one.formula, everything, "number"))
        else:
            formula = Formula(one.formula, parse.parse(one.formula, everything, "truth"))
            condition = Condition(one.code, one.name, formula, SAID, MappingProxyType({}))
            categories.append(Category(one.code, one.name, (condition,), SAID))
    six = replace(base.parameters["window_months"], literal=tianjin.parameters["window_months"].literal)
    return replace(
        base, parameters=MappingProxyType(dict(base.parameters) | {"window_months": six}), standards=MappingProxyType(standards),
        pots=MappingProxyType(pots), lines=tuple(lines), figures=MappingProxyType(figures), categories=tuple(categories), exclusions=(), filing=(),
        figure_needs=MappingProxyType({}),
    )  # fmt: skip


def h_day() -> Any:
    return facts_module.parse(h.household()).application_date


def pack() -> Pack:
    return replace(registry.get_pack("acftu-2020", h_day()), rules=rules())


def standards() -> Standards:
    return standards_module.parse(h.standards(("local_multiple", "120103", "2020-01-01", "2.5")))


def households() -> list[tuple[Operation, str, Facts]]:
    """(operation, what is known of its facts, household), in the order of the page."""
    return [
        (one, said, facts_module.parse(h.household(id=f"{one.code} {said}", **changes)))
        for one in operations()
        for said, changes in one.cases.items()
    ]


def tables() -> layout.Tables:
    return layout.from_facts(facts for _, _, facts in households())


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    return str(value).lower() if isinstance(value, bool) else f"{value} 分"


def page(answer: pl.DataFrame) -> str:
    """The page, from an answer to `tables()`."""
    rows = answer.sort("household").rows(named=True)
    lines = [
        "# What the operations mean, known and unknown",
        "",
        "Each row is a household in a test: the judge, Polars, DuckDB, PostgreSQL and Spark give the same value (`tests/population/test_conformance.py`).",
        "Amounts are shown as the answer has them, rounded half away from zero to 分; `unknown` means that more than one value is possible. The window is",
        "April to September 2020, the month of application October. This page is made by `python -m tests.population.conformance`.",
        "",
        "| operation | formula | facts | value |",
        "|---|---|---|---|",
    ]  # fmt: skip
    for (one, said, _), row in zip(households(), rows, strict=True):
        value = row[f"category_{one.code}" if one.of == "truth" else one.code]
        formula = one.formula.replace("|", "\\|")
        lines.append(f"| {one.name} | `{formula}` | {said} | {_shown(value)} |")
    lines += ["", *NOT_COMPILED]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(judge_engine.run(pack(), tables(), standards())), encoding="utf-8")
