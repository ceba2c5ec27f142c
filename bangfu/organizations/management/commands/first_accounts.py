"""``bangfu manage first_accounts``: the root union and the three administrators of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bangfu.common import clock
from bangfu.common.acts import SYSTEM
from bangfu.organizations import services
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import Union
from bangfu.organizations.services.accounts import first_password

PEOPLE = (
    ("account-admin", "账号管理员", Role.ACCOUNT_ADMIN),
    ("security-admin", "安全管理员", Role.SECURITY_ADMIN),
    ("log-admin", "日志管理员", Role.LOG_ADMIN),
)


class Command(BaseCommand):
    help = "新装系统：建立最上级工会和三名管理员，打印一次性初始密码"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--union", required=True, help="最上级工会的名称")
        parser.add_argument("--region", required=True, help="6 位行政区划代码")
        parser.add_argument("--level", default=Level.CITY, choices=Level.values)
        parser.add_argument("--dry-run", action="store_true", help="只检查，不建立")

    def handle(self, *args: Any, **options: Any) -> None:
        if Union.objects.exists():
            raise CommandError("已有工会，本命令只用于新装系统；增设人员请由账号管理员在页面办理")
        if options["dry_run"]:
            self.stdout.write(f"将建立“{options['union']}”和三名管理员：{'、'.join(name for name, _, _ in PEOPLE)}")
            return
        at = clock.now()
        root = services.add_union(
            SYSTEM, None, name=options["union"], level=Level(options["level"]), region=options["region"], at=at
        )
        for username, name, role in PEOPLE:
            password = first_password()
            user = services.open_account(SYSTEM, root, username=username, name=name, password=password, at=at)
            services.appoint(SYSTEM, user, root, role, starts_on=clock.day(at), at=at)
            self.stdout.write(f"{name}\t{username}\t{password}")
