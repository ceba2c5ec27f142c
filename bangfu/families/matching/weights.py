"""The weights of the signs, read from ``weights.yaml`` (or the file that ``BANGFU_TWIN_WEIGHTS`` names)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from bangfu.families.choices import TwinLevel


@dataclass(frozen=True)
class Sign:
    """One reason: its points and its words."""

    code: str
    points: int
    text: str


@dataclass(frozen=True)
class Weights:
    """The whole table: signs, thresholds, how many may share a value, how often a sign counts."""

    signs: dict[str, Sign]
    levels: dict[str, int]
    crowd: dict[str, int]
    most: dict[str, int]

    def level(self, score: int, *, sure: bool) -> TwinLevel | None:
        """The level of a score; without an identity number (``sure``) never more than likely. None: not worth a look."""
        if sure and score >= self.levels["certain"]:
            return TwinLevel.CERTAIN
        for level in (TwinLevel.LIKELY, TwinLevel.POSSIBLE):
            if score >= self.levels[level]:
                return level
        return None


def read(path: Path) -> Weights:
    """Reads a table; raises ``KeyError`` or ``TypeError`` for one that lacks a part."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    signs = {code: Sign(code, int(entry["points"]), str(entry["text"])) for code, entry in given["signs"].items()}
    return Weights(signs, dict(given["levels"]), dict(given["crowd"]), dict(given["most"]))


@lru_cache(maxsize=1)
def installed() -> Weights:
    """The installation's table."""
    own = getattr(settings, "BANGFU_TWIN_WEIGHTS", "")
    return read(Path(own) if own else Path(__file__).with_name("weights.yaml"))
