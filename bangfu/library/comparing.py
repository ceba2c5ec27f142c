"""Two texts clause by clause. Rows stand side by side when one and the same thing realises both; what shares nothing is listed apart.

Only what the registers say is compared: no words are guessed to mean the same. A pair names what it rests on, so that a reader can judge it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bangfu.library import atlas
from bangfu.policy.clauses import Clause
from bangfu.policy.coverage import REAL
from bangfu.policy.texts import Text

Key = tuple[str, str]

#: What the rules of two texts have in common or not. A formula is compared as it is written; what it refers to has topics of its own.
HOW = {"same": "算式相同", "formula": "算式不同", "value": "数值不同", "scope": "适用范围不同"}

#: Things so general that two clauses which name them have nothing in common for it.
GENERAL: frozenset[Key] = frozenset(
    {
        ("page", "policy_library"),
        ("service", "policy.get_pack"),
        ("service", "policy.policy_for"),
        ("page", "household"),
    }
)


@dataclass(frozen=True)
class Topic:
    """One thing that realises rows of both texts. `rules` are the two texts' formulas in words where it is a rule, `how` says whether they agree."""

    kind: str
    title: str
    left: tuple[Clause, ...]
    right: tuple[Clause, ...]
    rules: tuple[atlas.Rule | None, atlas.Rule | None]
    how: str

    @property
    def how_words(self) -> str:
        return HOW.get(self.how, "")


@dataclass(frozen=True)
class Comparison:
    """Topics in the order of the left text, then the rows of each that share nothing with the other."""

    topics: tuple[Topic, ...]
    left_only: tuple[Clause, ...]
    right_only: tuple[Clause, ...]

    @property
    def matched(self) -> tuple[int, int]:
        """How many rows of each text stand in a topic."""
        return len({r.id for t in self.topics for r in t.left}), len({r.id for t in self.topics for r in t.right})


def _how(one: atlas.Rule, other: atlas.Rule) -> str:
    if not one.formulas and not other.formulas and one.section != "parameters":
        return ""  # a category or a sum is made of other rules, which have topics of their own
    if [text for _, text, _ in one.formulas] != [text for _, text, _ in other.formulas]:
        return "formula"
    if one.note == other.note:
        return "same"
    return "value" if one.section == "parameters" else "scope"


def _keys(row: Clause) -> set[Key]:
    return {(item.kind, item.ref.rpartition(".")[2] if item.kind == "rule" else item.ref) for item in row.realised_by if item.kind in REAL} - GENERAL  # fmt: skip


def compare(left: Text, right: Text) -> Comparison:
    """Each row stands once: under the thing it shares with the other text that the fewest rows name."""
    count: Counter[Key] = Counter()
    sides = [{row.id: _keys(row) for row in text.rows} for text in (left, right)]
    for side in sides:
        for named in side.values():
            count.update(named)
    shared = set().union(*sides[0].values()) & set().union(*sides[1].values())
    places: list[dict[Key, list[Clause]]] = [{}, {}]
    alone: list[list[Clause]] = [[], []]
    homes: dict[Key, None] = {}
    for index, text in enumerate((left, right)):
        for row in text.rows:
            keys = sorted(sides[index][row.id] & shared, key=lambda key: (count[key], key))
            if not keys:
                alone[index].append(row)
                continue
            places[index].setdefault(keys[0], []).append(row)
            homes.setdefault(keys[0])
    topics = []
    for key in homes:
        found = [
            places[index].get(key) or _others(text.rows, sides[index], key) for index, text in enumerate((left, right))
        ]
        topics.append(_topic(key, left, right, tuple(found[0]), tuple(found[1])))
    return Comparison(tuple(topics), tuple(alone[0]), tuple(alone[1]))


def _others(rows: tuple[Clause, ...], keys: dict[str, set[Key]], key: Key) -> list[Clause]:
    """Rows that name the thing but stand under another of their own: the counterpart of a row must not be missing."""
    return [row for row in rows if key in keys[row.id]]


def _topic(key: Key, left: Text, right: Text, rows: tuple[Clause, ...], others: tuple[Clause, ...]) -> Topic:
    kind, ref = key
    item = next(i for row in rows for i in row.realised_by if (i.kind, i.ref.rpartition(".")[2] if i.kind == "rule" else i.ref) == key)  # fmt: skip
    shown = atlas.shown(left.realised_in, item)
    rules: tuple[atlas.Rule | None, atlas.Rule | None] = (None, None)
    how = ""
    if kind == "rule" and left.has_rules and right.has_rules:
        rules = (atlas.rule_of(left.realised_in, item.ref), atlas.rule_of(right.realised_in, ref))
        if rules[0] and rules[1]:
            how = _how(rules[0], rules[1])
    return Topic(shown.kind, shown.title, rows, others, rules, how)
