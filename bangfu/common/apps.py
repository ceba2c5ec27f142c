from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    name = "bangfu.common"
    verbose_name = "公共"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bangfu.common.seed import load_calendar

        post_migrate.connect(load_calendar, sender=self)
