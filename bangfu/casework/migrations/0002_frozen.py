"""A determination is never changed or deleted: the database refuses it."""

from django.db import migrations

from bangfu.common.triggers import forbid_change


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]

    operations = [forbid_change("casework_determination")]
