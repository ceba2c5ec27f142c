"""``bangfu manage reencrypt``: values that an older key holds are written anew with the active key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from bangfu.common import clock, services
from bangfu.common.acts import SYSTEM


class Command(BaseCommand):
    help = "用当前密钥重新加密由旧密钥加密的内容"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只统计，不改动")

    def handle(self, *args: Any, **options: Any) -> None:
        active = settings.BANGFU_ACTIVE_KEY
        for model, field in services.encrypted_fields():
            name = f"{model._meta.label}.{field.name}"
            if options["dry_run"]:
                counts = services.count_keys(model, field)
                old = sum(count for key, count in counts.items() if key != active)
                self.stdout.write(f"{name}: 待重新加密 {old} 条（{counts or '空'}）")
                continue
            try:
                done = services.reencrypt(SYSTEM, model, field, at=clock.now())
            except services.FrozenRows as refusal:
                self.stdout.write(f"{name}: {refusal.message}")
            else:
                self.stdout.write(f"{name}: 已重新加密 {done} 条")
