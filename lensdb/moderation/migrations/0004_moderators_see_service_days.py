"""Moderators see service days."""

from django.db import migrations

from lensdb.moderation.roles import ensure_moderators


def complete_group(apps, schema_editor):
    ensure_moderators(apps)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0003_audit_log")]
    operations = [migrations.RunPython(complete_group, migrations.RunPython.noop)]
