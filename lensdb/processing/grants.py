"""What the dispatcher's own PostgreSQL role may do: its work, and nothing beside it.

Dask's processes trust each other entirely, and the dispatcher is one of them. So its role reads neither passwords nor
serial numbers nor anybody's words, changes of a series its standing alone, and deletes nothing but its own heartbeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection, models

from lensdb.accounts.models import User
from lensdb.audit.models import Event
from lensdb.catalog.models import CameraBody, LensAlias, LensModel, Maker
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement, ShownVersion
from lensdb.moderation.models import Decision
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.submissions.models import LensCopy, Photo, Series, StaleCopy

_GRANTS: Final[tuple[tuple[type[models.Model], str, tuple[str, ...]], ...]] = (
    (Job, "SELECT", ()),
    (
        Job,
        "UPDATE",
        (
            "state", "attempt", "claimed_by", "lease_until", "finished_at", "analysis_version", "troubles", "alone",
            "not_before", "failure_code", "failure_sentence", "failure_next_step",
        ),
    ),
    (DispatcherBeat, "SELECT, INSERT, UPDATE, DELETE", ()),
    (SeriesMeasurement, "SELECT, INSERT", ()),
    (ShiftMeasurement, "SELECT, INSERT", ()),
    (ShownVersion, "SELECT, INSERT", ()),
    (
        Series,
        "SELECT",
        (
            "id", "public_id", "owner", "lens_copy", "body", "chart", "distance_m", "focusing_method",
            "af_micro_adjust", "standing", "is_simulated", "created_at", "submitted_at",
        ),
    ),
    (Series, "UPDATE", ("standing",)),
    (Photo, "SELECT", ()),
    (LensCopy, "SELECT", ("id", "public_id", "owner", "lens_model", "specimen", "created_at")),
    (StaleCopy, "INSERT", ()),
    (StaleCopy, "SELECT", ("id",)),
    (User, "SELECT", ("id", "trusted")),
    (LensModel, "SELECT", ()),
    (LensAlias, "SELECT", ()),
    (CameraBody, "SELECT", ()),
    (Maker, "SELECT", ()),
    (Decision, "SELECT, INSERT", ()),
    (Event, "INSERT", ()),
    (Event, "SELECT", ("id",)),
)  # fmt: skip
"""Table, privileges, and the columns they are limited to."""


def dispatcher_grants(role: str) -> Iterator[str]:
    """The statements that give an existing role what the dispatcher needs; run twice they change nothing."""
    quote = connection.ops.quote_name
    grantee = quote(role)
    yield f"GRANT USAGE ON SCHEMA public TO {grantee};"
    for model, privilege, fields in _GRANTS:
        meta = model._meta  # noqa: SLF001 - Django's documented introspection
        by_name = {field.name: field.column for field in meta.concrete_fields}
        columns = ", ".join(quote(str(by_name[field])) for field in fields)
        limited = f"{privilege} ({columns})" if columns else privilege
        yield f"GRANT {limited} ON {quote(meta.db_table)} TO {grantee};"
