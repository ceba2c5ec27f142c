from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "bangfu.organizations"
    verbose_name = "组织"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        # the verb ``sign_in`` writes the moment itself, inside its act
        user_logged_in.disconnect(dispatch_uid="update_last_login")
