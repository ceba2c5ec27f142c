"""The whole way of a case in 泰安, worked by the same code: check before visit, recognition at the county, feedback down, file, city."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bangfu.casework import flow, services
from bangfu.casework.errors import GuardsUnmet, NotYourTurn
from bangfu.casework.models import Application, CaseFile
from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.families.models import Household, Member
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.scope import Desk
from tests import factories
from tests.casework import kit

MEETING = [services.Present(f"委员{place}", "for", "工会委员") for place in range(1, 6)]


class Taian:
    """泰安's unions from the city down to one unit, their people, and one case on its way."""

    def __init__(self) -> None:
        tree = factories.tree()
        kit.standards("370000")

        def add(parent: Any, name: str, level: Level) -> Any:
            return organizations.add_union(
                SYSTEM, parent, name=name, level=level, region="370902", short_name=name, hotline="0538-1", at=factories.AT
            )  # fmt: skip

        city = add(tree.acftu, "泰安市总工会", Level.CITY)
        county = add(city, "泰山区总工会", Level.INDUSTRY)
        street = add(county, "岱庙街道总工会", Level.UPPER)
        unit = add(street, "样例机械厂工会", Level.UNIT)

        def make(role: Role, union: Any, name: str) -> Desk:
            desk: Desk = factories.person(role, union, name=name, on=kit.APPLIED)
            return desk

        self.clerk, self.reviewer = make(Role.CLERK, unit, "甲"), make(Role.REVIEWER, unit, "乙")
        self.leader = make(Role.LEADER, unit, "丙")
        self.street = make(Role.CLERK, street, "丁")
        self.center, self.county = make(Role.AID_CENTER, county, "戊"), make(Role.REVIEWER, county, "己")
        self.city = make(Role.AID_CENTER, city, "庚")
        self.at = kit.AT
        self.household = self._family()
        self.application = services.submit_application(self.clerk.actor, self.household, at=self.at)

    def _family(self) -> Household:
        office = type("Desks", (), {"clerk": self.clerk})()
        household = kit.family(office, papers=False)  # type: ignore[arg-type]
        regions = {"work_region": "370902", "huji_region": "370902", "vehicles": []}
        household = families.save_household_part(self.clerk, household, regions, at=kit.AT)
        kit.hand_in(self.clerk, household, at=kit.AT)
        return Household.objects.get(pk=household.pk)

    def later(self, days: int = 0) -> datetime:
        self.at += timedelta(days=days, hours=1)
        return self.at

    @property
    def step(self) -> str:
        self.application = Application.objects.select_related("household", "union").get(pk=self.application.pk)
        return str(self.application.step)

    def pass_on(self, desk: Desk, **given: Any) -> None:
        record = flow.open_record(self.application)
        assert record is not None
        asks = flow.procedure_of(self.application).step(record.code).asks
        values = {"date": clock.day(self.at).isoformat(), "text": "样例", "number": 1, "yes": True}
        given["data"] = {"asked": {ask.code: values[ask.kind] for ask in asks}, **given.get("data", {})}
        services.pass_step(desk.actor, self.application, at=self.later(), **given)

    def sign(self) -> None:
        for member in Member.objects.filter(household=self.household):
            services.record_authorization(
                self.clerk.actor, self.application, member, at=self.later(), unaltered=True, clear=True
            )
        self.pass_on(self.clerk)

    def meet(self, present: Any = MEETING) -> None:
        services.record_decision(
            self.leader.actor, self.application, held_on=clock.day(self.at), present=present, minutes="情况属实，同意公示",
            conclusion="agree", at=self.later(),
        )  # fmt: skip

    def notice(self) -> None:
        self.later()
        photo = kit.evidence(self.clerk, self.household, "notice_proof", at=self.at)
        services.post_notice(
            self.clerk.actor, self.application, posted_on=clock.day(self.at), place="employer", place_name="厂门口",
            start_photo=photo, at=self.at,
        )  # fmt: skip
        self.later(days=11)
        self.pass_on(self.clerk)

    def check(self) -> None:
        members = Member.objects.filter(household=self.household)
        answers = [services.Answer(member, "family_information", "none") for member in members]
        services.record_check(
            self.center.actor, self.application, answers=answers, checked_on=clock.day(self.at), serial="HC-1", at=self.later()
        )  # fmt: skip
        self.pass_on(self.center)

    def visit(self, **changes: Any) -> None:
        photo = kit.evidence(self.center, self.household, "home_visit_form", at=self.later())
        values: dict[str, Any] = {
            "visited_on": clock.day(self.at), "first_visitor": "戊", "second_visitor": "辛", "place": "家中",
            "interviewed": "王秀兰", "findings": "属实", "no_kinship": True, "in_difficulty": True, "causes_confirmed": True,
            "reasons": "患病", "positive": True, "photos": [photo],
        } | changes  # fmt: skip
        services.record_visit(self.center.actor, self.application, at=self.at, **values)
        services.close_visit(self.center.actor, self.application, at=self.later())


@pytest.fixture
def place(db: Any, settings: Any) -> Taian:
    settings.BANGFU_PARAMETERS = {"publicity_days": 5}
    return Taian()


def up_to_the_check(place: Taian) -> None:
    place.sign()
    place.pass_on(place.reviewer, comment="材料属实")
    place.meet()
    place.pass_on(place.leader)
    place.notice()
    place.pass_on(place.clerk)
    assert place.step.startswith("report_up@")
    place.pass_on(place.street)
    assert place.step == "economic_check"


def test_a_case_goes_from_the_unit_to_the_city_and_back_to_its_file(place: Taian) -> None:
    assert place.application.policy == "taian-2020"
    assert place.step == "authorization"
    up_to_the_check(place)
    place.check()
    assert place.step == "home_visit"
    place.visit()
    assert place.step == "sealed_report"
    place.pass_on(place.county)
    assert place.step == "recognition"
    place.pass_on(place.county, comment="符合")
    assert place.step.startswith("feedback@")
    place.pass_on(place.street)
    assert place.step == "feedback"
    place.pass_on(place.clerk)
    assert place.step == "filing"
    services.open_file(place.clerk.actor, place.application, at=place.later())
    assert place.step == "record"
    services.record_filing(place.city.actor, place.application, at=place.later())
    file = CaseFile.objects.get()
    assert (file.policy, file.category, file.central_category) == ("taian-2020", "deep", "deep")
    assert place.step == ""
    assert file.next_review_on is not None


@pytest.mark.req("TA-A-12.14")
def test_nobody_visits_before_the_check_is_passed_and_never_alone(place: Taian) -> None:
    up_to_the_check(place)
    with pytest.raises(GuardsUnmet) as fault:
        place.pass_on(place.center)
    assert "check_complete" in [item.code for item in fault.value.unmet]
    place.check()
    with pytest.raises(GuardsUnmet) as fault:
        place.visit(second_visitor="")
    assert "two_visitors" in [item.code for item in fault.value.unmet]
    assert place.step == "home_visit"


@pytest.mark.req("TA-A-12.06", "TA-A-12.08")
def test_the_unit_checks_by_a_second_person_and_decides_before_it_posts(place: Taian) -> None:
    place.sign()
    with pytest.raises(NotYourTurn):
        place.pass_on(place.clerk)
    place.pass_on(place.reviewer)
    with pytest.raises(Refused, match="过半数"):
        place.meet([services.Present("委员1", "for"), services.Present("委员2", "against")])
    with pytest.raises(GuardsUnmet):
        place.pass_on(place.leader)
    assert place.step == "unit_meeting"


def test_a_case_is_read_by_the_rules_of_its_own_application_day(place: Taian) -> None:
    """The return points of 2016 name the union membership of a migrant worker; those of 2020 do not."""
    made = place.application.determinations.filter(companion_of=None).get()
    assert (made.document["window"]["months"], made.companions.get().policy) == (12, "acftu-2020")
    now = flow.procedure_of(place.application)
    place.application.applied_on = place.application.applied_on.replace(month=6, day=27)
    then = flow.procedure_of(place.application)
    assert ("union_member" in then.returns, "union_member" in now.returns) == (True, False)
    assert [step.code for step in then.steps] == [step.code for step in now.steps]
