"""A pack's faults are told with file and line, all at once; nothing of a pack is ever run; who said what is kept."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu.policy import registry, source
from bangfu.policy.pack import loader
from bangfu.policy.source import PackFaults
from tests.policy import households as h

PACKS = registry.PACKS


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., list[str]]:
    """Loads a copy of the Tianjin pack with one text replaced; gives its faults as file:line: message."""

    def load(file: str, old: str, new: str, folder: str = "tianjin_commerce_2020") -> list[str]:
        copy = tmp_path / folder
        if not copy.exists():
            shutil.copytree(PACKS / folder, copy)
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        national, layers = loader.load_pack(PACKS / "acftu_2020")
        known = {"acftu-2020": registry.get_pack("acftu-2020").clauses.knows, h.TIANJIN: registry.get_pack(h.TIANJIN).clauses.knows}  # fmt: skip
        try:
            if folder == "acftu_2020":
                loader.load_pack(copy, clauses=known)
            else:
                loader.load_pack(copy, national, layers, clauses=known)
        except PackFaults as found:
            return [str(fault) for fault in found.faults]
        return []

    return load


def line_of(file: str, text: str, folder: str = "tianjin_commerce_2020") -> int:
    lines = (PACKS / folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_packs_as_they_stand_have_no_fault(edited: Callable[..., list[str]]) -> None:
    assert edited("pack.yaml", "id: tianjin", "id: tianjin") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("categories.yaml", "when: housing.owned_homes >= 2", "when: housing.owned_castles >= 2", "'housing.owned_castles': unknown name"),
        ("categories.yaml", "when: conduct.owns_shop", "when: conduct.unexplained_funds", "true or false is needed"),
        ("categories.yaml", "when: some(causes)", "when: __import__('os')", "is no operation of the formula language"),
        ("categories.yaml", "clause: 第四条（一）排除1", "clause: 第四十四条", "clause 第四十四条: tianjin-commerce-2020 has no such clause"),
        ("categories.yaml", "says: {met: 有此情形，不列入深度困难", "says: {perhaps: 有", "perhaps: unknown key"),
        ("categories.yaml", "applies_to: [deep, relative, accident]", "applies_to: [deep, rich]", "rich is no category of this pack"),
        ("categories.yaml", "line: net_within_1.0_dibao", "line: net_within", "line: net_within is no condition of deep"),
        ("categories.yaml", "order: [deep, relative,", "order: [relative,", "order: must name each category once"),
        ("categories.yaml", "- code: two_homes", "- code: two_castles", "two_castles: the parent has no such part in exclusions"),
        ("categories.yaml", "code: high_consumption", "code: vehicle", "vehicle: overridden and disabled"),
        ("accounting.yaml", "value: 6,", "value: 13,", "window_months: 13 is outside 1 to 12, the bounds of acftu-2020"),
        ("accounting.yaml", "code: window_months, value: 6", "code: deep_multiple, value: 2", "does not leave it open"),
        ("accounting.yaml", "kinds: [pension]", "kinds: [luck]", "'luck' is no kind of incomes"),
        ("accounting.yaml", "kinds: [pension]", "kinds: [wage]", "wage already belongs to wage"),
        ("accounting.yaml", "into: {income: topped_up(minimum_wage),", "into: {income: topped_up(minimum_wage) + 0,", "never a part of one"),
        ("accounting.yaml", "into: {income: topped_up(minimum_wage),", "into: {purse: topped_up(minimum_wage),", "purse: no pot of incomes"),
        ("accounting.yaml", "standard: local_multiple", "standard: luck", "'luck' is not one of"),
        ("accounting.yaml", "formula: income - rigid_expense, clause: 第四条（一）", "formula: income - household_size, clause: 第四条（一）", "cannot stand side by side"),
        ("accounting.yaml", "unit: area, clause: 附件1 一（三）4}\n    - {code: rented", "unit: acres, clause: 附件1 一（三）4}\n    - {code: rented", "unit is one of"),
        ("pack.yaml", "region: \"120000\"", "region: Tianjin", "six digits"),
        ("pack.yaml", "first_day: 2020-09-10", "first_day: autumn", "first_day: a date is expected"),
        ("pack.yaml", "parent: acftu-2020", "parents: acftu-2020", "parents: unknown key"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_reason(edited: Callable[..., list[str]], file: str, old: str, new: str, message: str) -> None:  # fmt: skip
    found = edited(file, old, new)
    assert any(message in fault for fault in found), found
    fault = next(fault for fault in found if message in fault)
    place, line = fault.split(": ")[0].rsplit(":", 1)
    assert place == f"tianjin_commerce_2020/{file}"
    assert int(line) > 0


def test_the_line_is_that_of_the_fault(edited: Callable[..., list[str]]) -> None:
    (fault,) = edited("categories.yaml", "when: conduct.owns_shop", "when: conduct.owns_ship")
    assert fault.startswith(
        f"tianjin_commerce_2020/categories.yaml:{line_of('categories.yaml', 'when: conduct.owns_shop')}: "
    )


def test_all_faults_of_a_pack_are_told_at_once(edited: Callable[..., list[str]]) -> None:
    """Three faults in three places, one of them in the other file (the copy keeps the first two edits)."""
    edited("categories.yaml", "when: conduct.owns_shop", "when: luck")
    edited("categories.yaml", "clause: 第四条（一）排除1", "clause: 第四十四条")
    found = edited("accounting.yaml", "kinds: [pension]", "kinds: [luck]")
    places = {fault.split(":")[0] for fault in found}
    assert len(found) >= 3
    assert places == {
        "tianjin_commerce_2020/accounting.yaml",
        "tianjin_commerce_2020/categories.yaml",
    }


def test_a_kind_without_a_rule_is_a_fault(edited: Callable[..., list[str]]) -> None:
    found = edited("accounting.yaml", "kinds: [pension]", "kinds: [business]", folder="acftu_2020")
    assert any("no rule for pension" in fault for fault in found)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    shutil.copytree(PACKS / "acftu_2020", tmp_path / "p")
    (tmp_path / "p" / "accounting.yaml").unlink()
    with pytest.raises(PackFaults, match=r"p/accounting.yaml:1: cannot be read"):
        loader.load_pack(tmp_path / "p")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "f:2: a: duplicate key"), ("a: [1", "f:2: "), ("a: &x 1\nb: *x\n", "f:1: anchors and aliases"),
        ("a: !!python/object:os.system x", "f:1: "), ("b:\n  a: 2020-02-30", "f:2: 2020-02-30: no such date"),
    ],
)  # fmt: skip
def test_yaml_that_is_not_plain_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(PackFaults) as caught:
        source.loads(text, "f")
    assert str(caught.value).startswith(message)


def test_a_decimal_in_yaml_is_exact() -> None:
    from decimal import Decimal

    assert source.loads("a: 1.8").get("a") == Decimal("1.8")


# --- inheritance ---------------------------------------------------------------------------------------------------
def test_each_part_knows_which_text_said_so() -> None:
    rules = registry.get_pack(h.TIANJIN).rules
    said = {line.code: line.said for line in rules.lines}
    assert (said["relief"].pack, said["relief"].clause) == ("acftu-2020", "指引三 1")
    assert (said["dibao"].pack, said["dibao"].clause) == (h.TIANJIN, "附件1 一（二）")
    assert rules.parameters["window_months"].said.clause == "第四条（一）"


def test_what_is_switched_off_is_kept_with_its_citation() -> None:
    disabled = {(section, code): said.clause for section, code, said in registry.get_pack(h.TIANJIN).rules.disabled}
    assert disabled[("exclusions", "high_consumption")] == "第四条"
    assert disabled[("filing", "retired_worker")] == "第四条（一）排除6"


def test_the_parent_is_untouched_by_the_child() -> None:
    national = registry.get_pack("acftu-2020")
    assert (national.window_months, registry.get_pack(h.TIANJIN).window_months) == (12, 6)
    assert "high_consumption" in {one.code for one in national.exclusions}


def test_a_pack_names_its_text() -> None:
    pack = registry.get_pack(h.TIANJIN)
    assert (pack.number, pack.parent.id if pack.parent else None, pack.region) == ("津商务工〔2020〕13号", "acftu-2020", "120000")  # fmt: skip
    assert pack.heading.source_sha256 is not None
    assert len(pack.heading.source_sha256) == 64


def test_a_new_jurisdiction_is_a_new_folder_and_nothing_else(tmp_path: Path) -> None:
    """A pack that only sets one open value inherits all the rest."""
    folder = tmp_path / "coast_2021"
    folder.mkdir()
    heading = "id: coast-2021\ntitle: t\nnumber: n\nissuer: i\nissued_on: 2021-01-01\nfirst_day: 2021-01-01\nparent: acftu-2020\n"
    (folder / "pack.yaml").write_text(heading, encoding="utf-8")
    (folder / "accounting.yaml").write_text(
        "set:\n  parameters:\n    - {code: window_months, value: 3, clause: 第一条}\n", encoding="utf-8"
    )
    (folder / "categories.yaml").write_text("add:\n  exclusions: []\n", encoding="utf-8")
    national, layers = loader.load_pack(PACKS / "acftu_2020")
    pack, _ = loader.load_pack(folder, national, layers)
    from bangfu.policy import facts, standards
    from bangfu.policy.assess import judge

    found = judge(facts.parse(h.national(incomes=h.income("4799.99"))), standards.parse(h.standards()), pack)
    assert (found.window, found.outcome) == ((3, "2020-07", "2020-09"), "deep")


TEXT = "code: ONE\n    title: t\n    number: n\n    issuer: i\n    issued_on: null\n    first_day: null\n"


def _heading(tmp_path: Path, texts: str) -> Path:
    head = "id: coast-2021\ntitle: t\nnumber: n\nissuer: i\nissued_on: null\nfirst_day: 2021-01-01\n"
    (tmp_path / "pack.yaml").write_text(f"{head}texts:\n{texts}", encoding="utf-8")
    return tmp_path


def test_a_pack_names_the_documents_it_is_made_of() -> None:
    texts = registry.get_pack("acftu-2020").texts
    assert [(text.code, text.last_day) for text in texts] == [("FUND20", None), ("GUIDE20", None)]
    assert [text.code for text in registry.get_pack(h.TIANJIN).texts] == ["TJ"]


def test_a_document_without_a_day_of_issue_says_so(tmp_path: Path) -> None:
    heading = loader.load_heading(_heading(tmp_path, f"  - {TEXT}"))
    assert (heading.issued_on, heading.texts[0].issued_on, heading.texts[0].first_day) == (None, None, None)


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (f"  - {TEXT}  - {TEXT}", "ONE: stands twice in texts"),
        (f"  - {TEXT}".replace("ONE", "one"), "capital letters and digits"),
        (f"  - {TEXT}    source_sha256: abc\n", "64 hexadecimal digits"),
        (f"  - {TEXT}    last_day: soon\n", "last_day: a date is expected"),
        (f"  - {TEXT}    colour: red\n", "colour: unknown key"),
        (f"  - {TEXT}".replace("first_day: null", "first_day: 2020-02-01\n    last_day: 2020-01-01"), "before first_day"),
    ],
)  # fmt: skip
def test_a_wrong_entry_of_the_documents_is_a_fault(tmp_path: Path, texts: str, fault: str) -> None:
    with pytest.raises(PackFaults, match=fault):
        loader.load_heading(_heading(tmp_path, texts))
