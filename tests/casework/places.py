"""A place for every union policy, and a walker that knows kinds of steps but no policy: what it does follows from the pack's data.

``Place`` builds the unions of a region from the city down to one unit and one family in difficulty; ``Place.go_on`` does whatever the open
step asks, by somebody who may do it. People are made when a step first needs them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bangfu.casework import flow, services
from bangfu.casework.models import Application, CaseFile, StepRecord
from bangfu.casework.selectors import papers
from bangfu.casework.services import moving
from bangfu.common import clock
from bangfu.common.acts import SYSTEM, act
from bangfu.families import facts as family_facts
from bangfu.families import services as families
from bangfu.families.models import Household, Member
from bangfu.families.selectors import whole
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import LocalStandard, Union
from bangfu.organizations.scope import Desk
from bangfu.policy.procedure import Step
from bangfu.policy.registry import get_pack
from tests import factories
from tests.casework import kit


@dataclass(frozen=True)
class Where:
    """A place: its policy, its region, the names of its unions from the city down, the day of the application."""

    policy: str
    region: str
    city: str
    county: str
    street: str
    unit: str
    applied: date = date(2020, 10, 15)
    circumstances: tuple[str, ...] = ()
    assigned: bool = False
    dibao: str = "1010.00"


TIANJIN = Where(
    "tianjin-commerce-2020", "120101", "天津市总工会", "天津市商务工会", "津华商业集团工会", "津华百货和平店工会"
)
TAIAN = Where("taian-2020", "370902", "泰安市总工会", "泰山区总工会", "岱庙街道总工会", "样例机械厂工会")
MUCHUAN = Where("muchuan-2016", "511129", "乐山市总工会", "沐川县总工会", "沐溪镇总工会", "沐川纸业工会")
PROVINCIAL = Where("provincial-2020", "410102", "样例市总工会", "中原区总工会", "建设路街道总工会", "样例纺织厂工会", circumstances=("data_matching",), assigned=True)  # fmt: skip
NATIONAL_2016 = Where("acftu-2016", "130102", "石家庄市总工会", "长安区总工会", "建北街道总工会", "样例钢厂工会", applied=date(2020, 4, 15), circumstances=("home_survey",), dibao="1300.00")  # fmt: skip
NATIONAL_2020 = Where("acftu-2020", "130102", "石家庄市总工会", "长安区总工会", "建北街道总工会", "样例钢厂工会", circumstances=("no_data_matching",))  # fmt: skip
ALL = (TIANJIN, TAIAN, MUCHUAN, PROVINCIAL, NATIONAL_2016, NATIONAL_2020)


class Place:
    """The unions of a place, its people, and one case on its way."""

    def __init__(self, where: Where) -> None:
        self.where = where
        root = organizations.add_union(
            SYSTEM, None, name="中华全国总工会", level=Level.ACFTU, region="110000", short_name="全总", hotline="010-1", at=factories.AT
        )  # fmt: skip

        def add(parent: Union, name: str, level: Level, region: str) -> Union:
            made: Union = organizations.add_union(
                SYSTEM, parent, name=name, level=level, region=region, short_name=name, hotline="0000-1", at=factories.AT
            )  # fmt: skip
            return made

        region = where.region
        self.city = add(root, where.city, Level.CITY, region[:4] + "00")
        self.county = add(self.city, where.county, Level.INDUSTRY, region)
        self.street = add(self.county, where.street, Level.UPPER, region)
        self.unit = add(self.street, where.unit, Level.UNIT, region)
        self.people: dict[tuple[int, str], list[Desk]] = {}
        self.at = datetime(where.applied.year, where.applied.month, where.applied.day, 1, 30, tzinfo=UTC)
        self.done: list[str] = []
        self.made = 0
        self._standards()
        self.household = self._family()

    # --- the world ------------------------------------------------------------------------------------------------
    def _standards(self) -> None:
        admin, second = factories.user("标准录入"), factories.user("标准确认")
        with act(SYSTEM, "sample_standards", at=factories.AT) as deed:
            for name, value in (("dibao", self.where.dibao), ("minimum_wage", "2050.00")):
                row = LocalStandard.objects.create(
                    name=name, region=self.where.region[:2] + "0000", from_date=date(2017, 7, 1), value=value, source="样例",
                    entered_by=admin, entered_at=factories.AT, confirmed_by=second, confirmed_at=factories.AT,
                )  # fmt: skip
                deed.record(row, after={"name": name})

    def _family(self) -> Household:
        clerk = self.desk(self.unit, Role.CLERK)
        office = type("Desks", (), {"clerk": clerk})()
        with _months_before(self.where.applied):
            household = kit.family(office, papers=False, at=self.at)  # type: ignore[arg-type]
            place = {"work_region": self.where.region, "huji_region": self.where.region}
            household = families.save_household_part(clerk, household, place, at=self.at)
            kit.hand_in(clerk, household, at=self.at)
        return Household.objects.get(pk=household.pk)

    def desk(self, union: Union, role: str, number: int = 0) -> Desk:
        """The first (second, third …) person in a role of a union."""
        held = self.people.setdefault((union.pk, str(role)), [])
        while len(held) <= number:
            self.made += 1
            held.append(factories.person(Role(role), union, name=f"职员{self.made}", on=self.where.applied))
        return held[number]

    def later(self, days: int = 0) -> datetime:
        self.at += timedelta(days=days, minutes=5)
        return self.at

    # --- the case -------------------------------------------------------------------------------------------------
    def submit(self) -> Application:
        clerk = self.desk(self.unit, Role.CLERK)
        self.application = services.submit_application(
            clerk.actor, self.household, at=self.at, data={"right_unit": "employer"}, circumstances=self.where.circumstances
        )  # fmt: skip
        return self.here()

    def here(self) -> Application:
        self.application = Application.objects.select_related("household", "union").get(pk=self.application.pk)
        return self.application

    @property
    def record(self) -> StepRecord | None:
        return flow.open_record(self.here())

    @property
    def step(self) -> Step:
        record = self.record
        assert record is not None
        return flow.procedure_of(self.application).step(record.code)

    def whose_turn(self) -> Desk:
        """Somebody in the union and role that the step waits for who did nothing that keeps her away from it."""
        record = self.record
        assert record is not None
        for number in range(4):
            desk = self.desk(record.union, record.role, number)
            if not flow.own_work(self.application, self.step, desk.user_id) and not flow.recused(
                self.application, desk.actor
            ):
                return desk
        raise AssertionError(f"nobody can act at {record.key}")

    def go_on(self) -> str:
        """Does what the open step asks and closes it; answers its key."""
        record = self.record
        assert record is not None
        self.done.append(record.key)
        KINDS[self.step.kind](self)
        return record.key

    def walk(self, until: str = "") -> list[str]:
        """Goes on until the case stands at ``until`` (a step code) or is on file; answers the codes of the steps it went through."""
        before = len(self.done)
        while self.record is not None and (not until or self.step.code != until):
            assert len(self.done) < 60, "the case goes in circles"
            self.go_on()
        return [key.partition("@")[0] for key in self.done[before:]]

    def asked(self) -> dict[str, Any]:
        answers = {"date": clock.day(self.at).isoformat(), "text": "样例", "number": 1, "yes": True}
        return {ask.code: answers[ask.kind] for ask in self.step.asks}

    def close(self, **given: Any) -> None:
        record = self.record
        assert record is not None
        desk = self.whose_turn()
        points = {point.pk: "已按要求重新核实" for point in moving.open_points(self.application, record)}
        if self.step.kind == "entry":
            services.resubmit(desk.actor, self.application, at=self.later(), answers=points)
            return
        data = {"asked": self.asked(), **given.pop("data", {})}
        services.pass_step(desk.actor, self.application, at=self.later(), answers=points, data=data, **given)

    def visit(self, **changes: Any) -> None:
        desk = self.whose_turn()
        photo = kit.evidence(desk, self.household, "home_visit_form", at=self.later())
        values: dict[str, Any] = {
            "visited_on": clock.day(self.at), "first_visitor": "走访一", "second_visitor": "走访二", "place": "家中", "interviewed": "本人",
            "findings": "属实", "no_kinship": True, "in_difficulty": True, "causes_confirmed": True, "reasons": "患病", "positive": True,
            "photos": [photo],
        } | changes  # fmt: skip
        services.record_visit(desk.actor, self.application, at=self.at, **values)
        self.close()

    def meet(self, conclusion: str = "agree", votes: tuple[str, ...] = ("for", "for", "for"), **changes: Any) -> None:
        """Records a meeting of people who have nothing else to do with the case."""
        present = [services.Present(f"委员{place}", vote, "工会委员") for place, vote in enumerate(votes, start=1)]
        values: dict[str, Any] = {
            "held_on": clock.day(self.at), "present": present, "minutes": "逐户讨论，情况属实。", "conclusion": conclusion,
        } | changes  # fmt: skip
        services.record_decision(self.whose_turn().actor, self.application, at=self.later(), **values)

    def decide(self) -> None:
        self.meet()
        self.close()

    def post(self) -> None:
        desk = self.whose_turn()
        rule = flow.procedure_of(self.application).notice
        photo = kit.evidence(desk, self.household, "notice_papers", at=self.later())
        notice = services.post_notice(
            desk.actor, self.application, at=self.at, posted_on=clock.day(self.at), place=rule.places[0] if rule else "",
            place_name="公告栏", start_photo=photo,
        )  # fmt: skip
        self.later(days=11)
        if rule and "end" in rule.photos:
            end = kit.evidence(desk, self.household, "notice_papers", at=self.at)
            services.add_photo(desk.actor, notice, end, which="end", at=self.at)
        self.close()

    def sign(self) -> None:
        desk = self.whose_turn()
        for member in Member.objects.filter(household=self.household):
            services.record_authorization(
                desk.actor, self.application, member, at=self.later(), unaltered=True, clear=True
            )
        self.close()

    def check(self) -> None:
        desk = self.whose_turn()
        rule = flow.procedure_of(self.application).check
        members = Member.objects.filter(household=self.household).order_by("position")
        answers = [
            services.Answer(
                member, item, *(("found", 1) if item == "homes" and member.position == 1 else ("none", None))
            )
            for member in members
            for item in (rule.items if rule else ())
        ]
        services.record_check(
            desk.actor, self.application, answers=answers, checked_on=clock.day(self.at), serial="HD-1", at=self.later()
        )
        self.close()

    def late_papers(self) -> None:
        """Hands in what the unions signed on the way."""
        desk = self.whose_turn()
        pack = get_pack(self.application.policy, self.application.applied_on)
        facts = family_facts.build(whole(self.application.household))
        for place in papers.late(self.application, pack, facts):
            member = next(
                (one for one in Member.objects.filter(household=self.household) if one.fact_id == place.subject), None
            )
            file = families.attach_evidence(
                desk, self.household, kit.photo(), f"{place.paper}.png", at=self.later(), paper=place.paper,
                document=place.accepts[0][0], member=member, by_step=True,
            )  # fmt: skip
            if place.fields:
                details = dict.fromkeys(place.fields, "样例")
                families.describe_evidence(desk, file, at=self.at, details=details, by_step=True)

    def recheck(self) -> None:
        self.late_papers()
        folders = get_pack(self.application.policy, self.application.applied_on).evidence.folders
        self.close(data={"sheet": dict.fromkeys(folders, True)})

    def send_back(self, code: str, to: str = "", **given: Any) -> None:
        """Returns the case from where it stands."""
        services.return_case(
            self.whose_turn().actor, self.application, points=[{"code": code, **given}], to=to, at=self.later()
        )

    def refuse(self, code: str = "") -> None:
        services.refuse(
            self.whose_turn().actor, self.application, reason="按现有情况不予建档", code=code, at=self.later()
        )

    @property
    def file(self) -> CaseFile:
        return CaseFile.objects.get(application=self.application)


KINDS: dict[str, Callable[[Place], None]] = {
    "entry": Place.close, "evidence": Place.close, "review": Place.close, "visit": Place.visit, "notice": Place.post,
    "authorization": Place.sign, "forward": Place.close, "check": Place.check, "filing": Place.close, "recheck": Place.recheck,
    "record": Place.close, "decision": Place.decide,
}  # fmt: skip


@contextmanager
def _months_before(applied: date) -> Iterator[None]:
    """The sample family's day of application and the six months before it."""
    kept = kit.APPLIED, kit.MONTHS
    last = applied.year * 12 + applied.month - 1
    kit.APPLIED = applied
    kit.MONTHS = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - 6, last)]
    try:
        yield
    finally:
        kit.APPLIED, kit.MONTHS = kept
