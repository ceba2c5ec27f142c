"""Notices get a code by which anybody can verify them; objections may come from the box, with an author the unit does not see."""

import bangfu.casework.models
import bangfu.common.fields
from django.db import migrations, models


def give_codes(apps, schema_editor):
    # a migration is no act of a person: the rows are written past the guard of the model
    rows = apps.get_model("casework", "PublicNotice")._base_manager
    for pk in rows.filter(code__isnull=True).values_list("pk", flat=True):
        rows.filter(pk=pk).update(code=bangfu.casework.models.notice_code())


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_collective_decisions")]

    operations = [
        migrations.AddField("publicnotice", "code", models.CharField("核验码", max_length=16, null=True)),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            "publicnotice",
            "code",
            models.CharField("核验码", max_length=16, unique=True, default=bangfu.casework.models.notice_code),
        ),
        migrations.AddField(
            "publicnotice",
            "closed_on",
            models.DateField("公示版停用日期", null=True, blank=True, help_text="期满后自动停用：不再显示、不再收意见"),
        ),
        migrations.AddField("objection", "from_box", models.BooleanField("来自公示意见箱", default=False)),
        migrations.AddField(
            "objection",
            "author",
            bangfu.common.fields.EncryptedTextField(
                "反映人", default="{}", help_text="JSON：姓名、联系方式，只有上级帮扶中心可以查看"
            ),
        ),
        migrations.AddField(
            "objection",
            "receipt_hash",
            models.CharField(max_length=64, blank=True, db_index=True, default=""),
            preserve_default=False,
        ),
    ]
