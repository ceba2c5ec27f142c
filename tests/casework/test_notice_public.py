"""The public side of a notice: genuine or not, a box whose author the unit does not see, an end by itself."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bangfu.casework import services
from bangfu.casework.errors import GuardsUnmet, LeakFound
from bangfu.casework.models import Objection, PublicNotice
from bangfu.casework.services import box
from bangfu.common import clock
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.organizations.choices import Role
from tests import factories
from tests.casework.kit import Walk
from tests.casework.test_notices import close, hang

TEXT = "其配偶在外面开店，请核实"


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00+00:00")


@pytest.fixture
def notice(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> PublicNotice:
    """Hangs from Friday 16 to Friday 23 October; requests happen on the 20th."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: clock.timezone.localtime(at("2020-10-20")))
    return hang(walk, date(2020, 10, 16))


def write(notice: PublicNotice, client: Client | None = None, **more: str) -> Any:
    return (client or Client()).post(reverse("notice:objection", args=[notice.code]), {"content": TEXT, **more})


def receipt_of(answer: Any) -> str:
    found = re.search(r'street-receipt">([0-9A-Z-]+)<', answer.content.decode())
    assert found, answer.content.decode()
    return found.group(1)


def test_anybody_may_verify_a_notice_and_learns_nothing_of_the_family(walk: Walk, notice: PublicNotice) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = Client().get(reverse("notice:verify", args=[notice.code]))
    page = answer.content.decode()
    assert answer.status_code == 200
    for said in ("真实", notice.number, "津华百货和平店工会", "2020年10月16日", "2020年10月23日"):
        assert said in page
    for hidden in ("王", "因病", walk.application.number, notice.place, "李"):
        assert hidden not in page
    assert len(queries) <= 2
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex' in page


def test_an_invented_code_is_unknown_and_guessing_is_slowed(notice: PublicNotice) -> None:
    client = Client()
    assert client.get(reverse("notice:verify", args=["AAAABBBBCCCC"])).status_code == 404
    found = {
        client.get(reverse("notice:verify", args=["AAAABBBBCCC" + sign])).status_code for sign in "2345678923456789" * 3
    }
    assert found == {404, 429}


def test_an_objection_from_the_box_holds_the_case_and_its_author_stays_unknown_to_the_unit(
    walk: Walk, notice: PublicNotice, signed_in: Any
) -> None:
    receipt = receipt_of(write(notice, name="钱进", contact="13911112222"))
    held = Objection.objects.get()
    assert (held.content, held.from_box) == (TEXT, True)
    with pytest.raises(GuardsUnmet, match="1 条异议"):
        close(walk, at("2020-10-26"))
    case = signed_in(walk.office.clerk).get(reverse("casework:case", args=[walk.application.pk])).content.decode()
    assert TEXT in case
    for page in (case, str(list(AuditEntry.objects.values_list("after", "before", "reason", "origin")))):
        assert "钱进" not in page
        assert "13911112222" not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT author FROM casework_objection")
        assert "钱进".encode() not in bytes(cursor.fetchone()[0])
    assert receipt.replace("-", "") not in str(Objection.objects.values())


def test_only_a_union_above_sees_the_author_and_says_why(walk: Walk, notice: PublicNotice, signed_in: Any) -> None:
    write(notice, name="钱进", contact="13911112222")
    held = Objection.objects.get()
    tree = walk.office.tree
    unit = factories.person(Role.AID_CENTER, tree.unit, on=date(2020, 10, 15))
    for desk in (walk.office.clerk, unit, walk.office.upper_clerk):
        with pytest.raises(Refused, match="只有上级工会"):
            box.reveal_objector(desk, held, reason="核实情况", at=walk.at)
    assert (
        signed_in(unit).post(reverse("casework:objection_author", args=[held.pk]), {"reason": "核实情况"}).status_code
        == 403
    )
    above = signed_in(walk.office.recorder)
    answer = above.post(reverse("casework:objection_author", args=[held.pk]), {"reason": ""}, follow=True)
    assert "请写明为什么" in answer.content.decode()
    answer = above.post(reverse("casework:objection_author", args=[held.pk]), {"reason": "向本人核实"})
    assert "钱进" in answer.content.decode()
    row = AuditEntry.objects.filter(verb="reveal_objector").get()
    assert (row.reason, row.union_path) == ("向本人核实", walk.office.recorder.union_path)


def test_the_author_reads_the_answer_with_the_receipt_and_the_answer_gives_nothing_away(
    walk: Walk, notice: PublicNotice
) -> None:
    receipt = receipt_of(write(notice))
    held, clerk, client = Objection.objects.get(), walk.office.clerk.actor, Client()
    assert "正在核实" in client.post(reverse("notice:answer"), {"receipt": receipt}).content.decode()
    with pytest.raises(LeakFound, match="姓名"):
        services.answer_objection(clerk, held, upheld=False, answer="配偶李国强并未开店", at=at("2020-10-20"))
    services.answer_objection(clerk, held, upheld=False, answer="经走访核实，没有开店", at=at("2020-10-20"))
    page = client.post(reverse("notice:answer"), {"receipt": receipt.lower()}).content.decode()
    assert "经走访核实，没有开店" in page
    assert client.post(reverse("notice:answer"), {"receipt": "AAAA-BBBB-CCCC"}).status_code == 422


def test_a_text_that_names_its_author_is_sent_back_and_what_was_typed_stays(notice: PublicNotice) -> None:
    answer = write(notice, content="我是钱进，请打 13911112222", name="钱进")
    assert answer.status_code == 422
    assert "不要在正文里写自己的姓名" in answer.content.decode()
    assert "请打 13911112222" in answer.content.decode()
    assert write(notice, content=" ").status_code == 422
    assert not Objection.objects.exists()


def test_one_address_writes_five_times_a_day_and_a_notice_takes_twenty(notice: PublicNotice) -> None:
    assert [write(notice).status_code for _ in range(6)] == [200] * 5 + [429]
    others = [write(notice, Client(REMOTE_ADDR=f"10.0.{place // 5}.1")).status_code for place in range(17)]
    assert others == [200] * 15 + [429] * 2
    assert Objection.objects.count() == box.PER_DAY


def test_the_public_side_ends_with_the_period_by_itself(
    walk: Walk, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    screen = reverse("casework:notice_screen", args=[notice.pk])
    answer = signed_in(walk.office.clerk).get(screen)
    assert answer.status_code == 200
    assert "王**" in answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]
    # the day after, and nobody has done anything
    monkeypatch.setattr(clock, "now", lambda: clock.timezone.localtime(at("2020-10-24")))
    assert write(notice).status_code == 410
    assert signed_in(walk.office.clerk).get(screen).status_code == 410
    assert "公示已结束" in Client().get(reverse("notice:verify", args=[notice.code])).content.decode()
    call_command("close_notices")
    notice.refresh_from_db()
    assert notice.closed_on == date(2020, 10, 24)
    before = AuditEntry.objects.filter(verb="close_public_notice").count()
    call_command("close_notices")
    assert AuditEntry.objects.filter(verb="close_public_notice").count() == before == 1
    close(walk, at("2020-10-26"))
    assert walk.reload().step == "authorization"


def test_the_paper_leads_to_the_page_where_the_installation_has_an_address(notice: PublicNotice, settings: Any) -> None:
    from bangfu.casework import paper_data

    assert paper_data.public_notice(notice)["address"] == ""
    settings.BANGFU_PUBLIC_URL = "https://bangfu.example.cn/"
    assert paper_data.public_notice(notice)["address"] == f"https://bangfu.example.cn/notice/verify/{notice.code}/"
