"""Every union policy, walked from the application to the filed case by one walker: steps, actors, papers, clocks and ways back are data."""

from typing import Any

import pytest
from django.urls import reverse

from bangfu.casework import flow, services
from bangfu.casework.errors import GuardsUnmet, NotYourTurn
from bangfu.casework.models import Application, CollectiveDecision, ReturnPoint, StepRecord
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from tests import factories
from tests.casework import places
from tests.casework.places import Place, Where


@pytest.fixture
def build(db: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.BANGFU_PARAMETERS = {"publicity_days": 5}

    def make(where: Where) -> Place:
        if where.assigned:
            monkeypatch.setenv("BANGFU_POLICY_PLACES", f'{{"{where.region[:2]}0000": "{where.policy}"}}')
        place = Place(where)
        place.submit()
        assert place.application.policy == where.policy
        return place

    return make


WAYS = {
    places.TIANJIN.policy: [
        "unit_review", "home_visit", "public_notice", "authorization", "report_up", "report_up", "industry_review", "city_check",
        "filing", "recheck", "record",
    ],
    places.TAIAN.policy: [
        "authorization", "first_check", "unit_meeting", "public_notice", "report_up", "report_up", "economic_check", "home_visit",
        "sealed_report", "recognition", "feedback", "feedback", "filing", "record",
    ],
    places.MUCHUAN.policy: [
        "home_visit", "collective_decision", "public_notice", "report_up", "report_up", "county_review", "recognition", "national_entry",
    ],
    places.PROVINCIAL.policy: [
        "authorization", "home_visit", "city_check", "public_notice", "filing", "report_up", "report_up", "recheck", "record",
    ],
    places.NATIONAL_2016.policy: ["home_visit", "public_notice", "filing", "recheck", "record"],
    places.NATIONAL_2020.policy: ["home_visit", "review_meeting", "public_notice", "filing", "recheck", "record"],
}  # fmt: skip


@pytest.mark.req(
    "FILE16-12.a", "FILE16-12.b", "FILE16-12.e", "GUIDE20-4.1.2.b", "GUIDE20-4.1.4.b", "PROV-5.03", "TA-A-12.18", "MC-A-3.25"
)  # fmt: skip
@pytest.mark.parametrize("where", places.ALL, ids=lambda where: where.policy)
def test_a_case_goes_the_way_of_its_text_and_ends_on_file(build: Any, where: Where) -> None:
    place = build(where)
    assert place.walk() == WAYS[where.policy]
    assert place.here().state == "filed"
    assert (place.file.policy, place.file.union_id, place.file.central_category) == (
        where.policy, place.unit.pk, place.file.central_category,
    )  # fmt: skip
    rows = list(StepRecord.objects.filter(application=place.application).order_by("pk"))
    assert [row.result for row in rows] == ["passed"] * len(rows)
    # no union between the unit and the county is left out, and everybody acted where the step belongs
    assert place.street.pk in {row.union_id for row in rows}
    assert all(row.closed_by.posts.filter(union=row.union, role=row.role).exists() for row in rows if row.closed_by)


BACK = [
    (places.TIANJIN, "industry_review", "notice_content", "public_notice"),
    (places.TAIAN, "recognition", "check_failed", "economic_check"),
    (places.MUCHUAN, "county_review", "contradictions", "home_visit"),
    (places.PROVINCIAL, "record", "file_incomplete", "filing"),
    (places.NATIONAL_2016, "recheck", "notice_incomplete", "public_notice"),
    (places.NATIONAL_2020, "recheck", "visit_incomplete", "home_visit"),
]


@pytest.mark.req("FILE16-12.e", "MC-A-3.21", "GUIDE20-4.1.4.d")
@pytest.mark.parametrize(("where", "at", "code", "target"), BACK, ids=lambda value: getattr(value, "policy", None))
def test_what_is_sent_back_goes_the_way_again_and_still_comes_to_the_file(
    build: Any, where: Where, at: str, code: str, target: str
) -> None:
    place = build(where)
    place.walk(until=at)
    place.send_back(code)
    assert (place.step.code, place.here().state) == (target, "returned")
    again = place.walk()
    assert again[0] == target
    assert at in again
    assert place.here().state == "filed"
    assert ReturnPoint.objects.filter(answered_at__isnull=True).count() == 0
    rounds = StepRecord.objects.filter(application=place.application, code=target).values_list("round", flat=True)
    assert max(rounds) == 2


NO = [
    (places.TIANJIN, "home_visit", "refused_authorization"),
    (places.TAIAN, "economic_check", "refused_verification"),
    (places.MUCHUAN, "recognition", "not_eligible"),
    (places.PROVINCIAL, "city_check", "refused_verification"),
    (places.NATIONAL_2016, "filing", "refused_verification"),
    (places.NATIONAL_2020, "filing", "refused_verification"),
]


@pytest.mark.req("NOTE17-4.c", "GUIDE20-4.2.c")
@pytest.mark.parametrize(("where", "at", "code"), NO, ids=lambda value: getattr(value, "policy", None))
def test_a_refusal_ends_the_case_with_the_ground_of_its_text(build: Any, where: Where, at: str, code: str) -> None:
    place = build(where)
    place.walk(until=at)
    with pytest.raises(Refused, match="情形"):
        place.refuse("no_such_ground")
    place.refuse(code)
    assert (place.here().state, place.record) == ("refused", None)
    assert place.application.steps.last().data["refusal"] == code
    assert not place.application.identities.exists()


@pytest.mark.parametrize("where", places.ALL, ids=lambda where: where.policy)
def test_no_step_is_closed_by_another_role_or_another_union(build: Any, where: Where) -> None:
    place = build(where)
    while (record := place.record) is not None:
        role = "reviewer" if record.role != "reviewer" else "clerk"
        elsewhere = place.city if record.union_id != place.city.pk else place.county
        for stranger in (place.desk(record.union, role, 3), place.desk(elsewhere, record.role, 3)):
            with pytest.raises(NotYourTurn):
                services.pass_step(stranger.actor, place.application, at=place.later())
        place.go_on()
    assert place.here().state == "filed"


# --- what a step asks ----------------------------------------------------------------------------------------------
@pytest.mark.req(
    "TA-A-12.10", "TA-A-12.11", "TA-A-12.16", "MC-A-3.14", "MC-A-3.15", "MC-A-3.24", "MC-A-3.25", "PROV-5.03"
)
@pytest.mark.parametrize(
    ("where", "at", "code"),
    [
        (places.TAIAN, "report_up", "card_sealed"),
        (places.TAIAN, "report_up", "posting_reported"),
        (places.TAIAN, "sealed_report", "visit_sealed"),
        (places.TAIAN, "feedback", "received_on"),
        (places.MUCHUAN, "report_up", "opinion_sealed"),
        (places.MUCHUAN, "national_entry", "copy_received_on"),
        (places.MUCHUAN, "national_entry", "national_id"),
        (places.PROVINCIAL, "report_up", "received_on"),
    ],
    ids=lambda value: getattr(value, "policy", value),
)  # fmt: skip
def test_a_step_is_not_closed_before_what_it_asks_is_answered(build: Any, where: Where, at: str, code: str) -> None:
    place = build(where)
    place.walk(until=at)
    record, whole = place.record, place.asked()
    for asked in ({name: value for name, value in whole.items() if name != code}, whole | {code: ""}):
        with pytest.raises(GuardsUnmet) as fault:
            services.pass_step(place.whose_turn().actor, place.application, at=place.later(), data={"asked": asked})
        assert [item.code for item in fault.value.unmet] == [f"ask_{code}"]
    place.go_on()
    record.refresh_from_db()
    assert record.data["asked"][code] == whole[code]


def test_a_date_that_is_asked_for_is_not_in_the_future(build: Any) -> None:
    place = build(places.PROVINCIAL)
    place.walk(until="report_up")
    with pytest.raises(GuardsUnmet, match="晚于今天"):
        services.pass_step(
            place.whose_turn().actor, place.application, at=place.later(), data={"asked": {"received_on": "2031-01-01"}}
        )


@pytest.mark.req("MC-A-5.07", "MC-A-5.09")
def test_truth_and_form_are_answered_for_by_two_different_people(build: Any) -> None:
    place = build(places.MUCHUAN)
    place.walk()
    rows = {row.code: row for row in place.application.steps.all()}
    assert rows["report_up"].data["asked"]["truth"] is True
    assert rows["recognition"].data["asked"]["form"] is True
    assert rows["report_up"].closed_by_id != rows["recognition"].closed_by_id


# --- collective decisions ------------------------------------------------------------------------------------------
MEETINGS = [
    (places.MUCHUAN, "collective_decision"),
    (places.TAIAN, "unit_meeting"),
    (places.NATIONAL_2020, "review_meeting"),
]


@pytest.fixture(params=MEETINGS, ids=lambda pair: pair[0].policy)
def meeting(request: Any, build: Any) -> Place:
    """A case that waits for its collective decision."""
    where, code = request.param
    place: Place = build(where)
    place.walk(until=code)
    return place


@pytest.mark.req("MC-A-3.10", "GUIDE20-4.2.b", "TA-A-12.08")
def test_a_meeting_is_recorded_with_those_present_their_votes_minutes_and_conclusion(meeting: Place) -> None:
    with pytest.raises(GuardsUnmet, match="会议"):
        meeting.close()
    meeting.meet(votes=("for", "for", "against", "abstain", "for", "attends"), place="二楼会议室")
    held = CollectiveDecision.objects.get()
    assert held.counts() == {"for": 3, "against": 1, "abstain": 1, "present": 6}
    assert [(voice.name, voice.post, voice.vote) for voice in held.voices.all()][:2] == [
        ("委员1", "工会委员", "for"),
        ("委员2", "工会委员", "for"),
    ]
    written = AuditEntry.objects.filter(verb="record_decision").last()
    assert written is not None
    assert written.after["votes"] == {"for": 3, "against": 1, "abstain": 1, "recused": 0, "attends": 1}
    meeting.close()
    assert meeting.step.code == "public_notice"


@pytest.mark.req("MC-A-3.10", "GUIDE20-4.2.b")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"votes": ("for",)}, "不少于 2 人"),
        ({"votes": ("for", "attends", "recused")}, "不少于 2 人"),
        ({"votes": ("for", "against")}, "过半数"),
        ({"votes": ("for", "for", "abstain", "abstain")}, "过半数"),
        ({"votes": ("for", "for"), "conclusion": "not"}, "不能是“不同意”"),
        ({"minutes": "  "}, "会议记录"),
        ({"conclusion": "perhaps"}, "结论"),
        ({"present": [services.Present("委员1", "for"), services.Present("委员1", "for")]}, "只能登记一次"),
        ({"present": []}, "不少于"),
    ],
)
def test_a_record_that_does_not_hold_together_is_not_taken(build: Any, changes: dict[str, Any], words: str) -> None:
    place = build(places.MUCHUAN)
    place.walk(until="collective_decision")
    with pytest.raises(Refused, match=words):
        place.meet(**changes)
    assert not CollectiveDecision.objects.exists()
    place.go_on()
    assert place.step.code == "public_notice"


def test_the_installation_may_ask_for_more_voters_than_two(build: Any, settings: Any) -> None:
    settings.BANGFU_PARAMETERS = {"publicity_days": 5, "collective_min": 5}
    place = build(places.MUCHUAN)
    place.walk(until="collective_decision")
    with pytest.raises(Refused, match="不少于 5 人，现在是 4 人"):
        place.meet(votes=("for",) * 4)
    place.meet(votes=("for",) * 5)
    place.close()
    assert place.step.code == "public_notice"


def test_a_meeting_lies_between_the_opening_of_the_step_and_today(build: Any) -> None:
    from datetime import timedelta

    place = build(places.MUCHUAN)
    place.walk(until="collective_decision")
    today = place.at.date()
    for day in (today + timedelta(days=1), today - timedelta(days=30)):
        with pytest.raises(Refused, match="会议日期"):
            place.meet(held_on=day)
    place.meet(held_on=today)
    assert CollectiveDecision.objects.count() == 1


@pytest.mark.req("MC-A-3.10")
def test_who_handled_or_visited_the_case_may_be_there_but_does_not_vote(build: Any) -> None:
    place = build(places.MUCHUAN)
    place.walk(until="collective_decision")
    clerk = place.desk(place.unit, "clerk").user_name
    others = [services.Present("委员1", "for"), services.Present("委员2", "for")]
    for handler in (clerk, "走访一", "王秀兰"):
        with pytest.raises(Refused, match=handler):
            place.meet(present=[*others, services.Present(handler, "for")])
    place.meet(present=[*others, services.Present(clerk, "attends")])
    assert CollectiveDecision.objects.get().voices.get(name=clerk).user_id is not None


@pytest.mark.req("MC-F-4.19")
def test_who_declared_kinship_is_not_among_those_who_vote_not_even_afterwards(meeting: Place) -> None:
    cousin = meeting.desk(meeting.unit, "leader", 2)
    services.declare_kinship(cousin.actor, meeting.application, relation="表亲", at=meeting.later())
    others = [services.Present("委员1", "for"), services.Present("委员2", "for")]
    with pytest.raises(Refused, match="回避"):
        meeting.meet(present=[*others, services.Present(cousin.user_name, "against")])
    late = meeting.desk(meeting.unit, "leader", 3)
    meeting.meet(
        present=[*others, services.Present(cousin.user_name, "recused"), services.Present(late.user_name, "for")]
    )
    services.declare_kinship(late.actor, meeting.application, relation="岳父", at=meeting.later())
    with pytest.raises(GuardsUnmet, match=late.user_name):
        meeting.close()


def test_a_meeting_that_says_no_lets_nobody_pass_and_one_that_says_yes_lets_nobody_refuse_alone(meeting: Place) -> None:
    meeting.meet(conclusion="not", votes=("against", "against", "for"))
    with pytest.raises(GuardsUnmet, match="不同意"):
        meeting.close()
    meeting.meet()
    with pytest.raises(Refused, match="再次开会"):
        meeting.refuse()
    meeting.meet(conclusion="not", votes=("against", "against"))
    meeting.refuse()
    assert meeting.here().state == "refused"


def test_a_meeting_may_return_the_case_and_is_held_again_in_the_next_round(meeting: Place) -> None:
    meeting.meet(conclusion="return")
    code = meeting.step.code
    point = next(
        point.code
        for point in flow.procedure_of(meeting.application).returns.values()
        if point.target_kind == "paper" and point.code == "name_or_id_mismatch"
    )
    meeting.send_back(point, to="application")
    meeting.walk(until=code)
    with pytest.raises(GuardsUnmet, match="登记会议"):
        meeting.close()
    meeting.go_on()
    assert meeting.step.code == "public_notice"
    assert CollectiveDecision.objects.count() == 2


def test_a_meeting_is_recorded_only_while_the_case_waits_for_it_and_by_whose_turn_it_is(meeting: Place) -> None:
    stranger = meeting.desk(meeting.county, "leader", 1)
    values: dict[str, Any] = {
        "held_on": meeting.at.date(), "present": [services.Present("委员1", "for"), services.Present("委员2", "for")],
        "minutes": "讨论", "conclusion": "agree",
    }  # fmt: skip
    with pytest.raises(NotYourTurn):
        services.record_decision(stranger.actor, meeting.application, at=meeting.later(), **values)
    leader = meeting.whose_turn()
    meeting.go_on()
    with pytest.raises(Refused, match="不在集体研究环节"):
        services.record_decision(leader.actor, meeting.application, at=meeting.later(), **values)
    assert Application.objects.get().steps.filter(code="public_notice").exists()


def test_an_application_keeps_how_it_came_in_and_the_number_of_the_system_it_came_from(
    db: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.BANGFU_PARAMETERS = {"publicity_days": 5}
    place = Place(places.TAIAN)
    clerk = place.desk(place.unit, "clerk")
    for bad, words in (({"channel": "pigeon"}, "途径"), ({"channel": "online_app"}, "申请编号")):
        with pytest.raises(Refused, match=words):
            services.submit_application(clerk.actor, place.household, at=place.at, data=bad)
    browser = factories.client_for(clerk)
    monkeypatch.setattr("bangfu.common.clock.now", lambda: place.at)
    address = reverse("casework:submit", args=[place.household.pk])
    assert "手机应用在线申请" in browser.get(address).content.decode()
    assert browser.post(address, {"channel": "online_app", "external_number": ""}).status_code == 422
    assert browser.post(address, {"channel": "online_app", "external_number": "QL-77"}).status_code == 302
    entry = Application.objects.get().steps.order_by("pk")[0]
    assert entry.data == {"channel": "online_app", "external_number": "QL-77"}
