from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0004_entered_as"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="serviceevent",
            name="struck_at",
            field=models.DateTimeField(blank=True, help_text="When a moderator took it back.", null=True),
        ),
        migrations.AddField(
            model_name="series",
            name="begin_key",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(fields=("owner", "begin_key"), name="series_once_per_key"),
        ),
    ]
