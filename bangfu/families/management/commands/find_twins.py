"""``bangfu manage find_twins``: families that may be one, over all unions or below one. For the night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.families.matching import finding, pairs
from bangfu.families.models import Household
from bangfu.organizations.models import Union
from bangfu.organizations.scope import below


class Command(BaseCommand):
    help = "查找可能是同一家庭的档案"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--union", type=int, help="只查这个工会及其下级（编号）")
        parser.add_argument("--dry-run", action="store_true", help="只统计，不记录")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chosen = (
                [Union.objects.get(pk=options["union"])] if options["union"] else list(Union.objects.get_root_nodes())
            )
        except Union.DoesNotExist as fault:
            raise CommandError("没有这个工会") from fault
        for union in chosen:
            if options["dry_run"]:
                rows = Household.objects.filter(below(union.path)).standing()
                self.stdout.write(f"{union.name}：会提示 {len(pairs.search(rows, Household.objects.standing()))} 对")
                continue
            counts = finding.look_for_twins(SYSTEM, union, at=clock.now())
            self.stdout.write(
                f"{union.name}：{counts['families']} 户，提示 {counts['found']} 对，其中新增 {counts['fresh']} 对"
            )
