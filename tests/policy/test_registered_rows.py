"""Rows of the texts without rules that the packs of today hold: named where such a row would break."""

from __future__ import annotations

import csv
import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from bangfu.policy import coverage, registry, texts
from bangfu.policy.assess import assess
from bangfu.policy.pack.model import Pack
from tests.policy import households as h
from tests.policy.parts import day
from tests.policy.payments import CN, DEEP, LOCAL, WANG, Beneficiary, medical, planned, said


# --- 总工发〔2012〕16号, as far as payments are judged today -----------------------------------------------------------
@pytest.mark.req("PAY12-2.a")
def test_a_payment_points_to_a_standard_in_force_and_to_somebody_its_kind_is_for() -> None:
    assert said(planned(), CN) == []
    assert said(planned(), CN, local=replace(LOCAL, standards={})) == ["standard_in_force"]
    assert said(medical(beneficiary=Beneficiary(counted=False)), CN) == ["beneficiary"]


@pytest.mark.req("PAY12-3.c")
def test_no_payment_without_an_active_file_and_a_payee_by_name() -> None:
    assert said(planned(), CN, replace(DEEP, status="closed")) == ["file_active"]
    assert "file_active" in said(planned(), CN, replace(DEEP, status="none", opened_on=None))
    for blank in ("name", "id_number", "account"):
        assert "real_name" in said(planned(payee=replace(WANG, **{blank: ""})), CN)


@pytest.mark.req("PAY12-4.2.b")
def test_the_account_is_the_workers_or_the_exception_is_on_record() -> None:
    assert said(planned(payee=replace(WANG, account_name="李国强")), CN) == ["account_holder"]
    spouse = replace(WANG, name="李国强", account_name="李国强", is_holder=False)
    assert said(planned(payee=spouse), CN) == ["proxy_reason"]
    assert said(planned(payee=replace(spouse, proxy_reason="本人住院")), CN) == []


@pytest.mark.req("PAY12-4.2.h")
def test_a_service_is_not_paid_without_its_contract() -> None:
    assert said(planned(procurement="service_purchase"), CN) == ["procurement"]
    assert said(planned(procurement="service_purchase", procurement_papers=True), CN) == []


# --- 总工发〔2016〕7号, 总工发〔2018〕39号 ------------------------------------------------------------------------------
@pytest.mark.req("REL16-4.2.b")
@pytest.mark.parametrize("purpose", ["image_project", "publicity", "unrelated"])
def test_money_for_show_has_no_purpose_it_could_be_paid_under(purpose: str) -> None:
    assert {"purpose_known", "ban_unrelated"} & set(said(planned(purpose=purpose), CN))


@pytest.mark.req("WARM18-4.b")
def test_aid_money_goes_to_families_with_a_file_and_first_to_the_deep() -> None:
    assert CN.matrix["deep"]["central"].mode == "priority"
    assert {CN.matrix[category]["central"].mode for category in ("relative", "accident")} == {"shared"}
    assert said(planned(), CN, replace(DEEP, status="closed")) == ["file_active"]


# --- 民办函〔2018〕111号 ------------------------------------------------------------------------------------------------
@pytest.mark.req("PILOT18-1.2.b")
def test_the_figures_of_a_place_are_rows_by_day_and_not_part_of_a_pack() -> None:
    family = h.household(incomes=h.income("1100.00"))
    before = h.decide(family, ("dibao", "120101", "2020-10-16", "9000.00"))
    after = h.decide(family, ("dibao", "120101", "2020-10-01", "9000.00"))
    assert (before.as_dict()["figures"]["dibao"], after.as_dict()["figures"]["dibao"]) == ("1000.00", "9000.00")


@pytest.mark.req("PILOT18-2.1.b", "REL16-3.1.1.z")
def test_a_decision_names_the_rules_it_was_made_under_and_rules_are_chosen_by_day() -> None:
    family = h.household()
    for policy in (h.TIANJIN, h.NATIONAL):
        assert assess(family, policy, h.standards()).as_dict()["policy"] == policy
    days = ("2020-06-27", "2020-06-28", "2020-09-09", "2020-09-10")
    assert [registry.policy_for("120101", day(one)) for one in days] == [
        "acftu-2016",
        "acftu-2020",
        "acftu-2020",
        "tianjin-commerce-2020",
    ]


@pytest.mark.req("PILOT18-2.1.h")
def test_one_place_has_rules_of_its_own_for_each_kind_of_assistance() -> None:
    chosen = {
        scheme: registry.policy_for("120101", datetime.date(2021, 1, 1), scheme=scheme)
        for scheme in ("worker_file", "dibao", "relief")
    }
    assert chosen == {"worker_file": "tianjin-commerce-2020", "dibao": "dibao-2019", "relief": "relief-2018"}


@pytest.mark.req("PILOT18-2.1.e")
def test_low_income_is_a_class_beside_dibao_with_a_line_of_its_own() -> None:
    pack: Pack = registry.get_pack(h.NATIONAL)
    assert "low_income" in pack.rules.standards
    assert [one.code for one in pack.categories if one.code in ("deep", "relative")] == ["deep", "relative"]
    family = h.national(incomes=h.income("34800.00"))  # 1,450 a head and month; dibao 800
    lines = {
        line: h.decide(family, ("low_income", "370900", "2020-01-01", line), policy=h.NATIONAL).outcome
        for line in ("1500.00", "1400.00")
    }
    assert lines == {"1500.00": "relative", "1400.00": "none"}
    assert h.decide(family, policy=h.NATIONAL).outcome == "relative"  # no line: twice the dibao


# --- what the registers say of themselves ----------------------------------------------------------------------------
def test_no_register_claims_more_than_there_is_for_money_that_no_room_pays_yet() -> None:
    for code in ("PAY12", "WARM18", "FUND19"):
        for row in texts.get_text(code).rows:
            kinds = {item.kind for item in row.realised_by}
            if "aid" in kinds:
                assert "planned" in kinds, row.id


def test_what_no_software_can_do_is_listed_in_the_docs_with_the_reason_of_the_register() -> None:
    listing = Path(__file__).resolve().parents[2] / "docs" / "not-software.csv"
    with listing.open(encoding="utf-8", newline="") as file:
        reasons = {row["id"]: row["reason"] for row in csv.DictReader(file)}
    said = {
        row.id: next(item.ref for item in row.realised_by if item.kind == "not_software")
        for text in texts.all_texts()
        for row in text.rows
        if coverage.state_of(row) == "not_software"
    }
    assert said
    assert {row: reasons.get(row) for row in said} == said
