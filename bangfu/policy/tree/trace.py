"""The trace of a judgement: each formula as a tree of plain JSON, every part with the value it had."""

from __future__ import annotations

from typing import Any

from bangfu.policy import money, months
from bangfu.policy.pack.model import TermRule
from bangfu.policy.tree import judge
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import values as v
from bangfu.policy.tree.case import NOTHING, UNKNOWN, Case
from bangfu.policy.tree.values import Interval

WORD = {True: "met", False: "not_met", None: "unknown"}


def shown(kind: str, value: Interval) -> Any:
    """A number for people: money and areas with two decimals; an open one as its two ends (null = no bound)."""

    def end(part: int | None) -> str | None:
        if part is None:
            return None
        if kind in ("money", "area"):
            return money.format_fen(money.half_away(part, value[2]))
        if part % value[2] == 0:
            return str(part // value[2])
        return f"{part}/{value[2]}"

    low, high = end(value[0]), end(value[1])
    return low if v.is_single(value) else {"low": low, "high": high}


def of_node(node: n.Node, case: Case) -> dict[str, Any]:
    """A node with its value and its parts. Inside a comparison that depends on household size, one entry for each size."""
    found: dict[str, Any] = {"op": type(node).__name__.lower(), "text": node.text}
    if node.kind == "truth":
        found["result"] = WORD[judge.truth(node, case)]
        if isinstance(node, n.Compare) and case.size is None and judge.sized(node, case):
            found["by_size"] = [{"household_size": size, **_sides(node, case)} for size in judge.each_size(case)]
            return found
        if isinstance(node, n.Compare):
            return found | _sides(node, case)
    elif node.kind in n.NUMERIC:
        found["value"] = shown(node.kind, judge.number(node, case))
    elif isinstance(node, n.Fact):
        raw = judge.raw(node, case)
        found["value"] = None if raw is UNKNOWN or raw is NOTHING else list(raw) if isinstance(raw, tuple) else raw
    if isinstance(node, n.Fact):
        found["path"] = judge.path(node, case)
        return found
    if isinstance(node, n.Standard):
        return found | {"rows": standard_rows(node.code, case)}
    if isinstance(node, n.Term):
        return found | {"term": node.code}  # its own parts stand once, under `terms`
    if isinstance(node, n.Quantified):
        return found  # its parts belong to one member at a time
    if isinstance(node, n.Last):
        with judge.narrowed(node, case):
            found["parts"] = [of_node(node.part, case)]
        return found
    if isinstance(node, n.EveryMonth):
        found["by_month"] = [
            {"month": months.format_month(month), **of_node(node.part, case)} for month in judge.each_month(case)
        ]
        return found
    parts = n.children(node)
    if parts:
        found["parts"] = [of_node(part, case) for part in parts if part.kind in n.NUMERIC or part.kind == "truth" or isinstance(part, n.Fact)]  # fmt: skip
    return found


def _sides(node: n.Compare, case: Case) -> dict[str, Any]:
    if node.left.kind == "month":
        return {"op": node.op, "left": _month(node.left, case), "right": _month(node.right, case)}
    return {"op": node.op, "left": of_node(node.left, case), "right": of_node(node.right, case)}


def _month(node: n.Node, case: Case) -> str | None:
    value = judge.month(node, case)
    return months.format_month(value) if isinstance(value, int) else None


def standard_rows(code: str, case: Case) -> list[dict[str, Any]]:
    """The rows a standard was read from: which region was asked, which row answered, and its source."""
    rule = case.rules.standards[code]
    rows: list[dict[str, Any]] = []
    for place in judge.regions(rule.region.node, case):
        row = None if place is None else case.row_at(rule, place)
        rows.append({"asked": place, "row": None if row is None else row.as_dict()})
    return rows


def _term(term: TermRule, case: Case) -> dict[str, Any]:
    """A named formula with its parts, one entry for each possible household size where it depends on that."""
    node = term.formula.node
    if case.size is None and judge.sized(node, case):
        return {"by_size": [{"household_size": size, **of_node(node, case)} for size in judge.each_size(case)]}
    return of_node(node, case)


def of_case(case: Case, conditions: list[tuple[str, Any]]) -> dict[str, Any]:
    """The whole trace: standards used, who counts, the pots, and each condition."""
    rules = case.rules
    return {
        "members": [{"id": member.id, "counted": WORD[case.counted[member.id]]} for member in case.facts.members],
        "standards": {code: standard_rows(code, case) for code in rules.used_standards},
        "parameters": {
            code: shown("count", v.exactly(p.literal.numerator, p.literal.denominator))
            for code, p in rules.parameters.items()
        },
        "pots": {
            code: shown("money", judge.over_sizes(n.Pot(kind="money", text=code, code=code), case))
            for code in rules.pots
        },
        "terms": {
            code: {"title": term.title, "clause": term.said.clause, "formula": term.formula.text, **_term(term, case)}
            for code, term in rules.terms.items()
            if code in rules.household_terms
        },
        "conditions": [
            {
                "where": where,
                "code": condition.code,
                "clause": condition.said.clause,
                "said_by": condition.said.pack,
                "place": f"{condition.formula.file}:{condition.formula.line}",
                "formula": condition.formula.text,
                **of_node(condition.formula.node, case),
            }
            for where, condition in conditions
        ],
    }
