"""Which kinds of facts an incomplete household lacks: `tree.reasons` for columns."""

from __future__ import annotations

from bangfu.policy.population.compile.tree import TreeCompiler
from bangfu.policy.population.ir import Expr


class ReasonCompiler(TreeCompiler):
    def missing(self, results: dict[str, Expr], outcome: Expr, provisional: Expr) -> dict[str, Expr]:
        return {}
