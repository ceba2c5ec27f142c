"""What the clauses name is really there, and what the packs cite is really a clause: for every pack."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.policy import clauses
from bangfu.policy.registry import get_pack, pack_ids, policy_for

TIANJIN = "tianjin-commerce-2020"
ROOMS = Path(clauses.__file__).parents[1]
EVERY_PACK = pytest.mark.parametrize("pack_id", pack_ids())

#: Parts of the facts document that stand in a model under another name.
FORM_FIELDS = {
    "expenses[].paid_by": (ExpenseLine, "basic_insurance"),
    "incident": (Household, "has_incident"),
    "incomes": (IncomeLine, "household"),
    "members": (Member, "household"),
    "status": (Household, "dibao"),
    "worker": (Member, "relation"),
}
SECTIONS = {"members[]": Member, "incomes[]": IncomeLine, "expenses[]": ExpenseLine}


def references(pack_id: str, kind: str) -> list[str]:
    return sorted({item.ref for entry in get_pack(pack_id).clauses for item in entry.realised_by if item.kind == kind})


def citations(part: Any, seen: set[int]) -> Iterator[tuple[str, str]]:
    """Every `clause` of a loaded part, with the kind of thing that cites it."""
    if id(part) in seen:
        return
    seen.add(id(part))
    cited = getattr(part, "clause", "")
    if isinstance(cited, str) and cited:
        yield type(part).__name__, cited
    if isinstance(part, Mapping):
        children = list(part.values())
    elif isinstance(part, (list, tuple, set, frozenset)):
        children = list(part)
    else:
        children = list(vars(part).values()) if hasattr(part, "__dict__") else []
    for child in children:
        yield from citations(child, seen)


def test_both_texts_are_packs():
    assert {"acftu-2020", TIANJIN} <= set(pack_ids())


@EVERY_PACK
def test_every_rule_step_paper_and_clock_that_a_clause_names_is_in_the_pack(pack_id):
    assert [str(fault) for fault in clauses.check(get_pack(pack_id))] == []


def test_a_reference_to_something_the_pack_lacks_is_found_by_the_same_check(monkeypatch):
    pack = get_pack(TIANJIN)
    codes = clauses.pack_codes(pack)
    monkeypatch.setattr(clauses, "pack_codes", lambda pack: {**codes, "rule": codes["rule"] - {"two_homes"}})
    assert [str(fault).split(": ", 1)[1] for fault in clauses.check(pack)] == [
        "TJ-4.1.E1: rule two_homes is not in this pack"
    ]


@EVERY_PACK
def test_every_clause_that_a_part_of_the_pack_cites_leads_to_the_library(pack_id):
    pack = get_pack(pack_id)
    seen: set[int] = set()
    cited = {
        pair
        for part in (
            pack.rules,
            pack.procedure,
            pack.evidence,
            pack.aid,
            pack.lifecycle,
            pack.assistance,
            pack.workflow,
        )
        for pair in citations(part, seen)
    }
    assert len(cited) > 80
    assert sorted(pair for pair in cited if pack.clauses.link(pair[1]) is None) == []


@EVERY_PACK
def test_every_field_that_a_clause_names_can_be_filled_in(pack_id):
    def exists(path: str) -> bool:
        model, name = FORM_FIELDS.get(path, (None, ""))
        if model is None:
            section, _, name = path.rpartition(".")
            model = SECTIONS.get(section, Household)
        return name in {field.name for field in model._meta.get_fields()}

    printed = get_pack(pack_id).forms.codes()
    assert [path for path in references(pack_id, "form") if path not in printed and not exists(path)] == []


def verbs(room: str) -> set[str]:
    """Names of the public functions behind a room's doors (for the policy room, its registry)."""
    home = ROOMS / room
    doors = ["registry"] if room == "policy" else ["services", "selectors"]
    files = [file for door in doors for file in [home / f"{door}.py", *home.glob(f"{door}/*.py")] if file.exists()]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


@EVERY_PACK
def test_every_verb_that_a_clause_names_exists(pack_id):
    named = references(pack_id, "service")
    assert named
    assert [ref for ref in named if ref.split(".")[1] not in verbs(ref.split(".")[0])] == []


class TestTianjinCounts:
    def test_how_many_clauses_each_kind_of_thing_realises(self):
        assert get_pack(TIANJIN).clauses.counts() == {
            "rule": 108,
            "step": 38,
            "evidence": 37,
            "aid": 58,
            "clock": 14,
            "lifecycle": 37,
            "form": 33,
            "paper": 9,
            "page": 8,
            "service": 19,
            "planned": 137,
        }

    def test_how_many_clauses_wait_for_which_room(self):
        waiting: dict[str, int] = {}
        for entry in get_pack(TIANJIN).clauses.unrealised():
            for item in entry.realised_by:
                if item.kind == "planned":
                    waiting[item.ref] = waiting.get(item.ref, 0) + 1
        assert waiting == {
            "funds": 39,
            "archives": 36,
            "oversight": 22,
            "lifecycle": 18,
            "reports": 11,
            "casework": 6,
            "exchange": 3,
            "organizations": 1,
            "portal": 1,
        }

    def test_how_many_clauses_nothing_realises_yet(self):
        entries = get_pack(TIANJIN).clauses.unrealised()
        assert sum(all(item.kind == "planned" for item in entry.realised_by) for entry in entries) == 72


class TestTheTextItself:
    @pytest.mark.req("TJ-0.a", "TJ-0.d")
    def test_the_text_is_a_version_with_number_issuer_and_days(self):
        pack = get_pack(TIANJIN)
        assert (pack.id, pack.number, pack.issuer) == (TIANJIN, "津商务工〔2020〕13号", "天津市商务工会")
        assert pack.title.endswith("（试行）")
        assert pack.issued_on == datetime.date(2020, 9, 10)
        assert (pack.first_day, pack.last_day) == (datetime.date(2020, 9, 10), None)

    @pytest.mark.req("TJ-0.c")
    def test_both_annexes_are_parts_of_the_same_version(self):
        pack = get_pack(TIANJIN)
        parts = {entry.clause.split("第")[0].split(" ")[0] for entry in pack.clauses if entry.clause.startswith("附件")}
        assert parts == {"附件1", "附件2"}
        assert {entry.pack_id for entry in pack.clauses} == {pack.id}
        cited = [entry.clause for entry in pack.clauses.by_number(pack.rules.pots["rigid_expense"].said.clause)]
        assert set(cited) == {"附件1 一（三）"}
        assert {e.clause for e in pack.clauses.by_number(pack.procedure.step("recheck").clause)} == {"附件2 第八条"}
        assert [other for other in pack_ids() if "annex" in other or get_pack(other).title.startswith("附件")] == []

    @pytest.mark.req("TJ-17.a", "TJ-A2-15.a")
    def test_it_applies_from_the_day_it_was_issued(self):
        assert policy_for("120101", datetime.date(2020, 9, 9)) == "acftu-2020"
        assert policy_for("120101", datetime.date(2020, 9, 10)) == TIANJIN

    @pytest.mark.req("TJ-17.b", "TJ-A2-15.b")
    def test_it_comes_before_what_it_does_not_agree_with_but_not_before_the_rules_of_central_money(self):
        pack = get_pack(TIANJIN)
        assert policy_for("120101", datetime.date(2021, 1, 1)) == TIANJIN
        assert (pack.window_months, get_pack("acftu-2020").window_months) == (6, 12)
        assert (pack.aid.companion.policy, pack.aid.companion.sources) == ("acftu-2020", ("central",))
