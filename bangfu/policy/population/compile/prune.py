"""Leaves out of a program what nobody reads."""

from __future__ import annotations

from bangfu.policy.population.ir import Expr, Group, Join, Scan, Select, Sizes, Table, inputs


def prune(root: Table) -> None:
    """Leaves out of every table what no later one reads."""
    order: list[Table] = []
    seen: set[int] = set()
    stack: list[tuple[Table, bool]] = [(root, False)]
    while stack:
        table, done = stack.pop()
        if done:
            order.append(table)
        elif id(table) not in seen:
            seen.add(id(table))
            stack.append((table, True))
            stack += [(one, False) for one in inputs(table)]
    needed: dict[int, set[str]] = {id(root): set(root.columns)}
    for table in reversed(order):
        wanted = needed.get(id(table), set())
        if isinstance(table, Join):
            _need(needed, table.left, (wanted & table.left.columns.keys()) | {mine for mine, _ in table.pairs})
            _need(needed, table.right, (wanted - table.left.columns.keys()) | {its for _, its in table.pairs})
        elif isinstance(table, Group):
            table.made = {name: made for name, made in table.made.items() if name in wanted}
            wanted |= set(table.by)
            _need(needed, table.input, set(table.by) | {column for _, column in table.made.values()})
        elif isinstance(table, Sizes):
            _need(needed, table.input, (wanted - {table.name}) | {table.low, table.high})
        elif isinstance(table, Select):
            table.made = {name: made for name, made in table.made.items() if name in wanted}
            used: set[str] = set()
            for one in (*table.made.values(), *([table.where] if table.where is not None else [])):
                _read(one, table.names, used)
            _need(needed, table.input, used)
        assert isinstance(table, (Scan, Select, Join, Group, Sizes))
        table.columns = {name: kind for name, kind in table.columns.items() if name in wanted}


def _need(needed: dict[int, set[str]], table: Table, names: set[str]) -> None:
    needed.setdefault(id(table), set()).update(names)


def _read(value: Expr, names: dict[int, str], found: set[str]) -> None:
    """The columns an expression reads."""
    stack, seen = [value], set()
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if id(one) in names:
            found.add(names[id(one)])
        else:
            stack += one.args
