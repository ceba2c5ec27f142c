from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "bangfu.sandbox"
    verbose_name = "政策沙盘"
    default_auto_field = "django.db.models.BigAutoField"
