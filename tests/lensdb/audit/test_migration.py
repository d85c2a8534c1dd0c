"""Events that were written in words become ids."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmittedSeriesFactory

BEFORE = [("moderation", "0002_moderators"), ("measurements", "0002_shown_version_by")]
AFTER = [("moderation", "0003_audit_log"), ("measurements", "0003_shown_version_actor")]


@pytest.mark.django_db(transaction=True)
def test_old_events_keep_their_meaning_and_lose_their_addresses() -> None:
    moderator, series = UserFactory(email="mo@example.org"), SubmittedSeriesFactory()
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = _migrate(BEFORE)
        log = old.get_model("moderation", "AuditEvent").objects
        name = f"series {series.public_id}"
        log.create(kind="series.hold", target=name, old="waiting", new="held refocused", who="rule refocused/1")
        log.create(kind="series.accept", target=name, old="held", new="published", who="Mo@example.org")
        log.create(kind="user.trust", target=series.owner.email, old="False", new="True", who=moderator.email)
        log.create(kind="job.again", target=name, old="no_chart", new="queued", who="gone@example.org")
        old.get_model("measurements", "ShownVersion").objects.create(version="1", who=moderator.email)
        new = _migrate(AFTER)
        events = new.get_model("audit", "Event").objects.order_by("id")
        pk, by = str(series.pk), f"user:{moderator.pk}"
        assert list(events.values_list("kind", "actor", "target_id", "before", "after", "reason")) == [
            ("series.hold", "rule:refocused/1", pk, {"standing": "waiting"}, {"standing": "held"}, "refocused"),
            ("series.accept", by, pk, {"standing": "held"}, {"standing": "published"}, ""),
            ("user.trust", by, str(series.owner_id), {"trusted": False}, {"trusted": True}, ""),
            ("job.requeue", "command:unknown", pk, {"state": "failed", "failure": "no_chart"}, {"state": "queued"}, ""),
        ]
        assert new.get_model("measurements", "ShownVersion").objects.get().actor == f"user:{moderator.pk}"
    finally:
        MigrationExecutor(connection).migrate(latest)


def _migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps
