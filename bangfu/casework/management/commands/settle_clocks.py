"""``bangfu manage settle_clocks``: the daily run over all clocks."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from bangfu.casework.services import clocks
from bangfu.common import clock

WORDS = {
    "steps": "补上时限的环节",
    "files": "补上核查时限的档案",
    "recounted": "按新公布的工作日安排重算的时限",
    "duties": "新列出的年度事项",
}


class Command(BaseCommand):
    help = "核对全部时限：补上缺少的，按新公布的工作日安排重算暂定的，列出各级工会本年度应办事项"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说会做什么，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        found = clocks.settle(clock.now(), dry_run=options["dry_run"])
        for name, number in found.items():
            if name != "duties" or not options["dry_run"]:
                self.stdout.write(f"{WORDS[name]}：{number}")
        if options["dry_run"]:
            self.stdout.write("没有写入任何内容")
