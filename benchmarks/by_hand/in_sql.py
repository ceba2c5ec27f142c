"""The rule by hand in DuckDB's SQL, over the tables of the layout and `local` (region, day, dibao, minimum_wage, local_multiple)."""

from __future__ import annotations

_PAID = "paid_basic_insurance + paid_major_illness_insurance + paid_commercial_insurance + paid_mutual_aid + paid_other_relief"
_SPAN = range(-6, 0)


def _spread(first: int, last: int, once: str, monthly: str) -> str:
    return (
        f'CASE WHEN monthly_line THEN ({monthly}) * greatest(0, least("last", app + ({last})) - greatest("first", app + ({first})) + 1) '
        f"WHEN month BETWEEN app + ({first}) AND app + ({last}) THEN ({once}) ELSE 0 END"
    )


def _covers(month: int) -> str:
    return f'CASE WHEN monthly_line THEN "first" <= app + ({month}) AND "last" >= app + ({month}) ELSE month = app + ({month}) END'


def _cost(first: int, last: int) -> str:
    return (
        f"CASE WHEN kind IN ('illness', 'disability_rehab') THEN {_spread(first, last, 'own', '0')} "
        f"WHEN kind = 'disability_care' THEN {_spread(first, last, 'own', 'monthly')} "
        f"WHEN kind = 'schooling' THEN {_spread(first, last, 'school', '0')} "
        f"WHEN kind = 'rent' THEN {_spread(first, last, '0', 'monthly')} END"
    )


def _part(k: int) -> str:
    n = f"n{-k}"
    return f"CASE WHEN ({_covers(k)}) AND obligor_status = 'none' THEN (2 * huji_dibao + {n}) // (2 * {n}) ELSE 0 END"


def _month(k: int) -> str:
    return f"CASE WHEN c{-k} THEN greatest(s{-k}, minimum_wage) ELSE 0 END"


def text() -> str:
    """The query: household, outcome, household_size, income, rigid_expense, net_per_capita_monthly."""
    plain = """(kind IN ('business', 'property', 'pension', 'unemployment_benefit', 'survivor_benefit', 'compensation', 'donation',
      'other_transfer', 'dibao', 'disability_subsidy') OR (kind = 'wage' AND basis <> 'declared_flexible')
      OR (kind = 'support' AND basis <> 'no_document'))"""
    flexible = "(kind = 'wage' AND basis = 'declared_flexible')"
    apart = (
        "kind IN ('basic_pension', 'relief', 'preferential', 'family_planning_reward', 'scholarship', 'bravery_award')"
    )
    sign = f"CASE WHEN {plain} THEN 1 WHEN kind IN ('tax', 'social_insurance', 'support_paid', 'other_transfer_out') THEN -1 ELSE 0 END"
    rest = _spread(-6, 0, "total", "CASE WHEN kind = 'employment_cost' THEN monthly ELSE 0 END")
    covered = {k: f"CASE WHEN {_covers(k)} THEN 1 ELSE 0 END" for k in _SPAN}
    said = "CASE WHEN monthly_line THEN monthly ELSE amount END"
    earned = ", ".join(
        f"sum(CASE WHEN {_covers(k)} THEN {said} ELSE 0 END) AS s{-k}, bool_or({_covers(k)}) AS c{-k}" for k in _SPAN
    )
    return f"""
WITH h AS (
  SELECT hh.*, year(application_date) * 12 + month(application_date) - 1 AS app, p.dibao, p.minimum_wage, q.dibao AS huji_dibao, r.local_multiple
  FROM households hh
  JOIN local p ON p.day = hh.application_date AND p.region = CASE WHEN starts_with(work_region, '12') AND starts_with(huji_region, '12')
    THEN work_region ELSE huji_region END
  JOIN local q ON q.day = hh.application_date AND q.region = huji_region
  JOIN local r ON r.day = hh.application_date AND r.region = work_region
), m AS (
  SELECT mm.*, position = worker AS me, (position = worker OR (lives_together AND (same_huji OR support_relation))) AS counts
  FROM members mm JOIN households hh ON mm.household = hh.household
), size AS (
  SELECT household, count(*) FILTER (counts) AS size, bool_or(me AND retired) AS retired, bool_or(me AND migrant_worker) AS migrant,
    bool_or(me AND labor_contract) AS contract, bool_or(me AND employment IN ('employed', 'flexible', 'laid_off')) AS working
  FROM m GROUP BY household
), outside AS (
  SELECT household, position AS member FROM m WHERE NOT counts
), i AS (
  SELECT x.*, h.app, h.minimum_wage, h.huji_dibao FROM incomes x JOIN h ON h.household = x.household
  WHERE NOT EXISTS (SELECT 1 FROM outside o WHERE o.household = x.household AND o.member = x.member)
), income AS (
  SELECT household, sum(({sign}) * ({_spread(-6, -1, "amount", "monthly")})) AS income, sum(({sign}) * ({_spread(-3, -1, "amount", "monthly")})) AS income3,
    sum(CASE WHEN NOT incident THEN 0 WHEN {plain} OR {flexible} THEN {_spread(0, 0, "amount", "monthly")}
      WHEN {apart} THEN {_spread(-6, 0, "amount", "monthly")} ELSE 0 END) AS incident_income
  FROM i GROUP BY household
), earned AS (
  SELECT household, member, minimum_wage, {earned} FROM i WHERE {flexible} GROUP BY household, member, minimum_wage
), topped AS (
  SELECT household, sum({" + ".join(_month(k) for k in _SPAN)}) AS flexible, sum({" + ".join(_month(k) for k in (-3, -2, -1))}) AS flexible3
  FROM earned GROUP BY household
), owed AS (
  SELECT x.*, h.app, h.huji_dibao, coalesce(member, -1) AS who FROM incomes x JOIN h ON h.household = x.household
  WHERE kind = 'support' AND basis = 'no_document'
), sharers AS (
  SELECT household, who, {", ".join(f"sum({covered[k]}) AS n{-k}" for k in _SPAN)} FROM owed GROUP BY household, who
), support AS (
  SELECT o.household, sum({" + ".join(_part(k) for k in _SPAN)}) AS support, sum({" + ".join(_part(k) for k in (-3, -2, -1))}) AS support3
  FROM owed o JOIN sharers s ON s.household = o.household AND s.who = o.who
  WHERE NOT EXISTS (SELECT 1 FROM outside x WHERE x.household = o.household AND x.member = o.member)
  GROUP BY o.household
), cared AS (
  SELECT DISTINCT household, member FROM disabilities WHERE (kind = 'limb' AND grade <= 2) OR (kind IN ('mental', 'intellectual') AND grade <= 3)
), e AS (
  SELECT x.*, h.app, greatest(0, total - ({_PAID})) AS own, greatest(0, tuition + boarding + travel - aided) AS school,
    c.member IS NOT NULL AS severe,
    (owned_homes = 0 OR owned_area_m2 < 1200 * size) AND rented_area_m2 <= 3300 * size AND rent_within_market AS rent_counts
  FROM expenses x JOIN h ON h.household = x.household JOIN size s ON s.household = x.household
  LEFT JOIN cared c ON c.household = x.household AND c.member = x.member
  WHERE NOT EXISTS (SELECT 1 FROM outside o WHERE o.household = x.household AND o.member = x.member)
), expense AS (
  SELECT household,
    sum(CASE WHEN (kind = 'disability_care' AND NOT severe) OR (kind = 'rent' AND NOT rent_counts) THEN 0 ELSE coalesce({_cost(-6, -1)}, 0) END) AS rigid,
    sum(CASE WHEN incident THEN coalesce({_cost(-6, 0)}, {rest}) ELSE 0 END) AS incident_expense,
    sum(CASE WHEN incident AND kind IN ('illness', 'disability_rehab') THEN {_spread(-6, 0, "own", "0")} ELSE 0 END) AS incident_medical
  FROM e GROUP BY household
), cars AS (
  SELECT DISTINCT household FROM vehicles WHERE "use" <> 'disability_mobility'
), f AS (
  SELECT h.*, s.size, s.retired, s.migrant, s.contract, s.working, v.household IS NOT NULL AS car,
    (coalesce(income, 0) + coalesce(flexible, 0) + coalesce(support, 0))::BIGINT AS income,
    (coalesce(income3, 0) + coalesce(flexible3, 0) + coalesce(support3, 0))::BIGINT AS income3,
    coalesce(incident_income, 0)::BIGINT AS incident_income, coalesce(rigid, 0)::BIGINT AS rigid,
    coalesce(incident_expense, 0)::BIGINT AS incident_expense, coalesce(incident_medical, 0)::BIGINT AS incident_medical
  FROM h JOIN size s ON s.household = h.household LEFT JOIN income a ON a.household = h.household
  LEFT JOIN topped b ON b.household = h.household LEFT JOIN support c ON c.household = h.household
  LEFT JOIN expense d ON d.household = h.household LEFT JOIN cars v ON v.household = h.household
), g AS (
  SELECT *, income - rigid AS net, size * 6 AS heads, dibao * size * 6 AS line,
    (cause_illness OR cause_disability OR cause_schooling OR cause_single_parent OR cause_unemployment OR cause_enterprise_closure
      OR cause_disaster OR cause_accident OR cause_rights_infringed OR cause_other) AS cause,
    (controlling_shareholder OR private_or_abroad_school OR refused_verification OR concealed_facts OR refused_employment OR evaded OR retired) AS shut,
    (NOT migrant OR status_work_injury_survivor OR contract) AS filing
  FROM f
)
SELECT household,
  CASE WHEN cause AND net <= line AND filing AND NOT shut AND NOT (owned_homes >= 2 OR car OR owns_shop OR employs_others
      OR (declined_dibao AND income < line) OR unexplained_funds > 24 * dibao * size) THEN 'deep'
    WHEN cause AND net * 2 <= 3 * line AND filing AND NOT shut THEN 'relative'
    WHEN attested_still_in_difficulty AND filing AND NOT shut AND (
      (incident_happened AND incident_kind IN ('natural_disaster', 'major_safety_accident', 'major_epidemic', 'social_security_event')
        AND (incident_injury_grade BETWEEN 1 AND 3 OR (incident_infected AND incident_hospitalised) OR incident_death))
      OR (incident_happened AND incident_kind = 'illness' AND incident_month BETWEEN app - 6 AND app
        AND income + incident_income - incident_medical <= line)
      OR (incident_happened AND incident_kind IN ('natural_disaster', 'major_safety_accident', 'traffic_accident')
        AND incident_month BETWEEN app - 6 AND app AND income + incident_income - incident_expense - incident_loss <= line)
      OR (attested_committee_resolution AND income3 < dibao * size * 3)) THEN 'accident'
    WHEN working AND cause AND net * 5 <= 9 * line AND NOT shut THEN 'union'
    WHEN local_multiple IS NOT NULL AND net * 1000 <= local_multiple * line AND working AND cause AND NOT shut THEN 'local'
    ELSE 'none' END AS outcome,
  size AS household_size, income, rigid AS rigid_expense,
  CASE WHEN net < 0 THEN -((-2 * net + heads) // (2 * heads)) ELSE (2 * net + heads) // (2 * heads) END AS net_per_capita_monthly
FROM g
"""
