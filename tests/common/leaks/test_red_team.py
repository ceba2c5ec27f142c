"""None of what the red team made gets through, and what is clean is hardly ever held back."""

from dataclasses import replace

import pytest

from bangfu.common.leaks import Kind, scan, stripped
from tests.common.leaks import clean, makers, red_team
from tests.common.leaks.family import KNOWN


@pytest.mark.parametrize("form", red_team.FORMS)
def test_no_leaking_artefact_gets_through(form: str) -> None:
    through = []
    for leak in red_team.of(form):
        kinds = {hit.kind for hit in scan(leak.data, KNOWN, name=leak.file)}
        if leak.kind not in kinds:
            through.append((leak.name, leak.kind.name, sorted(kind.name for kind in kinds)))
    assert through == []


def test_the_red_team_is_large_and_leaves_no_kind_and_no_form_out() -> None:
    leaks = [(leak.form, leak.kind) for form in ("text", "page", "excel", "picture") for leak in red_team.of(form)]
    assert len(leaks) >= 200
    assert {kind for _, kind in leaks} == set(Kind)


def test_of_what_is_clean_at_most_two_are_held_back() -> None:
    artefacts = list(clean.all_of_them())
    held = [(one.name, [str(hit) for hit in scan(one.data, one.known, name=one.file)]) for one in artefacts]
    held = [(name, hits) for name, hits in held if hits]
    assert len(artefacts) >= 200
    assert len(held) <= 2, held


def test_a_finding_says_where_and_what_kind_and_never_the_value() -> None:
    for leak in red_team.of("text"):
        for hit in scan(leak.data, KNOWN, name=leak.file):
            said = f"{hit} {hit!r} {hit.kind.remedy}"
            for values in (
                KNOWN.id_numbers,
                KNOWN.names,
                KNOWN.phones,
                KNOWN.cards,
                KNOWN.diagnoses,
                {red_team.FOREIGN_ID, red_team.FOREIGN_PHONE},
            ):
                assert not [value for value in values if value in said]
    assert "13800138000" not in repr(KNOWN)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (makers.excel(lambda book, sheet: sheet.write(6, 1, "15922334455")), "第 1 张工作表 B7"),
        (makers.text("15922334455"), "文本第 5 行"),
        (makers.word(lambda doc: doc.sections[0].header.paragraphs[0].add_run("15922334455")), "页眉第 1 段"),
    ],
)
def test_it_names_the_cell_the_line_or_the_part(data: bytes, where: str) -> None:
    assert where in [hit.where for hit in scan(data, KNOWN)]


def test_a_picture_loses_everything_but_its_pixels() -> None:
    for leak in red_team.of("picture"):
        if leak.name not in ("broken", "second frame", "name of the file"):
            assert scan(stripped(leak.data), KNOWN) == [], leak.name


def test_the_place_of_the_board_may_name_a_door_but_no_person_and_no_illness() -> None:
    known = replace(KNOWN, allowed_places=frozenset({"滨江道 88 号门口，李晓雨旁，尿毒症"}))
    kinds = {hit.kind for hit in scan(makers.text("滨江道 88 号门口，李晓雨旁，尿毒症"), known)}
    assert kinds == {Kind.NAME, Kind.DIAGNOSIS}


def test_the_unions_telephone_stays_allowed_where_a_family_gave_it_as_its_own() -> None:
    known = replace(KNOWN, phones=KNOWN.phones | {"02223456789"})
    assert scan(makers.text("监督电话：022-23456789"), known) == []
