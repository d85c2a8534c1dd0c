from django.db import migrations, models


def keep_showing_what_is_shown(apps, schema_editor):
    """Where nobody has chosen a version yet, pages go on showing the one that measured first."""
    shown = apps.get_model("measurements", "ShownVersion")
    first = apps.get_model("measurements", "SeriesMeasurement").objects.order_by("id").first()
    if first is not None and not shown.objects.exists():
        shown.objects.create(version=first.analysis_version)


class Migration(migrations.Migration):

    dependencies = [
        ("measurements", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="shownversion",
            name="who",
            field=models.CharField(blank=True, default="", help_text="Empty for the first, which nobody chose.", max_length=254),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="seriesmeasurement",
            index=models.Index(fields=["analysis_version"], name="measured_by_version"),
        ),
        migrations.RunPython(keep_showing_what_is_shown, migrations.RunPython.noop),
    ]
