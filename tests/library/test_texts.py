"""All policy texts as people read them: when they apply, what ended what, how far they are realised, two beside each other."""

from __future__ import annotations

import datetime
import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from bangfu.library import comparing, selectors, timeline
from bangfu.organizations.choices import Role
from bangfu.policy import coverage, texts
from bangfu.policy.texts import get_text
from tests.battery import assert_query_count
from tests.factories import Tree, client_for, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def reader(tree: Tree) -> Client:
    return client_for(person(Role.CLERK, tree.unit))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    found: str = answer.content.decode()
    return found


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class TestLineOfYears:
    def test_every_text_stands_on_the_line_with_a_link(self, reader: Client) -> None:
        index = page(reader, reverse("library:index"))
        assert index.count('class="tl-bar"') == len(texts.all_texts())
        for text in texts.all_texts():
            assert f'href="{selectors.address(text)}">{text.title}' in index

    def test_a_bar_begins_and_ends_with_its_text(self) -> None:
        listed = texts.all_texts()
        line = timeline.line(listed, day("2021-06-30"))
        assert (line.years[0], line.years[-1]) == (2012, 2021)
        warm = timeline.bar(get_text("WARM18"), line)
        assert warm is not None
        days = (datetime.date(2022, 1, 1) - datetime.date(2012, 1, 1)).days
        assert warm.x == (day("2018-12-21") - day("2012-01-01")).days * 1000 // days
        assert (warm.x + warm.width, warm.dated, warm.open_end) == (1000, True, True)

    def test_a_text_without_a_day_is_drawn_from_its_year_and_says_so(self, reader: Client) -> None:
        bar = timeline.bar(get_text("REL16"), timeline.line(texts.all_texts(), day("2021-06-30")))
        assert bar is not None
        assert (bar.dated, bar.words) == (False, "2016年（施行日未载明）起，未规定截止")
        assert "施行日未载明</strong> · 2016年（施行日未载明）起" in page(reader, reverse("library:index"))

    @pytest.mark.parametrize(
        ("on", "state"), [("2018-12-20", "ahead"), ("2018-12-21", "on"), ("2030-01-01", "on")]
    )  # fmt: skip
    def test_the_state_of_a_text_changes_on_its_first_day(self, on: str, state: str) -> None:
        assert timeline.state(get_text("WARM18"), day(on)) == state

    def test_the_national_text_of_2016_is_over_from_the_day_after_its_last(self) -> None:
        states = [timeline.state(get_text("FILE16"), day(on)) for on in ("2020-06-27", "2020-06-28")]
        assert states == ["on", "over"]

    def test_what_ended_what_is_told_with_the_clause_that_says_so(self, reader: Client) -> None:
        index = page(reader, reverse("library:index"))
        table = index[index.index("文件的替代关系") :]
        assert "总工发〔2006〕54号 · 未收录原文" in table
        assert f'href="{selectors.address(get_text("FILE16"))}">困难职工档案管理办法' in table
        assert table.count("2020-06-27") == 3
        old = page(reader, selectors.address(get_text("FILE16")))
        assert "总工办发〔2020〕13号" in old
        assert "已停用" in old


class TestOneText:
    def test_a_register_without_rules_has_a_page_with_every_row(self, reader: Client) -> None:
        shown = page(reader, "/policy/texts/PAY12/")
        ids = re.findall(r'<div class="clause-row" id="([^"]+)"', shown)
        assert ids == [row.id for number, rows in get_text("PAY12").groups for row in rows]
        assert "不含，只登记条款" in shown
        assert 'href="/policy/acftu-2020/parts/aid/#bank_transfer"' in shown

    def test_texts_that_share_a_pack_have_pages_of_their_own(self, reader: Client) -> None:
        shown = page(reader, selectors.address(get_text("NOTE17")))
        ids = re.findall(r'<div class="clause-row" id="([^"]+)"', shown)
        assert {row.split("-")[0] for row in ids} == {"NOTE17"}
        both = page(reader, "/policy/acftu-2016/")
        assert "本政策由 3 份文件组成" in both

    @pytest.mark.parametrize(
        ("code", "target"),
        [
            ("TJ", "/policy/tianjin-commerce-2020/"),
            ("GUIDE20", "/policy/acftu-2020/"),
            ("ALERT", "/policy/texts/FUND19/"),
        ],
    )
    def test_a_code_leads_to_the_page_its_text_has(self, reader: Client, code: str, target: str) -> None:
        answer = reader.get(f"/policy/texts/{code}/")
        assert (answer.status_code, answer["Location"]) == (302, target)

    def test_a_text_that_nobody_knows_does_not_exist(self, reader: Client) -> None:
        assert reader.get("/policy/texts/NOPE/").status_code == 404
        assert reader.get("/policy/texts/PAY12/?show=nonsense").status_code == 404

    def test_filters_and_words_narrow_a_text(self, reader: Client) -> None:
        shown = page(reader, "/policy/texts/PAY12/?show=guidance")
        assert re.findall(r'<div class="clause-row" id="([^"]+)"', shown) == ["PAY12-7.d", "PAY12-10.a"]
        shown = page(reader, f"/policy/texts/PAY12/?q={quote('对账单')}")
        assert re.findall(r'<div class="clause-row" id="([^"]+)"', shown) == ["PAY12-6.b"]


class TestSearch:
    def test_words_are_looked_for_in_all_texts(self, reader: Client) -> None:
        shown = page(reader, f"/policy/?q={quote('备用金')}")
        found = set(re.findall(r'<div class="clause-row" id="([^"]+)"', shown))
        assert {"FUND19-2.2.g", "ALERT-15"} <= found
        assert found <= {row.id for text in texts.all_texts() for row in text.rows}

    def test_nothing_found_says_so(self, reader: Client) -> None:
        assert "没有找到" in page(reader, f"/policy/?q={quote('火星登陆')}")


class TestCoverage:
    def test_the_page_has_the_numbers_of_the_command(self, reader: Client) -> None:
        shown = page(reader, reverse("library:coverage"))
        counts = [coverage.of_text(text) for text in texts.all_texts()]
        together = coverage.total(counts)
        assert f"{together.rows} 条要求" in shown
        rows = re.findall(r"<tr><th scope=\"row\"><a href.*?</tr>", shown, re.DOTALL)
        assert len(rows) == len(counts)
        for row, count in zip(rows, counts, strict=True):
            numbers = [int(one) for one in re.findall(r'<td class="num[^>]*>(?:<[^>]*>)?(\d+)<', row)]
            assert numbers == [count.rows, *count.states.values()], count.code


class TestTwoTexts:
    def test_every_row_stands_in_a_topic_or_apart(self) -> None:
        left, right = get_text("FILE16"), get_text("FUND20")
        found = comparing.compare(left, right)
        for side, text in (("left", left), ("right", right)):
            alone = {row.id for row in getattr(found, f"{side}_only")}
            beside = {row.id for topic in found.topics for row in getattr(topic, side)}
            assert alone | beside == {row.id for row in text.rows}
            assert not alone & beside
        assert all(topic.left and topic.right for topic in found.topics)

    def test_rows_stand_side_by_side_only_for_a_thing_both_name(self) -> None:
        found = comparing.compare(get_text("PAY12"), get_text("FUND20"))
        by_title = {topic.title: topic for topic in found.topics}
        bank = next(topic for title, topic in by_title.items() if "银行转账" in title)
        assert "PAY12-4.a" in {row.id for row in bank.left}
        for topic in found.topics:
            named = [{(i.kind, i.ref) for row in rows for i in row.realised_by} for rows in (topic.left, topic.right)]
            assert named[0] & named[1], topic.title

    def test_a_rule_of_both_says_whether_the_formula_is_the_same(self) -> None:
        found = comparing.compare(get_text("TJ"), get_text("FUND20"))
        hows = {topic.rules[0].code: topic.how for topic in found.topics if topic.rules[0] is not None}
        assert (hows["two_homes"], hows["vehicle"], hows["window_months"]) == ("formula", "same", "value")
        assert (hows["controlling_shareholder"], hows["deep"]) == ("scope", "")

    def test_texts_that_have_nothing_in_common_are_listed_apart(self, reader: Client) -> None:
        shown = page(reader, "/policy/compare/?a=TAIL20&b=PAY12")
        assert "这两个文本没有由同一项落实的条款" in shown
        assert "<table" not in shown
        assert all(row.gist in shown for code in ("TAIL20", "PAY12") for row in get_text(code).rows)

    def test_the_page_shows_both_texts_beside_each_other(self, reader: Client) -> None:
        shown = page(reader, "/policy/compare/?a=FILE16&b=FUND20")
        assert f"{selectors.address(get_text('FILE16'))}#FILE16-" in shown
        assert "/policy/acftu-2020/#FUND20-" in shown or "/policy/acftu-2020/#GUIDE20-" in shown

    def test_one_text_with_itself_is_asked_again(self, reader: Client) -> None:
        assert "请选两个不同的文本" in page(reader, "/policy/compare/?a=TJ&b=TJ")
        assert "请选两个文本" in page(reader, "/policy/compare/?a=TJ")
        assert reader.get("/policy/compare/?a=TJ&b=NOPE").status_code == 404


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/policy/", 4),
        ("/policy/?q=%E5%85%AC%E7%A4%BA", 4),
        ("/policy/coverage/", 4),
        ("/policy/compare/?a=FILE16&b=FUND20", 4),
        ("/policy/texts/PAY12/", 5),
    ],
)
def test_pages_of_all_texts_cost_no_queries_but_for_official_files(reader: Client, address: str, queries: int) -> None:
    assert_query_count(reader, address, queries)


def test_what_a_row_became_leads_to_the_screen_where_it_is(reader: Client) -> None:
    chips: dict[str, tuple[str, str]] = {}
    for code in ("PILOT18", "MATCH17", "REL16"):
        for group in selectors.text_groups(get_text(code)):
            for row in group.rows:
                chips |= {f"{row.clause.id} {one.kind}": (one.title, one.url) for one in row.shown}
    assert chips["PILOT18-2.3.d 系统动作"] == ("张贴公示", reverse("casework:notices"))
    assert chips["MATCH17-1.b 系统动作"][1] == reverse("casework:import")
    assert chips["MATCH17-3.2.a 打印件"] == ("授权书", reverse("casework:list"))
    assert chips["REL16-2.2.a 认定规则"][1] == "/policy/acftu-2020/rules/deep.net_below_dibao/"
    for address in {url for _, url in chips.values() if url.startswith("/policy/")}:
        assert reader.get(address.partition("#")[0]).status_code == 200, address


def test_every_realisation_that_is_built_leads_somewhere(reader: Client) -> None:
    lost = [
        (row.clause.id, one.kind, one.title)
        for text in texts.all_texts()
        for group in selectors.text_groups(text)
        for row in group.rows
        for one in row.shown
        if one.state == "done" and not one.url
    ]
    assert lost == []


@pytest.mark.parametrize(("room", "word"), [("forms", "入户"), ("workflow", "状态"), ("assistance", "渐退")])
def test_forms_states_and_ways_of_the_dibao_text_have_pages(reader: Client, room: str, word: str) -> None:
    shown = page(reader, reverse("library:part", args=["dibao-2019", room]))
    assert word in shown
    assert f'href="{reverse("library:part", args=["dibao-2019", room])}" aria-current="page"' in shown
    assert reader.get(reverse("library:part", args=["acftu-2020", room])).status_code == 404
