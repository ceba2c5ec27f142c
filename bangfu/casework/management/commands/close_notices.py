"""``bangfu manage close_notices``: closes the public side of notices whose period is over; meant to run every day."""

from typing import Any

from django.core.management.base import BaseCommand

from bangfu.casework.services import box
from bangfu.common import clock


class Command(BaseCommand):
    help = "停用公示期已满的公示版和意见箱"

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        self.stdout.write(f"{box.close_expired(clock.day(now), at=now)} 份公示已到期停用")
