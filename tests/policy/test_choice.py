"""Which text applies at a place on a day and why; the texts beside each other; packs whose parent changes with the dates."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from bangfu import cli
from bangfu.policy import clauses, compare, facts, registry, standards
from bangfu.policy.assess import assess
from bangfu.policy.errors import PolicyNotInForce, UnknownPolicy
from bangfu.policy.pack import loader
from bangfu.policy.source import PackFaults
from tests.policy import households as h
from tests.policy.parts import day

TAIAN, OLD, PROVINCIAL = "taian-2020", "acftu-2016", "provincial-2020"
ERAS = pytest.mark.parametrize(
    ("pack_id", "on"), [(one, era.first_day) for one in registry.pack_ids() for era in registry.heading(one).eras]
)


def standing(choice: registry.Choice) -> dict[str, str]:
    return {one.pack_id: one.standing for one in choice.candidates}


# --- the choice ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("region", "on", "chosen"),
    [
        ("120101", "2020-10-15", h.TIANJIN),
        ("120000", "2020-09-10", h.TIANJIN),
        ("120101", "2020-09-09", h.NATIONAL),
        ("120101", "2020-06-27", OLD),
        ("370983", "2020-03-01", TAIAN),
        ("370983", "2020-02-29", OLD),
        ("370902", "2024-01-01", TAIAN),
        ("371102", "2020-10-15", h.NATIONAL),
        ("511129", "2016-11-16", h.MUCHUAN),
        ("511129", "2016-11-15", OLD),
        ("511100", "2017-01-01", OLD),
        (None, "2020-10-15", h.NATIONAL),
    ],
)
def test_the_narrowest_place_and_the_span_of_dates_choose_the_text(region: str | None, on: str, chosen: str) -> None:
    choice = registry.choose(region, day(on))
    assert choice.pack.id == chosen == registry.policy_for(region, day(on))
    assert standing(choice)[chosen] == "chosen"
    assert set(standing(choice)) == set(registry.pack_ids())


def test_texts_about_other_help_are_never_chosen_for_a_workers_file() -> None:
    """dibao-2019 and relief-2018 are national and begin later than the union text of their time."""
    for on in ("2018-06-01", "2019-06-01", "2020-06-27"):
        assert registry.choose("110101", day(on)).pack.id == OLD
    choice = registry.choose("110101", day("2020-10-15"))
    assert (standing(choice)["dibao-2019"], standing(choice)["relief-2018"]) == ("scheme", "scheme")
    assert registry.policy_for("110101", day("2020-10-15"), scheme="dibao") == "dibao-2019"
    assert registry.policy_for("110101", day("2020-10-15"), scheme="relief") == "relief-2018"


def test_the_reason_names_the_place_the_dates_and_the_upper_text_of_the_day() -> None:
    names = {"370983": "肥城市", "370900": "泰安市"}.get
    reason = registry.choose("370983", day("2020-05-01"), name_of=names).reason
    assert "肥城市在泰安市范围内" in reason
    assert "2020年3月1日起施行，申请日2020年5月1日在施行期内" in reason
    assert "总工办发〔2016〕36号" in reason
    assert "总工办发〔2020〕13号" in registry.choose("370983", day("2020-07-01")).reason
    assert "没有在册的地方规定" in registry.choose("110101", day("2020-10-15")).reason
    assert "没有填写工作地" in registry.choose(None, day("2020-10-15")).reason


def test_every_other_text_says_why_it_was_not_taken() -> None:
    choice = registry.choose("370983", day("2020-10-15"))
    assert standing(choice) == {
        TAIAN: "chosen", h.NATIONAL: "wider", OLD: "ended", h.TIANJIN: "elsewhere", h.MUCHUAN: "elsewhere",
        PROVINCIAL: "unplaced", "dibao-2019": "scheme", "relief-2018": "scheme",
    } | {one: standing(choice)[one] for one in registry.pack_ids() if one not in standing(choice)}  # fmt: skip
    by_id = {one.pack_id: one for one in choice.candidates}
    assert "2020年6月27日为止" in by_id[OLD].reason
    assert "120000" in by_id[h.TIANJIN].reason
    assert all(one.reason for one in choice.candidates)
    assert standing(registry.choose("120101", day("2020-07-01")))[h.TIANJIN] == "not_yet"


def test_local_and_national_are_always_compared_and_the_chosen_comes_first() -> None:
    choice = registry.choose("370983", day("2020-10-15"))
    assert choice.compared[:2] == (TAIAN, h.NATIONAL)
    assert {"dibao-2019", "relief-2018"} == set(choice.others)
    assert registry.choose("370983", day("2020-06-27")).compared[:2] == (TAIAN, OLD)
    assert registry.choose("110101", day("2020-10-15")).compared[0] == h.NATIONAL


def test_a_text_somebody_has_set_for_the_case_is_taken_if_it_applies() -> None:
    choice = registry.choose("430103", day("2020-10-15"), assigned=PROVINCIAL)
    assert (choice.pack.id, choice.national, choice.assigned) == (PROVINCIAL, h.NATIONAL, True)
    assert "由人指定" in choice.reason
    with pytest.raises(PolicyNotInForce, match="acftu-2016"):
        registry.choose("430103", day("2020-06-27"), assigned=PROVINCIAL)


# --- a text that does not name its place ---------------------------------------------------------------------------
def test_a_text_without_a_place_is_found_by_place_only_where_the_installation_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = day("2020-10-15")
    assert registry.policy_for("430103", on) == h.NATIONAL
    monkeypatch.setenv(registry.PLACES, json.dumps({"430000": PROVINCIAL}))
    choice = registry.choose("430103", on)
    assert choice.pack.id == registry.policy_for("430103", on) == PROVINCIAL
    assert "由系统设置指定" in choice.reason
    assert registry.policy_for("420103", on) == h.NATIONAL
    assert registry.policy_for("430103", day("2020-06-27")) == OLD


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("610000", "not a JSON object"), ("[1]", "not a JSON object"), ('{"61": "provincial-2020"}', "six digits"),
        ('{"610000": "no-such"}', "no-such"), ('{"610000": "acftu-2020"}', "names its own place"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_places_is_told_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, value: str, says: str
) -> None:
    monkeypatch.setenv(registry.PLACES, value)
    with pytest.raises(UnknownPolicy, match=says):
        registry.policy_for("610103", day("2020-10-15"))


# --- parents by date ------------------------------------------------------------------------------------------------
def test_a_pack_with_parents_by_date_reads_by_the_parent_of_the_day() -> None:
    old, new = registry.get_pack(TAIAN, day("2020-06-27")), registry.get_pack(TAIAN, day("2020-06-28"))
    assert (old.window_months, new.window_months) == (6, 12)
    assert old.parent is registry.get_pack(OLD)
    assert new.parent is registry.get_pack(h.NATIONAL)
    assert registry.get_pack(TAIAN) is new
    assert registry.eras(TAIAN) == (old, new)
    assert registry.eras(h.TIANJIN) == (registry.get_pack(h.TIANJIN),)


def test_each_part_of_such_a_pack_is_laid_over_the_parent_of_the_day() -> None:
    old, new = registry.eras(TAIAN)
    assert old.lifecycle.lifting.categories == registry.get_pack(OLD).lifecycle.lifting.categories
    assert new.lifecycle.lifting.categories == ("deep",)
    assert old.evidence.window_months == 6
    assert set(old.aid.matrix) == {"below_line", "assisted_still_hard", "slightly_above", "accident"}
    assert set(new.aid.matrix) == {"deep", "relative", "accident"}
    assert [step.code for step in old.procedure.steps] == [step.code for step in new.procedure.steps]


@ERAS
def test_what_the_clauses_of_a_pack_name_is_there_in_every_era(pack_id: str, on: datetime.date) -> None:
    assert [str(fault) for fault in clauses.check(registry.get_pack(pack_id, on))] == []


def test_what_a_pack_overrides_in_one_era_only_is_there_in_at_least_one_parent() -> None:
    parents = [registry.get_pack(era.parent, era.first_day) for era in registry.heading(TAIAN).eras if era.parent]
    from bangfu.policy import source

    known = {code for parent in parents for codes in clauses.pack_codes(parent).values() for code in codes}
    folder = registry.get_pack(TAIAN).folder
    marked = [
        entry.get("code")
        for name in ("procedure", "evidence", "aid", "lifecycle")
        for _, section in source.load(folder / f"{name}.yaml").items()
        if section.is_list
        for entry in section
        if entry.is_map and entry.get("overrides")
    ]
    assert marked
    assert set(marked) <= known


@pytest.mark.parametrize(
    ("parent", "says"),
    [
        ("[{id: a, last_day: 2020-06-27}, {id: b, first_day: 2020-06-29}]", "2020-06-28 is expected"),
        ("[{id: a, last_day: 2020-06-27}]", "the last span must end with the pack"),
        ("[{id: a}, {id: b, first_day: 2020-06-28}]", "None is expected|only the last span"),
        ("[]", "names no pack"),
        ("[{first_day: 2020-03-01}]", "id"),
        ("[{id: a, last_day: soon}]", "a date is expected"),
    ],
)
def test_a_list_of_parents_with_a_gap_is_a_fault_with_its_line(tmp_path: Path, parent: str, says: str) -> None:
    (tmp_path / "pack.yaml").write_text(
        "id: x\ntitle: x\nnumber: x\nissuer: x\nissued_on: null\nfirst_day: 2020-03-01\nlast_day: null\n"
        f"parent: {parent}\n",
        encoding="utf-8",
    )
    with pytest.raises(PackFaults, match=says) as caught:
        loader.load_heading(tmp_path)
    assert "pack.yaml:8" in str(caught.value) or "pack.yaml:7" in str(caught.value)


# --- side by side ---------------------------------------------------------------------------------------------------
def beside(document: dict[str, Any], **options: Any) -> compare.Comparison:
    one, rows = facts.parse(document), standards.parse(h.standards())
    return compare.side_by_side(one, rows, registry.choose(one.work_region, one.application_date, **options))


def test_each_column_is_what_the_judge_says_under_that_text() -> None:
    document = h.household(incomes=h.income("12500.00"), causes=["illness"])
    found = beside(document)
    assert [(one.policy, one.role) for one in found.columns][:2] == [(h.TIANJIN, "local"), (h.NATIONAL, "national")]
    for column in found.columns:
        judged = assess(document, column.policy, h.standards())
        assert (column.outcome, column.figures) == (judged.outcome, judged.figures)
        assert [(one.result, one.margin) for one in column.categories] == [
            (one.result, one.margin) for one in judged.categories
        ]


def test_the_page_learns_that_local_and_central_part_ways() -> None:
    flexible = h.national(members=[h.worker(employment="flexible"), h.person("P2")])
    parting = beside(flexible)
    assert (parting.columns[0].outcome, parting.columns[1].outcome) == ("none", "deep")
    assert parting.central_differs
    assert not beside(h.national()).central_differs


def test_an_old_case_is_compared_by_the_texts_of_its_own_day() -> None:
    found = beside(h.national(application_date="2020-06-27"))
    assert [one.policy for one in found.columns][:2] == [TAIAN, OLD]
    assert all("6个月" in one.window for one in found.columns[:2])
    assert h.NATIONAL in {policy for policy, _, _ in found.not_compared}


def test_the_rows_for_a_table_have_one_value_for_each_column() -> None:
    found = beside(h.household(expenses=None))
    rows = dict(found.figure_rows())
    assert all(len(values) == len(found.columns) for values in rows.values())
    assert rows["核算期刚性支出（元）"][0] == "还不能算出"
    assert rows["家庭人口（人）"][0] == "2"


def test_the_command_compares_as_text_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f.json").write_text(json.dumps(h.national()), encoding="utf-8")
    (tmp_path / "s.json").write_text(json.dumps(h.standards()), encoding="utf-8")
    words = ["assess", str(tmp_path / "f.json"), "--standards", str(tmp_path / "s.json"), "--compare"]
    assert cli.main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "bangfu.comparison/1"
    assert [one["role"] for one in answer["policies"]][:2] == ["local", "national"]
    assert answer["policies"][0]["policy"] == TAIAN
    assert cli.main([*words, "--format", "text"]) == 0
    text = capsys.readouterr().out
    assert "为什么用这一份" in text
    assert "【中央资金依据】" in text
    assert cli.main([*words, "--policy", h.NATIONAL]) == 0
    assert json.loads(capsys.readouterr().out)["policies"][0]["policy"] == h.NATIONAL
