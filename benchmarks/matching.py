"""One family, one file: a generated register with known twins; what is found of each kind, how much of it is right, and how long it takes.

    .venv/bin/python benchmarks/matching.py [--households 100000] [--twins 300] [--seed 7]

Works in a scratch SQLite database that goes away. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
AT = datetime(2020, 10, 12, 1, 30, tzinfo=UTC)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉建国红梅志文海燕春花晓云立民小禾雨欣子轩浩宇梓涵思佳俊峰鹏飞婷婷雪琴凤莲金宝德福永生长青玲珍淑贞荣光辉东升卫振宁嘉怡美琪佳宁博文天佑一诺"
SOUNDS_LIKE = {
    "伟": "炜",
    "芳": "方",
    "丽": "莉",
    "静": "婧",
    "杰": "洁",
    "霞": "侠",
    "英": "莹",
    "华": "桦",
    "明": "名",
    "秀": "绣",
    "红": "宏",
    "玲": "铃",
    "玉": "钰",
    "平": "萍",
    "文": "雯",
}
STREETS = ("南京路", "友谊路", "建设大街", "解放路", "西康路", "红旗路", "和平道", "中山北路", "新华道", "胜利街")


@dataclass
class One:
    """A person before she is a row."""

    relation: str
    name: str
    born: date
    number: str


@dataclass
class Home:
    """A household before it is a row."""

    phone: str
    address: str
    people: list[One] = field(default_factory=list)
    unit: int = 0


class World:
    """The dice and what was planted: pairs of household indexes with the kind of twin."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.homes: list[Home] = []
        self.given: set[str] = set()
        self.truth: dict[tuple[int, int], str] = {}

    def name(self, surname: str = "") -> str:
        # surnames are spread as in life: the first ten make up nearly half
        place = min(int(self.dice.expovariate(1 / 16)), len(SURNAMES) - 1)
        return (surname or SURNAMES[place]) + "".join(
            self.dice.choice(GIVEN) for _ in range(self.dice.choice((1, 2, 2)))
        )

    def born(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.dice.randrange((last - first) * 365))

    def number(self, born: date) -> str:
        # a number is given out once
        while True:
            made = self._number(born)
            if made not in self.given:
                self.given.add(made)
                return made

    def _number(self, born: date) -> str:
        from bangfu.common.identity import check_digit

        body = f"1201{self.dice.randint(1, 19):02d}{born:%Y%m%d}{self.dice.randrange(1000):03d}"
        return body + check_digit(body)

    def phone(self) -> str:
        return f"1{self.dice.choice('3589')}{self.dice.randrange(10**9):09d}"

    def address(self) -> str:
        d = self.dice
        return f"{d.choice(('和平', '河西', '南开', '红桥', '河北'))}区{d.choice(STREETS)}{d.randint(1, 300)}号{d.randint(1, 30)}号楼{d.randint(1, 6)}单元{d.randint(1, 25)}0{d.randint(1, 4)}室"

    def person(self, relation: str, born: date, known: float, surname: str = "") -> One:
        return One(relation, self.name(surname), born, self.number(born) if self.dice.random() < known else "")

    def home(self) -> Home:
        worker = self.person("self", self.born(1960, 2000), 0.92)
        made = Home(self.phone(), self.address(), [worker], self.dice.randrange(500))
        if self.dice.random() < 0.7:
            made.people.append(self.person("spouse", self.born(1960, 2000), 0.85))
        for _ in range(self.dice.choice((0, 1, 1, 1, 2))):
            made.people.append(self.person("child", self.born(1998, 2020), 0.6, worker.name[0]))
        if self.dice.random() < 0.15:
            made.people.append(self.person("parent", self.born(1935, 1960), 0.8))
        return made

    def add(self, home: Home) -> int:
        self.homes.append(home)
        return len(self.homes) - 1

    def couple(self) -> tuple[One, One, One]:
        worker, spouse = self.person("self", self.born(1965, 1995), 1), self.person("spouse", self.born(1965, 1995), 1)
        return worker, spouse, self.person("child", self.born(2003, 2018), 1, worker.name[0])

    def plant(self, kind: str, first: Home, second: Home) -> None:
        first.unit, second.unit = self.dice.randrange(500), self.dice.randrange(500)
        pair = self.add(first), self.add(second)
        if not kind.startswith("-"):
            self.truth[pair] = kind
        else:
            self.strangers[pair] = kind[1:]

    strangers: dict[tuple[int, int], str]


def bare(one: One, relation: str = "", **changes: Any) -> One:
    """The same person without number, perhaps written otherwise."""
    return replace(one, relation=relation or one.relation, **{"number": "", **changes})


def homophone(world: World, name: str) -> str:
    """The name as somebody heard it."""
    for place, sign in enumerate(name[1:], 1):
        if sign in SOUNDS_LIKE:
            return name[:place] + SOUNDS_LIKE[sign] + name[place + 1 :]
    return name[:1] + "伟" + name[2:]


def slipped(born: date) -> date:
    """Day and month changed round where that is a date, else one digit wrong."""
    try:
        turned = date(born.year, born.day, born.month)
    except ValueError:
        turned = born
    return (
        turned
        if turned != born
        else born.replace(day=1 if born.day == 2 else 2)
        if born.day < 10
        else born - timedelta(days=1)
    )


def otherwise(address: str) -> str:
    """The same address in another hand."""
    return "天津市 " + address.replace("号楼", "栋").replace("单元", "-").replace("室", "").replace("栋", " 栋 ")


def plant_all(world: World, count: int) -> None:
    """``count`` pairs of each kind; kinds that begin with ``-`` are strangers who look alike."""
    world.strangers = {}
    for _ in range(count):
        a, b, c = world.couple()
        # the number is there
        world.plant(
            "same worker twice, moved house",
            Home(world.phone(), world.address(), [a, b]),
            Home(world.phone(), world.address(), [a, c]),
        )
        a, b, c = world.couple()
        world.plant(
            "couple in two units, numbers",
            Home(world.phone(), world.address(), [a, b, c]),
            Home(world.phone(), world.address(), [replace(b, relation="self"), replace(a, relation="spouse")]),
        )
        a, b, c = world.couple()
        world.plant(
            "divorced halves, child's number",
            Home(world.phone(), world.address(), [a, c]),
            Home(world.phone(), world.address(), [replace(b, relation="self"), c]),
        )
        a, b, _ = world.couple()
        elder = world.person("parent", world.born(1935, 1955), 1)
        world.plant(
            "old parent with two children",
            Home(world.phone(), world.address(), [a, elder]),
            Home(world.phone(), world.address(), [replace(b, relation="self"), elder]),
        )
        # no number on one side
        a, b, c = world.couple()
        place = world.address()
        world.plant(
            "couple, spouses without number, same house",
            Home(world.phone(), place, [a, bare(b), bare(c)]),
            Home(world.phone(), otherwise(place), [replace(b, relation="self"), bare(a, "spouse")]),
        )
        a, b, c = world.couple()
        world.plant(
            "couple, spouses without number, moved",
            Home(world.phone(), world.address(), [a, bare(b)]),
            Home(world.phone(), world.address(), [replace(b, relation="self"), bare(a, "spouse")]),
        )
        a, b, c = world.couple()
        world.plant(
            "divorced halves, child without number",
            Home(world.phone(), world.address(), [a, bare(c)]),
            Home(world.phone(), world.address(), [replace(b, relation="self"), bare(c)]),
        )
        a, b, c = world.couple()
        phone = world.phone()
        world.plant(
            "name heard otherwise, same phone",
            Home(phone, world.address(), [a, b]),
            Home(phone, world.address(), [bare(a, name=homophone(world, a.name)), bare(b)]),
        )
        a, b, c = world.couple()
        phone, place = world.phone(), world.address()
        world.plant(
            "birth date slipped, same phone and house",
            Home(phone, place, [a, bare(c)]),
            Home("+86 " + phone, otherwise(place), [bare(a, born=slipped(a.born)), bare(c)]),
        )
        a, b, c = world.couple()
        world.plant(
            "no number, moved, spouse and child the same",
            Home(world.phone(), world.address(), [bare(a), b, c]),
            Home(world.phone(), world.address(), [bare(a), bare(b), bare(c)]),
        )
        a, b, c = world.couple()
        wrong = phone[:9] + phone[10] + phone[9]
        place = world.address()
        world.plant(
            "phone with two digits turned, same house",
            Home(phone, place, [bare(a), bare(c)]),
            Home(wrong, otherwise(place), [bare(a)]),
        )
        # strangers
        a, b, _ = world.couple()
        other = replace(a, number=world.number(a.born))
        world.plant(
            "-namesakes born the same day, both numbers",
            Home(world.phone(), world.address(), [a]),
            Home(world.phone(), world.address(), [other]),
        )
        world.plant(
            "-namesakes born the same day, one number",
            Home(world.phone(), world.address(), [b]),
            Home(world.phone(), world.address(), [bare(b)]),
        )
        place = world.address()
        world.plant(
            "-next tenants of a house",
            Home(world.phone(), place, [world.person("self", world.born(1960, 2000), 1)]),
            Home(world.phone(), place, [world.person("self", world.born(1960, 2000), 1)]),
        )
        place, phone = world.address(), world.phone()
        world.plant(
            "-grown child at the parents' house and phone",
            Home(phone, place, [world.person("self", world.born(1955, 1965), 1)]),
            Home(phone, place, [world.person("self", world.born(1985, 1999), 1)]),
        )


def stored(world: World) -> list[int]:
    """Writes the register; index of a home → its pk."""
    from bangfu.common.acts import SYSTEM, act
    from bangfu.common.crypto import lookup_hash
    from bangfu.families.models import Household, Member
    from bangfu.organizations import services
    from bangfu.organizations.choices import Level
    from bangfu.organizations.models import User

    top = services.add_union(
        SYSTEM, None, name="天津市总工会", level=Level.CITY, region="120000", short_name="市总", hotline="022-1", at=AT
    )
    units = [
        services.add_union(
            SYSTEM,
            top,
            name=f"第 {number} 工会",
            level=Level.UNIT,
            region="120101",
            short_name="",
            hotline="022-2",
            at=AT,
        )
        for number in range(500)
    ]
    user = services.open_account(SYSTEM, top, username="bench", name="录入", password="correct-horse-7-first", at=AT)
    assert isinstance(user, User)
    with act(SYSTEM, "bench", at=AT) as deed:
        for start in range(0, len(world.homes), 5_000):
            part = world.homes[start : start + 5_000]
            rows = [
                Household(
                    union=units[home.unit], union_path=units[home.unit].path, number=f"H{start + place:07d}", application_date=AT.date(),
                    address=home.address, phone=home.phone, worker_name=home.people[0].name, created_by=user, created_at=AT, updated_at=AT,
                )
                for place, home in enumerate(part)
            ]  # fmt: skip
            Household.objects.bulk_create(rows)
            Member.objects.bulk_create(
                [
                    Member(
                        household=row, position=place, relation=one.relation, name=one.name, birth_date=one.born, id_number=one.number,
                        id_hash=lookup_hash("id_number", one.number) if one.number else "",
                    )
                    for row, home in zip(rows, part, strict=True)
                    for place, one in enumerate(home.people, 1)
                ],
                batch_size=2_000,
            )  # fmt: skip
        deed.record(top)
    return list(Household.objects.order_by("number").values_list("pk", flat=True))


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--twins", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--memory",
        action="store_true",
        help="judge without a database: the same answers, no times of reading and writing",
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bangfu-matching-") as scratch:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "bangfu.config.settings", "BANGFU_VAR": scratch, "BANGFU_PRACTICE": "1", "BANGFU_ACTIVE_KEY": "b1",
            "BANGFU_SECRET_KEY": "only-for-the-benchmark-" + "x" * 40, "BANGFU_KEYS": json.dumps({"b1": base64.b64encode(b"1" * 16).decode()}),
            "BANGFU_HASH_KEY": base64.b64encode(b"2" * 32).decode(), "BANGFU_DATABASE_URL": f"sqlite:///{scratch}/bench.sqlite3",
        }  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(asked)


def measure(asked: argparse.Namespace) -> None:
    from bangfu.common.acts import SYSTEM
    from bangfu.families.matching import finding, pairs
    from bangfu.families.models import Household
    from bangfu.organizations.models import Union

    world = World(asked.seed)
    plant_all(world, asked.twins)
    planted = len(world.homes)
    while len(world.homes) < asked.households:
        world.add(world.home())
    if asked.memory:
        in_memory(world)
        return
    pks, wall, _ = timed(lambda: stored(world))
    people = sum(len(home.people) for home in world.homes)
    print(f"{len(pks)} households, {people} people, {planted} of the households planted; written in {wall:.0f} s")
    index = {pk: place for place, pk in enumerate(pks)}
    found, wall, cpu = timed(lambda: pairs.search(Household.objects.all(), Household.objects.all()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"whole register: {len(found)} pairs in {wall:.1f} s ({cpu:.1f} s of CPU), peak {peak} MB")
    one = Union.objects.get(name="第 7 工会")
    for union in (one, Union.objects.get(name="天津市总工会")):
        counts, wall, _ = timed(partial(finding.look_for_twins, SYSTEM, union, at=AT))
        print(
            f"search and store, {counts['families']} families of {union.name}: {counts['found']} pairs in {wall:.2f} s"
        )
    levels: dict[tuple[int, int], str] = {}
    for verdict in found:
        levels[tuple(sorted((index[verdict.left], index[verdict.right])))] = str(verdict.level)  # type: ignore[index]
    report(world, levels)


def in_memory(world: World) -> None:
    """Judges the homes as they are; the normal forms stand where the database has their hashes."""
    from bangfu.families.matching import keys, pairs, weights

    families = {
        place: pairs.Family(
            place, "", keys.phone_form(home.phone), keys.address_form(home.address),
            [pairs.Person(place, one.relation, one.name, one.born, one.number, keys.person_form(one.name, one.born)) for one in home.people],
        )
        for place, home in enumerate(world.homes)
    }  # fmt: skip
    found, wall, cpu = timed(lambda: pairs.judge_all(families, set(families), weights.installed()))
    print(
        f"{len(families)} households in memory: {len(found)} pairs, blocked and judged in {wall:.1f} s ({cpu:.1f} s of CPU)"
    )
    report(world, {(one.left, one.right): str(one.level) for one in found})


def report(world: World, levels: dict[tuple[int, int], str]) -> None:
    """Recall by kind, precision by level, and where the wrong ones come from."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, kind in world.truth.items():
        by_kind[kind][levels.get(pair, "missed")] += 1
    print(
        f"\n{'kind of twin':48} {'pairs':>6} {'certain':>8} {'likely':>7} {'possible':>9} {'missed':>7} {'recall*':>8}"
    )
    for kind, found in by_kind.items():
        total = sum(found.values())
        told = found["certain"] + found["likely"]
        print(
            f"{kind:48} {total:6} {found['certain']:8} {found['likely']:7} {found['possible']:9} {found['missed']:7} {told / total:8.3f}"
        )
    total = len(world.truth)
    told = sum(levels.get(pair) in {"certain", "likely"} for pair in world.truth)
    print(f"{'all':48} {total:6} {'':42} {told / total:8.3f}   * told on the list: certain or likely")
    print(f"\n{'level':10} {'pairs':>7} {'right':>7} {'precision':>10}")
    for level in ("certain", "likely", "possible"):
        of_level = [pair for pair, given in levels.items() if given == level]
        right = sum(pair in world.truth for pair in of_level)
        print(f"{level:10} {len(of_level):7} {right:7} {right / len(of_level) if of_level else 1:10.4f}")
    wrong = Counter(
        (level, world.strangers.get(pair, "chance")) for pair, level in levels.items() if pair not in world.truth
    )
    print(
        "\nwrong ones:",
        "; ".join(f"{kind} at {level}: {count}" for (level, kind), count in wrong.most_common()) or "none",
    )


if __name__ == "__main__":
    main()
