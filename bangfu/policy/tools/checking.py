"""`bangfu pack check`: everything that is wrong or open in a pack folder, each with file, line and what to do about it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bangfu.policy import clauses, registry, source
from bangfu.policy.clauses import Clauses
from bangfu.policy.errors import PolicyError
from bangfu.policy.pack import loader
from bangfu.policy.pack.layers import Layers
from bangfu.policy.pack.model import Pack
from bangfu.policy.source import Node, PackFault, PackFaults
from bangfu.policy.tools import cases as worked
from bangfu.policy.tools.remedies import remedy
from bangfu.policy.tools.scaffold import TODO
from bangfu.policy.tree import nodes, vocabulary

#: Parts of a pack that have a file of their own and are loaded by the module of that name.
PARTS = ("procedure", "evidence", "aid", "lifecycle", "assistance", "forms", "workflow")
RULE_FILES = ("accounting.yaml", "categories.yaml")


@dataclass(frozen=True)
class Finding:
    """One thing to tell: a fault (the pack cannot be used so) or a note (something is open), with what to do."""

    file: str
    line: int
    message: str
    remedy: str
    fault: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'错误' if self.fault else '提示'}：{self.message}。处理：{self.remedy}"


def check(folder: Path) -> list[Finding]:
    """Everything found in a pack folder, faults first, each list in the order of files and lines. Nothing is raised."""
    found = _of_faults(_check(folder))
    order = ("pack.yaml", "accounting.yaml", "categories.yaml", "clauses.yaml")

    def place(one: Finding) -> tuple[bool, int, str, int]:
        name = one.file.rpartition("/")[2]
        return (not one.fault, order.index(name) if name in order else len(order), one.file, one.line)

    return sorted(dict.fromkeys(found), key=place)


def _of_faults(items: Iterable[PackFault | Finding]) -> Iterator[Finding]:
    for item in items:
        if isinstance(item, Finding):
            yield item
        else:
            yield Finding(item.file, item.line, item.message, remedy(item.message))


def _check(folder: Path) -> Iterator[PackFault | Finding]:
    if not (folder / "pack.yaml").exists():
        yield PackFault(f"{folder.name}/pack.yaml", 1, "pack.yaml: missing")
        return
    try:
        pack_id = registry.add(folder)
        above = registry.descent(pack_id)[1:]
    except PackFaults as bad:
        yield from bad.faults
        return
    except PolicyError as bad:
        node = source.load(folder / "pack.yaml")
        yield node.fault(f"parent: {bad}", "parent")
        return
    yield from _blanks(folder)
    own = yield from _clauses(folder)
    known = {one: clauses.load(registry.folder(one)).knows for one in above}
    parent, layers = registry.loaded(above) if above else (None, None)
    checks = known | ({pack_id: own.knows} if own is not None else {})
    pack: Pack | None = None
    laid: Layers | None = None
    try:
        pack, laid = loader.load_pack(folder, parent, layers, clauses=checks)
    except PackFaults as bad:
        yield from (_with_hint(fault, folder, layers) for fault in bad.faults)
    under = parent if registry.heading(pack_id).parent_on(None) else None  # accounting alone may be taken over
    yield from _parts(folder, under)
    if own is not None:
        yield from _citations(folder, own, parent)
    if pack is not None and laid is not None and own is not None:
        try:
            yield from clauses.check(pack)
            yield from _unclaimed(pack, laid, own)
            yield from _unasked(pack, own)
            yield from _uncovered(pack)
        except PackFaults:
            pass  # a part that cannot be read was told already
    yield from _cases(folder, pack if own is not None else None)


def _blanks(folder: Path) -> Iterator[Finding]:
    """What the scaffold left to be filled in."""
    for file in sorted(folder.glob("*.yaml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if TODO in line.partition("#")[0]:
                yield Finding(f"{folder.name}/{file.name}", number, f"还有“{TODO}”没有填", "照官方文件填上")


# --- clauses ------------------------------------------------------------------------------------------------------
def _clauses(folder: Path) -> Any:
    """The clauses, if they can be read; yields what is wrong, and a note for each that is still to be built."""
    try:
        own = clauses.load(folder)
    except PackFaults as bad:
        yield from bad.faults
        return None
    for entry in own:
        if all(item.kind == "planned" for item in entry.realised_by):
            rooms = "、".join(item.ref for item in entry.realised_by)
            yield Finding(
                entry.file, entry.line, f"{entry.id}（{entry.clause}）还没有落实，只写了待建：{rooms}",
                "落实后在 realised_by 里写上由什么落实（rule、step、evidence、aid、clock、lifecycle、form …）", False,
            )  # fmt: skip
        elif entry.force == "M" and all(item.kind == "guidance" for item in entry.realised_by):
            yield Finding(
                entry.file, entry.line, f"{entry.id}（{entry.clause}）是必须做的，却只写成工作指引",
                "写上由什么落实；确实只能靠人的，改写 not_software 并说明理由", False,
            )  # fmt: skip
    return own


def _citations(folder: Path, own: Clauses, parent: Pack | None) -> Iterator[PackFault | Finding]:
    """What the files about work, papers, money and time cite must stand in this text, or in one above it."""
    texts = [own.knows]
    above = parent
    while above is not None:
        texts.append(above.clauses.knows)
        above = above.parent
    for name in PARTS:
        file = folder / f"{name}.yaml"
        if not file.exists():
            continue
        try:
            root = source.load(file)
        except PackFaults:
            continue  # told by the part itself
        for node in _maps(root):
            for key in ("clause", "run_clause", "net_clause", "finding_clause", "statement_clause"):
                cited = node.get(key)
                if not (isinstance(cited, str) and cited) or any(knows(cited) for knows in texts):
                    continue
                near = Clauses(own.entries, parent.clauses if parent else None, own.number).by_number(cited)
                if not near:
                    yield node.fault(f"clause {cited}: no text has such a clause", key)
                elif "〔" not in cited:  # a document number in front leads to another text
                    yield Finding(
                        node.file, node.line_of(key), f"条号 {cited} 没有逐字登记，链接会指到 {near[0].clause}",
                        "改成登记过的条号，或在 clauses.yaml 里登记这一条", False,
                    )  # fmt: skip


def _maps(node: Node) -> Iterator[Node]:
    if node.is_map:
        yield node
        for _, child in node.items():
            yield from _maps(child)
    elif node.is_list:
        for child in node:
            yield from _maps(child)


# --- formulas -----------------------------------------------------------------------------------------------------
def _with_hint(fault: PackFault, folder: Path, layers: Layers | None) -> PackFault | Finding:
    """An unknown name in a formula gets the nearest known ones."""
    match = re.match(r"'([A-Za-z_][A-Za-z0-9_.]*)': unknown name$", fault.message)
    if match is None:
        return fault
    above = [
        code for name in ("pots", "terms", "parameters", "standards") for code in (layers.parts[name] if layers else ())
    ]
    near = difflib.get_close_matches(match.group(1), [*fact_names(), *_own_names(folder), *above], n=3, cutoff=0.6)
    hint = f"是不是 {'、'.join(near)}？" if near else ""
    return Finding(fault.file, fault.line, fault.message, hint + remedy(fault.message))


def fact_names() -> list[str]:
    """Every name of a fact that a formula may use (members as `m.…`)."""
    names = [f"{section}.{key}" for section, keys in vocabulary.SECTIONS.items() for key in keys]
    names += [f"m.{key}" for key in vocabulary.MEMBER] + [f"member.{key}" for key in vocabulary.MEMBER]
    names += [*vocabulary.HOUSEHOLD, *vocabulary.INCOME_LINE, *vocabulary.EXPENSE_LINE]
    return [*names, "household_size", "window_months", "window_start", "application_month"]


def _own_names(folder: Path) -> list[str]:
    found: list[str] = []
    for name in RULE_FILES:
        try:
            found += [str(node.get("code")) for node in _maps(source.load(folder / name)) if node.get("code")]
        except PackFaults:
            continue
    return found


def _unclaimed(pack: Pack, laid: Layers, own: Clauses) -> Iterator[Finding]:
    """Conditions, exclusions and filing rules of this pack that no clause names as what realises it."""
    named = {item.ref for entry in own for item in entry.realised_by if item.kind == "rule"}
    for section in ("categories", "filing", "exclusions"):
        for part in laid.parts[section].values():
            if part.pack != pack.id:
                continue
            conditions = list(part.node.child("conditions") or ()) if section == "categories" else [part.node]
            for node in conditions:
                code = node.get("code")
                if not named & {code, f"{part.code}.{code}", part.code}:
                    yield Finding(
                        node.file, node.line, f"条件 {code}（{node.get('title')}）没有一条条款登记由它落实",
                        f"在 clauses.yaml 中相应条款的 realised_by 里加 {{rule: {code}}}", False,
                    )  # fmt: skip


def _unasked(pack: Pack, own: Clauses) -> Iterator[Finding]:
    """Facts that this pack's own formulas use and that no clause, here or above, says a form asks for."""
    asked: set[str] = set()
    text: Clauses | None = own
    chain: list[Clauses] = []
    while text is not None:
        chain.append(text)
        text = text.parent
    above = pack.parent
    while above is not None:
        chain.append(above.clauses)
        above = above.parent
    for one in chain:
        asked |= {item.ref for entry in one for item in entry.realised_by if item.kind == "form"}
    asked |= {ref.rpartition(".")[2] for ref in asked}
    told: set[str] = set()
    for formula, of in _formulas(pack):
        if not formula.file.startswith(f"{pack.folder.name}/"):
            continue
        for path in _facts(formula.node, of):
            short = path.rpartition(".")[2]
            ways = {path, short, path.replace(".", "_"), path.partition(".")[0].removesuffix("[]")}
            if path not in told and not ways & asked:
                told.add(path)
                yield Finding(
                    formula.file, formula.line, f"算式用到 {path}，没有一条条款写明由哪张表填报",
                    f"在要求填报它的条款的 realised_by 里加 {{form: {'incident' if path.startswith('incident.') else path}}}", False,
                )  # fmt: skip


def _formulas(pack: Pack) -> Iterator[tuple[nodes.Formula, str]]:
    """Every formula, with the list it belongs to (`incomes`, `expenses`, or empty for the household)."""
    rules = pack.rules
    for category in rules.categories:
        yield from ((one.formula, "") for one in category.conditions)
    yield from ((one.formula, "") for one in (*rules.exclusions, *rules.filing))
    yield from ((one.formula, one.of or "") for one in rules.terms.values())
    yield from ((formula, line.of) for line in rules.lines for formula in line.into.values())
    yield from ((formula, "") for formula in rules.figures.values())
    yield rules.household.formula, ""


def _facts(node: nodes.Node, of: str, bound: dict[str, str] | None = None) -> Iterator[str]:
    """The facts of a formula as paths of the facts document."""
    bound = bound or {}
    if isinstance(node, nodes.Quantified):
        bound = bound | {node.variable: node.collection}
    if isinstance(node, nodes.Fact):
        starts = {"worker": "members[].", "line_member": "members[].", "member": "members[].", "household": ""}
        starts |= {"line": f"{of}[]."} | {name: f"{where}[]." for name, where in bound.items()}
        yield f"{starts.get(node.scope, f'{node.scope}.')}{node.name}"
    for child in nodes.children(node):
        yield from _facts(child, of, bound)


def _uncovered(pack: Pack) -> Iterator[Finding]:
    """Categories about which the parts on money and on time say nothing."""
    for category in pack.categories:
        where = (category.said.file or f"{pack.folder.name}/categories.yaml", category.said.line or 1)
        if pack.aid.matrix and category.code not in pack.aid.matrix:
            yield Finding(
                *where, f"类别“{category.title}”没有写可以用哪些资金，现在一律不能用",
                f"在 aid.yaml 的 matrix 里加 {category.code} 一行（整张表要重写）", False,
            )  # fmt: skip
        if pack.lifecycle.reviews and category.code not in pack.lifecycle.reviews:
            yield Finding(
                *where, f"类别“{category.title}”没有写多久核查一次",
                f"在 lifecycle.yaml 的 reviews 里加 {category.code}；条文没有写的用 parameter", False,
            )  # fmt: skip


# --- the other parts ----------------------------------------------------------------------------------------------
def _parts(folder: Path, parent: Pack | None) -> Iterator[PackFault]:
    for name in PARTS:
        if (folder / f"{name}.yaml").exists():
            try:
                import_module(f"bangfu.policy.{name}").load(folder, getattr(parent, name) if parent else None)
            except PackFaults as bad:
                yield from bad.faults


def _cases(folder: Path, pack: Pack | None) -> Iterator[PackFault | Finding]:
    try:
        found = worked.load(folder)
    except PackFaults as bad:
        yield from bad.faults
        return
    if not found:
        yield Finding(
            f"{folder.name}/cases", 1, "还没有一个算例",
            "在 cases/ 里写几户人家：每条线上、线下一分、线上一分各一户，再运行 bangfu pack test", False,
        )  # fmt: skip
    elif pack is not None:
        verdicts = worked.run(pack.id, found)
        for verdict in verdicts:
            if verdict.answer is None:
                case = verdict.case
                yield PackFault(case.file, case.line, f"case {case.name} cannot be judged: {verdict.differs[0]}")
        for what in worked.untouched(pack.id, verdicts):
            yield Finding(f"{folder.name}/cases", 1, f"没有算例落在{what}", "补一户落在这里的人家", False)
