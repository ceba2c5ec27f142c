"""Trying a rule out: the register is only read, today's rule gives today's register, a second person decides."""

from __future__ import annotations

import datetime
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from bangfu.casework.models import CaseFile, Determination
from bangfu.common.acts import StaleVersion
from bangfu.common.errors import Refused
from bangfu.families import facts
from bangfu.families import selectors as families
from bangfu.families.models import Household
from bangfu.organizations.models import LocalStandard
from bangfu.organizations.scope import Desk
from bangfu.organizations.selectors import installed_standards
from bangfu.policy import clauses, registry, variants
from bangfu.policy import facts as contract
from bangfu.policy import standards as standards_module
from bangfu.policy.assess import assess, judge
from bangfu.policy.pack import loader
from bangfu.sandbox import drafts, exports, selectors, services, trial
from bangfu.sandbox.models import Proposal
from tests.casework import kit
from tests.sandbox.conftest import DAY, TIANJIN, altered, opened, tried

pytestmark = pytest.mark.django_db


def test_todays_rule_gives_todays_register_exactly(filed: CaseFile, leader: Desk) -> None:
    found = tried(leader, opened(leader))
    rows = installed_standards()
    judged = [assess(facts.build(families.whole(one)), TIANJIN, rows).outcome for one in Household.objects.all()]
    assert found.result["before"] == {outcome: judged.count(outcome) for outcome in set(judged)}
    assert found.result["after"] == found.result["before"]
    assert found.result["changed"] == []
    assert set(found.result["before"]) == {filed.category}


def test_a_trial_changes_nothing_in_the_register(filed: CaseFile, leader: Desk) -> None:
    before = (CaseFile.objects.values().get(), Determination.objects.count(), Household.objects.values().get())
    found = tried(leader, altered(leader, opened(leader), changes={"parameters": {"deep_multiple": "0.1"}}))
    assert found.result["changed_number"] == 1
    assert (CaseFile.objects.values().get(), Determination.objects.count(), Household.objects.values().get()) == before


def test_a_lower_line_moves_the_family_and_its_money(filed: CaseFile, leader: Desk) -> None:
    proposal = altered(
        leader, opened(leader), changes={"parameters": {"deep_multiple": "0.1"}},
        today={"deep": 50_000, "relative": 20_000}, amounts={"deep": 50_000, "relative": 20_000},
    )  # fmt: skip
    found = tried(leader, proposal)
    assert found.result["moved"] == [["deep", "relative", 1]]
    assert found.result["month"] == [50_000, 20_000]
    assert found.result["by"]["union"][0][1:] == [0, 0, 1]


def test_a_tried_out_standard_counts_for_the_unions_region(filed: CaseFile, leader: Desk) -> None:
    found = tried(leader, altered(leader, opened(leader, day=DAY), standards={"dibao": "100.00"}))
    assert found.result["before"] == {"deep": 1}
    assert found.result["after"] != {"deep": 1}


def test_invented_families_are_the_same_for_the_same_seed(office: kit.Office, leader: Desk) -> None:
    sides = [
        tried(leader, opened(leader, source="generated", size=300, seed=7, day=date(2020, 12, 1))).result
        for _ in range(2)
    ]
    assert sides[0] == sides[1]
    assert sides[0]["households"] == 300


def test_a_register_without_applications_says_what_to_do(office: kit.Office, leader: Desk) -> None:
    found = tried(leader, opened(leader))
    assert (found.state, found.result) == ("failed", {})
    assert "虚拟家庭" in found.fault


def test_a_number_that_makes_no_sense_is_refused_and_nothing_is_saved(filed: CaseFile, leader: Desk) -> None:
    proposal = opened(leader)
    with pytest.raises(Refused, match="请填数字"):
        altered(leader, proposal, changes={"parameters": {"deep_multiple": "一点五"}})
    with pytest.raises(Refused, match="请填数字"):
        altered(leader, proposal, standards={"dibao": "很多"})
    proposal.refresh_from_db()
    assert (proposal.changes, proposal.standards, proposal.version) == ({}, {}, 1)


def test_a_stale_save_is_refused(filed: CaseFile, leader: Desk, other: Desk) -> None:
    proposal = opened(leader)
    altered(other, Proposal.objects.get(pk=proposal.pk), standards={"dibao": "1100.00"})
    with pytest.raises(StaleVersion):
        altered(leader, proposal, standards={"dibao": "1200.00"})


def test_changing_numbers_takes_the_old_result_away(filed: CaseFile, leader: Desk) -> None:
    proposal = tried(leader, opened(leader))
    assert altered(leader, proposal, standards={"dibao": "1100.00"}).result == {}


def test_a_day_on_which_the_policy_is_not_in_force_is_refused(office: kit.Office, leader: Desk) -> None:
    with pytest.raises(Refused, match="换一个日期"):
        opened(leader, day=date(2019, 1, 1))


def test_only_own_unions_can_be_chosen(office: kit.Office, leader: Desk) -> None:
    with pytest.raises(Refused, match="本工会或下级"):
        opened(leader, union=office.tree.foreign)


# --- the decision -----------------------------------------------------------------------------------------------------
@pytest.fixture
def ready(filed: CaseFile, leader: Desk) -> Proposal:
    proposal = altered(
        leader, opened(leader, day=DAY), standards={"dibao": "1100.00"},
        changes={"parameters": {"union_multiple": "2.25"}, "exclusions": {"vehicle": [], "two_homes": ["deep", "relative"]}, "filing_off": ["migrant_worker"]},
    )  # fmt: skip
    return tried(leader, proposal)


def lodged(leader: Desk, ready: Proposal) -> Proposal:
    return services.lodge_proposal(
        leader, ready, effective_on=date(2021, 1, 1), document="津工发〔2020〕99号", at=kit.AT
    )


def test_a_confirmed_proposal_becomes_a_standard_from_its_day(ready: Proposal, leader: Desk, other: Desk) -> None:
    services.confirm_proposal(other, lodged(leader, ready), at=kit.AT)
    row = LocalStandard.objects.get(name="dibao", from_date=date(2021, 1, 1))
    assert (row.value, row.entered_by_id, row.confirmed_by_id) == ("1100.00", leader.user_id, other.user_id)
    rows = standards_module.parse(installed_standards())
    region = ready.union.region
    found = [rows.find("dibao", region, day) for day in (date(2020, 12, 31), date(2021, 1, 1))]
    assert [one.value if one else None for one in found] == ["1010.00", "1100.00"]


def test_nobody_confirms_his_own_proposal(ready: Proposal, leader: Desk) -> None:
    with pytest.raises(Refused, match="另一人"):
        services.confirm_proposal(leader, lodged(leader, ready), at=kit.AT)
    assert LocalStandard.objects.get(from_date=date(2021, 1, 1)).confirmed_by_id is None


def test_a_lodged_proposal_cannot_be_altered(ready: Proposal, leader: Desk) -> None:
    with pytest.raises(Refused, match="不能再改"):
        altered(leader, lodged(leader, ready), standards={"dibao": "1.00"})


def test_sent_back_the_standards_are_withdrawn_and_the_reason_stays(ready: Proposal, leader: Desk, other: Desk) -> None:
    row = services.send_back_proposal(other, lodged(leader, ready), reason="文号有误", at=kit.AT)
    assert (row.state, row.fault) == ("ready", "文号有误")
    assert not LocalStandard.objects.filter(from_date=date(2021, 1, 1)).exists()


def test_a_proposal_that_changes_nothing_cannot_be_lodged(filed: CaseFile, leader: Desk) -> None:
    with pytest.raises(Refused, match="没有改动"):
        lodged(leader, tried(leader, opened(leader)))


def test_a_proposal_is_tried_out_before_it_is_lodged(filed: CaseFile, leader: Desk) -> None:
    with pytest.raises(Refused, match="先试算"):
        lodged(leader, altered(leader, opened(leader), standards={"dibao": "1100.00"}))


def test_the_draft_of_a_pack_decides_as_the_trial_did(ready: Proposal, leader: Desk, tmp_path: Path) -> None:
    lodged(leader, ready)
    row = Proposal.objects.get(pk=ready.pk)
    with zipfile.ZipFile(io.BytesIO(drafts.archive(row))) as book:
        book.extractall(tmp_path / "packs")
    (folder,) = (tmp_path / "packs").iterdir()
    parent, layers = registry.loaded(registry.descent(TIANJIN))
    pack, _ = loader.load_pack(folder, parent, layers)
    known = {TIANJIN: parent.clauses.knows, pack.id: clauses.load(folder).knows}
    loader.load_pack(folder, parent, layers, clauses=known)  # every citation is one of its own
    assert (pack.first_day, pack.issuer) == (date(2021, 1, 1), row.union.name)
    tried_out = variants.vary(parent, trial.changes_of(row))
    rows = standards_module.parse(installed_standards())
    document = contract.parse(facts.build(families.whole(Household.objects.get())))
    a, b = judge(document, rows, pack), judge(document, rows, tried_out)
    assert [one.result for one in a.categories] == [one.result for one in b.categories]
    assert {one.code: one.applies_to for one in pack.exclusions} == {
        one.code: one.applies_to for one in tried_out.exclusions
    }
    assert variants.shown(pack.rules.parameters["union_multiple"]) == "2.25"


# --- papers -----------------------------------------------------------------------------------------------------------
def test_no_family_is_named_on_paper_or_sheet(ready: Proposal, filed: CaseFile) -> None:
    data = str(exports.content(ready))
    assert filed.worker_name not in data
    assert filed.number not in data


def test_names_are_shown_only_to_those_who_may_see_them(ready: Proposal, leader: Desk, office: kit.Office) -> None:
    from bangfu.organizations.choices import Role
    from tests import factories

    ready.result["changed"] = [[Household.objects.get().pk, "deep", "none", None, 1]]
    auditor = factories.person(Role.FINANCE, office.tree.industry, on=kit.APPLIED)
    assert selectors.changed(leader, ready)[0].name
    assert selectors.changed(auditor, ready)[0].name == ""


def test_the_workbook_opens_and_holds_the_numbers(ready: Proposal) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(exports.xlsx(ready)))
    assert book.sheet_names[:3] == ["概况", "改动", "类别"]
    rows = book.get_sheet_by_name("改动").to_python()
    assert ["商务工会建档线（低保标准的倍数）", "1.8", "2.25"] in rows


def test_the_paper_is_a_pdf(ready: Proposal) -> None:
    assert exports.pdf(ready, datetime.datetime(2020, 10, 15, tzinfo=datetime.UTC)).startswith(b"%PDF")
