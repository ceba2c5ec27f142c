"""``bangfu manage sweep_evidence``: removes stored files that no record names (left by an upload that broke off)."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from bangfu.families import blobs, selectors


class Command(BaseCommand):
    help = "清理没有任何记录指向的材料文件（上传中断时留下的）；同时列出记录在而文件不在的材料"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出，不删除")
        parser.add_argument(
            "--older-hours", type=int, default=24, help="只看这么多小时以前的文件，默认 24：正在上传的不动"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        orphans, lost = selectors.store_differences(timedelta(hours=options["older_hours"]))
        for name, path in orphans:
            if not options["dry_run"]:
                path.unlink(missing_ok=True)
            self.stdout.write(f"{'将删除' if options['dry_run'] else '已删除'} {name}")
        for pk, name in lost:
            self.stderr.write(f"材料 {pk} 的文件 {name} 不在 {blobs.folder()} 中，请从备份恢复")
        self.stdout.write(f"无主文件 {len(orphans)} 个，缺失文件 {len(lost)} 个")
