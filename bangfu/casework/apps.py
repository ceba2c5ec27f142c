from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "bangfu.casework"
    verbose_name = "办理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bangfu.casework import checks  # noqa: F401
        from bangfu.casework.services import clocks

        clocks.connect()
