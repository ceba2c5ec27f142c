from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "bangfu.families"
    verbose_name = "家庭"
    default_auto_field = "django.db.models.BigAutoField"
