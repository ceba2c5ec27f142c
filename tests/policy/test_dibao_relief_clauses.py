"""The clauses of the two packs of civil affairs: complete, citable, truthful about what realises them; and who may choose these packs."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pytest

from bangfu.policy import clauses
from bangfu.policy.errors import PolicyNotInForce
from bangfu.policy.registry import choose, get_pack, heading, in_force, pack_ids, policy_for

DATA = Path(__file__).parent / "data"
DIBAO, RELIEF = "dibao-2019", "relief-2018"
BOTH = pytest.mark.parametrize("pack_id", [DIBAO, RELIEF])


def rows(pack_id: str) -> dict[str, str]:
    lines = (DATA / f"rows_{pack_id.replace('-', '_')}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines)


@BOTH
def test_every_row_of_the_texts_stands_exactly_once_in_their_order_with_its_force(pack_id: str) -> None:
    assert [(entry.id, entry.force) for entry in get_pack(pack_id).clauses] == list(rows(pack_id).items())


def test_how_many_rows_there_are() -> None:
    assert (len(rows(DIBAO)), len(rows(RELIEF))) == (267, 107)


@BOTH
def test_every_rule_step_paper_amount_and_clock_a_clause_names_is_in_the_pack(pack_id: str) -> None:
    assert [str(fault) for fault in clauses.check(get_pack(pack_id))] == []


@BOTH
def test_every_field_of_a_form_that_a_clause_names_is_on_the_form(pack_id: str) -> None:
    pack = get_pack(pack_id)
    named = {item.ref for entry in pack.clauses for item in entry.realised_by if item.kind == "form"}
    assert named <= pack.forms.codes() | {"causes"}


@BOTH
def test_no_two_rows_say_the_same_and_no_row_is_without_what_realises_it(pack_id: str) -> None:
    entries = list(get_pack(pack_id).clauses)
    assert [gist for gist, times in Counter(entry.gist for entry in entries).items() if times > 1] == []
    assert all(entry.realised_by for entry in entries)


@BOTH
def test_a_clause_is_cited_with_the_number_of_its_document(pack_id: str) -> None:
    pack = get_pack(pack_id)
    numbers = {text.code: text.number for text in pack.heading.texts}
    for entry in pack.clauses:
        assert entry.clause.startswith(numbers[entry.id.partition("-")[0]] + " "), entry.id


@pytest.mark.parametrize(
    ("pack_id", "citation", "row"),
    [
        (DIBAO, "民发〔2019〕6号 四", "JOBLESS19-4.a"),
        (DIBAO, "民函〔2019〕95号 四", "BASIC19-4.a"),
        (DIBAO, "民办发〔2019〕10号 附件6", "DIBAO-F6.01"),
        (RELIEF, "民发〔2018〕23号 二（四）", "RELIEF18-2.4.a"),
        (RELIEF, "民发〔2019〕87号 四", "RELIEF19-4.a"),
    ],
)
def test_the_same_number_in_two_documents_is_told_apart(pack_id: str, citation: str, row: str) -> None:
    found = get_pack(pack_id).clauses.by_number(citation)
    assert row in {entry.id for entry in found}
    assert len({entry.id.partition("-")[0] for entry in found}) == 1


@BOTH
def test_what_the_rules_cite_leads_to_these_texts_or_to_the_one_whose_accounting_is_used(pack_id: str) -> None:
    pack = get_pack(pack_id)
    said = [part.said for part in pack.categories]
    said += [part.said for part in pack.rules.lines]
    said += [part.said for part in pack.rules.standards.values()]
    said += [condition.said for category in pack.categories for condition in category.conditions]
    for one in said:
        for number in one.clauses:
            link = pack.clauses.link(number)
            assert link is not None
            assert link[0] == one.pack
    assert {one.pack for one in said} == {pack_id, "acftu-2020"}


@BOTH
def test_the_accounting_of_the_union_text_is_used_and_nothing_else_of_it(pack_id: str) -> None:
    pack, national = get_pack(pack_id), get_pack("acftu-2020")
    assert [line.code for line in pack.rules.lines] == [line.code for line in national.rules.lines]
    assert pack.window_months == 12
    assert pack.exclusions == () == pack.rules.filing
    assert not {one.code for one in pack.categories} & {one.code for one in national.categories}
    assert pack.parent is None
    assert not set(pack.procedure.guards) & set(national.procedure.guards)
    assert not set(pack.aid.gates) - {
        "real_name",
        "account_holder",
        "kind_known",
        "purpose_known",
        "source_known",
        "needs",
        "file_active",
    }


@pytest.mark.parametrize("region", [None, "120101", "370902", "511129"])
def test_they_are_never_the_policy_of_a_union_and_can_always_be_asked_beside_it(region: str | None) -> None:
    day = datetime.date(2020, 10, 15)
    assert policy_for(region, day) not in (DIBAO, RELIEF)
    choice = choose(region, day)
    assert choice.pack.heading.scheme == "worker_file"
    assert {DIBAO, RELIEF} <= set(choice.others)
    assert {heading(one).scheme for one in pack_ids() if one not in (DIBAO, RELIEF)} == {"worker_file"}


@pytest.mark.req("BASIC19-2.a", "JOBLESS19-1.e", "RELIEF18-2.1.j")
@pytest.mark.parametrize(
    ("pack_id", "first"), [(DIBAO, datetime.date(2019, 1, 16)), (RELIEF, datetime.date(2018, 1, 23))]
)
def test_the_rules_are_a_version_with_dates_and_are_refused_before_they_apply(
    pack_id: str, first: datetime.date
) -> None:
    assert in_force(pack_id, first).id == pack_id
    with pytest.raises(PolicyNotInForce) as told:
        in_force(pack_id, first - datetime.timedelta(days=1))
    assert told.value.args[0].endswith(f"not on {(first - datetime.timedelta(days=1)).isoformat()}")


@BOTH
def test_what_another_policy_realises_is_an_installed_policy(pack_id: str) -> None:
    named = {item.ref for entry in get_pack(pack_id).clauses for item in entry.realised_by if item.kind == "pack"}
    assert named <= set(pack_ids()) - {pack_id}
    assert (named == {RELIEF}) == (pack_id == DIBAO)


@BOTH
def test_whatever_a_clause_names_has_words_for_people(pack_id: str) -> None:
    pack = get_pack(pack_id)
    for entry in pack.clauses:
        for item in entry.realised_by:
            if item.kind == "form" and item.ref != "causes":
                assert pack.forms.title_of(item.ref), item.ref
            if item.kind == "step" and item.ref in pack.workflow.codes():
                assert pack.workflow.title_of(item.ref), item.ref
            if item.kind == "aid" and item.ref in pack.assistance.codes():
                assert pack.assistance.title_of(item.ref), item.ref
    assert pack.forms.title_of("f99") is None
    assert pack.workflow.title_of("nothing") is None
    assert pack.assistance.title_of("nothing") is None
