"""The worked cases beside a pack: `cases/*.yaml` and `cases/*.json`, judged and compared with what they expect.

`cases/base.yaml` holds a plain family and the local standards; a case says only what is different (`given`, `standards`) and what must
come out (`expect`). A JSON case may also stand alone, with `facts`, `standards` and `expect` of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.policy import registry, source
from bangfu.policy.assess import assess
from bangfu.policy.errors import DocumentFaults, PolicyError
from bangfu.policy.source import PackFault, PackFaults

BASE = "base.yaml"
KEYS = ("case", "note", "given", "standards", "expect")
WHOLE = ("name", "policy", "facts", "standards", "expect", "why")
EXPECT = ("outcome", "provisional", "met", "unknown", "missing", "barred_by", "figures", "categories")
ROW = ("name", "region", "from", "value")
#: Parts of a family that a case changes key by key instead of replacing them.
LAID_OVER = ("housing", "conduct", "status", "attested")


@dataclass(frozen=True)
class Case:
    """One worked case with its place."""

    name: str
    file: str
    line: int
    facts: dict[str, Any]
    standards: dict[str, Any]
    expect: dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What came of a case: the determination (None: it cannot be judged), and what differs from what it expects, in words."""

    case: Case
    differs: tuple[str, ...]
    answer: Mapping[str, Any] | None = None

    @property
    def holds(self) -> bool:
        return not self.differs


def load(folder: Path) -> list[Case]:
    """All cases of a pack folder. Raises `PackFaults` with every fault of the files."""
    faults: list[PackFault] = []
    place = folder / "cases"
    base = _base(place, faults)
    found: list[Case] = []
    for file in sorted([*place.glob("*.yaml"), *place.glob("*.json")]):
        if file.name != BASE:
            try:
                found += _read(file, base, faults)
            except PackFaults as bad:
                faults += bad.faults
    names = [case.name for case in found]
    faults += [
        PackFault(case.file, case.line, f"case: {case.name} stands twice")
        for case in found
        if names.count(case.name) > 1
    ]
    if faults:
        raise PackFaults(faults)
    return found


def _base(place: Path, faults: list[PackFault]) -> Mapping[str, Any]:
    if not (place / BASE).exists():
        return {}
    root = source.load(place / BASE)
    wrong = root.check_keys(("family", "standards"), ("family", "standards"))
    faults += wrong
    return {} if wrong else root.plain()


def _read(file: Path, base: Mapping[str, Any], faults: list[PackFault]) -> Iterator[Case]:
    if file.suffix == ".json":
        name = f"{file.parent.name}/{file.name}"
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            faults.append(PackFault(name, getattr(error, "lineno", 1), f"no JSON: {error}"))
            return
        entries = [(entry, name, 1) for entry in (document if isinstance(document, list) else [document])]
    else:
        root = source.load(file)
        if not root.is_list:
            faults.append(root.fault("a list of cases is expected here"))
            return
        entries = [(node.plain(), node.file, node.line) for node in root]
    for entry, where, line in entries:
        case, wrong = _case(entry, base, where, line)
        faults += [PackFault(where, line, message) for message in wrong]
        if case is not None and not wrong:
            yield case


def _case(entry: Any, base: Mapping[str, Any], file: str, line: int) -> tuple[Case | None, list[str]]:
    if not isinstance(entry, dict):
        return None, ["a mapping is expected here"]
    whole = "facts" in entry
    name = str(entry.get("name" if whole else "case") or "")
    wrong = [f"{key}: unknown key" for key in entry if key not in (WHOLE if whole else KEYS)]
    wrong += [] if name else [f"{'name' if whole else 'case'}: missing"]
    expect = entry.get("expect")
    if not isinstance(expect, dict):
        return None, [*wrong, "expect: missing"]
    wrong += [f"expect.{key}: unknown key" for key in expect if key not in EXPECT]
    if whole:
        return Case(name, file, line, entry["facts"], entry.get("standards") or {}, expect), wrong
    if not base:
        return None, [*wrong, f"given: there is no {BASE} with a plain family and standards beside it"]
    family = dict(base["family"]) | {"id": name}
    for key, value in (entry.get("given") or {}).items():
        over = key in LAID_OVER and isinstance(value, dict)
        family[key] = family.get(key, {}) | value if over else value
    rows = [*base["standards"], *(entry.get("standards") or [])]
    if any(not isinstance(row, list) or len(row) != len(ROW) for row in rows):
        return None, [*wrong, "standards: a list of [name, region, first day, value] is expected"]
    listed = [{key: str(value) for key, value in zip(ROW, row, strict=True)} for row in rows]
    return Case(name, file, line, family, {"schema": "bangfu.standards/1", "rows": listed}, expect), wrong


def run(pack_id: str, cases: Sequence[Case]) -> list[Verdict]:
    """Judges each case by the pack and says what differs, or why it cannot be judged."""
    return [_verdict(pack_id, case) for case in cases]


def _verdict(pack_id: str, case: Case) -> Verdict:
    try:
        found = assess(case.facts, pack_id, case.standards).as_dict()
    except DocumentFaults as bad:
        return Verdict(case, tuple(f"输入有误：{line}" for line in bad.lines()))
    except PolicyError as bad:
        return Verdict(case, (f"不能认定：{bad}",))
    return Verdict(case, tuple(_differences(case, found)), found)


def _differences(case: Case, found: dict[str, Any]) -> Iterator[str]:
    expect = case.expect
    results = {one["code"]: one["result"] for one in found["categories"]}
    for key in ("outcome", "provisional"):
        if key in expect and found[key] != expect[key]:
            yield f"{key}：应为 {expect[key]}，得出 {found[key]}"
    if "categories" in expect and results != expect["categories"]:
        yield f"categories：应为 {expect['categories']}，得出 {results}"
    for result in ("met", "unknown"):
        told = [code for code, value in results.items() if value == result]
        if result in expect and sorted(told) != sorted(expect[result]):
            yield f"{result}：应为 {sorted(expect[result])}，得出 {sorted(told)}"
    if "missing" in expect and list(found["missing"]) != expect["missing"]:
        yield f"missing：应为 {expect['missing']}，得出 {list(found['missing'])}"
    barred = {one["code"] for one in found["exclusions"] if one["result"] == "met"}
    for code in expect.get("barred_by", []):
        if code not in barred:
            yield f"barred_by：应被 {code} 排除，实际没有"
    for code, amount in (expect.get("figures") or {}).items():
        if found["figures"].get(code) != amount:
            yield f"figures.{code}：应为 {amount}，得出 {found['figures'].get(code)}"


def untouched(pack_id: str, verdicts: Sequence[Verdict]) -> list[str]:
    """Categories that no case ends in and exclusions that no case meets: what the cases do not prove."""
    pack = registry.get_pack(pack_id)
    answers = [verdict.answer for verdict in verdicts if verdict.answer is not None]
    ended = {answer["outcome"] for answer in answers}
    met = {one["code"] for answer in answers for one in answer["exclusions"] if one["result"] == "met"}
    lacking = [f"类别“{one.title}”（{one.code}）" for one in pack.categories if one.code not in ended]
    return lacking + [f"排除情形“{one.title}”（{one.code}）" for one in pack.exclusions if one.code not in met]
