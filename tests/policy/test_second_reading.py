"""The judge against a second reading of the rules, over households full of traps; and which text is named outside a policy's dates."""

from typing import Any

import pytest

from bangfu.policy.assess import assess
from bangfu.policy.errors import PolicyNotInForce
from tests.policy import households as h
from tests.policy.oracle import compare, rules, traps

HOUSEHOLDS = 60


def trapped(policy: str, seed: str = "ci") -> list[tuple[dict[str, Any], dict[str, Any]]]:
    maker = traps.Maker(seed, policy)
    return [maker.household(f"{policy}-{number}") for number in range(HOUSEHOLDS)]


@pytest.mark.parametrize("policy", rules.POLICIES)
def test_judge_and_second_reading_say_the_same_of_every_trap(policy: str) -> None:
    found = {facts["id"]: compare.differences(facts, policy, standards) for facts, standards in trapped(policy)}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("policy", rules.POLICIES)
def test_the_traps_reach_open_and_decided_answers_and_the_line_itself(policy: str) -> None:
    answers = [rules.read(facts, policy, standards) for facts, standards in trapped(policy)]
    outcomes = {one.outcome for one in answers if one}
    assert {"incomplete", "none"} < outcomes
    gaps = {gap for one in answers if one for gap in one.gaps.values()}
    assert policy == "relief-2018" or 0 in gaps


def test_a_fen_more_is_seen_by_the_comparison() -> None:
    line = h.once("wage", "6000.00", "2020-08")
    family = h.household(members=[h.worker()], incomes=[line])
    assert compare.differences(family, h.TIANJIN, h.standards()) == []
    mine = rules.read(family, h.TIANJIN, h.standards())
    theirs = assess(h.household(members=[h.worker()], incomes=[line | {"amount": "6000.01"}]), h.TIANJIN, h.standards())
    assert mine is not None
    assert (mine.outcome, theirs.outcome) == ("deep", "relative")


# --- dates ------------------------------------------------------------------------------------------------------------
def known_answer(policy: str, day: str) -> str | None:
    """What is in force instead, or None: as the table of validity and of parents says."""
    first = rules.VALID[policy][0]
    if policy in ("dibao-2019", "relief-2018") or day < "2016-01-01":
        return None
    if policy == "acftu-2016" or day >= "2020-06-28":
        return "acftu-2020"
    return "acftu-2016" if day < first else None


@pytest.mark.parametrize("policy", rules.POLICIES)
def test_outside_its_dates_a_policy_names_the_one_in_force(policy: str) -> None:
    for day in traps.BORDERS:
        family = h.household(application_date=day)
        mine = rules.read(family, policy, h.standards())
        if mine is not None:
            assert assess(family, policy, h.standards()).outcome == mine.outcome
            continue
        with pytest.raises(PolicyNotInForce) as told:
            assess(family, policy, h.standards())
        instead = known_answer(policy, day)
        assert told.value.in_force == instead
        assert instead is None or instead in str(told.value)
