"""The group of moderators, so that a new site has somebody to appoint people to."""

from django.db import migrations

from lensdb.moderation.roles import ensure_moderators


def make_group(apps, schema_editor):
    ensure_moderators(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
