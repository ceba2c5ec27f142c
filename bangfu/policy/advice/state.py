"""A household as judged, ready to be asked "and if this one fact were different?".

Only the conditions that read the changed fact are judged again; sums that do not read it are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bangfu.policy.advice import reads
from bangfu.policy.advice.curves import Steps, merged
from bangfu.policy.facts import Facts, Incident, Member, Obligor, PaidBy
from bangfu.policy.pack.model import Pack
from bangfu.policy.standards import Standards
from bangfu.policy.tree import judge, reasons
from bangfu.policy.tree.values import Truth

#: (outcome, provisional, the outcomes still possible in the policy's order, how many conditions are still open on the way)
Meaning = tuple[str, str | None, tuple[str, ...], int]
_ATTRIBUTES = {"from": "first", "to": "last"}
_BLANK: dict[str, type] = {"obligor": Obligor, "paid_by": PaidBy, "incident": Incident}


def _changed(thing: Any, name: str, value: Any) -> Any:
    """A copy of a frozen record with one value changed."""
    kind = type(thing)
    made = object.__new__(kind)
    for slot in kind.__slots__:
        object.__setattr__(made, slot, value if slot == name else getattr(thing, slot))
    return made


def put(thing: Any, steps: Sequence[tuple[str, int | None]], value: Any) -> Any:
    """A copy of a record with the value at a path changed."""
    (name, index), rest = steps[0], steps[1:]
    name = _ATTRIBUTES.get(name, name)
    current = getattr(thing, name)
    if index is not None:
        new = put(current[index], rest, value) if rest else value
        return _changed(thing, name, (*current[:index], new, *current[index + 1 :]))
    if rest:
        return _changed(thing, name, put(_BLANK[name]() if current is None else current, rest, value))
    return _changed(thing, name, value)


class State:
    """The verdicts on one household, and what follows when some of them change."""

    def __init__(self, facts: Facts, standards: Standards, pack: Pack) -> None:
        self.pack = pack
        self._live: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._who: dict[tuple[Truth, ...], tuple[Meaning, list[tuple[int, Truth]]]] = {}
        self._present: list[tuple[str, frozenset[str]]] | None = None
        self.plan = reads.plan(pack.rules)
        self.case = judge.open_case(_changed(facts, "", None), standards, pack.rules)
        self.verdicts: list[Truth] = [judge.truth(item.node, self.case) for item in self.plan.items]
        count = len(self.plan.categories)
        self.against, self.open = [0] * count, [0] * count
        for item, verdict in zip(self.plan.items, self.verdicts, strict=True):
            self._count(item, verdict, 1, self.against, self.open)
        self.outcome, self.provisional, self.possible, self.left = self._read(self.against, self.open, {})

    @staticmethod
    def _count(item: reads.Item, verdict: Truth, by: int, against: list[int], still_open: list[int]) -> None:
        if verdict is None:
            for place in item.categories:
                still_open[place] += by
        elif verdict is item.exclusion:
            for place in item.categories:
                against[place] += by

    def _read(self, against: list[int], still_open: list[int], changed: dict[int, Truth]) -> Meaning:
        left, ahead = 0, []
        provisional = None
        for place, code in enumerate(self.plan.categories):
            if against[place]:
                continue
            if not still_open[place]:
                if not left:
                    return (code, None, (code,), 0)
                provisional = code
                ahead.append(place)
                break
            left = max(left, still_open[place])
            ahead.append(place)
        if not left:
            return ("none", None, ("none",), 0)
        return ("incomplete", provisional, self._possible(ahead, provisional, changed), left)

    def _possible(self, ahead: list[int], provisional: str | None, changed: dict[int, Truth]) -> tuple[str, ...]:
        """Which of the open categories may still be the outcome: one that can hold while each before it fails by something it does
        not rest on itself."""
        open_items: dict[int, set[int]] = {place: set() for place in ahead}
        for place, item in enumerate(self.plan.items):
            if changed.get(place, self.verdicts[place]) is None:
                for category in item.categories:
                    if category in open_items:
                        open_items[category].add(place)
        found = [
            self.plan.categories[place]
            for rank, place in enumerate(ahead)
            if all(open_items[before] - open_items[place] for before in ahead[:rank])
        ]
        return tuple(found) if provisional else (*found, "none")

    def meaning(self, changes: Iterable[tuple[int, Truth]]) -> Meaning:
        """The outcome when some verdicts are different."""
        against, still_open, items = self.against[:], self.open[:], self.plan.items
        changed = dict(changes)
        for place, verdict in changed.items():
            if self.verdicts[place] is not verdict:
                self._count(items[place], self.verdicts[place], -1, against, still_open)
                self._count(items[place], verdict, 1, against, still_open)
        return self._read(against, still_open, changed)

    def over(self, steps: dict[int, Steps]) -> list[tuple[int, Meaning]]:
        """Outcomes over an amount, from the verdicts that change with it."""
        places = [place for place, one in steps.items() if len(one) > 1]
        fixed = [(place, one[0][1]) for place, one in steps.items() if len(one) == 1]
        if not places:
            first = next(iter(steps.values()))[0][0] if steps else 0
            return [(first, self.meaning(fixed))]
        found: list[tuple[int, Meaning]] = []
        for start, truths in merged([steps[place] for place in places]):
            here = self.meaning([*fixed, *zip(places, truths, strict=True)])
            if not found or found[-1][1] != here:
                found.append((start, here))
        return found

    def live(self, keys: frozenset[str]) -> tuple[int, ...]:
        """The items that read one of the keys and can still move something: those all of whose categories fail by another item,
        which does not read them, are left out."""
        places = self.plan.touched(keys)
        found = self._live.get(places)
        if found is not None:
            return found
        items, rest = self.plan.items, self.against[:]
        for place in places:
            if self.verdicts[place] is items[place].exclusion:
                for category in items[place].categories:
                    rest[category] -= 1
        found = tuple(place for place in places if not all(rest[category] for category in items[place].categories))
        self._live[places] = found
        return found

    # --- what is missing ---------------------------------------------------------------------------------------------
    def missing(self) -> tuple[str, ...]:
        """The unknown facts an open outcome rests on, as the determination names them."""
        wanted: set[int] = set()
        for place, code in enumerate(self.plan.categories):
            if code == self.provisional:
                break
            if not self.against[place] and self.open[place]:
                wanted.add(place)
        found: set[str] = set()
        for item, verdict in zip(self.plan.items, self.verdicts, strict=True):
            if verdict is None and not wanted.isdisjoint(item.categories):
                reasons.of_truth(item.node, self.case, found)
        return reasons.in_order(found)

    # --- another value -----------------------------------------------------------------------------------------------
    def reaching(self, keys: frozenset[str]) -> frozenset[str]:
        """The keys, with the sums that read them through some line of this household."""
        if keys.isdisjoint(self.plan.line_reads):
            return keys
        if self._present is None:
            case = self.case
            present: dict[str, set[str]] = {f"pot:{code}": set() for code in case.rules.pots}
            for of in ("incomes", "expenses"):
                for line in case.lines(of) or ():
                    rule = case.rule_of(of, line)
                    for pot in rule.into if rule is not None else ():
                        present[f"pot:{pot}"] |= self.plan.line(rule, pot)  # type: ignore[arg-type]
            self._present = [(pot, frozenset(reads)) for pot, reads in present.items() if reads]
        more = [pot for pot, reads in self._present if not reads.isdisjoint(keys)]
        return keys.union(more) if more else keys

    @contextmanager
    def different(self, path: str, value: Any, keys: frozenset[str]) -> Iterator[frozenset[str]]:
        """The case with another value at a path of the facts; gives the keys of everything that may read differently."""
        case, facts = self.case, self.case.facts
        steps = reads.steps(path)
        (root, index), rest = steps[0], steps[1:]
        old = getattr(facts, root)
        if index is not None:
            one = put(old[index], rest, value) if rest else value
            new = (*old[:index], one, *old[index + 1 :])
        else:
            new = put(_BLANK[root]() if old is None else old, rest, value) if rest else value
        object.__setattr__(facts, root, new)  # `facts` is this state's own copy
        memo = case.memo
        keys = self.reaching(keys)
        kept = None
        if root == "members":
            kept = (case.worker, case.by_id, case.members, case.counted, case.sizes, case.size)
            case.by_id = {member.id: member for member in new}
            case.worker = new[case.worker.position]
            case.members = [new[member.position] for member in case.members]
            if not keys.isdisjoint(self.plan.membership):
                keys = self._settle(keys, index)
        if not keys.isdisjoint(self.plan.remembered):
            case.memo = self.still_true(keys)
        try:
            yield keys
        finally:
            object.__setattr__(facts, root, old)
            case.memo = memo
            if kept is not None:
                (case.worker, case.by_id, case.members, case.counted, case.sizes, case.size) = kept

    def _settle(self, keys: frozenset[str], position: int | None) -> frozenset[str]:
        """Who counts, asked again for the member at a position; the size is among what changed only if that changed."""
        case = self.case
        if position is None:
            return keys
        member = case.facts.members[position]
        verdict = self._counts(member)
        if verdict is case.counted[member.id]:
            return keys
        case.settle(case.counted | {member.id: verdict})
        return keys | {"size"}

    def _counts(self, member: Member) -> Truth:
        """Whether a member counts, as the record says."""
        if member.id == self.case.facts.worker_id:
            return True
        judge.bind_member(member, self.case)
        return judge.truth(self.plan.rules.household.formula.node, self.case)

    def _idle(self, path: str, value: Any, keys: frozenset[str]) -> bool:
        """Whether a fact about who counts leaves everybody counted as he is, and nothing else reads it."""
        steps = reads.steps(path)
        if steps[0][0] != "members" or self.plan.touched(keys) or not keys.isdisjoint(self.plan.remembered):
            return False
        member = self.case.facts.members[steps[0][1] or 0]
        if member.id == self.case.facts.worker_id:
            return True
        return self._counts(put(member, steps[1:], value)) is self.case.counted[member.id]

    def pot_marked(self, code: str) -> bool:
        """Whether only lines of the incident enter a sum."""
        return self.plan.rules.pots[code].marked

    def still_true(self, keys: frozenset[str]) -> dict[Any, Any]:
        """What the case remembers and may go on remembering."""
        return {key: value for key, value in self.case.memo.items() if self._reads_of(key).isdisjoint(keys)}

    def _reads_of(self, key: Any) -> frozenset[str]:
        if isinstance(key, str):
            return self.plan.standard(key)
        if key[0] == "term":
            return self.plan.reads(self.plan.rules.terms[key[1]].formula.node)
        return frozenset((f"pot:{key[1]}", "size"))

    def probe(self, path: str, value: Any, keys: frozenset[str]) -> tuple[Meaning, list[tuple[int, Truth]]]:
        """The outcome with another value at a path, and the verdicts that were judged again."""
        items, case = self.plan.items, self.case
        if keys.isdisjoint(self.plan.membership):
            places = self.live(self.reaching(keys))
            if not places:
                return (self.outcome, self.provisional, self.possible, self.left), []
            if type(value) is bool and "[" not in path and all(self.plan.bare(place) for place in places):
                flags: list[tuple[int, Truth]] = [(place, value) for place in places]
                return self.meaning(flags), flags
        elif self._idle(path, value, keys):
            return (self.outcome, self.provisional, self.possible, self.left), []
        with self.different(path, value, keys) as touched:
            # Several facts may make the same person count or not: judged once, where nothing else reads them.
            who = None
            if "size" in touched and not self.plan.touched(keys) and keys.isdisjoint(self.plan.remembered):
                who = tuple(case.counted.values())
                if who in self._who:
                    return self._who[who]
            changes = [(place, judge.truth(items[place].node, case)) for place in self.live(touched)]
        found = (self.meaning(changes), changes)
        if who is not None:
            self._who[who] = found
        return found
