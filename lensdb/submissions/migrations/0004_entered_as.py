"""Every copy was entered as something. Apart from the filling, whose checks PostgreSQL makes at its commit."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_merging")]
    operations = [
        migrations.AlterField(
            model_name="lenscopy",
            name="entered_as",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entered", to="submissions.specimen"
            ),
        ),
        migrations.RemoveConstraint(model_name="lenscopy", name="copy_once_per_owner"),
        migrations.AddConstraint(
            model_name="lenscopy",
            constraint=models.UniqueConstraint(fields=("owner", "entered_as"), name="copy_once_per_owner"),
        ),
    ]
