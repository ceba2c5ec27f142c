"""From the text of a formula to the typed tree, or to the fault that says why not.

Python's expression grammar is used, whitelisted: nothing is ever executed. Unknown names, unknown values of an enumeration, and sums of
unlike units are faults of the pack.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bangfu.policy.tree import nodes as n
from bangfu.policy.tree import vocabulary as words

_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_SPREADS = {"in_window": "window", "in_incident_months": "incident", "in_application_month": "application"}
_PLAIN = ("number", "zero")


class FormulaError(ValueError):
    """Why a formula cannot be taken, in words for its author."""


@dataclass(frozen=True)
class Scope:
    """The names a formula may use besides the facts."""

    parameters: Mapping[str, n.Literal] = field(default_factory=dict)
    standards: Mapping[str, str] = field(default_factory=dict)  # code → unit
    pots: frozenset[str] = frozenset()
    terms: Mapping[str, str] = field(default_factory=dict)  # code → kind
    lines: str | None = None  # "incomes" or "expenses" inside a line's formula
    members: Mapping[str, str] = field(default_factory=dict)  # variable → "members" | "vehicles" | "disabilities"


def parse(text: str, scope: Scope, wanted: str | None = None) -> n.Node:
    """The typed tree of one formula. `wanted` is "truth", "money", "number" (any number) or "region". Raises FormulaError."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"{text!r} is not a formula: {getattr(error, 'msg', error)}") from None
    node = _Parser(text.strip(), scope).node(tree.body)
    if wanted == "truth" and node.kind != "truth":
        raise FormulaError(f"{text!r} is {_article(node.kind)}, but true or false is needed")
    if wanted == "money" and node.kind not in ("money", "zero"):
        raise FormulaError(f"{text!r} is {_article(node.kind)}, but an amount of money is needed")
    if wanted == "number" and node.kind not in n.NUMERIC:
        raise FormulaError(f"{text!r} is {_article(node.kind)}, but a number is needed")
    if wanted == "region" and node.kind != "region":
        raise FormulaError(f"{text!r} is {_article(node.kind)}, but a region is needed")
    return node


def _article(kind: str) -> str:
    return {"truth": "true or false", "number": "a plain number", "zero": "a plain number"}.get(kind, kind)


class _Parser:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def refusal(self, where: ast.AST, why: str) -> FormulaError:
        return FormulaError(f"{self.source(where)!r}: {why}")

    def source(self, where: ast.AST) -> str:
        return ast.get_source_segment(self.text, where) or self.text

    def with_variable(self, name: str, collection: str) -> _Parser:
        scope = self.scope
        inner = Scope(scope.parameters, scope.standards, scope.pots, scope.terms, scope.lines, {**scope.members, name: collection})  # fmt: skip
        return _Parser(self.text, inner)

    # --- dispatch ----------------------------------------------------------------------------------------------
    def node(self, tree: ast.expr) -> n.Node:
        text = self.source(tree)
        match tree:
            case ast.Constant(value=bool() as value):
                return n.Flag(kind="truth", text=text, value=value)
            case ast.Constant(value=int() | float()):
                exact = Fraction(text)  # the text, not the float Python read
                kind = "zero" if exact == 0 else "number"
                return n.Literal(kind=kind, text=text, numerator=exact.numerator, denominator=exact.denominator)
            case ast.Constant(value=str() as value):
                return n.Text(kind="text", text=text, value=value)
            case ast.Name() | ast.Attribute():
                return self.name(tree, text)
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.truth(value) for value in values)
                join = n.And if isinstance(op, ast.And) else n.Or
                return join(kind="truth", text=text, parts=parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return n.Not(kind="truth", text=text, part=self.truth(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                part = self.number(operand)
                minus = n.Literal(kind="number", text="-1", numerator=-1)
                return n.Arithmetic(kind=part.kind, text=text, op="*", left=minus, right=part)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
                return self.arithmetic(tree, _ARITHMETIC[type(op)], left, right, text)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.choose(tree, test, body, orelse, text)
            case ast.Compare():
                return self.compare(tree, text)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(tree, name, args, text)
        raise self.refusal(tree, "this form is not part of the formula language")

    def truth(self, tree: ast.expr) -> n.Node:
        node = self.node(tree)
        if node.kind != "truth":
            raise self.refusal(tree, f"is {_article(node.kind)}, but true or false is needed")
        return node

    def number(self, tree: ast.expr) -> n.Node:
        node = self.node(tree)
        if node.kind not in n.NUMERIC:
            raise self.refusal(tree, f"is {_article(node.kind)}, but a number is needed")
        return node

    # --- names -------------------------------------------------------------------------------------------------
    def name(self, tree: ast.expr, text: str) -> n.Node:
        parts: list[str] = []
        inner = tree
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self.refusal(tree, "this form is not part of the formula language")
        parts.append(inner.id)
        name = ".".join(reversed(parts))
        head, _, rest = name.partition(".")
        scope = self.scope
        if head in scope.members:
            collection = scope.members[head]
            table = words.DISABILITY if collection == "disabilities" else words.COLLECTIONS[collection]
            if rest in table:
                return n.Fact(kind=table[rest], text=text, scope=head, name=rest, path=rest)
            raise self.refusal(tree, "unknown name")
        if scope.lines:
            line = words.LINE_SCOPES[scope.lines]
            if name in line:
                return n.Fact(kind=line[name], text=text, scope="line", name=name, path=name)
            if head == "member" and rest in words.MEMBER:
                return n.Fact(kind=words.MEMBER[rest], text=text, scope="line_member", name=rest, path=rest)
        if head in words.SECTIONS and rest in words.SECTIONS[head]:
            return n.Fact(kind=words.SECTIONS[head][rest], text=text, scope=head, name=rest, path=name)
        if name in words.HOUSEHOLD:
            return n.Fact(kind=words.HOUSEHOLD[name], text=text, scope="household", name=name, path=name)
        if name in scope.parameters:
            literal = scope.parameters[name]
            return n.Literal(kind=literal.kind, text=text, numerator=literal.numerator, denominator=literal.denominator)
        if name in scope.standards:
            return n.Standard(kind=scope.standards[name], text=text, code=name)
        if name in scope.pots:
            return n.Pot(kind="money", text=text, code=name)
        if name in scope.terms:
            return n.Term(kind=scope.terms[name], text=text, code=name)
        match name:
            case "household_size":
                return n.Size(kind="count", text=text)
            case "window_months":
                return n.WindowMonths(kind="count", text=text)
            case "window_start":
                return n.WindowEdge(kind="month", text=text, edge="first")
            case "application_month":
                return n.WindowEdge(kind="month", text=text, edge="application")
            case "true" | "false":
                return n.Flag(kind="truth", text=text, value=name == "true")
        raise self.refusal(tree, "unknown name")

    # --- operations --------------------------------------------------------------------------------------------
    def unify(self, tree: ast.AST, kinds: list[str]) -> str:
        """The common kind of values that stand side by side; plain numbers join counts and ratios, zero joins all."""
        rest = {kind for kind in kinds if kind != "zero"}
        if not rest:
            return "zero"
        if rest <= {"count", "ratio", "number"}:
            return "count" if rest == {"count"} else "ratio" if "ratio" in rest else "number" if rest == {"number"} else "ratio"  # fmt: skip
        if len(rest) == 1:
            return rest.pop()
        raise self.refusal(tree, f"{' and '.join(sorted(rest))} cannot stand side by side")

    def arithmetic(self, tree: ast.AST, op: str, left: ast.expr, right: ast.expr, text: str) -> n.Node:
        a, b = self.number(left), self.number(right)
        plain = (*_PLAIN, "count", "ratio")
        if op in "+-":
            kind = self.unify(tree, [a.kind, b.kind])
        elif op == "*":
            if a.kind not in plain and b.kind not in plain:
                raise self.refusal(tree, f"{a.kind} cannot be multiplied by {b.kind}")
            kind = a.kind if a.kind not in plain else b.kind if b.kind not in plain else self.unify(tree, [a.kind, b.kind])  # fmt: skip
            kind = "number" if kind == "zero" else kind
        else:
            if not isinstance(b, (n.Size, n.WindowMonths)) and not (isinstance(b, n.Literal) and b.numerator > 0):
                raise self.refusal(right, "only household_size, window_months and numbers above 0 can divide")
            kind = a.kind if a.kind not in plain else "ratio"
        return n.Arithmetic(kind=kind, text=text, op=op, left=a, right=b)  # type: ignore[arg-type]

    def choose(self, tree: ast.AST, test: ast.expr, body: ast.expr, orelse: ast.expr, text: str) -> n.Node:
        yes, no = self.node(body), self.node(orelse)
        if yes.kind == no.kind and (yes.kind in ("truth", "region") or yes.kind in n.NUMERIC):
            kind = yes.kind
        elif yes.kind in n.NUMERIC and no.kind in n.NUMERIC:
            kind = self.unify(tree, [yes.kind, no.kind])
        else:
            raise self.refusal(tree, f"{yes.kind} and {no.kind} cannot stand side by side")
        return n.Choose(kind=kind, text=text, test=self.truth(test), yes=yes, no=no)

    def enum_values(self, tree: ast.expr, enum: str) -> frozenset[str]:
        items = tree.elts if isinstance(tree, (ast.Tuple, ast.List, ast.Set)) else [tree]
        values: set[str] = set()
        for item in items:
            if not (isinstance(item, ast.Constant) and isinstance(item.value, str)):
                raise self.refusal(item, "a value in quotes is expected")
            if item.value not in words.ENUMS[enum]:
                raise self.refusal(item, f"is not one of {', '.join(words.ENUMS[enum])}")
            values.add(item.value)
        return frozenset(values)

    def compare(self, tree: ast.Compare, text: str) -> n.Node:
        operands = [tree.left, *tree.comparators]
        parts = [self.one_comparison(tree, operands[i], op, operands[i + 1], text) for i, op in enumerate(tree.ops)]
        return parts[0] if len(parts) == 1 else n.And(kind="truth", text=text, parts=tuple(parts))

    def one_comparison(self, tree: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr, text: str) -> n.Node:
        if isinstance(op, ast.In) and isinstance(left, ast.Constant) and isinstance(left.value, str):
            collection = self.node(right)
            if not collection.kind.startswith("set:"):
                raise self.refusal(right, "is no set of the facts")
            (value,) = self.enum_values(left, collection.kind[4:])
            return n.Holds(kind="truth", text=text, collection=collection, value=value)
        a = self.node(left)
        if a.kind.startswith("enum:"):
            if not isinstance(op, (ast.In, ast.NotIn, ast.Eq, ast.NotEq)):
                raise self.refusal(tree, "values of an enumeration have no order")
            values = self.enum_values(right, a.kind[5:])
            negated = isinstance(op, (ast.NotIn, ast.NotEq))
            return n.OneOf(kind="truth", text=text, fact=a, values=values, negated=negated)
        if type(op) not in _COMPARE:
            raise self.refusal(tree, "this comparison is not part of the formula language")
        b = self.node(right)
        if a.kind == "month" and b.kind == "month":
            return n.Compare(kind="truth", text=text, op=_COMPARE[type(op)], left=a, right=b)
        if a.kind not in n.NUMERIC or b.kind not in n.NUMERIC:
            raise self.refusal(tree, f"{_article(a.kind)} and {_article(b.kind)} cannot be compared")
        self.unify(tree, [a.kind, b.kind])
        return n.Compare(kind="truth", text=text, op=_COMPARE[type(op)], left=a, right=b)

    def call(self, tree: ast.Call, name: str, args: list[ast.expr], text: str) -> n.Node:
        def want(count: int, at_most: int | None = None) -> None:
            if not count <= len(args) <= (at_most or count):
                raise self.refusal(
                    tree, f"{name} takes {count if at_most is None else f'{count} to {at_most}'} arguments"
                )

        if name in ("any", "all", "count"):
            want(1)
            return self.quantified(tree, name, args[0], text)
        if name in ("max", "min"):
            want(2, 9)
            parts = tuple(self.number(arg) for arg in args)
            kind = self.unify(tree, [part.kind for part in parts])
            return n.Extreme(kind=kind, text=text, how=name, parts=parts)  # type: ignore[arg-type]
        if name == "round_half_up":
            want(1)
            part = self.number(args[0])
            return n.RoundHalfUp(kind=part.kind, text=text, part=part)
        if name in ("yuan", "m2"):
            want(1)
            literal = self.node(args[0])
            if not isinstance(literal, n.Literal):
                raise self.refusal(tree, "a number is expected")
            exact = Fraction(literal.numerator, literal.denominator) * 100
            kind = "money" if name == "yuan" else "area"
            return n.Literal(kind=kind, text=text, numerator=exact.numerator, denominator=exact.denominator)
        if name == "some":
            want(1)
            collection = self.node(args[0])
            if not collection.kind.startswith(("set:", "list:")):
                raise self.refusal(args[0], "is no list of the facts")
            return n.Some(kind="truth", text=text, collection=collection)
        if name == "published":
            want(1)
            standard = self.node(args[0])
            if not isinstance(standard, n.Standard):
                raise self.refusal(args[0], "is no standard")
            return n.Published(kind="truth", text=text, code=standard.code)
        if name == "starts_with":
            want(2)
            region, digits = self.node(args[0]), self.node(args[1])
            if region.kind != "region" or not isinstance(digits, n.Text) or not digits.value.isdigit():
                raise self.refusal(tree, "takes a region and digits in quotes")
            return n.StartsWith(kind="truth", text=text, region=region, digits=digits.value)
        if name == "last":
            want(2)
            length, inner = self.node(args[0]), self.node(args[1])
            if not isinstance(length, n.Literal) or length.denominator != 1 or length.numerator < 1:
                raise self.refusal(args[0], "a whole number of months above 0 is expected")
            return n.Last(kind=inner.kind, text=text, count=length.numerator, part=inner)
        if name == "every_month":
            want(1)
            return n.EveryMonth(kind="truth", text=text, part=self.truth(args[0]))
        if name in _SPREADS or name in ("topped_up", "share"):
            if not self.scope.lines:
                raise self.refusal(tree, f"{name} belongs into the formula of a line")
            return self.line_call(tree, name, args, text)
        raise self.refusal(tree, f"{name} is no operation of the formula language")

    def line_call(self, tree: ast.Call, name: str, args: list[ast.expr], text: str) -> n.Node:
        if len(args) not in ((1, 2) if name in _SPREADS else (1,)):
            raise self.refusal(tree, "wrong number of arguments")
        parts = [self.number(arg) for arg in args]
        for part, arg in zip(parts, args, strict=True):
            if part.kind not in ("money", "zero"):
                raise self.refusal(arg, "an amount of money is expected")
        if name == "topped_up":
            return n.ToppedUp(kind="money", text=text, floor=parts[0])
        if name == "share":
            return n.Share(kind="money", text=text, whole=parts[0])
        once = parts[0]
        monthly = parts[1] if len(parts) == 2 else n.Literal(kind="zero", text="0", numerator=0)
        by_month = _holds_share(monthly)
        return n.Spread(kind="money", text=text, months=_SPREADS[name], once=once, monthly=monthly, by_month=by_month)  # type: ignore[arg-type]

    def quantified(self, tree: ast.Call, how: str, argument: ast.expr, text: str) -> n.Node:
        if not isinstance(argument, ast.GeneratorExp) or len(argument.generators) != 1:
            raise self.refusal(tree, f"write {how}(… for m in members)")
        loop = argument.generators[0]
        if loop.ifs or loop.is_async or not isinstance(loop.target, ast.Name):
            raise self.refusal(tree, f"write {how}(… for m in members)")
        over = self.source(loop.iter)
        if over in words.COLLECTIONS:
            collection, owner = over, ""
        else:
            owner, _, last = over.rpartition(".")
            of_member = owner in self.scope.members and self.scope.members[owner] == "members"
            of_line = owner == "member" and self.scope.lines is not None
            if last != "disabilities" or not (of_member or of_line or owner == "worker"):
                raise self.refusal(loop.iter, "is no list of the facts")
            collection = "disabilities"
        inner = self.with_variable(loop.target.id, collection)
        part = inner.truth(argument.elt)
        where = collection if not owner else f"{owner}.disabilities"
        kind = "count" if how == "count" else "truth"
        return n.Quantified(kind=kind, text=text, how=how, variable=loop.target.id, collection=where, part=part)  # type: ignore[arg-type]


def _holds_share(node: n.Node) -> bool:
    return isinstance(node, n.Share) or any(_holds_share(child) for child in n.children(node))
