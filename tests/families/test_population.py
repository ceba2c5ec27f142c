"""The register as a population: the SQL that reads all families at once says of each what its facts document says."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from polars.testing import assert_frame_equal

from bangfu.common import audit
from bangfu.common.acts import act
from bangfu.common.models import AuditEntry
from bangfu.families import facts, population, selectors
from bangfu.families.models import ExpenseLine, Household, IncomeLine, Member
from bangfu.organizations.scope import Desk
from bangfu.policy import facts as contract
from bangfu.policy import registry, standards
from bangfu.policy.household import CAUSES, EMPLOYMENTS, INCIDENT_KINDS, STUDIES
from bangfu.policy.population import judge_engine, layout
from tests import factories
from tests.policy import households as h

pytestmark = pytest.mark.django_db

FLAGS = (*layout.CONDUCT_FLAGS, *layout.STATUSES, *layout.ATTESTED)
STANDARDS = {"schema": "bangfu.standards/1", "rows": []}


class Chance:
    """Families as they come: anything may be unknown, and every kind of line occurs."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice = desk, random.Random(seed)

    def maybe(self, *values: Any) -> Any:
        return self.dice.choice((None, *values))

    def flag(self) -> bool | None:
        return self.maybe(True, False)

    def money(self) -> int | None:
        return self.maybe(0, self.dice.randrange(1, 900_000))

    def month(self) -> str:
        return f"2020-{self.dice.randrange(1, 13):02d}"

    def family(self, number: int) -> Household:
        dice = self.dice
        happened = self.flag()
        household = Household.objects.create(
            union_id=self.desk.union_id, union_path=self.desk.union_path, number=f"T-{number}", created_by_id=self.desk.user_id,
            created_at=factories.AT, updated_at=factories.AT, application_date=date(2020, 10, 1 + dice.randrange(28)),
            work_region=self.maybe("120101", ""), huji_region=self.maybe("120102"),
            incomes_known=dice.random() < 0.8, expenses_known=dice.random() < 0.8,
            owned_homes=self.maybe(0, 1, 2), owned_area_m2=self.maybe(Decimal("58.25"), Decimal("33.01")),
            renting=self.flag(), rented_area_m2=self.maybe(Decimal("0.10")), rent_within_market=self.flag(),
            vehicles=self.maybe([], [{"use": "private"}], [{"use": "commercial"}, {"use": ""}]),
            savings=self.money(), investments_net=self.money(), unexplained_funds=self.money(),
            causes=self.maybe([], dice.sample(CAUSES, 2), list(CAUSES)),
            has_incident=happened, incident_kind=self.maybe(*INCIDENT_KINDS) or "", loss=self.money(),
            incident_date=self.maybe(date(2020, 8, 3)), injury_grade=self.maybe(0, 3),
            hospitalised=self.flag(), infected=self.flag(), death=self.flag(), **{name: self.flag() for name in FLAGS},
        )  # fmt: skip
        first = 1 + dice.randrange(3)  # a member who left keeps no place free
        members = [self.member(household, place) for place in range(first, first + 1 + dice.randrange(4))]
        for row in range(dice.randrange(5)):
            self.income(household, row, self.maybe(*members))
        for row in range(dice.randrange(5)):
            self.expense(household, row, self.maybe(*members))
        return household

    def member(self, household: Household, place: int) -> Member:
        employment = self.maybe(*EMPLOYMENTS)
        flags = {name: self.flag() for name in layout.MEMBER_FLAGS}
        if employment == "retired" and flags["retired"] is False:
            flags["retired"] = None
        return Member.objects.create(
            household=household, position=place, relation=self.dice.choice(("self", "child", "spouse")), name="张三",
            birth_date=self.maybe(date(1980, 1, 2)), sex=self.maybe("male", ""), employment=employment,
            labor_relation_months=self.maybe(0, 13), studying=self.maybe(*STUDIES),
            disabilities=self.maybe([], [{"kind": "limb", "grade": 2}], [{"kind": "mental", "grade": None}, {"kind": "", "grade": 4}]),
            **flags,
        )  # fmt: skip

    def span(self) -> dict[str, Any]:
        first, last = sorted((self.month(), self.month()))
        return {"from_month": self.maybe(first), "to_month": self.maybe(last)}

    def income(self, household: Household, row: int, member: Member | None) -> None:
        basis = self.dice.choice(("verified", "contract", "declared_flexible", "no_document"))
        common = {"household": household, "row": row, "incident": self.dice.random() < 0.3, "basis": basis}
        if basis == "no_document":
            income, status = self.money(), self.maybe("none", "dibao", "")
            IncomeLine.objects.create(
                kind="support", member=member, obligor_income=income, obligor_status=status, **self.span(), **common
            )
        elif basis == "declared_flexible":
            member = member or household.members.first()
            IncomeLine.objects.create(kind="wage", member=member, monthly=self.money(), **self.span(), **common)
        elif self.dice.random() < 0.5:
            IncomeLine.objects.create(kind="pension", member=member, amount=self.money(), month=self.month(), **common)
        else:
            IncomeLine.objects.create(kind="tax", member=member, monthly=self.money(), **self.span(), **common)

    def expense(self, household: Household, row: int, member: Member | None) -> None:
        kind = self.dice.choice(
            ("illness", "disability_rehab", "disability_care", "schooling", "rent", "employment_cost", "other")
        )
        common = {"household": household, "row": row, "kind": kind, "member": member, "incident": self.flag() or False}
        if kind == "rent" or (kind in ("disability_care", "employment_cost") and self.dice.random() < 0.5):
            ExpenseLine.objects.create(monthly=self.money(), **self.span(), **common)
            return
        paid = dict.fromkeys(("basic_insurance", "mutual_aid"), self.money()) if self.flag() else {}
        school = {name: self.money() for name in ("tuition", "boarding", "travel", "aided")}
        ExpenseLine.objects.create(
            month=self.maybe(self.month()), total=self.money(), recognized=self.flag(), **paid, **school, **common,
            bill_kind=self.dice.choice(("", "inpatient", "other_outpatient")) if kind == "illness" else "",
        )  # fmt: skip


@pytest.fixture
def register(desk: Desk) -> list[Household]:
    chance = Chance(desk, 20201015)
    with act(desk.actor, "families.open_household", at=factories.AT) as deed:
        families = [chance.family(number) for number in range(80)]
        for one in families:
            deed.record(one)
    return families


def expected(families: list[Household]) -> layout.Tables:
    """What the facts documents say, one family after the other."""
    parts: list[layout.Tables] = []
    for one in families:
        parsed = contract.parse(facts.build(selectors.whole(one)))
        parts.append(layout.from_facts([parsed], start=one.pk))
    return {table: pl.concat([part[table] for part in parts]) for table in layout.TABLES}


def test_the_tables_say_of_every_family_what_its_facts_document_says(register: list[Household]) -> None:
    found = population.tables(Household.objects.all())
    for table, frame in expected(register).items():
        assert frame.height, table
        assert_frame_equal(found[table].sort(layout.KEYS[table]), frame.sort(layout.KEYS[table]))


def test_only_the_families_asked_for_are_read(register: list[Household]) -> None:
    some = [one.pk for one in register[:3]]
    found = population.tables(Household.objects.filter(pk__in=some))
    assert found["households"]["household"].sort().to_list() == some
    assert set(found["members"]["household"]) == set(some)


def test_an_export_in_parts_reads_back_the_same(register: list[Household], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    total = population.export(
        Household.objects.all(), tmp_path, STANDARDS, part=30, progress=lambda done, of: told.append((done, of))
    )
    assert (total, told) == (80, [(30, 80), (60, 80), (80, 80)])
    back = {table: frame.collect() for table, frame in layout.read(tmp_path).items()}
    for table, frame in expected(register).items():
        assert_frame_equal(back[table].sort(layout.KEYS[table]), frame.sort(layout.KEYS[table]))


def test_views_show_the_live_tables_and_leave_nothing_behind(register: list[Household]) -> None:
    with population.temporary_views(Household.objects.all()) as views, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {views['members']}")
        assert cursor.fetchone()[0] == Member.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {population.CHOSEN} (id integer)")  # the name is free again
        cursor.execute(f"DROP TABLE {population.CHOSEN}")


def test_the_command_writes_a_whole_folder_and_a_line_in_the_log(register: list[Household], tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_population", str(tmp_path / "there"), stdout=out)
    assert "80 户" in out.getvalue()
    assert layout.read(tmp_path / "there")["households"].collect().height == 80
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.verb, entry.after["families"]) == ("export_population", 80)
    assert audit.verify() is None


def test_the_command_writes_nothing_over_what_is_there(register: list[Household], tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("x")
    with pytest.raises(CommandError, match="已有内容"):
        call_command("export_population", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_union_that_does_not_exist_is_named(register: list[Household], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有这个路径的工会"):
        call_command("export_population", str(tmp_path / "there"), "--union", "999")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", ["polars", "postgresql"])
def test_the_register_is_judged_as_the_judge_does_family_by_family(
    register: list[Household], settings: Any, engine: str
) -> None:
    """On a site with PostgreSQL that engine works inside the database, twice in one transaction if asked; elsewhere Polars stands in."""
    settings.BANGFU_POPULATION_ENGINE = engine
    rows = standards.parse(h.standards())
    day = date(2020, 12, 1)
    pack = registry.in_force("tianjin-commerce-2020", day)
    wanted = judge_engine.run(pack, moved(population.tables(Household.objects.all()), day), rows).sort("household")
    for _ in range(2):
        found = population.judged(Household.objects.all(), "tianjin-commerce-2020", on=day, standards=rows)
        assert_frame_equal(found.sort("household"), wanted)
    assert wanted["outcome"].n_unique() > 1


def moved(tables: layout.Tables, day: date) -> layout.Tables:
    return tables | {"households": tables["households"].with_columns(application_date=pl.lit(day))}
