"""The names a formula may use in each scope, with their kinds. One table, from the facts contract."""

from __future__ import annotations

from typing import Final

from bangfu.policy import household

ENUMS: Final[dict[str, tuple[str, ...]]] = {
    "relation": household.RELATIONS,
    "sex": ("male", "female"),
    "employment": household.EMPLOYMENTS,
    "studying": household.STUDIES,
    "disability": household.DISABILITIES,
    "use": household.VEHICLE_USES,
    "incident": household.INCIDENT_KINDS,
    "obligor_status": household.OBLIGOR_STATUSES,
    "cause": household.CAUSES,
    "basis": household.BASES,
    "income_kind": household.INCOME_KINDS,
    "expense_kind": household.EXPENSE_KINDS,
}

MEMBER: Final[dict[str, str]] = {
    "relation": "enum:relation",
    "sex": "enum:sex",
    "lives_together": "truth",
    "same_huji": "truth",
    "support_relation": "truth",
    "employment": "enum:employment",
    "retired": "truth",
    "retired_in_mining_area": "truth",
    "union_member": "truth",
    "unit_has_union": "truth",
    "migrant_worker": "truth",
    "labor_relation_months": "count",
    "labor_contract": "truth",
    "long_term_urban": "truth",
    "work_capable": "truth",
    "major_illness": "truth",
    "chronic_illness": "truth",
    "studying": "enum:studying",
}
DISABILITY: Final[dict[str, str]] = {"kind": "enum:disability", "grade": "count"}
VEHICLE: Final[dict[str, str]] = {"use": "enum:use"}
INCIDENT: Final[dict[str, str]] = {
    "happened": "truth",
    "kind": "enum:incident",
    "month": "month",
    "injury_grade": "count",
    "hospitalised": "truth",
    "infected": "truth",
    "death": "truth",
    "loss": "money",
}
#: Sections of the household whose keys are names `section.key`.
SECTIONS: Final[dict[str, dict[str, str]]] = {
    "housing": {
        "owned_homes": "count",
        "owned_area_m2": "area",
        "renting": "truth",
        "rented_area_m2": "area",
        "rent_within_market": "truth",
    },
    "conduct": {
        name: "money" if name == "unexplained_funds" else "truth" for name in household.Conduct.__dataclass_fields__
    },
    "status": dict.fromkeys(household.Status.__dataclass_fields__, "truth"),
    "attested": dict.fromkeys(household.Attested.__dataclass_fields__, "truth"),
    "incident": INCIDENT,
    "worker": MEMBER,
}
HOUSEHOLD: Final[dict[str, str]] = {
    "work_region": "region",
    "huji_region": "region",
    "savings": "money",
    "investments_net": "money",
    "causes": "set:cause",
    "vehicles": "list:vehicle",
}
INCOME_LINE: Final[dict[str, str]] = {
    "kind": "enum:income_kind",
    "basis": "enum:basis",
    "amount": "money",
    "monthly": "money",
    "obligor.income_monthly": "money",
    "obligor.status": "enum:obligor_status",
}
EXPENSE_LINE: Final[dict[str, str]] = {
    "kind": "enum:expense_kind",
    "monthly": "money",
    "total": "money",
    "paid_by": "money",
    "tuition": "money",
    "boarding": "money",
    "travel": "money",
    "aided": "money",
    "recognized": "truth",
}
LINE_SCOPES: Final[dict[str, dict[str, str]]] = {"incomes": INCOME_LINE, "expenses": EXPENSE_LINE}
#: What a quantifier may run over, and the names its variable offers.
COLLECTIONS: Final[dict[str, dict[str, str]]] = {"members": MEMBER, "vehicles": VEHICLE}
