"""Pages of the casework room: what each shows, what a refused act brings back, how many queries a list costs."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bangfu.casework import services
from bangfu.casework.models import Application, Determination, HomeVisit, PublicNotice, ReturnPoint
from bangfu.common import clock
from bangfu.families import services as families
from bangfu.organizations.choices import Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.battery import assert_query_count
from tests.casework import kit
from tests.casework.kit import Office, Walk

STEPS = ("unit_review", "home_visit", "public_notice", "authorization", "report_up", "industry_review", "city_check", "filing", "recheck", "record", "done")  # fmt: skip


class Browser:
    """A person at her desk at a moment that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = kit.AT
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def get(self, desk: Desk, name: str, query: str = "", **kwargs: Any) -> Any:
        return factories.client_for(desk).get(reverse(name, kwargs=kwargs or None) + query)

    def post(self, desk: Desk, name: str, data: dict[str, Any], **kwargs: Any) -> Any:
        return factories.client_for(desk).post(reverse(name, kwargs=kwargs or None), data)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def test_the_case_page_opens_at_every_step_for_who_is_in_turn_and_for_who_is_not(walk: Walk, browser: Browser) -> None:
    office = walk.office
    for step in STEPS:
        walk.to(step)
        browser.at = walk.at
        for desk in (office.clerk, office.reviewer, office.industry_reviewer, office.city):
            page = browser.get(desk, "casework:case", pk=walk.application.pk)
            shown = walk.application.union_path.startswith(desk.union_path)
            assert page.status_code == (200 if shown else 404), (step, desk.user_name)


def test_a_foreign_county_finds_neither_case_nor_file_nor_determination_nor_code(walk: Walk, browser: Browser) -> None:
    made = Determination.objects.first()
    assert made is not None
    stranger = factories.person(Role.REVIEWER, walk.office.tree.foreign, on=kit.APPLIED)
    own = walk.office.reviewer
    for name, kwargs in (("casework:case", {"pk": walk.application.pk}), ("casework:determination", {"pk": made.pk})):
        assert browser.get(stranger, name, **kwargs).status_code == 404
        assert browser.get(own, name, **kwargs).status_code == 200
    assert (
        walk.application.number not in browser.get(stranger, "casework:verify", f"?code={made.code}").content.decode()
    )
    assert walk.application.number in browser.get(own, "casework:verify", f"?code={made.code.lower()}").content.decode()
    assert browser.get(own, "casework:verify", "?code=NOTHINGLIKE2").status_code == 404


def test_the_clerk_submits_on_the_page_and_a_second_click_lands_on_the_same_case(
    office: Office, browser: Browser
) -> None:
    household = kit.family(office)
    page = browser.get(office.clerk, "casework:submit", pk=household.pk)
    assert "深度困难" in page.content.decode()
    sent = {"version": household.version}
    first = browser.post(office.clerk, "casework:submit", sent, pk=household.pk)
    again = browser.post(office.clerk, "casework:submit", sent, pk=household.pk)
    case = Application.objects.get()
    assert first["Location"] == again["Location"] == reverse("casework:case", args=[case.pk])


def test_what_keeps_a_family_from_being_submitted_stands_on_the_page_with_links(
    office: Office, browser: Browser
) -> None:
    household = kit.family(office, papers=False)
    page = browser.post(office.clerk, "casework:submit", {"version": household.version}, pk=household.pk)
    text = page.content.decode()
    assert page.status_code == 422
    assert "申请书" in text
    assert reverse("families:evidence", args=[household.pk]) in text
    families.save_household_part(office.clerk2, household, {"savings": 3}, at=kit.AT)
    stale = browser.post(office.clerk, "casework:submit", {"version": household.version}, pk=household.pk)
    assert stale.status_code == 409
    assert not Application.objects.exists()


def test_a_visit_typed_on_the_page_is_saved_with_its_photo_and_closes_the_step(walk: Walk, browser: Browser) -> None:
    walk.to("home_visit")
    browser.at = walk.later()
    clerk, pk = walk.office.clerk, walk.application.pk
    typed = {
        "visited_on": "2020-10-15", "first_visitor": "王经办", "second_visitor": "", "findings": "屋内陈设简单", "no_kinship": "on",
        "in_difficulty": "yes", "causes_confirmed": "yes", "positive": "yes", "reasons": "药费高",
    }  # fmt: skip
    refused = browser.post(clerk, "casework:visit", typed, pk=pk)
    assert refused.status_code == 422
    assert "屋内陈设简单" in refused.content.decode()
    assert "请填写走访人二" in refused.content.decode()
    assert not HomeVisit.objects.exists()
    picture = SimpleUploadedFile("家.png", kit.photo(), "image/png")
    saved = browser.post(clerk, "casework:visit", {**typed, "second_visitor": "赵同事", "photos": picture}, pk=pk)
    assert saved.status_code == 302
    assert HomeVisit.objects.get().photos.count() == 1
    browser.post(clerk, "casework:pass", {}, pk=pk)
    assert walk.reload().step == "public_notice"


def test_two_people_on_one_case_the_second_sees_the_news_and_keeps_what_she_typed(walk: Walk, browser: Browser) -> None:
    walk.to("public_notice")
    browser.at = walk.later()
    clerk, pk = walk.office.clerk, walk.application.pk
    seen = {"step": walk.record().pk, "version": walk.application.version}
    typed = {"posted_on": "2020-10-15", "place": "employer", "place_name": "北门公告栏", "name_shown": "masked", **seen}
    walk.sign(walk.member(1))  # a colleague works on the same case
    answer = browser.post(clerk, "casework:notice", typed, pk=pk)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "北门公告栏" in text
    assert "另一位同事" in text
    assert not PublicNotice.objects.exists()
    walk.reload()
    assert f'name="version" value="{walk.application.version}"' in text
    again = browser.post(clerk, "casework:notice", {**typed, "version": walk.application.version}, pk=pk)
    assert again.status_code == 302
    assert PublicNotice.objects.get().place.endswith("北门公告栏")


def test_a_second_click_on_the_page_says_so_and_does_nothing(walk: Walk, browser: Browser) -> None:
    sent = {"step": walk.record().pk, "version": walk.application.version, "comment": "齐"}
    pk, reviewer = walk.application.pk, walk.office.reviewer
    client = factories.client_for(reviewer)
    assert client.post(reverse("casework:pass", args=[pk]), sent).status_code == 302
    answer = client.post(reverse("casework:pass", args=[pk]), sent, follow=True)
    assert "没有重复办理" in answer.content.decode()
    assert walk.application.steps.filter(code="unit_review").count() == 1


def test_whose_turn_it_is_not_gets_403_with_the_reason(walk: Walk, browser: Browser) -> None:
    answer = browser.post(walk.office.clerk, "casework:pass", {}, pk=walk.application.pk)
    assert answer.status_code == 403
    assert "复核人" in answer.content.decode()
    assert browser.get(walk.office.clerk, "casework:return", pk=walk.application.pk).status_code == 403


def test_points_chosen_on_the_return_page_reach_the_clerk_pinned_and_answered(walk: Walk, browser: Browser) -> None:
    pk = walk.application.pk
    page = browser.get(walk.office.reviewer, "casework:return", pk=pk).content.decode()
    assert 'value="birth_date_mismatch|members[1].birth_date"' in page
    empty = browser.post(walk.office.reviewer, "casework:return", {}, pk=pk)
    assert empty.status_code == 422
    points = ["birth_date_mismatch|members[1].birth_date", "medical_bill_missing"]
    browser.post(
        walk.office.reviewer, "casework:return", {"point": points, "note-medical_bill_missing": "缺 9 月"}, pk=pk
    )
    assert walk.reload().state == "returned"
    browser.at = walk.later()
    shown = browser.get(walk.office.clerk, "casework:case", pk=pk).content.decode()
    assert "李国强：出生日期" in shown
    assert "缺 9 月" in shown
    assert reverse("families:step", args=[walk.household.pk, "members"]) in shown
    lacking = browser.post(walk.office.clerk, "casework:resubmit", {}, pk=pk)
    assert lacking.status_code == 422
    sent = {f"answer_{point.pk}": "已补" for point in ReturnPoint.objects.all()}
    assert browser.post(walk.office.clerk, "casework:resubmit", sent, pk=pk).status_code == 302
    assert walk.reload().step == "unit_review"


def test_what_changed_since_the_reader_last_looked_is_marked(walk: Walk, browser: Browser) -> None:
    reviewer, pk = walk.office.reviewer, walk.application.pk
    browser.get(reviewer, "casework:case", pk=pk)
    services.return_case(reviewer.actor, walk.application, points=[{"code": "homes_unclear"}], at=walk.later())
    families.save_household_part(walk.office.clerk, walk.household, {"savings": 100}, at=walk.later())
    answers = {point.pk: "已核" for point in ReturnPoint.objects.all()}
    services.resubmit(walk.office.clerk.actor, walk.application, answers=answers, at=walk.later())
    browser.at = walk.later()
    page = browser.get(reviewer, "casework:case", pk=pk).content.decode()
    assert "您上次看过之后改动了 1 处" in page
    assert "is-fresh" in page
    assert "您上次看过之后" not in browser.get(reviewer, "casework:case", pk=pk).content.decode()


@pytest.mark.parametrize("text", ["王秀兰", "wxl", "wangxiu", "number", "id", "S"])
def test_a_case_is_found_by_name_initials_pinyin_number_and_exact_id(walk: Walk, browser: Browser, text: str) -> None:
    worker = walk.member(2)
    query = {"number": walk.application.number.lower(), "id": worker.id_number, "S": "李国"}.get(text, text)
    page = browser.get(walk.office.reviewer, "casework:search", f"?q={query}").content.decode()
    assert (walk.application.number in page) is (
        text != "S"
    )  # a file is found by its worker's name, not by another member's
    if text == "id":
        partial = browser.get(walk.office.reviewer, "casework:search", f"?q={worker.id_number[:17]}").content.decode()
        assert walk.application.number not in partial


def test_a_file_is_found_by_its_number_and_shows_the_sheet_it_rests_on(walk: Walk, browser: Browser) -> None:
    file = walk.to("filing").file()
    browser.at = walk.at
    assert file.number in browser.get(walk.office.clerk, "casework:files").content.decode()
    found = browser.get(walk.office.clerk, "casework:search", f"?q={file.number}").content.decode()
    assert walk.application.number in found
    page = browser.get(walk.office.clerk, "casework:file", pk=file.pk).content.decode()
    assert file.determination.code in page
    assert "中央资金口径" in page


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_page_and_administrators_see_no_family(walk: Walk, browser: Browser, role: Role) -> None:
    desk = factories.person(role, walk.office.tree.industry, on=kit.APPLIED)
    page = browser.get(desk, "home")
    assert page.status_code == 200
    if not desk.sees_families:
        assert "王秀兰" not in page.content.decode()


def test_queries_of_list_pages_do_not_grow_with_the_rows(office: Office, browser: Browser) -> None:
    first = Walk.begin(office).to("public_notice")
    first.post()
    Walk.begin(office)
    kit.family(office)
    pages = [
        (office.clerk, reverse("home")),
        (office.reviewer, reverse("home")),
        (office.leader, reverse("home")),
        (office.clerk, reverse("casework:list")),
        (office.clerk, reverse("casework:files") + "?state=active"),
        (office.clerk, reverse("casework:notices")),
        (office.clerk, reverse("casework:search") + "?q=wxl"),
    ]
    counts = []
    for desk, address in pages:
        counts.append(_count(factories.client_for(desk), address))
    for _ in range(2):
        Walk.begin(office).to("public_notice").post()
        Walk.begin(office)
        kit.family(office)
    for (desk, address), expected in zip(pages, counts, strict=True):
        assert_query_count(factories.client_for(desk), address, expected)
    assert max(counts) <= 20, counts


def _count(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)


def test_the_import_page_lists_every_fault_by_row_and_imports_a_good_table(walk: Walk, browser: Browser) -> None:
    from tests.casework.test_checks import rows_of, xlsx

    walk.to("city_check")
    browser.at = walk.later()
    rows = rows_of(walk)
    bad = [*rows[:2], [*rows[2][:4], "不清楚", *rows[2][5:]], *rows[3:]]
    faulty = browser.post(walk.office.city, "casework:import", {"table": SimpleUploadedFile("a.xlsx", xlsx(bad))})
    assert faulty.status_code == 422
    assert "第 4 行" in faulty.content.decode()
    good = browser.post(walk.office.city, "casework:import", {"table": SimpleUploadedFile("a.xlsx", xlsx(rows))})
    assert good.status_code == 302


def test_the_clerk_may_take_signatures_on_the_page_before_their_step(walk: Walk, browser: Browser) -> None:
    clerk, pk = walk.office.clerk, walk.application.pk
    member = walk.member(1)
    assert "先签查询授权书" in browser.get(clerk, "casework:case", pk=pk).content.decode()
    assert "先签查询授权书" not in browser.get(walk.office.reviewer, "casework:case", pk=pk).content.decode()
    sent = {"mode": "self", "signed_on": "2020-10-15", "unaltered": "yes", "clear": "yes"}
    assert browser.post(clerk, "casework:authorize", sent, pk=pk, member_pk=member.pk).status_code == 302
    assert walk.application.authorizations.get().member_id == member.pk
