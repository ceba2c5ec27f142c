"""Which facts each formula of a pack reads, directly or through terms and standards: worked out once for each pack.

A *key* names a fact without its place in the document: `conduct.evaded`, `members.retired` (of anyone), `worker.retired` (asked of the worker),
`incident.month`, `savings`, `pot:income` (a sum over lines), `standard:dibao`, and `size` (who counts). Which facts a sum reads depends on
the lines a household has: `State.reaching` adds that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bangfu.policy.facts import Incident
from bangfu.policy.pack.model import Condition, LineRule, Rules
from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import vocabulary

_SECTIONS = ("housing", "conduct", "status", "attested", "incident")


@dataclass(slots=True)
class Item:
    """A condition or an exclusion, with the categories it bears on."""

    rule: Condition
    node: n.Node
    exclusion: bool
    reads: frozenset[str]
    categories: list[int] = field(default_factory=list)


class Plan:
    """The dependency map of one pack's rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._of_node: dict[int, tuple[n.Node, frozenset[str]]] = {}
        self._lines: dict[tuple[str, str, str], frozenset[str]] = {}
        self._standards: dict[str, frozenset[str]] = {}
        self.membership = self.reads(rules.household.formula.node, "member")
        self.categories = tuple(category.code for category in rules.categories)
        self.items: list[Item] = []
        places = {code: place for place, code in enumerate(self.categories)}
        for place, category in enumerate(rules.categories):
            for condition in category.conditions:
                self._item(condition, exclusion=False).categories.append(place)
        for one in rules.exclusions:
            item = self._item(one, exclusion=True)
            item.categories += [places[code] for code in one.applies_to]
        self._named: dict[str, set[frozenset[str]]] = {}
        self._note_mentions()
        self._dependence: dict[frozenset[str], dict[int, bool]] = {}
        remembered = [self.standard(code) for code in rules.standards]
        remembered += [frozenset({f"pot:{code}", "size"}) for code in rules.pots]
        remembered += [self.reads(term.formula.node) for term in rules.terms.values()]
        #: everything a sum, a named formula or a local figure reads
        self.remembered = frozenset().union(*remembered)
        self._touched: dict[frozenset[str], tuple[int, ...]] = {}
        #: what the formulas about lines read
        self.line_reads = frozenset().union(*(self.line(rule, pot) for rule in rules.lines for pot in rule.into))
        #: what any item may read, the lines' formulas included
        self.all_reads = self.line_reads.union(*(item.reads for item in self.items))
        #: (path, kind) of each flag or choice of the household that some item reads
        self.flags = tuple(
            (f"{section}.{name}", kind)
            for section in _SECTIONS
            for name, kind in vocabulary.SECTIONS[section].items()
            if f"{section}.{name}" in self.all_reads and (kind == "truth" or kind.startswith("enum:"))
        )
        self._members = {worker: self._member_flags(worker=worker) for worker in (True, False)}

    def member_flags(self, worker: bool) -> tuple[tuple[str, frozenset[str]], ...]:
        """(name, keys) of each flag or choice of a member that some item reads, or that says who counts."""
        return self._members[worker]

    def _member_flags(self, *, worker: bool) -> tuple[tuple[str, frozenset[str]], ...]:
        found = []
        for name, kind in vocabulary.MEMBER.items():
            keys = {f"members.{name}"} | ({f"worker.{name}"} if worker else set())
            read = self.all_reads if worker else self.all_reads | self.membership
            if not read.isdisjoint(keys) and (kind == "truth" or kind.startswith("enum:")):
                found.append((name, frozenset(keys)))
        return tuple(found)

    def _item(self, condition: Condition, *, exclusion: bool) -> Item:
        for known in self.items:
            if known.rule is condition:
                return known
        node = condition.formula.node
        item = Item(condition, node, exclusion, self.reads(node))
        self.items.append(item)
        return item

    def dependence(self, keys: frozenset[str]) -> dict[int, bool]:
        """For a set of keys, whether a node (by identity) reads one of them: filled as nodes are asked for."""
        found = self._dependence.get(keys)
        if found is None:
            if len(self._dependence) > 512:  # standards come by place: a bound
                self._dependence.clear()
            found = self._dependence[keys] = {}
        return found

    def bare(self, place: int) -> bool:
        """Whether an item is nothing but a flag."""
        return isinstance(self.items[place].node, n.Fact)

    def touched(self, keys: frozenset[str]) -> tuple[int, ...]:
        """The items that read one of the keys."""
        found = self._touched.get(keys)
        if found is None:
            found = tuple(place for place, item in enumerate(self.items) if not item.reads.isdisjoint(keys))
            self._touched[keys] = found
        return found

    # --- values that act alike ---------------------------------------------------------------------------------------
    def _note_mentions(self) -> None:
        """Which values of choices and sets the formulas name: values that none of them tells apart act alike."""
        rules = self.rules
        trees = [item.node for item in self.items] + [term.formula.node for term in rules.terms.values()]
        trees += [formula.node for line in rules.lines for formula in line.into.values()]
        trees += [one.region.node for one in rules.standards.values()] + [rules.household.formula.node]
        while trees:
            node = trees.pop()
            if isinstance(node, n.OneOf) and isinstance(node.fact, n.Fact):
                self._named.setdefault(node.fact.name.rpartition(".")[2], set()).add(node.values)
            elif isinstance(node, n.Holds) and isinstance(node.collection, n.Fact):
                self._named.setdefault(node.collection.name, set()).add(frozenset({node.value}))
            trees += n.children(node)

    def signature(self, name: str, value: Any) -> Any:
        """Equal for two values of a choice or set that no formula tells apart."""
        named = self._named.get(name, ())
        if isinstance(value, str):
            return tuple(value in one for one in named)
        if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
            return (bool(value), *(not one.isdisjoint(value) for one in named))
        if isinstance(value, Incident):
            return (value.happened, *(value.kind in one for one in self._named.get("kind", ())))
        return value

    # --- what a formula reads ----------------------------------------------------------------------------------------
    def reads(self, node: n.Node, variable: str = "") -> frozenset[str]:
        """The keys a tree reads, through what it names. `variable` is bound to a member."""
        known = self._of_node.get(id(node))
        if known is not None and known[0] is node:
            return known[1]
        found = frozenset(self._walk(node, {variable: "members"} if variable else {}))
        self._of_node[id(node)] = (node, found)
        return found

    def line(self, rule: LineRule, pot: str) -> frozenset[str]:
        """The keys a rule about lines reads for a pot, beside the lines' own amounts."""
        found = self._lines.get((rule.of, rule.code, pot))
        if found is None:
            found = frozenset(self._walk(rule.into[pot].node, {}, rule.of))
            self._lines[rule.of, rule.code, pot] = found
        return found

    def standard(self, code: str) -> frozenset[str]:
        """The keys that say which row of a standard is read."""
        found = self._standards.get(code)
        if found is None:
            found = frozenset(self._walk(self.rules.standards[code].region.node, {})) | {f"standard:{code}"}
            self._standards[code] = found
        return found

    def _walk(self, node: n.Node, bound: dict[str, str], of: str = "") -> set[str]:
        found: set[str] = set()
        match node:
            case n.Fact(scope=scope, name=name):
                found |= self._fact(scope, name, bound, of)
            case n.Pot(code=code):
                found |= {f"pot:{code}", "size"}
            case n.Term(code=code):
                term = self.rules.terms[code]
                found |= self._walk(term.formula.node, {}, term.of or of)
            case n.Standard(code=code) | n.Published(code=code):
                found |= self.standard(code)
            case n.Size():
                found.add("size")
            case n.Quantified(collection=collection, variable=name):
                root = "members.disabilities" if collection.endswith("disabilities") else collection
                found.add(root)
                found.add("size" if collection == "members" else root)
                inner = "members" if collection == "members" else root
                for child in n.children(node):
                    found |= self._walk(child, bound | {name: inner}, of)
                return found
        for child in n.children(node):
            found |= self._walk(child, bound, of)
        return found

    @staticmethod
    def _fact(scope: str, name: str, bound: dict[str, str], of: str) -> set[str]:
        if scope == "household":
            return {name}
        if scope in _SECTIONS:
            return {f"{scope}.{name}"}
        if scope == "worker":
            return {f"worker.{name}"}
        if scope == "line":
            return {f"{of}.{name}"}
        if scope == "line_member":
            return {f"members.{name}"}
        root = bound.get(scope, "members")
        return {f"members.{name}"} if root == "members" else {root}


def plan(rules: Rules) -> Plan:
    """The map of a pack's rules, made on first use and kept with them."""
    found: Plan | None = rules.__dict__.get("_advice_plan")
    if found is None:
        found = Plan(rules)
        rules.__dict__["_advice_plan"] = found
    return found


_PART = re.compile(r"([a-z_0-9]+)(?:\[(\d+)\])?")
_steps: dict[str, tuple[tuple[str, int | None], ...]] = {}


def steps(path: str) -> tuple[tuple[str, int | None], ...]:
    """A JSON path as (name, place in the list) pairs: `members[2].retired` → (("members", 2), ("retired", None))."""
    found = _steps.get(path)
    if found is None:
        if len(_steps) > 4096:  # a bound, in case someone asks about endless paths
            _steps.clear()
        parts = []
        for part in path.split("."):
            match = _PART.fullmatch(part)
            if match is None:
                raise ValueError(f"{path}: no path of a facts document")
            parts.append((match[1], None if match[2] is None else int(match[2])))
        found = _steps[path] = tuple(parts)
    return found
