from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganizationsConfig(AppConfig):
    name = "bangfu.organizations"
    verbose_name = "组织"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from bangfu.organizations.seed import load

        post_migrate.connect(load, sender=self)
        # the verb ``sign_in`` writes the moment itself, inside its act
        user_logged_in.disconnect(dispatch_uid="update_last_login")
