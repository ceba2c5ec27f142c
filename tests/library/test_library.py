"""The policy library as people read it."""

import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from bangfu.library import atlas, diagram, selectors
from bangfu.library.wording import Reader
from bangfu.organizations.choices import Role
from bangfu.policy import registry
from tests.battery import assert_query_count
from tests.factories import Tree, client_for, person

NATIONAL, LOCAL = "acftu-2020", "tianjin-commerce-2020"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


@pytest.fixture
def reader(tree: Tree) -> Client:
    return client_for(person(Role.CLERK, tree.unit))


def text_of(client: Client, name: str, *args: str, query: str = "") -> str:
    answer = client.get(reverse(f"library:{name}", args=args) + query)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


class TestTexts:
    @pytest.mark.req("FUND20-0.a", "TJ-0.a", "TJ-0.d")
    def test_the_list_names_number_issuer_days_and_parent_of_each_text(self, reader: Client) -> None:
        page = text_of(reader, "index")
        assert "总工办发〔2020〕13号" in page
        assert "2020年6月28日起，未规定截止" in page
        assert "津商务工〔2020〕13号" in page
        assert "天津市商务工会帮扶资金使用管理实施细则（试行）" in page
        assert "2020年9月10日起，未规定截止" in page
        assert f'href="/policy/{NATIONAL}/">中央财政专项帮扶资金使用管理办法' in page
        local = text_of(reader, "pack", LOCAL)
        assert "<dt>发文日期</dt><dd>2020年9月10日</dd>" in local
        assert "<dt>发文单位</dt><dd>天津市商务工会</dd>" in local
        assert f'href="/policy/{NATIONAL}/">总工办发〔2020〕13号' in local

    @pytest.mark.req("TJ-0.c", "FUND20-20.c")
    def test_annexes_stand_in_the_text_they_belong_to(self, reader: Client) -> None:
        local, national = text_of(reader, "pack", LOCAL), text_of(reader, "pack", NATIONAL)
        assert "附件1、附件2" in local
        assert "与正文同一版本" in local
        assert 'id="a1-s1-p2-1"' in local
        assert "指引一 1" in national
        assert reader.get(reverse("library:pack", args=["tianjin-annex-1"])).status_code == 404

    @pytest.mark.parametrize("pack_id", [NATIONAL, LOCAL])
    def test_every_row_of_a_text_is_shown_with_what_realises_it(self, reader: Client, pack_id: str) -> None:
        page = text_of(reader, "pack", pack_id)
        pack = registry.get_pack(pack_id)
        assert re.findall(r'<div class="clause-row" id="([^"]+)"', page) == [
            row.clause.id for group in selectors.groups(pack) for row in group.rows
        ]
        assert len(re.findall(r'class="clause-row"', page)) == len(pack.clauses)
        assert all(row.shown for group in selectors.groups(pack) for row in group.rows)

    def test_a_filter_shows_only_what_is_still_to_be_built(self, reader: Client) -> None:
        ids = [
            row
            for show in ("planned", "partly")
            for row in re.findall(
                r'<div class="clause-row" id="([^"]+)"', text_of(reader, "pack", LOCAL, query=f"?show={show}")
            )
        ]
        assert sorted(ids) == sorted(clause.id for clause in registry.get_pack(LOCAL).clauses.unrealised())
        assert reader.get(reverse("library:pack", args=[LOCAL]) + "?show=nonsense").status_code == 404

    def test_the_counts_add_up_to_the_text(self) -> None:
        counts = selectors.counts(registry.get_pack(LOCAL).clauses)
        assert counts["all"] == 371
        assert sum(count for state, count in counts.items() if state != "all") == 371
        assert sum(bar["width"] for bar in diagram.meter(counts)) in range(995, 1001)

    def test_search_finds_by_gist_rule_and_row_in_all_texts(self, reader: Client) -> None:
        page = text_of(reader, "index", query="?q=TJ-4.1.d")
        assert 'id="TJ-4.1.d"' in page
        assert "在 1 个文本中找到 1 条" in page
        assert 'id="TJ-4.1.d"' in text_of(reader, "pack", LOCAL, query="?q=深度　一倍低保")
        assert "没有找到" in text_of(reader, "index", query="?q=完全没有这个词")


class TestClauses:
    def test_a_clause_has_its_own_page_with_its_neighbours_and_its_rules(self, reader: Client) -> None:
        page = text_of(reader, "clause", LOCAL, "c4-p1")
        assert "<h1>第四条（一）</h1>" in page
        assert 'id="TJ-4.1.d"' in page
        assert f'href="/policy/{LOCAL}/rules/deep.net_within_1.0_dibao/"' in page
        assert 'rel="prev"' in page
        assert 'rel="next"' in page

    def test_a_number_as_a_sheet_writes_it_leads_to_the_clause(self, reader: Client) -> None:
        answer = reader.get(reverse("library:clause", args=[LOCAL, "附件1 一（二）1"]))
        assert answer.status_code == 302
        assert answer["Location"] == f"/policy/{LOCAL}/clause/a1-s1-p2-1/"

    def test_a_clause_of_the_parent_leads_on_to_the_parent(self, reader: Client) -> None:
        answer = reader.get(reverse("library:clause", args=[LOCAL, "指引三 3"]))
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"/policy/{NATIONAL}/clause/")

    def test_an_unknown_clause_does_not_exist(self, reader: Client) -> None:
        assert reader.get(reverse("library:clause", args=[LOCAL, "c99"])).status_code == 404
        assert reader.get(reverse("library:clause", args=["nowhere-2020", "c1"])).status_code == 404

    @pytest.mark.req("FUND20-1.a", "FUND20-19.a", "TJ-A2-1.a")
    @pytest.mark.parametrize(
        ("pack_id", "number", "said"),
        [
            (NATIONAL, "第一条", "财建〔2006〕468号"),
            (NATIONAL, "第十九条", "以全总的解释为准"),
            (LOCAL, "附件2 第一条", "作为版本备注留存"),
        ],
    )
    def test_the_basis_and_the_interpreter_of_a_text_are_on_record(
        self, reader: Client, pack_id: str, number: str, said: str
    ) -> None:
        answer = reader.get(reverse("library:clause", args=[pack_id, number]), follow=True)
        assert said in answer.content.decode()

    @pytest.mark.parametrize("pack_id", [NATIONAL, LOCAL])
    def test_every_citation_of_every_part_of_a_pack_leads_to_a_clause(self, reader: Client, pack_id: str) -> None:
        pages = {one: text_of(reader, "pack", one) for one in (NATIONAL, LOCAL)}
        cited = [(rule.origin, number) for rule in atlas.rules(pack_id).values() for number in rule.clauses]
        cited += [
            (part.origin or pack_id, part.clause)
            for room in atlas.parts(pack_id).values()
            for part in room.values()
            if part.clause
        ]
        assert len(cited) > 100
        for origin, number in dict.fromkeys(cited):
            link = registry.get_pack(origin).clauses.link(number)
            assert link is not None, (origin, number)
            assert f'id="{link[1]}"' in pages[link[0]], (origin, number)

    @pytest.mark.parametrize("pack_id", [NATIONAL, LOCAL])
    def test_what_realises_a_clause_is_linked_to_a_place_that_exists(self, reader: Client, pack_id: str) -> None:
        pack = registry.get_pack(pack_id)
        links = {one.url for group in selectors.groups(pack) for row in group.rows for one in row.shown if one.url}
        seen: dict[str, str] = {}
        for link in sorted(links):
            address, _, place = link.partition("#")
            if not address.startswith("/policy/") or "/rules/" in address:
                continue
            if address not in seen:
                answer = reader.get(address)
                assert answer.status_code == 200, address
                seen[address] = answer.content.decode()
            assert not place or f'id="{place}"' in seen[address], link
        rules = [unquote(link.rstrip("/").rpartition("/")[2]) for link in links if "/rules/" in link]
        assert rules
        assert [code for code in rules if code not in atlas.rules(pack_id)] == []

    @pytest.mark.parametrize("pack_id", [NATIONAL, LOCAL])
    def test_nothing_on_a_clause_is_left_as_a_bare_code(self, pack_id: str) -> None:
        rows = [row for group in selectors.groups(registry.get_pack(pack_id)) for row in group.rows]
        bare = {one.title for row in rows for one in row.shown if re.fullmatch(r"[a-z_.\[\]0-9]+", one.title)}
        assert bare == set()


class TestRules:
    def test_a_rule_shows_formula_words_author_clause_and_standards(self, reader: Client) -> None:
        page = text_of(reader, "rule", LOCAL, "relative.net_within_1.5_dibao")
        assert "relative_multiple * dibao" in page
        assert "总收入减刚性总支出 ÷ 家庭人口 ÷ 核算月数 不高于 1.5 倍 × 低保标准" in page
        assert "第四条（二）" in page
        assert "用到的标准" in page
        assert "津商务工〔2020〕13号" in page

    def test_an_overridden_figure_stands_beside_the_one_above(self, reader: Client) -> None:
        page = text_of(reader, "rule", LOCAL, "relative_multiple")
        assert "另有规定" in page
        assert (
            page.index("上级政策")
            < page.index("2，下级可在 1 至 2 内设定")
            < page.index("本级政策")
            < page.index("1.5")
        )

    def test_a_rule_the_local_text_does_not_use_is_still_shown(self, reader: Client) -> None:
        page = text_of(reader, "rule", LOCAL, "high_consumption")
        assert "本级政策不用这一项" in page

    def test_an_unknown_rule_does_not_exist(self, reader: Client) -> None:
        assert reader.get(reverse("library:rule", args=[LOCAL, "nothing"])).status_code == 404

    def test_the_comparison_sorts_every_rule_of_both_texts_once(self, reader: Client) -> None:
        pairs = atlas.compared(LOCAL)
        assert {pair.how for pair in pairs} == set(atlas.HOW)
        assert len({pair.code for pair in pairs}) == len(pairs)
        assert {pair.code for pair in pairs} == set(atlas.rules(LOCAL)) | set(atlas.rules(NATIONAL))
        page = text_of(reader, "compare", LOCAL, query="?show=changed")
        assert "相对困难线（低保标准的倍数）" in page
        assert "深度困难线（低保标准的倍数）" not in text_of(reader, "compare", LOCAL, query="?show=added")
        assert reader.get(reverse("library:compare", args=[NATIONAL])).status_code == 404

    @pytest.mark.parametrize("pack_id", [NATIONAL, LOCAL, "acftu-2016"])
    def test_every_formula_is_read_out_without_code_words(self, pack_id: str) -> None:
        words = [said for rule in atlas.rules(pack_id).values() for _, _, said in rule.formulas]
        assert len(words) > 50
        assert [said for said in words if re.search(r"[a-z_]{2,}", said)] == []

    def test_yes_and_no_facts_read_as_such(self) -> None:
        pack = registry.get_pack(LOCAL)
        exclusion = next(one for one in pack.exclusions if one.code == "refused_verification")
        assert Reader(pack).read(exclusion.formula) == "“是否拒绝配合核查”为是"


class TestProcedure:
    def test_steps_come_with_actor_clock_and_ways_back(self, reader: Client) -> None:
        page = text_of(reader, "procedure", LOCAL)
        steps = diagram.steps(registry.get_pack(LOCAL))
        assert [one.step.code for one in steps] == [step.code for step in registry.get_pack(LOCAL).procedure.steps]
        notice = next(one for one in steps if one.step.kind == "notice")
        assert notice.clock == "5 个工作日"
        assert notice.actor.startswith("基层工会")
        assert "职工申报" in [step.title for step in notice.returns_to]
        assert page.count('class="card" id="') == len(steps)


@pytest.mark.parametrize("name", ["pack", "rules", "procedure"])
def test_the_library_costs_no_queries_of_its_own(reader: Client, name: str) -> None:
    address = reverse(f"library:{name}", args=[LOCAL])
    assert_query_count(reader, address, 5 if name == "pack" else 4)  # a text's page reads its official files


def test_a_text_says_whether_it_is_in_force(reader: Client) -> None:
    assert "施行中" in text_of(reader, "pack", LOCAL)
    assert registry.get_pack(LOCAL).in_force(date(2020, 9, 9)) is False
