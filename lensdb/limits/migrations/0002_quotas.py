"""The quotas a new site begins with; administrators change them in the admin."""

from django.db import migrations

from lensdb.limits.defaults import QUOTAS


def add_quotas(apps, schema_editor):
    quota = apps.get_model("limits", "Quota")
    for level, numbers in QUOTAS.items():
        quota.objects.get_or_create(level=level, defaults=numbers)


class Migration(migrations.Migration):
    dependencies = [("limits", "0001_initial")]
    operations = [migrations.RunPython(add_quotas, migrations.RunPython.noop)]
