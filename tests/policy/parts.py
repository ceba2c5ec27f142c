"""Parts of the installed packs, and a small working-day calendar, for the tests of this room."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import bangfu.policy
from bangfu.policy import aid, evidence, lifecycle, procedure

PACKS = Path(bangfu.policy.__file__).parent / "packs"
NATIONAL = "acftu_2020"
TIANJIN = "tianjin_commerce_2020"
_MODULES = {"aid": aid, "evidence": evidence, "lifecycle": lifecycle, "procedure": procedure}


@cache
def part(name: str, pack: str) -> Any:
    """One part of a pack, loaded over its parent."""
    load = _MODULES[name].load
    national = load(PACKS / NATIONAL, None)
    return national if pack == NATIONAL else load(PACKS / pack, national)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class SmallCalendar:
    """Weekends off, and the autumn of 2020 as published: 1 to 8 October off, Saturday 10 October worked."""

    off = frozenset(datetime.date(2020, 10, number) for number in range(1, 9))
    worked = frozenset({datetime.date(2020, 9, 27), datetime.date(2020, 10, 10)})
    last_published = 2020

    def is_working(self, date: datetime.date) -> bool:
        return date in self.worked or (date.weekday() < 5 and date not in self.off)

    def add_working_days(self, date: datetime.date, n: int) -> tuple[datetime.date, bool]:
        while n:
            date += datetime.timedelta(days=1)
            n -= self.is_working(date)
        return date, date.year > self.last_published
