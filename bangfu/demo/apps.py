from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "bangfu.demo"
    verbose_name = "练习"
    default_auto_field = "django.db.models.BigAutoField"
