"""``bangfu manage seed_practice``: fills an empty practice installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bangfu.common import clock
from bangfu.demo import seeding
from bangfu.organizations.models import Union


class Command(BaseCommand):
    help = "在空的练习系统里建立工会、账号和120户练习家庭"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说明将要建立什么")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BANGFU_PRACTICE:
            raise CommandError("只有练习系统（BANGFU_PRACTICE=1）可以填入练习数据")
        if Union.objects.exists():
            raise CommandError("系统里已经有工会，不再填入练习数据")
        if options["dry_run"]:
            for state, count, _ in seeding.PLAN:
                self.stdout.write(f"{count:4d}  {state}")
            self.stdout.write(f"共 {seeding.total()} 户")
            return
        seeding.seed(clock.now(), say=self.stdout.write)
