"""Who may moderate: the one group, and what it may do."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group

MODERATORS: Final = "Moderators"
PERMISSIONS: Final = (
    ("accounts", "user", "view_user", "Can view user"),
    ("moderation", "decision", "decide", "Can accept, hold and reject series"),
    ("moderation", "decision", "view_decision", "Can view decision"),
    ("audit", "event", "view_event", "Can view event"),
    ("submissions", "series", "view_series", "Can view series"),
    ("submissions", "photo", "view_photo", "Can view photo"),
    ("submissions", "lenscopy", "view_lenscopy", "Can view lens copy"),
    ("submissions", "serviceevent", "view_serviceevent", "Can view service event"),
    ("measurements", "seriesmeasurement", "view_seriesmeasurement", "Can view series measurement"),
    ("measurements", "shiftmeasurement", "view_shiftmeasurement", "Can view shift measurement"),
    ("catalog", "lensmodel", "view_lensmodel", "Can view lens model"),
    ("catalog", "camerabody", "view_camerabody", "Can view camera body"),
    ("processing", "job", "view_job", "Can view job"),
)
"""App, model, code name and name of each permission, as Django itself would name them."""


def moderators() -> Group:
    """The group, made complete if it is missing or lacks a permission."""
    return ensure_moderators(apps)


def ensure_moderators(registry: Any) -> Any:
    """Make the group with the models of `registry`: today's, or those of a migration.

    Django writes permissions only after the last migration, so those that are missing are written here.
    """
    group, _ = registry.get_model("auth", "Group").objects.get_or_create(name=MODERATORS)
    for app, model, codename, name in PERMISSIONS:
        kind, _ = registry.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
        permission, _ = registry.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)
    return group
