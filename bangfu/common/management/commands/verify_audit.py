"""``bangfu manage verify_audit``: whether the audit log still is what was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bangfu.common import audit
from bangfu.common.models import AuditEntry


class Command(BaseCommand):
    help = "核对操作记录的校验链；发现改动时以退出码 1 结束"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", type=int, default=1, help="从第几条开始核对（默认从头）")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = audit.verify(options["start"])
        if broken is not None:
            self.stderr.write(f"第 {broken} 条操作记录与校验链不符：该条或其前后曾被改动、删除或插入")
            raise SystemExit(1)
        last = AuditEntry.objects.order_by("-seq").first()
        self.stdout.write(f"操作记录完整：共 {last.seq if last else 0} 条，末条校验值 {last.hash if last else '—'}")
