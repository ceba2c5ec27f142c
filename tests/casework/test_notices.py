"""公示: what it shows, where, how long, and what an objection does."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bangfu.casework import paper_data, services
from bangfu.casework.errors import GuardsUnmet
from bangfu.casework.models import PublicNotice
from bangfu.common.errors import Refused
from bangfu.organizations.models import Union
from tests.casework import kit
from tests.casework.kit import Walk


def close(walk: Walk, at: datetime) -> None:
    walk.at = at
    services.close_notice(walk.office.clerk.actor, walk.application, at=at)


def hang(walk: Walk, day: date, **given: Any) -> PublicNotice:
    """A notice posted on a day, with both photos."""
    walk.to("public_notice")
    walk.at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    notice: PublicNotice = walk.post(**given)
    end = kit.evidence(walk.office.clerk, walk.household, "notice_papers", at=walk.at)
    services.add_photo(walk.office.clerk.actor, notice, end, which="end", at=walk.at)
    return notice


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00+00:00")


@pytest.mark.req("TJ-A1-4.3.c")
@pytest.mark.parametrize(
    ("posted", "last", "opens"),
    [
        ("2020-10-16", "2020-10-23", "2020-10-26"),  # a Friday: Monday is day one
        ("2020-10-19", "2020-10-26", "2020-10-27"),
        (
            "2021-02-08",
            "2021-02-20",
            "2021-02-22",
        ),  # over the Spring Festival; Saturday the 20th is a working day (调休)
    ],
)
def test_five_full_working_days_after_the_posting_day_and_then_the_next_working_day(
    walk: Walk, posted: str, last: str, opens: str
) -> None:
    notice = hang(walk, date.fromisoformat(posted))
    assert notice.ends_on.isoformat() == last
    assert (walk.reload().due_on, walk.application.due_provisional) == (notice.ends_on, False)
    with pytest.raises(GuardsUnmet, match=last) as fault:
        close(walk, at(last))
    assert [item.code for item in fault.value.unmet] == ["notice_elapsed"]
    close(walk, at(opens))
    assert walk.reload().step == "authorization"
    notice.refresh_from_db()
    assert notice.taken_down_on == date.fromisoformat(opens)


def test_a_period_that_reaches_an_unpublished_year_is_marked_provisional(walk: Walk) -> None:
    notice = hang(walk, date(2027, 3, 1))
    assert notice.ends_provisional
    assert walk.reload().due_provisional
    with pytest.raises(GuardsUnmet, match="暂定"):
        close(walk, at("2027-03-02"))


@pytest.mark.req("TJ-A1-4.3.a")
def test_a_notice_shows_exactly_the_allowed_fields_and_the_cause_as_a_class(walk: Walk) -> None:
    notice = hang(walk, date(2020, 10, 16), masked=False)
    printed = paper_data.public_notice(notice)
    assert set(paper_data.NOTICE_FIELDS) <= set(printed)
    assert {name: notice.shown[name] for name in paper_data.NOTICE_FIELDS} == {
        "name": "王秀兰", "employer": "津华百货和平店", "main_cause": "因病", "hotline": "022-12345678", "start": "2020-10-16", "end": "2020-10-23",
    }  # fmt: skip
    text = str(notice.shown) + str(printed)
    worker = walk.member(1)
    for hidden in (worker.id_number, "和平区样例路", "13800138000", "李国强", "李晓雨", "2800", "26580", "26,580"):
        assert hidden not in text


def test_the_name_is_masked_unless_the_union_chooses_otherwise(walk: Walk) -> None:
    assert hang(walk, date(2020, 10, 16)).shown["name"] == "王**"


@pytest.mark.req("TJ-A1-4.3.b")
def test_it_hangs_at_the_employer_or_the_place_of_work_with_a_photo_at_start_and_end(walk: Walk) -> None:
    walk.to("public_notice")
    for place in ("internet", ""):
        with pytest.raises(Refused, match="所在单位") as fault:
            walk.post(place=place)
        assert fault.value.field == "place"
    notice = walk.post(place="work_place", place_name="二楼仓库门口", start_photo=None)
    assert notice.place == "具体工作地点：二楼仓库门口"
    later = at("2020-10-26")
    for which, lacking in (("start", "撤下前"), ("end", "")):
        with pytest.raises(GuardsUnmet) as unmet:
            close(walk, later)
        assert [item.code for item in unmet.value.unmet] == ["notice_photos"]
        photo = kit.evidence(walk.office.clerk, walk.household, "notice_papers", at=later)
        services.add_photo(walk.office.clerk.actor, notice, photo, which=which, at=later)
        if lacking:
            with pytest.raises(GuardsUnmet, match=lacking):
                close(walk, later)
    close(walk, later)
    assert walk.reload().step == "authorization"


@pytest.mark.req("TJ-A1-4.3.c")
def test_an_open_objection_holds_the_case_until_it_is_answered_in_writing(walk: Walk) -> None:
    notice = hang(walk, date(2020, 10, 16))
    walk.at = at("2020-10-20")
    objection = services.record_objection(
        walk.office.clerk.actor, notice, content="其配偶另有收入", received_on=date(2020, 10, 20), at=walk.at
    )
    with pytest.raises(GuardsUnmet, match="1 条异议") as fault:
        close(walk, at("2020-10-26"))
    assert [item.code for item in fault.value.unmet] == ["no_open_objection"]
    with pytest.raises(Refused, match="答复内容"):
        services.answer_objection(walk.office.clerk.actor, objection, upheld=False, answer=" ", at=walk.at)
    services.answer_objection(
        walk.office.clerk.actor, objection, upheld=False, answer="经走访核实并无其他收入", at=walk.at
    )
    with pytest.raises(Refused, match="已经答复"):
        services.answer_objection(walk.office.clerk.actor, objection, upheld=True, answer="再答", at=walk.at)
    close(walk, at("2020-10-26"))
    assert walk.reload().step == "authorization"


def test_an_upheld_objection_keeps_the_case_from_going_on(walk: Walk) -> None:
    notice = hang(walk, date(2020, 10, 16))
    walk.at = at("2020-10-20")
    objection = services.record_objection(
        walk.office.clerk.actor, notice, content="收入不实", received_on=date(2020, 10, 20), at=walk.at
    )
    services.answer_objection(walk.office.clerk.actor, objection, upheld=True, answer="属实，退回核实", at=walk.at)
    with pytest.raises(GuardsUnmet, match="异议成立"):
        close(walk, at("2020-10-26"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"posted_on": date(2020, 10, 14)}, "不能更早"),
        ({"posted_on": date(2030, 1, 1)}, "晚于今天"),
        ({"place_name": " "}, "具体位置"),
    ],
)
def test_a_posting_cannot_be_back_dated_nor_dated_ahead(walk: Walk, change: dict[str, Any], says: str) -> None:
    walk.to("public_notice")
    with pytest.raises(Refused, match=says):
        walk.post(**change)
    assert not PublicNotice.objects.exists()
    assert walk.post().posted_on == date(2020, 10, 15)


def test_a_second_notice_is_not_posted_while_the_first_hangs(walk: Walk) -> None:
    hang(walk, date(2020, 10, 16))
    with pytest.raises(Refused, match="正在张贴"):
        walk.post()
    assert PublicNotice.objects.count() == 1


def test_the_hotline_is_that_of_the_nearest_union_that_has_one(walk: Walk) -> None:
    unit = Union.objects.get(pk=walk.office.tree.unit.pk)
    assert unit.hotline
    assert hang(walk, date(2020, 10, 16)).shown["hotline"] == unit.hotline
