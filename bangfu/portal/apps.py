from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "bangfu.portal"
    verbose_name = "职工自助"
    default_auto_field = "django.db.models.BigAutoField"
