"""The quotas a new site begins with; administrators change them in the admin."""

from django.db import migrations

GIB = 1024**3
QUOTAS = {
    "new": {"drafts": 10, "copies": 20, "series_a_day": 20, "bytes_a_day": 5 * GIB, "bytes_kept": 20 * GIB},
    "trusted": {"drafts": 50, "copies": 200, "series_a_day": 200, "bytes_a_day": 50 * GIB, "bytes_kept": 500 * GIB},
    "moderator": {"drafts": 50, "copies": 500, "series_a_day": 500, "bytes_a_day": 100 * GIB, "bytes_kept": 1024 * GIB},
}


def add_quotas(apps, schema_editor):
    quota = apps.get_model("limits", "Quota")
    for level, numbers in QUOTAS.items():
        quota.objects.get_or_create(level=level, defaults=numbers)


class Migration(migrations.Migration):
    dependencies = [("limits", "0001_initial")]
    operations = [migrations.RunPython(add_quotas, migrations.RunPython.noop)]
