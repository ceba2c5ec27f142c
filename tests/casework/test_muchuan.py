"""A case in Muchuan from application to the national system: the same code works another county's order of steps."""

from datetime import timedelta
from typing import Any

import pytest

from bangfu.casework import services
from bangfu.casework.errors import GuardsUnmet, NotYourTurn
from bangfu.casework.models import Application, CaseFile, ReturnPoint
from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.families.models import Household
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Level, Role
from bangfu.policy.registry import get_pack
from tests import factories
from tests.casework import kit

MEETING = [services.Present(f"委员{place}", "for", "工会委员") for place in range(1, 6)]


class County:
    """沐川: a county union with a factory's union below it, the people who act, and one family below the line."""

    def __init__(self) -> None:
        tree = factories.tree()
        kit.standards("511129")
        add = {"region": "511129", "hotline": "0833-1", "at": factories.AT}
        city = organizations.add_union(SYSTEM, tree.acftu, name="乐山市总工会", short_name="乐山", level=Level.CITY, **add)  # fmt: skip
        county = organizations.add_union(SYSTEM, city, name="沐川县总工会", short_name="沐川", level=Level.INDUSTRY, **add)  # fmt: skip
        unit = organizations.add_union(SYSTEM, county, name="沐川纸业工会", short_name="纸业", level=Level.UNIT, **add)
        make = factories.person
        self.clerk = make(Role.CLERK, unit, name="甲", on=kit.APPLIED)
        self.leader = make(Role.LEADER, unit, name="乙", on=kit.APPLIED)
        self.reviewer = make(Role.REVIEWER, unit, name="丙", on=kit.APPLIED)
        self.county = make(Role.REVIEWER, county, name="丁", on=kit.APPLIED)
        self.center = make(Role.AID_CENTER, county, name="戊", on=kit.APPLIED)
        self.at = kit.AT
        office = type("Desks", (), {"clerk": self.clerk})()
        household = kit.family(office, papers=False)  # type: ignore[arg-type]
        regions = {"work_region": "511129", "huji_region": "511129"}
        household = families.save_household_part(self.clerk, household, regions, at=kit.AT)
        kit.hand_in(self.clerk, household, at=kit.AT)
        self.household = Household.objects.get(pk=household.pk)

    def later(self, days: int = 0) -> Any:
        self.at += timedelta(days=days, minutes=1)
        return self.at

    def submit(self) -> Application:
        data = {"right_unit": "employer"}
        self.application = services.submit_application(self.clerk.actor, self.household, at=self.at, data=data)
        return self.application

    def visit(self) -> None:
        photo = kit.evidence(self.clerk, self.application.household, "home_visit_form", at=self.later())
        services.record_visit(
            self.clerk.actor, self.application, visited_on=clock.day(self.at), first_visitor="甲", in_difficulty=True,
            causes_confirmed=True, reasons="属实", positive=True, no_kinship=True, photos=[photo], at=self.at,
        )  # fmt: skip
        services.close_visit(self.clerk.actor, self.application, at=self.at)

    def meet(self, present: Any = MEETING, minutes: str = "情况属实，列入建议名单") -> None:
        services.record_decision(
            self.leader.actor, self.application, held_on=clock.day(self.at), present=present, minutes=minutes, conclusion="agree",
            at=self.later(),
        )  # fmt: skip
        services.pass_step(self.leader.actor, self.application, at=self.later())

    def post(self) -> None:
        photo = kit.evidence(self.clerk, self.application.household, "notice_papers", at=self.later())
        services.post_notice(
            self.clerk.actor, self.application, at=self.at, posted_on=clock.day(self.at), place="employer", place_name="厂门口",
            start_photo=photo,
        )  # fmt: skip

    def take_down(self, days: int = 11) -> None:
        services.close_notice(self.clerk.actor, self.application, at=self.later(days))

    def report(self) -> None:
        asked = {"opinion_sealed": True, "truth": True}
        services.pass_step(
            self.reviewer.actor, self.application, at=self.later(), kind="forward", data={"asked": asked}
        )

    def to_county(self) -> Application:
        self.submit()
        self.visit()
        self.meet(MEETING)
        self.post()
        self.take_down()
        self.report()
        return self.here()

    def here(self) -> Application:
        self.application.refresh_from_db()
        return self.application

    def sheet(self) -> dict[str, bool]:
        return dict.fromkeys(get_pack(self.application.policy).evidence.folders, True)


@pytest.fixture
def place(db: Any) -> County:
    return County()


@pytest.mark.req("MC-A-3.08", "MC-A-3.16", "MC-A-3.22", "MC-A-3.23", "MC-A-3.25")
def test_the_way_goes_from_the_visit_over_the_county_back_to_the_unit(place: County) -> None:
    application = place.submit()
    assert (application.policy, application.step) == ("muchuan-2016", "home_visit")
    place.visit()
    assert (place.here().step, application.waits_role) == ("collective_decision", "leader")
    place.meet(MEETING)
    place.post()
    place.take_down()
    assert (place.here().step, application.waits_role) == ("report_up", "reviewer")
    place.report()
    assert (place.here().step, application.waits_role) == ("county_review", "reviewer")
    half = place.sheet() | {"logic_check": False}
    with pytest.raises(GuardsUnmet):
        services.recheck(place.county.actor, application, sheet=half, at=place.later())
    services.recheck(place.county.actor, application, sheet=place.sheet(), at=place.later())
    assert (place.here().step, application.waits_role) == ("recognition", "aid_center")
    with pytest.raises(NotYourTurn):
        services.pass_step(place.clerk.actor, application, at=place.later(), kind="filing")
    services.pass_step(place.center.actor, application, at=place.later(), kind="filing", data={"asked": {"form": True}})
    file = CaseFile.objects.get()
    assert (file.category, bool(file.number)) == ("below_line", True)
    assert (place.here().step, application.waits_role) == ("national_entry", "clerk")
    entry = {"copy_received_on": "2020-10-16", "entered_on": "2020-10-16", "national_id": "Q-1"}
    services.record_filing(place.clerk.actor, application, at=place.later(), data={"asked": entry})
    assert place.here().state == "filed"


@pytest.mark.req("MC-A-3.10")
def test_nobody_passes_the_collective_decision_without_the_meeting_or_after_working_on_the_case(place: County) -> None:
    place.submit()
    place.visit()
    with pytest.raises(GuardsUnmet):
        services.pass_step(place.leader.actor, place.application, at=place.later())
    for present, minutes in ((MEETING, ""), (MEETING[:1], "同意"), ([], "同意")):
        with pytest.raises(Refused):
            place.meet(present, minutes)
    place.meet(MEETING)
    assert place.here().step == "public_notice"


@pytest.mark.req("MC-A-3.12", "MC-A-3.17")
def test_the_notice_hangs_five_full_working_days_before_the_report(place: County) -> None:
    place.submit()
    place.visit()
    place.meet(MEETING)
    place.post()
    assert place.here().due_on.isoformat() == "2020-10-22"
    with pytest.raises(GuardsUnmet, match="2020-10-23"):
        place.take_down(7)
    place.take_down(1)
    assert place.here().step == "report_up"


@pytest.mark.req("MC-A-3.20", "MC-A-3.21")
@pytest.mark.parametrize(
    "code", ["no_proper_notice", "form_incomplete", "contradictions", "standard_misapplied", "other_doubt"]
)
def test_what_the_county_sends_back_is_visited_and_decided_anew(place: County, code: str) -> None:
    application = place.to_county()
    with pytest.raises(Refused):
        services.return_case(
            place.county.actor, application, points=[{"code": code}], to="application", at=place.later()
        )
    services.return_case(
        place.county.actor, application, points=[{"code": code, "note": "请重新调查"}], at=place.later()
    )
    assert (place.here().step, application.state) == ("home_visit", "returned")
    assert application.steps.filter(result="returned").count() == 1


@pytest.mark.req("MC-A-3.21")
def test_after_a_return_the_visit_and_the_meeting_are_held_again(place: County) -> None:
    application = place.to_county()
    services.return_case(place.county.actor, application, points=[{"code": "contradictions"}], at=place.later())
    point = ReturnPoint.objects.get()
    photo = kit.evidence(place.clerk, application.household, "home_visit_form", at=place.later())
    services.record_visit(
        place.clerk.actor, application, visited_on=clock.day(place.at), first_visitor="甲", in_difficulty=True,
        causes_confirmed=True, reasons="再次入户核实", positive=True, no_kinship=True, photos=[photo], at=place.at,
    )  # fmt: skip
    services.close_visit(place.clerk.actor, application, at=place.later(), answers={point.pk: "已重新核实"})
    assert place.here().step == "collective_decision"
    place.meet(MEETING)
    assert place.here().step == "report_up"  # the list is the same, so the notice still stands
    assert application.visits.count() == 2


def test_a_point_at_a_field_goes_back_to_the_investigation_too(place: County) -> None:
    application = place.to_county()
    point = {"code": "household_count", "target": "members[1].lives_together"}
    services.return_case(place.county.actor, application, points=[point], at=place.later())
    assert place.here().step == "home_visit"


@pytest.mark.req("MC-A-5.01")
def test_a_family_with_an_application_elsewhere_cannot_begin_another(place: County) -> None:
    first = place.submit()
    numbers = {"self": first.household.members.get(position=1).id_number}
    office = type("Desks", (), {"clerk": place.clerk})()
    second = kit.family(office, papers=False, numbers=numbers)  # type: ignore[arg-type]
    second = families.save_household_part(
        place.clerk, second, {"work_region": "511129", "huji_region": "511129"}, at=kit.AT
    )
    kit.hand_in(place.clerk, second, at=kit.AT)
    with pytest.raises(GuardsUnmet) as fault:
        services.submit_application(place.clerk.actor, second, at=place.at, data={"right_unit": "employer"})
    assert [item.code for item in fault.value.unmet] == ["one_family_one_file"]


@pytest.mark.req("MC-A-5.11")
def test_a_family_of_no_category_gets_no_file_by_anybodys_wish(place: County) -> None:
    families.save_household_part(place.clerk, place.household, {"still_in_difficulty": False}, at=place.at)
    place.submit()
    place.visit()
    with pytest.raises(GuardsUnmet) as fault:
        place.meet(MEETING)
    assert [item.code for item in fault.value.unmet] == ["determination_decided"]
    services.refuse(
        place.leader.actor, place.application, reason="按现有情况不符合", code="not_eligible", at=place.later()
    )
    assert place.here().state == "refused"
