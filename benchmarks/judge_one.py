"""One household at a time, with full trace, in one process: this engine beside OpenFisca-Core and zen-engine.

    .venv/bin/python benchmarks/judge_one.py [--cases 300] [--rounds 3]

Each engine runs in a process of its own, so that the memory shown is its own. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
MONTHS = [f"2020-{month:02d}" for month in range(4, 10)]
DIBAO = Fraction("1010.43")
LINES = (("deep", Fraction(1)), ("relative", Fraction(3, 2)), ("union", Fraction(9, 5)))
ENGINES = ("bangfu, the small rule", "bangfu, whole Tianjin pack", "zen-engine", "OpenFisca-Core")
Run = Callable[[dict[str, Any]], str]


# --- the cases --------------------------------------------------------------------------------------------------------
def make_cases(count: int) -> list[dict[str, Any]]:
    """Seeded families of one to five: monthly wages, some bills; one in ten lies exactly on a line."""
    dice = random.Random(20200915)
    cases = []
    for number in range(count):
        size = dice.randint(1, 5)
        wages = [[dice.randint(0, 250_000) for _ in MONTHS] for _ in range(size)]
        bills = []
        for _ in range(dice.randint(0, 3)):
            total = dice.randint(0, 400_000)
            bills.append((dice.randrange(6), total, dice.randint(0, total)))
        if number % 10 == 0:
            times = dice.choice(LINES)[1]
            goal = times * DIBAO * 100 * size * 6 + sum(total - paid for _, total, paid in bills)
            wages = [[0] * 6 for _ in range(size)]
            wages[0][0] = int(goal)  # exact where the line is a whole number of 分, just below it elsewhere
        cases.append({"id": f"B-{number}", "size": size, "wages": wages, "bills": bills})
    return cases


def truth(case: dict[str, Any]) -> str:
    """The category in exact fractions."""
    net = sum(map(sum, case["wages"])) - sum(total - paid for _, total, paid in case["bills"])
    for name, times in LINES:
        if Fraction(net, 100) <= times * DIBAO * case["size"] * 6:
            return name
    return "none"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def document(case: dict[str, Any]) -> dict[str, Any]:
    """The case as a facts document."""
    payers = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")
    return {
        "schema": "bangfu.facts/1", "id": case["id"], "application_date": "2020-10-15", "work_region": "120101",
        "huji_region": "120101", "worker": "P0",
        "members": [{"id": f"P{n}", "lives_together": True, "same_huji": True, "employment": "employed", "retired": False,
                     "migrant_worker": False} for n in range(case["size"])],
        "incomes": [{"member": f"P{n}", "kind": "wage", "amount": yuan(fen), "month": MONTHS[m]}
                    for n, wages in enumerate(case["wages"]) for m, fen in enumerate(wages)],
        "expenses": [{"member": "P0", "kind": "illness", "month": MONTHS[m], "total": yuan(total),
                      "paid_by": {payer: yuan(paid) if payer == "basic_insurance" else "0" for payer in payers}}
                     for m, total, paid in case["bills"]],
        "housing": {"owned_homes": 1}, "vehicles": [], "causes": ["illness"], "incident": "none",
        "conduct": dict.fromkeys(("controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school",
                                  "refused_verification", "concealed_facts", "refused_employment", "evaded",
                                  "declined_dibao"), False) | {"unexplained_funds": "0"},
        "status": {"work_injury_survivor": False},
        "attested": {"still_in_difficulty": False, "committee_resolution": False},
    }  # fmt: skip


# --- the engines ------------------------------------------------------------------------------------------------------
def bangfu(pack_name: str) -> Run:
    from bangfu.policy import facts, registry, standards
    from bangfu.policy.assess import judge
    from bangfu.policy.pack import loader

    if pack_name == "small":
        pack, _ = loader.load_pack(Path(__file__).parent / "rule")
    else:
        pack = registry.get_pack("tianjin-commerce-2020")
    row = {"name": "dibao", "region": "120000", "from": "2020-07-01", "value": yuan(int(DIBAO * 100))}
    rows = standards.parse({"schema": "bangfu.standards/1", "rows": [row]})

    def run(case: dict[str, Any]) -> str:
        found = judge(facts.parse(case["document"]), rows, pack)
        found.as_dict()
        found.trace()
        return found.outcome

    return run


def zen() -> Run:
    import zen as zen_engine

    expressions = [
        ("income", "sum(map(flatMap(household.people, #.wages), #))"),
        ("expense", "sum(map(household.bills, max([0, #.total - #.paid])))"),
        ("net", "$.income - $.expense"),
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}, "content": {}},
        {
            "id": "sums", "name": "sums", "type": "expressionNode", "position": {"x": 1, "y": 0},
            "content": {"expressions": [{"id": key, "key": key, "value": value} for key, value in expressions]
                        + [{"id": "l", "key": "size", "value": "household.size"}, {"id": "s", "key": "S", "value": "household.dibao"}]},
        },
        {
            "id": "class", "name": "class", "type": "expressionNode", "position": {"x": 2, "y": 0},
            "content": {"expressions": [{"id": "c", "key": "category", "value":
                "net <= 1.0 * S * size * 6 ? 'deep' : (net <= 1.5 * S * size * 6 ? 'relative' : (net <= 1.8 * S * size * 6 ? 'union' : 'none'))"}]},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 3, "y": 0}, "content": {}},
    ]  # fmt: skip
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"}
        for a, b in (("in", "sums"), ("sums", "class"), ("class", "out"))
    ]
    graph = json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})
    decision = zen_engine.ZenEngine().create_decision(graph)

    def run(case: dict[str, Any]) -> str:
        answer = decision.evaluate(case["zen"], {"trace": True})
        return str(answer["result"]["category"])

    return run


def openfisca() -> Run:
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="", is_person=True)
    household = build_entity(key="household", plural="households", label="", roles=[{"key": "member", "plural": "members"}])  # fmt: skip

    def variable(name: str, of: Any, formula: Any = None) -> type:
        body = {"value_type": float, "entity": of, "definition_period": MONTH, "label": name}
        return type(name, (Variable,), body | ({"formula": formula} if formula else {}))

    def six_months(entity: Any, period: Any, name: str) -> Any:
        return sum(entity(name, period.offset(-back, "month")) for back in range(1, 7))

    def earned(entity: Any, period: Any) -> Any:
        return entity.sum(entity.members("wage", period))

    def net(entity: Any, period: Any) -> Any:
        return six_months(entity, period, "earned") - six_months(entity, period, "cost")

    def category(entity: Any, period: Any) -> Any:
        line = DIBAO_FLOAT * entity.nb_persons() * 6
        amount = entity("net", period)
        return 3.0 - (amount <= line * 1.8) - (amount <= line * 1.5) - (amount <= line * 1.0)

    system = TaxBenefitSystem([person, household])
    for one in (
        variable("wage", person), variable("cost", household), variable("earned", household, earned),
        variable("net", household, net), variable("category", household, category),
    ):  # fmt: skip
        system.add_variable(one)

    def run(case: dict[str, Any]) -> str:
        simulation = SimulationBuilder().build_from_entities(system, case["openfisca"])
        simulation.trace = True
        found = int(simulation.calculate("category", "2020-10")[0])
        _ = simulation.tracer.get_serialized_flat_trace()
        return ("deep", "relative", "union", "none")[found]

    return run


DIBAO_FLOAT = float(DIBAO)


def prepared(case: dict[str, Any], engine: str) -> dict[str, Any]:
    """The case in the engine's own words, outside the clock."""
    if engine.startswith("bangfu"):
        return {"document": document(case)}
    if engine == "zen-engine":
        people = [{"wages": [fen / 100 for fen in wages]} for wages in case["wages"]]
        bills = [{"total": total / 100, "paid": paid / 100} for _, total, paid in case["bills"]]
        return {"zen": {"household": {"people": people, "bills": bills, "size": case["size"], "dibao": DIBAO_FLOAT}}}
    costs = [0.0] * 6
    for month, total, paid in case["bills"]:
        costs[month] += (total - paid) / 100
    persons = {
        f"P{n}": {"wage": {month: fen / 100 for month, fen in zip(MONTHS, wages, strict=True)}}
        for n, wages in enumerate(case["wages"])
    }
    home = {"members": list(persons), "cost": dict(zip(MONTHS, costs, strict=True))}
    return {"openfisca": {"persons": persons, "households": {"H": home}}}


def build(engine: str) -> Run:
    if engine == ENGINES[0]:
        return bangfu("small")
    if engine == ENGINES[1]:
        return bangfu("whole")
    return zen() if engine == "zen-engine" else openfisca()


def measure(engine: str, count: int, rounds: int) -> dict[str, Any]:
    """Best of several rounds over all cases, in CPU time (the machine may be busy); memory is the peak of this process."""
    cases = make_cases(count)
    started = time.perf_counter()
    run = build(engine)
    run(prepared(cases[0], engine))
    start = time.perf_counter() - started
    inputs = [prepared(case, engine) for case in cases]
    best = float("inf")
    answers: list[str] = []
    for _ in range(rounds):
        started = time.process_time()
        answers = [run(case) for case in inputs]
        best = min(best, time.process_time() - started)
    wrong = sum(answer != truth(case) for answer, case in zip(answers, cases, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"engine": engine, "per_second": count / best, "start": start, "peak": peak, "wrong": wrong}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        print(json.dumps(measure(args.engine, args.cases, args.rounds)))
        return 0
    rows: list[dict[str, Any]] = []
    for engine in ENGINES:
        words = [sys.executable, __file__, "--engine", engine, "--cases", str(args.cases), "--rounds", str(args.rounds)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{engine}: did not run: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return 1
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    base = rows[0]["per_second"]
    print(
        f"$ {' '.join([Path(sys.executable).name, *sys.argv])}   ({args.cases} cases, best of {args.rounds} rounds, full trace)"
    )
    print(f"{'engine':<28}{'cases/s':>10}{'µs/case':>10}{'slower ×':>10}{'start s':>9}{'peak MB':>9}{'wrong':>7}")
    for row in rows:
        print(
            f"{row['engine']:<28}{row['per_second']:>10.0f}{1e6 / row['per_second']:>10.0f}{base / row['per_second']:>10.1f}"
            f"{row['start']:>9.2f}{row['peak']:>9.0f}{row['wrong']:>7}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
