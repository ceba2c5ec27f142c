"""The national procedure, worked by the same code: nothing of Tianjin's is assumed."""

from typing import Any

import pytest

from bangfu.casework import services
from bangfu.casework.errors import GuardsUnmet
from bangfu.casework.models import Application, CaseFile
from bangfu.common.acts import SYSTEM
from bangfu.common.errors import Refused
from bangfu.families import services as families
from bangfu.families.models import Household
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Level, Role
from tests import factories
from tests.casework import kit


class Elsewhere:
    """A county outside Tianjin under the national text: its unions, its people, one family."""

    def __init__(self) -> None:
        tree = factories.tree()
        kit.standards("130000")

        def add(parent: Any, name: str, level: Level) -> Any:
            return organizations.add_union(
                SYSTEM,
                parent,
                name=name,
                level=level,
                region="130102",
                short_name=name,
                hotline="0311-1",
                at=factories.AT,
            )

        province = add(tree.acftu, "河北省总工会", Level.CITY)
        county = add(province, "长安区总工会", Level.INDUSTRY)
        street = add(county, "长安街道工会", Level.UPPER)
        self.unit = add(street, "样例厂工会", Level.UNIT)
        make = factories.person
        self.clerk = make(Role.CLERK, self.unit, name="甲", on=kit.APPLIED)
        self.leader = make(Role.LEADER, self.unit, name="乙", on=kit.APPLIED)
        self.street = make(Role.REVIEWER, street, name="丙", on=kit.APPLIED)
        self.center = make(Role.AID_CENTER, county, name="丁", on=kit.APPLIED)
        self.at = kit.AT
        self.tree = tree

    def family(self) -> Household:
        office = type("Desks", (), {"clerk": self.clerk})()
        household = kit.family(office, papers=False)  # type: ignore[arg-type]
        household = families.save_household_part(
            self.clerk, household, {"work_region": "130102", "huji_region": "130102"}, at=kit.AT
        )
        kit.hand_in(self.clerk, household, at=kit.AT)
        return Household.objects.get(pk=household.pk)

    def submit(
        self, household: Household, circumstance: str = "data_matching", right_unit: str = "employer"
    ) -> Application:
        return services.submit_application(
            self.clerk.actor, household, at=self.at, data={"right_unit": right_unit}, circumstances=(circumstance,)
        )


@pytest.fixture
def place(db: Any) -> Elsewhere:
    return Elsewhere()


def visit(place: Elsewhere, application: Application) -> None:
    photo = kit.evidence(place.clerk, application.household, "home_visit_form", at=place.at)
    services.record_visit(
        place.clerk.actor, application, visited_on=kit.APPLIED, first_visitor="甲", in_difficulty=True, causes_confirmed=True,
        reasons="属实", positive=True, photos=[photo], at=place.at,
    )  # fmt: skip
    services.close_visit(place.clerk.actor, application, at=place.at)


@pytest.mark.req("GUIDE20-4.1.4.a", "GUIDE20-4.2.a", "MATCH17-1.a")
def test_with_data_matching_the_way_is_visit_check_file_recheck_record(place: Elsewhere) -> None:
    application = place.submit(place.family())
    assert application.policy == "acftu-2020"
    visit(place, application)
    application.refresh_from_db()
    assert (application.step, application.waits_role) == ("city_check", "aid_center")
    members = list(application.household.members.all())
    with pytest.raises(GuardsUnmet, match="核对"):
        services.close_check(place.center.actor, application, at=place.at)
    answers = [services.Answer(member, "economic_state", "none") for member in members]
    run = services.record_check(
        place.center.actor, application, answers=answers, checked_on=kit.APPLIED, serial="BD-1", at=place.at
    )
    services.close_check(place.center.actor, application, at=place.at)
    services.pass_step(place.clerk.actor, application, at=place.at, kind="filing")
    services.recheck(place.street.actor, application, sheet=dict.fromkeys(_folders(application), True), at=place.at)
    services.record_filing(place.center.actor, application, at=place.at)
    file = CaseFile.objects.get()
    assert (file.category, file.central_category, file.union_id) == ("deep", "deep", place.unit.pk)
    assert run.results.count() == 3
    assert not application.determinations.exclude(companion_of=None).exists()


def _folders(application: Application) -> list[str]:
    from bangfu.policy.registry import get_pack

    return list(get_pack(application.policy).evidence.folders)


@pytest.mark.req("GUIDE20-4.2.b")
def test_without_data_matching_both_a_meeting_and_a_notice_come_before_filing(place: Elsewhere, settings: Any) -> None:
    application = place.submit(place.family(), "no_data_matching")
    visit(place, application)
    application.refresh_from_db()
    assert (application.step, application.waits_role) == ("review_meeting", "leader")
    with pytest.raises(GuardsUnmet):
        services.pass_step(place.leader.actor, application, at=place.at)
    present = [services.Present(f"代表{number}", "for" if number < 7 else "against") for number in range(1, 8)]
    values: dict[str, Any] = {
        "held_on": kit.APPLIED, "present": present, "minutes": "情况属实，同意上报", "conclusion": "agree",
    }  # fmt: skip
    for bad in ({"minutes": ""}, {"present": present[4:5] + present[6:]}, {"present": []}):
        with pytest.raises(Refused):
            services.record_decision(place.leader.actor, application, at=place.at, **values | bad)
    services.record_decision(place.leader.actor, application, at=place.at, **values)
    services.pass_step(place.leader.actor, application, at=place.at)
    assert application.decisions.get().counts() == {"for": 6, "against": 1, "abstain": 0, "present": 7}
    application.refresh_from_db()
    assert application.step == "public_notice"


@pytest.mark.req("GUIDE20-4.2.b")
def test_the_days_of_the_notice_are_the_installations_to_set_and_never_invented(
    place: Elsewhere, settings: Any
) -> None:
    from bangfu.casework import flow
    from bangfu.policy.registry import get_pack

    step = get_pack("acftu-2020").procedure.step("public_notice")
    with pytest.raises(Refused, match="publicity_days"):
        flow.clock_of(step, kit.APPLIED)
    settings.BANGFU_PARAMETERS = {"publicity_days": 7}
    due = flow.clock_of(step, kit.APPLIED)
    assert due is not None
    assert due.last_day.isoformat() == "2020-10-26"


@pytest.mark.req("GUIDE20-4.2.c")
def test_a_family_that_refuses_verification_gets_no_file_for_now_and_may_come_back(place: Elsewhere) -> None:
    household = place.family()
    application = place.submit(household)
    visit(place, application)
    families.unlock(place.clerk, household, at=place.at)
    families.save_household_part(place.clerk, household, {"refused_verification": True}, at=place.at)
    answers = [services.Answer(member, "economic_state", "none") for member in household.members.all()]
    services.record_check(place.center.actor, application, answers=answers, checked_on=kit.APPLIED, at=place.at)
    with pytest.raises(GuardsUnmet) as fault:
        services.close_check(place.center.actor, application, at=place.at)
    assert "no_refusal" in [item.code for item in fault.value.unmet]
    services.refuse(place.center.actor, application, reason="拒绝核实收入", code="refused_verification", at=place.at)
    application.refresh_from_db()
    assert application.state == "refused"
    assert application.steps.last().data["refusal"] == "refused_verification"
    families.save_household_part(place.clerk, household, {"refused_verification": False}, at=place.at)
    assert place.submit(household).state == "in_progress"


@pytest.mark.req("GUIDE20-4.1.2.c", "GUIDE20-4.1.2.d", "GUIDE20-4.1.2.e")
@pytest.mark.parametrize(
    ("employment", "wrong", "right"),
    [
        ("employed", ("street", "upper", ""), ("employer",)),
        ("flexible", ("employer", ""), ("street", "upper")),
        ("unemployed", ("employer",), ("upper",)),
    ],
)
def test_who_files_follows_from_the_workers_employment(
    place: Elsewhere, employment: str, wrong: tuple[str, ...], right: tuple[str, ...]
) -> None:
    household = place.family()
    worker = household.members.get(position=1)
    families.save_members(place.clerk, household, [{"pk": worker.pk, "employment": employment}], at=place.at)
    for choice in wrong:
        with pytest.raises(GuardsUnmet) as fault:
            place.submit(household, right_unit=choice)
        assert [item.code for item in fault.value.unmet] == ["right_unit"]
    for choice in right:
        application = place.submit(household, right_unit=choice)
        assert application.steps.get(code="application").data == {"right_unit": choice}
        services.withdraw(place.clerk.actor, application, reason="改由别的工会建档", at=place.at)
