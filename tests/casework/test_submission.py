"""Submitting a family: what it needs, what it freezes, and that it happens once or not at all."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bangfu.casework import guards, services
from bangfu.casework.errors import GuardsUnmet, NotYourTurn, PersonElsewhere
from bangfu.casework.models import ActiveIdentity, Application, Determination, StepRecord
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.common.models import AuditEntry
from bangfu.families import services as families
from bangfu.families.models import EvidenceFile, EvidenceWaiver, Household
from bangfu.organizations.choices import Role
from tests import factories
from tests.casework import kit
from tests.casework.kit import AT, Office, Walk


def submit(office: Office, household: Household, **given: Any) -> Application:
    return services.submit_application(office.clerk.actor, household, at=AT, **given)


def codes(fault: pytest.ExceptionInfo[GuardsUnmet]) -> list[str]:
    return [item.code for item in fault.value.unmet]


@pytest.mark.req("TJ-A1-3.1")
def test_a_submission_locks_the_family_and_opens_the_unions_review(office: Office) -> None:
    household = kit.family(office)
    application = submit(office, household)
    household.refresh_from_db()
    assert household.locked
    assert (application.state, application.step, application.waits_role) == ("in_progress", "unit_review", "reviewer")
    assert application.waits_union_id == office.tree.unit.pk
    made = Determination.objects.get(application=application, companion_of=None)
    assert (made.document["window"]["from"], made.document["window"]["to"]) == ("2020-04", "2020-09")
    assert application.applied_on.isoformat() == "2020-10-15"
    with pytest.raises(families.HouseholdLocked):
        families.save_household_part(office.clerk, household, {"owned_homes": 3}, at=AT)


@pytest.mark.req("TJ-0.a", "PILOT18-2.1.b")
def test_the_determination_and_its_companion_are_frozen_with_everything_they_rest_on(office: Office) -> None:
    application = submit(office, kit.family(office))
    made = Determination.objects.get(application=application, companion_of=None)
    beside = made.companions.get()
    assert (made.policy, beside.policy) == ("tianjin-commerce-2020", "acftu-2020")
    assert made.facts == beside.facts
    assert made.facts["schema"] == "bangfu.facts/1"
    assert {row["name"] for row in made.standards["rows"]} == {"dibao", "minimum_wage"}
    assert len(made.pack_hash) == 64
    assert made.pack_hash != beside.pack_hash
    assert made.document["schema"] == "bangfu.determination/1"
    assert [row["paper"] for row in made.evidence] == ["application_form"]
    assert len({made.code, beside.code}) == 2
    assert json.loads(made.header)["members"][0]["name"] == "王秀兰"


@pytest.mark.req("TJ-4.1.g", "PILOT18-2.1.d")
def test_the_frozen_sheet_can_be_repeated_by_hand(office: Office) -> None:
    made = Determination.objects.get(application=submit(office, kit.family(office)), companion_of=None)
    counted = {
        key: sum(int(line["counted"].replace(".", "")) for line in made.sheet[key]) for key in ("incomes", "expenses")
    }
    figures = made.document["figures"]
    assert counted["incomes"] == int(figures["income"].replace(".", ""))
    assert counted["expenses"] == int(figures["rigid_expense"].replace(".", ""))
    net = Decimal(counted["incomes"] - counted["expenses"]) / figures["household_size"] / 6 / 100
    assert f"{net.quantize(Decimal('0.01'))}" == figures["net_per_capita_monthly"]
    for line in (*made.sheet["incomes"], *made.sheet["expenses"]):
        assert line["months"]
        assert line["citations"]
    assert made.sheet["outcome_title"] in made.sheet["summary"]
    assert made.evidence[0]["sha256"] == EvidenceFile.objects.get(paper="application_form").sha256


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_a_determination(walk: Walk, verb: str) -> None:
    statement = (
        "UPDATE casework_determination SET outcome = 'none'"
        if verb == "update"
        else "DELETE FROM casework_determination"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert set(Determination.objects.values_list("outcome", flat=True)) == {"deep"}


def test_a_second_submit_of_the_same_family_is_answered_with_the_first_application(office: Office) -> None:
    household = kit.family(office)
    first = submit(office, household, version=household.version)
    again = submit(office, household, version=household.version)
    assert again.pk == first.pk
    assert Application.objects.count() == 1
    assert Determination.objects.count() == 2
    assert StepRecord.objects.filter(closed_at=None).count() == 1


def test_a_family_changed_by_a_colleague_is_not_submitted_unseen(office: Office) -> None:
    household = kit.family(office)
    families.save_household_part(office.clerk2, household, {"savings": 1}, at=AT)
    with pytest.raises(StaleVersion):
        submit(office, household, version=household.version)
    household.refresh_from_db()
    assert submit(office, household, version=household.version).state == "in_progress"


@pytest.mark.parametrize("who", ["reviewer", "upper_clerk", "city"])
def test_only_the_clerk_of_the_familys_own_union_submits(office: Office, who: str) -> None:
    household = kit.family(office)
    with pytest.raises(NotYourTurn, match="经办人"):
        services.submit_application(getattr(office, who).actor, household, at=AT)
    assert Application.objects.count() == 0


# --- papers, causes -----------------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.2", "ALERT-22")
def test_missing_papers_are_listed_and_a_written_waiver_lets_one_go(office: Office) -> None:
    household = kit.family(office)
    gone = EvidenceWaiver.objects.get(household=household, paper="diagnosis", subject="P1")
    families.unwaive_paper(office.clerk, household, gone.paper, gone.subject, at=AT)
    with pytest.raises(GuardsUnmet, match="诊断证明") as fault:
        submit(office, household)
    assert codes(fault) == ["papers_complete"]
    with pytest.raises(Refused, match="原因"):
        families.waive_paper(office.clerk, household, gone.paper, gone.subject, at=AT, reason=" ")
    families.waive_paper(office.clerk, household, gone.paper, gone.subject, at=AT, reason="医院档案室整修，月底补交")
    assert submit(office, household).state == "in_progress"


@pytest.mark.req("TJ-A2-4.1.a")
def test_a_signed_application_or_the_unions_signed_report_is_needed(office: Office) -> None:
    household = kit.family(office)
    signed = EvidenceFile.objects.get(household=household, paper="application_form")
    families.withdraw_evidence(office.clerk, signed, at=AT)
    families.waive_paper(office.clerk, household, "application_form", at=AT, reason="一项也不少的理由")
    with pytest.raises(GuardsUnmet) as fault:
        submit(office, household)
    assert codes(fault) == ["application_signed"]
    families.attach_evidence(
        office.clerk,
        household,
        kit.photo(),
        "report.png",
        at=AT,
        paper="application_form",
        document="unit_report_signed",
    )
    assert submit(office, household).state == "in_progress"


@pytest.mark.req("TJ-A1-2.2.1.a", "GUIDE20-2.2.1.a")
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"causes": []}, "致困原因"),
        ({"cause_notes": {"illness": {"members": ["P1"], "text": ""}}}, "哪位家庭成员"),
        ({"needs": []}, "帮扶需求"),
    ],
)
def test_causes_with_their_bearers_and_needs_come_before_submission(
    office: Office, values: dict[str, Any], says: str
) -> None:
    household = kit.family(office)
    before = {name: getattr(household, name) for name in values}
    changed = families.save_household_part(office.clerk, household, values, at=AT)
    with pytest.raises(GuardsUnmet, match=says) as fault:
        submit(office, changed)
    assert "every_member_causes" in codes(fault)
    assert submit(office, families.save_household_part(office.clerk, changed, before, at=AT)).state == "in_progress"


# --- one family, one file -----------------------------------------------------------------------------------------
@pytest.mark.req("TJ-A1-3.a", "GUIDE20-4.1.3.a")
def test_a_person_of_another_unions_application_blocks_and_only_that_union_is_named(office: Office) -> None:
    shared = kit.id_number("1974-11-02", "male")
    other = factories.person(Role.CLERK, office.tree.foreign_unit, name="外区经办", on=kit.APPLIED)
    theirs = kit.family(office, desk=other, numbers={"spouse": shared})
    first = services.submit_application(other.actor, theirs, at=AT)
    ours = kit.family(office, numbers={"spouse": shared})
    with pytest.raises(GuardsUnmet, match="南开机械厂工会") as fault:
        submit(office, ours)
    said = str(fault.value)
    assert codes(fault) == ["one_family_one_file"]
    for hidden in (first.number, theirs.number, "李国强"):
        assert hidden not in said
    services.withdraw(other.actor, first, reason="转由户主单位办理", at=AT)
    assert submit(office, ours).state == "in_progress"


@pytest.mark.req("TJ-A1-3.a")
def test_the_database_itself_refuses_a_person_in_two_families(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = kit.id_number("2004-06-25")
    submit(office, kit.family(office, numbers={"child": shared}))
    twin = kit.family(office, numbers={"child": shared})
    # two submits at the same moment both pass the check; only the unique index is left
    monkeypatch.setitem(guards.GUARDS, "one_family_one_file", lambda case: None)
    before = AuditEntry.objects.count()
    with pytest.raises(PersonElsewhere, match="津华百货和平店工会"):
        submit(office, twin)
    assert Application.objects.count() == 1
    assert ActiveIdentity.objects.count() == 3
    assert AuditEntry.objects.count() == before
    twin.refresh_from_db()
    assert not twin.locked


def test_a_counted_member_without_a_number_must_be_completed_first(office: Office) -> None:
    household = kit.family(office)
    child = household.members.get(position=3)
    families.save_members(office.clerk, household, [{"pk": child.pk, "id_number": ""}], at=AT)
    with pytest.raises(GuardsUnmet, match="李晓雨") as fault:
        submit(office, household)
    assert codes(fault) == ["one_family_one_file"]
    families.save_members(office.clerk, household, [{"pk": child.pk, "id_number": kit.id_number("2004-06-25")}], at=AT)
    assert ActiveIdentity.objects.filter(application=submit(office, household)).count() == 3


# --- bad days -----------------------------------------------------------------------------------------------------
def test_an_exception_at_any_write_of_a_submission_leaves_nothing(office: Office) -> None:
    """Every writing statement of a submit is made to fail in turn; each time not one row stays."""

    class Killed(Exception):
        pass

    household = kit.family(office)
    tables = (Application, Determination, StepRecord, ActiveIdentity, AuditEntry)
    before = [model.objects.count() for model in tables]
    tried = 0
    while tried < 60:
        seen = 0

        def fail_at(execute: Any, sql: str, params: Any, many: bool, context: Any, wanted: int = tried) -> Any:
            nonlocal seen
            if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
                if seen == wanted:
                    raise Killed
                seen += 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail_at):
                submit(office, household)
        except Killed:
            assert [model.objects.count() for model in tables] == before, f"write {tried}"
            household.refresh_from_db()
            assert not household.locked
            tried += 1
            continue
        break
    assert 10 < tried < 60
    assert Application.objects.count() == 1


def test_somebody_who_enters_cannot_approve_even_in_another_post(walk: Walk) -> None:
    turned = replace(walk.office.reviewer.actor, user_id=walk.office.clerk.user_id)
    with pytest.raises(NotYourTurn, match="职工申报"):
        services.unit_review(turned, walk.application, at=walk.later())
    assert walk.unit_review().step == "home_visit"


def test_nothing_is_submitted_while_something_typed_has_not_passed_its_check(office: Office) -> None:
    household = kit.family(office)
    families.save_household_part(office.clerk, household, {}, step="basic", as_typed={"savings": "12,3"}, at=AT)
    with pytest.raises(Refused, match="“基本”1 处"):
        submit(office, household)
    assert not Application.objects.exists()
    families.save_household_part(office.clerk, household, {}, step="basic", as_typed={}, at=AT)
    assert submit(office, household).state == "in_progress"
