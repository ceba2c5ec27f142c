"""The default engine: the program as Polars expressions, in this process."""

from __future__ import annotations

import polars as pl

from bangfu.policy.pack.model import Pack
from bangfu.policy.population import polars_engine, prepare
from bangfu.policy.population.pieces import Piece
from bangfu.policy.standards import Standards


class Machine:
    """Polars. A batch is read once into memory and judged there."""

    batch = 500_000

    def run(self, pack: Pack, piece: Piece, standards: Standards) -> pl.DataFrame:
        parts: list[pl.DataFrame] = []
        for ready in prepare.prepare(pack, piece.loaded(), standards):
            found = polars_engine.run(ready.program, ready.tables).collect()
            parts.append(prepare.finish(found, ready.program.paths, ready.heads(), pack))
        return pl.concat(parts)

    def close(self) -> None:
        return None
