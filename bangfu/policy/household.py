"""One household at one moment, typed. None is *unknown*; false, zero, an empty list and "none" are known.

Money is integer 分, an area is an integer of 0.01 m², months are numbers of `months.parse_month`. `facts.parse` builds these from a document.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Final

RELATIONS: Final = ("self", "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "other")
EMPLOYMENTS: Final = ("employed", "flexible", "laid_off", "unemployed", "student", "minor", "retired", "none")
DISABILITIES: Final = ("limb", "mental", "intellectual", "visual", "hearing", "speech")
STUDIES: Final = (
    "none", "preschool", "compulsory", "high_school", "vocational", "college", "undergraduate", "graduate",
)  # fmt: skip
INCOME_KINDS: Final = (
    "wage", "business", "property", "pension", "basic_pension", "unemployment_benefit", "survivor_benefit",
    "compensation", "donation", "support", "other_transfer", "dibao", "disability_subsidy", "relief", "preferential",
    "family_planning_reward", "scholarship", "bravery_award", "tax", "social_insurance", "support_paid",
    "other_transfer_out",
)  # fmt: skip
BASES: Final = ("contract", "verified", "estimated", "declared_flexible", "no_document")
OBLIGOR_STATUSES: Final = ("none", "dibao", "tekun", "registered_poor", "low_income")
EXPENSE_KINDS: Final = (
    "illness", "disability_rehab", "disability_care", "schooling", "rent", "employment_cost", "other",
)  # fmt: skip
CAUSES: Final = (
    "illness", "disability", "schooling", "single_parent", "unemployment", "enterprise_closure", "disaster",
    "accident", "rights_infringed", "other",
)  # fmt: skip
VEHICLE_USES: Final = ("private", "disability_mobility", "employed_driver", "commercial")
INCIDENT_KINDS: Final = (
    "natural_disaster", "major_safety_accident", "major_epidemic", "social_security_event", "illness",
    "traffic_accident", "other",
)  # fmt: skip
PAYERS: Final = ("basic_insurance", "major_illness_insurance", "commercial_insurance", "mutual_aid", "other_relief")


@dataclass(frozen=True, slots=True)
class Disability:
    kind: str | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the household. `position` is the place in the document's list."""

    id: str
    position: int
    relation: str | None = None
    birth_date: datetime.date | None = None
    sex: str | None = None
    lives_together: bool | None = None
    same_huji: bool | None = None
    support_relation: bool | None = None
    employment: str | None = None
    retired: bool | None = None
    retired_in_mining_area: bool | None = None
    union_member: bool | None = None
    unit_has_union: bool | None = None
    migrant_worker: bool | None = None
    labor_relation_months: int | None = None
    labor_contract: bool | None = None
    long_term_urban: bool | None = None
    work_capable: bool | None = None
    disabilities: tuple[Disability, ...] | None = None
    major_illness: bool | None = None
    chronic_illness: bool | None = None
    studying: str | None = None


@dataclass(frozen=True, slots=True)
class Obligor:
    """Who owes support that no document fixes: 分 a month, and the status that may release him."""

    income_monthly: int | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Income:
    """One income line: monthly from–to, or one amount in one month. `member` None is the household itself."""

    position: int
    kind: str
    member: str | None = None
    basis: str = "verified"
    monthly: int | None = None
    first: int | None = None
    last: int | None = None
    amount: int | None = None
    month: int | None = None
    incident: bool = False
    obligor: Obligor | None = None
    is_monthly: bool = False


@dataclass(frozen=True, slots=True)
class PaidBy:
    """What others paid of a bill, in 分 by payer; a payer that is None is unknown."""

    basic_insurance: int | None = None
    major_illness_insurance: int | None = None
    commercial_insurance: int | None = None
    mutual_aid: int | None = None
    other_relief: int | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    """One expense line; which keys it may carry depends on its kind."""

    position: int
    kind: str
    member: str | None = None
    monthly: int | None = None
    first: int | None = None
    last: int | None = None
    month: int | None = None
    total: int | None = None
    paid_by: PaidBy | None = None
    tuition: int | None = None
    boarding: int | None = None
    travel: int | None = None
    aided: int | None = None
    recognized: bool | None = None
    incident: bool = False
    is_monthly: bool = False


@dataclass(frozen=True, slots=True)
class Housing:
    owned_homes: int | None = None
    owned_area_m2: int | None = None
    renting: bool | None = None
    rented_area_m2: int | None = None
    rent_within_market: bool | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    use: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """An accident or blow. `happened` False is the known "none"; None is unknown altogether."""

    happened: bool | None = None
    kind: str | None = None
    date: datetime.date | None = None
    injury_grade: int | str | None = None
    hospitalised: bool | None = None
    infected: bool | None = None
    death: bool | None = None
    loss: int | None = None


@dataclass(frozen=True, slots=True)
class Conduct:
    controlling_shareholder: bool | None = None
    owns_shop: bool | None = None
    employs_others: bool | None = None
    private_or_abroad_school: bool | None = None
    refused_verification: bool | None = None
    concealed_facts: bool | None = None
    refused_employment: bool | None = None
    evaded: bool | None = None
    high_consumption: bool | None = None
    declined_dibao: bool | None = None
    unexplained_funds: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    dibao: bool | None = None
    work_injury_survivor: bool | None = None
    registered_poor: bool | None = None
    tekun: bool | None = None
    low_income_certified: bool | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    still_in_difficulty: bool | None = None
    especially_hard: bool | None = None
    committee_resolution: bool | None = None
    huge_treatment_cost: bool | None = None
    severe_loss: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One household at one moment. Build it with `parse`."""

    id: str
    application_date: datetime.date
    worker_id: str
    members: tuple[Member, ...]
    work_region: str | None = None
    huji_region: str | None = None
    incomes: tuple[Income, ...] | None = None
    expenses: tuple[Expense, ...] | None = None
    housing: Housing = field(default_factory=Housing)
    vehicles: tuple[Vehicle, ...] | None = None
    savings: int | None = None
    investments_net: int | None = None
    causes: tuple[str, ...] | None = None
    incident: Incident = field(default_factory=Incident)
    conduct: Conduct = field(default_factory=Conduct)
    status: Status = field(default_factory=Status)
    attested: Attested = field(default_factory=Attested)

    @property
    def worker(self) -> Member:
        """The worker the file is for."""
        return next(member for member in self.members if member.id == self.worker_id)

    def member(self, member_id: str) -> Member:
        """The member of that id. Raises KeyError."""
        for member in self.members:
            if member.id == member_id:
                return member
        raise KeyError(member_id)
