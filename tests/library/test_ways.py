"""The drawing of a policy's way, its print, and the ways of several policies beside each other."""

import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from bangfu.library import drawing, ways
from bangfu.organizations.choices import Role
from bangfu.policy.registry import get_pack, pack_ids
from tests import factories
from tests.battery import assert_query_count

DRAWN = [pack_id for pack_id in pack_ids() if drawing.ways(get_pack(pack_id))]
TAIAN, MUCHUAN, TIANJIN = (get_pack(name) for name in ("taian-2020", "muchuan-2016", "tianjin-commerce-2020"))


@pytest.fixture
def reader(db: Any) -> Client:
    return factories.client_for(factories.person(Role.CLERK, factories.tree().unit))


@pytest.mark.parametrize("pack_id", DRAWN)
def test_the_drawing_has_a_row_for_each_step_a_lane_for_each_actor_and_a_joint_for_each_way_back(pack_id: str) -> None:
    pack = get_pack(pack_id)
    way = drawing.of_procedure(pack)
    assert way is not None
    assert [row.code for row in way.rows] == [step.code for step in pack.procedure.steps]
    order = [step.code for step in pack.procedure.steps]
    back = {(step.code, code) for step in pack.procedure.steps for code in step.returns_to if code != step.code}
    assert {(order[link.source], order[link.target]) for link in way.links} == back
    picture: Any = drawing.picture(way)
    assert sum(len(arc.joints) for arc in picture["arcs"]) == len(back)
    assert len({arc.x for arc in picture["arcs"]}) == len(picture["arcs"])
    assert [lane["name"] for lane in picture["lanes"]] == list(dict.fromkeys(row.lane for row in way.rows))
    assert len(picture["rows"]) == len(order)
    assert all(arc.x <= picture["width"] for arc in picture["arcs"])


@pytest.mark.parametrize("pack_id", ["dibao-2019", "relief-2018"])
def test_a_workflow_is_drawn_with_every_state_and_every_move(pack_id: str) -> None:
    pack = get_pack(pack_id)
    drawn = {way.code: way for way in drawing.ways(pack)}
    for machine in pack.workflow.machines.values():
        way = drawn[machine.code]
        states = list(machine.states)
        assert [row.code for row in way.rows] == states
        moves = {
            (source, move.to) for move in machine.transitions.values() for source in move.origin_states if source != move.to
        }  # fmt: skip
        shown = {(states[link.source], states[link.target]) for link in way.links} | {
            (states[index], states[index + 1]) for index in way.spine
        }
        assert shown == moves


def test_a_row_names_actor_clock_papers_and_what_is_special_about_it() -> None:
    way = drawing.of_procedure(MUCHUAN)
    assert way is not None
    rows = {row.code: row for row in way.rows}
    assert (rows["public_notice"].lane, rows["public_notice"].clock) == ("基层工会 · 经办人", "5 个工作日")
    assert rows["collective_decision"].papers == ("会议记录", "建议名单")
    assert rows["report_up"].note == "再逐级往上"
    taian = drawing.of_procedure(TAIAN)
    assert taian is not None
    assert {row.code: row.note for row in taian.rows}["feedback"] == "自上而下逐级"


@pytest.mark.parametrize("pack_id", DRAWN)
def test_the_page_draws_without_style_or_script_inside(reader: Client, pack_id: str) -> None:
    page = reader.get(reverse("library:procedure", args=[pack_id])).content.decode()
    figures = re.findall(r"<svg xmlns.*?</svg>", page, re.S)
    assert len(figures) == len(drawing.ways(get_pack(pack_id)))
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", "".join(figures))
    for way in drawing.ways(get_pack(pack_id)):
        assert all(row.title[:14] in page for row in way.rows)
    lines = re.findall(r'<path d="([^"]*)"', "".join(figures))
    shape = r"M \d+ \d+ (V \d+( H \d+)?|H \d+|C( \d+){6}|l \d+ -?\d+ v \d+ z)"
    assert [line for line in lines if not re.fullmatch(shape, line)] == []


@pytest.mark.parametrize("pack_id", DRAWN)
def test_the_drawing_prints_as_pdf_with_the_list_of_steps(reader: Client, pack_id: str) -> None:
    answer = reader.get(reverse("library:procedure_pdf", args=[pack_id]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    pack = get_pack(pack_id)
    assert len(pages) >= 1 + len(drawing.ways(pack))
    for step in pack.procedure.steps:
        assert step.title[:4] in text
    assert pack.number[:6] in text


def test_steps_of_two_policies_stand_beside_each_other_by_kind_with_their_own_numbers() -> None:
    lines = ways.lines([MUCHUAN, TAIAN])
    visit = next(line for line in lines if line.kind == "visit")
    assert [(cell.number, cell.title) if cell else None for cell in visit.cells] == [
        (2, "入户调查核实"),
        (8, "两人以上入户调查"),
    ]
    check = next(line for line in lines if line.kind == "check")
    assert (check.cells[0], check.how) == (None, "partly")
    for side, pack in enumerate((MUCHUAN, TAIAN)):
        told = [line.cells[side].number for line in lines if line.cells[side]]  # type: ignore[union-attr]
        assert sorted(told) == list(range(1, len(pack.procedure.steps) + 1))


def test_a_policy_beside_itself_is_the_same_in_everything() -> None:
    assert {line.how for line in ways.lines([TIANJIN, TIANJIN])} == {"same"}
    assert not any(rule.differs for rule in ways.rules([TIANJIN, TIANJIN]))


def test_the_rules_tell_who_visits_how_long_a_notice_hangs_and_who_decides() -> None:
    rules = {rule.title: rule for rule in ways.rules([MUCHUAN, TAIAN])}
    assert rules["入户调查"].values[0].startswith("至少 1 人")
    assert rules["入户调查"].values[1].startswith("至少 2 人")
    assert rules["公示的时间"].values == ("5 个工作日", "由本级设定的期限")
    assert rules["查询授权"].values[0] == "没有规定"


def test_the_page_of_ways_shows_two_to_four_policies_and_nothing_it_does_not_know(reader: Client) -> None:
    address = reverse("library:ways")
    assert "请选两个以上的文本" in reader.get(address).content.decode()
    page = reader.get(f"{address}?p=muchuan-2016&p=taian-2020&p=&p=").content.decode()
    assert page.count('<th scope="col"><a') == 2
    assert "两人以上入户调查" in page
    assert "没有这一环节" in page
    many = "&".join(f"p={name}" for name in DRAWN[:5])
    assert reader.get(f"{address}?p=no-such").status_code == 404
    assert reader.get(f"{address}?{many}").status_code == 404
    assert reader.get(reverse("library:procedure_pdf", args=["no-such"])).status_code == 404


def test_the_pages_of_ways_cost_no_queries_of_their_own(reader: Client) -> None:
    address = reverse("library:ways")
    few = f"{address}?p=muchuan-2016&p=taian-2020"
    many = "&".join(f"p={name}" for name in DRAWN[:4])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reader.get(few)
    with CaptureQueriesContext(connection) as caught:
        reader.get(few)
    assert_query_count(reader, f"{address}?{many}", len(caught))
