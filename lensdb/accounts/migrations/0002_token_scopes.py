"""Tokens have a scope, and end with the password they were made under. Those that exist keep what they could do."""

import hashlib

from django.db import migrations, models


def mark_tokens(apps, schema_editor):
    tokens = apps.get_model("accounts", "ApiToken").objects.select_related("user")
    for token in tokens.iterator(chunk_size=1000):
        token.password_mark = hashlib.sha256(f"token {token.user.password}".encode()).hexdigest()
        token.save(update_fields=["password_mark"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="scope",
            field=models.CharField(choices=[("read", "read: your own and public data"), ("submit", "submit: also begin, send and withdraw series")], default="submit", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="apitoken",
            name="password_mark",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(condition=models.Q(("scope__in", ["read", "submit"])), name="token_scope_known"),
        ),
        migrations.RunPython(mark_tokens, migrations.RunPython.noop),
    ]
