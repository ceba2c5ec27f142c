"""The fund measure of 2015 with the notes of 2017: six projects, their limits, what is forbidden, how it is paid."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from bangfu.policy import aid, registry, standards
from bangfu.policy.aid import (
    AidLine,
    Beneficiary,
    Bill,
    FamilyYear,
    FileState,
    LocalAid,
    Payee,
    PlannedPayment,
    Restriction,
)
from tests.policy import old_rules as old
from tests.policy.parts import day

PACK = registry.get_pack(old.POLICY)
ON = day("2018-11-20")
PAYEE = Payee("韦明", "450103197503080000", "6217000000000000", "韦明")
FILE = FileState("active", "slightly_above", None, day("2018-10-30"), ("illness",), national_record="N-1")
#: dibao 500 until June, 520 from July: 6120 in the year; the others as the notices of a place would have them.
ROWS = (
    ("dibao", "450100", "2018-07-01", "520.00"), ("basic_living_cost", "450100", "2018-01-01", "600.00"),
    ("training_cap", "450100", "2018-01-01", "1500.00"), ("legal_aid_cap", "450100", "2018-01-01", "800.00"),
)  # fmt: skip
NOBODY = dict.fromkeys(
    ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief"), 0
)
CHILD = Beneficiary(counted=True, relation="child", studying="high_school")
SELF = Beneficiary(is_worker=True, work_capable=True)
KINDS = {
    "living": ("basic_living", None), "medical": ("medical_cost", SELF), "schooling": ("student_living", CHILD),
    "training": ("training_fee", SELF), "placement": ("placement_fee", SELF), "legal": ("legal_aid", SELF),
}  # fmt: skip


def limits(on: datetime.date = ON) -> dict[str, int | None]:
    return aid.cap_limits(PACK, standards.parse(old.standards(*ROWS)), "450103", on)


def payment(kind: str = "living", amount: int = 80_000, **change: Any) -> PlannedPayment:
    """800.00 of central money, in order whatever the kind."""
    purpose, person = KINDS[kind]
    base = PlannedPayment(
        kind,
        purpose,
        "central",
        amount,
        "illness",
        PAYEE,
        person,
        bills=(Bill(1_000_000, NOBODY),),
        member="P2",
        case="A-1",
    )
    return replace(base, **change)


def said(
    planned: PlannedPayment, file: FileState = FILE, year: FamilyYear | None = None, local: LocalAid | None = None
) -> list[str]:
    found = aid.check_payment(PACK, planned, year or FamilyYear(), file, local or LocalAid(limits=limits()), ON)
    return [one.code for one in found if one.severity == "block"]


def before(amount: int, kind: str, source: str = "central", on: str = "2018-02-01", **more: Any) -> FamilyYear:
    return FamilyYear((AidLine(kind, source, amount, day(on), **more),))


# --- first the file, then the money --------------------------------------------------------------------------------
@pytest.mark.req("FUND15-5.a", "NOTE17-6.d")
def test_six_projects_and_no_seventh() -> None:
    assert set(PACK.aid.kinds) == set(KINDS)
    assert [said(payment(kind)) for kind in KINDS] == [[]] * 6
    assert said(replace(payment(), kind="travel")) == ["kind_known"]


@pytest.mark.req("FUND15-4.a", "NOTE17-7.c")
@pytest.mark.parametrize("status", ["draft", "closed", "pending"])
def test_only_a_living_file_is_paid(status: str) -> None:
    assert said(payment(), replace(FILE, status=status)) == ["file_active"]


@pytest.mark.req("FUND15-3.a", "NOTE17-7.c")
@pytest.mark.parametrize(("opened", "found"), [("2018-11-20", []), ("2018-11-21", ["after_filing"]), (None, ["after_filing"])])  # fmt: skip
def test_the_file_comes_before_the_money(opened: str | None, found: list[str]) -> None:
    assert said(payment(), replace(FILE, opened_on=day(opened) if opened else None)) == found


@pytest.mark.req("FUND15-3.a")
@pytest.mark.parametrize("blank", ["name", "id_number"])
def test_the_payee_is_a_real_person(blank: str) -> None:
    changed: dict[str, Any] = {blank: ""}
    assert "real_name" in said(payment(payee=replace(PAYEE, **changed)))


# --- sources -----------------------------------------------------------------------------------------------------------
@pytest.mark.req("FUND15-2.a")
def test_central_money_is_a_source_of_its_own_beside_four_others() -> None:
    assert list(PACK.aid.sources) == ["central", "matching", "local_fiscal", "union_funds", "donation"]
    assert said(payment(source="petty_cash")) == ["source_known"]


@pytest.mark.req("NOTE17-6.c", "NOTE17-6.g")
def test_central_money_waits_until_the_file_is_reported_to_the_national_union() -> None:
    assert said(payment(), replace(FILE, national_record=None)) == ["national_record"]
    assert said(payment(source="union_funds"), replace(FILE, national_record=None)) == []


@pytest.mark.req("NOTE17-6.c", "NOTE17-6.g")
def test_a_class_that_a_place_adds_gets_no_central_money() -> None:
    assert said(payment(), replace(FILE, category="local")) == ["matrix_closed"]


@pytest.mark.req("NOTE17-6.f")
@pytest.mark.parametrize("category", ["below_line", "assisted_still_hard", "slightly_above", "accident"])
def test_every_class_of_the_national_text_may_have_every_source(category: str) -> None:
    assert {option.mode for option in aid.sources_for(PACK, category)} == {"allowed"}
    assert said(payment(source="union_funds"), replace(FILE, category=category)) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("donation", marks=pytest.mark.req("NOTE17-6.e")),
        pytest.param("local_fiscal", marks=pytest.mark.req("NOTE17-6.e", "FUND15-12.c")),
    ],
)
def test_gifts_follow_the_giver_and_local_fiscal_money_its_approval(source: str) -> None:
    rule = Restriction(kinds=("schooling",), approved_on=day("2018-01-01"))
    assert said(payment(source=source)) == ["account_rule"]
    assert said(payment(source=source, restriction=rule)) == ["restriction"]
    assert said(payment("schooling", source=source, restriction=rule)) == []


# --- limits ------------------------------------------------------------------------------------------------------------
@pytest.mark.req("FUND15-5.1.a")
@pytest.mark.parametrize(("amount", "found"), [(312_000, []), (312_001, ["living_year"])])
def test_living_aid_of_a_year_ends_at_twelve_months_of_dibao_per_household(amount: int, found: list[str]) -> None:
    assert limits()["living_year"] == 612_000
    assert said(payment(amount=amount), year=before(300_000, "living")) == found
    assert said(payment(amount=amount), year=before(300_000, "living", on="2017-12-31")) == []
    assert said(payment(amount=amount), year=before(300_000, "living", status="returned")) == []


@pytest.mark.req("FUND15-12.b", "NOTE17-6.a")
def test_matching_money_counts_to_the_same_limit_and_union_funds_do_not() -> None:
    assert said(payment(amount=312_001, source="matching"), year=before(300_000, "living")) == ["living_year"]
    assert said(payment(amount=312_001), year=before(300_000, "living", "union_funds")) == []
    assert said(payment(amount=700_000, source="union_funds")) == []


@pytest.mark.req("FUND15-5.2.a")
@pytest.mark.parametrize(("amount", "found"), [(300_000, []), (300_001, ["self_borne_cap"])])
def test_medical_aid_ends_at_what_the_family_pays_itself_less_what_was_given_for_the_bill(
    amount: int, found: list[str]
) -> None:
    bills = (Bill(1_000_000, NOBODY | {"basic_insurance": 600_000}, claimed=100_000),)
    assert said(payment("medical", amount, bills=bills)) == found
    assert said(payment("medical", bills=(Bill(1_000_000, NOBODY | {"mutual_aid": None}),))) == ["deductions_complete"]


@pytest.mark.req("FUND15-5.3.a")
@pytest.mark.parametrize(("amount", "found"), [(500_000, []), (500_001, ["schooling_year"])])
def test_schooling_aid_ends_at_ten_months_of_living_cost_per_student_and_year(amount: int, found: list[str]) -> None:
    assert said(payment("schooling", amount), year=before(100_000, "schooling", member="P2")) == found
    assert said(payment("schooling", 600_000), year=before(100_000, "schooling", member="P3")) == []
    assert said(payment("schooling", amount, member=None)) == ["schooling_year_unknown"]


@pytest.mark.req("FUND15-5.4.a")
@pytest.mark.parametrize("kind", ["training", "placement"])
def test_training_and_placement_cost_no_more_than_the_local_standard(kind: str) -> None:
    assert said(payment(kind, 150_000)) == []
    assert said(payment(kind, 150_001)) == ["training_standard"]


@pytest.mark.req("FUND15-5.5.a")
@pytest.mark.parametrize(
    ("amount", "found"), [(80_000, []), (80_001, ["legal_standard"]), (79_999, ["legal_standard"])]
)
def test_a_legal_case_is_paid_at_the_local_standard(amount: int, found: list[str]) -> None:
    assert said(payment("legal", amount)) == found
    assert said(payment("legal", 80_000), year=before(80_000, "legal", case="A-1")) == ["legal_standard"]
    assert said(payment("legal", 80_000), year=before(80_000, "legal", case="A-2")) == []


@pytest.mark.parametrize("kind", ["living", "schooling", "training", "legal"])
def test_without_a_published_standard_nothing_is_paid_by_guess(kind: str) -> None:
    found = said(payment(kind), local=LocalAid(limits=dict.fromkeys(limits())))
    assert len(found) == 1
    assert found[0].endswith("_unknown")


# --- forbidden uses, manner ---------------------------------------------------------------------------------------------
BANS = [
    pytest.param("staff_pay", "ban_staff_pay", marks=pytest.mark.req("FUND15-5.6.a")),
    pytest.param("office_cost", "ban_staff_pay", marks=pytest.mark.req("FUND15-5.6.a")),
    pytest.param("bonus", "ban_bonus", marks=pytest.mark.req("FUND15-5.6.b")),
    pytest.param("allowance", "ban_bonus", marks=pytest.mark.req("FUND15-5.6.b")),
    pytest.param("welfare", "ban_bonus", marks=pytest.mark.req("FUND15-5.6.b")),
    pytest.param("vehicle", "ban_vehicles_phones", marks=pytest.mark.req("FUND15-5.6.c")),
    pytest.param("phone", "ban_vehicles_phones", marks=pytest.mark.req("FUND15-5.6.c")),
    pytest.param("construction", "ban_construction", marks=pytest.mark.req("FUND15-5.6.d")),
    pytest.param("unrelated", "ban_unrelated", marks=pytest.mark.req("FUND15-5.6.d")),
]


@pytest.mark.parametrize(("purpose", "ban"), BANS)
def test_forbidden_uses_are_refused(purpose: str, ban: str) -> None:
    assert ban in said(payment(purpose=purpose))


@pytest.mark.req("FUND15-8.a", "FUND15-8.d")
@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("source", ["central", "matching"])
def test_no_cash_not_even_for_a_reason(kind: str, source: str) -> None:
    cash = payment(kind, method="cash", source=source)
    assert said(cash) == ["bank_transfer"]
    assert said(replace(cash, method_reason="卡片遗失", method_approved_by="主席")) == ["other_method"]


@pytest.mark.req("FUND15-8.b")
@pytest.mark.parametrize("kind", ["living", "medical", "schooling"])
def test_a_family_is_paid_to_an_account_of_its_own(kind: str) -> None:
    assert said(payment(kind, payee=replace(PAYEE, account=""))) == ["real_name"]
    assert said(payment(kind, payee=replace(PAYEE, account_name="某公司"))) == ["account_holder"]


@pytest.mark.req("FUND15-8.f")
def test_what_falls_under_procurement_brings_its_papers() -> None:
    assert said(payment("training", procurement="government")) == ["procurement"]
    assert said(payment("training", procurement="government", procurement_papers=True)) == []
