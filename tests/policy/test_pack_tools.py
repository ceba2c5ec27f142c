"""`bangfu pack new | check | diff | test`, packs in folders of one's own, and the invented pack that proves it all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bangfu import cli
from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.policy import registry, source
from bangfu.policy.tools import cases, checking, differences, scaffold
from bangfu.policy.tree import vocabulary

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "example-pack" / "qinghe_2022"
HOW_TO = (ROOT / "docs" / "how-to-write-a-pack.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Packs added by a test are forgotten after it."""
    yield
    for folder in list(registry._added):
        registry.remove(folder)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the invented pack, to be broken."""
    shutil.copytree(EXAMPLE, tmp_path / "qinghe_2022")
    return tmp_path / "qinghe_2022"


def change(file: Path, old: str, new: str) -> int:
    """Replaces a passage that stands there once; answers its line."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file.name, old)
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def found(pack: Path) -> list[str]:
    return [str(one) for one in checking.check(pack)]


# --- the invented pack --------------------------------------------------------------------------------------------
def test_the_invented_pack_has_no_fault_and_nothing_open() -> None:
    assert found(EXAMPLE) == []


def test_all_cases_of_the_invented_pack_hold() -> None:
    verdicts = cases.run(registry.add(EXAMPLE), cases.load(EXAMPLE))
    assert [verdict.case.name for verdict in verdicts if not verdict.holds] == []
    assert len(verdicts) == 20


def test_nothing_outside_its_folder_knows_the_invented_pack() -> None:
    sources = [file for file in (ROOT / "bangfu").rglob("*") if file.suffix in (".py", ".yaml", ".html", ".json")]
    assert [file.name for file in sources if "qinghe" in file.read_text(encoding="utf-8").lower()] == []


def command(*words: str, packs: str = "") -> subprocess.CompletedProcess[str]:
    call = "import sys; from bangfu.cli import main; sys.exit(main())"
    environment = os.environ | {"BANGFU_PACKS": packs}
    return subprocess.run(
        [sys.executable, "-c", call, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Files of the invented pack's plain family with a wage, and of its standards."""
    place = tmp_path_factory.mktemp("family")
    one = next(case for case in cases.load(EXAMPLE) if case.name == "share-caps-the-expense")
    (place / "facts.json").write_text(json.dumps(one.facts), encoding="utf-8")
    (place / "standards.json").write_text(json.dumps(one.standards), encoding="utf-8")
    return str(place / "facts.json"), str(place / "standards.json")


def test_a_folder_named_in_the_environment_is_installed_and_chosen_by_place_and_date(family: tuple[str, str]) -> None:
    facts, standards = family
    answer = command("assess", facts, "--standards", standards, packs=str(EXAMPLE.parent))
    assert json.loads(answer.stdout)["policy"] == "qinghe-2022"
    assert json.loads(answer.stdout)["figures"]["rigid_expense"] == "6400.00"
    without = command("assess", facts, "--standards", standards)
    assert json.loads(without.stdout)["policy"] == "acftu-2020"
    alone = command("assess", facts, "--standards", standards, packs=f"{ROOT / 'docs'}{os.pathsep}{EXAMPLE}")
    assert json.loads(alone.stdout)["policy"] == "qinghe-2022"


def test_a_folder_that_is_not_there_is_told_by_name(family: tuple[str, str]) -> None:
    answer = command("assess", *family[:1], "--policy", "acftu-2020", packs="/nowhere/at/all")
    assert answer.returncode != 0
    assert answer.stdout == ""
    assert "BANGFU_PACKS: /nowhere/at/all: no such folder" in answer.stderr


# --- new ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("parent", [one for one in registry.pack_ids() if registry.get_pack(one).categories])
def test_a_scaffold_under_any_text_loads_and_only_its_blanks_are_wrong(tmp_path: Path, parent: str) -> None:
    folder = tmp_path / "new_2030"
    files = scaffold.create(folder, parent, "990101")
    assert {file.name for file in files} >= {
        "pack.yaml",
        "accounting.yaml",
        "categories.yaml",
        "clauses.yaml",
        "base.yaml",
    }
    faults = [one for one in checking.check(folder) if one.fault]
    assert {one.message for one in faults} == {f"还有“{scaffold.TODO}”没有填"}
    verdicts = cases.run("new-2030", cases.load(folder))
    assert [verdict.differs for verdict in verdicts] == [()]
    rules = (folder / "accounting.yaml").read_text(encoding="utf-8")
    shown = [f"code: {code}" in rules for code in registry.get_pack(parent).rules.parameters]
    assert all(shown)


def test_what_the_parent_says_can_be_taken_over_as_it_stands_in_the_comments(tmp_path: Path) -> None:
    folder = tmp_path / "new_2030"
    scaffold.create(folder, "tianjin-commerce-2020")
    for name in ("accounting.yaml", "categories.yaml"):
        text = (folder / name).read_text(encoding="utf-8")
        parts = [line[2:] for line in text.splitlines() if line.startswith("#   - {")]
        assert len(parts) > 10
        assert all(node.is_map for node in source.loads("\n".join(parts)))


@pytest.mark.parametrize(
    ("folder", "words", "told"),
    [
        ("new_2030", ["--parent", "none-2000"], "none-2000"), ("New-2030", ["--parent", "acftu-2020"], "小写字母"),
        ("new_2030", ["--parent", "acftu-2020", "--region", "12"], "六位数字"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, words: list[str], told: str
) -> None:
    assert cli.main(["pack", "new", str(tmp_path / folder), *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (pack / "pack.yaml").read_text(encoding="utf-8")
    assert cli.main(["pack", "new", str(pack), "--parent", "acftu-2020"]) == 2
    assert "已经有东西" in capsys.readouterr().err
    assert (pack / "pack.yaml").read_text(encoding="utf-8") == before


# --- check --------------------------------------------------------------------------------------------------------
FAULTS: list[tuple[str, str, str, str, str]] = [
    ("accounting.yaml", "formula: min(rigid_expense,", "formula: min(net,", "goes round in a circle", "不能互相引用"),
    ("accounting.yaml", "max(0, income))", "max(0, incme))", "'incme': unknown name", "是不是 income"),
    ("accounting.yaml", "formula: income - expense_counted - employment_cost", "formula: income - household_size", "cannot stand side by side", "单位不同"),
    ("categories.yaml", "m.studying", "m.studing", "'m.studing': unknown name", "m.studying"),
    ("categories.yaml", 'code: vehicle, clause: 第六条', 'code: vehicle, clause: 第六十条', "has no such clause", "登记这一条"),
    ("categories.yaml", "order: [deep, relative, watch, accident]", "order: [deep, relative, accident]", "order: must name", "每个类别写一次"),
    ("clauses.yaml", "realised_by: [{aid: unit_meeting}]", "realised_by: []", "realised_by: a list with at least one", "由什么落实"),
    ("clauses.yaml", "{aid: living_half_year}", "{aid: living_whole_year}", "aid living_whole_year is not in this pack", "代码"),
    ("lifecycle.yaml", "overrides: true, ", "", "is inherited; say overrides: true", "overrides: true"),
    ("lifecycle.yaml", "关注家庭核查, clause: 第八条", "关注家庭核查, clause: 第八十条", "no text has such a clause", "登记这一条"),
    ("aid.yaml", "times: 6", "times: many", "a whole number", "docs/pack-files.md"),
    ("pack.yaml", "parent: acftu-2020", "parent: acftu-1999", "acftu-1999: no such policy", "BANGFU_PACKS"),
    ("pack.yaml", "id: qinghe-2022", "id: qinghe-2023", "must be called qinghe_2023", "文件夹改成"),
    ("cases/base.yaml", 'application_date: "2022-01-15"', 'application_date: "2021-01-15"', "cannot be judged", "application_date"),
    ("cases/lines.yaml", "- case: relative-exact", "- case: no-income", "no-income stands twice", "删掉重复"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "told", "helps"), FAULTS, ids=[f"{one[0]}-{number}" for number, one in enumerate(FAULTS)]
)
def test_each_fault_is_told_with_its_place_and_what_to_do(
    pack: Path, file: str, old: str, new: str, told: str, helps: str
) -> None:
    line = change(pack / file, old, new)
    hits = [one for one in checking.check(pack) if one.fault and told in one.message]
    assert hits, found(pack)
    assert all(helps in one.remedy for one in hits)
    if file != "cases/base.yaml":
        assert any(one.file.endswith(file.rpartition("/")[2]) and abs(one.line - line) <= 8 for one in hits), hits
    assert cli.main(["pack", "check", str(pack)]) in (1, 2)


def test_a_clause_cited_twice_for_one_thing_is_a_fault(pack: Path) -> None:
    change(pack / "accounting.yaml", "value: 6, clause: 第二条", "value: 6, clause: [第二条, 第二条]")
    assert any("clause 第二条: cited twice" in one for one in found(pack))


def test_a_row_that_stands_twice_is_a_fault(pack: Path) -> None:
    line = change(pack / "clauses.yaml", "- id: QINGHE-10.a", "- id: QINGHE-9.b")
    assert any(f"clauses.yaml:{line}: 错误：QINGHE-9.b: already stands" in one for one in found(pack))


def test_a_text_that_stands_below_itself_is_a_fault(pack: Path) -> None:
    above = pack.parent / "above_2021"
    scaffold.create(above, "acftu-2020", "990100")
    change(above / "pack.yaml", "parent: acftu-2020", "parent: qinghe-2022")
    change(pack / "pack.yaml", "parent: acftu-2020", "parent: above-2021")
    registry._added.append(above)
    told = [one for one in found(pack) if "goes round in a circle" in one]
    assert any("qinghe_2022/pack.yaml:10" in one and "qinghe-2022 → above-2021 → qinghe-2022" in one for one in told)
    assert all("parent" in one for one in told)


def test_all_faults_of_a_pack_are_told_at_once(pack: Path) -> None:
    for file, old, new, *_ in (FAULTS[3], FAULTS[8], FAULTS[10]):
        change(pack / file, old, new)
    files = {one.file.rpartition("/")[2] for one in checking.check(pack) if one.fault}
    assert {"categories.yaml", "lifecycle.yaml", "aid.yaml"} <= files


NOTES: list[tuple[str, str, str, str]] = [
    ("clauses.yaml", "[{aid: unit_meeting}]", "[{planned: funds}]", "QINGHE-9.b（第九条（二））还没有落实"),
    ("clauses.yaml", "[{aid: unit_meeting}]", "[{guidance: true}]", "只写成工作指引"),
    ("clauses.yaml", ', {form: "members[].studying"}', "", "算式用到 members[].studying，没有一条条款写明"),
    ("aid.yaml", "  watch:\n", "  other_watch:\n", "类别“关注家庭”没有写可以用哪些资金"),
    ("lifecycle.yaml", "  - {code: watch, title: 关注家庭核查, clause: 第八条, months: 3}\n", "", "没有写多久核查一次"),
    ("cases/lines.yaml", "outcome: accident, met: [accident]", "outcome: none", "没有算例落在"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), NOTES[:5], ids=[one[3] for one in NOTES[:5]])
def test_what_is_open_is_noted_and_is_no_fault(pack: Path, file: str, old: str, new: str, told: str) -> None:
    change(pack / file, old, new)
    notes = [one for one in checking.check(pack) if told in one.message]
    assert len(notes) == 1
    assert not notes[0].fault
    assert notes[0].remedy


def test_a_condition_that_no_clause_claims_is_noted(pack: Path) -> None:
    line = change(
        pack / "clauses.yaml", "{rule: watch}, {rule: watch_multiple}, {rule: many_students_or_single_parent}, ", ""
    )
    assert line
    change(pack / "clauses.yaml", "[{rule: watch}]", "[{rule: watch_multiple}]")
    told = [one for one in found(pack) if "没有一条条款登记由它落实" in one]
    assert [code in " ".join(told) for code in ("net_within_watch_line", "many_students_or_single_parent")] == [
        True,
        True,
    ]
    assert all("qinghe_2022/categories.yaml:" in one for one in told)


def test_a_category_without_a_case_is_noted(pack: Path) -> None:
    text = (pack / "cases" / "lines.yaml").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=- )", text)
    kept = [block for block in blocks if "single_parent" not in block]
    (pack / "cases" / "lines.yaml").write_text("".join(kept), encoding="utf-8")
    assert [one for one in found(pack) if "没有算例落在" in one] == [
        "qinghe_2022/cases:1: 提示：没有算例落在类别“关注家庭”（watch）。处理：补一户落在这里的人家"
    ]


@pytest.mark.parametrize("pack_id", registry.pack_ids())
def test_no_installed_pack_has_a_fault(pack_id: str) -> None:
    assert [str(one) for one in checking.check(registry.folder(pack_id)) if one.fault] == []


def test_a_folder_without_a_pack_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pack", "check", str(tmp_path)]) == 1
    assert "bangfu pack new" in capsys.readouterr().out
    assert cli.main(["pack", "check", "none-2000"]) == 2


# --- every fact is asked for, every name is explained -------------------------------------------------------------
LINES = {"obligor.income_monthly": "obligor_income", "obligor.status": "obligor_status", "paid_by": "basic_insurance"}


def test_every_fact_a_formula_may_use_is_asked_for_on_a_form() -> None:
    def fields(model: Any) -> set[str]:
        return {field.name for field in model._meta.get_fields()}

    incident = {"happened": "has_incident", "kind": "incident_kind", "month": "incident_date"}
    wanted: list[tuple[set[str], Callable[[str], str], Any]] = [
        (fields(Member), lambda name: name, vocabulary.MEMBER),
        (fields(IncomeLine), lambda name: LINES.get(name, name), vocabulary.INCOME_LINE),
        (fields(ExpenseLine), lambda name: LINES.get(name, name), vocabulary.EXPENSE_LINE),
        (fields(Household), lambda name: incident.get(name, name), vocabulary.INCIDENT),
        (fields(Household), lambda name: name, vocabulary.HOUSEHOLD),
    ]
    for section in ("housing", "conduct", "status", "attested"):
        wanted.append((fields(Household), lambda name: name, vocabulary.SECTIONS[section]))
    for there, as_field, names in wanted:
        assert [name for name in names if as_field(name) not in there] == []


def test_the_how_to_names_every_fact_and_every_operation() -> None:
    words = {part for name in re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", HOW_TO) for part in (name, *name.split("."))}
    facts = {name.rpartition(".")[2] for name in checking.fact_names()} | {"obligor.income_monthly", "obligor.status"}
    assert sorted(name for name in facts if name not in words and name.rpartition(".")[2] not in words) == []
    operations = {
        "any", "all", "count", "max", "min", "round_half_up", "yuan", "m2", "published", "starts_with", "last", "every_month",
        "some", "in_window", "in_incident_months", "in_application_month", "topped_up", "share", "set", "override", "add", "disable",
    }  # fmt: skip
    assert sorted(operations - words) == []


# --- diff ---------------------------------------------------------------------------------------------------------
def test_the_difference_to_the_parent_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pack", "diff", str(EXAMPLE)]) == 0
    told = capsys.readouterr().out
    for line in (
        "核算月数：12 → 6（第二条）",
        "相对困难线（低保标准的倍数）：2 → 1.5（第四条）",
        "新增：支出最多扣到收入的比例：0.4（第三条（二））",
        "新增：实际扣减的支出：取低（〔刚性支出〕，〔支出最多扣到收入的比例〕×取高（0，〔家庭收入〕））（第三条（二））",
        "认定次序：深度困难、相对困难、意外致困 → 深度困难、相对困难、关注家庭、意外致困",
        "不再有：拥有或经常使用机动车",
        "相对困难职工核查：6 个月 → 3 个月（第八条）",
    ):
        assert line in told, line
    assert "离退休金" not in told  # what is the same is not told


def test_a_pack_does_not_differ_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pack", "diff", "muchuan-2016", "--against", "muchuan-2016"]) == 0
    assert "完全一样" in capsys.readouterr().out
    assert differences.differences(registry.get_pack("acftu-2020"), registry.get_pack("acftu-2020")) == []


def test_a_text_without_a_parent_asks_against_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pack", "diff", "muchuan-2016"]) == 2
    assert "--against" in capsys.readouterr().err
    assert cli.main(["pack", "diff", "muchuan-2016", "--against", "acftu-2020"]) == 0
    assert "【类别“临时救助”】" in capsys.readouterr().out


# --- test ---------------------------------------------------------------------------------------------------------
def test_the_cases_of_a_folder_are_run_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pack", "test", str(EXAMPLE)]) == 0
    assert "20 例，20 例相符。" in capsys.readouterr().out


def test_a_case_that_does_not_hold_says_what_came_out(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(pack / "accounting.yaml", "value: 0.4", "value: 0.41")
    assert cli.main(["pack", "test", str(pack)]) == 1
    told = capsys.readouterr().out
    assert "不符  share-caps-the-expense" in told
    assert "figures.rigid_expense：应为 6400.00，得出 6560.00" in told
    assert "outcome：应为 relative，得出 deep" in told
    assert "20 例，18 例相符。" in told


def test_cases_may_be_json_whole_families_too(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = next(case for case in cases.load(pack) if case.name == "relative-exact")
    whole = {
        "name": "whole",
        "facts": one.facts,
        "standards": one.standards,
        "expect": {"outcome": "relative"},
        "why": "1.5 倍",
    }
    (pack / "cases" / "whole.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    assert cli.main(["pack", "test", str(pack)]) == 0
    assert "21 例，21 例相符。" in capsys.readouterr().out
    whole["expect"] = {"outcome": "deep", "figures": {"incom": "1.00"}}
    (pack / "cases" / "whole.json").write_text(json.dumps([whole]), encoding="utf-8")
    assert cli.main(["pack", "test", str(pack)]) == 1
    assert "outcome：应为 deep，得出 relative" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {case: x, expect: {outcom: deep}}", "expect.outcom: unknown key"), ("- {case: x}", "expect: missing"),
        ("- {expect: {outcome: deep}}", "case: missing"), ("case: x", "a list of cases is expected here"),
        ("- {case: x, standards: [[dibao]], expect: {outcome: deep}}", "standards: a list of"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_read_is_a_fault(
    pack: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (pack / "cases" / "more.yaml").write_text(text + "\n", encoding="utf-8")
    assert cli.main(["pack", "test", str(pack)]) == 2
    assert f"cases/more.yaml:1: {told}" in capsys.readouterr().err
