"""The self-test: nobody signs in, nothing is kept, and the answer is that of the law of the place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bangfu.common.models import AuditEntry
from bangfu.organizations import services
from bangfu.organizations.choices import Role
from bangfu.policy import facts, months, registry, standards
from bangfu.policy.assess import judge
from bangfu.portal.flow import MOST_QUESTIONS, SelfTest, setting_for
from bangfu.portal.models import SelfTestDay
from bangfu.portal.topics import TOPICS, UNSURE, Setting
from tests import factories

DAY = date(2020, 10, 12)
ROWS = standards.parse(
    {
        "schema": "bangfu.standards/1",
        "rows": [
            {"name": name, "region": region, "from": "2015-01-01", "value": value}
            for name, region, value in (
                ("dibao", "120000", "1000.00"), ("dibao", "370000", "800.00"), ("dibao", "510000", "600.00"),
                ("dibao", "440000", "900.00"), ("housing_area_per_person", "440000", "30"),
            )
        ],
    }
)  # fmt: skip
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example-pack" / "qinghe_2022"
TEXTS = [one.id for one in map(registry.get_pack, registry.pack_ids()) if one.heading.scheme == "worker_file"] + [
    "qinghe-2022"
]
"""Every text about workers' files that is installed, whatever place and day it is for, and the invented one."""


@pytest.fixture(scope="module", autouse=True)
def _example() -> Iterator[None]:
    registry.add(EXAMPLE)
    yield
    registry.remove(EXAMPLE)


KINDLY = {
    "people": "3", "income": "450000", "expense": "300000", "causes": "illness", "work": "employed", "migrant": "no",
    "union": "yes", "member": "yes", "still": "yes", "incident": "none", "status": "none", "property": "none", "attested": "none",
    "illness": "no", "students": "2", "savings": "0", "investments": "0",
}  # fmt: skip


def setting_of(pack_id: str) -> tuple[Setting, date]:
    """A setting under a text on a day on which it applies, in its own place or one without a text of its own."""
    pack = registry.get_pack(pack_id)
    day = min(max(DAY, pack.first_day), pack.last_day or DAY)
    pack = registry.get_pack(pack_id, day)
    place = pack.region if any(row.region == pack.region for row in ROWS.rows) and pack.region else "440103"
    return replace(
        setting_for("440103", "那里", day), pack=pack, region=place, window=window(day, pack.window_months)
    ), day


def window(day: date, count: int) -> tuple[str, str]:
    last = months.month_of(day) - 1
    return months.format_month(last - count + 1), months.format_month(last)


def walked(setting: Setting, day: date, answers: dict[str, str]) -> SelfTest:
    """The self-test answered to its end; what `answers` leaves out is not known."""
    given: dict[str, str] = {}
    while True:
        test = SelfTest(setting, given, ROWS, day)
        topic = test.next_topic()
        if topic is None:
            return test
        assert topic.code not in given, "no question twice"
        known = answers.get(topic.code, "3" if topic.code == "people" else UNSURE)
        given[topic.code] = setting.region if topic.kind == "place" else known
        assert topic.valid(given[topic.code], setting), (topic.code, given[topic.code])


def in_tianjin(**changed: str) -> SelfTest:
    return walked(setting_for("120101", "天津市和平区", DAY), DAY, KINDLY | changed)


@pytest.mark.parametrize("pack_id", TEXTS)
def test_every_union_text_comes_to_an_answer_in_ten_questions_and_the_judge_says_the_same(pack_id: str) -> None:
    test = walked(*setting_of(pack_id), KINDLY)
    assert len(test.answers) <= MOST_QUESTIONS
    outcome = test.outcome()
    assert outcome.kind in ("yes", "no"), outcome
    found = judge(facts.parse(test.documents[0]), ROWS, test.setting.pack)
    assert (found.outcome == "none") == (outcome.kind == "no")
    assert outcome.papers
    assert outcome.clauses if outcome.kind == "yes" else outcome.reasons


@pytest.mark.parametrize("pack_id", TEXTS)
def test_who_knows_nothing_is_never_stopped_and_is_promised_nothing(pack_id: str) -> None:
    outcome = walked(*setting_of(pack_id), {}).outcome()
    assert outcome.kind == "open"
    assert outcome.possible
    assert outcome.unknown


def test_the_questions_are_those_that_ask_next_puts_first_and_what_shuts_out_comes_last() -> None:
    test = in_tianjin()
    assert next(iter(test.answers)) == "people"
    assert list(test.answers)[-1] == "property"
    assert {"income", "causes"} <= set(test.answers)


def test_a_range_is_judged_at_both_ends() -> None:
    """1000 a head: three persons, 4000 to 4600 a month: 1333 to 1533, on both sides of 1500."""
    sure = in_tianjin(income="400000-440000", expense="0")
    unsure = in_tianjin(income="400000-460000", expense="0")
    assert (sure.outcome().kind, sure.outcome().title) == ("yes", "相对困难")
    assert (unsure.outcome().kind, unsure.outcome().possible) == ("open", ("相对困难", "商务工会建档"))


def test_the_answer_shows_its_sum_its_clause_and_what_is_missing() -> None:
    """3 × 6 × 1500 = 27000 is the line of relative; 4600 × 6 − 0 = 27600 is 600 too much, 100 a month."""
    outcome = in_tianjin(income="460000", expense="0").outcome()
    assert (outcome.kind, outcome.title) == ("yes", "商务工会建档")
    assert (
        outcome.steps[0] == "每月收入 4,600.00 元，6 个月计入 27,600.00 元，除以 3 口人、6 个月：每人每月 1,533.33 元。"
    )
    assert outcome.clauses[0] == ("商务工会建档", "第四条（四）1")
    assert ("每月收入再少 100.00 元", "相对困难") in [(one.said, one.then) for one in outcome.changes]


def test_far_above_every_line_it_is_still_said_how_far() -> None:
    """Above the last line nothing else was asked; 1800 a head is that line: 3 × 1800 = 5400 a month."""
    test = in_tianjin(income="800000", expense="0")
    assert "property" not in test.answers
    outcome = test.outcome()
    assert outcome.kind == "no"
    assert ("每月收入再少 2,600.00 元", "商务工会建档") in [(one.said, one.then) for one in outcome.changes]


def test_what_hangs_on_an_answer_nobody_knows_is_not_asked() -> None:
    test = walked(
        setting_for("440103", "那里", DAY), DAY, KINDLY | {"migrant": UNSURE, "work": UNSURE, "property": UNSURE}
    )
    assert {"migrant", "work", "property"} <= set(test.answers)
    assert not {"tenure", "urban", "mining", "area"} & set(test.answers)
    assert not [one for one in test.outcome().unknown if "几个月" in one or "平方米" in one]


def test_what_keeps_a_family_out_is_said_with_its_clause() -> None:
    outcome = in_tianjin(property="controlling_shareholder").outcome()
    assert outcome.kind == "no"
    assert outcome.reasons[0][1].startswith("本人或家人是公司控股股东")
    assert "第四条（一）排除2" in outcome.reasons[0][2]


def test_a_missing_local_figure_is_named_and_nothing_is_promised() -> None:
    setting = setting_for("650102", "那里", DAY)
    given = {"people": "3", "income": "100000", "expense": "0", "property": "none", "work": "employed", "migrant": "no", "status": "none", "still": "no"}  # fmt: skip
    outcome = SelfTest(setting, given, ROWS, DAY).outcome()
    assert outcome.kind == "open"
    assert "那里的低保标准（系统里还没有）" in outcome.unknown


def test_no_question_speaks_like_an_office() -> None:
    setting = setting_for("120101", "天津市和平区", DAY)
    for topic in TOPICS.values():
        text = topic.shown(setting) + topic.hint(setting)
        assert not re.search(r"[A-Za-z_]|刚性支出|致困|共同生活成员|核算期", text), text
        assert "你" not in text


# --- the pages ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def figures(tree: factories.Tree) -> None:
    one, two = factories.person(Role.AID_CENTER, tree.industry), factories.person(Role.LEADER, tree.industry)
    row = services.propose_standard(
        one.actor, name="dibao", region="120000", from_date=date(2020, 7, 1), value="1000.00", source="练习", at=factories.AT
    )  # fmt: skip
    services.confirm_standard(two.actor, row, at=factories.AT)


def send(client: Client, **data: Any) -> HttpResponse:
    answer: HttpResponse = client.post("/ask/", {"place": "120101"} | data)
    return answer


ANSWERED = ["people=3", "huji=120101", "income=450000", "expense=300000", "causes=illness", "work=employed", "migrant=no", "still=no"]  # fmt: skip


@pytest.mark.usefixtures("figures", "frozen_now")
class TestPages:
    def test_a_place_is_found_by_name_without_an_address_that_tells_it(self) -> None:
        client = Client()
        answer = client.post("/ask/", {"q": "和平区", "do": "search"})
        assert "天津市和平区" in answer.content.decode()
        assert "几口人" in client.post("/ask/", {"v": "120101"}).content.decode()
        assert "没有找到" in client.post("/ask/", {"q": "没有这个地方", "do": "search"}).content.decode()

    def test_the_answer_is_one_sentence_with_papers_and_a_number_to_call(self) -> None:
        page = send(Client(), a=ANSWERED, now="property", v="none", do="next").content.decode()
        assert "按您填的情况，您家可能符合“相对困难”，可以向工会申请。" in page
        assert "这是自测，不作承诺" in page
        assert "第四条（二）" in page
        assert "身份证复印件" in page
        assert 'href="tel:022-12345678"' in page
        assert "津华百货和平店工会" not in page, "a unit's own union is not everybody's"

    def test_nothing_is_kept_but_a_number_for_the_day(self) -> None:
        before = {table: count(table) for table in connection.introspection.table_names()}
        send(Client(), a=ANSWERED, now="property", v="none", do="next")
        after = {table: count(table) for table in connection.introspection.table_names()}
        assert {table for table in after if after[table] != before[table]} == {SelfTestDay._meta.db_table}
        assert [(row.day, row.finished) for row in SelfTestDay.objects.all()] == [(DAY, 1)]
        assert {field.name for field in SelfTestDay._meta.fields} == {"day", "finished"}
        send(Client(), a=ANSWERED, now="property", v="none", do="next")
        assert SelfTestDay.objects.get().finished == 2

    def test_a_question_on_the_way_writes_nothing_at_all(self) -> None:
        rows = AuditEntry.objects.count()
        with CaptureQueriesContext(connection) as caught:
            send(Client(), a=["people=3"])
        assert not [
            query for query in caught.captured_queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        ]
        assert AuditEntry.objects.count() == rows

    def test_no_cookie_is_set_but_the_one_against_forgery(self) -> None:
        client = Client()
        client.get("/ask/")
        send(client, a=ANSWERED, now="property", v="none", do="next")
        assert set(client.cookies) <= {"csrftoken"}

    def test_answers_never_stand_in_an_address(self) -> None:
        page = send(Client(), a=["people=3", "huji=120101"]).content.decode()
        assert re.findall(r'<form method="(\w+)" action="([^"]+)"', page) == [("post", "/ask/")] * 2
        assert "people" not in Client().get("/ask/?a=people=3&place=120101").content.decode()

    def test_an_unreadable_answer_is_asked_again_with_what_would_do(self) -> None:
        answer = send(Client(), a=["people=3", "huji=120101"], now="income", low="很少", do="next")
        assert answer.status_code == 422
        assert "不是金额" in answer.content.decode()
        answer = send(Client(), a=["people=3", "huji=120101"], now="income", low="3000", high="2000", do="next")
        assert "范围的后一个数要比前一个大" in answer.content.decode()

    def test_going_back_asks_the_last_question_again(self) -> None:
        first = send(Client(), a=["people=3"]).content.decode()
        again = send(Client(), a=["people=3", "huji=120101"], do="back").content.decode()
        title = re.compile(r'<h1 id="question">(.*?)</h1>')
        assert title.search(first)[1] == title.search(again)[1]  # type: ignore[index]

    def test_forged_answers_are_left_out(self) -> None:
        page = send(Client(), a=["people=3", "income=-5", "nobody=1", "causes=<script>"]).content.decode()
        assert "<script>" not in page.replace("<script ", "")
        assert 'value="income' not in page
        assert 'value="people=3"' in page

    def test_a_place_without_rules_of_its_own_is_told_that_the_national_ones_apply(self) -> None:
        page = Client().post("/ask/", {"v": "440103"}).content.decode()
        assert "没有自己的规定，下面按全国的规定" in page

    def test_too_many_questions_in_a_minute_are_put_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bangfu.portal.views.MOST_A_MINUTE", 2)
        client = Client(REMOTE_ADDR="198.51.100.7")
        assert [send(client, a=["people=3"]).status_code for _ in range(3)] == [200, 200, 429]

    @pytest.mark.parametrize(("sent", "expected"), [({"a": ["people=3"]}, 2), ({"a": ANSWERED, "now": "property", "v": "none", "do": "next"}, 8)])  # fmt: skip
    def test_a_page_asks_the_database_little(self, sent: dict[str, Any], expected: int) -> None:
        send(Client(), **sent)
        with CaptureQueriesContext(connection) as caught:
            send(Client(), **sent)
        listing = "\n".join(query["sql"][:150] for query in caught.captured_queries)
        assert len(caught) == expected, listing


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        found: int = cursor.fetchone()[0]
        return found
