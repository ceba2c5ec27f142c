"""Writes the register, or the part of it below a union, to a folder as a population: ``bangfu population export DIR``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bangfu.common import clock
from bangfu.common.acts import SYSTEM, act
from bangfu.families import population
from bangfu.families.models import Household
from bangfu.organizations.models import Union
from bangfu.organizations.scope import below
from bangfu.organizations.selectors import installed_standards


class Command(BaseCommand):
    """The folder appears only when it is whole. The act is on the record; names, numbers, addresses and diagnoses stay in the database."""

    help = "把家庭资料导出成测算数据（bangfu.population/1，Parquet 文件夹）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="还不存在或空的文件夹")
        parser.add_argument("--union", help="工会路径：只导出它和下级的家庭")
        parser.add_argument("--part", type=int, default=population.PART, help="每个文件的户数")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["folder"])
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise CommandError(f"{target} 里已有内容，请写一个还不存在的文件夹")
        if not target.absolute().parent.is_dir():
            raise CommandError(f"{target.absolute().parent} 不存在，请先建好上一级文件夹")
        families = Household.objects.standing()
        if options["union"]:
            if not Union.objects.filter(path=options["union"]).exists():
                raise CommandError(f"--union {options['union']}：没有这个路径的工会")
            families = families.filter(below(options["union"]))
        at = clock.now()
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as unfinished:
            folder = Path(unfinished) / "population"
            with act(SYSTEM, "export_population", at=at) as deed:
                total = population.export(
                    families, folder, installed_standards(), progress=self.told, part=max(1, options["part"]),
                    made={"from": "register", "on": clock.day(at).isoformat()},
                )  # fmt: skip
                deed.record(_root(options["union"]), after={"families": total})
            if target.exists():
                target.rmdir()
            shutil.move(folder, target)
        self.stdout.write(f"已导出 {total} 户到 {target}")

    def told(self, done: int, of: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} / {of}", ending="" if done < of else "\n")


def _root(path: str | None) -> Union:
    found: Union | None = Union.objects.filter(path=path).first() if path else Union.objects.order_by("path").first()
    if found is None:
        raise CommandError("还没有工会，也就没有家庭可以导出")
    return found
