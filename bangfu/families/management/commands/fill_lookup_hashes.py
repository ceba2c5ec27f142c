"""``bangfu manage fill_lookup_hashes``: look-up hashes of rows that were written before the hashes were, or with another hash key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.families.matching import filling


class Command(BaseCommand):
    help = "补算加密字段的查找码（证件、电话、住址、姓名与出生日期、证卡号码）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只统计，不改动")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in filling.fill(SYSTEM, at=clock.now(), dry_run=options["dry_run"]).items():
            self.stdout.write(f"{name}: {'待补算' if options['dry_run'] else '已补算'} {count} 条")
