"""The audit log moves to an app of its own, where it holds ids instead of e-mail addresses and names."""

import re

from django.conf import settings
from django.db import migrations

from lensdb.moderation.roles import ensure_moderators

KINDS = {"job.again": "job.requeue"}
BATCH = 1000


def move_log(apps, schema_editor):
    old_log = apps.get_model("moderation", "AuditEvent").objects.order_by("id")
    event = apps.get_model("audit", "Event")
    rewriter = Rewriter(apps)
    batch = []
    for row in old_log.iterator(chunk_size=BATCH):
        batch.append(event(at=row.at, kind=KINDS.get(row.kind, row.kind), **rewriter.fields(row)))
        if len(batch) == BATCH:
            event.objects.bulk_create(batch)
            batch = []
    event.objects.bulk_create(batch)


class Rewriter:
    """Old rows told everything in words; this finds the ids behind them."""

    def __init__(self, apps):
        self.users = {email.lower(): pk for email, pk in apps.get_model("accounts", "User").objects.values_list("email", "id")}
        self.series = dict(apps.get_model("submissions", "Series").objects.values_list("public_id", "id"))
        self.copies = dict(apps.get_model("submissions", "LensCopy").objects.values_list("public_id", "id"))
        self.lenses = {name: (pk, slug) for name, pk, slug in apps.get_model("catalog", "LensModel").objects.values_list("name", "id", "slug")}

    def fields(self, row):
        target_type, target_id, public_id = self.target(row)
        before, after, reason = self.change(row)
        return {
            "actor": self.actor(row.who),
            "target_type": target_type,
            "target_id": target_id,
            "target_public_id": public_id,
            "before": before,
            "after": after,
            "reason": reason,
        }

    def actor(self, who):
        if who.startswith("rule "):
            return f"rule:{who.removeprefix('rule ')}"
        pk = self.users.get(who.lower())
        return f"user:{pk}" if pk else "command:unknown"

    def target(self, row):
        area = row.kind.partition(".")[0]
        word, _, rest = row.target.partition(" ")
        if area in {"series", "job"} and word == "series":
            return "submissions.series", str(self.series.get(rest, 0)), rest
        if area == "copy":
            return "submissions.lenscopy", str(self.copies.get(rest, 0)), rest
        if area == "user":
            return "accounts.user", str(self.users.get(row.target.lower(), 0)), ""
        if area == "lens":
            return "catalog.lensmodel", str(self.lenses.get(row.target, (0, ""))[0]), ""
        return "measurements.shownversion", "0", ""

    def change(self, row):
        area = row.kind.partition(".")[0]
        if area == "series":
            standing, _, reason = row.new.partition(" ")
            return {"standing": row.old}, {"standing": standing}, reason
        if area == "user" and row.kind == "user.trust":
            return {"trusted": row.old == "True"}, {"trusted": row.new == "True"}, ""
        if area == "user":
            return {"moderator": False}, {"moderator": True}, ""
        if area == "copy":
            ids = [[one for one in re.split(r", ?", text) if one] for text in (row.old, row.new)]
            return {"counted_with": ids[0]}, {"counted_with": ids[1]}, ""
        if area == "lens":
            slugs = [self.lenses[name][1] if name in self.lenses else None for name in (row.old, row.new)]
            return {"merged_into": slugs[0]}, {"merged_into": slugs[1]}, ""
        if area == "job":
            return {"state": "failed", "failure": row.old}, {"state": row.new}, ""
        return {"version": row.old}, {"version": row.new}, ""


def renew_group(apps, schema_editor):
    """Moderators may read the log where it is now."""
    ensure_moderators(apps)
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="moderation", content_type__model="auditevent"
    ).delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="moderation", model="auditevent").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0002_moderators"),
        ("audit", "0002_append_only"),
        ("submissions", "0004_entered_as"),
        ("catalog", "0002_merged_into"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(move_log, migrations.RunPython.noop),
        migrations.RunPython(renew_group, migrations.RunPython.noop),
        migrations.DeleteModel(name="AuditEvent"),
    ]
