"""All policy texts: which there are, when they apply, what ended what, and the registers of those that hold no rule."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bangfu.policy import texts
from bangfu.policy.clauses import GIST_LIMIT
from bangfu.policy.source import PackFaults
from bangfu.policy.texts import Text, get_text
from tests.policy.test_clauses_references import FORM_FIELDS, SECTIONS, verbs

DATA = Path(__file__).parent / "data" / "rows_texts.txt"
ROWS = dict(line.split() for line in DATA.read_text(encoding="utf-8").splitlines())
REGISTERS = ("PAY12", "REL16", "WARM18", "MATCH17", "PILOT18", "FUND19", "TAIL20")
EVERY_REGISTER = pytest.mark.parametrize("code", REGISTERS)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# --- which there are ----------------------------------------------------------------------------------------------


def test_every_pack_and_every_folder_of_a_text_is_known_once() -> None:
    known = texts.all_texts()
    assert {"FUND20", "TJ", *REGISTERS} <= {text.code for text in known}
    codes = [code for text in known for code in text.codes]
    assert len(codes) == len(set(codes))
    assert all(text.rows for text in known), [text.code for text in known if not text.rows]


def test_texts_stand_in_the_order_of_their_years() -> None:
    years = [text.year or 9999 for text in texts.all_texts()]
    assert years == sorted(years)


def test_a_pack_that_lists_no_documents_is_one_text_by_its_own_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "coast_2021"
    made.mkdir()
    head = "id: coast-2021\ntitle: 海滨办法\nnumber: 滨工发〔2021〕1号\nissuer: 海滨市总工会\nissued_on: 2021-02-01\nfirst_day: 2021-03-01\n"
    (made / "pack.yaml").write_text(head, encoding="utf-8")
    (made / "clauses.yaml").write_text(ROW.replace("ONE", "CO"), encoding="utf-8")
    texts.all_texts.cache_clear()
    monkeypatch.setattr(texts.registry, "PACKS", tmp_path)
    monkeypatch.setattr(texts, "TEXTS", tmp_path / "none")
    try:
        (text,) = texts.all_texts()
    finally:
        texts.all_texts.cache_clear()
    assert (text.code, text.number, text.pack_id, text.first_day) == (
        "CO",
        "滨工发〔2021〕1号",
        "coast-2021",
        day("2021-03-01"),
    )


def test_an_annex_read_from_the_same_file_belongs_to_its_text() -> None:
    guide = get_text("GUIDE20")
    assert (guide.code, [one.code for one in guide.documents]) == ("FUND20", ["FUND20", "GUIDE20"])
    assert {texts.prefix(row.id) for row in guide.rows} == {"FUND20", "GUIDE20"}


def test_a_check_list_drawn_from_a_text_belongs_to_it() -> None:
    assert get_text("ALERT") is get_text("FUND19")
    assert get_text("xch") is get_text("MATCH17")
    assert {row.force for row in get_text("XCH").rows if row.id.startswith("XCH")} == {"D"}


def test_a_code_that_no_text_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(texts.UnknownText, match=r"NOPE: no such text; known: .*PAY12"):
        get_text("NOPE")


# --- validity -----------------------------------------------------------------------------------------------------


@pytest.mark.req("PAY12-9.a")
def test_the_payout_measure_applies_from_the_day_of_its_issue() -> None:
    text = get_text("PAY12")
    assert (text.number, text.issued_on, text.first_day) == ("总工发〔2012〕16号", day("2012-03-09"), day("2012-03-09"))
    assert [text.in_force(day(one)) for one in ("2012-03-08", "2012-03-09", "2024-01-01")] == [False, True, True]


@pytest.mark.req("REL16-0.a")
def test_a_text_without_a_date_is_registered_by_its_number_and_no_day_is_made_up() -> None:
    text = get_text("REL16")
    assert (text.number, text.issued_on, text.first_day, text.year) == ("总工发〔2016〕7号", None, None, 2016)
    assert text.in_force(day("2018-01-01")) is None


@pytest.mark.req("WARM18-0.a", "WARM18-18.a")
def test_the_warmth_measure_is_a_trial_from_its_issue_and_ends_the_older_one() -> None:
    text = get_text("WARM18")
    assert (text.issued_on, text.first_day, text.last_day) == (day("2018-12-21"), day("2018-12-21"), None)
    assert text.title.endswith("（试行）")
    ended = [one for one in texts.successions() if one.newer is text]
    assert [(one.ended.number, one.ended.last_day, one.older) for one in ended] == [
        ("总工发〔2006〕54号", day("2018-12-20"), None)
    ]
    assert {row.clause[0] for row in text.rows} == {"文", "第"}
    assert not any("章" in row.clause for row in text.rows)


@pytest.mark.req("FUND20-20.b")
def test_the_measure_of_2020_ends_three_texts_on_one_day() -> None:
    ended = get_text("FUND20").replaces
    assert [(one.number, one.last_day, one.clause) for one in ended] == [
        ("总工发〔2015〕20号", day("2020-06-27"), "第二十条"),
        ("总工办发〔2016〕36号", day("2020-06-27"), "第二十条"),
        ("厅字〔2017〕18号", day("2020-06-27"), "第二十条"),
    ]


# --- registers ----------------------------------------------------------------------------------------------------


@EVERY_REGISTER
def test_every_row_of_a_text_stands_once_with_the_force_of_the_text(code: str) -> None:
    text = get_text(code)
    wanted = {row: force for row, force in ROWS.items() if row.split("-")[0] in text.codes}
    assert {row.id: row.force for row in text.rows} == wanted
    assert len(text.rows) == len(wanted)


def test_the_registers_together_hold_every_row_of_the_list() -> None:
    held = {row.id for code in REGISTERS for row in get_text(code).rows}
    assert held == set(ROWS)


def test_what_a_row_says_realises_it_is_really_in_the_pack_it_points_to() -> None:
    assert {
        text.code: [str(fault) for fault in texts.check(text)] for text in texts.all_texts() if texts.check(text)
    } == {}


def test_a_reference_to_something_that_is_not_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bangfu.policy.clauses.pack_codes", lambda pack: {"aid": frozenset({"standard_in_force"})})
    faults = [str(fault) for fault in texts.check(get_text("PAY12"))]
    assert any(fault.endswith("PAY12-1.a: aid bank_transfer is not in this pack") for fault in faults)


@EVERY_REGISTER
def test_every_field_and_verb_that_a_row_names_exists(code: str) -> None:
    def exists(path: str) -> bool:
        model, name = FORM_FIELDS.get(path, (None, ""))
        if model is None:
            section, _, name = path.rpartition(".")
            model = SECTIONS.get(section, FORM_FIELDS["incident"][0])
        return name in {field.name for field in model._meta.get_fields()}

    items = [item for row in get_text(code).rows for item in row.realised_by]
    assert [item.ref for item in items if item.kind == "form" and not exists(item.ref)] == []
    named = [item.ref.split(".") for item in items if item.kind == "service"]
    assert [verb for room, verb in named if verb not in verbs(room)] == []


@EVERY_REGISTER
def test_no_two_rows_of_a_text_say_the_same_and_none_is_long(code: str) -> None:
    gists = [row.gist for row in get_text(code).rows]
    assert len(gists) == len(set(gists))
    assert max(map(len, gists)) <= GIST_LIMIT


# --- faults -------------------------------------------------------------------------------------------------------

HEAD = (
    "documents:\n  - code: ONE\n    title: t\n    number: n\n    issuer: i\n    issued_on: null\n    first_day: null\n"
)
ROW = "- id: ONE-1.a\n  clause: 第一条\n  force: M\n  gist: 一句话\n  realised_by: [{guidance: true}]\n"


def folder(tmp_path: Path, text: str, rows: str = ROW) -> Path:
    (tmp_path / "text.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text(rows, encoding="utf-8")
    return tmp_path


def test_a_folder_of_a_text_needs_two_files_and_no_code(tmp_path: Path) -> None:
    (text,) = texts.read_folder(folder(tmp_path, f"realised_in: acftu-2020\n{HEAD}"))
    assert isinstance(text, Text)
    assert (text.code, text.has_rules, [row.id for row in text.rows]) == ("ONE", False, ["ONE-1.a"])


@pytest.mark.parametrize(
    ("text", "rows", "fault"),
    [
        (HEAD, ROW, "text.yaml:1: realised_in: missing"),
        (f"realised_in: nowhere\n{HEAD}", ROW, "text.yaml:1: realised_in: nowhere: no such policy is installed"),
        ("realised_in: acftu-2020\ndocuments: []\n", ROW, "documents: at least one is expected"),
        (f"realised_in: acftu-2020\ncolour: red\n{HEAD}", ROW, "text.yaml:2: colour: unknown key"),
        (f"realised_in: acftu-2020\n{HEAD}    replaces: [{{number: x}}]\n", ROW, "text.yaml:9: title: missing"),
        (f"realised_in: acftu-2020\n{HEAD}", ROW.replace("M", "X"), "clauses.yaml:3: X: force is one of M P E C D"),
    ],
)
def test_a_fault_of_a_folder_names_file_line_and_thing(tmp_path: Path, text: str, rows: str, fault: str) -> None:
    with pytest.raises(PackFaults) as found:
        texts.read_folder(folder(tmp_path, text, rows))
    assert fault in str(found.value)
