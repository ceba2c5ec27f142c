"""Who is filed in Muchuan and as what (档案办法 一、二; the form's yearly total and monthly mean), on each line and one fen beside it."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.policy import household as facts_words
from bangfu.policy import registry
from bangfu.policy.errors import PolicyNotInForce
from tests.policy import households as h

LINE = 12_000  # 500 × 2 × 12, in yuan


def judged(*rows: tuple[str, str, str, str], without: str | None = None, **changes: Any) -> Any:
    return h.decide(h.muchuan(**changes), *rows, policy=h.MUCHUAN, without=without)


def outcome(**changes: Any) -> str:
    return str(judged(**changes).outcome)


def earning(total: str) -> list[dict[str, Any]]:
    return h.income(total)


HARD = {"still_in_difficulty": True}
RICH = earning("90000.00")


def migrant(**changes: Any) -> list[dict[str, Any]]:
    return [h.worker(migrant_worker=True, **changes), h.person("P2")]


# --- 建档对象 -----------------------------------------------------------------------------------------------------
@pytest.mark.req("MC-A-1.02", "MC-A-1.06")
@pytest.mark.parametrize("employment", ["employed", "laid_off", "unemployed"])
def test_only_union_members_are_filed_whether_at_work_or_laid_off(employment: str) -> None:
    def filed(member: bool | None) -> str:
        return outcome(members=[h.worker(employment=employment, union_member=member), h.person("P2")], attested=HARD)

    assert [filed(True), filed(False), filed(None)] == ["below_line", "none", "incomplete"]


@pytest.mark.req("MC-A-1.05")
def test_a_migrant_worker_must_be_a_union_member_like_everybody_else() -> None:
    assert outcome(members=migrant(), causes=["schooling"], incomes=RICH) == "migrant"
    assert outcome(members=migrant(union_member=False), causes=["schooling"], incomes=RICH) == "none"


@pytest.mark.req("MC-A-1.04")
def test_the_labour_relation_of_a_migrant_worker_needs_no_length_and_no_contract() -> None:
    new = migrant(labor_relation_months=0, labor_contract=False, long_term_urban=False)
    assert outcome(members=new, causes=["schooling"], incomes=RICH) == "migrant"


# --- 建档标准 -----------------------------------------------------------------------------------------------------
@pytest.mark.req("MC-A-2.01")
@pytest.mark.parametrize(("total", "result"), [("11999.99", "met"), ("12000.00", "not_met"), ("12000.01", "not_met")])
def test_the_first_line_must_be_undercut(total: str, result: str) -> None:
    found = judged(incomes=earning(total), attested=HARD)
    assert h.condition(found, "below_line", "income_below_dibao") == result
    assert (found.category("below_line").threshold, found.category("below_line").margin) == ("500.00", "0.00")


@pytest.mark.req("MC-A-2.02")
def test_below_the_line_it_is_also_found_that_relief_did_not_end_the_hardship() -> None:
    assert outcome(attested=HARD) == "below_line"
    assert outcome() == "none"
    assert outcome(attested={"still_in_difficulty": None}) == "incomplete"


@pytest.mark.req("MC-A-2.03")
@pytest.mark.parametrize(
    ("total", "wanted"), [("12000.00", "slightly_above"), ("18000.00", "slightly_above"), ("18000.01", "none")]
)
def test_the_second_line_is_one_and_a_half_times_the_first_and_belongs_to_it(total: str, wanted: str) -> None:
    found = judged(incomes=earning(total), causes=["schooling"])
    assert found.outcome == wanted
    assert found.category("slightly_above").threshold == "750.00"


@pytest.mark.req("MC-A-2.04")
@pytest.mark.parametrize(
    ("causes", "ill", "wanted"),
    [
        (["schooling"], False, "slightly_above"), (["other"], False, "slightly_above"), (["illness"], True, "slightly_above"),
        (["illness"], False, "none"), ([], True, "none"), (["unemployment", "disability", "single_parent"], True, "none"),
    ],
)  # fmt: skip
def test_above_the_line_income_alone_is_not_enough(causes: list[str], ill: bool, wanted: str) -> None:
    members = [h.worker(), h.person("P2", major_illness=ill)]
    assert outcome(incomes=earning("15000.00"), causes=causes, members=members) == wanted


@pytest.mark.req("MC-A-2.04")
def test_a_major_illness_of_somebody_who_does_not_count_is_no_cause() -> None:
    members = [h.worker(), h.person("P2"), h.person("P3", lives_together=False, major_illness=True)]
    assert outcome(incomes=earning("15000.00"), members=members) == "none"


@pytest.mark.req("MC-A-2.05")
@pytest.mark.parametrize("kind", facts_words.INCIDENT_KINDS)
def test_any_incident_counts_whatever_the_income_while_the_hardship_lasts(kind: str) -> None:
    struck = h.incident(kind)
    assert outcome(incomes=RICH, incident=struck, attested=HARD) == "accident"
    assert outcome(incomes=RICH, incident=struck) == "none"
    assert outcome(incomes=RICH, attested=HARD, causes=[]) == "none"


@pytest.mark.req("MC-A-2.06")
def test_schooling_and_major_illness_are_causes_of_a_migrant_worker_at_any_income() -> None:
    def filed(causes: list[str], **own: Any) -> str:
        return outcome(members=migrant(**own), causes=causes, incomes=RICH)

    assert [filed(["schooling"]), filed(["illness"], major_illness=True), filed(["illness"])] == [
        "migrant",
        "migrant",
        "none",
    ]
    assert outcome(causes=["schooling"], incomes=RICH) == "none"


@pytest.mark.req("MC-A-2.07")
@pytest.mark.parametrize(
    ("cause", "wanted"), [("disaster", "migrant"), ("accident", "migrant"), ("unemployment", "none")]
)
def test_disaster_and_accident_are_causes_of_a_migrant_worker(cause: str, wanted: str) -> None:
    assert outcome(members=migrant(), causes=[cause], incomes=RICH) == wanted


@pytest.mark.req("MC-A-2.08")
def test_infringed_rights_are_a_cause_of_migrant_workers_only() -> None:
    assert outcome(members=migrant(), causes=["rights_infringed"], incomes=RICH) == "migrant"
    assert outcome(causes=["rights_infringed"], incomes=RICH) == "none"


@pytest.mark.req("MC-A-2.09")
def test_other_hardship_of_the_moment_is_the_last_category_and_needs_a_cause() -> None:
    assert outcome(causes=["unemployment"], incomes=RICH, attested=HARD) == "temporary"
    assert outcome(causes=["unemployment"], incomes=RICH) == "none"
    assert outcome(causes=[], incomes=RICH, attested=HARD) == "none"
    assert [one.code for one in registry.get_pack(h.MUCHUAN).categories][-1] == "temporary"


# --- income -------------------------------------------------------------------------------------------------------
@pytest.mark.req("MC-FORM1-29")
@pytest.mark.parametrize("kind", list(facts_words.INCOME_KINDS))
def test_every_kind_of_income_of_the_year_counts_and_transfers_out_are_subtracted(kind: str) -> None:
    out = kind in ("tax", "social_insurance", "support_paid", "other_transfer_out")
    found = judged(incomes=[*earning("1000.00"), h.once(kind, "100.00")])
    assert found.figures["income"] == ("900.00" if out else "1100.00")


@pytest.mark.req("MC-FORM1-29")
def test_the_year_is_the_twelve_months_before_the_month_of_application() -> None:
    months = ["2019-09", "2019-10", "2020-09", "2020-10"]
    found = judged(incomes=[h.once("wage", "10.00", month) for month in months])
    shown = found.as_dict()
    assert shown["window"] == {"months": 12, "from": "2019-10", "to": "2020-09"}
    assert shown["figures"]["income"] == "20.00"


def test_flexible_earnings_count_as_declared_and_support_without_a_document_not_at_all() -> None:
    declared = h.monthly("wage", "100.00", h.TWELVE, basis="declared_flexible")
    support = h.supported(span=h.TWELVE)
    rows = (("minimum_wage", "510000", "2015-07-01", "1260.00"), ("support_ratio", "510000", "2015-07-01", "0.3"))
    assert judged(*rows, incomes=[declared, support]).figures["income"] == "1200.00"


@pytest.mark.req("MC-FORM1-30")
def test_the_monthly_mean_divides_by_twelve_and_by_everybody_who_counts_and_no_expense_is_taken_off() -> None:
    members = [h.worker(), h.person("P2"), h.person("P3"), h.person("P4", lives_together=False)]
    found = judged(incomes=earning("10000.00"), expenses=[h.bill("9000.00"), h.school("5000.00")], members=members)
    figures = found.figures
    assert (figures["household_size"], figures["rigid_expense"]) == (3, "0.00")
    assert figures["net_per_capita_monthly"] == "277.78"
    assert h.counted(found, "expenses") == ["0.00", "0.00"]


@pytest.mark.req("MC-FORM1-28")
def test_the_family_is_who_lives_together_in_one_booklet_or_by_a_duty_of_support() -> None:
    def size(**person: Any) -> Any:
        return judged(members=[h.worker(), h.person("P2", **person)]).figures["household_size"]

    assert [size(), size(lives_together=False), size(same_huji=False)] == [2, 1, 1]
    assert size(same_huji=False, support_relation=True) == 2
    assert size(lives_together=None) is None


def test_the_standard_is_that_of_the_place_of_work_on_the_day_of_application() -> None:
    rows = [("dibao", "511129", "2020-10-16", "900.00"), ("dibao", "110000", "2020-01-01", "1170.00")]
    found = judged(*rows, huji_region="110101", incomes=earning("12000.00"), attested=HARD, causes=["other"])
    assert (found.figures["dibao"], found.outcome) == ("500.00", "slightly_above")


# --- the text and its time ----------------------------------------------------------------------------------------
@pytest.mark.req("MC-A-6.01", "MC-F-5.01")
def test_it_applies_from_the_day_it_was_passed_on() -> None:
    pack = registry.get_pack(h.MUCHUAN)
    assert (pack.first_day, pack.last_day, pack.region) == (datetime.date(2016, 11, 16), None, "511129")
    assert registry.policy_for("511129", datetime.date(2016, 11, 16)) == h.MUCHUAN
    with pytest.raises(PolicyNotInForce):
        registry.in_force(h.MUCHUAN, datetime.date(2016, 11, 15))


@pytest.mark.req("MC-A-0.02")
def test_its_figures_bind_nobody_else() -> None:
    assert registry.policy_for("511128", datetime.date(2021, 1, 1)) == "acftu-2020"
    assert registry.get_pack(h.MUCHUAN).parent is None
    assert [one for one in registry.pack_ids() if registry.get_pack(one).heading.parent == h.MUCHUAN] == []


# --- a second evaluator -------------------------------------------------------------------------------------------
MONTHS = ("2019-09", "2019-10", "2020-03", "2020-09", "2020-10")
OUT = ("tax", "social_insurance", "support_paid", "other_transfer_out")
amounts = st.one_of(st.sampled_from([0, 1, 600_000, 1_200_000, 1_800_000, 1_800_001]), st.integers(0, 3_000_000))


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    kind, member = draw(st.sampled_from(facts_words.INCOME_KINDS)), draw(st.sampled_from(["P1", "P2", "P3", None]))
    if kind == "support" and draw(st.booleans()):
        return h.supported(span=("2020-01", "2020-03"), member=member)
    if draw(st.booleans()):
        return h.once(kind, yuan(draw(amounts)), draw(st.sampled_from(MONTHS)), member)
    first, last = sorted((draw(st.sampled_from(MONTHS)), draw(st.sampled_from(MONTHS))))
    basis = {"basis": "declared_flexible"} if kind == "wage" and member and draw(st.booleans()) else {}
    return h.monthly(kind, yuan(draw(amounts) // 12), (first, last), member, **basis)


@st.composite
def families(draw: st.DrawFn) -> dict[str, Any]:
    flag = st.booleans()
    members = [
        h.worker(union_member=draw(st.sampled_from([True, True, True, False])), migrant_worker=draw(flag)),
        h.person("P2", major_illness=draw(flag)),
        h.person("P3", lives_together=draw(flag), same_huji=draw(flag), support_relation=draw(flag), major_illness=draw(flag)),
    ]  # fmt: skip
    return h.muchuan(
        members=members, incomes=draw(st.lists(lines(), max_size=5)),
        causes=draw(st.lists(st.sampled_from(facts_words.CAUSES), max_size=3, unique=True)),
        incident=draw(st.sampled_from(["none", h.incident("traffic_accident")])),
        attested={"still_in_difficulty": draw(flag)},
    )  # fmt: skip


def place(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def second_opinion(family: dict[str, Any]) -> tuple[Fraction, list[str]]:
    """The yearly income in yuan and the categories that hold, in exact fractions, by the rules as they are written."""
    inside = {m["id"] for m in family["members"] if m["id"] == "P1" or (m["lives_together"] and (m["same_huji"] or m["support_relation"]))}  # fmt: skip
    total, first, last = Fraction(0), place("2019-10"), place("2020-09")
    for line in family["incomes"]:
        if (line["member"] is None or line["member"] in inside) and "obligor" not in line:
            sign = -1 if line["kind"] in OUT else 1
            if "monthly" in line:
                span = min(last, place(line["to"])) - max(first, place(line["from"])) + 1
                total += sign * Fraction(line["monthly"]) * max(0, span)
            elif first <= place(line["month"]) <= last:
                total += sign * Fraction(line["amount"])
    mean, causes = total / (len(inside) * 12), set(family["causes"])
    hard = family["attested"]["still_in_difficulty"]
    ill = "illness" in causes and any(m["major_illness"] for m in family["members"] if m["id"] in inside)
    own = family["members"][0]
    holds = {
        "below_line": mean < 500 and hard,
        "slightly_above": mean <= 750 and (ill or bool(causes & {"schooling", "other"})),
        "accident": family["incident"] != "none" and hard,
        "migrant": own["migrant_worker"] and (ill or bool(causes & {"schooling", "disaster", "accident", "rights_infringed"})),
        "temporary": hard and bool(causes),
    }  # fmt: skip
    return total, [code for code, held in holds.items() if held and own["union_member"]]


@settings(max_examples=150, deadline=None)
@given(families())
def test_a_second_evaluator_says_the_same(family: dict[str, Any]) -> None:
    found = h.decide(family, policy=h.MUCHUAN)
    total, met = second_opinion(family)
    assert Fraction(found.figures["income"]) == total
    assert [code for code, result in h.results(found).items() if result == "met"] == met
    assert found.outcome == (met[0] if met else "none")
    assert list(found.missing) == []


UNKNOWN = ("causes", "incident", "incomes", "attested", "union_member", "major_illness", "lives_together")


def with_unknown(family: dict[str, Any], holes: set[str]) -> dict[str, Any]:
    """The same family with some facts not yet found out."""
    open_family = h.copy.deepcopy(family)
    for hole in holes:
        if hole in ("causes", "incident", "incomes"):
            open_family[hole] = None
        elif hole == "attested":
            open_family["attested"]["still_in_difficulty"] = None
        elif hole == "union_member":
            open_family["members"][0]["union_member"] = None
        else:
            open_family["members"][2][hole] = None
    return open_family


@settings(max_examples=150, deadline=None)
@given(families(), st.sets(st.sampled_from(UNKNOWN), min_size=1, max_size=3))
def test_what_is_decided_with_unknown_facts_stays_when_they_are_found_out(
    family: dict[str, Any], holes: set[str]
) -> None:
    before, after = h.decide(with_unknown(family, holes), policy=h.MUCHUAN), h.decide(family, policy=h.MUCHUAN)
    for code, result in h.results(before).items():
        assert result in ("unknown", h.results(after)[code]), code
    if before.outcome != "incomplete":
        assert before.outcome == after.outcome
    else:
        assert before.missing
