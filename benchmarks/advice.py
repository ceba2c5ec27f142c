"""What asking for advice costs: ask next and what would have to change, for one household at a time.

    .venv/bin/python benchmarks/advice.py [--rounds 20]

CPU time of the process, the best round of each case; beside it the plain judgement of the same household, for scale. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bangfu.policy import advice, facts, registry, standards
from bangfu.policy.assess import judge

MONTHS = ("2020-04", "2020-09")
NOBODY_PAID = dict.fromkeys(
    ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief"), "0"
)
ROWS = (("dibao", "1010.00"), ("minimum_wage", "2050.00"), ("housing_area_per_person", "33.0"), ("support_ratio", "0.35"))  # fmt: skip
CONDUCT = (
    "controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
    "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao",
)  # fmt: skip


def family(members: int) -> dict[str, Any]:
    """About six lines of income and two bills, every fact known."""
    people = [
        {"id": f"P{n}", "relation": "self" if n == 0 else "spouse", "lives_together": True, "same_huji": True,
         "support_relation": False, "employment": "employed" if n == 0 else "none", "retired": False,
         "retired_in_mining_area": False, "union_member": True, "unit_has_union": True, "migrant_worker": False,
         "labor_relation_months": 60, "labor_contract": True, "long_term_urban": True, "disabilities": [], "major_illness": False}
        for n in range(members)
    ]  # fmt: skip
    monthly = [("P0", "wage", "2310.00"), ("P1", "wage", "1825.00"), ("P0", "social_insurance", "295.50"), ("P1", "disability_subsidy", "120.00")]  # fmt: skip
    incomes: list[dict[str, Any]] = [
        {"member": who, "kind": kind, "monthly": amount, "from": MONTHS[0], "to": MONTHS[1]}
        for who, kind, amount in monthly
    ]
    incomes += [{"member": "P0", "kind": kind, "amount": amount, "month": "2020-08"} for kind, amount in (("donation", "500.00"), ("other_transfer", "812.30"))]  # fmt: skip
    expenses = [
        {"member": "P1", "kind": "illness", "month": "2020-07", "total": "8140.00", "paid_by": NOBODY_PAID | {"basic_insurance": "3300.00"}},
        {"member": "P2", "kind": "schooling", "month": "2020-09", "tuition": "2600.00", "boarding": "900.00", "travel": "0", "aided": "0"},
    ]  # fmt: skip
    return {
        "schema": "bangfu.facts/1", "id": "A-1", "application_date": "2020-10-15", "work_region": "120101",
        "huji_region": "120101", "worker": "P0", "members": people, "incomes": incomes, "expenses": expenses,
        "housing": {"owned_homes": 1, "owned_area_m2": "58.0", "renting": False, "rented_area_m2": "0", "rent_within_market": False},
        "vehicles": [], "savings": "0", "investments_net": "0", "causes": ["illness"], "incident": "none",
        "conduct": dict.fromkeys(CONDUCT, False) | {"unexplained_funds": "0"},
        "status": {"dibao": False, "work_injury_survivor": False, "registered_poor": False, "tekun": False, "low_income_certified": False},
        "attested": {"still_in_difficulty": False, "especially_hard": False, "committee_resolution": False,
                     "huge_treatment_cost": False, "severe_loss": False},
    }  # fmt: skip


def with_holes(document: dict[str, Any], *holes: tuple[Any, ...]) -> dict[str, Any]:
    for *way, last in holes:
        spot: Any = document
        for key in way:
            spot = spot[key]
        spot[last] = None
    return document


def cases() -> dict[str, dict[str, Any]]:
    three = (("incomes", 0, "monthly"), ("housing", "owned_homes"), ("conduct", "evaded"))
    six = (*three, ("members", 2, "lives_together"), ("incident",), ("attested", "still_in_difficulty"))
    return {
        "all known": family(3),
        "one amount unknown": with_holes(family(3), three[0]),
        "three facts unknown": with_holes(family(3), *three),
        "six, one of them who counts": with_holes(family(3), *six),
        "only the people known": {key: family(3)[key] for key in ("schema", "id", "application_date", "work_region", "huji_region", "worker")}
        | {"members": [{"id": "P0"}, {"id": "P1", "lives_together": True, "same_huji": True}]},
    }  # fmt: skip


def best(run: Callable[[], Any], rounds: int) -> float:
    """Microseconds of one call: the best of the rounds, ten calls each."""
    run()
    least = float("inf")
    for _ in range(rounds):
        gc.collect()
        started = time.process_time()
        for _ in range(10):
            run()
        least = min(least, (time.process_time() - started) / 10)
    return least * 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    rows = standards.parse({"schema": "bangfu.standards/1", "rows": [{"name": name, "region": "120000", "from": "2016-01-01", "value": value} for name, value in ROWS]})  # fmt: skip
    print(f"$ {' '.join([Path(sys.executable).name, *sys.argv])}   (µs of CPU a call, best of {args.rounds} rounds)")
    print(f"{'policy':<24}{'household':<30}{'missing':>8}{'changes':>8}{'judge':>8}{'next':>8}{'change':>8}")
    for pack_id in registry.pack_ids():
        pack = registry.get_pack(pack_id)
        for name, document in cases().items():
            known = facts.parse(document)
            questions, changes = advice.next_question(known, rows, pack), advice.smallest_changes(known, rows, pack)
            spent = (
                best(lambda k=known, p=pack: judge(k, rows, p), args.rounds),  # type: ignore[misc]
                best(lambda k=known, p=pack: advice.next_question(k, rows, p), args.rounds),  # type: ignore[misc]
                best(lambda k=known, p=pack: advice.smallest_changes(k, rows, p), args.rounds),  # type: ignore[misc]
            )
            print(f"{pack_id:<24}{name:<30}{len(questions):>8}{len(changes):>8}{spent[0]:>8.0f}{spent[1]:>8.0f}{spent[2]:>8.0f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
