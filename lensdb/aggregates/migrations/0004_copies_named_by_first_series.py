from django.db import migrations, models


def mark_all(apps, schema_editor):
    """Cells made before do not say which of their series is the oldest: all are owed a refresh."""
    cells = apps.get_model("aggregates", "CopyCell").objects.all()
    specimens = cells.order_by("specimen").values_list("specimen_id", flat=True).distinct()
    stale = apps.get_model("submissions", "StaleCopy")
    stale.objects.bulk_create(stale(specimen_id=specimen) for specimen in specimens)


class Migration(migrations.Migration):
    dependencies = [("aggregates", "0003_revisions"), ("submissions", "0004_entered_as")]

    operations = [
        migrations.AddField(
            model_name="copycell",
            name="first_series",
            field=models.BigIntegerField(
                default=0,
                help_text="The oldest of its series; copies are named in that order, published series alone count.",
            ),
        ),
        migrations.RunPython(mark_all, migrations.RunPython.noop),
    ]
