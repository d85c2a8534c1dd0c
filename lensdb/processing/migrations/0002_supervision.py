from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("processing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DispatcherBeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("scheduler", models.CharField(max_length=200)),
                ("slots", models.PositiveIntegerField(default=0, help_text="Series its cluster measures side by side.")),
                ("in_flight", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, help_text="When it last wrote an outcome.", null=True)),
                ("recycled", models.PositiveIntegerField(default=0, help_text="Times the watchdog restarted its cluster.")),
                ("trouble", models.CharField(blank=True, help_text="Empty while all is well.", max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="beat_seen")],
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(condition=models.Q(("alone", True), ("state", "queued")), fields=["priority", "turn", "id"], name="job_next_alone"),
        ),
    ]
