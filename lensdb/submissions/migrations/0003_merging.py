"""What a copy was entered as, beside what it is counted as: so far they were the same."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def entered_as_counted(apps, schema_editor):
    apps.get_model("submissions", "LensCopy").objects.update(entered_as=F("specimen"))


class Migration(migrations.Migration):
    dependencies = [("submissions", "0002_service_event"), ("catalog", "0002_merged_into")]
    operations = [
        migrations.AddField(
            model_name="specimen",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="submissions.specimen",
            ),
        ),
        migrations.AddField(
            model_name="lenscopy",
            name="entered_as",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entered",
                to="submissions.specimen",
            ),
        ),
        migrations.RunPython(entered_as_counted, migrations.RunPython.noop),
    ]
