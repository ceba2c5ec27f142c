"""From expressions on frames to tables: which joins and groups are needed, in which order, and what is worked out once.

Every frame grows in stages. At each stage its rows get what frames above (`up`), beside (`look`) and below (`agg`) know by then; lines are read
once and summed once wherever that is possible.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from bangfu.policy.population import layout
from bangfu.policy.population.compile.context import Frames
from bangfu.policy.population.compile.prune import prune
from bangfu.policy.population.ir import LEAVES, Expr, Frame, Group, Join, Scan, Select, Sizes, Table

_DATES = frozenset({"application_date", "birth_date"})


@dataclass
class _Stage:
    """A frame with what it knows at a stage: what each leaf is called, and its key columns."""

    table: Table
    names: dict[int, str] = field(default_factory=dict)


class Planner:
    """Plans one program."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self.make = frames.make
        self._stage: dict[int, int] = {}
        self._leaves: dict[Frame, dict[int, Expr]] = {}
        self._kept: list[Expr] = []
        self._built: dict[tuple[Frame, int], _Stage] = {}
        self._names = 0
        self._delayed: dict[Frame, int] = {}
        self._below: set[int] = set()
        self._base: dict[Frame, int] = {}
        self._root: Frame | None = None

    def table(self, frame: Frame, outputs: dict[str, Expr]) -> Select:
        """One row for each row of `frame`: its keys and the outputs."""
        self._root = frame
        for value in outputs.values():
            self.gather(value)
        self._delay(outputs)
        last = max((self.stage(value) for value in outputs.values()), default=0)
        built = self.build(frame, max(last, self.base(frame)))
        built = self._with_late(frame, built)
        made = {key: self.make.col(frame, key, "int", False) for key in frame.keys}
        names = built.names | {id(value): key for key, value in made.items()}
        self._kept += made.values()
        found = self.select(built.table, names, made | outputs)
        prune(found)
        return found

    def _late(self, frame: Frame) -> set[str]:
        """Own columns that only the outputs read: they need not go through every join."""
        if frame is not self._root:
            return set()
        leaves = self._leaves.get(frame, {}).values()
        early = {leaf.data for leaf in leaves if leaf.op == "col" and id(leaf) in self._below}
        early |= set(frame.keys) | self._pair_columns(frame)
        for value in self._fixed_own(frame):
            early |= self._cols(value)
        return {leaf.data for leaf in leaves if leaf.op == "col"} - early

    def _with_late(self, frame: Frame, built: _Stage) -> _Stage:
        late = self._late(frame)
        if not late:
            return built
        columns = [*frame.keys, *sorted(late)]
        source = Scan({name: self._kind(frame, name)[0] for name in columns}, frame.source)
        made = {name: self._key(frame, name) for name in columns}
        renamed = {f"k_{name}" if name in frame.keys else name: one for name, one in made.items()}
        right = self.select(source, {id(one): name for name, one in made.items()}, renamed)
        kept = {name: kind for name, kind in right.columns.items() if name in late}
        pairs = tuple((key, f"k_{key}") for key in frame.keys)
        return _Stage(Join(built.table.columns | kept, built.table, right, pairs, "inner"), built.names)

    # --- what is asked of each frame ---------------------------------------------------------------------------------
    def gather(self, value: Expr) -> None:
        """Remembers the leaves an expression needs, and theirs; and which of them are summed up again or seen from below."""
        stack, seen = [(value, False)], set()
        while stack:
            one, below = stack.pop()
            if (id(one), below) in seen:
                continue
            seen.add((id(one), below))
            self._kept.append(one)
            if one.op not in LEAVES:
                stack += [(arg, below) for arg in one.args]
                continue
            assert one.frame is not None
            self._leaves.setdefault(one.frame, {})[id(one)] = one
            if below:
                self._below.add(id(one))
            stack += [(arg, below or one.op != "agg") for arg in one.args]
            for frame in (one.frame, *([one.data[0]] if one.op in ("agg", "look") else [])):
                above: Frame | None = frame
                while above is not None:
                    self._leaves.setdefault(above, {})
                    stack += [(other, True) for other in self._fixed(above)]
                    above = above.parent

    def _fixed(self, frame: Frame) -> list[Expr]:
        """What the rows of a frame themselves rest on."""
        found = [*frame.derived.values()]
        if frame.where is not None:
            found.append(frame.where)
        if frame.span is not None:
            found += frame.span
        for other, _ in frame.without:
            found += self._fixed(other)
        if frame.of is not None:
            found += self._fixed(frame.of)
        return found

    # --- stages ------------------------------------------------------------------------------------------------------
    def base(self, frame: Frame) -> int:
        """The stage at which a frame's rows stand."""
        found = self._base.get(frame)
        if found is None:
            self._base[frame] = 0
            found = max([0, *(self.stage(one) for one in self._fixed(frame))])
            if frame.multiplies and frame.parent is not None:
                found = max(found, self.base(frame.parent))
            if frame.of is not None:
                found = max(found, self.base(frame.of))
            if frame.source == "groups":
                found = max(
                    [found, *(self.stage(one) for one in self._leaves.get(frame, {}).values() if one.op == "agg")]
                )
            for other, _ in frame.without:
                found = max(found, self.base(other))
            self._base[frame] = found
        return found

    def stage(self, value: Expr) -> int:
        """The stage of its frame at which an expression can be worked out."""
        found = self._stage.get(id(value))
        if found is not None:
            return found
        if value.op == "const":
            found = 0
        elif value.op == "col":
            assert value.frame is not None
            return self.base(value.frame)
        elif value.op == "up":
            assert value.frame is not None
            assert value.frame.parent is not None
            found = max(self.stage(value.args[0]), self.base(value.frame.parent))
        elif value.op == "look":
            found = max(self.stage(value.args[0]), self.base(value.data[0])) + 1
            if id(value) not in self._below:
                found = max(found, self._delayed.get(value.data[0], 0) if value.frame is self._root else 0)
        elif value.op == "agg":
            child = value.data[0]
            found = max(self.stage(value.args[0]), self.base(child)) + 1
            if child in self._delayed and id(value) not in self._below:
                found = max(found, self._delayed[child])
        else:
            found = max((self.stage(arg) for arg in value.args), default=0)
        self._stage[id(value)] = found
        return found

    def _delay(self, outputs: dict[str, Expr]) -> None:
        """Sums that nothing below waits for are taken together, at the last stage a sum of that frame is."""
        latest: dict[Frame, int] = {}
        for leaves in self._leaves.values():
            for leaf in leaves.values():
                if leaf.op == "agg" and leaf.frame is not None and leaf.frame.source != "groups":
                    child = leaf.data[0]
                    latest[child] = max(latest.get(child, 0), self.stage(leaf))
        last = max(self.stage(value) for value in outputs.values())
        early = {leaf.data[0] for leaves in self._leaves.values() for leaf in leaves.values() if leaf.op == "look" and id(leaf) in self._below}  # fmt: skip
        assert self._root is not None
        for leaf in self._leaves.get(self._root, {}).values():
            if leaf.op == "look" and leaf.data[0] not in early:
                latest[leaf.data[0]] = last
        self._stage.clear()
        self._base.clear()
        self._delayed = latest

    # --- building ----------------------------------------------------------------------------------------------------
    def name(self, value: Expr) -> str:
        self._names += 1
        stem = "c"
        if value.op in ("up", "look"):
            inner = value.args[0]
            stem = str(inner.data) if inner.op == "col" else "x"
        elif value.op == "agg":
            stem = f"{value.data[0].name}_{value.data[1]}"
        return f"{stem}_{self._names}"

    def build(self, frame: Frame, stage: int) -> _Stage:
        """The frame with all its leaves up to a stage."""
        base = self.base(frame)
        stage = max(stage, base)
        leaves = [one for one in self._leaves.get(frame, {}).values() if one.op != "col"]
        told = sorted({max(self.stage(one), base) for one in leaves} | {base})
        stage = max(one for one in told if one <= stage)
        key = (frame, stage)
        if key in self._built:
            return self._built[key]
        if stage == base:
            built = self.start(frame)
        else:
            built = self.build(frame, max(one for one in told if one < stage))
        now = [one for one in leaves if max(self.stage(one), base) == stage and id(one) not in built.names]
        for kind in (self._ups, self._aggs, self._looks):
            built = kind(frame, built, now, stage)
        self._built[key] = built
        return built

    def _columns(self, frame: Frame) -> dict[str, Expr]:
        found = {one.data: one for one in self._leaves.get(frame, {}).values() if one.op == "col"}
        return {name: one for name, one in found.items() if name not in frame.derived}

    def start(self, frame: Frame) -> _Stage:
        """The rows of a frame with its own columns."""
        if frame.source == "sizes":
            return self._sizes(frame)
        if frame.source == "groups":
            return self._groups(frame)
        source = Scan({}, frame.source)
        own = {one.data for one in self._leaves.get(frame, {}).values() if one.op == "col"}
        asked = own | set(frame.keys) | {mine for mine, _ in frame.link} | self._pair_columns(frame)
        for value in self._fixed_own(frame):
            asked |= self._cols(value)
        asked -= set(frame.derived) | self._late(frame)
        listed = (
            sorted(asked) if frame.source == "places" else [one for one in layout.TABLES[frame.source] if one in asked]
        )
        source.columns = {name: self._kind(frame, name)[0] for name in listed}
        names = self._col_names(frame, asked)
        parts = [] if frame.where is None else list(frame.where.args) if frame.where.op == "and" else [frame.where]
        where = self.make.all_of(one for one in parts if self._own(one)) if parts else None
        rest = self.make.all_of(one for one in parts if not self._own(one))
        self._kept += [rest, *([where] if where is not None else [])]
        if where is self.make.true:
            where = None
        made: dict[str, Expr] = {name: self.make.col(frame, name, *self._kind(frame, name)) for name in source.columns}
        made |= {name: value for name, value in frame.derived.items() if name in self._pair_columns(frame) | set(frame.keys) | own}  # fmt: skip
        self._kept += made.values()
        names |= {id(one): name for name, one in made.items() if one.op == "col" and one.data == name}
        table: Table = self.select(source, names, made, where)
        built = _Stage(table, self._named(frame, names))
        for other, pairs in frame.without:
            there = self.build(other, self.base(other))
            keys = Select({right: "int" for _, right in pairs}, there.table, {}, {})
            keys.made = {right: self._key(other, right) for _, right in pairs}
            keys.names = {id(one): name for name, one in keys.made.items()}
            built = _Stage(Join(built.table.columns, built.table, keys, pairs, "anti"), built.names)
        if rest is not self.make.true:
            assert frame.parent is not None
            needed = [one for one in self._leaves_of(rest) if one.op != "col"]
            for kind in (self._ups, self._aggs, self._looks):
                built = kind(frame, built, needed, self.base(frame))
            kept = {name: self._any(frame, name, built.table) for name in built.table.columns}
            names = built.names | {id(one): name for name, one in kept.items()}
            built = _Stage(Select(dict(built.table.columns), built.table, kept, names, rest), built.names)
        return built

    def _named(self, frame: Frame, names: dict[int, str]) -> dict[int, str]:
        found = dict(names)
        for leaf in self._leaves.get(frame, {}).values():
            if leaf.op == "col":
                found[id(leaf)] = leaf.data
        return found

    def _fixed_own(self, frame: Frame) -> list[Expr]:
        return [
            *frame.derived.values(),
            *([frame.where] if frame.where is not None and frame.source != "sizes" else []),
        ]

    def _cols(self, value: Expr) -> set[str]:
        return {leaf.data for leaf in self._leaves_of(value) if leaf.op == "col"}

    def _leaves_of(self, value: Expr) -> list[Expr]:
        found: dict[int, Expr] = {}
        stack, seen = [value], set()
        while stack:
            one = stack.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            if one.op in LEAVES:
                found[id(one)] = one
            else:
                stack += one.args
        return list(found.values())

    def _own(self, value: Expr) -> bool:
        return all(one.op == "col" for one in self._leaves_of(value))

    def _col_names(self, frame: Frame, asked: set[str]) -> dict[int, str]:
        found: dict[int, str] = {}
        for value in (*self._fixed_own(frame), *self._leaves.get(frame, {}).values()):
            for leaf in self._leaves_of(value):
                if leaf.op == "col" and leaf.frame is frame:
                    found[id(leaf)] = leaf.data
        return found

    def _pair_columns(self, frame: Frame) -> set[str]:
        """Columns that looks and anti-joins compare, on either side."""
        found: set[str] = set()
        for leaves in self._leaves.values():
            for leaf in leaves.values():
                if leaf.op == "look":
                    if leaf.frame is frame:
                        found |= {mine for mine, _ in leaf.data[1]}
                    if leaf.data[0] is frame:
                        found |= {its for _, its in leaf.data[1]}
        for frames in list(self._leaves):
            for other, pairs in frames.without:
                if frames is frame:
                    found |= {mine for mine, _ in pairs}
                if other is frame:
                    found |= {its for _, its in pairs}
            if frames.parent is frame:
                found |= {its for _, its in frames.link}
            if frames.source == "groups" and frames.of is frame:
                found |= set(frames.keys)
        return found

    def _kind(self, frame: Frame, name: str) -> tuple[str, bool]:
        if name in _DATES:
            return "date", False
        dtype = layout.TABLES[frame.source].get(name) if frame.source in layout.TABLES else None
        if dtype is None:
            text = name in ("work_region", "huji_region", "place_work", "place_huji")
            return (
                "str"
                if text
                else "bool"
                if name.endswith("_published") or name.startswith("starts_") or "_lacks_" in name
                else "int"
            ), True
        return ("bool" if dtype is pl.Boolean else "str" if dtype is pl.String else "int"), True

    def _key(self, frame: Frame, name: str) -> Expr:
        one = self.make.col(frame, name, *self._kind(frame, name))
        self._kept.append(one)
        return one

    def _any(self, frame: Frame, name: str, table: Table) -> Expr:
        kind = table.columns[name]
        one = self.make.col(frame, name, "int" if kind == "wide" else kind, True)
        if kind == "wide":
            one = self.make._make("col", (), name, "int", True, 0, 10**30, frame, ("wide", name))
        self._kept.append(one)
        return one

    def _sizes(self, frame: Frame) -> _Stage:
        parent, span = frame.parent, frame.span
        assert parent is not None
        assert span is not None
        above = self.build(parent, self.base(frame))
        keys: dict[str, Expr] = {key: self._key(parent, key) for key in parent.all_keys}
        names = above.names | {id(one): key for key, one in keys.items()}
        table = self.select(above.table, names, keys | {"least": span[0], "greatest": span[1]}, frame.where)
        columns = {key: table.columns[key] for key in parent.all_keys} | {"size": "int"}
        sizes = Sizes(columns, table, "least", "greatest", "size", self.frames.shape.most("members"))
        return _Stage(sizes, self._named(frame, {}))

    def _groups(self, frame: Frame) -> _Stage:
        """Rows of another frame gathered by keys, with everything asked of them."""
        of = frame.of
        assert of is not None
        aggs = [one for one in self._leaves.get(frame, {}).values() if one.op == "agg"]
        below = self.build(of, max([self.base(of), *(self.stage(one.args[0]) for one in aggs)]))
        keys = {key: self._key(of, key) for key in frame.keys}
        made: dict[str, Expr] = dict(keys)
        named: dict[int, str] = {}
        groups: dict[str, tuple[str, str]] = {}
        for one in aggs:
            name = self.name(one)
            made[f"v_{name}"] = one.args[0]
            groups[name] = (one.data[1], f"v_{name}")
            named[id(one)] = name
        names = below.names | {id(value): key for key, value in keys.items()}
        inner = self.select(below.table, names, made)
        columns = {key: inner.columns[key] for key in keys} | {named[id(one)]: _width(one) for one in aggs}
        built = _Stage(Group(columns, inner, tuple(frame.keys), groups), self._named(frame, named))
        for other, pairs in frame.without:
            there = self.build(other, self.base(other))
            keyed = {right: self._key(other, right) for _, right in pairs}
            small = Select({right: "int" for _, right in pairs}, there.table, dict(keyed), {id(v): k for k, v in keyed.items()})  # fmt: skip
            built = _Stage(Join(built.table.columns, built.table, small, pairs, "anti"), built.names)
        return built

    def _ups(self, frame: Frame, built: _Stage, now: list[Expr], stage: int) -> _Stage:
        """Joins what the frame above knows."""
        parent = frame.parent
        ups = [one for one in now if one.op == "up"]
        linked = {its for _, its in frame.link}
        carried = {key: name for key, name in frame.carried.items() if key not in linked}
        missing = {key: name for key, name in carried.items() if name not in built.table.columns}
        if parent is None or not (ups or missing):
            return built
        above = self.build(parent, stage)
        pairs = frame.link + (() if missing else tuple((name, key) for key, name in carried.items()))
        keys = {f"k_{its}": self._any(parent, its, above.table) for _, its in pairs}
        more = {name: self._any(parent, key, above.table) for key, name in missing.items()}
        made: dict[str, Expr] = keys | more
        names = dict(built.names)
        for one in ups:
            name = names[id(one)] = self.name(one)
            made[name] = one.args[0]
        above_names = above.names | {
            id(one): one.data for one in made.values() if one in (*keys.values(), *more.values())
        }
        right = self.select(above.table, above_names, made)
        columns = built.table.columns | {name: kind for name, kind in right.columns.items() if name not in keys}
        how = "inner"
        return _Stage(Join(columns, built.table, right, tuple((mine, f"k_{its}") for mine, its in pairs), how), names)

    def _aggs(self, frame: Frame, built: _Stage, now: list[Expr], stage: int) -> _Stage:
        """Joins what is gathered from the frames below."""
        if frame.source == "groups":
            return built
        children: dict[Frame, list[Expr]] = {}
        for one in now:
            if one.op == "agg":
                children.setdefault(one.data[0], []).append(one)
        for child, aggs in children.items():
            # The sums themselves may wait for others; what they sum must be known by the stage before.
            below = self.build(child, max([self.base(child), *(self.stage(one.args[0]) for one in aggs)]))
            by = [child.carried[key] for key in frame.all_keys]
            made: dict[str, Expr] = {}
            for name in by:
                made[name] = self._any(child, name, below.table)
            names = below.names | {id(value): name for name, value in made.items()}
            groups: dict[str, tuple[str, str]] = {}
            named: dict[int, str] = {}
            for one in aggs:
                name = self.name(one)
                made[f"v_{name}"] = one.args[0]
                groups[name] = (one.data[1], f"v_{name}")
                named[id(one)] = name
            inner = self.select(below.table, names, made)
            columns = {name: inner.columns[name] for name in by} | {named[id(one)]: _width(one) for one in aggs}
            group = Group(columns, inner, tuple(by), groups)
            pairs = tuple(zip(frame.all_keys, by, strict=True))
            columns = built.table.columns | {named[id(one)]: _width(one) for one in aggs}
            zero = frozenset(named[id(one)] for one in aggs if one.data[1] == "sum")
            joined = Join(columns, built.table, group, pairs, "left", zero)
            built = _Stage(joined, built.names | named)
        return built

    def _looks(self, frame: Frame, built: _Stage, now: list[Expr], stage: int) -> _Stage:
        """Joins what is found in other frames by equal columns."""
        targets: dict[tuple[Frame, tuple[tuple[str, str], ...]], list[Expr]] = {}
        for one in now:
            if one.op == "look":
                targets.setdefault((one.data[0], one.data[1]), []).append(one)
        for (target, pairs), looks in targets.items():
            there = self.build(target, max([self.base(target), *(self.stage(one.args[0]) for one in looks)]))
            made: dict[str, Expr] = {f"k_{its}": self._any(target, its, there.table) for _, its in pairs}
            names = there.names | {id(value): key[2:] for key, value in made.items()}
            named: dict[int, str] = {}
            for one in looks:
                name = named[id(one)] = self.name(one)
                made[name] = one.args[0]
            right = self.select(there.table, names, made)
            columns = built.table.columns | {name: right.columns[name] for name in named.values()}
            joined = Join(columns, built.table, right, tuple((mine, f"k_{its}") for mine, its in pairs), "left")
            built = _Stage(joined, built.names | named)
        return built

    # --- selecting -----------------------------------------------------------------------------------------------------
    def select(self, table: Table, names: dict[int, str], made: dict[str, Expr], where: Expr | None = None) -> Select:
        """Columns made from a table; what stands in them more than once is worked out once, in a select before."""
        names = dict(names)
        wanted = [*made.values(), *([where] if where is not None else [])]
        for layer in self._shared(wanted, names):
            kept: dict[str, Expr] = {}
            for name in table.columns:
                kept[name] = self._bare(name, table.columns[name])
            inner_names = names | {id(one): name for name, one in kept.items()}
            for one in layer:
                name = self.name(one)
                kept[name] = one
                inner_names.pop(id(one), None)
            columns = table.columns | {name: _width(kept[name]) for name in kept if name not in table.columns}
            table = Select(columns, table, kept, inner_names)
            names |= {id(one): name for name, one in kept.items()}
        columns = {name: self._type(one, names, table) for name, one in made.items()}
        return Select(columns, table, made, names, where)

    def _type(self, one: Expr, names: dict[int, str], table: Table) -> str:
        if one.op == "col" and table.columns.get(names.get(id(one), "")):
            return table.columns[names[id(one)]]
        return _width(one)

    def _bare(self, name: str, kind: str) -> Expr:
        one = self.make._make("col", (), name, "int" if kind == "wide" else kind, True, 0, 10**30 if kind == "wide" else 0, None, ("bare", name, kind))  # fmt: skip
        self._kept.append(one)
        return one

    def _shared(self, wanted: list[Expr], names: dict[int, str]) -> list[list[Expr]]:
        """Layers of expressions that are used more than once, each resting on the layers before."""
        uses: dict[int, int] = {}
        order: list[Expr] = []
        stack: list[tuple[Expr, bool]] = [(one, False) for one in wanted]
        for one in wanted:
            uses[id(one)] = uses.get(id(one), 0) + 1
        entered: set[int] = set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in entered:
                entered.add(id(node))
                stack.append((node, True))
                if id(node) not in names and node.op not in LEAVES:
                    for arg in node.args:
                        uses[id(arg)] = uses.get(id(arg), 0) + 1
                        stack.append((arg, False))
        depth: dict[int, int] = {}
        layers: dict[int, list[Expr]] = {}
        for node in order:
            if id(node) in names or node.op in LEAVES or node.op == "const":
                depth[id(node)] = 0
                continue
            below = max((depth[id(arg)] for arg in node.args), default=0)
            if uses[id(node)] > 1 and self._worth(node):
                layers.setdefault(below, []).append(node)
                depth[id(node)] = below + 1
            else:
                depth[id(node)] = below
        return [layers[key] for key in sorted(layers)]

    def _worth(self, node: Expr) -> bool:
        """Whether an expression costs more than to remember it."""
        return _cost(node) > _CHEAP


#: Below this, an expression is worked out wherever it stands.
_CHEAP = 2


def _cost(node: Expr) -> int:
    if node.op in LEAVES or node.op == "const":
        return 0
    own = 3 if node.op == "in" or (node.args and node.args[0].type == "str") else 0 if node.op in ("not", "null") else 1
    if own > _CHEAP:
        return own
    total = own
    for arg in node.args:
        total += _cost(arg) if total <= _CHEAP else 0
    return total


def _width(value: Expr) -> str:
    return "wide" if value.wide else value.type
