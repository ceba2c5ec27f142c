from django.apps import AppConfig


class RechecksConfig(AppConfig):
    name = "bangfu.rechecks"
    verbose_name = "复测"
    default_auto_field = "django.db.models.BigAutoField"
