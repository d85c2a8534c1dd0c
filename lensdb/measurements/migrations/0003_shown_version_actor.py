"""Who chose a version is kept as an id or a command, not as an e-mail address or a login name."""

from django.conf import settings
from django.db import migrations, models


def keep_ids(apps, schema_editor):
    users = apps.get_model("accounts", "User")
    for row in apps.get_model("measurements", "ShownVersion").objects.exclude(actor=""):
        user = users.objects.filter(email__iexact=row.actor).first()
        row.actor = f"user:{user.pk}" if user else "command:show_version"
        row.save(update_fields=["actor"])


class Migration(migrations.Migration):
    dependencies = [
        ("measurements", "0002_shown_version_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RenameField(model_name="shownversion", old_name="who", new_name="actor"),
        migrations.RunPython(keep_ids, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="shownversion",
            name="actor",
            field=models.CharField(blank=True, help_text="Who chose it; empty for the first.", max_length=80),
        ),
    ]
