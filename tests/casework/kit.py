"""A Tianjin family and the people who carry it through the steps, all made through services."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from PIL import Image

from bangfu.casework import flow, services
from bangfu.casework.models import Application, StepRecord
from bangfu.casework.services import Answer, submission
from bangfu.common import clock
from bangfu.common.acts import SYSTEM, act
from bangfu.common.identity import check_digit
from bangfu.families import selectors as family_reads
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile, EvidenceWaiver, Household, Member
from bangfu.organizations import services as organizations
from bangfu.organizations.choices import Role
from bangfu.organizations.models import LocalStandard
from bangfu.organizations.scope import Desk
from bangfu.policy.registry import get_pack
from tests import factories

AT = datetime(2020, 10, 15, 1, 30, tzinfo=UTC)
"""Thursday 15 October 2020, 09:30 in Tianjin."""
APPLIED = date(2020, 10, 15)
MONTHS = [f"2020-{month:02d}" for month in range(4, 10)]

_serial = count(1)


def id_number(born: str, sex: str = "female", region: str = "120101") -> str:
    """A number with a right check digit that no other call answers."""
    serial = next(_serial) * 2 % 1000
    body = f"{region}{born.replace('-', '')}{serial + (1 if sex == 'male' else 0):03d}"
    return body + check_digit(body)


def photo() -> bytes:
    """A small picture that no other call answers."""
    serial = next(_serial)
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (serial % 256, serial // 256 % 256, 90)).save(buffer, "PNG")
    return buffer.getvalue()


def standards(region: str = "120000") -> None:
    """The local figures of the sample family, confirmed by a second person."""
    admin, second = factories.user("标准录入"), factories.user("标准确认")
    rows = (("dibao", "2020-07-01", "1010.00"), ("minimum_wage", "2017-07-01", "2050.00"))
    with act(SYSTEM, "sample_standards", at=factories.AT) as deed:
        for name, start, value in rows:
            row = LocalStandard.objects.create(
                name=name,
                region=region,
                from_date=date.fromisoformat(start),
                value=value,
                source="样例",
                entered_by=admin,
                entered_at=factories.AT,
                confirmed_by=second,
                confirmed_at=factories.AT,
            )
            deed.record(row, after={"name": name})


@dataclass
class Office:
    """The union tree with everyone who acts in a case."""

    tree: factories.Tree
    clerk: Desk = field(init=False)
    clerk2: Desk = field(init=False)
    reviewer: Desk = field(init=False)
    upper_clerk: Desk = field(init=False)
    upper_reviewer: Desk = field(init=False)
    industry_clerk: Desk = field(init=False)
    industry_reviewer: Desk = field(init=False)
    recorder: Desk = field(init=False)
    city: Desk = field(init=False)
    leader: Desk = field(init=False)

    def __post_init__(self) -> None:
        tree, on = self.tree, APPLIED
        make = factories.person
        self.clerk = make(Role.CLERK, tree.unit, name="王经办", on=on)
        self.clerk2 = make(Role.CLERK, tree.unit, name="赵同事", on=on)
        self.reviewer = make(Role.REVIEWER, tree.unit, name="李审核", on=on)
        self.upper_clerk = make(Role.CLERK, tree.upper, name="孙集团", on=on)
        self.upper_reviewer = make(Role.REVIEWER, tree.upper, name="周复核", on=on)
        self.industry_clerk = make(Role.CLERK, tree.industry, name="吴商务", on=on)
        self.industry_reviewer = make(Role.REVIEWER, tree.industry, name="郑审批", on=on)
        self.recorder = make(Role.AID_CENTER, tree.industry, name="冯备案", on=on)
        self.city = make(Role.AID_CENTER, tree.city, name="陈核对", on=on)
        self.leader = make(Role.LEADER, tree.industry, name="褚领导", on=on)


def family(
    office: Office,
    *,
    at: datetime = AT,
    papers: bool = True,
    desk: Desk | None = None,
    numbers: dict[str, str] | None = None,
) -> Household:
    """The sample family of the path: a shop assistant, her disabled husband, a daughter at high school. Outcome: deep."""
    desk = desk or office.clerk
    given = numbers or {}
    household = families.open_household(
        desk, at=at, application_date=APPLIED, name="王秀兰", id_number=given.get("self") or id_number("1976-03-18")
    )
    return describe(desk, household, at=at, papers=papers, numbers=given)


def describe(
    desk: Desk, household: Household, *, at: datetime = AT, papers: bool = True, numbers: dict[str, str] | None = None
) -> Household:
    """Says about a family that was opened whatever was not yet said: it may be called again where an earlier call broke off."""
    given = numbers or {}
    if household.members.count() == 1:
        household = _people(desk, household, given, at)
    if household.still_in_difficulty is None:
        household = _circumstances(desk, household, at)
    people = list(household.members.order_by("position"))
    if not household.incomes_known:
        household = _incomes(desk, household, people, at)
    if not household.expenses_known:
        household = _expenses(desk, household, people, at)
    if papers:
        hand_in(desk, household, at=at)
    return Household.objects.get(pk=household.pk)


def _people(desk: Desk, household: Household, given: dict[str, str], at: datetime) -> Household:
    worker = household.members.get()
    common = {"lives_together": True, "same_huji": True, "support_relation": False, "retired": False, "retired_in_mining_area": False,
              "migrant_worker": False, "long_term_urban": True, "major_illness": False}  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"pk": worker.pk, **common, "employment": "employed", "union_member": True, "unit_has_union": True, "labor_relation_months": 172,
         "labor_contract": True, "work_capable": True, "disabilities": [], "chronic_illness": False, "studying": "none",
         "employer": "津华百货和平店", "head_of_household": True},
        {"relation": "spouse", "name": "李国强", "id_number": given.get("spouse") or id_number("1974-11-02", "male"), **common,
         "employment": "flexible", "union_member": False, "unit_has_union": False, "labor_relation_months": 0, "labor_contract": False,
         "work_capable": True, "disabilities": [{"kind": "limb", "grade": 2}], "chronic_illness": True, "studying": "none"},
        {"relation": "child", "name": "李晓雨", "id_number": given.get("child") or id_number("2004-06-25"), **common,
         "employment": "student", "union_member": False, "unit_has_union": False, "labor_relation_months": 0, "labor_contract": False,
         "work_capable": False, "disabilities": [], "chronic_illness": False, "studying": "high_school"},
    ]  # fmt: skip
    return families.save_members(desk, household, rows, at=at)


def _circumstances(desk: Desk, household: Household, at: datetime) -> Household:
    conduct = dict.fromkeys(
        ("controlling_shareholder", "owns_shop", "employs_others", "private_or_abroad_school", "refused_verification",
         "concealed_facts", "refused_employment", "evaded", "high_consumption", "declined_dibao"), False)  # fmt: skip
    status = dict.fromkeys(("dibao", "work_injury_survivor", "registered_poor", "tekun", "low_income_certified"), False)
    attested = dict.fromkeys(("especially_hard", "committee_resolution", "huge_treatment_cost", "severe_loss"), False)
    return families.save_household_part(
        desk,
        household,
        {
            "employer": "津华百货和平店", "work_region": "120101", "huji_region": "120101", "address": "和平区样例路 1 号", "phone": "13800138000",
            "owned_homes": 1, "renting": False, "vehicles": [], "savings": 1200000, "investments_net": 0, "unexplained_funds": 0,
            "causes": ["illness", "disability"], "needs": ["medical", "living"],
            "cause_notes": {"illness": {"members": ["P1"], "text": ""}, "disability": {"members": ["P2"], "text": ""}},
            "government_cover": "insufficient", "has_incident": False, "still_in_difficulty": True, **conduct, **status, **attested,
        },
        at=at,
    )  # fmt: skip


def _incomes(desk: Desk, household: Household, people: list[Member], at: datetime) -> Household:
    wage = dict.fromkeys(MONTHS, 280000)
    return families.save_income_rows(
        desk,
        household,
        [
            {"member": people[0].pk, "kind": "wage", "basis": "contract", "cells": wage},
            {
                "member": people[0].pk,
                "kind": "social_insurance",
                "basis": "verified",
                "cells": dict.fromkeys(MONTHS, 42000),
            },
            {
                "member": people[1].pk,
                "kind": "wage",
                "basis": "declared_flexible",
                "cells": dict.fromkeys(MONTHS, 120000),
            },
        ],
        at=at,
        known=True,
    )


def _expenses(desk: Desk, household: Household, people: list[Member], at: datetime) -> Household:
    return families.save_expense_rows(
        desk,
        household,
        [
            {"member": people[0].pk, "kind": "illness", "month": "2020-07", "bill_kind": "inpatient", "total": 3000000,
             "basic_insurance": 1800000, "major_illness_insurance": 300000, "commercial_insurance": 0, "mutual_aid": 0,
             "other_relief": 0, "self_in_scope": 600000, "self_out_of_scope": 300000},
        ],
        at=at,
        known=True,
    )  # fmt: skip


def hand_in(
    desk: Desk, household: Household, *, at: datetime = AT, by_waiver: bool = True, by_step: bool = False
) -> None:
    """The signed application as a picture; the rest of the list let go with a reason (``by_waiver``) or handed in too."""
    pack = get_pack(submission.policy_of(household))
    places = [place for place in family_reads.checklist_state(family_reads.whole(household), pack) if not place.done]
    if by_waiver:
        with act(desk.actor, "waive_paper", at=at) as deed:
            EvidenceWaiver.objects.bulk_create(
                EvidenceWaiver(
                    household=household, paper=place.paper, subject=place.subject, reason="原件已当面核对，复印件后补",
                    waived_by_id=desk.user_id, waived_at=at,
                )
                for place in places
                if place.paper != "application_form"
            )  # fmt: skip
            deed.record(household, after={"waived": len(places)})
        places = [place for place in places if place.paper == "application_form"]
    for place in places:
        row = Household.objects.get(pk=household.pk)
        member = next((m for m in row.members.all() if m.fact_id == place.subject), None)
        file = families.attach_evidence(
            desk, row, photo(), f"{place.paper}.png", at=at, paper=place.paper, document=place.accepts[0][0], member=member,
            line=place.subject if ":" in place.subject else "", by_step=by_step,
        )  # fmt: skip
        details = {name: "2020-07-01" if "date" in name or name == "valid_to" else "样例" for name in place.fields}
        if details:
            families.describe_evidence(desk, file, at=at, details=details, by_step=by_step)


def evidence(desk: Desk, household: Household, paper: str, *, at: datetime, data: bytes | None = None) -> EvidenceFile:
    """A picture taken at a step."""
    return families.attach_evidence(
        desk, household, data or photo(), f"{paper}.png", at=at, paper=paper, title="照片", by_step=True
    )


@dataclass
class Walk:
    """One case on its way; each method is one step done well."""

    office: Office
    household: Household
    at: datetime = AT
    application: Application = field(init=False)

    @classmethod
    def begin(cls, office: Office, **given: Any) -> "Walk":
        walk = cls(office, family(office, **given))
        walk.submit()
        return walk

    def reload(self) -> Application:
        self.application = Application.objects.select_related("household", "union").get(pk=self.application.pk)
        return self.application

    def later(self, days: int = 0, hours: int = 1) -> datetime:
        self.at += timedelta(days=days, hours=hours)
        return self.at

    def record(self) -> StepRecord:
        found = flow.open_record(self.application)
        assert found is not None
        return found

    def member(self, position: int) -> Member:
        return Member.objects.get(household=self.household, position=position)

    def submit(self) -> Application:
        self.application = services.submit_application(self.office.clerk.actor, self.household, at=self.at)
        return self.reload()

    def unit_review(self, **given: Any) -> Application:
        services.unit_review(self.office.reviewer.actor, self.application, at=self.later(), comment="材料齐全", **given)
        return self.reload()

    def visit_only(self, **given: Any) -> Any:
        at = self.later()
        values: dict[str, Any] = {
            "visited_on": clock.day(at), "first_visitor": "王经办", "second_visitor": "赵同事", "place": "家中", "interviewed": "王秀兰",
            "findings": "住房简陋，药费单据属实", "no_kinship": True, "in_difficulty": True, "causes_confirmed": True,
            "reasons": "本人患病，配偶残疾", "positive": True,
        } | given  # fmt: skip
        if "photos" not in values:
            values["photos"] = [evidence(self.office.clerk, self.household, "home_visit_form", at=at)]
        return services.record_visit(self.office.clerk.actor, self.application, at=at, **values)

    def visit(self, **given: Any) -> Application:
        self.visit_only(**given)
        services.close_visit(self.office.clerk.actor, self.application, at=self.later())
        return self.reload()

    def post(self, **given: Any) -> Any:
        at = self.later()
        values: dict[str, Any] = {"posted_on": clock.day(at), "place": "employer", "place_name": "一楼公告栏"} | given
        if "start_photo" not in values:
            values["start_photo"] = evidence(self.office.clerk, self.household, "notice_papers", at=at)
        return services.post_notice(self.office.clerk.actor, self.application, at=at, **values)

    def notice(self) -> Application:
        posted = self.post()
        self.later(days=11)
        end = evidence(self.office.clerk, self.household, "notice_papers", at=self.at)
        services.add_photo(self.office.clerk.actor, posted, end, which="end", at=self.at)
        services.close_notice(self.office.clerk.actor, self.application, at=self.at)
        return self.reload()

    def sign(self, member: Member, **given: Any) -> Any:
        values = {"unaltered": True, "clear": True} | given
        return services.record_authorization(
            self.office.clerk.actor, self.application, member, at=self.later(hours=0), **values
        )

    def sign_all(self) -> None:
        for member in Member.objects.filter(household=self.household):
            self.sign(member)

    def authorize(self) -> Application:
        self.sign_all()
        services.close_authorizations(self.office.clerk.actor, self.application, at=self.later())
        return self.reload()

    def up(self) -> Application:
        services.report_up(self.office.clerk.actor, self.application, at=self.later())
        services.report_up(self.office.upper_clerk.actor, self.reload(), at=self.later())
        return self.reload()

    def industry(self) -> Application:
        services.industry_review(self.office.industry_reviewer.actor, self.application, at=self.later(), comment="无误")
        return self.reload()

    def answers(self, **changed: tuple[str, int | None]) -> list[Answer]:
        """Answers that agree with the declaration; ``homes=("found", 2)`` changes the worker's answer for an item."""
        found: list[Answer] = []
        for member in Member.objects.filter(household=self.household).order_by("position"):
            for item in ("vehicles", "homes", "provident_fund", "investment"):
                state, number = ("found", 1) if item == "homes" and member.position == 1 else ("none", None)
                if member.position == 1 and item in changed:
                    state, number = changed[item]
                found.append(Answer(member, item, state, number))
        return found

    def check_only(self, **changed: tuple[str, int | None]) -> Any:
        return services.record_check(
            self.office.city.actor,
            self.application,
            answers=self.answers(**changed),
            checked_on=clock.day(self.at),
            serial="HD-1",
            at=self.later(),
        )

    def check(self) -> Application:
        self.check_only()
        services.close_check(self.office.city.actor, self.application, at=self.later())
        return self.reload()

    def file(self) -> Any:
        made = services.open_file(self.office.clerk.actor, self.application, at=self.later())
        self.reload()
        return made

    def sheet(self) -> dict[str, bool]:
        return dict.fromkeys(get_pack(self.application.policy).evidence.folders, True)

    def recheck(self) -> Application:
        services.recheck(self.office.upper_reviewer.actor, self.application, sheet=self.sheet(), at=self.later())
        return self.reload()

    def filing(self) -> Application:
        services.record_filing(self.office.recorder.actor, self.application, at=self.later())
        return self.reload()

    def to(self, step: str) -> "Walk":
        """Goes on until the case stands at the step."""
        way = (
            ("unit_review", self.unit_review), ("home_visit", self.visit), ("public_notice", self.notice), ("authorization", self.authorize),
            ("report_up", self.up), ("industry_review", self.industry), ("city_check", self.check), ("filing", self.file),
            ("recheck", self.recheck), ("record", self.filing),
        )  # fmt: skip
        for code, do in way:
            if self.application.step.partition("@")[0] == step:
                return self
            if self.application.step.partition("@")[0] == code:
                do()
        return self


__all__ = [
    "APPLIED",
    "AT",
    "Office",
    "Walk",
    "evidence",
    "family",
    "hand_in",
    "id_number",
    "organizations",
    "photo",
    "standards",
]
