"""Versions of what pages show: a text that is another one whenever the page may be another one. One query each.

Of cells a version holds how often they were written and how many marks wait. A mark is inserted with every change of
what a copy says (published, hidden, withdrawn, measured, serviced, merged), so a page is new with that very commit; the
refresh that takes the marks away counts the revision up. So no version comes again, in whatever order commits arrive.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

# Plain SQL: they run before every answer to a stranger, and composing them with the ORM takes longer than running them.
_CATALOG: Final = """
SELECT (SELECT number FROM catalog_catalogrevision WHERE id = 1), (SELECT max(id) FROM measurements_shownversion)
"""
_SITE: Final = """
SELECT (SELECT number FROM catalog_catalogrevision WHERE id = 1), (SELECT max(id) FROM measurements_shownversion),
  (SELECT sum(number) FROM aggregates_lensrevision), (SELECT count(*) FROM submissions_stalecopy)
"""
_LENS: Final = """
SELECT (SELECT number FROM catalog_catalogrevision WHERE id = 1), (SELECT max(id) FROM measurements_shownversion),
  lens.id, (SELECT number FROM aggregates_lensrevision WHERE lens_model_id = lens.id),
  (SELECT count(*) FROM submissions_stalecopy AS mark JOIN submissions_specimen AS specimen ON specimen.id = specimen_id
    WHERE lens_model_id = lens.id)
FROM catalog_lensmodel AS lens WHERE slug = %s AND merged_into_id IS NULL
"""
_SERIES: Final = """
SELECT (SELECT number FROM catalog_catalogrevision WHERE id = 1), (SELECT max(id) FROM measurements_shownversion),
  series.id, copy.lens_model_id, (SELECT max(id) FROM measurements_seriesmeasurement WHERE series_id = series.id)
FROM submissions_series AS series JOIN submissions_lenscopy AS copy ON copy.id = lens_copy_id
WHERE series.public_id = %s AND standing = 'published'
"""


def catalog_version() -> str:
    """Of whatever shows names of the catalogue or the analysis version, and nothing measured."""
    return _asked(_CATALOG) or ""


def site_version() -> str:
    """Of whatever shows several lenses."""
    return _asked(_SITE) or ""


def lens_version(slug: str) -> str | None:
    """Of whatever shows one lens; None where the catalogue has no such entry, or it was merged into another."""
    return _asked(_LENS, slug)


def series_version(public_id: str) -> str | None:
    """Of whatever a stranger sees of a series; None for one that is not published."""
    return _asked(_SERIES, public_id)


def _asked(query: str, *values: Any) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return None if row is None else " ".join(map(str, row))
